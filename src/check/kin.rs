//! The guardians of a file and their students, and what the roster would hold of them.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::contacts::Who;
use super::draft::{PersonShape, same_but_for_form};
use super::guardians::Rows;
use super::{Ask, Wanted, WantedRecord, WantedSet};
use crate::feed::{Blank, Target};
use crate::ledger::{Code, Finding};
use crate::roster::{Family, Link, LinkField, LinkNo, OrgNo, Person, PersonNo, PersonRef, Role, Status, Table, Text, pack};

/// A guardian of the file.
struct Guardian {
    slot: Option<PersonNo>,
    /// The row that stands for them.
    first: usize,
    /// The person as the file leaves them, packed, but for the organizations.
    at: (usize, usize),
}

/// The guardians of a file.
pub(super) struct Kin<'a> {
    ask: &'a Ask<'a>,
    /// The texts that the file says something of.
    texts: Vec<Text>,
    all: Vec<Guardian>,
    packed: Vec<u8>,
    by_slot: HashMap<PersonNo, usize>,
    /// Guardian and student, and the row that says so.
    links: HashMap<(usize, PersonNo), usize>,
}

impl<'a> Kin<'a> {
    pub(super) fn new(ask: &'a Ask<'a>) -> Self {
        let there = |column: usize| ask.columns.at.get(column).is_some_and(Option::is_some);
        let texts = PersonShape::new(ask.profile).texts.into_iter().filter(|t| there(t.0)).map(|t| t.1).collect();
        Self { ask, texts, all: Vec::new(), packed: Vec::new(), by_slot: HashMap::new(), links: HashMap::new() }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The row that stands for a guardian.
    pub(super) fn first(&self, guardian: usize) -> usize {
        self.all[guardian].first
    }

    /// A guardian as the file leaves them, but for the organizations.
    pub(super) fn person(&self, guardian: usize) -> Option<PersonRef<'_>> {
        let (start, end) = self.all.get(guardian)?.at;
        Some(PersonRef::new(&self.packed[start..end]))
    }

    /// A guardian as the file leaves them so far: whom the file has is one of the file's.
    pub(super) fn now(&self, who: Who) -> Option<(Who, PersonRef<'_>)> {
        match who {
            Who::InFile(guardian) => Some((who, self.person(guardian)?)),
            Who::Known(slot) => match self.by_slot.get(&slot) {
                Some(guardian) => Some((Who::InFile(*guardian), self.person(*guardian)?)),
                None => Some((who, self.ask.roster.person(slot)?)),
            },
        }
    }

    /// Adds a guardian by the row that stands for them; their number.
    pub(super) fn add(&mut self, rows: &Rows, row: usize, slot: Option<PersonNo>) -> usize {
        let said = rows.said(row);
        let mut person = slot.and_then(|n| self.ask.roster.person(n)).map_or_else(|| Person::new(Role::Guardian), PersonRef::to_person);
        let erase = self.ask.profile.blank == Blank::Erase;
        // The known number in its comparable form says nothing of how it was written.
        let other_number = !said.raw(Text::Phone).is_empty() && said.raw(Text::Phone) != person.text(Text::Phone).as_bytes();
        for text in Text::ALL {
            let says = said.text(*text);
            let of_phone = *text == Text::PhoneRaw && other_number;
            let clears = of_phone || erase && *text != Text::SourcedId && self.texts.contains(text);
            if if says.is_empty() { clears } else { !same_but_for_form(says.as_bytes(), person.text(*text).as_bytes()) } {
                person.set_text(*text, says);
            }
        }
        // Where a column is about the link, the guardian stays what they are.
        if self.ask.profile.column_to(Target::Link(LinkField::Status)).is_none() {
            person.status = rows.all[row].status.unwrap_or(person.status);
        }
        let start = self.packed.len();
        person.pack_into(&mut self.packed);
        let number = self.all.len();
        self.all.push(Guardian { slot, first: row, at: (start, self.packed.len()) });
        if let Some(slot) = slot {
            self.by_slot.insert(slot, number);
        }
        self.links.insert((number, rows.all[row].student), row);
        number
    }

    /// A further row of a guardian links them to its student; the row that has done so before, if one has.
    pub(super) fn joins(&mut self, rows: &Rows, row: usize, guardian: usize) -> Result<(), usize> {
        match self.links.insert((guardian, rows.all[row].student), row) {
            None => Ok(()),
            Some(before) => {
                self.links.insert((guardian, rows.all[row].student), before);
                Err(before)
            }
        }
    }

