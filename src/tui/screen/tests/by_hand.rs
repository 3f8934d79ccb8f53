//! Schools, people, classes and the log at work: what is listed, opened in place, added and edited by hand, and kept to one school.

use super::{console, with};
use crate::desk::{ExportWhat, ReportFormat, Request};
use crate::roster::{ClassNo, Kind, OrgNo, PersonNo};
use crate::tui::screen::tests::desk::Fake;

pictures! {
    school_classes: "2 j <Enter> <Tab> <Tab> <Tab>";
    school_upload_status: "2 j <Enter> V";
    class: "2 j <Enter> <Tab> <Tab> <Tab> <Enter>";
    student: "3 <Tab> <Enter>";
    people_without_id: "3 t n";
    syncs_opened: "4 > j j";
    add_what: "3 a";
    add_person: "3 a p";
    edit_enrollment: "2 j <Enter> <Tab> <Tab> <Tab> <Enter> j j j j j j j e";
    context: "2 w";
    people_in_context: "3 w a d a <Enter>";
    sync_of_every_kind: ": 4 4 <Enter>";
}

#[test]
fn a_school_says_how_its_last_upload_of_each_kind_went() {
    let mut at = console((80, 24));
    at.press("2 j <Enter>").see("! File processed with errors. 3 of 40 rows refused.  o sync report");
    at.press("<Tab>").see("✓ File processed. 211 rows").miss("o sync report");
    at.press("<Tab>").see("Last upload ! Completed with errors  #48");
    at.press("<Tab>").see("File is being processed.").see("Algebra 1");
    // A school without uploads of its own.
    at.press("<Esc> j <Enter>").see("No upload has named this school yet");
}

#[test]
fn the_sync_report_of_the_banner_is_two_keys_away() {
    let mut at = console((80, 24));
    at.press("2 j <Enter> o").see("sync report on #43, staff-new.csv").asked();
    at.press("o").see("sync-43.csv");
    assert!(
        at.asked().iter().any(|r| matches!(r, Request::Report { sync, format: ReportFormat::SyncReport, .. } if sync.0 == 43)),
        "that of the banner's upload"
    );
    at.press("<Esc> o e").see("Export current data");
    // Without errors there is no report to offer.
    at.press("<Esc> <Tab> o").see("Export current data").miss("sync report");
}

#[test]
fn file_upload_status_lists_the_uploads_of_the_kind_and_all_of_them_one_level_up() {
    let mut at = console((80, 24));
    at.press("2 j <Enter> V").see("[Uploads: staff]").see("uploaded file").see("sync status").see("completion date").see("sync report");
    at.see("staff-new.csv").see("Completed with errors").see("2026-11-21 02:00").see("o  3 refused").see("staff-bad.csv").see("Failed");
    at.miss("great-minds-student").miss("classes-fall");
    let asked = at.asked();
    assert!(
        asked.iter().any(|r| matches!(r, Request::Syncs { org: Some(id), of, .. } if id == "104521" && of.kind == Some(Kind::Staff))),
        "{asked:?}"
    );
    at.press("o").see("Report on #43").see("the file with the corrected cells").press("<Esc>");
    at.press("<Esc>").see("[Uploads]").see("classes-fall.csv").see("In progress").see("great-minds-student");
    at.press("<Esc>").see("Lincoln High").miss("[Uploads]");
}

#[test]
fn an_upload_that_goes_on_is_seen_without_a_key() {
    let mut at = console((80, 24));
    at.press("2 j <Enter> V").asked();
    at.event(crate::desk::Event::SyncChanged(crate::ledger::SyncNo(44)));
    assert!(at.asked().iter().any(|r| matches!(r, Request::Syncs { org: Some(_), .. })));
}

#[test]
fn from_a_class_to_a_student_to_her_guardian_and_back() {
    let mut at = console((80, 24));
    at.press("2 j <Enter> <Tab> <Tab> <Tab> / A l g <Enter>").see("Algebra 1").miss("Reading").press("<Enter>");
    at.see("Algebra 1").see("Members  1 teacher, 2 students").see("García, María").see("primary").see("disabled");
    at.press("j j j j j j j j <Enter>").see("Diaz, Ana").see("Classes").see("Guardians").see("Garza, Marisol").see("mother");
    at.asked();
    // Behind the fields: her class, her guardian.
    at.press("j j j j j j j j").press("<Enter>").see("Members");
    assert!(at.asked().contains(&Request::Class(ClassNo(0))));
    at.press("<Esc> j <Enter>").see("Students").see("Diaz, Ana");
    assert!(at.asked().contains(&Request::Person(PersonNo(1))), "the guardian's end of the link");
    at.press("<Esc>").see("Guardians").press("<Esc>").see("Members").press("<Esc>").see("[Classes]");
}

