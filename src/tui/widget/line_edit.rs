//! A line that is typed into: moves by graphemes, shows hidden characters, may have a suggestion behind its end.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use unicode_segmentation::UnicodeSegmentation;

use crate::tui::keys::Key;
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::visible;
use crossterm::event::{KeyCode, KeyModifiers};

/// Longer than any cell of any file we read.
const LONGEST: usize = 65_536;

/// A line of text with a cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineEdit {
    text: String,
    /// Byte index, always on a grapheme's border.
    cursor: usize,
}

/// What a key did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// The text changed.
    Changed,
    /// Only the cursor moved.
    Moved,
    /// Right was pressed at the end of the text: take the suggestion, if there is one.
    AtEnd,
    /// The key means nothing here.
    Ignored,
}

impl LineEdit {
    /// A line with that text, the cursor at its end.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { cursor: text.len(), text }
    }

    /// The text as it would be stored.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Replaces the text; the cursor goes to its end.
    pub fn set(&mut self, text: impl Into<String>) {
        *self = Self::new(text);
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.set("");
    }

    /// Whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Types text at the cursor.
    pub fn insert(&mut self, text: &str) {
        if self.text.len() + text.len() <= LONGEST {
            self.text.insert_str(self.cursor, text);
            self.cursor += text.len();
            self.settle();
        }
    }

    /// Whether a key edits a line or moves in it, so that it can be no command where text is typed.
    pub fn takes(key: Key) -> bool {
        // Tried on a line in which every key finds something to do.
        let mut line = Self { text: String::from("a b"), cursor: 1 };
        line.key(key) != Edited::Ignored
    }

    /// Lets a key act.
    pub fn key(&mut self, key: Key) -> Edited {
        let before = self.text.len();
        match (key.code, key.modifiers) {
            (KeyCode::Char(c), KeyModifiers::NONE) => self.insert(c.encode_utf8(&mut [0; 4])),
            (KeyCode::Backspace, KeyModifiers::NONE) => self.remove(self.left()..self.cursor),
            (KeyCode::Delete, KeyModifiers::NONE) | (KeyCode::Char('d'), KeyModifiers::CONTROL) => self.remove(self.cursor..self.right()),
            (KeyCode::Char('w'), KeyModifiers::CONTROL) | (KeyCode::Backspace, KeyModifiers::ALT) => {
                self.remove(self.word_left()..self.cursor);
            }
            (KeyCode::Char('k'), KeyModifiers::CONTROL) => self.remove(self.cursor..self.text.len()),
            (KeyCode::Left, KeyModifiers::NONE) | (KeyCode::Char('b'), KeyModifiers::CONTROL) => return self.go(self.left()),
            (KeyCode::Right, KeyModifiers::NONE) | (KeyCode::Char('f'), KeyModifiers::CONTROL) => {
                return if self.cursor == self.text.len() { Edited::AtEnd } else { self.go(self.right()) };
            }
            (KeyCode::Left, KeyModifiers::CONTROL | KeyModifiers::ALT) => return self.go(self.word_left()),
            (KeyCode::Right, KeyModifiers::CONTROL | KeyModifiers::ALT) => return self.go(self.word_right()),
            (KeyCode::Home, KeyModifiers::NONE) | (KeyCode::Char('a'), KeyModifiers::CONTROL) => return self.go(0),
            (KeyCode::End, KeyModifiers::NONE) | (KeyCode::Char('e'), KeyModifiers::CONTROL) => return self.go(self.text.len()),
            _ => return Edited::Ignored,
        }
        if self.text.len() == before { Edited::Moved } else { Edited::Changed }
    }

    /// Draws the line in the first row of `area` and says where the cursor stands. The text slides left when the cursor would
    /// leave; `suggestion` is drawn dim behind the end.
    pub fn render(&self, buffer: &mut Buffer, area: Rect, look: &Look, suggestion: &str) -> Position {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return area.as_position();
        }
        let cells = usize::from(area.width);
        let (before, after) = (look.personal(&self.text[..self.cursor]), look.personal(&self.text[self.cursor..]));
        let (before, after) = (look.visible(&before), look.visible(&after));
        // One cell stays free for the cursor at the end.
        let shown_before = visible::cut_left(&before, cells.saturating_sub(1), look.ascii);
        let at = visible::width(&shown_before) as u16;
        buffer.set_stringn(area.x, area.y, &shown_before, cells, look.style(Role::Input));
        let room = cells - usize::from(at);
        let shown_after = visible::cut(&after, room, look.ascii);
        buffer.set_stringn(area.x + at, area.y, &shown_after, room, look.style(Role::Input));
        let used = usize::from(at) + visible::width(&shown_after);
        if !suggestion.is_empty() && used + 1 < cells {
            let text = look.cut(suggestion, cells - used - 1);
            buffer.set_stringn(area.x + used as u16 + 1, area.y, text, cells - used - 1, look.style(Role::Dim));
        }
        Position::new(area.x + at.min(area.width - 1), area.y)
    }

    fn go(&mut self, to: usize) -> Edited {
        self.cursor = to;
        Edited::Moved
    }

    fn remove(&mut self, range: std::ops::Range<usize>) {
        self.cursor = range.start;
        self.text.replace_range(range, "");
        self.settle();
    }

    /// Puts the cursor on a grapheme's border: what was typed or left may have joined its neighbours.
    fn settle(&mut self) {
        let borders = self.text.grapheme_indices(true).map(|(at, _)| at).chain([self.text.len()]);
        self.cursor = borders.into_iter().find(|at| *at >= self.cursor).unwrap_or(self.text.len());
    }

    fn left(&self) -> usize {
        self.text[..self.cursor].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn right(&self) -> usize {
        self.text[self.cursor..].graphemes(true).next().map_or(self.cursor, |g| self.cursor + g.len())
    }

    fn word_left(&self) -> usize {
        self.text[..self.cursor].unicode_word_indices().next_back().map_or(0, |(at, _)| at)
    }

    fn word_right(&self) -> usize {
        self.text[self.cursor..].unicode_word_indices().next().map_or(self.text.len(), |(at, word)| self.cursor + at + word.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn typed(start: &str, keys: &str) -> LineEdit {
        let mut line = LineEdit::new(start);
        for key in keys.split(' ') {
            line.key(key.parse().unwrap());
        }
        line
    }

    fn drawn(line: &LineEdit, width: u16, suggestion: &str) -> (String, u16) {
        let area = Rect::new(0, 0, width, 1);
        let mut buffer = Buffer::empty(area);
        let at = line.render(&mut buffer, area, &Look::plain(), suggestion);
        ((0..width).map(|x| buffer[(x, 0)].symbol()).collect::<String>().trim_end().to_owned(), at.x)
    }

    #[test]
    fn editing_moves_by_graphemes() {
        assert_eq!(typed("Jose\u{301}", "<BS>").text(), "Jos");
        assert_eq!(typed("ab", "<Left> x").text(), "axb");
        assert_eq!(typed("maria obrien", "<C-w>").text(), "maria ");
        assert_eq!(typed("maria obrien", "<C-a> <Del>").text(), "aria obrien");
        assert_eq!(typed("maria obrien", "<Home> <C-Right> <C-k>").text(), "maria");
    }

    #[test]
    fn right_at_the_end_asks_for_the_suggestion() {
        let mut line = LineEdit::new("a");
        assert_eq!(line.key("<Right>".parse().unwrap()), Edited::AtEnd);
        line.key("<Left>".parse().unwrap());
        assert_eq!(line.key("<Right>".parse().unwrap()), Edited::Moved);
    }

    #[test]
    fn hidden_characters_are_shown_and_long_text_slides() {
        assert_eq!(drawn(&LineEdit::new("a\u{200b}b"), 20, ""), ("a⟨200B⟩b".to_owned(), 8));
        assert_eq!(drawn(&LineEdit::new("0123456789"), 6, ""), ("…6789".to_owned(), 5));
        assert_eq!(drawn(&LineEdit::new("ab"), 20, "abc"), ("ab abc".to_owned(), 2));
    }

    proptest! {
        #[test]
        fn any_typing_keeps_the_cursor_on_a_border(text in any::<String>(), keys in prop::collection::vec(0usize..12, 0..40), more in any::<String>()) {
            let mut line = LineEdit::new(text);
            line.insert(&more);
            for key in keys {
                let names = ["<Left>", "<Right>", "<BS>", "<Del>", "<Home>", "<End>", "<C-w>", "<C-Left>", "<C-Right>", "x", "é", "<C-k>"];
                line.key(names[key].parse().unwrap());
                prop_assert!(line.text().is_char_boundary(line.cursor));
                drawn(&line, 7, "more");
            }
        }
    }
}
