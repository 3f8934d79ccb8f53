//! On what terms a file is run: its feed, its organization, its mode, and whether its content was here before.

use std::path::Path;

use super::run::Import;
use super::{Failed, Runner};
use crate::check;
use crate::feed::{Profile, Scope};
use crate::ledger::{Code, Feed, Finding, Sync, SyncKind, SyncNo, UploadHash};
use crate::roster::{OrgKind, Roster};

impl Runner<'_> {
    /// The sync becomes one of its feed, where none was named of the profile's.
    pub(super) fn through(&self, sync: &mut Sync, profile: &Profile, feed: Option<&Feed>) -> Result<(), Failed> {
        let own = profile.variant_of.as_ref().unwrap_or(&profile.name);
        feed.map_or(own, |f| &f.name).clone_into(&mut sync.feed_name);
        sync.feed = self.store.feed_no(&sync.feed_name)?;
        Ok(())
    }

    /// What a sync's feed says now: limits, local fixes, approval. Where nobody set one up, the defaults.
    pub(super) fn terms(&self, sync: &Sync) -> Result<Feed, Failed> {
        let feed = self.store.feed(&sync.feed_name)?;
        Ok(feed.unwrap_or_else(|| Feed { update_passwords: true, ..Feed::new(&sync.feed_name, &sync.profile) }))
    }

    /// What is to be said of a file whose content was applied before: a note, or, where newer files of its feed for the same
    /// organization followed, that it is stale (SAF-509), which holds it.
    pub(super) fn same_content(&self, hash: &UploadHash, sync: &Sync) -> Result<Vec<Finding>, Failed> {
        let syncs = self.store.syncs()?;
        let Some(before) = syncs.iter().find(|s| s.number != sync.number && s.upload.as_ref() == Some(hash) && s.stands()) else {
            return Ok(Vec::new());
        };
        let of_feed = |s: &&Sync| s.kind == SyncKind::Import && s.feed == sync.feed && s.org == sync.org && s.stands();
        let newest = syncs.iter().filter(of_feed).find(|s| s.number != sync.number);
        let again = before.feed == sync.feed && before.org == sync.org;
        if let Some(newest) = newest.filter(|n| again && n.number > before.root() && n.upload.as_ref() != Some(hash)) {
            let said = |s: &Sync| format!("{} of {}", s.number, day(s.started.0));
            return Ok(vec![Finding::of_file(Code::SAF_509).with("d", said(before)).with("e", said(newest))]);
        }
        Ok(vec![Finding::of_file(Code::FIL_015).with("n", before.number.0).with("date", day(before.started.0))])
    }

    /// The organization that an upload was for must still be known by that ID: else rows for any other would be taken.
    pub(super) fn still_there(sync: &Sync, roster: &Roster) -> Result<(), Failed> {
        match sync.org.as_deref().filter(|o| roster.org_by_external_id(o).is_none()) {
            None => Ok(()),
            Some(org) => {
                let what = format!("{} was for organization \"{org}\", which is not there any more.", sync.number);
                Err(Failed::Usage(what, "Import the file again for the organization that it is for.".into()))
            }
        }
    }

    /// What the profile demands of the request itself.
    pub(super) fn allowed(profile: Option<&Profile>, ask: &Import<'_>, roster: &Roster) -> Result<(), Failed> {
        if let Some(org) = ask.org
            && roster.org_by_external_id(org).is_none()
        {
            let near = check::near::near(org, roster.orgs().map(|(_, o)| o.external_id.as_str()), 3).join(", ");
            let next = if near.is_empty() { "See them with: homeroom list schools".to_owned() } else { format!("Nearest: {near}.") };
            return Err(Failed::Usage(format!("There is no organization \"{org}\"."), next));
        }
        let Some(profile) = profile else { return Ok(()) };
        if profile.scope == Scope::School && ask.org.is_none() {
            return Err(Failed::Usage(format!("Profile {} is for one school.", profile.name), "Name it with --org.".into()));
        }
        if profile.scope == Scope::School
            && let Some(org) = ask.org.and_then(|o| roster.org(roster.org_by_external_id(o)?)).filter(|o| o.kind != OrgKind::School)
        {
            let what = format!("Profile {} is for one school; \"{}\" is a {}.", profile.name, org.external_id, org.kind);
            return Err(Failed::Usage(what, "Name one of its schools with --org.".into()));
        }
        if let Some(mode) = ask.mode.filter(|m| !profile.modes.contains(m)) {
            let known: Vec<&str> = profile.modes.iter().map(|m| m.name()).collect();
            let next = format!("It has: {}.", known.join(", "));
            return Err(Failed::Usage(format!("Profile {} has no mode \"{mode}\".", profile.name), next));
        }
        Ok(())
    }

    pub(super) fn no_profile(&self, name: &str) -> Failed {
        let near = check::near::near(name, self.profiles.all.iter().map(|p| p.name.as_str()), 1);
        let next = match near.first() {
            Some(near) => format!("Did you mean {near}?"),
            None => format!("There are: {}.", self.profiles.all.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ")),
        };
        let broken = self.profiles.problems.iter().find(|p| p.path.as_deref().and_then(Path::file_stem).is_some_and(|s| *s == *name));
        let next = broken.map_or(next, |p| format!("Its file cannot be used: {p}"));
        Failed::Usage(format!("There is no profile \"{name}\"."), next)
    }

    pub(super) fn known(&self, number: SyncNo) -> Result<Sync, Failed> {
        let missing = || Failed::Usage(format!("There is no sync {number}."), "See them with: homeroom syncs".into());
        self.store.sync(number)?.ok_or_else(missing)
    }
}

/// The UTC day of a timestamp, ISO.
fn day(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).map(|t| t.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}
