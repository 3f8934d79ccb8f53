//! Imports: one file, a bundle, or files that belong together.

use std::path::Path;

use super::feeds::Through;
use super::office::{Office, lock, trouble};
use super::{Desk, Event, Import, JobNo, Ran, Recognised, Reply, Trouble, TroubleSort};
use crate::feed::{BundleRules, Profile, RowShape};
use crate::intake::{self, Bundle};
use crate::ledger::{Finding, Sync, SyncStatus};
use crate::roster::{Kind, Roster};
use crate::sync::bundle::{Part, fits, parts, recognise};
use crate::sync::{self, Done, Failed, Runner, SetDone};

/// What an import names, once it has been looked at.
enum Named {
    /// A file like any other.
    File,
    /// The one file in a ZIP: its name and content.
    Inside(String, Vec<u8>),
    /// Files that come together.
    Parts(Vec<Part>),
    /// Something that cannot be used, and why.
    Refused(Vec<Finding>),
}

impl Desk {
    /// Imports a file, or each file of a bundle.
    pub(super) fn import(&self, job: JobNo, import: &Import, on_event: &mut dyn FnMut(Event) -> bool) -> Result<Reply, Trouble> {
        let mut through = self.office.through(import)?;
        let notes;
        match self.office.named(import, &mut through)? {
            Named::File => {
                let ask = asked(import, &through);
                self.ran(job, on_event, |runner, roster| runner.import(roster, &ask))
            }
            Named::Inside(name, content) => {
                let ask = sync::Import { path: &name, content: Some(&content), ..asked(import, &through) };
                self.ran(job, on_event, |runner, roster| runner.import(roster, &ask))
            }
            Named::Refused(found) => {
                notes = found;
                let ask = sync::Import { profile: None, notes: &notes, ..asked(import, &through) };
                self.ran(job, on_event, |runner, roster| runner.import(roster, &ask))
            }
            Named::Parts(parts) => {
                let ask = asked(import, &through);
                self.ran_set(job, on_event, |runner, roster| runner.import_parts(roster, &parts, &ask)).map(Reply::RanSet)
            }
        }
    }

    /// Imports files that belong together, in reference order.
    pub(super) fn import_set(&self, job: JobNo, imports: &[Import], on_event: &mut dyn FnMut(Event) -> bool) -> Result<Reply, Trouble> {
        let mut throughs = imports.iter().map(|i| self.office.through(i)).collect::<Result<Vec<_>, _>>()?;
        let mut plain = true;
        for (import, through) in imports.iter().zip(&mut throughs) {
            plain &= matches!(self.office.named(import, through)?, Named::File);
        }
        if !plain {
            // A bundle is a set of its own: each is run by itself, as they are given.
            let mut all = Vec::new();
            for import in imports {
                match self.import(job, import, on_event)? {
                    Reply::Ran(ran) => all.push(*ran),
                    Reply::RanSet(set) => all.extend(set),
                    other => return Ok(other),
                }
                if all.last().is_some_and(|r| r.detail.sync.status == SyncStatus::Cancelled) {
                    break;
                }
            }
            return Ok(Reply::RanSet(all));
        }
        let mut order: Vec<usize> = (0..imports.len()).collect();
        order.sort_by_key(|i| self.office.rank(&imports[*i], &throughs[*i]));
        let asks: Vec<sync::Import<'_>> = order.iter().map(|i| asked(&imports[*i], &throughs[*i])).collect();
        self.ran_set(job, on_event, |runner, roster| runner.import_files(roster, &asks)).map(Reply::RanSet)
    }

    /// Long work on several files, and the syncs that came of it.
    fn ran_set(
        &self,
        job: JobNo,
        on_event: &mut dyn FnMut(Event) -> bool,
        work: impl FnOnce(&mut Runner<'_>, &Roster) -> Result<SetDone, Failed>,
    ) -> Result<Vec<Ran>, Trouble> {
        let office = &self.office;
        let (done, stopped) = office.run(job, on_event, |runner, roster| {
            let set = work(runner, roster)?;
            Ok(((set.ran, set.stopped), set.roster))
        })?;
        let mut ran = Vec::with_capacity(done.len());
        for Done { sync, by_school, left, .. } in done {
            let number = sync.number;
            let by_school = office.named_shares(&sync, by_school);
            ran.push(Ran { detail: office.detail(sync, by_school)?, left });
            on_event(Event::SyncChanged(number));
        }
        match stopped {
            Some(Failed::Store(error)) => Err(trouble(error)),
            _ => Ok(ran),
        }
    }
}

fn asked<'a>(import: &'a Import, through: &'a Through) -> sync::Import<'a> {
    sync::Import {
        path: &import.path,
        feed: through.feed.as_ref(),
        profile: through.profile.as_deref(),
        map: through.map.as_ref(),
        org: through.org.as_deref(),
        mode: through.mode,
        dry_run: import.dry_run,
        hold: import.hold,
        confirm: import.confirm,
        read_as: import.read_as.clone(),
        ..sync::Import::default()
    }
}

impl Office {
    /// What an import names. A bundle's name as profile of one of its files becomes the profile of that file.
    fn named(&self, import: &Import, through: &mut Through) -> Result<Named, Trouble> {
        let path = Path::new(&import.path);
        let rules = through.profile.as_deref().and_then(|p| self.profiles.bundle(p));
        let mut bundle = match intake::bundle::read(path) {
            Err(finding) => return Ok(Named::Refused(vec![finding])),
            Ok(Some(bundle)) => bundle,
            Ok(None) => {
                if let Some(rules) = rules {
                    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                    through.profile = Some(rules.of(&name).ok_or_else(|| no_member(rules, &name))?.profile.clone());
                }
                return Ok(Named::File);
            }
        };
        let rules = match (rules, &through.profile) {
            (Some(rules), _) => Ok(rules),
            (None, Some(_)) => Err(None),
            (None, None) => recognise(&bundle, &self.profiles).map_err(Some),
        };
        match rules {
            Ok(rules) => Ok(parts(&bundle, rules).map_or_else(Named::Refused, Named::Parts)),
            Err(_) if bundle.members.len() == 1 && !path.is_dir() => {
                let member = bundle.members.remove(0);
                Ok(Named::Inside(member.name, member.bytes))
            }
            Err(Some(finding)) => Ok(Named::Refused(vec![finding])),
            Err(None) => Err(Trouble::new(
                TroubleSort::Usage,
                format!(
                    "{} has {} files, and profile {} is for one.",
                    bundle.name,
                    bundle.members.len(),
                    through.profile.as_deref().unwrap_or("?")
                ),
                "Name the file, or a bundle: homeroom import FOLDER --profile oneroster-1.1",
            )),
        }
    }

