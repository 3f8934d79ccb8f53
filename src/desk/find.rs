//! Look-up: people, organizations, classes, courses and the refused rows of the latest uploads, by anything.

use std::sync::Arc;
use std::time::Instant;

use super::history::open_roots;
use super::office::{Office, lock};
use super::rows::named;
use super::views::Refused;
use super::{Found, Hit, HitWhat, Named, Trouble, TroubleSort, kin};
use crate::feed::Target;
use crate::ledger::{Severity, SyncNo};
use crate::roster::{ClassNo, CourseNo, EnrollmentNo, Entity, Family, Field, LinkNo, OrgNo, PersonNo, Roster, Table, Text};
use crate::search::{Titled, by_what, find_lines, find_orgs, marks, shown_name};

/// Refused rows that can be found, over all feeds.
const MOST: usize = 50_000;

/// Students whose guardians are looked for.
const MOST_STUDENTS: usize = 500;

/// By how much a title's score is less than that of a name that fits as well.
const TITLE_STEP: u32 = 4;

impl Office {
    /// Finds people, schools and refused rows, best first; of one organization, where that is given by external ID. Asked now and
    /// then whether nobody waits any more.
    pub(super) fn find(&self, query: &str, org: Option<&str>, limit: usize, cancelled: &dyn Fn() -> bool) -> Result<Found, Trouble> {
        let began = Instant::now();
        // What is outside the operator's scope is taken out afterwards: enough must be left.
        let asked_for = limit;
        let limit = if self.surroundings.scope.is_some() { limit.saturating_mul(50) } else { limit };
        let roster = self.roster();
        let at = org.and_then(|id| roster.org_by_external_id(id));
        let is_at = |n: PersonNo| org.is_none() || roster.person(n).is_some_and(|p| at.is_some_and(|at| p.orgs().contains(&at)));
        let index = self.index(&roster);
        if let Some(student) = kin::guardians_of(query) {
            return Ok(self.find_guardians(&roster, student, limit, began, cancelled, &is_at));
        }
        let people = index.find_among(&roster, query, limit, cancelled, &is_at);
        let nowhere = org.is_some() && at.is_none();
        let titled = self.class_titles(&roster).find(&roster, query, at, if nowhere { 0 } else { limit }, cancelled);
        let of_titles = if nowhere { 0 } else { titled.total };
        let mut orgs = find_orgs(&roster, query, limit.min(5));
        orgs.retain(|m| org.is_none() || at == Some(m.number));
        let refused = self.refused()?;
        // Of one organization are the rows that name it: the others are looked through and left out.
        let mut rows = find_lines(&refused.lines, query, if org.is_some() { MOST } else { limit.min(20) });
        rows.retain(|m| org.is_none_or(|org| refused.orgs[m.index].split(';').any(|id| id.trim() == org)));
        rows.truncate(limit.min(20));
        let mut scored: Vec<(u32, Hit)> = Vec::new();
        let mut students: Vec<(u32, PersonNo)> = Vec::new();
        for m in people.best {
            let Some(p) = roster.person(m.number) else { continue };
            if p.role().family() == Family::Students && students.len() as u64 <= kin::FEW {
                students.push((m.score.saturating_sub(1), m.number));
            }
            let about = kin::about(&roster, m.number, p, &by_what(query, p));
            let matched_about = marks(query, &about);
            scored.push((m.score, Hit { what: HitWhat::Person(m.number), title: shown_name(p), about, matched: m.matched, matched_about }));
        }
        let mut kin_hits = 0;
        if students.len() as u64 <= kin::FEW {
            let kin = kin::guardian_hits(&roster, &students, query, &is_at);
            let known = |hit: &Hit| scored.iter().any(|(_, h)| h.what == hit.what);
            let fresh: Vec<(u32, Hit)> = kin.into_iter().filter(|(_, hit)| !known(hit)).collect();
            kin_hits = fresh.len() as u64;
            scored.extend(fresh);
        }
        for m in titled.best {
            let Some((what, title, about)) = titled_hit(&roster, m.what) else { continue };
            let matched_about = marks(query, &about);
            // A title counts each word once, a person's words in steps: brought to the same measure.
            scored.push((m.score * TITLE_STEP, Hit { what, title, about, matched: m.matched, matched_about }));
        }
        for m in orgs {
            let Some(org) = roster.org(m.number) else { continue };
            let about = format!("{} {}", org.kind, org.external_id);
            let matched_about = marks(query, &about);
            scored.push((m.score, Hit { what: HitWhat::Org(m.number), title: org.name.clone(), about, matched: m.matched, matched_about }));
        }
        let refused_hits = rows.len() as u64 + of_titles + kin_hits;
        for m in rows {
            let (what, why) = refused.rows[m.index].clone();
            scored.push((
                m.score,
                Hit { what, title: refused.lines[m.index].clone(), about: why, matched: m.matched, matched_about: Vec::new() },
            ));
        }
        // People before schools before refused rows where they fit equally well: the sort is stable.
        scored.sort_by_key(|s| std::cmp::Reverse(s.0));
        let hits: Vec<Hit> = scored.into_iter().map(|s| s.1).take(limit).collect();
        let micros = began.elapsed().as_micros() as u64;
        let mut found = self.found_within(Found { total: people.total + refused_hits, hits, micros });
        found.hits.truncate(asked_for);
        Ok(found)
    }

