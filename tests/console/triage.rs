//! Triage at the keys: a school made on the spot, causes that sleep and wake, what was resolved, the nearest taken, rows side by side.

use homeroom::desk::{Desk, Import, Reply, Request};
use homeroom::ledger::Timestamp;
use homeroom::tui::harness::Harness;

use super::{HEADER, WIDTHS, World, friday, go_to, monday, row, snap};

const SCHOOLS: &str =
    "external_id,name,type,parent_external_id,address\r\nD1,Lincoln Unified,district,,\r\nS1,Lincoln High,school,D1,1 Main St\r\n";

/// A district with one school, and that users' file after it.
fn with(rows: &[String]) -> World {
    let world = World::empty();
    file(&world, monday, "schools.csv", SCHOOLS);
    users(&world, monday, rows);
    world
}

fn users(world: &World, now: fn() -> Timestamp, rows: &[String]) {
    file(world, now, "users.csv", &format!("{HEADER}{}", rows.concat()));
}

fn file(world: &World, now: fn() -> Timestamp, name: &str, text: &str) {
    let desk = Desk::open(world.surroundings(now, "cron")).unwrap();
    let reply = desk.ask(Request::Import(Import { path: world.write(name, text), ..Import::default() }), &mut |_| true);
    assert!(matches!(reply, Reply::Ran(_)), "{reply:?}");
}

fn ana(school: &str) -> String {
    row("Ana", "Diaz", "ana@l.example", "1", school, "Teacher")
}

fn ben(email: &str) -> String {
    row("Ben", "Ode", email, "2", "S1", "Teacher")
}

#[test]
fn a_school_that_does_not_exist_is_made_on_the_spot_and_the_operator_is_back_where_they_were() {
    for size in WIDTHS {
        let world = with(&[ana("S9"), ben("b@l.example"), row("Cyd", "Low", "c@l.example", "3", "S9", "Teacher")]);
        let mut at = world.console(size);
        at.press("5").see("School S9 does not exist").see("a adds it with this ID");
        snap(&at, "triage_unknown_school", size);
        at.press("a").see("add school").see("S9").see("D1").see("goes back to the rows that lack it");
        at.type_text("Lincoln Nine").press("<Enter>").see("Lincoln Nine was added. R re-runs").see("School S9 does not exist");
        at.see("It is on the roster by now");
        // What is there cannot be made again.
        at.press("a").see("nothing that is missing could be made by hand here");
        at.press("R").see("2 created").press("y").see("was re-run as").press("<Esc> 5").see("Nothing is open");
    }
}

#[test]
fn from_the_form_of_a_row_too_what_was_typed_stays() {
    let world = with(&[row("", "Diaz", "ana@l.example", "1", "S9", "Teacher")]);
    let mut at = world.console((80, 24));
    at.press("5").press("<Enter>").see("(2)".trim_start_matches('(').trim_end_matches(')')).press("<Enter>").see("row 1 of 1");
    at.type_text("Ana").press("<Tab> <Tab> <Tab> <Tab> <Tab>").press("<F3>").see("add school").see("S9");
    at.type_text("Nine").press("<Enter>").see("was added").see("Ana").see("This row would go through");
}

#[test]
fn the_nearest_is_taken_for_all_rows_of_a_cause_or_from_the_list_of_a_cell() {
    let world = with(&[ana("S11"), row("Cyd", "Low", "c@l.example", "3", "S11", "Teacher"), ben("no at all")]);
    let mut at = world.console((80, 24));
    at.press("5").see("Nearest: S1 Lincoln High").press("T").see("S1").press("P").see("2 rows mended");
    at.press("u").press("<Enter>").see("Nearest: S1 Lincoln High").press("<Enter>").see("Nearest: S1 Lincoln High");
    at.press("<C-o>").see("S1  Lincoln High").press("a").see("This row would go through").press("<Enter>");
    at.press("<Esc> <Esc>").see("Triage");
    // Of an address without @ nothing is near.
    go_to(&mut at, "E-mail");
    at.press("T").see("nothing near");
}

