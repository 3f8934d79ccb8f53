//! What becomes of a request when the process that was to answer it has ended.

use crate::desk::{Reply, Request, SyncDetail, Trouble, TroubleSort};
use crate::ledger::{SyncNo, SyncStatus};

/// What to do with a request whose answer did not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// Ask again: it only looks, or doing it twice does it once.
    Again,
    /// Look whether its sync was done.
    Look(SyncNo),
    /// Nobody can say whether it was done.
    Unknown,
}

/// What to do with a request; `sync` is the one that it said it runs.
pub(super) fn lost(request: &Request, sync: Option<SyncNo>) -> Lost {
    match request {
        // The same cells, the same values: what was done already changes nothing.
        Request::Fix { .. }
        | Request::EditPerson { .. }
        | Request::EditOrg { .. }
        | Request::Edit { .. }
        | Request::Careful { .. }
        | Request::PutMap(_)
        | Request::Verify { .. }
        | Request::Undo { dry_run: true, .. } => Lost::Again,
        Request::Apply { sync, .. } => Lost::Look(*sync),
        Request::Import(_) | Request::Rerun { .. } | Request::Undo { .. } => sync.map_or(Lost::Unknown, Lost::Look),
        request if request.is_change() => Lost::Unknown,
        _ => Lost::Again,
    }
}

/// What is said where nobody can say whether it was done.
pub(super) fn unknown(request: &Request) -> Trouble {
    let see = match request {
        Request::ImportSet(_) | Request::Import(_) | Request::PickUp { .. } | Request::Rerun { .. } | Request::Undo { .. } => {
            "Look at the history before you ask again: homeroom syncs, or 4 in the console."
        }
        Request::Abandon { .. } => "Look at the sync before you ask again: homeroom sync N.",
        _ => "Look whether it is there before you ask again.",
    };
    Trouble::new(TroubleSort::Store, "The process that held the database ended. Whether this was done is not known.", see)
}

/// What the next holder knows of the sync of a request: the answer, or none where it is to be asked again.
pub(super) fn looked(request: &Request, reply: Reply) -> Option<Reply> {
    let detail = match reply {
        Reply::Sync(detail) => detail,
        other => return Some(other),
    };
    let waits = matches!(detail.sync.status, SyncStatus::DryRun | SyncStatus::Held);
    match request {
        Request::Apply { .. } if waits && !cut_off(&detail) => None,
        _ if cut_off(&detail) || !detail.sync.status.is_done() => {
            let what = format!(
                "Sync {} ({}) was cut off: the process that held the database ended. Nothing of it was applied.",
                detail.sync.number, detail.sync.file
            );
            Some(Reply::Trouble(Trouble::new(TroubleSort::Cancelled, what, "Ask for it again.")))
        }
        _ => Some(Reply::Ran(Box::new(crate::desk::Ran { detail: *detail, left: Vec::new() }))),
    }
}

fn cut_off(detail: &SyncDetail) -> bool {
    detail.sync.note.as_deref().is_some_and(|n| n.contains("cut off"))
}
