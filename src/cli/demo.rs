//! `demo`: the console on a throw-away roster: an invented district, several days of uploads with what goes wrong in them.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::Deserialize;

use super::console;
use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use crate::desk::{HitWhat, Import, Request, Trouble, TroubleSort};
use crate::ledger::{Feed, Mode, Timestamp};

/// Open the console on a throw-away roster of an invented district
#[derive(clap::Args)]
pub(super) struct Args {
    /// Only make the demo's database, in this folder, and keep it; opens no console
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

/// What happens on which day.
const DAYS: &str = include_str!("../../demo-data/days.toml");

/// The files that [`DAYS`] names.
static FILES: &[(&str, &[u8])] = &[
    ("schools.csv", include_bytes!("../../demo-data/schools.csv")),
    ("day-1/users.csv", include_bytes!("../../demo-data/day-1/users.csv")),
    ("day-2/users.csv", include_bytes!("../../demo-data/day-2/users.csv")),
    ("day-3/users.csv", include_bytes!("../../demo-data/day-3/users.csv")),
    ("day-4/users.csv", include_bytes!("../../demo-data/day-4/users.csv")),
    ("day-4/users-again.csv", include_bytes!("../../demo-data/day-4/users-again.csv")),
    ("day-5/users.csv", include_bytes!("../../demo-data/day-5/users.csv")),
    ("day-5/full.csv", include_bytes!("../../demo-data/day-5/full.csv")),
    ("day-5/next-year.csv", include_bytes!("../../demo-data/day-5/next-year.csv")),
    ("great-minds/staff.csv", include_bytes!("../../demo-data/great-minds/staff.csv")),
    ("great-minds/great-minds-student-upload.csv", include_bytes!("../../demo-data/great-minds/great-minds-student-upload.csv")),
    ("great-minds/classes.csv", include_bytes!("../../demo-data/great-minds/classes.csv")),
    ("schoolstatus/guardians.csv", include_bytes!("../../demo-data/schoolstatus/guardians.csv")),
    ("schoolstatus/guardians-november.csv", include_bytes!("../../demo-data/schoolstatus/guardians-november.csv")),
    ("amplify/users-first.csv", include_bytes!("../../demo-data/amplify/users-first.csv")),
    ("amplify/users.csv", include_bytes!("../../demo-data/amplify/users.csv")),
    ("schoology/users.csv", include_bytes!("../../demo-data/schoology/users.csv")),
    ("schoology/courses.csv", include_bytes!("../../demo-data/schoology/courses.csv")),
    ("evening/users.csv", include_bytes!("../../demo-data/evening/users.csv")),
    ("schoology/enrollments.csv", include_bytes!("../../demo-data/schoology/enrollments.csv")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Days {
    feed: Vec<FeedOf>,
    step: Vec<Step>,
}

/// A feed to set up.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeedOf {
    name: String,
    profile: String,
    org: Option<String>,
    #[serde(default)]
    main: bool,
    /// Rows in error that hold it, per cent; the default where it says nothing.
    errors: Option<u8>,
}

/// One upload, or one edit by hand.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    file: Option<String>,
    feed: Option<String>,
    mode: Option<Mode>,
    #[serde(default)]
    dry_run: bool,
    edit: Option<String>,
    #[serde(default)]
    fields: Vec<String>,
    days: i64,
    hours: i64,
    operator: String,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        if let Some(folder) = self.into {
            let folder = cx.env.cwd.join(folder);
            std::fs::create_dir_all(&folder).map_err(|e| unwritable(&folder, &e))?;
            if std::fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some()) {
                return Err(Stop::usage(format!("{} is not empty", folder.display()), "Give a folder that is new or empty."));
            }
            play(cx, &folder)?;
            cx.tell(&format!("The demo's database is in {}.", folder.display()));
            return Ok(Exit::Done);
        }
        console::is_possible(cx)?;
        let base = cx.env.path("TMPDIR").unwrap_or_else(|| "/tmp".into());
        let folder = base.join(format!("homeroom-demo-{}", std::process::id()));
        std::fs::create_dir(&folder).map_err(|e| unwritable(&folder, &e))?;
        let ended = play(cx, &folder).and_then(|()| console::open(cx, "Demo", false));
        cx.hand_over();
        let _ = std::fs::remove_dir_all(&folder);
        ended
    }
}

