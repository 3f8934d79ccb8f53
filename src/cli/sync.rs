//! `sync`: one sync in full.

use serde::Serialize;

use super::context::{Context, ask, sync_no};
use super::exit::{Exit, Stop};
use super::json;
use super::paint::Paint;
use super::table::{Cell, Column, number};
use super::{shares, times};
use crate::desk::{Ran, Request, SchoolShare, SyncDetail};
use crate::ledger::{Cause, Finding, HoldNote, Since, Sync, SyncNo, SyncStatus, Tally};

/// One sync: status, counts, causes with the rows they affect
#[derive(clap::Args)]
pub(super) struct Args {
    /// The sync's number
    #[arg(value_name = "N", value_parser = sync_no)]
    sync: SyncNo,
}

#[derive(Serialize)]
struct Json<'a> {
    #[serde(flatten)]
    sync: json::InHistory<'a>,
    causes: Vec<CauseLine<'a>>,
    file_findings: Vec<json::FindingLine<'a>>,
    reruns: Vec<u32>,
    pending_corrections: u64,
    pending_rows: u64,
    by_school: Vec<School<'a>>,
    shares: Vec<shares::Share<'a>>,
    attached: Vec<super::attach::ReportLine<'a>>,
}

#[derive(Serialize)]
pub(super) struct CauseLine<'a> {
    cause: u32,
    code: &'static str,
    severity: &'static str,
    column: Option<&'a str>,
    value: Option<&'a str>,
    title: &'a str,
    rows: u64,
    clears: u64,
    parent: Option<u32>,
    /// In how many syncs of the feed in a row, this one included.
    syncs: u32,
    first_line: Option<u32>,
}

impl<'a> From<&'a Cause> for CauseLine<'a> {
    fn from(c: &'a Cause) -> Self {
        Self {
            cause: c.number,
            code: c.code.name(),
            severity: c.severity.name(),
            column: c.column.as_deref(),
            value: c.value.as_deref(),
            title: &c.title,
            rows: c.rows,
            clears: c.clears,
            parent: c.parent,
            syncs: match c.since {
                Since::New => 1,
                Since::Syncs(n) => n,
            },
            first_line: c.first_line,
        }
    }
}

#[derive(Serialize)]
struct School<'a> {
    name: &'a str,
    #[serde(flatten)]
    tally: Tally,
    people: u64,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let detail = ask!(cx, Request::Sync(self.sync) => Sync);
        let by_school = shares_of(cx, &detail)?;
        if cx.json {
            cx.print_json(&Json {
                sync: (&detail.sync).into(),
                causes: detail.causes.iter().map(Into::into).collect(),
                file_findings: json::FindingLine::all(self.sync, &detail.file_findings),
                reruns: detail.reruns.iter().map(|n| n.0).collect(),
                pending_corrections: detail.pending_corrections,
                pending_rows: detail.pending_rows,
                by_school: detail.by_school.iter().map(|s| School { name: &s.name, tally: s.tally, people: s.people }).collect(),
                shares: shares::all(&by_school),
                attached: detail.attached.iter().map(Into::into).collect(),
            })?;
        } else {
            print(cx, &detail)?;
            shares::print(cx, &detail.sync, &by_school)?;
        }
        Ok(Exit::Done)
    }
}

/// What long work other than an import came to, and its exit code.
pub(super) fn print_ran(cx: &mut Context<'_>, ran: &Ran) -> Result<Exit, Stop> {
    #[derive(Serialize)]
    struct Json<'a> {
        #[serde(flatten)]
        sync: json::InHistory<'a>,
        left: Vec<json::FindingLine<'a>>,
        shares: Vec<shares::Share<'a>>,
    }
    let sync = &ran.detail.sync;
    if cx.json {
        let shares = shares::all(&ran.detail.by_school);
        cx.print_json(&Json { sync: sync.into(), left: json::FindingLine::all(sync.number, &ran.left), shares })?;
    } else {
        print(cx, &ran.detail)?;
        shares::print(cx, sync, &ran.detail.by_school)?;
        print_left(cx, sync.number, &ran.left)?;
        tell_next(cx, &ran.detail);
    }
    Ok(Exit::of(&ran.detail))
}

