//! Finds anyone, any school, and the refused rows of the latest uploads, from anywhere.
//!
//! Only one question is on its way at a time: what is typed meanwhile is asked when the answer comes. So a slow line or a
//! large roster drops the questions in between and never queues them.

use crossterm::event::KeyCode;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Span;

use super::{Outcome, boxed, first_row, line, line_cut, step};
use crate::desk::{Found, Hit, HitWhat};
use crate::tui::keys::Key;
use crate::tui::look::{self, Glyph, Look};
use crate::tui::theme::Role;
use crate::tui::visible;
use crate::tui::widget::line_edit::{Edited, LineEdit};

/// Hits asked for.
pub const HITS: usize = 50;

/// A look-up.
#[derive(Clone, Debug, Default)]
pub struct Find {
    query: LineEdit,
    /// The query on its way.
    asked: Option<String>,
    found: Found,
    /// The query that `found` answers.
    answered: String,
    selected: usize,
    /// Which hit is to be selected when the same query is answered again.
    kept: Option<usize>,
}

impl Find {
    /// It is shown again, as it was left: the same is asked once more, since what was found may have changed.
    pub fn again(&mut self) {
        self.asked = None;
        self.answered.clear();
        self.kept = Some(self.selected);
    }

    /// The query to ask now: none while one is on its way, or where nothing has changed.
    pub fn ask(&mut self) -> Option<String> {
        let query = self.query.text().trim();
        if self.asked.is_some() || query == self.answered {
            return None;
        }
        if query.is_empty() {
            self.found = Found::default();
            self.answered.clear();
            return None;
        }
        self.asked = Some(query.to_owned());
        self.asked.clone()
    }

    /// Takes the answer.
    pub fn take(&mut self, found: Found) {
        if let Some(query) = self.asked.take() {
            self.answered = query;
            self.selected = self.kept.take().unwrap_or(0).min(found.hits.len().saturating_sub(1));
            self.found = found;
        }
    }

    /// The question could not be answered: do not ask it again.
    pub fn failed(&mut self) {
        self.take(Found::default());
    }

