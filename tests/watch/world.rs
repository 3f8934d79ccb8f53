//! A district with feeds that have drop folders, a watcher, and a clock that only goes where a test has it go.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use homeroom::desk::{
    Desk, Event, FeedInfo, FeedStatus, FeedsStatus, Import, News, Overview, Reply, Request, Surroundings, SyncsOf, Taken, Window,
};
use homeroom::ledger::{Actor, Expect, Feed, FeedWatch, Sync, Timestamp};
use homeroom::watch::{Moved, Watcher};
use tempfile::TempDir;

thread_local! {
    /// The time of day, microseconds. Each test has a thread of its own.
    static CLOCK: Cell<i64> = const { Cell::new(0) };
}

fn clock() -> Timestamp {
    Timestamp(CLOCK.get())
}

/// A moment of the invented night: `23 21:00` is the evening of Monday, November 23, 2026.
pub(crate) fn moment(text: &str) -> Timestamp {
    let (day, time) = text.split_once(' ').unwrap();
    Timestamp(format!("2026-11-{day}T{time}:00Z").parse::<jiff::Timestamp>().unwrap().as_microsecond())
}

pub(crate) const HEADER: &str =
    "first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade,status";

pub(crate) const SCHOOLS: &str = "external_id,name,type,parent_external_id,address
D1,Lincoln Unified,district,,
S1,Lincoln High,school,D1,1 Main St
";

/// A users' file of so many students, from that number on.
pub(crate) fn students(first: u32, count: u32) -> String {
    let rows = (first..first + count).map(|n| format!("Kim,,Low{n},k{n}@l.example,{n},S1,Student,,5,Active"));
    format!("{HEADER}\n{}\n", rows.collect::<Vec<_>>().join("\n"))
}

pub(crate) struct World {
    pub(crate) dir: TempDir,
    pub(crate) desk: Option<Desk>,
    pub(crate) watcher: Watcher,
    /// What the watcher counts by: it never goes back.
    pub(crate) now: Duration,
    /// What the watcher said.
    pub(crate) lines: Vec<String>,
    pub(crate) taken: Vec<Taken>,
    pub(crate) news: Vec<News>,
    moved: Vec<Moved>,
}

impl World {
    /// A district with a school, on the evening of Monday the 23rd.
    pub(crate) fn new() -> Self {
        let mut world = Self::empty();
        let path = world.dir.path().join("schools.csv");
        fs::write(&path, SCHOOLS).unwrap();
        let import = Import { path: path.to_str().unwrap().into(), ..Import::default() };
        let Reply::Ran(_) = world.ask(Request::Import(import)) else { panic!("the schools did not come in") };
        world.minutes(1);
        world
    }

    fn empty() -> Self {
        CLOCK.set(moment("23 21:00").0);
        let dir = tempfile::tempdir().unwrap();
        let desk = Some(Desk::open(surroundings(dir.path())).unwrap());
        let (watcher, now) = (Watcher::new(), Duration::ZERO);
        Self { dir, desk, watcher, now, lines: Vec::new(), taken: Vec::new(), news: Vec::new(), moved: Vec::new() }
    }

    /// With a feed `daily` of users, its folder `drop`.
    pub(crate) fn with_daily() -> Self {
        let mut world = Self::new();
        world.feed(Feed::new("daily", "echalk-users"), "drop", "none");
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Sets up a feed with a folder.
    pub(crate) fn feed(&mut self, feed: Feed, folder: &str, expect: &str) {
        let path = self.path(folder);
        if !path.exists() {
            fs::create_dir(&path).unwrap();
        }
        let name = feed.name.clone();
        let feed = Feed { folder: Some(path.to_str().unwrap().into()), ..feed };
        let put = self.ask(Request::PutFeed { feed, replaces: None });
        assert!(matches!(put, Reply::Feeds(_)), "{put:?}");
        let watch = FeedWatch { expect: Expect::parse(expect).unwrap(), ..FeedWatch::default() };
        let put = self.ask(Request::PutWatch { feed: name, watch });
        assert!(matches!(put, Reply::Feeds(_)), "{put:?}");
        // It would notice the feed within a minute.
        self.watcher = Watcher::new();
    }

    pub(crate) fn ask(&mut self, request: Request) -> Reply {
        self.desk.as_ref().unwrap().ask(request, &mut |_| true)
    }

    /// Another process comes: the store is opened again, and the watcher has seen nothing.
    pub(crate) fn restart(&mut self) {
        self.desk = None;
        self.desk = Some(Desk::open(surroundings(self.dir.path())).unwrap());
        self.watcher = Watcher::new();
    }

    /// Writes a file into a folder as a plain upload does.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(path), text).unwrap();
    }

