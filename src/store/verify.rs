//! Reading everything there is, to see whether it is whole.

use super::checkpoint::records_of;
use super::{Store, StoreError};
use crate::roster::Roster;

/// What was read, and what is damaged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Number of things read, by name.
    pub read: Vec<(String, u64)>,
    /// What is damaged: what, where, what to do. Empty where all is well.
    pub damage: Vec<String>,
}

impl Verification {
    /// Whether nothing is damaged.
    pub fn is_well(&self) -> bool {
        self.damage.is_empty()
    }

    fn take<T>(&mut self, result: Result<T, StoreError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(e) => {
                self.damage.push(e.to_string());
                None
            }
        }
    }

    fn add(&mut self, what: &str, n: u64) {
        match self.read.iter_mut().find(|(w, _)| w == what) {
            Some((_, sum)) => *sum += n,
            None => self.read.push((what.to_owned(), n)),
        }
    }
}

impl Store {
    /// Checks every record of `control`, that the journal has no gap, and that the newest checkpoint and the journal after it
    /// give a roster. `deep`: also every finding, every change, every upload, and that the older checkpoint with the journal
    /// gives the newer one, and both the roster. Damage is in what comes back; an error only where reading cannot go on.
    /// `progress` gets steps done and steps in all.
    pub fn verify(&self, deep: bool, progress: &dyn Fn(u64, u64)) -> Result<Verification, StoreError> {
        let mut v = Verification::default();
        let mut records = 0;
        for block in self.control.scan(b"") {
            if v.take(block).is_some() {
                records += 1;
            }
        }
        v.add("records", records);
        let syncs = v.take(self.syncs()).unwrap_or_default();
        let heads = v.take(self.journal_heads()).unwrap_or_default();
        let corrections = v.take(self.all_corrections()).unwrap_or_default();
        v.take(self.feed_names());
        let attached = v.take(self.all_attached()).unwrap_or_default();
        let standing = v.take(self.standing()).unwrap_or_default();
        v.take(self.all_laid());
        v.add("standing corrections", standing.len() as u64);
        let uploads = v.take(self.upload_heads()).unwrap_or_default();
        v.add("syncs", syncs.len() as u64);
        v.add("journal entries", heads.len() as u64);
        v.add("corrections", corrections.len() as u64);
        v.add("uploads", uploads.len() as u64);
        if !attached.is_empty() {
            v.add("attached reports", attached.len() as u64);
        }
        let steps = if deep { (syncs.len() + heads.len() + uploads.len() + 2) as u64 } else { 1 };
        let mut done = 0;
        let mut step = || {
            done += 1;
            progress(done, steps);
        };
        let on_disk = {
            let _writer = super::hold(&self.writer);
            v.take(self.read_roster(&|_, _| {}))
        };
        if let Some(roster) = &on_disk {
            v.add("records of the roster", records_of(roster).count() as u64);
            let now = super::hold(&self.current).clone().filter(|n| n.position() == roster.position());
            if now.is_some_and(|now| !same(roster, &now)) {
                v.damage.push("The roster in memory is not the one on disk. Close the program and open it again.".to_owned());
            }
        }
        step();
        if !deep {
            return Ok(v);
        }
        for sync in &syncs {
            let mut n = 0;
            let read = self.findings(sync.number, &mut |_| {
                n += 1;
                true
            });
            v.take(read);
            v.add("findings", n);
            v.take(self.causes(sync.number));
            v.take(self.outcomes(sync.number));
            step();
        }
        for head in &heads {
            let mut n = 0;
            let read = self.changes(head.entry.position, &mut |_| {
                n += 1;
                true
            });
            v.take(read);
            v.add("changes", n);
            step();
        }
        for upload in &uploads {
            if upload.kept {
                v.take(self.upload_body(&upload.hash));
            }
            step();
        }
        self.verify_checkpoints(&mut v);
        step();
        Ok(v)
    }

    /// Whether each checkpoint can be read and the changes between the older and the newer lead from one to the other.
    fn verify_checkpoints(&self, v: &mut Verification) {
        let Some(heads) = v.take(self.checkpoints()) else { return };
        let mut newer: Option<Roster> = None;
        for head in heads {
            let read = self.read_checkpoint(&head, &|_, _| {});
            if read.is_err() && self.checkpoints().is_ok_and(|now| !now.contains(&head)) {
                continue; // a newer one has taken its place meanwhile
            }
            let Some(tables) = v.take(read) else { continue };
            v.add("checkpoints", 1);
            let this = Roster::from_tables(head.position, tables);
            if let Some(newer) = &newer {
                let mut changed = std::collections::BTreeMap::new();
                for position in head.position + 1..=newer.position() {
                    let walked = self.changes(position, &mut |c| {
                        changed.insert(c.entity, c.after.unwrap_or_default());
                        true
                    });
                    v.take(walked);
                }
                let rebuilt = this.with(newer.position(), changed.iter().map(|(e, a)| (*e, a.as_slice())));
                if !same(&rebuilt, newer) {
                    v.damage.push(format!(
                        "The journal from {} to {} does not lead from one checkpoint to the other, in {}. Restore the newest backup.",
                        head.position,
                        newer.position(),
                        self.dir.display()
                    ));
                }
            }
            newer = Some(this);
        }
    }

    pub(super) fn upload_heads(&self) -> Result<Vec<crate::ledger::Upload>, StoreError> {
        self.control.all(b"u")?.iter().map(|(_, raw)| self.parse(raw)).collect()
    }
}

fn same(a: &Roster, b: &Roster) -> bool {
    records_of(a).eq(records_of(b))
}
