//! Two syncs of the log beside each other: the two that are marked, or the selected one and the one before it.

use super::super::Effect;
use super::super::compare::CompareScreen;
use super::Syncs;
use crate::ledger::SyncNo;

impl Syncs {
    /// Compares the two that are marked; without marks the selected one with the one before it of its feed.
    pub(super) fn compare(&self) -> Vec<Effect> {
        // They are marked by number, and come in its order: the older first.
        let screen = match self.list.marks()[..] {
            [older, newer] => Some(CompareScreen::new(Some(SyncNo(older as u32)), SyncNo(newer as u32))),
            _ => self.list.selected().map(|s| CompareScreen::new(None, s.number)),
        };
        screen.map(|s| Effect::Push(Box::new(s))).into_iter().collect()
    }
}
