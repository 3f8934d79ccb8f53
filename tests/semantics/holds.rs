//! Holds: what raises each limit and what is just inside it, and how a hold ends.

use homeroom::desk::{Import, Removal, Reply, Request, TroubleSort, WaitingSort, Window};
use homeroom::ledger::{FixPolicy, Mode, Severity, SyncNo, SyncStatus};

use crate::direct::Direct;
use crate::modes::import;
use crate::world::{Took, World, file};

/// So many students of a school: with the IDs from `first` on.
fn students(first: usize, n: usize, school: &str) -> Vec<String> {
    (first..first + n).map(|i| format!("Given{i},,Family{i},p{i}@l.example,{i},{school},Student,,5,Active")).collect()
}

fn run(world: &World, mode: Mode, rows: &[String]) -> Took {
    import(world, mode, "echalk-users", &of(rows))
}

fn of(rows: &[String]) -> String {
    file(&rows.iter().map(String::as_str).collect::<Vec<_>>())
}

fn holds(took: &Took) -> Vec<String> {
    took.found(Severity::Hold)
}

fn approve(world: &World, sync: SyncNo, without_removals: bool) -> Took {
    world.run(Request::Apply { sync, without_removals, reason: Some("looked at it".into()) })
}

fn abandon(world: &World, sync: SyncNo) -> homeroom::ledger::Sync {
    match world.ask(Request::Abandon { sync, reason: Some("wrong file".into()) }) {
        Reply::Sync(detail) => detail.sync,
        other => panic!("{other:?}"),
    }
}

fn removals(world: &World, sync: SyncNo) -> Vec<Removal> {
    match world.ask(Request::Removals { sync, window: Window::ALL }) {
        Reply::Removals(page) => page.rows,
        other => panic!("{other:?}"),
    }
}

/// Thirty students; then a file of twenty-five of them and a new one: 16 % would be disabled.
fn held() -> (World, Took) {
    let world = World::new();
    run(&world, Mode::Full, &students(1, 30, "S1")).is("students +30", &[]);
    let mut rows = students(1, 25, "S1");
    rows.extend(students(90, 1, "S1"));
    let took = run(&world, Mode::Full, &rows);
    (world, took)
}

#[test]
fn too_many_absent_wait_and_the_rest_is_applied() {
    let (world, took) = held();
    took.is("students +1 =25", &["- - SAF-501"]);
    assert_eq!(took.finding("SAF-501").message(), "Would disable 5 of 30 students (16 %); the limit is 10 %");
    let hold = took.sync.hold.clone().unwrap();
    assert_eq!((took.sync.status, hold.removals_only, hold.removals), (SyncStatus::Held, true, 5));
    assert!(world.knows("90"));
    assert_eq!(world.value("30", "status"), "active");
    let waiting = removals(&world, took.sync.number);
    assert_eq!((waiting.len(), waiting[0].of_school, waiting[0].school_has), (5, 5, 31));
    let Reply::Plan(plan) = world.ask(Request::Plan { sync: took.sync.number, window: Window::ALL }) else { panic!() };
    assert!(plan.rows.len() == 5 && plan.rows.iter().all(|l| l.action == "disabled"), "{plan:?}");

    let done = approve(&world, took.sync.number, false);
    assert_eq!((done.counts(), done.sync.status), ("students +1 =25 -5".into(), SyncStatus::Completed));
    let hold = done.sync.hold.clone().unwrap();
    assert_eq!((hold.reason.as_deref(), hold.by.map(|b| b.0)), (Some("looked at it"), Some("ana".into())));
    assert_eq!(world.value("30", "status"), "disabled");
    // It was applied in two steps, and is undone in one.
    world.undo(&done).is("students ~5 -1", &[]);
    assert_eq!(world.value("30", "status"), "active");
    assert!(!world.knows("90"));
}

#[test]
fn as_many_as_the_limit_are_no_hold_and_small_sets_are_left_out() {
    let world = World::new();
    run(&world, Mode::Full, &students(1, 30, "S1"));
    run(&world, Mode::Full, &students(1, 27, "S1")).is("students =27 -3", &[]);
    let world = World::new();
    run(&world, Mode::Full, &students(1, 19, "S1"));
    run(&world, Mode::Full, &students(1, 2, "S1")).is("students =2 -17", &[]);
}

#[test]
fn a_hold_outlives_the_console_and_its_removals_may_be_left_out() {
    let (world, took) = held();
    let world = world.reopened(false);
    let detail = world.sync(took.sync.number);
    assert_eq!((detail.sync.status, detail.by_school[0].tally.disabled), (SyncStatus::Held, 5));
    let done = approve(&world, took.sync.number, true);
    assert_eq!((done.sync.status, done.sync.hold.unwrap().without_removals), (SyncStatus::Completed, true));
    assert_eq!((world.value("30", "status"), done.sync.counts.total().disabled), ("active".into(), 0));
    assert_eq!(world.trouble(Request::Apply { sync: took.sync.number, without_removals: false, reason: None }).sort, TroubleSort::Usage);
}

