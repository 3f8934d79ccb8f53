//! `audit`: what was refused to whom.

use serde::Serialize;

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::table::{Cell, Column, number};
use super::times;
use crate::desk::{Request, Window};

/// What was refused to whom by their role or scope, newest first
#[derive(clap::Args)]
pub(super) struct Args {
    /// At most so many lines
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u64,
}

#[derive(Serialize)]
struct Line<'a> {
    at: String,
    last: String,
    times: u64,
    by: &'a str,
    what: &'a str,
    why: &'a str,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let page = ask!(cx, Request::Audit { window: Window { first: 0, count: self.limit } } => Audit);
        if cx.json {
            for r in &page.rows {
                let (at, last) = (times::utc(r.at), times::utc(r.last));
                cx.print_json(&Line { at, last, times: r.times, by: &r.by.0, what: &r.what, why: &r.why })?;
            }
            return Ok(Exit::Done);
        }
        if page.rows.is_empty() {
            cx.tell("Nothing was refused to anybody.");
            return Ok(Exit::Done);
        }
        let rows: Vec<Vec<Cell>> = page
            .rows
            .iter()
            .map(|r| vec![cx.time(r.last).into(), number(r.times).into(), Cell::from(&r.by.0), Cell::from(&r.what), Cell::from(&r.why)])
            .collect();
        let columns =
            [Column::Whole("last"), Column::Number("times"), Column::Whole("who"), Column::Whole("wanted to"), Column::Text("why not")];
        cx.table(&columns, &rows)?;
        if page.total > page.rows.len() as u64 {
            cx.tell(&format!("{} of {}; more with --limit.", number(page.rows.len() as u64), number(page.total)));
        }
        Ok(Exit::Done)
    }
}
