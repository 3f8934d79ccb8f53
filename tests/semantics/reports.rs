//! Reports and exports: whole files, compared with what they must be.

use homeroom::desk::{AddWhat, ExportWhat, Output, Reply, ReportFormat, Request};
use homeroom::ledger::SyncNo;

use crate::world::{HEADER, Took, World, file};

fn report(world: &World, sync: SyncNo, format: ReportFormat) -> String {
    String::from_utf8(output(world, sync, format, false, None).bytes).unwrap()
}

#[track_caller]
fn output(world: &World, sync: SyncNo, format: ReportFormat, xlsx: bool, original: Option<String>) -> Output {
    match world.ask(Request::Report { sync, format, xlsx, original }) {
        Reply::Output(output) => output,
        other => panic!("{format}: {other:?}"),
    }
}

fn export(world: &World, what: ExportWhat, org: Option<&str>, for_spreadsheet: bool) -> Output {
    match world.ask(Request::Export { what, org: org.map(str::to_owned), for_spreadsheet }) {
        Reply::Output(output) => output,
        other => panic!("{what}: {other:?}"),
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().skip(1).collect()
}

const USERS: &[&str] = &[
    "Ana,,Diaz,a@l.example,0001,S1,Teacher,,,Active",
    "Ben,,Ode,b@l.example,0002,S1,Staff,,,Active",
    "Cyd,,Low,c@l.example,0003,S2,Student,,9,Active",
];

/// A second file: one the same, one changed, one new, one wrong twice, one of a school that is not there, one with a warning.
const SECOND: &[&str] = &[
    "Ana,,Diaz,a@l.example,0001,S1,Teacher,,,Active",
    "Ben,,Ode,b@l.example,0002,S1,Staff,Coach,,Active",
    "Dan,,Fox,d@l.example,0004,S2,Student,,10,Active",
    "Eve,,,e at l.example,0005,S1,Student,,9,Active",
    "Fay,,Ray,f@l.example,0006,S9,Student,,9,Active",
    "Cyd,,Low,c@l.example,0003,S2,Student,Coach,9,Active",
];

fn two(world: &World) -> Took {
    world.import("users.csv", file(USERS));
    world.import("users.csv", file(SECOND))
}

#[test]
fn the_sync_report_has_a_line_for_every_error() {
    let world = World::new();
    let took = two(&world);
    let expected = "Row Number,sourcedId,Column Name,Error\n\
        5,0005,last_name,last_name is empty but required\n\
        5,0005,email,\"\"\"e at l.example\"\" is not an e-mail address: no @\"\n\
        6,0006,school_district_external_id,\"School \"\"S9\"\" does not exist\"\n";
    let said = report(&world, took.sync.number, ReportFormat::SyncReport);
    assert_eq!(said.lines().count(), expected.lines().count(), "{said}");
    for (line, expected) in said.lines().zip(expected.lines()) {
        // The texts of the catalogue may say more; where and what stands first.
        assert_eq!(line.split(',').take(3).collect::<Vec<_>>(), expected.split(',').take(3).collect::<Vec<_>>());
    }
    let clean = world.import("users.csv", file(USERS));
    let none = world.trouble(Request::Report { sync: clean.sync.number, format: ReportFormat::SyncReport, xlsx: false, original: None });
    assert!(none.message.contains("no errors"), "{none:?}");
}

#[test]
fn users_errors_numbers_the_errors_of_a_row_and_how_to_resolve_each() {
    let world = World::new();
    let took = two(&world);
    let said = report(&world, took.sync.number, ReportFormat::UsersErrors);
    let rows = lines(&said);
    assert_eq!((said.lines().next().unwrap(), rows.len()), (format!("{HEADER},errors,resolution").as_str(), 2));
    let of = |code: &str| took.finding(code).clone();
    let (blank, mail, school) = (of("VAL-201"), of("VAL-210"), of("REF-301"));
    let mut csv = csv::ReaderBuilder::new().from_reader(said.as_bytes());
    let read: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
    assert_eq!(&read[0][10], format!("1. VAL-201 {}; 2. VAL-210 {}", blank.message(), mail.message()));
    assert_eq!(&read[0][11], format!("1. {}; 2. {}", blank.resolution(), mail.resolution()));
    assert_eq!(&read[1][10], format!("1. REF-301 {}", school.message()));
    assert!(rows[0].starts_with("Eve,,,e at l.example,0005,S1,Student,,9,Active,"), "{said}");
}

#[test]
fn results_are_the_same_from_a_dry_run_as_from_the_real_one() {
    let world = World::new();
    world.import("users.csv", file(USERS));
    let dry = world.dry(SECOND);
    let planned = ReportFormat::ALL.iter().filter(|f| **f != ReportFormat::Corrected).map(|f| report(&world, dry.sync.number, *f));
    let planned: Vec<String> = planned.collect();
    let real = world.import("users.csv", file(SECOND));
    for (planned, format) in planned.iter().zip(ReportFormat::ALL.iter().filter(|f| **f != ReportFormat::Corrected)) {
        assert_eq!(*planned, report(&world, real.sync.number, *format), "{format}");
    }
    let said = report(&world, real.sync.number, ReportFormat::Results);
    let actions: Vec<String> = lines(&said)
        .iter()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            format!("{} {} {}", cells[4], cells[10], cells[11])
        })
        .collect();
    assert_eq!(
        actions,
        [
            "0001 SUCCESS NO CHANGE",
            "0002 SUCCESS UPDATED",
            "0004 SUCCESS CREATED",
            "0005 ERROR REFUSED",
            "0006 ERROR REFUSED",
            "0003 WARNING NO CHANGE"
        ]
    );
}

