//! Setting a feed up: its profile, mapping, school, mode and folder, and how careful it is. Saved whole or not at all.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::asked::sentence;
use super::choices::{Choice, Choices, yes_no};
use super::feeds::detail::fixes_words;
use super::form::{Field, Form, Problem};
use super::known::{Known, waiting_path};
use super::listing::{absolute, complete, folder};
use super::map_form::{Made, MapForm};
use super::paint::{Paint, foot};
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone};
use crate::desk::{FeedInfo, Reply, Request, Trouble};
use crate::ledger::{Expect, Feed, FeedWatch, FixPolicy, HoldLimits, Mode, Severity};
use crate::tui::command::{Command, Place};
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::widget::line_edit::LineEdit;

const SAVE: u8 = 0;
const CHOOSE: u8 = 1;
const SAMPLE: u8 = 2;
const WATCH: u8 = 3;

/// Among the mappings: make one.
const NEW_MAP: &str = "new";

/// The fields: name, what is said beside it while it is blank, its rule; and the heading above it.
const FIELDS: [(&str, &str, &str, &str); 19] = [
    ("name", "needed", "Any name; no two feeds have the same. Syncs and the Overview show it.", ""),
    ("profile", "needed", "What the columns of its files mean. `:profiles` shows every profile.", ""),
    (
        "mapping",
        "blank: the header's own names",
        "Which header is which column, where the source cannot export the profile's own names.",
        "",
    ),
    ("school", "blank: whole district", "External ID of the school that its files are for.", ""),
    ("mode", "", "How people are treated who are not in the file.", ""),
    (
        "folder",
        "blank: imported by hand",
        "Folder that the files are dropped into, as an absolute path. tab completes it. p on the list of feeds picks them up.",
        "",
    ),
    ("approval", "", "yes: every plan waits until somebody approves it, whatever it changes.", "How careful"),
    ("disabled above %", "", "More than this share of a kind disabled, in all or at one school, holds the removals (SAF-501).", ""),
    ("changed above %", "", "More than this share of a kind changed holds the whole file (SAF-502).", ""),
    ("errors from %", "", "This share of the rows in error or more holds the whole file (SAF-510).", ""),
    ("sets from", "", "Sets of fewer people than this are left out of the two limits above.", ""),
    ("files from rows", "", "Files of fewer rows than this are left out of the limit on errors.", ""),
    ("local fixes", "", "What happens to what was mended here where the file still brings the old value.", "What wins"),
    ("update names", "", "no: known people keep the names they have here.", ""),
    ("update passwords", "", "yes: a password in the file counts for known people too.", ""),
    ("main source", "", "yes: people it brings are warned about when another file sends them (REF-310).", ""),
    (
        "file expected",
        "blank: none is waited for",
        "When a file is expected: daily 03:00, weekdays 03:00, weekly mon 03:00; a zone may follow. One that does not come is said on the Overview.",
        "Unattended",
    ),
    ("alarm after min", "", "So many minutes after that moment a file that did not come is an alarm.", ""),
    (
        "still for s",
        "",
        "So many seconds a file in the folder must lie still before it is taken, where no rename and no marker says that it is whole.",
        "",
    ),
];
const NAME: usize = 0;
const PROFILE: usize = 1;
const MAP: usize = 2;
const ORG: usize = 3;
const MODE: usize = 4;
const FOLDER: usize = 5;
const APPROVAL: usize = 6;
const LIMITS: usize = 7;
const FIXES: usize = 12;
const NAMES: usize = 13;
const PASSWORDS: usize = 14;
const MAIN: usize = 15;
const EXPECT: usize = 16;
const GRACE: usize = 17;
const SETTLE: usize = 18;

/// The form of a feed.
#[derive(Debug)]
pub struct FeedForm {
    /// Its name until now; none where it is new.
    replaces: Option<String>,
    /// The first file that waits in its folder: a mapping is made for it.
    waiting: Option<String>,
    /// How it is watched until now.
    watch: FeedWatch,
    form: Form,
    choices: Choices,
    known: Known,
    refused: Option<Trouble>,
    saving: Option<bool>,
    made: Made,
    room: Size,
}

impl Default for FeedForm {
    fn default() -> Self {
        Self::new(&Feed::new("", ""), &FeedWatch::default(), None)
    }
}

