//! Look-up by kin: whose guardian somebody is, and the guardians of a student who is looked for.

use super::office::{Office, lock};
use super::{Hit, HitWhat};
use crate::roster::{Family, PersonNo, PersonRef, Roster, Table, Text};
use crate::search::{Titles, marks, shown_name};
use std::sync::Arc;

/// Words before a student's name that ask for the guardians.
const ASKS: [&str; 4] = ["guardians of", "guardian of", "parents of", "parent of"];

/// Students of whom the guardians are named beside them, where nobody asked for guardians: beyond, the list would drown.
pub(super) const FEW: u64 = 10;

/// Students that a guardian's line names.
const NAMED: usize = 2;

/// The student's name in "guardian of: Garcia".
pub(super) fn guardians_of(query: &str) -> Option<&str> {
    let query = query.trim_start();
    let prefix = ASKS.iter().find(|p| query.get(..p.len()).is_some_and(|start| start.eq_ignore_ascii_case(p)))?;
    let rest = &query[prefix.len()..];
    let name = rest.strip_prefix(':').unwrap_or(rest);
    // "guardian oftentimes" asks for nobody's guardian.
    (rest.len() != name.len() || rest.starts_with(' ')).then(|| name.trim()).filter(|n| !n.is_empty())
}

/// Whether anybody is anybody's guardian: otherwise the ties need not be worked out.
pub(super) fn has_kin(roster: &Roster) -> bool {
    !roster.table(Table::Links).is_empty()
}

/// Whose guardian somebody is, in words: "of García, María; Garcia, Mario, and 3 more"; empty of nobody.
pub(super) fn whose(roster: &Roster, guardian: PersonNo) -> String {
    if !has_kin(roster) {
        return String::new();
    }
    let students = roster.relations().of_guardian(guardian);
    let names: Vec<String> = students.iter().filter_map(|(_, s)| roster.person(*s)).take(NAMED).map(shown_name).collect();
    let more = match students.len().saturating_sub(names.len()) {
        _ if names.is_empty() => return String::new(),
        0 => String::new(),
        n => format!(", and {n} more"),
    };
    format!("of {}{more}", names.join("; "))
}

/// The guardians of those students, each once, with the student first in what is said of them.
pub(super) fn guardian_hits(
    roster: &Roster,
    students: &[(u32, PersonNo)],
    query: &str,
    is_at: &dyn Fn(PersonNo) -> bool,
) -> Vec<(u32, Hit)> {
    let mut hits: Vec<(u32, Hit)> = Vec::new();
    if !has_kin(roster) {
        return hits;
    }
    for (score, number) in students {
        let Some(student) = roster.person(*number).filter(|p| p.role().family() == Family::Students) else { continue };
        for (_, guardian) in roster.relations().of_student(*number) {
            let what = HitWhat::Person(*guardian);
            let Some(person) = roster.person(*guardian) else { continue };
            if hits.iter().any(|(_, h)| h.what == what) || !(is_at(*guardian) || is_at(*number)) {
                continue;
            }
            let about = format!("guardian of: {} · {} {}", shown_name(student), person.role(), person.text(Text::SourcedId));
            let about = about.trim_end().to_owned();
            let matched_about = marks(query, &about);
            hits.push((*score, Hit { what, title: shown_name(person), about, matched: Vec::new(), matched_about }));
        }
    }
    hits
}

/// What is said of a person who is found: role, ID, what else matched, whose guardian, the schools.
pub(super) fn about(roster: &Roster, number: PersonNo, person: PersonRef<'_>, matched: &[(Text, String)]) -> String {
    let schools: Vec<&str> = person.orgs().iter().filter_map(|o| roster.org(*o)).map(|o| o.name.as_str()).collect();
    let mut parts = vec![format!("{} {}", person.role(), person.text(Text::SourcedId)).trim_end().to_owned()];
    if person.role().family() == Family::Guardians {
        parts.push(whose(roster, number));
    }
    parts.extend(matched.iter().map(|(_, value)| value.clone()));
    parts.push(schools.join(", "));
    if person.status() == crate::roster::Status::Disabled {
        parts.push("disabled".into());
    }
    parts.retain(|p| !p.is_empty());
    parts.join(" · ")
}

impl Office {
    /// Titles of classes and courses to search; worked out where those of this state of the roster are not there yet.
    pub(super) fn class_titles(&self, roster: &Roster) -> Arc<Titles> {
        if let Some((_, titles)) = lock(&self.views).titles.as_ref().filter(|t| t.0 == roster.position()) {
            return titles.clone();
        }
        let titles = Arc::new(Titles::build(roster));
        lock(&self.views).titles = Some((roster.position(), titles.clone()));
        titles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guardians_are_asked_for_in_words() {
        for (query, student) in [
            ("guardian of: Garcia", Some("Garcia")),
            ("Guardians of Ana Diaz ", Some("Ana Diaz")),
            ("parent of:diaz", Some("diaz")),
            ("guardian of", None),
            ("guardian of:", None),
            ("guardian oftentimes", None),
            ("garcia", None),
        ] {
            assert_eq!(guardians_of(query), student, "{query}");
        }
    }
}
