//! 003 `SchoolStatus` Connect: guardians, staged first, with a result for each row.

use homeroom::desk::{Import, Reply, ReportFormat, Request};
use homeroom::ledger::{Severity, SyncStatus};

use crate::screen::{Screen, approve, cell, report};
use crate::world::{Took, World};

const HEADER: &str = "student_code,guardian_code,first_name,last_name,email,phone,home_phone,language";
const ANA: &str = "2001,G1,Ana,Diaz,ana@home.example,(555) 010-0199,,";

/// Two students at S1, one at S2.
fn district() -> World {
    let world = World::new();
    world
        .users(&[
            "Mia,,Diaz,mia@l.example,2001,S1,Student,,5,Active",
            "Leo,,Diaz,leo@l.example,2002,S1,Student,,3,Active",
            "Kim,,Roth,kim@l.example,2003,S2,Student,,3,Active",
        ])
        .is("students +3", &[]);
    world
}

fn file(rows: &[&str]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn ask(world: &World, org: Option<&str>, dry_run: bool, rows: &[&str]) -> Import {
    let profile = Some("schoolstatus-guardians".into());
    Import { profile, org: org.map(str::to_owned), dry_run, ..world.write("guardians.csv", file(rows)) }
}

fn upload(world: &World, rows: &[&str]) -> Took {
    world.run(Request::Import(ask(world, None, false, rows)))
}

#[test]
fn schoolstatus_the_context_is_the_district_or_a_school() {
    let world = district();
    let rows = [ANA, "2003,G2,Rui,Roth,rui@home.example,,,"];
    let took = world.run(Request::Import(ask(&world, Some("S1"), false, &rows)));
    took.is("guardians +1 !1, links +1", &["3 student_code REF-307"]);
    upload(&world, &rows).is("guardians +1 =1, links +1 =1", &[]);
    // In the console the context is the header's.
    let mut at = Screen::of(world, (120, 40));
    at.press("w").see("The whole district").type_text("middle").press("<Enter>").see("only Lincoln Middle");
    at.press("3 <Tab>").see("Roth, Kim").miss("Diaz, Mia").press("w <Enter>").miss("only Lincoln").see("Diaz, Mia");
}

#[test]
fn schoolstatus_a_staged_file_is_processed_or_abandoned() {
    let mut at = Screen::of(district(), (120, 40));
    let path = at.file("guardians.csv", &file(&[ANA]));
    at.press("i <C-u>").type_text(&path).press("<Enter>").see("(dry run)").see("P starts processing, X abandons").press("<Enter>");
    at.see("Nothing has been changed yet").see("P apply").see("X abandon");
    at.press("X y <Enter>").see("was abandoned").press("4").see("abandoned").press("3 <Tab> <Tab>").miss("Diaz, Ana");
    at.plan(&path).press("P").see("Applied as #4").press("<Esc> 3").see("Diaz, Ana");
    let world = at.closed();
    assert!(world.knows("guardian:G1"));
    let status = |n| world.sync(homeroom::ledger::SyncNo(n)).sync.status;
    assert_eq!((status(3), status(4)), (SyncStatus::Abandoned, SyncStatus::Completed));
}

#[test]
fn schoolstatus_in_progress_until_it_is_done() {
    let mut at = Screen::of(district(), (120, 40));
    let path = at.file("guardians.csv", &file(&[ANA]));
    at.plan(&path).hold().press("P").miss("Applied as");
    at.see("applying");
    at.release().see("Applied as #3").press("<Esc> 4").see("done");
}

#[test]
fn schoolstatus_a_dry_run_writes_nothing_and_has_the_results_of_the_real_run() {
    let world = district();
    upload(&world, &[ANA]);
    let before = world.roster();
    let rows = [ANA, "2002,G1,Ana,Diaz,ana@home.example,,,es", "2003,G2,Rui,Roth,,555-010-0200,,", "2009,G3,Sol,Lee,sol@home.example,,,"];
    let dry = world.run(Request::Import(ask(&world, None, true, &rows)));
    assert_eq!((dry.sync.status, world.roster() == before), (SyncStatus::DryRun, true));
    let shown = report(&world, &dry, ReportFormat::Results);
    let real = approve(&world, dry.sync.number, false);
    assert_eq!(real.sync.status, SyncStatus::CompletedWithErrors);
    assert_eq!(report(&world, &real, ReportFormat::Results), shown);
    assert!(world.roster() != before);
}

#[test]
fn schoolstatus_each_row_has_its_result_and_action() {
    let world = district();
    upload(&world, &[ANA]);
    let rows = [&ANA.replace("Ana,", "Anna,"), "2003,G2,Rui,Roth,,555-010-0200,,", "2009,G3,Sol,Lee,sol@home.example,,,"];
    let took = upload(&world, &rows);
    let text = report(&world, &took, ReportFormat::Results);
    assert_eq!(text.lines().next(), Some(format!("{HEADER},result,action,message").as_str()));
    let said: Vec<_> = (1..=3).map(|n| (cell(&text, n, "result"), cell(&text, n, "action"))).collect();
    assert_eq!(said, [("SUCCESS", "UPDATED"), ("SUCCESS", "CREATED"), ("ERROR", "REFUSED")], "{text}");
    assert!(text.lines().nth(3).unwrap().contains("2009"), "it says why: {text}");
}

#[test]
fn schoolstatus_the_results_are_a_workbook_too() {
    let world = district();
    let took = upload(&world, &[ANA]);
    let request = Request::Report { sync: took.sync.number, format: ReportFormat::Results, xlsx: true, original: None };
    let Reply::Output(output) = world.ask(request) else { panic!("no workbook") };
    assert_eq!(output.file_name.rsplit('.').next(), Some("xlsx"));
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(output.bytes)).unwrap();
    let strings = std::io::read_to_string(zip.by_name("xl/sharedStrings.xml").unwrap()).unwrap();
    for text in ["result", "action", "CREATED", "2001", "(555) 010-0199"] {
        assert!(strings.contains(&format!(">{text}<")), "{text}: {strings}");
    }
}

