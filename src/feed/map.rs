//! Mappings as people write them: TOML files read and checked, each problem with its line and column. What a mapping may say is
//! decided in one place, for files and for those made in the console.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::DeTable;

use super::document::{Problems, Section, list};
use super::load::{Problem, Profiles, text_of};
use super::near::nearest;
use super::profile::{Column, ColumnKind, Need, Profile};
use crate::ledger::Map;

/// A commented mapping to start one's own from (`maps --example`).
pub const EXAMPLE: &str = include_str!("map.example.toml");

/// Most lines above a header. More is some other file.
const MOST_SKIPPED: u64 = 1000;

/// Most characters of a mapping's name: it becomes a file name.
const MOST_NAME: usize = 64;

/// Where in a mapping something is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Its name.
    Name,
    /// The profile it is for.
    Profile,
    /// The lines above the header.
    SkipLines,
    /// A header, by its position among them.
    Header(usize),
    /// A constant, by its position among them.
    Constant(usize),
    /// What is said of a column's values.
    Values(String),
    /// One value of a column: the file's.
    Value(String, String),
}

/// The mappings of a folder.
#[derive(Clone, Debug, Default)]
pub struct Maps {
    /// By name, each with its file.
    pub all: Vec<(Map, PathBuf)>,
    /// Files that could not be used.
    pub problems: Vec<Problem>,
}

/// Reads the mappings of a folder (`*.toml`, in order of file name), where there is one. A file that cannot be used does not stop
/// the others; of two of one name the first counts.
pub fn load(folder: &Path, profiles: &Profiles) -> Maps {
    let mut maps = Maps::default();
    let mut files: Vec<PathBuf> = match std::fs::read_dir(folder) {
        Ok(entries) => entries.filter_map(|e| Some(e.ok()?.path())).filter(|f| f.extension().is_some_and(|e| e == "toml")).collect(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return maps,
        Err(e) => {
            maps.problems.push(at_start(folder, format!("cannot read the folder: {e}")));
            return maps;
        }
    };
    files.sort();
    for file in files {
        match read(&file, profiles) {
            Ok(map) => match maps.all.iter().find(|(m, _)| m.name == map.name) {
                None => maps.all.push((map, file)),
                Some((_, first)) => {
                    let message = format!("mapping {} is already in {}; give one of them another name", map.name, first.display());
                    maps.problems.push(at_start(&file, message));
                }
            },
            Err(problem) => maps.problems.push(problem),
        }
    }
    maps.all.sort_by(|a, b| a.0.name.cmp(&b.0.name));
    maps
}

fn at_start(path: &Path, message: String) -> Problem {
    Problem { path: Some(path.to_owned()), line: 1, column: 1, message }
}

/// Reads a mapping's file: `maps check F`.
pub fn read(path: &Path, profiles: &Profiles) -> Result<Map, Problem> {
    parse(&text_of(path, "mapping")?, Some(path), profiles)
}

/// Reads one mapping. The error is the first in the text, however many there are.
pub fn parse(toml: &str, path: Option<&Path>, profiles: &Profiles) -> Result<Map, Problem> {
    let text = toml.strip_prefix('\u{feff}').unwrap_or(toml);
    let problems = Problems::of(text);
    let map = compile(text, profiles, &problems);
    let problem = |line, column, message| Problem { path: path.map(Path::to_owned), line, column, message };
    match (problems.first(), map) {
        (None, Some(map)) => Ok(map),
        (Some((line, column, message)), _) => Err(problem(line, column, message)),
        // Whatever keeps a mapping from being made is noted; this only keeps the match whole.
        (None, None) => Err(problem(1, 1, "this is no mapping".into())),
    }
}

fn compile(text: &str, profiles: &Profiles, problems: &Problems<'_>) -> Option<Map> {
    let root = match DeTable::parse(text) {
        Ok(root) => root,
        Err(e) => {
            problems.note(e.span().map_or(0, |s| s.start), format!("this is not TOML: {}", e.message()));
            return None;
        }
    };
    let mut top = Section::whole("the mapping", root.get_ref(), problems);
    let mut places: HashMap<Place, usize> = HashMap::new();
    let mut map = Map::default();
    if let Some(name) = top.needed_text("name") {
        places.insert(Place::Name, name.span().start);
        map.name = name.into_inner();
    }
    if let Some(profile) = top.needed_text("profile") {
        places.insert(Place::Profile, profile.span().start);
        map.profile = profile.into_inner();
    }
    if let Some(lines) = top.number("skip_lines") {
        places.insert(Place::SkipLines, lines.span().start);
        map.skip_lines = (*lines.get_ref()).min(u64::from(u32::MAX)) as u32;
    }
    if let Some(section) = top.section("headers") {
        map.headers = pairs(&section, "headers", &mut |at, start| _ = places.insert(Place::Header(at), start));
    }
    if let Some(section) = top.section("constants") {
        map.constants = pairs(&section, "constants", &mut |at, start| _ = places.insert(Place::Constant(at), start));
    }
    if let Some(values) = top.section("values") {
        for (column, table) in values.entries() {
            let start = column.span().start;
            let column = column.into_inner().to_owned();
            let Some(table) = table.get_ref().as_table() else {
                values.wrong_type("values", table, "a table for each column, [values.COLUMN]");
                continue;
            };
            let mut starts = Vec::new();
            let section = Section::whole("values", table, problems);
            let said = pairs(&section, "values", &mut |_, start| starts.push(start));
            for ((from, _), start) in said.iter().zip(starts) {
                places.insert(Place::Value(column.clone(), from.clone()), start);
            }
            places.insert(Place::Values(column.clone()), start);
            map.values.insert(column, said.into_iter().collect());
        }
    }
    top.finish();
    let known = |place: &Place| places.get(place).copied();
    for (place, message) in faults(&map, profiles) {
        match known(&place) {
            Some(start) => problems.note(start, message),
            // A name or profile that is not there has been said.
            None if matches!(place, Place::Name | Place::Profile) => {}
            None => problems.note_absent(message),
        }
    }
    Some(map)
}

/// Keys and texts in the order in which they are written; where each key stands is told.
fn pairs(section: &Section<'_, '_>, name: &str, told: &mut dyn FnMut(usize, usize)) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (key, value) in section.entries() {
        if let Some(text) = section.as_text(name, value) {
            told(pairs.len(), key.span().start);
            pairs.push((key.into_inner().to_owned(), Spanned::into_inner(text)));
        }
    }
    pairs
}