    /// Renames a file into a folder, as a careful upload does, and as the system tells of it.
    pub(crate) fn move_in(&mut self, feed: &str, path: &str, text: impl AsRef<[u8]>) {
        let aside = self.path("aside");
        fs::write(&aside, text).unwrap();
        let to = self.path(path);
        fs::rename(aside, &to).unwrap();
        self.moved.push(Moved { feed: feed.into(), name: to.file_name().unwrap().to_str().unwrap().into() });
    }

    /// One look of the watcher, now.
    pub(crate) fn step(&mut self) -> Duration {
        self.step_hearing(&mut |_| true)
    }

    /// One look, in the middle of whose work something happens.
    pub(crate) fn step_hearing(&mut self, hear: &mut dyn FnMut(&Event) -> bool) -> Duration {
        let desk = self.desk.as_ref().unwrap();
        let moved = std::mem::take(&mut self.moved);
        let mut answers = |request| desk.ask(request, &mut |event| hear(&event));
        let step = self.watcher.step(self.now, &moved, &mut answers);
        self.lines.extend(step.lines.into_iter().map(|l| l.text));
        self.taken.extend(step.taken);
        self.news.extend(step.news);
        step.wake
    }

    /// Lets time go by, the watcher looking whenever it wants to.
    pub(crate) fn seconds(&mut self, seconds: u64) {
        let end = self.now + Duration::from_secs(seconds);
        while self.now < end {
            let wake = self.step().max(self.now + Duration::from_secs(1)).min(end);
            CLOCK.set(CLOCK.get() + wake.saturating_sub(self.now).as_micros() as i64);
            self.now = wake;
        }
        self.step();
    }

    pub(crate) fn minutes(&mut self, minutes: u64) {
        self.seconds(minutes * 60);
    }

    /// Lets time go by until that moment.
    pub(crate) fn until(&mut self, text: &str) {
        let left = moment(text).0 - CLOCK.get();
        assert!(left >= 0, "{text} has been");
        self.seconds(left as u64 / 1_000_000);
    }

    /// Sets the time of day; nothing else goes on.
    #[allow(clippy::unused_self)] // it is this world's clock
    pub(crate) fn set_clock(&self, at: Timestamp) {
        CLOCK.set(at.0);
    }

    /// The syncs of a feed, oldest first.
    pub(crate) fn syncs(&mut self, feed: &str) -> Vec<Sync> {
        let all = Request::Syncs { window: Window::ALL, org: None, filter: String::new(), of: SyncsOf::default() };
        let Reply::Syncs(page) = self.ask(all) else { panic!("no syncs") };
        page.rows.into_iter().rev().filter(|s| s.feed_name == feed).collect()
    }

    /// `users.csv completed` for each sync of a feed.
    pub(crate) fn history(&mut self, feed: &str) -> Vec<String> {
        self.syncs(feed).iter().map(|s| format!("{} {}", s.file, s.status.name())).collect()
    }

    pub(crate) fn status(&mut self) -> FeedsStatus {
        let Reply::Status(status) = self.ask(Request::Status) else { panic!("no status") };
        status
    }

    pub(crate) fn stands(&mut self, feed: &str) -> FeedStatus {
        self.status().feeds.into_iter().find(|f| f.name == feed).unwrap()
    }

    pub(crate) fn overview(&mut self) -> Overview {
        let Reply::Overview(overview) = self.ask(Request::Overview) else { panic!("no overview") };
        overview
    }

    /// The lines of the Overview that wait: `no file daily`.
    pub(crate) fn waiting(&mut self) -> Vec<String> {
        self.overview().waiting.iter().map(|w| format!("{:?} {}", w.sort, w.name)).collect()
    }

    pub(crate) fn info(&mut self, feed: &str) -> FeedInfo {
        let Reply::Feeds(all) = self.ask(Request::Feeds) else { panic!("no feeds") };
        all.into_iter().find(|f| f.feed.name == feed).unwrap()
    }

    /// How many people there are.
    pub(crate) fn people(&mut self) -> u64 {
        self.overview().totals.iter().filter(|t| matches!(t.0.name(), "staff" | "students" | "guardians")).map(|t| t.1).sum()
    }

    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        names(&self.path(folder))
    }

    /// What the watcher said that has this in it.
    pub(crate) fn said(&self, part: &str) -> Vec<&str> {
        self.lines.iter().map(String::as_str).filter(|l| l.contains(part)).collect()
    }
}

fn surroundings(dir: &Path) -> Surroundings {
    Surroundings {
        db: dir.join("db"),
        profiles: None,
        by: Actor("watch".into()),
        host: "host".into(),
        scope: None,
        readonly: false,
        wait: Duration::ZERO,
        now: clock,
    }
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
