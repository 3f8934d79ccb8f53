//! Who would be disabled by a plan or a hold, the school that would lose most of its people first.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::asked::say;
use super::list::List;
use super::paint::empty;
use super::person::PersonScreen;
use super::report::Reports;
use super::{Effect, Msg, Offer, Screen, StatusLine};
use crate::desk::{Removal, Reply, Request};
use crate::ledger::SyncNo;
use crate::roster::{PersonNo, Table};
use crate::tui::command::Command;
use crate::tui::look::{Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row};

const LIST: u8 = 0;
const REPORTS: u8 = 1;

/// The removals of a sync.
#[derive(Debug)]
pub struct Removals {
    sync: SyncNo,
    list: List<Removal>,
    reports: Reports,
    room: Size,
}

const COLUMNS: &[Column] = &[
    Column::text("school", 14, 30, 0),
    Column::text("would lose", 16, 22, 1),
    Column::text("kind", 8, 11, 2),
    Column::text("ID", 9, 14, 0),
    Column::text("name", 14, 30, 0),
];

impl Removals {
    /// Who would be disabled by a sync.
    pub fn of(sync: SyncNo) -> Self {
        Self { sync, list: List::new(LIST), reports: Reports::new(REPORTS), room: Size::default() }
    }

    fn person(&self) -> Option<PersonNo> {
        let removal = self.list.selected()?;
        (removal.entity.table == Table::People).then_some(PersonNo(removal.entity.slot))
    }
}

/// "212 of 480 (44 %)".
fn loss(r: &Removal) -> String {
    let share = (r.of_school * 100).checked_div(r.school_has).map(|share| format!(" ({share} %)")).unwrap_or_default();
    format!("{} of {}{share}", number(r.of_school), number(r.school_has))
}

impl Screen for Removals {
    fn crumb(&self) -> String {
        String::from("removals")
    }

    fn subtitle(&self) -> Option<String> {
        let count = if self.list.arrived() { number(self.list.total()) } else { String::from("those who") };
        Some(format!("{count} would be disabled by {}, the school that loses most first", self.sync))
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.update(Msg::Resized(room))
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        self.list.update(&msg);
        let mut effects: Vec<Effect> = match msg {
            Msg::Command(Command::Open) => self.person().map(|n| Effect::Push(Box::new(PersonScreen::new(n)))).into_iter().collect(),
            Msg::Command(Command::Copy) => {
                self.list.selected().map(|r| Effect::Copy { text: r.key.clone(), show: false }).into_iter().collect()
            }
            Msg::Command(Command::Output) => self.reports.choose(self.sync).into_iter().collect(),
            Msg::Chosen { token, index } if self.reports.owns(token) => self.reports.chosen(index).into_iter().collect(),
            Msg::Reply { token, reply } if self.reports.owns(token) => self.reports.reply(*reply).into_iter().collect(),
            Msg::Reply { token, reply } => match *reply {
                Reply::Removals(page) => {
                    self.list.take(token, page);
                    Vec::new()
                }
                Reply::Trouble(trouble) => vec![say(&trouble)],
                _ => Vec::new(),
            },
            Msg::Resized(room) => {
                self.room = room;
                self.list.set_height(room.height.saturating_sub(1));
                Vec::new()
            }
            _ => Vec::new(),
        };
        let sync = self.sync;
        effects.extend(self.list.fetch(|window, _| Request::Removals { sync, window }));
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let buffer = frame.buffer_mut();
        if self.list.arrived() && self.list.total() == 0 {
            return empty(buffer, area, look, &["Nobody would be disabled.", "esc goes back"]);
        }
        self.list.table(buffer, area, look, COLUMNS, |r| {
            let school = if r.school.is_empty() { "without a school" } else { &r.school };
            Row::new([
                Cell::from(school),
                Cell::new(loss(r), Role::Held),
                Cell::new(r.kind.name(), Role::Dim),
                Cell { text: look.personal(&r.key), role: Role::Text },
                Cell { text: look.personal(&r.name), role: Role::Text },
            ])
        });
    }

    fn is_loading(&self) -> bool {
        self.list.is_loading()
    }

    fn offers(&self) -> Vec<Offer> {
        let none = self.list.selected().is_none().then_some("nothing is selected");
        let person = none.or(self.person().is_none().then_some("it is no person"));
        vec![
            Offer::unless(Command::Open, person).called("the person"),
            Offer::on(Command::Output).called("results"),
            Offer::unless(Command::Copy, none).called("copy ID"),
        ]
    }

    fn status(&self) -> StatusLine {
        self.list.status()
    }

    fn sync(&self) -> Option<SyncNo> {
        Some(self.sync)
    }
}