fn said(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

impl FeedForm {
    /// The form of a feed that is there.
    pub fn of(info: &FeedInfo) -> Self {
        let mut form = Self::new(&info.feed, &info.watch.settings, Some(info.feed.name.clone()));
        form.waiting = info.files.first().map(|file| waiting_path(info, file));
        form
    }

    fn new(feed: &Feed, watch: &FeedWatch, replaces: Option<String>) -> Self {
        let l = &feed.limits;
        let values = [
            feed.name.clone(),
            feed.profile.clone(),
            feed.map.clone().unwrap_or_default(),
            feed.org.clone().unwrap_or_default(),
            feed.mode.to_string(),
            feed.folder.clone().unwrap_or_default(),
            said(feed.approval).to_owned(),
            l.disable.to_string(),
            l.change.to_string(),
            l.errors.to_string(),
            l.least.to_string(),
            l.least_rows.to_string(),
            feed.fixes.to_string(),
            said(feed.update_names).to_owned(),
            said(feed.update_passwords).to_owned(),
            said(feed.main).to_owned(),
            watch.expect.as_ref().map(Expect::to_string).unwrap_or_default(),
            watch.grace.to_string(),
            watch.settle.to_string(),
        ];
        let field = |((name, about, rule, group), value): (&(&'static str, &str, &str, &'static str), String)| Field {
            name: (*name).to_owned(),
            line: LineEdit::new(value.clone()),
            before: value,
            about: (*about).to_owned(),
            rule: vec![(*rule).to_owned()],
            required: matches!(*name, "name" | "profile"),
            group,
            ..Field::default()
        };
        let mut form = Self {
            replaces,
            waiting: None,
            watch: watch.clone(),
            form: Form::new(FIELDS.iter().zip(values).map(field).collect()).of_things(),
            choices: Choices::new(CHOOSE),
            known: Known::default(),
            refused: None,
            saving: None,
            made: Made::default(),
            room: Size::default(),
        };
        form.note();
        form
    }

    fn value(&self, field: usize) -> &str {
        self.form.fields.get(field).map_or("", |f| f.line.text().trim())
    }

    fn some(&self, field: usize) -> Option<String> {
        Some(self.value(field)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Says what may stand in each field, and what is wrong with what stands there.
    fn note(&mut self) {
        let profile = self.value(PROFILE).to_owned();
        let mut maps = self.known.map_choices(&profile);
        maps.push(Choice::new(NEW_MAP, "make one for a file of this feed"));
        let one_school = self.known.profile(&profile).is_some_and(|p| p.one_school);
        self.choices.set(PROFILE, FIELDS[PROFILE].1, self.known.profile_choices());
        self.choices.set(MAP, FIELDS[MAP].1, maps);
        let hint = if one_school { "blank: chosen with each file" } else { FIELDS[ORG].1 };
        self.choices.set(ORG, hint, self.known.school_choices());
        self.choices.set(MODE, "", self.known.mode_choices(&profile));
        self.choices.set(FOLDER, FIELDS[FOLDER].1, Vec::new());
        self.choices.set(APPROVAL, "", yes_no("every plan waits for approval", "only where a limit is passed"));
        let fixes = FixPolicy::ALL.iter().map(|f| Choice::new(f.name(), fixes_words(*f))).collect();
        self.choices.set(FIXES, "", fixes);
        self.choices.set(NAMES, "", yes_no("the file's names count", "known people keep their names"));
        self.choices.set(PASSWORDS, "", yes_no("the file's passwords count", "known people keep their passwords"));
        self.choices.set(MAIN, "", yes_no("warned about when another file sends its people", ""));
        self.choices.note(&mut self.form);
        let problems: Vec<Option<String>> = (0..FIELDS.len()).map(|i| self.problem(i)).collect();
        let here = self.form.index();
        for (index, (field, problem)) in self.form.fields.iter_mut().zip(problems).enumerate() {
            // What is still being typed is not wrong yet.
            let problem = problem.filter(|_| index != here);
            let wrong = |message| Problem { severity: Severity::Error, message, resolution: String::new(), code: String::new() };
            field.problems = problem.map(wrong).into_iter().collect();
        }
    }

    /// What is wrong with what stands in a field.
    fn problem(&self, field: usize) -> Option<String> {
        let text = self.value(field);
        match field {
            // A bundle is no profile: only the desk knows whether a feed may be for it.
            MODE | APPROVAL | FIXES | NAMES | PASSWORDS | MAIN => {
                let known = self.choices.of(field).is_empty() || self.choices.has(field, text);
                (!known).then(|| format!("\"{text}\" is not one of the choices"))
            }
            LIMITS..FIXES => {
                let (most, what) = if field < LIMITS + 3 { (100, "a whole number up to 100") } else { (u32::MAX, "a whole number") };
                let fits = text.parse::<u32>().is_ok_and(|n| n <= most);
                (!fits).then(|| format!("is {what}"))
            }
            EXPECT => Expect::parse(text).err(),
            GRACE | SETTLE => text.parse::<u16>().is_err().then(|| String::from("is a whole number")),
            _ => None,
        }
    }

    /// How it is watched, as it is typed: once nothing is wrong in it.
    fn watched(&self) -> FeedWatch {
        FeedWatch {
            expect: Expect::parse(self.value(EXPECT)).unwrap_or_default(),
            grace: self.value(GRACE).parse().unwrap_or(self.watch.grace),
            settle: self.value(SETTLE).parse().unwrap_or(self.watch.settle),
            since: self.watch.since,
        }
    }

    /// The feed as it is typed; the field that is wrong and why, where one is.
    fn feed(&self) -> Result<Feed, (usize, String)> {
        for needed in [NAME, PROFILE] {
            if self.value(needed).is_empty() {
                return Err((needed, format!("A feed needs a {}.", FIELDS[needed].0)));
            }
        }
        if let Some((field, why)) = (0..FIELDS.len()).find_map(|i| Some((i, self.problem(i)?))) {
            return Err((field, format!("{}: {why}.", FIELDS[field].0)));
        }
        let number = |field: usize| self.value(field).parse::<u32>().unwrap_or_default();
        let share = |field: usize| u8::try_from(number(field)).unwrap_or(100);
        Ok(Feed {
            name: self.value(NAME).to_owned(),
            profile: self.value(PROFILE).to_owned(),
            map: self.some(MAP),
            org: self.some(ORG),
            mode: Mode::from_name(self.value(MODE)).unwrap_or_default(),
            folder: self.some(FOLDER).map(|f| absolute(&f)),
            limits: HoldLimits {
                disable: share(LIMITS),
                change: share(LIMITS + 1),
                errors: share(LIMITS + 2),
                least: number(LIMITS + 3),
                least_rows: number(LIMITS + 4),
            },
            fixes: FixPolicy::from_name(self.value(FIXES)).unwrap_or_default(),
            approval: self.value(APPROVAL) == "yes",
            update_names: self.value(NAMES) != "no",
            update_passwords: self.value(PASSWORDS) == "yes",
            main: self.value(MAIN) == "yes",
        })
    }

    fn save(&mut self, stay: bool) -> Vec<Effect> {
        if self.saving.is_some() {
            return Vec::new();
        }
        if self.value(MAP) == NEW_MAP && self.known.map(NEW_MAP).is_none() {
            return self.make_map();
        }
        match self.feed() {
            Err((field, why)) => {
                self.form.go_to(field);
                vec![Effect::Toast(Tone::Bad, why)]
            }
            Ok(feed) => {
                self.saving = Some(stay);
                vec![Effect::Ask { token: Token::of(SAVE), request: Request::PutFeed { feed, replaces: self.replaces.clone() } }]
            }
        }
    }

    fn saved(&mut self) -> Vec<Effect> {
        let name = self.value(NAME).to_owned();
        let toast = Effect::Toast(Tone::Good, format!("The feed {name} was saved."));
        self.replaces = Some(name);
        self.refused = None;
        for field in &mut self.form.fields {
            field.before = field.line.text().to_owned();
        }
        if self.saving.take() == Some(true) { vec![toast] } else { vec![toast, Effect::Pop] }
    }

    /// Completes the folder; `false` where there is nothing to complete.
    fn complete(&mut self) -> bool {
        if self.form.index() != FOLDER {
            return false;
        }
        let typed = self.form.fields[FOLDER].line.text().to_owned();
        let done = complete(&typed, |dir| folder(dir).into_iter().filter(|e| e.folder).collect());
        let more = !typed.is_empty() && done.text != typed;
        if more {
            self.form.fields[FOLDER].line.set(done.text);
        }
        more
    }

    /// A mapping is made for a file: the one that waits, else one whose path is asked for.
    fn make_map(&mut self) -> Vec<Effect> {
        self.form.fields[MAP].line.clear();
        match self.waiting.clone() {
            Some(path) => self.map_for(&path),
            None => vec![Effect::Prompt {
                token: Token::of(SAMPLE),
                title: String::from("Path of a file as this feed brings them"),
                initial: self.some(FOLDER).map(|f| format!("{}/", f.trim_end_matches('/'))).unwrap_or_default(),
            }],
        }
    }

    fn map_for(&self, path: &str) -> Vec<Effect> {
        let form = MapForm::of_file(path, self.value(PROFILE).to_owned(), self.made.clone());
        vec![Effect::Push(Box::new(form))]
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match (token.slot, reply) {
            (SAVE, Reply::Feeds(_)) if self.watched() != self.watch => {
                // The feed is there under its new name from now on, whatever becomes of the rest.
                self.replaces = Some(self.value(NAME).to_owned());
                let request = Request::PutWatch { feed: self.value(NAME).to_owned(), watch: self.watched() };
                vec![Effect::Ask { token: Token::of(WATCH), request }]
            }
            (SAVE | WATCH, Reply::Feeds(_)) => {
                self.watch = self.watched();
                self.saved()
            }
            (SAVE | WATCH, Reply::Trouble(trouble)) => {
                self.saving = None;
                // What was typed stays; the line below says why it was not saved.
                self.refused = Some(trouble);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Lines below the fields: what may stand in the one that is typed into.
    fn below(height: u16) -> u16 {
        if height >= 18 { 7 } else { height.min(2) }
    }

    fn fit(&mut self) {
        self.form.set_room(self.room.width, self.room.height.saturating_sub(Self::below(self.room.height)));
    }
}

impl Screen for FeedForm {
    fn crumb(&self) -> String {
        self.replaces.clone().unwrap_or_else(|| String::from("new feed"))
    }

    fn subtitle(&self) -> Option<String> {
        Some(String::from("a named source of files and what is done with them"))
    }

    fn place(&self) -> Place {
        Place::Form
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        self.known.ask()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = match msg {
            Msg::Command(Command::Save) => self.save(false),
            Msg::Command(Command::SaveStay) => self.save(true),
            Msg::Command(Command::Choose) => self.choices.ask(&self.form).into_iter().collect(),
            Msg::Command(Command::NextField) if self.complete() => Vec::new(),
            Msg::Command(Command::Rule) => self.form.rule().into_iter().collect(),
            Msg::Command(_) | Msg::Key(_) | Msg::Paste(_) => {
                if self.form.input(&msg) {
                    self.refused = None;
                }
                Vec::new()
            }
            Msg::Chosen { token, index } if self.choices.owns(token) => match self.choices.chosen(&mut self.form, index) {
                Some((MAP, value)) if value == NEW_MAP => self.make_map(),
                _ => Vec::new(),
            },
            Msg::Prompted { token, text } if token.slot == SAMPLE && !text.trim().is_empty() => self.map_for(text.trim()),
            Msg::Reply { token, reply } if self.known.owns(token) => {
                self.known.take(token, *reply);
                Vec::new()
            }
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Shown => match self.made.take() {
                Some(map) => {
                    self.form.fields[MAP].line.set(map.name);
                    self.form.fields[PROFILE].line.set(map.profile);
                    self.known.ask_profiles()
                }
                None => Vec::new(),
            },
            Msg::Resized(room) => {
                self.room = room;
                Vec::new()
            }
            _ => Vec::new(),
        };
        self.note();
        self.fit();
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let buffer = frame.buffer_mut();
        let (fields, below) = foot(area, Self::below(area.height));
        self.form.render(buffer, fields, look);
        let mut paint = Paint::new(buffer, below, look);
        paint.rule("");
        if let Some(trouble) = &self.refused {
            return paint.wrapped(1, &format!("Not saved: {}", sentence(trouble)), Role::Error, 4);
        }
        if !self.choices.draw(&mut paint, &self.form, look) {
            let rule = self.form.field().and_then(|f| f.rule.first()).map_or("", String::as_str);
            paint.wrapped(1, rule, Role::Dim, 4);
        }
    }

    fn offers(&self) -> Vec<Offer> {
        let suggestion = self.form.field().is_none_or(|f| f.suggestion.is_none()).then_some("there is no suggestion");
        let none = self.choices.of(self.form.index()).is_empty().then_some("anything may stand here");
        vec![
            Offer::on(Command::Save).called("save"),
            Offer::on(Command::SaveStay).called("save, stay"),
            Offer::unless(Command::Choose, none),
            Offer::unless(Command::Take, suggestion),
            Offer::on(Command::Rule).called("what is this"),
            Offer::on(Command::PutBack).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        StatusLine { position: Some((self.form.index() as u64 + 1, FIELDS.len() as u64)), ..StatusLine::default() }
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        let (fields, _) = foot(area, Self::below(area.height));
        self.form.render(&mut Buffer::empty(area), fields, look)
    }

    fn unsaved(&self) -> Option<String> {
        self.form.is_typed().then(|| String::from("Leave without saving what was typed?"))
    }
}
