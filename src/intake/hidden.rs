//! What the eye does not see: blanks at the ends of a value, and characters without a shape inside it.

use std::borrow::Cow;

/// A value without its hidden characters, and what they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// The value without them, outer blanks trimmed.
    pub clean: String,
    /// What they were, each kind once, in the order met: `zero-width space (U+200B)`.
    pub names: Vec<String>,
}

/// Finds characters that do not show: zero-width, direction marks, no-break blanks, control characters. `None` where
/// there is none, which is nearly always. Tab and line ends count as blanks here, not as hidden.
pub fn hidden(text: &str) -> Option<Hidden> {
    // Every hidden character is either a control character or beyond ASCII.
    if text.bytes().all(|b| (b' '..0x7f).contains(&b)) || !text.chars().any(|c| name(c).is_some()) {
        return None;
    }
    let mut names: Vec<String> = Vec::new();
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        match name(c) {
            None => clean.push(c),
            Some(name) => {
                let said = format!("{name} (U+{:04X})", c as u32);
                if !names.contains(&said) {
                    names.push(said);
                }
            }
        }
    }
    if trim_str(&clean).len() < clean.len() {
        clean = trim_str(&clean).to_owned();
    }
    Some(Hidden { clean, names })
}

/// A value without its hidden characters and outer blanks: how IDs are compared and kept. Borrowed where nothing was
/// to do but trim.
pub fn clean(text: &str) -> Cow<'_, str> {
    hidden(text).map_or(Cow::Borrowed(trim_str(text)), |h| Cow::Owned(h.clean))
}

/// A cell without its outer blanks: Unicode white space, and at the ends also what has no width at all.
///
/// The cell must be UTF-8, as every cell of a [`Sheet`](super::Sheet) is; other bytes stay where they are.
#[inline]
pub fn trim(cell: &[u8]) -> &[u8] {
    match (cell.first(), cell.last()) {
        (Some(first), Some(last)) if is_graphic(*first) && is_graphic(*last) => cell,
        (None, _) | (_, None) => cell,
        _ => trim_ends(cell),
    }
}

/// [`trim`] for text.
#[inline]
pub fn trim_str(text: &str) -> &str {
    match (text.as_bytes().first(), text.as_bytes().last()) {
        (Some(first), Some(last)) if is_graphic(*first) && is_graphic(*last) => text,
        _ => text.trim_matches(is_blank),
    }
}

/// Whether a cell is empty or holds blanks only.
#[inline]
pub fn is_blank_cell(cell: &[u8]) -> bool {
    trim(cell).is_empty()
}

fn is_graphic(byte: u8) -> bool {
    (b'!'..0x7f).contains(&byte)
}

fn trim_ends(cell: &[u8]) -> &[u8] {
    match std::str::from_utf8(cell) {
        Ok(text) => text.trim_matches(is_blank).as_bytes(),
        Err(_) => cell.trim_ascii(),
    }
}

/// What DOS programs write after the last row (Ctrl-Z).
const END_OF_FILE: char = '\u{1A}';

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200B}' | '\u{FEFF}' | '\u{2060}' | END_OF_FILE)
}

/// What a hidden character is called; `None` for one that shows, and for blanks that everybody types.
pub fn name(c: char) -> Option<&'static str> {
    Some(match c {
        '\t' | '\n' | '\r' | '\x0B' | '\x0C' => return None,
        '\u{00}'..='\u{1F}' | '\u{7F}'..='\u{9F}' => "control character",
        '\u{A0}' => "no-break space",
        '\u{202F}' => "narrow no-break space",
        '\u{2007}' => "figure space",
        '\u{1680}' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200A}' | '\u{205F}' | '\u{3000}' => "wide or thin space",
        '\u{AD}' => "soft hyphen",
        '\u{34F}' => "combining grapheme joiner",
        '\u{61C}' | '\u{200E}' | '\u{200F}' => "direction mark",
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => "direction override",
        '\u{180B}'..='\u{180F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => "variation selector",
        '\u{200B}' => "zero-width space",
        '\u{200C}' => "zero-width non-joiner",
        '\u{200D}' => "zero-width joiner",
        '\u{2060}' => "word joiner",
        '\u{FEFF}' => "byte-order mark",
        '\u{2028}' | '\u{2029}' => "line or paragraph separator",
        '\u{2061}'..='\u{2064}' | '\u{206A}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFB}' => "invisible format character",
        '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}' => "blank letter",
        '\u{E0000}'..='\u{E007F}' => "tag character",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outer_blanks_of_every_kind_are_trimmed() {
        for (given, trimmed) in [
            ("abc", "abc"),
            (" abc ", "abc"),
            ("\tabc\r\n", "abc"),
            ("\u{A0}abc\u{3000}", "abc"),
            ("\u{FEFF}abc\u{200B}", "abc"),
            ("a b", "a b"),
            ("José ", "José"),
            (" É", "É"),
            ("É", "É"),
            ("\u{200B}", ""),
            ("  ", ""),
            ("Active\u{1A}", "Active"),
            ("", ""),
        ] {
            assert_eq!(trim(given.as_bytes()), trimmed.as_bytes(), "{given:?}");
            assert_eq!(trim_str(given), trimmed, "{given:?}");
            assert_eq!(is_blank_cell(given.as_bytes()), trimmed.is_empty(), "{given:?}");
        }
        assert_eq!(trim(b" \xff "), b"\xff", "not UTF-8: ASCII blanks only");
    }

    #[test]
    fn hidden_characters_are_named_and_removed() {
        for (given, clean, names) in [
            ("10\u{200B}01", "1001", "zero-width space (U+200B)"),
            ("\u{FEFF}email", "email", "byte-order mark (U+FEFF)"),
            ("1001\u{A0}", "1001", "no-break space (U+00A0)"),
            ("\u{202E}1001\u{202C}", "1001", "direction override (U+202E), direction override (U+202C)"),
            ("1\u{200D}0\u{200D}1", "101", "zero-width joiner (U+200D)"),
            ("10\x0701 ", "1001", "control character (U+0007)"),
            ("soft\u{AD}hyphen", "softhyphen", "soft hyphen (U+00AD)"),
        ] {
            let found = hidden(given).unwrap();
            assert_eq!((found.clean.as_str(), found.names.join(", ").as_str()), (clean, names), "{given:?}");
            assert_eq!(super::clean(given), clean);
        }
        for plain in ["", "1001", "José García", "王小明", "a b", "two\nlines", "O’Brien"] {
            assert_eq!(hidden(plain), None, "{plain:?}");
        }
        assert_eq!(clean(" 1001 "), "1001");
    }
}
