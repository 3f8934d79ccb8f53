//! What parts the cells of a file.

use crate::feed::Profile;
use crate::ledger::{Code, Finding, Severity};

use super::guess::known;
use super::record::{cells, spans};

/// Delimiters that are looked for, the likeliest first.
const CANDIDATES: [u8; 4] = [b',', b'\t', b';', b'|'];

/// Bytes of a header that are looked at.
const LOOKED_AT: usize = 64 * 1024;

/// Bytes of a line that tells the delimiter, without its line end.
pub(super) const TOLD_LEN: usize = 5;

/// The delimiter that a file tells in a line of its own, as spreadsheets write and read it: `sep=;`.
pub(super) fn told(text: &[u8]) -> Option<u8> {
    match text {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter, b'\n' | b'\r', ..] if CANDIDATES.contains(delimiter) => Some(*delimiter),
        _ => None,
    }
}

/// The delimiter of a header: the one under which most columns of one of the profiles are there; among equals the one
/// that cuts most cells; a comma where nothing is cut.
pub(super) fn sniff(text: &[u8], header: usize, wanted: &[&Profile]) -> u8 {
    let begin = &text[..text.len().min(header + LOOKED_AT)];
    let score = |delimiter: u8| {
        let spans = spans(begin, header, delimiter);
        let names: Vec<String> = cells(begin, &spans).iter().map(|c| String::from_utf8_lossy(c).into_owned()).collect();
        (known(&names, wanted), names.len())
    };
    // Of equals `max_by_key` takes the last, and the likeliest is to win.
    CANDIDATES.into_iter().rev().max_by_key(|d| score(*d)).unwrap_or(b',')
}

/// What a delimiter is called: `a comma`, `a TAB`, `a semicolon`, else the character itself.
pub fn name(delimiter: u8) -> String {
    match delimiter {
        b',' => "a comma".to_owned(),
        b'\t' => "a TAB".to_owned(),
        b';' => "a semicolon".to_owned(),
        other => format!("\"{}\"", other as char),
    }
}

/// FIL-012 (`d`) where a delimiter was found that is no comma. TAB in a file named `.tsv` is as it should be: a note.
pub(super) fn verdict(delimiter: u8, file: &str) -> Option<Finding> {
    if delimiter == b',' {
        return None;
    }
    let tsv = file.rsplit_once('.').is_some_and(|(_, ext)| ["tsv", "tab"].iter().any(|t| ext.eq_ignore_ascii_case(t)));
    let severity = if tsv && delimiter == b'\t' { Severity::Info } else { Severity::Warning };
    Some(Finding::of_file(Code::FIL_012).with("d", name(delimiter)).as_bad_as(severity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_what_cuts_most_outside_quotes() {
        for (header, delimiter) in [
            ("a,b,c\n", b','),
            ("a\tb\tc\n", b'\t'),
            ("a;b;c\n1,2,3,4\n", b';'),
            ("a|b|c\n", b'|'),
            ("\"a;b;c;d\",e\n", b','),
            ("a\n", b','),
            ("", b','),
        ] {
            assert_eq!(sniff(header.as_bytes(), 0, &[]), delimiter, "{header:?}");
        }
    }

    #[test]
    fn a_tab_is_only_a_note_where_the_name_says_so() {
        let severity = |d: u8, file: &str| verdict(d, file).map(|f| f.severity);
        assert_eq!(severity(b',', "a.csv"), None);
        assert_eq!(severity(b'\t', "a.TSV"), Some(Severity::Info));
        assert_eq!(severity(b'\t', "a.csv"), Some(Severity::Warning));
        assert_eq!(severity(b';', "a.tsv"), Some(Severity::Warning));
    }
}
