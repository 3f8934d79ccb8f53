//! Files that ran together: a bundle, or what lay in a drop folder. One line a file with its result, in the order they ran.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::asked::say;
use super::list::Viewport;
use super::paint::{Paint, empty, foot, piece};
use super::plan::{PlanScreen, wants_approval};
use super::report::Reports;
use super::runs::progress_line;
use super::sync::SyncScreen;
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone, words};
use crate::desk::{Event, Progress, Ran, Reply, Request, TroubleSort};
use crate::ledger::{Sync, SyncStatus};
use crate::tui::command::Command;
use crate::tui::look::{Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row, Table};

const REFRESH: u8 = 0;
const APPLY: u8 = 1;
const ABANDON: u8 = 2;
const REPORTS: u8 = 3;

/// Lines at the foot for what is selected.
const BELOW: u16 = 5;

/// What came of several files.
#[derive(Debug)]
pub struct SetScreen {
    runs: Vec<Ran>,
    view: Viewport,
    /// Which of them is being applied.
    applying: Option<usize>,
    progress: Option<Progress>,
    reports: Reports,
    room: Size,
}

const COLUMNS: &[Column] = &[
    Column::number("no.", 5, 4),
    Column::text("file", 14, 32, 0),
    Column::text("as", 12, 24, 3),
    Column::text("result", 9, 9, 0),
    Column::number("rows", 7, 5),
    Column::number("new", 6, 1),
    Column::number("upd", 6, 1),
    Column::number("same", 8, 6),
    Column::number("off", 6, 2),
    Column::number("err", 6, 0),
];

impl SetScreen {
    /// What came of each file.
    pub fn new(runs: Vec<Ran>) -> Self {
        Self { runs, view: Viewport::default(), applying: None, progress: None, reports: Reports::new(REPORTS), room: Size::default() }
    }

    fn selected(&self) -> Option<&Ran> {
        self.runs.get(self.view.selected as usize)
    }

    fn is_dry(&self, index: usize) -> bool {
        self.runs.get(index).is_some_and(|r| r.detail.sync.status == SyncStatus::DryRun)
    }

    /// Whether it is applied without a question: what would pass a limit is looked at first.
    fn goes_through(&self, index: usize) -> bool {
        self.is_dry(index) && self.runs.get(index).is_some_and(|r| !wants_approval(&r.detail))
    }

    fn dry(&self) -> usize {
        (0..self.runs.len()).filter(|i| self.is_dry(*i)).count()
    }

    fn fit(&mut self) {
        let below = Self::below(self.room.height) + u16::from(self.applying.is_some());
        self.view.height = u64::from(self.room.height.saturating_sub(1 + below));
        self.view.total = self.runs.len() as u64;
        self.view.select(self.view.selected);
    }

    fn below(height: u16) -> u16 {
        if height >= 12 { BELOW } else { 0 }
    }

    fn open_one(&self) -> Vec<Effect> {
        let Some(ran) = self.selected() else { return Vec::new() };
        let detail = ran.detail.clone();
        let screen: Box<dyn Screen> = match detail.sync.status {
            SyncStatus::DryRun | SyncStatus::Held => Box::new(PlanScreen::with(detail)),
            _ => Box::new(SyncScreen::with(detail)),
        };
        vec![Effect::Push(screen)]
    }

    /// Applies the next dry run of the set; the files before it are applied by now, so that its references hold.
    fn apply_next(&mut self) -> Vec<Effect> {
        self.progress = None;
        self.applying = (0..self.runs.len()).find(|i| self.goes_through(*i));
        let Some(index) = self.applying else {
            let waits = |r: &&Ran| matches!(r.detail.sync.status, SyncStatus::Held | SyncStatus::DryRun);
            let left = self.runs.iter().filter(waits).count() as u64;
            let text = match left {
                0 => String::from("All files are applied."),
                n => format!("Applied; {} for approval: enter shows why.", words::count(n, "file waits", "files wait")),
            };
            return vec![Effect::Toast(if left == 0 { Tone::Good } else { Tone::Plain }, text)];
        };
        self.view.selected = index as u64;
        let sync = &self.runs[index].detail.sync;
        let request = Request::Apply { sync: sync.number, without_removals: false, reason: None };
        vec![Effect::Long { token: Token::of(APPLY), request, title: format!("applying {}", sync.file) }]
    }

