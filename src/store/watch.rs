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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Expect, Feed};
    use crate::store::Opening;

    /// A feed as builds wrote it that knew nothing of watching: name, profile, folder and all else as it was.
    const OLD_FEED: &str = "056461696c790c656368616c6b2d7573657273000000010f2f7372762f64726f702f6461696c790a4b3214320000010000";

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect()
    }

    #[test]
    fn feeds_of_a_database_that_knew_nothing_of_watching_are_there_and_can_be_watched() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), &Opening::default()).unwrap().0;
        let no = store.feed_no("daily").unwrap();
        store.publish(store.control.replacing(&keys::feed_settings(no), &bytes(OLD_FEED)).unwrap()).unwrap();
        drop(store);
        let store = Store::open(dir.path(), &Opening::default()).unwrap().0;
        let feed = Feed { folder: Some("/srv/drop/daily".into()), ..Feed::new("daily", "echalk-users") };
        assert_eq!(store.feed("daily").unwrap(), Some(feed));
        assert!(store.watches().unwrap().is_empty() && store.told().unwrap().is_empty());
        let watch = FeedWatch { expect: Expect::parse("daily 03:00").unwrap(), ..FeedWatch::default() };
        store.put_watch(no, &watch).unwrap();
        assert_eq!(store.watches().unwrap()[&no], watch);
        store.put_claim(SyncNo(7), "1-2-3").unwrap();
        store.put_claim(SyncNo(9), "1-2-3").unwrap();
        store.put_claim(SyncNo(8), "1-2-4").unwrap();
        assert_eq!(store.syncs_of_claim("1-2-3").unwrap(), [SyncNo(7), SyncNo(9)]);
        store.put_told(&[(no, Told { state: 3, ..Told::default() })]).unwrap();
        store.remove_feed(no).unwrap();
        assert!(store.watches().unwrap().is_empty() && store.told().unwrap().is_empty());
    }
}
