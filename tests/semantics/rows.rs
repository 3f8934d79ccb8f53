//! Order in a row, Case, Blank, Rows and lines, the eChalk paragraph.

use homeroom::desk::{Reply, Request, RowAt};
use homeroom::ledger::Severity;

use crate::world::{HEADER, World};

#[test]
fn every_error_of_a_row_is_said_in_the_order_of_its_columns() {
    World::new().users(&["Ana,,,not mail,,S9,Teachers,,,Aktive"]).is(
        "students !1",
        &[
            "2 last_name VAL-201",
            "2 email VAL-210",
            "2 custom_id VAL-229",
            "2 school_district_external_id REF-301",
            "2 user_type VAL-209",
            "2 status VAL-209",
        ],
    );
}

#[test]
fn outer_blanks_are_trimmed_and_that_is_a_note() {
    let world = World::new();
    world.users(&[" Ana ,,Diaz,ana@l.example,1001\u{a0},S1 ,Teacher,,,Active"]).is("staff +1", &[]).notes(&[
        "2 first_name VAL-224",
        "2 custom_id VAL-224",
        "2 school_district_external_id VAL-224",
    ]);
    assert_eq!(world.value("1001", "first_name"), "Ana");
}

#[test]
fn invisible_characters_are_removed_from_ids_and_said() {
    let world = World::new();
    let took = world.users(&["Ana,,Diaz,ana@l.example,10\u{200b}01,S\u{200b}1,Teacher,,,Active"]);
    took.is("staff +1", &["2 custom_id VAL-224", "2 school_district_external_id VAL-224"]);
    assert_eq!(took.findings[0].key.as_deref(), Some("1001"));
    assert_eq!(world.value("1001", "orgs"), "S1");
}

#[test]
fn an_id_with_invisible_characters_must_keep_the_other_rules_too() {
    let long = format!("\u{200b}{}\u{200b}1", "1".repeat(100));
    World::new().users(&[&format!("Ana,,Diaz,ana@l.example,{long},S1,Teacher,,,Active")]).is("staff !1", &["2 custom_id VAL-207"]);
}

#[test]
fn ids_compare_in_nfc() {
    let world = World::new();
    world.users(&["Ana,,Diaz,ana@l.example,\u{e9}1,S1,Teacher,,,Active"]).is("staff +1", &[]);
    world.users(&["Ana,,Diaz,ana@l.example,e\u{301}1,S1,Teacher,,,Active"]).is("staff =1", &[]);
    world.import("schools.csv", "external_id,name\n\u{c9}cole,School\n").is("orgs +1", &[]);
    world.users(&["Ben,,Ode,ben@l.example,2,E\u{301}cole,Teacher,,,Active"]).is("staff +1", &[]);
}

#[test]
fn a_line_break_inside_an_id_is_not_an_id() {
    World::new().users(&["Ana,,Diaz,ana@l.example,\"10\n01\",S1,Teacher,,,Active"]).is("staff !1", &["2 custom_id VAL-208"]);
}

#[test]
fn a_ragged_row_gets_that_finding_alone() {
    World::new()
        .users(&["Ana,,,not mail", "Ben,,,no,,S9,Nobody,Coach, Reading,,Active", "Cyd,,Low,cyd@l.example,3,S1,Staff,,,Active"])
        .is("staff +1, students !2", &["2 - VAL-204", "3 - VAL-205"]);
}

#[test]
fn a_blank_that_is_required_is_val_201_and_of_custom_id_val_229() {
    World::new()
        .users(&[" ,,Diaz,ana@l.example,\u{200b},S1,Teacher,,,"])
        .is("staff !1", &["2 first_name VAL-201", "2 custom_id VAL-229", "2 status VAL-201"]);
}

#[test]
fn a_column_with_a_kind_of_its_own_uses_that_kinds_code() {
    World::new().users(&["Ana,,Diaz,n/a,1,S1,Student,,n/a,n/a", "Ben,,Ode,#N/A,2,S1,Student,,#REF!,#VALUE!"]).is(
        "students !2",
        &["2 email VAL-210", "2 grade VAL-214", "2 status VAL-209", "3 email VAL-228", "3 grade VAL-228", "3 status VAL-228"],
    );
}

