//! 004 eChalk: the SIS Sync Client.

use homeroom::desk::{Import, Reply, ReportFormat, Request};
use homeroom::ledger::{Feed, Map, Mode, Severity, SyncStatus};

use crate::screen::{Screen, approve, cell, report};
use crate::typed::homeroom;
use crate::world::{HEADER, Took, World, file};

const ANA: &str = "Ana,,Diaz,ana@l.example,1001,S1,Teacher,,,Active";
const BEN: &str = "Ben,,Ode,ben@l.example,1002,S1,Staff,,,Active";
const ELI: &str = "Eli,,Ward,eli@l.example,2001,S1,Student,,9,Active";
const FAY: &str = "Fay,,Ng,fay@l.example,2002,S1,Student,,9,Active";

fn run(world: &World, mode: Mode, rows: &[&str]) -> Took {
    world.run(Request::Import(Import { mode: Some(mode), profile: Some("echalk-users".into()), ..world.write("users.csv", file(rows)) }))
}

fn feed(world: &World, feed: Feed) {
    let Reply::Feeds(_) = world.ask(Request::PutFeed { feed, replaces: None }) else { panic!("no feed") };
}

fn by(world: &World, feed: &str, text: &str) -> Took {
    world.run(Request::Import(Import { feed: Some(feed.into()), ..world.write("users.csv", text) }))
}

#[test]
fn echalk_all_ten_headers_must_be_there_and_password_may() {
    let world = World::new();
    for column in HEADER.split(',') {
        let header: Vec<&str> = HEADER.split(',').filter(|c| *c != column).collect();
        let took = world.through("echalk-users", &format!("{}\n1,2,3,4,5,6,7,8,9\n", header.join(",")));
        assert_eq!((took.sync.status, took.finding("HDR-101").column.as_deref()), (SyncStatus::Failed, Some(column)));
    }
    world.through("echalk-users", &format!("{HEADER},password\n{ANA},abcdefg1\n")).is("staff +1", &[]);
}

#[test]
fn echalk_accepted_values_and_defaults() {
    let world = World::new();
    let took = world.users(&[
        "Ana,,Diaz,ana@l.example,1001,S1,teacher,,,Active",
        "Ben,,Ode,ben@l.example,1002,S9,Staff,,,Active",
        "Cyd,,Low,cyd@l.example,1003,S1,Administrator,,,Enabled",
        "Dov,,Lee,dov@l.example,2003,S1,Student,,13,Active",
        "Eli,,Ward,eli@l.example,2001,S1,Student,,,Active",
        "Fay,,Ng,fay@l.example,2002,S1,Student,,PreK,Disabled",
    ]);
    assert_eq!(
        took.found(Severity::Error),
        ["2 user_type VAL-209", "3 school_district_external_id REF-301", "4 status VAL-209", "5 grade VAL-214"]
    );
    assert_eq!((world.value("2001", "grade"), world.value("2002", "grade")), ("UN".into(), "PK".into()));
    assert_eq!(world.value("2002", "status"), "disabled");
}

#[test]
fn echalk_an_ignored_field_is_a_warning_not_an_error() {
    let world = World::new();
    let took =
        world.users(&["Ana,,Diaz,ana@l.example,1001,S1,Teacher,Coach,9,Active", "Eli,,Ward,eli@l.example,2001,S1,Student,Coach,9,Active"]);
    assert_eq!((took.counts().as_str(), took.sync.status), ("staff +1, students +1", SyncStatus::Completed));
    assert_eq!(took.found(Severity::Error), [""; 0]);
    let ignored: Vec<_> = took.findings.iter().filter(|f| f.severity == Severity::Warning).map(|f| (f.line, f.column.as_deref())).collect();
    assert_eq!(ignored, [(Some(2), Some("grade")), (Some(3), Some("position"))]);
    assert_eq!((world.value("1001", "grade"), world.value("2001", "position")), (String::new(), String::new()));
}

#[test]
fn echalk_external_ids_and_custom_ids_are_unique_and_shown() {
    let world = World::new();
    world.users(&[ANA, &BEN.replace("1002", "1001")]).is("staff +1 !1", &["3 custom_id DUP-401"]);
    let schools = world.import("schools.csv", "external_id,name,type,parent_external_id,address\nS5,One,school,D1,\nS5,Two,school,D1,\n");
    assert_eq!(schools.found(Severity::Error), ["3 external_id DUP-413"], "{:?}", schools.findings);
    let mut at = Screen::of(world, (120, 40));
    at.press("2").see("ID").see("S1").press("3").see("ID").see("1001");
}

#[test]
fn echalk_partial_touches_only_who_is_listed() {
    let world = World::new();
    run(&world, Mode::Partial, &[ANA, BEN, ELI, FAY]);
    run(&world, Mode::Partial, &[ANA]).is("staff =1", &[]);
    assert!(["1002", "2001", "2002"].iter().all(|id| world.value(id, "status") == "active"));
}

