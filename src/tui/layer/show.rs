//! Shows some lines until a key is pressed.

use crossterm::event::KeyCode;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Span;

use super::{Outcome, boxed, line};
use crate::tui::keys::Key;
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::visible;

/// Some lines.
pub struct Show {
    title: String,
    lines: Vec<String>,
    first: usize,
}

impl Show {
    /// Title and lines; long ones are wrapped.
    pub fn new(title: String, lines: Vec<String>) -> Self {
        Self { title, lines, first: 0 }
    }

    /// Lets a key act: arrows scroll, any other key closes.
    pub fn key(&mut self, key: Key) -> Outcome {
        match key.code {
            KeyCode::Down | KeyCode::Char('j') => self.first = self.first.saturating_add(1),
            KeyCode::Up | KeyCode::Char('k') => self.first = self.first.saturating_sub(1),
            KeyCode::PageDown => self.first = self.first.saturating_add(10),
            KeyCode::PageUp => self.first = self.first.saturating_sub(10),
            _ => return Outcome::Close,
        }
        self.first = self.first.min(self.lines.iter().map(|l| l.len() + 1).sum::<usize>());
        Outcome::Stay
    }

    /// Draws it.
    pub fn render(&self, frame: &mut Frame, area: Rect, look: &Look) -> Option<Position> {
        let cells = area.width.saturating_sub(8).min(76);
        let lines: Vec<String> = self.lines.iter().flat_map(|l| visible::wrap(&look.visible(l), usize::from(cells))).collect();
        let inner = boxed(frame, area, cells, lines.len() as u16, &self.title, look);
        let first = self.first.min(lines.len().saturating_sub(usize::from(inner.height)));
        for (row, text) in lines.into_iter().skip(first).take(usize::from(inner.height)).enumerate() {
            line(frame, inner, row as u16, vec![Span::styled(text, look.style(Role::Text))]);
        }
        None
    }
}
