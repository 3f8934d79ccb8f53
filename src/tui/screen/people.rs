//! People: opens on Staff; Tab goes on to Students, Guardians, all. `t` lists only some: those without an ID, whom no file can name, are mended
//! there one after the other.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::asked::{Asked, say};
use super::bulk::Bulk;
use super::edit_form::EditForm;
use super::fields::Adds;
use super::list::{Did, List};
use super::paint::{Paint, divide, empty, filter_foot, piece};
use super::person::{PersonScreen, summary};
use super::report::Exports;
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, words};
use crate::desk::{Event, PeopleQuery, PersonDetail, PersonRow, Reply, Request};
use crate::roster::{Family, PersonNo, Role as PersonRole, Status, Text};
use crate::tui::command::{Command, Place};
use crate::tui::look::Look;
use crate::tui::memory::Memory;
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row};
use crate::tui::widget::{WIDE, split};

const LIST: u8 = 0;
const BESIDE: u8 = 1;
const EXPORTS: u8 = 3;
const ONLY: u8 = 4;
const ADDS: u8 = 5;
const BULK: u8 = 6;

/// The list of people.
#[derive(Debug)]
pub struct People {
    list: List<PersonRow>,
    family: Option<Family>,
    only: Only,
    bulk: Bulk,
    beside: Asked<PersonDetail>,
    beside_of: Option<PersonNo>,
    exports: Exports,
    adds: Adds,
    room: Size,
}

/// Which of them are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Only {
    Everybody,
    WithoutId,
    Status(Status),
    Role(PersonRole),
}

const ONLIES: &[(char, &str, Only)] = &[
    ('e', "everybody", Only::Everybody),
    ('n', "without an ID: cannot be managed in bulk", Only::WithoutId),
    ('a', "active", Only::Status(Status::Active)),
    ('d', "disabled", Only::Status(Status::Disabled)),
    ('t', "teachers", Only::Role(PersonRole::Teacher)),
    ('o', "other staff", Only::Role(PersonRole::Staff)),
    ('s', "school administrators", Only::Role(PersonRole::SchoolAdmin)),
    ('r', "district administrators", Only::Role(PersonRole::DistrictAdmin)),
];

/// The views that Tab goes through.
const VIEWS: [(Option<Family>, &str); 4] =
    [(Some(Family::Staff), "Staff"), (Some(Family::Students), "Students"), (Some(Family::Guardians), "Guardians"), (None, "All")];

/// The columns of [`row`].
pub const COLUMNS: &[Column] = &[
    Column::text("name", 18, 36, 0),
    Column::text("role", 12, 14, 2),
    Column::text("ID", 9, 16, 1),
    Column::text("school", 12, 30, 3),
    Column::text("e-mail", 16, 36, 5),
    Column::text("grade", 5, 5, 6),
    Column::text("status", 8, 8, 4),
];

/// A person as a row: other screens show the same.
pub fn row<'a>(p: &'a PersonRow, look: &Look) -> Row<'a> {
    let personal = |text: &'a str, role| Cell { text: look.personal(text), role };
    let id = if p.sourced_id.is_empty() { Cell::new("no ID", Role::Warning) } else { personal(&p.sourced_id, Role::Text) };
    let off = if p.status == Status::Disabled { Role::Warning } else { Role::Dim };
    Row::new([
        personal(&p.name, Role::Text),
        Cell::from(words::role(p.role)),
        id,
        Cell::from(p.school.as_str()),
        personal(&p.email, Role::Text),
        Cell::new(p.grade.as_str(), Role::Dim),
        Cell::new(p.status.name(), off),
    ])
}

/// A person's cells as they are copied.
pub fn copied(p: &PersonRow) -> Vec<String> {
    [&p.name, p.role.name(), &p.sourced_id, &p.school, &p.email, &p.grade, p.status.name()].map(str::to_owned).to_vec()
}

/// The columns of [`row_at_school`].
pub const AT_SCHOOL: &[Column] = &[
    Column::text("name", 18, 36, 0),
    Column::text("role", 12, 14, 2),
    Column::text("ID", 9, 16, 1),
    Column::text("e-mail", 16, 44, 4),
    Column::text("grade", 5, 5, 5),
    Column::text("status", 8, 8, 3),
];

/// A person as a row where everybody is at the same school.
pub fn row_at_school<'a>(p: &'a PersonRow, look: &Look) -> Row<'a> {
    const SCHOOL: usize = 3;
    let mut row = row(p, look);
    row.cells.remove(SCHOOL);
    row
}

impl Default for People {
    fn default() -> Self {
        Self {
            list: List::new(LIST).named("people", "name"),
            family: Some(Family::Staff),
            only: Only::Everybody,
            bulk: Bulk::new(BULK),
            beside: Asked::new(BESIDE),
            beside_of: None,
            exports: Exports::new(EXPORTS),
            adds: Adds::new(ADDS),
            room: Size::default(),
        }
    }
}

