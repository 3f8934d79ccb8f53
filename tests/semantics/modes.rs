//! Modes: who is absent is disabled, never deleted; who is present; what comes back; several feeds. And a model beside it all.

use homeroom::desk::{HitWhat, Import, Reply, Request, Window};
use homeroom::ledger::{Mode, SyncStatus};
use homeroom::roster::{Status, Table};

use crate::random::Random;
use crate::world::{HEADER, Took, World, file};

const ANA: &str = "Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active";
const BEN: &str = "Ben,,Ode,b@l.example,2,S1,Student,,5,Active";
const CYD: &str = "Cyd,,Low,c@l.example,3,S1,Teacher,,,Active";
const DEE: &str = "Dee,,May,d@l.example,4,S2,Student,,6,Active";

const PROFILE: &str = include_str!("../../src/feed/profiles/echalk-users.toml");

/// The users' profile under another name, and once more without a column for the status.
fn world() -> World {
    let second = PROFILE.replace("name = \"echalk-users\"", "name = \"second\"");
    let from = PROFILE.find("[[column]]\nname = \"status\"").unwrap();
    let to = PROFILE.find("[[column]]\nname = \"password\"").unwrap();
    let silent = (PROFILE[..from].to_owned() + &PROFILE[to..]).replace("name = \"echalk-users\"", "name = \"silent\"");
    World::with_profiles(&[("second", second), ("silent", silent)])
}

pub(crate) fn import(world: &World, mode: Mode, profile: &str, text: &str) -> Took {
    let import = Import { mode: Some(mode), profile: Some(profile.into()), ..world.write("users.csv", text) };
    world.run(Request::Import(import))
}

fn full(world: &World, rows: &[&str]) -> Took {
    import(world, Mode::Full, "echalk-users", &file(rows))
}

#[test]
fn who_is_absent_from_a_full_file_is_disabled_and_stays_at_their_school() {
    let world = world();
    full(&world, &[ANA, BEN, CYD]).is("staff +2, students +1", &[]);
    let took = full(&world, &[ANA, BEN]);
    took.is("staff =1 -1, students =1", &[]);
    assert_eq!(took.sync.status, SyncStatus::Completed);
    let cyd = world.person("3");
    assert_eq!((world.value("3", "status"), world.value("3", "orgs")), ("disabled".into(), "S1".into()));
    assert_eq!((cyd.history[0].action.as_str(), cyd.feeds.len()), ("disabled", 1));
    full(&world, &[ANA, BEN, DEE]).is("staff =1, students +1 =1", &[]);
}

#[test]
fn a_partial_file_disables_nobody() {
    let world = world();
    full(&world, &[ANA, BEN, CYD]);
    import(&world, Mode::Partial, "echalk-users", &file(&[ANA])).is("staff =1", &[]);
    assert_eq!(world.value("3", "status"), "active");
}

#[test]
fn the_modes_for_students_and_for_staff_leave_the_others_alone() {
    let world = world();
    full(&world, &[ANA, BEN, CYD, DEE]);
    import(&world, Mode::Students, "echalk-users", &file(&[BEN])).is("students =1 -1", &[]);
    assert_eq!(world.value("1", "status"), "active");
    import(&world, Mode::Staff, "echalk-users", &file(&[CYD])).is("staff =1 -1", &[]);
    assert_eq!((world.value("1", "status"), world.value("2", "status")), ("disabled".into(), "active".into()));
}

#[test]
fn only_what_this_feed_brings_can_be_absent() {
    let world = world();
    full(&world, &[ANA, CYD]);
    import(&world, Mode::Full, "second", &file(&[&CYD.replace("S1", "S2"), BEN])).is("staff ~1, students +1", &[]);
    // Cyd is brought by the second feed too: only the first one's share goes.
    full(&world, &[ANA]).is("staff ~1 =1", &[]);
    assert_eq!((world.value("3", "status"), world.value("3", "orgs")), ("active".into(), "S2".into()));
    assert_eq!(world.value("2", "status"), "active");
}

#[test]
fn a_share_that_shows_nowhere_else_counts_as_unchanged() {
    let world = world();
    full(&world, &[ANA, CYD]);
    import(&world, Mode::Full, "second", &file(&[CYD])).is("staff =1", &[]);
    full(&world, &[ANA]).is("staff =2", &[]);
    assert_eq!(world.person("3").feeds, ["second"]);
}

