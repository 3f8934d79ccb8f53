//! What a school's roster IS: organizations, people, classes, enrollments, guardian links. Plain data, no I/O.
//!
//! A [`Roster`] is an immutable snapshot. Changing one gives another ([`Roster::with`]) that shares all that
//! did not change; readers keep theirs. Every record has a number of our own, its slot, that is never shown
//! as an ID and never reused.

pub mod class;
pub mod fold;
pub mod ids;
pub mod org;
pub mod pages;
pub mod person;
pub mod relations;
pub(crate) mod tags;
pub mod value;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

pub use class::{Class, ClassField, Course, CourseField, Enrollment, EnrollmentField, Link, LinkField};
pub use ids::IdIndex;
pub use org::{Org, OrgField, OrgKind};
pub use pages::{PAGE, Page, Pages};
pub use person::{Field, Person, PersonRef, Share, Text, pack_parts};
pub use relations::Relations;
pub use value::{Family, Grade, Kind, Role, Status};

/// Declares the numbers of our own: distinct types, so that no slot of one table is used in another.
macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);
    )+};
}

numbers! {
    /// An organization's slot.
    OrgNo,
    /// A person's slot.
    PersonNo,
    /// A class's slot.
    ClassNo,
    /// A course's slot.
    CourseNo,
    /// An enrollment's slot.
    EnrollmentNo,
    /// A guardian link's slot.
    LinkNo,
    /// A feed's number: who brings what.
    FeedNo,
}

impl FeedNo {
    /// What was made by hand. No file takes it away.
    pub const HAND: Self = Self(0);
}

/// The tables of a roster. A record is found by its table and slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// Organizations ([`Org`], postcard).
    Orgs,
    /// People (the packed form of [`person`]).
    People,
    /// Courses ([`Course`], postcard).
    Courses,
    /// Classes ([`Class`], postcard).
    Classes,
    /// Enrollments ([`Enrollment`], postcard).
    Enrollments,
    /// Guardian links ([`Link`], postcard).
    Links,
}

impl Table {
    /// Every table, in reference order: nothing refers to a later one.
    pub const ALL: [Self; 6] = [Self::Orgs, Self::People, Self::Courses, Self::Classes, Self::Enrollments, Self::Links];
}

/// One record of the roster: which table, which slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entity {
    /// The table.
    pub table: Table,
    /// The slot in it.
    pub slot: u32,
}

impl From<PersonNo> for Entity {
    fn from(n: PersonNo) -> Self {
        Self { table: Table::People, slot: n.0 }
    }
}

impl From<ClassNo> for Entity {
    fn from(n: ClassNo) -> Self {
        Self { table: Table::Classes, slot: n.0 }
    }
}

impl From<CourseNo> for Entity {
    fn from(n: CourseNo) -> Self {
        Self { table: Table::Courses, slot: n.0 }
    }
}

impl From<EnrollmentNo> for Entity {
    fn from(n: EnrollmentNo) -> Self {
        Self { table: Table::Enrollments, slot: n.0 }
    }
}

impl From<LinkNo> for Entity {
    fn from(n: LinkNo) -> Self {
        Self { table: Table::Links, slot: n.0 }
    }
}

impl From<OrgNo> for Entity {
    fn from(n: OrgNo) -> Self {
        Self { table: Table::Orgs, slot: n.0 }
    }
}

/// A snapshot of everything known. Cheap to clone, never changes.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    position: u64,
    tables: [Pages; Table::ALL.len()],
    ids: IdIndex,
    orgs: Arc<OrgIndex>,
    relations: Arc<OnceLock<Relations>>,
}

/// Organizations unpacked: a district has hundreds, and everything asks for them.
#[derive(Debug, Default)]
struct OrgIndex {
    all: Vec<Option<Org>>,
    by_external_id: HashMap<String, OrgNo, foldhash::fast::RandomState>,
}

impl Roster {
    /// The snapshot of those tables, as of a position in the journal.
    pub fn from_tables(position: u64, tables: [Pages; Table::ALL.len()]) -> Self {
        let ids = IdIndex::build(&tables[Table::People as usize]);
        let orgs = Arc::new(OrgIndex::build(&tables[Table::Orgs as usize]));
        Self { position, tables, ids, orgs, relations: Arc::default() }
    }

