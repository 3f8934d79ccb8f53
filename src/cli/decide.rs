//! What `fix` decides about a row instead of correcting its cells, and the rows that claim the same, side by side.

use serde::Serialize;

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::json;
use super::paint::Paint;
use super::row::{self, quoted};
use super::show;
use super::table::{Cell, Column};
use crate::desk::{Clash, HitWhat, Request, RowAt, RowChoice, RowView};
use crate::ledger::{Severity, SyncNo};
use crate::roster::fold::fold;

/// Decisions about a row; each takes effect with `rerun` (or `approve`)
#[derive(clap::Args)]
#[group(id = "decision", multiple = false, conflicts_with = "cells")]
pub(super) struct Options {
    /// The row is about this person, who gets the row's ID: staff:1001
    #[arg(long, value_name = "REF")]
    same_as: Option<String>,
    /// The row is about a new person, whoever looks like them
    #[arg(long)]
    as_new: bool,
    /// Leave the row out; it is no error any more
    #[arg(long)]
    skip: bool,
    /// The row stands: the others that claim the same are left out
    #[arg(long)]
    stands: bool,
    /// Take back what was decided about the row
    #[arg(long)]
    undecided: bool,
}

impl Options {
    /// Decides, where something is to be decided.
    pub(super) fn run(&self, cx: &mut Context<'_>, sync: SyncNo, at: RowAt) -> Result<Option<Exit>, Stop> {
        let choice = match () {
            () if self.as_new => RowChoice::AsNew,
            () if self.skip => RowChoice::Skip,
            () if self.stands => RowChoice::Stands,
            () if self.undecided => RowChoice::TakeBack,
            () => {
                let Some(reference) = &self.same_as else { return Ok(None) };
                let named = show::the_one(cx, reference)?;
                let HitWhat::Person(person) = named.what else {
                    return Err(Stop::usage(format!("{reference} is no person"), "Look with: homeroom find NAME."));
                };
                RowChoice::SameAs(person)
            }
        };
        let after = ask!(cx, Request::Decide { sync, at, choice } => Row);
        row::print(cx, &after)?;
        let wrong = after.findings.iter().any(|f| f.severity >= Severity::Error);
        match (self.undecided, wrong) {
            (true, _) => cx.tell("Taken back."),
            (false, true) => cx.tell("Recorded. The row is not right yet."),
            (false, false) => cx.tell(&format!("Recorded. Next: homeroom rerun {}.", sync.0)),
        }
        Ok(Some(Exit::Done))
    }
}

#[derive(Serialize)]
struct Json<'a> {
    at: usize,
    columns: &'a [String],
    rows: Vec<json::Row<'a>>,
    on_roster: Vec<Side<'a>>,
}

#[derive(Serialize)]
struct Side<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    title: &'a str,
    why: &'a str,
    cells: Vec<SideCell<'a>>,
}

#[derive(Serialize)]
struct SideCell<'a> {
    column: &'a str,
    value: &'a str,
}

/// Rows that claim the same, column by column: what differs is marked.
pub(super) fn print_clash(cx: &mut Context<'_>, clash: &Clash) -> Result<(), Stop> {
    if cx.json {
        let sides = clash.on_roster.iter().map(|s| Side {
            reference: &s.named.reference,
            title: &s.named.title,
            why: &s.why,
            cells: s.cells.iter().map(|(column, value)| SideCell { column, value }).collect(),
        });
        let rows = clash.rows.iter().map(json::Row::from).collect();
        return cx.print_json(&Json { at: clash.at, columns: &clash.columns, rows, on_roster: sides.collect() });
    }
    let mut letters = LETTERS.iter();
    let mut more = 0;
    for (n, view) in clash.rows.iter().enumerate() {
        let this = if n == clash.at { " *" } else { "" };
        let decided = view.decided.as_ref().map(|d| format!(", {}", d.about)).unwrap_or_default();
        match letters.next() {
            Some(letter) => cx.say(&format!("{letter}{this}  row {} (line {}){decided}", view.row, view.line))?,
            None => more += 1,
        }
    }
    for side in &clash.on_roster {
        match letters.next() {
            Some(letter) => cx.say(&format!("{letter}  on the roster: {}, {} ({})", side.named.title, side.why, side.named.reference))?,
            None => more += 1,
        }
    }
    if more > 0 {
        cx.tell(&format!("{more} more are not shown; --json has all."));
    }
    if clash.rows.len() == 1 && clash.on_roster.is_empty() {
        cx.tell("No other row claims the same.");
    }
    cx.gap()?;
    let sides = (clash.rows.len() + clash.on_roster.len()).min(LETTERS.len());
    let mut columns = vec![Column::Whole("column"), Column::Whole("")];
    columns.extend(LETTERS.iter().take(sides).map(|letter| Column::Text(letter)));
    let Some(first) = clash.rows.first() else { return Ok(()) };
    let lines: Vec<Vec<Cell>> = (0..first.cells.len()).map(|n| line(clash, n)).collect();
    cx.table(&columns, &lines)
}

/// What the rows side by side are called.
const LETTERS: [&str; 8] = ["A", "B", "C", "D", "E", "F", "G", "H"];

fn line(clash: &Clash, n: usize) -> Vec<Cell> {
    let shown =
        |row: &RowView| row.cells.get(n).map(|c| if c.secret { "(secret)".to_owned() } else { c.value.clone() }).unwrap_or_default();
    let values: Vec<String> = clash.rows.iter().map(shown).collect();
    let column = clash.rows.first().and_then(|r| r.cells.get(n)).map(|c| c.column.clone()).unwrap_or_default();
    let differs = values.windows(2).any(|w| fold(&w[0]) != fold(&w[1]));
    let paint = if differs { Paint::Warning } else { Paint::Plain };
    let mut cells = vec![column.into(), Cell::painted(if differs { "!" } else { "" }, paint)];
    cells.extend(values.iter().map(|v| Cell::painted(&if v.is_empty() { quoted("") } else { v.clone() }, paint)));
    cells.extend(clash.on_roster.iter().map(|s| s.cells.get(n).map(|c| c.1.clone()).unwrap_or_default().into()));
    cells.truncate(2 + LETTERS.len());
    cells
}
