//! Which columns a list shows, and in which order: space shows or hides one, `<` and `>` move it, `r` brings all back.

use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Span;

use super::{Outcome, boxed, first_row, line_cut, step};
use crate::tui::keys::Key;
use crate::tui::look::{Glyph, Look};
use crate::tui::theme::Role;

/// The columns, being arranged.
pub struct Columns {
    columns: Vec<(String, bool)>,
    selected: usize,
}

impl Columns {
    /// Titles in their order, shown or not.
    pub fn new(columns: Vec<(String, bool)>) -> Self {
        Self { columns, selected: 0 }
    }

    /// Lets a key act.
    pub fn key(&mut self, key: Key) -> Outcome {
        let shifted = key.modifiers == KeyModifiers::SHIFT;
        match key.code {
            KeyCode::Enter => return Outcome::Columns(self.columns.clone()),
            KeyCode::Esc | KeyCode::Char('q') => return Outcome::Close,
            KeyCode::Char('<' | 'K') => self.carry(false),
            KeyCode::Char('>' | 'J') => self.carry(true),
            KeyCode::Left | KeyCode::Up if shifted => self.carry(false),
            KeyCode::Right | KeyCode::Down if shifted => self.carry(true),
            KeyCode::Down | KeyCode::Tab | KeyCode::Char('j') => self.selected = step(self.selected, self.columns.len(), true),
            KeyCode::Up | KeyCode::Char('k') => self.selected = step(self.selected, self.columns.len(), false),
            KeyCode::Char(' ' | 'c') => self.turn(),
            KeyCode::Char('r') => return Outcome::Columns(Vec::new()),
            _ => {}
        }
        Outcome::Stay
    }

    /// Draws it.
    pub fn render(&self, frame: &mut Frame, area: Rect, look: &Look) -> Option<Position> {
        let rows = self.columns.len() as u16 + 2;
        let inner = boxed(frame, area, 52, rows, "Columns", look);
        let list = Rect { height: inner.height.saturating_sub(2), ..inner };
        let first = first_row(self.selected, list.height);
        for (row, (index, (title, on))) in self.columns.iter().enumerate().skip(first).take(usize::from(list.height)).enumerate() {
            let selected = index == self.selected;
            let marker = if selected { look.glyph(Glyph::Selected) } else { " " };
            let role = match (selected, on) {
                (true, _) => Role::Selected,
                (false, true) => Role::Text,
                (false, false) => Role::Dim,
            };
            let spans = vec![
                Span::styled(format!("{marker} "), look.style(Role::Accent)),
                Span::styled(if *on { "[x] " } else { "[ ] " }, look.style(Role::Accent)),
                look.span(title, role),
            ];
            line_cut(frame, list, row as u16, spans, look);
        }
        let hint = "space on/off  < > move  r reset  enter take  esc leave";
        line_cut(frame, inner, inner.height.saturating_sub(1), vec![Span::styled(hint, look.style(Role::Dim))], look);
        None
    }

    /// Shows or hides the selected one; the last that is shown stays.
    fn turn(&mut self) {
        let shown = self.columns.iter().filter(|c| c.1).count();
        if let Some((_, on)) = self.columns.get_mut(self.selected)
            && (shown > 1 || !*on)
        {
            *on = !*on;
        }
    }

    fn carry(&mut self, down: bool) {
        let to = step(self.selected, self.columns.len(), down);
        if to != self.selected && to < self.columns.len() {
            self.columns.swap(self.selected, to);
            self.selected = to;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_hidden_moved_and_brought_back() {
        let all = ["name", "ID", "e-mail"].map(|t| (t.to_owned(), true)).to_vec();
        let mut at = Columns::new(all.clone());
        let mut press = |keys: &str| keys.split(' ').map(|k| at.key(k.parse().unwrap())).last().unwrap();
        let Outcome::Columns(columns) = press("j space > enter") else { panic!("taken") };
        assert_eq!(columns, [("name".to_owned(), true), ("e-mail".to_owned(), true), ("ID".to_owned(), false)]);
        let Outcome::Columns(columns) = press("k k space j space enter") else { panic!("taken") };
        assert_eq!(columns.iter().filter(|c| c.1).count(), 1, "one always stays");
        assert_eq!(press("r"), Outcome::Columns(Vec::new()));
        assert_eq!(press("esc"), Outcome::Close);
    }
}
