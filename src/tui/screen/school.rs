//! One school: its last upload, and by Tab its staff, students, guardians, classes, uploads and history.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::asked::{Asked, say, sentence};
use super::edit_form::EditForm;
use super::list::{Did, List, Viewport};
use super::paint::{Paint, empty, filter_foot, piece};
use super::people;
use super::person::{PersonScreen, change, history_line};
use super::report::Exports;
use super::sync::SyncScreen;
use super::syncs::Syncs;
use super::{Effect, Msg, Offer, Screen, StatusLine, words};
use crate::desk::{Event, PeopleQuery, PersonRow, Reply, Request, SchoolDetail};
use crate::ledger::Sync;
use crate::roster::{Family, OrgNo};
use crate::tui::command::{Command, Place};
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::table::MARGIN;

const DETAIL: u8 = 0;
const PEOPLE: u8 = 1;
const UPLOADS: u8 = 2;
const EXPORTS: u8 = 3;

/// Lines above the tab's list: who it is, what is there, the last upload, the tabs.
const ABOVE: u16 = 4;

/// One school.
#[derive(Debug)]
pub struct SchoolScreen {
    number: OrgNo,
    detail: Asked<SchoolDetail>,
    tab: usize,
    people: List<PersonRow>,
    uploads: List<Sync>,
    history: Viewport,
    exports: Exports,
    room: Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    People(Family),
    Classes,
    Uploads,
    History,
}

const TABS: [(Tab, &str); 6] = [
    (Tab::People(Family::Staff), "Staff"),
    (Tab::People(Family::Students), "Students"),
    (Tab::People(Family::Guardians), "Guardians"),
    (Tab::Classes, "Classes"),
    (Tab::Uploads, "Uploads"),
    (Tab::History, "History"),
];

impl SchoolScreen {
    /// The screen of a school.
    pub fn new(number: OrgNo) -> Self {
        Self {
            number,
            detail: Asked::new(DETAIL),
            tab: 0,
            people: List::new(PEOPLE),
            uploads: List::new(UPLOADS),
            history: Viewport::default(),
            exports: Exports::new(EXPORTS),
            room: Size::default(),
        }
    }

    fn tab(&self) -> Tab {
        TABS[self.tab].0
    }

    fn fetch(&mut self) -> Option<Effect> {
        let org = self.number;
        match self.tab() {
            Tab::People(family) => self.people.fetch(|window, filter| Request::People {
                query: PeopleQuery { filter, family: Some(family), org: Some(org), ..PeopleQuery::default() },
                window,
            }),
            Tab::Uploads => {
                // Syncs know an organization by its external ID: that comes with the detail.
                let id = self.detail.get()?.row.org.external_id.clone();
                self.uploads.fetch(|window, filter| Request::Syncs { window, org: Some(id), filter })
            }
            Tab::Classes | Tab::History => None,
        }
    }

    fn fit(&mut self) {
        let rows = self.room.height.saturating_sub(ABOVE + 1 + u16::from(self.place() == Place::Filter));
        self.people.set_height(rows);
        self.uploads.set_height(rows);
        self.history.height = u64::from(rows + 1);
        self.history.total = self.history_lines().count() as u64;
        self.history.select(self.history.selected);
    }

