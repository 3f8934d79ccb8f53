//! Mending at one stroke: one repair for every row of a cause, shown first, recorded whole, taken back whole.

use homeroom::desk::{MendOf, Mended, Repair, RepairOffer, Reply, ReportFormat, Request, Trouble, Turned, Window};

use super::world::{Took, World, file};

fn row(id: &str, email: &str, school: &str, kind: &str, grade: &str) -> String {
    format!("Ana{id},,Diaz,{email},{id},{school},{kind},,{grade},Active")
}

/// Six students: three whose grade is a word, one whose grade is another, two that are right.
fn graded() -> (World, Took) {
    let world = World::new();
    let rows: Vec<String> = [("0001", "Kinder"), ("0002", "Kinder"), ("0003", "9"), ("0004", "Kindre"), ("0005", "Kinder"), ("0006", "10")]
        .iter()
        .map(|(id, grade)| row(id, &format!("s{id}@l.example"), "S1", "Student", grade))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let took = world.users(&rows);
    (world, took)
}

fn cause(world: &World, took: &Took, title: &str) -> u32 {
    let detail = world.sync(took.sync.number);
    detail.causes.iter().find(|c| c.title.contains(title)).unwrap_or_else(|| panic!("no cause {title}: {:?}", detail.causes)).number
}

fn set(value: &str, from: Option<&str>) -> Repair {
    Repair::Set { column: "grade".into(), value: value.into(), from: from.map(str::to_owned) }
}

fn request(took: &Took, cause: u32, repair: &Repair, dry_run: bool) -> Request {
    let (sync, repair) = (took.sync.number, repair.clone());
    Request::Mend { sync, cause: Some(cause), of: MendOf::All, repair, save_rule: false, dry_run, window: Window::ALL }
}

#[track_caller]
fn ask(world: &World, request: Request) -> Mended {
    match world.ask(request) {
        Reply::Mended(mended) => *mended,
        other => panic!("not mended: {other:?}"),
    }
}

#[track_caller]
fn turn(world: &World, took: &Took, again: bool) -> Result<Turned, Trouble> {
    match world.ask(Request::TurnMend { sync: took.sync.number, step: None, again }) {
        Reply::Turned(turned) => Ok(turned),
        Reply::Trouble(trouble) => Err(trouble),
        other => panic!("not turned: {other:?}"),
    }
}

fn corrections(world: &World, took: &Took) -> Vec<String> {
    match world.ask(Request::Corrections(took.sync.number)) {
        Reply::Corrections(all) => all.iter().map(|c| format!("{} {} {}", c.line, c.column, c.after)).collect(),
        other => panic!("{other:?}"),
    }
}

/// Row by row: line, before, after or why it stays.
fn shown(mended: &Mended) -> Vec<String> {
    let said = |r: &homeroom::desk::MendRow| format!("{} {} -> {}", r.line, r.before, r.after.as_deref().unwrap_or(&r.why));
    mended.rows.rows.iter().map(said).collect()
}

#[test]
fn a_preview_shows_each_row_and_records_nothing() {
    let (world, took) = graded();
    let kinder = cause(&world, &took, "Kinder\"");
    let mended = ask(&world, request(&took, kinder, &set("K", None), true));
    assert_eq!(shown(&mended), ["2 Kinder -> K", "3 Kinder -> K", "6 Kinder -> K"]);
    assert_eq!((mended.total, mended.mended, mended.step), (3, 3, None));
    assert_eq!((mended.how.as_str(), mended.still.as_deref()), ("grade becomes \"K\"", None));
    assert_eq!(mended.rules, [("Kinder".to_owned(), "K".to_owned())]);
    assert!(corrections(&world, &took).is_empty() && world.sync(took.sync.number).pending_corrections == 0);
    // What would not do is said before anything is recorded.
    let wrong = ask(&world, request(&took, kinder, &set("Kindergarten", None), true));
    assert!(wrong.still.is_some_and(|s| s.contains("Kindergarten")), "still wrong");
    assert!(wrong.no_rule.is_some_and(|why| why.contains("not accepted")));
}

