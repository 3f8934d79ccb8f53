//! A profile: the rules for one kind of file, as read from TOML and checked. See docs/profiles.md for the file's form.

use std::path::PathBuf;

use crate::ledger::{Code, Mode, Severity};
use crate::roster::{ClassField, CourseField, EnrollmentField, Family, Field, Kind, LinkField, OrgField};

/// The rules for one kind of file.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The name by which it is asked for: `echalk-users`.
    pub name: String,
    /// The name that people read.
    pub title: String,
    /// Where the rules come from, and which are given, found or chosen.
    pub about: String,
    /// What a row is.
    pub rows: RowShape,
    /// The kind under which a refused row counts that does not tell its own.
    pub main_kind: Kind,
    /// The columns (by index) whose values find the record on the roster.
    pub key: Vec<usize>,
    /// How strictly the header is judged.
    pub headers: HeaderRules,
    /// Whether known records may be changed.
    pub writes: Writes,
    /// What a blank optional cell does.
    pub blank: Blank,
    /// Families over which IDs are unique together. Empty: each family by itself.
    pub unique_over: Vec<Family>,
    /// The modes that a sync may run in; the first is the default.
    pub modes: Vec<Mode>,
    /// File limits.
    pub limits: Limits,
    /// Whether an upload is for one school, for any, or for the district.
    pub scope: Scope,
    /// What the sync report calls the key column; `None` leaves that column out.
    pub report_key: Option<String>,
    /// The columns, in the order of the template.
    pub columns: Vec<Column>,
    /// Groups of columns of which one must be filled (VAL-203).
    pub at_least_one: Vec<AtLeastOne>,
    /// The name that a file must have (FIL-007), where the system asks for one.
    pub file_name: Option<String>,
    /// What a line break inside a text or name is: a warning, and the value goes on in one line, or an error (VAL-226).
    pub line_breaks: Severity,
    /// Most guardians that a student has without a warning (DUP-412).
    pub most_guardians: Option<u32>,
    /// How reports word "NO CHANGE", where the system has its own word and message for it.
    pub no_change: Option<(String, String)>,
    /// What reports and the Status Log call an import of this type: "Users Import". The title, where there is none.
    pub import_type: Option<String>,
    /// The file it was read from; `None` for a built-in one.
    pub path: Option<PathBuf>,
    /// The profile that this is a form of (a bundle's file that holds changes only): what comes by either is of one feed.
    pub variant_of: Option<String>,
}

impl Profile {
    /// The index of a column by its exact name.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == name)
    }

    /// The index of the column that goes to a place on the roster.
    pub fn column_to(&self, target: Target) -> Option<usize> {
        self.columns.iter().position(|c| c.to == target)
    }
}

/// What one row of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowShape {
    /// An organization.
    Org,
    /// A person with the organization they belong to.
    Person,
    /// A guardian with a link to a student.
    Guardian,
    /// A class.
    Class,
    /// A course.
    Course,
    /// A person in a class.
    Enrollment,
    /// A member of staff with a school and, where the row names one, a class: person, class and enrollment from one row.
    Assignment,
    /// A term or school year: checked, and not kept.
    Session,
}

/// How strictly a header is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeaderRules {
    /// Whether capitals count.
    pub case: HeaderCase,
    /// Whether the order counts.
    pub order: HeaderOrder,
    /// Whether every column must be in the header, needed or not (else only those with `Need::Required`).
    pub all: bool,
    /// What an extra column does.
    pub extra: OnExtra,
}

/// Whether a header's capitals count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderCase {
    /// A difference is refused (HDR-104).
    Exact,
    /// A difference is a warning.
    Ignore,
}

/// Whether a header's order counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderOrder {
    /// Any order.
    Any,
    /// The profile's order, else HDR-108.
    Fixed,
}

/// What a column does that the profile does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnExtra {
    /// Ignored with a warning (HDR-105 as W).
    Warn,
    /// The file is refused.
    Refuse,
    /// Ignored silently.
    Ignore,
}

/// Whether known records may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// Create and update.
    Upsert,
    /// A known key is an error (DUP-406).
    CreateOnly,
}

/// What a blank optional cell without a default does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blank {
    /// Keeps what the roster has.
    Keep,
    /// Clears it.
    Erase,
}

/// File limits; `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Bytes (FIL-004).
    pub bytes: Option<u64>,
    /// Data rows (FIL-005).
    pub rows: Option<u64>,
}

