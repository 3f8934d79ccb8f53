//! A drop folder, as the file system has it: what lies there, claiming a file, putting it away. Knows nothing of feeds and syncs.
//!
//! ```text
//! <folder>/users.csv                          waits
//! <folder>/users.csv.done, users.done         markers: the file beside it is whole
//! <folder>/taking/<claim>.<tries>/users.csv   claimed: by a rename, so that only one can; locked while somebody works on it
//! <folder>/done, <folder>/failed              put away, with the reports beside it
//! ```

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

use rustix::fs::{Mode, OFlags};

/// Endings of files that are still on their way.
const ON_THEIR_WAY: [&str; 3] = ["part", "tmp", "filepart"];

/// Ending of a marker that says of the file beside it that it is whole.
const MARKER: &str = "done";

/// Where files go.
pub(super) const DONE: &str = "done";
pub(super) const FAILED: &str = "failed";
const TAKING: &str = "taking";

/// Endings of what is written beside a file that was put away.
pub(super) const REPORT: &str = ".errors.csv";
pub(super) const TROUBLE: &str = ".trouble.txt";

/// A file of one name more than this often is a sign that something else is wrong.
const MOST_OF_A_NAME: u32 = 10_000;

/// How often a claim is begun anew because somebody took its folder away.
const MOST_RACES: u32 = 100;

/// How many of the files in `failed` are named.
const MOST_FAILED: usize = 20;

/// What lies in a drop folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Files that may be taken, oldest first, names breaking ties.
    pub files: Vec<Lying>,
    /// Files that somebody has claimed.
    pub claims: Vec<ClaimSeen>,
    /// What else lies there and is left alone, with the reason.
    pub left: Vec<String>,
}

/// A file as it was when the folder was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lying {
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// When it was written to last, as the file system says.
    pub modified: Option<SystemTime>,
    /// Its number on the file system: another file under the same name has another.
    pub inode: u64,
    /// The marker that says that it is whole, where there is one.
    pub marker: Option<String>,
}

/// A claimed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimSeen {
    /// The folder in `taking`.
    pub claim: String,
    /// The file's name.
    pub name: String,
    /// How often it was tried.
    pub tries: u32,
}

/// Looks into a drop folder. The error is for the folder itself.
pub fn look_into(folder: &Path) -> io::Result<Look> {
    let mut look = Look::default();
    let mut markers = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        // Gone in the meantime.
        let Ok(about) = fs::symlink_metadata(&path) else { continue };
        let shown = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if shown.starts_with('.') {
            continue;
        }
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        let ours = [DONE, FAILED, TAKING].contains(&shown.as_str());
        let why = if about.is_dir() {
            if ours {
                continue;
            }
            "is a folder"
        } else if ours {
            "is no folder, and in the way of ours"
        } else if ON_THEIR_WAY.contains(&ending.as_str()) || shown.ends_with('~') {
            "is still on its way"
        } else if !about.is_file() {
            "is no regular file"
        } else if path.to_str().is_none() {
            "has a name that is not UTF-8"
        } else if ending == MARKER {
            markers.push(shown);
            continue;
        } else if about.nlink() > 1 {
            "has another name as well (a hard link)"
        } else {
            look.files.push(seen(shown, &about));
            continue;
        };
        look.left.push(format!("{shown} {why}; it is left alone"));
    }
    for marker in markers {
        let of = |f: &&mut Lying| {
            marker
                .strip_suffix(&format!(".{MARKER}"))
                .is_some_and(|m| m == f.name || f.name.rsplit_once('.').is_some_and(|(stem, _)| stem == m))
        };
        match look.files.iter_mut().find(of) {
            Some(file) => file.marker = Some(marker),
            None => look.left.push(format!("{marker} marks no file that is there")),
        }
    }
    look.files.sort_by(|a, b| a.modified.cmp(&b.modified).then_with(|| a.name.cmp(&b.name)));
    look.claims = claims(folder);
    look.left.sort();
    Ok(look)
}

