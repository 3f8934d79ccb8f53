//! What is handed out, and the state of the database.

use serde::{Deserialize, Serialize};

use crate::roster::Kind;

/// A file to hand out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// A name for it: `sync-48-sync-report.csv`.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Data lines in it.
    pub lines: u64,
    /// What should be known about it, one line; empty where nothing.
    pub note: String,
}

/// One line of the doctor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was looked at.
    pub what: String,
    /// Whether it is well.
    pub well: bool,
    /// What was seen, and what to do where it is not well.
    pub text: String,
}

/// What `verify` read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verified {
    /// Number of things read, by name.
    pub read: Vec<(String, u64)>,
    /// What is damaged: what, where, what to do.
    pub damage: Vec<String>,
    /// Counts of the roster.
    pub totals: Vec<(Kind, u64)>,
}

/// What a backup holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackedUp {
    /// Where it is: an absolute path.
    pub path: String,
    /// Bytes of the file.
    pub bytes: u64,
    /// Records of the database.
    pub records: u64,
    /// Uploads with their content.
    pub uploads: u64,
    /// Entries of the journal.
    pub position: u64,
}
