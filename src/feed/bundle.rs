//! A bundle: files that come together, each with its profile, in the order in which they refer to each other. TOML, compiled in.

use serde::Deserialize;

use super::profile::{Need, Profile};
use crate::ledger::Mode;

/// The bundles that are compiled in.
const BUILTIN: &[(&str, &str)] = &[
    ("oneroster-1.1", include_str!("bundles/oneroster-1.1.toml")),
    ("oneroster-1.2", include_str!("bundles/oneroster-1.2.toml")),
    ("sds-2.1", include_str!("bundles/sds-2.1.toml")),
];

/// What is added to the name of a profile whose files hold changes only.
const DELTA: &str = "-delta";

/// Files that come together.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct BundleRules {
    /// The name by which it is asked for: `oneroster-1.1`.
    pub name: String,
    /// The name that people read.
    pub title: String,
    /// Where the rules come from.
    pub about: String,
    /// The file that says which others there are, where the standard has one.
    pub manifest: Option<ManifestRules>,
    /// The files that are used, in reference order: nothing refers to a later one.
    pub member: Vec<Member>,
    /// Files that belong to the standard and are not used here.
    #[serde(default)]
    pub unused: Vec<String>,
}

/// The manifest.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ManifestRules {
    /// Its file name.
    pub file: String,
    /// The property that holds the standard's version.
    pub property: String,
    /// The version that is this bundle's.
    pub version: String,
}

/// One file of a bundle.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its name.
    pub file: String,
    /// The profile of its rows.
    pub profile: String,
    /// Whether a bundle without it is none.
    #[serde(default)]
    pub needed: bool,
    /// The files that it refers to: it is not tried where one of them was refused.
    #[serde(default)]
    pub after: Vec<String>,
    /// Columns that must be filled where the file holds changes only, and left empty where it is whole.
    #[serde(default)]
    pub delta: Vec<String>,
    /// Files whose columns are laid beside this one's.
    #[serde(default)]
    pub join: Vec<Join>,
    /// Columns that name rows of a file that is checked and not kept: column and file.
    #[serde(default)]
    pub looks_into: Vec<(String, String)>,
}

/// A file whose columns are laid beside another's.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// The file that is joined.
    pub file: String,
    /// Whether the bundle is none without it.
    #[serde(default)]
    pub needed: bool,
    /// The column of the main file by which rows are found.
    pub on: String,
    /// The column of the joined file that has the same value.
    pub key: String,
    /// Of several rows the one with this value in this column comes first; capitals do not count.
    #[serde(default)]
    pub first: Option<(String, String)>,
    /// Columns taken from the first row: the joined file's name and that in the sheet.
    #[serde(default)]
    pub take: Vec<(String, String)>,
    /// Columns gathered from the rows that have what the first row has in `same`, a comma between.
    #[serde(default)]
    pub gather: Vec<(String, String)>,
    /// The column in which rows must agree to be gathered; where they do not, that is said and they are left out.
    #[serde(default)]
    pub same: Option<String>,
    /// Columns of the sheet with the value that they get where there is a row and they are blank so far.
    #[serde(default)]
    pub give: Vec<(String, String)>,
}

impl BundleRules {
    /// The compiled-in bundles. A text that cannot be read is left out: a test holds that there is none.
    pub(super) fn builtin() -> Vec<Self> {
        BUILTIN.iter().filter_map(|(_, text)| toml::from_str(text).ok()).collect()
    }

    /// The rules of a file, by its name.
    pub fn of(&self, file: &str) -> Option<&Member> {
        self.member.iter().find(|m| m.file == file)
    }

    /// Every file that the standard knows and that counts here.
    pub fn files(&self) -> Vec<&str> {
        let joined = self.member.iter().flat_map(|m| &m.join).map(|j| j.file.as_str());
        let mut files: Vec<&str> = self.member.iter().map(|m| m.file.as_str()).chain(joined).collect();
        files.extend(self.manifest.as_ref().map(|m| m.file.as_str()));
        files.dedup();
        files
    }

    /// The files without which a bundle is none.
    pub fn needed(&self) -> impl Iterator<Item = &str> {
        let joined = self.member.iter().flat_map(|m| &m.join).filter(|j| j.needed).map(|j| j.file.as_str());
        self.member.iter().filter(|m| m.needed).map(|m| m.file.as_str()).chain(joined)
    }

    /// The profiles of files that hold changes only: their `delta` columns must be filled, and who is absent stays.
    pub(super) fn variants(&self, profiles: &[Profile]) -> Vec<Profile> {
        let mut variants = Vec::new();
        for member in self.member.iter().filter(|m| !m.delta.is_empty()) {
            let Some(whole) = profiles.iter().find(|p| p.name == member.profile) else { continue };
            let mut changes = whole.clone();
            changes.variant_of = Some(whole.name.clone());
            changes.name += DELTA;
            changes.title += ", changes only";
            changes.modes = vec![Mode::Partial];
            for column in changes.columns.iter_mut().filter(|c| member.delta.contains(&c.name)) {
                (column.need, column.default) = (Need::Required, None);
            }
            variants.push(changes);
        }
        variants
    }
}

impl Member {
    /// The profile's name: that of the whole file, or of one that holds changes only.
    pub fn profile_for(&self, changes_only: bool) -> String {
        if changes_only && !self.delta.is_empty() { format!("{}{DELTA}", self.profile) } else { self.profile.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Profiles;
    use super::*;

    #[test]
    fn the_bundles_are_whole() {
        let profiles = Profiles::builtin();
        assert_eq!(profiles.problems, []);
        for (name, text) in BUILTIN {
            let rules: BundleRules = toml::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(rules.name, *name);
            for (n, member) in rules.member.iter().enumerate() {
                let profile = profiles.get(&member.profile).unwrap_or_else(|| panic!("{name}: no profile {}", member.profile));
                let has = |c: &String| profile.column(c).is_some();
                assert!(member.delta.iter().all(has), "{name}: {}", member.file);
                assert!(member.after.iter().all(|a| rules.member[..n].iter().any(|m| m.file == *a)), "{name}: {}", member.file);
                for join in &member.join {
                    assert!(join.take.iter().chain(&join.gather).all(|c| has(&c.1)), "{name}: {}", join.file);
                    assert!(join.give.iter().all(|c| has(&c.0)), "{name}: {}", join.file);
                }
                assert!(profiles.get(&member.profile_for(true)).is_some());
            }
            assert_eq!(profiles.bundle(name).map(|b| b.name.as_str()), Some(*name));
        }
    }
}
