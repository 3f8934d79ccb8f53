//! Who may open the store: one process at a time. The lock is the operating system's on the file `lock`; what the file
//! says is only for people.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Opening, StoreError};
use crate::ledger::Timestamp;

/// Who holds a store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Process number; 0 where it has not said yet.
    pub pid: u32,
    /// User.
    pub user: String,
    /// Machine.
    pub host: String,
    /// Since when.
    pub since: Timestamp,
    /// Whether others may work through it; one of an earlier version does not say.
    #[serde(default)]
    pub shares: bool,
}

/// The lock, held until dropped.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Drop for Lock {
    /// Nobody shall be told of a holder that has gone.
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
    }
}

impl Lock {
    /// Takes the lock of the store in `dir` and says in it who does.
    pub(super) fn take(dir: &Path, opening: &Opening) -> Result<Self, StoreError> {
        let path = dir.join("lock");
        let fault = |error| StoreError::io("Cannot take the lock", &path, error);
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(fault)?;
        // Who only looks (`holder`) has the lock for a moment, too.
        let mut locked = file.try_lock();
        for _ in 0..3 {
            if matches!(locked, Err(TryLockError::WouldBlock)) {
                std::thread::sleep(Duration::from_millis(3));
                locked = file.try_lock();
            }
        }
        match locked {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let Holder { pid, user, host, since, shares } = read(&mut file);
                return Err(StoreError::InUse { user, host, pid, since, shares });
            }
            Err(TryLockError::Error(error)) => return Err(fault(error)),
        }
        let (user, host) = (opening.by.0.clone(), opening.host.clone());
        let holder = Holder { pid: std::process::id(), user, host, since: opening.now, shares: opening.shares };
        let text = serde_json::to_vec(&holder).unwrap_or_default();
        file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(&text)).and_then(|()| file.set_len(text.len() as u64)).map_err(fault)?;
        Ok(Self { file })
    }
}

/// Who holds the store in `dir`; `None` if nobody does.
pub(super) fn holder(dir: &Path) -> Option<Holder> {
    let mut file = File::open(dir.join("lock")).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(read(&mut file)),
        _ => None,
    }
}

fn read(file: &mut File) -> Holder {
    let mut text = Vec::new();
    let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut text));
    if read.is_err() { Holder::default() } else { serde_json::from_slice(&text).unwrap_or_default() }
}
