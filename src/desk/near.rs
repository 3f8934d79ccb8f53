//! What was probably meant: the nearest that the roster knows or the profile accepts, with what each is.

use std::collections::HashMap;

use super::Near;
use super::office::{Office, lock};
use crate::check::near::{near, slips};
use crate::feed::{Column, Profile, Target};
use crate::ledger::{Code, Finding};
use crate::roster::fold::fold;
use crate::roster::{ClassField, Family, LinkField, PersonNo, Role, Roster, Table, Text};

/// At most so many are named.
const MOST: usize = 5;
/// A list of accepted values that short is shown whole where nothing of it is near.
const SHORT: usize = 5;
/// Of more records than this only those one slip away are looked up, not all compared.
const COMPARED: usize = 20_000;
/// Answers that are remembered for one state of the roster.
const KEPT: usize = 5_000;

/// The roster's position, and what is near by profile, code with column, and value.
pub(super) type Remembered = (u64, HashMap<(String, String, String), Vec<Near>>);

/// What people write for what the roster calls so: folded, without blanks, dots and hyphens.
const WORDS: &[(&str, &[&str])] = &[
    ("KG", &["k", "kg", "kinder", "kindergarten", "kindergarden", "0", "00"]),
    ("PK", &["pk", "prek", "preschool", "prekindergarten", "prekinder", "p"]),
    ("TK", &["tk", "transitionalkindergarten"]),
    ("01", &["1", "01", "1st", "first", "grade1", "1stgrade", "firstgrade"]),
    ("02", &["2", "02", "2nd", "second", "grade2", "2ndgrade", "secondgrade"]),
    ("03", &["3", "03", "3rd", "third", "grade3", "3rdgrade", "thirdgrade"]),
    ("04", &["4", "04", "4th", "fourth", "grade4", "4thgrade", "fourthgrade"]),
    ("05", &["5", "05", "5th", "fifth", "grade5", "5thgrade", "fifthgrade"]),
    ("06", &["6", "06", "6th", "sixth", "grade6", "6thgrade", "sixthgrade"]),
    ("07", &["7", "07", "7th", "seventh", "grade7", "7thgrade", "seventhgrade"]),
    ("08", &["8", "08", "8th", "eighth", "grade8", "8thgrade", "eighthgrade"]),
    ("09", &["9", "09", "9th", "ninth", "grade9", "9thgrade", "freshman"]),
    ("10", &["10", "10th", "tenth", "grade10", "10thgrade", "sophomore"]),
    ("11", &["11", "11th", "eleventh", "grade11", "11thgrade", "junior"]),
    ("12", &["12", "12th", "twelfth", "grade12", "12thgrade", "senior"]),
    ("teacher", &["teacher", "teachers", "instructor", "faculty", "educator"]),
    ("student", &["student", "students", "pupil", "learner"]),
    ("administrator", &["administrator", "admin", "principal", "assistantprincipal"]),
    ("school_admin", &["administrator", "admin", "principal", "schooladmin"]),
    ("staff", &["staff", "employee", "aide", "nonteaching"]),
    ("guardian", &["guardian", "parent", "mother", "father"]),
    ("active", &["active", "enabled", "current", "enrolled", "a", "yes", "true", "1"]),
    ("disabled", &["disabled", "inactive", "tobedeleted", "deleted", "withdrawn", "terminated", "no", "false"]),
];

impl Office {
    /// What may be meant where a value was found wrong, the best first; nothing where nothing is near. `column` is the index of the
    /// finding's column in the profile.
    pub(super) fn near(&self, roster: &Roster, profile: &Profile, column: Option<usize>, finding: &Finding) -> Vec<Near> {
        let value = finding.value.clone().unwrap_or_default();
        let key = (profile.name.clone(), format!("{} {}", finding.code, column.unwrap_or(usize::MAX)), value);
        {
            let known = &mut lock(&self.views).near;
            if known.0 != roster.position() || known.1.len() > KEPT {
                *known = (roster.position(), HashMap::new());
            }
            if let Some(found) = known.1.get(&key) {
                return found.clone();
            }
        }
        let found = find(roster, column.map(|c| &profile.columns[c]), finding);
        lock(&self.views).near.1.insert(key, found.clone());
        found
    }
}

