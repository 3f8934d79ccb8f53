//! A screen: its state, `update(message) -> effects`, `render`. It touches neither desk nor terminal.
//!
//! The console keeps a stack of screens. It turns keys into [`Msg`]s for the topmost one and carries out the
//! [`Effect`]s that come back. Replies find the screen that asked, wherever it is on the stack; the reply to a
//! screen that has gone is dropped.

pub mod add_form;
pub mod asked;
pub mod attach;
pub mod bulk;
pub mod choices;
pub mod class;
pub mod compare;
pub mod corrections;
pub mod edit_form;
pub mod edits;
pub mod factory;
pub mod feed_chart;
pub mod feed_form;
pub mod feeds;
pub mod fields;
pub mod flips;
pub mod form;
pub mod import;
pub mod known;
pub mod list;
pub mod listing;
pub mod map_form;
pub mod maps;
pub mod mend_all;
pub mod mend_preview;
pub mod overview;
pub mod paint;
pub mod people;
pub mod person;
pub mod plan;
pub mod profiles;
pub mod removals;
pub mod report;
pub mod row_form;
pub mod rows;
pub mod runs;
pub mod school;
pub mod schools;
pub mod sections;
pub mod set;
pub mod sync;
pub mod syncs;
pub mod timeline;
pub mod triage;
pub mod undo;
pub mod value_rules;
pub mod words;

#[cfg(test)]
mod tests;

use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};

use super::command::{Command, Place};
use super::context::Context;
use super::keys::Key;
use super::look::Look;
use super::memory::{Kept, Memory};
use crate::desk::{Event, Output, Reply, Request};
use crate::ledger::{Code, SyncNo};

/// One screen.
pub trait Screen {
    /// Its name on the path: "Syncs", "#48", "E-mail not valid (37)". Untrusted text is fine: the header makes it visible.
    fn crumb(&self) -> String;

    /// Whether name and subtitle tell who somebody is: the mask hides them too.
    fn is_personal(&self) -> bool {
        false
    }

    /// What the line below the header says; the tabs stand there for the five root screens, which give `None`.
    fn subtitle(&self) -> Option<String> {
        None
    }

    /// Where the next key falls: a list, a form, or the filter line of a list.
    fn place(&self) -> Place {
        Place::List
    }

    /// Called before [`Self::open`] and whenever it changes: the school that the console keeps to. What a screen asks is kept to it by
    /// the console; this is for screens that fill in or list the school itself.
    fn keep_to(&mut self, _context: Option<&Context>) {}

    /// Called before [`Self::open`]: what was arranged in another session.
    fn recall(&mut self, _memory: &Memory) {}

    /// Whether it takes [`Msg::Counted`]; to others a counted movement comes as often as the number says.
    fn counts(&self) -> bool {
        false
    }

    /// How many rows its list has: what a number in the palette can go to.
    fn total(&self) -> u64 {
        self.status().position.map_or(0, |(_, total)| total)
    }

    /// Called once, with the room it has to draw in. Asks for what it shows.
    fn open(&mut self, room: Size) -> Vec<Effect>;

    /// Something happened.
    fn update(&mut self, msg: Msg) -> Vec<Effect>;

    /// Draws. Never changes anything; never waits: what is not here yet is not drawn.
    fn render(&self, frame: &mut Frame, area: Rect, look: &Look);

    /// The commands of [`Scope::Screen`](super::command::Scope::Screen) that it knows, in the order of the footer, each on or off with the reason.
    /// What it does not list here it is never sent.
    fn offers(&self) -> Vec<Offer>;

    /// What the bottom line says on the left.
    fn status(&self) -> StatusLine {
        StatusLine::default()
    }

    /// Where the terminal's cursor stands while something is typed, within `area` of `render`.
    fn cursor(&self, _area: Rect, _look: &Look) -> Option<Position> {
        None
    }

    /// The finding that is selected, for help to explain.
    fn explains(&self) -> Option<Code> {
        None
    }

