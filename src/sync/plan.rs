//! From what the roster would hold to what would change: creates, updates, nothing; counted and numbered.

use super::brought::same_but_for_feeds;
use crate::check::{Checked, Wanted, WantedSet};
use crate::ledger::{Action, Counts, Outcome, Plan, PlannedChange, fields};
use crate::roster::{Entity, Kind, Person, Roster, Table};

/// A plan with what it counts.
#[derive(Debug, Default)]
pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) counts: Counts,
    /// By data record, with created, updated and unchanged told apart.
    pub(super) outcomes: Vec<Outcome>,
    /// Where not all rows are planned, of those that change something: data record, and row as a spreadsheet shows it. Sorted.
    pub(super) rows: Vec<(u32, u32)>,
}

/// Which rows are planned: all, or those that `of` names by data record (record 1 is index 0).
pub(super) enum Which<'a> {
    All,
    Refused(&'a [Outcome]),
}

impl Which<'_> {
    fn takes(&self, record: u32) -> bool {
        match self {
            Self::All => true,
            Self::Refused(last) => last.get(record as usize - 1).is_none_or(|o| o.action == Action::Refused),
        }
    }
}

/// Plans. Takes what was checked apart: the records become the plan's, the outcomes the rows'.
pub(super) fn plan(checked: &mut Checked, roster: &Roster, which: &Which<'_>) -> Planned {
    let mut planned = Planned { outcomes: std::mem::take(&mut checked.outcomes), ..Planned::default() };
    let Wanted { sets, mut bytes } = std::mem::take(&mut checked.wanted);
    // Where records of one file refer to new ones of another table by number, the numbers must stay as they were given.
    let alone = sets.len() == 1;
    for set in sets {
        of_table(set, &mut bytes, roster, which, &mut planned);
    }
    planned.plan.bytes = bytes;
    for (kind, refused) in Kind::ALL.iter().zip(checked.refused) {
        planned.counts.of_mut(*kind).errors = refused;
    }
    planned.plan.position = roster.position();
    planned.plan.changes.sort_unstable_by_key(|c| c.entity);
    // Gaps of rows that were not planned would be slots for ever: number the new records without them.
    if alone {
        close_gaps(&mut planned.plan, roster);
    }
    planned
}

impl Planned {
    /// Takes what becomes of the absent into the plan, counted.
    pub(super) fn add(&mut self, absent: Vec<PlannedChange>) {
        for change in &absent {
            let tally = self.counts.of_mut(change.kind);
            match change.action {
                Action::Disabled => tally.disabled += 1,
                Action::Updated => tally.updated += 1,
                _ => tally.unchanged += 1,
            }
        }
        if !absent.is_empty() {
            self.plan.changes.extend(absent);
            self.plan.changes.sort_unstable_by_key(|c| c.entity);
        }
    }
}

