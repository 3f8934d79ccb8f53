//! Work that is previewed first: a re-run, a run of a last file, or an undo runs dry, says what it would do, asks, and only then changes something.

use super::asked::say;
use super::sync::SyncScreen;
use super::undo::UndoScreen;
use super::{Effect, Msg, Token, Tone, words};
use crate::desk::{Event, Progress, Ran, Reply, Request, TroubleSort};
use crate::ledger::SyncNo;
use crate::tui::look::{Look, duration, number};
use crate::tui::theme::Role;

use super::paint::{Paint, piece};

/// What becomes of the rows of a re-run.
const AGAIN: [&str; 5] = ["created", "updated", "unchanged", "disabled", "refused again"];

/// What is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// The sync's upload again, the refused rows of it.
    Rerun(SyncNo),
    /// The file of the sync again, all its rows: *Run Now*.
    Now(SyncNo),
    /// What the sync changed, put back.
    Undo(SyncNo),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Idle,
    Previewing(Run),
    Asking(Run),
    Running(Run),
}

/// The one run that a screen may have under way.
#[derive(Debug)]
pub struct Runs {
    token: Token,
    stage: Stage,
    progress: Option<Progress>,
}

impl Runs {
    /// Nothing under way; works under tokens of that slot.
    pub fn new(slot: u8) -> Self {
        Self { token: Token::of(slot), stage: Stage::Idle, progress: None }
    }

    /// Whether a message under that token is for this.
    pub fn owns(&self, token: Token) -> bool {
        token.slot == self.token.slot
    }

    /// Whether something runs.
    pub fn busy(&self) -> bool {
        matches!(self.stage, Stage::Previewing(_) | Stage::Running(_))
    }

    /// Starts with the preview.
    pub fn preview(&mut self, run: Run) -> Effect {
        if self.busy() {
            return Effect::Toast(Tone::Plain, String::from("One run of this sync is under way. ctrl-c cancels it."));
        }
        self.stage = Stage::Previewing(run);
        self.start(run, true)
    }

    /// Takes what is for it; `None` if the message is not.
    pub fn update(&mut self, msg: &Msg) -> Option<Vec<Effect>> {
        match msg {
            Msg::Confirmed(token) if self.owns(*token) => {
                let Stage::Asking(run) = self.stage else { return Some(Vec::new()) };
                self.stage = Stage::Running(run);
                Some(vec![self.start(run, false)])
            }
            Msg::Reply { token, reply } if self.owns(*token) => {
                if *token != self.token {
                    return Some(Vec::new());
                }
                Some(self.reply(reply))
            }
            Msg::Event(Event::Progress(progress)) if self.busy() => {
                self.progress = Some(progress.clone());
                None
            }
            _ => None,
        }
    }

    /// How far it is, in one line, while something runs.
    pub fn draw(&self, paint: &mut Paint, look: &Look) {
        let what = match self.stage {
            Stage::Previewing(Run::Rerun(sync)) => format!("trying a re-run of {sync}"),
            Stage::Previewing(Run::Now(sync)) => format!("trying the file of {sync}"),
            Stage::Running(Run::Now(sync)) => format!("running the file of {sync}"),
            Stage::Previewing(Run::Undo(sync)) => format!("looking what an undo of {sync} would do"),
            Stage::Running(Run::Rerun(sync)) => format!("re-running {sync}"),
            Stage::Running(Run::Undo(sync)) => format!("undoing {sync}"),
            Stage::Idle | Stage::Asking(_) => return,
        };
        progress_line(paint, &what, self.progress.as_ref(), look);
    }

    fn start(&mut self, run: Run, dry_run: bool) -> Effect {
        self.token = self.token.next();
        self.progress = None;
        let (request, title) = match run {
            Run::Rerun(sync) => (Request::Rerun { sync, all: false, dry_run }, format!("re-run {sync}")),
            Run::Now(sync) => (Request::Rerun { sync, all: true, dry_run }, format!("run {sync} again")),
            Run::Undo(sync) => (Request::Undo { sync, dry_run }, format!("undo {sync}")),
        };
        Effect::Long { token: self.token, request, title }
    }

