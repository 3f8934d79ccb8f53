//! The mapper: each header of a file beside the column it goes to, with sample values; values for columns that the file lacks;
//! and what is taken for values that a column does not accept. What is still missing stands on top. Saved by name.

mod fields;

use std::cell::RefCell;
use std::rc::Rc;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::asked::{Asked, sentence};
use super::choices::Choices;
use super::form::Form;
use super::known::Known;
use super::listing::{absolute, complete, folder};
use super::paint::{Paint, foot, piece};
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone, words};
use crate::desk::{MapDraft, Reply, Request, Trouble};
use crate::ledger::Map;
use crate::tui::command::{Command, Place};
use crate::tui::look::{Glyph, Look};
use crate::tui::theme::Role;
use fields::{Of, is_name};

const DRAFT: u8 = 0;
const SAVE: u8 = 1;
const CHOOSE: u8 = 2;
const MISSING: u8 = 3;

/// Typed where nothing is meant: a header that is passed over, a blank value.
const NOTHING: &str = "-";

/// Lines above the fields: what is missing.
const ABOVE: u16 = 2;

/// The mapping that a form made, for the screen that opened the form; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Made(Rc<RefCell<Option<Map>>>);

impl Made {
    /// Takes what was saved since the last time.
    pub fn take(&self) -> Option<Map> {
        self.0.borrow_mut().take()
    }

    fn put(&self, map: Map) {
        *self.0.borrow_mut() = Some(map);
    }
}

/// The form of a mapping.
#[derive(Debug)]
pub struct MapForm {
    /// As it was opened, or saved last.
    saved: Map,
    /// Its name, where it is kept already.
    opened: Option<String>,
    form: Form,
    /// What each field is.
    of: Vec<Of>,
    choices: Choices,
    known: Known,
    draft: Asked<MapDraft>,
    /// Path and mapping of the last draft.
    drafted: Option<(String, Map)>,
    made: Made,
    /// Whether the form went to the first header that goes nowhere, once the file was looked at.
    placed: bool,
    saving: Option<bool>,
    refused: Option<Trouble>,
    room: Size,
}

impl MapForm {
    /// A mapping for a file, to a profile where one is known.
    pub fn of_file(path: &str, profile: String, made: Made) -> Self {
        let file = path.rsplit('/').next().unwrap_or_default();
        let name = fields::name_from(file.rsplit_once('.').map_or(file, |(stem, _)| stem));
        Self::new(path, Map { name, profile, ..Map::default() }, made)
    }

    /// A mapping that is there, tried on a file where one is known.
    pub fn of_map(map: Map, path: &str) -> Self {
        let opened = Some(map.name.clone());
        Self { opened, ..Self::new(path, map, Made::default()) }
    }

    fn new(path: &str, map: Map, made: Made) -> Self {
        let mut form = Self {
            saved: map,
            opened: None,
            form: Form::default(),
            of: Vec::new(),
            choices: Choices::new(CHOOSE),
            known: Known::default(),
            draft: Asked::new(DRAFT),
            drafted: None,
            made,
            placed: path.is_empty(),
            saving: None,
            refused: None,
            room: Size::default(),
        };
        form.rebuild(Some(path));
        form
    }

    fn here(&self) -> Option<&Of> {
        self.of.get(self.form.index())
    }

    fn text(&self, of: &Of) -> &str {
        let at = self.of.iter().position(|o| o == of);
        at.and_then(|at| self.form.fields.get(at)).map_or("", |f| f.line.text().trim())
    }

    /// The mapping as it is typed.
    fn map(&self) -> Map {
        let mut map = Map {
            name: self.text(&Of::Name).to_owned(),
            profile: self.text(&Of::Profile).to_owned(),
            skip_lines: self.text(&Of::Skip).parse().unwrap_or_default(),
            ..Map::default()
        };
        for (of, field) in self.of.iter().zip(&self.form.fields) {
            let text = field.line.text().trim();
            let said = if text == NOTHING { String::new() } else { text.to_owned() };
            match of {
                // What goes by its own name need not be said; that it is not to, must be.
                Of::Header(header) if text.is_empty() && self.is_column(header) => map.headers.push((header.clone(), said)),
                Of::Header(header) if !text.is_empty() && text != header => map.headers.push((header.clone(), said)),
                Of::Constant(column) if !text.is_empty() => map.constants.push((column.clone(), said)),
                Of::Value(column, value) if !text.is_empty() => {
                    map.values.entry(column.clone()).or_default().insert(value.clone(), said);
                }
                _ => {}
            }
        }
        map
    }