/// Plans what one table would hold.
fn of_table(wanted: WantedSet, bytes: &mut Vec<u8>, roster: &Roster, which: &Which<'_>, planned: &mut Planned) {
    let WantedSet { table, records, joins } = wanted;
    let mut joins = joins.into_iter().peekable();
    let mut next = roster.table(table).len() as u32;
    planned.plan.changes.reserve(records.iter().filter(|r| r.slot.is_none() || r.len > 0).count());
    for wanted in &records {
        // The number is taken even where the row is not planned: other records of this file may refer to it.
        let slot = wanted.slot.unwrap_or_else(|| {
            next += 1;
            next - 1
        });
        let mut joined = Vec::new();
        while let Some((_, record)) = joins.next_if(|j| j.0 == wanted.record) {
            if which.takes(record) {
                joined.push(record);
            } else {
                became(&mut planned.outcomes, record, Action::Skipped);
            }
        }
        let own = which.takes(wanted.record);
        if !own {
            became(&mut planned.outcomes, wanted.record, Action::Skipped);
            if joined.is_empty() {
                continue;
            }
        }
        let entity = Entity { table, slot };
        let before = roster.record(entity);
        let (mut start, mut len) = (wanted.start, wanted.len);
        if let Some(known) = before.filter(|_| len > 0 && !own && table == Table::People) {
            // Only rows that join are taken: they bring their organizations and nothing else.
            let said = Person::unpack(&bytes[start as usize..start as usize + len as usize]);
            if let (Some(mut person), Some(said)) = (Person::unpack(known), said) {
                person.shares = said.shares;
                (start, len) = (bytes.len() as u64, 0);
                person.pack_into(bytes);
                len += (bytes.len() as u64 - start) as u32;
            }
        }
        let after = &bytes[start as usize..start as usize + len as usize];
        let kind = fields::kind(table, if after.is_empty() { before.unwrap_or_default() } else { after });
        let action = match before {
            None => Action::Created,
            Some(before) if after.is_empty() || before == after => Action::NoChange,
            // One more feed brings what is there already: journalled, and counted as unchanged.
            Some(before) if same_but_for_feeds(table, before, after) => Action::NoChange,
            Some(_) => Action::Updated,
        };
        let tally = planned.counts.of_mut(kind);
        match action {
            Action::Created => tally.created += 1,
            Action::Updated => tally.updated += 1,
            _ => tally.unchanged += 1,
        }
        for record in joined.into_iter().chain(own.then_some(wanted.record)) {
            became(&mut planned.outcomes, record, action);
        }
        if !after.is_empty() && before != Some(after) {
            let end = start + u64::from(len);
            if matches!(which, Which::Refused(_)) {
                planned.rows.push((wanted.record, wanted.row));
            }
            planned.plan.changes.push(PlannedChange {
                entity,
                record: wanted.record,
                line: wanted.line,
                action,
                kind,
                after: (start, end),
            });
        }
    }
}

/// New records that are planned get consecutive slots. Nothing refers to a record that is not planned: what would
/// have is itself not planned, or refers to the roster.
fn close_gaps(plan: &mut Plan, roster: &Roster) {
    for table in Table::ALL {
        let first = roster.table(table).len() as u32;
        let fresh = plan.changes.iter_mut().filter(|c| c.entity.table == table && c.entity.slot >= first);
        if table == Table::Orgs {
            continue; // a school's parent may be a record of the same file, by number
        }
        for (next, change) in (first..).zip(fresh) {
            change.entity.slot = next;
        }
    }
}

/// Notes what became of a row. Of a row that brings several records (a person and a class) the most that was done is said.
fn became(outcomes: &mut [Outcome], record: u32, action: Action) {
    let rank = |a: Action| match a {
        Action::Created => 3,
        Action::Updated => 2,
        Action::Disabled => 1,
        _ => 0,
    };
    if let Some(outcome) = (record as usize).checked_sub(1).and_then(|at| outcomes.get_mut(at))
        && (action == Action::Skipped || rank(action) >= rank(outcome.action))
    {
        outcome.action = action;
    }
}

/// Says what became of a row after all, whatever was said of it before.
pub(super) fn decided(outcomes: &mut [Outcome], record: u32, action: Action) {
    if let Some(outcome) = (record as usize).checked_sub(1).and_then(|at| outcomes.get_mut(at)) {
        outcome.action = action;
    }
}

/// A hash of changes, to see later whether they are still those that were shown. `bytes` are their plan's.
pub(super) fn digest(changes: &[PlannedChange], bytes: &[u8], roster: &Roster) -> String {
    // Hashed in large pieces: a million small ones take ten times as long.
    const PIECE: usize = 128 * 1024;
    let mut hasher = blake3::Hasher::new();
    let mut piece = Vec::with_capacity(PIECE + 4096);
    for change in changes {
        piece.extend_from_slice(&[change.entity.table as u8, change.action as u8]);
        piece.extend_from_slice(&change.record.to_le_bytes());
        // A new record's number is no part of what was shown; what a known one has now is.
        if change.action != Action::Created {
            piece.extend_from_slice(&change.entity.slot.to_le_bytes());
            piece.extend_from_slice(roster.record(change.entity).unwrap_or_default());
        }
        let after = &bytes[change.after.0 as usize..change.after.1 as usize];
        piece.extend_from_slice(&(after.len() as u64).to_le_bytes());
        piece.extend_from_slice(after);
        if piece.len() >= PIECE {
            hasher.update(&piece);
            piece.clear();
        }
    }
    hasher.update(&piece);
    hasher.finalize().to_hex()[..32].to_owned()
}
