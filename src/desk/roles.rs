//! Who may do what. Decided here, where requests are answered, never by whoever asks.

use super::caller::{Caller, CallerRole, not_permitted};
use super::office::Office;
use super::{OneChange, Request, Trouble};

/// What a request needs, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// To look: nothing is changed.
    Look,
    /// To change rows, people and classes, and to run files.
    Change,
    /// To change how things are set up for the whole district: feeds, mappings, rules, what is watched.
    SetUp,
    /// To look at what is the whole district's: the state of the database, a copy of it, the audit.
    District,
}

/// What a request needs. A new request must be given its place here.
pub fn needs(request: &Request) -> Need {
    match request {
        Request::Overview
        | Request::Syncs { .. }
        | Request::Sync(_)
        | Request::Findings { .. }
        | Request::Rows { .. }
        | Request::Row { .. }
        | Request::CheckRow { .. }
        | Request::Corrections(_)
        | Request::Triage
        | Request::Removals { .. }
        | Request::Plan { .. }
        | Request::Undo { dry_run: true, .. }
        | Request::Cancel(_)
        | Request::Schools { .. }
        | Request::School(_)
        | Request::People { .. }
        | Request::Person(_)
        | Request::Find { .. }
        | Request::Resolve(_)
        | Request::Fields(_)
        | Request::Classes { .. }
        | Request::Class(_)
        | Request::Courses { .. }
        | Request::Record(_)
        | Request::Ties { .. }
        | Request::Flips
        | Request::Feeds
        | Request::Maps
        | Request::DraftMap { .. }
        | Request::Template(_)
        | Request::Report { .. }
        | Request::Export { .. }
        | Request::Profiles
        | Request::Recognise { .. }
        | Request::Attach { dry_run: true, .. }
        | Request::Repairs { .. }
        | Request::Mend { dry_run: true, .. }
        | Request::Rules
        | Request::AllCorrections { .. }
        | Request::Ticket { .. }
        | Request::Snoozed
        | Request::Gone(_)
        | Request::Clash { .. }
        | Request::OverviewOf(_)
        | Request::TriageOf(_)
        | Request::Compare { .. }
        | Request::UndoBack { .. }
        | Request::UndoLeft { .. }
        | Request::Shares(_)
        | Request::Status
        | Request::EditPeople { dry_run: true, .. } => Need::Look,
        Request::Listed(listed) => needs(&listed.list),
        Request::Attach { dry_run: false, .. }
        | Request::Detach { .. }
        | Request::Mend { dry_run: false, .. }
        | Request::TurnMend { .. }
        | Request::EndStanding(_)
        | Request::EditPeople { dry_run: false, .. }
        | Request::UndoEdit { .. }
        | Request::Fix { .. }
        | Request::Import(_)
        | Request::ImportSet(_)
        | Request::PickUp { .. }
        | Request::Apply { .. }
        | Request::Abandon { .. }
        | Request::Rerun { .. }
        | Request::Undo { dry_run: false, .. }
        | Request::EditPerson { .. }
        | Request::EditOrg { .. }
        | Request::Add { .. }
        | Request::Edit { .. }
        | Request::Snooze { .. }
        | Request::Wake(_)
        | Request::Decide { .. }
        | Request::Careful { .. } => Need::Change,
        Request::PutFeed { .. }
        | Request::RemoveFeed(_)
        | Request::PutMap(_)
        | Request::RemoveMap(_)
        | Request::PutRule { .. }
        | Request::RemoveRule { .. }
        | Request::PutWatch { .. }
        | Request::Take(_)
        | Request::News => Need::SetUp,
        Request::Backup { .. } | Request::Doctor | Request::Verify { .. } | Request::Audit { .. } => Need::District,
    }
}

