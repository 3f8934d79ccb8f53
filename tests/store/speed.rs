//! How fast the store is, on a million invented people. Prints numbers; run by hand:
//! `cargo test --release --test store speed -- --ignored --nocapture`.

use std::time::Instant;

use homeroom::ledger::{Action, Code, Finding, Outcome, Plan, PlannedChange, Sync, SyncStatus, Upload};
use homeroom::roster::{Entity, FeedNo, Kind, OrgNo, Person, Role, Roster, Table, Text};
use homeroom::store::{Commit, Store};

use crate::common::{entry, open, sync, upload};

const GIVEN: [&str; 24] = [
    "María", "Ana", "José", "Luis", "Emma", "Noah", "Olivia", "Liam", "Ava", "Mia", "Sofía", "Zoë", "Chloé", "Ethan", "Lucas", "Nora",
    "Iris", "Hugo", "Maya", "Omar", "Priya", "Wei", "Yuki", "Kofi",
];
const FAMILY: [&str; 20] = [
    "García",
    "Nguyen",
    "Smith",
    "O'Brien",
    "Martínez",
    "Johnson",
    "Lee",
    "Brown",
    "Kim",
    "Patel",
    "Okafor",
    "Silva",
    "Novak",
    "Rossi",
    "Müller",
    "Dubois",
    "Haddad",
    "Larsen",
    "Cohen",
    "Tanaka",
];

/// An invented person of about a hundred bytes packed.
fn person(n: u32, round: u32, out: &mut Vec<u8>) {
    let mix = n.wrapping_mul(2_654_435_761) ^ round.wrapping_mul(40_503);
    let mut p = Person::new(Role::Student);
    let (given, family) = (GIVEN[(mix >> 7) as usize % GIVEN.len()], FAMILY[(mix >> 13) as usize % FAMILY.len()]);
    p.set_text(Text::SourcedId, format!("{:09}", 100_000_000 + n));
    p.set_text(Text::GivenName, given);
    p.set_text(Text::FamilyName, format!("{family}{}", ["", "-Reyes", "-Park", "son"][(mix >> 3) as usize % 4]));
    p.set_text(Text::Email, format!("{}.{n}.{}@d{}.example", given.to_lowercase(), mix % 997, mix % 10_000));
    p.set_text(Text::Phone, format!("+1555{:07}", mix % 10_000_000));
    p.set_text(Text::Username, format!("u{mix:x}"));
    p.set_share(FeedNo(1), [OrgNo(n % 400)]);
    p.pack_into(out);
}

