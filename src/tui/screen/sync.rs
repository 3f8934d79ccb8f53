//! One sync: the grid of counts, its causes with the rows they affect, or (Tab) its error rows one by one.

mod attached;
mod hints;
mod lists;
mod offers;

use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};

use super::add_form::AddForm;
use super::asked::{Asked, say};
use super::clash::ClashScreen;
use super::compare::CompareScreen;
use super::edits::Edits;
use super::list::{Did, List, Viewport};
use super::mend_all::MendAll;
use super::paint::{Paint, divide, foot, piece};
use super::plan::PlanScreen;
use super::report::Reports;
use super::row_form::RowForm;
use super::rows::{Rows, left};
use super::runs::{Run, Runs};
use super::snoozing::Snoozing;
use super::syncs::about;
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone, words};
use crate::desk::{CauseAbout, Event, FindingQuery, GoneCause, Reply, Request, RowAt, SyncDetail};
use crate::ledger::{Cause, Code, Finding, Severity, SyncKind, SyncNo};
use crate::tui::command::{Command, Place};
use crate::tui::look::Look;
use crate::tui::memory::Memory;
use crate::tui::theme::Role;
use crate::tui::widget::split;
use crate::tui::widget::stacked::legend;

const DETAIL: u8 = 0;
const FINDINGS: u8 = 1;
const RUNS: u8 = 2;
const REPORTS: u8 = 3;
const ABANDON: u8 = 4;
const MEND: u8 = 5;
const UNDO_EDIT: u8 = 6;
const DETACH: u8 = 7;
const WHICH: u8 = 8;
const GONE: u8 = 9;
const SNOOZE: u8 = 10;

/// With fewer cells than this a line of shares says nothing.
const LEAST_BAR: u16 = 8;

/// Lines at the foot that explain what is selected.
const EXPLAINED: u16 = 5;
/// With less room than this for titles and causes nothing is explained below them.
const LEAST_CAUSES: u16 = 5;

/// One sync.
#[derive(Debug)]
pub struct SyncScreen {
    number: SyncNo,
    detail: Asked<SyncDetail>,
    view: View,
    causes: Viewport,
    findings: List<Finding>,
    runs: Runs,
    mend: MendAll,
    edits: Edits,
    reports: Reports,
    gone: Asked<Vec<GoneCause>>,
    went: Viewport,
    snoozing: Snoozing,
    /// The attached report that is to go, by number.
    detaching: Option<u32>,
    room: Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    Causes,
    Flat,
    /// What was open in the check before and is not any more.
    Gone,
}

