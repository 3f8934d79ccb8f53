//! Drop folders: what lies in a feed's folder is imported, oldest first, and goes to `done` or `failed` beside it.
//!
//! A file moves after its sync has ended. Killed in between, it is imported once more by the next pick-up, which changes nothing
//! and says that the content is the same (FIL-015).

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Desk, Event, Import, JobNo, Ran, Reply, ReportFormat, Trouble, TroubleSort};
use crate::ledger::{Code, SyncStatus};

/// Endings of files that are still on their way.
const ON_THEIR_WAY: [&str; 3] = ["part", "tmp", "filepart"];

/// Where files go.
const DONE: &str = "done";
const FAILED: &str = "failed";

/// A file of one name more than this often is a sign that something else is wrong.
const MOST_OF_A_NAME: u32 = 10_000;

/// A file as it was when the folder was looked at.
struct Dropped {
    name: String,
    path: PathBuf,
    size: u64,
    modified: Option<SystemTime>,
}

impl Dropped {
    /// Whether it has changed since.
    fn goes_on(&self) -> bool {
        fs::symlink_metadata(&self.path).map_or(true, |now| now.len() != self.size || now.modified().ok() != self.modified)
    }
}

/// The files of a folder that wait to be imported, oldest first (name breaks ties), and what is to be said of the others.
pub(super) fn waiting(folder: &Path) -> (Vec<String>, Vec<String>) {
    match look(folder) {
        Ok((files, said)) => (files.into_iter().map(|f| f.name).collect(), said),
        Err(_) => (Vec::new(), Vec::new()),
    }
}

fn look(folder: &Path) -> io::Result<(Vec<Dropped>, Vec<String>)> {
    let mut files = Vec::new();
    let mut said = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Ok(about) = fs::symlink_metadata(&path) else { continue };
        if about.is_dir() {
            continue;
        }
        let shown = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if shown.starts_with('.') {
            continue;
        }
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if ON_THEIR_WAY.contains(&ending.as_str()) {
            said.push(format!("{shown} is still on its way; it is left alone"));
        } else if !about.is_file() {
            said.push(format!("{shown} is no regular file; it is left alone"));
        } else if path.to_str().is_none() {
            said.push(format!("{shown} has a name that is not UTF-8; it is left alone"));
        } else {
            files.push(dropped(shown, path, &about));
        }
    }
    files.sort_by(|a, b| a.modified.cmp(&b.modified).then_with(|| a.name.cmp(&b.name)));
    said.sort();
    Ok((files, said))
}

fn dropped(name: String, path: PathBuf, about: &Metadata) -> Dropped {
    Dropped { name, path, size: about.len(), modified: about.modified().ok() }
}

impl Desk {
    /// Imports what lies in a feed's drop folder.
    pub(super) fn pick_up(&self, job: JobNo, feed: &str, dry_run: bool, on_event: &mut dyn FnMut(Event) -> bool) -> Result<Reply, Trouble> {
        let known = self.office.feeds()?.into_iter().find(|f| f.feed.name == feed);
        let Some(folder) = known.and_then(|f| f.feed.folder) else {
            let what = format!("Feed {feed} has no drop folder.");
            let next = format!("Name a file, or give the feed a folder: homeroom feeds edit \"{feed}\" --folder DIR");
            return Err(Trouble::new(TroubleSort::Usage, what, next));
        };
        let folder = Path::new(&folder);
        let cannot = |what: &str, e: &io::Error| {
            Trouble::new(TroubleSort::Refused, format!("{what} {}: {e}", folder.display()), "Check the folder and the rights.")
        };
        let (files, said) = look(folder).map_err(|e| cannot("Cannot look into", &e))?;
        for text in said {
            on_event(Event::Notice(text));
        }
        let mut all = Vec::new();
        for file in files {
            if file.goes_on() {
                on_event(Event::Notice(format!("{} is still being written; it stays for the next time", file.name)));
                continue;
            }
            let path = file.path.to_str().unwrap_or_default().to_owned();
            let import = Import { path, feed: Some(feed.to_owned()), dry_run, ..Import::default() };
            let ran = match self.import(job, &import, on_event)? {
                Reply::Ran(ran) => vec![*ran],
                Reply::RanSet(ran) => ran,
                other => return Ok(other),
            };
            let grew = ran.iter().any(|r| r.detail.file_findings.iter().any(|f| f.code == Code::FIL_016 && f.arg("k").is_none()));
            if grew || file.goes_on() {
                on_event(Event::Notice(format!("{} is still being written; it stays for the next time", file.name)));
            } else if !dry_run {
                self.put_away(folder, &file, &ran).map_err(|e| cannot("Cannot put files away in", &e))?;
            }
            all.extend(ran);
        }
        Ok(Reply::RanSet(all))
    }

