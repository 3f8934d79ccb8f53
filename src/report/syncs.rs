//! The export of the log: a line a sync, with what it counted.

use std::io::{self, Write};

use super::cells::{Form, Lines};
use crate::ledger::Sync;

/// The columns: what it was, then what it did. Moments are in UTC, as `2026-11-22T02:15:00Z`.
pub const COLUMNS: &[&str] = &[
    "sync",
    "type",
    "feed",
    "profile",
    "file",
    "org",
    "status",
    "started",
    "ended",
    "by",
    "rows",
    "refused",
    "created",
    "updated",
    "unchanged",
    "disabled",
];

/// The export, being written.
pub struct Syncs<'w> {
    lines: Lines<'w>,
}

impl<'w> Syncs<'w> {
    /// Begins the export.
    pub fn begin(out: &'w mut dyn Write, form: impl Into<Form>) -> io::Result<Self> {
        Ok(Self { lines: Lines::begin(out, form, COLUMNS.iter().copied())? })
    }

    /// Adds a sync; `import_type` is what its profile calls its kind of import.
    pub fn sync(&mut self, sync: &Sync, import_type: &str) -> io::Result<()> {
        let moment = |at: crate::ledger::Timestamp| jiff::Timestamp::from_microsecond(at.0).map(|t| t.to_string()).unwrap_or_default();
        let total = sync.counts.total();
        let words = [
            sync.number.0.to_string(),
            import_type.to_owned(),
            sync.feed_name.clone(),
            sync.profile.clone(),
            sync.file.clone(),
            sync.org.clone().unwrap_or_default(),
            sync.status.words().to_owned(),
            moment(sync.started),
            sync.ended.map(moment).unwrap_or_default(),
            sync.by.0.clone(),
        ];
        let counts = [sync.rows, sync.rows_with_errors, total.created, total.updated, total.unchanged, total.disabled];
        for cell in words.into_iter().chain(counts.map(|n| n.to_string())) {
            self.lines.cell(cell)?;
        }
        self.lines.end()
    }

    /// Ends the export. The number of syncs in it.
    pub fn finish(self) -> io::Result<u64> {
        self.lines.finish()
    }
}
