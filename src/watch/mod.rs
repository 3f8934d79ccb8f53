//! What happens UNATTENDED: drop folders watched, files taken when they are whole, somebody told.
//!
//! [`attend`] is the whole of it, for `watch` and `serve`. [`Watcher`] decides what is to be taken and when; moments and what the file
//! system told come in as data, so that a night can be gone through in a test. What is taken is taken by the desk.

mod command;
mod events;
mod gather;
pub mod log;
mod mail;
pub mod prometheus;
mod settings;
mod tell;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::desk::{Dropped, FeedInfo, FeedsStatus, Look, News, Reply, Request, Taken, TakenEnd, Trouble, look_into};
use crate::report::visible;
pub use events::Moved;
use gather::Gather;
pub use log::{Level, Line};
pub use settings::Settings;
pub use tell::Teller;

/// Whoever answers: a desk, or what leads to one in another process. A closure will do.
pub trait Answers {
    /// Answers a request. What cannot be answered now (the store is in use) is a [`Reply::Trouble`], and asked again later.
    fn ask(&mut self, request: Request) -> Reply;

    /// Nothing will be asked for a while: the store may be let go, so that others can have it.
    fn rest(&mut self) {}
}

impl<F: FnMut(Request) -> Reply> Answers for F {
    fn ask(&mut self, request: Request) -> Reply {
        self(request)
    }
}

/// How often everything is looked at, whatever the file system tells.
const RESCAN: Duration = Duration::from_mins(1);

/// How long the loop sleeps at most before it looks whether it is to stop.
const NAP: Duration = Duration::from_millis(500);

/// After how long a file is tried again whose way was barred: by the number of tries.
const PAUSES: [u64; 7] = [60, 120, 300, 600, 1_200, 2_400, 3_600];

/// Watches the drop folders of all feeds.
#[derive(Debug, Default)]
pub struct Watcher {
    folders: BTreeMap<String, Folder>,
    gather: Gather,
    /// When the feeds were asked for last.
    asked: Option<Duration>,
    /// What was said and still holds, by what it is about: it is not said again.
    said: BTreeMap<Topic, HashSet<String>>,
    /// When a claim is tried again, by its folder and name.
    again: BTreeMap<(String, String), Duration>,
}

/// What may be said over and over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Topic {
    /// Nobody answers.
    Answers,
    /// A feed cannot be used.
    Feeds,
    /// What lies in the folders and is left alone.
    Left,
    /// Files that could not be taken.
    Taking,
}

/// A feed's folder.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    settle: Duration,
}

/// What one step came to.
#[derive(Debug, Default)]
pub struct Step {
    /// What is to be said, for the log.
    pub lines: Vec<Line>,
    /// Files that were taken.
    pub taken: Vec<Taken>,
    /// What somebody is to be told.
    pub news: Vec<News>,
    /// How every feed is, where it was asked for.
    pub status: Option<FeedsStatus>,
    /// When the next step is due, if nothing happens before.
    pub wake: Duration,
}

impl Watcher {
    /// One that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks at all folders and takes what is whole. `now` counts from any moment and never goes back; `moved` are the files that were
    /// renamed into a folder since the last step.
    pub fn step(&mut self, now: Duration, moved: &[Moved], desk: &mut dyn Answers) -> Step {
        let mut step = Step { wake: now + RESCAN, ..Step::default() };
        let due = self.asked.is_none_or(|at| now.saturating_sub(at) >= RESCAN);
        if due && !self.ask_feeds(now, &mut step, desk) {
            return step;
        }
        let mut files = self.look(now, moved, &mut step);
        files.extend(self.gather.due(now));
        step.wake = step.wake.min(self.gather.wake(now).unwrap_or(step.wake));
        self.take(now, files, due, &mut step, desk);
        step
    }

    /// Takes what is whole by all one can see in one look: a marker, or a last change that is as long ago as the feed asks for. For
    /// timers. `clock` is the time of day.
    pub fn once(&mut self, clock: SystemTime, desk: &mut dyn Answers) -> Step {
        let mut step = Step::default();
        if !self.ask_feeds(Duration::ZERO, &mut step, desk) {
            return step;
        }
        let mut files = Vec::new();
        for (feed, folder) in &self.folders {
            let Ok(look) = look_into(&folder.path) else { continue };
            let claims = look.claims.iter().map(|c| Dropped { feed: feed.clone(), name: c.name.clone(), claim: Some(c.claim.clone()) });
            files.extend(claims);
            for file in look.files {
                let still = file.modified.and_then(|m| clock.duration_since(m).ok()).is_some_and(|age| age >= folder.settle);
                if (still || file.marker.is_some()) && !file.goes_on(&folder.path) {
                    files.push(Dropped { feed: feed.clone(), name: file.name, claim: None });
                } else {
                    step.lines.push(Line::info(format!("{feed}: {} has not been still for long enough", visible(&file.name))));
                }
            }
        }
        self.take(Duration::ZERO, files, true, &mut step, desk);
        step
    }

