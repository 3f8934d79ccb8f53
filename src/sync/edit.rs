//! Edits by hand: a local fix on the roster itself, checked field by field; all fields or none.

use super::by_hand::{self, Problem};
use super::{Failed, Runner};
use crate::check::near::near;
use crate::intake;
use crate::ledger::{Action, Entry, EntryKind, Plan, PlannedChange, fields};
use crate::roster::{
    ClassField, ClassNo, CourseField, CourseNo, EnrollmentField, EnrollmentNo, Entity, FeedNo, Field, LinkField, LinkNo, OrgField, OrgNo,
    PersonNo, Roster, Table, pack,
};
use crate::store::Commit;

impl Runner<'_> {
    /// Changes a person. `fields` are names and new values; an empty value clears.
    pub fn edit_person(&mut self, roster: &Roster, person: PersonNo, changes: &[(String, String)]) -> Result<Roster, Failed> {
        let Some(now) = roster.person(person) else {
            return Err(Failed::Usage("There is no such person.".into(), "Look with: homeroom find NAME".into()));
        };
        let mut next = now.to_person();
        each(changes, &Field::ALL.iter().map(|f| f.name()).collect::<Vec<_>>(), "", &mut |name, value| {
            Field::from_name(name).map(|field| by_hand::person(&mut next, field, value, roster))
        })?;
        refused(by_hand::person_problem(roster, Some(person), &next))?;
        self.publish_edit(roster, person.into(), now.bytes(), &next.pack())
    }

    /// Changes an organization. `fields` are names and new values; an empty value clears.
    pub fn edit_org(&mut self, roster: &Roster, number: OrgNo, changes: &[(String, String)]) -> Result<Roster, Failed> {
        let Some(now) = roster.org(number) else {
            return Err(Failed::Usage("There is no such organization.".into(), "See them with: homeroom list schools".into()));
        };
        let mut next = now.clone();
        each(changes, &OrgField::ALL.iter().map(|f| f.name()).collect::<Vec<_>>(), "", &mut |name, value| {
            OrgField::from_name(name).map(|field| by_hand::org(&mut next, field, value, Some(number), roster))
        })?;
        let before = roster.record(number.into()).unwrap_or_default();
        self.publish_edit(roster, number.into(), before, &pack(&next))
    }

    /// Changes any record. Of a course, class, enrollment or guardian link a field goes by its name with or without the kind before it
    /// (`class_title`, `title`).
    pub fn edit_entity(&mut self, roster: &Roster, entity: Entity, changes: &[(String, String)]) -> Result<Roster, Failed> {
        let gone = || Failed::Usage("There is no such record any more.".into(), "Look with: homeroom list classes".into());
        let before = roster.record(entity).ok_or_else(gone)?;
        let after = match entity.table {
            Table::People => return self.edit_person(roster, PersonNo(entity.slot), changes),
            Table::Orgs => return self.edit_org(roster, OrgNo(entity.slot), changes),
            Table::Courses => {
                let number = CourseNo(entity.slot);
                let mut next = roster.course(number).ok_or_else(gone)?;
                each(changes, &CourseField::ALL.iter().map(|f| f.name()).collect::<Vec<_>>(), "course_", &mut |name, value| {
                    CourseField::from_name(name).map(|field| by_hand::course(&mut next, field, value, roster))
                })?;
                refused(by_hand::course_problem(roster, Some(number), &next))?;
                pack(&next)
            }
            Table::Classes => {
                let number = ClassNo(entity.slot);
                let mut next = roster.class(number).ok_or_else(gone)?;
                each(changes, &ClassField::ALL.iter().map(|f| f.name()).collect::<Vec<_>>(), "class_", &mut |name, value| {
                    ClassField::from_name(name).map(|field| by_hand::class(&mut next, field, value, roster))
                })?;
                refused(by_hand::class_problem(roster, Some(number), &next))?;
                pack(&next)
            }
            Table::Enrollments => {
                let number = EnrollmentNo(entity.slot);
                let mut next = roster.enrollment(number).ok_or_else(gone)?;
                each(changes, &EnrollmentField::ALL.iter().map(|f| f.name()).collect::<Vec<_>>(), "enrollment_", &mut |name, value| {
                    EnrollmentField::from_name(name).map(|field| by_hand::enrollment(&mut next, field, value))
                })?;
                refused(by_hand::enrollment_problem(roster, Some(number), &next))?;
                pack(&next)
            }
            Table::Links => {
                let number = LinkNo(entity.slot);
                let mut next = roster.link(number).ok_or_else(gone)?;
                each(changes, &LinkField::ALL.iter().map(|f| f.name()).collect::<Vec<_>>(), "link_", &mut |name, value| {
                    LinkField::from_name(name).map(|field| by_hand::link(&mut next, field, value))
                })?;
                refused(by_hand::link_problem(roster, Some(number), &next))?;
                pack(&next)
            }
        };
        self.publish_edit(roster, entity, before, &after)
    }

    fn publish_edit(&mut self, roster: &Roster, entity: Entity, before: &[u8], after: &[u8]) -> Result<Roster, Failed> {
        if before == after { Ok(roster.clone()) } else { self.publish_by_hand(roster, entity, Action::Updated, after) }
    }

    /// Publishes one record as an entry of its own in the journal.
    pub(super) fn publish_by_hand(&mut self, roster: &Roster, entity: Entity, action: Action, after: &[u8]) -> Result<Roster, Failed> {
        let kind = fields::kind(entity.table, after);
        let change = PlannedChange { entity, record: 0, line: 0, action, kind, after: (0, after.len() as u64) };
        let plan = Plan { position: roster.position(), changes: vec![change], bytes: after.to_vec() };
        let entry =
            Entry { position: 0, kind: EntryKind::Edit, sync: None, feed: FeedNo::HAND, by: self.by.clone(), at: (self.now)(), changes: 1 };
        Ok(self.store.commit(Commit { run: None, syncs: &[], entry, roster, plan: &plan })?)
    }
}

/// Sets a field by name and value; none for a name that is no field.
pub(super) type Put<'p> = dyn FnMut(&str, &str) -> Option<Result<(), String>> + 'p;

/// Sets each field that is named; `put` gives none for a name that it does not know. A name may leave out the `prefix` that all names
/// of the record have.
pub(super) fn each(changes: &[(String, String)], all: &[&str], prefix: &str, put: &mut Put<'_>) -> Result<(), Failed> {
    let mut seen: Vec<String> = Vec::with_capacity(changes.len());
    for (given, value) in changes {
        let whole = if all.contains(&given.as_str()) { given.clone() } else { format!("{prefix}{given}") };
        if seen.contains(&whole) {
            return Err(not_taken(given, "is given twice"));
        }
        match put(&whole, intake::trim_str(value)) {
            None => return Err(no_field(given, all)),
            Some(taken) => taken.map_err(|why| not_taken(given, &why))?,
        }
        seen.push(whole);
    }
    Ok(())
}

/// What stops a record, as it is said.
pub(super) fn refused(problem: Option<Problem>) -> Result<(), Failed> {
    problem.map_or(Ok(()), |(field, why)| Err(not_taken(field, &why)))
}

pub(super) fn not_taken(field: &str, why: &str) -> Failed {
    Failed::Usage(format!("{field}: {why}"), "Nothing was changed. Give another value.".into())
}

fn no_field(name: &str, all: &[&str]) -> Failed {
    let next = match near(name, all.iter().copied(), 1).first() {
        Some(near) => format!("Did you mean {near}?"),
        None => format!("There are: {}.", all.join(", ")),
    };
    Failed::Usage(format!("There is no field \"{name}\"."), next)
}
