//! The Status Log: every sync, newest first, with its type of import, when it was and whether there were errors. `>` opens a line in place
//! into its causes with the rows affected; Enter on one shows those rows in full. `t` lists one type only, `R` runs the last file of a
//! line's type again.

mod about;
mod beside;
mod opened;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::asked::{Asked, say};
use super::list::{Did, List};
use super::paint::{Paint, divide, empty, filter_foot, piece};
use super::report::Reports;
use super::runs::{Run, Runs};
use super::sync::SyncScreen;
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone, words};
use crate::desk::{Event, ProfileInfo, Reply, Request, SyncsOf, Window};
use crate::ledger::{Sync, SyncKind, SyncNo};
use crate::tui::command::{Command, Place};
use crate::tui::look::{Look, duration, number};
use crate::tui::memory::Memory;
use crate::tui::theme::Role;
use crate::tui::widget::split;
use crate::tui::widget::table::{Cell, Column, Row, Table};
pub use about::about;
use about::bracket;
use opened::Opened;

const LIST: u8 = 0;
const REPORTS: u8 = 1;
const PROFILES: u8 = 2;
const OPENED: u8 = 3;
const ONLY: u8 = 4;
const RUNS: u8 = 5;
const LATEST: u8 = 6;

/// Syncs of a type looked at for the last file: dry runs and undos are none.
const LATEST_OF_TYPE: u64 = 20;

/// The log.
#[derive(Debug)]
pub struct Syncs {
    list: List<Sync>,
    /// Which import types there are, and of which each profile is.
    profiles: Asked<Vec<ProfileInfo>>,
    /// The only type that is listed.
    only: Option<String>,
    opened: Option<Opened>,
    runs: Runs,
    reports: Reports,
    room: Size,
}

const COLUMNS: &[Column] = &[
    Column::number("no.", 6, 0),
    Column::text("type of import", 12, 28, 0),
    Column::text("when", 12, 12, 0),
    Column::text("status", 9, 9, 0),
    Column::number("err", 6, 0),
    Column::text("feed", 10, 24, 1),
    Column::text("file", 10, 32, 2),
    Column::number("new", 6, 4),
    Column::number("upd", 6, 4),
    Column::number("same", 9, 6),
    Column::number("off", 6, 5),
    Column::number("took", 7, 7),
    Column::text("by", 6, 12, 8),
];

impl Default for Syncs {
    fn default() -> Self {
        Self {
            list: List::new(LIST).named("syncs", "no.").keeping_its_filter(),
            profiles: Asked::new(PROFILES),
            only: None,
            opened: None,
            runs: Runs::new(RUNS),
            reports: Reports::new(REPORTS),
            room: Size::default(),
        }
    }
}

impl Syncs {
    fn fetch(&mut self) -> Vec<Effect> {
        let of = SyncsOf { import_type: self.only.clone(), ..SyncsOf::default() };
        self.list.ask(|window: Window, filter| Request::Syncs { window, org: None, filter, of: of.clone() })
    }

    /// Rows of the log that there is room for: above them what is listed and the titles, among them what is opened.
    fn fit(&mut self) {
        let busy = u16::from(self.runs.busy());
        let around = 2 + busy + u16::from(self.list.place() == Place::Filter);
        let room = self.room.height.saturating_sub(around);
        let within = self.opened.as_mut().map_or(0, |opened| opened.fit(room));
        self.list.set_height(room - within);
        // What was opened and is out of sight is closed: its lines are missed nowhere.
        let gone = |opened: &Opened| self.list.arrived() && !self.list.rows().any(|(_, s)| s.number == opened.number());
        if self.opened.as_ref().is_some_and(gone) {
            self.opened = None;
            self.list.set_height(room);
        }
    }

    /// What an import by a profile is called; the profile's name where it is not known (any more).
    fn type_of<'a>(&'a self, sync: &'a Sync) -> &'a str {
        let known = self.profiles.get().and_then(|all| all.iter().find(|p| p.name == sync.profile));
        match known {
            Some(profile) => &profile.import_type,
            None if sync.profile.is_empty() => "not recognised",
            None => &sync.profile,
        }
    }

    /// Every type there is, each once, in the order of the profiles.
    fn types(&self) -> Vec<String> {
        let mut types: Vec<String> = Vec::new();
        for profile in self.profiles.get().into_iter().flatten() {
            if !types.contains(&profile.import_type) {
                types.push(profile.import_type.clone());
            }
        }
        types
    }

    fn is_opened(&self) -> bool {
        self.list.selected().is_some_and(|s| self.opened.as_ref().is_some_and(|o| o.number() == s.number))
    }

