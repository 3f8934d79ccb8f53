//! Files that come together: OneRoster and SDS bundles as folders and ZIP files, sets of several files, and the export that comes in
//! again as it was. People and schools are made up.

// Functions that tests share are tests too.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use homeroom::desk::{Desk, ExportWhat, FindingQuery, Import, Output, Ran, Recognised, Reply, Request, Surroundings, Trouble, Window};
use homeroom::ledger::{Actor, Finding, Mode, Severity, Sync, SyncNo, SyncStatus, Timestamp};
use tempfile::TempDir;
use zip::write::{SimpleFileOptions, ZipWriter};

const ORGS: &str = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n";
const USERS: &str = "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n";
const COURSES: &str = "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes\n";
const CLASSES: &str = "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\n";
const ENROLLMENTS: &str = "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n";
const SESSIONS: &str = "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n";

/// A clock that goes on by a second each time it is looked at.
fn clock() -> Timestamp {
    static NOW: AtomicI64 = AtomicI64::new(1_795_000_000_000_000);
    Timestamp(NOW.fetch_add(1_000_000, Ordering::Relaxed))
}

/// A desk on a database of its own, and files.
struct World {
    dir: TempDir,
    desk: Desk,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let desk = Desk::open(Surroundings {
            db: dir.path().join("db"),
            profiles: None,
            by: Actor("ana".into()),
            host: "host".into(),
            readonly: false,
            scope: None,
            wait: Duration::ZERO,
            now: clock,
        })
        .unwrap();
        Self { dir, desk }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), bytes).unwrap();
        self.path(name).to_str().unwrap().to_owned()
    }

    fn folder(&self, name: &str, files: &[(&str, String)]) -> String {
        std::fs::create_dir(self.path(name)).unwrap();
        for (file, text) in files {
            self.file(&format!("{name}/{file}"), text);
        }
        self.path(name).to_str().unwrap().to_owned()
    }

    fn zip(&self, name: &str, files: &[(&str, String)]) -> String {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (file, text) in files {
            zip.start_file(*file, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        self.file(name, zip.finish().unwrap().into_inner())
    }

    fn try_import(&self, import: Import) -> Result<Vec<Ran>, Trouble> {
        match self.desk.ask(Request::Import(import), &mut |_| true) {
            Reply::RanSet(set) => Ok(set),
            Reply::Ran(ran) => Ok(vec![*ran]),
            Reply::Trouble(trouble) => Err(trouble),
            other => panic!("{other:?}"),
        }
    }

    fn import(&self, path: &str) -> Vec<Sync> {
        syncs(self.try_import(Import { path: path.into(), ..Import::default() }).unwrap())
    }

    fn findings(&self, number: SyncNo) -> Vec<Finding> {
        match self.desk.ask(Request::Findings { sync: number, query: FindingQuery::default(), window: Window::ALL }, &mut |_| true) {
            Reply::Findings(page) => page.rows,
            other => panic!("{other:?}"),
        }
    }

    /// A line for each file: name, status, what was counted, codes at least as bad as a warning.
    fn told(&self, set: &[Sync]) -> String {
        let mut told = String::new();
        for sync in set {
            write!(told, "{} {}", sync.file, sync.status).unwrap();
            for (kind, t) in sync.counts.iter() {
                for (sign, n) in [('+', t.created), ('~', t.updated), ('=', t.unchanged), ('-', t.disabled), ('!', t.errors)] {
                    if n > 0 {
                        write!(told, " {kind}{sign}{n}").unwrap();
                    }
                }
            }
            for f in self.findings(sync.number).iter().filter(|f| f.severity >= Severity::Warning) {
                write!(told, " [{} {}]", f.code, f.message()).unwrap();
            }
            told.push('\n');
        }
        told
    }

    fn export(&self) -> Output {
        match self.desk.ask(Request::Export { what: ExportWhat::Oneroster, org: None, for_spreadsheet: false }, &mut |_| true) {
            Reply::Output(output) => output,
            other => panic!("{other:?}"),
        }
    }

    fn exported(&self, what: ExportWhat) -> String {
        match self.desk.ask(Request::Export { what, org: None, for_spreadsheet: false }, &mut |_| true) {
            Reply::Output(output) => String::from_utf8(output.bytes).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    fn recognise(&self, path: &str) -> Recognised {
        match self.desk.ask(Request::Recognise { path: path.into() }, &mut |_| true) {
            Reply::Recognised(recognised) => recognised,
            other => panic!("{other:?}"),
        }
    }
}

fn syncs(set: Vec<Ran>) -> Vec<Sync> {
    set.into_iter().map(|r| r.detail.sync).collect()
}

/// A manifest of that version, with how each file comes.
fn manifest(version: &str, files: &[(&str, &str)]) -> String {
    let mut text = format!("propertyName,value\nmanifest.version,1.0\noneroster.version,{version}\n");
    for (file, how) in files {
        writeln!(text, "file.{file},{how}").unwrap();
    }
    text
}

const ALL: [&str; 6] = ["orgs", "academicSessions", "users", "courses", "classes", "enrollments"];

/// A small district, whole.
fn district() -> Vec<(&'static str, String)> {
    vec![
        ("manifest.csv", manifest("1.1", &ALL.map(|f| (f, "bulk")))),
        ("orgs.csv", format!("{ORGS}S1,,,Lincoln High,school,,D1\nD1,,,Lincoln Unified,district,,\n")),
        (
            "academicSessions.csv",
            format!("{SESSIONS}Y26,,,2026,schoolYear,2025-08-20,2026-06-10,,2026\nT1,,,Fall,term,2025-08-20,2025-12-20,Y26,2026\n"),
        ),
        (
            "users.csv",
            format!(
                "\u{feff}{USERS}\
                 1001,,,true,S1,student,maria,,María,O'Brien,,,maria@lincoln.example,,,\"G1,G2\",09,\n\
                 1001,,,true,S1,teacher,tdiaz,{{LDAP:tdiaz}},Tom,Diaz,,,tom@lincoln.example,,,,,\n\
                 2002,,,true,\"D1,S1\",administrator,ada,,Ada,Pak,,,ada@lincoln.example,,,,,\n\
                 G1,,,true,,parent,,,Rosa,O'Brien,,,rosa@home.example,(555) 010-0199,,,,\n\
                 G2,,,false,S1,relative,,,Ben,O'Brien,,,,,555-010-0200,,,\n"
            ),
        ),
        ("courses.csv", format!("{COURSES}ALG,,,Y26,Algebra,MATH-1,,D1,Mathematics,\n")),
        ("classes.csv", format!("{CLASSES}ALG-1,,,Algebra 1,09,ALG,A1,scheduled,Room 4,S1,T1,Mathematics,,\n")),
        ("enrollments.csv", format!("{ENROLLMENTS}E1,,,ALG-1,S1,1001,student,false,,\nE2,,,ALG-1,S1,1001,teacher,true,,\n")),
    ]
}

#[test]
fn a_bulk_bundle_is_one_set_with_a_result_for_each_file() {
    let world = World::new();
    let zip = world.zip("lincoln.zip", &district());
    let set = world.import(&zip);
    assert_eq!(
        world.told(&set),
        "orgs.csv completed orgs+2\n\
         academicSessions.csv completed\n\
         users.csv completed staff+2 students+1 guardians+2 links+2\n\
         courses.csv completed courses+1\n\
         classes.csv completed classes+1\n\
         enrollments.csv completed enrollments+2\n"
    );
    assert!(set.iter().all(|s| s.set == Some(set[0].number)));
    // The same again, as a folder: nothing changes.
    let again = world.import(&world.folder("lincoln", &district()));
    assert!(again.iter().all(|s| s.status == SyncStatus::Completed && s.counts.total().created + s.counts.total().updated == 0));
    assert_eq!(again[2].counts.total().unchanged, 7, "five people and two links");
    assert_eq!(again[0].feed, set[0].feed);
}

#[test]
fn a_delta_needs_its_two_columns_and_deletes_nobody() {
    let world = World::new();
    world.import(&world.folder("bulk", &district()));
    let delta = [
        ("manifest.csv", manifest("1.1", &[("users", "delta"), ("orgs", "absent")])),
        (
            "users.csv",
            format!(
                "{USERS}\
                 1001,tobedeleted,2026-01-01T00:00:00Z,true,S1,student,maria,,María,O'Brien,,,maria@lincoln.example,,,,09,\n\
                 3003,active,2026-01-01T00:00:00Z,true,S1,student,li,,Li,Wu,,,,,,,10,\n\
                 3004,,,true,S1,student,bo,,Bo,Ek,,,,,,,10,\n"
            ),
        ),
    ];
    let set = world.import(&world.folder("delta", &delta));
    assert_eq!(
        world.told(&set),
        "users.csv completed_with_errors students+1 students~1 students!1 \
         [VAL-201 status is empty but required] [VAL-201 dateLastModified is empty but required]\n"
    );
    assert_eq!(
        (set[0].mode, set[0].feed_name.as_str(), set[0].profile.as_str()),
        (Mode::Partial, "oneroster-1.1-users", "oneroster-1.1-users-delta")
    );
    assert!(world.exported(ExportWhat::People).contains("María,,O'Brien,1001,student,disabled"));
    let refused =
        world.try_import(Import { path: world.path("delta").to_str().unwrap().into(), mode: Some(Mode::Full), ..Import::default() });
    assert!(refused.unwrap_err().message.contains("changes only"));
}

#[test]
fn one_bad_file_takes_those_with_it_that_depend_on_it_and_no_others() {
    let world = World::new();
    let mut files = district();
    files[5].1 = files[5].1.replace("schoolSourcedId", "school");
    let set = world.import(&world.folder("lincoln", &files));
    let told = world.told(&set);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(
        &lines[..4],
        [
            "orgs.csv completed orgs+2",
            "academicSessions.csv completed",
            "users.csv completed staff+2 students+1 guardians+2 links+2",
            "courses.csv completed courses+1"
        ]
    );
    assert!(lines[4].starts_with("classes.csv failed"), "{told}");
    assert_eq!(lines[5], format!("enrollments.csv failed [REF-308 Not tried: it depends on classes.csv: {} is failed]", set[4].number));
    assert!(set[5].note.as_deref().unwrap().starts_with("Not tried"));
}

#[test]
fn what_does_not_depend_on_a_damaged_file_is_applied_and_the_rest_comes_in_once_it_is_mended() {
    let world = World::new();
    let mut files = district();
    files[3].1 = files[3].1.replace(",Ben,", ",\"Ben,");
    let set = world.import(&world.folder("damaged", &files));
    assert_eq!(
        world.told(&set),
        format!(
            "orgs.csv completed orgs+2\n\
             academicSessions.csv completed\n\
             users.csv failed [FIL-013 The quote that opens at line 6 does not close]\n\
             courses.csv completed courses+1\n\
             classes.csv completed classes+1\n\
             enrollments.csv failed [REF-308 Not tried: it depends on users.csv: {} is failed]\n",
            set[2].number
        )
    );
    let why = world.findings(set[5].number);
    assert_eq!(why[0].resolution(), "Mend users.csv first.");
    assert_eq!(set[2].note.as_deref(), Some("The quote that opens at line 6 does not close"));
    assert_eq!(set[5].note.as_deref(), Some(why[0].message().as_str()));
    let mended = world.import(&world.folder("mended", &district()));
    assert_eq!(
        world.told(&mended),
        "orgs.csv completed orgs=2\n\
         academicSessions.csv completed\n\
         users.csv completed staff+2 students+1 guardians+2 links+2\n\
         courses.csv completed courses=1\n\
         classes.csv completed classes=1\n\
         enrollments.csv completed enrollments+2\n"
    );
}

#[test]
fn what_manifest_and_files_say_differently_is_said() {
    let world = World::new();
    let mut files = district();
    files[0].1 =
        manifest("1.1", &[("orgs", "bulk"), ("users", "absent"), ("courses", "bulk"), ("classes", "absent"), ("enrollments", "absent")]);
    files.retain(|f| f.0 != "courses.csv");
    files.push(("demographics.csv", "sourcedId\n1\n".into()));
    files.push(("readme.txt", "hello".into()));
    let set = world.import(&world.folder("lincoln", &files));
    assert_eq!(
        world.told(&set),
        "orgs.csv completed orgs+2 \
         [FIL-001 Cannot read academicSessions.csv: the manifest does not say how it comes, so it was left out] \
         [FIL-001 Cannot read users.csv: the manifest says that it is absent, so it was left out] \
         [FIL-001 Cannot read classes.csv: the manifest says that it is absent, so it was left out] \
         [FIL-001 Cannot read enrollments.csv: the manifest says that it is absent, so it was left out]\n\
         courses.csv failed [FIL-001 Cannot read courses.csv: the manifest says that it is there, and it is not]\n"
    );
    let notes: Vec<String> = world.findings(set[0].number).iter().filter(|f| f.severity == Severity::Info).map(Finding::message).collect();
    assert!(notes[0].starts_with("The file is named demographics.csv") && notes[0].ends_with("; not used here"), "{notes:?}");
    assert!(notes[1].starts_with("The file is named readme.txt"));
}

#[test]
fn sessions_are_looked_up_and_bulk_columns_left_empty() {
    let world = World::new();
    let mut files = district();
    files[1].1 = files[1].1.replace("S1,,,", "S1,active,,");
    files[2].1 += "T2,,,Spring,term,2026-06-10,2026-01-07,Y27,2026\nT2,,,Spring,term,2026-01-07,2026-06-10,Y26,26\n";
    files[5].1 = files[5].1.replace(",T1,", ",\"T1,T9\",");
    let set = world.import(&world.folder("lincoln", &files));
    let told = world.told(&set);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(
        lines[0],
        "orgs.csv completed orgs+2 [VAL-218 status must be left empty for files that are whole (bulk); what it says was taken]"
    );
    assert_eq!(
        lines[1],
        "academicSessions.csv completed_with_errors classes!2 \
         [REF-308 Not tried: it depends on session \"Y27\": academicSessions.csv does not have it] \
         [VAL-212 \"2026-01-07\" is not a date (not before startDate, 2026-06-10)] \
         [VAL-207 schoolYear has 2 characters; 4 to 4 are allowed]"
    );
    assert_eq!(
        lines[4],
        "classes.csv completed classes+1 [REF-308 Not tried: it depends on session \"T9\": academicSessions.csv does not have it]"
    );
}

#[test]
fn a_dry_run_sees_what_the_files_before_would_leave() {
    let world = World::new();
    let path = world.folder("lincoln", &district());
    let set = syncs(world.try_import(Import { path: path.clone(), dry_run: true, ..Import::default() }).unwrap());
    assert!(set.iter().all(|s| s.status == SyncStatus::DryRun && s.errors == 0), "{}", world.told(&set));
    assert_eq!(set[5].counts.total().created, 2);
    assert_eq!(world.exported(ExportWhat::People).lines().count(), 1, "nothing was published");
    // What is shown of each is what it would do after those before it.
    let Reply::Plan(plan) = world.desk.ask(Request::Plan { sync: set[5].number, window: Window::ALL }, &mut |_| true) else { panic!() };
    assert_eq!(plan.total, 2);
    assert!(plan.rows[0].changes.iter().any(|c| c.field == "enrollment_class" && c.after == "ALG-1"), "{:?}", plan.rows[0]);
    let row = Request::Row { sync: set[5].number, at: homeroom::desk::RowAt::Line(2) };
    let Reply::Row(row) = world.desk.ask(row, &mut |_| true) else { panic!() };
    assert_eq!(row.findings, []);
    // Applied one by one, in order, each is still what was shown.
    for sync in &set {
        let apply = Request::Apply { sync: sync.number, without_removals: false, reason: None };
        let Reply::Ran(ran) = world.desk.ask(apply, &mut |_| true) else { panic!() };
        assert_eq!(ran.detail.sync.status, SyncStatus::Completed, "{}", sync.file);
        assert_eq!(ran.detail.sync.counts, sync.counts);
    }
}

#[test]
fn agents_who_are_nowhere_are_said_and_the_student_stands() {
    let world = World::new();
    let mut files = district();
    files[3].1 = files[3].1.replace("\"G1,G2\"", "\"G1,G7\"");
    let set = world.import(&world.folder("lincoln", &files));
    let found: Vec<Finding> = world.findings(set[2].number).into_iter().filter(|f| f.severity >= Severity::Warning).collect();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].code.name(), found[0].line, found[0].value.as_deref(), found[0].key.as_deref()),
        ("REF-303", Some(2), Some("G7"), Some("1001"))
    );
    assert_eq!(set[2].counts.total().created, 6);
}

