//! Many at once, for a while: processes with mixed work, one that imports, and now and then one is killed where it stands, mostly who holds
//! the store. What was acknowledged is there at the end, once, and each row's history is one that can have been.
//!
//! `HOMEROOM_SOAK=60 cargo test --release --test link soak` does so for a minute, with sixteen clients.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use homeroom::desk::{OneChange, Reply, Request, Seen, SyncsOf, TroubleSort, Window};
use homeroom::link::Ending;
use homeroom::roster::{PersonNo, Text};

use crate::world::{Somebody, World, import, setting_at, students};

/// Students of each school at the beginning.
const MANY: u32 = 40;

/// Numbers that are the same again for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Says what was acknowledged, at once.
fn acknowledged(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "ACK {line}").and_then(|()| out.flush()).unwrap();
}

/// Not a test of its own: one client, or the importer, until its standard input ends.
#[test]
#[ignore = "run by many_at_once_and_some_of_them_killed"]
fn client() {
    let Ok(db) = std::env::var("HOMEROOM_SOAK_DB") else { return };
    let name = std::env::var("HOMEROOM_SOAK_NAME").unwrap();
    let seed: u64 = std::env::var("HOMEROOM_SOAK_SEED").unwrap().parse().unwrap();
    let (told, stop) = std::sync::mpsc::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::stdin().lines().next();
        drop(told);
    });
    let goes_on = || matches!(stop.try_recv(), Err(std::sync::mpsc::TryRecvError::Empty));
    let who = Somebody::of(setting_at(Path::new(&db), &name, true));
    if name.starts_with("cron") {
        imports(&who, Path::new(&db), seed, goes_on);
    } else {
        works(&who, &name, seed, goes_on);
    }
    who.leaves(Ending::Quit);
}

