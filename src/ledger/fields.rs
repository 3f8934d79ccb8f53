//! Records field by field, in words: what plans, histories and forms show.

use super::change::FieldChange;
use crate::roster::{
    Class, ClassField, ClassNo, Course, CourseField, Enrollment, EnrollmentField, Field, Kind, Link, LinkField, Org, OrgField, OrgNo,
    Person, PersonNo, PersonRef, Roster, Table, Text, unpack,
};

/// The value of a person's field in words; organizations by external ID, `; ` between.
pub fn person_field(person: &Person, field: Field, roster: &Roster) -> String {
    match field {
        Field::Text(text) => person.text(text).to_owned(),
        Field::Role => person.role.name().to_owned(),
        Field::Grade => person.grade.map(|g| g.code().to_owned()).unwrap_or_default(),
        Field::Status => person.status.name().to_owned(),
        Field::Orgs => person.orgs().into_iter().map(|o| org_id(roster, o)).collect::<Vec<_>>().join("; "),
    }
}

/// The value of an organization's field in words; the parent by external ID.
pub fn org_field(org: &Org, field: OrgField, roster: &Roster) -> String {
    match field {
        OrgField::ExternalId => org.external_id.clone(),
        OrgField::Name => org.name.clone(),
        OrgField::Type => org.kind.name().to_owned(),
        OrgField::Parent => org.parent.map(|p| org_id(roster, p)).unwrap_or_default(),
        OrgField::Address => org.address.clone(),
        OrgField::Status => org.status.name().to_owned(),
    }
}

fn org_id(roster: &Roster, number: OrgNo) -> String {
    roster.org(number).map_or_else(|| format!("@{}", number.0), |o| o.external_id.clone())
}

/// The value of a course's field in words.
pub fn course_field(course: &Course, field: CourseField, roster: &Roster) -> String {
    match field {
        CourseField::SourcedId => course.sourced_id.clone(),
        CourseField::Title => course.title.clone(),
        CourseField::Code => course.code.clone(),
        CourseField::Org => course.org.map(|o| org_id(roster, o)).unwrap_or_default(),
        CourseField::Status => course.status.name().to_owned(),
    }
}

/// The value of a class's field in words.
pub fn class_field(class: &Class, field: ClassField, roster: &Roster) -> String {
    match field {
        ClassField::SourcedId => class.sourced_id.clone(),
        ClassField::Title => class.title.clone(),
        ClassField::Grade => class.grade.map(|g| g.code().to_owned()).unwrap_or_default(),
        ClassField::Subject => class.subject.clone(),
        ClassField::Course => {
            class.course.map(|c| roster.course(c).map_or_else(|| format!("@{}", c.0), |c| c.sourced_id)).unwrap_or_default()
        }
        ClassField::Org => class.org.map(|o| org_id(roster, o)).unwrap_or_default(),
        ClassField::Status => class.status.name().to_owned(),
    }
}

/// The value of an enrollment's field in words.
pub fn enrollment_field(enrollment: &Enrollment, field: EnrollmentField, roster: &Roster) -> String {
    match field {
        EnrollmentField::Person => person_id(roster, enrollment.person),
        EnrollmentField::Class => class_id(roster, enrollment.class),
        EnrollmentField::Role => enrollment.role.name().to_owned(),
        EnrollmentField::Primary => if enrollment.primary { "true" } else { "" }.to_owned(),
        EnrollmentField::Status => enrollment.status.name().to_owned(),
    }
}

/// The value of a guardian link's field in words.
pub fn link_field(link: &Link, field: LinkField, roster: &Roster) -> String {
    match field {
        LinkField::Guardian => person_id(roster, link.guardian),
        LinkField::Student => person_id(roster, link.student),
        LinkField::Relation => link.relation.clone(),
        LinkField::Status => link.status.name().to_owned(),
    }
}

/// A person by ID; by name where there is no ID.
fn person_id(roster: &Roster, number: PersonNo) -> String {
    let Some(person) = roster.person(number) else { return format!("@{}", number.0) };
    match person.text(Text::SourcedId) {
        "" => person.name().into_owned(),
        id => id.to_owned(),
    }
}

