//! Commands: the console's own are carried out here, the others go to the screen that offers them.

use std::path::PathBuf;

use super::effects::SaveAs;
use super::{App, Outward, Owner, Question, Way, changes};
use crate::desk::{JobNo, Request, RowAt};
use crate::tui::command::{Command, Scope};
use crate::tui::context::Context;
use crate::tui::layer::{Choose, Confirm, Find, Help, Layer, Outcome, Palette, Schools};
use crate::tui::screen::factory::Subject;
use crate::tui::screen::{Msg, Tab, Tone};
use crate::tui::theme::{BUILT_IN, Depth};

impl App {
    /// Carries a command out, or says why not.
    pub fn command(&mut self, command: Command) {
        self.dirty();
        match command.spec().scope {
            Scope::Movement => {
                self.used.insert(command);
                self.update_top(Msg::Command(command));
            }
            Scope::Screen => self.offered(command),
            Scope::Console => self.own(command),
        }
    }

    fn offered(&mut self, command: Command) {
        let spec = command.spec();
        match self.offers().into_iter().find(|o| o.command == command) {
            Some(offer) => match offer.off {
                None => {
                    self.used.insert(command);
                    self.update_top(Msg::Command(command));
                }
                Some(why) => self.say(Tone::Plain, format!("{}: {why}", spec.name)),
            },
            None => self.say(Tone::Plain, format!("{}: not on this screen", spec.name)),
        }
    }

    fn own(&mut self, command: Command) {
        if self.setup.readonly && changes(command) {
            return self.say(Tone::Plain, format!("{}: this console was opened read-only", command.spec().name));
        }
        self.used.insert(command);
        match command {
            Command::Back => self.back_or_clear(),
            Command::Left => self.go(Way::Back),
            Command::Quit if self.stack.depth() > 1 => self.go(Way::Back),
            Command::Quit => self.go(Way::Quit),
            Command::Cancel => self.cancel(),
            Command::Overview => self.go(Way::Root(Tab::Overview)),
            Command::Schools => self.go(Way::Root(Tab::Schools)),
            Command::People => self.go(Way::Root(Tab::People)),
            Command::Syncs => self.go(Way::Root(Tab::Syncs)),
            Command::Triage => self.go(Way::Root(Tab::Triage)),
            Command::Import => self.open(Subject::Import),
            Command::Profiles => self.open(Subject::Profiles),
            Command::Feeds => self.open(Subject::Feeds),
            Command::Maps => self.open(Subject::Maps),
            Command::Corrections => self.open(Subject::Corrections),
            Command::Rules => self.open(Subject::Rules),
            Command::Find => self.layer(Layer::Find(Find::default()), Question::None),
            Command::Palette => {
                let top = self.stack.top();
                let layer = Palette::new(self.choices(), top.sync()).knowing(&self.memory.commands, top.total(), self.pulse.newest);
                self.layer(Layer::Palette(layer), Question::None);
            }
            Command::Help => {
                let layer = Help::new(self.choices(), self.stack.top().explains());
                self.layer(Layer::Help(layer), Question::None);
            }
            Command::Mask => {
                self.setup.look.masked = !self.setup.look.masked;
                self.memory.masked = self.setup.look.masked;
                let shows = format!("Personal data are hidden; {} shows them", self.key_of(Command::Mask));
                let text = if self.setup.look.masked { shows } else { "Personal data are shown".to_owned() };
                self.say(Tone::Plain, text);
            }
            Command::Count => self.begin_count(),
            Command::Theme => self.choose_theme(),
            Command::Context => {
                self.layer(Layer::Schools(Schools::default()), Question::None);
                self.ask_layer();
            }
            Command::Suspend => self.out.push(Outward::Suspend),
            Command::Redraw => self.out.push(Outward::Redraw),
            other => self.offered(other),
        }
    }

    /// Esc: the screen's own first (a filter, a level), else one screen back; never quits.
    fn back_or_clear(&mut self) {
        let Some(number) = self.stack.top_number() else { return };
        let effects = self.stack.get_mut(number).map(|screen| screen.update(Msg::Command(Command::Back))).unwrap_or_default();
        if effects.is_empty() {
            self.go(Way::Back);
        } else {
            self.carry_out(number, effects);
        }
    }

