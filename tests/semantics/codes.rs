//! Codes of the file, the header and a whole run: raised with place, message and resolution, and not raised just inside the rule. Those of rows
//! are in `systems/*.toml`; `tests/codes.rs` says which code is where.

use homeroom::desk::{Import, Reply, Request};
use homeroom::ledger::{Code, Feed, Finding, Map, Mode, Severity};

use crate::world::{HEADER, SCHOOLS, Took, World, file, said};

/// Code, where it is said, a file that raises it, and one just inside the rule.
type Case = (&'static str, &'static str, Vec<u8>, Vec<u8>);

fn cases() -> Vec<Case> {
    let users = |code, at, wrong: &str, right: &str| (code, at, file(&[wrong]).into_bytes(), file(&[right]).into_bytes());
    let two = |code, at, wrong: [&str; 2], right: [&str; 2]| (code, at, file(&wrong).into_bytes(), file(&right).into_bytes());
    let header = |code, at, header: &str| {
        let row = |header: &str| {
            "Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active".to_owned() + &",x".repeat(header.split(',').count().saturating_sub(10))
        };
        (code, at, format!("{header}\n{}\n", row(header)).into_bytes(), file(&["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active"]).into_bytes())
    };
    let password = |password: &str| format!("{HEADER},password\nAna,,Diaz,a@l.example,1,S1,Teacher,,,Active,{password}\n").into_bytes();
    let name = |name: &str| format!("{name},,Diaz,a@l.example,1,S1,Teacher,,,Active");
    let schools = |rows: &str| format!("external_id,name,type,parent_external_id,address\n{rows}\n").into_bytes();
    let good = file(&["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active"]);
    let with = |from: &str, to: &str| good.replace(from, to).into_bytes();
    let latin = |byte: u8| [format!("{HEADER}\nAn").as_bytes(), &[byte], b",,Diaz,a@l.example,1,S1,Teacher,,,Active\n"].concat();
    vec![
        ("FIL-002", "- -", Vec::new(), good.clone().into()),
        ("FIL-003", "- -", format!("{HEADER}\n").into(), good.clone().into()),
        ("FIL-006", "- -", b"PK\x03\x04 and so on".to_vec(), good.clone().into()),
        ("FIL-008", "2 -", latin(0x81), latin(0xe1)),
        ("FIL-009", "- -", latin(0xe1), with("Ana", "An\u{e1}")),
        ("FIL-010", "- -", format!("\u{feff}{good}").into(), good.clone().into()),
        ("FIL-012", "- -", with(",", ";"), good.clone().into()),
        ("FIL-013", "2 -", with("Ana", "\"Ana"), with("Ana", "\"Ana\"")),
        ("FIL-017", "- -", b"vorname,nachname,post\nAna,Diaz,x\n".to_vec(), good.clone().into()),
        header("HDR-101", "1 status", HEADER.strip_suffix(",status").unwrap()),
        header("HDR-103", "1 first_name", &HEADER.replace("first_name", "frist_name")),
        header("HDR-104", "1 email", &HEADER.replace("email", "EMail")),
        header("HDR-105", "1 shoe", &format!("{HEADER},shoe")),
        header("HDR-106", "1 email", &format!("{HEADER},email")),
        header("HDR-109", "1 email", &HEADER.replace("email", "em\u{200b}ail")),
        users("VAL-201", "2 last_name", "Ana,,,a@l.example,1,S1,Teacher,,,Active", "Ana,,D,a@l.example,1,S1,Teacher,,,Active"),
        ("VAL-202", "2 password", password(" "), password("x")),
        users("VAL-204", "2 -", "Ana,,Diaz,a@l.example,1,S1,Teacher,,Active", "Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active"),
        users("VAL-205", "2 -", "Ana,,Diaz,a@l.example,1,S1,Teacher,a,b,,Active", "Ana,,Diaz,a@l.example,1,S1,Teacher,\"a,b\",,Active"),
        users("VAL-207", "2 first_name", &name(&"\u{e9}".repeat(251)), &name(&"\u{e9}".repeat(250))),
        users("VAL-208", "2 first_name", &name("A\u{1b}na"), &name("A'na")),
        users("VAL-209", "2 status", "Ana,,Diaz,a@l.example,1,S1,Teacher,,,active", "Ana,,Diaz,a@l.example,1,S1,Teacher,,,Disabled"),
        users("VAL-210", "2 email", "Ana,,Diaz,a@l,1,S1,Teacher,,,Active", "Ana,,Diaz,a@l.x,1,S1,Teacher,,,Active"),
        users("VAL-214", "2 grade", "Ana,,Diaz,a@l.x,1,S1,Student,,13,Active", "Ana,,Diaz,a@l.x,1,S1,Student,,12,Active"),
        users("VAL-216", "2 grade", "Ana,,Diaz,a@l.x,1,S1,Staff,,12,Active", "Ana,,Diaz,a@l.x,1,S1,Student,,12,Active"),
        ("VAL-220", "2 password", password(&"x".repeat(251)), password(&"x".repeat(250))),
        users("VAL-222", "2 custom_id", "Ana,,Diaz,a@l.x,1.23E+11,S1,Staff,,,Active", "Ana,,Diaz,a@l.x,123E11,S1,Staff,,,Active"),
        users("VAL-228", "2 last_name", "Ana,,#N/A,a@l.x,1,S1,Staff,,,Active", "Ana,,#NA,a@l.x,1,S1,Staff,,,Active"),
        users("REF-301", "2 school_district_external_id", "Ana,,Diaz,a@l.x,1,s1,Staff,,,Active", "Ana,,Diaz,a@l.x,1,D1,Staff,,,Active"),
        ("REF-308", "2 parent_external_id", schools("S5,Five,,S4,\nS4,,,,"), schools("S5,Five,,S4,\nS4,Four,,,")),
        two(
            "DUP-401",
            "3 custom_id",
            ["Ana,,Diaz,a@l.x,1,S1,Staff,,,Active", "Ben,,Ode,b@l.x,1,S1,Staff,,,Active"],
            ["Ana,,Diaz,a@l.x,1,S1,Staff,,,Active", "Ana,,Diaz,a@l.x,1,S2,Staff,,,Active"],
        ),
        two(
            "DUP-403",
            "3 email",
            ["Ana,,Diaz,a@l.x,1,S1,Staff,,,Active", "Ben,,Ode,A@l.x,2,S1,Staff,,,Active"],
            ["Ana,,Diaz,a@l.x,1,S1,Staff,,,Active", "Ben,,Ode,aa@l.x,2,S1,Staff,,,Active"],
        ),
        users("DUP-404", "2 email", "Ben,,Ode,KNOWN@l.x,2,S1,Staff,,,Active", "Kim,,Known,KNOWN@l.x,K1,S1,Staff,,,Active"),
        two(
            "DUP-410",
            "3 custom_id",
            ["Ana,,Diaz,a@l.x,1,S1,Staff,,,Active", "Ana,,Diaz,a@l.x,1,S1,Staff,,,Disabled"],
            ["Ana,,Diaz,a@l.x,1,S1,Staff,,,Active", "Ana,,Diaz,a@l.x,1,S2,Staff,,,Active"],
        ),
        ("DUP-413", "3 external_id", schools("S4,Four,,,\nS4,Other,,,"), schools("S4,Four,,,\ns4,Other,,,")),
    ]
}

