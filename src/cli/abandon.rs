//! `abandon`: discards what was planned.

use super::context::{Context, ask, sync_no};
use super::exit::{Exit, Stop};
use super::json;
use crate::desk::Request;
use crate::ledger::SyncNo;

/// Discard a dry run or what is held; the history keeps a line. Where only removals wait, those are discarded
#[derive(clap::Args)]
pub(super) struct Args {
    /// The sync's number
    #[arg(value_name = "N", value_parser = sync_no)]
    sync: SyncNo,
    /// Why; kept with the sync
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let detail = ask!(cx, Request::Abandon { sync: self.sync, reason: self.reason } => Sync);
        if cx.json {
            cx.print_json(&json::InHistory::from(&detail.sync))?;
        } else {
            cx.say(&format!("{} {}: {}", detail.sync.number, detail.sync.file, detail.sync.status.words()))?;
            if let Some(note) = &detail.sync.note {
                cx.say(note)?;
            }
        }
        Ok(Exit::Done)
    }
}
