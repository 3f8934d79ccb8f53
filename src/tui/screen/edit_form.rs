//! Editing a record by hand, in the same form as a row. All fields are saved or none; what cannot be saved is said under its field.
//!
//! From the list of people without an ID the form goes on to the next of them once one is saved.

use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};

use super::asked::{Asked, say, sentence};
use super::fields::field;
use super::form::{Field, Form, boss};
use super::paint::{Paint, empty, foot, piece};
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone};
use crate::desk::{PeopleQuery, PersonDetail, Reply, Request, SchoolDetail, Trouble, Window};
use crate::roster::{Entity, OrgField, OrgNo, PersonNo, Table, Text};
use crate::tui::command::{Command, Place};
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::visible::veiled;

const LOAD: u8 = 0;
const SAVE: u8 = 1;
const NEXT: u8 = 2;

/// Lines below the fields.
const BELOW: u16 = 3;

/// The form of a record.
#[derive(Debug)]
pub struct EditForm {
    of: Of,
    shown: Asked<()>,
    title: String,
    form: Form,
    wanted: Option<String>,
    refused: Option<Trouble>,
    saving: Option<bool>,
    /// The list to go on in, and the place of this one in it.
    list: Option<(PeopleQuery, u64)>,
    room: Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Person(PersonNo),
    Org(OrgNo),
    Record(Entity),
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

    /// The form of a person at the n-th place of a list, at one of the fields: Enter saves and goes on to the next of that list.
    pub fn in_list(number: PersonNo, field: &str, query: PeopleQuery, index: u64) -> Self {
        Self { wanted: Some(field.to_owned()), list: Some((query, index)), ..Self::new(Of::Person(number)) }
    }

    /// The form of a school.
    pub fn school(number: OrgNo) -> Self {
        Self::new(Of::Org(number))
    }

