//! The audit: what was refused to whom. A journal of its own, of which the oldest lines go.

use super::records::pack;
use super::{Store, StoreError, keys};
use crate::ledger::Refusal;

/// Lines that are kept.
const MOST: usize = 10_000;

impl Store {
    /// Keeps a refusal; durable when this returns. One like the newest only counts there, so that nobody can push the others out by
    /// asking again and again.
    pub fn note_refusal(&self, refusal: &Refusal) -> Result<(), StoreError> {
        let _writer = self.write()?;
        self.need(0)?;
        let last = self.control.last_at(b"y", &keys::refusal(u64::MAX))?;
        let number = last.as_ref().and_then(|k| k.get(1..9)).and_then(|k| <[u8; 8]>::try_from(k).ok()).map_or(0, u64::from_be_bytes);
        let newest: Option<Refusal> = if last.is_some() { self.record(&keys::refusal(number))? } else { None };
        let writes = match newest {
            Some(same) if same.by == refusal.by && same.what == refusal.what && same.why == refusal.why => {
                let again = Refusal { last: refusal.last, times: same.times + refusal.times, ..same };
                self.control.replacing(&keys::refusal(number), &pack(&again))?
            }
            _ => {
                let mut writes = self.control.replacing(&keys::refusal(number + 1), &pack(refusal))?;
                if let Some(old) = (number + 1).checked_sub(MOST as u64).filter(|n| *n > 0) {
                    writes.extend(self.control.removing(&keys::refusal(old))?);
                }
                writes
            }
        };
        self.publish(writes)
    }

    /// The audit, newest first.
    pub fn refusals(&self) -> Result<Vec<Refusal>, StoreError> {
        self.records(b"y").map(|mut all: Vec<Refusal>| {
            all.reverse();
            all
        })
    }
}
