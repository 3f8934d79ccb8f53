//! How a table's cells are written: as CSV, quoted where they must be and escaped for spreadsheets where that is asked for, or as
//! a workbook.

use std::borrow::Cow;
use std::io::{self, Write};

use super::workbook::Sheet;

/// Whether cells that a spreadsheet would run as formulas are escaped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Escape {
    /// No: for import into another system.
    #[default]
    No,
    /// A cell that begins with `= + - @`, TAB or CR gets a leading apostrophe (CWE-1236).
    Spreadsheet,
}

impl Escape {
    /// The cell as it leaves.
    pub fn apply(self, cell: &[u8]) -> Cow<'_, [u8]> {
        match (self, cell.first()) {
            (Self::Spreadsheet, Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')) => [b"'", cell].concat().into(),
            _ => cell.into(),
        }
    }
}

/// What a table is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// CSV: commas, LF, quotes only where needed.
    Csv(Escape),
    /// An Excel workbook of which every cell is text: nothing is run, so nothing is escaped.
    Xlsx,
}

impl From<Escape> for Form {
    fn from(escape: Escape) -> Self {
        Self::Csv(escape)
    }
}

/// The lines of a table, to an output.
pub(super) struct Lines<'w> {
    to: To<'w>,
    written: u64,
}

#[allow(clippy::large_enum_variant)] // there is one a report
enum To<'w> {
    Csv(csv::Writer<&'w mut dyn Write>, Escape),
    Xlsx(Box<Sheet<'w>>),
}

impl<'w> Lines<'w> {
    /// Begins with the header's names.
    pub(super) fn begin<'a>(out: &'w mut dyn Write, form: impl Into<Form>, header: impl IntoIterator<Item = &'a str>) -> io::Result<Self> {
        let to = match form.into() {
            Form::Csv(escape) => To::Csv(csv::WriterBuilder::new().flexible(true).from_writer(out), escape),
            Form::Xlsx => To::Xlsx(Box::new(Sheet::new(out))),
        };
        let mut lines = Self { to, written: 0 };
        lines.line(header)?;
        lines.written = 0;
        Ok(lines)
    }

    /// The next cell of the line.
    pub(super) fn cell(&mut self, cell: impl AsRef<[u8]>) -> io::Result<()> {
        match &mut self.to {
            To::Csv(csv, escape) => Ok(csv.write_field(escape.apply(cell.as_ref()))?),
            To::Xlsx(sheet) => sheet.cell(cell.as_ref()),
        }
    }

    /// Ends the line.
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.written += 1;
        match &mut self.to {
            To::Csv(csv, _) => Ok(csv.write_record(None::<&[u8]>)?),
            To::Xlsx(sheet) => sheet.end(),
        }
    }

    /// A whole line.
    pub(super) fn line<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        for cell in cells {
            self.cell(cell)?;
        }
        self.end()
    }

    /// Hands on what is still buffered. The number of data lines written.
    pub(super) fn finish(self) -> io::Result<u64> {
        match self.to {
            To::Csv(mut csv, _) => csv.flush()?,
            To::Xlsx(sheet) => sheet.finish()?,
        }
        Ok(self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_spreadsheet_would_run_is_escaped_and_only_when_asked() {
        for cell in ["=1+1", "+1", "-1", "@SUM", "\tx", "\rx"] {
            assert_eq!(Escape::Spreadsheet.apply(cell.as_bytes()).as_ref(), format!("'{cell}").as_bytes());
            assert_eq!(Escape::No.apply(cell.as_bytes()).as_ref(), cell.as_bytes());
        }
        for cell in ["", "a=1", "O'Brien", "0012", " =1"] {
            assert_eq!(Escape::Spreadsheet.apply(cell.as_bytes()).as_ref(), cell.as_bytes());
        }
    }
}