fn says_all(finding: &Finding) {
    for text in [finding.message(), finding.resolution()] {
        assert!(!text.is_empty() && !text.contains(['{', '}', '[']), "{}: {text}", finding.code);
    }
}

#[test]
fn each_is_raised_where_it_is_wrong_and_not_just_inside_the_rule() {
    for (code, at, wrong, right) in cases() {
        let world = World::new();
        world.users(&["Kim,,Known,known@l.x,K1,S1,Staff,,,Active"]).is("staff +1", &[]);
        let dry = |bytes: &[u8]| world.run(Request::Import(Import { dry_run: true, ..world.write("file.csv", bytes) }));
        let took = dry(&wrong);
        let all = took.found(Severity::Info);
        assert!(all.contains(&format!("{at} {code}")), "{code}: {all:?}");
        says_all(took.finding(code));
        let took = dry(&right);
        assert!(took.findings.iter().all(|f| f.code.name() != code), "{code}: {:?}", took.found(Severity::Info));
        assert!(took.findings.iter().all(|f| f.severity < Severity::Error), "{code}: {:?}", took.found(Severity::Info));
    }
}

#[test]
fn a_file_that_is_not_there_is_fil_001() {
    let world = World::new();
    let path = world.dir.path().join("nothing.csv").to_str().unwrap().to_owned();
    let took = world.run(Request::Import(Import { path: path.clone(), ..Import::default() }));
    took.is("", &["- - FIL-001"]);
    says(
        &took,
        "FIL-001",
        "- -",
        &format!("Cannot read {path}: No such file or directory (os error 2)"),
        "Check the path and your rights to it. If the file comes by transfer, see that the transfer is over.",
    );
    let path = world.dir.path().to_str().unwrap().to_owned();
    world.run(Request::Import(Import { path, ..Import::default() })).is("", &["- - FIL-001"]);
}

