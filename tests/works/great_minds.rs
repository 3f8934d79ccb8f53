//! 000 Great Minds: uploads for one school, their status, their sync reports.

use homeroom::desk::{Import, Reply, ReportFormat, Request, TroubleSort};
use homeroom::ledger::{Severity, SyncStatus};

use crate::screen::{Screen, import, report};
use crate::world::{Took, World};

const STAFF: &str = "staffId,firstName,middleName,lastName,email,role,username,password";
const STUDENTS: &str = "studentId,firstName,middleName,lastName,email,grade,username,password";
const CLASSES: &str = "className,primaryTeacher,grade,subject";
const ANA: &str = "1001,Ana,,Diaz,ana@l.example,teacher,ana.diaz,abcdefg1";
/// Three errors.
const BEN: &str = "1002,Ben,,Ode,ben at l.example,boss,ben@l.example,abcdefg1";

fn file(header: &str, rows: &[&str]) -> String {
    format!("{header}\n{}\n", rows.join("\n"))
}

fn staff(world: &World, rows: &[&str]) -> Took {
    import(world, "greatminds-staff", Some("S1"), "staff.csv", &file(STAFF, rows))
}

fn students(world: &World, rows: &[&str]) -> Took {
    import(world, "greatminds-students", Some("S1"), "great-minds-student-upload.csv", &file(STUDENTS, rows))
}

fn classes(world: &World, name: &str, rows: &[&str]) -> Took {
    import(world, "greatminds-classes", Some("S1"), name, &file(CLASSES, rows))
}

#[test]
fn great_minds_1_a_staff_file_is_for_the_chosen_school() {
    let world = World::new();
    staff(&world, &[ANA]).is("staff +1", &[]);
    assert_eq!(world.value("1001", "orgs"), "S1");
    let unchosen = Import { profile: Some("greatminds-staff".into()), ..world.write("staff.csv", file(STAFF, &[ANA])) };
    let trouble = world.trouble(Request::Import(unchosen));
    assert!(trouble.sort == TroubleSort::Usage && trouble.message.contains("for one school"), "{trouble:?}");
}

#[test]
fn great_minds_1_a_refused_file_names_the_rule_and_no_row_is_applied() {
    let world = World::new();
    let row = |n: usize| format!("{n},Ana,,Diaz,a{n}@l.example,teacher,ana.{n},abcdefg1");
    let rows = |n: usize| file(STAFF, &(1..=n).map(row).collect::<Vec<_>>().iter().map(String::as_str).collect::<Vec<_>>());
    let long = format!("1,{},,Diaz,a1@l.example,teacher,ana.1,abcdefg1", "x".repeat(2 << 20));
    let before = world.roster();
    for (text, code, says) in [
        (file(&STAFF.replace("middleName,", ""), &["1"]), "HDR-101", "middleName"),
        (file(&STAFF.replace("firstName", "fristName"), &[ANA]), "HDR-103", "did you mean firstName"),
        (file(&STAFF.replace("staffId", "StaffId"), &[ANA]), "HDR-104", "only in capitals"),
        (file(&format!("{STAFF},room"), &[&format!("{ANA},12")]), "HDR-105", "room"),
        (String::new(), "FIL-002", "empty"),
        (format!("{STAFF}\n"), "FIL-003", "no data rows"),
        (file(STAFF, &[&long]), "FIL-004", "2097152"),
        (rows(1001), "FIL-005", "allows 1000"),
    ] {
        let took = import(&world, "greatminds-staff", Some("S1"), "staff.csv", &text);
        assert_eq!(took.sync.status, SyncStatus::Failed, "{code}");
        assert!(took.finding(code).message().contains(says), "{code}: {}", took.finding(code).message());
        assert!(!took.finding(code).resolution().is_empty(), "{code}");
        assert_eq!(world.roster(), before, "{code}");
    }
    import(&world, "greatminds-staff", Some("S1"), "staff.csv", &rows(1000)).is("staff +1000", &[]);
}