/// What is wrong with a mapping, and where. What keeps to this can be laid over a file.
pub fn faults(map: &Map, profiles: &Profiles) -> Vec<(Place, String)> {
    let mut faults = Vec::new();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '_');
    if map.name.is_empty() || !map.name.chars().all(allowed) || map.name.starts_with(['-', '.']) || map.name.len() > MOST_NAME {
        let message = format!("a mapping cannot be named \"{}\"; use a-z, 0-9, - _ and . as in \"our-staff\"", map.name);
        faults.push((Place::Name, message));
    }
    if u64::from(map.skip_lines) > MOST_SKIPPED {
        faults.push((Place::SkipLines, format!("`skip_lines` cannot be {}; at most {MOST_SKIPPED}", map.skip_lines)));
    }
    if let Some(profile) = profiles.get(&map.profile) {
        Judge { map, profile, faults: &mut faults }.judge();
    } else {
        let meant = profiles.nearest(&map.profile).map_or_else(String::new, |n| format!("; did you mean \"{n}\"?"));
        faults.push((Place::Profile, format!("there is no profile \"{}\"{meant}", map.profile)));
    }
    faults
}

struct Judge<'a> {
    map: &'a Map,
    profile: &'a Profile,
    faults: &'a mut Vec<(Place, String)>,
}

