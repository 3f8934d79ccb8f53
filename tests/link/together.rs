//! Those who work through one another: what each sees, who takes over, and who was first.

use std::io::Write;
use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use homeroom::desk::{Event, OneChange, Reply, Request, RowAt, Seen, SyncsOf, TroubleSort, Window};
use homeroom::ledger::SyncNo;
use homeroom::link::{Ending, Setting, ask_one};

use crate::world::{Somebody, World, import, knock, students, until};

/// How soon somebody else has taken over.
const SOON: Duration = Duration::from_secs(2);

fn grade(person: homeroom::roster::PersonNo, grade: &str) -> Request {
    Request::EditPerson { person, fields: vec![("grade".into(), grade.into())] }
}

#[test]
fn a_second_works_through_the_first_and_each_sees_what_the_other_does() {
    let world = World::new();
    let ana = world.comes("ana");
    world.fill(&ana, 20);
    let bo = world.comes("bo");
    assert_eq!(bo.people("").len(), 40, "the same roster");
    // What bo does stands under bo's name, and ana hears of it at once.
    let person = bo.people("maria1003")[0].number;
    let edited = bo.ask(grade(person, "06"));
    assert!(matches!(edited, Reply::Person(_)), "{edited:?}");
    ana.hear(|e| matches!(e, Event::RosterChanged { .. }));
    let Reply::Person(detail) = ana.ask(Request::Person(person)) else { panic!() };
    assert_eq!((detail.row.grade.as_str(), detail.history[0].by.as_str()), ("06", "bo"));
    // And a sync of ana's is seen by bo while it runs and when it is done.
    let sync = ana.import(&world.write("again.csv", students("S1", 1001, 30)));
    assert_eq!(sync.by.0, "ana");
    let seen = bo.hear(|e| matches!(e, Event::Progress(p) if p.sync == Some(sync.number)));
    assert!(matches!(seen, Event::Progress(p) if p.job.0 > u64::from(u32::MAX)), "never mistaken for bo's own");
    bo.hear(|e| *e == Event::SyncChanged(sync.number));
    let sync = bo.import(&world.write("bos.csv", students("S1", 1001, 31)));
    assert_eq!(sync.by.0, "bo");
    ana.hear(|e| *e == Event::SyncChanged(sync.number));
}

#[test]
fn when_the_holder_ends_another_takes_over_and_nothing_is_lost() {
    for how in [Ending::Quit, Ending::Finish, Ending::AtOnce] {
        let world = World::new();
        let ana = world.comes("ana");
        world.fill(&ana, 20);
        let (bo, eve) = (world.comes("bo"), world.comes("eve"));
        let person = bo.people("maria1003")[0].number;
        assert!(matches!(bo.ask(grade(person, "06")), Reply::Person(_)));
        let began = Instant::now();
        ana.leaves(how);
        // Asked in the middle of it: answered by whoever holds it next.
        let asked: Vec<u64> = (0..20).map(|_| bo.send(Request::Person(person))).collect();
        for ticket in asked {
            let Reply::Person(detail) = bo.answer(ticket) else { panic!() };
            assert_eq!(detail.row.grade, "06");
        }
        assert_eq!(eve.people("").len(), 40);
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
        assert!(matches!(eve.ask(grade(person, "07")), Reply::Person(_)));
        let Reply::Person(detail) = bo.ask(Request::Person(person)) else { panic!() };
        assert_eq!(detail.history.iter().take(2).map(|h| h.by.as_str()).collect::<Vec<_>>(), ["eve", "bo"]);
    }
}

#[test]
fn when_the_holder_is_killed_another_takes_over() {
    let world = World::new();
    let serving = world.serves();
    let bo = world.comes("bo");
    world.fill(&bo, 20);
    let person = bo.people("maria1003")[0].number;
    assert!(matches!(bo.ask(grade(person, "06")), Reply::Person(_)));
    let began = Instant::now();
    drop(serving);
    let Reply::Person(detail) = bo.ask(Request::Person(person)) else { panic!() };
    assert_eq!(detail.row.grade, "06", "what was acknowledged is there");
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    // The socket of who was killed is no hindrance, and the next works through bo.
    let eve = world.comes("eve");
    assert_eq!(eve.people("").len(), 40);
    bo.leaves(Ending::Quit);
    assert_eq!(eve.people("").len(), 40);
}

