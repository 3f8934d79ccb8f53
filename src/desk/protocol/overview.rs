//! What waits for somebody: the Overview, the open causes.

use serde::{Deserialize, Serialize};

use super::{CauseAbout, HistoryLine, PersonRow};
use crate::ledger::{Cause, Sync, SyncNo, Timestamp};
use crate::roster::Kind;

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
    /// Causes that sleep.
    #[serde(default)]
    pub snoozed: u64,
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
    /// A file that was expected did not come.
    Missing,
    /// A feed's drop folder cannot be used.
    Folder,
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
    /// Rows of it that have a correction or decision waiting for a re-run.
    pub corrected: u64,
    /// What is known of it besides.
    #[serde(default)]
    pub about: CauseAbout,
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