/// Mixed work.
fn works(who: &Somebody, name: &str, seed: u64, goes_on: impl Fn() -> bool) {
    let mut random = Random(seed);
    let people: Vec<PersonNo> = who.people("maria10").iter().map(|p| p.number).take(10).collect();
    for n in 1.. {
        if !goes_on() {
            return;
        }
        let person = people[random.below(people.len() as u64) as usize];
        match random.below(4) {
            0 => assert!(matches!(who.ask(Request::Overview), Reply::Overview(_))),
            1 => {
                let found = who.ask(Request::Find { query: "maria garcia".into(), org: None, limit: 20 });
                assert!(matches!(&found, Reply::Found(f) if !f.hits.is_empty()), "{found:?}");
            }
            2 => assert!(!who.people("maria").is_empty()),
            _ => {
                let Reply::Person(detail) = who.ask(Request::Person(person)) else { panic!() };
                let seen = Seen::Values(vec![("middle_name".into(), detail.person.text(Text::MiddleName).to_owned())]);
                let wanted = format!("{name}-{n}");
                let change = OneChange::Person { person, fields: vec![("middle_name".into(), wanted.clone())] };
                match who.ask(Request::Careful { change, seen }) {
                    Reply::Person(_) => acknowledged(&format!("edit {} {wanted}", person.0)),
                    Reply::Conflict(told) => {
                        assert!(!told[0].by.is_empty());
                        acknowledged("conflict");
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
        acknowledged("look");
    }
}

/// Imports one file after the other, each with students of its own.
fn imports(who: &Somebody, db: &Path, seed: u64, goes_on: impl Fn() -> bool) {
    let path = db.with_file_name("nightly.csv");
    let mut from = 10_000 + seed as u32 * 1_000_000;
    while goes_on() {
        let many = 200;
        std::fs::write(&path, students("S1", from, many)).unwrap();
        match who.ask(import(&path)) {
            Reply::Ran(ran) => {
                assert!(ran.detail.sync.status.is_applied(), "{:?}", ran.detail.sync);
                acknowledged(&format!("sync {from} {many}"));
            }
            Reply::Trouble(t) if t.sort == TroubleSort::Cancelled => acknowledged("cut"),
            Reply::Trouble(t) if t.message.contains("is not known") => acknowledged("unknown"),
            other => panic!("{other:?}"),
        }
        from += many;
    }
}

/// One of them, as the judge has it.
struct One {
    child: Child,
    said: JoinHandle<Vec<String>>,
}

impl One {
    fn starts(world: &World, name: &str, seed: u64) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["soak::client", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env("HOMEROOM_SOAK_DB", world.db())
            .env("HOMEROOM_SOAK_NAME", name)
            .env("HOMEROOM_SOAK_SEED", seed.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = std::thread::spawn(move || {
            let told = lines.map_while(Result::ok).filter_map(|l| Some(l.split_once("ACK ")?.1.to_owned()));
            told.collect()
        });
        Self { child, said }
    }

    /// Kills it where it stands; what it had been told until then.
    fn killed(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.said.join().unwrap()
    }

    /// Tells it to stop.
    fn stops(mut self) -> Vec<String> {
        drop(self.child.stdin.take());
        let out = self.child.wait_with_output().unwrap();
        let said = self.said.join().unwrap();
        assert!(out.status.success(), "{} {}", said.join("\n"), String::from_utf8_lossy(&out.stderr));
        said
    }
}

/// The process that holds the store, as its lock says.
fn holder(world: &World) -> Option<u32> {
    let text = std::fs::read_to_string(world.db().join("lock")).ok()?;
    let value: serde_json::Value = serde_json::from_str(&text).ok()?;
    value["pid"].as_u64().map(|p| p as u32)
}

fn soak(clients: usize, how_long: Duration) {
    let world = World::new();
    let ana = world.comes("ana");
    world.fill(&ana, MANY);
    ana.leaves(Ending::Quit);
    let mut seed = 0;
    let mut starts = |kind: &str| {
        seed += 1;
        One::starts(&world, &format!("{kind}{seed}"), seed)
    };
    let mut all: Vec<(&str, One)> = (0..clients).map(|_| ("client", starts("client"))).collect();
    all.push(("cron", starts("cron")));
    let mut said: Vec<String> = Vec::new();
    let mut random = Random(99);
    let (began, mut killed, mut holders) = (Instant::now(), 0, 0);
    while began.elapsed() < how_long {
        std::thread::sleep(Duration::from_millis(300 + random.below(900)));
        // Who holds the store, two times of three; else anybody, the importer among them.
        let holds = holder(&world).and_then(|pid| all.iter().position(|(_, one)| one.child.id() == pid));
        let at = holds.filter(|_| random.below(3) > 0).unwrap_or_else(|| random.below(all.len() as u64) as usize);
        holders += u64::from(Some(at) == holds);
        killed += 1;
        let (kind, one) = all.swap_remove(at);
        said.extend(one.killed());
        all.push((kind, starts(kind)));
    }
    for (_, one) in all {
        said.extend(one.stops());
    }
    let count = |what: &str| said.iter().filter(|l| l.split(' ').next() == Some(what)).count();
    println!(
        "{} requests, {} edits and {} syncs acknowledged, {} conflicts told, {} syncs cut off, {} not known, {killed} killed, {holders} of them holders",
        count("look"),
        count("edit"),
        count("sync"),
        count("conflict"),
        count("cut"),
        count("unknown"),
    );
    assert!(count("edit") > 0 && count("sync") > 0 && holders > 0);
    consistent(&world, &said);
}

/// Everything acknowledged is there, once, and each history is a chain.
fn consistent(world: &World, said: &[String]) {
    let who = world.comes("judge");
    let (mut edits, mut syncs) = (HashMap::<u32, Vec<&str>>::new(), Vec::<(u32, u32)>::new());
    for line in said {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["edit", person, wanted] => edits.entry(person.parse().unwrap()).or_default().push(wanted),
            ["sync", from, many] => syncs.push((from.parse().unwrap(), many.parse().unwrap())),
            _ => {}
        }
    }
    for (person, edits) in edits {
        let Reply::Person(detail) = who.ask(Request::Person(PersonNo(person))) else { panic!() };
        let mut changes: Vec<_> = detail.history.iter().flat_map(|h| h.changes.iter().filter(|c| c.field == "middle_name")).collect();
        changes.reverse();
        for pair in changes.windows(2) {
            assert_eq!(pair[0].after, pair[1].before, "each begins where the last ended");
        }
        let after: Vec<&str> = changes.iter().map(|c| c.after.as_str()).collect();
        for wanted in edits {
            assert_eq!(after.iter().filter(|a| **a == wanted).count(), 1, "{wanted} is there once");
        }
        assert_eq!(after.last().copied().unwrap_or_default(), detail.person.text(Text::MiddleName));
    }
    let mut there = 0;
    for (from, many) in syncs {
        for id in [from, from + many - 1] {
            let resolved = who.ask(Request::Resolve(format!("student:{id}")));
            assert!(matches!(&resolved, Reply::Resolved(n) if n.len() == 1), "{id}: {resolved:?}");
        }
        there += many;
    }
    let history = Request::Syncs { window: Window::ALL, org: None, filter: String::new(), of: SyncsOf::default() };
    let Reply::Syncs(page) = who.ask(history) else { panic!() };
    assert!(page.rows.iter().all(|s| s.status.is_done()), "nothing hangs in the middle");
    let applied: u64 = page.rows.iter().filter(|s| s.status.is_applied()).map(|s| s.counts.total().created).sum();
    let Reply::Overview(overview) = who.ask(Request::Overview) else { panic!() };
    let total: u64 = overview.totals.iter().map(|t| t.1).sum();
    assert_eq!(total, applied, "what the history says and what there is");
    assert!(applied >= u64::from(there) + 3 + 2 * u64::from(MANY));
    who.leaves(Ending::Quit);
    let (code, out, err) = world.run(&["verify", "--deep"]);
    assert_eq!(code, 0, "{out}{err}");
}

#[test]
fn many_at_once_and_some_of_them_killed() {
    match std::env::var("HOMEROOM_SOAK").ok().and_then(|s| s.parse().ok()) {
        Some(seconds) => soak(16, Duration::from_secs(seconds)),
        None => soak(4, Duration::from_secs(4)),
    }
}
