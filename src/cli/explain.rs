//! `explain`: a finding's meaning, how to resolve it, an example. Needs no database.

use serde::Serialize;

use super::context::Context;
use super::exit::{Exit, Stop};
use super::nearest::did_you_mean;
use super::paint::Paint;
use super::table::{Cell, Column};
use crate::ledger::Code;
use crate::ledger::catalogue::Spec;

/// What a finding means, how to resolve it, an example; without a code the list of all
#[derive(clap::Args)]
pub(super) struct Args {
    /// The finding's code, such as VAL-201
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

#[derive(Serialize)]
struct Json {
    code: &'static str,
    severity: &'static str,
    title: &'static str,
    message: &'static str,
    meaning: &'static str,
    resolution: &'static str,
    example: &'static str,
}

impl From<&'static Spec> for Json {
    fn from(s: &'static Spec) -> Self {
        Self {
            code: s.code,
            severity: s.severity.name(),
            title: s.title,
            message: s.message,
            meaning: s.meaning,
            resolution: s.resolution,
            example: s.example,
        }
    }
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        match &self.code {
            Some(name) => one(cx, code(name)?.spec()),
            None => all(cx),
        }
    }
}

fn code(name: &str) -> Result<Code, Stop> {
    Code::from_name(name).ok_or_else(|| {
        let meant = did_you_mean(name, Code::all().map(Code::name));
        Stop::usage(format!("There is no finding {name}{meant}"), "homeroom explain lists them all.")
    })
}

fn one(cx: &mut Context<'_>, spec: &'static Spec) -> Result<Exit, Stop> {
    if cx.json {
        cx.print_json(&Json::from(spec))?;
        return Ok(Exit::Done);
    }
    cx.say_in(Paint::Bold, &format!("{}  {}", spec.code, readable(spec.title)))?;
    cx.say_in(spec.severity.into(), spec.severity.name())?;
    for (head, text) in [("", spec.meaning), ("Says", spec.message), ("Resolve", spec.resolution), ("Example", spec.example)] {
        cx.gap()?;
        if !head.is_empty() {
            cx.say_in(Paint::Dim, head)?;
        }
        text.lines().try_for_each(|line| cx.say(&readable(line)))?;
    }
    Ok(Exit::Done)
}

fn all(cx: &mut Context<'_>) -> Result<Exit, Stop> {
    if cx.json {
        Code::all().try_for_each(|code| cx.print_json(&Json::from(code.spec())))?;
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<Cell>> = Code::all()
        .map(|code| {
            let spec = code.spec();
            vec![Cell::painted(spec.code, spec.severity.into()), spec.severity.into(), readable(spec.title).into()]
        })
        .collect();
    cx.table(&[Column::Whole("code"), Column::Whole("severity"), Column::Text("what")], &rows)?;
    Ok(Exit::Done)
}

/// A template with the two variables that every finding has in words.
fn readable(template: &str) -> String {
    template.replace("{c}", "COLUMN").replace("{v}", "VALUE")
}
