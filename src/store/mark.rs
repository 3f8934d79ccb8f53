//! The mark: how often `control` has been published, kept beside it in the file `published`.
//!
//! sled takes a damaged record for the end of its log and opens with what came before, as if the rest had never been. The
//! same number is in every batch that is published; where `control` has less than the mark, it has lost some.
//!
//! The file has 16 bytes: the number (little end first) and its checksum. It is written in place after what it counts
//! lasts, and is itself not made to last: behind is no harm, ahead is impossible.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use super::StoreError;

/// The file `published`.
#[derive(Debug)]
pub(super) struct Mark {
    file: File,
}

impl Mark {
    /// The mark in `dir`, which is made if it is not there; and its number, `None` where the file does not say.
    pub(super) fn open(dir: &Path) -> Result<(Self, Option<u64>), StoreError> {
        let path = dir.join("published");
        let fault = |e| StoreError::io("Cannot open", &path, e);
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(fault)?;
        let mut bytes = [0; 16];
        let number = match file.read_exact_at(&mut bytes, 0) {
            Ok(()) => bytes.first_chunk::<8>().map(|n| u64::from_le_bytes(*n)).filter(|n| form(*n) == bytes),
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => None,
            Err(e) => return Err(fault(e)),
        };
        Ok((Self { file }, number))
    }

    pub(super) fn set(&self, number: u64) -> io::Result<()> {
        self.file.write_all_at(&form(number), 0)
    }

    /// Makes it last: once, when the store is new.
    pub(super) fn settle(&self) -> io::Result<()> {
        self.file.sync_all()
    }
}

fn form(number: u64) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    let sum = blake3::hash(&bytes[..8]);
    bytes[8..].copy_from_slice(&sum.as_bytes()[..8]);
    bytes
}
