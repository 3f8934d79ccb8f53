//! What HAPPENED: uploads, syncs, findings, causes, plans, corrections, journal entries. Plain data, no I/O.

pub mod attached;
pub mod catalogue;
pub mod change;
pub mod correction;
pub mod decision;
pub mod feed;
pub mod fields;
pub mod finding;
pub mod map;
pub mod mending;
pub mod refusal;
pub mod rule;
pub mod snooze;
pub mod standing;
pub mod sync;
pub mod upload;
pub mod watch;

pub use attached::{Attached, Told};
pub use catalogue::{Code, Severity};
pub use change::{Change, Entry, EntryKind, FieldChange, Plan, PlannedChange};
pub use correction::Correction;
pub use decision::{Decided, Decision};
pub use feed::{Feed, FixPolicy, HoldLimits};
pub use finding::{Cause, Finding, Since};
pub use map::Map;
pub use mending::{MendStep, MendedCell};
pub use refusal::Refusal;
pub use rule::ValueRule;
pub use snooze::{CauseKey, Snooze};
pub use standing::{Laid, LaidCell, Standing};
pub use sync::{Action, Actor, Counts, HoldNote, KindCounts, Mode, Outcome, ReadAs, Sync, SyncKind, SyncNo, SyncStatus, Tally, Timestamp};
pub use upload::{Upload, UploadHash};
pub use watch::{Days, Due, Expect, FeedWatch};
