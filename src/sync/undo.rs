//! Undo: puts back what a sync changed, where nobody changed it since.
//!
//! Field by field: what was changed since is left and said (RUN-605). What the sync created is removed if nothing later
//! refers to it or changed it. Undo is itself an entry of the journal, and can be undone.

use std::collections::{BTreeMap, HashSet};

use super::brought::{with_feeds_back, with_fields};
use super::{Done, Failed, Runner, by_school};
use crate::ledger::{
    Action, Change, Code, Counts, Entry, EntryKind, Finding, Plan, PlannedChange, Sync, SyncKind, SyncNo, SyncStatus, fields,
};
use crate::roster::{Class, Course, Enrollment, Entity, FeedNo, Field, Link, Org, Person, PersonRef, Roster, Table, unpack};
use crate::store::{Commit, Store};

impl Runner<'_> {
    /// Undoes a sync; with `dry_run` only says what would be put back and what must be left, and changes nothing.
    pub fn undo(&mut self, roster: &Roster, number: SyncNo, dry_run: bool) -> Result<Done, Failed> {
        let of = self.known(number)?;
        if of.applied_at.is_none() || !of.stands() {
            let what = format!("{number} is {}; it changed nothing that could be undone.", of.status.words().to_lowercase());
            return Err(Failed::Usage(what, "See what was applied with: homeroom syncs".into()));
        }
        let (tell, title) = (&mut *self.tell, of.file.clone());
        let mut tell = |done: u64, total: u64| tell(super::Step { sync: number, step: "planning", title: title.clone(), done, total });
        let Undoing { plan, counts, left } = undoing(self.store, roster, &of, &mut tell)?;
        let shares = by_school(plan.changes.iter().map(|c| (c.entity, roster.record(c.entity), Some(plan.after(c)))), roster);
        let left: Vec<Finding> = left.into_iter().map(|l| l.finding).collect();
        let mut sync = Sync {
            number: SyncNo(0),
            kind: SyncKind::Undo { of: number },
            status: SyncStatus::DryRun,
            dry_run,
            started: (self.now)(),
            ended: None,
            by: self.by.clone(),
            rows: 0,
            rows_with_errors: 0,
            counts,
            errors: left.len() as u64,
            warnings: 0,
            infos: 0,
            hold: None,
            plan: None,
            set: None,
            applied_at: None,
            undone_by: None,
            note: None,
            ..of.clone()
        };
        if dry_run {
            // A preview leaves no trace: nobody has to apply or abandon it.
            sync.ended = Some((self.now)());
            return Ok(Done { sync, roster: roster.clone(), by_school: shares, left });
        }
        sync.status = SyncStatus::InProgress;
        let mut sync = self.store.new_sync(|n| Sync { number: n, ..sync })?;
        sync.status = if left.is_empty() { SyncStatus::Completed } else { SyncStatus::CompletedWithErrors };
        sync.ended = Some((self.now)());
        sync.applied_at = Some(self.store.position() + 1);
        let mut syncs = vec![sync.clone(), Sync { status: SyncStatus::Undone, undone_by: Some(sync.number), ..of.clone() }];
        if let SyncKind::Undo { of: first } = of.kind
            && let Some(first) = self.store.sync(first)?
        {
            // An undo undone: what it had undone stands again.
            // Removals that still waited then do so no more: the file is to be imported again for them.
            let status = if first.rows_with_errors > 0 { SyncStatus::CompletedWithErrors } else { SyncStatus::Completed };
            syncs.push(Sync { status, undone_by: None, ..first });
        }
        let mut run = self.store.begin_run(sync.number)?;
        left.iter().try_for_each(|f| run.finding(f))?;
        let entry = Entry {
            position: 0,
            kind: EntryKind::Undo,
            sync: Some(sync.number),
            feed: sync.feed,
            by: self.by.clone(),
            at: (self.now)(),
            changes: plan.changes.len() as u64,
        };
        let roster = self.store.commit(Commit { run: Some(run), syncs: &syncs, entry, roster, plan: &plan })?;
        Ok(Done { sync, roster, by_school: shares, left })
    }
}

/// What undoing a sync would do to a roster.
#[derive(Debug, Default)]
pub struct Undoing {
    /// What would be put back, or removed.
    pub plan: Plan,
    /// The same, counted: updated is put back, disabled is removed.
    pub counts: Counts,
    /// What must be left.
    pub left: Vec<Left>,
}

/// A field, or a whole record, that an undo leaves as it is (RUN-605).
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// The record.
    pub entity: Entity,
    /// The field; empty for the record as a whole.
    pub field: String,
    /// What would have been put back; empty where it is the record.
    pub back: String,
    /// Why it is left, in words.
    pub why: &'static str,
    /// The same as a finding.
    pub finding: Finding,
}

