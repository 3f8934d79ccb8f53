//! Classes, enrollments and assignments from the file to the screens: what holds over several syncs, and what is shown of them.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on says so by failing

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use homeroom::desk::{
    ClassDetail, ClassRow, CourseRow, Desk, FindingQuery, HitWhat, Import, Named, Page, PersonDetail, RecordDetail, Reply, Request, RowAt,
    RowView, SchoolRow, SchoolSort, Surroundings, Tie, Trouble, Window,
};
use homeroom::ledger::{Action, Actor, Sync, SyncStatus, Timestamp};
use homeroom::roster::{Status, Table};

#[allow(dead_code)] // the generators of other tests use more of it
#[path = "support/random.rs"]
mod random;
use random::Random;

const SCHOOLS: &str = "external_id,name,type,parent_external_id,address
D1,Lincoln Unified,district,,
S1,Lincoln High,school,D1,
S2,Lincoln Middle,school,D1,
";

const PEOPLE: &str = "first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade,status
Ana,,Diaz,ana@lincoln.example,1001,S1,Teacher,,,Active
Ben,,Ito,ben@lincoln.example,1002,S2,Teacher,,,Active
Eli,,Ward,eli@lincoln.example,2001,S1,Student,,9,Active
Fay,,Ng,fay@lincoln.example,2002,S1,Student,,9,Active
";

const COURSES: &str = "Course Code,Course Name,Section School Code,Section Name,School,Subject Area,Active
ALG,Algebra,ALG-1,Algebra P1,S1,Mathematics,1
ALG,Algebra,ALG-2,Algebra P2,S1,Mathematics,1
BIO,Biology,BIO-1,Álgebra no more,S2,Science,1
";

const ENROLLMENTS: &str = "User Unique ID,Section School Code,Enrollment Type
2002,ALG-1,2
1001,ALG-1,1
2001,ALG-1,2
1002,BIO-1,1
";

const STAFF: &str = "action,org_sis_id,userRole,userId,firstName,lastName,userEmail,classId,className,classGrade,primary_teacher,userGrade";

fn clock() -> Timestamp {
    static NOW: AtomicI64 = AtomicI64::new(1_795_000_000_000_000);
    Timestamp(NOW.fetch_add(1_000_000, Ordering::Relaxed))
}

struct World {
    dir: tempfile::TempDir,
    desk: Desk,
}

impl World {
    /// A database of its own with schools and people.
    fn new() -> Self {
        let world = Self::empty();
        world.imports("schools", SCHOOLS);
        world.imports("echalk-users", PEOPLE);
        world
    }

    fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let desk = desk(dir.path());
        Self { dir, desk }
    }

    fn ask(&self, request: Request) -> Reply {
        self.desk.ask(request, &mut |_| true)
    }

    fn try_import(&self, profile: &str, org: Option<&str>, text: &str) -> Result<Sync, Trouble> {
        let path = self.dir.path().join("input.csv");
        std::fs::write(&path, text).unwrap();
        let (path, org) = (path.to_str().unwrap().to_owned(), org.map(str::to_owned));
        match self.ask(Request::Import(Import { path, profile: Some(profile.into()), org, ..Import::default() })) {
            Reply::Ran(ran) => Ok(ran.detail.sync),
            Reply::Trouble(trouble) => Err(trouble),
            other => panic!("{other:?}"),
        }
    }

    fn import(&self, profile: &str, text: &str) -> Sync {
        self.try_import(profile, None, text).unwrap()
    }

    /// Imports a file of which every row must stand.
    fn imports(&self, profile: &str, text: &str) -> Sync {
        let sync = self.import(profile, text);
        assert_eq!(sync.status, SyncStatus::Completed, "{:#?}", self.findings(&sync));
        sync
    }

    fn findings(&self, sync: &Sync) -> Vec<String> {
        match self.ask(Request::Findings { sync: sync.number, query: FindingQuery::default(), window: Window::ALL }) {
            Reply::Findings(page) => page.rows.iter().map(|f| format!("{} {} {}", f.line.unwrap_or(0), f.code, f.message())).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn classes(&self, filter: &str, window: Window) -> Page<ClassRow> {
        match self.ask(Request::Classes { org: None, filter: filter.into(), window }) {
            Reply::Classes(page) => page,
            other => panic!("{other:?}"),
        }
    }

    fn class(&self, reference: &str) -> ClassDetail {
        let HitWhat::Class(number) = self.named(reference).what else { panic!("{reference} is no class") };
        match self.ask(Request::Class(number)) {
            Reply::Class(detail) => *detail,
            other => panic!("{other:?}"),
        }
    }

    fn person(&self, reference: &str) -> PersonDetail {
        let HitWhat::Person(number) = self.named(reference).what else { panic!("{reference} is nobody") };
        match self.ask(Request::Person(number)) {
            Reply::Person(detail) => *detail,
            other => panic!("{other:?}"),
        }
    }

    fn record(&self, reference: &str) -> RecordDetail {
        let entity = self.named(reference).what.entity().unwrap();
        match self.ask(Request::Record(entity)) {
            Reply::Record(detail) => *detail,
            other => panic!("{other:?}"),
        }
    }

    fn resolve(&self, reference: &str) -> Vec<Named> {
        match self.ask(Request::Resolve(reference.into())) {
            Reply::Resolved(named) => named,
            Reply::Trouble(_) => Vec::new(),
            other => panic!("{other:?}"),
        }
    }

    fn named(&self, reference: &str) -> Named {
        let mut named = self.resolve(reference);
        assert_eq!(named.len(), 1, "{reference}: {named:?}");
        named.remove(0)
    }

    fn ties(&self, table: Table, org: Option<&str>, window: Window) -> Page<Tie> {
        let org = org.map(|o| match self.named(&format!("school:{o}")).what {
            HitWhat::Org(number) => number,
            other => panic!("{other:?}"),
        });
        match self.ask(Request::Ties { table, org, window }) {
            Reply::Ties(page) => page,
            other => panic!("{other:?}"),
        }
    }

    fn row(&self, sync: &Sync, record: u32) -> RowView {
        match self.ask(Request::Row { sync: sync.number, at: RowAt::Record(record) }) {
            Reply::Row(row) => *row,
            other => panic!("{other:?}"),
        }
    }

    fn schools(&self) -> Vec<SchoolRow> {
        match self.ask(Request::Schools { filter: String::new(), sort: SchoolSort::Id, reverse: false, window: Window::ALL }) {
            Reply::Schools(page) => page.rows,
            other => panic!("{other:?}"),
        }
    }
}

fn desk(dir: &Path) -> Desk {
    let by = Actor("ana".into());
    let wait = Duration::ZERO;
    Desk::open(Surroundings { db: dir.join("db"), profiles: None, by, host: "host".into(), readonly: false, scope: None, wait, now: clock })
        .unwrap()
}

/// `teacher Diaz, Ana`, with what tells it apart.
fn people(ties: &[Tie]) -> Vec<String> {
    let primary = |t: &Tie| if t.primary { " primary" } else { "" };
    ties.iter().map(|t| format!("{} {}{} {}", t.role, t.name, primary(t), t.status)).collect()
}

#[test]
fn classes_are_listed_by_title_and_found_by_words() {
    let world = World::new();
    world.imports("schoology-courses", COURSES);
    world.imports("schoology-enrollments", ENROLLMENTS);
    let page = world.classes("", Window::ALL);
    let titles: Vec<_> = page.rows.iter().map(|c| (c.class.title.as_str(), c.teacher.as_str(), c.teachers, c.students)).collect();
    assert_eq!(titles, [("Álgebra no more", "Ito, Ben", 1, 0), ("Algebra P1", "Diaz, Ana", 1, 2), ("Algebra P2", "", 0, 0)]);
    assert_eq!((page.rows[1].school.as_str(), page.rows[1].course.as_str()), ("Lincoln High", "Algebra"));
    let page = world.classes("math p2", Window::ALL);
    assert_eq!((page.total, page.unfiltered), (1, 3));
    let page = world.classes("algebra", Window { first: 1, count: 1 });
    assert_eq!((page.total, page.rows.len(), page.rows[0].class.title.as_str()), (3, 1, "Algebra P1"));
    let counts: Vec<_> = world.schools().iter().map(|s| (s.org.external_id.clone(), s.classes)).collect();
    assert_eq!(counts, [("D1".into(), 0), ("S1".into(), 2), ("S2".into(), 1)]);
}

#[test]
fn a_class_shows_its_members_and_a_person_the_classes() {
    let world = World::new();
    world.imports("schoology-courses", COURSES);
    world.imports("schoology-enrollments", ENROLLMENTS);
    let class = world.class("class:ALG-1");
    assert_eq!(people(&class.members), ["teacher Diaz, Ana active", "student Ng, Fay active", "student Ward, Eli active"]);
    assert!(class.fields.contains(&("class_course".into(), "ALG".into())), "{:?}", class.fields);
    assert_eq!(class.feeds, ["schoology-courses"]);
    assert_eq!(class.history.len(), 1);
    let ana = world.person("staff:1001");
    let classes: Vec<_> = ana.classes.iter().map(|t| (t.other_id.as_str(), t.other.as_str(), t.role.as_str())).collect();
    assert_eq!(classes, [("ALG-1", "Algebra P1", "teacher")]);
    let course = world.record("course:ALG");
    assert_eq!(course.classes.iter().map(|c| c.class.sourced_id.as_str()).collect::<Vec<_>>(), ["ALG-1", "ALG-2"]);
    let Reply::Courses(courses) = world.ask(Request::Courses { org: None, filter: "bio".into(), window: Window::ALL }) else { panic!() };
    let lines: Vec<_> = courses.rows.iter().map(|CourseRow { course, classes, .. }| (course.title.as_str(), *classes)).collect();
    assert_eq!((lines, courses.unfiltered), (vec![("Biology", 1)], 2));
}

#[test]
fn records_are_found_by_reference() {
    let world = World::new();
    world.imports("schoology-courses", COURSES);
    world.imports("schoology-enrollments", ENROLLMENTS);
    let file = "className,primaryTeacher,grade,subject\nArt/Craft,ana@lincoln.example,09,Other\n";
    assert_eq!(world.try_import("greatminds-classes", Some("S1"), file).unwrap().status, SyncStatus::Completed);
    assert_eq!(world.named("ALG-1").reference, "class:ALG-1");
    assert_eq!(world.named("ALG").reference, "course:ALG");
    assert_eq!(world.named("enrollment:1001/ALG-1").title, "Diaz, Ana in Algebra P1 (teacher)");
    for (given, reference) in [
        ("class:S1/Art/Craft", "class:S1/Art/Craft"),
        ("class:Art/Craft", "class:S1/Art/Craft"),
        ("enrollment:staff:1001/ALG-1", "enrollment:staff:1001/ALG-1"),
        ("enrollment:1001/class:ALG-1", "enrollment:staff:1001/ALG-1"),
        ("enrollment:ana/ALG-1", ""),
        ("enrollment:1001/S1/Art/Craft", "enrollment:staff:1001/S1/Art/Craft"),
        ("class:@0", "class:ALG-1"),
        ("class:@99", ""),
        ("class:", ""),
        ("course:NOPE", ""),
        ("link:G1/2001", ""),
        ("link:", ""),
    ] {
        let found = world.resolve(given);
        assert_eq!(found.first().map_or("", |n| n.reference.as_str()), reference, "{given}");
    }
    let enrollment = world.record("enrollment:2001/ALG-1");
    assert!(enrollment.fields.contains(&("enrollment_role".into(), "student".into())), "{:?}", enrollment.fields);
    assert_eq!((enrollment.feeds.as_slice(), enrollment.history.len()), (["schoology-enrollments".to_owned()].as_slice(), 1));
}

#[test]
fn enrollments_are_listed_whole_in_part_and_by_school() {
    let world = World::new();
    world.imports("schoology-courses", COURSES);
    world.imports("schoology-enrollments", ENROLLMENTS);
    let ids = |page: &Page<Tie>| page.rows.iter().map(|t| format!("{}/{}", t.sourced_id, t.other_id)).collect::<Vec<_>>();
    assert_eq!(ids(&world.ties(Table::Enrollments, None, Window::ALL)), ["2002/ALG-1", "1001/ALG-1", "2001/ALG-1", "1002/BIO-1"]);
    let part = world.ties(Table::Enrollments, None, Window { first: 3, count: 10 });
    assert_eq!((ids(&part), part.total), (vec!["1002/BIO-1".to_owned()], 4));
    assert_eq!(ids(&world.ties(Table::Enrollments, Some("S2"), Window::ALL)), ["1002/BIO-1"]);
    let none = world.ties(Table::Links, Some("S1"), Window::ALL);
    assert_eq!((none.total, none.rows.len()), (0, 0));
}

#[test]
fn great_minds_takes_one_school_a_thousand_rows_and_two_megabytes() {
    let world = World::new();
    let row = |i: usize| format!("Class {i},ana@lincoln.example,09,Other\n");
    let file = |n: usize| format!("className,primaryTeacher,grade,subject\n{}", (0..n).map(row).collect::<String>());
    assert!(world.try_import("greatminds-classes", None, &file(1)).unwrap_err().message.contains("one school"));
    assert!(world.try_import("greatminds-classes", Some("D1"), &file(1)).unwrap_err().message.contains("\"D1\" is a district"));
    let import = |text: &str| world.try_import("greatminds-classes", Some("S1"), text).unwrap();
    let many = import(&file(1001));
    assert_eq!(many.status, SyncStatus::Failed);
    assert!(world.findings(&many)[0].contains("FIL-005"), "{:?}", world.findings(&many));
    let large = import(&format!("{}{}", file(1), " ".repeat(2 << 20)));
    assert!(world.findings(&large)[0].contains("FIL-004"), "{:?}", world.findings(&large));
    assert_eq!(import(&file(1000)).status, SyncStatus::Completed);
}

#[test]
fn a_mended_row_of_great_minds_comes_in_and_those_that_are_there_are_skipped() {
    let world = World::new();
    let file = "className,primaryTeacher,grade,subject\nA,ana@lincoln.example,09,Other\nB,ana@lincoln.example,9,Other\n";
    let sync = world.try_import("greatminds-classes", Some("S1"), file).unwrap();
    assert_eq!(sync.status, SyncStatus::CompletedWithErrors);
    let cells = vec![("grade".to_owned(), "09".to_owned())];
    world.ask(Request::Fix { sync: sync.number, at: RowAt::Record(2), cells });
    for all in [false, true] {
        let Reply::Ran(ran) = world.ask(Request::Rerun { sync: sync.number, all, dry_run: false }) else { panic!() };
        assert_eq!(ran.detail.sync.status, SyncStatus::Completed, "{:?}", world.findings(&ran.detail.sync));
        assert_eq!(world.row(&ran.detail.sync, 1).outcome.unwrap().action, Action::Skipped);
    }
    assert_eq!(world.classes("", Window::ALL).total, 2);
    // The same file as a new upload: each row is known, and it is said by which sync.
    let again =
        world.try_import("greatminds-classes", Some("S1"), "className,primaryTeacher,grade,subject\nA,ana@lincoln.example,09,Other\n\n");
    let found = world.findings(&again.unwrap());
    assert!(found.iter().any(|f| f.contains("DUP-406") && f.contains(&format!("created by sync {}", sync.number))), "{found:?}");
}

#[test]
fn an_assignment_makes_person_class_and_enrollment_and_takes_only_itself_away() {
    let world = World::new();
    let file = |rows: &str| format!("{STAFF}\n{rows}\n");
    world.imports("amplify-users", &file(",S1,teacher,7001,Mia,Kern,mia@lincoln.example,READ-1,Reading,3,true,"));
    world.imports("amplify-users", &file(",S2,staff,7001,Mia,Kern,mia@lincoln.example,,,,,"));
    let mia = world.person("staff:7001");
    assert_eq!((mia.row.school.as_str(), mia.row.role.name()), ("Lincoln High; Lincoln Middle", "staff"));
    assert_eq!(people(&world.class("class:READ-1").members), ["teacher Kern, Mia primary active"]);
    // Leaving the school ends what this feed brought her to there, and nothing else.
    world.imports("amplify-users", &file("remove,S1,staff,7001,Mia,Kern,mia@lincoln.example,,,,,"));
    let mia = world.person("staff:7001");
    assert_eq!((mia.row.school.as_str(), mia.row.status), ("Lincoln Middle", Status::Active));
    assert_eq!(mia.classes.iter().map(|t| t.status).collect::<Vec<_>>(), [Status::Disabled]);
}

#[test]
fn what_another_source_brings_is_not_ended() {
    let world = World::new();
    world.imports("schoology-courses", COURSES);
    world.imports("schoology-enrollments", ENROLLMENTS);
    let row = |action: &str| format!("{STAFF}\n{action},S1,teacher,1001,Ana,Diaz,ana@lincoln.example,ALG-1,,,,\n");
    let added = world.imports("amplify-users", &row("add"));
    assert_eq!((added.counts.by_kind.iter().map(|t| t.updated).sum::<u64>(), added.rows), (0, 1), "one more feed brings it: unchanged");
    world.imports("amplify-users", &row("remove"));
    assert_eq!(people(&world.class("ALG-1").members)[0], "teacher Diaz, Ana active");
    assert_eq!(world.record("enrollment:1001/ALG-1").feeds, ["schoology-enrollments"]);
}

#[test]
fn an_undo_takes_an_assignment_back_whole() {
    let world = World::new();
    let sync = world.imports("amplify-users", &format!("{STAFF}\n,S1,teacher,7001,Mia,Kern,mia@lincoln.example,READ-1,Reading,3,true,\n"));
    let Reply::Ran(ran) = world.ask(Request::Undo { sync: sync.number, dry_run: false }) else { panic!() };
    assert!(ran.left.is_empty(), "{:?}", ran.left);
    assert!(world.resolve("staff:7001").is_empty() && world.resolve("class:READ-1").is_empty());
    assert_eq!(world.ties(Table::Enrollments, None, Window::ALL).total, 0);
}

#[test]
fn a_mended_row_brings_what_waited_for_it() {
    let world = World::new();
    let rows =
        ",S1,teacher,7001,Mia,Kern,mia@lincoln.example,READ-1,Reading,3rd,,\n,S1,teacher,7002,Noa,Lund,noa@lincoln.example,READ-1,,,,\n";
    let sync = world.import("amplify-users", &format!("{STAFF}\n{rows},S2,staff,7003,Oz,Pell,oz@lincoln.example,,,,,\n"));
    assert_eq!(sync.rows_with_errors, 2, "{:?}", world.findings(&sync));
    world.ask(Request::Fix { sync: sync.number, at: RowAt::Record(1), cells: vec![("classGrade".into(), "3".into())] });
    let live = world.row(&sync, 2);
    assert!(live.findings.is_empty(), "with the row before mended nothing is wrong with this: {:?}", live.findings);
    let Reply::Ran(ran) = world.ask(Request::Rerun { sync: sync.number, all: false, dry_run: false }) else { panic!() };
    assert_eq!(ran.detail.sync.status, SyncStatus::Completed, "{:?}", world.findings(&ran.detail.sync));
    assert_eq!(people(&world.class("READ-1").members), ["teacher Kern, Mia active", "teacher Lund, Noa active"]);
    assert_eq!(world.row(&ran.detail.sync, 3).outcome.unwrap().action, Action::Skipped);
}

/// Files that chance makes: what matters is how their rows clash with each other and with the roster.
fn chance(random: &mut Random, profile: &str) -> String {
    let mut text = match profile {
        "amplify-users" => STAFF.to_owned(),
        "schoology-courses" => COURSES.lines().next().unwrap().to_owned(),
        "schoology-enrollments" => ENROLLMENTS.lines().next().unwrap().to_owned(),
        _ => "className,primaryTeacher,grade,subject".to_owned(),
    };
    text.push('\n');
    for _ in 0..=random.below(14) {
        let row = match profile {
            "amplify-users" => {
                let id = random.pick(&["1001", "7001", "7002", "7003", "7004"]);
                let name = if random.per_mille(100) { "Other" } else { "Same" };
                let mail = if random.per_mille(150) { random.pick(&["ana", "7001", "7002"]) } else { id };
                let class = random.pick(&["", "", "ALG-1", "READ-1", "READ-2", "GONE"]);
                let (title, grade) = if class.is_empty() || random.per_mille(500) {
                    ("", "")
                } else {
                    (random.pick(&["Reading", "Reading", "Writing"]), random.pick(&["3", "3", "4", "3rd"]))
                };
                let primary = if class.is_empty() { "" } else { random.pick(&["", "", "true", "false"]) };
                let action = if random.per_mille(250) { "remove" } else { "" };
                let school = random.pick(&["S1", "S1", "S1", "S2", "S9"]);
                format!("{action},{school},teacher,{id},{name},Person,{mail}@lincoln.example,{class},{title},{grade},{primary},")
            }
            "schoology-courses" => {
                let course = random.pick(&["ALG", "BIO", "GEO"]);
                let name = if random.per_mille(100) { "Other" } else { course };
                let class = random.pick(&["A-1", "A-2", "B-1", "G-1"]);
                format!("{course},{name},{class},P {class},{},,{}", random.pick(&["S1", "S2", "", "S9"]), random.pick(&["1", "0", ""]))
            }
            "schoology-enrollments" => {
                let person = random.pick(&["1001", "1002", "2001", "2002", "9999"]);
                format!("{person},{},{}", random.pick(&["ALG-1", "ALG-2", "BIO-1", "GONE"]), random.pick(&["1", "2"]))
            }
            _ => {
                let mail = random.pick(&["ana", "ana", "ben", "nobody"]);
                format!("{},{mail}@lincoln.example,{},Other", random.pick(&["A", "B", "C", "D"]), random.pick(&["09", "09", "10", "x"]))
            }
        };
        text.push_str(&row);
        text.push('\n');
    }
    text
}

/// Everything that is shown of classes and people: what must not change when the same file comes again.
fn state(world: &World) -> String {
    let Reply::People(people) = world.ask(Request::People { query: homeroom::desk::PeopleQuery::default(), window: Window::ALL }) else {
        panic!()
    };
    let Reply::Courses(courses) = world.ask(Request::Courses { org: None, filter: String::new(), window: Window::ALL }) else { panic!() };
    let (classes, ties) = (world.classes("", Window::ALL), world.ties(Table::Enrollments, None, Window::ALL));
    format!("{:#?}\n{:#?}\n{:#?}\n{:#?}", people.rows, courses.rows, classes.rows, ties.rows)
}

#[test]
fn the_same_file_again_changes_nothing_and_refuses_the_same() {
    for (profile, org) in
        [("amplify-users", None), ("schoology-courses", None), ("schoology-enrollments", None), ("greatminds-classes", Some("S1"))]
    {
        let world = World::new();
        world.imports("schoology-courses", COURSES);
        for seed in 0..40 {
            let text = chance(&mut Random::new(seed), profile);
            let first = world.try_import(profile, org, &text).unwrap();
            let (before, errors) = (state(&world), first.rows_with_errors);
            // Every enrollment hangs on a class and a person that are there.
            let ties = world.ties(Table::Enrollments, None, Window::ALL);
            assert_eq!(ties.rows.len() as u64, ties.total, "{profile} {seed}\n{text}");
            assert!(ties.rows.iter().all(|t| !t.name.is_empty()), "{profile} {seed}\n{text}");
            let primaries = |class| ties.rows.iter().filter(|t| t.class == Some(class) && t.primary).count();
            assert!(world.classes("", Window::ALL).rows.iter().all(|c| primaries(c.number) <= 1), "{profile} {seed}\n{text}");
            let again = world.try_import(profile, org, &text).unwrap();
            assert_eq!(state(&world), before, "{profile} {seed}\n{text}");
            let changed: u64 = again.counts.iter().map(|(_, t)| t.created + t.updated + t.disabled).sum();
            assert_eq!(changed, 0, "{profile} {seed}: {:?}\n{text}", again.counts);
            if org.is_none() {
                assert_eq!(
                    again.rows_with_errors,
                    errors,
                    "{profile} {seed}\n{text}{:#?}",
                    (world.findings(&first), world.findings(&again))
                );
            }
        }
    }
}

#[test]
fn the_form_of_a_row_says_what_the_check_of_the_file_says() {
    for (profile, org) in
        [("amplify-users", None), ("schoology-courses", None), ("schoology-enrollments", None), ("greatminds-classes", Some("S1"))]
    {
        for seed in 100..104 {
            let text = chance(&mut Random::new(seed), profile);
            let said = |found: &str, line: u32| found.split(' ').next() == Some(&line.to_string());
            let path = |dry: &World| {
                dry.imports("schoology-courses", COURSES);
                let file = dry.dir.path().join("dry.csv");
                std::fs::write(&file, &text).unwrap();
                let (path, org) = (file.to_str().unwrap().to_owned(), org.map(str::to_owned));
                let import = Import { path, profile: Some(profile.into()), org, dry_run: true, ..Import::default() };
                match dry.ask(Request::Import(import)) {
                    Reply::Ran(ran) => ran.detail.sync,
                    other => panic!("{other:?}"),
                }
            };
            let world = World::new();
            let sync = path(&world);
            let found = world.findings(&sync);
            for record in 1..=sync.rows as u32 {
                let row = world.row(&sync, record);
                let live: Vec<String> = row.findings.iter().map(|f| format!("{} {} {}", row.line, f.code, f.message())).collect();
                let file: Vec<String> = found.iter().filter(|f| said(f, row.line)).cloned().collect();
                assert_eq!(live, file, "{profile} {seed} record {record}\n{text}");
            }
        }
    }
}
