//! From ROWS to RECORDS and FINDINGS: rules, references, duplicates.
//!
//! [`check`] reads a sheet row by row through a profile and against a snapshot of the roster. It never fails for what is in
//! a row: it yields what the roster would hold ([`Wanted`]) and everything found ([`Spool`], [`Cause`]). It never sees the store.

mod agents;
mod assigned;
mod assignment;
mod assignments;
mod book;
mod causes;
mod claims;
mod classes;
mod compiled;
mod contacts;
mod draft;
mod enrollments;
mod gather;
mod guardians;
mod kin;
mod known;
pub mod laid_over;
pub mod near;
mod orgs;
mod owners;
mod people;
pub mod present;
pub mod row;
mod rules;
mod sessions;
mod spool;
pub mod values;

use std::collections::HashMap;

use crate::feed::{Profile, RowShape};
use crate::intake::{Columns, Row, Sheet};
use crate::ledger::{Cause, Decided, Finding, Outcome, SyncNo};
use crate::roster::{Entity, FeedNo, Kind, OrgNo, Roster, Table};

pub use spool::Spool;

/// Corrected cells by data record number: cell index and what it is to be.
pub type Overlay = HashMap<u32, Vec<(u32, String)>>;

/// What the operator decided about rows, by data record number.
pub type Decisions = HashMap<u32, Decided>;

/// What to check, and against what.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The file.
    pub sheet: &'a Sheet,
    /// Where the profile's columns are in it.
    pub columns: &'a Columns,
    /// The rules.
    pub profile: &'a Profile,
    /// The roster as it is.
    pub roster: &'a Roster,
    /// The feed that brings what the file says.
    pub feed: FeedNo,
    /// Main sources by number and name: who is brought by one is warned about when sent by another (REF-310).
    pub main: &'a [(FeedNo, String)],
    /// The organization that the upload is for, if for one only.
    pub org: Option<OrgNo>,
    /// Corrections laid over the rows.
    pub overlay: &'a Overlay,
    /// Rows about which the operator decided something; none where nothing was decided.
    pub decided: Option<&'a Decisions>,
    /// What the feed lets a file do.
    pub lets: Lets,
    /// Who made a record, where somebody knows: asked for people whom a profile that only creates finds on the roster.
    pub makers: Option<&'a dyn Fn(Entity) -> Option<Maker>>,
}

impl Ask<'_> {
    fn decision(&self, record: u32) -> Option<Decided> {
        self.decided?.get(&record).copied()
    }

    /// Whether the operator left a row out: it claims nothing, brings nothing and is no error.
    pub(crate) fn skips(&self, record: u32) -> bool {
        self.decision(record) == Some(Decided::Skip)
    }

    /// Whether the operator said whom a row is about, so that nothing about it is doubtful: a person of its own, or that it stands.
    pub(crate) fn is_sure(&self, record: u32) -> bool {
        matches!(self.decision(record), Some(Decided::AsNew | Decided::Stands))
    }
}

/// Who made a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Maker {
    /// The sync that made it.
    pub sync: SyncNo,
    /// Whether that was a run of the upload that is being checked.
    pub same_upload: bool,
}

/// What a feed lets a file do to known people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lets {
    /// Change their names (else the names that people chose stay).
    pub names: bool,
    /// Bring a password for them (else the cell is passed over).
    pub passwords: bool,
}

impl Default for Lets {
    fn default() -> Self {
        Self { names: true, passwords: true }
    }
}

/// Why checking did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Someone asked for it.
    Cancelled,
    /// The file is refused whole after all: a quote that never closes, too many rows.
    Refused(Vec<Finding>),
}

/// Findings by how bad they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Errors and worse.
    pub errors: u64,
    /// Warnings.
    pub warnings: u64,
    /// Notes.
    pub infos: u64,
}

