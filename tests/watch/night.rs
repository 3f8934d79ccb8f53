//! A night in which the files of five systems arrive in pieces, twice, late and broken; and the Overview in the morning.

use homeroom::desk::{FeedState, NewsSort, TakenEnd};
use homeroom::ledger::{Feed, SyncStatus};

use crate::world::{HEADER, World};

const STAFF: &str = "staffId,firstName,middleName,lastName,email,role,username,password
GM1,Ava,,Miller,ava@g.example,teacher,ava.miller,orchard11bell
";
const READING: &str =
    "action,org_sis_id,userRole,userId,firstName,lastName,userEmail,classId,className,classGrade,primary_teacher,userGrade
,S1,staff,RS201,Ananya,Chowdhury,ananya@r.example,,,,,
";
const SCHOOLOGY: &str = "First Name,Middle Name,Last Name,Username,E-mail,User Unique ID,Role,School,Position/Job Title
Paloma,,Aguirre,paloma,paloma@s.example,501,Teacher,S1,Teacher
";
const PARENTS: &str = "student_code,guardian_code,first_name,last_name,email,phone,home_phone,language
1001,G1,Pat,Low,p@h.example,,,
1002,G2,Sam,Low,s@h.example,,,
";

/// The nightly file of the student system: 60 students, the third without an e-mail address that is one.
fn sis() -> String {
    let rows = (1_001..1_061).map(|n| {
        let at = if n == 1_003 { " at " } else { "@" };
        format!("Kim,,Low{n},k{n}{at}l.example,{n},S1,Student,,5,Active")
    });
    format!("{HEADER}\n{}\n", rows.collect::<Vec<_>>().join("\n"))
}

fn evening() -> World {
    let mut world = World::new();
    let of_s1 = |feed: Feed| Feed { org: Some("S1".into()), ..feed };
    let feeds = [
        (Feed { main: true, ..Feed::new("SIS", "echalk-users") }, "sis"),
        (of_s1(Feed::new("Great Minds staff", "greatminds-staff")), "greatminds"),
        (Feed::new("Amplify readers", "amplify-users"), "amplify"),
        (Feed::new("Schoology users", "schoology-users"), "schoology"),
        (Feed::new("Parents", "schoolstatus-guardians"), "parents"),
    ];
    for (feed, folder) in feeds {
        world.feed(feed, folder, "daily 03:00 UTC");
    }
    world
}

