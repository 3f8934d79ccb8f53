//! What was worked out from one state of the roster: sorted lists, counts, the search index. Thrown away when that changes.

use std::collections::HashMap;
use std::sync::Arc;

use super::classes::{ClassList, TieList};
use super::holds::{Flipped, Removals};
use super::office::{Office, lock};
use super::source::Beside;
use super::{HitWhat, PeopleQuery, SchoolShare};
use crate::ledger::SyncNo;
use crate::roster::{Family, FeedNo, Roster, Status, Table};
use crate::search::Index;

/// What was worked out.
#[derive(Default)]
pub(super) struct Views {
    /// The list of people that was asked for last, and for what.
    pub(super) people: Option<(u64, PeopleQuery, Arc<Vec<u32>>)>,
    /// Classes by title.
    pub(super) classes: Option<ClassList>,
    /// The enrollments or links at the organization that was asked for last.
    pub(super) ties: Option<TieList>,
    /// By organization.
    orgs: Option<(u64, Arc<Vec<OrgCounts>>)>,
    /// The search index and the roster's position it is of.
    index: Option<(u64, Arc<Index>)>,
    /// The refused rows of the latest uploads as lines to search, and the syncs they are of.
    pub(super) refused: Option<(Vec<SyncNo>, Arc<Refused>)>,
    /// What plans do to schools, by sync, and the roster's position they are of.
    pub(super) shares: HashMap<SyncNo, (u64, Vec<SchoolShare>)>,
    /// Open errors by organization, and the syncs they are of.
    pub(super) open_errors: Option<(Vec<SyncNo>, Arc<Vec<u64>>)>,
    /// Who would be disabled by the sync that was asked for last.
    pub(super) removals: Option<Removals>,
    /// Whose status entries of the journal changed, by position.
    pub(super) flipped: Flipped,
    /// A dry run of a set, the roster's position, and the roster as the dry runs before it would leave that.
    pub(super) ahead: Option<(SyncNo, u64, Roster)>,
    /// Titles of classes and courses, and the roster's position they are of.
    pub(super) titles: Option<(u64, Arc<crate::search::Titles>)>,
    /// How many in use of each kind each school has, and the roster's position.
    pub(super) at_schools: Option<(u64, Arc<super::shares::AtSchools>)>,
    /// The undo that was looked at last.
    pub(super) undoing: Option<super::undoing::Looked>,
    /// The two syncs that were compared last.
    pub(super) compared: super::compare::Kept,
    /// What the row form needs.
    pub(super) beside: Option<Arc<Beside>>,
}

/// Refused rows as lines to search.
#[derive(Default)]
pub(super) struct Refused {
    /// Name, ID, e-mail.
    pub(super) lines: Vec<String>,
    /// The organizations that each names, as the file has them.
    pub(super) orgs: Vec<String>,
    /// Which row, and what is wrong with it.
    pub(super) rows: Vec<(HitWhat, String)>,
}

/// Who is at one organization.
#[derive(Clone, Debug, Default)]
pub(super) struct OrgCounts {
    pub(super) staff: u64,
    pub(super) students: u64,
    /// The feeds that bring people there.
    pub(super) feeds: Vec<FeedNo>,
}

impl Office {
    /// Who is at each organization, by its number. One pass over everybody for each state of the roster.
    pub(super) fn org_counts(&self, roster: &Roster) -> Arc<Vec<OrgCounts>> {
        if let Some((_, counts)) = lock(&self.views).orgs.as_ref().filter(|o| o.0 == roster.position()) {
            return counts.clone();
        }
        let mut counts = vec![OrgCounts::default(); roster.table(Table::Orgs).len()];
        let mut at = Vec::new();
        for (_, person) in roster.people() {
            let (active, family) = (person.status() == Status::Active, person.role().family());
            at.clear();
            person.each_share(|feed, org| {
                let Some(count) = counts.get_mut(org.0 as usize) else { return };
                if !count.feeds.contains(&feed) {
                    count.feeds.push(feed);
                }
                if active && !at.contains(&org) {
                    at.push(org);
                    match family {
                        Family::Staff => count.staff += 1,
                        Family::Students => count.students += 1,
                        Family::Guardians => {}
                    }
                }
            });
        }
        let counts = Arc::new(counts);
        lock(&self.views).orgs = Some((roster.position(), counts.clone()));
        counts
    }

    /// The search index of that roster; built where it is not there yet.
    pub(super) fn index(&self, roster: &Roster) -> Arc<Index> {
        // Who comes while it is being built waits for that one instead of building another.
        let _building = lock(&self.building);
        if let Some((_, index)) = lock(&self.views).index.as_ref().filter(|i| i.0 == roster.position()) {
            return index.clone();
        }
        let index = Arc::new(Index::build(roster));
        lock(&self.views).index = Some((roster.position(), index.clone()));
        index
    }
}
