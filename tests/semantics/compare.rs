//! Two syncs compared, row by row; what a plan does to each school; what an undo puts back and must leave.

use homeroom::desk::{ComparePart, Compared, Import, KindShare, LeftLine, PlanLine, Reply, Request, Window, biggest_first};
use homeroom::ledger::SyncNo;

use crate::world::{Took, World, file};

/// The same rows as `world.users`, by their short forms.
const ANA: &str = "Ana,,Diaz,ana@x.example,100,S1,Teacher,Math,,Active";
const BEN: &str = "Ben,,Lee,ben@x.example,101,S1,Teacher,Art,,Active";
const CAM: &str = "Cam,,Ito,cam@x.example,102,S2,Student,,5,Active";

fn compare(world: &World, older: Option<&Took>, newer: &Took, part: ComparePart, filter: &str) -> Compared {
    let (older, newer) = (older.map(|t| t.sync.number), newer.sync.number);
    match world.ask(Request::Compare { older, newer, part, filter: filter.into(), window: Window::ALL }) {
        Reply::Compared(compared) => *compared,
        other => panic!("not compared: {other:?}"),
    }
}

/// A row of a comparison: "100 Diaz, Ana 2>3 email a -> b; why".
fn said(compared: &Compared) -> Vec<String> {
    let row = |r: &homeroom::desk::ComparedRow| {
        let line = |p: Option<homeroom::desk::RowPlace>| p.map_or("-".to_owned(), |p| p.line.to_string());
        let changes: Vec<String> = r.changes.iter().map(|c| format!(" {} {} -> {}", c.field, c.before, c.after)).collect();
        let why = if r.why.is_empty() { String::new() } else { format!("; {}", r.why) };
        format!("{} {} {}>{}{}{why}", r.key, r.name, line(r.older), line(r.newer), changes.join(","))
    };
    compared.page.rows.iter().map(row).collect()
}

#[test]
fn two_syncs_are_compared_row_by_row() {
    let world = World::new();
    let bad = "Dee,,Roy,not an address,103,S1,Teacher,Art,,Active";
    let first = world.users(&[ANA, BEN, CAM, bad]);
    // Ben fails now, Cam is gone, Dee is mended, Ana has another e-mail and stands on another line, Eve is new.
    let second = world.users(&[
        "Dee,,Roy,dee@x.example,103,S1,Teacher,Art,,Active",
        "Eve,,Ode,eve@x.example,104,S9,Teacher,Art,,Active",
        "Ben,,Lee,,101,S1,Teacher,Art,,Active",
        "Ana,,Diaz,diaz@x.example,100,S1,Teacher,Math,,Active",
    ]);
    let of = |part| compare(&world, Some(&first), &second, part, "");
    let failing = of(ComparePart::NewlyFailing);
    assert_eq!(failing.matched_by, ["custom_id"]);
    let c = failing.counts;
    assert_eq!((c.newly_failing, c.newly_fixed, c.still_failing, c.changed, c.gone, c.new, c.same), (2, 1, 0, 3, 1, 1, 0));
    assert_eq!(said(&failing), ["104 Ode, Eve ->3; School S9 does not exist", "101 Lee, Ben 3>4 email ben@x.example -> ; email is empty"]);
    assert_eq!(said(&of(ComparePart::NewlyFixed)), ["103 Roy, Dee 5>2 email not an address -> dee@x.example; E-mail not valid"]);
    assert_eq!(
        said(&of(ComparePart::Changed)),
        [
            "103 Roy, Dee 5>2 email not an address -> dee@x.example",
            "101 Lee, Ben 3>4 email ben@x.example -> ; email is empty",
            "100 Diaz, Ana 2>5 email ana@x.example -> diaz@x.example"
        ]
    );
    assert_eq!(of(ComparePart::Changed).fields, [("email".to_owned(), 3)]);
    assert_eq!(said(&of(ComparePart::Gone)), ["102 Ito, Cam 4>-"]);
    assert_eq!(said(&of(ComparePart::New)), ["104 Ode, Eve ->3; School S9 does not exist"]);
    // The one before of the same feed is the first.
    assert_eq!(compare(&world, None, &second, ComparePart::Gone, "").older.number, first.sync.number);
    let found = compare(&world, Some(&first), &second, ComparePart::Changed, "díaz@");
    assert_eq!((found.page.total, found.page.unfiltered), (1, 3));
    // The other way round nothing is lost.
    let back = compare(&world, Some(&second), &first, ComparePart::NewlyFailing, "");
    assert_eq!((back.counts.newly_failing, back.counts.newly_fixed, back.counts.gone, back.counts.new), (1, 1, 1, 1));
}

