//! `profiles`: the rules for files. `check` needs no database.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::Serialize;

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::nearest::did_you_mean;
use super::paint::Paint;
use super::table::{Cell, Column};
use crate::desk::{ProfileInfo, Request};
use crate::feed::describe::EXAMPLE;
use crate::feed::load;

/// The rules for files: list them, show one, check your own
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Print a profile file with comments, to begin one of your own
    #[arg(long)]
    example: bool,
}

#[derive(Subcommand)]
enum Action {
    /// Every profile there is
    List,
    /// A profile's columns, needs and accepted values
    Show {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
        /// Print an empty file instead: the header line
        #[arg(long)]
        template: bool,
    },
    /// Check a profile file of your own; says line and column of what is wrong
    Check {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    title: &'a str,
    origin: &'a str,
    rows: &'static str,
    modes: Vec<&'static str>,
    columns: usize,
}

#[derive(Serialize)]
struct Full<'a> {
    name: &'a str,
    title: &'a str,
    about: &'a str,
    origin: &'a str,
    rows: &'static str,
    modes: Vec<&'static str>,
    columns: Vec<ColumnLine<'a>>,
    rules: &'a [String],
}

#[derive(Serialize)]
struct ColumnLine<'a> {
    name: &'a str,
    need: &'a str,
    rule: &'a str,
    accept: &'a [String],
    default: Option<&'a str>,
    about: &'a str,
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

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        if self.example {
            cx.out.write_all(EXAMPLE.as_bytes())?;
            return Ok(Exit::Done);
        }
        match self.action {
            None | Some(Action::List) => list(cx),
            Some(Action::Show { name, template }) => show(cx, &name, template),
            Some(Action::Check { file }) => check(cx, &file),
        }
    }
}

fn list(cx: &mut Context<'_>) -> Result<Exit, Stop> {
    let all = ask!(cx, Request::Profiles => Profiles);
    if cx.json {
        for p in &all {
            cx.print_json(&Line {
                name: &p.name,
                title: &p.title,
                origin: &p.origin,
                rows: p.kind.name(),
                modes: modes(p),
                columns: p.columns.len(),
            })?;
        }
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<Cell>> =
        all.iter().map(|p| vec![Cell::from(&p.name), p.kind.into(), Cell::from(&p.title), Cell::from(&p.origin)]).collect();
    cx.table(&[Column::Whole("name"), Column::Whole("rows"), Column::Text("title"), Column::Text("from")], &rows)?;
    Ok(Exit::Done)
}

fn show(cx: &mut Context<'_>, name: &str, template: bool) -> Result<Exit, Stop> {
    let all = ask!(cx, Request::Profiles => Profiles);
    let Some(p) = all.iter().find(|p| p.name == name) else {
        let meant = did_you_mean(name, all.iter().map(|p| p.name.as_str()));
        return Err(Stop::usage(format!("There is no profile {name}{meant}"), "homeroom profiles lists them all."));
    };
    if template {
        let file = ask!(cx, Request::Template(name.to_owned()) => Output);
        cx.out.write_all(&file.bytes)?;
    } else if cx.json {
        let columns = p.columns.iter().map(|c| ColumnLine {
            name: &c.name,
            need: &c.need,
            rule: &c.rule,
            accept: &c.accept,
            default: c.default.as_deref(),
            about: &c.about,
        });
        cx.print_json(&Full {
            name: &p.name,
            title: &p.title,
            about: &p.about,
            origin: &p.origin,
            rows: p.kind.name(),
            modes: modes(p),
            columns: columns.collect(),
            rules: &p.rules,
        })?;
    } else {
        print(cx, p)?;
    }
    Ok(Exit::Done)
}

fn modes(p: &ProfileInfo) -> Vec<&'static str> {
    p.modes.iter().map(|m| m.name()).collect()
}

fn print(cx: &mut Context<'_>, p: &ProfileInfo) -> Result<(), Stop> {
    cx.say_in(Paint::Bold, &format!("{}  {}", p.name, p.title))?;
    cx.say_in(Paint::Dim, &format!("{} · modes {} · {}", p.about, modes(p).join(", "), p.origin))?;
    cx.gap()?;
    let rows: Vec<Vec<Cell>> = p
        .columns
        .iter()
        .map(|c| {
            let default = c.default.as_ref().map(|d| format!("blank is {d}"));
            let rule: Vec<&str> = [c.rule.as_str()].into_iter().chain(default.as_deref()).filter(|r| !r.is_empty()).collect();
            vec![Cell::from(&c.name), Cell::from(&c.need), rule.join("; ").into()]
        })
        .collect();
    cx.table(&[Column::Whole("column"), Column::Text("need"), Column::Text("rule")], &rows)?;
    // A short list stands in the rule already.
    for c in p.columns.iter().filter(|c| c.accept.iter().any(|value| !c.rule.contains(value))) {
        cx.gap()?;
        cx.say(&format!("{} is one of: {}", c.name, c.accept.join(", ")))?;
    }
    if !p.rules.is_empty() {
        cx.gap()?;
    }
    p.rules.iter().try_for_each(|rule| cx.say(rule))
}

/// A wrong file exits 2, so that a script may rely on it.
fn check(cx: &mut Context<'_>, file: &Path) -> Result<Exit, Stop> {
    let path = cx.env.cwd.join(file);
    let bytes = std::fs::read(&path)
        .map_err(|e| Stop::usage(format!("Cannot read {}: {e}", file.display()), "Give the path of a profile file."))?;
    let read = match std::str::from_utf8(&bytes) {
        Ok(text) => load::parse(text, Some(file)),
        Err(e) => {
            let before = String::from_utf8_lossy(&bytes[..e.valid_up_to()]);
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            let message = "this byte is not UTF-8; save the file as UTF-8".to_owned();
            Err(load::Problem { path: Some(file.to_owned()), line: before.matches('\n').count() + 1, column, message })
        }
    };
    match read {
        Ok(profile) if cx.json => {
            cx.print_json(&Checked { file, ok: true, name: Some(&profile.name), line: None, column: None, message: None })?;
            Ok(Exit::Done)
        }
        Ok(profile) => {
            cx.say(&format!("{} is right: profile {}, {} columns", file.display(), profile.name, profile.columns.len()))?;
            Ok(Exit::Done)
        }
        Err(p) if cx.json => {
            let (line, column) = (Some(p.line), Some(p.column));
            cx.print_json(&Checked { file, ok: false, name: None, line, column, message: Some(&p.message) })?;
            Ok(Exit::Usage)
        }
        Err(problem) => Err(Stop::usage(problem.to_string(), "docs/profiles.md says what a profile may hold.")),
    }
}
