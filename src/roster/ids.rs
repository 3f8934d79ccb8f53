//! From an ID to the people who have it.
//!
//! One hash table of (tag, slot) over everybody. A hit counts only if the person's bytes really hold that ID
//! now, so entries that a change left behind do no harm. The hash is seeded per process: a file cannot be
//! made to collide. Changes go to a small list beside the table until it is worth building anew.

use std::sync::Arc;

use hashbrown::HashTable;

use super::person::{PersonRef, Text};
use super::tags::{Seed, hash, spread, tag};
use super::{Pages, PersonNo};

/// Changed IDs that are searched one by one before the table is built anew.
const BESIDE: usize = 4096;

/// The index from ID to people; shared by the snapshots it serves.
#[derive(Clone, Debug, Default)]
pub struct IdIndex {
    table: Arc<HashTable<(u32, u32)>>,
    beside: Arc<Vec<(u32, u32)>>,
    /// Whether two people may share an ID (student 1001 and employee 1001). Never unset by a change.
    shared: bool,
    seed: Seed,
}

impl IdIndex {
    /// The index of a table of people.
    pub fn build(people: &Pages) -> Self {
        let seed = Seed::default();
        let mut table = HashTable::with_capacity(people.len());
        let mut shared = false;
        for (slot, bytes) in people.iter() {
            let id = PersonRef::new(bytes).raw(Text::SourcedId);
            if !id.is_empty() {
                let hash = hash(&seed, id);
                let mine = tag(hash);
                // The line of the table that the next step writes to: looking is free.
                shared |= table.find(hash, |(t, s)| *t == mine && id_of(people, *s) == id).is_some();
                table.insert_unique(hash, (mine, slot), |(tag, _)| spread(*tag));
            }
        }
        Self { table: Arc::new(table), beside: Arc::default(), shared, seed }
    }

    /// The index after the people of those slots changed; `people` is the table after the change.
    #[must_use]
    pub fn with(&self, people: &Pages, changed: impl ExactSizeIterator<Item = u32>) -> Self {
        if self.beside.len() + changed.len() > BESIDE {
            return Self::build(people);
        }
        let mut next = self.clone();
        for slot in changed {
            let id = id_of(people, slot);
            if id.is_empty() {
                continue;
            }
            let (mut there, mut shared) = (false, next.shared);
            for other in next.find(people, id) {
                there |= other.0 == slot;
                shared |= other.0 != slot;
            }
            next.shared = shared;
            if !there {
                Arc::make_mut(&mut next.beside).push((tag(hash(&self.seed, id)), slot));
            }
        }
        next
    }

    /// Whether two people may share an ID. If not, the first that is found is the only one.
    pub fn is_shared(&self) -> bool {
        self.shared
    }

    /// Everybody in `people` whose ID is `id`, each once.
    pub fn find<'a>(&'a self, people: &'a Pages, id: &'a [u8]) -> impl Iterator<Item = PersonNo> + 'a {
        let hash = hash(&self.seed, id);
        let mine = tag(hash);
        let is = move |slot: u32| id_of(people, slot) == id && !id.is_empty();
        let of_table = self.table.iter_hash(hash).filter(move |(t, s)| *t == mine && is(*s)).map(|(_, s)| *s);
        let beside = self.beside.iter().filter(move |(t, s)| *t == mine && is(*s)).map(|(_, s)| *s);
        // What stands beside the table is not in it: `with` sees to that.
        of_table.chain(beside).map(PersonNo)
    }
}

fn id_of(people: &Pages, slot: u32) -> &[u8] {
    people.get(slot).map(|b| PersonRef::new(b).raw(Text::SourcedId)).unwrap_or_default()
}
