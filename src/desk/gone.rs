//! Causes that were open in the check before and are not any more, and how: by a correction, at the source, or because rows left the file.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::history::open_roots;
use super::office::{Office, lock};
use super::source::Source;
use super::{GoneCause, GoneWays, Trouble};
use crate::intake::{Row, trim};
use crate::ledger::{Cause, CauseKey, Decided, Severity, Sync, SyncKind, SyncNo, SyncStatus};

/// Rows of gone causes that are looked for one by one; of more it is not told how they went.
const MOST: usize = 50_000;

/// Comparisons that are remembered.
const KEPT: usize = 16;

/// How causes went, by the two checks that are compared and the time of the newest correction or decision; the latest asked first.
pub(super) type Remembered = Vec<((SyncNo, SyncNo, i64), Arc<Vec<GoneCause>>)>;

/// One row of a cause that went.
struct WasWrong {
    /// Of which of the causes.
    cause: usize,
    record: u32,
    /// The column's index in the profile, where the cause has one.
    column: Option<usize>,
}

impl Office {
    /// The causes that went with a sync, or (none named) those of each feed's latest upload since the upload before it; the largest first.
    pub(super) fn gone(&self, number: Option<SyncNo>) -> Result<Vec<GoneCause>, Trouble> {
        let syncs = self.syncs_within()?;
        let mut gone = Vec::new();
        match number {
            Some(number) => {
                let sync = self.sync_of(number)?;
                if let Some(before) = check_before(&syncs, &sync) {
                    gone.extend(self.gone_between(&before, &sync)?.iter().cloned());
                }
            }
            None => {
                for root in open_roots(&syncs) {
                    let Some(last) = self.last_check(root.number)? else { continue };
                    if let Some(before) = check_before(&syncs, root) {
                        gone.extend(self.gone_between(&before, &last)?.iter().cloned());
                    }
                    if last.number != root.number {
                        // What came new with the file and was mended since.
                        let known: HashSet<CauseKey> = gone.iter().map(|g| key_of(&last, &g.cause)).collect();
                        let since = self.gone_between(root, &last)?;
                        gone.extend(since.iter().filter(|g| !known.contains(&key_of(&last, &g.cause))).cloned());
                    }
                }
            }
        }
        gone.sort_by_key(|g| (std::cmp::Reverse(g.cause.rows), g.before, g.cause.number));
        Ok(gone)
    }

    fn gone_between(&self, before: &Sync, now: &Sync) -> Result<Arc<Vec<GoneCause>>, Trouble> {
        let decisions = self.store.decisions(now.root())?;
        let corrections = self.store.corrections(now.root())?;
        let newest = corrections.iter().map(|c| c.at.0).chain(decisions.iter().map(|d| d.at.0)).max().unwrap_or(0);
        let which = (before.number, now.number, newest);
        if let Some((_, known)) = lock(&self.views).gone.iter().find(|g| g.0 == which) {
            return Ok(known.clone());
        }
        let is_open = |c: &&Cause| c.severity >= Severity::Error;
        let still: HashSet<CauseKey> = {
            let all = self.store.causes(now.number)?;
            all.iter().filter(is_open).map(|c| CauseKey::of(now.feed, c, &all)).collect()
        };
        let all = self.store.causes(before.number)?;
        let went: Vec<&Cause> = all.iter().filter(is_open).filter(|c| !still.contains(&CauseKey::of(now.feed, c, &all))).collect();
        let mut gone: Vec<GoneCause> = went
            .iter()
            .map(|c| GoneCause {
                feed: now.feed_name.clone(),
                before: before.number,
                now: now.number,
                cause: (*c).clone(),
                ways: GoneWays::default(),
            })
            .collect();
        if !gone.is_empty() {
            let decided: HashSet<u32> = decisions.iter().filter(|d| d.decided != Decided::Open).map(|d| d.record).collect();
            let corrected: HashSet<(u32, u32)> = corrections.iter().map(|c| (c.record, c.cell)).collect();
            self.ways(before, now, &mut gone, &decided, &corrected)?;
            for g in &mut gone {
                let w = g.ways;
                g.ways.unknown = g.cause.rows.saturating_sub(w.corrected + w.source + w.left + w.roster + w.decided);
            }
        }
        let gone = Arc::new(gone);
        let known = &mut lock(&self.views).gone;
        known.truncate(KEPT - 1);
        known.insert(0, (which, gone.clone()));
        Ok(gone)
    }

