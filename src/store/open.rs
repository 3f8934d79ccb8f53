//! Opening: the lock, the engine, the form, and what an earlier process left behind.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::{Duration, Instant};

use super::lock::Lock;
use super::mark::Mark;
use super::records::pack;
use super::shelf::{self, Shelf, Use};
use super::tray::{Place, Shelves};
use super::{Opening, Settings, Store, StoreError, keys};
use crate::ledger::{SyncNo, SyncStatus, Timestamp};

/// The form of the store as a whole that this program writes, and the newest it reads.
const SCHEMA: u32 = 2;

/// Time between two tries for the lock.
const AGAIN: Duration = Duration::from_millis(20);

pub(super) fn waiting(dir: &Path, opening: &Opening, settings: &Settings, wait: Duration) -> Result<(Store, Vec<String>), StoreError> {
    let began = Instant::now();
    loop {
        match open(dir, opening, settings.clone()) {
            Err(StoreError::InUse { .. }) if began.elapsed() < wait => std::thread::sleep(AGAIN.min(wait)),
            opened => return opened,
        }
    }
}

pub(super) fn open(dir: &Path, opening: &Opening, settings: Settings) -> Result<(Store, Vec<String>), StoreError> {
    make(dir)?;
    let lock = Lock::take(dir, opening)?;
    let free = (settings.free_space)(dir).map_err(|e| StoreError::io("Cannot see the free space of", dir, e))?;
    if free < super::space::RESERVE {
        return Err(StoreError::Full { needed: super::space::RESERVE, free, path: dir.into() });
    }
    let mut notices = Vec::new();
    let path = dir.join("control");
    if !path.exists() {
        create_control(dir)?;
    }
    let (mark, marked) = Mark::open(dir)?;
    let control = Shelf::open(&path, Use::Changing, &mut notices)?;
    let mut store = Store {
        dir: dir.into(),
        settings,
        control,
        shelves: Shelves::default(),
        writer: Mutex::default(),
        checkpointing: Mutex::default(),
        keeping: Mutex::default(),
        current: Mutex::default(),
        position: AtomicU64::new(0),
        active: Mutex::default(),
        broken: AtomicBool::default(),
        published: AtomicU64::new(0),
        mark,
        _lock: lock,
    };
    match store.record::<u32>(keys::SCHEMA)? {
        Some(found) if found > SCHEMA => return Err(StoreError::TooNew { found, known: SCHEMA }),
        Some(found) if found < SCHEMA => return Err(StoreError::TooOld { found, known: SCHEMA, path: dir.into() }),
        Some(_) => {}
        None => return Err(store.damaged("the store's head", None)),
    }
    let published = store.control.get(keys::PUBLISHED)?;
    let published = published.and_then(|raw| <[u8; 8]>::try_from(raw).ok()).map_or(0, u64::from_be_bytes);
    if marked.is_some_and(|marked| published < marked) {
        return Err(store.damaged("the engine's log has lost its end", None));
    }
    if marked.is_none() {
        notices.push(format!("The mark in {} was damaged; written anew.", dir.join("published").display()));
    }
    store.published = AtomicU64::new(published);
    store.mark.set(published).map_err(|e| StoreError::io("Cannot write", dir.join("published"), e))?;
    let last = store.control.last_at(b"e", &keys::entry(u64::MAX))?;
    let position = last.and_then(|k| k.get(1..).and_then(|k| <[u8; 8]>::try_from(k).ok())).map_or(0, u64::from_be_bytes);
    store.position = AtomicU64::new(position);
    store.sweep_marked()?;
    store.sweep_directories()?;
    store.cut_off(opening.now, &mut notices)?;
    Ok((store, notices))
}

/// The store's directory, only for its owner.
fn make(dir: &Path) -> Result<(), StoreError> {
    if dir.is_dir() {
        return Ok(());
    }
    if let Some(parent) = dir.parent() {
        fs::create_dir_all(parent).map_err(|e| StoreError::io("Cannot create", parent, e))?;
    }
    match shelf::make_dir(dir) {
        // Another process was first; the lock decides.
        Err(StoreError::Io { error, .. }) if error.kind() == std::io::ErrorKind::AlreadyExists && dir.is_dir() => Ok(()),
        made => made.and_then(|()| dir.parent().filter(|p| !p.as_os_str().is_empty()).map_or(Ok(()), shelf::sync_dir)),
    }
}