impl<'a> Judge<'a> {
    fn judge(&mut self) {
        let mut fed: HashMap<&str, String> = HashMap::new();
        let mut seen: Vec<&str> = Vec::new();
        for (at, (header, column)) in self.map.headers.iter().enumerate() {
            let place = || Place::Header(at);
            if header.trim().is_empty() {
                self.faults.push((place(), "a header cannot be blank".into()));
            } else if seen.contains(&header.trim()) {
                self.faults.push((place(), format!("header \"{header}\" is there twice")));
            }
            seen.push(header.trim());
            if column.is_empty() {
                continue;
            }
            if self.column(column, &place()).is_none() {
                continue;
            }
            if let Some(first) = fed.insert(column, format!("header \"{header}\"")) {
                self.faults.push((place(), format!("column {column} is fed by {first} already; take one of the two out")));
            }
        }
        for (at, (name, value)) in self.map.constants.iter().enumerate() {
            let place = || Place::Constant(at);
            let Some(column) = self.column(name, &place()) else { continue };
            if let Some(first) = fed.insert(name, "a constant".into()) {
                self.faults.push((place(), format!("column {name} is fed by {first} already; take one of the two out")));
            }
            if column.kind == ColumnKind::Password {
                self.faults.push((place(), format!("{name} is a secret; it cannot stand in a mapping")));
            } else if value.trim().is_empty() && column.need == Need::Required {
                self.faults.push((place(), format!("{name} cannot have the constant \"{value}\"; it must be filled")));
            } else if !value.trim().is_empty() && column.need == Need::Empty {
                self.faults.push((place(), format!("{name} must be left empty; write \"\"")));
            } else if value.trim().is_empty() {
                // The system wants the column in the header, and nothing in it.
            } else if let Some(why) = not_accepted(column, value) {
                self.faults.push((place(), why));
            }
        }
        for (name, values) in &self.map.values {
            let Some(column) = self.column(name, &Place::Values(name.clone())) else { continue };
            if column.kind == ColumnKind::Password {
                self.faults.push((Place::Values(name.clone()), format!("{name} is a secret; its values cannot stand in a mapping")));
                continue;
            }
            for (from, to) in values {
                let place = || Place::Value(name.clone(), from.clone());
                if from.trim() != from {
                    self.faults.push((place(), format!("\"{from}\" can never be met: outer blanks are not compared")));
                } else if !to.is_empty()
                    && let Some(why) = not_accepted(column, to)
                {
                    self.faults.push((place(), why));
                }
            }
        }
    }

    fn column(&mut self, name: &str, place: &Place) -> Option<&'a Column> {
        let profile = self.profile;
        if let Some(number) = profile.column(name) {
            return profile.columns.get(number);
        }
        let all = profile.columns.iter().map(|c| c.name.as_str());
        let next = match nearest(name, all.clone()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("there are {}", list(all)),
        };
        self.faults.push((place.clone(), format!("{} has no column \"{name}\"; {next}", profile.name)));
        None
    }
}

/// Why a column does not take a value, where it has a list.
fn not_accepted(column: &Column, value: &str) -> Option<String> {
    let same = |a: &str| a == value || column.any_case && a.to_lowercase() == value.to_lowercase();
    if column.accept.is_empty() || column.accept.iter().any(|(a, _)| same(a)) {
        return None;
    }
    let words = column.accept.iter().map(|(a, _)| a.as_str());
    let next = match nearest(value, words.clone()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("use {}", list(words)),
    };
    Some(format!("{} does not take \"{value}\"; {next}", column.name))
}

/// A mapping as its file has it: `maps export`. Read again it is the same.
pub fn written(map: &Map) -> String {
    let mut text = format!("name = {}\nprofile = {}\nskip_lines = {}\n", quoted(&map.name), quoted(&map.profile), map.skip_lines);
    let mut table = |head: &str, pairs: &mut dyn Iterator<Item = (&String, &String)>| {
        let mut pairs = pairs.peekable();
        if pairs.peek().is_some() {
            _ = writeln!(text, "\n[{head}]");
        }
        for (key, value) in pairs {
            _ = writeln!(text, "{} = {}", quoted(key), quoted(value));
        }
    };
    table("headers", &mut map.headers.iter().map(|(a, b)| (a, b)));
    table("constants", &mut map.constants.iter().map(|(a, b)| (a, b)));
    for (column, values) in &map.values {
        table(&format!("values.{}", quoted(column)), &mut values.iter());
    }
    text
}

