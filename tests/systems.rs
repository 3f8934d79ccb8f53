//! The systems whose files we take, each rule of each profile: `systems/PROFILE.toml` has the cases, name, input, and what must come
//! of it. A case runs through the desk, on a database of its own.

// Functions that tests share are tests too.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use homeroom::desk::{Desk, FindingQuery, Import, Reply, Request, Surroundings, Window};
use homeroom::ledger::{Actor, Finding, Mode, Sync, Timestamp};
use serde::Deserialize;

/// A file of cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    /// What every case starts from.
    #[serde(default)]
    given: Vec<Given>,
    case: Vec<Case>,
}

/// A file imported before, all of whose rows must stand.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    profile: String,
    org: Option<String>,
    input: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// Imported before, after what all cases start from.
    #[serde(default)]
    given: Vec<Given>,
    /// The file's name.
    file: Option<String>,
    org: Option<String>,
    mode: Option<String>,
    /// The file. A line end at the very beginning is not part of it.
    input: String,
    /// `completed`, `completed_with_errors`, `failed`, `held`, ...
    status: String,
    /// Kinds of which anything was counted: `staff +1 ~2 =3 -4 !5` is created, updated, unchanged, disabled, errors; `; ` between.
    #[serde(default)]
    counts: String,
    /// Every finding, in the order of the file.
    #[serde(default)]
    findings: Vec<Expected>,
}

/// A finding. What is not said here may be anything.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    code: String,
    severity: Option<String>,
    line: Option<u32>,
    column: Option<String>,
    value: Option<String>,
    message: Option<String>,
    resolution: Option<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/systems")
}

/// A clock that goes on by a second each time it is looked at.
fn clock() -> Timestamp {
    static NOW: AtomicI64 = AtomicI64::new(1_795_000_000_000_000);
    Timestamp(NOW.fetch_add(1_000_000, Ordering::Relaxed))
}

fn import(desk: &Desk, import: Import) -> Result<Sync, String> {
    match desk.ask(Request::Import(import), &mut |_| true) {
        Reply::Ran(ran) => Ok(ran.detail.sync),
        other => Err(format!("{other:?}")),
    }
}

fn findings(desk: &Desk, sync: &Sync) -> Vec<Finding> {
    match desk.ask(Request::Findings { sync: sync.number, query: FindingQuery::default(), window: Window::ALL }, &mut |_| true) {
        Reply::Findings(page) => page.rows,
        other => panic!("{other:?}"),
    }
}

fn counts(sync: &Sync) -> String {
    let mut kinds = Vec::new();
    for (kind, t) in sync.counts.iter() {
        let mut text = kind.to_string();
        for (sign, n) in [('+', t.created), ('~', t.updated), ('=', t.unchanged), ('-', t.disabled), ('!', t.errors)] {
            if n > 0 {
                write!(text, " {sign}{n}").unwrap();
            }
        }
        if text != kind.name() {
            kinds.push(text);
        }
    }
    kinds.join("; ")
}

fn is(expected: &Expected, found: &Finding) -> bool {
    let same = |a: &Option<String>, b: Option<&str>| a.as_deref().is_none_or(|a| Some(a) == b);
    expected.code == found.code.name()
        && same(&expected.severity, Some(found.severity.name()))
        && expected.line.is_none_or(|l| Some(l) == found.line)
        && same(&expected.column, found.column.as_deref())
        && same(&expected.value, found.value.as_deref())
        && same(&expected.message, Some(&found.message()))
        && same(&expected.resolution, Some(&found.resolution()))
}