/// For whom an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Rows name their own organization.
    Any,
    /// One school, chosen at the upload.
    School,
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name in the header.
    pub name: String,
    /// Where its values go.
    pub to: Target,
    /// Whether a value is needed.
    pub need: Need,
    /// Where it counts; elsewhere it is ignored with VAL-216.
    pub only_for: Option<Condition>,
    /// Whether the header may lack it even where [`HeaderRules::all`] is set.
    pub optional_header: bool,
    /// Accepted values and what they mean, in the canonical spelling, in the order of the profile. Empty: anything of the
    /// column's kind. A role may also be [`ADMINISTRATOR`].
    pub accept: Vec<(String, String)>,
    /// Whether accepted values are compared without regard to capitals.
    pub any_case: bool,
    /// Values that are refused with a code of their own (Amplify's students: VAL-217).
    pub refuse: Vec<(String, Code)>,
    /// What separates several values in one cell.
    pub separator: Option<char>,
    /// What a password must hold besides its length.
    pub holds: Vec<CharClass>,
    /// Taken where the cell is blank: the value as a file would have it.
    pub default: Option<String>,
    /// What its values are.
    pub kind: ColumnKind,
    /// Whether its values are unique.
    pub unique: Unique,
    /// Fewest characters.
    pub min: usize,
    /// Most characters.
    pub max: usize,
    /// Characters that are allowed besides `a-z A-Z 0-9`; `None` allows all that can be printed.
    pub chars: Option<String>,
    /// The code of a blank value where it is needed: `VAL-201` unless the system calls for another.
    pub blank_code: Option<String>,
    /// Where the rule comes from: given, found, chosen.
    pub about: String,
}

/// What an accepted value means whose role depends on the organization of its row: `school_admin` where that is a
/// school, `district_admin` where it is the district. Systems that know one kind of administrator have it.
pub const ADMINISTRATOR: &str = "administrator";

/// Where a column's values go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A field of a person.
    Person(Field),
    /// A field of an organization.
    Org(OrgField),
    /// A field of a course.
    Course(CourseField),
    /// A field of a class.
    Class(ClassField),
    /// The e-mail address of a class's primary teacher.
    Teacher,
    /// A field of an enrollment.
    Enrollment(EnrollmentField),
    /// A field of a guardian link.
    Link(LinkField),
    /// What is to be done with the row's assignment: `add` or `remove`.
    Action,
    /// Guardians' codes, separated, to whom a person is linked (OneRoster's `agentSourcedIds`).
    Agents,
    /// Nowhere: checked only (a secret).
    Nowhere,
}

/// Whether a value is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// Always.
    Required,
    /// Where the condition holds (VAL-202).
    When(Condition),
    /// Where the record is new (VAL-202).
    Creating,
    /// Never.
    Optional,
    /// Never, and a value is an error (VAL-218).
    Empty,
}

/// A column's value being one of several: `user_type = ["Student"]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The column (by index) that is looked at.
    pub column: usize,
    /// The values as a file has them.
    pub values: Vec<String>,
}

/// What a column's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Any text.
    Text,
    /// A person's name: `NULL`, `N/A`, `None` are only a warning.
    Name,
    /// An identifier: text, invisible characters removed, scientific notation refused.
    Id,
    /// An e-mail address (VAL-210).
    Email,
    /// A phone number (VAL-211).
    Phone,
    /// A date (VAL-212).
    Date,
    /// A grade (VAL-214).
    Grade,
    /// A language (VAL-221).
    Language,
    /// A password: checked, never kept (VAL-220).
    Password,
    /// A login name that must not be an e-mail address (VAL-219).
    Username,
    /// The ID of another record, of the table that the target says: an organization (REF-301), a student (REF-303), a class
    /// (REF-304), ...
    Reference,
    /// `true` or `false` in any capitals.
    Flag,
    /// One of `accept` (VAL-209).
    Choice,
}

/// Characters of which a password must hold one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CharClass {
    /// `a` to `z`.
    Lowercase,
    /// `A` to `Z`.
    Uppercase,
    /// `0` to `9`.
    Digit,
}

/// Whether a column's values are unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unique {
    /// No.
    No,
    /// Over all people, in the file and on the roster, case folded (e-mail: DUP-403, DUP-404; username: DUP-405).
    People,
    /// Over all organizations (DUP-413).
    Orgs,
}

/// A group of columns of which one must be filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtLeastOne {
    /// The columns, by index.
    pub of: Vec<usize>,
}
