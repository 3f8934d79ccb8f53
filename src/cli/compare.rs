//! `compare`: two syncs side by side.

use serde::Serialize;

use super::context::{Context, ask, sync_no};
use super::exit::{Exit, Stop};
use super::json;
use super::paint::Paint;
use super::row::quoted;
use super::sync::count;
use super::table::number;
use crate::desk::{CompareCounts, ComparePart, Compared, ComparedRow, Request, RowPlace, Window};
use crate::ledger::{FieldChange, SyncNo};

/// Two syncs side by side: newly failing, newly fixed, fields changed, who is gone, who is new
#[derive(clap::Args)]
pub(super) struct Args {
    /// The older sync; with no other, the newer one, which is compared with the sync before it of the same feed
    #[arg(value_name = "N", value_parser = sync_no)]
    older: SyncNo,
    /// The newer sync
    #[arg(value_name = "M", value_parser = sync_no)]
    newer: Option<SyncNo>,
    /// Only this part: newly-failing, newly-fixed, changed, gone, new
    #[arg(long, value_name = "PART", value_parser = part)]
    only: Option<ComparePart>,
    /// Only rows of which key, name, reason or a change contain this
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    filter: String,
    /// At most this many of each part; 0 for all
    #[arg(long, value_name = "COUNT", default_value = "20")]
    limit: u64,
}

fn part(text: &str) -> Result<ComparePart, String> {
    ComparePart::from_name(&text.replace('-', "_")).ok_or_else(|| "write newly-failing, newly-fixed, changed, gone or new".into())
}

/// Rows that are asked for at a time.
const PAGE: u64 = 2_000;

#[derive(Serialize)]
struct Whole<'a> {
    what: &'static str,
    older: json::InHistory<'a>,
    newer: json::InHistory<'a>,
    counts: CompareCounts,
    matched_by: &'a [String],
    fields: Vec<Field<'a>>,
    only_older: &'a [String],
    only_newer: &'a [String],
}

#[derive(Serialize)]
struct Field<'a> {
    field: &'a str,
    rows: u64,
}

#[derive(Serialize)]
#[allow(clippy::struct_field_names)] // the fields are the public keys
struct Line<'a> {
    what: &'static str,
    key: &'a str,
    name: &'a str,
    older_line: Option<u32>,
    newer_line: Option<u32>,
    why: Option<&'a str>,
    changes: &'a [FieldChange],
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let (older, newer) = match self.newer {
            Some(newer) => (Some(self.older), newer),
            None => (None, self.older),
        };
        let mut told = false;
        for part in ComparePart::ALL.iter().copied().filter(|p| self.only.is_none_or(|only| only == *p)) {
            let limit = if self.limit == 0 { u64::MAX } else { self.limit };
            let mut first = 0;
            loop {
                let window = Window { first, count: PAGE.min(limit - first) };
                let compared = ask!(cx, Request::Compare { older, newer, part, filter: self.filter.clone(), window } => Compared);
                if !told {
                    head(cx, &compared)?;
                    told = true;
                }
                if first == 0 && !cx.json && compared.page.total > 0 {
                    cx.gap()?;
                    cx.say_in(Paint::Bold, &heading(part, compared.page.total))?;
                }
                for row in &compared.page.rows {
                    if cx.json { print_json(cx, part, row)? } else { print(cx, part, row)? }
                }
                first += compared.page.rows.len() as u64;
                if compared.page.rows.is_empty() || first >= compared.page.total.min(limit) {
                    if first < compared.page.total && !cx.json {
                        cx.say_in(Paint::Dim, &format!("  {} of {} shown; --limit 0 for all", number(first), number(compared.page.total)))?;
                    }
                    break;
                }
            }
        }
        Ok(Exit::Done)
    }
}

/// What was compared, and how many rows each part has.
fn head(cx: &mut Context<'_>, c: &Compared) -> Result<(), Stop> {
    if cx.json {
        return cx.print_json(&Whole {
            what: "comparison",
            older: (&c.older).into(),
            newer: (&c.newer).into(),
            counts: c.counts,
            matched_by: &c.matched_by,
            fields: c.fields.iter().map(|(field, rows)| Field { field, rows: *rows }).collect(),
            only_older: &c.only_older,
            only_newer: &c.only_newer,
        });
    }
    cx.say_in(Paint::Bold, &format!("{} {} compared with {} {}", c.newer.number, c.newer.file, c.older.number, c.older.file))?;
    let by = match c.matched_by.as_slice() {
        [] => "rows are matched by their whole content: the profile has no key".to_owned(),
        columns => format!("rows are matched by {}", columns.join(" and ")),
    };
    cx.say_in(Paint::Dim, &by)?;
    for (columns, sync) in [(&c.only_older, &c.older), (&c.only_newer, &c.newer)] {
        if !columns.is_empty() {
            cx.say_in(Paint::Dim, &format!("not compared, as only {} has it: {}", sync.number, columns.join(", ")))?;
        }
    }
    cx.gap()?;
    let t = c.counts;
    cx.say(&format!(
        "{:>9} newly failing, {} newly fixed, {} failing in both",
        number(t.newly_failing),
        number(t.newly_fixed),
        number(t.still_failing)
    ))?;
    let fields: Vec<String> = c.fields.iter().map(|(field, n)| format!("{field} {}", number(*n))).collect();
    let fields = if fields.is_empty() { String::new() } else { format!(": {}", fields.join(", ")) };
    cx.say(&format!("{:>9} changed{fields}", number(t.changed)))?;
    cx.say(&format!("{:>9} gone from the file, {} new in it, {} the same", number(t.gone), number(t.new), number(t.same)))
}

fn heading(part: ComparePart, n: u64) -> String {
    let rows = count(n, "row");
    match part {
        ComparePart::NewlyFailing => format!("Newly failing: {rows}"),
        ComparePart::NewlyFixed => format!("Newly fixed: {rows}"),
        ComparePart::Changed => format!("Changed: {rows}"),
        ComparePart::Gone => format!("Gone from the file: {rows}"),
        ComparePart::New => format!("New in the file: {rows}"),
    }
}

fn print_json(cx: &mut Context<'_>, part: ComparePart, row: &ComparedRow) -> Result<(), Stop> {
    let line = |place: Option<RowPlace>| place.map(|p| p.line);
    cx.print_json(&Line {
        what: part.name(),
        key: &row.key,
        name: &row.name,
        older_line: line(row.older),
        newer_line: line(row.newer),
        why: (!row.why.is_empty()).then_some(row.why.as_str()),
        changes: &row.changes,
    })
}

fn print(cx: &mut Context<'_>, part: ComparePart, row: &ComparedRow) -> Result<(), Stop> {
    let place = match (row.older, row.newer) {
        (Some(o), Some(n)) if o.line != n.line => format!("line {}, was {}", n.line, o.line),
        (_, Some(p)) | (Some(p), None) => format!("line {}", p.line),
        (None, None) => String::new(),
    };
    let who = [row.key.as_str(), row.name.as_str()].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("  ");
    let why = match part {
        _ if row.why.is_empty() => String::new(),
        ComparePart::NewlyFixed => format!("  was: {}", row.why),
        _ => format!("  {}", row.why),
    };
    cx.say(&format!("  {who}  ({place}){why}"))?;
    for c in &row.changes {
        cx.say_in(Paint::Dim, &format!("      {}: {} -> {}", c.field, quoted(&c.before), quoted(&c.after)))?;
    }
    Ok(())
}
