//! Who stands: IDs, e-mails and usernames, each claimed once, in the order of the file.
//!
//! Only rows that are otherwise right claim. The first right row stands, each later one is refused and names it. Against
//! the roster it is the state after the sync that counts: a person who gives an e-mail up in this file frees it for another
//! row, before or after. So clashes with the roster are judged last, in [`Claims::settle`].

mod doubts;
mod settle;

use std::cell::{Cell, OnceCell};

use hashbrown::{HashSet, HashTable};

use super::draft::{Draft, PersonShape};
use super::owners::Owners;
use super::rules::Rules;
use super::{Ask, Wanted, WantedRecord, WantedSet};
use crate::feed::{Target, Unique, Writes};
use crate::intake::Row;
use crate::ledger::{Code, Finding, Severity};
use crate::roster::fold::fold_email;
use crate::roster::tags::{Seed, hash, spread, tag};
use crate::roster::{Family, Field, OrgNo, Person, PersonNo, PersonRef, Role, Table, Text};

pub(super) use doubts::fold_id;
pub(super) use settle::may_block;

/// A record that is not on the roster yet.
const NEW: u32 = u32::MAX;

/// Stands for the ID where the unique columns are counted.
const OF_ID: usize = usize::MAX;

/// What became of a right row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It stands.
    Stands,
    /// Its person stands already; it adds an organization.
    Joins,
    /// It is the same as the row that stands.
    Identical,
    /// It does not stand; the findings say why.
    Refused,
}

/// A row that stands.
#[derive(Clone, Copy, Debug)]
struct Claim {
    record: u32,
    line: u32,
    row: u32,
    /// The person's slot, or [`NEW`].
    slot: u32,
    /// Where the person after the row stands in the arena; empty where nothing but the feed's word changes.
    start: u64,
    len: u32,
    /// Where the row begins, to read it again.
    offset: u64,
    alive: bool,
    /// Nothing is to be done for it: a run before this one of the same upload has.
    done: bool,
}

impl Claim {
    fn of(row: &Row) -> Self {
        let Row { record, line, row: shown, offset, .. } = *row;
        Self { record, line, row: shown, slot: NEW, start: 0, len: 0, offset, alive: true, done: false }
    }
}

/// A column whose values are unique over people.
struct UniqueText {
    column: usize,
    text: Text,
    /// New and changed values: tag and claim.
    claimed: HashTable<(u32, u32)>,
}

/// Everything claimed so far.
pub(super) struct Claims<'a> {
    ask: &'a Ask<'a>,
    shape: &'a PersonShape,
    standing: Vec<Claim>,
    arena: Vec<u8>,
    /// By slot of the roster: the claim on it plus one, 0 for none.
    seen: Vec<u32>,
    /// IDs that are not on the roster, folded: tag and claim.
    new_ids: HashTable<(u32, u32)>,
    unique: Vec<UniqueText>,
    /// Claims because of which another row was refused or left out.
    /// The unique column (by index) in which it was, or [`OF_ID`].
    in_the_way: HashSet<(u32, usize)>,
    /// By slot: whether a right row says another unique value than the roster.
    moving: Vec<bool>,
    /// The claim that stands, and the record that joined it.
    joins: Vec<(u32, u32)>,
    owners: Option<&'a Owners>,
    /// The slot after the person of the row before: files mostly come in the order in which the roster grew, and looking there
    /// first spares the wait for memory that a look into the table of IDs is.
    next: Cell<u32>,
    /// Values that the row in hand claims: unique column and hash. Recycled.
    values: Vec<(usize, u64)>,
    seed: Seed,
    packed: Vec<u8>,
    /// Lengths of the roster's IDs that begin with a zero.
    zeros: OnceCell<Vec<usize>>,
}

impl<'a> Claims<'a> {
    pub(super) fn new(ask: &'a Ask<'a>, shape: &'a PersonShape, owners: Option<&'a Owners>) -> Self {
        let people = ask.roster.table(Table::People).len();
        // Rows are rarely shorter than this many bytes; what is known needs no room in the tables of the new.
        let fresh = (ask.sheet.text().len() / 80).saturating_sub(people);
        let unique = ask.profile.columns.iter().enumerate().filter_map(|(column, c)| match (c.unique, c.to) {
            (Unique::People, Target::Person(Field::Text(text))) => {
                Some(UniqueText { column, text, claimed: HashTable::with_capacity(fresh) })
            }
            _ => None,
        });
        Self {
            ask,
            shape,
            standing: Vec::with_capacity(people.min(ask.sheet.text().len() / 80) + fresh),
            // Room for the new, once: growing by doubling would hold it twice. What is not written to costs no memory.
            arena: Vec::with_capacity(if fresh > 0 { ask.sheet.text().len() } else { 0 }),
            seen: vec![0; people],
            new_ids: HashTable::with_capacity(fresh),
            unique: unique.filter(|u| u.text != Text::SourcedId).collect(),
            in_the_way: HashSet::new(),
            moving: vec![false; people],
            joins: Vec::new(),
            owners,
            next: Cell::new(0),
            values: Vec::new(),
            seed: Seed::default(),
            packed: Vec::new(),
            zeros: OnceCell::new(),
        }
    }