#[test]
fn a_course_is_edited_from_its_class() {
    let mut at = console((80, 24));
    at.press("2 j <Enter> <Tab> <Tab> <Tab> <Enter> j j j j <Enter>").see("course Algebra ALG").see("course_title");
    at.press("<Tab>").type_text(" I").press("<Enter>").see("was saved").see("Members");
}

#[test]
fn the_log_opens_in_place_and_its_numbers_lead_to_the_rows() {
    let mut at = console((80, 24));
    at.press("4").see("eChalk users").miss("affected");
    at.press(">").see("23 rows affected").see("School 104512 does not exist").see("#45");
    // Down goes through the causes and on to the next line, up comes back the same way.
    at.press("j j j <Enter>").see("last_name is empty (14)").see("maria.obrien").press("<Esc>").see("14 rows affected");
    at.press("j j j <Enter>").see("Syncs › #47").press("<Esc>").press("k <Enter>").see("Position ignored for students (7)");
    at.press("<Esc> <lt>".replace("<lt>", "<").as_str()).miss("affected");
    at.press("> <Esc>").miss("affected").see("#48");
}

#[test]
fn what_is_opened_is_closed_once_it_is_out_of_sight() {
    let mut at = console((80, 9));
    at.press("4 >").see("affected").press("G").miss("affected").see("#45");
}

#[test]
fn the_log_lists_one_type_of_import() {
    let mut at = console((80, 24));
    at.press("4 t").see("every type").see("Schools of a district").asked();
    at.press("b").see("only Schools of a district").see("#45").miss("#48");
    assert!(
        at.asked().iter().any(|r| matches!(r, Request::Syncs { of, .. } if of.import_type.as_deref() == Some("Schools of a district")))
    );
    at.press("<Esc>").see("every type of import").see("#48");
}

#[test]
fn run_now_takes_the_last_file_of_the_type_after_a_preview() {
    let mut at = console((80, 24));
    // From a line that was only a dry run: the last file of its type that was processed is that of #48.
    at.press("4 j").asked();
    at.press("R").see("Run the file of #48 now?").see("nothing new is fetched");
    let dry = |all: &[Request], wanted: bool| {
        all.iter().any(|r| matches!(r, Request::Rerun { sync, all: true, dry_run } if sync.0 == 48 && *dry_run == wanted))
    };
    let asked = at.asked();
    assert!(dry(&asked, true) && !dry(&asked, false), "{asked:?}");
    at.press("y").see("#49");
    assert!(dry(&at.asked(), false));
}

#[test]
fn files_that_came_together_are_bracketed() {
    console((80, 24)).press("4").see("┌#47").see("└#46").miss("┌#48");
}

#[test]
fn errors_are_searched_by_their_text() {
    let mut at = console((80, 24));
    at.press("4 <Enter> /").type_text("last_name").press("<Enter>").see("filter: last_name").see("10008420");
    at.press("/").type_text("zzz").press("<Enter>").see("No row with an error");
}

#[test]
fn from_a_row_to_the_person_and_back() {
    let mut at = console((80, 24));
    at.press("4 <Enter> j j <Enter> r").see("García, María").see("History").press("<Esc>").see("(empty)");
    at.press("j r").see("its key names nobody on the roster yet").press("k <Enter> <C-t>").see("History").press("<Esc>").see("row 1 of 3");
}

#[test]
fn people_without_an_id_are_given_one_after_the_other() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("3 t n").see("[All]").see("only without an ID").see("Ito, Ren").see("Tanaka, Kai").miss("Diaz");
    at.press("e").see("Ito, Ren").see("‣ sourced_id").type_text("10009009").press("<Enter>").see("Tanaka, Kai");
    at.see("‣ sourced_id").type_text("20030001").press("<Enter>").see("Nobody is left in that list");
    assert_eq!(fake.borrow().given.len(), 2);
    at.see("Everybody has an ID").press("<Esc>").see("García");
}

#[test]
fn whoever_is_passed_over_stays_in_the_list() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("3 t n e").see("Ito, Ren").press("<Enter>").see("Tanaka, Kai").press("<Enter>").see("Nobody is left");
    assert!(fake.borrow().given.is_empty());
    at.see("Ito, Ren").see("Tanaka, Kai");
}

#[test]
fn a_person_is_added_and_what_is_refused_stays_with_its_reason() {
    let mut at = console((80, 24));
    at.press("3 a p").see("add person").press("<Enter>").see("role is needed").type_text("teacher");
    at.press("<S-Tab>").see("‣ sourced_id").type_text("10008421").press("<Enter>");
    at.see("! María García has it already").see("Give another ID").see("10008421");
    at.press("<BS>").miss("has it already").asked();
    at.press("<Enter>").see("was added").see("Diaz, Ana");
    let asked = at.asked();
    assert!(
        asked.iter().any(|r| matches!(r, Request::Add { fields, .. }
            if fields.iter().any(|(f, v)| f == "sourced_id" && v == "1000842") && fields.iter().all(|(_, v)| !v.is_empty()))),
        "{asked:?}"
    );
}

