//! `fix`: records corrections on a row, or on every row of a cause; takes them back.

use std::io::BufRead;

use super::context::{Context, ask, sync_no, unexpected};
use super::decide;
use super::edit;
use super::exit::{Exit, Stop};
use super::mend::Mending;
use super::nearest::did_you_mean;
use super::row;
use crate::desk::{CellView, OneChange, Reply, Request, RowAt, RowView, Seen};
use crate::ledger::{Severity, SyncNo};

/// Record corrections on a row, or on every row of a cause; they take effect with `rerun`
#[derive(clap::Args)]
pub(super) struct Args {
    /// The sync's number
    #[arg(value_name = "N", value_parser = sync_no)]
    sync: SyncNo,
    /// The line in the file, the header being line 1
    #[arg(value_name = "LINE", required_unless_present_any = ["cause", "undo", "redo"])]
    line: Option<u32>,
    /// Column and new value; the file's own value takes a correction back. For a secret the column alone: its value is asked for
    #[arg(required_unless_present_any = ["decision", "cause", "undo", "redo"], value_name = "COLUMN=VALUE")]
    cells: Vec<String>,
    #[command(flatten)]
    decide: decide::Options,
    /// Only check the row as it would be, or show what a repair would do; record nothing
    #[arg(long)]
    dry_run: bool,
    /// Overwrite what somebody else corrected
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    mending: Mending,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        if self.mending.is_asked() {
            return self.mending.run(cx, self.sync);
        }
        let at = RowAt::Line(self.line.unwrap_or_default());
        if let Some(exit) = self.decide.run(cx, self.sync, at)? {
            return Ok(exit);
        }
        let before = ask!(cx, Request::Row { sync: self.sync, at } => Row);
        let cells = self.cells.iter().map(|text| value(cx, &before, text)).collect::<Result<Vec<_>, _>>()?;
        let request = if self.dry_run {
            Request::CheckRow { sync: self.sync, record: before.record, cells }
        } else if self.force {
            Request::Fix { sync: self.sync, at, cells }
        } else {
            Request::Careful { change: OneChange::Fix { sync: self.sync, at, cells }, seen: Seen::Nothing }
        };
        let after = match cx.ask(request)? {
            Reply::Row(row) => row,
            Reply::Conflict(conflicts) => return Err(edit::conflict(cx, &conflicts)),
            other => return Err(unexpected(&other)),
        };
        row::print(cx, &after)?;
        if self.dry_run {
            cx.tell("Nothing was recorded.");
        } else if after.findings.iter().any(|f| f.severity >= Severity::Error) {
            cx.tell("Recorded. The row is not right yet.");
        } else {
            cx.tell(&format!("Recorded. Next: homeroom rerun {}.", self.sync.0));
        }
        Ok(Exit::Done)
    }
}

/// The column that is meant and its new value. A secret is never taken from an argument: others could read it there.
fn value(cx: &mut Context<'_>, row: &RowView, text: &str) -> Result<(String, String), Stop> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (text, None),
    };
    let cell = column(row, name)?;
    match (cell.secret, value) {
        (false, Some(value)) => Ok((cell.column.clone(), value.to_owned())),
        (true, None) => Ok((cell.column.clone(), secret(cx, &cell.column)?)),
        (false, None) => Err(Stop::usage(format!("No new value for {name}"), format!("Write {name}=VALUE, or {name}= for a blank."))),
        (true, Some(_)) => Err(Stop::usage(
            format!("The value of {name} is secret; on the command line others could read it"),
            format!("Write {name} alone: its value is then asked for, or read from standard input."),
        )),
    }
}

fn column<'r>(row: &'r RowView, name: &str) -> Result<&'r CellView, Stop> {
    let is = |c: &&CellView| c.column == name || c.header == name;
    row.cells.iter().find(is).ok_or_else(|| {
        let known: Vec<&str> = row.cells.iter().filter(|c| c.known).map(|c| c.column.as_str()).collect();
        let meant = did_you_mean(name, known.iter().copied());
        Stop::usage(format!("There is no column {name}{meant}"), format!("Columns: {}.", known.join(", ")))
    })
}

fn secret(cx: &mut Context<'_>, column: &str) -> Result<String, Stop> {
    let unreadable = |e: std::io::Error| Stop::usage(format!("Cannot read the value of {column}: {e}"), "Give it on standard input.");
    if let Some(read_hidden) = cx.env.read_hidden {
        write!(cx.err, "{column}: ")?;
        cx.err.flush()?;
        let value = read_hidden().map_err(unreadable)?;
        writeln!(cx.err)?;
        return Ok(value);
    }
    let mut line = String::new();
    cx.env.stdin.read_line(&mut line).map_err(unreadable)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
