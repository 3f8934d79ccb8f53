//! What lies in a folder, for completing a path: the one place of the console that looks at the file system.

use std::path::Path;

/// One entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Whether it is a folder.
    pub folder: bool,
}

/// Lists a folder by name; folders first. What cannot be read is empty: completing is an offer, not a check.
pub type Lister = fn(&str) -> Vec<Entry>;

/// No folder has more entries than this listed: nobody picks from more.
const MOST: usize = 10_000;

/// The entries of a folder; names that are not text are left out. The empty path is the working folder.
pub fn folder(path: &str) -> Vec<Entry> {
    let path = if path.is_empty() { Path::new(".") } else { Path::new(path) };
    let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
    let mut entries: Vec<Entry> = entries
        .flatten()
        .take(MOST)
        .filter_map(|e| Some(Entry { folder: e.path().is_dir(), name: e.file_name().into_string().ok()? }))
        .collect();
    entries.sort_by(|a, b| (!a.folder, &a.name).cmp(&(!b.folder, &b.name)));
    entries
}

/// The absolute form of a path, as the desk wants it; the path itself where there is no working folder.
pub fn absolute(path: &str) -> String {
    std::path::absolute(path).map_or_else(|_| path.to_owned(), |p| p.to_string_lossy().into_owned())
}

/// What a half-typed path could become.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The path with all that its candidates share.
    pub text: String,
    /// The entries that begin so.
    pub candidates: Vec<Entry>,
}

/// Completes a half-typed path as far as it is clear. Hidden entries are offered only to one who types the dot.
pub fn complete(typed: &str, list: Lister) -> Completion {
    let (dir, stem) = typed.rfind('/').map_or(("", typed), |at| typed.split_at(at + 1));
    let candidates: Vec<Entry> =
        list(dir).into_iter().filter(|e| e.name.starts_with(stem) && (stem.starts_with('.') || !e.name.starts_with('.'))).collect();
    let shared = match candidates.as_slice() {
        [] => stem.to_owned(),
        [one] if one.folder => format!("{}/", one.name),
        [one] => one.name.clone(),
        [first, rest @ ..] => {
            let end = rest.iter().fold(first.name.len(), |end, e| {
                first
                    .name
                    .char_indices()
                    .map(|(at, c)| (at, c.len_utf8()))
                    .take_while(|(at, len)| at + len <= end && e.name.get(*at..at + len) == first.name.get(*at..at + len))
                    .last()
                    .map_or(0, |(at, len)| at + len)
            });
            first.name[..end].to_owned()
        }
    };
    Completion { text: format!("{dir}{shared}"), candidates }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fake(dir: &str) -> Vec<Entry> {
        let entry = |name: &str, folder| Entry { name: name.to_owned(), folder };
        match dir {
            "" => vec![entry("drop", true), entry("users-1.csv", false), entry("users-2.csv", false), entry(".hidden", false)],
            "drop/" => vec![entry("schülerinnen.csv", false), entry("schüler.csv", false)],
            _ => Vec::new(),
        }
    }

    #[test]
    fn a_path_is_completed_as_far_as_it_is_clear() {
        for (typed, text, candidates) in [
            ("", "", 3),
            ("u", "users-", 2),
            ("users-1", "users-1.csv", 1),
            ("d", "drop/", 1),
            ("drop/", "drop/schüler", 2),
            ("x", "x", 0),
            (".h", ".hidden", 1),
            ("nowhere/x", "nowhere/x", 0),
        ] {
            let done = complete(typed, fake);
            assert_eq!((done.text.as_str(), done.candidates.len()), (text, candidates), "{typed}");
        }
    }

    #[test]
    fn a_folder_is_listed_folders_first() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.csv"), "").unwrap();
        std::fs::create_dir(dir.path().join("z")).unwrap();
        let names: Vec<String> = folder(dir.path().to_str().unwrap()).into_iter().map(|e| e.name).collect();
        assert_eq!(names, ["z", "a.csv"]);
        assert_eq!(folder("/nowhere/at/all"), []);
    }
}
