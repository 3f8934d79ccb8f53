//! The log of syncs, newest first.

use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};

use super::asked::say;
use super::list::{Did, List};
use super::paint::{Paint, divide, empty, filter_foot, piece};
use super::report::Reports;
use super::sync::SyncScreen;
use super::{Effect, Msg, Offer, Screen, StatusLine, words};
use crate::desk::{Event, Reply, Request, Window};
use crate::ledger::{Sync, SyncKind, SyncNo};
use crate::tui::command::{Command, Place};
use crate::tui::look::{Look, duration, number};
use crate::tui::theme::Role;
use crate::tui::widget::split;
use crate::tui::widget::table::{Cell, Column, Row};

/// The log.
#[derive(Debug)]
pub struct Syncs {
    list: List<Sync>,
    reports: Reports,
    room: Size,
}

const COLUMNS: &[Column] = &[
    Column::number("no.", 5, 0),
    Column::text("feed", 12, 24, 0),
    Column::text("type", 10, 14, 5),
    Column::text("file", 10, 32, 2),
    Column::text("status", 9, 9, 0),
    Column::text("when", 6, 10, 1),
    Column::number("new", 6, 3),
    Column::number("upd", 6, 3),
    Column::number("same", 9, 6),
    Column::number("off", 6, 5),
    Column::number("err", 6, 0),
    Column::number("took", 7, 7),
    Column::text("by", 6, 12, 8),
];

impl Default for Syncs {
    fn default() -> Self {
        Self { list: List::new(0), reports: Reports::new(1), room: Size::default() }
    }
}

impl Syncs {
    fn fetch(&mut self) -> Vec<Effect> {
        self.list.fetch(|window: Window, filter| Request::Syncs { window, org: None, filter }).into_iter().collect()
    }

    fn fit(&mut self) {
        self.list.set_height(self.room.height.saturating_sub(1 + u16::from(self.list.place() == Place::Filter)));
    }

    /// One row of the log: other screens show the same.
    pub fn row<'a>(sync: &'a Sync, look: &Look) -> Row<'a> {
        let total = sync.counts.total();
        let count = |n: u64| Cell::new(number(n), if n == 0 { Role::Dim } else { Role::Text });
        Row::new([
            Cell::from(sync.number.to_string()),
            Cell::from(words::feed(sync)),
            Cell::new(if sync.dry_run { format!("dry {}", words::kind(sync)) } else { words::kind(sync) }, Role::Dim),
            // The type's column is the first to go: a re-run must not look like an import there.
            if sync.kind == SyncKind::Import {
                Cell::from(sync.file.as_str())
            } else {
                Cell::from(format!("{}, {}", words::kind(sync), sync.file))
            },
            Cell::new(words::status(sync.status), look.status(sync.status)),
            Cell::new(look.when(sync.started), Role::Dim),
            count(total.created),
            count(total.updated),
            count(total.unchanged),
            count(total.disabled),
            Cell::new(number(sync.rows_with_errors), if sync.rows_with_errors > 0 { Role::Error } else { Role::Dim }),
            Cell::new(sync.seconds().map(duration).unwrap_or_default(), Role::Dim),
            Cell::new(sync.by.0.as_str(), Role::Dim),
        ])
    }

    /// The columns of [`Syncs::row`].
    pub const COLUMNS: &'static [Column<'static>] = COLUMNS;
}

impl Syncs {
    /// The log, filtered: the syncs of a feed.
    pub fn filtered(text: &str) -> Self {
        let mut log = Self::default();
        log.list.set_filter(text);
        log
    }
}

