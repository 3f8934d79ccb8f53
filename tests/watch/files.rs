//! When a file is whole, which belong together, and what becomes of them.

use homeroom::desk::TakenEnd;
use homeroom::ledger::{Feed, SyncStatus};

use crate::world::{HEADER, World, students};

#[test]
fn a_file_is_taken_once_it_has_been_still_for_a_minute() {
    let mut world = World::with_daily();
    world.write("drop/users.csv", students(1, 2));
    world.seconds(59);
    assert!(world.taken.is_empty());
    world.seconds(61);
    assert_eq!(world.history("daily"), ["users.csv completed"]);
    assert_eq!((world.names("drop"), world.names("drop/done")), (vec!["done".to_owned()], vec!["users.csv".to_owned()]));
    world.minutes(30);
    assert_eq!(world.history("daily").len(), 1);
    assert_eq!(world.people(), 2);
}

#[test]
fn a_file_that_comes_in_pieces_is_taken_whole() {
    let mut world = World::with_daily();
    let whole = students(1, 200);
    for part in 1..=10 {
        world.write("drop/users.csv", &whole[..whole.len() * part / 10]);
        world.seconds(45);
    }
    assert!(world.taken.is_empty(), "it never was still for long enough");
    world.minutes(2);
    let syncs = world.syncs("daily");
    assert_eq!((syncs.len(), syncs[0].rows, syncs[0].status), (1, 200, SyncStatus::Completed));
}

#[test]
fn a_rename_and_a_marker_say_that_a_file_is_whole() {
    let mut world = World::with_daily();
    world.step();
    world.move_in("daily", "drop/renamed.csv", students(1, 1));
    world.seconds(12);
    assert_eq!(world.history("daily"), ["renamed.csv completed"]);
    world.write("drop/marked.csv", students(2, 1));
    world.write("drop/marked.csv.done", "");
    world.write("drop/short.csv", students(3, 1));
    world.write("drop/short.done", "");
    world.seconds(12);
    let mut history = world.history("daily");
    history[1..].sort();
    assert_eq!(history, ["renamed.csv completed", "marked.csv completed", "short.csv completed"]);
    let done = ["marked.csv", "marked.csv.done", "renamed.csv", "short.csv", "short.csv.done"];
    assert_eq!(world.names("drop/done"), done);
    assert_eq!(world.names("drop"), ["done"]);
}

#[test]
fn names_that_say_they_are_not_ready_are_left_alone() {
    let mut world = World::with_daily();
    for name in [".users.csv", "users.csv~", "users.csv.part", "users.csv.tmp", "users.csv.filepart"] {
        world.write(&format!("drop/{name}"), students(1, 1));
    }
    world.minutes(10);
    assert!(world.taken.is_empty());
    assert_eq!(world.names("drop").len(), 5);
    assert_eq!(world.said("still on its way").len(), 4, "each is said once: {:?}", world.lines);
    // The upload ends with a rename: it is whole at once.
    std::fs::rename(world.path("drop/users.csv.part"), world.path("drop/users.csv")).unwrap();
    world.minutes(2);
    assert_eq!(world.history("daily"), ["users.csv completed"]);
}

#[test]
fn the_same_content_twice_in_a_night_is_no_work_and_the_next_night_it_is() {
    let mut world = World::with_daily();
    world.write("drop/users.csv", students(1, 3));
    world.minutes(3);
    world.write("drop/users.csv", students(1, 3));
    world.minutes(3);
    assert_eq!(world.history("daily"), ["users.csv completed"]);
    assert_eq!(world.taken.iter().map(|t| t.end).collect::<Vec<_>>(), [TakenEnd::Ran, TakenEnd::Same]);
    assert_eq!(world.said("the same content as #2").len(), 1, "{:?}", world.lines);
    assert_eq!(world.names("drop/done"), ["users-2.csv", "users.csv"]);
    world.until("24 21:00");
    world.write("drop/users.csv", students(1, 3));
    world.minutes(3);
    assert_eq!(world.syncs("daily").len(), 2);
}

#[test]
fn what_was_refused_is_run_again_once_something_has_changed() {
    let mut world = World::with_daily();
    world.feed(Feed::new("schools", "schools"), "schools", "none");
    let of_s9 = students(1, 3).replace(",S1,", ",S9,");
    world.write("drop/users.csv", &of_s9);
    world.minutes(3);
    world.write("drop/users.csv", &of_s9);
    world.minutes(3);
    assert_eq!(world.syncs("daily").len(), 1, "nothing has changed since: {:?}", world.lines);
    world.write("schools/schools.csv", "external_id,name,type,parent_external_id,address\nS9,New School,school,D1,\n");
    world.write("drop/users.csv", &of_s9);
    world.minutes(3);
    assert_eq!(world.history("daily"), ["users.csv completed_with_errors", "users.csv completed"]);
}

#[test]
fn files_that_are_there_together_are_one_set_in_reference_order() {
    let mut world = World::with_daily();
    world.feed(Feed::new("a parents", "schoolstatus-guardians"), "parents", "none");
    world.feed(Feed::new("schools", "schools"), "schools", "none");
    world.step();
    let guardians = "student_code,guardian_code,first_name,last_name,email,phone,home_phone,language\n1,G1,Pat,Low,p@l.example,,,\n";
    // The guardians are whole at once; they wait for the others, which are still on their way.
    world.move_in("a parents", "parents/guardians.csv", guardians);
    world.write("drop/users.csv", students(1, 1).replace(",S1,", ",S7,"));
    world.write("schools/schools.csv", "external_id,name,type,parent_external_id,address\nS7,Other,school,D1,\n");
    world.minutes(3);
    let syncs: Vec<_> = ["schools", "daily", "a parents"].into_iter().flat_map(|f| world.syncs(f)).filter(|s| s.number.0 > 1).collect();
    let order: Vec<_> = syncs.iter().map(|s| (s.number.0, s.file.as_str(), s.status, s.set.map(|n| n.0))).collect();
    assert_eq!(
        order,
        [
            (2, "schools.csv", SyncStatus::Completed, Some(2)),
            (3, "users.csv", SyncStatus::Completed, Some(2)),
            (4, "guardians.csv", SyncStatus::Completed, Some(2))
        ]
    );
}

#[test]
fn two_files_of_a_feed_are_run_the_oldest_first() {
    let mut world = World::with_daily();
    for (name, last, seconds) in [("b.csv", "Old", 10), ("a.csv", "New", 20)] {
        world.write(&format!("drop/{name}"), format!("{HEADER}\nKim,,{last},k@l.example,1,S1,Student,,5,Active\n"));
        let file = std::fs::File::options().write(true).open(world.path(&format!("drop/{name}"))).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000 + seconds)).unwrap();
    }
    world.minutes(3);
    assert_eq!(world.history("daily"), ["b.csv completed", "a.csv completed"]);
}

#[test]
fn a_file_that_is_refused_whole_is_put_away_at_once_with_its_report() {
    let mut world = World::with_daily();
    world.write("drop/users.csv", "first_name,email\nKim,k@l.example\n");
    world.minutes(3);
    assert_eq!(world.history("daily"), ["users.csv failed"]);
    assert_eq!(world.names("drop/failed"), ["users.csv", "users.csv.errors.csv"]);
    world.minutes(300);
    assert_eq!(world.syncs("daily").len(), 1);
    assert_eq!(world.info("daily").watch.quarantined, ["users.csv"]);
}
