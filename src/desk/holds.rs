//! Who would be disabled by what is held, and accounts that keep being switched off and on.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::office::{Office, lock};
use super::people::person_row;
use super::rows::named;
use super::{Flip, Page, Removal, Trouble, Waiting, WaitingSort, Window};
use crate::ledger::{EntryKind, Sync, SyncKind, SyncNo, SyncStatus, fields};
use crate::report::number;
use crate::roster::{Class, Course, Enrollment, Entity, FeedNo, Kind, Link, OrgNo, PersonNo, PersonRef, Roster, Table, unpack};
use crate::sync::is_active;

/// How many of a feed's syncs are looked at for flips.
const SYNCS: usize = 10;

/// From so many changes of the status on an account is said to flip.
const FLIPS: u32 = 3;

/// Who would be disabled, in order, by sync and position of the roster.
pub(super) type Removals = (SyncNo, u64, Arc<Vec<Entity>>, Arc<Losses>);

/// How many of each kind each school would lose.
type Losses = HashMap<(Option<OrgNo>, Kind), u64>;

/// The changes of people's status that one entry of the journal made.
pub(super) type Flipped = HashMap<u64, Arc<Vec<PersonNo>>>;

impl Office {
    /// Who would be disabled, the school that loses most first.
    pub(super) fn removals(&self, sync: SyncNo, window: Window) -> Result<Page<Removal>, Trouble> {
        let roster = self.roster();
        let (all, losses) = self.all_removals(sync, &roster)?;
        let has = has_at_schools(&roster, &losses);
        let line = |entity: &Entity| {
            let record = roster.record(*entity).unwrap_or_default();
            let kind = fields::kind(entity.table, record);
            let org = school(entity.table, record, &roster);
            let (mut key, mut name) = fields::key_and_name(entity.table, record);
            if name.is_empty() {
                let of = named(&roster, *entity);
                name = of.title;
                if key.is_empty() {
                    key = of.reference;
                }
            }
            Removal {
                entity: *entity,
                kind,
                key,
                name,
                school: org.and_then(|o| roster.org(o)).map(|o| o.name.clone()).unwrap_or_default(),
                of_school: losses.get(&(org, kind)).copied().unwrap_or(0),
                school_has: has.get(&(org, kind)).copied().unwrap_or(0),
            }
        };
        let total = all.len() as u64;
        let rows = all.iter().skip(window.first as usize).take(window.count.min(total) as usize).map(line).collect();
        Ok(Page { first: window.first, total, unfiltered: total, rows })
    }

    /// Worked out once for a state of the roster: a screen asks for one page after the other.
    fn all_removals(&self, number: SyncNo, roster: &Roster) -> Result<(Arc<Vec<Entity>>, Arc<Losses>), Trouble> {
        let known = lock(&self.views).removals.clone().filter(|r| r.0 == number && r.1 == roster.position());
        if let Some((_, _, all, losses)) = known {
            return Ok((all, losses));
        }
        let sync = self.sync_of(number)?;
        let mut all: Vec<(Option<OrgNo>, Kind, Entity)> = Vec::new();
        if matches!(sync.status, SyncStatus::DryRun | SyncStatus::Held) {
            let plan = self.waiting_plan(&sync, roster)?;
            for change in plan.changes.iter().filter(|c| c.record == 0 && c.action == crate::ledger::Action::Disabled) {
                let record = roster.record(change.entity).unwrap_or_default();
                all.push((school(change.entity.table, record, roster), change.kind, change.entity));
            }
        }
        let mut losses = Losses::new();
        for (org, kind, _) in &all {
            *losses.entry((*org, *kind)).or_default() += 1;
        }
        let of_school = |org: &Option<OrgNo>| Kind::ALL.iter().filter_map(|k| losses.get(&(*org, *k))).sum::<u64>();
        all.sort_by_cached_key(|(org, kind, entity)| {
            let record = roster.record(*entity).unwrap_or_default();
            let (key, name) = fields::key_and_name(entity.table, record);
            (std::cmp::Reverse(of_school(org)), *org, *kind, name, key, *entity)
        });
        let all = Arc::new(all.into_iter().map(|a| a.2).collect::<Vec<_>>());
        let losses = Arc::new(losses);
        lock(&self.views).removals = Some((number, roster.position(), all.clone(), losses.clone()));
        Ok((all, losses))
    }

