//! Putting a cause to sleep: why, and until when; waking one that sleeps. And what is said of causes that sleep or are gone.

use super::asked::say;
use super::paint::{Paint, piece};
use super::{Effect, Msg, Token, Tone, words};
use crate::desk::{CauseAbout, GoneCause, Near, Reply, Request, SnoozeState, SnoozedCause};
use crate::ledger::{Cause, Finding, SyncNo};
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row};

#[derive(Debug)]
enum Stage {
    Idle,
    Why { sync: SyncNo, cause: u32, title: String },
    Until { sync: SyncNo, cause: u32, title: String, reason: String },
    Asked { title: String, woken: bool },
}

/// The one snooze that may be under way.
#[derive(Debug)]
pub struct Snoozing {
    token: Token,
    stage: Stage,
}

impl Snoozing {
    /// Nothing under way; works under tokens of that slot.
    pub fn new(slot: u8) -> Self {
        Self { token: Token::of(slot), stage: Stage::Idle }
    }

    /// Puts a cause to sleep, or wakes it where it sleeps.
    pub fn turn(&mut self, sync: SyncNo, cause: &Cause, about: Option<&CauseAbout>) -> Effect {
        self.token = self.token.next();
        let title = words::cause(cause);
        let asleep = about.and_then(|a| a.snooze.as_ref()).filter(|s| s.state == SnoozeState::Asleep);
        if let Some(note) = asleep {
            return self.wake(&note.id.clone(), title);
        }
        let asked = format!("Why can it wait? {title}");
        self.stage = Stage::Why { sync, cause: cause.number, title };
        Effect::Prompt { token: self.token, title: asked, initial: String::new() }
    }

    /// Wakes what sleeps under an ID.
    pub fn wake(&mut self, id: &str, title: String) -> Effect {
        self.token = self.token.next();
        self.stage = Stage::Asked { title, woken: true };
        Effect::Ask { token: self.token, request: Request::Wake(id.to_owned()) }
    }

    /// Takes what is for it; `None` if the message is not.
    pub fn update(&mut self, msg: &Msg) -> Option<Vec<Effect>> {
        match msg {
            Msg::Prompted { token, text } if *token == self.token => Some(vec![self.prompted(text)]),
            Msg::Reply { token, reply } if token.slot == self.token.slot => Some(self.reply(reply)),
            _ => None,
        }
    }

    fn prompted(&mut self, text: &str) -> Effect {
        self.token = self.token.next();
        match std::mem::replace(&mut self.stage, Stage::Idle) {
            Stage::Why { .. } if text.trim().is_empty() => {
                Effect::Toast(Tone::Plain, String::from("Nothing was snoozed: it needs a reason."))
            }
            Stage::Why { sync, cause, title } => {
                self.stage = Stage::Until { sync, cause, title, reason: text.to_owned() };
                let title = String::from("Until when? 3d, 1w, 2026-12-01");
                Effect::Prompt { token: self.token, title, initial: String::from("1w") }
            }
            Stage::Until { sync, cause, title, reason } => {
                self.stage = Stage::Asked { title, woken: false };
                Effect::Ask { token: self.token, request: Request::Snooze { sync, cause, until: text.to_owned(), reason } }
            }
            _ => Effect::Handled,
        }
    }

    fn reply(&mut self, reply: &Reply) -> Vec<Effect> {
        let Stage::Asked { title, woken } = std::mem::replace(&mut self.stage, Stage::Idle) else { return Vec::new() };
        match reply {
            Reply::Snoozed(_) if woken => vec![Effect::Toast(Tone::Good, format!("Awake again: {title}."))],
            Reply::Snoozed(_) => {
                vec![Effect::Toast(Tone::Good, format!("Snoozed: {title}. It wakes by itself on that day, or when its rows grow by half."))]
            }
            Reply::Trouble(trouble) => vec![say(trouble)],
            _ => Vec::new(),
        }
    }
}

/// What a cause means, what to do about it, and what is known of it besides.
pub fn explain(paint: &mut Paint, cause: &Cause, about: Option<&CauseAbout>, look: &Look) {
    // The catalogue's templates want a finding: the cause has its column and value.
    let mut finding = Finding::of_file(cause.code);
    finding.column.clone_from(&cause.column);
    finding.value.clone_from(&cause.value);
    paint.rule(&words::cause(cause));
    if let Some(note) = about.and_then(|a| a.snooze.as_ref()) {
        let state = match note.state {
            SnoozeState::Asleep => format!("Snoozed until {}", look.when(note.until)),
            SnoozeState::Over => String::from("Awake: its day has come"),
            SnoozeState::Grown => format!("Awake: {} rows when it was snoozed, {} now", number(note.rows), number(cause.rows)),
        };
        paint.wrapped(1, &format!("{state}. {}: {}", note.by.0, note.reason), Role::Accent, 1);
    }
    if let Some(f) = about.and_then(|a| a.follows.as_ref()) {
        let text = format!("{} Follows from row {} of {}: {}", look.glyph(Glyph::Follows), number(u64::from(f.row)), f.sync, f.title);
        paint.wrapped(1, &text, Role::Accent, 1);
    }
    paint.wrapped(1, &finding.resolution(), Role::Text, 2);
    if let Some(text) = about.map(|a| nearest(&a.near, look)).filter(|t| !t.is_empty()) {
        paint.wrapped(1, &text, Role::Accent, 2);
    }
    if about.is_some_and(|a| a.there_now) {
        paint.wrapped(1, "It is on the roster by now: R re-runs the rows that lacked it.", Role::Ok, 1);
    }
    if about.is_some_and(|a| a.makes.is_some()) {
        paint.wrapped(1, "a adds it with this ID.", Role::Dim, 1);
    }
    paint.wrapped(1, cause.code.spec().meaning, Role::Dim, 3);
}

