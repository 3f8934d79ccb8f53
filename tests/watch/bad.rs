//! Folders and files as they should not be: none loses or repeats a sync.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::time::Duration;

use homeroom::desk::{Desk, Event, FeedState, Reply, Request, TakenEnd, Trouble, TroubleSort};
use homeroom::ledger::{Feed, SyncStatus};
use homeroom::watch::Watcher;

use crate::world::{World, moment, names, students};

#[test]
fn a_folder_that_disappears_is_said_once_and_goes_on_when_it_is_back() {
    let mut world = World::with_daily();
    world.write("drop/users.csv", students(1, 1));
    world.seconds(30);
    fs::rename(world.path("drop"), world.path("gone")).unwrap();
    world.minutes(20);
    assert_eq!(world.said("annot look into").len(), 1, "{:?}", world.lines);
    assert_eq!((world.stands("daily").state, world.waiting()), (FeedState::Failed, vec!["Folder daily".to_owned()]));
    fs::rename(world.path("gone"), world.path("drop")).unwrap();
    world.minutes(5);
    assert_eq!(world.history("daily"), ["users.csv completed"]);
    assert_eq!((world.stands("daily").state, world.waiting()), (FeedState::Fine, vec![]));
    fs::rename(world.path("drop"), world.path("gone")).unwrap();
    world.minutes(5);
    assert_eq!(world.said("annot look into").len(), 2, "it was well in between, so it is said again");
}

/// What stands for a disk that is full: nothing can be put into `done` in the moment in which it is wanted.
#[test]
fn a_file_that_was_run_and_cannot_be_put_away_is_only_put_away_the_next_time() {
    let mut world = World::with_daily();
    let folder = world.path("drop");
    world.write("drop/users.csv", students(1, 3));
    world.step();
    world.now += Duration::from_secs(61);
    let mut blocked = false;
    world.step_hearing(&mut |event| {
        if matches!(event, Event::Progress(p) if p.step == "checking") && !blocked {
            fs::write(folder.join("done"), "in the way").unwrap();
            blocked = true;
        }
        true
    });
    assert!(blocked && matches!(world.taken[0].end, TakenEnd::Later { .. }), "{:?}", world.taken);
    assert_eq!((world.history("daily"), world.people()), (vec!["users.csv completed".to_owned()], 3));
    assert_eq!(world.info("daily").watch.claimed, ["users.csv"]);
    world.minutes(5);
    assert!(world.said("is no folder").len() <= 3, "{:?}", world.lines);
    fs::remove_file(folder.join("done")).unwrap();
    // Another process finds it.
    world.restart();
    world.minutes(3);
    assert_eq!(world.names("drop/done"), ["users.csv"]);
    assert_eq!((world.syncs("daily").len(), world.people()), (1, 3), "it is not run again");
    assert_eq!(world.taken.last().unwrap().end, TakenEnd::PutAway);
    assert_eq!(world.names("drop"), ["done"]);
}

#[test]
fn a_folder_in_which_nothing_can_be_claimed_loses_nothing() {
    for own in ["taking", "done", "failed"] {
        let mut world = World::with_daily();
        world.write("drop/users.csv", students(1, 1));
        symlink(world.dir.path(), world.path("drop").join(own)).unwrap();
        world.minutes(10);
        assert!(world.path("drop/users.csv").exists() && world.syncs("daily").is_empty(), "{own}");
        assert_eq!(world.said("is no folder").len(), 2, "each is said once, {own}: {:?}", world.lines);
        fs::remove_file(world.path("drop").join(own)).unwrap();
        world.minutes(3);
        assert_eq!(world.history("daily"), ["users.csv completed"], "{own}");
    }
}

#[test]
fn a_folder_that_is_a_link_is_the_folder_that_it_leads_to() {
    let mut world = World::new();
    fs::create_dir(world.path("real")).unwrap();
    symlink(world.path("real"), world.path("drop")).unwrap();
    world.feed(Feed::new("daily", "echalk-users"), "drop", "none");
    world.write("real/users.csv", students(1, 1));
    world.minutes(3);
    assert_eq!(world.names("real/done"), ["users.csv"]);
    // Two feeds cannot have one folder, by whatever name.
    let twice = Feed { folder: Some(world.path("real").to_str().unwrap().into()), ..Feed::new("other", "echalk-users") };
    let Reply::Trouble(trouble) = world.ask(Request::PutFeed { feed: twice, replaces: None }) else { panic!("kept") };
    assert!(trouble.message.contains("that of feed daily already"), "{trouble:?}");
}

