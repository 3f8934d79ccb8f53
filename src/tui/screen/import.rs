//! Importing a file: its path, what it was recognised as, through which feed it comes, then the check. What comes of it is a
//! plan; nothing is changed here.

mod fields;
mod preview;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::asked::{Asked, say, sentence};
use super::choices::Choices;
use super::form::{Field, Form};
use super::known::{Known, waiting_path};
use super::listing::{Completion, Lister, absolute, complete, folder};
use super::map_form::{Made, MapForm};
use super::paint::{Paint, foot, piece};
use super::plan::PlanScreen;
use super::runs::progress_line;
use super::set::SetScreen;
use super::sync::SyncScreen;
use super::{Effect, Msg, Offer, Screen, Token, Tone, words};
use crate::desk::{Event, Import, Progress, Ran, Recognised, Reply, Request, TroubleSort};
use crate::ledger::{Code, Mode, ReadAs, SyncStatus};
use crate::tui::command::{Command, Place};
use crate::tui::look::Look;
use crate::tui::memory::Memory;
use crate::tui::theme::Role;
use fields::{APPROVAL, DELIMITER, DELIMITERS, ENCODING, FEED, FIELDS, MAP, MODE, NEW_MAP, ORG, PATH, PROFILE};
pub(super) use preview::candidates;
use preview::preview;

const RECOGNISE: u8 = 0;
const CHECK: u8 = 1;
const CHOOSE: u8 = 2;
const CONFIRM: u8 = 3;
const MISFIT: u8 = 4;

/// The import of a file.
#[derive(Debug)]
pub struct ImportScreen {
    form: Form,
    choices: Choices,
    known: Known,
    list: Lister,
    completion: Completion,
    recognised: Asked<Recognised>,
    /// The path that was recognised last.
    recognised_path: String,
    /// The import as it was asked last: asked again with a number typed where all of a kind would go.
    import: Option<Import>,
    /// How many of a kind would all go, as it was asked about.
    all_to_go: u64,
    checking: bool,
    progress: Option<Progress>,
    made: Made,
    /// The operator was asked about a header that does not fit, and wants the file checked as it is.
    as_it_is: bool,
    /// Files imported last, newest first.
    pub(super) recent: Vec<String>,
    room: Size,
}

impl Default for ImportScreen {
    fn default() -> Self {
        Self::with(folder)
    }
}

impl ImportScreen {
    /// A screen that completes paths from such a listing.
    pub fn with(list: Lister) -> Self {
        let field = |(name, about, rule): &(&str, &str, &str)| Field {
            name: (*name).to_owned(),
            about: (*about).to_owned(),
            rule: vec![(*rule).to_owned()],
            ..Field::default()
        };
        let mut screen = Self {
            form: Form::new(FIELDS.iter().map(field).collect()).of_things(),
            recent: Vec::new(),
            choices: Choices::new(CHOOSE),
            known: Known::default(),
            list,
            completion: Completion::default(),
            recognised: Asked::new(RECOGNISE),
            recognised_path: String::new(),
            import: None,
            all_to_go: 0,
            checking: false,
            progress: None,
            made: Made::default(),
            as_it_is: false,
            room: Size::default(),
        };
        screen.note();
        screen
    }

    fn value(&self, field: usize) -> &str {
        self.form.fields.get(field).map_or("", |f| f.line.text().trim())
    }

