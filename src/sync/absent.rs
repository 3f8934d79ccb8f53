//! Who is absent from a file that says who is there: disabled, never deleted, and only where this feed alone brings them.
//!
//! What another feed or somebody's hand brings too stays in use; only this feed's share goes. Whoever is disabled keeps the share:
//! they still show at their school, and are found when they come back.

use std::collections::{HashMap, HashSet};

use super::Failed;
use super::brought::{brought_by, is_active, orgs, same_but_for_feeds, with_status, without_feed};
use crate::check::present::{self, Named};
use crate::check::{Ask, Wanted};
use crate::feed::{Profile, RowShape, Target};
use crate::ledger::{Action, EntryKind, Mode, PlannedChange, Sync, fields};
use crate::roster::{Entity, Family, OrgKind, OrgNo, Person, PersonRef, Roster, Status, Table};
use crate::store::Store;

/// Which records of the roster a file names, by table and slot.
#[derive(Debug)]
pub(super) struct Present([Vec<bool>; Table::ALL.len()]);

impl Present {
    /// What the right rows and the refused ones name.
    pub(super) fn of(wanted: &Wanted, refused: &Named, roster: &Roster) -> Self {
        let mut present = Self(Table::ALL.map(|table| {
            let named = wanted.sets.iter().any(|s| s.table == table) || refused.known.iter().any(|e| e.table == table);
            if named { vec![false; roster.table(table).len()] } else { Vec::new() }
        }));
        for set in &wanted.sets {
            set.records.iter().filter_map(|r| r.slot).for_each(|slot| present.add(Entity { table: set.table, slot }));
        }
        refused.known.iter().for_each(|entity| present.add(*entity));
        present
    }

    fn add(&mut self, entity: Entity) {
        if let Some(slot) = self.0[entity.table as usize].get_mut(entity.slot as usize) {
            *slot = true;
        }
    }

    pub(super) fn has(&self, entity: Entity) -> bool {
        self.0[entity.table as usize].get(entity.slot as usize).copied().unwrap_or(false)
    }
}

/// Of what a sync in its mode takes the absent for gone. None in partial mode, and none of a re-run.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) tables: Vec<Table>,
    families: Vec<Family>,
    /// The one school that the upload is for.
    school: Option<OrgNo>,
}

