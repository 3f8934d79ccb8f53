//! A folder looked into; files claimed, found again, put away.

use super::*;

#[test]
fn a_name_that_is_taken_gets_a_number_and_nothing_is_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let done = dir.path().join("done");
    fs::create_dir(&done).unwrap();
    for (text, name) in [("1", "a.csv"), ("2", "a-2.csv"), ("3", "a-3.csv")] {
        fs::write(dir.path().join("a.csv"), text).unwrap();
        assert_eq!(move_to_new_name(&dir.path().join("a.csv"), &done, "a.csv").unwrap(), name);
        assert_eq!(fs::read_to_string(done.join(name)).unwrap(), text);
    }
    assert_eq!((numbered("a", 2), numbered(".b", 2), numbered("a.b.c", 3)), ("a-2".into(), ".b-2".into(), "a.b-3.c".into()));
}

#[test]
fn only_whole_regular_files_wait_the_oldest_first() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str, seconds: u64| {
        let file = File::create(dir.path().join(name)).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000 + seconds)).unwrap();
    };
    let left = ["d.csv.part", "e.TMP", "f.csv~", "g.filepart"];
    for (name, seconds) in [("b.csv", 10), ("a.csv", 20), ("c.csv", 10), (".hidden.csv", 0)].into_iter().chain(left.map(|n| (n, 0))) {
        at(name, seconds);
    }
    for folder in ["done", "other"] {
        fs::create_dir(dir.path().join(folder)).unwrap();
    }
    std::os::unix::fs::symlink("a.csv", dir.path().join("link.csv")).unwrap();
    let look = look_into(dir.path()).unwrap();
    assert_eq!(look.files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["b.csv", "c.csv", "a.csv"]);
    let expected = ["d.csv.part", "e.TMP", "f.csv~", "g.filepart", "link.csv", "other"];
    assert_eq!(look.left.iter().map(|l| l.split(' ').next().unwrap()).collect::<Vec<_>>(), expected);
    assert!(look_into(&dir.path().join("none")).is_err());
}

#[test]
fn a_file_that_changed_since_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.csv"), "one").unwrap();
    let seen = look_into(dir.path()).unwrap().files.remove(0);
    assert!(!seen.goes_on(dir.path()));
    fs::write(dir.path().join("a.csv"), "one, two").unwrap();
    assert!(seen.goes_on(dir.path()));
}

#[test]
fn a_marker_is_of_the_file_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["a.csv", "a.csv.done", "b.csv", "b.done", "c.csv", "d.done"] {
        fs::write(dir.path().join(name), "").unwrap();
    }
    let look = look_into(dir.path()).unwrap();
    let markers: Vec<_> = look.files.iter().map(|f| (f.name.as_str(), f.marker.as_deref())).collect();
    assert_eq!(markers.len(), 3);
    for is in [("a.csv", Some("a.csv.done")), ("b.csv", Some("b.done")), ("c.csv", None)] {
        assert!(markers.contains(&is), "{markers:?}");
    }
    assert_eq!(look.left, ["d.done marks no file that is there"]);
}

#[test]
fn only_one_can_claim_a_file_and_what_is_claimed_can_be_found_again() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    fs::write(folder.join("a.csv"), "x").unwrap();
    fs::write(folder.join("a.done"), "").unwrap();
    let mut claim = Claim::new(folder, "a.csv").unwrap();
    assert!(matches!(Claim::new(folder, "a.csv"), Err(NotClaimed::Gone)));
    let seen = look_into(folder).unwrap().claims;
    assert_eq!((seen.len(), seen[0].name.as_str(), seen[0].tries), (1, "a.csv", 0));
    assert!(matches!(Claim::found(folder, &seen[0].claim, "a.csv"), Err(NotClaimed::Gone)), "it is being worked on");
    claim.tried();
    drop(claim);
    let seen = look_into(folder).unwrap().claims;
    let found = Claim::found(folder, &seen[0].claim, "a.csv").unwrap();
    assert_eq!((found.tries, found.was_run()), (1, false));
    found.has_run();
    assert!(found.was_run());
    assert_eq!(found.put_away(DONE).unwrap().1, "a.csv");
    let mut names: Vec<_> = fs::read_dir(folder.join("done")).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["a.csv", "a.csv.done"]);
    assert!(!folder.join("taking").exists());
}

#[test]
fn what_is_given_back_lies_where_it_lay_unless_another_has_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.csv");
    fs::write(&path, "first").unwrap();
    Claim::new(dir.path(), "a.csv").unwrap().give_back();
    assert_eq!(fs::read_to_string(&path).unwrap(), "first");
    let claim = Claim::new(dir.path(), "a.csv").unwrap();
    fs::write(&path, "second").unwrap();
    claim.give_back();
    assert_eq!(fs::read_to_string(&path).unwrap(), "second");
    assert_eq!(look_into(dir.path()).unwrap().claims.len(), 1, "the first is not lost");
}
