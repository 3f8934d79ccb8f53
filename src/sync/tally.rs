//! What a sync did or would do, school by school and kind by kind.

use std::collections::{BTreeMap, HashSet};

use super::brought::same_but_for_feeds;
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
            (Some(before), Some(after)) if same_but_for_feeds(change.entity.table, before, after) => tally.unchanged += 1,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{WantedRecord, WantedSet};
    use crate::roster::{ClassNo, EnrollmentNo, LinkNo, Person, Role, pack};
    use Action::{NoChange, Refused, Skipped};

    const FEED: FeedNo = FeedNo(7);

    fn person(role: Role, orgs: &[u32], feed: FeedNo) -> Vec<u8> {
        let mut person = Person::new(role);
        person.set_share(feed, orgs.iter().map(|o| OrgNo(*o)));
        person.pack()
    }

    fn class(org: u32, title: &str) -> Vec<u8> {
        pack(&Class { title: title.into(), org: Some(OrgNo(org)), ..Class::default() })
    }

    fn enrollment(person: u32, class: u32, status: Status) -> Vec<u8> {
        pack(&Enrollment {
            person: PersonNo(person),
            class: ClassNo(class),
            role: Role::Student,
            primary: false,
            status,
            feeds: vec![FEED],
        })
    }

    fn wanted(table: Table, records: &[(Option<u32>, u32)], joins: &[(u32, u32)]) -> WantedSet {
        let record = |(slot, record): &(Option<u32>, u32)| WantedRecord { slot: *slot, record: *record, line: 0, row: 0, start: 0, len: 0 };
        WantedSet { table, records: records.iter().map(record).collect(), joins: joins.to_vec() }
    }

    fn by(actions: &[Action]) -> Vec<Outcome> {
        actions.iter().map(|action| Outcome { action: *action, warned: false }).collect()
    }

    /// Schools 0 and 1; a student of each, a guardian at no school, a class at each, who is in them, a link.
    fn roster() -> Roster {
        let org = |id: &str| pack(&Org { external_id: id.into(), ..Org::default() });
        let link =
            pack(&Link { guardian: PersonNo(2), student: PersonNo(1), relation: String::new(), status: Status::Active, feeds: vec![FEED] });
        let records: Vec<(Entity, Vec<u8>)> = vec![
            (OrgNo(0).into(), org("S0")),
            (OrgNo(1).into(), org("S1")),
            (PersonNo(0).into(), person(Role::Student, &[0], FEED)),
            (PersonNo(1).into(), person(Role::Student, &[1], FEED)),
            (PersonNo(2).into(), person(Role::Guardian, &[], FEED)),
            (ClassNo(0).into(), class(0, "a")),
            (ClassNo(1).into(), class(1, "b")),
            (EnrollmentNo(0).into(), enrollment(0, 0, Status::Active)),
            (EnrollmentNo(1).into(), enrollment(1, 1, Status::Active)),
            (LinkNo(0).into(), link),
        ];
        Roster::default().with(1, records.iter().map(|(e, r)| (*e, r.as_slice())))
    }

    fn said(all: &BySchool) -> Vec<String> {
        let line = |((org, kind), t): (&(Option<OrgNo>, Kind), &Tally)| {
            let org = org.map_or("-".to_owned(), |o| o.0.to_string());
            format!("{org} {kind} +{} ~{} ={} -{}", t.created, t.updated, t.unchanged, t.disabled)
        };
        all.iter().map(line).collect()
    }

    #[test]
    fn each_table_counts_at_its_school() {
        let roster = roster();
        let now = |entity: Entity| roster.record(entity).map(<[u8]>::to_vec);
        let (new_class, ended) = (class(1, "c"), enrollment(0, 0, Status::Disabled));
        let new_enrollment = enrollment(1, 2, Status::Active);
        let changes = [
            Tallied { entity: ClassNo(2).into(), record: 3, before: None, after: Some(new_class) },
            // No row brings this one: it is absent.
            Tallied { entity: EnrollmentNo(0).into(), record: 0, before: now(EnrollmentNo(0).into()), after: Some(ended) },
            Tallied { entity: EnrollmentNo(2).into(), record: 3, before: None, after: Some(new_enrollment) },
        ];
        let all = Wanted {
            sets: vec![
                wanted(Table::People, &[(Some(0), 1), (Some(1), 2), (Some(2), 2)], &[]),
                wanted(Table::Classes, &[(Some(1), 2), (None, 3)], &[]),
                wanted(Table::Enrollments, &[(Some(1), 2), (None, 3)], &[]),
                wanted(Table::Links, &[(Some(0), 2)], &[]),
            ],
            bytes: Vec::new(),
        };
        let outcomes = by(&[Action::NoChange, Action::NoChange, Action::Created]);
        let beside = beside(&roster, &changes);
        assert_eq!(
            said(&tally(&changes, &all, &outcomes, FEED, &beside)),
            [
                "0 students +0 ~0 =1 -0",
                "0 enrollments +0 ~0 =0 -1",
                "1 students +0 ~0 =1 -0",
                "1 guardians +0 ~0 =1 -0",
                "1 classes +1 ~0 =1 -0",
                "1 enrollments +1 ~0 =1 -0",
                "1 links +0 ~0 =1 -0",
            ]
        );
    }

    #[test]
    fn what_was_not_planned_does_not_count_and_a_record_counts_once() {
        let roster = roster();
        let all = Wanted {
            sets: vec![wanted(Table::People, &[(Some(0), 1), (Some(1), 2), (Some(2), 3)], &[(2, 4), (2, 5), (3, 6)])],
            bytes: Vec::new(),
        };
        // The first was not planned; of the second only a row that joined it was; the third neither itself nor by who joined.
        let outcomes = by(&[Skipped, Skipped, Refused, Skipped, NoChange, Refused]);
        assert_eq!(said(&tally(&[], &all, &outcomes, FEED, &roster)), ["1 students +0 ~0 =1 -0"]);
        let before = roster.record(PersonNo(1).into()).map(<[u8]>::to_vec);
        let mut more = Person::unpack(before.as_deref().unwrap()).unwrap();
        more.set_share(FeedNo(9), [OrgNo(1)]);
        let brought = [Tallied { entity: PersonNo(1).into(), record: 5, before, after: Some(more.pack()) }];
        let outcomes = by(&[Skipped, Skipped, Refused, Skipped, NoChange, Refused]);
        let counted = tally(&brought, &all, &outcomes, FEED, &roster);
        assert_eq!(said(&counted), ["1 students +0 ~0 =1 -0"], "brought by one more feed is no change, and counts once");
    }

    #[test]
    fn of_several_schools_the_feeds_own_counts() {
        let mut person = Person::new(Role::Student);
        person.set_share(FeedNo(1), [OrgNo(0)]);
        person.set_share(FEED, [OrgNo(1)]);
        let packed = person.pack();
        let changes = [Tallied { entity: PersonNo(3).into(), record: 1, before: None, after: Some(packed) }];
        let roster = beside(&roster(), &changes);
        assert_eq!(said(&tally(&changes, &Wanted::default(), &[], FEED, &roster)), ["1 students +1 ~0 =0 -0"]);
        assert_eq!(said(&tally(&changes, &Wanted::default(), &[], FeedNo(1), &roster)), ["0 students +1 ~0 =0 -0"]);
    }
}
