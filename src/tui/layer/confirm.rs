//! Asks yes or no. No is the default: Enter and Esc change nothing. Where much is at stake a number must be typed.

use crossterm::event::KeyCode;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Span;

use super::{Outcome, boxed, line};
use crate::tui::keys::Key;
use crate::tui::look::{self, Look};
use crate::tui::theme::Role;
use crate::tui::visible;
use crate::tui::widget::line_edit::LineEdit;

/// A question.
pub struct Confirm {
    question: String,
    detail: Vec<String>,
    number: Option<u64>,
    typed: LineEdit,
}

impl Confirm {
    /// A question, what it means, and the number to type where much is at stake.
    pub fn new(question: String, detail: Vec<String>, number: Option<u64>) -> Self {
        Self { question, detail, number, typed: LineEdit::default() }
    }

    /// Lets a key act.
    pub fn key(&mut self, key: Key) -> Outcome {
        match (key.code, self.number) {
            (KeyCode::Esc, _) | (KeyCode::Enter, None) => Outcome::Close,
            (KeyCode::Enter, Some(_)) if self.typed.text().trim().is_empty() => Outcome::Close,
            (KeyCode::Char('y'), None) if key.typed().is_some() => Outcome::Yes,
            (KeyCode::Char('n'), None) if key.typed().is_some() => Outcome::Close,
            (KeyCode::Enter, Some(number)) if self.typed.text().replace(',', "").trim() == number.to_string() => Outcome::Yes,
            (_, Some(_)) => {
                self.typed.key(key);
                Outcome::Stay
            }
            _ => Outcome::Stay,
        }
    }

    /// Draws it.
    pub fn render(&self, frame: &mut Frame, area: Rect, look: &Look) -> Option<Position> {
        let cells = area.width.saturating_sub(8).min(70);
        let wrapped = |text: &str| visible::wrap(&look.visible(text), usize::from(cells));
        let lines: Vec<String> = self.detail.iter().flat_map(|d| wrapped(d)).collect();
        let question = wrapped(&self.question);
        let rows = question.len() + lines.len() + 2;
        let inner = boxed(frame, area, cells, rows as u16, "Sure?", look);
        let mut row = 0;
        for text in question {
            line(frame, inner, row, vec![Span::styled(text, look.style(Role::Accent))]);
            row += 1;
        }
        for text in lines {
            line(frame, inner, row, vec![Span::styled(text, look.style(Role::Text))]);
            row += 1;
        }
        // Where the box is cut short the answer must still be seen.
        let row = (row + 1).min(inner.height.saturating_sub(1));
        let Some(number) = self.number else {
            line(frame, inner, row, vec![Span::styled("y yes   enter or esc: no", look.style(Role::Dim))]);
            return None;
        };
        let label = format!("type {} and enter; enter alone: no  ", look::number(number));
        let used = label.len() as u16;
        line(frame, inner, row, vec![Span::styled(label, look.style(Role::Dim))]);
        if used >= inner.width || row >= inner.height {
            return None;
        }
        let field = Rect { x: inner.x + used, y: inner.y + row, width: inner.width - used, height: 1 };
        Some(self.typed.render(frame.buffer_mut(), field, &look.unmasked(), ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(number: Option<u64>, keys: &str) -> Outcome {
        let mut layer = Confirm::new("Undo?".into(), Vec::new(), number);
        keys.split(' ').map(|key| layer.key(key.parse().unwrap())).find(|o| *o != Outcome::Stay).unwrap_or(Outcome::Stay)
    }

    #[test]
    fn no_is_the_default() {
        assert_eq!(pressed(None, "<Enter>"), Outcome::Close);
        assert_eq!(pressed(None, "<Esc>"), Outcome::Close);
        assert_eq!(pressed(None, "x <Space>"), Outcome::Stay);
        assert_eq!(pressed(None, "y"), Outcome::Yes);
    }

    #[test]
    fn a_number_must_be_typed_where_much_is_at_stake() {
        assert_eq!(pressed(Some(212), "<Enter>"), Outcome::Close);
        assert_eq!(pressed(Some(212), "y <Enter>"), Outcome::Stay);
        assert_eq!(pressed(Some(212), "2 1 <Enter>"), Outcome::Stay);
        assert_eq!(pressed(Some(212), "2 1 2 <Enter>"), Outcome::Yes);
    }
}
