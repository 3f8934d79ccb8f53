//! Feeds: set up, changed, taken away; and what an import comes through.

use std::path::Path;

use super::office::Office;
use super::{Desk, Event, FeedInfo, Import, JobNo, Reply, Trouble, TroubleSort, WatchInfo};
use crate::check::near::near;
use crate::ledger::{Feed, Map, Mode, Sync, SyncKind};
use crate::roster::FeedNo;
use crate::sync::{self, Failed};

/// Through what a file comes: what was asked for, filled up with what its feed says.
pub(super) struct Through {
    /// The feed, where one was named, or is set up under the name of the profile.
    pub(super) feed: Option<Feed>,
    /// The profile or bundle, where one was named or the feed has it.
    pub(super) profile: Option<String>,
    /// The mapping.
    pub(super) map: Option<Map>,
    /// The organization.
    pub(super) org: Option<String>,
    /// The mode.
    pub(super) mode: Option<Mode>,
}

/// Most characters of a feed's name.
const MOST_NAME: usize = 64;

fn usage(what: impl Into<String>, next: impl Into<String>) -> Trouble {
    Trouble::new(TroubleSort::Usage, what, next)
}

fn refused(what: impl Into<String>, next: impl Into<String>) -> Trouble {
    Trouble::new(TroubleSort::Refused, what, next)
}

impl Office {
    /// What an import comes through. Refused where there is no such feed or mapping, or where the request contradicts its feed.
    pub(super) fn through(&self, import: &Import) -> Result<Through, Trouble> {
        let map = import.map.as_deref().map(|name| self.map_of(name)).transpose()?;
        let profile = import.profile.clone().or_else(|| map.as_ref().map(|m| m.profile.clone()).filter(|_| import.feed.is_none()));
        let feed = match (&import.feed, &profile) {
            (Some(name), _) => Some(self.feed_of(name)?),
            (None, Some(profile)) => self.store.feed(profile)?.filter(|f| f.profile == *profile),
            (None, None) => self.feed_of_header(&import.path)?,
        };
        let against = |what: &str, is: &str, asked: &str, feed: &Feed| {
            usage(
                format!("Feed {} is for {what} {is}, not {asked}.", feed.name),
                format!("Leave the {what} out, or import through another feed."),
            )
        };
        let mut through = Through { feed: None, profile, map, org: import.org.clone(), mode: import.mode };
        if let Some(feed) = feed {
            match &through.profile {
                Some(profile) if *profile != feed.profile => return Err(against("profile", &feed.profile, profile, &feed)),
                _ => through.profile = Some(feed.profile.clone()),
            }
            match (&through.org, &feed.org) {
                (Some(asked), Some(org)) if asked != org => return Err(against("organization", org, asked, &feed)),
                (None, Some(org)) => through.org = Some(org.clone()),
                _ => {}
            }
            if through.map.is_none() {
                through.map = feed.map.as_deref().map(|name| self.map_of(name)).transpose()?;
            }
            through.mode = through.mode.or(Some(feed.mode));
            through.feed = Some(feed);
        }
        if let (Some(map), Some(profile)) = (&through.map, &through.profile)
            && map.profile != *profile
        {
            let what = format!("Mapping {} is for profile {}, not {profile}.", map.name, map.profile);
            return Err(usage(what, "Use a mapping of that profile: homeroom maps"));
        }
        self.shape_within(&import.path, through.profile.as_deref())?;
        self.keep_within(through.org.take()).map(|org| Through { org, ..through })
    }

    /// A file that is named without profile or feed comes through the feed that is set up under the name of its profile.
    fn feed_of_header(&self, path: &str) -> Result<Option<Feed>, Trouble> {
        let named: Vec<Feed> = self.store.feeds()?.into_values().filter(|f| f.name == f.profile && f.map.is_none()).collect();
        // Hardly anybody has such feeds, and the file need not be looked at twice then.
        if named.is_empty() {
            return Ok(None);
        }
        // What cannot be read is said by the import itself, under a number.
        let profile = self.recognise(path).ok().and_then(|r| r.profile);
        Ok(named.into_iter().find(|f| profile.as_deref() == Some(&f.profile)))
    }

    /// The feed of a name; where nobody set it up, the profile's own.
    pub(super) fn feed_of(&self, name: &str) -> Result<Feed, Trouble> {
        if let Some(feed) = self.store.feed(name)? {
            return Ok(feed);
        }
        let all = self.feeds()?;
        if let Some(info) = all.iter().find(|f| f.feed.name == name) {
            return Ok(info.feed.clone());
        }
        let next = match near(name, all.iter().map(|f| f.feed.name.as_str()), 1).first() {
            Some(near) => format!("Did you mean {near}?"),
            None => "See them with: homeroom feeds".to_owned(),
        };
        Err(usage(format!("There is no feed \"{name}\"."), next))
    }