#[test]
fn a_profile_has_its_own_word_for_no_change() {
    let own = include_str!("../../src/feed/profiles/echalk-users.toml").replace("echalk-users", "own-users").replacen(
        "\n[[column]]",
        "\n[no_change]\naction = \"UPDATED\"\nmessage = \"already has an account\"\n\n[[column]]",
        1,
    );
    let world = World::with_profiles(&[("own-users", own)]);
    let import = |rows| {
        let mut import = world.write("users.csv", file(rows));
        import.profile = Some("own-users".into());
        world.run(Request::Import(import))
    };
    import(USERS);
    let again = import(USERS);
    assert_eq!(again.counts(), "staff =2, students =1", "it is worded so, not counted so");
    let said = report(&world, again.sync.number, ReportFormat::Results);
    for line in lines(&said) {
        assert!(line.ends_with(",SUCCESS,UPDATED,already has an account"), "{line}");
    }
}

#[test]
fn the_summary_has_a_line_for_each_school_and_kind() {
    let world = World::new();
    let took = two(&world);
    let expected = "school,name,kind,created,updated,no changes,disabled,errors
S1,Lincoln High,staff,0,1,1,0,0
S1,Lincoln High,students,0,0,0,0,1
S2,Lincoln Middle,students,1,0,1,0,0
S9,,students,0,0,0,0,1
,Total,orgs,0,0,0,0,0
,Total,staff,0,1,1,0,0
,Total,students,1,0,1,0,2
,Total,guardians,0,0,0,0,0
,Total,classes,0,0,0,0,0
,Total,courses,0,0,0,0,0
,Total,enrollments,0,0,0,0,0
,Total,links,0,0,0,0,0
,Total,all,1,1,2,0,2
";
    assert_eq!(report(&world, took.sync.number, ReportFormat::Summary), expected);
    // What happens later does not change what was done then.
    world.import("users.csv", file(&["Ana,,Diaz,new@l.example,0001,S1,Teacher,,,Active"]));
    assert_eq!(report(&world, took.sync.number, ReportFormat::Summary), expected);
    world.fix(&took, 6, "school_district_external_id", "S1");
    let rerun = world.rerun(&took, false);
    let said = report(&world, rerun.sync.number, ReportFormat::Summary);
    assert_eq!(lines(&said)[0], "S1,Lincoln High,students,1,0,0,0,1", "only what was planned counts: {said}");
    let schools = world
        .import("schools.csv", "external_id,name,type,parent_external_id,address\nS1,Lincoln High School,school,D1,1 Main St\nS7,,,,\n");
    let said = report(&world, schools.sync.number, ReportFormat::Summary);
    assert_eq!(lines(&said)[..2], ["S1,Lincoln High School,orgs,0,1,0,0,0", "S7,,orgs,0,0,0,0,1"]);
}

#[test]
fn a_plan_has_a_line_for_each_field() {
    let world = World::new();
    let took = two(&world);
    let said = report(&world, took.sync.number, ReportFormat::Plan);
    assert!(said.contains("staff,0002,position,,Coach\n") && said.contains("students,0004,orgs,,S2\n"), "{said}");
}

#[test]
fn every_table_can_be_a_workbook() {
    let world = World::new();
    let took = two(&world);
    for format in ReportFormat::ALL.iter().filter(|f| **f != ReportFormat::Corrected) {
        let book = output(&world, took.sync.number, *format, true, None);
        assert_eq!(book.file_name, format!("sync-{}-{format}.xlsx", took.sync.number.0));
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&book.bytes)).unwrap();
        let mut texts = String::new();
        std::io::Read::read_to_string(&mut zip.by_name("xl/sharedStrings.xml").unwrap(), &mut texts).unwrap();
        let csv = report(&world, took.sync.number, *format);
        for cell in csv.lines().next().unwrap().split(',') {
            assert!(texts.contains(&format!(">{cell}</t>")), "{format}: {cell} is not in {texts}");
        }
        assert_eq!(book.lines, csv.lines().count() as u64 - 1, "{format}");
    }
    let request = |format, original| Request::Report { sync: took.sync.number, format, xlsx: true, original };
    assert!(world.trouble(request(ReportFormat::Corrected, None)).message.contains("workbook"));
    assert!(world.trouble(request(ReportFormat::Plan, Some("/x".into()))).message.contains("no use for the original"));
}