fn seen(name: String, about: &Metadata) -> Lying {
    Lying { name, size: about.len(), modified: about.modified().ok(), inode: about.ino(), marker: None }
}

impl Lying {
    /// Whether it is not any more what was seen.
    pub fn goes_on(&self, folder: &Path) -> bool {
        fs::symlink_metadata(folder.join(&self.name)).map_or(true, |now| {
            let now = seen(self.name.clone(), &now);
            (now.size, now.modified, now.inode) != (self.size, self.modified, self.inode)
        })
    }
}

/// The files that were put into `failed`, the newest first; reports left out.
pub(super) fn quarantined(folder: &Path) -> Vec<String> {
    let mut all: Vec<((i64, i64), String)> = Vec::new();
    for entry in fs::read_dir(folder.join(FAILED)).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Ok(about) = entry.metadata()
            && about.is_file()
            && ![REPORT, TROUBLE, ".done"].iter().any(|e| name.ends_with(e))
        {
            // Moving a file changes nothing in it, but this.
            all.push(((about.ctime(), about.ctime_nsec()), name));
        }
    }
    all.sort_by(|a, b| b.cmp(a));
    all.into_iter().map(|(_, name)| name).take(MOST_FAILED).collect()
}

/// What is in `taking`. A folder that is no claim of ours is none.
fn claims(folder: &Path) -> Vec<ClaimSeen> {
    let taking = folder.join(TAKING);
    if !fs::symlink_metadata(&taking).is_ok_and(|t| t.is_dir()) {
        return Vec::new();
    }
    let mut all = Vec::new();
    for entry in fs::read_dir(taking).into_iter().flatten().flatten() {
        let claim = entry.file_name().to_string_lossy().into_owned();
        let Some((_, tries)) = parts_of(&claim) else { continue };
        let names = fs::read_dir(entry.path()).into_iter().flatten().flatten();
        let mut names: Vec<String> = names.filter_map(|e| e.file_name().into_string().ok()).filter(|n| !is_ours(n)).collect();
        names.sort();
        if let Some(name) = names.into_iter().next() {
            all.push(ClaimSeen { claim, name, tries });
            continue;
        }
        // What was left of one that was put away. Never as a whole: somebody may be moving a file into it in this moment.
        for left in fs::read_dir(entry.path()).into_iter().flatten().flatten() {
            if is_ours(&left.file_name().to_string_lossy()) {
                let _ = fs::remove_file(left.path());
            }
        }
        let _ = fs::remove_dir(entry.path());
    }
    if all.is_empty() {
        // Only where it is empty.
        let _ = fs::remove_dir(folder.join(TAKING));
    }
    all.sort_by(|a, b| a.claim.cmp(&b.claim));
    all
}

/// What we or a marker put beside a claimed file.
fn is_ours(name: &str) -> bool {
    name == RAN || Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case(MARKER))
}

/// Token and tries of the name of a claim's folder.
fn parts_of(claim: &str) -> Option<(&str, u32)> {
    let (token, tries) = claim.split_once('.')?;
    let sound = !token.is_empty() && token.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    Some((token, tries.parse().ok().filter(|_| sound)?))
}

/// Lies beside a claimed file once all of it has been run.
const RAN: &str = ".ran";

/// A file that is ours: nobody else takes it while this lives.
#[derive(Debug)]
pub(super) struct Claim {
    folder: PathBuf,
    dir: PathBuf,
    /// What the store knows it by.
    pub(super) token: String,
    /// How often it was tried before.
    pub(super) tries: u32,
    /// The file's name.
    pub(super) name: String,
    /// The lock; none where the file cannot be opened. It is only held.
    #[allow(dead_code)]
    lock: Option<File>,
}

/// Why a file could not be claimed.
#[derive(Debug)]
pub(super) enum NotClaimed {
    /// Somebody else has it, or it is gone.
    Gone,
    /// It may not be taken.
    Left(String),
    /// The folder cannot be used.
    Folder(io::Error, PathBuf),
}

