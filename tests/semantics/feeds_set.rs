//! Feeds set up by operators, drop folders, the scope of an operator, and profiles recognised.

use std::path::Path;

use homeroom::desk::{ExportWhat, FeedInfo, Import, PeopleQuery, Ran, Reply, Request, SchoolSort, TroubleSort, Window};
use homeroom::ledger::{Feed, HoldLimits, Map, Mode, SyncStatus};

use crate::world::{World, file};

const ANA: &str = "Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active";
const BEN: &str = "Ben,,Ode,b@l.example,2,S2,Student,,5,Active";

fn feed() -> Feed {
    Feed::new("daily", "echalk-users")
}

#[track_caller]
fn put(world: &World, feed: Feed, replaces: Option<&str>) -> Vec<FeedInfo> {
    match world.ask(Request::PutFeed { feed, replaces: replaces.map(str::to_owned) }) {
        Reply::Feeds(all) => all,
        other => panic!("not kept: {other:?}"),
    }
}

fn feeds(world: &World) -> Vec<(String, bool)> {
    match world.ask(Request::Feeds) {
        Reply::Feeds(all) => all.into_iter().map(|f| (f.feed.name, f.set_up)).collect(),
        other => panic!("no feeds: {other:?}"),
    }
}

fn by(world: &World, feed: &str, rows: &[&str]) -> Import {
    Import { feed: Some(feed.into()), ..world.write("users.csv", file(rows)) }
}

#[test]
fn a_feed_must_be_right_to_be_kept() {
    let world = World::new();
    let Reply::Maps(_) = world.ask(Request::PutMap(Map { name: "m".into(), profile: "schools".into(), ..Map::default() })) else {
        panic!()
    };
    std::fs::write(world.dir.path().join("file"), "").unwrap();
    let inside = |name: &str| Some(world.dir.path().join(name).to_str().unwrap().to_owned());
    for (feed, part) in [
        (Feed { name: String::new(), ..feed() }, "cannot be named"),
        (Feed { name: " daily".into(), ..feed() }, "cannot be named"),
        (Feed { name: "a\u{1b}b".into(), ..feed() }, "cannot be named"),
        (Feed { name: "x".repeat(65), ..feed() }, "cannot be named"),
        (Feed { name: "schools".into(), ..feed() }, "is the name of a profile"),
        (Feed { profile: "echalk-user".into(), ..feed() }, "no profile"),
        (Feed { map: Some("n".into()), ..feed() }, "no mapping"),
        (Feed { map: Some("m".into()), ..feed() }, "is for profile schools"),
        (Feed { org: Some("S9".into()), ..feed() }, "no organization"),
        (Feed { profile: "schools".into(), mode: Mode::Full, ..feed() }, "no mode"),
        (Feed { limits: HoldLimits { disable: 101, ..HoldLimits::default() }, ..feed() }, "101"),
        (Feed { folder: Some("drop".into()), ..feed() }, "not an absolute path"),
        (Feed { folder: inside("none"), ..feed() }, "Cannot look into"),
        (Feed { folder: inside("file"), ..feed() }, "is no folder"),
    ] {
        let trouble = world.trouble(Request::PutFeed { feed: feed.clone(), replaces: None });
        assert!(trouble.message.contains(part) && !trouble.next.is_empty(), "{feed:?}: {trouble:?}");
        assert!(!trouble.message.contains('\u{1b}'));
    }
    let just = Feed { name: "x".repeat(64), limits: HoldLimits { disable: 100, ..HoldLimits::default() }, folder: inside("."), ..feed() };
    put(&world, just, None);
    let twice = world.trouble(Request::PutFeed { feed: Feed { folder: inside("."), ..feed() }, replaces: None });
    assert!(twice.message.contains("that of feed x"), "{twice:?}");
}

#[test]
fn a_feed_fills_an_import_up_and_must_not_be_contradicted() {
    let world = World::new();
    put(&world, Feed { org: Some("S1".into()), ..feed() }, None);
    let took = world.run(Request::Import(by(&world, "daily", &[ANA, BEN])));
    took.is("staff +1, students !1", &["3 school_district_external_id REF-307"]);
    assert_eq!((took.sync.feed_name.as_str(), took.sync.org.as_deref()), ("daily", Some("S1")));
    assert_eq!(world.person("1").feeds, ["daily"]);
    for (import, part) in [
        (Import { profile: Some("schools".into()), ..by(&world, "daily", &[ANA]) }, "not schools"),
        (Import { org: Some("S2".into()), ..by(&world, "daily", &[ANA]) }, "not S2"),
        (by(&world, "dayly", &[ANA]), "no feed \"dayly\""),
        (Import { map: Some("none".into()), ..by(&world, "daily", &[ANA]) }, "no mapping"),
    ] {
        let trouble = world.trouble(Request::Import(import));
        assert!(trouble.sort == TroubleSort::Usage && trouble.message.contains(part), "{trouble:?}");
    }
    assert!(world.trouble(Request::Import(by(&world, "dayly", &[ANA]))).next.contains("daily"));
    let same = Import { profile: Some("echalk-users".into()), org: Some("S1".into()), ..by(&world, "daily", &[ANA]) };
    assert_eq!(world.run(Request::Import(same)).counts(), "staff =1");
}

