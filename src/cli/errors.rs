//! `errors`: a sync's findings, one a line.

use std::collections::HashSet;

use super::context::{Context, ask, sync_no};
use super::exit::{Exit, Stop};
use super::json;
use super::nearest::did_you_mean;
use super::row;
use super::table::{Cell, Column, Table};
use crate::desk::{FindingQuery, Near, Request, SyncDetail, Window};
use crate::ledger::{Code, Finding, Severity, SyncNo};

/// The findings of a sync, one a line, in the order of the file
#[derive(clap::Args)]
pub(super) struct Args {
    /// The sync's number
    #[arg(value_name = "N", value_parser = sync_no)]
    sync: SyncNo,
    /// Only those of a cause, by its number in `homeroom sync N`
    #[arg(long, value_name = "C")]
    cause: Option<u32>,
    /// Only those as bad as this: refused, hold, error, warning, info
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    severity: Option<Severity>,
    /// Only those of a column
    #[arg(long)]
    column: Option<String>,
    /// Only those whose value, key or message contain this
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    filter: String,
}

/// Findings that are asked for at a time.
const PAGE: u64 = 2_000;

/// From this width on what to do stands beside each finding; below, once for each code under the table.
const WIDE: usize = 160;

const NARROW_COLUMNS: &[Column] =
    &[Column::Number("row"), Column::Whole("key"), Column::Brief("column"), Column::Whole("code"), Column::Text("message")];
const WIDE_COLUMNS: &[Column] = &[
    Column::Number("row"),
    Column::Whole("key"),
    Column::Brief("column"),
    Column::Whole("code"),
    Column::Text("message"),
    Column::Text("what to do"),
];

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let detail = ask!(cx, Request::Sync(self.sync) => Sync);
        self.check(&detail)?;
        let query = FindingQuery {
            cause: self.cause,
            severity: self.severity,
            at_least: None,
            column: self.column.clone(),
            filter: self.filter.clone(),
        };
        let wide = cx.env.columns.is_none_or(|c| c >= WIDE);
        let mut table = Table::new(if wide { WIDE_COLUMNS } else { NARROW_COLUMNS }, cx.env.columns);
        let mut advice: Vec<(Code, String)> = Vec::new();
        let mut said: HashSet<u32> = HashSet::new();
        let mut first = 0;
        loop {
            let request = Request::Findings { sync: self.sync, query: query.clone(), window: Window { first, count: PAGE } };
            let page = ask!(cx, request => Findings);
            if cx.json {
                page.rows
                    .iter()
                    .try_for_each(|f| cx.print_json(&json::FindingLine::new(self.sync, f).with_near(near(&detail, f.cause))))?;
            } else if page.total == 0 {
                cx.tell(&format!("No such findings in {}.", self.sync));
            } else {
                said.extend(page.rows.iter().map(|f| f.cause));
                let rows: Vec<Vec<Cell>> = page.rows.iter().map(|f| cells(f, wide)).collect();
                cx.rows(&mut table, &rows)?;
                for f in page.rows.iter().filter(|_| !wide) {
                    if !advice.iter().any(|(code, _)| *code == f.code) {
                        advice.push((f.code, f.resolution()));
                    }
                }
            }
            first += page.rows.len() as u64;
            if page.rows.is_empty() || first >= page.total {
                break;
            }
        }
        if !advice.is_empty() {
            cx.gap()?;
        }
        for (code, resolution) in advice {
            cx.say(&format!("{code}  {resolution}"))?;
        }
        if !cx.json {
            for cause in detail.causes.iter().filter(|c| said.contains(&c.number)) {
                let all = near(&detail, cause.number);
                if let (Some(value), false) = (&cause.value, all.is_empty()) {
                    cx.say(&format!("near {}: {}", row::quoted(value), row::all_near(all)))?;
                }
            }
        }
        Ok(Exit::Done)
    }

    /// A cause or column that is not there is a slip, not an empty answer.
    fn check(&self, detail: &SyncDetail) -> Result<(), Stop> {
        if let Some(cause) = self.cause.filter(|c| !detail.causes.iter().any(|known| known.number == *c)) {
            let n = self.sync.0;
            return Err(Stop::usage(format!("Sync {} has no cause {cause}", self.sync), format!("homeroom sync {n} lists its causes.")));
        }
        let Some(column) = &self.column else { return Ok(()) };
        let header = detail.upload.iter().flat_map(|u| u.header.iter().map(String::as_str));
        let known: Vec<&str> = header.chain(detail.causes.iter().filter_map(|c| c.column.as_deref())).collect();
        if known.is_empty() || known.contains(&column.as_str()) {
            return Ok(());
        }
        let meant = did_you_mean(column, known.iter().copied());
        Err(Stop::usage(format!("Sync {} has no column {column}{meant}", self.sync), format!("Its columns: {}.", known.join(", "))))
    }
}

/// What is near the value of a cause.
fn near(detail: &SyncDetail, cause: u32) -> &[Near] {
    detail.about.iter().find(|a| a.cause == cause && cause > 0).map_or(&[], |a| a.near.as_slice())
}

fn cells(f: &Finding, wide: bool) -> Vec<Cell> {
    let mut cells = vec![
        f.row.or(f.line).map(|n| n.to_string()).unwrap_or_default().into(),
        f.key.as_deref().unwrap_or_default().into(),
        match (f.column.as_deref().unwrap_or_default(), f.arg("header")) {
            (column, None) => column.into(),
            (column, Some(header)) => format!("{column} ({header})").into(),
        },
        Cell::painted(f.code.name(), f.severity.into()),
        f.message().into(),
    ];
    if wide {
        cells.push(f.resolution().into());
    }
    cells
}

fn severity(text: &str) -> Result<Severity, String> {
    Severity::from_name(text).ok_or_else(|| {
        let names: Vec<&str> = Severity::ALL.iter().map(|s| s.name()).collect();
        format!("write one of {}{}", names.join(", "), did_you_mean(text, names.iter().copied()))
    })
}