#[test]
fn echalk_full_disables_who_is_absent_and_deletes_nobody() {
    let world = World::new();
    run(&world, Mode::Full, &[ANA, BEN, ELI, FAY]);
    run(&world, Mode::Full, &[ANA, ELI]).is("staff =1 -1, students =1 -1", &[]);
    assert_eq!((world.value("1002", "status"), world.value("2002", "status")), ("disabled".into(), "disabled".into()));
    assert!(world.knows("1002") && world.knows("2002"));
}

#[test]
fn echalk_students_only_and_staff_only_leave_the_others_alone() {
    let world = World::new();
    run(&world, Mode::Partial, &[ANA, BEN, ELI, FAY]);
    run(&world, Mode::Students, &[ELI]).is("students =1 -1", &[]);
    run(&world, Mode::Staff, &[ANA]).is("staff =1 -1", &[]);
    let status = |id| world.value(id, "status");
    assert_eq!(["1001", "1002", "2001", "2002"].map(status), ["active", "disabled", "active", "disabled"]);
}

#[test]
fn echalk_pending_approval_shows_four_counts_and_a_line_by_line_result() {
    let world = World::new();
    feed(&world, Feed { approval: true, mode: Mode::Full, ..Feed::new("sis", "echalk-users") });
    let first = by(&world, "sis", &file(&[ANA, BEN, ELI]));
    approve(&world, first.sync.number, false);
    let bad = FAY.replace("fay@l.example", "fay at l.example");
    let took = by(&world, "sis", &file(&[&ANA.replace("Ana", "Anna"), &ELI.replace("2001", "2005").replace("eli@", "el@"), ELI, &bad]));
    assert_eq!((took.sync.status, world.value("1001", "first_name")), (SyncStatus::Held, "Ana".into()));
    assert_eq!(took.counts(), "staff ~1 -1, students +1 =1 !1");
    let text = report(&world, &took, ReportFormat::Results);
    let actions: Vec<&str> = (1..=4).map(|n| cell(&text, n, "action")).collect();
    assert_eq!(text.lines().count(), 5, "{text}");
    assert_eq!(actions, ["UPDATED", "CREATED", "NO CHANGE", "REFUSED"], "{text}");
    let number = took.sync.number;
    let mut at = Screen::of(world, (120, 40));
    at.press("1").see("held").go_to("users.csv").press("<Enter>").see(&format!("plan of #{}", number.0));
    at.see("create").see("update").see("disable").see("refuse").see("users.csv").see("ana, ");
    at.press("<Tab> <Tab>").see("first_name").see("Anna");
}

#[test]
fn echalk_what_is_pending_is_approved_or_abandoned() {
    let world = World::new();
    feed(&world, Feed { approval: true, ..Feed::new("sis", "echalk-users") });
    let took = by(&world, "sis", &file(&[ANA]));
    assert!(!world.knows("1001"));
    let done = approve(&world, took.sync.number, false);
    assert_eq!((done.sync.status, world.knows("1001")), (SyncStatus::Completed, true));
    let took = by(&world, "sis", &file(&[BEN]));
    let Reply::Sync(left) = world.ask(Request::Abandon { sync: took.sync.number, reason: Some("wrong file".into()) }) else { panic!() };
    assert_eq!((left.sync.status, world.knows("1002")), (SyncStatus::Abandoned, false));
}

#[test]
fn echalk_keep_names() {
    let world = World::new();
    feed(&world, Feed { update_names: false, ..Feed::new("sis", "echalk-users") });
    by(&world, "sis", &file(&[ANA]));
    by(&world, "sis", &file(&[&ANA.replace("Ana", "Anna").replace("ana@l", "anna@l")]));
    assert_eq!((world.value("1001", "first_name"), world.value("1001", "email")), ("Ana".into(), "anna@l.example".into()));
    feed(&world, Feed { update_names: true, ..Feed::new("other", "echalk-users") });
    by(&world, "other", &file(&[&ANA.replace("Ana", "Anna").replace("ana@l", "anna@l")]));
    assert_eq!(world.value("1001", "first_name"), "Anna");
}

#[test]
fn echalk_keep_passwords() {
    let world = World::new();
    feed(&world, Feed { update_passwords: false, ..Feed::new("keeps", "echalk-users") });
    feed(&world, Feed { update_passwords: true, ..Feed::new("updates", "echalk-users") });
    let text = |position: &str, password: &str| {
        format!("{HEADER},password\n{},{password}\n", ANA.replace("Teacher,,", &format!("Teacher,{position},")))
    };
    let long = "x".repeat(251);
    // Of somebody new the password counts.
    by(&world, "keeps", &text("", &long)).is("staff !1", &["2 password VAL-220"]);
    by(&world, "keeps", &text("", "abcdefg1")).is("staff +1", &[]);
    // Who is known keeps theirs, and what stands in the file is passed over.
    by(&world, "keeps", &text("Coach", &long)).is("staff ~1", &[]);
    by(&world, "updates", &text("Head", &long)).is("staff !1", &["2 password VAL-220"]);
}