    /// The form of any record: a class, a course, an enrollment, a guardian link.
    pub fn record(entity: impl Into<Entity>) -> Self {
        let entity = entity.into();
        Self::new(match entity.table {
            Table::People => Of::Person(PersonNo(entity.slot)),
            Table::Orgs => Of::Org(OrgNo(entity.slot)),
            _ => Of::Record(entity),
        })
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
            list: None,
            room: Size::default(),
        }
    }

    fn load(&mut self) -> Effect {
        match self.of {
            Of::Person(number) => self.shown.ask(Request::Person(number)),
            Of::Org(number) => self.shown.ask(Request::School(number)),
            Of::Record(entity) => self.shown.ask(Request::Fields(entity)),
        }
    }

    fn show_person(&mut self, p: &PersonDetail) {
        self.title.clone_from(&p.row.name);
        let fields = p.fields.iter().map(|f| {
            // A text field stands as it is kept; the others in the words that an edit takes.
            let value = Text::from_name(&f.field).map_or_else(|| f.value.clone(), |text| p.person.text(text).to_owned());
            field(&f.field, &value, "")
        });
        self.show(fields.collect());
    }

    fn show_school(&mut self, s: &SchoolDetail) {
        let org = &s.row.org;
        self.title.clone_from(&org.name);
        let fields = OrgField::ALL.iter().map(|f| {
            let (value, about) = match f {
                OrgField::ExternalId => (org.external_id.as_str(), ""),
                OrgField::Name => (org.name.as_str(), ""),
                OrgField::Type => (org.kind.name(), ""),
                OrgField::Parent => (s.parent_id.as_deref().unwrap_or_default(), s.parent.as_deref().unwrap_or_default()),
                OrgField::Address => (org.address.as_str(), ""),
                OrgField::Status => (org.status.name(), ""),
            };
            field(f.name(), value, about)
        });
        self.show(fields.collect());
    }

    fn show_record(&mut self, fields: &[(String, String)]) {
        let Of::Record(entity) = self.of else { return };
        let value = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap_or_default();
        self.title = match entity.table {
            Table::Courses => format!("course {} {}", value("course_title"), value("course_id")),
            Table::Classes => format!("class {} {}", value("class_title"), value("class_id")),
            Table::Enrollments => format!("{} in {}", value("enrollment_person"), value("enrollment_class")),
            _ => format!("{} of {}", value("link_guardian"), value("link_student")),
        };
        self.show(fields.iter().map(|(name, value)| field(name, value, "")).collect());
    }

    fn show(&mut self, fields: Vec<Field>) {
        // The form stays at the field that it was opened at, or that was gone to meanwhile.
        let at = (!self.form.fields.is_empty()).then(|| self.form.index());
        self.form = Form::new(fields);
        if let Some(at) = at {
            self.form.go_to(at);
        }
        if let Some(name) = self.wanted.take() {
            self.form.go_to_name(&name);
        }
        self.fit();
    }

    fn fit(&mut self) {
        self.form.set_room(self.room.width, self.room.height.saturating_sub(BELOW));
    }

    fn save(&mut self, stay: bool) -> Vec<Effect> {
        if self.saving.is_some() {
            return Vec::new();
        }
        let fields = self.form.typed();
        if fields.is_empty() {
            if let (false, Some(next)) = (stay, self.ask_next(true)) {
                return vec![next];
            }
            let nothing = Effect::Toast(Tone::Plain, String::from("Nothing was changed."));
            return if stay { vec![nothing] } else { vec![nothing, Effect::Pop] };
        }
        self.saving = Some(stay);
        let request = match self.of {
            Of::Person(person) => Request::EditPerson { person, fields },
            Of::Org(org) => Request::EditOrg { org, fields },
            Of::Record(entity) => Request::Edit { entity, fields },
        };
        vec![Effect::Ask { token: Token::of(SAVE), request }]
    }

    fn saved(&mut self) -> Vec<Effect> {
        self.refused = None;
        let toast = Effect::Toast(Tone::Good, format!("{} was saved.", veiled(&self.title)));
        if self.saving.take() == Some(true) {
            // What an edit made of the values is seen when they are asked for again.
            return if matches!(self.of, Of::Record(_)) { vec![toast, self.load()] } else { vec![toast] };
        }
        let on = self.ask_next(false).unwrap_or(Effect::Pop);
        vec![toast, on]
    }

    /// Asks who stands at this one's place of the list and behind it: who was saved may have left the list.
    fn ask_next(&mut self, skip: bool) -> Option<Effect> {
        let (query, index) = self.list.as_mut()?;
        *index += u64::from(skip);
        let window = Window { first: *index, count: 2 };
        Some(Effect::Ask { token: Token::of(NEXT), request: Request::People { query: query.clone(), window } })
    }

    /// Goes on to the next one of the list, or says that there is none.
    fn go_on(&mut self, rows: &[crate::desk::PersonRow]) -> Vec<Effect> {
        let Some((query, index)) = self.list.take() else { return Vec::new() };
        let next = rows.iter().enumerate().find(|(_, row)| Of::Person(row.number) != self.of);
        let Some((step, row)) = next else {
            return vec![Effect::Toast(Tone::Good, String::from("Nobody is left in that list from here on.")), Effect::Pop];
        };
        let wanted = self.form.field().map(|f| f.name.clone()).unwrap_or_default();
        let room = self.room;
        *self = Self { room, ..Self::in_list(row.number, &wanted, query, index + step as u64) };
        vec![self.load()]
    }

    /// Takes what is to be shown, unless something was typed meanwhile; whether it is there now.
    fn takes(&mut self, token: Token) -> bool {
        token.slot == SAVE || (self.shown.take(token, Ok(())) && !self.form.is_typed())
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        let of_save = token.slot == SAVE;
        match reply {
            Reply::Trouble(trouble) if of_save => {
                self.saving = None;
                let said = say(&trouble);
                // What was typed stays; what is wrong stands under its field, or below where it is about none.
                self.refused = (!self.form.blame(&trouble.message, &trouble.next)).then_some(trouble);
                return vec![said];
            }
            Reply::Trouble(trouble) if self.shown.owns(token) => {
                self.shown.take(token, Err(trouble));
            }
            Reply::Trouble(trouble) => return vec![say(&trouble)],
            Reply::People(page) => return self.go_on(&page.rows),
            Reply::Person(p) if self.takes(token) => self.show_person(&p),
            Reply::School(s) if self.takes(token) => self.show_school(&s),
            Reply::Fields(fields) if self.takes(token) => self.show_record(&fields),
            Reply::Done if of_save => {
                for field in &mut self.form.fields {
                    field.before = field.line.text().to_owned();
                }
            }
            _ => return Vec::new(),
        }
        if of_save { self.saved() } else { Vec::new() }
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
        let mut changed = false;
        let effects = match msg {
            Msg::Command(Command::Save) => self.save(false),
            Msg::Command(Command::SaveStay) => self.save(true),
            Msg::Command(Command::Rule) => self.form.rule().into_iter().collect(),
            Msg::Command(_) | Msg::Key(_) | Msg::Paste(_) => {
                changed = self.form.input(&msg);
                Vec::new()
            }
            Msg::Reply { token, reply } => self.reply(token, *reply),
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
        if let (true, Some(trouble)) = (self.form.fields.is_empty(), self.shown.trouble()) {
            return empty(buffer, area, look, &[&sentence(trouble), "esc goes back"]);
        }
        let (fields, below) = foot(area, BELOW);
        self.form.render(buffer, fields, look);
        let mut paint = Paint::new(buffer, below, look);
        if let Some(trouble) = &self.refused {
            paint.wrapped(1, &format!("Not saved: {}", sentence(trouble)), Role::Error, 2);
        } else if self.form.fields.iter().any(Field::is_wrong) {
            paint.line(&[piece("Not saved: nothing was changed.", Role::Error)]);
            paint.next();
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
            Offer::unless(Command::Save, none).called(if self.list.is_some() { "save, next" } else { "save" }),
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
