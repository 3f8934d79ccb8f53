//! Files taken out of drop folders: each is claimed by a rename, run through its feed, and put away with its reports beside it.
//!
//! A file is claimed before anything else is done with it, and the store keeps which sync ran which claim. So a file whose process was
//! killed is found again, and what had been applied of it is never applied twice.

use std::path::Path;

use super::folder::{Claim, DONE, FAILED, NotClaimed, REPORT, TROUBLE, look_into, write_new};
use super::office::lock;
use super::{Desk, Dropped, Event, Import, JobNo, Ran, Reply, ReportFormat, Taken, TakenEnd, Trouble, TroubleSort};
use crate::ledger::{Code, Feed, Finding, Sync, SyncKind, SyncNo, SyncStatus};
use crate::report::visible;
use crate::roster::FeedNo;
use crate::store::{Store, Told};

/// How often a file is tried whose way was barred by something that may pass.
const MOST_TRIES: u32 = 8;

/// How often a file is run in the middle of which the process ended.
const MOST_CRASHES: usize = 3;

/// For how long the same content is no work, microseconds: within a night, not from one to the next.
const SAME_NIGHT: i64 = 12 * 3_600_000_000;

/// A file with all that came of taking it.
pub(super) struct TakenRan {
    pub(super) taken: Taken,
    pub(super) ran: Vec<Ran>,
    /// What was in its way, where something was.
    pub(super) trouble: Option<Trouble>,
}

/// How files are taken.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    /// Nobody is there: content that was applied just before is no work, what may pass is tried again, what will not is quarantined.
    /// Else a file that cannot be run stays where it lay, and it is said why.
    pub(super) watched: bool,
    /// The files are one set.
    pub(super) as_set: bool,
}

/// A claimed file and its feed.
struct Claimed {
    file: Dropped,
    feed: Feed,
    no: FeedNo,
    claim: Claim,
    rank: u8,
}

impl Desk {
    /// Takes files for whoever watches the folders.
    pub(super) fn take(&self, job: JobNo, files: Vec<Dropped>, on_event: &mut dyn FnMut(Event) -> bool) -> Result<Reply, Trouble> {
        let terms = Terms { watched: true, as_set: files.len() > 1 };
        let all = self.take_all(job, files, terms, on_event)?;
        Ok(Reply::Taken(all.into_iter().map(|t| t.taken).collect()))
    }

    /// Takes files, in reference order over all their feeds.
    pub(super) fn take_all(
        &self,
        job: JobNo,
        files: Vec<Dropped>,
        terms: Terms,
        on_event: &mut dyn FnMut(Event) -> bool,
    ) -> Result<Vec<TakenRan>, Trouble> {
        // Two that take at once in one process would find each other's files claimed, and say so for nothing.
        let _taking = lock(&self.office.taking);
        let feeds = self.office.store.feeds()?;
        let mut ended = Vec::new();
        let mut claimed = Vec::new();
        for file in files {
            let known = feeds.iter().find(|(_, f)| f.name == file.feed);
            let Some((no, feed, folder)) = known.and_then(|(no, f)| Some((*no, f.clone(), f.folder.clone()?))) else {
                let text = format!("feed {} has no drop folder any more", file.feed);
                ended.push(left(file, &text, None));
                continue;
            };
            match claim(Path::new(&folder), &file) {
                Ok(claim) => {
                    let rank = self.office.rank_of(&feed.profile);
                    claimed.push(Claimed { file: Dropped { claim: Some(claim.claim()), ..file }, feed, no, claim, rank });
                }
                Err(NotClaimed::Gone) => ended.push(left(file, "it is gone, or somebody else has it", None)),
                Err(NotClaimed::Left(why)) => ended.push(left(file, &why, None)),
                Err(NotClaimed::Folder(e, path)) => {
                    let what = format!("Cannot take {} out of {folder}: {}: {e}", visible(&file.name), path.display());
                    let trouble = Trouble::new(TroubleSort::Refused, what, "Check the folder and its rights.");
                    let text = trouble.message.clone();
                    ended.push(left(file, &text, Some(trouble)));
                }
            }
        }
        // Stable: within a feed the oldest stays first.
        claimed.sort_by_key(|c| c.rank);
        let mut set = terms.as_set.then_some(SyncNo(0));
        let mut stopped = false;
        for each in claimed {
            if stopped {
                ended.push(left(each.file, "stopped before it came to it; it is claimed, and taken the next time", None));
                continue;
            }
            let done = self.take_one(job, each, set, terms, on_event);
            stopped = done.trouble.as_ref().is_some_and(|t| t.sort == TroubleSort::Cancelled);
            if let (Some(SyncNo(0)), Some(first)) = (set, done.ran.first()) {
                set = Some(first.detail.sync.number);
            }
            ended.push(done);
        }
        Ok(ended)
    }