#[test]
fn a_re_run_is_compared_with_its_corrections_laid_over() {
    let world = World::new();
    let first = world.users(&[ANA, "Ben,,Lee,,101,S1,Teacher,Art,,Active"]);
    world.fix(&first, 3, "email", "ben@x.example");
    let again = world.rerun(&first, false);
    let of = |part| compare(&world, None, &again, part, "");
    assert_eq!(of(ComparePart::Changed).older.number, first.sync.number);
    assert_eq!(said(&of(ComparePart::Changed)), ["101 Lee, Ben 3>3 email  -> ben@x.example"]);
    assert_eq!(said(&of(ComparePart::NewlyFixed)), ["101 Lee, Ben 3>3 email  -> ben@x.example; email is empty"]);
    assert_eq!(of(ComparePart::Gone).counts.same, 1);
}

#[test]
fn a_person_with_several_rows_loses_one_of_them() {
    let world = World::new();
    let at = |school: &str| format!("Ana,,Diaz,ana@x.example,100,{school},Teacher,Math,,Active");
    let first = world.users(&[&at("S1"), &at("S2"), BEN]);
    let second = world.users(&[&at("S2"), BEN]);
    let changed = compare(&world, Some(&first), &second, ComparePart::Changed, "");
    assert_eq!((changed.counts.changed, changed.counts.gone, changed.counts.same), (1, 0, 2));
    assert_eq!(said(&changed), ["100 Diaz, Ana 2>- school_district_external_id S1 -> "]);
}

#[test]
fn what_cannot_be_compared_says_why() {
    let world = World::new();
    let (first, schools) = (world.users(&[ANA]), SyncNo(1));
    let second = world.users(&[BEN]);
    let undo = world.undo(&second);
    let ask = |older: Option<SyncNo>, newer: SyncNo| {
        world.trouble(Request::Compare { older, newer, part: ComparePart::Gone, filter: String::new(), window: Window::ALL }).message
    };
    assert!(ask(Some(schools), first.sync.number).contains("the one is of profile schools, the other of echalk-users"));
    assert!(ask(Some(first.sync.number), first.sync.number).contains("with itself"));
    assert!(ask(Some(first.sync.number), undo.sync.number).contains("is the undo of"));
    assert!(ask(None, first.sync.number).contains("no sync before"));
    assert!(ask(None, SyncNo(99)).contains("no sync #99"));
}

fn shares(detail: &homeroom::desk::SyncDetail) -> Vec<String> {
    let one = |(school, k): (&homeroom::desk::SchoolShare, &KindShare)| {
        let sign = if k.alarm {
            "!"
        } else if k.small {
            "small"
        } else {
            ""
        };
        format!("{} {} +{} ~{} -{} of {} {sign}", school.name, k.kind, k.gained, k.changed, k.lost, k.has).trim_end().to_owned()
    };
    biggest_first(&detail.by_school).into_iter().map(one).collect()
}

#[test]
fn a_plan_is_told_by_school_and_kind_the_biggest_share_first() {
    let world = World::new();
    let student = |n: u32, school: &str| format!("N{n},,F{n},n{n}@x.example,{n},{school},Student,,5,Active");
    let rows: Vec<String> = (0..40).map(|n| student(1000 + n, "S1")).chain((0..30).map(|n| student(2000 + n, "S2"))).collect();
    let all: Vec<&str> = rows.iter().map(String::as_str).chain([ANA]).collect();
    world.users(&all);
    // Eight of S1 are gone, one has moved to S2, Ana (one of one) is gone too.
    let moved = student(1008, "S2");
    let kept: Vec<&str> = rows[9..].iter().map(String::as_str).chain([moved.as_str()]).collect();
    let full = Import { dry_run: true, mode: Some(homeroom::ledger::Mode::Students), ..world.write("users.csv", file(&kept)) };
    let dry = world.run(Request::Import(full));
    assert_eq!(shares(&dry.detail), ["Lincoln High students +0 ~0 -9 of 40 !", "Lincoln Middle students +1 ~0 -0 of 30"]);
    // The same from whoever asks later, and for a file of any size.
    let Reply::Shares(again) = world.ask(Request::Shares(dry.sync.number)) else { panic!("no shares") };
    assert_eq!(again, dry.detail.by_school);
    let full =
        Import { dry_run: true, mode: Some(homeroom::ledger::Mode::Full), confirm: Some(1), ..world.write("users.csv", file(&kept)) };
    let all_gone = world.run(Request::Import(full));
    assert!(shares(&all_gone.detail).contains(&"Lincoln High staff +0 ~0 -1 of 1 small".to_owned()), "{:?}", shares(&all_gone.detail));
}

