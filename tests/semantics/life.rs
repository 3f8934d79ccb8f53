//! The life of a sync: dry run, apply, abandon, corrections and re-run, undo, refused files, read-only.

use homeroom::desk::{Reply, Request, RowAt, TroubleSort};
use homeroom::ledger::{SyncNo, SyncStatus};

use crate::world::{HEADER, Took, World, file};

const ANA: &str = "Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active";
const BEN: &str = "Ben,,Ode,b@l.example,2,S1,Student,,5,Active";
const CYD: &str = "Cyd,,Low,not mail,3,S1,Teacher,,,Active";

fn apply(world: &World, took: &Took) -> Took {
    world.run(Request::Apply { sync: took.sync.number, without_removals: false, reason: None })
}

#[test]
fn a_dry_run_changes_nothing_and_applying_it_gives_the_same() {
    let world = World::new();
    let before = world.roster();
    let dry = world.dry(&[ANA, BEN, CYD]);
    dry.is("staff +1 !1, students +1", &["4 email VAL-210"]);
    assert_eq!((dry.sync.status, world.roster()), (SyncStatus::DryRun, before));
    let done = apply(&world, &dry);
    done.is("staff +1 !1, students +1", &["4 email VAL-210"]);
    assert_eq!((done.sync.number, done.sync.status), (dry.sync.number, SyncStatus::CompletedWithErrors));
    assert!(world.knows("1") && world.knows("2") && !world.knows("3"));
    assert!(
        world
            .trouble(Request::Apply { sync: dry.sync.number, without_removals: false, reason: None })
            .message
            .contains("completed with errors")
    );
}

#[test]
fn a_plan_that_is_no_longer_the_one_that_was_shown_is_shown_again() {
    let world = World::new();
    world.users(&[ANA]);
    let dry = world.dry(&[&ANA.replace("Diaz", "Dias")]);
    world.edit("1", "first_name", "Anna");
    let again = apply(&world, &dry);
    again.is("staff ~1", &["- - SAF-508", "- - SAF-513"]);
    assert_eq!((again.sync.status, again.left.len()), (SyncStatus::DryRun, 1));
    assert_eq!(world.value("1", "last_name"), "Diaz");
    apply(&world, &dry);
    assert_eq!(world.value("1", "last_name"), "Dias");
}

#[test]
fn a_plan_stays_the_one_that_was_shown_where_others_came_that_have_nothing_to_do_with_it() {
    let world = World::new();
    let dry = world.dry(&[ANA]);
    world.users(&[BEN]).is("students +1", &[]);
    apply(&world, &dry).is("staff +1", &[]);
}

#[test]
fn an_abandoned_dry_run_leaves_a_line_and_nothing_else() {
    let world = World::new();
    let dry = world.dry(&[ANA]);
    let Reply::Sync(detail) = world.ask(Request::Abandon { sync: dry.sync.number, reason: None }) else { panic!() };
    assert_eq!((detail.sync.status, detail.sync.note.as_deref()), (SyncStatus::Abandoned, Some("Abandoned by ana; nothing applied")));
    assert!(!world.knows("1"));
    for request in [
        Request::Apply { sync: dry.sync.number, without_removals: false, reason: None },
        Request::Abandon { sync: dry.sync.number, reason: None },
        Request::Undo { sync: dry.sync.number, dry_run: false },
    ] {
        assert_eq!(world.trouble(request).sort, TroubleSort::Usage);
    }
}

#[test]
fn a_rerun_takes_the_refused_rows_alone_unless_it_is_told_all() {
    let world = World::new();
    let took = world.users(&[ANA, BEN, CYD]);
    world.edit("2", "last_name", "Oda");
    world.fix(&took, 4, "email", "c@l.example");
    let rerun = world.rerun(&took, false);
    rerun.is("staff +1", &[]);
    assert_eq!((rerun.sync.status, world.value("2", "last_name").as_str()), (SyncStatus::Completed, "Oda"));
    assert_eq!(world.sync(took.sync.number).reruns, [rerun.sync.number]);
    world.rerun(&took, true).is("staff =2, students ~1", &["- - SAF-508"]);
    assert_eq!(world.value("2", "last_name"), "Ode");
}

