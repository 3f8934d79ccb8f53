//! `doctor`: the state of the database and its surroundings.

use serde::Serialize;

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::paint::Paint;
use super::table::{Cell, Column};
use crate::desk::Request;

/// The state of the database and its surroundings, and what to do where it is not well
#[derive(clap::Args)]
pub(super) struct Args {}

#[derive(Serialize)]
struct Line<'a> {
    what: &'a str,
    well: bool,
    text: &'a str,
}

impl Args {
    #[allow(clippy::unused_self)] // as every command
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let checks = ask!(cx, Request::Doctor => Doctor);
        if cx.json {
            checks.iter().try_for_each(|c| cx.print_json(&Line { what: &c.what, well: c.well, text: &c.text }))?;
        } else {
            let rows: Vec<Vec<Cell>> = checks
                .iter()
                .map(|c| {
                    let (word, paint) = if c.well { ("well", Paint::Good) } else { ("look", Paint::Bad) };
                    vec![Cell::painted(word, paint), Cell::from(&c.what), Cell::from(&c.text)]
                })
                .collect();
            cx.table(&[Column::Whole(""), Column::Whole("what"), Column::Text("seen")], &rows)?;
        }
        Ok(Exit::Done)
    }
}
