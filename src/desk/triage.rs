//! Triage: the open causes over the latest upload of each feed, and what is known of a cause besides its findings.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::history::open_roots;
use super::office::Office;
use super::{AddWhat, CauseAbout, Makes, OpenCause, SnoozeState, Trouble};
use crate::feed::{Profile, Target};
use crate::ledger::snooze::standing_for;
use crate::ledger::{Cause, CauseKey, Code, Severity, Sync};
use crate::roster::{ClassField, CourseField, EnrollmentField, Family, LinkField, OrgField, OrgKind, Roster};

/// Causes of one sync of which more than the check says is worked out: nobody looks at more.
const MOST: usize = 50;

/// How much is worked out of causes besides what their check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// What sleeps: no file has to be opened for it.
    Snoozes,
    /// From what they follow in other files, what is near, what could be made, too.
    All,
}

impl Office {
    /// The open causes over the latest upload of each feed, those that sleep left out: the one that clears most rows first, what only
    /// follows from another, in its own file or in another, right below it.
    pub(super) fn triage(&self) -> Result<Vec<OpenCause>, Trouble> {
        Ok(self.open_causes(Known::All)?.0)
    }

    /// The open causes that are awake, and those that sleep.
    pub(super) fn open_causes(&self, known: Known) -> Result<(Vec<OpenCause>, Vec<OpenCause>), Trouble> {
        let syncs = self.syncs_within()?;
        let mut open = Vec::new();
        for root in open_roots(&syncs) {
            let Some(last) = self.last_check(root.number)? else { continue };
            let mut pending: HashSet<u32> = self.pending(root.number)?.iter().map(|c| c.record).collect();
            pending.extend(self.pending_decisions(root.number)?.iter().map(|d| d.record));
            let all = self.causes_of(&last)?;
            let mut about = self.about_causes(&last, &all, known)?;
            let causes: Vec<Cause> = all.into_iter().filter(|c| c.severity >= Severity::Error).collect();
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
                about: about.remove(&cause.number).unwrap_or_default(),
                cause,
            }));
        }
        Ok(self::arranged(open))
    }

    /// What is known of a sync's causes besides their findings, by number. `causes` are all of the sync.
    pub(super) fn about_causes(&self, sync: &Sync, causes: &[Cause], known: Known) -> Result<HashMap<u32, CauseAbout>, Trouble> {
        let mut all = HashMap::new();
        if causes.is_empty() {
            return Ok(all);
        }
        let roster = self.roster_for(sync)?;
        let profile = self.profiles.get(&sync.profile);
        let snoozes = self.snoozes_of(sync.feed)?;
        let elsewhere = if known == Known::All { self.refused_elsewhere(sync, causes)? } else { Arc::default() };
        let now = (self.surroundings.now)();
        for (n, cause) in causes.iter().enumerate() {
            let snooze = snoozes.get(&CauseKey::of(sync.feed, cause, causes)).map(|s| super::snooze::note(s, now, cause.rows));
            let mut about = CauseAbout { cause: cause.number, snooze, ..CauseAbout::default() };
            if let Some(profile) = profile.filter(|_| known == Known::All && n < MOST && cause.value.is_some()) {
                let column = cause.column.as_deref().and_then(|c| profile.column(c));
                about.near = self.near(&roster, profile, column, &standing_for(cause));
                about.follows = column.and_then(|c| elsewhere.follows(profile.columns[c].to, cause));
                about.there_now = column.is_some_and(|c| is_there(&roster, profile.columns[c].to, cause));
                if about.there_now {
                    about.near.clear();
                }
                about.makes = column.and_then(|c| makes(&roster, profile, c, (cause.code, cause.value.as_deref()), sync.org.as_deref()));
            }
            all.insert(cause.number, about);
        }
        Ok(all)
    }
}

/// Whether what the value of a reference names is on the roster by now.
fn is_there(roster: &Roster, to: Target, cause: &Cause) -> bool {
    let value = cause.value.as_deref().unwrap_or_default();
    match (cause.code, to) {
        (Code::REF_301, _) => roster.org_by_external_id(value).is_some(),
        (Code::REF_304, Target::Class(ClassField::Course)) => roster.relations().course(value).is_some(),
        (Code::REF_304, _) => roster.relations().class(value).is_some(),
        (Code::REF_303, Target::Link(LinkField::Student)) => roster.person_by_id(Family::Students, value).is_some(),
        (Code::REF_303, _) => roster.people_by_id(value).next().is_some(),
        _ => false,
    }
}