#[test]
fn the_preview_of_a_rerun_leaves_no_trace() {
    let world = World::new();
    let took = world.users(&[ANA, CYD]);
    world.fix(&took, 3, "email", "c@l.example");
    let dry = world.run(Request::Rerun { sync: took.sync.number, all: false, dry_run: true });
    dry.is("staff +1", &[]);
    assert!(!world.knows("3"));
    assert_eq!(world.sync(took.sync.number).reruns, []);
    world.rerun(&took, false).is("staff +1", &[]);
}

/// The first row stood, the second was refused and is mended: it brings its school and nothing else.
#[test]
fn a_mended_row_that_joins_a_person_adds_the_org_and_leaves_what_was_changed_since() {
    let world = World::new();
    let took = world.users(&[ANA, "Ana,,Diaz,a@l.example,1,S9,Teacher,,,Active"]);
    took.is("staff +1 !1", &["3 school_district_external_id REF-301"]);
    world.edit("1", "first_name", "Anna");
    world.fix(&took, 3, "school_district_external_id", "S2");
    world.rerun(&took, false).is("staff ~1", &[]);
    assert_eq!((world.value("1", "orgs"), world.value("1", "first_name")), ("S1; S2".into(), "Anna".into()));
}

#[test]
fn a_row_whose_person_a_later_sync_changed_is_left_out_and_said() {
    let world = World::new();
    world.users(&[&ANA.replace("Diaz", "Dias")]);
    let took = world.users(&["", &ANA.replace("a@l.example", "not mail")]);
    world.users(&[&ANA.replace("Diaz", "Diaz-Low")]).is("staff ~1", &[]);
    world.fix(&took, 3, "email", "a@l.example");
    let rerun = world.rerun(&took, false);
    rerun.is("", &["3 - RUN-607"]);
    assert_eq!(rerun.left[0].message(), "Row 3 was left out: 1 was changed by sync #4 since");
    assert_eq!(world.value("1", "last_name"), "Diaz-Low");
    world.rerun(&took, true).is("staff ~1", &[]);
    assert_eq!(world.value("1", "last_name"), "Diaz");
}

#[test]
fn an_undo_in_the_chain_is_no_later_sync() {
    let world = World::new();
    world.users(&[&ANA.replace("Diaz", "Dias")]);
    let took = world.users(&[&ANA.replace("a@l.example", "not mail")]);
    world.fix(&took, 2, "email", "a@l.example");
    let rerun = world.rerun(&took, false);
    rerun.is("staff ~1", &[]);
    world.undo(&rerun).is("staff ~1", &[]);
    world.rerun(&took, false).is("staff ~1", &[]);
    assert_eq!(world.value("1", "last_name"), "Diaz");
}

#[test]
fn a_correction_can_be_taken_back() {
    let world = World::new();
    let took = world.users(&[CYD]);
    world.fix(&took, 2, "email", "c@l.example");
    assert_eq!((world.sync(took.sync.number).pending_corrections, world.row(&took, 2).findings.len()), (1, 0));
    let row = world.fix(&took, 2, "email", "not mail");
    assert_eq!((row.findings.len(), row.cells[3].corrected), (1, false));
    let Reply::Corrections(corrections) = world.ask(Request::Corrections(took.sync.number)) else { panic!() };
    assert_eq!((corrections.len(), world.sync(took.sync.number).pending_corrections), (0, 0));
    world.rerun(&took, false).is("staff !1", &["2 email VAL-210"]);
}

#[test]
fn a_mended_row_still_says_what_became_of_it() {
    let world = World::new();
    let took = world.users(&[CYD]);
    let row = world.fix(&took, 2, "email", "c@l.example");
    assert_eq!(row.outcome.map(|o| o.action.name()), Some("REFUSED"));
}