    /// Accounts that a feed's syncs keep switching off and on, the one that flipped most first.
    pub(super) fn flips(&self) -> Result<Vec<Flip>, Trouble> {
        let roster = self.roster();
        let mut flips = Vec::new();
        for (feed, people) in self.flipping()? {
            for (number, times) in people {
                let Some(record) = roster.person(number) else { continue };
                let history = self.store.history(number.into())?;
                let status = |record: &Option<Vec<u8>>| record.as_deref().map(|r| PersonRef::new(r).status());
                let switched: Vec<_> =
                    history.into_iter().filter(|(_, c)| c.before.is_some() && status(&c.before) != status(&c.after)).collect();
                flips.push(Flip {
                    person: person_row(&roster, number, record),
                    feed: self.feed_name(feed),
                    times,
                    history: self.lines(&switched, &roster),
                });
            }
        }
        flips.sort_by(|a, b| (b.times, &a.person.name, a.person.number).cmp(&(a.times, &b.person.name, b.person.number)));
        Ok(flips)
    }

    /// By feed: whose status its last syncs changed three times or more, and how often.
    fn flipping(&self) -> Result<BTreeMap<FeedNo, Vec<(PersonNo, u32)>>, Trouble> {
        let mut of_feed: BTreeMap<FeedNo, Vec<Sync>> = BTreeMap::new();
        for sync in self.store.syncs()? {
            let of = of_feed.entry(sync.feed).or_default();
            if of.len() < SYNCS && sync.applied_at.is_some() && sync.stands() && !matches!(sync.kind, SyncKind::Undo { .. }) {
                of.push(sync);
            }
        }
        // What only creates and leaves alone switches nobody: a first load need not be read.
        let may = |s: &&Sync| s.counts.total().updated + s.counts.total().disabled > 0;
        let mut flipping = BTreeMap::new();
        let entries = self.store.entries()?;
        for (feed, syncs) in of_feed {
            let numbers: HashSet<SyncNo> = syncs.iter().filter(may).map(|s| s.number).collect();
            if numbers.len() < FLIPS as usize {
                continue;
            }
            let mut times: HashMap<PersonNo, u32> = HashMap::new();
            for entry in entries.iter().filter(|e| e.kind == EntryKind::Sync && e.sync.is_some_and(|s| numbers.contains(&s))) {
                for number in self.flipped(entry.position)?.iter() {
                    *times.entry(*number).or_default() += 1;
                }
            }
            let mut people: Vec<_> = times.into_iter().filter(|t| t.1 >= FLIPS).collect();
            people.sort_unstable();
            if !people.is_empty() {
                flipping.insert(feed, people);
            }
        }
        Ok(flipping)
    }

    /// Whose status an entry of the journal changed. An entry never changes: it is read once.
    fn flipped(&self, position: u64) -> Result<Arc<Vec<PersonNo>>, Trouble> {
        if let Some(known) = lock(&self.views).flipped.get(&position) {
            return Ok(known.clone());
        }
        let mut flipped = Vec::new();
        self.store.changes(position, &mut |change| {
            if change.entity.table > Table::People {
                return false;
            }
            if let (Table::People, Some(before), Some(after)) = (change.entity.table, &change.before, &change.after)
                && PersonRef::new(before).status() != PersonRef::new(after).status()
            {
                flipped.push(PersonNo(change.entity.slot));
            }
            true
        })?;
        let flipped = Arc::new(flipped);
        lock(&self.views).flipped.insert(position, flipped.clone());
        Ok(flipped)
    }

