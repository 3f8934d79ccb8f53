//! The console as a value: what happens goes in, what is to be done comes out, and it can be drawn at any time. It touches neither
//! terminal nor desk nor clock.

mod answers;
mod commands;
mod counted;
mod effects;
mod first;
pub mod jobs;
mod offered;
pub mod stack;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::PathBuf;

use ratatui::Frame;
use ratatui::layout::Size;

use super::chrome;
use super::command::{Command, Place};
use super::context::Context;
use super::keys::Key;
use super::layer::{Find, Layer, Outcome};
use super::look::Look;
use super::memory::Memory;
use super::screen::factory::{Factory, Subject};
use super::screen::{Msg, Tab, Token, Tone};
use super::theme::{Depth, Theme};
use super::visible;
use crate::desk::{Ask, Delivery, OneChange, Output, Trouble};
use crate::ledger::Timestamp;
use jobs::Jobs;
use stack::{ScreenNo, Stack};

/// What the console must be told of its surroundings.
pub struct Setup {
    /// Makes the screens.
    pub factory: Factory,
    /// How things look.
    pub look: Look,
    /// How many colours there are, for choosing another theme.
    pub depth: Depth,
    /// The name of the theme that holds.
    pub theme: String,
    /// The user's own themes: name and text.
    pub themes: Vec<(String, String)>,
    /// Whether to ask before what can be undone; what cannot is always asked.
    pub confirm: bool,
    /// What stands in the header until the desk tells the district's name.
    pub title: String,
    /// Who works here.
    pub operator: String,
    /// Nothing can be changed.
    pub readonly: bool,
    /// Where reports are written unless another folder is named.
    pub folder: PathBuf,
    /// What is remembered of earlier sessions.
    pub memory: Memory,
}

/// What the console wants from outside.
#[derive(Clone, Debug)]
pub enum Outward {
    /// Send this to the desk.
    Ask(Ask),
    /// Put this on the terminal's clipboard.
    Clipboard(String),
    /// Stop, as a shell's job does.
    Suspend,
    /// Forget what the terminal shows and draw all of it.
    Redraw,
    /// Keep this for the next session.
    Remember(Box<Memory>),
}

/// Whether there is something to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Paint {
    /// Nothing has changed.
    No,
    /// Only how far the work is.
    Progress,
    /// Something has changed.
    Now,
}

/// The console.
pub struct App {
    setup: Setup,
    stack: Stack,
    layers: Vec<(Layer, Owner)>,
    size: Size,
    toast: Option<(Tone, String)>,
    paint: Paint,
    /// Keys that wait for what the topmost screen is about.
    ahead: VecDeque<Key>,
    out: Vec<Outward>,
    waiting: HashMap<u64, Waits>,
    /// Changes that may meet somebody else's, by ticket.
    careful: HashMap<u64, OneChange>,
    next_ticket: u64,
    jobs: Jobs,
    pulse: Pulse,
    context: Option<Context>,
    /// The digits of a number before a movement, while it is typed.
    count: Option<String>,
    memory: Memory,
    /// The memory as it was handed out last.
    remembered: Memory,
    /// The commands that were carried out: tests ask whether all were.
    used: HashSet<Command>,
    /// The look-up from which a screen was opened: going back from that screen leads to it again.
    looked_up: Option<(ScreenNo, Find)>,
    broken: Option<Trouble>,
    ended: Option<u8>,
}

/// Whose question a layer asks.
#[derive(Clone, Debug)]
enum Owner {
    /// A screen's.
    Screen(ScreenNo, Token),
    /// The console's own.
    Console(Question),
}

