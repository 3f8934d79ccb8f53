//! Classes, courses, enrollments and guardian links: who is taught what, and who cares for whom.

use serde::{Deserialize, Serialize};

use super::value::{Grade, Role, Status};
use super::{ClassNo, CourseNo, FeedNo, OrgNo, PersonNo};

/// A course, of which classes are sections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// The course's ID at the source.
    pub sourced_id: String,
    /// Title.
    pub title: String,
    /// The organization that offers it.
    pub org: Option<OrgNo>,
    /// Active or disabled.
    pub status: Status,
    /// The feeds that bring it.
    pub feeds: Vec<FeedNo>,
}

/// A class: a section of a course at a school.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// The class's ID at the source.
    pub sourced_id: String,
    /// Title.
    pub title: String,
    /// Grade level, if it has one.
    pub grade: Option<Grade>,
    /// Subject, free text.
    pub subject: String,
    /// The course it is a section of.
    pub course: Option<CourseNo>,
    /// The school where it is taught.
    pub org: Option<OrgNo>,
    /// Active or disabled.
    pub status: Status,
    /// The feeds that bring it.
    pub feeds: Vec<FeedNo>,
}

/// A person in a class, in a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrollment {
    /// Who.
    pub person: PersonNo,
    /// In which class.
    pub class: ClassNo,
    /// As what.
    pub role: Role,
    /// Whether this teacher is the class's first.
    pub primary: bool,
    /// Active or disabled.
    pub status: Status,
    /// The feeds that bring it.
    pub feeds: Vec<FeedNo>,
}

/// A guardian's relation to a student.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The guardian.
    pub guardian: PersonNo,
    /// The student.
    pub student: PersonNo,
    /// Parent, relative, aide, ... as the source says it.
    pub relation: String,
    /// Active or disabled.
    pub status: Status,
    /// The feeds that bring it.
    pub feeds: Vec<FeedNo>,
}
