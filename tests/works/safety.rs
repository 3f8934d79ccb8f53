//! Feeds, holds, detection, secrets.

use homeroom::desk::{Import, Reply, ReportFormat, Request};
use homeroom::ledger::{Mode, Severity, SyncNo, SyncStatus};

use crate::screen::{Screen, approve};
use crate::typed::homeroom;
use crate::world::{HEADER, Took, World, file};

const ANA: &str = "Ana,,Diaz,ana@l.example,1001,S1,Teacher,,,Active";

/// So many students of a school: with the IDs from `first` on.
fn students(first: usize, n: usize, school: &str) -> Vec<String> {
    (first..first + n).map(|i| format!("Given{i},,Family{i},p{i}@l.example,{i},{school},Student,,5,Active")).collect()
}

fn of(rows: &[String]) -> String {
    file(&rows.iter().map(String::as_str).collect::<Vec<_>>())
}

fn run(world: &World, mode: Mode, rows: &[String]) -> Took {
    world.run(Request::Import(Import { mode: Some(mode), profile: Some("echalk-users".into()), ..world.write("users.csv", of(rows)) }))
}

fn holds(took: &Took) -> Vec<String> {
    took.found(Severity::Hold)
}

/// Thirty students; then a full file of twenty-five of them and a new one.
fn held() -> (World, Took) {
    let world = World::new();
    run(&world, Mode::Full, &students(1, 30, "S1")).is("students +30", &[]);
    let took = run(&world, Mode::Full, &[students(1, 25, "S1"), students(90, 1, "S1")].concat());
    (world, took)
}

#[test]
fn feeds_are_kept_and_edited_on_the_command_line_with_all_their_settings() {
    let world = crate::typed::World::new();
    world.write("schools.csv", crate::world::SCHOOLS).write("drop/.keep", "");
    world.write("m.toml", "name = \"m\"\nprofile = \"echalk-users\"\n\n[headers]\n\"Emp #\" = \"custom_id\"\n");
    homeroom!(world, "import", "schools.csv").exits(0);
    homeroom!(world, "maps", "add", "m.toml").exits(0);
    let folder = world.path("drop");
    homeroom!(
        world,
        "feeds",
        "add",
        "sis",
        "--profile",
        "echalk-users",
        "--map",
        "m",
        "--org",
        "S1",
        "--mode",
        "full",
        "--folder",
        folder.display(),
        "--limit",
        "disable=5",
        "--fixes",
        "keep"
    )
    .exits(0);
    let text = || homeroom!(world, "feeds", "show", "sis").exits(0).out;
    let out = text();
    for part in ["echalk-users", "S1", "full", "drop", "5", "keep", " m"] {
        assert!(out.contains(part), "{part}: {out}");
    }
    homeroom!(world, "feeds", "edit", "sis", "--mode", "partial").exits(0);
    assert!(text().contains("partial") && text().contains("keep"), "{}", text());
    homeroom!(world, "feeds", "remove", "sis").exits(0);
    homeroom!(world, "feeds", "show", "sis").exits(2);
}

#[test]
fn feeds_are_made_and_edited_in_the_console() {
    let mut at = Screen::of(World::new(), (120, 40));
    at.press("6 a").see("new feed").type_text("nightly").press("<Tab>").type_text("echalk-users").press("<Tab> <Tab>").type_text("S1");
    at.press("<Enter>").see("The feed nightly was saved").press("g <Enter>").see("nightly").press("<C-a> <C-k>").type_text("daily");
    at.press("<Enter>").see("The feed daily was saved");
    let world = at.closed();
    let Reply::Feeds(all) = world.ask(Request::Feeds) else { panic!() };
    let feed = &all.iter().find(|f| f.set_up).unwrap().feed;
    assert_eq!((feed.name.as_str(), feed.profile.as_str(), feed.org.as_deref()), ("daily", "echalk-users", Some("S1")));
}