    /// The snapshot after those changes, as of the journal's new `position`. `changes` are whole records (empty =
    /// removed), sorted by entity, none twice.
    #[must_use]
    pub fn with<'a>(&self, position: u64, changes: impl IntoIterator<Item = (Entity, &'a [u8])>) -> Self {
        let mut next = self.clone();
        next.position = position;
        let mut changes = changes.into_iter().peekable();
        while let Some(table) = changes.peek().map(|(e, _)| e.table) {
            let mut of_table = Vec::new();
            while let Some((entity, record)) = changes.next_if(|(e, _)| e.table == table) {
                of_table.push((entity.slot, record));
            }
            let pages = &mut next.tables[table as usize];
            *pages = pages.with(of_table.iter().copied());
            match table {
                Table::People => next.ids = next.ids.with(&next.tables[table as usize], of_table.iter().map(|c| c.0)),
                Table::Orgs => next.orgs = Arc::new(OrgIndex::build(&next.tables[table as usize])),
                // Worked out anew when next asked for; snapshots of which these tables are the same share it.
                _ => next.relations = Arc::default(),
            }
        }
        next
    }

    /// How far in the journal this snapshot is.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// One of the tables.
    pub fn table(&self, table: Table) -> &Pages {
        &self.tables[table as usize]
    }

    /// One record, packed.
    pub fn record(&self, entity: Entity) -> Option<&[u8]> {
        self.table(entity.table).get(entity.slot)
    }

    /// A person.
    pub fn person(&self, number: PersonNo) -> Option<PersonRef<'_>> {
        self.table(Table::People).get(number.0).map(PersonRef::new)
    }

    /// Everybody, in order of number.
    pub fn people(&self) -> impl Iterator<Item = (PersonNo, PersonRef<'_>)> {
        self.table(Table::People).iter().map(|(slot, bytes)| (PersonNo(slot), PersonRef::new(bytes)))
    }

    /// The person of an ID within a family.
    pub fn person_by_id(&self, family: Family, sourced_id: &str) -> Option<PersonNo> {
        self.people_by_id(sourced_id).find(|n| self.person(*n).is_some_and(|p| p.role().family() == family))
    }

    /// Everybody of an ID, over all families: at most one in each.
    pub fn people_by_id<'a>(&'a self, sourced_id: &'a str) -> impl Iterator<Item = PersonNo> + 'a {
        self.ids.find(self.table(Table::People), sourced_id.as_bytes())
    }

    /// Whether two people may share an ID over families. If not, whoever has it is the only one.
    pub fn shares_ids(&self) -> bool {
        self.ids.is_shared()
    }

    /// Classes, courses, enrollments and links, findable from every side. The first call for a state of those tables reads them.
    pub fn relations(&self) -> &Relations {
        self.relations.get_or_init(|| Relations::of(&self.tables))
    }

    /// A class.
    pub fn class(&self, number: ClassNo) -> Option<Class> {
        unpack(self.table(Table::Classes).get(number.0)?)
    }

    /// A course.
    pub fn course(&self, number: CourseNo) -> Option<Course> {
        unpack(self.table(Table::Courses).get(number.0)?)
    }

    /// An enrollment.
    pub fn enrollment(&self, number: EnrollmentNo) -> Option<Enrollment> {
        unpack(self.table(Table::Enrollments).get(number.0)?)
    }

    /// A guardian link.
    pub fn link(&self, number: LinkNo) -> Option<Link> {
        unpack(self.table(Table::Links).get(number.0)?)
    }

    /// An organization.
    pub fn org(&self, number: OrgNo) -> Option<&Org> {
        self.orgs.all.get(number.0 as usize)?.as_ref()
    }

    /// Every organization, in order of number.
    pub fn orgs(&self) -> impl Iterator<Item = (OrgNo, &Org)> {
        self.orgs.all.iter().enumerate().filter_map(|(i, org)| Some((OrgNo(i as u32), org.as_ref()?)))
    }

    /// The organization of an external ID, compared exactly.
    pub fn org_by_external_id(&self, external_id: &str) -> Option<OrgNo> {
        self.orgs.by_external_id.get(external_id).copied()
    }
}

impl OrgIndex {
    fn build(pages: &Pages) -> Self {
        let mut index = Self { all: vec![None; pages.len()], by_external_id: HashMap::default() };
        for (slot, bytes) in pages.iter() {
            if let Ok(org) = postcard::from_bytes::<Org>(bytes) {
                index.by_external_id.insert(org.external_id.clone(), OrgNo(slot));
                index.all[slot as usize] = Some(org);
            }
        }
        index
    }
}

/// The packed form of a record that is kept in postcard: all but people.
pub fn pack<T: Serialize>(record: &T) -> Vec<u8> {
    postcard::to_stdvec(record).unwrap_or_default()
}

/// The record of a packed form; `None` if the bytes are not one.
pub fn unpack<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(role: Role, id: &str) -> Vec<u8> {
        let mut p = Person::new(role);
        p.set_text(Text::SourcedId, id);
        p.pack()
    }

    fn at(slot: u32) -> Entity {
        PersonNo(slot).into()
    }

    #[test]
    fn ids_are_unique_within_a_family_only() {
        let (staff, student) = (person(Role::Teacher, "1001"), person(Role::Student, "1001"));
        let roster = Roster::default().with(1, [(at(0), staff.as_slice()), (at(1), student.as_slice())]);
        assert_eq!(roster.person_by_id(Family::Staff, "1001"), Some(PersonNo(0)));
        assert_eq!(roster.person_by_id(Family::Students, "1001"), Some(PersonNo(1)));
        assert_eq!(roster.person_by_id(Family::Guardians, "1001"), None);
        assert_eq!(roster.people_by_id("1001").count(), 2);
    }

    #[test]
    fn an_id_follows_its_person_through_changes() {
        let (old, new) = (person(Role::Student, "1"), person(Role::Student, "2"));
        let before = Roster::default().with(1, [(at(0), old.as_slice())]);
        let after = before.with(2, [(at(0), new.as_slice())]);
        assert_eq!(before.person_by_id(Family::Students, "1"), Some(PersonNo(0)));
        assert_eq!(after.person_by_id(Family::Students, "1"), None);
        assert_eq!(after.person_by_id(Family::Students, "2"), Some(PersonNo(0)));
        let back = after.with(3, [(at(0), old.as_slice())]);
        assert_eq!(back.people_by_id("1").count(), 1, "found once, though indexed twice");
        assert_eq!(back.with(4, [(at(0), [].as_slice())]).people_by_id("1").count(), 0);
    }

    #[test]
    fn organizations_are_found_by_external_id() {
        let org = pack(&Org { external_id: "S1".into(), name: "Lincoln High".into(), ..Org::default() });
        let roster = Roster::default().with(1, [(OrgNo(0).into(), org.as_slice())]);
        assert_eq!(roster.org_by_external_id("S1"), Some(OrgNo(0)));
        assert_eq!(roster.org_by_external_id("s1"), None);
        assert_eq!(roster.orgs().count(), 1);
    }
}
