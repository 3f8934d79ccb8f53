//! The history: syncs, one sync in full, its plan; the Overview and Triage.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::holds::held_words;
use super::office::Office;
use super::{FeedRow, OpenCause, Overview, Page, PlanLine, SchoolShare, SyncDetail, Trouble, TroubleSort, Waiting, WaitingSort, Window};
use crate::ledger::{Cause, Severity, Sync, SyncKind, SyncNo, SyncStatus, Tally, fields};
use crate::report::number;
use crate::roster::fold::fold;
use crate::roster::{Enrollment, EnrollmentField, Kind, Link, LinkField, OrgKind, PersonNo, Roster, Table, unpack};
use crate::sync::is_active;

/// How many of a feed's syncs the Overview's curve shows.
const CURVE: usize = 10;

impl Office {
    /// The history, newest first.
    pub(super) fn syncs(&self, window: Window, org: Option<&str>, filter: &str, of: &super::SyncsOf) -> Result<Page<Sync>, Trouble> {
        let mut syncs = self.store.syncs()?;
        if self.surroundings.scope.is_some() {
            let roster = self.roster();
            syncs.retain(|s| self.sync_within(s, &roster));
        }
        if let Some(org) = org {
            syncs.retain(|s| s.org.as_deref() == Some(org));
        }
        if *of != super::SyncsOf::default() {
            syncs.retain(|s| self.is_of(s, of));
        }
        if let Some(feed) = &of.feed {
            // A feed that was renamed is one feed.
            let names = self.store.feed_names()?;
            syncs.retain(|s| names.get(&s.feed).unwrap_or(&s.feed_name) == feed);
        }
        let unfiltered = syncs.len() as u64;
        let words = fold(filter).into_owned();
        if !words.is_empty() {
            let has = |text: &str| fold(text).contains(&words);
            syncs.retain(|s| {
                has(&s.number.to_string()) || has(&s.file) || has(&s.feed_name) || has(&s.profile) || has(s.status.words()) || has(&s.by.0)
            });
        }
        let total = syncs.len() as u64;
        let rows = syncs.into_iter().skip(window.first as usize).take(window.count.min(usize::MAX as u64) as usize).collect();
        Ok(Page { first: window.first, total, unfiltered, rows })
    }

    /// Whether a sync is of that type of import, and about that kind. Of one whose profile is gone nothing but its counts is known.
    fn is_of(&self, sync: &Sync, of: &super::SyncsOf) -> bool {
        let profile = self.profiles.get(&sync.profile);
        let type_fits = of.import_type.as_ref().is_none_or(|t| profile.is_some_and(|p| super::upkeep::import_type(p) == *t));
        let counted = |kind: Kind| *sync.counts.of(kind) != Tally::default();
        type_fits && of.kind.is_none_or(|kind| counted(kind) || profile.is_some_and(|p| super::upkeep::kind(p) == kind))
    }

    /// One sync in full.
    pub(super) fn sync_detail(&self, number: SyncNo) -> Result<SyncDetail, Trouble> {
        let sync = self.sync_of(number)?;
        let by_school = self.shares_at_once(&sync)?;
        self.detail(sync, by_school)
    }

    /// One sync in full, with what its plan does to each school.
    pub(super) fn detail(&self, sync: Sync, by_school: Vec<SchoolShare>) -> Result<SyncDetail, Trouble> {
        let upload = match &sync.upload {
            Some(hash) => self.store.upload(hash)?,
            None => None,
        };
        let mut file_findings = Vec::new();
        self.each_finding(&sync, &mut |f| {
            let of_file = f.record.is_none();
            if of_file {
                file_findings.push(f);
            }
            of_file
        })?;
        let reruns = self.store.syncs()?;
        let mut reruns: Vec<SyncNo> =
            reruns.iter().filter(|s| matches!(s.kind, SyncKind::Rerun { of, .. } if of == sync.root())).map(|s| s.number).collect();
        reruns.sort_unstable();
        let pending = self.pending(sync.root())?;
        let rows: HashSet<u32> = pending.iter().map(|c| c.record).collect();
        Ok(SyncDetail {
            causes: parents_first(&self.causes_of(&sync)?),
            attached: self.attached_to(&sync)?,
            upload,
            file_findings,
            reruns,
            pending_corrections: pending.len() as u64,
            pending_rows: rows.len() as u64,
            by_school,
            sync,
        })
    }