impl People {
    /// What is listed, but for the filter.
    fn query(&self) -> PeopleQuery {
        PeopleQuery {
            family: self.family,
            status: if let Only::Status(status) = self.only { Some(status) } else { None },
            role: if let Only::Role(role) = self.only { Some(role) } else { None },
            without_id: self.only == Only::WithoutId,
            ..PeopleQuery::default()
        }
    }

    /// Lists only some. Those without an ID are one list over all families, and so are those of a status.
    fn narrow(&mut self, only: Only) {
        self.only = only;
        self.family = match only {
            Only::Everybody => self.family,
            Only::WithoutId | Only::Status(_) => None,
            Only::Role(_) => Some(Family::Staff),
        };
        self.list.restart();
    }

    /// The form of who is selected; from those without an ID it goes on from one to the next.
    fn edit(&self) -> Option<Effect> {
        let number = self.list.selected()?.number;
        let form = match self.only {
            Only::WithoutId => {
                let query = PeopleQuery { filter: self.list.filter().to_owned(), ..self.query() };
                EditForm::in_list(number, Text::SourcedId.name(), query, self.list.index())
            }
            _ => EditForm::person(number),
        };
        Some(Effect::Push(Box::new(form)))
    }

    fn fetch(&mut self) -> Vec<Effect> {
        let query = self.query();
        let mut effects = self.list.ask(|window, filter| Request::People { query: PeopleQuery { filter, ..query.clone() }, window });
        let selected = self.list.selected().map(|p| p.number);
        if self.room.width >= WIDE && selected != self.beside_of && !self.beside.waiting() {
            self.beside_of = selected;
            effects.extend(selected.map(|number| self.beside.ask(Request::Person(number))));
        }
        effects
    }

    fn fit(&mut self) {
        // The views stand in the first line, the titles in the second.
        self.list.set_height(self.room.height.saturating_sub(2 + u16::from(self.place() == Place::Filter)));
    }

