//! What the operator should know or do about a sync now, in lines above its causes.

use ratatui::layout::Size;

use super::{EXPLAINED, LEAST_CAUSES, SyncScreen};
use crate::desk::SnoozeState;
use crate::ledger::{SyncStatus, Tally};
use crate::tui::look::number;
use crate::tui::screen::paint::grid_height;
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

    pub(super) fn above(&self) -> u16 {
        let grid = self.detail.get().map_or(2, |d| grid_height(&d.sync.counts));
        let bar = u16::from(self.has_bar());
        grid + bar + self.hints().len() as u16 + self.attached_lines() + u16::from(self.runs.busy()) + 1
    }

    /// Whether there is room for one line of what became of the records.
    pub(super) fn has_bar(&self) -> bool {
        self.room.height >= 18 && self.detail.get().is_some_and(|d| d.sync.counts.total() != Tally::default())
    }

    /// Lines that explain what is selected: beside the list they have room; below it they give way to the causes themselves.
    pub(super) fn explained(&self, room: Size) -> u16 {
        let causes = room.height.saturating_sub(self.above() + EXPLAINED);
        if room.width < crate::tui::widget::WIDE && room.height >= 16 && causes >= LEAST_CAUSES { EXPLAINED } else { 0 }
    }
}
