//! `restore`: a new database of a backup.

use std::path::PathBuf;

use super::backup::told;
use super::context::Context;
use super::exit::{Exit, Stop};
use crate::desk::{Trouble, TroubleSort, restore};

/// Make the database of a backup; its folder must be new or empty
#[derive(clap::Args)]
pub(super) struct Args {
    /// The backup
    file: PathBuf,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let file = cx.env.cwd.join(&self.file);
        let surroundings = cx.surroundings();
        if surroundings.readonly {
            let why = Trouble::new(TroubleSort::NotPermitted, "This is read-only.", "Start without --readonly to change something.");
            return Err(why.into());
        }
        let done = restore(&file, &surroundings)?;
        let exit = told(cx, &done, None, "Restored from")?;
        cx.tell(&format!("The database is in {}. Next: homeroom verify --deep.", surroundings.db.display()));
        Ok(exit)
    }
}