    /// Corrections that no run has taken up yet.
    fn pending(&self, root: SyncNo) -> Result<Vec<crate::ledger::Correction>, Trouble> {
        // Those that were laid over it when it came have been taken up.
        let mut corrections = self.store.made_corrections(root)?;
        if corrections.is_empty() {
            return Ok(corrections);
        }
        let is_rerun = |s: &Sync| matches!(s.kind, SyncKind::Rerun { of, .. } if of == root) && s.stands();
        let last = self.store.syncs()?.into_iter().find(is_rerun).map(|s| s.started);
        corrections.retain(|c| last.is_none_or(|l| c.at > l));
        Ok(corrections)
    }

    /// What a sync changed, field by field. Of a dry run or a hold what approving it would change now.
    pub(super) fn plan(&self, number: SyncNo, window: Window) -> Result<Page<PlanLine>, Trouble> {
        let mut page = Page { first: window.first, total: 0, unfiltered: 0, rows: Vec::new() };
        let roster = self.roster_for(&self.sync_of(number)?)?;
        self.each_change(number, &mut |change| {
            if page.total >= window.first && (page.rows.len() as u64) < window.count {
                page.rows.push(change.line(&roster));
            }
            page.total += 1;
        })?;
        page.unfiltered = page.total;
        Ok(page)
    }