#[test]
fn abandoned_removals_are_gone_and_the_rest_stands() {
    let (world, took) = held();
    let sync = abandon(&world, took.sync.number);
    assert_eq!((sync.status, sync.hold.unwrap().reason.as_deref()), (SyncStatus::Completed, Some("wrong file")));
    assert!(world.knows("90"));
    assert_eq!(world.value("30", "status"), "active");
}

#[test]
fn removals_that_are_no_longer_those_that_were_shown_are_shown_again() {
    let (world, took) = held();
    world.edit("30", "first_name", "Other");
    let again = approve(&world, took.sync.number, false);
    assert_eq!((again.sync.status, again.left[0].code.name()), (SyncStatus::Held, "SAF-513"));
    assert_eq!(world.value("29", "status"), "active");
    assert_eq!(approve(&world, took.sync.number, false).sync.status, SyncStatus::Completed);
    assert_eq!(world.value("30", "status"), "disabled");
}

#[test]
fn a_held_sync_can_be_undone_before_anybody_decides() {
    let (world, took) = held();
    world.undo(&took).is("students -1", &[]);
    assert_eq!(world.sync(took.sync.number).sync.status, SyncStatus::Undone);
}

#[test]
fn a_newer_full_file_overtakes_what_waits() {
    let (world, took) = held();
    run(&world, Mode::Full, &[students(1, 30, "S1"), students(90, 1, "S1")].concat()).is("students =31", &[]);
    let sync = world.sync(took.sync.number).sync;
    assert_eq!((sync.status, sync.note.as_deref()), (SyncStatus::Completed, Some("Its removals were overtaken by #4")));
}

#[test]
fn a_school_that_would_lose_everybody_is_named() {
    let world = World::new();
    let all = [students(1, 200, "S1"), students(201, 20, "S2")].concat();
    run(&world, Mode::Full, &all);
    let took = run(&world, Mode::Full, &all[..200]);
    assert_eq!(holds(&took), ["- - SAF-504"]);
    assert_eq!(took.finding("SAF-504").message(), "School Lincoln Middle would lose all its students");
    let took = run(&world, Mode::Full, &all[..202]);
    assert_eq!(holds(&took), ["- - SAF-501"], "of the school 90 % are too many, but two are left");
    assert!(took.finding("SAF-501").message().contains("18 of 20 students at Lincoln Middle"), "{:?}", took.findings);
    run(&world, Mode::Full, &all[..218]).is("students =218 -2", &[]);
}

#[test]
fn a_full_file_without_a_kind_is_refused_unless_their_number_is_typed() {
    let world = World::new();
    let staff = ["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active", "Ben,,Ode,b@l.example,2,S1,Staff,,,Active"].map(str::to_owned);
    let all = [staff.to_vec(), students(10, 25, "S1")].concat();
    run(&world, Mode::Full, &all).is("staff +2, students +25", &[]);
    let with = |confirm| {
        let import = Import { mode: Some(Mode::Full), confirm, ..world.write("users.csv", of(&staff)) };
        world.run(Request::Import(import))
    };
    for wrong in [None, Some(24)] {
        let took = with(wrong);
        took.is("", &["- - SAF-505"]);
        assert_eq!(took.sync.status, SyncStatus::Failed);
        assert!(took.finding("SAF-505").message().ends_with("students would disable them all: 25"));
    }
    run(&world, Mode::Staff, &staff).is("staff =2", &[]);
    with(Some(25)).is("staff =2, students -25", &[]);
}

#[test]
fn the_last_administrator_stays() {
    let world = World::new();
    let admin = "Ana,,Diaz,a@l.example,1,S1,Administrator,,,Active".to_owned();
    let ben = "Ben,,Ode,b@l.example,2,S1,Staff,,,Active".to_owned();
    run(&world, Mode::Full, &[admin.clone(), ben.clone()]);
    let took = run(&world, Mode::Full, std::slice::from_ref(&ben));
    took.is("staff =1", &["- - SAF-506"]);
    assert_eq!(took.finding("SAF-506").message(), "Would disable the last administrator, Diaz, Ana (1)");
    run(&world, Mode::Partial, &[admin.replace("Active", "Disabled")]).is("staff !1", &["2 - SAF-506"]);
    assert_eq!(world.value("1", "status"), "active");
    let other = admin.replace("a@l", "c@l").replace(",1,", ",3,");
    run(&world, Mode::Full, &[ben, other]).is("staff +1 =1 -1", &["3 custom_id DUP-408"]);
}