    /// The sync it shows, or that its row belongs to: `:1204` in the palette opens that line of it.
    fn sync(&self) -> Option<SyncNo> {
        None
    }

    /// Whether what the screen is about is still on its way: keys wait for it, so that a quick hand meets the rows it means.
    fn is_loading(&self) -> bool {
        false
    }

    /// Said once the screen was left, where what it showed goes on waiting.
    fn parting(&self) -> Option<String> {
        None
    }

    /// Asked before the screen is left: a question when something typed would be lost.
    fn unsaved(&self) -> Option<String> {
        None
    }
}

/// What happens to a screen.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A command of its offers, or a movement. `Back` comes first here: a screen that has a filter to clear or a level of its
    /// own answers with [`Effect::Handled`] (or any other effect); an empty answer lets the console go back.
    Command(Command),
    /// A key that is no command, while the place is a form or a filter: to be typed.
    Key(Key),
    /// Text pasted into a form or a filter: one line, no control characters.
    Paste(String),
    /// The reply to its [`Effect::Ask`] or [`Effect::Long`].
    Reply {
        /// The token of the effect.
        token: Token,
        /// The reply.
        reply: Box<Reply>,
    },
    /// Something happened at the desk. Every screen on the stack is told.
    Event(Event),
    /// The answer to [`Effect::Confirm`] was yes.
    Confirmed(Token),
    /// The text that was entered at [`Effect::Prompt`].
    Prompted {
        /// The token of the effect.
        token: Token,
        /// The text.
        text: String,
    },
    /// The line that was chosen at [`Effect::Choose`].
    Chosen {
        /// The token of the effect.
        token: Token,
        /// Its index.
        index: usize,
    },
    /// A movement, or a mark, with a number before it: that many times, or (first, last) to that row. Only for screens that
    /// [count](Screen::counts).
    Counted {
        /// The command.
        command: Command,
        /// The number.
        count: u64,
    },
    /// The columns as they were arranged at [`Effect::Columns`]: titles in their order, shown or not.
    Columns {
        /// The token of the effect.
        token: Token,
        /// All columns.
        columns: Vec<(String, bool)>,
    },
    /// The console keeps to another school, or to none any more: what was listed is to be asked for again.
    Context,
    /// The room has changed.
    Resized(Size),
    /// It is the topmost again.
    Shown,
}

/// Tells a screen's replies apart: what it was for, and the how-manieth try. A reply of an older generation than the
/// last asked is old news and dropped by the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Token {
    /// What it is for, the screen's own numbering.
    pub slot: u8,
    /// Which try.
    pub generation: u32,
}

impl Token {
    /// The token of something that is asked once.
    pub const fn of(slot: u8) -> Self {
        Self { slot, generation: 0 }
    }

    /// The token of the next try.
    #[must_use]
    pub fn next(self) -> Self {
        Self { generation: self.generation.wrapping_add(1), ..self }
    }
}

