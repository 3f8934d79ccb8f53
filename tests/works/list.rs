//! The list and the tests are the same.

use std::collections::BTreeSet;
use std::path::Path;

/// Names between backticks, at the end of each line of the list.
fn listed(text: &str) -> Vec<&str> {
    text.lines().filter(|l| l.starts_with("* ")).map(|l| l.rsplit('`').nth(1).unwrap_or_else(|| panic!("no test: {l}"))).collect()
}

#[test]
fn every_item_of_the_list_has_its_test_and_every_test_its_item() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let list = std::fs::read_to_string(tests.join("systems.md")).unwrap();
    let named: BTreeSet<&str> = listed(&list).into_iter().collect();
    assert_eq!(named.len(), listed(&list).len(), "a test stands twice");
    let mut there = BTreeSet::new();
    for file in std::fs::read_dir(tests.join("works")).unwrap().map(|f| f.unwrap().path()) {
        let module = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        let mut lines = text.lines().map(str::trim);
        while let Some(line) = lines.next() {
            if line == "#[test]" && module != "list" {
                let name = lines.next().unwrap().trim_start_matches("fn ").split('(').next().unwrap();
                there.insert(name.to_owned());
            }
        }
    }
    let there: BTreeSet<&str> = there.iter().map(String::as_str).collect();
    assert!(there.len() > 60, "{}", there.len());
    assert_eq!(named, there);
}