/// A finding word for word.
#[track_caller]
fn says(took: &Took, code: &str, at: &str, message: &str, resolution: &str) {
    let finding = took.finding(code);
    assert_eq!(
        (said(finding), finding.message(), finding.resolution()),
        (format!("{at} {code}"), message.to_owned(), resolution.to_owned())
    );
}

const STAFF: &str = "staffId,firstName,middleName,lastName,email,role,username,password";

/// So many teachers as Great Minds takes them, each row at least as long as said.
fn teachers(n: usize, length: usize) -> String {
    let row = |i: usize| format!("T{i},Ana,,Diaz{},t{i}@l.example,teacher,teacher.{i},sunny2day\n", "z".repeat(length));
    format!("{STAFF}\n{}", (0..n).map(row).collect::<String>())
}

fn staff(world: &World, text: &str) -> Took {
    let import = Import { profile: Some("greatminds-staff".into()), org: Some("S1".into()), ..world.write("staff.csv", text) };
    world.run(Request::Import(import))
}

#[test]
fn a_file_may_have_so_many_rows_and_bytes() {
    let world = World::new();
    let took = staff(&world, &teachers(1_001, 0));
    took.is("", &["- - FIL-005"]);
    says(
        &took,
        "FIL-005",
        "- -",
        "The file has 1001 rows; profile greatminds-staff allows 1000",
        "Split the file into parts of at most 1000 rows.",
    );
    staff(&world, &teachers(1_000, 0)).is("staff +1000", &[]);
    let world = World::new();
    let took = staff(&world, &teachers(9_000, 200));
    took.is("", &["- - FIL-004"]);
    says(
        &took,
        "FIL-004",
        "- -",
        "The file has 2.25 MB; profile greatminds-staff allows 2 MB",
        "Split the file, or raise the limit in a profile of your own.",
    );
    // Just as long as it may be, blank lines and all.
    let text = teachers(1_000, 0);
    let full = |size: usize| format!("{text}{}", "\n".repeat(size - text.len()));
    staff(&world, &full((2 << 20) + 1)).is("", &["- - FIL-004"]);
    staff(&world, &full(2 << 20)).is("staff +1000", &[]);
}

