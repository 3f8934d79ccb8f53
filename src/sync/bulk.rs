//! Many people changed by hand in the same way, in one entry of the journal; and an edit by hand put back in one step.

use super::edit::{each, not_taken};
use super::{Failed, Runner, by_hand};
use crate::ledger::{Action, Entry, EntryKind, Plan, PlannedChange, fields};
use crate::roster::{Entity, FeedNo, Field, PersonNo, Roster, Text};
use crate::store::Commit;

/// What a change of many people comes to.
#[derive(Debug, Default)]
pub struct Bulk {
    /// Who changes, each with the packed record as it becomes.
    pub changed: Vec<(PersonNo, Vec<u8>)>,
    /// How many have the value already.
    pub same: u64,
    /// Who cannot be changed so, and why.
    pub refused: Vec<(PersonNo, String)>,
}

/// Fields that no two people can have the same of.
const OWN: [Field; 3] = [Field::Text(Text::SourcedId), Field::Text(Text::Email), Field::Text(Text::Username)];

impl Runner<'_> {
    /// Changes people in one entry of the journal; whom a rule stops is left as they are and named. With `dry_run` nothing is changed.
    pub fn edit_people(
        &mut self,
        roster: &Roster,
        people: &[PersonNo],
        changes: &[(String, String)],
        dry_run: bool,
    ) -> Result<(Bulk, Roster), Failed> {
        let own = OWN.iter().map(|f| f.name());
        if let Some((name, _)) = changes.iter().find(|(name, value)| !value.is_empty() && own.clone().any(|o| o == name)) {
            return Err(not_taken(name, "is each person's own; it cannot be set for several at once"));
        }
        let mut numbers = people.to_vec();
        numbers.sort_unstable();
        numbers.dedup();
        let all: Vec<&str> = Field::ALL.iter().map(|f| f.name()).collect();
        let mut bulk = Bulk::default();
        for number in numbers {
            let Some(now) = roster.person(number) else {
                bulk.refused.push((number, "is not on the roster any more".to_owned()));
                continue;
            };
            let mut next = now.to_person();
            // A name that is no field, or a value that no person can have, stops all: it is not about this one.
            each(changes, &all, "", &mut |name, value| {
                Field::from_name(name).map(|field| by_hand::person(&mut next, field, value, roster))
            })?;
            if let Some((field, why)) = by_hand::person_problem(roster, Some(number), &next) {
                bulk.refused.push((number, format!("{field} {why}")));
                continue;
            }
            let after = next.pack();
            if after == now.bytes() {
                bulk.same += 1;
            } else {
                bulk.changed.push((number, after));
            }
        }
        if dry_run || bulk.changed.is_empty() {
            return Ok((bulk, roster.clone()));
        }
        let changed = bulk.changed.iter().map(|(number, after)| (Entity::from(*number), after.clone()));
        let after = self.publish_edits(roster, changed.collect())?;
        Ok((bulk, after))
    }

    /// Puts back what an edit by hand changed, where nobody changed it since: how many records were put back, how many were left. A record
    /// that the edit made stays.
    pub fn undo_edit(&mut self, roster: &Roster, position: u64) -> Result<(u64, u64, Roster), Failed> {
        let entry = self.store.entries()?.into_iter().find(|e| e.position == position && e.kind == EntryKind::Edit);
        if entry.is_none() {
            return Err(Failed::Usage(format!("Entry {position} of the journal is no edit by hand."), String::new()));
        }
        let (mut back, mut left) = (Vec::new(), 0);
        self.store.changes(position, &mut |change| {
            match change.before {
                Some(before) if roster.record(change.entity) == change.after.as_deref() => back.push((change.entity, before)),
                _ => left += 1,
            }
            true
        })?;
        if back.is_empty() {
            return Ok((0, left, roster.clone()));
        }
        let count = back.len() as u64;
        Ok((count, left, self.publish_edits(roster, back)?))
    }

    /// Publishes records, in order of entity, as one entry of the journal.
    fn publish_edits(&mut self, roster: &Roster, mut records: Vec<(Entity, Vec<u8>)>) -> Result<Roster, Failed> {
        records.sort_unstable_by_key(|r| r.0);
        let mut plan = Plan { position: roster.position(), ..Plan::default() };
        for (entity, after) in &records {
            let from = plan.bytes.len() as u64;
            plan.bytes.extend_from_slice(after);
            let kind = fields::kind(entity.table, after);
            let after = (from, plan.bytes.len() as u64);
            plan.changes.push(PlannedChange { entity: *entity, record: 0, line: 0, action: Action::Updated, kind, after });
        }
        let changes = plan.changes.len() as u64;
        let entry =
            Entry { position: 0, kind: EntryKind::Edit, sync: None, feed: FeedNo::HAND, by: self.by.clone(), at: (self.now)(), changes };
        Ok(self.store.commit(Commit { run: None, syncs: &[], entry, roster, plan: &plan })?)
    }
}
