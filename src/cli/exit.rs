//! How a command ends: the exit codes, and why one stopped.

use std::io;

use crate::desk::{SyncDetail, Trouble, TroubleSort};
use crate::ledger::{Finding, SyncStatus};

/// The exit codes. They are public: scripts and cron jobs rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Applied, or nothing to do; or the question was answered.
    Done,
    /// Applied, some rows refused.
    RowsRefused,
    /// Usage or configuration.
    Usage,
    /// Held by a safety limit.
    Held,
    /// The file was refused whole.
    FileRefused,
    /// The store is in use, full or damaged.
    Store,
    /// Not permitted, or outside the operator's scope.
    NotPermitted,
    /// `status`: a file that was expected did not come.
    Missing,
    /// As a monitoring plugin exits: 0 well, 1 warning, 2 critical, 3 unknown.
    Plugin(u8),
    /// An internal error.
    Internal,
    /// Interrupted, can be repeated.
    Interrupted,
    /// The console was ended by that signal.
    Signal(u8),
}

impl Exit {
    /// From the worst to the best.
    const WORST_FIRST: [Self; 10] = [
        Self::Internal,
        Self::Store,
        Self::NotPermitted,
        Self::Usage,
        Self::FileRefused,
        Self::Missing,
        Self::Held,
        Self::Interrupted,
        Self::RowsRefused,
        Self::Done,
    ];

    /// The code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::RowsRefused => 1,
            Self::Usage => 2,
            Self::Held => 3,
            Self::FileRefused => 4,
            Self::Store => 5,
            Self::NotPermitted => 6,
            Self::Missing => 7,
            Self::Plugin(code) => code,
            Self::Internal => 70,
            Self::Interrupted => 75,
            Self::Signal(number) => 128_u8.saturating_add(number),
        }
    }

    /// The worse of two: what a set of several files exits with.
    #[must_use]
    pub fn or_worse(self, other: Self) -> Self {
        let rank = |e: Self| Self::WORST_FIRST.iter().position(|w| *w == e);
        if rank(self) <= rank(other) { self } else { other }
    }

    /// How a sync ended; a dry run as the run would.
    pub(super) fn of(detail: &SyncDetail) -> Self {
        let sync = &detail.sync;
        match sync.status {
            SyncStatus::Held => Self::Held,
            SyncStatus::Failed => detail.file_findings.iter().map(Self::of_failure).fold(Self::FileRefused, Self::or_worse),
            SyncStatus::Cancelled => Self::Interrupted,
            SyncStatus::DryRun if sync.hold.is_some() => Self::Held,
            SyncStatus::CompletedWithErrors | SyncStatus::DryRun if sync.rows_with_errors > 0 => Self::RowsRefused,
            SyncStatus::CompletedWithErrors => Self::RowsRefused,
            _ => Self::Done,
        }
    }

    /// A sync fails because of its file, unless the findings say that it was the store or our own fault.
    fn of_failure(finding: &Finding) -> Self {
        match finding.code.name() {
            "RUN-601" | "RUN-603" => Self::Store,
            "RUN-606" => Self::Internal,
            _ => Self::FileRefused,
        }
    }

    pub(super) fn of_trouble(sort: TroubleSort) -> Self {
        match sort {
            TroubleSort::Usage | TroubleSort::Refused => Self::Usage,
            TroubleSort::Store => Self::Store,
            TroubleSort::NotPermitted => Self::NotPermitted,
            TroubleSort::Cancelled => Self::Interrupted,
            TroubleSort::Internal => Self::Internal,
        }
    }
}

/// Why a command stopped.
#[derive(Debug)]
pub(super) enum Stop {
    /// The desk, or the command itself, could not do it.
    Trouble(Trouble),
    /// Standard output or error could not be written to.
    Output(io::Error),
}

impl Stop {
    /// What was asked for makes no sense; `next` says what does.
    pub(super) fn usage(message: impl Into<String>, next: impl Into<String>) -> Self {
        Self::Trouble(Trouble::new(TroubleSort::Usage, message, next))
    }
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_of_several() {
        // 70, 5, 6, 4, 7, 3, 75, 1, 0; and a command that made no sense before a file that did not.
        let codes = [70, 5, 6, 2, 4, 7, 3, 75, 1, 0];
        assert_eq!(Exit::WORST_FIRST.map(Exit::code), codes);
        for pair in Exit::WORST_FIRST.windows(2) {
            assert_eq!(pair[0].or_worse(pair[1]), pair[0]);
            assert_eq!(pair[1].or_worse(pair[0]), pair[0]);
            assert_eq!(pair[0].or_worse(pair[0]), pair[0]);
        }
    }
}