    fn cancel(&mut self) {
        let newest = self.jobs.cancel_newest().map(|job| (job.number, job.title.clone()));
        match newest {
            Some((number, title)) => {
                self.cancel_job(number);
                self.say(Tone::Plain, format!("Cancelling {title}"));
            }
            None if !self.jobs.is_empty() => self.say(Tone::Plain, "Already cancelling"),
            None => self.own(Command::Quit),
        }
    }

    pub(super) fn cancel_job(&mut self, number: JobNo) {
        // Its answer tells nothing that the job's own reply does not.
        self.send(Request::Cancel(number), None);
    }

    /// Keeps to a school from now on, or to none: every list is asked for again.
    fn keep_to(&mut self, context: Option<Context>) {
        if self.context == context {
            return;
        }
        let text = match &context {
            Some(school) => {
                let key = self.key_of(Command::Context);
                format!("Only {} in lists, look-up, exports and imports; {key} changes it", school.name)
            }
            None => "The whole district again".to_owned(),
        };
        self.context = context;
        self.say(Tone::Plain, text);
        for number in self.stack.numbers() {
            if let Some(screen) = self.stack.get_mut(number) {
                screen.keep_to(self.context.as_ref());
            }
        }
        self.update_all(|_| Msg::Context);
    }

    fn choose_theme(&mut self) {
        let mut names: Vec<String> = BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect();
        let own = self.setup.themes.iter().map(|(name, _)| name).filter(|n| !names.contains(n)).cloned().collect::<Vec<_>>();
        names.extend(own);
        if self.setup.depth == Depth::Mono {
            let why = "There are no colours to choose: NO_COLOR, --color never, or a terminal without them";
            return self.say(Tone::Plain, why);
        }
        let choices = names.iter().zip('a'..='z').map(|(name, letter)| (letter, name.clone())).collect();
        let before = self.setup.theme.clone();
        let selected = names.iter().position(|name| *name == before).unwrap_or(0);
        let title = "Theme; each is shown while it is selected".to_owned();
        self.layer(Layer::Choose(Choose::new(title, choices).previewing(selected)), Question::Theme { names, before });
    }

    pub(super) fn layer(&mut self, layer: Layer, question: Question) {
        self.layers.push((layer, Owner::Console(question)));
    }

    /// Goes somewhere, unless a screen on the way has something to lose: then it asks.
    pub(super) fn go(&mut self, way: Way) {
        let leaves = match &way {
            Way::Back => self.stack.depth().saturating_sub(1),
            Way::Root(_) | Way::Quit => 0,
            Way::Open(_) => usize::MAX,
        };
        if let Some(question) = self.stack.unsaved_above(leaves) {
            let layer = Layer::Confirm(Confirm::new(question, Vec::new(), None));
            return self.layer(layer, Question::Leave(Box::new(way)));
        }
        if matches!(way, Way::Quit) && !self.jobs.is_empty() {
            let detail = vec!["It is cancelled: what it would have changed is not changed.".to_owned()];
            let layer = Layer::Confirm(Confirm::new("Work is still running. Quit?".to_owned(), detail, None));
            return self.layer(layer, Question::Quit);
        }
        self.went(way);
    }

    /// Goes somewhere, asking nobody.
    fn went(&mut self, way: Way) {
        self.dirty();
        match way {
            Way::Back => {
                let parting = self.stack.top().parting();
                let left = self.stack.top_number();
                if self.stack.pop() {
                    self.shown();
                    if let Some((_, mut find)) = self.looked_up.take_if(|(screen, _)| Some(*screen) == left) {
                        find.again();
                        self.layer(Layer::Find(find), Question::None);
                        self.ask_layer();
                    }
                    if let Some(text) = parting {
                        self.say(Tone::Plain, text);
                    }
                } else {
                    self.say(Tone::Plain, format!("This is the first screen; {} quits", self.key_of(Command::Quit)));
                }
            }
            Way::Root(tab) => {
                self.memory.screen = tab.name().to_lowercase();
                self.looked_up = None;
                if self.stack.switch(tab) {
                    self.shown();
                } else {
                    let screen = (self.setup.factory)(Subject::Tab(tab));
                    self.push(screen);
                }
            }
            Way::Open(subject) => {
                // One list of feeds, mappings or profiles on the path is enough.
                let one = matches!(subject, Subject::Feeds | Subject::Maps | Subject::Profiles) && self.stack.depth() > 1;
                let screen = (self.setup.factory)(subject);
                if !one || self.stack.top().crumb() != screen.crumb() {
                    self.push(screen);
                }
            }
            Way::Quit => {
                let numbers: Vec<JobNo> = self.jobs.iter().map(|job| job.number).collect();
                for number in numbers {
                    self.cancel_job(number);
                }
                self.ended = Some(0);
            }
        }
    }

