//! `export`: current data.

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::output::To;
use crate::desk::{ExportWhat, Request};

/// Current data as CSV, to standard output or a file
#[derive(clap::Args)]
pub(super) struct Args {
    /// What to export
    #[arg(value_name = "WHAT", value_parser = whats())]
    what: ExportWhat,
    /// Only of this school or district, by external ID
    #[arg(long, value_name = "ID")]
    org: Option<String>,
    /// What it is for: a spreadsheet would run cells that begin with = + - @, so they are escaped for one
    #[arg(long = "for", value_enum, default_value = "reimport", value_name = "USE")]
    purpose: Purpose,
    #[command(flatten)]
    to: To,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Purpose {
    Spreadsheet,
    Reimport,
    /// Of corrections: a short text for the source's owner
    Ticket,
}

fn whats() -> impl TypedValueParser<Value = ExportWhat> {
    PossibleValuesParser::new(ExportWhat::ALL.iter().map(|w| w.name())).try_map(|name| ExportWhat::from_name(&name).ok_or("no such export"))
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        if self.purpose == Purpose::Ticket {
            if self.what != ExportWhat::Corrections {
                let what = format!("A ticket is made of corrections, not of {}", self.what);
                return Err(Stop::usage(what, "homeroom export corrections --for ticket"));
            }
            let output = ask!(cx, Request::Ticket { feed: None } => Output);
            return self.to.hand_out(cx, &output);
        }
        let for_spreadsheet = self.purpose == Purpose::Spreadsheet;
        let output = ask!(cx, Request::Export { what: self.what, org: self.org, for_spreadsheet } => Output);
        self.to.hand_out(cx, &output)
    }
}
