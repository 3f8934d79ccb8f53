//! Many people changed at once: which field, to which value, a preview of each before and after, applied as one step that is taken back as
//! one.

use std::cell::RefCell;
use std::rc::Rc;

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::asked::say;
use super::list::{Arrangement, Viewport};
use super::paint::{Paint, piece};
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone, words};
use crate::desk::{EditedPeople, Reply, Request};
use crate::roster::{Grade, PersonNo, Role as PersonRole};
use crate::tui::command::Command;
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;
use crate::tui::visible::veiled;
use crate::tui::widget::table::{Cell, Column, Row, Table};

/// More people than this are changed only once their number was typed.
const MANY: usize = 100;

/// What was changed here, so that `u` takes it back and ctrl-r brings it again; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Changes(Rc<RefCell<Log>>);

#[derive(Debug, Default)]
struct Log {
    /// Position in the journal, and what it was: "status of 7 people".
    done: Vec<(u64, String)>,
    undone: Vec<(u64, String)>,
    /// What is on its way back, and whether it is to be done again.
    turning: Option<(String, bool)>,
}

impl Changes {
    /// Writes down a change at that position of the journal.
    pub fn done(&self, position: u64, words: String) {
        let mut log = self.0.borrow_mut();
        log.undone.clear();
        log.done.push((position, words));
    }

    /// Takes the last change back, or (`back` is false) brings the one that was taken back last.
    pub fn turn(&self, back: bool, token: Token) -> Option<Effect> {
        let mut log = self.0.borrow_mut();
        let (position, words) = if back { log.done.pop() } else { log.undone.pop() }?;
        log.turning = Some((words, back));
        Some(Effect::Ask { token, request: Request::UndoEdit { position } })
    }

    /// Takes the answer, and says what came of it.
    pub fn turned(&self, reply: &Reply) -> Option<Effect> {
        let mut log = self.0.borrow_mut();
        let (words, back) = log.turning.take()?;
        let Reply::PutBack(put) = reply else {
            return if let Reply::Trouble(trouble) = reply { Some(say(trouble)) } else { None };
        };
        if let Some(position) = put.position {
            if back { &mut log.undone } else { &mut log.done }.push((position, words.clone()));
        }
        let left = match put.left {
            0 => String::new(),
            n => format!("; {} changed again since and left", words::count(n, "record was", "records were")),
        };
        let how = if back { "Took back" } else { "Did again" };
        Some(Effect::Toast(Tone::Good, format!("{how}: {words}{left}.")))
    }

    /// Whether there is something to undo, and to redo.
    pub fn can(&self) -> (bool, bool) {
        let log = self.0.borrow();
        (!log.done.is_empty(), !log.undone.is_empty())
    }
}

/// The menu: which field, which value. Tokens of one slot.
#[derive(Debug)]
pub struct Bulk {
    slot: u8,
    people: Vec<PersonNo>,
    field: &'static str,
    values: Vec<String>,
    changes: Changes,
}

const FIELD: u32 = 0;
const VALUE: u32 = 1;
const TURN: u32 = 2;

/// Letter, words, field, and the value where it is clear.
const FIELDS: &[(char, &str, &str, Option<&str>)] = &[
    ('d', "disable them", "status", Some("disabled")),
    ('a', "make them active", "status", Some("active")),
    ('s', "schools: external IDs, ; between", "orgs", None),
    ('r', "role", "role", None),
    ('g', "grade", "grade", None),
    ('p', "position", "position", None),
    ('l', "language", "language", None),
];

impl Bulk {
    /// A menu under tokens of that slot.
    pub fn new(slot: u8) -> Self {
        Self { slot, people: Vec::new(), field: "", values: Vec::new(), changes: Changes::default() }
    }

    /// Whether a message under that token is for the menu.
    pub fn owns(&self, token: Token) -> bool {
        token.slot == self.slot
    }

    /// What was changed here.
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Opens it for those people.
    pub fn choose(&mut self, people: &[u64]) -> Effect {
        self.people = people.iter().filter_map(|id| u32::try_from(*id).ok()).map(PersonNo).collect();
        let choices = FIELDS.iter().map(|(letter, words, ..)| (*letter, (*words).to_owned())).collect();
        let title = format!("Change {}", words::count(self.people.len() as u64, "person", "people"));
        Effect::Choose { token: self.token(FIELD), title, choices }
    }

    /// Takes the last change back, or brings it again.
    pub fn turn(&self, back: bool) -> Option<Effect> {
        self.changes.turn(back, self.token(TURN))
    }