#[test]
fn what_is_no_file_is_left_alone_and_keeps_nobody_waiting() {
    let mut world = World::with_daily();
    let drop = world.path("drop");
    fs::create_dir(drop.join("folder.csv")).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, drop.join("pipe.csv"), rustix::fs::FileType::Fifo, rustix::fs::Mode::from(0o600), 0).unwrap();
    let _socket = UnixListener::bind(drop.join("socket.csv")).unwrap();
    symlink("/dev/zero", drop.join("device.csv")).unwrap();
    fs::write(world.path("outside.csv"), students(7, 1)).unwrap();
    symlink(world.path("outside.csv"), drop.join("link.csv")).unwrap();
    world.write("drop/users.csv", students(1, 1));
    world.minutes(5);
    assert_eq!(world.history("daily"), ["users.csv completed"]);
    assert_eq!(world.said("it is left alone").len(), 5, "{:?}", world.lines);
    assert_eq!(world.names("drop"), ["device.csv", "done", "folder.csv", "link.csv", "pipe.csv", "socket.csv"]);
    assert_eq!(world.info("daily").watch.left.len(), 5);
}

/// A pipe that takes a file's place between the look and the claim.
#[test]
fn a_pipe_in_the_place_of_a_file_is_not_waited_for() {
    let mut world = World::with_daily();
    let pipe = world.path("drop/users.csv");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::from(0o600), 0).unwrap();
    let file = homeroom::desk::Dropped { feed: "daily".into(), name: "users.csv".into(), claim: None };
    let Reply::Taken(taken) = world.ask(Request::Take(vec![file])) else { panic!() };
    assert_eq!((taken[0].end, taken[0].text.contains("no regular file")), (TakenEnd::Left, true), "{taken:?}");
    assert!(world.syncs("daily").is_empty() && world.names("drop") == ["users.csv"]);
}

#[test]
fn a_file_with_two_names_waits_until_it_has_one() {
    let mut world = World::with_daily();
    world.write("other.csv", students(1, 1));
    fs::hard_link(world.path("other.csv"), world.path("drop/users.csv")).unwrap();
    world.minutes(5);
    assert!(world.syncs("daily").is_empty() && world.said("hard link").len() == 1);
    fs::remove_file(world.path("other.csv")).unwrap();
    world.minutes(3);
    assert_eq!(world.history("daily"), ["users.csv completed"]);
}

#[test]
fn a_file_of_somebody_else_is_taken_if_it_can_be_read_and_put_away_if_not() {
    let mut world = World::with_daily();
    world.write("drop/users.csv", students(1, 1));
    let path = world.path("drop/users.csv");
    // Whoever runs the tests may give files away only as root, and as root can read all of them.
    let root = rustix::process::geteuid().is_root();
    if root {
        chown(&path, Some(12_345), Some(12_345)).unwrap();
    } else {
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    }
    world.minutes(300);
    if root {
        assert_eq!(world.history("daily"), ["users.csv completed"]);
    } else {
        assert_eq!((world.stands("daily").state, world.names("drop/failed").len()), (FeedState::Failed, 2));
        assert!(world.syncs("daily").len() <= 8);
    }
}

#[test]
fn odd_names_are_files_like_others_and_those_that_are_no_text_are_left() {
    let mut world = World::with_daily();
    world.write("drop/a\nb \u{1b}[31m.csv", students(1, 1));
    let raw = std::ffi::OsStr::from_bytes(b"no\xfftext.csv");
    fs::write(world.path("drop").join(raw), students(2, 1)).unwrap();
    world.minutes(5);
    assert_eq!(world.syncs("daily").len(), 1);
    assert!(world.lines.iter().all(|l| !l.contains(['\n', '\u{1b}'])), "{:?}", world.lines);
    assert_eq!(world.said("not UTF-8").len(), 1);
    assert_eq!(world.names("drop/done"), ["a\nb \u{1b}[31m.csv"]);
}

#[test]
fn a_clock_that_jumps_repeats_and_loses_nothing() {
    let mut world = World::new();
    world.feed(Feed::new("daily", "echalk-users"), "drop", "daily 03:00 UTC");
    world.write("drop/users.csv", students(1, 2));
    world.seconds(30);
    world.set_clock(moment("20 04:00"));
    world.minutes(2);
    assert_eq!(world.history("daily"), ["users.csv completed"]);
    world.write("drop/users.csv", students(1, 3));
    world.seconds(30);
    world.set_clock(moment("29 09:00"));
    world.minutes(2);
    assert_eq!(world.history("daily").len(), 2);
    assert_eq!(world.people(), 3);
    world.set_clock(moment("23 22:00"));
    world.minutes(10);
    assert_eq!(world.history("daily").len(), 2);
    // A sync that seems to lie ahead is a file that came, not one that is missing.
    assert_eq!(world.stands("daily").state, FeedState::Fine);
    world.until("24 09:00");
    assert_eq!(world.stands("daily").state, FeedState::Fine);
}

