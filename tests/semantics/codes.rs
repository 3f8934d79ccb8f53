//! Every starred code of the catalogue: raised by a file, with place, message and resolution, and not raised just inside its rule.

use homeroom::desk::{Import, Request};
use homeroom::ledger::{Code, Finding, Severity};

use crate::world::{HEADER, SCHOOLS, World, file, said};

/// The starred codes: without these a release is not complete.
const STARRED: &str = "FIL-001 FIL-002 FIL-003 FIL-004 FIL-005 FIL-006 FIL-008 FIL-009 FIL-010 FIL-012 FIL-013 FIL-017 \
    HDR-101 HDR-102 HDR-103 HDR-104 HDR-105 HDR-106 HDR-109 HDR-111 \
    VAL-201 VAL-202 VAL-203 VAL-204 VAL-205 VAL-207 VAL-208 VAL-209 VAL-210 VAL-211 VAL-214 VAL-215 VAL-216 VAL-217 VAL-218 \
    VAL-219 VAL-220 VAL-221 VAL-222 VAL-228 \
    REF-301 REF-303 REF-304 REF-305 REF-308 \
    DUP-401 DUP-403 DUP-404 DUP-405 DUP-406 DUP-410 DUP-411 DUP-413 \
    SAF-501 SAF-505 SAF-508 SAF-513 SAF-515 \
    RUN-601 RUN-602 RUN-607";

/// Starred codes that no file can raise through `schools` and `echalk-users`, and why.
const NOT_YET: &[(&str, &str)] = &[
    ("FIL-004", "neither profile has a limit of bytes"),
    ("FIL-005", "neither profile has a limit of rows"),
    ("HDR-102", "no column of theirs is needed on a condition"),
    ("VAL-203", "neither wants at least one of several columns"),
    ("VAL-211", "neither has a phone"),
    ("VAL-215", "a blank grade has a default in eChalk"),
    ("VAL-217", "eChalk takes students and staff"),
    ("VAL-218", "eChalk ignores what does not apply, with VAL-216"),
    ("VAL-219", "neither has a username"),
    ("VAL-221", "neither has a language"),
    ("REF-303", "neither has guardians"),
    ("REF-304", "neither has classes"),
    ("REF-305", "neither has classes"),
    ("DUP-405", "neither has a username"),
    ("DUP-406", "both update what is known"),
    ("DUP-411", "neither has guardians"),
    ("RUN-602", "an abandoned sync says so by its status and note: see life"),
];

/// Starred codes with tests of their own, as they take more than one file.
const ELSEWHERE: &[&str] = &["FIL-001", "HDR-111", "SAF-501", "SAF-505", "SAF-508", "SAF-513", "SAF-515", "RUN-601", "RUN-607"];

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
    let took = world.run(Request::Import(Import { path, ..Import::default() }));
    took.is("", &["- - FIL-001"]);
    says_all(took.finding("FIL-001"));
    let path = world.dir.path().to_str().unwrap().to_owned();
    world.run(Request::Import(Import { path, ..Import::default() })).is("", &["- - FIL-001"]);
}

#[test]
fn a_database_in_use_is_run_601() {
    let world = World::new();
    let trouble = world.second();
    assert_eq!(trouble.sort, homeroom::desk::TroubleSort::Store);
    assert!(trouble.message.contains("in use") && trouble.message.contains("ana"), "{trouble:?}");
}

#[test]
fn the_two_lists_are_all_starred_codes() {
    let mut covered: Vec<&str> = cases().iter().map(|c| c.0).chain(NOT_YET.iter().map(|n| n.0)).chain(ELSEWHERE.iter().copied()).collect();
    covered.sort_unstable();
    let mut starred: Vec<&str> = STARRED.split_whitespace().collect();
    starred.sort_unstable();
    assert_eq!(covered, starred);
    assert!(starred.iter().all(|c| Code::from_name(c).is_some()));
    assert!(NOT_YET.iter().all(|n| n.1.len() > 10));
}

#[test]
fn a_finding_says_line_and_column_of_the_file_it_is_about() {
    let took = World::new().import("schools.csv", format!("{SCHOOLS}\n,x,,,\n"));
    assert_eq!(took.found(Severity::Warning), ["7 external_id VAL-201"]);
    assert_eq!(said(&took.findings[0]), "- - VAL-206");
}