    /// A right row claims what it names.
    pub(super) fn claim(&mut self, rules: &Rules<'_>, row: &Row, draft: &Draft, findings: &mut Vec<Finding>) -> Verdict {
        let ask = self.ask;
        let Some(&key) = ask.profile.key.first() else { return Verdict::Refused };
        let cell = |column: usize| rules.cell(&row.cells, column);
        let id = draft.text(key, cell(key)).unwrap_or_default();
        let Some(role) = draft.role.map(|r| r.at(draft.org, ask.roster)) else { return Verdict::Refused };
        let (known, twin) = self.known(id, role.family());
        let first = self.claimed(id, role.family(), known).or_else(|| self.claimed(id, role.family(), Some(twin?)));
        if let Some(first) = first {
            self.moves(rules, row, draft, known);
            return self.again(first, rules, row, draft, id, findings);
        }
        let before = findings.len();
        let key_name = &ask.profile.columns[key].name;
        if let Some(number) = known.filter(|_| ask.profile.writes == Writes::CreateOnly) {
            let maker = ask.makers.and_then(|by| by(number.into()));
            if maker.is_some_and(|m| m.same_upload) {
                // The upload made the person itself, in a run before this one. Later rows of the ID still clash with this. A row that was
                // corrected since mends whom it made.
                let (start, len) = self.after(draft, role, ask.roster.person(number), &cell);
                if len == 0 || !ask.overlay.contains_key(&row.record) {
                    let claim = self.standing.len() as u32;
                    self.standing.push(Claim { slot: number.0, start, len, done: true, ..Claim::of(row) });
                    self.seen[number.0 as usize] = claim + 1;
                    return Verdict::Identical;
                }
                self.arena.truncate(start as usize);
            } else {
                let finding = Finding::of_file(Code::DUP_406).in_column(key_name).with_value(lossy(id)).with("p", &ask.profile.name);
                let finding = finding.with("n", maker.map(|m| m.sync.0.to_string()).unwrap_or_default());
                findings.push(rules.place(row, finding));
            }
        }
        if known.is_none()
            && let Some(finding) = rules.missing_when_creating(&row.cells)
        {
            findings.push(rules.place(row, finding));
        }
        let person = known.and_then(|n| ask.roster.person(n));
        self.moves(rules, row, draft, known);
        let mut values = std::mem::take(&mut self.values);
        values.clear();
        for (i, unique) in self.unique.iter().enumerate() {
            let Some(value) = draft.text(unique.column, cell(unique.column)).filter(|v| !v.is_empty()) else { continue };
            if person.is_some_and(|p| p.raw(unique.text) == value) {
                continue;
            }
            let value = std::str::from_utf8(value).unwrap_or_default();
            let folded = fold_email(value);
            if person.is_some_and(|p| fold_email(p.text(unique.text)) == folded) {
                continue;
            }
            let hash = hash(&self.seed, folded.as_bytes());
            if let Some(first) = self.find_value(unique, hash, &folded) {
                self.in_the_way.insert((first, i));
                let other = self.standing[first as usize];
                let name = &ask.profile.columns[unique.column].name;
                let finding = Finding::of_file(if unique.text == Text::Email { Code::DUP_403 } else { Code::DUP_405 })
                    .in_column(name)
                    .with_value(value)
                    .with("list", format!("{} and {}", other.row, row.row))
                    .with("other", format!("row {}", other.row));
                findings.push(rules.place(row, finding));
            } else if let Some(owner) = self.owners.and_then(|o| o.keeps(ask.roster, i, &folded, known)) {
                let by = self.owners.map_or(0, |o| o.row(owner));
                findings.push(rules.place(row, self.taken(i, value, owner, by, row.row)));
            } else {
                values.push((i, hash));
            }
        }
        if findings[before..].iter().any(|f| f.severity >= Severity::Error) {
            self.values = values;
            return Verdict::Refused;
        }
        self.doubt(rules, row, draft, (id, role.family()), known, findings);
        let claim = self.standing.len() as u32;
        let kept;
        let after = match known {
            Some(_) if !ask.lets.names => {
                kept = draft.without_names(self.shape);
                &kept
            }
            _ => draft,
        };
        let (start, len) = self.after(after, role, person, &cell);
        let slot = known.map_or(NEW, |n| n.0);
        self.standing.push(Claim { slot, start, len, ..Claim::of(row) });
        if let Some(n) = known {
            self.seen[n.0 as usize] = claim + 1;
        } else {
            let hash = self.id_hash(id);
            self.new_ids.insert_unique(hash, (tag(hash), claim), |(tag, _)| spread(*tag));
        }
        for (i, hash) in &values {
            self.unique[*i].claimed.insert_unique(*hash, (tag(*hash), claim), |(tag, _)| spread(*tag));
        }
        self.values = values;
        Verdict::Stands
    }