fn unwritable(folder: &Path, error: &std::io::Error) -> Stop {
    let message = format!("Cannot write the demo to {}: {error}", folder.display());
    Trouble::new(TroubleSort::Store, message, "Make room there, or name another folder.").into()
}

/// Imports the days, each at its hour and by its operator, into a database in `folder`, on which the context works from then on.
fn play(cx: &mut Context<'_>, folder: &Path) -> Result<(), Stop> {
    let days: Days =
        toml::from_str(DAYS).map_err(|e| Trouble::new(TroubleSort::Internal, format!("days.toml: {e}"), "Please report this."))?;
    let source = folder.join("files");
    let (user, now) = (cx.env.user.clone(), cx.env.now);
    cx.env.now = in_the_demo;
    CLOCK.get_or_init(|| now);
    let mut feeds = days.feed;
    for step in days.step {
        BACK.store((step.days * 24 + step.hours) * 3_600_000_000, Ordering::Relaxed);
        cx.env.user = step.operator;
        cx.use_database(folder.join("db"));
        if let Some(reference) = step.edit {
            let what = super::show::the_one(cx, &reference)?.what;
            let fields = step.fields.iter().filter_map(|f| f.split_once('=')).map(|(f, v)| (f.to_owned(), v.to_owned())).collect();
            match what {
                HitWhat::Person(person) => drop(ask!(cx, Request::EditPerson { person, fields } => Person)),
                other => {
                    if let Some(entity) = other.entity() {
                        cx.ask(Request::Edit { entity, fields })?;
                    }
                }
            }
            continue;
        }
        let file = step.file.unwrap_or_default();
        let path = source.join(&file);
        let bytes = FILES.iter().find(|(name, _)| *name == file).map_or(&b""[..], |(_, bytes)| bytes);
        let written = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, bytes));
        written.map_err(|e| unwritable(folder, &e))?;
        // A feed for one school can be set up once there is that school.
        if let Some(at) = feeds.iter().position(|f| step.feed.as_ref() == Some(&f.name)) {
            let FeedOf { name, profile, org, main, errors } = feeds.remove(at);
            let mut feed = Feed { org, main, ..Feed::new(name, profile) };
            feed.limits.errors = errors.unwrap_or(feed.limits.errors);
            ask!(cx, Request::PutFeed { feed, replaces: None } => Feeds);
        }
        let path = super::import::absolute(cx, &path)?;
        let import = Import { path, feed: step.feed, mode: step.mode, dry_run: step.dry_run, ..Import::default() };
        ask!(cx, Request::Import(import) => Ran);
    }
    (cx.env.user, cx.env.now) = (user, now);
    cx.use_database(folder.join("db"));
    Ok(())
}

/// The real clock, and how far the demo's is behind it, microseconds. A desk takes a plain function for a clock, and asks it
/// from any thread.
static CLOCK: OnceLock<fn() -> Timestamp> = OnceLock::new();
static BACK: AtomicI64 = AtomicI64::new(0);

fn in_the_demo() -> Timestamp {
    let now = CLOCK.get().map_or(Timestamp::default(), |clock| clock());
    Timestamp(now.0 - BACK.load(Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_its_file_and_every_file_its_day() {
        let days: Days = toml::from_str(DAYS).unwrap();
        let mut named: Vec<&str> = days.step.iter().filter_map(|s| s.file.as_deref()).collect();
        let mut there: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        named.sort_unstable();
        there.sort_unstable();
        assert_eq!(named, there);
        assert!(FILES.iter().all(|(_, bytes)| !bytes.is_empty()));
    }
}
