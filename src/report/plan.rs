//! `plan`: what a sync changed or would change, `kind,key,field,before,after`, a line a field.

use std::io::{self, Write};

use super::cells::{Form, Lines};
use crate::ledger::FieldChange;
use crate::roster::Kind;

/// The report, being written.
pub struct Plan<'w> {
    lines: Lines<'w>,
}

impl<'w> Plan<'w> {
    /// Begins the report.
    pub fn begin(out: &'w mut dyn Write, form: impl Into<Form>) -> io::Result<Self> {
        Ok(Self { lines: Lines::begin(out, form, ["kind", "key", "field", "before", "after"])? })
    }

    /// Adds one record's changes. One without any (a removal) gets a single line with the action for its field.
    pub fn record(&mut self, kind: Kind, key: &str, action: &str, changes: &[FieldChange]) -> io::Result<()> {
        if changes.is_empty() {
            return self.lines.line([kind.name(), key, action, "", ""]);
        }
        changes.iter().try_for_each(|c| self.lines.line([kind.name(), key, &c.field, &c.before, &c.after]))
    }

    /// Ends the report. The number of lines in it.
    pub fn finish(self) -> io::Result<u64> {
        self.lines.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Escape;

    #[test]
    fn a_line_a_field() {
        let mut out = Vec::new();
        let mut report = Plan::begin(&mut out, Escape::No).unwrap();
        let change =
            |field: &str, before: &str, after: &str| FieldChange { field: field.into(), before: before.into(), after: after.into() };
        report
            .record(Kind::Staff, "0012", "updated", &[change("email", "a@b.example", "c@d.example"), change("position", "", "Aide, lead")])
            .unwrap();
        report.record(Kind::Students, "7", "removed", &[]).unwrap();
        assert_eq!(report.finish().unwrap(), 3);
        let expected = "kind,key,field,before,after\nstaff,0012,email,a@b.example,c@d.example\nstaff,0012,position,,\"Aide, lead\"\nstudents,7,removed,,\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
