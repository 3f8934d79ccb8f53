//! What forms choose from: the profiles, mappings, schools and feeds that there are, each asked for once the form opens.

use super::asked::Asked;
use super::choices::Choice;
use super::{Effect, Token, words};
use crate::desk::{FeedInfo, MapInfo, ProfileInfo, Reply, Request, SchoolRow, SchoolSort, Window};
use crate::ledger::Mode;

/// Tokens of these slots are for this; screens number theirs from 0.
const PROFILES: u8 = 200;
const MAPS: u8 = 201;
const SCHOOLS: u8 = 202;
const FEEDS: u8 = 203;

/// Nobody chooses from more schools than this; the rest can be typed.
const MOST_SCHOOLS: u64 = 2_000;

/// What there is to choose from.
#[derive(Debug)]
pub struct Known {
    profiles: Asked<Vec<ProfileInfo>>,
    maps: Asked<Vec<MapInfo>>,
    schools: Asked<Vec<SchoolRow>>,
    feeds: Asked<Vec<FeedInfo>>,
}

impl Default for Known {
    fn default() -> Self {
        Self { profiles: Asked::new(PROFILES), maps: Asked::new(MAPS), schools: Asked::new(SCHOOLS), feeds: Asked::new(FEEDS) }
    }
}

impl Known {
    /// Asks for all of it.
    pub fn ask(&mut self) -> Vec<Effect> {
        let window = Window { first: 0, count: MOST_SCHOOLS };
        vec![
            self.profiles.ask(Request::Profiles),
            self.maps.ask(Request::Maps),
            self.schools.ask(Request::Schools { filter: String::new(), sort: SchoolSort::Name, reverse: false, window }),
            self.feeds.ask(Request::Feeds),
        ]
    }

    /// Asks for the profiles and mappings alone.
    pub fn ask_profiles(&mut self) -> Vec<Effect> {
        vec![self.profiles.ask(Request::Profiles), self.maps.ask(Request::Maps)]
    }

    /// Whether a reply under that token is for this.
    pub fn owns(&self, token: Token) -> bool {
        matches!(token.slot, PROFILES | MAPS | SCHOOLS | FEEDS)
    }

    /// Takes a reply. What could not be had can still be typed: the console says why it is not there.
    pub fn take(&mut self, token: Token, reply: Reply) {
        match reply {
            Reply::Profiles(all) => drop(self.profiles.take(token, Ok(all))),
            Reply::Maps(all) => drop(self.maps.take(token, Ok(all))),
            Reply::Schools(page) => drop(self.schools.take(token, Ok(page.rows))),
            Reply::Feeds(all) => drop(self.feeds.take(token, Ok(all))),
            _ => {}
        }
    }

    /// The profile of that name.
    pub fn profile(&self, name: &str) -> Option<&ProfileInfo> {
        self.profiles.get()?.iter().find(|p| p.name == name)
    }

    /// The mapping of that name.
    pub fn map(&self, name: &str) -> Option<&MapInfo> {
        self.maps.get()?.iter().find(|m| m.map.name == name)
    }

    /// The feed of that name.
    pub fn feed(&self, name: &str) -> Option<&FeedInfo> {
        self.feeds.get()?.iter().find(|f| f.feed.name == name)
    }

    /// The feeds.
    pub fn feeds(&self) -> &[FeedInfo] {
        self.feeds.get().map_or(&[], Vec::as_slice)
    }

    /// The profiles to choose from.
    pub fn profile_choices(&self) -> Vec<Choice> {
        self.profiles.get().into_iter().flatten().map(|p| Choice::new(p.name.as_str(), p.title.as_str())).collect()
    }

    /// The mappings to a profile; all where none is named.
    pub fn map_choices(&self, profile: &str) -> Vec<Choice> {
        let fits = |m: &&MapInfo| profile.is_empty() || m.map.profile == profile;
        let words = |m: &MapInfo| format!("{} to {}", words::count(m.map.headers.len() as u64, "header", "headers"), m.map.profile);
        self.maps.get().into_iter().flatten().filter(fits).map(|m| Choice::new(m.map.name.as_str(), words(m))).collect()
    }

    /// The schools and districts by external ID.
    pub fn school_choices(&self) -> Vec<Choice> {
        let all = self.schools.get().into_iter().flatten();
        all.map(|s| Choice::new(s.org.external_id.as_str(), s.org.name.as_str())).collect()
    }

    /// The feeds to choose from.
    pub fn feed_choices(&self) -> Vec<Choice> {
        self.feeds().iter().map(|f| Choice::new(f.feed.name.as_str(), feed_words(f))).collect()
    }

    /// The modes of a profile, its default first; all where it is not known.
    pub fn mode_choices(&self, profile: &str) -> Vec<Choice> {
        let modes = self.profile(profile).map_or(Mode::ALL, |p| p.modes.as_slice());
        modes.iter().map(|m| Choice::new(m.name(), mode_words(*m))).collect()
    }
}

/// What a mode does with the absent.
pub fn mode_words(mode: Mode) -> &'static str {
    match mode {
        Mode::Partial => "who is not in the file stays as they are",
        Mode::Full => "who is not in the file is disabled",
        Mode::Students => "students who are not in the file are disabled",
        Mode::Staff => "staff who are not in the file are disabled",
    }
}

/// "echalk-users for 104521, 2 files wait".
fn feed_words(f: &FeedInfo) -> String {
    let org = f.feed.org.as_ref().map(|org| format!(" for {org}")).unwrap_or_default();
    let files = match f.files.len() as u64 {
        0 => String::new(),
        n => format!(", {}", words::count(n, "file waits", "files wait")),
    };
    format!("{}{org}{files}", f.feed.profile)
}

/// The path of a file that waits in a feed's folder.
pub fn waiting_path(f: &FeedInfo, file: &str) -> String {
    match &f.feed.folder {
        Some(folder) if !file.starts_with('/') => format!("{}/{file}", folder.trim_end_matches('/')),
        _ => file.to_owned(),
    }
}
