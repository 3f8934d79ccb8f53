//! Local fixes that a file would take back: values that an operator changed on the roster and that the source still has wrong.
//!
//! What happens to them is the feed's: the file wins and it is said, the fix stays while the file repeats what it replaced, or the
//! sync is held. A file that brings something new is the source mended, and needs no word.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Failed;
use super::brought::{same_but_for_feeds, with_fields};
use super::plan::{self, Planned};
use crate::ledger::{Action, Code, EntryKind, Finding, FixPolicy, PlannedChange, Severity, fields};
use crate::roster::{Entity, Roster};
use crate::store::Store;

/// By record and field: the value that was replaced, and by what.
type Fixes = BTreeMap<Entity, BTreeMap<String, (String, String)>>;

/// Every value that stands on the roster because somebody changed it by hand, as far as the journal says.
fn made(store: &Store, roster: &Roster) -> Result<Fixes, Failed> {
    let mut fixes = Fixes::new();
    for entry in store.entries()?.iter().filter(|e| e.kind == EntryKind::Edit) {
        store.changes(entry.position, &mut |change| {
            if change.before.is_none() {
                return true;
            }
            let of = fixes.entry(change.entity).or_default();
            for d in fields::differences(change.entity.table, change.before.as_deref(), change.after.as_deref(), roster) {
                // Changed twice, it is still the source's value that was replaced first.
                let replaced = of.get(&d.field).filter(|(_, fixed)| *fixed == d.before).map_or(d.before, |(replaced, _)| replaced.clone());
                of.insert(d.field, (replaced, d.after));
            }
            true
        })?;
    }
    Ok(fixes)
}

/// SAF-508, where the plan or the absence puts back values that were changed by hand: the very ones that were replaced then. Under
/// [`FixPolicy::Keep`] they are taken out of the plan.
pub(super) fn stand(
    store: &Store,
    planned: &mut Planned,
    absent: &mut Vec<PlannedChange>,
    roster: &Roster,
    policy: FixPolicy,
) -> Result<Option<Finding>, Failed> {
    let fixes = made(store, roster)?;
    if fixes.is_empty() {
        return Ok(None);
    }
    let (mut count, mut names) = (0, BTreeSet::new());
    // Of the records with such values: those fields.
    let mut theirs: HashMap<Entity, Vec<String>> = HashMap::new();
    for change in planned.plan.changes.iter().chain(absent.iter()) {
        let Some(of) = fixes.get(&change.entity) else { continue };
        for d in fields::differences(change.entity.table, roster.record(change.entity), Some(planned.plan.after(change)), roster) {
            if of.get(&d.field).is_some_and(|(replaced, fixed)| *fixed == d.before && *replaced == d.after) {
                count += 1;
                names.insert(d.field.clone());
                theirs.entry(change.entity).or_default().push(d.field);
            }
        }
    }
    if count == 0 {
        return Ok(None);
    }
    let names: Vec<String> = names.into_iter().collect();
    let finding = Finding::of_file(Code::SAF_508).with("n", count).with("fields", names.join(", "));
    Ok(Some(match policy {
        FixPolicy::File => finding,
        FixPolicy::Ask => finding.as_bad_as(Severity::Hold),
        FixPolicy::Keep => {
            keep(planned, absent, roster, &theirs);
            finding.with("kept", "They stay, as the feed says").as_bad_as(Severity::Info)
        }
    }))
}

/// Leaves those fields as they are on the roster.
fn keep(planned: &mut Planned, absent: &mut Vec<PlannedChange>, roster: &Roster, theirs: &HashMap<Entity, Vec<String>>) {
    // Whoever was put back in use by hand while the file does not have them stays in use.
    absent.retain(|c| !theirs.contains_key(&c.entity));
    let mut changes = std::mem::take(&mut planned.plan.changes);
    changes.retain_mut(|change| {
        let Some(names) = theirs.get(&change.entity) else { return true };
        let (table, before) = (change.entity.table, roster.record(change.entity).unwrap_or_default());
        let Some(after) = with_fields(table, planned.plan.after(change), before, names) else { return true };
        let start = planned.plan.bytes.len() as u64;
        planned.plan.bytes.extend_from_slice(&after);
        change.after = (start, planned.plan.bytes.len() as u64);
        if change.action == Action::Updated && same_but_for_feeds(table, before, &after) {
            change.action = Action::NoChange;
            let tally = planned.counts.of_mut(change.kind);
            (tally.updated, tally.unchanged) = (tally.updated.saturating_sub(1), tally.unchanged + 1);
            plan::decided(&mut planned.outcomes, change.record, Action::NoChange);
        }
        after != before
    });
    planned.plan.changes = changes;
}