    fn reply(&mut self, reply: &Reply) -> Vec<Effect> {
        let stage = std::mem::replace(&mut self.stage, Stage::Idle);
        match (stage, reply) {
            (Stage::Previewing(Run::Undo(sync)), Reply::Ran(ran)) => {
                vec![Effect::Push(Box::new(UndoScreen::new(sync, (**ran).clone())))]
            }
            (Stage::Previewing(run), Reply::Ran(ran)) => {
                self.stage = Stage::Asking(run);
                vec![self.ask(run, ran)]
            }
            (Stage::Running(run), Reply::Ran(ran)) => {
                vec![done(run, ran), Effect::Replace(Box::new(SyncScreen::with(ran.detail.clone())))]
            }
            (_, Reply::Trouble(trouble)) if trouble.sort == TroubleSort::Cancelled => {
                vec![Effect::Toast(Tone::Plain, String::from("Cancelled. Nothing was changed."))]
            }
            (_, Reply::Trouble(trouble)) => vec![say(trouble)],
            _ => Vec::new(),
        }
    }

    fn ask(&mut self, run: Run, ran: &Ran) -> Effect {
        self.token = self.token.next();
        let sync = &ran.detail.sync;
        let total = sync.counts.total();
        let mut detail = Vec::new();
        let (question, number) = match run {
            Run::Rerun(of) => {
                if ran.detail.pending_corrections == 0 {
                    detail.push(String::from("No row was mended since it ran last."));
                }
                detail.push(format!("Of the refused and mended rows: {}.", words::tally(&total, AGAIN)));
                if sync.rows_with_errors == 0 {
                    detail.push(String::from("No row would have an error left."));
                }
                (format!("Re-run {of}?"), None)
            }
            Run::Now(of) => {
                detail.push(format!(
                    "{}, {} in all: {}.",
                    sync.file,
                    words::count(sync.rows, "row", "rows"),
                    words::tally(&total, words::WOULD)
                ));
                detail.push(String::from("It is the file that was sent last; nothing new is fetched."));
                (format!("Run the file of {of} now?"), None)
            }
            // Its preview has a screen of its own.
            Run::Undo(of) => (format!("Undo {of}?"), None),
        };
        if !ran.left.is_empty() {
            detail.push(format!("{} left as they are:", words::count(ran.left.len() as u64, "record is", "records are")));
            detail.extend(ran.left.iter().take(3).map(crate::ledger::Finding::message));
            if ran.left.len() > 3 {
                detail.push(format!("and {} more", number_of(ran.left.len() - 3)));
            }
        }
        let token = self.token;
        match run {
            Run::Rerun(_) | Run::Now(_) => Effect::ConfirmUndoable { token, question, detail, number },
            Run::Undo(_) => Effect::Confirm { token, question, detail, number },
        }
    }
}

fn number_of(n: usize) -> String {
    number(n as u64)
}

fn done(run: Run, ran: &Ran) -> Effect {
    let sync = &ran.detail.sync;
    let total = sync.counts.total();
    match run {
        Run::Rerun(of) => Effect::Toast(
            if sync.rows_with_errors == 0 { Tone::Good } else { Tone::Plain },
            format!("{of} was re-run as {}: {}.", sync.number, words::tally(&total, words::DONE)),
        ),
        Run::Now(of) => Effect::Toast(
            if sync.rows_with_errors == 0 { Tone::Good } else { Tone::Plain },
            format!("The file of {of} was run as {}: {}.", sync.number, words::tally(&total, words::DONE)),
        ),
        Run::Undo(of) => {
            let back = total.created + total.updated + total.disabled;
            Effect::Toast(Tone::Good, format!("{of} was undone: {} put back.", words::count(back, "record", "records")))
        }
    }
}

/// "checking users.csv  1,200 of 2,491  50 %  4,000 rows/s  1 s left".
pub fn progress_line(paint: &mut Paint, what: &str, progress: Option<&Progress>, look: &Look) {
    let text = progress.map_or_else(String::new, |p| {
        let of = (p.total > 0).then(|| format!(" of {}  {} %", number(p.total), u128::from(p.done) * 100 / u128::from(p.total)));
        let rate = (p.rate > 0.0).then(|| format!("  {} rows/s", number(p.rate as u64)));
        let left = p.left.map(|left| format!("  {} left", duration(left)));
        std::iter::once(format!("  {}  {}", p.step, number(p.done))).chain(of).chain(rate).chain(left).collect()
    });
    let dots = look.glyph(crate::tui::look::Glyph::More);
    paint.line(&[piece(format!("{what}{dots}"), Role::Accent), piece(text, Role::Text)]);
}
