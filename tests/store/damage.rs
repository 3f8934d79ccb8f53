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

/// Flips bytes of a file, one copy of the store for each: what comes of it is an error or everything as it was. Gives in how
/// many of the tries it was an error.
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
            Ok(read) => assert!(read == right, "byte {at} of {used}: other data and no error"),
            Err(StoreError::Damaged { .. } | StoreError::Io { .. } | StoreError::TooNew { .. }) => noticed += 1,
            Err(e) => panic!("byte {at} of {used}: {e}"),
        }
        std::fs::remove_dir_all(torn).unwrap();
    }
    noticed
}

/// The newest snapshot of a sled directory.
fn snapshot(dir: &Path) -> PathBuf {
    let mut found: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    found.retain(|p| p.file_name().unwrap().to_string_lossy().starts_with("snap."));
    found.sort();
    found.pop().expect("a store that was opened again has a snapshot")
}

#[test]
fn a_flipped_byte_in_control_is_damage_not_an_older_state() {
    assert!(flip(|d| d.join("control/db"), 40) > 30);
}

#[test]
fn a_flipped_byte_in_a_checkpoint_is_damage() {
    assert!(flip(|d| d.join("checkpoint-000001/db"), 30) > 25);
}

#[test]
fn a_flipped_byte_in_the_directory_of_a_large_sync_is_damage() {
    assert!(flip(|d| d.join("sync-000001/db"), 30) > 25);
}

#[test]
fn a_flipped_byte_in_an_upload_is_damage() {
    assert_eq!(flip(|d| d.join("uploads").join(Store::hash(BODY).0), 40), 40);
}

#[test]
fn a_flipped_byte_in_a_snapshot_or_in_the_mark_costs_nothing() {
    flip(|d| snapshot(&d.join("control")), 20);
    assert_eq!(flip(|d| d.join("published"), 16), 0);
}

#[test]
fn a_torn_snapshot_that_was_being_written_is_survived() {
    let dir = tempfile::tempdir().unwrap();
    make(dir.path());
    let right = everything(dir.path()).unwrap();
    for (n, shelf) in ["control", "checkpoint-000001", "sync-000001"].into_iter().enumerate() {
        let torn = dir.path().join(shelf).join(format!("snap.00000000000{n}.generating"));
        std::fs::write(&torn, [b"".as_slice(), &[0; 64], b"torn"][n]).unwrap();
        assert!(everything(dir.path()).unwrap() == right, "{shelf}");
        assert!(!torn.exists());
    }
}

#[test]
fn a_damaged_snapshot_is_moved_aside_and_said() {
    let dir = tempfile::tempdir().unwrap();
    make(dir.path());
    let right = everything(dir.path()).unwrap();
    let snapshot = snapshot(&dir.path().join("control"));
    let mut bytes = std::fs::read(&snapshot).unwrap();
    bytes.truncate(bytes.len() / 2);
    std::fs::write(&snapshot, bytes).unwrap();
    let (store, notices) = Store::open_with(dir.path(), &opening(), small()).unwrap();
    assert!(notices.iter().any(|n| n.contains("nothing lost")), "{notices:?}");
    drop(store);
    assert!(everything(dir.path()).unwrap() == right);
}

#[test]
fn what_is_missing_is_damage() {
    for gone in ["control", "checkpoint-000001", "sync-000001"] {
        let dir = tempfile::tempdir().unwrap();
        make(dir.path());
        std::fs::remove_dir_all(dir.path().join(gone)).unwrap();
        let error = everything(dir.path()).unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{gone}: {error}");
        let left = ["control", "checkpoint-000001", "sync-000001"].iter().filter(|d| dir.path().join(d).exists()).count();
        assert_eq!(left, 2, "nothing else goes because of it");
    }
    let dir = tempfile::tempdir().unwrap();
    make(dir.path());
    std::fs::remove_file(dir.path().join("uploads").join(Store::hash(BODY).0)).unwrap();
    assert!(matches!(everything(dir.path()), Err(StoreError::Damaged { .. })));
}

#[test]
fn verify_names_what_is_damaged() {
    let dir = tempfile::tempdir().unwrap();
    make(dir.path());
    let upload = dir.path().join("uploads").join(Store::hash(BODY).0);
    let mut bytes = std::fs::read(&upload).unwrap();
    bytes[30] ^= 1;
    std::fs::write(&upload, bytes).unwrap();
    let (store, _) = Store::open_with(dir.path(), &opening(), small()).unwrap();
    assert!(store.verify(false, &|_, _| {}).unwrap().is_well(), "bodies are read by a deep one only");
    let steps = std::cell::Cell::new((0, 0));
    let deep = store.verify(true, &|done, all| steps.set((done, all))).unwrap();
    assert_eq!(deep.damage.len(), 1, "{:?}", deep.damage);
    assert!(deep.damage[0].contains(&Store::hash(BODY).0));
    assert_eq!(steps.get().0, steps.get().1);
    let read = |what: &str| deep.read.iter().find(|(w, _)| w == what).map(|(_, n)| *n);
    assert_eq!((read("findings"), read("changes"), read("journal entries")), (Some(905), Some(418), Some(3)));
}
