//! Requests, replies and events: plain data, so that the same may travel over channels or a socket.
//!
//! A request is answered by exactly one reply. A request that starts long work ([`Request::is_long`]) also sends [`Event`]s
//! while it runs, and its reply comes when the work is done, cancelled or refused.

use serde::{Deserialize, Serialize};

use crate::ledger::{
    Cause, Correction, Feed, FieldChange, Finding, Map, Mode, Outcome, ReadAs, Severity, Sync, SyncNo, Tally, Timestamp, Upload,
};
use crate::roster::{
    Class, ClassNo, Course, CourseNo, EnrollmentNo, Entity, Family, Kind, LinkNo, Org, OrgNo, Person, PersonNo, Role, Status, Table,
};

/// Names one job: given by the client with a long request, used in its events and to cancel it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobNo(pub u64);

/// What can be asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// What the Overview shows. -> [`Reply::Overview`]
    Overview,
    /// The history, newest first. -> [`Reply::Syncs`]
    Syncs {
        /// Which part of it.
        window: Window,
        /// Only those of this organization (external ID).
        org: Option<String>,
        /// Only those whose number, file, feed, profile, status or operator contain this text.
        filter: String,
        /// Only those of a sort.
        of: SyncsOf,
    },
    /// One sync with its causes. -> [`Reply::Sync`]
    Sync(SyncNo),
    /// A sync's findings, in the order of the file. -> [`Reply::Findings`]
    Findings {
        /// The sync.
        sync: SyncNo,
        /// Which of them.
        query: FindingQuery,
        /// Which part of those.
        window: Window,
    },
    /// The rows of a cause (or all rows with errors) in full, with the corrections laid over. -> [`Reply::Rows`]
    Rows {
        /// The sync.
        sync: SyncNo,
        /// The cause; none for every row with an error or hold.
        cause: Option<u32>,
        /// Only rows of which some cell contains this text.
        filter: String,
        /// Which part of them.
        window: Window,
    },
    /// One row in full. -> [`Reply::Row`]
    Row {
        /// The sync.
        sync: SyncNo,
        /// Which row.
        at: RowAt,
    },
    /// Checks a row as it would stand with those cells, against the roster as it is; changes nothing. -> [`Reply::Row`]
    CheckRow {
        /// The sync.
        sync: SyncNo,
        /// Data record number.
        record: u32,
        /// Cells by column name, as they are being typed.
        cells: Vec<(String, String)>,
    },
    /// Records corrections on a row. They take effect with a re-run. A value equal to the file's own takes its correction back. -> [`Reply::Row`]
    Fix {
        /// The sync.
        sync: SyncNo,
        /// Which row.
        at: RowAt,
        /// Cells by column name.
        cells: Vec<(String, String)>,
    },
    /// The corrections of a sync's upload. -> [`Reply::Corrections`]
    Corrections(SyncNo),
    /// Triage: the open causes over the latest sync of each feed. -> [`Reply::Triage`]
    Triage,

    /// Reads, checks and plans a file, and applies the plan unless it is a dry run. Long. -> [`Reply::Ran`]
    Import(Import),
    /// Reads, checks and plans files that belong together, in reference order, one sync each. Long. -> [`Reply::RanSet`]
    ImportSet(Vec<Import>),
    /// Imports what lies in a feed's drop folder, oldest first; each file goes to the folder's `done` or `failed` with its report
    /// beside it. Long. -> [`Reply::RanSet`]
    PickUp {
        /// The feed, by name.
        feed: String,
        /// Plan and report, change nothing and leave the files where they are.
        dry_run: bool,
    },
    /// Runs the upload of a dry run or of what is held again and applies it, if the plan is still the one that was shown (else
    /// SAF-513). Long. -> [`Reply::Ran`]
    Apply {
        /// The sync.
        sync: SyncNo,
        /// Apply all but the removals.
        without_removals: bool,
        /// Why: kept with the sync.
        reason: Option<String>,
    },
    /// Discards a dry run or held sync; the history keeps a line. Where only the removals wait, they are discarded. -> [`Reply::Sync`]
    Abandon {
        /// The sync.
        sync: SyncNo,
        /// Why: kept with the sync.
        reason: Option<String>,
    },
    /// Who would be disabled by what is held or a dry run, the school that loses most first. -> [`Reply::Removals`]
    Removals {
        /// The sync.
        sync: SyncNo,
        /// Which part of them.
        window: Window,
    },
    /// Runs a sync's upload again with its corrections. Long. -> [`Reply::Ran`]
    Rerun {
        /// Any sync of the upload's chain.
        sync: SyncNo,
        /// Plan every row, not only those that the last check refused.
        all: bool,
        /// Plan only, change nothing.
        dry_run: bool,
    },
    /// Puts back what a sync changed. Long. -> [`Reply::Ran`]
    Undo {
        /// The sync.
        sync: SyncNo,
        /// Say what would be put back and what must be left; change nothing.
        dry_run: bool,
    },
    /// What a sync changed or (dry run) would change, field by field. -> [`Reply::Plan`]
    Plan {
        /// The sync.
        sync: SyncNo,
        /// Which part of it.
        window: Window,
    },
    /// Stops a job. Its own reply says how it ended. -> [`Reply::Done`]
    Cancel(JobNo),

    /// Organizations with what is at them. -> [`Reply::Schools`]
    Schools {
        /// Only those whose ID or name contain this text, case and accents ignored.
        filter: String,
        /// Sorted by.
        sort: SchoolSort,
        /// Sorted from the other end.
        reverse: bool,
        /// Which part of them.
        window: Window,
    },
    /// One organization. -> [`Reply::School`]
    School(OrgNo),
    /// People. -> [`Reply::People`]
    People {
        /// Which.
        query: PeopleQuery,
        /// Which part of them.
        window: Window,
    },
    /// One person with history. -> [`Reply::Person`]
    Person(PersonNo),
    /// Finds people, schools and refused rows by anything. -> [`Reply::Found`]
    Find {
        /// Words of a name in any order, an ID, part of an e-mail.
        query: String,
        /// Only at this organization (external ID).
        org: Option<String>,
        /// At most this many.
        limit: usize,
    },
    /// What a reference names: an ID, `staff:1001`, `student:1001`, `guardian:G1`, `school:S1`, `class:ALG-1`, `course:ALG`, `@17`. -> [`Reply::Resolved`]
    Resolve(String),
    /// Changes a person by hand (a local fix); all fields or none. -> [`Reply::Person`]
    EditPerson {
        /// Who.
        person: PersonNo,
        /// Fields by name and new value; empty clears; `orgs` takes external IDs separated by `;`.
        fields: Vec<(String, String)>,
    },
    /// Changes an organization by hand; all fields or none. -> [`Reply::School`]
    EditOrg {
        /// Which.
        org: OrgNo,
        /// Fields by name and new value.
        fields: Vec<(String, String)>,
    },

    /// Makes a record by hand. Fields go by the names of `profiles show` and of the form: see [`AddWhat`]. -> [`Reply::Added`]
    Add {
        /// What.
        what: AddWhat,
        /// Fields by name and value.
        fields: Vec<(String, String)>,
    },
    /// Changes a class, course, enrollment or guardian link by hand; all fields or none. -> [`Reply::Done`]
    Edit {
        /// Which.
        entity: Entity,
        /// Fields by name and new value.
        fields: Vec<(String, String)>,
    },
    /// Every field of a record, as [`Self::Edit`] takes them; blank ones too. -> [`Reply::Fields`]
    Fields(Entity),
    /// Classes. -> [`Reply::Classes`]
    Classes {
        /// At this organization.
        org: Option<OrgNo>,
        /// Only those whose ID, title or subject contain this text, case and accents ignored.
        filter: String,
        /// Which part of them.
        window: Window,
    },
    /// One class with who is in it. -> [`Reply::Class`]
    Class(ClassNo),
    /// Courses by title. -> [`Reply::Courses`]
    Courses {
        /// Offered by this organization.
        org: Option<OrgNo>,
        /// Only those whose ID or title contain this text, case and accents ignored.
        filter: String,
        /// Which part of them.
        window: Window,
    },
    /// A course, an enrollment or a guardian link in full. -> [`Reply::Record`]
    Record(Entity),
    /// Enrollments or guardian links, in order of number. -> [`Reply::Ties`]
    Ties {
        /// [`Table::Enrollments`] or [`Table::Links`].
        table: Table,
        /// Of people and classes at this organization.
        org: Option<OrgNo>,
        /// Which part of them.
        window: Window,
    },
    /// Accounts that syncs keep switching off and on: three changes of the status or more in a feed's last ten syncs. -> [`Reply::Flips`]
    Flips,

    /// The feeds, by name. -> [`Reply::Feeds`]
    Feeds,
    /// Makes a feed, or changes the one of the name `replaces`. -> [`Reply::Feeds`]
    PutFeed {
        /// The feed.
        feed: Feed,
        /// Its name until now, where it is one that there is.
        replaces: Option<String>,
    },
    /// Takes a feed away. What it brought stays, and is brought by hand from now on unless another feed brings it. -> [`Reply::Feeds`]
    RemoveFeed(String),
    /// The mappings, by name: those kept here and those of the config folder. -> [`Reply::Maps`]
    Maps,
    /// Keeps a mapping; one of its name is replaced. -> [`Reply::Maps`]
    PutMap(Map),
    /// Takes a mapping away, unless a feed uses it. -> [`Reply::Maps`]
    RemoveMap(String),
    /// What a mapping makes of a file: each header with the suggested column, sample values, and what is missing. -> [`Reply::MapDraft`]
    DraftMap {
        /// Absolute path of the file.
        path: String,
        /// The mapping as it stands: at least its profile.
        map: Map,
    },
    /// An empty file of a profile: the header alone. -> [`Reply::Output`]
    Template(String),

    /// A report on a sync. -> [`Reply::Output`]
    Report {
        /// The sync.
        sync: SyncNo,
        /// Which report.
        format: ReportFormat,
        /// As an Excel workbook instead of CSV; for `results`.
        xlsx: bool,
        /// For `corrected` where secrets were blanked: absolute path of the operator's own file, put back together with it.
        original: Option<String>,
    },
    /// Current data. -> [`Reply::Output`]
    Export {
        /// What.
        what: ExportWhat,
        /// Only of this organization (external ID).
        org: Option<String>,
        /// For a spreadsheet (cells that a spreadsheet would run are escaped) instead of for import.
        for_spreadsheet: bool,
    },
    /// The profiles there are. -> [`Reply::Profiles`]
    Profiles,
    /// Recognises a file without importing it: encoding, delimiter, header, profiles by fit. -> [`Reply::Recognised`]
    Recognise {
        /// Absolute path.
        path: String,
    },
    /// State of the database and its surroundings. -> [`Reply::Doctor`]
    Doctor,
    /// Reads everything and checks every checksum and reference. Long. -> [`Reply::Verified`]
    Verify {
        /// Also rebuilds the roster from the journal and compares.
        deep: bool,
    },
}

