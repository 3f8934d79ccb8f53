//! What requests take: which rows, sorted how, of what.

use serde::{Deserialize, Serialize};

use crate::ledger::{Mode, ReadAs, Severity};
use crate::roster::{Family, Kind, OrgNo, Role, Status};

/// A file to import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Absolute path of the file.
    pub path: String,
    /// The feed it comes through: profile, mapping, organization, mode and limits are its own where none is given here.
    pub feed: Option<String>,
    /// Profile; recognised from the header where neither it nor a feed is given.
    pub profile: Option<String>,
    /// Mapping, by name.
    pub map: Option<String>,
    /// The organization it is for: external ID.
    pub org: Option<String>,
    /// How the absent are treated; the profile's default where none is given.
    pub mode: Option<Mode>,
    /// Plan and report, change nothing.
    pub dry_run: bool,
    /// Stop for approval, whatever the plan.
    pub hold: bool,
    /// Where a full sync has no rows of a kind (SAF-505): how many there are of that kind, typed to confirm that all are to go.
    pub confirm: Option<u64>,
    /// Encoding and delimiter instead of what would be sniffed.
    pub read_as: ReadAs,
}

/// What can be made by hand, and by which fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddWhat {
    /// A person: the fields of [`crate::roster::Field`]; `role` is needed.
    Person,
    /// A school or district: the fields of [`crate::roster::OrgField`]; `external_id` and `name` are needed.
    School,
    /// A course: the fields of [`crate::roster::CourseField`].
    Course,
    /// A class: the fields of [`crate::roster::ClassField`].
    Class,
    /// An enrollment: the fields of [`crate::roster::EnrollmentField`]; person and class are references as `show` takes them.
    Enrollment,
    /// A guardian link: the fields of [`crate::roster::LinkField`]; guardian and student are references as `show` takes them.
    Link,
}
crate::roster::value::named!(AddWhat {
    Person = "person", School = "school", Course = "course", Class = "class", Enrollment = "enrollment", Link = "link",
});

/// Which syncs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncsOf {
    /// Of profiles with this type of import: [`ProfileInfo::import_type`](super::ProfileInfo::import_type).
    pub import_type: Option<String>,
    /// About this kind: it counted records of it, or its profile's rows are that.
    pub kind: Option<Kind>,
    /// Of this feed, by the name that it has now.
    pub feed: Option<String>,
}

/// Which findings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingQuery {
    /// Of this cause.
    pub cause: Option<u32>,
    /// Of this severity.
    pub severity: Option<Severity>,
    /// At least this bad.
    pub at_least: Option<Severity>,
    /// Of this column.
    pub column: Option<String>,
    /// Containing this text in value, key or message.
    pub filter: String,
}

/// Names one row of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowAt {
    /// By data record number, the first is 1.
    Record(u32),
    /// By physical line of its first character, header = 1.
    Line(u32),
}

/// What people are sorted by. Equal ones by name, then ID.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeopleSort {
    /// Family name, given name; case and accents ignored.
    #[default]
    Name,
    /// ID, as text.
    Id,
    /// Role.
    Role,
    /// School name.
    School,
    /// Status.
    Status,
    /// E-mail.
    Email,
    /// Grade, the lowest first; who has none comes last.
    Grade,
}

/// Which people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PeopleQuery {
    /// Words that name, ID or e-mail must contain, case and accents ignored.
    pub filter: String,
    /// Of this family.
    pub family: Option<Family>,
    /// Of this role.
    pub role: Option<Role>,
    /// At this organization.
    pub org: Option<OrgNo>,
    /// Of this status.
    pub status: Option<Status>,
    /// Only those without an ID, who cannot be managed in bulk.
    pub without_id: bool,
    /// Sorted by.
    pub sort: PeopleSort,
    /// Sorted from the other end.
    pub reverse: bool,
}

/// What schools are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchoolSort {
    /// Name.
    #[default]
    Name,
    /// External ID.
    Id,
    /// Number of staff.
    Staff,
    /// Number of students.
    Students,
    /// Number of open errors.
    Errors,
}

/// A report on a sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportFormat {
    /// `Row Number,sourcedId,Column Name,Error`, a line an error.
    SyncReport,
    /// The refused rows as they stood, then `errors` and `resolution`.
    UsersErrors,
    /// Every row, then `result`, `action`, `message`.
    Results,
    /// A line for each school and kind, and totals.
    Summary,
    /// The upload byte for byte, save the corrected cells.
    Corrected,
    /// What changed or would change, a line a field.
    Plan,
}
crate::roster::value::named!(ReportFormat {
    SyncReport = "sync-report", UsersErrors = "users-errors", Results = "results", Summary = "summary",
    Corrected = "corrected", Plan = "plan",
});

/// Current data to export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExportWhat {
    /// Teachers, other staff, administrators.
    Staff,
    /// School and district administrators.
    Admins,
    /// Students.
    Students,
    /// Guardians, a line for each link to a student.
    Guardians,
    /// Everybody.
    People,
    /// Organizations.
    Schools,
    /// Classes.
    Classes,
    /// Enrollments.
    Enrollments,
    /// The whole roster as a OneRoster 1.1 bundle: a ZIP file.
    Oneroster,
    /// Every standing correction: what the source's owner must be told.
    Corrections,
}
crate::roster::value::named!(ExportWhat {
    Staff = "staff", Admins = "admins", Students = "students", Guardians = "guardians", People = "people", Schools = "schools",
    Classes = "classes", Enrollments = "enrollments", Oneroster = "oneroster", Corrections = "corrections",
});
