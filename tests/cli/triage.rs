//! Triage without a screen: what is open, what sleeps, what went, who claims the same and who is whom.

use crate::world::{World, homeroom};

const SCHOOLS: &str =
    "external_id,name,type,parent_external_id,address\nD1,Lincoln Unified,district,,\nS1,Lincoln High,school,D1,1 Main St\n";
const HEADER: &str = "first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade,status";

/// A database with the schools and that users' file; the number of the file's sync.
fn with_users(rows: &[&str]) -> (World, u64) {
    let world = World::new();
    world.write("schools.csv", SCHOOLS);
    homeroom!(world, "import", "schools.csv").exits(0);
    let n = import(&world, rows);
    (world, n)
}

fn import(world: &World, rows: &[&str]) -> u64 {
    world.write("users.csv", format!("{HEADER}\n{}\n", rows.join("\n")));
    let did = homeroom!(world, "import", "users.csv", "--json");
    serde_json::from_str::<serde_json::Value>(did.out.lines().next().unwrap()).unwrap()["sync"].as_u64().unwrap()
}

const FAR: &str = "Ana,,Diaz,a@l.example,1,S11,Teacher,,,Active";
const BAD: &str = "Ben,,Ode,no,2,S1,Teacher,,,Active";

#[test]
fn a_sync_says_what_is_near_and_what_went() {
    let (world, n) = with_users(&[FAR, BAD]);
    let shown = homeroom!(world, "sync", n).exits(0).out;
    assert!(shown.contains("near \"S11\" there is \"S1\" Lincoln High"), "{shown}");
    let json = homeroom!(world, "sync", n, "--json").exits(0).object();
    let cause = json["causes"].as_array().unwrap().iter().find(|c| c["code"] == "REF-301").unwrap();
    assert_eq!((cause["near"][0]["value"].as_str(), cause["near"][0]["words"].as_str()), (Some("S1"), Some("Lincoln High")));
    assert_eq!(json["resolved"], serde_json::json!([]));
    let errors = homeroom!(world, "errors", n, "--json").exits(0).json();
    assert_eq!(errors[0]["near"][0]["value"], "S1");
    assert!(errors[1].get("near").is_none(), "nothing is near an address without @: {errors:?}");
    assert!(homeroom!(world, "errors", n).exits(0).out.contains("near \"S11\": \"S1\" Lincoln High"));
    assert!(homeroom!(world, "row", n, 2).exits(0).out.contains("maybe \"S1\" Lincoln High"));

    let next = import(&world, &["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active", BAD]);
    let json = homeroom!(world, "sync", next, "--json").exits(0).object();
    let resolved = &json["resolved"][0];
    assert_eq!((resolved["code"].as_str(), resolved["source"].as_u64(), resolved["left"].as_u64()), (Some("REF-301"), Some(1), Some(0)));
    assert!(homeroom!(world, "sync", next).exits(0).out.contains("1 mended at the source"));
    let triage = homeroom!(world, "triage", "--json").exits(0).object();
    assert_eq!((triage["open"][0]["code"].as_str(), triage["open"][0]["syncs"].as_u64()), (Some("VAL-210"), Some(2)));
    assert_eq!(triage["resolved"].as_array().unwrap().len(), 1);
    assert!(homeroom!(world, "triage").exits(0).out.contains("2 syncs"));
}

#[test]
fn a_cause_is_put_to_sleep_listed_and_woken() {
    let (world, n) = with_users(&[FAR, BAD]);
    let did = homeroom!(world, "snooze", n, 1, "--until", "3w", "--reason", "the school opens in December").exits(0);
    assert!(did.out.contains("the school opens in December") && did.out.contains("ana"), "{}", did.out);
    let triage = homeroom!(world, "triage").exits(0).out;
    assert!(triage.contains("1 snoozed: homeroom snooze --list"), "{triage}");
    let all = homeroom!(world, "snooze", "--list", "--json").exits(0).json();
    assert_eq!((all.len(), all[0]["snoozed"]["state"].as_str(), all[0]["open"]["sync"].as_u64()), (1, Some("asleep"), Some(n)));
    let sync = homeroom!(world, "sync", n).exits(0).out;
    assert!(sync.contains("snoozed until"), "never hidden silently: {sync}");
    let id = all[0]["snoozed"]["id"].as_str().unwrap();
    homeroom!(world, "snooze", "--wake", id).exits(0);
    assert_eq!(homeroom!(world, "triage", "--json").exits(0).object()["snoozed"], 0);
    homeroom!(world, "snooze", "--wake", id).exits(2);
}

