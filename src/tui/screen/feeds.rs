//! The feeds: named sources of files, each with its profile, its folder and how careful it is. Files that wait are picked up here.

pub(super) mod detail;

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::asked::{Asked, say};
use super::feed_form::FeedForm;
use super::list::{Arrangement, Viewport};
use super::paint::{Paint, divide, empty, foot};
use super::runs::{Run, Runs, progress_line};
use super::set::SetScreen;
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone, words};
use crate::desk::{Event, FeedInfo, Progress, Ran, Reply, Request, TroubleSort};
use crate::ledger::SyncNo;
use crate::tui::command::Command;
use crate::tui::look::{Glyph, Look, number};
use crate::tui::memory::Memory;
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row, Table};
use crate::tui::widget::{WIDE, split};
use detail::about;

const FEEDS: u8 = 0;
const RUNS: u8 = 1;
const REMOVE: u8 = 2;
const PICK_UP: u8 = 3;
const ARRANGED: u8 = 4;

/// Every feed.
#[derive(Debug)]
pub struct FeedsScreen {
    feeds: Asked<Vec<FeedInfo>>,
    view: Viewport,
    arrangement: Arrangement,
    /// The feed to be selected once they are here.
    wanted: Option<String>,
    runs: Runs,
    picking: Picking,
    progress: Option<Progress>,
    room: Size,
}

/// Where a pick-up stands: tried, asked about, done.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Picking {
    No,
    Trying(String),
    Asking(String),
    Running(String),
}

const COLUMNS: &[Column] = &[
    Column::text("feed", 14, 30, 0),
    Column::text("profile", 12, 24, 2),
    Column::text("for", 8, 14, 5),
    Column::text("mode", 8, 8, 4),
    Column::text("last sync", 9, 9, 1),
    Column::text("when", 6, 10, 3),
    Column::number("wait", 5, 0),
    Column::text("problem", 18, 60, 1),
];

/// Lines at the foot for the selected feed.
const BELOW: u16 = 10;

impl Default for FeedsScreen {
    fn default() -> Self {
        Self {
            feeds: Asked::new(FEEDS),
            view: Viewport::default(),
            arrangement: Arrangement::new(ARRANGED, "feeds", "feed"),
            wanted: None,
            runs: Runs::new(RUNS),
            picking: Picking::No,
            progress: None,
            room: Size::default(),
        }
    }
}

impl FeedsScreen {
    /// All feeds, that one selected.
    pub fn on(feed: &str) -> Self {
        Self { wanted: Some(feed.to_owned()), ..Self::default() }
    }

    fn selected(&self) -> Option<&FeedInfo> {
        self.feeds.get()?.get(self.view.selected as usize)
    }

    fn selected_name(&self) -> Option<String> {
        self.selected().map(|f| f.feed.name.clone())
    }

    /// Puts the feeds in the order that is wanted; the one that is selected stays so.
    fn arrange(&mut self, selected: Option<&str>) {
        if let (Some(feeds), Some(by)) = (self.feeds.get_mut(), self.arrangement.sort()) {
            let started = |f: &FeedInfo| f.last.as_ref().map(|l| l.started);
            match by.column.as_str() {
                "profile" => feeds.sort_by_cached_key(|f| f.feed.profile.to_lowercase()),
                "for" => feeds.sort_by_cached_key(|f| f.feed.org.clone()),
                "mode" => feeds.sort_by_key(|f| f.feed.mode.name()),
                "last sync" => feeds.sort_by_key(|f| f.last.as_ref().map_or("never", |l| words::status(l.status))),
                "when" => feeds.sort_by_key(|f| std::cmp::Reverse(started(f))),
                "wait" => feeds.sort_by_key(|f| std::cmp::Reverse(f.files.len())),
                "problem" => feeds.sort_by_cached_key(|f| (f.problem.is_none(), f.problem.clone())),
                _ => feeds.sort_by_cached_key(|f| f.feed.name.to_lowercase()),
            }
            if by.reverse {
                feeds.reverse();
            }
        }
        let at = self.feeds.get().and_then(|all| all.iter().position(|f| Some(f.feed.name.as_str()) == selected));
        if let Some(at) = at {
            self.view.selected = at as u64;
        }
    }

