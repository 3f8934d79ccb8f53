//! THE publish point: what makes a run's findings, and the changes of a plan, be there for good.

use super::block::LIMIT;
use super::checkpoint;
use super::journal::{self, New, Writer};
use super::run::{Head, Run};
use super::shelf::Write;
use super::tray::{Place, Tray};
use super::{Store, StoreError, keys, records};
use crate::ledger::{Entry, Plan, Sync};
use crate::roster::{Roster, Table};

/// What is to be published together.
pub struct Commit<'a> {
    /// What the run yielded, where there was one.
    pub run: Option<Run<'a>>,
    /// The syncs that change with it, in their new state: the one that is applied, the one that is undone.
    pub syncs: &'a [Sync],
    /// Who, when, by what. The store sets its position and the number of changes.
    pub entry: Entry,
    /// The roster that the plan was made against.
    pub roster: &'a Roster,
    /// What changes.
    pub plan: &'a Plan,
}

/// Blocks of so many bytes at most go into the very batch that publishes them.
const TOGETHER: usize = 256 * 1024;

impl Store {
    /// A run is over and changes nothing on the roster (dry run, held, failed, cancelled): what it yielded becomes visible,
    /// with those syncs' new state.
    pub fn finish(&self, mut run: Run<'_>, syncs: &[Sync]) -> Result<(), StoreError> {
        let (head, tray) = run.end()?;
        let kept = match tray {
            Some(tray) => self.kept(tray.close()?),
            None => (Vec::new(), None),
        };
        let _writer = self.write()?;
        let (blocks, place) = kept;
        let mut publication = Publication { blocks, ..Publication::default() };
        publication.syncs(self, syncs)?;
        publication.run(self, Head { place, ..head })?;
        self.publish_all(publication)
    }

    /// Applies a plan: journal, durable, then the new snapshot. Killed anywhere, it is before or after, never between.
    ///
    /// # Errors
    /// [`StoreError::Moved`] where the roster is no longer the one the plan was made against. With any error the roster
    /// stays as it was.
    pub fn commit(&self, commit: Commit<'_>) -> Result<Roster, StoreError> {
        let Commit { run, syncs, entry, roster, plan } = commit;
        self.fits(roster, plan)?;
        let _writer = self.write()?;
        let now = self.position();
        for found in [roster.position(), plan.position] {
            if found != now {
                return Err(StoreError::Moved { expected: now, found });
            }
        }
        let position = now + 1;
        let changes = plan.changes.len() as u64;
        self.need(plan.bytes.len() as u64 + changes * 16)?;
        let after = roster.with(position, plan.changes.iter().map(|c| (c.entity, plan.after(c))));
        let large = self.is_large(changes, &after);

        let mut run = run;
        let (head, tray) = match &mut run {
            Some(run) => run.end().map(|(head, tray)| (Some(head), tray))?,
            None => (None, None),
        };
        let mut tray = match tray {
            Some(tray) => tray,
            None => Tray::new(self, self.own_place(&entry, position)?),
        };
        let before_tray = tray.total();
        let mut journal = Writer::new(&mut tray, position, large);
        for c in &plan.changes {
            let after = Some(plan.after(c)).filter(|a| !a.is_empty());
            journal.push(New { entity: c.entity, record: c.record, line: c.line, before: roster.record(c.entity), after })?;
        }
        journal.end()?;
        let bytes = tray.total() - before_tray;
        let checkpoint = if large { Some(self.write_checkpoint(&after)?) } else { None };
        let published = self.publish_commit(tray, head, syncs, Entry { position, changes, ..entry }, bytes, checkpoint.clone());
        match (&published, checkpoint) {
            (Ok(unused), _) => self.remove_checkpoints(unused),
            // Where it is not known whether it was published, the next open decides what is to be removed.
            (Err(_), Some(head)) if !self.is_broken() => {
                let _ = super::shelf::remove(&self.checkpoint_dir(head.position));
            }
            _ => {}
        }
        published?;
        self.position.store(position, std::sync::atomic::Ordering::Release);
        *super::hold(&self.current) = Some(after.clone());
        Ok(after)
    }

    fn publish_commit(
        &self,
        tray: Tray<'_>,
        head: Option<Head>,
        syncs: &[Sync],
        entry: Entry,
        bytes: u64,
        checkpoint: Option<checkpoint::Head>,
    ) -> Result<Vec<checkpoint::Head>, StoreError> {
        let (blocks, place) = self.kept(tray.close()?);
        let mut publication = Publication { blocks, journal: Some(entry.position), ..Publication::default() };
        publication.syncs(self, syncs)?;
        if let Some(head) = head {
            publication.run(self, Head { place, ..head })?;
        }
        let mut unused = Vec::new();
        let before_only = checkpoint.is_some();
        if let Some(checkpoint) = checkpoint {
            let (writes, old) = self.with_checkpoint(checkpoint)?;
            publication.writes.extend(writes);
            unused = old;
        }
        let entry = journal::Head { place, before_only, bytes, entry };
        publication.writes.extend(self.control.replacing(&keys::entry(entry.entry.position), &records::pack(&entry))?);
        if let Some(place) = place {
            publication.writes.extend(self.control.replacing(&keys::place(place.sync, place.attempt), &[u8::from(true)])?);
        }
        self.publish_all(publication)?;
        Ok(unused)
    }

