//! What the rows of a file make of several tables: records known or new, numbered as the roster will number them.

use crate::intake::Row;
use crate::roster::{Entity, Roster, Table};

use super::{Wanted, WantedRecord, WantedSet};

/// Where a record stands in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    /// Data record number.
    pub(super) record: u32,
    /// Physical line.
    pub(super) line: u32,
    /// Row as a spreadsheet shows it.
    pub(super) row: u32,
}

impl From<&Row> for At {
    fn from(row: &Row) -> Self {
        Self { record: row.record, line: row.line, row: row.row }
    }
}

/// The records that a file would put on the roster.
pub(super) struct Gather<'a> {
    roster: &'a Roster,
    sets: Vec<WantedSet>,
    /// By table: the slot that its next new record gets.
    next: [u32; Table::ALL.len()],
    bytes: Vec<u8>,
}

impl<'a> Gather<'a> {
    /// Nothing yet.
    pub(super) fn new(roster: &'a Roster) -> Self {
        let set = |table: &Table| WantedSet { table: *table, records: Vec::new(), joins: Vec::new() };
        Self {
            roster,
            sets: Table::ALL.iter().map(set).collect(),
            next: Table::ALL.map(|t| roster.table(t).len() as u32),
            bytes: Vec::new(),
        }
    }

    /// A record of a table, in its packed form; its slot. New ones must come in the order of the file.
    pub(super) fn put(&mut self, table: Table, known: Option<u32>, at: At, packed: &[u8]) -> u32 {
        let same = known.is_some_and(|slot| self.roster.record(Entity { table, slot }) == Some(packed));
        let start = self.bytes.len() as u64;
        if !same {
            self.bytes.extend_from_slice(packed);
        }
        let len = self.bytes.len() as u32 - start as u32;
        let At { record, line, row } = at;
        self.sets[table as usize].records.push(WantedRecord { slot: known, record, line, row, start, len });
        known.unwrap_or_else(|| {
            self.next[table as usize] += 1;
            self.next[table as usize] - 1
        })
    }

    /// A record that the roster has and that the file only names.
    pub(super) fn name(&mut self, entity: Entity, at: At) {
        let At { record, line, row } = at;
        self.sets[entity.table as usize].records.push(WantedRecord { slot: Some(entity.slot), record, line, row, start: 0, len: 0 });
    }

    /// The row of data record `joined` says more of the record that the row of `first` brings.
    pub(super) fn join(&mut self, table: Table, first: u32, joined: u32) {
        self.sets[table as usize].joins.push((first, joined));
    }

    /// Everything, in the order of the file.
    pub(super) fn into_wanted(self) -> Wanted {
        let mut sets: Vec<WantedSet> = self.sets.into_iter().filter(|s| !s.records.is_empty()).collect();
        for set in &mut sets {
            set.records.sort_by_key(|r| r.record);
            set.joins.sort_unstable();
            set.joins.dedup();
        }
        Wanted { sets, bytes: self.bytes }
    }
}
