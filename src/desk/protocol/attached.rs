//! Reports of other systems that are attached to an upload.

use serde::{Deserialize, Serialize};

use crate::ledger::{Actor, Cause, SyncNo, Timestamp};

/// An attached report, as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedInfo {
    /// Which of the upload's reports.
    pub number: u32,
    /// Its file name.
    pub name: String,
    /// Whose report it is: "Great Minds".
    pub vendor: String,
    /// What sort of report: "sync report".
    pub form: String,
    /// When it was attached.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// Lines of it.
    pub lines: u64,
    /// Lines that say that a row was taken.
    pub fine: u64,
    /// Things that it says are wrong.
    pub errors: u64,
    /// Rows that it complains of.
    pub rows: u64,
    /// Of these, rows of which something is not mended yet, as the sync that is looked at stands.
    pub open: u64,
}

/// What attaching a report came to, or would come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedNow {
    /// The last check of the upload's rows: there its causes are open.
    pub sync: SyncNo,
    /// The upload's file name.
    pub file: String,
    /// The report.
    pub report: AttachedInfo,
    /// What it says is wrong, as causes. Of a dry run they have the numbers that they would have.
    pub causes: Vec<Cause>,
    /// Whether it is attached now; not after a dry run, nor where the same report was attached before.
    pub kept: bool,
    /// Whether the same report is attached already: there is nothing to do.
    pub again: bool,
    /// Lines that do not fit, the first of them (of a dry run; otherwise they are the reason of the refusal).
    pub misfits: Vec<Unfitting>,
    /// How many lines do not fit.
    pub unfitting: u64,
}

/// A line of a report that does not fit the upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfitting {
    /// The line of the report, as a spreadsheet shows it.
    pub line: u32,
    /// Both sides: what the report says and what the upload has.
    pub why: String,
}
