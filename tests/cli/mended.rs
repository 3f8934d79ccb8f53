//! Mending at one stroke, value rules and standing corrections, as they are typed.

use super::world::{Did, World, homeroom};

const HEADER: &str = "first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade,status";
const SCHOOLS: &str = "external_id,name,type,parent_external_id,address\nD1,Lincoln,district,,\nS1,High,school,D1,1 Main St\n";

fn users(grades: &[(&str, &str)]) -> String {
    let row = |(id, grade): &(&str, &str)| format!("Ana,,Diaz,s{id}@l.example,{id},S1,Student,,{grade},Active\n");
    format!("{HEADER}\n{}", grades.iter().map(row).collect::<String>())
}

/// A district with one file, #2, in which three grades are words.
fn world() -> World {
    let world = World::new();
    world
        .write("schools.csv", SCHOOLS)
        .write("users.csv", users(&[("0001", "Kinder"), ("0002", "Kinder"), ("0003", "9"), ("0004", "Kinder")]));
    assert_eq!(homeroom!(world, "import", "schools.csv").code, 0);
    assert_eq!(homeroom!(world, "import", "users.csv").code, 1);
    world
}

fn json(did: &Did) -> serde_json::Value {
    serde_json::from_str(&did.out).unwrap_or_else(|e| panic!("{e}: {did:?}"))
}

#[test]
fn a_repair_is_shown_first_and_recorded_when_asked() {
    let world = world();
    let offers = homeroom!(world, "fix", 2, "--cause", 1);
    assert!(offers.out.contains("--set grade=NEW") && offers.out.contains('3'), "{offers:?}");
    let shown = homeroom!(world, "fix", 2, "--cause", 1, "--set", "grade=K");
    assert_eq!(shown.code, 0, "{shown:?}");
    for part in ["grade becomes \"K\"", "0001", "\"Kinder\"", "\"K\""] {
        assert!(shown.out.contains(part), "{part}: {shown:?}");
    }
    assert!(shown.err.contains("3 rows would be mended. Nothing was recorded: add --yes."), "{shown:?}");
    assert!(homeroom!(world, "corrections").err.contains("No corrections"));
    let done = homeroom!(world, "fix", 2, "--cause", 1, "--set", "grade=K", "--only", "2,5", "--yes");
    assert!(done.err.contains("Recorded: 2 rows mended. Next: homeroom rerun 2"), "{done:?}");
    let list = homeroom!(world, "corrections");
    assert_eq!(list.out.matches("standing").count(), 2, "{list:?}");
    let back = homeroom!(world, "fix", 2, "--undo");
    assert!(back.out.contains("Taken back: step 1, grade becomes \"K\", in 2 rows."), "{back:?}");
    assert_eq!(homeroom!(world, "fix", 2, "--undo").code, 2);
    assert!(homeroom!(world, "fix", 2, "--redo").out.contains("Made again: step 1"));
    assert_eq!(homeroom!(world, "rerun", 2).code, 1, "one row is left");
}

#[test]
fn as_json_each_row_stands_before_and_after() {
    let world = world();
    let shown = json(&homeroom!(world, "fix", 2, "--cause", 1, "--set", "grade=K", "--from", "Kinder", "--json"));
    assert_eq!(shown["schema"], 1);
    assert_eq!((&shown["mended"], &shown["recorded"], &shown["step"]), (&3.into(), &false.into(), &serde_json::Value::Null));
    let first = &shown["changes"][0];
    assert_eq!((&first["line"], &first["before"], &first["after"]), (&2.into(), &"Kinder".into(), &"K".into()));
    assert_eq!(shown["rules"][0], serde_json::json!({"from": "Kinder", "to": "K"}));
    let done = json(&homeroom!(world, "fix", 2, "--cause", 1, "--set", "grade=K", "--yes", "--json"));
    assert_eq!((&done["recorded"], &done["step"]), (&true.into(), &1.into()));
    let back = json(&homeroom!(world, "fix", 2, "--undo", "--json"));
    assert_eq!((&back["rows"], &back["again"]), (&3.into(), &false.into()));
    // Kinder is another word for K, so that the nearest is offered first.
    let offers = homeroom!(world, "fix", 2, "--cause", 1, "--json").json();
    let said: Vec<_> = offers.iter().map(|o| (o["repair"].as_str(), o["rows"].as_u64())).collect();
    assert_eq!(said, [(Some("nearest"), Some(3)), (Some("set"), Some(3))]);
}

