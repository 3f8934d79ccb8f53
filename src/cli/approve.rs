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
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let ran = ask!(cx, Request::Apply { sync: self.sync, without_removals: false, reason: None } => Ran);
        sync::print_ran(cx, &ran)
    }
}
