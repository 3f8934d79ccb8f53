//! Reports of other systems, attached to uploads. Each is one value in `control`, durable when the call returns.

use super::records::pack;
use super::{Store, StoreError, keys};
use crate::ledger::{Attached, SyncNo};

impl Store {
    /// Keeps a report under the next number of its upload, and gives it as it was kept. One of the same name stays beside it.
    pub fn put_attached(&self, attached: Attached) -> Result<Attached, StoreError> {
        let _writer = self.write()?;
        let number = self.attached(attached.root)?.last().map_or(0, |a| a.number) + 1;
        let attached = Attached { number, ..attached };
        let record = pack(&attached);
        self.need(record.len() as u64)?;
        let writes = self.control.replacing(&keys::attached_report(attached.root, number), &record)?;
        self.publish(writes)?;
        Ok(attached)
    }

    /// Takes a report away; nothing happens where there is none.
    pub fn remove_attached(&self, root: SyncNo, number: u32) -> Result<(), StoreError> {
        let _writer = self.write()?;
        let writes = self.control.removing(&keys::attached_report(root, number))?;
        if writes.is_empty() { Ok(()) } else { self.publish(writes) }
    }

    /// The reports attached to an upload, by the first sync of its chain; in the order in which they came.
    pub fn attached(&self, root: SyncNo) -> Result<Vec<Attached>, StoreError> {
        self.records(&keys::attached(root))
    }

    /// Every attached report.
    pub(super) fn all_attached(&self) -> Result<Vec<Attached>, StoreError> {
        self.records(b"n")
    }
}
