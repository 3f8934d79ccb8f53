//! What every list has: a viewport over a page that the desk sends, a filter, marks, columns and sort, and the movements.
//!
//! A screen keeps a [`List`], gives it every message first ([`List::update`]) and then calls [`List::ask`] with a closure
//! that words the request. While a page is on its way the one that is here stays on the screen.
//!
//! What is selected and marked is kept by what records are known by ([`Record::id`]), through filter, sort and refresh. Where the selected
//! record is not on the page that comes, the desk is asked where it stands now.

mod arrangement;
mod draw;
mod many;
mod record;
#[cfg(test)]
mod tests;
mod viewport;

use std::collections::BTreeSet;

use super::{Effect, Msg, StatusLine, Token};
use crate::desk::{ListAsk, Listed, Output, Page, Reply, Request, Window};
use crate::tui::command::{Command, Place};
use crate::tui::memory::Memory;
use crate::tui::widget::line_edit::{Edited, LineEdit};
use crate::tui::widget::table::Column;

pub use arrangement::Arrangement;
pub use record::Record;
pub use viewport::Viewport;

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
    keeps_filter: bool,
    anchor: Option<Anchor>,
    /// Whether the desk is to be asked, or was, where the anchor stands.
    seek: Seek,
    /// Who was selected before the filter, until another one is.
    home: Option<Anchor>,
    marks: BTreeSet<u64>,
    last_mark: Option<(u64, u64)>,
    wishes: Vec<Wish>,
    ready: Vec<Ready>,
    copying: Option<many::Copying<T>>,
    arrangement: Arrangement,
}

/// The record that is to stay selected, and on which line it stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Anchor {
    id: u64,
    line: u64,
}

/// Whether the desk is asked where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seek {
    No,
    Wanted,
    Asked,
}

/// What is asked of the desk besides pages.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wish {
    /// Who stands in a window, to be marked.
    Ids(Window),
    /// The marked records, to be copied.
    Copy,
    /// A file of the marked records, or of all.
    Csv,
}

/// What came of it.
#[derive(Clone, Debug)]
enum Ready {
    Copy { text: String, show: bool },
    Save(Output),
}