#[test]
fn a_sync_of_a_holder_that_was_killed_is_done_or_cleanly_absent() {
    for many in [15_000, 30_000] {
        let world = World::new();
        let serving = world.serves();
        let bo = world.comes("bo");
        world.fill(&bo, 5);
        let ticket = bo.send(import(&world.write("large.csv", students("S1", 1001, many))));
        bo.hear(|e| matches!(e, Event::Progress(p) if p.job.0 == ticket && p.sync.is_some()));
        drop(serving);
        let reply = bo.answer(ticket);
        let there = bo.people("").len();
        match &reply {
            Reply::Ran(ran) => assert!(ran.detail.sync.status.is_done() && there == 100, "{there} {:?}", ran.detail.sync),
            Reply::Trouble(t) => assert!(t.message.contains("cut off") && t.sort == TroubleSort::Cancelled && there == 10, "{there} {t:?}"),
            other => panic!("{other:?}"),
        }
        let all = Request::Syncs { window: Window::ALL, org: None, filter: String::new(), of: SyncsOf::default() };
        let Reply::Syncs(page) = bo.ask(all) else { panic!() };
        assert_eq!(page.rows.len(), 4, "once");
        assert!(page.rows.iter().all(|s| s.status.is_done()), "nothing hangs in the middle");
    }
}

#[test]
fn a_client_that_goes_in_the_middle_leaves_its_sync_to_the_holder() {
    let world = World::new();
    let ana = world.comes("ana");
    world.fill(&ana, 5);
    let path = world.write("large.csv", students("S1", 1001, 15_000));
    let mut child = world.command(&["import", &path.display().to_string()]).spawn().unwrap();
    let Event::Progress(p) = ana.hear(|e| matches!(e, Event::Progress(p) if p.job.0 > u64::from(u32::MAX) && p.sync.is_some())) else {
        panic!()
    };
    let sync = p.sync.unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    ana.hear(|e| *e == Event::SyncChanged(sync));
    let Reply::Sync(detail) = ana.ask(Request::Sync(sync)) else { panic!() };
    assert!(detail.sync.status.is_applied(), "{:?}", detail.sync);
    assert_eq!(detail.sync.counts.total().created, 14_995);
}

#[test]
fn what_a_command_holds_is_handed_over_when_it_ends() {
    let world = World::new();
    {
        let ana = world.comes("ana");
        world.fill(&ana, 5);
        ana.leaves(Ending::Quit);
    }
    // A command holds the store; a console comes and asks for long work: that is for the next holder, which the console becomes.
    let one = ask_one(world.setting("cron", false));
    assert!(matches!(one.ask(Request::Overview, &mut |_| true), Reply::Overview(_)));
    let bo = world.comes("bo");
    assert_eq!(bo.people("").len(), 10);
    let path = world.write("more.csv", students("S1", 1001, 9));
    let ticket = bo.send(import(&path));
    assert_eq!(bo.people("").len(), 10, "still through the command");
    drop(one);
    let Reply::Ran(ran) = bo.answer(ticket) else { panic!() };
    assert_eq!((ran.detail.sync.counts.total().created, ran.detail.sync.number), (4, SyncNo(4)), "once");
}

