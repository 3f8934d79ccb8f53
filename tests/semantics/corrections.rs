//! Standing corrections: laid over later files while these repeat the wrong value; ended by the source, or by an operator.

use homeroom::desk::{CellView, CorrectionInfo, ExportWhat, Reply, ReportFormat, Request, Window};

use super::world::{Took, World};

fn user(id: &str, email: &str, kind: &str) -> String {
    format!("Ana,,Diaz,{email},{id},S1,{kind},,{},Active", if kind == "Student" { "9" } else { "" })
}

fn users(world: &World, rows: &[(&str, &str, &str)]) -> Took {
    let rows: Vec<String> = rows.iter().map(|(id, email, kind)| user(id, email, kind)).collect();
    world.users(&rows.iter().map(String::as_str).collect::<Vec<_>>())
}

/// State, key, column, before, after, times of each correction.
fn list(world: &World) -> Vec<String> {
    let page = match world.ask(Request::AllCorrections { filter: String::new(), window: Window::ALL }) {
        Reply::AllCorrections(page) => page,
        other => panic!("{other:?}"),
    };
    let said = |c: &CorrectionInfo| {
        let key = c.key.as_deref().unwrap_or("-");
        format!("{}: {key} {} {} -> {}, {}", c.state, c.column, c.before, c.after, c.times)
    };
    page.rows.iter().map(said).collect()
}

fn number(world: &World) -> u32 {
    match world.ask(Request::AllCorrections { filter: String::new(), window: Window::ALL }) {
        Reply::AllCorrections(page) => page.rows[0].number.unwrap(),
        other => panic!("{other:?}"),
    }
}

fn email(world: &World, took: &Took, line: u32) -> CellView {
    world.row(took, line).cells.into_iter().find(|c| c.column == "email").unwrap()
}

const WRONG: &str = "a at l.example";
const RIGHT: &str = "a@l.example";

/// A student whose e-mail was mended, and re-run.
fn mended() -> (World, Took) {
    let world = World::new();
    let took = users(&world, &[("0001", WRONG, "Student"), ("0002", "b@l.example", "Student")]);
    took.is("students +1 !1", &["2 email VAL-210"]);
    world.fix(&took, 2, "email", RIGHT);
    world.rerun(&took, false).is("students +1", &[]);
    (world, took)
}

#[test]
fn it_comes_back_by_itself_when_the_next_file_repeats_the_wrong_value() {
    let (world, _) = mended();
    assert_eq!(list(&world), [format!("standing: 0001 email {WRONG} -> {RIGHT}, 0")]);
    let next = users(&world, &[("0003", "c@l.example", "Teacher"), ("0001", WRONG, "Student")]);
    next.is("staff +1, students =1", &[]).notes(&["- - RUN-608"]);
    assert!(next.finding("RUN-608").message().contains("Corrected as before: 1"));
    let cell = email(&world, &next, 3);
    assert_eq!((cell.original.as_str(), cell.value.as_str(), cell.corrected), (WRONG, RIGHT, true));
    assert!(cell.note.is_some_and(|n| n.starts_with("corrected as on Nov ") && n.ends_with(" by ana")));
    assert_eq!(email(&world, &next, 2).note, None);
    assert_eq!(world.sync(next.sync.number).pending_corrections, 0, "it has been taken up");
    assert_eq!(list(&world), [format!("standing: 0001 email {WRONG} -> {RIGHT}, 1")]);
    // In the file that goes back it is as any correction.
    let back = match world.ask(Request::Report { sync: next.sync.number, format: ReportFormat::Corrected, xlsx: false, original: None }) {
        Reply::Output(output) => String::from_utf8(output.bytes).unwrap(),
        other => panic!("{other:?}"),
    };
    assert!(back.contains(RIGHT) && !back.contains(WRONG), "{back}");
    let results = match world.ask(Request::Report { sync: next.sync.number, format: ReportFormat::Results, xlsx: false, original: None }) {
        Reply::Output(output) => String::from_utf8(output.bytes).unwrap(),
        other => panic!("{other:?}"),
    };
    assert!(results.contains(RIGHT) && !results.contains(WRONG), "{results}");
    world.rerun(&next, true).is("staff =1, students =1", &[]);
}

