//! Fields set by hand: each record's field from its name and the value that was typed, by the rules that files have, and what stops a
//! record from standing on the roster beside all others.

use crate::check::{near::near, values};
use crate::intake;
use crate::ledger::{Code, Finding};
use crate::roster::fold::fold_email;
use crate::roster::{
    Class, ClassField, ClassNo, Course, CourseField, CourseNo, Enrollment, EnrollmentField, EnrollmentNo, Family, FeedNo, Field, Grade,
    Link, LinkField, Org, OrgField, OrgKind, OrgNo, Person, PersonNo, PersonRef, Role, Roster, Status, Text,
};

/// Most characters of a text that is edited by hand.
const MOST: usize = 254;

/// Which field cannot be taken, and why.
pub(super) type Problem = (&'static str, String);

fn text_problem(value: &str) -> Option<String> {
    let chars = value.chars().count();
    if chars > MOST {
        return Some(format!("{chars} characters; at most {MOST}"));
    }
    if values::is_debris(value.as_bytes()) {
        return Some(format!("\"{value}\" is what a spreadsheet's failed formula leaves"));
    }
    value.chars().any(char::is_control).then(|| "holds a control character".to_owned())
}

fn id_problem(value: &str) -> Option<String> {
    if intake::hidden(value).is_some() {
        return Some("holds characters that do not show".to_owned());
    }
    let lost = values::is_scientific(value.as_bytes());
    text_problem(value).or_else(|| lost.then(|| format!("\"{value}\" is in scientific notation; its digits are lost")))
}

fn refused(problem: Option<String>) -> Result<(), String> {
    problem.map_or(Ok(()), Err)
}

fn choose<T: Copy>(value: &str, all: &[T], name: fn(T) -> &'static str) -> Result<T, String> {
    all.iter().copied().find(|v| name(*v) == value).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|v| name(*v)).collect();
        format!("\"{value}\" is not one of {}", names.join(", "))
    })
}

fn grade(value: &str) -> Result<Option<Grade>, String> {
    if value.is_empty() { Ok(None) } else { choose(value, Grade::ALL, Grade::name).map(Some) }
}

/// The organization of an external ID.
fn org_of(value: &str, roster: &Roster) -> Result<OrgNo, String> {
    roster.org_by_external_id(value).ok_or_else(|| {
        let near = near(value, roster.orgs().map(|(_, o)| o.external_id.as_str()), 3).join(", ");
        format!("there is no organization \"{value}\"{}", if near.is_empty() { String::new() } else { format!(" (nearest: {near})") })
    })
}

/// Sets a person's field.
pub(super) fn person(person: &mut Person, field: Field, value: &str, roster: &Roster) -> Result<(), String> {
    match field {
        Field::Text(text) => {
            refused(text_problem(value))?;
            match text {
                Text::Email if !value.is_empty() && !values::is_email(value.as_bytes()) => {
                    return Err(format!("not an e-mail address: {}", values::email_reason(value)));
                }
                Text::SourcedId => refused(id_problem(value))?,
                Text::Phone | Text::HomePhone if !value.is_empty() => {
                    let number = values::phone(value).ok_or("not a phone number")?;
                    if text == Text::Phone {
                        person.set_text(Text::PhoneRaw, if number == value { "" } else { value });
                    }
                    person.set_text(text, number);
                    return Ok(());
                }
                Text::Phone => person.set_text(Text::PhoneRaw, ""),
                Text::Language if !value.is_empty() && !values::LANGUAGES.contains(&value) => {
                    return Err("not a language code of ISO 639-1, such as en or es".into());
                }
                _ => {}
            }
            person.set_text(text, value);
        }
        Field::Role => person.role = choose(value, Role::ALL, Role::name)?,
        Field::Status => person.status = choose(value, Status::ALL, Status::name)?,
        Field::Grade => person.grade = grade(value)?,
        Field::Orgs => {
            let ids = value.split(';').map(str::trim).filter(|id| !id.is_empty());
            let wanted = ids.map(|id| org_of(id, roster)).collect::<Result<Vec<_>, _>>()?;
            set_orgs(person, &wanted);
        }
    }
    Ok(())
}

/// Each feed keeps what it brings of the wanted; what none brings is brought by hand.
fn set_orgs(person: &mut Person, wanted: &[OrgNo]) {
    for share in &mut person.shares {
        share.orgs.retain(|o| wanted.contains(o));
    }
    let brought = person.orgs();
    let by_hand: Vec<OrgNo> = wanted.iter().copied().filter(|o| !brought.contains(o)).collect();
    if !by_hand.is_empty() {
        let mine = person.shares.iter().find(|s| s.feed == FeedNo::HAND).map(|s| s.orgs.clone()).unwrap_or_default();
        person.set_share(FeedNo::HAND, mine.into_iter().chain(by_hand));
    }
}