#[test]
fn what_a_spreadsheet_left_is_an_error_in_a_name_and_null_only_a_warning() {
    let world = World::new();
    world
        .users(&[
            "Ana,,Null,ana@l.example,1,S1,Teacher,,,Active",
            "None,N/A,Ode,ben@l.example,2,S1,Teacher,,,Active",
            "#N/A,,Low,c@l.example,3,S1,Teacher,,,Active",
        ])
        .is("staff +2 !1", &["2 last_name VAL-228", "3 first_name VAL-228", "3 middle_name VAL-228", "4 first_name VAL-228"]);
    assert_eq!(world.value("1", "last_name"), "Null");
}

#[test]
fn length_comes_before_characters() {
    let bell = format!("{}\u{7}", "a".repeat(250));
    let world = World::new();
    world
        .users(&[&format!("{bell},,Diaz,ana@l.example,1,S1,Teacher,,,Active"), "A\u{7}na,,Ode,b@l.example,2,S1,Teacher,,,Active"])
        .is("staff !2", &["2 first_name VAL-207", "3 first_name VAL-208"]);
}

#[test]
fn value_lists_compare_capitals() {
    World::new()
        .users(&["Ana,,Diaz,ana@l.example,1,S1,teacher,,,Active", "Ben,,Ode,b@l.example,2,S1,Student,,k,active"])
        .is("students !2", &["2 user_type VAL-209", "3 grade VAL-214", "3 status VAL-209"]);
}

#[test]
fn headers_compare_capitals_and_a_schools_file_does_not() {
    let world = World::new();
    let took = world.import("users.csv", format!("{}\nAna,,Diaz,ana@l.example,1,S1,Teacher,,,Active\n", HEADER.replace("email", "Email")));
    took.is("", &["1 email HDR-104"]);
    assert_eq!(took.sync.status.name(), "failed");
    world.import("schools.csv", "External_ID,name\nS4,Four\n").is("orgs +1", &["1 external_id HDR-104"]);
}

#[test]
fn ids_compare_exactly() {
    let world = World::new();
    world
        .users(&[
            "Ana,,Diaz,a@l.example,a01,S1,Teacher,,,Active",
            "Ben,,Ode,b@l.example,A01,S1,Teacher,,,Active",
            "Cyd,,Low,c@l.example,01,S1,Teacher,,,Active",
            "Dan,,Fox,d@l.example,1,S1,Teacher,,,Active",
        ])
        .is("staff +4", &["3 custom_id DUP-409", "5 custom_id DUP-409"]);
    world.users(&["Eve,,May,e@l.example,2,s1,Teacher,,,Active"]).is("staff !1", &["2 school_district_external_id REF-301"]);
}

#[test]
fn a_new_capital_in_an_email_is_a_change() {
    let world = World::new();
    world.users(&["Ana,,Diaz,ana@l.example,1,S1,Teacher,,,Active"]).is("staff +1", &[]);
    world.users(&["Ana,,Diaz,Ana@l.example,1,S1,Teacher,,,Active"]).is("staff ~1", &[]);
    assert_eq!(world.value("1", "email"), "Ana@l.example");
}

#[test]
fn a_blank_cell_keeps_what_the_roster_has_and_a_blank_grade_takes_the_default() {
    let world = World::new();
    world
        .users(&["Ana,Maria,Diaz,ana@l.example,1,S1,Teacher,Coach,,Active", "Ben,,Ode,b@l.example,2,S1,Student,,5,Active"])
        .is("staff +1, students +1", &[]);
    world
        .users(&["Ana,,Diaz,ana@l.example,1,S1,Teacher,,,Active", "Ben,,Ode,b@l.example,2,S1,Student,,,Active"])
        .is("staff =1, students ~1", &[]);
    assert_eq!((world.value("1", "middle_name"), world.value("1", "position")), ("Maria".into(), "Coach".into()));
    assert_eq!(world.value("2", "grade"), "UN");
}

#[test]
fn a_blank_cell_clears_where_the_profile_says_erase() {
    let text = include_str!("../../src/feed/profiles/echalk-users.toml").replace("blank = \"keep\"", "blank = \"erase\"");
    let world = World::with_profiles(&[("echalk-users", text)]);
    world.users(&["Ana,Maria,Diaz,ana@l.example,1,S1,Teacher,,,Active"]).is("staff +1", &[]);
    world.users(&["Ana,,Diaz,ana@l.example,1,S1,Teacher,,,Active"]).is("staff ~1", &[]);
    assert_eq!(world.value("1", "middle_name"), "");
}

