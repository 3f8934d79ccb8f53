//! Re-run: an upload again with its corrections, the rows that its last check refused and those corrected since, or all. It never
//! disables.

use super::plan::{Planned, decided};
use super::run::Going;
use super::{Done, Failed, Runner, read};
use crate::ledger::{Action, Code, Correction, Decided, Decision, Finding, Outcome, Sync, SyncKind, SyncNo, SyncStatus};
use crate::roster::{Entity, FeedNo, Roster};
use crate::store::Store;

impl Runner<'_> {
    /// Runs an upload again with its corrections: the rows that the last check refused, or all.
    pub fn rerun(&mut self, roster: &Roster, number: SyncNo, all: bool, dry_run: bool) -> Result<Done, Failed> {
        let of = self.known(number)?;
        let root = self.known(of.root())?;
        if matches!(root.kind, SyncKind::Undo { .. }) {
            return Err(Failed::Usage(format!("{number} is an undo; it has no rows to run again."), "Re-run the sync it undid.".into()));
        }
        Self::still_there(&root, roster)?;
        let (loaded, profile) = read::load(self.store, self.profiles, &root)?;
        let overlay = read::overlay(&self.store.corrections(root.number)?);
        let last = if all { None } else { Some(last_outcomes(self.store, root.number)?) };
        let by = self.by.clone();
        let started = (self.now)();
        let make = |number| Sync {
            number,
            kind: SyncKind::Rerun { of: root.number, all },
            status: SyncStatus::Checking,
            dry_run,
            started,
            by,
            ended: None,
            counts: crate::ledger::Counts::default(),
            plan: None,
            hold: None,
            applied_at: None,
            undone_by: None,
            note: None,
            ..root.clone()
        };
        // A preview leaves no trace: nobody has to apply or abandon it.
        let sync = if dry_run { make(SyncNo(0)) } else { self.store.new_sync(make)? };
        let feed = self.terms(&sync)?;
        self.go(roster, Going { overlay, last, ..Going::new(sync, loaded, profile, feed) }, None)
    }
}

/// What a later sync of the feed changed is left out of a re-run, and said (RUN-607).
pub(super) fn leave_out_changed(store: &Store, sync: &Sync, planned: &mut Planned, roster: &Roster) -> Result<Vec<Finding>, Failed> {
    let root = sync.root();
    let mut left = Vec::new();
    let mut kept = Vec::with_capacity(planned.plan.changes.len());
    for change in std::mem::take(&mut planned.plan.changes) {
        if change.action != Action::Created
            && let Some(by) = changed_since(store, change.entity, sync.feed, root)?
        {
            let (key, _) =
                roster.record(change.entity).map(|r| crate::ledger::fields::key_and_name(change.entity.table, r)).unwrap_or_default();
            let row = planned.rows.binary_search_by_key(&change.record, |r| r.0).map_or(change.line, |i| planned.rows[i].1);
            let mut finding = Finding::of_file(Code::RUN_607).with("r", row).with("key", &key).with("n", by.0);
            (finding.record, finding.line, finding.row, finding.key) = (Some(change.record), Some(change.line), Some(row), Some(key));
            left.push(finding);
            let tally = planned.counts.of_mut(change.kind);
            match change.action {
                Action::Updated => tally.updated -= 1,
                _ => tally.unchanged -= 1,
            }
            decided(&mut planned.outcomes, change.record, Action::Skipped);
            continue;
        }
        kept.push(change);
    }
    planned.plan.changes = kept;
    Ok(left)
}

/// The newest sync of that feed, outside the chain of `root` and later than it, that changed the record.
fn changed_since(store: &Store, entity: Entity, feed: FeedNo, root: SyncNo) -> Result<Option<SyncNo>, Failed> {
    for (entry, _) in store.history(entity)?.into_iter().rev() {
        let Some(number) = entry.sync.filter(|n| *n > root && entry.feed == feed) else { continue };
        if chain(store, number)? != root {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// The chain that a sync is of: an undo is of the chain of what it undid.
fn chain(store: &Store, mut number: SyncNo) -> Result<SyncNo, Failed> {
    while let Some(sync) = store.sync(number)? {
        let SyncKind::Undo { of } = sync.kind else { return Ok(sync.root()) };
        number = of;
    }
    Ok(number)
}

/// Outcomes of the last check of a chain's rows; dry runs do not count. A row that was corrected since counts as refused, and one that is to
/// be planned again because of a decision since.
pub(super) fn last_outcomes(store: &Store, root: SyncNo) -> Result<Vec<Outcome>, Failed> {
    let syncs = store.syncs()?;
    let last = syncs.iter().find(|s| s.root() == root && s.stands() && !matches!(s.kind, SyncKind::Undo { .. }));
    // Never applied (a dry run, or undone): every row is still to be done.
    let Some(sync) = last else { return Ok(Vec::new()) };
    let mut outcomes = store.outcomes(sync.number)?;
    let mut again = |record: u32| {
        if let Some(outcome) = (record as usize).checked_sub(1).and_then(|at| outcomes.get_mut(at)) {
            outcome.action = Action::Refused;
        }
    };
    // A row that was corrected since is to be taken again, whatever became of it: another system may have refused what was taken
    // here, and the corrected cell must reach the roster too.
    // A re-run took up what was there when it started; the first run knew of none.
    let since = |c: &&Correction| if sync.number == root { c.at >= sync.started } else { c.at > sync.started };
    store.corrections(root)?.iter().filter(since).for_each(|c| again(c.record));
    let planned = |d: &&Decision| matches!(d.decided, Decided::Open | Decided::Linked) && d.at > sync.started;
    store.decisions(root)?.iter().filter(planned).for_each(|d| again(d.record));
    Ok(outcomes)
}