    pub(super) fn open(&mut self, subject: Subject) {
        match subject {
            Subject::Tab(tab) => self.go(Way::Root(tab)),
            other => self.go(Way::Open(other)),
        }
    }

    /// A layer was answered, or left.
    pub(super) fn answered(&mut self, layer: &Layer, owner: Owner, outcome: Outcome) {
        if matches!(layer, Layer::Find(_) | Layer::Schools(_)) {
            self.forget_layer();
        }
        match (owner, outcome) {
            (_, Outcome::Command(command)) => {
                self.memory.used_command(command.spec().name);
                self.command(command);
            }
            (_, Outcome::Row(n)) => self.counted(Command::First, n),
            (_, Outcome::Sync(number)) => self.open(Subject::Sync(number)),
            (_, Outcome::Compare(older, newer)) => self.open(Subject::Compare(older, newer)),
            (_, Outcome::Line(sync, n)) => self.open(Subject::Row(sync, RowAt::Line(n))),
            (_, Outcome::Open(reference)) => self.ask_reference(reference),
            (_, Outcome::Context(context)) => self.keep_to(context),
            (_, Outcome::Hit(hit)) => {
                let before = self.stack.top_number();
                self.open(Subject::from(&hit.what));
                if let (Layer::Find(find), Some(top)) = (layer, self.stack.top_number().filter(|top| Some(*top) != before)) {
                    self.looked_up = Some((top, find.clone()));
                }
            }
            (Owner::Screen(number, token), outcome) => {
                let msg = match outcome {
                    Outcome::Yes => Msg::Confirmed(token),
                    Outcome::Text(text) => Msg::Prompted { token, text },
                    Outcome::Choice(index) => Msg::Chosen { token, index },
                    Outcome::Columns(columns) => Msg::Columns { token, columns },
                    _ => return,
                };
                self.update(number, msg);
            }
            (Owner::Console(question), outcome) => self.own_answer(question, outcome),
        }
    }

    fn own_answer(&mut self, question: Question, outcome: Outcome) {
        match (question, outcome) {
            (Question::Quit, Outcome::Yes) => self.went(Way::Quit),
            // Leaving for good: work that runs is still to be asked about.
            (Question::Leave(way), Outcome::Yes) => match *way {
                Way::Quit if !self.jobs.is_empty() => {
                    let layer = Layer::Confirm(Confirm::new("Work is still running. Quit?".to_owned(), Vec::new(), None));
                    self.layer(layer, Question::Quit);
                }
                way => self.went(way),
            },
            (Question::SaveTo(output), Outcome::Text(path)) => self.save(&PathBuf::from(path), *output, SaveAs::New),
            (Question::CopyHidden(text), Outcome::Yes) => self.copied(text, false),
            (Question::SaveHidden(output), Outcome::Yes) => self.save_to(*output),
            (Question::Overwrite(path, output), Outcome::Yes) => self.save(&path, *output, SaveAs::Over),
            (Question::Theme { names, .. }, Outcome::Choice(index)) => {
                if let Some(name) = names.get(index) {
                    self.theme(name);
                }
            }
            (Question::Theme { before, .. }, _) => self.theme(&before),
            (Question::Which(subjects), Outcome::Choice(index)) => {
                if let Some(subject) = subjects.get(index) {
                    self.open(subject.clone());
                }
            }
            _ => {}
        }
    }
}
