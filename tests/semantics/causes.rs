//! Causes: what folds, how many rows, what mending clears, since when.

use homeroom::ledger::Since;

use crate::world::{Took, World};

fn causes(took: &Took) -> Vec<(&str, Option<&str>, u64, u64)> {
    took.detail.causes.iter().map(|c| (c.code.name(), c.value.as_deref(), c.rows, c.clears)).collect()
}

#[test]
fn findings_fold_by_column_by_value_or_not_at_all_and_the_worst_come_first() {
    let took = World::new().users(&[
        "Ana,,Diaz,no,1,S1,Teacher,,,Active",
        "Ben,,Ode,nope,2,S1,Student,,Kinder,Active",
        "Cyd,,Low,c@l.example,3,S1,Student,,Kinder,Active",
        "Dan,,Fox,d@l.example,4,S1,Student,,9th,Active",
        "Eve,,May,e@l.example,5,S1,Teacher,,5,Active",
        "Fay,,Kim,f@l.example,5,S1,Teacher,,,Active",
    ]);
    assert_eq!(
        causes(&took),
        [
            ("VAL-210", None, 2, 1),
            ("VAL-214", Some("Kinder"), 2, 1),
            ("VAL-214", Some("9th"), 1, 1),
            ("DUP-401", Some("5"), 1, 1),
            ("VAL-216", None, 1, 0),
        ]
    );
}

#[test]
fn two_findings_of_one_cause_on_a_row_are_one_row() {
    let took = World::new().users(&["Ana,,Diaz,no,,S1,Teacher,,,Active"]);
    assert_eq!(causes(&took), [("VAL-210", None, 1, 0), ("VAL-229", None, 1, 0)]);
}

#[test]
fn a_cause_that_comes_again_says_for_how_many_syncs() {
    let world = World::new();
    let since = |took: &Took| took.detail.causes.iter().map(|c| (c.code.name(), c.since)).collect::<Vec<_>>();
    let bad = "Ana,,Diaz,no,1,S1,Teacher,,,Active";
    let took = world.users(&[bad]);
    assert_eq!(since(&took), [("VAL-210", Since::New)]);
    let rerun = world.rerun(&took, false);
    assert_eq!(since(&rerun), [("VAL-210", Since::New)], "a re-run is the same day");
    let took = world.users(&[bad, "Ben,,Ode,b@l.example,2,S9,Teacher,,,Active"]);
    assert_eq!(since(&took), [("VAL-210", Since::Syncs(2)), ("REF-301", Since::New)]);
    world.undo(&took);
    let took = world.users(&[bad, "Ben,,Ode,b@l.example,2,S9,Teacher,,,Active", "Cyd,,Low,c@l.example,3,S1,Teacher,,,Active"]);
    assert_eq!(since(&took), [("VAL-210", Since::Syncs(3)), ("REF-301", Since::Syncs(2))]);
}

#[test]
fn a_file_of_thousands_of_different_wrong_values_makes_no_thousands_of_causes() {
    let rows: Vec<String> = (0..2500).map(|i| format!("Ana,,Diaz,a{i}@l.example,{i},X{i}y,Teacher,,,Active")).collect();
    let took = World::new().users(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(took.detail.causes.len(), 2001);
    assert_eq!((took.detail.causes[0].rows, took.detail.causes[0].value.as_deref()), (500, Some("(other values)")));
    assert_eq!(took.detail.causes.iter().map(|c| c.rows).sum::<u64>(), 2500);
}
