//! Schools: the district and its schools, with what is at them and what is open.

use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};

use super::asked::say;
use super::edit_form::EditForm;
use super::fields::Adds;
use super::list::{Did, List};
use super::paint::{empty, filter_foot};
use super::report::Exports;
use super::school::SchoolScreen;
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, words};
use crate::desk::{Event, Page, Reply, Request, SchoolRow, SchoolSort};
use crate::roster::{OrgKind, OrgNo, Status};
use crate::tui::command::{Command, Place};
use crate::tui::context::Context;
use crate::tui::look::{Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row};

/// The list of schools.
#[derive(Debug)]
pub struct Schools {
    list: List<SchoolRow>,
    /// The school that the console keeps to: then it is the only one.
    only: Option<OrgNo>,
    adds: Adds,
    sort: SchoolSort,
    reverse: bool,
    exports: Exports,
    room: Size,
}

const SORT: u8 = 1;
const EXPORTS: u8 = 2;
const ADDS: u8 = 3;

const SORTS: &[(char, &str, SchoolSort)] = &[
    ('n', "name", SchoolSort::Name),
    ('i', "external ID", SchoolSort::Id),
    ('s', "staff", SchoolSort::Staff),
    ('t', "students", SchoolSort::Students),
    ('e', "open errors", SchoolSort::Errors),
];

const COLUMNS: &[Column] = &[
    Column::text("school", 16, 40, 0),
    Column::text("ID", 7, 16, 1),
    Column::number("staff", 5, 3),
    Column::number("students", 8, 2),
    Column::number("classes", 7, 4),
    Column::number("errors", 6, 0),
    Column::text("last upload", 15, 26, 5),
    Column::text("status", 8, 8, 6),
];

impl Default for Schools {
    fn default() -> Self {
        Self {
            list: List::new(0),
            only: None,
            adds: Adds::new(ADDS),
            sort: SchoolSort::Name,
            reverse: false,
            exports: Exports::new(EXPORTS),
            room: Size::default(),
        }
    }
}

impl Schools {
    fn fetch(&mut self) -> Option<Effect> {
        let (sort, reverse, only) = (self.sort, self.reverse, self.only);
        self.list.fetch(|window, filter| match only {
            Some(school) => Request::School(school),
            None => Request::Schools { filter, sort, reverse, window },
        })
    }

    fn fit(&mut self) {
        self.list.set_height(self.room.height.saturating_sub(1 + u16::from(self.place() == Place::Filter)));
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        let selected = self.list.selected();
        match command {
            Command::Open => selected.map(|s| Effect::Push(Box::new(SchoolScreen::new(s.number)))).into_iter().collect(),
            Command::Edit => selected.map(|s| Effect::Push(Box::new(EditForm::school(s.number)))).into_iter().collect(),
            Command::Sort => {
                let choices = SORTS.iter().map(|(c, name, _)| (*c, (*name).to_owned())).collect();
                vec![Effect::Choose { token: Token::of(SORT), title: String::from("Sort by"), choices }]
            }
            Command::Reverse => {
                self.reverse = !self.reverse;
                self.list.restart();
                Vec::new()
            }
            Command::Add => vec![self.adds.choose(Vec::new())],
            Command::Output => vec![self.exports.choose(None)],
            Command::Copy => selected.map(|s| Effect::Copy { text: s.org.external_id.clone(), show: false }).into_iter().collect(),
            Command::CopyRow => {
                selected.map(|s| Effect::Copy { text: format!("{}\t{}", s.org.external_id, s.org.name), show: true }).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    fn row<'a>(s: &'a SchoolRow, look: &Look) -> Row<'a> {
        let count = |n: u64| Cell::new(number(n), if n == 0 { Role::Dim } else { Role::Text });
        let last = match &s.last {
            Some(sync) => {
                Cell::new(format!("{} {} {}", look.when(sync.started), words::status(sync.status), sync.number), look.status(sync.status))
            }
            None => Cell::new("none yet", Role::Dim),
        };
        let name = if s.org.kind == OrgKind::District { format!("{} (district)", s.org.name) } else { s.org.name.clone() };
        Row::new([
            Cell::from(name),
            Cell::from(s.org.external_id.as_str()),
            count(s.staff),
            count(s.students),
            count(s.classes),
            Cell::new(number(s.open_errors), if s.open_errors > 0 { Role::Error } else { Role::Dim }),
            last,
            Cell::new(s.org.status.name(), if s.org.status == Status::Disabled { Role::Warning } else { Role::Dim }),
        ])
    }
}

impl Screen for Schools {
    fn crumb(&self) -> String {
        String::from("Schools")
    }

