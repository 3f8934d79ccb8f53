//! Two syncs side by side.

use serde::{Deserialize, Serialize};

use super::Page;
use crate::ledger::{FieldChange, Sync};
use crate::roster::value::named;

/// A part of a comparison: a row may be in several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComparePart {
    /// Rows that the newer sync refused and the older one did not, new ones of the file among them.
    #[default]
    NewlyFailing,
    /// Rows that the older sync refused and the newer one did not.
    NewlyFixed,
    /// Rows of which a field is another.
    Changed,
    /// Who is not in the newer file any more.
    Gone,
    /// Who is in the newer file only.
    New,
}
named!(ComparePart {
    NewlyFailing = "newly_failing", NewlyFixed = "newly_fixed", Changed = "changed", Gone = "gone", New = "new",
});

/// How many rows each part of a comparison has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareCounts {
    /// Refused by the newer sync and not by the older.
    pub newly_failing: u64,
    /// Refused by the older sync and not by the newer.
    pub newly_fixed: u64,
    /// Refused by both.
    pub still_failing: u64,
    /// With another value in some field.
    pub changed: u64,
    /// In the older file only.
    pub gone: u64,
    /// In the newer file only.
    pub new: u64,
    /// The same in every field that both files have.
    pub same: u64,
}

impl CompareCounts {
    /// How many rows a part has.
    pub fn of(&self, part: ComparePart) -> u64 {
        match part {
            ComparePart::NewlyFailing => self.newly_failing,
            ComparePart::NewlyFixed => self.newly_fixed,
            ComparePart::Changed => self.changed,
            ComparePart::Gone => self.gone,
            ComparePart::New => self.new,
        }
    }
}

/// Two syncs side by side, and a window of one part. Values are those of the files as received, with mapping and the corrections that each
/// sync took up laid over; columns of secrets and columns that the profile does not know are left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The sync that is taken for the older.
    pub older: Sync,
    /// The sync that is taken for the newer.
    pub newer: Sync,
    /// How many rows each part has.
    pub counts: CompareCounts,
    /// The columns whose values tell which row is which; empty where the profile has no key: then rows go by their whole content.
    pub matched_by: Vec<String>,
    /// Columns with the number of rows in which they changed, most first. Those that changed nowhere are left out.
    pub fields: Vec<(String, u64)>,
    /// Columns that only the older file has: they are not compared.
    pub only_older: Vec<String>,
    /// Columns that only the newer file has: they are not compared.
    pub only_newer: Vec<String>,
    /// The rows of the part that was asked for.
    pub page: Page<ComparedRow>,
}

/// One row of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedRow {
    /// The key, where the row has one.
    pub key: String,
    /// Name or title, as far as the file says it.
    pub name: String,
    /// The row in the older file.
    pub older: Option<RowPlace>,
    /// The row in the newer file.
    pub newer: Option<RowPlace>,
    /// Column by column what is another; for a row that one file has under a known key and the other does not, what it says besides.
    pub changes: Vec<FieldChange>,
    /// Why it was refused: of a newly fixed row by the older sync, else by the newer. Empty where it was not.
    pub why: String,
}

/// Where a row stands in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowPlace {
    /// Data record number.
    pub record: u32,
    /// Physical line.
    pub line: u32,
    /// Row as a spreadsheet shows it.
    pub row: u32,
}
