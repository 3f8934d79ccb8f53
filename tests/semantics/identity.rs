//! Who stands, who is whom: decisions about rows that claim the same, or that look like somebody who is known.

use homeroom::desk::{Clash, HitWhat, ListAsk, Listed, Reply, Request, RowAt, RowChoice, SortBy, TroubleSort, Window};
use homeroom::ledger::{Decided, SyncStatus};
use homeroom::roster::PersonNo;

use crate::world::{Took, World};

const ANA: &str = "Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active";

fn number(world: &World, reference: &str) -> PersonNo {
    match world.resolve(reference) {
        HitWhat::Person(number) => number,
        other => panic!("{other:?}"),
    }
}

fn clash(world: &World, took: &Took, line: u32) -> Clash {
    match world.ask(Request::Clash { sync: took.sync.number, at: RowAt::Line(line) }) {
        Reply::Clash(clash) => *clash,
        other => panic!("{other:?}"),
    }
}

fn refused(world: &World, took: &Took, line: u32, choice: RowChoice) -> String {
    let trouble = world.trouble(Request::Decide { sync: took.sync.number, at: RowAt::Line(line), choice });
    assert!(matches!(trouble.sort, TroubleSort::Refused | TroubleSort::Usage), "{trouble:?}");
    trouble.message
}

#[test]
fn the_row_that_was_picked_stands_and_the_others_are_no_errors_any_more() {
    let world = World::new();
    let took = world.users(&[ANA, "Ben,,Ode,b@l.example,1,S1,Teacher,,,Active", "Cyd,,Low,c@l.example,1,S2,Teacher,,,Active"]);
    took.is("staff +1 !2", &["3 custom_id DUP-401", "4 custom_id DUP-401"]);
    let side = clash(&world, &took, 4);
    assert_eq!((side.rows.len(), side.at, side.columns.clone()), (3, 2, vec!["custom_id".to_owned()]));
    assert_eq!(side.on_roster.iter().map(|s| s.why.as_str()).collect::<Vec<_>>(), ["has this ID"]);
    assert!(side.on_roster[0].cells.contains(&("email".into(), "a@l.example".into())));
    let row = world.decide(&took, 4, RowChoice::Stands);
    assert_eq!(row.findings, []);
    assert_eq!(row.decided.map(|d| d.about).as_deref(), Some("row 2 stays out, row 3 stays out"));
    assert_eq!(world.sync(took.sync.number).pending_rows, 3);
    let rerun = world.rerun(&took, false);
    rerun.is("staff ~1", &[]);
    assert_eq!(rerun.sync.status, SyncStatus::Completed);
    assert_eq!(world.value("1", "last_name"), "Low");
    assert_eq!(world.triage(), []);
}

#[test]
fn a_pick_that_is_taken_back_leaves_the_first_row_standing_again() {
    let world = World::new();
    let took = world.users(&[ANA, "Ben,,Ode,b@l.example,1,S1,Teacher,,,Active"]);
    world.decide(&took, 3, RowChoice::Stands);
    world.rerun(&took, false).is("staff ~1", &[]);
    assert_eq!(world.value("1", "last_name"), "Ode");
    let row = world.decide(&took, 3, RowChoice::TakeBack);
    assert_eq!(row.decided, None);
    assert_eq!(row.findings.iter().map(|f| f.code.name()).collect::<Vec<_>>(), ["DUP-401"]);
    world.rerun(&took, false).is("staff ~1 !1", &["2 custom_id DUP-407", "3 custom_id DUP-401"]);
    assert_eq!(world.value("1", "last_name"), "Diaz");
    assert_eq!(refused(&world, &took, 3, RowChoice::TakeBack), format!("Nothing was decided about row 3 of {}.", took.sync.number));
}

#[test]
fn who_has_the_email_on_the_roster_gives_it_up_to_the_row_that_stands() {
    let world = World::new();
    let took = world.users(&[ANA, "Ben,,Ode,A@l.example,2,S1,Teacher,,,Active"]);
    took.is("staff +1 !1", &["3 email DUP-403"]);
    assert_eq!(clash(&world, &took, 3).on_roster.iter().map(|s| s.why.as_str()).collect::<Vec<_>>(), ["has this e-mail"]);
    world.decide(&took, 3, RowChoice::Stands);
    assert_eq!(world.value("1", "email"), "", "a local fix, at once");
    world.rerun(&took, false).is("staff +1", &[]);
    assert_eq!(world.value("2", "email"), "A@l.example");
}

#[test]
fn what_was_given_up_is_had_again_when_the_pick_is_taken_back() {
    let world = World::new();
    world.users(&[ANA]);
    let took = world.users(&["Ben,,Ode,a@l.example,2,S1,Teacher,,,Active"]);
    took.is("staff !1", &["2 email DUP-404"]);
    let before = world.roster();
    world.decide(&took, 2, RowChoice::Stands);
    assert_ne!(world.roster(), before);
    assert_eq!(refused(&world, &took, 2, RowChoice::Skip), "It was decided already that row 2 Diaz, Ana (teacher 1) gives up email.");
    world.decide(&took, 2, RowChoice::TakeBack);
    assert_eq!(world.roster(), before);
    world.rerun(&took, false).is("staff !1", &["2 email DUP-404"]);
}