#[test]
fn holds_a_share_of_a_kind_that_would_be_disabled() {
    let (world, took) = held();
    took.is("students +1 =25", &["- - SAF-501"]);
    assert_eq!((took.sync.status, world.value("30", "status")), (SyncStatus::Held, "active".into()));
    // As many as the limit are none.
    let world = World::new();
    run(&world, Mode::Full, &students(1, 30, "S1"));
    run(&world, Mode::Full, &students(1, 27, "S1")).is("students =27 -3", &[]);
}

#[test]
fn holds_a_share_of_a_kind_that_would_be_changed() {
    let world = World::new();
    let rows = students(1, 20, "S1");
    run(&world, Mode::Partial, &rows);
    let changed = |n: usize| -> Vec<String> {
        rows.iter().enumerate().map(|(i, r)| if i < n { r.replace("Family", "Other") } else { r.clone() }).collect()
    };
    assert_eq!(holds(&run(&world, Mode::Partial, &changed(16))), ["- - SAF-502"]);
    run(&world, Mode::Partial, &changed(15)).is("students ~15 =5", &[]);
}

#[test]
fn holds_count_for_each_school_and_leave_tiny_sets_out() {
    let world = World::new();
    let all = [students(1, 200, "S1"), students(201, 20, "S2")].concat();
    run(&world, Mode::Full, &all);
    let took = run(&world, Mode::Full, &all[..202]);
    assert_eq!(holds(&took), ["- - SAF-501"], "18 of 220 are few, of 20 they are many");
    assert!(took.finding("SAF-501").message().contains("Lincoln Middle"));
    let world = World::new();
    run(&world, Mode::Full, &students(1, 19, "S1"));
    run(&world, Mode::Full, &students(1, 2, "S1")).is("students =2 -17", &[]);
}

#[test]
fn holds_an_empty_full_sync_is_refused() {
    let world = World::new();
    run(&world, Mode::Full, &students(1, 30, "S1"));
    let took = run(&world, Mode::Full, &[]);
    assert_eq!((took.sync.status, took.finding("FIL-003").severity), (SyncStatus::Failed, Severity::Refused));
    let took = run(&world, Mode::Full, &[ANA.to_owned()]);
    assert_eq!((took.sync.status, took.finding("SAF-505").severity), (SyncStatus::Failed, Severity::Refused));
    assert_eq!(world.value("30", "status"), "active");
}

#[test]
fn holds_a_school_that_would_lose_everyone() {
    let world = World::new();
    let all = [students(1, 200, "S1"), students(201, 20, "S2")].concat();
    run(&world, Mode::Full, &all);
    let took = run(&world, Mode::Full, &all[..200]);
    assert_eq!((holds(&took), world.value("201", "status")), (vec!["- - SAF-504".to_owned()], "active".into()));
}

#[test]
fn holds_stale_content() {
    let world = World::new();
    let (first, second) = (students(1, 2, "S1"), students(3, 2, "S1"));
    run(&world, Mode::Partial, &first);
    run(&world, Mode::Partial, &second);
    let took = run(&world, Mode::Partial, &first);
    assert_eq!(took.sync.status, SyncStatus::Held);
    assert_eq!(holds(&took), ["- - SAF-509"]);
    // The last one again is only a note.
    run(&world, Mode::Partial, &students(5, 2, "S1"));
    assert_eq!(run(&world, Mode::Partial, &students(5, 2, "S1")).sync.status, SyncStatus::Completed);
}

#[test]
fn holds_refused_rows_that_could_be_absences() {
    let world = World::new();
    let all = students(1, 30, "S1");
    run(&world, Mode::Full, &all);
    // The row of student 30 has lost its ID: nobody can say whether it is the same.
    let mut rows = all[..29].to_vec();
    rows.push(all[29].replace(",30,S1", ",,S1"));
    let took = run(&world, Mode::Full, &rows);
    assert_eq!((took.sync.status, world.value("30", "status")), (SyncStatus::Held, "active".into()), "{:?}", took.findings);
    assert_eq!(holds(&took), ["- - SAF-515"]);
}