#[test]
fn the_corrected_file_goes_back_mended_and_otherwise_the_same() {
    let world = World::new();
    let text = format!(
        "\u{feff}{HEADER}\r\n\"Ana\",,Diaz,a@l.example,0001,S1,Teacher,Coach, Reading,,Active\r\nBen,,\"Ode\",b at l.example,0002,S1,Staff,,,Active\r\nCyd,,Low,c@l.example,0003,S1\r\n"
    );
    let took = world.import("users.csv", &text);
    assert_eq!(took.found(homeroom::ledger::Severity::Error), ["2 - VAL-205", "3 email VAL-210", "4 - VAL-204"]);
    // The comma that was not quoted: its two cells become one, what follows moves, and the last goes.
    for (column, value) in [("position", "Coach, Reading"), ("grade", ""), ("status", "Active"), ("(cell 11)", "")] {
        world.fix(&took, 2, column, value);
    }
    world.fix(&took, 3, "email", "b@l.example");
    for (column, value) in [("user_type", "Student"), ("grade", "9"), ("status", "Active")] {
        world.fix(&took, 4, column, value);
    }
    let expected = text
        .replace("Coach, Reading,,Active", "\"Coach, Reading\",,Active")
        .replace("b at l.example", "b@l.example")
        .replace("0003,S1\r\n", "0003,S1,Student,,9,Active\r\n");
    let back = output(&world, took.sync.number, ReportFormat::Corrected, false, None);
    assert_eq!(String::from_utf8(back.bytes.clone()).unwrap(), expected);
    assert_eq!(back.file_name, format!("sync-{}-corrected.csv", took.sync.number.0));
    // It comes in again as the re-run leaves the roster.
    world.rerun(&took, false).is("staff +2, students +1", &[]);
    world.import("users.csv", &back.bytes).is("staff =2, students =1", &[]);
}

#[test]
fn with_secrets_the_corrected_file_is_put_together_with_the_operators_own() {
    let world = World::new();
    let text = format!(
        "{HEADER},password,Initial Password\nAna,,Diaz,a@l.example,0001,S1,Teacher,,,Active,hunter2one,first1\nBen,,Ode,b at l.example,0002,S1,Staff,,,Active,\"hunter2,two\",\nCyd,,Low,c@l.example,0003,S1,Staff,,,Active,,\n"
    );
    let took = world.import("users.csv", &text);
    let number = took.sync.number;
    world.fix(&took, 3, "email", "b@l.example");
    world.fix(&took, 4, "password", "hunter2three");
    let ask = |original: Option<&str>| Request::Report {
        sync: number,
        format: ReportFormat::Corrected,
        xlsx: false,
        original: original.map(|name| world.dir.path().join(name).to_str().unwrap().to_owned()),
    };
    assert!(world.trouble(ask(None)).next.contains("--original FILE"));
    let Reply::Output(back) = world.ask(ask(Some("users.csv"))) else { panic!("not put together") };
    assert_eq!(String::from_utf8(back.bytes).unwrap(), text.replace("b at l.example", "b@l.example"));
    // Of a corrected secret only that it is valid is kept.
    assert!(back.note.contains("put them in yourself, line 4") && !back.note.contains("hunter2"), "{}", back.note);
    for (name, other) in [
        ("changed.csv", text.replace("Diaz", "Días")),
        ("no-secret.csv", text.replace("hunter2one", "")),
        ("cut.csv", text[..text.len() - 5].to_owned()),
        ("other.csv", "a,b\n1,2\n".to_owned()),
        ("empty.csv", String::new()),
    ] {
        world.write(name, other);
        let trouble = world.trouble(ask(Some(name)));
        assert!(trouble.message.contains("is not the file that was imported"), "{name}: {trouble:?}");
    }
    let trouble = world.trouble(ask(Some("nowhere.csv")));
    assert!(trouble.message.contains("nowhere.csv"), "{trouble:?}");
    for format in [ReportFormat::Results, ReportFormat::UsersErrors] {
        assert!(!report(&world, number, format).contains("(secret"), "{format}: a secret cell leaves blank");
    }
}

