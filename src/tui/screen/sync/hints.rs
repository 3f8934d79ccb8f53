//! What stands above a sync's causes: what the operator should know or do about it now.

use super::SyncScreen;
use crate::ledger::SyncStatus;
use crate::tui::screen::words;
use crate::tui::theme::Role;

impl SyncScreen {
    /// What the operator should know or do about it now.
    pub(super) fn hints(&self) -> Vec<(String, Role)> {
        let Some(d) = self.detail.get() else { return Vec::new() };
        let mut hints = Vec::new();
        let of_status = match d.sync.status {
            SyncStatus::Held => {
                let codes = d.sync.hold.as_ref().map(|h| h.codes.join(", ")).unwrap_or_default();
                Some((format!("Held ({codes}): P shows the plan and approves, X abandons."), Role::Held))
            }
            SyncStatus::DryRun => {
                Some((String::from("Dry run, nothing was changed: P shows the plan and applies, X abandons."), Role::Accent))
            }
            SyncStatus::Failed => Some((d.sync.note.clone().unwrap_or_else(|| String::from("Failed; nothing was applied.")), Role::Error)),
            _ => None,
        };
        hints.extend(of_status);
        if d.pending_corrections > 0 {
            let cells = words::count(d.pending_corrections, "cell", "cells");
            hints.push((
                format!("{cells} in {} mended, not yet on the roster: R re-runs.", words::count(d.pending_rows, "row", "rows")),
                Role::Accent,
            ));
        }
        if let Some(last) = d.reruns.last().filter(|last| **last > d.sync.number) {
            hints.push((format!("Re-run since: the last one is {last}."), Role::Dim));
        }
        if let Some(by) = d.sync.undone_by {
            hints.push((format!("Undone by {by}."), Role::Dim));
        }
        hints
    }
}