impl Scope {
    pub(super) fn of(sync: &Sync, profile: &Profile, roster: &Roster) -> Self {
        let school = sync.org.as_deref().and_then(|o| roster.org_by_external_id(o));
        let school = school.filter(|o| roster.org(*o).is_some_and(|o| o.kind == OrgKind::School));
        let (tables, families) = match sync.mode {
            _ if !matches!(sync.kind, crate::ledger::SyncKind::Import) => (Vec::new(), Vec::new()),
            Mode::Partial => (Vec::new(), Vec::new()),
            Mode::Full => (brings(profile), Family::ALL.to_vec()),
            Mode::Students => (brings(profile), vec![Family::Students]),
            Mode::Staff => (brings(profile), vec![Family::Staff]),
        };
        let people = matches!(sync.mode, Mode::Students | Mode::Staff);
        Self { tables: tables.into_iter().filter(|t| !people || *t == Table::People).collect(), families, school }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Whether a record could be absent at all, were it this feed's.
    pub(super) fn covers(&self, table: Table, record: &[u8]) -> bool {
        self.tables.contains(&table) && (table != Table::People || self.families.contains(&PersonRef::new(record).role().family()))
    }
}

/// The tables of which a profile's rows bring records.
fn brings(profile: &Profile) -> Vec<Table> {
    let has = |wanted: fn(&Target) -> bool| profile.columns.iter().any(|c| wanted(&c.to));
    let courses = has(|t| matches!(t, Target::Course(_)));
    match profile.rows {
        RowShape::Org => vec![Table::Orgs],
        RowShape::Session => Vec::new(),
        RowShape::Person if has(|t| *t == Target::Agents) => vec![Table::People, Table::Links],
        RowShape::Person => vec![Table::People],
        RowShape::Guardian => vec![Table::People, Table::Links],
        RowShape::Course if has(|t| matches!(t, Target::Class(_))) => vec![Table::Courses, Table::Classes],
        RowShape::Course => vec![Table::Courses],
        RowShape::Class if courses && has(|t| *t == Target::Teacher) => vec![Table::Courses, Table::Classes, Table::Enrollments],
        RowShape::Class if courses => vec![Table::Courses, Table::Classes],
        RowShape::Class if has(|t| *t == Target::Teacher) => vec![Table::Classes, Table::Enrollments],
        RowShape::Class => vec![Table::Classes],
        RowShape::Enrollment => vec![Table::Enrollments],
        RowShape::Assignment => vec![Table::People, Table::Classes, Table::Enrollments],
    }
}

/// What becomes of the absent, in order of entity; the records are added to `bytes`. One pass over the tables of the scope.
pub(super) fn absent(sync: &Sync, scope: &Scope, present: &Present, roster: &Roster, bytes: &mut Vec<u8>) -> Vec<PlannedChange> {
    let mut changes = Vec::new();
    for table in scope.tables.iter().copied() {
        for (slot, record) in roster.table(table).iter() {
            let entity = Entity { table, slot };
            if present.has(entity) || !scope.covers(table, record) || !is_active(table, record) {
                continue;
            }
            let (mine, others) = brought_by(table, record, sync.feed);
            if !mine {
                continue;
            }
            let Some((action, after)) = gone(table, record, sync, scope.school, others, roster) else { continue };
            let start = bytes.len() as u64;
            bytes.extend_from_slice(&after);
            let kind = fields::kind(table, record);
            changes.push(PlannedChange { entity, record: 0, line: 0, action, kind, after: (start, bytes.len() as u64) });
        }
    }
    changes
}

/// What becomes of one absent record; nothing where the file could not have named it.
fn gone(table: Table, record: &[u8], sync: &Sync, school: Option<OrgNo>, others: bool, roster: &Roster) -> Option<(Action, Vec<u8>)> {
    if let Some(school) = school {
        if table == Table::People {
            let mut person = Person::unpack(record)?;
            let share = person.shares.iter_mut().find(|s| s.feed == sync.feed)?;
            if !share.orgs.contains(&school) {
                return None;
            }
            if share.orgs.len() > 1 {
                // Files for the other schools bring the person there.
                share.orgs.retain(|o| *o != school);
                return Some(less(table, record, person.pack()));
            }
        } else {
            let mut there = false;
            orgs(table, record, roster, &mut |o| there |= o == school);
            if !there {
                return None;
            }
        }
    }
    if others {
        return Some(less(table, record, without_feed(table, record, sync.feed)?));
    }
    Some((Action::Disabled, with_status(table, record, Status::Disabled)?))
}

/// Only a share goes: an update where that shows.
fn less(table: Table, before: &[u8], after: Vec<u8>) -> (Action, Vec<u8>) {
    let action = if same_but_for_feeds(table, before, &after) { Action::NoChange } else { Action::Updated };
    (action, after)
}

/// Whoever was absent, was disabled for that, and is back in a file that says nothing of the status is in use again. Who was disabled
/// by a file or by hand stays so.
pub(super) fn back_again(store: &Store, ask: &Ask<'_>, wanted: &mut Wanted) -> Result<(), Failed> {
    let Wanted { sets, bytes } = wanted;
    for set in sets {
        let table = set.table;
        let disabled = set.records.iter().enumerate().filter(|(_, r)| {
            let before = r.slot.and_then(|slot| ask.roster.record(Entity { table, slot }));
            let after = &bytes[r.start as usize..r.start as usize + r.len as usize];
            before.is_some_and(|b| !is_active(table, b)) && (after.is_empty() || !is_active(table, after))
        });
        let disabled: Vec<usize> = disabled.map(|(at, _)| at).collect();
        if disabled.is_empty() {
            continue;
        }
        let silent = present::silent_on_status(ask, set, disabled);
        let absent = for_absence(store, silent.iter().filter_map(|at| set.records[*at].slot.map(|slot| Entity { table, slot })))?;
        for at in silent {
            let wanted = &mut set.records[at];
            let Some(slot) = wanted.slot.filter(|slot| absent.get(&Entity { table, slot: *slot }) == Some(&true)) else { continue };
            let known = ask.roster.record(Entity { table, slot }).unwrap_or_default();
            let after = &bytes[wanted.start as usize..wanted.start as usize + wanted.len as usize];
            let Some(active) = with_status(table, if after.is_empty() { known } else { after }, Status::Active) else { continue };
            (wanted.start, wanted.len) = (bytes.len() as u64, active.len() as u32);
            bytes.extend_from_slice(&active);
        }
    }
    Ok(())
}

/// Of each of those disabled records, whether it was a sync that disabled it for being absent. Reads the journal back until it knows.
fn for_absence(store: &Store, entities: impl Iterator<Item = Entity>) -> Result<HashMap<Entity, bool>, Failed> {
    let mut open: HashSet<Entity> = entities.collect();
    let mut why = HashMap::new();
    for entry in store.entries()?.into_iter().rev() {
        if open.is_empty() {
            break;
        }
        store.changes(entry.position, &mut |change| {
            let table = change.entity.table;
            if open.contains(&change.entity) {
                let active = |record: &Option<Vec<u8>>| record.as_deref().is_some_and(|r| is_active(table, r));
                if active(&change.before) != active(&change.after) || change.before.is_none() {
                    open.remove(&change.entity);
                    // No row brought this change: it is the absence itself.
                    why.insert(change.entity, entry.kind != EntryKind::Edit && change.record == 0 && change.before.is_some());
                }
            }
            !open.is_empty()
        })?;
    }
    Ok(why)
}
