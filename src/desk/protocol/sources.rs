//! Where files come from and what they must look like: feeds, mappings, profiles.

use serde::{Deserialize, Serialize};

use super::WatchInfo;
use crate::ledger::{Feed, Finding, Map, Mode, Sync};
use crate::roster::Kind;

/// A feed with what it did last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeedInfo {
    /// As it was set up; where it only came to be by an import without a feed, the profile's defaults.
    pub feed: Feed,
    /// Whether somebody set it up.
    pub set_up: bool,
    /// Its last sync.
    pub last: Option<Sync>,
    /// Files that wait in its folder, oldest first.
    pub files: Vec<String>,
    /// What is wrong with it: no such profile, map, organization or folder.
    pub problem: Option<String>,
    /// How its folder is watched, and what lies there.
    pub watch: WatchInfo,
}

/// A mapping and where it is from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapInfo {
    /// The mapping.
    pub map: Map,
    /// The file of the config folder; `None` where it is kept in the database.
    pub path: Option<String>,
    /// Feeds that use it.
    pub feeds: Vec<String>,
}

/// A file beside a mapping.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapDraft {
    /// The file's headers in their order.
    pub headers: Vec<MapLine>,
    /// Needed columns of the profile that have neither header nor constant.
    pub missing: Vec<String>,
    /// Columns with a list of accepted values: the file's values that are none of them.
    pub values: Vec<MapValue>,
    /// What is wrong with the mapping itself (HDR-111, HDR-112).
    pub findings: Vec<Finding>,
}

/// One header of a file beside a mapping.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapLine {
    /// The header as the file has it.
    pub header: String,
    /// The first different values of its cells; of secrets none.
    pub samples: Vec<String>,
    /// The column it goes to in the mapping, or by its own name.
    pub column: Option<String>,
    /// Columns that it may be, the likeliest first: by name and by what the values look like.
    pub suggested: Vec<String>,
}

/// A value that a column does not accept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapValue {
    /// The profile's column.
    pub column: String,
    /// The file's value.
    pub value: String,
    /// Rows that have it, among those looked at.
    pub rows: u64,
    /// What the mapping takes instead, if it says.
    pub taken: Option<String>,
    /// The nearest accepted value.
    pub suggested: Option<String>,
    /// What is accepted.
    pub accept: Vec<String>,
}

/// A profile as screens and `profiles show` print it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileInfo {
    /// Name.
    pub name: String,
    /// Title.
    pub title: String,
    /// Where its rules come from.
    pub about: String,
    /// Built in, or the path of the user's own file.
    pub origin: String,
    /// What its rows are: the files of a set run in reference order.
    pub kind: Kind,
    /// What an import of it is called: "Users Import".
    pub import_type: String,
    /// Whether an upload is for one school, chosen with the file.
    pub one_school: bool,
    /// Modes, the default first.
    pub modes: Vec<Mode>,
    /// Columns: name, need in words, rule in words, accepted values, where the rule comes from.
    pub columns: Vec<ProfileColumn>,
    /// Other rules in words.
    pub rules: Vec<String>,
}

/// A column of a [`ProfileInfo`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileColumn {
    /// Name.
    pub name: String,
    /// "required", "optional", "when creating", ...
    pub need: String,
    /// The rule in words.
    pub rule: String,
    /// Accepted values.
    pub accept: Vec<String>,
    /// Taken where blank.
    pub default: Option<String>,
    /// Where the rule comes from.
    pub about: String,
}

/// What a file looks like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recognised {
    /// File name.
    pub file: String,
    /// Bytes.
    pub size: u64,
    /// Encoding.
    pub encoding: String,
    /// Delimiter in words.
    pub delimiter: String,
    /// The header.
    pub header: Vec<String>,
    /// Profiles, the best fit first: name and how many of its needed columns are there of how many.
    pub profiles: Vec<(String, u32, u32)>,
    /// The profile that fits for sure.
    pub profile: Option<String>,
    /// The first rows, as a sample.
    pub sample: Vec<Vec<String>>,
    /// What would refuse it.
    pub findings: Vec<Finding>,
}