    fn is_column(&self, name: &str) -> bool {
        self.known.profile(self.text(&Of::Profile)).is_some_and(|p| p.columns.iter().any(|c| c.name == name))
    }

    /// The first field that does not stand for anything yet: a column that the profile does not have, a name that cannot be one.
    fn wrong(&self) -> Option<(usize, String)> {
        let columns = self.known.profile(self.text(&Of::Profile)).map(|p| &p.columns);
        self.of.iter().enumerate().find_map(|(index, of)| {
            let text = self.form.fields.get(index)?.line.text().trim();
            let why = match of {
                Of::Name if !is_name(text) => format!("\"{text}\" cannot be its name: small letters, digits, - _ and . make one."),
                Of::Profile if text.is_empty() => String::from("A mapping is to a profile: choose it. ctrl-o lists them."),
                Of::Skip if !text.is_empty() && text.parse::<u32>().is_err() => format!("\"{text}\" is no number of lines."),
                Of::Header(header) if columns.is_some_and(|c| !text.is_empty() && text != NOTHING && c.iter().all(|c| c.name != text)) => {
                    format!("{header} goes to \"{text}\", which is no column of the profile. ctrl-o lists them.")
                }
                _ => return None,
            };
            Some((index, why))
        })
    }

    /// Asks what the mapping makes of the file, where it is another one than was asked about last. A path that is still being
    /// typed, or half a column's name, is waited for.
    fn due(&mut self, now: bool) -> Option<Effect> {
        let half = matches!(self.here(), Some(Of::File | Of::Profile | Of::Skip)) && !now;
        let path = self.text(&Of::File);
        if half || path.is_empty() || self.text(&Of::Profile).is_empty() || self.wrong().is_some_and(|(i, _)| self.of[i] != Of::Name) {
            return None;
        }
        // Its name makes no difference to the file.
        let asked = (absolute(path), Map { name: String::new(), ..self.map() });
        if self.drafted.as_ref() == Some(&asked) {
            return None;
        }
        let (path, map) = asked.clone();
        self.drafted = Some(asked);
        Some(self.draft.ask(Request::DraftMap { path, map }))
    }

    fn save(&mut self, stay: bool) -> Vec<Effect> {
        if self.saving.is_some() {
            return Vec::new();
        }
        if let Some((field, why)) = self.wrong() {
            self.form.go_to(field);
            return vec![Effect::Toast(Tone::Bad, why)];
        }
        let missing = self.draft.get().map_or(&[][..], |d| d.missing.as_slice());
        let mut detail = Vec::new();
        if !missing.is_empty() {
            let count = words::count(missing.len() as u64, "needed column is", "needed columns are");
            detail.push(format!("{count} still missing: {}. Files are refused as long as they are.", missing.join(", ")));
        }
        // Another mapping of that name would be gone.
        let name = self.text(&Of::Name);
        if let Some(other) = self.known.map(name).filter(|_| self.opened.as_deref() != Some(name)) {
            detail.push(format!("The mapping {name} to {} would be replaced.", other.map.profile));
        }
        if detail.is_empty() {
            self.saving = Some(stay);
            return vec![self.put()];
        }
        let token = Token { slot: MISSING, generation: u32::from(stay) };
        vec![Effect::Confirm { token, question: format!("Save the mapping {name} all the same?"), detail, number: None }]
    }

    fn put(&self) -> Effect {
        Effect::Ask { token: Token::of(SAVE), request: Request::PutMap(self.map()) }
    }

