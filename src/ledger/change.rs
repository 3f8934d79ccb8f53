//! Changes: planned, and as the journal keeps them.

use serde::{Deserialize, Serialize};

use super::sync::{Action, Actor, SyncNo, Timestamp};
use crate::roster::{Entity, FeedNo, Kind};

/// One change that a sync would make: a whole record, in the packed form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedChange {
    /// Which record. For a new one the slot it will get.
    pub entity: Entity,
    /// Data record number in the upload; 0 where no row brought it (absence, an edit by hand).
    pub record: u32,
    /// Physical line of that record.
    pub line: u32,
    /// Created, updated or disabled; `Skipped` for a removal (an undone creation).
    pub action: Action,
    /// Under what it counts.
    pub kind: Kind,
    /// Where the new record stands in [`Plan::bytes`]; start = end for a removal.
    pub after: (u64, u64),
}

/// What a sync would change. The records before are those of the roster it was planned against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The position of the roster it was planned against.
    pub position: u64,
    /// The changes, sorted by entity, none twice.
    pub changes: Vec<PlannedChange>,
    /// The new records, one after the other.
    pub bytes: Vec<u8>,
}

impl Plan {
    /// The new record of a change; empty for a removal.
    pub fn after(&self, change: &PlannedChange) -> &[u8] {
        &self.bytes[change.after.0 as usize..change.after.1 as usize]
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// What an entry of the journal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A sync was applied (import or re-run).
    Sync,
    /// A sync was undone.
    Undo,
    /// Someone edited the roster by hand.
    Edit,
}

/// The head of one entry of the journal: who, when, by what. Its changes come in blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its position: 1, 2, 3, ... without a gap.
    pub position: u64,
    /// What it is.
    pub kind: EntryKind,
    /// The sync that applied it; none for an edit by hand.
    pub sync: Option<SyncNo>,
    /// The feed.
    pub feed: FeedNo,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// How many changes.
    pub changes: u64,
}

/// One change as the journal keeps it: the record before and after, in the packed form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which record.
    pub entity: Entity,
    /// Data record number in the upload, 0 where none.
    pub record: u32,
    /// Physical line of that record, 0 where none.
    pub line: u32,
    /// The record before; `None` if it was created.
    pub before: Option<Vec<u8>>,
    /// The record after; `None` if it was removed.
    pub after: Option<Vec<u8>>,
}

/// One field's change, in words: what screens, plans and histories show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field's name.
    pub field: String,
    /// Before; empty if there was none.
    pub before: String,
    /// After; empty if there is none.
    pub after: String,
}
