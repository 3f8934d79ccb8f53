//! The life of a run: stage, check, plan, then nothing (dry run) or one publish.

use std::path::Path;

use super::fixes;
use super::plan::{Planned, Which, digest, plan};
use super::read::{self, Loaded};
use super::since::age;
use super::{Done, Failed, Runner, Step, by_school};
use crate::check::{self, Ask, Checked, Lets, Overlay, Stopped};
use crate::feed::{Profile, Scope};
use crate::intake::Source;
use crate::ledger::{
    Action, Code, Entry, EntryKind, Feed, Finding, Map, Mode, Outcome, ReadAs, Severity, Sync, SyncKind, SyncNo, SyncStatus, Upload,
    UploadHash,
};
use crate::roster::{Entity, FeedNo, Roster};
use crate::store::{Commit, Run, Store};

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
struct Going<'r> {
    sync: Sync,
    loaded: Loaded,
    profile: &'r Profile,
    overlay: Overlay,
    /// Outcomes of the last check, where only what that refused is planned.
    last: Option<Vec<Outcome>>,
    /// The plan that was shown, where it must still be the same.
    shown: Option<String>,
    notes: Vec<Finding>,
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
        let number = sync.number;
        if ask.notes.iter().any(|f| f.severity == Severity::Refused) {
            profile.map_or(Ok(()), |p| self.through(&mut sync, p))?;
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
        match read::open(Source { name: name.clone(), bytes }, as_told, profile, self.profiles) {
            Err((mut findings, header, profile)) => {
                findings.extend_from_slice(ask.notes);
                upload.header = header;
                sync.upload = Some(upload.hash.clone());
                if let Some(profile) = profile {
                    sync.profile.clone_from(&profile.name);
                    self.through(&mut sync, profile)?;
                }
                self.store.keep_upload(&upload, None)?;
                self.refused(sync, roster, &findings)
            }
            Ok((loaded, profile)) => {
                Self::allowed(Some(profile), ask, roster).or_else(|f| self.given_up(&mut sync, f))?;
                sync.mode = ask.mode.unwrap_or_else(|| profile.modes.first().copied().unwrap_or_default());
                sync.profile.clone_from(&profile.name);
                self.through(&mut sync, profile)?;
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
                let mut notes = self.same_content(&upload.hash)?;
                notes.extend_from_slice(ask.notes);
                sync.upload = Some(upload.hash.clone());
                let going = Going { sync, loaded, profile, overlay: Overlay::new(), last: None, shown: None, notes };
                self.go(roster, going, Some((&upload, redacted.as_deref())))
            }
        }
    }

    /// Applies a dry run: the same upload again, under the same number. If its plan is no longer the one that was shown, it
    /// is a dry run again, with the new plan, and SAF-513 says so.
    pub fn apply(&mut self, roster: &Roster, number: SyncNo, approval: &Approval) -> Result<Done, Failed> {
        let mut sync = self.known(number)?;
        if sync.status != SyncStatus::DryRun {
            let what = format!("{number} is {}, not a dry run that could be applied.", sync.status.words().to_lowercase());
            return Err(Failed::Usage(what, "Import the file, or re-run the sync.".into()));
        }
        let (loaded, profile) = read::load(self.store, self.profiles, &sync)?;
        Self::still_there(&sync, roster)?;
        let notes = match (&sync.upload, sync.kind) {
            (Some(hash), SyncKind::Import) => self.same_content(hash)?,
            _ => Vec::new(),
        };
        let shown = sync.plan.take();
        sync.dry_run = false;
        sync.started = (self.now)();
        sync.by = self.by.clone();
        let going = Going { sync, loaded, profile, overlay: Overlay::new(), last: None, shown, notes };
        self.go(roster, going, None)
    }

    /// Runs an upload again with its corrections: the rows that the last check refused, or all.
    pub fn rerun(&mut self, roster: &Roster, number: SyncNo, all: bool, dry_run: bool) -> Result<Done, Failed> {
        let of = self.known(number)?;
        let root = self.known(of.root())?;
        if matches!(root.kind, SyncKind::Undo { .. }) {
            return Err(Failed::Usage(format!("{number} is an undo; it has no rows to run again."), "Re-run the sync it undid.".into()));
        }
        Self::still_there(&root, roster)?;
        let (loaded, profile) = read::load(self.store, self.profiles, &root)?;
        let overlay = read::overlay(&self.store.corrections(root.number)?);
        let last = if all { None } else { Some(self.last_outcomes(root.number)?) };
        let by = self.by.clone();
        let started = (self.now)();
        let make = |number| Sync {
            number,
            kind: SyncKind::Rerun { of: root.number, all },
            status: SyncStatus::Checking,
            dry_run,
            started,
            by,
            ended: None,
            counts: crate::ledger::Counts::default(),
            plan: None,
            hold: None,
            applied_at: None,
            undone_by: None,
            note: None,
            ..root.clone()
        };
        // A preview leaves no trace: nobody has to apply or abandon it.
        let sync = if dry_run { make(SyncNo(0)) } else { self.store.new_sync(make)? };
        self.go(roster, Going { sync, loaded, profile, overlay, last, shown: None, notes: Vec::new() }, None)
    }

    /// Discards a dry run. The history keeps a line.
    pub fn abandon(&mut self, number: SyncNo, reason: Option<String>) -> Result<Sync, Failed> {
        let mut sync = self.known(number)?;
        if !matches!(sync.status, SyncStatus::DryRun | SyncStatus::Held) {
            let what = format!("{number} is {}; there is nothing to abandon.", sync.status.words().to_lowercase());
            return Err(Failed::Usage(what, "Only a dry run or what is held can be abandoned.".into()));
        }
        sync.status = SyncStatus::Abandoned;
        sync.note = Some(format!("Abandoned by {}; nothing applied", self.by.0));
        self.store.put_sync(&sync)?;
        Ok(sync)
    }

    /// Checks, plans, and publishes or not.
    fn go(&mut self, roster: &Roster, mut going: Going<'_>, keep: Option<(&Upload, Option<&[u8]>)>) -> Result<Done, Failed> {
        let store = self.store;
        let number = going.sync.number;
        let file = going.sync.file.clone();
        let org = going.sync.org.as_deref().and_then(|o| roster.org_by_external_id(o));
        let total = u64::from(u32::MAX).min(going.loaded.sheet.size());
        let main = read::main_feeds(store)?;
        let checked = std::thread::scope(|scope| {
            // Keeping the upload is as much work as checking it, and needs nothing of it.
            let kept = keep.map(|(upload, body)| {
                let sheet = &going.loaded.sheet;
                scope.spawn(move || match body {
                    Some(body) => store.prepare_upload(upload, body),
                    None => store.prepare_upload(upload, &sheet.bytes()),
                })
            });
            let ask = Ask {
                sheet: &going.loaded.sheet,
                columns: &going.loaded.columns,
                profile: going.profile,
                roster,
                feed: going.sync.feed,
                org,
                overlay: &going.overlay,
                lets: Lets::default(),
                map: None,
                main: &main,
            };
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
        let mut checked = match checked.inspect_err(|_| self.failed_quietly(&mut going.sync))? {
            Ok(checked) => checked,
            Err(Stopped::Cancelled) => return self.cancelled(going.sync),
            Err(Stopped::Refused(findings)) => {
                let mut all = going.loaded.findings;
                all.extend(findings);
                return self.refused(going.sync, roster, &all);
            }
        };
        if !self.step(number, "planning", &file, checked.rows, checked.rows) {
            return self.cancelled(going.sync);
        }
        let which = going.last.as_deref().map_or(Which::All, Which::Refused);
        let mut planned = plan(&mut checked, roster, &which);
        let left = if going.last.is_some() { self.leave_out_changed(&going.sync, &mut planned, roster)? } else { Vec::new() };
        let plan_digest = (going.sync.dry_run || going.shown.is_some()).then(|| digest(&planned.plan, roster));
        let moved = going.shown.is_some() && going.shown != plan_digest;
        // The file itself is not needed any more, and as large as the roster that comes now.
        let Going { mut sync, loaded, notes, .. } = going;
        let mut file_findings = loaded.findings;
        drop((loaded.sheet, loaded.columns));
        file_findings.extend(notes);
        sync.plan = plan_digest;
        sync.rows = checked.rows;
        sync.rows_with_errors = checked.rows_with_errors;
        sync.counts = planned.counts.clone();
        file_findings.append(&mut checked.file_findings);
        file_findings.extend(fixes::overwritten(store, &planned.plan, roster)?);
        file_findings.extend(left.iter().cloned());
        if moved {
            file_findings.push(Finding::of_file(Code::SAF_513).with("n", number.0));
        }
        let count = |at: Severity| file_findings.iter().filter(|f| f.severity == at).count() as u64;
        sync.errors = checked.tally.errors + file_findings.iter().filter(|f| f.severity >= Severity::Error).count() as u64;
        sync.warnings = checked.tally.warnings + count(Severity::Warning);
        sync.infos = checked.tally.infos + count(Severity::Info);
        let shares = by_school(planned.plan.changes.iter().map(|c| (c.entity.table, roster.record(c.entity), Some(planned.plan.after(c)))));
        if number == SyncNo(0) {
            sync.status = SyncStatus::DryRun;
            sync.ended = Some((self.now)());
            return Ok(Done { sync, roster: roster.clone(), by_school: shares, left });
        }
        let mut run = store.begin_run(number)?;
        write(&mut run, &file_findings, &mut checked, &planned, |causes| age(store, &sync, causes))?;
        sync.ended = Some((self.now)());
        if sync.dry_run || moved {
            // The files of a set that come after are checked against what this one would leave.
            let ahead = sync.dry_run && sync.set.is_some();
            sync.dry_run = true;
            sync.status = SyncStatus::DryRun;
            store.finish(run, std::slice::from_ref(&sync))?;
            let roster = if ahead { super::sets::after(roster, &planned.plan) } else { roster.clone() };
            let left = file_findings.into_iter().filter(|f| matches!(f.code, Code::SAF_513 | Code::RUN_607)).collect();
            return Ok(Done { sync, roster, by_school: shares, left });
        }
        if !self.step(number, "applying", &file, checked.rows, checked.rows) {
            drop(run);
            return self.cancelled(sync);
        }
        sync.status = if sync.rows_with_errors > 0 { SyncStatus::CompletedWithErrors } else { SyncStatus::Completed };
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
        let syncs = [sync];
        let roster = store.commit(Commit { run: Some(run), syncs: &syncs, entry, roster, plan: &planned.plan })?;
        let [sync] = syncs;
        Ok(Done { sync, roster, by_school: shares, left })
    }

    /// What a later sync of the feed changed is left out of a re-run, and said (RUN-607).
    fn leave_out_changed(&self, sync: &Sync, planned: &mut Planned, roster: &Roster) -> Result<Vec<Finding>, Failed> {
        let root = sync.root();
        let mut left = Vec::new();
        let mut kept = Vec::with_capacity(planned.plan.changes.len());
        for change in std::mem::take(&mut planned.plan.changes) {
            if change.action != Action::Created
                && let Some(by) = self.changed_since(change.entity, sync.feed, root)?
            {
                let (key, _) =
                    roster.record(change.entity).map(|r| crate::ledger::fields::key_and_name(change.entity.table, r)).unwrap_or_default();
                let row = planned.rows.binary_search_by_key(&change.record, |r| r.0).map_or(change.line, |i| planned.rows[i].1);
                let mut finding = Finding::of_file(Code::RUN_607).with("r", row).with("key", &key).with("n", by.0);
                (finding.record, finding.line, finding.row, finding.key) = (Some(change.record), Some(change.line), Some(row), Some(key));
                left.push(finding);
                let tally = planned.counts.of_mut(change.kind);
                match change.action {
                    Action::Updated => tally.updated -= 1,
                    _ => tally.unchanged -= 1,
                }
                if let Some(outcome) = planned.outcomes.get_mut(change.record as usize - 1) {
                    outcome.action = Action::Skipped;
                }
                continue;
            }
            kept.push(change);
        }
        planned.plan.changes = kept;
        Ok(left)
    }

    /// The newest sync of that feed, outside the chain of `root` and later than it, that changed the record.
    fn changed_since(&self, entity: Entity, feed: FeedNo, root: SyncNo) -> Result<Option<SyncNo>, Failed> {
        for (entry, _) in self.store.history(entity)?.into_iter().rev() {
            let Some(number) = entry.sync.filter(|n| *n > root && entry.feed == feed) else { continue };
            if self.chain(number)? != root {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// The chain that a sync is of: an undo is of the chain of what it undid.
    fn chain(&self, mut number: SyncNo) -> Result<SyncNo, Failed> {
        while let Some(sync) = self.store.sync(number)? {
            let SyncKind::Undo { of } = sync.kind else { return Ok(sync.root()) };
            number = of;
        }
        Ok(number)
    }

    /// Outcomes of the last check of a chain's rows; dry runs do not count.
    fn last_outcomes(&self, root: SyncNo) -> Result<Vec<Outcome>, Failed> {
        let syncs = self.store.syncs()?;
        let last = syncs.iter().find(|s| s.root() == root && s.status.is_applied() && !matches!(s.kind, SyncKind::Undo { .. }));
        match last {
            Some(sync) => Ok(self.store.outcomes(sync.number)?),
            // Never applied (a dry run, or undone): every row is still to be done.
            None => Ok(Vec::new()),
        }
    }

    /// The sync becomes one of the profile's feed.
    fn through(&self, sync: &mut Sync, profile: &Profile) -> Result<(), Failed> {
        let name = profile.variant_of.as_ref().unwrap_or(&profile.name);
        sync.feed_name.clone_from(name);
        sync.feed = self.store.feed_no(name)?;
        Ok(())
    }

    fn same_content(&self, hash: &UploadHash) -> Result<Vec<Finding>, Failed> {
        let before = self.store.syncs()?.into_iter().find(|s| s.upload.as_ref() == Some(hash) && s.status.is_applied());
        Ok(before.map(|s| Finding::of_file(Code::FIL_015).with("n", s.number.0).with("date", day(s.started.0))).into_iter().collect())
    }

    /// The organization that an upload was for must still be known by that ID: else rows for any other would be taken.
    fn still_there(sync: &Sync, roster: &Roster) -> Result<(), Failed> {
        match sync.org.as_deref().filter(|o| roster.org_by_external_id(o).is_none()) {
            None => Ok(()),
            Some(org) => {
                let what = format!("{} was for organization \"{org}\", which is not there any more.", sync.number);
                Err(Failed::Usage(what, "Import the file again for the organization that it is for.".into()))
            }
        }
    }

    /// What the profile demands of the request itself.
    fn allowed(profile: Option<&Profile>, ask: &Import<'_>, roster: &Roster) -> Result<(), Failed> {
        if let Some(org) = ask.org
            && roster.org_by_external_id(org).is_none()
        {
            let near = check::near::near(org, roster.orgs().map(|(_, o)| o.external_id.as_str()), 3).join(", ");
            let next = if near.is_empty() { "See them with: homeroom list schools".to_owned() } else { format!("Nearest: {near}.") };
            return Err(Failed::Usage(format!("There is no organization \"{org}\"."), next));
        }
        let Some(profile) = profile else { return Ok(()) };
        if profile.scope == Scope::School && ask.org.is_none() {
            return Err(Failed::Usage(format!("Profile {} is for one school.", profile.name), "Name it with --org.".into()));
        }
        if let Some(mode) = ask.mode.filter(|m| !profile.modes.contains(m)) {
            let known: Vec<&str> = profile.modes.iter().map(|m| m.name()).collect();
            let next = format!("It has: {}.", known.join(", "));
            return Err(Failed::Usage(format!("Profile {} has no mode \"{mode}\".", profile.name), next));
        }
        if ask.mode.is_some_and(|m| m != Mode::Partial) {
            let next = "Use --mode partial: it creates and updates what the file lists.".to_owned();
            return Err(Failed::Usage("Modes that disable who is absent are not in this version.".into(), next));
        }
        Ok(())
    }

    fn no_profile(&self, name: &str) -> Failed {
        let near = check::near::near(name, self.profiles.all.iter().map(|p| p.name.as_str()), 1);
        let next = match near.first() {
            Some(near) => format!("Did you mean {near}?"),
            None => format!("There are: {}.", self.profiles.all.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ")),
        };
        let broken = self.profiles.problems.iter().find(|p| p.path.as_deref().and_then(Path::file_stem).is_some_and(|s| *s == *name));
        let next = broken.map_or(next, |p| format!("Its file cannot be used: {p}"));
        Failed::Usage(format!("There is no profile \"{name}\"."), next)
    }

    pub(super) fn known(&self, number: SyncNo) -> Result<Sync, Failed> {
        let missing = || Failed::Usage(format!("There is no sync {number}."), "See them with: homeroom syncs".into());
        self.store.sync(number)?.ok_or_else(missing)
    }

    pub(super) fn step(&mut self, sync: SyncNo, step: &'static str, title: &str, done: u64, total: u64) -> bool {
        (self.tell)(Step { sync, step, title: title.to_owned(), done, total })
    }

    /// The file is refused whole: status failed, with its findings.
    fn refused(&mut self, mut sync: Sync, roster: &Roster, findings: &[Finding]) -> Result<Done, Failed> {
        sync.status = SyncStatus::Failed;
        sync.ended = Some((self.now)());
        let count = |at: Severity| findings.iter().filter(|f| f.severity == at).count() as u64;
        (sync.errors, sync.warnings, sync.infos) =
            (count(Severity::Refused) + count(Severity::Error), count(Severity::Warning), count(Severity::Info));
        sync.note = findings.iter().find(|f| f.severity == Severity::Refused).map(Finding::message);
        let mut run = self.store.begin_run(sync.number)?;
        findings.iter().try_for_each(|f| run.finding(f))?;
        self.store.finish(run, std::slice::from_ref(&sync))?;
        Ok(Done { sync, roster: roster.clone(), by_school: Vec::new(), left: Vec::new() })
    }

    fn cancelled(&mut self, mut sync: Sync) -> Result<Done, Failed> {
        sync.status = SyncStatus::Cancelled;
        sync.ended = Some((self.now)());
        sync.note = Some(format!("Cancelled by {}; nothing applied", self.by.0));
        self.store.put_sync(&sync)?;
        Err(Failed::Cancelled(Some(sync.number)))
    }

    /// The request turned out not to make sense once the profile was known: the number is spent, the history says why.
    fn given_up(&self, sync: &mut Sync, failed: Failed) -> Result<(), Failed> {
        sync.status = SyncStatus::Failed;
        sync.ended = Some((self.now)());
        sync.note = Some(failed.to_string());
        self.store.put_sync(sync)?;
        Err(failed)
    }

    /// The store broke under a run: say so in the history if that still can be said.
    fn failed_quietly(&self, sync: &mut Sync) {
        sync.status = SyncStatus::Failed;
        sync.ended = Some((self.now)());
        sync.note = Some("The store failed; nothing applied".into());
        let _ = self.store.put_sync(sync);
    }
}

/// Writes what a run yields, in the order of the file.
fn write(
    run: &mut Run<'_>,
    file_findings: &[Finding],
    checked: &mut Checked,
    planned: &Planned,
    age: impl FnOnce(&mut Vec<crate::ledger::Cause>) -> Result<(), Failed>,
) -> Result<(), Failed> {
    file_findings.iter().try_for_each(|f| run.finding(f))?;
    let renumber = std::mem::take(&mut checked.renumber);
    std::mem::take(&mut checked.spool).drain(|mut finding| {
        finding.cause = renumber.get(finding.cause as usize).copied().unwrap_or(0);
        run.finding(&finding)
    })?;
    planned.outcomes.iter().try_for_each(|o| run.outcome(*o))?;
    let mut causes = std::mem::take(&mut checked.causes);
    age(&mut causes)?;
    run.causes(&causes)?;
    Ok(())
}

/// The UTC day of a timestamp, ISO.
fn day(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).map(|t| t.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

/// What a dry run would change now: its upload checked and planned again, nothing published.
pub fn preview(store: &Store, profiles: &crate::feed::Profiles, roster: &Roster, sync: &Sync) -> Result<crate::ledger::Plan, Failed> {
    let (loaded, profile) = read::load(store, profiles, sync)?;
    let overlay = Overlay::new();
    let main = read::main_feeds(store)?;
    let ask = Ask {
        sheet: &loaded.sheet,
        columns: &loaded.columns,
        profile,
        roster,
        feed: sync.feed,
        org: sync.org.as_deref().and_then(|o| roster.org_by_external_id(o)),
        overlay: &overlay,
        lets: Lets::default(),
        map: None,
        main: &main,
    };
    match check::check(&ask, &mut |_, _| true) {
        Ok(mut checked) => Ok(plan(&mut checked, roster, &Which::All).plan),
        Err(_) => Ok(crate::ledger::Plan::default()),
    }
}