/// Works out what undoing an applied sync would do to that roster. `tell` gets changes done and in all now and then, and says whether to
/// go on; if it says no, the error is [`Failed::Cancelled`].
pub fn undoing(store: &Store, roster: &Roster, of: &Sync, tell: &mut dyn FnMut(u64, u64) -> bool) -> Result<Undoing, Failed> {
    let mut plan = Plan { position: roster.position(), ..Plan::default() };
    let mut counts = Counts::default();
    let mut left = Vec::new();
    let positions = super::applied(store, of)?;
    let mut created = HashSet::new();
    for position in &positions {
        store.changes(*position, &mut |change| {
            if change.before.is_none() && change.after.as_deref() == roster.record(change.entity) {
                created.insert(change.entity);
            }
            true
        })?;
    }
    let referred = Referred::of(roster, &created);
    let mut done = 0u64;
    let total = store.entries()?.iter().filter(|e| positions.contains(&e.position)).map(|e| e.changes).sum();
    let mut going_on = true;
    let mut go_on = |done: u64| {
        if done.is_multiple_of(4096) {
            going_on = going_on && tell(done, total);
        }
        going_on
    };
    // Removals that were approved later are a second entry, the smaller one; whatever is in both is one change.
    let mut second: BTreeMap<Entity, Change> = BTreeMap::new();
    for position in positions.iter().skip(1) {
        store.changes(*position, &mut |change| {
            done += 1;
            let before = second.remove(&change.entity).map_or(change.before.clone(), |c| c.before);
            second.insert(change.entity, Change { before, ..change });
            go_on(done)
        })?;
    }
    if let Some(position) = positions.first() {
        store.changes(*position, &mut |change| {
            done += 1;
            let whole = match second.remove(&change.entity) {
                Some(later) => Change { after: later.after, ..change },
                None => change,
            };
            put_back(&whole, roster, &referred, &mut plan, &mut counts, &mut left);
            go_on(done)
        })?;
    }
    for change in second.values() {
        put_back(change, roster, &referred, &mut plan, &mut counts, &mut left);
    }
    plan.changes.sort_unstable_by_key(|c| c.entity);
    if !going_on {
        return Err(Failed::Cancelled(None));
    }
    Ok(Undoing { plan, counts, left })
}

/// Of what an undo would remove, what others refer to that stay.
struct Referred(HashSet<Entity>);

impl Referred {
    /// `removing` are the records that would go if nobody referred to them. Those that go themselves keep nothing.
    fn of(roster: &Roster, removing: &HashSet<Entity>) -> Self {
        let mut referred = HashSet::new();
        if removing.is_empty() {
            return Self(referred);
        }
        // Nothing refers to a later table: from the last to the first, whatever refers to a record has been decided before it.
        for table in Table::ALL.into_iter().rev() {
            loop {
                let before = referred.len();
                for (slot, record) in roster.table(table).iter() {
                    let entity = Entity { table, slot };
                    if !removing.contains(&entity) || referred.contains(&entity) {
                        refers(table, record, &mut |to| {
                            if removing.contains(&to) {
                                referred.insert(to);
                            }
                        });
                    }
                }
                // Only organizations refer to their own table.
                if table != Table::Orgs || referred.len() == before {
                    break;
                }
            }
        }
        Self(referred)
    }
}

/// Calls `to` with each record that a record refers to.
fn refers(table: Table, record: &[u8], to: &mut dyn FnMut(Entity)) {
    match table {
        Table::Orgs => unpack::<Org>(record).and_then(|o| o.parent).into_iter().for_each(|o| to(o.into())),
        Table::People => PersonRef::new(record).each_share(|_, org| to(org.into())),
        Table::Courses => unpack::<Course>(record).and_then(|c| c.org).into_iter().for_each(|o| to(o.into())),
        Table::Classes => {
            let Some(class) = unpack::<Class>(record) else { return };
            class.org.into_iter().for_each(|o| to(o.into()));
            class.course.into_iter().for_each(|c| to(c.into()));
        }
        Table::Enrollments => {
            let Some(e) = unpack::<Enrollment>(record) else { return };
            to(e.person.into());
            to(e.class.into());
        }
        Table::Links => {
            let Some(link) = unpack::<Link>(record) else { return };
            to(link.guardian.into());
            to(link.student.into());
        }
    }
}

