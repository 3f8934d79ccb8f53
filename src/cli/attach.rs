//! `attach`: lays a report of another system over an upload; lists and removes such reports.

use std::path::PathBuf;

use serde::Serialize;

use super::context::{Context, ask, sync_no};
use super::exit::{Exit, Stop};
use super::json;
use super::paint::Paint;
use super::sync::{self, CauseLine, count, print_causes};
use super::table::{Cell, Column};
use crate::desk::{AttachedInfo, AttachedNow, Request, SyncDetail};
use crate::ledger::{SyncNo, Timestamp};

/// Lay a report from a vendor's portal over the upload it is about; without a file, list what is attached
#[derive(clap::Args)]
pub(super) struct Args {
    /// Any sync of the upload
    #[arg(value_name = "N", value_parser = sync_no)]
    sync: SyncNo,
    /// The report as it came, CSV or Excel: a sync report, users-errors, results
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Only say what it would come to, or every line that does not fit
    #[arg(long, requires = "file")]
    dry_run: bool,
    /// Take an attached report away again, by its file name or its number
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    remove: Option<String>,
}

/// An attached report as programs read it.
#[derive(Serialize)]
pub(super) struct ReportLine<'a> {
    number: u32,
    name: &'a str,
    vendor: &'a str,
    form: &'a str,
    #[serde(serialize_with = "json::at")]
    at: Timestamp,
    by: &'a str,
    lines: u64,
    fine: u64,
    errors: u64,
    rows: u64,
    open: u64,
}

impl<'a> From<&'a AttachedInfo> for ReportLine<'a> {
    fn from(a: &'a AttachedInfo) -> Self {
        Self {
            number: a.number,
            name: &a.name,
            vendor: &a.vendor,
            form: &a.form,
            at: a.at,
            by: &a.by.0,
            lines: a.lines,
            fine: a.fine,
            errors: a.errors,
            rows: a.rows,
            open: a.open,
        }
    }
}

#[derive(Serialize)]
struct Json<'a> {
    sync: u32,
    file: &'a str,
    report: ReportLine<'a>,
    attached: bool,
    already: bool,
    causes: Vec<CauseLine<'a>>,
    unfitting: u64,
    misfits: Vec<MisfitLine<'a>>,
}

#[derive(Serialize)]
struct MisfitLine<'a> {
    line: u32,
    why: &'a str,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        if let Some(name) = self.remove {
            let detail = ask!(cx, Request::Detach { sync: self.sync, name } => Sync);
            list(cx, &detail)?;
            cx.tell("Removed. What it said is no cause here any more; corrections stay.");
            return Ok(Exit::Done);
        }
        let Some(file) = self.file else {
            let detail = ask!(cx, Request::Sync(self.sync) => Sync);
            list(cx, &detail)?;
            return Ok(Exit::Done);
        };
        let path = cx.env.cwd.join(file).to_string_lossy().into_owned();
        let now = ask!(cx, Request::Attach { sync: self.sync, path, dry_run: self.dry_run } => Attached);
        if cx.json {
            cx.print_json(&Json {
                sync: now.sync.0,
                file: &now.file,
                report: (&now.report).into(),
                attached: now.kept,
                already: now.again,
                causes: now.causes.iter().map(Into::into).collect(),
                unfitting: now.unfitting,
                misfits: now.misfits.iter().map(|m| MisfitLine { line: m.line, why: &m.why }).collect(),
            })?;
        } else {
            print(cx, &now)?;
        }
        Ok(if now.unfitting > 0 { Exit::Usage } else { Exit::Done })
    }
}

fn print(cx: &mut Context<'_>, now: &AttachedNow) -> Result<(), Stop> {
    let (report, n) = (&now.report, now.sync.0);
    cx.say_in(Paint::Bold, &format!("{}: {} {}", report.name, report.vendor, report.form))?;
    if now.unfitting > 0 {
        let verb = if now.unfitting == 1 { "does" } else { "do" };
        cx.say_in(Paint::Bad, &format!("{} of {} {verb} not fit {} ({})", count(now.unfitting, "line"), report.lines, now.sync, now.file))?;
        for m in &now.misfits {
            cx.say(&format!("  line {}: {}", m.line, m.why))?;
        }
        if now.unfitting > now.misfits.len() as u64 {
            cx.say(&format!("  and {} more", now.unfitting - now.misfits.len() as u64))?;
        }
        cx.tell("It would be refused: it is of another upload, or was changed.");
        return Ok(());
    }
    let fine = if report.fine > 0 { format!(", {} fine", report.fine) } else { String::new() };
    let errors = count(report.errors, "error");
    cx.say(&format!("{}{fine}; {errors} on {} of {} ({})", count(report.lines, "line"), count(report.rows, "row"), now.sync, now.file))?;
    print_causes(cx, &now.causes)?;
    match (now.again, now.kept, report.errors) {
        (true, ..) => cx.tell("The same report is attached already: nothing is to do."),
        (_, false, _) => cx.tell("Nothing was kept. The same without --dry-run attaches it."),
        (_, _, 0) => cx.tell("Attached. It says that nothing is wrong."),
        _ => cx.tell(&format!(
            "Attached. Next: mend the rows (homeroom errors {n}; homeroom fix {n} LINE COLUMN=VALUE), homeroom rerun {n}, \
             and send back homeroom report {n} --format corrected."
        )),
    }
    Ok(())
}

/// What is attached to a sync's upload.
fn list(cx: &mut Context<'_>, detail: &SyncDetail) -> Result<(), Stop> {
    const COLUMNS: &[Column] = &[
        Column::Number("no"),
        Column::Text("report"),
        Column::Text("of"),
        Column::Whole("attached"),
        Column::Whole("by"),
        Column::Number("rows"),
        Column::Number("open"),
    ];
    if cx.json {
        return detail.attached.iter().try_for_each(|a| cx.print_json(&ReportLine::from(a)));
    }
    if detail.attached.is_empty() {
        cx.tell(&format!("No report is attached to {}.", detail.sync.number));
        return Ok(());
    }
    let rows: Vec<Vec<Cell>> = detail
        .attached
        .iter()
        .map(|a| {
            let of = format!("{} {}", a.vendor, a.form);
            vec![a.number.into(), (&a.name).into(), of.into(), cx.time(a.at).into(), (&a.by.0).into(), a.rows.into(), a.open.into()]
        })
        .collect();
    cx.table(COLUMNS, &rows)
}

/// One line for each report that is attached, for people.
pub(super) fn say(cx: &mut Context<'_>, detail: &SyncDetail) -> Result<(), Stop> {
    for a in &detail.attached {
        let rows = sync::count(a.rows, "row");
        let at = cx.time(a.at);
        cx.say(&format!("Reported by {}: {}, attached {at} by {}, {rows}, {} open", a.vendor, a.name, a.by.0, a.open))?;
    }
    Ok(())
}
