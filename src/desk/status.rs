//! How every feed is: what waits in its folder, what did not come, what went wrong; and what of it somebody is to be told.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::tz::TimeZone;

use super::folder::{look_into, quarantined};
use super::history::open_roots;
use super::holds::held_words;
use super::office::Office;
use super::{FeedInfo, FeedState, FeedStatus, FeedsStatus, News, NewsSort, Trouble, TroubleSort, Waiting, WaitingSort, WatchInfo};
use crate::ledger::{Expect, FeedWatch, Severity, Sync, SyncKind, SyncStatus, Tally, Timestamp};
use crate::report::number;
use crate::roster::FeedNo;
use crate::store::Told;

/// Most seconds that a file may have to lie still, most minutes of grace: a day.
const MOST_SETTLE: u16 = 3_600;
const MOST_GRACE: u16 = 1_440;

/// How many codes of a sync are told.
const MOST_CODES: usize = 12;

/// What is kept of all feeds for watching them, and the moment at which it is looked at.
pub(super) struct Watched {
    now: Timestamp,
    settings: BTreeMap<FeedNo, FeedWatch>,
    told: BTreeMap<FeedNo, Told>,
}

/// The zone of a moment that is expected.
fn zone(expect: &Expect) -> TimeZone {
    expect.zone.as_deref().and_then(|z| TimeZone::get(z).ok()).unwrap_or_else(TimeZone::system)
}

/// Whether a sync says that a file of its feed came.
fn came(sync: &Sync) -> bool {
    sync.kind == SyncKind::Import && !sync.dry_run
}

impl Watched {
    /// For when a file was expected that did not come. During the grace of a moment the one before it still counts.
    fn missing(&self, no: FeedNo, syncs: &[Sync]) -> Option<Timestamp> {
        let watch = self.settings.get(&no)?;
        let expect = watch.expect.as_ref()?;
        let [last, before] = expect.due(self.now, &zone(expect))?;
        let patience = i64::from(watch.grace) * 60_000_000;
        let due = if self.now.0 < last.at.0 + patience { before } else { last };
        let newest = syncs.iter().filter(|s| s.feed == no && came(s)).map(|s| s.started).max();
        let newest = newest.max(self.told.get(&no).map(|t| t.came));
        // What was due before anybody asked for it is nobody's fault.
        (due.at > watch.since && newest.is_none_or(|n| n < due.from)).then_some(due.at)
    }

    fn next(&self, no: FeedNo) -> Option<Timestamp> {
        let expect = self.settings.get(&no)?.expect.as_ref()?;
        expect.next(self.now, &zone(expect))
    }
}

impl FeedInfo {
    /// With what lies in its folder, and what is expected.
    pub(super) fn watched(mut self, no: FeedNo, watched: &Watched, syncs: &[Sync]) -> Self {
        let mut watch = WatchInfo {
            settings: watched.settings.get(&no).cloned().unwrap_or_default(),
            missing: watched.missing(no, syncs),
            next: watched.next(no),
            ..WatchInfo::default()
        };
        // A folder that cannot be looked into is the feed's problem, and said there.
        if let Some((folder, look)) = self.feed.folder.as_deref().map(Path::new).and_then(|f| Some((f, look_into(f).ok()?))) {
            self.files = look.files.into_iter().map(|f| f.name).collect();
            watch.claimed = look.claims.into_iter().map(|c| c.name).collect();
            watch.left = look.left;
            watch.quarantined = quarantined(folder);
        }
        self.watch = watch;
        self
    }
}

impl Office {
    /// What is kept for watching the feeds.
    pub(super) fn watched(&self) -> Result<Watched, Trouble> {
        Ok(Watched { now: (self.surroundings.now)(), settings: self.store.watches()?, told: self.store.told()? })
    }

    /// Says how a feed is watched.
    pub(super) fn put_watch(&self, feed: &str, mut watch: FeedWatch) -> Result<Vec<FeedInfo>, Trouble> {
        let refused = |what: String, next: &str| Err(Trouble::new(TroubleSort::Refused, what, next));
        let set_up = self.store.feeds()?.into_iter().find(|(_, f)| f.name == feed);
        let Some((no, _)) = set_up else {
            let next = format!("First: homeroom feeds edit \"{feed}\"");
            return Err(Trouble::new(TroubleSort::Usage, format!("Nobody has set up a feed \"{feed}\"."), next));
        };
        if let Some(zone) = watch.expect.as_ref().and_then(|e| e.zone.as_deref())
            && TimeZone::get(zone).is_err()
        {
            return refused(
                format!("There is no time zone \"{zone}\" here."),
                "Name one as in America/New_York, or leave it out for this machine's.",
            );
        }
        if watch.settle == 0 || watch.settle > MOST_SETTLE {
            return refused(format!("A file cannot be waited for {} seconds.", watch.settle), "Give 1 to 3600 seconds; 60 is usual.");
        }
        if watch.grace > MOST_GRACE {
            return refused(format!("A grace of {} minutes is more than a day.", watch.grace), "Give 0 to 1440 minutes.");
        }
        let before = self.store.watches()?.remove(&no);
        watch.since = match before {
            Some(before) if before.expect == watch.expect => before.since,
            _ => (self.surroundings.now)(),
        };
        self.store.put_watch(no, &watch)?;
        self.feeds()
    }

