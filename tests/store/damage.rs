//! Bytes on disk that are not those that were written: an error that says so, never other data.

use std::path::{Path, PathBuf};

use homeroom::ledger::{Change, Entry, Finding, Outcome, Sync};
use homeroom::store::{Store, StoreError};

use crate::common::*;

/// All that a store has to say.
#[derive(Debug, PartialEq)]
struct Everything {
    people: std::collections::BTreeMap<u32, Vec<u8>>,
    syncs: Vec<Sync>,
    findings: Vec<Finding>,
    outcomes: Vec<Outcome>,
    entries: Vec<Entry>,
    changes: Vec<Change>,
    history: Vec<(Entry, Change)>,
    corrections: usize,
    body: Option<Vec<u8>>,
}

const BODY: &[u8] = b"first_name,last_name\nAna,Garcia\nAna,Garcia\nAna,Garcia\nAna,Garcia\n";

fn everything(dir: &Path) -> Result<Everything, StoreError> {
    let (store, _) = Store::open_with(dir, &opening(), small())?;
    let roster = store.load(&|_, _| {})?;
    let syncs = store.syncs()?;
    let mut all = Everything {
        people: people(&roster),
        findings: Vec::new(),
        outcomes: Vec::new(),
        entries: store.entries()?,
        changes: Vec::new(),
        history: store.history(at(3))?,
        corrections: store.all_corrections()?.len(),
        body: store.upload_body(&Store::hash(BODY))?,
        syncs,
    };
    for sync in &all.syncs {
        all.findings.extend(findings(&store, sync.number)?);
        all.outcomes.extend(store.outcomes(sync.number)?);
    }
    for entry in &all.entries {
        store.changes(entry.position, &mut |c| (all.changes.push(c), true).1)?;
    }
    Ok(all)
}

/// A store with a bit of everything: a checkpoint, a large sync in its own directory, small ones in `control`.
fn make(dir: &Path) {
    let (store, _) = Store::open_with(dir, &opening(), small()).unwrap();
    store.keep_upload(&upload(BODY), Some(BODY)).unwrap();
    let (_, roster) = import(&store, &load(&store), &named(0..400, "García"), 900).unwrap();
    let (_, roster) = import(&store, &roster, &named(3..20, "Núñez"), 5).unwrap();
    edit(&store, &roster, &named([3], "O'Brien")).unwrap();
    store.put_corrections(&[correction(1, 4, 2, "a@b.example")]).unwrap();
}

/// Flips bytes of a file, one copy of the store for each, and looks at what comes of it. Gives how many were noticed.
fn flip(file: impl Fn(&Path) -> PathBuf, tries: usize) -> usize {
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole");
    make(&whole);
    let right = everything(&whole).unwrap();
    let bytes = std::fs::read(file(&whole)).unwrap();
    // Not the blank rest of the last segment.
    let used = bytes.iter().rposition(|b| *b != 0).unwrap() + 1;
    let mut noticed = 0;
    for n in 0..tries {
        let at = n * used / tries + n % 7 % (used / tries).max(1);
        let torn = dir.path().join(format!("torn{n}"));
        copy(&whole, &torn);
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x41;
        std::fs::write(file(&torn), bytes).unwrap();
        match everything(&torn) {
            Ok(read) => {
                if read != right {
                    println!(
                        "byte {at} of {used}: silently other data: {} entries of {}, {} syncs of {}, {} people of {}",
                        read.entries.len(),
                        right.entries.len(),
                        read.syncs.len(),
                        right.syncs.len(),
                        read.people.len(),
                        right.people.len()
                    );
                }
            }
            Err(e) => {
                if n % 20 == 0 {
                    println!("byte {at}: {e}");
                }
                noticed += 1;
            }
        }
        std::fs::remove_dir_all(torn).unwrap();
    }
    noticed
}

#[test]
fn a_flipped_byte_in_control() {
    println!("{}", flip(|d| d.join("control/db"), 120));
}

#[test]
fn a_flipped_byte_in_a_checkpoint() {
    println!("{}", flip(|d| d.join("checkpoint-000001/db"), 60));
}

#[test]
fn a_flipped_byte_in_a_large_sync() {
    println!("{}", flip(|d| d.join("sync-000001/db"), 60));
}

#[test]
fn a_flipped_byte_in_an_upload() {
    println!("{}", flip(|d| d.join("uploads").join(Store::hash(BODY).0), 80));
}