/// Made beside and renamed, so that a process killed at it leaves none rather than half of one.
fn create_control(dir: &Path) -> Result<(), StoreError> {
    let fault = |e| StoreError::io("Cannot list", dir, e);
    for entry in fs::read_dir(dir).map_err(fault)? {
        let entry = entry.map_err(fault)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let used = name == "uploads" && fs::read_dir(entry.path()).is_ok_and(|mut d| d.next().is_some());
        if used || name.starts_with("sync-") || name.starts_with("checkpoint-") {
            // Anything but a new store: a fresh `control` would sweep all of it away.
            return Err(StoreError::Damaged { what: "`control` is missing, but there is a roster".into(), path: dir.into() });
        }
    }
    let uploads = dir.join("uploads");
    if !uploads.is_dir() {
        shelf::make_dir(&uploads)?;
    }
    let (mark, _) = Mark::open(dir)?;
    mark.set(0).and_then(|()| mark.settle()).map_err(|e| StoreError::io("Cannot write", dir.join("published"), e))?;
    let (new, path) = (dir.join("control.new"), dir.join("control"));
    let shelf = Shelf::fresh(&new)?;
    shelf.apply(shelf.replacing(keys::SCHEMA, &pack(&SCHEMA))?)?;
    shelf.settle_fresh()?;
    drop(shelf);
    fs::rename(&new, &path).map_err(|e| StoreError::io("Cannot create", &path, e))?;
    shelf::sync_dir(dir)
}

impl Store {
    /// Removes the blocks of runs that were not published, or that a newer run has taken the place of.
    pub(super) fn sweep_marked(&self) -> Result<(), StoreError> {
        for (mark, prefix) in self.control.all(b"i")? {
            let keys: Vec<_> = self.control.full_keys(&prefix).map(|k| Ok((k?, None))).collect::<Result<_, StoreError>>()?;
            self.control.apply_all(keys)?;
            self.control.apply(self.control.removing(&mark)?)?;
        }
        Ok(())
    }

    /// Removes directories that nothing visible refers to.
    fn sweep_directories(&self) -> Result<(), StoreError> {
        let mut wanted: HashSet<String> = HashSet::new();
        for (key, _) in self.control.all(b"b")? {
            if let (Some(Ok(sync)), Some(Ok(attempt))) = (key.get(1..5).map(<[u8; 4]>::try_from), key.get(5..13).map(<[u8; 8]>::try_from)) {
                wanted.insert(Place { sync: SyncNo(u32::from_be_bytes(sync)), attempt: u64::from_be_bytes(attempt) }.name());
            }
        }
        for head in self.checkpoints()? {
            wanted.extend(self.checkpoint_dir(head.position).file_name().map(|n| n.to_string_lossy().into_owned()));
        }
        let fault = |e| StoreError::io("Cannot list", &self.dir, e);
        for entry in fs::read_dir(&self.dir).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let ours = ["sync-", "checkpoint-", "control.new"].iter().any(|p| name.starts_with(p));
            if ours && !wanted.contains(&name) {
                shelf::remove(&entry.path())?;
            }
        }
        super::uploads::sweep(&self.dir)
    }

    /// Syncs that an earlier process left in the middle have failed (RUN-604). Nothing of them was applied: what applies one
    /// also says that it is completed.
    fn cut_off(&self, now: Timestamp, notices: &mut Vec<String>) -> Result<(), StoreError> {
        let mut writes = Vec::new();
        for mut sync in self.syncs()? {
            if !sync.status.is_done() {
                notices.push(format!("Earlier run {} ({}) was cut off; nothing of it was applied.", sync.number, sync.file));
                sync.status = SyncStatus::Failed;
                sync.ended.get_or_insert(now);
                sync.note = Some("cut off".to_owned());
                writes.extend(self.control.replacing(&keys::sync(sync.number), &pack(&sync))?);
            }
        }
        if writes.is_empty() { Ok(()) } else { self.publish(writes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// There is no released program that wrote an older form: nothing is guessed from it, and nothing in it is touched.
    #[test]
    fn a_store_of_an_older_form_is_refused_with_what_to_do() {
        let dir = tempfile::tempdir().unwrap();
        drop(open(dir.path(), &Opening::default(), Settings::default()).unwrap());
        let control = Shelf::open(&dir.path().join("control"), Use::Changing, &mut Vec::new()).unwrap();
        control.apply(control.replacing(keys::SCHEMA, &pack(&(SCHEMA - 1))).unwrap()).unwrap();
        control.settle().unwrap();
        drop(control);
        let error = open(dir.path(), &Opening::default(), Settings::default()).unwrap_err();
        assert!(matches!(error, StoreError::TooOld { found: 1, known: 2, .. }), "{error}");
        assert!(error.to_string().ends_with("Move that folder away and import the files again into a new database."), "{error}");
    }
}
