//! Corrections recorded, taken back and made again: always a whole step at once, with what becomes of the standing corrections.

use std::collections::{BTreeMap, HashMap};

use super::office::{Office, lock};
use super::source::Source;
use super::{Trouble, TroubleSort, Turned};
use crate::intake::Row;
use crate::ledger::{Correction, MendStep, MendedCell, Standing, Sync, SyncNo, Timestamp, ValueRule};
use crate::roster::{FeedNo, Kind};
use crate::store::Mending;
use crate::sync::{self, Stands, Stood};

/// What a cell is to be.
pub(super) struct Change<'r> {
    /// The row as the file has it.
    pub(super) row: &'r Row,
    /// Index of the cell.
    pub(super) cell: usize,
    /// The profile's column.
    pub(super) column: String,
    /// The record's key.
    pub(super) key: Option<String>,
    /// The new value; the file's own takes a correction back.
    pub(super) value: String,
}

/// A cell by data record number and index.
type At = (u32, u32);

/// A standing correction by what it is for.
type For = (Kind, String, String, String);

fn what_for(s: &Standing) -> For {
    (s.kind, s.key.clone(), s.column.clone(), s.wrong.clone())
}

impl Office {
    /// Records what cells are to be, as one step. Its number; none where all of them are so already.
    pub(super) fn record_step(
        &self,
        sync: &Sync,
        source: &Source,
        changes: &[Change<'_>],
        how: &str,
        new_rules: &[ValueRule],
    ) -> Result<Option<u32>, Trouble> {
        let (root, by, at) = (sync.root(), self.surroundings.by.clone(), (self.surroundings.now)());
        let made = self.made(root)?;
        let laid = self.laid_at(root)?;
        let mut cells = Vec::new();
        for c in changes {
            let place = (c.row.record, c.cell as u32);
            let before = c.row.cells.get(c.cell).map(|v| String::from_utf8_lossy(v).into_owned()).unwrap_or_default();
            let was = made.get(&place).cloned();
            // Where a standing correction was laid over the cell, the file's own value has to be said against it.
            let now = (c.value != before || laid.contains_key(&place)).then(|| Correction {
                root,
                record: c.row.record,
                line: c.row.line,
                cell: c.cell as u32,
                column: c.column.clone(),
                before,
                after: c.value.clone(),
                key: c.key.clone(),
                by: by.clone(),
                at,
            });
            let cell = MendedCell { record: place.0, cell: place.1, was, now };
            if cell.value(true) != cell.value(false) {
                cells.push(cell);
            }
        }
        let rules = if new_rules.is_empty() { None } else { Some((sync.feed, self.rules_with(sync.feed, new_rules)?)) };
        if cells.is_empty() {
            if let Some((feed, rules)) = &rules {
                self.store.put_value_rules(*feed, rules)?;
            }
            return Ok(None);
        }
        let states: Vec<(At, Option<Correction>)> = cells.iter().map(|c| ((c.record, c.cell), c.now.clone())).collect();
        let standing = self.restand(sync, source, &states, new_rules.is_empty(), at)?;
        let step = MendStep { number: 0, root, how: how.to_owned(), by, at, back: None, rules: new_rules.to_vec(), cells };
        let cells = states.into_iter().map(|((record, cell), now)| (record, cell, now)).collect();
        let number = self.store.mend(&Mending { step, cells, standing, rules })?;
        lock(&self.views).beside = None;
        Ok(Some(number))
    }

    /// Takes a step back, or makes it again: every cell that is still as the step left (or found) it.
    pub(super) fn turn_mend(&self, number: SyncNo, step: Option<u32>, again: bool) -> Result<Turned, Trouble> {
        let sync = self.sync_of(number)?;
        let root = sync.root();
        let mut steps = self.store.mend_steps(root)?;
        let mine = |s: &MendStep| s.by == self.surroundings.by && s.back.is_some() == again;
        let at = match step {
            Some(step) => steps.iter().position(|s| s.number == step && s.back.is_some() == again),
            None if again => (0..steps.len()).filter(|i| mine(&steps[*i])).max_by_key(|i| steps[*i].back.as_ref().map(|b| b.1)),
            None => steps.iter().rposition(mine),
        };
        let Some(at) = at else {
            let what = if again { "taken back that could be made again" } else { "mended that could be taken back" };
            let next = format!("Its rows with errors: homeroom errors {}", number.0);
            return Err(Trouble::new(TroubleSort::Usage, format!("Nothing on {number} was {what}."), next));
        };
        let mut step = steps.swap_remove(at);
        let (by, now) = (self.surroundings.by.clone(), (self.surroundings.now)());
        let made = self.made(root)?;
        let (mut states, mut left, mut rows) = (Vec::new(), 0, Vec::new());
        for cell in &step.cells {
            let place = (cell.record, cell.cell);
            if made.get(&place).map(|c| c.after.as_str()) != cell.value(again) {
                left += 1;
                continue;
            }
            let to = if again { &cell.now } else { &cell.was };
            // It waits for a re-run again, so it is as of now.
            states.push((place, to.clone().map(|c| Correction { at: now, ..c })));
            rows.push(cell.record);
        }
        if states.is_empty() {
            let what = format!("What was mended in step {} of {number} was mended otherwise since: {}.", step.number, step.how);
            return Err(Trouble::new(TroubleSort::Refused, what, "Mend those rows as they are to be."));
        }
        rows.sort_unstable();
        rows.dedup();
        let turned = Turned {
            sync: number,
            step: step.number,
            how: step.how.clone(),
            again,
            cells: states.len() as u64,
            rows: rows.len() as u64,
            left,
            rules: step.rules.len() as u64,
        };
        let rules = match (step.rules.as_slice(), again) {
            ([], _) => None,
            (rules, true) => Some(self.rules_with(sync.feed, rules)?),
            (rules, false) => {
                let mut left = self.store.value_rules(sync.feed)?;
                // One that was changed since is somebody else's.
                left.retain(|r| !rules.iter().any(|k| r.is_about(&k.profile, &k.column, &k.from) && r.to == k.to));
                Some(left)
            }
        };
        let source = self.source(&sync)?;
        let standing = self.restand(&sync, &source, &states, step.rules.is_empty(), now)?;
        step.back = (!again).then_some((by, now));
        let cells = states.into_iter().map(|((record, cell), to)| (record, cell, to)).collect();
        self.store.mend(&Mending { step, cells, standing, rules: rules.map(|r| (sync.feed, r)) })?;
        lock(&self.views).beside = None;
        Ok(turned)
    }

    fn made(&self, root: SyncNo) -> Result<HashMap<At, Correction>, Trouble> {
        Ok(self.store.made_corrections(root)?.into_iter().map(|c| ((c.record, c.cell), c)).collect())
    }

    /// The standing corrections that were laid over an upload, by cell.
    fn laid_at(&self, root: SyncNo) -> Result<HashMap<At, u32>, Trouble> {
        let laid = self.store.laid(root)?.unwrap_or_default();
        Ok(laid.cells.iter().map(|c| ((c.record, c.cell), c.standing)).collect())
    }

    /// What becomes of the standing corrections where cells of an upload are to have those corrections from now on; whether these stand
    /// themselves is for the caller to say.
    fn restand(
        &self,
        sync: &Sync,
        source: &Source,
        states: &[(At, Option<Correction>)],
        stand: bool,
        at: Timestamp,
    ) -> Result<Vec<Standing>, Trouble> {
        let root = sync.root();
        let all: Vec<Stood> = sync::stood(&self.store)?;
        let laid = self.laid_at(root)?;
        let index = |f: &dyn Fn(&Stood) -> bool| -> Vec<usize> { (0..all.len()).filter(|i| f(&all[*i])).collect() };
        let own: HashMap<At, usize> = index(&|s| s.standing.root == root && s.standing.back.is_none())
            .into_iter()
            .map(|i| ((all[i].standing.record, all[i].standing.cell), i))
            .collect();
        let number: HashMap<u32, usize> = all.iter().enumerate().map(|(i, s)| (s.standing.number, i)).collect();
        let mut alike: HashMap<For, usize> = index(&|s| s.standing.feed == sync.feed && s.stands == Stands::Standing)
            .into_iter()
            .map(|i| (what_for(&all[i].standing), i))
            .collect();
        let mut changed: BTreeMap<u32, Standing> = BTreeMap::new();
        let mut new: BTreeMap<For, Standing> = BTreeMap::new();
        let back = Some((self.surroundings.by.clone(), at));
        for (place, now) in states {
            let over = laid.get(place).and_then(|n| number.get(n)).copied();
            let wanted = now.as_ref().filter(|_| stand).and_then(|c| candidate(sync, source, c));
            if let (None, Some(over)) = (now, over) {
                // Nothing is said against it any more.
                if all[over].standing.back.is_some() {
                    changed.insert(all[over].standing.number, Standing { back: None, ..all[over].standing.clone() });
                }
                continue;
            }
            let rivals = [own.get(place).copied(), over, wanted.as_ref().and_then(|w| alike.get(&what_for(w))).copied()];
            let rivals: Vec<usize> = rivals.into_iter().flatten().collect();
            let stays =
                |i: &&usize| all[**i].standing.back.is_none() && wanted.as_ref().is_some_and(|w| w.right == all[**i].standing.right);
            let kept = rivals.iter().find(stays).copied();
            for i in rivals.into_iter().filter(|i| Some(*i) != kept && all[*i].standing.back.is_none()) {
                changed.insert(all[i].standing.number, Standing { back: back.clone(), ..all[i].standing.clone() });
            }
            if let (Some(wanted), None) = (wanted, kept) {
                alike.remove(&what_for(&wanted));
                // Of rows of one key that are wrong in the same way, the last says what is right.
                new.insert(what_for(&wanted), wanted);
            }
        }
        Ok(changed.into_values().chain(new.into_values()).collect())
    }
}

/// The standing correction that a correction makes, where it can stand for later files.
fn candidate(sync: &Sync, source: &Source, c: &Correction) -> Option<Standing> {
    let columns = &source.loaded.columns;
    let column = sync::may_stand(&source.profile, columns, c.cell as usize).filter(|_| c.after != c.before && sync.feed != FeedNo::HAND)?;
    let row = source.row(c.record).filter(|r| columns.ragged(&r.cells).is_none())?;
    Some(Standing {
        number: 0,
        feed: sync.feed,
        kind: sync::kind_of(&source.profile, columns, &row),
        profile: source.profile.name.clone(),
        key: sync::key_of(&source.profile, columns, &row)?,
        column: source.profile.columns[column].name.clone(),
        wrong: c.before.clone(),
        right: c.after.clone(),
        root: c.root,
        record: c.record,
        line: c.line,
        cell: c.cell,
        by: c.by.clone(),
        at: c.at,
        back: None,
    })
}
