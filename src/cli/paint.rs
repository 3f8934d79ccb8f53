//! Colours on the command line: few, and never the only sign of anything.

use std::io::{self, Write};

use crate::ledger::{Severity, SyncStatus};

/// What a text is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    Plain,
    Dim,
    Bold,
    Good,
    Warning,
    Bad,
}

impl Paint {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Dim => "2",
            Self::Bold => "1",
            Self::Good => "32",
            Self::Warning => "33",
            Self::Bad => "31",
        }
    }
}

impl From<Severity> for Paint {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Dim,
            Severity::Warning => Self::Warning,
            Severity::Error | Severity::Hold | Severity::Refused => Self::Bad,
        }
    }
}

impl From<SyncStatus> for Paint {
    fn from(status: SyncStatus) -> Self {
        match status {
            SyncStatus::Completed => Self::Good,
            SyncStatus::CompletedWithErrors | SyncStatus::Held | SyncStatus::DryRun => Self::Warning,
            SyncStatus::Failed => Self::Bad,
            _ => Self::Plain,
        }
    }
}

/// Writes text in a colour, or plain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Painter {
    colours: bool,
}

impl Painter {
    #[cfg(test)]
    pub(super) const PLAIN: Self = Self { colours: false };

    pub(super) fn new(colours: bool) -> Self {
        Self { colours }
    }

    /// Writes `text`, which must have been made visible before.
    pub(super) fn write(self, out: &mut dyn Write, paint: Paint, text: &str) -> io::Result<()> {
        if self.colours && paint != Paint::Plain {
            write!(out, "\x1b[{}m{text}\x1b[0m", paint.code())
        } else {
            out.write_all(text.as_bytes())
        }
    }
}
