//! Hidden characters made visible, so that text from a file can neither command a terminal nor pass for other text.
//!
//! Control characters become their pictures (`␛`), the C1 block, marks of zero width and marks that turn the direction of
//! writing become their number (`⟨200B⟩`), blanks that do not break become `·`. What is left has no control character.

use std::borrow::Cow;
use std::fmt::Write;

/// `text` with every hidden character made visible. Text without one is borrowed.
pub fn visible(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(|c| is_hidden(c) || is_fixed_blank(c)) else { return text.into() };
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(&text[..first]);
    for c in text[first..].chars() {
        match c {
            '\0'..='\x1f' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('␀')),
            '\x7f' => out.push('␡'),
            c if is_fixed_blank(c) => out.push('·'),
            c if is_hidden(c) => {
                let _ = write!(out, "⟨{:04X}⟩", c as u32);
            }
            c => out.push(c),
        }
    }
    out.into()
}

/// Whether a character cannot be seen but does something: controls, zero width, direction, fillers, tags.
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}'        // C0, DEL, C1
        | '\u{ad}'                               // soft hyphen
        | '\u{34f}'                              // grapheme joiner
        | '\u{61c}' | '\u{200e}' | '\u{200f}'    // direction marks
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers
        | '\u{17b4}' | '\u{17b5}'                // Khmer inherent vowels
        | '\u{180b}'..='\u{180f}'                // Mongolian selectors and separator
        | '\u{200b}'..='\u{200d}'                // zero width blank, joiners
        | '\u{2028}' | '\u{2029}'                // line and paragraph separators
        | '\u{2060}'..='\u{2065}'                // word joiner, invisible operators
        | '\u{feff}'                             // byte-order mark
        | '\u{fff0}'..='\u{fffb}'                // interlinear marks
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' // shorthand and musical controls
        | '\u{e0000}'..='\u{e0fff}'              // tags, more selectors
    )
}

/// Blanks that do not break: they look like a blank and are none.
fn is_fixed_blank(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{202f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_hides_is_shown() {
        for (given, shown) in [
            ("plain", "plain"),
            ("José 王 ❤\u{fe0f} e\u{301}", "José 王 ❤\u{fe0f} e\u{301}"),
            ("a\x1b[31mb", "a␛[31mb"),
            ("tab\tlf\ncr\r", "tab␉lf␊cr␍"),
            ("\0\x7f", "␀␡"),
            ("csi\u{9b}31m", "csi⟨009B⟩31m"),
            ("a\u{200b}b\u{feff}c\u{202e}d", "a⟨200B⟩b⟨FEFF⟩c⟨202E⟩d"),
            ("soft\u{ad}hyphen", "soft⟨00AD⟩hyphen"),
            ("hard\u{a0}blank", "hard·blank"),
            ("\u{e0041}", "⟨E0041⟩"),
        ] {
            assert_eq!(visible(given), shown);
        }
        assert!(matches!(visible("nothing hidden"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_left(text in any::<String>()) {
            let shown = visible(&text);
            prop_assert!(!shown.chars().any(|c| is_hidden(c) || c.is_control()));
        }

        #[test]
        fn hidden_ones_among_others_are_not_missed(parts in prop::collection::vec((any::<char>(), 0u32..0xe_1000), 0..40)) {
            let text: String = parts.iter().flat_map(|(c, n)| [*c, char::from_u32(*n).unwrap_or('x')]).collect();
            let shown = visible(&text);
            prop_assert!(!shown.chars().any(|c| is_hidden(c) || c.is_control()));
            prop_assert_eq!(visible(&shown), shown.as_ref());
        }
    }
}