/// A class by ID; by title where there is no ID.
fn class_id(roster: &Roster, number: ClassNo) -> String {
    let Some(class) = roster.class(number) else { return format!("@{}", number.0) };
    if class.sourced_id.is_empty() { class.title } else { class.sourced_id }
}

/// Every field of a packed record, by name; blank ones left out.
pub fn fields(table: Table, record: &[u8], roster: &Roster) -> Vec<(&'static str, String)> {
    let all: Vec<(&'static str, String)> = match table {
        Table::People => {
            let person = PersonRef::new(record).to_person();
            Field::ALL.iter().map(|f| (f.name(), person_field(&person, *f, roster))).collect()
        }
        Table::Orgs => {
            let org: Org = unpack(record).unwrap_or_default();
            OrgField::ALL.iter().map(|f| (f.name(), org_field(&org, *f, roster))).collect()
        }
        Table::Courses => {
            let course: Course = unpack(record).unwrap_or_default();
            CourseField::ALL.iter().map(|f| (f.name(), course_field(&course, *f, roster))).collect()
        }
        Table::Classes => {
            let class: Class = unpack(record).unwrap_or_default();
            ClassField::ALL.iter().map(|f| (f.name(), class_field(&class, *f, roster))).collect()
        }
        Table::Enrollments => match unpack::<Enrollment>(record) {
            Some(e) => EnrollmentField::ALL.iter().map(|f| (f.name(), enrollment_field(&e, *f, roster))).collect(),
            None => Vec::new(),
        },
        Table::Links => match unpack::<Link>(record) {
            Some(link) => LinkField::ALL.iter().map(|f| (f.name(), link_field(&link, *f, roster))).collect(),
            None => Vec::new(),
        },
    };
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// What differs between two packed records, in the order in which fields are shown. No record is a record of blanks.
pub fn differences(table: Table, before: Option<&[u8]>, after: Option<&[u8]>, roster: &Roster) -> Vec<FieldChange> {
    let read = |record: Option<&[u8]>| record.map(|r| fields(table, r, roster)).unwrap_or_default();
    let (before, after) = (read(before), read(after));
    let value = |of: &[(&str, String)], name: &str| of.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    let names: Vec<&'static str> = match table {
        Table::People => Field::ALL.iter().map(|f| f.name()).collect(),
        Table::Orgs => OrgField::ALL.iter().map(|f| f.name()).collect(),
        Table::Courses => CourseField::ALL.iter().map(|f| f.name()).collect(),
        Table::Classes => ClassField::ALL.iter().map(|f| f.name()).collect(),
        Table::Enrollments => EnrollmentField::ALL.iter().map(|f| f.name()).collect(),
        Table::Links => LinkField::ALL.iter().map(|f| f.name()).collect(),
    };
    let changes = names.into_iter().map(|n| FieldChange { field: n.to_owned(), before: value(&before, n), after: value(&after, n) });
    changes.filter(|c| c.before != c.after).collect()
}

/// Key (ID) and name of a packed record.
pub fn key_and_name(table: Table, record: &[u8]) -> (String, String) {
    match table {
        Table::People => {
            let person = PersonRef::new(record);
            (person.text(crate::roster::Text::SourcedId).to_owned(), person.name().into_owned())
        }
        Table::Orgs => unpack::<Org>(record).map(|o| (o.external_id, o.name)).unwrap_or_default(),
        Table::Courses => unpack::<Course>(record).map(|c| (c.sourced_id, c.title)).unwrap_or_default(),
        Table::Classes => unpack::<Class>(record).map(|c| (c.sourced_id, c.title)).unwrap_or_default(),
        // What these are follows from what they tie together: see `fields`.
        Table::Enrollments | Table::Links => Default::default(),
    }
}

/// The kind under which a packed record counts.
pub fn kind(table: Table, record: &[u8]) -> Kind {
    match table {
        Table::Orgs => Kind::Orgs,
        Table::People => PersonRef::new(record).role().family().kind(),
        Table::Courses => Kind::Courses,
        Table::Classes => Kind::Classes,
        Table::Enrollments => Kind::Enrollments,
        Table::Links => Kind::Links,
    }
}
