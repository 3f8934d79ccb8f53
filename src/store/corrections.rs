//! Corrections and what goes with them: steps of mending, standing corrections, value rules. Each call is one publication: all of it
//! or nothing.

use std::collections::{BTreeMap, HashMap};

use super::records::pack;
use super::shelf::Write;
use super::{Store, StoreError, keys};
use crate::ledger::{Correction, Laid, MendStep, Standing, SyncNo, ValueRule};
use crate::roster::FeedNo;

/// What is recorded at one stroke.
#[derive(Clone, Debug)]
pub struct Mending {
    /// The step; a number of 0 is the next of its upload, another replaces that step.
    pub step: MendStep,
    /// What the cells have from now on, by record and index: a correction, or none.
    pub cells: Vec<(u32, u32, Option<Correction>)>,
    /// Standing corrections that are new (number 0) or changed.
    pub standing: Vec<Standing>,
    /// The value rules that a feed has from now on.
    pub rules: Option<(FeedNo, Vec<ValueRule>)>,
}

impl Store {
    /// Records a step of mending. Its number.
    pub fn mend(&self, mending: &Mending) -> Result<u32, StoreError> {
        let _writer = self.write()?;
        let root = mending.step.root;
        let mut writes: Vec<Write> = Vec::new();
        for (record, cell, correction) in &mending.cells {
            let key = keys::correction(root, *record, *cell);
            writes.extend(match correction {
                Some(correction) => self.control.replacing(&key, &pack(correction))?,
                None => self.control.removing(&key)?,
            });
        }
        let last = self.record::<u32>(keys::LAST_STANDING)?.unwrap_or(0);
        let mut newest = last;
        for standing in &mending.standing {
            let mut standing = standing.clone();
            if standing.number == 0 {
                newest += 1;
                standing.number = newest;
            }
            writes.extend(self.control.replacing(&keys::standing(standing.number), &pack(&standing))?);
        }
        if newest > last {
            writes.extend(self.control.replacing(keys::LAST_STANDING, &pack(&newest))?);
        }
        if let Some((feed, rules)) = &mending.rules {
            writes.extend(self.control.replacing(&keys::value_rules(*feed), &pack(rules))?);
        }
        let mut step = mending.step.clone();
        if step.number == 0 {
            step.number = self.mend_steps(root)?.last().map_or(0, |s| s.number) + 1;
        }
        writes.extend(self.control.replacing(&keys::mend_step(root, step.number), &pack(&step))?);
        self.need(writes.iter().map(|(_, v)| v.as_ref().map_or(0, Vec::len) as u64).sum())?;
        self.publish(writes)?;
        Ok(step.number)
    }

    /// The steps of mending on an upload, oldest first.
    pub fn mend_steps(&self, root: SyncNo) -> Result<Vec<MendStep>, StoreError> {
        self.records(&keys::mend_steps(root))
    }

    /// Keeps corrections; each replaces an earlier one of the same root, record and cell.
    pub fn put_corrections(&self, corrections: &[Correction]) -> Result<(), StoreError> {
        let _writer = self.write()?;
        let mut writes: Vec<Write> = Vec::new();
        for c in corrections {
            writes.extend(self.control.replacing(&keys::correction(c.root, c.record, c.cell), &pack(c))?);
        }
        self.need(writes.iter().map(|(_, v)| v.as_ref().map_or(0, Vec::len) as u64).sum())?;
        self.publish(writes)
    }

    /// Takes a correction back; nothing happens where there is none.
    pub fn take_back(&self, root: SyncNo, record: u32, cell: u32) -> Result<(), StoreError> {
        let _writer = self.write()?;
        let writes = self.control.removing(&keys::correction(root, record, cell))?;
        if writes.is_empty() { Ok(()) } else { self.publish(writes) }
    }

    /// The corrections that operators made on an upload's rows, by its first sync; in order of record and cell.
    pub fn made_corrections(&self, root: SyncNo) -> Result<Vec<Correction>, StoreError> {
        self.records(&keys::corrections(root))
    }