    fn was_saved(&mut self) -> Vec<Effect> {
        let map = self.map();
        self.saved = map.clone();
        self.opened = Some(map.name.clone());
        self.refused = None;
        let toast = Effect::Toast(Tone::Good, format!("The mapping {} was saved.", map.name));
        self.made.put(map);
        if self.saving.take() == Some(true) { vec![toast] } else { vec![toast, Effect::Pop] }
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match (token.slot, reply) {
            (DRAFT, Reply::MapDraft(draft)) => {
                if self.draft.take(token, Ok(draft)) {
                    self.rebuild(None);
                }
                Vec::new()
            }
            (DRAFT, Reply::Trouble(trouble)) => {
                self.draft.take(token, Err(trouble));
                Vec::new()
            }
            (SAVE, Reply::Maps(_)) => self.was_saved(),
            (SAVE, Reply::Trouble(trouble)) => {
                self.saving = None;
                self.refused = Some(trouble);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Completes the path; `false` where there is nothing to complete.
    fn complete(&mut self) -> bool {
        if self.here() != Some(&Of::File) {
            return false;
        }
        let at = self.form.index();
        let typed = self.form.fields[at].line.text().to_owned();
        let done = complete(&typed, folder);
        let more = !typed.is_empty() && done.text != typed;
        if more {
            self.form.fields[at].line.set(done.text);
        }
        more
    }

    /// Lines below the fields: what may stand in the one that is typed into.
    fn below(height: u16) -> u16 {
        if height >= 18 { 7 } else { height.min(3) }
    }

    fn fit(&mut self) {
        let lines = ABOVE + Self::below(self.room.height);
        self.form.set_room(self.room.width, self.room.height.saturating_sub(lines));
    }

    fn areas(area: Rect) -> [Rect; 3] {
        let (rest, below) = foot(area, Self::below(area.height));
        let above = ABOVE.min(rest.height);
        [Rect { height: above, ..rest }, Rect { y: rest.y + above, height: rest.height - above, ..rest }, below]
    }

    /// What is still missing, or what is wrong with the file or the mapping.
    fn head(&self, paint: &mut Paint, look: &Look) {
        if let Some(trouble) = &self.refused {
            return paint.wrapped(1, &format!("Not saved: {}", sentence(trouble)), Role::Error, ABOVE);
        }
        if let Some(trouble) = self.draft.trouble() {
            return paint.wrapped(1, &sentence(trouble), Role::Error, ABOVE);
        }
        let Some(draft) = self.draft.get() else {
            let text = "Give a file and a profile: the file's headers then stand beside the columns they go to.";
            return paint.wrapped(1, text, Role::Dim, ABOVE);
        };
        if let Some(finding) = draft.findings.first() {
            return paint.wrapped(1, &format!("{} {}  {}", look.glyph(Glyph::Error), finding.message(), finding.code), Role::Error, ABOVE);
        }
        if !draft.missing.is_empty() {
            let text = format!("{} Still missing: {}", look.glyph(Glyph::Error), draft.missing.join(", "));
            return paint.wrapped(1, &text, Role::Error, ABOVE);
        }
        let open = draft.values.iter().filter(|v| v.taken.is_none()).count() as u64;
        let (text, role) = match open {
            0 => (format!("{} Every needed column is there, every value seen is accepted.", look.glyph(Glyph::Ok)), Role::Ok),
            n => (
                format!("{} {} not accepted: see the end.", look.glyph(Glyph::Warning), words::count(n, "value is", "values are")),
                Role::Warning,
            ),
        };
        paint.line(&[piece(text, role)]);
    }
}

impl Screen for MapForm {
    fn crumb(&self) -> String {
        let name = self.text(&Of::Name);
        if name.is_empty() { String::from("new mapping") } else { name.to_owned() }
    }

    fn subtitle(&self) -> Option<String> {
        Some(String::from("which header of the file is which column of the profile"))
    }

    fn place(&self) -> Place {
        Place::Form
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        let mut effects = self.known.ask_profiles();
        effects.extend(self.due(true));
        effects
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let before = self.form.index();
        let mut effects = match msg {
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
            Msg::Chosen { token, index } if self.choices.owns(token) => {
                self.choices.chosen(&mut self.form, index);
                let now = self.due(true);
                now.into_iter().collect()
            }
            Msg::Confirmed(token) if token.slot == MISSING => {
                self.saving = Some(token.generation == 1);
                vec![self.put()]
            }
            Msg::Reply { token, reply } if self.known.owns(token) => {
                self.known.take(token, *reply);
                self.rebuild(None);
                Vec::new()
            }
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Resized(room) => {
                self.room = room;
                Vec::new()
            }
            _ => Vec::new(),
        };
        effects.extend(self.due(self.form.index() != before));
        self.note();
        self.fit();
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let buffer = frame.buffer_mut();
        let [above, fields, below] = Self::areas(area);
        self.head(&mut Paint::new(buffer, above, look), look);
        self.form.render(buffer, fields, look);
        let mut paint = Paint::new(buffer, below, look);
        paint.rule("");
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
            Offer::unless(Command::Take, suggestion).called("take"),
            Offer::unless(Command::Choose, none),
            Offer::on(Command::SaveStay).called("save, stay"),
            Offer::on(Command::Rule).called("what is this").quiet(),
            Offer::on(Command::PutBack).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        let n = self.form.fields.len() as u64;
        StatusLine { position: (n > 0).then_some((self.form.index() as u64 + 1, n)), ..StatusLine::default() }
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        let [_, fields, _] = Self::areas(area);
        self.form.render(&mut Buffer::empty(area), fields, look)
    }

    fn unsaved(&self) -> Option<String> {
        (self.map() != self.saved).then(|| String::from("Leave without saving the mapping?"))
    }
}
