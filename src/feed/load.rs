//! Reading profiles: the built-in ones and the user's own, each problem with its line and column.

use std::fmt;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::bundle::BundleRules;
use super::compile::compile;
use super::document::{Problems, place};
use super::near::nearest;
use super::profile::Profile;

/// What is wrong with a file that a person wrote, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file; `None` for a built-in.
    pub path: Option<PathBuf>,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{}:{}:{}: {}", path.display(), self.line, self.column, self.message),
            None => write!(f, "line {}, column {}: {}", self.line, self.column, self.message),
        }
    }
}

impl std::error::Error for Problem {}

/// All profiles there are.
#[derive(Clone, Debug, Default)]
pub struct Profiles {
    /// By name, sorted; an own one replaces a built-in of the same name.
    pub all: Vec<Profile>,
    /// Own profiles that could not be used.
    pub problems: Vec<Problem>,
    /// What an operator should know: which built-ins were replaced.
    pub notes: Vec<String>,
    /// Files that come together.
    pub bundles: Vec<BundleRules>,
    /// Forms of profiles that bundles need beside the profiles themselves: found by name, not listed or recognised.
    variants: Vec<Profile>,
}

/// The profiles that are compiled in: name and text.
pub const BUILTIN: &[(&str, &str)] = &[
    ("amplify-users", include_str!("profiles/amplify-users.toml")),
    ("echalk-users", include_str!("profiles/echalk-users.toml")),
    ("greatminds-classes", include_str!("profiles/greatminds-classes.toml")),
    ("greatminds-staff", include_str!("profiles/greatminds-staff.toml")),
    ("greatminds-students", include_str!("profiles/greatminds-students.toml")),
    ("oneroster-1.1-classes", include_str!("profiles/oneroster-1.1-classes.toml")),
    ("oneroster-1.1-courses", include_str!("profiles/oneroster-1.1-courses.toml")),
    ("oneroster-1.1-enrollments", include_str!("profiles/oneroster-1.1-enrollments.toml")),
    ("oneroster-1.1-orgs", include_str!("profiles/oneroster-1.1-orgs.toml")),
    ("oneroster-1.1-sessions", include_str!("profiles/oneroster-1.1-sessions.toml")),
    ("oneroster-1.1-users", include_str!("profiles/oneroster-1.1-users.toml")),
    ("oneroster-1.2-users", include_str!("profiles/oneroster-1.2-users.toml")),
    ("schoology-courses", include_str!("profiles/schoology-courses.toml")),
    ("schoology-enrollments", include_str!("profiles/schoology-enrollments.toml")),
    ("schoology-users", include_str!("profiles/schoology-users.toml")),
    ("schools", include_str!("profiles/schools.toml")),
    ("schoolstatus-guardians", include_str!("profiles/schoolstatus-guardians.toml")),
    ("sds-2.1-classes", include_str!("profiles/sds-2.1-classes.toml")),
    ("sds-2.1-courses", include_str!("profiles/sds-2.1-courses.toml")),
    ("sds-2.1-enrollments", include_str!("profiles/sds-2.1-enrollments.toml")),
    ("sds-2.1-orgs", include_str!("profiles/sds-2.1-orgs.toml")),
    ("sds-2.1-sessions", include_str!("profiles/sds-2.1-sessions.toml")),
    ("sds-2.1-users", include_str!("profiles/sds-2.1-users.toml")),
];

/// Most bytes of a profile file; more is some other file.
const FILE_MAX: u64 = 1 << 20;

impl Profiles {
    /// The built-in profiles alone.
    pub fn builtin() -> Self {
        let mut profiles = Self::default();
        for (_, text) in BUILTIN {
            match parse(text, None) {
                Ok(profile) => profiles.all.push(profile),
                Err(problem) => profiles.problems.push(problem),
            }
        }
        profiles.all.sort_by(|a, b| a.name.cmp(&b.name));
        profiles.bundles = BundleRules::builtin();
        profiles.vary();
        profiles
    }

