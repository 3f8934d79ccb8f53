//! Two syncs beside each other, what a plan and an undo would do, why a field is so, and who is found: as it is typed.

use crate::world::{World, homeroom};

const SCHOOLS: &str =
    "external_id,name,type,parent_external_id,address\nD1,Lincoln Unified,district,,\nS1,Lincoln High,school,D1,1 Main St\n";
const HEADER: &str = "first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade,status";

/// Two syncs of users: #2 with one refused row, #3 in which it is mended and another one fails.
fn two() -> World {
    let world = World::new();
    let users = |rows: &str| format!("{HEADER}\n{rows}\n");
    world.write("schools.csv", SCHOOLS);
    world.write("one.csv", users("María,,García,mg@x.example,12,S1,Teacher,,,Active\nBen,,Ode,ben at x,13,S1,Staff,,,Active"));
    world.write(
        "two.csv",
        users("María,,García,maria@x.example,12,S1,Teacher,,,Active\nBen,,Ode,ben@x.example,13,S1,Staff,,,Active\nIva,,Low,iva@x.example,14,S9,Staff,,,Active"),
    );
    homeroom!(world, "import", "schools.csv").exits(0);
    homeroom!(world, "import", "one.csv").exits(1);
    homeroom!(world, "import", "two.csv").exits(1);
    world
}

#[test]
fn two_syncs_are_compared() {
    let world = two();
    let out = homeroom!(world, "compare", 2, 3).exits(0).out;
    for said in [
        "#3 two.csv compared with #2 one.csv",
        "rows are matched by custom_id",
        "1 newly failing, 1 newly fixed, 0 failing in both",
        "2 changed: email 2",
        "0 gone from the file, 1 new in it, 0 the same",
        "13  Ode, Ben  (line 3)  was: E-mail not valid",
        "email: \"mg@x.example\" -> \"maria@x.example\"",
        "14  Low, Iva  (line 4)  School S9 does not exist",
    ] {
        assert!(out.contains(said), "{said}\n{out}");
    }
    // One number is the newer one; the one before it of the same feed is found.
    let lines = homeroom!(world, "compare", 3, "--json").exits(0).json();
    assert_eq!((lines[0]["what"].as_str(), lines[0]["older"]["sync"].as_u64()), (Some("comparison"), Some(2)));
    assert_eq!(lines[0]["counts"]["newly_failing"], 1);
    let what: Vec<_> = lines[1..].iter().map(|l| (l["what"].as_str().unwrap(), l["key"].as_str().unwrap())).collect();
    assert_eq!(what, [("newly_failing", "14"), ("newly_fixed", "13"), ("changed", "12"), ("changed", "13"), ("new", "14")]);
    let only = homeroom!(world, "compare", 2, 3, "--only", "changed", "--filter", "garcia", "--json").exits(0).json();
    assert_eq!((only.len(), only[1]["changes"][0]["after"].as_str()), (2, Some("maria@x.example")));
    let short = homeroom!(world, "compare", 2, 3, "--only", "changed", "--limit", 1).exits(0).out;
    assert!(short.contains("1 of 2 shown"), "{short}");
    for (args, said) in [
        (vec!["1", "3"], "of profile schools"),
        (vec!["3", "3"], "with itself"),
        (vec!["2"], "no sync before"),
        (vec!["2", "9"], "no sync #9"),
    ] {
        let args: Vec<String> = std::iter::once("compare").chain(args).map(str::to_owned).collect();
        let refused = world.run(&args).exits(2);
        assert!(refused.err.contains(said), "{}", refused.err);
    }
    homeroom!(world, "compare", 2, 3, "--only", "everything").exits(2);
}

#[test]
fn a_plan_says_what_it_does_to_each_school() {
    let world = two();
    let dry = homeroom!(world, "import", "one.csv", "--dry-run", "--json").exits(3).object();
    let shares = dry["shares"].as_array().unwrap();
    assert_eq!(
        (shares[0]["school"].as_str(), shares[0]["kind"].as_str(), shares[0]["changed"].as_u64()),
        (Some("Lincoln High"), Some("staff"), Some(1))
    );
    let out = homeroom!(world, "sync", dry["sync"]).exits(0).out;
    assert!(out.contains("biggest share first") && out.contains("~1"), "{out}");
    let applied = homeroom!(world, "sync", 3).exits(0).out;
    assert!(!applied.contains("biggest share first"), "what is done has no plan: {applied}");
}

