//! `import`: reads, checks and plans files and applies what is right in them.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::Serialize;

use super::context::{Context, ask, unexpected};
use super::exit::{Exit, Stop};
use super::{json, shares, sync};
use crate::desk::{Import, Ran, Reply, Request};
use crate::ledger::{Mode, ReadAs, SyncStatus};

/// Stage, check and apply files; several are one set and run in reference order
#[derive(clap::Args)]
pub(super) struct Args {
    /// The files; without one those that wait in the feed's folder
    #[arg(required_unless_present = "feed", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The rules for the files [default: recognised from the header, and refused if not sure]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The feed that the files come through: profile, mapping, organization, mode and limits are its own
    #[arg(long, value_name = "NAME")]
    feed: Option<String>,
    /// The mapping laid over the files
    #[arg(long, value_name = "NAME")]
    map: Option<String>,
    /// The school or district that the files are for, by external ID
    #[arg(long, value_name = "ID")]
    org: Option<String>,
    /// How those are treated that are not listed [default: the profile's]
    #[arg(long, value_enum)]
    mode: Option<ModeName>,
    /// Plan and report, change nothing
    #[arg(long)]
    dry_run: bool,
    /// Stop for approval, whatever the plan
    #[arg(long)]
    hold: bool,
    /// Confirm that all of a kind are to go of which a full file has none: how many there are
    #[arg(long, value_name = "N")]
    confirm: Option<u64>,
    /// The encoding, instead of what is found
    #[arg(long, value_enum)]
    encoding: Option<EncodingName>,
    /// The delimiter, instead of what is found: a character, or `tab`
    #[arg(long, value_name = "D", value_parser = delimiter)]
    delimiter: Option<char>,
    /// What makes the command fail. A file that is refused whole always does
    #[arg(long, value_enum, default_value = "error")]
    fail_on: FailOn,
}

/// How the absent are treated.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum ModeName {
    /// They stay as they are
    Partial,
    /// They are disabled
    Full,
    /// Students among them are disabled
    Students,
    /// Staff among them are disabled
    Staff,
}

impl From<ModeName> for Mode {
    fn from(name: ModeName) -> Self {
        match name {
            ModeName::Partial => Self::Partial,
            ModeName::Full => Self::Full,
            ModeName::Students => Self::Students,
            ModeName::Staff => Self::Staff,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum EncodingName {
    #[value(name = "utf-8", alias = "utf8")]
    Utf8,
    #[value(name = "utf-16le", aliases = ["utf16le", "utf-16"])]
    Utf16Le,
    #[value(name = "utf-16be", alias = "utf16be")]
    Utf16Be,
    #[value(name = "windows-1252", aliases = ["cp1252", "latin1", "iso-8859-1"])]
    Windows1252,
}

impl EncodingName {
    fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1252 => "windows-1252",
        }
    }
}

/// What makes the command fail.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Refused rows (exit 1) and holds (exit 3)
    Error,
    /// Holds only
    Held,
    /// Neither
    Never,
}

impl FailOn {
    fn applied_to(self, exit: Exit) -> Exit {
        match (self, exit) {
            (Self::Held | Self::Never, Exit::RowsRefused) | (Self::Never, Exit::Held) => Exit::Done,
            (_, exit) => exit,
        }
    }
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        if self.files.is_empty() {
            return self.pick_up(cx);
        }
        let paths = self.files.iter().map(|f| absolute(cx, f)).collect::<Result<Vec<_>, _>>()?;
        let (fail_on, read_as) = (self.fail_on, ReadAs { encoding: self.encoding.map(|e| e.name().to_owned()), delimiter: self.delimiter });
        let import = |path| Import {
            path,
            feed: self.feed.clone(),
            profile: self.profile.clone(),
            map: self.map.clone(),
            org: self.org.clone(),
            mode: self.mode.map(Into::into),
            dry_run: self.dry_run,
            hold: self.hold,
            confirm: self.confirm,
            read_as: read_as.clone(),
        };
        let mut imports: Vec<Import> = paths.into_iter().map(import).collect();
        let request = if imports.len() == 1 { Request::Import(imports.remove(0)) } else { Request::ImportSet(imports) };
        match cx.ask(request)? {
            Reply::Ran(ran) => Ok(fail_on.applied_to(print(cx, &ran)?)),
            // Files that belong together, or those of a bundle: one sync each.
            Reply::RanSet(all) => printed(cx, &all, fail_on),
            other => Err(unexpected(&other)),
        }
    }
}

