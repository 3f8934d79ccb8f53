//! The program killed at any moment, and two of it at once. `HOMEROOM_KILLS=1000 cargo test --release --test kill` kills more often
//! than the fifty times of every day.

// Functions that tests share are tests too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

#[path = "support/generator.rs"]
#[allow(dead_code)] // the truth of the files is another test's
mod generator;
#[path = "support/program.rs"]
mod program;
#[path = "support/random.rs"]
mod random;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use generator::district;
use program::{Did, World};
use random::Random;

const USERS: usize = 1_500;
/// So many that their first load is written as a checkpoint, in a folder of its own.
const MANY_USERS: usize = 54_000;

/// A command and the world it is given in.
struct Scene {
    name: &'static str,
    world: World,
    args: Vec<String>,
    /// What the command says, given again after it was done.
    again: i32,
}

/// The schools and both days of a district, as files; nothing imported.
fn bare(users: usize) -> World {
    let world = World::new();
    let made = district(7, 20, users, 40);
    world.write("schools.csv", made.schools);
    world.write("day1.csv", made.day_1.bytes());
    world.write("day2.csv", made.day_2.bytes());
    world
}

/// A world in which so many of the files are imported already.
fn after(files: &[&str]) -> World {
    imported(bare(USERS), files)
}

fn imported(world: World, files: &[&str]) -> World {
    for file in files {
        let did = world.run(&["import", file]);
        assert!(matches!(did.code, Some(0 | 1)), "{did:?}");
    }
    world
}

const ROSTER: [&str; 2] = ["schools.csv", "day1.csv"];

impl Scene {
    fn new(name: &'static str, world: World, args: &[&str], again: i32) -> Self {
        Self { name, world, args: args.iter().map(ToString::to_string).collect(), again }
    }

    fn args(&self) -> Vec<&str> {
        self.args.iter().map(String::as_str).collect()
    }
}

/// Everything that an operator would call the state of the roster: people, schools and corrections, without the times.
fn state(world: &World) -> Vec<String> {
    let people = world.run(&["export", "people"]).exits(0).out;
    let schools = world.run(&["export", "schools"]).exits(0).out;
    let corrections = world.run(&["export", "corrections"]).exits(0).out;
    let mut table = csv::Reader::from_reader(corrections.as_bytes());
    let is_time: Vec<bool> = table.headers().unwrap().iter().map(|name| matches!(name, "at" | "last_at")).collect();
    let timeless =
        |row: csv::StringRecord| row.iter().zip(&is_time).filter(|(_, time)| !**time).map(|(cell, _)| cell.to_owned() + "\n").collect();
    let timeless = table.records().map(|row| -> String { timeless(row.unwrap()) }).collect();
    vec![people, schools, timeless]
}

/// The history, oldest first, without the times.
fn history(world: &World) -> Vec<String> {
    let mut syncs = world.run(&["syncs", "--json", "--limit", "0"]).exits(0).json();
    syncs.reverse();
    let timeless = |sync: &mut serde_json::Value| {
        for key in ["started", "ended", "seconds"] {
            assert!(!sync[key].take().is_null() || sync["status"] == "failed", "{sync}");
        }
        sync.to_string()
    };
    syncs.iter_mut().map(timeless).collect()
}

/// How often each of the nine scenes of every day is killed.
fn kills() -> usize {
    asked().unwrap_or(50).div_ceil(9)
}

fn asked() -> Option<usize> {
    std::env::var("HOMEROOM_KILLS").ok().map(|n| n.parse().expect("HOMEROOM_KILLS is a number"))
}

