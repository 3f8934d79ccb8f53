//! What a run yields: findings, outcomes, causes, written as they come, seen only when the run is finished or committed.

use serde::{Deserialize, Serialize};

use super::block::{Goal, Reader, put_bytes};
use super::findings::{Findings, Writer};
use super::keys::{self, Section};
use super::records;
use super::tray::{Kept, Place, Tray};
use super::{Store, StoreError, hold};
use crate::ledger::{Action, Cause, Finding, Outcome, SyncNo};

/// What a run is yielding. Dropped unfinished, nothing of it stays.
pub struct Run<'a> {
    store: &'a Store,
    head: Head,
    tray: Option<Tray<'a>>,
    findings: Writer,
    outcomes: Vec<u8>,
    blocks: [u32; 4],
    goal: Goal,
}

/// What makes a run's findings visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) sync: SyncNo,
    pub(super) attempt: u16,
    pub(super) place: Option<Place>,
    pub(super) findings: u64,
    pub(super) outcomes: u64,
    pub(super) causes: u64,
}

const OUTCOMES: usize = 16 * 1024;

impl<'a> Run<'a> {
    /// The sync it belongs to.
    pub fn sync(&self) -> SyncNo {
        self.head.sync
    }

    /// Adds a finding; they come back in this order.
    pub fn finding(&mut self, finding: &Finding) -> Result<(), StoreError> {
        self.findings.push(finding);
        self.head.findings += 1;
        if self.findings.len() >= self.goal.raw() { self.findings_block() } else { Ok(()) }
    }

    /// Adds what became of the next data record: one call for each, in record order.
    pub fn outcome(&mut self, outcome: Outcome) -> Result<(), StoreError> {
        self.outcomes.push(outcome.action as u8 | u8::from(outcome.warned) << 7);
        self.head.outcomes += 1;
        if self.outcomes.len() >= OUTCOMES { self.outcomes_block() } else { Ok(()) }
    }

    /// Adds causes.
    pub fn causes(&mut self, causes: &[Cause]) -> Result<(), StoreError> {
        let mut raw = Vec::new();
        for cause in causes {
            put_bytes(&mut raw, &records::pack(cause));
            if raw.len() >= self.goal.raw() {
                self.put(Section::Causes, &raw)?;
                raw.clear();
            }
        }
        self.head.causes += causes.len() as u64;
        if raw.is_empty() { Ok(()) } else { self.put(Section::Causes, &raw).map(|_| ()) }
    }

    fn findings_block(&mut self) -> Result<(), StoreError> {
        let raw = self.findings.take();
        let sealed = self.put(Section::Findings, &raw)?;
        self.goal.learn(raw.len(), sealed);
        Ok(())
    }

    fn outcomes_block(&mut self) -> Result<(), StoreError> {
        let raw = std::mem::take(&mut self.outcomes);
        self.put(Section::Outcomes, &raw)?;
        Ok(())
    }

    fn put(&mut self, section: Section, raw: &[u8]) -> Result<usize, StoreError> {
        let number = &mut self.blocks[section as usize];
        let key = keys::run_block(self.head.sync, self.head.attempt, section, *number);
        *number += 1;
        self.tray.as_mut().map_or(Ok(0), |tray| tray.put(&key, raw))
    }

    /// Its last blocks put; the tray goes on to whoever publishes.
    pub(super) fn end(&mut self) -> Result<(Head, Option<Tray<'a>>), StoreError> {
        if !self.findings.is_empty() {
            self.findings_block()?;
        }
        if !self.outcomes.is_empty() {
            self.outcomes_block()?;
        }
        Ok((self.head, self.tray.take()))
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        // First what it wrote, then its claim: another run of the sync may begin at once.
        drop(self.tray.take());
        hold(&self.store.active).remove(&self.head.sync);
    }
}

