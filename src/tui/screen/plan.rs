//! Before anything is applied: what a dry run or a held sync would do. P applies, X abandons; Enter never does either.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};

use super::asked::{Asked, say, sentence};
use super::list::List;
use super::paint::{Paint, empty, piece};
use super::person::change;
use super::report::Reports;
use super::row_form::RowForm;
use super::rows::Rows;
use super::runs::progress_line;
use super::sync::SyncScreen;
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone, words};
use crate::desk::{Event, PlanLine, Progress, Ran, Reply, Request, RowAt, SchoolShare, SyncDetail, TroubleSort};
use crate::ledger::{Severity, SyncNo, SyncStatus, Tally};
use crate::tui::command::Command;
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::sparkline::bar;
use crate::tui::widget::table::{Cell, Column, Row};

const DETAIL: u8 = 0;
const LINES: u8 = 1;
const APPLY: u8 = 2;
const ABANDON: u8 = 3;
const REPORTS: u8 = 4;

/// The plan of a sync that waits.
#[derive(Debug)]
pub struct PlanScreen {
    number: SyncNo,
    detail: Asked<SyncDetail>,
    lines: List<PlanLine>,
    view: View,
    applying: bool,
    progress: Option<Progress>,
    reports: Reports,
    room: Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    Summary,
    Lines,
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
            view: View::Summary,
            applying: false,
            progress: None,
            reports: Reports::new(REPORTS),
            room: Size::default(),
        }
    }

    /// The plan of a sync that is known already.
    pub fn with(detail: SyncDetail) -> Self {
        let mut screen = Self::new(detail.sync.number);
        screen.detail.set(detail);
        screen
    }

    fn fetch(&mut self) -> Option<Effect> {
        if self.view == View::Summary {
            return None;
        }
        let sync = self.number;
        self.lines.fetch(|window, _| Request::Plan { sync, window })
    }

    fn fit(&mut self) {
        self.lines.set_height(self.room.height.saturating_sub(2 + u16::from(self.applying)));
    }

    fn waits(&self) -> Option<SyncStatus> {
        let status = self.detail.get()?.sync.status;
        matches!(status, SyncStatus::DryRun | SyncStatus::Held).then_some(status)
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Apply => {
                let Some(detail) = self.detail.get().filter(|_| !self.applying) else { return Vec::new() };
                self.applying = true;
                self.progress = None;
                let title = format!("applying {}", detail.sync.file);
                vec![Effect::Long {
                    token: Token::of(APPLY),
                    request: Request::Apply { sync: self.number, without_removals: false, reason: None },
                    title,
                }]
            }
            Command::Abandon => vec![Effect::Confirm {
                token: Token::of(ABANDON),
                question: format!("Abandon {}?", self.number),
                detail: vec![String::from("Nothing of it is applied. The history keeps a line.")],
                number: None,
            }],
            Command::NextPane | Command::PreviousPane => {
                self.view = if self.view == View::Summary { View::Lines } else { View::Summary };
                Vec::new()
            }
            Command::Open if self.view == View::Lines => match self.lines.selected() {
                Some(line) if line.line > 0 => vec![Effect::Push(Box::new(RowForm::at(self.number, RowAt::Line(line.line))))],
                _ => Vec::new(),
            },
            Command::Open => vec![Effect::Push(Box::new(Rows::of_sync(self.number)))],
            Command::Output => self.reports.choose(self.number).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn applied(ran: Ran) -> Vec<Effect> {
        let sync = &ran.detail.sync;
        match sync.status {
            // A hold is about removals: the rest went through and this waits on. Or the plan is another one now.
            SyncStatus::Held | SyncStatus::DryRun => {
                let toast = Effect::Toast(Tone::Plain, format!("{} waits: look at its plan again.", sync.number));
                vec![toast, Effect::Replace(Box::new(Self::with(ran.detail)))]
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
                let toast = Effect::Toast(Tone::Good, format!("{} was abandoned. Nothing of it was applied.", self.number));
                return vec![toast, Effect::Replace(Box::new(SyncScreen::with(*detail)))];
            }
            (DETAIL, Reply::Sync(detail)) => {
                self.detail.take(token, Ok(*detail));
            }
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

    fn summary(&self, buffer: &mut Buffer, area: Rect, look: &Look, d: &SyncDetail) {
        let mut paint = Paint::new(buffer, area, look);
        if self.applying {
            progress_line(&mut paint, "applying", self.progress.as_ref(), look);
        }
        paint.grid(&d.sync.counts, ["create", "update", "unchanged", "disable", "refuse"]);
        paint.next();
        // Below the schools stand a blank, the refused, why it waits, and what was changed so far.
        let room = usize::from(paint.left().saturating_sub(8)).max(2);
        schools(&mut paint, &d.by_school, share(&d.sync.counts.total()) > 0, room, look);
        refused(&mut paint, d);
        for finding in d.file_findings.iter().filter(|f| f.severity >= Severity::Hold) {
            let (glyph, role) = look.severity(finding.severity);
            paint.line(&[piece(format!("{glyph} {}  {}", finding.message(), finding.code), role)]);
        }
        paint.next();
        let words = match d.sync.status {
            SyncStatus::DryRun => "Nothing has been changed yet.",
            SyncStatus::Held => "Held: what is listed above waits until it is approved.",
            _ => "This does not wait any more.",
        };
        paint.line(&[piece(words, Role::Accent)]);
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

/// "email a@x → b@x; grade 3 → 4".
fn changes(line: &PlanLine, look: &Look) -> String {
    let one = |c| change(c, look).into_iter().map(|(text, _)| text.into_owned()).collect::<String>();
    line.changes.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn share(tally: &Tally) -> u64 {
    tally.created + tally.updated + tally.disabled
}

/// Schools, the biggest change first, each with a bar.
fn schools(paint: &mut Paint, shares: &[SchoolShare], changes: bool, room: usize, look: &Look) {
    let most = shares.iter().map(|s| share(&s.tally)).max().unwrap_or(0);
    let changed = shares.iter().filter(|s| share(&s.tally) > 0);
    if most == 0 {
        // What a plan does to each school is known only while the console that made it runs.
        let text = if changes { "tab shows what it changes, line by line." } else { "Nobody and no school would be changed." };
        return paint.line(&[piece(text, Role::Dim)]);
    }
    paint.at(1, &[piece("By school, the biggest change first", Role::Accent)]);
    paint.next();
    let all = changed.clone().count();
    for s in changed.take(room) {
        let name = if s.name.is_empty() { "without a school" } else { &s.name };
        let mut text = format!("+{}", number(s.tally.created));
        if s.tally.updated > 0 {
            text = format!("{text} {}{}", look.glyph(Glyph::Warning), number(s.tally.updated));
        }
        if s.tally.disabled > 0 {
            text = format!("{text} -{}", number(s.tally.disabled));
        }
        paint.at(1, &[piece(look.cut(name, 26).into_owned(), Role::Text)]);
        paint.at(29, &[piece(text, Role::Text)]);
        paint.at(48, &[piece(bar(share(&s.tally), most, 20, look.ascii), Role::Accent)]);
        if s.people > 0 {
            paint.right(1, &format!("of {}", number(s.people)), Role::Dim);
        }
        paint.next();
    }
    if all > room {
        paint.line(&[piece(format!("and {} more", words::count((all - room) as u64, "school", "schools")), Role::Dim)]);
    }
    paint.next();
}

/// "21 rows are refused: 18 student code not found, 3 neither e-mail nor phone".
fn refused(paint: &mut Paint, d: &SyncDetail) {
    if d.sync.rows_with_errors == 0 {
        return paint.line(&[piece("No row is refused.", Role::Ok)]);
    }
    let causes: Vec<String> = d
        .causes
        .iter()
        .filter(|c| c.severity >= Severity::Error && c.parent.is_none())
        .map(|c| format!("{} {}", number(c.rows), c.title))
        .collect();
    let rows = words::count(d.sync.rows_with_errors, "row is refused", "rows are refused");
    paint.wrapped(1, &format!("{rows}: {}", causes.join(", ")), Role::Error, 3);
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
        if self.view == View::Lines {
            self.lines.update(&msg);
        }
        let mut effects = match msg {
            Msg::Command(command) => self.command(command),
            Msg::Confirmed(token) if token.slot == ABANDON => {
                vec![Effect::Ask { token: Token::of(ABANDON), request: Request::Abandon { sync: self.number, reason: None } }]
            }
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
        let Some(d) = self.detail.get() else {
            if let Some(trouble) = self.detail.trouble() {
                empty(buffer, area, look, &[&sentence(trouble), "esc goes back"]);
            }
            return;
        };
        match self.view {
            View::Summary => self.summary(buffer, area, look, d),
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
                (self.detail.get().is_none_or(|d| d.sync.rows_with_errors == 0).then_some("no row is refused"), "refused rows")
            }
            View::Lines => (self.lines.selected().is_none_or(|l| l.line == 0).then_some("no row of the file brings this"), "the row"),
        };
        vec![
            Offer::unless(Command::Apply, waits).called(if held { "approve" } else { "apply" }),
            Offer::unless(Command::Abandon, waits),
            Offer::unless(Command::Quit, waits.or(held.then_some("it stays held"))).called("keep as dry run"),
            Offer::on(Command::NextPane).called(if self.view == View::Summary { "line by line" } else { "summary" }),
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
            View::Summary => StatusLine::default(),
        }
    }

    fn sync(&self) -> Option<SyncNo> {
        Some(self.number)
    }
}