/// The console's own questions.
#[derive(Clone, Debug)]
enum Question {
    /// None: palette, help, notices.
    None,
    /// Quit though work runs?
    Quit,
    /// Leave though something typed is lost?
    Leave(Box<Way>),
    /// Where to write a report?
    SaveTo(Box<Output>),
    /// Overwrite that file?
    Overwrite(PathBuf, Box<Output>),
    /// Overwrite what somebody else changed meanwhile?
    First(Box<first::First>),
    /// Copy that, though personal data are hidden?
    CopyHidden(String),
    /// Write that, though personal data are hidden?
    SaveHidden(Box<Output>),
    /// Which theme?
    Theme {
        /// Those there are, as they are listed.
        names: Vec<String>,
        /// The one to go back to.
        before: String,
    },
    /// Which of those does the reference mean?
    Which(Vec<Subject>),
}

/// Where to go when the screens on the way agree.
#[derive(Clone, Debug)]
enum Way {
    Back,
    Root(Tab),
    Open(Subject),
    Quit,
}

/// Who waits for a reply.
#[derive(Clone, Debug)]
enum Waits {
    Screen(ScreenNo, Token),
    Pulse,
    Find,
    Schools,
    Reference,
}

/// What the header tells of the desk.
#[derive(Clone, Debug, Default)]
pub struct Pulse {
    /// The district's name.
    pub title: Option<String>,
    /// How much is held.
    pub held: usize,
    /// What else waits for someone.
    pub look_at: usize,
    /// The number of the newest sync, once one is known.
    pub newest: Option<u32>,
    asked: bool,
    again: bool,
}

impl App {
    /// The console on a terminal of that size, with the Overview open. Nothing is asked before [`Self::take_out`] is called.
    pub fn new(mut setup: Setup, size: Size) -> Self {
        let memory = std::mem::take(&mut setup.memory);
        let tab = Tab::ALL.into_iter().find(|tab| tab.name().eq_ignore_ascii_case(&memory.screen)).unwrap_or(Tab::Overview);
        let mut app = Self {
            stack: Stack::default(),
            layers: Vec::new(),
            size,
            toast: None,
            paint: Paint::Now,
            ahead: VecDeque::new(),
            out: Vec::new(),
            waiting: HashMap::new(),
            careful: HashMap::new(),
            next_ticket: 1,
            jobs: Jobs::default(),
            pulse: Pulse::default(),
            context: None,
            count: None,
            remembered: memory.clone(),
            memory,
            used: HashSet::new(),
            looked_up: None,
            broken: None,
            ended: None,
            setup,
        };
        app.go(Way::Root(tab));
        app.ask_pulse();
        app
    }

    /// A key was pressed.
    pub fn key(&mut self, key: Key) {
        self.dirty();
        self.toast = None;
        if self.broken.is_some() {
            // Nothing works without a desk; every way out does.
            match self.meaning(Place::List, key) {
                Some(Command::Quit | Command::Cancel | Command::Back) => self.ended = Some(5),
                Some(command @ (Command::Suspend | Command::Redraw)) => self.command(command),
                _ => {}
            }
            return;
        }
        // Where something is typed, a key that types is no command.
        let typing = !self.layers.is_empty() || self.stack.top().place() != Place::List;
        match self.meaning(if typing { Place::Form } else { Place::List }, key) {
            Some(command @ (Command::Suspend | Command::Redraw)) => return self.command(command),
            Some(Command::Cancel) if !self.layers.is_empty() && self.jobs.is_empty() => return self.outcome(Outcome::Close),
            Some(Command::Cancel) => return self.command(Command::Cancel),
            _ => {}
        }
        if let Some((layer, _)) = self.layers.last_mut() {
            self.count = None;
            let outcome = layer.key(key);
            return self.outcome(outcome);
        }
        let place = self.stack.top().place();
        let command = self.meaning(place, key);
        // Behind a key that waits all wait: "/smith" must not become the command of its letters.
        if self.must_wait() && !command.is_some_and(|c| always(c) || (leaves(c) && self.ahead.is_empty())) {
            if self.ahead.len() < MOST_AHEAD {
                self.ahead.push_back(key);
            }
            return;
        }
        self.ahead.clear();
        if place == Place::List && self.count_key(key, command) {
            return;
        }
        match command {
            Some(command) => self.command(command),
            None if place == Place::List => {
                self.say(Tone::Plain, format!("{key} does nothing here; {} shows what does", self.key_of(Command::Help)));
            }
            None => self.update_top(Msg::Key(key)),
        }
    }

