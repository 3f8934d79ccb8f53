//! The journal: what was applied, entry by entry. The changes of an entry lie in blocks, sorted by entity.
//!
//! A small entry keeps each record before and after (after as its difference to before). A large one keeps only what was
//! before: what came after is what was before the next change of the same record, or what is on the roster now.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use serde::{Deserialize, Serialize};

use super::block::{Goal, Reader, put, put_bytes, put_step};
use super::shelf::Scan;
use super::tray::{Place, Tray};
use super::{Store, StoreError, keys};
use crate::ledger::{Change, Entry};
use crate::roster::{Entity, Roster, Table};

/// An entry as it is stored: what makes its changes visible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) entry: Entry,
    pub(super) place: Option<Place>,
    /// Whether the records after are not in the blocks.
    pub(super) before_only: bool,
    /// Bytes of its blocks.
    pub(super) bytes: u64,
    /// The first and the last record that it changed.
    pub(super) span: Option<(Entity, Entity)>,
}

/// One change as a block has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) entity: Entity,
    record: u32,
    line: u32,
    before: Option<Vec<u8>>,
    pub(super) after: After,
}

/// The record after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum After {
    None,
    Here(Vec<u8>),
    /// Found elsewhere.
    Later,
}

/// A change on its way into the journal.
#[derive(Clone, Copy, Debug)]
pub(super) struct New<'a> {
    pub(super) entity: Entity,
    pub(super) record: u32,
    pub(super) line: u32,
    pub(super) before: Option<&'a [u8]>,
    /// `None` if it is removed.
    pub(super) after: Option<&'a [u8]>,
}

const OTHER_TABLE: u8 = 1;
const HAS_BEFORE: u8 = 2;
const HAS_AFTER: u8 = 4;
const AFTER_HERE: u8 = 8;

/// Writes the changes of one entry, in order of entity, into a tray.
pub(super) struct Writer<'t, 'a> {
    tray: &'t mut Tray<'a>,
    position: u64,
    before_only: bool,
    raw: Vec<u8>,
    first: Option<Entity>,
    last: (Option<Entity>, u32, u32),
    goal: Goal,
}

impl<'t, 'a> Writer<'t, 'a> {
    pub(super) fn new(tray: &'t mut Tray<'a>, position: u64, before_only: bool) -> Self {
        Self { tray, position, before_only, raw: Vec::new(), first: None, last: (None, 0, 0), goal: Goal::default() }
    }

    pub(super) fn push(&mut self, change: New<'_>) -> Result<(), StoreError> {
        let (last, record, line) = self.last;
        self.first.get_or_insert(change.entity);
        let same = last.filter(|l| l.table == change.entity.table);
        let here = change.after.filter(|_| !self.before_only);
        let bit = |is: bool, bit: u8| if is { bit } else { 0 };
        let out = &mut self.raw;
        out.push(
            bit(same.is_none(), OTHER_TABLE)
                | bit(change.before.is_some(), HAS_BEFORE)
                | bit(change.after.is_some(), HAS_AFTER)
                | bit(here.is_some(), AFTER_HERE),
        );
        if same.is_none() {
            out.push(change.entity.table as u8);
        }
        put(out, u64::from(change.entity.slot - same.map_or(0, |l| l.slot)));
        put_step(out, record, change.record);
        put_step(out, line, change.line);
        if let Some(before) = change.before {
            put_bytes(out, before);
        }
        if let Some(after) = here {
            let before = change.before.unwrap_or_default();
            let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
            let tail = before[head..].iter().rev().zip(after[head..].iter().rev()).take_while(|(a, b)| a == b).count();
            put(out, head as u64);
            put(out, tail as u64);
            put_bytes(out, &after[head..after.len() - tail]);
        }
        self.last = (Some(change.entity), change.record, change.line);
        if self.raw.len() >= self.goal.raw() { self.end() } else { Ok(()) }
    }

    /// Puts the last block.
    pub(super) fn end(&mut self) -> Result<(), StoreError> {
        if let Some(first) = self.first.take() {
            let sealed = self.tray.put(&keys::journal_block(self.position, first), &self.raw)?;
            self.goal.learn(self.raw.len(), sealed);
            self.raw.clear();
            self.last = (None, 0, 0);
        }
        Ok(())
    }
}

