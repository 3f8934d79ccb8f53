//! The whole way with a database: import, errors, fix, re-run, look up, undo.

use std::io::Read;
use std::process::Stdio;

use crate::world::{World, homeroom};

const SCHOOLS: &str =
    "external_id,name,type,parent_external_id,address\nD1,Lincoln Unified,district,,\nS1,Lincoln High,school,D1,1 Main St\n";
const HEADER: &str = "first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade,status";

/// Line 2 is right, line 3 has no e-mail address, line 4 is of a school that is not there.
fn users() -> String {
    format!(
        "{HEADER}\nMaría,,García,mgarcia@lincoln.example,0012,S1,Teacher,,,Active\nBen,,Ode,ben at lincoln,0013,S1,Staff,,,Active\nIva,,Low,ilow@lincoln.example,0014,S9,Student,,9,Active\n"
    )
}

fn imported() -> World {
    let world = World::new();
    world.write("schools.csv", SCHOOLS).write("users.csv", users());
    homeroom!(world, "import", "schools.csv").exits(0);
    world
}

#[test]
fn the_main_job() {
    let world = imported();
    let first = homeroom!(world, "import", "users.csv", "--json").exits(1).object();
    assert_eq!(
        (first["status"].as_str(), first["rows"].as_u64(), first["rows_with_errors"].as_u64()),
        (Some("completed_with_errors"), Some(3), Some(2))
    );
    assert_eq!((first["counts"]["staff"]["created"].as_u64(), first["counts"]["students"]["errors"].as_u64()), (Some(1), Some(1)));
    let n = first["sync"].as_u64().unwrap();

    let errors = homeroom!(world, "errors", n, "--severity", "error", "--json").exits(0).json();
    let places: Vec<_> = errors.iter().map(|e| (e["line"].as_u64().unwrap(), e["code"].as_str().unwrap())).collect();
    assert_eq!(places, [(3, "VAL-210"), (4, "REF-301")]);

    homeroom!(world, "fix", n, 3, "email=ben@lincoln.example").exits(0);
    let rerun = homeroom!(world, "rerun", n, "--json").exits(1).object();
    assert_eq!((rerun["counts"]["staff"]["created"].as_u64(), rerun["rows_with_errors"].as_u64()), (Some(1), Some(1)));
    homeroom!(world, "fix", n, 4, "school_district_external_id=S1").exits(0);
    let rerun = homeroom!(world, "rerun", n, "--json").exits(0).object();
    assert_eq!(rerun["status"], "completed");

    let found = homeroom!(world, "find", "ode ben", "--json").exits(0).json();
    assert!(found[0]["title"].as_str().unwrap().contains("Ode"), "{found:?}");
    let person = homeroom!(world, "show", "staff:0013", "--json").exits(0).object();
    assert!(person["fields"].as_array().unwrap().iter().any(|f| f["value"] == "ben@lincoln.example"), "{person}");
    let corrected = homeroom!(world, "report", n, "--format", "corrected").exits(0).out;
    assert_eq!(corrected, users().replace("ben at lincoln", "ben@lincoln.example").replace(",S9,", ",S1,"));

    homeroom!(world, "undo", n, "--dry-run").exits(0);
    assert_eq!(homeroom!(world, "list", "staff", "--json").exits(0).json().len(), 2);
    homeroom!(world, "undo", n).exits(0);
    assert_eq!(homeroom!(world, "list", "staff", "--json").exits(0).json().len(), 1, "what the re-run created stays");
    homeroom!(world, "verify", "--deep").exits(0);
}

