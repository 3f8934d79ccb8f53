//! Reports that carry the source's rows: `users-errors` (the refused ones, why, and how to resolve it) and `results` (all,
//! and what became of each).

use std::io::{self, Write};

use csv::ByteRecord;

use super::cells::{Form, Lines};
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

    fn begin<'w>(&self, out: &'w mut dyn Write, form: impl Into<Form>, more: &[&str]) -> io::Result<Lines<'w>> {
        Lines::begin(out, form, self.names.iter().map(String::as_str).chain(more.iter().copied()))
    }
}

/// `users-errors`: the source columns of the refused rows as they stood, then `errors` and `resolution`: each error of the row under
/// a number, and under the same number how to resolve it.
pub struct UsersErrors<'w, 'h> {
    lines: Lines<'w>,
    head: SourceHead<'h>,
}

impl<'w, 'h> UsersErrors<'w, 'h> {
    /// Begins the report.
    pub fn begin(out: &'w mut dyn Write, head: SourceHead<'h>, form: impl Into<Form>) -> io::Result<Self> {
        Ok(Self { lines: head.begin(out, form, &["errors", "resolution"])?, head })
    }

    /// Adds a row if one of its findings is an error.
    pub fn row(&mut self, cells: &ByteRecord, findings: &[Finding]) -> io::Result<()> {
        if findings.iter().any(|f| f.severity >= Severity::Error) { self.any_row(cells, findings, Severity::Error) } else { Ok(()) }
    }

    /// Adds a row, with those of its findings that are at least so bad.
    pub fn any_row(&mut self, cells: &ByteRecord, findings: &[Finding], at_least: Severity) -> io::Result<()> {
        let beyond = self.head.write(&mut self.lines, cells)?;
        let mut said: Vec<(String, String)> = Vec::new();
        for f in findings.iter().filter(|f| f.severity >= at_least) {
            let error = (format!("{} {}", f.code, f.message()), f.resolution());
            if !said.contains(&error) {
                said.push(error);
            }
        }
        self.lines.cell(numbered(said.iter().map(|e| &e.0)))?;
        self.lines.cell(numbered(said.iter().map(|e| &e.1)))?;
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
    no_change: Option<(&'h str, &'h str)>,
}

impl<'w, 'h> Results<'w, 'h> {
    /// Begins the report. `no_change` are the action and the message of rows that changed nothing, where the profile has its own.
    pub fn begin(
        out: &'w mut dyn Write,
        head: SourceHead<'h>,
        no_change: Option<(&'h str, &'h str)>,
        form: impl Into<Form>,
    ) -> io::Result<Self> {
        Ok(Self { lines: head.begin(out, form, &["result", "action", "message"])?, head, no_change })
    }

    /// Adds a row with what became of it and what was found on it.
    pub fn row(&mut self, cells: &ByteRecord, outcome: Outcome, findings: &[Finding]) -> io::Result<()> {
        let beyond = self.head.write(&mut self.lines, cells)?;
        self.lines.cell(match outcome {
            Outcome { action: Action::Refused, .. } => "ERROR",
            Outcome { warned: true, .. } => "WARNING",
            Outcome { .. } => "SUCCESS",
        })?;
        let worded = self.no_change.filter(|_| outcome.action == Action::NoChange);
        self.lines.cell(worded.map_or(outcome.action.name(), |w| w.0))?;
        let told = findings.iter().filter(|f| f.severity >= Severity::Warning).map(|f| format!("{} {}", f.code, f.message()));
        let own = worded.map(|w| w.1.to_owned()).filter(|m| !m.is_empty());
        self.lines.cell(joined(own.into_iter().chain(told)))?;
        beyond.into_iter().try_for_each(|cell| self.lines.cell(cell))?;
        self.lines.end()
    }

    /// Ends the report. The number of rows in it.
    pub fn finish(self) -> io::Result<u64> {
        self.lines.finish()
    }
}

/// `1. this; 2. that`.
fn numbered<'a>(texts: impl Iterator<Item = &'a String>) -> String {
    texts.enumerate().map(|(i, text)| format!("{}. {text}", i + 1)).collect::<Vec<_>>().join("; ")
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
    use crate::report::Escape;

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
        let told = format!("1. VAL-201 {},1. {}", refused()[0].message(), refused()[0].resolution());
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
    fn each_error_has_a_number_and_under_it_how_to_resolve_it() {
        let (mut out, names) = (Vec::new(), names("id,email"));
        let mut report = UsersErrors::begin(&mut out, SourceHead { names: &names, secret: &[] }, Escape::No).unwrap();
        let [a, b] = refused();
        // The same error said twice is one notation.
        report.row(&ByteRecord::from(vec!["", ""]), &[a.clone(), b.clone(), a.clone()]).unwrap();
        report.finish().unwrap();
        let expected = format!(
            "id,email,errors,resolution\n,,1. VAL-201 {}; 2. VAL-201 {},1. {}; 2. {}\n",
            a.message(),
            b.message(),
            a.resolution(),
            b.resolution()
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn a_system_has_its_own_word_for_no_change() {
        let (mut out, names) = (Vec::new(), names("id"));
        let head = SourceHead { names: &names, secret: &[] };
        let mut report = Results::begin(&mut out, head, Some(("UPDATED", "already has an account")), Escape::No).unwrap();
        let warning = [refused()[0].clone().as_bad_as(Severity::Warning)];
        for (action, warned) in [(Action::NoChange, false), (Action::NoChange, true), (Action::Updated, false), (Action::Created, false)] {
            let findings = if warned { &warning[..] } else { &[] };
            report.row(&ByteRecord::from(vec!["1"]), Outcome { action, warned }, findings).unwrap();
        }
        report.finish().unwrap();
        let expected = format!(
            "id,result,action,message\n1,SUCCESS,UPDATED,already has an account\n1,WARNING,UPDATED,already has an account; VAL-201 {}\n1,SUCCESS,UPDATED,\n1,SUCCESS,CREATED,\n",
            refused()[0].message()
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn a_workbook_has_the_same_cells_as_text() {
        use crate::report::workbook::tests::member;
        let (mut out, names) = (Vec::new(), names("id,name"));
        let mut report = Results::begin(&mut out, SourceHead { names: &names, secret: &[] }, None, Form::Xlsx).unwrap();
        report.row(&ByteRecord::from(vec!["0012", "=1+1"]), Outcome { action: Action::Created, warned: false }, &[]).unwrap();
        assert_eq!(report.finish().unwrap(), 1);
        let (sheet, texts) = (member(&out, "xl/worksheets/sheet1.xml"), member(&out, "xl/sharedStrings.xml"));
        let cells = ["id", "name", "result", "action", "message", "0012", "=1+1", "SUCCESS", "CREATED"];
        assert_eq!((sheet.matches("t=\"s\"").count(), sheet.matches("<f").count()), (cells.len(), 0), "{sheet}");
        for cell in cells {
            assert!(texts.contains(&format!("<t>{cell}</t>")), "{texts}");
        }
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
        let mut report = Results::begin(&mut out, SourceHead { names: &names, secret: &[] }, None, Escape::Spreadsheet).unwrap();
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