/// What is known of a sync besides its row, line by line.
pub fn about(paint: &mut Paint, sync: &Sync, look: &Look) {
    let plain = |text: String| [piece(text, Role::Text)];
    paint.line(&[piece(format!("{} {}", sync.number, words::feed(sync)), Role::Accent)]);
    paint.line(&[piece(sync.status.words(), look.status(sync.status))]);
    if let Some(note) = &sync.note {
        paint.wrapped(1, note, Role::Text, 3);
    }
    paint.next();
    for (label, value) in [
        ("file", sync.file.clone()),
        ("profile", sync.profile.clone()),
        ("type", words::kind(sync)),
        ("mode", sync.mode.to_string()),
        ("school", sync.org.clone().unwrap_or_else(|| String::from("whole district"))),
        ("when", look.moment(sync.started)),
        ("took", sync.seconds().map_or_else(|| String::from("not ended"), duration)),
        ("by", sync.by.0.clone()),
        ("rows", number(sync.rows)),
        ("with errors", number(sync.rows_with_errors)),
        ("warnings", number(sync.warnings)),
    ] {
        paint.labelled(label, 14, &plain(value));
    }
    if let Some(hold) = &sync.hold {
        paint.labelled("held for", 14, &[piece(hold.codes.join(", "), Role::Held)]);
    }
    if let Some(by) = sync.undone_by {
        paint.labelled("undone by", 14, &plain(by.to_string()));
    }
    paint.next();
    paint.wrapped(1, &words::tally(&sync.counts.total(), words::DONE), Role::Text, 3);
}

impl Screen for Syncs {
    fn crumb(&self) -> String {
        String::from("Syncs")
    }

    fn place(&self) -> Place {
        self.list.place()
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        self.fetch()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let did = self.list.update(&msg);
        let mut effects = Vec::new();
        match (did, msg) {
            (Did::Nothing, Msg::Command(Command::Open)) => {
                return self
                    .list
                    .selected()
                    .map(|s| Effect::Push(Box::new(SyncScreen::new(s.number)) as Box<dyn Screen>))
                    .into_iter()
                    .collect();
            }
            (Did::Nothing, Msg::Command(Command::Output)) => {
                effects.extend(self.list.selected().map(|s| s.number).and_then(|number| self.reports.choose(number)));
            }
            (_, Msg::Chosen { token, index }) if self.reports.owns(token) => effects.extend(self.reports.chosen(index)),
            (_, Msg::Reply { token, reply }) if self.reports.owns(token) => effects.extend(self.reports.reply(*reply)),
            (_, Msg::Reply { token, reply }) => match *reply {
                Reply::Syncs(page) => drop(self.list.take(token, page)),
                Reply::Trouble(t) => effects.push(say(&t)),
                _ => {}
            },
            (_, Msg::Event(Event::SyncChanged(_)) | Msg::Shown) => self.list.refresh(),
            (_, Msg::Resized(room)) => self.room = room,
            (Did::Handled | Did::Selected | Did::Changed, Msg::Command(Command::Back)) => effects.push(Effect::Handled),
            _ => {}
        }
        self.fit();
        effects.extend(self.fetch());
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let (list, detail) = split(area);
        let (list, foot) = filter_foot(list, self.place());
        let buffer = frame.buffer_mut();
        self.list.filter_line(buffer, foot, look);
        if self.list.arrived() && self.list.total() == 0 {
            let filtered = [format!("No sync matches \"{}\".", self.list.filter()), String::from("esc clears the filter")];
            return if self.list.filter().is_empty() {
                empty(buffer, list, look, &["Nothing was imported yet.", "i imports a file"]);
            } else {
                empty(buffer, list, look, &filtered.each_ref().map(String::as_str));
            };
        }
        self.list.table(buffer, list, look, COLUMNS, |s| Self::row(s, look));
        if let (Some(detail), Some(sync)) = (detail, self.list.selected()) {
            divide(buffer, detail, look);
            about(&mut Paint::new(buffer, detail, look), sync, look);
        }
    }

    fn is_loading(&self) -> bool {
        self.list.is_loading()
    }

    fn offers(&self) -> Vec<Offer> {
        let none = self.list.selected().is_none().then_some("nothing is selected");
        vec![
            Offer::unless(Command::Open, none),
            Offer::on(Command::Filter),
            Offer::on(Command::FilterKeep),
            Offer::unless(Command::Output, none).called("report"),
        ]
    }

    fn status(&self) -> StatusLine {
        self.list.status()
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        self.list.filter_cursor(area, look)
    }

    fn sync(&self) -> Option<SyncNo> {
        self.list.selected().map(|s| s.number)
    }
}