    /// Every change of a sync, in order of record.
    pub(super) fn each_change(&self, number: SyncNo, each: &mut dyn FnMut(Changed<'_>)) -> Result<(), Trouble> {
        let sync = self.sync_of(number)?;
        if matches!(sync.status, SyncStatus::DryRun | SyncStatus::Held) {
            return self.replanned(&sync, each);
        }
        for position in crate::sync::applied(&self.store, &sync).map_err(|f| Trouble::new(TroubleSort::Store, f.to_string(), ""))? {
            self.store.changes(position, &mut |c| {
                each(Changed { table: c.entity.table, line: c.line, before: c.before.as_deref(), after: c.after.as_deref() });
                true
            })?;
        }
        Ok(())
    }

    /// What waits, how the feeds are, what is open.
    pub(super) fn overview(&self) -> Result<Overview, Trouble> {
        let roster = self.roster();
        let syncs = self.store.syncs()?;
        let names = self.store.feed_names()?;
        let mut by_feed: BTreeMap<String, Vec<&Sync>> = BTreeMap::new();
        for sync in syncs.iter().filter(|s| !s.feed_name.is_empty() && !matches!(s.kind, SyncKind::Undo { .. })) {
            // A feed that was renamed is one feed.
            by_feed.entry(names.get(&sync.feed).unwrap_or(&sync.feed_name).clone()).or_default().push(sync);
        }
        let mut waiting = Vec::new();
        let wait = |sort, sync: &Sync, text: String| Waiting {
            sort,
            name: if sync.file.is_empty() { sync.feed_name.clone() } else { sync.file.clone() },
            text,
            at: sync.ended.unwrap_or(sync.started),
            sync: Some(sync.number),
        };
        for sync in &syncs {
            match sync.status {
                SyncStatus::Held => waiting.push(wait(WaitingSort::Held, sync, held_words(sync))),
                SyncStatus::DryRun => {
                    let t = sync.counts.total();
                    let disables = if t.disabled > 0 { format!(", disables {}", number(t.disabled)) } else { String::new() };
                    let [creates, updates, refused] = [t.created, t.updated, sync.rows_with_errors].map(number);
                    let text = format!("creates {creates}, updates {updates}{disables}; {refused} refused");
                    waiting.push(wait(WaitingSort::DryRun, sync, text));
                }
                _ => {}
            }
        }
        let newest_of_any = syncs.iter().find(|s| s.kind == SyncKind::Import);
        for sync in by_feed.values().filter_map(|s| s.iter().find(|s| s.kind == SyncKind::Import).copied()).chain(newest_of_any) {
            if sync.status == SyncStatus::Failed && !waiting.iter().any(|w: &Waiting| w.sync == Some(sync.number)) {
                let cut_off = sync.note.as_deref().is_some_and(|n| n.contains("cut off"));
                let sort = if cut_off { WaitingSort::CutOff } else { WaitingSort::Failed };
                waiting.push(wait(sort, sync, sync.note.clone().unwrap_or_else(|| "failed".into())));
            }
        }
        for root in open_roots(&syncs) {
            let pending = self.pending(root.number)?;
            if !pending.is_empty() {
                let rows: HashSet<u32> = pending.iter().map(|c| c.record).collect();
                waiting.push(wait(WaitingSort::Corrections, root, format!("{} mended rows wait for a re-run", number(rows.len() as u64))));
            }
        }
        waiting.extend(self.overwritten_waiting(&syncs)?);
        waiting.extend(self.flips_waiting(&syncs)?);
        waiting.sort_by_key(|w| (w.sort, std::cmp::Reverse(w.at)));
        let feeds = by_feed
            .into_iter()
            .map(|(name, of)| {
                let mut errors: Vec<u64> = of
                    .iter()
                    .filter(|s| s.kind == SyncKind::Import && s.status.is_done())
                    .take(CURVE)
                    .map(|s| s.rows_with_errors)
                    .collect();
                errors.reverse();
                FeedRow { name, last: (*of[0]).clone(), errors }
            })
            .collect();
        let mut causes = self.triage()?;
        causes.truncate(10);
        let district = roster.orgs().find(|(_, o)| o.kind == OrgKind::District).map(|(_, o)| o.name.clone());
        let totals = totals(&roster);
        Ok(Overview {
            title: district.unwrap_or_default(),
            empty: syncs.is_empty() && totals.iter().all(|t| t.1 == 0),
            waiting,
            feeds,
            causes,
            totals,
        })
    }

    /// The open causes over the latest sync of each feed, the one that clears most rows first.
    pub(super) fn triage(&self) -> Result<Vec<OpenCause>, Trouble> {
        let syncs = self.store.syncs()?;
        let mut open = Vec::new();
        for root in open_roots(&syncs) {
            let Some(last) = self.last_check(root.number)? else { continue };
            let pending: HashSet<u32> = self.pending(root.number)?.iter().map(|c| c.record).collect();
            let causes: Vec<Cause> = self.causes_of(&last)?.into_iter().filter(|c| c.severity >= Severity::Error).collect();
            let mut corrected = vec![0u64; causes.iter().map(|c| c.number as usize + 1).max().unwrap_or(0)];
            if !pending.is_empty() {
                self.each_finding(&last, &mut |f| {
                    if let (Some(record), Some(count)) = (f.record, corrected.get_mut(f.cause as usize))
                        && pending.contains(&record)
                    {
                        *count += 1;
                    }
                    true
                })?;
            }
            open.extend(causes.into_iter().map(|cause| OpenCause {
                sync: last.number,
                feed: last.feed_name.clone(),
                file: last.file.clone(),
                corrected: corrected[cause.number as usize].min(cause.rows),
                cause,
            }));
        }
        open.sort_by_key(|o| (std::cmp::Reverse(o.cause.clears), std::cmp::Reverse(o.cause.rows), o.cause.number));
        Ok(open)
    }
}

/// What only follows from another right below it, and below that what follows from it in turn.
fn parents_first(causes: &[Cause]) -> Vec<Cause> {
    let mut children: HashMap<u32, Vec<&Cause>> = HashMap::new();
    for cause in causes {
        children.entry(cause.parent.unwrap_or(0)).or_default().push(cause);
    }
    let mut ordered = Vec::with_capacity(causes.len());
    let mut seen = HashSet::new();
    // Those whose parent is not there, or that are each other's, come last: nothing may be lost.
    for top in children.get(&0).into_iter().flatten().copied().chain(causes) {
        let mut next = vec![top];
        while let Some(cause) = next.pop() {
            if seen.insert(cause.number) {
                ordered.push(cause.clone());
                next.extend(children.get(&cause.number).into_iter().flatten().rev());
            }
        }
    }
    ordered
}

/// One change of a sync: the record before and after.
#[derive(Clone, Copy)]
pub(super) struct Changed<'c> {
    pub(super) table: Table,
    /// The physical line that brought it, 0 where none.
    pub(super) line: u32,
    pub(super) before: Option<&'c [u8]>,
    pub(super) after: Option<&'c [u8]>,
}

