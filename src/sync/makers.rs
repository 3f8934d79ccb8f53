//! Who made a record: what a check of a profile that only creates asks of the journal.

use crate::check::Maker;
use crate::ledger::{SyncKind, SyncNo};
use crate::roster::Entity;
use crate::store::Store;

/// The sync that made a record as it is now on the roster, and whether that was a run of the upload whose first sync is `root`. `None`
/// for what was made by hand, or where the journal cannot be read: then the record is merely known.
pub fn maker(store: &Store, root: SyncNo, entity: Entity) -> Option<Maker> {
    let history = store.history(entity).ok()?;
    let (entry, _) = history.into_iter().rev().find(|(_, change)| change.before.is_none() && change.after.is_some())?;
    let made = entry.sync?;
    let mut of = store.sync(made).ok()??;
    // What an undo brought back is of the upload that was undone.
    while let SyncKind::Undo { of: undone } = of.kind {
        of = store.sync(undone).ok()??;
    }
    Some(Maker { sync: of.number, same_upload: of.root() == root })
}
