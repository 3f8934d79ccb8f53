//! What can go wrong with a store: what, where, and what to do next.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::ledger::Timestamp;

/// Why the store could not do something. Nothing was changed on the roster when one of these comes back.
#[derive(Debug)]
pub enum StoreError {
    /// Another process holds the store (RUN-601). Blank and zero where the holder has not yet said who it is.
    InUse {
        /// Who.
        user: String,
        /// On which machine.
        host: String,
        /// Process number there.
        pid: u32,
        /// Since when.
        since: Timestamp,
        /// Whether others may work through it.
        shares: bool,
    },
    /// There is not enough room on the disk. Bytes.
    Full {
        /// What is wanted before writing begins.
        needed: u64,
        /// What is there.
        free: u64,
        /// Where.
        path: PathBuf,
    },
    /// Bytes are not those that were written.
    Damaged {
        /// Of what.
        what: String,
        /// Where.
        path: PathBuf,
    },
    /// Written by a newer program.
    TooNew {
        /// The form found.
        found: u32,
        /// The newest form this program knows.
        known: u32,
    },
    /// Written by a program before the first release, in a form that is not read any more.
    TooOld {
        /// The form found.
        found: u32,
        /// The form this program knows.
        known: u32,
        /// Where.
        path: PathBuf,
    },
    /// The plan was made against a roster that is no longer the current one.
    Moved {
        /// The journal's position now.
        expected: u64,
        /// The position the plan was made against.
        found: u64,
    },
    /// The operating system or the engine refused.
    Io {
        /// What was being done.
        doing: String,
        /// With what.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
}

impl StoreError {
    pub(super) fn io(doing: impl Into<String>, path: impl Into<PathBuf>, error: io::Error) -> Self {
        Self::Io { doing: doing.into(), path: path.into(), error }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse { user, pid: 0, .. } if user.is_empty() => {
                write!(f, "The database is in use by another process. Wait for it (--wait), or work through that process.")
            }
            Self::InUse { user, host, pid, since, .. } => write!(
                f,
                "The database is in use by {user} on {host} since {} (pid {pid}). Wait for it (--wait), or work through that process.",
                time(*since)
            ),
            Self::Full { needed, free, path } => write!(
                f,
                "Not enough room on the disk of {}: {} wanted, {} free. Nothing was changed. Free some space and try again.",
                path.display(),
                size(*needed),
                size(*free)
            ),
            Self::Damaged { what, path } => write!(
                f,
                "Damaged: {what} in {}. Run `homeroom verify --deep` to see what else is, and restore the newest backup.",
                path.display()
            ),
            Self::TooNew { found, known } => {
                write!(f, "The database was written by a newer Homeroom (form {found}, this one knows {known}). Use the newer program.")
            }
            Self::TooOld { found, known, path } => write!(
                f,
                "The database in {} was written by an older Homeroom (form {found}, this one knows {known}). \
                 Move that folder away and import the files again into a new database.",
                path.display()
            ),
            Self::Moved { expected, found } => write!(
                f,
                "The roster has changed since the plan was made (position {found}, now {expected}). Nothing was changed. Plan again."
            ),
            Self::Io { doing, path, error } => {
                write!(f, "{doing} {}: {error}. Check the disk and its rights, then open the database again.", path.display())
            }
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.0).map_or_else(|_| "?".to_owned(), |t| t.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{} KB", bytes / 1_000),
        10_000_000..10_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_where_and_what_next() {
        let (user, host) = ("ana".into(), "sis1".into());
        let in_use = StoreError::InUse { user, host, pid: 77, since: Timestamp(1_700_000_000_000_000), shares: false };
        assert_eq!(
            in_use.to_string(),
            "The database is in use by ana on sis1 since 2023-11-14 22:13 UTC (pid 77). Wait for it (--wait), or work through that process."
        );
        let full = StoreError::Full { needed: 250_000_000, free: 9_000, path: "/data/hr".into() };
        assert!(full.to_string().contains("/data/hr: 250 MB wanted, 9000 bytes free"));
    }
}
