//! A shelf: one sled directory, as the store uses it. The only file that names sled.
//!
//! Keeps sled's traps (see the table in `storage`): torn snapshots are removed before an open, batches stay small, what
//! is to last is flushed *and* synced, errors of the engine become clear ones.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::StoreError;
use super::block::{self, Fault, LIMIT};

/// Bytes of a batch at most: larger ones cost memory in the engine.
pub(super) const BATCH: usize = 1 << 20;

const CACHE: u64 = 32 << 20;

/// Whether sled tidies up by itself, and how often. What must last never waits for it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Use {
    /// Written all the time: half-empty segments want to be gathered.
    Changing,
    /// Written once, then only read: nothing ever wakes.
    Once,
}

impl Use {
    fn tidy_ms(self) -> Option<u64> {
        match self {
            Self::Changing => Some(10_000),
            Self::Once => None,
        }
    }
}

/// One change of a shelf: a full key, part number included, and its new value; `None` removes it.
pub(super) type Write = (Vec<u8>, Option<Vec<u8>>);

/// A key, without part number, and the raw bytes under it.
pub(super) type Raw = (Vec<u8>, Vec<u8>);

/// One open sled directory.
#[derive(Debug)]
pub(super) struct Shelf {
    db: sled::Db,
    data: File,
    path: PathBuf,
    /// Held for reading while a value of several parts is read, for writing while parts are written.
    whole: RwLock<()>,
}

impl Shelf {
    /// Opens the shelf at `path`, which must be there. What had to be repaired goes to `notices`.
    pub(super) fn open(path: &Path, used: Use, notices: &mut Vec<String>) -> Result<Arc<Self>, StoreError> {
        if !path.is_dir() {
            return Err(StoreError::Damaged { what: "a directory of the database is missing".into(), path: path.into() });
        }
        remove_torn_snapshots(path)?;
        let db = match open_sled(path, used) {
            Err(sled::Error::Corruption { .. }) if move_snapshots_aside(path)? => {
                notices.push(format!("The engine's snapshot in {} was damaged; rebuilt from its log, nothing lost.", path.display()));
                open_sled(path, used)
            }
            opened => opened,
        };
        Self::of(db.map_err(|e| fault("Cannot open", path, e))?, path)
    }

    /// A new, empty shelf at `path`. Whatever was there is removed.
    pub(super) fn fresh(path: &Path) -> Result<Arc<Self>, StoreError> {
        remove(path)?;
        make_dir(path)?;
        Self::of(open_sled(path, Use::Once).map_err(|e| fault("Cannot create", path, e))?, path)
    }

