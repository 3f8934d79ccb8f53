//! Did you mean: a message's end that names what was probably meant.

use crate::feed::near::nearest;

/// `; did you mean X?`, or nothing where no name is near.
pub(super) fn did_you_mean<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    nearest(word, names).map(|n| format!("; did you mean {n}?")).unwrap_or_default()
}