/// Kills the command at moments spread over its whole life, and looks at what is left.
fn survives(scene: &Scene, seed: u64) {
    let Scene { name, world, args: _, again } = scene;
    // Looked at in a copy: even looking makes a database where there is none.
    let untouched = World::copy(world);
    let (state_before, history_before) = (state(&untouched), history(&untouched));
    let undisturbed = World::copy(world);
    let began = Instant::now();
    let code = undisturbed.run(&scene.args()).code.unwrap();
    let whole = began.elapsed();
    assert!(matches!(code, 0 | 1 | 3), "{name} exits with {code}");
    let (state_after, history_after) = (state(&undisturbed), history(&undisturbed));
    assert_ne!(state_before, state_after, "{name} changes something, or nothing could be told");

    let mut random = Random::new(seed);
    let mut ends = [0; 3];
    for n in 0..kills() {
        let world = World::copy(world);
        // Every other one in the last third, where things are written.
        let share = random.below(1_000_000) as f64 / 1e6;
        let moment = whole.mul_f64(if n % 2 == 0 { share } else { 0.67 + share * 0.4 });
        let child = world.command(&scene.args()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let what = format!("{name}, kill {n} after {moment:?} of {whole:?}");
        let killed = kill_after(child, moment);

        let verified = world.run(&["verify", "--json"]).exits(0).json();
        assert_eq!(verified[0]["ok"], true, "{what}");
        let (state_left, history_left) = (state(&world), history(&world));
        let done = state_left == state_after;
        assert!(done || state_left == state_before, "{what}: neither before nor after");
        assert!(done || killed, "{what}: it was through and did nothing");
        ends[if done { 1 + usize::from(!killed) } else { 0 }] += 1;
        if done {
            assert_eq!(history_left, history_after, "{what}: after");
        } else {
            let (old, new) = history_left.split_at(history_before.len());
            assert_eq!(old, history_before, "{what}: before");
            match new {
                [] => {}
                [cut] => assert!(cut.contains("\"status\":\"failed\"") && cut.contains("\"note\":\"cut off\""), "{what}: {cut}"),
                more => panic!("{what}: {more:?}"),
            }
        }

        let next = world.run(&scene.args());
        assert_eq!(next.code, Some(if done { *again } else { code }), "{what}: {next:?}");
        assert_eq!(state(&world), state_after, "{what}: the next run");
        world.run(&["verify", "--deep"]).exits(0);
    }
    eprintln!("{name}: {whole:?}; left before {}, after {}, through before the kill {}", ends[0], ends[1], ends[2]);
}

/// Whether it was still running and was killed.
fn kill_after(mut child: Child, moment: Duration) -> bool {
    let began = Instant::now();
    // The moment is what is tested here. Nobody unparks this thread; if it wakes early it waits for the rest.
    while let Some(left) = moment.checked_sub(began.elapsed()) {
        std::thread::park_timeout(left);
    }
    let ended = child.try_wait().unwrap().is_some();
    child.kill().unwrap();
    child.wait().unwrap();
    !ended
}

/// The ID of somebody on the roster, and the line of the first row of a sync that was refused for its e-mail.
fn someone(world: &World) -> String {
    let people = world.run(&["list", "staff", "--json"]).exits(0).json();
    people.iter().find_map(|p| p["sourced_id"].as_str().filter(|id| !id.is_empty())).map(|id| format!("staff:{id}")).unwrap()
}

fn refused_line(world: &World, sync: &str) -> String {
    let errors = world.run(&["errors", sync, "--json", "--column", "email"]).exits(0).json();
    errors.iter().find(|e| e["code"] == "VAL-210").unwrap()["line"].to_string()
}

const MENDED: &str = "email=mended@vale.example";

#[test]
fn a_database_that_is_being_made() {
    survives(&Scene::new("the very first import", bare(USERS), &["import", "schools.csv"], 0), 1);
}

#[test]
fn a_first_load() {
    survives(&Scene::new("a first load", after(&["schools.csv"]), &["import", "day1.csv"], 1), 2);
}

/// The same where the roster is written as a checkpoint. It takes a while: only where kills were asked for.
#[test]
fn a_first_load_of_many() {
    if asked().is_none() {
        eprintln!("skipped: HOMEROOM_KILLS names no number of kills");
        return;
    }
    survives(&Scene::new("a first load of many", imported(bare(MANY_USERS), &["schools.csv"]), &["import", "day1.csv"], 1), 8);
}

#[test]
fn an_import() {
    survives(&Scene::new("import", after(&ROSTER), &["import", "day2.csv"], 1), 3);
}

#[test]
fn a_correction() {
    let world = after(&ROSTER);
    let line = refused_line(&world, "2");
    survives(&Scene::new("fix", world, &["fix", "2", &line, MENDED], 0), 4);
}

#[test]
fn a_rerun() {
    let world = after(&ROSTER);
    let line = refused_line(&world, "2");
    world.run(&["fix", "2", &line, MENDED]).exits(0);
    survives(&Scene::new("rerun", world, &["rerun", "2"], 1), 5);
}

#[test]
fn an_undo() {
    // What is undone cannot be undone twice: that is said, and nothing happens.
    survives(&Scene::new("undo", after(&["schools.csv", "day1.csv", "day2.csv"]), &["undo", "3"], 2), 6);
}

#[test]
fn an_edit() {
    let world = after(&ROSTER);
    let who = someone(&world);
    survives(&Scene::new("edit", world, &["edit", &who, "last_name=Renamed"], 0), 7);
}

/// A whole file that four fifths of the second day are in: the rest would be disabled, and waits.
fn held() -> [&'static str; 4] {
    ["import", "part.csv", "--mode", "full"]
}

fn with_a_part() -> World {
    let world = after(&ROSTER);
    let whole = fs::read(world.path("day2.csv")).unwrap();
    let lines: Vec<&[u8]> = whole.split_inclusive(|b| *b == b'\n').collect();
    world.write("part.csv", lines[..lines.len() * 4 / 5].concat());
    world
}

#[test]
fn a_hold() {
    // What is new goes through, what is gone waits: the same again waits again.
    survives(&Scene::new("hold", with_a_part(), &held(), 3), 9);
}

#[test]
fn an_approval() {
    let world = with_a_part();
    world.run(&held()).exits(3);
    // Decided is decided.
    survives(&Scene::new("approve", world, &["approve", "3"], 2), 10);
}

/// The engine's folders below a database: `control`, checkpoints, large syncs.
fn shelves(world: &World) -> Vec<PathBuf> {
    let folders = fs::read_dir(world.path("db")).unwrap().map(|e| e.unwrap().path());
    folders.filter(|path| path.join("conf").exists()).collect()
}

fn files_like(folder: &Path, part: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    paths.filter(|p| p.file_name().is_some_and(|name| part(&name.to_string_lossy()))).collect()
}

/// A roster so large that its first load is a checkpoint of its own.
fn with_a_checkpoint() -> World {
    let world = imported(bare(MANY_USERS), &ROSTER);
    assert!(shelves(&world).iter().any(|p| p.to_string_lossy().contains("checkpoint-")), "{:?}", shelves(&world));
    world
}

#[test]
fn a_torn_snapshot_of_the_engine_is_survived() {
    let world = with_a_checkpoint();
    let finished = World::copy(&world);
    let before = state(&world);
    for torn in [&b""[..], &[0; 64], b"half of a snapsh"] {
        for shelf in shelves(&world) {
            fs::write(shelf.join("snap.00000000000F0000.generating"), torn).unwrap();
        }
        world.run(&["verify"]).exits(0);
        assert_eq!(state(&world), before, "{torn:?}");
        for shelf in shelves(&world) {
            assert_eq!(files_like(&shelf, |name| name.ends_with(".generating")), [] as [PathBuf; 0]);
        }
    }
    // And one that was finished and then damaged.
    let world = finished;
    let mut damaged = 0;
    for shelf in shelves(&world) {
        for snapshot in files_like(&shelf, |name| name.starts_with("snap.")) {
            let bytes = fs::read(&snapshot).unwrap();
            fs::write(&snapshot, &bytes[..bytes.len() / 2]).unwrap();
            damaged += 1;
        }
    }
    assert!(damaged > 0, "the engine has written no snapshot");
    let opened = world.run(&["verify", "--deep"]).exits(0);
    assert!(opened.err.contains("snapshot"), "it is said that something was mended: {}", opened.err);
    assert_eq!(state(&world), before);
}

/// A pipe with a name. Whoever imports it holds the database until we have written.
fn pipe(world: &World, name: &str) -> PathBuf {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let path = world.path(name);
    mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    path
}

/// Opens the pipe for writing once somebody reads it: that is the event which says that the database is held.
fn once_it_is_read(path: &Path, reader: &mut Child) -> fs::File {
    use std::os::unix::fs::OpenOptionsExt;
    loop {
        match fs::OpenOptions::new().write(true).custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed()).open(path) {
            Ok(file) => {
                rustix::fs::fcntl_setfl(&file, rustix::fs::OFlags::empty()).unwrap();
                return file;
            }
            Err(e) => assert_eq!(e.raw_os_error(), Some(rustix::io::Errno::NXIO.raw_os_error()), "{e}"),
        }
        assert!(reader.try_wait().unwrap().is_none(), "it ended without reading");
        std::thread::yield_now();
    }
}

