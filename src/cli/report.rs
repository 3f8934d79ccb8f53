//! `report`: a report on a sync.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::context::{Context, ask, sync_no};
use super::exit::{Exit, Stop};
use super::output::To;
use crate::desk::{FindingQuery, ReportFormat, Request, Window};
use crate::ledger::{Severity, SyncNo};

/// A report on a sync, to standard output or a file
#[derive(clap::Args)]
pub(super) struct Args {
    /// The sync's number
    #[arg(value_name = "N", value_parser = sync_no)]
    sync: SyncNo,
    /// Which report
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    format: ReportFormat,
    /// As an Excel workbook: every cell is text, the header bold
    #[arg(long)]
    xlsx: bool,
    /// For `corrected` of a file with secrets, which are not kept: your own file, put back together with its corrections
    #[arg(long, value_name = "FILE")]
    original: Option<PathBuf>,
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
        if self.format == ReportFormat::SyncReport && !has_errors(cx, self.sync)? {
            cx.tell(&format!("{} has no errors: there is no sync report.", self.sync));
            return Ok(Exit::Done);
        }
        if self.xlsx && self.to.is_terminal(cx) {
            return Err(Stop::usage("A workbook cannot be shown on a terminal", "Give --out PATH, or send it into a file."));
        }
        let original = self.original.map(|path| cx.env.cwd.join(path).to_string_lossy().into_owned());
        let report = Request::Report { sync: self.sync, format: self.format, xlsx: self.xlsx, original };
        let output = ask!(cx, report => Output);
        self.to.hand_out(cx, &output)
    }
}

/// Whether a sync report would have a line: a hold is no error.
fn has_errors(cx: &mut Context<'_>, sync: SyncNo) -> Result<bool, Stop> {
    if ask!(cx, Request::Sync(sync) => Sync).sync.errors == 0 {
        return Ok(false);
    }
    for severity in [Severity::Error, Severity::Refused] {
        let query = FindingQuery { severity: Some(severity), ..FindingQuery::default() };
        if ask!(cx, Request::Findings { sync, query, window: Window::default() } => Findings).total > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}
