//! What an undo would do, record by record: what it would put back, and what it must leave with the reason.

use std::sync::Arc;

use super::history::Changed;
use super::office::{Office, lock};
use super::rows::named;
use super::{LeftLine, Page, PlanLine, Trouble, TroubleSort, Window};
use crate::ledger::{SyncNo, fields};
use crate::roster::{Entity, Roster, Table};
use crate::sync::{Failed, Left, Undoing};

/// The undo that was looked at last: of which sync, at which position of the roster.
pub(super) type Looked = (SyncNo, u64, Arc<Undoing>);

impl Office {
    /// What undoing a sync would put back, in order of record.
    pub(super) fn undo_back(&self, number: SyncNo, window: Window) -> Result<Page<PlanLine>, Trouble> {
        let roster = self.roster();
        let undoing = self.undoing(number, &roster)?;
        let plan = &undoing.plan;
        let line = |change: &crate::ledger::PlannedChange| {
            let after = Some(plan.after(change)).filter(|a| !a.is_empty());
            // An undo switches nobody off: whatever line brought the change it takes back is no reason.
            let line = if change.line == 0 { u32::MAX } else { change.line };
            let changed = Changed { table: change.entity.table, line, before: roster.record(change.entity), after };
            PlanLine { line: change.line, ..changed.line(&roster) }
        };
        Ok(paged(&plan.changes, window, line))
    }

    /// What undoing a sync must leave.
    pub(super) fn undo_left(&self, number: SyncNo, window: Window) -> Result<Page<LeftLine>, Trouble> {
        let roster = self.roster();
        let undoing = self.undoing(number, &roster)?;
        Ok(paged(&undoing.left, window, |left| self.left_line(left, &roster)))
    }

    fn left_line(&self, left: &Left, roster: &Roster) -> LeftLine {
        let entity = left.entity;
        let record = roster.record(entity);
        let history = self.store.history(entity).unwrap_or_default();
        let lines = self.lines(&history, roster);
        let since = lines.iter().find(|l| l.changes.iter().any(|c| c.field == left.field)).or(lines.first()).cloned();
        let (key, name) = called(roster, entity, history.last().and_then(|(_, c)| c.before.as_deref()));
        let all = record.map(|r| fields::fields(entity.table, r, roster)).unwrap_or_default();
        LeftLine {
            entity,
            kind: fields::kind(entity.table, record.unwrap_or_default()),
            key,
            name,
            field: left.field.clone(),
            back: left.back.clone(),
            now: all.into_iter().find(|(f, _)| *f == left.field).map(|(_, v)| v).unwrap_or_default(),
            why: left.why.to_owned(),
            since,
        }
    }

    /// Worked out once for a state of the roster: a screen asks for one page after the other.
    fn undoing(&self, number: SyncNo, roster: &Roster) -> Result<Arc<Undoing>, Trouble> {
        let known = lock(&self.views).undoing.clone().filter(|u| u.0 == number && u.1 == roster.position());
        if let Some((_, _, undoing)) = known {
            return Ok(undoing);
        }
        let sync = self.sync_of(number)?;
        if sync.applied_at.is_none() || !sync.stands() {
            let what = format!("{number} is {}; it changed nothing that could be undone.", sync.status.words().to_lowercase());
            return Err(Trouble::new(TroubleSort::Usage, what, "See what was applied with: homeroom syncs"));
        }
        let worked = crate::sync::undoing(&self.store, roster, &sync, &mut |_, _| true);
        let undoing = Arc::new(worked.map_err(|failed| match failed {
            Failed::Store(error) => error.into(),
            other => Trouble::new(TroubleSort::Usage, other.to_string(), ""),
        })?);
        lock(&self.views).undoing = Some((number, roster.position(), undoing.clone()));
        Ok(undoing)
    }
}

/// Key and name of a record; of one that has gone, as it was.
fn called(roster: &Roster, entity: Entity, was: Option<&[u8]>) -> (String, String) {
    match roster.record(entity).or(was) {
        Some(record) if !matches!(entity.table, Table::Enrollments | Table::Links) => fields::key_and_name(entity.table, record),
        _ => {
            let of = named(roster, entity);
            (of.reference, of.title)
        }
    }
}

fn paged<T, L>(all: &[T], window: Window, line: impl Fn(&T) -> L) -> Page<L> {
    let total = all.len() as u64;
    let first = usize::try_from(window.first).unwrap_or(usize::MAX);
    let rows = all.iter().skip(first).take(window.count.min(total) as usize).map(line).collect();
    Page { first: window.first, total, unfiltered: total, rows }
}