#[test]
fn a_snooze_without_reason_or_with_a_wrong_day_is_refused() {
    let (world, n) = with_users(&[FAR]);
    homeroom!(world, "snooze", n, 1).exits(2);
    let did = homeroom!(world, "snooze", n, 1, "--reason", "why", "--until", "soon").exits(2);
    assert!(did.err.contains("\"soon\" is no day: write 3d, 1w or 2026-12-01"), "{}", did.err);
    homeroom!(world, "snooze", n, 1, "--reason", "why", "--until", "2001-01-01").exits(2);
    homeroom!(world, "snooze", n, 7, "--reason", "why").exits(2);
    assert!(homeroom!(world, "snooze", "--list").exits(0).err.contains("Nothing sleeps."));
}

#[test]
fn rows_that_claim_the_same_stand_side_by_side_and_one_is_picked() {
    let (world, n) = with_users(&["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active", "Ben,,Ode,b@l.example,1,S1,Teacher,,,Active"]);
    let shown = homeroom!(world, "row", n, 3, "--beside").exits(0).out;
    for text in ["A  row 2", "B *  row 3", "C  on the roster: Diaz, Ana", "first_name", "Ben"] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    let json = homeroom!(world, "row", n, 3, "--beside", "--json").exits(0).object();
    assert_eq!((json["at"].as_u64(), json["columns"][0].as_str(), json["rows"].as_array().unwrap().len()), (Some(1), Some("custom_id"), 2));
    let did = homeroom!(world, "fix", n, 3, "--stands").exits(0);
    assert!(did.out.contains("row 2 stays out") && did.err.contains("Next: homeroom rerun"), "{did:?}");
    homeroom!(world, "rerun", n).exits(0);
    assert_eq!(homeroom!(world, "show", "staff:1", "--json").exits(0).object()["name"], "Ode, Ben");
    homeroom!(world, "fix", n, 3, "--undecided").exits(0);
    homeroom!(world, "fix", n, 3, "--undecided").exits(2);
}

#[test]
fn a_known_person_under_a_new_id_is_linked_by_reference() {
    let (world, _) = with_users(&["Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active"]);
    let n = import(&world, &["Ana,,Diaz,new@l.example,2001,S1,Teacher,,,Active"]);
    let row = homeroom!(world, "fix", n, 2, "--same-as", "staff:1", "--json").exits(0).object();
    assert_eq!(row["decided"]["decided"], "linked");
    homeroom!(world, "rerun", n).exits(0);
    assert_eq!(homeroom!(world, "list", "staff", "--json").exits(0).json().len(), 1);
    homeroom!(world, "show", "staff:1").exits(2);
    homeroom!(world, "verify", "--deep").exits(0);
}

#[test]
fn one_decision_at_a_time_and_none_beside_cells() {
    let (world, n) = with_users(&[BAD]);
    homeroom!(world, "fix", n, 2, "--skip", "--as-new").exits(2);
    homeroom!(world, "fix", n, 2, "email=b@l.example", "--skip").exits(2);
    homeroom!(world, "fix", n, 2).exits(2);
    homeroom!(world, "fix", n, 2, "--same-as", "school:S1").exits(2);
    homeroom!(world, "fix", n, 2, "--stands").exits(2);
    homeroom!(world, "fix", n, 2, "--skip").exits(0);
    homeroom!(world, "rerun", n).exits(0);
}
