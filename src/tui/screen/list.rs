//! What every list has: a viewport over a page that the desk sends, a filter, marks, and the movements.
//!
//! A screen keeps a [`List`], gives it every message first ([`List::update`]) and then calls [`List::fetch`] with a closure
//! that words the request. While a page is on its way the one that is here stays on the screen.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Effect, Msg, StatusLine, Token};
use crate::desk::{Page, Request, Window};
use crate::tui::command::{Command, Place};
use crate::tui::look::Look;
use crate::tui::widget::line_edit::{Edited, LineEdit};
use crate::tui::widget::table::{Column, Row, Table};

/// Which part of a list is on the screen, and what is selected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Viewport {
    /// Index of the first row shown.
    pub first: u64,
    /// How many rows there is room for.
    pub height: u64,
    /// Index of the selected row.
    pub selected: u64,
    /// How many rows there are.
    pub total: u64,
}

impl Viewport {
    /// Selects a row, or the nearest there is, and scrolls as little as shows it.
    pub fn select(&mut self, index: u64) {
        self.selected = index.min(self.total.saturating_sub(1));
        let height = self.height.max(1);
        if self.selected < self.first {
            self.first = self.selected;
        } else if self.selected >= self.first + height {
            self.first = self.selected + 1 - height;
        }
        self.first = self.first.min(self.total.saturating_sub(height));
    }

    /// Does a movement; `false` if it is none.
    pub fn go(&mut self, command: Command) -> bool {
        let (page, at) = (self.height.max(1), self.selected);
        let to = match command {
            Command::Down | Command::FilterDown => at.saturating_add(1),
            Command::Up | Command::FilterUp => at.saturating_sub(1),
            Command::HalfDown => at.saturating_add(page.div_ceil(2)),
            Command::HalfUp => at.saturating_sub(page.div_ceil(2)),
            Command::PageDown => at.saturating_add(page),
            Command::PageUp => at.saturating_sub(page),
            Command::First => 0,
            Command::Last => u64::MAX,
            _ => return false,
        };
        // A page moves what is shown by a page, not only as little as needed.
        match command {
            Command::PageDown | Command::HalfDown => self.first = self.first.saturating_add(to - at).min(self.total.saturating_sub(page)),
            Command::PageUp | Command::HalfUp => self.first = self.first.saturating_sub(at - to),
            _ => {}
        }
        self.select(to);
        true
    }
}

/// What a message did to a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Did {
    /// Nothing: it was not for the list.
    Nothing,
    /// It was dealt with.
    Handled,
    /// It was dealt with, and another row is selected.
    Selected,
    /// It was dealt with, and the list holds other rows.
    Changed,
}

/// A list of which pages are fetched.
#[derive(Clone, Debug)]
pub struct List<T> {
    view: Viewport,
    /// The viewport that can be drawn with the page that is here: an older one while a page is on its way.
    shown: Viewport,
    page: Page<T>,
    token: Token,
    asked: Option<Window>,
    arrived: bool,
    stale: bool,
    /// The rows here are not those that are wanted: none has come yet, or another filter, sort or tab holds.
    other: bool,
    filter: LineEdit,
    filtering: bool,
    marks: BTreeSet<u64>,
    last_mark: Option<u64>,
}

impl<T> List<T> {
    /// An empty list that asks under tokens of that slot.
    pub fn new(slot: u8) -> Self {
        Self {
            view: Viewport::default(),
            shown: Viewport::default(),
            page: Page { first: 0, total: 0, unfiltered: 0, rows: Vec::new() },
            token: Token::of(slot),
            asked: None,
            arrived: false,
            stale: true,
            other: true,
            filter: LineEdit::default(),
            filtering: false,
            marks: BTreeSet::new(),
            last_mark: None,
        }
    }

    /// Says how many rows there is room for.
    pub fn set_height(&mut self, rows: u16) {
        self.view.height = u64::from(rows);
        self.view.select(self.view.selected);
        self.show();
    }

    /// Whether the rows that are wanted are still on their way.
    pub fn is_loading(&self) -> bool {
        self.other
    }

    /// Whether the first page has come.
    pub fn arrived(&self) -> bool {
        self.arrived
    }