impl Args {
    /// Imports what waits in the feed's folder. All else is the feed's to say.
    fn pick_up(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let alone = self.profile.is_none() && self.map.is_none() && self.org.is_none() && self.mode.is_none() && !self.hold;
        if !alone || self.confirm.is_some() || self.encoding.is_some() || self.delimiter.is_some() {
            return Err(Stop::usage(
                "A folder is picked up as its feed says; only --feed, --dry-run and --fail-on go with it",
                "Name the file, or change the feed: homeroom feeds edit NAME",
            ));
        }
        let feed = self.feed.unwrap_or_default();
        let all = ask!(cx, Request::PickUp { feed: feed.clone(), dry_run: self.dry_run } => RanSet);
        if all.is_empty() {
            cx.tell(&format!("No files wait in the folder of {feed}."));
        }
        printed(cx, &all, self.fail_on)
    }
}

/// Several syncs, one after the other, and the worst of their exits.
fn printed(cx: &mut Context<'_>, all: &[Ran], fail_on: FailOn) -> Result<Exit, Stop> {
    let mut worst = Exit::Done;
    for (i, ran) in all.iter().enumerate() {
        if i > 0 && !cx.json {
            cx.gap()?;
        }
        worst = worst.or_worse(fail_on.applied_to(print(cx, ran)?));
    }
    Ok(worst)
}

#[derive(Serialize)]
struct Json<'a> {
    #[serde(flatten)]
    sync: json::Ran<'a>,
    /// What a plan that waits would do to each school; of what is applied `sync N` says it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shares: Vec<shares::Share<'a>>,
}

fn print(cx: &mut Context<'_>, ran: &Ran) -> Result<Exit, Stop> {
    if cx.json {
        let sync = &ran.detail.sync;
        let waits = matches!(sync.status, SyncStatus::DryRun | SyncStatus::Held);
        let shares = if waits { shares::all(&ran.detail.by_school) } else { Vec::new() };
        cx.print_json(&Json { sync: sync.into(), shares })?;
    } else {
        sync::print(cx, &ran.detail)?;
        shares::print(cx, &ran.detail.sync, &ran.detail.by_school)?;
        sync::print_left(cx, ran.detail.sync.number, &ran.left)?;
        sync::tell_next(cx, &ran.detail);
    }
    // A set may take hours: what is done is said at once.
    cx.out.flush()?;
    Ok(Exit::of(&ran.detail))
}

/// The path as the desk wants it. The desk may be another process one day: it cannot know our folder.
pub(super) fn absolute(cx: &Context<'_>, path: &Path) -> Result<String, Stop> {
    cx.env.cwd.join(path).into_os_string().into_string().map_err(|path| {
        Stop::usage(format!("The path {} is not valid UTF-8", path.to_string_lossy()), "Rename the file, or import it from another folder.")
    })
}

fn delimiter(text: &str) -> Result<char, String> {
    let mut chars = text.chars();
    match (text.to_ascii_lowercase().as_str(), chars.next(), chars.next()) {
        ("tab" | "\\t", ..) => Ok('\t'),
        ("comma", ..) => Ok(','),
        ("semicolon", ..) => Ok(';'),
        (_, Some(c), None) if c.is_ascii() && !c.is_ascii_alphanumeric() && !matches!(c, '"' | '\r' | '\n' | '\0') => Ok(c),
        _ => Err("write one character that is no letter, digit or quote, or `tab`".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_as_they_are_typed() {
        for (text, d) in [(",", ','), (";", ';'), ("tab", '\t'), ("TAB", '\t'), ("\\t", '\t'), ("|", '|')] {
            assert_eq!(delimiter(text).unwrap(), d);
        }
        for text in ["", "a", "7", "\"", ",,", "é"] {
            assert!(delimiter(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_makes_an_import_fail() {
        for (fail_on, exit, seen) in [
            (FailOn::Error, Exit::RowsRefused, Exit::RowsRefused),
            (FailOn::Held, Exit::RowsRefused, Exit::Done),
            (FailOn::Held, Exit::Held, Exit::Held),
            (FailOn::Never, Exit::Held, Exit::Done),
            (FailOn::Never, Exit::FileRefused, Exit::FileRefused),
        ] {
            assert_eq!(fail_on.applied_to(exit), seen);
        }
    }
}
