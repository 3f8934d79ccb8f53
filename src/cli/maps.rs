//! `maps`: mappings of file headers and values. `check` needs no database.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::Serialize;

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::nearest::did_you_mean;
use super::output::To;
use super::paint::Paint;
use super::table::{Cell, Column};
use crate::desk::{MapDraft, MapInfo, Output, Request};
use crate::feed::map;
use crate::ledger::Map;

/// Mappings of a file's headers and values to a profile's: list them, show one, check your own, keep and try them
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Print a mapping with comments, to begin one of your own
    #[arg(long)]
    example: bool,
}

#[derive(Subcommand)]
enum Action {
    /// Every mapping there is
    List,
    /// A mapping: which header is which column, constants, values
    Show {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Check a mapping's file; says line and column of what is wrong
    Check {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Keep a mapping's file in the database; one of its name is replaced
    Add {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Remove a mapping that no feed uses
    Remove {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// A mapping as a file
    Export {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
        #[command(flatten)]
        to: To,
    },
    /// Lay a mapping, or none, over a file: what each header may be, what is missing, which values are not accepted
    Try {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The profile, where there is no mapping yet
        #[arg(long, value_name = "NAME", required_unless_present = "map")]
        profile: Option<String>,
        /// The mapping
        #[arg(long, value_name = "NAME")]
        map: Option<String>,
    },
}

#[derive(Serialize)]
struct Json<'a> {
    #[serde(flatten)]
    map: &'a Map,
    path: Option<&'a str>,
    feeds: &'a [String],
}

#[derive(Serialize)]
struct Checked<'a> {
    file: &'a Path,
    ok: bool,
    name: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    message: Option<&'a str>,
}

#[derive(Serialize)]
struct Drafted<'a> {
    headers: &'a [crate::desk::MapLine],
    missing: &'a [String],
    values: &'a [crate::desk::MapValue],
    findings: Vec<String>,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        if self.example {
            cx.out.write_all(map::EXAMPLE.as_bytes())?;
            return Ok(Exit::Done);
        }
        match self.action {
            None | Some(Action::List) => list(cx),
            Some(Action::Show { name }) => {
                let info = find(cx, &name)?;
                show(cx, &info)
            }
            Some(Action::Check { file }) => check(cx, &file),
            Some(Action::Add { file }) => {
                let read = map::read(&cx.env.cwd.join(&file), &cx.all_profiles()).map_err(|p| wrong(&p))?;
                let name = read.name.clone();
                ask!(cx, Request::PutMap(read) => Maps);
                cx.tell(&format!("Mapping {name} is kept. Next: homeroom import FILE --map {name}"));
                Ok(Exit::Done)
            }
            Some(Action::Remove { name }) => {
                ask!(cx, Request::RemoveMap(name.clone()) => Maps);
                cx.tell(&format!("Mapping {name} is removed. What was imported with it still knows how it was read."));
                Ok(Exit::Done)
            }
            Some(Action::Export { name, to }) => {
                let info = find(cx, &name)?;
                let text = map::written(&info.map);
                let lines = text.lines().count() as u64;
                to.hand_out(cx, &Output { file_name: format!("{name}.toml"), bytes: text.into_bytes(), lines, note: String::new() })
            }
            Some(Action::Try { file, profile, map }) => tried(cx, &file, profile, map.as_deref()),
        }
    }
}

fn wrong(problem: &crate::feed::Problem) -> Stop {
    Stop::usage(problem.to_string(), "homeroom maps --example shows what a mapping may say.")
}

fn find(cx: &mut Context<'_>, name: &str) -> Result<MapInfo, Stop> {
    let mut all = ask!(cx, Request::Maps => Maps);
    if let Some(at) = all.iter().position(|m| m.map.name == name) {
        return Ok(all.swap_remove(at));
    }
    let meant = did_you_mean(name, all.iter().map(|m| m.map.name.as_str()));
    Err(Stop::usage(format!("There is no mapping {name}{meant}"), "homeroom maps lists them all."))
}

