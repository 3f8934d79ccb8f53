//! What the store's tests share: invented people, plans, a store with a bit of everything.
#![allow(dead_code, unreachable_pub)] // shared by several test programs, each of which uses a part

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use homeroom::ledger::{
    Action, Actor, Code, Correction, Counts, Entry, EntryKind, Finding, Mode, Outcome, Plan, PlannedChange, ReadAs, Sync, SyncKind, SyncNo,
    SyncStatus, Timestamp, Upload,
};
use homeroom::roster::{Entity, FeedNo, Kind, OrgNo, Person, Role, Roster, Table, Text};
use homeroom::store::{Commit, Opening, Run, Settings, Store, StoreError};

pub fn opening() -> Opening {
    Opening { by: Actor("ana".into()), host: "sis1".into(), now: Timestamp(1_700_000_000_000_000), shares: false }
}

pub fn open(dir: &Path) -> Store {
    Store::open(dir, &opening()).expect("opens").0
}

/// Limits so small that a few hundred changes are "large" and a few thousand bytes go to a directory of their own.
pub fn small() -> Settings {
    Settings { large_changes: 100, spill: 8_000, tail: 4_000, ..Settings::default() }
}

/// A disk with so many free bytes.
#[allow(clippy::needless_pass_by_value)] // reads as the settings do: one value made of another
pub fn with_free(bytes: u64, settings: Settings) -> Settings {
    Settings { free_space: Arc::new(move |_| Ok(bytes)), ..settings }
}

pub fn sync(number: SyncNo) -> Sync {
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
        set: None,
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

pub fn person(id: u32, name: &str) -> Vec<u8> {
    let mut p = Person::new(Role::Student);
    p.set_text(Text::SourcedId, format!("{id:07}"));
    p.set_text(Text::GivenName, "María");
    p.set_text(Text::FamilyName, name);
    p.set_text(Text::Email, format!("m.{}@lincoln.example", id.wrapping_mul(2_654_435_761)));
    p.set_share(FeedNo(1), [OrgNo(id % 7)]);
    p.pack()
}

pub fn at(slot: u32) -> Entity {
    Entity { table: Table::People, slot }
}

/// A plan against `roster`: slot and new record, empty to remove.
pub fn plan(roster: &Roster, changes: &[(u32, Vec<u8>)]) -> Plan {
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

/// People of those slots, all of one name.
pub fn named(slots: impl IntoIterator<Item = u32>, name: &str) -> Vec<(u32, Vec<u8>)> {
    slots.into_iter().map(|n| (n, person(n, name))).collect()
}

pub fn entry(sync: Option<SyncNo>) -> Entry {
    let kind = if sync.is_some() { EntryKind::Sync } else { EntryKind::Edit };
    Entry { position: 0, kind, sync, feed: FeedNo(1), by: Actor("ana".into()), at: Timestamp(5), changes: 0 }
}

/// Commits changes made by hand.
pub fn edit(store: &Store, roster: &Roster, changes: &[(u32, Vec<u8>)]) -> Result<Roster, StoreError> {
    store.commit(Commit { run: None, syncs: &[], entry: entry(None), roster, plan: &plan(roster, changes) })
}

/// Commits changes as a sync with so many findings.
pub fn import(store: &Store, roster: &Roster, changes: &[(u32, Vec<u8>)], findings: u32) -> Result<(SyncNo, Roster), StoreError> {
    let s = store.new_sync(sync)?;
    let mut run = store.begin_run(s.number)?;
    fill(&mut run, 0..findings)?;
    let done = Sync { status: SyncStatus::Completed, applied_at: Some(store.position() + 1), ..s.clone() };
    let entry = entry(Some(s.number));
    let roster = store.commit(Commit { run: Some(run), syncs: &[done], entry, roster, plan: &plan(roster, changes) })?;
    Ok((s.number, roster))
}

pub fn fill(run: &mut Run<'_>, findings: std::ops::Range<u32>) -> Result<(), StoreError> {
    for n in findings {
        run.finding(&finding(n))?;
        run.outcome(outcome(n))?;
    }
    Ok(())
}

/// The n-th of some findings of many forms.
pub fn finding(n: u32) -> Finding {
    let mut f = if n % 50 == 49 { Finding::of_file(Code::VAL_201) } else { Finding::at_line(Code::VAL_201, n + 2) };
    f.cause = n % 5;
    if n % 50 != 49 {
        f.record = Some(n + 1);
        f.row = Some(n + 2 + n / 10);
        f.key = Some(format!("{:07}", n * 7_919 % 1_000_000));
        f = f.in_column(["email", "last_name", "grade", "Größe"][n as usize % 4]);
    }
    match n % 3 {
        0 => f.with_value(format!("nobody{n}@")),
        1 => f.with("near", format!("S{}", n % 9)).with("p", n),
        _ => f.as_bad_as(homeroom::ledger::Severity::Warning),
    }
}

pub fn outcome(n: u32) -> Outcome {
    Outcome { action: Action::ALL[n as usize % Action::ALL.len()], warned: n % 4 == 1 }
}

pub fn correction(root: u32, record: u32, cell: u32, after: &str) -> Correction {
    Correction {
        root: SyncNo(root),
        record,
        line: record + 1,
        cell,
        column: "email".into(),
        before: "x@".into(),
        after: after.into(),
        key: Some("0001001".into()),
        by: Actor("ana".into()),
        at: Timestamp(9),
    }
}

pub fn upload(bytes: &[u8]) -> Upload {
    Upload {
        hash: Store::hash(bytes),
        name: "users.csv".into(),
        size: bytes.len() as u64,
        at: Timestamp(3),
        by: Actor("ana".into()),
        header: vec!["first_name".into(), "last_name".into()],
        encoding: "utf-8".into(),
        delimiter: ',',
        kept: false,
    }
}

pub fn people(roster: &Roster) -> BTreeMap<u32, Vec<u8>> {
    roster.table(Table::People).iter().map(|(s, b)| (s, b.to_vec())).collect()
}

pub fn load(store: &Store) -> Roster {
    store.load(&|_, _| {}).expect("loads")
}

pub fn findings(store: &Store, sync: SyncNo) -> Result<Vec<Finding>, StoreError> {
    let mut all = Vec::new();
    store.findings(sync, &mut |f| (all.push(f), true).1)?;
    Ok(all)
}

/// Copies a store's directory.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