#[test]
fn great_minds_2_the_last_ten_uploads_newest_first_with_the_four_columns() {
    let world = World::new();
    for n in 1..=11 {
        let good = format!("10{n:02},Ana,,Diaz,a{n}@l.example,teacher,ana.diaz{n},abcdefg1");
        let bad = format!("20{n:02},Ben,,Ode,b at l.example,teacher,ben.ode{n},abcdefg1");
        let rows = if n == 11 { vec![good.as_str(), &bad] } else { vec![good.as_str()] };
        import(&world, "greatminds-staff", Some("S1"), &format!("staff-{n:02}.csv"), &file(STAFF, &rows));
    }
    let mut at = Screen::of(world, (120, 40));
    at.press("2").go_to("Lincoln High").press("<Enter> V").see("[Uploads: staff]");
    at.see("uploaded file").see("sync status").see("completion date").see("sync report");
    let screen = at.screen();
    let names: Vec<&str> = screen.split_whitespace().filter(|w| w.starts_with("staff-")).collect();
    let newest: Vec<String> = (1..=11).rev().map(|n| format!("staff-{n:02}.csv")).collect();
    assert_eq!(names, newest, "{screen}");
    let line = |file: &str| screen.lines().find(|l| l.contains(file)).unwrap().to_owned();
    let (with, without) = (line("staff-11.csv"), line("staff-10.csv"));
    assert!(with.contains("Completed with errors") && with.contains("o  1 refused"), "{with}");
    assert!(without.contains("Completed") && !without.contains("refused"), "{without}");
    // A date and a time.
    assert!([&with, &without].iter().all(|l| l.contains("2026-11-1") && l.contains(':')), "{screen}");
}

#[test]
fn great_minds_2_the_sync_status_is_live() {
    let mut at = Screen::of(World::new(), (120, 40));
    at.press("2").go_to("Lincoln High").press("<Enter> V").miss("staff.csv");
    let path = at.file("staff.csv", &file(STAFF, &[ANA, BEN]));
    let import = Import { path, profile: Some("greatminds-staff".into()), org: Some("S1".into()), ..Import::default() };
    assert!(matches!(at.meanwhile(Request::Import(import)), Reply::Ran(_)));
    // No key was pressed.
    at.see("staff.csv").see("Completed with errors").see("1 refused");
}

#[test]
fn great_minds_2_the_original_file_can_be_exported_again() {
    let world = World::new();
    staff(&world, &[ANA]);
    let text = format!("\u{feff}{CLASSES}\r\n\"Algebra, 1\",ana@l.example,09,Mathematics\r\nBroken,nobody@l.example,09,Maths");
    let took = import(&world, "greatminds-classes", Some("S1"), "classes.csv", &text);
    assert_eq!(took.sync.status, SyncStatus::CompletedWithErrors);
    assert_eq!(report(&world, &took, ReportFormat::Corrected), text);
    // Passwords are never kept: with them the operator's own file is asked for.
    let took = staff(&world, &[BEN]);
    let ask = |original| Request::Report { sync: took.sync.number, format: ReportFormat::Corrected, xlsx: false, original };
    assert!(world.trouble(ask(None)).next.contains("--original FILE"));
    let own = world.dir.path().join("staff.csv").to_str().unwrap().to_owned();
    let Reply::Output(back) = world.ask(ask(Some(own))) else { panic!("not put together") };
    assert_eq!(String::from_utf8(back.bytes).unwrap(), file(STAFF, &[BEN]));
}

#[test]
fn great_minds_3_a_report_only_where_there_were_errors() {
    let world = World::new();
    let right = staff(&world, &[ANA]);
    let format = ReportFormat::SyncReport;
    let trouble = world.trouble(Request::Report { sync: right.sync.number, format, xlsx: false, original: None });
    assert!(trouble.message.contains("no errors"), "{trouble:?}");
    let wrong = staff(&world, &[BEN]);
    assert!(report(&world, &wrong, format).lines().count() > 1);
}