    fn meaning(&self, place: Place, key: Key) -> Option<Command> {
        self.setup.look.keys.command(place, key)
    }

    /// The key to name for a command in a sentence.
    pub fn key_of(&self, command: Command) -> String {
        self.setup.look.key(command)
    }

    /// Whether keys wait: what the topmost screen is about has been asked for and is not here.
    fn must_wait(&self) -> bool {
        self.layers.is_empty() && self.stack.top().place() != Place::Filter && self.stack.top().is_loading() && self.awaits()
    }

    /// Lets the keys act that waited, as far as they need not wait again.
    fn catch_up(&mut self) {
        while !self.must_wait() {
            let Some(key) = self.ahead.pop_front() else { break };
            let rest = std::mem::take(&mut self.ahead);
            let said = self.toast.take();
            self.key(key);
            self.toast = self.toast.take().or(said);
            self.ahead.extend(rest);
        }
    }

    /// Text was pasted. It goes where text is typed, as one line; it never presses a key.
    pub fn paste(&mut self, text: &str) {
        const MOST: usize = 64 * 1024;
        self.dirty();
        self.toast = None;
        if text.len() > MOST {
            return self.say(Tone::Bad, "More than 64 KB was pasted; nothing was taken. Import it as a file.");
        }
        let text = visible::pasted(text);
        match self.layers.last_mut().map(|(layer, _)| layer.paste(&text)) {
            Some(Some(outcome)) => self.outcome(outcome),
            None if self.stack.top().place() != Place::List => self.update_top(Msg::Paste(text)),
            _ => self.say(Tone::Plain, "Nothing is typed here; what was pasted was not used"),
        }
    }

    /// The terminal has another size.
    pub fn resize(&mut self, size: Size) {
        if size != self.size {
            self.size = size;
            self.dirty();
            self.update_all(|_| Msg::Resized(Size::default()));
        }
    }

    /// Something came from the desk.
    pub fn deliver(&mut self, delivery: Delivery) {
        match delivery {
            Delivery::Reply { ticket, reply } => {
                self.reply(ticket, *reply);
                self.catch_up();
            }
            Delivery::Event(event) => self.event(&event),
        }
    }

    /// What time it is: for "02:15" and "Nov 20".
    pub fn tick(&mut self, now: Timestamp) {
        self.setup.look.now = now;
    }

    /// All of the screen must be drawn again.
    pub fn dirty(&mut self) {
        self.paint = Paint::Now;
    }

    /// Whether there is something to draw.
    pub fn paint(&self) -> Paint {
        self.paint
    }

    /// What is to be done outside, in order.
    pub fn take_out(&mut self) -> Vec<Outward> {
        if self.memory != self.remembered {
            self.remembered = self.memory.clone();
            self.out.push(Outward::Remember(Box::new(self.memory.clone())));
        }
        std::mem::take(&mut self.out)
    }

    /// Whether replies are on their way: it may pay to wait a moment for them before drawing.
    pub fn awaits(&self) -> bool {
        self.waiting.values().any(|w| match w {
            Waits::Screen(number, token) => self.stack.is_top(*number) && !self.jobs.is_of(*number, *token),
            Waits::Find | Waits::Schools | Waits::Reference => true,
            Waits::Pulse => false,
        })
    }

    /// The commands that were carried out so far: not those that are off, or not on the screen they were pressed on.
    pub fn used(&self) -> &HashSet<Command> {
        &self.used
    }

    /// The exit code, once it is over.
    pub fn ended(&self) -> Option<u8> {
        self.ended
    }