    /// How every feed is, the worst first.
    pub(super) fn status(&self) -> Result<FeedsStatus, Trouble> {
        Ok(self.status_of_numbers()?.0)
    }

    fn status_of_numbers(&self) -> Result<(FeedsStatus, BTreeMap<String, FeedNo>), Trouble> {
        let syncs = self.store.syncs()?;
        let watched = self.watched()?;
        let numbers: BTreeMap<String, FeedNo> = self.store.feed_names()?.into_iter().map(|(no, name)| (name, no)).collect();
        let mut open: BTreeMap<FeedNo, u64> = BTreeMap::new();
        for root in open_roots(&syncs) {
            if let Some(check) = self.last_check(root.number)? {
                open.insert(root.feed, check.rows_with_errors);
            }
        }
        let mut feeds = Vec::new();
        for info in self.feeds()? {
            let Some(no) = numbers.get(&info.feed.name).copied() else { continue };
            let of: Vec<&Sync> = syncs.iter().filter(|s| s.feed == no && !s.dry_run && !matches!(s.kind, SyncKind::Undo { .. })).collect();
            let held: Vec<&&Sync> = of.iter().filter(|s| s.status == SyncStatus::Held).collect();
            let errors = open.get(&no).copied().unwrap_or(0);
            let last = of.first().copied();
            let told = watched.told.get(&no);
            let trouble = told.filter(|t| !t.trouble.is_empty() && last.is_none_or(|l| l.started <= t.trouble_at));
            let expect = info.watch.settings.expected();
            let newest_file = of.iter().find(|s| s.kind == SyncKind::Import).copied();
            let (state, text) = if let Some(problem) = &info.problem {
                (FeedState::Failed, problem.clone())
            } else if let Some(trouble) = trouble {
                (FeedState::Failed, trouble.trouble.clone())
            } else if let Some(failed) = newest_file.filter(|s| s.status == SyncStatus::Failed) {
                (FeedState::Failed, failed.note.clone().unwrap_or_else(|| "failed".into()))
            } else if info.watch.missing.is_some() {
                (FeedState::Missing, missing_words(&expect, newest_file))
            } else if let Some(held) = held.first() {
                (FeedState::Held, held_words(held))
            } else if errors > 0 {
                (FeedState::Errors, format!("{} rows of its latest file are refused", number(errors)))
            } else {
                (FeedState::Fine, last.map_or_else(|| "nothing came yet".into(), |s| s.status.words().to_lowercase()))
            };
            feeds.push(FeedStatus {
                state,
                text,
                success: of.iter().filter(|s| s.stands()).map(|s| s.ended.unwrap_or(s.started)).max(),
                errors,
                held: held.len() as u64,
                waiting: (info.files.len() + info.watch.claimed.len()) as u64,
                quarantined: info.watch.quarantined.len() as u64,
                expect,
                missing: info.watch.missing,
                next: info.watch.next,
                last: last.cloned(),
                name: info.feed.name,
            });
        }
        feeds.sort_by(|a, b| b.state.cmp(&a.state).then_with(|| a.name.cmp(&b.name)));
        Ok((FeedsStatus { at: watched.now, feeds }, numbers))
    }

    /// What has become of the feeds since somebody asked last. Who asks is told; so two that watch tell it once.
    pub(super) fn news(&self) -> Result<Vec<News>, Trouble> {
        let _taking = super::office::lock(&self.taking);
        let (status, numbers) = self.status_of_numbers()?;
        let told = self.store.told()?;
        let (mut news, mut keep) = (Vec::new(), Vec::new());
        for feed in &status.feeds {
            let Some(no) = numbers.get(&feed.name).copied() else { continue };
            let before = told.get(&no).cloned().unwrap_or_default();
            let now = Told {
                state: feed.state as u8,
                sync: feed.last.as_ref().map(|s| s.number).unwrap_or_default(),
                due: feed.missing.unwrap_or_default(),
                ..before.clone()
            };
            let again = match feed.state {
                FeedState::Fine => false,
                FeedState::Missing => now.due != before.due,
                // A sync that is there since, and is what is told.
                _ => now.sync != before.sync && feed.last.as_ref().is_some_and(|s| state_of(s) == feed.state),
            };
            if now.state != before.state || again {
                news.push(self.news_of(status.at, feed)?);
            }
            if now != before {
                keep.push((no, now));
            }
        }
        self.store.put_told(&keep)?;
        Ok(news)
    }

