//! The blast radius of a plan: what it does to each school, kind by kind, and how much of what the school has that is.

use std::collections::BTreeMap;

use super::office::{Office, lock};
use super::{KindShare, SchoolShare, Trouble, TroubleSort};
use crate::ledger::{HoldLimits, Sync, SyncNo, SyncStatus, Tally, fields};
use crate::roster::{Class, ClassNo, Enrollment, Family, Kind, Link, OrgNo, PersonNo, PersonRef, Roster, Table, unpack};
use crate::sync::{Reach, Share, by_school, is_active};

/// Bytes of a file up to which a plan is worked out again whenever the sync is looked at. Beyond, it is where the shares are asked for.
const REPLANNED: u64 = 4 << 20;

/// Changes of an applied sync that are looked at.
const MOST: usize = 200_000;

/// How many in use of each kind each school has: by number, one more than the organization's; 0 for records without one.
pub(super) struct AtSchools(Vec<[u64; Kind::ALL.len()]>);

impl AtSchools {
    /// How many of a kind one has.
    pub(super) fn of(&self, org: Option<OrgNo>, kind: Kind) -> u64 {
        self.0.get(place(org)).map_or(0, |kinds| kinds[kind as usize])
    }

    fn add(&mut self, org: Option<OrgNo>, kind: Kind) {
        if let Some(kinds) = self.0.get_mut(place(org)) {
            kinds[kind as usize] += 1;
        }
    }
}

fn place(org: Option<OrgNo>) -> usize {
    org.map_or(0, |o| o.0 as usize + 1)
}

/// Whether a sync waits for somebody to look at its plan.
fn waits(sync: &Sync) -> bool {
    matches!(sync.status, SyncStatus::DryRun | SyncStatus::Held)
}

impl Office {
    /// What a sync that waits would do to each school, as far as it can be told at once. Of others nobody asks it with the sync.
    pub(super) fn shares_at_once(&self, sync: &Sync) -> Result<Vec<SchoolShare>, Trouble> {
        if !waits(sync) {
            return Ok(Vec::new());
        }
        if let Some(shares) = self.known_shares(sync.number) {
            return Ok(shares);
        }
        let size = match &sync.upload {
            Some(hash) => self.store.upload(hash)?.map_or(u64::MAX, |u| u.size),
            None => u64::MAX,
        };
        if size > REPLANNED { Ok(Vec::new()) } else { self.shares_of_waiting(sync) }
    }

    /// What a sync does, or did, to each school, however long it takes to work out.
    pub(super) fn shares(&self, number: SyncNo) -> Result<Vec<SchoolShare>, Trouble> {
        let sync = self.sync_of(number)?;
        match self.known_shares(number) {
            Some(shares) => Ok(shares),
            None if waits(&sync) => self.shares_of_waiting(&sync),
            None => self.shares_of_applied(&sync),
        }
    }

    /// Those that were worked out against the roster as it is.
    fn known_shares(&self, number: SyncNo) -> Option<Vec<SchoolShare>> {
        let position = self.roster().position();
        lock(&self.views).shares.get(&number).filter(|s| s.0 == position).map(|s| s.1.clone())
    }