#[test]
fn what_was_made_by_hand_is_not_touched() {
    let world = world();
    full(&world, &[ANA, CYD]);
    world.edit("3", "orgs", "S1; S3");
    full(&world, &[ANA]).is("staff ~1 =1", &[]);
    assert_eq!((world.value("3", "status"), world.value("3", "orgs")), ("active".into(), "S3".into()));
}

#[test]
fn a_refused_row_whose_key_is_known_is_present() {
    let world = world();
    full(&world, &[ANA, BEN, CYD]);
    full(&world, &[ANA, BEN, &CYD.replace("c@l.example", "no mail")]).is("staff =1 !1, students =1", &["4 email VAL-210"]);
    assert_eq!(world.value("3", "status"), "active");
}

#[test]
fn without_a_usable_key_it_cannot_be_told_who_is_absent() {
    for (row, at) in [
        (CYD.replace(",3,", ",,"), "4 custom_id VAL-229"),
        (CYD.replace(",3,", ",1.23E+11,"), "4 custom_id VAL-222"),
        (CYD.replace(",Teacher,,,Active", ""), "4 - VAL-204"),
    ] {
        let world = world();
        full(&world, &[ANA, BEN, CYD, DEE]);
        // Where the key of a row with cells missing is known, it is that person.
        let known = row.contains(",3,");
        let took = full(&world, &[&ANA.replace("Diaz", "Dias"), BEN, &row]);
        if known {
            took.is("staff ~1, students =1 -1 !1", &[at]);
            continue;
        }
        assert_eq!(took.sync.status, SyncStatus::Held, "{row}");
        assert!(took.found(homeroom::ledger::Severity::Hold).contains(&"- - SAF-515".to_owned()), "{:?}", took.findings);
        assert_eq!((world.value("1", "last_name"), world.value("3", "status")), ("Dias".into(), "active".into()));
        let hold = took.sync.hold.unwrap();
        assert_eq!((hold.codes, hold.removals_only, hold.removals), (vec!["SAF-515".to_owned()], true, 2));
    }
}

#[test]
fn a_refused_row_of_somebody_new_holds_nothing() {
    let world = world();
    full(&world, &[ANA, CYD]);
    let took = full(&world, &[ANA, "Eli,,New,no mail,9,S1,Teacher,,,Active"]);
    took.is("staff =1 -1 !1", &["3 email VAL-210"]);
    assert_eq!(took.sync.status, SyncStatus::CompletedWithErrors);
}

#[test]
fn who_was_absent_and_is_back_in_a_file_that_says_no_status_is_in_use_again() {
    let world = world();
    let silent = |rows: &[&str]| {
        let rows: Vec<&str> = rows.iter().map(|r| r.strip_suffix(",Active").unwrap()).collect();
        let text = format!("{}\n{}\n", HEADER.strip_suffix(",status").unwrap(), rows.join("\n"));
        import(&world, Mode::Full, "silent", &text)
    };
    silent(&[ANA, BEN, CYD]).is("staff +2, students +1", &[]);
    silent(&[ANA, BEN]).is("staff =1 -1, students =1", &[]);
    silent(&[ANA, CYD, DEE, BEN]).is("staff ~1 =1, students +1 =1", &[]);
    assert_eq!(world.value("3", "status"), "active");
    // Who was disabled by hand stays so: the file says nothing of it.
    world.edit("3", "status", "disabled");
    silent(&[CYD, BEN, ANA, DEE]).is("staff =2, students =2", &[]);
    assert_eq!(world.value("3", "status"), "disabled");
}

#[test]
fn in_a_file_that_says_the_status_it_is_the_file_that_says_it() {
    let world = world();
    full(&world, &[ANA, CYD]);
    full(&world, &[ANA, BEN]).is("staff =1 -1, students +1", &[]);
    full(&world, &[ANA, BEN, &CYD.replace("Active", "Disabled")]).is("staff =2, students =1", &[]);
    assert_eq!(world.value("3", "status"), "disabled");
    full(&world, &[BEN, ANA, CYD]).is("staff ~1 =1, students =1", &[]);
}

#[test]
fn a_rerun_never_disables() {
    let world = world();
    full(&world, &[ANA, BEN, CYD, DEE]);
    let took = full(&world, &[ANA, BEN, &CYD.replace("c@l.example", "no mail"), DEE]);
    world.edit("4", "last_name", "Mai");
    import(&world, Mode::Partial, "echalk-users", &file(&["Eli,,New,e@l.example,9,S1,Teacher,,,Active"])).is("staff +1", &[]);
    world.fix(&took, 4, "email", "cc@l.example");
    world.rerun(&took, false).is("staff ~1", &[]);
    assert_eq!(world.value("9", "status"), "active", "absent from that file, and not disabled by its re-run");
}

