//! Asks for one of several: by its letter, or with the arrows and Enter.

use crossterm::event::KeyCode;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Span;

use super::{Outcome, boxed, first_row, line_cut, step};
use crate::tui::keys::Key;
use crate::tui::look::{Glyph, Look};
use crate::tui::theme::Role;
use crate::tui::visible;

/// Several lines, one of which is to be chosen.
pub struct Choose {
    title: String,
    choices: Vec<(char, String)>,
    selected: usize,
    previews: bool,
}

impl Choose {
    /// What is chosen, and letter and text of each.
    pub fn new(title: String, choices: Vec<(char, String)>) -> Self {
        Self { title, choices, selected: 0, previews: false }
    }

    /// The same, in which each is seen as soon as it is selected; that one first.
    #[must_use]
    pub fn previewing(self, selected: usize) -> Self {
        Self { selected, previews: true, ..self }
    }

    /// Lets a key act.
    pub fn key(&mut self, key: Key) -> Outcome {
        // A choice's own letter goes before j and k.
        if let Some(index) = key.typed().and_then(|c| self.choices.iter().position(|(letter, _)| *letter == c)) {
            return Outcome::Choice(index);
        }
        match key.code {
            KeyCode::Enter if !self.choices.is_empty() => Outcome::Choice(self.selected),
            KeyCode::Esc | KeyCode::Char('q') => Outcome::Close,
            KeyCode::Down | KeyCode::Tab | KeyCode::Char('j') => self.go(true),
            KeyCode::Up | KeyCode::Char('k') => self.go(false),
            _ => Outcome::Stay,
        }
    }

    /// Draws it.
    pub fn render(&self, frame: &mut Frame, area: Rect, look: &Look) -> Option<Position> {
        let widest = self.choices.iter().map(|(_, text)| visible::width(&look.visible(text)) + 6).max().unwrap_or(0);
        let cells = widest.max(visible::width(&self.title) + 2).clamp(20, 76) as u16;
        let inner = boxed(frame, area, cells, self.choices.len() as u16, &self.title, look);
        let first = first_row(self.selected, inner.height);
        for (row, (index, (letter, text))) in self.choices.iter().enumerate().skip(first).take(usize::from(inner.height)).enumerate() {
            let selected = index == self.selected;
            let marker = if selected { look.glyph(Glyph::Selected) } else { " " };
            let role = if selected { Role::Selected } else { Role::Text };
            let spans = vec![
                Span::styled(format!("{marker} "), look.style(Role::Accent)),
                Span::styled(format!("{letter}"), look.style(Role::Accent)),
                Span::raw("  "),
                look.span(text, role),
            ];
            line_cut(frame, inner, row as u16, spans, look);
        }
        None
    }

    fn go(&mut self, down: bool) -> Outcome {
        self.selected = step(self.selected, self.choices.len(), down);
        if self.previews { Outcome::Preview(self.selected) } else { Outcome::Stay }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_chooses_and_so_do_arrows_with_enter() {
        let mut layer = Choose::new("Sort by".into(), vec![('n', "name".into()), ('i', "ID".into())]);
        assert_eq!(layer.key(Key::char('i')), Outcome::Choice(1));
        assert_eq!(layer.key(Key::char('j')), Outcome::Stay);
        assert_eq!(layer.key("<Enter>".parse().unwrap()), Outcome::Choice(1));
        assert_eq!(layer.key("<Esc>".parse().unwrap()), Outcome::Close);
    }
}
