//! Feeds: set up under a number that stays theirs, and taken away.

use std::collections::BTreeSet;

use super::{Failed, Runner};
use crate::ledger::{Action, Entry, EntryKind, Feed, Plan, PlannedChange, SyncKind, SyncStatus, fields};
use crate::roster::{Class, Course, Enrollment, Entity, FeedNo, Link, Org, OrgNo, PersonRef, Roster, Table, pack, unpack};
use crate::store::{Commit, Store};

/// Keeps a feed; under the number of `replaces` where that names one, so that what it brought stays its own. What is right in it
/// is judged before.
pub fn put_feed(store: &Store, feed: &Feed, replaces: Option<&str>) -> Result<(), Failed> {
    let no = match replaces.map(|name| number(store, name)).transpose()?.flatten() {
        Some(no) => no,
        None => store.feed_no(&feed.name)?,
    };
    Ok(store.put_feed(no, feed)?)
}

/// The number of a feed's name, if it has one.
pub fn number(store: &Store, name: &str) -> Result<Option<FeedNo>, Failed> {
    Ok(store.feed_names()?.into_iter().find(|(_, n)| n == name).map(|(no, _)| no))
}

impl Runner<'_> {
    /// Takes a feed away. What it alone brought is brought by hand from now on: one journalled change a record, all in one entry.
    /// Stopped in between the feed is still there and brings nothing, and taking it away again ends it.
    pub fn remove_feed(&mut self, roster: &Roster, name: &str) -> Result<Roster, Failed> {
        let Some(no) = number(self.store, name)?.filter(|no| *no != FeedNo::HAND) else {
            return Err(Failed::Usage(format!("There is no feed \"{name}\"."), "See them with: homeroom feeds".into()));
        };
        let waits = |s: &crate::ledger::Sync| {
            s.feed == no && matches!(s.status, SyncStatus::DryRun | SyncStatus::Held) && !matches!(s.kind, SyncKind::Undo { .. })
        };
        if let Some(sync) = self.store.syncs()?.into_iter().find(waits) {
            let what = format!("{} of feed {name} still waits: it is {}.", sync.number, sync.status.words().to_lowercase());
            let n = sync.number.0;
            return Err(Failed::Usage(what, format!("First: homeroom approve {n}, or homeroom abandon {n}.")));
        }
        let plan = by_hand(roster, no);
        let mut after = roster.clone();
        if !plan.is_empty() {
            let entry = Entry {
                position: 0,
                kind: EntryKind::Edit,
                sync: None,
                feed: FeedNo::HAND,
                by: self.by.clone(),
                at: (self.now)(),
                changes: plan.changes.len() as u64,
            };
            after = self.store.commit(Commit { run: None, syncs: &[], entry, roster, plan: &plan })?;
        }
        self.store.remove_feed(no)?;
        Ok(after)
    }
}

/// Every record that a feed brings, as it is without the feed.
fn by_hand(roster: &Roster, no: FeedNo) -> Plan {
    let mut plan = Plan { position: roster.position(), ..Plan::default() };
    for table in Table::ALL {
        for (slot, before) in roster.table(table).iter() {
            let after = match table {
                Table::People => person(before, no),
                Table::Orgs => listed(before, |r: &mut Org| &mut r.feeds, no),
                Table::Courses => listed(before, |r: &mut Course| &mut r.feeds, no),
                Table::Classes => listed(before, |r: &mut Class| &mut r.feeds, no),
                Table::Enrollments => listed(before, |r: &mut Enrollment| &mut r.feeds, no),
                Table::Links => listed(before, |r: &mut Link| &mut r.feeds, no),
            };
            let Some(after) = after else { continue };
            let start = plan.bytes.len() as u64;
            plan.bytes.extend_from_slice(&after);
            plan.changes.push(PlannedChange {
                entity: Entity { table, slot },
                record: 0,
                line: 0,
                action: Action::Updated,
                kind: fields::kind(table, &after),
                after: (start, plan.bytes.len() as u64),
            });
        }
    }
    plan.changes.sort_unstable_by_key(|c| c.entity);
    plan
}

/// A person without a feed: the organizations that no other feed says go to the share of what is by hand, so that nobody moves.
fn person(before: &[u8], no: FeedNo) -> Option<Vec<u8>> {
    let record = PersonRef::new(before);
    if !record.shares().iter().any(|s| s.feed == no) {
        return None;
    }
    let mut person = record.to_person();
    let theirs: BTreeSet<OrgNo> = person.shares.iter().filter(|s| s.feed == no).flat_map(|s| s.orgs.iter().copied()).collect();
    person.shares.retain(|s| s.feed != no);
    let others: BTreeSet<OrgNo> = person.shares.iter().flat_map(|s| s.orgs.iter().copied()).collect();
    let alone: Vec<OrgNo> = theirs.difference(&others).copied().collect();
    if person.shares.is_empty() || !alone.is_empty() {
        let hand = person.shares.iter().find(|s| s.feed == FeedNo::HAND).map(|s| s.orgs.clone()).unwrap_or_default();
        person.set_share(FeedNo::HAND, hand.into_iter().chain(alone));
    }
    Some(person.pack())
}

/// A record that lists its feeds, without one of them.
fn listed<'a, T: serde::Deserialize<'a> + serde::Serialize>(
    before: &'a [u8],
    feeds: impl Fn(&mut T) -> &mut Vec<FeedNo>,
    no: FeedNo,
) -> Option<Vec<u8>> {
    let mut record = unpack::<T>(before)?;
    let list = feeds(&mut record);
    let had = list.len();
    list.retain(|f| *f != no);
    if list.len() == had {
        return None;
    }
    if list.is_empty() {
        list.push(FeedNo::HAND);
    }
    Some(pack(&record))
}
