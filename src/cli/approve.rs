//! `approve`: applies what was planned.

use super::context::{Context, ask, sync_no};
use super::exit::{Exit, Stop};
use super::sync;
use crate::desk::Request;
use crate::ledger::SyncNo;

/// Apply a dry run or a held sync, if its plan is still the one that was shown
#[derive(clap::Args)]
pub(super) struct Args {
    /// The sync's number
    #[arg(value_name = "N", value_parser = sync_no)]
    sync: SyncNo,
    /// Apply what is created and updated, and disable nobody
    #[arg(long)]
    without_removals: bool,
    /// Why; kept with the sync
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let ran = ask!(cx, Request::Apply { sync: self.sync, without_removals: self.without_removals, reason: self.reason } => Ran);
        sync::print_ran(cx, &ran)
    }
}
