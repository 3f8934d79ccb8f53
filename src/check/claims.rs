//! Who stands: IDs, e-mails and usernames, each claimed once, in the order of the file.
//!
//! Only rows that are otherwise right claim. The first right row stands, each later one is refused and names it. Against
//! the roster it is the state after the sync that counts: a person who gives an e-mail up in this file frees it for another
//! row, before or after. So clashes with the roster are judged last, in [`Claims::settle`].

use std::cell::Cell;
use std::collections::HashMap;

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
use crate::roster::{Family, Field, Kind, OrgNo, Person, PersonNo, PersonRef, Role, Table, Text};

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
}

/// A row that was right by itself but clashes with somebody on the roster: in one column or in several.
pub(super) struct Late {
    pub(super) claim: u32,
    pub(super) record: u32,
    pub(super) kind: Kind,
    pub(super) findings: Vec<Finding>,
}

/// A claim on a value that somebody on the roster has: index of the unique column, claim, owner's slot.
type Contested = (usize, u32, u32);

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
    /// IDs that are not on the roster: tag and claim.
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
        if known.is_some() && ask.profile.writes == Writes::CreateOnly {
            let finding = Finding::of_file(Code::DUP_406).in_column(key_name).with_value(lossy(id)).with("p", &ask.profile.name);
            findings.push(rules.place(row, finding));
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
        let claim = self.standing.len() as u32;
        let (start, len) = self.after(draft, role, person, &cell);
        let slot = known.map_or(NEW, |n| n.0);
        self.standing.push(Claim { record: row.record, line: row.line, row: row.row, slot, start, len, offset: row.offset, alive: true });
        if let Some(n) = known {
            self.seen[n.0 as usize] = claim + 1;
        } else {
            let hash = hash(&self.seed, id);
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
        let hash = hash(&self.seed, id);
        let is = |&&(t, claim): &&(u32, u32)| {
            let p = self.person(claim);
            t == tag(hash) && p.raw(Text::SourcedId) == id && self.together(p.role().family(), family)
        };
        self.new_ids.iter_hash(hash).find(is).map(|(_, claim)| *claim)
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

    /// After the last row: refuses the claims on what somebody else keeps. Their claims are dead afterwards.
    ///
    /// A refused row gives nothing up, so refusing one may refuse another. Whatever the order, the same fall.
    pub(super) fn settle(&mut self) -> Vec<Late> {
        let contested = self.contested();
        let mut of_owner: HashMap<u32, Vec<usize>> = HashMap::new();
        for (i, c) in contested.iter().enumerate() {
            of_owner.entry(c.2).or_default().push(i);
        }
        let mut look: Vec<usize> = (0..contested.len()).collect();
        while let Some(i) = look.pop() {
            let (u, claim, owner) = contested[i];
            if self.standing[claim as usize].alive && self.keeps(self.unique[u].text, owner) {
                self.standing[claim as usize].alive = false;
                look.extend(of_owner.get(&self.standing[claim as usize].slot).into_iter().flatten());
            }
        }
        let mut late: Vec<Late> = Vec::new();
        for &(u, claim, owner) in &contested {
            let c = self.standing[claim as usize];
            if c.alive || !self.keeps(self.unique[u].text, owner) {
                continue;
            }
            let person = self.person(claim);
            let by = self.seen[owner as usize].checked_sub(1).map(|k| self.standing[k as usize]).filter(|k| k.alive).map_or(0, |k| k.row);
            let mut finding = self.taken(u, person.text(self.unique[u].text), owner, by, c.row);
            (finding.record, finding.line, finding.row) = (Some(c.record), Some(c.line), Some(c.row));
            let id = person.text(Text::SourcedId);
            finding.key = (!id.is_empty()).then(|| id.to_owned());
            let kind = person.role().family().kind();
            match late.last_mut().filter(|l| l.claim == claim) {
                // Of two people with one value on the roster, one is said.
                Some(last) if last.findings.iter().any(|f| f.column == finding.column) => {}
                Some(last) => last.findings.push(finding),
                None => late.push(Late { claim, record: c.record, kind, findings: vec![finding] }),
            }
        }
        late
    }

    /// The claims on values that somebody else has on the roster, by claim.
    fn contested(&self) -> Vec<Contested> {
        let mut contested: Vec<Contested> = Vec::new();
        for (u, unique) in self.unique.iter().enumerate().filter(|(_, u)| !u.claimed.is_empty()) {
            for (number, person) in self.ask.roster.people() {
                let value = person.text(unique.text);
                if value.is_empty() {
                    continue;
                }
                let folded = fold_email(value);
                if let Some(claim) = self.find_value(unique, hash(&self.seed, folded.as_bytes()), &folded)
                    && self.standing[claim as usize].slot != number.0
                {
                    contested.push((u, claim, number.0));
                }
            }
        }
        contested.sort_by_key(|c| (c.1, c.0, c.2));
        contested
    }

    /// Whether the person of a slot still has the value after the sync.
    fn keeps(&self, text: Text, slot: u32) -> bool {
        let Some(claim) = self.seen[slot as usize].checked_sub(1).filter(|c| self.standing[*c as usize].alive) else { return true };
        let now = self.ask.roster.person(PersonNo(slot)).map(|p| fold_email(p.text(text)).into_owned());
        now.as_deref() == Some(&fold_email(self.person(claim).text(text)))
    }

    /// What is said of a value that its owner on the roster keeps. `by` is the owner's row in this file, 0 if there is none.
    fn taken(&self, unique: usize, value: &str, owner: u32, by: u32, row: u32) -> Finding {
        let UniqueText { column, text, .. } = self.unique[unique];
        let other = self.ask.roster.person(PersonNo(owner)).map(|p| format!("{} ({} {})", p.name(), p.role(), p.text(Text::SourcedId)));
        let code = match text {
            Text::Email if by > 0 => Code::DUP_403,
            Text::Email => Code::DUP_404,
            _ => Code::DUP_405,
        };
        let mut finding = Finding::of_file(code).in_column(&self.ask.profile.columns[column].name).with_value(value);
        finding = finding.with("other", other.unwrap_or_default());
        if by > 0 {
            finding = finding.with("list", format!("{} and {}", by.min(row), by.max(row)));
        }
        finding
    }

    /// Whether any of those refused rows had kept another from standing, which must then be judged anew.
    pub(super) fn kept_others_out(&self, late: &[Late]) -> bool {
        let name = |u: usize| self.unique.get(u).map(|u| self.ask.profile.columns[u.column].name.as_str());
        let fell: HashMap<u32, &Late> = late.iter().map(|l| (l.claim, l)).collect();
        self.in_the_way.iter().any(|(claim, u)| {
            // Who wanted the very value that the owner keeps does not stand either.
            let for_the_same = |l: &&Late| l.findings.iter().any(|f| f.column.is_some() && f.column.as_deref() == name(*u));
            fell.get(claim).is_some_and(|l| !for_the_same(l))
        })
    }

    /// Whose the values on the roster are, for a pass after this one.
    pub(super) fn owners(&self) -> Owners {
        let mut rows = vec![0; self.seen.len()];
        for claim in self.standing.iter().filter(|c| c.alive && c.slot != NEW) {
            rows[claim.slot as usize] = claim.row;
        }
        let texts: Vec<Text> = self.unique.iter().map(|u| u.text).collect();
        Owners::of(self.ask.roster, &texts, self.moving.clone(), rows)
    }

    /// What the roster would hold: every live claim, in the order of the file.
    pub(super) fn into_wanted(self) -> Wanted {
        let records = self.standing.iter().filter(|c| c.alive).map(|c| WantedRecord {
            slot: (c.slot != NEW).then_some(c.slot),
            record: c.record,
            line: c.line,
            row: c.row,
            start: c.start,
            len: c.len,
        });
        let records = records.collect();
        let live = self.joins.iter().filter(|j| self.standing[j.0 as usize].alive);
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