impl Claim {
    /// Claims a file that waits, by a rename.
    pub(super) fn new(folder: &Path, name: &str) -> Result<Self, NotClaimed> {
        let path = folder.join(name);
        let fault = |path: &Path| {
            let path = path.to_owned();
            move |e: io::Error| NotClaimed::Folder(e, path)
        };
        // Before anything is done with the file: it must be possible to put it away again.
        for own in [DONE, FAILED, TAKING].map(|n| folder.join(n)) {
            is_own_folder(&own).map_err(fault(&own))?;
        }
        let look = look_into(folder).map_err(fault(folder))?;
        let Some(seen) = look.files.into_iter().find(|f| f.name == name) else {
            let why = look.left.into_iter().find(|l| l.starts_with(name));
            return Err(why.map_or(NotClaimed::Gone, NotClaimed::Left));
        };
        let lock = lock_of(&path)?;
        let taking = folder.join(TAKING);
        let (token, dir, to) = {
            let mut tries = 0;
            loop {
                let moved = make_folder(&taking).and_then(|()| new_claim(&taking)).and_then(|(token, dir)| {
                    let to = dir.join(name);
                    rename_to_new(&path, &to).inspect_err(|_| tidy(folder, &dir))?;
                    Ok((token, dir, to))
                });
                match moved {
                    Ok(moved) => break moved,
                    // Whoever else is at work here takes empty folders away, ours among them.
                    Err(e) if e.kind() == ErrorKind::NotFound && path.symlink_metadata().is_ok() && tries < MOST_RACES => tries += 1,
                    Err(e) if e.kind() == ErrorKind::NotFound => return Err(NotClaimed::Gone),
                    Err(e) => return Err(NotClaimed::Folder(e, path)),
                }
            }
        };
        let mut claim = Self { folder: folder.to_owned(), dir, token, tries: 0, name: name.to_owned(), lock };
        // What was moved may be another file than was looked at.
        let about = fs::symlink_metadata(&to).map_err(fault(&to))?;
        if about.ino() != seen.inode {
            if !about.is_file() || about.nlink() > 1 {
                claim.give_back();
                return Err(NotClaimed::Left(format!("{name} is no regular file; it is left alone")));
            }
            claim.lock = lock_of(&to)?;
        }
        if let Some(marker) = seen.marker {
            let _ = rename_to_new(&folder.join(&marker), &claim.dir.join(&marker));
        }
        Ok(claim)
    }

    /// Takes over a claim that nobody works on.
    pub(super) fn found(folder: &Path, claim: &str, name: &str) -> Result<Self, NotClaimed> {
        let dir = folder.join(TAKING).join(claim);
        let Some((token, tries)) = parts_of(claim) else { return Err(NotClaimed::Gone) };
        for own in [DONE, FAILED, TAKING].map(|n| folder.join(n)) {
            is_own_folder(&own).map_err(|e| NotClaimed::Folder(e, own))?;
        }
        let path = dir.join(name);
        match fs::symlink_metadata(&path) {
            Ok(about) if about.is_file() => {}
            Ok(_) => return Err(NotClaimed::Left(format!("{name} in {} is no regular file; it is left alone", dir.display()))),
            Err(_) => return Err(NotClaimed::Gone),
        }
        let lock = lock_of(&path)?;
        Ok(Self { folder: folder.to_owned(), dir, token: token.to_owned(), tries, name: name.to_owned(), lock })
    }

    /// Where the file lies.
    pub(super) fn path(&self) -> PathBuf {
        self.dir.join(&self.name)
    }

