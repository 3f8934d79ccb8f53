//! `syncs`: the history.

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::json;
use super::table::{Cell, Column, Table, number};
use crate::desk::{Request, SyncsOf, Window};
use crate::ledger::Sync;

/// The history, newest first
#[derive(clap::Args)]
pub(super) struct Args {
    /// At most this many; 0 for all
    #[arg(long, value_name = "COUNT", default_value = "50")]
    limit: u64,
    /// Only those for this school or district, by external ID
    #[arg(long, value_name = "ID")]
    org: Option<String>,
    /// Only those whose number, file, feed, profile, status or operator contain this
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    filter: String,
}

const COLUMNS: &[Column] = &[
    Column::Number("sync"),
    Column::Whole("started"),
    Column::Whole("status"),
    Column::Text("file"),
    Column::Number("rows"),
    Column::Number("new"),
    Column::Number("upd"),
    Column::Number("same"),
    Column::Number("off"),
    Column::Number("err"),
    Column::Text("by"),
];

/// Syncs that are asked for at a time.
const PAGE: u64 = 500;

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let limit = if self.limit == 0 { u64::MAX } else { self.limit };
        let mut table = Table::new(COLUMNS, cx.env.columns);
        let mut first = 0;
        loop {
            let window = Window { first, count: PAGE.min(limit - first) };
            let page =
                ask!(cx, Request::Syncs { window, org: self.org.clone(), filter: self.filter.clone(), of: SyncsOf::default() } => Syncs);
            if cx.json {
                page.rows.iter().try_for_each(|s| cx.print_json(&json::InHistory::from(s)))?;
            } else if page.total == 0 {
                cx.tell("No syncs yet. Next: homeroom import FILE.");
            } else {
                let rows: Vec<Vec<Cell>> = page.rows.iter().map(|s| cells(cx, s)).collect();
                cx.rows(&mut table, &rows)?;
            }
            first += page.rows.len() as u64;
            if page.rows.is_empty() || first >= page.total.min(limit) {
                if first < page.total {
                    cx.tell(&format!("{} of {} shown; --limit 0 for all.", number(first), number(page.total)));
                }
                return Ok(Exit::Done);
            }
        }
    }
}

fn cells(cx: &Context<'_>, s: &Sync) -> Vec<Cell> {
    let t = s.counts.total();
    let mut cells: Vec<Cell> =
        vec![s.number.0.into(), cx.time(s.started).into(), Cell::painted(s.status.words(), s.status.into()), s.file.as_str().into()];
    cells.extend([s.rows, t.created, t.updated, t.unchanged, t.disabled, t.errors].map(|n| Cell::from(number(n))));
    cells.push(s.by.0.as_str().into());
    cells
}
