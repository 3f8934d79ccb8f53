//! `triage`: the open causes over the latest upload of each feed; and what `sync` and `snooze` say of causes besides.

use serde::Serialize;

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::json;
use super::row::{all_near, quoted};
use super::sync::count;
use super::table::{Cell, Column, number};
use crate::desk::{GoneCause, GoneWays, Near, OpenCause, Request, SnoozeNote, SnoozeState, SyncDetail};
use crate::ledger::{Since, Timestamp};

/// The open causes over the latest upload of each feed, the one that clears most rows first
#[derive(clap::Args)]
pub(super) struct Args {}

#[derive(Serialize)]
struct Json<'a> {
    open: Vec<Open<'a>>,
    snoozed: u64,
    resolved: Vec<Resolved<'a>>,
}

/// A cause that is open.
#[derive(Serialize)]
pub(super) struct Open<'a> {
    sync: u32,
    feed: &'a str,
    file: &'a str,
    cause: u32,
    code: &'static str,
    column: Option<&'a str>,
    value: Option<&'a str>,
    title: &'a str,
    rows: u64,
    clears: u64,
    mended: u64,
    syncs: u32,
    parent: Option<u32>,
    near: &'a [Near],
    snoozed: Option<Snoozed<'a>>,
    follows: Option<Follows<'a>>,
}

impl<'a> From<&'a OpenCause> for Open<'a> {
    fn from(o: &'a OpenCause) -> Self {
        Self {
            sync: o.sync.0,
            feed: &o.feed,
            file: &o.file,
            cause: o.cause.number,
            code: o.cause.code.name(),
            column: o.cause.column.as_deref(),
            value: o.cause.value.as_deref(),
            title: &o.cause.title,
            rows: o.cause.rows,
            clears: o.cause.clears,
            mended: o.corrected,
            syncs: match o.cause.since {
                Since::New => 1,
                Since::Syncs(n) => n,
            },
            parent: o.cause.parent,
            near: &o.about.near,
            snoozed: o.about.snooze.as_ref().map(Snoozed::from),
            follows: o.about.follows.as_ref().map(Follows::from),
        }
    }
}

/// What was said when a cause was put to sleep.
#[derive(Serialize)]
pub(super) struct Snoozed<'a> {
    id: &'a str,
    state: &'static str,
    #[serde(serialize_with = "json::at")]
    until: Timestamp,
    reason: &'a str,
    rows: u64,
    by: &'a str,
    #[serde(serialize_with = "json::at")]
    at: Timestamp,
}

impl<'a> From<&'a SnoozeNote> for Snoozed<'a> {
    fn from(n: &'a SnoozeNote) -> Self {
        Self { id: &n.id, state: n.state.name(), until: n.until, reason: &n.reason, rows: n.rows, by: &n.by.0, at: n.at }
    }
}

/// The cause of another file from which one only follows.
#[derive(Serialize)]
pub(super) struct Follows<'a> {
    sync: u32,
    cause: u32,
    title: &'a str,
    row: u32,
}

impl<'a> From<&'a crate::desk::Follows> for Follows<'a> {
    fn from(f: &'a crate::desk::Follows) -> Self {
        Self { sync: f.sync.0, cause: f.cause, title: &f.title, row: f.row }
    }
}

/// A cause that is open no more.
#[derive(Serialize)]
pub(super) struct Resolved<'a> {
    feed: &'a str,
    before: u32,
    sync: u32,
    code: &'static str,
    column: Option<&'a str>,
    value: Option<&'a str>,
    title: &'a str,
    rows: u64,
    #[serde(flatten)]
    ways: GoneWays,
}

impl<'a> From<&'a GoneCause> for Resolved<'a> {
    fn from(g: &'a GoneCause) -> Self {
        Self {
            feed: &g.feed,
            before: g.before.0,
            sync: g.now.0,
            code: g.cause.code.name(),
            column: g.cause.column.as_deref(),
            value: g.cause.value.as_deref(),
            title: &g.cause.title,
            rows: g.cause.rows,
            ways: g.ways,
        }
    }
}