impl Changed<'_> {
    /// As plans show it.
    pub(super) fn line(self, roster: &Roster) -> PlanLine {
        let record = self.after.or(self.before).unwrap_or_default();
        let (key, name) = key_and_name(self.table, record, roster);
        let action = match (self.before, self.after) {
            (None, _) => "created",
            (_, None) => "removed",
            // No row brought it: it is the absence.
            (Some(b), Some(a)) if self.line == 0 && is_active(self.table, b) && !is_active(self.table, a) => "disabled",
            _ => "updated",
        };
        PlanLine {
            kind: fields::kind(self.table, record),
            action: action.to_owned(),
            key,
            name,
            line: self.line,
            changes: fields::differences(self.table, self.before, self.after, roster),
        }
    }
}

/// Key and name of a record. What ties two records is known by both.
fn key_and_name(table: Table, record: &[u8], roster: &Roster) -> (String, String) {
    let values = || fields::fields(table, record, roster);
    let value = |name: &str| values().into_iter().find(|(n, _)| *n == name).map(|(_, v)| v).unwrap_or_default();
    let called = |number: PersonNo| roster.person(number).map(|p| p.name().into_owned()).unwrap_or_default();
    match table {
        Table::Enrollments => {
            let key = format!("{}/{}", value(EnrollmentField::Person.name()), value(EnrollmentField::Class.name()));
            let name = unpack::<Enrollment>(record)
                .map(|e| format!("{} in {}", called(e.person), roster.class(e.class).map(|c| c.title).unwrap_or_default()));
            (key, name.unwrap_or_default())
        }
        Table::Links => {
            let key = format!("{}/{}", value(LinkField::Guardian.name()), value(LinkField::Student.name()));
            let name = unpack::<Link>(record).map(|l| format!("{}, guardian of {}", called(l.guardian), called(l.student)));
            (key, name.unwrap_or_default())
        }
        _ => fields::key_and_name(table, record),
    }
}

/// The newest applied upload of each feed: where open findings are.
pub(super) fn open_roots(syncs: &[Sync]) -> Vec<&Sync> {
    let mut seen = HashSet::new();
    syncs.iter().filter(|s| s.kind == SyncKind::Import && s.stands()).filter(|s| seen.insert(s.feed)).collect()
}

/// How many there are of each kind.
pub(super) fn totals(roster: &Roster) -> Vec<(Kind, u64)> {
    let mut totals: Vec<(Kind, u64)> = Kind::ALL.iter().map(|k| (*k, 0)).collect();
    totals[Kind::Orgs as usize].1 = roster.orgs().count() as u64;
    for (_, person) in roster.people() {
        totals[person.role().family().kind() as usize].1 += 1;
    }
    for (kind, table) in [
        (Kind::Classes, Table::Classes),
        (Kind::Courses, Table::Courses),
        (Kind::Enrollments, Table::Enrollments),
        (Kind::Links, Table::Links),
    ] {
        totals[kind as usize].1 = roster.table(table).iter().count() as u64;
    }
    totals
}
