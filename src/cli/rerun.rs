//! `rerun`: runs an upload again with its corrections.

use super::context::{Context, ask, sync_no};
use super::exit::{Exit, Stop};
use super::sync;
use crate::desk::Request;
use crate::ledger::SyncNo;

/// Run a sync's upload again with its corrections: the refused rows, or all
#[derive(clap::Args)]
pub(super) struct Args {
    /// The sync's number
    #[arg(value_name = "N", value_parser = sync_no)]
    sync: SyncNo,
    /// Every row, not only those that were refused
    #[arg(long)]
    all: bool,
    /// Plan and report, change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let ran = ask!(cx, Request::Rerun { sync: self.sync, all: self.all, dry_run: self.dry_run } => Ran);
        sync::print_ran(cx, &ran)
    }
}
