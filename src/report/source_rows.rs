//! Reports that carry the source's rows: `users-errors` (the refused ones, why, and how to resolve it) and `results` (all,
//! and what became of each).

use std::io::{self, Write};

use csv::ByteRecord;

use super::cells::{Escape, Lines};
use crate::ledger::{Action, Finding, Outcome, Severity};

/// The source's columns: their names as the file has them, and which of them are secret.
#[derive(Clone, Copy, Debug)]
pub struct SourceHead<'a> {
    /// Names, in the order of the file.
    pub names: &'a [String],
    /// By cell: whether its values must never leave. May be shorter than `names`.
    pub secret: &'a [bool],
}

impl SourceHead<'_> {
    /// From which cell on nothing may leave, for a row whose cells do not stand under their own names. One stray comma moves
    /// a secret into its neighbour's column, so of a ragged row all that the secret could have moved to is held back.
    fn held_back(&self, cells: usize) -> usize {
        let Some(first) = self.secret.iter().position(|s| *s) else { return usize::MAX };
        match cells.cmp(&self.names.len()) {
            std::cmp::Ordering::Equal => usize::MAX,
            std::cmp::Ordering::Greater => first,
            std::cmp::Ordering::Less => first.saturating_sub(self.names.len() - cells),
        }
    }

    /// The cells under their names; a short row is filled with blanks. Cells beyond the header come back for the end of the line.
    fn write<'c>(&self, lines: &mut Lines<'_>, cells: &'c ByteRecord) -> io::Result<Vec<&'c [u8]>> {
        let held_back = self.held_back(cells.len());
        let shown = |i: usize| match cells.get(i) {
            Some(cell) if i < held_back && !self.secret.get(i).copied().unwrap_or(false) => cell,
            _ => b"",
        };
        for i in 0..self.names.len() {
            lines.cell(shown(i))?;
        }
        Ok((self.names.len()..cells.len()).map(shown).collect())
    }

    fn begin<'w>(&self, out: &'w mut dyn Write, escape: Escape, more: &[&str]) -> io::Result<Lines<'w>> {
        Lines::begin(out, escape, self.names.iter().map(String::as_str).chain(more.iter().copied()))
    }
}

/// `users-errors`: the source columns of the refused rows as they stood, then `errors` and `resolution`.
pub struct UsersErrors<'w, 'h> {
    lines: Lines<'w>,
    head: SourceHead<'h>,
}

impl<'w, 'h> UsersErrors<'w, 'h> {
    /// Begins the report.
    pub fn begin(out: &'w mut dyn Write, head: SourceHead<'h>, escape: Escape) -> io::Result<Self> {
        Ok(Self { lines: head.begin(out, escape, &["errors", "resolution"])?, head })
    }

    /// Adds a row if one of its findings is an error.
    pub fn row(&mut self, cells: &ByteRecord, findings: &[Finding]) -> io::Result<()> {
        if !findings.iter().any(|f| f.severity >= Severity::Error) {
            return Ok(());
        }
        let beyond = self.head.write(&mut self.lines, cells)?;
        let errors = || findings.iter().filter(|f| f.severity >= Severity::Error);
        self.lines.cell(joined(errors().map(|f| format!("{} {}", f.code, f.message()))))?;
        self.lines.cell(joined(errors().map(Finding::resolution)))?;
        beyond.into_iter().try_for_each(|cell| self.lines.cell(cell))?;
        self.lines.end()
    }

    /// Ends the report. The number of rows in it.
    pub fn finish(self) -> io::Result<u64> {
        self.lines.finish()
    }
}

/// `results`: the source columns of every row, then `result` (SUCCESS, WARNING, ERROR), `action` and `message`.
pub struct Results<'w, 'h> {
    lines: Lines<'w>,
    head: SourceHead<'h>,
}

impl<'w, 'h> Results<'w, 'h> {
    /// Begins the report.
    pub fn begin(out: &'w mut dyn Write, head: SourceHead<'h>, escape: Escape) -> io::Result<Self> {
        Ok(Self { lines: head.begin(out, escape, &["result", "action", "message"])?, head })
    }

    /// Adds a row with what became of it and what was found on it.
    pub fn row(&mut self, cells: &ByteRecord, outcome: Outcome, findings: &[Finding]) -> io::Result<()> {
        let beyond = self.head.write(&mut self.lines, cells)?;
        self.lines.cell(match outcome {
            Outcome { action: Action::Refused, .. } => "ERROR",
            Outcome { warned: true, .. } => "WARNING",
            Outcome { .. } => "SUCCESS",
        })?;
        self.lines.cell(outcome.action.name())?;
        let told = findings.iter().filter(|f| f.severity >= Severity::Warning);
        self.lines.cell(joined(told.map(|f| format!("{} {}", f.code, f.message()))))?;
        beyond.into_iter().try_for_each(|cell| self.lines.cell(cell))?;
        self.lines.end()
    }

