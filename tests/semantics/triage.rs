//! The life of causes: what follows from another file, what sleeps, what went and how, what is near.

use homeroom::desk::{AddWhat, GoneCause, GoneWays, Import, OpenCause, Reply, Request, SnoozeState, SnoozedCause, TroubleSort};
use homeroom::ledger::{SyncNo, Timestamp};

use crate::world::{Took, World, file};

const BAD: &str = "Ana,,Diaz,no,1,S1,Teacher,,,Active";
const RIGHT: &str = "Cyd,,Low,c@l.example,3,S1,Teacher,,,Active";

fn lines(open: &[OpenCause]) -> Vec<(&str, Option<&str>, u64, u64)> {
    open.iter().map(|o| (o.cause.code.name(), o.cause.value.as_deref(), o.cause.rows, o.cause.clears)).collect()
}

fn snoozed(world: &World) -> Vec<SnoozedCause> {
    match world.ask(Request::Snoozed) {
        Reply::Snoozed(all) => all,
        other => panic!("{other:?}"),
    }
}

fn snooze(world: &World, took: &Took, cause: u32, until: &str) -> Vec<SnoozedCause> {
    match world.ask(Request::Snooze { sync: took.sync.number, cause, until: until.into(), reason: "told the registrar".into() }) {
        Reply::Snoozed(all) => all,
        other => panic!("{other:?}"),
    }
}

fn gone(world: &World, sync: Option<SyncNo>) -> Vec<GoneCause> {
    match world.ask(Request::Gone(sync)) {
        Reply::Gone(all) => all,
        other => panic!("{other:?}"),
    }
}

/// A day that no test's clock reaches.
const FAR: &str = "2030-03-17";

fn after_far() -> Timestamp {
    Timestamp(1_900_000_000_000_000)
}

#[test]
fn a_school_that_another_file_had_refused_is_the_parent_of_who_names_it() {
    let world = World::new();
    // S8 has no name; S9 is in no file.
    let schools = "external_id,name,type,parent_external_id,address\nS8,,school,D1,8 Main St\n";
    let users = file(&[
        "Ana,,Diaz,a@l.example,1,S8,Teacher,,,Active",
        "Ben,,Ode,b@l.example,2,S8,Teacher,,,Active",
        "Cyd,,Low,c@l.example,3,S9,Teacher,,,Active",
    ]);
    let set = vec![world.write("more-schools.csv", schools), world.write("users.csv", users)];
    let Reply::RanSet(ran) = world.ask(Request::ImportSet(set)) else { panic!("ran") };
    let first = ran[0].detail.sync.number;
    let follows: Vec<_> =
        world.sync(ran[1].detail.sync.number).about.into_iter().map(|a| a.follows.map(|f| (f.sync, f.row, f.title))).collect();
    assert_eq!(follows, [Some((first, 2, "name is empty".to_owned())), None]);
    let open = world.triage();
    // What mending the school clears counts those who wait for it in the other file.
    assert_eq!(lines(&open), [("VAL-201", None, 1, 3), ("REF-301", Some("S8"), 2, 2), ("REF-301", Some("S9"), 1, 1)]);
}

fn of_school(world: &World, profile: &str, name: &str, text: &str) -> Took {
    let (profile, org) = (Some(profile.into()), Some("S1".into()));
    world.run(Request::Import(Import { profile, org, ..world.write(name, text) }))
}

