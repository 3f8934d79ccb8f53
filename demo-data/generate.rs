//! Writes this folder: the files of an invented district, the same each time.
//!
//! `cargo run --example demo-data [FOLDER]`. A test below holds that the folder is what this program writes.

mod district;
mod faults;
mod names;
mod systems;
mod writing;

use std::path::PathBuf;
use std::{env, fs, io};

use district::{District, NEW_SCHOOL};
use faults::Fault;
use writing::{Form, Written};

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("demo-data"), PathBuf::from);
    for (path, bytes) in files() {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, bytes)?;
    }
    Ok(())
}

/// Every file with its path within the folder.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let mut d = District::new(20_261_122);
    let mut all = vec![("schools.csv", District::schools())];
    let mut expected = String::from("file,line,column,code\n");
    let mut put = |path: &'static str, written: Written| {
        for (line, column, code) in written.refused {
            expected.extend([path, ",", &line.to_string(), ",", column, ",", code, "\n"]);
        }
        all.push((path, written.bytes));
    };

    // Day 1: all of the district for the first time, nearly clean.
    d.fault(3, Fault::NoAt);
    d.fault(1, Fault::BlankLast);
    d.fault(4, Fault::StudentPosition);
    d.fault(3, Fault::StaffGrade);
    put("day-1/users.csv", d.write(Form::PLAIN));

    // What the other systems of the district get is made beside the nights of the student system, and changes nothing in those.
    let mut other = d.clone();
    put("great-minds/staff.csv", other.great_minds_staff());
    put("great-minds/great-minds-student-upload.csv", other.great_minds_students());
    put("great-minds/classes.csv", other.great_minds_classes());
    put("schoolstatus/guardians.csv", other.guardians(6));
    put("amplify/users-first.csv", other.amplify(true));
    put("amplify/users.csv", other.amplify(false));
    put("schoology/users.csv", other.schoology_users());
    put("schoology/courses.csv", District::schoology_courses());
    put("schoology/enrollments.csv", other.schoology_enrollments());
    put("evening/users.csv", other.evening());

    // Day 2: a new clerk writes "Kinder" and " at "; the export has a byte-order mark.
    d.a_day(14, 18, 7, 6);
    d.mend(Fault::BlankLast, 1);
    d.fault(10, Fault::Kinder);
    d.fault(6, Fault::At);
    d.fault(3, Fault::NotAvailable);
    d.fault(5, Fault::LowerType);
    put("day-2/users.csv", d.write(Form { bom: true, crlf: true, ..Form::PLAIN }));

    // Day 3: another machine, another encoding; a school that nobody has created; IDs typed with care and yet wrong.
    d.a_day(5, 9, 3, 4);
    d.new_school(3, 22);
    d.mend(Fault::LowerType, 5);
    d.transposed_ids(5);
    d.shared_emails(4);
    d.fault(3, Fault::Inactive);
    d.fault(2, Fault::BlankLast);
    put("day-3/users.csv", d.write(Form { windows: true, crlf: true, ..Form::PLAIN }));

    // Day 4: first with a misspelled header, then again through a spreadsheet that took zeros and commas away.
    d.a_day(8, 12, 4, 11);
    d.new_school(0, 2);
    d.mend(Fault::NotAvailable, 3);
    d.mend(Fault::At, 2);
    put("day-4/users.csv", d.write(Form { header: Some(("custom_id", "custm_id")), ..Form::PLAIN }));
    d.fault(14, Fault::NoZeros);
    d.fault(5, Fault::Scientific);
    d.fault(3, Fault::Invisible);
    d.fault(2, Fault::BlankId);
    d.fault(2, Fault::ZeroGrade);
    d.fault(1, Fault::MissingComma);
    d.fault(1, Fault::ExtraComma);
    put("day-4/users-again.csv", d.write(Form { semicolon: true, ..Form::PLAIN }));

    // Day 5: the spreadsheet is out of the way, the source has mended some; what is left is what nobody saw.
    d.a_day(4, 6, 2, 3);
    for fault in [Fault::NoZeros, Fault::Scientific, Fault::Invisible, Fault::MissingComma, Fault::ExtraComma, Fault::ZeroGrade] {
        d.mend(fault, usize::MAX);
    }
    d.mend(Fault::Kinder, 7);
    d.mend(Fault::NoAt, 1);
    d.fault(2, Fault::LowerType);
    put("day-5/users.csv", d.write(Form::PLAIN));
    // The export of a full sync in which one school was not ticked.
    put("day-5/full.csv", d.without_bluebird().write(Form::PLAIN));
    put("schoolstatus/guardians-november.csv", d.clone().guardians(9));
    d.next_year(150);
    put("day-5/next-year.csv", d.write(Form::PLAIN));

    all.push(("expected.csv", expected.into_bytes()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_what_this_program_writes() {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("demo-data");
        for (path, bytes) in files() {
            let there = fs::read(folder.join(path)).unwrap();
            assert!(there == bytes, "{path} differs: cargo run --example demo-data");
        }
    }

    #[test]
    fn every_step_has_its_file_and_every_file_its_step() {
        let steps = fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("demo-data/days.toml")).unwrap();
        let steps: toml::Table = steps.parse().unwrap();
        let steps = steps["step"].as_array().unwrap();
        let mut named: Vec<&str> = steps.iter().filter_map(|s| s.get("file")?.as_str()).collect();
        let files = files();
        let mut written: Vec<&str> = files.iter().map(|f| f.0).filter(|f| *f != "expected.csv").collect();
        named.sort_unstable();
        written.sort_unstable();
        assert_eq!(named, written);
    }

    #[test]
    fn the_files_are_what_the_readme_promises() {
        let files = files();
        let of = |path: &str| &files.iter().find(|f| f.0 == path).unwrap().1;
        let rows = std::str::from_utf8(of("day-1/users.csv")).unwrap().lines().count() - 1;
        assert!((2_400..2_600).contains(&rows), "{rows} people");
        assert!(of("day-2/users.csv").starts_with(b"\xEF\xBB\xBF"));
        assert!(std::str::from_utf8(of("day-3/users.csv")).is_err(), "Windows-1252");
        assert!(of("day-4/users-again.csv").starts_with(b"first_name;"));
        let expected = std::str::from_utf8(of("expected.csv")).unwrap();
        let count = |file: &str, code: &str| expected.lines().filter(|l| l.starts_with(file) && l.ends_with(code)).count();
        assert_eq!(count("day-1/", ""), 4, "nearly clean");
        assert_eq!(count("day-2/", "VAL-214"), 10, "Kinder");
        assert_eq!(count("day-3/", "REF-301"), 25, "a school nobody created");
        assert_eq!(count("day-3/", "DUP-401"), 5);
        assert_eq!(count("day-3/", "DUP-403"), 4);
        assert_eq!(["REF-301", "VAL-214", "VAL-210"].map(|code| count("evening/", code)), [220, 110, 88], "three causes, no more");
        for code in ["VAL-201", "VAL-204", "VAL-205", "VAL-209", "VAL-210", "VAL-222", "VAL-228", "VAL-229", "DUP-404"] {
            assert!(count("day-", code) > 0, "{code}");
        }
        let school = |line: &&str| line.contains(NEW_SCHOOL);
        assert_eq!(std::str::from_utf8(of("schools.csv")).unwrap().lines().filter(school).count(), 0);
        for (path, bytes) in files.iter().filter(|f| f.0.ends_with("users.csv")) {
            let text = String::from_utf8_lossy(bytes);
            assert!(text.lines().skip(1).all(|l| !l.contains('@') || l.contains(".example")), "{path}: only invented domains");
        }
    }
}
