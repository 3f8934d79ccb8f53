//! A report from another system's own portal, attached to an upload: what that system says of the upload's rows.
//!
//! It stands beside the findings of the upload's syncs and is none of them: what the system refused, this program may have taken.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::catalogue::Code;
use super::correction::Correction;
use super::finding::Finding;
use super::sync::{Actor, SyncNo, Timestamp};

/// A report as it was laid over the rows of an upload. Of the report itself nothing else is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// The first sync of the upload's chain.
    pub root: SyncNo,
    /// Which of the reports on that upload, from 1; none is given out twice while a later one is there.
    pub number: u32,
    /// The report's file name, without folders.
    pub name: String,
    /// Whose report it is: "Great Minds".
    pub vendor: String,
    /// What sort of report: "sync report".
    pub form: String,
    /// Hash of what it says of which rows: the same report twice is no work.
    pub content: String,
    /// When it was attached.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// Lines of the report, blank ones not counted.
    pub lines: u64,
    /// Lines that say that a row was taken.
    pub fine: u64,
    /// What it says is wrong, in the order of the upload's rows; what is said of the file as a whole first.
    pub told: Vec<Told>,
}

/// One thing that the other system says is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The row's data record number; `None` where it is about the file as a whole.
    pub record: Option<u32>,
    /// The row's physical line.
    pub line: u32,
    /// The row as a spreadsheet shows it.
    pub row: u32,
    /// The row's key.
    pub key: Option<String>,
    /// Index of the cell that it is about, where it names one that the file has.
    pub cell: Option<u32>,
    /// The profile's name of that column, or the file's own header.
    pub column: Option<String>,
    /// What stood in that cell when the system saw it; never a secret.
    pub seen: Option<String>,
    /// The system's own code.
    pub code: Option<String>,
    /// What is wrong, in the system's own words.
    pub said: String,
    /// How to resolve it, in the system's own words.
    pub resolution: Option<String>,
}

impl Attached {
    /// Rows that it complains of.
    pub fn rows(&self) -> u64 {
        let mut last = None;
        let mut rows = 0;
        for told in self.told.iter().filter(|t| t.record.is_some()) {
            rows += u64::from(last != told.record);
            last = told.record;
        }
        rows
    }
}

impl Told {
    /// As a finding (VEN-701) of that report. Its cause is not set.
    pub fn finding(&self, of: &Attached) -> Finding {
        let mut finding = Finding::of_file(Code::VEN_701).with("vendor", &of.vendor).with("said", &self.said).with("report", &of.name);
        finding = finding.with("kind", self.kind());
        if let Some(code) = &self.code {
            finding = finding.with("theirs", code);
        }
        if let Some(resolution) = &self.resolution {
            finding = finding.with("how", resolution);
        }
        if self.record.is_some() {
            (finding.record, finding.line, finding.row) = (self.record, Some(self.line), Some(self.row));
        }
        finding.key.clone_from(&self.key);
        finding.column.clone_from(&self.column);
        finding.value.clone_from(&self.seen);
        finding
    }

    /// What it says without the values of this one row: the same for every row that is wrong in the same way.
    pub fn kind(&self) -> String {
        let values = [self.seen.as_deref(), self.key.as_deref()];
        without_values(&self.said, &values.map(Option::unwrap_or_default))
    }

    /// Whether it is answered by corrections of its row: its cell is not what the system saw any more. What names no cell is answered by
    /// any correction since the report came, as a secret is, of which nobody remembers what was seen.
    pub fn is_answered<'c>(&self, attached: Timestamp, mut of_row: impl Iterator<Item = &'c Correction>) -> bool {
        let mine = |c: &Correction| Some(c.record) == self.record;
        match (self.cell, &self.seen) {
            (Some(cell), Some(seen)) => of_row.any(|c| mine(c) && c.cell == cell && c.after != *seen),
            (Some(cell), None) => of_row.any(|c| mine(c) && c.cell == cell && c.at >= attached),
            (None, _) => of_row.any(|c| mine(c) && c.at >= attached),
        }
    }
}

/// What stands for a value that was taken out.
const GONE: &str = "…";