fn run(profile: &str, common: &[Given], case: &Case) -> Result<(), String> {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::open(Surroundings {
        db: dir.path().join("db"),
        profiles: None,
        by: Actor("ana".into()),
        host: "host".into(),
        scope: None,
        readonly: false,
        wait: Duration::ZERO,
        now: clock,
    })
    .unwrap();
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text.strip_prefix('\n').unwrap_or(text)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    for (i, given) in common.iter().chain(&case.given).enumerate() {
        let path = file(&format!("given-{i}.csv"), &given.input);
        let path = match given.profile.as_str() {
            "greatminds-students" => file("great-minds-student-upload.csv", &std::fs::read_to_string(path).unwrap()),
            _ => path,
        };
        let ask = Import { path, profile: Some(given.profile.clone()), org: given.org.clone(), ..Import::default() };
        let sync = import(&desk, ask)?;
        if sync.status != homeroom::ledger::SyncStatus::Completed {
            return Err(format!("given {i} is {}: {:#?}", sync.status, findings(&desk, &sync)));
        }
    }
    let path = file(case.file.as_deref().unwrap_or("input.csv"), &case.input);
    let mode = case.mode.as_deref().map(|m| Mode::from_name(m).unwrap());
    let ask = Import { path, profile: Some(profile.into()), org: case.org.clone(), mode, ..Import::default() };
    let sync = import(&desk, ask)?;
    let found = findings(&desk, &sync);
    let same = found.len() == case.findings.len() && case.findings.iter().zip(&found).all(|(e, f)| is(e, f));
    if same && sync.status.name() == case.status && counts(&sync) == case.counts {
        return Ok(());
    }
    let mut said = format!("status = \"{}\"\ncounts = \"{}\"\nfindings = [\n", sync.status, counts(&sync));
    for f in &found {
        writeln!(
            said,
            "    {{ code = {:?}, severity = {:?}, line = {:?}, column = {:?}, value = {:?}, message = {:?}, resolution = {:?} }},",
            f.code.name(),
            f.severity.name(),
            f.line,
            f.column,
            f.value,
            f.message(),
            f.resolution()
        )
        .unwrap();
    }
    Err(format!("{said}]"))
}

/// Every case of a profile.
fn cases(profile: &str) {
    let text = std::fs::read_to_string(folder().join(format!("{profile}.toml"))).unwrap();
    let cases: Cases = toml::from_str(&text).unwrap_or_else(|e| panic!("{profile}.toml: {e}"));
    let names: BTreeSet<&str> = cases.case.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names.len(), cases.case.len(), "two cases of {profile} have one name");
    let wrong: Vec<String> =
        cases.case.iter().filter_map(|c| run(profile, &cases.given, c).err().map(|e| format!("-- {}\n{e}", c.name))).collect();
    assert!(wrong.is_empty(), "{profile}: {} of {} cases\n{}", wrong.len(), cases.case.len(), wrong.join("\n\n"));
}

/// One test for each profile.
macro_rules! profiles {
    ($($test:ident $profile:literal),+ $(,)?) => {
        $(#[test]
        fn $test() {
            cases($profile);
        })+

        /// A file of cases that no test runs would be forgotten.
        #[test]
        fn every_file_of_cases_is_run() {
            let mut there: Vec<String> = std::fs::read_dir(folder())
                .unwrap()
                .map(|e| e.unwrap().file_name().into_string().unwrap())
                .filter_map(|n| n.strip_suffix(".toml").map(str::to_owned))
                .collect();
            there.sort();
            let mut run = vec![$($profile.to_owned()),+];
            run.sort();
            assert_eq!(there, run);
        }
    };
}

profiles! {
    amplify_users "amplify-users",
    echalk_users "echalk-users",
    greatminds_classes "greatminds-classes",
    greatminds_staff "greatminds-staff",
    greatminds_students "greatminds-students",
    oneroster_1_1_classes "oneroster-1.1-classes",
    oneroster_1_1_courses "oneroster-1.1-courses",
    oneroster_1_1_enrollments "oneroster-1.1-enrollments",
    oneroster_1_1_orgs "oneroster-1.1-orgs",
    oneroster_1_1_sessions "oneroster-1.1-sessions",
    oneroster_1_1_users "oneroster-1.1-users",
    oneroster_1_2_users "oneroster-1.2-users",
    schoology_courses "schoology-courses",
    schoology_enrollments "schoology-enrollments",
    schoology_users "schoology-users",
    schools "schools",
    schoolstatus_guardians "schoolstatus-guardians",
    sds_2_1_classes "sds-2.1-classes",
    sds_2_1_courses "sds-2.1-courses",
    sds_2_1_enrollments "sds-2.1-enrollments",
    sds_2_1_orgs "sds-2.1-orgs",
    sds_2_1_sessions "sds-2.1-sessions",
    sds_2_1_users "sds-2.1-users",
}