impl Request {
    /// Whether it sends events while it runs and can be cancelled.
    pub fn is_long(&self) -> bool {
        matches!(
            self,
            Self::Import(_)
                | Self::ImportSet(_)
                | Self::PickUp { .. }
                | Self::Apply { .. }
                | Self::Rerun { .. }
                | Self::Undo { .. }
                | Self::Verify { .. }
        )
    }
}

/// A part of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Index of the first.
    pub first: u64,
    /// How many; 0 for the total alone.
    pub count: u64,
}

impl Window {
    /// All there is.
    pub const ALL: Self = Self { first: 0, count: u64::MAX };
}

/// A part of a list, with how much there is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// Index of the first of `rows`.
    pub first: u64,
    /// How many the query has.
    pub total: u64,
    /// How many there are without the filter text.
    pub unfiltered: u64,
    /// The rows asked for.
    pub rows: Vec<T>,
}

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
    /// Of profiles with this type of import: [`ProfileInfo::import_type`].
    pub import_type: Option<String>,
    /// About this kind: it counted records of it, or its profile's rows are that.
    pub kind: Option<Kind>,
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

/// What was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// To [`Request::Overview`].
    Overview(Overview),
    /// To [`Request::Syncs`].
    Syncs(Page<Sync>),
    /// To [`Request::Sync`] and [`Request::Abandon`].
    Sync(Box<SyncDetail>),
    /// To [`Request::Findings`].
    Findings(Page<Finding>),
    /// To [`Request::Rows`].
    Rows(Page<RowView>),
    /// To [`Request::Row`], [`Request::CheckRow`] and [`Request::Fix`].
    Row(Box<RowView>),
    /// To [`Request::Corrections`].
    Corrections(Vec<Correction>),
    /// To [`Request::Triage`]: the cause that clears most first.
    Triage(Vec<OpenCause>),
    /// To [`Request::Import`], [`Request::Apply`], [`Request::Rerun`] and [`Request::Undo`].
    Ran(Box<Ran>),
    /// To [`Request::ImportSet`] and [`Request::PickUp`], and to [`Request::Import`] of a bundle: one for each file, in the order run.
    RanSet(Vec<Ran>),
    /// To [`Request::Removals`].
    Removals(Page<Removal>),
    /// To [`Request::Plan`].
    Plan(Page<PlanLine>),
    /// To [`Request::Schools`].
    Schools(Page<SchoolRow>),
    /// To [`Request::School`] and [`Request::EditOrg`].
    School(Box<SchoolDetail>),
    /// To [`Request::People`].
    People(Page<PersonRow>),
    /// To [`Request::Person`] and [`Request::EditPerson`].
    Person(Box<PersonDetail>),
    /// To [`Request::Find`].
    Found(Found),
    /// To [`Request::Resolve`]: one is the answer, several are the candidates.
    Resolved(Vec<Named>),
    /// To [`Request::Add`].
    Added(Named),
    /// To [`Request::Fields`]: name and value in words; people, classes and organizations by ID.
    Fields(Vec<(String, String)>),
    /// To [`Request::Classes`].
    Classes(Page<ClassRow>),
    /// To [`Request::Class`].
    Class(Box<ClassDetail>),
    /// To [`Request::Courses`].
    Courses(Page<CourseRow>),
    /// To [`Request::Record`].
    Record(Box<RecordDetail>),
    /// To [`Request::Ties`].
    Ties(Page<Tie>),
    /// To [`Request::Flips`]: the one that flipped most first.
    Flips(Vec<Flip>),
    /// To [`Request::Feeds`], [`Request::PutFeed`] and [`Request::RemoveFeed`].
    Feeds(Vec<FeedInfo>),
    /// To [`Request::Maps`], [`Request::PutMap`] and [`Request::RemoveMap`].
    Maps(Vec<MapInfo>),
    /// To [`Request::DraftMap`].
    MapDraft(MapDraft),
    /// To [`Request::Report`], [`Request::Export`] and [`Request::Template`].
    Output(Output),
    /// To [`Request::Profiles`].
    Profiles(Vec<ProfileInfo>),
    /// To [`Request::Recognise`].
    Recognised(Recognised),
    /// To [`Request::Doctor`].
    Doctor(Vec<Check>),
    /// To [`Request::Verify`].
    Verified(Verified),
    /// To [`Request::Cancel`].
    Done,
    /// Instead of any of them.
    Trouble(Trouble),
}