#[test]
fn commands_work_through_a_console() {
    let world = World::new();
    let ana = world.comes("ana");
    world.fill(&ana, 5);
    let (code, out, err) = world.run(&["list", "students", "--json"]);
    assert_eq!((code, out.lines().count(), err.as_str()), (0, 10, ""));
    let more = world.write("relative.csv", students("S2", 500_001, 7));
    assert!(more.exists());
    let (code, _, err) = world.run(&["import", "relative.csv"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(ana.people("").len(), 12);
    // Alone there is no way in.
    let (code, out, err) = world.run(&["syncs", "--no-share"]);
    assert_eq!((code, out.as_str()), (5, ""));
    assert!(err.contains("in use by ana"), "{err}");
    ana.leaves(Ending::Quit);
    assert!(knock(&world.db()).is_none());
    let (code, ..) = world.run(&["syncs", "--no-share"]);
    assert_eq!(code, 0);
}

#[test]
fn who_shares_nothing_lets_nobody_in() {
    let world = World::new();
    let alone = Somebody::of(Setting { share: false, ..world.setting("ana", true) });
    world.fill(&alone, 3);
    let (code, _, err) = world.run(&["syncs"]);
    assert_eq!(code, 5);
    assert!(err.contains("in use by ana") && err.contains("--wait"), "{err}");
}

#[test]
fn the_second_to_mend_a_row_is_told_who_was_first() {
    let world = World::new();
    let ana = world.comes("ana");
    world.fill(&ana, 3);
    let bad = students("S1", 2001, 2).replace("Garcia 2002", "");
    let sync = ana.import(&world.write("bad.csv", bad)).number;
    let bo = world.comes("bo");
    let fix = |name: &str, seen: &str| {
        let change = OneChange::Fix { sync, at: RowAt::Record(2), cells: vec![("last_name".into(), name.into())] };
        Request::Careful { change, seen: Seen::Values(vec![("last_name".into(), seen.into())]) }
    };
    assert!(matches!(ana.ask(fix("Nguyen", "")), Reply::Row(_)));
    let Reply::Conflict(told) = bo.ask(fix("Smith", "")) else { panic!() };
    assert_eq!((told.len(), told[0].by.as_str(), told[0].now.as_str(), told[0].wanted.as_str()), (1, "ana", "Nguyen", "Smith"));
    assert!(told[0].at.0 > 0);
    // The same again is no conflict; and who has seen it may change it.
    assert!(matches!(bo.ask(fix("Nguyen", "")), Reply::Row(_)));
    assert!(matches!(bo.ask(fix("Smith", "Nguyen")), Reply::Row(_)));
    // On the roster alike.
    let person = ana.people("maria1001")[0].number;
    let edit = |name: &str, seen: &str| {
        let change = OneChange::Person { person, fields: vec![("last_name".into(), name.into())] };
        Request::Careful { change, seen: Seen::Values(vec![("last_name".into(), seen.into())]) }
    };
    assert!(matches!(bo.ask(edit("Lee", "Garcia 1001")), Reply::Person(_)));
    let Reply::Conflict(told) = ana.ask(edit("Kim", "Garcia 1001")) else { panic!() };
    assert_eq!((told[0].by.as_str(), told[0].now.as_str(), told[0].sync), ("bo", "Lee", None));
    // A command saw nothing: what a colleague set by hand is not overwritten unasked, what a file brought is.
    let (code, _, err) = world.run(&["edit", "student:1001", "last_name=Kim"]);
    assert_eq!(code, 2);
    assert!(err.contains("set by bo") && err.contains("--force"), "{err}");
    assert_eq!(world.run(&["edit", "student:1001", "last_name=Kim", "--force"]).0, 0);
    assert_eq!(world.run(&["edit", "student:1002", "last_name=Kim"]).0, 0);
    let (code, _, err) = world.run(&["fix", &sync.0.to_string(), "3", "last_name=Kim"]);
    assert_eq!(code, 2);
    assert!(err.contains("set by bo") && err.contains("--force"), "{err}");
    assert_eq!(world.run(&["fix", &sync.0.to_string(), "3", "last_name=Kim", "--force"]).0, 0);
}

#[test]
fn of_two_who_change_at_the_same_moment_one_is_told() {
    let world = World::new();
    let ana = world.comes("ana");
    world.fill(&ana, 3);
    let bo = world.comes("bo");
    let person = ana.people("maria1001")[0].number;
    for n in 0..20 {
        let Reply::Person(detail) = ana.ask(Request::Person(person)) else { panic!() };
        let seen = detail.person.text(homeroom::roster::Text::FamilyName).to_owned();
        let edit = |who: &str| {
            let change = OneChange::Person { person, fields: vec![("last_name".into(), format!("{who} {n}"))] };
            Request::Careful { change, seen: Seen::Values(vec![("last_name".into(), seen.clone())]) }
        };
        let (a, b) = (ana.send(edit("Ana")), bo.send(edit("Bo")));
        let both = [ana.answer(a), bo.answer(b)];
        let told = both.iter().filter(|r| matches!(r, Reply::Conflict(_))).count();
        assert_eq!(told, 1, "{both:?}");
    }
}

#[test]
fn another_version_at_the_other_end_is_said() {
    let world = World::new();
    let ana = world.comes("ana");
    ana.leaves(Ending::Quit);
    // Somebody listens who speaks of a later time.
    let listener = UnixListener::bind(world.db().join("socket")).unwrap();
    let later = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"homeroom\x07\x00\x00\x00\x059.9.9").unwrap();
        stream
    });
    let began = Instant::now();
    let (code, _, err) = world.run(&["syncs"]);
    assert_eq!(code, 5);
    assert!(err.contains("held by Homeroom 9.9.9") && err.contains(env!("CARGO_PKG_VERSION")), "{err}");
    assert!(began.elapsed() < SOON);
    drop(later.join().unwrap());
    // And to who comes from a later time it is said what is spoken here.
    std::fs::remove_file(world.db().join("socket")).unwrap();
    let _ana = world.comes("ana");
    let mut stream = knock(&world.db()).unwrap();
    stream.write_all(b"homeroom\x07\x00\x00\x00\x059.9.9").unwrap();
    let mut said = Vec::new();
    std::io::Read::read_to_end(&mut stream, &mut said).unwrap();
    assert!(said.starts_with(b"homeroom") && said.ends_with(env!("CARGO_PKG_VERSION").as_bytes()));
}

#[test]
fn a_folder_with_a_long_name_is_no_hindrance() {
    let world = World::new();
    let mut setting = world.setting("ana", true);
    setting.surroundings.db = world.dir.path().join("a".repeat(100)).join("b".repeat(100));
    let ana = Somebody::of(setting.clone());
    setting.surroundings.by.0 = "bo".into();
    let bo = Somebody::of(setting.clone());
    world.fill(&bo, 2);
    assert_eq!(ana.people("").len(), 4);
    ana.leaves(Ending::Quit);
    assert_eq!(bo.people("").len(), 4);
    until("the socket is bo's", || setting.surroundings.db.join("socket").exists());
}
