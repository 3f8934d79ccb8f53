//! A table as an Excel workbook: every cell is text, so that `0012` stays `0012` and nothing is ever run as a formula.

use std::io::{self, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// Rows that a sheet holds, the header among them: the file format's own limit.
pub const MOST_ROWS: u32 = 1_048_576;

/// Characters that a cell holds, counted as UTF-16 units: the file format's own limit.
pub const MOST_CHARS: usize = 32_767;

/// The file format's own number for "this is text".
const TEXT: u8 = 49;

/// What stands at the end of a cell that was too long.
const CUT: &str = " [cut here: a cell of a workbook holds no more]";

/// One sheet, being written. It is kept in memory until [`Sheet::finish`]: the file format has its texts in a table of their own.
pub(super) struct Sheet<'w> {
    out: &'w mut dyn Write,
    cells: Worksheet,
    text: Format,
    header: Format,
    row: u32,
    column: u16,
}

impl<'w> Sheet<'w> {
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        let text = Format::new().set_num_format_index(TEXT);
        Self { out, cells: Worksheet::new(), header: text.clone().set_bold(), text, row: 0, column: 0 }
    }

    /// The next cell of the row; those of the first are the header's.
    pub(super) fn cell(&mut self, cell: &[u8]) -> io::Result<()> {
        let text = String::from_utf8_lossy(cell);
        if !text.is_empty() {
            let format = if self.row == 0 { &self.header } else { &self.text };
            let fitting = fitting(&text);
            self.cells.write_string_with_format(self.row, self.column, fitting, format).map_err(|e| too_large(&e))?;
        }
        self.column = self.column.checked_add(1).ok_or_else(|| too_large(&XlsxError::RowColumnLimitError))?;
        Ok(())
    }

    /// Ends the row.
    pub(super) fn end(&mut self) -> io::Result<()> {
        if self.row == 0 {
            self.cells.set_freeze_panes(1, 0).map_err(|e| too_large(&e))?;
        }
        (self.row, self.column) = (self.row + 1, 0);
        // A blank row beyond the last would not be written, and so not be refused by itself.
        if self.row > MOST_ROWS { Err(too_large(&XlsxError::RowColumnLimitError)) } else { Ok(()) }
    }

    /// Writes the workbook.
    pub(super) fn finish(self) -> io::Result<()> {
        let mut book = Workbook::new();
        // The same report is the same bytes, whenever it is made.
        let moment = ExcelDateTime::from_ymd(2000, 1, 1).map_err(io::Error::other)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&moment));
        book.push_worksheet(self.cells);
        self.out.write_all(&book.save_to_buffer().map_err(|e| too_large(&e))?)
    }
}

/// A text as it fits into a cell: what is beyond the limit is cut, and the cell says so.
fn fitting(text: &str) -> String {
    let units = |t: &str| t.chars().map(char::len_utf16).sum::<usize>();
    if text.len() <= MOST_CHARS || units(text) <= MOST_CHARS {
        return text.to_owned();
    }
    let mut left = MOST_CHARS - units(CUT);
    let end = text.char_indices().find(|(_, c)| match left.checked_sub(c.len_utf16()) {
        None => true,
        Some(rest) => {
            left = rest;
            false
        }
    });
    format!("{}{CUT}", &text[..end.map_or(text.len(), |e| e.0)])
}

fn too_large(error: &XlsxError) -> io::Error {
    match error {
        XlsxError::RowColumnLimitError => {
            let what = format!("a workbook's sheet holds {MOST_ROWS} rows and 16384 columns at most");
            io::Error::new(io::ErrorKind::FileTooLarge, what)
        }
        other => io::Error::other(other.to_string()),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Read;

    use super::*;

    /// A member of a workbook, unzipped.
    pub(in crate::report) fn member(workbook: &[u8], name: &str) -> String {
        let mut zip = zip::ZipArchive::new(io::Cursor::new(workbook)).unwrap();
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    fn written(rows: &[&[&str]]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut sheet = Sheet::new(&mut out);
        for row in rows {
            row.iter().for_each(|cell| sheet.cell(cell.as_bytes()).unwrap());
            sheet.end().unwrap();
        }
        sheet.finish().unwrap();
        out
    }

    #[test]
    fn every_cell_is_text_and_none_a_formula() {
        let rows: &[&[&str]] = &[&["id", "name"], &["0012", "=HYPERLINK(\"http://x.example\")"], &["1E5", "+1"], &["TRUE", "@SUM(A1)"]];
        let book = written(rows);
        let (sheet, texts) = (member(&book, "xl/worksheets/sheet1.xml"), member(&book, "xl/sharedStrings.xml"));
        // `t="s"`: the cell is one of the shared texts; `<f>` would be a formula, a cell without a type a number.
        assert_eq!(sheet.matches("<c ").count(), 8, "{sheet}");
        assert_eq!(sheet.matches("t=\"s\"").count(), 8, "{sheet}");
        assert!(!sheet.contains("<f"), "{sheet}");
        for text in ["0012", "=HYPERLINK(\"http://x.example\")", "1E5", "+1", "TRUE", "@SUM(A1)"] {
            assert!(
                texts.contains(&format!("<t>{}</t>", text.replace('"', "&quot;"))) || texts.contains(&format!("<t>{text}</t>")),
                "{texts}"
            );
        }
        // The header is bold, everything has the number format of text.
        let styles = member(&book, "xl/styles.xml");
        assert!(styles.contains("<b/>") && styles.matches("numFmtId=\"49\"").count() >= 2, "{styles}");
    }

    #[test]
    fn hostile_cells_are_written_and_the_same_table_is_the_same_bytes() {
        let long = "é".repeat(MOST_CHARS + 1);
        let rows: &[&[&str]] = &[&["h"], &["\0\x1b[31m<&>\"'\r\n\u{fffe}]]>"], &[&long], &[""], &["_x0041_"]];
        let book = written(rows);
        assert_eq!(book, written(rows));
        let texts = member(&book, "xl/sharedStrings.xml");
        assert!(!texts.contains(['\0', '\x1b']) && texts.contains("&lt;&amp;&gt;"), "{}", &texts[..200]);
        assert!(texts.contains(CUT));
    }

    #[test]
    fn a_text_is_cut_only_where_it_must_be() {
        for (text, cut) in [("a".repeat(MOST_CHARS), false), ("a".repeat(MOST_CHARS + 1), true), ("😀".repeat(MOST_CHARS / 2 + 1), true)]
        {
            let fits = fitting(&text);
            assert_eq!(fits.ends_with(CUT), cut);
            assert!(fits.encode_utf16().count() <= MOST_CHARS);
            assert_eq!(fits == text, !cut);
        }
    }

    #[test]
    fn more_rows_than_the_format_has_are_refused() {
        let mut out = Vec::new();
        let mut sheet = Sheet::new(&mut out);
        (0..MOST_ROWS).for_each(|_| sheet.end().unwrap());
        assert_eq!(sheet.end().unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