#[test]
fn two_at_once_of_whom_one_shares_nothing() {
    let world = after(&["schools.csv"]);
    let path = pipe(&world, "pipe.csv");
    let mut first = world.command(&["import", "pipe.csv", "--no-share"]).spawn().unwrap();
    let mut pipe = once_it_is_read(&path, &mut first);

    for args in [&["import", "day2.csv"][..], &["list", "people"], &["edit", "school:S1", "name=Other"], &["syncs"]] {
        let second = world.run(args).exits(5);
        for part in ["in use by ana", &format!("pid {}", first.id()), " since 20", "--wait"] {
            assert!(second.err.contains(part), "{args:?} does not say {part}: {}", second.err);
        }
        assert_eq!(second.out, "");
    }
    world.run(&["syncs", "--wait", "50ms"]).exits(5);
    // Help needs no database.
    world.run(&["explain", "VAL-210"]).exits(0);

    let patient = world.command(&["import", "day2.csv", "--wait", "5m", "--json"]).spawn().unwrap();
    pipe.write_all(&fs::read(world.path("day1.csv")).unwrap()).unwrap();
    drop(pipe);
    let first = Did::of(first.wait_with_output().unwrap()).exits(1);
    assert!(!first.out.is_empty());
    let patient = Did::of(patient.wait_with_output().unwrap()).exits(1).json();
    // It has worked on the roster that the first left: most are there already.
    assert!(patient[0]["counts"]["students"]["unchanged"].as_u64() > Some(900), "{patient:?}");
    assert_eq!(history(&world).len(), 3);
    world.run(&["verify", "--deep"]).exits(0);
}

