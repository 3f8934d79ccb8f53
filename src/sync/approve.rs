//! What waits for somebody: a dry run or a hold is approved, with its removals or without, or abandoned.
//!
//! Approving recomputes the plan. If it is no longer the one that was shown, it is shown again (SAF-513). Where only the removals
//! wait, the rows are applied already: then the removals are recomputed and applied in a step of their own.

use super::run::{Approval, Going, Proposed};
use super::{Done, Failed, Runner, read, rerun, standing};
use crate::ledger::{Actor, Code, Entry, EntryKind, Finding, HoldNote, Mode, Sync, SyncKind, SyncNo, SyncStatus};
use crate::roster::Roster;
use crate::store::Commit;

impl Approval {
    /// What is kept of it with the sync; nothing of a dry run that was simply applied.
    pub(super) fn note(&self, held: Option<&HoldNote>, removals: u64, by: &Actor) -> Option<HoldNote> {
        if held.is_none() && !self.without_removals && self.reason.is_none() {
            return None;
        }
        Some(HoldNote {
            codes: held.map(|h| h.codes.clone()).unwrap_or_default(),
            removals_only: false,
            removals,
            without_removals: self.without_removals,
            reason: self.reason.clone(),
            by: Some(by.clone()),
        })
    }
}

impl Runner<'_> {
    /// Applies a dry run or what is held: the same upload again, under the same number. If its plan is no longer the one that was
    /// shown, it waits again, with the new plan, and SAF-513 says so.
    pub fn apply(&mut self, roster: &Roster, number: SyncNo, approval: &Approval) -> Result<Done, Failed> {
        let was = self.known(number)?;
        if !matches!(was.status, SyncStatus::DryRun | SyncStatus::Held) {
            let what = format!("{number} is {}, not a dry run or a hold that could be applied.", was.status.words().to_lowercase());
            return Err(Failed::Usage(what, "Import the file, or re-run the sync.".into()));
        }
        if was.removals_wait() && approval.without_removals {
            let sync = self.settled(was, approval);
            self.store.put_sync(&sync)?;
            return Ok(Done { sync, roster: roster.clone(), by_school: Vec::new(), left: Vec::new() });
        }
        let (loaded, profile) = read::load(self.store, self.profiles, &was)?;
        Self::still_there(&was, roster)?;
        let feed = self.terms(&was)?;
        let mut sync = was.clone();
        if !was.removals_wait() {
            sync.dry_run = false;
            sync.started = (self.now)();
            sync.by = self.by.clone();
        }
        let overlay = read::overlay(&self.store.laid_corrections(was.root())?);
        let mut going = Going { overlay, hold: false, ..Going::new(sync, loaded, profile, feed) };
        match (was.kind, &was.upload) {
            (SyncKind::Import, Some(hash)) if !was.removals_wait() => {
                going.notes = self.same_content(hash, &was)?;
                going.notes.extend(standing::said(&self.store.laid(was.number)?.unwrap_or_default()));
            }
            (SyncKind::Rerun { of, all }, _) => {
                going.overlay = read::overlay(&self.store.corrections(of)?);
                going.last = if all { None } else { Some(rerun::last_outcomes(self.store, of)?) };
            }
            _ => {}
        }
        going.approved = Some((was, approval.clone()));
        let is_rest = going.sync.removals_wait();
        if is_rest { self.remove(roster, going, approval) } else { self.go(roster, going, None) }
    }

    /// The second step of what was held for its removals: those alone.
    fn remove(&mut self, roster: &Roster, mut going: Going<'_>, approval: &Approval) -> Result<Done, Failed> {
        let was = going.sync.clone();
        let mut proposal = match self.propose(roster, &mut going, None)? {
            Proposed::Ready(ready) => ready.1,
            Proposed::Refused(findings) => {
                let why = findings.last().map(Finding::message).unwrap_or_default();
                let what = format!("Who is absent from {} cannot be told any more: {why}.", was.number);
                return Err(Failed::Usage(what, "Approve it without the removals, or import the file again.".into()));
            }
        };
        drop(going);
        let (shown, removals) = (proposal.digest_of_removals(roster), proposal.removals());
        if was.plan.as_ref() != Some(&shown) {
            let mut sync = Sync { plan: Some(shown), ..was };
            if let Some(hold) = &mut sync.hold {
                hold.removals = removals;
            }
            self.store.put_sync(&sync)?;
            let left = vec![Finding::of_file(Code::SAF_513).with("n", sync.number.0)];
            return Ok(Done { by_school: proposal.by_school_of_removals(roster), sync, roster: roster.clone(), left });
        }
        let by_school = proposal.by_school_of_removals(roster);
        proposal.only_removals();
        let mut sync = self.settled(was, approval);
        for (kind, tally) in proposal.planned.counts.iter() {
            let sum = sync.counts.of_mut(kind);
            sum.disabled += tally.disabled;
            sum.updated += tally.updated;
            sum.unchanged += tally.unchanged;
        }
        if !self.step(sync.number, "applying", &sync.file, sync.rows, sync.rows) {
            return Err(Failed::Cancelled(Some(sync.number)));
        }
        let plan = proposal.planned.plan;
        let entry = Entry {
            position: 0,
            kind: EntryKind::Sync,
            sync: Some(sync.number),
            feed: sync.feed,
            by: self.by.clone(),
            at: (self.now)(),
            changes: plan.changes.len() as u64,
        };
        let roster = self.store.commit(Commit { run: None, syncs: std::slice::from_ref(&sync), entry, roster, plan: &plan })?;
        Ok(Done { sync, roster, by_school, left: Vec::new() })
    }

    /// A sync whose removals waited, once that is decided.
    fn settled(&self, was: Sync, approval: &Approval) -> Sync {
        let status = if was.rows_with_errors > 0 { SyncStatus::CompletedWithErrors } else { SyncStatus::Completed };
        let removals = was.hold.as_ref().map_or(0, |h| h.removals);
        let hold = approval.note(was.hold.as_ref(), removals, self.by);
        Sync { status, hold, ..was }
    }

    /// Discards a dry run or what is held; the history keeps a line. Where only the removals wait, those are discarded.
    pub fn abandon(&mut self, number: SyncNo, reason: Option<String>) -> Result<Sync, Failed> {
        let mut sync = self.known(number)?;
        if !matches!(sync.status, SyncStatus::DryRun | SyncStatus::Held) {
            let what = format!("{number} is {}; there is nothing to abandon.", sync.status.words().to_lowercase());
            return Err(Failed::Usage(what, "Only a dry run or what is held can be abandoned.".into()));
        }
        if sync.removals_wait() {
            sync = self.settled(sync, &Approval { without_removals: true, reason });
            sync.note = Some(format!("Removals abandoned by {}; the rest stands", self.by.0));
        } else {
            sync.status = SyncStatus::Abandoned;
            let note = Finding::of_file(Code::RUN_602).with("user", &self.by.0).message();
            sync.note = Some(note.clone());
            if let Some(hold) = &mut sync.hold {
                (hold.reason, hold.by) = (reason, Some(self.by.clone()));
            } else if let Some(reason) = reason {
                sync.note = Some(format!("{note}: {reason}"));
            }
        }
        self.store.put_sync(&sync)?;
        Ok(sync)
    }

    /// What is held of the same feed and organization and is overtaken by a newer file that says who is there: its removals are
    /// dropped, and where nothing of it was applied it is abandoned. Partial files add to each other and overtake nothing.
    pub(super) fn overtaken(&self, by: &Sync) -> Result<Vec<Sync>, Failed> {
        if by.mode == Mode::Partial || by.kind != SyncKind::Import {
            return Ok(Vec::new());
        }
        let older = |s: &Sync| {
            s.status == SyncStatus::Held && s.number < by.number && s.feed == by.feed && s.org == by.org && s.mode != Mode::Partial
        };
        let held = self.store.syncs()?.into_iter().filter(older);
        let settle = |sync: Sync| {
            if sync.removals_wait() {
                let sync = self.settled(sync, &Approval { without_removals: true, reason: None });
                return Sync { note: Some(format!("Its removals were overtaken by {}", by.number)), ..sync };
            }
            Sync { status: SyncStatus::Abandoned, note: Some(format!("Overtaken by {}; nothing applied", by.number)), ..sync }
        };
        Ok(held.map(settle).collect())
    }
}
