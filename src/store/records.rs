//! The small records: feeds, mappings, syncs. Each is one value in `control`, durable when the call
//! returns.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Store, StoreError, keys};
use crate::ledger::{Feed, Map, Sync, SyncNo};
use crate::roster::FeedNo;

/// A record as it is stored.
pub(super) fn pack<T: Serialize>(record: &T) -> Vec<u8> {
    // Plain data in memory always packs.
    postcard::to_stdvec(record).unwrap_or_default()
}

impl Store {
    /// The number of a feed's name; a new one where the name is new. Numbers are never reused.
    pub fn feed_no(&self, name: &str) -> Result<FeedNo, StoreError> {
        let known = |names: BTreeMap<FeedNo, String>| names.into_iter().find(|(_, n)| n == name).map(|(no, _)| no);
        if let Some(no) = known(self.feed_names()?) {
            return Ok(no);
        }
        let _writer = self.write()?;
        if let Some(no) = known(self.feed_names()?) {
            return Ok(no);
        }
        self.need(0)?;
        let no = FeedNo(self.record::<u32>(keys::LAST_FEED)?.unwrap_or(0) + 1);
        let mut writes = self.control.replacing(keys::LAST_FEED, &pack(&no.0))?;
        writes.extend(self.control.replacing(&keys::feed(no), &pack(&name))?);
        self.publish(writes)?;
        Ok(no)
    }

    /// Every feed that has a number, by number. [`FeedNo::HAND`] is not among them.
    pub fn feed_names(&self) -> Result<BTreeMap<FeedNo, String>, StoreError> {
        let mut names = BTreeMap::new();
        for (key, raw) in self.control.all(b"f")? {
            let no = key.get(1..5).and_then(|k| <[u8; 4]>::try_from(k).ok()).ok_or_else(|| self.damaged("a feed", None))?;
            names.insert(FeedNo(u32::from_be_bytes(no)), self.parse(&raw)?);
        }
        Ok(names)
    }

    /// The feeds that somebody set up, by number.
    pub fn feeds(&self) -> Result<BTreeMap<FeedNo, Feed>, StoreError> {
        let mut feeds = BTreeMap::new();
        for (key, raw) in self.control.all(b"g")? {
            let no = key.get(1..5).and_then(|k| <[u8; 4]>::try_from(k).ok()).ok_or_else(|| self.damaged("a feed", None))?;
            feeds.insert(FeedNo(u32::from_be_bytes(no)), self.parse(&raw)?);
        }
        Ok(feeds)
    }

    /// A feed that somebody set up, by name.
    pub fn feed(&self, name: &str) -> Result<Option<Feed>, StoreError> {
        Ok(self.feeds()?.into_values().find(|f| f.name == name))
    }

    /// Keeps a feed under its number; one of that number is replaced, and its name becomes this one's.
    pub fn put_feed(&self, no: FeedNo, feed: &Feed) -> Result<(), StoreError> {
        let _writer = self.write()?;
        self.need(0)?;
        let mut writes = self.control.replacing(&keys::feed(no), &pack(&feed.name))?;
        writes.extend(self.control.replacing(&keys::feed_settings(no), &pack(feed))?);
        self.publish(writes)
    }

    /// Takes a feed's settings away. Its number and name stay: the history speaks of it.
    pub fn remove_feed(&self, no: FeedNo) -> Result<(), StoreError> {
        let _writer = self.write()?;
        let mut writes = self.control.removing(&keys::feed_settings(no))?;
        // One that is set up anew under the name is watched as it is set up then.
        writes.extend(self.control.removing(&keys::watch(no))?);
        writes.extend(self.control.removing(&keys::told(no))?);
        if writes.is_empty() { Ok(()) } else { self.publish(writes) }
    }

    /// Every mapping, by name.
    pub fn maps(&self) -> Result<Vec<Map>, StoreError> {
        let mut maps: Vec<Map> = self.records(b"a")?;
        maps.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(maps)
    }

    /// The mapping of a name.
    pub fn map(&self, name: &str) -> Result<Option<Map>, StoreError> {
        self.record(&keys::map(name))
    }

    /// Keeps a mapping; one of its name is replaced.
    pub fn put_map(&self, map: &Map) -> Result<(), StoreError> {
        let _writer = self.write()?;
        let record = pack(map);
        self.need(record.len() as u64)?;
        let writes = self.control.replacing(&keys::map(&map.name), &record)?;
        self.publish(writes)
    }

    /// Takes a mapping away.
    pub fn remove_map(&self, name: &str) -> Result<(), StoreError> {
        let _writer = self.write()?;
        let writes = self.control.removing(&keys::map(name))?;
        if writes.is_empty() { Ok(()) } else { self.publish(writes) }
    }

    /// A new sync under the next number, which is given out for good.
    pub fn new_sync(&self, make: impl FnOnce(SyncNo) -> Sync) -> Result<Sync, StoreError> {
        let _writer = self.write()?;
        self.need(0)?;
        let number = SyncNo(self.record::<u32>(keys::LAST_SYNC)?.unwrap_or(0) + 1);
        let sync = Sync { number, ..make(number) };
        let mut writes = self.control.replacing(keys::LAST_SYNC, &pack(&number.0))?;
        writes.extend(self.control.replacing(&keys::sync(number), &pack(&sync))?);
        self.publish(writes)?;
        Ok(sync)
    }

    /// Keeps a sync's state as it is now.
    pub fn put_sync(&self, sync: &Sync) -> Result<(), StoreError> {
        let _writer = self.write()?;
        self.need(0)?;
        let writes = self.control.replacing(&keys::sync(sync.number), &pack(sync))?;
        self.publish(writes)
    }

    /// A sync.
    pub fn sync(&self, number: SyncNo) -> Result<Option<Sync>, StoreError> {
        self.record(&keys::sync(number))
    }

    /// Every sync, newest first.
    pub fn syncs(&self) -> Result<Vec<Sync>, StoreError> {
        self.records(b"s").map(|mut syncs: Vec<Sync>| {
            syncs.reverse();
            syncs
        })
    }

    /// The record under a key of `control`.
    pub(super) fn record<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, StoreError> {
        self.control.get(key)?.map(|raw| self.parse(&raw)).transpose()
    }

    pub(super) fn records<T: DeserializeOwned>(&self, prefix: &[u8]) -> Result<Vec<T>, StoreError> {
        self.control.all(prefix)?.iter().map(|(_, raw)| self.parse(raw)).collect()
    }

    pub(super) fn parse<T: DeserializeOwned>(&self, raw: &[u8]) -> Result<T, StoreError> {
        postcard::from_bytes(raw).map_err(|_| self.damaged("a record", None))
    }
}
