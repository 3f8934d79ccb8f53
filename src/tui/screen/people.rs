//! People: opens on Staff; Tab goes on to Students, Guardians, all.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::asked::{Asked, say};
use super::edit_form::EditForm;
use super::list::{Did, List};
use super::paint::{Paint, divide, empty, filter_foot, piece};
use super::person::{PersonScreen, summary};
use super::report::Exports;
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone, words};
use crate::desk::{Event, HitWhat, PeopleQuery, PeopleSort, PersonDetail, PersonRow, Reply, Request};
use crate::roster::{Family, OrgNo, PersonNo, Status};
use crate::tui::command::{Command, Place};
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row};
use crate::tui::widget::{WIDE, split};

const LIST: u8 = 0;
const BESIDE: u8 = 1;
const SORT: u8 = 2;
const EXPORTS: u8 = 3;
const CONTEXT: u8 = 4;

/// The list of people.
#[derive(Debug)]
pub struct People {
    list: List<PersonRow>,
    family: Option<Family>,
    org: Option<(OrgNo, String)>,
    sort: PeopleSort,
    reverse: bool,
    beside: Asked<PersonDetail>,
    beside_of: Option<PersonNo>,
    exports: Exports,
    room: Size,
}

/// The views that Tab goes through.
const VIEWS: [(Option<Family>, &str); 4] =
    [(Some(Family::Staff), "Staff"), (Some(Family::Students), "Students"), (Some(Family::Guardians), "Guardians"), (None, "All")];

const SORTS: &[(char, &str, PeopleSort)] = &[
    ('n', "name", PeopleSort::Name),
    ('i', "ID", PeopleSort::Id),
    ('r', "role", PeopleSort::Role),
    ('s', "school", PeopleSort::School),
    ('t', "status", PeopleSort::Status),
    ('e', "e-mail", PeopleSort::Email),
];

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
            list: List::new(LIST),
            family: Some(Family::Staff),
            org: None,
            sort: PeopleSort::Name,
            reverse: false,
            beside: Asked::new(BESIDE),
            beside_of: None,
            exports: Exports::new(EXPORTS),
            room: Size::default(),
        }
    }
}

impl People {
    fn fetch(&mut self) -> Vec<Effect> {
        let (family, org, sort, reverse) = (self.family, self.org.as_ref().map(|(n, _)| *n), self.sort, self.reverse);
        let mut effects: Vec<Effect> = self
            .list
            .fetch(|window, filter| Request::People {
                query: PeopleQuery { filter, family, org, sort, reverse, ..PeopleQuery::default() },
                window,
            })
            .into_iter()
            .collect();
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
        self.list.restart();
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        let selected = self.list.selected();
        match command {
            Command::Open => selected.map(|p| Effect::Push(Box::new(PersonScreen::new(p.number)))).into_iter().collect(),
            Command::Edit => selected.map(|p| Effect::Push(Box::new(EditForm::person(p.number)))).into_iter().collect(),
            Command::NextPane => {
                self.turn(1);
                Vec::new()
            }
            Command::PreviousPane => {
                self.turn(VIEWS.len() - 1);
                Vec::new()
            }
            Command::Sort => {
                let choices = SORTS.iter().map(|(c, name, _)| (*c, (*name).to_owned())).collect();
                vec![Effect::Choose { token: Token::of(SORT), title: String::from("Sort by"), choices }]
            }
            Command::Reverse => {
                self.reverse = !self.reverse;
                self.list.restart();
                Vec::new()
            }
            Command::Context => vec![Effect::Prompt {
                token: Token::of(CONTEXT),
                title: String::from("School (external ID); nothing for the whole district"),
                initial: String::new(),
            }],
            Command::Output => vec![self.exports.choose(None)],
            Command::Copy => selected.map(|p| Effect::Copy { text: p.email.clone(), show: false }).into_iter().collect(),
            Command::CopyRow => selected
                .map(|p| Effect::Copy { text: [&p.name, &p.sourced_id, &p.email, &p.school].map(String::as_str).join("\t"), show: true })
                .into_iter()
                .collect(),
            _ => Vec::new(),
        }
    }

    fn resolved(&mut self, found: Vec<crate::desk::Named>) -> Vec<Effect> {
        let org = found.into_iter().find_map(|named| match named.what {
            HitWhat::Org(number) => Some((number, named.title)),
            _ => None,
        });
        if org.is_none() {
            return vec![Effect::Toast(Tone::Bad, String::from("No school has that external ID. 2 lists the schools."))];
        }
        self.org = org;
        self.list.restart();
        Vec::new()
    }

    fn views(&self, paint: &mut Paint) {
        let mut pieces = Vec::new();
        for (family, name) in VIEWS {
            let here = family == self.family;
            pieces.push(piece(if here { format!("[{name}]") } else { format!(" {name} ") }, if here { Role::Accent } else { Role::Dim }));
            pieces.push(piece(" ", Role::Text));
        }
        if let Some((_, name)) = &self.org {
            pieces.push(piece(format!(" at {name}"), Role::Accent));
        }
        let sort = SORTS.iter().find(|(_, _, s)| *s == self.sort).map_or("", |(_, name, _)| name);
        paint.at(1, &pieces);
        paint.right(1, &format!("by {sort}{}", if self.reverse { ", reversed" } else { "" }), Role::Dim);
        paint.next();
    }

    fn nobody(&self, buffer: &mut Buffer, area: Rect, look: &Look) {
        if !self.list.filter().is_empty() {
            let no = format!("Nobody here matches \"{}\" ({} without the filter).", self.list.filter(), self.list.unfiltered());
            return empty(buffer, area, look, &[&no, "esc clears the filter, tab goes to the next view, f finds anyone"]);
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

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        self.fetch()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let did = self.list.update(&msg);
        let mut effects = match msg {
            Msg::Command(Command::Back) if did != Did::Nothing => vec![Effect::Handled],
            Msg::Command(Command::Back) if self.org.take().is_some() => {
                self.list.restart();
                vec![Effect::Handled]
            }
            Msg::Command(command) if did == Did::Nothing => self.command(command),
            Msg::Chosen { token, index } if self.exports.owns(token) => self.exports.chosen(index).into_iter().collect(),
            Msg::Chosen { index, .. } => {
                if let Some((_, _, sort)) = SORTS.get(index) {
                    self.sort = *sort;
                    self.list.restart();
                }
                Vec::new()
            }
            Msg::Prompted { text, .. } if text.trim().is_empty() => {
                self.org = None;
                self.list.restart();
                Vec::new()
            }
            Msg::Prompted { text, .. } => {
                vec![Effect::Ask { token: Token::of(CONTEXT), request: Request::Resolve(format!("school:{}", text.trim())) }]
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
                Reply::Resolved(found) => self.resolved(found),
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
        vec![
            Offer::unless(Command::Open, none),
            Offer::on(Command::NextPane),
            Offer::on(Command::Filter),
            Offer::on(Command::FilterKeep),
            Offer::on(Command::Sort),
            Offer::unless(Command::Edit, none),
            Offer::on(Command::Reverse).quiet(),
            Offer::on(Command::Context).quiet(),
            Offer::on(Command::Output).called("export"),
            Offer::on(Command::PreviousPane).quiet(),
            Offer::unless(Command::Copy, none).quiet(),
            Offer::unless(Command::CopyRow, none).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        self.list.status()
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        self.list.filter_cursor(split(area).0, look)
    }
}