/// A message without what is not the same in all of its kind: what stands in quotes, the values given, and words with a digit or an `@`.
pub fn without_values(message: &str, values: &[&str]) -> String {
    let mut text: Cow<'_, str> = message.into();
    for value in values.iter().map(|v| v.trim()).filter(|v| !v.is_empty()) {
        text = without_word(&text, value).into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(c) = rest.chars().next() {
        let close = match c {
            '"' | '\'' | '`' => Some(c),
            '“' => Some('”'),
            '‘' => Some('’'),
            '«' => Some('»'),
            _ => None,
        };
        let begins = out.chars().next_back().is_none_or(|before| !before.is_alphanumeric());
        let after = &rest[c.len_utf8()..];
        if let Some(end) = close.filter(|_| begins).and_then(|close| quote_end(after, close)) {
            out.push_str(GONE);
            rest = &after[end..];
            continue;
        }
        if c.is_alphanumeric() && begins {
            let end = rest.find(|c: char| c.is_whitespace() || "\"“”,;:()".contains(c)).unwrap_or(rest.len());
            let word = rest[..end].trim_end_matches(['.', '!', '?']);
            if word.contains(|c: char| c.is_ascii_digit() || c == '@') {
                out.push_str(GONE);
                rest = &rest[word.len()..];
                continue;
            }
        }
        out.push(c);
        rest = after;
    }
    out
}

/// Where a quotation is over, after its closing mark: one that does not stand inside a word, as an apostrophe does.
fn quote_end(text: &str, close: char) -> Option<usize> {
    let mut from = 0;
    loop {
        let end = from + text[from..].find(close)? + close.len_utf8();
        if text[end..].chars().next().is_none_or(|c| !c.is_alphanumeric()) {
            return Some(end);
        }
        from = end;
    }
}

/// A text without a value where it stands as a whole word.
fn without_word(text: &str, value: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(value) {
        let (before, after) = (&rest[..at], &rest[at + value.len()..]);
        let inside =
            before.chars().next_back().is_some_and(char::is_alphanumeric) || after.chars().next().is_some_and(char::is_alphanumeric);
        out.push_str(before);
        out.push_str(if inside { value } else { GONE });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_loses_what_differs_from_row_to_row() {
        for (message, values, kind) in [
            ("Grade \"Kinder\" is not supported", &[][..], "Grade … is not supported"),
            ("Grade Kinder is not supported", &["Kinder"], "Grade … is not supported"),
            ("The e-mail ana@l.example is used by 00123.", &[], "The e-mail … is used by …."),
            ("The user's name can't be 'O'Neil'", &[], "The user's name can't be …"),
            ("classGrade is not accepted", &["Grade"], "classGrade is not accepted"),
            ("Row 7: “x y” (2012-05-03) is too old", &[], "Row …: … (…) is too old"),
            ("", &["x"], ""),
            ("say \"x", &[], "say \"x"),
        ] {
            assert_eq!(without_values(message, values), kind, "{message}");
        }
    }

    fn told(cell: Option<u32>, seen: Option<&str>) -> Told {
        Told {
            record: Some(3),
            line: 4,
            row: 4,
            key: Some("1001".into()),
            cell,
            column: None,
            seen: seen.map(str::to_owned),
            code: None,
            said: "wrong".into(),
            resolution: None,
        }
    }

    fn correction(record: u32, cell: u32, after: &str, at: i64) -> Correction {
        let (column, before) = (String::new(), String::new());
        let (by, at) = (Actor::default(), Timestamp(at));
        Correction { root: SyncNo(1), record, line: 4, cell, column, before, after: after.into(), key: None, by, at }
    }

    #[test]
    fn it_is_answered_once_its_cell_is_not_what_was_seen() {
        let answered = |told: &Told, c: Correction| told.is_answered(Timestamp(10), [c].iter());
        let of_cell = told(Some(2), Some("seen"));
        assert!(answered(&of_cell, correction(3, 2, "other", 5)), "it saw the file, and the cell was corrected before the report came");
        assert!(answered(&of_cell, correction(3, 2, "other", 20)));
        assert!(!answered(&of_cell, correction(3, 2, "seen", 5)), "it saw what the cell was corrected to");
        assert!(!answered(&of_cell, correction(3, 1, "other", 20)) && !answered(&of_cell, correction(4, 2, "other", 20)));
        let of_row = told(None, None);
        assert!(answered(&of_row, correction(3, 1, "other", 20)) && !answered(&of_row, correction(3, 1, "other", 5)));
        let secret = told(Some(2), None);
        assert!(answered(&secret, correction(3, 2, "(valid)", 20)) && !answered(&secret, correction(3, 1, "x", 20)));
    }
}