#[test]
fn a_class_whose_teacher_failed_and_a_guardian_whose_student_did_follow_across_feeds() {
    let world = World::new();
    world.users(&["Tia,,Moss,Tia@l.example,7,S1,Teachr,,,Active", "Sam,,Moss,sam@l.example,8,S1,Pupil,,,Active"]);
    let classes = of_school(
        &world,
        "greatminds-classes",
        "classes.csv",
        "className,primaryTeacher,grade,subject\nAlgebra,tia@l.example,09,Mathematics\n",
    );
    classes.is("classes !1", &["2 primaryTeacher REF-305"]);
    let guardians = of_school(
        &world,
        "schoolstatus-guardians",
        "guardians.csv",
        "student_code,guardian_code,first_name,last_name,email,phone,home_phone,language\n8,G1,Gus,Moss,gus@l.example,,,\n9,G2,Una,Low,una@l.example,,,\n",
    );
    let rows = |took: &Took| {
        let about = world.sync(took.sync.number).about;
        about.iter().map(|a| a.follows.as_ref().map(|f| f.row)).collect::<Vec<_>>()
    };
    assert_eq!((rows(&classes), rows(&guardians)), (vec![Some(2)], vec![Some(3), None]), "student 9 is in no file");
    let open = world.triage();
    assert_eq!(
        lines(&open),
        [
            ("VAL-209", Some("Teachr"), 1, 2),
            ("REF-305", Some("tia@l.example"), 1, 1),
            ("VAL-209", Some("Pupil"), 1, 2),
            ("REF-303", Some("8"), 1, 1),
            ("REF-303", Some("9"), 1, 1),
        ]
    );
}

#[test]
fn what_follows_from_nothing_that_failed_stands_for_itself() {
    let world = World::new();
    world.users(&[BAD]);
    let took = world.import("more-schools.csv", "external_id,name,type,parent_external_id,address\nS8,Eight,school,D9,8 Main St\n");
    assert_eq!(world.sync(took.sync.number).about.iter().filter(|a| a.follows.is_some()).count(), 0);
}

#[test]
fn a_cause_that_sleeps_is_out_of_triage_and_overview_and_listed_with_its_reason() {
    let world = World::new();
    let took = world.users(&[BAD, RIGHT]);
    let all = snooze(&world, &took, 1, FAR);
    assert_eq!(lines(&world.triage()), []);
    let Reply::Overview(overview) = world.ask(Request::Overview) else { panic!() };
    assert_eq!((overview.causes.len(), overview.snoozed), (0, 1));
    let note = &all[0].note;
    assert_eq!((note.state, note.reason.as_str(), note.rows, note.by.0.as_str()), (SnoozeState::Asleep, "told the registrar", 1, "ana"));
    assert_eq!((all[0].title.as_str(), all[0].open.as_ref().map(|o| o.sync)), ("E-mail not valid", Some(took.sync.number)));
    assert_eq!(world.sync(took.sync.number).about[0].snooze.as_ref().map(|s| s.state), Some(SnoozeState::Asleep));
    // The same cause in tomorrow's file, under another number, sleeps too.
    let took = world.users(&["Eve,,May,e@l.example,5,S7,Teacher,,,Active", BAD, RIGHT]);
    assert_eq!(lines(&world.triage()), [("REF-301", Some("S7"), 1, 1)]);
    assert_eq!(world.sync(took.sync.number).causes.last().map(|c| c.code.name()), Some("VAL-210"), "what sleeps does not stand on top");
    let id = snoozed(&world)[0].note.id.clone();
    let Reply::Snoozed(left) = world.ask(Request::Wake(id.clone())) else { panic!() };
    assert_eq!(left, []);
    assert_eq!(world.triage().len(), 2);
    assert_eq!(world.trouble(Request::Wake(id)).sort, TroubleSort::Usage);
}

#[test]
fn it_wakes_by_its_date() {
    let world = World::new();
    let took = world.users(&[BAD]);
    snooze(&world, &took, 1, FAR);
    let world = world.at(after_far);
    let open = world.triage();
    assert_eq!(open[0].about.snooze.as_ref().map(|s| s.state), Some(SnoozeState::Over));
    assert_eq!(snoozed(&world)[0].note.state, SnoozeState::Over);
}