/// What a screen wants done.
pub enum Effect {
    /// Nothing more: the message was dealt with (to [`Command::Back`]).
    Handled,
    /// Ask the desk.
    Ask {
        /// Comes back with the reply.
        token: Token,
        /// The request.
        request: Request,
    },
    /// Start long work: progress in the header, ctrl-c cancels it. If the screen has gone when it ends, a toast says how it ended.
    Long {
        /// Comes back with the reply.
        token: Token,
        /// The request.
        request: Request,
        /// What it is, for the header: "users.csv".
        title: String,
    },
    /// Cancel the work started under that token.
    Cancel(Token),
    /// Open a screen above this one.
    Push(Box<dyn Screen>),
    /// Open a screen in place of this one.
    Replace(Box<dyn Screen>),
    /// Close this one.
    Pop,
    /// Close this and all above the n-th screen of the path (0 is the root).
    PopTo(usize),
    /// Close all and open one of the five.
    Root(Tab),
    /// Say one line, until the next key.
    Toast(Tone, String),
    /// Ask yes or no; no is the default. -> [`Msg::Confirmed`]
    Confirm {
        /// Comes back with yes.
        token: Token,
        /// The question.
        question: String,
        /// What it means, line by line.
        detail: Vec<String>,
        /// A number that must be typed, where much is at stake.
        number: Option<u64>,
    },
    /// The same about what can be undone: where the operator has switched such questions off (`confirm = false`) it is not asked,
    /// and the answer is yes; but a number that is to be typed always is.
    ConfirmUndoable {
        /// Comes back with yes.
        token: Token,
        /// The question.
        question: String,
        /// What it means, line by line.
        detail: Vec<String>,
        /// A number that must be typed, where much is at stake.
        number: Option<u64>,
    },
    /// Ask for a line of text. -> [`Msg::Prompted`]
    Prompt {
        /// Comes back with the text.
        token: Token,
        /// What is asked for.
        title: String,
        /// What stands there at first.
        initial: String,
    },
    /// Ask to choose a line: by its letter, or with the arrows. -> [`Msg::Chosen`]
    Choose {
        /// Comes back with the index.
        token: Token,
        /// What is chosen.
        title: String,
        /// Letter and text of each.
        choices: Vec<(char, String)>,
    },
    /// Ask which columns are to be shown, in which order. -> [`Msg::Columns`]
    Columns {
        /// Comes back with them.
        token: Token,
        /// Titles in their order, shown or not.
        columns: Vec<(String, bool)>,
    },
    /// Remember how a list is arranged, from one session to the next.
    Remember {
        /// The list's name.
        list: &'static str,
        /// How.
        kept: Kept,
    },
    /// Remember that a file was imported.
    UsedFile(String),
    /// Show some lines above the screen until a key is pressed.
    Show {
        /// Title.
        title: String,
        /// Lines; long ones are wrapped.
        lines: Vec<String>,
    },
    /// Put text on the terminal's clipboard.
    Copy {
        /// The text, as it stands in the data.
        text: String,
        /// Whether to show it too, for copying by hand.
        show: bool,
    },
    /// Write a report to a file: asks where, never overwrites unasked.
    Save(Output),
    /// Explain a finding: opens help on it.
    Explain(Code),
    /// End the console.
    Quit,
}

/// How a toast is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Done.
    Good,
    /// To know.
    Plain,
    /// Did not work, or is off.
    Bad,
}

/// The five root screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// 1
    Overview,
    /// 2
    Schools,
    /// 3
    People,
    /// 4
    Syncs,
    /// 5
    Triage,
}

impl Tab {
    /// All, in order.
    pub const ALL: [Self; 5] = [Self::Overview, Self::Schools, Self::People, Self::Syncs, Self::Triage];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Schools => "Schools",
            Self::People => "People",
            Self::Syncs => "Syncs",
            Self::Triage => "Triage",
        }
    }
}

/// A command that a screen knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The command.
    pub command: Command,
    /// Its word in the footer, where the table's does not fit.
    pub label: Option<&'static str>,
    /// Why it is off; `None` where it is on.
    pub off: Option<String>,
    /// Whether the footer names it (while there is room).
    pub footer: bool,
}

impl Offer {
    /// A command that is on and in the footer.
    pub fn on(command: Command) -> Self {
        Self { command, label: None, off: None, footer: true }
    }

    /// A command that is on where there is no reason why not: "nothing is selected".
    pub fn unless(command: Command, off: Option<&str>) -> Self {
        Self { off: off.map(str::to_owned), ..Self::on(command) }
    }

    /// The same, called differently in the footer.
    #[must_use]
    pub fn called(self, label: &'static str) -> Self {
        Self { label: Some(label), ..self }
    }

    /// The same, not in the footer.
    #[must_use]
    pub fn quiet(self) -> Self {
        Self { footer: false, ..self }
    }
}

/// What the bottom line says on the left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusLine {
    /// Selected (counted from 1) and how many.
    pub position: Option<(u64, u64)>,
    /// The filter that holds, where the list does not show it itself.
    pub filter: String,
    /// How many are marked.
    pub marked: u64,
}
