//! Two who mend the same: the second is told who was first, before anything is overwritten. And what was refused to whom.

use super::office::Office;
use super::{Conflict, OneChange, Page, Request, RowAt, Seen, Trouble, TroubleSort, Window};
use crate::ledger::{Refusal, SyncNo, Timestamp};
use crate::roster::Entity;

impl From<OneChange> for Request {
    fn from(change: OneChange) -> Self {
        match change {
            OneChange::Fix { sync, at, cells } => Self::Fix { sync, at, cells },
            OneChange::Person { person, fields } => Self::EditPerson { person, fields },
            OneChange::Org { org, fields } => Self::EditOrg { org, fields },
            OneChange::Record { entity, fields } => Self::Edit { entity, fields },
        }
    }
}

/// Who gave a field the value it has, and when.
struct Setter {
    by: String,
    at: Timestamp,
    sync: Option<SyncNo>,
}

impl Office {
    /// Where somebody else was first.
    pub(super) fn conflicts(&self, change: &OneChange, seen: &Seen) -> Result<Vec<Conflict>, Trouble> {
        match change {
            OneChange::Fix { sync, at, cells } => self.fix_conflicts(*sync, *at, cells, seen),
            OneChange::Person { person, fields } => self.edit_conflicts((*person).into(), fields, seen),
            OneChange::Org { org, fields } => self.edit_conflicts((*org).into(), fields, seen),
            OneChange::Record { entity, fields } => self.edit_conflicts(*entity, fields, seen),
        }
    }

    fn fix_conflicts(&self, number: SyncNo, at: RowAt, cells: &[(String, String)], seen: &Seen) -> Result<Vec<Conflict>, Trouble> {
        let row = self.row(number, at, &[])?;
        let corrections = self.store.corrections(self.sync_of(number)?.root())?;
        let mut conflicts = Vec::new();
        for (column, wanted) in cells {
            let Some(cell) = row.cells.iter().find(|c| c.column == *column || c.header == *column) else { continue };
            let of_cell = corrections.iter().find(|c| c.record == row.record && (c.column == cell.column || c.column == *column));
            let setter = of_cell.map(|c| Setter { by: c.by.0.clone(), at: c.at, sync: None });
            conflicts.extend(self.conflict(column, &cell.value, wanted, setter, seen));
        }
        Ok(conflicts)
    }

    fn edit_conflicts(&self, entity: Entity, fields: &[(String, String)], seen: &Seen) -> Result<Vec<Conflict>, Trouble> {
        let there = self.fields(entity)?;
        let is = |name: &str, given: &str| name == given || name.strip_suffix(given).is_some_and(|before| before.ends_with('_'));
        let mut history = None;
        let mut conflicts = Vec::new();
        for (field, wanted) in fields {
            let Some((name, now)) = there.iter().find(|(n, _)| n == field).or(there.iter().find(|(n, _)| is(n, field))) else { continue };
            if history.is_none() {
                history = Some(self.lines(&self.store.history(entity)?, &self.roster()));
            }
            let line = history.iter().flatten().find(|l| l.changes.is_empty() || l.changes.iter().any(|c| is(name, &c.field)));
            let setter = line.map(|l| Setter { by: l.by.clone(), at: l.at, sync: l.sync });
            conflicts.extend(self.conflict(field, now, wanted, setter, seen));
        }
        Ok(conflicts)
    }

    /// Whether one value is somebody else's, of whom its changer does not know.
    fn conflict(&self, field: &str, now: &str, wanted: &str, setter: Option<Setter>, seen: &Seen) -> Option<Conflict> {
        let first = match seen {
            Seen::Values(values) => values.iter().find(|(name, _)| name == field).is_some_and(|(_, seen)| seen != now),
            // What a file brought is there to be mended; what a colleague decided is not.
            Seen::Nothing => setter.as_ref().is_some_and(|s| s.sync.is_none() && s.by != self.caller.by.0),
        };
        // Both want the same: nothing is lost.
        if !first || now == wanted {
            return None;
        }
        let Setter { by, at, sync } = setter.unwrap_or(Setter { by: String::new(), at: Timestamp(0), sync: None });
        Some(Conflict { field: field.to_owned(), now: now.to_owned(), wanted: wanted.to_owned(), by, at, sync })
    }

    /// Keeps a refusal in the audit.
    pub(super) fn audit(&self, what: &str, trouble: &Trouble) {
        // Who asked to be kept from changing something is not written down for it.
        if trouble.sort != TroubleSort::NotPermitted || self.caller.readonly {
            return;
        }
        let at = (self.surroundings.now)();
        let by = self.caller.by.clone();
        let refusal = Refusal { by, what: what.to_owned(), why: trouble.message.clone(), at, last: at, times: 1 };
        if let Err(error) = self.store.note_refusal(&refusal) {
            log::warn!("audit: {error}");
        }
    }

    /// The audit, newest first.
    pub(super) fn audited(&self, window: Window) -> Result<Page<Refusal>, Trouble> {
        let all = self.store.refusals()?;
        let total = all.len() as u64;
        let rows = all.into_iter().skip(window.first as usize).take(window.count.min(total) as usize).collect();
        Ok(Page { first: window.first, total, unfiltered: total, rows })
    }
}

impl super::Desk {
    /// Keeps in the audit that this caller was refused before anything could be asked.
    pub fn note_refused(&self, what: &str, trouble: &Trouble) {
        self.office.audit(what, trouble);
    }
}
