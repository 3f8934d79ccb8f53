//! `demo`: the console on a throw-away roster of an invented district, with several days of uploads behind it.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::Deserialize;

use super::console;
use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use crate::desk::{Import, Request, Trouble, TroubleSort};
use crate::ledger::Timestamp;

/// Open the console on a throw-away roster of an invented district
#[derive(clap::Args)]
pub(super) struct Args {
    /// Build the roster in this folder and keep it, instead of a throw-away one
    #[arg(long, value_name = "DIR")]
    keep: Option<std::path::PathBuf>,
}

/// What happened in the days before the demo, oldest first.
static DAYS: &str = include_str!("../../demo-data/days.toml");

/// The files that [`DAYS`] names.
static FILES: &[(&str, &[u8])] = &[
    ("schools.csv", include_bytes!("../../demo-data/schools.csv")),
    ("day-1/users.csv", include_bytes!("../../demo-data/day-1/users.csv")),
    ("day-2/users.csv", include_bytes!("../../demo-data/day-2/users.csv")),
    ("day-3/users.csv", include_bytes!("../../demo-data/day-3/users.csv")),
    ("day-4/users.csv", include_bytes!("../../demo-data/day-4/users.csv")),
    ("day-4/users-again.csv", include_bytes!("../../demo-data/day-4/users-again.csv")),
    ("day-5/users.csv", include_bytes!("../../demo-data/day-5/users.csv")),
    ("day-5/next-year.csv", include_bytes!("../../demo-data/day-5/next-year.csv")),
];

#[derive(Deserialize)]
struct Days {
    step: Vec<Step>,
}

/// One upload of the days before.
#[derive(Deserialize)]
struct Step {
    file: String,
    profile: String,
    dry_run: bool,
    days: i64,
    hours: i64,
    operator: String,
}

/// How far behind the real clock the demo's is, in microseconds, while its past is being made.
static BEHIND: AtomicI64 = AtomicI64::new(0);

fn demo_clock() -> Timestamp {
    let now = jiff::Timestamp::now().as_microsecond();
    Timestamp(now - BEHIND.load(Ordering::Relaxed))
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let base = cx.env.path("TMPDIR").unwrap_or_else(|| "/tmp".into());
        let folder = self.keep.clone().unwrap_or_else(|| base.join(format!("homeroom-demo-{}", std::process::id())));
        let unwritable = |e: std::io::Error| {
            let message = format!("Cannot write the demo to {}: {e}", folder.display());
            Stop::from(Trouble::new(TroubleSort::Store, message, "Make room there, or set TMPDIR."))
        };
        std::fs::create_dir_all(&base).and_then(|()| std::fs::create_dir(&folder)).map_err(unwritable)?;
        let opened = play(cx, &folder, unwritable);
        if self.keep.is_none() {
            let _ = std::fs::remove_dir_all(&folder);
        }
        opened
    }
}

fn play(cx: &mut Context<'_>, folder: &Path, unwritable: impl Fn(std::io::Error) -> Stop) -> Result<Exit, Stop> {
    let days: Days = toml::from_str(DAYS).map_err(|e| Stop::usage(format!("The demo's days.toml: {e}"), ""))?;
    let operator = cx.env.user.clone();
    cx.env.now = demo_clock;
    for (name, bytes) in FILES {
        let path = folder.join(name);
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::write(&path, bytes)).map_err(&unwritable)?;
    }
    for step in days.step {
        BEHIND.store((step.days * 24 + step.hours) * 3_600_000_000, Ordering::Relaxed);
        cx.env.user = step.operator;
        // A desk of its own for each step: it is opened by whoever sent the file.
        cx.use_database(folder.join("db"));
        let path = super::import::absolute(cx, &folder.join(&step.file))?;
        ask!(cx, Request::Import(Import { path, profile: Some(step.profile), dry_run: step.dry_run, ..Import::default() }) => Ran);
    }
    BEHIND.store(0, Ordering::Relaxed);
    cx.env.user = operator;
    cx.use_database(folder.join("db"));
    console::open(cx, "Demo")
}