/// The same, worked out each time: for a repair of many rows, which remembers it by value.
pub(super) fn find(roster: &Roster, column: Option<&Column>, finding: &Finding) -> Vec<Near> {
    let value = finding.value.as_deref().unwrap_or_default();
    let to = column.map(|c| c.to);
    let mut found = match finding.code {
        Code::REF_301 => orgs(roster, value),
        Code::REF_303 => people(roster, value, family(to, finding)),
        Code::REF_304 if to == Some(Target::Class(ClassField::Course)) => courses(roster, value),
        Code::REF_304 => classes(roster, value),
        Code::REF_305 => teachers(roster, value),
        Code::VAL_209 | Code::VAL_214 | Code::VAL_221 => column.map(|c| accepted(c, value)).unwrap_or_default(),
        Code::VAL_223 | Code::DUP_408 | Code::DUP_409 => {
            let ids = [finding.arg("k"), finding.arg("a")].into_iter().flatten();
            ids.flat_map(|id| roster.people_by_id(id)).map(|n| person(roster, n)).collect()
        }
        _ => Vec::new(),
    };
    if found.is_empty() {
        // What the check itself knew: a repaired e-mail.
        let near = finding.arg("nearest").or_else(|| finding.arg("near")).filter(|n| !n.is_empty());
        found.extend(near.map(|n| Near { value: n.split(", ").next().unwrap_or(n).to_owned(), words: String::new() }));
    }
    found.truncate(MOST);
    found
}

/// The organizations with an ID near the given one; where the cell holds a name instead, those of that name.
fn orgs(roster: &Roster, value: &str) -> Vec<Near> {
    let named = fold(value);
    let ids = near(value, roster.orgs().map(|(_, o)| o.external_id.as_str()), MOST);
    let by_name = roster.orgs().filter(|(_, o)| !value.is_empty() && fold(&o.name) == named).map(|(_, o)| o.external_id.as_str());
    let mut found: Vec<Near> = Vec::new();
    for id in by_name.chain(ids) {
        let words = roster.org_by_external_id(id).and_then(|n| roster.org(n)).map(|o| o.name.clone()).unwrap_or_default();
        put(&mut found, id, words);
    }
    if found.is_empty() {
        let names = near(value, roster.orgs().map(|(_, o)| o.name.as_str()), MOST);
        for name in names {
            if let Some((_, org)) = roster.orgs().find(|(_, o)| o.name == name) {
                put(&mut found, &org.external_id, org.name.clone());
            }
        }
    }
    found
}

fn put(found: &mut Vec<Near>, value: &str, words: String) {
    if !value.is_empty() && found.len() < MOST && found.iter().all(|n| n.value != value) {
        found.push(Near { value: value.to_owned(), words });
    }
}

/// Of whom a reference is, where that can be told.
fn family(to: Option<Target>, finding: &Finding) -> Option<Family> {
    match (to, finding.arg("type")) {
        (Some(Target::Link(LinkField::Student)), _) | (_, Some("student")) => Some(Family::Students),
        (Some(Target::Link(LinkField::Guardian) | Target::Agents), _) | (_, Some("guardian")) => Some(Family::Guardians),
        (_, Some("teacher" | "staff" | "member of staff")) => Some(Family::Staff),
        _ => None,
    }
}

/// People whose ID is one slip away; among few also those farther off.
fn people(roster: &Roster, value: &str, family: Option<Family>) -> Vec<Near> {
    let fits = |n: &PersonNo| roster.person(*n).is_some_and(|p| family.is_none_or(|f| p.role().family() == f));
    let mut found: Vec<Near> = Vec::new();
    for slip in slips(value) {
        for number in roster.people_by_id(&slip).filter(fits) {
            let Near { value, words } = person(roster, number);
            put(&mut found, &value, words);
        }
        if found.len() >= MOST {
            return found;
        }
    }
    if found.is_empty() && roster.table(Table::People).len() <= COMPARED {
        let ids = roster.people().filter(|(n, _)| fits(n)).map(|(_, p)| p.text(Text::SourcedId)).filter(|id| !id.is_empty());
        for id in near(value, ids, MOST) {
            for number in roster.people_by_id(id).filter(fits) {
                put(&mut found, id, person(roster, number).words);
            }
        }
    }
    found
}

/// A person by ID, with name, role and school.
fn person(roster: &Roster, number: PersonNo) -> Near {
    let Some(p) = roster.person(number) else { return Near { value: String::new(), words: String::new() } };
    let school = p.orgs().first().and_then(|o| roster.org(*o)).map(|o| format!(", {}", o.name)).unwrap_or_default();
    Near { value: p.text(Text::SourcedId).to_owned(), words: format!("{} ({}{school})", p.name(), p.role()) }
}

