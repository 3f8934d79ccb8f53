//! Who asks: the store belongs to one process, and those who work through it are many. Each has a desk of its own on the same store.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::office::{Inside, Office, lock};
use super::{Desk, Event, JobNo, Trouble, TroubleSort};
use crate::ledger::Actor;
use crate::roster::Roster;

/// What somebody may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallerRole {
    /// Nothing.
    Nobody,
    /// Looks at everything, changes nothing.
    Viewer,
    /// Looks at and changes what belongs to some schools.
    School,
    /// Everything.
    #[default]
    District,
}
crate::roster::value::named!(CallerRole { Nobody = "nobody", Viewer = "viewer", School = "school", District = "district" });

/// Who asks, and what holds for everything that they ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The name that the history keeps.
    pub by: Actor,
    /// What they may do.
    pub role: CallerRole,
    /// The organizations (external IDs) to which the role is limited, each with what is below it; empty for all. Of a school
    /// administrator without any nothing is left.
    pub schools: Vec<String>,
    /// The organization to which their own settings keep them, as well.
    pub scope: Option<String>,
    /// Their own settings refuse everything that changes something.
    pub readonly: bool,
}

impl Caller {
    /// Somebody of that name who may do everything.
    pub fn district(by: &str) -> Self {
        Self { by: Actor(by.to_owned()), ..Self::default() }
    }

    /// Whether a role limits this caller to some schools.
    pub(super) fn is_limited(&self) -> bool {
        self.role == CallerRole::School || !self.schools.is_empty()
    }

    /// Whether this caller is kept to a part of the roster, by a role or by their own settings.
    pub(super) fn is_kept(&self) -> bool {
        self.scope.is_some() || self.is_limited()
    }

    /// The schools of the role, in words.
    pub(super) fn kept_to(&self) -> String {
        match (&self.scope, self.schools.as_slice()) {
            (Some(scope), _) => scope.clone(),
            (None, []) => "no school".to_owned(),
            (None, schools) => schools.join(", "),
        }
    }
}

/// Names a caller of one desk; the first is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct CallerNo(pub(super) u64);

/// Takes what happens at the desk, for one caller.
pub(super) type Ear = Arc<dyn Fn(Event) + Send + Sync>;

/// Who hears what others do.
pub(super) type Ears = HashMap<CallerNo, (Caller, Ear)>;

/// Held by who hears what others do; dropping it ends that.
pub struct Hearing {
    inside: Arc<Inside>,
    number: CallerNo,
}

impl Drop for Hearing {
    fn drop(&mut self) {
        lock(&self.inside.ears).remove(&self.number);
    }
}

impl Desk {
    /// A desk on the same store for somebody else.
    #[must_use]
    pub fn called_by(&self, caller: Caller) -> Self {
        Self { office: self.office.called_by(caller), notices: Vec::new() }
    }

    /// Hands what other callers do (syncs, edits, how far their work is) to `hears`, as far as this caller may know of it, until what
    /// is given back is dropped. A job of another has a number that none of this caller's own has.
    pub fn hear(&self, hears: impl Fn(Event) + Send + Sync + 'static) -> Hearing {
        let (inside, number) = (self.office.inside().clone(), self.office.number);
        lock(&inside.ears).insert(number, (self.office.caller.clone(), Arc::new(hears)));
        Hearing { inside, number }
    }
}

impl Office {
    /// Tells the other callers.
    pub(super) fn tell_others(&self, event: &Event) {
        let ears: Vec<(Caller, Ear)> =
            lock(&self.ears).iter().filter(|(number, _)| **number != self.number).map(|(_, ear)| ear.clone()).collect();
        if ears.is_empty() {
            return;
        }
        let event = match event {
            // What could not be opened and what is said once concern only who asked.
            Event::Broken(_) | Event::Notice(_) => return,
            Event::Progress(p) => {
                let mut p = p.clone();
                p.job = JobNo(self.number.0 << 32 | p.job.0 & u64::from(u32::MAX));
                Event::Progress(p)
            }
            other => other.clone(),
        };
        for (caller, ear) in ears {
            if !caller.is_kept() || self.may_hear(&caller, &event) {
                ear(event.clone());
            }
        }
    }

    /// Whether somebody who is kept to some schools may know of it: a file's name says more than a number does.
    fn may_hear(&self, caller: &Caller, event: &Event) -> bool {
        let number = match event {
            Event::Progress(p) => p.sync,
            Event::SyncChanged(sync) => Some(*sync),
            _ => return true,
        };
        let roster: Roster = self.roster();
        let sync = number.and_then(|n| self.store.sync(n).ok().flatten());
        sync.is_some_and(|sync| self.called_by(caller.clone()).sync_within(&sync, &roster))
    }
}

/// What may not be, and what is missing.
pub(super) fn not_permitted(what: impl Into<String>, next: impl Into<String>) -> Trouble {
    Trouble::new(TroubleSort::NotPermitted, what, next)
}