fn plan(roster: &Roster, slots: impl Iterator<Item = u32>, round: u32) -> Plan {
    let mut plan = Plan { position: roster.position(), ..Plan::default() };
    for (i, slot) in slots.enumerate() {
        let start = plan.bytes.len() as u64;
        person(slot, round, &mut plan.bytes);
        plan.changes.push(PlannedChange {
            entity: Entity { table: Table::People, slot },
            record: i as u32 + 1,
            line: i as u32 + 2,
            action: Action::Created,
            kind: Kind::Students,
            after: (start, plan.bytes.len() as u64),
        });
    }
    plan
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

fn median(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let at = |p: usize| times[(times.len() - 1) * p / 100];
    format!("p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms", at(50), at(90), at(99))
}

#[test]
#[ignore = "measures; run it by hand, in release"]
fn a_million_people() {
    let n: u32 = std::env::var("HOMEROOM_PEOPLE").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("db");
    let store = open(&path);
    let mut roster = store.load(&|_, _| {}).unwrap();

    let first = plan(&roster, 0..n, 0);
    println!("{n} people, {} MB packed", first.bytes.len() / 1_000_000);
    let began = Instant::now();
    let after = roster.with(1, first.changes.iter().map(|c| (c.entity, first.after(c))));
    println!("roster work alone        {:8.1} ms", ms(began));
    drop(after);
    let began = Instant::now();
    roster = store.commit(Commit { run: None, syncs: &[], entry: entry(None), roster: &roster, plan: &first }).unwrap();
    println!("first load commit        {:8.1} ms (roster work within)", ms(began));
    drop(first);
    println!("on disk                  {:8.1} MB", store.size_on_disk().unwrap() as f64 / 1e6);

    let mut times = Vec::new();
    for i in 0..200u32 {
        let one = plan(&roster, std::iter::once(i * 4_999 % n), i + 1);
        let began = Instant::now();
        roster = store.commit(Commit { run: None, syncs: &[], entry: entry(None), roster: &roster, plan: &one }).unwrap();
        times.push(ms(began));
    }
    println!("one-record edit          {}", median(times));

    let night = plan(&roster, (0..n).step_by(100), 999);
    let began = Instant::now();
    roster = store.commit(Commit { run: None, syncs: &[], entry: entry(None), roster: &roster, plan: &night }).unwrap();
    println!("1 % changed commit       {:8.1} ms", ms(began));
    let most = plan(&roster, (0..n).filter(|n| n % 5 != 0), 1_999);
    let began = Instant::now();
    roster = store.commit(Commit { run: None, syncs: &[], entry: entry(None), roster: &roster, plan: &most }).unwrap();
    println!("80 % changed commit      {:8.1} ms", ms(began));
    drop(most);
    let night = plan(&roster, (0..n).step_by(100), 2_999);
    roster = store.commit(Commit { run: None, syncs: &[], entry: entry(None), roster: &roster, plan: &night }).unwrap();

    let began = Instant::now();
    let history = store.history(Entity { table: Table::People, slot: 4_999 }).unwrap();
    println!("history over {} entries {:8.1} ms ({} changes)", store.position(), ms(began), history.len());

    let s = store.new_sync(sync).unwrap();
    let findings = 1_000_000u32;
    let began = Instant::now();
    let mut run = store.begin_run(s.number).unwrap();
    for i in 0..findings {
        let mut f = Finding::at_line(Code::VAL_201, i + 2).in_column("email").with_value(format!("nobody{i}@x")).with("k", "near");
        f.record = Some(i + 1);
        f.row = Some(i + 2);
        f.key = Some(format!("{i:09}"));
        run.finding(&f).unwrap();
        run.outcome(Outcome { action: Action::Refused, warned: false }).unwrap();
    }
    store.finish(run, &[Sync { status: SyncStatus::DryRun, ..s.clone() }]).unwrap();
    println!("{findings} findings         {:8.1} ms (making them within)", ms(began));
    let began = Instant::now();
    let mut seen = 0;
    store.findings(s.number, &mut |_| (seen += 1, true).1).unwrap();
    println!("reading them             {:8.1} ms ({seen})", ms(began));

    let body: Vec<u8> = (0..n).flat_map(|i| format!("{i},Ana,García,ana.{}@lincoln.example,Student\n", i ^ 0x5a5a).into_bytes()).collect();
    let began = Instant::now();
    let hash = Store::hash(&body);
    println!("hash of {} MB          {:8.1} ms", body.len() / 1_000_000, ms(began));
    let meta = Upload { hash, ..upload(b"") };
    let began = Instant::now();
    store.keep_upload(&meta, Some(&body)).unwrap();
    println!("keeping it               {:8.1} ms", ms(began));

    println!("on disk                  {:8.1} MB", store.size_on_disk().unwrap() as f64 / 1e6);
    drop(roster);
    let began = Instant::now();
    drop(store);
    println!("close                    {:8.1} ms", ms(began));
    for _ in 0..3 {
        let began = Instant::now();
        let store = open(&path);
        let opened = ms(began);
        let began = Instant::now();
        let roster = store.load(&|_, _| {}).unwrap();
        println!("open                     {opened:8.1} ms, load {:8.1} ms ({} people)", ms(began), roster.people().count());
    }
}
