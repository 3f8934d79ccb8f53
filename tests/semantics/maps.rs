//! Mappings: laid over files, kept with what they were used for, tried out.

use homeroom::desk::{Import, MapDraft, Reply, Request, RowAt, TroubleSort};
use homeroom::ledger::{Map, Mode, SyncStatus};

use crate::world::World;

const HEADER: &str = "Staff First,Family,Work Mail,Emp #,Building,Type,Shoe Size";

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

fn map() -> Map {
    let types = [("TCHR", "Teacher"), ("STU", "Student"), ("", "Staff")];
    Map {
        name: "schooltool".into(),
        profile: "echalk-users".into(),
        skip_lines: 0,
        headers: pairs(&[
            ("Staff First", "first_name"),
            ("Family", "last_name"),
            ("Work Mail", "email"),
            ("Emp #", "custom_id"),
            ("Building", "school_district_external_id"),
            ("Type", "user_type"),
            ("Shoe Size", ""),
        ]),
        constants: pairs(&[("status", "Active"), ("middle_name", ""), ("position", "Staff"), ("grade", "")]),
        values: [
            ("user_type".into(), types.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()),
            ("school_district_external_id".into(), [("LHS".to_owned(), "S1".to_owned())].into()),
        ]
        .into(),
    }
}

fn with_map() -> World {
    let world = World::new();
    let Reply::Maps(all) = world.ask(Request::PutMap(map())) else { panic!("not kept") };
    assert_eq!((all.len(), all[0].path.as_deref()), (1, None));
    world
}

fn mapped(world: &World, text: &str) -> Import {
    Import { map: Some("schooltool".into()), ..world.write("staff.csv", text) }
}