/// What stops a person from standing on the roster beside everybody else. `number` is none for a new one.
pub(super) fn person_problem(roster: &Roster, number: Option<PersonNo>, next: &Person) -> Option<Problem> {
    let before = number.and_then(|n| roster.person(n));
    let id = next.text(Text::SourcedId);
    if !id.is_empty()
        && let Some(other) = roster.person_by_id(next.role.family(), id).filter(|n| Some(*n) != number)
    {
        return Some((Text::SourcedId.name(), format!("belongs to {} already", describe(roster, other))));
    }
    for text in [Text::Email, Text::Username] {
        let value = fold_email(next.text(text)).into_owned();
        let unchanged = before.is_some_and(|p| fold_email(p.text(text)) == value);
        if value.is_empty() || unchanged {
            continue;
        }
        let holder = roster.people().find(|(n, p)| Some(*n) != number && !p.raw(text).is_empty() && fold_email(p.text(text)) == value);
        if let Some((other, _)) = holder {
            return Some((text.name(), format!("belongs to {} already", describe(roster, other))));
        }
    }
    if next.text(Text::GivenName).is_empty() && next.text(Text::FamilyName).is_empty() {
        return Some((Text::FamilyName.name(), "a person needs a name".into()));
    }
    if next.grade.is_some() && next.role != Role::Student && before.is_none_or(|p| p.grade() != next.grade) {
        return Some(("grade", format!("is for students, not for a {}", next.role)));
    }
    let position = next.text(Text::Position);
    if !position.is_empty() && next.role.family() != Family::Staff && before.is_none_or(|p| p.text(Text::Position) != position) {
        return Some((Text::Position.name(), format!("is for staff, not for a {}", next.role)));
    }
    let moves = before.is_some_and(|p| p.role().family() != next.role.family());
    if let Some(number) = number.filter(|_| moves) {
        let of = roster.relations();
        let enrolled =
            of.of_person(number).iter().filter(|(e, _)| roster.enrollment(*e).is_some_and(|e| e.status == Status::Active)).count();
        let links = of.of_guardian(number).iter().chain(of.of_student(number));
        let linked = links.filter(|(l, _)| roster.link(*l).is_some_and(|l| l.status == Status::Active)).count();
        if enrolled + linked > 0 {
            return Some(("role", format!("has {enrolled} enrollments and {linked} guardian links in the role until now; end them first")));
        }
    }
    None
}

