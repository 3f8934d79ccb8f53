//! Causes put to sleep and woken.

use std::collections::HashMap;

use super::office::Office;
use super::triage::Known;
use super::{Event, SnoozeNote, SnoozeState, SnoozedCause, Trouble, TroubleSort};
use crate::ledger::{CauseKey, Snooze, SyncNo, Timestamp, snooze};
use crate::roster::FeedNo;

/// Most characters of a reason.
const MOST: usize = 300;

/// What was said of a snooze, and how it is with so many rows.
pub(super) fn note(snooze: &Snooze, now: Timestamp, rows: u64) -> SnoozeNote {
    let state = match () {
        () if snooze.is_over(now) => SnoozeState::Over,
        () if snooze.has_grown(rows) => SnoozeState::Grown,
        () => SnoozeState::Asleep,
    };
    SnoozeNote {
        id: id(&snooze.cause),
        state,
        until: snooze.until,
        reason: snooze.reason.clone(),
        rows: snooze.rows,
        by: snooze.by.clone(),
        at: snooze.at,
    }
}

/// By what a snooze is woken: enough of a hash of what its cause is that nobody has two.
fn id(cause: &CauseKey) -> String {
    let parts = [Some(cause.code.name()), cause.column.as_deref(), cause.value.as_deref()];
    let text = parts.map(Option::unwrap_or_default).join("\u{0}");
    blake3::hash(format!("{}\u{0}{text}", cause.feed.0).as_bytes()).to_hex()[..8].to_owned()
}

impl Office {
    /// The snoozes of a feed, by what their causes are.
    pub(super) fn snoozes_of(&self, feed: FeedNo) -> Result<HashMap<CauseKey, Snooze>, Trouble> {
        Ok(self.store.snoozes()?.into_iter().filter(|s| s.cause.feed == feed).map(|s| (s.cause.clone(), s)).collect())
    }

    /// The causes that were put to sleep: those that sleep first, the first to wake first. One whose date has come and whose cause is not
    /// open is said no more.
    pub(super) fn snoozed(&self) -> Result<Vec<SnoozedCause>, Trouble> {
        let now = (self.surroundings.now)();
        let (awake, asleep) = self.open_causes(Known::All)?;
        let mut all = Vec::new();
        for snooze in self.store.snoozes()? {
            let id = id(&snooze.cause);
            let open = asleep.iter().chain(&awake).find(|o| o.about.snooze.as_ref().is_some_and(|s| s.id == id)).cloned();
            // Whose cause it is, is known from the sync that has it: what is nowhere open is nobody's school's.
            if open.is_none() && (snooze.is_over(now) || self.caller.is_kept()) {
                continue;
            }
            let rows = open.as_ref().map_or(0, |o| o.cause.rows);
            let feed = self.feed_name(snooze.cause.feed);
            all.push(SnoozedCause { note: note(&snooze, now, rows), title: snooze.title, feed, open });
        }
        all.sort_by_key(|s| (s.note.state != SnoozeState::Asleep, s.note.until));
        Ok(all)
    }

    /// Puts a cause to sleep.
    pub(super) fn snooze(&self, number: SyncNo, cause: u32, until: &str, reason: &str) -> Result<Vec<SnoozedCause>, Trouble> {
        let sync = self.sync_of(number)?;
        let causes = self.causes_of(&sync)?;
        let Some(cause) = causes.iter().find(|c| c.number == cause) else {
            let what = format!("{number} has no cause {cause}.");
            return Err(Trouble::new(TroubleSort::Usage, what, format!("homeroom sync {} lists them.", number.0)));
        };
        let now = (self.surroundings.now)();
        let refused = |why: String| Trouble::new(TroubleSort::Refused, format!("until: {why}."), "Nothing was snoozed.");
        let until = snooze::until(until, now).map_err(refused)?;
        if until <= now {
            return Err(Trouble::new(TroubleSort::Refused, "until: that day has come already.", "Give a later one: 3d, 1w, 2026-12-01."));
        }
        let reason = crate::intake::trim_str(reason);
        if reason.is_empty() {
            return Err(Trouble::new(TroubleSort::Refused, "reason: it is empty.", "Say why it can wait, for whoever looks next."));
        }
        if reason.chars().count() > MOST || reason.chars().any(char::is_control) {
            return Err(Trouble::new(TroubleSort::Refused, format!("reason: one line of at most {MOST} characters."), "Say it shorter."));
        }
        self.store.put_snooze(&Snooze {
            cause: CauseKey::of(sync.feed, cause, &causes),
            title: cause.title.clone(),
            rows: cause.rows,
            until,
            reason: reason.to_owned(),
            by: self.surroundings.by.clone(),
            at: now,
        })?;
        self.snoozed()
    }

    /// Wakes a cause.
    pub(super) fn wake(&self, wanted: &str, on_event: &mut dyn FnMut(Event) -> bool) -> Result<Vec<SnoozedCause>, Trouble> {
        let all = self.store.snoozes()?;
        let Some(snooze) = all.iter().find(|s| id(&s.cause) == wanted) else {
            let what = format!("Nothing sleeps under \"{wanted}\".");
            return Err(Trouble::new(TroubleSort::Usage, what, "See what sleeps with: homeroom snooze --list"));
        };
        if self.caller.is_kept() && !self.snoozed()?.iter().any(|s| s.note.id == wanted) {
            return Err(self.outside("What sleeps there"));
        }
        self.store.remove_snooze(&snooze.cause)?;
        if let Some(last) = self.store.syncs()?.iter().find(|s| s.feed == snooze.cause.feed) {
            on_event(Event::SyncChanged(last.number));
        }
        self.snoozed()
    }
}
