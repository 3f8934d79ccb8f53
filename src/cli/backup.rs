//! `backup`: everything that the database keeps, in one file.

use std::path::PathBuf;

use serde::Serialize;

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::paint::Paint;
use super::table::number;
use crate::desk::{BackedUp, Request};

/// Write everything that the database keeps to one new file
#[derive(clap::Args)]
pub(super) struct Args {
    /// The file; it must not be there yet
    file: PathBuf,
}

#[derive(Serialize)]
struct Json<'a> {
    file: &'a str,
    bytes: u64,
    records: u64,
    uploads: u64,
    journal_entries: Option<u64>,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let path = super::import::absolute(cx, &self.file)?;
        let done = ask!(cx, Request::Backup { path } => BackedUp);
        told(cx, &done, Some(done.position), "Backed up to")
    }
}

/// What a backup held, or gave back.
pub(super) fn told(cx: &mut Context<'_>, done: &BackedUp, journal_entries: Option<u64>, how: &str) -> Result<Exit, Stop> {
    if cx.json {
        let BackedUp { path, bytes, records, uploads, .. } = done;
        cx.print_json(&Json { file: path, bytes: *bytes, records: *records, uploads: *uploads, journal_entries })?;
    } else {
        let what = format!("{} records, {} uploads, {} bytes", number(done.records), number(done.uploads), number(done.bytes));
        cx.say_in(Paint::Good, &format!("{how} {}: {what}.", done.path))?;
    }
    Ok(Exit::Done)
}
