//! A file opened: its text, how it is written, its header. From here on everything is UTF-8.

use std::borrow::Cow;
use std::ops::Range;

use csv::ByteRecord;

use crate::feed::{ColumnKind, Profile};
use crate::ledger::{Code, Finding};

use super::encoding::{self, BOM, Decoded, Encoding};
use super::guess::{is_secret, known, looks_like_data};
use super::record::{self, Spans, after_line_end, line_ends};
use super::rows::{Row, Rows, unclosed};
use super::{delimiter, hidden, signature, spelling};

/// A file as it was received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Its name, without folders.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What the operator or a feed demands instead of what would be found out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadAs {
    /// The encoding.
    pub encoding: Option<Encoding>,
    /// The delimiter, an ASCII character.
    pub delimiter: Option<u8>,
    /// Physical lines above the header that are passed over.
    pub skip_lines: u32,
}

/// A file that can be read row by row.
#[derive(Debug)]
pub struct Sheet {
    /// Notes and warnings about the file: byte-order mark, encoding, delimiter. None of them refuses it.
    pub findings: Vec<Finding>,
    name: String,
    size: u64,
    /// The text, the byte-order mark included.
    whole: String,
    /// Bytes of the byte-order mark in `whole`.
    bom: usize,
    encoding: Encoding,
    delimiter: u8,
    header: Vec<String>,
    header_spans: Spans,
    header_line: u32,
    width: usize,
}

impl Sheet {
    /// Opens a file. `wanted` are the profiles that it may be for: they help to find the delimiter and the header; where
    /// there is exactly one, its size limit holds.
    ///
    /// The error is for a file refused whole: the findings so far, the last of them `Refused` (FIL-002..004, 006, 008,
    /// 013, 014, 016, HDR-110).
    pub fn open(source: Source, read_as: &ReadAs, wanted: &[&Profile]) -> Result<Self, Vec<Finding>> {
        let Source { name, bytes } = source;
        let size = bytes.len() as u64;
        if let Some(refused) = refuse_unread(&bytes, wanted) {
            return Err(vec![refused]);
        }
        let Decoded { text: whole, encoding } = encoding::decode(bytes, read_as.encoding).map_err(|f| vec![f])?;
        let bom = if whole.starts_with(BOM) { BOM.len_utf8() } else { 0 };
        let mut sheet = Self {
            findings: Vec::new(),
            name,
            size,
            whole,
            bom,
            encoding,
            delimiter: b',',
            header: Vec::new(),
            header_spans: Spans::default(),
            header_line: 1,
            width: 0,
        };
        match sheet.find_header(*read_as, wanted).and_then(|()| sheet.find_rows(wanted)) {
            Ok(()) => {
                sheet.remark(*read_as, wanted);
                Ok(sheet)
            }
            Err(refused) => {
                sheet.remark(*read_as, wanted);
                sheet.findings.push(refused);
                Err(sheet.findings)
            }
        }
    }

    /// The header's cells as the file has them, without their quotes.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The physical line of the header: 1, unless lines were skipped or blank above it.
    pub fn header_line(&self) -> u32 {
        self.header_line
    }

    /// Where the header lies in [`text`](Self::text).
    pub fn header_spans(&self) -> &Spans {
        &self.header_spans
    }

    /// Name of the file as received.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Bytes of the file as received.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// How the file is written.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// What parts its cells: an ASCII character.
    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Whether the file began with a byte-order mark.
    pub fn bom(&self) -> bool {
        self.bom > 0
    }

    /// The whole text as UTF-8, without the byte-order mark. Offsets count from its beginning.
    pub fn text(&self) -> &[u8] {
        &self.whole.as_bytes()[self.bom..]
    }

