//! `show`: a person, a school, or one of the records of [`super::show_class`] in full.

use serde::Serialize;

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::json;
use super::list_classes::TieLine;
use super::paint::Paint;
use super::row;
use super::table::{Cell, Column};
use super::times;
use super::{show_class, show_field};
use crate::desk::{FieldView, HistoryLine, HitWhat, Named, PersonDetail, Request, RowAt, SchoolDetail};
use crate::ledger::{FieldChange, Timestamp};

/// A person, school, class, course, enrollment or guardian link: fields, where each value came from, the history
#[derive(clap::Args)]
pub(super) struct Args {
    /// An ID, or staff:1001, student:1001, guardian:G1, school:S1, @handle, class:ALG-1, course:ALG, enrollment:1001/ALG-1, link:G1/2001
    #[arg(value_name = "REF")]
    reference: String,
    /// Why this field is as it is: its values over time, with the sync, file and line that each came from, or who made it
    #[arg(long, value_name = "NAME")]
    field: Option<String>,
}

#[derive(Serialize)]
struct Person<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    handle: String,
    name: &'a str,
    role: &'static str,
    status: &'static str,
    school: &'a str,
    fields: Vec<Field<'a>>,
    feeds: &'a [String],
    classes: Vec<TieLine<'a>>,
    links: Vec<TieLine<'a>>,
    history: Vec<Happened<'a>>,
}

#[derive(Serialize)]
#[allow(clippy::struct_field_names)] // the fields are the public keys
struct Field<'a> {
    field: &'a str,
    value: &'a str,
    sync: Option<u32>,
    line: Option<u32>,
    at: Option<String>,
    by: Option<&'a str>,
    file: Option<&'a str>,
}

#[derive(Serialize)]
struct School<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    external_id: &'a str,
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    status: &'static str,
    parent: Option<&'a str>,
    address: &'a str,
    staff: u64,
    students: u64,
    classes: u64,
    open_errors: u64,
    last_sync: Option<u32>,
    history: Vec<Happened<'a>>,
}

#[derive(Serialize)]
pub(super) struct Happened<'a> {
    position: u64,
    #[serde(serialize_with = "json::at")]
    at: Timestamp,
    by: &'a str,
    sync: Option<u32>,
    feed: Option<&'a str>,
    line: Option<u32>,
    action: &'a str,
    changes: &'a [FieldChange],
    file: Option<&'a str>,
    corrected: &'a [String],
}

impl<'a> From<&'a HistoryLine> for Happened<'a> {
    fn from(h: &'a HistoryLine) -> Self {
        Self {
            position: h.position,
            at: h.at,
            by: &h.by,
            sync: h.sync.map(|n| n.0),
            feed: (!h.feed.is_empty()).then_some(h.feed.as_str()),
            line: (h.line > 0).then_some(h.line),
            action: &h.action,
            changes: &h.changes,
            file: (!h.file.is_empty()).then_some(h.file.as_str()),
            corrected: &h.corrected,
        }
    }
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let named = the_one(cx, &self.reference)?;
        if let Some(field) = &self.field {
            return show_field::run(cx, &named, field);
        }
        match named.what {
            HitWhat::Person(number) => {
                let detail = ask!(cx, Request::Person(number) => Person);
                person(cx, &named.reference, &detail)?;
            }
            HitWhat::Org(number) => {
                let detail = ask!(cx, Request::School(number) => School);
                school(cx, &named.reference, &detail)?;
            }
            HitWhat::Class(number) => {
                let detail = ask!(cx, Request::Class(number) => Class);
                show_class::class(cx, &named.reference, &detail)?;
            }
            HitWhat::Course(_) | HitWhat::Enrollment(_) | HitWhat::Link(_) => {
                if let Some(entity) = named.what.entity() {
                    let detail = ask!(cx, Request::Record(entity) => Record);
                    show_class::record(cx, &detail)?;
                }
            }
            HitWhat::Refused { sync, record } => {
                let view = ask!(cx, Request::Row { sync, at: RowAt::Record(record) } => Row);
                row::print(cx, &view)?;
            }
        }
        Ok(Exit::Done)
    }
}

/// What a reference names. Nothing, or several, are a usage error that says what would do.
pub(super) fn the_one(cx: &mut Context<'_>, reference: &str) -> Result<Named, Stop> {
    let mut named = ask!(cx, Request::Resolve(reference.to_owned()) => Resolved);
    if named.len() > 1 {
        let candidates: Vec<String> = named.iter().map(|n| format!("  {}  {}", n.reference, n.title)).collect();
        return Err(Stop::usage(
            format!("{reference} names {} records; say which one", named.len()),
            candidates.join("\n").trim_start().to_owned(),
        ));
    }
    named.pop().ok_or_else(|| Stop::usage(format!("Nothing has the ID {reference}"), format!("Try: homeroom find {reference}")))
}

