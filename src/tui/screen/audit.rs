//! The audit: what was refused to whom by their role or scope.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::asked::{Asked, say};
use super::list::Viewport;
use super::paint::{Paint, empty, foot};
use super::{Effect, Msg, Offer, Screen, StatusLine};
use crate::desk::{Reply, Request, Window};
use crate::ledger::Refusal;
use crate::tui::command::Command;
use crate::tui::look::{Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row, Table};

/// Lines that are asked for: the newest. The command line has them all.
const LINES: u64 = 1000;

/// Lines at the foot for what the selected one was told.
const BELOW: u16 = 4;

const COLUMNS: &[Column] =
    &[Column::text("last", 5, 12, 0), Column::number("times", 5, 1), Column::text("who", 8, 20, 0), Column::text("wanted to", 16, 60, 0)];

/// The audit.
#[derive(Debug)]
pub struct Audit {
    all: Asked<Vec<Refusal>>,
    view: Viewport,
    room: Size,
}

impl Default for Audit {
    fn default() -> Self {
        Self { all: Asked::new(0), view: Viewport::default(), room: Size::default() }
    }
}

impl Audit {
    fn selected(&self) -> Option<&Refusal> {
        self.all.get()?.get(self.view.selected as usize)
    }

    fn load(&mut self) -> Effect {
        self.all.ask(Request::Audit { window: Window { first: 0, count: LINES } })
    }

    fn fit(&mut self) {
        self.view.height = u64::from(self.room.height.saturating_sub(1 + BELOW));
        self.view.total = self.all.get().map_or(0, |all| all.len() as u64);
        self.view.select(self.view.selected);
    }
}

impl Screen for Audit {
    fn crumb(&self) -> String {
        String::from("audit")
    }

    fn subtitle(&self) -> Option<String> {
        Some(String::from("what was refused to whom by their role or scope"))
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        vec![self.load()]
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = match msg {
            Msg::Command(Command::Copy) => {
                self.selected().map(|r| Effect::Copy { text: format!("{}: {}", r.by.0, r.why), show: false }).into_iter().collect()
            }
            Msg::Command(command) => {
                self.view.go(command);
                Vec::new()
            }
            Msg::Reply { token, reply } => match *reply {
                Reply::Audit(page) => {
                    self.all.take(token, Ok(page.rows));
                    Vec::new()
                }
                Reply::Trouble(trouble) => {
                    let said = say(&trouble);
                    self.all.take(token, Err(trouble));
                    vec![said]
                }
                _ => Vec::new(),
            },
            Msg::Shown => vec![self.load()],
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
            return empty(buffer, area, look, &["Nothing was refused to anybody.", "esc goes back"]);
        }
        let (list, under) = foot(area, BELOW);
        let first = self.view.first as usize;
        let rows = all.iter().skip(first).map(|r| {
            Row::new([
                Cell::new(look.when(r.last), Role::Dim),
                Cell::new(number(r.times), Role::Dim),
                Cell::from(r.by.0.as_str()),
                Cell::from(r.what.as_str()),
            ])
        });
        let selected = Some(self.view.selected as usize - first);
        Table { columns: COLUMNS, rows, selected, titles: true, whole: true }.render(buffer, list, look);
        let Some(refusal) = self.selected() else { return };
        let mut paint = Paint::new(buffer, under, look);
        paint.rule(&format!("{} was told", refusal.by.0));
        paint.wrapped(1, &refusal.why, Role::Text, 3);
    }

    fn is_loading(&self) -> bool {
        self.all.get().is_none() && self.all.waiting()
    }

    fn offers(&self) -> Vec<Offer> {
        let none = self.selected().is_none().then_some("nothing is selected");
        vec![Offer::unless(Command::Copy, none)]
    }

    fn status(&self) -> StatusLine {
        StatusLine { position: (self.view.total > 0).then_some((self.view.selected + 1, self.view.total)), ..StatusLine::default() }
    }
}