    fn ways(
        &self,
        before: &Sync,
        now: &Sync,
        gone: &mut [GoneCause],
        decided: &HashSet<u32>,
        corrected: &HashSet<(u32, u32)>,
    ) -> Result<(), Trouble> {
        // What cannot be opened any more cannot be compared: how the causes went is then not known.
        let (Ok(then), Ok(source)) = (self.source(before), self.source(now)) else { return Ok(()) };
        if then.profile.name != source.profile.name {
            return Ok(());
        }
        let by_number: HashMap<u32, usize> = gone.iter().enumerate().map(|(i, g)| (g.cause.number, i)).collect();
        let mut rows: Vec<WasWrong> = Vec::new();
        self.store.findings(before.number, &mut |f| {
            if let (Some(record), Some(cause)) = (f.record, by_number.get(&f.cause).copied())
                && rows.last().is_none_or(|r| (r.record, r.cause) != (record, cause))
            {
                rows.push(WasWrong { cause, record, column: f.column.as_deref().and_then(|c| then.profile.column(c)) });
            }
            rows.len() < MOST
        })?;
        let same_file = before.root() == now.root();
        let mut by_key: HashMap<Vec<Vec<u8>>, Vec<(WasWrong, Row)>> = HashMap::new();
        for was in rows {
            let Some(row) = then.row(was.record) else { continue };
            if same_file {
                went(&mut gone[was.cause].ways, (&then, &row), (&source, &row), &was, (decided, corrected));
                continue;
            }
            if let Some(key) = key(&then, &row) {
                by_key.entry(key).or_default().push((was, row));
            }
        }
        if by_key.is_empty() {
            return Ok(());
        }
        let (mut all, mut row) = (source.loaded.sheet.rows(), Row::default());
        while let Ok(true) = all.next(&mut row) {
            let Some(found) = key(&source, &row).and_then(|k| by_key.remove(&k)) else { continue };
            for (was, old) in found {
                went(&mut gone[was.cause].ways, (&then, &old), (&source, &row), &was, (decided, corrected));
            }
        }
        for (was, _) in by_key.into_values().flatten() {
            gone[was.cause].ways.left += 1;
        }
        Ok(())
    }
}

/// The check that a sync's is compared with: of a re-run the one before it of the same upload, else the last one of the feed's upload
/// before.
fn check_before(syncs: &[Sync], sync: &Sync) -> Option<Sync> {
    let counts = |s: &Sync| {
        s.number < sync.number
            && s.feed == sync.feed
            && !s.feed_name.is_empty()
            && !matches!(s.kind, SyncKind::Undo { .. })
            && s.status != SyncStatus::DryRun
            && (s.stands() || s.status == SyncStatus::Undone)
    };
    let of_chain = |s: &&Sync| counts(s) && s.root() == sync.root();
    if matches!(sync.kind, SyncKind::Rerun { .. }) {
        return syncs.iter().find(of_chain).cloned();
    }
    // The newest check of the upload before: its import or a re-run of it, also one that was made after this file came.
    let before = syncs.iter().find(|s| counts(s) && s.root() != sync.root())?.root();
    syncs.iter().find(|s| s.root() == before && (s.stands() || s.status == SyncStatus::Undone)).cloned()
}

fn key_of(sync: &Sync, cause: &Cause) -> CauseKey {
    CauseKey::of(sync.feed, cause, &[])
}

/// By what a row is found in another file: the cells of its key; `None` where one is blank.
fn key(source: &Source, row: &Row) -> Option<Vec<Vec<u8>>> {
    let cell = |column: &usize| {
        let at = source.loaded.columns.at.get(*column).copied().flatten()?;
        let value = trim(row.cells.get(at)?);
        (!value.is_empty()).then(|| value.to_vec())
    };
    let key: Option<Vec<Vec<u8>>> = source.profile.key.iter().map(cell).collect();
    key.filter(|k| !k.is_empty())
}

/// Counts how one row went that is still in the file.
fn went(
    ways: &mut GoneWays,
    (then, old): (&Source, &Row),
    (now, new): (&Source, &Row),
    was: &WasWrong,
    (decided, corrected): (&HashSet<u32>, &HashSet<(u32, u32)>),
) {
    let at = |source: &Source| was.column.and_then(|c| source.loaded.columns.at.get(c).copied().flatten());
    let (old_cell, new_cell) = (at(then), at(now));
    let is_corrected = match new_cell {
        Some(cell) => corrected.contains(&(new.record, cell as u32)),
        None => corrected.iter().any(|c| c.0 == new.record),
    };
    let same = match (old_cell, new_cell) {
        (Some(a), Some(b)) => trim(old.cells.get(a).unwrap_or_default()) == trim(new.cells.get(b).unwrap_or_default()),
        _ => old.cells == new.cells,
    };
    let way = match () {
        () if decided.contains(&new.record) => &mut ways.decided,
        () if is_corrected => &mut ways.corrected,
        () if same => &mut ways.roster,
        () => &mut ways.source,
    };
    *way += 1;
}