impl Args {
    #[allow(clippy::unused_self)] // as every command
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let open = ask!(cx, Request::Triage => Triage);
        let snoozed = ask!(cx, Request::Snoozed => Snoozed);
        let gone = ask!(cx, Request::Gone(None) => Gone);
        let asleep = snoozed.iter().filter(|s| s.note.state == SnoozeState::Asleep && s.open.is_some()).count() as u64;
        if cx.json {
            let json =
                Json { open: open.iter().map(Open::from).collect(), snoozed: asleep, resolved: gone.iter().map(Resolved::from).collect() };
            cx.print_json(&json)?;
            return Ok(Exit::Done);
        }
        if open.is_empty() {
            cx.say("Nothing is open.")?;
        } else {
            print_open(cx, &open)?;
        }
        if asleep > 0 {
            cx.gap()?;
            cx.say(&format!("{} snoozed: homeroom snooze --list", number(asleep)))?;
        }
        print_resolved(cx, &gone)?;
        Ok(Exit::Done)
    }
}

fn print_open(cx: &mut Context<'_>, open: &[OpenCause]) -> Result<(), Stop> {
    const COLUMNS: &[Column] = &[
        Column::Number("sync"),
        Column::Number("cause"),
        Column::Whole("code"),
        Column::Text("what"),
        Column::Brief("feed"),
        Column::Number("rows"),
        Column::Number("clears"),
        Column::Whole("since"),
    ];
    let rows: Vec<Vec<Cell>> = open
        .iter()
        .map(|o| {
            let follows = o.cause.parent.is_some() || o.about.follows.is_some();
            let woke = o.about.snooze.as_ref().map(|s| format!(" ({})", woke(s, o.cause.rows))).unwrap_or_default();
            let title = format!("{}{}{woke}", if follows { "└ " } else { "" }, o.cause.title);
            vec![
                o.sync.to_string().into(),
                o.cause.number.into(),
                o.cause.code.name().into(),
                title.into(),
                o.feed.as_str().into(),
                number(o.cause.rows).into(),
                number(o.cause.clears).into(),
                since(o.cause.since).into(),
            ]
        })
        .collect();
    cx.table(COLUMNS, &rows)
}

fn since(since: Since) -> String {
    match since {
        Since::New => "new".into(),
        Since::Syncs(n) => format!("{n} syncs"),
    }
}

/// Why a cause that was put to sleep is awake: "snooze over", "3 rows when it was snoozed, 5 now".
fn woke(note: &SnoozeNote, rows: u64) -> String {
    match note.state {
        SnoozeState::Asleep => "snoozed".into(),
        SnoozeState::Over => "snooze over".into(),
        SnoozeState::Grown => format!("{} when it was snoozed, {} now", count(note.rows, "row"), number(rows)),
    }
}

/// What is known of a sync's causes besides: what is near, from what they follow, what sleeps.
pub(super) fn print_about(cx: &mut Context<'_>, detail: &SyncDetail) -> Result<(), Stop> {
    let mut lines = Vec::new();
    for cause in &detail.causes {
        let Some(about) = detail.about.iter().find(|a| a.cause == cause.number) else { continue };
        let n = cause.number;
        if let (Some(value), false) = (&cause.value, about.near.is_empty()) {
            lines.push(format!("cause {n}: near {} there is {}", quoted(value), all_near(&about.near)));
        }
        if about.there_now {
            lines.push(format!("cause {n}: it is on the roster by now; homeroom rerun {} clears it", detail.sync.number.0));
        }
        if let Some(f) = &about.follows {
            lines.push(format!("cause {n}: follows from row {} of {}, cause {} ({})", f.row, f.sync, f.cause, f.title));
        }
        if let Some(s) = &about.snooze {
            let until = cx.time(s.until);
            lines.push(format!("cause {n}: {} until {until} by {}: {}", woke(s, cause.rows), s.by.0, s.reason));
        }
    }
    if !lines.is_empty() {
        cx.gap()?;
    }
    lines.iter().try_for_each(|line| cx.say(line))
}

/// The causes that are open no more, and how they went.
pub(super) fn print_resolved(cx: &mut Context<'_>, gone: &[GoneCause]) -> Result<(), Stop> {
    if gone.is_empty() {
        return Ok(());
    }
    cx.gap()?;
    cx.say("Resolved since the check before:")?;
    for g in gone {
        cx.say(&format!("  {}  {} ({}, {}): {}", g.cause.code, g.cause.title, count(g.cause.rows, "row"), g.before, g.ways.words()))?;
    }
    Ok(())
}
