//! A finding: one thing found wrong or worth saying; and a cause: the findings of one sync that share a root.

use serde::{Deserialize, Serialize};

use super::catalogue::{Code, Severity};

/// One thing found wrong or worth saying about a file, a header, a row or a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was found, a line of the catalogue.
    pub code: Code,
    /// How bad it is here: the catalogue's, or what the profile or the place makes of it.
    pub severity: Severity,
    /// Data record number, the first is 1; `None` for header and file.
    pub record: Option<u32>,
    /// Physical line of the record's first character, header = 1; `None` for the file as a whole.
    pub line: Option<u32>,
    /// Row as a spreadsheet shows it, header = 1, blank lines counted.
    pub row: Option<u32>,
    /// The profile's column, or the header as the file has it for findings about the header.
    pub column: Option<String>,
    /// The value as it stood in the file; never a secret.
    pub value: Option<String>,
    /// The record's key (its ID), where it has one.
    pub key: Option<String>,
    /// What the catalogue's message needs besides column and value: pairs of template name and text.
    pub args: Vec<(String, String)>,
    /// The number of its cause within the sync; 0 while not folded.
    pub cause: u32,
}

impl Finding {
    /// A finding about the file as a whole.
    pub fn of_file(code: Code) -> Self {
        Self {
            code,
            severity: code.severity(),
            record: None,
            line: None,
            row: None,
            column: None,
            value: None,
            key: None,
            args: Vec::new(),
            cause: 0,
        }
    }

    /// A finding at a physical line that is not a record's: the header, or where the bytes broke.
    pub fn at_line(code: Code, line: u32) -> Self {
        Self { line: Some(line), ..Self::of_file(code) }
    }

    /// Adds what the message needs under a template name.
    #[must_use]
    #[allow(clippy::needless_pass_by_value)] // numbers and texts alike, without an ampersand at a hundred calls
    pub fn with(mut self, name: &str, text: impl ToString) -> Self {
        self.args.push((name.to_owned(), text.to_string()));
        self
    }

    /// Says which column it is about.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// Says which value stood there.
    #[must_use]
    pub fn with_value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }

    /// Makes it as bad as that instead of what the catalogue says.
    #[must_use]
    pub fn as_bad_as(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// One of the arguments.
    pub fn arg(&self, name: &str) -> Option<&str> {
        self.args.iter().find(|(n, _)| n == name).map(|(_, text)| text.as_str())
    }

    /// The message, filled in.
    pub fn message(&self) -> String {
        self.code.spec().fill(self.code.spec().message, self)
    }

    /// How to resolve it, filled in.
    pub fn resolution(&self) -> String {
        self.code.spec().fill(self.code.spec().resolution, self)
    }
}

/// How long a cause has been with us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// Not in the feed's sync before.
    New,
    /// In this many of the feed's syncs in a row, this one included.
    Syncs(u32),
}

/// The findings of one sync that share a root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Its number within the sync, the first is 1.
    pub number: u32,
    /// What they all are.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// The column they are all in.
    pub column: Option<String>,
    /// The value they all have, where the code folds by value.
    pub value: Option<String>,
    /// In words, for a list: "School 104512 does not exist".
    pub title: String,
    /// Rows with at least one of the findings.
    pub rows: u64,
    /// Rows that would have no error left if this were mended.
    pub clears: u64,
    /// The cause this one only follows from.
    pub parent: Option<u32>,
    /// New, or for how many syncs.
    pub since: Since,
    /// Physical line of the first of the rows.
    pub first_line: Option<u32>,
}
