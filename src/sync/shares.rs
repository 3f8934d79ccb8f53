//! How far a plan reaches: what each school gains, loses and keeps changed, kind by kind.
//!
//! A person counts at every school they belong to; an enrollment at its class's, a guardian link and a guardian without a school of
//! their own at the students'. Who moves from one school to another is lost to the one and gained by the other.

use std::collections::HashMap;

use super::brought::{is_active, same_but_for_feeds};
use crate::ledger::fields;
use crate::roster::{Class, ClassNo, Course, Enrollment, Entity, Family, Kind, Link, OrgNo, PersonNo, PersonRef, Roster, Table, unpack};

/// What changes do to one kind at one school.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// The school; `None` for records that belong to none.
    pub org: Option<OrgNo>,
    /// The kind.
    pub kind: Kind,
    /// New there: created, in use again, or come from another school.
    pub gained: u64,
    /// There before and after, with another value.
    pub changed: u64,
    /// Not in use there any more: disabled, removed, or gone to another school.
    pub lost: u64,
}

/// A record before and after.
pub type Reach<'a> = (Entity, Option<&'a [u8]>, Option<&'a [u8]>);

type Tallies = HashMap<(Option<OrgNo>, Kind), [u64; 3], foldhash::fast::RandomState>;

/// What changes do to each school and kind, in order of school and kind; `roster` is that before the changes, or after: what they bring
/// themselves need not be on it. An empty record is one that is not there.
pub fn by_school<'a>(changes: impl Iterator<Item = Reach<'a>> + Clone, roster: &'a Roster) -> Vec<Share> {
    let beside = Beside::of(changes.clone(), roster);
    let mut tallies = Tallies::default();
    let (mut was, mut is) = (Vec::new(), Vec::new());
    for (entity, before, after) in changes {
        let (before, after) = (before.filter(|r| !r.is_empty()), after.filter(|r| !r.is_empty()));
        let Some(record) = after.or(before) else { continue };
        if let (Some(b), Some(a)) = (before, after)
            && same_but_for_feeds(entity.table, b, a)
        {
            continue;
        }
        let kind = fields::kind(entity.table, record);
        let schools = |record: Option<&[u8]>, to: &mut Vec<Option<OrgNo>>| {
            to.clear();
            if let Some(record) = record {
                beside.schools(entity, record, to);
            }
        };
        schools(before, &mut was);
        schools(after, &mut is);
        let active = |record: Option<&[u8]>| record.is_some_and(|r| is_active(entity.table, r));
        let (active_before, active_after) = (active(before), active(after));
        for org in &is {
            let before_here = before.is_some() && was.contains(org);
            let [gained, changed, lost] = tallies.entry((*org, kind)).or_default();
            match (before_here, active_before, active_after) {
                (false, ..) | (true, false, true) => *gained += 1,
                (true, true, false) => *lost += 1,
                (true, ..) => *changed += 1,
            }
        }
        for org in was.iter().filter(|org| !is.contains(org)) {
            let [_, changed, lost] = tallies.entry((*org, kind)).or_default();
            *(if active_before || after.is_none() { lost } else { changed }) += 1;
        }
    }
    let share = |((org, kind), [gained, changed, lost]): ((Option<OrgNo>, Kind), [u64; 3])| Share { org, kind, gained, changed, lost };
    let mut shares: Vec<Share> = tallies.into_iter().map(share).collect();
    shares.sort_unstable_by_key(|s| (s.org, s.kind as usize));
    shares
}

/// The roster, and what the changes themselves bring that others of them refer to.
struct Beside<'a> {
    roster: &'a Roster,
    people: HashMap<u32, &'a [u8]>,
    classes: HashMap<u32, Option<OrgNo>>,
    /// The students of guardians, by the links that are new.
    students: HashMap<u32, Vec<PersonNo>>,
}

impl<'a> Beside<'a> {
    fn of(changes: impl Iterator<Item = Reach<'a>> + Clone, roster: &'a Roster) -> Self {
        let mut beside = Self { roster, people: HashMap::new(), classes: HashMap::new(), students: HashMap::new() };
        // Most files bring people and nothing that refers to them: then there is nothing to remember.
        if !changes.clone().any(|c| matches!(c.0.table, Table::Enrollments | Table::Links)) {
            return beside;
        }
        for (entity, before, after) in changes {
            let Some(record) = after.filter(|a| !a.is_empty()).or(before) else { continue };
            match entity.table {
                Table::People if roster.record(entity).is_none() => {
                    beside.people.insert(entity.slot, record);
                }
                Table::Classes if roster.record(entity).is_none() => {
                    beside.classes.insert(entity.slot, unpack::<Class>(record).and_then(|c| c.org));
                }
                Table::Links => {
                    if let Some(link) = unpack::<Link>(record) {
                        beside.students.entry(link.guardian.0).or_default().push(link.student);
                    }
                }
                _ => {}
            }
        }
        beside
    }

