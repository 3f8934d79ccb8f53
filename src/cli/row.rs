//! `row`: one source row, each cell beside its column, with its findings.

use super::context::{Context, ask, sync_no};
use super::exit::{Exit, Stop};
use super::json;
use super::paint::Paint;
use super::table::{Cell, Column};
use crate::desk::{CellView, Near, Request, RowAt, RowView};
use crate::ledger::SyncNo;

/// One source row: each cell beside its column, with its findings
#[derive(clap::Args)]
pub(super) struct Args {
    /// The sync's number
    #[arg(value_name = "N", value_parser = sync_no)]
    sync: SyncNo,
    /// The line in the file, the header being line 1
    #[arg(value_name = "LINE", required_unless_present = "record")]
    line: Option<u32>,
    /// The number of the record instead, the first after the header being 1
    #[arg(long, value_name = "NUMBER", conflicts_with = "line")]
    record: Option<u32>,
    /// With the rows that claim the same, and whoever on the roster has it, side by side
    #[arg(long)]
    beside: bool,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let at = match (self.record, self.line) {
            (Some(record), _) => RowAt::Record(record),
            (None, line) => RowAt::Line(line.unwrap_or_default()),
        };
        if self.beside {
            let clash = ask!(cx, Request::Clash { sync: self.sync, at } => Clash);
            super::decide::print_clash(cx, &clash)?;
            return Ok(Exit::Done);
        }
        let row = ask!(cx, Request::Row { sync: self.sync, at } => Row);
        print(cx, &row)?;
        Ok(Exit::Done)
    }
}

/// A row, for programs or for people.
pub(super) fn print(cx: &mut Context<'_>, row: &RowView) -> Result<(), Stop> {
    if cx.json {
        return cx.print_json(&json::Row::from(row));
    }
    let mut place = format!("{}  line {}", row.sync, row.line);
    if row.row != row.line {
        place = format!("{place}, row {}", row.row);
    }
    if let Some(key) = &row.key {
        place = format!("{place}, key {key}");
    }
    if let Some(outcome) = row.outcome {
        place = format!("{place}, {}", outcome.action);
    }
    cx.say_in(Paint::Bold, &place)?;
    let cells: Vec<Vec<Cell>> = row.cells.iter().map(|c| cell(c, row)).collect();
    cx.table(&[Column::Whole("column"), Column::Text("value"), Column::Text("")], &cells)?;
    for f in &row.findings {
        cx.gap()?;
        let column = f.column.as_ref().map(|c| format!("{c}: ")).unwrap_or_default();
        cx.say_in(f.severity.into(), &format!("{} {} {column}{}", f.severity, f.code, f.message()))?;
        cx.say(&format!("  {}", f.resolution()))?;
    }
    if let Some(decided) = &row.decided {
        cx.gap()?;
        let at = cx.time(decided.at);
        cx.say(&format!("Decided by {}, {at}: the row {}.", decided.by.0, decided.about))?;
    }
    if let Some(named) = &row.on_roster {
        cx.gap()?;
        cx.say(&format!("On the roster: {} ({})", named.title, named.reference))?;
    }
    for change in &row.changes {
        cx.say(&format!("  {}: {} -> {}", change.field, quoted(&change.before), quoted(&change.after)))?;
    }
    Ok(())
}

fn cell(c: &CellView, row: &RowView) -> Vec<Cell> {
    let worst = row.findings.iter().filter(|f| f.column.as_deref() == Some(&c.column)).map(|f| f.severity).max();
    let value = if c.secret { "(secret)" } else { c.value.as_str() };
    let mut notes = Vec::new();
    if c.corrected && !c.secret {
        notes.push(format!("corrected, was {}", quoted(&c.original)));
    } else if c.corrected {
        notes.push("corrected".into());
    }
    notes.extend(c.note.clone().or_else(|| c.meaning.clone()));
    if !c.known {
        notes.push("not in the profile".into());
    } else if c.ignored {
        notes.push("ignored here".into());
    }
    if worst.is_some() && !c.secret && !c.near.is_empty() {
        notes.push(format!("maybe {}", all_near(&c.near)));
    }
    let paint = worst.map_or(Paint::Plain, Paint::from);
    vec![c.column.as_str().into(), Cell::painted(value, paint), Cell::painted(&notes.join("; "), Paint::Dim)]
}

/// What is near, the best first: `"S1" Lincoln High, "S2" Lincoln Middle`.
pub(super) fn all_near(near: &[Near]) -> String {
    let one = |n: &Near| if n.words.is_empty() { quoted(&n.value) } else { format!("{} {}", quoted(&n.value), n.words) };
    near.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// A value within a sentence: a blank one is seen too.
pub(super) fn quoted(value: &str) -> String {
    if value.is_empty() { "(blank)".into() } else { format!("\"{value}\"") }
}