#[test]
fn an_undo_is_told_record_by_record() {
    let world = two();
    homeroom!(world, "edit", "staff:12", "email=hand@x.example").exits(0);
    let out = homeroom!(world, "undo", 3, "--dry-run").out;
    for said in [
        "Would be put back: 1 record",
        "staff 13  Ode, Ben  removed",
        "Must be left (RUN-605): 1",
        "staff 12  García, María  email: it was changed since; \"hand@x.example\" stays, \"mg@x.example\" is not put back (by hand, ana",
    ] {
        assert!(out.contains(said), "{said}\n{out}");
    }
    let json = homeroom!(world, "undo", 3, "--dry-run", "--json").object();
    assert_eq!((json["puts_back_total"].as_u64(), json["puts_back"][0]["action"].as_str()), (Some(1), Some("removed")));
    assert_eq!((json["stays"][0]["field"].as_str(), json["stays"][0]["since_by"].as_str()), (Some("email"), Some("ana")));
    assert_eq!(json["left"][0]["code"], "RUN-605");
    assert_eq!(homeroom!(world, "sync", 3, "--json").object()["undone_by"], serde_json::Value::Null, "a preview changes nothing");
}

#[test]
fn a_field_says_why_it_is_so() {
    let world = two();
    homeroom!(world, "edit", "staff:12", "email=hand@x.example").exits(0);
    let out = homeroom!(world, "show", "staff:12", "--field", "email").exits(0).out;
    for said in [
        "email of García, María",
        "now \"hand@x.example\"",
        "local fix",
        "by hand, ana",
        "#3 two.csv line 2, ana",
        "#2 one.csv line 2, ana",
    ] {
        assert!(out.contains(said), "{said}\n{out}");
    }
    let json = homeroom!(world, "show", "staff:12", "--field", "email", "--json").exits(0).object();
    let origins: Vec<_> = json["values"].as_array().unwrap().iter().map(|v| v["origin"].as_str().unwrap()).collect();
    assert_eq!(origins, ["local_fix", "file", "file"]);
    let school = homeroom!(world, "show", "school:S1", "--field", "name").exits(0).out;
    assert!(school.contains("#1 schools.csv line 3"), "{school}");
    let wrong = homeroom!(world, "show", "staff:12", "--field", "emial").exits(2);
    assert!(wrong.err.contains("did you mean email?"), "{}", wrong.err);
    let whole = homeroom!(world, "show", "staff:12", "--json").exits(0).object();
    assert_eq!(whole["history"][1]["file"], "two.csv");
}

#[test]
fn guardians_and_classes_are_found() {
    let world = two();
    let students = format!("{HEADER}\nMia,,Diaz,mia@x.example,1,S1,Student,,5,Active\nLeo,,Roth,leo@x.example,2,S1,Student,,5,Active\n");
    world.write("students.csv", students);
    world.write(
        "guardians.csv",
        "student_code,guardian_code,first_name,last_name,email,phone,home_phone,language\n1,G1,Ana,Moreno,,(555) 010-0199,,\n",
    );
    homeroom!(world, "import", "students.csv").exits(0);
    homeroom!(world, "import", "guardians.csv", "--profile", "schoolstatus-guardians").exits(0);
    homeroom!(world, "add", "class", "class_title=Algebra 1", "class_id=ALG-1", "class_org=S1").exits(0);
    let first = |query: &str| homeroom!(world, "find", query, "--json").exits(0).json().remove(0);
    let hit = first("guardian of: daiz");
    assert_eq!((hit["title"].as_str(), hit["about"].as_str()), (Some("Moreno, Ana"), Some("guardian of: Diaz, Mia · guardian G1")));
    // The student first, then the guardian, whose line says whose.
    let both = homeroom!(world, "find", "diaz", "--json").exits(0).json();
    assert_eq!(both.iter().map(|h| h["title"].as_str().unwrap()).collect::<Vec<_>>(), ["Diaz, Mia", "Moreno, Ana"]);
    let phone = first("010-0199");
    assert_eq!(
        (phone["title"].as_str(), phone["about"].as_str()),
        (Some("Moreno, Ana"), Some("guardian G1 · of Diaz, Mia · +15550100199 · Lincoln High"))
    );
    assert_eq!(phone["matched_about"].as_array().unwrap().len(), 7, "the seven digits: {phone}");
    let class = first("algerba");
    assert_eq!((class["what"].as_str(), class["title"].as_str()), (Some("class"), Some("Algebra 1")));
    assert_eq!(first("alg-1")["about"], "class ALG-1 · Lincoln High");
}
