//! What the console remembers of its operator from one session to the next: the last of the root screens, how lists are arranged, the
//! theme, the mask, the files imported last. It is written to `console.toml` in the state folder.
//!
//! Nothing personal is in it: of lists of people and of their rows neither filter nor place is kept.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Files imported last that are offered.
const RECENT_FILES: usize = 10;
/// Commands chosen last that the palette shows first.
const RECENT_COMMANDS: usize = 5;

/// What is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The root screen that was open last, by its name in small letters.
    pub screen: String,
    /// The theme chosen in the console; empty for the one of the config file.
    pub theme: String,
    /// Whether personal data were hidden.
    pub masked: bool,
    /// Paths of the files imported last, newest first.
    pub files: Vec<String>,
    /// Names of the commands chosen in the palette last, newest first.
    pub commands: Vec<String>,
    /// How lists are arranged, by name.
    pub lists: BTreeMap<String, Kept>,
}

/// How one list is arranged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Titles of all columns in their order; empty for the list's own.
    pub columns: Vec<String>,
    /// Titles of those that are not shown.
    pub off: Vec<String>,
    /// Sorted by the column of that title.
    pub sort: Option<String>,
    /// From the other end.
    pub reverse: bool,
    /// The filter; only of lists that name nobody.
    pub filter: String,
}

impl Memory {
    /// What is kept of a list.
    pub fn list(&self, name: &str) -> Kept {
        self.lists.get(name).cloned().unwrap_or_default()
    }

    /// Puts a file before all others.
    pub fn used_file(&mut self, path: &str) {
        newest_first(&mut self.files, path, RECENT_FILES);
    }

    /// Puts a command before all others.
    pub fn used_command(&mut self, name: &str) {
        newest_first(&mut self.commands, name, RECENT_COMMANDS);
    }

    /// What a file remembers. No file is nothing remembered; the error is a line that says why one is not used.
    pub fn read(path: &Path) -> Result<Self, String> {
        let ignored = |why: String| format!("{} is not used, and will be written anew: {why}", path.display());
        match std::fs::read(path) {
            Ok(bytes) => {
                let text = String::from_utf8(bytes).map_err(|_| ignored("it is not UTF-8".to_owned()))?;
                toml::from_str(&text).map_err(|e| ignored(e.message().to_owned()))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(ignored(e.to_string())),
        }
    }

    /// Writes it beside the file and puts it in its place, so that there is never half of it.
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        let text = toml::to_string(self).map_err(std::io::Error::other)?;
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        std::fs::create_dir_all(folder)?;
        let beside = path.with_extension(format!("toml.{}", std::process::id()));
        let written = std::fs::File::create(&beside).and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
        let placed = written.and_then(|()| std::fs::rename(&beside, path));
        if placed.is_err() {
            let _ = std::fs::remove_file(&beside);
        }
        placed
    }
}

fn newest_first(all: &mut Vec<String>, one: &str, most: usize) {
    all.retain(|other| other != one);
    all.insert(0, one.to_owned());
    all.truncate(most);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("homeroom/console.toml");
        assert_eq!(Memory::read(&path), Ok(Memory::default()));
        let mut memory = Memory { screen: "syncs".into(), masked: true, ..Memory::default() };
        (0..12).for_each(|n| memory.used_file(&format!("/in/{n}.csv")));
        memory.used_file("/in/5.csv");
        let kept = Kept { columns: vec!["name".into(), "ID".into()], sort: Some("ID".into()), reverse: true, ..Kept::default() };
        memory.lists.insert("people".into(), kept);
        memory.write(&path).unwrap();
        memory.write(&path).unwrap();
        assert_eq!(Memory::read(&path).as_ref(), Ok(&memory));
        assert_eq!((memory.files.len(), memory.files[0].as_str(), memory.files[1].as_str()), (10, "/in/5.csv", "/in/11.csv"));
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_damaged_file_is_named_and_not_used_and_a_newer_one_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("console.toml");
        for damaged in [b"masked = \"per".as_slice(), b"\xff\xfe", b"files = 3"] {
            std::fs::write(&path, damaged).unwrap();
            let why = Memory::read(&path).unwrap_err();
            assert!(why.contains("console.toml") && why.contains("not used"), "{why}");
        }
        std::fs::write(&path, "screen = \"people\"\nsomething_newer = 1\n").unwrap();
        assert_eq!(Memory::read(&path).unwrap().screen, "people");
    }
}
