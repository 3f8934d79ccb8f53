//! `undo`: puts back what a sync changed.

use serde::Serialize;

use super::context::{Context, ask, sync_no};
use super::exit::{Exit, Stop};
use super::json;
use super::paint::Paint;
use super::row::quoted;
use super::table::number;
use super::{shares, sync};
use crate::desk::{HistoryLine, LeftLine, PlanLine, Ran, Request, Window};
use crate::ledger::{FieldChange, SyncNo};

/// Put back what a sync changed, where nobody changed it since
#[derive(clap::Args)]
pub(super) struct Args {
    /// The sync's number
    #[arg(value_name = "N", value_parser = sync_no)]
    sync: SyncNo,
    /// Say what would be put back and what must be left; change nothing
    #[arg(long)]
    dry_run: bool,
    /// With --dry-run: at most this many records of each sort; 0 for all
    #[arg(long, value_name = "COUNT", default_value = "50")]
    limit: u64,
}

#[derive(Serialize)]
struct Json<'a> {
    #[serde(flatten)]
    sync: json::InHistory<'a>,
    left: Vec<json::FindingLine<'a>>,
    shares: Vec<shares::Share<'a>>,
    /// At most as many as were asked for, as of `stays`.
    puts_back: Vec<Back<'a>>,
    puts_back_total: u64,
    stays: Vec<Stays<'a>>,
    stays_total: u64,
}

#[derive(Serialize)]
struct Back<'a> {
    kind: &'static str,
    key: &'a str,
    name: &'a str,
    action: &'static str,
    changes: &'a [FieldChange],
}

#[derive(Serialize)]
struct Stays<'a> {
    kind: &'static str,
    key: &'a str,
    name: &'a str,
    field: Option<&'a str>,
    back: &'a str,
    now: &'a str,
    why: &'a str,
    since_sync: Option<u32>,
    since_by: Option<&'a str>,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let ran = ask!(cx, Request::Undo { sync: self.sync, dry_run: self.dry_run } => Ran);
        if self.dry_run { self.preview(cx, &ran) } else { sync::print_ran(cx, &ran) }
    }

    /// What would be put back and what must be left, record by record.
    fn preview(&self, cx: &mut Context<'_>, ran: &Ran) -> Result<Exit, Stop> {
        let window = Window { first: 0, count: if self.limit == 0 { u64::MAX } else { self.limit } };
        let back = ask!(cx, Request::UndoBack { sync: self.sync, window } => Plan);
        let left = ask!(cx, Request::UndoLeft { sync: self.sync, window } => Left);
        let of = &ran.detail.sync;
        if cx.json {
            cx.print_json(&Json {
                sync: of.into(),
                left: json::FindingLine::all(of.number, &ran.left),
                shares: shares::all(&ran.detail.by_school),
                puts_back: back.rows.iter().map(Back::from).collect(),
                puts_back_total: back.total,
                stays: left.rows.iter().map(Stays::from).collect(),
                stays_total: left.total,
            })?;
            return Ok(Exit::of(&ran.detail));
        }
        sync::print(cx, &ran.detail)?;
        shares::print(cx, of, &ran.detail.by_school)?;
        cx.gap()?;
        cx.say_in(Paint::Bold, &format!("Would be put back: {}", sync::count(back.total, "record")))?;
        for line in &back.rows {
            cx.say(&format!("  {} {}  {}  {}", line.kind.name(), line.key, line.name, action(line)))?;
            for c in line.changes.iter().filter(|_| line.action == "updated") {
                cx.say_in(Paint::Dim, &format!("      {}: {} -> {}", c.field, quoted(&c.before), quoted(&c.after)))?;
            }
        }
        more(cx, back.rows.len() as u64, back.total)?;
        cx.gap()?;
        cx.say_in(Paint::Bold, &format!("Must be left (RUN-605): {}", left.total))?;
        for line in &left.rows {
            let what = if line.field.is_empty() {
                line.why.clone()
            } else {
                format!("{}: {}; {} stays, {} is not put back", line.field, line.why, quoted(&line.now), quoted(&line.back))
            };
            let since = line.since.as_ref().map(|s| format!(" ({})", since(cx, s))).unwrap_or_default();
            cx.say(&format!("  {} {}  {}  {what}{since}", line.kind.name(), line.key, line.name))?;
        }
        more(cx, left.rows.len() as u64, left.total)?;
        sync::tell_next(cx, &ran.detail);
        Ok(Exit::of(&ran.detail))
    }
}

impl<'a> From<&'a PlanLine> for Back<'a> {
    fn from(line: &'a PlanLine) -> Self {
        Self { kind: line.kind.name(), key: &line.key, name: &line.name, action: action(line), changes: &line.changes }
    }
}

impl<'a> From<&'a LeftLine> for Stays<'a> {
    fn from(line: &'a LeftLine) -> Self {
        Self {
            kind: line.kind.name(),
            key: &line.key,
            name: &line.name,
            field: (!line.field.is_empty()).then_some(line.field.as_str()),
            back: &line.back,
            now: &line.now,
            why: &line.why,
            since_sync: line.since.as_ref().and_then(|s| s.sync).map(|n| n.0),
            since_by: line.since.as_ref().map(|s| s.by.as_str()),
        }
    }
}

/// What an undo does to a record.
fn action(line: &PlanLine) -> &'static str {
    match line.action.as_str() {
        "removed" => "removed",
        "created" => "made again",
        _ => "put back",
    }
}

/// The change that stands against it: "#52 by maria, 2026-11-03 14:02".
fn since(cx: &Context<'_>, line: &HistoryLine) -> String {
    let by = line.sync.map_or_else(|| format!("by hand, {}", line.by), |sync| format!("{sync} by {}", line.by));
    format!("{by}, {}", cx.time(line.at))
}

fn more(cx: &mut Context<'_>, shown: u64, total: u64) -> Result<(), Stop> {
    if shown >= total {
        return Ok(());
    }
    cx.say_in(Paint::Dim, &format!("  {} of {} shown; --limit 0 for all", number(shown), number(total)))
}
