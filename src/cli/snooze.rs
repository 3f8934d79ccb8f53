//! `snooze`: a cause that can wait.

use serde::Serialize;

use super::context::{Context, ask, sync_no};
use super::exit::{Exit, Stop};
use super::table::{Cell, Column, number};
use super::triage::{Open, Snoozed};
use crate::desk::{Request, SnoozeState, SnoozedCause};
use crate::ledger::SyncNo;

/// Put a cause to sleep until a day, or until its rows have grown by half
#[derive(clap::Args)]
pub(super) struct Args {
    /// The sync's number
    #[arg(value_name = "N", value_parser = sync_no, required_unless_present_any = ["list", "wake"])]
    sync: Option<SyncNo>,
    /// The cause's number in `homeroom sync N`
    #[arg(value_name = "CAUSE", required_unless_present_any = ["list", "wake"])]
    cause: Option<u32>,
    /// Until when: 3d, 1w, 2026-12-01 [default: 1w]
    #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
    until: String,
    /// Why it can wait
    #[arg(long, value_name = "TEXT", required_unless_present_any = ["list", "wake"])]
    reason: Option<String>,
    /// What sleeps
    #[arg(long, conflicts_with_all = ["sync", "wake"])]
    list: bool,
    /// Wake the cause of this ID, as --list shows it
    #[arg(long, value_name = "ID", conflicts_with = "sync")]
    wake: Option<String>,
}

#[derive(Serialize)]
struct Line<'a> {
    title: &'a str,
    feed: &'a str,
    snoozed: Snoozed<'a>,
    open: Option<Open<'a>>,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let request = match (self.sync, self.cause, self.wake) {
            (_, _, Some(id)) => Request::Wake(id),
            (Some(sync), Some(cause), _) => Request::Snooze { sync, cause, until: self.until, reason: self.reason.unwrap_or_default() },
            _ => Request::Snoozed,
        };
        let all = ask!(cx, request => Snoozed);
        if cx.json {
            for s in &all {
                let line = Line { title: &s.title, feed: &s.feed, snoozed: (&s.note).into(), open: s.open.as_ref().map(Open::from) };
                cx.print_json(&line)?;
            }
        } else if all.is_empty() {
            cx.tell("Nothing sleeps.");
        } else {
            print(cx, &all)?;
        }
        Ok(Exit::Done)
    }
}

fn print(cx: &mut Context<'_>, all: &[SnoozedCause]) -> Result<(), Stop> {
    const COLUMNS: &[Column] = &[
        Column::Whole("id"),
        Column::Text("what"),
        Column::Brief("feed"),
        Column::Number("rows"),
        Column::Whole("until"),
        Column::Whole("by"),
        Column::Text("why"),
    ];
    let rows: Vec<Vec<Cell>> = all
        .iter()
        .map(|s| {
            let rows = match &s.open {
                Some(open) => number(open.cause.rows),
                None => "none".into(),
            };
            let until = match s.note.state {
                SnoozeState::Asleep => cx.time(s.note.until),
                SnoozeState::Over => "over".into(),
                SnoozeState::Grown => format!("woke, was {}", number(s.note.rows)),
            };
            vec![
                s.note.id.as_str().into(),
                s.title.as_str().into(),
                s.feed.as_str().into(),
                rows.into(),
                until.into(),
                s.note.by.0.as_str().into(),
                s.note.reason.as_str().into(),
            ]
        })
        .collect();
    cx.table(COLUMNS, &rows)
}