#[test]
fn a_preview_comes_in_pages() {
    let (world, took) = graded();
    let kinder = cause(&world, &took, "Kinder\"");
    let Request::Mend { sync, cause, of, repair, save_rule, dry_run, .. } = request(&took, kinder, &set("K", None), true) else { return };
    let window = Window { first: 1, count: 1 };
    let mended = ask(&world, Request::Mend { sync, cause, of, repair, save_rule, dry_run, window });
    assert_eq!((shown(&mended), mended.rows.total, mended.rows.first), (vec!["3 Kinder -> K".to_owned()], 3, 1));
}

#[test]
fn every_row_is_mended_in_one_step_and_taken_back_in_one() {
    let (world, took) = graded();
    let kinder = cause(&world, &took, "Kinder\"");
    let mended = ask(&world, request(&took, kinder, &set("K", None), false));
    assert_eq!((mended.mended, mended.step), (3, Some(1)));
    assert_eq!(corrections(&world, &took), ["2 grade K", "3 grade K", "6 grade K"]);
    let turned = turn(&world, &took, false).unwrap();
    assert_eq!((turned.rows, turned.cells, turned.left, turned.again), (3, 3, 0, false));
    assert_eq!(turned.how, "grade becomes \"K\"");
    assert!(corrections(&world, &took).is_empty());
    assert!(turn(&world, &took, false).unwrap_err().message.contains("Nothing on"), "there is one step");
    let turned = turn(&world, &took, true).unwrap();
    assert!(turned.again && turned.rows == 3);
    assert!(turn(&world, &took, true).unwrap_err().message.contains("Nothing on"), "it is made again already");
    world.rerun(&took, false).is("students +3 !1", &["5 grade VAL-214"]);
}

#[test]
fn what_was_mended_otherwise_since_is_left() {
    let (world, took) = graded();
    let kinder = cause(&world, &took, "Kinder\"");
    ask(&world, request(&took, kinder, &set("K", None), false));
    world.fix(&took, 3, "grade", "1");
    // The single row is a step of its own, and the last.
    let turned = turn(&world, &took, false).unwrap();
    assert_eq!((turned.how.as_str(), turned.rows), ("grade of row 3", 1));
    assert_eq!(corrections(&world, &took), ["2 grade K", "3 grade K", "6 grade K"]);
    world.fix(&took, 3, "grade", "2");
    let turned = match world.ask(Request::TurnMend { sync: took.sync.number, step: Some(1), again: false }) {
        Reply::Turned(turned) => turned,
        other => panic!("{other:?}"),
    };
    assert_eq!((turned.rows, turned.left), (2, 1));
    assert_eq!(corrections(&world, &took), ["3 grade 2"]);
}

#[test]
fn only_where_the_cell_is_that_value_and_the_others_are_counted() {
    let (world, took) = graded();
    let sync = took.sync.number;
    let of_all = |repair: Repair| {
        ask(&world, Request::Mend { sync, cause: None, of: MendOf::All, repair, save_rule: false, dry_run: false, window: Window::ALL })
    };
    let mended = of_all(set("K", Some(" Kinder ")));
    assert_eq!((mended.total, mended.mended), (4, 3));
    assert_eq!(mended.stays, [("it is not \"Kinder\"".to_owned(), 1)]);
    assert_eq!(shown(&mended).last().unwrap(), "5 Kindre -> it is not \"Kinder\"");
    // Again: those are K now, and nothing is recorded for them.
    let mended = of_all(set("K", None));
    assert_eq!(mended.stays, [("it is so already".to_owned(), 3)]);
    assert_eq!(corrections(&world, &took).len(), 4);
    let none = of_all(set("K", None));
    assert_eq!((none.mended, none.step), (0, None));
}

#[test]
fn only_the_rows_that_were_marked() {
    let (world, took) = graded();
    let kinder = cause(&world, &took, "Kinder\"");
    let of = |of: MendOf| {
        let Request::Mend { sync, cause, repair, window, .. } = request(&took, kinder, &set("K", None), true) else { unreachable!() };
        shown(&ask(&world, Request::Mend { sync, cause, of, repair, save_rule: false, dry_run: true, window }))
    };
    assert_eq!(of(MendOf::Records(vec![2])), ["3 Kinder -> K"]);
    assert_eq!(of(MendOf::Records(vec![5, 1])), ["2 Kinder -> K", "6 Kinder -> K"]);
    assert_eq!(of(MendOf::Records(vec![77])), [""; 0]);
}

