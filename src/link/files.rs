//! Files that a request names. A holder of the same user opens them itself; to another they are sent, and lie in the database's folder
//! until the request is answered.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};

use super::wire::PIECE;
use crate::desk::{Request, Trouble, TroubleSort};

/// Most bytes of the files of one client at a time.
pub(super) const MOST_BYTES: u64 = 4 << 30;

/// Most files of one client at a time.
pub(super) const MOST_FILES: usize = 1000;

/// What a sent file's path begins with.
const SENT: &str = "upload:";

/// Where they lie, below the database's folder.
const SPOOL: &str = "incoming";

/// The paths that a request names.
pub(super) fn paths(request: &mut Request) -> Vec<&mut String> {
    match request {
        Request::Import(import) => vec![&mut import.path],
        Request::ImportSet(imports) => imports.iter_mut().map(|i| &mut i.path).collect(),
        Request::Recognise { path }
        | Request::DraftMap { path, .. }
        | Request::Attach { path, .. }
        | Request::Report { original: Some(path), .. } => vec![path],
        _ => Vec::new(),
    }
}

/// A file that is sent: its number, and its pieces one after the other handed to `send`. Gives the path by which the holder knows it.
pub(super) fn send(path: &str, number: u32, send: &mut dyn FnMut(String, Vec<u8>) -> io::Result<()>) -> io::Result<String> {
    let path = Path::new(path);
    let name = path.file_name().map_or_else(|| "file".to_owned(), |n| n.to_string_lossy().into_owned());
    if path.is_dir() {
        let mut sent = 0;
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                one(&entry.path(), &format!("{name}/{}", entry.file_name().to_string_lossy()), send)?;
                sent += 1;
            }
        }
        if sent == 0 {
            return Err(io::Error::other("the folder has no files"));
        }
    } else {
        one(path, &name, send)?;
    }
    Ok(format!("{SENT}{number}/{name}"))
}

fn one(path: &Path, name: &str, send: &mut dyn FnMut(String, Vec<u8>) -> io::Result<()>) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut first = true;
    loop {
        let mut piece = Vec::with_capacity(PIECE.min(64 << 10));
        let read = (&mut file).take(PIECE as u64).read_to_end(&mut piece)?;
        // An empty file is a file.
        if read > 0 || first {
            send(name.to_owned(), piece)?;
        }
        first = false;
        if read < PIECE {
            return Ok(());
        }
    }
}

/// The files that one client has sent.
pub(super) struct Spool {
    folder: PathBuf,
    bytes: u64,
    files: usize,
}

impl Drop for Spool {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
        // Gone with the last of its clients.
        let _ = self.folder.parent().map(fs::remove_dir);
    }
}

/// Removes what an earlier holder was sent. Only for who holds the store's lock.
pub(super) fn sweep(db: &Path) {
    let _ = fs::remove_dir_all(db.join(SPOOL));
}

impl Spool {
    /// For a client of that number.
    pub(super) fn new(db: &Path, client: u64) -> Self {
        Self { folder: db.join(SPOOL).join(client.to_string()), bytes: 0, files: 0 }
    }

    /// Keeps a piece.
    pub(super) fn keep(&mut self, number: u32, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(number, name).ok_or_else(|| io::Error::other("the name is no file's"))?;
        self.bytes += bytes.len() as u64;
        if self.bytes > MOST_BYTES {
            return Err(io::Error::other(format!("more than {} GB of files", MOST_BYTES >> 30)));
        }
        if let Some(folder) = path.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        if !path.exists() {
            self.files += 1;
            if self.files > MOST_FILES {
                return Err(io::Error::other(format!("more than {MOST_FILES} files")));
            }
        }
        OpenOptions::new().append(true).create(true).mode(0o600).open(&path)?.write_all(bytes)
    }

    /// The path of a sent file, from what the request calls it; `None` where it is no such name.
    pub(super) fn find(&self, named: &str) -> Option<PathBuf> {
        let (number, name) = named.strip_prefix(SENT)?.split_once('/')?;
        self.path(number.parse().ok()?, name).filter(|p| p.exists())
    }

