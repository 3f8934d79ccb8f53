//! What a desk works with: the store, the roster as it is now, and what was worked out from it and may be needed again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

use super::source::Sources;
use super::views::Views;
use super::{Event, JobNo, Progress, Reply, Request, Surroundings, Trouble, TroubleSort};
use crate::feed::Profiles;
use crate::ledger::{Actor, SyncNo};
use crate::roster::{FeedNo, Roster};
use crate::store::{Opening, Store, StoreError};
use crate::sync::{Failed, Runner, Step};

/// What a desk works with. Shared by its threads.
pub(super) struct Office {
    pub(super) surroundings: Surroundings,
    pub(super) store: Store,
    pub(super) profiles: Profiles,
    roster: RwLock<Roster>,
    pub(super) views: Mutex<Views>,
    pub(super) sources: Mutex<Sources>,
    /// Whoever changes the roster holds this: an edit waits for a sync that is being applied, nobody else does.
    changing: Mutex<()>,
    /// Held while files are taken out of drop folders.
    pub(super) taking: Mutex<()>,
    cancels: Mutex<HashMap<JobNo, Arc<AtomicBool>>>,
    /// Held while the search index is built.
    pub(super) building: Mutex<()>,
}

/// A poisoned lock holds plain data that is whole between statements; the panic itself has been reported.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Office {
    /// Opens the store and loads the roster. The notices are for the operator, once.
    pub(super) fn open(surroundings: Surroundings) -> Result<(Self, Vec<String>), Trouble> {
        let opening = Opening { by: surroundings.by.clone(), host: surroundings.host.clone(), now: (surroundings.now)() };
        let (store, mut notices) = Store::open_waiting(&surroundings.db, &opening, surroundings.wait).map_err(trouble)?;
        let roster = store.load(&|_, _| {}).map_err(trouble)?;
        let profiles = match &surroundings.profiles {
            Some(folder) => Profiles::load(folder),
            None => Profiles::builtin(),
        };
        notices.extend(profiles.problems.iter().map(|p| format!("A profile cannot be used: {p}")));
        let office = Self {
            surroundings,
            store,
            profiles,
            roster: RwLock::new(roster),
            views: Mutex::default(),
            sources: Mutex::default(),
            changing: Mutex::default(),
            taking: Mutex::default(),
            cancels: Mutex::default(),
            building: Mutex::default(),
        };
        Ok((office, notices))
    }

    /// The roster as it is now: a snapshot that never changes.
    pub(super) fn roster(&self) -> Roster {
        self.roster.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The names of the feeds.
    pub(super) fn feed_name(&self, feed: FeedNo) -> String {
        if feed == FeedNo::HAND {
            return "by hand".into();
        }
        self.store.feed_names().ok().and_then(|mut names| names.remove(&feed)).unwrap_or_default()
    }

    /// Asks a job to stop.
    pub(super) fn cancel(&self, job: JobNo) {
        let flag = lock(&self.cancels).entry(job).or_default().clone();
        flag.store(true, Ordering::Relaxed);
    }

    /// Whether this request may be answered here at all.
    pub(super) fn permitted(&self, request: &Request) -> Result<(), Trouble> {
        let changes = matches!(
            request,
            Request::Fix { .. }
                | Request::Decide { .. }
                | Request::Snooze { .. }
                | Request::Wake(_)
                | Request::Attach { dry_run: false, .. }
                | Request::Detach { .. }
                | Request::Mend { dry_run: false, .. }
                | Request::TurnMend { .. }
                | Request::PutRule { .. }
                | Request::RemoveRule { .. }
                | Request::EndStanding(_)
                | Request::Import(_)
                | Request::ImportSet(_)
                | Request::PickUp { .. }
                | Request::PutWatch { .. }
                | Request::Take(_)
                | Request::News
                | Request::Apply { .. }
                | Request::Abandon { .. }
                | Request::Add { .. }
                | Request::Edit { .. }
                | Request::PutFeed { .. }
                | Request::RemoveFeed(_)
                | Request::PutMap(_)
                | Request::RemoveMap(_)
                | Request::Rerun { .. }
                | Request::Undo { dry_run: false, .. }
                | Request::EditPerson { .. }
                | Request::EditPeople { dry_run: false, .. }
                | Request::UndoEdit { .. }
                | Request::EditOrg { .. }
        );
        if changes && self.surroundings.readonly {
            return Err(Trouble::new(TroubleSort::NotPermitted, "This is read-only.", "Start without --readonly to change something."));
        }
        Ok(())
    }

    /// Runs work that changes the roster, telling how far it is, and takes over the roster it leaves.
    pub(super) fn run<T>(
        &self,
        job: JobNo,
        on_event: &mut dyn FnMut(Event) -> bool,
        work: impl FnOnce(&mut Runner<'_>, &Roster) -> Result<(T, Roster), Failed>,
    ) -> Result<T, Trouble> {
        let _changing = lock(&self.changing);
        let flag = lock(&self.cancels).entry(job).or_default().clone();
        let before = self.roster();
        let mut pace = Pace::new(job);
        let mut tell = |step: Step| {
            let told = pace.tell(&step).is_none_or(|p| on_event(Event::Progress(p)));
            told && !flag.load(Ordering::Relaxed)
        };
        let by: &Actor = &self.surroundings.by;
        let mut runner = Runner { store: &self.store, profiles: &self.profiles, by, now: self.surroundings.now, tell: &mut tell };
        let ended = work(&mut runner, &before);
        lock(&self.cancels).remove(&job);
        let (value, after) = ended.map_err(|f| failed(f, &mut |s| on_event(Event::SyncChanged(s))))?;
        if after.position() != before.position() {
            *self.roster.write().unwrap_or_else(PoisonError::into_inner) = after.clone();
            on_event(Event::RosterChanged { position: after.position() });
        }
        Ok(value)
    }

    /// What is done when nobody waits: a checkpoint, if one is due.
    pub(super) fn tidy(&self) {
        if let Err(error) = self.store.checkpoint_if_due(&self.roster()) {
            log::warn!("checkpoint: {error}");
        }
    }
}

/// Turns steps into progress: at most ten a second, with rate and time left.
struct Pace {
    job: JobNo,
    step: &'static str,
    began: Instant,
    told: Option<Instant>,
}

impl Pace {
    fn new(job: JobNo) -> Self {
        Self { job, step: "", began: Instant::now(), told: None }
    }

    fn tell(&mut self, step: &Step) -> Option<Progress> {
        let now = Instant::now();
        let fresh = self.step != step.step;
        if fresh {
            (self.step, self.began) = (step.step, now);
        }
        if !fresh && self.told.is_some_and(|t| now.duration_since(t).as_millis() < 100) {
            return None;
        }
        self.told = Some(now);
        let seconds = now.duration_since(self.began).as_secs_f64();
        let rate = if seconds > 0.05 { step.done as f64 / seconds } else { 0.0 };
        let left = (rate > 0.0 && step.total > step.done).then(|| (step.total - step.done) as f64 / rate);
        Some(Progress {
            job: self.job,
            sync: (step.sync != SyncNo(0)).then_some(step.sync),
            title: step.title.clone(),
            step: step.step.to_owned(),
            done: step.done,
            total: step.total,
            rate,
            left,
        })
    }
}

/// What the store says, as a client hears it.
#[allow(clippy::needless_pass_by_value)] // what `map_err` hands over
pub(super) fn trouble(error: StoreError) -> Trouble {
    // The store's own words end in what to do next.
    Trouble::new(TroubleSort::Store, error.to_string(), "")
}

fn failed(failed: Failed, changed: &mut dyn FnMut(SyncNo) -> bool) -> Trouble {
    match failed {
        Failed::Store(error) => trouble(error),
        Failed::Usage(what, next) => Trouble::new(TroubleSort::Usage, what, next),
        Failed::Cancelled(sync) => {
            sync.map(changed);
            Trouble::new(TroubleSort::Cancelled, Failed::Cancelled(sync).to_string(), "")
        }
    }
}

impl From<Trouble> for Reply {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        trouble(error)
    }
}
