//! Guardians: what the roster has of them, the same file again, and what the row form says.

use homeroom::desk::{Import, Reply, Request};
use homeroom::ledger::{Code, Finding};
use proptest::prelude::*;

use crate::world::{Took, World};

const HEADER: &str = "student_code,guardian_code,first_name,last_name,email,phone,home_phone,language";

fn students(world: &World) {
    world.users(&[
        "Mia,,Diaz,mia@l.example,1,S1,Student,,5,Active",
        "Leo,,Diaz,leo@l.example,2,S2,Student,,3,Active",
        "Tia,,Roth,tia@l.example,T1,S1,Teacher,,,Active",
    ]);
}

fn file(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn guardians(world: &World, rows: &[&str]) -> Took {
    world.through("schoolstatus-guardians", &file(&rows.iter().map(|r| (*r).to_owned()).collect::<Vec<_>>()))
}

#[test]
fn phones_are_comparable_and_the_raw_is_kept() {
    let world = World::new();
    students(&world);
    guardians(&world, &["1,G1,Ana,Diaz,,(555) 010-0199,555.010.0100,", "1,G2,Rui,Diaz,,+15550100198,,es"])
        .is("guardians +2, links +2", &[]);
    let value = |field| world.value("guardian:G1", field);
    assert_eq!((value("phone"), value("phone_raw")), ("+15550100199".into(), "(555) 010-0199".into()));
    assert_eq!((value("home_phone"), value("language"), value("status")), ("+15550100100".into(), "en".into(), "active".into()));
    assert_eq!(world.value("guardian:G2", "phone_raw"), "", "what was comparable already needs no second form");
    assert_eq!(world.value("guardian:G2", "language"), "es");
    // Written in another way it is the same number.
    guardians(&world, &["1,G1,Ana,Diaz,,5550100199,,"]);
    assert_eq!((value("phone"), value("phone_raw")), ("+15550100199".into(), "5550100199".into()));
    // In the form that we ourselves export, it says nothing new; another number does.
    guardians(&world, &["1,G1,Ana,Diaz,,+15550100199,,"]).is("guardians =1, links =1", &[]);
    guardians(&world, &["1,G1,Ana,Diaz,,+15550100177,,"]).is("guardians ~1, links =1", &[]);
    assert_eq!((value("phone"), value("phone_raw")), ("+15550100177".into(), String::new()));
}

#[test]
fn a_guardian_belongs_to_the_schools_of_the_students() {
    let world = World::new();
    students(&world);
    guardians(&world, &["1,G1,Ana,Diaz,ana@h.example,,,"]);
    assert_eq!(world.value("guardian:G1", "orgs"), "S1");
    // A later file with the other child alone takes nothing away.
    guardians(&world, &["2,G1,Ana,Diaz,ana@h.example,,,"]).is("guardians ~1, links +1", &[]);
    assert_eq!(world.value("guardian:G1", "orgs"), "S1; S2");
}

#[test]
fn a_blank_keeps_and_a_contact_that_is_no_phone_takes_none_away() {
    let world = World::new();
    students(&world);
    guardians(&world, &["1,G1,Ana,Diaz,ana@h.example,555-010-0199,555-010-0100,"]);
    guardians(&world, &["1,G1,Ana,Diaz,ana@h.example,,,"]).is("guardians =1, links =1", &[]);
    guardians(&world, &["1,G1,Ana,Diaz,ana@h.example,555,,"]).is("guardians =1, links =1", &["2 phone VAL-211"]);
    assert_eq!(world.value("guardian:G1", "phone"), "+15550100199");
}

#[test]
fn what_is_mended_comes_in_by_a_rerun() {
    let world = World::new();
    students(&world);
    let took = guardians(&world, &["1,,Ana,Diaz,ana@h.example,,,", "3,,Ana,Diaz,ana@h.example,,,", "9,,Rui,Diaz,rui@h.example,,,"]);
    took.is("guardians +1 !2, links +1", &["3 student_code REF-303", "4 student_code REF-303"]);
    world.fix(&took, 3, "student_code", "2");
    world.fix(&took, 4, "student_code", "2");
    world.rerun(&took, false).is("guardians +1 ~1, links +2", &[]);
}

#[test]
fn an_undo_takes_guardians_and_links_away() {
    let world = World::new();
    students(&world);
    let before = world.roster();
    let took = guardians(&world, &["1,,Ana,Diaz,ana@h.example,,,", "2,,Ana,Diaz,ana@h.example,,,"]);
    assert_ne!(world.roster(), before);
    world.undo(&took);
    assert_eq!(world.roster(), before);
    guardians(&world, &["1,,Ana,Diaz,ana@h.example,,,", "2,,Ana,Diaz,ana@h.example,,,"]).is("guardians +1, links +2", &[]);
}

/// A code that is given to somebody by their contacts settles, from then on, what two contacts could not: the same file again is read in the
/// light of what it brought itself.
#[test]
fn a_code_that_was_given_settles_whom_contacts_did_not() {
    let world = World::new();
    students(&world);
    guardians(&world, &["1,,Ana,Diaz,b@h.example,555-010-0199,,", "1,,Ana,Diaz,a@h.example,,,"]).is("guardians +2, links +2", &[]);
    let rows = ["1,G1,Ana,Diaz,a@h.example,555-010-0199,,", "1,G1,Ana,Diaz,b@h.example,,,"];
    guardians(&world, &rows).is("guardians ~1 !1, links =1", &["2 email DUP-411"]);
    // G1 is known now, and the first right row of that code stands.
    guardians(&world, &rows).is("guardians ~1 !1, links =1", &["2 email DUP-404", "3 guardian_code DUP-401"]);
}

/// A file made to be slow: one code on every row, one address on every row, a wrong student on every row.
#[test]
fn files_made_to_be_slow_are_not() {
    let world = World::new();
    students(&world);
    let rows = |make: &dyn Fn(usize) -> String| file(&(0..20_000).map(make).collect::<Vec<_>>());
    let one_code = rows(&|i| format!("{},G1,Ana,Diaz,ana{i}@h.example,,,", 1 + i % 2));
    assert_eq!(world.through("schoolstatus-guardians", &one_code).sync.rows_with_errors, 19_999);
    let wrong = rows(&|i| format!("X{i},G{i},Ana,Diaz,ana{i}@h.example,,,"));
    assert_eq!(world.through("schoolstatus-guardians", &wrong).sync.rows_with_errors, 20_000);
    let right = rows(&|i| format!("{},,Ana{i},Diaz,ana{}@h.example,,,", 1 + i % 2, i / 2));
    let took = world.through("schoolstatus-guardians", &right);
    assert_eq!(took.sync.rows, 20_000);
}

/// Few values of each column, so that rows clash.
const CELLS: [&[&str]; 8] = [
    &["1", "2", "3", "01", ""],
    &["", "G1", "G2", "G3"],
    &["Ana", "Rui", ""],
    &["Diaz", "Roth"],
    &["a@h.example", "b@h.example", "A@h.example", "", "tia@l.example", "no"],
    &["", "555-010-0199", "(555) 010-0199", "555-010-0198", "5"],
    &["", "555-010-0100", "x"],
    &["", "es", "Span"],
];

fn row() -> impl Strategy<Value = Vec<usize>> {
    CELLS.iter().map(|c| prop_oneof![5 => 0..c.len().min(4).saturating_sub(1).max(1), 1 => 0..c.len()]).collect::<Vec<_>>()
}

fn lines(rows: &[Vec<usize>]) -> Vec<String> {
    rows.iter().map(|row| row.iter().zip(CELLS).map(|(i, c)| c[*i]).collect::<Vec<_>>().join(",")).collect()
}

fn seen<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<String> {
    let mut seen: Vec<String> =
        findings.map(|f| format!("{:?} {} {:?} {:?} {}", f.record, f.code, f.column, f.severity, f.message())).collect();
    seen.sort();
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Whatever the file, the second time it changes nothing, and refuses what it refused: unless a code of it was in doubt, which what the
    /// file itself brought may have settled (`a_code_that_was_given_settles_whom_contacts_did_not`).
    #[test]
    fn the_same_file_again_changes_nothing(
        known in prop::collection::vec(row(), 0..4),
        rows in prop::collection::vec(row(), 1..7),
    ) {
        let world = World::new();
        students(&world);
        if !known.is_empty() {
            world.through("schoolstatus-guardians", &file(&lines(&known)));
        }
        let first = world.through("schoolstatus-guardians", &file(&lines(&rows)));
        prop_assume!(!first.findings.iter().any(|f| f.code == Code::DUP_411 && f.key.is_some()));
        let roster = world.roster();
        let again = world.through("schoolstatus-guardians", &file(&lines(&rows)));
        let text = file(&lines(&rows));
        let of_rows = |took: &Took| {
            let errors = took.findings.iter().filter(|f| f.record.is_some() && f.severity >= homeroom::ledger::Severity::Error);
            // Why may be another: contacts of a row that was refused led nowhere yet, the first time.
            let mut found: Vec<_> = errors.map(|f| f.record).collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        prop_assert_eq!(of_rows(&again), of_rows(&first), "{}", text);
        let changed = again.sync.counts.total();
        prop_assert_eq!((changed.created, changed.updated), (0, 0), "{}\nknown: {:?}", text, lines(&known));
        prop_assert_eq!(world.roster(), roster);
    }

    /// The row form finds what a check of the whole file would find on that row.
    #[test]
    fn the_form_finds_what_the_file_would(
        known in prop::collection::vec(row(), 0..4),
        rows in prop::collection::vec(row(), 1..6),
        (at, column, value) in (0..6usize, 0..8usize, 0..6usize),
    ) {
        let world = World::new();
        students(&world);
        if !known.is_empty() {
            world.through("schoolstatus-guardians", &file(&lines(&known)));
        }
        let dry = |rows: &[Vec<usize>]| {
            let file = world.write("guardians.csv", file(&lines(rows)));
            world.run(Request::Import(Import { dry_run: true, profile: Some("schoolstatus-guardians".into()), ..file }))
        };
        let took = dry(&rows);
        let (at, value) = (at % rows.len(), value % CELLS[column].len());
        let mut edited = rows.clone();
        edited[at][column] = value;
        let record = at as u32 + 1;
        let cells = vec![(HEADER.split(',').nth(column).unwrap().to_owned(), CELLS[column][value].to_owned())];
        let Reply::Row(live) = world.ask(Request::CheckRow { sync: took.sync.number, record, cells }) else { panic!() };
        let whole = dry(&edited);
        let of_row = seen(whole.findings.iter().filter(|f| f.record == Some(record)));
        prop_assert_eq!(seen(live.findings.iter()), of_row, "row {} of\n{}", record, file(&lines(&edited)));
    }
}
