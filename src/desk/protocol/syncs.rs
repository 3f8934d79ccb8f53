//! A sync as it is looked at: causes, rows with their cells, plans.

use serde::{Deserialize, Serialize};

use super::{AttachedInfo, CauseAbout, Makes, Named, Near};
use crate::ledger::{Cause, Decision, FieldChange, Finding, Outcome, Sync, SyncNo, Tally, Upload};
use crate::roster::{Entity, Kind, OrgNo};

/// A sync in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SyncDetail {
    /// The sync.
    pub sync: Sync,
    /// The upload, where it has one.
    pub upload: Option<Upload>,
    /// Its causes: errors first, then by rows; what follows from another right below it.
    pub causes: Vec<Cause>,
    /// Findings about the file and its header, which belong to no row.
    pub file_findings: Vec<Finding>,
    /// Later syncs of the same upload (re-runs), oldest first.
    pub reruns: Vec<SyncNo>,
    /// Cells corrected and not yet re-run.
    pub pending_corrections: u64,
    /// Rows with such cells, or about which something was decided and not yet re-run.
    pub pending_rows: u64,
    /// What is known of each cause besides, in the order of `causes`.
    #[serde(default)]
    pub about: Vec<CauseAbout>,
    /// What the plan does to each school, biggest share first.
    pub by_school: Vec<SchoolShare>,
    /// Reports of other systems that are attached to its upload, in the order in which they came. What they say is among the causes.
    pub attached: Vec<AttachedInfo>,
}

/// What a plan does to one school.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SchoolShare {
    /// The school; `None` for records without one.
    pub org: Option<OrgNo>,
    /// Its name.
    pub name: String,
    /// What becomes of its people.
    pub tally: Tally,
    /// How many people it has now.
    pub people: u64,
}

/// One source row beside its rules, its corrections and what was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowView {
    /// The sync.
    pub sync: SyncNo,
    /// Data record number.
    pub record: u32,
    /// Physical line.
    pub line: u32,
    /// Row as a spreadsheet shows it.
    pub row: u32,
    /// The record's key, where it has one.
    pub key: Option<String>,
    /// The cells, in the order of the file; cells of columns that the profile does not know come last.
    pub cells: Vec<CellView>,
    /// What was found on the row, with the corrections (or typed cells) laid over.
    pub findings: Vec<Finding>,
    /// What became of the row in the sync.
    pub outcome: Option<Outcome>,
    /// The person or organization that the key names on the roster now.
    pub on_roster: Option<Named>,
    /// What applying the row as it stands would change there.
    pub changes: Vec<FieldChange>,
    /// What was decided about the row.
    #[serde(default)]
    pub decided: Option<Decision>,
    /// Position among the rows of the same request, and how many: "row 3 of 14". Zero where not asked as a list.
    pub place: (u64, u64),
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellView {
    /// The profile's column, or the file's header where the profile has none.
    pub column: String,
    /// The header as the file has it.
    pub header: String,
    /// As it stands in the file.
    pub original: String,
    /// With the correction (or what is typed) laid over; the same as `original` where there is none.
    pub value: String,
    /// Whether a correction is recorded.
    pub corrected: bool,
    /// Whether the profile knows the column.
    pub known: bool,
    /// Whether it must be filled here.
    pub required: bool,
    /// Whether it counts for this kind of row ("grade" does not for staff).
    pub ignored: bool,
    /// Accepted values, where there is a list.
    pub accept: Vec<String>,
    /// The rule in words, short.
    pub rule: String,
    /// What the value means on the roster, where that says more: the school's name.
    pub meaning: Option<String>,
    /// A value that would do: a near match, a repair.
    pub suggestion: Option<String>,
    /// What else may be meant, the best first; at most five.
    #[serde(default)]
    pub near: Vec<Near>,
    /// What could be made by hand so that it is right.
    #[serde(default)]
    pub makes: Option<Makes>,
    /// Whether its value must never be shown or stored.
    pub secret: bool,
}

/// How long work ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ran {
    /// The sync that came of it.
    pub detail: SyncDetail,
    /// What an undo had to leave, or a re-run leaves out.
    pub left: Vec<Finding>,
}

/// One line of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanLine {
    /// Kind.
    pub kind: Kind,
    /// What is done: created, updated, disabled, removed.
    pub action: String,
    /// The record's ID.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Physical line that brings it, 0 where none.
    pub line: u32,
    /// Field by field.
    pub changes: Vec<FieldChange>,
}

/// One person or other record that would be disabled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Removal {
    /// Which.
    pub entity: Entity,
    /// Under what it counts.
    pub kind: Kind,
    /// Its ID.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The school it belongs to, with how many of the kind that would lose, and has.
    pub school: String,
    /// How many of the kind the school would lose.
    pub of_school: u64,
    /// How many of the kind the school has.
    pub school_has: u64,
}
