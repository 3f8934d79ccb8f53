//! A feed: a named source of files, with what is to be done with them. Made and edited by operators; kept in the database.

use serde::{Deserialize, Serialize};

use super::sync::Mode;
use crate::roster::value::named;

/// What happens to local fixes that the file would overwrite (SAF-508).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FixPolicy {
    /// The file wins, and it is said.
    #[default]
    File,
    /// The local fix stays while the file repeats the value that it replaced.
    Keep,
    /// The sync is held.
    Ask,
}
named!(FixPolicy { File = "file", Keep = "keep", Ask = "ask" });

/// From how much on a sync is held. Per cent of what the feed brings of a kind, in all and to each school: a small feed that is cut
/// off must be noticed on a large roster too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldLimits {
    /// Disabled (SAF-501): more than this holds the removals.
    pub disable: u8,
    /// Changed (SAF-502): more than this holds the whole file.
    pub change: u8,
    /// Rows in error (SAF-510): this or more holds the whole file.
    pub errors: u8,
    /// Sets smaller than this are left out of `disable` and `change`.
    pub least: u32,
    /// Files of fewer rows than this are left out of `errors`.
    pub least_rows: u32,
}

impl Default for HoldLimits {
    fn default() -> Self {
        Self { disable: 10, change: 75, errors: 50, least: 20, least_rows: 50 }
    }
}

/// A feed as an operator sets it up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// Its name; unique, compared exactly.
    pub name: String,
    /// The profile of its files: a profile's or a bundle's name.
    pub profile: String,
    /// The mapping laid over its files, by name.
    pub map: Option<String>,
    /// The organization its files are for: external ID.
    pub org: Option<String>,
    /// How the absent are treated.
    pub mode: Mode,
    /// The folder its files are dropped into: absolute path.
    pub folder: Option<String>,
    /// From how much on it is held.
    pub limits: HoldLimits,
    /// What happens to local fixes.
    pub fixes: FixPolicy,
    /// Every plan waits for approval (eChalk: "requires approval after validation").
    pub approval: bool,
    /// Whether files change the names of known people (eChalk: "update first/middle/last name").
    pub update_names: bool,
    /// Whether a password in a file counts for known people (eChalk: "update password").
    pub update_passwords: bool,
    /// Whether this is the main source: people it brings are warned about when they are sent by another (REF-310).
    pub main: bool,
}

impl Feed {
    /// A feed of that name for that profile, all else as it is where nobody says otherwise.
    pub fn new(name: impl Into<String>, profile: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            profile: profile.into(),
            map: None,
            org: None,
            mode: Mode::Partial,
            folder: None,
            limits: HoldLimits::default(),
            fixes: FixPolicy::File,
            approval: false,
            update_names: true,
            update_passwords: false,
            main: false,
        }
    }
}
