//! Lists as they are asked for beyond a page: sorted by any column, from where a record stands, only some of them, as a file; and many
//! people changed at once.

use homeroom::desk::{
    EditedPeople, HitWhat, ListAsk, Listed, Output, PeopleQuery, PutBack, Reply, Request, SchoolSort, SortBy, SyncsOf, TroubleSort, Window,
};
use homeroom::roster::PersonNo;

use crate::world::World;

const ROWS: &[&str] = &[
    "Ana,,Diaz,ana@l.example,1001,S1,Teacher,,,Active",
    "Ben,,Ito,zed@l.example,1003,S1,Teacher,,,Active",
    "Eva,,Kern,eva@l.example,1002,S2,Student,,3,Active",
    "Kim,,Lund,kim@l.example,1004,S2,Student,,1,Active",
    "Oda,,Moss,not an address,1005,S1,Teacher,,,Active",
    "Una,,Abel,nor this,1006,S1,Teacher,,,Active",
];

fn district() -> World {
    let world = World::new();
    world.users(ROWS);
    world
}

fn people() -> Request {
    Request::People { query: PeopleQuery::default(), window: Window::ALL }
}

fn schools() -> Request {
    Request::Schools { filter: String::new(), sort: SchoolSort::Name, reverse: false, window: Window::ALL }
}

fn syncs() -> Request {
    Request::Syncs { window: Window::ALL, org: None, filter: String::new(), of: SyncsOf::default() }
}

fn rows(world: &World) -> Request {
    let Reply::Syncs(page) = world.ask(syncs()) else { panic!("the log") };
    Request::Rows { sync: page.rows[0].number, cause: None, filter: String::new(), window: Window::ALL }
}

#[expect(clippy::unnecessary_wraps, reason = "it stands where the sort of a list does")]
fn by(column: &str, reverse: bool) -> Option<SortBy> {
    Some(SortBy { column: column.to_owned(), reverse })
}

fn listed(world: &World, list: Request, sort: Option<SortBy>, ask: ListAsk) -> Reply {
    world.ask(Request::Listed(Box::new(Listed { list, sort, ask })))
}

