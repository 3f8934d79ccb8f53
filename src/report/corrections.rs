//! The export of corrections: what the source's owner must be told, and what became of it since.

use std::io::{self, Write};

use super::cells::{Form, Lines};
use crate::ledger::{SyncNo, Timestamp};

/// The export, being written.
pub struct Corrections<'w> {
    lines: Lines<'w>,
}

/// One correction as it leaves. Of a secret, `before` and `after` are blank.
#[derive(Clone, Copy, Debug)]
pub struct CorrectionLine<'a> {
    /// The first sync of the upload on which it was made.
    pub sync: SyncNo,
    /// The upload's name.
    pub file: &'a str,
    /// Physical line.
    pub line: u32,
    /// The record's key.
    pub key: &'a str,
    /// The column.
    pub column: &'a str,
    /// The file's value.
    pub before: &'a str,
    /// What it is to be.
    pub after: &'a str,
    /// By whom.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
    /// `standing`, `resolved at the source`, `taken back`, `this file only`.
    pub state: &'a str,
    /// The feed.
    pub feed: &'a str,
    /// How often a later file brought the value again.
    pub times: u64,
    /// The last sync that did, by number.
    pub last: &'a str,
    /// When that was.
    pub last_at: Option<Timestamp>,
    /// The sync that brought another value, by number.
    pub resolved_by: &'a str,
}

impl<'w> Corrections<'w> {
    /// Begins the export.
    pub fn begin(out: &'w mut dyn Write, form: impl Into<Form>) -> io::Result<Self> {
        let header = [
            "sync",
            "file",
            "line",
            "key",
            "column",
            "before",
            "after",
            "by",
            "at",
            "state",
            "feed",
            "times",
            "last_sync",
            "last_at",
            "resolved_by",
        ];
        Ok(Self { lines: Lines::begin(out, form, header)? })
    }

    /// Adds a correction.
    pub fn correction(&mut self, c: &CorrectionLine<'_>) -> io::Result<()> {
        let when = |at: Timestamp| jiff::Timestamp::from_microsecond(at.0).map(|t| t.to_string()).unwrap_or_default();
        let (sync, line, times, at) = (c.sync.0.to_string(), c.line.to_string(), c.times.to_string(), when(c.at));
        let last_at = c.last_at.map(when).unwrap_or_default();
        self.lines.line([
            &sync,
            c.file,
            &line,
            c.key,
            c.column,
            c.before,
            c.after,
            c.by,
            &at,
            c.state,
            c.feed,
            &times,
            c.last,
            &last_at,
            c.resolved_by,
        ])
    }

    /// Ends the export. The number of corrections in it.
    pub fn finish(self) -> io::Result<u64> {
        self.lines.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Escape;

    #[test]
    fn what_the_owner_of_the_source_must_be_told() {
        let c = CorrectionLine {
            sync: SyncNo(12),
            file: "users.csv",
            line: 37,
            key: "0012",
            column: "email",
            before: "maria at k12.example",
            after: "maria@k12.example",
            by: "ana",
            at: Timestamp(1_795_392_000_000_000),
            state: "standing",
            feed: "SIS nightly",
            times: 2,
            last: "14",
            last_at: Some(Timestamp(1_795_564_800_000_000)),
            resolved_by: "",
        };
        let mut out = Vec::new();
        let mut export = Corrections::begin(&mut out, Escape::No).unwrap();
        export.correction(&c).unwrap();
        export
            .correction(&CorrectionLine { before: "", after: "", state: "this file only", times: 0, last: "", last_at: None, ..c })
            .unwrap();
        assert_eq!(export.finish().unwrap(), 2);
        let expected = "sync,file,line,key,column,before,after,by,at,state,feed,times,last_sync,last_at,resolved_by\n\
            12,users.csv,37,0012,email,maria at k12.example,maria@k12.example,ana,2026-11-23T00:00:00Z,standing,SIS nightly,2,14,2026-11-25T00:00:00Z,\n\
            12,users.csv,37,0012,email,,,ana,2026-11-23T00:00:00Z,this file only,SIS nightly,0,,,\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
