//! `fix N --cause C`: one repair for every row of a cause, shown first; and steps of mending taken back or made again.

use serde::Serialize;

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::paint::Paint;
use super::row::quoted;
use super::table::{Cell, Column, number};
use crate::desk::{MendOf, Mended, Repair, Request, RowAt, Window};
use crate::ledger::SyncNo;

/// Which repair, and for which rows.
#[derive(clap::Args)]
pub(super) struct Mending {
    /// Every row of this cause; without a repair, lists those that make sense
    #[arg(long, value_name = "C", conflicts_with_all = ["line", "cells"])]
    cause: Option<u32>,
    /// Put one value into a column
    #[arg(long, value_name = "COLUMN=NEW", requires = "cause", group = "repair")]
    set: Option<String>,
    /// Only where the cell is this
    #[arg(long, value_name = "OLD", requires = "set")]
    from: Option<String>,
    /// Take the nearest match of each row
    #[arg(long, value_name = "COLUMN", requires = "cause", group = "repair")]
    nearest: Option<String>,
    /// Take out blanks around a value and characters that do not show
    #[arg(long, value_name = "COLUMN", requires = "cause", group = "repair")]
    strip: Option<String>,
    /// Restore zeros in front where exactly one person or school on the roster has the ID with them
    #[arg(long, value_name = "COLUMN", requires = "cause", group = "repair")]
    zeros: Option<String>,
    /// Only the rows on these lines
    #[arg(long, value_name = "LINE,...", value_delimiter = ',', requires = "repair")]
    only: Vec<u32>,
    /// Also keep it as value rules of the feed, for its later files
    #[arg(long, requires = "repair")]
    save_rule: bool,
    /// Record it; without this it is only shown
    #[arg(long, requires = "repair", conflicts_with = "dry_run")]
    yes: bool,
    /// Take back the last step of mending that you made on the upload
    #[arg(long, conflicts_with_all = ["line", "cells", "cause", "redo", "dry_run"])]
    undo: bool,
    /// Make the step again that was taken back last
    #[arg(long, conflicts_with_all = ["line", "cells", "cause", "dry_run"])]
    redo: bool,
    /// The step that is meant, by number
    #[arg(long, value_name = "K")]
    step: Option<u32>,
}

#[derive(Serialize)]
struct Json<'a> {
    sync: u32,
    cause: Option<u32>,
    column: &'a str,
    how: &'a str,
    recorded: bool,
    step: Option<u32>,
    rows: u64,
    mended: u64,
    stays: Vec<Stays<'a>>,
    still: Option<&'a str>,
    rules: Vec<Rule<'a>>,
    rules_kept: bool,
    no_rule: Option<&'a str>,
    changes: Vec<Change<'a>>,
}

#[derive(Serialize)]
struct Stays<'a> {
    why: &'a str,
    rows: u64,
}

#[derive(Serialize)]
struct Rule<'a> {
    from: &'a str,
    to: &'a str,
}

#[derive(Serialize)]
struct Change<'a> {
    line: u32,
    row: u32,
    key: Option<&'a str>,
    before: &'a str,
    after: Option<&'a str>,
    why: Option<&'a str>,
}

#[derive(Serialize)]
struct OfferJson<'a> {
    column: &'a str,
    repair: &'static str,
    from: Option<&'a str>,
    label: &'a str,
    rows: u64,
}

#[derive(Serialize)]
struct TurnedJson<'a> {
    sync: u32,
    step: u32,
    how: &'a str,
    again: bool,
    rows: u64,
    cells: u64,
    left: u64,
    rules: u64,
}

impl Mending {
    /// Whether anything of it was asked for.
    pub(super) fn is_asked(&self) -> bool {
        self.cause.is_some() || self.undo || self.redo
    }

    pub(super) fn run(self, cx: &mut Context<'_>, sync: SyncNo) -> Result<Exit, Stop> {
        if self.undo || self.redo {
            return turn(cx, sync, self.step, self.redo);
        }
        let cause = self.cause.unwrap_or_default();
        let Some(repair) = self.repair()? else { return offers(cx, sync, cause) };
        let of = if self.only.is_empty() {
            MendOf::All
        } else {
            let mut records = Vec::new();
            for line in &self.only {
                records.push(ask!(cx, Request::Row { sync, at: RowAt::Line(*line) } => Row).record);
            }
            MendOf::Records(records)
        };
        let request =
            Request::Mend { sync, cause: Some(cause), of, repair, save_rule: self.save_rule, dry_run: !self.yes, window: Window::ALL };
        let mended = ask!(cx, request => Mended);
        if self.save_rule
            && let Some(why) = &mended.no_rule
        {
            return Err(Stop::usage(format!("It cannot be kept as a value rule: {why}"), "Leave --save-rule out."));
        }
        print(cx, &mended, self.yes, self.save_rule)
    }

    fn repair(&self) -> Result<Option<Repair>, Stop> {
        if let Some(set) = &self.set {
            let Some((column, value)) = set.split_once('=') else {
                return Err(Stop::usage(format!("No new value for {set}"), format!("Write {set}=VALUE, or {set}= for a blank.")));
            };
            return Ok(Some(Repair::Set { column: column.into(), value: value.into(), from: self.from.clone() }));
        }
        let of = |column: &Option<String>, make: fn(String) -> Repair| column.clone().map(make);
        Ok(of(&self.nearest, |column| Repair::Nearest { column })
            .or_else(|| of(&self.strip, |column| Repair::Strip { column }))
            .or_else(|| of(&self.zeros, |column| Repair::Zeros { column })))
    }
}