#[test]
fn a_row_that_is_refused_for_another_reason_is_reported_with_the_correction_laid_over() {
    let (world, _) = mended();
    let next = world.users(&[&user("0001", WRONG, "Student").replace(",9,", ",Kinder,")]);
    next.is("students !1", &["2 grade VAL-214"]);
    for format in [ReportFormat::UsersErrors, ReportFormat::Results] {
        let report = match world.ask(Request::Report { sync: next.sync.number, format, xlsx: false, original: None }) {
            Reply::Output(output) => String::from_utf8(output.bytes).unwrap(),
            other => panic!("{other:?}"),
        };
        assert!(report.contains(RIGHT) && !report.contains(WRONG), "{report}");
    }
    // Mended and run again, both corrections count.
    world.fix(&next, 2, "grade", "10");
    assert_eq!(world.sync(next.sync.number).pending_corrections, 1);
    world.rerun(&next, false).is("students ~1", &[]);
    assert_eq!((world.value("student:0001", "email").as_str(), world.value("student:0001", "grade").as_str()), (RIGHT, "10"));
}

#[test]
fn in_a_full_file_whose_row_is_only_right_when_corrected_nobody_is_absent() {
    use homeroom::desk::Import;
    use homeroom::ledger::Mode;
    let (world, _) = mended();
    let full = |text: String| {
        let import = Import { profile: Some("echalk-users".into()), mode: Some(Mode::Full), ..world.write("full.csv", text) };
        world.run(Request::Import(import))
    };
    let rows = [user("0001", WRONG, "Student"), user("0002", "b@l.example", "Student")];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    full(super::world::file(&rows)).is("students =2", &[]).notes(&["- - FIL-015", "- - RUN-608"]);
}

#[test]
fn another_value_ends_it_as_resolved_at_the_source() {
    let (world, _) = mended();
    let next = users(&world, &[("0001", "ana@l.example", "Student")]);
    next.is("students ~1", &[]).notes(&["- - RUN-609"]);
    assert_eq!(world.value("student:0001", "email"), "ana@l.example", "the file wins");
    assert_eq!(list(&world), [format!("resolved at the source: 0001 email {WRONG} -> {RIGHT}, 0")]);
    // It does not come back of its own accord.
    users(&world, &[("0001", WRONG, "Student")]).is("students !1", &["2 email VAL-210"]).notes(&[]);
}

#[test]
fn a_file_without_the_record_says_nothing() {
    let (world, _) = mended();
    users(&world, &[("0002", "b@l.example", "Student")]).is("students =1", &[]).notes(&[]);
    assert_eq!(list(&world), [format!("standing: 0001 email {WRONG} -> {RIGHT}, 0")]);
}

#[test]
fn it_is_for_its_key_kind_column_and_feed() {
    let (world, _) = mended();
    // Employee 0001 is somebody else, and so is student 0004.
    let next = users(&world, &[("0004", WRONG, "Student")]);
    next.is("students !1", &["2 email VAL-210"]).notes(&[]);
    let next = users(&world, &[("0001", WRONG, "Teacher")]);
    next.is("staff !1", &["2 email VAL-210"]).notes(&[]);
    let text = format!(
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n0001,,,true,S1,student,ana,,Ana,Diaz,,,{WRONG},,,,09,\n"
    );
    let other = world.import("other.csv", text);
    assert!(other.sync.feed_name != "echalk-users" && other.findings.iter().all(|f| f.code.name() != "RUN-608"), "{other:?}");
    assert_eq!(list(&world), [format!("standing: 0001 email {WRONG} -> {RIGHT}, 0")]);
}