    /// The feeds, by name: those that somebody set up, and those of profiles that files were imported by without one.
    pub(super) fn feeds(&self) -> Result<Vec<FeedInfo>, Trouble> {
        let syncs = self.store.syncs()?;
        let (set_up, watched) = (self.store.feeds()?, self.watched()?);
        let mut all = Vec::new();
        for (no, name) in self.store.feed_names()? {
            let last = syncs.iter().find(|s| s.feed == no && !matches!(s.kind, SyncKind::Undo { .. }));
            let info = match set_up.get(&no) {
                Some(feed) => FeedInfo {
                    feed: feed.clone(),
                    set_up: true,
                    last: last.cloned(),
                    files: Vec::new(),
                    problem: self.judge_feed(feed, no).err().map(|t| t.message),
                    watch: WatchInfo::default(),
                }
                .watched(no, &watched, &syncs),
                // One that was taken away keeps its number, for the history; it is none any more.
                None => match last.filter(|_| self.is_profile(&name)) {
                    Some(last) => FeedInfo {
                        feed: self.as_imported(&name, last),
                        set_up: false,
                        last: Some(last.clone()),
                        files: Vec::new(),
                        problem: None,
                        watch: WatchInfo::default(),
                    },
                    None => continue,
                },
            };
            all.push(info);
        }
        all.sort_by(|a, b| a.feed.name.cmp(&b.feed.name));
        Ok(all)
    }

    /// A feed that only came to be by an import: the profile's defaults.
    fn as_imported(&self, name: &str, last: &Sync) -> Feed {
        let mut feed = Feed::new(name, if last.profile.is_empty() { name } else { &last.profile });
        feed.mode = self.profiles.get(&feed.profile).and_then(|p| p.modes.first().copied()).unwrap_or_default();
        feed
    }

    /// Makes or changes a feed.
    pub(super) fn put_feed(&self, feed: &Feed, replaces: Option<&str>) -> Result<Vec<FeedInfo>, Trouble> {
        let no = replaces.map(|name| self.feed_no_of(name)).transpose()?;
        let taken = sync::feed_number(&self.store, &feed.name).map_err(told)?;
        let (there, names) = (self.store.feeds()?, self.store.feed_names()?);
        match (no, taken) {
            (None, Some(taken)) if there.contains_key(&taken) => {
                let next = format!("Change it with: homeroom feeds edit \"{}\"", feed.name);
                return Err(refused(format!("There is a feed {} already.", feed.name), next));
            }
            // A name that files came under before belongs to what they brought.
            (Some(no), Some(taken)) if no != taken => {
                return Err(refused(format!("The name {} belongs to another feed.", feed.name), "Choose a name that is new."));
            }
            _ => {}
        }
        let no = no.or(taken);
        self.judge_feed(feed, no.unwrap_or(FeedNo::HAND))?;
        let other = |s: &Sync| Some(s.feed) == no && s.kind == SyncKind::Import && s.status.is_applied() && s.profile != feed.profile;
        // A bundle's syncs have the profiles of its members.
        if let Some(sync) = self.store.syncs()?.into_iter().find(|s| other(s) && s.set.is_none()) {
            let name = no.and_then(|no| names.get(&no)).unwrap_or(&feed.name);
            let what = format!("Feed {name} has brought files of profile {}.", sync.profile);
            return Err(refused(what, format!("Make another feed for {}.", feed.profile)));
        }
        sync::put_feed(&self.store, feed, replaces).map_err(told)?;
        self.feeds()
    }

    /// The number of a feed that there is.
    fn feed_no_of(&self, name: &str) -> Result<FeedNo, Trouble> {
        let name = self.feed_of(name)?.name;
        let none = || usage(format!("There is no feed \"{name}\"."), "See them with: homeroom feeds");
        sync::feed_number(&self.store, &name).map_err(told)?.ok_or_else(none)
    }

