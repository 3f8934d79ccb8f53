//! Rows that are courses or classes.

use super::{Ask, Checked, Stopped};

/// Checks every row.
pub(super) fn check(_ask: &Ask<'_>, _progress: &mut dyn FnMut(u64, u64) -> bool) -> Result<Checked, Stopped> {
    Ok(Checked::default())
}