#[test]
fn holds_a_plan_that_is_no_longer_the_one_shown() {
    let (world, took) = held();
    world.edit("30", "first_name", "Other");
    let again = approve(&world, took.sync.number, false);
    assert_eq!(
        (again.sync.status, again.left[0].code.name(), world.value("29", "status").as_str()),
        (SyncStatus::Held, "SAF-513", "active")
    );
    assert_eq!(approve(&world, took.sync.number, false).sync.status, SyncStatus::Completed);
}

#[test]
fn holds_show_who_would_be_affected_biggest_first() {
    let world = World::new();
    let all = [students(1, 60, "S1"), students(201, 40, "S2")].concat();
    run(&world, Mode::Full, &all);
    let rows = [&all[..55], &all[60..90]].concat();
    let took = run(&world, Mode::Full, &rows);
    assert_eq!(took.sync.status, SyncStatus::Held);
    let mut at = Screen::of(world, (120, 40));
    at.press("1").see("1 held").go_to("users.csv").press("<Enter>").see("SAF-501").see("15 removals wait");
    at.press("<Enter>").see("10 of 40 (25 %)").see("5 of 60 (8 %)");
    let screen = at.screen();
    assert!(screen.find("10 of 40").unwrap() < screen.find("5 of 60").unwrap(), "{screen}");
}

#[test]
fn holds_are_approved_approved_without_removals_or_abandoned_with_a_reason_kept() {
    let reason = |world: &World, n: SyncNo| world.sync(n).sync.hold.unwrap().reason;
    let (world, took) = held();
    let n = took.sync.number;
    let mut at = Screen::of(world, (120, 40));
    at.press("1").go_to("users.csv").press("<Enter> P").see("5 records will be disabled").press("y").see("Why?");
    at.type_text("they moved").press("<Enter>").see("Applied as");
    let world = at.closed();
    assert_eq!((reason(&world, n).as_deref(), world.value("30", "status").as_str()), (Some("they moved"), "disabled"));

    let (world, took) = held();
    let done = approve(&world, took.sync.number, true);
    assert_eq!((done.sync.status, world.value("30", "status").as_str(), world.knows("90")), (SyncStatus::Completed, "active", true));

    let (world, took) = held();
    let Reply::Sync(_) = world.ask(Request::Abandon { sync: took.sync.number, reason: Some("wrong file".into()) }) else { panic!() };
    assert_eq!((reason(&world, took.sync.number).as_deref(), world.value("30", "status").as_str()), (Some("wrong file"), "active"));
}

#[test]
fn holds_exit_with_3_and_are_decided_on_the_command_line() {
    let world = crate::typed::World::new();
    world.write("schools.csv", crate::world::SCHOOLS);
    world.write("one.csv", of(&students(1, 30, "S1"))).write("two.csv", of(&students(1, 25, "S1")));
    homeroom!(world, "import", "schools.csv").exits(0);
    homeroom!(world, "import", "one.csv", "--mode", "full").exits(0);
    let held = homeroom!(world, "import", "two.csv", "--mode", "full", "--json").exits(3).object();
    assert_eq!(held["status"], "held");
    homeroom!(world, "approve", held["sync"], "--without-removals", "--reason", "not these").exits(0);
    assert_eq!(homeroom!(world, "sync", held["sync"], "--json").exits(0).object()["hold"]["reason"], "not these");
}

#[test]
fn detection_a_file_is_recognised_by_its_header_among_all_profiles() {
    let world = World::new();
    let Reply::Profiles(all) = world.ask(Request::Profiles) else { panic!() };
    let mut seen = 0;
    for name in all.iter().map(|p| &p.name).filter(|n| !n.contains("oneroster") && !n.contains("sds")) {
        let Reply::Output(header) = world.ask(Request::Template(name.clone())) else { panic!("{name}") };
        let columns = header.bytes.split(|b| *b == b',').count();
        let path = world.write("some.csv", [header.bytes, b"x".to_vec(), vec![b','; columns - 1], b"\n".to_vec()].concat()).path;
        let Reply::Recognised(found) = world.ask(Request::Recognise { path }) else { panic!("{name}") };
        assert_eq!(found.profile.as_ref(), Some(name));
        seen += 1;
    }
    assert!(seen >= 10, "{seen}");
}