    /// Watches until `stop`. `hear` gets what each step came to.
    pub fn run(&mut self, stop: &AtomicBool, desk: &mut dyn Answers, hear: &mut dyn FnMut(Step, Duration)) {
        let mut events = events::Events::new();
        let began = Instant::now();
        let mut moved = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let now = began.elapsed();
            let mut step = self.step(now, &moved, desk);
            desk.rest();
            step.lines.extend(events.watch(self.folders.iter().map(|(feed, f)| (feed.as_str(), f.path.as_path()))));
            let wake = step.wake;
            hear(step, now);
            moved.clear();
            while !stop.load(Ordering::Relaxed) && moved.is_empty() && began.elapsed() < wake {
                let rest = wake.saturating_sub(began.elapsed()).min(NAP);
                if events.wait(rest, &mut moved) {
                    break;
                }
            }
        }
    }

    /// Asks for the feeds; `false` where there is no answer.
    fn ask_feeds(&mut self, now: Duration, step: &mut Step, desk: &mut dyn Answers) -> bool {
        let all = match desk.ask(Request::Feeds) {
            Reply::Feeds(all) => all,
            other => {
                let why = trouble(other);
                self.say(step, Topic::Answers, vec![(Level::Error, format!("{} {}", why.message, why.next))]);
                return false;
            }
        };
        self.asked = Some(now);
        self.say(step, Topic::Answers, Vec::new());
        self.folders.clear();
        let mut lines = Vec::new();
        for FeedInfo { feed, problem, watch, .. } in all.into_iter().filter(|f| f.set_up) {
            let Some(path) = feed.folder else { continue };
            if let Some(problem) = problem {
                // Nothing is taken through a feed that cannot be used: its files would be put away for its sake.
                lines.push((Level::Error, format!("{}: {problem}", feed.name)));
                self.gather.forget(&feed.name);
            } else {
                let settle = Duration::from_secs(watch.settings.settle.into());
                self.folders.insert(feed.name, Folder { path: path.into(), settle });
            }
        }
        self.say(step, Topic::Feeds, lines);
        true
    }

    /// Looks into every folder; gives the claimed files that are to be tried now.
    fn look(&mut self, now: Duration, moved: &[Moved], step: &mut Step) -> Vec<Dropped> {
        let mut again = Vec::new();
        let mut lines = Vec::new();
        let mut claims = HashSet::new();
        for (feed, folder) in &self.folders {
            let Ok(Look { files, claims: claimed, left }) = look_into(&folder.path) else {
                // What is wrong with it is the feed's problem, and said as such with the next answer.
                self.gather.forget(feed);
                self.asked = None;
                continue;
            };
            for text in left {
                lines.push((Level::Notice, format!("{feed}: {text}")));
            }
            for claim in claimed {
                let token = claim.claim.split('.').next().unwrap_or_default().to_owned();
                let key = (feed.clone(), token);
                if *self.again.entry(key.clone()).or_insert(now) <= now {
                    again.push(Dropped { feed: feed.clone(), name: claim.name, claim: Some(claim.claim) });
                }
                claims.insert(key);
            }
            let moved: HashSet<&str> = moved.iter().filter(|m| m.feed == *feed).map(|m| m.name.as_str()).collect();
            self.gather.saw(feed, folder.settle, now, &files, &moved);
        }
        self.say(step, Topic::Left, lines);
        self.again.retain(|key, _| claims.contains(key));
        if let Some(next) = self.again.values().filter(|at| **at > now).min() {
            step.wake = step.wake.min(*next);
        }
        again
    }

    /// Has files taken, and asks what there is to tell.
    fn take(&mut self, now: Duration, files: Vec<Dropped>, due: bool, step: &mut Step, desk: &mut dyn Answers) {
        let took = !files.is_empty();
        if took {
            match desk.ask(Request::Take(files.clone())) {
                Reply::Taken(taken) => {
                    let left = taken.iter().filter_map(|each| self.took(now, each, step)).collect();
                    self.say(step, Topic::Taking, left);
                    step.taken = taken;
                }
                other => {
                    let why = trouble(other);
                    self.say(step, Topic::Taking, vec![(Level::Error, format!("{} {}", why.message, why.next))]);
                    // Nothing was claimed, or it is found again.
                    for file in files {
                        self.gather.later(&file, now);
                        self.pause(now, &file, 0);
                    }
                }
            }
        }
        if took || due {
            match desk.ask(Request::News) {
                Reply::News(news) => step.news = news,
                other => step.lines.push(Line::new(Level::Error, format!("what is to be told: {}", trouble(other).message))),
            }
            if let Reply::Status(status) = desk.ask(Request::Status) {
                step.status = Some(status);
            }
        }
    }

    /// What became of a file; what is left and may be so again comes back.
    fn took(&mut self, now: Duration, each: &Taken, step: &mut Step) -> Option<(Level, String)> {
        let text = format!("{}: {}: {}", each.file.feed, visible(&each.file.name), each.text);
        let level = match each.end {
            TakenEnd::Ran if each.syncs.iter().any(|s| s.rows_with_errors > 0 || s.hold.is_some()) => Level::Warning,
            TakenEnd::Ran | TakenEnd::PutAway | TakenEnd::Same => Level::Info,
            TakenEnd::Quarantined => Level::Error,
            TakenEnd::Later { tries } => {
                self.pause(now, &each.file, tries);
                Level::Warning
            }
            TakenEnd::Left => {
                self.pause(now, &each.file, 0);
                self.gather.later(&each.file, now);
                return Some((Level::Notice, text));
            }
        };
        step.lines.push(Line::new(level, text));
        None
    }

    fn pause(&mut self, now: Duration, file: &Dropped, tries: u32) {
        if let Some(claim) = &file.claim {
            let token = claim.split('.').next().unwrap_or_default().to_owned();
            let pause = PAUSES[(tries.saturating_sub(1) as usize).min(PAUSES.len() - 1)];
            self.again.insert((file.feed.clone(), token), now + Duration::from_secs(pause));
        }
    }

    /// Says of a topic what is so now, where it was not so before.
    fn say(&mut self, step: &mut Step, topic: Topic, lines: Vec<(Level, String)>) {
        let now = lines.iter().map(|(_, text)| text.clone()).collect();
        let before = self.said.insert(topic, now).unwrap_or_default();
        step.lines.extend(lines.into_iter().filter(|(_, text)| !before.contains(text)).map(|(level, text)| Line::new(level, text)));
    }
}

