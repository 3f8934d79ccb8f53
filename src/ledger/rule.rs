//! A value rule: what a feed's files mean by a value of a column. Kept by an operator, laid over later files as they are read.

use serde::{Deserialize, Serialize};

use super::sync::{Actor, Timestamp};

/// `grade: Kinder -> KG`. As with a mapping, findings, rows and reports keep to the file's own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueRule {
    /// The profile whose column it is: a feed of bundles has several.
    pub profile: String,
    /// The profile's column.
    pub column: String,
    /// The file's value, without outer blanks; never blank.
    pub from: String,
    /// What is taken instead; may be blank.
    pub to: String,
    /// By whom it was kept.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

impl ValueRule {
    /// Whether it is about the same value of the same column.
    pub fn is_about(&self, profile: &str, column: &str, from: &str) -> bool {
        (self.profile.as_str(), self.column.as_str(), self.from.as_str()) == (profile, column, from)
    }
}
