//! Mending a cause at one stroke, value rules, standing corrections.

use serde::{Deserialize, Serialize};

use super::Page;
use crate::ledger::{Actor, SyncNo, Timestamp, ValueRule};

/// One repair for many rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repair {
    /// That value in every row.
    Set {
        /// The column, by the profile's name or the file's header.
        column: String,
        /// The new value.
        value: String,
        /// Only where the cell is this, outer blanks aside.
        from: Option<String>,
    },
    /// What the rule or the reference suggests for each row: the nearest accepted value or ID, the address that was meant.
    Nearest {
        /// The column.
        column: String,
    },
    /// Outer blanks and invisible characters out.
    Strip {
        /// The column.
        column: String,
    },
    /// Zeros in front again, where exactly one person or organization on the roster has the ID with them.
    Zeros {
        /// The column.
        column: String,
    },
}

impl Repair {
    /// The column that it is on.
    pub fn column(&self) -> &str {
        match self {
            Self::Set { column, .. } | Self::Nearest { column } | Self::Strip { column } | Self::Zeros { column } => column,
        }
    }
}

/// Which rows of a cause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MendOf {
    /// All of them.
    #[default]
    All,
    /// Those data records.
    Records(Vec<u32>),
}

/// What a repair makes of the rows of a cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mended {
    /// The sync.
    pub sync: SyncNo,
    /// The cause; none for every row with an error.
    pub cause: Option<u32>,
    /// The repair.
    pub repair: Repair,
    /// What it does, in words: `grade is "KG"`.
    pub how: String,
    /// Rows that were looked at.
    pub total: u64,
    /// Rows that it mends.
    pub mended: u64,
    /// Why the others stay as they are, and how many for each reason.
    pub stays: Vec<(String, u64)>,
    /// Part of the rows: those that are mended first, then those that stay, each in the order of the file.
    pub rows: Page<MendRow>,
    /// What would still be wrong with the first mended row; none where it would go through, or where that is not known for one row alone.
    pub still: Option<String>,
    /// The value rules that keep it for later files: the file's value, and what is taken instead.
    pub rules: Vec<(String, String)>,
    /// Why it cannot be kept as value rules; none where it can.
    pub no_rule: Option<String>,
    /// The step under which it was recorded; none for a preview, or where nothing was to be mended.
    pub step: Option<u32>,
}

/// One row under a repair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MendRow {
    /// Data record number.
    pub record: u32,
    /// Physical line.
    pub line: u32,
    /// Row as a spreadsheet shows it.
    pub row: u32,
    /// The record's key, where it has one.
    pub key: Option<String>,
    /// The cell as it stands, with what was corrected so far.
    pub before: String,
    /// The cell as it would be; none where the row stays.
    pub after: Option<String>,
    /// Why the row stays; empty where it is mended.
    pub why: String,
}

/// A repair that makes sense for a cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairOffer {
    /// The repair. One that sets a value has a blank one: it is to be typed.
    pub repair: Repair,
    /// What it is, in few words.
    pub label: String,
    /// Rows that it would mend.
    pub rows: u64,
}

/// A step of mending that was taken back, or made again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turned {
    /// The sync.
    pub sync: SyncNo,
    /// The step.
    pub step: u32,
    /// What it had done, in words.
    pub how: String,
    /// Whether it was made again instead of taken back.
    pub again: bool,
    /// Cells that were changed.
    pub cells: u64,
    /// Rows of those.
    pub rows: u64,
    /// Cells that somebody mended otherwise since: they stay as they are.
    pub left: u64,
    /// Value rules that were taken away, or kept again, with it.
    pub rules: u64,
}

/// A value rule with the feed that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleInfo {
    /// The feed, by name.
    pub feed: String,
    /// The rule.
    pub rule: ValueRule,
}

/// How a correction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionState {
    /// It is laid over the next file that brings the same wrong value.
    Standing,
    /// The file brings another value since.
    Resolved,
    /// An operator took it back.
    TakenBack,
    /// It is for its own upload alone: made on a key, on a secret, or on a row that cannot be found again.
    ThisFile,
}
crate::roster::value::named!(CorrectionState {
    Standing = "standing", Resolved = "resolved at the source", TakenBack = "taken back", ThisFile = "this file only",
});

/// A correction as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionInfo {
    /// How it stands.
    pub state: CorrectionState,
    /// Its number where it stands, or stood, for later files.
    pub number: Option<u32>,
    /// The feed, by name.
    pub feed: String,
    /// The first sync of the upload on which it was made.
    pub sync: SyncNo,
    /// The upload's file name.
    pub file: String,
    /// Data record number there.
    pub record: u32,
    /// Physical line there.
    pub line: u32,
    /// The record's key.
    pub key: Option<String>,
    /// The column.
    pub column: String,
    /// The cell as the file has it; blank for a secret.
    pub before: String,
    /// What it is to be; blank for a secret.
    pub after: String,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// How often a later file brought the wrong value again.
    pub times: u64,
    /// The last sync that did.
    pub last: Option<SyncNo>,
    /// When that was.
    pub last_at: Option<Timestamp>,
    /// The sync whose file brought another value.
    pub resolved_by: Option<SyncNo>,
}
