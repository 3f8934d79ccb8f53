//! A sync: one run of one upload through one feed, and what it counted.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::upload::UploadHash;
use crate::roster::value::named;
use crate::roster::{FeedNo, Kind};

/// A sync's number. It only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SyncNo(pub u32);

impl fmt::Display for SyncNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// Microseconds since 1970-01-01 UTC. Comes in as an argument; nothing in here reads the clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// Who did it: the operator's user name, or `cron` and the like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Actor(pub String);

/// Where a sync stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncStatus {
    /// Received, nothing looked at.
    Staged,
    /// Being read and checked.
    Checking,
    /// Planned; nothing changed.
    DryRun,
    /// Planned; a safety limit waits for someone.
    Held,
    /// Being applied.
    InProgress,
    /// Applied, no errors.
    Completed,
    /// Applied, some rows refused.
    CompletedWithErrors,
    /// Refused whole, or broke; nothing applied.
    Failed,
    /// Stopped by the operator; nothing applied.
    Cancelled,
    /// Discarded by the operator; nothing applied.
    Abandoned,
    /// Applied, then undone.
    Undone,
}
named!(SyncStatus {
    Staged = "staged", Checking = "checking", DryRun = "dry_run", Held = "held", InProgress = "in_progress",
    Completed = "completed", CompletedWithErrors = "completed_with_errors", Failed = "failed",
    Cancelled = "cancelled", Abandoned = "abandoned", Undone = "undone",
});

impl SyncStatus {
    /// The status in words, as screens and reports say it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Staged => "Staged",
            Self::Checking => "Checking",
            Self::DryRun => "Dry run done",
            Self::Held => "Held",
            Self::InProgress => "In progress",
            Self::Completed => "Completed",
            Self::CompletedWithErrors => "Completed with errors",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
            Self::Abandoned => "Abandoned",
            Self::Undone => "Undone",
        }
    }

    /// Whether the sync's changes stand on the roster.
    pub fn is_applied(self) -> bool {
        matches!(self, Self::Completed | Self::CompletedWithErrors)
    }

    /// Whether nothing more happens to it by itself.
    pub fn is_done(self) -> bool {
        !matches!(self, Self::Staged | Self::Checking | Self::InProgress)
    }
}

/// How the listed and the absent are treated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Create and update what is listed; the absent stay as they are.
    #[default]
    Partial,
    /// Also disable the absent.
    Full,
    /// Full, for students only.
    Students,
    /// Full, for teachers, staff and administrators only.
    Staff,
}
named!(Mode { Partial = "partial", Full = "full", Students = "students", Staff = "staff" });

/// What started a sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncKind {
    /// A new upload.
    Import,
    /// The upload of `of` again, with its corrections.
    Rerun {
        /// The first sync of the upload's chain.
        of: SyncNo,
        /// Whether every row was planned, not only the refused.
        all: bool,
    },
    /// What `of` changed, put back.
    Undo {
        /// The sync that was undone.
        of: SyncNo,
    },
}

/// What became of one record of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// New on the roster.
    pub created: u64,
    /// At least one field changed.
    pub updated: u64,
    /// The same as on the roster.
    pub unchanged: u64,
    /// Switched off for being absent.
    pub disabled: u64,
    /// Refused.
    pub errors: u64,
}

/// A [`Tally`] for each kind. Numbers are records, not rows; a refused row counts once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// By [`Kind`]'s order.
    pub by_kind: [Tally; Kind::ALL.len()],
}

/// One line of a grid of counts.
pub type KindCounts = (Kind, Tally);

impl Counts {
    /// The tally of a kind.
    pub fn of(&self, kind: Kind) -> &Tally {
        &self.by_kind[kind as usize]
    }

    /// The tally of a kind, to count in.
    pub fn of_mut(&mut self, kind: Kind) -> &mut Tally {
        &mut self.by_kind[kind as usize]
    }

    /// Every kind with its tally.
    pub fn iter(&self) -> impl Iterator<Item = KindCounts> + '_ {
        Kind::ALL.iter().map(|k| (*k, *self.of(*k)))
    }

    /// The sum over all kinds.
    pub fn total(&self) -> Tally {
        self.by_kind.iter().fold(Tally::default(), |a, b| Tally {
            created: a.created + b.created,
            updated: a.updated + b.updated,
            unchanged: a.unchanged + b.unchanged,
            disabled: a.disabled + b.disabled,
            errors: a.errors + b.errors,
        })
    }
}