/// The first cells of a list, sorted.
fn sorted(world: &World, list: Request, column: &str, reverse: bool) -> Vec<String> {
    match listed(world, list, by(column, reverse), ListAsk::Page) {
        Reply::People(page) => page.rows.into_iter().map(|p| p.sourced_id).collect(),
        Reply::Schools(page) => page.rows.into_iter().map(|s| s.org.external_id).collect(),
        Reply::Syncs(page) => page.rows.into_iter().map(|s| s.number.0.to_string()).collect(),
        Reply::Rows(page) => page.rows.into_iter().map(|r| r.key.unwrap_or_default()).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_are_sorted_by_any_column_words_up_numbers_down_blank_ones_last() {
    let world = district();
    assert_eq!(sorted(&world, people(), "name", false), ["1001", "1003", "1002", "1004"]);
    assert_eq!(sorted(&world, people(), "ID", true), ["1004", "1003", "1002", "1001"]);
    assert_eq!(sorted(&world, people(), "e-mail", false), ["1001", "1002", "1004", "1003"]);
    assert_eq!(sorted(&world, people(), "grade", false)[..2], ["1004", "1002"]);
    let most_students = sorted(&world, schools(), "students", false);
    assert_eq!(most_students[0], "S2");
    assert_eq!(sorted(&world, schools(), "students", true).last(), most_students.first());
    let numbers = sorted(&world, syncs(), "no.", true);
    assert_eq!(numbers.first().map(String::as_str), Some("1"));
    assert_eq!(sorted(&world, rows(&world), "last_name", false), ["1006", "1005"]);
    assert_eq!(sorted(&world, rows(&world), "row", true), ["1006", "1005"]);
    assert_eq!(sorted(&world, rows(&world), "row", false), ["1005", "1006"]);
}

#[test]
fn a_column_that_is_none_is_refused_and_the_nearest_named() {
    let world = district();
    for (list, column, near) in [(people(), "nme", "name"), (schools(), "studnets", "students"), (syncs(), "fil", "file")] {
        let request = Request::Listed(Box::new(Listed { list, sort: by(column, false), ask: ListAsk::Page }));
        let trouble = world.trouble(request);
        assert_eq!((trouble.sort, trouble.next), (TroubleSort::Usage, format!("Did you mean {near}?")));
    }
    let request = Request::Listed(Box::new(Listed { list: Request::Triage, sort: None, ask: ListAsk::Ids }));
    assert_eq!(world.trouble(request).sort, TroubleSort::Usage);
}

#[test]
fn a_mended_cell_counts_as_it_was_mended() {
    let world = World::new();
    let took = world.users(ROWS);
    // Lines count the header: the fifth row stands on line 6.
    world.fix(&took, 6, "last_name", "Aaron");
    assert_eq!(sorted(&world, rows(&world), "last_name", false), ["1005", "1006"]);
}

#[test]
fn a_record_is_found_where_it_stands_in_that_order() {
    let world = district();
    let ids = |sort| match listed(&world, people(), sort, ListAsk::Ids) {
        Reply::Ids(ids) => ids,
        other => panic!("{other:?}"),
    };
    for sort in [None, by("ID", false), by("e-mail", true)] {
        for (place, id) in ids(sort.clone()).into_iter().enumerate() {
            let window = Window { first: 0, count: 2 };
            let list = Request::People { query: PeopleQuery::default(), window };
            let Reply::Around { at, page } = listed(&world, list, sort.clone(), ListAsk::Around(id)) else { panic!("around") };
            assert_eq!(at, Some(place as u64));
            assert!(page.ids().contains(&id), "{sort:?} {id}: {page:?}");
        }
    }
    assert!(matches!(listed(&world, people(), None, ListAsk::Around(999)), Reply::Around { at: None, .. }));
}

#[test]
fn only_those_that_are_named_come_and_go_out_as_csv() {
    let world = district();
    let Reply::Ids(all) = listed(&world, people(), by("ID", false), ListAsk::Ids) else { panic!("ids") };
    let some = vec![all[2], all[0]];
    let Reply::People(page) = listed(&world, people(), by("ID", true), ListAsk::Only(some.clone())) else { panic!("only") };
    assert_eq!(page.rows.iter().map(|p| p.sourced_id.as_str()).collect::<Vec<_>>(), ["1003", "1001"], "in the list's order");
    let file = |list, ids| match listed(&world, list, None, ListAsk::Csv(ids)) {
        Reply::Output(Output { bytes, lines, .. }) => (lines, String::from_utf8(bytes).unwrap()),
        other => panic!("{other:?}"),
    };
    let (lines, text) = file(people(), some);
    assert_eq!(lines, 2, "{text}");
    assert!(text.contains("1001") && text.contains("1003") && !text.contains("1002"), "{text}");
    let filtered = Request::People { query: PeopleQuery { filter: "kern".into(), ..PeopleQuery::default() }, window: Window::default() };
    assert_eq!(file(filtered, Vec::new()).0, 1);
    assert!(file(schools(), Vec::new()).1.starts_with("external_id,name"));
    let (lines, text) = file(syncs(), Vec::new());
    assert_eq!(lines as usize, text.lines().count() - 1);
    assert!(text.starts_with("sync,type,feed,"), "{text}");
    let (lines, text) = file(rows(&world), Vec::new());
    assert_eq!(lines, 2);
    assert!(text.contains("not an address") && text.contains("VAL-210") && !text.contains("Kern"), "{text}");
}

fn number(world: &World, reference: &str) -> PersonNo {
    match world.resolve(reference) {
        HitWhat::Person(number) => number,
        other => panic!("{other:?}"),
    }
}

fn edit(world: &World, people: &[PersonNo], field: &str, value: &str, dry_run: bool) -> EditedPeople {
    let fields = vec![(field.to_owned(), value.to_owned())];
    match world.ask(Request::EditPeople { people: people.to_vec(), fields, dry_run }) {
        Reply::EditedPeople(edited) => edited,
        other => panic!("{other:?}"),
    }
}

fn put_back(world: &World, position: u64) -> PutBack {
    match world.ask(Request::UndoEdit { position }) {
        Reply::PutBack(put) => put,
        other => panic!("{other:?}"),
    }
}

#[test]
fn many_are_changed_in_one_step_after_a_preview_and_put_back_in_one() {
    let world = district();
    let before = world.roster();
    let all = ["staff:1001", "staff:1003", "student:1002"].map(|r| number(&world, r));
    let preview = edit(&world, &all, "status", "disabled", true);
    assert_eq!((preview.changed.len(), preview.position, world.roster()), (3, None, before.clone()), "a preview changes nothing");
    let change = &preview.changed[0].changes[0];
    assert_eq!((change.field.as_str(), change.before.as_str(), change.after.as_str()), ("status", "active", "disabled"));
    let done = edit(&world, &all, "status", "disabled", false);
    assert_eq!(world.value("staff:1003", "status"), "disabled");
    assert_eq!(edit(&world, &all, "status", "disabled", true).same, 3);
    // Somebody changes one of them again: that one is left.
    world.edit("staff:1001", "position", "Librarian");
    let put = put_back(&world, done.position.unwrap());
    assert_eq!((put.back, put.left), (2, 1));
    assert_eq!([world.value("staff:1001", "status"), world.value("staff:1003", "status")], ["disabled", "active"]);
    // And again forward.
    assert_eq!(put_back(&world, put.position.unwrap()).back, 2);
    assert_eq!(world.value("student:1002", "status"), "disabled");
    assert!(matches!(world.ask(Request::Verify { deep: true }), Reply::Verified(v) if v.damage.is_empty()));
}

#[test]
fn whom_a_rule_stops_is_named_and_left_and_what_is_each_ones_own_is_refused() {
    let world = district();
    let all = ["staff:1001", "student:1002"].map(|r| number(&world, r));
    let preview = edit(&world, &all, "grade", "05", true);
    assert_eq!(preview.changed.len(), 1);
    assert!(matches!(&preview.refused[..], [(name, why)] if name == "Diaz, Ana" && why.contains("is for students")), "{preview:?}");
    edit(&world, &all, "grade", "05", false);
    assert_eq!(world.value("student:1002", "grade"), "05");
    for (field, value) in [("email", "x@l.example"), ("sourced_id", "7"), ("status", "nonsense"), ("shoe_size", "7")] {
        let fields = vec![(field.to_owned(), value.to_owned())];
        let trouble = world.trouble(Request::EditPeople { people: all.to_vec(), fields, dry_run: false });
        assert_eq!(trouble.sort, TroubleSort::Usage, "{field}: {trouble:?}");
    }
    assert_eq!(world.trouble(Request::UndoEdit { position: 1 }).sort, TroubleSort::Usage, "an import is not put back so");
}

#[test]
fn the_scope_holds_for_lists_and_for_changes_of_many() {
    let world = district();
    let (mine, other) = (number(&world, "staff:1001"), number(&world, "student:1002"));
    let done = edit(&world, &[other], "status", "disabled", false).position.unwrap();
    let world = world.kept_to("S1");
    let Reply::Ids(ids) = listed(&world, people(), None, ListAsk::Ids) else { panic!("ids") };
    assert!(ids.contains(&u64::from(mine.0)) && !ids.contains(&u64::from(other.0)), "{ids:?}");
    let fields = vec![("status".to_owned(), "disabled".to_owned())];
    let request = Request::EditPeople { people: vec![mine, other], fields, dry_run: false };
    assert_eq!(world.trouble(request).sort, TroubleSort::NotPermitted);
    assert_eq!(world.trouble(Request::UndoEdit { position: done }).sort, TroubleSort::NotPermitted);
    let world = world.reopened(true);
    let fields = vec![("status".to_owned(), "disabled".to_owned())];
    assert_eq!(world.trouble(Request::EditPeople { people: vec![mine], fields, dry_run: false }).sort, TroubleSort::NotPermitted);
}
