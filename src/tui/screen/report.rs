//! The report menu: choose one, ask for it, hand it to the console to be written. And the same for exports.

use super::asked::say;
use super::{Effect, Token};
use crate::desk::{ExportWhat, Reply, ReportFormat, Request};
use crate::ledger::SyncNo;

/// The menu of reports on a sync; three tokens of one slot.
#[derive(Debug)]
pub struct Reports {
    slot: u8,
    of: Option<SyncNo>,
}

/// Letter, words, format, and whether as an Excel workbook.
const REPORTS: &[(char, &str, ReportFormat, bool)] = &[
    ('e', "errors, a line each (sync report)", ReportFormat::SyncReport, false),
    ('u', "the refused rows with errors and resolution", ReportFormat::UsersErrors, false),
    ('r', "every row with its result, CSV", ReportFormat::Results, false),
    ('x', "every row with its result, Excel", ReportFormat::Results, true),
    ('s', "summary by school", ReportFormat::Summary, false),
    ('c', "the file with the corrected cells", ReportFormat::Corrected, false),
    ('p', "what changed, field by field", ReportFormat::Plan, false),
];

impl Reports {
    /// A menu under tokens of that slot.
    pub fn new(slot: u8) -> Self {
        Self { slot, of: None }
    }

    /// Whether a message under that token is for the menu.
    pub fn owns(&self, token: Token) -> bool {
        token.slot == self.slot
    }

    /// Opens it for a sync; `listed` is what of the list can be exported besides: the choice behind the reports, see [`Self::is_listed`].
    pub fn choose_or(&mut self, of: SyncNo, listed: String) -> Option<Effect> {
        let Some(Effect::Choose { token, title, mut choices }) = self.choose(of) else { return None };
        choices.push(('f', listed));
        Some(Effect::Choose { token, title, choices })
    }

    /// Whether what was chosen is the list instead of a report.
    pub fn is_listed(index: usize) -> bool {
        index == REPORTS.len()
    }

    /// Opens it for a sync.
    pub fn choose(&mut self, of: SyncNo) -> Option<Effect> {
        self.of = Some(of);
        let choices = REPORTS.iter().map(|(letter, words, ..)| (*letter, (*words).to_owned())).collect();
        Some(Effect::Choose { token: Token::of(self.slot), title: format!("Report on {of}"), choices })
    }

    /// Asks for what was chosen.
    pub fn chosen(&mut self, index: usize) -> Option<Effect> {
        let (sync, (_, _, format, xlsx)) = (self.of?, REPORTS.get(index)?);
        Some(Effect::Ask { token: Token::of(self.slot), request: Request::Report { sync, format: *format, xlsx: *xlsx, original: None } })
    }

    /// Hands the report on.
    pub fn reply(&mut self, reply: Reply) -> Option<Effect> {
        handed(reply)
    }
}

/// The menu of exports of current data.
#[derive(Debug)]
pub struct Exports {
    slot: u8,
    org: Option<String>,
}

const EXPORTS: &[(char, &str, ExportWhat)] = &[
    ('s', "staff", ExportWhat::Staff),
    ('a', "administrators", ExportWhat::Admins),
    ('t', "students", ExportWhat::Students),
    ('g', "guardians, a line for each student", ExportWhat::Guardians),
    ('p', "everybody", ExportWhat::People),
    ('o', "schools", ExportWhat::Schools),
    ('l', "classes", ExportWhat::Classes),
    ('e', "enrollments", ExportWhat::Enrollments),
    ('z', "all of it as OneRoster 1.1, a ZIP", ExportWhat::Oneroster),
    ('c', "standing corrections, for the source's owner", ExportWhat::Corrections),
];

impl Exports {
    /// A menu under tokens of that slot.
    pub fn new(slot: u8) -> Self {
        Self { slot, org: None }
    }

    /// Whether a message under that token is for the menu.
    pub fn owns(&self, token: Token) -> bool {
        token.slot == self.slot
    }

    /// Opens it for an organization, or for all; `listed` is what of the list can be exported: the last choice. See [`Self::is_listed`].
    pub fn choose_or(&mut self, org: Option<String>, listed: String) -> Effect {
        match self.choose(org) {
            Effect::Choose { token, title, mut choices } => {
                choices.push(('f', listed));
                Effect::Choose { token, title, choices }
            }
            other => other,
        }
    }

    /// Whether what was chosen is the list instead of an export.
    pub fn is_listed(index: usize) -> bool {
        index == EXPORTS.len()
    }

    /// Opens it for an organization, or for all.
    pub fn choose(&mut self, org: Option<String>) -> Effect {
        self.org = org;
        let choices = EXPORTS.iter().map(|(letter, words, _)| (*letter, (*words).to_owned())).collect();
        Effect::Choose { token: Token::of(self.slot), title: String::from("Export current data"), choices }
    }

    /// Asks for what was chosen.
    pub fn chosen(&mut self, index: usize) -> Option<Effect> {
        let (_, _, what) = EXPORTS.get(index)?;
        let request = Request::Export { what: *what, org: self.org.clone(), for_spreadsheet: false };
        Some(Effect::Ask { token: Token::of(self.slot), request })
    }

    /// Hands the export on.
    pub fn reply(&mut self, reply: Reply) -> Option<Effect> {
        handed(reply)
    }
}

/// Hands on a file that was asked for.
pub fn handed(reply: Reply) -> Option<Effect> {
    match reply {
        Reply::Output(output) => Some(Effect::Save(output)),
        Reply::Trouble(trouble) => Some(say(&trouble)),
        _ => None,
    }
}
