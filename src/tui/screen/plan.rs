//! Before anything is applied: what a dry run or a held sync would do. P applies, X abandons; Enter never does either.

pub mod shares;
mod summary;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};

use super::asked::{Asked, say};
use super::list::List;
use super::paint::{Paint, empty, piece};
use super::person::change;
use super::removals::Removals;
use super::report::Reports;
use super::row_form::RowForm;
use super::rows::Rows;
use super::runs::progress_line;
use super::sync::SyncScreen;
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone, words};
use crate::desk::{Event, PlanLine, Progress, Ran, Reply, Request, RowAt, SyncDetail, TroubleSort};
use crate::ledger::{Code, SyncNo, SyncStatus};
use crate::tui::command::Command;
use crate::tui::look::{Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row};
use shares::Shares;
use summary::{Item, Summary, items, reasons, removals};

const DETAIL: u8 = 0;
const LINES: u8 = 1;
const APPLY: u8 = 2;
const ABANDON: u8 = 3;
const REPORTS: u8 = 4;
const APPROVE: u8 = 5;
const REASON: u8 = 6;
const SHARES: u8 = 7;

/// More removals than this and their number must be typed.
const MANY: u64 = 100;

/// The plan of a sync that waits.
#[derive(Debug)]
pub struct PlanScreen {
    number: SyncNo,
    detail: Asked<SyncDetail>,
    lines: List<PlanLine>,
    /// What it does to each school and kind; not here yet where the file is large.
    shares: Option<Shares>,
    view: View,
    /// Which line of the summary is selected.
    at: usize,
    /// What is decided, once its reason was given.
    decided: Decision,
    /// Why the plan is shown again (SAF-513).
    notice: Option<String>,
    applying: bool,
    progress: Option<Progress>,
    reports: Reports,
    room: Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    Summary,
    Schools,
    Lines,
}

/// What becomes of what waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    Apply,
    WithoutRemovals,
    Abandon,
}

const COLUMNS: &[Column] = &[
    Column::text("what", 8, 9, 0),
    Column::text("kind", 8, 11, 3),
    Column::text("ID", 9, 14, 2),
    Column::text("name", 14, 28, 1),
    Column::text("change", 34, 90, 0),
    Column::number("line", 7, 4),
];

impl PlanScreen {
    /// The plan of a sync.
    pub fn new(number: SyncNo) -> Self {
        Self {
            number,
            detail: Asked::new(DETAIL),
            lines: List::new(LINES),
            shares: None,
            view: View::Summary,
            at: 0,
            decided: Decision::Apply,
            notice: None,
            applying: false,
            progress: None,
            reports: Reports::new(REPORTS),
            room: Size::default(),
        }
    }

    /// The plan of a sync that is known already.
    pub fn with(detail: SyncDetail) -> Self {
        let mut screen = Self::new(detail.sync.number);
        screen.shares = known(&detail);
        screen.detail.set(detail);
        screen
    }

    fn fetch(&mut self) -> Option<Effect> {
        if self.view != View::Lines {
            return None;
        }
        let sync = self.number;
        self.lines.fetch(|window, _| Request::Plan { sync, window })
    }

    fn fit(&mut self) {
        self.lines.set_height(self.room.height.saturating_sub(2 + u16::from(self.applying)));
        if let Some(shares) = &mut self.shares {
            shares.set_height(self.room.height.saturating_sub(1));
        }
    }