#[test]
fn a_cause_is_put_to_sleep_with_a_reason_and_never_hidden_silently() {
    for size in WIDTHS {
        let world = with(&[ana("S9"), ben("no")]);
        let mut at = world.console(size);
        at.press("5");
        go_to(&mut at, "E-mail not valid");
        at.press("z").see("Why can it wait?").press("<Enter>").see("it needs a reason").see("E-mail not valid");
        at.press("z").type_text("told the registrar").press("<Enter>").see("Until when? 3d, 1w, 2026-12-01");
        at.press("<C-a> <C-k>").type_text("soon").press("<Enter>").see("\"soon\" is no day");
        at.press("z").type_text("told the registrar").press("<Enter>").press("<Enter>").see("Snoozed: E-mail not valid");
        at.press("g").see("1 snoozed").miss("E-mail");
        at.press("<Tab>").see("told the registrar").see("Nov 29").see("maria");
        snap(&at, "triage_snoozed", size);
        at.press("1").see("1 snoozed: 5 and tab show why");
        at.press("4 <Enter>").see("1 snoozed, at the end");
        go_to(&mut at, "E-mail not valid");
        at.see("Snoozed until Nov 29").press("z").see("Awake again: E-mail not valid").see("new");
        at.press("5").see("E-mail not valid");
    }
}

#[test]
fn what_was_resolved_says_how() {
    for size in WIDTHS {
        let world = with(&[ana("S9"), ben("no")]);
        users(&world, friday, &[ana("S1"), ben("no")]);
        let mut at = world.console(size);
        at.press("5").see("1 resolved").see("2nd sync").miss("S9");
        at.press("<Tab>").see("Nothing is snoozed").press("<Tab>").see("School S9 does not exist").see("1 mended at the source");
        snap(&at, "triage_resolved", size);
        at.press("<Tab>").see("E-mail not valid");
        at.press("4 <Enter>").see("1 resolved since the check before: tab").press("<S-Tab>").see("Open in #2, gone in #3");
        at.press("<Tab>").see("E-mail not valid");
    }
}

#[test]
fn where_nothing_was_resolved_there_is_no_view_of_it() {
    let world = with(&[ben("no")]);
    let mut at = world.console((80, 24));
    at.press("5").miss("resolved").press("4 <Enter>").miss("resolved").press("<Tab> <Tab>").see("causes").miss("resolved");
}

/// Three rows of one ID.
fn three() -> World {
    with(&[ana("S1"), row("Ben", "Ode", "b@l.example", "1", "S1", "Teacher"), row("Cyd", "Low", "c@l.example", "1", "S1", "Staff")])
}

fn clash(world: &World, size: (u16, u16)) -> Harness {
    let mut at = world.console(size);
    at.press("5");
    go_to(&mut at, "custom_id 1 is used twice");
    at.press("d").see("side by side").see("the same custom_id");
    at
}

#[test]
fn rows_that_claim_the_same_stand_side_by_side_and_one_is_picked() {
    for size in WIDTHS {
        let world = three();
        let mut at = clash(&world, size);
        at.see("row 3").see("Ben");
        snap(&at, "side_by_side", size);
        at.press("<Tab> <Tab>").see("on the roster").see("has this ID").press("g");
        at.press("<S-Tab>")
            .see("‣ row 4")
            .press("<Enter>")
            .see("row 4 stands")
            .press("s")
            .see("Recorded: row 4 row 2 stays out, row 3 stays out");
        at.press("R").see("1 updated").press("y").see("was re-run as");
        at.press("<Esc> 5").see("Nothing is open").press("3").see("Low, Cyd").miss("Diaz, Ana");
    }
}

#[test]
fn what_was_picked_is_taken_back_with_u() {
    let world = three();
    let mut at = clash(&world, (80, 24));
    at.press("u").see("nothing was decided here yet").press("<Enter> k").see("row 3 left out").press("u").see("Taken back: row 3");
    at.press("n").see("the cause has no other row").press("<Esc>").see("custom_id 1 is used twice");
}

#[test]
fn somebody_known_under_a_new_id_is_linked() {
    let world = with(&[ana("S1")]);
    users(&world, friday, &[row("Ana", "Diaz", "new@l.example", "2001", "S1", "Teacher")]);
    let mut at = world.console((80, 24));
    at.press("4 <Enter>");
    go_to(&mut at, "may be");
    at.press("d")
        .see("who is who")
        .see("has this ID")
        .press("<Tab> <Tab>")
        .see("has the same name")
        .press("<Enter>")
        .see("who gets its ID");
    at.press("l").see("Recorded: row 2 is Diaz, Ana").press("u").see("Taken back").press("<Enter> l").see("Recorded");
    at.press("R").press("y").press("3").see("2001").see("1/1");
}

#[test]
fn rows_that_nobody_else_claims_have_nothing_beside_them() {
    let world = with(&[ben("no")]);
    let mut at = world.console((80, 24));
    at.press("5 d").see("no rows claim the same here").press("<Enter> d").see("no rows claim the same here");
    at.press("<Enter>").see("row 1 of 1").press("<F2>").see("no rows claim the same here");
}