    /// Whether a change set is written as a new checkpoint instead of being journalled whole.
    fn is_large(&self, changes: u64, after: &Roster) -> bool {
        let slots: u64 = Table::ALL.iter().map(|t| after.table(*t).len() as u64).sum();
        changes >= self.settings.large_changes && changes.saturating_mul(self.settings.large_share) >= slots
    }

    /// Where the blocks of an entry without a run go if they are many.
    fn own_place(&self, entry: &Entry, position: u64) -> Result<Place, StoreError> {
        Ok(match entry.sync {
            Some(sync) => Place { sync, attempt: self.head(sync)?.map_or(0, |h| u64::from(h.attempt)) + 1 },
            None => Place { sync: crate::ledger::SyncNo(0), attempt: position },
        })
    }

    /// A plan that is not in order or points beyond its bytes is a defect of whoever made it; it must not become a panic.
    fn fits(&self, roster: &Roster, plan: &Plan) -> Result<(), StoreError> {
        let ordered = plan.changes.windows(2).all(|w| w[0].entity < w[1].entity);
        let whole = plan.changes.iter().all(|c| c.after.0 <= c.after.1 && c.after.1 <= plan.bytes.len() as u64);
        // A table cannot jump: slots are given out one after the other.
        let near = plan.changes.iter().all(|c| (c.entity.slot as usize) < roster.table(c.entity.table).len() + plan.changes.len());
        if ordered && whole && near {
            return Ok(());
        }
        let error = std::io::Error::new(std::io::ErrorKind::InvalidInput, "the plan is not in order");
        Err(StoreError::io("Cannot apply to", &self.dir, error))
    }

    fn is_broken(&self) -> bool {
        self.broken.load(std::sync::atomic::Ordering::Acquire)
    }

    /// Blocks first, durably; then everything that makes them visible, in one batch.
    fn publish_all(&self, publication: Publication) -> Result<(), StoreError> {
        let Publication { blocks, mut writes, journal, run, after } = publication;
        let size = |writes: &[Write]| writes.iter().map(|(k, v)| k.len() + v.as_ref().map_or(0, Vec::len)).sum::<usize>();
        let bytes = size(&blocks);
        self.need((bytes + size(&writes)) as u64)?;
        if bytes <= TOGETHER {
            let mut all = blocks;
            all.append(&mut writes);
            self.publish(all)?;
        } else {
            // Should we be cut off before the end, the next open sweeps the blocks.
            for (n, prefix) in [run, journal.map(keys::journal)].into_iter().flatten().enumerate() {
                let key = keys::sweep(n as u64);
                self.control.apply(self.control.replacing(&key, &prefix)?)?;
                writes.extend(self.control.removing(&key)?);
            }
            self.control.apply_all(blocks)?;
            self.control.settle()?;
            self.publish(writes)?;
        }
        self.sweep_after(after);
        Ok(())
    }

    /// What a newer run has taken the place of. What cannot be removed now is swept at the next open.
    fn sweep_after(&self, old: Option<Head>) {
        let Some(old) = old else { return };
        match old.place {
            None => {
                let _ = self.sweep_marked();
            }
            Some(place) => {
                self.shelves.forget(&self.dir, place);
                if self.record::<()>(&keys::place(place.sync, place.attempt)).is_ok_and(|there| there.is_none()) {
                    let _ = super::shelf::remove(&place.path(&self.dir));
                }
            }
        }
    }
}

/// What is published in one batch, and the blocks that it makes visible.
#[derive(Default)]
struct Publication {
    blocks: Vec<Write>,
    writes: Vec<Write>,
    /// Position of the entry whose blocks are among them.
    journal: Option<u64>,
    /// Prefix of the run's blocks.
    run: Option<Vec<u8>>,
    /// The run whose place is taken.
    after: Option<Head>,
}

impl Publication {
    fn syncs(&mut self, store: &Store, syncs: &[Sync]) -> Result<(), StoreError> {
        for sync in syncs {
            self.writes.extend(store.control.replacing(&keys::sync(sync.number), &records::pack(sync))?);
        }
        Ok(())
    }

    fn run(&mut self, store: &Store, head: Head) -> Result<(), StoreError> {
        self.run = Some(keys::run(head.sync, head.attempt));
        self.writes.extend(store.control.replacing(&keys::head(head.sync), &records::pack(&head))?);
        if let Some(place) = head.place {
            self.writes.extend(store.control.replacing(&keys::place(place.sync, place.attempt), &[u8::from(false)])?);
        }
        if let Some(old) = store.head(head.sync)? {
            match old.place {
                None => {
                    let key = keys::sweep(u64::from(old.sync.0) << 16 | u64::from(old.attempt));
                    let prefix = keys::run(old.sync, old.attempt);
                    self.writes.extend(store.control.replacing(&key, &prefix)?);
                }
                // A place that also holds a journal entry stays.
                Some(place) => {
                    let key = keys::place(place.sync, place.attempt);
                    if store.control.get(&key)?.is_some_and(|raw| raw == [0]) {
                        self.writes.extend(store.control.removing(&key)?);
                    }
                }
            }
            self.after = Some(old);
        }
        debug_assert!(LIMIT < TOGETHER);
        Ok(())
    }
}
