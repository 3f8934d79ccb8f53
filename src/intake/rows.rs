//! The rows of a sheet, one by one, each with its place in the file.

use csv::ByteRecord;

use crate::ledger::{Code, Finding};

use super::hidden::is_blank_cell;
use super::record::{after_line_end, line_ends, spans};
use super::sheet::Sheet;

/// A record of more physical lines than this was swallowed by a stray quote (FIL-013).
const MOST_LINES: u32 = 20;

/// A record with quotes and of more bytes than this was, too.
const MOST_BYTES: usize = 64 * 1024;

/// One data row. Kept by the caller and filled anew by [`Rows::next`], so that reading allocates nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The cells as the file has them, without their quotes; always UTF-8. Their number is the row's own.
    pub cells: ByteRecord,
    /// Data record number, the first is 1; blank rows have none.
    pub record: u32,
    /// Physical line of its first character, header = 1.
    pub line: u32,
    /// Row as a spreadsheet shows it, header = 1, blank ones counted.
    pub row: u32,
    /// Byte offset of its first character in [`Sheet::text`].
    pub offset: u64,
    /// Physical lines that it spans, 1 unless a cell holds line breaks.
    pub lines: u32,
}

impl Row {
    /// A finding about this row.
    pub fn finding(&self, code: Code) -> Finding {
        Finding { record: Some(self.record), row: Some(self.row), ..Finding::at_line(code, self.line) }
    }
}

/// Reads the data rows of a [`Sheet`] from the first.
#[derive(Debug)]
pub struct Rows<'a> {
    reader: csv::Reader<&'a [u8]>,
    text: &'a [u8],
    /// Where in `text` the reader began.
    base: usize,
    /// Just after the line end of the row before.
    at: usize,
    /// The physical line of `at`.
    line: u32,
    /// The spreadsheet row before `at`.
    row: u32,
    record: u32,
    blank: u64,
    width: usize,
    delimiter: u8,
}

impl<'a> Rows<'a> {
    pub(super) fn new(sheet: &'a Sheet) -> Self {
        let text = sheet.text();
        let header = &sheet.header_spans().record;
        // The reader begins at the header's line end and skips it. At the beginning of its input it would swallow a
        // byte-order mark, which in the middle of a file is part of a cell.
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(sheet.delimiter())
            .buffer_capacity(64 * 1024)
            .from_reader(&text[header.end..]);
        let at = after_line_end(text, header.end);
        let line = sheet.header_line() + line_ends(&text[header.start..at]);
        Self {
            reader,
            text,
            base: header.end,
            at,
            line,
            row: sheet.header_row(),
            record: 0,
            blank: 0,
            width: sheet.width(),
            delimiter: sheet.delimiter(),
        }
    }

    /// Reads the next row into `row`; `false` at the end of the file. Blank rows are passed over.
    ///
    /// The error refuses the whole file: a quote that never closes (FIL-013), a last record that is cut off (FIL-016).
    pub fn next(&mut self, row: &mut Row) -> Result<bool, Finding> {
        loop {
            // Reading from memory into a flexible record cannot fail.
            let more = self.reader.read_byte_record(&mut row.cells).unwrap_or(false);
            self.pass_blank_lines();
            if !more {
                return Ok(false);
            }
            let start = self.at;
            let mut end = self.base + self.reader.position().byte() as usize;
            // The reader may stop between the CR and the LF of one line end.
            if self.text.get(end) == Some(&b'\n') && self.text[end - 1] == b'\r' {
                end += 1;
            }
            let content = without_line_end(&self.text[start..end]);
            // Nothing but the delimiters was taken out, so there were no quotes and hence no line breaks.
            let plain = row.cells.as_slice().len() + row.cells.len() - 1 == content.len();
            let lines = if plain { 1 } else { line_ends(content) + 1 };
            if end == self.text.len() || lines > MOST_LINES || content.len() > MOST_BYTES {
                self.suspect(row, start, end, lines)?;
            }
            (row.line, row.offset, row.lines) = (self.line, start as u64, lines);
            self.row += 1;
            self.at = end;
            self.line += lines;
            if row.cells.iter().all(is_blank_cell) {
                self.blank += 1;
                continue;
            }
            self.record += 1;
            (row.record, row.row) = (self.record, self.row);
            return Ok(true);
        }
    }

    /// Blank rows passed over so far: empty lines, and rows of nothing but blanks (VAL-206).
    pub fn blank_rows(&self) -> u64 {
        self.blank
    }

    /// Bytes of [`Sheet::text`] read so far, for progress.
    pub fn bytes_done(&self) -> u64 {
        self.at as u64
    }

    fn pass_blank_lines(&mut self) {
        while let Some(b'\r' | b'\n') = self.text.get(self.at) {
            self.at = after_line_end(self.text, self.at);
            self.blank += 1;
            self.line += 1;
            self.row += 1;
        }
    }

    /// Looks closely at a record that may be broken: the last of the file, or one that is far too long.
    fn suspect(&self, row: &Row, start: usize, end: usize, lines: u32) -> Result<(), Finding> {
        let spans = spans(self.text, start, self.delimiter);
        if let Some(quote) = spans.open_quote {
            return Err(self.unclosed(quote));
        }
        if lines > MOST_LINES || spans.record.len() > MOST_BYTES {
            // The quote that swallowed most is the stray one. Without any, the row is long and that is all.
            let quoted = spans.cells.iter().filter(|cell| self.text.get(cell.start) == Some(&b'"'));
            if let Some(cell) = quoted.max_by_key(|cell| cell.len()) {
                return Err(self.unclosed(cell.start));
            }
        }
        let cut = end == self.text.len() && spans.record.end == end;
        if cut && row.cells.len() < self.width && !row.cells.iter().all(is_blank_cell) {
            let place = Row { record: self.record + 1, line: self.line, row: self.row + 1, ..Row::default() };
            return Err(place.finding(Code::FIL_016).with("k", row.cells.len()).with("m", self.width));
        }
        Ok(())
    }

    fn unclosed(&self, quote: usize) -> Finding {
        unclosed(self.line + line_ends(&self.text[self.at..quote]))
    }
}

/// FIL-013: `a`, the line where the quote opened.
pub(super) fn unclosed(line: u32) -> Finding {
    Finding::at_line(Code::FIL_013, line).with("a", line)
}

fn without_line_end(record: &[u8]) -> &[u8] {
    record.strip_suffix(b"\r\n").or_else(|| record.strip_suffix(b"\n")).or_else(|| record.strip_suffix(b"\r")).unwrap_or(record)
}