#[test]
fn bundles_are_recognised_by_manifest_and_members() {
    let world = World::new();
    assert_eq!(world.recognise(&world.zip("a.zip", &district())).profile.as_deref(), Some("oneroster-1.1"));
    let sds = [("orgs.csv", "x\n"), ("users.csv", "x\n"), ("roles.csv", "x\n")].map(|(n, t)| (n, t.to_owned()));
    assert_eq!(world.recognise(&world.folder("b", &sds)).profile.as_deref(), Some("sds-2.1"));
    let mut other = district();
    other[0].1 = manifest("1.0", &[]);
    let found = world.recognise(&world.folder("c", &other));
    assert_eq!(
        (found.profile, found.findings[0].message().as_str()),
        (None, "\"1.0\" is not accepted for oneroster.version; use 1.1, 1.2")
    );
    let set = world.import(&world.folder("d", &district()[1..]));
    assert_eq!((set.len(), set[0].status), (1, SyncStatus::Failed));
    assert!(set[0].note.as_deref().unwrap().contains("oneroster-1.1"), "{:?}", set[0].note);
    // Told what it is, it is taken: every file as whole.
    let told = Import { path: world.path("d").to_str().unwrap().into(), profile: Some("oneroster-1.1".into()), ..Import::default() };
    let set = syncs(world.try_import(told).unwrap());
    assert!(set.iter().all(|s| s.status == SyncStatus::Completed), "{}", world.told(&set));
}

