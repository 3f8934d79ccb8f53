//! What is kept: runs, records, uploads, the journal, checkpoints.

use std::os::unix::fs::PermissionsExt;

use homeroom::ledger::{
    Action, Cause, Change, Code, Entry, EntryKind, Finding, Outcome, Severity, Since, Sync, SyncKind, SyncNo, SyncStatus,
};
use homeroom::roster::{FeedNo, Roster};
use homeroom::store::{Commit, Settings, Store, StoreError};

use crate::common::*;

#[test]
fn a_store_goes_between_threads() {
    fn is<T: Send + std::marker::Sync>() {}
    is::<Store>();
}

#[test]
fn a_commit_is_there_after_a_close() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new").join("db");
    let store = open(&path);
    let (sync, roster) = import(&store, &load(&store), &named(0..300, "García"), 120).unwrap();
    let roster = edit(&store, &roster, &[(7, person(7, "Núñez")), (9, Vec::new())]).unwrap();
    drop(store);

    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    let store = open(&path);
    assert_eq!((store.position(), load(&store).position()), (2, 2));
    assert_eq!(people(&load(&store)), people(&roster));
    assert_eq!(store.sync(sync).unwrap().unwrap().status, SyncStatus::Completed);
    assert_eq!(findings(&store, sync).unwrap(), (0..120).map(finding).collect::<Vec<_>>());
    assert_eq!(store.outcomes(sync).unwrap(), (0..120).map(outcome).collect::<Vec<_>>());
    let entries = store.entries().unwrap();
    assert_eq!(entries.iter().map(|e| (e.position, e.sync, e.changes)).collect::<Vec<_>>(), [(1, Some(sync), 300), (2, None, 2)]);
}

#[test]
fn findings_come_back_as_they_were_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let s = store.new_sync(sync).unwrap();
    let mut run = store.begin_run(s.number).unwrap();
    let odd = [
        Finding::of_file(Code::VAL_201),
        Finding { record: Some(u32::MAX), row: Some(0), ..Finding::at_line(Code::VAL_201, u32::MAX) },
        Finding::at_line(Code::VAL_201, 1).with_value("").in_column(""),
        Finding::at_line(Code::VAL_201, 7).with_value("é".repeat(90_000)).with("k", "\u{0}\n"),
        Finding { cause: u32::MAX, severity: Severity::Refused, ..Finding::of_file(Code::VAL_201) },
    ];
    for f in &odd {
        run.finding(f).unwrap();
    }
    assert_eq!(findings(&store, s.number).unwrap(), [], "not before it is finished");
    store.finish(run, &[]).unwrap();
    assert_eq!(findings(&store, s.number).unwrap(), odd);
    let mut seen = 0;
    store.findings(s.number, &mut |_| (seen += 1, seen < 2).1).unwrap();
    assert_eq!(seen, 2, "ends when told");
    assert_eq!(findings(&store, SyncNo(99)).unwrap(), []);
}

#[test]
fn three_hundred_thousand_findings_stream_through_a_directory_of_their_own() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let s = store.new_sync(sync).unwrap();
    let mut run = store.begin_run(s.number).unwrap();
    fill(&mut run, 0..300_000).unwrap();
    store.finish(run, &[Sync { status: SyncStatus::DryRun, ..s.clone() }]).unwrap();
    assert!(dir.path().join("sync-000001").is_dir());
    drop(store);
    let store = open(dir.path());
    let mut n = 0;
    store
        .findings(s.number, &mut |f| {
            assert_eq!(f, finding(n));
            n += 1;
            true
        })
        .unwrap();
    assert_eq!((n, store.outcomes(s.number).unwrap().len()), (300_000, 300_000));
    assert!(store.size_on_disk().unwrap() < 30_000_000);
}

#[test]
fn causes_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let causes: Vec<Cause> = (1..2_000)
        .map(|number| Cause {
            number,
            code: Code::VAL_201,
            severity: Severity::Error,
            column: Some("email".into()),
            value: None,
            title: format!("{number} is empty"),
            rows: 4,
            clears: 3,
            parent: (number > 1).then_some(1),
            since: Since::Syncs(2),
            first_line: Some(9),
        })
        .collect();
    let s = store.new_sync(sync).unwrap();
    let mut run = store.begin_run(s.number).unwrap();
    run.causes(&causes[..3]).unwrap();
    run.causes(&causes[3..]).unwrap();
    store.finish(run, &[]).unwrap();
    assert_eq!(store.causes(s.number).unwrap(), causes);
}