/// What became of one row, as the results report words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A record was made.
    Created,
    /// A record was changed.
    Updated,
    /// The record was already so.
    NoChange,
    /// The record was switched off.
    Disabled,
    /// Left out: blank, identical to another row, or already done.
    Skipped,
    /// An error; nothing applied.
    Refused,
}
named!(Action {
    Created = "CREATED", Updated = "UPDATED", NoChange = "NO CHANGE", Disabled = "DISABLED", Skipped = "SKIPPED", Refused = "REFUSED",
});

/// What became of one row: its action, and whether it has a warning. Kept for every row of a sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What was done.
    pub action: Action,
    /// Whether a warning was found on the row.
    pub warned: bool,
}

/// Why a sync is held, and what became of that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldNote {
    /// The codes of the limits that stopped it; empty where the operator or the feed asked for approval.
    pub codes: Vec<String>,
    /// Whether the removals alone wait: what is created and updated has been applied.
    pub removals_only: bool,
    /// How many records would be disabled.
    pub removals: u64,
    /// Whether it was approved without the removals.
    pub without_removals: bool,
    /// The reason that was given when it was approved or abandoned.
    pub reason: Option<String>,
    /// By whom.
    pub by: Option<Actor>,
}

/// One sync as the history keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sync {
    /// Its number.
    pub number: SyncNo,
    /// What started it.
    pub kind: SyncKind,
    /// Where it stands.
    pub status: SyncStatus,
    /// Whether it was to change nothing.
    pub dry_run: bool,
    /// The upload it ran, by hash; an undo has that of the sync it undoes.
    pub upload: Option<UploadHash>,
    /// The upload's file name.
    pub file: String,
    /// The profile's name, empty where none was recognised.
    pub profile: String,
    /// The feed it ran through.
    pub feed: FeedNo,
    /// The feed's name.
    pub feed_name: String,
    /// How the absent were treated.
    pub mode: Mode,
    /// The organization it was for: external ID.
    pub org: Option<String>,
    /// The first sync of the set of files that it came with (files named together, a bundle); its own number for that one.
    pub set: Option<SyncNo>,
    /// The mapping it used.
    pub map: Option<String>,
    /// Encoding and delimiter that the operator demanded instead of what was sniffed.
    pub read_as: ReadAs,
    /// When it started.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// By whom.
    pub by: Actor,
    /// Data rows read, blank ones not counted.
    pub rows: u64,
    /// Rows with at least one error.
    pub rows_with_errors: u64,
    /// What became of the records.
    pub counts: Counts,
    /// Findings: refused and holds and errors.
    pub errors: u64,
    /// Findings: warnings.
    pub warnings: u64,
    /// Findings: notes.
    pub infos: u64,
    /// Set where it is or was held.
    pub hold: Option<HoldNote>,
    /// Hash of the plan, to see whether it is still the one that was shown.
    pub plan: Option<String>,
    /// Position in the journal of what it applied.
    pub applied_at: Option<u64>,
    /// The sync that undid this one.
    pub undone_by: Option<SyncNo>,
    /// One line on why it failed, was cancelled or abandoned.
    pub note: Option<String>,
}

/// What the operator demanded instead of sniffing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadAs {
    /// Encoding: `utf-8`, `utf-16le`, `utf-16be`, `windows-1252`.
    pub encoding: Option<String>,
    /// Delimiter.
    pub delimiter: Option<char>,
}

impl Sync {
    /// Seconds it took, where it has ended.
    pub fn seconds(&self) -> Option<f64> {
        self.ended.map(|e| (e.0 - self.started.0) as f64 / 1e6)
    }

    /// Whether its rows stand on the roster: applied, also where its removals still wait.
    pub fn stands(&self) -> bool {
        self.status.is_applied() || self.removals_wait()
    }

    /// Whether it is held for its removals alone: what it creates and updates has been applied.
    pub fn removals_wait(&self) -> bool {
        self.status == SyncStatus::Held && self.hold.as_ref().is_some_and(|h| h.removals_only)
    }

    /// The first sync of the upload's chain: corrections and open findings belong to it.
    pub fn root(&self) -> SyncNo {
        match self.kind {
            SyncKind::Rerun { of, .. } => of,
            _ => self.number,
        }
    }
}