#[test]
fn a_zip_that_would_do_harm_is_refused_whole_and_is_in_the_history() {
    let world = World::new();
    let bomb = world.zip("bomb.zip", &[("manifest.csv", manifest("1.1", &[])), ("users.csv", "a".repeat(1 << 20))]);
    let set = world.import(&bomb);
    assert_eq!((set.len(), set[0].status, set[0].file.as_str()), (1, SyncStatus::Failed, "bomb.zip"));
    assert!(set[0].note.as_deref().unwrap().contains("100 times"));
    let outside = world.import(&world.zip("out.zip", &[("../users.csv", "a".into())]));
    assert!(outside[0].note.as_deref().unwrap().contains("outside of it"));
    assert!(!world.path("../users.csv").exists());
}

#[test]
fn several_files_are_a_set_in_reference_order() {
    let world = World::new();
    let users = world.file(
        "users.csv",
        "first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade,status\n\
         Ana,,Diaz,ana@lincoln.example,1,S1,Teacher,,,Active\n",
    );
    let schools = world.file("schools.csv", "external_id,name\nS1,Lincoln High\n");
    for dry_run in [true, false] {
        let imports = [&users, &schools].map(|p| Import { path: p.clone(), dry_run, ..Import::default() }).to_vec();
        let Reply::RanSet(set) = world.desk.ask(Request::ImportSet(imports), &mut |_| true) else { panic!() };
        let set = syncs(set);
        assert_eq!(set.iter().map(|s| s.file.as_str()).collect::<Vec<_>>(), ["schools.csv", "users.csv"]);
        assert!(set.iter().all(|s| s.errors == 0 && s.set == Some(set[0].number)), "{}", world.told(&set));
        assert_eq!(set[1].counts.total().created, 1);
    }
}