/// The changes of a block; `None` if the bytes are not changes.
fn read(raw: &[u8]) -> Option<Vec<Stored>> {
    let mut r = Reader(raw);
    let mut changes = Vec::new();
    let (mut table, mut slot, mut record, mut line) = (None, 0u32, 0, 0);
    while !r.is_empty() {
        let bits = r.byte()?;
        if bits & OTHER_TABLE != 0 {
            table = Some(*Table::ALL.get(r.byte()? as usize)?);
            slot = 0;
        }
        slot = slot.checked_add(r.small()?)?;
        record = r.step(record)?;
        line = r.step(line)?;
        let before = if bits & HAS_BEFORE != 0 { Some(r.bytes()?.to_vec()) } else { None };
        let after = if bits & AFTER_HERE != 0 {
            let was = before.as_deref().unwrap_or_default();
            let (head, tail, middle) = (r.number()? as usize, r.number()? as usize, r.bytes()?);
            let tail = was.len().checked_sub(tail)?;
            After::Here([was.get(..head)?, middle, was.get(tail..)?].concat())
        } else if bits & HAS_AFTER != 0 {
            After::Later
        } else {
            After::None
        };
        changes.push(Stored { entity: Entity { table: table?, slot }, record, line, before, after });
    }
    Some(changes)
}

/// A walk over the changes of one entry.
struct Walk {
    blocks: Scan,
    block: std::vec::IntoIter<Stored>,
    path: std::path::PathBuf,
}

impl Iterator for Walk {
    type Item = Result<Stored, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(change) = self.block.next() {
                return Some(Ok(change));
            }
            match self.blocks.next()? {
                Err(e) => return Some(Err(e)),
                Ok((_, raw)) => match read(&raw) {
                    Some(changes) => self.block = changes.into_iter(),
                    None => return Some(Err(StoreError::Damaged { what: "a block of the journal".into(), path: self.path.clone() })),
                },
            }
        }
    }
}

/// What was before a change: which record, in which walk, the bytes.
type Earlier = (Entity, usize, Option<Vec<u8>>);

/// What came after changes whose own entry does not say: from later entries, walked side by side, else from the roster.
struct Afters {
    roster: Roster,
    walks: Vec<Walk>,
    /// The next change of each walk: entity, position (the walks are in order of position), what was before.
    next: BinaryHeap<Reverse<Earlier>>,
}

impl Afters {
    fn advance(&mut self, walk: usize) -> Result<(), StoreError> {
        if let Some(change) = self.walks[walk].next().transpose()? {
            self.next.push(Reverse((change.entity, walk, change.before)));
        }
        Ok(())
    }

    /// The record after; asked for in order of entity.
    fn of(&mut self, entity: Entity) -> Result<Option<Vec<u8>>, StoreError> {
        let mut found = None;
        while self.next.peek().is_some_and(|Reverse((e, ..))| *e <= entity) {
            let Some(Reverse((e, walk, before))) = self.next.pop() else { break };
            if e == entity && found.is_none() {
                found = Some(before);
            }
            self.advance(walk)?;
        }
        Ok(found.unwrap_or_else(|| self.roster.record(entity).map(<[u8]>::to_vec)))
    }
}

