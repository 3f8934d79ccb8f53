//! How every feed is, what did not come, and what somebody is told of it.

use homeroom::desk::{FeedState, NewsSort, Reply, Request};
use homeroom::ledger::{Expect, Feed, FeedWatch};

use crate::world::{World, moment, students};

fn expecting() -> World {
    let mut world = World::new();
    world.feed(Feed::new("daily", "echalk-users"), "drop", "daily 03:00 UTC");
    world
}

fn events(world: &World) -> Vec<(NewsSort, &str)> {
    world.news.iter().map(|n| (n.event, n.feed.as_str())).collect()
}

#[test]
fn a_file_that_does_not_come_is_an_alarm_after_its_grace_until_one_comes() {
    let mut world = expecting();
    world.until("24 03:29");
    assert_eq!((world.stands("daily").state, world.waiting()), (FeedState::Fine, vec![]));
    world.until("24 03:31");
    let stands = world.stands("daily");
    assert_eq!((stands.state, stands.missing), (FeedState::Missing, Some(moment("24 03:00"))));
    assert_eq!(stands.text, "no file came, expected daily 03:00 UTC; none came yet");
    assert_eq!(world.waiting(), ["Missing daily"]);
    let overview = world.overview();
    assert_eq!((overview.waiting[0].at, overview.waiting[0].sync), (moment("24 03:00"), None));
    assert_eq!(events(&world), [(NewsSort::Missing, "daily")], "told once");
    world.write("drop/users.csv", students(1, 1));
    world.minutes(5);
    assert_eq!((world.stands("daily").state, world.waiting()), (FeedState::Fine, vec![]));
    assert_eq!(events(&world), [(NewsSort::Missing, "daily"), (NewsSort::Recovered, "daily")]);
}

#[test]
fn one_that_never_comes_stays_an_alarm_and_is_told_each_day() {
    let mut world = expecting();
    world.until("26 03:10");
    assert_eq!(world.stands("daily").missing, Some(moment("25 03:00")), "during the grace of today yesterday's is still missing");
    world.until("26 09:00");
    assert_eq!(world.stands("daily").missing, Some(moment("26 03:00")));
    assert_eq!(events(&world), [(NewsSort::Missing, "daily"); 3]);
}

#[test]
fn a_file_that_comes_late_counts_for_the_day_it_was_late_on() {
    let mut world = expecting();
    world.until("24 10:00");
    world.write("drop/users.csv", students(1, 1));
    world.until("24 23:00");
    assert_eq!(world.stands("daily").state, FeedState::Fine);
    world.until("25 04:00");
    assert_eq!(world.stands("daily").missing, Some(moment("25 03:00")));
}

#[test]
fn the_same_content_came_too() {
    let mut world = expecting();
    world.until("24 14:00");
    world.write("drop/users.csv", students(1, 1));
    world.until("24 23:30");
    assert_eq!(world.stands("daily").state, FeedState::Fine);
    world.write("drop/users.csv", students(1, 1));
    world.until("25 04:00");
    assert_eq!(world.syncs("daily").len(), 1, "within a night it is no work");
    assert_eq!(world.stands("daily").state, FeedState::Fine);
}

#[test]
fn what_is_expected_is_judged_and_counts_from_when_it_was_said() {
    let mut world = expecting();
    let put = |world: &mut World, feed: &str, expect: &str, grace, settle| {
        let watch = FeedWatch { expect: Expect::parse(expect).unwrap(), grace, settle, ..FeedWatch::default() };
        world.ask(Request::PutWatch { feed: feed.into(), watch })
    };
    for (feed, expect, grace, settle, part) in [
        ("none", "none", 30, 60, "Nobody has set up a feed \"none\""),
        ("schools", "none", 30, 60, "Nobody has set up a feed \"schools\""),
        ("daily", "daily 03:00 Mars/Phobos", 30, 60, "no time zone \"Mars/Phobos\""),
        ("daily", "none", 1_441, 60, "more than a day"),
        ("daily", "none", 30, 0, "0 seconds"),
        ("daily", "none", 30, 3_601, "3601 seconds"),
    ] {
        let Reply::Trouble(trouble) = put(&mut world, feed, expect, grace, settle) else { panic!("kept: {part}") };
        assert!(trouble.message.contains(part) && !trouble.next.is_empty(), "{trouble:?}");
    }
    world.until("24 05:00");
    assert_eq!(world.stands("daily").state, FeedState::Missing);
    assert!(matches!(put(&mut world, "daily", "daily 04:00 UTC", 0, 60), Reply::Feeds(_)));
    assert_eq!(world.stands("daily").state, FeedState::Fine, "nobody had asked for 04:00 at 04:00");
    world.until("25 04:01");
    assert_eq!(world.stands("daily").state, FeedState::Missing);
    assert!(matches!(put(&mut world, "daily", "none", 0, 60), Reply::Feeds(_)));
    assert_eq!((world.stands("daily").state, world.stands("daily").expect.as_str()), (FeedState::Fine, "none"));
}

