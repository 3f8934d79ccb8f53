//! What is kept of each row while a file is gone through: outcome, findings, causes, counts.

use std::collections::HashMap;

use super::causes::Causes;
use super::draft::Draft;
use super::rules::Rules;
use super::{Ask, Checked, Stopped, overlay_row};
use crate::intake::Row;
use crate::ledger::{Action, Code, Finding, Outcome, Severity};
use crate::roster::Kind;

/// How often, in rows, progress is told and a cancel is noticed.
const STEP: u32 = 4096;

/// What is kept of the rows so far.
#[derive(Default)]
pub(super) struct Book {
    checked: Checked,
    causes: Causes,
    /// By row as a spreadsheet shows it: the cause of its first error, for what depends on it.
    failed: HashMap<u32, u32>,
    /// Causes of what depends on a row, and that row.
    depends: Vec<(u32, u32)>,
}

impl Book {
    /// The next row: what was found on it, and what is to become of it. A refused one counts under `kind`.
    pub(super) fn enter(&mut self, findings: &mut Vec<Finding>, action: Action, kind: Kind, row: u32) {
        let warned = findings.iter().any(|f| f.severity == Severity::Warning);
        if action == Action::Refused {
            self.checked.rows_with_errors += 1;
            self.checked.refused[kind as usize] += 1;
        }
        self.checked.outcomes.push(Outcome { action, warned });
        if findings.is_empty() {
            return;
        }
        self.checked.tally.count(findings);
        self.causes.fold(findings);
        if let Some(error) = findings.iter().find(|f| f.severity >= Severity::Error) {
            self.failed.insert(row, error.cause);
        }
        for finding in findings.iter().filter(|f| f.code == Code::REF_308) {
            self.depends.extend(finding.arg("r").and_then(|r| r.parse().ok()).map(|r| (finding.cause, r)));
        }
        findings.drain(..).for_each(|f| self.checked.spool.push(f));
    }

    /// The end of the file, with how many blank rows were passed over.
    pub(super) fn close(mut self, blank: u64) -> Checked {
        let parent = |(cause, row): &(u32, u32)| Some((*cause, *self.failed.get(row)?));
        let parents = self.depends.iter().filter_map(parent).filter(|(child, parent)| child != parent).collect();
        (self.checked.causes, self.checked.renumber) = self.causes.finish(&parents);
        self.checked.rows = self.checked.outcomes.len() as u64;
        if blank > 0 {
            self.checked.file_findings.push(Finding::of_file(Code::VAL_206).with("n", blank));
        }
        self.checked
    }
}

/// Goes through the rows with their corrections laid over; gives how many blank ones were passed over.
pub(super) fn each_row(ask: &Ask<'_>, progress: &mut dyn FnMut(u64, u64) -> bool, each: &mut dyn FnMut(&Row)) -> Result<u64, Stopped> {
    let mut rows = ask.sheet.rows();
    let mut row = Row::default();
    let mut count = 0;
    while rows.next(&mut row).map_err(|f| Stopped::Refused(vec![f]))? {
        if row.record % STEP == 0 && !progress(u64::from(row.record), rows.bytes_done()) {
            return Err(Stopped::Cancelled);
        }
        overlay_row(ask, &mut row);
        each(&row);
        count += 1;
    }
    if let Some(limit) = ask.profile.limits.rows.filter(|l| count > *l) {
        let finding = Finding::of_file(Code::FIL_005).with("n", count).with("max", limit).with("p", &ask.profile.name);
        return Err(Stopped::Refused(vec![finding]));
    }
    progress(count, rows.bytes_done());
    Ok(rows.blank_rows())
}

/// What decides a row that is right by itself.
type Judge<'j> = dyn FnMut(&Rules<'_>, &Row, &Draft, &mut Vec<Finding>) -> Action + 'j;

/// Checks a file of which each row is decided when it is read. `judge` gets the rows that are right by themselves and says what
/// becomes of them: [`Action::NoChange`] where one stands, [`Action::Skipped`] where it says nothing new.
pub(super) fn each_right_row(
    ask: &Ask<'_>,
    kind: Kind,
    progress: &mut dyn FnMut(u64, u64) -> bool,
    judge: &mut Judge<'_>,
) -> Result<Checked, Stopped> {
    let rules = Rules::new(ask.profile, ask.columns, ask.roster, ask.org);
    let mut book = Book::default();
    let mut draft = Draft::default();
    let mut findings = Vec::new();
    let blank = each_row(ask, progress, &mut |row| {
        if ask.skips(row.record) {
            return book.enter(&mut findings, Action::Skipped, kind, row.row);
        }
        let right = rules.check(row, &mut draft, &mut findings);
        let action = if right { judge(&rules, row, &draft, &mut findings) } else { Action::Refused };
        book.enter(&mut findings, action, kind, row.row);
    })?;
    Ok(book.close(blank))
}

/// Whether anything that was found refuses the row.
pub(super) fn has_error(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.severity >= Severity::Error)
}
