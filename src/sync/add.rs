//! Records made by hand: checked as files are, brought by nobody's feed, an entry of their own in the journal.

use super::edit::{each, not_taken, refused};
use super::{Failed, Runner, by_hand};
use crate::ledger::Action;
use crate::roster::{
    Class, ClassField, ClassNo, Course, CourseField, Enrollment, EnrollmentField, Entity, FeedNo, Field, Link, LinkField, Org, OrgField,
    OrgNo, Person, PersonNo, PersonRef, Role, Roster, Status, Table, pack,
};

/// Finds the record of a table that a reference names; the error says why there is none.
pub type Refer<'r> = &'r dyn Fn(Table, &str) -> Result<Entity, String>;

impl Runner<'_> {
    /// Makes a record of that table. `given` are fields by name and value: of a course, class, enrollment or guardian link with or without
    /// the kind before the name (`class_title`, `title`). All are taken, or nothing is made.
    pub fn add(&mut self, roster: &Roster, table: Table, given: &[(String, String)], refer: Refer<'_>) -> Result<(Entity, Roster), Failed> {
        let record = match table {
            Table::People => person(roster, given)?,
            Table::Orgs => org(roster, given)?,
            Table::Courses => course(roster, given)?,
            Table::Classes => class(roster, given)?,
            Table::Enrollments => enrollment(roster, given, refer)?,
            Table::Links => link(roster, given, refer)?,
        };
        let entity = Entity { table, slot: roster.table(table).len() as u32 };
        let after = self.publish_by_hand(roster, entity, Action::Created, &record)?;
        Ok((entity, after))
    }
}

/// What a record cannot be without.
fn needs(what: &str, field: &str, next: impl Into<String>) -> Failed {
    let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "An" } else { "A" };
    Failed::Usage(format!("{article} {what} needs {field}."), next.into())
}

fn person(roster: &Roster, given: &[(String, String)]) -> Result<Vec<u8>, Failed> {
    let is_role = |g: &&(String, String)| g.0 == Field::Role.name() && !g.1.trim().is_empty();
    if !given.iter().any(|g| is_role(&g)) {
        let roles: Vec<&str> = Role::ALL.iter().map(|r| r.name()).collect();
        return Err(needs("person", "role", format!("Give role=ROLE, one of {}.", roles.join(", "))));
    }
    let mut next = Person::new(Role::Student);
    // Even who is at no school is somebody's: nobody's file may take away who was made by hand.
    next.set_share(FeedNo::HAND, []);
    each(given, &Field::ALL.iter().map(|f| f.name()).collect::<Vec<_>>(), "", &mut |name, value| {
        Field::from_name(name).map(|field| by_hand::person(&mut next, field, value, roster))
    })?;
    refused(by_hand::person_problem(roster, None, &next))?;
    Ok(next.pack())
}

fn org(roster: &Roster, given: &[(String, String)]) -> Result<Vec<u8>, Failed> {
    let mut next = Org { feeds: vec![FeedNo::HAND], ..Org::default() };
    each(given, &OrgField::ALL.iter().map(|f| f.name()).collect::<Vec<_>>(), "", &mut |name, value| {
        OrgField::from_name(name).map(|field| by_hand::org(&mut next, field, value, None::<OrgNo>, roster))
    })?;
    if next.external_id.is_empty() {
        return Err(needs("school", OrgField::ExternalId.name(), "Give external_id=ID, unique over all schools and districts."));
    }
    if next.name.is_empty() {
        return Err(needs("school", OrgField::Name.name(), "Give name=NAME."));
    }
    Ok(pack(&next))
}

fn course(roster: &Roster, given: &[(String, String)]) -> Result<Vec<u8>, Failed> {
    let mut next = Course { feeds: vec![FeedNo::HAND], ..Course::default() };
    each(given, &CourseField::ALL.iter().map(|f| f.name()).collect::<Vec<_>>(), "course_", &mut |name, value| {
        CourseField::from_name(name).map(|field| by_hand::course(&mut next, field, value, roster))
    })?;
    refused(by_hand::course_problem(roster, None, &next))?;
    Ok(pack(&next))
}