#[test]
fn one_file_in_a_zip_is_that_file() {
    let world = World::new();
    let set = world.import(&world.zip("s.zip", &[("schools.csv", "external_id,name\nS1,Lincoln High\n".into())]));
    assert_eq!(world.told(&set), "schools.csv completed orgs+1\n");
    assert_eq!(set[0].set, None);
}

#[test]
fn a_member_is_an_upload_of_its_own() {
    let world = World::new();
    let mut files = district();
    files[3].1 = files[3].1.replace("maria@lincoln.example", "maria at lincoln");
    let set = world.import(&world.folder("lincoln", &files));
    assert_eq!(set[2].rows_with_errors, 1);
    // Gone with its row is the enrollment; mended, the row comes in by itself.
    let fix = Request::Fix {
        sync: set[2].number,
        at: homeroom::desk::RowAt::Line(2),
        cells: vec![("email".into(), "maria@lincoln.example".into())],
    };
    assert!(matches!(world.desk.ask(fix, &mut |_| true), Reply::Row(_)));
    let Reply::Ran(ran) = world.desk.ask(Request::Rerun { sync: set[2].number, all: false, dry_run: false }, &mut |_| true) else {
        panic!()
    };
    assert_eq!(ran.detail.sync.status, SyncStatus::Completed);
    assert!(world.exported(ExportWhat::People).contains("María,,O'Brien,1001,student,active"));
}