impl Store {
    /// Begins what a run of that sync yields. What an earlier run of the same sync yielded stays visible until this one
    /// is finished or committed. One at a time for a sync.
    pub fn begin_run(&self, sync: SyncNo) -> Result<Run<'_>, StoreError> {
        let mut active = hold(&self.active);
        let seen = self.head(sync)?.map_or(0, |h| h.attempt);
        if active.contains_key(&sync) {
            let error = std::io::Error::other(format!("{sync} is being run already"));
            return Err(StoreError::io("Cannot begin a run in", &self.dir, error));
        }
        let attempt = seen.wrapping_add(1).max(1);
        active.insert(sync, attempt);
        let place = Place { sync, attempt: attempt.into() };
        Ok(Run {
            store: self,
            head: Head { sync, attempt, place: None, findings: 0, outcomes: 0, causes: 0 },
            tray: Some(Tray::new(self, place)),
            findings: Writer::default(),
            outcomes: Vec::new(),
            blocks: [0; 4],
            goal: Goal::default(),
        })
    }

    /// The head of what a sync's run yielded, where one is visible.
    pub(super) fn head(&self, sync: SyncNo) -> Result<Option<Head>, StoreError> {
        self.record(&keys::head(sync))
    }

    /// The findings of a sync, in order. Ends early where `visit` gives `false`.
    pub fn findings(&self, sync: SyncNo, visit: &mut dyn FnMut(Finding) -> bool) -> Result<(), StoreError> {
        let Some(head) = self.head(sync)? else { return Ok(()) };
        let mut seen = 0;
        let mut go_on = true;
        self.blocks(head, Section::Findings, &mut |raw| {
            for finding in Findings::of(raw)? {
                seen += 1;
                go_on = visit(finding?);
                if !go_on {
                    break;
                }
            }
            Some(go_on)
        })?;
        if go_on { self.all_seen(head, seen, head.findings) } else { Ok(()) }
    }

    /// The causes of a sync, in the order in which they were added.
    pub fn causes(&self, sync: SyncNo) -> Result<Vec<Cause>, StoreError> {
        let Some(head) = self.head(sync)? else { return Ok(Vec::new()) };
        let mut causes = Vec::new();
        self.blocks(head, Section::Causes, &mut |raw| {
            let mut rest = Reader(raw);
            while !rest.is_empty() {
                causes.push(postcard::from_bytes(rest.bytes()?).ok()?);
            }
            Some(true)
        })?;
        self.all_seen(head, causes.len() as u64, head.causes)?;
        Ok(causes)
    }

    /// What became of each data record of a sync, in record order: the first is of record 1.
    pub fn outcomes(&self, sync: SyncNo) -> Result<Vec<Outcome>, StoreError> {
        let Some(head) = self.head(sync)? else { return Ok(Vec::new()) };
        let mut outcomes = Vec::with_capacity(head.outcomes as usize);
        self.blocks(head, Section::Outcomes, &mut |raw| {
            for byte in raw {
                outcomes.push(Outcome { action: *Action::ALL.get(usize::from(byte & 0x7f))?, warned: byte >> 7 == 1 });
            }
            Some(true)
        })?;
        self.all_seen(head, outcomes.len() as u64, head.outcomes)?;
        Ok(outcomes)
    }

    /// Reads the blocks of a section until `read` gives `Some(false)`; `None` is damage.
    fn blocks(&self, head: Head, section: Section, read: &mut dyn FnMut(&[u8]) -> Option<bool>) -> Result<(), StoreError> {
        match self.read_blocks(head, section, read) {
            // A newer run has taken the place of the one that was being read.
            Err(_) if self.head(head.sync)? != Some(head) => Ok(()),
            read => read,
        }
    }

    fn read_blocks(&self, head: Head, section: Section, read: &mut dyn FnMut(&[u8]) -> Option<bool>) -> Result<(), StoreError> {
        let shelf = self.shelf(head.place)?;
        for block in shelf.scan(&keys::section(head.sync, head.attempt, section)) {
            let (_, raw) = block?;
            match read(&raw) {
                Some(true) => {}
                Some(false) => return Ok(()),
                None => return Err(self.damaged(format!("a block of what {} yielded", head.sync), head.place)),
            }
        }
        Ok(())
    }

    /// Blocks that are missing are damage, unless a newer run has taken the place of the one that was being read.
    fn all_seen(&self, head: Head, seen: u64, there: u64) -> Result<(), StoreError> {
        if seen == there || self.head(head.sync)? != Some(head) {
            return Ok(());
        }
        Err(self.damaged(format!("what {} yielded is not complete ({seen} of {there})", head.sync), head.place))
    }

    pub(super) fn damaged(&self, what: impl Into<String>, place: Option<Place>) -> StoreError {
        StoreError::Damaged { what: what.into(), path: place.map_or_else(|| self.dir.join("control"), |p| p.path(&self.dir)) }
    }

    /// The blocks of a tray as writes to `control`, or its place.
    pub(super) fn kept(&self, kept: Kept) -> (Vec<super::shelf::Write>, Option<Place>) {
        match kept {
            Kept::Held(blocks) => (blocks.into_iter().map(|(k, v)| (k, Some(v))).collect(), None),
            Kept::Shelf(place, shelf) => {
                self.shelves.add(place, &shelf);
                (Vec::new(), Some(place))
            }
        }
    }
}
