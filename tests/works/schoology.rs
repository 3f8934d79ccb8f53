//! 002 Schoology: the log of automatic imports, from the type of import to the records in error and the people behind them.

use homeroom::desk::{Import, Reply, Request};
use homeroom::ledger::{Feed, FixPolicy, Mode, Severity};

use crate::screen::{Screen, import};
use crate::typed::homeroom;
use crate::world::World;

const USERS: &str = "First Name,Last Name,Username,E-mail,User Unique ID,Role,School";
const COURSES: &str = "Course Code,Course Name,Section School Code,Section Name,School,Subject Area,Active";
const ENROLLMENTS: &str = "User Unique ID,Section School Code,Enrollment Type";
const ANA: &str = "Ana,Diaz,adiaz,ana@l.example,1001,Teacher,S1";
const ELI: &str = "Eli,Ward,,eli@l.example,2001,Student,S1";

fn file(header: &str, rows: &[&str]) -> String {
    format!("{header}\n{}\n", rows.join("\n"))
}

/// All three types of import: two rows of the users have the same error, the enrollments name a section that is not there.
fn three() -> World {
    let world = World::new();
    let users = [ANA, ELI, "Ben,Ode,,b at l.example,1002,Teacher,S1", "Cyd,Low,,c at l.example,1003,Teacher,S1"];
    import(&world, "schoology-users", None, "users.csv", &file(USERS, &users))
        .is("staff +1 !2, students +1", &["4 E-mail VAL-210", "5 E-mail VAL-210"]);
    import(&world, "schoology-courses", None, "courses.csv", &file(COURSES, &["ALG,Algebra,ALG-1,Algebra P1,S1,Mathematics,1"]));
    import(&world, "schoology-enrollments", None, "enrollments.csv", &file(ENROLLMENTS, &["2001,ALG-1,2", "2001,BIO-1,2"]));
    world
}

#[test]
fn schoology_users_courses_and_enrollments_are_types_of_import() {
    let world = three();
    assert!(world.knows("course:ALG") && world.knows("class:ALG-1"));
    let Reply::Profiles(all) = world.ask(Request::Profiles) else { panic!() };
    let types: Vec<&str> = all.iter().filter(|p| p.name.starts_with("schoology")).map(|p| p.import_type.as_str()).collect();
    assert_eq!(types, ["Courses Import", "Course Enrollments Import", "Users Import"]);
}

#[test]
fn schoology_the_log_lists_types_of_import_newest_first_with_time_and_errors() {
    let mut at = Screen::of(three(), (120, 40));
    at.press("4").see("newest first").see("type of import").see("when").see("err");
    let screen = at.screen();
    let place = |text: &str| screen.find(text).unwrap_or_else(|| panic!("no {text}:\n{screen}"));
    assert!(place("Course Enrollm") < place("Courses Import") && place("Courses Import") < place("Users Import"), "{screen}");
    let users = screen.lines().find(|l| l.contains("Users Import")).unwrap();
    assert!(users.contains("errors") && users.contains(':') && users.contains(" 2 "), "{users}");
    assert!(screen.lines().find(|l| l.contains("Courses Import")).unwrap().contains("done"), "{screen}");
    // One type alone.
    at.press("t").see("Users Import");
}

#[test]
fn schoology_a_line_expands_in_place_to_its_errors_with_rows_affected() {
    let mut at = Screen::of(three(), (120, 40));
    at.press("4").go_to("Users Import").miss("rows affected").press(">").see("E-mail not valid").see("2 rows affected");
    at.see("Courses Import").press("<").miss("rows affected");
}

#[test]
fn schoology_the_number_opens_exactly_the_records_in_error_with_all_their_columns() {
    let mut at = Screen::of(three(), (120, 40));
    at.press("4").go_to("Users Import").press("> j").see("‣ ! E-mail not valid").press("<Enter>");
    at.see("(2)").see("1002").see("1003").see("b at l.example").miss("1001").miss("2001");
    at.press("<Enter>");
    for column in USERS.split(',') {
        at.see(column);
    }
    at.see("Ode").see("Teacher").see("row 1 of 2");
}

#[test]
fn schoology_from_a_record_in_error_to_the_person() {
    let world = World::new();
    import(&world, "schoology-users", None, "users.csv", &file(USERS, &[ANA]));
    import(&world, "schoology-users", None, "users.csv", &file(USERS, &[&ANA.replace("ana@l", "ana at l")]));
    let mut at = Screen::of(world, (120, 40));
    at.press("4 <Enter> <Enter>").see("1001").press("r").see("Diaz, Ana").see("History").see("ana@l.example");
    // And there the person is corrected.
    at.go_to("position").press("e").type_text("Head").press("<Enter>").see("by ana");
}

