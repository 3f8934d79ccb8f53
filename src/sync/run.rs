//! The life of a run: stage, check, propose, then nothing (dry run), a hold, or one publish.

use std::path::Path;

use super::ends::write;
use super::makers::maker;
use super::proposal::{Asked, Proposal};
use super::read::{self, Loaded};
use super::since::age;
use super::standing;
use super::{Done, Failed, Runner, Step};
use crate::check::{self, Ask, Checked, Lets, Overlay, Stopped};
use crate::feed::Profile;
use crate::intake::Source;
use crate::ledger::{
    Code, Entry, EntryKind, Feed, Finding, HoldNote, Map, Mode, Outcome, ReadAs, Severity, Sync, SyncKind, SyncNo, SyncStatus, Upload,
};
use crate::roster::{FeedNo, Roster};
use crate::store::{Commit, Store};

/// A file to import.
#[derive(Clone, Debug, Default)]
pub struct Import<'a> {
    /// The file.
    pub path: &'a str,
    /// The feed it comes through; where none is, the profile's own.
    pub feed: Option<&'a Feed>,
    /// Profile; recognised where none is named.
    pub profile: Option<&'a str>,
    /// The mapping laid over the file.
    pub map: Option<&'a Map>,
    /// External ID of the organization it is for.
    pub org: Option<&'a str>,
    /// Mode; the profile's default where none is named.
    pub mode: Option<Mode>,
    /// Plan only.
    pub dry_run: bool,
    /// Stop for approval, whatever the plan.
    pub hold: bool,
    /// How many there are of the kind of which the file has none (SAF-505), to confirm that all are to go.
    pub confirm: Option<u64>,
    /// Encoding and delimiter instead of what would be sniffed.
    pub read_as: ReadAs,
    /// Its content, where that is at hand already: a member of a bundle. `path` is its name then.
    pub content: Option<&'a [u8]>,
    /// What was found before it was read. One that is `Refused` refuses it.
    pub notes: &'a [Finding],
    /// The first sync of the set that it comes with; 0 where it is that itself. A dry run of a set leaves the roster as it would be in
    /// [`Done::roster`], for the files after it.
    pub set: Option<SyncNo>,
}

/// How a hold or a dry run is approved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approval {
    /// Apply all but the removals.
    pub without_removals: bool,
    /// Why.
    pub reason: Option<String>,
}

/// One run on its way.
pub(super) struct Going<'r> {
    pub(super) sync: Sync,
    pub(super) loaded: Loaded,
    pub(super) profile: &'r Profile,
    /// Limits, local fixes, approval.
    pub(super) feed: Feed,
    pub(super) overlay: Overlay,
    /// Outcomes of the last check, where only what that refused is planned.
    pub(super) last: Option<Vec<Outcome>>,
    /// How many were typed to confirm that all of a kind are to go.
    pub(super) confirm: Option<u64>,
    /// Stop for approval, whatever the plan.
    pub(super) hold: bool,
    /// Where it is an approval: the sync as it stood, and how it is approved.
    pub(super) approved: Option<(Sync, Approval)>,
    pub(super) notes: Vec<Finding>,
}

impl<'r> Going<'r> {
    /// Every row of an upload, through its feed.
    pub(super) fn new(sync: Sync, loaded: Loaded, profile: &'r Profile, feed: Feed) -> Self {
        let hold = feed.approval;
        let (overlay, notes) = (Overlay::new(), Vec::new());
        Self { sync, loaded, profile, feed, overlay, last: None, confirm: None, hold, approved: None, notes }
    }

    fn ask<'a>(&'a self, roster: &'a Roster) -> Ask<'a> {
        Ask {
            sheet: &self.loaded.sheet,
            columns: &self.loaded.columns,
            profile: self.profile,
            roster,
            feed: self.sync.feed,
            org: self.sync.org.as_deref().and_then(|o| roster.org_by_external_id(o)),
            overlay: &self.overlay,
            lets: Lets { names: self.feed.update_names, passwords: self.feed.update_passwords },
            main: &[],
            makers: None,
        }
    }
}

/// What checking and planning came to.
pub(super) enum Proposed {
    /// It can be decided on.
    Ready(Box<(Checked, Proposal)>),
    /// The file was refused whole after all.
    Refused(Vec<Finding>),
}

