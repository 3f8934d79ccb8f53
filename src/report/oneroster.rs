//! The whole roster as a OneRoster 1.1 bundle: a ZIP file that any system of the standard takes, and that comes in here again as it
//! was. The same roster gives the same bytes, whatever the order in which it grew.
//!
//! Everything in a bulk file is active, so what is disabled is left out, people excepted (`enabledUser`). What else the standard has no
//! words for is left out and counted, or stands in extension columns (`metadata.*`) that other systems pass over.

mod files;

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

use files::{CLASSES, COURSES, ENROLLMENTS, File, ORGS, SESSION, SESSIONS, USERS, manifest, table};

use crate::roster::{
    Class, ClassNo, Course, CourseNo, Enrollment, Link, Org, OrgKind, OrgNo, PersonNo, PersonRef, Role, Roster, Status, Table, Text, unpack,
};

/// A bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Oneroster {
    /// The ZIP file.
    pub bytes: Vec<u8>,
    /// Data lines in all its files.
    pub lines: u64,
    /// What was left out or could not be said in full, in few words: "3 people without an ID are left out".
    pub left: Vec<String>,
}

impl Oneroster {
    /// Writes what the roster has; only what is at one organization, above and below it, where one is named.
    pub fn of(roster: &Roster, only: Option<OrgNo>) -> io::Result<Self> {
        let mut said = Said {
            roster,
            left: BTreeMap::new(),
            orgs: HashMap::new(),
            people: HashMap::new(),
            courses: HashMap::new(),
            classes: HashMap::new(),
        };
        said.choose_orgs(only);
        said.choose_people();
        said.choose_classes();
        let orgs = said.orgs()?;
        let users = said.users()?;
        let (courses, classes) = (said.courses()?, said.classes()?);
        let enrollments = said.enrollments()?;
        let sessions =
            if courses.1 + classes.1 > 0 { table(SESSIONS, &mut [SESSION.map(str::to_owned).to_vec()])? } else { Default::default() };
        let files = [
            ("academicSessions", sessions),
            ("classes", classes),
            ("courses", courses),
            ("enrollments", enrollments),
            ("orgs", orgs),
            ("users", users),
        ];
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        // Nothing of this machine or this hour.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        let written = |name: &str| files.iter().find(|f| f.0 == name).is_some_and(|f| f.1.1 > 0);
        zip.start_file("manifest.csv", options)?;
        zip.write_all(&manifest(&written)?)?;
        let mut lines = 0;
        for (name, (bytes, count)) in files.iter().filter(|f| f.1.1 > 0) {
            // A file of a header alone is no file in the standard.
            zip.start_file(format!("{name}.csv"), options)?;
            zip.write_all(bytes)?;
            lines += count;
        }
        let left = said.left.into_iter().map(|(what, n)| format!("{n} {what}")).collect();
        Ok(Self { bytes: zip.finish()?.into_inner(), lines, left })
    }
}

/// What is said of the roster: the records that are written, by number, and how many were left out for what.
struct Said<'r> {
    roster: &'r Roster,
    left: BTreeMap<&'static str, u64>,
    orgs: HashMap<OrgNo, &'r Org>,
    people: HashMap<PersonNo, PersonRef<'r>>,
    courses: HashMap<CourseNo, Course>,
    classes: HashMap<ClassNo, Class>,
}

impl<'r> Said<'r> {
    fn leave(&mut self, what: &'static str) {
        *self.left.entry(what).or_default() += 1;
    }

    fn choose_orgs(&mut self, only: Option<OrgNo>) {
        let roster = self.roster;
        for (number, org) in roster.orgs() {
            if only.is_some_and(|only| !above(roster, only).contains(&number) && !above(roster, number).contains(&only)) {
                continue;
            }
            if org.status == Status::Disabled {
                self.leave("disabled organizations are left out");
            } else if !listable(&org.external_id) || org.name.is_empty() {
                self.leave("organizations without a usable ID or name are left out");
            } else {
                self.orgs.insert(number, org);
            }
        }
    }