/// "Nearest: 104521 Lincoln High, 104112 Adams Middle"; nothing where nothing is near. Names of people are masked.
pub fn nearest(near: &[Near], look: &Look) -> String {
    if near.is_empty() {
        return String::new();
    }
    let one = |n: &Near| format!("{} {}", look.personal(&n.value), look.personal(&n.words)).trim_end().to_owned();
    format!("Nearest: {}", near.iter().map(one).collect::<Vec<_>>().join(", "))
}

/// The title of a cause with the sign of what it is: what follows from another is set in, what woke by itself says so.
pub fn title(cause: &Cause, about: Option<&CauseAbout>, look: &Look) -> (String, Role) {
    let (glyph, role) = look.severity(cause.severity);
    let follows = cause.parent.is_some() || about.is_some_and(|a| a.follows.is_some());
    let woke = about.and_then(|a| a.snooze.as_ref()).filter(|s| s.state == SnoozeState::Grown);
    let woke = woke.map(|s| format!(" (woke: was {})", number(s.rows))).unwrap_or_default();
    if follows {
        return (format!("{} {}{woke}", look.glyph(Glyph::Follows), words::cause(cause)), Role::Dim);
    }
    (format!("{glyph} {}{woke}", words::cause(cause)), role)
}

/// Columns of causes that are gone.
pub const GONE: &[Column] = &[
    Column::text("resolved", 22, 90, 0),
    Column::text("feed", 10, 24, 3),
    Column::number("rows", 6, 1),
    Column::text("how", 24, 60, 0),
    Column::text("code", 7, 7, 4),
];

/// A cause that is gone, as a row of [`GONE`].
pub fn gone_row<'a>(g: &'a GoneCause, look: &Look) -> Row<'a> {
    Row::new([
        Cell::new(format!("{} {}", look.glyph(Glyph::Ok), words::cause(&g.cause)), Role::Ok),
        Cell::new(g.feed.as_str(), Role::Dim),
        Cell::from(number(g.cause.rows)),
        Cell::from(g.ways.words()),
        Cell::new(g.cause.code.name(), Role::Dim),
    ])
}

/// Says of a cause that is gone in full how its rows went.
pub fn explain_gone(paint: &mut Paint, g: &GoneCause) {
    paint.rule(&words::cause(&g.cause));
    paint.wrapped(1, &format!("Open in {}, gone in {}: {}.", g.before, g.now, g.ways.words()), Role::Text, 2);
    if g.ways.corrected > 0 {
        paint.wrapped(1, "What was corrected here only comes back with the next file, unless its owner mends it too.", Role::Dim, 2);
    }
}

/// Columns of causes that sleep.
pub const SNOOZED: &[Column] = &[
    Column::text("snoozed", 26, 60, 0),
    Column::text("feed", 10, 24, 4),
    Column::number("rows", 6, 2),
    Column::text("until", 9, 12, 0),
    Column::text("by", 6, 12, 3),
    Column::text("why", 12, 60, 1),
];

/// A cause that was put to sleep, as a row of [`SNOOZED`].
pub fn snoozed_row<'a>(s: &'a SnoozedCause, look: &Look) -> Row<'a> {
    let until = match s.note.state {
        SnoozeState::Asleep => look.when(s.note.until),
        SnoozeState::Over | SnoozeState::Grown => String::from("awake"),
    };
    let rows = s.open.as_ref().map_or_else(|| look.glyph(Glyph::None).to_owned(), |o| number(o.cause.rows));
    Row::new([
        Cell::from(s.title.as_str()),
        Cell::new(s.feed.as_str(), Role::Dim),
        Cell::from(rows),
        Cell::from(until),
        Cell::new(s.note.by.0.as_str(), Role::Dim),
        Cell::from(s.note.reason.as_str()),
    ])
}

/// Says in full why a cause sleeps.
pub fn explain_snoozed(paint: &mut Paint, s: &SnoozedCause, look: &Look) {
    paint.rule(&s.title);
    let state = match (s.note.state, &s.open) {
        (_, None) => String::from("It is not open now; it stays snoozed for when it comes again"),
        (SnoozeState::Asleep, Some(_)) => format!("Sleeps until {}, or until its rows grow by half", look.when(s.note.until)),
        (SnoozeState::Over, Some(_)) => String::from("Awake again: its day has come"),
        (SnoozeState::Grown, Some(o)) => {
            format!("Awake again: {} rows when it was snoozed, {} now", number(s.note.rows), number(o.cause.rows))
        }
    };
    paint.line(&[piece(format!("{state}. z wakes it."), Role::Text)]);
    paint.wrapped(1, &format!("{}, {}: {}", s.note.by.0, look.when(s.note.at), s.note.reason), Role::Dim, 3);
}
