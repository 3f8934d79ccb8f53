//! What is printed for programs and for people, against a desk that knows its answers by heart.

use crate::fake::{run, run_at};
use crate::world::keys;

fn json(args: &[&str]) -> serde_json::Value {
    let (_, out, _) = run(args);
    serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out}"))
}

#[test]
fn import_prints_exactly_the_keys_of_the_contract() {
    let (code, out, err) = run(&["import", "users.csv", "--json"]);
    assert_eq!(code, 1);
    let wanted =
        ["schema", "sync", "status", "dry_run", "file", "profile", "rows", "rows_with_errors", "counts", "findings", "hold", "seconds"];
    assert_eq!(keys(out.trim_end()), wanted);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["status"], "completed_with_errors");
    assert_eq!(json["counts"]["staff"], serde_json::json!({"created":120,"updated":0,"unchanged":0,"disabled":0,"errors":3}));
    let kinds = ["orgs", "staff", "students", "guardians", "classes", "courses", "enrollments", "links"];
    assert!(kinds.iter().all(|k| json["counts"][k]["unchanged"].is_u64()), "{out}");
    assert_eq!(json["findings"], serde_json::json!({"errors":23,"warnings":4,"info":1}));
    assert_eq!((json["hold"].is_null(), json["seconds"].as_f64()), (true, Some(0.021)));
    assert_eq!(err, "note: tidied␛[2J up\n");
}

#[test]
fn errors_prints_exactly_the_keys_of_the_contract() {
    let (code, out, _) = run(&["errors", "12", "--json"]);
    assert_eq!((code, out.lines().count()), (0, 2));
    let wanted = ["schema", "sync", "line", "row", "key", "column", "code", "severity", "value", "message", "resolution", "cause"];
    assert!(out.lines().all(|l| keys(l) == wanted), "{out}");
    let first: serde_json::Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    assert_eq!(first["value"], "maria at\x1b[2J k12");
    assert!(!out.contains('\x1b'), "hidden characters are escaped");
    let second: serde_json::Value = serde_json::from_str(out.lines().nth(1).unwrap()).unwrap();
    assert!(second["line"].is_null() && second["cause"].is_null());
    assert_eq!(run(&["errors", "12", "--json", "--severity", "error"]).1.lines().count(), 1);
}

#[test]
fn imports_exit_as_they_end() {
    let cases: &[(&[&str], u8)] = &[
        (&["clean.csv"], 0),
        (&["users.csv"], 1),
        (&["held.csv"], 3),
        (&["failed.csv"], 4),
        (&["locked.csv"], 5),
        (&["cancelled.csv"], 75),
        (&["strange.csv"], 2),
        (&["users.csv", "--dry-run"], 1),
        (&["users.csv", "--fail-on", "held"], 0),
        (&["held.csv", "--fail-on", "held"], 3),
        (&["held.csv", "--fail-on", "never"], 0),
        (&["failed.csv", "--fail-on", "never"], 4),
        (&["clean.csv", "users.csv"], 1),
        (&["users.csv", "held.csv", "clean.csv"], 3),
        (&["failed.csv", "held.csv", "users.csv"], 4),
        (&["users.csv", "strange.csv", "clean.csv"], 2),
        (&["users.csv", "locked.csv", "clean.csv"], 5),
    ];
    for (args, code) in cases {
        let args: Vec<&str> = ["import"].iter().chain(*args).copied().collect();
        let (seen, out, err) = run(&args);
        assert_eq!(seen, *code, "{args:?}\n{out}\n{err}");
    }
}

#[test]
fn a_set_prints_an_object_each() {
    let (code, out, _) = run(&["import", "schools.csv", "users.csv", "clean.csv", "--json"]);
    let files: Vec<String> =
        out.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap()["file"].as_str().unwrap().to_owned()).collect();
    assert_eq!((code, files), (1, vec!["schools.csv".into(), "users.csv".into(), "clean.csv".into()]));
    assert_eq!(run(&["import", "locked.csv", "clean.csv", "--json", "--profile", "echalk-users"]).1, "");
}

#[test]
fn a_sync_for_people() {
    let (code, out, _) = run(&["sync", "12"]);
    let expected = "\
#12  users.csv
2026-11-22 07:00 · 0.021 s · by ana · profile echalk-users
Completed with errors: 1,000 rows, 21 with errors

       created  updated  unchanged  disabled  errors
staff      120        0          0         0       3

cause  code     what            rows  clears  since
    3  VAL-201  email is empty    14      12  3 syncs
";
    assert_eq!((code, out.as_str()), (0, expected));
}