#[test]
fn what_is_wrong_with_a_file_word_for_word() {
    let world = World::new();
    let good = file(&["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active"]);
    let latin = |byte: u8| [format!("{HEADER}\nAn").as_bytes(), &[byte], b",,Diaz,a@l.example,1,S1,Teacher,,,Active\n"].concat();
    let dry = |bytes: &[u8]| world.run(Request::Import(Import { dry_run: true, ..world.write("file.csv", bytes) }));
    let took = dry(b"PK\x03\x04 and so on");
    let resolution = "Open it in the program that made it and save it as CSV (in a spreadsheet: Save As, CSV UTF-8).";
    says(&took, "FIL-006", "- -", "This is not CSV or TSV text: it looks like a ZIP archive", resolution);
    let took = dry(&latin(0x81));
    let resolution = "Export the file again as UTF-8, or say which encoding it has (--encoding).";
    says(&took, "FIL-008", "2 -", "Byte 0x81 at line 2 is not valid Windows-1252", resolution);
    let took = dry(&latin(0xe1));
    says(
        &took,
        "FIL-009",
        "- -",
        "The file is not UTF-8 and was read as Windows-1252: 1 cells are affected, for example \"An\u{e1}\"",
        "Look at the names with accents. If they are right, nothing is to do; if not, say which encoding it has (--encoding).",
    );
    let took = dry(good.replace("Ana", "\"Ana").as_bytes());
    let resolution = "Look at line 2 for a stray quotation mark. Inside a quoted cell a quotation mark is written twice.";
    says(&took, "FIL-013", "2 -", "The quote that opens at line 2 does not close", resolution);
    let took = dry(b"vorname,nachname,post\nAna,Diaz,x\n");
    let resolution = "Choose a profile (--profile), or map the headers to its columns.";
    says(&took, "FIL-017", "- -", "The header fits no known profile for sure", resolution);
    let took = dry(good.replace("status\n", "status,email\n").as_bytes());
    says(&took, "HDR-106", "1 email", "Column email occurs 2 times", "Keep one of them.");
    let took = dry(good.replace("email", "em\u{200b}ail").as_bytes());
    let message = "Invisible characters (zero-width space (U+200B)) were removed from header email";
    says(&took, "HDR-109", "1 email", message, "Type the header again at the source, so that other programs read it too.");
    let took = dry(good.replace("last_name", "").as_bytes());
    says(&took, "HDR-107", "1 -", "Cell 3 of the header is blank", "Name the column or delete it.");
    let map = Map { name: "ours".into(), profile: "echalk-users".into(), headers: vec![("Mail".into(), "email".into())], ..Map::default() };
    let Reply::Maps(_) = world.ask(Request::PutMap(map)) else { panic!("not kept") };
    let mapped =
        |text: &str| world.run(Request::Import(Import { dry_run: true, map: Some("ours".into()), ..world.write("file.csv", text) }));
    let took = mapped(&good.replace("email", "E-Post"));
    let message = "Mapping ours uses column \"Mail\", which this file does not have";
    says(&took, "HDR-111", "1 email", message, "Correct the mapping, or see why the source no longer sends the column.");
    mapped(&good.replace("email", "Mail")).is("staff +1", &[]);
}

fn full(world: &World, rows: &[String], confirm: Option<u64>) -> Took {
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    world.run(Request::Import(Import { mode: Some(Mode::Full), confirm, ..world.write("users.csv", file(&rows)) }))
}

/// What holds or refuses a whole run. Just inside each of these rules: `holds.rs`, `modes.rs`, `life.rs`.
#[test]
fn what_is_said_of_a_whole_run_word_for_word() {
    let students = |n: usize| -> Vec<String> { (0..n).map(|i| format!("G{i},,F{i},p{i}@l.example,{i},S1,Student,,5,Active")).collect() };
    let world = World::new();
    full(&world, &[students(30), vec!["Ana,,Diaz,a@l.example,T1,S1,Teacher,,,Active".into()]].concat(), None)
        .is("staff +1, students +30", &[]);
    let took = full(&world, &["Ana,,Diaz,a@l.example,T1,S1,Teacher,,,Active".into()], None);
    says(
        &took,
        "SAF-505",
        "- -",
        "A full sync without any rows of students would disable them all: 30",
        "Use partial mode, or confirm by typing how many there are: --confirm 30.",
    );
    let mut rows = students(26);
    rows.push("Ana,,Diaz,a@l.example,T1,S1,Teacher,,,Active".into());
    rows.push("New,,Low,n@l.example,,S1,Student,,5,Active".into());
    let took = full(&world, &rows, None);
    took.is("staff =1, students =26 !1", &["- - SAF-501", "- - SAF-515", "29 custom_id VAL-229"]);
    says(
        &took,
        "SAF-501",
        "- -",
        "Would disable 4 of 30 students (13 %); the limit is 10 %",
        "Look at the list, then approve the removals or apply without them.",
    );
    says(
        &took,
        "SAF-515",
        "- -",
        "Refused rows without a usable ID: 1. It cannot be told who is absent",
        "Mend those rows, or approve the removals.",
    );
    let dry = world.dry(&["Ana,,Dias,a@l.example,T1,S1,Teacher,,,Active"]);
    world.edit("T1", "first_name", "Anna");
    let again = world.run(Request::Apply { sync: dry.sync.number, without_removals: false, reason: None });
    let message = format!("The roster or the file has changed since dry run #{}", dry.sync.number.0);
    says(&again, "SAF-513", "- -", &message, "Look at the new plan and decide again.");
}