    /// The standing corrections that were laid over an upload's rows when it came, each as if it had been made on it.
    pub fn laid_corrections(&self, root: SyncNo) -> Result<Vec<Correction>, StoreError> {
        let Some(laid) = self.laid(root)? else { return Ok(Vec::new()) };
        let standing: HashMap<u32, Standing> = self.standing()?.into_iter().map(|s| (s.number, s)).collect();
        let of = |c: &crate::ledger::LaidCell| {
            let s = standing.get(&c.standing)?;
            Some(Correction {
                root,
                record: c.record,
                line: c.line,
                cell: c.cell,
                column: s.column.clone(),
                before: s.wrong.clone(),
                after: s.right.clone(),
                key: Some(s.key.clone()),
                by: s.by.clone(),
                at: s.at,
            })
        };
        Ok(laid.cells.iter().filter_map(of).collect())
    }

    /// All corrections of an upload's chain, by its first sync: those that were laid over it, and over these those that were made on
    /// it; in order of record and cell. One that says what the file says takes one that was laid over away.
    pub fn corrections(&self, root: SyncNo) -> Result<Vec<Correction>, StoreError> {
        let laid = self.laid_corrections(root)?;
        let made = self.made_corrections(root)?;
        if laid.is_empty() {
            return Ok(made);
        }
        let all: BTreeMap<(u32, u32), Correction> = laid.into_iter().chain(made).map(|c| ((c.record, c.cell), c)).collect();
        Ok(all.into_values().filter(|c| c.after != c.before).collect())
    }

    /// Every correction that an operator made, in order of root, record and cell.
    pub fn all_corrections(&self) -> Result<Vec<Correction>, StoreError> {
        self.records(b"c")
    }

    /// Every standing correction, also those that stand no more, oldest first.
    pub fn standing(&self) -> Result<Vec<Standing>, StoreError> {
        self.records(b"t")
    }

    /// Keeps a standing correction in place of the one of its number.
    pub fn put_standing(&self, standing: &Standing) -> Result<(), StoreError> {
        let _writer = self.write()?;
        let record = pack(standing);
        self.need(record.len() as u64)?;
        let writes = self.control.replacing(&keys::standing(standing.number), &record)?;
        self.publish(writes)
    }

    /// What an upload said to the standing corrections of its feed, by its first sync.
    pub fn laid(&self, root: SyncNo) -> Result<Option<Laid>, StoreError> {
        self.record(&keys::laid(root))
    }

    /// What every upload said to the standing corrections of its feed.
    pub fn all_laid(&self) -> Result<Vec<(SyncNo, Laid)>, StoreError> {
        let mut all = Vec::new();
        for (key, raw) in self.control.all(b"l")? {
            let no = key.get(1..5).and_then(|k| <[u8; 4]>::try_from(k).ok());
            let no = no.ok_or_else(|| self.damaged("what a file said to the standing corrections", None))?;
            all.push((SyncNo(u32::from_be_bytes(no)), self.parse(&raw)?));
        }
        Ok(all)
    }

    /// The value rules of a feed, in the order in which they were kept.
    pub fn value_rules(&self, feed: FeedNo) -> Result<Vec<ValueRule>, StoreError> {
        Ok(self.record(&keys::value_rules(feed))?.unwrap_or_default())
    }

    /// Keeps the value rules of a feed in place of those that it had.
    pub fn put_value_rules(&self, feed: FeedNo, rules: &[ValueRule]) -> Result<(), StoreError> {
        let _writer = self.write()?;
        let writes = self.control.replacing(&keys::value_rules(feed), &pack(&rules))?;
        self.need(writes.iter().map(|(_, v)| v.as_ref().map_or(0, Vec::len) as u64).sum())?;
        self.publish(writes)
    }

    /// The value rules that an upload was run with, by its first sync.
    pub fn rules_run_with(&self, root: SyncNo) -> Result<Vec<ValueRule>, StoreError> {
        Ok(self.record(&keys::rules_run_with(root))?.unwrap_or_default())
    }

    /// Keeps with an upload's first sync the value rules that it is run with and what it says to the standing corrections.
    pub fn run_with(&self, root: SyncNo, rules: &[ValueRule], laid: &Laid) -> Result<(), StoreError> {
        let mut writes = Vec::new();
        let _writer = self.write()?;
        if !rules.is_empty() {
            writes.extend(self.control.replacing(&keys::rules_run_with(root), &pack(&rules))?);
        }
        if !laid.is_empty() {
            writes.extend(self.control.replacing(&keys::laid(root), &pack(laid))?);
        }
        if writes.is_empty() {
            return Ok(());
        }
        self.need(writes.iter().map(|(_, v)| v.as_ref().map_or(0, Vec::len) as u64).sum())?;
        self.publish(writes)
    }
}
