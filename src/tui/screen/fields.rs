//! The fields that are typed by hand: what is said beside each, what it accepts, and which a new record has.

use super::Effect;
use super::add_form::AddForm;
use super::form::Field;
use crate::desk::AddWhat;
use crate::roster::{
    ClassField, CourseField, EnrollmentField, Field as PersonField, Grade, LinkField, OrgField, OrgKind, Role, Status, Text,
};
use crate::tui::screen::Token;
use crate::tui::widget::line_edit::LineEdit;

/// What is known about a field, by its name.
struct Known {
    name: &'static str,
    /// Said beside its value where there is no list of accepted ones.
    about: &'static str,
    /// Its accepted values.
    accept: fn() -> Vec<&'static str>,
}

/// Fields of which there is nothing to say are any text and not here.
const KNOWN: &[Known] = &[
    Known { name: "role", about: "", accept: roles },
    Known { name: "status", about: "", accept: statuses },
    Known { name: "grade", about: "", accept: grades },
    Known { name: "orgs", about: "external IDs, ; between", accept: any },
    Known { name: "sourced_id", about: "unique among staff, students or guardians", accept: any },
    Known { name: "language", about: "ISO 639-1: en, es, zh", accept: any },
    Known { name: "external_id", about: "unique, compared exactly", accept: any },
    Known { name: "type", about: "", accept: org_kinds },
    Known { name: "parent_external_id", about: "external ID of its district", accept: any },
    Known { name: "course_id", about: "unique among courses", accept: any },
    Known { name: "course_org", about: "external ID; empty for the whole district", accept: any },
    Known { name: "course_status", about: "", accept: statuses },
    Known { name: "class_id", about: "unique among classes", accept: any },
    Known { name: "class_grade", about: "", accept: grades },
    Known { name: "class_course", about: "ID of its course", accept: any },
    Known { name: "class_org", about: "external ID of its school", accept: any },
    Known { name: "class_status", about: "", accept: statuses },
    Known { name: "enrollment_person", about: "an ID, staff:1001 or student:1001", accept: any },
    Known { name: "enrollment_class", about: "an ID or class:ALG-1", accept: any },
    Known { name: "enrollment_role", about: "", accept: roles },
    Known { name: "enrollment_primary", about: "", accept: || vec!["true", "false"] },
    Known { name: "enrollment_status", about: "", accept: statuses },
    Known { name: "link_guardian", about: "an ID or guardian:G1", accept: any },
    Known { name: "link_student", about: "an ID or student:1001", accept: any },
    Known { name: "link_relation", about: "mother, father, aunt, ...", accept: any },
    Known { name: "link_status", about: "", accept: statuses },
];

/// What must be filled before anything can be made. The desk has the last word.
const REQUIRED: &[&str] = &[
    "role",
    "external_id",
    "name",
    "course_title",
    "class_title",
    "class_org",
    "enrollment_person",
    "enrollment_class",
    "enrollment_role",
    "link_guardian",
    "link_student",
];

/// Letter, words, what: the sorts of records that can be made by hand.
const SORTS: &[(char, &str, AddWhat)] = &[
    ('p', "a person", AddWhat::Person),
    ('s', "a school", AddWhat::School),
    ('c', "a class", AddWhat::Class),
    ('o', "a course", AddWhat::Course),
    ('e', "an enrollment: somebody in a class", AddWhat::Enrollment),
    ('g', "a guardian link: a guardian and a student", AddWhat::Link),
];

/// The menu of what can be added, for screens that offer it.
#[derive(Debug)]
pub struct Adds {
    slot: u8,
    fill: Vec<(&'static str, String)>,
}

impl Adds {
    /// A menu under tokens of that slot.
    pub fn new(slot: u8) -> Self {
        Self { slot, fill: Vec::new() }
    }

    /// Whether a message under that token is for the menu.
    pub fn owns(&self, token: Token) -> bool {
        token.slot == self.slot
    }