#[test]
fn the_nearest_of_each_row_and_the_address_that_was_meant() {
    let world = World::new();
    let took = world.users(&[
        &row("0001", "a at l.example", "S1", "Student", "9"),
        &row("0002", "b@@l.example", "S1", "Student", "9"),
        &row("0003", "nothing", "S1", "Student", "9"),
        &row("0004", "d@l.example", "S1", "Student", "9"),
    ]);
    let repair = Repair::Nearest { column: "email".into() };
    let mended = ask(&world, request(&took, cause(&world, &took, "mail"), &repair, false));
    assert_eq!(
        shown(&mended),
        ["2 a at l.example -> a@l.example", "3 b@@l.example -> b@l.example", "4 nothing -> nothing near it is known"]
    );
    assert_eq!(mended.stays, [("nothing near it is known".to_owned(), 1)]);
    let again = ask(&world, request(&took, cause(&world, &took, "mail"), &repair, true));
    assert_eq!((again.mended, again.stays[0].0.as_str()), (0, "it is mended already"));
    world.rerun(&took, false).is("students +2 !1", &["4 email VAL-210"]);
}

#[test]
fn zeros_come_back_where_exactly_one_on_the_roster_fits() {
    let world = World::new();
    let schools = "external_id,name,type,parent_external_id,address\n0077,North,school,D1,\n088,East,school,D1,\n0088,West,school,D1,\n";
    world.import("schools.csv", schools).is("orgs +3", &[]);
    let took = world.users(&[
        &row("0001", "a@l.example", "77", "Student", "9"),
        &row("0002", "b@l.example", "88", "Student", "9"),
        &row("0003", "c@l.example", "99", "Student", "9"),
    ]);
    let sync = took.sync.number;
    let of = |column: &str| Request::Mend {
        sync,
        cause: None,
        of: MendOf::All,
        repair: Repair::Zeros { column: column.into() },
        save_rule: false,
        dry_run: false,
        window: Window::ALL,
    };
    assert_eq!(
        shown(&ask(&world, of("school_district_external_id"))),
        [
            "2 77 -> 0077",
            "3 88 -> several on the roster have it with zeros in front",
            "4 99 -> nobody on the roster has it with zeros in front"
        ]
    );
    assert!(world.trouble(of("last_name")).message.contains("names nobody and no school"));
    world.rerun(&took, false).is("students +1 !2", &["3 school_district_external_id REF-301", "4 school_district_external_id REF-301"]);
}

#[test]
fn zeros_of_an_id_are_those_of_its_own_kind() {
    let world = World::new();
    // Employee 0042 is nobody to student 42.
    world.users(&[&row("0042", "t@l.example", "S1", "Teacher", "")]).is("staff +1", &[]);
    let took = world.users(&[&row("42", "s@l.example", "S1", "Student", "Kinder"), &row("42", "t at l.example", "S1", "Teacher", "")]);
    let repair = Repair::Zeros { column: "custom_id".into() };
    let sync = took.sync.number;
    let request = Request::Mend { sync, cause: None, of: MendOf::All, repair, save_rule: false, dry_run: true, window: Window::ALL };
    assert_eq!(shown(&ask(&world, request)), ["3 42 -> 0042", "2 42 -> nobody on the roster has it with zeros in front"]);
}

#[test]
fn blanks_and_hidden_characters_are_taken_out() {
    let world = World::new();
    let took = world.users(&[
        &row("0001", "a@l.example", "S1", "Student", "K\u{200b}1"),
        &row("0002", "b@l.example", "S1", "Student", "\u{200e}9"),
        &row("0003", "c@l.example", "S1", "Student", "Kinder"),
    ]);
    let sync = took.sync.number;
    let repair = Repair::Strip { column: "grade".into() };
    let request = Request::Mend { sync, cause: None, of: MendOf::All, repair, save_rule: false, dry_run: false, window: Window::ALL };
    let mended = ask(&world, request);
    assert_eq!((mended.mended, mended.stays.len()), (2, 1), "{mended:?}");
    assert_eq!(mended.stays[0].0, "it has no blanks around it and nothing hidden in it");
    assert_eq!(corrections(&world, &took), ["2 grade K1", "3 grade 9"]);
}

