//! How a run ends that applies nothing, and what every run leaves in the store.

use super::plan::Planned;
use super::{Done, Failed, Runner};
use crate::check::Checked;
use crate::ledger::{Finding, Severity, Sync, SyncStatus};
use crate::roster::Roster;
use crate::store::Run;

impl Runner<'_> {
    /// The file is refused whole: status failed, with its findings.
    pub(super) fn refused(&mut self, mut sync: Sync, roster: &Roster, findings: &[Finding]) -> Result<Done, Failed> {
        sync.status = SyncStatus::Failed;
        sync.ended = Some((self.now)());
        let count = |at: Severity| findings.iter().filter(|f| f.severity == at).count() as u64;
        (sync.errors, sync.warnings, sync.infos) =
            (count(Severity::Refused) + count(Severity::Error), count(Severity::Warning), count(Severity::Info));
        sync.note = findings.iter().find(|f| f.severity == Severity::Refused).map(Finding::message);
        let mut run = self.store.begin_run(sync.number)?;
        findings.iter().try_for_each(|f| run.finding(f))?;
        self.store.finish(run, std::slice::from_ref(&sync))?;
        Ok(Done { sync, roster: roster.clone(), by_school: Vec::new(), left: Vec::new() })
    }

    pub(super) fn cancelled(&mut self, mut sync: Sync) -> Result<Done, Failed> {
        sync.status = SyncStatus::Cancelled;
        sync.ended = Some((self.now)());
        sync.note = Some(format!("Cancelled by {}; nothing applied", self.by.0));
        self.store.put_sync(&sync)?;
        Err(Failed::Cancelled(Some(sync.number)))
    }

    /// The request turned out not to make sense once the profile was known: the number is spent, the history says why.
    pub(super) fn given_up(&self, sync: &mut Sync, failed: Failed) -> Result<(), Failed> {
        sync.status = SyncStatus::Failed;
        sync.ended = Some((self.now)());
        sync.note = Some(failed.to_string());
        self.store.put_sync(sync)?;
        Err(failed)
    }

    /// The store broke under a run: say so in the history if that still can be said.
    pub(super) fn failed_quietly(&self, sync: &mut Sync) {
        sync.status = SyncStatus::Failed;
        sync.ended = Some((self.now)());
        sync.note = Some("The store failed; nothing applied".into());
        let _ = self.store.put_sync(sync);
    }
}

/// Writes what a run yields, in the order of the file.
pub(super) fn write(
    run: &mut Run<'_>,
    file_findings: &[Finding],
    checked: &mut Checked,
    planned: &Planned,
    age: impl FnOnce(&mut Vec<crate::ledger::Cause>) -> Result<(), Failed>,
) -> Result<(), Failed> {
    file_findings.iter().try_for_each(|f| run.finding(f))?;
    let renumber = std::mem::take(&mut checked.renumber);
    std::mem::take(&mut checked.spool).drain(|mut finding| {
        finding.cause = renumber.get(finding.cause as usize).copied().unwrap_or(0);
        run.finding(&finding)
    })?;
    planned.outcomes.iter().try_for_each(|o| run.outcome(*o))?;
    let mut causes = std::mem::take(&mut checked.causes);
    age(&mut causes)?;
    run.causes(&causes)?;
    Ok(())
}