    /// How many rows there are.
    pub fn total(&self) -> u64 {
        self.view.total
    }

    /// How many there are without the filter.
    pub fn unfiltered(&self) -> u64 {
        self.page.unfiltered
    }

    /// The index of the selected row.
    pub fn index(&self) -> u64 {
        self.view.selected
    }

    /// The selected row, if it is here.
    pub fn selected(&self) -> Option<&T> {
        self.row(self.view.selected)
    }

    /// A row, if it is here.
    pub fn row(&self, index: u64) -> Option<&T> {
        self.page.rows.get(usize::try_from(index.checked_sub(self.page.first)?).ok()?)
    }

    /// The rows to draw, with their indexes.
    pub fn rows(&self) -> impl Iterator<Item = (u64, &T)> {
        (self.shown.first..self.shown.first + self.shown.height).map_while(|i| Some((i, self.row(i)?)))
    }

    /// Which of the drawn rows is selected.
    pub fn selected_row(&self) -> Option<usize> {
        let at = self.view.selected.checked_sub(self.shown.first)?;
        (at < self.shown.height).then_some(at as usize)
    }

    /// The filter's text.
    pub fn filter(&self) -> &str {
        self.filter.text()
    }

    /// Sets the filter, as when a screen opens on a search.
    pub fn set_filter(&mut self, text: &str) {
        self.filter.set(text);
        self.restart();
    }

    /// A list, or its filter line while that is typed into.
    pub fn place(&self) -> Place {
        if self.filtering { Place::Filter } else { Place::List }
    }

    /// The marked rows' indexes.
    pub fn marks(&self) -> &BTreeSet<u64> {
        &self.marks
    }

    /// Forgets the marks.
    pub fn unmark(&mut self) {
        self.marks.clear();
        self.last_mark = None;
    }

    /// For the bottom line.
    pub fn status(&self) -> StatusLine {
        StatusLine {
            position: (self.arrived && self.view.total > 0).then_some((self.view.selected + 1, self.view.total)),
            filter: if self.filtering { String::new() } else { self.filter.text().to_owned() },
            marked: self.marks.len() as u64,
        }
    }

    /// What is shown may be old: the next [`fetch`](Self::fetch) asks again; selection and scroll stay.
    pub fn refresh(&mut self) {
        self.stale = true;
    }

    /// Other rows are wanted (another filter, sort or tab): from the first, without marks.
    pub fn restart(&mut self) {
        self.view.first = 0;
        self.view.selected = 0;
        self.unmark();
        self.stale = true;
        self.other = true;
    }

    /// Selects a row.
    pub fn select(&mut self, index: u64) {
        // Before the first page has come nothing is known of the end.
        if !self.arrived {
            self.view.total = self.view.total.max(index + 1);
        }
        self.view.select(index);
        self.show();
    }

    /// Takes a page of rows if it answers the last question; an older one is dropped and `false` given.
    pub fn take(&mut self, token: Token, page: Page<T>) -> bool {
        if token != self.token {
            return false;
        }
        self.arrived = true;
        self.other = false;
        self.view.total = page.total;
        self.page = page;
        self.view.select(self.view.selected);
        self.marks.split_off(&self.view.total);
        self.show();
        // The list may have become shorter than what was asked for.
        if !self.covers(self.view) {
            self.asked = None;
        }
        true
    }

    /// The request for what is missing, if something is. Call it after every message.
    pub fn fetch(&mut self, request: impl FnOnce(Window, String) -> Request) -> Option<Effect> {
        let covered = self.asked.is_some_and(|w| holds(w, self.view));
        if !self.stale && (covered || (self.arrived && self.covers(self.view))) {
            return None;
        }
        // A page before and a page after, so that a step does not ask.
        let height = self.view.height.max(1);
        let window = Window { first: self.view.first.saturating_sub(height), count: height * 3 };
        self.stale = false;
        self.asked = Some(window);
        self.token = self.token.next();
        Some(Effect::Ask { token: self.token, request: request(window, self.filter.text().to_owned()) })
    }

    /// Whether a reply under that token is for this list (also if it is an old one).
    pub fn owns(&self, token: Token) -> bool {
        token.slot == self.token.slot
    }

