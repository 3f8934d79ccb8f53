//! Room on the disk, looked at before writing: a full disk in the middle of a write stops the engine.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::{Store, StoreError};

/// Bytes that stay free whatever is written: the engine needs room to open again.
pub(super) const RESERVE: u64 = 8 << 20;

/// Tells the free bytes of the disk that a path is on. Tests put in their own.
pub type Probe = Arc<dyn Fn(&Path) -> io::Result<u64> + Send + Sync>;

/// Free bytes for us on the disk of `path`.
pub(super) fn free(path: &Path) -> io::Result<u64> {
    let stat = rustix::fs::statvfs(path)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

impl Store {
    /// Free bytes on the store's disk.
    pub fn free_space(&self) -> Result<u64, StoreError> {
        (self.settings.free_space)(&self.dir).map_err(|e| StoreError::io("Cannot see the free space of", &self.dir, e))
    }

    /// Refuses to begin writing `bytes` where there is not 2.5 times the room.
    pub(super) fn need(&self, bytes: u64) -> Result<(), StoreError> {
        let needed = RESERVE + bytes.saturating_mul(5) / 2;
        let free = self.free_space()?;
        if free < needed { Err(StoreError::Full { needed, free, path: self.dir.clone() }) } else { Ok(()) }
    }
}
