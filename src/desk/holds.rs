//! Who would be disabled by what is held, and accounts that keep being switched off and on.

use super::office::Office;
use super::{Flip, Page, Removal, Trouble, TroubleSort, Window};
use crate::ledger::SyncNo;

impl Office {
    /// Who would be disabled, the school that loses most first.
    pub(super) fn removals(&self, _sync: SyncNo, _window: Window) -> Result<Page<Removal>, Trouble> {
        Err(Trouble::new(TroubleSort::Internal, "not built", ""))
    }

    /// Accounts that a feed's syncs keep switching off and on.
    pub(super) fn flips(&self) -> Result<Vec<Flip>, Trouble> {
        Err(Trouble::new(TroubleSort::Internal, "not built", ""))
    }
}