/// A person, for programs or for people.
pub(super) fn person(cx: &mut Context<'_>, reference: &str, detail: &PersonDetail) -> Result<(), Stop> {
    let p = &detail.row;
    if cx.json {
        let fields = detail.fields.iter().map(|f| Field {
            field: &f.field,
            value: &f.value,
            sync: f.sync.map(|n| n.0),
            line: (f.line > 0).then_some(f.line),
            at: is_set(f).then(|| times::utc(f.at)),
            by: is_set(f).then_some(f.by.as_str()),
            file: (!f.file.is_empty()).then_some(f.file.as_str()),
        });
        return cx.print_json(&Person {
            reference,
            handle: format!("@{}", p.number.0),
            name: &p.name,
            role: p.role.name(),
            status: p.status.name(),
            school: &p.school,
            fields: fields.collect(),
            feeds: &detail.feeds,
            classes: detail.classes.iter().map(Into::into).collect(),
            links: detail.links.iter().map(Into::into).collect(),
            history: detail.history.iter().map(Into::into).collect(),
        });
    }
    cx.say_in(Paint::Bold, &format!("{}  {reference}", p.name))?;
    let mut about = vec![p.role.name().to_owned(), p.status.name().to_owned()];
    about.extend((!p.school.is_empty()).then(|| p.school.clone()));
    if !detail.feeds.is_empty() {
        about.push(brought(&detail.feeds));
    }
    cx.say_in(Paint::Dim, &about.join(" · "))?;
    let rows: Vec<Vec<Cell>> = detail
        .fields
        .iter()
        .filter(|f| is_set(f))
        .map(|f| {
            let from = match f.sync {
                Some(sync) if f.line > 0 => format!("{sync} {} line {}", f.file, f.line),
                Some(sync) => format!("{sync} {}", f.file).trim_end().to_owned(),
                None => format!("by hand, {}", f.by),
            };
            vec![Cell::from(&f.field), Cell::from(&f.value), Cell::painted(&format!("{from}, {}", cx.time(f.at)), Paint::Dim)]
        })
        .collect();
    cx.table(&[Column::Whole("field"), Column::Text("value"), Column::Text("from")], &rows)?;
    show_class::ties(cx, p, &detail.classes, &detail.links)?;
    history(cx, &detail.history)
}

/// Whether anybody ever gave the field a value.
fn is_set(f: &FieldView) -> bool {
    f.at != Timestamp::default()
}

/// An organization, for programs or for people.
pub(super) fn school(cx: &mut Context<'_>, reference: &str, detail: &SchoolDetail) -> Result<(), Stop> {
    let (s, org) = (&detail.row, &detail.row.org);
    if cx.json {
        return cx.print_json(&School {
            reference,
            external_id: &org.external_id,
            name: &org.name,
            kind: org.kind.name(),
            status: org.status.name(),
            parent: detail.parent.as_deref(),
            address: &org.address,
            staff: s.staff,
            students: s.students,
            classes: s.classes,
            open_errors: s.open_errors,
            last_sync: s.last.as_ref().map(|l| l.number.0),
            history: detail.history.iter().map(Into::into).collect(),
        });
    }
    cx.say_in(Paint::Bold, &format!("{}  {reference}", org.name))?;
    let last = s.last.as_ref().map(|l| format!("{} {}", l.number, cx.time(l.started))).unwrap_or_default();
    let fields = [
        ("external_id", org.external_id.clone()),
        ("type", org.kind.to_string()),
        ("status", org.status.to_string()),
        ("parent", detail.parent.clone().unwrap_or_default()),
        ("address", org.address.clone()),
        ("staff", s.staff.to_string()),
        ("students", s.students.to_string()),
        ("classes", s.classes.to_string()),
        ("open errors", s.open_errors.to_string()),
        ("last sync", last),
    ];
    let rows: Vec<Vec<Cell>> = fields.iter().map(|(name, value)| vec![Cell::from(name), Cell::from(value)]).collect();
    cx.table(&[Column::Whole("field"), Column::Text("value")], &rows)?;
    history(cx, &detail.history)
}

/// What happened to a record, for people.
pub(super) fn history(cx: &mut Context<'_>, history: &[HistoryLine]) -> Result<(), Stop> {
    if history.is_empty() {
        return Ok(());
    }
    cx.gap()?;
    cx.say_in(Paint::Dim, "history, newest first")?;
    for h in history {
        cx.say(&format!("{}  {}  {}", cx.time(h.at), h.action, came_from(h)))?;
        for c in &h.changes {
            let corrected = if h.corrected.contains(&c.field) { "  (correction)" } else { "" };
            cx.say(&format!("    {}: {} -> {}{corrected}", c.field, row::quoted(&c.before), row::quoted(&c.after)))?;
        }
    }
    Ok(())
}

/// Where an entry came from: "#12 users.csv line 88, cron", "by hand, maria".
pub(super) fn came_from(h: &HistoryLine) -> String {
    let Some(sync) = h.sync else { return format!("by hand, {}", h.by) };
    let file = if h.file.is_empty() { String::new() } else { format!(" {}", h.file) };
    let line = if h.line > 0 { format!(" line {}", h.line) } else { String::new() };
    format!("{sync}{file}{line}, {}", h.by)
}

/// Who brings a record, in words. What was made by hand is brought by nobody.
pub(super) fn brought(feeds: &[String]) -> String {
    let by_hand = feeds.iter().any(|f| f == "by hand");
    let named: Vec<&str> = feeds.iter().map(String::as_str).filter(|f| *f != "by hand").collect();
    match (named.is_empty(), by_hand) {
        (true, _) => "made by hand".to_owned(),
        (false, true) => format!("made by hand, and brought by {}", named.join(", ")),
        (false, false) => format!("brought by {}", named.join(", ")),
    }
}