#[test]
fn two_that_watch_one_folder_never_take_the_same_file() {
    let world = World::with_daily();
    let long_ago = std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    for n in 0..20 {
        world.write(&format!("drop/{n:02}.csv"), students(n * 10, 5));
        let file = File::options().write(true).open(world.path(&format!("drop/{n:02}.csv"))).unwrap();
        file.set_modified(long_ago).unwrap();
    }
    // Each has a store of its own, so that only the folder is between them.
    let folder = world.path("drop");
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let clock = long_ago + Duration::from_hours(1);
    let ran: Vec<Vec<String>> = std::thread::scope(|scope| {
        let work = dirs.each_ref().map(|dir| {
            let folder = folder.clone();
            scope.spawn(move || {
                let desk = desk_of(dir.path());
                let feed = Feed { folder: Some(folder.to_str().unwrap().into()), ..Feed::new("daily", "echalk-users") };
                assert!(matches!(desk.ask(Request::PutFeed { feed, replaces: None }, &mut |_| true), Reply::Feeds(_)));
                let step = Watcher::new().once(clock, &mut |request| desk.ask(request, &mut |_| true));
                let ran = step.taken.into_iter().filter(|t| !t.syncs.is_empty());
                ran.map(|t| t.file.name).collect::<Vec<_>>()
            })
        });
        work.into_iter().map(|w| w.join().unwrap()).collect()
    });
    let mut all: Vec<String> = ran.concat();
    all.sort();
    assert_eq!(all, (0..20).map(|n| format!("{n:02}.csv")).collect::<Vec<_>>(), "{ran:?}");
    assert_eq!(names(&folder.join("taking")), [""; 0]);
}

fn desk_of(dir: &std::path::Path) -> Desk {
    let surroundings = homeroom::desk::Surroundings {
        db: dir.join("db"),
        profiles: None,
        by: homeroom::ledger::Actor("watch".into()),
        host: "host".into(),
        scope: None,
        readonly: false,
        wait: Duration::ZERO,
        now: || moment("23 21:00"),
    };
    Desk::open(surroundings).unwrap()
}

#[test]
fn a_file_that_grows_while_it_is_read_is_tried_again_and_applied_once() {
    let mut world = World::with_daily();
    let whole = students(1, 400);
    let (first, rest) = whole.split_at(whole.len() / 2);
    world.write("drop/users.csv", first);
    // Whoever uploads has it open, under whatever name it goes.
    let mut upload = File::options().append(true).open(world.path("drop/users.csv")).unwrap();
    world.step();
    world.now += Duration::from_secs(61);
    let mut left = rest;
    world.step_hearing(&mut |event| {
        if matches!(event, Event::Progress(p) if p.step == "reading") {
            upload.write_all(left.as_bytes()).unwrap();
            left = "";
        }
        true
    });
    assert_eq!(world.history("daily"), ["users.csv failed"]);
    assert!(matches!(world.taken[0].end, TakenEnd::Later { tries: 1 }), "{:?}", world.taken);
    world.minutes(3);
    assert_eq!(world.history("daily"), ["users.csv failed", "users.csv completed"]);
    assert_eq!((world.people(), world.names("drop")), (400, vec!["done".to_owned()]));
}

#[test]
fn a_file_that_never_ends_is_not_tried_for_ever() {
    let mut world = World::with_daily();
    world.write("drop/users.csv", students(1, 5));
    let mut upload = File::options().append(true).open(world.path("drop/users.csv")).unwrap();
    world.step();
    for _ in 0..60 {
        world.now += Duration::from_mins(10);
        world.step_hearing(&mut |event| {
            if matches!(event, Event::Progress(p) if p.step == "reading") {
                upload.write_all(b"x").unwrap();
            }
            true
        });
    }
    assert_eq!(world.syncs("daily").len(), 8, "{:?}", world.lines);
    assert!(world.path("drop/failed/users.csv").exists() && world.people() == 0);
    assert_eq!(world.stands("daily").state, FeedState::Failed);
    assert_eq!(world.waiting(), ["Failed users.csv", "Failed daily"]);
}

