//! Every code of the catalogue has a test that raises it, or a reason here why none can. Each starred one is asserted word for word.

#![allow(clippy::unwrap_used)] // a test that cannot go on says so by failing

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use homeroom::ledger::Code;

/// Codes that nothing raises, each with the reason. Their numbers stay reserved.
const NOT_RAISED: &[(&str, &str)] = &[
    ("VAL-213", "a date has one form in every profile, year-month-day, and that reads in one way"),
    ("SAF-507", "nothing can be pinned: what must stay is made by hand, and no feed takes that away"),
    ("SAF-512", "a blank keeps what is there in every profile; in one of an operator's own that erases, SAF-502 holds"),
    ("SAF-514", "a feed has no quiet time to be set"),
];

/// Codes that are no findings, as they are about no file: how they come out, and the test that sees it.
const TOLD: &[(&str, &str, &str, &str)] = &[
    ("RUN-603", "trouble, and exit status 5", "hostile.rs", "a_disk_that_fills_up_meanwhile"),
    ("RUN-604", "a notice at the next start, and the note of the sync", "kill.rs", "who_was_killed_holds_nothing"),
    ("RUN-606", "the panic's own words after the terminal is given back", "terminal.rs", "a_panic_in_any_thread_gives_the_terminal_back"),
];

/// Of these, place, message and resolution are asserted word for word: by a case of `systems/*.toml` or by `says` of `semantics/codes.rs`.
const STARRED: &str = "FIL-001 FIL-002 FIL-003 FIL-004 FIL-005 FIL-006 FIL-008 FIL-009 FIL-010 FIL-012 FIL-013 FIL-017 HDR-101 HDR-102 \
    HDR-103 HDR-104 HDR-105 HDR-106 HDR-109 HDR-111 VAL-201 VAL-202 VAL-203 VAL-204 VAL-205 VAL-207 VAL-208 VAL-209 VAL-210 VAL-211 \
    VAL-214 VAL-215 VAL-216 VAL-217 VAL-218 VAL-219 VAL-220 VAL-221 VAL-222 VAL-228 REF-301 REF-303 REF-304 REF-305 REF-308 DUP-401 \
    DUP-403 DUP-404 DUP-405 DUP-406 DUP-410 DUP-411 DUP-413 SAF-501 SAF-505 SAF-508 SAF-513 SAF-515 RUN-601 RUN-602 RUN-607";

/// Starred codes of the store and of a decision: told by other means than findings, and compared with the catalogue there.
const COMPARED: &[&str] = &["RUN-601", "RUN-602"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The tests of that folder and those below, but for this file: path from `tests`, and text without comments.
fn tests() -> Vec<(String, String)> {
    let (mut folders, mut found) = (vec![folder()], Vec::new());
    while let Some(at) = folders.pop() {
        for path in std::fs::read_dir(at).unwrap().map(|e| e.unwrap().path()) {
            let name = path.strip_prefix(folder()).unwrap().display().to_string();
            if path.is_dir() {
                folders.push(path);
            } else if [".rs", ".toml"].iter().any(|end| name.ends_with(end)) && name != "codes.rs" {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = |line: &&str| !["//", "#"].iter().any(|c| line.trim_start().starts_with(c));
                found.push((name, text.lines().filter(code).collect::<Vec<_>>().join("\n")));
            }
        }
    }
    found
}

#[test]
fn no_code_is_without_a_test() {
    let tests = tests();
    let excused: BTreeSet<&str> = NOT_RAISED.iter().map(|c| c.0).chain(TOLD.iter().map(|c| c.0)).collect();
    let named = |code: &str| tests.iter().any(|(_, text)| text.contains(code));
    let without: Vec<&str> = Code::all().map(Code::name).filter(|c| !named(c) && !excused.contains(c)).collect();
    assert!(without.is_empty(), "no test raises {without:?}");
    let tested: Vec<&str> = excused.iter().copied().filter(|c| named(c)).collect();
    assert!(tested.is_empty(), "{tested:?} are in a test: take them off the list");
    assert!(excused.iter().all(|code| Code::from_name(code).is_some()) && NOT_RAISED.iter().all(|c| c.1.len() > 20));
    for (code, _, file, test) in TOLD {
        let there = tests.iter().any(|(name, text)| name == file && text.contains(&format!("fn {test}")));
        assert!(there, "{code}: {file} has no test {test}");
    }
}

/// What the list says nothing raises, no code of the program names.
#[test]
fn what_is_said_not_to_be_raised_is_not() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(at) = folders.pop() {
        for path in std::fs::read_dir(at).unwrap().map(|e| e.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("catalogue/table.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for (code, _) in NOT_RAISED {
                    assert!(!text.contains(&format!("Code::{}", code.replace('-', "_"))), "{code} is raised by {}", path.display());
                }
            }
        }
    }
}

#[test]
fn each_starred_code_is_asserted_word_for_word() {
    let mut whole: BTreeSet<String> = COMPARED.iter().map(|c| (*c).to_owned()).collect();
    for (name, text) in tests() {
        if name.starts_with("systems/") {
            let text: toml::Table = text.parse().unwrap();
            let cases = text["case"].as_array().unwrap();
            for finding in cases.iter().filter_map(|c| c.get("findings")?.as_array()).flatten() {
                // About a row or a column, it says which.
                let of_file = finding["code"].as_str().is_some_and(|c| c.starts_with("FIL-"));
                if finding.get("message").is_some() && finding.get("resolution").is_some() && (of_file || finding.get("line").is_some()) {
                    whole.insert(finding["code"].as_str().unwrap().to_owned());
                }
            }
        } else if name == "semantics/codes.rs" {
            let text: String = text.split_whitespace().collect();
            let said = text.split("says(&").skip(1).filter_map(|call| call.split('"').nth(1));
            whole.extend(said.map(str::to_owned));
        }
    }
    let without: Vec<&str> = STARRED.split_whitespace().filter(|c| !whole.contains(*c)).collect();
    assert!(without.is_empty(), "not asserted word for word: {without:?}");
    assert!(STARRED.split_whitespace().all(|c| Code::from_name(c).is_some()));
    let semantics = tests().into_iter().find(|(name, _)| name == "semantics/codes.rs").unwrap().1;
    assert!(COMPARED.iter().all(|c| semantics.contains(&format!("Code::from_name(\"{c}\")"))));
}