    /// The file as received, byte for byte; borrowed where it is UTF-8.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        encoding::encode(&self.whole, self.encoding).unwrap_or(Cow::Borrowed(self.whole.as_bytes()))
    }

    /// The data rows, from the first.
    pub fn rows(&self) -> Rows<'_> {
        Rows::new(self)
    }

    /// One row again: `offset` as [`Row::offset`] had it, its numbers as the caller remembers them. `None` where no row
    /// can begin.
    pub fn row_at(&self, offset: u64, record: u32, line: u32, row: u32) -> Option<Row> {
        let spans = self.spans(offset)?;
        let lines = line_ends(&self.text()[spans.record.clone()]) + 1;
        Some(Row { cells: record::cells(self.text(), &spans), record, line, row, offset, lines })
    }

    /// The cells alone of the row at an offset.
    pub fn cells_at(&self, offset: u64) -> Option<ByteRecord> {
        Some(record::cells(self.text(), &self.spans(offset)?))
    }

    /// Where the record that begins at an offset lies in [`text`](Self::text), cell by cell: to put a corrected cell in
    /// the place of the one it corrects. `None` where no record can begin.
    pub fn spans(&self, offset: u64) -> Option<Spans> {
        let at = usize::try_from(offset).ok()?;
        let begins = at == 0 || matches!(self.text().get(at - 1), Some(b'\n' | b'\r'));
        let inside = !matches!(self.text().get(at), None | Some(b'\n' | b'\r'));
        (begins && inside).then(|| record::spans(self.text(), at, self.delimiter))
    }

    /// A value as it must stand in a cell of this file: in quotes where it needs them.
    pub fn quoted<'v>(&self, value: &'v str) -> Cow<'v, str> {
        record::quoted(value, self.delimiter)
    }

    /// A piece of text in the file's own encoding, without a byte-order mark. The error is the first character that the
    /// encoding does not have (Windows-1252 only).
    pub fn encode<'t>(&self, text: &'t str) -> Result<Cow<'t, [u8]>, char> {
        encoding::encode(text, self.encoding)
    }

    /// The file with pieces of its text replaced, in its own encoding, the byte-order mark kept. Without replacements it
    /// is the file as received, byte for byte. `changes` are ranges of [`text`](Self::text) in ascending order that do
    /// not overlap, and what comes in their place. The error is a character that the encoding does not have.
    pub fn rewritten<'c>(&self, changes: impl IntoIterator<Item = (Range<usize>, &'c str)>) -> Result<Vec<u8>, char> {
        let text = &self.whole[self.bom..];
        let mut out = encoding::encode(&self.whole[..self.bom], self.encoding)?.into_owned();
        out.reserve(self.size as usize);
        let mut from = 0;
        for (range, instead) in changes {
            out.extend_from_slice(&self.encode(text.get(from..range.start).unwrap_or_default())?);
            out.extend_from_slice(&self.encode(instead)?);
            from = range.end;
        }
        out.extend_from_slice(&self.encode(text.get(from..).unwrap_or_default())?);
        Ok(out)
    }

    /// The spreadsheet row of the header.
    pub(super) fn header_row(&self) -> u32 {
        self.header_line
    }

    /// Cells of the header without the blank ones at its end.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    fn find_header(&mut self, read_as: ReadAs, wanted: &[&Profile]) -> Result<(), Finding> {
        let mut at = 0;
        for _ in 0..read_as.skip_lines {
            at += memchr::memchr2(b'\n', b'\r', &self.text()[at..]).unwrap_or(self.text().len() - at);
            at = after_line_end(self.text(), at);
        }
        let told = delimiter::told(&self.text()[at..]);
        if told.is_some() {
            at = after_line_end(self.text(), at + delimiter::TOLD_LEN);
        }
        loop {
            while let Some(b'\n' | b'\r') = self.text().get(at) {
                at = after_line_end(self.text(), at);
            }
            if at == self.text().len() {
                return Err(Finding::of_file(Code::FIL_002));
            }
            self.delimiter = read_as.delimiter.or(told).unwrap_or_else(|| delimiter::sniff(self.text(), at, wanted));
            let spans = record::spans(self.text(), at, self.delimiter);
            self.header_line = line_ends(&self.text()[..at]) + 1;
            if let Some(quote) = spans.open_quote {
                return Err(unclosed(line_ends(&self.text()[..quote]) + 1));
            }
            if spans.record.len() > MOST_HEADER_BYTES {
                return Err(Finding::at_line(Code::HDR_110, self.header_line));
            }
            self.header = text_cells(self.text(), &spans);
            self.width = self.header.iter().rposition(|name| !hidden::trim_str(name).is_empty()).map_or(0, |last| last + 1);
            if self.width > 0 {
                self.header_spans = spans;
                return Ok(());
            }
            at = spans.record.end;
        }
    }

    /// There must be a header, and rows under it.
    fn find_rows(&self, wanted: &[&Profile]) -> Result<(), Finding> {
        let not_a_header = || Finding::at_line(Code::HDR_110, self.header_line);
        if known(&self.header, wanted) == 0 {
            if let Some(line) = self.header_further_down(wanted) {
                return Err(not_a_header().with("skip", line - 1));
            }
            if looks_like_data(&self.header, wanted) {
                return Err(not_a_header());
            }
        }
        if self.rows().next(&mut Row::default())? { Ok(()) } else { Err(Finding::of_file(Code::FIL_003)) }
    }

    /// The line below the first one that is the real header, if titles stand above it.
    fn header_further_down(&self, wanted: &[&Profile]) -> Option<u32> {
        let mut at = self.header_spans.record.end;
        for _ in 0..MOST_TITLE_ROWS {
            while let Some(b'\n' | b'\r') = self.text().get(at) {
                at = after_line_end(self.text(), at);
            }
            let spans = record::spans(self.text(), at, delimiter::sniff(self.text(), at, wanted));
            if known(&text_cells(self.text(), &spans), wanted) >= 2 {
                return Some(line_ends(&self.text()[..at]) + 1);
            }
            at = spans.record.end;
        }
        None
    }

    /// Says how the file was read, where that is worth saying.
    fn remark(&mut self, read_as: ReadAs, wanted: &[&Profile]) {
        match self.encoding {
            Encoding::Utf8 if self.bom() => self.findings.push(Finding::of_file(Code::FIL_010)),
            Encoding::Utf8 => {}
            Encoding::Utf16Le | Encoding::Utf16Be => {
                self.findings.push(Finding::of_file(Code::FIL_011).with("enc", self.encoding.title()));
            }
            Encoding::Windows1252 => {
                let (touched, preview) = self.beyond_ascii(wanted);
                if touched > 0 && read_as.encoding.is_none() {
                    let mut finding = Finding::of_file(Code::FIL_009).with("n", touched);
                    if let Some(first) = preview.first() {
                        finding = finding.with("sample", first).with("preview", preview.join("\n"));
                    }
                    self.findings.push(finding);
                }
            }
        }
        if read_as.delimiter.is_none() {
            self.findings.extend(delimiter::verdict(self.delimiter, &self.name));
        }
    }

    /// How many cells have a character beyond ASCII, and a few of them to look at. Secrets are counted, not shown.
    fn beyond_ascii(&self, wanted: &[&Profile]) -> (u64, Vec<String>) {
        let secret: Vec<bool> = self.header.iter().map(|name| is_secret(name) || is_password(name, wanted)).collect();
        let mut preview: Vec<String> = Vec::new();
        let mut touched = self.header.iter().filter(|name| !name.is_ascii()).count() as u64;
        let (mut rows, mut row) = (self.rows(), Row::default());
        while let Ok(true) = rows.next(&mut row) {
            if row.cells.as_slice().is_ascii() {
                continue;
            }
            for (at, cell) in row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_ascii()) {
                touched += 1;
                // A cell beyond the header belongs to no column that could be known to be harmless.
                if preview.len() < PREVIEW && secret.get(at) == Some(&false) {
                    let shown = String::from_utf8_lossy(hidden::trim(cell)).into_owned();
                    if !preview.contains(&shown) {
                        preview.push(shown);
                    }
                }
            }
        }
        (touched, preview)
    }
}