fn classes(roster: &Roster, value: &str) -> Vec<Near> {
    let relations = roster.relations();
    let mut found = Vec::new();
    let words = |id: &str| {
        let class = relations.class(id).and_then(|n| roster.class(n));
        let school = class.as_ref().and_then(|c| c.org).and_then(|o| roster.org(o)).map(|o| format!(" ({})", o.name));
        class.map(|c| format!("{}{}", c.title, school.unwrap_or_default())).unwrap_or_default()
    };
    for slip in slips(value).filter(|s| relations.class(s).is_some()) {
        put(&mut found, &slip, words(&slip));
    }
    if found.len() < MOST && relations.class_ids().count() <= COMPARED {
        for id in near(value, relations.class_ids(), MOST) {
            put(&mut found, id, words(id));
        }
    }
    found
}

fn courses(roster: &Roster, value: &str) -> Vec<Near> {
    let relations = roster.relations();
    let mut found = Vec::new();
    for id in near(value, relations.course_ids().take(COMPARED), MOST) {
        let title = relations.course(id).and_then(|n| roster.course(n)).map(|c| c.title).unwrap_or_default();
        put(&mut found, id, title);
    }
    found
}

/// Teachers with an e-mail address near the given one.
fn teachers(roster: &Roster, value: &str) -> Vec<Near> {
    let teachers = || roster.people().filter(|(_, p)| p.role() == Role::Teacher && !p.text(Text::Email).is_empty()).take(COMPARED);
    let mut found = Vec::new();
    let folded = value.to_lowercase();
    let before_at = folded.split('@').next().unwrap_or_default();
    // The same name at another address comes before letters that differ.
    let same_name = teachers().filter(|(_, p)| p.text(Text::Email).to_lowercase().split('@').next() == Some(before_at));
    for (number, p) in same_name {
        put(&mut found, p.text(Text::Email), person(roster, number).words);
    }
    for email in near(value, teachers().map(|(_, p)| p.text(Text::Email)), MOST) {
        if let Some((number, _)) = teachers().find(|(_, p)| p.text(Text::Email) == email) {
            put(&mut found, email, person(roster, number).words);
        }
    }
    found
}

/// Accepted values: what the given one is another word for, then what is spelled nearly so; all of a short list where none is near.
fn accepted(column: &Column, value: &str) -> Vec<Near> {
    let accept = &column.accept;
    let mut found = Vec::new();
    let words = |value: &str, means: &str| if value.eq_ignore_ascii_case(means) { String::new() } else { means.to_owned() };
    for (accepted, means) in accept.iter().filter(|(_, means)| is_word_for(value, means)) {
        put(&mut found, accepted, words(accepted, means));
    }
    for value in near(value, accept.iter().map(|a| a.0.as_str()), MOST) {
        let means = accept.iter().find(|a| a.0 == value).map_or("", |a| a.1.as_str());
        put(&mut found, value, words(value, means));
    }
    found
}

/// Whether a value is another word for what the roster calls `means`.
fn is_word_for(value: &str, means: &str) -> bool {
    let plain: String = fold(value).chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '_')).collect();
    WORDS.iter().any(|(canonical, words)| *canonical == means && words.contains(&plain.as_str()))
}

/// Accepted values of a short list, where a value is not one of them and none is near.
pub(super) fn all_of_short_list(profile: &Profile, column: usize) -> Vec<Near> {
    let accept = &profile.columns[column].accept;
    if accept.len() > SHORT {
        return Vec::new();
    }
    accept.iter().map(|(value, _)| Near { value: value.clone(), words: String::new() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::Profiles;

    fn of(column: &str, value: &str) -> Vec<String> {
        let profiles = Profiles::builtin();
        let profile = profiles.get("echalk-users").unwrap();
        accepted(&profile.columns[profile.column(column).unwrap()], value).into_iter().map(|n| n.value).collect()
    }

    #[test]
    fn other_words_for_what_is_accepted_come_before_what_is_spelled_alike() {
        assert_eq!(of("grade", "Kinder").first().map(String::as_str), Some("K"));
        assert_eq!(of("grade", "1st Grade").first().map(String::as_str), Some("1"));
        assert_eq!(of("user_type", "Instructor"), ["Teacher"]);
        assert_eq!(of("user_type", "teacher"), ["Teacher"]);
        assert_eq!(of("status", "Inactive").first().map(String::as_str), Some("Disabled"));
        assert_eq!(of("user_type", "Walrus"), Vec::<String>::new(), "nothing is guessed");
    }

    #[test]
    fn what_stands_for_a_grade_or_role_is_one_that_the_roster_has() {
        for (canonical, _) in WORDS {
            let known = crate::roster::Grade::from_name(canonical).is_some()
                || Role::from_name(canonical).is_some()
                || crate::roster::Status::from_name(canonical).is_some()
                || *canonical == crate::feed::profile::ADMINISTRATOR;
            assert!(known, "{canonical}");
        }
    }
}