    /// Notes whether a right row, if it stands, makes a known person give a unique value up.
    fn moves(&mut self, rules: &Rules<'_>, row: &Row, draft: &Draft, known: Option<PersonNo>) {
        let Some((number, person)) = known.and_then(|n| Some((n, self.ask.roster.person(n)?))) else { return };
        let moves = self.unique.iter().any(|u| {
            let says = draft.text(u.column, rules.cell(&row.cells, u.column));
            says.is_some_and(|s| s != person.raw(u.text) && fold_email(&lossy(s)) != fold_email(person.text(u.text)))
        });
        self.moving[number.0 as usize] |= moves;
    }

    /// Two people of these families and one ID are the same person to this profile.
    fn together(&self, a: Family, b: Family) -> bool {
        let over = &self.ask.profile.unique_over;
        a == b || (over.contains(&a) && over.contains(&b))
    }

    /// The person of an ID on the roster, of the same family first; and another whom this profile takes for the same.
    fn known(&self, id: &[u8], family: Family) -> (Option<PersonNo>, Option<PersonNo>) {
        let (mut same, mut other) = (None, None);
        let Ok(id) = std::str::from_utf8(id) else { return (None, None) };
        if !self.ask.roster.shares_ids() {
            let next = PersonNo(self.next.get());
            let found = match self.ask.roster.person(next) {
                Some(p) if p.raw(Text::SourcedId) == id.as_bytes() && !id.is_empty() => Some(next),
                _ => self.ask.roster.people_by_id(id).next(),
            };
            let theirs = found.and_then(|n| self.ask.roster.person(n)).map(|p| p.role().family());
            self.next.set(found.map_or(next.0, |n| n.0 + 1));
            return (found.filter(|_| theirs.is_some_and(|f| self.together(f, family))), None);
        }
        for number in self.ask.roster.people_by_id(id) {
            let Some(theirs) = self.ask.roster.person(number).map(|p| p.role().family()) else { continue };
            if theirs == family {
                same = Some(number);
            } else if self.together(theirs, family) {
                other = Some(number);
            }
        }
        if same.is_some() { (same, other) } else { (other, None) }
    }

    /// The claim on that ID in this file.
    fn claimed(&self, id: &[u8], family: Family, known: Option<PersonNo>) -> Option<u32> {
        if let Some(n) = known {
            return self.seen.get(n.0 as usize)?.checked_sub(1);
        }
        let hash = self.id_hash(id);
        let is = |&&(t, claim): &&(u32, u32)| {
            let p = self.person(claim);
            t == tag(hash) && p.raw(Text::SourcedId) == id && self.together(p.role().family(), family)
        };
        self.new_ids.iter_hash(hash).find(is).map(|(_, claim)| *claim)
    }

    /// IDs that differ only in capitals, zeros in front or blanks hash alike: one table finds an ID and its twins.
    fn id_hash(&self, id: &[u8]) -> u64 {
        hash(&self.seed, &doubts::fold_id(id))
    }

    /// The claim that brings that value anew.
    fn find_value(&self, unique: &UniqueText, hash: u64, folded: &str) -> Option<u32> {
        let is = |&&(t, claim): &&(u32, u32)| {
            t == tag(hash) && self.standing[claim as usize].alive && fold_email(self.person(claim).text(unique.text)) == folded
        };
        unique.claimed.iter_hash(hash).find(is).map(|(_, claim)| *claim)
    }

