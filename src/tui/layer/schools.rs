//! Chooses the context: the whole district or one school, from a list that what is typed narrows.
//!
//! As in the look-up only one question is on its way at a time; what is typed meanwhile is asked when the answer comes.

use crossterm::event::KeyCode;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Span;

use super::{Outcome, boxed, first_row, line, line_cut, step};
use crate::desk::SchoolRow;
use crate::roster::OrgKind;
use crate::tui::context::Context;
use crate::tui::keys::Key;
use crate::tui::look::{Glyph, Look};
use crate::tui::theme::Role;
use crate::tui::visible;
use crate::tui::widget::line_edit::{Edited, LineEdit};

/// Schools asked for: who has more types a letter or two.
pub const SCHOOLS: u64 = 200;

/// The list of schools.
#[derive(Default)]
pub struct Schools {
    query: LineEdit,
    /// The query on its way.
    asked: Option<String>,
    /// The query that `found` answers.
    answered: Option<String>,
    found: Vec<SchoolRow>,
    total: u64,
    selected: usize,
}

impl Schools {
    /// The query to ask now: none while one is on its way, or where nothing has changed.
    pub fn ask(&mut self) -> Option<String> {
        let query = self.query.text().trim();
        if self.asked.is_some() || self.answered.as_deref() == Some(query) {
            return None;
        }
        self.asked = Some(query.to_owned());
        self.asked.clone()
    }

    /// Takes the answer. The district is the first line already, so that schools alone are listed.
    pub fn take(&mut self, found: Vec<SchoolRow>, total: u64) {
        let Some(query) = self.asked.take() else { return };
        self.selected = usize::from(!query.is_empty() && !found.is_empty());
        self.found = found.into_iter().filter(|s| s.org.kind == OrgKind::School).collect();
        self.total = total;
        self.answered = Some(query);
    }

    /// Lets a key act.
    pub fn key(&mut self, key: Key) -> Outcome {
        match key.code {
            KeyCode::Esc => Outcome::Close,
            KeyCode::Enter => self.chosen(),
            KeyCode::Down | KeyCode::Tab => self.go(1),
            KeyCode::PageDown => self.go(10),
            KeyCode::Up => self.back(1),
            KeyCode::PageUp => self.back(10),
            _ if key.is_ctrl('n') => self.go(1),
            _ if key.is_ctrl('u') => {
                self.query.clear();
                Outcome::Ask
            }
            _ => match self.query.key(key) {
                Edited::Changed => Outcome::Ask,
                _ => Outcome::Stay,
            },
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) -> Outcome {
        self.query.insert(text);
        Outcome::Ask
    }

    /// Draws it.
    pub fn render(&self, frame: &mut Frame, area: Rect, look: &Look) -> Option<Position> {
        let rows = (self.found.len() as u16 + 3).clamp(6, 16);
        let inner = boxed(frame, area, 60, rows, "Work in one school, or the whole district", look);
        if inner.is_empty() {
            return None;
        }
        let cursor = self.query.render(frame.buffer_mut(), Rect { height: 1, ..inner }, &look.unmasked(), "");
        let hint = if self.query.text().is_empty() { "type part of a name or ID" } else { "" };
        let width = visible::width(hint) as u16;
        if width + 8 <= inner.width {
            line(frame, Rect { x: inner.right() - width, width, ..inner }, 0, vec![Span::styled(hint, look.style(Role::Dim))]);
        }
        let list = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
        let first = first_row(self.selected, list.height);
        for (row, index) in (first..=self.found.len()).take(usize::from(list.height)).enumerate() {
            let selected = index == self.selected;
            let marker = if selected { look.glyph(Glyph::Selected) } else { " " };
            let role = if selected { Role::Selected } else { Role::Text };
            let mut spans = vec![Span::styled(format!("{marker} "), look.style(Role::Accent))];
            match index.checked_sub(1).and_then(|i| self.found.get(i)) {
                Some(school) => {
                    spans.push(look.span(&school.org.name, role));
                    spans.push(Span::styled(format!("  {}", look.visible(&school.org.external_id)), look.style(Role::Dim)));
                }
                None => spans.push(Span::styled("The whole district", look.style(role))),
            }
            line_cut(frame, list, row as u16, spans, look);
        }
        if self.found.is_empty() && self.answered.as_deref().is_some_and(|q| !q.is_empty()) {
            line(frame, list, 2, vec![Span::styled("No school has that in its name or ID.", look.style(Role::Dim))]);
        }
        Some(cursor)
    }

    fn chosen(&self) -> Outcome {
        // What is typed must have been answered: Enter must not take a line that the hand did not mean.
        if self.asked.is_some() || self.answered.as_deref() != Some(self.query.text().trim()) {
            return Outcome::Stay;
        }
        let school = self.selected.checked_sub(1).and_then(|i| self.found.get(i));
        Outcome::Context(school.map(|s| Context { org: s.number, id: s.org.external_id.clone(), name: s.org.name.clone() }))
    }

    fn go(&mut self, by: usize) -> Outcome {
        (0..by).for_each(|_| self.selected = step(self.selected, self.found.len() + 1, true));
        Outcome::Stay
    }

    fn back(&mut self, by: usize) -> Outcome {
        self.selected = self.selected.saturating_sub(by);
        Outcome::Stay
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::{Org, OrgNo};

    fn school(n: u32, name: &str, kind: OrgKind) -> SchoolRow {
        let org = Org { external_id: format!("S{n}"), name: name.into(), kind, ..Org::default() };
        SchoolRow { number: OrgNo(n), org, staff: 0, students: 0, classes: 0, open_errors: 0, last: None }
    }

    fn press(layer: &mut Schools, key: &str) -> Outcome {
        layer.key(key.parse().unwrap())
    }

    #[test]
    fn the_first_line_is_the_district_and_enter_takes_what_is_selected() {
        let mut layer = Schools::default();
        assert_eq!(layer.ask().as_deref(), Some(""));
        assert_eq!(press(&mut layer, "enter"), Outcome::Stay, "nothing is here yet");
        layer.take(vec![school(0, "Lincoln USD", OrgKind::District), school(2, "Adams Middle", OrgKind::School)], 2);
        assert_eq!(press(&mut layer, "enter"), Outcome::Context(None));
        press(&mut layer, "down");
        press(&mut layer, "down");
        let adams = Context { org: OrgNo(2), id: "S2".into(), name: "Adams Middle".into() };
        assert_eq!(press(&mut layer, "enter"), Outcome::Context(Some(adams)));
    }

    #[test]
    fn what_is_typed_selects_the_first_school_and_enter_waits_for_the_answer() {
        let mut layer = Schools::default();
        layer.ask();
        layer.take(Vec::new(), 0);
        assert_eq!(press(&mut layer, "a"), Outcome::Ask);
        assert_eq!(press(&mut layer, "enter"), Outcome::Stay);
        assert_eq!(layer.ask().as_deref(), Some("a"));
        layer.take(vec![school(2, "Adams Middle", OrgKind::School)], 1);
        assert!(matches!(press(&mut layer, "enter"), Outcome::Context(Some(c)) if c.id == "S2"));
    }
}