    /// The organizations of a person that are written, that first which makes the role what it is.
    fn orgs_of(&self, person: PersonRef<'_>) -> Vec<&'r Org> {
        let mut orgs: Vec<&Org> = person.orgs().iter().filter_map(|o| self.orgs.get(o).copied()).collect();
        let first = if person.role() == Role::DistrictAdmin { OrgKind::District } else { OrgKind::School };
        orgs.sort_by_key(|o| (person.role().is_admin() && o.kind != first, o.external_id.as_str()));
        orgs
    }

    fn choose_people(&mut self) {
        let roster = self.roster;
        let all = self.orgs.len() == roster.orgs().count();
        let mut ids: HashMap<&str, u32> = HashMap::new();
        let mut later = Vec::new();
        for (number, person) in roster.people() {
            let orgs = self.orgs_of(person);
            let guardian = person.role() == Role::Guardian;
            if orgs.is_empty() && !person.orgs().is_empty() && !all {
                // Of another school; of an organization that is disabled or cannot be written.
                if person.orgs().iter().any(|o| roster.org(*o).is_some_and(|o| o.status == Status::Disabled)) {
                    self.leave("people of disabled organizations are left out");
                }
                continue;
            }
            if !listable(person.text(Text::SourcedId)) {
                self.leave("people without a usable ID are left out");
            } else if person.raw(Text::GivenName).is_empty() || person.raw(Text::FamilyName).is_empty() {
                self.leave("people without a given or family name are left out");
            } else if orgs.is_empty() && !guardian {
                self.leave("people without a school are left out");
            } else {
                if orgs.is_empty() && !all {
                    later.push((number, person));
                    continue;
                }
                self.people.insert(number, person);
                *ids.entry(person.text(Text::SourcedId)).or_default() += 1;
            }
        }
        // A guardian who belongs nowhere goes with the students.
        for (number, person) in later {
            if roster.relations().of_guardian(number).iter().any(|(_, s)| self.people.contains_key(s)) {
                self.people.insert(number, person);
            }
        }
        let shared = ids.values().filter(|n| **n > 1).count() as u64;
        if shared > 0 {
            self.left.insert("IDs are shared by a student, a member of staff or a guardian, which other systems may refuse", shared);
        }
    }

    fn choose_classes(&mut self) {
        let roster = self.roster;
        for (slot, bytes) in roster.table(Table::Courses).iter() {
            let Some(course) = unpack::<Course>(bytes) else { continue };
            if course.org.is_some_and(|o| !self.orgs.contains_key(&o)) {
                continue;
            }
            if course.status == Status::Disabled {
                self.leave("disabled courses are left out");
            } else if course.sourced_id.is_empty() || course.title.is_empty() {
                self.leave("courses without an ID or a title are left out");
            } else {
                self.courses.insert(CourseNo(slot), course);
            }
        }
        for (slot, bytes) in roster.table(Table::Classes).iter() {
            let Some(class) = unpack::<Class>(bytes) else { continue };
            if class.status == Status::Disabled {
                self.leave("disabled classes are left out");
            } else if class.sourced_id.is_empty() || class.title.is_empty() {
                self.leave("classes without an ID or a title are left out");
            } else if let Some(org) = class.org {
                if self.orgs.contains_key(&org) {
                    self.classes.insert(ClassNo(slot), class);
                }
            } else {
                self.leave("classes without a school are left out");
            }
        }
    }

    fn org_id(&self, org: Option<OrgNo>) -> String {
        org.and_then(|o| self.orgs.get(&o)).map(|o| o.external_id.clone()).unwrap_or_default()
    }

    fn orgs(&mut self) -> io::Result<File> {
        let mut rows = Vec::new();
        for org in self.orgs.values() {
            let text = |t: &str| t.to_owned();
            let parent = self.org_id(org.parent);
            let kind = org.kind.name();
            rows.push(vec![text(&org.external_id), text(""), text(""), text(&org.name), text(kind), text(""), parent, text(&org.address)]);
        }
        table(ORGS, &mut rows)
    }

    fn users(&mut self) -> io::Result<File> {
        let mut rows = Vec::new();
        let (mut nameless, mut other_admins) = (0, 0);
        for (number, person) in &self.people {
            let orgs = self.orgs_of(*person);
            let wanted = if person.role() == Role::DistrictAdmin { OrgKind::District } else { OrgKind::School };
            other_admins += u64::from(person.role().is_admin() && orgs.first().is_none_or(|o| o.kind != wanted));
            nameless += u64::from(person.raw(Text::Username).is_empty());
            let agents = self.agents(*number);
            let text = |t: Text| person.text(t).to_owned();
            let blank = String::new;
            rows.push(vec![
                text(Text::SourcedId),
                blank(),
                blank(),
                (person.status() == Status::Active).to_string(),
                orgs.iter().map(|o| o.external_id.as_str()).collect::<Vec<_>>().join(","),
                role(person.role()).to_owned(),
                text(Text::Username),
                blank(),
                text(Text::GivenName),
                text(Text::FamilyName),
                text(Text::MiddleName),
                blank(),
                text(Text::Email),
                // As it came: in digits alone it would come in again as a change.
                text(if person.raw(Text::PhoneRaw).is_empty() { Text::Phone } else { Text::PhoneRaw }),
                text(Text::HomePhone),
                agents.iter().map(|a| a.0.as_str()).collect::<Vec<_>>().join(","),
                person.grade().filter(|_| person.role() == Role::Student).map(|g| g.code().to_owned()).unwrap_or_default(),
                blank(),
                text(Text::Position),
                text(Text::Language),
                text(Text::PreferredName),
                if agents.iter().all(|a| a.1.is_empty()) {
                    blank()
                } else {
                    agents.iter().map(|a| a.1.as_str()).collect::<Vec<_>>().join(",")
                },
            ]);
        }
        if nameless > 0 {
            self.left.insert("people have no username, which the standard asks for: the cell is blank", nameless);
        }
        if other_admins > 0 {
            self.left.insert(
                "administrators belong to no school or no district of theirs and come in again as those of the other",
                other_admins,
            );
        }
        table(USERS, &mut rows)
    }

    /// The guardians of a student, by ID, with what they are.
    fn agents(&self, student: PersonNo) -> Vec<(String, String)> {
        let links = self.roster.relations().of_student(student).iter();
        let mut agents: Vec<(String, String)> = links
            .filter_map(|(link, guardian)| {
                let link: Link = self.roster.link(*link).filter(|l| l.status == Status::Active)?;
                let id = self.people.get(guardian)?.text(Text::SourcedId);
                Some((id.to_owned(), link.relation.replace(',', " ")))
            })
            .collect();
        agents.sort();
        agents
    }

    fn courses(&mut self) -> io::Result<File> {
        let mut rows = Vec::new();
        for course in self.courses.values() {
            let mut row = vec![String::new(); COURSES.len()];
            row[0].clone_from(&course.sourced_id);
            SESSION[0].clone_into(&mut row[3]);
            row[4].clone_from(&course.title);
            row[5].clone_from(&course.code);
            row[7] = self.org_id(course.org);
            rows.push(row);
        }
        table(COURSES, &mut rows)
    }

    fn classes(&mut self) -> io::Result<File> {
        let mut rows = Vec::new();
        let mut alone = 0;
        for class in self.classes.values() {
            let mut row = vec![String::new(); CLASSES.len()];
            let course = class.course.and_then(|c| self.courses.get(&c)).map(|c| c.sourced_id.clone());
            alone += u64::from(course.is_none());
            row[0].clone_from(&class.sourced_id);
            row[3].clone_from(&class.title);
            row[4] = class.grade.map(|g| g.code().to_owned()).unwrap_or_default();
            row[5] = course.unwrap_or_default();
            "scheduled".clone_into(&mut row[7]);
            row[9] = self.org_id(class.org);
            SESSION[0].clone_into(&mut row[10]);
            row[11].clone_from(&class.subject);
            rows.push(row);
        }
        if alone > 0 {
            self.left.insert("classes are of no course, which the standard asks for: the cell is blank", alone);
        }
        table(CLASSES, &mut rows)
    }

    fn enrollments(&mut self) -> io::Result<File> {
        let mut rows = Vec::new();
        let roster = self.roster;
        for (_, bytes) in roster.table(Table::Enrollments).iter() {
            let Some(enrollment) = unpack::<Enrollment>(bytes).filter(|e| e.status == Status::Active) else {
                self.leave("ended enrollments are left out");
                continue;
            };
            let (Some(class), Some(person)) = (self.classes.get(&enrollment.class), self.people.get(&enrollment.person)) else {
                if self.orgs.len() == roster.orgs().count() {
                    self.leave("enrollments of people or in classes that are left out are left out");
                }
                continue;
            };
            let Some(role) =
                enrolled_as(enrollment.role).filter(|_| person.status() == Status::Active && at_home(roster, *person, class.org))
            else {
                self.leave("enrollments of disabled people, of guardians or at a school that the person is not of are left out");
                continue;
            };
            let (class_id, id) = (&class.sourced_id, person.text(Text::SourcedId));
            let mut row = vec![String::new(); ENROLLMENTS.len()];
            row[0] = format!("{class_id}:{id}:{role}");
            row[3].clone_from(class_id);
            row[4] = self.org_id(class.org);
            id.clone_into(&mut row[5]);
            role.clone_into(&mut row[6]);
            row[7] = enrollment.primary.to_string();
            rows.push(row);
        }
        table(ENROLLMENTS, &mut rows)
    }
}

/// An organization and those above it.
fn above(roster: &Roster, org: OrgNo) -> Vec<OrgNo> {
    let mut all = vec![org];
    while let Some(parent) = all.last().and_then(|o| roster.org(*o)?.parent).filter(|p| !all.contains(p)) {
        all.push(parent);
    }
    all
}

/// Whether the person may be enrolled at a school: of it, of the district above it, of a part of it, or of none.
fn at_home(roster: &Roster, person: PersonRef<'_>, school: Option<OrgNo>) -> bool {
    let Some(school) = school else { return true };
    let orgs = person.orgs();
    orgs.is_empty()
        || above(roster, school).iter().take(2).any(|o| orgs.contains(o))
        || orgs.iter().any(|o| above(roster, *o).contains(&school))
}

/// An ID that can stand in a list: not blank, no comma in it.
fn listable(id: &str) -> bool {
    !id.is_empty() && !id.contains(',')
}

/// A role in the words of the users' file.
fn role(role: Role) -> &'static str {
    match role {
        Role::Student => "student",
        Role::Teacher => "teacher",
        Role::Staff => "aide",
        Role::SchoolAdmin | Role::DistrictAdmin => "administrator",
        Role::Guardian => "guardian",
    }
}

/// A role in the words of the enrollments' file.
fn enrolled_as(role: Role) -> Option<&'static str> {
    match role {
        Role::Student => Some("student"),
        Role::Teacher => Some("teacher"),
        Role::Staff => Some("proctor"),
        Role::SchoolAdmin | Role::DistrictAdmin => Some("administrator"),
        Role::Guardian => None,
    }
}