    fn of(db: sled::Db, path: &Path) -> Result<Arc<Self>, StoreError> {
        let data = File::open(path.join("db")).map_err(|e| StoreError::io("Cannot open", path.join("db"), e))?;
        Ok(Arc::new(Self { db, data, path: path.into(), whole: RwLock::new(()) }))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The raw bytes under `key`.
    pub(super) fn get(self: &Arc<Self>, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let _whole = self.whole.read().unwrap_or_else(PoisonError::into_inner);
        let mut scan = self.scan(key);
        match scan.next().transpose()? {
            Some((found, raw)) if found == key => Ok(Some(raw)),
            _ => Ok(None),
        }
    }

    /// Everything under keys that begin with `prefix`, in order, as of one moment.
    pub(super) fn all(self: &Arc<Self>, prefix: &[u8]) -> Result<Vec<Raw>, StoreError> {
        let _whole = self.whole.read().unwrap_or_else(PoisonError::into_inner);
        self.scan(prefix).collect()
    }

    /// The blocks under keys that begin with `prefix`, in order, read as one goes.
    pub(super) fn scan(self: &Arc<Self>, prefix: &[u8]) -> Scan {
        self.scan_from(prefix, prefix)
    }

    /// As `scan`, beginning at the key `from`.
    pub(super) fn scan_from(self: &Arc<Self>, prefix: &[u8], from: &[u8]) -> Scan {
        Scan { iter: self.db.range(from.to_vec()..), pending: None, prefix: prefix.to_vec(), shelf: Arc::clone(self), done: false }
    }

    /// The last key at or before `key` among those that begin with `prefix`.
    pub(super) fn last_at(&self, prefix: &[u8], key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let mut up_to = key.to_vec();
        up_to.extend_from_slice(&[0xff, 0xff]);
        let found = self.db.range(prefix.to_vec()..=up_to).next_back().transpose().map_err(|e| fault("Cannot read", &self.path, e))?;
        Ok(found.map(|(k, _)| k[..k.len().saturating_sub(2)].to_vec()))
    }

    /// The full keys, part numbers included, that begin with `prefix`.
    pub(super) fn full_keys(&self, prefix: &[u8]) -> impl Iterator<Item = Result<Vec<u8>, StoreError>> {
        let path = self.path.clone();
        self.db.scan_prefix(prefix).keys().map(move |k| k.map(|k| k.to_vec()).map_err(|e| fault("Cannot read", &path, e)))
    }

    /// Everything as the engine has it: full keys, part numbers included, and sealed values.
    pub(super) fn pairs(&self) -> impl Iterator<Item = Result<Raw, StoreError>> {
        let path = self.path.clone();
        self.db.iter().map(move |p| p.map(|(k, v)| (k.to_vec(), v.to_vec())).map_err(|e| fault("Cannot read", &path, e)))
    }

    /// What to write so that `raw` lies under `key`, whatever lay there before.
    pub(super) fn replacing(&self, key: &[u8], raw: &[u8]) -> Result<Vec<Write>, StoreError> {
        let mut writes: Vec<Write> = parts(key, block::seal(key, raw)).map(|(k, v)| (k, Some(v))).collect();
        for old in self.full_keys(key) {
            let old = old?;
            if old.len() == key.len() + 2 && !writes.iter().any(|(k, _)| *k == old) {
                writes.push((old, None));
            }
        }
        Ok(writes)
    }

    /// What to write so that nothing lies under `key`.
    pub(super) fn removing(&self, key: &[u8]) -> Result<Vec<Write>, StoreError> {
        self.full_keys(key).map(|k| Ok((k?, None))).collect()
    }

    /// Writes all or nothing. What was written lasts only after [`Shelf::settle`].
    pub(super) fn apply(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        let mut batch = sled::Batch::default();
        for (key, value) in writes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        let _whole = self.whole.write().unwrap_or_else(PoisonError::into_inner);
        self.db.apply_batch(batch).map_err(|e| fault("Cannot write", &self.path, e))
    }

    /// Writes in batches of at most [`BATCH`] bytes: each is all or nothing, the whole is not.
    pub(super) fn apply_all(&self, writes: impl IntoIterator<Item = Write>) -> Result<(), StoreError> {
        let (mut some, mut bytes) = (Vec::new(), 0);
        for write in writes {
            bytes += write.0.len() + write.1.as_ref().map_or(0, Vec::len);
            some.push(write);
            if bytes >= BATCH - 2 * LIMIT || some.len() >= 800 {
                self.apply(std::mem::take(&mut some))?;
                bytes = 0;
            }
        }
        if some.is_empty() { Ok(()) } else { self.apply(some) }
    }

    /// Makes everything written so far last. sled's flush alone does not reach the disk.
    pub(super) fn settle(&self) -> Result<(), StoreError> {
        self.db.flush().map_err(|e| fault("Cannot flush", &self.path, e))?;
        self.data.sync_data().map_err(|e| StoreError::io("Cannot make durable", &self.path, e))
    }

    /// As `settle`, for a fresh shelf: its files and the names of them and of itself last too.
    pub(super) fn settle_fresh(&self) -> Result<(), StoreError> {
        self.settle()?;
        let conf = self.path.join("conf");
        File::open(&conf).and_then(|f| f.sync_all()).map_err(|e| StoreError::io("Cannot make durable", &conf, e))?;
        sync_dir(&self.path)?;
        self.path.parent().map_or(Ok(()), sync_dir)
    }
}

/// A walk over the blocks of a shelf: key (without part number) and raw bytes.
pub(super) struct Scan {
    iter: sled::Iter,
    pending: Option<(sled::IVec, sled::IVec)>,
    prefix: Vec<u8>,
    shelf: Arc<Shelf>,
    done: bool,
}

impl Scan {
    fn pull(&mut self) -> Result<Option<(sled::IVec, sled::IVec)>, StoreError> {
        if let Some(pair) = self.pending.take() {
            return Ok(Some(pair));
        }
        let pair = self.iter.next().transpose().map_err(|e| {
            self.done = true;
            fault("Cannot read", &self.shelf.path, e)
        })?;
        Ok(pair.filter(|(k, _)| k.starts_with(&self.prefix)))
    }

    fn read(&mut self) -> Result<Option<Raw>, StoreError> {
        let Some((full, first)) = self.pull()? else { return Ok(None) };
        let Some((key, _)) = full.split_last_chunk::<2>() else { return Err(self.damaged("a key")) };
        let raw = if first.len() < LIMIT {
            block::unseal(key, &first)
        } else {
            let mut sealed = first.to_vec();
            while let Some((k, v)) = self.pull()? {
                if k.len() != full.len() || !k.starts_with(key) {
                    self.pending = Some((k, v));
                    break;
                }
                sealed.extend_from_slice(&v);
            }
            block::unseal(key, &sealed)
        };
        match raw {
            Ok(raw) => Ok(Some((key.to_vec(), raw))),
            Err(Fault::Damaged) => Err(self.damaged(&name(key))),
            Err(Fault::TooNew(found)) => Err(StoreError::TooNew { found: found.into(), known: block::VERSION.into() }),
        }
    }

    fn damaged(&self, what: &str) -> StoreError {
        StoreError::Damaged { what: what.to_owned(), path: self.shelf.path.clone() }
    }
}

impl Iterator for Scan {
    type Item = Result<Raw, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let read = self.read().transpose();
        // A damaged block does not hide those after it.
        self.done |= read.is_none();
        read
    }
}