    /// What the roster would hold: guardians, then links. And what is to be said of students with many guardians, by row.
    pub(super) fn into_wanted(self, ask: &Ask<'_>, rows: &Rows) -> (Wanted, Vec<(usize, Finding)>) {
        let mut bytes = Vec::new();
        let mut students: Vec<Vec<PersonNo>> = vec![Vec::new(); self.all.len()];
        for (guardian, student) in self.links.keys() {
            students[*guardian].push(*student);
        }
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        order.sort_by_key(|g| rows.all[self.all[*g].first].record);
        let mut people = WantedSet { table: Table::People, records: Vec::new(), joins: Vec::new() };
        let mut slots: Vec<PersonNo> = vec![PersonNo(0); self.all.len()];
        let mut next = ask.roster.table(Table::People).len() as u32;
        for guardian in order {
            let slot = self.all[guardian].slot;
            slots[guardian] = slot.unwrap_or(PersonNo(next));
            next += u32::from(slot.is_none());
            let Some(mut person) = self.person(guardian).map(PersonRef::to_person) else { continue };
            person.set_share(ask.feed, self.orgs(guardian, &students[guardian]));
            let packed = person.pack();
            let same = slot.and_then(|n| ask.roster.person(n)).is_some_and(|p| p.bytes() == packed);
            people.records.push(record(rows, self.all[guardian].first, slot.map(|s| s.0), &mut bytes, if same { &[] } else { &packed }));
        }
        for ((guardian, _), row) in self.links.iter().filter(|((g, _), row)| self.all[*g].first != **row) {
            people.joins.push((rows.all[self.all[*guardian].first].record, rows.all[*row].record));
        }
        people.joins.sort_unstable();
        let mut links: Vec<(usize, usize, PersonNo)> = self.links.iter().map(|((g, s), row)| (*row, *g, *s)).collect();
        links.sort_unstable_by_key(|l| l.0);
        let mut set = WantedSet { table: Table::Links, records: Vec::new(), joins: Vec::new() };
        for (row, guardian, student) in &links {
            let known = self.all[*guardian].slot.and_then(|g| ask.roster.relations().link(g, *student));
            let packed = link_after(ask, rows, *row, known, (slots[*guardian], *student));
            set.records.push(record(rows, *row, known.map(|l| l.0), &mut bytes, packed.as_deref().unwrap_or_default()));
        }
        let many = self.many(rows, &links, &slots);
        (Wanted { sets: vec![people, set], bytes }, many)
    }

    /// The organizations to which the feed brings a guardian: those of the students whom it links to them, in this file or before.
    fn orgs(&self, guardian: usize, students: &[PersonNo]) -> BTreeSet<OrgNo> {
        let roster = self.ask.roster;
        let before = self.all[guardian].slot.map_or(&[][..], |g| roster.relations().of_guardian(g)).iter().filter_map(|(link, student)| {
            let link = roster.link(*link)?;
            (link.status == Status::Active && link.feeds.contains(&self.ask.feed)).then_some(*student)
        });
        let of = |student: PersonNo| roster.person(student).map(PersonRef::orgs).unwrap_or_default();
        students.iter().copied().chain(before).flat_map(of).collect()
    }

    /// DUP-412, on the last row of each student who would have more guardians than is usual.
    fn many(&self, rows: &Rows, links: &[(usize, usize, PersonNo)], slots: &[PersonNo]) -> Vec<(usize, Finding)> {
        let (Some(max), Some(column)) = (self.ask.profile.most_guardians, self.ask.profile.column_to(Target::Link(LinkField::Student)))
        else {
            return Vec::new();
        };
        let roster = self.ask.roster;
        let mut of_student: HashMap<PersonNo, (usize, HashSet<PersonNo>)> = HashMap::new();
        for (row, guardian, student) in links {
            let (last, all) = of_student.entry(*student).or_default();
            *last = (*last).max(*row);
            all.insert(slots[*guardian]);
        }
        let mut found = Vec::new();
        for (student, (row, mut all)) in of_student {
            for (link, guardian) in roster.relations().of_student(student) {
                if roster.link(*link).is_some_and(|l| l.status == Status::Active) {
                    all.insert(*guardian);
                }
            }
            if all.len() > max as usize
                && let Some(person) = roster.person(student)
            {
                debug_assert_eq!(rows.all[row].student, student);
                let finding = Finding::of_file(Code::DUP_412)
                    .in_column(&self.ask.profile.columns[column].name)
                    .with_value(person.text(Text::SourcedId))
                    .with("k", format!("{} ({})", person.name(), person.text(Text::SourcedId)))
                    .with("n", all.len())
                    .with("max", max);
                found.push((row, finding));
            }
        }
        found
    }
}

/// The link after a row; `None` if it is so already.
fn link_after(ask: &Ask<'_>, rows: &Rows, row: usize, known: Option<LinkNo>, (guardian, student): (PersonNo, PersonNo)) -> Option<Vec<u8>> {
    let before = known.and_then(|n| ask.roster.link(n));
    let new = Link { guardian, student, relation: String::new(), status: Status::Active, feeds: Vec::new() };
    let mut link = before.clone().unwrap_or(new);
    let of_link = ask.profile.column_to(Target::Link(LinkField::Status)).is_some();
    link.status = rows.all[row].status.filter(|_| of_link).unwrap_or(Status::Active);
    if let Some(relation) = rows.relations.get(&row) {
        link.relation.clone_from(relation);
    }
    if let Err(at) = link.feeds.binary_search(&ask.feed) {
        link.feeds.insert(at, ask.feed);
    }
    (before.as_ref() != Some(&link)).then(|| pack(&link))
}

fn record(rows: &Rows, row: usize, slot: Option<u32>, bytes: &mut Vec<u8>, packed: &[u8]) -> WantedRecord {
    let at = &rows.all[row];
    let start = bytes.len() as u64;
    bytes.extend_from_slice(packed);
    WantedRecord { slot, record: at.record, line: at.line, row: at.row, start, len: packed.len() as u32 }
}

/// A person in words: name, and ID where there is one.
pub(super) fn describe(person: PersonRef<'_>) -> String {
    let what = match person.role().family() {
        Family::Guardians => "guardian",
        Family::Students => "student",
        Family::Staff => person.role().name(),
    };
    let (name, id) = (person.name(), person.text(Text::SourcedId));
    if id.is_empty() { format!("{name} ({what})") } else { format!("{name} ({what} {id})") }
}
