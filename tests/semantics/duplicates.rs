//! Duplicates, and who is who.

use crate::world::World;

#[test]
fn the_first_right_row_stands_and_each_later_one_names_it_by_row() {
    let took = World::new().users(&[
        "Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active",
        "Ben,,Ode,b@l.example,1,S1,Teacher,,,Active",
        "Cyd,,Low,c@l.example,1,S1,Teacher,,,Active",
    ]);
    took.is("staff +1 !2", &["3 custom_id DUP-401", "4 custom_id DUP-401"]);
    assert_eq!(took.findings[1].message(), "custom_id \"1\" is on rows 2 and 4 with different data");
}

#[test]
fn only_right_rows_claim() {
    World::new()
        .users(&[
            "Ana,,Diaz,a@l.example,1,S1,Nobody,,,Active",
            "Ben,,Ode,b@l.example,1,S1,Teacher,,,Active",
            "Cyd,,Low,a@l.example,2,S1,Teacher,,,Active",
        ])
        .is("staff +2, students !1", &["2 user_type VAL-209"]);
}

#[test]
fn one_id_and_equal_data_at_another_org_adds_the_org() {
    let world = World::new();
    let both = ["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active", "Ana,,Diaz,a@l.example,1,S2,Teacher,,,Active"];
    world.users(&both).is("staff +1", &[]);
    assert_eq!(world.value("1", "orgs"), "S1; S2");
    world.users(&both).is("staff =1", &[]);
    world.users(&[both[1], both[0]]).is("staff =1", &[]);
    assert_eq!(world.value("1", "orgs"), "S1; S2");
}

#[test]
fn one_id_and_equal_data_adds_the_org_to_a_known_person() {
    let world = World::new();
    world.users(&["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active"]).is("staff +1", &[]);
    world.users(&["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active", "Ana,,Diaz,a@l.example,1,S2,Teacher,,,Active"]).is("staff ~1", &[]);
    assert_eq!(world.value("1", "orgs"), "S1; S2");
}

#[test]
fn one_administrator_of_a_school_and_of_the_district_is_one_person() {
    let world = World::new();
    let both = ["Ana,,Diaz,a@l.example,1,S1,Administrator,,,Active", "Ana,,Diaz,a@l.example,1,D1,Administrator,,,Active"];
    world.users(&both).is("staff +1", &[]);
    assert_eq!((world.value("1", "orgs"), world.value("1", "role")), ("D1; S1".into(), "district_admin".into()));
    world.users(&both).is("staff =1", &[]);
    world.users(&[both[1], both[0]]).is("staff =1", &[]);
}

/// What is equal is decided by what the two rows say, so the same file gives the same again.
#[test]
fn a_blank_is_not_equal_to_a_value_whatever_the_roster_has() {
    let world = World::new();
    let rows = ["Ana,Maria,Diaz,a@l.example,1,S1,Teacher,,,Active", "Ana,,Diaz,a@l.example,1,S2,Teacher,,,Active"];
    world.users(&rows).is("staff +1 !1", &["3 custom_id DUP-401"]);
    world.users(&rows).is("staff =1 !1", &["3 custom_id DUP-401"]);
}

#[test]
fn identical_rows_are_one_and_a_warning() {
    let row = "Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active";
    World::new().users(&[row, row]).is("staff +1", &["3 custom_id DUP-402"]);
}

#[test]
fn active_in_one_row_and_disabled_in_another_is_a_contradiction() {
    World::new()
        .users(&["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active", "Ana,,Diaz,a@l.example,1,S2,Teacher,,,Disabled"])
        .is("staff +1 !1", &["3 custom_id DUP-410"]);
}

#[test]
fn an_email_is_one_persons_capitals_aside() {
    World::new()
        .users(&["Ana,,Diaz,office@l.example,1,S1,Teacher,,,Active", "Ben,,Ode,Office@L.example,2,S1,Teacher,,,Active"])
        .is("staff +1 !1", &["3 email DUP-403"]);
}

/// Ana (1) and Ben (2) are on the roster.
fn ana_and_ben() -> World {
    let world = World::new();
    world.users(&["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active", "Ben,,Ode,b@l.example,2,S1,Teacher,,,Active"]).is("staff +2", &[]);
    world
}

#[test]
fn an_email_of_somebody_who_is_not_in_the_file_is_taken() {
    ana_and_ben().users(&["Cyd,,Low,A@l.example,3,S1,Teacher,,,Active"]).is("staff !1", &["2 email DUP-404"]);
}

#[test]
fn an_email_that_another_row_frees_can_be_taken_before_or_after() {
    let (frees, takes) = ("Ana,,Diaz,new@l.example,1,S1,Teacher,,,Active", "Cyd,,Low,a@l.example,3,S1,Teacher,,,Active");
    ana_and_ben().users(&[frees, takes]).is("staff +1 ~1", &[]);
    ana_and_ben().users(&[takes, frees]).is("staff +1 ~1", &[]);
}

#[test]
fn two_people_may_exchange_their_emails() {
    ana_and_ben().users(&["Ana,,Diaz,b@l.example,1,S1,Teacher,,,Active", "Ben,,Ode,a@l.example,2,S1,Teacher,,,Active"]).is("staff ~2", &[]);
}

