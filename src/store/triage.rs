//! What operators decided about causes and rows: snoozes and decisions. Each is one value in `control`, durable when the call returns.

use super::records::pack;
use super::{Store, StoreError, keys};
use crate::ledger::{CauseKey, Decision, Snooze, SyncNo};

impl Store {
    /// Keeps decisions; each replaces an earlier one about the same row. All or none.
    pub fn put_decisions(&self, decisions: &[Decision]) -> Result<(), StoreError> {
        let _writer = self.write()?;
        let mut writes = Vec::new();
        for d in decisions {
            writes.extend(self.control.replacing(&keys::decision(d.root, d.record), &pack(d))?);
        }
        self.need(writes.iter().map(|(_, v)| v.as_ref().map_or(0, Vec::len) as u64).sum())?;
        self.publish(writes)
    }

    /// The decisions about rows of an upload's chain, by its first sync; in order of record.
    pub fn decisions(&self, root: SyncNo) -> Result<Vec<Decision>, StoreError> {
        self.records(&keys::decisions(root))
    }

    /// Keeps a snooze; one of the same cause is replaced.
    pub fn put_snooze(&self, snooze: &Snooze) -> Result<(), StoreError> {
        let _writer = self.write()?;
        let record = pack(snooze);
        self.need(record.len() as u64)?;
        let writes = self.control.replacing(&keys::snooze(snooze.cause.feed, &pack(&snooze.cause)), &record)?;
        self.publish(writes)
    }

    /// Takes a snooze away; nothing happens where there is none.
    pub fn remove_snooze(&self, cause: &CauseKey) -> Result<(), StoreError> {
        let _writer = self.write()?;
        let writes = self.control.removing(&keys::snooze(cause.feed, &pack(cause)))?;
        if writes.is_empty() { Ok(()) } else { self.publish(writes) }
    }

    /// Every snooze, by feed.
    pub fn snoozes(&self) -> Result<Vec<Snooze>, StoreError> {
        self.records(b"z")
    }
}