#[test]
fn it_wakes_when_its_rows_have_grown_by_half_and_says_so() {
    let world = World::new();
    let two = [BAD, "Ben,,Ode,nope,2,S1,Teacher,,,Active"];
    let took = world.users(&two);
    snooze(&world, &took, 1, FAR);
    world.users(&[two[0], two[1], RIGHT]);
    assert_eq!(world.triage(), []);
    world.users(&[two[0], two[1], "Dan,,Fox,bad,4,S1,Teacher,,,Active"]);
    let open = world.triage();
    let note = open[0].about.snooze.as_ref().unwrap();
    assert_eq!((note.state, note.rows, open[0].cause.rows), (SnoozeState::Grown, 2, 3));
}

#[test]
fn a_snooze_needs_a_reason_a_day_to_come_and_a_cause_that_is_there() {
    let world = World::new();
    let took = world.users(&[BAD]);
    let ask = |cause, until: &str, reason: &str| {
        world.trouble(Request::Snooze { sync: took.sync.number, cause, until: until.into(), reason: reason.into() }).message
    };
    assert_eq!(ask(1, FAR, "  "), "reason: it is empty.");
    assert_eq!(ask(1, "2001-01-01", "why"), "until: that day has come already.");
    assert_eq!(ask(1, "soon", "why"), "until: \"soon\" is no day: write 3d, 1w or 2026-12-01.");
    assert_eq!(ask(9, FAR, "why"), format!("{} has no cause 9.", took.sync.number));
    assert_eq!(snoozed(&world), []);
    let readonly = world.reopened(true);
    let request = Request::Snooze { sync: took.sync.number, cause: 1, until: FAR.into(), reason: "why".into() };
    assert_eq!(readonly.trouble(request).sort, TroubleSort::NotPermitted);
}

#[test]
fn what_only_follows_from_another_is_known_by_that_one_and_not_by_its_row() {
    let header = "external_id,name,type,parent_external_id,address";
    let world = World::empty();
    let one = world.import("schools.csv", format!("{header}\nD1,,district,,\nS1,High,school,D1,\n"));
    let child = one.detail.causes.iter().find(|c| c.code.name() == "REF-308").unwrap();
    snooze(&world, &one, child.number, FAR);
    // A right row moved everything down by one.
    world.import("schools.csv", format!("{header}\nD2,Two,district,,\nD1,,district,,\nS1,High,school,D1,\n"));
    assert_eq!(lines(&world.triage()), [("VAL-201", None, 1, 2)]);
    assert_eq!(snoozed(&world)[0].open.as_ref().map(|o| o.cause.code.name()), Some("REF-308"));
}

#[test]
fn a_cause_that_went_says_whether_it_was_corrected_mended_at_the_source_or_left_the_file() {
    let world = World::new();
    let rows = ["Ana,,Diaz,no,1,S1,Teacher,,,Active", "Ben,,Ode,nope,2,S1,Teacher,,,Active", "Dan,,Fox,bad,4,S1,Teacher,,,Active"];
    world.users(&[rows[0], rows[1], rows[2], "Eve,,May,e@l.example,5,S9,Teacher,,,Active"]);
    // Ana is mended at the source, Ben has left, Dan is corrected, and the school is made meanwhile.
    let Reply::Added(_) = world
        .ask(Request::Add { what: AddWhat::School, fields: vec![("external_id".into(), "S9".into()), ("name".into(), "Nine".into())] })
    else {
        panic!("made")
    };
    let took = world.users(&["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active", rows[2], "Eve,,May,e@l.example,5,S9,Teacher,,,Active"]);
    assert_eq!(gone(&world, Some(took.sync.number)).iter().map(|g| g.cause.code.name()).collect::<Vec<_>>(), ["REF-301"]);
    world.fix(&took, 3, "email", "d@l.example");
    let rerun = world.rerun(&took, false);
    let went: Vec<_> = gone(&world, None).into_iter().map(|g| (g.cause.code.name(), g.now, g.ways)).collect();
    let ways = GoneWays::default();
    assert_eq!(
        went,
        [
            ("VAL-210", rerun.sync.number, GoneWays { corrected: 1, source: 1, left: 1, ..ways }),
            ("REF-301", rerun.sync.number, GoneWays { roster: 1, ..ways }),
        ]
    );
    assert_eq!(went[0].2.words(), "1 corrected here, 1 mended at the source, 1 left the file");
    // Of the re-run alone: what the check before it of the same file had.
    let of_rerun = gone(&world, Some(rerun.sync.number));
    assert_eq!(of_rerun.iter().map(|g| g.ways).collect::<Vec<_>>(), [GoneWays { corrected: 1, ..ways }]);
}

