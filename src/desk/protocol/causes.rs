//! What is known of causes and rows beyond the check: what is near, what sleeps, what went, who claims the same, what was decided.

use serde::{Deserialize, Serialize};

use super::{AddWhat, Named, OpenCause, RowView};
use crate::ledger::{Actor, Cause, SyncNo, Timestamp};
use crate::roster::PersonNo;

/// A value that would do instead of one that does not.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Near {
    /// What would stand in the cell.
    pub value: String,
    /// What that is: the school's name, whose ID it is; empty where the value says it.
    pub words: String,
}

/// What is known of a cause besides its findings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseAbout {
    /// Its number within the sync.
    pub cause: u32,
    /// The nearest that is known or accepted, the best first; at most five.
    pub near: Vec<Near>,
    /// Where somebody put it to sleep.
    pub snooze: Option<SnoozeNote>,
    /// The cause in another file from which this one only follows.
    pub follows: Option<Follows>,
    /// What could be made by hand so that it goes.
    pub makes: Option<Makes>,
    /// Whether what its value names is on the roster by now: a re-run clears it.
    pub there_now: bool,
}

/// A cause of another sync from which one only follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follows {
    /// The sync.
    pub sync: SyncNo,
    /// The cause's number there.
    pub cause: u32,
    /// Its title.
    pub title: String,
    /// The row of the file, as a spreadsheet shows it, that was refused.
    pub row: u32,
}

/// What could be made by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Makes {
    /// What.
    pub what: AddWhat,
    /// Fields that are known already, by name.
    pub fields: Vec<(String, String)>,
}

/// How a snooze is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnoozeState {
    /// It sleeps.
    Asleep,
    /// It is awake again, as its date has come.
    Over,
    /// It is awake again, as its rows have grown by half.
    Grown,
}
crate::roster::value::named!(SnoozeState { Asleep = "asleep", Over = "over", Grown = "grown" });

/// What was said when a cause was put to sleep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnoozeNote {
    /// By what it is woken: a few letters and digits.
    pub id: String,
    /// How it is.
    pub state: SnoozeState,
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// Its rows then.
    pub rows: u64,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// A cause that was put to sleep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SnoozedCause {
    /// What was said.
    pub note: SnoozeNote,
    /// Its title when it was put to sleep.
    pub title: String,
    /// The feed.
    pub feed: String,
    /// The cause as it is open now; `None` where it is not.
    pub open: Option<OpenCause>,
}

/// A cause that was open in the check before and is not any more: how many of its rows went which way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GoneCause {
    /// The feed.
    pub feed: String,
    /// The check in which it was open.
    pub before: SyncNo,
    /// The check in which it is not.
    pub now: SyncNo,
    /// The cause as it was.
    pub cause: Cause,
    /// Rows that went.
    pub ways: GoneWays,
}

/// How rows of a cause went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoneWays {
    /// By a correction made here.
    pub corrected: u64,
    /// The file says something else now.
    pub source: u64,
    /// The row is not in the file any more.
    pub left: u64,
    /// The file says the same, and the roster has it now (a school was made).
    pub roster: u64,
    /// By a decision about the row: left out, linked.
    pub decided: u64,
    /// It cannot be told: the row has no key, or there were too many.
    pub unknown: u64,
}

impl GoneWays {
    /// "12 mended at the source, 2 left the file".
    pub fn words(&self) -> String {
        let all = [
            (self.corrected, "corrected here"),
            (self.source, "mended at the source"),
            (self.left, "left the file"),
            (self.roster, "right now that the roster has it"),
            (self.decided, "decided here"),
            (self.unknown, "cannot be told"),
        ];
        let some: Vec<String> = all.iter().filter(|(n, _)| *n > 0).map(|(n, words)| format!("{n} {words}")).collect();
        some.join(", ")
    }
}

/// Rows that claim the same thing, side by side, and whoever on the roster has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clash {
    /// The rows, in the order of the file; the one that was asked for among them.
    pub rows: Vec<RowView>,
    /// Its index.
    pub at: usize,
    /// The columns in which they claim the same.
    pub columns: Vec<String>,
    /// Who on the roster has the same, or looks the same.
    pub on_roster: Vec<RosterSide>,
}

/// Somebody or something on the roster, beside rows of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RosterSide {
    /// Who or what.
    pub named: Named,
    /// Why it stands here: "has this ID", "has this e-mail", "same name".
    pub why: String,
    /// By the file's columns: what the roster has there. Columns that go nowhere are blank.
    pub cells: Vec<(String, String)>,
}

/// What can be decided about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowChoice {
    /// It stands: the other rows that claim the same stay out, and who on the roster has its e-mail or username gives that up.
    Stands,
    /// It stays out, and is no error.
    Skip,
    /// It is about a new person, whoever looks like them.
    AsNew,
    /// It is about that person, who gets the row's ID.
    SameAs(PersonNo),
    /// What was decided about it is taken back, and with it what that changed on the roster.
    TakeBack,
}