#[test]
fn undo_puts_fields_back_and_leaves_what_was_changed_since() {
    let world = World::new();
    world.users(&[ANA]);
    let took = world.users(&["Anna,,Diaz-Low,a@l.example,1,S2,Teacher,,,Active"]);
    world.edit("1", "last_name", "Low");
    let Reply::Ran(preview) = world.ask(Request::Undo { sync: took.sync.number, dry_run: true }) else { panic!() };
    assert_eq!(preview.left.len(), 1);
    assert_eq!(world.value("1", "first_name"), "Anna");
    let undo = world.undo(&took);
    undo.is("staff ~1", &["2 last_name RUN-605"]);
    let has = |field| world.value("1", field);
    assert_eq!((has("first_name"), has("last_name"), has("orgs")), ("Ana".into(), "Low".into(), "S1".into()));
    assert_eq!(world.sync(took.sync.number).sync.status, SyncStatus::Undone);
}

#[test]
fn undo_removes_what_was_created_unless_others_refer_to_it_or_changed_it() {
    let world = World::empty();
    let schools = world.import("schools.csv", crate::world::SCHOOLS);
    let took = world.users(&[ANA, BEN]);
    world.edit("2", "first_name", "Benno");
    world.undo(&took).is("staff -1", &["3 the record: it was changed RUN-605"]);
    assert!(!world.knows("1") && world.knows("2"));
    let undo = world.undo(&schools);
    assert_eq!(undo.counts(), "orgs -2", "{:?}", undo.findings);
    assert!(world.knows("school:S1") && world.knows("school:D1") && !world.knows("school:S2"));
}

#[test]
fn an_undo_can_be_undone_and_the_history_has_it_all() {
    let world = World::new();
    let took = world.users(&[ANA]);
    let undo = world.undo(&took);
    assert!(!world.knows("1"));
    world.undo(&undo).is("staff +1", &[]);
    assert_eq!(world.sync(took.sync.number).sync.status, SyncStatus::Completed);
    assert_eq!(world.sync(undo.sync.number).sync.status, SyncStatus::Undone);
    let actions: Vec<String> = world.person("1").history.into_iter().map(|h| h.action).collect();
    assert_eq!(actions, ["put back", "put back", "created"]);
}

#[test]
fn a_refused_file_has_a_number_and_its_findings_and_nothing_of_it_is_kept() {
    let world = World::new();
    let took = world.import("users.csv", format!("{HEADER},custom_id\n{ANA},7\n"));
    took.is("", &["1 custom_id HDR-106"]);
    assert_eq!((took.sync.number, took.sync.status), (SyncNo(2), SyncStatus::Failed));
    let upload = took.detail.upload.clone().unwrap();
    assert_eq!((upload.kept, upload.header.len()), (false, 11));
    assert_eq!(world.trouble(Request::Row { sync: took.sync.number, at: RowAt::Record(1) }).sort, TroubleSort::Usage);
    assert_eq!(world.trouble(Request::Rerun { sync: took.sync.number, all: false, dry_run: false }).sort, TroubleSort::Usage);
}

#[test]
fn a_cancelled_run_changes_nothing_and_the_history_says_so() {
    let world = World::new();
    let before = world.roster();
    let import = world.write("users.csv", file(&[ANA]));
    let trouble = world.cancelled(Request::Import(import));
    assert_eq!((trouble.sort, world.roster()), (TroubleSort::Cancelled, before));
    assert_eq!(world.sync(SyncNo(2)).sync.status, SyncStatus::Cancelled);
}

#[test]
fn read_only_refuses_what_would_change_something() {
    let world = World::new();
    let took = world.users(&[ANA, CYD]);
    let n = took.sync.number;
    let import = world.write("users.csv", file(&[BEN]));
    let world = world.reopened(true);
    let person = homeroom::roster::PersonNo(0);
    for request in [
        Request::Import(import),
        Request::Apply { sync: n, without_removals: false, reason: None },
        Request::Abandon { sync: n, reason: None },
        Request::Rerun { sync: n, all: false, dry_run: true },
        Request::Undo { sync: n, dry_run: false },
        Request::Fix { sync: n, at: RowAt::Line(3), cells: vec![("email".into(), "c@l.example".into())] },
        Request::EditPerson { person, fields: Vec::new() },
    ] {
        assert_eq!(world.trouble(request.clone()).sort, TroubleSort::NotPermitted, "{request:?}");
    }
    assert!(matches!(world.ask(Request::Undo { sync: n, dry_run: true }), Reply::Ran(_)));
    assert_eq!(world.row(&took, 3).findings.len(), 1);
}

