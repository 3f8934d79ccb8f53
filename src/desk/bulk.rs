//! Many people changed by hand in one go, as one entry of the journal, and an edit put back.

use super::office::Office;
use super::{EditedPeople, EditedPerson, Event, JobNo, PutBack, Trouble};
use crate::ledger::fields;
use crate::roster::{PersonNo, Table};

impl Office {
    /// Changes people; with `dry_run` only says what would change.
    pub(super) fn edit_people(
        &self,
        job: JobNo,
        people: &[PersonNo],
        changes: &[(String, String)],
        dry_run: bool,
        on_event: &mut dyn FnMut(Event) -> bool,
    ) -> Result<EditedPeople, Trouble> {
        let before = self.roster();
        let (bulk, position) = self.run(job, on_event, |runner, roster| {
            let (bulk, after) = runner.edit_people(roster, people, changes, dry_run)?;
            let position = (after.position() != roster.position()).then(|| after.position());
            Ok(((bulk, position), after))
        })?;
        let name = |number: PersonNo| before.person(number).map(|p| p.name().into_owned()).unwrap_or_default();
        let changed = bulk.changed.iter().map(|(number, after)| {
            let record = before.person(*number).map(|p| p.bytes().to_vec());
            let changes = fields::differences(Table::People, record.as_deref(), Some(after), &before);
            EditedPerson { person: *number, name: name(*number), changes }
        });
        let refused = bulk.refused.iter().map(|(number, why)| (name(*number), why.clone())).collect();
        Ok(EditedPeople { position, changed: changed.collect(), same: bulk.same, refused })
    }

    /// Puts back what an edit changed.
    pub(super) fn undo_edit(&self, job: JobNo, position: u64, on_event: &mut dyn FnMut(Event) -> bool) -> Result<PutBack, Trouble> {
        let (position, back, left) = self.run(job, on_event, |runner, roster| {
            let (back, left, after) = runner.undo_edit(roster, position)?;
            let position = (after.position() != roster.position()).then(|| after.position());
            Ok(((position, back, left), after))
        })?;
        Ok(PutBack { position, back, left })
    }
}
