//! Accounts that syncs keep switching off and on, each with the changes of its status: two sources disagree, or one wavers.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::asked::{Asked, say};
use super::list::Viewport;
use super::paint::{Paint, divide, empty, foot, piece};
use super::person::{PersonScreen, origin};
use super::{Effect, Msg, Offer, Screen, StatusLine, words};
use crate::desk::{Event, Flip, HistoryLine, Reply, Request};
use crate::tui::command::Command;
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row, Table};
use crate::tui::widget::{WIDE, split};

/// The accounts that flip.
#[derive(Debug)]
pub struct Flips {
    all: Asked<Vec<Flip>>,
    view: Viewport,
    room: Size,
}

const COLUMNS: &[Column] = &[
    Column::text("account", 16, 30, 0),
    Column::text("ID", 9, 14, 1),
    Column::text("role", 7, 14, 3),
    Column::text("feed", 12, 24, 0),
    Column::number("times", 5, 0),
    Column::text("now", 8, 8, 2),
    Column::text("last", 6, 12, 1),
];

/// Lines at the foot for the history of what is selected.
const BELOW: u16 = 9;

impl Default for Flips {
    fn default() -> Self {
        Self { all: Asked::new(0), view: Viewport::default(), room: Size::default() }
    }
}

impl Flips {
    fn selected(&self) -> Option<&Flip> {
        self.all.get()?.get(self.view.selected as usize)
    }

    fn below(size: Size) -> u16 {
        if size.width >= WIDE { 0 } else { BELOW.min(size.height / 2) }
    }

    fn fit(&mut self) {
        self.view.height = u64::from(self.room.height.saturating_sub(1 + Self::below(self.room)));
        self.view.total = self.all.get().map_or(0, |all| all.len() as u64);
        self.view.select(self.view.selected);
    }
}

/// "02:15  active → disabled  #48 line 1,204".
fn change(paint: &mut Paint, entry: &HistoryLine, look: &Look) {
    let status = entry.changes.iter().find(|c| c.field == "status");
    let what = status.map_or_else(
        || entry.action.clone(),
        |c| format!("{} {} {}", if c.before.is_empty() { look.glyph(Glyph::None) } else { &c.before }, look.glyph(Glyph::Takes), c.after),
    );
    let when = look.when(entry.at);
    paint.at(1, &[piece(when.as_str(), Role::Dim)]);
    paint.at(13, &[piece(what, Role::Text)]);
    let origin = origin(entry.sync, entry.line, &entry.by, &when);
    paint.at(34, &[piece(origin.rsplit_once(", ").map_or("", |(from, _)| from).to_owned(), Role::Dim)]);
    paint.next();
}

impl Screen for Flips {
    fn crumb(&self) -> String {
        String::from("flips")
    }

    fn subtitle(&self) -> Option<String> {
        Some(String::from("accounts that syncs keep switching off and on: tell the owner of the source"))
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        vec![self.all.ask(Request::Flips)]
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = match msg {
            Msg::Command(Command::Open) => {
                self.selected().map(|f| Effect::Push(Box::new(PersonScreen::new(f.person.number)))).into_iter().collect()
            }
            Msg::Command(Command::Copy) => {
                self.selected().map(|f| Effect::Copy { text: f.person.sourced_id.clone(), show: false }).into_iter().collect()
            }
            Msg::Command(command) => {
                self.view.go(command);
                Vec::new()
            }
            Msg::Reply { token, reply } => match *reply {
                Reply::Flips(all) => {
                    self.all.take(token, Ok(all));
                    Vec::new()
                }
                Reply::Trouble(trouble) => {
                    let said = say(&trouble);
                    self.all.take(token, Err(trouble));
                    vec![said]
                }
                _ => Vec::new(),
            },
            Msg::Event(Event::RosterChanged { .. }) => vec![self.all.ask(Request::Flips)],
            Msg::Resized(room) => {
                self.room = room;
                Vec::new()
            }
            _ => Vec::new(),
        };
        self.fit();
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let buffer = frame.buffer_mut();
        let Some(all) = self.all.here(buffer, area, look) else { return };
        if all.is_empty() {
            return empty(buffer, area, look, &["No account is switched off and on by its feed.", "esc goes back"]);
        }
        let below = Self::below(area.as_size());
        let (area, beside) = split(area);
        let (list, under) = foot(area, below);
        let first = self.view.first as usize;
        let rows = all.iter().skip(first).map(|f| {
            Row::new([
                Cell { text: look.personal(&f.person.name), role: Role::Text },
                Cell { text: look.personal(&f.person.sourced_id), role: Role::Text },
                Cell::new(words::role(f.person.role), Role::Dim),
                Cell::from(f.feed.as_str()),
                Cell::new(number(u64::from(f.times)), Role::Warning),
                Cell::new(f.person.status.name(), Role::Dim),
                Cell::new(f.history.first().map(|h| look.when(h.at)).unwrap_or_default(), Role::Dim),
            ])
        });
        let selected = Some(self.view.selected as usize - first);
        Table { columns: COLUMNS, rows, selected, titles: true, whole: true }.render(buffer, list, look);
        if let Some(beside) = beside {
            divide(buffer, beside, look);
        }
        let Some(flip) = self.selected() else { return };
        let mut paint = Paint::new(buffer, beside.unwrap_or(under), look);
        if beside.is_some() {
            paint.line(&[piece(look.personal(&flip.person.name).into_owned(), Role::Accent)]);
        } else {
            paint.rule(&look.personal(&flip.person.name));
        }
        let times = words::count(u64::from(flip.times), "time", "times");
        paint.wrapped(1, &format!("The status changed {times} in the last ten syncs of {}.", flip.feed), Role::Text, 2);
        for entry in &flip.history {
            change(&mut paint, entry, look);
        }
    }

    fn is_loading(&self) -> bool {
        self.all.get().is_none() && self.all.waiting()
    }

    fn offers(&self) -> Vec<Offer> {
        let none = self.selected().is_none().then_some("nothing is selected");
        vec![Offer::unless(Command::Open, none).called("the person"), Offer::unless(Command::Copy, none).called("copy ID")]
    }

    fn status(&self) -> StatusLine {
        StatusLine { position: (self.view.total > 0).then_some((self.view.selected + 1, self.view.total)), ..StatusLine::default() }
    }
}
