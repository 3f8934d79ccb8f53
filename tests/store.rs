//! The store through its public interface: what was put in comes back, after a close too, and nothing else does.

#[path = "store/common.rs"]
mod common;
#[path = "store/damage.rs"]
mod damage;
#[path = "store/speed.rs"]
mod speed;

use common::*;
use homeroom::ledger::{Action, Change, Code, Finding, Outcome, Sync, SyncStatus};
use homeroom::store::Commit;

#[test]
fn a_commit_is_there_after_a_close() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("db"));
    let roster = load(&store);
    let s = store.new_sync(sync).unwrap();
    let mut run = store.begin_run(s.number).unwrap();
    let finding = Finding { record: Some(3), ..Finding::at_line(Code::VAL_201, 4) }.in_column("email").with_value("x").with("k", "v");
    run.finding(&finding).unwrap();
    run.outcome(Outcome { action: Action::Created, warned: true }).unwrap();
    let done = Sync { status: SyncStatus::Completed, applied_at: Some(1), ..s.clone() };
    let changes: Vec<_> = (0..300).map(|n| (n, person(n, "García"))).collect();
    let after = store
        .commit(Commit {
            run: Some(run),
            syncs: &[done.clone()],
            entry: entry(Some(s.number)),
            roster: &roster,
            plan: &plan(&roster, &changes),
        })
        .unwrap();
    let third = edit(&store, &after, &[(7, person(7, "Núñez")), (9, Vec::new())]).unwrap();
    drop(store);

    let store = open(&dir.path().join("db"));
    assert_eq!(store.position(), 2);
    assert_eq!(people(&load(&store)), people(&third));
    assert_eq!(store.syncs().unwrap(), [done]);
    let mut found = Vec::new();
    store.findings(s.number, &mut |f| (found.push(f), true).1).unwrap();
    assert_eq!(found, [finding]);
    assert_eq!(store.outcomes(s.number).unwrap(), [Outcome { action: Action::Created, warned: true }]);
    let history = store.history(at(7)).unwrap();
    let changes: Vec<&Change> = history.iter().map(|(_, c)| c).collect();
    assert_eq!(changes.len(), 2);
    assert_eq!((changes[0].before.as_deref(), changes[0].after.clone()), (None, Some(person(7, "García"))));
    assert_eq!((changes[1].before.clone(), changes[1].after.clone()), (Some(person(7, "García")), Some(person(7, "Núñez"))));
    let verified = store.verify(true, &|_, _| {}).unwrap();
    assert_eq!(verified.damage, [""; 0]);
}