    /// The guardians of the students of a name.
    fn find_guardians(
        &self,
        roster: &Roster,
        student: &str,
        limit: usize,
        began: Instant,
        cancelled: &dyn Fn() -> bool,
        is_at: &dyn Fn(PersonNo) -> bool,
    ) -> Found {
        let is_student = |n: PersonNo| roster.person(n).is_some_and(|p| p.role().family() == Family::Students);
        let students = self.index(roster).find_among(roster, student, MOST_STUDENTS, cancelled, &is_student);
        let of: Vec<(u32, PersonNo)> = students.best.iter().map(|m| (m.score, m.number)).collect();
        let mut hits: Vec<Hit> = kin::guardian_hits(roster, &of, student, is_at).into_iter().map(|h| h.1).collect();
        let total = hits.len() as u64;
        hits.truncate(limit);
        self.found_within(Found { total, hits, micros: began.elapsed().as_micros() as u64 })
    }

    /// The refused rows of the latest uploads as lines to search.
    fn refused(&self) -> Result<Arc<Refused>, Trouble> {
        let syncs = self.store.syncs()?;
        let mut latest = Vec::new();
        for root in open_roots(&syncs) {
            latest.extend(self.last_check(root.number)?);
        }
        let of: Vec<SyncNo> = latest.iter().map(|s| s.number).collect();
        if let Some((_, refused)) = lock(&self.views).refused.as_ref().filter(|r| r.0 == of) {
            return Ok(refused.clone());
        }
        let mut refused = Refused::default();
        for sync in latest.iter().filter(|s| s.rows_with_errors > 0) {
            let Ok(source) = self.source(sync) else { continue };
            let mut found: Vec<(u32, u32, String)> = Vec::new();
            self.store.findings(sync.number, &mut |f| {
                if let Some(record) = f.record.filter(|r| f.severity >= Severity::Error && found.last().map(|l| l.0) != Some(*r)) {
                    found.push((record, f.row.unwrap_or(0), f.code.spec().fill(f.code.spec().title, &f)));
                }
                refused.lines.len() + found.len() < MOST
            })?;
            for (record, row, why) in found {
                let Some(source_row) = source.row(record) else { continue };
                let says = |target: Target| {
                    let cell = source.profile.column_to(target).and_then(|c| source.loaded.columns.at.get(c).copied().flatten());
                    cell.and_then(|c| source_row.cells.get(c)).map(|c| String::from_utf8_lossy(c).into_owned()).unwrap_or_default()
                };
                let text = |t: Text| says(Target::Person(Field::Text(t)));
                let (family, given) = (text(Text::FamilyName), text(Text::GivenName));
                let name =
                    [family.as_str(), given.as_str()].iter().filter(|n| !n.trim().is_empty()).copied().collect::<Vec<_>>().join(", ");
                let more = [text(Text::SourcedId), text(Text::Email)];
                let more = more.iter().filter(|m| !m.trim().is_empty()).cloned().collect::<Vec<_>>().join(" ");
                refused.orgs.push(says(Target::Person(Field::Orgs)));
                refused.lines.push(format!("{name}  {more}"));
                refused.rows.push((HitWhat::Refused { sync: sync.number, record }, format!("refused, {} row {row}, {why}", sync.number)));
            }
        }
        let refused = Arc::new(refused);
        lock(&self.views).refused = Some((of, refused.clone()));
        Ok(refused)
    }

    /// What a reference names: one answer, or the candidates.
    pub(super) fn resolve(&self, reference: &str) -> Result<Vec<Named>, Trouble> {
        let roster = self.roster();
        let found = resolve(&roster, reference.trim());
        if found.is_empty() {
            let next = format!("Look with: homeroom find \"{}\"", reference.trim());
            return Err(Trouble::new(TroubleSort::Usage, format!("Nothing is called \"{}\".", reference.trim()), next));
        }
        Ok(found.into_iter().map(|e| named(&roster, e)).collect())
    }
}

/// A class or course as a hit: what it is, its title, and what tells it apart.
fn titled_hit(roster: &Roster, what: Titled) -> Option<(HitWhat, String, String)> {
    let at = |org: Option<OrgNo>| org.and_then(|o| roster.org(o)).map(|o| format!(" · {}", o.name)).unwrap_or_default();
    let off = |status| if status == crate::roster::Status::Disabled { " · disabled" } else { "" };
    match what {
        Titled::Class(n) => {
            let c = roster.class(n)?;
            Some((HitWhat::Class(n), c.title, format!("{}{}{}", format!("class {}", c.sourced_id).trim_end(), at(c.org), off(c.status))))
        }
        Titled::Course(n) => {
            let c = roster.course(n)?;
            Some((HitWhat::Course(n), c.title, format!("course {}{}{}", c.sourced_id, at(c.org), off(c.status))))
        }
    }
}

