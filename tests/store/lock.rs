//! One process at a time: who is told what.

use std::io::BufRead;
use std::process::{Command, Stdio};
use std::time::Duration;

use homeroom::store::{Holder, Store, StoreError};

use crate::common::*;

/// Not a test of its own: the child of the one below. Holds the store until its standard input ends.
#[test]
#[ignore = "run by a_store_that_another_process_holds_says_who"]
fn child_that_holds_a_store() {
    let Ok(dir) = std::env::var("HOMEROOM_TEST_HOLD") else { return };
    let _store = open(dir.as_ref());
    println!("held");
    let _ = std::io::stdin().lines().next();
}

#[test]
fn a_store_that_another_process_holds_says_who() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    assert_eq!(Store::holder(dir.path()), None);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["lock::child_that_holds_a_store", "--exact", "--ignored", "--nocapture"])
        .env("HOMEROOM_TEST_HOLD", dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|l| l.unwrap().contains("held")));
    let holder = Holder { pid: child.id(), user: "ana".into(), host: "sis1".into(), since: opening().now, shares: false };
    assert_eq!(Store::holder(dir.path()), Some(holder));
    match Store::open(dir.path(), &opening()).unwrap_err() {
        StoreError::InUse { user, host, pid, since, shares } => {
            assert!(!shares);
            assert_eq!((user.as_str(), host.as_str(), pid, since), ("ana", "sis1", child.id(), opening().now));
        }
        other => panic!("{other}"),
    }
    let waited = Store::open_waiting(dir.path(), &opening(), Duration::from_millis(30));
    assert!(matches!(waited, Err(StoreError::InUse { .. })), "not for ever");
    // Waits until the child has gone.
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| Store::open_waiting(dir.path(), &opening(), Duration::from_mins(1)).map(|(s, _)| s.position()));
        drop(child.stdin.take());
        assert!(child.wait().unwrap().success());
        assert_eq!(waiting.join().unwrap().unwrap(), 0);
    });
    assert_eq!(Store::holder(dir.path()), None);
}

#[test]
fn a_second_open_in_the_same_process_is_refused_too() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let error = Store::open(dir.path(), &opening()).unwrap_err();
    assert!(matches!(&error, StoreError::InUse { pid, .. } if *pid == std::process::id()), "{error}");
    drop(store);
    open(dir.path());
}

#[test]
fn what_the_lock_says_is_not_the_lock() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("lock"), r#"{"pid":1,"user":"bo","host":"h","since":5}"#).unwrap();
    assert_eq!(Store::holder(dir.path()), None);
    open(dir.path());
}

#[test]
fn a_store_of_a_newer_program_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let body = b"a,b\n".as_slice();
    store.keep_upload(&upload(body), Some(body)).unwrap();
    let path = dir.path().join("uploads").join(Store::hash(body).0);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4] = 9;
    std::fs::write(&path, bytes).unwrap();
    let error = store.upload_body(&Store::hash(body)).unwrap_err();
    assert!(matches!(error, StoreError::TooNew { found: 9, known: 1 }), "{error}");
}
