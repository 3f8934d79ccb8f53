//! Whose the unique values on the roster are, and who may give one up in this file.
//!
//! Worked out only where a first pass showed that rows were kept out by rows that fell: then most of what falls can be told at
//! once, where its row stands, and a file with one ID on every row does not take as many passes as it has rows.

use hashbrown::HashTable;

use super::Ask;
use super::claims::may_block;
use crate::roster::fold::fold_email;
use crate::roster::tags::{Seed, hash, spread, tag};
use crate::roster::{PersonNo, Roster, Text};

/// Whose the unique values on the roster are.
pub(super) struct Owners {
    /// By unique column: the text, and tag and slot of whoever has one.
    by_value: Vec<(Text, HashTable<(u32, u32)>)>,
    /// By slot: whether a right row of the file says another value.
    moving: Vec<bool>,
    /// By slot: the row of the file that stands for the person, 0 for none.
    rows: Vec<u32>,
    seed: Seed,
}

impl Owners {
    /// Of those texts, which are unique. `moving` and `rows` are by slot: see the fields.
    pub(super) fn of(ask: &Ask<'_>, texts: &[Text], moving: Vec<bool>, rows: Vec<u32>) -> Self {
        let seed = Seed::default();
        let table = |text: &Text| {
            let mut table = HashTable::new();
            for (number, person) in ask.roster.people().filter(|(_, p)| !p.raw(*text).is_empty() && may_block(ask.profile, *p)) {
                let hash = hash(&seed, fold_email(person.text(*text)).as_bytes());
                table.insert_unique(hash, (tag(hash), number.0), |(tag, _)| spread(*tag));
            }
            (*text, table)
        };
        Self { by_value: texts.iter().map(table).collect(), moving, rows, seed }
    }

    /// The slot of somebody other than `but` who has the value and says no other in this file.
    pub(super) fn keeps(&self, roster: &Roster, unique: usize, folded: &str, but: Option<PersonNo>) -> Option<u32> {
        let (text, table) = self.by_value.get(unique)?;
        let hash = hash(&self.seed, folded.as_bytes());
        let has = |slot: u32| roster.person(PersonNo(slot)).is_some_and(|p| fold_email(p.text(*text)) == folded);
        let mut owners = table.iter_hash(hash).filter(|(t, _)| *t == tag(hash)).map(|(_, slot)| *slot);
        owners.find(|slot| Some(PersonNo(*slot)) != but && !self.moving[*slot as usize] && has(*slot))
    }

    /// The row of the file that stands for the person of a slot, 0 for none.
    pub(super) fn row(&self, slot: u32) -> u32 {
        self.rows[slot as usize]
    }
}
