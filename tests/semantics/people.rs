//! People of profiles that only create, of one school, and of files that say nothing of status.

use homeroom::desk::{Import, Request};

use crate::world::{Took, World};

const STAFF: &str = "staffId,firstName,middleName,lastName,email,role,username,password";

fn staff(world: &World, rows: &[&str]) -> Took {
    let text = format!("{STAFF}\n{}\n", rows.join("\n"));
    world.run(Request::Import(Import {
        profile: Some("greatminds-staff".into()),
        org: Some("S1".into()),
        ..world.write("staff.csv", text)
    }))
}

fn causes(took: &Took) -> Vec<(String, u64)> {
    took.detail.causes.iter().map(|c| (c.title.clone(), c.rows)).collect()
}

const ANA: &str = "T1,Ana,,Diaz,ana@l.example,teacher,ana.diaz,sunny2day";
const BEN: &str = "T2,Ben,,Ito,ben,teacher,ben.ito,sunny2day";
const EVA: &str = "T3,Eva,,Kern,eva@l.example,teacher,eva.kern,sunny2day";

#[test]
fn who_this_upload_itself_made_is_skipped_in_its_rerun() {
    let world = World::new();
    let took = staff(&world, &[ANA, BEN, "T1,Amy,,Moss,amy@l.example,teacher,amy.moss,sunny2day"]);
    took.is("staff +1 !2", &["3 email VAL-210", "4 staffId DUP-401"]);
    world.fix(&took, 3, "email", "ben@l.example");
    // The second row of the ID is still wrong: its person was not made by this upload, only its ID was.
    let rerun = world.rerun(&took, false);
    rerun.is("staff +1 !1", &["4 staffId DUP-401"]);
    assert_eq!(rerun.findings.iter().filter(|f| f.code.name() == "DUP-406").count(), 0);
    // With every row, what is there already is left alone as well.
    world.rerun(&took, true).is("staff !1", &["4 staffId DUP-401"]);
}

#[test]
fn the_form_of_a_row_that_was_applied_says_nothing_of_it() {
    let world = World::new();
    let took = staff(&world, &[ANA, BEN]);
    took.is("staff +1 !1", &["3 email VAL-210"]);
    assert_eq!(world.row(&took, 2).findings, []);
}

#[test]
fn who_is_there_already_is_one_cause_for_each_sync_that_made_them() {
    let world = World::new();
    let first = staff(&world, &[ANA]);
    let second = staff(&world, &[EVA]);
    let took = staff(&world, &[ANA, EVA, "T4,Kim,,Lund,kim@l.example,teacher,kim.lund,sunny2day"]);
    took.is("staff +1 !2", &["2 staffId DUP-406", "3 staffId DUP-406"]);
    let title = |of: &Took| format!("Already there: created by {}", of.sync.number);
    assert_eq!(causes(&took), [(title(&first), 1), (title(&second), 1)]);
    // The same file once more: now the third is of the sync before.
    let again = staff(&world, &[ANA, EVA, "T4,Kim,,Lund,kim@l.example,teacher,kim.lund,sunny2day"]);
    again.is("staff !3", &["2 staffId DUP-406", "3 staffId DUP-406", "4 staffId DUP-406"]);
    assert_eq!(again.detail.causes.len(), 3);
}

#[test]
fn who_was_made_and_undone_can_be_made_again() {
    let world = World::new();
    let took = staff(&world, &[ANA]);
    world.undo(&took);
    staff(&world, &[ANA]).is("staff +1", &[]);
}

#[test]
fn a_profile_for_one_school_wants_one() {
    let world = World::new();
    let import = |org: Option<&str>| {
        let file = world.write("staff.csv", format!("{STAFF}\n{ANA}\n"));
        world.trouble(Request::Import(Import { profile: Some("greatminds-staff".into()), org: org.map(str::to_owned), ..file }))
    };
    assert_eq!(import(None).message, "Profile greatminds-staff is for one school.");
    assert_eq!(import(Some("D1")).message, "Profile greatminds-staff is for one school; \"D1\" is a district.");
    staff(&world, &[ANA]).is("staff +1", &[]);
    assert_eq!(world.value("staff:T1", "orgs"), "S1");
}

#[test]
fn passwords_of_these_profiles_are_never_kept() {
    let world = World::new();
    let took = staff(&world, &[ANA, "T2,Ben,,Ito,ben@l.example,teacher,ben.ito,weak"]);
    took.is("staff +1 !1", &["3 password VAL-220"]);
    for line in [2, 3] {
        let shown = format!("{:?}", world.row(&took, line));
        assert!(!shown.contains("sunny2day") && !shown.contains("weak\""), "{shown}");
    }
    // A re-run still knows which was good.
    world.rerun(&took, false).is("staff !1", &["3 password VAL-220"]);
}

#[test]
fn a_file_without_a_status_leaves_alone_who_was_disabled_by_hand() {
    let world = World::new();
    let header = "First Name,Last Name,E-mail,User Unique ID,Role,School";
    let row = format!("{header}\nAna,Diaz,ana@l.example,1001,Student,S1\n");
    world.through("schoology-users", &row).is("students +1", &[]);
    world.edit("student:1001", "status", "disabled");
    world.through("schoology-users", &row);
    assert_eq!(world.value("student:1001", "status"), "disabled");
    // eChalk has a column for it, and says what it is.
    world.users(&["Ana,,Diaz,ana@l.example,1001,S1,Student,,5,Disabled"]);
    assert_eq!(world.value("student:1001", "status"), "disabled");
}

#[test]
fn a_new_id_of_somebody_who_is_absent_is_doubted() {
    let world = World::new();
    world.users(&["Ana,,Diaz,ana@l.example,1001,S1,Student,,5,Active", "Ben,,Ito,ben@l.example,1002,S1,Student,,5,Active"]);
    // Absent, same name, school and grade.
    world.users(&["Ana,,Diaz,ana2@l.example,2001,S1,Student,,5,Active"]).is("students +1", &["2 custom_id DUP-408"]);
    // In the file herself: two people. And other grade, other school: nothing to say.
    world
        .users(&[
            "Ben,,Ito,ben@l.example,1002,S1,Student,,5,Active",
            "Ben,,Ito,ben2@l.example,2002,S1,Student,,5,Active",
            "Ana,,Diaz,ana3@l.example,2003,S2,Student,,5,Active",
            "Ana,,Diaz,ana4@l.example,2004,S1,Student,,6,Active",
        ])
        .is("students +3 =1", &[]);
    // Refused, but there.
    world
        .users(&[
            "Ben,,Ito,no,2002,S1,Student,,5,Active",
            "Ben,,Ito,ben@l.example,1002,S1,Student,,5,Active",
            "Ben,,Ito,ben3@l.example,2005,S1,Student,,5,Active",
        ])
        .is("students +1 =1 !1", &["2 email VAL-210"]);
}