    fn news_of(&self, at: Timestamp, feed: &FeedStatus) -> Result<News, Trouble> {
        let event = match feed.state {
            FeedState::Fine => NewsSort::Recovered,
            FeedState::Errors => NewsSort::Errors,
            FeedState::Held => NewsSort::Held,
            FeedState::Missing => NewsSort::Missing,
            FeedState::Failed => NewsSort::Failed,
        };
        let mut news = News {
            event,
            at,
            feed: feed.name.clone(),
            text: feed.text.clone(),
            file: None,
            sync: None,
            status: None,
            codes: Vec::new(),
            rows: 0,
            rows_with_errors: 0,
            counts: Tally::default(),
        };
        // Of a file that did not come there is no sync to speak of.
        if let Some(sync) = feed.last.as_ref().filter(|_| feed.state != FeedState::Missing) {
            news.file = Some(sync.file.clone());
            (news.sync, news.status) = (Some(sync.number), Some(sync.status));
            (news.rows, news.rows_with_errors, news.counts) = (sync.rows, sync.rows_with_errors, sync.counts.total());
            news.codes = self.codes_of(sync)?;
            if sync.status == SyncStatus::Failed && feed.state == FeedState::Failed {
                // What refused the file may name a value or a path of it; its codes say as much.
                news.text = format!("{} was refused whole", sync.number);
            }
        }
        Ok(news)
    }

    /// The codes of what was found in a sync: of causes, of holds, of what refused it. Each once.
    fn codes_of(&self, sync: &Sync) -> Result<Vec<String>, Trouble> {
        let mut codes: Vec<String> = sync.hold.iter().flat_map(|h| h.codes.clone()).collect();
        codes.extend(self.store.causes(sync.number)?.into_iter().filter(|c| c.severity >= Severity::Error).map(|c| c.code.to_string()));
        self.store.findings(sync.number, &mut |f| {
            if f.record.is_none() && f.severity >= Severity::Hold {
                codes.push(f.code.to_string());
            }
            f.record.is_none()
        })?;
        let mut seen = std::collections::HashSet::new();
        codes.retain(|c| seen.insert(c.clone()));
        codes.truncate(MOST_CODES);
        Ok(codes)
    }

    /// What watching has to say on the Overview: files that did not come, folders that cannot be used, files put away unrun.
    pub(super) fn watch_waiting(&self, syncs: &[Sync]) -> Result<Vec<Waiting>, Trouble> {
        let watched = self.watched()?;
        let names = self.store.feed_names()?;
        let mut lines = Vec::new();
        for (no, feed) in self.store.feeds()? {
            let name = names.get(&no).unwrap_or(&feed.name).clone();
            let newest = syncs.iter().find(|s| s.feed == no && came(s));
            if let Some(due) = watched.missing(no, syncs) {
                let expect = watched.settings.get(&no).map(FeedWatch::expected).unwrap_or_default();
                let text = missing_words(&expect, newest);
                lines.push(Waiting { sort: WaitingSort::Missing, name: name.clone(), text, at: due, sync: None });
            }
            if let Some(folder) = feed.folder.as_deref()
                && let Err(e) = look_into(Path::new(folder))
            {
                let text = format!("cannot look into {folder}: {e}");
                lines.push(Waiting { sort: WaitingSort::Folder, name: name.clone(), text, at: watched.now, sync: None });
            }
            let last = syncs.iter().find(|s| s.feed == no && !s.dry_run);
            if let Some(told) = watched.told.get(&no).filter(|t| !t.trouble.is_empty() && last.is_none_or(|l| l.started <= t.trouble_at)) {
                let text = format!("a file was put into failed: {}", told.trouble);
                lines.push(Waiting { sort: WaitingSort::Failed, name, text, at: told.trouble_at, sync: None });
            }
        }
        Ok(lines)
    }
}

/// As which state a sync by itself counts.
fn state_of(sync: &Sync) -> FeedState {
    match sync.status {
        SyncStatus::Failed => FeedState::Failed,
        SyncStatus::Held => FeedState::Held,
        _ if sync.rows_with_errors > 0 => FeedState::Errors,
        _ => FeedState::Fine,
    }
}

fn missing_words(expect: &str, newest: Option<&Sync>) -> String {
    let came = newest.map_or_else(|| "none came yet".to_owned(), |s| format!("the last was {}, {}", s.number, s.file));
    format!("no file came, expected {expect}; {came}")
}