#[test]
fn grade_is_ignored_on_staff_and_position_on_students_with_a_warning() {
    let world = World::new();
    world
        .users(&["Ana,,Diaz,a@l.example,1,S1,Teacher,,5,Active", "Ben,,Ode,b@l.example,2,S1,Student,Coach,5,Active"])
        .is("staff +1, students +1", &["2 grade VAL-216", "3 position VAL-216"]);
    assert_eq!(
        (world.value("1", "grade"), world.value("2", "position"), world.value("2", "grade")),
        (String::new(), String::new(), "05".into())
    );
}

#[test]
fn zero_one_is_not_a_grade_here() {
    World::new().users(&["Ben,,Ode,b@l.example,2,S1,Student,,01,Active"]).is("students !1", &["2 grade VAL-214"]);
}

#[test]
fn an_extra_column_is_ignored_with_a_warning_and_columns_come_in_any_order() {
    let text = "status,shoe,first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade\nActive,42,Ana,,Diaz,a@l.example,1,S1,Teacher,,\n";
    World::new().import("users.csv", text).is("staff +1", &["1 shoe HDR-105"]);
}

#[test]
fn the_ten_columns_must_be_there_and_password_may() {
    let world = World::new();
    let text = format!("{}\nAna,,Diaz,a@l.example,1,S1,Teacher,,Active\n", HEADER.replace(",grade", ""));
    world.import("users.csv", text).is("", &["1 grade HDR-101"]);
    world.import("users.csv", format!("{HEADER},password\nAna,,Diaz,a@l.example,1,S1,Teacher,,,Active,secret99\n")).is("staff +1", &[]);
}

#[test]
fn an_administrator_is_of_the_school_or_of_the_district() {
    let world = World::new();
    world
        .users(&["Ana,,Diaz,a@l.example,1,S1,Administrator,,,Active", "Ben,,Ode,b@l.example,2,D1,Administrator,,,Active"])
        .is("staff +2", &[]);
    assert_eq!((world.value("1", "role"), world.value("2", "role")), ("school_admin".into(), "district_admin".into()));
}

/// Line 2 spans two lines; line 4 is empty; the wrong row begins on line 5, which a spreadsheet shows as row 4.
#[test]
fn a_line_is_physical_and_a_row_is_what_a_spreadsheet_shows() {
    let world = World::new();
    let took = world.users(&["Ana,,Diaz,a@l.example,1,S1,Teacher,\"Coach\nReading\",,Active", "", "Ben,,Ode,no,2,S1,Teacher,,,Active"]);
    took.is("staff +1 !1", &["2 position VAL-226", "5 email VAL-210"]);
    let f = took.finding("VAL-210");
    assert_eq!((f.record, f.line, f.row), (Some(2), Some(5), Some(4)));
    took.notes(&["- - VAL-206"]);
    let Reply::Row(row) = world.ask(Request::Row { sync: took.sync.number, at: RowAt::Record(2) }) else { panic!() };
    assert_eq!((row.line, row.row), (5, 4));
    assert_eq!(world.value("1", "position"), "Coach Reading");
}

#[test]
fn a_cut_file_is_refused_only_where_no_line_end_follows() {
    let world = World::new();
    world.import("users.csv", format!("{HEADER}\nAna,,Diaz")).is("", &["2 - FIL-016"]);
    let took = world.import("users.csv", format!("{HEADER}\nAna,,Diaz\n"));
    took.is("students !1", &["2 - VAL-204"]);
    assert!(took.findings.iter().all(|f| f.severity < Severity::Refused));
}

#[test]
fn a_row_with_too_many_cells_can_be_mended_in_place() {
    let world = World::new();
    let took = world.users(&["Ana,,Diaz,a@l.example,1,S1,Teacher,Coach, Reading,,Active"]);
    took.is("students !1", &["2 - VAL-205"]);
    for (column, value) in [("position", "Coach, Reading"), ("grade", ""), ("status", "Active")] {
        world.fix(&took, 2, column, value);
    }
    let row = world.fix(&took, 2, "(cell 11)", "");
    assert_eq!(row.findings, []);
    world.rerun(&took, false).is("staff +1", &[]);
    assert_eq!(world.value("1", "position"), "Coach, Reading");
}
