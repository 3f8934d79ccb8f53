//! What LASTS: the only module that names sled.
//!
//! # The layout
//!
//! ```text
//! <dir>/
//!   lock                 ours, taken before sled opens; says pid, user, host, since
//!   published            how often `control` was published: a log that lost its end is noticed
//!   control/             sled: feeds, uploads, syncs, corrections, small findings and journal entries, what is visible
//!   sync-000048/         sled: findings and journal blocks of one large sync
//!   checkpoint-000042/   sled: the roster as of one journal position; the newest two stay
//!   uploads/<hash>       the files as received, compressed, content-addressed
//! ```
//!
//! # Invariants
//!
//! * Loading is the newest checkpoint and the journal after it.
//! * There is one publish point: one batch on `control`, made durable. Whatever was written before it and not reached by it
//!   is not there, and is swept at the next open.
//! * Nothing comes back that was not written: every block has a checksum, over its key too.
//! * One process at a time ([`Store::open`]), one writer at a time inside.

mod attached;
mod audit;
mod backup;
mod block;
mod checkpoint;
mod commit;
mod corrections;
mod error;
mod findings;
mod journal;
mod keys;
mod lock;
mod mark;
mod open;
mod records;
mod run;
mod shelf;
mod space;
mod tray;
mod triage;
mod uploads;
mod verify;
mod watch;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use backup::{BackedUp, restore};
pub use commit::Commit;
pub use corrections::Mending;
pub use error::StoreError;
pub use lock::Holder;
pub use run::Run;
pub use space::Probe;
pub use uploads::Prepared;
pub use verify::Verification;
pub use watch::Told;

use crate::ledger::{Actor, SyncNo, Timestamp};
use crate::roster::Roster;
use lock::Lock;
use mark::Mark;
use shelf::Shelf;
use tray::{Place, Shelves};

/// Who opens the store, where and when: what the lock says to others.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// Who.
    pub by: Actor,
    /// On which machine.
    pub host: String,
    /// When.
    pub now: Timestamp,
    /// Whether others may work through this process.
    pub shares: bool,
}

/// What decides how the store keeps things. The default is for use; tests set small limits.
#[derive(Clone)]
pub struct Settings {
    /// A change set of at least so many changes ...
    pub large_changes: u64,
    /// ... and at least this part (one in so many) of the roster is written as a new checkpoint.
    pub large_share: u64,
    /// Blocks of one sync beyond so many bytes go to a directory of their own.
    pub spill: usize,
    /// A checkpoint is due when the journal after the last one is larger than so many bytes ...
    pub tail: u64,
    /// ... and than this part (one in so many) of the checkpoint.
    pub tail_share: u64,
    /// Tells the free bytes of a disk.
    pub free_space: Probe,
}

impl Default for Settings {
    fn default() -> Self {
        Self { large_changes: 50_000, large_share: 4, spill: 2 << 20, tail: 1 << 20, tail_share: 8, free_space: Arc::new(space::free) }
    }
}

/// The store of one roster, open and ours until dropped.
pub struct Store {
    dir: PathBuf,
    settings: Settings,
    control: Arc<Shelf>,
    shelves: Shelves,
    /// Held by whoever writes to `control`.
    writer: Mutex<()>,
    /// Held by whoever writes a checkpoint beside the writer.
    checkpointing: Mutex<()>,
    /// Held while a checkpoint is read or removed. Taken after `writer`, never before.
    keeping: Mutex<()>,
    /// The newest snapshot, once there is one.
    current: Mutex<Option<Roster>>,
    position: AtomicU64,
    /// Attempts that are being written, by sync.
    active: Mutex<HashMap<SyncNo, u16>>,
    /// Whether publishing failed: what is on disk is only known after another open.
    broken: AtomicBool,
    /// How often `control` was published, in memory and beside it.
    published: AtomicU64,
    mark: Mark,
    /// Last, so that it is given up last.
    _lock: Lock,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("dir", &self.dir).field("position", &self.position()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store in `dir`, which is made (0700) on first use. With it come notices: what had to be repaired, and
    /// runs that were cut off. Fails at once with [`StoreError::InUse`] where another process holds it.
    pub fn open(dir: &Path, opening: &Opening) -> Result<(Self, Vec<String>), StoreError> {
        Self::open_with(dir, opening, Settings::default())
    }

    /// As [`Store::open`]; where the store is in use, tries again until it is free or `wait` is over.
    pub fn open_waiting(dir: &Path, opening: &Opening, wait: Duration) -> Result<(Self, Vec<String>), StoreError> {
        open::waiting(dir, opening, &Settings::default(), wait)
    }

    /// As [`Store::open`], with other settings.
    pub fn open_with(dir: &Path, opening: &Opening, settings: Settings) -> Result<(Self, Vec<String>), StoreError> {
        open::open(dir, opening, settings)
    }

    /// Who holds the store in `dir`, and since when; `None` if nobody does.
    pub fn holder(dir: &Path) -> Option<Holder> {
        lock::holder(dir)
    }

    /// The journal's position: how many entries there are.
    pub fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    /// Where it is.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Bytes on disk, everything together.
    pub fn size_on_disk(&self) -> Result<u64, StoreError> {
        size_of(&self.dir)
    }

    /// The right to write. One at a time; refused for good once publishing has failed.
    fn write(&self) -> Result<MutexGuard<'_, ()>, StoreError> {
        let guard = hold(&self.writer);
        if self.broken.load(Ordering::Acquire) {
            let error = std::io::Error::other("an earlier write failed, so nothing more is written until it is opened again");
            return Err(StoreError::io("Cannot write to", &self.dir, error));
        }
        Ok(guard)
    }

    /// Writes to `control`, all or nothing, and makes it last. The caller holds the right to write.
    fn publish(&self, writes: Vec<shelf::Write>) -> Result<(), StoreError> {
        let published = self.publish_marked(writes);
        if published.is_err() {
            self.broken.store(true, Ordering::Release);
        }
        published
    }

    fn publish_marked(&self, mut writes: Vec<shelf::Write>) -> Result<(), StoreError> {
        let number = self.published.load(Ordering::Acquire) + 1;
        writes.extend(self.control.replacing(keys::PUBLISHED, &number.to_be_bytes())?);
        self.control.apply(writes)?;
        self.control.settle()?;
        self.published.store(number, Ordering::Release);
        self.mark.set(number).map_err(|e| StoreError::io("Cannot write", self.dir.join("published"), e))
    }

    /// The shelf of a place.
    fn shelf(&self, place: Option<Place>) -> Result<Arc<Shelf>, StoreError> {
        match place {
            None => Ok(Arc::clone(&self.control)),
            Some(place) => self.shelves.get(&self.dir, place),
        }
    }
}

/// Takes a mutex. What it guards is whole even where a thread panicked with it: only whole values are put in.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn size_of(path: &Path) -> Result<u64, StoreError> {
    let fault = |e| StoreError::io("Cannot list", path, e);
    let mut size = 0;
    for entry in std::fs::read_dir(path).map_err(fault)? {
        let entry = entry.map_err(fault)?;
        // A file may go while we look: a checkpoint is replaced, a snapshot renamed.
        let Ok(meta) = entry.metadata() else { continue };
        size += if meta.is_dir() { size_of(&entry.path()).unwrap_or(0) } else { meta.len() };
    }
    Ok(size)
}