    /// Ends the report. The number of rows in it.
    pub fn finish(self) -> io::Result<u64> {
        self.lines.finish()
    }
}

/// Each text once, in order, `; ` between.
fn joined(texts: impl Iterator<Item = String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Code;

    fn names(names: &str) -> Vec<String> {
        names.split(',').map(str::to_owned).collect()
    }

    fn refused() -> [Finding; 2] {
        [Finding::at_line(Code::VAL_201, 2).in_column("email"), Finding::at_line(Code::VAL_201, 2).in_column("id")]
    }

    fn users_errors(header: &str, secret: &[bool], rows: &[&[&str]]) -> String {
        let (mut out, names) = (Vec::new(), names(header));
        let mut report = UsersErrors::begin(&mut out, SourceHead { names: &names, secret }, Escape::No).unwrap();
        for row in rows {
            report.row(&ByteRecord::from(row.to_vec()), &refused()[..1]).unwrap();
        }
        report.finish().unwrap();
        let told = format!("VAL-201 {},{}", refused()[0].message(), refused()[0].resolution());
        String::from_utf8(out).unwrap().replace(&told, "E,R")
    }

    #[test]
    fn refused_rows_stand_as_they_were() {
        let csv = users_errors("id,name,email", &[], &[&["0012", "=a,b", " x "], &["", "c\nd", "e"]]);
        assert_eq!(csv, "id,name,email,errors,resolution\n0012,\"=a,b\", x ,E,R\n,\"c\nd\",e,E,R\n");
    }

    #[test]
    fn ragged_rows_keep_errors_under_their_name() {
        let csv = users_errors("id,name", &[], &[&["1"], &["1", "a", "b", "c"]]);
        assert_eq!(csv, "id,name,errors,resolution\n1,,E,R\n1,a,E,R,b,c\n");
    }

    #[test]
    fn secrets_never_leave_even_where_a_stray_comma_moved_them() {
        let rows: &[&[&str]] = &[
            &["1", "a", "S3cret", "x"],
            &["1", "a", "b", "S3cret", "x"],
            &["1", "S3cret", "x"],
            &["S3cret"],
            &["1", "a", "S3cret", "x", "y"],
        ];
        let csv = users_errors("id,name,password,email", &[false, false, true], rows);
        assert!(!csv.contains("S3cret"), "{csv}");
        assert!(csv.contains("1,a,,x,E,R\n"), "{csv}");
    }

    #[test]
    fn rows_that_are_right_are_not_among_the_errors() {
        let (mut out, names) = (Vec::new(), names("id"));
        let mut report = UsersErrors::begin(&mut out, SourceHead { names: &names, secret: &[] }, Escape::No).unwrap();
        report.row(&ByteRecord::from(vec!["1"]), &[refused()[0].clone().as_bad_as(Severity::Warning)]).unwrap();
        assert_eq!(report.finish().unwrap(), 0);
    }

    #[test]
    fn results_say_what_became_of_each_row() {
        let (mut out, names) = (Vec::new(), names("id"));
        let mut report = Results::begin(&mut out, SourceHead { names: &names, secret: &[] }, Escape::Spreadsheet).unwrap();
        let warning = [refused()[0].clone().as_bad_as(Severity::Warning)];
        let info = [refused()[0].clone().as_bad_as(Severity::Info)];
        let both = refused();
        let rows: [(&str, Action, bool, &[Finding]); 4] = [
            ("1", Action::Created, false, &info),
            ("-2", Action::NoChange, true, &warning),
            ("3", Action::Refused, false, &both),
            ("4", Action::Skipped, false, &[]),
        ];
        for (id, action, warned, findings) in rows {
            report.row(&ByteRecord::from(vec![id]), Outcome { action, warned }, findings).unwrap();
        }
        assert_eq!(report.finish().unwrap(), 4);
        let [a, b] = refused().map(|f| format!("VAL-201 {}", f.message()));
        let expected = format!(
            "id,result,action,message\n1,SUCCESS,CREATED,\n'-2,WARNING,NO CHANGE,{a}\n3,ERROR,REFUSED,{a}; {b}\n4,SUCCESS,SKIPPED,\n"
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