    /// Moves a file that was imported, with the reports on what was refused beside it.
    fn put_away(&self, folder: &Path, file: &Dropped, ran: &[Ran]) -> io::Result<()> {
        let failed = ran.iter().any(|r| matches!(r.detail.sync.status, SyncStatus::Failed | SyncStatus::Cancelled));
        let to = folder.join(if failed { FAILED } else { DONE });
        match fs::create_dir(&to) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
            _ => {}
        }
        // A link out of the folder would carry the rosters of a school who knows where.
        if !fs::symlink_metadata(&to)?.is_dir() {
            return Err(io::Error::other(format!("{} is no folder", to.display())));
        }
        let moved = move_to_new_name(&file.path, &to, &file.name)?;
        for each in ran.iter().map(|r| &r.detail.sync) {
            // Without errors there is no report.
            let Ok(report) = self.office.report(each.number, ReportFormat::SyncReport, false, None) else { continue };
            let own = if ran.len() > 1 { format!(".{}", each.file) } else { String::new() };
            write_new(&to, &format!("{moved}{own}.errors.csv"), &report.bytes)?;
        }
        Ok(())
    }
}

/// `name`, `name-2` and so on: the number before the ending.
fn numbered(name: &str, n: u32) -> String {
    match (n, name.rsplit_once('.')) {
        (1, _) => name.to_owned(),
        (n, Some((stem, ending))) if !stem.is_empty() => format!("{stem}-{n}.{ending}"),
        (n, _) => format!("{name}-{n}"),
    }
}

/// Moves a file into a folder under the first of its names that is free, and gives that name.
fn move_to_new_name(from: &Path, folder: &Path, name: &str) -> io::Result<String> {
    for n in 1..MOST_OF_A_NAME {
        let name = numbered(name, n);
        match rename_to_new(from, &folder.join(&name)) {
            Ok(()) => return Ok(name),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
    Err(io::Error::other(format!("{name} is there {MOST_OF_A_NAME} times already")))
}

/// Renames, unless there is something under the new name.
fn rename_to_new(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // Some file systems do not know how.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP) => {}
            done => return Ok(done?),
        }
    }
    if fs::symlink_metadata(to).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    fs::rename(from, to)
}

fn write_new(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    for n in 1..MOST_OF_A_NAME {
        match fs::OpenOptions::new().write(true).create_new(true).open(folder.join(numbered(name, n))) {
            Ok(mut file) => return io::Write::write_all(&mut file, bytes),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
    Err(io::Error::other(format!("{name} is there {MOST_OF_A_NAME} times already")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_a_number_and_nothing_is_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let done = dir.path().join("done");
        fs::create_dir(&done).unwrap();
        for (text, name) in [("1", "a.csv"), ("2", "a-2.csv"), ("3", "a-3.csv")] {
            fs::write(dir.path().join("a.csv"), text).unwrap();
            assert_eq!(move_to_new_name(&dir.path().join("a.csv"), &done, "a.csv").unwrap(), name);
            assert_eq!(fs::read_to_string(done.join(name)).unwrap(), text);
        }
        assert_eq!((numbered("a", 2), numbered(".b", 2), numbered("a.b.c", 3)), ("a-2".into(), ".b-2".into(), "a.b-3.c".into()));
    }

    #[test]
    fn only_whole_regular_files_wait_the_oldest_first() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str, seconds: u64| {
            let file = fs::File::create(dir.path().join(name)).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000 + seconds)).unwrap();
        };
        for (name, seconds) in [("b.csv", 10), ("a.csv", 20), ("c.csv", 10), (".hidden.csv", 0), ("d.csv.part", 0), ("e.TMP", 0)] {
            at(name, seconds);
        }
        fs::create_dir(dir.path().join("done")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("a.csv", dir.path().join("link.csv")).unwrap();
        let (files, said) = waiting(dir.path());
        assert_eq!(files, ["b.csv", "c.csv", "a.csv"]);
        assert_eq!(said.len(), if cfg!(unix) { 3 } else { 2 }, "{said:?}");
        assert!(waiting(&dir.path().join("none")).0.is_empty());
    }

    #[test]
    fn a_file_that_changed_since_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.csv"), "one").unwrap();
        let (files, _) = look(dir.path()).unwrap();
        assert!(!files[0].goes_on());
        fs::write(dir.path().join("a.csv"), "one, two").unwrap();
        assert!(files[0].goes_on());
    }
}
