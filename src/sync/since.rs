//! How long a cause has been with us: new, or in how many of the feed's syncs in a row.

use std::collections::HashMap;

use super::Failed;
use crate::ledger::{Cause, Since, Sync, SyncKind, SyncStatus};
use crate::store::Store;

/// Ages the causes of a sync by those of the feed's sync before it. A re-run is the same day as what it runs again.
pub(super) fn age(store: &Store, sync: &Sync, causes: &mut [Cause]) -> Result<(), Failed> {
    if causes.is_empty() {
        return Ok(());
    }
    let counts = |s: &Sync| {
        s.feed == sync.feed
            && !matches!(s.kind, SyncKind::Undo { .. })
            && s.status != SyncStatus::DryRun
            && (s.stands() || s.status == SyncStatus::Undone)
    };
    let root = sync.root();
    let (before, more) = match sync.kind {
        SyncKind::Rerun { of, .. } => (store.sync(of)?, 0),
        _ => (store.syncs()?.into_iter().find(|s| s.number < sync.number && s.root() != root && counts(s)), 1),
    };
    let Some(before) = before else { return Ok(()) };
    let known: HashMap<_, _> = store.causes(before.number)?.into_iter().map(|c| ((c.code, c.column, c.value), c.since)).collect();
    for cause in causes {
        let key = (cause.code, cause.column.clone(), cause.value.clone());
        cause.since = match known.get(&key) {
            None => Since::New,
            Some(Since::New) if more == 0 => Since::New,
            Some(Since::New) => Since::Syncs(1 + more),
            Some(Since::Syncs(n)) => Since::Syncs(n + more),
        };
    }
    Ok(())
}
