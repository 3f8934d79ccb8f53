//! `corrections`: what was corrected, what of it stands for later files, and the end of one.

use clap::Subcommand;
use serde::Serialize;

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::json;
use super::paint::Paint;
use super::row::quoted;
use super::table::{Cell, Column};
use crate::desk::{CorrectionInfo, CorrectionState, Request, Window};
use crate::ledger::Timestamp;

/// The corrections: which stand for later files, which the source has resolved; end one
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Only those of which feed, file, key, column, value or operator contain this
    #[arg(long, value_name = "TEXT", default_value = "")]
    filter: String,
    /// Only those that stand
    #[arg(long)]
    standing: bool,
}

#[derive(Subcommand)]
enum Action {
    /// End a standing correction: later files keep their own value
    End {
        /// Its number
        #[arg(value_name = "NUMBER")]
        number: u32,
    },
}

const COLUMNS: &[Column] = &[
    Column::Number("number"),
    Column::Whole("state"),
    Column::Whole("feed"),
    Column::Whole("key"),
    Column::Whole("column"),
    Column::Text("correction"),
    Column::Number("times"),
    Column::Text("made"),
];

#[derive(Serialize)]
struct Json<'a> {
    number: Option<u32>,
    state: &'static str,
    feed: &'a str,
    sync: u32,
    file: &'a str,
    line: u32,
    key: Option<&'a str>,
    column: &'a str,
    before: &'a str,
    after: &'a str,
    by: &'a str,
    #[serde(serialize_with = "json::at")]
    at: Timestamp,
    times: u64,
    last: Option<u32>,
    resolved_by: Option<u32>,
}

impl<'a> From<&'a CorrectionInfo> for Json<'a> {
    fn from(c: &'a CorrectionInfo) -> Self {
        Self {
            number: c.number,
            state: c.state.name(),
            feed: &c.feed,
            sync: c.sync.0,
            file: &c.file,
            line: c.line,
            key: c.key.as_deref(),
            column: &c.column,
            before: &c.before,
            after: &c.after,
            by: &c.by.0,
            at: c.at,
            times: c.times,
            last: c.last.map(|s| s.0),
            resolved_by: c.resolved_by.map(|s| s.0),
        }
    }
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        if let Some(Action::End { number }) = self.action {
            match cx.ask(Request::EndStanding(number))? {
                crate::desk::Reply::Done => cx.tell(&format!("Correction {number} stands no more: later files keep their own value.")),
                other => return Err(super::context::unexpected(&other)),
            }
            return Ok(Exit::Done);
        }
        let mut page = ask!(cx, Request::AllCorrections { filter: self.filter, window: Window::ALL } => AllCorrections);
        page.rows.retain(|c| !self.standing || c.state == CorrectionState::Standing);
        if cx.json {
            page.rows.iter().try_for_each(|c| cx.print_json(&Json::from(c)))?;
            return Ok(Exit::Done);
        }
        if page.rows.is_empty() {
            cx.tell("No corrections. Next: homeroom errors N shows what is wrong in a sync.");
            return Ok(Exit::Done);
        }
        let rows: Vec<Vec<Cell>> = page.rows.iter().map(|c| line(cx, c)).collect();
        cx.table(COLUMNS, &rows)?;
        Ok(Exit::Done)
    }
}

fn line(cx: &Context<'_>, c: &CorrectionInfo) -> Vec<Cell> {
    let what = format!("{} -> {}", quoted(&c.before), quoted(&c.after));
    let made = format!("{} line {}, {}, {}", c.sync, c.line, cx.time(c.at), c.by.0);
    let paint = if c.state == CorrectionState::Standing { Paint::Plain } else { Paint::Dim };
    vec![
        c.number.map(|n| n.to_string()).unwrap_or_default().into(),
        Cell::painted(c.state.name(), paint),
        Cell::from(&c.feed),
        c.key.as_deref().unwrap_or_default().into(),
        Cell::from(&c.column),
        what.into(),
        c.times.to_string().into(),
        Cell::painted(&made, Paint::Dim),
    ]
}
