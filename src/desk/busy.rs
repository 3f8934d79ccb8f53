//! Changes that are being made: whoever ends waits for them, so that what was begun is done.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::caller::CallerNo;
use super::roles::{Need, needs};
use super::{Desk, Request};

/// The changes that are being made, by whom.
#[derive(Default)]
pub(super) struct Busy {
    making: Mutex<Vec<CallerNo>>,
    done: Condvar,
}

/// One change that is being made, until dropped.
pub(super) struct Making<'b>(&'b Busy, CallerNo);

impl Drop for Making<'_> {
    fn drop(&mut self) {
        let mut making = self.0.making();
        if let Some(at) = making.iter().position(|n| *n == self.1) {
            making.swap_remove(at);
        }
        drop(making);
        self.0.done.notify_all();
    }
}

impl Busy {
    fn making(&self) -> MutexGuard<'_, Vec<CallerNo>> {
        self.making.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that a change is being made.
    pub(super) fn make(&self, by: CallerNo) -> Making<'_> {
        self.making().push(by);
        Making(self, by)
    }
}

impl Desk {
    /// Whether a change is being made: a sync, a correction, an edit, by anybody.
    pub fn is_busy(&self) -> bool {
        !self.office.busy.making().is_empty()
    }

    /// Waits until no change is being made, or that time is over; whether none is.
    pub fn wait_idle(&self, at_most: Duration) -> bool {
        let busy = &self.office.busy;
        let waited = busy.done.wait_timeout_while(busy.making(), at_most, |making| !making.is_empty());
        waited.unwrap_or_else(PoisonError::into_inner).0.is_empty()
    }

    /// Asks the work of this caller to stop.
    pub fn cancel_own(&self) {
        self.office.cancel_own();
    }

    /// Asks all work of everybody to stop.
    pub fn cancel_all(&self) {
        self.office.cancel_all();
    }
}

impl Request {
    /// Whether it may leave something changed.
    pub fn is_change(&self) -> bool {
        self.is_long() || matches!(needs(self), Need::Change | Need::SetUp)
    }
}