    fn place(&self) -> Place {
        self.list.place()
    }

    fn keep_to(&mut self, context: Option<&Context>) {
        self.only = context.map(|c| c.org);
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        self.fetch().into_iter().collect()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let did = self.list.update(&msg);
        let mut effects = match msg {
            Msg::Command(Command::Back) if did != Did::Nothing => vec![Effect::Handled],
            Msg::Command(command) if did == Did::Nothing => self.command(command),
            Msg::Chosen { token, index } if self.exports.owns(token) => self.exports.chosen(index).into_iter().collect(),
            Msg::Chosen { token, index } if self.adds.owns(token) => self.adds.chosen(index).into_iter().collect(),
            Msg::Chosen { index, .. } => {
                if let Some((_, _, sort)) = SORTS.get(index) {
                    self.sort = *sort;
                    self.list.restart();
                }
                Vec::new()
            }
            Msg::Reply { token, reply } if self.exports.owns(token) => self.exports.reply(*reply).into_iter().collect(),
            Msg::Reply { token, reply } => match *reply {
                Reply::Schools(page) => {
                    self.list.take(token, page);
                    Vec::new()
                }
                Reply::School(school) => {
                    self.list.take(token, Page { first: 0, total: 1, unfiltered: 1, rows: vec![school.row] });
                    Vec::new()
                }
                Reply::Trouble(trouble) => vec![say(&trouble)],
                _ => Vec::new(),
            },
            Msg::Event(Event::RosterChanged { .. } | Event::SyncChanged(_)) | Msg::Shown => {
                self.list.refresh();
                Vec::new()
            }
            Msg::Context => {
                self.list.restart();
                Vec::new()
            }
            Msg::Resized(room) => {
                self.room = room;
                Vec::new()
            }
            _ => Vec::new(),
        };
        self.fit();
        effects.extend(self.fetch());
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let (area, foot) = filter_foot(area, self.place());
        let buffer = frame.buffer_mut();
        self.list.filter_line(buffer, foot, look);
        if self.list.arrived() && self.list.total() == 0 {
            let no = format!("No school matches \"{}\".", self.list.filter());
            return if self.list.filter().is_empty() {
                empty(
                    buffer,
                    area,
                    look,
                    &["No schools are on the roster yet.", "i imports a file of schools, a adds one; people are imported after them"],
                );
            } else {
                empty(buffer, area, look, &[&no, "esc clears the filter"]);
            };
        }
        self.list.table(buffer, area, look, COLUMNS, |s| Self::row(s, look));
    }

    fn is_loading(&self) -> bool {
        self.list.is_loading()
    }

    fn offers(&self) -> Vec<Offer> {
        let none = self.list.selected().is_none().then_some("no school is selected");
        let alone = self.only.is_some().then_some("the console keeps to this school; w changes that");
        vec![
            Offer::unless(Command::Open, none),
            Offer::unless(Command::Filter, alone),
            Offer::unless(Command::FilterKeep, alone),
            Offer::unless(Command::Sort, alone),
            Offer::unless(Command::Edit, none),
            Offer::on(Command::Add),
            Offer::on(Command::Output).called("export"),
            Offer::unless(Command::Reverse, alone).quiet(),
            Offer::unless(Command::Copy, none).quiet(),
            Offer::unless(Command::CopyRow, none).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        self.list.status()
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        self.list.filter_cursor(area, look)
    }
}
