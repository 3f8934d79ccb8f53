//! What a sync did or would do, school by school and kind by kind.

use std::collections::{BTreeMap, HashSet};

use super::plan::only_brought_anew;
use crate::check::Wanted;
use crate::ledger::{Action, Outcome, Tally, fields};
use crate::roster::{
    Class, Course, Enrollment, Entity, FeedNo, Kind, Link, Org, OrgNo, PersonNo, PersonRef, Roster, Status, Table, unpack,
};

/// Tallies by school and kind; no school for records that belong to none.
pub type BySchool = BTreeMap<(Option<OrgNo>, Kind), Tally>;

/// One change: the record, and the data record that brings it (0 where no row does), before and after.
#[derive(Clone, Debug)]
pub struct Tallied {
    /// Which record.
    pub entity: Entity,
    /// The data record number, 0 where no row brought it.
    pub record: u32,
    /// Before; `None` if it is created.
    pub before: Option<Vec<u8>>,
    /// After; `None` if it is removed.
    pub after: Option<Vec<u8>>,
}

/// Counts the changes of a sync and what its rows left as it was. `wanted` is what its rows say of the roster, checked again, and
/// `outcomes` what became of them. `roster` must have every record of the changes, as [`beside`] gives it.
pub fn tally(changes: &[Tallied], wanted: &Wanted, outcomes: &[Outcome], feed: FeedNo, roster: &Roster) -> BySchool {
    let mut all = BySchool::new();
    let mut counted = HashSet::with_capacity(changes.len());
    for change in changes {
        let (before, after) = (change.before.as_deref(), change.after.as_deref());
        let record = after.or(before).unwrap_or_default();
        let tally = all.entry((school(change.entity, record, feed, roster), fields::kind(change.entity.table, record))).or_default();
        match (before, after) {
            (None, _) => tally.created += 1,
            (Some(_), None) => tally.disabled += 1,
            (Some(before), Some(after)) if only_brought_anew(change.entity.table, before, after) => tally.unchanged += 1,
            // Only what no row brings is switched off for being absent; a row that says so is an update.
            (Some(_), Some(after)) if change.record == 0 && is_disabled(change.entity.table, after) => tally.disabled += 1,
            (Some(_), Some(_)) => tally.updated += 1,
        }
        counted.insert(change.entity);
    }
    for set in &wanted.sets {
        for record in &set.records {
            let Some(slot) = record.slot else { continue };
            let entity = Entity { table: set.table, slot };
            // A record counts with any of its rows that was planned: its own, or one that joined it.
            let from = set.joins.partition_point(|j| j.0 < record.record);
            let joined = set.joins[from..].iter().take_while(|j| j.0 == record.record).map(|j| j.1);
            let stood = [record.record].into_iter().chain(joined).any(|r| stands(outcomes, r));
            if stood
                && let Some(now) = roster.record(entity)
                && counted.insert(entity)
            {
                all.entry((school(entity, now, feed, roster), fields::kind(set.table, now))).or_default().unchanged += 1;
            }
        }
    }
    all
}

/// Whether a row was planned and not refused.
fn stands(outcomes: &[Outcome], record: u32) -> bool {
    let outcome = (record as usize).checked_sub(1).and_then(|at| outcomes.get(at));
    outcome.is_some_and(|o| !matches!(o.action, Action::Refused | Action::Skipped))
}

/// The roster with the records of those changes that it does not have: new ones of a plan, and what was removed since. `changes` are
/// sorted by entity.
pub fn beside(roster: &Roster, changes: &[Tallied]) -> Roster {
    let lacking = changes.iter().filter(|c| roster.record(c.entity).is_none());
    roster.with(roster.position(), lacking.filter_map(|c| Some((c.entity, c.after.as_deref().or(c.before.as_deref())?))))
}

/// The school under which a record counts: of a person the first that the feed brings them to.
fn school(entity: Entity, record: &[u8], feed: FeedNo, roster: &Roster) -> Option<OrgNo> {
    match entity.table {
        Table::Orgs => Some(OrgNo(entity.slot)),
        Table::People => person_at(PersonRef::new(record), feed).or_else(|| {
            // A guardian who is brought to no school is of that of the first student.
            let (_, student) = roster.relations().of_guardian(PersonNo(entity.slot)).first()?;
            person_at(roster.person(*student)?, feed)
        }),
        Table::Courses => unpack::<Course>(record)?.org,
        Table::Classes => unpack::<Class>(record)?.org,
        Table::Enrollments => roster.class(unpack::<Enrollment>(record)?.class)?.org,
        Table::Links => person_at(roster.person(unpack::<Link>(record)?.student)?, feed),
    }
}

fn person_at(person: PersonRef<'_>, feed: FeedNo) -> Option<OrgNo> {
    let shares = person.shares();
    let own = shares.iter().find(|s| s.feed == feed).and_then(|s| s.orgs.first().copied());
    own.or_else(|| person.first_org())
}

fn is_disabled(table: Table, record: &[u8]) -> bool {
    let status = match table {
        Table::Orgs => unpack::<Org>(record).map(|r| r.status),
        Table::People => Some(PersonRef::new(record).status()),
        Table::Courses => unpack::<Course>(record).map(|r| r.status),
        Table::Classes => unpack::<Class>(record).map(|r| r.status),
        Table::Enrollments => unpack::<Enrollment>(record).map(|r| r.status),
        Table::Links => unpack::<Link>(record).map(|r| r.status),
    };
    status == Some(Status::Disabled)
}
