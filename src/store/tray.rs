//! Where the blocks of one sync are put: in memory while they are few, in a directory of their own when they are many.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};

use serde::{Deserialize, Serialize};

use super::shelf::{self, BATCH, Shelf, Use};
use super::{Store, StoreError, block, hold};
use crate::ledger::SyncNo;

/// A directory for the blocks of one sync. An edit by hand has sync 0 and counts by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) sync: SyncNo,
    pub(super) attempt: u64,
}

impl Place {
    /// Its directory's name.
    pub(super) fn name(self) -> String {
        match self.attempt {
            1 => format!("sync-{:06}", self.sync.0),
            n => format!("sync-{:06}-{n}", self.sync.0),
        }
    }

    pub(super) fn path(self, dir: &Path) -> PathBuf {
        dir.join(self.name())
    }
}

/// Blocks on their way to the store.
pub(super) struct Tray<'a> {
    store: &'a Store,
    place: Place,
    held: Vec<(Vec<u8>, Vec<u8>)>,
    bytes: usize,
    /// All bytes put so far.
    total: u64,
    shelf: Option<Arc<Shelf>>,
}

/// A tray that is full.
pub(super) enum Kept {
    /// In memory, to be written to `control`.
    Held(Vec<(Vec<u8>, Vec<u8>)>),
    /// On a shelf, durably.
    Shelf(Place, Arc<Shelf>),
}

impl<'a> Tray<'a> {
    pub(super) fn new(store: &'a Store, place: Place) -> Self {
        Self { store, place, held: Vec::new(), bytes: 0, total: 0, shelf: None }
    }

    /// Bytes put so far.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Seals `raw` under `key` and keeps it. Gives the sealed length.
    pub(super) fn put(&mut self, key: &[u8], raw: &[u8]) -> Result<usize, StoreError> {
        let sealed = block::seal(key, raw);
        let len = sealed.len();
        self.bytes += len;
        self.total += len as u64;
        self.held.extend(shelf::parts(key, sealed));
        if self.shelf.is_none() && self.bytes > self.store.settings.spill {
            self.store.need(4 * self.bytes as u64)?;
            self.shelf = Some(Shelf::fresh(&self.place.path(&self.store.dir))?);
        }
        if self.shelf.is_some() && (self.bytes + 2 * block::LIMIT > BATCH || self.held.len() > 700) {
            self.pour()?;
        }
        Ok(len)
    }

    fn pour(&mut self) -> Result<(), StoreError> {
        if let Some(shelf) = &self.shelf {
            self.store.need(self.bytes as u64)?;
            shelf.apply_all(self.held.drain(..).map(|(k, v)| (k, Some(v))))?;
            self.bytes = 0;
        }
        Ok(())
    }

    /// Everything put; where it is on a shelf, it lasts.
    pub(super) fn close(mut self) -> Result<Kept, StoreError> {
        self.pour()?;
        if let Some(shelf) = &self.shelf {
            shelf.settle_fresh()?;
        }
        Ok(match self.shelf.take() {
            Some(shelf) => Kept::Shelf(self.place, shelf),
            None => Kept::Held(std::mem::take(&mut self.held)),
        })
    }
}

impl Drop for Tray<'_> {
    /// A tray that was not closed was not wanted.
    fn drop(&mut self) {
        if self.shelf.take().is_some() {
            // What cannot be removed now is swept at the next open.
            let _ = shelf::remove(&self.place.path(&self.store.dir));
        }
    }
}

/// The shelves of large syncs that are open: a few stay so, and none is opened twice.
#[derive(Debug, Default)]
pub(super) struct Shelves {
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    lately: VecDeque<Arc<Shelf>>,
    all: Vec<(Place, Weak<Shelf>)>,
}

/// Shelves that stay open after they were read.
const LATELY: usize = 4;

impl Shelves {
    pub(super) fn get(&self, dir: &Path, place: Place) -> Result<Arc<Shelf>, StoreError> {
        let mut open = hold(&self.open);
        let known = open.all.iter().find(|(p, _)| *p == place).and_then(|(_, s)| s.upgrade());
        let shelf = match known {
            Some(shelf) => shelf,
            None => Shelf::open(&place.path(dir), Use::Once, &mut Vec::new())?,
        };
        open.keep(place, &shelf);
        Ok(shelf)
    }

    /// Keeps a shelf that was just written.
    pub(super) fn add(&self, place: Place, shelf: &Arc<Shelf>) {
        hold(&self.open).keep(place, shelf);
    }

    /// Lets go of a shelf that is to be removed.
    pub(super) fn forget(&self, dir: &Path, place: Place) {
        let mut open = hold(&self.open);
        open.all.retain(|(p, _)| *p != place);
        let path = place.path(dir);
        open.lately.retain(|s| s.path() != path);
    }
}

impl Open {
    fn keep(&mut self, place: Place, shelf: &Arc<Shelf>) {
        self.all.retain(|(p, s)| *p != place && s.strong_count() > 0);
        self.all.push((place, Arc::downgrade(shelf)));
        self.lately.retain(|s| !Arc::ptr_eq(s, shelf));
        self.lately.push_front(Arc::clone(shelf));
        self.lately.truncate(LATELY);
    }
}
