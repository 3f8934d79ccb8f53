//! `status`: how every feed is, on one screen, for people, programs and monitoring.

use std::path::PathBuf;

use serde::Serialize;

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::paint::Paint;
use super::table::{Cell, Column};
use super::times;
use crate::desk::{FeedState, FeedStatus, FeedsStatus, Request, Trouble, TroubleSort};
use crate::report::{number, visible};
use crate::watch::prometheus;

/// How every feed is, the worst first; exits 0 fine, 1 errors, 3 held, 7 no file came, 4 failed
#[derive(clap::Args)]
pub(super) struct Args {
    /// One line and the exit codes of a monitoring plugin: 0 well, 1 warning (errors, held), 2 critical (no file, failed), 3 unknown
    #[arg(long)]
    monitor: bool,
    /// Also write a text file for Prometheus' node exporter
    #[arg(long, value_name = "FILE")]
    prometheus: Option<PathBuf>,
}

#[derive(Serialize)]
struct Json<'a> {
    at: String,
    state: &'static str,
    feeds: Vec<FeedJson<'a>>,
}

#[derive(Serialize)]
struct FeedJson<'a> {
    feed: &'a str,
    state: &'static str,
    text: &'a str,
    last_sync: Option<u32>,
    last_status: Option<&'static str>,
    last_started: Option<String>,
    last_success: Option<String>,
    rows: u64,
    rows_refused: u64,
    held: u64,
    files_waiting: u64,
    files_failed: u64,
    expect: &'a str,
    missing: Option<String>,
    next: Option<String>,
}

impl<'a> From<&'a FeedStatus> for FeedJson<'a> {
    fn from(f: &'a FeedStatus) -> Self {
        Self {
            feed: &f.name,
            state: f.state.name(),
            text: &f.text,
            last_sync: f.last.as_ref().map(|s| s.number.0),
            last_status: f.last.as_ref().map(|s| s.status.name()),
            last_started: f.last.as_ref().map(|s| times::utc(s.started)),
            last_success: f.success.map(times::utc),
            rows: f.last.as_ref().map_or(0, |s| s.rows),
            rows_refused: f.errors,
            held: f.held,
            files_waiting: f.waiting,
            files_failed: f.quarantined,
            expect: &f.expect,
            missing: f.missing.map(times::utc),
            next: f.next.map(times::utc),
        }
    }
}

fn exit(state: FeedState) -> Exit {
    match state {
        FeedState::Fine => Exit::Done,
        FeedState::Errors => Exit::RowsRefused,
        FeedState::Held => Exit::Held,
        FeedState::Missing => Exit::Missing,
        FeedState::Failed => Exit::FileRefused,
    }
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let status = match status(cx) {
            Ok(status) => status,
            // Whoever monitors wants a line and a code, whatever happened.
            Err(Stop::Trouble(trouble)) if self.monitor => {
                cx.say(&format!("HOMEROOM UNKNOWN - {}", trouble.message))?;
                return Ok(Exit::Plugin(3));
            }
            Err(stop) => return Err(stop),
        };
        if let Some(path) = &self.prometheus {
            let path = cx.env.cwd.join(path);
            prometheus::write(&path, &status).map_err(|e| {
                Trouble::new(TroubleSort::Refused, format!("Cannot write {}: {e}", path.display()), "Check the folder and its rights.")
            })?;
        }
        if self.monitor {
            return monitor(cx, &status);
        }
        if cx.json {
            let feeds = status.feeds.iter().map(Into::into).collect();
            cx.print_json(&Json { at: times::utc(status.at), state: status.worst().name(), feeds })?;
        } else {
            shown(cx, &status)?;
        }
        Ok(exit(status.worst()))
    }
}

fn status(cx: &mut Context<'_>) -> Result<FeedsStatus, Stop> {
    Ok(ask!(cx, Request::Status => Status))
}

fn shown(cx: &mut Context<'_>, status: &FeedsStatus) -> Result<(), Stop> {
    const COLUMNS: &[Column] = &[
        Column::Whole("state"),
        Column::Whole("feed"),
        Column::Whole("last sync"),
        Column::Number("refused"),
        Column::Number("wait"),
        Column::Text("what"),
    ];
    if status.feeds.is_empty() {
        cx.tell("No feeds yet. Next: homeroom feeds add NAME --profile P, or import a file.");
        return Ok(());
    }
    let rows: Vec<Vec<Cell>> = status
        .feeds
        .iter()
        .map(|f| {
            let paint = match f.state {
                FeedState::Fine => Paint::Good,
                FeedState::Errors | FeedState::Held => Paint::Warning,
                FeedState::Missing | FeedState::Failed => Paint::Bad,
            };
            vec![
                Cell::painted(f.state.name(), paint),
                Cell::from(&f.name),
                f.last.as_ref().map(|s| format!("{} {}", s.number, cx.time(s.started))).unwrap_or_default().into(),
                number(f.errors).into(),
                number(f.waiting).into(),
                Cell::from(&f.text),
            ]
        })
        .collect();
    cx.table(COLUMNS, &rows)
}

/// One line as monitoring plugins print it: a word, what is wrong, and numbers behind a bar.
fn monitor(cx: &mut Context<'_>, status: &FeedsStatus) -> Result<Exit, Stop> {
    let count = |state: FeedState| status.feeds.iter().filter(|f| f.state == state).count();
    let (word, code) = match status.worst() {
        FeedState::Fine => ("OK", 0),
        FeedState::Errors | FeedState::Held => ("WARNING", 1),
        FeedState::Missing | FeedState::Failed => ("CRITICAL", 2),
    };
    let bad: Vec<String> = status.feeds.iter().filter(|f| f.state != FeedState::Fine).map(|f| format!("{} {}", f.name, f.state)).collect();
    let what = if bad.is_empty() { format!("{} feeds are fine", status.feeds.len()) } else { bad.join(", ") };
    // The bar begins the numbers, so it may not stand in a name.
    let what = visible(&what).replace('|', "/");
    let numbers: Vec<String> = FeedState::ALL.iter().map(|s| format!("{s}={}", count(*s))).collect();
    cx.say(&format!("HOMEROOM {word} - {what} | {}", numbers.join(" ")))?;
    Ok(Exit::Plugin(code))
}
