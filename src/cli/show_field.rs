//! `show REF --field NAME`: why one field is as it is.

use serde::Serialize;

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::json;
use super::nearest::did_you_mean;
use super::paint::Paint;
use super::row::quoted;
use super::show::came_from;
use super::table::{Cell, Column};
use crate::desk::{HistoryLine, HitWhat, Named, Origin, Request, field_over_time};
use crate::ledger::Timestamp;

#[derive(Serialize)]
#[allow(clippy::struct_field_names)] // the fields are the public keys
struct Field<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    field: &'a str,
    value: &'a str,
    values: Vec<Value<'a>>,
}

#[derive(Serialize)]
#[allow(clippy::struct_field_names)] // as above
struct Value<'a> {
    value: &'a str,
    #[serde(serialize_with = "json::at")]
    at: Timestamp,
    by: &'a str,
    sync: Option<u32>,
    feed: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<u32>,
    origin: &'static str,
}

/// Prints the values of a field over time, newest first.
pub(super) fn run(cx: &mut Context<'_>, named: &Named, asked: &str) -> Result<Exit, Stop> {
    let (fields, history) = of(cx, named)?;
    let Some((field, now)) = fields.iter().find(|(name, _)| name == asked) else {
        let all: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        let near = did_you_mean(asked, all.iter().copied());
        return Err(Stop::usage(format!("{} has no field \"{asked}\"{near}", named.title), format!("There are: {}.", all.join(", "))));
    };
    let values = field_over_time(&history, field, now);
    if cx.json {
        let some = |text: &'_ str| !text.is_empty();
        let all = values.iter().map(|v| Value {
            value: v.value,
            at: v.entry.at,
            by: &v.entry.by,
            sync: v.entry.sync.map(|n| n.0),
            feed: Some(v.entry.feed.as_str()).filter(|t| some(t)),
            file: Some(v.entry.file.as_str()).filter(|t| some(t)),
            line: (v.entry.line > 0).then_some(v.entry.line),
            origin: v.origin.name(),
        });
        cx.print_json(&Field { reference: &named.reference, field, value: now, values: all.collect() })?;
        return Ok(Exit::Done);
    }
    cx.say_in(Paint::Bold, &format!("{field} of {}  {}", named.title, named.reference))?;
    cx.say(&format!("now {}", quoted(now)))?;
    if values.is_empty() {
        cx.say("It never had a value.")?;
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<Cell>> = values
        .iter()
        .map(|v| {
            let paint = if v.origin == Origin::File { Paint::Plain } else { Paint::Warning };
            vec![cx.time(v.entry.at).into(), quoted(v.value).into(), Cell::painted(v.origin.words(), paint), came_from(v.entry).into()]
        })
        .collect();
    cx.table(&[Column::Whole("since"), Column::Text("value"), Column::Whole("how"), Column::Text("from")], &rows)?;
    Ok(Exit::Done)
}

/// Fields by name and value, and the history.
type Known = (Vec<(String, String)>, Vec<HistoryLine>);

/// Those of anything that has a history.
fn of(cx: &mut Context<'_>, named: &Named) -> Result<Known, Stop> {
    let Some(entity) = named.what.entity() else {
        return Err(Stop::usage("A refused row is not on the roster, and has no history", "See it with: homeroom row N LINE"));
    };
    let fields = ask!(cx, Request::Fields(entity) => Fields);
    let history = match named.what {
        HitWhat::Person(number) => ask!(cx, Request::Person(number) => Person).history,
        HitWhat::Org(number) => ask!(cx, Request::School(number) => School).history,
        HitWhat::Class(number) => ask!(cx, Request::Class(number) => Class).history,
        _ => ask!(cx, Request::Record(entity) => Record).history,
    };
    Ok((fields, history))
}
