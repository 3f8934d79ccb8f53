//! THE publish point: what makes a run's findings, and the changes of a plan, be there for good.

use std::sync::atomic::Ordering;

use super::checkpoint;
use super::journal::{self, New, Writer};
use super::run::{Head, Run};
use super::shelf::{self, Write};
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

/// Slots that a plan may leave out at most.
const GAP: usize = 1 << 16;

/// What a directory of a sync holds: what a run yielded, or also the blocks of a journal entry, which stay.
const FINDINGS_ONLY: u8 = 0;
const HAS_JOURNAL: u8 = 1;

impl Store {
    /// A run is over and changes nothing on the roster (dry run, held, failed, cancelled): what it yielded becomes visible,
    /// with those syncs' new state.
    pub fn finish(&self, mut run: Run<'_>, syncs: &[Sync]) -> Result<(), StoreError> {
        let (head, tray) = run.end()?;
        let _writer = self.write()?;
        let (blocks, place) = match tray {
            Some(tray) => self.kept(tray.close()?),
            None => (Vec::new(), None),
        };
        let mut publication = Publication { blocks, ..Publication::default() };
        let filled = publication.syncs(self, syncs).and_then(|()| publication.run(self, Head { place, ..head }));
        self.publish_all(filled.map(|()| publication), place)
    }

    /// Applies a plan: journal, durable, then the new snapshot. Killed anywhere, it is before or after, never between.
    ///
    /// # Errors
    /// [`StoreError::Moved`] where the roster is no longer the one the plan was made against. With any error the roster
    /// stays as it was.
    pub fn commit(&self, commit: Commit<'_>) -> Result<Roster, StoreError> {
        let Commit { mut run, syncs, entry, roster, plan } = commit;
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

        let (head, tray) = match run.as_mut().map(Run::end).transpose()? {
            Some((head, Some(tray))) => (Some(head), tray),
            _ => (None, Tray::new(self, self.own_place(&entry, position)?)),
        };
        let (tray, bytes) = journal_of(tray, position, roster, plan, large)?;
        let checkpoint = if large { Some(self.write_checkpoint(&after)?) } else { None };
        let span = plan.changes.first().zip(plan.changes.last()).map(|(first, last)| (first.entity, last.entity));
        let entry = journal::Head { place: None, before_only: large, bytes, span, entry: Entry { position, changes, ..entry } };
        match self.publish_commit(tray, head, syncs, entry, checkpoint.clone()) {
            Ok(unused) => self.remove_checkpoints(&unused),
            Err(e) => {
                if let Some(checkpoint) = checkpoint.filter(|_| !self.is_broken()) {
                    let _ = shelf::remove(&self.checkpoint_dir(checkpoint.position));
                }
                return Err(e);
            }
        }
        // In this order: who sees the position finds the snapshot.
        *super::hold(&self.current) = Some(after.clone());
        self.position.store(position, Ordering::Release);
        Ok(after)
    }

    /// Gives the checkpoints that are no longer in use.
    fn publish_commit(
        &self,
        tray: Tray<'_>,
        head: Option<Head>,
        syncs: &[Sync],
        entry: journal::Head,
        checkpoint: Option<checkpoint::Head>,
    ) -> Result<Vec<checkpoint::Head>, StoreError> {
        let position = entry.entry.position;
        let (blocks, place) = self.kept(tray.close()?);
        let mut publication = Publication { blocks, journal: Some(position), ..Publication::default() };
        let mut unused = Vec::new();
        let filled = publication.syncs(self, syncs).and_then(|()| {
            if let Some(head) = head {
                publication.run(self, Head { place, ..head })?;
            }
            if let Some(checkpoint) = checkpoint {
                let (writes, old) = self.with_checkpoint(checkpoint)?;
                publication.writes.extend(writes);
                unused = old;
            }
            if let Some(place) = place {
                publication.writes.extend(self.control.replacing(&keys::place(place.sync, place.attempt), &[HAS_JOURNAL])?);
            }
            publication.writes.extend(self.control.replacing(&keys::entry(position), &records::pack(&journal::Head { place, ..entry }))?);
            Ok(())
        });
        self.publish_all(filled.map(|()| publication), place)?;
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
        // Slots are given out one after the other: a table that jumps far would only fill the memory.
        let near = plan.changes.iter().all(|c| (c.entity.slot as usize) < roster.table(c.entity.table).len() + plan.changes.len() + GAP);
        if ordered && whole && near {
            return Ok(());
        }
        let error = std::io::Error::new(std::io::ErrorKind::InvalidInput, "the plan is not in order");
        Err(StoreError::io("Cannot apply to", &self.dir, error))
    }

    fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }

    /// Blocks first, durably; then everything that makes them visible, in one batch. `place` is where blocks are that are
    /// durable already; they go where this fails.
    fn publish_all(&self, publication: Result<Publication, StoreError>, place: Option<Place>) -> Result<(), StoreError> {
        let published = publication.and_then(|publication| {
            let Publication { blocks, mut writes, journal, run, old } = publication;
            let size = |writes: &[Write]| writes.iter().map(|(k, v)| k.len() + v.as_ref().map_or(0, Vec::len)).sum::<usize>();
            let bytes = size(&blocks);
            self.need((bytes + size(&writes)) as u64)?;
            if bytes <= TOGETHER {
                writes.extend(blocks);
                self.publish(writes)?;
            } else {
                self.publish_blocks(blocks, [run, journal.map(keys::journal)].into_iter().flatten(), &mut writes).inspect_err(|_| {
                    // Blocks of a publication that failed must not mix with those of the next: the next open sweeps them.
                    self.broken.store(true, Ordering::Release);
                })?;
                self.publish(writes)?;
            }
            Ok(old)
        });
        match published {
            Ok(old) => {
                self.sweep_old(old);
                Ok(())
            }
            Err(e) => {
                if let Some(place) = place.filter(|_| !self.is_broken()) {
                    self.shelves.forget(&self.dir, place);
                    let _ = shelf::remove(&place.path(&self.dir));
                }
                Err(e)
            }
        }
    }

    /// Writes blocks to `control`, durably, marked so that the next open sweeps them should we be cut off; the marks go with
    /// `writes`.
    fn publish_blocks(
        &self,
        blocks: Vec<Write>,
        prefixes: impl Iterator<Item = Vec<u8>>,
        writes: &mut Vec<Write>,
    ) -> Result<(), StoreError> {
        for (n, prefix) in prefixes.enumerate() {
            let key = keys::sweep(n as u64);
            self.control.apply(self.control.replacing(&key, &prefix)?)?;
            writes.extend(self.control.removing(&key)?);
        }
        self.control.apply_all(blocks)?;
        self.control.settle()
    }

    /// What a newer run has taken the place of. What cannot be removed now is swept at the next open.
    fn sweep_old(&self, old: Option<Head>) {
        let Some(old) = old else { return };
        match old.place {
            None => {
                let _ = self.sweep_marked();
            }
            Some(place) => {
                self.shelves.forget(&self.dir, place);
                if self.control.get(&keys::place(place.sync, place.attempt)).is_ok_and(|there| there.is_none()) {
                    let _ = shelf::remove(&place.path(&self.dir));
                }
            }
        }
    }
}

/// The changes of a plan put into a tray, and how many bytes they are.
fn journal_of<'a>(mut tray: Tray<'a>, position: u64, roster: &Roster, plan: &Plan, large: bool) -> Result<(Tray<'a>, u64), StoreError> {
    let before = tray.total();
    let mut journal = Writer::new(&mut tray, position, large);
    for c in &plan.changes {
        let after = Some(plan.after(c)).filter(|a| !a.is_empty());
        journal.push(New { entity: c.entity, record: c.record, line: c.line, before: roster.record(c.entity), after })?;
    }
    journal.end()?;
    let bytes = tray.total() - before;
    Ok((tray, bytes))
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
    /// The run that it takes the place of.
    old: Option<Head>,
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
            self.writes.extend(store.control.replacing(&keys::place(place.sync, place.attempt), &[FINDINGS_ONLY])?);
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
                    if store.control.get(&key)?.is_some_and(|raw| raw == [FINDINGS_ONLY]) {
                        self.writes.extend(store.control.removing(&key)?);
                    }
                }
            }
            self.old = Some(old);
        }
        Ok(())
    }
}
