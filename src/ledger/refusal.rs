//! What somebody was not allowed to do.

use serde::{Deserialize, Serialize};

use super::{Actor, Timestamp};

/// A refusal, as the audit keeps it. The same again right after it only counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Who.
    pub by: Actor,
    /// What they wanted: "edit a person".
    pub what: String,
    /// What was missing, as they were told.
    pub why: String,
    /// When first.
    pub at: Timestamp,
    /// When last.
    pub last: Timestamp,
    /// How often.
    pub times: u64,
}
