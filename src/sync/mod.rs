//! From RECORDS to a CHANGED ROSTER: the plan, the life of a run, corrections, re-run, undo, edits by hand.
//!
//! The only module that writes through [`store`](crate::store). Every way in plans against the snapshot it is given and
//! publishes once; stopped or killed anywhere before that, the roster is as it was.

mod absent;
mod add;
mod approve;
mod brought;
mod bulk;
pub mod bundle;
mod by_hand;
mod edit;
mod ends;
mod feeds;
mod fixes;
mod holds;
mod locked_out;
mod makers;
mod missing;
mod original;
mod plan;
mod preview;
mod proposal;
mod read;
mod rerun;
mod run;
mod sets;
mod shares;
mod since;
mod standing;
pub mod tally;
mod terms;
mod undo;

use std::fmt;

use crate::feed::Profiles;
use crate::ledger::{Actor, Finding, Sync, SyncNo, Timestamp};
use crate::roster::Roster;
use crate::store::{Store, StoreError};

pub use add::Refer;
pub use brought::is_active;
pub use bulk::Bulk;
pub use feeds::{number as feed_number, put_feed};
pub use makers::maker;
pub use original::{original, secret_cells};
pub use preview::{applied, preview};
pub use read::{Loaded, load, main_feeds, overlay};
pub use run::{Approval, Import};
pub use sets::{SetDone, ahead};
pub use shares::{Reach, Share, by_school};
pub use standing::{Stands, Stood, key_of, kind_of, may_stand, no_rule_for, ruled_as, stood};
pub use undo::{Left, Undoing, undoing};

/// Who runs syncs, with what.
pub struct Runner<'a> {
    /// What lasts.
    pub store: &'a Store,
    /// All profiles.
    pub profiles: &'a Profiles,
    /// Who asks.
    pub by: &'a Actor,
    /// The clock.
    pub now: fn() -> Timestamp,
    /// Told how far it is; says whether to go on.
    pub tell: &'a mut dyn FnMut(Step) -> bool,
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The sync.
    pub sync: SyncNo,
    /// What is being done.
    pub step: &'static str,
    /// The file.
    pub title: String,
    /// Rows (bytes while reading) done.
    pub done: u64,
    /// Of how many; 0 while not known.
    pub total: u64,
}

/// How a run ended.
#[derive(Debug)]
pub struct Done {
    /// The sync as it stands now.
    pub sync: Sync,
    /// The roster as it is now.
    pub roster: Roster,
    /// What the plan does to each school and kind.
    pub by_school: Vec<Share>,
    /// What had to be left (undo), was left out (re-run), or why nothing was applied (SAF-513).
    pub left: Vec<Finding>,
}

/// Why a request to run something could not be met.
#[derive(Debug)]
pub enum Failed {
    /// The store.
    Store(StoreError),
    /// It makes no sense: what is wrong and what to do.
    Usage(String, String),
    /// Stopped by the operator; the history has a line for it where it had a number.
    Cancelled(Option<SyncNo>),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Usage(what, next) => write!(f, "{what} {next}"),
            Self::Cancelled(Some(sync)) => write!(f, "{sync} was cancelled. Nothing was applied."),
            Self::Cancelled(None) => f.write_str("Cancelled. Nothing was applied."),
        }
    }
}

impl std::error::Error for Failed {}