    fn applied(&mut self, ran: Ran) -> Vec<Effect> {
        let Some(index) = self.applying.take() else { return Vec::new() };
        let status = ran.detail.sync.status;
        let file = ran.detail.sync.file.clone();
        self.runs[index] = ran;
        match status {
            SyncStatus::DryRun => vec![Effect::Toast(Tone::Bad, format!("{file}: its plan is another one now. Look at it, then go on."))],
            SyncStatus::Failed | SyncStatus::Cancelled => {
                vec![Effect::Toast(Tone::Bad, format!("{file} was not applied; those after it still wait."))]
            }
            _ => self.apply_next(),
        }
    }

    fn abandon(&self) -> Vec<Effect> {
        let ask = |i: usize| Effect::Ask {
            token: Token { slot: ABANDON, generation: i as u32 },
            request: Request::Abandon { sync: self.runs[i].detail.sync.number, reason: None },
        };
        (0..self.runs.len()).filter(|i| self.is_dry(*i)).map(ask).collect()
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match (token.slot, reply) {
            (APPLY, Reply::Ran(ran)) => return self.applied(*ran),
            (APPLY, Reply::Trouble(trouble)) => {
                self.applying = None;
                let cancelled = trouble.sort == TroubleSort::Cancelled;
                return vec![if cancelled {
                    Effect::Toast(Tone::Plain, String::from("Cancelled. What was applied before stays applied."))
                } else {
                    say(&trouble)
                }];
            }
            (REFRESH | ABANDON, Reply::Sync(detail)) => {
                if let Some(ran) = self.runs.get_mut(token.generation as usize) {
                    ran.detail = *detail;
                }
            }
            (_, Reply::Trouble(trouble)) => return vec![say(&trouble)],
            _ => {}
        }
        Vec::new()
    }
}

/// Why a file waits or failed, in one line.
fn note(ran: &Ran) -> String {
    let sync = &ran.detail.sync;
    let worst = ran.detail.file_findings.iter().max_by_key(|f| f.severity);
    match (&sync.note, worst) {
        (Some(note), _) => note.clone(),
        (None, Some(finding)) => format!("{}  {}", words::message(finding), finding.code),
        (None, None) => ran.detail.causes.first().map(|c| format!("{} {}", number(c.rows), words::cause(c))).unwrap_or_default(),
    }
}

fn row<'a>(sync: &'a Sync, look: &Look) -> Row<'a> {
    let total = sync.counts.total();
    let count = |n: u64| Cell::new(number(n), if n == 0 { Role::Dim } else { Role::Text });
    Row::new([
        Cell::from(sync.number.to_string()),
        Cell::from(sync.file.as_str()),
        Cell::new(sync.profile.as_str(), Role::Dim),
        Cell::new(words::status(sync.status), look.status(sync.status)),
        count(sync.rows),
        count(total.created),
        count(total.updated),
        count(total.unchanged),
        count(total.disabled),
        Cell::new(number(sync.rows_with_errors), if sync.rows_with_errors > 0 { Role::Error } else { Role::Dim }),
    ])
}

impl Screen for SetScreen {
    fn crumb(&self) -> String {
        words::count(self.runs.len() as u64, "file", "files")
    }