#[test]
fn a_run_that_is_not_finished_was_never_there() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open_with(dir.path(), &opening(), small()).unwrap();
    let s = store.new_sync(sync).unwrap();
    let mut run = store.begin_run(s.number).unwrap();
    assert!(store.begin_run(s.number).is_err(), "one at a time");
    fill(&mut run, 0..5_000).unwrap();
    assert!(dir.path().join("sync-000001").exists(), "it is large");
    drop(run);
    assert!(!dir.path().join("sync-000001").exists());
    // Cut off: the process ends with the run open.
    let mut run = store.begin_run(s.number).unwrap();
    fill(&mut run, 0..5_000).unwrap();
    let cut = tempfile::tempdir().unwrap();
    copy(dir.path(), cut.path());
    let (after, notices) = Store::open_with(cut.path(), &opening(), small()).unwrap();
    assert!(!cut.path().join("sync-000001").exists(), "swept");
    assert_eq!(notices, ["Earlier run #1 (users.csv) was cut off; nothing of it was applied."]);
    let s = after.sync(s.number).unwrap().unwrap();
    assert_eq!((s.status, s.note.as_deref(), s.ended), (SyncStatus::Failed, Some("cut off"), Some(opening().now)));
    assert_eq!(findings(&after, s.number).unwrap(), []);
    drop(after);
    assert_eq!(Store::open(cut.path(), &opening()).unwrap().1, [""; 0], "said once");
}

#[test]
fn a_second_run_of_a_sync_takes_the_place_of_the_first_when_it_is_finished() {
    for many in [30, 3_000] {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = Store::open_with(dir.path(), &opening(), small()).unwrap();
        let s = store.new_sync(sync).unwrap();
        for round in 1..4 {
            let mut run = store.begin_run(s.number).unwrap();
            fill(&mut run, round * 10..round * 10 + many).unwrap();
            let before = findings(&store, s.number).unwrap();
            assert_eq!(before.first().cloned(), (round > 1).then(|| finding((round - 1) * 10)));
            store.finish(run, &[]).unwrap();
            assert_eq!(findings(&store, s.number).unwrap(), (round * 10..round * 10 + many).map(finding).collect::<Vec<_>>());
        }
        let dirs =
            std::fs::read_dir(dir.path()).unwrap().filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().starts_with("sync-"));
        assert_eq!(dirs.count(), usize::from(many > 1_000), "the earlier ones are gone");
        drop(store);
        let (store, _) = Store::open_with(dir.path(), &opening(), small()).unwrap();
        assert_eq!(findings(&store, s.number).unwrap().len(), many as usize);
    }
}

#[test]
fn a_plan_against_another_roster_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let empty = load(&store);
    let roster = edit(&store, &empty, &named(0..3, "García")).unwrap();
    let error = edit(&store, &empty, &named([1], "Núñez")).unwrap_err();
    assert!(matches!(error, StoreError::Moved { expected: 1, found: 0 }), "{error}");
    let backwards = plan(&roster, &[(2, person(2, "x")), (1, person(1, "x"))]);
    assert!(store.commit(Commit { run: None, syncs: &[], entry: entry(None), roster: &roster, plan: &backwards }).is_err());
    let mut beyond = plan(&roster, &named([1], "x"));
    beyond.bytes.clear();
    assert!(store.commit(Commit { run: None, syncs: &[], entry: entry(None), roster: &roster, plan: &beyond }).is_err());
    assert_eq!((store.position(), people(&load(&store))), (1, people(&roster)));
    edit(&store, &roster, &named([1], "Núñez")).unwrap();
}

/// Each change of an entry as (slot, name before, name after); a blank where there is none.
fn told(changes: &[Change]) -> Vec<(u32, String, String)> {
    let name = |record: &Option<Vec<u8>>| {
        record
            .as_ref()
            .map_or_else(String::new, |r| homeroom::roster::PersonRef::new(r).text(homeroom::roster::Text::FamilyName).to_owned())
    };
    changes.iter().map(|c| (c.entity.slot, name(&c.before), name(&c.after))).collect()
}