fn trouble(reply: Reply) -> Trouble {
    match reply {
        Reply::Trouble(trouble) => trouble,
        other => {
            let kind = format!("{other:?}");
            let kind = kind.split(['(', ' ']).next().unwrap_or_default();
            Trouble::new(crate::desk::TroubleSort::Internal, format!("unexpected answer: {kind}"), "Please report this.")
        }
    }
}

/// Watches, tells whoever is to be told and writes the file for Prometheus, until `stop`. Nothing that goes wrong in telling stops the
/// work. `hear` gets what each step came to, with all that is to be written to the log.
pub fn attend(settings: &Settings, stop: &AtomicBool, desk: &mut dyn Answers, hear: &mut dyn FnMut(&Step, &[Line])) {
    let mut teller = Teller::new(settings.clone());
    Watcher::new().run(stop, desk, &mut |step, now| hear(&step, &told(settings, &mut teller, now, &step)));
}

/// One look at everything, told and written in the same way: for timers. `clock` is the time of day.
pub fn attend_once(settings: &Settings, clock: SystemTime, desk: &mut dyn Answers, hear: &mut dyn FnMut(&Step, &[Line])) {
    let step = Watcher::new().once(clock, desk);
    desk.rest();
    hear(&step, &told(settings, &mut Teller::new(settings.clone()), Duration::ZERO, &step));
}

/// Tells what a step came to, and gives what is to be written to the log.
fn told(settings: &Settings, teller: &mut Teller, now: Duration, step: &Step) -> Vec<Line> {
    let mut lines = step.lines.clone();
    lines.extend(step.news.iter().map(|news| Line::new(Level::of(news), tell::sentence(news))));
    lines.extend(teller.tell(now, &step.news));
    if let (Some(path), Some(status)) = (&settings.prometheus, &step.status)
        && let Err(e) = prometheus::write(Path::new(path), status)
    {
        lines.push(Line::new(Level::Warning, format!("cannot write {path}: {e}")));
    }
    lines
}
