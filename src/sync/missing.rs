//! Schools that a mapping names and of which a file has not one row: REF-309. An export that is not whole shows there first, however
//! small the school.

use std::collections::{BTreeSet, HashSet};

use super::absent::Present;
use super::brought::orgs;
use super::plan::Planned;
use crate::check::Ask;
use crate::feed::Target;
use crate::ledger::{Code, Finding};
use crate::roster::{ClassField, CourseField, Entity, Field, OrgNo, PersonRef, Roster, Table};

/// What is said where the mapping gives schools to values of the file, and no right row, nor a refused one of a known record, is for
/// one of them. `None` without such a mapping.
pub(super) fn missing(ask: &Ask<'_>, planned: &Planned, present: &Present) -> Option<Finding> {
    let roster = ask.roster;
    let mut left = mapped(ask);
    if left.is_empty() {
        return None;
    }
    let mut changed = HashSet::new();
    for change in &planned.plan.changes {
        changed.insert(change.entity);
        brings(change.entity.table, planned.plan.after(change), ask, &mut |org| _ = left.remove(&org));
    }
    for table in [Table::People, Table::Courses, Table::Classes] {
        for (slot, record) in roster.table(table).iter() {
            let entity = Entity { table, slot };
            if present.has(entity) && !changed.contains(&entity) {
                brings(table, record, ask, &mut |org| _ = left.remove(&org));
            }
        }
    }
    let names: Vec<String> = left.iter().filter_map(|o| roster.org(*o)).map(|o| format!("{} {}", o.external_id, o.name)).collect();
    (!names.is_empty()).then(|| Finding::of_file(Code::REF_309).with("list", names.join(", ")))
}

/// The organizations that the mapping knows values of the file for.
fn mapped(ask: &Ask<'_>) -> BTreeSet<OrgNo> {
    let to_org = |to: Target| matches!(to, Target::Person(Field::Orgs) | Target::Course(CourseField::Org) | Target::Class(ClassField::Org));
    let columns = ask.profile.columns.iter().zip(&ask.columns.mapped).filter(|(c, _)| to_org(c.to));
    let ids = columns.flat_map(|(_, mapped)| mapped.values.values());
    ids.filter_map(|id| ask.roster.org_by_external_id(std::str::from_utf8(id).ok()?)).collect()
}

/// Where this feed has a record.
fn brings(table: Table, record: &[u8], ask: &Ask<'_>, each: &mut dyn FnMut(OrgNo)) {
    let roster: &Roster = ask.roster;
    if table == Table::People {
        PersonRef::new(record).each_share(|feed, org| {
            if feed == ask.feed {
                each(org);
            }
        });
    } else {
        orgs(table, record, roster, each);
    }
}