    /// Runs one file and puts it away.
    fn take_one(&self, job: JobNo, each: Claimed, set: Option<SyncNo>, terms: Terms, on_event: &mut dyn FnMut(Event) -> bool) -> TakenRan {
        let office = &self.office;
        match self.earlier(&each) {
            Err(trouble) => return self.later(each, trouble, Vec::new()),
            Ok(Earlier::Ran(syncs)) => {
                let failed = syncs.iter().any(|s| s.status == SyncStatus::Failed);
                let text = format!("had been run as {} before somebody stopped; it is put away", numbers(&syncs));
                return self.put_away(each, failed, TakenEnd::PutAway, text, syncs, Vec::new());
            }
            Ok(Earlier::CutOff(syncs)) if syncs.len() >= MOST_CRASHES => {
                let text = format!("the program ended {} times in the middle of it; it is not tried again", syncs.len());
                self.remember_trouble(&each, &text);
                return self.put_away(each, true, TakenEnd::Quarantined, text, syncs, Vec::new());
            }
            Ok(Earlier::CutOff(_) | Earlier::Nothing) => {}
        }
        if terms.watched
            && let Ok(Some(same)) = self.same(&each)
        {
            let text = format!("the same content as {} ({}); no work", same.number, same.status.words().to_lowercase());
            let (no, at) = (each.no, (office.surroundings.now)());
            self.remember(no, |told| told.came = at);
            return self.put_away(each, false, TakenEnd::Same, text, Vec::new(), Vec::new());
        }
        let path = each.claim.path();
        let Some(path) = path.to_str().map(str::to_owned) else {
            let trouble = Trouble::new(TroubleSort::Refused, format!("{} is not UTF-8", path.display()), "Give the folder another name.");
            return self.later(each, trouble, Vec::new());
        };
        let before = each.claim.stamp();
        let import = Import { path, feed: Some(each.feed.name.clone()), ..Import::default() };
        let ran = match self.import_claimed(job, &import, Some(&each.claim.token), set, on_event) {
            Ok(Reply::Ran(ran)) => vec![*ran],
            Ok(Reply::RanSet(ran)) => ran,
            Ok(other) => {
                let what = format!("unexpected answer: {}", format!("{other:?}").split('(').next().unwrap_or_default());
                return self.later(each, Trouble::new(TroubleSort::Internal, what, "Please report this."), Vec::new());
            }
            Err(trouble) => return self.barred(each, trouble, terms),
        };
        if ran.iter().any(|r| r.detail.sync.status == SyncStatus::Cancelled) {
            return self.barred(each, Trouble::new(TroubleSort::Cancelled, "Cancelled.", ""), terms);
        }
        let syncs: Vec<Sync> = ran.iter().map(|r| r.detail.sync.clone()).collect();
        let findings = || ran.iter().flat_map(|r| &r.detail.file_findings);
        let failed = syncs.iter().any(|s| s.status == SyncStatus::Failed);
        let refused_for_good = findings().any(|f| f.severity == crate::ledger::Severity::Refused && !may_pass(f));
        if !refused_for_good && (findings().any(may_pass) || failed && each.claim.stamp() != before) {
            let what = format!("{} is still being written, or cannot be read", visible(&each.file.name));
            let trouble = Trouble::new(TroubleSort::Refused, what, "It is tried again.");
            return if terms.watched { self.later(each, trouble, ran) } else { given_back(each, trouble, ran) };
        }
        each.claim.has_run();
        let text = syncs.iter().map(told).collect::<Vec<_>>().join("; ");
        let end = if failed { TakenEnd::Quarantined } else { TakenEnd::Ran };
        self.put_away(each, failed, end, text, syncs, ran)
    }