/// What stands in the list of causes: what is wrong with the file as a whole comes first.
#[derive(Clone, Copy)]
enum Item<'a> {
    OfFile(&'a Finding),
    Cause(&'a Cause),
}

impl SyncScreen {
    /// The screen of a sync.
    pub fn new(number: SyncNo) -> Self {
        Self {
            number,
            detail: Asked::new(DETAIL),
            view: View::Causes,
            causes: Viewport::default(),
            findings: List::new(FINDINGS).named("findings", ""),
            runs: Runs::new(RUNS),
            mend: MendAll::new(MEND, number, None),
            edits: Edits::default(),
            reports: Reports::new(REPORTS),
            gone: Asked::new(GONE),
            went: Viewport::default(),
            snoozing: Snoozing::new(SNOOZE),
            detaching: None,
            room: Size::default(),
        }
    }

    /// The screen of a sync that is known already.
    pub fn with(detail: SyncDetail) -> Self {
        let mut screen = Self::new(detail.sync.number);
        screen.detail.set(detail);
        screen
    }

    fn ask(&mut self) -> Effect {
        self.detail.ask(Request::Sync(self.number))
    }

    /// What is known of a cause besides its findings.
    fn about_cause(&self, cause: &Cause) -> Option<&CauseAbout> {
        self.detail.get()?.about.iter().find(|a| a.cause == cause.number)
    }

    fn about_selected(&self) -> Option<&CauseAbout> {
        self.about_cause(self.cause()?)
    }

    fn gone(&self) -> Option<&GoneCause> {
        if self.view == View::Gone { self.gone.get()?.get(usize::try_from(self.went.selected).ok()?) } else { None }
    }

    fn item(&self, index: u64) -> Option<Item<'_>> {
        let detail = self.detail.get()?;
        let index = usize::try_from(index).ok()?;
        let of_file = detail.file_findings.len();
        if index < of_file {
            return detail.file_findings.get(index).map(Item::OfFile);
        }
        detail.causes.get(index - of_file).map(Item::Cause)
    }

    fn selected(&self) -> Option<Item<'_>> {
        self.item(self.causes.selected)
    }

    fn cause(&self) -> Option<&Cause> {
        match (self.view, self.selected()) {
            (View::Causes, Some(Item::Cause(cause))) => Some(cause),
            _ => None,
        }
    }

    fn fit(&mut self) {
        let below = if self.view == View::Flat { 0 } else { self.explained(self.room) };
        let rows = self.room.height.saturating_sub(self.above() + below + 1);
        self.causes.height = u64::from(rows);
        self.causes.total = self.detail.get().map_or(0, |d| (d.file_findings.len() + d.causes.len()) as u64);
        self.causes.select(self.causes.selected);
        self.went.height = u64::from(rows);
        self.went.total = self.gone.get().map_or(0, |g| g.len() as u64);
        self.went.select(self.went.selected);
        self.findings.set_height(rows.saturating_sub(u16::from(self.findings.place() == Place::Filter)));
    }

    fn fetch(&mut self) -> Vec<Effect> {
        if self.view != View::Flat {
            return Vec::new();
        }
        let sync = self.number;
        self.findings.ask(|window, filter| Request::Findings {
            sync,
            query: FindingQuery { at_least: Some(Severity::Error), filter, ..FindingQuery::default() },
            window,
        })
    }

    fn open_selected(&self) -> Option<Box<dyn Screen>> {
        match self.view {
            View::Causes => {
                self.cause().map(|c| Box::new(Rows::of_cause(self.number, c).writing_in(self.edits.clone())) as Box<dyn Screen>)
            }
            View::Flat => {
                let record = self.findings.selected()?.record?;
                Some(Box::new(RowForm::at(self.number, RowAt::Record(record))))
            }
            View::Gone => self.gone().map(|g| Box::new(Rows::of_cause(g.before, &g.cause)) as Box<dyn Screen>),
        }
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        if self.view == View::Flat
            && let Some(effect) = self.findings.arrange(command, lists::FLAT)
        {
            return vec![effect];
        }
        match command {
            Command::Open | Command::Edit => self.open_selected().map(Effect::Push).into_iter().collect(),
            Command::NextPane | Command::PreviousPane => {
                let went = self.gone.get().is_some_and(|g| !g.is_empty());
                self.view = match (self.view, command == Command::NextPane) {
                    (View::Flat, true) | (View::Causes, false) if went => View::Gone,
                    (View::Causes, _) | (View::Gone, false) => View::Flat,
                    _ => View::Causes,
                };
                Vec::new()
            }
            Command::Snooze => {
                let Some(cause) = self.cause().cloned() else { return Vec::new() };
                let about = self.about_selected().cloned();
                vec![self.snoozing.turn(self.number, &cause, about.as_ref())]
            }
            Command::Add => AddForm::of_lacking(self.about_selected().and_then(|a| a.makes.as_ref())),
            Command::Beside => {
                let screen = self.cause().map(|c| ClashScreen::of_cause(self.number, c.number));
                screen.map(|s| Effect::Push(Box::new(s))).into_iter().collect()
            }
            Command::Filter => {
                // An error is searched by its text among the error rows.
                self.view = View::Flat;
                self.findings.update(&Msg::Command(Command::Filter));
                Vec::new()
            }
            Command::Rerun => vec![self.runs.preview(Run::Rerun(self.number))],
            Command::MendAll | Command::TakeNearest => {
                let Some(cause) = self.cause() else { return Vec::new() };
                self.mend = MendAll::new(MEND, self.number, Some(cause));
                let nearest = self.about_selected().and_then(|a| a.near.first()).map(|n| n.value.clone()).unwrap_or_default();
                if command == Command::MendAll { self.mend.offer(nearest) } else { self.mend.take_nearest(&self.edits) }
            }
            Command::UndoEdit | Command::RedoEdit => self.edits.turn(command == Command::UndoEdit, Token::of(UNDO_EDIT)),
            Command::Undo => vec![self.runs.preview(Run::Undo(self.number))],
            Command::Compare => vec![Effect::Push(Box::new(CompareScreen::new(None, self.number)))],
            Command::Apply => vec![Effect::Push(Box::new(PlanScreen::new(self.number)))],
            Command::Abandon => vec![Effect::Confirm {
                token: Token::of(ABANDON),
                question: format!("Abandon {}?", self.number),
                detail: vec![String::from("Nothing of it is applied. The history keeps a line.")],
                number: None,
            }],
            Command::Output if self.view == View::Flat => {
                self.reports.choose_or(self.number, self.findings.exported()).into_iter().collect()
            }
            Command::Attach => vec![self.attach()],
            Command::Remove => self.detach(Token::of(WHICH), Token::of(DETACH)).into_iter().collect(),
            Command::Output => self.reports.choose(self.number).into_iter().collect(),
            Command::CopyRow | Command::Copy if self.view == View::Flat => {
                self.findings.copy(
                    command,
                    |f| f.value.clone().unwrap_or_default(),
                    |f| {
                        let place = f.row.or(f.line).map(|n| n.to_string()).unwrap_or_default();
                        let words = [f.key.clone(), f.column.clone(), f.value.clone()].map(Option::unwrap_or_default);
                        std::iter::once(place).chain(words).chain([f.message(), f.code.name().to_owned()]).collect()
                    },
                );
                Vec::new()
            }
            Command::CopyRow | Command::Copy => {
                self.copied().map(|text| Effect::Copy { text, show: command == Command::CopyRow }).into_iter().collect()
            }
            other => {
                if self.view == View::Gone { &mut self.went } else { &mut self.causes }.go(other);
                Vec::new()
            }
        }
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match reply {
            Reply::Sync(detail) if token.slot == ABANDON => {
                self.detail.set(*detail);
                return vec![Effect::Toast(Tone::Good, format!("{} was abandoned. Nothing of it was applied.", self.number))];
            }
            Reply::Sync(detail) if token.slot == DETACH => {
                self.detail.set(*detail);
                return vec![Effect::Toast(Tone::Good, String::from("The report was taken away. What was mended stays mended."))];
            }
            Reply::Sync(detail) => {
                let cause = self.cause().map(|c| c.number);
                self.detail.take(token, Ok(*detail));
                // The cause that was selected stays so, wherever it stands now.
                let is = |item: Item| matches!(item, Item::Cause(c) if Some(c.number) == cause);
                let all = self.detail.get().map_or(0, |d| d.file_findings.len() + d.causes.len()) as u64;
                if let Some(at) = (0..all).find(|at| self.item(*at).is_some_and(is)) {
                    self.causes.selected = at;
                }
            }
            Reply::Gone(gone) => {
                self.gone.take(token, Ok(gone));
            }
            Reply::Row(_) => {
                self.findings.refresh();
                return vec![self.ask()];
            }
            Reply::Turned(turned) => {
                self.findings.refresh();
                return std::iter::once(self.ask()).chain(left(&turned)).collect();
            }
            Reply::Findings(page) => {
                self.findings.take(token, page);
            }
            Reply::Trouble(trouble) => {
                let said = say(&trouble);
                if self.gone.owns(token) {
                    return Vec::new();
                }
                if self.detail.owns(token) {
                    self.detail.take(token, Err(trouble));
                }
                return vec![said];
            }
            _ => {}
        }
        Vec::new()
    }
}