    /// Says one line, until the next key.
    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.toast = Some((tone, text.into()));
        self.dirty();
    }

    /// Draws everything.
    pub fn render(&mut self, frame: &mut Frame) {
        self.paint = Paint::No;
        let area = frame.area();
        frame.buffer_mut().set_style(area, self.setup.look.theme.paper());
        if let Some(trouble) = &self.broken {
            chrome::broken(frame, trouble, &self.setup.look);
            return;
        }
        let screen = self.stack.top();
        let look = &self.setup.look;
        let offers = self.offers();
        let chrome = chrome::Chrome {
            title: self.pulse.title.as_deref().unwrap_or(&self.setup.title),
            crumbs: self.stack.crumbs(look),
            tab: self.stack.tab(),
            depth: self.stack.depth(),
            subtitle: screen.subtitle().map(|s| if screen.is_personal() { look.personal(&s).into_owned() } else { s }),
            operator: &self.setup.operator,
            readonly: self.setup.readonly,
            context: self.context.as_ref().map(|c| c.name.as_str()),
            opening: self.pulse.title.is_none(),
            held: self.pulse.held,
            look_at: self.pulse.look_at,
            jobs: &self.jobs,
            status: screen.status(),
            place: screen.place(),
            offers: &offers,
            keymap: &self.setup.look.keys,
            toast: self.toast.as_ref(),
            counting: self.count.as_deref(),
        };
        let body = chrome::body(area, !chrome.second_line_is_empty());
        screen.render(frame, body, look);
        let mut cursor = screen.cursor(body, look);
        chrome.render(frame, look);
        for (layer, _) in &self.layers {
            cursor = layer.render(frame, body, look);
        }
        if let Some(position) = cursor.filter(|p| area.contains(*p)) {
            frame.set_cursor_position(position);
        }
    }

    fn outcome(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Stay => {}
            Outcome::Ask => self.ask_layer(),
            Outcome::Preview(index) => {
                if let Some((_, Owner::Console(Question::Theme { names, .. }))) = self.layers.last()
                    && let Some(name) = names.get(index).cloned()
                {
                    self.theme(&name);
                }
            }
            done => {
                if let Some((layer, owner)) = self.layers.pop() {
                    self.answered(&layer, owner, done);
                }
            }
        }
    }

    fn theme(&mut self, name: &str) {
        let own = |wanted: &str| self.setup.themes.iter().find(|(n, _)| n == wanted).map(|(_, text)| text.clone());
        match Theme::named(name, self.setup.depth, &own) {
            Ok(theme) => {
                name.clone_into(&mut self.memory.theme);
                self.setup.look.theme = theme;
                name.clone_into(&mut self.setup.theme);
            }
            Err(why) => self.say(Tone::Bad, why),
        }
    }

    /// How things look, for a test to draw the same in another way.
    pub fn look_mut(&mut self) -> &mut Look {
        &mut self.setup.look
    }

    /// The name of the theme that holds.
    pub fn theme_name(&self) -> &str {
        &self.setup.theme
    }
}

/// Keys that are kept while a screen waits for what it is about; more are dropped.
const MOST_AHEAD: usize = 256;

/// Whether a command acts at once though the screen still waits, and makes those that wait forgotten.
fn always(command: Command) -> bool {
    matches!(command, Command::Back | Command::Cancel | Command::Suspend | Command::Redraw)
}

/// Whether a command leaves the screen, so that it need not wait for it.
fn leaves(command: Command) -> bool {
    use Command::{Left, Overview, People, Quit, Schools, Syncs, Triage};
    matches!(command, Left | Overview | People | Quit | Schools | Syncs | Triage)
}

/// Whether a command changes something that lasts.
fn changes(command: Command) -> bool {
    use Command::{Abandon, Apply, Edit, Import, MendAll, RedoEdit, Rerun, Save, SaveStay, TakeNearest, Undo, UndoEdit};
    use Command::{Add, ApplyWithout, PickUp, Remove};
    matches!(command, Abandon | Apply | Edit | Import | MendAll | RedoEdit | Rerun | Save | SaveStay | TakeNearest | Undo | UndoEdit)
        || matches!(command, Add | ApplyWithout | PickUp | Remove)
}