#[test]
fn a_dry_run_says_nothing_until_it_is_applied() {
    let (world, _) = mended();
    let dry = world.dry(&[&user("0001", "ana@l.example", "Student")]);
    dry.notes(&["- - RUN-609"]);
    assert_eq!(list(&world), [format!("standing: 0001 email {WRONG} -> {RIGHT}, 0")]);
    let again = world.dry(&[&user("0001", WRONG, "Student")]);
    again.is("students =1", &[]).notes(&["- - RUN-608"]);
    assert_eq!(list(&world), [format!("standing: 0001 email {WRONG} -> {RIGHT}, 0")]);
    // Applied as it was shown, with its notes.
    let applied = world.run(Request::Apply { sync: again.sync.number, without_removals: false, reason: None });
    applied.is("students =1", &[]).notes(&["- - RUN-608"]);
    assert_eq!(list(&world), [format!("standing: 0001 email {WRONG} -> {RIGHT}, 1")]);
    world.run(Request::Apply { sync: dry.sync.number, without_removals: false, reason: None }).is("students ~1", &[]);
    assert_eq!(list(&world), [format!("resolved at the source: 0001 email {WRONG} -> {RIGHT}, 1")]);
}

#[test]
fn undoing_the_sync_takes_back_what_its_file_said() {
    let (world, _) = mended();
    let next = users(&world, &[("0001", "ana@l.example", "Student")]);
    assert_eq!(list(&world), [format!("resolved at the source: 0001 email {WRONG} -> {RIGHT}, 0")]);
    world.undo(&next);
    assert_eq!(list(&world), [format!("standing: 0001 email {WRONG} -> {RIGHT}, 0")]);
    users(&world, &[("0001", WRONG, "Student")]).is("students =1", &[]).notes(&["- - RUN-608"]);
}

#[test]
fn one_on_a_key_or_a_secret_is_for_its_file_alone() {
    let world = World::new();
    let header = super::world::HEADER;
    let long = "x1".repeat(150);
    let text = format!("{header},password\nAna,,Diaz,a@l.example,00 01,S1,Teacher,,,Active,{long}\n");
    let took = world.import("users.csv", &text);
    assert_eq!(took.found(homeroom::ledger::Severity::Error), ["2 password VAL-220"]);
    world.fix(&took, 2, "password", "longenough1");
    world.fix(&took, 2, "custom_id", "0001");
    assert_eq!(list(&world), ["this file only: 00 01 custom_id 00 01 -> 0001, 0", "this file only: 00 01 password  -> , 0"]);
    let next = world.import("users.csv", text.replace("Ana", "Anna"));
    assert_eq!(next.found(homeroom::ledger::Severity::Info), ["2 password VAL-220"]);
}

#[test]
fn a_row_without_its_key_is_for_its_file_alone() {
    let world = World::new();
    let took = users(&world, &[("", WRONG, "Student")]);
    world.fix(&took, 2, "email", RIGHT);
    assert_eq!(list(&world), [format!("this file only: - email {WRONG} -> {RIGHT}, 0")]);
}

#[test]
fn taken_back_it_does_not_come_again() {
    let (world, _) = mended();
    let one = number(&world);
    assert_eq!(world.ask(Request::EndStanding(one)), Reply::Done);
    assert_eq!(list(&world)[0], format!("taken back: 0001 email {WRONG} -> {RIGHT}, 0"));
    assert!(world.trouble(Request::EndStanding(one)).message.contains("taken back already"));
    assert!(world.trouble(Request::EndStanding(99)).message.contains("no standing correction 99"));
    users(&world, &[("0001", WRONG, "Student")]).is("students !1", &["2 email VAL-210"]);
}