/// A text or key as TOML has it on one line.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => _ = write!(quoted, "\\u{:04X}", c as u32),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Map, String> {
        parse(text, None, &Profiles::builtin()).map_err(|p| p.to_string())
    }

    #[test]
    fn the_example_is_right_and_reads_back_the_same() {
        let map = parsed(EXAMPLE).unwrap();
        assert_eq!((map.headers.len(), map.constants.len(), map.values.len()), (10, 1, 2));
        assert_eq!(map.headers[3], ("Emp #".into(), "custom_id".into()), "in the order of the file");
        assert_eq!(parsed(&written(&map)).unwrap(), map);
    }

    #[test]
    fn hostile_texts_survive_the_way_through_a_file() {
        let odd = "a\"b\\c\nd\u{1b}\u{7f}]#=";
        let mut map = Map { name: "m".into(), profile: "echalk-users".into(), ..Map::default() };
        map.headers.push((odd.into(), "first_name".into()));
        map.values.insert("position".into(), [(odd.into(), odd.into()), (String::new(), "x".into())].into());
        assert_eq!(parsed(&written(&map)).unwrap(), map, "{}", written(&map));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let head = "name = \"m\"\nprofile = \"echalk-users\"\n";
        for (text, said) in [
            ("profile = \"echalk-users\"\n".to_owned(), "line 1, column 1: the mapping needs the key `name`"),
            ("name = \"Our Map\"\nprofile = \"echalk-users\"\n".into(), "line 1, column 8: a mapping cannot be named \"Our Map\"; use a-z"),
            (
                "name = \"m\"\nprofile = \"echalk-user\"\n".into(),
                "line 2, column 11: there is no profile \"echalk-user\"; did you mean \"echalk-users\"?",
            ),
            (format!("{head}[header]\n"), "line 3, column 2: unknown key `header` in the mapping; did you mean `headers`?"),
            (format!("{head}skip_lines = -1\n"), "line 3, column 14: `skip_lines` must be a whole number"),
            (format!("{head}skip_lines = 5000\n"), "line 3, column 14: `skip_lines` cannot be 5000"),
            (format!("{head}[headers]\nMail = 3\n"), "line 4, column 8: `headers` must be a text in quotes"),
            (
                format!("{head}[headers]\nMail = \"emial\"\n"),
                "line 4, column 1: echalk-users has no column \"emial\"; did you mean \"email\"?",
            ),
            (format!("{head}[headers]\n\" \" = \"email\"\n"), "line 4, column 1: a header cannot be blank"),
            (
                format!("{head}[headers]\nMail = \"email\"\nPost = \"email\"\n"),
                "line 5, column 1: column email is fed by header \"Mail\" already",
            ),
            (format!("{head}[headers]\nMail = \"email\"\n\"Mail \" = \"\"\n"), "line 5, column 1: header \"Mail \" is there twice"),
            (
                format!("{head}[headers]\nMail = \"email\"\n[constants]\nemail = \"a@b.c\"\n"),
                "line 6, column 1: column email is fed by header \"Mail\" already",
            ),
            (
                format!("{head}[constants]\nstatus = \"active\"\n"),
                "line 4, column 1: status does not take \"active\"; did you mean \"Active\"?",
            ),
            (format!("{head}[constants]\nstatus = \" \"\n"), "line 4, column 1: status cannot have the constant \" \""),
            (format!("{head}[constants]\npassword = \"x\"\n"), "line 4, column 1: password is a secret"),
            (format!("{head}[values.password]\na = \"b\"\n"), "line 3, column 9: password is a secret"),
            (format!("{head}[values]\nuser_type = 3\n"), "line 4, column 13: `values` must be a table for each column"),
            (
                format!("{head}[values.user_type]\nTCHR = \"Teachr\"\n"),
                "line 4, column 1: user_type does not take \"Teachr\"; did you mean \"Teacher\"?",
            ),
            (format!("{head}[values.user_type]\n\" T\" = \"Teacher\"\n"), "line 4, column 1: \" T\" can never be met"),
            ("name = ".into(), "line 1, column 8: this is not TOML"),
        ] {
            let problem = parsed(&text).unwrap_err();
            assert!(problem.starts_with(said), "{text}\n{problem}\n{said}");
        }
    }

    #[test]
    fn a_folder_gives_what_can_be_used_and_says_what_cannot() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("maps");
        assert!(load(&folder, &Profiles::builtin()).all.is_empty());
        std::fs::create_dir(&folder).unwrap();
        let head = "profile = \"echalk-users\"\n";
        for (file, text) in [
            ("a.toml", format!("name = \"b\"\n{head}")),
            ("b.toml", format!("name = \"b\"\n{head}")),
            ("c.toml", "nonsense".into()),
            ("d.toml", format!("name = \"a\"\n{head}")),
            ("e.txt", "nonsense".into()),
        ] {
            std::fs::write(folder.join(file), text).unwrap();
        }
        let maps = load(&folder, &Profiles::builtin());
        let names: Vec<&str> = maps.all.iter().map(|(m, _)| m.name.as_str()).collect();
        assert_eq!((names, maps.problems.len()), (vec!["a", "b"], 2));
        assert!(maps.problems[0].to_string().contains("is already in"), "{}", maps.problems[0]);
    }
}