    fn some(&self, field: usize) -> Option<String> {
        Some(self.value(field)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// The profile that the file would be checked with: typed, the feed's, or the one recognised.
    fn profile(&self) -> Option<String> {
        let of_feed = || self.known.feed(self.value(FEED)).map(|f| f.feed.profile.clone());
        self.some(PROFILE).or_else(of_feed).or_else(|| self.recognised.get()?.profile.clone())
    }

    /// The mapping that would be laid over it: typed, or the feed's.
    fn map(&self) -> Option<String> {
        self.some(MAP).or_else(|| self.known.feed(self.value(FEED))?.feed.map.clone())
    }

    fn complete(&mut self) -> bool {
        if self.form.index() != PATH {
            return false;
        }
        let typed = self.form.fields[PATH].line.text().to_owned();
        self.completion = complete(&typed, self.list);
        if self.completion.text == typed {
            // Nothing to add: with one candidate or none Tab goes on to the next field.
            return self.completion.candidates.len() > 1;
        }
        self.form.fields[PATH].line.set(self.completion.text.clone());
        self.completion = complete(self.form.fields[PATH].line.text(), self.list);
        true
    }

    fn typed(&mut self, changed: bool) {
        if changed && self.form.index() == PATH {
            self.other_file();
        }
        if changed {
            self.as_it_is = false;
        }
    }

    fn other_file(&mut self) {
        self.completion = complete(self.form.fields[PATH].line.text(), self.list);
        self.recognised.forget();
        self.recognised_path.clear();
    }

    /// What was chosen from the list: a file that waits brings its feed along, "new" opens the mapper.
    fn chosen(&mut self, at: usize) -> Vec<Effect> {
        match self.choices.chosen(&mut self.form, at) {
            Some((PATH, path)) => {
                let feed = self.known.feeds().iter().find(|f| f.files.iter().any(|file| waiting_path(f, file) == path));
                if let Some(name) = feed.map(|f| f.feed.name.clone()) {
                    self.form.fields[FEED].line.set(name);
                }
                self.other_file();
                self.look()
            }
            Some((MAP, value)) if value == NEW_MAP => {
                self.form.fields[MAP].line.clear();
                self.make_map()
            }
            _ => Vec::new(),
        }
    }

    fn make_map(&mut self) -> Vec<Effect> {
        let path = self.value(PATH);
        if path.is_empty() {
            self.form.go_to(PATH);
            return vec![Effect::Toast(Tone::Plain, String::from("Give the path of the file first: its header is mapped."))];
        }
        let profile = self.profile().or_else(|| self.recognised.get()?.profiles.first().map(|(name, ..)| name.clone()));
        let form = MapForm::of_file(path, profile.unwrap_or_default(), self.made.clone());
        vec![Effect::Push(Box::new(form))]
    }

    fn look(&mut self) -> Vec<Effect> {
        let path = absolute(self.value(PATH));
        self.recognised.forget();
        self.recognised_path.clone_from(&path);
        vec![self.recognised.ask(Request::Recognise { path })]
    }

    fn wants(&mut self, field: usize, text: impl Into<String>) -> Vec<Effect> {
        self.form.go_to(field);
        vec![Effect::Toast(Tone::Plain, text.into())]
    }

    /// Looks at the file, then checks it, as far as what is typed allows.
    fn save(&mut self) -> Vec<Effect> {
        let typed = self.value(PATH).to_owned();
        if self.checking {
            return Vec::new();
        }
        if typed.is_empty() || typed.ends_with('/') {
            return self.wants(PATH, "Give the path of a file; tab completes it, ctrl-o lists what waits in drop folders.");
        }
        let path = absolute(&typed);
        if self.recognised.get().is_none() || self.recognised_path != path {
            return self.look();
        }
        if let Some(field) = [FEED, MODE, ENCODING, DELIMITER, APPROVAL]
            .into_iter()
            .find(|f| !self.value(*f).is_empty() && !self.choices.of(*f).is_empty() && !self.choices.has(*f, self.value(*f)))
        {
            let text = format!("There is no {} \"{}\": ctrl-o lists what there is.", FIELDS[field].0, self.value(field));
            return self.wants(field, text);
        }
        if self.value(MAP) == NEW_MAP && self.known.map(NEW_MAP).is_none() {
            self.form.fields[MAP].line.clear();
            return self.make_map();
        }
        let Some(profile) = self.profile() else {
            return self.wants(PROFILE, "No profile fits for sure: choose one. ctrl-y takes the nearest.");
        };
        let feed = self.known.feed(self.value(FEED)).map(|f| f.feed.clone());
        let org = self.some(ORG);
        if self.known.profile(&profile).is_some_and(|p| p.one_school) && org.is_none() && feed.is_none_or(|f| f.org.is_none()) {
            return self.wants(ORG, format!("A file of {profile} is for one school: choose it. ctrl-o lists the schools."));
        }
        if let Some(question) = self.misfit(&profile) {
            return vec![question];
        }
        let delimiter = DELIMITERS.iter().find(|(name, _)| *name == self.value(DELIMITER)).map(|(_, c)| *c);
        let import = Import {
            path,
            feed: self.some(FEED),
            profile: self.some(PROFILE),
            map: self.some(MAP),
            org,
            mode: Mode::from_name(self.value(MODE)),
            dry_run: true,
            hold: self.value(APPROVAL) == "yes",
            confirm: None,
            read_as: ReadAs { encoding: self.some(ENCODING), delimiter },
        };
        vec![Effect::UsedFile(import.path.clone()), self.check(import)]
    }

    /// Where needed columns are not in the header and no mapping says which they are: map them now, or check it as it is?
    fn misfit(&self, profile: &str) -> Option<Effect> {
        let r = self.recognised.get()?;
        let (_, has, of) = r.profiles.iter().find(|(name, ..)| name == profile)?;
        // What is recognised for sure lacks nothing that it cannot do without.
        if has >= of || r.profile.as_deref() == Some(profile) || self.as_it_is || self.map().is_some() {
            return None;
        }
        let title = format!("The header has {has} of the {of} needed columns of {profile}");
        let choices = vec![('m', String::from("map its headers to columns now")), ('c', String::from("check it as it is"))];
        Some(Effect::Choose { token: Token::of(MISFIT), title, choices })
    }

    fn check(&mut self, import: Import) -> Effect {
        self.checking = true;
        self.progress = None;
        self.import = Some(import.clone());
        let title = import.path.rsplit('/').next().unwrap_or_default().to_owned();
        Effect::Long { token: Token::of(CHECK), request: Request::Import(import), title }
    }

    /// SAF-505: a full sync without anybody of a kind goes on only once their number, which the finding says, was typed.
    fn all_would_go(&mut self, ran: &Ran) -> Option<Effect> {
        let finding = ran.detail.file_findings.iter().find(|f| f.code == Code::SAF_505)?;
        let number: u64 = finding.arg("n")?.parse().ok()?;
        self.all_to_go = number;
        let question = format!("{}. Look at the plan all the same?", finding.message());
        let detail = vec![String::from("Probably the file is not whole, or the mode is the wrong one. Nothing has been changed yet.")];
        Some(Effect::Confirm { token: Token::of(CONFIRM), question, detail, number: Some(number) })
    }

    fn confirmed(&mut self) -> Vec<Effect> {
        let confirm = Some(self.all_to_go);
        self.import.clone().map(|import| self.check(Import { confirm, ..import })).into_iter().collect()
    }

    fn checked(&mut self, ran: Ran) -> Vec<Effect> {
        if let Some(question) = self.all_would_go(&ran) {
            return vec![question];
        }
        let screen: Box<dyn Screen> = match ran.detail.sync.status {
            SyncStatus::DryRun | SyncStatus::Held => Box::new(PlanScreen::with(ran.detail)),
            _ => Box::new(SyncScreen::with(ran.detail)),
        };
        vec![Effect::Replace(screen)]
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match (token.slot, reply) {
            (RECOGNISE, Reply::Recognised(r)) => drop(self.recognised.take(token, Ok(r))),
            (RECOGNISE, Reply::Trouble(trouble)) => drop(self.recognised.take(token, Err(trouble))),
            (CHECK, Reply::Ran(ran)) => {
                self.checking = false;
                return self.checked(*ran);
            }
            (CHECK, Reply::RanSet(mut set)) => {
                self.checking = false;
                return match set.pop() {
                    Some(one) if set.is_empty() => self.checked(one),
                    None => vec![Effect::Toast(Tone::Plain, String::from("There is no file in it that could be run."))],
                    Some(last) => {
                        set.push(last);
                        vec![Effect::Replace(Box::new(SetScreen::new(set)))]
                    }
                };
            }
            (CHECK, Reply::Trouble(trouble)) => {
                self.checking = false;
                let cancelled = trouble.sort == TroubleSort::Cancelled;
                return vec![if cancelled {
                    Effect::Toast(Tone::Plain, String::from("Cancelled. Nothing was changed."))
                } else {
                    say(&trouble)
                }];
            }
            _ => {}
        }
        Vec::new()
    }

    /// Lines of the form: all fields and a suggestion where there is room, else a good half.
    fn height(area: u16) -> u16 {
        if area >= 18 { FIELDS.len() as u16 + 1 } else { (area * 3).div_ceil(5) }
    }

    fn below(&self, paint: &mut Paint, look: &Look) {
        if self.checking {
            progress_line(paint, "checking", self.progress.as_ref(), look);
            let key = look.key(Command::Cancel);
            paint.line(&[piece(format!("{key} cancels. Nothing is changed before you have seen the plan."), Role::Dim)]);
            return;
        }
        if let Some(trouble) = self.recognised.trouble() {
            return paint.wrapped(1, &sentence(trouble), Role::Error, 3);
        }
        if self.form.index() != PATH && self.choices.draw(paint, &self.form, look) {
            return;
        }
        if let Some(r) = self.recognised.get() {
            return preview(paint, r, look);
        }
        let waiting = self.known.feeds().iter().map(|f| f.files.len() as u64).sum::<u64>();
        if waiting > 0 && self.value(PATH).is_empty() {
            let files = words::count(waiting, "file waits", "files wait");
            paint.line(&[piece(format!("{files} in drop folders: {} lists them.", look.key(Command::Choose)), Role::Accent)]);
        }
        if let Some(last) = self.recent.first().filter(|_| self.value(PATH).is_empty()) {
            paint.line(&[piece(format!("Imported last: {last}. ctrl-o lists the last ones."), Role::Dim)]);
        }
        if self.completion.candidates.is_empty() {
            paint.line(&[piece("Type a path; tab completes it, enter looks at the file.", Role::Dim)]);
            paint.line(&[piece("Nothing is changed before you have seen the plan.", Role::Dim)]);
        } else {
            candidates(paint, &self.completion);
        }
    }
}

impl Screen for ImportScreen {
    fn crumb(&self) -> String {
        String::from("Import")
    }

    fn subtitle(&self) -> Option<String> {
        Some(String::from("enter looks, then checks (dry run); on the plan P starts processing, X abandons"))
    }

    fn place(&self) -> Place {
        Place::Form
    }

    fn recall(&mut self, memory: &Memory) {
        self.recent.clone_from(&memory.files);
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.completion = complete("", self.list);
        self.form.set_room(room.width, Self::height(room.height));
        self.known.ask()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = match msg {
            Msg::Command(Command::Save | Command::SaveStay) => self.save(),
            Msg::Command(Command::NextField) if self.complete() => Vec::new(),
            Msg::Command(Command::Choose) => self.choices.ask(&self.form).into_iter().collect(),
            Msg::Command(Command::Rule) => self.form.rule().into_iter().collect(),
            Msg::Command(_) | Msg::Key(_) | Msg::Paste(_) => {
                let changed = self.form.input(&msg);
                self.typed(changed);
                Vec::new()
            }
            Msg::Chosen { token, index } if self.choices.owns(token) => self.chosen(index),
            Msg::Chosen { token, index } if token.slot == MISFIT => {
                self.as_it_is = index == 1;
                if self.as_it_is { self.save() } else { self.make_map() }
            }
            Msg::Confirmed(token) if token.slot == CONFIRM => self.confirmed(),
            Msg::Reply { token, reply } if self.known.owns(token) => {
                self.known.take(token, *reply);
                Vec::new()
            }
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Event(Event::Progress(progress)) if self.checking => {
                self.progress = Some(progress);
                Vec::new()
            }
            Msg::Shown => match self.made.take() {
                Some(map) => {
                    self.form.fields[PROFILE].line.set(map.profile);
                    self.form.fields[MAP].line.set(map.name);
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
        self.form.set_room(self.room.width, Self::height(self.room.height));
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let buffer = frame.buffer_mut();
        let (fields, below) = foot(area, area.height.saturating_sub(Self::height(area.height)));
        self.form.render(buffer, fields, look);
        self.below(&mut Paint::new(buffer, below, look), look);
    }

    fn offers(&self) -> Vec<Offer> {
        let busy = self.checking.then_some("the file is being checked");
        let looked = self.recognised.get().is_some();
        let suggestion = self.form.field().is_none_or(|f| f.suggestion.is_none()).then_some("there is no suggestion");
        let none = self.choices.of(self.form.index()).is_empty().then_some("anything may stand here");
        vec![
            Offer::unless(Command::Save, busy).called(if looked { "check (dry run)" } else { "look at it" }),
            Offer::unless(Command::Choose, none),
            Offer::unless(Command::Take, suggestion),
            Offer::on(Command::Rule).called("what is this"),
            Offer::on(Command::PutBack).called("clear").quiet(),
        ]
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        let (fields, _) = foot(area, area.height.saturating_sub(Self::height(area.height)));
        self.form.render(&mut Buffer::empty(area), fields, look)
    }
}
