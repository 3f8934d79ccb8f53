//! A decision about a row: left out, a person of its own, somebody who is known. The upload's bytes never change.

use serde::{Deserialize, Serialize};

use super::sync::{Actor, SyncNo, Timestamp};

/// What an operator decided about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decided {
    /// It stays out: it claims nothing, brings nothing and is no error.
    Skip,
    /// It is about a new person, whoever looks like them.
    AsNew,
    /// It is about somebody on the roster who had another ID, and has the row's ID since.
    Linked,
    /// Nothing any more: a decision was taken back. The next re-run plans the row again.
    Open,
    /// It stands: other rows that claim the same stay out.
    Stands,
}
crate::roster::value::named!(Decided { Skip = "skip", AsNew = "as_new", Linked = "linked", Open = "open", Stands = "stands" });

/// A decision about one row of an upload. A later one about the same row replaces it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The first sync of the upload's chain.
    pub root: SyncNo,
    /// Data record number.
    pub record: u32,
    /// Physical line of the record, for people.
    pub line: u32,
    /// The record's key, where it has one.
    pub key: Option<String>,
    /// What was decided.
    pub decided: Decided,
    /// In words: whose row stands instead, or whom it is about.
    pub about: String,
    /// Entries of the journal that the decision made: local fixes, put back when it is taken back.
    pub entries: Vec<u64>,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}
