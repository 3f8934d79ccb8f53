//! Making a record by hand: its fields in a form, checked by the same rules as what files bring. Enter adds it and goes to it, ctrl-s adds
//! it and stays for the next one.

use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};

use super::asked::{say, sentence};
use super::factory::{Subject, make};
use super::fields;
use super::form::{Form, boss};
use super::paint::{Paint, foot, piece};
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone};
use crate::desk::{AddWhat, HitWhat, Makes, Named, Reply, Request, Trouble};
use crate::tui::command::{Command, Place};
use crate::tui::context::Context;
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::visible::veiled;
use crate::tui::widget::line_edit::LineEdit;

const SAVE: u8 = 0;

/// Lines below the fields.
const BELOW: u16 = 3;

/// Fields that name a school: the context fills them.
const OF_SCHOOL: [&str; 3] = ["orgs", "class_org", "course_org"];

/// The form of a new record.
#[derive(Debug)]
pub struct AddForm {
    what: AddWhat,
    /// What stands in the fields at first.
    fill: Vec<(String, String)>,
    /// Whether to go back where it was opened from once it is saved, instead of to what was made.
    back: bool,
    form: Form,
    refused: Option<Trouble>,
    /// Whether to stay once what is being saved is saved.
    saving: Option<bool>,
    room: Size,
}

impl AddForm {
    /// The form of such a record, with the fields of those names filled.
    pub fn new(what: AddWhat, fill: Vec<(&'static str, String)>) -> Self {
        let fill = fill.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self::filled(what, fill, false)
    }

    /// The form of what a row's reference lacks, with what the row says of it; saved, the operator is back at the row.
    pub fn lacking(makes: &Makes) -> Self {
        Self::filled(makes.what, makes.fields.clone(), true)
    }

    /// Opens that form, where something is lacking that can be made.
    pub fn of_lacking(makes: Option<&Makes>) -> Vec<Effect> {
        makes.map(|m| Effect::Push(Box::new(Self::lacking(m)))).into_iter().collect()
    }

    fn filled(what: AddWhat, fill: Vec<(String, String)>, back: bool) -> Self {
        let mut form = Self { what, fill, back, form: Form::default(), refused: None, saving: None, room: Size::default() };
        form.clear();
        form
    }

    /// Empties the fields but for what is filled from where the form was opened.
    fn clear(&mut self) {
        let mut fields = fields::of_new(self.what);
        for field in &mut fields {
            if let Some((_, value)) = self.fill.iter().find(|(name, _)| *name == field.name) {
                field.line = LineEdit::new(value.as_str());
                field.before.clone_from(value);
            }
        }
        let first = fields.iter().position(|f| f.required && f.before.is_empty()).unwrap_or(0);
        self.form = Form::new(fields);
        self.form.go_to(first);
        self.fit();
    }

    fn fit(&mut self) {
        self.form.set_room(self.room.width, self.room.height.saturating_sub(BELOW));
    }

    fn save(&mut self, stay: bool) -> Vec<Effect> {
        if self.saving.is_some() {
            return Vec::new();
        }
        let missing = self.form.fields.iter().position(|f| f.required && f.line.text().trim().is_empty());
        if let Some(at) = missing {
            self.form.go_to(at);
            let name = &self.form.fields[at].name;
            return vec![Effect::Toast(Tone::Bad, format!("{name} is needed."))];
        }
        self.saving = Some(stay);
        let filled = self.form.fields.iter().filter(|f| !f.line.is_empty());
        let fields = filled.map(|f| (f.name.clone(), f.line.text().to_owned())).collect();
        vec![Effect::Ask { token: Token::of(SAVE), request: Request::Add { what: self.what, fields } }]
    }

    fn added(&mut self, named: &Named) -> Vec<Effect> {
        self.refused = None;
        let said = Effect::Toast(Tone::Good, format!("{} was added.", veiled(&named.title)));
        if self.saving.take() == Some(true) {
            self.clear();
            return vec![said];
        }
        if self.back {
            let said = Effect::Toast(Tone::Good, format!("{} was added. R re-runs the rows that lacked it.", named.title));
            return vec![Effect::Pop, said];
        }
        match named.what {
            HitWhat::Person(_) | HitWhat::Org(_) | HitWhat::Class(_) => {
                vec![Effect::Replace(make(Subject::from(&named.what))), said]
            }
            _ => vec![Effect::Pop, said],
        }
    }
}

impl Screen for AddForm {
    fn crumb(&self) -> String {
        format!("add {}", self.what.name())
    }

    fn is_personal(&self) -> bool {
        false
    }

    fn place(&self) -> Place {
        Place::Form
    }

    fn keep_to(&mut self, context: Option<&Context>) {
        let Some(school) = context else { return };
        for name in OF_SCHOOL {
            if !self.fill.iter().any(|(n, _)| n == name) {
                self.fill.push((name.to_owned(), school.id.clone()));
            }
        }
        if !self.form.is_typed() {
            self.clear();
        }
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        Vec::new()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let mut changed = false;
        let effects = match msg {
            Msg::Command(Command::Save) => self.save(false),
            Msg::Command(Command::SaveStay) => self.save(true),
            Msg::Command(Command::Rule) => self.form.rule().into_iter().collect(),
            Msg::Command(_) | Msg::Key(_) | Msg::Paste(_) => {
                changed = self.form.input(&msg);
                Vec::new()
            }
            Msg::Reply { reply, .. } => match *reply {
                Reply::Added(named) => self.added(&named),
                Reply::Trouble(trouble) => {
                    self.saving = None;
                    let said = say(&trouble);
                    // What was typed stays.
                    self.refused = (!self.form.blame(&trouble.message, &trouble.next)).then_some(trouble);
                    vec![said]
                }
                _ => Vec::new(),
            },
            Msg::Resized(room) => {
                self.room = room;
                Vec::new()
            }
            _ => Vec::new(),
        };
        if changed {
            self.refused = None;
            self.form.forgive();
        }
        self.fit();
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let buffer = frame.buffer_mut();
        let (fields, below) = foot(area, BELOW);
        self.form.render(buffer, fields, look);
        let mut paint = Paint::new(buffer, below, look);
        if let Some(trouble) = &self.refused {
            paint.wrapped(1, &format!("Not added: {}", sentence(trouble)), Role::Error, 2);
        } else {
            paint.next();
            let saved = if self.back {
                format!("{} adds it and goes back to the rows that lack it.", look.key(Command::Save))
            } else {
                format!("{} adds it and stays for the next one.", look.key(Command::SaveStay))
            };
            paint.line(&[piece(saved, Role::Dim)]);
        }
        paint.line(&[piece(boss(paint.rest().width), Role::Dim)]);
    }

    fn offers(&self) -> Vec<Offer> {
        vec![
            Offer::on(Command::Save).called("add"),
            Offer::on(Command::SaveStay).called("add, next"),
            Offer::on(Command::PutBack),
            Offer::on(Command::Rule),
            Offer::unless(Command::Take, Some("there is no suggestion")).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        let n = self.form.fields.len() as u64;
        StatusLine { position: (n > 0).then_some((self.form.index() as u64 + 1, n)), ..StatusLine::default() }
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        let (fields, _) = foot(area, BELOW);
        self.form.render(&mut ratatui::buffer::Buffer::empty(area), fields, look)
    }

    fn unsaved(&self) -> Option<String> {
        self.form.is_typed().then(|| String::from("Leave without adding what was typed?"))
    }
}