#[test]
fn schoolstatus_an_unknown_student_code_is_an_error_with_near_matches() {
    let world = district();
    let took = upload(&world, &["20001,G1,Ana,Diaz,ana@home.example,,,"]);
    took.is("guardians !1", &["2 student_code REF-303"]);
    assert!(!world.knows("guardian:G1"));
    let finding = took.finding("REF-303");
    let row = world.row(&took, 2);
    let near: Vec<String> = row.findings.iter().map(|f| format!("{} {}", f.message(), f.resolution())).collect();
    assert!(near.concat().contains("2001"), "{finding:?} {near:?}");
}

#[test]
fn schoolstatus_an_email_or_a_phone_is_needed() {
    let world = district();
    upload(&world, &["2001,G1,Ana,Diaz,,,555-010-0100,"]).is("guardians !1", &["2 email VAL-203"]);
    upload(&world, &["2001,G1,Ana,Diaz,ana@home.example,,,", "2001,G2,Rui,Diaz,,555-010-0200,,"]).is("guardians +2, links +2", &[]);
}

#[test]
fn schoolstatus_the_language_is_english_unless_it_is_one_of_the_list() {
    let world = district();
    upload(&world, &[ANA, "2001,G2,Rui,Diaz,rui@home.example,,,es"]).is("guardians +2, links +2", &[]);
    assert_eq!((world.value("guardian:G1", "language"), world.value("guardian:G2", "language")), ("en".into(), "es".into()));
    let took = upload(&world, &["2001,G3,Sol,Diaz,sol@home.example,,,klingon"]);
    took.is("guardians +1, links +1", &["2 language VAL-221"]);
    assert_eq!(world.value("guardian:G3", "language"), "en", "not one of the list: said, and English");
    assert_eq!(took.findings[0].value.as_deref(), Some("klingon"));
}

#[test]
fn schoolstatus_phones_are_normalised_and_the_raw_is_kept() {
    let world = district();
    upload(&world, &[ANA]);
    assert_eq!(world.value("guardian:G1", "phone"), "+15550100199");
    assert_eq!(world.value("guardian:G1", "phone_raw"), "(555) 010-0199");
    upload(&world, &["2002,G2,Rui,Diaz,,12,,"]).is("guardians !1", &["2 phone VAL-211"]);
}

#[test]
fn schoolstatus_the_email_of_one_guardian_with_the_phone_of_another_is_an_error() {
    let world = district();
    upload(&world, &["2001,,Ana,Diaz,ana@home.example,,,", "2001,,Rui,Diaz,,555-010-0200,,"]).is("guardians +2, links +2", &[]);
    let took = upload(&world, &["2002,,Ana,Diaz,ana@home.example,555-010-0200,,"]);
    assert_eq!(took.sync.status, SyncStatus::CompletedWithErrors);
    assert_eq!((took.sync.counts.total().created, took.found(Severity::Error)), (0, vec!["2 email DUP-411".to_owned()]));
}

#[test]
fn schoolstatus_links_are_seen_from_both_sides_several_each_way() {
    let world = district();
    upload(&world, &[ANA, "2002,G1,Ana,Diaz,ana@home.example,(555) 010-0199,,", "2001,G2,Rui,Diaz,rui@home.example,,,"])
        .is("guardians +2, links +3", &[]);
    let mut at = Screen::of(world, (120, 40));
    at.press("3 <Tab>").go_to("Diaz, Mia").press("<Enter>").see("Guardians").see("Diaz, Ana").see("Diaz, Rui");
    at.go_to("Diaz, Ana").press("<Enter>").see("guardian").see("Diaz, Mia").see("Diaz, Leo");
}