    fn last(&self) -> Option<SyncNo> {
        self.selected()?.last.as_ref().map(|s| s.number)
    }

    fn busy(&self) -> bool {
        self.runs.busy() || matches!(self.picking, Picking::Trying(_) | Picking::Running(_))
    }

    /// Lines for the selected feed below the list; beside it there is more room.
    fn below(room: Size) -> u16 {
        if room.width >= WIDE { 0 } else { BELOW.min(room.height / 2) }
    }

    fn fit(&mut self) {
        let above = 1 + Self::below(self.room) + u16::from(self.busy());
        self.view.height = u64::from(self.room.height.saturating_sub(above));
        self.view.total = self.feeds.get().map_or(0, |all| all.len() as u64);
        self.view.select(self.view.selected);
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        if let Some(effect) = self.arrangement.command(command, COLUMNS) {
            let selected = self.selected_name();
            self.arrange(selected.as_deref());
            return vec![effect];
        }
        match command {
            Command::Copy => self.selected_name().map(|text| Effect::Copy { text, show: false }).into_iter().collect(),
            Command::CopyRow => {
                let cells = |f: &FeedInfo| {
                    [f.feed.name.clone(), f.feed.profile.clone(), f.feed.org.clone().unwrap_or_default(), f.feed.mode.name().to_owned()]
                };
                self.selected().map(|f| Effect::Copy { text: cells(f).join("\t"), show: true }).into_iter().collect()
            }
            Command::Open | Command::Edit => {
                let form = |f: &FeedInfo| Effect::Push(Box::new(FeedForm::of(f)));
                self.selected().map(form).into_iter().collect()
            }
            Command::Add => vec![Effect::Push(Box::new(FeedForm::default()))],
            Command::Remove => self.ask_remove().into_iter().collect(),
            Command::PickUp => match self.selected().map(|f| f.feed.name.clone()) {
                Some(feed) => vec![self.pick_up(feed, true)],
                None => Vec::new(),
            },
            Command::Rerun => self.last().map(|sync| self.runs.preview(Run::Now(sync))).into_iter().collect(),
            other => {
                self.view.go(other);
                Vec::new()
            }
        }
    }

    fn ask_remove(&self) -> Option<Effect> {
        let feed = self.selected()?;
        let question = format!("Remove the feed {}?", feed.feed.name);
        let mut detail = vec![String::from("What it brought stays on the roster, as if made by hand, unless another feed brings it too.")];
        if feed.last.is_some() {
            detail.push(String::from("Its syncs stay in the history."));
        }
        Some(Effect::Confirm { token: Token::of(REMOVE), question, detail, number: None })
    }

    fn pick_up(&mut self, feed: String, dry_run: bool) -> Effect {
        self.progress = None;
        let title = format!("picking up {feed}");
        let request = Request::PickUp { feed: feed.clone(), dry_run };
        self.picking = if dry_run { Picking::Trying(feed) } else { Picking::Running(feed) };
        Effect::Long { token: Token::of(PICK_UP), request, title }
    }