    /// Where in a set a file comes: nothing refers to a file of a higher rank. What is not recognised comes last, to be refused by
    /// its own import.
    fn rank(&self, import: &Import, through: &Through) -> u8 {
        let recognised = || self.recognise(&import.path).ok().and_then(|r| r.profile);
        let profile = through.profile.clone().or_else(recognised);
        profile.and_then(|p| self.profiles.get(&p)).map_or(u8::MAX, of_profile)
    }

    /// The roster against which a sync is looked at: as it is now, and for a dry run of a set as those before it would leave it.
    pub(super) fn roster_for(&self, sync: &Sync) -> Result<Roster, Trouble> {
        let roster = self.roster();
        if sync.set.is_none() || sync.status != SyncStatus::DryRun {
            return Ok(roster);
        }
        let key = (sync.number, roster.position());
        if let Some((number, position, ahead)) = &lock(&self.views).ahead
            && (*number, *position) == key
        {
            return Ok(ahead.clone());
        }
        let ahead = sync::ahead(&self.store, &self.profiles, &roster, sync)
            .map_err(|f| Trouble::new(TroubleSort::Usage, f.to_string(), "Import the files again."))?;
        lock(&self.views).ahead = Some((key.0, key.1, ahead.clone()));
        Ok(ahead)
    }

    /// What a folder or a ZIP looks like; `None` where the path is a file like any other.
    pub(super) fn recognise_bundle(&self, path: &Path) -> Option<Recognised> {
        let mut recognised = Recognised {
            file: path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
            size: 0,
            encoding: String::new(),
            delimiter: String::new(),
            header: Vec::new(),
            profiles: Vec::new(),
            profile: None,
            sample: Vec::new(),
            findings: Vec::new(),
        };
        let bundle = match intake::bundle::read(path) {
            Ok(bundle) => bundle?,
            Err(finding) => {
                recognised.findings.push(finding);
                return Some(recognised);
            }
        };
        recognised.size = bundle.size;
        recognised.header = vec!["file".into(), "profile".into(), "bytes".into()];
        recognised.profiles = fits(&bundle, &self.profiles);
        match recognise(&bundle, &self.profiles) {
            Ok(rules) => {
                recognised.profile = Some(rules.name.clone());
                recognised.sample = listed(&bundle, rules);
                match parts(&bundle, rules) {
                    Ok(parts) => recognised.findings.extend(parts.into_iter().flat_map(|p| p.notes)),
                    Err(findings) => recognised.findings.extend(findings),
                }
            }
            Err(finding) => recognised.findings.push(finding),
        }
        Some(recognised)
    }
}

/// The files of a bundle: name, profile, size.
fn listed(bundle: &Bundle, rules: &BundleRules) -> Vec<Vec<String>> {
    let profile = |name: &str| rules.of(name).map(|m| m.profile.clone()).unwrap_or_default();
    bundle.members.iter().map(|m| vec![m.name.clone(), profile(&m.name), m.bytes.len().to_string()]).collect()
}

fn no_member(rules: &BundleRules, name: &str) -> Trouble {
    let next = format!("Give its folder or ZIP, or one of its files: {}.", rules.files().join(", "));
    Trouble::new(TroubleSort::Usage, format!("{} is a bundle, and {name} is none of its files.", rules.name), next)
}

fn of_profile(profile: &Profile) -> u8 {
    let kind = if profile.rows == RowShape::Org { Kind::Orgs } else { profile.main_kind };
    match kind {
        Kind::Orgs => 0,
        Kind::Staff => 1,
        Kind::Students => 2,
        Kind::Courses => 3,
        Kind::Classes => 4,
        Kind::Enrollments => 5,
        Kind::Guardians => 6,
        Kind::Links => 7,
    }
}
