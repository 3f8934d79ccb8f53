//! What watching drop folders keeps: how each feed is watched, what came and what was told of it, and which file a sync ran.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::records::pack;
use super::{Store, StoreError, keys};
use crate::ledger::{FeedWatch, SyncNo, Timestamp};
use crate::roster::FeedNo;

/// What is remembered of a feed between two looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// When a file came that was no work, since its content had been applied just before.
    pub came: Timestamp,
    /// In which state the feed was when somebody was told last: [`crate::desk`] has the names; 0 is well.
    pub state: u8,
    /// The feed's last sync then.
    pub sync: SyncNo,
    /// The moment for which a file was missing then.
    pub due: Timestamp,
    /// Why a file of it had to be put away without a sync; empty where none had.
    pub trouble: String,
    /// When that was.
    pub trouble_at: Timestamp,
}

impl Store {
    /// How the feeds are watched, by number: those of which somebody said so.
    pub fn watches(&self) -> Result<BTreeMap<FeedNo, FeedWatch>, StoreError> {
        self.of_feeds(b"W")
    }

    /// Keeps how a feed is watched.
    pub fn put_watch(&self, no: FeedNo, watch: &FeedWatch) -> Result<(), StoreError> {
        let _writer = self.write()?;
        self.need(0)?;
        let writes = self.control.replacing(&keys::watch(no), &pack(watch))?;
        self.publish(writes)
    }

    /// What is remembered of the feeds.
    pub fn told(&self) -> Result<BTreeMap<FeedNo, Told>, StoreError> {
        self.of_feeds(b"N")
    }

    /// Remembers something of feeds.
    pub fn put_told(&self, told: &[(FeedNo, Told)]) -> Result<(), StoreError> {
        let _writer = self.write()?;
        self.need(0)?;
        let mut writes = Vec::new();
        for (no, told) in told {
            writes.extend(self.control.replacing(&keys::told(*no), &pack(told))?);
        }
        if writes.is_empty() { Ok(()) } else { self.publish(writes) }
    }

    /// Remembers which claimed file a sync runs, before anything of it is applied: so that a file that was found again after a crash is
    /// never run twice.
    pub fn put_claim(&self, sync: SyncNo, claim: &str) -> Result<(), StoreError> {
        let _writer = self.write()?;
        self.need(0)?;
        let writes = self.control.replacing(&keys::claim(sync), &pack(&claim))?;
        self.publish(writes)
    }

    /// The syncs that ran the file of a claim, oldest first.
    pub fn syncs_of_claim(&self, claim: &str) -> Result<Vec<SyncNo>, StoreError> {
        let mut syncs = Vec::new();
        for (key, raw) in self.control.all(b"T")? {
            if self.parse::<String>(&raw)? == claim {
                syncs.push(SyncNo(self.number_in(&key)?));
            }
        }
        Ok(syncs)
    }

    fn of_feeds<T: DeserializeOwned>(&self, prefix: &[u8]) -> Result<BTreeMap<FeedNo, T>, StoreError> {
        let mut all = BTreeMap::new();
        for (key, raw) in self.control.all(prefix)? {
            all.insert(FeedNo(self.number_in(&key)?), self.parse(&raw)?);
        }
        Ok(all)
    }

    /// The number behind the first byte of a key.
    fn number_in(&self, key: &[u8]) -> Result<u32, StoreError> {
        let bytes = key.get(1..5).and_then(|k| <[u8; 4]>::try_from(k).ok()).ok_or_else(|| self.damaged("what is watched", None))?;
        Ok(u32::from_be_bytes(bytes))
    }
}