#[test]
fn oneroster_1_2_has_its_roles_in_a_file_of_their_own() {
    let world = World::new();
    let mut files = district();
    files[0].1 = manifest(
        "1.2",
        &[
            ("orgs", "bulk"),
            ("users", "bulk"),
            ("roles", "bulk"),
            ("academicSessions", "absent"),
            ("courses", "absent"),
            ("classes", "absent"),
            ("enrollments", "absent"),
        ],
    );
    files.truncate(4);
    files.remove(2);
    files[2].1 = "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\n\
        1,,,true,maria,,María,O'Brien,,,,,,2,09,,,,,,,S1,\n\
        2,,,true,rosa,,Rosa,O'Brien,,,,,,,,,,,,,,S1,\n\
        3,,,true,nobody,,No,Role,,,,,,,,,,,,,,,\n"
        .into();
    files.push((
        "roles.csv",
        "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n\
         R1,,,1,primary,student,,,S1,\n\
         R2,,,2,secondary,teacher,,,D1,\n\
         R3,,,2,primary,parent,,,S1,\n\
         R4,,,9,primary,student,,,S1,\n"
            .into(),
    ));
    let set = world.import(&world.folder("lincoln", &files));
    assert_eq!(
        world.told(&set),
        "orgs.csv completed orgs+2\n\
         users.csv completed_with_errors students+1 students!1 guardians+1 links+1 \
         [REF-308 Not tried: it depends on \"9\": roles.csv, row 5, names it and users.csv does not have it] \
         [VAL-216 role is ignored for 1 people of roles.csv who have another first] \
         [VAL-201 role is empty but required]\n"
    );
}

