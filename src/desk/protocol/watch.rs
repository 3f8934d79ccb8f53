//! What happens while nobody is there: files in drop folders, files that did not come, how every feed is.

use serde::{Deserialize, Serialize};

use crate::ledger::{FeedWatch, Sync, SyncNo, SyncStatus, Tally, Timestamp};
use crate::roster::value::named;

/// How a feed is watched, and what lies in its folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchInfo {
    /// As it was set up, or as it is where nobody said anything.
    pub settings: FeedWatch,
    /// Files that somebody has claimed and not put away yet: one that is running, or one to be tried again.
    pub claimed: Vec<String>,
    /// Files in `failed`, the newest first; reports left out. At most twenty.
    pub quarantined: Vec<String>,
    /// What else lies there and is left alone, with the reason.
    pub left: Vec<String>,
    /// For when a file was expected that did not come.
    pub missing: Option<Timestamp>,
    /// For when the next one is expected.
    pub next: Option<Timestamp>,
}

/// A file in a drop folder that is to be taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dropped {
    /// The feed, by name.
    pub feed: String,
    /// The file's name, without folders.
    pub name: String,
    /// Its claim, where somebody claimed it before and did not come to its end: the name of its folder in `taking`.
    pub claim: Option<String>,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Taken {
    /// The file, with its claim where it is still claimed.
    pub file: Dropped,
    /// What.
    pub end: TakenEnd,
    /// In words.
    pub text: String,
    /// Its syncs: one, several of a bundle, none where it was not run.
    pub syncs: Vec<Sync>,
}

/// How the taking of a file ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TakenEnd {
    /// It was run, and lies in `done`.
    Ran,
    /// It had been run before somebody stopped; now it lies in `done` or `failed`.
    PutAway,
    /// Its content had been applied just before: no work. It lies in `done`.
    Same,
    /// It was refused whole, or cannot be used: it lies in `failed`.
    Quarantined,
    /// What stood in its way may pass: it is claimed, and to be tried again.
    Later {
        /// How often it was tried.
        tries: u32,
    },
    /// It is left where it is: gone, claimed by another, or nothing that may be taken.
    Left,
}
named!(FeedState { Fine = "fine", Errors = "errors", Held = "held", Missing = "missing", Failed = "failed" });

/// How a feed is; the later, the worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedState {
    /// All of its latest file stands.
    #[default]
    Fine,
    /// Rows of its latest file are refused.
    Errors,
    /// Something of it waits for approval.
    Held,
    /// A file that was expected did not come.
    Missing,
    /// Its latest file was refused whole, or its folder cannot be used.
    Failed,
}

/// How every feed is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FeedsStatus {
    /// When.
    pub at: Timestamp,
    /// Each feed, the worst first, then by name.
    pub feeds: Vec<FeedStatus>,
}

impl FeedsStatus {
    /// How the worst of them is.
    pub fn worst(&self) -> FeedState {
        self.feeds.iter().map(|f| f.state).max().unwrap_or_default()
    }
}

/// How a feed is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeedStatus {
    /// Its name.
    pub name: String,
    /// How it is.
    pub state: FeedState,
    /// Why, in words.
    pub text: String,
    /// Its last sync; dry runs and undoing left out.
    pub last: Option<Sync>,
    /// When a sync of it last was applied.
    pub success: Option<Timestamp>,
    /// Rows of its latest file that are refused as it stands now.
    pub errors: u64,
    /// Syncs of it that are held.
    pub held: u64,
    /// Files that wait in its folder, claimed ones among them.
    pub waiting: u64,
    /// Files in `failed`, at most twenty.
    pub quarantined: u64,
    /// When a file is expected, as it is written; `none`.
    pub expect: String,
    /// For when a file was expected that did not come.
    pub missing: Option<Timestamp>,
    /// For when the next one is expected.
    pub next: Option<Timestamp>,
}

/// What somebody may want to be told. It names nobody: numbers, feed, file, status, codes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct News {
    /// What.
    pub event: NewsSort,
    /// When it was seen.
    pub at: Timestamp,
    /// The feed.
    pub feed: String,
    /// In words; no value and no key of a row is in it.
    pub text: String,
    /// The file.
    pub file: Option<String>,
    /// The sync.
    pub sync: Option<SyncNo>,
    /// How the sync stands.
    pub status: Option<SyncStatus>,
    /// Codes of what was found in it: of errors, of holds, of what refused it.
    pub codes: Vec<String>,
    /// Rows read.
    pub rows: u64,
    /// Rows with errors.
    pub rows_with_errors: u64,
    /// What became of its records, all kinds together.
    pub counts: Tally,
}

/// Sorts of news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewsSort {
    /// A sync was applied, and rows of it were refused.
    Errors,
    /// A sync is held.
    Held,
    /// A file did not come.
    Missing,
    /// A file was refused whole, or a folder cannot be used.
    Failed,
    /// A feed is well again.
    Recovered,
}
named!(NewsSort { Errors = "errors", Held = "held", Missing = "missing", Failed = "failed", Recovered = "recovered" });