#[test]
fn an_upload_for_one_school_can_only_miss_its_own_people() {
    let world = world();
    let both = format!("{ANA}\n{}", ANA.replace("S1", "S2"));
    import(&world, Mode::Partial, "echalk-users", &file(&[&both, CYD, DEE, BEN])).is("staff +2, students +2", &[]);
    let of_school = Import {
        profile: Some("echalk-users".into()),
        org: Some("S1".into()),
        mode: Some(Mode::Full),
        ..world.write("users.csv", file(&[BEN, "Eli,,N,e@l.example,9,S1,Staff,,,Active"]))
    };
    world.run(Request::Import(of_school)).is("staff +1 ~1 -1, students =1", &[]);
    assert_eq!((world.value("1", "orgs"), world.value("1", "status")), ("S2".into(), "active".into()));
    assert_eq!((world.value("3", "status"), world.value("4", "status")), ("disabled".into(), "active".into()));
}

#[test]
fn a_dry_run_shows_who_would_be_disabled_and_undo_puts_them_back() {
    let world = world();
    full(&world, &[ANA, BEN, CYD]);
    let before = world.roster();
    let profile = Some("echalk-users".into());
    let import = Import { profile, mode: Some(Mode::Full), dry_run: true, ..world.write("users.csv", file(&[ANA, BEN])) };
    let dry = world.run(Request::Import(import));
    dry.is("staff =1 -1, students =1", &[]);
    assert_eq!((world.roster(), dry.detail.by_school[0].tally.disabled), (before.clone(), 1));
    let done = world.run(Request::Apply { sync: dry.sync.number, without_removals: false, reason: None });
    done.is("staff =1 -1, students =1", &[]);
    assert_eq!(world.value("3", "status"), "disabled");
    world.undo(&done).is("staff ~1", &[]);
    assert_eq!(world.roster(), before);
}

/// What the roster should hold of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Model {
    active: bool,
    shares: [Option<usize>; 2],
}

/// Two feeds send random files, partial and full; a model of a few lines says what must come of it.
#[test]
fn any_files_of_two_feeds_leave_what_the_model_says() {
    for seed in 0..6 {
        let mut random = Random::new(seed);
        let world = world();
        let mut model: Vec<Option<Model>> = vec![None; 12];
        for round in 0..8 {
            let feed = random.below(2);
            let mode = if random.below(2) == 0 { Mode::Full } else { Mode::Partial };
            let mut rows = Vec::new();
            let mut listed = vec![false; model.len()];
            for (id, known) in model.iter_mut().enumerate() {
                // The first is in every file, under a name of the round's: no file has no rows, and none comes twice.
                if id > 0 && random.below(3) == 0 {
                    continue;
                }
                listed[id] = true;
                let (school, active) = (random.below(3), id == 0 || random.below(4) > 0);
                let name = if id == 0 { format!("Round {seed} {round}") } else { "Ana".into() };
                let status = if active { "Active" } else { "Disabled" };
                rows.push(format!("{name},,Diaz,p{id}@l.example,{id},S{},Teacher,,,{status}", school + 1));
                let person = known.get_or_insert_with(Model::default);
                person.active = active;
                person.shares[feed] = Some(school);
            }
            if mode == Mode::Full {
                for person in model.iter_mut().zip(&listed).filter(|(_, listed)| !**listed).filter_map(|(p, _)| p.as_mut()) {
                    match (person.active, person.shares[feed], person.shares[1 - feed]) {
                        (false, ..) | (_, None, _) => {}
                        (true, Some(_), Some(_)) => person.shares[feed] = None,
                        (true, Some(_), None) => person.active = false,
                    }
                }
            }
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            let took = import(&world, mode, ["echalk-users", "second"][feed], &file(&rows));
            assert_eq!(took.sync.status, SyncStatus::Completed, "{:?}", took.findings);
            for (id, person) in model.iter().enumerate() {
                let reference = format!("staff:{id}");
                let Some(person) = person else {
                    assert!(!world.knows(&reference));
                    continue;
                };
                let mut orgs: Vec<String> = person.shares.iter().flatten().map(|s| format!("S{}", s + 1)).collect();
                orgs.sort();
                orgs.dedup();
                let status = if person.active { "active" } else { "disabled" };
                let seen = (world.value(&reference, "status"), world.value(&reference, "orgs"));
                assert_eq!(seen, (status.to_owned(), orgs.join("; ")), "seed {seed}, round {round}, {reference}: {person:?}");
            }
        }
    }
}