/// A district made by files of several systems.
fn mixed(world: &World) {
    let files = [
        (
            "schools",
            "external_id,name,type,parent_external_id,address\nD1,Lincoln Unified,district,,\nS1,Lincoln High,school,D1,\"1 Main St, Lincoln\"\nS2,Lincoln Middle,school,D1,\n",
        ),
        (
            "echalk-users",
            "first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade,status\n\
             Ana,,Diaz,ana@lincoln.example,1,S1,Teacher,Mathematics,,Active\n\
             Ana,,Diaz,ana@lincoln.example,1,S2,Teacher,Mathematics,,Active\n\
             Bo,Li,Ek,bo@lincoln.example,2,S1,Staff,,,Disabled\n\
             Cy,,Fox,cy@lincoln.example,3,D1,Administrator,,,Active\n\
             Di,,Gray,di@lincoln.example,4,S2,Administrator,,,Active\n\
             \"Élan, Jr\",,O'Neil,el@lincoln.example,5,S1,Student,,K,Active\n\
             Flo,,Hart,flo@lincoln.example,6,S1,Student,,,Active\n",
        ),
    ];
    for (profile, text) in &files {
        let path = world.file(&format!("{profile}.csv"), text);
        let set = syncs(world.try_import(Import { path, profile: Some((*profile).into()), ..Import::default() }).unwrap());
        assert_eq!(set[0].status, SyncStatus::Completed, "{}", world.told(&set));
    }
    let mut bundle = district();
    bundle[1].1 = ORGS.to_owned() + "S1,,,Lincoln High,school,,D1\n";
    let set = world.import(&world.folder("mixed", &bundle));
    assert!(set.iter().all(|s| s.status == SyncStatus::Completed), "{}", world.told(&set));
}

