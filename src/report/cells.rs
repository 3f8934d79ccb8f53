//! How a cell is written: quoted where it must be, and escaped for spreadsheets where that is asked for.

use std::borrow::Cow;
use std::io::{self, Write};

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

/// CSV lines to an output: commas, LF, quotes only where needed.
pub(super) struct Lines<'w> {
    csv: csv::Writer<&'w mut dyn Write>,
    escape: Escape,
    written: u64,
}

impl<'w> Lines<'w> {
    /// Begins with the header's names.
    pub(super) fn begin<'a>(out: &'w mut dyn Write, escape: Escape, header: impl IntoIterator<Item = &'a str>) -> io::Result<Self> {
        let csv = csv::WriterBuilder::new().flexible(true).from_writer(out);
        let mut lines = Self { csv, escape, written: 0 };
        for name in header {
            lines.cell(name)?;
        }
        lines.csv.write_record(None::<&[u8]>)?;
        Ok(lines)
    }

    /// The next cell of the line.
    pub(super) fn cell(&mut self, cell: impl AsRef<[u8]>) -> io::Result<()> {
        Ok(self.csv.write_field(self.escape.apply(cell.as_ref()))?)
    }

    /// Ends the line.
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.written += 1;
        Ok(self.csv.write_record(None::<&[u8]>)?)
    }

    /// A whole line.
    pub(super) fn line<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        for cell in cells {
            self.cell(cell)?;
        }
        self.end()
    }

    /// Hands on what is still buffered. The number of data lines written.
    pub(super) fn finish(mut self) -> io::Result<u64> {
        self.csv.flush()?;
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
