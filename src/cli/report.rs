//! `report`: a report on a sync.

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::context::{Context, ask, sync_no};
use super::exit::{Exit, Stop};
use super::output::To;
use crate::desk::{ReportFormat, Request};
use crate::ledger::SyncNo;

/// A report on a sync, to standard output or a file
#[derive(clap::Args)]
pub(super) struct Args {
    /// The sync's number
    #[arg(value_name = "N", value_parser = sync_no)]
    sync: SyncNo,
    /// Which report
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    format: ReportFormat,
    #[command(flatten)]
    to: To,
}

fn formats() -> impl TypedValueParser<Value = ReportFormat> {
    PossibleValuesParser::new(ReportFormat::ALL.iter().map(|f| f.name()))
        .try_map(|name| ReportFormat::from_name(&name).ok_or("no such report"))
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        // A sync report is only there where there are errors: a clean sync is an answer, not a slip.
        if self.format == ReportFormat::SyncReport && ask!(cx, Request::Sync(self.sync) => Sync).sync.errors == 0 {
            cx.tell(&format!("{} has no errors: there is no sync report.", self.sync));
            return Ok(Exit::Done);
        }
        let output = ask!(cx, Request::Report { sync: self.sync, format: self.format, xlsx: false, original: None } => Output);
        self.to.hand_out(cx, &output)
    }
}