/// What lies under a key, in words.
fn name(key: &[u8]) -> String {
    let what = match key.first() {
        Some(b'm') => "the store's head",
        Some(b'f') => "a feed",
        Some(b'u') => "the record of an upload",
        Some(b's') => "a sync",
        Some(b'h') => "the head of a sync's findings",
        Some(b'r') => "a block of a sync's findings",
        Some(b'c') => "a correction",
        Some(b'd') => "a step of mending",
        Some(b't') => "a standing correction",
        Some(b'l') => "what a file said to the standing corrections",
        Some(b'n') => "a report of another system",
        Some(b'v') => "the value rules of a feed",
        Some(b'w') => "the value rules of a sync",
        Some(b'y') => "a refusal of the audit",
        Some(b'p') => "a decision about a row",
        Some(b'z') => "a snooze",
        Some(b'e') => "the head of a journal entry",
        Some(b'j') => "a block of the journal",
        Some(b'k') => "a block of the roster",
        _ => "a block",
    };
    match key.get(1..5) {
        Some(&[a, b, c, d]) if b"shr".contains(&key[0]) => format!("{what} (#{})", u32::from_be_bytes([a, b, c, d])),
        _ => what.to_owned(),
    }
}

/// A sealed block under its key, in parts of at most [`LIMIT`] bytes.
pub(super) fn parts(key: &[u8], sealed: Vec<u8>) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    let part = |n: usize| [key, &(n as u16).to_be_bytes()].concat();
    // A last part of exactly LIMIT bytes is followed by an empty one, so that a short part always ends the block.
    let several = sealed.len() >= LIMIT;
    let chunks: Vec<_> = if several {
        (0..=sealed.len() / LIMIT).map(|n| (part(n), sealed[n * LIMIT..sealed.len().min((n + 1) * LIMIT)].to_vec())).collect()
    } else {
        vec![(part(0), sealed)]
    };
    chunks.into_iter()
}

/// Removes a directory and all in it, if it is there.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(path) {
        Ok(()) => path.parent().map_or(Ok(()), sync_dir),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(StoreError::io("Cannot remove", path, e)),
    }
}

/// Makes a directory that only its owner may enter.
pub(super) fn make_dir(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(path).map_err(|e| StoreError::io("Cannot create", path, e))
}

/// Makes the names in a directory last.
pub(super) fn sync_dir(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|d| d.sync_all()).map_err(|e| StoreError::io("Cannot make durable", path, e))
}

fn open_sled(path: &Path, used: Use) -> sled::Result<sled::Db> {
    let began = Instant::now();
    loop {
        let opened = sled::Config::new().path(path).cache_capacity(CACHE).flush_every_ms(used.tidy_ms()).open();
        match opened {
            // Nobody else may be in here: we hold the store's lock. A handle of our own is still being put away.
            Err(sled::Error::Io(e)) if in_use(&e) && began.elapsed() < Duration::from_secs(2) => {
                std::thread::sleep(Duration::from_millis(5));
            }
            opened => return opened,
        }
    }
}

fn in_use(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock || error.to_string().contains("could not acquire lock")
}

fn snapshots(path: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let listed = fs::read_dir(path).and_then(|dir| dir.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<_>>>());
    let listed = listed.map_err(|e| StoreError::io("Cannot list", path, e))?;
    Ok(listed.into_iter().filter(|p| p.file_name().is_some_and(|n| n.as_encoded_bytes().starts_with(b"snap."))).collect())
}

/// A snapshot that was being written when the process died makes every later open fail.
fn remove_torn_snapshots(path: &Path) -> Result<(), StoreError> {
    for snapshot in snapshots(path)? {
        if snapshot.extension().is_some_and(|e| e == "generating") {
            fs::remove_file(&snapshot).map_err(|e| StoreError::io("Cannot remove", &snapshot, e))?;
        }
    }
    Ok(())
}

/// Without a snapshot sled replays its whole log. Whether there was one.
fn move_snapshots_aside(path: &Path) -> Result<bool, StoreError> {
    let found = snapshots(path)?;
    for snapshot in &found {
        let aside = path.join(format!("aside.{}", snapshot.file_name().unwrap_or_default().to_string_lossy()));
        fs::rename(snapshot, aside).map_err(|e| StoreError::io("Cannot move", snapshot, e))?;
    }
    sync_dir(path)?;
    Ok(!found.is_empty())
}

fn fault(doing: &str, path: &Path, error: sled::Error) -> StoreError {
    match error {
        sled::Error::Corruption { .. } => StoreError::Damaged { what: "the engine's log".into(), path: path.into() },
        sled::Error::Io(e) if e.kind() == io::ErrorKind::StorageFull => {
            StoreError::Full { needed: super::space::RESERVE, free: super::space::free(path).unwrap_or(0), path: path.into() }
        }
        sled::Error::Io(e) => StoreError::io(doing, path, e),
        other => StoreError::io(doing, path, io::Error::other(other.to_string())),
    }
}