/// Every tie of a table that is in use, as `one > other`, sorted.
fn ties(world: &World, table: Table) -> Vec<String> {
    let Reply::Ties(page) = world.ask(Request::Ties { table, org: None, window: Window::ALL }) else { panic!("no ties") };
    let mut all: Vec<String> =
        page.rows.iter().filter(|t| t.status == Status::Active).map(|t| format!("{} > {}", t.name, t.other)).collect();
    all.sort();
    all
}

fn status(world: &World, reference: &str) -> Status {
    match world.resolve(reference) {
        HitWhat::Org(org) => match world.ask(Request::School(org)) {
            Reply::School(school) => school.row.org.status,
            other => panic!("{reference}: {other:?}"),
        },
        HitWhat::Class(class) => match world.ask(Request::Class(class)) {
            Reply::Class(class) => class.row.class.status,
            other => panic!("{reference}: {other:?}"),
        },
        what => match world.ask(Request::Record(what.entity().unwrap())) {
            Reply::Record(record) => Status::from_name(&record.fields.iter().find(|f| f.0.ends_with("status")).unwrap().1).unwrap(),
            other => panic!("{reference}: {other:?}"),
        },
    }
}

const GUARDIANS: &str = "student_code,guardian_code,first_name,last_name,email,phone,home_phone,language";

#[test]
fn guardians_and_links_that_are_absent_are_disabled_each_by_itself() {
    let world = World::new();
    world.users(&[BEN, DEE]).is("students +2", &[]);
    let full = |rows: &[&str]| import(&world, Mode::Full, "schoolstatus-guardians", &format!("{GUARDIANS}\n{}\n", rows.join("\n")));
    let (one, two, three) = ("2,G1,Ana,Ode,ana@h.example,,,", "4,G1,Ana,Ode,ana@h.example,,,", "4,G2,Rui,May,rui@h.example,,,");
    full(&[one, two, three]).is("guardians +2, links +3", &[]);
    let before = (world.roster(), ties(&world, Table::Links));
    assert_eq!(before.1.len(), 3);

    let took = full(&[one]);
    took.is("guardians =1 -1, links =1 -2", &[]);
    assert_eq!((world.value("guardian:G1", "status"), world.value("guardian:G2", "status")), ("active".into(), "disabled".into()));
    assert_eq!(ties(&world, Table::Links), ["Ode, Ana > Ode, Ben"]);
    world.undo(&took).is("guardians ~1, links ~2", &[]);
    assert_eq!((world.roster(), ties(&world, Table::Links)), before);

    // Gone once more, and back in a file that has them again.
    full(&[one, ""]).is("guardians =1 -1, links =1 -2", &[]);
    full(&[three, two, one]).is("guardians ~1 =1, links ~2 =1", &[]);
    assert_eq!(ties(&world, Table::Links), before.1);
    // A refused row names its guardian, and what it says of the student is kept as it is.
    full(&[one, two, &three.replace("rui@h.example", "none")]).is("guardians =1 !1, links =2", &["4 email VAL-210"]);
    assert_eq!((world.value("guardian:G2", "status"), ties(&world, Table::Links)), ("active".into(), before.1));
    // In partial mode nothing goes.
    import(&world, Mode::Partial, "schoolstatus-guardians", &format!("{GUARDIANS}\n{one}\n\n\n")).is("guardians =1, links =1", &[]);
}

const SECTIONS: &str = "Course Code,Course Name,Section School Code,Section Name,School,Subject Area,Active";