/// What checking yields.
#[derive(Debug, Default)]
pub struct Checked {
    /// Data rows.
    pub rows: u64,
    /// Rows with at least one error.
    pub rows_with_errors: u64,
    /// Refused rows, by kind.
    pub refused: [u64; Kind::ALL.len()],
    /// By data record: refused, skipped, or (as yet) unchanged.
    pub outcomes: Vec<Outcome>,
    /// What was found on rows, in the order of the file. Their cause numbers go through `renumber`.
    pub spool: Spool,
    /// What was found about the file as a whole.
    pub file_findings: Vec<Finding>,
    /// How much of what was found.
    pub tally: Tally,
    /// The findings folded, worst and largest first.
    pub causes: Vec<Cause>,
    /// The final number of each provisional cause.
    pub renumber: Vec<u32>,
    /// What the roster would hold.
    pub wanted: Wanted,
}

/// What the roster would hold after the right rows.
#[derive(Debug, Default)]
pub struct Wanted {
    /// In which tables, in the order of [`Table::ALL`], none twice. A record refers to a new one by the slot that this will get: the
    /// next free one of its table, in the order of `records`.
    pub sets: Vec<WantedSet>,
    /// The records, packed, one after the other.
    pub bytes: Vec<u8>,
}

/// What one table would hold.
#[derive(Debug)]
pub struct WantedSet {
    /// The table.
    pub table: Table,
    /// In the order of the file. A new record gets the table's next free slot in this order.
    pub records: Vec<WantedRecord>,
    /// Rows that say more of a record that stands already (another organization of a person, another class of a teacher): the data
    /// record that stands, the one that joined it. Sorted. A record is planned where any of its rows is.
    pub joins: Vec<(u32, u32)>,
}

/// One record that the roster would hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WantedRecord {
    /// Its slot, if it is on the roster.
    pub slot: Option<u32>,
    /// The data record that brings it.
    pub record: u32,
    /// That record's physical line.
    pub line: u32,
    /// That record's row as a spreadsheet shows it.
    pub row: u32,
    /// Where it stands in [`Wanted::bytes`].
    pub start: u64,
    /// How long it is; 0 where the roster has it so already.
    pub len: u32,
}

/// Checks every row of a sheet. `progress` gets rows and bytes done and says whether to go on.
pub fn check(ask: &Ask<'_>, progress: &mut dyn FnMut(u64, u64) -> bool) -> Result<Checked, Stopped> {
    match ask.profile.rows {
        RowShape::Org => orgs::check(ask, progress),
        RowShape::Person => Ok(agents::link(ask, people::check(ask, progress)?)),
        RowShape::Guardian => guardians::check(ask, progress),
        RowShape::Course | RowShape::Class => classes::check(ask, progress),
        RowShape::Enrollment => enrollments::check(ask, progress),
        RowShape::Assignment => assignments::check(ask, progress),
        RowShape::Session => sessions::check(ask, progress),
    }
}

/// Lays the corrections over a row.
fn overlay_row(ask: &Ask<'_>, row: &mut Row) {
    if ask.overlay.is_empty() {
        return;
    }
    if let Some(cells) = ask.overlay.get(&row.record) {
        lay(cells, ask.columns.width, row);
    }
}

/// Lays cells over a row. A cell beyond the header's `width` that is emptied is taken out, so that a row with too many cells
/// can be mended.
pub fn lay(cells: &[(u32, String)], width: usize, row: &mut Row) {
    let mut laid: Vec<Vec<u8>> = row.cells.iter().map(<[u8]>::to_vec).collect();
    for (cell, value) in cells {
        let at = *cell as usize;
        if at >= laid.len() {
            laid.resize(at + 1, Vec::new());
        }
        laid[at] = value.clone().into_bytes();
    }
    let emptied = |at: usize| cells.iter().rev().find(|c| c.0 as usize == at).is_some_and(|c| c.1.is_empty());
    while laid.len() > width && emptied(laid.len() - 1) {
        laid.pop();
    }
    row.cells = laid.into();
}
