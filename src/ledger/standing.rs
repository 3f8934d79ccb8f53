//! A standing correction: one that is laid over later files too, while their source repeats the value that it replaced.

use serde::{Deserialize, Serialize};

use super::sync::{Actor, SyncNo, Timestamp};
use crate::roster::{FeedNo, Kind};

/// A correction that stands for later files of its feed: by kind, key, column and wrong value. It never changes but for being taken
/// back; whether the source has been mended meanwhile is told by what later files brought ([`Laid`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Its own number, which only grows.
    pub number: u32,
    /// The feed whose files it is for.
    pub feed: FeedNo,
    /// Under what the row counts: student 1001 is not employee 1001.
    pub kind: Kind,
    /// The profile of the file that it was made on.
    pub profile: String,
    /// The key of the row as the file has it; of a key of several columns each, with a blank between.
    pub key: String,
    /// The profile's column.
    pub column: String,
    /// The cell as the file had it, byte for byte.
    pub wrong: String,
    /// What it is to be instead.
    pub right: String,
    /// The first sync of the upload's chain on which it was made.
    pub root: SyncNo,
    /// Data record number there.
    pub record: u32,
    /// Physical line there.
    pub line: u32,
    /// Index of the cell there.
    pub cell: u32,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// By whom and when it was taken back.
    pub back: Option<(Actor, Timestamp)>,
}

impl Standing {
    /// Whether it is for the same cell of the same record of the same source, whatever value was wrong there.
    pub fn same_cell(&self, other: &Self) -> bool {
        (self.feed, self.kind, &self.key, &self.column) == (other.feed, other.kind, &other.key, &other.column)
    }
}

/// What a file said to the standing corrections of its feed. Kept with the first sync of its upload; it counts while that sync's rows
/// stand, so that neither a dry run nor a sync that is undone says anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Laid {
    /// Those that were laid over a row: the file repeats the wrong value.
    pub cells: Vec<LaidCell>,
    /// Those for whose cell the file brings another value: resolved at the source.
    pub gone: Vec<u32>,
}

/// One cell over which a standing correction was laid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaidCell {
    /// The standing correction.
    pub standing: u32,
    /// Data record number.
    pub record: u32,
    /// Physical line of the record.
    pub line: u32,
    /// Index of the cell.
    pub cell: u32,
}

impl Laid {
    /// Whether there is nothing to be kept.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty() && self.gone.is_empty()
    }
}
