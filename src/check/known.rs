//! Looking up what rows name: classes, courses and people, with near matches of what is not there.

use std::collections::HashMap;

use super::Ask;
use super::near::near;
use crate::ledger::{Code, Finding};
use crate::roster::{ClassNo, CourseNo, Family, OrgKind, OrgNo, PersonNo, Roster, Status, Text};

/// Known IDs that wrong ones are compared with, over a whole file: a million wrong ones must not be compared with a million
/// right ones.
const MOST: usize = 4_000_000;

/// Looks up IDs, and remembers what was near a wrong one.
pub(super) struct Known<'a> {
    roster: &'a Roster,
    near: HashMap<(&'static str, String), String>,
    left: usize,
}

impl<'a> Known<'a> {
    pub(super) fn new(roster: &'a Roster) -> Self {
        Self { roster, near: HashMap::new(), left: MOST }
    }

    /// The class of an ID, else REF-304.
    pub(super) fn class(&mut self, id: &str) -> Result<ClassNo, Box<Finding>> {
        let relations = self.roster.relations();
        relations.class(id).ok_or_else(|| Finding::of_file(Code::REF_304).with_value(id).with("near", self.near_class(id)).into())
    }

    /// Known class IDs near one that is not known.
    pub(super) fn near_class(&mut self, id: &str) -> String {
        let relations = self.roster.relations();
        self.near_of("class", id, relations.class_ids().count(), || relations.class_ids())
    }

    /// The course of an ID, else REF-304.
    pub(super) fn course(&mut self, id: &str) -> Result<CourseNo, Box<Finding>> {
        let relations = self.roster.relations();
        relations.course(id).ok_or_else(|| {
            let near = self.near_of("course", id, relations.course_ids().count(), || relations.course_ids());
            Finding::of_file(Code::REF_304).with_value(id).with("near", near).with("type", "Course").into()
        })
    }

    /// REF-303: nobody has the ID. `called` says who should: "teacher"; `what` was not stored for it: "enrollment".
    pub(super) fn nobody(&mut self, id: &str, family: Option<Family>, called: &str, what: &str) -> Finding {
        let roster = self.roster;
        let known = || {
            let of_family = roster.people().filter(move |(_, p)| family.is_none_or(|f| p.role().family() == f));
            of_family.map(|(_, p)| p.text(Text::SourcedId)).filter(|id| !id.is_empty())
        };
        let near = self.near_of(family.map_or("person", Family::name), id, roster.table(crate::roster::Table::People).len(), known);
        Finding::of_file(Code::REF_303).with_value(id).with("near", near).with("type", called).with("what", what)
    }

    fn near_of<I: Iterator<Item = &'a str>>(&mut self, what: &'static str, id: &str, many: usize, known: impl Fn() -> I) -> String {
        if let Some(found) = self.near.get(&(what, id.to_owned())) {
            return found.clone();
        }
        if self.left < many {
            return String::new();
        }
        self.left -= many;
        let mut found = near(id, known(), 3);
        found.sort_unstable();
        let found = found.join(", ");
        self.near.insert((what, id.to_owned()), found.clone());
        found
    }
}

/// Whether a person belongs to a school, to the district above it, or to a part of it (a department of a college).
pub(super) fn belongs(roster: &Roster, person: PersonNo, school: OrgNo) -> bool {
    let above = |org: OrgNo| roster.org(org).and_then(|o| o.parent);
    let Some(person) = roster.person(person) else { return false };
    if person.in_org(school) || above(school).is_some_and(|a| person.in_org(a)) {
        return true;
    }
    // No school is so deep; what a damaged roster has in a circle must end as well.
    let part = |org: OrgNo| std::iter::successors(above(org), |o| above(*o)).take(DEEPEST).any(|o| o == school);
    person.orgs().into_iter().any(part)
}

/// How far below an organization its parts are looked for.
const DEEPEST: usize = 16;

/// An organization's ID, for messages.
pub(super) fn org_id(roster: &Roster, org: OrgNo) -> &str {
    roster.org(org).map_or("", |o| o.external_id.as_str())
}

/// An organization's name, for messages.
pub(super) fn org_name(roster: &Roster, org: OrgNo) -> &str {
    roster.org(org).map_or("", |o| o.name.as_str())
}

/// The school that an upload is for; none where it is for the district or for all.
pub(super) fn only_school(ask: &Ask<'_>) -> Option<OrgNo> {
    ask.org.filter(|o| ask.roster.org(*o).is_some_and(|o| o.kind == OrgKind::School))
}

/// REF-307, where an upload for one school names something of another.
pub(super) fn elsewhere(ask: &Ask<'_>, org: Option<OrgNo>) -> Option<Finding> {
    let (only, org) = (only_school(ask)?, org?);
    let say = || Finding::of_file(Code::REF_307).with("s", org_name(ask.roster, only)).with("t", org_name(ask.roster, org));
    (only != org).then(say)
}

/// REF-302, where what a row names is switched off.
pub(super) fn switched_off(status: Status, called: &str, id: &str) -> Option<Finding> {
    let say = || Finding::of_file(Code::REF_302).with_value(id).with("type", called).with("k", id);
    (status == Status::Disabled).then(say)
}
