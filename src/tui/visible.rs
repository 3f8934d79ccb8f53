//! Text from files is never trusted: what a terminal would obey or hide is made visible before it becomes a `Span`.
//!
//! Control characters become their pictures (`␛`), invisible ones their number (`⟨200B⟩`), a no-break space a `·`.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// More marks than that on one letter are shown as numbers: no language needs them, and one cell would cost a page of bytes.
const MARKS: usize = 4;

/// Signs that our own sentences use, and what they are in ASCII. In data they become the same.
const OURS: [(&str, &str); 4] = [("…", "~"), ("·", "-"), ("→", "->"), ("–", "-")];

/// The text with nothing hidden: no control, zero-width, bidi or filler character is left in it.
pub fn visible(text: &str, ascii: bool) -> Cow<'_, str> {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for grapheme in text.graphemes(true) {
        push(&mut out, grapheme, ascii);
    }
    Cow::Owned(out)
}

/// Cells that a text takes on the screen. For text that went through [`visible`].
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text cut to at most `cells` cells, on a grapheme's border, with `…` (or `~`) where something is missing.
pub fn cut(text: &str, cells: usize, ascii: bool) -> Cow<'_, str> {
    if text.width() <= cells {
        return Cow::Borrowed(text);
    }
    if cells == 0 {
        return Cow::Borrowed("");
    }
    let (mut end, mut used) = (0, 0);
    for (at, grapheme) in text.grapheme_indices(true) {
        let w = grapheme.width();
        if used + w > cells - 1 {
            break;
        }
        used += w;
        end = at + grapheme.len();
    }
    Cow::Owned(format!("{}{}", &text[..end], if ascii { "~" } else { "…" }))
}

/// The end of the text that fits in so many cells, with the sign of a cut in front.
pub fn cut_left(text: &str, cells: usize, ascii: bool) -> Cow<'_, str> {
    if text.width() <= cells {
        return Cow::Borrowed(text);
    }
    if cells == 0 {
        return Cow::Borrowed("");
    }
    let (mut start, mut used) = (text.len(), 0);
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        let w = grapheme.width();
        if used + w > cells - 1 {
            break;
        }
        used += w;
        start = at;
    }
    Cow::Owned(format!("{}{}", if ascii { "~" } else { "…" }, &text[start..]))
}

/// The text broken into lines of at most `cells` cells, between words where that can be.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(1);
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    for word in text.split(' ') {
        let w = word.width();
        if used > 0 && used + 1 + w > cells {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        for grapheme in word.graphemes(true) {
            let g = grapheme.width();
            if used + g > cells && used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(grapheme);
            used += g;
        }
    }
    lines.push(line);
    lines
}

/// Pasted text as it may be typed into one line: the ends of lines become spaces, other controls go.
pub fn pasted(text: &str) -> String {
    let text = text.trim_end_matches(['\r', '\n']).replace("\r\n", " ");
    text.chars().filter_map(|c| if matches!(c, '\r' | '\n' | '\t') { Some(' ') } else { (!c.is_control()).then_some(c) }).collect()
}

fn push(out: &mut String, grapheme: &str, ascii: bool) {
    if ascii && let Some((_, plain)) = OURS.iter().find(|(ours, _)| *ours == grapheme) {
        return out.push_str(plain);
    }
    let mut chars = grapheme.chars();
    let Some(base) = chars.next() else { return };
    if !shows(base) || grapheme.width() == 0 {
        grapheme.chars().for_each(|c| push_hidden(out, c, ascii));
        return;
    }
    out.push(base);
    let mut marks = 0;
    for c in chars {
        let joins = matches!(c, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}') && is_pictorial(base);
        let mark = is_combining_mark(c) && shows(c) && !is_selector(c);
        marks += usize::from(mark);
        // Neither a mark nor a joiner: a further letter of the cluster, as in Hangul, flags and skin tones.
        let letter = !is_combining_mark(c) && shows(c) && !is_selector(c);
        if joins || letter || (mark && marks <= MARKS) {
            out.push(c);
        } else {
            push_hidden(out, c, ascii);
        }
    }
}

fn push_hidden(out: &mut String, c: char, ascii: bool) {
    use std::fmt::Write;
    let written = match (c as u32, ascii) {
        (0xa0 | 0x202f, false) => write!(out, "·"),
        (0x7f, false) => write!(out, "␡"),
        (n @ 0..0x20, false) => write!(out, "{}", char::from_u32(0x2400 + n).unwrap_or('\u{fffd}')),
        (n, false) => write!(out, "⟨{n:04X}⟩"),
        (n, true) => write!(out, "<{n:02X}>"),
    };
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

/// Whether a character can be seen where it stands, and does nothing but stand there.
fn shows(c: char) -> bool {
    !c.is_control()
        && !matches!(c as u32,
            0xa0 | 0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f
            | 0x2000..=0x200f | 0x2028..=0x202f | 0x205f..=0x206f | 0x2800 | 0x3000 | 0x3164 | 0xfeff | 0xffa0
            | 0xfff0..=0xfffb | 0xd800..=0xf8ff | 0x1d159 | 0x1d173..=0x1d17a | 0xe0000..=0x10_ffff)
}

fn is_selector(c: char) -> bool {
    matches!(c as u32, 0xfe00..=0xfe0f)
}

/// Whether joiners and selectors after it are part of a picture.
fn is_pictorial(c: char) -> bool {
    matches!(c as u32, 0x203c..=0x3299 | 0x1f000..=0x1faff)
}

/// Text of which a part tells who somebody is: that part between two characters that no text has, so that whoever draws it can hide it. See
/// [`Look::visible`](super::look::Look::visible).
pub fn veiled(personal: &str) -> String {
    format!("{VEIL}{personal}{UNVEIL}")
}

/// The text with what is veiled hidden by `hide`, or as it is.
pub fn unveiled<'a>(text: &'a str, hide: &dyn Fn(&str) -> String) -> Cow<'a, str> {
    if !text.contains([VEIL, UNVEIL]) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for (n, part) in text.split(VEIL).enumerate() {
        // A line of a longer text may begin or end within what is veiled.
        match (part.rsplit_once(UNVEIL), n) {
            (Some((personal, rest)), _) => {
                out.push_str(&hide(&personal.replace(UNVEIL, "")));
                out.push_str(rest);
            }
            (None, 0) => out.push_str(part),
            (None, _) => out.push_str(&hide(part)),
        }
    }
    Cow::Owned(out)
}