impl<T: Record> List<T> {
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
            keeps_filter: false,
            anchor: None,
            seek: Seek::No,
            home: None,
            marks: BTreeSet::new(),
            last_mark: None,
            wishes: Vec::new(),
            ready: Vec::new(),
            copying: None,
            arrangement: Arrangement::new(slot, "", ""),
        }
    }

    /// The same, under a name by which its columns and its sort are remembered; of itself it is sorted by that column.
    #[must_use]
    pub fn named(mut self, name: &'static str, sorted_by: &'static str) -> Self {
        self.arrangement = Arrangement::new(self.token.slot, name, sorted_by);
        self
    }

    /// The same for a list whose columns are another file's the next time: its sort is not remembered.
    #[must_use]
    pub fn sorted_for_this_time(mut self) -> Self {
        self.arrangement = self.arrangement.for_this_time();
        self
    }

    /// The same, with its filter remembered too: for lists that name nobody.
    #[must_use]
    pub fn keeping_its_filter(self) -> Self {
        Self { keeps_filter: true, ..self }
    }

    /// Takes up what was arranged in another session.
    pub fn recall(&mut self, memory: &Memory) {
        self.arrangement.recall(memory);
        if self.keeps_filter && !self.arrangement.filter().is_empty() {
            self.filter.set(self.arrangement.filter());
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

    /// For the bottom line.
    pub fn status(&self) -> StatusLine {
        StatusLine {
            position: (self.arrived && self.view.total > 0).then_some((self.view.selected + 1, self.view.total)),
            filter: if self.filtering { String::new() } else { self.filter.text().to_owned() },
            marked: self.marks.len() as u64,
        }
    }

    /// What is shown may be old: the next question asks again; the selected record and the scroll stay.
    pub fn refresh(&mut self) {
        self.hold();
        self.stale = true;
    }

    /// The same records are wanted in another order: the selected one stays, and so do the marks.
    fn reorder(&mut self) {
        self.hold();
        self.begin_at_the_top();
    }

    /// Other rows are wanted (another tab, another sort of records): from the first, without marks.
    pub fn restart(&mut self) {
        (self.anchor, self.home) = (None, None);
        self.unmark();
        self.begin_at_the_top();
    }

    fn begin_at_the_top(&mut self) {
        self.view.first = 0;
        self.view.selected = 0;
        (self.stale, self.other, self.seek) = (true, true, Seek::No);
        self.last_mark = None;
    }

    /// Holds on to the record that is selected; to the one that was, while other rows are on their way.
    fn hold(&mut self) {
        if !self.other {
            let line = self.view.selected.saturating_sub(self.view.first);
            self.anchor = self.selected().and_then(Record::id).map(|id| Anchor { id, line });
        }
    }

    /// The filter has another text: who was selected stays so, and comes back when the filter goes.
    fn refilter(&mut self, was_empty: bool) {
        if was_empty {
            self.hold();
            self.home = self.anchor;
        } else if self.filter.is_empty() && self.home.is_some() {
            self.anchor = self.home.take();
        } else {
            self.hold();
        }
        self.begin_at_the_top();
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
        let Some(anchor) = self.anchor else {
            self.put(page, None);
            return true;
        };
        let on_page = page.rows.iter().position(|row| row.id() == Some(anchor.id)).map(|at| page.first + at as u64);
        if on_page.is_some() || page.rows.len() as u64 >= page.total || self.seek == Seek::Asked {
            self.put(page, on_page.map(|at| (at, anchor.line)));
        } else {
            // It stands somewhere else: what is here stays until the desk has said where.
            (self.seek, self.asked) = (Seek::Wanted, None);
        }
        true
    }

    /// Puts a page in place; what is selected stands at that index, on that line, or where it stood.
    fn put(&mut self, page: Page<T>, at: Option<(u64, u64)>) {
        (self.arrived, self.other, self.seek, self.anchor) = (true, false, Seek::No, None);
        self.view.total = page.total;
        self.page = page;
        match at {
            Some((at, line)) => self.view.select_at_line(at, line),
            None => self.view.select(self.view.selected),
        }
        self.show();
        // The list may have become shorter than what was asked for.
        if !self.covers(self.view) {
            self.asked = None;
        }
    }

    /// What is to be asked and done: the pages that are missing, who is marked, what is copied and exported, what is to be
    /// remembered. Call it after every message.
    pub fn ask(&mut self, request: impl Fn(Window, String) -> Request) -> Vec<Effect> {
        let mut effects = self.many(&request);
        let filter = (self.keeps_filter && !self.filtering).then(|| self.filter.text().to_owned());
        effects.extend(self.arrangement.remember(filter.as_deref()));
        effects.extend(self.fetch(request));
        effects
    }

    /// The request for what is missing, if something is. Call it after every message.
    pub fn fetch(&mut self, request: impl FnOnce(Window, String) -> Request) -> Option<Effect> {
        let covered = self.asked.is_some_and(|w| holds(w, self.view));
        if !self.stale && self.seek != Seek::Wanted && (covered || (self.arrived && self.covers(self.view))) {
            return None;
        }
        // A page before and a page after, so that a step does not ask.
        let height = self.view.height.max(1);
        let window = Window { first: self.view.first.saturating_sub(height), count: height * 3 };
        self.stale = false;
        self.asked = Some(window);
        self.token = self.token.next();
        let list = request(window, self.filter.text().to_owned());
        let ask = if let (Seek::Wanted, Some(anchor)) = (self.seek, self.anchor) {
            self.seek = Seek::Asked;
            ListAsk::Around(anchor.id)
        } else {
            self.seek = Seek::No;
            ListAsk::Page
        };
        Some(Effect::Ask { token: self.token, request: self.worded(list, ask) })
    }

    /// The request, with the sort that is wanted.
    fn worded(&self, list: Request, ask: ListAsk) -> Request {
        match (self.arrangement.sort(), ask) {
            (None, ListAsk::Page) => list,
            // One school alone is no list.
            _ if list.window().is_none() => list,
            (sort, ask) => Request::Listed(Box::new(Listed { list, sort: sort.cloned(), ask })),
        }
    }

    /// Whether a reply under that token is for this list (also if it is an old one).
    pub fn owns(&self, token: Token) -> bool {
        token.slot == self.token.slot
    }

    /// Movements, marks, the filter, sort and columns, and the replies to what the list asks for itself. Give it every message before the
    /// screen's own.
    pub fn update(&mut self, msg: &Msg) -> Did {
        if let Some(other) = self.arrangement.update(msg) {
            if other {
                self.reorder();
            }
            return Did::Changed;
        }
        match msg {
            Msg::Command(command) => self.command(*command),
            Msg::Counted { command, count } => self.counted(*command, *count),
            Msg::Reply { token, reply } if self.owns(*token) => self.replied(*token, reply),
            Msg::Key(key) if self.filtering => {
                let was_empty = self.filter.is_empty();
                match self.filter.key(*key) {
                    Edited::Changed => {
                        self.refilter(was_empty);
                        Did::Changed
                    }
                    Edited::Moved | Edited::AtEnd | Edited::Ignored => Did::Handled,
                }
            }
            Msg::Paste(text) if self.filtering => {
                let was_empty = self.filter.is_empty();
                self.filter.insert(text);
                self.refilter(was_empty);
                Did::Changed
            }
            _ => Did::Nothing,
        }
    }

    fn replied(&mut self, token: Token, reply: &Reply) -> Did {
        if let Reply::Around { at, page } = reply
            && token == self.token
        {
            let line = self.anchor.map_or(0, |a| a.line);
            if let Some(page) = T::page((**page).clone()) {
                self.put(page, at.map(|at| (at, line)));
            }
            return Did::Changed;
        }
        // A column that is there no more, remembered or of another file: the list's own order, instead of no list.
        if matches!(reply, Reply::Trouble(_)) && token == self.token && self.arrangement.unsort() {
            self.reorder();
            return Did::Handled;
        }
        self.many_replied(token, reply)
    }

    /// How its columns stand: for screens that draw the table themselves.
    pub fn arrangement(&self) -> &Arrangement {
        &self.arrangement
    }

    /// Carries out `s`, `S` and `c` on a list of those columns.
    pub fn arrange(&mut self, command: Command, columns: &[Column]) -> Option<Effect> {
        let effect = self.arrangement.command(command, columns)?;
        if command == Command::Reverse {
            self.reorder();
        }
        Some(effect)
    }

    fn command(&mut self, command: Command) -> Did {
        match command {
            Command::Filter => self.filtering = true,
            Command::FilterKeep => self.filtering = false,
            Command::Back if self.filtering || !self.filter.is_empty() => {
                self.filtering = false;
                if !self.filter.is_empty() {
                    self.filter.clear();
                    self.refilter(false);
                    return Did::Changed;
                }
            }
            Command::Mark | Command::MarkRange | Command::MarkAll => return self.mark(command),
            other => return self.step(other, None),
        }
        Did::Handled
    }

    fn step(&mut self, command: Command, times: Option<u64>) -> Did {
        let before = self.view.selected;
        if !self.view.go_times(command, times) {
            return Did::Nothing;
        }
        self.show();
        if self.view.selected == before {
            return Did::Handled;
        }
        self.home = None;
        if self.anchor.is_some() && !self.other {
            // A refresh is on its way: it is the one now selected that stays.
            self.anchor = None;
            self.hold();
        }
        Did::Selected
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