#[test]
fn what_makes_no_sense_is_refused_before_anything() {
    let world = world();
    for (args, part) in [
        (&["fix", "2", "--cause", "9", "--set", "grade=K"][..], "has no cause 9"),
        (&["fix", "2", "--cause", "1", "--set", "grde=K"], "Did you mean grade?"),
        (&["fix", "2", "--cause", "1", "--set", "grade"], "No new value"),
        (&["fix", "2", "--cause", "1", "--set", "grade=K", "--strip", "grade"], "cannot be used with"),
        (&["fix", "2", "--set", "grade=K"], "--cause"),
        (&["fix", "2"], "LINE"),
        (&["fix", "2", "--cause", "1", "--strip", "grade", "--save-rule", "--yes"], "cannot be kept as a value rule"),
        (&["export", "people", "--for", "ticket"], "made of corrections"),
        (&["corrections", "end", "9"], "no standing correction 9"),
    ] {
        let args: Vec<String> = args.iter().map(|a| (*a).to_owned()).collect();
        let did = world.run(&args);
        assert!(did.code == 2 && did.err.contains(part), "{args:?}: {did:?}");
    }
    assert!(homeroom!(world, "corrections").err.contains("No corrections"));
}

#[test]
fn a_rule_is_kept_shown_and_taken_away() {
    let world = world();
    let done = homeroom!(world, "fix", 2, "--cause", 1, "--set", "grade=K", "--save-rule", "--yes");
    assert!(done.out.contains("Kept as a rule of the feed: grade: \"Kinder\" -> \"K\""), "{done:?}");
    let shown = homeroom!(world, "feeds", "show", "echalk-users");
    assert!(shown.out.contains("taken as") && shown.out.contains("Kinder"), "{shown:?}");
    assert!(shown.out.contains("not set up"), "a rule alone sets nothing up: {shown:?}");
    world.write("next.csv", users(&[("0009", "Kinder")]));
    assert_eq!(homeroom!(world, "import", "next.csv").code, 0);
    assert!(homeroom!(world, "row", 3, 2).out.contains("changed by a rule of the feed: K"));
    let edited = json(&homeroom!(world, "feeds", "edit", "echalk-users", "--no-rule", "grade:Kinder", "--rule", "grade:Erste=1", "--json"));
    assert_eq!(edited["rules"].as_array().unwrap().len(), 1);
    assert_eq!((&edited["rules"][0]["from"], &edited["rules"][0]["to"]), (&"Erste".into(), &"1".into()));
    assert_eq!(edited["set_up"], false);
    let wrong = homeroom!(world, "feeds", "edit", "echalk-users", "--rule", "custom_id:1=2");
    assert!(wrong.code == 2 && wrong.err.contains("is the key"), "{wrong:?}");
    assert_eq!(homeroom!(world, "feeds", "edit", "echalk-users", "--rule", "grade").code, 2);
}

#[test]
fn corrections_are_listed_ended_and_told_to_the_owner() {
    let world = world();
    homeroom!(world, "fix", 2, "--cause", 1, "--set", "grade=K", "--yes");
    world.write("next.csv", users(&[("0001", "Kinder"), ("0002", "10"), ("0004", "Kinder")]));
    let next = homeroom!(world, "import", "next.csv");
    assert_eq!(next.code, 0, "{next:?}");
    let notes = homeroom!(world, "errors", 3);
    assert!(notes.out.contains("RUN-608") && notes.out.contains("RUN-609"), "{notes:?}");
    assert!(homeroom!(world, "row", 3, 2).out.contains("corrected as on "));
    let ticket = homeroom!(world, "export", "corrections", "--for", "ticket");
    assert!(ticket.out.contains("grade is \"Kinder\", should be \"K\" (2)\n  students: 0001, 0004"), "{ticket:?}");
    let csv = homeroom!(world, "export", "corrections");
    assert!(csv.out.contains(",standing,echalk-users,1,3,") && csv.out.contains(",resolved at the source,"), "{csv:?}");
    let standing = homeroom!(world, "corrections", "--standing", "--filter", "0004", "--json");
    let one = json(&standing);
    assert_eq!((&one["state"], &one["times"], &one["last"]), (&"standing".into(), &1.into(), &3.into()));
    let ended = homeroom!(world, "corrections", "end", one["number"].as_u64().unwrap());
    assert!(ended.code == 0 && ended.err.contains("stands no more"), "{ended:?}");
    assert_eq!(homeroom!(world, "corrections", "--standing").out.matches("standing").count(), 1);
    let readonly = homeroom!(world, "--readonly", "corrections", "end", 1);
    assert_eq!(readonly.code, 6, "{readonly:?}");
}
