//! The index: who has which names, and everybody in order of name.

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use crate::roster::{PAGE, PersonNo, PersonRef, Roster, Status, Table, Text};

use super::names::{Adder, Collector, MOST_ADDED, Names};

/// Slots of a chunk: whole pages of the roster.
pub(crate) const CHUNK: usize = 64 * PAGE;

/// Changed people up to which an index is patched, and the share of all people for larger rosters.
const PATCH: usize = 1024;
const PATCH_SHARE: usize = 64;

/// The search index of one snapshot. Cheap to clone; never changes.
///
/// About 21 bytes a person (21 MB per million), and the distinct names.
#[derive(Clone, Debug)]
pub struct Index {
    pub(crate) names: Names,
    pub(crate) chunks: Vec<Arc<Chunk>>,
    /// Slots there is somebody in, by family, given, middle name, number.
    order: Arc<Vec<u32>>,
    ranks: Arc<OnceLock<Vec<u32>>>,
}

/// The people of [`CHUNK`] slots in a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chunk {
    /// Codes of family, given and middle name.
    pub(crate) codes: Vec<[u32; 3]>,
    /// What else must be known of each without looking at the record.
    pub(crate) flags: Vec<u8>,
    /// Preferred names, of the few who have one: place in the chunk and code, in order.
    pub(crate) preferred: Vec<(u16, u32)>,
}

/// There is somebody in the slot.
pub(crate) const THERE: u8 = 1;
/// That person is active.
pub(crate) const ACTIVE: u8 = 2;
/// The ID, e-mail or username has letters that are not ASCII, so it must be folded to be compared.
pub(crate) const FOLDED_CODES: u8 = 4;

const SHOWN: [Text; 3] = [Text::FamilyName, Text::GivenName, Text::MiddleName];

impl Index {
    /// The index of a snapshot.
    pub fn build(roster: &Roster) -> Self {
        let slots = roster.table(Table::People).len();
        let mut collector = Collector::new();
        let mut chunks: Vec<Chunk> = Vec::with_capacity(slots.div_ceil(CHUNK));
        for start in (0..slots).step_by(CHUNK) {
            let len = CHUNK.min(slots - start);
            chunks.push(Chunk { codes: vec![[0; 3]; len], flags: vec![0; len], preferred: Vec::new() });
        }
        for (number, person) in roster.people() {
            let (chunk, at) = (number.0 as usize / CHUNK, number.0 as usize % CHUNK);
            let chunk = &mut chunks[chunk];
            let raws = person.raws();
            chunk.codes[at] = SHOWN.map(|t| collector.number(raws[t as usize]));
            chunk.flags[at] = flags(person, &raws);
            let preferred = raws[Text::PreferredName as usize];
            if !preferred.is_empty() {
                chunk.preferred.push((at as u16, collector.number(preferred)));
            }
        }
        let (names, codes) = collector.finish();
        for chunk in &mut chunks {
            chunk.codes.iter_mut().flatten().chain(chunk.preferred.iter_mut().map(|p| &mut p.1)).for_each(|c| *c = codes[*c as usize]);
            chunk.preferred.shrink_to_fit();
        }
        let order = Arc::new(in_order(&chunks, names.len()));
        Self { names, chunks: chunks.into_iter().map(Arc::new).collect(), order, ranks: Arc::default() }
    }

    /// The index after the people of those numbers changed, came or went; `roster` is the snapshot after the
    /// change. What did not change is shared with this index; a large change builds anew.
    #[must_use]
    pub fn updated(&self, roster: &Roster, changed: &[PersonNo]) -> Self {
        let slots = roster.table(Table::People).len();
        let mut changed: Vec<u32> = changed.iter().map(|n| n.0).filter(|s| (*s as usize) < slots).collect();
        changed.sort_unstable();
        changed.dedup();
        let (old_slots, most) = (self.slots(), PATCH.max(slots / PATCH_SHARE));
        // New slots are changed ones, whether they were named or not.
        let unnamed = slots.saturating_sub(old_slots);
        if slots < old_slots || changed.len() > most || unnamed > most || self.names.added() > MOST_ADDED {
            return Self::build(roster);
        }
        changed.extend(old_slots as u32..slots as u32);
        changed.sort_unstable();
        changed.dedup();

        let mut next = self.clone();
        next.ranks = Arc::default();
        let mut adder = Adder::new(&mut next.names);
        for slot in &changed {
            let (chunk, at) = (*slot as usize / CHUNK, *slot as usize % CHUNK);
            if chunk == next.chunks.len() {
                next.chunks.push(Arc::default());
            }
            let chunk = Arc::make_mut(&mut next.chunks[chunk]);
            if chunk.codes.len() <= at {
                chunk.codes.resize(at + 1, [0; 3]);
                chunk.flags.resize(at + 1, 0);
            }
            chunk.preferred.retain(|p| usize::from(p.0) != at);
            (chunk.codes[at], chunk.flags[at]) = ([0; 3], 0);
            let Some(person) = roster.person(PersonNo(*slot)) else { continue };
            chunk.codes[at] = SHOWN.map(|t| adder.code(person.text(t)));
            chunk.flags[at] = flags(person, &person.raws());
            let preferred = person.text(Text::PreferredName);
            if !preferred.is_empty() {
                let place = chunk.preferred.partition_point(|p| usize::from(p.0) < at);
                chunk.preferred.insert(place, (at as u16, adder.code(preferred)));
            }
        }
        next.order = Arc::new(self.reordered(&next, &changed));
        next
    }

