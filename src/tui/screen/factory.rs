//! Which screen shows what: the one place that names them all.

use super::{Screen, Tab};
use crate::desk::{HitWhat, RowAt};
use crate::ledger::SyncNo;
use crate::roster::{OrgNo, PersonNo};

/// What can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// One of the five root screens.
    Tab(Tab),
    /// A person.
    Person(PersonNo),
    /// A school.
    Org(OrgNo),
    /// A sync.
    Sync(SyncNo),
    /// A row of a sync, to be mended.
    Row(SyncNo, RowAt),
    /// The import of a file.
    Import,
    /// The profiles.
    Profiles,
}

impl From<&HitWhat> for Subject {
    fn from(what: &HitWhat) -> Self {
        match what {
            HitWhat::Person(number) => Self::Person(*number),
            HitWhat::Org(number) => Self::Org(*number),
            HitWhat::Refused { sync, record } => Self::Row(*sync, RowAt::Record(*record)),
        }
    }
}

/// Makes a screen. The console and tests are given one, so that neither depends on every screen.
pub type Factory = fn(Subject) -> Box<dyn Screen>;