    /// Removes a file that is not needed any more.
    pub(super) fn remove(&mut self, number: u32) {
        let folder = self.folder.join(number.to_string());
        let (bytes, files) = weigh(&folder);
        let _ = fs::remove_dir_all(folder);
        self.bytes = self.bytes.saturating_sub(bytes);
        self.files = self.files.saturating_sub(files);
    }

    /// A name of one or two plain parts; nothing that leads elsewhere.
    fn path(&self, number: u32, name: &str) -> Option<PathBuf> {
        let parts: Vec<Component<'_>> = Path::new(name).components().collect();
        let plain = |c: &Component<'_>| matches!(c, Component::Normal(n) if n.len() <= 255);
        let fits = (1..=2).contains(&parts.len()) && parts.iter().all(plain) && !name.contains('\0') && !name.ends_with('/');
        fits.then(|| self.folder.join(number.to_string()).join(name))
    }
}

fn weigh(folder: &Path) -> (u64, usize) {
    let Ok(entries) = fs::read_dir(folder) else { return (0, 0) };
    entries.flatten().fold((0, 0), |(bytes, files), entry| match entry.metadata() {
        Ok(m) if m.is_dir() => {
            let inside = weigh(&entry.path());
            (bytes + inside.0, files + inside.1)
        }
        Ok(m) => (bytes + m.len(), files + 1),
        Err(_) => (bytes, files),
    })
}

/// The number of a sent file, from what the request calls it.
pub(super) fn number(named: &str) -> Option<u32> {
    named.strip_prefix(SENT)?.split_once('/')?.0.parse().ok()
}

/// A file that cannot be sent.
pub(super) fn unsent(path: &str, error: &io::Error) -> Trouble {
    let what = format!("Cannot read {}: {error}", crate::report::visible(path));
    Trouble::new(TroubleSort::Refused, what, "Check the path and the rights.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_and_a_folder_come_over_whole() {
        let dir = tempfile::tempdir().unwrap();
        let (db, own) = (dir.path().join("db"), dir.path().join("own"));
        fs::create_dir_all(own.join("bundle")).unwrap();
        let large: Vec<u8> = (0..PIECE + 5).map(|i| i as u8).collect();
        fs::write(own.join("users.csv"), &large).unwrap();
        fs::write(own.join("empty.csv"), "").unwrap();
        fs::write(own.join("bundle/orgs.csv"), "a").unwrap();
        let mut spool = Spool::new(&db, 7);
        let over = |name: &str, number: u32, spool: &mut Spool| {
            let path = own.join(name).display().to_string();
            send(&path, number, &mut |name, bytes| spool.keep(number, &name, &bytes)).unwrap()
        };
        let named = over("users.csv", 1, &mut spool);
        assert_eq!(fs::read(spool.find(&named).unwrap()).unwrap(), large);
        assert_eq!(number(&named), Some(1));
        let named = over("empty.csv", 2, &mut spool);
        assert_eq!(fs::read(spool.find(&named).unwrap()).unwrap(), b"");
        let named = over("bundle", 3, &mut spool);
        assert_eq!(fs::read(spool.find(&named).unwrap().join("orgs.csv")).unwrap(), b"a");
        spool.remove(1);
        assert!(spool.find("upload:1/users.csv").is_none());
        assert_eq!((spool.bytes, spool.files), (1, 2));
        drop(spool);
        assert!(!db.join("incoming/7").exists());
    }

    #[test]
    fn no_name_leads_elsewhere() {
        let dir = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(dir.path(), 1);
        for name in ["", "/etc/passwd", "../x", "a/../../x", "a/b/c", ".", "a/", "a\0b", &"a".repeat(256)] {
            assert!(spool.keep(1, name, b"x").is_err(), "{name:?}");
            assert!(spool.find(&format!("upload:1/{name}")).is_none(), "{name:?}");
        }
        for named in ["/etc/passwd", "upload:x/a", "upload:1", "1/a"] {
            assert!(spool.find(named).is_none(), "{named:?}");
        }
        assert!(!dir.path().join("x").exists());
    }
}
