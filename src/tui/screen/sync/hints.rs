//! What stands above a sync's causes: what the operator should know or do about it now.

use super::SyncScreen;
use crate::desk::SnoozeState;
use crate::ledger::SyncStatus;
use crate::tui::look::number;
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
        let asleep = d.about.iter().filter(|a| a.snooze.as_ref().is_some_and(|s| s.state == SnoozeState::Asleep)).count() as u64;
        let went = self.gone.get().map_or(0, Vec::len) as u64;
        let beside: Vec<String> = [(asleep, "snoozed, at the end"), (went, "resolved since the check before: tab")]
            .into_iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, what)| format!("{} {what}", number(n)))
            .collect();
        if !beside.is_empty() {
            hints.push((format!("{}.", beside.join(", ")), Role::Dim));
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