    /// The person as the claim has it.
    fn person(&self, claim: u32) -> PersonRef<'_> {
        let c = &self.standing[claim as usize];
        if c.len == 0 {
            return self.ask.roster.person(PersonNo(c.slot)).unwrap_or(PersonRef::new(&[]));
        }
        PersonRef::new(&self.arena[c.start as usize..c.start as usize + c.len as usize])
    }

    /// Puts the person after a row into the arena; nothing where the roster already has it so.
    fn after<'d>(&mut self, draft: &'d Draft, role: Role, known: Option<PersonRef<'d>>, cell: &dyn Fn(usize) -> &'d [u8]) -> (u64, u32) {
        let feed = self.ask.feed;
        if let Some(p) = known
            && self.shape.same(draft, role, p, cell)
            && if draft.more_orgs.is_empty() {
                only_share(p, feed, draft.org)
            } else {
                p.shares().iter().any(|s| s.feed == feed && s.orgs == draft.orgs())
            }
        {
            return (0, 0);
        }
        let start = self.arena.len();
        self.shape.pack_over(draft, role, known, cell, feed, &mut self.arena);
        (start as u64, (self.arena.len() - start) as u32)
    }

    fn put(&mut self, person: &Person) -> (u64, u32) {
        self.packed.clear();
        person.pack_into(&mut self.packed);
        let start = self.arena.len() as u64;
        self.arena.extend_from_slice(&self.packed);
        (start, self.packed.len() as u32)
    }

    /// A second row of one ID: the same, another organization, or different data. What counts is what the two rows say, not
    /// what the roster makes of it: the same file must give the same findings again.
    fn again(&mut self, first: u32, rules: &Rules<'_>, row: &Row, draft: &Draft, id: &[u8], findings: &mut Vec<Finding>) -> Verdict {
        let ask = self.ask;
        self.in_the_way.insert((first, OF_ID));
        let claim = self.standing[first as usize];
        let mut other = ask.sheet.row_at(claim.offset, claim.record, claim.line, claim.row).unwrap_or_default();
        super::overlay_row(ask, &mut other);
        let mut said = Draft::default();
        rules.check(&other, &mut said, &mut Vec::new());
        let key = ask.profile.key.first().map(|k| ask.profile.columns[*k].name.as_str()).unwrap_or_default();
        let rows = format!("{} and {}", claim.row, row.row);
        let same = self.shape.agree(draft, |c| rules.cell(&row.cells, c), &said, |c| rules.cell(&other.cells, c));
        if !same || draft.status != said.status {
            let mut finding = Finding::of_file(if same { Code::DUP_410 } else { Code::DUP_401 }).in_column(key).with_value(lossy(id));
            finding = finding.with("list", &rows).with("a", claim.row).with("b", row.row);
            if let (true, Some(a), Some(b)) = (same, said.status, draft.status) {
                finding = finding.with("x", format!("{a} and {b}"));
            }
            findings.push(rules.place(row, finding));
            return Verdict::Refused;
        }
        let mut person = self.person(first).to_person();
        let share = person.shares.iter().find(|s| s.feed == ask.feed).map(|s| s.orgs.clone()).unwrap_or_default();
        let news: Vec<OrgNo> = draft.orgs().into_iter().filter(|o| !share.contains(o)).collect();
        if !news.is_empty() {
            // An administrator of a school and of the district is one of the district.
            person.role = draft.role.map_or(person.role, |r| r.at(draft.org, ask.roster)).max(person.role);
            // What the file says is the feed's whole share. Until a second row joined, the first row's alone stood.
            person.set_share(ask.feed, share.into_iter().chain(news));
            let (start, len) = self.put(&person);
            let claim = &mut self.standing[first as usize];
            (claim.start, claim.len) = (start, len);
            self.joins.push((first, row.record));
            return Verdict::Joins;
        }
        findings.push(rules.place(row, Finding::of_file(Code::DUP_402).in_column(key).with_value(lossy(id)).with("list", rows)));
        Verdict::Identical
    }

    /// What the roster would hold: every live claim, in the order of the file.
    pub(super) fn into_wanted(self) -> Wanted {
        let records = self.standing.iter().filter(|c| c.alive && !c.done).map(|c| WantedRecord {
            slot: (c.slot != NEW).then_some(c.slot),
            record: c.record,
            line: c.line,
            row: c.row,
            start: c.start,
            len: c.len,
        });
        let records = records.collect();
        let live = self.joins.iter().filter(|j| self.standing[j.0 as usize].alive && !self.standing[j.0 as usize].done);
        let mut joins: Vec<(u32, u32)> = live.map(|(claim, record)| (self.standing[*claim as usize].record, *record)).collect();
        joins.sort_unstable();
        Wanted { sets: vec![WantedSet { table: Table::People, records, joins }], bytes: self.arena }
    }
}

/// Whether the person is brought by that feed alone, to that organization alone (any, where the row names none).
fn only_share(person: PersonRef<'_>, feed: crate::roster::FeedNo, org: Option<OrgNo>) -> bool {
    let mut wanted = [0u8; 16];
    let Some(org) = org else { return person.shares().iter().any(|s| s.feed == feed) };
    let mut len = 0;
    for mut n in [1, feed.0, 1, org.0] {
        while n >= 0x80 {
            wanted[len] = n as u8 | 0x80;
            n >>= 7;
            len += 1;
        }
        wanted[len] = n as u8;
        len += 1;
    }
    if person.share_bytes() == &wanted[..len] {
        return true;
    }
    // Brought by other feeds too: this feed's own share decides.
    person.shares().iter().any(|s| s.feed == feed && s.orgs == [org])
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