#[test]
fn the_repairs_that_make_sense_are_offered_with_what_each_would_mend() {
    let (world, took) = graded();
    let offers = |cause: u32| -> Vec<RepairOffer> {
        match world.ask(Request::Repairs { sync: took.sync.number, cause, of: MendOf::All }) {
            Reply::Repairs(offers) => offers,
            other => panic!("{other:?}"),
        }
    };
    let said: Vec<(String, u64)> = offers(cause(&world, &took, "Kinder\"")).into_iter().map(|o| (o.label, o.rows)).collect();
    // Kinder is another word for K.
    assert_eq!(said, [("take the nearest match of each row".to_owned(), 3), ("one value in every row".to_owned(), 3)]);
    let world = World::new();
    let took = world.users(&[&row("0001", "a at l.example", "S1", "Student", "9"), &row("0002", "b", "S1", "Student", "9")]);
    let Reply::Repairs(offers) = world.ask(Request::Repairs { sync: took.sync.number, cause: 1, of: MendOf::All }) else { panic!("none") };
    let said: Vec<(&str, u64)> = offers.iter().map(|o| (o.label.as_str(), o.rows)).collect();
    assert_eq!(said, [("take the nearest match of each row", 1), ("one value in every row", 2)]);
}

#[test]
fn secrets_ragged_rows_and_what_is_not_there_are_refused_with_the_way_out() {
    let world = World::new();
    let text = format!(
        "{}\nAna,,Diaz,a@l.example,0001,S1,Teacher,,,Active,short\nBen,,Ode,b@l.example,0002\n",
        super::world::HEADER.to_owned() + ",password"
    );
    let took = world.import("users.csv", text);
    let ask_for = |cause: Option<u32>, column: &str| Request::Mend {
        sync: took.sync.number,
        cause,
        of: MendOf::All,
        repair: Repair::Set { column: column.into(), value: "x".into(), from: None },
        save_rule: false,
        dry_run: false,
        window: Window::ALL,
    };
    let trouble = world.trouble(ask_for(None, "password"));
    assert!(trouble.message.contains("password is secret") && trouble.next.contains("fix"), "{trouble:?}");
    assert!(world.trouble(ask_for(None, "grde")).next.contains("grade"));
    assert!(world.trouble(ask_for(Some(99), "grade")).message.contains("has no cause 99"));
    let ragged = cause(&world, &took, "Too few");
    let mended = ask(&world, ask_for(Some(ragged), "grade"));
    assert_eq!((mended.mended, mended.stays[0].0.as_str()), (0, "its cells are shifted: it is mended by itself"));
    let trouble = world.trouble(Request::Repairs { sync: took.sync.number, cause: ragged, of: MendOf::All });
    assert!(trouble.message.contains("not wrong in one column"), "{trouble:?}");
    assert!(corrections(&world, &took).is_empty());
}

#[test]
fn who_may_only_look_may_preview_and_not_mend() {
    let (world, took) = graded();
    let kinder = cause(&world, &took, "Kinder\"");
    let world = world.reopened(true);
    assert_eq!(ask(&world, request(&took, kinder, &set("K", None), true)).mended, 3);
    assert!(world.trouble(request(&took, kinder, &set("K", None), false)).message.contains("read-only"));
    assert!(world.trouble(Request::TurnMend { sync: took.sync.number, step: None, again: false }).message.contains("read-only"));
}

#[test]
fn ten_thousand_rows_are_one_step_and_the_corrected_file_has_them_all() {
    let world = World::new();
    let rows: Vec<String> = (0..10_000).map(|n| row(&format!("{n:06}"), &format!("s{n}@l.example"), "S1", "Student", "Kinder")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let took = world.users(&rows);
    let mended = ask(&world, request(&took, 1, &set("K", None), false));
    assert_eq!((mended.mended, mended.step), (10_000, Some(1)));
    let Reply::Output(back) =
        world.ask(Request::Report { sync: took.sync.number, format: ReportFormat::Corrected, xlsx: false, original: None })
    else {
        panic!("no file")
    };
    assert_eq!(String::from_utf8(back.bytes).unwrap(), file(&rows).replace("Kinder", "K"));
    let world = world.reopened(false);
    assert_eq!(turn(&world, &took, false).unwrap().rows, 10_000, "taken back after another start too");
    assert!(corrections(&world, &took).is_empty());
}