    /// What the Overview says of flips: a line for each feed.
    pub(super) fn flips_waiting(&self, syncs: &[Sync]) -> Result<Vec<Waiting>, Trouble> {
        let mut lines = Vec::new();
        for (feed, people) in self.flipping()? {
            let last = syncs.iter().find(|s| s.feed == feed && s.stands());
            let text = match people.len() {
                1 => "1 account keeps being switched off and on".to_owned(),
                n => format!("{n} accounts keep being switched off and on"),
            };
            let at = last.map(|s| s.ended.unwrap_or(s.started)).unwrap_or_default();
            lines.push(Waiting { sort: WaitingSort::Flipping, name: self.feed_name(feed), text, at, sync: last.map(|s| s.number) });
        }
        Ok(lines)
    }

    /// What the Overview says of local fixes that the last file of a feed overwrote.
    pub(super) fn overwritten_waiting(&self, syncs: &[Sync]) -> Result<Vec<Waiting>, Trouble> {
        let mut lines = Vec::new();
        let mut seen = HashSet::new();
        for sync in syncs.iter().filter(|s| s.stands() && !matches!(s.kind, SyncKind::Undo { .. })) {
            if !seen.insert(sync.feed) || sync.warnings == 0 {
                continue;
            }
            let mut said = None;
            self.store.findings(sync.number, &mut |f| {
                if f.code == crate::ledger::Code::SAF_508 && f.severity == crate::ledger::Severity::Warning {
                    said = Some(f.message());
                }
                f.record.is_none() && said.is_none()
            })?;
            if let Some(text) = said {
                let at = sync.ended.unwrap_or(sync.started);
                lines.push(Waiting { sort: WaitingSort::Overwritten, name: sync.feed_name.clone(), text, at, sync: Some(sync.number) });
            }
        }
        Ok(lines)
    }
}

/// What a held sync waits for, in words.
pub(super) fn held_words(sync: &Sync) -> String {
    let Some(hold) = &sync.hold else { return "waits for approval".into() };
    let codes = if hold.codes.is_empty() { String::new() } else { format!(" ({})", hold.codes.join(", ")) };
    let would = if hold.removals == 0 { String::new() } else { format!("would disable {}; ", number(hold.removals)) };
    let what = if hold.removals_only { "the removals wait for approval" } else { "waits for approval" };
    format!("{would}{what}{codes}")
}

/// The school under which a removal is listed.
fn school(table: Table, record: &[u8], roster: &Roster) -> Option<OrgNo> {
    match table {
        Table::People => PersonRef::new(record).first_org(),
        Table::Orgs => None,
        Table::Courses => unpack::<Course>(record)?.org,
        Table::Classes => unpack::<Class>(record)?.org,
        Table::Enrollments => roster.class(unpack::<Enrollment>(record)?.class)?.org,
        Table::Links => roster.person(unpack::<Link>(record)?.student)?.first_org(),
    }
}

fn table_of(kind: Kind) -> Table {
    match kind {
        Kind::Orgs => Table::Orgs,
        Kind::Staff | Kind::Students | Kind::Guardians => Table::People,
        Kind::Courses => Table::Courses,
        Kind::Classes => Table::Classes,
        Kind::Enrollments => Table::Enrollments,
        Kind::Links => Table::Links,
    }
}

/// How many in use of each kind the schools have that would lose some.
fn has_at_schools(roster: &Roster, losses: &Losses) -> Losses {
    let mut has = Losses::new();
    let tables: HashSet<Table> = losses.keys().map(|(_, kind)| table_of(*kind)).collect();
    for table in Table::ALL.into_iter().filter(|t| tables.contains(t)) {
        for (_, record) in roster.table(table).iter().filter(|(_, r)| is_active(table, r)) {
            let kind = fields::kind(table, record);
            let mut add = |org: Option<OrgNo>| {
                if losses.contains_key(&(org, kind)) {
                    *has.entry((org, kind)).or_default() += 1;
                }
            };
            if table == Table::People {
                let orgs = PersonRef::new(record).orgs();
                if orgs.is_empty() {
                    add(None);
                }
                for org in orgs {
                    add(Some(org));
                }
            } else {
                add(school(table, record, roster));
            }
        }
    }
    has
}
