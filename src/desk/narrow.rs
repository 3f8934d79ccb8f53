//! The Overview and Triage of one organization and what is below it: for the operator's scope, and for the school that a console keeps to.
//!
//! A file that was for the organization belongs to it whole. Of a file for the whole district only those rows do that name it; somebody
//! whose scope is the organization is not shown such a file at all, as everywhere.

use std::collections::{HashMap, HashSet};

use super::history::open_roots;
use super::office::Office;
use super::{OpenCause, Overview, Trouble};
use crate::feed::Target;
use crate::ledger::{Severity, Sync};
use crate::roster::{ClassField, Field, Kind, OrgNo, Roster, Table};
use crate::sync::is_active;

/// Open causes that the Overview shows.
const CAUSES: usize = 10;

/// Findings of a district's file that are looked at to see whose they are.
const MOST: usize = 200_000;

impl Office {
    /// What waits, how the feeds are, what is open: of an organization. One that there is not has nothing.
    pub(super) fn overview_of(&self, org: &str) -> Result<Overview, Trouble> {
        let roster = self.roster();
        let within = Self::orgs_below(&roster, org);
        let syncs = self.store.syncs()?;
        let mut overview = self.overview()?;
        let of_feeds: HashSet<&str> = syncs.iter().filter(|s| self.concerns(s, &within, &roster)).map(|s| s.feed_name.as_str()).collect();
        let concerned = |number| syncs.iter().find(|s| s.number == number).is_some_and(|s| self.concerns(s, &within, &roster));
        overview.waiting.retain(|w| w.sync.map_or_else(|| of_feeds.contains(w.name.as_str()), concerned));
        overview.feeds.retain(|f| concerned(f.last.number));
        overview.causes = self.triage_of(org)?;
        overview.causes.truncate(CAUSES);
        if let Some(org) = roster.org_by_external_id(org).and_then(|n| roster.org(n)) {
            overview.title.clone_from(&org.name);
        }
        let at = self.at_schools(&roster);
        for (kind, total) in &mut overview.totals {
            *total = match kind {
                Kind::Orgs => within.len() as u64,
                // Who belongs to two schools of a district is one person.
                Kind::Staff | Kind::Students | Kind::Guardians if within.len() > 1 => people_within(&roster, &within, *kind),
                kind => within.iter().map(|o| at.of(Some(*o), *kind)).sum(),
            };
        }
        Ok(overview)
    }

    /// The open causes of an organization, the one that clears most rows first.
    pub(super) fn triage_of(&self, org: &str) -> Result<Vec<OpenCause>, Trouble> {
        let roster = self.roster();
        let within = Self::orgs_below(&roster, org);
        let syncs = self.store.syncs()?;
        let mut checks: HashMap<_, Sync> = HashMap::new();
        for root in open_roots(&syncs) {
            if let Some(last) = self.last_check(root.number)? {
                checks.insert(last.number, last);
            }
        }
        let mut open = self.triage()?;
        let mut shares: HashMap<_, HashMap<u32, u64>> = HashMap::new();
        for (number, check) in &checks {
            if self.concerns(check, &within, &roster) && !is_for(check, &within, &roster) && open.iter().any(|o| o.sync == *number) {
                shares.insert(*number, self.rows_of(check, &within, &roster)?);
            }
        }
        open.retain_mut(|o| {
            let Some(check) = checks.get(&o.sync) else { return false };
            if is_for(check, &within, &roster) {
                return true;
            }
            let Some(rows) = shares.get(&o.sync).and_then(|s| s.get(&o.cause.number)).copied() else { return false };
            // Of the district's file only the organization's rows count.
            o.cause.clears = o.cause.clears.min(rows);
            o.corrected = o.corrected.min(rows);
            o.cause.rows = rows;
            true
        });
        open.sort_by_key(|o| (std::cmp::Reverse(o.cause.clears), std::cmp::Reverse(o.cause.rows), o.cause.number));
        Ok(open)
    }

    /// An organization and all below it.
    fn orgs_below(roster: &Roster, org: &str) -> HashSet<OrgNo> {
        let mut within: HashSet<OrgNo> = roster.org_by_external_id(org).into_iter().collect();
        loop {
            let below = roster.orgs().filter(|(n, o)| !within.contains(n) && o.parent.is_some_and(|p| within.contains(&p)));
            let below: Vec<OrgNo> = below.map(|(n, _)| n).collect();
            if below.is_empty() {
                return within;
            }
            within.extend(below);
        }
    }

    /// Whether a sync has to do with those organizations: it was for one of them, or for the whole district through a feed that brings
    /// people there. Of the second sort nothing is within a scope.
    fn concerns(&self, sync: &Sync, within: &HashSet<OrgNo>, roster: &Roster) -> bool {
        if is_for(sync, within, roster) {
            return true;
        }
        let district = sync.org.is_none() && self.surroundings.scope.is_none();
        let counts = district.then(|| self.org_counts(roster));
        counts.is_some_and(|counts| within.iter().filter_map(|o| counts.get(o.0 as usize)).any(|c| c.feeds.contains(&sync.feed)))
    }

    /// Of a check of a district's file: by cause, how many refused rows name one of the organizations.
    fn rows_of(&self, sync: &Sync, within: &HashSet<OrgNo>, roster: &Roster) -> Result<HashMap<u32, u64>, Trouble> {
        let mut rows = HashMap::new();
        let Ok(source) = self.source(sync) else { return Ok(rows) };
        let named = [Target::Person(Field::Orgs), Target::Class(ClassField::Org)];
        let Some(column) = named.into_iter().find_map(|t| source.profile.column_to(t)) else { return Ok(rows) };
        let Some(cell) = source.loaded.columns.at.get(column).copied().flatten() else { return Ok(rows) };
        let mut found: Vec<(u32, u32)> = Vec::new();
        self.store.findings(sync.number, &mut |f| {
            found.extend(f.record.filter(|_| f.severity >= Severity::Error).map(|record| (record, f.cause)));
            found.len() < MOST
        })?;
        found.dedup();
        let mut last: (u32, bool) = (0, false);
        for (record, cause) in found {
            if last.0 != record {
                let names = source.row(record).is_some_and(|row| {
                    let value = source.loaded.columns.taken(column, row.cells.get(cell).unwrap_or_default());
                    let value = String::from_utf8_lossy(crate::intake::trim(value)).into_owned();
                    value.split(';').any(|id| roster.org_by_external_id(id.trim()).is_some_and(|o| within.contains(&o)))
                });
                last = (record, names);
            }
            if last.1 {
                *rows.entry(cause).or_default() += 1;
            }
        }
        Ok(rows)
    }
}

/// Whether a sync was for one of those organizations.
fn is_for(sync: &Sync, within: &HashSet<OrgNo>, roster: &Roster) -> bool {
    sync.org.as_deref().and_then(|o| roster.org_by_external_id(o)).is_some_and(|o| within.contains(&o))
}

fn people_within(roster: &Roster, within: &HashSet<OrgNo>, kind: Kind) -> u64 {
    let fits = |p: &crate::roster::PersonRef<'_>| p.role().family().kind() == kind && p.orgs().iter().any(|o| within.contains(o));
    roster.people().filter(|(n, p)| fits(p) && roster.record((*n).into()).is_some_and(|r| is_active(Table::People, r))).count() as u64
}