/// The class of an ID, of a title at a school (`S1/Algebra 1`), or of a title that no other class has.
fn class(roster: &Roster, id: &str) -> Vec<ClassNo> {
    let relations = roster.relations();
    if let Some(slot) = id.strip_prefix('@').and_then(|n| n.parse().ok()) {
        return roster.class(ClassNo(slot)).map(|_| ClassNo(slot)).into_iter().collect();
    }
    let at_school = || {
        let (school, title) = id.split_once('/')?;
        relations.class_titled(Some(roster.org_by_external_id(school)?), title)
    };
    if let Some(number) = relations.class(id).or_else(at_school) {
        return vec![number];
    }
    let schools = roster.orgs().map(|(number, _)| Some(number)).chain([None]);
    schools.filter_map(|school| relations.class_titled(school, id)).collect()
}

/// The people that a reference names.
fn people(roster: &Roster, reference: &str) -> Vec<PersonNo> {
    let people = resolve(roster, reference).into_iter().filter(|e| e.table == Table::People);
    people.map(|e| PersonNo(e.slot)).collect()
}

/// `enrollment:PERSON/CLASS`: each as its own reference says it, the class with or without `class:`.
fn enrollments(roster: &Roster, pair: &str) -> Vec<Entity> {
    if let Some(slot) = pair.strip_prefix('@').and_then(|n| n.parse().ok()) {
        return roster.enrollment(EnrollmentNo(slot)).map(|_| EnrollmentNo(slot).into()).into_iter().collect();
    }
    // A class's own ID may have a slash in it, as a person's may: each place where it may be cut is tried.
    let cuts = pair.match_indices('/').map(|(at, _)| (&pair[..at], &pair[at + 1..]));
    let found = cuts.flat_map(|(person, of)| {
        let classes = class(roster, of.strip_prefix("class:").unwrap_or(of));
        let people = people(roster, person);
        people.into_iter().flat_map(move |p| classes.clone().into_iter().map(move |c| (p, c)))
    });
    found.filter_map(|(p, c)| roster.relations().enrollment(p, c)).map(Entity::from).collect()
}

/// `link:GUARDIAN/STUDENT`: each by ID or as its own reference says it.
fn links(roster: &Roster, pair: &str) -> Vec<Entity> {
    if let Some(slot) = pair.strip_prefix('@').and_then(|n| n.parse().ok()) {
        return roster.link(LinkNo(slot)).map(|_| LinkNo(slot).into()).into_iter().collect();
    }
    let mut found = Vec::new();
    for (at, _) in pair.match_indices('/') {
        for guardian in people(roster, &pair[..at]) {
            let students = people(roster, &pair[at + 1..]).into_iter();
            found.extend(students.filter_map(|s| roster.relations().link(guardian, s)).map(Entity::from));
        }
    }
    found
}

fn resolve(roster: &Roster, reference: &str) -> Vec<Entity> {
    if let Some(slot) = reference.strip_prefix('@').and_then(|n| n.parse().ok()) {
        return roster.person(PersonNo(slot)).map(|_| Entity::from(PersonNo(slot))).into_iter().collect();
    }
    if let Some((kind, id)) = reference.split_once(':') {
        let family = match kind.to_lowercase().as_str() {
            "staff" | "teacher" | "admin" | "employee" => Some(Family::Staff),
            "student" | "students" => Some(Family::Students),
            "guardian" | "guardians" => Some(Family::Guardians),
            "school" | "org" | "district" => return roster.org_by_external_id(id).map(Entity::from).into_iter().collect(),
            "class" => return class(roster, id).into_iter().map(Entity::from).collect(),
            "course" => {
                let by_number = || id.strip_prefix('@')?.parse().ok().map(CourseNo).filter(|n| roster.course(*n).is_some());
                return by_number().or(roster.relations().course(id)).map(Entity::from).into_iter().collect();
            }
            "enrollment" => return enrollments(roster, id),
            "link" => return links(roster, id),
            _ => None,
        };
        if let Some(family) = family {
            return roster.person_by_id(family, id).map(Entity::from).into_iter().collect();
        }
    }
    let people = roster.people_by_id(reference).map(Entity::from);
    let orgs = roster.org_by_external_id(reference).map(|o: OrgNo| Entity::from(o));
    let relations = roster.relations();
    let class = relations.class(reference).map(Entity::from);
    let course = relations.course(reference).map(Entity::from);
    people.chain(orgs).chain(class).chain(course).collect()
}