    /// Why it cannot be applied without its removals.
    fn without(&self) -> Option<&'static str> {
        let d = self.detail.get()?;
        if removals(d) == 0 {
            return Some("nobody would be disabled");
        }
        d.sync.hold.as_ref().is_some_and(|h| h.removals_only).then_some("all else is applied already: X discards the removals")
    }

    fn waits(&self) -> Option<SyncStatus> {
        let status = self.detail.get()?.sync.status;
        matches!(status, SyncStatus::DryRun | SyncStatus::Held).then_some(status)
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Apply => self.decide(Decision::Apply),
            Command::ApplyWithout => self.decide(Decision::WithoutRemovals),
            Command::Abandon => self.decide(Decision::Abandon),
            Command::NextPane | Command::PreviousPane => {
                let views = [View::Summary, View::Schools, View::Lines];
                let at = views.iter().position(|v| *v == self.view).unwrap_or(0);
                self.view = views[(at + if command == Command::NextPane { 1 } else { 2 }) % 3];
                Vec::new()
            }
            Command::Open if self.view == View::Lines => match self.lines.selected() {
                Some(line) if line.line > 0 => vec![Effect::Push(Box::new(RowForm::at(self.number, RowAt::Line(line.line))))],
                _ => Vec::new(),
            },
            Command::Open if self.view == View::Schools => Vec::new(),
            Command::Open => match self.item() {
                Some(Item::Removals) => vec![Effect::Push(Box::new(Removals::of(self.number)))],
                Some(Item::Refused) => vec![Effect::Push(Box::new(Rows::of_sync(self.number)))],
                None => Vec::new(),
            },
            Command::Down | Command::Up | Command::First | Command::Last if self.view == View::Summary => {
                let last = self.detail.get().map_or(0, |d| items(d).len().saturating_sub(1));
                self.at = match command {
                    Command::Down => (self.at + 1).min(last),
                    Command::Last => last,
                    Command::Up => self.at.saturating_sub(1),
                    _ => 0,
                };
                Vec::new()
            }
            Command::Output => self.reports.choose(self.number).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn item(&self) -> Option<Item> {
        items(self.detail.get()?).get(self.at).copied()
    }

    /// Asks before a hold is decided: what it means, the number where many would be disabled, then the reason. The plan of a dry
    /// run within all limits was seen, and is applied at once.
    fn decide(&mut self, decision: Decision) -> Vec<Effect> {
        let Some(d) = self.detail.get().filter(|_| !self.applying) else { return Vec::new() };
        self.decided = decision;
        let (file, n, held) = (d.sync.file.clone(), removals(d), wants_approval(d));
        let only = d.sync.hold.as_ref().is_some_and(|h| h.removals_only);
        let mut detail: Vec<String> = reasons(d).into_iter().map(|(text, _)| format!("{text}.")).collect();
        let gone = words::count(n, "record", "records");
        let (question, number) = match decision {
            Decision::Apply | Decision::WithoutRemovals if !held => return vec![self.apply(None)],
            Decision::Apply => {
                if n > 0 {
                    detail.push(format!("{gone} will be disabled."));
                }
                (format!("Approve {}, {file}?", self.number), (n > MANY).then_some(n))
            }
            Decision::WithoutRemovals => {
                detail.push(format!("All else is applied; the {gone} stay as they are."));
                (format!("Approve {}, {file}, without its removals?", self.number), None)
            }
            Decision::Abandon => {
                let text = if only { "What is created and updated stays. Nobody is disabled." } else { "Nothing of it is applied." };
                detail = vec![format!("{text} The history keeps a line.")];
                (format!("Abandon {}, {file}?", self.number), None)
            }
        };
        vec![Effect::Confirm { token: Token::of(if decision == Decision::Abandon { ABANDON } else { APPROVE }), question, detail, number }]
    }

    fn reason(&self) -> Effect {
        let title = format!("Why? It is kept with {}; may be empty", self.number);
        Effect::Prompt { token: Token::of(REASON), title, initial: String::new() }
    }

    /// The reason was given: what was decided is done.
    fn reasoned(&mut self, text: &str) -> Vec<Effect> {
        let reason = Some(text.trim()).filter(|t| !t.is_empty()).map(str::to_owned);
        match self.decided {
            Decision::Abandon => vec![Effect::Ask { token: Token::of(ABANDON), request: Request::Abandon { sync: self.number, reason } }],
            Decision::Apply | Decision::WithoutRemovals => vec![self.apply(reason)],
        }
    }

    fn apply(&mut self, reason: Option<String>) -> Effect {
        self.applying = true;
        self.progress = None;
        self.notice = None;
        let without_removals = self.decided == Decision::WithoutRemovals;
        let title = self.detail.get().map_or_else(String::new, |d| format!("applying {}", d.sync.file));
        Effect::Long { token: Token::of(APPLY), request: Request::Apply { sync: self.number, without_removals, reason }, title }
    }

    fn applied(ran: Ran) -> Vec<Effect> {
        let sync = &ran.detail.sync;
        match sync.status {
            // A hold is about removals: the rest went through and this waits on. Or the plan is another one now.
            SyncStatus::Held | SyncStatus::DryRun => {
                let moved = ran.left.iter().chain(&ran.detail.file_findings).find(|f| f.code == Code::SAF_513);
                let notice = moved.map(|f| format!("{}. Nothing was applied: look at the new plan and decide again.", f.message()));
                let toast = Effect::Toast(Tone::Plain, format!("{} waits: look at its plan again.", sync.number));
                vec![toast, Effect::Replace(Box::new(Self { notice, ..Self::with(ran.detail) }))]
            }
            _ => {
                let tone = if sync.status == SyncStatus::Completed { Tone::Good } else { Tone::Plain };
                let toast =
                    Effect::Toast(tone, format!("Applied as {}: {}.", sync.number, words::tally(&sync.counts.total(), words::DONE)));
                vec![toast, Effect::Replace(Box::new(SyncScreen::with(ran.detail)))]
            }
        }
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match (token.slot, reply) {
            (APPLY, Reply::Ran(ran)) => {
                self.applying = false;
                return Self::applied(*ran);
            }
            (APPLY, Reply::Trouble(trouble)) => {
                self.applying = false;
                let said = if trouble.sort == TroubleSort::Cancelled {
                    Effect::Toast(Tone::Plain, String::from("Cancelled. Nothing was changed."))
                } else {
                    say(&trouble)
                };
                self.lines.refresh();
                return vec![said, self.detail.ask(Request::Sync(self.number))];
            }
            (ABANDON, Reply::Sync(detail)) => {
                let rest = if detail.sync.hold.as_ref().is_some_and(|h| h.removals_only) {
                    "Nobody was disabled."
                } else {
                    "Nothing of it was applied."
                };
                let toast = Effect::Toast(Tone::Good, format!("{} was abandoned. {rest}", self.number));
                return vec![toast, Effect::Replace(Box::new(SyncScreen::with(*detail)))];
            }
            (DETAIL, Reply::Sync(detail)) => {
                self.shares = known(&detail).or(self.shares.take());
                self.detail.take(token, Ok(*detail));
                // A large file is planned again for it: the summary is here meanwhile.
                if self.shares.is_none() && self.waits().is_some() {
                    return vec![Effect::Ask { token: Token::of(SHARES), request: Request::Shares(self.number) }];
                }
            }
            (SHARES, Reply::Shares(schools)) => self.shares = Some(Shares::of(schools)),
            (LINES, Reply::Plan(page)) => {
                self.lines.take(token, page);
            }
            (slot, Reply::Trouble(trouble)) => {
                let said = say(&trouble);
                if slot == DETAIL {
                    self.detail.take(token, Err(trouble));
                }
                return vec![said];
            }
            _ => {}
        }
        Vec::new()
    }

    fn lines(&self, buffer: &mut Buffer, area: Rect, look: &Look) {
        let mut paint = Paint::new(buffer, area, look);
        if self.applying {
            progress_line(&mut paint, "applying", self.progress.as_ref(), look);
        }
        paint.line(&[piece("Field by field. What stays as it is is not listed.", Role::Dim)]);
        let rest = paint.rest();
        if self.lines.arrived() && self.lines.total() == 0 {
            return empty(buffer, rest, look, &["Nothing would be changed."]);
        }
        self.lines.table(buffer, rest, look, COLUMNS, |line| {
            Row::new([
                Cell::from(line.action.as_str()),
                Cell::new(line.kind.name(), Role::Dim),
                Cell { text: look.personal(&line.key), role: Role::Text },
                Cell { text: look.personal(&line.name), role: Role::Text },
                Cell::from(changes(line, look)),
                Cell::new(if line.line == 0 { String::new() } else { number(u64::from(line.line)) }, Role::Dim),
            ])
        });
    }
}