#[test]
fn great_minds_3_the_four_columns_exactly_and_a_row_for_each_error_of_a_person() {
    let world = World::new();
    let took = staff(&world, &[ANA, BEN]);
    let text = report(&world, &took, ReportFormat::SyncReport);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "Row Number,sourcedId,Column Name,Error");
    assert_eq!(lines.len(), 4, "{text}");
    for (line, column) in lines[1..].iter().zip(["email", "role", "username"]) {
        assert!(line.starts_with(&format!("3,1002,{column},")), "{line}");
    }
}

#[test]
fn great_minds_3_reports_on_classes_have_no_sourced_id() {
    let world = World::new();
    let took = classes(&world, "classes.csv", &["Algebra,nobody@l.example,09,Mathematics", "Reading,,9,Maths"]);
    let text = report(&world, &took, ReportFormat::SyncReport);
    assert_eq!(text.lines().next(), Some("Row Number,Column Name,Error"));
    assert!(text.lines().nth(1).unwrap().starts_with("2,primaryTeacher,"), "{text}");
    // And a row for each error of one class.
    assert!(["primaryTeacher", "grade", "subject"].iter().all(|c| text.contains(&format!("\n3,{c},"))), "{text}");
}

#[test]
fn great_minds_4_from_the_status_one_key_to_the_report_and_from_its_row_one_key_to_the_row() {
    let world = World::new();
    staff(&world, &[ANA, BEN]);
    let mut at = Screen::of(world, (120, 40));
    at.press("2").go_to("Lincoln High").press("<Enter> V").go_to("staff.csv").press("<Enter>").see("Completed with errors");
    // The report on screen: its errors, and its rows.
    at.see("E-mail not valid").press("<Tab>").see("1002").go_to("1002").press("<Enter>").see("ben at l.example").see("VAL-210");
    at.press("<Esc> <Esc>").see("[Uploads").press("o").see("sync report").press("<Esc>");
    // The report of the banner above the staff, as a file.
    at.press("<Esc> 2").go_to("Lincoln High").press("<Enter>").see("o sync report").press("o o <Enter>").miss("enter take it");
    assert!(at.saved("sync-2-sync-report.csv").starts_with("Row Number,sourcedId,Column Name,Error\n3,1002,email,"));
}

#[test]
fn great_minds_5_fixed_and_run_again_the_error_is_gone() {
    let world = World::new();
    let took = staff(&world, &["1002,Ben,,Ode,ben at l.example,teacher,ben.ode,abcdefg1"]);
    took.is("staff !1", &["2 email VAL-210"]);
    world.fix(&took, 2, "email", "ben@l.example");
    let again = world.rerun(&took, false);
    again.is("staff +1", &[]);
    assert_eq!((again.sync.status, world.value("1002", "email")), (SyncStatus::Completed, "ben@l.example".into()));
    // Or the file itself is mended and uploaded again.
    staff(&world, &["1003,Eva,,Low,eva at l.example,teacher,eva.low,abcdefg1"]).is("staff !1", &["2 email VAL-210"]);
    staff(&world, &["1003,Eva,,Low,eva@l.example,teacher,eva.low,abcdefg1"]).is("staff +1", &[]);
}

#[test]
fn great_minds_6_staff_students_and_classes_show_how_the_last_upload_went() {
    let world = World::new();
    staff(&world, &[ANA, BEN]);
    students(&world, &["2001,Cyd,,Low,,09,cyd.low,abcdefg1"]);
    classes(&world, "classes.csv", &["Algebra,ana@l.example,09,Maths"]);
    let mut at = Screen::of(world, (120, 40));
    at.press("2").go_to("Lincoln High").press("<Enter>").see("File processed with errors. 1 of 2 rows refused.").see("o sync report");
    at.press("<Tab>").see("[Students]").see("File processed. 1 row").miss("with errors");
    at.press("<Tab> <Tab>").see("[Classes]").see("File processed with errors. 1 of 1 row refused.");
}