fn file(rows: &[&str]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

const ANA: &str = "Ana,Diaz,a@l.example,1,LHS,TCHR,38";
const BEN: &str = "Ben,Ode,b@l.example,2,S2,,44";
const CYD: &str = "Cyd,Low,c@l.example,3,S9,TCHR,44";
const DOV: &str = "Dov,Lee,d at l.example,4,LHS,TECH,44";

#[test]
fn headers_constants_and_values_are_laid_over_a_file() {
    let world = with_map();
    let took = world.run(Request::Import(mapped(&world, &file(&[ANA, BEN]))));
    took.is("staff +2", &[]);
    assert_eq!(world.value("1", "orgs"), "S1");
    let ana = ["first_name", "last_name", "email", "role", "status", "position"].map(|f| world.value("1", f));
    assert_eq!(ana, ["Ana", "Diaz", "a@l.example", "teacher", "active", "Staff"]);
    assert_eq!(world.value("2", "role"), "staff", "a blank cell has a meaning too");
}

#[test]
fn what_is_found_speaks_of_the_file_as_it_stands() {
    let world = with_map();
    let took = world.run(Request::Import(mapped(&world, &file(&[ANA, CYD, DOV]))));
    let errors: Vec<&str> =
        took.findings.iter().filter(|f| f.severity >= homeroom::ledger::Severity::Error).map(|f| f.code.name()).collect();
    assert_eq!(errors, ["REF-301", "VAL-210", "VAL-209"]);
    let email = took.finding("VAL-210");
    assert_eq!(
        (email.column.as_deref(), email.arg("header"), email.value.as_deref()),
        (Some("email"), Some("Work Mail"), Some("d at l.example"))
    );
    let kind = took.finding("VAL-209");
    assert_eq!((kind.value.as_deref(), kind.arg("header")), (Some("TECH"), Some("Type")));
    assert!(!kind.message().contains("TCHR"), "only what the profile takes is offered: {}", kind.message());
    let row = world.row(&took, 3);
    let cell = |column: &str| row.cells.iter().find(|c| c.column == column).unwrap().clone();
    assert_eq!((cell("custom_id").header.as_str(), cell("custom_id").value.as_str()), ("Emp #", "3"));
    let (original, meaning) = (cell("user_type").original, cell("user_type").meaning);
    assert_eq!((original.as_str(), meaning.as_deref()), ("TCHR", Some("Teacher")));
    // Corrections are typed as the file has its values.
    world.fix(&took, 3, "school_district_external_id", "LHS");
    world.fix(&took, 4, "email", "d@l.example");
    let again = world.fix(&took, 4, "user_type", "STU");
    assert!(again.findings.iter().all(|f| f.severity < homeroom::ledger::Severity::Error), "{:?}", again.findings);
    assert_eq!(world.rerun(&took, false).counts(), "staff +1, students +1");
    assert_eq!(world.value("3", "orgs"), "S1");
}

#[test]
fn headers_that_do_not_fit_refuse_the_file() {
    let world = with_map();
    for (header, code, column) in [
        (HEADER.replace("Emp #", "Employee"), "HDR-111", "custom_id"),
        (format!("{HEADER},email"), "HDR-112", "email"),
        (format!("{HEADER},status"), "HDR-112", "status"),
        (HEADER.replace("Shoe Size", "Family"), "HDR-106", "Family"),
    ] {
        let row = vec!["x"; header.split(',').count()].join(",");
        let took = world.run(Request::Import(mapped(&world, &format!("{header}\n{row}\n"))));
        assert_eq!(took.sync.status, SyncStatus::Failed, "{header}");
        assert_eq!(took.finding(code).column.as_deref(), Some(column), "{header}");
    }
    let took = world.run(Request::Import(mapped(&world, &file(&["x"]).replace(",Family", ""))));
    assert_eq!(took.finding("HDR-111").arg("x"), Some("Family"));
    assert!(took.finding("HDR-111").message().contains("schooltool"));
}

#[test]
fn lines_above_the_header_and_other_delimiters() {
    let world = World::new();
    let Reply::Maps(_) = world.ask(Request::PutMap(Map { skip_lines: 2, ..map() })) else { panic!("not kept") };
    let text = format!("Lincoln Unified\nStaff of 2026\n{}", file(&[ANA, BEN, DOV])).replace(',', ";");
    let took = world.run(Request::Import(mapped(&world, &text)));
    assert_eq!((took.counts().as_str(), took.finding("FIL-012").code.name()), ("staff +2, students !1", "FIL-012"));
    let dov = took.finding("VAL-210");
    assert_eq!((dov.record, dov.row, dov.line), (Some(3), Some(6), Some(6)), "lines are those of the file");
    let tabs = world.run(Request::Import(mapped(&world, &text.replace(';', "\t"))));
    assert_eq!(tabs.counts(), "staff =2, students !1");
}

#[test]
fn what_was_used_stays_with_the_sync() {
    let world = with_map();
    let took = world.run(Request::Import(mapped(&world, &file(&[ANA, CYD]))));
    assert!(took.sync.map.as_deref().unwrap().starts_with("schooltool@"), "{:?}", took.sync.map);
    let dry = world.run(Request::Import(Import { dry_run: true, ..mapped(&world, &file(&[ANA, BEN])) }));
    // The mapping becomes another, then none.
    let Reply::Maps(_) = world.ask(Request::PutMap(Map { headers: pairs(&[("X", "email")]), ..map() })) else { panic!("not kept") };
    let Reply::Maps(left) = world.ask(Request::RemoveMap("schooltool".into())) else { panic!("not removed") };
    assert!(left.is_empty(), "the copies are nobody's to list");
    let world = world.reopened(false);
    world.fix(&took, 3, "Building", "LHS");
    assert_eq!(world.rerun(&took, false).counts(), "staff +1");
    let apply = Request::Apply { sync: dry.sync.number, without_removals: false, reason: None };
    // The re-run changed nothing that the dry run showed.
    assert_eq!(world.run(apply).counts(), "staff +1 =1");
    assert_eq!(world.trouble(Request::Import(mapped(&world, &file(&[ANA])))).sort, TroubleSort::Usage);
}

#[test]
fn a_mapping_that_cannot_be_used_is_not_kept() {
    let world = World::new();
    for (map, part) in [
        (Map { name: "a/b".into(), ..map() }, "cannot be named"),
        (Map { profile: "echalk".into(), ..map() }, "no profile"),
        (Map { headers: pairs(&[("a", "emial")]), ..map() }, "did you mean \"email\"?"),
        (Map { headers: pairs(&[("a", "email"), ("b", "email")]), ..map() }, "fed by header \"a\" already"),
        (Map { constants: pairs(&[("status", "on")]), ..map() }, "does not take \"on\""),
        (Map { constants: pairs(&[("status", "")]), ..map() }, "must be filled"),
        (Map { constants: pairs(&[("password", "hunter2x")]), ..map() }, "secret"),
    ] {
        let trouble = world.trouble(Request::PutMap(map));
        assert!(trouble.sort == TroubleSort::Refused && trouble.message.contains(part), "{trouble:?}");
        assert!(!trouble.message.contains("hunter2x"));
    }
    assert_eq!(world.ask(Request::Maps), Reply::Maps(Vec::new()));
}

#[test]
fn mappings_of_the_config_folder_stand_before_kept_ones() {
    let world = with_map();
    let folder = world.dir.path().join("maps");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("own.toml"), "name = \"schooltool\"\nprofile = \"schools\"\n").unwrap();
    std::fs::write(folder.join("bad.toml"), "name = \"bad\"\nprofile = \"schools\"\nheader = 1\n").unwrap();
    let Reply::Maps(all) = world.ask(Request::Maps) else { panic!("no maps") };
    assert_eq!((all.len(), all[0].map.profile.as_str()), (1, "schools"));
    assert!(all[0].path.as_deref().unwrap().ends_with("own.toml"));
    assert!(world.trouble(Request::PutMap(map())).message.contains("own.toml"));
    assert!(world.trouble(Request::RemoveMap("schooltool".into())).next.contains("Delete"));
    let broken = world.trouble(Request::Import(Import { map: Some("bad".into()), ..world.write("a.csv", "a\n1\n") }));
    assert!(broken.next.contains("bad.toml:3:1") && broken.next.contains("did you mean `headers`?"), "{broken:?}");
}