impl Store {
    /// The journal's entries, oldest first.
    pub fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        Ok(self.journal_heads()?.into_iter().map(|h| h.entry).collect())
    }

    /// The changes of the entry at `position`, in order of entity, with the records before and after. Ends early where
    /// `visit` gives `false`; nothing comes where there is no such entry.
    pub fn changes(&self, position: u64, visit: &mut dyn FnMut(Change) -> bool) -> Result<(), StoreError> {
        // An entry is there once its snapshot is.
        let Some(head) = self.journal_head(position)?.filter(|_| position <= self.position()) else { return Ok(()) };
        let mut afters = if head.before_only { Some(self.afters(position)?) } else { None };
        let mut seen = 0;
        for change in self.walk(&head)? {
            let Stored { entity, record, line, before, after } = change?;
            let after = match (after, &mut afters) {
                (After::None, _) => None,
                (After::Here(after), _) => Some(after),
                (After::Later, Some(afters)) => afters.of(entity)?,
                (After::Later, None) => return Err(self.damaged("a block of the journal", head.place)),
            };
            seen += 1;
            if !visit(Change { entity, record, line, before, after }) {
                return Ok(());
            }
        }
        if seen == head.entry.changes { Ok(()) } else { Err(self.damaged(format!("journal entry {position} is not complete"), head.place)) }
    }

    /// Everything that happened to one record, oldest first.
    pub fn history(&self, entity: Entity) -> Result<Vec<(Entry, Change)>, StoreError> {
        let roster = self.now()?;
        let mut history: Vec<(Entry, Stored)> = Vec::new();
        for head in self.journal_heads()? {
            if head.entry.position > roster.position() {
                break;
            }
            if let Some(change) = self.change_of(&head, entity)? {
                history.push((head.entry, change));
            }
        }
        let mut next = roster.record(entity).map(<[u8]>::to_vec);
        let mut whole = Vec::with_capacity(history.len());
        for (entry, Stored { entity, record, line, before, after }) in history.into_iter().rev() {
            let after = match after {
                After::None => None,
                After::Here(after) => Some(after),
                After::Later => next.take(),
            };
            next.clone_from(&before);
            whole.push((entry, Change { entity, record, line, before, after }));
        }
        whole.reverse();
        Ok(whole)
    }

    /// The change that an entry made to a record: one block, looked up by its first entity.
    fn change_of(&self, head: &Head, entity: Entity) -> Result<Option<Stored>, StoreError> {
        if head.span.is_none_or(|(first, last)| entity < first || last < entity) {
            return Ok(None);
        }
        let position = head.entry.position;
        let shelf = self.shelf(head.place)?;
        let Some(key) = shelf.last_at(&keys::journal(position), &keys::journal_block(position, entity))? else { return Ok(None) };
        let raw = shelf.get(&key)?.ok_or_else(|| self.damaged("a block of the journal", head.place))?;
        let changes = read(&raw).ok_or_else(|| self.damaged("a block of the journal", head.place))?;
        Ok(changes.into_iter().find(|c| c.entity == entity))
    }

    /// The newest record of everything that changed after `position`; `None` = removed.
    pub(super) fn replay(&self, position: u64) -> Result<BTreeMap<Entity, Option<Vec<u8>>>, StoreError> {
        let mut newest = BTreeMap::new();
        for head in self.journal_heads()?.into_iter().filter(|h| h.entry.position > position) {
            for change in self.walk(&head)? {
                let change = change?;
                let after = match change.after {
                    After::None => None,
                    After::Here(after) => Some(after),
                    After::Later => {
                        let what = format!("the checkpoint of journal entry {} is missing", head.entry.position);
                        return Err(self.damaged(what, None));
                    }
                };
                newest.insert(change.entity, after);
            }
        }
        Ok(newest)
    }

    pub(super) fn journal_head(&self, position: u64) -> Result<Option<Head>, StoreError> {
        self.record(&keys::entry(position))
    }

    pub(super) fn journal_heads(&self) -> Result<Vec<Head>, StoreError> {
        let heads: Vec<Head> = self.control.all(b"e")?.iter().map(|(_, raw)| self.parse(raw)).collect::<Result<_, _>>()?;
        for (head, position) in heads.iter().zip(1..) {
            if head.entry.position != position {
                return Err(self.damaged(format!("journal entry {position} is missing"), None));
            }
        }
        Ok(heads)
    }

    fn walk(&self, head: &Head) -> Result<Walk, StoreError> {
        let shelf = self.shelf(head.place)?;
        let path = shelf.path().to_owned();
        Ok(Walk { blocks: shelf.scan(&keys::journal(head.entry.position)), block: Vec::new().into_iter(), path })
    }

    fn afters(&self, position: u64) -> Result<Afters, StoreError> {
        let roster = self.now()?;
        let mut afters = Afters { walks: Vec::new(), next: BinaryHeap::new(), roster };
        for head in self.journal_heads()? {
            if head.entry.position > position && head.entry.position <= afters.roster.position() {
                afters.walks.push(self.walk(&head)?);
                afters.advance(afters.walks.len() - 1)?;
            }
        }
        Ok(afters)
    }
}
