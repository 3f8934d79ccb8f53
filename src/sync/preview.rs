//! What waits: the plan of a dry run or of a hold, worked out again against the roster as it is. And where what was applied stands.

use super::makers::maker;
use super::proposal::{Asked, Proposal};
use super::{Failed, read};
use crate::check::{self, Ask, Lets};
use crate::feed::Profiles;
use crate::ledger::{Actor, EntryKind, Feed, Plan, Sync, SyncKind};
use crate::roster::Roster;
use crate::store::Store;

/// What approving a sync would change now: its upload checked and planned again, nothing published. Where its rows have been applied
/// and the removals wait, the removals alone.
pub fn preview(store: &Store, profiles: &Profiles, roster: &Roster, sync: &Sync) -> Result<Plan, Failed> {
    let (loaded, profile) = read::load(store, profiles, sync)?;
    let overlay = match sync.kind {
        SyncKind::Rerun { of, .. } => read::overlay(&store.corrections(of)?),
        _ => read::overlay(&store.laid_corrections(sync.root())?),
    };
    let decided = read::decided(&store.decisions(sync.root())?);
    let feed = store.feed(&sync.feed_name)?;
    let lets = feed.as_ref().map_or(Lets::default(), |f| Lets { names: f.update_names, passwords: f.update_passwords });
    let feed = feed.unwrap_or_else(|| Feed::new(&sync.feed_name, &sync.profile));
    let main = read::main_feeds(store)?;
    let made_by = |entity| maker(store, sync.root(), entity);
    let ask = Ask {
        sheet: &loaded.sheet,
        columns: &loaded.columns,
        profile,
        roster,
        feed: sync.feed,
        org: sync.org.as_deref().and_then(|o| roster.org_by_external_id(o)),
        overlay: &overlay,
        decided: Some(&decided),
        lets,
        main: &main,
        makers: Some(&made_by),
    };
    let Ok(mut checked) = check::check(&ask, &mut |_, _| true) else { return Ok(Plan::default()) };
    let counted = Sync { rows: checked.rows, rows_with_errors: checked.rows_with_errors, ..sync.clone() };
    let last = match sync.kind {
        SyncKind::Rerun { of, all: false } => Some(super::rerun::last_outcomes(store, of)?),
        _ => None,
    };
    let asked = Asked { sync: &counted, feed: &feed, by: &Actor::default(), last: last.as_deref(), confirm: None };
    let mut proposal = Proposal::of(store, &ask, &asked, &mut checked)?;
    if sync.removals_wait() {
        proposal.only_removals();
    } else {
        proposal.with_removals();
    }
    Ok(proposal.planned.plan)
}

/// The positions in the journal of what a sync applied, oldest first: one, or two where its removals were approved later.
pub fn applied(store: &Store, sync: &Sync) -> Result<Vec<u64>, Failed> {
    if sync.applied_at.is_none() {
        return Ok(Vec::new());
    }
    let of = |e: &crate::ledger::Entry| e.sync == Some(sync.number) && e.kind != EntryKind::Edit;
    Ok(store.entries()?.into_iter().filter(of).map(|e| e.position).collect())
}
