//! Files that belong together: one sync each, in reference order, shown together. What refers to a file that was refused is not tried.

use super::bundle::Part;
use super::{Done, Failed, Import, Runner, preview};
use crate::feed::Profiles;
use crate::ledger::{Code, Finding, Mode, Plan, Sync, SyncNo, SyncStatus};
use crate::roster::Roster;
use crate::store::Store;

/// How a set ended: what became of each file that was come to, and the roster as it is now.
#[derive(Debug)]
pub struct SetDone {
    /// One for each file, in the order in which they ran. Where one was given up or cancelled it is here as the history has it.
    pub ran: Vec<Done>,
    /// The roster as it is now.
    pub roster: Roster,
    /// What stopped the set before its end: the store, or the operator.
    pub stopped: Option<Failed>,
}

/// Runs the file of an index against a roster, as one of the set that begins with a sync.
type RunOne<'r, R> = dyn FnMut(&mut R, usize, &Roster, SyncNo) -> Result<Done, Failed> + 'r;

impl Runner<'_> {
    /// Imports the parts of a bundle through what `with` says of all of them. The mode is for those whose profile has it.
    pub fn import_parts(&mut self, roster: &Roster, parts: &[Part], with: &Import<'_>) -> Result<SetDone, Failed> {
        // A feed has one mode for all its files; who names one for this file means it.
        if with.feed.is_none()
            && with.mode.is_some_and(|m| m != Mode::Partial)
            && let Some(part) = parts.iter().find(|p| p.changes_only)
        {
            let what = format!("{} holds changes only: who is not in it is not gone.", part.file);
            return Err(Failed::Usage(what, "Leave --mode out, or use --mode partial.".into()));
        }
        let profiles = self.profiles;
        let mut done: Vec<Option<Sync>> = Vec::new();
        self.each(roster, parts.len(), with.dry_run, &mut |runner, n, roster, set| {
            let part = &parts[n];
            let mut notes = part.notes.clone();
            if let Some((file, why)) = part.after.iter().find_map(|at| stands_in_the_way(&parts[*at].file, done.get(*at)?.as_ref())) {
                notes.push(Finding::of_file(Code::REF_308).as_bad_as(crate::ledger::Severity::Refused).with("what", file).with("why", why));
            }
            let modes = profiles.get(&part.profile).map(|p| p.modes.as_slice()).unwrap_or_default();
            let content = part.content.as_deref().unwrap_or_default();
            let import = Import {
                path: &part.file,
                profile: Some(&part.profile),
                mode: with.mode.filter(|m| modes.contains(m)),
                map: with.map.filter(|m| m.profile == part.profile),
                content: Some(content),
                notes: &notes,
                set: Some(set),
                ..with.clone()
            };
            let ran = runner.import(roster, &import);
            done.push(ran.as_ref().ok().map(|d| d.sync.clone()));
            ran
        })
    }

    /// Imports files one after the other, as they are given.
    pub fn import_files(&mut self, roster: &Roster, imports: &[Import<'_>]) -> Result<SetDone, Failed> {
        let dry_run = imports.iter().any(|i| i.dry_run);
        self.each(roster, imports.len(), dry_run, &mut |runner, n, roster, set| {
            runner.import(roster, &Import { set: Some(set), ..imports[n].clone() })
        })
    }

    /// Runs `count` files, each against what the ones before left; in a dry run against what they would leave.
    fn each(&mut self, roster: &Roster, count: usize, dry_run: bool, run: &mut RunOne<'_, Self>) -> Result<SetDone, Failed> {
        let mut set = SetDone { ran: Vec::new(), roster: roster.clone(), stopped: None };
        let mut now = roster.clone();
        let mut number = SyncNo(0);
        for n in 0..count {
            let newest = self.newest()?;
            match run(self, n, &now, number) {
                Ok(done) => {
                    now = done.roster.clone();
                    set.ran.push(done);
                }
                Err(failed) => {
                    // It may have got a number: then it is one of the set, and the history says what became of it.
                    let spent = self.newest()?.filter(|s| newest.as_ref().is_none_or(|b| s.number > b.number));
                    let over = !matches!(failed, Failed::Usage(..));
                    if set.ran.is_empty() && spent.is_none() {
                        return Err(failed);
                    }
                    set.ran.extend(spent.map(|sync| Done { sync, roster: now.clone(), by_school: Vec::new(), left: Vec::new() }));
                    if over {
                        set.stopped = Some(failed);
                        break;
                    }
                }
            }
            if let Some(first) = set.ran.first() {
                number = first.sync.number;
            }
        }
        if !dry_run {
            set.roster = now;
        }
        Ok(set)
    }

    fn newest(&self) -> Result<Option<Sync>, Failed> {
        Ok(self.store.syncs()?.into_iter().next())
    }
}

/// Whether what refers to that file can be tried: not where nothing of it was applied.
fn stands_in_the_way(file: &str, sync: Option<&Sync>) -> Option<(String, String)> {
    let Some(sync) = sync else { return Some((file.to_owned(), "it was given up".into())) };
    let applied = match sync.status {
        SyncStatus::Completed | SyncStatus::CompletedWithErrors | SyncStatus::DryRun => true,
        SyncStatus::Held => sync.hold.as_ref().is_some_and(|h| h.removals_only),
        _ => false,
    };
    (!applied).then(|| (sync.file.clone(), format!("{} is {}", sync.number, sync.status.words().to_lowercase())))
}

/// The roster against which a dry run of a set is checked: as the dry runs before it in the set would leave it. Those that were applied
/// since have left it so already.
pub fn ahead(store: &Store, profiles: &Profiles, roster: &Roster, sync: &Sync) -> Result<Roster, Failed> {
    let mut now = roster.clone();
    let Some(set) = sync.set.filter(|_| sync.status == SyncStatus::DryRun) else { return Ok(now) };
    let mut before: Vec<Sync> = store.syncs()?;
    before.retain(|s| s.set == Some(set) && s.number < sync.number && s.status == SyncStatus::DryRun);
    before.sort_by_key(|s| s.number);
    for sync in &before {
        now = after(&now, &preview(store, profiles, &now, sync)?);
    }
    Ok(now)
}

/// The roster as a plan would leave it. Nothing is published.
pub(super) fn after(roster: &Roster, plan: &Plan) -> Roster {
    roster.with(roster.position(), plan.changes.iter().map(|c| (c.entity, plan.after(c))))
}
