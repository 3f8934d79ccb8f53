//! Who cares for whom, where a row of a person lists the IDs of their guardians (OneRoster's `agentSourcedIds`): after everybody in
//! the file is known, since a guardian may come after the student.

use std::collections::{HashMap, HashSet};

use super::causes::Causes;
use super::{Ask, Checked, WantedRecord, WantedSet, overlay_row};
use crate::feed::Target;
use crate::intake::{Row, clean};
use crate::ledger::{Code, Finding};
use crate::roster::{Family, Link, LinkField, PersonNo, PersonRef, Role, Status, Table, Text, pack};

/// Adds the links that the rows of standing students list. A guardian who is not to be found is said, and the student stands.
pub(super) fn link(ask: &Ask<'_>, mut checked: Checked) -> Checked {
    let Some(agents) = cells_of(ask, Target::Agents) else { return checked };
    let relations = cells_of(ask, Target::Link(LinkField::Relation));
    let people = People::of(ask, &checked);
    let mut causes = Causes::default();
    let mut set = WantedSet { table: Table::Links, records: Vec::new(), joins: Vec::new() };
    let mut linked: HashSet<(PersonNo, PersonNo)> = HashSet::new();
    let mut rows = ask.sheet.rows();
    let mut row = Row::default();
    while let Ok(true) = rows.next(&mut row) {
        if ask.skips(row.record) {
            continue;
        }
        overlay_row(ask, &mut row);
        let Some((student, Role::Student)) = people.by_record.get(&row.record).copied() else { continue };
        let listed = agents.list(&row);
        let said = relations.as_ref().map(|r| r.list(&row)).unwrap_or_default();
        let mut findings = Vec::new();
        for (n, id) in listed.iter().enumerate().filter(|(_, id)| !id.is_empty()) {
            let Some(guardian) = people.guardian(ask, id) else {
                let finding = Finding::of_file(Code::REF_303).as_bad_as(crate::ledger::Severity::Warning).in_column(&agents.name);
                let mut finding = finding.with_value(id).with("type", "guardian").with("what", "link");
                (finding.record, finding.line, finding.row) = (Some(row.record), Some(row.line), Some(row.row));
                finding.key = people.key(student);
                findings.push(finding);
                continue;
            };
            if !linked.insert((guardian, student)) {
                continue;
            }
            let known = ask.roster.relations().link(guardian, student);
            let before = known.and_then(|n| ask.roster.link(n));
            let mut link = before.unwrap_or(Link { guardian, student, relation: String::new(), status: Status::Active, feeds: Vec::new() });
            link.status = Status::Active;
            if let Some(relation) = said.get(n).filter(|r| !r.is_empty()) {
                link.relation.clone_from(relation);
            }
            if let Err(at) = link.feeds.binary_search(&ask.feed) {
                link.feeds.insert(at, ask.feed);
            }
            let packed = pack(&link);
            let (start, len) = (checked.wanted.bytes.len() as u64, packed.len() as u32);
            checked.wanted.bytes.extend_from_slice(&packed);
            let slot = known.map(|n| n.0);
            set.records.push(WantedRecord { slot, record: row.record, line: row.line, row: row.row, start, len });
        }
        if !findings.is_empty() {
            checked.tally.count(&findings);
            causes.fold(&mut findings);
            if let Some(outcome) = checked.outcomes.get_mut(row.record as usize - 1) {
                outcome.warned = true;
            }
            // Their numbers go on where those of the people's own causes end.
            let so_far = checked.renumber.len() as u32;
            for finding in findings {
                checked.spool.push_late(Finding { cause: finding.cause + so_far, ..finding });
            }
        }
    }
    let (more, renumber) = causes.finish(&HashMap::new());
    let last = checked.causes.len() as u32;
    checked.renumber.extend(renumber.into_iter().map(|n| n + last));
    checked.causes.extend(more.into_iter().map(|c| crate::ledger::Cause { number: c.number + last, ..c }));
    if !set.records.is_empty() {
        checked.wanted.sets.push(set);
    }
    checked
}

/// A column that lists several values.
struct Listed {
    name: String,
    cell: usize,
    separator: char,
}

fn cells_of(ask: &Ask<'_>, to: Target) -> Option<Listed> {
    let column = ask.profile.column_to(to)?;
    let cell = ask.columns.at.get(column).copied().flatten()?;
    let column = &ask.profile.columns[column];
    Some(Listed { name: column.name.clone(), cell, separator: column.separator.unwrap_or(',') })
}

impl Listed {
    /// The values of a row, blank ones in their places.
    fn list(&self, row: &Row) -> Vec<String> {
        let text = String::from_utf8_lossy(row.cells.get(self.cell).unwrap_or_default()).into_owned();
        if text.trim().is_empty() { Vec::new() } else { text.split(self.separator).map(|v| clean(v).into_owned()).collect() }
    }
}

/// The people of the file who stand, by the numbers that they have or will get.
struct People {
    by_record: HashMap<u32, (PersonNo, Role)>,
    guardians: HashMap<String, PersonNo>,
    ids: HashMap<PersonNo, String>,
}

impl People {
    fn of(ask: &Ask<'_>, checked: &Checked) -> Self {
        let mut people = Self { by_record: HashMap::new(), guardians: HashMap::new(), ids: HashMap::new() };
        let mut next = ask.roster.table(Table::People).len() as u32;
        for set in checked.wanted.sets.iter().filter(|s| s.table == Table::People) {
            for wanted in &set.records {
                let number = PersonNo(wanted.slot.unwrap_or(next));
                next += u32::from(wanted.slot.is_none());
                let packed = checked.wanted.bytes.get(wanted.start as usize..wanted.start as usize + wanted.len as usize);
                let packed = packed.filter(|p| !p.is_empty()).map(PersonRef::new).or_else(|| ask.roster.person(number));
                let Some(person) = packed else { continue };
                let id = person.text(Text::SourcedId).to_owned();
                if person.role() == Role::Guardian {
                    people.guardians.insert(id.clone(), number);
                }
                people.ids.insert(number, id);
                people.by_record.insert(wanted.record, (number, person.role()));
            }
            for (stands, joined) in &set.joins {
                if let Some(person) = people.by_record.get(stands).copied() {
                    people.by_record.insert(*joined, person);
                }
            }
        }
        people
    }

    fn guardian(&self, ask: &Ask<'_>, id: &str) -> Option<PersonNo> {
        self.guardians.get(id).copied().or_else(|| ask.roster.person_by_id(Family::Guardians, id))
    }

    fn key(&self, person: PersonNo) -> Option<String> {
        self.ids.get(&person).cloned()
    }
}