    /// What had come of a claim before somebody stopped.
    fn earlier(&self, each: &Claimed) -> Result<Earlier, Trouble> {
        let store = &self.office.store;
        let numbers = store.syncs_of_claim(&each.claim.token)?;
        let mut syncs = Vec::new();
        for number in numbers {
            syncs.extend(store.sync(number)?);
        }
        let cut_off = |s: &Sync| s.status == SyncStatus::Failed && s.note.as_deref() == Some("cut off");
        let cut: Vec<Sync> = syncs.iter().filter(|s| cut_off(s)).cloned().collect();
        // Of a bundle nobody knows whether its last file was come to; what was applied of it changes nothing when it runs again.
        let one_file = !self.office.is_bundle(&each.feed.profile);
        let ran = match syncs.last() {
            // What was told of it is not final: it was cancelled, or may pass.
            Some(last) if one_file && !cut_off(last) => {
                last.status != SyncStatus::Cancelled && !(last.status == SyncStatus::Failed && self.passes(last)?)
            }
            _ => false,
        };
        Ok(match syncs {
            syncs if each.claim.was_run() => Earlier::Ran(syncs),
            syncs if ran => Earlier::Ran(syncs.into_iter().next_back().into_iter().collect()),
            _ if cut.is_empty() => Earlier::Nothing,
            _ => Earlier::CutOff(cut),
        })
    }

    /// Whether what refused a sync may pass.
    fn passes(&self, sync: &Sync) -> Result<bool, Trouble> {
        let mut passes = false;
        self.office.store.findings(sync.number, &mut |f| {
            passes |= may_pass(&f);
            f.record.is_none()
        })?;
        // Without a finding it was the store that failed.
        Ok(passes || sync.errors == 0)
    }

    /// The feed's last sync, where it had just this content, and nobody has to do anything with it again.
    fn same(&self, each: &Claimed) -> Result<Option<Sync>, Trouble> {
        let office = &self.office;
        let is_of = |s: &&Sync| s.feed == each.no && !s.dry_run && !matches!(s.kind, SyncKind::Undo { .. });
        let Some(last) = office.store.syncs()?.into_iter().find(|s| is_of(&s)) else { return Ok(None) };
        let Some(hash) = &last.upload else { return Ok(None) };
        let now = (office.surroundings.now)();
        let still = match last.status {
            SyncStatus::Completed | SyncStatus::Held => true,
            // What was refused may stand now, if anything has changed since.
            SyncStatus::CompletedWithErrors => last.applied_at.is_none_or(|at| at == office.store.position()),
            _ => false,
        };
        let settings = last.mode == each.feed.mode && last.org == each.feed.org;
        if last.kind != SyncKind::Import || !still || !settings || (now.0 - last.started.0).abs() > SAME_NIGHT {
            return Ok(None);
        }
        let size = office.store.upload(hash)?.map(|u| u.size);
        if size != each.claim.stamp().map(|(size, _)| size) {
            return Ok(None);
        }
        let Ok(bytes) = std::fs::read(each.claim.path()) else { return Ok(None) };
        Ok((Store::hash(&bytes) == *hash).then_some(last))
    }

    /// The import itself could not be done.
    fn barred(&self, each: Claimed, trouble: Trouble, terms: Terms) -> TakenRan {
        match trouble.sort {
            _ if !terms.watched => given_back(each, trouble, Vec::new()),
            TroubleSort::Cancelled => {
                let text = "stopped; it is claimed, and taken the next time".to_owned();
                TakenRan {
                    taken: Taken { file: each.file, end: TakenEnd::Left, text, syncs: Vec::new() },
                    ran: Vec::new(),
                    trouble: Some(trouble),
                }
            }
            TroubleSort::Store | TroubleSort::NotPermitted | TroubleSort::Internal => self.later(each, trouble, Vec::new()),
            // The feed or the request makes no sense: it will not pass by itself.
            TroubleSort::Usage | TroubleSort::Refused => self.give_up(each, &trouble, Vec::new()),
        }
    }