fn changes(store: &Store, position: u64) -> Vec<Change> {
    let mut all = Vec::new();
    store.changes(position, &mut |c| (all.push(c), true).1).unwrap();
    all
}

#[test]
fn history_goes_over_a_large_first_load_edits_and_an_undo() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open_with(dir.path(), &opening(), small()).unwrap();
    let (first, r1) = import(&store, &load(&store), &named(0..500, "García"), 0).unwrap();
    let r2 = edit(&store, &r1, &named([7], "Núñez")).unwrap();
    let (_, r3) = import(&store, &r2, &named((0..500).filter(|n| n % 3 != 0), "Silva"), 0).unwrap();
    let r4 = edit(&store, &r3, &[(7, Vec::new()), (8, person(8, "Kim"))]).unwrap();
    // Undone: all of them go, as one large entry.
    let gone: Vec<_> = r4.people().map(|(n, _)| (n.0, Vec::new())).collect();
    let undo = store.new_sync(|n| Sync { kind: SyncKind::Undo { of: first }, ..sync(n) }).unwrap();
    let undone = Sync { status: SyncStatus::Undone, undone_by: Some(undo.number), ..store.sync(first).unwrap().unwrap() };
    let done = Sync { status: SyncStatus::Completed, ..undo.clone() };
    let entry = Entry { kind: EntryKind::Undo, ..entry(Some(undo.number)) };
    let r5 = store.commit(Commit { run: None, syncs: &[done, undone], entry, roster: &r4, plan: &plan(&r4, &gone) }).unwrap();
    assert_eq!(people(&r5).len(), 0);
    assert!(dir.path().join("checkpoint-000005").is_dir() && dir.path().join("checkpoint-000003").is_dir());
    assert!(!dir.path().join("checkpoint-000001").exists(), "the newest two stay");

    let name = |history: Vec<(Entry, Change)>| told(&history.into_iter().map(|(_, c)| c).collect::<Vec<_>>());
    let copied = tempfile::tempdir().unwrap();
    let line = |s: u32, a: &str, b: &str| (s, a.to_owned(), b.to_owned());
    for store in [store, {
        // And again after another open, without the roster in memory.
        copy(dir.path(), copied.path());
        Store::open_with(copied.path(), &opening(), small()).unwrap().0
    }] {
        assert_eq!(
            name(store.history(at(7)).unwrap()),
            [line(7, "", "García"), line(7, "García", "Núñez"), line(7, "Núñez", "Silva"), line(7, "Silva", "")]
        );
        assert_eq!(name(store.history(at(3)).unwrap()), [line(3, "", "García"), line(3, "García", "")]);
        assert_eq!(
            name(store.history(at(8)).unwrap()),
            [line(8, "", "García"), line(8, "García", "Silva"), line(8, "Silva", "Kim"), line(8, "Kim", "")]
        );
        assert_eq!(store.history(at(500)).unwrap(), []);
        let first = changes(&store, 1);
        assert_eq!(first.len(), 500);
        assert!(first.iter().all(|c| c.before.is_none() && c.after == Some(person(c.entity.slot, "García"))));
        assert_eq!((first[9].record, first[9].line), (10, 11));
        let third = changes(&store, 3);
        assert!(third.iter().all(|c| c.after == Some(person(c.entity.slot, "Silva"))));
        assert_eq!(third.iter().filter(|c| c.before == Some(person(7, "Núñez"))).count(), 1);
        assert_eq!(told(&changes(&store, 4)), [line(7, "Silva", ""), line(8, "Silva", "Kim")]);
        assert_eq!(changes(&store, 5).len(), 499);
        assert_eq!(changes(&store, 6), []);
        assert_eq!(store.sync(SyncNo(1)).unwrap().unwrap().status, SyncStatus::Undone);
        let verified = store.verify(true, &|_, _| {}).unwrap();
        assert_eq!(verified.damage, [""; 0]);
    }
}

