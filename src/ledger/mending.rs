//! Mending: the corrections that were recorded at one stroke, so that they can be taken back, and made again, at one stroke.

use serde::{Deserialize, Serialize};

use super::correction::Correction;
use super::rule::ValueRule;
use super::sync::{Actor, SyncNo, Timestamp};

/// One step of mending on an upload: the cells of a row, or of every row of a cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MendStep {
    /// Its number among the steps of the upload, from 1.
    pub number: u32,
    /// The first sync of the upload's chain.
    pub root: SyncNo,
    /// What was done, in words: `grade is "KG"`.
    pub how: String,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// By whom and when it was taken back.
    pub back: Option<(Actor, Timestamp)>,
    /// The value rules that were kept with it. They speak for later files, so its corrections do not stand for these.
    pub rules: Vec<ValueRule>,
    /// What was changed.
    pub cells: Vec<MendedCell>,
}

/// One cell of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MendedCell {
    /// Data record number.
    pub record: u32,
    /// Index of the cell.
    pub cell: u32,
    /// The correction that it had before; none where the file's own value stood.
    pub was: Option<Correction>,
    /// The correction that it has now; none where one was taken back.
    pub now: Option<Correction>,
}

impl MendedCell {
    /// The value that the step left (or, `back`, found) in the cell where a correction made one; none for the file's own.
    pub fn value(&self, back: bool) -> Option<&str> {
        let correction = if back { &self.was } else { &self.now };
        correction.as_ref().map(|c| c.after.as_str())
    }
}

impl MendStep {
    /// Rows it touches.
    pub fn rows(&self) -> u64 {
        let mut records: Vec<u32> = self.cells.iter().map(|c| c.record).collect();
        records.sort_unstable();
        records.dedup();
        records.len() as u64
    }

    /// The columns it touches, each once.
    pub fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = Vec::new();
        for cell in &self.cells {
            let column = cell.now.as_ref().or(cell.was.as_ref()).map(|c| c.column.as_str());
            columns.extend(column.filter(|c| !columns.contains(c)));
        }
        columns
    }
}