#[test]
fn an_import_without_a_feed_makes_one_that_can_be_set_up() {
    let world = World::new();
    world.users(&[ANA]).is("staff +1", &[]);
    assert_eq!(feeds(&world), [("echalk-users".into(), false), ("schools".into(), false)]);
    put(&world, Feed { org: Some("S1".into()), ..Feed::new("echalk-users", "echalk-users") }, Some("echalk-users"));
    assert_eq!(feeds(&world)[0], ("echalk-users".into(), true));
    // From now on files of the profile come through it, named or recognised.
    for profile in [Some("echalk-users".to_owned()), None] {
        let took = world.run(Request::Import(Import { profile, ..world.write("users.csv", file(&[BEN])) }));
        assert_eq!((took.sync.org.as_deref(), took.counts().as_str()), (Some("S1"), "students !1"));
    }
    assert_eq!(world.person("1").feeds, ["echalk-users"]);
}

#[test]
fn a_renamed_feed_keeps_what_it_brought() {
    let world = World::new();
    put(&world, feed(), None);
    world.run(Request::Import(by(&world, "daily", &[ANA])));
    let again = world.trouble(Request::PutFeed { feed: feed(), replaces: None });
    assert!(again.message.contains("already"), "{again:?}");
    put(&world, Feed { name: "nightly".into(), ..feed() }, Some("daily"));
    assert_eq!(world.person("1").feeds, ["nightly"]);
    assert_eq!(world.run(Request::Import(by(&world, "nightly", &[ANA]))).counts(), "staff =1");
    assert_eq!(world.person("1").history.len(), 1, "it is the same feed");
    let Reply::Overview(overview) = world.ask(Request::Overview) else { panic!("no overview") };
    assert_eq!(overview.feeds.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["nightly", "schools"]);
    let other = world.trouble(Request::PutFeed { feed: Feed::new("nightly", "schools"), replaces: Some("nightly".into()) });
    assert!(other.message.contains("has brought files of profile echalk-users"), "{other:?}");
    put(&world, feed(), None);
    let taken = world.trouble(Request::PutFeed { feed: feed(), replaces: Some("nightly".into()) });
    assert!(taken.message.contains("belongs to another feed"), "{taken:?}");
}

#[test]
fn what_a_removed_feed_brought_is_by_hand_unless_another_brings_it() {
    let world = World::new();
    put(&world, feed(), None);
    put(&world, Feed { name: "second".into(), ..feed() }, None);
    world.run(Request::Import(by(&world, "daily", &[ANA, BEN])));
    world.run(Request::Import(by(&world, "second", &[&ANA.replace("S1", "S2")])));
    let before = world.roster();
    let Reply::Feeds(left) = world.ask(Request::RemoveFeed("daily".into())) else { panic!("not removed") };
    assert!(left.iter().all(|f| f.feed.name != "daily"));
    assert_eq!(world.roster(), before, "nobody moves");
    assert_eq!(
        (world.person("1").feeds, world.person("2").feeds),
        (vec!["by hand".to_owned(), "second".into()], vec!["by hand".to_owned()])
    );
    let history = world.person("2").history;
    assert_eq!((history.len(), history[0].sync, history[0].action.as_str()), (2, None, "edited by hand"));
    assert_eq!(world.person("1").history[0].position, history[0].position, "all in one entry");
    assert_eq!(world.trouble(Request::RemoveFeed("daily".into())).sort, TroubleSort::Usage);
    // A new one of the name begins anew.
    put(&world, feed(), None);
    let world = world.reopened(false);
    assert_eq!(world.roster(), before);
}

#[test]
fn a_feed_with_something_that_waits_is_not_removed() {
    let world = World::new();
    put(&world, feed(), None);
    let dry = world.run(Request::Import(Import { dry_run: true, ..by(&world, "daily", &[ANA]) }));
    let trouble = world.trouble(Request::RemoveFeed("daily".into()));
    assert!(trouble.next.contains(&format!("abandon {}", dry.sync.number.0)), "{trouble:?}");
}

/// A world with a feed of a drop folder.
fn dropping() -> (World, std::path::PathBuf) {
    let world = World::new();
    let folder = world.dir.path().join("drop");
    std::fs::create_dir(&folder).unwrap();
    put(&world, Feed { folder: Some(folder.to_str().unwrap().into()), ..feed() }, None);
    (world, folder)
}

