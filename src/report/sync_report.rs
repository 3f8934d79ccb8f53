//! `sync-report`: `Row Number,sourcedId,Column Name,Error`, a line an error, in the order of the file. The row is that of a
//! spreadsheet. Great Minds' staff sync report has these columns, in this order.

use std::io::{self, Write};

use super::cells::{Form, Lines};
use crate::ledger::{Finding, Severity};

/// The report, being written.
pub struct SyncReport<'w> {
    lines: Lines<'w>,
    with_key: bool,
}

impl<'w> SyncReport<'w> {
    /// Begins the report. `key` is what the profile calls the key column (`sourcedId`); `None` leaves that column out.
    pub fn begin(out: &'w mut dyn Write, key: Option<&str>, form: impl Into<Form>) -> io::Result<Self> {
        let header = ["Row Number"].into_iter().chain(key).chain(["Column Name", "Error"]);
        Ok(Self { lines: Lines::begin(out, form, header)?, with_key: key.is_some() })
    }

    /// Adds a finding if it is an error. Those of the file as a whole have no row. A hold waits for approval: it is no error.
    pub fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        if !matches!(finding.severity, Severity::Error | Severity::Refused) {
            return Ok(());
        }
        let row = finding.row.or(finding.line).map(|r| r.to_string()).unwrap_or_default();
        let key = finding.key.as_deref().unwrap_or_default();
        let column = finding.column.as_deref().unwrap_or_default();
        let message = finding.message();
        self.lines.line([row.as_str()].into_iter().chain(self.with_key.then_some(key)).chain([column, &message]))
    }

    /// Ends the report. The number of errors in it: with none, the report need not be handed out.
    pub fn finish(self) -> io::Result<u64> {
        self.lines.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Code;
    use crate::report::Escape;

    fn finding(row: u32, column: &str) -> Finding {
        let mut f = Finding::at_line(Code::VAL_201, row + 1).in_column(column);
        f.row = Some(row);
        f.key = Some("00,12".into());
        f
    }

    #[test]
    fn a_line_an_error_and_several_for_a_row() {
        let mut out = Vec::new();
        let mut report = SyncReport::begin(&mut out, Some("sourcedId"), Escape::No).unwrap();
        report.finding(&finding(7, "last_name")).unwrap();
        report.finding(&finding(7, "email")).unwrap();
        report.finding(&finding(8, "grade").as_bad_as(Severity::Warning)).unwrap();
        report.finding(&finding(9, "grade").as_bad_as(Severity::Hold)).unwrap();
        assert_eq!(report.finish().unwrap(), 2);
        let expected = format!(
            "Row Number,sourcedId,Column Name,Error\n7,\"00,12\",last_name,{}\n7,\"00,12\",email,{}\n",
            finding(7, "last_name").message(),
            finding(7, "email").message()
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn without_a_key_column_and_for_a_whole_file() {
        let mut out = Vec::new();
        let mut report = SyncReport::begin(&mut out, None, Escape::No).unwrap();
        report.finding(&Finding::of_file(Code::VAL_201).as_bad_as(Severity::Refused)).unwrap();
        assert_eq!(report.finish().unwrap(), 1);
        assert!(String::from_utf8(out).unwrap().starts_with("Row Number,Column Name,Error\n,,"));
    }
}
