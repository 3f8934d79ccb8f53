//! The store through its public interface: what was put in comes back, after a close too, and nothing else does.

use std::collections::BTreeMap;
use std::path::Path;

use homeroom::ledger::{
    Action, Actor, Change, Code, Correction, Counts, Entry, EntryKind, Finding, Mode, Outcome, Plan, PlannedChange, ReadAs, Sync, SyncKind,
    SyncNo, SyncStatus, Timestamp, Upload,
};
use homeroom::roster::{Entity, FeedNo, Kind, Person, Role, Roster, Table, Text};
use homeroom::store::{Commit, Opening, Settings, Store, StoreError};

fn opening() -> Opening {
    Opening { by: Actor("ana".into()), host: "sis1".into(), now: Timestamp(1_700_000_000_000_000) }
}

fn open(dir: &Path) -> Store {
    Store::open(dir, &opening()).expect("opens").0
}

fn sync(number: SyncNo) -> Sync {
    Sync {
        number,
        kind: SyncKind::Import,
        status: SyncStatus::Checking,
        dry_run: false,
        upload: None,
        file: "users.csv".into(),
        profile: "echalk-users".into(),
        feed: FeedNo(1),
        feed_name: "echalk-users".into(),
        mode: Mode::Partial,
        org: None,
        map: None,
        read_as: ReadAs::default(),
        started: Timestamp(1),
        ended: None,
        by: Actor("ana".into()),
        rows: 0,
        rows_with_errors: 0,
        counts: Counts::default(),
        errors: 0,
        warnings: 0,
        infos: 0,
        hold: None,
        plan: None,
        applied_at: None,
        undone_by: None,
        note: None,
    }
}

fn person(id: u32, name: &str) -> Vec<u8> {
    let mut p = Person::new(Role::Student);
    p.set_text(Text::SourcedId, format!("{id:07}"));
    p.set_text(Text::FamilyName, name);
    p.pack()
}

fn at(slot: u32) -> Entity {
    Entity { table: Table::People, slot }
}

/// A plan against `roster`: slot and new record, empty to remove.
fn plan(roster: &Roster, changes: &[(u32, Vec<u8>)]) -> Plan {
    let mut plan = Plan { position: roster.position(), ..Plan::default() };
    for (n, (slot, record)) in changes.iter().enumerate() {
        let start = plan.bytes.len() as u64;
        plan.bytes.extend_from_slice(record);
        let action = if roster.record(at(*slot)).is_some() { Action::Updated } else { Action::Created };
        plan.changes.push(PlannedChange {
            entity: at(*slot),
            record: n as u32 + 1,
            line: n as u32 + 2,
            action,
            kind: Kind::Students,
            after: (start, plan.bytes.len() as u64),
        });
    }
    plan
}

fn entry(sync: Option<SyncNo>) -> Entry {
    let kind = if sync.is_some() { EntryKind::Sync } else { EntryKind::Edit };
    Entry { position: 0, kind, sync, feed: FeedNo(1), by: Actor("ana".into()), at: Timestamp(5), changes: 0 }
}

fn edit(store: &Store, roster: &Roster, changes: &[(u32, Vec<u8>)]) -> Result<Roster, StoreError> {
    store.commit(Commit { run: None, syncs: &[], entry: entry(None), roster, plan: &plan(roster, changes) })
}

fn people(roster: &Roster) -> BTreeMap<u32, Vec<u8>> {
    roster.table(Table::People).iter().map(|(s, b)| (s, b.to_vec())).collect()
}

fn load(store: &Store) -> Roster {
    store.load(&|_, _| {}).expect("loads")
}

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