    /// Tries again later, but not for ever.
    fn later(&self, mut each: Claimed, trouble: Trouble, ran: Vec<Ran>) -> TakenRan {
        each.claim.tried();
        if each.claim.tries >= MOST_TRIES {
            return self.give_up(each, &trouble, ran);
        }
        let (tries, text) =
            (each.claim.tries, format!("{}; tried {} so far", trouble.message.trim_end_matches('.'), times(each.claim.tries)));
        let syncs = ran.iter().map(|r| r.detail.sync.clone()).collect();
        let file = Dropped { claim: Some(each.claim.claim()), ..each.file };
        TakenRan { taken: Taken { file, end: TakenEnd::Later { tries }, text, syncs }, ran, trouble: Some(trouble) }
    }

    /// Quarantines what was never run, with the reason beside it.
    fn give_up(&self, each: Claimed, trouble: &Trouble, ran: Vec<Ran>) -> TakenRan {
        let text = format!("{} {}", trouble.message, trouble.next).trim_end().to_owned();
        self.remember_trouble(&each, &trouble.message);
        let syncs = ran.iter().map(|r| r.detail.sync.clone()).collect();
        let mut done = self.put_away(each, true, TakenEnd::Quarantined, text, syncs, ran);
        done.trouble = Some(trouble.clone());
        done
    }

    /// Moves a file to where it goes, with the reports on what was refused beside it.
    fn put_away(&self, each: Claimed, failed: bool, end: TakenEnd, mut text: String, syncs: Vec<Sync>, ran: Vec<Ran>) -> TakenRan {
        let Claimed { file, claim, .. } = each;
        let (to, moved) = match claim.put_away(if failed { FAILED } else { DONE }) {
            Ok(moved) => moved,
            Err(e) => {
                // It has been run: the claim says so, and it is only put away the next time.
                let what = format!("Cannot put {} away in {}: {e}", visible(&file.name), claim.path().display());
                let trouble = Trouble::new(TroubleSort::Refused, what, "Check the folder, its rights and its room.");
                let text = format!("{text}; {}", trouble.message);
                let file = Dropped { claim: Some(claim.claim()), ..file };
                return TakenRan {
                    taken: Taken { file, end: TakenEnd::Later { tries: claim.tries }, text, syncs },
                    ran,
                    trouble: Some(trouble),
                };
            }
        };
        let mut written = Ok(());
        for sync in &syncs {
            // Without errors there is no report.
            let Ok(report) = self.office.report(sync.number, ReportFormat::SyncReport, false, None) else { continue };
            let own = if syncs.len() > 1 { format!(".{}", sync.file) } else { String::new() };
            written = written.and(write_new(&to, &format!("{moved}{own}{REPORT}"), &report.bytes));
        }
        if syncs.is_empty() && end == TakenEnd::Quarantined {
            written = written.and(write_new(&to, &format!("{moved}{TROUBLE}"), format!("{text}\n").as_bytes()));
        }
        if let Err(e) = written {
            text = format!("{text}; its report could not be written: {e}");
        }
        TakenRan { taken: Taken { file: Dropped { claim: None, ..file }, end, text, syncs }, ran, trouble: None }
    }

    fn remember_trouble(&self, each: &Claimed, text: &str) {
        let now = (self.office.surroundings.now)();
        self.remember(each.no, |told| (told.trouble, told.trouble_at) = (text.to_owned(), now));
    }

    /// Changes what is remembered of a feed. The file's own way does not depend on it.
    fn remember(&self, no: FeedNo, change: impl FnOnce(&mut Told)) {
        let store = &self.office.store;
        let kept = store.told().and_then(|mut told| {
            let mut told = told.remove(&no).unwrap_or_default();
            change(&mut told);
            store.put_told(&[(no, told)])
        });
        if let Err(error) = kept {
            log::warn!("what is watched: {error}");
        }
    }