fn list(cx: &mut Context<'_>) -> Result<Exit, Stop> {
    let all = ask!(cx, Request::Maps => Maps);
    if cx.json {
        for m in &all {
            cx.print_json(&Json { map: &m.map, path: m.path.as_deref(), feeds: &m.feeds })?;
        }
        return Ok(Exit::Done);
    }
    if all.is_empty() {
        cx.tell("No mappings yet. Next: homeroom maps --example, then homeroom maps add FILE.");
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<Cell>> = all
        .iter()
        .map(|m| {
            let from = m.path.as_deref().unwrap_or("the database");
            vec![Cell::from(&m.map.name), Cell::from(&m.map.profile), m.feeds.join(", ").into(), from.into()]
        })
        .collect();
    cx.table(&[Column::Whole("name"), Column::Whole("profile"), Column::Text("feeds"), Column::Text("from")], &rows)?;
    Ok(Exit::Done)
}

fn show(cx: &mut Context<'_>, info: &MapInfo) -> Result<Exit, Stop> {
    let m = &info.map;
    if cx.json {
        cx.print_json(&Json { map: m, path: info.path.as_deref(), feeds: &info.feeds })?;
        return Ok(Exit::Done);
    }
    cx.say_in(Paint::Bold, &format!("{}  for {}", m.name, m.profile))?;
    cx.say_in(Paint::Dim, &format!("from {}", info.path.as_deref().unwrap_or("the database")))?;
    if m.skip_lines > 0 {
        cx.say(&format!("{} lines above the header are passed over", m.skip_lines))?;
    }
    let table = |cx: &mut Context<'_>, left: &'static str, right: &'static str, rows: Vec<(&String, &String)>| {
        if rows.is_empty() {
            return Ok(());
        }
        cx.gap()?;
        let cells: Vec<Vec<Cell>> = rows.into_iter().map(|(a, b)| vec![Cell::from(a), Cell::from(b)]).collect();
        cx.table(&[Column::Text(left), Column::Text(right)], &cells)
    };
    table(cx, "header", "column", m.headers.iter().map(|(a, b)| (a, b)).collect())?;
    table(cx, "column", "every row", m.constants.iter().map(|(a, b)| (a, b)).collect())?;
    for (column, values) in &m.values {
        cx.gap()?;
        cx.say(&format!("values of {column}"))?;
        table(cx, "in the file", "taken", values.iter().collect())?;
    }
    Ok(Exit::Done)
}

/// A wrong file exits 2, so that a script may rely on it.
fn check(cx: &mut Context<'_>, file: &Path) -> Result<Exit, Stop> {
    let mut read = map::read(&cx.env.cwd.join(file), &cx.all_profiles());
    if let Err(problem) = &mut read {
        problem.path = Some(file.to_owned());
    }
    match read {
        Ok(map) if cx.json => {
            cx.print_json(&Checked { file, ok: true, name: Some(&map.name), line: None, column: None, message: None })?;
            Ok(Exit::Done)
        }
        Ok(map) => {
            cx.say(&format!("{} is right: mapping {} for {}", file.display(), map.name, map.profile))?;
            Ok(Exit::Done)
        }
        Err(p) if cx.json => {
            let (line, column) = (Some(p.line), Some(p.column));
            cx.print_json(&Checked { file, ok: false, name: None, line, column, message: Some(&p.message) })?;
            Ok(Exit::Usage)
        }
        Err(problem) => Err(wrong(&problem)),
    }
}

fn tried(cx: &mut Context<'_>, file: &Path, profile: Option<String>, name: Option<&str>) -> Result<Exit, Stop> {
    let mut map = match name {
        Some(name) => find(cx, name)?.map,
        None => Map::default(),
    };
    map.profile = profile.unwrap_or(map.profile);
    let path = super::import::absolute(cx, file)?;
    let draft = ask!(cx, Request::DraftMap { path, map } => MapDraft);
    if cx.json {
        let findings = draft.findings.iter().map(crate::ledger::Finding::message).collect();
        cx.print_json(&Drafted { headers: &draft.headers, missing: &draft.missing, values: &draft.values, findings })?;
    } else {
        print(cx, &draft)?;
    }
    let right = draft.missing.is_empty() && draft.findings.iter().all(|f| f.severity < crate::ledger::Severity::Refused);
    Ok(if right { Exit::Done } else { Exit::FileRefused })
}

fn print(cx: &mut Context<'_>, draft: &MapDraft) -> Result<(), Stop> {
    for finding in &draft.findings {
        cx.say_in(finding.severity.into(), &format!("{} {}", finding.code, finding.message()))?;
    }
    if !draft.missing.is_empty() {
        cx.say_in(Paint::Bad, &format!("Missing: {}", draft.missing.join(", ")))?;
    }
    let rows: Vec<Vec<Cell>> = draft
        .headers
        .iter()
        .map(|h| {
            let to = h.column.clone().unwrap_or_else(|| "–".into());
            let maybe = if h.column.is_some() { String::new() } else { h.suggested.join(", ") };
            vec![Cell::from(&h.header), to.into(), maybe.into(), h.samples.join(", ").into()]
        })
        .collect();
    cx.table(&[Column::Text("header"), Column::Whole("column"), Column::Text("may be"), Column::Text("values")], &rows)?;
    if draft.values.is_empty() {
        return Ok(());
    }
    cx.gap()?;
    let rows: Vec<Vec<Cell>> = draft
        .values
        .iter()
        .map(|v| {
            let taken = v.taken.clone().or_else(|| v.suggested.as_ref().map(|s| format!("{s}?"))).unwrap_or_else(|| "–".into());
            vec![Cell::from(&v.column), Cell::from(&v.value), v.rows.to_string().into(), taken.into()]
        })
        .collect();
    cx.table(&[Column::Whole("column"), Column::Text("value"), Column::Number("rows"), Column::Text("taken")], &rows)
}
