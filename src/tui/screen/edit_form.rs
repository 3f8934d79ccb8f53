//! Editing a person or a school by hand, in the same form as a row. All fields are saved or none.

use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};

use super::asked::{Asked, say, sentence};
use super::form::{Field, Form, boss};
use super::paint::{Paint, empty, foot, piece};
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone};
use crate::desk::{PersonDetail, Reply, Request, SchoolDetail, Trouble};
use crate::roster::{Grade, OrgField, OrgKind, OrgNo, PersonNo, Role as PersonRole, Status, Text};
use crate::tui::command::{Command, Place};
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::widget::line_edit::LineEdit;

const LOAD: u8 = 0;
const SAVE: u8 = 1;

/// Lines below the fields.
const BELOW: u16 = 3;

/// The form of a person or a school.
#[derive(Debug)]
pub struct EditForm {
    of: Of,
    shown: Asked<()>,
    title: String,
    form: Form,
    wanted: Option<String>,
    refused: Option<Trouble>,
    saving: Option<bool>,
    room: Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Person(PersonNo),
    Org(OrgNo),
}

impl EditForm {
    /// The form of a person.
    pub fn person(number: PersonNo) -> Self {
        Self::new(Of::Person(number))
    }

    /// The form of a person who is known already, at one of the fields.
    pub fn of_person(person: &PersonDetail, field: Option<&str>) -> Self {
        let mut form = Self::new(Of::Person(person.row.number));
        form.wanted = field.map(str::to_owned);
        form.show_person(person);
        form
    }

    /// The form of a school.
    pub fn school(number: OrgNo) -> Self {
        Self::new(Of::Org(number))
    }

    fn new(of: Of) -> Self {
        Self {
            of,
            shown: Asked::new(LOAD),
            title: String::new(),
            form: Form::default(),
            wanted: None,
            refused: None,
            saving: None,
            room: Size::default(),
        }
    }

    fn load(&mut self) -> Effect {
        match self.of {
            Of::Person(number) => self.shown.ask(Request::Person(number)),
            Of::Org(number) => self.shown.ask(Request::School(number)),
        }
    }

    fn show_person(&mut self, p: &PersonDetail) {
        self.title.clone_from(&p.row.name);
        let fields = p.fields.iter().map(|f| {
            // A text field stands as it is kept; the others in the words that an edit takes.
            let value = Text::from_name(&f.field).map_or_else(|| f.value.clone(), |text| p.person.text(text).to_owned());
            let (about, accept) = about_person(&f.field);
            field(&f.field, &value, about, &accept)
        });
        self.show(fields.collect());
    }

    fn show_school(&mut self, s: &SchoolDetail) {
        let org = &s.row.org;
        self.title.clone_from(&org.name);
        let fields = OrgField::ALL.iter().map(|f| {
            let (value, about, accept) = match f {
                OrgField::ExternalId => (org.external_id.as_str(), "unique, compared exactly", Vec::new()),
                OrgField::Name => (org.name.as_str(), "", Vec::new()),
                OrgField::Type => (org.kind.name(), "", names(OrgKind::ALL, OrgKind::name)),
                OrgField::Parent => {
                    (s.parent_id.as_deref().unwrap_or_default(), s.parent.as_deref().unwrap_or("external ID of its district"), Vec::new())
                }
                OrgField::Address => (org.address.as_str(), "", Vec::new()),
                OrgField::Status => (org.status.name(), "", names(Status::ALL, Status::name)),
            };
            field(f.name(), value, about, &accept)
        });
        self.show(fields.collect());
    }

    fn show(&mut self, fields: Vec<Field>) {
        self.form = Form::new(fields);
        if let Some(name) = self.wanted.take() {
            self.form.go_to_name(&name);
        }
        self.fit();
    }

    fn fit(&mut self) {
        self.form.set_room(self.room.width, self.room.height.saturating_sub(BELOW));
    }

    fn save(&mut self, stay: bool) -> Vec<Effect> {
        let fields = self.form.typed();
        if fields.is_empty() {
            let nothing = Effect::Toast(Tone::Plain, String::from("Nothing was changed."));
            return if stay { vec![nothing] } else { vec![nothing, Effect::Pop] };
        }
        if self.saving.is_some() {
            return Vec::new();
        }
        self.saving = Some(stay);
        let request = match self.of {
            Of::Person(person) => Request::EditPerson { person, fields },
            Of::Org(org) => Request::EditOrg { org, fields },
        };
        vec![Effect::Ask { token: Token::of(SAVE), request }]
    }

