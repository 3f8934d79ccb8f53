//! One record by hand: where its cells lie in the text, and how a cell is written.
//!
//! The csv crate reads the rows; it does not say where a cell begins or whether a quote was left open. This walk
//! follows the same grammar (RFC 4180, doubled quotes, anything after a closing quote taken as it is) and does.

use std::borrow::Cow;
use std::ops::Range;

use csv::ByteRecord;

/// Where one record lies in the text of its sheet. All offsets are bytes of [`Sheet::text`](super::Sheet::text).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans {
    /// From its first character to its line end, without it.
    pub record: Range<usize>,
    /// Its cells in order, their quotes included.
    pub cells: Vec<Range<usize>>,
    /// Where a quote opened that the end of the text did not close.
    pub open_quote: Option<usize>,
}

/// Walks the record that begins at `start`, which must be neither in a line end nor in the middle of a record.
pub(super) fn spans(text: &[u8], start: usize, delimiter: u8) -> Spans {
    let mut spans = Spans::default();
    let mut at = start;
    loop {
        let cell = at;
        if text.get(at) == Some(&b'"') {
            at += 1;
            loop {
                match memchr::memchr(b'"', &text[at..]) {
                    Some(n) if text.get(at + n + 1) == Some(&b'"') => at += n + 2,
                    Some(n) => break at += n + 1,
                    None => {
                        spans.open_quote = Some(cell);
                        break at = text.len();
                    }
                }
            }
        }
        at += memchr::memchr3(delimiter, b'\n', b'\r', &text[at..]).unwrap_or(text.len() - at);
        spans.cells.push(cell..at);
        if text.get(at) != Some(&delimiter) {
            spans.record = start..at;
            return spans;
        }
        at += 1;
    }
}

/// The end of a line end that begins at `at`: CR LF is one.
pub(super) fn after_line_end(text: &[u8], at: usize) -> usize {
    match text.get(at) {
        Some(b'\r') if text.get(at + 1) == Some(&b'\n') => at + 2,
        Some(b'\r' | b'\n') => at + 1,
        _ => at,
    }
}

/// Line ends in a piece of text: LF, CR LF and CR each count once.
pub(super) fn line_ends(text: &[u8]) -> u32 {
    // Asked mostly of records, which mostly have none.
    let Some(first) = memchr::memchr2(b'\n', b'\r', text) else { return 0 };
    let text = &text[first..];
    let lone = memchr::memchr_iter(b'\r', text).filter(|at| text.get(at + 1) != Some(&b'\n')).count();
    (memchr::memchr_iter(b'\n', text).count() + lone) as u32
}

/// A cell as it lies in the text, without its quotes.
pub(super) fn unquoted(cell: &[u8]) -> Cow<'_, [u8]> {
    let Some(inner) = cell.strip_prefix(b"\"") else { return Cow::Borrowed(cell) };
    let Some(first) = memchr::memchr(b'"', inner) else { return Cow::Borrowed(inner) };
    if first + 1 == inner.len() {
        return Cow::Borrowed(&inner[..first]);
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = memchr::memchr(b'"', rest) {
        out.extend_from_slice(&rest[..at]);
        if rest.get(at + 1) != Some(&b'"') {
            // The closing quote; what follows it belongs to the cell as it stands.
            rest = &rest[at + 1..];
            break;
        }
        out.push(b'"');
        rest = &rest[at + 2..];
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

/// The cells of a record.
pub(super) fn cells(text: &[u8], spans: &Spans) -> ByteRecord {
    let mut record = ByteRecord::with_capacity(spans.record.len(), spans.cells.len());
    for cell in &spans.cells {
        record.push_field(&unquoted(&text[cell.clone()]));
    }
    record
}

/// A value as it is written into a cell: in quotes where it needs them.
pub fn quoted(value: &str, delimiter: u8) -> Cow<'_, str> {
    let needs = value.bytes().any(|b| b == delimiter || matches!(b, b'"' | b'\n' | b'\r'));
    if needs { Cow::Owned(format!("\"{}\"", value.replace('"', "\"\""))) } else { Cow::Borrowed(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(text: &str) -> Vec<String> {
        let spans = spans(text.as_bytes(), 0, b',');
        cells(text.as_bytes(), &spans).iter().map(|c| String::from_utf8_lossy(c).into_owned()).collect()
    }

    #[test]
    fn cells_are_cut_as_the_csv_crate_cuts_them() {
        for (text, cells) in [
            ("a,b,c\n1", vec!["a", "b", "c"]),
            ("a,\"b,c\",d\r\n", vec!["a", "b,c", "d"]),
            ("\"ha \"\"ha\"\" ha\",x", vec!["ha \"ha\" ha", "x"]),
            ("\"two\nlines\",x\n", vec!["two\nlines", "x"]),
            ("a,b,", vec!["a", "b", ""]),
            ("6' 2\",x", vec!["6' 2\"", "x"]),
            ("\"abc\"def,x", vec!["abcdef", "x"]),
            ("\"abc\"d\"\"ef,x", vec!["abcd\"\"ef", "x"]),
            ("\"\",\"\"\"\"", vec!["", "\""]),
            ("\"open, never closed\nx", vec!["open, never closed\nx"]),
        ] {
            assert_eq!(walk(text), cells, "{text:?}");
        }
    }

    #[test]
    fn a_cell_keeps_its_quotes_in_its_range() {
        let text = b"x\nab,\"c\"\"d\",e\r\n";
        let spans = spans(text, 2, b',');
        assert_eq!(spans, Spans { record: 2..13, cells: vec![2..4, 5..11, 12..13], open_quote: None });
        assert_eq!(super::spans(b"a,\"b", 0, b',').open_quote, Some(2));
        assert_eq!(super::spans(b"a,\"b\"\"", 0, b',').open_quote, Some(2));
    }

    #[test]
    fn each_kind_of_line_end_counts_once() {
        for (text, ends) in [("", 0), ("a\nb", 1), ("a\r\nb\r\n", 2), ("a\rb\r", 2), ("\r\n\r\r\n\n", 4), ("\n\r", 2)] {
            assert_eq!(line_ends(text.as_bytes()), ends, "{text:?}");
        }
    }

    #[test]
    fn a_value_gets_quotes_only_where_it_needs_them() {
        for (value, written) in [("abc", "abc"), ("a,b", "\"a,b\""), ("a;b", "a;b"), ("6\"", "\"6\"\"\""), ("a\nb", "\"a\nb\""), ("", "")] {
            assert_eq!(quoted(value, b','), written);
            assert_eq!(unquoted(quoted(value, b',').as_bytes()), value.as_bytes());
        }
    }
}