    fn picked(&mut self, set: Vec<Ran>) -> Vec<Effect> {
        match std::mem::replace(&mut self.picking, Picking::No) {
            Picking::Trying(_) if set.is_empty() => vec![Effect::Toast(Tone::Plain, String::from("No file waits in the folder."))],
            Picking::Trying(feed) => {
                let question = format!("Pick up {} of {feed}?", words::count(set.len() as u64, "file", "files"));
                self.picking = Picking::Asking(feed);
                vec![Effect::ConfirmUndoable { token: Token::of(PICK_UP), question, detail: preview(&set), number: None }]
            }
            _ => {
                let again = self.feeds.ask(Request::Feeds);
                vec![again, Effect::Push(Box::new(SetScreen::new(set)))]
            }
        }
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match (token.slot, reply) {
            (PICK_UP, Reply::RanSet(set)) => self.picked(set),
            (PICK_UP, Reply::Trouble(trouble)) => {
                self.picking = Picking::No;
                let cancelled = trouble.sort == TroubleSort::Cancelled;
                vec![if cancelled {
                    Effect::Toast(Tone::Plain, String::from("Cancelled. The files that did not run yet are where they were."))
                } else {
                    say(&trouble)
                }]
            }
            (REMOVE, Reply::Feeds(all)) => {
                self.feeds.set(all);
                vec![Effect::Toast(Tone::Good, String::from("The feed was removed. What it brought stays."))]
            }
            (FEEDS, Reply::Feeds(all)) => {
                let at = self.wanted.take().and_then(|name| all.iter().position(|f| f.feed.name == name));
                self.feeds.take(token, Ok(all));
                self.fit();
                if let Some(at) = at {
                    self.view.select(at as u64);
                }
                Vec::new()
            }
            (slot, Reply::Trouble(trouble)) => {
                let said = say(&trouble);
                if slot == FEEDS {
                    self.feeds.take(token, Err(trouble));
                }
                vec![said]
            }
            _ => Vec::new(),
        }
    }
}

/// What a pick-up would do, a line a file.
fn preview(set: &[Ran]) -> Vec<String> {
    const MOST: usize = 8;
    let line = |r: &Ran| {
        let sync = &r.detail.sync;
        let held = if super::plan::wants_approval(&r.detail) { "; it would be held" } else { "" };
        format!("{}: {}{held}.", sync.file, words::tally(&sync.counts.total(), words::WOULD))
    };
    let mut lines: Vec<String> = set.iter().take(MOST).map(line).collect();
    if set.len() > MOST {
        lines.push(format!("and {} more", number((set.len() - MOST) as u64)));
    }
    lines
}

fn row<'a>(f: &'a FeedInfo, look: &Look) -> Row<'a> {
    let waiting = (f.files.len() + f.watch.claimed.len()) as u64;
    let (status, role, when) = match &f.last {
        Some(last) => (words::status(last.status), look.status(last.status), look.when(last.started)),
        None => ("never", Role::Dim, String::new()),
    };
    let missing = f.watch.missing.map(|due| format!("{} no file for {}", look.glyph(Glyph::Missing), look.when(due)));
    let problem = f.problem.as_ref().map(|p| format!("{} {p}", look.glyph(Glyph::Error))).or(missing).unwrap_or_default();
    Row::new([
        Cell::from(f.feed.name.as_str()),
        Cell::new(f.feed.profile.as_str(), Role::Dim),
        Cell::new(f.feed.org.as_deref().unwrap_or_default(), Role::Dim),
        Cell::new(f.feed.mode.name(), Role::Dim),
        Cell::new(status, role),
        Cell::new(when, Role::Dim),
        Cell::new(number(waiting), if waiting > 0 { Role::Accent } else { Role::Dim }),
        Cell::new(problem, Role::Error),
    ])
}

impl Screen for FeedsScreen {
    fn crumb(&self) -> String {
        String::from("Feeds")
    }

    fn subtitle(&self) -> Option<String> {
        Some(String::from("where files come from, and how careful each source is taken"))
    }

    fn recall(&mut self, memory: &Memory) {
        self.arrangement.recall(memory);
    }

