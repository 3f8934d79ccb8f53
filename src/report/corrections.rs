//! The export of corrections: every standing one, so that the source's owner can be told.

use std::io::{self, Write};

use super::cells::{Form, Lines};
use crate::ledger::Correction;

/// The export, being written.
pub struct Corrections<'w> {
    lines: Lines<'w>,
}

impl<'w> Corrections<'w> {
    /// Begins the export.
    pub fn begin(out: &'w mut dyn Write, form: impl Into<Form>) -> io::Result<Self> {
        let header = ["sync", "file", "line", "key", "column", "before", "after", "by", "at"];
        Ok(Self { lines: Lines::begin(out, form, header)? })
    }

    /// Adds a correction; `file` is the name of the upload it is on. Of a secret, `before` and `after` are left blank.
    pub fn correction(&mut self, correction: &Correction, file: &str, secret: bool) -> io::Result<()> {
        let c = correction;
        let at = jiff::Timestamp::from_microsecond(c.at.0).map(|t| t.to_string()).unwrap_or_default();
        let (before, after) = if secret { ("", "") } else { (c.before.as_str(), c.after.as_str()) };
        let (sync, line) = (c.root.0.to_string(), c.line.to_string());
        self.lines.line([&sync, file, &line, c.key.as_deref().unwrap_or_default(), &c.column, before, after, &c.by.0, &at])
    }

    /// Ends the export. The number of corrections in it.
    pub fn finish(self) -> io::Result<u64> {
        self.lines.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Actor, SyncNo, Timestamp};
    use crate::report::Escape;

    #[test]
    fn what_the_owner_of_the_source_must_be_told() {
        let c = Correction {
            root: SyncNo(12),
            record: 36,
            line: 37,
            cell: 2,
            column: "email".into(),
            before: "maria at k12.example".into(),
            after: "maria@k12.example".into(),
            key: Some("0012".into()),
            by: Actor("ana".into()),
            at: Timestamp(1_795_392_000_000_000),
        };
        let mut out = Vec::new();
        let mut export = Corrections::begin(&mut out, Escape::No).unwrap();
        export.correction(&c, "users.csv", false).unwrap();
        export.correction(&c, "users.csv", true).unwrap();
        assert_eq!(export.finish().unwrap(), 2);
        let expected = "sync,file,line,key,column,before,after,by,at\n\
            12,users.csv,37,0012,email,maria at k12.example,maria@k12.example,ana,2026-11-23T00:00:00Z\n\
            12,users.csv,37,0012,email,,,ana,2026-11-23T00:00:00Z\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