/// A first line longer than this is no header.
const MOST_HEADER_BYTES: usize = 64 * 1024;

/// Rows below a first line that fits nothing in which the header is looked for.
const MOST_TITLE_ROWS: usize = 10;

/// Cells shown of those that an encoding touches.
const PREVIEW: usize = 10;

/// What must not even be read: nothing, too much, or something other than text.
fn refuse_unread(bytes: &[u8], wanted: &[&Profile]) -> Option<Finding> {
    if bytes.is_empty() {
        return Some(Finding::of_file(Code::FIL_002));
    }
    let size = bytes.len() as u64;
    if let [profile] = wanted
        && let Some(limit) = profile.limits.bytes.filter(|limit| size > *limit)
    {
        return Some(too_large(size, limit, &profile.name));
    }
    signature::looks_like(bytes).map(|what| Finding::of_file(Code::FIL_006).with("what", what))
}

/// FIL-004: `size`, `limit`, `p`. For the caller who learns the profile only later.
pub fn too_large(size: u64, limit: u64, profile: &str) -> Finding {
    // A limit that is a round number of 1024s is shown in them, and the size with it.
    let unit: u64 = if limit.is_multiple_of(1024) { 1024 } else { 1000 };
    let shown = |bytes: u64| match bytes {
        b if b >= unit * unit && b % (unit * unit) == 0 => format!("{} MB", b / (unit * unit)),
        b if b >= unit * unit => format!("{:.2} MB", b as f64 / (unit * unit) as f64),
        b if b >= unit => format!("{:.1} KB", b as f64 / unit as f64),
        b => format!("{b} bytes"),
    };
    // Just over the limit both would be rounded to the same.
    let (large, small) = (shown(size), shown(limit));
    let (large, small) = if large == small || large == format!("{}.00 MB", limit / (unit * unit)) {
        (format!("{size} bytes"), format!("{limit} bytes"))
    } else {
        (large, small)
    };
    Finding::of_file(Code::FIL_004).with("size", large).with("limit", small).with("p", profile)
}

/// Whether a profile calls a column a password under this name.
fn is_password(header: &str, wanted: &[&Profile]) -> bool {
    let passwords = wanted.iter().flat_map(|p| &p.columns).filter(|c| c.kind == ColumnKind::Password);
    let name = spelling::skeleton(&hidden::clean(header));
    passwords.into_iter().any(|column| spelling::skeleton(&column.name) == name)
}

fn text_cells(text: &[u8], spans: &Spans) -> Vec<String> {
    record::cells(text, spans).iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
}
