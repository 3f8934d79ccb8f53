//! Schools: the district and its schools, with what is at them and what is open.

use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};

use super::asked::say;
use super::edit_form::EditForm;
use super::fields::Adds;
use super::list::{Did, List};
use super::paint::{Paint, divide, empty, filter_foot, piece};
use super::report::Exports;
use super::school::SchoolScreen;
use super::{Effect, Msg, Offer, Screen, StatusLine, words};
use crate::desk::{Event, Page, Reply, Request, SchoolRow, SchoolSort};
use crate::roster::{OrgKind, OrgNo, Status};
use crate::tui::command::{Command, Place};
use crate::tui::context::Context;
use crate::tui::look::{Glyph, Look, number};
use crate::tui::memory::Memory;
use crate::tui::theme::Role;
use crate::tui::widget::split;
use crate::tui::widget::table::{Cell, Column, Row};

/// The list of schools.
#[derive(Debug)]
pub struct Schools {
    list: List<SchoolRow>,
    /// The school that the console keeps to: then it is the only one.
    only: Option<OrgNo>,
    adds: Adds,
    exports: Exports,
    room: Size,
}

const EXPORTS: u8 = 2;
const ADDS: u8 = 3;

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
            list: List::new(0).named("schools", "school").keeping_its_filter(),
            only: None,
            adds: Adds::new(ADDS),
            exports: Exports::new(EXPORTS),
            room: Size::default(),
        }
    }
}

impl Schools {
    fn fetch(&mut self) -> Vec<Effect> {
        let only = self.only;
        let all = |window, filter| Request::Schools { filter, sort: SchoolSort::Name, reverse: false, window };
        match only {
            Some(school) => self.list.fetch(|_, _| Request::School(school)).into_iter().collect(),
            None => self.list.ask(all),
        }
    }

    fn fit(&mut self) {
        self.list.set_height(self.room.height.saturating_sub(1 + u16::from(self.place() == Place::Filter)));
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        if let Some(effect) = self.list.arrange(command, COLUMNS) {
            return vec![effect];
        }
        let selected = self.list.selected();
        match command {
            Command::Open => selected.map(|s| Effect::Push(Box::new(SchoolScreen::new(s.number)))).into_iter().collect(),
            Command::Edit => selected.map(|s| Effect::Push(Box::new(EditForm::school(s.number)))).into_iter().collect(),
            Command::Add => vec![self.adds.choose(Vec::new())],
            Command::Output => vec![self.exports.choose_or(None, self.list.exported())],
            Command::Copy | Command::CopyRow => {
                self.list.copy(
                    command,
                    |s| s.org.external_id.clone(),
                    |s| {
                        let counts = [s.staff, s.students, s.classes, s.open_errors].map(|n| n.to_string());
                        let words = [&s.org.external_id, &s.org.name, s.org.kind.name(), s.org.status.name()].map(str::to_owned);
                        words.into_iter().chain(counts).collect()
                    },
                );
                Vec::new()
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

/// What is known of a school besides its row, line by line.
fn about(paint: &mut Paint, school: &SchoolRow, look: &Look) {
    let org = &school.org;
    paint.line(&[piece(org.name.as_str(), Role::Accent)]);
    paint.line(&[piece(format!("{} {}", org.kind, org.external_id), Role::Text)]);
    paint.next();
    let off = org.status == Status::Disabled;
    paint.labelled("status", 14, &[piece(org.status.name(), if off { Role::Warning } else { Role::Text })]);
    for (label, value) in [
        ("address", org.address.clone()),
        ("staff", number(school.staff)),
        ("students", number(school.students)),
        ("classes", number(school.classes)),
    ] {
        paint.labelled(label, 14, &[piece(if value.is_empty() { look.glyph(Glyph::None).to_owned() } else { value }, Role::Text)]);
    }
    let errors = piece(number(school.open_errors), if school.open_errors > 0 { Role::Error } else { Role::Text });
    paint.labelled("open errors", 14, &[errors]);
    paint.next();
    let Some(last) = &school.last else {
        return paint.line(&[piece("No upload has named this school yet.", Role::Dim)]);
    };
    paint.line(&[piece("Last upload", Role::Accent)]);
    paint.labelled("sync", 14, &[piece(format!("{} {}", last.number, words::feed(last)), Role::Text)]);
    paint.labelled("file", 14, &[piece(last.file.as_str(), Role::Text)]);
    paint.labelled("status", 14, &[piece(last.status.words(), look.status(last.status))]);
    paint.labelled("when", 14, &[piece(look.moment(last.started), Role::Text)]);
    paint.labelled("refused", 14, &[piece(format!("{} of {}", number(last.rows_with_errors), number(last.rows)), Role::Text)]);
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
            Msg::Command(command) if did == Did::Nothing => self.command(command),
            Msg::Chosen { token, index } if self.exports.owns(token) && Exports::is_listed(index) => {
                self.list.export();
                Vec::new()
            }
            Msg::Chosen { token, index } if self.exports.owns(token) => self.exports.chosen(index).into_iter().collect(),
            Msg::Chosen { token, index } if self.adds.owns(token) => self.adds.chosen(index).into_iter().collect(),
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
        let (area, detail) = split(area);
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
        if let (Some(detail), Some(school)) = (detail, self.list.selected()) {
            divide(buffer, detail, look);
            about(&mut Paint::new(buffer, detail, look), school, look);
        }
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
            Offer::unless(Command::Mark, none).quiet(),
            Offer::unless(Command::MarkRange, none).quiet(),
            Offer::unless(Command::MarkAll, none).quiet(),
            Offer::on(Command::Columns).quiet(),
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
