//! Everything that a file would do, and what stands against it: the plan of its rows, what becomes of the absent, local fixes, holds.
//! Import, dry run, hold, approval and preview all ask this one question.

use super::absent::{self, Present, Scope};
use super::holds::{self, Holds, Weighed};
use super::plan::{Planned, Which, digest, plan};
use super::shares::{Share, by_school};
use super::{Failed, fixes, locked_out, missing, rerun};
use crate::check::present::{self, Named};
use crate::check::{Ask, Checked};
use crate::ledger::{Action, Actor, Code, Feed, Finding, Outcome, PlannedChange, Severity, Sync, SyncKind};
use crate::roster::Roster;
use crate::store::Store;

/// What a file would do.
#[derive(Debug, Default)]
pub(super) struct Proposal {
    /// What its rows create and update.
    pub(super) planned: Planned,
    /// What becomes of the absent, in order of entity; the records are in the plan's bytes.
    pub(super) absent: Vec<PlannedChange>,
    /// What stands against it.
    pub(super) holds: Holds,
    /// What is said of the file besides.
    pub(super) said: Vec<Finding>,
    /// What a re-run leaves out, as a later sync changed it.
    pub(super) left: Vec<Finding>,
}

/// By whom and how it is asked for.
pub(super) struct Asked<'a> {
    pub(super) sync: &'a Sync,
    pub(super) feed: &'a Feed,
    pub(super) by: &'a Actor,
    /// Outcomes of the last check, where only what that refused is planned.
    pub(super) last: Option<&'a [Outcome]>,
    /// How many were typed to confirm that all of a kind are to go.
    pub(super) confirm: Option<u64>,
}

impl Proposal {
    /// Works it out. Takes what was checked apart. `sync` has its rows counted already.
    pub(super) fn of(store: &Store, ask: &Ask<'_>, asked: &Asked<'_>, checked: &mut Checked) -> Result<Self, Failed> {
        let roster = ask.roster;
        let scope = Scope::of(asked.sync, ask.profile, roster);
        let refused = if scope.is_empty() { Named::default() } else { present::refused(ask, &checked.outcomes) };
        absent::back_again(store, ask, &mut checked.wanted)?;
        let present = Present::of(&checked.wanted, &refused, roster);
        let mut planned = plan(checked, roster, &asked.last.map_or(Which::All, Which::Refused));
        let left = if asked.last.is_some() { rerun::leave_out_changed(store, asked.sync, &mut planned, roster)? } else { Vec::new() };
        let mut absent = absent::absent(asked.sync, &scope, &present, roster, &mut planned.plan.bytes);
        let mut said = Vec::new();
        let mut whole = Vec::new();
        let fixes = fixes::stand(store, &mut planned, &mut absent, roster, asked.feed.fixes)?;
        if let Some(finding) = fixes {
            (if finding.severity == Severity::Hold { &mut whole } else { &mut said }).push(finding);
        }
        for finding in locked_out::kept_in(&mut planned, &mut absent, roster, asked.by) {
            if finding.record.is_some() {
                checked.rows_with_errors += 1;
                checked.tally.errors += 1;
                // It folds into no cause.
                checked.spool.push_late(Finding { cause: u32::MAX, ..finding });
            } else {
                said.push(finding);
            }
        }
        let mut holds = holds::weigh(&Weighed {
            sync: asked.sync,
            roster,
            limits: asked.feed.limits,
            scope: &scope,
            present: &present,
            refused: &refused,
            planned: &planned,
            absent: &absent,
            confirm: asked.confirm,
        });
        holds.whole.extend(whole);
        if let Some(finding) = (!scope.is_empty()).then(|| missing::missing(ask, &planned, &present)).flatten() {
            // Where nobody would go it is worth a word and no more.
            if absent.iter().any(|c| c.action == Action::Disabled) {
                holds.removals.push(finding);
            } else {
                said.push(finding.as_bad_as(Severity::Warning));
            }
        }
        if matches!(asked.sync.kind, SyncKind::Rerun { of, .. } if store.sync(of)?.is_some_and(|root| root.stands())) {
            // The rest stands already; those that are mended may follow whatever the others are.
            holds.whole.retain(|f| f.code != Code::SAF_510);
        }
        said.append(&mut holds.said);
        Ok(Self { planned, absent, holds, said, left })
    }

    /// How many records would be disabled.
    pub(super) fn removals(&self) -> u64 {
        self.absent.iter().filter(|c| c.action == Action::Disabled).count() as u64
    }

    /// The absent are dealt with together with the rows.
    pub(super) fn with_removals(&mut self) {
        let absent = std::mem::take(&mut self.absent);
        self.planned.add(absent);
    }

    /// Only the absent are dealt with.
    pub(super) fn only_removals(&mut self) {
        self.planned.plan.changes.clear();
        self.planned.counts = crate::ledger::Counts::default();
        self.with_removals();
    }

    /// What it is known by when it is shown again.
    pub(super) fn digest(&self, roster: &Roster) -> String {
        let plan = &self.planned.plan;
        if self.absent.is_empty() {
            return digest(&plan.changes, &plan.bytes, roster);
        }
        let mut all: Vec<PlannedChange> = plan.changes.iter().chain(&self.absent).cloned().collect();
        all.sort_unstable_by_key(|c| c.entity);
        digest(&all, &plan.bytes, roster)
    }

    /// As [`Proposal::digest`], of the absent alone.
    pub(super) fn digest_of_removals(&self, roster: &Roster) -> String {
        digest(&self.absent, &self.planned.plan.bytes, roster)
    }

    /// What it does to each school and kind.
    pub(super) fn by_school<'p>(&'p self, roster: &'p Roster) -> Vec<Share> {
        self.reach(self.planned.plan.changes.iter().chain(&self.absent), roster)
    }

    /// As [`Proposal::by_school`], of the absent alone.
    pub(super) fn by_school_of_removals<'p>(&'p self, roster: &'p Roster) -> Vec<Share> {
        self.reach(self.absent.iter(), roster)
    }

    fn reach<'p>(&'p self, changes: impl Iterator<Item = &'p PlannedChange> + Clone, roster: &'p Roster) -> Vec<Share> {
        let plan = &self.planned.plan;
        by_school(changes.map(|c| (c.entity, roster.record(c.entity), Some(plan.after(c)))), roster)
    }
}
