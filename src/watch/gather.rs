//! Which files are whole, and which of them belong together: those that are there once nothing more is on its way.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, SystemTime};

use crate::desk::{Dropped, Seen};

/// After the last file came, more may follow for so long.
const MORE: Duration = Duration::from_secs(10);

/// What is whole does not wait longer than this for what is on its way.
const MOST: Duration = Duration::from_mins(10);

/// How long a file waits that could not be taken though it is whole.
const LEFT: Duration = Duration::from_mins(1);

/// The files that lie in the folders.
#[derive(Debug, Default)]
pub(super) struct Gather {
    /// By feed and name.
    files: BTreeMap<(String, String), File>,
    /// The order in which the folders have them: oldest first.
    order: Vec<(String, String)>,
}

#[derive(Debug)]
struct File {
    stamp: (u64, Option<SystemTime>, u64),
    /// Since when it is so.
    since: Duration,
    /// Renamed into place, or marked: whole as it is.
    whole: bool,
    settle: Duration,
    /// Since when it could be taken.
    ready: Option<Duration>,
    /// Not before.
    not_before: Duration,
}

impl File {
    fn is_ready(&self, now: Duration) -> bool {
        now >= self.not_before && (self.whole || now.saturating_sub(self.since) >= self.settle)
    }
}

impl Gather {
    /// What a folder has at that moment; `moved` are the names that were renamed into it since it was looked at last.
    pub(super) fn saw(&mut self, feed: &str, settle: Duration, now: Duration, files: &[Seen], moved: &HashSet<&str>) {
        let names: HashSet<&str> = files.iter().map(|f| f.name.as_str()).collect();
        self.files.retain(|(of, name), _| of != feed || names.contains(name.as_str()));
        self.order.retain(|(of, _)| of != feed);
        for seen in files {
            let key = (feed.to_owned(), seen.name.clone());
            let stamp = (seen.size, seen.modified, seen.inode);
            let whole = seen.marker.is_some() || moved.contains(seen.name.as_str());
            let new = || File { stamp, since: now, whole: false, settle, ready: None, not_before: Duration::ZERO };
            let file = self.files.entry(key.clone()).or_insert_with(new);
            if file.stamp != stamp {
                // Whoever writes into it after all has not finished: what it was before does not count.
                *file = new();
            }
            file.settle = settle;
            file.whole |= whole;
            if file.ready.is_none() && file.is_ready(now) {
                file.ready = Some(now);
            }
            self.order.push(key);
        }
    }

    /// A folder cannot be looked at: what was in it may be another thing when it is there again.
    pub(super) fn forget(&mut self, feed: &str) {
        self.files.retain(|(of, _), _| of != feed);
        self.order.retain(|(of, _)| of != feed);
    }

    /// The files to take now: all that are whole, once nothing more is on its way.
    pub(super) fn due(&self, now: Duration) -> Vec<Dropped> {
        if self.at(now).is_none_or(|at| at > now) {
            return Vec::new();
        }
        let ready = self.order.iter().filter(|key| self.files.get(*key).is_some_and(|f| f.is_ready(now)));
        ready.map(|(feed, name)| Dropped { feed: feed.clone(), name: name.clone(), claim: None }).collect()
    }

    /// A file could not be taken: it is looked at again later.
    pub(super) fn later(&mut self, file: &Dropped, now: Duration) {
        if let Some(known) = self.files.get_mut(&(file.feed.clone(), file.name.clone())) {
            (known.not_before, known.ready) = (now + LEFT, None);
        }
    }

    /// When to look again, where anything lies there.
    pub(super) fn wake(&self, now: Duration) -> Option<Duration> {
        let settles =
            self.files.values().filter(|f| !f.is_ready(now)).map(|f| f.not_before.max(if f.whole { now } else { f.since + f.settle }));
        settles.chain(self.at(now)).min().map(|at| at.max(now + Duration::from_secs(1)))
    }

    /// When what is whole is to be taken.
    fn at(&self, now: Duration) -> Option<Duration> {
        let ready = || self.files.values().filter(|f| f.is_ready(now));
        let longest = ready().filter_map(|f| f.ready).min()? + MOST;
        let on_its_way = self.files.values().any(|f| !f.is_ready(now) && f.not_before <= now);
        let last = ready().map(|f| f.since).max()? + MORE;
        Some(if on_its_way { longest } else { last.min(longest) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn seen(name: &str, size: u64) -> Seen {
        Seen { name: name.into(), size, modified: None, inode: 1, marker: None }
    }

    fn names(files: Vec<Dropped>) -> Vec<String> {
        files.into_iter().map(|f| format!("{}/{}", f.feed, f.name)).collect()
    }

    #[test]
    fn a_file_is_whole_when_it_has_been_still_for_long_enough() {
        let mut gather = Gather::default();
        let mut at = |now, size| {
            gather.saw("a", secs(60), secs(now), &[seen("x.csv", size)], &HashSet::new());
            (names(gather.due(secs(now))), gather.wake(secs(now)))
        };
        assert_eq!(at(0, 10), (vec![], Some(secs(60))));
        assert_eq!(at(40, 20), (vec![], Some(secs(100))), "it grew");
        assert_eq!(at(99, 20).0, [""; 0]);
        assert_eq!(at(100, 20).0, ["a/x.csv"]);
    }

    #[test]
    fn a_rename_or_a_marker_says_that_it_is_whole_and_more_may_follow() {
        for marked in [true, false] {
            let mut gather = Gather::default();
            let mut file = seen("x.csv", 1);
            file.marker = marked.then(|| "x.done".to_owned());
            let moved = if marked { HashSet::new() } else { HashSet::from(["x.csv"]) };
            gather.saw("a", secs(60), secs(5), std::slice::from_ref(&file), &moved);
            assert_eq!((gather.due(secs(5)).len(), gather.wake(secs(5))), (0, Some(secs(15))));
            gather.saw("a", secs(60), secs(15), std::slice::from_ref(&file), &HashSet::new());
            assert_eq!(names(gather.due(secs(15))), ["a/x.csv"]);
            // Written into afterwards: the rename does not count any more.
            if !marked {
                gather.saw("a", secs(60), secs(16), &[seen("x.csv", 2)], &HashSet::new());
                assert!(gather.due(secs(30)).is_empty());
            }
        }
    }

    #[test]
    fn what_is_whole_waits_for_what_is_on_its_way_but_not_for_ever() {
        let mut gather = Gather::default();
        gather.saw("a", secs(60), secs(0), &[seen("x.csv", 1)], &HashSet::from(["x.csv"]));
        for now in (0..600).step_by(30) {
            gather.saw("b", secs(60), secs(now), &[seen("y.csv", now)], &HashSet::new());
            assert!(gather.due(secs(now)).is_empty(), "{now}");
        }
        assert_eq!(names(gather.due(secs(600))), ["a/x.csv"]);
        gather.saw("b", secs(60), secs(640), &[seen("y.csv", 570)], &HashSet::new());
        assert_eq!(names(gather.due(secs(640))), ["a/x.csv", "b/y.csv"]);
        gather.forget("a");
        assert_eq!(names(gather.due(secs(640))), ["b/y.csv"]);
    }

    #[test]
    fn another_file_of_the_name_begins_anew() {
        let mut gather = Gather::default();
        gather.saw("a", secs(60), secs(0), &[seen("x.csv", 1)], &HashSet::new());
        gather.saw("a", secs(60), secs(50), &[Seen { inode: 2, ..seen("x.csv", 1) }], &HashSet::new());
        assert!(gather.due(secs(70)).is_empty());
    }
}
