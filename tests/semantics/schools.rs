//! Organizations: IDs, parents, what depends on what, the context of an upload.

use homeroom::desk::{HitWhat, Reply, Request};

use crate::world::{SCHOOLS, World};

const HEADER: &str = "external_id,name,type,parent_external_id,address";

fn schools(world: &World, rows: &[&str]) -> crate::world::Took {
    world.import("schools.csv", format!("{HEADER}\n{}\n", rows.join("\n")))
}

fn parent(world: &World, id: &str) -> Option<String> {
    let HitWhat::Org(org) = world.resolve(&format!("school:{id}")) else { panic!("{id}") };
    match world.ask(Request::School(org)) {
        Reply::School(school) => school.parent,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_same_schools_twice_are_all_unchanged() {
    World::new().import("schools.csv", SCHOOLS).is("orgs =4", &[]);
}

#[test]
fn an_external_id_is_one_schools() {
    let took = schools(&World::empty(), &["S1,One,,,", "S1,Other,,,", "S1,One,,,"]);
    took.is("orgs +1 !1", &["3 external_id DUP-413", "4 external_id DUP-402"]);
}

#[test]
fn a_parent_may_stand_anywhere_in_the_file() {
    let world = World::empty();
    schools(&world, &["S1,One,school,D1,", "D1,District,district,,", "S2,Two,school,D1,"]).is("orgs +3", &[]);
    assert_eq!((parent(&world, "S1"), parent(&world, "S2")), (Some("District".into()), Some("District".into())));
}

#[test]
fn a_parent_that_is_nowhere_does_not_exist() {
    let took = schools(&World::new(), &["S4,Four,,d1,"]);
    took.is("orgs !1", &["2 parent_external_id REF-301"]);
    assert!(took.findings[0].resolution().contains("D1"), "{}", took.findings[0].resolution());
}

#[test]
fn what_depends_on_a_refused_row_falls_link_by_link_and_names_it() {
    let took = schools(&World::empty(), &["C,Child,,B,", "E,Child,,B,", "B,Middle,,A,", "A,,district,,"]);
    took.is("orgs !4", &["2 parent_external_id REF-308", "3 parent_external_id REF-308", "4 parent_external_id REF-308", "5 name VAL-201"]);
    let said: Vec<String> = took.findings.iter().map(homeroom::ledger::Finding::message).collect();
    assert_eq!(said[0], "Not tried: it depends on row 4, which failed with REF-308");
    assert_eq!(said[2], "Not tried: it depends on row 5, which failed with VAL-201");
    assert_eq!(took.findings[0].resolution(), "Mend row 4 first. That clears 2 rows.");
    let causes: Vec<_> = took.detail.causes.iter().map(|c| (c.code.name(), c.parent.is_some())).collect();
    assert_eq!(causes, [("VAL-201", false), ("REF-308", true), ("REF-308", true)]);
}

#[test]
fn a_known_parent_is_there_whether_its_row_is_right_or_not() {
    schools(&World::new(), &["D1,,district,,", "S4,Four,,D1,"]).is("orgs +1 !1", &["2 name VAL-201"]);
}

#[test]
fn a_circle_of_parents_has_no_top_and_falls_whole() {
    let took = schools(&World::empty(), &["A,One,,B,", "B,Two,,C,", "C,Three,,A,", "D,Four,,A,", "E,Five,,,"]);
    let found =
        ["2 parent_external_id REF-308", "3 parent_external_id REF-308", "4 parent_external_id REF-308", "5 parent_external_id REF-308"];
    took.is("orgs +1 !4", &found);
    assert_eq!(took.findings[3].message(), "Not tried: it depends on row 2, which failed with REF-308");
    schools(&World::empty(), &["A,One,,A,"]).is("orgs !1", &["2 parent_external_id REF-308"]);
}

#[test]
fn a_circle_that_the_roster_closes_is_a_circle() {
    let world = World::new();
    schools(&world, &["D1,District,district,S1,"]).is("orgs !1", &["2 parent_external_id REF-308"]);
    schools(&world, &["D1,District,district,S1,", "S1,High,,,"]).is("orgs ~1 !1", &["2 parent_external_id REF-308"]);
    assert_eq!((parent(&world, "D1"), parent(&world, "S1")), (None, Some("Lincoln Unified".into())));
}

/// A chain in the worst order, and many parents that are not there: each row is looked at a few times, not each time.
#[test]
fn long_chains_and_many_wrong_parents_take_no_longer_than_their_rows() {
    let world = World::empty();
    let mut rows: Vec<String> = (1..4000).map(|i| format!("S{i},School,,S{},", i + 1)).collect();
    rows.push("S4000,,,,".into());
    let took = schools(&world, &rows.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(took.counts(), "orgs !4000");
    let rows: Vec<String> = (0..4000).map(|i| format!("T{i},School,,X{i}y,")).collect();
    assert_eq!(schools(&world, &rows.iter().map(String::as_str).collect::<Vec<_>>()).counts(), "orgs !4000");
}

#[test]
fn in_the_context_of_a_school_a_row_for_another_is_refused() {
    let world = World::new();
    let rows = ["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active", "Ben,,Ode,b@l.example,2,S2,Teacher,,,Active"];
    let took = world.of_school("S1", &rows);
    took.is("staff +1 !1", &["3 school_district_external_id REF-307"]);
    assert_eq!(took.sync.org.as_deref(), Some("S1"));
    world.of_school("D1", &rows).is("staff +1 =1", &[]);
}

#[test]
fn a_rerun_keeps_the_context() {
    let world = World::new();
    let took = world.of_school("S1", &["Ben,,Ode,b@l.example,2,S2,Teacher,,,Active"]);
    assert_eq!(world.row(&took, 2).findings.len(), 1);
    world.rerun(&took, false).is("staff !1", &["2 school_district_external_id REF-307"]);
    let HitWhat::Org(org) = world.resolve("school:S1") else { panic!() };
    world.ask(Request::EditOrg { org, fields: vec![("external_id".into(), "S9".into())] });
    assert!(world.trouble(Request::Rerun { sync: took.sync.number, all: false, dry_run: false }).message.contains("S1"));
}

#[test]
fn a_school_that_is_disabled_takes_nobody() {
    let world = World::new();
    let HitWhat::Org(org) = world.resolve("school:S1") else { panic!() };
    world.ask(Request::EditOrg { org, fields: vec![("status".into(), "disabled".into())] });
    world.users(&["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active"]).is("staff !1", &["2 school_district_external_id REF-302"]);
}