#[test]
fn an_email_that_its_owner_keeps_in_this_file_is_taken_wherever_the_owner_stands() {
    let (keeps, takes) = ("Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active", "Cyd,,Low,a@l.example,3,S1,Teacher,,,Active");
    ana_and_ben().users(&[takes, keeps]).is("staff =1 !1", &["2 email DUP-403"]);
    ana_and_ben().users(&[keeps, takes]).is("staff =1 !1", &["3 email DUP-403"]);
}

/// Cyd takes Ana's, Ana takes Ben's, Ben keeps his: so Ana gives nothing up, and Cyd gets nothing.
#[test]
fn a_refused_row_gives_nothing_up_along_a_whole_chain() {
    let world = ana_and_ben();
    let took = world.users(&["Cyd,,Low,a@l.example,3,S1,Teacher,,,Active", "Ana,,Diaz,b@l.example,1,S1,Teacher,,,Active"]);
    took.is("staff !2", &["2 email DUP-404", "3 email DUP-404"]);
    assert_eq!(world.value("1", "email"), "a@l.example");
}

/// Row 2 is refused for its e-mail only when everybody has been read; row 3, of the same ID, is then the first right one.
#[test]
fn who_was_kept_out_by_a_row_that_falls_is_judged_anew() {
    let world = ana_and_ben();
    world
        .users(&["Cyd,,Low,a@l.example,3,S1,Teacher,,,Active", "Cyd,,Low,c@l.example,3,S1,Teacher,,,Active"])
        .is("staff +1 !1", &["2 email DUP-404"]);
    assert_eq!(world.value("3", "email"), "c@l.example");
}

/// An export whose ID column holds one value, of people who are known: each row must be judged for itself, and soon.
#[test]
fn one_id_on_every_row_of_a_large_file_is_judged_in_a_few_passes() {
    let world = World::new();
    let row = |i: usize, id: &str| format!("Ana{i},,Diaz,a{i}@l.example,{id},S1,Teacher,,,Active");
    let known: Vec<String> = (0..3000).map(|i| row(i, &format!("E{i}"))).collect();
    world.users(&known.iter().map(String::as_str).collect::<Vec<_>>()).is("staff +3000", &[]);
    let one: Vec<String> = (0..3000).map(|i| row(i, "0")).collect();
    let took = world.users(&one.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(took.counts(), "staff !3000");
    assert!(took.findings.iter().filter(|f| f.record.is_some()).all(|f| f.code.name() == "DUP-404"));
}

#[test]
fn a_row_with_two_clashes_gets_both() {
    let world = World::with_profiles(&[("staff", STAFF.to_owned())]);
    world
        .through("staff", "id,given,family,mail,login,org\n1,Ana,Diaz,a@l.example,adiaz,S1\n2,Ben,Ode,b@l.example,bode,S1\n")
        .is("staff +2", &[]);
    world
        .through("staff", "id,given,family,mail,login,org\n3,Cyd,Low,a@l.example,bode,S1\n")
        .is("staff !1", &["2 mail DUP-404", "2 login DUP-405"]);
}

/// A feed of staff with a login name.
pub(crate) const STAFF: &str = r#"
name = "staff"
title = "Staff"
about = "A test."
rows = "person"
main_kind = "staff"
key = ["id"]
headers = { case = "exact", order = "any", missing = "refuse", extra = "warn" }
writes = "upsert"
blank = "keep"
modes = ["partial"]
report = { key_column = "id" }
[[column]]
name = "id"
to = "sourced_id"
need = "required"
[[column]]
name = "given"
to = "first_name"
need = "required"
[[column]]
name = "family"
to = "last_name"
need = "required"
[[column]]
name = "mail"
to = "email"
unique = "people"
[[column]]
name = "login"
to = "username"
unique = "people"
[[column]]
name = "org"
to = "orgs"
need = "required"
"#;

#[test]
fn a_student_and_an_employee_of_one_id_are_two_people() {
    let students = STAFF.replace("main_kind = \"staff\"", "main_kind = \"students\"").replace("name = \"staff\"", "name = \"pupils\"");
    let world = World::with_profiles(&[("staff", STAFF.to_owned()), ("pupils", students)]);
    world.through("staff", "id,given,family,mail,login,org\n1001,Ana,Diaz,a@l.example,,S1\n").is("staff +1", &[]);
    world.through("pupils", "id,given,family,mail,login,org\n1001,Ben,Ode,b@l.example,,S1\n").is("students +1", &[]);
    assert_eq!((world.value("staff:1001", "first_name"), world.value("student:1001", "first_name")), ("Ana".into(), "Ben".into()));
    // eChalk wants the ID unique over both: two rows of one ID are then one too many, whoever is on the roster.
    world
        .users(&["Ana,,Diaz,a@l.example,1001,S1,Staff,,,Active", "Ben,,Ode,b@l.example,1001,S1,Student,,,Active"])
        .is("staff =1, students !1", &["3 custom_id DUP-401"]);
}

#[test]
fn where_ids_are_unique_over_both_another_role_is_a_change_of_role() {
    let world = World::new();
    world.users(&["Ana,,Diaz,a@l.example,1001,S1,Student,,12,Active"]).is("students +1", &[]);
    world.users(&["Ana,,Diaz,a@l.example,1001,S1,Staff,,,Active"]).is("staff ~1", &[]);
    assert_eq!(world.value("1001", "role"), "staff");
    World::new()
        .users(&["Ana,,Diaz,a@l.example,1001,S1,Student,,12,Active", "Ben,,Ode,b@l.example,1001,S1,Staff,,,Active"])
        .is("staff !1, students +1", &["3 custom_id DUP-401"]);
}
