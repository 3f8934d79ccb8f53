//! `undo`: puts back what a sync changed.

use super::context::{Context, ask, sync_no};
use super::exit::{Exit, Stop};
use super::sync;
use crate::desk::Request;
use crate::ledger::SyncNo;

/// Put back what a sync changed, where nobody changed it since
#[derive(clap::Args)]
pub(super) struct Args {
    /// The sync's number
    #[arg(value_name = "N", value_parser = sync_no)]
    sync: SyncNo,
    /// Say what would be put back and what must be left; change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let ran = ask!(cx, Request::Undo { sync: self.sync, dry_run: self.dry_run } => Ran);
        sync::print_ran(cx, &ran)
    }
}
