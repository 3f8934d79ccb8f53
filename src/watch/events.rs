//! What the file system tells of the folders: inotify. Where it cannot be had (a limit is reached, a network share tells nothing, another
//! system), the look at everything once a minute does alone.

use std::path::Path;
use std::time::Duration;

use super::Line;

/// A file that was renamed into a feed's folder: it is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The feed.
    pub feed: String,
    /// The file's name.
    pub name: String,
}

#[cfg(target_os = "linux")]
pub(super) use linux::Events;

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;
    use std::mem::MaybeUninit;
    use std::os::fd::OwnedFd;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::inotify::{CreateFlags, ReadFlags, Reader, WatchFlags, add_watch, init};

    use super::{Duration, Line, Moved, Path};
    use crate::watch::Level;

    /// The queue of events.
    #[derive(Debug)]
    pub(in super::super) struct Events {
        queue: Option<OwnedFd>,
        feeds: HashMap<i32, String>,
        said: bool,
    }

    impl Events {
        /// A queue, if there is one to be had.
        pub(in super::super) fn new() -> Self {
            Self { queue: init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok(), feeds: HashMap::new(), said: false }
        }

        /// Watches these folders; says once where that is not possible. To be called again and again: a folder that was made anew is
        /// another one.
        pub(in super::super) fn watch<'f>(&mut self, folders: impl Iterator<Item = (&'f str, &'f Path)>) -> Option<Line> {
            let mut failed = self.queue.is_none().then(|| "inotify cannot be had".to_owned());
            self.feeds.clear();
            if let Some(queue) = &self.queue {
                let flags = WatchFlags::MOVED_TO
                    | WatchFlags::CLOSE_WRITE
                    | WatchFlags::CREATE
                    | WatchFlags::DELETE_SELF
                    | WatchFlags::MOVE_SELF
                    | WatchFlags::ONLYDIR;
                for (feed, path) in folders {
                    match add_watch(queue, path, flags) {
                        Ok(number) => drop(self.feeds.insert(number, feed.to_owned())),
                        Err(e) => failed = Some(format!("the system does not tell of {}: {e}", path.display())),
                    }
                }
            }
            let say = failed.filter(|_| !self.said)?;
            self.said = true;
            Some(Line::new(Level::Notice, format!("{say}; every folder is looked at once a minute all the same")))
        }

        /// Waits until something happens, at most so long; `true` where something did. What was renamed into a folder goes to `moved`.
        pub(in super::super) fn wait(&self, rest: Duration, moved: &mut Vec<Moved>) -> bool {
            let Some(queue) = &self.queue else {
                std::thread::sleep(rest);
                return false;
            };
            let rest = Timespec { tv_sec: rest.as_secs() as i64, tv_nsec: rest.subsec_nanos().into() };
            let mut fds = [PollFd::new(queue, PollFlags::IN)];
            // A signal ends the waiting: the caller looks whether it is to stop.
            if poll(&mut fds, Some(&rest)).unwrap_or(0) == 0 {
                return false;
            }
            let mut buffer = [MaybeUninit::uninit(); 4096];
            let mut reader = Reader::new(queue, &mut buffer);
            let mut any = false;
            while let Ok(event) = reader.next() {
                // Where the queue ran over, all is looked at: a file that was renamed in then waits until it has been still.
                any = true;
                let name = event.file_name().and_then(|n| n.to_str().ok()).map(str::to_owned);
                if event.events().contains(ReadFlags::MOVED_TO)
                    && let (Some(feed), Some(name)) = (self.feeds.get(&event.wd()), name)
                {
                    moved.push(Moved { feed: feed.clone(), name });
                }
            }
            any
        }
    }
}

#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub(super) struct Events;

#[cfg(not(target_os = "linux"))]
impl Events {
    pub(super) fn new() -> Self {
        Self
    }

    pub(super) fn watch<'f>(&mut self, _folders: impl Iterator<Item = (&'f str, &'f Path)>) -> Option<Line> {
        None
    }

    pub(super) fn wait(&self, rest: Duration, _moved: &mut Vec<Moved>) -> bool {
        std::thread::sleep(rest);
        false
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_rename_is_told_and_a_folder_that_is_gone_is_no_harm() {
        let dir = tempfile::tempdir().unwrap();
        let drop = dir.path().join("drop");
        std::fs::create_dir(&drop).unwrap();
        let mut events = Events::new();
        assert_eq!(events.watch([("daily", drop.as_path())].into_iter()), None);
        std::fs::write(drop.join("written.csv"), "x").unwrap();
        std::fs::write(dir.path().join("a"), "x").unwrap();
        std::fs::rename(dir.path().join("a"), drop.join("renamed.csv")).unwrap();
        let mut moved = Vec::new();
        while events.wait(Duration::from_secs(5), &mut moved) && moved.is_empty() {}
        assert_eq!(moved, [Moved { feed: "daily".into(), name: "renamed.csv".into() }]);
        std::fs::remove_dir_all(&drop).unwrap();
        let said = events.watch([("daily", drop.as_path())].into_iter()).unwrap();
        assert!(said.text.contains("once a minute"), "{said:?}");
        assert_eq!(events.watch([("daily", drop.as_path())].into_iter()), None, "it is said once");
    }
}