    fn counts(&self) -> bool {
        true
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        vec![self.feeds.ask(Request::Feeds)]
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        if let Some(effects) = self.runs.update(&msg) {
            self.fit();
            return effects;
        }
        let selected = self.selected_name();
        if self.arrangement.update(&msg).is_some() {
            self.arrange(selected.as_deref());
        }
        let is_reply = matches!(msg, Msg::Reply { .. });
        let mut effects = match msg {
            Msg::Counted { command, count } => {
                self.view.go_times(command, Some(count));
                Vec::new()
            }
            Msg::Command(command) => self.command(command),
            Msg::Confirmed(token) if token.slot == REMOVE => {
                let name = self.selected().map(|f| f.feed.name.clone());
                let ask = |name| Effect::Ask { token: Token::of(REMOVE), request: Request::RemoveFeed(name) };
                name.map(ask).into_iter().collect()
            }
            Msg::Confirmed(token) if token.slot == PICK_UP => match std::mem::replace(&mut self.picking, Picking::No) {
                Picking::Asking(feed) => vec![self.pick_up(feed, false)],
                other => {
                    self.picking = other;
                    Vec::new()
                }
            },
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Event(Event::Progress(progress)) if self.busy() => {
                self.progress = Some(progress);
                Vec::new()
            }
            Msg::Event(Event::SyncChanged(_)) | Msg::Shown if !self.busy() => vec![self.feeds.ask(Request::Feeds)],
            Msg::Resized(room) => {
                self.room = room;
                Vec::new()
            }
            _ => Vec::new(),
        };
        if is_reply {
            self.arrange(selected.as_deref());
        }
        self.fit();
        effects.extend(self.arrangement.remember(None));
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let buffer = frame.buffer_mut();
        let Some(feeds) = self.feeds.here(buffer, area, look) else { return };
        if feeds.is_empty() {
            let next =
                "a adds one: a name, the profile of its files, and the folder they are dropped into. i imports a file without a feed.";
            return empty(buffer, area, look, &["No feed is set up yet.", next]);
        }
        let (area, beside) = split(area);
        if let Some(beside) = beside {
            divide(buffer, beside, look);
        }
        let mut paint = Paint::new(buffer, area, look);
        self.runs.draw(&mut paint, look);
        match &self.picking {
            Picking::Trying(feed) => progress_line(&mut paint, &format!("looking what {feed} would bring"), self.progress.as_ref(), look),
            Picking::Running(feed) => progress_line(&mut paint, &format!("picking up {feed}"), self.progress.as_ref(), look),
            Picking::No | Picking::Asking(_) => {}
        }
        let under = if beside.is_some() { 0 } else { Self::below(area.as_size()) };
        let (list, under) = foot(paint.rest(), under);
        let first = self.view.first as usize;
        let rows = feeds.iter().skip(first).map(|f| self.arrangement.row(COLUMNS, row(f, look)));
        let head = self.arrangement.columns(COLUMNS);
        let selected = Some(self.view.selected as usize - first);
        Table { columns: &head, rows, selected, titles: true, whole: true }.render(buffer, list, look);
        if let Some(feed) = self.selected() {
            about(&mut Paint::new(buffer, beside.unwrap_or(under), look), feed, look);
        }
    }

    fn is_loading(&self) -> bool {
        self.feeds.get().is_none() && self.feeds.waiting()
    }

    fn offers(&self) -> Vec<Offer> {
        let busy = self.busy().then_some("one run is under way: ctrl-c cancels it");
        let none = self.selected().is_none().then_some("nothing is selected");
        let files = match self.selected() {
            Some(f) if f.feed.folder.is_none() => Some("it has no folder: enter sets one"),
            Some(f) if f.files.is_empty() && f.watch.claimed.is_empty() => Some("no file waits in its folder"),
            _ => None,
        };
        let last = self.last().is_none().then_some("it has not run yet");
        let own = self.selected().is_some_and(|f| !f.set_up).then_some("nobody set it up: it only came to be by an import");
        vec![
            Offer::unless(Command::Open, none).called("edit"),
            Offer::on(Command::Add),
            Offer::unless(Command::PickUp, none.or(busy).or(files)),
            Offer::unless(Command::Rerun, none.or(busy).or(last)).called("run now"),
            Offer::unless(Command::Remove, none.or(own)),
            Offer::unless(Command::Edit, none).quiet(),
            Offer::unless(Command::Sort, none).quiet(),
            Offer::unless(Command::Reverse, none).quiet(),
            Offer::unless(Command::Columns, none).quiet(),
            Offer::unless(Command::Copy, none).quiet(),
            Offer::unless(Command::CopyRow, none).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        StatusLine { position: (self.view.total > 0).then_some((self.view.selected + 1, self.view.total)), ..StatusLine::default() }
    }

    fn sync(&self) -> Option<SyncNo> {
        self.last()
    }
}
