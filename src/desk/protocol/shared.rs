//! What several who work on one roster need: what each saw before changing it, and what was refused to whom.

use serde::{Deserialize, Serialize};

use super::RowAt;
use crate::ledger::{SyncNo, Timestamp};
use crate::roster::{Entity, OrgNo, PersonNo};

/// A change that may meet somebody else's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OneChange {
    /// As [`super::Request::Fix`].
    Fix {
        /// The sync.
        sync: SyncNo,
        /// Which row.
        at: RowAt,
        /// Cells by column name.
        cells: Vec<(String, String)>,
    },
    /// As [`super::Request::EditPerson`].
    Person {
        /// Who.
        person: PersonNo,
        /// Fields by name and new value.
        fields: Vec<(String, String)>,
    },
    /// As [`super::Request::EditOrg`].
    Org {
        /// Which.
        org: OrgNo,
        /// Fields by name and new value.
        fields: Vec<(String, String)>,
    },
    /// As [`super::Request::Edit`].
    Record {
        /// Which.
        entity: Entity,
        /// Fields by name and new value.
        fields: Vec<(String, String)>,
    },
}

/// What whoever makes a change knows of what is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// The values that were on the screen, by column or field. What is not among them is not compared.
    Values(Vec<(String, String)>),
    /// Nothing was on a screen: what somebody else set by hand is not to be overwritten unasked.
    Nothing,
}

/// Somebody else was first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The column or field.
    pub field: String,
    /// What stands there now.
    pub now: String,
    /// What it was to become.
    pub wanted: String,
    /// Who set it; empty where it was put back to the file's own value.
    pub by: String,
    /// When; zero where that is not known.
    pub at: Timestamp,
    /// The sync that set it; none where it was by hand.
    pub sync: Option<SyncNo>,
}

impl Conflict {
    /// In words: `grade is "05" now: maria`. When, is for whoever shows it to say.
    pub fn words(&self) -> String {
        let who = match (&self.sync, self.by.is_empty()) {
            (_, true) => "put back by somebody else".to_owned(),
            (Some(sync), _) => format!("set by {} with sync {sync}", self.by),
            (None, _) => format!("set by {}", self.by),
        };
        format!("{} is \"{}\" now, {who}", self.field, self.now)
    }
}