/// The shares that came with a sync. None came of a large file that waits.
fn known(d: &SyncDetail) -> Option<Shares> {
    let t = d.sync.counts.total();
    let nothing = t.created + t.updated + t.disabled + removals(d) == 0;
    (nothing || !d.by_school.is_empty()).then(|| Shares::of(d.by_school.clone()))
}

/// Whether it is applied only once somebody said so: it is held, or a dry run that would be.
pub fn wants_approval(d: &SyncDetail) -> bool {
    d.sync.status == SyncStatus::Held || !reasons(d).is_empty()
}

/// "email a@x → b@x; grade 3 → 4".
fn changes(line: &PlanLine, look: &Look) -> String {
    let one = |c| change(c, look).into_iter().map(|(text, _)| text.into_owned()).collect::<String>();
    line.changes.iter().map(one).collect::<Vec<_>>().join("; ")
}

impl Screen for PlanScreen {
    fn crumb(&self) -> String {
        format!("plan of {}", self.number)
    }

    fn subtitle(&self) -> Option<String> {
        let s = &self.detail.get()?.sync;
        let took = s.seconds().map(|s| format!(" · checked in {}", crate::tui::look::duration(s))).unwrap_or_default();
        Some(format!("{} as {} · {}{took}", s.file, words::feed(s), words::count(s.rows, "row", "rows")))
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        vec![self.detail.ask(Request::Sync(self.number))]
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match self.view {
            View::Lines => drop(self.lines.update(&msg)),
            View::Schools => drop(self.shares.as_mut().map(|s| s.update(&msg))),
            View::Summary => {}
        }
        let mut effects = match msg {
            Msg::Command(command) => self.command(command),
            Msg::Confirmed(token) if matches!(token.slot, APPROVE | ABANDON) => vec![self.reason()],
            Msg::Prompted { token, text } if token.slot == REASON => self.reasoned(&text),
            Msg::Chosen { token, index } if self.reports.owns(token) => self.reports.chosen(index).into_iter().collect(),
            Msg::Reply { token, reply } if self.reports.owns(token) => self.reports.reply(*reply).into_iter().collect(),
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Event(Event::Progress(progress)) if self.applying => {
                self.progress = Some(progress);
                Vec::new()
            }
            Msg::Event(Event::SyncChanged(number)) if number == self.number && !self.applying => {
                vec![self.detail.ask(Request::Sync(self.number))]
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
        match self.view {
            View::Summary => {
                let mut paint = Paint::new(buffer, area, look);
                if self.applying {
                    progress_line(&mut paint, "applying", self.progress.as_ref(), look);
                }
                let rest = paint.rest();
                let shares = self.shares.as_ref();
                Summary { detail: d, notice: self.notice.as_deref(), selected: self.at, shares }.draw(buffer, rest, look);
            }
            View::Schools => match &self.shares {
                Some(shares) => shares.draw(buffer, area, look),
                None => empty(buffer, area, look, &["Working out what it does to each school."]),
            },
            View::Lines => self.lines(buffer, area, look),
        }
    }

    fn is_loading(&self) -> bool {
        self.detail.get().is_none()
    }

    fn offers(&self) -> Vec<Offer> {
        let waits = if self.applying {
            Some("it is being applied: ctrl-c cancels")
        } else if self.waits().is_none() {
            Some("it does not wait any more")
        } else {
            None
        };
        let held = self.waits() == Some(SyncStatus::Held);
        let (open, label) = match self.view {
            View::Summary => {
                let label = if self.item() == Some(Item::Removals) { "removals" } else { "refused rows" };
                (self.item().is_none().then_some("nobody is disabled and no row is refused"), label)
            }
            View::Schools => (Some("this is a table to read"), "rows"),
            View::Lines => (self.lines.selected().is_none_or(|l| l.line == 0).then_some("no row of the file brings this"), "the row"),
        };
        vec![
            Offer::unless(Command::Apply, waits).called(if held { "approve" } else { "apply" }),
            Offer::unless(Command::ApplyWithout, waits.or(self.without())).called("not removals"),
            Offer::unless(Command::Abandon, waits),
            Offer::unless(Command::Quit, waits.or(held.then_some("it stays held"))).called("keep as dry run"),
            Offer::on(Command::NextPane).called(match self.view {
                View::Summary => "by school",
                View::Schools => "line by line",
                View::Lines => "summary",
            }),
            Offer::unless(Command::Open, open).called(label),
            Offer::on(Command::Output).called("results"),
            Offer::on(Command::PreviousPane).quiet(),
        ]
    }

    fn parting(&self) -> Option<String> {
        let kept = !self.applying && self.waits() == Some(SyncStatus::DryRun);
        kept.then(|| format!("{} is kept as a dry run; nothing was changed. The Overview has it.", self.number))
    }

    fn status(&self) -> StatusLine {
        match self.view {
            View::Lines => self.lines.status(),
            View::Schools => self.shares.as_ref().map(Shares::status).unwrap_or_default(),
            View::Summary => StatusLine::default(),
        }
    }

    fn sync(&self) -> Option<SyncNo> {
        Some(self.number)
    }
}
