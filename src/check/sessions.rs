//! Rows that are terms and school years: checked, and not kept, since the roster has none.

use std::collections::HashMap;

use super::causes::Causes;
use super::draft::Draft;
use super::rules::Rules;
use super::{Ask, Checked, Stopped, overlay_row};
use crate::feed::ColumnKind;
use crate::intake::{Row, trim};
use crate::ledger::{Action, Code, Finding, Outcome, Severity};

/// Checks every row: the columns' own rules, IDs unique, and that nothing ends before it begins. The profile's first column of dates
/// is the begin, its second the end.
pub(super) fn check(ask: &Ask<'_>, progress: &mut dyn FnMut(u64, u64) -> bool) -> Result<Checked, Stopped> {
    let mut checked = Checked::default();
    let rules = Rules::new(ask.profile, ask.columns, ask.roster, ask.org);
    let dates: Vec<usize> =
        ask.profile.columns.iter().enumerate().filter(|(_, c)| c.kind == ColumnKind::Date).map(|(i, _)| i).take(2).collect();
    let key = ask.profile.key.first().map(|k| ask.profile.columns[*k].name.clone()).unwrap_or_default();
    let mut seen: HashMap<String, (u32, csv::ByteRecord)> = HashMap::new();
    let mut causes = Causes::default();
    let mut rows = ask.sheet.rows();
    let mut row = Row::default();
    let mut draft = Draft::default();
    while rows.next(&mut row).map_err(|f| Stopped::Refused(vec![f]))? {
        if row.record % 1024 == 0 && !progress(u64::from(row.record), rows.bytes_done()) {
            return Err(Stopped::Cancelled);
        }
        overlay_row(ask, &mut row);
        if ask.skips(row.record) {
            checked.outcomes.push(Outcome { action: Action::Skipped, warned: false });
            continue;
        }
        let mut findings = Vec::new();
        let mut right = rules.check(&row, &mut draft, &mut findings);
        let cell = |column: usize| String::from_utf8_lossy(trim(rules.cell(&row.cells, column))).into_owned();
        if let ([begin, end], true) = (dates.as_slice(), right)
            && cell(*end) < cell(*begin)
        {
            // ISO dates compare as texts.
            let (begin_name, end_name) = (&ask.profile.columns[*begin].name, &ask.profile.columns[*end].name);
            let finding = Finding::of_file(Code::VAL_212).in_column(end_name).with_value(cell(*end));
            findings.push(rules.place(&row, finding.with("formats", format!("not before {begin_name}, {}", cell(*begin)))));
            right = false;
        }
        if let Some(id) = rules.key(&row.cells).filter(|_| right) {
            if let Some((first, cells)) = seen.get(&id) {
                let list = format!("{first} and {}", row.row);
                let identical = *cells == row.cells;
                let code = if identical { Code::DUP_402 } else { Code::DUP_401 };
                findings.push(rules.place(&row, Finding::of_file(code).in_column(&key).with_value(id).with("list", list)));
                right = identical;
            } else {
                seen.insert(id, (row.row, row.cells.clone()));
            }
        }
        let warned = findings.iter().any(|f| f.severity == Severity::Warning);
        // A right row changes nothing: nothing is kept of it.
        checked.outcomes.push(Outcome { action: if right { Action::Skipped } else { Action::Refused }, warned });
        if !right {
            checked.rows_with_errors += 1;
            checked.refused[ask.profile.main_kind as usize] += 1;
        }
        checked.tally.count(&findings);
        causes.fold(&mut findings);
        for finding in findings {
            checked.spool.push(finding);
        }
    }
    checked.rows = checked.outcomes.len() as u64;
    if rows.blank_rows() > 0 {
        checked.file_findings.push(Finding::of_file(Code::VAL_206).with("n", rows.blank_rows()));
    }
    (checked.causes, checked.renumber) = causes.finish(&HashMap::new());
    Ok(checked)
}
