//! `demo`: the console on a throw-away roster.

use super::console;
use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use crate::desk::{Import, Request, Trouble, TroubleSort};

/// Open the console on a throw-away roster of an invented district
#[derive(clap::Args)]
pub(super) struct Args {}

/// The demo's uploads in the order in which they came: file name and bytes.
static UPLOADS: &[(&str, &[u8])] = &[];

impl Args {
    #[allow(clippy::unused_self)] // as every command
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        if UPLOADS.is_empty() {
            return Err(Stop::usage("The demo's files are not in this build", "Import files of your own: homeroom import FILE."));
        }
        let base = cx.env.path("TMPDIR").unwrap_or_else(|| "/tmp".into());
        let folder = base.join(format!("homeroom-demo-{}", std::process::id()));
        let unwritable = |e: std::io::Error| {
            let message = format!("Cannot write the demo to {}: {e}", folder.display());
            Stop::from(Trouble::new(TroubleSort::Store, message, "Make room there, or set TMPDIR."))
        };
        std::fs::create_dir(&folder).map_err(unwritable)?;
        let opened = play(cx, &folder, unwritable);
        let _ = std::fs::remove_dir_all(&folder);
        opened
    }
}

fn play(cx: &mut Context<'_>, folder: &std::path::Path, unwritable: impl Fn(std::io::Error) -> Stop) -> Result<Exit, Stop> {
    cx.use_database(folder.join("db"));
    for (name, bytes) in UPLOADS {
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(&unwritable)?;
        let path = super::import::absolute(cx, &path)?;
        ask!(cx, Request::Import(Import { path, ..Import::default() }) => Ran);
    }
    console::open(cx)
}
