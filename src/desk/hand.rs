//! What is made by hand.

use super::{AddWhat, Desk, Event, JobNo, Reply, Trouble, TroubleSort};

impl Desk {
    /// Makes a record by hand.
    pub(super) fn add(
        &self,
        _job: JobNo,
        _what: AddWhat,
        _fields: &[(String, String)],
        _on_event: &mut dyn FnMut(Event) -> bool,
    ) -> Result<Reply, Trouble> {
        Err(Trouble::new(TroubleSort::Internal, "not built", ""))
    }
}