#[test]
fn the_overview_in_the_morning_says_the_truth() {
    let mut world = evening();
    world.until("24 01:58");

    // In pieces: the student system writes its file for four minutes, straight into the folder.
    let whole = sis();
    for part in 1..=8 {
        world.write("sis/users.csv", &whole[..whole.len() * part / 8]);
        if part == 3 {
            // Whole at once, by a rename. Its students are still on their way: it waits for them.
            world.move_in("Parents", "parents/guardians.csv", PARENTS);
        }
        world.seconds(30);
    }
    // Twice: once with a marker, once more an hour later.
    world.write("schoology/users.csv", SCHOOLOGY);
    world.write("schoology/users.done", "");
    world.until("24 02:20");
    // Broken: a column is spelled wrong, which this system refuses.
    world.write("amplify/users.csv", READING.replace("userRole", "user_role"));
    // And one that never ends its upload.
    world.write("greatminds/staff.csv.part", STAFF);
    world.until("24 03:10");
    world.write("schoology/users.csv", SCHOOLOGY);

    world.until("24 04:00");
    let at_four = world.stands("Great Minds staff");
    assert_eq!((at_four.state, at_four.waiting), (FeedState::Missing, 0));
    assert!(world.waiting().contains(&"Missing Great Minds staff".to_owned()));

    // Late: at half past five it is there after all.
    world.until("24 05:30");
    std::fs::rename(world.path("greatminds/staff.csv.part"), world.path("greatminds/staff.csv")).unwrap();

    world.until("24 07:00");
    // Each file was run once, in the order in which they refer to each other.
    assert_eq!(world.history("SIS"), ["users.csv completed_with_errors"]);
    assert_eq!(world.history("Parents"), ["guardians.csv completed"]);
    assert_eq!(world.history("Schoology users"), ["users.csv completed"]);
    assert_eq!(world.history("Amplify readers"), ["users.csv failed"]);
    assert_eq!(world.history("Great Minds staff"), ["staff.csv completed"]);
    let (sis, parents) = (world.syncs("SIS").remove(0), world.syncs("Parents").remove(0));
    assert_eq!((sis.rows, sis.rows_with_errors, sis.status), (60, 1, SyncStatus::CompletedWithErrors));
    assert!(sis.number < parents.number && sis.set == parents.set && sis.set.is_some());
    assert_eq!(world.people(), 59 + 2 + 1 + 1);

    // The Overview: one file failed, nothing is missing any more, one error is open.
    assert_eq!(world.waiting(), ["Failed users.csv"]);
    let overview = world.overview();
    let feeds: Vec<_> = overview.feeds.iter().map(|f| (f.name.as_str(), f.last.status.name(), f.last.rows_with_errors)).collect();
    assert_eq!(
        feeds,
        [
            ("Amplify readers", "failed", 0),
            ("Great Minds staff", "completed", 0),
            ("Parents", "completed", 0),
            ("SIS", "completed_with_errors", 1),
            ("Schoology users", "completed", 0),
            ("schools", "completed", 0),
        ]
    );
    let causes: Vec<_> = overview.causes.iter().map(|c| (c.feed.as_str(), c.cause.code.to_string(), c.cause.rows)).collect();
    assert_eq!(causes, [("SIS", "VAL-210".to_owned(), 1)]);

    // `status` says the same, the worst first.
    let states: Vec<_> = world.status().feeds.into_iter().map(|f| (f.name, f.state)).collect();
    assert_eq!(states[0], ("Amplify readers".to_owned(), FeedState::Failed));
    assert_eq!(states[1], ("SIS".to_owned(), FeedState::Errors));
    assert!(states[2..].iter().all(|s| s.1 == FeedState::Fine), "{states:?}");

    // What lies in the folders is what happened.
    assert_eq!(world.names("sis/done"), ["users.csv", "users.csv.errors.csv"]);
    assert_eq!(world.names("schoology/done"), ["users-2.csv", "users.csv", "users.csv.done"]);
    assert_eq!(world.names("amplify/failed"), ["users.csv", "users.csv.errors.csv"]);
    for folder in ["sis", "schoology", "parents", "greatminds"] {
        assert_eq!(world.names(folder), ["done"], "{folder}");
    }
    let ends: Vec<TakenEnd> = world.taken.iter().map(|t| t.end).collect();
    assert_eq!(ends.iter().filter(|e| **e == TakenEnd::Same).count(), 1);
    assert_eq!(ends.iter().filter(|e| **e == TakenEnd::Ran).count(), 4);

    // Who is told was told each thing once.
    let mut told: Vec<_> = world.news.iter().map(|n| (n.feed.as_str(), n.event)).collect();
    told.sort();
    assert_eq!(
        told,
        [
            ("Amplify readers", NewsSort::Failed),
            ("Great Minds staff", NewsSort::Missing),
            ("Great Minds staff", NewsSort::Recovered),
            ("SIS", NewsSort::Errors),
        ]
    );
}

#[test]
fn the_night_after_nobody_sends_anything_and_a_holder_that_restarts_tells_nothing_twice() {
    let mut world = evening();
    world.until("24 02:00");
    for (path, text) in [
        ("sis/users.csv", sis()),
        ("parents/guardians.csv", PARENTS.to_owned()),
        ("schoology/users.csv", SCHOOLOGY.to_owned()),
        ("amplify/users.csv", READING.to_owned()),
        ("greatminds/staff.csv", STAFF.to_owned()),
    ] {
        world.write(path, text);
    }
    world.until("24 06:00");
    let set: Vec<_> = ["SIS", "Great Minds staff", "Amplify readers", "Schoology users", "Parents"]
        .into_iter()
        .flat_map(|f| world.syncs(f))
        .map(|s| (s.set.is_some(), s.status.is_applied()))
        .collect();
    assert_eq!(set, [(true, true); 5], "all of one night is one set");
    world.news.clear();
    world.until("25 03:45");
    world.restart();
    world.until("25 07:00");
    let status = world.status();
    let missing = status.feeds.iter().filter(|f| f.state == FeedState::Missing).count();
    assert_eq!((missing, status.worst()), (5, FeedState::Missing));
    let mut told: Vec<_> = world.news.iter().map(|n| (n.event, n.feed.clone())).collect();
    told.sort();
    told.dedup();
    assert_eq!((told.len(), world.news.len()), (5, 5), "each once: {:?}", world.news);
    assert!(world.news.iter().all(|n| n.event == NewsSort::Missing));
    assert_eq!(world.waiting().iter().filter(|w| w.starts_with("Missing ")).count(), 5);
}
