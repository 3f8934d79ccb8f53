//! A process that commits is killed at random moments; what it leaves opens, verifies, and is the state before or after.
//!
//! The program executes itself as the child. 20 rounds; `HOMEROOM_KILLS=N` for more.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a test program: so it fails, and tells

#[path = "store/common.rs"]
mod common;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::*;
use homeroom::ledger::{Sync, SyncStatus};
use homeroom::store::Store;

const CHILD: &str = "HOMEROOM_TEST_KILL_DIR";
const SLOTS: u32 = 600;

/// What the commit at `position` changes: sometimes a cell or two, sometimes most of the roster, sometimes removals.
fn changes(position: u64) -> Vec<(u32, Vec<u8>)> {
    let p = position as u32;
    let name = format!("Núñez{position}");
    match position % 6 {
        1 => named(0..SLOTS, &name),
        3 => named((0..SLOTS).filter(|n| n % 2 == 0), &name),
        5 => (0..SLOTS).filter(|n| n % 7 == p % 7).map(|n| (n, Vec::new())).collect(),
        _ => named([p * 37 % SLOTS], &name),
    }
}

/// The roster after so many commits.
fn model(position: u64) -> BTreeMap<u32, Vec<u8>> {
    let mut people = BTreeMap::new();
    for p in 1..=position {
        for (slot, record) in changes(p) {
            if record.is_empty() {
                people.remove(&slot)
            } else {
                people.insert(slot, record)
            };
        }
    }
    people
}

/// Findings of the sync that commits at `position`: few or so many that they go to a directory of their own.
fn count(position: u64) -> u32 {
    if position % 8 == 1 { 2_000 } else { position as u32 % 9 }
}

/// Commits for ever, and says before and after each.
fn work(dir: &Path) {
    let (store, _) = Store::open_with(dir, &opening(), small()).expect("opens");
    let mut roster = load(&store);
    let mut out = std::io::stdout().lock();
    loop {
        let next = store.position() + 1;
        writeln!(out, "begin {next}").and_then(|()| out.flush()).expect("the parent listens");
        roster = if next % 3 == 0 {
            edit(&store, &roster, &changes(next)).expect("commits")
        } else {
            import(&store, &roster, &changes(next), count(next)).expect("commits").1
        };
        writeln!(out, "done {next}").and_then(|()| out.flush()).expect("the parent listens");
        if next % 5 == 0 {
            store.put_corrections(&[correction(1, next as u32, 0, "x")]).expect("kept");
            store.checkpoint_if_due(&roster).expect("written");
        }
    }
}

/// Not a test of its own: the child of the one below.
#[test]
#[ignore = "run by killed_anywhere_it_is_before_or_after"]
fn child_that_commits() {
    if let Ok(dir) = std::env::var(CHILD) {
        work(dir.as_ref());
    }
}

/// Runs the child and kills it after `lines` of what it says and `spin` more. Gives the last position begun and done.
fn kill(dir: &Path, lines: usize, spin: Duration) -> (u64, u64) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["child_that_commits", "--exact", "--ignored", "--nocapture"])
        .env(CHILD, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let (mut begun, mut done) = (0, 0);
    let mut hear = |line: String| {
        // The test harness writes the child's name before its first word, without a line's end.
        if let Some((_, n)) = line.rsplit_once("begin ") {
            begun = n.parse().unwrap();
        } else if let Some(n) = line.strip_prefix("done ") {
            done = n.parse().unwrap();
        }
        begun > 0
    };
    let mut heard = 0;
    while heard < lines {
        heard += usize::from(hear(said.next().expect("the child goes on").unwrap()));
    }
    let began = Instant::now();
    while began.elapsed() < spin {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    for line in said.map_while(Result::ok) {
        hear(line);
    }
    (begun, done)
}

/// Checkpoints on disk.
fn checkpoints(store: &Store) -> usize {
    let entries = std::fs::read_dir(store.dir()).unwrap().map(|e| e.unwrap().file_name());
    entries.filter(|name| name.to_string_lossy().starts_with("checkpoint-")).count()
}

/// A small generator: which moments are tried is told by the seed alone.
fn random(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

#[test]
fn killed_anywhere_it_is_before_or_after() {
    let rounds: u64 = std::env::var("HOMEROOM_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
    let mut seed = std::env::var("HOMEROOM_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(0x5eed_u64);
    let mut dir = tempfile::tempdir().unwrap();
    let (mut before, mut after) = (0, 0);
    for round in 0..rounds {
        if round % 7 == 6 {
            dir = tempfile::tempdir().unwrap();
        }
        let (lines, spin) = (random(&mut seed) % 12, Duration::from_micros(random(&mut seed) % 30_000));
        let (begun, done) = kill(dir.path(), 1 + lines as usize, spin);
        let told = format!("round {round}: {lines} lines and {spin:?}, begun {begun}, done {done}, in {}", dir.path().display());

        let (store, _) = Store::open_with(dir.path(), &opening(), small()).unwrap_or_else(|e| panic!("{told}: {e}"));
        let position = store.position();
        assert!(position == begun || position + 1 == begun, "{told}: at {position}");
        assert!(position >= done, "{told}: what was done is gone, at {position}");
        if position == begun {
            after += 1;
        } else {
            before += 1;
        }
        let roster = store.load(&|_, _| {}).unwrap_or_else(|e| panic!("{told}: {e}"));
        assert!(people(&roster) == model(position), "{told}: neither before nor after");
        let verified = store.verify(true, &|_, _| {}).unwrap();
        assert!(verified.is_well(), "{told}: {:?}", verified.damage);
        assert_eq!(store.entries().unwrap().len() as u64, position, "{told}");

        let syncs = store.syncs().unwrap();
        for entry in store.entries().unwrap() {
            let Some(number) = entry.sync else { continue };
            let sync: &Sync = syncs.iter().find(|s| s.number == number).unwrap_or_else(|| panic!("{told}: no {number}"));
            assert_eq!((sync.status, sync.applied_at), (SyncStatus::Completed, Some(entry.position)), "{told}");
            assert_eq!(findings(&store, number).unwrap().len() as u32, count(entry.position), "{told}");
        }
        let applied = syncs.iter().filter(|s| s.applied_at.is_some()).count();
        assert!(syncs.iter().all(|s| s.status.is_done()), "{told}: a sync was left in the middle");
        assert_eq!(applied, store.entries().unwrap().iter().filter(|e| e.sync.is_some()).count(), "{told}: applied and not in the journal");
        let kept = checkpoints(&store);
        assert!(kept <= 2, "{told}: {kept} checkpoints");
    }
    println!("{rounds} kills: {before} before, {after} after");
}
