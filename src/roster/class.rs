//! Classes, courses, enrollments and guardian links: who is taught what, and who cares for whom.

use serde::{Deserialize, Serialize};

use super::value::{Grade, Role, Status, named};
use super::{ClassNo, CourseNo, FeedNo, OrgNo, PersonNo};

/// A course, of which classes are sections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// The course's ID at the source, unique over all courses.
    pub sourced_id: String,
    /// Title.
    pub title: String,
    /// The catalogue's code, where it is another than the ID.
    pub code: String,
    /// The organization that offers it.
    pub org: Option<OrgNo>,
    /// Active or disabled.
    pub status: Status,
    /// The feeds that bring it, sorted; [`FeedNo::HAND`] if made by hand.
    pub feeds: Vec<FeedNo>,
}

/// A class: a section of a course at a school.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// The class's ID at the source, unique over all classes; empty where the system knows classes by title and school.
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
    /// The feeds that bring it, sorted; [`FeedNo::HAND`] if made by hand.
    pub feeds: Vec<FeedNo>,
}

/// A person in a class, in a role. There is one for a person and a class.
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
    /// Active or disabled: the assignment has ended.
    pub status: Status,
    /// The feeds that bring it, sorted; [`FeedNo::HAND`] if made by hand.
    pub feeds: Vec<FeedNo>,
}

/// A guardian's relation to a student. There is one for a guardian and a student.
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
    /// The feeds that bring it, sorted; [`FeedNo::HAND`] if made by hand.
    pub feeds: Vec<FeedNo>,
}

/// Anything about a course that can be read, edited, compared and journalled, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CourseField {
    /// The unique ID.
    SourcedId,
    /// Title.
    Title,
    /// The catalogue's code.
    Code,
    /// The organization, by external ID.
    Org,
    /// Active or disabled.
    Status,
}
named!(CourseField { SourcedId = "course_id", Title = "course_title", Code = "course_code", Org = "course_org", Status = "course_status" });

/// Anything about a class that can be read, edited, compared and journalled, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassField {
    /// The unique ID.
    SourcedId,
    /// Title.
    Title,
    /// Grade level.
    Grade,
    /// Subject.
    Subject,
    /// The course, by its ID.
    Course,
    /// The school, by external ID.
    Org,
    /// Active or disabled.
    Status,
}
named!(ClassField {
    SourcedId = "class_id", Title = "class_title", Grade = "class_grade", Subject = "class_subject", Course = "class_course",
    Org = "class_org", Status = "class_status",
});

/// Anything about an enrollment that can be read, edited, compared and journalled, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnrollmentField {
    /// The person, by ID or e-mail.
    Person,
    /// The class, by its ID.
    Class,
    /// As what.
    Role,
    /// Whether this is the class's first teacher.
    Primary,
    /// Active or disabled.
    Status,
}
named!(EnrollmentField {
    Person = "enrollment_person", Class = "enrollment_class", Role = "enrollment_role", Primary = "enrollment_primary",
    Status = "enrollment_status",
});

/// Anything about a guardian link that can be read, edited, compared and journalled, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkField {
    /// The guardian, by code.
    Guardian,
    /// The student, by ID.
    Student,
    /// Parent, relative, aide, ...
    Relation,
    /// Active or disabled.
    Status,
}
named!(LinkField { Guardian = "link_guardian", Student = "link_student", Relation = "link_relation", Status = "link_status" });