/// Why a request could not be answered; maps to an exit code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What sort.
    pub sort: TroubleSort,
    /// What happened and where.
    pub message: String,
    /// What to do next; empty where nothing helps.
    pub next: String,
}

/// Sorts of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleSort {
    /// The request makes no sense here: no such sync, column, profile (exit 2).
    Usage,
    /// A value was refused; says why (exit 2).
    Refused,
    /// The store is in use, full or damaged (exit 5).
    Store,
    /// Outside what this operator may do (exit 6).
    NotPermitted,
    /// Stopped by the operator (exit 75).
    Cancelled,
    /// Our own fault (exit 70).
    Internal,
}

impl Trouble {
    /// A trouble of that sort.
    pub fn new(sort: TroubleSort, message: impl Into<String>, next: impl Into<String>) -> Self {
        Self { sort, message: message.into(), next: next.into() }
    }
}

/// Sent without being asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A job goes on.
    Progress(Progress),
    /// The roster is loaded (at start) or changed; whatever was shown of it may be old.
    RosterChanged {
        /// The journal's position.
        position: u64,
    },
    /// A sync came, went on or was changed.
    SyncChanged(SyncNo),
    /// The store could not be opened or broke.
    Broken(Trouble),
    /// Something to say once: what was repaired at open, an own profile that replaces a built-in.
    Notice(String),
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The job.
    pub job: JobNo,
    /// The sync's number, once it has one.
    pub sync: Option<SyncNo>,
    /// What it does, for people: "users.csv".
    pub title: String,
    /// The step: "reading", "checking", "planning", "applying".
    pub step: String,
    /// Done so far, in rows (or bytes while reading).
    pub done: u64,
    /// Of how many; 0 while not known.
    pub total: u64,
    /// Rows a second.
    pub rate: f64,
    /// Seconds left, once it can be said.
    pub left: Option<f64>,
}

