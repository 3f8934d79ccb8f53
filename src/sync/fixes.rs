//! Local fixes that a file takes back: values that an operator changed on the roster and that the source still has wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::Failed;
use crate::ledger::{Code, EntryKind, Finding, Plan, fields};
use crate::roster::{Entity, Roster};
use crate::store::Store;

/// SAF-508, where the plan puts back values that were changed by hand: the same ones that were replaced then. The file wins; a
/// file that brings something new is the source mended, and needs no word.
pub(super) fn overwritten(store: &Store, plan: &Plan, roster: &Roster) -> Result<Option<Finding>, Failed> {
    let mut fixes: BTreeMap<Entity, BTreeMap<String, (String, String)>> = BTreeMap::new();
    for entry in store.entries()?.iter().filter(|e| e.kind == EntryKind::Edit) {
        store.changes(entry.position, &mut |change| {
            let differences = fields::differences(change.entity.table, change.before.as_deref(), change.after.as_deref(), roster);
            let of = fixes.entry(change.entity).or_default();
            of.extend(differences.into_iter().map(|d| (d.field, (d.before, d.after))));
            true
        })?;
    }
    if fixes.is_empty() {
        return Ok(None);
    }
    let (mut count, mut names) = (0, BTreeSet::new());
    for change in &plan.changes {
        let Some(of) = fixes.get(&change.entity) else { continue };
        for d in fields::differences(change.entity.table, roster.record(change.entity), Some(plan.after(change)), roster) {
            if of.get(&d.field).is_some_and(|(replaced, fixed)| *fixed == d.before && *replaced == d.after) {
                count += 1;
                names.insert(d.field);
            }
        }
    }
    let names: Vec<String> = names.into_iter().collect();
    Ok((count > 0).then(|| Finding::of_file(Code::SAF_508).with("n", count).with("fields", names.join(", "))))
}