    /// Lets a key act.
    pub fn key(&mut self, key: Key) -> Outcome {
        match key.code {
            KeyCode::Esc => Outcome::Close,
            KeyCode::Enter => self.found.hits.get(self.selected).map_or(Outcome::Stay, |hit| Outcome::Hit(hit.clone())),
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
        let inner = boxed(
            frame,
            area,
            area.width.saturating_sub(4).min(110),
            area.height.saturating_sub(2),
            "Find anyone, any school or class",
            look,
        );
        if inner.is_empty() {
            return None;
        }
        let count = self.count(look);
        let side = (visible::width(&count) as u16 + 1).min(inner.width / 2);
        line(
            frame,
            Rect { x: inner.right() - side, width: side, ..inner },
            0,
            vec![Span::raw(" "), Span::styled(count, look.style(Role::Dim))],
        );
        let cursor = self.query.render(frame.buffer_mut(), Rect { width: inner.width - side, height: 1, ..inner }, look, "");
        let rows = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
        if self.found.hits.is_empty() {
            let text = match (self.query.text().trim().is_empty(), self.asked.is_some()) {
                (true, _) => {
                    "Words of a name or title in any order, an ID, part of an e-mail, the end of a phone number; refused rows are found too. `guardian of` and a student finds the guardians."
                }
                (false, true) => "Looking.",
                (false, false) => "Nobody and nothing found. Fewer letters find more.",
            };
            for (row, text) in visible::wrap(text, usize::from(rows.width)).into_iter().enumerate() {
                line(frame, rows, row as u16 + 1, vec![Span::styled(text, look.style(Role::Dim))]);
            }
            return Some(cursor);
        }
        let first = first_row(self.selected, rows.height);
        for (row, (index, hit)) in self.found.hits.iter().enumerate().skip(first).take(usize::from(rows.height)).enumerate() {
            line_cut(frame, rows, row as u16, spans(hit, index == self.selected, rows.width, look), look);
        }
        Some(cursor)
    }

    fn count(&self, look: &Look) -> String {
        if self.answered.is_empty() {
            return String::new();
        }
        let dot = look.glyph(Glyph::Dot);
        let took = if self.found.micros < 1000 { "<1 ms".to_owned() } else { format!("{} ms", self.found.micros / 1000) };
        format!("{} of {} {dot} {took}", self.found.hits.len(), look::number(self.found.total))
    }

    fn go(&mut self, by: usize) -> Outcome {
        (0..by).for_each(|_| self.selected = step(self.selected, self.found.hits.len(), true));
        Outcome::Stay
    }

    fn back(&mut self, by: usize) -> Outcome {
        self.selected = self.selected.saturating_sub(by);
        Outcome::Stay
    }
}

/// Marker, title with the matched letters marked, and what else tells the hit apart.
/// A hit in one line. A long name gives way to what it is about, down to half of the line.
fn spans<'a>(hit: &'a Hit, selected: bool, width: u16, look: &'a Look) -> Vec<Span<'a>> {
    let base = look.style(if selected { Role::Selected } else { Role::Text });
    let marker = if selected { look.glyph(Glyph::Selected) } else { " " };
    let mut spans = vec![Span::styled(format!("{marker} "), look.style(Role::Accent))];
    if matches!(hit.what, HitWhat::Refused { .. }) {
        spans.push(Span::styled(format!("{} ", look.glyph(Glyph::Error)), look.style(Role::Error)));
    }
    let about = marked(&hit.about, &hit.matched_about, look.style(Role::Dim), look);
    let about_width = about.iter().map(Span::width).sum::<usize>();
    let left = usize::from(width).saturating_sub(spans.iter().map(Span::width).sum::<usize>() + 2);
    let mut room = left.saturating_sub(about_width).max(left / 2);
    for mut span in marked(&hit.title, &hit.matched, base, look) {
        if span.width() > room {
            span.content = visible::cut(&span.content, room, look.ascii).into_owned().into();
        }
        room -= span.width().min(room);
        spans.push(span);
    }
    spans.push(Span::raw("  "));
    spans.extend(about);
    spans
}

/// Text with the letters at those indexes in the style of a match. A letter with its accents stays in one piece.
pub fn marked(text: &str, matched: &[u32], base: Style, look: &Look) -> Vec<Span<'static>> {
    use unicode_segmentation::UnicodeSegmentation;
    let text = look.personal(text).into_owned();
    let mut spans: Vec<(String, bool)> = Vec::new();
    let mut at = 0;
    for grapheme in text.graphemes(true) {
        let count = grapheme.chars().count() as u32;
        let hit = matched.iter().any(|m| (at..at + count).contains(m));
        at += count;
        let shown = look.visible(grapheme);
        match spans.last_mut() {
            Some((run, was)) if *was == hit => run.push_str(&shown),
            _ => spans.push((shown.into_owned(), hit)),
        }
    }
    let style = |hit| if hit { base.patch(look.style(Role::Match)) } else { base };
    spans.into_iter().map(|(text, hit)| Span::styled(text, style(hit))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::PersonNo;

    fn typed(find: &mut Find, text: &str) {
        text.chars().for_each(|c| {
            find.key(Key::char(c));
        });
    }

    #[test]
    fn only_one_question_is_on_its_way_and_the_last_one_wins() {
        let mut find = Find::default();
        typed(&mut find, "m");
        assert_eq!(find.ask().as_deref(), Some("m"));
        typed(&mut find, "ar");
        assert_eq!(find.ask(), None, "one is on its way");
        find.take(Found { total: 9, ..Found::default() });
        assert_eq!(find.ask().as_deref(), Some("mar"));
        find.take(Found { total: 3, ..Found::default() });
        assert_eq!(find.ask(), None, "nothing new was typed");
    }

    #[test]
    fn enter_opens_the_selected_hit() {
        let hit = |n: u32| Hit {
            what: HitWhat::Person(PersonNo(n)),
            title: format!("P{n}"),
            about: String::new(),
            matched: vec![0],
            matched_about: Vec::new(),
        };
        let mut find = Find::default();
        typed(&mut find, "p");
        find.ask();
        find.take(Found { total: 2, hits: vec![hit(1), hit(2)], micros: 10 });
        find.key("<Down>".parse().unwrap());
        assert_eq!(find.key("<Enter>".parse().unwrap()), Outcome::Hit(hit(2)));
    }

    #[test]
    fn shown_again_it_asks_the_same_and_keeps_the_selected_hit() {
        let hit = |n: u32| Hit { what: HitWhat::Person(PersonNo(n)), title: format!("P{n}"), ..blank() };
        let found = || Found { total: 2, hits: vec![hit(1), hit(2)], micros: 10 };
        let mut find = Find::default();
        typed(&mut find, "p");
        find.ask();
        find.take(found());
        find.key("<Down>".parse().unwrap());
        find.again();
        assert_eq!(find.ask().as_deref(), Some("p"));
        find.take(found());
        assert_eq!(find.key("<Enter>".parse().unwrap()), Outcome::Hit(hit(2)));
    }

    fn blank() -> Hit {
        let what = HitWhat::Person(PersonNo(0));
        Hit { what, title: String::new(), about: String::new(), matched: Vec::new(), matched_about: Vec::new() }
    }

    #[test]
    fn matched_letters_are_told_apart() {
        let look = Look::plain();
        let spans = marked("Garcia", &[0, 1, 2], Style::new(), &look);
        assert_eq!(spans.iter().map(|s| s.content.as_ref()).collect::<Vec<_>>(), ["Gar", "cia"]);
        assert_eq!(spans[0].style, look.style(Role::Match));
    }
}