    /// Everybody's slot in order of name: family, given, middle name (folded), then number.
    pub fn by_name(&self) -> &[u32] {
        &self.order
    }

    /// The place of each slot in [`Index::by_name`]; `u32::MAX` for a slot that nobody is in. Made when first
    /// asked for (4 MB and some milliseconds per million).
    pub fn name_rank(&self) -> &[u32] {
        self.ranks.get_or_init(|| {
            let mut ranks = vec![u32::MAX; self.slots()];
            for (rank, slot) in self.order.iter().enumerate() {
                ranks[*slot as usize] = rank as u32;
            }
            ranks
        })
    }

    /// Number of slots, those that nobody is in included.
    pub fn slots(&self) -> usize {
        self.chunks.last().map_or(0, |last| (self.chunks.len() - 1) * CHUNK + last.codes.len())
    }

    /// Memory held, bytes; what is shared with other snapshots' indexes is counted in full.
    pub fn memory(&self) -> usize {
        let chunks: usize = self.chunks.iter().map(|c| c.codes.capacity() * 12 + c.flags.capacity() + c.preferred.capacity() * 8).sum();
        chunks + self.names.memory() + self.order.capacity() * 4 + self.ranks.get().map_or(0, |r| r.capacity() * 4)
    }

    fn codes(&self, slot: u32) -> [u32; 3] {
        self.chunks[slot as usize / CHUNK].codes[slot as usize % CHUNK]
    }

    fn is_there(&self, slot: u32) -> bool {
        self.chunks.get(slot as usize / CHUNK).and_then(|c| c.flags.get(slot as usize % CHUNK)).is_some_and(|f| f & THERE != 0)
    }

    fn compare(&self, a: u32, b: u32) -> Ordering {
        let (x, y) = (self.codes(a), self.codes(b));
        let by_codes = x.iter().zip(y).map(|(x, y)| self.names.compare(*x, y)).find(|o| o.is_ne());
        by_codes.unwrap_or(Ordering::Equal).then(a.cmp(&b))
    }

    /// The order of names of `next`, in which the sorted slots `changed` are in another place than here.
    fn reordered(&self, next: &Self, changed: &[u32]) -> Vec<u32> {
        let gone = changed.iter().filter(|s| self.is_there(**s)).filter_map(|s| self.order.binary_search_by(|o| self.compare(*o, *s)).ok());
        let mut gone: Vec<usize> = gone.collect();
        gone.sort_unstable();
        let mut come: Vec<u32> = changed.iter().copied().filter(|s| next.is_there(*s)).collect();
        come.sort_unstable_by(|a, b| next.compare(*a, *b));
        // Everything that stays has the codes it had: `next` compares it with what comes.
        let mut stays = Vec::with_capacity(self.order.len() + come.len());
        let mut from = 0;
        for at in gone {
            stays.extend_from_slice(&self.order[from..at]);
            from = at + 1;
        }
        stays.extend_from_slice(&self.order[from..]);
        if come.is_empty() {
            return stays;
        }
        let mut order = Vec::with_capacity(stays.len() + come.len());
        let mut from = 0;
        for slot in come {
            let to = from + stays[from..].partition_point(|s| next.compare(*s, slot).is_lt());
            order.extend_from_slice(&stays[from..to]);
            order.push(slot);
            from = to;
        }
        order.extend_from_slice(&stays[from..]);
        order
    }
}

fn flags(person: PersonRef<'_>, raws: &[&[u8]; Text::ALL.len()]) -> u8 {
    let active = if person.status() == Status::Active { ACTIVE } else { 0 };
    let plain = [Text::SourcedId, Text::Email, Text::Username].iter().all(|t| raws[*t as usize].is_ascii());
    THERE | active | if plain { 0 } else { FOLDED_CODES }
}

/// The slots of those chunks in order of name. Codes are ranks here, so counting sorts, last key first, do it.
fn in_order(chunks: &[Chunk], codes: usize) -> Vec<u32> {
    let there = |slot: &u32| chunks[*slot as usize / CHUNK].flags[*slot as usize % CHUNK] & THERE != 0;
    let slots = chunks.last().map_or(0, |last| (chunks.len() - 1) * CHUNK + last.codes.len());
    let mut order: Vec<u32> = (0..slots as u32).filter(there).collect();
    let mut sorted = vec![0; order.len()];
    for key in [2, 1, 0] {
        let code = |slot: u32| chunks[slot as usize / CHUNK].codes[slot as usize % CHUNK][key] as usize;
        let mut starts = vec![0u32; codes + 1];
        for slot in &order {
            starts[code(*slot) + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        for slot in &order {
            let start = &mut starts[code(*slot)];
            sorted[*start as usize] = *slot;
            *start += 1;
        }
        std::mem::swap(&mut order, &mut sorted);
    }
    order
}