    /// Makes the forms of profiles that bundles need.
    fn vary(&mut self) {
        let variants = self.bundles.iter().flat_map(|b| b.variants(&self.all));
        self.variants = variants.fold(Vec::new(), |mut all, v| {
            if all.iter().all(|a: &Profile| a.name != v.name) {
                all.push(v);
            }
            all
        });
    }

    /// The built-in profiles and those of `folder` (`*.toml`, in order of file name), where it exists. A file that cannot be
    /// used is one of the `problems` and does not stop the others.
    pub fn load(folder: &Path) -> Self {
        let mut profiles = Self::builtin();
        let mut files = match fs::read_dir(folder) {
            Ok(entries) => entries.filter_map(|e| Some(e.ok()?.path())).collect::<Vec<_>>(),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return profiles,
            Err(e) => {
                profiles.problems.push(at_start(folder, format!("cannot read the folder: {e}")));
                return profiles;
            }
        };
        files.retain(|f| f.extension().is_some_and(|e| e == "toml"));
        files.sort();
        for file in files {
            match read(&file) {
                Ok(profile) => profiles.add(profile, &file),
                Err(problem) => profiles.problems.push(problem),
            }
        }
        profiles.all.sort_by(|a, b| a.name.cmp(&b.name));
        profiles.vary();
        profiles
    }

    /// The profile of a name.
    pub fn get(&self, name: &str) -> Option<&Profile> {
        self.all.iter().chain(&self.variants).find(|p| p.name == name)
    }

    /// The bundle of a name.
    pub fn bundle(&self, name: &str) -> Option<&BundleRules> {
        self.bundles.iter().find(|b| b.name == name)
    }

    /// The name of a profile that a mistaken name was probably meant to be.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.all.iter().map(|p| p.name.as_str()))
    }

    fn add(&mut self, own: Profile, file: &Path) {
        let Some(there) = self.all.iter_mut().find(|p| p.name == own.name) else {
            self.all.push(own);
            return;
        };
        if let Some(first) = &there.path {
            let message = format!("profile {} is already in {}; give one of them another name", own.name, first.display());
            self.problems.push(at_start(file, message));
            return;
        }
        self.notes.push(format!("{} replaces the built-in profile {}", file.display(), own.name));
        *there = own;
    }
}

fn at_start(path: &Path, message: String) -> Problem {
    Problem { path: Some(path.to_owned()), line: 1, column: 1, message }
}

/// Reads a profile file: `profiles check F`.
pub fn read(path: &Path) -> Result<Profile, Problem> {
    parse(&text_of(path, "profile")?, Some(path))
}

/// The text of a file that is to be a `what`.
pub(super) fn text_of(path: &Path, what: &str) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    fs::File::open(path)
        .and_then(|f| f.take(FILE_MAX + 1).read_to_end(&mut bytes))
        .map_err(|e| at_start(path, format!("cannot read the file: {e}")))?;
    if bytes.len() as u64 > FILE_MAX {
        return Err(at_start(path, format!("this is no {what}: it has more than {FILE_MAX} bytes")));
    }
    String::from_utf8(bytes).map_err(|e| {
        let (at, bytes) = (e.utf8_error().valid_up_to(), e.as_bytes());
        let (line, column) = place(std::str::from_utf8(&bytes[..at]).unwrap_or_default(), at);
        let message = format!("byte 0x{:02X} is not UTF-8; save the file as UTF-8", bytes[at]);
        Problem { path: Some(path.to_owned()), line, column, message }
    })
}

/// Reads one profile. The error is the first in the text, however many there are.
pub fn parse(toml: &str, path: Option<&Path>) -> Result<Profile, Problem> {
    let text = toml.strip_prefix('\u{feff}').unwrap_or(toml);
    let problems = Problems::of(text);
    let profile = compile(text, &problems);
    match (problems.first(), profile) {
        (None, Some(profile)) => Ok(Profile { path: path.map(Path::to_owned), ..profile }),
        (Some((line, column, message)), _) => Err(Problem { path: path.map(Path::to_owned), line, column, message }),
        // Whatever keeps a profile from being made is noted; this only keeps the match whole.
        (None, None) => Err(Problem { path: path.map(Path::to_owned), line: 1, column: 1, message: "this is no profile".into() }),
    }
}