#[test]
fn schoology_run_now_processes_the_last_file_of_a_type_again() {
    let world = World::new();
    import(&world, "schoology-users", None, "monday.csv", &file(USERS, &[ANA]));
    import(&world, "schoology-users", None, "tuesday.csv", &file(USERS, &[&ANA.replace("Ana", "Anna"), ELI]));
    world.edit("1001", "first_name", "Annie");
    let mut at = Screen::of(world, (120, 40));
    at.press("4 R").see("Run the file of #3 now?").see("nothing new is fetched").press("y").see("re-run #3, all");
    let world = at.closed();
    assert_eq!(world.value("1001", "first_name"), "Anna", "what the file says holds again");
    let sync = world.sync(homeroom::ledger::SyncNo(4)).sync;
    assert_eq!((sync.file.as_str(), sync.rows), ("tuesday.csv", 2));
}

#[test]
fn schoology_a_local_fix_shows_that_it_will_be_overwritten() {
    let world = World::new();
    import(&world, "schoology-users", None, "users.csv", &file(USERS, &[ANA]));
    let mut at = Screen::of(world, (120, 40));
    at.press("3").go_to("Diaz, Ana").press("<Enter>").go_to("first_name").press("e");
    at.see("The student system is the boss").see("this comes back tomorrow");
}

#[test]
fn schoology_that_a_local_fix_was_overwritten_is_noticed() {
    let world = World::new();
    import(&world, "schoology-users", None, "users.csv", &file(USERS, &[ANA]));
    world.edit("1001", "first_name", "Annie");
    let took = import(&world, "schoology-users", None, "users.csv", &file(USERS, &[ANA, ELI]));
    took.is("staff ~1, students +1", &["- - SAF-508"]);
    assert!(took.finding("SAF-508").message().contains("first_name"));
    let mut at = Screen::of(world, (120, 40));
    at.press("1").see("overwritten");
}

#[test]
fn schoology_the_account_that_keeps_getting_disabled_is_listed_with_its_history() {
    let world = World::new();
    for n in 0..4 {
        // The source leaves Eli out every second day.
        let ana = ANA.replace("Ana", &format!("Ana{n}"));
        let rows = if n % 2 == 0 { vec![ana.as_str(), ELI] } else { vec![ana.as_str()] };
        let mode = if n % 2 == 0 { Mode::Full } else { Mode::Students };
        let confirm = (n % 2 == 1).then_some(1);
        let file = world.write("users.csv", file(USERS, &rows));
        world.run(Request::Import(Import { profile: Some("schoology-users".into()), mode: Some(mode), confirm, ..file }));
    }
    assert_eq!(world.value("2001", "status"), "disabled");
    let mut at = Screen::of(world, (120, 40));
    at.press("1").see("1 account keeps being switched off and on").go_to("keeps being").press("<Enter>");
    at.see("Ward, Eli").see("2001").see("The status changed 3 times").see("active → disabled").see("disabled → active").see("#5");
}

#[test]
fn schoology_a_fix_of_the_flipping_account_at_its_feed_can_be_kept() {
    let world = World::new();
    let feed = Feed { fixes: FixPolicy::Keep, ..Feed::new("sis", "schoology-users") };
    let Reply::Feeds(_) = world.ask(Request::PutFeed { feed, replaces: None }) else { panic!("no feed") };
    let run =
        |rows: &[&str]| world.run(Request::Import(Import { feed: Some("sis".into()), ..world.write("users.csv", file(USERS, rows)) }));
    run(&[ANA]);
    world.edit("1001", "first_name", "Annie");
    assert_eq!(run(&[ANA, ELI]).found(Severity::Warning), [""; 0]);
    assert_eq!(world.value("1001", "first_name"), "Annie");
}

#[test]
fn schoology_a_drop_folder_is_picked_up_by_import_feed() {
    let world = crate::typed::World::new();
    world.write("schools.csv", crate::world::SCHOOLS);
    homeroom!(world, "import", "schools.csv").exits(0);
    world.write("drop/a-users.csv", file(USERS, &[ANA])).write("drop/b-users.csv", file(USERS, &[ELI, "Ben,Ode,,b at,1002,Teacher,S1"]));
    let folder = world.path("drop");
    homeroom!(world, "feeds", "add", "sis", "--profile", "schoology-users", "--folder", folder.display()).exits(0);
    let ran = homeroom!(world, "import", "--feed", "sis", "--json").exits(1).json();
    let files: Vec<_> = ran.iter().map(|r| r["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["a-users.csv", "b-users.csv"]);
    homeroom!(world, "show", "staff:1001").exits(0);
    assert!(world.path("drop/done/a-users.csv").exists() && !world.path("drop/a-users.csv").exists());
    let report = std::fs::read_to_string(world.path("drop/done/b-users.csv.errors.csv")).unwrap();
    assert!(report.contains("1002"), "{report}");
}
