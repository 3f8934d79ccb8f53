//! `summary`: a line for each school and kind, then a line for each kind over all schools, then the total.

use std::io::{self, Write};

use super::cells::{Form, Lines};
use crate::ledger::{Counts, Tally};
use crate::roster::Kind;

/// What a sync did to one kind at one school.
#[derive(Clone, Copy, Debug)]
pub struct SummaryLine<'a> {
    /// The school's external ID; empty for records without one.
    pub school: &'a str,
    /// The school's name.
    pub name: &'a str,
    /// The kind.
    pub kind: Kind,
    /// What became of it.
    pub tally: Tally,
}

/// The report, being written.
pub struct Summary<'w> {
    lines: Lines<'w>,
}

impl<'w> Summary<'w> {
    /// Begins the report.
    pub fn begin(out: &'w mut dyn Write, form: impl Into<Form>) -> io::Result<Self> {
        let header = ["school", "name", "kind", "created", "updated", "no changes", "disabled", "errors"];
        Ok(Self { lines: Lines::begin(out, form, header)? })
    }

    /// Adds a school's line.
    pub fn line(&mut self, line: SummaryLine<'_>) -> io::Result<()> {
        self.tally(line.school, line.name, line.kind.name(), line.tally)
    }

    /// Adds the totals, every kind among them, and ends the report. The number of lines in it.
    pub fn finish(mut self, totals: &Counts) -> io::Result<u64> {
        for (kind, tally) in totals.iter() {
            self.tally("", "Total", kind.name(), tally)?;
        }
        self.tally("", "Total", "all", totals.total())?;
        self.lines.finish()
    }

    fn tally(&mut self, school: &str, name: &str, kind: &str, t: Tally) -> io::Result<()> {
        let numbers = [t.created, t.updated, t.unchanged, t.disabled, t.errors].map(|n| n.to_string());
        self.lines.line([school, name, kind].into_iter().chain(numbers.iter().map(String::as_str)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Escape;

    #[test]
    fn schools_first_then_totals_of_every_kind() {
        let tally = Tally { created: 2, updated: 1, unchanged: 30, disabled: 0, errors: 4 };
        let mut totals = Counts::default();
        *totals.of_mut(Kind::Staff) = tally;
        let mut out = Vec::new();
        let mut report = Summary::begin(&mut out, Escape::No).unwrap();
        report.line(SummaryLine { school: "S1", name: "Lincoln, North", kind: Kind::Staff, tally }).unwrap();
        assert_eq!(report.finish(&totals).unwrap(), 1 + Kind::ALL.len() as u64 + 1);
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("school,name,kind,created,updated,no changes,disabled,errors\nS1,\"Lincoln, North\",staff,2,1,30,0,4\n"));
        assert!(text.contains("\n,Total,staff,2,1,30,0,4\n") && text.contains("\n,Total,classes,0,0,0,0,0\n"));
        assert!(text.ends_with("\n,Total,all,2,1,30,0,4\n"));
    }
}