fn drop_at(folder: &Path, name: &str, text: &str, seconds: u64) {
    std::fs::write(folder.join(name), text).unwrap();
    let file = std::fs::File::options().write(true).open(folder.join(name)).unwrap();
    file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000 + seconds)).unwrap();
}

fn pick_up(world: &World, dry_run: bool) -> Vec<Ran> {
    match world.ask(Request::PickUp { feed: "daily".into(), dry_run }) {
        Reply::RanSet(all) => all,
        other => panic!("not picked up: {other:?}"),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_drop_folder_is_picked_up_oldest_first_and_files_are_put_away() {
    let (world, folder) = dropping();
    drop_at(&folder, "b.csv", &file(&[&ANA.replace("Diaz", "Newest")]), 30);
    drop_at(&folder, "c.csv", &file(&[ANA, &BEN.replace("b@", "b at ")]), 10);
    drop_at(&folder, "d.csv", "a,b\n1,2\n", 20);
    for left_alone in ["e.csv.part", ".f.csv"] {
        drop_at(&folder, left_alone, &file(&[BEN]), 0);
    }
    let Reply::Feeds(all) = world.ask(Request::Feeds) else { panic!("no feeds") };
    let daily = all.into_iter().find(|f| f.feed.name == "daily").unwrap();
    assert_eq!((daily.files, daily.problem), (vec!["c.csv".to_owned(), "d.csv".into(), "b.csv".into()], None));

    let dry = pick_up(&world, true);
    assert_eq!(dry.len(), 3);
    assert_eq!(names(&folder).len(), 5, "a dry run leaves them where they are");

    let ran = pick_up(&world, false);
    let did: Vec<_> = ran.iter().map(|r| (r.detail.sync.file.as_str(), r.detail.sync.status)).collect();
    assert_eq!(did, [("c.csv", SyncStatus::CompletedWithErrors), ("d.csv", SyncStatus::Failed), ("b.csv", SyncStatus::Completed)]);
    assert_eq!(world.value("1", "last_name"), "Newest");
    assert_eq!(names(&folder), [".f.csv", "done", "e.csv.part", "failed"]);
    assert_eq!(names(&folder.join("done")), ["b.csv", "c.csv", "c.csv.errors.csv"]);
    assert_eq!(names(&folder.join("failed")), ["d.csv", "d.csv.errors.csv"]);
    let report = std::fs::read_to_string(folder.join("done/c.csv.errors.csv")).unwrap();
    assert!(report.starts_with("Row Number,") && report.contains("email"), "{report}");

    // The same name again overwrites nothing. A newer file has followed that content: it waits.
    drop_at(&folder, "c.csv", &file(&[ANA, &BEN.replace("b@", "b at ")]), 40);
    let again = pick_up(&world, false);
    assert!(again[0].detail.file_findings.iter().any(|f| f.code.name() == "SAF-509"));
    assert_eq!((again[0].detail.sync.status, world.value("1", "last_name").as_str()), (SyncStatus::Held, "Newest"));
    assert_eq!(names(&folder.join("done")), ["b.csv", "c-2.csv", "c-2.csv.errors.csv", "c.csv", "c.csv.errors.csv"]);
    assert!(pick_up(&world, false).is_empty());
}

#[test]
fn a_link_is_no_file_and_no_folder_to_put_files_away_in() {
    let (world, folder) = dropping();
    let elsewhere = world.dir.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    std::fs::write(elsewhere.join("secret.csv"), file(&[BEN])).unwrap();
    std::os::unix::fs::symlink(elsewhere.join("secret.csv"), folder.join("link.csv")).unwrap();
    assert!(pick_up(&world, false).is_empty());
    std::os::unix::fs::symlink(&elsewhere, folder.join("done")).unwrap();
    drop_at(&folder, "a.csv", &file(&[ANA]), 0);
    let trouble = world.trouble(Request::PickUp { feed: "daily".into(), dry_run: false });
    assert!(trouble.message.contains("is no folder"), "{trouble:?}");
    assert_eq!(names(&elsewhere), ["secret.csv"]);
    assert!(folder.join("a.csv").exists(), "nothing is lost");
}

#[test]
fn only_a_feed_with_a_folder_can_be_picked_up() {
    let world = World::new();
    put(&world, feed(), None);
    for feed in ["daily", "none"] {
        let trouble = world.trouble(Request::PickUp { feed: feed.into(), dry_run: false });
        assert!(trouble.sort == TroubleSort::Usage && trouble.message.contains("no drop folder"), "{trouble:?}");
    }
}

#[test]
fn every_template_is_recognised_or_all_that_it_may_be_are_named() {
    let world = World::empty();
    let Reply::Profiles(profiles) = world.ask(Request::Profiles) else { panic!("no profiles") };
    for profile in profiles {
        let Reply::Output(template) = world.ask(Request::Template(profile.name.clone())) else { panic!("no template") };
        let header = String::from_utf8(template.bytes).unwrap();
        let row = vec!["x"; header.split(',').count()].join(",");
        let path = world.write("template.csv", format!("{header}{row}\n")).path;
        let Reply::Recognised(seen) = world.ask(Request::Recognise { path }) else { panic!("not looked at") };
        if seen.profile.as_deref() != Some(&profile.name) {
            let tie = seen.findings.iter().find_map(|f| f.arg("tie")).unwrap_or_else(|| panic!("{}: {seen:?}", profile.name));
            assert!(tie.split(" and ").any(|p| p == profile.name), "{}: {tie}", profile.name);
        }
    }
    assert!(world.trouble(Request::Template("school".into())).next.contains("schools"));
}

#[test]
fn an_operator_is_kept_to_a_school() {
    let world = World::new();
    world.users(&[ANA, BEN]).is("staff +1, students +1", &[]);
    let of_s2 = world.of_school("S2", &["Cyd,,Low,c@l.example,3,S2,Teacher,,,Active"]);
    let world = world.kept_to("S1");
    let took = world.users(&[&ANA.replace("Diaz", "Dias"), BEN]);
    took.is("staff ~1, students !1", &["3 school_district_external_id REF-307"]);
    assert_eq!(took.sync.org.as_deref(), Some("S1"));
    let Reply::People(page) = world.ask(Request::People { query: PeopleQuery::default(), window: Window::ALL }) else { panic!() };
    assert_eq!(page.rows.iter().map(|p| p.sourced_id.as_str()).collect::<Vec<_>>(), ["1"]);
    let schools = Request::Schools { filter: String::new(), sort: SchoolSort::Name, reverse: false, window: Window::ALL };
    let Reply::Schools(page) = world.ask(schools) else { panic!() };
    assert_eq!(page.rows.iter().map(|s| s.org.external_id.as_str()).collect::<Vec<_>>(), ["S1"]);
    let Reply::Syncs(page) =
        world.ask(Request::Syncs { window: Window::ALL, org: None, filter: String::new(), of: homeroom::desk::SyncsOf::default() })
    else {
        panic!()
    };
    assert_eq!(page.rows.iter().map(|s| s.number).collect::<Vec<_>>(), [took.sync.number]);
    let Reply::Found(found) = world.ask(Request::Find { query: "l.example".into(), limit: 10, org: None }) else { panic!() };
    assert!(found.hits.iter().all(|h| h.title.contains("Dias") || h.about.contains('#')) && !found.hits.is_empty(), "{found:?}");
    let Reply::Output(out) = world.ask(Request::Export { what: ExportWhat::People, org: None, for_spreadsheet: false }) else { panic!() };
    assert_eq!(String::from_utf8(out.bytes).unwrap().lines().count(), 2);
    let other_school = match world.ask(Request::Resolve("school:S2".into())) {
        Reply::Trouble(t) => t,
        other => panic!("{other:?}"),
    };
    assert_eq!(other_school.sort, TroubleSort::NotPermitted);
    let schools = world.write("more.csv", "external_id,name\nS2,Other\n");
    for request in [
        Request::Sync(of_s2.sync.number),
        Request::Rerun { sync: of_s2.sync.number, all: true, dry_run: false },
        Request::Resolve("2".into()),
        Request::Export { what: ExportWhat::Staff, org: Some("S2".into()), for_spreadsheet: false },
        Request::Import(Import { org: Some("S2".into()), ..world.write("users.csv", file(&[BEN])) }),
        Request::Import(schools),
        Request::PutFeed { feed: feed(), replaces: None },
        Request::EditPerson { person: homeroom::roster::PersonNo(1), fields: vec![("last_name".into(), "X".into())] },
        Request::EditPerson { person: homeroom::roster::PersonNo(0), fields: vec![("orgs".into(), "S1; S2".into())] },
    ] {
        let trouble = world.trouble(request.clone());
        assert_eq!(trouble.sort, TroubleSort::NotPermitted, "{request:?}: {trouble:?}");
    }
    let nowhere = world.kept_to("S77");
    assert_eq!(nowhere.trouble(Request::People { query: PeopleQuery::default(), window: Window::ALL }).sort, TroubleSort::Usage);
}

#[test]
fn whoever_is_kept_to_a_district_has_its_schools() {
    let world = World::new();
    world.users(&[ANA, BEN]).is("staff +1, students +1", &[]);
    let world = world.kept_to("D1");
    world.users(&[ANA, BEN]).is("staff =1, students =1", &[]);
    let Reply::People(page) = world.ask(Request::People { query: PeopleQuery::default(), window: Window::ALL }) else { panic!() };
    assert_eq!(page.total, 2);
    assert_eq!(world.person("2").row.sourced_id, "2");
}
