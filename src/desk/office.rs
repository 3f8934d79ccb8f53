//! What a desk works with: the store, the roster as it is now, and what was worked out from it and may be needed again.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};
use std::time::{Duration, Instant};

use super::busy::Busy;
use super::caller::{Caller, CallerNo, Ears};
use super::source::Sources;
use super::views::{Mine, Views};
use super::{CallerRole, Event, JobNo, Progress, Reply, Surroundings, Trouble, TroubleSort};
use crate::feed::Profiles;
use crate::ledger::{Actor, SyncNo};
use crate::roster::{FeedNo, Roster};
use crate::store::{Opening, Store, StoreError};
use crate::sync::{Failed, Runner, Step};

/// What a desk works with, as one caller has it: the same store and roster for all of them, and what is one's own.
#[derive(Clone)]
pub(super) struct Office {
    /// As this caller has them: `by`, `scope` and `readonly` are the caller's.
    pub(super) surroundings: Surroundings,
    pub(super) caller: Caller,
    pub(super) number: CallerNo,
    /// What was worked out for this caller alone.
    pub(super) mine: Arc<Mutex<Mine>>,
    inside: Arc<Inside>,
}

impl Deref for Office {
    type Target = Inside;

    fn deref(&self) -> &Inside {
        &self.inside
    }
}

/// What all callers share.
pub(super) struct Inside {
    pub(super) store: Store,
    pub(super) profiles: Profiles,
    roster: RwLock<Roster>,
    pub(super) views: Mutex<Views>,
    pub(super) sources: Mutex<Sources>,
    /// Whoever changes the roster holds this: an edit waits for a sync that is being applied, nobody else does.
    changing: Mutex<()>,
    /// Held while files are taken out of drop folders.
    pub(super) taking: Mutex<()>,
    /// Held while somebody's change is compared with what they saw, and made.
    pub(super) comparing: Mutex<()>,
    cancels: Mutex<HashMap<(CallerNo, JobNo), Arc<AtomicBool>>>,
    /// Held while the search index is built.
    pub(super) building: Mutex<()>,
    /// Who hears what others do.
    pub(super) ears: Mutex<Ears>,
    /// The changes that are being made.
    pub(super) busy: Busy,
    /// The last caller's number.
    callers: AtomicU64,
    /// Whether roles are asked for: nobody gets at the store but through this desk.
    pub(super) walled: AtomicBool,
}

/// How often whoever waits for another's change looks again: an edit is not felt to wait, and a wish to stop is seen.
const LOOK: Duration = Duration::from_millis(5);

