//! Mappings: kept, taken away, and tried on a file.

use std::path::{Path, PathBuf};

use super::office::Office;
use super::{MapDraft, MapInfo, Output, Trouble, TroubleSort};
use crate::check::near::near;
use crate::feed::{self, Profile, describe};
use crate::ledger::Map;

mod draft;
mod words;

impl Office {
    /// The folder of the operator's own mappings: beside that of the profiles.
    fn maps_folder(&self) -> Option<PathBuf> {
        Some(self.surroundings.profiles.as_ref()?.parent()?.join("maps"))
    }

    /// The mappings of the config folder. Read each time: they are small, and a person is changing them.
    fn own_maps(&self) -> feed::map::Maps {
        self.maps_folder().map(|folder| feed::map::load(&folder, &self.profiles)).unwrap_or_default()
    }

    /// The mappings by name; a file of the config folder stands before one of its name that is kept here.
    pub(super) fn maps(&self) -> Result<Vec<MapInfo>, Trouble> {
        let own = self.own_maps().all.into_iter().map(|(map, path)| (map, Some(path.display().to_string())));
        // What syncs used is kept under names with an `@`.
        let kept = self.store.maps()?.into_iter().filter(|m| !m.name.contains('@')).map(|map| (map, None));
        let feeds = self.store.feeds()?;
        let mut all: Vec<MapInfo> = Vec::new();
        for (map, path) in own.chain(kept) {
            if all.iter().all(|m| m.map.name != map.name) {
                let users = feeds.values().filter(|f| f.map.as_deref() == Some(&map.name)).map(|f| f.name.clone()).collect();
                all.push(MapInfo { map, path, feeds: users });
            }
        }
        all.sort_by(|a, b| a.map.name.cmp(&b.map.name));
        Ok(all)
    }

    /// The mapping of a name, right for its profile.
    pub(super) fn map_of(&self, name: &str) -> Result<Map, Trouble> {
        let all = self.maps()?;
        if let Some(info) = all.iter().find(|m| m.map.name == name) {
            self.judge_map(&info.map)?;
            return Ok(info.map.clone());
        }
        let own = self.own_maps();
        let broken = own.problems.iter().find(|p| p.path.as_deref().and_then(Path::file_stem).is_some_and(|s| *s == *name));
        let next = match (broken, near(name, all.iter().map(|m| m.map.name.as_str()), 1).first()) {
            (Some(problem), _) => format!("Its file cannot be used: {problem}"),
            (None, Some(near)) => format!("Did you mean {near}?"),
            (None, None) => "See them with: homeroom maps".to_owned(),
        };
        Err(Trouble::new(TroubleSort::Usage, format!("There is no mapping \"{name}\"."), next))
    }

    fn judge_map(&self, map: &Map) -> Result<(), Trouble> {
        match feed::map::faults(map, &self.profiles).into_iter().next() {
            None => Ok(()),
            Some((_, message)) => {
                let what = format!("Mapping {} cannot be used: {message}.", map.name);
                Err(Trouble::new(TroubleSort::Refused, what, "Correct the mapping; homeroom maps --example shows what one may say."))
            }
        }
    }

    /// Keeps a mapping; one of its name is replaced.
    pub(super) fn put_map(&self, map: &Map) -> Result<Vec<MapInfo>, Trouble> {
        self.judge_map(map)?;
        if let Some((_, path)) = self.own_maps().all.iter().find(|(m, _)| m.name == map.name) {
            let what = format!("Mapping {} is a file: {}.", map.name, path.display());
            return Err(Trouble::new(TroubleSort::Refused, what, "Change the file, or give this one another name."));
        }
        let user = self.store.feeds()?.into_values().find(|f| f.map.as_deref() == Some(&map.name) && f.profile != map.profile);
        if let Some(feed) = user {
            let what = format!("Feed {} uses mapping {} for profile {}.", feed.name, map.name, feed.profile);
            return Err(Trouble::new(TroubleSort::Refused, what, "Give this one another name, or change the feed first."));
        }
        self.store.put_map(map)?;
        self.maps()
    }

    /// Takes a mapping away, unless a feed uses it.
    pub(super) fn remove_map(&self, name: &str) -> Result<Vec<MapInfo>, Trouble> {
        let all = self.maps()?;
        let Some(info) = all.iter().find(|m| m.map.name == name) else { return self.map_of(name).map(|_| all) };
        if let Some(path) = &info.path {
            return Err(Trouble::new(TroubleSort::Refused, format!("Mapping {name} is a file: {path}."), "Delete the file."));
        }
        if !info.feeds.is_empty() {
            let what = format!("Mapping {name} is used by {}.", info.feeds.join(", "));
            return Err(Trouble::new(TroubleSort::Refused, what, "Give the feed another mapping first: homeroom feeds edit NAME --map M"));
        }
        self.store.remove_map(name)?;
        self.maps()
    }

    /// What a mapping makes of a file.
    pub(super) fn draft_map(&self, path: &str, map: &Map) -> Result<MapDraft, Trouble> {
        let profile = self.profile_of(&map.profile)?;
        draft::draft(Path::new(path), map, profile, &self.roster())
    }

    /// The profile of a name.
    pub(super) fn profile_of(&self, name: &str) -> Result<&Profile, Trouble> {
        self.profiles.get(name).ok_or_else(|| {
            let next = match self.profiles.nearest(name) {
                Some(near) => format!("Did you mean {near}?"),
                None => "See them with: homeroom profiles".to_owned(),
            };
            Trouble::new(TroubleSort::Usage, format!("There is no profile \"{name}\"."), next)
        })
    }

    /// An empty file of a profile.
    pub(super) fn template(&self, profile: &str) -> Result<Output, Trouble> {
        let profile = self.profile_of(profile)?;
        Ok(Output {
            file_name: profile.file_name.clone().unwrap_or_else(|| format!("{}.csv", profile.name)),
            bytes: describe::template(profile).into_bytes(),
            lines: 0,
            note: String::new(),
        })
    }
}