    fn saved(&mut self) -> Vec<Effect> {
        self.refused = None;
        let toast = Effect::Toast(Tone::Good, format!("{} was saved.", self.title));
        if self.saving.take() == Some(true) { vec![toast] } else { vec![toast, Effect::Pop] }
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        let of_save = token.slot == SAVE;
        match reply {
            Reply::Trouble(trouble) if of_save => {
                self.saving = None;
                let said = say(&trouble);
                // What was typed stays; the line below says why it was not saved.
                self.refused = Some(trouble);
                return vec![said];
            }
            Reply::Trouble(trouble) => {
                self.shown.take(token, Err(trouble));
            }
            Reply::Person(p) if of_save || self.shown.take(token, Ok(())) => {
                if of_save || !self.form.is_typed() {
                    // The form stays at the field that it was opened at, or that was gone to meanwhile.
                    let at = (!self.form.fields.is_empty()).then(|| self.form.index());
                    self.show_person(&p);
                    if let Some(at) = at {
                        self.form.go_to(at);
                    }
                }
                if of_save {
                    return self.saved();
                }
            }
            Reply::School(s) if of_save || self.shown.take(token, Ok(())) => {
                if of_save || !self.form.is_typed() {
                    let at = (!self.form.fields.is_empty()).then(|| self.form.index());
                    self.show_school(&s);
                    if let Some(at) = at {
                        self.form.go_to(at);
                    }
                }
                if of_save {
                    return self.saved();
                }
            }
            _ => {}
        }
        Vec::new()
    }
}

fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|v| name(*v)).collect()
}

/// What is said beside a person's field, and its accepted values.
fn about_person(field: &str) -> (&'static str, Vec<&'static str>) {
    match field {
        "role" => ("", names(PersonRole::ALL, PersonRole::name)),
        "status" => ("", names(Status::ALL, Status::name)),
        "grade" => ("", names(Grade::ALL, Grade::name)),
        "orgs" => ("external IDs, ; between", Vec::new()),
        "sourced_id" => ("unique among staff, students or guardians", Vec::new()),
        "language" => ("ISO 639-1: en, es, zh", Vec::new()),
        _ => ("", Vec::new()),
    }
}

fn field(name: &str, value: &str, about: &str, accept: &[&str]) -> Field {
    let mut rule: Vec<String> = if about.is_empty() { Vec::new() } else { vec![about.to_owned()] };
    if !accept.is_empty() {
        rule.push(format!("One of: {}", accept.join(", ")));
    }
    Field {
        name: name.to_owned(),
        line: LineEdit::new(value),
        before: value.to_owned(),
        about: if accept.is_empty() { about.to_owned() } else { accept.join(" ") },
        rule,
        ..Field::default()
    }
}

impl Screen for EditForm {
    fn crumb(&self) -> String {
        String::from("edit")
    }

    fn is_personal(&self) -> bool {
        true
    }

    fn subtitle(&self) -> Option<String> {
        (!self.title.is_empty()).then(|| self.title.clone())
    }

    fn place(&self) -> Place {
        Place::Form
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        vec![self.load()]
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = match msg {
            Msg::Command(Command::Save) => self.save(false),
            Msg::Command(Command::SaveStay) => self.save(true),
            Msg::Command(Command::Rule) => match self.form.field() {
                Some(f) if f.rule.is_empty() => {
                    vec![Effect::Show { title: f.name.clone(), lines: vec![String::from("Any text; empty clears it.")] }]
                }
                Some(f) => vec![Effect::Show { title: f.name.clone(), lines: f.rule.clone() }],
                None => Vec::new(),
            },
            Msg::Command(command) => {
                if self.form.command(command) {
                    self.refused = None;
                }
                Vec::new()
            }
            Msg::Key(key) => {
                if self.form.key(key) {
                    self.refused = None;
                }
                Vec::new()
            }
            Msg::Paste(text) => {
                self.form.paste(&text);
                Vec::new()
            }
            Msg::Reply { token, reply } => self.reply(token, *reply),
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
        if let (true, Some(trouble)) = (self.form.fields.is_empty(), self.shown.trouble()) {
            return empty(buffer, area, look, &[&sentence(trouble), "esc goes back"]);
        }
        let (fields, below) = foot(area, BELOW);
        self.form.render(buffer, fields, look);
        let mut paint = Paint::new(buffer, below, look);
        if let Some(trouble) = &self.refused {
            paint.wrapped(1, &format!("Not saved: {}", sentence(trouble)), Role::Error, 2);
        } else {
            paint.next();
            paint.next();
        }
        paint.line(&[piece(boss(paint.rest().width), Role::Dim)]);
    }

    fn is_loading(&self) -> bool {
        self.form.fields.is_empty()
    }

    fn offers(&self) -> Vec<Offer> {
        let none = self.form.fields.is_empty().then_some("nothing is here yet");
        vec![
            Offer::unless(Command::Save, none).called("save"),
            Offer::unless(Command::SaveStay, none).called("save, stay"),
            Offer::unless(Command::PutBack, none),
            Offer::unless(Command::Rule, none),
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
        self.form.is_typed().then(|| String::from("Leave without saving what was typed?"))
    }
}