#[test]
fn two_at_once() {
    let world = after(&["schools.csv"]);
    let path = pipe(&world, "pipe.csv");
    let mut first = world.command(&["import", "pipe.csv"]).spawn().unwrap();
    let mut pipe = once_it_is_read(&path, &mut first);
    // Who only looks is answered by the import that runs.
    for args in [&["list", "people"][..], &["syncs"], &["list", "schools"], &["doctor"]] {
        let second = world.run(args).exits(0);
        assert!(!second.err.contains("in use"), "{args:?}: {}", second.err);
    }
    // Who changes something comes after it; long work is for who holds the database next.
    let edit = world.command(&["edit", "school:S1", "name=Other"]).spawn().unwrap();
    let second = world.command(&["import", "day2.csv", "--json"]).spawn().unwrap();
    pipe.write_all(&fs::read(world.path("day1.csv")).unwrap()).unwrap();
    drop(pipe);
    let first = Did::of(first.wait_with_output().unwrap()).exits(1);
    assert!(!first.out.is_empty());
    let _ = Did::of(edit.wait_with_output().unwrap());
    let second = Did::of(second.wait_with_output().unwrap()).exits(1).json();
    // It has worked on the roster that the first left: most are there already.
    assert!(second[0]["counts"]["students"]["unchanged"].as_u64() > Some(900), "{second:?}");
    assert_eq!(history(&world).len(), 3, "each once");
    world.run(&["verify", "--deep"]).exits(0);
}

#[test]
fn who_was_killed_holds_nothing() {
    let world = after(&["schools.csv"]);
    let path = pipe(&world, "pipe.csv");
    let mut first = world.command(&["import", "pipe.csv"]).spawn().unwrap();
    let _pipe = once_it_is_read(&path, &mut first);
    first.kill().unwrap();
    first.wait().unwrap();
    let syncs = world.run(&["syncs", "--json"]).exits(0);
    assert!(syncs.err.contains("#2") && syncs.err.contains("cut off"), "the operator is told: {}", syncs.err);
    assert_eq!((syncs.json()[0]["status"].as_str(), syncs.json()[0]["note"].as_str()), (Some("failed"), Some("cut off")));
    world.run(&["import", "day1.csv"]).exits(1);
}