const ODD: &str = "Staff First,Mid,Family,Work Mail,Emp #,Building,Kind,Pos,Gr,State\nAna,,Diaz,ana@l.example,1001,S1,TCHR,,,Active\n";

#[test]
fn echalk_a_mapping_is_made_in_the_console_and_imports_the_file() {
    let mut at = Screen::of(World::new(), (120, 40));
    let path = at.file("odd.csv", ODD);
    at.press(":").type_text("maps").press("<Enter> a").type_text(&path).press("<Tab>").type_text("echalk-users").press("<Tab>");
    // Each header of the file beside the suggested column, with sample values, and what is still missing.
    at.see("Still missing").see("Staff First").see("Work Mail").see("ana@l.example").see("TCHR");
    let mut suggested = Vec::new();
    for (header, column) in ODD.lines().next().unwrap().split(',').zip(HEADER.split(',')) {
        at.field(header);
        if at.screen().lines().any(|l| l.contains("ctrl-y takes") && l.trim_end().ends_with(column)) {
            suggested.push(header);
            at.press("<C-y>");
        } else {
            at.type_text(column);
        }
    }
    assert!(["Staff First", "Family", "Work Mail", "Emp #"].iter().all(|h| suggested.contains(h)), "{suggested:?}");
    at.miss("Still missing").see("1 value is not accepted").field("user_type:").see("TCHR").press("<C-y>");
    at.field("name").press("<C-a> <C-k>").type_text("odd").press("<Enter>").see("The mapping odd was saved");
    let world = at.closed();
    let Reply::Maps(all) = world.ask(Request::Maps) else { panic!() };
    assert_eq!((all.len(), all[0].map.name.as_str()), (1, "odd"));
    world.run(Request::Import(Import { map: Some("odd".into()), ..world.write("odd.csv", ODD) })).is("staff +1", &[]);
    assert_eq!(world.value("1001", "role"), "teacher");
}

#[test]
fn echalk_a_saved_mapping_is_used_by_name_and_by_feeds_and_exported_as_a_file() {
    let world = crate::typed::World::new();
    world.write("schools.csv", crate::world::SCHOOLS).write("odd.csv", ODD);
    homeroom!(world, "import", "schools.csv").exits(0);
    let map = "name = \"odd\"\nprofile = \"echalk-users\"\n\n[headers]\n\"Staff First\" = \"first_name\"\n\"Mid\" = \"middle_name\"\n\"Family\" = \"last_name\"\n\"Work Mail\" = \"email\"\n\"Emp #\" = \"custom_id\"\n\"Building\" = \"school_district_external_id\"\n\"Kind\" = \"user_type\"\n\"Pos\" = \"position\"\n\"Gr\" = \"grade\"\n\"State\" = \"status\"\n\n[values.user_type]\n\"TCHR\" = \"Teacher\"\n";
    world.write("odd.toml", map);
    homeroom!(world, "maps", "add", "odd.toml").exits(0);
    homeroom!(world, "import", "odd.csv", "--map", "odd").exits(0);
    let ana = homeroom!(world, "show", "staff:1001", "--json").exits(0).object();
    assert!(ana["fields"].as_array().unwrap().iter().any(|f| f["field"] == "role" && f["value"] == "teacher"), "{ana}");
    homeroom!(world, "feeds", "add", "sis", "--profile", "echalk-users", "--map", "odd").exits(0);
    world.write("odd2.csv", ODD.replace("Ana,", "Anna,"));
    homeroom!(world, "import", "odd2.csv", "--feed", "sis").exits(0);
    let out = homeroom!(world, "maps", "export", "odd").exits(0).out;
    // What went out comes in again as the same.
    world.write("again.toml", &out);
    homeroom!(world, "maps", "check", "again.toml").exits(0);
    homeroom!(world, "maps", "add", "again.toml").exits(0);
    assert_eq!(homeroom!(world, "maps", "export", "odd").exits(0).out, out);
}

#[test]
fn echalk_a_tab_separated_file() {
    let world = World::new();
    world.import("users.tsv", file(&[ANA, ELI]).replace(',', "\t")).is("staff +1, students +1", &[]);
    assert_eq!(world.value("1001", "email"), "ana@l.example");
}

#[test]
fn echalk_the_mapper_proposes_values_too() {
    let world = World::new();
    let map = Map { profile: "echalk-users".into(), headers: vec![("Kind".into(), "user_type".into())], ..Map::default() };
    let path = world.write("odd.csv", ODD).path;
    let Reply::MapDraft(draft) = world.ask(Request::DraftMap { path, map }) else { panic!("no draft") };
    let kind = draft.values.iter().find(|v| v.value == "TCHR").unwrap();
    assert_eq!((kind.taken.as_deref(), kind.suggested.as_deref()), (None, Some("Teacher")));
    assert!(draft.missing.contains(&"first_name".to_owned()));
}