    fn turn(&mut self, by: usize) {
        let at = VIEWS.iter().position(|(f, _)| *f == self.family).unwrap_or(0);
        self.family = VIEWS[(at + by) % VIEWS.len()].0;
        if matches!(self.only, Only::Role(_)) {
            self.only = Only::Everybody;
        }
        self.list.restart();
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        if let Some(effect) = self.list.arrange(command, COLUMNS) {
            return vec![effect];
        }
        let selected = self.list.selected();
        match command {
            Command::Open => selected.map(|p| Effect::Push(Box::new(PersonScreen::new(p.number)))).into_iter().collect(),
            Command::Edit if !self.list.marks().is_empty() => vec![self.bulk.choose(&self.list.marks())],
            Command::Edit => self.edit().into_iter().collect(),
            Command::UndoEdit | Command::RedoEdit => self.bulk.turn(command == Command::UndoEdit).into_iter().collect(),
            Command::Add => vec![self.adds.choose(Vec::new())],
            Command::Narrow => {
                let choices = ONLIES.iter().map(|(c, name, _)| (*c, (*name).to_owned())).collect();
                vec![Effect::Choose { token: Token::of(ONLY), title: String::from("List only"), choices }]
            }
            Command::NextPane => {
                self.turn(1);
                Vec::new()
            }
            Command::PreviousPane => {
                self.turn(VIEWS.len() - 1);
                Vec::new()
            }
            Command::Output => vec![self.exports.choose_or(None, self.list.exported())],
            Command::Copy | Command::CopyRow => {
                self.list.copy(command, |p| p.email.clone(), copied);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn views(&self, paint: &mut Paint) {
        let mut pieces = Vec::new();
        for (family, name) in VIEWS {
            let here = family == self.family;
            pieces.push(piece(if here { format!("[{name}]") } else { format!(" {name} ") }, if here { Role::Accent } else { Role::Dim }));
            pieces.push(piece(" ", Role::Text));
        }
        if let Some((_, words, _)) = ONLIES.iter().find(|(_, _, only)| *only == self.only && self.only != Only::Everybody) {
            let words = words.split(':').next().unwrap_or_default();
            pieces.push(piece(format!(" only {words}"), Role::Accent));
        }
        let (sort, reverse) = self.list.arrangement().sorted();
        paint.at(1, &pieces);
        paint.right(1, &format!("by {sort}{}", if reverse { ", reversed" } else { "" }), Role::Dim);
        paint.next();
    }

    fn nobody(&self, buffer: &mut Buffer, area: Rect, look: &Look) {
        if !self.list.filter().is_empty() {
            let no = format!("Nobody here matches \"{}\" ({} without the filter).", self.list.filter(), self.list.unfiltered());
            return empty(buffer, area, look, &[&no, "esc clears the filter, tab goes to the next view, f finds anyone"]);
        }
        if self.only == Only::WithoutId {
            return empty(buffer, area, look, &["Everybody has an ID: all can be managed by files.", "esc lists everybody again"]);
        }
        if self.only != Only::Everybody {
            return empty(buffer, area, look, &["Nobody is listed so.", "esc lists everybody again, tab goes to the next view"]);
        }
        match self.family {
            Some(Family::Guardians) => empty(buffer, area, look, &["No guardians are on the roster."]),
            _ => empty(buffer, area, look, &["Nobody is on the roster here yet.", "i imports a file of people"]),
        }
    }
}

impl Screen for People {
    fn crumb(&self) -> String {
        String::from("People")
    }

    fn place(&self) -> Place {
        self.list.place()
    }

    fn recall(&mut self, memory: &Memory) {
        self.list.recall(memory);
    }

    fn counts(&self) -> bool {
        true
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        self.fetch()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let did = self.list.update(&msg);
        let mut effects = match msg {
            Msg::Command(Command::Back) if did != Did::Nothing => vec![Effect::Handled],
            Msg::Command(Command::Back) if self.only != Only::Everybody => {
                self.narrow(Only::Everybody);
                vec![Effect::Handled]
            }
            Msg::Command(command) if did == Did::Nothing => self.command(command),
            Msg::Chosen { token, .. } | Msg::Prompted { token, .. } | Msg::Reply { token, .. } if self.bulk.owns(token) => {
                self.bulk.update(&msg)
            }
            Msg::Chosen { token, index } if self.exports.owns(token) && Exports::is_listed(index) => {
                self.list.export();
                Vec::new()
            }
            Msg::Chosen { token, index } if self.exports.owns(token) => self.exports.chosen(index).into_iter().collect(),
            Msg::Chosen { token, index } if self.adds.owns(token) => self.adds.chosen(index).into_iter().collect(),
            Msg::Chosen { token, index } if token.slot == ONLY => {
                if let Some((_, _, only)) = ONLIES.get(index) {
                    self.narrow(*only);
                }
                Vec::new()
            }
            Msg::Reply { token, reply } if self.exports.owns(token) => self.exports.reply(*reply).into_iter().collect(),
            Msg::Reply { token, reply } => match *reply {
                Reply::People(page) => {
                    self.list.take(token, page);
                    Vec::new()
                }
                Reply::Person(person) => {
                    self.beside.take(token, Ok(*person));
                    Vec::new()
                }
                Reply::Trouble(trouble) if self.beside.owns(token) => {
                    self.beside.take(token, Err(trouble));
                    Vec::new()
                }
                Reply::Trouble(trouble) => vec![say(&trouble)],
                _ => Vec::new(),
            },
            Msg::Event(Event::RosterChanged { .. }) | Msg::Shown => {
                self.list.refresh();
                self.beside_of = None;
                Vec::new()
            }
            Msg::Context => {
                self.list.restart();
                self.beside_of = None;
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
        let (area, detail) = split(area);
        let (area, foot) = filter_foot(area, self.place());
        let buffer = frame.buffer_mut();
        self.list.filter_line(buffer, foot, look);
        let mut paint = Paint::new(buffer, area, look);
        self.views(&mut paint);
        let rest = paint.rest();
        if self.list.arrived() && self.list.total() == 0 {
            return self.nobody(buffer, rest, look);
        }
        self.list.table(buffer, rest, look, COLUMNS, |p| row(p, look));
        if let Some(detail) = detail {
            divide(buffer, detail, look);
            let here = self.beside.get().filter(|d| self.list.selected().is_some_and(|p| p.number == d.row.number));
            if let Some(person) = here {
                summary(&mut Paint::new(buffer, detail, look), person, look);
            }
        }
    }

    fn is_loading(&self) -> bool {
        self.list.is_loading()
    }

    fn offers(&self) -> Vec<Offer> {
        let none = self.list.selected().is_none().then_some("nobody is selected");
        let (undo, redo) = self.bulk.changes().can();
        vec![
            Offer::unless(Command::Open, none),
            Offer::on(Command::NextPane),
            Offer::on(Command::Filter),
            Offer::on(Command::FilterKeep),
            Offer::on(Command::Sort),
            Offer::unless(Command::Edit, none).called(match (self.list.marks().len(), self.only) {
                (1.., _) => "change all marked",
                (0, Only::WithoutId) => "edit, next",
                _ => "edit",
            }),
            Offer::unless(Command::Mark, none),
            Offer::on(Command::Narrow),
            Offer::on(Command::Add),
            Offer::on(Command::Reverse).quiet(),
            Offer::on(Command::Output).called("export"),
            Offer::on(Command::PreviousPane).quiet(),
            Offer::unless(Command::Copy, none).quiet(),
            Offer::unless(Command::CopyRow, none).quiet(),
            Offer::unless(Command::MarkRange, none).quiet(),
            Offer::unless(Command::MarkAll, none).quiet(),
            Offer::on(Command::Columns).quiet(),
            Offer::unless(Command::UndoEdit, (!undo).then_some("nothing was changed from this list yet")).quiet(),
            Offer::unless(Command::RedoEdit, (!redo).then_some("nothing was taken back")).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        self.list.status()
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        self.list.filter_cursor(split(area).0, look)
    }
}