/// What the Overview shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Name of the district, or of the database.
    pub title: String,
    /// Whether there is nothing at all yet: show the welcome.
    pub empty: bool,
    /// What waits for someone, most urgent first.
    pub waiting: Vec<Waiting>,
    /// Each feed, by name.
    pub feeds: Vec<FeedRow>,
    /// Open causes, the one that clears most first; at most ten.
    pub causes: Vec<OpenCause>,
    /// How many there are of each kind.
    pub totals: Vec<(Kind, u64)>,
}

/// Something that waits for someone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// Which.
    pub sort: WaitingSort,
    /// The feed or file.
    pub name: String,
    /// What, in words.
    pub text: String,
    /// Since when.
    pub at: Timestamp,
    /// Where Enter goes.
    pub sync: Option<SyncNo>,
}

/// Sorts of waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitingSort {
    /// A sync is held.
    Held,
    /// The last sync of a feed failed.
    Failed,
    /// A dry run was done and neither applied nor abandoned.
    DryRun,
    /// Corrections were made and not yet re-run.
    Corrections,
    /// Local fixes were overwritten.
    Overwritten,
    /// An account keeps being switched off and on.
    Flipping,
    /// A run was cut off.
    CutOff,
}

/// One feed on the Overview.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeedRow {
    /// Its name.
    pub name: String,
    /// Its last sync.
    pub last: Sync,
    /// Rows with errors in its last ten syncs, oldest first.
    pub errors: Vec<u64>,
}

