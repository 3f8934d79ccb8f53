//! Feeds: set up, changed, taken away, and picked up from their drop folders.

use super::office::Office;
use super::{Desk, Event, FeedInfo, Import, JobNo, Reply, Trouble, TroubleSort};
use crate::ledger::{Feed, Map, Mode};

/// Through what a file comes: what was asked for, filled up with what its feed says.
pub(super) struct Through {
    /// The feed, where one was named.
    pub(super) feed: Option<Feed>,
    /// The profile or bundle, where one was named or the feed has it.
    pub(super) profile: Option<String>,
    /// The mapping.
    pub(super) map: Option<Map>,
    /// The organization.
    pub(super) org: Option<String>,
    /// The mode.
    pub(super) mode: Option<Mode>,
}

impl Office {
    /// What an import comes through. Refused where there is no such feed or mapping.
    pub(super) fn through(&self, import: &Import) -> Result<Through, Trouble> {
        Ok(Through { feed: None, profile: import.profile.clone(), map: None, org: import.org.clone(), mode: import.mode })
    }

    /// The feeds, by name.
    pub(super) fn feeds(&self) -> Result<Vec<FeedInfo>, Trouble> {
        Err(Trouble::new(TroubleSort::Internal, "not built", ""))
    }

    /// Makes or changes a feed.
    pub(super) fn put_feed(&self, _feed: &Feed, _replaces: Option<&str>) -> Result<Vec<FeedInfo>, Trouble> {
        Err(Trouble::new(TroubleSort::Internal, "not built", ""))
    }
}

impl Desk {
    /// Takes a feed away.
    pub(super) fn remove_feed(&self, _job: JobNo, _name: &str, _on_event: &mut dyn FnMut(Event) -> bool) -> Result<Reply, Trouble> {
        Err(Trouble::new(TroubleSort::Internal, "not built", ""))
    }

    /// Imports what lies in a feed's drop folder.
    pub(super) fn pick_up(
        &self,
        _job: JobNo,
        _feed: &str,
        _dry_run: bool,
        _on_event: &mut dyn FnMut(Event) -> bool,
    ) -> Result<Reply, Trouble> {
        Err(Trouble::new(TroubleSort::Internal, "not built", ""))
    }
}