/// Noncharacters: never interchanged, so no file has them by right.
const VEIL: char = '\u{FDD0}';
const UNVEIL: char = '\u{FDD1}';

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(visible(text, false), expected, "{text:?}");
    }

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in ["María O'Brien", "e\u{301}", "中文", "Zoë", "محمد", "👨\u{200d}👩\u{200d}👧", "❤\u{fe0f}", "한국", "क्षि"]
        {
            check(name, name);
        }
    }

    #[test]
    fn what_hides_is_shown() {
        check("a\u{1b}]0;pwn\u{7}", "a␛]0;pwn␇");
        check("a\u{200b}b", "a⟨200B⟩b");
        check("\u{feff}id", "⟨FEFF⟩id");
        check("x\u{202e}evil", "x⟨202E⟩evil");
        check("soft\u{ad}hyphen", "soft⟨00AD⟩hyphen");
        check("a\u{a0}b", "a·b");
        check("a\tb\r\n", "a␉b␍␊");
        check("\u{9b}31m", "⟨009B⟩31m");
        check("ab\u{200d}c", "ab⟨200D⟩c");
        check("a\u{fe0f}", "a⟨FE0F⟩");
        check("a\u{e0061}", "a⟨E0061⟩");
        check("\u{301}", "⟨0301⟩");
        check("del\u{7f}", "del␡");
    }

    #[test]
    fn ascii_form_for_old_terminals() {
        assert_eq!(visible("a\u{1b}\u{200b}\u{a0}", true), "a<1B><200B><A0>");
        assert_eq!(visible("\"abc…\" · Staff First → first_name", true), "\"abc~\" - Staff First -> first_name");
    }

    #[test]
    fn a_tower_of_marks_is_cut_short() {
        let tower: String = std::iter::once('z').chain(std::iter::repeat_n('\u{301}', 100)).collect();
        assert!(visible(&tower, false).starts_with("z\u{301}\u{301}\u{301}\u{301}⟨0301⟩"));
    }

    #[test]
    fn cutting_keeps_graphemes_whole() {
        assert_eq!(cut("Lincoln High", 8, false), "Lincoln…");
        assert_eq!(cut("Lincoln High", 8, true), "Lincoln~");
        assert_eq!(cut("中文字", 4, false), "中…");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2, false), "e\u{301}…");
        assert_eq!(cut("abc", 3, false), "abc");
        assert_eq!(cut("abc", 0, false), "");
        assert_eq!(cut_left("Lincoln High", 5, false), "…High");
    }

    #[test]
    fn wrapping_breaks_between_words_and_within_long_ones() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("", 3), [""]);
    }

    #[test]
    fn nothing_naughty_is_obeyed_hidden_or_wider_than_it_was_measured() {
        use crate::tui::naughty::{NAUGHTY, long};
        let strings = NAUGHTY.iter().map(|text| (*text).to_owned()).chain(long());
        for text in strings {
            for ascii in [false, true] {
                let shown = visible(&text, ascii);
                let hides = |g: &str| g.width() == 0 || g.chars().any(char::is_control);
                assert!(!shown.graphemes(true).any(hides), "{text:?} gives {shown:?}");
                assert!(!shown.chars().any(|c| matches!(c as u32, 0x200e..=0x200f | 0x202a..=0x202e | 0x2066..=0x2069)), "{text:?}");
                // Each picture is as wide as its parts: what is laid out is what is drawn.
                assert_eq!(shown.graphemes(true).map(UnicodeWidthStr::width).sum::<usize>(), width(&shown), "{text:?}");
                for cells in [0, 1, 2, 7, 40] {
                    assert!(width(&cut(&shown, cells, ascii)) <= cells && width(&cut_left(&shown, cells, ascii)) <= cells, "{text:?}");
                }
                // Two that differ stay different: what is hidden is not left out. (Blanks have one sign.)
                assert!(text.is_empty() == shown.is_empty(), "{text:?}");
            }
            assert!(!pasted(&text).contains(|c: char| c.is_control()), "{text:?}");
        }
    }

    #[test]
    fn a_paste_is_one_line() {
        assert_eq!(pasted("abc\rq\u{1b}[A\r\n"), "abc q[A");
    }

    proptest! {
        #[test]
        fn nothing_is_left_that_a_terminal_would_obey(text in any::<String>(), ascii: bool) {
            let shown = visible(&text, ascii);
            prop_assert!(!shown.chars().any(char::is_control));
            prop_assert!(!shown.chars().any(|c| matches!(c as u32, 0x200b..=0x200c | 0x200e..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff)));
        }

        #[test]
        fn a_cut_text_fits(text in any::<String>(), cells in 0usize..40) {
            let shown = visible(&text, false);
            prop_assert!(width(&cut(&shown, cells, false)) <= cells);
            prop_assert!(width(&cut_left(&shown, cells, false)) <= cells);
        }
    }
}