fn describe(roster: &Roster, number: PersonNo) -> String {
    roster
        .person(number)
        .map_or_else(String::new, |p: PersonRef<'_>| format!("{} ({} {})", p.name(), p.role(), p.text(Text::SourcedId)).replace(" )", ")"))
}

/// Sets an organization's field. `number` is none for a new one.
pub(super) fn org(org: &mut Org, field: OrgField, value: &str, number: Option<OrgNo>, roster: &Roster) -> Result<(), String> {
    refused(text_problem(value))?;
    match field {
        OrgField::ExternalId => {
            refused(id_problem(value))?;
            if value.is_empty() {
                return Err("an organization needs an external ID".into());
            }
            if let Some(other) = roster.org_by_external_id(value).filter(|o| Some(*o) != number) {
                return Err(format!("belongs to {} already", roster.org(other).map_or("another", |o| &o.name)));
            }
            value.clone_into(&mut org.external_id);
        }
        OrgField::Name if value.is_empty() => return Err("an organization needs a name".into()),
        OrgField::Name => value.clone_into(&mut org.name),
        OrgField::Type => org.kind = choose(value, OrgKind::ALL, OrgKind::name)?,
        OrgField::Status => org.status = choose(value, Status::ALL, Status::name)?,
        OrgField::Address => value.clone_into(&mut org.address),
        OrgField::Parent if value.is_empty() => org.parent = None,
        OrgField::Parent => {
            let parent = org_of(value, roster)?;
            let mut above = Some(parent);
            // A chain of parents longer than there are organizations is a circle.
            for _ in 0..=roster.orgs().count() {
                if number.is_some() && above == number {
                    return Err("an organization cannot be above itself".into());
                }
                above = above.and_then(|a| roster.org(a)).and_then(|o| o.parent);
            }
            org.parent = Some(parent);
        }
    }
    Ok(())
}

/// Sets a course's field.
pub(super) fn course(course: &mut Course, field: CourseField, value: &str, roster: &Roster) -> Result<(), String> {
    refused(text_problem(value))?;
    match field {
        CourseField::SourcedId => {
            refused(id_problem(value))?;
            value.clone_into(&mut course.sourced_id);
        }
        CourseField::Title => value.clone_into(&mut course.title),
        CourseField::Code => value.clone_into(&mut course.code),
        CourseField::Org if value.is_empty() => course.org = None,
        CourseField::Org => course.org = Some(org_of(value, roster)?),
        CourseField::Status => course.status = choose(value, Status::ALL, Status::name)?,
    }
    Ok(())
}

/// What stops a course from standing on the roster.
pub(super) fn course_problem(roster: &Roster, number: Option<CourseNo>, next: &Course) -> Option<Problem> {
    if next.sourced_id.is_empty() {
        return Some((CourseField::SourcedId.name(), "a course needs an ID".into()));
    }
    if next.title.is_empty() {
        return Some((CourseField::Title.name(), "a course needs a title".into()));
    }
    let other = roster.relations().course(&next.sourced_id).filter(|n| Some(*n) != number);
    other.map(|n| {
        let title = roster.course(n).map(|c| c.title).unwrap_or_default();
        (CourseField::SourcedId.name(), format!("belongs to \"{title}\" already"))
    })
}

/// Sets a class's field.
pub(super) fn class(class: &mut Class, field: ClassField, value: &str, roster: &Roster) -> Result<(), String> {
    refused(text_problem(value))?;
    match field {
        ClassField::SourcedId => {
            refused(id_problem(value))?;
            value.clone_into(&mut class.sourced_id);
        }
        ClassField::Title => value.clone_into(&mut class.title),
        ClassField::Grade => class.grade = grade(value)?,
        ClassField::Subject => value.clone_into(&mut class.subject),
        ClassField::Course if value.is_empty() => class.course = None,
        ClassField::Course => {
            let of = roster.relations();
            let found = of.course(value).or_else(|| of.course(value.strip_prefix("course:")?));
            class.course = Some(found.ok_or_else(|| {
                let near = near(value, of.course_ids(), 3).join(", ");
                format!("there is no course \"{value}\"{}", if near.is_empty() { String::new() } else { format!(" (nearest: {near})") })
            })?);
        }
        ClassField::Org if value.is_empty() => class.org = None,
        ClassField::Org => class.org = Some(org_of(value, roster)?),
        ClassField::Status => class.status = choose(value, Status::ALL, Status::name)?,
    }
    Ok(())
}

/// What stops a class from standing on the roster.
pub(super) fn class_problem(roster: &Roster, number: Option<ClassNo>, next: &Class) -> Option<Problem> {
    let before = number.and_then(|n| roster.class(n));
    let of = roster.relations();
    if next.title.is_empty() {
        return Some((ClassField::Title.name(), "a class needs a title".into()));
    }
    let title = |n| roster.class(n).map(|c| c.title).unwrap_or_default();
    if !next.sourced_id.is_empty()
        && let Some(other) = of.class(&next.sourced_id).filter(|n| Some(*n) != number)
    {
        return Some((ClassField::SourcedId.name(), format!("belongs to \"{}\" already", title(other))));
    }
    // Without an ID a class is known by its title and its school.
    let renamed = before.as_ref().is_none_or(|b| (&b.title, b.org, &b.sourced_id) != (&next.title, next.org, &next.sourced_id));
    if next.sourced_id.is_empty() && renamed && of.class_titled(next.org, &next.title).is_some_and(|n| Some(n) != number) {
        return Some((ClassField::Title.name(), "is a class of the school already; give an ID to tell them apart".into()));
    }
    let Some(org) = next.org else {
        return Some((ClassField::Org.name(), "a class needs a school, by external ID".into()));
    };
    let moved = before.as_ref().is_none_or(|b| b.org != Some(org));
    if moved && next.status == Status::Active && roster.org(org).is_some_and(|o| o.status == Status::Disabled) {
        return Some((ClassField::Org.name(), "the school is disabled".into()));
    }
    let strangers = number.filter(|_| moved).map_or(0, |n| {
        let members = of.of_class(n).iter().filter(|(e, _)| roster.enrollment(*e).is_some_and(|e| e.status == Status::Active));
        members.filter(|(_, p)| roster.person(*p).is_some_and(|p| !p.in_org(org))).count()
    });
    if strangers > 0 {
        return Some((
            ClassField::Org.name(),
            format!("{strangers} people of the class do not belong to that school; end their enrollments first"),
        ));
    }
    None
}

/// Sets an enrollment's field. Who it is and in which class are set once, when it is made.
pub(super) fn enrollment(enrollment: &mut Enrollment, field: EnrollmentField, value: &str) -> Result<(), String> {
    match field {
        EnrollmentField::Person | EnrollmentField::Class => {
            return Err("stays as it is: end this enrollment and add another".into());
        }
        EnrollmentField::Role => enrollment.role = choose(value, Role::ALL, Role::name)?,
        EnrollmentField::Primary => {
            enrollment.primary = match value.to_ascii_lowercase().as_str() {
                "true" => true,
                "false" | "" => false,
                _ => return Err(format!("\"{value}\" is not one of true, false")),
            }
        }
        EnrollmentField::Status => enrollment.status = choose(value, Status::ALL, Status::name)?,
    }
    Ok(())
}

/// What stops an enrollment from standing on the roster. One that has ended says nothing about what is now.
pub(super) fn enrollment_problem(roster: &Roster, number: Option<EnrollmentNo>, next: &Enrollment) -> Option<Problem> {
    let before = number.and_then(|n| roster.enrollment(n));
    let (Some(person), Some(class)) = (roster.person(next.person), roster.class(next.class)) else {
        return Some((EnrollmentField::Person.name(), "person or class are not there any more".into()));
    };
    let of = roster.relations();
    if let Some(other) = of.enrollment(next.person, next.class).filter(|n| Some(*n) != number) {
        let ended = roster.enrollment(other).is_some_and(|e| e.status == Status::Disabled);
        let how = if ended { "; it has ended: edit it instead, with enrollment_status=active" } else { "" };
        return Some((EnrollmentField::Person.name(), format!("is in that class already{how}")));
    }
    let (family, role) = (person.role().family(), next.role);
    if family == Family::Guardians || role.family() != family {
        return Some((EnrollmentField::Role.name(), format!("a {} cannot be in a class as {role}", person.role())));
    }
    if next.primary && family != Family::Staff {
        return Some((EnrollmentField::Primary.name(), "only a teacher can be a class's first".into()));
    }
    if next.status == Status::Disabled {
        return None;
    }
    if before.as_ref().is_none_or(|b| b.status == Status::Disabled) {
        for (field, what, status) in
            [(EnrollmentField::Person, "the person", person.status()), (EnrollmentField::Class, "the class", class.status)]
        {
            if status == Status::Disabled {
                return Some((field.name(), format!("{what} is disabled")));
            }
        }
        if let Some(org) = class.org.filter(|o| !person.in_org(*o)) {
            let id = |o: OrgNo| roster.org(o).map(|o| o.external_id.clone()).unwrap_or_default();
            let theirs = person.orgs().into_iter().map(id).collect::<Vec<_>>().join(", ");
            let theirs = if theirs.is_empty() { "(none)".to_owned() } else { theirs };
            let finding = Finding::of_file(Code::REF_306).with("a", theirs).with("b", id(org));
            return Some((EnrollmentField::Person.name(), format!("{} {}", Code::REF_306, finding.message())));
        }
    }
    let first = |e: &EnrollmentNo| roster.enrollment(*e).is_some_and(|e| e.primary && e.status == Status::Active);
    let other = of.of_class(next.class).iter().find(|(e, _)| next.primary && Some(*e) != number && first(e));
    other.map(|(_, p)| (EnrollmentField::Primary.name(), format!("{} is the class's first teacher already", describe(roster, *p))))
}

/// Sets a guardian link's field. Who they are is set once, when it is made.
pub(super) fn link(link: &mut Link, field: LinkField, value: &str) -> Result<(), String> {
    refused(text_problem(value))?;
    match field {
        LinkField::Guardian | LinkField::Student => return Err("stays as it is: end this link and add another".into()),
        LinkField::Relation => value.clone_into(&mut link.relation),
        LinkField::Status => link.status = choose(value, Status::ALL, Status::name)?,
    }
    Ok(())
}

/// What stops a guardian link from standing on the roster.
pub(super) fn link_problem(roster: &Roster, number: Option<crate::roster::LinkNo>, next: &Link) -> Option<Problem> {
    for (field, person, family) in
        [(LinkField::Guardian, next.guardian, Family::Guardians), (LinkField::Student, next.student, Family::Students)]
    {
        let Some(person) = roster.person(person) else { return Some((field.name(), "is not there any more".into())) };
        if person.role().family() != family {
            return Some((
                field.name(),
                format!("{} is a {}, not a {}", person.name(), person.role(), family.name().trim_end_matches('s')),
            ));
        }
    }
    let other = roster.relations().link(next.guardian, next.student).filter(|n| Some(*n) != number)?;
    let ended = roster.link(other).is_some_and(|l| l.status == Status::Disabled);
    let how = if ended { "; the link has ended: edit it instead, with link_status=active" } else { "" };
    Some((LinkField::Student.name(), format!("is linked to that guardian already{how}")))
}