#[test]
fn what_is_added_from_a_screen_belongs_there() {
    let mut at = console((80, 24));
    at.press("2 j <Enter> a c").see("class_org").see("104521");
    at.type_text("Algebra 2").press("<C-s>").see("was added").see("add class");
    at.press("<Down>").miss("Algebra 2");
    at.press("<Esc> <Tab> <Tab> <Tab> <Enter> a e").see("class:ALG-1");
    at.press("<Esc> 3 <Tab> <Enter> a g").see("student:20031177");
}

#[test]
fn an_enrollment_is_edited_and_says_what_cannot_be() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("2 j <Enter> <Tab> <Tab> <Tab> <Enter> j j j j j j j e").see("10008421 in ALG-1").see("enrollment_role");
    at.press("<Tab> <Tab> <C-a> <C-k>").type_text("captain").press("<Enter>").see("! there is no \"captain\"").see("Not saved");
    at.press("<C-a> <C-k>").miss("there is no").type_text("staff").press("<Enter>").see("was saved").see("Members");
    assert_eq!(fake.borrow().records.get("enrollment_role").map(String::as_str), Some("staff"));
}

#[test]
fn masks_hide_people_here_too() {
    for keys in ["2 j <Enter> <Tab> <Tab> <Tab>", "2 j <Enter> <Tab> <Tab> <Tab> <Enter>", "3 w l i n <Enter>", "3 t n"] {
        let mut at = console((80, 24));
        at.press(keys).press("m").miss("García").miss("Diaz").miss("10008421").miss("Tanaka");
    }
    let mut at = console((80, 24));
    at.press("2 j <Enter> <Tab> <Tab> <Tab> <Enter> G k k <Enter>").see("Diaz, Ana").see("mother").press("m").miss("Garza").miss("G77");
}

#[test]
fn none_of_these_screens_breaks_at_any_size() {
    for keys in
        ["2 j <Enter> V", "2 j <Enter> <Tab> <Tab> <Tab>", "2 j <Enter> <Tab> <Tab> <Tab> <Enter>", "4 > j j", "3 a p", "3 t n e", "w"]
    {
        let mut at = console((80, 24));
        at.press(keys);
        for (columns, rows) in [(1, 1), (2, 40), (500, 3), (13, 5), (60, 15), (100, 16), (500, 200)] {
            at.resize(columns, rows);
        }
    }
}

#[test]
fn nothing_is_made_or_edited_in_a_console_that_is_read_only() {
    use crate::tui::harness::{Harness, setup};
    let mut fake = Fake::default();
    let setup = crate::tui::app::Setup { readonly: true, ..setup(super::factory) };
    let mut at = Harness::with(setup, (80, 24), move |ask, event| fake.answer(&ask.request, event, ask.job));
    at.press("3 a").see("add: this console was opened read-only").miss("a person").press("4 R").see("read-only");
}

#[test]
fn the_context_is_kept_by_every_list_report_and_file() {
    let mut at = console((120, 40));
    at.press("w").see("The whole district").type_text("adams").press("<Enter>").see("only Adams Middle");
    at.asked();
    at.press("3 <Tab>").see("Diaz, Ana").miss("García-López");
    at.press("2").see("Adams Middle").miss("Lincoln High");
    at.press("4").see("Nothing was imported yet");
    at.press("3 o s <Esc> f").type_text("x").press("<Esc>");
    let asked = at.asked();
    let kept = |what: &str, kept: bool| assert!(kept, "{what}: {asked:?}");
    kept("people", asked.iter().all(|r| !matches!(r, Request::People { query, .. } if query.org != Some(OrgNo(2)))));
    kept("syncs", asked.iter().any(|r| matches!(r, Request::Syncs { org: Some(id), .. } if id == "104112")));
    kept("look-up", asked.iter().any(|r| matches!(r, Request::Find { org: Some(id), .. } if id == "104112")));
    kept("exports", asked.iter().any(|r| matches!(r, Request::Export { what: ExportWhat::Staff, org: Some(id), .. } if id == "104112")));
    // A new record is of that school.
    at.press("a p").see("104112").press("<Esc>");
    // Cleared the same way.
    at.press("w <Enter>").miss("only Adams Middle").press("3").see("García-López");
}

#[test]
fn moving_in_the_log_leaves_the_detail_beside_it_alone() {
    let mut at = console((120, 40));
    at.press("4 > j");
    let before = at.screen();
    at.press("j");
    let after = at.screen();
    let changed = before.lines().zip(after.lines()).filter(|(a, b)| a != b).count();
    assert_eq!(changed, 2, "the line that was left and the one that is selected:\n{after}");
}