#[test]
fn what_was_exported_comes_in_again_as_it_was() {
    let first = World::new();
    mixed(&first);
    let output = first.export();
    assert_eq!(output.file_name, "oneroster.zip");
    assert_eq!(
        output.note,
        "1 IDs are shared by a student, a member of staff or a guardian, which other systems may refuse; \
         8 people have no username, which the standard asks for: the cell is blank"
    );
    assert_eq!(first.export(), output, "the same roster gives the same bytes");

    // Into an empty database: the same people, schools, classes, enrollments, links.
    let second = World::new();
    let set = second.import(&second.file("oneroster.zip", &output.bytes));
    assert!(set.iter().all(|s| s.status == SyncStatus::Completed && s.warnings == 0), "{}", second.told(&set));
    assert_eq!(second.exported(ExportWhat::People), first.exported(ExportWhat::People));
    assert_eq!(second.exported(ExportWhat::Schools), first.exported(ExportWhat::Schools));
    assert_eq!(second.export(), output);
    let created: u64 = set.iter().map(|s| s.counts.total().created).sum();
    assert_eq!(created, 3 + 11 + 2 + 1 + 1 + 2, "organizations, people, links, courses, classes, enrollments");

    // Into the database that it is of: all unchanged.
    let set = first.import(&first.file("oneroster.zip", &output.bytes));
    for sync in &set {
        let t = sync.counts.total();
        assert_eq!((sync.status, t.created, t.updated, t.disabled, t.errors), (SyncStatus::Completed, 0, 0, 0, 0), "{}", first.told(&set));
    }
    assert_eq!(set.iter().map(|s| s.counts.total().unchanged).sum::<u64>(), created);
    assert_eq!(first.export(), output);
}

#[test]
fn an_export_of_one_school_has_what_is_of_it() {
    let world = World::new();
    mixed(&world);
    let Reply::Output(output) =
        world.desk.ask(Request::Export { what: ExportWhat::Oneroster, org: Some("S2".into()), for_spreadsheet: false }, &mut |_| true)
    else {
        panic!()
    };
    assert_eq!(output.file_name, "oneroster-school-S2.zip");
    let other = World::new();
    let set = other.import(&other.file("s2.zip", &output.bytes));
    assert!(set.iter().all(|s| s.status == SyncStatus::Completed), "{}", other.told(&set));
    let people = other.exported(ExportWhat::People);
    assert!(
        people.contains(",4,school_admin,active,S2,") && people.contains(",1,teacher,active,S2,") && !people.contains("O'Neil"),
        "{people}"
    );
}