#[test]
fn detection_it_is_refused_with_the_two_best_guesses_when_not_sure() {
    let world = World::new();
    // Half of what staff and students of one system have.
    let took = world.import("some.csv", "firstName,middleName,lastName,email,username,password\nAna,,Diaz,a@l.example,ana.d,abcdefg1\n");
    assert_eq!(took.sync.status, SyncStatus::Failed);
    let message = took.finding("FIL-017").message();
    assert!(message.contains("greatminds-staff") && message.contains("greatminds-students"), "{message}");
}

const SECRET: &str = "hunter2secret";

#[test]
fn secrets_are_checked_and_never_kept_reported_or_shown() {
    let world = World::new();
    let text = format!("{HEADER},password\n{ANA},{SECRET}\nBen,,Ode,ben at l.example,1002,S1,Staff,,,Active,{SECRET}\n");
    let took = world.import("users.csv", &text);
    took.is("staff +1 !1", &["3 email VAL-210"]);
    for format in [ReportFormat::SyncReport, ReportFormat::UsersErrors, ReportFormat::Results, ReportFormat::Summary, ReportFormat::Plan] {
        assert!(!crate::screen::report(&world, &took, format).contains(SECRET), "{format}");
    }
    assert!(!serde_json::to_string(&world.findings(took.sync.number)).unwrap().contains(SECRET));
    assert!(!serde_json::to_string(&world.row(&took, 3)).unwrap().contains(SECRET));
    // On screen, where the file is looked at, planned, and its rows are mended.
    let mut at = Screen::of(world, (120, 40));
    at.press("4 <Enter> <Enter> <Enter>").see("ben at l.example").miss(SECRET);
    let path = at.file("again.csv", &text);
    at.press("<Esc> <Esc> <Esc> i <C-u>")
        .type_text(&path)
        .press("<Enter>")
        .see("header and first rows")
        .miss(SECRET)
        .press("<Enter>")
        .see("Nothing has been changed")
        .miss(SECRET);
    // Nor is it anywhere in the database.
    let world = at.closed();
    let mut folders = vec![world.dir.path().join("db")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                files += 1;
                let bytes = std::fs::read(&path).unwrap();
                assert!(!bytes.windows(SECRET.len()).any(|w| w == SECRET.as_bytes()), "{}", path.display());
            }
        }
    }
    assert!(files > 3);
}

#[test]
fn secrets_a_rerun_still_knows_that_a_valid_one_was_there() {
    let world = World::new();
    let header = "staffId,firstName,middleName,lastName,email,role,username,password";
    let text = format!("{header}\n1001,Ana,,Diaz,ana at,teacher,ana.diaz,abcdefg1\n1002,Ben,,Ode,ben at,teacher,ben.ode,weak\n");
    let took = crate::screen::import(&world, "greatminds-staff", Some("S1"), "staff.csv", &text);
    took.is("staff !2", &["2 email VAL-210", "3 email VAL-210", "3 password VAL-220"]);
    world.fix(&took, 2, "email", "ana@l.example");
    world.fix(&took, 3, "email", "ben@l.example");
    world.rerun(&took, false).is("staff +1 !1", &["3 password VAL-220"]);
}

#[test]
fn secrets_the_operators_own_file_is_put_back_together() {
    let world = crate::typed::World::new();
    world.write("schools.csv", crate::world::SCHOOLS);
    let text = format!("{HEADER},password\n{},{SECRET}\n", ANA.replace("ana@l", "ana at l"));
    world.write("users.csv", &text);
    homeroom!(world, "import", "schools.csv").exits(0);
    homeroom!(world, "import", "users.csv").exits(1);
    homeroom!(world, "fix", 2, 2, "email=ana@l.example").exits(0);
    let out = homeroom!(world, "report", 2, "--format", "corrected", "--original", "users.csv").exits(0).out;
    assert_eq!(out, text.replace("ana at l", "ana@l"));
    // Never as an argument: a secret is asked for.
    let did = homeroom!(world, "fix", 2, 2, "password=hunter3secret");
    assert_eq!(did.code, 2, "{did:?}");
}