/// A poisoned lock holds plain data that is whole between statements; the panic itself has been reported.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Office {
    /// Opens the store and loads the roster. The notices are for the operator, once.
    pub(super) fn open(surroundings: Surroundings, shares: bool) -> Result<(Self, Vec<String>), StoreError> {
        let opening = Opening { by: surroundings.by.clone(), host: surroundings.host.clone(), now: (surroundings.now)(), shares };
        let (store, mut notices) = Store::open_waiting(&surroundings.db, &opening, surroundings.wait)?;
        let roster = store.load(&|_, _| {})?;
        let profiles = match &surroundings.profiles {
            Some(folder) => Profiles::load(folder),
            None => Profiles::builtin(),
        };
        notices.extend(profiles.problems.iter().map(|p| format!("A profile cannot be used: {p}")));
        let inside = Inside {
            store,
            profiles,
            roster: RwLock::new(roster),
            views: Mutex::default(),
            sources: Mutex::default(),
            changing: Mutex::default(),
            taking: Mutex::default(),
            comparing: Mutex::default(),
            cancels: Mutex::default(),
            building: Mutex::default(),
            ears: Mutex::default(),
            busy: Busy::default(),
            callers: AtomicU64::new(1),
            walled: AtomicBool::new(false),
        };
        let caller = Caller {
            by: surroundings.by.clone(),
            role: CallerRole::District,
            schools: Vec::new(),
            scope: surroundings.scope.clone(),
            readonly: surroundings.readonly,
        };
        Ok((Self { surroundings, caller, number: CallerNo(1), mine: Arc::default(), inside: Arc::new(inside) }, notices))
    }

    /// The same for somebody else.
    pub(super) fn called_by(&self, caller: Caller) -> Self {
        let surroundings =
            Surroundings { by: caller.by.clone(), scope: caller.scope.clone(), readonly: caller.readonly, ..self.surroundings.clone() };
        let number = CallerNo(self.callers.fetch_add(1, Ordering::Relaxed) + 1);
        Self { surroundings, caller, number, mine: Arc::default(), inside: self.inside.clone() }
    }

    /// What all callers share.
    pub(super) fn inside(&self) -> &Arc<Inside> {
        &self.inside
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

    /// Asks a job of this caller to stop.
    pub(super) fn cancel(&self, job: JobNo) {
        let flag = lock(&self.cancels).entry((self.number, job)).or_default().clone();
        flag.store(true, Ordering::Relaxed);
    }

    /// Asks all jobs of this caller to stop.
    pub(super) fn cancel_own(&self) {
        for (_, flag) in lock(&self.cancels).iter().filter(|((number, _), _)| *number == self.number) {
            flag.store(true, Ordering::Relaxed);
        }
    }

    /// Asks all jobs of all callers to stop.
    pub(super) fn cancel_all(&self) {
        for flag in lock(&self.cancels).values() {
            flag.store(true, Ordering::Relaxed);
        }
    }

    /// Runs work that changes the roster, telling how far it is, and takes over the roster it leaves.
    pub(super) fn run<T>(
        &self,
        job: JobNo,
        on_event: &mut dyn FnMut(Event) -> bool,
        work: impl FnOnce(&mut Runner<'_>, &Roster) -> Result<(T, Roster), Failed>,
    ) -> Result<T, Trouble> {
        let flag = lock(&self.cancels).entry((self.number, job)).or_default().clone();
        let mut pace = Pace::new(job);
        let Some(_changing) = self.turn(&flag, &mut pace, on_event) else {
            lock(&self.cancels).remove(&(self.number, job));
            return Err(failed(Failed::Cancelled(None), &mut |_| true));
        };
        let before = self.roster();
        let mut tell = |step: Step| {
            let told = pace.tell(&step).is_none_or(|p| on_event(Event::Progress(p)));
            told && !flag.load(Ordering::Relaxed)
        };
        let by: &Actor = &self.surroundings.by;
        let mut runner = Runner { store: &self.store, profiles: &self.profiles, by, now: self.surroundings.now, tell: &mut tell };
        let ended = work(&mut runner, &before);
        lock(&self.cancels).remove(&(self.number, job));
        let (value, after) = ended.map_err(|f| failed(f, &mut |s| on_event(Event::SyncChanged(s))))?;
        if after.position() != before.position() {
            *self.roster.write().unwrap_or_else(PoisonError::into_inner) = after.clone();
            on_event(Event::RosterChanged { position: after.position() });
        }
        Ok(value)
    }

    /// Waits until nobody else changes the roster; none where the wish to stop came first.
    fn turn(&self, flag: &AtomicBool, pace: &mut Pace, on_event: &mut dyn FnMut(Event) -> bool) -> Option<MutexGuard<'_, ()>> {
        loop {
            match self.changing.try_lock() {
                Ok(turn) => return Some(turn),
                Err(TryLockError::Poisoned(turn)) => return Some(turn.into_inner()),
                Err(TryLockError::WouldBlock) => {}
            }
            let step = Step { sync: SyncNo(0), title: String::new(), step: "waiting", done: 0, total: 0 };
            if flag.load(Ordering::Relaxed) || !pace.tell(&step).is_none_or(|p| on_event(Event::Progress(p))) {
                return None;
            }
            std::thread::sleep(LOOK);
        }
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