    /// Takes what was chosen, typed or answered under its tokens.
    pub fn update(&mut self, msg: &Msg) -> Vec<Effect> {
        match msg {
            Msg::Chosen { token, index } if token.generation == FIELD => self.chosen(*index).into_iter().collect(),
            Msg::Chosen { index, .. } => self.values.get(*index).cloned().map(|value| self.preview(value)).into_iter().collect(),
            Msg::Prompted { text, .. } => vec![self.preview(text.trim().to_owned())],
            Msg::Reply { reply, .. } => self.changes.turned(reply).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn chosen(&mut self, index: usize) -> Option<Effect> {
        let (_, words, field, value) = FIELDS.get(index)?;
        self.field = field;
        if let Some(value) = value {
            return Some(self.preview((*value).to_owned()));
        }
        self.values = match *field {
            "role" => PersonRole::ALL.iter().map(|r| r.name().to_owned()).collect(),
            "grade" => Grade::ALL.iter().map(|g| g.name().to_owned()).collect(),
            _ => {
                return Some(Effect::Prompt {
                    token: self.token(VALUE),
                    title: format!("{words}; blank clears it"),
                    initial: String::new(),
                });
            }
        };
        let choices = ('a'..='z').chain('0'..='9').zip(self.values.iter().cloned()).collect();
        Some(Effect::Choose { token: self.token(VALUE), title: (*words).to_owned(), choices })
    }

    fn preview(&self, value: String) -> Effect {
        Effect::Push(Box::new(BulkScreen::new(self.people.clone(), self.field, value, self.changes.clone())))
    }

    fn token(&self, generation: u32) -> Token {
        Token { slot: self.slot, generation }
    }
}

/// The preview of a change of many: who, which field, before and after. `P` applies it.
#[derive(Debug)]
pub struct BulkScreen {
    people: Vec<PersonNo>,
    field: &'static str,
    value: String,
    changes: Changes,
    preview: Option<EditedPeople>,
    applying: bool,
    /// Why nothing can be applied: what the desk said.
    problem: Option<String>,
    arrangement: Arrangement,
    view: Viewport,
    room: Size,
}

const PREVIEW: u8 = 0;
const APPLY: u8 = 1;

const COLUMNS: &[Column] =
    &[Column::text("name", 18, 36, 0), Column::text("field", 8, 14, 2), Column::text("before", 8, 30, 1), Column::text("after", 8, 40, 0)];

impl BulkScreen {
    fn new(people: Vec<PersonNo>, field: &'static str, value: String, changes: Changes) -> Self {
        Self {
            people,
            field,
            value,
            changes,
            preview: None,
            applying: false,
            problem: None,
            arrangement: Arrangement::new(2, "", "name"),
            view: Viewport::default(),
            room: Size::default(),
        }
    }

    fn ask(&self, dry_run: bool) -> Effect {
        let fields = vec![(self.field.to_owned(), self.value.clone())];
        let request = Request::EditPeople { people: self.people.clone(), fields, dry_run };
        Effect::Ask { token: Token::of(if dry_run { PREVIEW } else { APPLY }), request }
    }

    fn many(&self) -> usize {
        self.preview.as_ref().map_or(0, |p| p.changed.len())
    }

    /// "status of 7 people".
    fn words(&self, many: usize) -> String {
        format!("{} of {}", self.field, words::count(many as u64, "person", "people"))
    }

    /// Name, field, before, after of each line: those who cannot be changed come first, with why.
    fn lines(&self) -> Vec<[String; 4]> {
        let Some(p) = &self.preview else { return Vec::new() };
        let refused = p.refused.iter().map(|(name, why)| [name.clone(), String::from("!"), String::new(), why.clone()]);
        let changed = p.changed.iter().flat_map(|c| {
            c.changes.iter().map(move |change| [c.name.clone(), change.field.clone(), change.before.clone(), change.after.clone()])
        });
        let mut lines: Vec<[String; 4]> = refused.chain(changed).collect();
        if let Some(by) = self.arrangement.sort() {
            let at = COLUMNS.iter().position(|c| c.title == by.column).unwrap_or(0);
            lines.sort_by_cached_key(|l| l[at].to_lowercase());
            if by.reverse {
                lines.reverse();
            }
        }
        lines
    }

    fn fit(&mut self) {
        self.view.height = u64::from(self.room.height.saturating_sub(3));
        self.view.total = self.lines().len() as u64;
        self.view.select(self.view.selected);
    }

    fn apply(&mut self) -> Vec<Effect> {
        if self.many() > MANY {
            return vec![Effect::Confirm {
                token: Token::of(APPLY),
                question: format!("Change {}?", self.words(self.many())),
                detail: vec![String::from("u takes it back in one step, as long as nobody changes them again.")],
                number: Some(self.many() as u64),
            }];
        }
        self.applying = true;
        vec![self.ask(false)]
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match (token.slot, reply) {
            (PREVIEW, Reply::EditedPeople(preview)) => {
                self.preview = Some(preview);
                Vec::new()
            }
            (_, Reply::EditedPeople(done)) => {
                let words = self.words(done.changed.len());
                if let Some(position) = done.position {
                    self.changes.done(position, words.clone());
                }
                vec![Effect::Pop, Effect::Toast(Tone::Good, format!("Changed: {words}. u takes it back."))]
            }
            (_, Reply::Trouble(trouble)) => {
                self.applying = false;
                self.problem = Some(trouble.message.clone());
                vec![say(&trouble)]
            }
            _ => Vec::new(),
        }
    }
}

impl Screen for BulkScreen {
    fn crumb(&self) -> String {
        format!("Change {}", self.words(self.people.len()))
    }

    fn counts(&self) -> bool {
        true
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        vec![self.ask(true)]
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        self.arrangement.update(&msg);
        let effects = match msg {
            Msg::Command(Command::Apply) => self.apply(),
            Msg::Command(Command::Abandon) => vec![Effect::Pop, Effect::Toast(Tone::Plain, String::from("Nobody was changed."))],
            Msg::Command(Command::Back) => Vec::new(),
            Msg::Command(command) => {
                let arranged = self.arrangement.command(command, COLUMNS);
                if arranged.is_none() {
                    self.view.go(command);
                }
                arranged.into_iter().collect()
            }
            Msg::Counted { command, count } => {
                self.view.go_times(command, Some(count));
                Vec::new()
            }
            Msg::Confirmed(_) => {
                self.applying = true;
                vec![self.ask(false)]
            }
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Event(crate::desk::Event::RosterChanged { .. }) if !self.applying => vec![self.ask(true)],
            Msg::Resized(room) => {
                self.room = room;
                Vec::new()
            }
            _ => Vec::new(),
        };
        self.fit();
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let buffer = frame.buffer_mut();
        let mut paint = Paint::new(buffer, area, look);
        if let Some(problem) = &self.problem {
            paint.wrapped(1, &format!("{} {problem}", look.glyph(Glyph::Error)), Role::Error, 3);
        }
        let Some(p) = &self.preview else { return };
        let value = if self.value.is_empty() { String::from("blank") } else { format!("\"{}\"", self.value) };
        let mut told = vec![piece(format!("{} becomes {value} for {}", self.field, number(p.changed.len() as u64)), Role::Accent)];
        if p.same > 0 {
            told.push(piece(format!("  {} have it already", number(p.same)), Role::Dim));
        }
        if !p.refused.is_empty() {
            told.push(piece(format!("  {} cannot, and are left", number(p.refused.len() as u64)), Role::Error));
        }
        paint.line(&told);
        paint.line(&[piece("Nothing has been changed yet. P applies it, X or esc leaves.", Role::Dim)]);
        let list = paint.rest();
        let lines = self.lines();
        let first = self.view.first as usize;
        let rows = lines.iter().skip(first).map(|[name, field, before, after]| {
            let bad = field == "!";
            let field = if bad { look.glyph(Glyph::Error) } else { field };
            let row = Row::new([
                Cell::from(look.personal(name).into_owned()),
                Cell::new(field.to_owned(), if bad { Role::Error } else { Role::Dim }),
                Cell::from(look.personal(before).into_owned()),
                Cell::new(if bad { veiled(after) } else { look.personal(after).into_owned() }, if bad { Role::Error } else { Role::Ok }),
            ]);
            self.arrangement.row(COLUMNS, row)
        });
        let head = self.arrangement.columns(COLUMNS);
        let selected = Some(self.view.selected as usize - first).filter(|_| !lines.is_empty());
        Table { columns: &head, rows, selected, titles: true, whole: false }.render(buffer, list, look);
    }

    fn is_loading(&self) -> bool {
        self.preview.is_none() && self.problem.is_none()
    }

    fn offers(&self) -> Vec<Offer> {
        let nothing = match (&self.preview, self.applying) {
            (_, true) => Some("it is being applied"),
            (None, _) => Some("the preview is not here yet"),
            (Some(p), _) => p.changed.is_empty().then_some("nobody would change"),
        };
        vec![
            Offer::unless(Command::Apply, nothing),
            Offer::on(Command::Abandon).called("leave"),
            Offer::on(Command::Sort).quiet(),
            Offer::on(Command::Reverse).quiet(),
            Offer::on(Command::Columns).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        StatusLine { position: (self.view.total > 0).then_some((self.view.selected + 1, self.view.total)), ..StatusLine::default() }
    }
}