    /// Entry and, within it, change: the lines of the history.
    fn history_lines(&self) -> impl Iterator<Item = (usize, Option<usize>)> + '_ {
        let entries = self.detail.get().map(|d| d.history.as_slice()).unwrap_or_default();
        entries.iter().enumerate().flat_map(|(i, e)| std::iter::once((i, None)).chain((0..e.changes.len()).map(move |c| (i, Some(c)))))
    }

    fn list(&mut self, msg: &Msg) -> Did {
        match self.tab() {
            Tab::People(_) => self.people.update(msg),
            Tab::Uploads => self.uploads.update(msg),
            Tab::Classes => Did::Nothing,
            Tab::History => match msg {
                Msg::Command(command) if self.history.go(*command) => Did::Selected,
                _ => Did::Nothing,
            },
        }
    }

    fn target(&self) -> Option<Box<dyn Screen>> {
        match self.tab() {
            Tab::People(_) => self.people.selected().map(|p| Box::new(PersonScreen::new(p.number)) as Box<dyn Screen>),
            Tab::Uploads => self.uploads.selected().map(|s| Box::new(SyncScreen::new(s.number)) as Box<dyn Screen>),
            Tab::Classes => None,
            Tab::History => {
                let (entry, _) = self.history_lines().nth(self.history.selected as usize)?;
                let sync = self.detail.get()?.history.get(entry)?.sync?;
                Some(Box::new(SyncScreen::new(sync)))
            }
        }
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Open => self.target().map(Effect::Push).into_iter().collect(),
            Command::NextPane | Command::PreviousPane => {
                let by = if command == Command::NextPane { 1 } else { TABS.len() - 1 };
                self.tab = (self.tab + by) % TABS.len();
                self.people.restart();
                Vec::new()
            }
            Command::Edit => match self.tab() {
                Tab::People(_) => self.people.selected().map(|p| Effect::Push(Box::new(EditForm::person(p.number)))).into_iter().collect(),
                _ => vec![Effect::Push(Box::new(EditForm::school(self.number)))],
            },
            Command::Output => {
                self.detail.get().map(|d| d.row.org.external_id.clone()).map(|id| self.exports.choose(Some(id))).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    fn reply(&mut self, token: super::Token, reply: Reply) -> Vec<Effect> {
        match reply {
            Reply::School(detail) => {
                self.detail.take(token, Ok(*detail));
            }
            Reply::People(page) => {
                self.people.take(token, page);
            }
            Reply::Syncs(page) => {
                self.uploads.take(token, page);
            }
            Reply::Trouble(trouble) => {
                let said = say(&trouble);
                if self.detail.owns(token) {
                    self.detail.take(token, Err(trouble));
                }
                return vec![said];
            }
            _ => {}
        }
        Vec::new()
    }

    fn head(paint: &mut Paint, d: &SchoolDetail, look: &Look) {
        let org = &d.row.org;
        let mut pieces =
            vec![piece(org.name.as_str(), Role::Accent), piece(format!("  {}  {}  {}", org.external_id, org.kind, org.status), Role::Text)];
        if let Some(parent) = &d.parent {
            pieces.push(piece(format!("  in {parent}"), Role::Dim));
        }
        if !org.address.is_empty() {
            pieces.push(piece(format!("  {}", org.address), Role::Dim));
        }
        paint.line(&pieces);
        let counts =
            format!("{} staff and {} students active, {} classes, ", number(d.row.staff), number(d.row.students), number(d.row.classes));
        let errors = words::count(d.row.open_errors, "open error", "open errors");
        paint.line(&[piece(counts, Role::Text), piece(errors, if d.row.open_errors > 0 { Role::Error } else { Role::Dim })]);
        match &d.row.last {
            Some(s) => {
                let glyph = match s.status {
                    crate::ledger::SyncStatus::Completed => Glyph::Ok,
                    crate::ledger::SyncStatus::Held => Glyph::Held,
                    crate::ledger::SyncStatus::CompletedWithErrors | crate::ledger::SyncStatus::Failed => Glyph::Error,
                    _ => Glyph::Note,
                };
                paint.line(&[
                    piece("Last upload ", Role::Dim),
                    piece(format!("{} {}", look.glyph(glyph), s.status.words()), look.status(s.status)),
                    piece(format!("  {}  {}  {}", s.number, look.when(s.started), s.file), Role::Text),
                ]);
            }
            None => paint.line(&[piece("No upload has named this school yet.", Role::Dim)]),
        }
    }

    fn tabs(&self, paint: &mut Paint) {
        let mut pieces = Vec::new();
        for (n, (_, name)) in TABS.iter().enumerate() {
            let here = n == self.tab;
            pieces.push(piece(if here { format!("[{name}]") } else { format!(" {name} ") }, if here { Role::Accent } else { Role::Dim }));
        }
        paint.line(&pieces);
    }

    fn render_tab(&self, buffer: &mut Buffer, area: Rect, look: &Look, d: &SchoolDetail) {
        match self.tab() {
            Tab::People(family) => {
                self.people.filter_line(buffer, filter_foot(area, self.place()).1, look);
                let area = filter_foot(area, self.place()).0;
                if self.people.arrived() && self.people.total() == 0 {
                    let none = if self.people.filter().is_empty() {
                        format!("No {family} at this school.")
                    } else {
                        format!("No {family} here matches \"{}\".", self.people.filter())
                    };
                    return empty(buffer, area, look, &[&none, "tab goes on, i imports a file"]);
                }
                self.people.table(buffer, area, look, people::AT_SCHOOL, |p| people::row_at_school(p, look));
            }
            Tab::Classes => empty(buffer, area, look, &["No classes are on the roster for this school.", "tab goes on"]),
            Tab::Uploads => {
                if self.uploads.arrived() && self.uploads.total() == 0 {
                    return empty(buffer, area, look, &["No upload was for this school alone.", "4 shows every sync"]);
                }
                let (area, foot) = filter_foot(area, self.place());
                self.uploads.filter_line(buffer, foot, look);
                self.uploads.table(buffer, area, look, Syncs::COLUMNS, |s| Syncs::row(s, look));
            }
            Tab::History => {
                if d.history.is_empty() {
                    return empty(buffer, area, look, &["Nothing is recorded of this school."]);
                }
                let mut paint = Paint::new(buffer, area, look);
                for (n, (entry, of)) in self.history_lines().enumerate().skip(self.history.first as usize).take(usize::from(area.height)) {
                    if n as u64 == self.history.selected {
                        paint.at(1, &[piece(look.glyph(Glyph::Selected), Role::Accent)]);
                    }
                    let Some(entry) = d.history.get(entry) else { break };
                    match of {
                        None => paint.at(MARGIN, &history_line(entry, look)),
                        Some(of) => {
                            if let Some(c) = entry.changes.get(of) {
                                paint.at(14, &change(c, look));
                            }
                        }
                    }
                    paint.next();
                }
            }
        }
    }
}

impl Screen for SchoolScreen {
    fn crumb(&self) -> String {
        self.detail.get().map_or_else(|| String::from("school"), |d| d.row.org.name.clone())
    }

    fn place(&self) -> Place {
        match self.tab() {
            Tab::People(_) => self.people.place(),
            Tab::Uploads => self.uploads.place(),
            Tab::Classes | Tab::History => Place::List,
        }
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        let mut effects = vec![self.detail.ask(Request::School(self.number))];
        effects.extend(self.fetch());
        effects
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let did = self.list(&msg);
        let mut effects = match msg {
            Msg::Command(Command::Back) if did != Did::Nothing => vec![Effect::Handled],
            Msg::Command(command) if did == Did::Nothing => self.command(command),
            Msg::Chosen { index, .. } => self.exports.chosen(index).into_iter().collect(),
            Msg::Reply { token, reply } if self.exports.owns(token) => self.exports.reply(*reply).into_iter().collect(),
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Event(Event::RosterChanged { .. } | Event::SyncChanged(_)) | Msg::Shown => {
                self.people.refresh();
                self.uploads.refresh();
                vec![self.detail.ask(Request::School(self.number))]
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
        let buffer = frame.buffer_mut();
        let Some(d) = self.detail.get() else {
            if let Some(trouble) = self.detail.trouble() {
                empty(buffer, area, look, &[&sentence(trouble), "esc goes back"]);
            }
            return;
        };
        let mut paint = Paint::new(buffer, area, look);
        Self::head(&mut paint, d, look);
        self.tabs(&mut paint);
        let rest = paint.rest();
        self.render_tab(buffer, rest, look, d);
    }

    fn is_loading(&self) -> bool {
        let list = match self.tab() {
            Tab::People(_) => self.people.is_loading(),
            Tab::Uploads => self.uploads.is_loading(),
            Tab::Classes | Tab::History => false,
        };
        self.detail.get().is_none() || list
    }

    fn offers(&self) -> Vec<Offer> {
        let (open, label) = match self.tab() {
            Tab::Classes => (Some("there are no classes"), "open"),
            Tab::History => (self.target().is_none().then_some("it was changed by hand, not by a sync"), "its sync"),
            _ => (self.target().is_none().then_some("nothing is selected"), "open"),
        };
        let filter = matches!(self.tab(), Tab::Classes | Tab::History).then_some("there is no list to filter here");
        vec![
            Offer::unless(Command::Open, open).called(label),
            Offer::on(Command::NextPane).called("tabs"),
            Offer::unless(Command::Filter, filter),
            Offer::unless(Command::FilterKeep, filter),
            Offer::on(Command::Edit),
            Offer::on(Command::Output).called("export"),
            Offer::on(Command::PreviousPane).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        match self.tab() {
            Tab::People(_) => self.people.status(),
            Tab::Uploads => self.uploads.status(),
            Tab::Classes | Tab::History => StatusLine::default(),
        }
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        match self.tab() {
            Tab::People(_) => self.people.filter_cursor(area, look),
            Tab::Uploads => self.uploads.filter_cursor(area, look),
            Tab::Classes | Tab::History => None,
        }
    }
}
