//! Under which key what lies. All keys of a family have one length; a part number of two bytes follows each of them.
//!
//! | first byte | then | what |
//! |---|---|---|
//! | `m` | which (1) | singles: form of the store, last numbers given out, the checkpoints |
//! | `f` | feed (4) | a feed's name |
//! | `g` | feed (4) | a feed as it was set up |
//! | `a` | hash of the name (16) | a mapping |
//! | `u` | hash (64) | what is remembered of an upload |
//! | `s` | sync (4) | a sync |
//! | `h` | sync (4) | the head of what the sync's run yielded: what makes it visible |
//! | `r` | sync (4), attempt (2), section (1), number (4) | a block of what a run yielded |
//! | `c` | root (4), record (4), cell (4) | a correction |
//! | `n` | root (4), number (4) | a report of another system, attached to an upload |
//! | `d` | root (4), step (4) | a step of mending |
//! | `t` | number (4) | a standing correction |
//! | `l` | root (4) | what an upload said to the standing corrections of its feed |
//! | `v` | feed (4) | the value rules of a feed |
//! | `w` | root (4) | the value rules that an upload was run with |
//! | `p` | root (4), record (4) | a decision about a row |
//! | `z` | feed (4), hash of the cause (16) | a snooze |
//! | `e` | position (8) | the head of a journal entry: what makes it visible |
//! | `j` | position (8), table (1), slot (4) | a block of changes, by its first entity |
//! | `b` | sync (4), attempt (8) | a directory of a large sync that is in use |
//! | `i` | number (8) | a range of keys to sweep at the next open |
//! | `W` | feed (4) | how a feed is watched |
//! | `N` | feed (4) | when a file of the feed came last, and what somebody was told of it |
//! | `T` | sync (4) | the claim of the file that the sync ran |
//! | `y` | number (8) | a refusal of the audit |
//! | `k` | table (1), first page (4) | a block of pages (in a checkpoint) |

use crate::ledger::{SyncNo, UploadHash};
use crate::roster::{Entity, FeedNo, Table};

/// The form of the store as a whole.
pub(super) const SCHEMA: &[u8] = b"m\x01";
/// The last sync number given out.
pub(super) const LAST_SYNC: &[u8] = b"m\x02";
/// The last feed number given out.
pub(super) const LAST_FEED: &[u8] = b"m\x03";
/// The checkpoints in use, newest first; in a checkpoint, its head.
pub(super) const CHECKPOINTS: &[u8] = b"m\x04";

/// How often `control` was published.
pub(super) const PUBLISHED: &[u8] = b"m\x05";

/// The last number given to a standing correction.
pub(super) const LAST_STANDING: &[u8] = b"m\x06";

/// What a run yields, in sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Findings = 1,
    Outcomes = 2,
    Causes = 3,
}

fn key(family: u8, fields: &[&[u8]]) -> Vec<u8> {
    let mut key = Vec::with_capacity(24);
    key.push(family);
    for field in fields {
        key.extend_from_slice(field);
    }
    key
}

pub(super) fn feed(feed: FeedNo) -> Vec<u8> {
    key(b'f', &[&feed.0.to_be_bytes()])
}

pub(super) fn feed_settings(feed: FeedNo) -> Vec<u8> {
    key(b'g', &[&feed.0.to_be_bytes()])
}

pub(super) fn watch(feed: FeedNo) -> Vec<u8> {
    key(b'W', &[&feed.0.to_be_bytes()])
}

pub(super) fn told(feed: FeedNo) -> Vec<u8> {
    key(b'N', &[&feed.0.to_be_bytes()])
}

pub(super) fn claim(sync: SyncNo) -> Vec<u8> {
    key(b'T', &[&sync.0.to_be_bytes()])
}

pub(super) fn map(name: &str) -> Vec<u8> {
    // Keys of a family have one length, and names have not.
    key(b'a', &[&blake3::hash(name.as_bytes()).as_bytes()[..16]])
}

pub(super) fn upload(hash: &UploadHash) -> Vec<u8> {
    key(b'u', &[hash.0.as_bytes()])
}

pub(super) fn sync(sync: SyncNo) -> Vec<u8> {
    key(b's', &[&sync.0.to_be_bytes()])
}

pub(super) fn head(sync: SyncNo) -> Vec<u8> {
    key(b'h', &[&sync.0.to_be_bytes()])
}