#[test]
fn more_changes_than_a_day_brings_hold_the_whole_file() {
    let world = World::new();
    let rows = students(1, 20, "S1");
    run(&world, Mode::Partial, &rows);
    let changed = |n: usize| -> Vec<String> {
        rows.iter().enumerate().map(|(i, r)| if i < n { r.replace("Family", "Other") } else { r.clone() }).collect()
    };
    let took = run(&world, Mode::Partial, &changed(16));
    took.is("students ~16 =4", &["- - SAF-502"]);
    assert_eq!((took.sync.status, world.value("1", "last_name")), (SyncStatus::Held, "Family1".into()));
    assert!(!took.sync.hold.as_ref().unwrap().removals_only);
    assert_eq!(abandon(&world, took.sync.number).status, SyncStatus::Abandoned);
    run(&world, Mode::Partial, &changed(15)).is("students ~15 =5", &[]);
    let took = run(&world, Mode::Partial, &rows.iter().map(|r| r.replace("Family", "Third")).collect::<Vec<_>>());
    assert_eq!(approve(&world, took.sync.number, false).counts(), "students ~20");
    assert_eq!(world.value("1", "last_name"), "Third1");
}

#[test]
fn many_new_ones_are_said_and_hold_nothing() {
    let world = World::new();
    run(&world, Mode::Partial, &students(1, 20, "S1"));
    run(&world, Mode::Partial, &students(100, 20, "S2")).is("students +20", &[]);
    let took = run(&world, Mode::Partial, &students(200, 41, "S2"));
    took.is("students +41", &["- - SAF-503"]);
    assert_eq!(took.sync.status, SyncStatus::Completed);
}

#[test]
fn an_old_file_is_held_and_the_last_one_again_is_a_note() {
    let world = World::new();
    let (first, second) = (students(1, 2, "S1"), students(3, 2, "S1"));
    run(&world, Mode::Partial, &first);
    run(&world, Mode::Partial, &first).is("students =2", &[]).notes(&["- - FIL-015"]);
    run(&world, Mode::Partial, &second);
    let took = run(&world, Mode::Partial, &first);
    took.is("students =2", &["- - SAF-509"]);
    assert_eq!(took.sync.status, SyncStatus::Held);
    assert_eq!(approve(&world, took.sync.number, false).sync.status, SyncStatus::Completed);
}

#[test]
fn half_of_fifty_rows_in_error_hold_the_file() {
    for (wrong, status) in [(25, SyncStatus::Held), (24, SyncStatus::CompletedWithErrors)] {
        let world = World::new();
        let rows: Vec<String> =
            students(1, 50, "S1").iter().enumerate().map(|(i, r)| if i < wrong { r.replace('@', " at ") } else { r.clone() }).collect();
        let took = run(&world, Mode::Partial, &rows);
        assert_eq!((took.sync.status, world.knows("50")), (status, wrong == 24));
        let held: &[&str] = if wrong == 25 { &["- - SAF-510"] } else { &[] };
        assert_eq!(holds(&took), held);
    }
}

#[test]
fn the_same_people_under_other_ids_hold_the_file() {
    let world = World::new();
    let rows = students(1, 30, "S1");
    run(&world, Mode::Partial, &rows);
    let renumbered = |n: usize| -> Vec<String> {
        let other = |(i, r): (usize, &String)| {
            if i < n { r.replace('p', "q").replace(&format!(",{},S1", i + 1), &format!(",X{},S1", i + 1)) } else { r.clone() }
        };
        rows.iter().enumerate().map(other).collect()
    };
    let took = run(&world, Mode::Partial, &renumbered(22));
    assert_eq!((holds(&took), took.sync.status), (vec!["- - SAF-511".to_owned()], SyncStatus::Held));
    assert!(!world.knows("X1"));
    abandon(&world, took.sync.number);
    let took = run(&world, Mode::Partial, &renumbered(14));
    assert_eq!(
        (took.counts().as_str(), holds(&took), took.found(Severity::Warning).len()),
        ("students +14 =16", Vec::new(), 14),
        "DUP-408 on each"
    );
}

#[test]
fn whoever_asks_for_a_hold_gets_one() {
    let world = World::new();
    let import = |rows: &[String]| Import { hold: true, ..world.write("users.csv", of(rows)) };
    let took = world.run(Request::Import(import(&students(1, 2, "S1"))));
    took.is("students +2", &[]);
    let hold = took.sync.hold.clone().unwrap();
    assert_eq!((took.sync.status, hold.codes.len(), world.knows("1")), (SyncStatus::Held, 0, false));
    assert_eq!(approve(&world, took.sync.number, false).sync.status, SyncStatus::Completed);
    assert!(world.knows("1"));
    let took = world.run(Request::Import(import(&students(3, 2, "S1"))));
    assert_eq!(abandon(&world, took.sync.number).note.as_deref(), Some("Abandoned by ana; nothing applied"));
    assert!(!world.knows("3"));
}