#[test]
fn passwords_under_other_names_stay_secret() {
    let world = with_map();
    let mut with_secret = map();
    with_secret.headers.push(("Geheim".into(), "password".into()));
    let Reply::Maps(_) = world.ask(Request::PutMap(with_secret.clone())) else { panic!("not kept") };
    let text = format!("{HEADER},Geheim\n{ANA},hunter2x\n{DOV},hunter3x\n");
    let took = world.run(Request::Import(mapped(&world, &text)));
    let row = world.ask(Request::Row { sync: took.sync.number, at: RowAt::Line(3) });
    assert!(!format!("{row:?}{took:?}").contains("hunter"), "{row:?}");
    let path = world.dir.path().join("staff.csv").to_str().unwrap().to_owned();
    let Reply::MapDraft(draft) = world.ask(Request::DraftMap { path: path.clone(), map: with_secret }) else { panic!("no draft") };
    assert!(!format!("{draft:?}").contains("hunter"), "{draft:?}");
    for name in ["Initial Password", "PIN"] {
        let text = format!("{HEADER},{name}\n{ANA},hunter2x\n{BEN},hunter3x,too,many\n");
        std::fs::write(&path, text).unwrap();
        let Reply::MapDraft(draft) = world.ask(Request::DraftMap { path: path.clone(), map: map() }) else { panic!("no draft") };
        assert!(!format!("{draft:?}").contains("hunter"), "{draft:?}");
    }
}

