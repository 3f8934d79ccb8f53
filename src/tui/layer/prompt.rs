//! Asks for a line of text.

use crossterm::event::KeyCode;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Span;

use super::{Outcome, boxed, line};
use crate::tui::keys::Key;
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::widget::line_edit::LineEdit;

/// A line that is asked for.
pub struct Prompt {
    title: String,
    text: LineEdit,
    /// Whether what is typed is no personal data: a path.
    open: bool,
}

impl Prompt {
    /// What is asked for, and what stands there at first.
    pub fn new(title: String, initial: String) -> Self {
        Self { title, text: LineEdit::new(initial), open: false }
    }

    /// The same for a path, which the mask does not hide.
    #[must_use]
    pub fn open(self) -> Self {
        Self { open: true, ..self }
    }

    /// Lets a key act.
    pub fn key(&mut self, key: Key) -> Outcome {
        match key.code {
            KeyCode::Enter => Outcome::Text(self.text.text().to_owned()),
            KeyCode::Esc => Outcome::Close,
            _ => {
                self.text.key(key);
                Outcome::Stay
            }
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) -> Outcome {
        self.text.insert(text);
        Outcome::Stay
    }

    /// Draws it.
    pub fn render(&self, frame: &mut Frame, area: Rect, look: &Look) -> Option<Position> {
        let inner = boxed(frame, area, area.width.saturating_sub(8).min(90), 2, &self.title, look);
        line(frame, inner, 1, vec![Span::styled("enter take it   esc leave", look.style(Role::Dim))]);
        let typed = if self.open { look.unmasked() } else { look.clone() };
        (!inner.is_empty()).then(|| self.text.render(frame.buffer_mut(), inner, &typed, ""))
    }
}