    fn shares_of_applied(&self, sync: &Sync) -> Result<Vec<SchoolShare>, Trouble> {
        let roster = self.roster();
        let mut changes = Vec::new();
        for position in crate::sync::applied(&self.store, sync).map_err(|f| Trouble::new(TroubleSort::Store, f.to_string(), ""))? {
            self.store.changes(position, &mut |c| {
                changes.push((c.entity, c.before, c.after));
                changes.len() < MOST
            })?;
        }
        let shares = by_school(changes.iter().map(|(e, b, a)| (*e, b.as_deref(), a.as_deref()) as Reach<'_>), &roster);
        Ok(self.named_shares(sync, shares))
    }

    /// What a plan that waits would do to each school, where this desk did not make it itself: worked out again.
    fn shares_of_waiting(&self, sync: &Sync) -> Result<Vec<SchoolShare>, Trouble> {
        let roster = self.roster_for(sync)?;
        // A file that cannot be read any more says so when it is approved.
        let Ok(plan) = self.waiting_plan(sync, &roster) else { return Ok(Vec::new()) };
        let shares = by_school(plan.changes.iter().map(|c| (c.entity, roster.record(c.entity), Some(plan.after(c)))), &roster);
        Ok(self.named_shares(sync, shares))
    }

    /// What approving a sync would change now.
    pub(super) fn waiting_plan(&self, sync: &Sync, roster: &Roster) -> Result<crate::ledger::Plan, Trouble> {
        crate::sync::preview(&self.store, &self.profiles, roster, sync).map_err(|f| Trouble::new(TroubleSort::Usage, f.to_string(), ""))
    }

    /// Names the schools, weighs each share, and remembers them: the school of which most people change first.
    pub(super) fn named_shares(&self, sync: &Sync, shares: Vec<Share>) -> Vec<SchoolShare> {
        if shares.is_empty() {
            return Vec::new();
        }
        let mut roster = self.roster();
        // A dry run of a set may name schools that only the files before it would bring.
        if shares.iter().any(|s| s.org.is_some_and(|o| roster.org(o).is_none())) {
            roster = self.roster_for(sync).unwrap_or(roster);
        }
        let limits = self.store.feed(&sync.feed_name).ok().flatten().map_or_else(HoldLimits::default, |f| f.limits);
        let has = self.at_schools(&roster);
        // What was applied stands in the counts of now.
        let applied = sync.applied_at.is_some() && !sync.removals_wait();
        let mut named: BTreeMap<Option<OrgNo>, SchoolShare> = BTreeMap::new();
        for share in shares {
            let now = has.of(share.org, share.kind);
            let before = if applied { (now + share.lost).saturating_sub(share.gained) } else { now };
            let school = named.entry(share.org).or_insert_with(|| SchoolShare {
                org: share.org,
                name: share.org.and_then(|o| roster.org(o)).map_or_else(|| "(no school)".into(), |o| o.name.clone()),
                tally: Tally::default(),
                people: 0,
                kinds: Vec::new(),
            });
            if matches!(share.kind, Kind::Staff | Kind::Students | Kind::Guardians) {
                school.tally.created += share.gained;
                school.tally.updated += share.changed;
                school.tally.disabled += share.lost;
            }
            school.kinds.push(KindShare::weighed(&share_of(&share, before), limits));
        }
        for school in named.values_mut() {
            school.people = has.of(school.org, Kind::Staff) + has.of(school.org, Kind::Students);
        }
        let mut named: Vec<SchoolShare> = named.into_values().collect();
        let people = |s: &SchoolShare| s.tally.created + s.tally.updated + s.tally.disabled;
        named.sort_by_key(|s| (std::cmp::Reverse(people(s)), s.org));
        if sync.number != SyncNo(0) {
            lock(&self.views).shares.insert(sync.number, (self.roster().position(), named.clone()));
        }
        named
    }

    /// How many in use of each kind each school has: one pass over the roster for each state of it.
    pub(super) fn at_schools(&self, roster: &Roster) -> std::sync::Arc<AtSchools> {
        if let Some((_, known)) = lock(&self.views).at_schools.as_ref().filter(|k| k.0 == roster.position()) {
            return known.clone();
        }
        let counted = std::sync::Arc::new(count(roster));
        lock(&self.views).at_schools = Some((roster.position(), counted.clone()));
        counted
    }
}

fn share_of(share: &Share, has: u64) -> KindShare {
    KindShare { kind: share.kind, gained: share.gained, changed: share.changed, lost: share.lost, has, small: false, alarm: false }
}

fn count(roster: &Roster) -> AtSchools {
    let mut has = AtSchools(vec![Default::default(); roster.table(Table::Orgs).len() + 1]);
    let classes: Vec<Option<OrgNo>> = (0..roster.table(Table::Classes).len() as u32)
        .map(|n| roster.table(Table::Classes).get(n).and_then(unpack::<Class>).and_then(|c| c.org))
        .collect();
    let class_at = |n: ClassNo| classes.get(n.0 as usize).copied().flatten();
    let mut at = Vec::new();
    for table in Table::ALL {
        for (slot, record) in roster.table(table).iter().filter(|(_, r)| is_active(table, r)) {
            at.clear();
            match table {
                Table::Orgs => at.push(Some(OrgNo(slot))),
                Table::People => people_at(roster, PersonNo(slot), PersonRef::new(record), &mut at),
                Table::Courses => at.push(unpack::<crate::roster::Course>(record).and_then(|c| c.org)),
                Table::Classes => at.push(class_at(ClassNo(slot))),
                Table::Enrollments => at.push(unpack::<Enrollment>(record).and_then(|e| class_at(e.class))),
                Table::Links => {
                    if let Some(student) = unpack::<Link>(record).and_then(|l| roster.person(l.student)) {
                        own(student, &mut at);
                    }
                    if at.is_empty() {
                        at.push(None);
                    }
                }
            }
            let kind = fields::kind(table, record);
            for org in &at {
                has.add(*org, kind);
            }
        }
    }
    has
}

fn own(person: PersonRef<'_>, to: &mut Vec<Option<OrgNo>>) {
    person.each_share(|_, org| {
        if !to.contains(&Some(org)) {
            to.push(Some(org));
        }
    });
}

fn people_at(roster: &Roster, number: PersonNo, person: PersonRef<'_>, to: &mut Vec<Option<OrgNo>>) {
    own(person, to);
    if to.is_empty() && person.role().family() == Family::Guardians {
        for (_, student) in roster.relations().of_guardian(number) {
            if let Some(student) = roster.person(*student) {
                own(student, to);
            }
        }
    }
    if to.is_empty() {
        to.push(None);
    }
}