fn drafted(world: &World, text: &str, map: Map) -> MapDraft {
    let path = world.write("staff.csv", text).path;
    match world.ask(Request::DraftMap { path, map }) {
        Reply::MapDraft(draft) => draft,
        other => panic!("no draft: {other:?}"),
    }
}

#[test]
fn a_draft_says_what_each_header_may_be_and_what_is_missing() {
    let world = with_map();
    let empty = Map { profile: "echalk-users".into(), ..Map::default() };
    let text = file(&[ANA, BEN, DOV]).replace("LHS", "S1");
    let draft = drafted(&world, &text, empty);
    let first: Vec<(&str, Option<&str>)> =
        draft.headers.iter().map(|h| (h.header.as_str(), h.suggested.first().map(String::as_str))).collect();
    assert_eq!(
        first,
        [
            ("Staff First", Some("first_name")),
            ("Family", Some("last_name")),
            ("Work Mail", Some("email")),
            ("Emp #", Some("custom_id")),
            ("Building", Some("school_district_external_id")),
            ("Type", Some("user_type")),
            ("Shoe Size", None),
        ]
    );
    assert!(draft.headers.iter().all(|h| h.column.is_none()));
    assert_eq!(draft.headers[0].samples, ["Ana", "Ben", "Dov"]);
    assert_eq!(draft.missing.len(), 10, "{:?}", draft.missing);

    let draft = drafted(&world, &text, map());
    assert_eq!((draft.missing.as_slice(), draft.findings.as_slice()), (&[][..], &[][..]));
    assert_eq!(draft.headers[3].column.as_deref(), Some("custom_id"));
    let values: Vec<_> = draft.values.iter().map(|v| (v.value.as_str(), v.taken.as_deref(), v.suggested.as_deref(), v.rows)).collect();
    assert_eq!(values, [("TCHR", Some("Teacher"), Some("Teacher"), 1), ("", Some("Staff"), None, 1), ("TECH", None, Some("Teacher"), 1)]);

    let mut wrong = map();
    wrong.headers[2].0 = "Mail".into();
    let draft = drafted(&world, &text, wrong);
    assert_eq!((draft.missing.as_slice(), draft.findings[0].code.name()), (&["email".to_owned()][..], "HDR-111"));
}

#[test]
fn a_mapping_is_for_its_profile() {
    let world = with_map();
    let other = Import { profile: Some("schools".into()), ..mapped(&world, &file(&[ANA])) };
    let trouble = world.trouble(Request::Import(other));
    assert!(trouble.sort == TroubleSort::Usage && trouble.message.contains("is for profile echalk-users"), "{trouble:?}");
}

#[test]
fn schools_of_a_mapping_without_a_row_hold_the_removals() {
    let world = with_map();
    let full = |rows: &[&str]| world.run(Request::Import(Import { mode: Some(Mode::Full), ..mapped(&world, &file(rows)) }));
    full(&[ANA, BEN]).is("staff +2", &[]);
    let took = full(&[BEN]);
    took.is("staff =1", &["- - REF-309"]);
    let finding = took.finding("REF-309");
    assert_eq!(finding.message(), "No rows in the file for schools that should be in it: S1 Lincoln High");
    assert_eq!(finding.resolution(), "Approve if nobody is to be there, else correct the mapping or the export.");
    assert_eq!((took.sync.status, world.value("1", "status")), (SyncStatus::Held, "active".into()));
    // A refused row of somebody who is known there is a row too.
    full(&[BEN, &ANA.replace("a@l.example", "none")]).is("staff =1 !1", &["3 email VAL-210"]);
    full(&[BEN, "Eva,Ros,e@l.example,7,LHS,TCHR,40"]).is("staff +1 =1 -1", &[]);
    // Nobody is to go, so nothing waits.
    let took = full(&[BEN, "Eva,Ros,e@l.example,7,S2,TCHR,40"]);
    took.is("staff ~1 =1", &["- - REF-309"]);
    assert_eq!(took.sync.status, SyncStatus::Completed);
}
