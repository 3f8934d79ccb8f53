//! The files that districts exchange: OneRoster and SDS bundles in, OneRoster out.

use std::io::{Cursor, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};

use crate::typed::{World, homeroom};

const ORGS: &str = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n";
const USERS: &str = "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n";
const CLASSES: &str = "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\n";
const COURSES: &str = "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes\n";
const ENROLLMENTS: &str = "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n";
const SESSIONS: &str = "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n";

type Files = Vec<(&'static str, String)>;

fn manifest(version: &str, how: &[(&str, &str)]) -> String {
    let files: Vec<String> = how.iter().map(|(f, how)| format!("file.{f},{how}\n")).collect();
    format!("propertyName,value\nmanifest.version,1.0\noneroster.version,{version}\n{}", files.concat())
}

/// A small district, whole.
fn district() -> Files {
    let all = ["orgs", "academicSessions", "users", "courses", "classes", "enrollments"].map(|f| (f, "bulk"));
    vec![
        ("manifest.csv", manifest("1.1", &all)),
        ("orgs.csv", format!("{ORGS}S1,,,Lincoln High,school,,D1\nD1,,,Lincoln Unified,district,,\n")),
        ("academicSessions.csv", format!("{SESSIONS}Y26,,,2026,schoolYear,2025-08-20,2026-06-10,,2026\n")),
        (
            "users.csv",
            format!(
                "{USERS}2001,,,true,S1,student,eli,,Eli,Ward,,,eli@l.example,,,G1,09,\n\
                 1001,,,true,S1,teacher,ana,,Ana,Diaz,,,ana@l.example,,,,,\n\
                 G1,,,true,,parent,,,Rosa,Ward,,,rosa@home.example,(555) 010-0199,,,,\n"
            ),
        ),
        ("courses.csv", format!("{COURSES}ALG,,,Y26,Algebra,MATH-1,,D1,Mathematics,\n")),
        ("classes.csv", format!("{CLASSES}ALG-1,,,Algebra 1,09,ALG,A1,scheduled,Room 4,S1,Y26,Mathematics,,\n")),
        ("enrollments.csv", format!("{ENROLLMENTS}E1,,,ALG-1,S1,2001,student,false,,\nE2,,,ALG-1,S1,1001,teacher,true,,\n")),
    ]
}

fn folder(world: &World, name: &str, files: &Files) {
    for (file, text) in files {
        world.write(&format!("{name}/{file}"), text);
    }
}

fn zip(world: &World, name: &str, files: &[(&str, String)]) {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (file, text) in files {
        zip.start_file(*file, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    world.write(name, zip.finish().unwrap().into_inner());
}

/// A line for each file: name, status, records created, updated, unchanged, disabled, refused.
fn told(lines: &[serde_json::Value]) -> Vec<String> {
    lines
        .iter()
        .map(|l| {
            let sum = |what: &str| l["counts"].as_object().unwrap().values().map(|t| t[what].as_u64().unwrap()).sum::<u64>();
            let counts = ["created", "updated", "unchanged", "disabled", "errors"].map(|w| sum(w).to_string()).join(" ");
            format!("{} {} {counts}", l["file"].as_str().unwrap(), l["status"].as_str().unwrap())
        })
        .collect()
}

fn import(world: &World, path: &str, code: i32) -> Vec<String> {
    told(&homeroom!(world, "import", path, "--json").exits(code).json())
}

#[test]
fn standards_oneroster_1_1_comes_in_as_a_folder_or_a_zip_with_a_result_for_each_file() {
    let world = World::new();
    folder(&world, "lincoln", &district());
    assert_eq!(
        import(&world, "lincoln", 0),
        [
            "orgs.csv completed 2 0 0 0 0",
            "academicSessions.csv completed 0 0 0 0 0",
            "users.csv completed 4 0 0 0 0", // three people and a guardian link
            "courses.csv completed 1 0 0 0 0",
            "classes.csv completed 1 0 0 0 0",
            "enrollments.csv completed 2 0 0 0 0"
        ]
    );
    zip(&world, "lincoln.zip", &district());
    let again = import(&world, "lincoln.zip", 0);
    assert_eq!((again.len(), again[2].as_str()), (6, "users.csv completed 0 0 4 0 0"));
    homeroom!(world, "show", "class:ALG-1").exits(0);
}

#[test]
fn standards_a_delta_changes_what_it_lists() {
    let world = World::new();
    folder(&world, "bulk", &district());
    import(&world, "bulk", 0);
    let user = "2001,tobedeleted,2026-01-01T00:00:00Z,true,S1,student,eli,,Eli,Ward,,,eli@l.example,,,,09,\n";
    folder(&world, "delta", &vec![("manifest.csv", manifest("1.1", &[("users", "delta")])), ("users.csv", format!("{USERS}{user}"))]);
    assert_eq!(import(&world, "delta", 0), ["users.csv completed 0 1 0 0 0"]);
    let people = homeroom!(world, "export", "people").exits(0).out;
    assert!(people.contains("Eli,,Ward,2001,student,disabled") && people.contains("Ana,,Diaz,1001,teacher,active"), "{people}");
}

#[test]
fn standards_references_are_followed_across_files_and_one_bad_file_is_said() {
    let world = World::new();
    let mut files = district();
    files[5].1 = files[5].1.replace("schoolSourcedId", "school");
    folder(&world, "lincoln", &files);
    let set = import(&world, "lincoln", 4);
    assert_eq!(set[2], "users.csv completed 4 0 0 0 0");
    assert!(set[4].starts_with("classes.csv failed 0"), "{set:?}");
    assert!(set[5].starts_with("enrollments.csv failed 0"), "{set:?}");
    // What could not be applied for it says so.
    let syncs = homeroom!(world, "syncs", "--json").exits(0).json();
    let last = syncs.iter().find(|s| s["file"] == "enrollments.csv").unwrap();
    let errors = homeroom!(world, "errors", last["sync"], "--json").exits(0).json();
    let told = format!("{errors:?}{last:?}");
    assert!(told.contains("classes.csv"), "it says what it depends on: {told}");
}

#[test]
fn standards_oneroster_1_2_comes_in() {
    let world = World::new();
    let users = "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\n1,,,true,eli,,Eli,Ward,,,,,,,09,,,,,,,S1,\n";
    let roles = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\nR1,,,1,primary,student,,,S1,\n";
    let how = [("orgs", "bulk"), ("users", "bulk"), ("roles", "bulk")];
    let files = vec![
        ("manifest.csv", manifest("1.2", &how)),
        district().remove(1),
        ("users.csv", users.to_owned()),
        ("roles.csv", roles.to_owned()),
    ];
    folder(&world, "lincoln", &files);
    let set = import(&world, "lincoln", 0);
    assert!(set.iter().any(|l| l == "users.csv completed 1 0 0 0 0"), "{set:?}");
    assert!(homeroom!(world, "show", "student:1").exits(0).out.contains("student"));
}

#[test]
fn standards_sds_2_1_comes_in() {
    let world = World::new();
    let files = vec![
        ("orgs.csv", "sourcedId,name,type,parentSourcedId\nS1,Lincoln High,school,\n".to_owned()),
        (
            "users.csv",
            "sourcedId,username,givenName,familyName,password,activeDirectoryMatchId,email,phone,sms\n\
             1,eli,Eli,Ward,,,,,\n2,ana,Ana,Diaz,,,,,\n3,rosa,Rosa,Ward,,,rosa@home.example,,\n"
                .to_owned(),
        ),
        (
            "roles.csv",
            "userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate\n\
             1,S1,student,,09,true,,\n2,S1,teacher,,,true,,\n3,S1,parent,,,true,,\n"
                .to_owned(),
        ),
        ("relationships.csv", "userSourcedId,relationshipUserSourcedId,relationshipRole\n1,3,parent\n".to_owned()),
    ];
    folder(&world, "sds", &files);
    let set = import(&world, "sds", 0);
    assert!(set.iter().any(|l| l == "users.csv completed 4 0 0 0 0"), "{set:?}");
}

#[test]
fn standards_what_was_exported_comes_in_again_all_unchanged_and_goes_out_the_same() {
    let world = World::new();
    folder(&world, "lincoln", &district());
    import(&world, "lincoln", 0);
    homeroom!(world, "export", "oneroster", "--out", "one.zip").exits(0);
    let again = import(&world, "one.zip", 0);
    let unchanged: Vec<&str> = again.iter().map(|l| l.split_once(' ').unwrap().1).collect();
    assert!(unchanged.iter().all(|l| l.starts_with("completed 0 0 ") && l.ends_with(" 0 0")), "{again:?}");
    assert_eq!(unchanged.iter().map(|l| l.split(' ').nth(3).unwrap().parse::<u32>().unwrap()).sum::<u32>(), 10);
    // Into an empty database it gives the same, and goes out as the same bytes.
    let other = World::new();
    let bytes = std::fs::read(world.path("one.zip")).unwrap();
    other.write("one.zip", &bytes);
    import(&other, "one.zip", 0);
    for what in ["people", "schools", "classes", "enrollments", "guardians"] {
        assert_eq!(homeroom!(other, "export", what).exits(0).out, homeroom!(world, "export", what).exits(0).out, "{what}");
    }
    homeroom!(other, "export", "oneroster", "--out", "two.zip").exits(0);
    assert!(std::fs::read(other.path("two.zip")).unwrap() == bytes, "not the same bytes");
}

#[test]
fn standards_the_demo_goes_out_and_comes_in_again_the_same() {
    let world = World::new();
    homeroom!(world, "demo", "--into", "demo").exits(0);
    let of_demo = |what: &str| homeroom!(world, "--db", "demo/db", "export", what).exits(0).out;
    homeroom!(world, "--db", "demo/db", "export", "oneroster", "--out", "one.zip").exits(0);
    homeroom!(world, "import", "one.zip").exits(0);
    for what in ["schools", "classes", "enrollments"] {
        assert_eq!(homeroom!(world, "export", what).exits(0).out, of_demo(what), "{what}");
    }
    assert!(of_demo("people").lines().count() > 2000);
    homeroom!(world, "export", "oneroster", "--out", "two.zip").exits(0);
    assert!(std::fs::read(world.path("one.zip")).unwrap() == std::fs::read(world.path("two.zip")).unwrap(), "not the same bytes");
}

#[test]
fn standards_a_zip_may_not_expand_a_hundredfold_or_leave_its_folder() {
    let world = World::new();
    zip(&world, "bomb.zip", &[("manifest.csv", manifest("1.1", &[])), ("users.csv", "a".repeat(1 << 20))]);
    let did = homeroom!(world, "import", "bomb.zip").exits(4);
    assert!((did.out + &did.err).contains("100 times"));
    zip(&world, "out.zip", &[("../users.csv", "a".into())]);
    homeroom!(world, "import", "out.zip").exits(4);
    assert!(!world.path("../users.csv").exists());
}