#[test]
fn the_original_is_put_together_in_its_own_encoding_too() {
    let world = World::new();
    let text = format!("{HEADER},password\r\nAna,,Díaz,a at l.example,0001,S1,Teacher,,,Active,hunter2one\r\n");
    for (name, encode) in [
        ("latin.csv", (|t: &str| t.chars().map(|c| c as u8).collect()) as fn(&str) -> Vec<u8>),
        ("wide.csv", |t| [0xff, 0xfe].into_iter().chain(t.encode_utf16().flat_map(u16::to_le_bytes)).collect()),
    ] {
        let took = world.import(name, encode(&text));
        world.fix(&took, 2, "email", "a@l.example");
        let path = world.dir.path().join(name).to_str().unwrap().to_owned();
        let back = output(&world, took.sync.number, ReportFormat::Corrected, false, Some(path));
        assert_eq!(back.bytes, encode(&text.replace("a at l.example", "a@l.example")), "{name}");
    }
}

/// Two schools with a class each, a guardian with students at both.
fn with_classes() -> World {
    let world = World::new();
    world.import("users.csv", file(USERS));
    let add = |what, fields: &[(&str, &str)]| {
        let fields = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        assert!(matches!(world.ask(Request::Add { what, fields }), Reply::Added(_)), "{what}");
    };
    add(AddWhat::Person, &[("role", "student"), ("last_name", "Low"), ("sourced_id", "0009"), ("orgs", "S1")]);
    add(
        AddWhat::Person,
        &[("role", "guardian"), ("first_name", "=Eve"), ("last_name", "Low"), ("sourced_id", "G1"), ("phone", "+15550100199")],
    );
    add(AddWhat::Person, &[("role", "guardian"), ("last_name", "Alone"), ("sourced_id", "G2")]);
    add(AddWhat::Person, &[("role", "district_admin"), ("last_name", "Boss"), ("sourced_id", "0010"), ("orgs", "D1")]);
    add(AddWhat::Class, &[("id", "C1"), ("title", "=Chess"), ("org", "S1")]);
    add(AddWhat::Class, &[("id", "C2"), ("title", "Choir"), ("org", "S2")]);
    add(AddWhat::Enrollment, &[("person", "staff:0001"), ("class", "C1")]);
    add(AddWhat::Enrollment, &[("person", "student:0003"), ("class", "C2")]);
    add(AddWhat::Link, &[("guardian", "G1"), ("student", "student:0003"), ("relation", "mother")]);
    add(AddWhat::Link, &[("guardian", "G1"), ("student", "student:0009"), ("status", "disabled")]);
    world
}

#[test]
fn exports_keep_to_the_organization_and_a_district_includes_its_schools() {
    let world = with_classes();
    let count = |what, org| export(&world, what, org, true).lines;
    for (what, all, district, s1, s2, s3) in [
        (ExportWhat::Staff, 3, 3, 2, 0, 0),
        (ExportWhat::Admins, 1, 1, 0, 0, 0),
        (ExportWhat::Students, 2, 2, 1, 1, 0),
        (ExportWhat::Guardians, 3, 2, 1, 1, 0),
        (ExportWhat::People, 7, 5, 3, 1, 0),
        (ExportWhat::Schools, 4, 4, 1, 1, 1),
        (ExportWhat::Classes, 2, 2, 1, 1, 0),
        (ExportWhat::Enrollments, 2, 2, 1, 1, 0),
    ] {
        let counted = [None, Some("D1"), Some("S1"), Some("S2"), Some("S3")].map(|org| count(what, org));
        assert_eq!(counted, [all, district, s1, s2, s3], "{what}");
    }
    assert_eq!(export(&world, ExportWhat::Classes, Some("S1"), false).file_name, "classes-school-S1.csv");
    let missing = world.trouble(Request::Export { what: ExportWhat::Staff, org: Some("S9".into()), for_spreadsheet: false });
    assert!(missing.message.contains("S9"), "{missing:?}");
}

#[test]
fn exports_for_spreadsheets_are_escaped_and_those_for_import_are_not() {
    let world = with_classes();
    for (what, cell) in [(ExportWhat::Guardians, "=Eve"), (ExportWhat::Classes, "=Chess"), (ExportWhat::Enrollments, "=Chess")] {
        let sheet = String::from_utf8(export(&world, what, None, true).bytes).unwrap();
        let import = String::from_utf8(export(&world, what, None, false).bytes).unwrap();
        assert!(sheet.contains(&format!(",'{cell}")) && import.contains(&format!(",{cell}")), "{what}\n{sheet}\n{import}");
    }
    // For import only what stands: an ended link would come to life again.
    let guardians = export(&world, ExportWhat::Guardians, None, false);
    let expected = "student_code,guardian_code,first_name,last_name,email,phone,home_phone,language\n0003,G1,=Eve,Low,,+15550100199,,\n";
    assert_eq!(String::from_utf8(guardians.bytes).unwrap(), expected);
    assert!(guardians.note.starts_with("2 guardians and links are left out"), "{}", guardians.note);
}