    fn subtitle(&self) -> Option<String> {
        let feed = self.runs.first().map(|r| words::feed(&r.detail.sync).to_owned()).unwrap_or_default();
        let state = if self.dry() > 0 { " · nothing of a dry run has been changed yet" } else { "" };
        Some(format!("{feed} · one line a file, in the order they run{state}"))
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        Vec::new()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = match msg {
            Msg::Command(Command::Open) => self.open_one(),
            Msg::Command(Command::Apply) => self.apply_next(),
            Msg::Command(Command::Abandon) => vec![Effect::Confirm {
                token: Token::of(ABANDON),
                question: format!("Abandon {}?", words::count(self.dry() as u64, "dry run", "dry runs")),
                detail: vec![String::from("Nothing of them is applied. The history keeps a line of each.")],
                number: None,
            }],
            Msg::Command(Command::Output) => match self.selected().map(|r| r.detail.sync.number) {
                Some(sync) => self.reports.choose(sync).into_iter().collect(),
                None => Vec::new(),
            },
            Msg::Command(command) => {
                self.view.go(command);
                Vec::new()
            }
            Msg::Confirmed(token) if token.slot == ABANDON => self.abandon(),
            Msg::Chosen { token, index } if self.reports.owns(token) => self.reports.chosen(index).into_iter().collect(),
            Msg::Reply { token, reply } if self.reports.owns(token) => self.reports.reply(*reply).into_iter().collect(),
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Event(Event::Progress(progress)) if self.applying.is_some() => {
                self.progress = Some(progress);
                Vec::new()
            }
            Msg::Event(Event::SyncChanged(number)) if self.applying.is_none() => {
                let at = self.runs.iter().position(|r| r.detail.sync.number == number);
                let ask = |i: usize| Effect::Ask { token: Token { slot: REFRESH, generation: i as u32 }, request: Request::Sync(number) };
                at.map(ask).into_iter().collect()
            }
            Msg::Resized(room) => {
                self.room = room;
                Vec::new()
            }
            _ => Vec::new(),
        };
        self.fit();
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let buffer = frame.buffer_mut();
        if self.runs.is_empty() {
            return empty(buffer, area, look, &["There was no file to run.", "esc goes back"]);
        }
        let mut paint = Paint::new(buffer, area, look);
        if self.applying.is_some() {
            progress_line(&mut paint, "applying", self.progress.as_ref(), look);
        }
        let (list, below) = foot(paint.rest(), Self::below(area.height));
        let first = self.view.first as usize;
        let rows = self.runs.iter().skip(first).map(|r| row(&r.detail.sync, look));
        let selected = Some(self.view.selected as usize - first);
        Table { columns: COLUMNS, rows, selected, titles: true, whole: true }.render(buffer, list, look);
        let Some(ran) = self.selected() else { return };
        let sync = &ran.detail.sync;
        let mut paint = Paint::new(buffer, below, look);
        paint.rule(&sync.file);
        paint.line(&[
            piece(format!("{} {}", sync.number, sync.status.words()), look.status(sync.status)),
            piece(format!(": {}", words::tally(&sync.counts.total(), words::DONE)), Role::Text),
        ]);
        paint.wrapped(1, &note(ran), Role::Dim, 3);
    }

    fn offers(&self) -> Vec<Offer> {
        let none = self.selected().is_none().then_some("nothing is selected");
        let busy = self.applying.is_some().then_some("a file is being applied: ctrl-c cancels");
        let dry = busy.or((self.dry() == 0).then_some("no file is a dry run that waits"));
        let through = (0..self.runs.len()).any(|i| self.goes_through(i));
        let apply = dry.or((!through).then_some("what waits passes a limit: enter shows its plan"));
        vec![
            Offer::unless(Command::Open, none).called("plan or result"),
            Offer::unless(Command::Apply, apply).called("apply all"),
            Offer::unless(Command::Abandon, dry),
            Offer::unless(Command::Output, none).called("results"),
        ]
    }

    fn status(&self) -> StatusLine {
        StatusLine { position: (self.view.total > 0).then_some((self.view.selected + 1, self.view.total)), ..StatusLine::default() }
    }

    fn parting(&self) -> Option<String> {
        let dry = self.dry() as u64;
        (dry > 0 && self.applying.is_none()).then(|| {
            format!("{} kept; nothing of them was changed. The Overview has them.", words::count(dry, "dry run is", "dry runs are"))
        })
    }
}
