//! The roster as it is looked at: schools, people, classes, what ties them, what was found.

use serde::{Deserialize, Serialize};

use crate::ledger::{FieldChange, Sync, SyncNo, Timestamp};
use crate::roster::{Class, ClassNo, Course, CourseNo, EnrollmentNo, Entity, LinkNo, Org, OrgNo, Person, PersonNo, Role, Status};

/// One organization in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SchoolRow {
    /// Its number.
    pub number: OrgNo,
    /// The organization.
    pub org: Org,
    /// Active staff.
    pub staff: u64,
    /// Active students.
    pub students: u64,
    /// Classes.
    pub classes: u64,
    /// Open errors on rows for it.
    pub open_errors: u64,
    /// The last sync that named it.
    pub last: Option<Sync>,
}

/// One organization in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SchoolDetail {
    /// As in the list.
    pub row: SchoolRow,
    /// The parent's name.
    pub parent: Option<String>,
    /// The parent's external ID.
    pub parent_id: Option<String>,
    /// Its history, newest first.
    pub history: Vec<HistoryLine>,
}

/// One class in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassRow {
    /// Its number.
    pub number: ClassNo,
    /// The class.
    pub class: Class,
    /// The school's name.
    pub school: String,
    /// The course's title.
    pub course: String,
    /// The primary teacher's name; else the first teacher's.
    pub teacher: String,
    /// Active enrollments of teachers and staff.
    pub teachers: u64,
    /// Active enrollments of students.
    pub students: u64,
}

/// One class with who is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassDetail {
    /// As in the list.
    pub row: ClassRow,
    /// The course, where there is one.
    pub course: Option<CourseNo>,
    /// Every field by name and value.
    pub fields: Vec<(String, String)>,
    /// Who is in it: teachers first.
    pub members: Vec<Tie>,
    /// The feeds that bring it.
    pub feeds: Vec<String>,
    /// Its history, newest first.
    pub history: Vec<HistoryLine>,
}

/// One course in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CourseRow {
    /// Its number.
    pub number: CourseNo,
    /// The course.
    pub course: Course,
    /// The name of the organization that offers it.
    pub school: String,
    /// Classes that are sections of it.
    pub classes: u64,
}

/// One course, enrollment or guardian link in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordDetail {
    /// Which, and what it is called.
    pub named: Named,
    /// Every field by name and value.
    pub fields: Vec<(String, String)>,
    /// Of a course the classes that are sections of it, by title.
    pub classes: Vec<ClassRow>,
    /// The feeds that bring it.
    pub feeds: Vec<String>,
    /// Its history, newest first.
    pub history: Vec<HistoryLine>,
}

/// What ties two records: a person in a class, or a guardian and a student.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tie {
    /// The enrollment or the link.
    pub what: TieWhat,
    /// The person in the class, or the guardian.
    pub person: PersonNo,
    /// That person's name.
    pub name: String,
    /// That person's ID.
    pub sourced_id: String,
    /// The class, where it is an enrollment.
    pub class: Option<ClassNo>,
    /// The student, where it is a link.
    pub student: Option<PersonNo>,
    /// The class's or the student's ID; the title where a class has none.
    pub other_id: String,
    /// The class's title or the student's name.
    pub other: String,
    /// Role in the class, or relation to the student.
    pub role: String,
    /// Whether this teacher is the class's first.
    pub primary: bool,
    /// Status.
    pub status: Status,
}

/// Which tie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TieWhat {
    /// An enrollment.
    Enrollment(EnrollmentNo),
    /// A guardian link.
    Link(LinkNo),
}

/// One person in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonRow {
    /// The number, for asking again.
    pub number: PersonNo,
    /// "Family, Given".
    pub name: String,
    /// Role.
    pub role: Role,
    /// ID, empty if there is none.
    pub sourced_id: String,
    /// E-mail.
    pub email: String,
    /// Names of the organizations, "; " between.
    pub school: String,
    /// Grade code, empty if none.
    pub grade: String,
    /// Status.
    pub status: Status,
}

/// One person in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonDetail {
    /// As in the list.
    pub row: PersonRow,
    /// Everything known.
    pub person: Person,
    /// Every field with where its value came from.
    pub fields: Vec<FieldView>,
    /// Newest first.
    pub history: Vec<HistoryLine>,
    /// The feeds that bring this person.
    pub feeds: Vec<String>,
    /// The classes this person is in.
    pub classes: Vec<Tie>,
    /// Of a student the guardians, of a guardian the students.
    pub links: Vec<Tie>,
}

/// A field of a person with where its value came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldView {
    /// Name.
    pub field: String,
    /// Value in words.
    pub value: String,
    /// The sync that set it; none for an edit by hand.
    pub sync: Option<SyncNo>,
    /// The physical line that brought it, 0 where none.
    pub line: u32,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// The file that brought it; empty where none did.
    pub file: String,
}

/// One entry of a record's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryLine {
    /// The journal's position.
    pub position: u64,
    /// The sync; none for an edit by hand.
    pub sync: Option<SyncNo>,
    /// The feed's name; empty for by hand.
    pub feed: String,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// The physical line that brought it, 0 where none.
    pub line: u32,
    /// created, updated, disabled, removed, put back.
    pub action: String,
    /// Field by field; empty for a creation.
    pub changes: Vec<FieldChange>,
    /// The file of the sync; empty where there is none.
    pub file: String,
    /// The fields that the row brought with a correction laid over it.
    pub corrected: Vec<String>,
}

/// What a look-up found, best first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// How many match in all.
    pub total: u64,
    /// The best of them.
    pub hits: Vec<Hit>,
    /// How long it took, microseconds.
    pub micros: u64,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// What it is.
    pub what: HitWhat,
    /// The line to show: name first.
    pub title: String,
    /// What else tells it apart: role, ID, school; for a refused row the sync, row and reason.
    pub about: String,
    /// Which characters (by index) of `title` matched.
    pub matched: Vec<u32>,
    /// Which characters (by index) of `about` matched.
    pub matched_about: Vec<u32>,
}

/// Sorts of hits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HitWhat {
    /// A person.
    Person(PersonNo),
    /// An organization.
    Org(OrgNo),
    /// A class.
    Class(ClassNo),
    /// A course.
    Course(CourseNo),
    /// An enrollment.
    Enrollment(EnrollmentNo),
    /// A guardian link.
    Link(LinkNo),
    /// A refused row of a feed's latest upload.
    Refused {
        /// The sync.
        sync: SyncNo,
        /// Data record number.
        record: u32,
    },
}

impl HitWhat {
    /// The record on the roster; none for a refused row.
    pub fn entity(&self) -> Option<Entity> {
        match *self {
            Self::Person(n) => Some(n.into()),
            Self::Org(n) => Some(n.into()),
            Self::Class(n) => Some(n.into()),
            Self::Course(n) => Some(n.into()),
            Self::Enrollment(n) => Some(n.into()),
            Self::Link(n) => Some(n.into()),
            Self::Refused { .. } => None,
        }
    }
}

/// A record by number and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Which.
    pub what: HitWhat,
    /// `staff:1001`, `school:S1`.
    pub reference: String,
    /// Name and what tells it apart.
    pub title: String,
}