    /// The name of its folder.
    pub(super) fn claim(&self) -> String {
        self.dir.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Size and moment of the last change of the file.
    pub(super) fn stamp(&self) -> Option<(u64, Option<SystemTime>)> {
        fs::symlink_metadata(self.path()).ok().map(|m| (m.len(), m.modified().ok()))
    }

    /// Says that all of it has been run: whoever finds the claim only puts it away.
    pub(super) fn has_run(&self) {
        // Without it the file may be run once more, which changes nothing then.
        let _ = fs::write(self.dir.join(RAN), "");
    }

    /// Whether somebody said so.
    pub(super) fn was_run(&self) -> bool {
        self.dir.join(RAN).symlink_metadata().is_ok()
    }

    /// Counts a try. A rename needs no room on a disk that is full.
    pub(super) fn tried(&mut self) {
        let to = self.folder.join(TAKING).join(format!("{}.{}", self.token, self.tries + 1));
        if rename_to_new(&self.dir, &to).is_ok() {
            self.dir = to;
        }
        self.tries += 1;
    }

    /// Puts the file back where it lay. Where there is another of its name now, it stays claimed.
    pub(super) fn give_back(self) {
        if rename_to_new(&self.path(), &self.folder.join(&self.name)).is_ok() {
            self.leave(&self.folder, None);
        }
    }

    /// Moves the file to `done` or `failed`, and gives the name that it has there.
    pub(super) fn put_away(&self, to: &str) -> io::Result<(PathBuf, String)> {
        let to = self.folder.join(to);
        make_folder(&to)?;
        let moved = move_to_new_name(&self.path(), &to, &self.name)?;
        self.leave(&to, Some(&moved));
        Ok((to, moved))
    }

    /// Takes the claim's folder away; a marker goes where the file went.
    fn leave(&self, to: &Path, moved: Option<&str>) {
        for entry in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name != RAN && is_ours(&name) {
                let marker = moved.map_or(name, |moved| format!("{moved}.{MARKER}"));
                let _ = move_to_new_name(&entry.path(), to, &marker);
            }
        }
        let _ = fs::remove_file(self.dir.join(RAN));
        tidy(&self.folder, &self.dir);
    }
}

/// Removes a claim's folder, and `taking`, where they are empty.
fn tidy(folder: &Path, dir: &Path) {
    let _ = fs::remove_dir(dir);
    let _ = fs::remove_dir(folder.join(TAKING));
}

/// A link out of the folder would carry the rosters of a school who knows where. What is not there is made when it is needed.
fn is_own_folder(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(there) if there.is_dir() => Ok(()),
        Ok(_) => Err(io::Error::other("it is no folder")),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        Err(e) => Err(e),
    }
}

fn make_folder(path: &Path) -> io::Result<()> {
    match fs::DirBuilder::new().mode(0o700).create(path) {
        Err(e) if e.kind() != ErrorKind::AlreadyExists => Err(e),
        _ => is_own_folder(path),
    }
}

/// A folder for a claim, under a name that nothing has had.
fn new_claim(taking: &Path) -> io::Result<(String, PathBuf)> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // The name must be new even where a clock stands still or goes back: hence the process, and a number of its own.
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_micros());
    loop {
        let token = format!("{now}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let dir = taking.join(format!("{token}.0"));
        match fs::DirBuilder::new().mode(0o700).create(&dir) {
            Ok(()) => return Ok((token, dir)),
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
}

/// The lock on a file. A pipe or device put in its place would keep the opening waiting: it is opened without.
fn lock_of(path: &Path) -> Result<Option<File>, NotClaimed> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(fd) => File::from(fd),
        Err(rustix::io::Errno::NOENT) => return Err(NotClaimed::Gone),
        // Whether it can be read is for the import to say.
        Err(_) => return Ok(None),
    };
    if !file.metadata().is_ok_and(|m| m.is_file()) {
        return Err(NotClaimed::Left(format!("{} is no regular file; it is left alone", path.display())));
    }
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(NotClaimed::Gone),
        // Some file systems have no locks; then the rename alone must do.
        Err(TryLockError::Error(_)) => Ok(None),
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
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
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
        return Err(ErrorKind::AlreadyExists.into());
    }
    fs::rename(from, to)
}

/// Writes a file under the first of its names that is free. Half a file is none.
pub(super) fn write_new(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    for n in 1..MOST_OF_A_NAME {
        let path = folder.join(numbered(name, n));
        match fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                return io::Write::write_all(&mut file, bytes).inspect_err(|_| drop(fs::remove_file(&path)));
            }
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
    Err(io::Error::other(format!("{name} is there {MOST_OF_A_NAME} times already")))
}

#[cfg(test)]
mod tests;
