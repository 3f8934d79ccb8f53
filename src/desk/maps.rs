//! Mappings: kept, taken away, and tried on a file.

use super::office::Office;
use super::{MapDraft, MapInfo, Output, Trouble, TroubleSort};
use crate::ledger::Map;

impl Office {
    /// The mappings, by name.
    pub(super) fn maps(&self) -> Result<Vec<MapInfo>, Trouble> {
        Err(Trouble::new(TroubleSort::Internal, "not built", ""))
    }

    /// Keeps a mapping.
    pub(super) fn put_map(&self, _map: &Map) -> Result<Vec<MapInfo>, Trouble> {
        Err(Trouble::new(TroubleSort::Internal, "not built", ""))
    }

    /// Takes a mapping away.
    pub(super) fn remove_map(&self, _name: &str) -> Result<Vec<MapInfo>, Trouble> {
        Err(Trouble::new(TroubleSort::Internal, "not built", ""))
    }

    /// What a mapping makes of a file.
    pub(super) fn draft_map(&self, _path: &str, _map: &Map) -> Result<MapDraft, Trouble> {
        Err(Trouble::new(TroubleSort::Internal, "not built", ""))
    }

    /// An empty file of a profile.
    pub(super) fn template(&self, _profile: &str) -> Result<Output, Trouble> {
        Err(Trouble::new(TroubleSort::Internal, "not built", ""))
    }
}