#[test]
fn the_files_own_value_said_against_it_ends_it_and_undoing_that_brings_it_back() {
    let (world, _) = mended();
    let next = users(&world, &[("0001", WRONG, "Student")]);
    // In its own row, the file's value: not right, but what the operator wants.
    world.fix(&next, 2, "email", WRONG);
    assert_eq!(email(&world, &next, 2).value, WRONG);
    assert_eq!(list(&world)[0].split(':').next(), Some("taken back"));
    let Reply::Turned(_) = world.ask(Request::TurnMend { sync: next.sync.number, step: None, again: false }) else { panic!("not undone") };
    assert_eq!(email(&world, &next, 2).value, RIGHT);
    assert_eq!(list(&world)[0].split(':').next(), Some("standing"));
}

#[test]
fn a_new_correction_takes_the_place_of_the_old_one() {
    let (world, took) = mended();
    world.fix(&took, 2, "email", "ana@l.example");
    assert_eq!(
        list(&world),
        [format!("standing: 0001 email {WRONG} -> ana@l.example, 0"), format!("taken back: 0001 email {WRONG} -> {RIGHT}, 0")]
    );
    let next = users(&world, &[("0001", WRONG, "Student")]);
    assert_eq!(email(&world, &next, 2).value, "ana@l.example");
    // What the earlier sync was run with stays true.
    world.fix(&next, 2, "email", "diaz@l.example");
    world.rerun(&next, true).is("students ~1", &[]);
    assert_eq!(world.value("student:0001", "email"), "diaz@l.example");
    assert_eq!(list(&world)[0], format!("standing: 0001 email {WRONG} -> diaz@l.example, 0"));
}

#[test]
fn the_list_leaves_as_csv_and_as_a_text_that_names_nobody() {
    let world = World::new();
    let took = users(&world, &[("0001", WRONG, "Student"), ("0002", "b at l.example", "Teacher")]);
    world.fix(&took, 2, "email", RIGHT);
    world.fix(&took, 3, "email", "b@l.example");
    users(&world, &[("0001", "new@l.example", "Student"), ("0002", "b at l.example", "Teacher")]);
    let output = |request| match world.ask(request) {
        Reply::Output(output) => String::from_utf8(output.bytes).unwrap(),
        other => panic!("{other:?}"),
    };
    let csv = output(Request::Export { what: ExportWhat::Corrections, org: None, for_spreadsheet: false });
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "sync,file,line,key,column,before,after,by,at,state,feed,times,last_sync,last_at,resolved_by");
    assert!(
        lines[1].starts_with("2,users.csv,3,0002,email,b at l.example,b@l.example,ana,")
            && lines[1].contains(",standing,echalk-users,1,3,")
    );
    assert!(lines[2].contains(",resolved at the source,echalk-users,0,,,3"), "{csv}");
    let text = output(Request::Ticket { feed: None });
    assert!(text.contains("From echalk-users: 1 value") && text.contains("staff: 0002"), "{text}");
    for own in ["l.example", "Diaz", "Ana", "0001"] {
        assert!(!text.contains(own), "{own} is nobody else's business: {text}");
    }
    assert!(output(Request::Ticket { feed: Some("schools".into()) }).starts_with("No correction stands"));
    assert!(world.trouble(Request::Ticket { feed: Some("nobody".into()) }).message.contains("no feed"));
}

#[test]
fn values_that_many_share_stand_in_the_ticket() {
    let world = World::new();
    let took = world.users(&["Ana,,Diaz,a@l.example,0001,S1,Student,,Kinder,Active"]);
    world.fix(&took, 2, "grade", "K");
    let Reply::Output(text) = world.ask(Request::Ticket { feed: None }) else { panic!("no text") };
    assert!(String::from_utf8(text.bytes).unwrap().contains("grade is \"Kinder\", should be \"K\" (1)\n  students: 0001"));
}

#[test]
fn whoever_is_kept_to_a_school_sees_that_schools_alone() {
    let (world, _) = mended();
    let world = world.kept_to("S2");
    assert!(list(&world).is_empty());
}