/// What a sync does, or did, to each school and kind.
fn shares_of(cx: &mut Context<'_>, detail: &SyncDetail) -> Result<Vec<SchoolShare>, Stop> {
    let waits = matches!(detail.sync.status, SyncStatus::DryRun | SyncStatus::Held);
    // What was applied is told to programs alone.
    if !(waits || cx.json) || !detail.by_school.is_empty() {
        return Ok(detail.by_school.clone());
    }
    Ok(ask!(cx, Request::Shares(detail.sync.number) => Shares))
}

/// A sync for people: what it was, what it counted, what is wrong.
pub(super) fn print(cx: &mut Context<'_>, detail: &SyncDetail) -> Result<(), Stop> {
    let sync = &detail.sync;
    cx.say_in(Paint::Bold, &title(sync))?;
    let mut about = vec![cx.time(sync.started)];
    about.extend(sync.seconds().map(times::seconds));
    about.push(format!("by {}", sync.by.0));
    about.extend((!sync.profile.is_empty()).then(|| format!("profile {}", sync.profile)));
    about.extend(sync.org.as_ref().map(|o| format!("for {o}")));
    about.extend(sync.undone_by.map(|n| format!("undone by {n}")));
    cx.say_in(Paint::Dim, &about.join(" · "))?;
    cx.say_in(sync.status.into(), &status(sync))?;
    if let Some(note) = &sync.note {
        cx.say(note)?;
    }
    if let Some(hold) = &sync.hold {
        hold_lines(sync.status, hold).iter().try_for_each(|line| cx.say_in(Paint::Warning, line))?;
    }
    print_file_findings(cx, &detail.file_findings)?;
    print_counts(cx, sync)?;
    print_causes(cx, &detail.causes)?;
    if !detail.attached.is_empty() {
        cx.gap()?;
        super::attach::say(cx, detail)?;
    }
    if detail.pending_corrections > 0 {
        let (cells, rows) = (count(detail.pending_corrections, "cell"), count(detail.pending_rows, "row"));
        cx.gap()?;
        cx.say(&format!("{cells} corrected on {rows}, waiting for a re-run."))?;
    }
    Ok(())
}

/// What a hold is about, and what became of it.
fn hold_lines(status: SyncStatus, hold: &HoldNote) -> Vec<String> {
    let mut lines = Vec::new();
    let waits = matches!(status, SyncStatus::Held | SyncStatus::DryRun);
    if !hold.codes.is_empty() {
        lines.push(format!("Held by {}", hold.codes.join(", ")));
    } else if waits {
        lines.push("Held for approval".to_owned());
    }
    match (status, hold.removals) {
        (_, 0) => {}
        (SyncStatus::Held, n) if hold.removals_only => {
            lines.push(format!("The rest has been applied; {} would be disabled", count(n, "record")));
        }
        (SyncStatus::Held | SyncStatus::DryRun, n) => lines.push(format!("{} would be disabled", count(n, "record"))),
        (_, n) if hold.without_removals => lines.push(format!("Without its removals: {} left in use", count(n, "record"))),
        _ => {}
    }
    if let Some(by) = &hold.by {
        let what = if status == SyncStatus::Abandoned { "Abandoned" } else { "Decided" };
        let why = hold.reason.as_ref().map(|r| format!(": {r}")).unwrap_or_default();
        lines.push(format!("{what} by {}{why}", by.0));
    }
    lines
}

fn title(sync: &Sync) -> String {
    use crate::ledger::SyncKind::{Import, Rerun, Undo};
    // A preview has no number.
    let at = if sync.number == SyncNo(0) { "Preview".to_owned() } else { sync.number.to_string() };
    match sync.kind {
        Import => format!("{at}  {}", sync.file),
        Rerun { of, all } => format!("{at}  {}, re-run of {of}{}", sync.file, if all { ", all rows" } else { "" }),
        Undo { of } => format!("{at}  undo of {of}, {}", sync.file),
    }
}

fn status(sync: &Sync) -> String {
    let done = sync.counts.total();
    let what = match sync.kind {
        // An undo has no rows of its own: what it created is put back, what it "disables" is removed.
        crate::ledger::SyncKind::Undo { .. } => {
            format!("{} put back, {} removed", count(done.created + done.updated, "record"), number(done.disabled))
        }
        _ => count(sync.rows, "row"),
    };
    let mut text = format!("{}: {what}", sync.status.words());
    if sync.rows_with_errors > 0 {
        text = format!("{text}, {} with errors", number(sync.rows_with_errors));
    }
    if sync.dry_run && sync.status == SyncStatus::DryRun {
        text.push_str("; nothing was changed");
    }
    text
}

