//! Imports: one file, a bundle, or files that belong together.

use super::{Desk, Event, Import, JobNo, Reply, Trouble, TroubleSort};
use crate::sync;

impl Desk {
    /// Imports a file, or each file of a bundle.
    pub(super) fn import(&self, job: JobNo, import: &Import, on_event: &mut dyn FnMut(Event) -> bool) -> Result<Reply, Trouble> {
        let through = self.office.through(import)?;
        self.ran(job, on_event, |runner, roster| {
            runner.import(
                roster,
                &sync::Import {
                    path: &import.path,
                    feed: through.feed.as_ref(),
                    profile: through.profile.as_deref(),
                    map: through.map.as_ref(),
                    org: through.org.as_deref(),
                    mode: through.mode,
                    dry_run: import.dry_run,
                    hold: import.hold,
                    confirm: import.confirm,
                    read_as: import.read_as.clone(),
                },
            )
        })
    }

    /// Imports files that belong together, in reference order.
    pub(super) fn import_set(&self, _job: JobNo, _imports: &[Import], _on_event: &mut dyn FnMut(Event) -> bool) -> Result<Reply, Trouble> {
        Err(Trouble::new(TroubleSort::Internal, "not built", ""))
    }
}
