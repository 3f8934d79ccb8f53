//! The long work that this console has started and that has not ended.

use super::stack::ScreenNo;
use crate::desk::{JobNo, Progress};
use crate::ledger::SyncNo;
use crate::tui::screen::Token;

/// One job.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its number.
    pub number: JobNo,
    /// What it is: "users.csv".
    pub title: String,
    /// How far it is, once it said.
    pub progress: Option<Progress>,
    /// Whether it was told to stop.
    pub cancelling: bool,
    ticket: u64,
    of: (ScreenNo, Token),
}

impl Job {
    /// How far in hundredths, where that is known.
    pub fn percent(&self) -> Option<u64> {
        percent(self.progress.as_ref()?)
    }
}

/// How far in hundredths, where that is known.
pub fn percent(p: &Progress) -> Option<u64> {
    (p.total > 0).then(|| (u128::from(p.done.min(p.total)) * 100 / u128::from(p.total)) as u64)
}

/// All of them, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct Jobs {
    running: Vec<Job>,
    /// What others run, as far as they tell.
    others: Vec<Progress>,
}

impl Jobs {
    /// Whether nothing runs.
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// Those that run.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Job> {
        self.running.iter()
    }

    /// Whether a screen's token stands for a job that runs.
    pub fn is_of(&self, screen: ScreenNo, token: Token) -> bool {
        self.running.iter().any(|job| job.of == (screen, token))
    }

    pub(super) fn start(&mut self, number: JobNo, ticket: u64, title: String, of: (ScreenNo, Token)) {
        self.running.push(Job { number, title, progress: None, cancelling: false, ticket, of });
    }

    /// The job whose reply came under that ticket.
    pub(super) fn end(&mut self, ticket: u64) -> Option<Job> {
        let at = self.running.iter().position(|job| job.ticket == ticket)?;
        Some(self.running.remove(at))
    }

    /// Whether the progress is that of one of ours.
    pub(super) fn note(&mut self, progress: &Progress) -> bool {
        let Some(job) = self.running.iter_mut().find(|job| job.number == progress.job) else { return false };
        job.progress = Some(progress.clone());
        true
    }

    /// How far another's work is, where it is a sync.
    pub(super) fn note_other(&mut self, progress: &Progress) -> bool {
        if progress.sync.is_none() || !progress.job.is_others() {
            return false;
        }
        self.others.retain(|p| p.job != progress.job);
        self.others.push(progress.clone());
        true
    }

    /// Another's sync has ended.
    pub(super) fn other_ended(&mut self, sync: SyncNo) {
        self.others.retain(|p| p.sync != Some(sync));
    }

    /// Nothing is known any more of what others run.
    pub(super) fn others_ended(&mut self) {
        self.others.clear();
    }

    /// What somebody else runs, the one that told last.
    pub fn other(&self) -> Option<&Progress> {
        self.others.last()
    }

    /// The newest that was not told to stop yet; it is now.
    pub(super) fn cancel_newest(&mut self) -> Option<&Job> {
        let job = self.running.iter_mut().rev().find(|job| !job.cancelling)?;
        job.cancelling = true;
        Some(job)
    }

    pub(super) fn cancel_of(&mut self, screen: ScreenNo, token: Token) -> Option<JobNo> {
        let job = self.running.iter_mut().find(|job| job.of == (screen, token))?;
        job.cancelling = true;
        Some(job.number)
    }
}
