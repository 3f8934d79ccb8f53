//! Requests, replies and events: plain data, so that the same may travel over channels or a socket.
//!
//! A request is answered by exactly one reply. A request that starts long work ([`Request::is_long`]) also sends [`Event`]s
//! while it runs, and its reply comes when the work is done, cancelled or refused.

mod asked;
mod attached;
mod compare;
mod explain;
mod lists;
mod mending;
mod overview;
mod records;
mod sources;
mod syncs;
mod upkeep;

use serde::{Deserialize, Serialize};

use crate::ledger::{Correction, Feed, Finding, Map, Sync, SyncNo};
use crate::roster::{ClassNo, Entity, OrgNo, PersonNo, Table};

pub use asked::*;
pub use attached::*;
pub use compare::*;
pub use explain::*;
pub use lists::*;
pub use mending::*;
pub use overview::*;
pub use records::*;
pub use sources::*;
pub use syncs::*;
pub use upkeep::*;

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
    /// Lays a report of another system over the upload of a sync: what it says is wrong becomes causes here. Nothing is kept where a line
    /// of it does not fit. -> [`Reply::Attached`]
    Attach {
        /// Any sync of the upload's chain.
        sync: SyncNo,
        /// Absolute path of the report.
        path: String,
        /// Say what would be matched, or every line that does not fit; keep nothing.
        dry_run: bool,
    },
    /// Takes an attached report away again. -> [`Reply::Sync`]
    Detach {
        /// Any sync of the upload's chain.
        sync: SyncNo,
        /// The report: its file name, or its number.
        name: String,
    },
    /// The repairs that make sense for a cause, each with the rows that it would mend. -> [`Reply::Repairs`]
    Repairs {
        /// The sync.
        sync: SyncNo,
        /// The cause.
        cause: u32,
        /// Which of its rows.
        of: MendOf,
    },
    /// One repair for every row of a cause: shown, or (unless `dry_run`) recorded, all or nothing, as one step. -> [`Reply::Mended`]
    Mend {
        /// The sync.
        sync: SyncNo,
        /// The cause; none for every row with an error.
        cause: Option<u32>,
        /// Which of its rows.
        of: MendOf,
        /// The repair.
        repair: Repair,
        /// Also keep it as value rules of the feed, for later files.
        save_rule: bool,
        /// Only show what it would do.
        dry_run: bool,
        /// Which part of the rows comes back.
        window: Window,
    },
    /// Takes a step of mending back, or (`again`) makes one again that was taken back. -> [`Reply::Turned`]
    TurnMend {
        /// Any sync of the upload's chain.
        sync: SyncNo,
        /// The step; without one the last that this operator made (or took back).
        step: Option<u32>,
        /// Make it again.
        again: bool,
    },
    /// The value rules of every feed. -> [`Reply::Rules`]
    Rules,
    /// Keeps a value rule of a feed; one for the same value is replaced. -> [`Reply::Rules`]
    PutRule {
        /// The feed, by name.
        feed: String,
        /// The column; of a feed of bundles `PROFILE/COLUMN` where several of its files have it.
        column: String,
        /// The file's value.
        from: String,
        /// What is taken instead.
        to: String,
    },
    /// Takes a value rule of a feed away. -> [`Reply::Rules`]
    RemoveRule {
        /// The feed, by name.
        feed: String,
        /// The column, as in [`Self::PutRule`].
        column: String,
        /// The file's value.
        from: String,
    },
    /// The corrections of all uploads, those that stand first. -> [`Reply::AllCorrections`]
    AllCorrections {
        /// Only those of which feed, file, key, column, value or operator contain this text.
        filter: String,
        /// Which part of them.
        window: Window,
    },
    /// Ends a standing correction: later files keep their own value. -> [`Reply::Done`]
    EndStanding(u32),
    /// What the source's owner must mend, as a short text to paste into a ticket: grouped by what is wrong. -> [`Reply::Output`]
    Ticket {
        /// Only of this feed, by name.
        feed: Option<String>,
    },
    /// Triage: the open causes over the latest sync of each feed. -> [`Reply::Triage`]
    Triage,
    /// The Overview as far as it is about an organization (external ID) and what is below it. -> [`Reply::Overview`]
    OverviewOf(String),
    /// Triage as far as it is about an organization (external ID) and what is below it. -> [`Reply::Triage`]
    TriageOf(String),
    /// Two syncs of one profile side by side: which rows fail now and did not, which do not any more, what changed, who is gone, who
    /// is new. -> [`Reply::Compared`]
    Compare {
        /// The older; none for the one before the newer of the same feed.
        older: Option<SyncNo>,
        /// The newer.
        newer: SyncNo,
        /// Which part of it to list.
        part: ComparePart,
        /// Only rows of which key, name, reason or a change contain this text.
        filter: String,
        /// Which of those.
        window: Window,
    },

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
    /// What undoing a sync would put back, record by record. -> [`Reply::Plan`]
    UndoBack {
        /// The sync.
        sync: SyncNo,
        /// Which part of it.
        window: Window,
    },
    /// What undoing a sync must leave, and why. -> [`Reply::Left`]
    UndoLeft {
        /// The sync.
        sync: SyncNo,
        /// Which part of it.
        window: Window,
    },
    /// What a sync does, or would do, to each school and kind: also where the file is so large that [`Request::Sync`] does not say. -> [`Reply::Shares`]
    Shares(SyncNo),
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
    /// A list sorted by a column, from where a record stands, some of it, or as a file. -> what [`ListAsk`] says
    Listed(Box<Listed>),
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
    /// Changes many people by hand in the same way, as one entry of the journal. -> [`Reply::EditedPeople`]
    EditPeople {
        /// Who.
        people: Vec<PersonNo>,
        /// Fields by name and new value, as for [`Self::EditPerson`]; none of which two people can have the same.
        fields: Vec<(String, String)>,
        /// Say what would change; change nothing.
        dry_run: bool,
    },
    /// Puts back what an edit by hand changed, where nobody changed it since. -> [`Reply::PutBack`]
    UndoEdit {
        /// The journal's position of the edit.
        position: u64,
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
    /// Writes everything that the database keeps to a new file. Long. -> [`Reply::BackedUp`]
    Backup {
        /// Absolute path of the file, which must not be there yet.
        path: String,
    },
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
                | Self::Backup { .. }
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

/// What was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// To [`Request::Overview`].
    Overview(Overview),
    /// To [`Request::Syncs`].
    Syncs(Page<Sync>),
    /// To [`Request::Sync`], [`Request::Abandon`] and [`Request::Detach`].
    Sync(Box<SyncDetail>),
    /// To [`Request::Findings`].
    Findings(Page<Finding>),
    /// To [`Request::Rows`].
    Rows(Page<RowView>),
    /// To [`Request::Row`], [`Request::CheckRow`] and [`Request::Fix`].
    Row(Box<RowView>),
    /// To [`Request::Corrections`].
    Corrections(Vec<Correction>),
    /// To [`Request::Attach`].
    Attached(Box<AttachedNow>),
    /// To [`Request::Repairs`].
    Repairs(Vec<RepairOffer>),
    /// To [`Request::Mend`].
    Mended(Box<Mended>),
    /// To [`Request::TurnMend`].
    Turned(Turned),
    /// To [`Request::Rules`], [`Request::PutRule`] and [`Request::RemoveRule`]: by feed, column and value.
    Rules(Vec<RuleInfo>),
    /// To [`Request::AllCorrections`].
    AllCorrections(Page<CorrectionInfo>),
    /// To [`Request::Triage`] and [`Request::TriageOf`]: the cause that clears most first.
    Triage(Vec<OpenCause>),
    /// To [`Request::Import`], [`Request::Apply`], [`Request::Rerun`] and [`Request::Undo`].
    Ran(Box<Ran>),
    /// To [`Request::ImportSet`] and [`Request::PickUp`], and to [`Request::Import`] of a bundle: one for each file, in the order run.
    RanSet(Vec<Ran>),
    /// To [`Request::Removals`].
    Removals(Page<Removal>),
    /// To [`Request::Plan`] and [`Request::UndoBack`].
    Plan(Page<PlanLine>),
    /// To [`Request::UndoLeft`].
    Left(Page<LeftLine>),
    /// To [`Request::Shares`]: the school of which most people change first.
    Shares(Vec<SchoolShare>),
    /// To [`Request::Compare`].
    Compared(Box<Compared>),
    /// To [`Request::Schools`].
    Schools(Page<SchoolRow>),
    /// To [`Request::School`] and [`Request::EditOrg`].
    School(Box<SchoolDetail>),
    /// To [`Request::People`].
    People(Page<PersonRow>),
    /// To [`Request::Person`] and [`Request::EditPerson`].
    Person(Box<PersonDetail>),
    /// To [`ListAsk::Around`]: where the record stands, if it is in the list, and the page.
    Around {
        /// Its index.
        at: Option<u64>,
        /// The list's own reply.
        page: Box<Reply>,
    },
    /// To [`ListAsk::Ids`].
    Ids(Vec<u64>),
    /// To [`Request::EditPeople`].
    EditedPeople(EditedPeople),
    /// To [`Request::UndoEdit`].
    PutBack(PutBack),
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
    /// To [`Request::Backup`].
    BackedUp(BackedUp),
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