fn rows(n: u64) -> String {
    format!("{} {}", number(n), if n == 1 { "row" } else { "rows" })
}

fn offers(cx: &mut Context<'_>, sync: SyncNo, cause: u32) -> Result<Exit, Stop> {
    let offers = ask!(cx, Request::Repairs { sync, cause, of: MendOf::All } => Repairs);
    let option = |repair: &Repair| match repair {
        Repair::Set { .. } => "set",
        Repair::Nearest { .. } => "nearest",
        Repair::Strip { .. } => "strip",
        Repair::Zeros { .. } => "zeros",
    };
    if cx.json {
        for o in &offers {
            let from = if let Repair::Set { from, .. } = &o.repair { from.as_deref() } else { None };
            cx.print_json(&OfferJson { column: o.repair.column(), repair: option(&o.repair), from, label: &o.label, rows: o.rows })?;
        }
        return Ok(Exit::Done);
    }
    let lines: Vec<Vec<Cell>> = offers
        .iter()
        .map(|o| {
            let column = o.repair.column();
            let typed = match &o.repair {
                Repair::Set { from: Some(from), .. } => format!("--set {column}=NEW --from \"{from}\""),
                Repair::Set { .. } => format!("--set {column}=NEW"),
                other => format!("--{} {column}", option(other)),
            };
            vec![number(o.rows).into(), Cell::from(&o.label), typed.into()]
        })
        .collect();
    cx.table(&[Column::Number("rows"), Column::Text("repair"), Column::Whole("option")], &lines)?;
    Ok(Exit::Done)
}

fn print(cx: &mut Context<'_>, m: &Mended, recorded: bool, kept: bool) -> Result<Exit, Stop> {
    if cx.json {
        cx.print_json(&Json {
            sync: m.sync.0,
            cause: m.cause,
            column: m.repair.column(),
            how: &m.how,
            recorded: recorded && m.step.is_some(),
            step: m.step,
            rows: m.total,
            mended: m.mended,
            stays: m.stays.iter().map(|(why, rows)| Stays { why, rows: *rows }).collect(),
            still: m.still.as_deref(),
            rules: m.rules.iter().map(|(from, to)| Rule { from, to }).collect(),
            rules_kept: recorded && kept,
            no_rule: m.no_rule.as_deref(),
            changes: m
                .rows
                .rows
                .iter()
                .map(|r| Change {
                    line: r.line,
                    row: r.row,
                    key: r.key.as_deref(),
                    before: &r.before,
                    after: r.after.as_deref(),
                    why: Some(r.why.as_str()).filter(|w| !w.is_empty()),
                })
                .collect(),
        })?;
        return Ok(Exit::Done);
    }
    cx.say_in(Paint::Bold, &format!("{}: {}", m.sync, m.how))?;
    let lines: Vec<Vec<Cell>> = m
        .rows
        .rows
        .iter()
        .map(|r| {
            let after = r.after.as_deref().map_or_else(|| format!("stays: {}", r.why), quoted);
            let paint = if r.after.is_some() { Paint::Plain } else { Paint::Dim };
            vec![
                number(r.line.into()).into(),
                r.key.as_deref().unwrap_or_default().into(),
                quoted(&r.before).into(),
                Cell::painted(&after, paint),
            ]
        })
        .collect();
    cx.table(&[Column::Number("line"), Column::Whole("key"), Column::Text("before"), Column::Text("after")], &lines)?;
    if let Some(still) = &m.still {
        cx.say_in(Paint::Bad, &format!("The first row would still be refused: {still}"))?;
    }
    for (from, to) in &m.rules {
        let word = if recorded && kept { "Kept as a rule of the feed" } else { "As a rule of the feed, with --save-rule" };
        cx.say(&format!("{word}: {}: {} -> {}", m.repair.column(), quoted(from), quoted(to)))?;
    }
    let stays: u64 = m.stays.iter().map(|s| s.1).sum();
    let stays = if stays > 0 { format!(", {stays} stay") } else { String::new() };
    if m.mended == 0 {
        cx.tell(&format!("No row is mended{stays}."));
    } else if recorded {
        cx.tell(&format!(
            "Recorded: {} mended{stays}. Next: homeroom rerun {}; homeroom fix {} --undo takes it back.",
            rows(m.mended),
            m.sync.0,
            m.sync.0
        ));
    } else {
        cx.tell(&format!("{} would be mended{stays}. Nothing was recorded: add --yes.", rows(m.mended)));
    }
    Ok(Exit::Done)
}

fn turn(cx: &mut Context<'_>, sync: SyncNo, step: Option<u32>, again: bool) -> Result<Exit, Stop> {
    let t = ask!(cx, Request::TurnMend { sync, step, again } => Turned);
    if cx.json {
        let (rows, cells, left, rules) = (t.rows, t.cells, t.left, t.rules);
        cx.print_json(&TurnedJson { sync: t.sync.0, step: t.step, how: &t.how, again, rows, cells, left, rules })?;
        return Ok(Exit::Done);
    }
    let word = if again { "Made again" } else { "Taken back" };
    cx.say(&format!("{word}: step {}, {}, in {}.", t.step, t.how, rows(t.rows)))?;
    if t.rules > 0 {
        cx.say(if again { "Its value rules are kept again." } else { "Its value rules are taken away with it." })?;
    }
    if t.left > 0 {
        cx.say_in(Paint::Dim, &format!("{} mended otherwise since stay as they are.", number(t.left)))?;
    }
    Ok(Exit::Done)
}
