//! Backups: what comes back is what was there; what was harmed makes no database.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use homeroom::store::{Settings, Store, StoreError, restore};

use crate::common::*;

/// A store with a large sync (a directory of its own), checkpoints, edits and an upload.
fn full(dir: &std::path::Path) -> Store {
    let (store, _) = Store::open_with(dir, &opening(), small()).unwrap();
    let (_, roster) = import(&store, &load(&store), &named(0..400, "García"), 300).unwrap();
    let (_, roster) = import(&store, &roster, &named(100..160, "Núñez"), 5).unwrap();
    edit(&store, &roster, &[(7, person(7, "Okafor")), (9, Vec::new())]).unwrap();
    let body = "a,b\n1,2\n".repeat(5_000);
    let meta = homeroom::ledger::Upload { hash: Store::hash(body.as_bytes()), ..upload() };
    store.keep_upload(&meta, Some(body.as_bytes())).unwrap();
    store
}

fn upload() -> homeroom::ledger::Upload {
    homeroom::ledger::Upload {
        hash: Store::hash(b""),
        name: "users.csv".into(),
        size: 40_000,
        at: homeroom::ledger::Timestamp(5),
        by: homeroom::ledger::Actor("ana".into()),
        header: vec!["a".into(), "b".into()],
        encoding: "UTF-8".into(),
        delimiter: ',',
        kept: false,
    }
}

#[test]
fn a_restored_store_is_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let store = full(&dir.path().join("db"));
    let roster = load(&store);
    let file = dir.path().join("backup");
    let done = store.back_up(&file, &|_| {}).unwrap();
    assert_eq!((done.position, done.uploads, done.bytes), (3, 1, fs::metadata(&file).unwrap().len()));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    // What is written afterwards is not in it.
    edit(&store, &roster, &[(11, person(11, "Later"))]).unwrap();

    let to = dir.path().join("far/copy");
    let back = restore(&file, &to, &opening(), &|_, _| {}).unwrap();
    assert_eq!((back.records, back.uploads), (done.records, done.uploads));
    let copy = open(&to);
    assert_eq!(people(&load(&copy)), people(&roster));
    assert_eq!(copy.position(), 3);
    let well = copy.verify(true, &|_, _| {}).unwrap();
    assert!(well.is_well(), "{:?}", well.damage);
    assert_eq!(copy.entries().unwrap().len(), 3);
    for sync in copy.syncs().unwrap() {
        assert_eq!(findings(&copy, sync.number).unwrap(), findings(&store, sync.number).unwrap());
    }
    // And it can be worked on.
    edit(&copy, &load(&copy), &[(12, person(12, "Next"))]).unwrap();
}

#[test]
fn a_harmed_backup_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = full(&dir.path().join("db"));
    let file = dir.path().join("backup");
    store.back_up(&file, &|_| {}).unwrap();
    let whole = fs::read(&file).unwrap();
    let to = dir.path().join("copy");
    let refused = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        let refused = restore(&file, &to, &opening(), &|_, _| {});
        assert!(!to.exists() && !dir.path().join("copy.restoring").exists(), "nothing is left");
        refused.unwrap_err()
    };
    for cut in [0, 3, 5, 40, whole.len() / 2, whole.len() - 1] {
        assert!(matches!(refused(&whole[..cut]), StoreError::Damaged { .. }), "cut at {cut}");
    }
    for at in (5..whole.len()).step_by(whole.len() / 97) {
        let mut harmed = whole.clone();
        harmed[at] ^= 0x10;
        assert!(matches!(refused(&harmed), StoreError::Damaged { .. }), "a bit at {at}");
    }
    assert!(matches!(refused(&[&whole[..], b"x"].concat()), StoreError::Damaged { .. }));
    assert!(matches!(refused(b"external_id,name\nD1,Lincoln\n"), StoreError::Damaged { .. }));
    let mut newer = whole.clone();
    newer[4] = 9;
    assert!(matches!(refused(&newer), StoreError::TooNew { found: 9, .. }));
    fs::write(&file, &whole).unwrap();
    restore(&file, &to, &opening(), &|_, _| {}).unwrap();
}

#[test]
fn nothing_is_written_over() {
    let dir = tempfile::tempdir().unwrap();
    let store = full(&dir.path().join("db"));
    let file = dir.path().join("backup");
    fs::write(&file, "mine").unwrap();
    assert!(matches!(store.back_up(&file, &|_| {}), Err(StoreError::Io { .. })));
    assert_eq!(fs::read(&file).unwrap(), b"mine");
    let other = dir.path().join("other");
    store.back_up(&other, &|_| {}).unwrap();
    drop(store);
    let error = restore(&other, &dir.path().join("db"), &opening(), &|_, _| {}).unwrap_err();
    assert!(error.to_string().contains("new or empty"), "{error}");
    let empty = dir.path().join("empty");
    fs::create_dir(&empty).unwrap();
    restore(&other, &empty, &opening(), &|_, _| {}).unwrap();
    let (again, _) = Store::open_with(&empty, &opening(), Settings::default()).unwrap();
    assert_eq!(again.position(), 3);
}
