//! Rows that are organizations: external IDs unique, parents on the roster or in the same file, in any order.

use std::collections::HashMap;

use super::causes::Causes;
use super::draft::Draft;
use super::rules::Rules;
use super::{Ask, Checked, Stopped, Wanted, WantedRecord, overlay_row};
use crate::feed::Target;
use crate::intake::Row;
use crate::ledger::{Action, Code, Finding, Outcome, Severity};
use crate::roster::{Kind, OrgField, OrgKind, OrgNo, Status, Table, pack};

/// One row, read.
struct OrgRow {
    row: Row,
    external_id: String,
    name: Option<String>,
    kind: Option<OrgKind>,
    status: Option<Status>,
    parent: Option<String>,
    address: Option<String>,
    findings: Vec<Finding>,
    fate: Fate,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stands,
    Identical,
    Refused,
}

/// Checks every row.
pub(super) fn check(ask: &Ask<'_>, progress: &mut dyn FnMut(u64, u64) -> bool) -> Result<Checked, Stopped> {
    let mut checked = Checked::default();
    let rules = Rules::new(ask.profile, ask.columns, ask.roster, ask.org);
    let mut rows = read(ask, &rules, &mut checked, progress)?;
    let by_id = claim(ask, &rules, &mut rows);
    refer(ask, &rules, &mut rows, &by_id);
    let mut causes = Causes::default();
    let mut parents = HashMap::new();
    let mut cause_of_row: HashMap<u32, u32> = HashMap::new();
    for row in &mut rows {
        let warned = row.findings.iter().any(|f| f.severity == Severity::Warning);
        let action = match row.fate {
            Fate::Stands => Action::NoChange,
            Fate::Identical => Action::Skipped,
            Fate::Refused => Action::Refused,
        };
        if action == Action::Refused {
            checked.rows_with_errors += 1;
            checked.refused[Kind::Orgs as usize] += 1;
        }
        checked.outcomes.push(Outcome { action, warned });
        checked.tally.count(&row.findings);
        causes.fold(&mut row.findings);
        if let Some(error) = row.findings.iter().find(|f| f.severity >= Severity::Error) {
            cause_of_row.insert(row.row.row, error.cause);
        }
    }
    for finding in rows.iter().flat_map(|r| &r.findings).filter(|f| f.code == Code::REF_308) {
        if let Some(parent) = finding.arg("r").and_then(|r| cause_of_row.get(&r.parse().unwrap_or(0))).filter(|p| **p != finding.cause) {
            parents.insert(finding.cause, *parent);
        }
    }
    (checked.causes, checked.renumber) = causes.finish(&parents);
    checked.rows = rows.len() as u64;
    checked.wanted = wanted(ask, &rows, &by_id);
    rows.into_iter().flat_map(|r| r.findings).for_each(|f| checked.spool.push(f));
    Ok(checked)
}

