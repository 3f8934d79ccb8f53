//! One school: by Tab its staff, students, guardians, classes, uploads and history. Where people and classes are listed, a banner says how
//! the last upload for this school and kind went; `V` goes on to the last ones: File Upload Status.

mod beside;
mod tabs;

use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};

use super::asked::{Asked, say};
use super::bulk::Bulk;
use super::class::ClassScreen;
use super::edit_form::EditForm;
use super::fields::Adds;
use super::list::{Did, List, Viewport};
use super::paint::Paint;
use super::person::PersonScreen;
use super::report::{Exports, Reports};
use super::sync::SyncScreen;
use super::timeline::Why;
use super::{Effect, Msg, Offer, Screen, StatusLine, Token};
use crate::desk::{ClassDetail, ClassRow, Event, PeopleQuery, PersonDetail, PersonRow, Reply, Request, SchoolDetail, SyncsOf, Window};
use crate::ledger::{Sync, SyncKind};
use crate::roster::{ClassNo, Family, Kind, OrgNo, PersonNo};
use crate::tui::command::{Command, Place};
use crate::tui::look::Look;
use crate::tui::memory::Memory;
use crate::tui::widget::split;

const DETAIL: u8 = 0;
const PEOPLE: u8 = 1;
const UPLOADS: u8 = 2;
const EXPORTS: u8 = 3;
const CLASSES: u8 = 4;
const BANNER: u8 = 5;
const REPORTS: u8 = 6;
const ADDS: u8 = 7;
const OUTPUT: u8 = 8;
const PERSON: u8 = 9;
const CLASS: u8 = 10;
const BULK: u8 = 11;

/// Lines above the tab's list: who it is, what is there, the last upload, the tabs.
const ABOVE: u16 = 4;

/// Uploads looked at for the banner: an undo is none.
const LATEST: u64 = 5;