    /// Movements, marks, and the filter. Give it every message before the screen's own.
    pub fn update(&mut self, msg: &Msg) -> Did {
        match msg {
            Msg::Command(command) => self.command(*command),
            Msg::Key(key) if self.filtering => match self.filter.key(*key) {
                Edited::Changed => {
                    self.restart();
                    Did::Changed
                }
                Edited::Moved | Edited::AtEnd | Edited::Ignored => Did::Handled,
            },
            Msg::Paste(text) if self.filtering => {
                self.filter.insert(text);
                self.restart();
                Did::Changed
            }
            _ => Did::Nothing,
        }
    }

    /// Draws the rows as a table, with its titles.
    pub fn table<'a>(&'a self, buffer: &mut Buffer, area: Rect, look: &Look, columns: &[Column], row: impl Fn(&'a T) -> Row<'a>) {
        let rows = self.rows().map(|(index, item)| Row { marked: self.marks.contains(&index), ..row(item) });
        let whole = self.shown.total <= self.shown.height;
        Table { columns, rows, selected: self.selected_row(), titles: true, whole }.render(buffer, area, look);
    }

    /// Draws the filter line, " filter: smith", while it is typed into; where the cursor stands.
    pub fn filter_line(&self, buffer: &mut Buffer, area: Rect, look: &Look) -> Option<Position> {
        use crate::tui::theme::Role;
        const LABEL: &str = " filter: ";
        if !self.filtering || area.is_empty() {
            return None;
        }
        let label = (LABEL.len() as u16).min(area.width.saturating_sub(1));
        buffer.set_stringn(area.x, area.y, LABEL, usize::from(label), look.style(Role::Accent));
        Some(self.filter.render(buffer, Rect { x: area.x + label, width: area.width - label, height: 1, ..area }, look, ""))
    }

    /// Where the cursor stands in the filter line, which is the last line of a list's area, while it is typed into.
    pub fn filter_cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        let foot = Rect { y: area.bottom().saturating_sub(1), height: area.height.min(1), ..area };
        self.filter_line(&mut Buffer::empty(foot), foot, look)
    }

    fn command(&mut self, command: Command) -> Did {
        match command {
            Command::Filter => self.filtering = true,
            Command::FilterKeep => self.filtering = false,
            Command::Back if self.filtering || !self.filter.is_empty() => {
                self.filtering = false;
                if !self.filter.is_empty() {
                    self.filter.clear();
                    self.restart();
                    return Did::Changed;
                }
            }
            Command::Mark if self.view.total > 0 => {
                let at = self.view.selected;
                if !self.marks.remove(&at) {
                    self.marks.insert(at);
                }
                self.last_mark = Some(at);
                return if self.step(Command::Down) { Did::Selected } else { Did::Handled };
            }
            Command::MarkRange if self.view.total > 0 => {
                let (from, to) = (self.last_mark.unwrap_or(self.view.selected), self.view.selected);
                self.marks.extend(from.min(to)..=from.max(to));
                self.last_mark = Some(to);
            }
            Command::MarkAll => {
                if self.marks.len() as u64 == self.view.total {
                    self.marks.clear();
                } else {
                    self.marks = (0..self.view.total).collect();
                }
            }
            other => {
                let before = self.view.selected;
                if !self.step(other) {
                    return Did::Nothing;
                }
                return if self.view.selected == before { Did::Handled } else { Did::Selected };
            }
        }
        Did::Handled
    }

    fn step(&mut self, command: Command) -> bool {
        let moved = self.view.go(command);
        self.show();
        moved
    }

    /// Whether the page that is here has all that a viewport shows.
    fn covers(&self, view: Viewport) -> bool {
        let end = (view.first + view.height).min(view.total);
        view.first >= self.page.first && end <= self.page.first + self.page.rows.len() as u64
    }

    fn show(&mut self) {
        if self.covers(self.view) {
            self.shown = self.view;
        }
    }
}