    /// What is wrong with a feed: what, where, what to do.
    fn judge_feed(&self, feed: &Feed, no: FeedNo) -> Result<(), Trouble> {
        let name = &feed.name;
        let odd = name.is_empty() || name.trim() != name || name.chars().count() > MOST_NAME || name.chars().any(char::is_control);
        if odd || name.starts_with('-') {
            let next = format!("Use 1 to {MOST_NAME} characters that show, without blanks around them, as in \"daily-staff\".");
            return Err(refused(format!("A feed cannot be named \"{}\".", name.escape_default()), next));
        }
        if *name != feed.profile && self.is_profile(name) {
            let next = "Choose another name: what is imported by that profile alone comes under its name.";
            return Err(refused(format!("{name} is the name of a profile, and this feed is for {}.", feed.profile), next));
        }
        // A bundle is no profile; its members have theirs.
        let profile = if self.is_bundle(&feed.profile) { None } else { Some(self.profile_of(&feed.profile)?) };
        if let Some(map) = &feed.map {
            let map = self.map_of(map)?;
            if map.profile != feed.profile {
                let what = format!("Mapping {} is for profile {}, not {}.", map.name, map.profile, feed.profile);
                return Err(refused(what, "Choose a mapping of that profile: homeroom maps"));
            }
        }
        let roster = self.roster();
        if let Some(org) = feed.org.as_deref().filter(|o| roster.org_by_external_id(o).is_none()) {
            let near = near(org, roster.orgs().map(|(_, o)| o.external_id.as_str()), 3).join(", ");
            let next = if near.is_empty() { "See them with: homeroom list schools".to_owned() } else { format!("Nearest: {near}.") };
            return Err(refused(format!("There is no organization \"{org}\"."), next));
        }
        if let Some(profile) = profile.filter(|p| !p.modes.contains(&feed.mode)) {
            let known: Vec<&str> = profile.modes.iter().map(|m| m.name()).collect();
            let what = format!("Profile {} has no mode \"{}\".", profile.name, feed.mode);
            return Err(refused(what, format!("It has: {}.", known.join(", "))));
        }
        let limits = [("disable", feed.limits.disable), ("change", feed.limits.change), ("errors", feed.limits.errors)];
        if let Some((limit, n)) = limits.iter().find(|(_, n)| *n > 100) {
            return Err(refused(format!("Limit {limit} cannot be {n} %."), "Give 0 to 100; 100 never holds."));
        }
        match &feed.folder {
            Some(folder) => self.judge_folder(folder, no),
            None => Ok(()),
        }
    }

    fn judge_folder(&self, folder: &str, no: FeedNo) -> Result<(), Trouble> {
        let path = Path::new(folder);
        if !path.is_absolute() {
            return Err(refused(format!("The folder {folder} is not an absolute path."), "Begin it at the root: /srv/drop/staff"));
        }
        match std::fs::metadata(path) {
            Ok(there) if there.is_dir() => {
                if let Err(e) = std::fs::read_dir(path) {
                    return Err(refused(format!("Cannot look into {folder}: {e}"), "Check the rights."));
                }
            }
            Ok(_) => return Err(refused(format!("{folder} is no folder."), "Give the folder that the files are dropped into.")),
            Err(e) => return Err(refused(format!("Cannot look into {folder}: {e}"), "Make the folder first, or check the rights.")),
        }
        // A link may lead to the folder of another feed.
        let place = |path: &Path| {
            std::fs::metadata(path).ok().map(|m| (std::os::unix::fs::MetadataExt::dev(&m), std::os::unix::fs::MetadataExt::ino(&m)))
        };
        let here = place(path);
        let same = |f: &Feed| f.folder.as_deref().map(Path::new).is_some_and(|f| f == path || here.is_some() && place(f) == here);
        match self.store.feeds()?.into_iter().find(|(other, f)| *other != no && same(f)) {
            None => Ok(()),
            Some((_, other)) => {
                let next = "Give each feed a folder of its own: a file can only be for one of them.";
                Err(refused(format!("The folder {folder} is that of feed {} already.", other.name), next))
            }
        }
    }

    /// Whether a name is a profile's or a bundle's.
    fn is_profile(&self, name: &str) -> bool {
        self.profiles.get(name).is_some() || self.is_bundle(name)
    }

    /// Whether a name is a bundle's.
    pub(super) fn is_bundle(&self, name: &str) -> bool {
        self.profiles.bundle(name).is_some()
    }
}

fn told(failed: Failed) -> Trouble {
    match failed {
        Failed::Store(error) => error.into(),
        Failed::Usage(what, next) => usage(what, next),
        Failed::Cancelled(_) => Trouble::new(TroubleSort::Cancelled, failed.to_string(), ""),
    }
}

impl Desk {
    /// Takes a feed away.
    pub(super) fn remove_feed(&self, job: JobNo, name: &str, on_event: &mut dyn FnMut(Event) -> bool) -> Result<Reply, Trouble> {
        let office = &self.office;
        let known = office.feed_of(name)?;
        office.run(job, on_event, |runner, roster| Ok(((), runner.remove_feed(roster, &known.name)?)))?;
        Ok(Reply::Feeds(office.feeds()?))
    }
}
