//! Whom refused rows are about: in modes that disable the absent, a row whose key is known is present even when it is refused.

use super::draft::Draft;
use super::rules::Rules;
use super::{Ask, WantedSet, overlay_row};
use crate::feed::{Profile, Target};
use crate::intake::{self, Row};
use crate::ledger::{Action, Code, Finding, Outcome, Severity};
use crate::roster::{ClassField, CourseField, EnrollmentField, Entity, Field, LinkField, OrgField, PersonNo, Roster, Table, Text};

/// What refused rows name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Records of the roster; a row may name several, and several rows the same.
    pub known: Vec<Entity>,
    /// Rows of which it cannot be told whom they are about: the key is blank or wrong, or the cells have moved.
    pub without_key: u64,
}

/// Reads the refused rows again for what they name. `outcomes` are those of the check of this very file.
pub fn refused(ask: &Ask<'_>, outcomes: &[Outcome]) -> Named {
    let mut named = Named::default();
    // A row that the operator left out says that whom it names is there, as a refused one does.
    let counts = |at: usize, o: &Outcome| o.action == Action::Refused || ask.skips(at as u32 + 1);
    let last = outcomes.iter().enumerate().rev().find(|(at, o)| counts(*at, o)).map_or(0, |(at, _)| at as u32 + 1);
    if last == 0 {
        return named;
    }
    let rules = Rules::new(ask.profile, ask.columns, ask.roster, ask.org);
    let places = Places::of(ask.profile);
    let (mut draft, mut findings) = (Draft::default(), Vec::new());
    let mut rows = ask.sheet.rows();
    let mut row = Row::default();
    while row.record < last && rows.next(&mut row).unwrap_or(false) {
        let at = row.record as usize - 1;
        if outcomes.get(at).is_none_or(|o| !counts(at, o)) {
            continue;
        }
        overlay_row(ask, &mut row);
        let before = named.known.len();
        places.find(ask.roster, &mut |column| clean(&rules, &row, column), &mut named.known);
        if named.known.len() == before {
            findings.clear();
            rules.check(&row, &mut draft, &mut findings);
            if !has_key(ask.profile, &rules, &row, &findings) {
                named.without_key += 1;
            }
        }
    }
    named
}

/// Whether each column of the key is filled and nothing is wrong with how it is written.
fn has_key(profile: &Profile, rules: &Rules<'_>, row: &Row, findings: &[Finding]) -> bool {
    let ragged = findings.iter().any(|f| matches!(f.code, Code::VAL_204 | Code::VAL_205));
    let wrong = |name: &str| {
        let of = |f: &&Finding| f.column.as_deref() == Some(name) && f.severity >= Severity::Error;
        findings.iter().filter(of).any(|f| f.code.name().starts_with("VAL"))
    };
    let sound = |column: &usize| !clean(rules, row, *column).is_empty() && !wrong(&profile.columns[*column].name);
    !ragged && !profile.key.is_empty() && profile.key.iter().all(sound)
}

/// Which columns name records, by what they name.
#[derive(Clone, Copy, Debug, Default)]
struct Places {
    org: Option<usize>,
    person: Option<usize>,
    course: Option<usize>,
    class: Option<usize>,
    member: Option<usize>,
    member_class: Option<usize>,
    guardian: Option<usize>,
    student: Option<usize>,
}

impl Places {
    fn of(profile: &Profile) -> Self {
        let to = |target| profile.column_to(target);
        Self {
            org: to(Target::Org(OrgField::ExternalId)),
            person: to(Target::Person(Field::Text(Text::SourcedId))),
            course: to(Target::Course(CourseField::SourcedId)),
            class: to(Target::Class(ClassField::SourcedId)),
            member: to(Target::Enrollment(EnrollmentField::Person)),
            member_class: to(Target::Enrollment(EnrollmentField::Class)),
            guardian: to(Target::Link(LinkField::Guardian)),
            student: to(Target::Link(LinkField::Student)),
        }
    }

    /// Adds what the cells name on the roster. Where an ID is several people's, all of them: none of them is absent.
    fn find(&self, roster: &Roster, cell: &mut dyn FnMut(usize) -> String, known: &mut Vec<Entity>) {
        let mut text = |column: Option<usize>| column.map(&mut *cell).filter(|t| !t.is_empty());
        let people = |id: Option<String>| -> Vec<PersonNo> { id.map(|id| roster.people_by_id(&id).collect()).unwrap_or_default() };
        if let Some(org) = text(self.org).and_then(|id| roster.org_by_external_id(&id)) {
            known.push(org.into());
        }
        let person = people(text(self.person));
        known.extend(person.iter().map(|n| Entity::from(*n)));
        if self.course.is_none() && self.class.is_none() && self.member_class.is_none() && self.student.is_none() {
            return;
        }
        let relations = roster.relations();
        if let Some(course) = text(self.course).and_then(|id| relations.course(&id)) {
            known.push(course.into());
        }
        let class = text(self.class).and_then(|id| relations.class(&id));
        known.extend(class.map(Entity::from));
        // A row of an assignment is about the person and the class that it names itself.
        let member = if self.member.is_some() { people(text(self.member)) } else { person.clone() };
        if let Some(class) = text(self.member_class).and_then(|id| relations.class(&id)).or(class) {
            known.extend(member.iter().filter_map(|n| relations.enrollment(*n, class)).map(Entity::from));
        }
        let guardians = if self.guardian.is_some() { people(text(self.guardian)) } else { person };
        let students = people(text(self.student));
        let links = guardians.iter().flat_map(|g| students.iter().filter_map(|s| relations.link(*g, *s)));
        known.extend(links.map(Entity::from));
    }
}

fn clean(rules: &Rules<'_>, row: &Row, column: usize) -> String {
    use unicode_normalization::UnicodeNormalization;
    let raw = String::from_utf8_lossy(rules.cell(&row.cells, column));
    intake::clean(&raw).nfc().collect()
}

/// Of records that are wanted as they are, disabled: the indices of those whose rows say nothing of the status. Rows are read again
/// only where the file has a column for it.
pub fn silent_on_status(ask: &Ask<'_>, set: &WantedSet, disabled: Vec<usize>) -> Vec<usize> {
    let target = match set.table {
        Table::People => Target::Person(Field::Status),
        Table::Orgs => Target::Org(OrgField::Status),
        Table::Courses => Target::Course(CourseField::Status),
        Table::Classes => Target::Class(ClassField::Status),
        Table::Enrollments => Target::Enrollment(EnrollmentField::Status),
        Table::Links => Target::Link(LinkField::Status),
    };
    let Some(column) = ask.profile.column_to(target) else { return disabled };
    if ask.profile.columns[column].default.is_some() {
        return Vec::new();
    }
    let rules = Rules::new(ask.profile, ask.columns, ask.roster, ask.org);
    let mut silent = Vec::new();
    let mut rows = ask.sheet.rows();
    let mut row = Row::default();
    // The records come in the order of the file.
    for at in disabled {
        let wanted = &set.records[at];
        while row.record < wanted.record && rows.next(&mut row).unwrap_or(false) {}
        if row.record != wanted.record {
            break;
        }
        overlay_row(ask, &mut row);
        if clean(&rules, &row, column).is_empty() {
            silent.push(at);
        }
    }
    silent
}
