//! SAF-506: nobody may be locked out. The last administrator in use stays, and so does the account of whoever runs the sync.

use std::collections::HashSet;

use super::plan::{self, Planned};
use crate::ledger::{Action, Actor, Code, Finding, PlannedChange};
use crate::roster::{Entity, PersonRef, Roster, Status, Table, Text};

fn administers(record: &[u8]) -> bool {
    let person = PersonRef::new(record);
    person.role().is_admin() && person.status() == Status::Active
}

/// Takes out of a plan, and out of what becomes of the absent, what would disable the last administrators or the operator's own
/// account. What is said goes to the rows that would have done it; of the absent to the file.
pub(super) fn kept_in(planned: &mut Planned, absent: &mut Vec<PlannedChange>, roster: &Roster, by: &Actor) -> Vec<Finding> {
    let before = |c: &PlannedChange| roster.record(c.entity).unwrap_or_default();
    let of_people = |c: &&PlannedChange| c.entity.table == Table::People;
    let plan = &planned.plan;
    let all = || plan.changes.iter().chain(absent.iter()).filter(of_people);
    let lost = all().filter(|c| administers(before(c)) && !administers(plan.after(c))).count();
    if lost == 0 {
        return Vec::new();
    }
    let gained = all().filter(|c| !administers(before(c)) && administers(plan.after(c))).count();
    let there = roster.people().filter(|(_, p)| administers(p.bytes())).count();
    let none_left = there + gained == lost;
    let disables = |c: &PlannedChange| {
        c.entity.table == Table::People && administers(before(c)) && PersonRef::new(plan.after(c)).status() == Status::Disabled
    };
    let yourself = |c: &PlannedChange| !by.0.is_empty() && PersonRef::new(before(c)).text(Text::Username) == by.0;
    let stays = |c: &PlannedChange| disables(c) && (none_left || yourself(c));
    let said = |c: &PlannedChange| {
        let person = PersonRef::new(before(c));
        let who = if none_left { "the last administrator" } else { "yourself" };
        let who = format!("{who}, {} ({})", person.name(), person.text(Text::SourcedId));
        let mut finding = Finding::of_file(Code::SAF_506).with("who", who);
        finding.key = Some(person.text(Text::SourcedId).to_owned()).filter(|k| !k.is_empty());
        if c.record > 0 {
            // The row differs from the line only below cells of several lines.
            (finding.record, finding.line, finding.row) = (Some(c.record), Some(c.line), Some(c.line));
        }
        finding
    };
    let kept: Vec<PlannedChange> = all().filter(|c| stays(c)).cloned().collect();
    let findings = kept.iter().map(said).collect();
    let entities: HashSet<Entity> = kept.iter().map(|c| c.entity).collect();
    let is_kept = |c: &PlannedChange| entities.contains(&c.entity);
    absent.retain(|c| !is_kept(c));
    planned.plan.changes.retain(|c| !is_kept(c));
    for change in kept.iter().filter(|c| c.record > 0) {
        let tally = planned.counts.of_mut(change.kind);
        tally.updated = tally.updated.saturating_sub(1);
        tally.errors += 1;
        plan::decided(&mut planned.outcomes, change.record, Action::Refused);
    }
    findings
}
