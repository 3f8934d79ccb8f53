//! The safety limits: what stops a file, or its removals, until somebody has looked.

use std::collections::HashSet;
use std::hash::BuildHasher;

use super::absent::{Present, Scope};
use super::brought::{brought_by, is_active, orgs};
use super::plan::Planned;
use crate::check::present::Named;
use crate::ledger::{Action, Code, Finding, HoldLimits, PlannedChange, Severity, Sync};
use crate::roster::fold::fold;
use crate::roster::{Entity, Kind, OrgNo, PersonRef, Roster, Table};

/// Per cent of the rows that are people under new IDs with the names of people who are not in the file: from so many on, the IDs are
/// taken for changed (SAF-511).
const RENUMBERED: u64 = 50;

/// What stands against a plan.
#[derive(Debug, Default)]
pub(super) struct Holds {
    /// Refuse the file (SAF-505).
    pub(super) refused: Vec<Finding>,
    /// Hold the file as a whole.
    pub(super) whole: Vec<Finding>,
    /// Hold its removals.
    pub(super) removals: Vec<Finding>,
    /// Worth a word and no more (SAF-503).
    pub(super) said: Vec<Finding>,
}

impl Holds {
    /// The codes of what holds, each once, in order of code.
    pub(super) fn codes(&self) -> Vec<String> {
        let mut codes: Vec<String> = self.whole.iter().chain(&self.removals).map(|f| f.code.name().to_owned()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

/// What is weighed.
pub(super) struct Weighed<'a> {
    pub(super) sync: &'a Sync,
    pub(super) roster: &'a Roster,
    pub(super) limits: HoldLimits,
    pub(super) scope: &'a Scope,
    pub(super) present: &'a Present,
    pub(super) refused: &'a Named,
    pub(super) planned: &'a Planned,
    pub(super) absent: &'a [PlannedChange],
    /// How many were typed to confirm that all of a kind are to go.
    pub(super) confirm: Option<u64>,
}

/// One kind at one school, or in all.
#[derive(Clone, Copy, Debug, Default)]
struct Set {
    /// In use, whoever brings them.
    active: u64,
    /// In use and brought by this feed, or named by this file.
    brings: u64,
    /// In use and brought by this feed.
    own: u64,
    lost: u64,
    changed: u64,
}

type Kinds = [Set; Kind::ALL.len()];

/// Everything on the roster that a file of this feed has to do with, counted by kind: in all, and by organization.
struct Sets {
    all: Kinds,
    by_org: Vec<Kinds>,
}

impl Sets {
    fn add(&mut self, table: Table, record: &[u8], roster: &Roster, add: impl Fn(&mut Set)) {
        let kind = crate::ledger::fields::kind(table, record) as usize;
        add(&mut self.all[kind]);
        orgs(table, record, roster, &mut |org: OrgNo| {
            if let Some(of) = self.by_org.get_mut(org.0 as usize) {
                add(&mut of[kind]);
            }
        });
    }

    fn of(w: &Weighed<'_>) -> Self {
        let mut sets = Self { all: Kinds::default(), by_org: vec![Kinds::default(); w.roster.table(Table::Orgs).len()] };
        let touched = |t: &Table| {
            w.scope.tables.contains(t) || w.planned.plan.changes.iter().any(|c| c.entity.table == *t && c.action != Action::NoChange)
        };
        for table in Table::ALL.into_iter().filter(touched) {
            for (slot, record) in w.roster.table(table).iter().filter(|(_, r)| is_active(table, r)) {
                let (mine, _) = brought_by(table, record, w.sync.feed);
                let brings = mine || w.present.has(Entity { table, slot });
                sets.add(table, record, w.roster, |s| {
                    s.active += 1;
                    s.brings += u64::from(brings);
                    s.own += u64::from(mine);
                });
            }
        }
        for change in w.absent.iter().filter(|c| c.action == Action::Disabled) {
            let record = w.roster.record(change.entity).unwrap_or_default();
            sets.add(change.entity.table, record, w.roster, |s| s.lost += 1);
        }
        for change in w.planned.plan.changes.iter().filter(|c| c.action == Action::Updated) {
            let record = w.roster.record(change.entity).unwrap_or_default();
            if is_active(change.entity.table, record) {
                sets.add(change.entity.table, record, w.roster, |s| s.changed += 1);
            }
        }
        sets
    }
}

/// Holds a plan against the limits of its feed.
pub(super) fn weigh(w: &Weighed<'_>) -> Holds {
    let mut holds = Holds::default();
    errors(w, &mut holds);
    let total = w.planned.counts.total();
    let lost = w.absent.iter().any(|c| c.action == Action::Disabled);
    // One pass over the roster, saved where nothing can come of it.
    let some = u64::from(w.limits.least) * u64::from(w.limits.change) / 100;
    let many_new = total.created >= u64::from(w.limits.least).max(total.updated + total.unchanged);
    if lost || total.updated > some || many_new {
        let sets = Sets::of(w);
        let confirmed = if lost { emptied(w, &sets, &mut holds) } else { Vec::new() };
        disabled(w, &sets, &confirmed, &mut holds);
        changed(w, &sets, &mut holds);
        created(w, &sets, &mut holds);
    }
    if many_new {
        renumbered(w, &mut holds);
    }
    if w.refused.without_key > 0 && !w.absent.is_empty() {
        holds.removals.push(Finding::of_file(Code::SAF_515).with("n", w.refused.without_key));
    }
    holds
}

fn over(n: u64, limit: u8, of: u64) -> bool {
    n * 100 > u64::from(limit) * of
}

/// SAF-510: so many rows in error that it is the file that is wrong.
fn errors(w: &Weighed<'_>, holds: &mut Holds) {
    let (rows, wrong) = (w.sync.rows, w.sync.rows_with_errors);
    if rows >= u64::from(w.limits.least_rows) && wrong > 0 && wrong * 100 >= rows * u64::from(w.limits.errors) {
        holds.whole.push(Finding::of_file(Code::SAF_510).with("p", wrong * 100 / rows).with("l", w.limits.errors));
    }
}

/// SAF-505: kinds that the feed brings and of which the file has not one row. Gives those that were confirmed by their number.
fn emptied(w: &Weighed<'_>, sets: &Sets, holds: &mut Holds) -> Vec<Kind> {
    let none = |kind: &Kind| {
        let t = w.planned.counts.of(*kind);
        let gone = w.absent.iter().any(|c| c.kind == *kind && c.action == Action::Disabled);
        gone && t.created + t.updated + t.unchanged + t.errors == 0 && !named(w, *kind)
    };
    let kinds: Vec<Kind> = Kind::ALL.iter().copied().filter(none).collect();
    if kinds.is_empty() {
        return kinds;
    }
    let n: u64 = kinds.iter().map(|k| sets.all[*k as usize].lost).sum();
    if w.confirm == Some(n) {
        return kinds;
    }
    let names: Vec<&str> = kinds.iter().map(|k| k.name()).collect();
    holds.refused.push(Finding::of_file(Code::SAF_505).with("type", names.join(" and ")).with("n", n));
    Vec::new()
}

/// Whether a refused row names somebody of a kind.
fn named(w: &Weighed<'_>, kind: Kind) -> bool {
    let of = |e: &Entity| w.roster.record(*e).is_some_and(|r| crate::ledger::fields::kind(e.table, r) == kind);
    w.refused.known.iter().any(of)
}

/// SAF-501 and SAF-504: more are absent than usual; nobody is left at a school.
fn disabled(w: &Weighed<'_>, sets: &Sets, confirmed: &[Kind], holds: &mut Holds) {
    let least = u64::from(w.limits.least);
    for kind in Kind::ALL.iter().copied().filter(|k| !confirmed.contains(k)) {
        let all = sets.all[kind as usize];
        let too_many = |s: Set| s.own >= least && over(s.lost, w.limits.disable, s.own);
        let say = |s: Set, whom: String| {
            let finding = Finding::of_file(Code::SAF_501).with("n", s.lost).with("m", s.own).with("type", whom);
            finding.with("p", s.lost * 100 / s.own.max(1)).with("l", w.limits.disable)
        };
        if too_many(all) {
            holds.removals.push(say(all, kind.name().to_owned()));
        }
        for (org, sets) in w.roster.orgs().filter_map(|(n, org)| Some((org, sets.by_org.get(n.0 as usize)?))) {
            let at = sets[kind as usize];
            if at.active >= least && at.lost == at.active {
                holds.removals.push(Finding::of_file(Code::SAF_504).with("s", &org.name).with("type", kind));
            } else if too_many(at) && !too_many(all) {
                holds.removals.push(say(at, format!("{kind} at {}", org.name)));
            }
        }
    }
}

/// SAF-502: more changes than a day brings.
fn changed(w: &Weighed<'_>, sets: &Sets, holds: &mut Holds) {
    for kind in Kind::ALL.iter().copied() {
        let all = sets.all[kind as usize];
        // The first file of another system may well say all it says in its own way: then it is the roster that counts.
        let of = |s: Set| if all.own > 0 { s.brings } else { s.active };
        let too_many = |s: Set| of(s) >= u64::from(w.limits.least) && over(s.changed, w.limits.change, of(s));
        let mut say = |s: Set, whom: String| {
            let finding = Finding::of_file(Code::SAF_502).with("n", s.changed).with("type", whom);
            holds.whole.push(finding.with("p", s.changed * 100 / of(s).max(1)).with("l", w.limits.change));
        };
        if too_many(all) {
            say(all, kind.name().to_owned());
            continue;
        }
        for (org, sets) in w.roster.orgs().filter_map(|(n, org)| Some((org, sets.by_org.get(n.0 as usize)?))) {
            if too_many(sets[kind as usize]) {
                say(sets[kind as usize], format!("{kind} at {}", org.name));
            }
        }
    }
}

/// SAF-503, as a warning: more new ones than the feed has brought so far. The first files of a feed are no surprise.
fn created(w: &Weighed<'_>, sets: &Sets, holds: &mut Holds) {
    for kind in Kind::ALL.iter().copied() {
        let (new, has) = (w.planned.counts.of(kind).created, sets.all[kind as usize].own);
        if has >= u64::from(w.limits.least) && new > has {
            let finding = Finding::of_file(Code::SAF_503).with("n", new).with("type", kind).with("p", new * 100 / has);
            holds.said.push(finding.as_bad_as(Severity::Warning));
        }
    }
}

/// SAF-511: people come under new IDs whose names and schools are those of people that the file no longer has.
fn renumbered(w: &Weighed<'_>, holds: &mut Holds) {
    let people = [Kind::Staff, Kind::Students, Kind::Guardians].map(|k| *w.planned.counts.of(k));
    let (new, rows) = people.iter().fold((0, 0), |(n, r), t| (n + t.created, r + t.created + t.updated + t.unchanged));
    if new < u64::from(w.limits.least) || new * 100 < rows * RENUMBERED {
        return;
    }
    let seed = foldhash::fast::RandomState::default();
    let hash = |record: &[u8]| {
        let person = PersonRef::new(record);
        seed.hash_one((fold(&person.name()).as_ref(), person.role().family(), person.first_org()))
    };
    let away = |(slot, _): &(u32, &[u8])| !w.present.has(Entity { table: Table::People, slot: *slot });
    let names: HashSet<u64> = w.roster.table(Table::People).iter().filter(away).map(|(_, record)| hash(record)).collect();
    let created = w.planned.plan.changes.iter().filter(|c| c.entity.table == Table::People && c.action == Action::Created);
    let known = created.filter(|c| names.contains(&hash(w.planned.plan.after(c)))).count() as u64;
    if known >= u64::from(w.limits.least) && known * 100 >= rows * RENUMBERED {
        holds.whole.push(Finding::of_file(Code::SAF_511).with("p", known * 100 / rows));
    }
}
