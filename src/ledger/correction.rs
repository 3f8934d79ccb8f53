//! A correction: a cell that an operator changed in an upload's row. The upload's bytes never change.

use serde::{Deserialize, Serialize};

use super::sync::{Actor, SyncNo, Timestamp};

/// One corrected cell. A later one of the same cell replaces it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The first sync of the upload's chain.
    pub root: SyncNo,
    /// Data record number.
    pub record: u32,
    /// Physical line of the record, for people.
    pub line: u32,
    /// Index of the cell in the row as the file has it.
    pub cell: u32,
    /// The profile's column.
    pub column: String,
    /// The cell as the file has it.
    pub before: String,
    /// What it is to be instead.
    pub after: String,
    /// The record's key, where it has one.
    pub key: Option<String>,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}