    /// The schools under which a record counts, each once; `None` alone where it belongs to none.
    fn schools(&self, entity: Entity, record: &[u8], to: &mut Vec<Option<OrgNo>>) {
        let mut add = |org: OrgNo| {
            if !to.contains(&Some(org)) {
                to.push(Some(org));
            }
        };
        match entity.table {
            Table::Orgs => add(OrgNo(entity.slot)),
            Table::People => {
                let person = PersonRef::new(record);
                person.each_share(|_, org| add(org));
                if to.is_empty() && person.role().family() == Family::Guardians {
                    self.students_schools(PersonNo(entity.slot), to);
                }
            }
            Table::Courses => unpack::<Course>(record).and_then(|c| c.org).into_iter().for_each(add),
            Table::Classes => unpack::<Class>(record).and_then(|c| c.org).into_iter().for_each(add),
            Table::Enrollments => unpack::<Enrollment>(record).and_then(|e| self.class_at(e.class)).into_iter().for_each(add),
            Table::Links => {
                if let Some(person) = unpack::<Link>(record).and_then(|l| self.person(l.student)) {
                    person.each_share(|_, org| add(org));
                }
            }
        }
        if to.is_empty() {
            to.push(None);
        }
    }

    fn students_schools(&self, guardian: PersonNo, to: &mut Vec<Option<OrgNo>>) {
        let known = self.roster.relations().of_guardian(guardian).iter().map(|l| l.1);
        let new = self.students.get(&guardian.0).into_iter().flatten().copied();
        for student in known.chain(new) {
            let Some(person) = self.person(student) else { continue };
            person.each_share(|_, org| {
                if !to.contains(&Some(org)) {
                    to.push(Some(org));
                }
            });
        }
    }

    fn person(&self, number: PersonNo) -> Option<PersonRef<'_>> {
        self.roster.person(number).or_else(|| self.people.get(&number.0).map(|r| PersonRef::new(r)))
    }

    fn class_at(&self, number: ClassNo) -> Option<OrgNo> {
        match self.roster.class(number) {
            Some(class) => class.org,
            None => self.classes.get(&number.0).copied().flatten(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::{FeedNo, Org, Person, Role, Status, pack};

    const FEED: FeedNo = FeedNo(7);

    fn person(role: Role, orgs: &[u32], status: Status) -> Vec<u8> {
        let mut person = Person::new(role);
        person.status = status;
        person.set_share(FEED, orgs.iter().map(|o| OrgNo(*o)));
        person.pack()
    }

    fn said(shares: &[Share]) -> Vec<String> {
        let org = |s: &Share| s.org.map_or("-".to_owned(), |o| o.0.to_string());
        shares.iter().map(|s| format!("{} {} +{} ~{} -{}", org(s), s.kind, s.gained, s.changed, s.lost)).collect()
    }

    #[test]
    fn a_move_is_lost_to_the_one_school_and_gained_by_the_other() {
        let roster = Roster::default();
        let (at_one, at_two) = (person(Role::Student, &[1], Status::Active), person(Role::Student, &[2], Status::Active));
        let (both, off) = (person(Role::Student, &[1, 2], Status::Active), person(Role::Student, &[1], Status::Disabled));
        let at = |n: u32| Entity::from(PersonNo(n));
        let changes: Vec<Reach<'_>> = vec![
            (at(0), Some(&at_one), Some(&at_two)),
            (at(1), Some(&at_one), Some(&both)),
            (at(2), Some(&at_one), Some(&off)),
            (at(3), None, Some(&at_two)),
            (at(4), Some(&at_one), None),
        ];
        assert_eq!(said(&by_school(changes.into_iter(), &roster)), ["1 students +0 ~1 -3", "2 students +3 ~0 -0"]);
    }

    #[test]
    fn what_is_tied_counts_where_it_belongs_though_the_plan_itself_brings_it() {
        let org = |id: &str| pack(&Org { external_id: id.into(), ..Org::default() });
        let orgs = [(Entity::from(OrgNo(0)), org("S0")), (Entity::from(OrgNo(1)), org("S1"))];
        let roster = Roster::default().with(1, orgs.iter().map(|(e, r)| (*e, r.as_slice())));
        let (student, guardian) = (person(Role::Student, &[1], Status::Active), person(Role::Guardian, &[], Status::Active));
        let class = pack(&Class { title: "Algebra".into(), org: Some(OrgNo(0)), ..Class::default() });
        let (status, feeds) = (Status::Active, vec![FEED]);
        let in_class =
            pack(&Enrollment { person: PersonNo(0), class: ClassNo(0), role: Role::Student, primary: false, status, feeds: feeds.clone() });
        let link = pack(&Link { guardian: PersonNo(1), student: PersonNo(0), relation: String::new(), status, feeds });
        let changes: Vec<Reach<'_>> = vec![
            (PersonNo(0).into(), None, Some(&student)),
            (PersonNo(1).into(), None, Some(&guardian)),
            (ClassNo(0).into(), None, Some(&class)),
            (Entity { table: Table::Enrollments, slot: 0 }, None, Some(&in_class)),
            (Entity { table: Table::Links, slot: 0 }, None, Some(&link)),
        ];
        let all = said(&by_school(changes.into_iter(), &roster));
        let expected = ["0 classes +1 ~0 -0", "0 enrollments +1 ~0 -0", "1 students +1 ~0 -0", "1 guardians +1 ~0 -0", "1 links +1 ~0 -0"];
        let mut sorted = (all, expected.map(str::to_owned).to_vec());
        sorted.0.sort();
        sorted.1.sort();
        assert_eq!(sorted.0, sorted.1);
    }
}
