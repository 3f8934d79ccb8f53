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
    assert_eq!(syncs.len(), 8);
    assert_eq!((syncs[0]["status"].as_str(), syncs[3]["status"].as_str()), (Some("dry_run"), Some("failed")));
    let started: Vec<&str> = syncs.iter().map(|s| s["started"].as_str().unwrap()).collect();
    assert!(started.windows(2).all(|pair| pair[0] > pair[1]), "each at its own hour: {started:?}");
    assert!(syncs.iter().any(|s| s["by"] == "cron") && syncs.iter().any(|s| s["by"] == "devon"));
    homeroom!(world, "--db", "demo/db", "verify", "--deep").exits(0);
    assert!(homeroom!(world, "demo", "--into", "demo").exits(2).err.contains("is not empty"));
    assert!(homeroom!(world, "demo").exits(2).err.contains("terminal"));
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
    for part in ["Period 1  class:ALG-1", "1 teachers, 1 students", "García, María", "Low, Iva", "history, newest first"] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let out = homeroom!(world, "show", "student:0014").exits(0).out;
    assert!(out.contains("Period 1"), "{out}");
    let out = homeroom!(world, "show", "course:ALG").exits(0).out;
    assert!(out.contains("Period 2"), "{out}");
    homeroom!(world, "show", "class:NOPE").exits(2);
}