fn read(
    ask: &Ask<'_>,
    rules: &Rules<'_>,
    checked: &mut Checked,
    progress: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<Vec<OrgRow>, Stopped> {
    let at = |field: OrgField| ask.profile.column_to(Target::Org(field));
    let mut read = Vec::new();
    let mut rows = ask.sheet.rows();
    let mut row = Row::default();
    let mut draft = Draft::default();
    while rows.next(&mut row).map_err(|f| Stopped::Refused(vec![f]))? {
        if row.record % 1024 == 0 && !progress(u64::from(row.record), rows.bytes_done()) {
            return Err(Stopped::Cancelled);
        }
        overlay_row(ask.overlay, &mut row);
        let mut findings = Vec::new();
        let right = rules.check(&row, &mut draft, &mut findings);
        let said = |field: OrgField| {
            let column = at(field)?;
            let text = draft.text(column, rules.cell(&row.cells, column))?;
            Some(String::from_utf8_lossy(text).into_owned())
        };
        read.push(OrgRow {
            external_id: said(OrgField::ExternalId).unwrap_or_default(),
            name: said(OrgField::Name),
            kind: said(OrgField::Type).and_then(|t| OrgKind::from_name(&t)),
            status: draft.status,
            parent: said(OrgField::Parent),
            address: said(OrgField::Address),
            findings,
            fate: if right { Fate::Stands } else { Fate::Refused },
            row: row.clone(),
        });
    }
    if rows.blank_rows() > 0 {
        checked.file_findings.push(Finding::of_file(Code::VAL_206).with("n", rows.blank_rows()));
    }
    Ok(read)
}

/// The first right row of an ID stands; a later one is identical or refused. Gives the standing row of each ID.
fn claim(ask: &Ask<'_>, rules: &Rules<'_>, rows: &mut [OrgRow]) -> HashMap<String, usize> {
    let mut by_id: HashMap<String, usize> = HashMap::new();
    let column = ask.profile.key.first().map(|k| ask.profile.columns[*k].name.clone()).unwrap_or_default();
    for i in 0..rows.len() {
        if rows[i].fate != Fate::Stands {
            continue;
        }
        let Some(&first) = by_id.get(&rows[i].external_id) else {
            by_id.insert(rows[i].external_id.clone(), i);
            continue;
        };
        let list = format!("{} and {}", rows[first].row.row, rows[i].row.row);
        let same = |a: &OrgRow, b: &OrgRow| (&a.name, a.kind, &a.parent, &a.address) == (&b.name, b.kind, &b.parent, &b.address);
        let identical = same(&rows[first], &rows[i]);
        let name = |r: &OrgRow| format!("\"{}\" (row {})", r.name.as_deref().unwrap_or_default(), r.row.row);
        let finding = Finding::of_file(if identical { Code::DUP_402 } else { Code::DUP_413 })
            .in_column(&column)
            .with_value(&rows[i].external_id)
            .with("list", list)
            .with("a", name(&rows[first]))
            .with("b", name(&rows[i]));
        let finding = rules.place(&rows[i].row, finding);
        rows[i].findings.push(finding);
        rows[i].fate = if identical { Fate::Identical } else { Fate::Refused };
    }
    by_id
}

/// Parents must be on the roster or stand in this file; what depends on a refused row falls with it.
fn refer(ask: &Ask<'_>, rules: &Rules<'_>, rows: &mut [OrgRow], by_id: &HashMap<String, usize>) {
    let Some(column) = ask.profile.column_to(Target::Org(OrgField::Parent)).map(|c| ask.profile.columns[c].name.clone()) else { return };
    let refused: HashMap<String, usize> = (0..rows.len())
        .rev()
        .filter(|i| rows[*i].fate == Fate::Refused)
        .filter_map(|i| rules.key(&rows[i].row.cells).map(|id| (id, i)))
        .collect();
    // A chain of parents falls link by link; a circle of parents has no top and falls whole.
    loop {
        let mut fell = false;
        for i in 0..rows.len() {
            let Some(parent) = rows[i].parent.clone().filter(|_| rows[i].fate == Fate::Stands) else { continue };
            let in_file = by_id.get(&parent).copied();
            let stands = in_file.is_some_and(|p| rows[p].fate == Fate::Stands && !reaches(rows, by_id, p, i));
            if stands || (in_file.is_none() && ask.roster.org_by_external_id(&parent).is_some()) {
                continue;
            }
            let finding = match in_file.filter(|p| rows[*p].fate == Fate::Refused).or(refused.get(&parent).copied()) {
                Some(p) if p != i => {
                    let code = rows[p].findings.iter().find(|f| f.severity >= Severity::Error).map(|f| f.code.name()).unwrap_or_default();
                    Finding::of_file(Code::REF_308).with("r", rows[p].row.row).with("code", code).with("n", 1)
                }
                _ => {
                    let ids = ask.roster.orgs().map(|(_, o)| o.external_id.as_str()).chain(by_id.keys().map(String::as_str));
                    Finding::of_file(Code::REF_301).with("near", super::near::near(&parent, ids, 3).join(", "))
                }
            };
            let finding = rules.place(&rows[i].row, finding.in_column(&column).with_value(parent));
            rows[i].findings.push(finding);
            rows[i].fate = Fate::Refused;
            fell = true;
        }
        if !fell {
            return;
        }
    }
}

/// Whether following parents from `from` comes to `to`.
fn reaches(rows: &[OrgRow], by_id: &HashMap<String, usize>, from: usize, to: usize) -> bool {
    let mut at = from;
    for _ in 0..=rows.len() {
        if at == to {
            return true;
        }
        match rows[at].parent.as_ref().and_then(|p| by_id.get(p)) {
            Some(next) => at = *next,
            None => return false,
        }
    }
    true
}

fn wanted(ask: &Ask<'_>, rows: &[OrgRow], by_id: &HashMap<String, usize>) -> Wanted {
    let mut next = ask.roster.table(Table::Orgs).len() as u32;
    let standing: Vec<&OrgRow> = rows.iter().filter(|r| r.fate == Fate::Stands).collect();
    let mut number: HashMap<&str, (OrgNo, bool)> = HashMap::new();
    for row in &standing {
        let known = ask.roster.org_by_external_id(&row.external_id);
        number.insert(&row.external_id, (known.unwrap_or(OrgNo(next)), known.is_some()));
        next += u32::from(known.is_none());
    }
    let mut wanted = Wanted { table: Some(Table::Orgs), ..Wanted::default() };
    for row in standing {
        let (slot, known) = number[row.external_id.as_str()];
        let mut org = ask.roster.org(slot).filter(|_| known).cloned().unwrap_or_default();
        org.external_id.clone_from(&row.external_id);
        if let Some(name) = &row.name {
            org.name.clone_from(name);
        }
        org.kind = row.kind.unwrap_or(org.kind);
        org.status = row.status.unwrap_or(org.status);
        if let Some(parent) = &row.parent {
            let in_file = by_id.get(parent).and_then(|i| number.get(rows[*i].external_id.as_str())).map(|n| n.0);
            org.parent = in_file.or_else(|| ask.roster.org_by_external_id(parent));
        }
        if let Some(address) = &row.address {
            org.address.clone_from(address);
        }
        if let Err(at) = org.feeds.binary_search(&ask.feed) {
            org.feeds.insert(at, ask.feed);
        }
        let packed = pack(&org);
        wanted.records.push(WantedRecord {
            slot: known.then_some(slot.0),
            record: row.row.record,
            line: row.row.line,
            joined: 0,
            start: wanted.bytes.len() as u64,
            len: packed.len() as u32,
        });
        wanted.bytes.extend_from_slice(&packed);
    }
    wanted
}