#[test]
fn local_fixes_and_later_syncs_word_for_word() {
    let world = World::new();
    let ana = "Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active";
    world.users(&[ana]).is("staff +1", &[]);
    world.edit("1", "last_name", "Dias");
    let took = world.users(&[ana, ""]);
    took.is("staff ~1", &["- - SAF-508"]);
    says(
        &took,
        "SAF-508",
        "- -",
        "Local fixes that the file overwrites: 1 (last_name)",
        "Keep yours, take the file's, or decide one by one. To be rid of it, have the source corrected.",
    );
    let wrong = world.users(&["", &ana.replace("a@l.example", "not mail")]);
    let later = world.users(&[&ana.replace("Diaz", "Diaz-Low")]);
    world.fix(&wrong, 3, "email", "a@l.example");
    let rerun = world.rerun(&wrong, false);
    says(
        &rerun,
        "RUN-607",
        "3 -",
        &format!("Row 3 was left out: 1 was changed by sync #{} since", later.sync.number.0),
        "Look at the person. To take this row's values all the same, run it again with --all.",
    );
}

/// What is said of the store and of a decision is no finding of a file: it is trouble, and a note in the history. Its words are those that
/// `explain` shows.
#[test]
fn a_database_in_use_and_an_abandoned_plan_word_for_word() {
    let world = World::new();
    let trouble = world.second();
    assert_eq!(trouble.sort, homeroom::desk::TroubleSort::Store);
    let part = |of: &str, from: &str, to: &str| of.split_once(from).and_then(|(_, t)| t.split_once(to)).unwrap().0.to_owned();
    let since = part(&trouble.message, " since ", " (pid");
    let pid = std::process::id();
    let code = Code::from_name("RUN-601").unwrap();
    let finding = Finding::of_file(code).with("user", "ana").with("host", "host").with("time", since).with("pid", pid);
    assert!(trouble.message.starts_with(&finding.message()), "{trouble:?}");
    assert!(trouble.message.contains("Wait for it (--wait)"), "{trouble:?}");

    let dry = world.dry(&["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active"]);
    let Reply::Sync(left) = world.ask(Request::Abandon { sync: dry.sync.number, reason: None }) else { panic!("not abandoned") };
    let code = Code::from_name("RUN-602").unwrap();
    assert_eq!(left.sync.note, Some(Finding::of_file(code).with("user", "ana").message()));
    assert_eq!(left.sync.note.as_deref(), Some("Abandoned by ana; nothing applied"));
}

#[test]
fn somebody_whom_a_main_source_brings_is_said_where_another_sends_them() {
    let world = World::new();
    let Reply::Feeds(_) = world.ask(Request::PutFeed { feed: Feed { main: true, ..Feed::new("nightly", "echalk-users") }, replaces: None })
    else {
        panic!("not kept")
    };
    let ana = world.write("users.csv", file(&["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active"]));
    world.run(Request::Import(Import { feed: Some("nightly".into()), ..ana })).is("staff +1", &[]);
    let header = "action,org_sis_id,userRole,userId,firstName,lastName,userEmail,classId,className,classGrade,primary_teacher,userGrade";
    let rows = ",S2,teacher,1,Ana,Diaz,a@l.example,,,,,\n,S2,teacher,2,Ben,Ode,b@l.example,,,,,\n";
    let took = world.through("amplify-users", &format!("{header}\n{rows}"));
    assert_eq!(took.found(Severity::Warning), ["2 userId REF-310"]);
    let message = "1 is brought by feed nightly, which will overwrite this";
    says(&took, "REF-310", "2 userId", message, "Send the change by that source.");
}

#[test]
fn a_finding_says_line_and_column_of_the_file_it_is_about() {
    let took = World::new().import("schools.csv", format!("{SCHOOLS}\n,x,,,\n"));
    assert_eq!(took.found(Severity::Warning), ["7 external_id VAL-201"]);
    assert_eq!(said(&took.findings[0]), "- - VAL-206");
}