    /// Imports what lies in a feed's drop folder: what somebody left claimed first, then the oldest first.
    pub(super) fn pick_up(&self, job: JobNo, feed: &str, dry_run: bool, on_event: &mut dyn FnMut(Event) -> bool) -> Result<Reply, Trouble> {
        let known = self.office.feeds()?.into_iter().find(|f| f.feed.name == feed);
        let Some(folder) = known.and_then(|f| f.feed.folder) else {
            let what = format!("Feed {feed} has no drop folder.");
            let next = format!("Name a file, or give the feed a folder: homeroom feeds edit \"{feed}\" --folder DIR");
            return Err(Trouble::new(TroubleSort::Usage, what, next));
        };
        let folder = Path::new(&folder);
        let look = look_into(folder).map_err(|e| {
            Trouble::new(TroubleSort::Refused, format!("Cannot look into {}: {e}", folder.display()), "Check the folder and the rights.")
        })?;
        for text in look.left {
            on_event(Event::Notice(text));
        }
        let claims = look.claims.into_iter().filter(|_| !dry_run);
        let mut files: Vec<Dropped> = claims.map(|c| Dropped { feed: feed.to_owned(), name: c.name, claim: Some(c.claim) }).collect();
        for file in look.files {
            if file.goes_on(folder) {
                on_event(Event::Notice(format!("{} is still being written; it stays for the next time", file.name)));
                continue;
            }
            files.push(Dropped { feed: feed.to_owned(), name: file.name, claim: None });
        }
        let mut all = Vec::new();
        for file in files {
            if dry_run {
                let path = folder.join(&file.name).to_str().unwrap_or_default().to_owned();
                let import = Import { path, feed: Some(feed.to_owned()), dry_run, ..Import::default() };
                match self.import(job, &import, on_event)? {
                    Reply::Ran(ran) => all.push(*ran),
                    Reply::RanSet(ran) => all.extend(ran),
                    other => return Ok(other),
                }
                continue;
            }
            let terms = Terms { watched: false, as_set: false };
            for TakenRan { taken, ran, trouble } in self.take_all(job, vec![file], terms, on_event)? {
                match (taken.end, trouble) {
                    (TakenEnd::Ran, _) => {}
                    (_, Some(trouble)) if ran.is_empty() => return Err(trouble),
                    (TakenEnd::Quarantined, _) if !ran.is_empty() => {}
                    _ => _ = on_event(Event::Notice(format!("{}: {}", visible(&taken.file.name), taken.text))),
                }
                all.extend(ran);
            }
        }
        Ok(Reply::RanSet(all))
    }
}

/// What had come of a claim before.
enum Earlier {
    /// Nothing that counts.
    Nothing,
    /// Its syncs ended.
    Ran(Vec<Sync>),
    /// Its syncs were cut off.
    CutOff(Vec<Sync>),
}

fn claim(folder: &Path, file: &Dropped) -> Result<Claim, NotClaimed> {
    match &file.claim {
        Some(claim) => Claim::found(folder, claim, &file.name),
        None => Claim::new(folder, &file.name),
    }
}

fn left(file: Dropped, text: &str, trouble: Option<Trouble>) -> TakenRan {
    TakenRan { taken: Taken { file, end: TakenEnd::Left, text: text.to_owned(), syncs: Vec::new() }, ran: Vec::new(), trouble }
}

/// Puts a file back where it lay.
fn given_back(each: Claimed, trouble: Trouble, ran: Vec<Ran>) -> TakenRan {
    each.claim.give_back();
    let text = if ran.is_empty() { trouble.message.clone() } else { format!("{}; it stays for the next time", trouble.message) };
    let syncs = ran.iter().map(|r| r.detail.sync.clone()).collect();
    TakenRan { taken: Taken { file: Dropped { claim: None, ..each.file }, end: TakenEnd::Left, text, syncs }, ran, trouble: Some(trouble) }
}

/// Whether a finding says something that may pass by itself: it cannot be read now, it is being written, the store had no room.
fn may_pass(finding: &Finding) -> bool {
    match finding.code {
        Code::FIL_001 | Code::RUN_601 | Code::RUN_603 => true,
        Code::FIL_016 => finding.arg("k").is_none(),
        _ => false,
    }
}

fn told(sync: &Sync) -> String {
    let errors = if sync.rows_with_errors > 0 { format!(", {} refused", sync.rows_with_errors) } else { String::new() };
    format!("{} {}: {} rows{errors}", sync.number, sync.status.words().to_lowercase(), sync.rows)
}

fn numbers(syncs: &[Sync]) -> String {
    syncs.iter().map(|s| s.number.to_string()).collect::<Vec<_>>().join(", ")
}

fn times(n: u32) -> String {
    if n == 1 { "once".to_owned() } else { format!("{n} times") }
}