/// A sync in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SyncDetail {
    /// The sync.
    pub sync: Sync,
    /// The upload, where it has one.
    pub upload: Option<Upload>,
    /// Its causes: errors first, then by rows; what follows from another right below it.
    pub causes: Vec<Cause>,
    /// Findings about the file and its header, which belong to no row.
    pub file_findings: Vec<Finding>,
    /// Later syncs of the same upload (re-runs), oldest first.
    pub reruns: Vec<SyncNo>,
    /// Cells corrected and not yet re-run.
    pub pending_corrections: u64,
    /// Rows with such cells.
    pub pending_rows: u64,
    /// What the plan does to each school, biggest share first.
    pub by_school: Vec<SchoolShare>,
}

/// What a plan does to one school.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SchoolShare {
    /// The school; `None` for records without one.
    pub org: Option<OrgNo>,
    /// Its name.
    pub name: String,
    /// What becomes of its people.
    pub tally: Tally,
    /// How many people it has now.
    pub people: u64,
}

/// An open cause and whose it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenCause {
    /// The sync it is open in: the last check of its rows.
    pub sync: SyncNo,
    /// The feed.
    pub feed: String,
    /// The file.
    pub file: String,
    /// The cause.
    pub cause: Cause,
    /// Rows of it that have a correction waiting for a re-run.
    pub corrected: u64,
}