#[test]
fn courses_and_classes_that_are_absent_are_disabled_each_by_itself() {
    let world = World::new();
    let full = |rows: &[&str]| import(&world, Mode::Full, "schoology-courses", &format!("{SECTIONS}\n{}\n", rows.join("\n")));
    let (one, two, three) =
        ("ALG,Algebra,ALG-1,Period 1,S1,Math,1", "ALG,Algebra,ALG-2,Period 2,S1,Math,1", "BIO,Biology,BIO-1,Period 1,S2,,1");
    let all = ["course:ALG", "course:BIO", "class:ALG-1", "class:ALG-2", "class:BIO-1"];
    let statuses = || all.map(|r| status(&world, r) == Status::Active);
    full(&[one, two, three]).is("classes +3, courses +2", &[]);
    let took = full(&[one]);
    took.is("classes =1 -2, courses =1 -1", &[]);
    assert_eq!(statuses(), [true, false, true, false, false]);
    world.undo(&took).is("classes ~2, courses ~1", &[]);
    assert_eq!(statuses(), [true; 5]);
    full(&[one, ""]).is("classes =1 -2, courses =1 -1", &[]);
    full(&[three, two, one]).is("classes ~2 =1, courses ~1 =1", &[]);
    assert_eq!(statuses(), [true; 5]);
    // Of another feed, they can not be absent here.
    let mine = "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes\nGEO,,,,Geometry,GEO,,D1,,\n";
    import(&world, Mode::Full, "oneroster-1.1-courses", mine).is("courses +1", &[]);
    assert_eq!(statuses(), [true; 5]);
}

/// Random files of enrollments, each whole: what is in use afterwards is what the file lists, and undone it is what was before.
#[test]
fn enrollments_in_use_are_those_of_the_last_whole_file() {
    let world = World::new();
    world.users(&[ANA, BEN, CYD, DEE]).is("staff +2, students +2", &[]);
    let sections = ["ALG-1", "ALG-2", "BIO-1"];
    let rows = sections.map(|s| format!("ALG,Algebra,{s},{s},D1,,1")).join("\n");
    world.through("schoology-courses", &format!("{SECTIONS}\n{rows}\n")).is("classes +3, courses +1", &[]);
    let mut random = Random::new(7);
    for round in 0..12 {
        let mut rows = Vec::new();
        let mut wanted = Vec::new();
        for (id, name) in [("1", "Diaz, Ana"), ("2", "Ode, Ben"), ("3", "Low, Cyd"), ("4", "May, Dee")] {
            for section in sections.iter().filter(|s| id == "1" && **s == "ALG-1" || random.below(2) == 0) {
                rows.push(format!("{id},{section},{}", if matches!(id, "1" | "3") { 1 } else { 2 }));
                wanted.push(format!("{name} > {section}"));
            }
        }
        wanted.sort();
        let text = format!("User Unique ID,Section School Code,Enrollment Type\n{}\n{}", rows.join("\n"), "\n".repeat(round));
        let before = ties(&world, Table::Enrollments);
        let took = import(&world, Mode::Full, "schoology-enrollments", &text);
        assert_eq!((took.sync.status, ties(&world, Table::Enrollments)), (SyncStatus::Completed, wanted.clone()), "{text}");
        if round % 3 == 2 {
            world.undo(&took);
            assert_eq!(ties(&world, Table::Enrollments), before);
            import(&world, Mode::Full, "schoology-enrollments", &format!("{text}\n\n\n\n\n\n\n\n\n\n\n\n\n"));
            assert_eq!(ties(&world, Table::Enrollments), wanted);
        }
    }
}

#[test]
fn a_school_that_is_absent_is_disabled_and_takes_nobody_new() {
    let world = World::empty();
    let header = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId";
    let full = |rows: &[&str]| import(&world, Mode::Full, "oneroster-1.1-orgs", &format!("{header}\n{}\n", rows.join("\n")));
    let (district, high, middle) = ("D1,,,Lincoln Unified,district,,", "S1,,,Lincoln High,school,,D1", "S2,,,Lincoln Middle,school,,D1");
    full(&[district, high, middle]).is("orgs +3", &[]);
    world.users(&[BEN, DEE]).is("students +2", &[]);
    let before = world.roster();
    let took = full(&[district, high]);
    took.is("orgs =2 -1", &[]);
    assert_eq!((status(&world, "school:S2"), world.value("4", "status").as_str()), (Status::Disabled, "active"));
    world.users(&["Eli,,New,e@l.example,9,S2,Student,,5,Active"]).is("students !1", &["2 school_district_external_id REF-302"]);
    world.undo(&took).is("orgs ~1", &[]);
    assert_eq!(world.roster(), before);
    full(&[district, high, ""]).is("orgs =2 -1", &[]);
    full(&[middle, high, district]).is("orgs ~1 =2", &[]);
    assert_eq!(status(&world, "school:S2"), Status::Active);
}
