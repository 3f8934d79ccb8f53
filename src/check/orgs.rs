//! Rows that are organizations: external IDs unique, parents on the roster or in the same file, in any order.

use std::collections::HashMap;

use super::causes::Causes;
use super::draft::Draft;
use super::rules::Rules;
use super::{Ask, Checked, Stopped, Wanted, WantedRecord, WantedSet, overlay_row};
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
    /// The operator left it out.
    LeftOut,
    Refused,
}

/// Checks every row.
pub(super) fn check(ask: &Ask<'_>, progress: &mut dyn FnMut(u64, u64) -> bool) -> Result<Checked, Stopped> {
    let mut checked = Checked::default();
    let rules = Rules::new(ask.profile, ask.columns, ask.roster, ask.org);
    let mut rows = read(ask, &rules, &mut checked, progress)?;
    let by_id = claim(ask, &rules, &mut rows);
    if let Some(limit) = ask.profile.limits.rows.filter(|l| rows.len() as u64 > *l) {
        let finding = Finding::of_file(Code::FIL_005).with("n", rows.len()).with("max", limit).with("p", &ask.profile.name);
        return Err(Stopped::Refused(vec![finding]));
    }
    refer(ask, &rules, &mut rows, &by_id);
    let mut causes = Causes::default();
    let mut parents = HashMap::new();
    let mut cause_of_row: HashMap<u32, u32> = HashMap::new();
    for row in &mut rows {
        let warned = row.findings.iter().any(|f| f.severity == Severity::Warning);
        let action = match row.fate {
            Fate::Stands => Action::NoChange,
            Fate::Identical | Fate::LeftOut => Action::Skipped,
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
        overlay_row(ask, &mut row);
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
            fate: match (ask.skips(row.record), right) {
                (true, _) => Fate::LeftOut,
                (false, true) => Fate::Stands,
                (false, false) => Fate::Refused,
            },
            findings: if ask.skips(row.record) { Vec::new() } else { findings },
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
        let same = |a: &OrgRow, b: &OrgRow| {
            (&a.name, a.kind, a.status, &a.parent, &a.address) == (&b.name, b.kind, b.status, &b.parent, &b.address)
        };
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

/// Parents must be on the roster or stand in this file; what depends on a refused row falls with it, link by link. A circle of
/// parents has no top and falls whole.
fn refer(ask: &Ask<'_>, rules: &Rules<'_>, rows: &mut [OrgRow], by_id: &HashMap<String, usize>) {
    let Some(column) = ask.profile.column_to(Target::Org(OrgField::Parent)).map(|c| ask.profile.columns[c].name.clone()) else { return };
    let mut refused: HashMap<String, usize> = HashMap::new();
    for i in (0..rows.len()).rev().filter(|i| rows[*i].fate == Fate::Refused) {
        refused.extend(rules.key(&rows[i].row.cells).map(|id| (id, i)));
    }
    let children = children(rows);
    let mut near: HashMap<String, String> = HashMap::new();
    let fall = |rows: &mut [OrgRow], i: usize, finding: Finding| {
        let finding = finding.in_column(&column).with_value(rows[i].parent.clone().unwrap_or_default());
        rows[i].findings.push(rules.place(&rows[i].row, finding));
        rows[i].fate = Fate::Refused;
    };
    // Those whose parent is nowhere, or in a row that was refused.
    let mut fallen: Vec<usize> = Vec::new();
    for i in 0..rows.len() {
        let Some(parent) = rows[i].parent.clone().filter(|_| rows[i].fate == Fate::Stands) else { continue };
        if by_id.contains_key(&parent) || ask.roster.org_by_external_id(&parent).is_some() {
            continue;
        }
        let finding = if let Some(p) = refused.get(&parent) {
            depends(&rows[*p], waiting(&children, rows, &parent))
        } else {
            // A file of a million different wrong parents must not be compared with a million right ones each time.
            if near.len() < MOST_NEAR && !near.contains_key(&parent) {
                let known = ask.roster.orgs().map(|(_, o)| o.external_id.as_str()).chain(by_id.keys().map(String::as_str));
                let mut found = super::near::near(&parent, known, 3);
                found.sort_unstable();
                near.insert(parent.clone(), found.join(", "));
            }
            Finding::of_file(Code::REF_301).with("near", near.get(&parent).map_or("", String::as_str))
        };
        fall(rows, i, finding);
        fallen.push(i);
    }
    loop {
        while let Some(p) = fallen.pop() {
            // Where the organization is on the roster already, it is there with or without its row.
            if ask.roster.org_by_external_id(&rows[p].external_id).is_some() {
                continue;
            }
            for &i in children.get(&rows[p].external_id).into_iter().flatten() {
                if rows[i].fate == Fate::Stands && by_id.get(&rows[p].external_id) == Some(&p) {
                    let finding = depends(&rows[p], waiting(&children, rows, &rows[p].external_id));
                    fall(rows, i, finding);
                    fallen.push(i);
                }
            }
        }
        // A row that falls leaves the roster's parent in place, which may close a circle: look until there is none.
        let circle = circles(ask, rows, by_id);
        if circle.is_empty() {
            return;
        }
        for (i, parent) in circle {
            let why = "the two are above each other";
            fall(rows, i, Finding::of_file(Code::REF_308).with("r", parent.map_or(rows[i].row.row, |p| rows[p].row.row)).with("why", why));
            fallen.push(i);
        }
    }
}

/// Different wrong parents for which the nearest are looked for.
const MOST_NEAR: usize = 1000;

/// Rows by the parent that they name.
fn children(rows: &[OrgRow]) -> HashMap<String, Vec<usize>> {
    let mut children: HashMap<String, Vec<usize>> = HashMap::new();
    for (i, row) in rows.iter().enumerate() {
        if let Some(parent) = row.parent.as_ref().filter(|_| !matches!(row.fate, Fate::Identical | Fate::LeftOut)) {
            children.entry(parent.clone()).or_default().push(i);
        }
    }
    children
}

/// How many rows wait for an organization: those that name it as parent and are right but for that.
fn waiting(children: &HashMap<String, Vec<usize>>, rows: &[OrgRow], id: &str) -> usize {
    let waits = |i: &&usize| rows[**i].findings.iter().all(|f| f.severity < Severity::Error || f.code == Code::REF_308);
    children.get(id).map_or(0, |all| all.iter().filter(waits).count())
}

fn depends(on: &OrgRow, waiting: usize) -> Finding {
    let code = on.findings.iter().find(|f| f.severity >= Severity::Error).map(|f| f.code.name()).unwrap_or_default();
    Finding::of_file(Code::REF_308).with("r", on.row.row).with("code", code).with("n", waiting)
}

/// Standing rows whose parents, followed up through the file and the roster, come back to them; with the row of the parent where
/// that is in the file.
fn circles(ask: &Ask<'_>, rows: &[OrgRow], by_id: &HashMap<String, usize>) -> Vec<(usize, Option<usize>)> {
    let standing = |id: &str| by_id.get(id).copied().filter(|p| rows[*p].fate == Fate::Stands);
    let above = |id: &str| -> Option<String> {
        if let Some(parent) = standing(id).and_then(|p| rows[p].parent.clone()) {
            return Some(parent);
        }
        let org = ask.roster.org(ask.roster.org_by_external_id(id)?)?;
        Some(ask.roster.org(org.parent?)?.external_id.clone())
    };
    // Each organization is gone through once: by the walk on which it was first met.
    let mut met: HashMap<String, usize> = HashMap::new();
    let mut found = Vec::new();
    for (walk, row) in rows.iter().enumerate().filter(|(_, r)| r.fate == Fate::Stands && r.parent.is_some()) {
        let mut path: Vec<String> = Vec::new();
        let mut at = Some(row.external_id.clone());
        while let Some(id) = at.filter(|id| !met.contains_key(id)) {
            met.insert(id.clone(), walk);
            at = above(&id);
            path.push(id);
            let Some(next) = at.as_ref().filter(|n| met.get(*n) == Some(&walk)) else { continue };
            let from = path.iter().position(|p| p == next).unwrap_or(0);
            for id in &path[from..] {
                if let Some(i) = standing(id).filter(|i| rows[*i].parent.is_some()) {
                    found.push((i, rows[i].parent.as_deref().and_then(standing)));
                }
            }
        }
    }
    found.sort_unstable();
    found
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
    let mut set = WantedSet { table: Table::Orgs, records: Vec::new(), joins: Vec::new() };
    let mut bytes = Vec::new();
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
        set.records.push(WantedRecord {
            slot: known.then_some(slot.0),
            record: row.row.record,
            line: row.row.line,
            row: row.row.row,
            start: bytes.len() as u64,
            len: packed.len() as u32,
        });
        bytes.extend_from_slice(&packed);
    }
    Wanted { sets: vec![set], bytes }
}