    /// Opens it. Fields of those names are filled in the form that follows.
    pub fn choose(&mut self, fill: Vec<(&'static str, String)>) -> Effect {
        self.fill = fill;
        let choices = SORTS.iter().map(|(letter, words, _)| (*letter, (*words).to_owned())).collect();
        Effect::Choose { token: Token::of(self.slot), title: String::from("Add"), choices }
    }

    /// Opens the form of what was chosen.
    pub fn chosen(&mut self, index: usize) -> Option<Effect> {
        let (_, _, what) = SORTS.get(index)?;
        Some(Effect::Push(Box::new(AddForm::new(*what, std::mem::take(&mut self.fill)))))
    }
}

/// The fields of a new record, empty but for what such a record mostly has.
pub fn of_new(what: AddWhat) -> Vec<Field> {
    let names: Vec<&'static str> = match what {
        AddWhat::Person => {
            // The raw form of a phone is kept by reading a file, never typed.
            PersonField::ALL.iter().filter(|f| **f != PersonField::Text(Text::PhoneRaw)).map(|f| f.name()).collect()
        }
        AddWhat::School => OrgField::ALL.iter().map(|f| f.name()).collect(),
        AddWhat::Course => CourseField::ALL.iter().map(|f| f.name()).collect(),
        AddWhat::Class => ClassField::ALL.iter().map(|f| f.name()).collect(),
        AddWhat::Enrollment => EnrollmentField::ALL.iter().map(|f| f.name()).collect(),
        AddWhat::Link => LinkField::ALL.iter().map(|f| f.name()).collect(),
    };
    names
        .into_iter()
        .map(|name| {
            let initial = match name {
                "type" => OrgKind::School.name(),
                n if n == "status" || n.ends_with("_status") => Status::Active.name(),
                _ => "",
            };
            Field { required: REQUIRED.contains(&name), ..field(name, initial, "") }
        })
        .collect()
}

/// A field with its value, and what is said beside it: `about` goes before what is known by the field's name.
pub fn field(name: &str, value: &str, about: &str) -> Field {
    let known = KNOWN.iter().find(|k| k.name == name);
    let accept = known.map(|k| (k.accept)()).unwrap_or_default();
    let about = if about.is_empty() { known.map_or("", |k| k.about) } else { about };
    let mut rule: Vec<String> = if about.is_empty() { Vec::new() } else { vec![about.to_owned()] };
    if !accept.is_empty() {
        rule.push(format!("One of: {}", accept.join(", ")));
    }
    Field {
        name: name.to_owned(),
        line: LineEdit::new(value),
        before: value.to_owned(),
        about: if accept.is_empty() { about.to_owned() } else { accept.join(" ") },
        rule,
        ..Field::default()
    }
}

fn any() -> Vec<&'static str> {
    Vec::new()
}

fn roles() -> Vec<&'static str> {
    Role::ALL.iter().map(|v| v.name()).collect()
}

fn statuses() -> Vec<&'static str> {
    Status::ALL.iter().map(|v| v.name()).collect()
}

fn grades() -> Vec<&'static str> {
    Grade::ALL.iter().map(|v| v.name()).collect()
}

fn org_kinds() -> Vec<&'static str> {
    OrgKind::ALL.iter().map(|v| v.name()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_known_or_required_is_a_field_of_some_record() {
        let all: Vec<String> = SORTS.iter().flat_map(|(_, _, what)| of_new(*what)).map(|f| f.name).collect();
        for name in KNOWN.iter().map(|k| k.name).chain(REQUIRED.iter().copied()) {
            assert!(all.iter().any(|f| f == name), "{name} is no field");
        }
    }

    #[test]
    fn every_sort_of_record_can_be_chosen_by_its_own_letter() {
        for what in AddWhat::ALL {
            assert_eq!(SORTS.iter().filter(|(_, _, w)| w == what).count(), 1, "{what:?}");
        }
        let letters: std::collections::BTreeSet<char> = SORTS.iter().map(|(c, _, _)| *c).collect();
        assert_eq!(letters.len(), SORTS.len());
    }
}
