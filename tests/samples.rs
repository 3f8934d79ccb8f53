//! Other people's awkward files, where they are at hand: `HOMEROOM_SAMPLES` names a folder with `csv-spectrum/csvs/*.csv` and
//! their truth in `csv-spectrum/json/*.json`, `csvkit/*`, `blns/blns.txt` and `ms-sds/sds-v2.1/*.csv`. Without it these tests say that they were
//! skipped. The files are not ours and not in the repository.

// Functions that tests share are tests too.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use homeroom::desk::{Desk, FindingQuery, Import, Reply, Request, Surroundings, Window};
use homeroom::intake::{ReadAs, Row, Sheet, Source, hidden, quoted, trim_str};
use homeroom::ledger::{Actor, Map, Severity, Timestamp};
use serde_json::Value;

/// The folder of samples; `None`, said once a test, where there is none.
fn samples(part: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("HOMEROOM_SAMPLES").map(|root| Path::new(&root).join(part)).filter(|path| path.is_dir());
    if folder.is_none() {
        eprintln!("skipped: HOMEROOM_SAMPLES names no folder with {part}");
    }
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn open(name: &str, bytes: Vec<u8>) -> Result<Sheet, String> {
    let source = Source { name: name.to_owned(), bytes };
    Sheet::open(source, &ReadAs::default(), &[]).map_err(|refused| {
        let refused = refused.iter().find(|f| f.severity == Severity::Refused).unwrap();
        format!("{} at {:?}", refused.code, refused.line)
    })
}

/// Header and rows as text; `None` where the file is refused on the way.
fn table(sheet: &Sheet) -> Result<Vec<Vec<String>>, String> {
    let mut table = vec![sheet.header().to_vec()];
    let (mut rows, mut row) = (sheet.rows(), Row::default());
    while rows.next(&mut row).map_err(|f| format!("{} at {:?}", f.code, f.line))? {
        table.push(row.cells.iter().map(|cell| std::str::from_utf8(cell).unwrap().to_owned()).collect());
    }
    Ok(table)
}

#[test]
fn csv_spectrum_is_read_as_its_truth_says() {
    let Some(folder) = samples("csv-spectrum/csvs") else { return };
    let mut compared = 0;
    for path in files(&folder) {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let bytes = fs::read(&path).unwrap();
        let sheet = open(&name, bytes.clone()).unwrap_or_else(|refused| panic!("{name}: {refused}"));
        let table = table(&sheet).unwrap_or_else(|refused| panic!("{name}: {refused}"));
        assert_eq!(sheet.rewritten([]).unwrap(), bytes, "{name}");
        let truth = folder.with_file_name("json").join(format!("{name}.json"));
        let truth: Value = serde_json::from_slice(&fs::read(truth).unwrap()).unwrap();
        // One truth is a single object of other values than its file has; the file must be read all the same.
        let Value::Array(truth) = truth else { continue };
        let rows: Vec<Value> = table[1..]
            .iter()
            .map(|row| table[0].iter().cloned().zip(row.iter().map(|cell| Value::from(cell.as_str()))).collect::<serde_json::Map<_, _>>())
            .map(Value::Object)
            .collect();
        assert_eq!(rows, truth, "{name}");
        compared += 1;
    }
    assert!(compared >= 10, "only {compared} files had a truth to compare with");
}

#[test]
fn csvkit_examples_are_read_or_refused_for_their_reason() {
    let Some(folder) = samples("csvkit") else { return };
    let mut seen = 0;
    for path in files(&folder).into_iter().filter(|path| path.extension().is_some_and(|ext| ext == "csv")) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = fs::read(&path).unwrap();
        let outcome = open(&name, bytes.clone()).and_then(|sheet| {
            assert_eq!(sheet.rewritten([]).unwrap(), bytes, "{name}");
            Ok((sheet.encoding().name(), table(&sheet)?))
        });
        let said = match &outcome {
            Ok((encoding, table)) => format!("{encoding}, {} rows", table.len() - 1),
            Err(refused) => refused.clone(),
        };
        let expected = match name.as_str() {
            "bad.csv" => "utf-8, 3 rows",
            "empty.csv" => "FIL-002 at None",
            "no_header_row.csv" => "HDR-110 at Some(1)",
            "mac_newlines.csv" | "test_utf8.csv" | "test_utf8_bom.csv" => "utf-8, 2 rows",
            "test_latin1.csv" => "windows-1252, 2 rows",
            _ => "utf-8, 1 rows",
        };
        assert_eq!(said, expected, "{name}");
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn naughty_strings_come_through_whole() {
    let Some(folder) = samples("blns") else { return };
    let bytes = fs::read(folder.join("blns.txt")).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    // The file as such: read or refused, never a panic.
    let _ = open("blns.txt", bytes).and_then(|sheet| table(&sheet));
    // Each string as a cell: what was written is what is read.
    let strings: Vec<&str> = text.lines().filter(|line| !line.contains('\0')).collect();
    assert!(strings.len() > 500);
    for delimiter in [',', '\t', ';'] {
        let mut file = format!("id{delimiter}name{delimiter}email\n");
        for (number, string) in strings.iter().enumerate() {
            writeln!(file, "{number}{delimiter}{}{delimiter}x", quoted(string, delimiter as u8)).unwrap();
            let _ = (hidden(string), trim_str(string));
        }
        let sheet = open("naughty.csv", file.into_bytes()).unwrap();
        let table = table(&sheet).unwrap();
        let read: Vec<&str> = table[1..].iter().map(|row| row[1].as_str()).collect();
        assert_eq!(read, strings);
    }
}

/// A desk on a database of its own.
fn desk(dir: &tempfile::TempDir) -> Desk {
    let surroundings = Surroundings {
        db: dir.path().join("db"),
        profiles: None,
        by: Actor("ana".into()),
        host: "host".into(),
        readonly: false,
        scope: None,
        wait: std::time::Duration::ZERO,
        now: || Timestamp(1_795_000_000_000_000),
    };
    Desk::open(surroundings).unwrap()
}

/// A school's exports for Schoology under headers of their own, through saved mappings.
#[test]
fn the_schoology_sample_comes_in_through_mappings_with_its_true_counts() {
    let Some(folder) = samples("schoology-seed/seed/csv-exports") else { return };
    let dir = tempfile::tempdir().unwrap();
    let desk = desk(&dir);
    let schools = dir.path().join("schools.csv");
    fs::write(&schools, "external_id,name,type\nS1,One School,school\n").unwrap();
    let pairs = |all: &[(&str, &str)]| all.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
    let maps = [
        (
            "users",
            pairs(&[
                ("school_uid", "User Unique ID"),
                ("name_display", "Username"),
                ("name_first", "First Name"),
                ("name_last", "Last Name"),
                ("role", "Role"),
                ("additional_info", "Position/Job Title"),
            ]),
        ),
        (
            "courses",
            pairs(&[
                ("section_school_code", "Section School Code"),
                ("course_code", "Course Code"),
                ("course_title", "Course Name"),
                ("section_title", "Section Name"),
                ("active", "Active"),
            ]),
        ),
        (
            "enrollments",
            pairs(&[
                ("student_school_uid", "User Unique ID"),
                ("section_school_code", "Section School Code"),
                ("enrollment_type", "Enrollment Type"),
                ("course_code", "Course Code"),
            ]),
        ),
    ];
    let mut told = String::new();
    let mut import = |import: Import| {
        let Reply::Ran(ran) = desk.ask(Request::Import(import), &mut |_| true) else { panic!("not run") };
        let sync = &ran.detail.sync;
        write!(told, "{} {}", sync.file, sync.status).unwrap();
        for (kind, t) in sync.counts.iter().filter(|(_, t)| t.created + t.errors > 0) {
            write!(told, " {kind} +{} !{}", t.created, t.errors).unwrap();
        }
        told.push('\n');
    };
    import(Import { path: schools.to_str().unwrap().into(), ..Import::default() });
    for (what, headers) in maps {
        let constants = if what == "enrollments" { Vec::new() } else { pairs(&[("School", "S1")]) };
        let map = Map { name: what.into(), profile: format!("schoology-{what}"), headers, constants, ..Map::default() };
        assert!(matches!(desk.ask(Request::PutMap(map), &mut |_| true), Reply::Maps(_)));
        let path = folder.join(format!("{what}.csv")).to_str().unwrap().to_owned();
        import(Import { path, map: Some(what.into()), ..Import::default() });
    }
    let expected = "\
        schools.csv completed orgs +1 !0\n\
        users.csv completed staff +29 !0 students +4 !0 guardians +2 !0\n\
        courses.csv completed classes +27 !0 courses +27 !0\n\
        enrollments.csv completed enrollments +57 !0\n";
    assert_eq!(told, expected);
}

/// School Data Sync's own sample of its format V2.1, imported as the bundle that it is.
#[test]
fn the_sds_sample_comes_in_with_its_true_counts() {
    let Some(folder) = samples("ms-sds/sds-v2.1") else { return };
    let dir = tempfile::tempdir().unwrap();
    let desk = desk(&dir);
    let import = Import { path: folder.to_str().unwrap().into(), ..Import::default() };
    let Reply::RanSet(set) = desk.ask(Request::Import(import), &mut |_| true) else { panic!("no set") };
    let mut told = String::new();
    for sync in set.iter().map(|r| &r.detail.sync) {
        write!(told, "{} {} {}", sync.file, sync.profile, sync.status).unwrap();
        for (kind, t) in sync.counts.iter().filter(|(_, t)| t.created + t.updated + t.unchanged + t.disabled + t.errors > 0) {
            write!(told, " {kind} +{} !{}", t.created, t.errors).unwrap();
        }
        let all = Request::Findings { sync: sync.number, query: FindingQuery::default(), window: Window::ALL };
        let Reply::Findings(found) = desk.ask(all, &mut |_| true) else { panic!("no findings") };
        for f in found.rows.iter().filter(|f| f.severity >= Severity::Warning) {
            write!(told, " [{} line {:?}: {}]", f.code, f.line, f.message()).unwrap();
        }
        told.push('\n');
    }
    let expected = "\
        orgs.csv sds-2.1-orgs completed orgs +4 !0\n\
        academicSessions.csv sds-2.1-sessions completed\n\
        users.csv sds-2.1-users completed staff +2 !0 students +4 !0 guardians +2 !0 links +3 !0 \
        [VAL-216 line Some(7): grade is ignored for teachers] [VAL-216 line Some(8): grade is ignored for teachers]\n\
        courses.csv sds-2.1-courses completed courses +3 !0\n\
        classes.csv sds-2.1-classes completed classes +2 !0\n\
        enrollments.csv sds-2.1-enrollments completed enrollments +6 !0\n";
    assert_eq!(told, expected);
}