#[test]
fn a_checkpoint_is_due_when_the_journal_has_grown() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open_with(dir.path(), &opening(), small()).unwrap();
    let (_, mut roster) = import(&store, &load(&store), &named(0..400, "García"), 0).unwrap();
    assert!(!store.checkpoint_if_due(&roster).unwrap(), "just written");
    let mut written = 0;
    for round in 0..60 {
        roster = edit(&store, &roster, &named(round * 6..round * 6 + 6, &format!("Núñez{}", "x".repeat(round as usize * 3)))).unwrap();
        written += u32::from(store.checkpoint_if_due(&roster).unwrap());
    }
    assert!((2..15).contains(&written), "{written} of 60");
    let kept =
        std::fs::read_dir(dir.path()).unwrap().filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().starts_with("checkpoint-"));
    assert_eq!(kept.count(), 2);
    assert!(!store.checkpoint_if_due(&Roster::default()).unwrap(), "an old roster is never one");
    assert_eq!(store.verify(true, &|_, _| {}).unwrap().damage, [""; 0]);
    drop(store);
    assert_eq!(people(&load(&open(dir.path()))), people(&roster));
}

#[test]
fn loading_says_how_far_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open_with(dir.path(), &opening(), small()).unwrap();
    import(&store, &load(&store), &named(0..20_000, "García"), 0).unwrap();
    drop(store);
    let store = open(dir.path());
    let said = std::cell::RefCell::new(Vec::new());
    store.load(&|done, all| said.borrow_mut().push((done, all))).unwrap();
    let said = said.into_inner();
    assert!(said.len() > 2 && said.is_sorted() && said.last() == Some(&(313, 313)), "{said:?}");
}

#[test]
fn a_record_of_any_size_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open_with(dir.path(), &opening(), small()).unwrap();
    let odd = |n: u32| person(n, &(0..n * 200).map(|i| char::from(b'a' + (i * i % 251 % 26) as u8)).collect::<String>());
    let roster = edit(&store, &load(&store), &(0..200).map(|n| (n, odd(n))).collect::<Vec<_>>()).unwrap();
    let roster = edit(&store, &roster, &[(150, odd(151)), (190, Vec::new())]).unwrap();
    let before = store.history(at(150)).unwrap();
    drop(store);
    let store = open(dir.path());
    assert_eq!(people(&load(&store)), people(&roster));
    assert_eq!(store.history(at(150)).unwrap(), before);
    assert_eq!(before[1].1.after, Some(odd(151)));
}

#[test]
fn numbers_are_given_out_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let (a, b) = (store.feed_no("day").unwrap(), store.feed_no("night").unwrap());
    assert_eq!((a, b, store.feed_no("day").unwrap()), (FeedNo(1), FeedNo(2), a));
    let one = store.new_sync(sync).unwrap();
    store.put_sync(&Sync { status: SyncStatus::Abandoned, note: Some("x".repeat(50_000)), ..one.clone() }).unwrap();
    store.put_sync(&Sync { status: SyncStatus::Abandoned, ..one.clone() }).unwrap();
    drop(store);
    let store = open(dir.path());
    assert_eq!(store.feed_no("third").unwrap(), FeedNo(3));
    assert_eq!(store.feed_names().unwrap().into_iter().collect::<Vec<_>>().len(), 3);
    assert_eq!(store.new_sync(sync).unwrap().number, SyncNo(2));
    assert_eq!(store.syncs().unwrap().iter().map(|s| s.number.0).collect::<Vec<_>>(), [2, 1], "newest first");
    assert_eq!(store.sync(SyncNo(1)).unwrap().unwrap().note, None);
}

#[test]
fn a_later_correction_of_a_cell_replaces_the_earlier() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let long = "x".repeat(20_000);
    store.put_corrections(&[correction(1, 4, 2, &long), correction(1, 3, 9, "b"), correction(2, 1, 1, "c")]).unwrap();
    store.put_corrections(&[correction(1, 4, 2, "d")]).unwrap();
    store.take_back(homeroom::ledger::SyncNo(2), 1, 1).unwrap();
    store.take_back(homeroom::ledger::SyncNo(2), 1, 1).unwrap();
    drop(store);
    let store = open(dir.path());
    assert_eq!(store.corrections(SyncNo(1)).unwrap(), [correction(1, 3, 9, "b"), correction(1, 4, 2, "d")]);
    assert_eq!(store.corrections(SyncNo(2)).unwrap(), []);
    assert_eq!(store.all_corrections().unwrap().len(), 2);
}