#[test]
fn what_is_still_open_has_not_gone_and_a_first_file_has_nothing_before_it() {
    let world = World::new();
    let took = world.users(&[BAD]);
    assert_eq!(gone(&world, Some(took.sync.number)), []);
    let took = world.users(&[BAD, RIGHT]);
    assert_eq!(gone(&world, Some(took.sync.number)), []);
    assert_eq!(gone(&world, None), []);
}

#[test]
fn what_was_new_in_the_latest_file_and_is_mended_has_gone_too() {
    let world = World::new();
    world.users(&[RIGHT]);
    let took = world.users(&[RIGHT, BAD]);
    world.fix(&took, 3, "email", "a@l.example");
    world.rerun(&took, false);
    assert_eq!(gone(&world, None).iter().map(|g| g.ways.corrected).collect::<Vec<_>>(), [1]);
}

#[test]
fn near_values_come_with_what_they_mean() {
    let world = World::new();
    let took = world.users(&["Ana,,Diaz,a@l.example,1,S11,Teacher,,,Active", "Ben,,Ode,b@l.example,2,S1,Student,,Kinder,Active"]);
    let near = |line: u32, column: &str| {
        let row = world.row(&took, line);
        let cell = row.cells.iter().find(|c| c.column == column).unwrap().clone();
        (cell.suggestion.clone(), cell.near.iter().map(|n| format!("{} {}", n.value, n.words)).collect::<Vec<_>>())
    };
    let (best, all) = near(2, "school_district_external_id");
    assert_eq!(best.as_deref(), Some("S1"));
    assert_eq!(all[0], "S1 Lincoln High");
    assert!(all.len() <= 5);
    assert_eq!(near(3, "grade"), (Some("K".into()), vec!["K KG".to_owned()]));
    assert_eq!(near(3, "school_district_external_id"), (None, Vec::new()), "what is right has no other");
    let about = world.sync(took.sync.number).about;
    let of = |value: &str| {
        let detail = world.sync(took.sync.number);
        let at = detail.causes.iter().position(|c| c.value.as_deref() == Some(value)).unwrap();
        about[at].clone()
    };
    assert_eq!(of("S11").near[0].words, "Lincoln High");
    let makes = of("S11").makes.unwrap();
    assert_eq!(
        (makes.what, makes.fields),
        (AddWhat::School, vec![("external_id".into(), "S11".into()), ("parent_external_id".into(), "D1".into())])
    );
    assert_eq!(of("Kinder").makes, None);
}

#[test]
fn a_name_in_the_place_of_an_id_is_near_the_school_of_that_name() {
    let world = World::new();
    let took = world.users(&["Ana,,Diaz,a@l.example,1,Lincoln Middle,Teacher,,,Active"]);
    let row = world.row(&took, 2);
    let cell = row.cells.iter().find(|c| c.column == "school_district_external_id").unwrap();
    assert_eq!(cell.suggestion.as_deref(), Some("S2"));
}

#[test]
fn a_school_made_on_the_spot_clears_its_rows_with_a_rerun() {
    let world = World::new();
    let took = world.users(&["Ana,,Diaz,a@l.example,1,S9,Teacher,,,Active"]);
    let mut fields = world.sync(took.sync.number).about[0].makes.clone().unwrap().fields;
    fields.push(("name".into(), "Lincoln Nine".into()));
    let Reply::Added(_) = world.ask(Request::Add { what: AddWhat::School, fields }) else { panic!("made") };
    world.rerun(&took, false).is("staff +1", &[]);
    assert_eq!(world.triage(), []);
}
