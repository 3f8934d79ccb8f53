//! Homeroom: a full-screen terminal console, and the same on the command line, for the person who keeps school
//! rosters in sync.
//!
//! # The house
//!
//! | module | decides |
//! |---|---|
//! | [`roster`] | what a school's roster IS: plain data, identifiers, grades, roles, folding. No I/O |
//! | [`ledger`] | what HAPPENED: uploads, syncs, findings, causes, plans, corrections, journal entries. No I/O |
//! | [`feed`] | what a file must LOOK LIKE: profiles, mappings, bundles |
//! | [`intake`] | from BYTES to ROWS: bundles unpacked, encoding, delimiter, records with their physical lines, header verdict |
//! | [`check`] | from ROWS to RECORDS and FINDINGS: rules, references, duplicates |
//! | [`sync`] | from RECORDS to a CHANGED ROSTER: plan, the absent, holds, the life of a run, sets, re-run, undo, edits |
//! | [`store`] | what LASTS: the only module that names sled |
//! | [`search`] | finding people and schools as you type |
//! | [`report`] | what LEAVES: reports, corrected file, exports |
//! | [`desk`] | what an operator can ASK FOR: requests, replies, events. The one door for `cli` and `tui` |
//! | [`watch`] | what happens UNATTENDED: drop folders watched, files taken when they are whole, somebody told |
//! | [`cli`] | the command line, one file a command |
//! | [`tui`] | the console |
//!
//! # Invariants, held by `tests/architecture.rs`
//!
//! * `roster` knows nobody; `ledger` knows `roster`; neither does I/O.
//! * `feed`, `intake`, `check` know those before them in the table. They never see the store: what they must look up
//!   comes in as a read-only view of the roster.
//! * `store` knows `roster` and `ledger`. Only `store` names sled.
//! * `sync` alone writes through `store`.
//! * `search` knows `roster`; `report` knows `roster`, `ledger`, `feed` and `intake`.
//! * `watch` knows `desk` and the plain types.
//! * `cli` and `tui` know `desk` and the plain types, never `store` or `sync`. Only `tui` names ratatui and crossterm.
//!
//! # The way of the data
//!
//! ```text
//! file -> intake -> check -> sync::plan -> (dry run | hold | apply) -> store::journal -> roster
//!                     |                                                     |
//!                     +--> findings -> store -> desk -> tui / cli / report <+
//! ```
//!
//! One direction; no stage calls back into an earlier one. Checking never fails: it yields records and findings.

pub mod check;
pub mod cli;
pub mod desk;
pub mod feed;
pub mod intake;
pub mod ledger;
pub mod report;
pub mod roster;
pub mod search;
pub mod store;
pub mod sync;
pub mod tui;
pub mod watch;