impl Screen for SyncScreen {
    fn crumb(&self) -> String {
        self.number.to_string()
    }

    fn subtitle(&self) -> Option<String> {
        let s = &self.detail.get()?.sync;
        let parts = [
            words::feed(s).to_owned(),
            s.file.clone(),
            words::count(s.rows, "row", "rows"),
            words::status(s.status).to_owned(),
            if s.kind == SyncKind::Import { String::new() } else { words::kind(s) },
            s.by.0.clone(),
        ];
        Some(parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · "))
    }

    fn place(&self) -> Place {
        if self.view == View::Flat { self.findings.place() } else { Place::List }
    }

    fn recall(&mut self, memory: &Memory) {
        self.findings.recall(memory);
    }

    fn counts(&self) -> bool {
        true
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        vec![self.ask(), self.gone.ask(Request::Gone(Some(self.number)))]
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        if let Some(effects) = self.runs.update(&msg) {
            self.fit();
            return effects;
        }
        if let Some(effects) = self.mend.update(&msg, &self.edits) {
            return effects;
        }
        if let Some(mut effects) = self.snoozing.update(&msg) {
            if matches!(msg, Msg::Reply { .. }) {
                effects.push(self.ask());
            }
            return effects;
        }
        let did = if self.view == View::Flat { self.findings.update(&msg) } else { Did::Nothing };
        let mut effects = match msg {
            Msg::Command(Command::Back) if did != Did::Nothing => vec![Effect::Handled],
            Msg::Command(_) if did != Did::Nothing => Vec::new(),
            Msg::Command(command) => self.command(command),
            Msg::Counted { command, count } if self.view == View::Causes => {
                self.causes.go_times(command, Some(count));
                Vec::new()
            }
            Msg::Chosen { token, index } if self.reports.owns(token) && Reports::is_listed(index) => {
                self.findings.export();
                Vec::new()
            }
            Msg::Chosen { token, index } if self.reports.owns(token) => self.reports.chosen(index).into_iter().collect(),
            Msg::Reply { token, reply } if self.reports.owns(token) => self.reports.reply(*reply).into_iter().collect(),
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Chosen { token, index } if token.slot == WHICH => self.detach_this(index, Token::of(DETACH)).into_iter().collect(),
            Msg::Confirmed(token) if token.slot == DETACH => self.detached(token).into_iter().collect(),
            Msg::Confirmed(token) if token.slot == ABANDON => {
                vec![Effect::Ask { token: Token::of(ABANDON), request: Request::Abandon { sync: self.number, reason: None } }]
            }
            Msg::Event(Event::SyncChanged(_) | Event::RosterChanged { .. }) | Msg::Shown => {
                self.findings.refresh();
                vec![self.ask(), self.gone.ask(Request::Gone(Some(self.number)))]
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
        let below = self.explained(area.as_size());
        let (area, beside) = split(area);
        if let Some(beside) = beside {
            divide(buffer, beside, look);
            let (upper, lower) = foot(beside, beside.height / 2);
            about(&mut Paint::new(buffer, upper, look), &d.sync, look);
            self.explain(&mut Paint::new(buffer, lower, look), look);
        }
        let mut paint = Paint::new(buffer, area, look);
        paint.at(1, &[piece(look.when_exactly(d.sync.started), Role::Dim)]);
        paint.grid(&d.sync.counts, ["created", "updated", "unchanged", "disabled", "errors"]);
        if self.has_bar() {
            let legend = legend(&d.sync.counts.total());
            // The numbers say more than the bar: it gets the room that they leave.
            let room = paint.legible().saturating_sub(legend.len() as u16 + 5);
            paint.right(1, &legend, Role::Dim);
            if room >= LEAST_BAR {
                paint.stacked(1, room, &d.sync.counts.total());
            }
            paint.next();
        }
        self.runs.draw(&mut paint, look);
        for said in self.said_of_attached(look) {
            paint.line(&[piece(said, Role::Text)]);
        }
        for (hint, role) in self.hints() {
            paint.line(&[piece(hint, role)]);
        }
        paint.next();
        let rest = paint.rest();
        match self.view {
            View::Causes => {
                let (list, below) = foot(rest, below);
                self.render_causes(buffer, list, look);
                self.explain(&mut Paint::new(buffer, below, look), look);
            }
            View::Gone => {
                let (list, below) = foot(rest, below);
                self.render_gone(buffer, list, look);
                self.explain(&mut Paint::new(buffer, below, look), look);
            }
            View::Flat => self.render_flat(buffer, rest, look),
        }
    }

    fn is_loading(&self) -> bool {
        self.detail.get().is_none() || (self.view == View::Flat && self.findings.is_loading())
    }

    fn offers(&self) -> Vec<Offer> {
        self.all_offers()
    }

    fn status(&self) -> StatusLine {
        match self.view {
            View::Flat => self.findings.status(),
            View::Gone => {
                StatusLine { position: (self.went.total > 0).then_some((self.went.selected + 1, self.went.total)), ..StatusLine::default() }
            }
            View::Causes => StatusLine {
                position: (self.causes.total > 0).then_some((self.causes.selected + 1, self.causes.total)),
                ..StatusLine::default()
            },
        }
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        self.findings.filter_cursor(split(area).0, look)
    }

    fn explains(&self) -> Option<Code> {
        match (self.view, self.selected()) {
            (View::Flat, _) => self.findings.selected().map(|f| f.code),
            (View::Gone, _) => self.gone().map(|g| g.cause.code),
            (View::Causes, Some(Item::Cause(c))) => Some(c.code),
            (View::Causes, Some(Item::OfFile(f))) => Some(f.code),
            (View::Causes, None) => None,
        }
    }

    fn sync(&self) -> Option<SyncNo> {
        Some(self.number)
    }
}