#[test]
fn every_status_has_its_words() {
    let words: Vec<(&str, &str)> = SyncStatus::ALL.iter().map(|s| (s.name(), s.words())).collect();
    assert_eq!(
        words,
        [
            ("staged", "Staged"),
            ("checking", "Checking"),
            ("dry_run", "Dry run done"),
            ("held", "Held"),
            ("in_progress", "In progress"),
            ("completed", "Completed"),
            ("completed_with_errors", "Completed with errors"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
            ("abandoned", "Abandoned"),
            ("undone", "Undone"),
        ]
    );
}

#[test]
fn the_refused_are_found() {
    let world = World::new();
    world.users(&[CYD]);
    let Reply::Found(found) = world.ask(Request::Find { query: "low cyd".into(), org: None, limit: 10 }) else { panic!() };
    assert_eq!((found.hits.len(), found.hits[0].about.as_str()), (1, "refused, #2 row 2, E-mail not valid"));
}

#[test]
fn a_look_up_in_one_school_finds_its_people_and_the_refused_rows_that_name_it() {
    let world = World::new();
    world.users(&[ANA, BEN, CYD, "Ana,,Stone,as@l.example,7,S2,Teacher,,,Active"]);
    let titles = |query: &str, org: Option<&str>| -> Vec<String> {
        let request = Request::Find { query: query.into(), org: org.map(str::to_owned), limit: 10 };
        let Reply::Found(found) = world.ask(request) else { panic!("not found") };
        assert_eq!(found.total as usize, found.hits.len(), "{query}");
        found.hits.into_iter().map(|h| h.title).collect()
    };
    assert_eq!(titles("ana", None).len(), 2);
    assert_eq!(titles("ana", Some("S2")), ["Stone, Ana"]);
    assert_eq!(titles("low cyd", Some("S1")).len(), 1);
    assert_eq!(titles("low cyd", Some("S2")), [""; 0]);
    assert_eq!(titles("ana", Some("S9")), [""; 0], "no school of that ID has nobody");
}

#[test]
fn the_history_is_listed_by_type_of_import_and_by_kind() {
    use homeroom::desk::{SyncsOf, Window};
    use homeroom::roster::Kind;
    let world = World::new();
    world.users(&[ANA, BEN]);
    let numbers = |of: SyncsOf| -> Vec<u32> {
        let Reply::Syncs(page) = world.ask(Request::Syncs { window: Window::ALL, org: None, filter: String::new(), of }) else {
            panic!("no list")
        };
        page.rows.into_iter().map(|s| s.number.0).collect()
    };
    let Reply::Profiles(profiles) = world.ask(Request::Profiles) else { panic!("no profiles") };
    let import_type = |name: &str| profiles.iter().find(|p| p.name == name).map(|p| p.import_type.clone());
    assert_eq!(numbers(SyncsOf::default()), [2, 1]);
    assert_eq!(numbers(SyncsOf { import_type: import_type("schools"), kind: None, feed: None }), [1]);
    assert_eq!(numbers(SyncsOf { import_type: import_type("echalk-users"), kind: None, feed: None }), [2]);
    assert_eq!(numbers(SyncsOf { import_type: None, kind: Some(Kind::Orgs), feed: None }), [1]);
    assert_eq!(numbers(SyncsOf { import_type: None, kind: Some(Kind::Staff), feed: None }), [2]);
    assert_eq!(numbers(SyncsOf { import_type: None, kind: Some(Kind::Classes), feed: None }), [0; 0]);
}

#[test]
fn every_field_of_a_record_can_be_had_blank_ones_too() {
    use homeroom::roster::{ClassNo, OrgField, OrgNo};
    let world = World::new();
    let Reply::Fields(fields) = world.ask(Request::Fields(OrgNo(1).into())) else { panic!("no fields") };
    assert_eq!(fields.len(), OrgField::ALL.len());
    assert!(fields.contains(&("external_id".to_owned(), "S1".to_owned())), "{fields:?}");
    assert!(world.trouble(Request::Fields(ClassNo(0).into())).message.contains("no such record"));
}