#[test]
fn a_sync_and_the_history_for_programs() {
    let sync = json(&["sync", "#12", "--json"]);
    assert_eq!(sync["started"], "2026-11-22T12:00:00Z");
    assert_eq!((sync["causes"][0]["rows"].as_u64(), sync["causes"][0]["syncs"].as_u64()), (Some(14), Some(3)));
    let (_, out, _) = run(&["syncs", "--json"]);
    assert_eq!(&keys(out.trim_end())[..3], ["schema", "sync", "status"]);
    assert_eq!(json(&["syncs", "--json"])["kind"], "import");
}

#[test]
fn errors_fit_a_terminal_and_say_what_to_do() {
    let (_, out, _) = run_at(&["errors", "12", "--color", "never"], Some(60), "");
    assert!(out.lines().next().unwrap().starts_with("row  key       column  code     message"), "{out}");
    assert!(out.contains(" 37  10000252  email   VAL-201  "), "{out}");
    assert!(out.lines().last().unwrap().starts_with("VAL-201  "), "{out}");
    assert!(!out.chars().any(|c| c.is_control() && c != '\n'), "{out:?}");
    let (_, piped, _) = run(&["errors", "12"]);
    assert!(piped.lines().next().unwrap().ends_with("what to do"), "{piped}");
}