/// One source row beside its rules, its corrections and what was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowView {
    /// The sync.
    pub sync: SyncNo,
    /// Data record number.
    pub record: u32,
    /// Physical line.
    pub line: u32,
    /// Row as a spreadsheet shows it.
    pub row: u32,
    /// The record's key, where it has one.
    pub key: Option<String>,
    /// The cells, in the order of the file; cells of columns that the profile does not know come last.
    pub cells: Vec<CellView>,
    /// What was found on the row, with the corrections (or typed cells) laid over.
    pub findings: Vec<Finding>,
    /// What became of the row in the sync.
    pub outcome: Option<Outcome>,
    /// The person or organization that the key names on the roster now.
    pub on_roster: Option<Named>,
    /// What applying the row as it stands would change there.
    pub changes: Vec<FieldChange>,
    /// Position among the rows of the same request, and how many: "row 3 of 14". Zero where not asked as a list.
    pub place: (u64, u64),
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellView {
    /// The profile's column, or the file's header where the profile has none.
    pub column: String,
    /// The header as the file has it.
    pub header: String,
    /// As it stands in the file.
    pub original: String,
    /// With the correction (or what is typed) laid over; the same as `original` where there is none.
    pub value: String,
    /// Whether a correction is recorded.
    pub corrected: bool,
    /// Whether the profile knows the column.
    pub known: bool,
    /// Whether it must be filled here.
    pub required: bool,
    /// Whether it counts for this kind of row ("grade" does not for staff).
    pub ignored: bool,
    /// Accepted values, where there is a list.
    pub accept: Vec<String>,
    /// The rule in words, short.
    pub rule: String,
    /// What the value means on the roster, where that says more: the school's name.
    pub meaning: Option<String>,
    /// A value that would do: a near match, a repair.
    pub suggestion: Option<String>,
    /// Whether its value must never be shown or stored.
    pub secret: bool,
}

/// How long work ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ran {
    /// The sync that came of it.
    pub detail: SyncDetail,
    /// What an undo had to leave, or a re-run leaves out.
    pub left: Vec<Finding>,
}

/// One line of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanLine {
    /// Kind.
    pub kind: Kind,
    /// What is done: created, updated, disabled, removed.
    pub action: String,
    /// The record's ID.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Physical line that brings it, 0 where none.
    pub line: u32,
    /// Field by field.
    pub changes: Vec<FieldChange>,
}

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

/// One person or other record that would be disabled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Removal {
    /// Which.
    pub entity: Entity,
    /// Under what it counts.
    pub kind: Kind,
    /// Its ID.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The school it belongs to, with how many of the kind that would lose, and has.
    pub school: String,
    /// How many of the kind the school would lose.
    pub of_school: u64,
    /// How many of the kind the school has.
    pub school_has: u64,
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

/// An account that keeps being switched off and on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flip {
    /// Who.
    pub person: PersonRow,
    /// The feed whose syncs do it.
    pub feed: String,
    /// How often the status changed in the feed's last ten syncs.
    pub times: u32,
    /// The changes of the status, newest first: by syncs and by hand.
    pub history: Vec<HistoryLine>,
}

/// A feed with what it did last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeedInfo {
    /// As it was set up; where it only came to be by an import without a feed, the profile's defaults.
    pub feed: Feed,
    /// Whether somebody set it up.
    pub set_up: bool,
    /// Its last sync.
    pub last: Option<Sync>,
    /// Files that wait in its folder, oldest first.
    pub files: Vec<String>,
    /// What is wrong with it: no such profile, map, organization or folder.
    pub problem: Option<String>,
}

