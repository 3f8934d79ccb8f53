//! The fields of the import form, and what may stand in each.

use super::super::choices::{Choice, yes_no};
use super::super::known::waiting_path;
use super::ImportScreen;

/// The fields: name, what is said beside it while it is blank, what it is.
pub(super) const FIELDS: [(&str, &str, &str); 9] = [
    (
        "file",
        "tab completes",
        "The path of a CSV or TSV file, or a ZIP of several. tab completes it; ctrl-o lists the files that wait in drop folders.",
    ),
    (
        "feed",
        "blank: none",
        "The feed that the file comes through: profile, mapping, school, mode and limits are then the feed's where nothing else stands here.",
    ),
    ("profile", "blank: as recognised", "What the columns mean. `:profiles` shows every profile."),
    (
        "mapping",
        "blank: the header's own names",
        "Which header of the file is which column, where the file has its own names. ctrl-o can make one for this file.",
    ),
    ("school", "blank: whole district", "External ID of the school that the file is for. Some profiles want one."),
    ("mode", "blank: the profile's own", "How people are treated who are not in the file."),
    ("encoding", "blank: as found", "How the file's bytes are letters, where it was read wrong."),
    ("delimiter", "blank: as found", "What stands between the cells, where it was read wrong."),
    ("approval", "blank: only where a limit is passed", "yes: nothing is applied before somebody approves it, whatever the plan."),
];
pub(super) const PATH: usize = 0;
pub(super) const FEED: usize = 1;
pub(super) const PROFILE: usize = 2;
pub(super) const MAP: usize = 3;
pub(super) const ORG: usize = 4;
pub(super) const MODE: usize = 5;
pub(super) const ENCODING: usize = 6;
pub(super) const DELIMITER: usize = 7;
pub(super) const APPROVAL: usize = 8;

/// Encodings that a file may be read in.
pub(super) const ENCODINGS: [(&str, &str); 4] =
    [("utf-8", "the usual one"), ("windows-1252", "old Excel on Windows"), ("utf-16le", "Excel's Unicode text"), ("utf-16be", "rare")];
/// What may stand between cells.
pub(super) const DELIMITERS: [(&str, char); 4] = [("comma", ','), ("tab", '\t'), ("semicolon", ';'), ("pipe", '|')];
/// Among the mappings: make one for this file.
pub(super) const NEW_MAP: &str = "new";

impl ImportScreen {
    /// Says what may stand in each field, and what is known about what stands there.
    pub(super) fn note(&mut self) {
        let profile = self.profile().unwrap_or_default();
        let feed = self.known.feed(self.value(FEED)).map(|f| f.feed.clone());
        let of_feed = |value: Option<String>, else_: &str| value.map_or_else(|| else_.to_owned(), |v| format!("the feed's: {v}"));
        let waiting = self.known.feeds().iter().flat_map(|f| f.files.iter().map(move |file| (f, file)));
        let mut files: Vec<Choice> =
            waiting.map(|(f, file)| Choice::new(waiting_path(f, file), format!("waits for {}", f.feed.name))).collect();
        // What was imported last, then the folders themselves: tab lists what is in them.
        files.extend(self.recent.iter().map(|path| Choice::new(path.clone(), "imported before")));
        let folders = self.known.feeds().iter().filter_map(|f| Some((f, f.feed.folder.as_ref()?)));
        files.extend(
            folders.map(|(f, folder)| Choice::new(format!("{}/", folder.trim_end_matches('/')), format!("folder of {}", f.feed.name))),
        );
        self.choices.set(PATH, FIELDS[PATH].1, files);
        self.choices.set(FEED, FIELDS[FEED].1, self.known.feed_choices());
        let hint = of_feed(feed.as_ref().map(|f| f.profile.clone()), FIELDS[PROFILE].1);
        self.choices.set(PROFILE, hint, self.known.profile_choices());
        let hint = of_feed(feed.as_ref().and_then(|f| f.map.clone()), FIELDS[MAP].1);
        let mut maps = self.known.map_choices(&profile);
        maps.push(Choice::new(NEW_MAP, "make one for this file"));
        self.choices.set(MAP, hint, maps);
        let one_school = self.known.profile(&profile).is_some_and(|p| p.one_school);
        let hint = of_feed(
            feed.as_ref().and_then(|f| f.org.clone()),
            if one_school { "needed: the file is for one school" } else { FIELDS[ORG].1 },
        );
        self.choices.set(ORG, hint, self.known.school_choices());
        let hint = of_feed(feed.as_ref().map(|f| f.mode.to_string()), FIELDS[MODE].1);
        self.choices.set(MODE, hint, self.known.mode_choices(&profile));
        self.choices.set(ENCODING, FIELDS[ENCODING].1, ENCODINGS.iter().map(|(e, words)| Choice::new(*e, *words)).collect());
        self.choices.set(DELIMITER, FIELDS[DELIMITER].1, DELIMITERS.iter().map(|(d, _)| Choice::new(*d, "")).collect());
        self.choices.set(APPROVAL, FIELDS[APPROVAL].1, yes_no("it waits for somebody to approve it", "only where a limit is passed"));
        self.choices.note(&mut self.form);
        self.suggest_profile();
    }

    /// What the file was recognised as stands beside the blank profile, to be taken.
    fn suggest_profile(&mut self) {
        if !self.value(PROFILE).is_empty() || !self.value(FEED).is_empty() {
            return;
        }
        let Some(r) = self.recognised.get() else { return };
        let best = r.profile.clone().or_else(|| r.profiles.first().map(|(name, ..)| name.clone()));
        let about = if r.profile.is_some() { "recognised" } else { "the nearest" };
        if let Some(field) = self.form.fields.get_mut(PROFILE) {
            field.about = best.as_ref().map_or_else(|| String::from("none fits"), |name| format!("{about}: {name}"));
            field.suggestion = best;
        }
    }
}