#[test]
fn a_wrong_cause_or_sync_is_a_slip() {
    let (code, out, err) = run(&["errors", "12", "--cause", "9"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("no cause 9") && err.contains("homeroom sync 12"), "{err}");
    let (code, _, err) = run(&["errors", "99"]);
    assert!(code == 2 && err.contains("There is no sync #99") && err.contains("homeroom syncs"), "{err}");
    let (code, _, err) = run(&["errors", "12", "--column", "emial"]);
    assert!(code == 2 && err.contains("did you mean email?"), "{err}");
}

#[test]
fn a_row_shows_no_secret_and_nothing_hidden() {
    let (_, out, _) = run(&["row", "12", "37"]);
    assert!(out.starts_with("#12  line 37, key 10000252, REFUSED\n") && out.contains("(secret)"), "{out}");
    assert!(out.contains("María⟨202E⟩") && !out.contains("S3cret"), "{out}");
    let row = json(&["row", "12", "--record", "36", "--json"]);
    assert!(row["cells"][2]["value"].is_null() && !row.to_string().contains("S3cret"), "{row}");
    assert_eq!((row["line"].as_u64(), row["findings"][0]["code"].as_str()), (Some(37), Some("VAL-201")));
}

#[test]
fn a_fix_names_its_columns_and_asks_for_secrets() {
    let (code, out, err) = run(&["fix", "12", "37", "email=m@k12.example"]);
    assert_eq!(code, 0);
    assert!(out.contains("m@k12.example") && out.contains("corrected, was (blank)") && err.contains("homeroom rerun 12"), "{out}{err}");
    let (_, out, _) = run(&["fix", "12", "37", "email=a=b", "--json"]);
    assert!(out.contains("\"value\":\"a=b\""), "{out}");
    for (cell, part) in [("emial=x", "did you mean email?"), ("email", "email=VALUE"), ("password=Secret1", "Write password alone")] {
        let (code, out, err) = run(&["fix", "12", "37", cell]);
        assert!(code == 2 && out.is_empty() && err.contains(part) && !err.contains("Secret1"), "{cell}: {err}");
    }
    let (code, out, err) = run_at(&["fix", "12", "37", "password"], None, "hunter2x\n");
    assert!(code == 0 && !out.contains("hunter2x") && !err.contains("hunter2x"), "{out}{err}");
    assert!(run(&["fix", "12", "37", "email=x", "--dry-run"]).2.contains("Nothing was recorded"));
}

#[test]
fn an_undo_says_what_it_left() {
    let (code, out, _) = run(&["undo", "12"]);
    assert!(code == 0 && out.starts_with("#12  undo of #12, users.csv\n") && out.contains("Left out by #12:\n  VAL-201"), "{out}");
    let undone = json(&["undo", "12", "--json"]);
    assert_eq!((undone["kind"].as_str(), undone["of"].as_u64(), undone["left"].as_array().unwrap().len()), (Some("undo"), Some(12), 1));
}

#[test]
fn what_is_found_can_be_asked_for_again() {
    let (_, out, err) = run(&["find", "garcia", "maria", "--json"]);
    let hits: Vec<serde_json::Value> = out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!((hits[0]["ref"].as_str(), hits[0]["what"].as_str()), (Some("@17"), Some("person")));
    assert_eq!((hits[1]["sync"].as_u64(), hits[1]["record"].as_u64()), (Some(12), Some(36)));
    assert!(!err.contains("shown"), "{err}");
    let (_, out, err) = run(&["find", "garcia"]);
    assert!(out.contains("row 12 --record 36") && err.contains("2 of 3 shown"), "{out}{err}");
}

#[test]
fn an_id_that_names_several_lists_them() {
    let (code, out, err) = run(&["show", "0012"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("staff:0012") && err.contains("student:0012"), "{err}");
    let (code, _, err) = run(&["show", "nobody"]);
    assert!(code == 2 && err.contains("homeroom find nobody"), "{err}");
}

#[test]
fn a_person_with_where_each_value_came_from() {
    let (_, out, _) = run(&["show", "staff:0012"]);
    for part in
        ["García, María  staff:0012", "teacher · active · Lincoln High", "#12 users.csv line 88", "last_name: (blank) -> \"García\""]
    {
        assert!(out.contains(part), "{part}\n{out}");
    }
    let person = json(&["show", "staff:0012", "--json"]);
    assert_eq!((person["handle"].as_str(), person["fields"][0]["line"].as_u64()), (Some("@17"), Some(88)));
    assert_eq!(person["history"][0]["changes"][0]["after"], "García");
}

#[test]
fn an_edit_names_its_fields() {
    assert_eq!(run(&["edit", "staff:0012", "email=x@y.example", "position="]).0, 0);
    let (code, _, err) = run(&["edit", "staff:0012", "emial=x"]);
    assert!(code == 2 && err.contains("did you mean email?"), "{err}");
}

#[test]
fn lists_are_lines() {
    let (_, out, _) = run(&["list", "staff", "--json"]);
    assert_eq!(keys(out.trim_end()), ["schema", "ref", "sourced_id", "name", "role", "status", "grade", "email", "school"]);
    assert!(json(&["list", "people", "--json"])["email"].is_null());
    assert_eq!(run(&["list", "guardians", "--json"]), (0, String::new(), "note: tidied␛[2J up\n".into()));
    let (_, out, err) = run(&["list", "staff"]);
    assert!(out.contains("García, María  teacher  0012  Lincoln High") && err.contains("1 of 1"), "{out}{err}");
}

#[test]
fn reports_go_to_standard_output_or_to_a_file() {
    assert_eq!(run(&["report", "12", "--format", "results"]).1, "a,b\n1,2\n");
    let (code, out, err) = run(&["report", "13", "--format", "sync-report"]);
    assert!(code == 0 && out.is_empty() && err.contains("no errors"), "{out}{err}");

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("r.csv").display().to_string();
    let folder = dir.path().display().to_string();
    assert_eq!(json(&["export", "staff", "--out", &path, "--json"])["lines"], 1);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "a,b\n1,2\n");
    let (code, _, err) = run(&["export", "staff", "--out", &path]);
    assert!(code == 2 && err.contains("is there already") && err.contains("--force"), "{err}");
    assert_eq!(run(&["export", "staff", "--out", &path, "--force"]).0, 0);
    assert_eq!(run(&["export", "staff", "--out", &folder]).0, 0);
    assert!(dir.path().join("out.csv").exists(), "into a folder, under its own name");
    assert_eq!(run(&["export", "staff", "--force"]).0, 2);
}

#[test]
fn profiles_are_shown_and_their_templates() {
    assert_eq!(run(&["profiles", "show", "echalk-users", "--template"]).1, "first_name,\"status, now\"\n");
    let (code, _, err) = run(&["profiles", "show", "echalk-user"]);
    assert!(code == 2 && err.contains("did you mean echalk-users?"), "{err}");
    let (_, out, _) = run(&["profiles"]);
    assert!(out.contains("echalk-users  students  A title  built in"), "{out}");
    let (_, out, _) = run(&["profiles", "show", "schools"]);
    assert!(out.contains("first_name is one of: Active, Disabled") && out.contains("IDs are unique."), "{out}");
    assert_eq!(json(&["profiles", "show", "schools", "--json"])["columns"][0]["name"], "first_name");
    assert_eq!(run(&["profiles", "list", "--json"]).1.lines().count(), 2);
}

#[test]
fn damage_is_an_exit_code() {
    assert_eq!(run(&["verify"]).0, 0);
    let (code, out, _) = run(&["verify", "--deep"]);
    assert!(code == 5 && out.contains("damaged: block 2: wrong checksum"), "{out}");
    let seen = json(&["verify", "--json"]);
    assert_eq!((seen["ok"].as_bool(), seen["read"]["blocks"].as_u64(), seen["totals"]["staff"].as_u64()), (Some(true), Some(3), Some(1)));
    assert_eq!(json(&["doctor", "--json"])["well"], false);
}