#[test]
fn the_worst_feed_is_first_and_each_change_is_told_once() {
    let mut world = World::new();
    for (name, folder) in [("a fine", "a"), ("b errors", "b"), ("c held", "c"), ("e failed", "e")] {
        let approval = name == "c held";
        world.feed(Feed { approval, ..Feed::new(name, "echalk-users") }, folder, "none");
    }
    world.feed(Feed::new("d missing", "echalk-users"), "d", "daily 03:00 UTC");
    world.until("24 01:00");
    world.write("a/a.csv", students(10, 2));
    world.write("b/b.csv", students(20, 3).replace("k21@", "k21 at "));
    world.write("c/c.csv", students(30, 2));
    world.write("e/e.csv", "a,b\n1,2\n");
    world.until("24 06:00");
    let status = world.status();
    let order: Vec<_> = status.feeds.iter().map(|f| (f.name.as_str(), f.state)).collect();
    assert_eq!(
        order,
        [
            ("e failed", FeedState::Failed),
            ("d missing", FeedState::Missing),
            ("c held", FeedState::Held),
            ("b errors", FeedState::Errors),
            ("a fine", FeedState::Fine),
            ("schools", FeedState::Fine),
        ]
    );
    assert_eq!(status.worst(), FeedState::Failed);
    let b = world.stands("b errors");
    assert_eq!((b.errors, b.held, b.waiting, b.quarantined, b.success.is_some()), (1, 0, 0, 0, true));
    assert_eq!((world.stands("e failed").quarantined, world.stands("c held").held), (1, 1));
    let mut told = events(&world);
    told.sort_by_key(|t| t.1.to_owned());
    let expected =
        [(NewsSort::Errors, "b errors"), (NewsSort::Held, "c held"), (NewsSort::Missing, "d missing"), (NewsSort::Failed, "e failed")];
    assert_eq!(told, expected);
    let codes = |world: &World, event| world.news.iter().find(|n| n.event == event).unwrap().codes.clone();
    assert_eq!(codes(&world, NewsSort::Errors), ["VAL-210"]);
    assert_eq!(codes(&world, NewsSort::Failed).len(), 1);
    // Another process that watches tells nothing again, and what is well again is told.
    world.restart();
    world.write("b/b.csv", students(20, 3));
    let held = world.syncs("c held")[0].number;
    assert!(matches!(world.ask(Request::Apply { sync: held, without_removals: false, reason: None }), Reply::Ran(_)));
    world.minutes(10);
    let mut more = events(&world)[4..].to_vec();
    more.sort_by_key(|t| t.1.to_owned());
    assert_eq!(more, [(NewsSort::Recovered, "b errors"), (NewsSort::Recovered, "c held")]);
}

#[test]
fn nothing_that_is_told_names_anybody() {
    let mut world = World::with_daily();
    world.write("drop/users.csv", students(10_002_040, 5).replace("k10002041@l.example", "k10002041 at home"));
    world.minutes(3);
    world.write("drop/users.csv", students(10_002_040, 1).replace("first_name", "forename"));
    world.minutes(3);
    assert_eq!(events(&world), [(NewsSort::Errors, "daily"), (NewsSort::Failed, "daily")]);
    let told = format!("{:?} {:?}", world.news, world.lines);
    for part in ["10002041", "Low", "Kim", "at home", "l.example"] {
        assert!(!told.contains(part), "{part}: {told}");
    }
}

#[test]
fn a_feed_that_is_removed_and_set_up_anew_is_not_watched_as_before() {
    let mut world = expecting();
    world.until("24 09:00");
    assert_eq!(world.stands("daily").state, FeedState::Missing);
    assert!(matches!(world.ask(Request::RemoveFeed("daily".into())), Reply::Feeds(_)));
    assert!(world.status().feeds.iter().all(|f| f.name != "daily") && world.waiting().is_empty());
    world.feed(Feed::new("daily", "echalk-users"), "drop", "none");
    assert_eq!(world.stands("daily").expect, "none");
}

#[test]
fn whoever_only_reads_is_told_nothing_and_takes_nothing() {
    let mut world = expecting();
    let folder = world.dir.path().to_owned();
    world.desk = None;
    let surroundings = homeroom::desk::Surroundings {
        db: folder.join("db"),
        profiles: None,
        by: homeroom::ledger::Actor("viewer".into()),
        host: "host".into(),
        scope: None,
        readonly: true,
        wait: std::time::Duration::ZERO,
        now: || moment("24 09:00"),
    };
    world.desk = Some(homeroom::desk::Desk::open(surroundings).unwrap());
    for request in [Request::News, Request::Take(vec![]), Request::PutWatch { feed: "daily".into(), watch: FeedWatch::default() }] {
        let Reply::Trouble(trouble) = world.ask(request.clone()) else { panic!("{request:?}") };
        assert!(trouble.message.contains("read-only"), "{trouble:?}");
    }
    assert_eq!(world.stands("daily").state, FeedState::Missing, "but it may look");
}