/// What a request is called where it is refused and in the audit.
#[allow(clippy::match_same_arms)] // a table, in the order of the requests
pub fn name(request: &Request) -> &'static str {
    match request {
        Request::Overview => "see the overview",
        Request::Syncs { .. } => "see the history",
        Request::Sync(_) => "see a sync",
        Request::Findings { .. } => "see what was found",
        Request::Rows { .. } | Request::Row { .. } => "see rows of a file",
        Request::CheckRow { .. } => "check a row",
        Request::Fix { .. } => "correct a row",
        Request::Corrections(_) => "see corrections",
        Request::Triage => "see open causes",
        Request::Import(_) | Request::ImportSet(_) => "import a file",
        Request::PickUp { .. } => "import from a drop folder",
        Request::Apply { .. } => "approve a sync",
        Request::Abandon { .. } => "abandon a sync",
        Request::Removals { .. } => "see who would be disabled",
        Request::Rerun { .. } => "re-run a sync",
        Request::Undo { .. } => "undo a sync",
        Request::Plan { .. } => "see a plan",
        Request::Cancel(_) => "stop work",
        Request::Schools { .. } | Request::School(_) => "see schools",
        Request::People { .. } | Request::Person(_) => "see people",
        Request::Find { .. } => "look somebody up",
        Request::Resolve(_) => "look a reference up",
        Request::EditPerson { .. } => "edit a person",
        Request::EditOrg { .. } => "edit a school",
        Request::Add { .. } => "add a record",
        Request::Edit { .. } => "edit a record",
        Request::Fields(_) | Request::Record(_) => "see a record",
        Request::Classes { .. } | Request::Class(_) => "see classes",
        Request::Courses { .. } => "see courses",
        Request::Ties { .. } => "see enrollments and links",
        Request::Flips => "see accounts that flip",
        Request::Feeds => "see feeds",
        Request::PutFeed { .. } | Request::RemoveFeed(_) => "set feeds up",
        Request::Maps => "see mappings",
        Request::PutMap(_) | Request::RemoveMap(_) => "keep mappings",
        Request::DraftMap { .. } => "draft a mapping",
        Request::Template(_) => "get a template",
        Request::Report { .. } => "get a report",
        Request::Export { .. } => "export",
        Request::Profiles => "see profiles",
        Request::Recognise { .. } => "look at a file",
        Request::Doctor => "see the state of the database",
        Request::Verify { .. } => "verify the database",
        Request::Audit { .. } => "read the audit",
        Request::Attach { .. } => "attach a report",
        Request::Detach { .. } => "take a report away",
        Request::Repairs { .. } => "see repairs",
        Request::Mend { .. } => "mend a cause",
        Request::TurnMend { .. } => "take a repair back",
        Request::Rules => "see value rules",
        Request::PutRule { .. } | Request::RemoveRule { .. } => "keep value rules",
        Request::AllCorrections { .. } => "see corrections",
        Request::EndStanding(_) => "end a correction",
        Request::Ticket { .. } => "get a ticket's text",
        Request::Listed(listed) => name(&listed.list),
        Request::EditPeople { .. } => "edit people",
        Request::UndoEdit { .. } => "undo an edit",
        Request::Backup { .. } => "back the database up",
        Request::Snoozed | Request::Gone(_) => "see causes",
        Request::Snooze { .. } | Request::Wake(_) => "put causes to sleep",
        Request::Clash { .. } => "see rows beside each other",
        Request::Decide { .. } => "decide about a row",
        Request::OverviewOf(_) => "see the overview",
        Request::TriageOf(_) => "see open causes",
        Request::Compare { .. } => "compare syncs",
        Request::UndoBack { .. } | Request::UndoLeft { .. } => "see what an undo would do",
        Request::Shares(_) => "see what a sync does to each school",
        Request::PutWatch { .. } => "set feeds up",
        Request::Take(_) => "take files from drop folders",
        Request::Status => "see how the feeds are",
        Request::News => "hear what has become of the feeds",
        Request::Careful { change: OneChange::Fix { .. }, .. } => "correct a row",
        Request::Careful { change: OneChange::Person { .. }, .. } => "edit a person",
        Request::Careful { change: OneChange::Org { .. }, .. } => "edit a school",
        Request::Careful { change: OneChange::Record { .. }, .. } => "edit a record",
    }
}

impl Office {
    /// Whether this caller may ask this at all. For which schools is the scope's to say.
    pub(super) fn permitted(&self, request: &Request) -> Result<(), Trouble> {
        let need = needs(request);
        // A run leaves a trace even where it is dry.
        let changes = matches!(need, Need::Change | Need::SetUp);
        if changes && self.surroundings.readonly {
            return Err(not_permitted("This is read-only.", "Start without --readonly to change something."));
        }
        let Caller { by, role, schools, .. } = &self.caller;
        let refused = |missing: &str| {
            let what = format!("{} may not {}: that needs {missing}, and {} is {}.", by.0, name(request), by.0, described(*role, schools));
            Err(not_permitted(what, "Ask whoever keeps roles.toml of this database."))
        };
        match (role, need) {
            (CallerRole::District, _) | (CallerRole::School | CallerRole::Viewer, Need::Look) | (CallerRole::School, Need::Change) => {
                Ok(())
            }
            (CallerRole::Nobody, Need::Look) => refused("a role that looks (viewer, school or district)"),
            (CallerRole::Nobody | CallerRole::Viewer, Need::Change) => refused("a role that changes (school or district)"),
            (_, Need::SetUp | Need::District) => refused("the role district"),
        }
    }
}

/// A role in words.
fn described(role: CallerRole, schools: &[String]) -> String {
    let of = if schools.is_empty() { String::new() } else { format!(" of {}", schools.join(", ")) };
    match role {
        CallerRole::Nobody => "nobody here".to_owned(),
        CallerRole::Viewer => format!("a viewer{of}"),
        CallerRole::School => format!("a school administrator{of}"),
        CallerRole::District => "a district administrator".to_owned(),
    }
}