#[test]
fn great_minds_all_value_rules_of_staff_hold() {
    let world = World::new();
    let took = staff(
        &world,
        &[
            "T-1,Ana,,Diaz,t1@l.example,teacher,staff.one,abcdefg1",
            ",Ana,,Diaz,t2@l.example,teacher,staff.two,abcdefg1",
            &format!("T3,{},,Diaz,t3@l.example,teacher,staff.three,abcdefg1", "x".repeat(251)),
            "T4,Ana,,,t4@l.example,teacher,staff.four,abcdefg1",
            "T5,Ana,,Diaz,t'5@l.example,teacher,staff.five,abcdefg1",
            "T6,Ana,,Diaz,t6@l.example,Teacher,staff.six,abcdefg1",
            "T7,Ana,,Diaz,t7@l.example,teacher,four,abcdefg1",
            "T8,Ana,,Diaz,t8@l.example,teacher,staff8@l.example,abcdefg1",
            "T9,Ana,,Diaz,t9@l.example,teacher,staff.nine,ABCDEFG1",
            &format!("T10,{},,Diaz,t10@l.example,school_admin,staff.ten,abcdefg1", "x".repeat(250)),
        ],
    );
    assert_eq!(
        took.found(Severity::Error),
        [
            "2 staffId VAL-208",
            "3 staffId VAL-201",
            "4 firstName VAL-207",
            "5 lastName VAL-201",
            "6 email VAL-208",
            "7 role VAL-209",
            "8 username VAL-207",
            "9 username VAL-219",
            "10 password VAL-220"
        ]
    );
    assert_eq!(took.counts(), "staff +1 !9");
}

#[test]
fn great_minds_who_is_there_already_is_an_error_not_an_update() {
    let world = World::new();
    staff(&world, &[ANA]);
    staff(&world, &[&ANA.replace("Ana", "Anna")]).is("staff !1", &["2 staffId DUP-406"]);
    assert_eq!(world.value("1001", "first_name"), "Ana");
    let cyd = "2001,Cyd,,Low,,09,cyd.low,abcdefg1";
    students(&world, &[cyd]).is("students +1", &[]);
    students(&world, &[&cyd.replace("09", "10")]).is("students !1", &["2 studentId DUP-406"]);
    classes(&world, "a.csv", &["Algebra,ana@l.example,09,Mathematics"]).is("classes +1, enrollments +1", &[]);
    let again = classes(&world, "b.csv", &["Algebra,ana@l.example,10,Mathematics"]);
    assert_eq!(again.found(Severity::Error), ["2 className DUP-406"]);
}

#[test]
fn great_minds_students_and_classes_by_their_own_rules() {
    let world = World::new();
    staff(&world, &[ANA]);
    students(&world, &["2001,Cyd,,Low,,09,cyd.low,abcdefg1", "2002,Dov,,Lee,,9,dov.lee,abcdefg1"])
        .is("students +1 !1", &["3 grade VAL-214"]);
    let renamed = import(&world, "greatminds-students", Some("S1"), "students.csv", &file(STUDENTS, &["2003,Eva,,Ng,,09,eva.ng,abcdefg1"]));
    assert_eq!((renamed.sync.status, renamed.finding("FIL-007").severity), (SyncStatus::Failed, Severity::Refused));
    classes(&world, "c.csv", &["Algebra,ana@l.example,13,Mathematics", "Reading,cyd@l.example,09,Mathematics"])
        .is("classes +1 !1, enrollments +1", &["3 primaryTeacher REF-305"]);
}

#[test]
fn great_minds_an_upload_is_refused_for_another_school_than_the_operators() {
    let world = World::new().kept_to("S1");
    let other =
        Import { profile: Some("greatminds-staff".into()), org: Some("S2".into()), ..world.write("staff.csv", file(STAFF, &[ANA])) };
    assert_eq!(world.trouble(Request::Import(other)).sort, TroubleSort::NotPermitted);
    assert!(!world.knows("1001"));
    staff(&world, &[ANA]).is("staff +1", &[]);
}