#[test]
fn an_undo_says_what_it_puts_back_and_what_it_must_leave() {
    let world = World::new();
    world.users(&[ANA, BEN]);
    let second =
        world.users(&["Ana,,Diaz,new@x.example,100,S1,Teacher,Physics,,Active", "Ben,,Lee,lee@x.example,101,S1,Teacher,Art,,Active", CAM]);
    world.edit("staff:101", "email", "hand@x.example");
    let number = second.sync.number;
    let Reply::Plan(back) = world.ask(Request::UndoBack { sync: number, window: Window::ALL }) else { panic!("no plan") };
    let line = |l: &PlanLine| {
        let changes: Vec<String> = l.changes.iter().map(|c| format!("{} {} -> {}", c.field, c.before, c.after)).collect();
        format!("{} {} {}", l.action, l.key, if l.action == "removed" { String::new() } else { changes.join(", ") }).trim_end().to_owned()
    };
    assert_eq!(
        back.rows.iter().map(line).collect::<Vec<_>>(),
        ["updated 100 email new@x.example -> ana@x.example, position Physics -> Math", "removed 102"]
    );
    let Reply::Left(left) = world.ask(Request::UndoLeft { sync: number, window: Window::ALL }) else { panic!("nothing left") };
    let line = |l: &LeftLine| {
        let since = l.since.as_ref().map(|s| format!("{} by {}", s.action, s.by)).unwrap_or_default();
        format!("{} {} {}: {}; {} stays, not {}; {since}", l.key, l.name, l.field, l.why, l.now, l.back)
    };
    assert_eq!(
        left.rows.iter().map(line).collect::<Vec<_>>(),
        ["101 Lee, Ben email: it was changed since; hand@x.example stays, not ben@x.example; edited by hand by ana"]
    );
    // A preview is a look: the same can be asked again, and the undo itself does just that.
    let done = world.undo(&second);
    assert_eq!((done.left.len(), done.sync.counts.total().updated, done.sync.counts.total().disabled), (1, 1, 1));
    assert!(world.trouble(Request::UndoBack { sync: number, window: Window::ALL }).message.contains("changed nothing"));
}

#[test]
fn a_history_names_file_line_and_correction() {
    let world = World::new();
    let first = world.users(&["Ana,,Diaz,wrong,100,S1,Teacher,Math,,Active"]);
    world.fix(&first, 2, "email", "ana@x.example");
    world.rerun(&first, false);
    world.edit("staff:100", "email", "hand@x.example");
    world.users(&["Ana,,Diaz,third@x.example,100,S1,Teacher,Math,,Active"]);
    let ana = world.person("staff:100");
    let now = ana.fields.iter().find(|f| f.field == "email").unwrap();
    let values = homeroom::desk::field_over_time(&ana.history, "email", &now.value);
    let said: Vec<String> = values.iter().map(|v| format!("{} {} {} {}", v.value, v.origin.name(), v.entry.file, v.entry.line)).collect();
    assert_eq!(said, ["third@x.example file users.csv 2", "hand@x.example local_fix  0", "ana@x.example correction users.csv 2"]);
    assert_eq!(now.file, "users.csv");
}

#[test]
fn the_overview_and_triage_of_a_school_leave_the_others_out() {
    let world = World::new();
    // Of the district's file one row of S1 and two of S2 are refused.
    let bad = |n: u32, school: &str| format!("N{n},,F{n},no address,{n},{school},Student,,5,Active");
    world.users(&[ANA, CAM, &bad(1, "S1"), &bad(2, "S2"), &bad(3, "S2")]);
    let triage = |org: &str| match world.ask(Request::TriageOf(org.into())) {
        Reply::Triage(open) => open.iter().map(|o| (o.cause.rows, o.cause.clears)).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!((triage("S1"), triage("S2"), triage("S3"), triage("D1")), (vec![(1, 1)], vec![(2, 2)], vec![], vec![(3, 3)]));
    let overview = |org: &str| match world.ask(Request::OverviewOf(org.into())) {
        Reply::Overview(o) => o,
        other => panic!("{other:?}"),
    };
    let at = overview("S2");
    assert_eq!((at.title.as_str(), at.feeds.len(), at.causes.len()), ("Lincoln Middle", 1, 1));
    let students = |o: &homeroom::desk::Overview| o.totals.iter().find(|t| t.0 == homeroom::roster::Kind::Students).unwrap().1;
    assert_eq!((students(&at), students(&overview("D1")), students(&overview("S3"))), (1, 1, 0));
    assert!(overview("S3").feeds.is_empty(), "no feed brings anybody there");
    // Somebody who is kept to a school sees nothing of a file for the district, and all of one for the school.
    let kept = world.kept_to("S2");
    let Reply::Overview(scoped) = kept.ask(Request::Overview) else { panic!("no overview") };
    assert_eq!((scoped.title.as_str(), scoped.feeds.len(), scoped.causes.len()), ("Lincoln Middle", 0, 0));
    kept.of_school("S2", &[CAM, &bad(4, "S2")]);
    let Reply::Triage(open) = kept.ask(Request::Triage) else { panic!("no triage") };
    assert_eq!(open.len(), 1);
    assert!(kept.trouble(Request::TriageOf("S1".into())).message.contains("outside"));
}