/// One school.
#[derive(Debug)]
pub struct SchoolScreen {
    number: OrgNo,
    detail: Asked<SchoolDetail>,
    tab: usize,
    people: List<PersonRow>,
    classes: List<ClassRow>,
    uploads: List<Sync>,
    /// Of which kind the uploads are that are listed; none for all.
    uploads_kind: Option<Kind>,
    /// The latest uploads of a kind, for the banner, and of which kind they are.
    latest: Asked<Vec<Sync>>,
    latest_of: Option<Kind>,
    latest_stale: bool,
    history: Viewport,
    exports: Exports,
    reports: Reports,
    adds: Adds,
    /// Who is selected, in full beside the list, and of whom that was asked.
    person: Asked<PersonDetail>,
    person_of: Option<PersonNo>,
    class: Asked<ClassDetail>,
    class_of: Option<ClassNo>,
    bulk: Bulk,
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
            people: List::new(PEOPLE).named("school people", "name"),
            classes: List::new(CLASSES).named("classes", "class"),
            uploads: List::new(UPLOADS).named("uploads", "sync"),
            uploads_kind: None,
            latest: Asked::new(BANNER),
            latest_of: None,
            latest_stale: false,
            history: Viewport::default(),
            exports: Exports::new(EXPORTS),
            reports: Reports::new(REPORTS),
            adds: Adds::new(ADDS),
            person: Asked::new(PERSON),
            person_of: None,
            class: Asked::new(CLASS),
            class_of: None,
            bulk: Bulk::new(BULK),
            room: Size::default(),
        }
    }

    fn tab(&self) -> Tab {
        TABS[self.tab].0
    }

    /// The kind that the tab lists, which has uploads of its own.
    fn kind(&self) -> Option<Kind> {
        match self.tab() {
            Tab::People(Family::Staff) => Some(Kind::Staff),
            Tab::People(Family::Students) => Some(Kind::Students),
            Tab::People(Family::Guardians) => Some(Kind::Guardians),
            Tab::Classes => Some(Kind::Classes),
            Tab::Uploads | Tab::History => None,
        }
    }

    fn banner_is_here(&self) -> bool {
        self.latest_of == self.kind() && self.latest.get().is_some()
    }

    /// The last upload for this school and the tab's kind, once it is here.
    fn last_upload(&self) -> Option<&Sync> {
        let latest = self.latest.get().filter(|_| self.banner_is_here())?;
        latest.iter().find(|s| !matches!(s.kind, SyncKind::Undo { .. }))
    }

    /// The upload that `o` is about: that of the banner where it has errors.
    fn reported(&self) -> Option<&Sync> {
        self.last_upload().filter(|s| s.rows_with_errors > 0)
    }

    fn id(&self) -> Option<String> {
        self.detail.get().map(|d| d.row.org.external_id.clone())
    }

    fn fetch(&mut self) -> Vec<Effect> {
        let org = self.number;
        // Syncs know an organization by its external ID: that comes with the detail.
        let id = self.id();
        let list = match (self.tab(), &id) {
            (Tab::People(family), _) => self.people.ask(|window, filter| Request::People {
                query: PeopleQuery { filter, family: Some(family), org: Some(org), ..PeopleQuery::default() },
                window,
            }),
            (Tab::Classes, _) => self.classes.ask(|window, filter| Request::Classes { org: Some(org), filter, window }),
            (Tab::Uploads, Some(id)) => {
                let of = SyncsOf { kind: self.uploads_kind, ..SyncsOf::default() };
                self.uploads.ask(|window, filter| Request::Syncs { window, org: Some(id.clone()), filter, of: of.clone() })
            }
            (Tab::Uploads, None) | (Tab::History, _) => Vec::new(),
        };
        let mut effects = list;
        effects.extend(self.ask_beside());
        if let (Some(kind), Some(id)) = (self.kind(), id)
            && (self.latest_of != Some(kind) || self.latest_stale)
        {
            // What is here stays until the news comes, unless it is of another kind.
            if self.latest_of != Some(kind) {
                self.latest.forget();
            }
            (self.latest_of, self.latest_stale) = (Some(kind), false);
            let window = Window { first: 0, count: LATEST };
            let of = SyncsOf { kind: Some(kind), ..SyncsOf::default() };
            effects.push(self.latest.ask(Request::Syncs { window, org: Some(id), filter: String::new(), of }));
        }
        effects
    }

    fn fit(&mut self) {
        let rows = self.room.height.saturating_sub(ABOVE + 1 + u16::from(self.place() == Place::Filter));
        self.people.set_height(rows);
        self.classes.set_height(rows);
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
            Tab::Classes => self.classes.update(msg),
            Tab::Uploads => self.uploads.update(msg),
            Tab::History => match msg {
                Msg::Command(command) if self.history.go(*command) => Did::Selected,
                Msg::Counted { command, count } if self.history.go_times(*command, Some(*count)) => Did::Selected,
                _ => Did::Nothing,
            },
        }
    }

    fn target(&self) -> Option<Box<dyn Screen>> {
        match self.tab() {
            Tab::People(_) => self.people.selected().map(|p| Box::new(PersonScreen::new(p.number)) as Box<dyn Screen>),
            Tab::Classes => self.classes.selected().map(|c| Box::new(ClassScreen::new(c.number)) as Box<dyn Screen>),
            Tab::Uploads => self.uploads.selected().map(|s| Box::new(SyncScreen::new(s.number)) as Box<dyn Screen>),
            Tab::History => {
                let (entry, change) = self.history_lines().nth(self.history.selected as usize)?;
                let detail = self.detail.get()?;
                let entry = detail.history.get(entry)?;
                if let Some(change) = change.and_then(|c| entry.changes.get(c)) {
                    let newest = detail.history.iter().flat_map(|e| &e.changes).find(|c| c.field == change.field)?;
                    return Some(Box::new(Why::new(&detail.row.org.name, &change.field, &newest.after, &detail.history, false)));
                }
                Some(Box::new(SyncScreen::new(entry.sync?)))
            }
        }
    }

    /// Goes to the uploads: those of the kind, or of all kinds.
    fn show_uploads(&mut self, kind: Option<Kind>) {
        self.tab = TABS.iter().position(|(tab, _)| *tab == Tab::Uploads).unwrap_or(self.tab);
        self.uploads_kind = kind;
        self.uploads.restart();
    }

    fn edit(&self) -> Option<Effect> {
        let form = match self.tab() {
            Tab::People(_) => EditForm::person(self.people.selected()?.number),
            Tab::Classes => EditForm::record(self.classes.selected()?.number),
            Tab::Uploads | Tab::History => EditForm::school(self.number),
        };
        Some(Effect::Push(Box::new(form)))
    }

    fn command(&mut self, command: Command) -> Option<Effect> {
        if let Some(effect) = self.arrange(command) {
            return Some(effect);
        }
        match command {
            Command::Copy | Command::CopyRow => {
                self.copy(command);
                None
            }
            Command::Edit if matches!(self.tab(), Tab::People(_)) && !self.people.marks().is_empty() => {
                Some(self.bulk.choose(&self.people.marks()))
            }
            Command::UndoEdit | Command::RedoEdit => self.bulk.turn(command == Command::UndoEdit),
            Command::Open => self.target().map(Effect::Push),
            Command::NextPane | Command::PreviousPane => {
                let by = if command == Command::NextPane { 1 } else { TABS.len() - 1 };
                self.tab = (self.tab + by) % TABS.len();
                self.people.restart();
                if self.uploads_kind.take().is_some() {
                    self.uploads.restart();
                }
                None
            }
            Command::Uploads => {
                self.show_uploads(self.kind());
                None
            }
            Command::Edit => self.edit(),
            Command::Add => {
                let id = self.id()?;
                Some(self.adds.choose(["orgs", "class_org", "course_org"].map(|name| (name, id.clone())).to_vec()))
            }
            Command::Output => self.output(),
            _ => None,
        }
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match reply {
            Reply::Person(person) => {
                self.person.take(token, Ok(*person));
            }
            Reply::Class(class) => {
                self.class.take(token, Ok(*class));
            }
            Reply::School(detail) => {
                self.detail.take(token, Ok(*detail));
            }
            Reply::People(page) => {
                self.people.take(token, page);
            }
            Reply::Classes(page) => {
                self.classes.take(token, page);
            }
            Reply::Syncs(page) if self.latest.owns(token) => {
                self.latest.take(token, Ok(page.rows));
            }
            Reply::Syncs(page) => {
                self.uploads.take(token, page);
            }
            Reply::Trouble(trouble) => {
                let said = say(&trouble);
                if self.detail.owns(token) {
                    self.detail.take(token, Err(trouble));
                } else if self.latest.owns(token) {
                    self.latest.take(token, Err(trouble));
                } else if self.person.owns(token) {
                    self.person.take(token, Err(trouble));
                } else if self.class.owns(token) {
                    self.class.take(token, Err(trouble));
                }
                return vec![said];
            }
            _ => {}
        }
        Vec::new()
    }

    fn chosen(&mut self, token: Token, index: usize) -> Option<Effect> {
        match token.slot {
            OUTPUT => self.output_chosen(index),
            REPORTS if Reports::is_listed(index) => {
                self.export_listed();
                None
            }
            EXPORTS if Exports::is_listed(index) => {
                self.export_listed();
                None
            }
            REPORTS => self.reports.chosen(index),
            ADDS => self.adds.chosen(index),
            EXPORTS => self.exports.chosen(index),
            _ => None,
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
            Tab::Classes => self.classes.place(),
            Tab::Uploads => self.uploads.place(),
            Tab::History => Place::List,
        }
    }

    fn recall(&mut self, memory: &Memory) {
        self.people.recall(memory);
        self.classes.recall(memory);
        self.uploads.recall(memory);
    }

    fn counts(&self) -> bool {
        true
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
            Msg::Command(Command::Back) if self.tab() == Tab::Uploads && self.uploads_kind.is_some() => {
                self.show_uploads(None);
                vec![Effect::Handled]
            }
            Msg::Command(command) if did == Did::Nothing => self.command(command).into_iter().collect(),
            Msg::Chosen { token, .. } | Msg::Prompted { token, .. } | Msg::Reply { token, .. } if self.bulk.owns(token) => {
                self.bulk.update(&msg)
            }
            Msg::Chosen { token, index } if did == Did::Nothing => self.chosen(token, index).into_iter().collect(),
            Msg::Reply { token, reply } if self.exports.owns(token) => self.exports.reply(*reply).into_iter().collect(),
            Msg::Reply { token, reply } if self.reports.owns(token) => self.reports.reply(*reply).into_iter().collect(),
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Event(Event::RosterChanged { .. } | Event::SyncChanged(_)) | Msg::Shown => {
                self.people.refresh();
                self.classes.refresh();
                self.uploads.refresh();
                self.latest_stale = true;
                (self.person_of, self.class_of) = (None, None);
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
        let Some(d) = self.detail.here(buffer, area, look) else { return };
        let mut paint = Paint::new(buffer, area, look);
        self.head(&mut paint, d, look);
        self.tabs(&mut paint);
        let rest = paint.rest();
        self.render_tab(buffer, rest, look, d);
    }

    fn is_loading(&self) -> bool {
        let list = match self.tab() {
            Tab::People(_) => self.people.is_loading(),
            Tab::Classes => self.classes.is_loading(),
            Tab::Uploads => self.uploads.is_loading(),
            Tab::History => false,
        };
        self.detail.get().is_none() || list
    }

    fn offers(&self) -> Vec<Offer> {
        let nothing = self.target().is_none();
        let (open, label) = match self.tab() {
            Tab::History => {
                let change = self.history_lines().nth(self.history.selected as usize).is_some_and(|(_, c)| c.is_some());
                (nothing.then_some("it was changed by hand, not by a sync"), if change { "why" } else { "its sync" })
            }
            Tab::Uploads => (nothing.then_some("nothing is selected"), "sync"),
            _ => (nothing.then_some("nothing is selected"), "open"),
        };
        let filter = (self.tab() == Tab::History).then_some("there is no list to filter here");
        let (undo, redo) = self.bulk.changes().can();
        let of_lists = [
            Command::Sort,
            Command::Reverse,
            Command::Columns,
            Command::Mark,
            Command::MarkRange,
            Command::MarkAll,
            Command::Copy,
            Command::CopyRow,
        ];
        let edit = (matches!(self.tab(), Tab::People(_) | Tab::Classes) && nothing).then_some("nothing is selected");
        let uploads = (self.tab() == Tab::Uploads && self.uploads_kind.is_none()).then_some("every upload is listed");
        let output = match self.tab() {
            Tab::Uploads => Offer::unless(Command::Output, open).called("report, file"),
            _ if self.reported().is_some() => Offer::on(Command::Output).called("sync report"),
            _ => Offer::on(Command::Output).called("export"),
        };
        vec![
            Offer::unless(Command::Open, open).called(label),
            Offer::on(Command::NextPane).called("tabs"),
            Offer::unless(Command::Uploads, uploads),
            output,
            Offer::unless(Command::Filter, filter),
            Offer::unless(Command::FilterKeep, filter),
            Offer::unless(Command::Edit, edit),
            Offer::on(Command::Add),
            Offer::on(Command::PreviousPane).quiet(),
            Offer::unless(Command::UndoEdit, (!undo).then_some("nothing was changed from this list yet")).quiet(),
            Offer::unless(Command::RedoEdit, (!redo).then_some("nothing was taken back")).quiet(),
        ]
        .into_iter()
        .chain(of_lists.map(|command| Offer::unless(command, filter).quiet()))
        .collect()
    }

    fn status(&self) -> StatusLine {
        match self.tab() {
            Tab::People(_) => self.people.status(),
            Tab::Classes => self.classes.status(),
            Tab::Uploads => self.uploads.status(),
            Tab::History => StatusLine::default(),
        }
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        match self.tab() {
            Tab::People(_) => self.people.filter_cursor(split(area).0, look),
            Tab::Classes => self.classes.filter_cursor(split(area).0, look),
            Tab::Uploads => self.uploads.filter_cursor(area, look),
            Tab::History => None,
        }
    }
}