/// All blocks of one attempt of a run.
pub(super) fn run(sync: SyncNo, attempt: u16) -> Vec<u8> {
    key(b'r', &[&sync.0.to_be_bytes(), &attempt.to_be_bytes()])
}

/// All blocks of a section.
pub(super) fn section(sync: SyncNo, attempt: u16, section: Section) -> Vec<u8> {
    key(b'r', &[&sync.0.to_be_bytes(), &attempt.to_be_bytes(), &[section as u8]])
}

pub(super) fn run_block(sync: SyncNo, attempt: u16, section: Section, number: u32) -> Vec<u8> {
    key(b'r', &[&sync.0.to_be_bytes(), &attempt.to_be_bytes(), &[section as u8], &number.to_be_bytes()])
}

/// All corrections of a root.
pub(super) fn corrections(root: SyncNo) -> Vec<u8> {
    key(b'c', &[&root.0.to_be_bytes()])
}

pub(super) fn correction(root: SyncNo, record: u32, cell: u32) -> Vec<u8> {
    key(b'c', &[&root.0.to_be_bytes(), &record.to_be_bytes(), &cell.to_be_bytes()])
}

/// All decisions of a root.
pub(super) fn decisions(root: SyncNo) -> Vec<u8> {
    key(b'p', &[&root.0.to_be_bytes()])
}

pub(super) fn decision(root: SyncNo, record: u32) -> Vec<u8> {
    key(b'p', &[&root.0.to_be_bytes(), &record.to_be_bytes()])
}

/// A snooze, by the packed form of what its cause is.
pub(super) fn snooze(feed: FeedNo, cause: &[u8]) -> Vec<u8> {
    // Keys of a family have one length, and values have not.
    key(b'z', &[&feed.0.to_be_bytes(), &blake3::hash(cause).as_bytes()[..16]])
}

/// All reports attached to an upload.
pub(super) fn attached(root: SyncNo) -> Vec<u8> {
    key(b'n', &[&root.0.to_be_bytes()])
}

pub(super) fn attached_report(root: SyncNo, number: u32) -> Vec<u8> {
    key(b'n', &[&root.0.to_be_bytes(), &number.to_be_bytes()])
}

/// All steps of mending of a root.
pub(super) fn mend_steps(root: SyncNo) -> Vec<u8> {
    key(b'd', &[&root.0.to_be_bytes()])
}

pub(super) fn mend_step(root: SyncNo, step: u32) -> Vec<u8> {
    key(b'd', &[&root.0.to_be_bytes(), &step.to_be_bytes()])
}

pub(super) fn standing(number: u32) -> Vec<u8> {
    key(b't', &[&number.to_be_bytes()])
}

pub(super) fn laid(root: SyncNo) -> Vec<u8> {
    key(b'l', &[&root.0.to_be_bytes()])
}

pub(super) fn value_rules(feed: FeedNo) -> Vec<u8> {
    key(b'v', &[&feed.0.to_be_bytes()])
}

pub(super) fn rules_run_with(root: SyncNo) -> Vec<u8> {
    key(b'w', &[&root.0.to_be_bytes()])
}

pub(super) fn entry(position: u64) -> Vec<u8> {
    key(b'e', &[&position.to_be_bytes()])
}

/// All blocks of a journal entry.
pub(super) fn journal(position: u64) -> Vec<u8> {
    key(b'j', &[&position.to_be_bytes()])
}

pub(super) fn journal_block(position: u64, first: Entity) -> Vec<u8> {
    key(b'j', &[&position.to_be_bytes(), &[first.table as u8], &first.slot.to_be_bytes()])
}

pub(super) fn place(sync: SyncNo, attempt: u64) -> Vec<u8> {
    key(b'b', &[&sync.0.to_be_bytes(), &attempt.to_be_bytes()])
}

pub(super) fn sweep(number: u64) -> Vec<u8> {
    key(b'i', &[&number.to_be_bytes()])
}

pub(super) fn refusal(number: u64) -> Vec<u8> {
    key(b'y', &[&number.to_be_bytes()])
}

/// All pages of a table.
pub(super) fn table(table: Table) -> Vec<u8> {
    key(b'k', &[&[table as u8]])
}

pub(super) fn pages(table: Table, first: u32) -> Vec<u8> {
    key(b'k', &[&[table as u8], &first.to_be_bytes()])
}