impl Runner<'_> {
    /// Imports a file. Refused whole, it still gets a number and its findings.
    pub fn import(&mut self, roster: &Roster, ask: &Import<'_>) -> Result<Done, Failed> {
        let as_told = read::read_as(&ask.read_as)?;
        let profile = match ask.profile {
            None => None,
            Some(name) => Some(self.profiles.get(name).ok_or_else(|| self.no_profile(name))?),
        };
        Self::allowed(profile, ask, roster)?;
        let path = Path::new(ask.path);
        let name = path.file_name().map_or_else(|| ask.path.to_owned(), |n| n.to_string_lossy().into_owned());
        let started = (self.now)();
        let by = self.by.clone();
        let mut sync = self.store.new_sync(|number| Sync {
            number,
            kind: SyncKind::Import,
            status: SyncStatus::Checking,
            dry_run: ask.dry_run,
            upload: None,
            file: name.clone(),
            profile: ask.profile.unwrap_or_default().to_owned(),
            feed: FeedNo::HAND,
            feed_name: String::new(),
            mode: ask.mode.unwrap_or_default(),
            org: ask.org.map(str::to_owned),
            set: ask.set.map(|first| if first == SyncNo(0) { number } else { first }),
            map: None,
            read_as: ask.read_as.clone(),
            started,
            ended: None,
            by,
            rows: 0,
            rows_with_errors: 0,
            counts: crate::ledger::Counts::default(),
            errors: 0,
            warnings: 0,
            infos: 0,
            hold: None,
            plan: None,
            applied_at: None,
            undone_by: None,
            note: None,
        })?;
        if let Some(map) = ask.map {
            sync.map = Some(read::keep_map(self.store, map)?);
        }
        let number = sync.number;
        if ask.notes.iter().any(|f| f.severity == Severity::Refused) {
            profile.map_or(Ok(()), |p| self.through(&mut sync, p, ask.feed))?;
            return self.refused(sync, roster, ask.notes);
        }
        let read = match ask.content {
            Some(content) => Ok(Some(content.to_vec())),
            None => read::bytes(path, &mut |done, total| self.step(number, "reading", &name, done, total)),
        };
        let bytes = match read {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return self.cancelled(sync),
            Err(finding) => return self.refused(sync, roster, &[finding]),
        };
        let mut upload = Upload {
            hash: Store::hash(&bytes),
            name: name.clone(),
            size: bytes.len() as u64,
            at: started,
            by: self.by.clone(),
            header: Vec::new(),
            encoding: String::new(),
            delimiter: ',',
            kept: false,
        };
        match read::open(Source { name: name.clone(), bytes }, as_told, profile, self.profiles, ask.map) {
            Err((mut findings, header, profile)) => {
                findings.extend_from_slice(ask.notes);
                upload.header = header;
                sync.upload = Some(upload.hash.clone());
                if let Some(profile) = profile {
                    sync.profile.clone_from(&profile.name);
                    self.through(&mut sync, profile, ask.feed)?;
                }
                self.store.keep_upload(&upload, None)?;
                self.refused(sync, roster, &findings)
            }
            Ok((mut loaded, profile)) => {
                Self::allowed(Some(profile), ask, roster).or_else(|f| self.given_up(&mut sync, f))?;
                sync.mode = ask.mode.unwrap_or_else(|| profile.modes.first().copied().unwrap_or_default());
                sync.profile.clone_from(&profile.name);
                self.through(&mut sync, profile, ask.feed)?;
                upload.header = loaded.sheet.header().to_vec();
                loaded.sheet.encoding().name().clone_into(&mut upload.encoding);
                upload.delimiter = loaded.sheet.delimiter() as char;
                upload.kept = true;
                let redacted = match read::without_secrets(&loaded, profile) {
                    Ok(redacted) => redacted,
                    Err(finding) => {
                        upload.kept = false;
                        sync.upload = Some(upload.hash.clone());
                        self.store.keep_upload(&upload, None)?;
                        let findings: Vec<Finding> = loaded.findings.into_iter().chain([finding]).collect();
                        return self.refused(sync, roster, &findings);
                    }
                };
                if let Some(kept) = &redacted {
                    // The hash of the file itself would let its passwords be tried out.
                    upload.hash = Store::hash(kept);
                }
                let mut notes = self.same_content(&upload.hash, &sync)?;
                notes.extend_from_slice(ask.notes);
                let (overlay, said) = self.as_before(&sync, &mut loaded, profile)?;
                notes.extend(said);
                sync.upload = Some(upload.hash.clone());
                let feed = ask.feed.cloned().map_or_else(|| self.terms(&sync), Ok)?;
                let hold = ask.hold || feed.approval;
                let going = Going { overlay, confirm: ask.confirm, hold, notes, ..Going::new(sync, loaded, profile, feed) };
                self.go(roster, going, Some((&upload, redacted.as_deref())))
            }
        }
    }

    /// Lays over a new upload what operators decided on earlier ones of its feed: the value rules, and the corrections that stand. Both
    /// are kept with the sync, so that it is always read as it is now.
    fn as_before(&self, sync: &Sync, loaded: &mut Loaded, profile: &Profile) -> Result<(Overlay, Vec<Finding>), Failed> {
        let mut rules = self.store.value_rules(sync.feed)?;
        rules.retain(|r| r.profile == standing::ruled_as(profile));
        standing::lay_rules(&rules, profile, &mut loaded.columns);
        let (laid, said) = standing::lay(self.store, loaded, profile, sync)?;
        self.store.run_with(sync.number, &rules, &laid)?;
        Ok((read::overlay(&self.store.laid_corrections(sync.number)?), said))
    }

    /// Checks a file and works out what it would do. Keeps the upload meanwhile, where it is new.
    pub(super) fn propose(
        &mut self,
        roster: &Roster,
        going: &mut Going<'_>,
        keep: Option<(&Upload, Option<&[u8]>)>,
    ) -> Result<Proposed, Failed> {
        let store = self.store;
        let number = going.sync.number;
        let file = going.sync.file.clone();
        let total = u64::from(u32::MAX).min(going.loaded.sheet.size());
        let main = read::main_feeds(store)?;
        let root = going.sync.root();
        let made_by = |entity| maker(store, root, entity);
        let checked = std::thread::scope(|scope| {
            // Keeping the upload is as much work as checking it, and needs nothing of it.
            let kept = keep.map(|(upload, body)| {
                let sheet = &going.loaded.sheet;
                scope.spawn(move || match body {
                    Some(body) => store.prepare_upload(upload, body),
                    None => store.prepare_upload(upload, &sheet.bytes()),
                })
            });
            let ask = Ask { main: &main, makers: Some(&made_by), ..going.ask(roster) };
            let checked = check::check(&ask, &mut |rows, bytes| {
                let rows_in_all = if bytes == 0 { 0 } else { (rows as f64 * total as f64 / bytes as f64) as u64 };
                self.step(number, "checking", &file, rows, rows_in_all.max(rows))
            });
            let kept = match kept.map(std::thread::ScopedJoinHandle::join) {
                None => Ok(()),
                // Of a file that is refused after all, or given up, no content is kept.
                Some(Ok(Ok(prepared))) if checked.is_ok() => prepared.keep(),
                Some(Ok(Ok(prepared))) => {
                    drop(prepared);
                    keep.map_or(Ok(()), |(upload, _)| store.keep_upload(upload, None))
                }
                Some(Ok(Err(error))) => Err(error),
                Some(Err(_)) => {
                    return Err(Failed::Usage("Keeping the upload broke.".into(), "Try again; if it happens again, report it.".into()));
                }
            };
            kept.map_err(Failed::Store)?;
            Ok(checked)
        });
        let broke = |runner: &Self, going: &Going<'_>| {
            if going.approved.is_none() {
                runner.failed_quietly(&mut going.sync.clone());
            }
        };
        let mut checked = match checked.inspect_err(|_| broke(self, going))? {
            Ok(checked) => checked,
            Err(Stopped::Cancelled) => return Err(self.stopped(going)),
            Err(Stopped::Refused(findings)) => {
                let mut all = std::mem::take(&mut going.loaded.findings);
                all.extend(findings);
                return Ok(Proposed::Refused(all));
            }
        };
        if !self.step(number, "planning", &file, checked.rows, checked.rows) {
            return Err(self.stopped(going));
        }
        (going.sync.rows, going.sync.rows_with_errors) = (checked.rows, checked.rows_with_errors);
        let asked = Asked { sync: &going.sync, feed: &going.feed, by: self.by, last: going.last.as_deref(), confirm: going.confirm };
        let proposal = Proposal::of(store, &going.ask(roster), &asked, &mut checked).inspect_err(|_| broke(self, going))?;
        going.sync.rows_with_errors = checked.rows_with_errors;
        Ok(Proposed::Ready(Box::new((checked, proposal))))
    }

    /// Someone stopped it. What waited for approval goes on waiting.
    fn stopped(&mut self, going: &Going<'_>) -> Failed {
        if going.approved.is_some() {
            return Failed::Cancelled(Some(going.sync.number));
        }
        self.cancelled(going.sync.clone()).err().unwrap_or(Failed::Cancelled(Some(going.sync.number)))
    }

    /// Checks, plans, and publishes or not.
    pub(super) fn go(&mut self, roster: &Roster, mut going: Going<'_>, keep: Option<(&Upload, Option<&[u8]>)>) -> Result<Done, Failed> {
        let store = self.store;
        let (mut checked, mut proposal) = match self.propose(roster, &mut going, keep)? {
            Proposed::Ready(ready) => *ready,
            Proposed::Refused(findings) => return self.refused(going.sync, roster, &findings),
        };
        // The file itself is not needed any more, and as large as the roster that comes now.
        let Going { mut sync, loaded, notes, hold, approved, .. } = going;
        let mut file_findings = loaded.findings;
        drop((loaded.sheet, loaded.columns));
        let (stale, notes): (Vec<_>, Vec<_>) = notes.into_iter().partition(|f| f.severity == Severity::Hold);
        proposal.holds.whole.extend(stale);
        file_findings.extend(notes);
        file_findings.append(&mut checked.file_findings);
        file_findings.append(&mut proposal.said);
        file_findings.extend(proposal.left.iter().cloned());
        if approved.is_none() && !proposal.holds.refused.is_empty() {
            file_findings.append(&mut proposal.holds.refused);
            return self.refused(sync, roster, &file_findings);
        }
        let (number, file, dry_run) = (sync.number, sync.file.clone(), sync.dry_run);
        let removals = proposal.removals();
        let whole = hold || !proposal.holds.whole.is_empty();
        let waits = !proposal.absent.is_empty() && !proposal.holds.removals.is_empty();
        let holds = proposal.holds.codes();
        file_findings.append(&mut proposal.holds.whole);
        if waits {
            file_findings.append(&mut proposal.holds.removals);
        }
        let held = (whole || waits).then_some(HoldNote {
            codes: holds,
            removals_only: !whole,
            removals,
            without_removals: false,
            reason: None,
            by: None,
        });
        let only_waits = approved.is_none() && !dry_run && !whole && waits;
        sync.plan = if only_waits {
            Some(proposal.digest_of_removals(roster))
        } else {
            (dry_run || whole || approved.is_some()).then(|| proposal.digest(roster))
        };
        // What is applied at once nobody looks at first: its shares are worked out when they are asked for.
        let shares = if approved.is_none() && !dry_run && held.is_none() { Vec::new() } else { proposal.by_school(roster) };
        let was = approved.as_ref().map(|(was, _)| was.status);
        let moved = approved.as_ref().is_some_and(|(was, _)| was.plan != sync.plan);
        if moved {
            let finding = Finding::of_file(Code::SAF_513).with("n", number.0);
            proposal.left.push(finding.clone());
            file_findings.push(finding);
        }
        let without = only_waits || (!moved && approved.as_ref().is_some_and(|(_, a)| a.without_removals));
        if without {
            proposal.absent.clear();
        }
        proposal.with_removals();
        let Proposal { planned, left, .. } = proposal;
        sync.counts = planned.counts.clone();
        let count = |at: Severity| file_findings.iter().filter(|f| f.severity == at).count() as u64;
        sync.errors = checked.tally.errors + file_findings.iter().filter(|f| f.severity >= Severity::Error).count() as u64;
        sync.warnings = checked.tally.warnings + count(Severity::Warning);
        sync.infos = checked.tally.infos + count(Severity::Info);
        sync.status = match (was, moved) {
            (Some(was), true) => was,
            (None, _) if dry_run => SyncStatus::DryRun,
            (None, _) if held.is_some() => SyncStatus::Held,
            _ if sync.rows_with_errors > 0 => SyncStatus::CompletedWithErrors,
            _ => SyncStatus::Completed,
        };
        sync.dry_run = sync.status == SyncStatus::DryRun;
        sync.hold = match &approved {
            Some((was, approval)) if !moved => approval.note(was.hold.as_ref(), removals, self.by),
            _ => held,
        };
        sync.ended = Some((self.now)());
        if number == SyncNo(0) {
            return Ok(Done { sync, roster: roster.clone(), by_school: shares, left });
        }
        let mut run = store.begin_run(number)?;
        write(&mut run, &file_findings, &mut checked, &planned, |causes| age(store, &sync, causes))?;
        if !sync.stands() {
            store.finish(run, std::slice::from_ref(&sync))?;
            // The files of a set that come after are checked against what this one would leave.
            let ahead = sync.dry_run && sync.set.is_some();
            let roster = if ahead { super::sets::after(roster, &planned.plan) } else { roster.clone() };
            return Ok(Done { sync, roster, by_school: shares, left });
        }
        if !self.step(number, "applying", &file, checked.rows, checked.rows) {
            drop(run);
            return match approved {
                Some(_) => Err(Failed::Cancelled(Some(number))),
                None => self.cancelled(sync),
            };
        }
        sync.applied_at = Some(store.position() + 1);
        let entry = Entry {
            position: 0,
            kind: EntryKind::Sync,
            sync: Some(number),
            feed: sync.feed,
            by: self.by.clone(),
            at: (self.now)(),
            changes: planned.plan.changes.len() as u64,
        };
        let mut syncs = self.overtaken(&sync)?;
        syncs.push(sync);
        let roster = store.commit(Commit { run: Some(run), syncs: &syncs, entry, roster, plan: &planned.plan })?;
        let sync = syncs.swap_remove(syncs.len() - 1);
        Ok(Done { sync, roster, by_school: shares, left })
    }

    pub(super) fn step(&mut self, sync: SyncNo, step: &'static str, title: &str, done: u64, total: u64) -> bool {
        (self.tell)(Step { sync, step, title: title.to_owned(), done, total })
    }
}