#[test]
fn uploads_are_kept_by_their_content() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let body: Vec<u8> = (0..400_000u32).flat_map(|n| format!("{},", n * 7 % 9_973).into_bytes()).collect();
    let meta = upload(&body);
    assert_eq!(meta.hash.0, blake3::hash(&body).to_hex().to_string());
    store.keep_upload(&upload(b"refused"), None).unwrap();
    store.keep_upload(&meta, Some(&body)).unwrap();
    store.keep_upload(&homeroom::ledger::Upload { name: "again.csv".into(), ..meta.clone() }, None).unwrap();
    store.keep_upload(&upload(b""), Some(b"")).unwrap();
    drop(store);
    let store = open(dir.path());
    let kept = store.upload(&meta.hash).unwrap().unwrap();
    assert_eq!((kept.name.as_str(), kept.kept), ("again.csv", true), "the body stays");
    assert_eq!(store.upload_body(&meta.hash).unwrap().as_deref(), Some(body.as_slice()));
    assert!(!store.upload(&Store::hash(b"refused")).unwrap().unwrap().kept);
    assert_eq!(store.upload_body(&Store::hash(b"refused")).unwrap(), None);
    assert_eq!(store.upload_body(&Store::hash(b"")).unwrap(), Some(Vec::new()));
    assert!(store.upload_body(&homeroom::ledger::UploadHash("../control/db".into())).is_err(), "a hash is no path");
    assert!(std::fs::metadata(dir.path().join("uploads").join(&meta.hash.0)).unwrap().len() < body.len() as u64);
}

#[test]
fn a_full_disk_is_said_before_anything_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open_with(dir.path(), &opening(), small()).unwrap();
    let (_, roster) = import(&store, &load(&store), &named(0..200, "García"), 10).unwrap();
    drop(store);
    let error = Store::open_with(dir.path(), &opening(), with_free(1_000, Settings::default())).unwrap_err();
    assert!(matches!(error, StoreError::Full { free: 1_000, .. }), "{error}");
    // Enough to open and for small things, not for a large plan.
    let (store, _) = Store::open_with(dir.path(), &opening(), with_free(12_000_000, small())).unwrap();
    let roster2 = edit(&store, &load(&store), &named([3], "Núñez")).unwrap();
    let large = named(0..8_000, &"x".repeat(200));
    let error = edit(&store, &roster2, &large).unwrap_err();
    assert!(matches!(error, StoreError::Full { needed, free: 12_000_000, .. } if needed > 12_000_000), "{error}");
    let s = store.new_sync(sync).unwrap();
    let mut run = store.begin_run(s.number).unwrap();
    let error = (0..200_000).map(|n| run.finding(&finding(n))).find_map(Result::err);
    assert!(error.is_none(), "batches of a megabyte fit");
    drop(run);
    let body = vec![7; 3_000_000];
    assert!(matches!(store.keep_upload(&upload(&body), Some(&body)), Err(StoreError::Full { .. })));
    assert_eq!(store.position(), 2, "and goes on");
    edit(&store, &roster2, &named([4], "Núñez")).unwrap();
    drop(store);
    let (store, _) = Store::open_with(dir.path(), &opening(), small()).unwrap();
    assert_eq!(people(&load(&store)).len(), people(&roster).len());
    assert_eq!(store.verify(true, &|_, _| {}).unwrap().damage, [""; 0]);
    assert_eq!(Outcome { action: Action::Created, warned: false }, store.outcomes(SyncNo(1)).unwrap()[0]);
}

#[test]
fn readers_and_writers_work_side_by_side() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open_with(dir.path(), &opening(), small()).unwrap();
    let (number, roster) = import(&store, &load(&store), &named(0..300, "García"), 700).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut roster = roster;
            for n in 0..40 {
                roster = edit(&store, &roster, &named(n..n + 5, "Núñez")).unwrap();
                store.checkpoint_if_due(&roster).unwrap();
                store.put_corrections(&[correction(1, n, 0, "x")]).unwrap();
            }
        });
        scope.spawn(|| {
            for n in 0..40 {
                assert_eq!(findings(&store, number).unwrap().len(), 700);
                assert!(!store.history(at(n)).unwrap().is_empty());
                assert_eq!(changes(&store, 1).len(), 300);
                assert_eq!(store.verify(n == 20, &|_, _| {}).unwrap().damage, [""; 0]);
            }
        });
    });
    assert_eq!(store.position(), 41);
}