/// A mapping and where it is from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapInfo {
    /// The mapping.
    pub map: Map,
    /// The file of the config folder; `None` where it is kept in the database.
    pub path: Option<String>,
    /// Feeds that use it.
    pub feeds: Vec<String>,
}

/// A file beside a mapping.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapDraft {
    /// The file's headers in their order.
    pub headers: Vec<MapLine>,
    /// Needed columns of the profile that have neither header nor constant.
    pub missing: Vec<String>,
    /// Columns with a list of accepted values: the file's values that are none of them.
    pub values: Vec<MapValue>,
    /// What is wrong with the mapping itself (HDR-111, HDR-112).
    pub findings: Vec<Finding>,
}

/// One header of a file beside a mapping.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapLine {
    /// The header as the file has it.
    pub header: String,
    /// The first different values of its cells; of secrets none.
    pub samples: Vec<String>,
    /// The column it goes to in the mapping, or by its own name.
    pub column: Option<String>,
    /// Columns that it may be, the likeliest first: by name and by what the values look like.
    pub suggested: Vec<String>,
}

/// A value that a column does not accept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapValue {
    /// The profile's column.
    pub column: String,
    /// The file's value.
    pub value: String,
    /// Rows that have it, among those looked at.
    pub rows: u64,
    /// What the mapping takes instead, if it says.
    pub taken: Option<String>,
    /// The nearest accepted value.
    pub suggested: Option<String>,
    /// What is accepted.
    pub accept: Vec<String>,
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

/// A file to hand out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// A name for it: `sync-48-sync-report.csv`.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Data lines in it.
    pub lines: u64,
    /// What should be known about it, one line; empty where nothing.
    pub note: String,
}

/// A profile as screens and `profiles show` print it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileInfo {
    /// Name.
    pub name: String,
    /// Title.
    pub title: String,
    /// Where its rules come from.
    pub about: String,
    /// Built in, or the path of the user's own file.
    pub origin: String,
    /// What its rows are: the files of a set run in reference order.
    pub kind: Kind,
    /// What an import of it is called: "Users Import".
    pub import_type: String,
    /// Whether an upload is for one school, chosen with the file.
    pub one_school: bool,
    /// Modes, the default first.
    pub modes: Vec<Mode>,
    /// Columns: name, need in words, rule in words, accepted values, where the rule comes from.
    pub columns: Vec<ProfileColumn>,
    /// Other rules in words.
    pub rules: Vec<String>,
}

/// A column of a [`ProfileInfo`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileColumn {
    /// Name.
    pub name: String,
    /// "required", "optional", "when creating", ...
    pub need: String,
    /// The rule in words.
    pub rule: String,
    /// Accepted values.
    pub accept: Vec<String>,
    /// Taken where blank.
    pub default: Option<String>,
    /// Where the rule comes from.
    pub about: String,
}

/// What a file looks like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recognised {
    /// File name.
    pub file: String,
    /// Bytes.
    pub size: u64,
    /// Encoding.
    pub encoding: String,
    /// Delimiter in words.
    pub delimiter: String,
    /// The header.
    pub header: Vec<String>,
    /// Profiles, the best fit first: name and how many of its needed columns are there of how many.
    pub profiles: Vec<(String, u32, u32)>,
    /// The profile that fits for sure.
    pub profile: Option<String>,
    /// The first rows, as a sample.
    pub sample: Vec<Vec<String>>,
    /// What would refuse it.
    pub findings: Vec<Finding>,
}

/// One line of the doctor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was looked at.
    pub what: String,
    /// Whether it is well.
    pub well: bool,
    /// What was seen, and what to do where it is not well.
    pub text: String,
}

/// What `verify` read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verified {
    /// Number of things read, by name.
    pub read: Vec<(String, u64)>,
    /// What is damaged: what, where, what to do.
    pub damage: Vec<String>,
    /// Counts of the roster.
    pub totals: Vec<(Kind, u64)>,
}