#[test]
fn nothing_can_be_picked_where_nothing_claims_the_same() {
    let world = World::new();
    let took = world.users(&["Ana,,Diaz,no,1,S1,Teacher,,,Active"]);
    assert_eq!(refused(&world, &took, 2, RowChoice::Stands), "There is nothing to decide about this row.");
    assert_eq!(clash(&world, &took, 2).rows.len(), 1);
    let readonly = world.reopened(true);
    let request = Request::Decide { sync: took.sync.number, at: RowAt::Line(2), choice: RowChoice::Skip };
    assert_eq!(readonly.trouble(request).sort, TroubleSort::NotPermitted);
}

#[test]
fn a_row_that_is_left_out_is_no_error_claims_nothing_and_comes_back_when_taken_back() {
    let world = World::new();
    let took = world.users(&["Ana,,Diaz,no,1,S1,Teacher,,,Active", "Ben,,Ode,b@l.example,2,S1,Teacher,,,Active"]);
    took.is("staff +1 !1", &["2 email VAL-210"]);
    world.decide(&took, 2, RowChoice::Skip);
    world.rerun(&took, false).is("", &[]);
    assert_eq!((world.triage(), world.knows("1")), (Vec::new(), false));
    world.decide(&took, 2, RowChoice::TakeBack);
    world.fix(&took, 2, "email", "a@l.example");
    world.rerun(&took, false).is("staff +1", &[]);
    assert!(world.knows("1"));
}

/// However a list of rows is sorted, and whether it is: a row that was decided about is shown as it stands now.
#[test]
fn a_decided_row_is_shown_the_same_in_a_sorted_list() {
    let world = World::new();
    let took = world.users(&["Ana,,Diaz,no,1,S1,Teacher,,,Active", "Ben,,Ode,nein,2,S1,Teacher,,,Active"]);
    world.decide(&took, 2, RowChoice::Skip);
    let list = Request::Rows { sync: took.sync.number, cause: Some(1), filter: String::new(), window: Window::ALL };
    let by = SortBy { column: "email".into(), reverse: false };
    let sorted = Request::Listed(Box::new(Listed { list: list.clone(), sort: Some(by), ask: ListAsk::Page }));
    let errors = [list, sorted].map(|request| match world.ask(request) {
        Reply::Rows(page) => page.rows.iter().map(|r| (r.line, r.findings.len(), r.decided.is_some())).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    });
    assert_eq!(errors[0], [(2, 0, true), (3, 1, false)]);
    assert_eq!(errors[1], [(3, 1, false), (2, 0, true)]);
}

/// A file that disables the absent: whom a left-out row names is there.
#[test]
fn who_is_left_out_is_not_absent() {
    let world = World::new();
    let two = ["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active", "Ben,,Ode,b@l.example,2,S1,Teacher,,,Active"];
    world.users(&two).is("staff +2", &[]);
    let dry = world.run(Request::Import(homeroom::desk::Import {
        dry_run: true,
        mode: Some(homeroom::ledger::Mode::Full),
        ..world.write("users.csv", crate::world::file(&[two[0], "Ben,,Ode,bad,2,S1,Teacher,,,Active"]))
    }));
    world.decide(&dry, 3, RowChoice::Skip);
    let Reply::Ran(ran) = world.ask(Request::Apply { sync: dry.sync.number, without_removals: false, reason: None }) else { panic!() };
    assert_eq!(ran.detail.sync.counts.total().disabled, 0);
    assert_eq!(world.value("2", "status"), "active");
}

#[test]
fn somebody_known_gets_the_new_id_and_the_row_is_about_them() {
    let world = World::new();
    world.users(&[ANA]);
    let took = world.users(&["Ana,,Diaz,new@l.example,2001,S1,Teacher,,,Active"]);
    took.is("staff +1", &["2 custom_id DUP-408"]);
    let side = clash(&world, &took, 2);
    assert_eq!(
        side.on_roster.iter().map(|s| (s.named.reference.as_str(), s.why.as_str())).collect::<Vec<_>>(),
        [("staff:2001", "has this ID"), ("staff:1", "has the same name"),]
    );
    let before = world.roster();
    let ana = number(&world, "staff:1");
    let row = world.decide(&took, 2, RowChoice::SameAs(ana));
    assert_eq!(row.decided.map(|d| (d.decided, d.about)), Some((Decided::Linked, "is Diaz, Ana (teacher 1)".into())));
    assert_eq!(number(&world, "staff:2001"), ana, "one person, under the new ID");
    assert!(!world.knows("staff:1"));
    assert!(world.person("2001").history.iter().any(|h| h.sync.is_none()), "a local fix with history");
    world.rerun(&took, false).is("staff ~1", &[]);
    assert_eq!(world.value("2001", "email"), "new@l.example");
    // Tomorrow's file finds them.
    world.users(&["Ana,,Diaz,new@l.example,2001,S1,Teacher,,,Active"]).is("staff =1", &[]);
    let _ = before;
}

