//! Which screen shows what: the one place that names them all.

use super::class::ClassScreen;
use super::compare::CompareScreen;
use super::corrections::Corrections;
use super::edit_form::EditForm;
use super::feeds::FeedsScreen;
use super::import::ImportScreen;
use super::maps::MapsScreen;
use super::overview::OverviewScreen;
use super::people::People;
use super::person::PersonScreen;
use super::profiles::Profiles;
use super::row_form::RowForm;
use super::school::SchoolScreen;
use super::schools::Schools;
use super::sync::SyncScreen;
use super::syncs::Syncs;
use super::triage::Triage;
use super::value_rules::ValueRules;
use super::{Screen, Tab};
use crate::desk::{HitWhat, RowAt};
use crate::ledger::SyncNo;
use crate::roster::{ClassNo, Entity, OrgNo, PersonNo};

/// What can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// One of the five root screens.
    Tab(Tab),
    /// A person.
    Person(PersonNo),
    /// A school.
    Org(OrgNo),
    /// A class.
    Class(ClassNo),
    /// A course, an enrollment or a guardian link: its fields, to be edited.
    Record(Entity),
    /// A sync.
    Sync(SyncNo),
    /// Two syncs side by side: the older, or none for the one before the newer.
    Compare(Option<SyncNo>, SyncNo),
    /// A row of a sync, to be mended.
    Row(SyncNo, RowAt),
    /// The import of a file.
    Import,
    /// The profiles.
    Profiles,
    /// The feeds.
    Feeds,
    /// The mappings.
    Maps,
    /// The corrections.
    Corrections,
    /// The value rules of the feeds.
    Rules,
}

impl From<&HitWhat> for Subject {
    fn from(what: &HitWhat) -> Self {
        match what {
            HitWhat::Person(number) => Self::Person(*number),
            HitWhat::Org(number) => Self::Org(*number),
            HitWhat::Class(number) => Self::Class(*number),
            HitWhat::Course(number) => Self::Record((*number).into()),
            HitWhat::Enrollment(number) => Self::Record((*number).into()),
            HitWhat::Link(number) => Self::Record((*number).into()),
            HitWhat::Refused { sync, record } => Self::Row(*sync, RowAt::Record(*record)),
        }
    }
}

/// Makes a screen. The console and tests are given one, so that neither depends on every screen.
pub type Factory = fn(Subject) -> Box<dyn Screen>;

/// Makes the real ones.
#[expect(clippy::needless_pass_by_value, reason = "it is a Factory")]
pub fn make(subject: Subject) -> Box<dyn Screen> {
    match subject {
        Subject::Tab(Tab::Overview) => Box::new(OverviewScreen::default()),
        Subject::Tab(Tab::Schools) => Box::new(Schools::default()),
        Subject::Tab(Tab::People) => Box::new(People::default()),
        Subject::Tab(Tab::Syncs) => Box::new(Syncs::default()),
        Subject::Tab(Tab::Triage) => Box::new(Triage::default()),
        Subject::Person(number) => Box::new(PersonScreen::new(number)),
        Subject::Org(number) => Box::new(SchoolScreen::new(number)),
        Subject::Class(number) => Box::new(ClassScreen::new(number)),
        Subject::Record(entity) => Box::new(EditForm::record(entity)),
        Subject::Sync(number) => Box::new(SyncScreen::new(number)),
        Subject::Compare(older, newer) => Box::new(CompareScreen::new(older, newer)),
        Subject::Row(sync, at) => Box::new(RowForm::at(sync, at)),
        Subject::Import => Box::new(ImportScreen::default()),
        Subject::Profiles => Box::new(Profiles::default()),
        Subject::Feeds => Box::new(FeedsScreen::default()),
        Subject::Maps => Box::new(MapsScreen::default()),
        Subject::Corrections => Box::new(Corrections::default()),
        Subject::Rules => Box::new(ValueRules::default()),
    }
}