fn class(roster: &Roster, given: &[(String, String)]) -> Result<Vec<u8>, Failed> {
    let mut next = Class { feeds: vec![FeedNo::HAND], ..Class::default() };
    each(given, &ClassField::ALL.iter().map(|f| f.name()).collect::<Vec<_>>(), "class_", &mut |name, value| {
        ClassField::from_name(name).map(|field| by_hand::class(&mut next, field, value, roster))
    })?;
    refused(by_hand::class_problem(roster, None, &next))?;
    Ok(pack(&next))
}

/// The reference that a field gives, and the fields without it.
fn refer_to(
    given: &[(String, String)],
    (what, field, prefix): (&str, &str, &str),
    table: Table,
    refer: Refer<'_>,
) -> Result<(u32, Vec<(String, String)>), Failed> {
    let short = field.strip_prefix(prefix).unwrap_or(field);
    let is_it = |g: &&(String, String)| g.0 == field || g.0 == short;
    let mut named = given.iter().filter(is_it);
    let reference = named.next().map(|g| g.1.trim()).filter(|r| !r.is_empty());
    let Some(reference) = reference else {
        let like = match table {
            Table::Classes => "the class's ID",
            _ => "an ID, or staff:ID, student:ID, guardian:ID",
        };
        return Err(needs(what, field, format!("Give {short}=REF: {like}.")));
    };
    if named.next().is_some() {
        return Err(not_taken(short, "is given twice"));
    }
    let entity = refer(table, reference).map_err(|why| not_taken(short, &why))?;
    Ok((entity.slot, given.iter().filter(|g| !is_it(g)).cloned().collect()))
}

fn enrollment(roster: &Roster, given: &[(String, String)], refer: Refer<'_>) -> Result<Vec<u8>, Failed> {
    let of = |field: EnrollmentField| ("enrollment", field.name(), "enrollment_");
    let (person, given) = refer_to(given, of(EnrollmentField::Person), Table::People, refer)?;
    let (class, given) = refer_to(&given, of(EnrollmentField::Class), Table::Classes, refer)?;
    let person = PersonNo(person);
    // Who is not told what they are there as is what they are: students learn, everybody else teaches.
    let role = match roster.person(person).map(PersonRef::role) {
        Some(Role::Student) | None => Role::Student,
        Some(Role::Guardian) => Role::Guardian,
        Some(_) => Role::Teacher,
    };
    let mut next = Enrollment { person, class: ClassNo(class), role, primary: false, status: Status::Active, feeds: vec![FeedNo::HAND] };
    each(&given, &EnrollmentField::ALL.iter().map(|f| f.name()).collect::<Vec<_>>(), "enrollment_", &mut |name, value| {
        EnrollmentField::from_name(name).map(|field| by_hand::enrollment(&mut next, field, value))
    })?;
    refused(by_hand::enrollment_problem(roster, None, &next))?;
    Ok(pack(&next))
}

fn link(roster: &Roster, given: &[(String, String)], refer: Refer<'_>) -> Result<Vec<u8>, Failed> {
    let of = |field: LinkField| ("guardian link", field.name(), "link_");
    let (guardian, given) = refer_to(given, of(LinkField::Guardian), Table::People, refer)?;
    let (student, given) = refer_to(&given, of(LinkField::Student), Table::People, refer)?;
    let mut next = Link {
        guardian: PersonNo(guardian),
        student: PersonNo(student),
        relation: String::new(),
        status: Status::Active,
        feeds: vec![FeedNo::HAND],
    };
    each(&given, &LinkField::ALL.iter().map(|f| f.name()).collect::<Vec<_>>(), "link_", &mut |name, value| {
        LinkField::from_name(name).map(|field| by_hand::link(&mut next, field, value))
    })?;
    refused(by_hand::link_problem(roster, None, &next))?;
    Ok(pack(&next))
}