#[test]
fn a_link_that_is_taken_back_leaves_two_people_as_before() {
    let world = World::new();
    world.users(&[ANA]);
    let took = world.users(&["Ana,,Diaz,new@l.example,2001,S1,Teacher,,,Active"]);
    let before = world.roster();
    world.decide(&took, 2, RowChoice::SameAs(number(&world, "staff:1")));
    world.decide(&took, 2, RowChoice::TakeBack);
    assert_eq!(world.roster(), before);
}

#[test]
fn nobody_gets_an_id_that_another_feed_brings_or_a_row_of_their_own() {
    let world = World::new();
    world.users(&[ANA, "Ben,,Ode,b@l.example,2,S1,Teacher,,,Active"]);
    let took = world.users(&["Ana,,Diaz,x@l.example,2001,S1,Teacher,,,Active", "Ben,,Ode,b@l.example,2,S1,Teacher,,,Active"]);
    let ben = number(&world, "staff:2");
    assert_eq!(refused(&world, &took, 2, RowChoice::SameAs(ben)), "Ode, Ben (teacher 2) has a row of their own in this file, row 3.");
    let took = world.users(&["Cyd,,Low,c@l.example,2,S1,Teacher,,,Active"]);
    let ana = number(&world, "staff:1");
    let said = refused(&world, &took, 2, RowChoice::SameAs(ana));
    assert!(said.contains("belongs to Low, Cyd already"), "{said}");
    assert_eq!(world.value("1", "last_name"), "Diaz");
}

#[test]
fn a_person_of_their_own_is_warned_about_no_more() {
    let world = World::new();
    world.users(&[ANA]);
    let dry = world.dry(&["Ana,,Diaz,other@l.example,2001,S1,Teacher,,,Active"]);
    dry.is("staff +1", &["2 custom_id DUP-408"]);
    world.decide(&dry, 2, RowChoice::AsNew);
    assert_eq!(world.row(&dry, 2).findings, []);
    world.decide(&dry, 2, RowChoice::TakeBack);
    assert_eq!(world.row(&dry, 2).findings.iter().map(|f| f.code.name()).collect::<Vec<_>>(), ["DUP-408"]);
    world.decide(&dry, 2, RowChoice::AsNew);
    world.run(Request::Apply { sync: dry.sync.number, without_removals: false, reason: None }).is("staff +1", &[]);
}

/// All IDs have changed: the file is held (SAF-511), and those who are linked before it is approved come under their new IDs.
#[test]
fn who_is_linked_before_a_held_file_is_approved_is_not_made_twice() {
    let world = World::new();
    let row = |i: u32, id: u32| format!("Ana{i},,Diaz{i},a{i}@l.example,{id},S1,Teacher,,,Active");
    let old: Vec<String> = (0..25).map(|i| row(i, i + 1)).collect();
    world.users(&old.iter().map(String::as_str).collect::<Vec<_>>()).is("staff +25", &[]);
    let new: Vec<String> = (0..25).map(|i| row(i, i + 1001).replace("@l", "@new")).collect();
    let took = world.users(&new.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((took.sync.status, took.sync.hold.as_ref().map(|h| h.codes.join(","))), (SyncStatus::Held, Some("SAF-511".into())));
    for i in 0..25 {
        let person = number(&world, &format!("staff:{}", i + 1));
        world.decide(&took, i + 2, RowChoice::SameAs(person));
    }
    let again = world.run(Request::Apply { sync: took.sync.number, without_removals: false, reason: None });
    assert_eq!(again.left.iter().map(|f| f.code.name()).collect::<Vec<_>>(), ["SAF-513"], "the plan is another one now: it is shown");
    let done = world.run(Request::Apply { sync: took.sync.number, without_removals: false, reason: None });
    assert_eq!(done.sync.counts.total().created, 0, "{:?}", done.sync.counts);
    assert_eq!(world.value("1001", "email"), "a0@new.example");
}

#[test]
fn decisions_outlive_the_program() {
    let world = World::new();
    let took = world.users(&["Ana,,Diaz,no,1,S1,Teacher,,,Active"]);
    world.decide(&took, 2, RowChoice::Skip);
    let world = world.reopened(false);
    assert_eq!(world.row(&took, 2).decided.map(|d| d.decided), Some(Decided::Skip));
    world.rerun(&took, false).is("", &[]);
}

/// What is left out brings nothing, whatever sort of file it is in.
#[test]
fn rows_of_schools_enrollments_and_assignments_can_be_left_out() {
    let header = "external_id,name,type,parent_external_id,address";
    let world = World::new();
    let took = world.import("more.csv", format!("{header}\nS8,,school,D1,\nS9,Nine,school,S8,\n"));
    took.is("orgs !2", &["2 name VAL-201", "3 parent_external_id REF-308"]);
    world.decide(&took, 2, RowChoice::Skip);
    world.rerun(&took, false).is("orgs !1", &["3 parent_external_id REF-301"]);
    world.decide(&took, 3, RowChoice::Skip);
    world.rerun(&took, false).is("", &[]);
}
