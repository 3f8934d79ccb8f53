//! A person under a new ID: whoever is on the roster gets it, as a local fix. Where the upload has made somebody of that ID meanwhile, that
//! is the same person twice: the new record goes, and what hangs on it goes over.

use std::collections::HashSet;

use super::edit::{not_taken, refused};
use super::undo::{Referred, put_back};
use super::{Failed, Runner, by_hand};
use crate::ledger::{Action, Counts, Entry, EntryKind, Plan, PlannedChange, SyncNo, fields};
use crate::roster::{Entity, FeedNo, Field, PersonNo, PersonRef, Roster, Text, pack};
use crate::store::Commit;

impl Runner<'_> {
    /// Gives a person of the roster another ID, that of a row of the upload whose first sync is `root`. One entry of the journal.
    ///
    /// A record of that ID that a run of this same upload made becomes one with the person: its enrollments and guardian links go over,
    /// it is removed. Anybody else's ID is refused.
    pub fn link(&mut self, roster: &Roster, person: PersonNo, id: &str, root: SyncNo, feed: FeedNo) -> Result<Roster, Failed> {
        let field = Field::Text(Text::SourcedId);
        let Some(mut next) = roster.person(person).map(PersonRef::to_person) else {
            return Err(Failed::Usage("There is no such person.".into(), "Look with: homeroom find NAME".into()));
        };
        if id.is_empty() {
            return Err(Failed::Usage("The row has no ID that somebody could get.".into(), "Mend its ID first.".into()));
        }
        if next.text(Text::SourcedId) == id {
            return Err(Failed::Usage(format!("\"{id}\" is their ID already."), "Re-run the sync.".into()));
        }
        by_hand::person(&mut next, field, id, roster).map_err(|why| not_taken(field.name(), &why))?;
        let twin = roster.person_by_id(next.role.family(), id).filter(|n| *n != person);
        let mut changes: Vec<(Entity, Option<Vec<u8>>)> = Vec::new();
        let Some(twin) = twin else {
            refused(by_hand::person_problem(roster, Some(person), &next))?;
            changes.push((person.into(), Some(next.pack())));
            return self.publish_all(roster, changes);
        };
        let theirs = roster.person(twin).map_or_else(|| next.clone(), PersonRef::to_person);
        let of_upload = self.came_with(root, twin)?;
        if !of_upload || theirs.shares.iter().any(|s| s.feed != feed) {
            let why = format!("\"{id}\" belongs to {} already, who did not come with this upload alone", called(roster, twin));
            return Err(not_taken(field.name(), &why));
        }
        // Who is there under both IDs is there under one: schools of both, and the row itself comes with the next re-run.
        for share in &theirs.shares {
            let mine = next.shares.iter().find(|s| s.feed == share.feed).map(|s| s.orgs.clone()).unwrap_or_default();
            next.set_share(share.feed, mine.into_iter().chain(share.orgs.iter().copied()));
        }
        changes.push((person.into(), Some(next.pack())));
        changes.push((twin.into(), None));
        let of = roster.relations();
        for (number, class) in of.of_person(twin) {
            let Some(mut enrollment) = roster.enrollment(*number) else { continue };
            enrollment.person = person;
            let twice = of.enrollment(person, *class).is_some();
            changes.push(((*number).into(), (!twice).then(|| pack(&enrollment))));
        }
        for (number, other) in of.of_guardian(twin).iter().chain(of.of_student(twin)) {
            let Some(mut link) = roster.link(*number) else { continue };
            let guards = link.guardian == twin;
            let twice = if guards { of.link(person, *other) } else { of.link(*other, person) }.is_some();
            *(if guards { &mut link.guardian } else { &mut link.student }) = person;
            changes.push(((*number).into(), (!twice).then(|| pack(&link))));
        }
        self.publish_all(roster, changes)
    }

    /// Whether a run of the upload whose first sync is `root` made a person: also one that was taken away and put back since.
    fn came_with(&self, root: SyncNo, person: PersonNo) -> Result<bool, Failed> {
        for (entry, change) in self.store.history(person.into())? {
            if let (Some(number), None) = (entry.sync, &change.before)
                && self.store.sync(number)?.is_some_and(|s| s.root() == root)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Puts back what entries of the journal changed, the last first; all of it, or nothing where something was changed since. Each is put
    /// back by an entry of its own.
    pub fn revert(&mut self, roster: &Roster, positions: &[u64]) -> Result<Roster, Failed> {
        let mut now = roster.clone();
        let mut plans = Vec::new();
        for position in positions.iter().rev() {
            let mut all = Vec::new();
            self.store.changes(*position, &mut |change| {
                all.push(change);
                true
            })?;
            let created = all.iter().filter(|c| c.before.is_none()).map(|c| c.entity).collect::<HashSet<_>>();
            let referred = Referred::of(&now, &created);
            let (mut plan, mut left) = (Plan { position: now.position(), ..Plan::default() }, Vec::new());
            for change in &all {
                put_back(change, &now, &referred, &mut plan, &mut Counts::default(), &mut left);
            }
            if let Some(first) = left.first() {
                return Err(Failed::Usage(first.finding.message(), "It cannot be taken back. Edit the record by hand.".into()));
            }
            plan.changes.sort_unstable_by_key(|c| c.entity);
            let after = plan.changes.iter().map(|c| (c.entity, plan.after(c)));
            now = now.with(now.position() + 1, after.collect::<Vec<_>>());
            plans.push(plan);
        }
        let mut roster = roster.clone();
        for plan in plans.into_iter().filter(|p| !p.is_empty()) {
            let plan = Plan { position: roster.position(), ..plan };
            roster = self.publish_plan(&roster, &plan)?;
        }
        Ok(roster)
    }

    fn publish_all(&mut self, roster: &Roster, mut changes: Vec<(Entity, Option<Vec<u8>>)>) -> Result<Roster, Failed> {
        changes.sort_by_key(|c| c.0);
        let mut plan = Plan { position: roster.position(), ..Plan::default() };
        for (entity, after) in changes {
            let start = plan.bytes.len() as u64;
            let record = after.as_deref().or(roster.record(entity)).unwrap_or_default();
            let kind = fields::kind(entity.table, record);
            plan.bytes.extend_from_slice(after.as_deref().unwrap_or_default());
            let action = if after.is_some() { Action::Updated } else { Action::Skipped };
            plan.changes.push(PlannedChange { entity, record: 0, line: 0, action, kind, after: (start, plan.bytes.len() as u64) });
        }
        self.publish_plan(roster, &plan)
    }

    fn publish_plan(&mut self, roster: &Roster, plan: &Plan) -> Result<Roster, Failed> {
        let entry = Entry {
            position: 0,
            kind: EntryKind::Edit,
            sync: None,
            feed: FeedNo::HAND,
            by: self.by.clone(),
            at: (self.now)(),
            changes: plan.changes.len() as u64,
        };
        Ok(self.store.commit(Commit { run: None, syncs: &[], entry, roster, plan })?)
    }
}

fn called(roster: &Roster, number: PersonNo) -> String {
    roster.person(number).map(|p| p.name().into_owned()).unwrap_or_default()
}