    /// Opens the selected line in place, or (`false`) closes what is opened.
    fn open_in_place(&mut self, open: bool) -> Vec<Effect> {
        match (open, self.list.selected()) {
            (true, Some(sync)) if !self.is_opened() => {
                let mut opened = Opened::new(OPENED, sync.number);
                let ask = opened.ask();
                self.opened = Some(opened);
                vec![ask]
            }
            (true, _) => Vec::new(),
            (false, _) => {
                self.opened = None;
                Vec::new()
            }
        }
    }

    /// Moves among the causes of the line that is opened; `false` where the list itself is to move.
    fn move_within(&mut self, command: Command) -> bool {
        let (here, last) = (self.is_opened(), self.list.index() + 1 >= self.list.total());
        let Some(opened) = &mut self.opened else { return false };
        match command {
            Command::Down if here => opened.down() || (opened.is_within() && last),
            Command::Up if here => opened.up(),
            _ => false,
        }
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        if let Some(effect) = self.list.arrange(command, COLUMNS) {
            return vec![effect];
        }
        match command {
            Command::Open => self.target().map(Effect::Push).into_iter().collect(),
            Command::ScrollRight => self.open_in_place(true),
            Command::ScrollLeft => self.open_in_place(false),
            Command::Output => {
                let listed = self.list.exported();
                let of = self.list.selected().map(|s| s.number);
                of.and_then(|number| self.reports.choose_or(number, listed)).into_iter().collect()
            }
            Command::Copy | Command::CopyRow => {
                self.list.copy(
                    command,
                    |s| s.number.to_string(),
                    |s| {
                        let words =
                            [s.number.to_string(), s.profile.clone(), s.feed_name.clone(), s.file.clone(), s.status.words().to_owned()];
                        let total = s.counts.total();
                        let counts = [s.rows, s.rows_with_errors, total.created, total.updated, total.unchanged, total.disabled];
                        words.into_iter().chain(counts.map(|n| n.to_string())).chain([s.by.0.clone()]).collect()
                    },
                );
                Vec::new()
            }
            Command::Narrow => {
                let types = self.types().into_iter();
                let choices = std::iter::once(('*', String::from("every type"))).chain(('a'..='z').zip(types)).collect();
                vec![Effect::Choose { token: Token::of(ONLY), title: String::from("List only"), choices }]
            }
            Command::Compare => self.compare(),
            Command::Rerun => self.ask_last_file().into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn target(&self) -> Option<Box<dyn Screen>> {
        let sync = self.list.selected()?;
        match self.opened.as_ref().filter(|_| self.is_opened()).and_then(Opened::target) {
            Some(rows) => Some(rows),
            None => Some(Box::new(SyncScreen::new(sync.number))),
        }
    }

    /// Asks for the last file of the selected line's type.
    fn ask_last_file(&self) -> Option<Effect> {
        let of = SyncsOf { import_type: Some(self.type_of(self.list.selected()?).to_owned()), ..SyncsOf::default() };
        let window = Window { first: 0, count: LATEST_OF_TYPE };
        Some(Effect::Ask { token: Token::of(LATEST), request: Request::Syncs { window, org: None, filter: String::new(), of } })
    }

    /// Runs the last file of a type again, all its rows: a preview first.
    fn run_now(&mut self, latest: &[Sync]) -> Effect {
        let was_run = |s: &&Sync| s.kind == SyncKind::Import && s.upload.is_some() && s.status.is_applied();
        match latest.iter().find(was_run) {
            Some(sync) => self.runs.preview(Run::Now(sync.number)),
            None => Effect::Toast(Tone::Plain, String::from("No file of this type was processed yet.")),
        }
    }

    fn narrow(&mut self, only: Option<String>) {
        self.only = only;
        self.opened = None;
        self.list.restart();
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match reply {
            Reply::Syncs(page) if token.slot == LATEST => return vec![self.run_now(&page.rows)],
            Reply::Syncs(page) => drop(self.list.take(token, page)),
            Reply::Profiles(profiles) => drop(self.profiles.take(token, Ok(profiles))),
            Reply::Sync(detail) => {
                if let Some(opened) = &mut self.opened {
                    opened.take(token, Ok(*detail));
                }
            }
            Reply::Trouble(trouble) => {
                let said = say(&trouble);
                if token.slot == OPENED
                    && let Some(opened) = &mut self.opened
                {
                    opened.take(token, Err(trouble));
                }
                return vec![said];
            }
            _ => {}
        }
        Vec::new()
    }

    /// One row of the log, with the bracket of the set it came in.
    fn row<'a>(&'a self, sync: &'a Sync, bracket: &str, look: &Look) -> Row<'a> {
        let total = sync.counts.total();
        let count = |n: u64| Cell::new(number(n), if n == 0 { Role::Dim } else { Role::Text });
        Row::new([
            Cell::from(format!("{bracket}{}", sync.number)),
            Cell::from(self.type_of(sync)),
            Cell::new(look.when_exactly(sync.started), Role::Dim),
            Cell::new(words::status(sync.status), look.status(sync.status)),
            Cell::new(number(sync.rows_with_errors), if sync.rows_with_errors > 0 { Role::Error } else { Role::Dim }),
            Cell::from(words::feed(sync)),
            // A re-run must not look like an import.
            if sync.kind == SyncKind::Import {
                Cell::from(sync.file.as_str())
            } else {
                Cell::from(format!("{}, {}", words::kind(sync), sync.file))
            },
            count(total.created),
            count(total.updated),
            count(total.unchanged),
            count(total.disabled),
            Cell::new(sync.seconds().map(duration).unwrap_or_default(), Role::Dim),
            Cell::new(sync.by.0.as_str(), Role::Dim),
        ])
    }

    /// What is listed: one type or all.
    fn heading(&self, paint: &mut Paint) {
        match &self.only {
            Some(only) => paint.at(1, &[piece("only ", Role::Dim), piece(only.as_str(), Role::Accent)]),
            None => paint.at(1, &[piece("every type of import", Role::Dim)]),
        }
        let order = match self.list.arrangement().sorted() {
            ("no.", false) => String::from("newest first"),
            ("no.", true) => String::from("oldest first"),
            (column, reverse) => format!("by {column}{}", if reverse { ", reversed" } else { "" }),
        };
        paint.right(1, &order, Role::Dim);
        paint.next();
    }

    fn table(&self, buffer: &mut Buffer, area: Rect, look: &Look) {
        let visible: Vec<&Sync> = self.list.rows().map(|(_, s)| s).collect();
        let rows = visible.iter().enumerate().map(|(n, sync)| {
            let of_set = |n: Option<usize>| sync.set.is_some() && n.and_then(|n| visible.get(n)).is_some_and(|s| s.set == sync.set);
            let row = self.row(sync, bracket(of_set(n.checked_sub(1)), of_set(n.checked_add(1)), look.ascii), look);
            self.list.arrangement().row(COLUMNS, Row { marked: self.list.is_marked(sync), ..row })
        });
        let head = self.list.arrangement().columns(COLUMNS);
        let within = self.opened.as_ref().filter(|_| self.is_opened()).is_some_and(Opened::is_within);
        let selected = self.list.selected_row().filter(|_| !within);
        let table = Table { columns: &head, rows, selected, titles: true, whole: self.list.total() as usize <= visible.len() };
        let place = self.opened.as_ref().and_then(|o| Some((o, visible.iter().position(|s| s.number == o.number())? as u16)));
        let Some((opened, at)) = place else { return table.render(buffer, area, look) };
        // The table is drawn as a whole, that its columns stay one, and parted below the line that is opened.
        let whole = area.intersection(buffer.area);
        let mut drawn = Buffer::empty(whole);
        drawn.set_style(whole, look.theme.paper());
        table.render(&mut drawn, whole, look);
        let above = (at + 2).min(whole.height);
        let height = opened.height().min(whole.height - above);
        for y in 0..whole.height - height {
            let to = if y < above { y } else { y + height };
            for x in whole.left()..whole.right() {
                buffer[(x, whole.y + to)] = drawn[(x, whole.y + y)].clone();
            }
        }
        opened.render(buffer, Rect { y: whole.y + above, height, ..whole }, look);
    }
}

impl Syncs {
    /// The log, filtered: the syncs of a feed.
    pub fn filtered(text: &str) -> Self {
        let mut log = Self::default();
        log.list.set_filter(text);
        log
    }
}

impl Screen for Syncs {
    fn crumb(&self) -> String {
        String::from("Syncs")
    }

    fn place(&self) -> Place {
        self.list.place()
    }

    fn recall(&mut self, memory: &Memory) {
        // The syncs of a feed were asked for: they are what is listed.
        let filter = self.list.filter().to_owned();
        self.list.recall(memory);
        if !filter.is_empty() {
            self.list.set_filter(&filter);
        }
    }

    fn counts(&self) -> bool {
        true
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        let profiles = self.profiles.ask(Request::Profiles);
        std::iter::once(profiles).chain(self.fetch()).collect()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        if let Some(effects) = self.runs.update(&msg) {
            self.fit();
            return effects;
        }
        if let Msg::Command(command) = msg
            && self.move_within(command)
        {
            return Vec::new();
        }
        let before = self.is_opened();
        let did = self.list.update(&msg);
        if did != Did::Nothing
            && let Some(opened) = &mut self.opened
        {
            // Coming up from the line below the last cause is the next one; any other way leads to the line itself.
            let up = matches!(msg, Msg::Command(Command::Up));
            let here = self.list.selected().is_some_and(|s| s.number == opened.number());
            opened.entered(up && here && !before);
        }
        let mut effects = match msg {
            Msg::Command(Command::Back) if did != Did::Nothing => vec![Effect::Handled],
            Msg::Command(Command::Back) if self.opened.take().is_some() => vec![Effect::Handled],
            Msg::Command(Command::Back) if self.only.is_some() => {
                self.narrow(None);
                vec![Effect::Handled]
            }
            Msg::Command(command) if did == Did::Nothing => self.command(command),
            Msg::Chosen { .. } if did != Did::Nothing => Vec::new(),
            Msg::Chosen { token, index } if self.reports.owns(token) && Reports::is_listed(index) => {
                self.list.export();
                Vec::new()
            }
            Msg::Chosen { token, index } if self.reports.owns(token) => self.reports.chosen(index).into_iter().collect(),
            Msg::Chosen { index, .. } => {
                let only = index.checked_sub(1).and_then(|i| self.types().into_iter().nth(i));
                self.narrow(only);
                Vec::new()
            }
            Msg::Reply { token, reply } if self.reports.owns(token) => self.reports.reply(*reply).into_iter().collect(),
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Event(Event::SyncChanged(_)) | Msg::Shown => {
                self.list.refresh();
                self.opened.as_mut().map(Opened::ask).into_iter().collect()
            }
            Msg::Context => {
                self.narrow(self.only.clone());
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
        let (list, detail) = split(area);
        let (list, foot) = filter_foot(list, self.place());
        let buffer = frame.buffer_mut();
        self.list.filter_line(buffer, foot, look);
        let mut paint = Paint::new(buffer, list, look);
        self.heading(&mut paint);
        self.runs.draw(&mut paint, look);
        let list = paint.rest();
        if self.list.arrived() && self.list.total() == 0 {
            let no = format!("No sync matches \"{}\".", self.list.filter());
            return match (&self.only, self.list.filter().is_empty()) {
                (_, false) => empty(buffer, list, look, &[&no, "esc clears the filter"]),
                (Some(_), true) => empty(buffer, list, look, &["Nothing of this type was imported yet.", "esc lists every type"]),
                (None, true) => empty(buffer, list, look, &["Nothing was imported yet.", "i imports a file"]),
            };
        }
        self.table(buffer, list, look);
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
        let within = self.is_opened() && self.opened.as_ref().is_some_and(Opened::is_within);
        let busy = self.runs.busy().then_some("a run is under way");
        let unknown = self.list.selected().is_some_and(|s| s.profile.is_empty()).then_some("its type was not recognised");
        let marks = (!matches!(self.list.marks().len(), 0 | 2)).then_some("mark two syncs with space, or none");
        let types = self.profiles.get().is_none().then_some("the types are not here yet");
        vec![
            Offer::unless(Command::Open, none).called(if within { "rows" } else { "open" }),
            if self.is_opened() {
                Offer::on(Command::ScrollLeft).called("close")
            } else {
                Offer::unless(Command::ScrollRight, none).called("causes")
            },
            Offer::unless(Command::Rerun, none.or(unknown).or(busy)).called("run now"),
            Offer::unless(Command::Compare, none.or(marks)).called("compare"),
            Offer::unless(Command::Output, none).called("report"),
            Offer::unless(Command::Narrow, types).called("type"),
            Offer::on(Command::Sort).quiet(),
            Offer::on(Command::Reverse).quiet(),
            Offer::on(Command::Columns).quiet(),
            Offer::unless(Command::Mark, none).quiet(),
            Offer::unless(Command::MarkRange, none).quiet(),
            Offer::unless(Command::MarkAll, none).quiet(),
            Offer::unless(Command::Copy, none).quiet(),
            Offer::unless(Command::CopyRow, none).quiet(),
            Offer::on(Command::Filter),
            Offer::on(Command::FilterKeep),
        ]
    }

    fn status(&self) -> StatusLine {
        self.list.status()
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        self.list.filter_cursor(split(area).0, look)
    }

    fn sync(&self) -> Option<SyncNo> {
        self.list.selected().map(|s| s.number)
    }
}