fn print_file_findings(cx: &mut Context<'_>, findings: &[Finding]) -> Result<(), Stop> {
    for f in findings {
        let place = f.line.map(|l| format!("line {l}: ")).unwrap_or_default();
        cx.say_in(f.severity.into(), &format!("{} {} {place}{}", f.severity, f.code, f.message()))?;
        cx.say(&format!("  {}", f.resolution()))?;
    }
    Ok(())
}

fn print_counts(cx: &mut Context<'_>, sync: &Sync) -> Result<(), Stop> {
    const COLUMNS: &[Column] = &[
        Column::Whole(""),
        Column::Number("created"),
        Column::Number("updated"),
        Column::Number("unchanged"),
        Column::Number("disabled"),
        Column::Number("errors"),
    ];
    let counted = sync.counts.iter().filter(|(_, t)| *t != Tally::default());
    let rows: Vec<Vec<Cell>> = counted
        .map(|(kind, t)| {
            let numbers = [t.created, t.updated, t.unchanged, t.disabled].map(|n| Cell::from(number(n)));
            let errors = Cell::painted(&number(t.errors), if t.errors > 0 { Paint::Bad } else { Paint::Plain });
            [Cell::from(kind)].into_iter().chain(numbers).chain([errors]).collect()
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    cx.gap()?;
    cx.table(COLUMNS, &rows)
}

pub(super) fn print_causes(cx: &mut Context<'_>, causes: &[Cause]) -> Result<(), Stop> {
    const COLUMNS: &[Column] = &[
        Column::Number("cause"),
        Column::Whole("code"),
        Column::Text("what"),
        Column::Number("rows"),
        Column::Number("clears"),
        Column::Whole("since"),
    ];
    if causes.is_empty() {
        return Ok(());
    }
    let rows: Vec<Vec<Cell>> = causes
        .iter()
        .map(|c| {
            let title = if c.parent.is_some() { format!("└ {}", c.title) } else { c.title.clone() };
            vec![
                c.number.into(),
                Cell::painted(c.code.name(), c.severity.into()),
                title.into(),
                number(c.rows).into(),
                if c.clears > 0 { number(c.clears) } else { "–".into() }.into(),
                match c.since {
                    Since::New => "new".into(),
                    Since::Syncs(n) => format!("{n} syncs").into(),
                },
            ]
        })
        .collect();
    cx.gap()?;
    cx.table(COLUMNS, &rows)
}

/// What an undo had to leave, or a re-run left out.
pub(super) fn print_left(cx: &mut Context<'_>, sync: SyncNo, left: &[Finding]) -> Result<(), Stop> {
    if left.is_empty() {
        return Ok(());
    }
    cx.gap()?;
    cx.say(&format!("Left out by {sync}:"))?;
    for f in left {
        cx.say(&format!("  {} {} {}", f.code, f.message(), f.resolution()))?;
    }
    Ok(())
}

/// Where to go from here.
pub(super) fn tell_next(cx: &mut Context<'_>, detail: &SyncDetail) {
    let n = detail.sync.number.0;
    match detail.sync.status {
        // The preview of an undo has no number: there is nothing to approve.
        SyncStatus::DryRun if n == 0 => cx.tell("Nothing was changed. The same without --dry-run does it."),
        SyncStatus::DryRun => cx.tell(&format!("Next: homeroom approve {n}, or homeroom abandon {n}.")),
        SyncStatus::Held => {
            let without =
                if detail.sync.hold.as_ref().is_some_and(|h| h.removals > 0) { " (--without-removals keeps everybody)" } else { "" };
            cx.tell(&format!(
                "Next: look at homeroom report {n} --format plan, then homeroom approve {n}{without} or homeroom abandon {n}."
            ));
        }
        SyncStatus::CompletedWithErrors => cx.tell(&format!("Next: homeroom errors {n}.")),
        _ => {}
    }
}

/// `1 row`, `1,204 rows`.
pub(super) fn count(n: u64, what: &str) -> String {
    format!("{} {what}{}", number(n), if n == 1 { "" } else { "s" })
}