#[test]
fn a_set_is_put_in_reference_order() {
    let world = World::new();
    world.write("schools.csv", SCHOOLS).write("users.csv", users());
    let both = homeroom!(world, "import", "users.csv", "schools.csv", "--json").exits(1).json();
    let files: Vec<_> = both.iter().map(|j| j["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["schools.csv", "users.csv"]);
    assert_eq!(both[1]["rows_with_errors"], 2);
}

#[test]
fn the_same_file_again_changes_nothing() {
    let world = imported();
    let again = homeroom!(world, "import", "schools.csv", "--json").exits(0).object();
    assert_eq!((again["counts"]["orgs"]["unchanged"].as_u64(), again["counts"]["orgs"]["updated"].as_u64()), (Some(2), Some(0)));
}

#[test]
fn a_dry_run_changes_nothing_until_it_is_approved() {
    let world = imported();
    let dry = homeroom!(world, "import", "users.csv", "--dry-run", "--json").exits(1).object();
    assert_eq!((dry["status"].as_str(), dry["dry_run"].as_bool()), (Some("dry_run"), Some(true)));
    assert!(homeroom!(world, "list", "people", "--json").exits(0).json().is_empty());
    let plan = homeroom!(world, "report", dry["sync"], "--format", "plan").exits(0).out;
    assert!(plan.starts_with("kind,key,field,before,after\n") && plan.contains("staff,0012,"), "{plan}");
    homeroom!(world, "approve", dry["sync"]).exits(1);
    assert_eq!(homeroom!(world, "list", "people", "--json").exits(0).json().len(), 1);
    let other = homeroom!(world, "import", "users.csv", "--dry-run", "--json").object();
    homeroom!(world, "abandon", other["sync"]).exits(0);
    assert_eq!(homeroom!(world, "sync", other["sync"], "--json").exits(0).object()["status"], "abandoned");
}

#[test]
fn files_that_are_refused_whole() {
    let world = imported();
    world.write("empty.csv", "").write("header.csv", format!("{HEADER}\n")).write("strange.csv", "a,b\n1,2\n");
    for (args, code) in
        [(&["empty.csv"][..], "FIL-002"), (&["header.csv"], "FIL-003"), (&["strange.csv"], "FIL-017"), (&["none.csv"], "FIL-001")]
    {
        let args: Vec<String> = ["import"].iter().chain(args).map(ToString::to_string).chain(["--json".into()]).collect();
        let refused = world.run(&args).exits(4).object();
        assert_eq!(refused["status"], "failed");
        let findings = homeroom!(world, "errors", refused["sync"], "--json").exits(0).json();
        assert!(findings.iter().any(|f| f["code"] == code && f["severity"] == "refused"), "{code}: {findings:?}");
    }
}

#[test]
fn reports_have_their_columns() {
    let world = imported();
    let n = homeroom!(world, "import", "users.csv", "--json").object()["sync"].as_u64().unwrap();
    for (format, first) in [
        ("users-errors", format!("{HEADER},errors,resolution")),
        ("results", format!("{HEADER},result,action,message")),
        ("summary", "school,name,kind,created,updated,no changes,disabled,errors".to_owned()),
        ("corrected", HEADER.to_owned()),
    ] {
        let out = homeroom!(world, "report", n, "--format", format).exits(0).out;
        assert_eq!(out.lines().next(), Some(first.as_str()), "{format}");
    }
    let report = homeroom!(world, "report", n, "--format", "sync-report").out;
    let lines: Vec<&str> = report.lines().collect();
    // The key column is called as the profile says.
    assert!(lines[0].starts_with("Row Number,") && lines[0].ends_with(",Column Name,Error"), "{report}");
    assert!(lines.len() == 3 && lines[1].starts_with("3,0013,email,"), "{report}");
    let clean = homeroom!(world, "report", 1, "--format", "sync-report", "--out", "none.csv").exits(0);
    assert!(clean.err.contains("no errors") && !world.path("none.csv").exists());
    assert_eq!(homeroom!(world, "export", "schools").exits(0).out.lines().count(), 3);
    let staff = homeroom!(world, "export", "staff", "--org", "S1").exits(0).out;
    assert!(staff.contains("María,,García,0012,teacher,active,S1,"), "{staff}");
}

#[test]
fn an_edit_by_hand_is_in_the_history() {
    let world = imported();
    homeroom!(world, "import", "users.csv").exits(1);
    homeroom!(world, "edit", "staff:0012", "position=Head of music").exits(0);
    let person = homeroom!(world, "show", "staff:0012", "--json").exits(0).object();
    assert_eq!(person["history"][0]["changes"][0]["after"], "Head of music");
    assert_eq!((person["history"][0]["by"].as_str(), person["history"][0]["sync"].is_null()), (Some("ana"), true));
    homeroom!(world, "edit", "staff:0012", "email=not one").exits(2);
    homeroom!(world, "--readonly", "edit", "staff:0012", "position=").exits(6);
}

#[test]
fn what_is_not_there_is_said_with_what_is() {
    let world = imported();
    homeroom!(world, "import", "users.csv").exits(1);
    for (args, part) in [
        (&["sync", "99"][..], "#99"),
        (&["show", "staff:7"], "find"),
        (&["import", "users.csv", "--profile", "echalk-user"], "echalk-users"),
        (&["errors", "2", "--column", "emial"], "did you mean email?"),
        (&["fix", "2", "3", "emial=x"], "did you mean email?"),
        (&["row", "2", "700"], "700"),
        (&["profiles", "show", "echalk-user"], "did you mean echalk-users?"),
        (&["list", "staff", "--org", "S77"], "S77"),
    ] {
        let did = world.run(&args.iter().map(ToString::to_string).collect::<Vec<_>>()).exits(2);
        assert!(did.err.contains(part) && did.out.is_empty(), "{args:?}: {}{}", did.err, did.out);
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let world = imported();
    let rows: Vec<String> = (0..5_000).map(|i| format!("A{i},,B,p{i}@lincoln.example,P{i},S1,Student,,9,Active\n")).collect();
    let rows = rows.concat();
    world.write("many.csv", format!("{HEADER}\n{rows}"));
    homeroom!(world, "import", "many.csv").exits(0);
    let mut child = world.command().args(["list", "students"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut start = [0; 64];
    child.stdout.take().unwrap().read_exact(&mut start).unwrap();
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""));
}

#[test]
fn the_database_is_where_it_was_asked_for() {
    let world = World::new();
    world.write("schools.csv", SCHOOLS);
    homeroom!(world, "--db", "here", "import", "schools.csv").exits(0);
    assert!(world.path("here").is_dir() && !world.path("data").exists());
    homeroom!(world, "import", "schools.csv").exits(0);
    assert!(world.path("data/homeroom/default").is_dir());
    assert_eq!(homeroom!(world, "--db", "here", "syncs", "--json").exits(0).json().len(), 1);
    homeroom!(world, "doctor").exits(0);
}

#[test]
fn profiles_are_there_and_a_template_can_be_imported_back() {
    let world = World::new();
    let names: Vec<String> = homeroom!(world, "profiles", "--json").exits(0).json().iter().map(|p| p["name"].to_string()).collect();
    assert!(names.contains(&"\"echalk-users\"".into()) && names.contains(&"\"schools\"".into()), "{names:?}");
    let template = homeroom!(world, "profiles", "show", "schools", "--template").exits(0).out;
    assert_eq!(template.trim_end(), SCHOOLS.lines().next().unwrap());
    world.write("template.csv", template);
    homeroom!(world, "import", "template.csv", "--profile", "schools").exits(4);
}

#[test]
fn a_secret_is_never_an_argument() {
    let world = imported();
    world.write("users.csv", format!("{HEADER},password\nBen,,Ode,ben at,0013,S1,Staff,,,Active,hunter2x\n"));
    let n = homeroom!(world, "import", "users.csv", "--json").exits(1).object()["sync"].to_string();
    assert!(homeroom!(world, "fix", n, 2, "password=hunter3x").exits(2).err.contains("standard input"));
    let did = world.run_with(&["fix", &n, "2", "password"], "hunter3x\n");
    assert!(!did.out.contains("hunter") && !did.err.contains("hunter"), "{}{}", did.out, did.err);
    for format in ["users-errors", "results", "corrected", "plan"] {
        let did = homeroom!(world, "report", n, "--format", format);
        assert!(!did.out.contains("hunter"), "{format}: {}", did.out);
    }
}

#[test]
fn the_demo_has_several_days_and_every_error_that_it_promises() {
    let world = World::new();
    homeroom!(world, "demo", "--into", "demo").exits(0);
    let syncs = homeroom!(world, "--db", "demo/db", "syncs", "--json").exits(0).json();
    let statuses: Vec<&str> = syncs.iter().map(|s| s["status"].as_str().unwrap()).collect();
    assert_eq!(statuses.len(), 20);
    assert_eq!(statuses[..4], ["completed_with_errors", "dry_run", "dry_run", "held"]);
    assert_eq!(statuses.iter().filter(|s| **s == "failed").count(), 2);
    let started: Vec<&str> = syncs.iter().map(|s| s["started"].as_str().unwrap()).collect();
    assert!(started.windows(2).all(|pair| pair[0] > pair[1]), "each at its own hour: {started:?}");
    assert!(syncs.iter().any(|s| s["by"] == "cron") && syncs.iter().any(|s| s["by"] == "devon"));
    homeroom!(world, "--db", "demo/db", "verify", "--deep").exits(0);
    assert!(homeroom!(world, "demo", "--into", "demo").exits(2).err.contains("is not empty"));
    assert!(homeroom!(world, "demo").exits(2).err.contains("terminal"));
}

const MAP: &str = "name = \"ours\"\nprofile = \"echalk-users\"\n\n[headers]\n\"Emp #\" = \"custom_id\"\n\n[constants]\nstatus = \"Active\"\n\n\
                   [values.user_type]\n\"TCHR\" = \"Teacher\"\n";

/// The users' file under another header, with one wrong row, and a mapping for it.
fn mapped_users() -> World {
    let world = imported();
    let header = HEADER.replace("custom_id", "Emp #").replace(",status", "");
    let rows = "María,,García,m@lincoln.example,0012,S1,TCHR,,\nBen,,Ode,ben at lincoln,0013,S1,TECH,,\n";
    world.write("staff.csv", format!("{header}\n{rows}")).write("ours.toml", MAP);
    world
}

#[test]
fn a_mapping_is_checked_kept_tried_and_used() {
    let world = mapped_users();
    homeroom!(world, "import", "staff.csv", "--profile", "echalk-users").exits(4);
    world.write("wrong.toml", MAP.replace("custom_id", "custom_ib"));
    let wrong = homeroom!(world, "maps", "check", "wrong.toml").exits(2);
    assert!(wrong.err.contains("wrong.toml:5:1") && wrong.err.contains("did you mean \"custom_id\"?"), "{}", wrong.err);
    assert_eq!(homeroom!(world, "maps", "check", "wrong.toml", "--json").exits(2).object()["line"], 5);
    homeroom!(world, "maps", "add", "wrong.toml").exits(2);
    homeroom!(world, "maps", "check", "ours.toml").exits(0);
    homeroom!(world, "maps", "add", "ours.toml").exits(0);
    assert_eq!(homeroom!(world, "maps", "--json").exits(0).object()["name"], "ours");
    assert_eq!(homeroom!(world, "maps", "show", "ours", "--json").exits(0).object()["headers"]["Emp #"], "custom_id");
    assert!(homeroom!(world, "maps", "show", "our").exits(2).err.contains("did you mean ours?"));
    let exported = homeroom!(world, "maps", "export", "ours").exits(0).out;
    world.write("again.toml", &exported);
    homeroom!(world, "maps", "check", "again.toml").exits(0);

    let tried = homeroom!(world, "maps", "try", "staff.csv", "--profile", "echalk-users", "--json").exits(4).object();
    assert_eq!(tried["headers"][4]["suggested"][0], "custom_id");
    let tried = homeroom!(world, "maps", "try", "staff.csv", "--map", "ours", "--json").exits(0).object();
    assert_eq!((tried["values"][0]["taken"].as_str(), tried["values"][1]["suggested"].as_str()), (Some("Teacher"), Some("Teacher")));

    let ran = homeroom!(world, "import", "staff.csv", "--map", "ours", "--json").exits(1).object();
    assert_eq!(ran["counts"]["staff"]["created"], 1);
    let errors = homeroom!(world, "errors", &ran["sync"], "--severity", "error", "--json").exits(0).json();
    let said: Vec<_> = errors.iter().map(|e| (e["column"].as_str().unwrap(), e["header"].as_str(), e["value"].as_str().unwrap())).collect();
    assert_eq!(said, [("email", None, "ben at lincoln"), ("user_type", None, "TECH")]);
    let report = homeroom!(world, "report", &ran["sync"], "--format", "users-errors").exits(0).out;
    assert!(report.lines().next().unwrap().contains(",Emp #,"), "{report}");
    assert!(homeroom!(world, "maps", "--example").exits(0).out.contains("[headers]"));
    homeroom!(world, "maps", "remove", "ours").exits(0);
    homeroom!(world, "fix", &ran["sync"], 3, "email=ben@lincoln.example", "user_type=TCHR").exits(0);
    homeroom!(world, "rerun", &ran["sync"]).exits(0);
}

#[test]
fn a_feed_is_set_up_used_and_taken_away() {
    let world = mapped_users();
    homeroom!(world, "maps", "add", "ours.toml").exits(0);
    std::fs::create_dir(world.path("drop")).unwrap();
    assert!(homeroom!(world, "feeds", "add", "daily", "--profile", "echalk-user").exits(2).err.contains("Did you mean echalk-users?"));
    let limits = ["--limit", "disable=5", "--limit", "least=10", "--fixes", "keep", "--approval", "no", "--keep-names", "--main"];
    let mut args = vec!["feeds", "add", "daily", "--profile", "echalk-users", "--map", "ours", "--folder", "drop", "--json"];
    args.extend(limits);
    let feed = world.run(&args.iter().map(ToString::to_string).collect::<Vec<_>>()).exits(0).object();
    assert_eq!((feed["limits"]["disable"].as_u64(), feed["limits"]["least"].as_u64()), (Some(5), Some(10)));
    assert_eq!((feed["fixes"].as_str(), feed["keep_names"].as_bool(), feed["main"].as_bool()), (Some("keep"), Some(true), Some(true)));
    homeroom!(world, "feeds", "edit", "daily", "--org", "S1", "--main", "no", "--keep-names", "no").exits(0);
    let shown = homeroom!(world, "feeds", "show", "daily", "--json").exits(0).object();
    assert_eq!((shown["org"].as_str(), shown["map"].as_str(), shown["main"].as_bool()), (Some("S1"), Some("ours"), Some(false)));
    assert!(homeroom!(world, "feeds", "show", "dayly").exits(2).err.contains("did you mean daily?"));
    homeroom!(world, "feeds", "add", "daily", "--profile", "echalk-users").exits(2);

    std::fs::copy(world.path("staff.csv"), world.path("drop/staff.csv")).unwrap();
    assert!(homeroom!(world, "feeds").exits(0).out.contains("daily"));
    homeroom!(world, "import").exits(2);
    homeroom!(world, "import", "--feed", "daily", "--org", "S1").exits(2);
    homeroom!(world, "import", "--feed", "daily", "--dry-run").exits(1);
    assert!(world.path("drop/staff.csv").exists());
    homeroom!(world, "abandon", 2).exits(0);
    let ran = homeroom!(world, "import", "--feed", "daily", "--json").exits(1).object();
    assert_eq!(ran["file"], "staff.csv");
    assert!(world.path("drop/done/staff.csv").exists() && world.path("drop/done/staff.csv.errors.csv").exists());
    assert!(homeroom!(world, "import", "--feed", "daily").exits(0).err.contains("No files wait"));
    homeroom!(world, "import", "staff.csv", "--feed", "daily", "--profile", "schools").exits(2);
    homeroom!(world, "import", "staff.csv", "--feed", "daily").exits(1);

    homeroom!(world, "feeds", "edit", "daily", "--rename", "nightly", "--folder", "").exits(0);
    let person = homeroom!(world, "show", "staff:0012", "--json").exits(0).object();
    assert_eq!(person["feeds"][0], "nightly");
    homeroom!(world, "maps", "remove", "ours").exits(2);
    homeroom!(world, "feeds", "remove", "nightly").exits(0);
    homeroom!(world, "maps", "remove", "ours").exits(0);
    let person = homeroom!(world, "show", "staff:0012", "--json").exits(0).object();
    assert_eq!(person["feeds"][0], "by hand");
    homeroom!(world, "verify", "--deep").exits(0);
}

#[test]
fn the_settings_keep_an_operator_to_a_school() {
    let world = imported();
    world.write("two.csv", "external_id,name\nS2,Lincoln Middle\n");
    homeroom!(world, "import", "two.csv", "--profile", "schools").exits(0);
    let of = |id: &str, school: &str| format!("{HEADER}\nAna,,Diaz,{id}@lincoln.example,{id},{school},Staff,,,Active\n");
    world.write("one.csv", of("1", "S1")).write("other.csv", of("2", "S2"));
    homeroom!(world, "import", "one.csv").exits(0);
    homeroom!(world, "import", "other.csv").exits(0);
    let found = homeroom!(world, "find", "diaz", "--org", "S2", "--json").exits(0).json();
    assert_eq!(found.len(), 1, "{found:?}");
    world.write("config/homeroom/config.toml", "scope = \"S1\"\n");
    homeroom!(world, "import", "one.csv").exits(0);
    homeroom!(world, "import", "other.csv").exits(1);
    homeroom!(world, "import", "other.csv", "--org", "S2").exits(6);
    assert_eq!(homeroom!(world, "list", "people", "--json").exits(0).json().len(), 1);
    assert_eq!(homeroom!(world, "list", "schools", "--json").exits(0).json().len(), 1);
    let found = homeroom!(world, "find", "diaz", "--json").exits(0).json();
    assert_eq!(found.iter().map(|f| f["what"].as_str().unwrap()).collect::<Vec<_>>(), ["person", "refused"], "{found:?}");
    assert_eq!(homeroom!(world, "syncs", "--json").exits(0).json().len(), 2);
    assert_eq!(homeroom!(world, "export", "staff").exits(0).out.lines().count(), 2);
    for args in [
        &["show", "staff:2"][..],
        &["show", "school:S2"],
        &["list", "people", "--org", "S2"],
        &["export", "staff", "--org", "S2"],
        &["sync", "2"],
    ] {
        world.run(&args.iter().map(ToString::to_string).collect::<Vec<_>>()).exits(6);
    }
    homeroom!(world, "feeds", "add", "daily", "--profile", "echalk-users").exits(6);
}

#[test]
fn records_are_made_by_hand_and_printed_by_the_reference_that_finds_them() {
    let world = imported();
    let made = homeroom!(world, "add", "person", "role=teacher", "first_name=Ana", "last_name=Ode", "sourced_id=0100", "orgs=S1").exits(0);
    assert_eq!(made.out, "staff:0100  Ode, Ana (teacher 0100)\n");
    let class = homeroom!(world, "add", "class", "id=ALG-1", "title=Algebra", "org=S1", "--json").exits(0).object();
    assert_eq!(
        (class["schema"].as_u64(), class["ref"].as_str(), class["title"].as_str()),
        (Some(1), Some("class:ALG-1"), Some("Algebra (Lincoln High)"))
    );
    homeroom!(world, "add", "enrollment", "person=staff:0100", "class=ALG-1", "primary=true").exits(0);
    let classes = homeroom!(world, "export", "classes", "--org", "D1").exits(0).out;
    assert!(classes.ends_with("ALG-1,Algebra,,,,S1,active,0100,\n"), "{classes}");
    let refused = homeroom!(world, "add", "person", "role=teacher", "last_name=Two", "sourced_id=0100").exits(2);
    assert!(refused.err.contains("belongs to Ode, Ana (teacher 0100) already") && refused.out.is_empty(), "{refused:?}");
    homeroom!(world, "--readonly", "add", "course", "id=ALG", "title=Algebra").exits(6);
    assert!(homeroom!(world, "add", "person", "last_name=Two").exits(2).err.contains("role=ROLE"));
    assert!(homeroom!(world, "add", "persons", "last_name=Two").exits(2).err.contains("person"));
}

#[test]
fn people_without_an_id_are_one_list_and_are_mended_one_by_one() {
    let world = imported();
    homeroom!(world, "import", "users.csv");
    let handle =
        homeroom!(world, "add", "person", "role=staff", "last_name=Noid", "--json").exits(0).object()["ref"].as_str().unwrap().to_owned();
    let list = homeroom!(world, "list", "people", "--without-id").exits(0).out;
    assert!(list.lines().count() == 2 && list.contains("Noid") && list.contains(&handle), "{list}");
    homeroom!(world, "edit", handle, "sourced_id=0200").exits(0);
    assert_eq!(homeroom!(world, "list", "staff", "--without-id", "--json").exits(0).out, "");
    homeroom!(world, "list", "schools", "--without-id").exits(2);
}

#[test]
fn a_report_is_a_workbook_where_that_is_asked_for() {
    let world = imported();
    let n = homeroom!(world, "import", "users.csv", "--json").object()["sync"].to_string();
    homeroom!(world, "report", n, "--format", "results", "--xlsx", "--out", ".").exits(0);
    let book = std::fs::read(world.path(&format!("sync-{n}-results.xlsx"))).unwrap();
    assert!(book.starts_with(b"PK"));
    homeroom!(world, "report", n, "--format", "corrected", "--xlsx").exits(2);
}

#[test]
fn a_file_with_passwords_goes_back_whole_with_the_operators_own() {
    let world = imported();
    let text = format!("{HEADER},password\nBen,,Ode,ben at,0013,S1,Staff,,,Active,hunter2x\n");
    world.write("users.csv", &text);
    let n = homeroom!(world, "import", "users.csv", "--json").exits(1).object()["sync"].to_string();
    homeroom!(world, "fix", n, 2, "email=ben@lincoln.example").exits(0);
    assert!(homeroom!(world, "report", n, "--format", "corrected").exits(2).err.contains("--original FILE"));
    let back = homeroom!(world, "report", n, "--format", "corrected", "--original", "users.csv").exits(0).out;
    assert_eq!(back, text.replace("ben at", "ben@lincoln.example"));
    world.write("users.csv", text.replace("Ode", "Ody"));
    let refused = homeroom!(world, "report", n, "--format", "corrected", "--original", "users.csv").exits(2);
    assert!(refused.err.contains("is not the file") && refused.out.is_empty(), "{refused:?}");
}

#[test]
fn classes_courses_and_enrollments_are_listed_and_shown() {
    let world = imported();
    world.write("users.csv", users().replace("ben at lincoln", "ben@lincoln.example").replace(",S9,", ",S1,"));
    homeroom!(world, "import", "users.csv").exits(0);
    world.write(
        "courses.csv",
        "Course Code,Course Name,Section School Code,Section Name,School\nALG,Algebra,ALG-1,Period 1,S1\nALG,Algebra,ALG-2,Period 2,S1\n",
    );
    world.write("enrollments.csv", "User Unique ID,Section School Code,Enrollment Type\n0012,ALG-1,1\n0014,ALG-1,2\n");
    homeroom!(world, "import", "courses.csv", "--profile", "schoology-courses").exits(0);
    homeroom!(world, "import", "enrollments.csv", "--profile", "schoology-enrollments").exits(0);

    let classes = homeroom!(world, "list", "classes", "--org", "S1", "--json").exits(0).json();
    let lines: Vec<_> =
        classes.iter().map(|c| (c["ref"].as_str().unwrap(), c["teacher"].as_str().unwrap(), c["students"].as_u64())).collect();
    assert_eq!(lines, [("class:ALG-1", "García, María", Some(1)), ("class:ALG-2", "", Some(0))]);
    let courses = homeroom!(world, "list", "courses", "--json").exits(0).json();
    assert_eq!((courses.len(), courses[0]["classes"].as_u64()), (1, Some(2)));
    let enrollments = homeroom!(world, "list", "enrollments", "--json").exits(0).json();
    assert_eq!(enrollments.len(), 2);
    let reference = enrollments[1]["ref"].as_str().unwrap().to_owned();
    assert_eq!(homeroom!(world, "show", reference, "--json").exits(0).object()["ref"], "enrollment:student:0014/ALG-1");
    assert!(homeroom!(world, "list", "links", "--json").exits(0).out.is_empty());
    homeroom!(world, "list", "enrollments", "--filter", "x").exits(2);

    let class = homeroom!(world, "show", "class:ALG-1", "--json").exits(0).object();
    assert_eq!(class["members"].as_array().unwrap().len(), 2, "{class}");
    let person = homeroom!(world, "show", "staff:0012", "--json").exits(0).object();
    assert_eq!(person["classes"][0]["class"], "ALG-1", "{person}");
    let out = homeroom!(world, "show", "class:ALG-1").exits(0).out;
    for part in ["Period 1  class:ALG-1", "1 teacher, 1 student", "García, María", "Low, Iva", "history, newest first"] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let out = homeroom!(world, "show", "student:0014").exits(0).out;
    assert!(out.contains("Period 1"), "{out}");
    let out = homeroom!(world, "show", "course:ALG").exits(0).out;
    assert!(out.contains("Period 2"), "{out}");
    homeroom!(world, "show", "class:NOPE").exits(2);
}

#[test]
fn a_report_from_the_portal_is_attached_listed_and_removed() {
    let told = |did: &crate::world::Did, text: &str| assert!(did.err.contains(text), "{}", did.err);
    let world = imported();
    homeroom!(world, "import", "users.csv").exits(1);
    // Line 2 was taken here.
    let lines = "line,custom_id,result,message\n2,0012,ERROR,email mgarcia@lincoln.example is used in another district\n3,0013,OK,\n";
    world.write("lines.csv", lines).write("other.csv", lines.replace("0013", "0099"));
    let dry = homeroom!(world, "attach", 2, "lines.csv", "--dry-run", "--json").exits(0).object();
    assert_eq!((dry["attached"].as_bool(), dry["causes"][0]["rows"].as_u64(), dry["unfitting"].as_u64()), (Some(false), Some(1), Some(0)));
    told(&homeroom!(world, "attach", 2).exits(0), "No report is attached to #2");

    let refused = homeroom!(world, "attach", 2, "other.csv").exits(2);
    assert!(
        refused
            .err
            .contains("other.csv does not fit #2 (users.csv): line 3: row 3 is ID \"0099\" in the report and \"0013\" in the upload."),
        "{}",
        refused.err
    );
    let all = homeroom!(world, "attach", 2, "other.csv", "--dry-run").exits(2);
    assert!(all.out.contains("1 line of 2 does not fit #2 (users.csv)\n  line 3: row 3 is ID"), "{}", all.out);

    let did = homeroom!(world, "attach", 2, "lines.csv").exits(0);
    assert!(did.out.contains("2 lines, 1 fine; 1 error on 1 row of #2 (users.csv)"), "{}", did.out);
    assert!(did.out.contains("eChalk: email … is used in another district"), "{}", did.out);
    told(&did, "homeroom report 2 --format corrected");
    let again = homeroom!(world, "attach", 2, "lines.csv", "--json").exits(0).object();
    assert_eq!((again["attached"].as_bool(), again["already"].as_bool()), (Some(false), Some(true)));

    let cause = again["causes"][0]["cause"].as_u64().unwrap();
    let errors = homeroom!(world, "errors", 2, "--cause", cause, "--json").exits(0).json();
    let found: Vec<_> = errors.iter().map(|e| (e["line"].as_u64(), e["code"].as_str(), e["column"].as_str())).collect();
    assert_eq!(found, [(Some(2), Some("VEN-701"), Some("email"))]);
    let sync = homeroom!(world, "sync", 2, "--json").exits(0).object();
    assert_eq!((sync["attached"][0]["vendor"].as_str(), sync["attached"][0]["open"].as_u64()), (Some("eChalk"), Some(1)));
    assert!(homeroom!(world, "sync", 2).exits(0).out.contains("Reported by eChalk: lines.csv, attached "));

    homeroom!(world, "fix", 2, 2, "email=maria.garcia@lincoln.example").exits(0);
    homeroom!(world, "rerun", 2).exits(1);
    assert!(homeroom!(world, "show", "staff:0012").exits(0).out.contains("maria.garcia@lincoln.example"));
    let listed = homeroom!(world, "attach", 3, "--json").exits(0).json();
    assert_eq!((listed.len(), listed[0]["open"].as_u64()), (1, Some(0)));
    let corrected = homeroom!(world, "report", 2, "--format", "corrected").exits(0).out;
    assert_eq!(corrected, users().replace("mgarcia@", "maria.garcia@"));

    homeroom!(world, "attach", 2, "--remove", "other.csv").exits(2);
    told(&homeroom!(world, "attach", 2, "--remove", "lines.csv").exits(0), "Removed");
    told(&homeroom!(world, "attach", 2).exits(0), "No report is attached");
    homeroom!(world, "--readonly", "attach", 2, "lines.csv").exits(6);
    homeroom!(world, "attach", 99, "lines.csv").exits(2);
    homeroom!(world, "attach", 2, "--dry-run").exits(2);
    homeroom!(world, "explain", "VEN-701").exits(0);
}

#[test]
fn a_backup_gives_the_whole_database_back() {
    let world = imported();
    homeroom!(world, "import", "users.csv").exits(1);
    let done = homeroom!(world, "backup", "monday.backup", "--json").exits(0).object();
    assert_eq!((done["journal_entries"].as_u64(), done["uploads"].as_u64()), (Some(2), Some(2)), "{done}");
    let taken = homeroom!(world, "backup", "monday.backup").exits(2).err;
    assert!(taken.contains("replaces none"), "{taken}");
    homeroom!(world, "--readonly", "--db", "copy", "restore", "monday.backup").exits(6);
    homeroom!(world, "--db", "copy", "restore", "monday.backup").exits(0);
    homeroom!(world, "--db", "copy", "verify", "--deep").exits(0);
    let syncs = |db: &[&str]| {
        let args: Vec<String> = db.iter().chain(&["syncs", "--json"]).map(|a| (*a).to_owned()).collect();
        world.run(&args).exits(0).out
    };
    assert_eq!(syncs(&["--db", "copy"]), syncs(&[]));
    homeroom!(world, "--db", "copy", "restore", "monday.backup").exits(5);
    homeroom!(world, "--db", "other", "restore", "users.csv").exits(5);
    assert!(!world.path("other").exists());
}