#[test]
fn a_file_that_is_replaced_while_it_is_run_is_two_files() {
    let mut world = World::with_daily();
    world.write("drop/users.csv", students(1, 2));
    world.step();
    world.now += Duration::from_secs(61);
    let (aside, to) = (world.path("new"), world.path("drop/users.csv"));
    let mut replaced = false;
    world.step_hearing(&mut |event| {
        if matches!(event, Event::Progress(p) if p.step == "reading") && !replaced {
            fs::write(&aside, students(3, 2)).unwrap();
            fs::rename(&aside, &to).unwrap();
            replaced = true;
        }
        true
    });
    assert!(replaced);
    world.minutes(3);
    assert_eq!(world.history("daily"), ["users.csv completed", "users.csv completed"]);
    assert_eq!((world.people(), world.names("drop/done")), (4, vec!["users-2.csv".to_owned(), "users.csv".to_owned()]));
}

#[test]
fn a_claimed_file_that_was_never_run_is_found_again() {
    let mut world = World::with_daily();
    world.write("drop/users.csv", students(1, 2));
    world.step();
    world.now += Duration::from_secs(61);
    // Stopped in the middle: as a signal does it.
    world.step_hearing(&mut |event| !matches!(event, Event::Progress(_)));
    assert_eq!(world.taken.last().unwrap().end, TakenEnd::Left);
    assert_eq!((world.people(), world.names("drop")), (0, vec!["taking".to_owned()]));
    world.restart();
    world.minutes(2);
    let statuses: Vec<SyncStatus> = world.syncs("daily").iter().map(|s| s.status).collect();
    assert_eq!(statuses.last(), Some(&SyncStatus::Completed));
    assert_eq!((world.people(), world.names("drop")), (2, vec!["done".to_owned()]));
}

#[test]
fn a_store_that_is_in_use_is_waited_for_and_nothing_is_claimed() {
    let mut world = World::with_daily();
    world.write("drop/users.csv", students(1, 2));
    let in_use = || Reply::Trouble(Trouble::new(TroubleSort::Store, "The database is in use by ana.", "Wait for it."));
    let mut lines = Vec::new();
    for minute in 0..30 {
        let step = world.watcher.step(Duration::from_secs(minute * 60), &[], &mut |_| in_use());
        lines.extend(step.lines);
    }
    assert_eq!(lines.len(), 1, "it is said once: {lines:?}");
    assert_eq!(world.names("drop"), ["users.csv"]);
    world.now = Duration::from_mins(30);
    world.minutes(3);
    assert_eq!(world.history("daily"), ["users.csv completed"]);
}

#[test]
fn a_store_that_fails_in_the_middle_is_tried_again_with_longer_pauses() {
    let mut world = World::with_daily();
    world.write("drop/users.csv", students(1, 2));
    let mut asked = 0;
    for minute in 0..180 {
        let desk = world.desk.as_ref().unwrap();
        let step = world.watcher.step(Duration::from_secs(minute * 60), &[], &mut |request| match request {
            Request::Take(_) => {
                asked += 1;
                Reply::Trouble(Trouble::new(TroubleSort::Store, "Not enough room on the disk.", "Free some."))
            }
            other => desk.ask(other, &mut |_| true),
        });
        assert!(step.taken.is_empty());
    }
    assert!((2..200).contains(&asked), "{asked}");
    assert_eq!(world.names("drop"), ["users.csv"], "nothing is lost");
}

#[test]
fn nothing_is_taken_through_a_feed_that_cannot_be_used() {
    let mut world = World::new();
    let feed = Feed { org: Some("S1".into()), ..Feed::new("daily", "echalk-users") };
    world.feed(feed, "drop", "none");
    world.write("drop/users.csv", students(1, 1));
    // The school gets another ID: the feed is for none that there is.
    let Reply::Resolved(named) = world.ask(Request::Resolve("school:S1".into())) else { panic!() };
    let homeroom::desk::HitWhat::Org(org) = named[0].what else { panic!() };
    let fields = vec![("external_id".to_owned(), "S2".to_owned())];
    let Reply::School(_) = world.ask(Request::EditOrg { org, fields }) else { panic!("not edited") };
    world.minutes(10);
    assert!(world.path("drop/users.csv").exists() && world.syncs("daily").is_empty());
    assert_eq!((world.stands("daily").state, world.said("no organization").len()), (FeedState::Failed, 1));
}