fn holds(window: Window, view: Viewport) -> bool {
    let end = (view.first + view.height).min(view.total);
    view.first >= window.first && end <= window.first + window.count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(total: u64, height: u16) -> List<u64> {
        let mut list = List::new(0);
        list.set_height(height);
        answer(&mut list, total);
        list
    }

    /// Answers what the list asks, if it asks.
    fn answer(list: &mut List<u64>, total: u64) -> Option<Window> {
        let mut asked = None;
        let effect = list.fetch(|window, _| {
            asked = Some(window);
            Request::Overview
        })?;
        let (Effect::Ask { token, .. }, Some(window)) = (effect, asked) else { return None };
        list.take(token, page(window, total));
        asked
    }

    fn page(window: Window, total: u64) -> Page<u64> {
        let end = (window.first + window.count).min(total);
        Page { first: window.first, total, unfiltered: total, rows: (window.first..end).collect() }
    }

    fn go(list: &mut List<u64>, command: Command) -> Did {
        list.update(&Msg::Command(command))
    }

    #[test]
    fn a_step_within_the_page_asks_nothing() {
        let mut list = list(1000, 10);
        assert_eq!(go(&mut list, Command::Down), Did::Selected);
        assert_eq!(answer(&mut list, 1000), None);
        assert_eq!(list.selected(), Some(&1));
    }

    #[test]
    fn the_last_of_a_million_is_one_question_away_and_the_old_page_stays_until_it_comes() {
        let mut list = list(1_000_000, 10);
        go(&mut list, Command::Last);
        assert_eq!(list.rows().next(), Some((0, &0)), "the old page is still there");
        assert_eq!(list.selected_row(), None);
        assert_eq!(answer(&mut list, 1_000_000), Some(Window { first: 999_980, count: 30 }));
        assert_eq!(list.rows().next(), Some((999_990, &999_990)));
        assert_eq!(list.selected_row(), Some(9));
    }

    #[test]
    fn an_old_reply_is_dropped() {
        let mut list = list(1000, 10);
        list.refresh();
        let first = list.fetch(|_, _| Request::Overview);
        list.refresh();
        let second = list.fetch(|_, _| Request::Overview);
        let (Some(Effect::Ask { token: old, .. }), Some(Effect::Ask { token: new, .. })) = (first, second) else { panic!("both ask") };
        assert!(!list.take(old, page(Window::ALL, 5)));
        assert!(list.take(new, page(Window { first: 0, count: 30 }, 7)));
        assert_eq!(list.total(), 7);
    }

    #[test]
    fn a_list_that_became_shorter_keeps_the_nearest_row() {
        let mut list = list(1000, 10);
        go(&mut list, Command::Last);
        answer(&mut list, 1000);
        list.refresh();
        answer(&mut list, 20);
        assert_eq!(answer(&mut list, 20), Some(Window { first: 0, count: 30 }), "what it asked for lies behind the new end");
        assert_eq!((list.index(), list.selected()), (19, Some(&19)));
    }

    #[test]
    fn typing_filters_and_back_clears_the_filter_before_it_leaves() {
        let mut list = list(1000, 10);
        go(&mut list, Command::Filter);
        assert_eq!(list.place(), Place::Filter);
        assert_eq!(list.update(&Msg::Key(Key::char('s'))), Did::Changed);
        let mut text = String::new();
        list.fetch(|_, filter| {
            text = filter;
            Request::Overview
        });
        assert_eq!(text, "s");
        go(&mut list, Command::FilterKeep);
        assert_eq!((list.place(), list.status().filter.as_str()), (Place::List, "s"));
        assert_eq!(go(&mut list, Command::Back), Did::Changed);
        assert_eq!(go(&mut list, Command::Back), Did::Nothing);
    }

    #[test]
    fn marks_one_a_range_and_all() {
        let mut list = list(20, 10);
        go(&mut list, Command::Mark);
        assert_eq!((list.index(), list.marks().len()), (1, 1));
        go(&mut list, Command::Down);
        go(&mut list, Command::MarkRange);
        assert_eq!(list.marks().len(), 3);
        go(&mut list, Command::MarkAll);
        assert_eq!(list.status().marked, 20);
        go(&mut list, Command::MarkAll);
        assert_eq!(list.status().marked, 0);
    }

    use crate::tui::keys::Key;
}