/// What could be made by hand so that a reference is right.
pub(super) fn makes(
    roster: &Roster,
    profile: &Profile,
    column: usize,
    (code, value): (Code, Option<&str>),
    org: Option<&str>,
) -> Option<Makes> {
    let value = value.filter(|v| !v.is_empty())?;
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    match code {
        Code::REF_301 if roster.org_by_external_id(value).is_none() => {
            let mut fields = vec![field(OrgField::ExternalId.name(), value)];
            let mut districts = roster.orgs().filter(|(_, o)| o.kind == OrgKind::District);
            if let (Some((_, only)), None) = (districts.next(), districts.next()) {
                fields.push(field(OrgField::Parent.name(), &only.external_id));
            }
            Some(Makes { what: AddWhat::School, fields })
        }
        Code::REF_304 => match profile.columns[column].to {
            Target::Class(ClassField::Course) if roster.relations().course(value).is_none() => {
                let mut fields = vec![field(CourseField::SourcedId.name(), value)];
                fields.extend(org.map(|o| field(CourseField::Org.name(), o)));
                Some(Makes { what: AddWhat::Course, fields })
            }
            Target::Enrollment(EnrollmentField::Class) | Target::Class(_) if roster.relations().class(value).is_none() => {
                let mut fields = vec![field(ClassField::SourcedId.name(), value)];
                fields.extend(org.map(|o| field(ClassField::Org.name(), o)));
                Some(Makes { what: AddWhat::Class, fields })
            }
            _ => None,
        },
        _ => None,
    }
}

/// Puts what only follows from another below it, whichever file it is in, and counts what it clears there; the best first. Those that are
/// awake, and those that sleep: with what sleeps goes what follows from it.
fn arranged(mut open: Vec<OpenCause>) -> (Vec<OpenCause>, Vec<OpenCause>) {
    let at: HashMap<(u32, u32), usize> = open.iter().enumerate().map(|(i, o)| ((o.sync.0, o.cause.number), i)).collect();
    let above: Vec<Option<usize>> = open
        .iter()
        .enumerate()
        .map(|(i, o)| {
            let within = o.cause.parent.map(|p| (o.sync.0, p));
            let across = o.about.follows.as_ref().map(|f| (f.sync.0, f.cause));
            within.or(across).and_then(|key| at.get(&key)).copied().filter(|p| *p != i)
        })
        .collect();
    // What clears within a file is counted by its check.
    let own: Vec<u64> = open.iter().map(|o| o.cause.clears).collect();
    for i in 0..open.len() {
        if open[i].cause.parent.is_some() || open[i].about.follows.is_none() {
            continue;
        }
        let (mut seen, mut next) = (HashSet::from([i]), above[i]);
        while let Some(p) = next.filter(|p| seen.insert(*p)) {
            open[p].cause.clears += own[i];
            next = above[p];
        }
    }
    let mut below: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut tops = Vec::new();
    for (i, above) in above.iter().enumerate() {
        match above {
            Some(p) => below.entry(*p).or_default().push(i),
            None => tops.push(i),
        }
    }
    let best = |i: &usize| {
        let c = &open[*i].cause;
        (std::cmp::Reverse(c.clears), std::cmp::Reverse(c.rows), c.number)
    };
    tops.sort_by_key(best);
    for all in below.values_mut() {
        all.sort_by_key(best);
    }
    let (mut order, mut seen) = (Vec::with_capacity(open.len()), HashSet::new());
    // Those that are each other's parents come last: nothing may be lost.
    for top in tops.into_iter().chain(0..open.len()) {
        let mut next = vec![(top, false)];
        while let Some((i, asleep)) = next.pop() {
            if seen.insert(i) {
                let asleep = asleep || is_asleep(&open[i]);
                order.push((i, asleep));
                next.extend(below.get(&i).into_iter().flatten().rev().map(|c| (*c, asleep)));
            }
        }
    }
    let mut all: Vec<Option<OpenCause>> = open.into_iter().map(Some).collect();
    let (mut awake, mut sleeping) = (Vec::new(), Vec::new());
    for (i, asleep) in order {
        let Some(cause) = all[i].take() else { continue };
        if asleep { &mut sleeping } else { &mut awake }.push(cause);
    }
    (awake, sleeping)
}

fn is_asleep(open: &OpenCause) -> bool {
    open.about.snooze.as_ref().is_some_and(|s| s.state == SnoozeState::Asleep)
}