const ANA: &str = "Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active";

#[test]
fn a_feed_keeps_local_fixes_while_its_files_repeat_what_they_replaced() {
    let mut at = Direct::new();
    at.feed.fixes = FixPolicy::Keep;
    at.import("users.csv", &file(&[ANA]));
    at.edit("1", "last_name", "D\u{ed}az");
    let done = at.import("users.csv", &file(&[&ANA.replace("Ana", "Anna")]));
    assert_eq!(
        (done.sync.status, at.value("1", "last_name"), at.value("1", "first_name")),
        (SyncStatus::Completed, "D\u{ed}az".into(), "Anna".into())
    );
    assert_eq!((done.sync.warnings, done.sync.infos, done.sync.counts.total().updated), (0, 1, 1));
    // Nothing but what is kept: unchanged.
    let done = at.import("users.csv", &file(&[&ANA.replace("Ana", "Anna"), ""]));
    assert_eq!((done.sync.counts.total().updated, done.sync.counts.total().unchanged), (0, 1));
    // Changed by hand once more, it is still the source's value that was replaced.
    at.edit("1", "last_name", "Dias");
    at.import("users.csv", &file(&[ANA, "", ""]));
    assert_eq!(at.value("1", "last_name"), "Dias");
    // The source brings something new: it wins.
    at.import("users.csv", &file(&[&ANA.replace("Diaz", "Diaz-Low")]));
    assert_eq!(at.value("1", "last_name"), "Diaz-Low");
}

#[test]
fn a_feed_may_ask_before_local_fixes_are_overwritten_or_before_anything() {
    let mut at = Direct::new();
    at.feed.fixes = FixPolicy::Ask;
    at.import("users.csv", &file(&[ANA]));
    at.edit("1", "last_name", "D\u{ed}az");
    let done = at.import("users.csv", &file(&[ANA, ""]));
    assert_eq!((done.sync.status, done.sync.hold.unwrap().codes), (SyncStatus::Held, vec!["SAF-508".to_owned()]));
    assert_eq!(at.value("1", "last_name"), "D\u{ed}az");
    let mut at = Direct::new();
    at.feed.approval = true;
    let done = at.import("users.csv", &file(&[ANA]));
    assert_eq!((done.sync.status, at.knows("1")), (SyncStatus::Held, false));
}

#[test]
fn whoever_was_put_back_by_hand_stays_where_the_feed_keeps_fixes() {
    let mut at = Direct::new();
    (at.feed.fixes, at.feed.mode) = (FixPolicy::Keep, Mode::Full);
    let ben = "Ben,,Ode,b@l.example,2,S1,Teacher,,,Active";
    at.import("users.csv", &file(&[ANA, ben]));
    at.import("users.csv", &file(&[ANA]));
    assert_eq!(at.value("2", "status"), "disabled");
    at.edit("2", "status", "active");
    at.import("users.csv", &file(&[&ANA.replace("Ana", "Anna")]));
    assert_eq!(at.value("2", "status"), "active");
    at.feed.fixes = FixPolicy::File;
    at.import("users.csv", &file(&[&ANA.replace("Ana", "Anne")]));
    assert_eq!(at.value("2", "status"), "disabled");
}

#[test]
fn an_account_that_keeps_being_switched_is_listed_with_its_history() {
    let world = World::new();
    let (ana, ben) = (ANA.to_owned(), "Ben,,Ode,b@l.example,2,S1,Teacher,,,Active".to_owned());
    let round = |n: usize, with: bool| {
        let ana = ana.replace("Ana", &format!("Ana{n}"));
        run(&world, Mode::Full, &if with { vec![ana, ben.clone()] } else { vec![ana] });
    };
    let flips = || match world.ask(Request::Flips) {
        Reply::Flips(flips) => flips,
        other => panic!("{other:?}"),
    };
    for (n, with) in [(0, true), (1, false), (2, true)] {
        round(n, with);
    }
    assert!(flips().is_empty(), "twice is no habit");
    round(3, false);
    let found = flips();
    assert_eq!((found.len(), found[0].person.sourced_id.as_str(), found[0].times, found[0].history.len()), (1, "2", 3, 3));
    let Reply::Overview(overview) = world.ask(Request::Overview) else { panic!() };
    let waiting: Vec<_> = overview.waiting.iter().map(|w| (w.sort, w.text.as_str())).collect();
    assert_eq!(waiting, [(WaitingSort::Flipping, "1 account keeps being switched off and on")]);
}