fn put_back(change: &Change, roster: &Roster, referred: &Referred, plan: &mut Plan, counts: &mut Counts, left: &mut Vec<Left>) {
    let table = change.entity.table;
    let now = roster.record(change.entity);
    let (before, after) = (change.before.as_deref(), change.after.as_deref());
    if now == before {
        return;
    }
    let key = fields::key_and_name(table, now.or(after).or(before).unwrap_or_default()).0;
    let leave = |field: &str, back: String, why: &'static str, left: &mut Vec<Left>| {
        let said = if field.is_empty() { format!("the record: {why}") } else { field.to_owned() };
        let mut finding =
            Finding::of_file(Code::RUN_605).with("k", &key).with("field", &said).with("who", "a later change").in_column(&said);
        finding.key = Some(key.clone());
        finding.line = (change.line > 0).then_some(change.line);
        left.push(Left { entity: change.entity, field: field.to_owned(), back, why, finding });
    };
    let record = |why, left: &mut Vec<Left>| leave("", String::new(), why, left);
    let whole = now == after;
    match (before, now) {
        (None, Some(_)) if whole && !referred.0.contains(&change.entity) => push(plan, counts, change, Action::Skipped, now, None),
        (None, Some(_)) if whole => record("others refer to it", left),
        (None, _) => record("it was changed", left),
        (Some(before), _) if whole => push(plan, counts, change, Action::Updated, now, Some(before)),
        (Some(_), None) => record("it was removed", left),
        (Some(before), Some(now)) => {
            let mut field = |field: &str, back: String| leave(field, back, "it was changed since", left);
            let Some(mixed) = mix(table, before, after.unwrap_or_default(), now, roster, &mut field) else { return };
            if mixed != now {
                push(plan, counts, change, Action::Updated, Some(now), Some(&mixed));
            }
        }
    }
}

fn push(plan: &mut Plan, counts: &mut Counts, change: &Change, action: Action, now: Option<&[u8]>, after: Option<&[u8]>) {
    let kind = fields::kind(change.entity.table, now.or(after).unwrap_or_default());
    let tally = counts.of_mut(kind);
    match (now, after) {
        (_, None) => tally.disabled += 1,
        (None, Some(_)) => tally.created += 1,
        _ => tally.updated += 1,
    }
    let start = plan.bytes.len() as u64;
    plan.bytes.extend_from_slice(after.unwrap_or_default());
    plan.changes.push(PlannedChange {
        entity: change.entity,
        record: change.record,
        line: change.line,
        action,
        kind,
        after: (start, plan.bytes.len() as u64),
    });
}

/// The record as it is now, with those fields put back that are still as the change left them.
fn mix(table: Table, before: &[u8], after: &[u8], now: &[u8], roster: &Roster, leave: &mut dyn FnMut(&str, String)) -> Option<Vec<u8>> {
    if table == Table::People {
        let (b, a, mut n) = (Person::unpack(before)?, Person::unpack(after)?, Person::unpack(now)?);
        let mut names = Vec::new();
        for field in Field::ALL {
            let of = |p: &Person| fields::person_field(p, *field, roster);
            if *field == Field::Orgs {
                // Share by share: what another feed brings is not this sync's to take away.
                if !put_shares_back(&b, &a, &mut n) {
                    leave(field.name(), of(&b));
                }
            } else if of(&b) != of(&a) {
                if of(&n) == of(&a) {
                    names.push(field.name().to_owned());
                } else {
                    leave(field.name(), of(&b));
                }
            }
        }
        return with_fields(table, &n.pack(), before, &names);
    }
    let of = |record: &[u8]| fields::fields(table, record, roster);
    let value = |all: &[(&str, String)], name: &str| all.iter().find(|f| f.0 == name).map(|f| f.1.clone()).unwrap_or_default();
    let (n, a) = (of(now), of(after));
    let mut names = Vec::new();
    for d in fields::differences(table, Some(before), Some(after), roster) {
        if value(&n, &d.field) == value(&a, &d.field) {
            names.push(d.field);
        } else {
            leave(&d.field, d.before);
        }
    }
    with_feeds_back(table, &with_fields(table, now, before, &names)?, before, after)
}

/// Puts each feed's share back that is still as the change left it; whether all were.
fn put_shares_back(before: &Person, after: &Person, now: &mut Person) -> bool {
    let share = |p: &Person, feed: FeedNo| p.shares.iter().find(|s| s.feed == feed).cloned();
    let mut feeds: Vec<FeedNo> = before.shares.iter().chain(&after.shares).map(|s| s.feed).collect();
    feeds.sort_unstable();
    feeds.dedup();
    let mut whole = true;
    for feed in feeds {
        let (b, a) = (share(before, feed), share(after, feed));
        if b == a {
            continue;
        }
        if share(now, feed) != a {
            whole = false;
            continue;
        }
        now.shares.retain(|s| s.feed != feed);
        if let Some(b) = b {
            now.set_share(feed, b.orgs);
        }
    }
    whole
}
