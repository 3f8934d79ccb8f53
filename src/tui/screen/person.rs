//! One person: every field with the sync, line and time it came from; classes; guardians or students; the history.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::asked::{Asked, say};
use super::class::{ClassScreen, tie, tied};
use super::edit_form::EditForm;
use super::fields::Adds;
use super::paint::{Paint, Piece, piece};
use super::sections::Sections;
use super::sync::SyncScreen;
use super::timeline::{self, Why};
use super::{Effect, Msg, Offer, Screen, StatusLine, words};
use crate::desk::{Event, FieldView, PersonDetail, Reply, Request, Tie};
use crate::ledger::{FieldChange, SyncNo};
use crate::roster::{Family, PersonNo};
use crate::tui::command::Command;
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;

/// One person.
#[derive(Debug)]
pub struct PersonScreen {
    number: PersonNo,
    person: Asked<PersonDetail>,
    adds: Adds,
    sections: Sections,
    /// Whether the time-line is shown, and where it is.
    on_timeline: bool,
    other: Sections,
}

const PERSON: u8 = 0;
const ADDS: u8 = 1;

/// A line of the screen; items carry their index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Blank,
    Head,
    Tabs,
    Feeds,
    Summary,
    Heading(&'static str),
    Quiet(&'static str),
    Field(usize),
    Class(usize),
    Link(usize),
    History(usize),
    Change(usize, usize),
}

impl Line {
    fn is_item(self) -> bool {
        matches!(self, Self::Field(_) | Self::Class(_) | Self::Link(_) | Self::History(_) | Self::Change(..))
    }
}

impl PersonScreen {
    /// The screen of a person.
    pub fn new(number: PersonNo) -> Self {
        Self {
            number,
            person: Asked::new(PERSON),
            adds: Adds::new(ADDS),
            sections: Sections::default(),
            on_timeline: false,
            other: Sections::default(),
        }
    }

    fn lines(&self) -> Vec<Line> {
        let Some(p) = self.person.get() else { return Vec::new() };
        let mut lines = vec![Line::Head, Line::Tabs];
        if self.on_timeline {
            lines.push(Line::Blank);
            if p.history.is_empty() {
                lines.push(Line::Quiet("Nothing is recorded."));
            }
            for (i, entry) in p.history.iter().enumerate() {
                lines.push(Line::History(i));
                lines.extend((0..entry.changes.len()).map(|c| Line::Change(i, c)));
            }
            return lines;
        }
        lines.extend([Line::Feeds, Line::Blank]);
        lines.extend((0..p.fields.len()).map(Line::Field));
        let family = p.row.role.family();
        if family != Family::Guardians || !p.classes.is_empty() {
            lines.extend([Line::Blank, Line::Heading("Classes")]);
            if p.classes.is_empty() {
                lines.push(Line::Quiet("In no class."));
            }
            lines.extend((0..p.classes.len()).map(Line::Class));
        }
        // A link is seen from both of its ends; staff may be somebody's guardian too.
        let of = |guardian: bool| (0..p.links.len()).filter(move |i| (p.links[*i].person == self.number) == guardian).map(Line::Link);
        for (guardian, heading, none, always) in [
            (false, "Guardians", "No guardian is known.", family == Family::Students),
            (true, "Students", "Guardian of no student.", family == Family::Guardians),
        ] {
            let some = of(guardian).next().is_some();
            if some || always {
                lines.extend([Line::Blank, Line::Heading(heading)]);
                lines.extend((!some).then_some(Line::Quiet(none)));
                lines.extend(of(guardian));
            }
        }
        lines.extend([Line::Blank, Line::Heading("History"), Line::Summary]);
        lines
    }

    fn lay(&mut self) {
        let lines = self.lines();
        let at = lines.iter().enumerate().filter(|(_, l)| l.is_item()).map(|(i, _)| i as u64).collect();
        self.sections.lay(at, lines.len() as u64);
    }

    fn selected(&self) -> Option<Line> {
        self.lines().into_iter().filter(|l| l.is_item()).nth(self.sections.selected())
    }

    fn field(&self) -> Option<&FieldView> {
        match self.selected()? {
            Line::Field(i) => self.person.get()?.fields.get(i),
            _ => None,
        }
    }

    /// The class or the link that is selected.
    fn tie(&self) -> Option<&Tie> {
        match self.selected()? {
            Line::Class(i) => self.person.get()?.classes.get(i),
            Line::Link(i) => self.person.get()?.links.get(i),
            _ => None,
        }
    }

    /// The screen of what the selected tie leads to: the class, or the one at the link's other end.
    fn other_end(&self) -> Option<Box<dyn Screen>> {
        let tie = self.tie()?;
        match (tie.class, tie.student) {
            (Some(class), _) => Some(Box::new(ClassScreen::new(class))),
            (None, student) => {
                let other = if tie.person == self.number { student? } else { tie.person };
                Some(Box::new(Self::new(other)))
            }
        }
    }

    /// How the form of a new enrollment or link is to name this person.
    fn reference(&self) -> Option<String> {
        let p = self.person.get()?;
        let kind = match p.row.role.family() {
            Family::Staff => "staff",
            Family::Students => "student",
            Family::Guardians => "guardian",
        };
        Some(if p.row.sourced_id.is_empty() { format!("@{}", self.number.0) } else { format!("{kind}:{}", p.row.sourced_id) })
    }

    fn add(&mut self) -> Option<Effect> {
        let (reference, p) = (self.reference()?, self.person.get()?);
        let fill = match p.row.role.family() {
            Family::Students => {
                vec![("enrollment_person", reference.clone()), ("link_student", reference), ("enrollment_role", "student".into())]
            }
            Family::Guardians => vec![("link_guardian", reference)],
            Family::Staff => vec![("enrollment_person", reference), ("enrollment_role", p.row.role.name().into())],
        };
        Some(self.adds.choose(fill))
    }

    /// The sync that the selected line came from.
    fn origin_sync(&self) -> Option<SyncNo> {
        let p = self.person.get()?;
        match self.selected()? {
            Line::Field(i) => p.fields.get(i)?.sync,
            Line::History(i) | Line::Change(i, _) => p.history.get(i)?.sync,
            _ => None,
        }
    }

    /// Why the selected field, or that of the selected change, is as it is.
    fn why(&self) -> Option<Why> {
        let p = self.person.get()?;
        let field = match self.selected()? {
            Line::Field(i) => &p.fields.get(i)?.field,
            Line::Change(i, c) => &p.history.get(i)?.changes.get(c)?.field,
            _ => return None,
        };
        let now = p.fields.iter().find(|f| f.field == *field).map(|f| f.value.as_str()).unwrap_or_default();
        Some(Why::new(&p.row.name, field, now, &p.history, true))
    }

    fn turn(&mut self) {
        self.on_timeline = !self.on_timeline;
        std::mem::swap(&mut self.sections, &mut self.other);
        self.lay();
    }
}

/// Where a value came from: "#48 line 1,204, 02:15" or "by maria, Nov 21".
pub fn origin(sync: Option<SyncNo>, line: u32, by: &str, when: &str) -> String {
    match (sync, line) {
        (Some(sync), 0) => format!("{sync}, {when}"),
        (Some(sync), line) => format!("{sync} line {}, {when}", number(u64::from(line))),
        (None, _) if by.is_empty() => format!("by hand, {when}"),
        (None, _) => format!("by {by}, {when}"),
    }
}

/// A field's change: "email  a@x.org → b@x.org".
pub fn change<'a>(c: &'a FieldChange, look: &Look) -> Vec<Piece<'a>> {
    let value = |text: &'a str| if text.is_empty() { look.glyph(Glyph::None).to_owned() } else { look.personal(text).into_owned() };
    vec![
        piece(format!("{}  ", c.field), Role::Dim),
        piece(value(&c.before), Role::Dim),
        piece(format!(" {} ", look.glyph(Glyph::Takes)), Role::Accent),
        piece(value(&c.after), Role::Text),
    ]
}

/// The person in short, beside a list.
pub fn summary(paint: &mut Paint, p: &PersonDetail, look: &Look) {
    paint.line(&[piece(look.personal(&p.row.name), Role::Accent)]);
    paint.line(&[piece(format!("{}, {}", words::role(p.row.role), p.row.status), Role::Text)]);
    paint.wrapped(1, &p.row.school, Role::Text, 2);
    paint.next();
    for field in p.fields.iter().filter(|f| !f.value.is_empty()) {
        if paint.left() < 4 {
            break;
        }
        paint.at(1, &[piece(field.field.as_str(), Role::Dim)]);
        let from = origin(field.sync, field.line, &field.by, &look.when(field.at));
        paint.at(15, &[piece(look.personal(&field.value), Role::Text), piece(format!("  {from}"), Role::Dim)]);
        paint.next();
    }
    paint.next();
    let feeds = if p.feeds.is_empty() { String::from("made by hand") } else { format!("from {}", p.feeds.join(", ")) };
    paint.wrapped(1, &feeds, Role::Dim, 2);
    paint.line(&[piece(words::count(p.history.len() as u64, "change", "changes"), Role::Dim)]);
}

impl Screen for PersonScreen {
    fn crumb(&self) -> String {
        self.person.get().map_or_else(|| String::from("person"), |p| p.row.name.clone())
    }

    fn is_personal(&self) -> bool {
        true
    }

    fn subtitle(&self) -> Option<String> {
        let p = &self.person.get()?.row;
        Some(format!("{} · {} · {}", words::role(p.role), p.status, p.school))
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.sections.set_height(room.height);
        self.other.set_height(room.height);
        vec![self.person.ask(Request::Person(self.number))]
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Command(Command::Open) => match (self.selected(), self.origin_sync()) {
                (Some(Line::History(_)), Some(sync)) => vec![Effect::Push(Box::new(SyncScreen::new(sync)))],
                (Some(Line::Field(_) | Line::Change(..)), _) => self.why().map(|why| Effect::Push(Box::new(why))).into_iter().collect(),
                (Some(Line::Class(_) | Line::Link(_)), _) => self.other_end().map(Effect::Push).into_iter().collect(),
                _ => Vec::new(),
            },
            Msg::Command(Command::NextPane | Command::PreviousPane) => {
                self.turn();
                Vec::new()
            }
            Msg::Command(Command::Edit) => self.edit(),
            Msg::Command(Command::Add) => self.add().into_iter().collect(),
            Msg::Chosen { index, .. } => self.adds.chosen(index).into_iter().collect(),
            Msg::Command(Command::Copy) => self.field().map(|f| Effect::Copy { text: f.value.clone(), show: false }).into_iter().collect(),
            Msg::Command(Command::CopyRow) => {
                let Some(p) = self.person.get() else { return Vec::new() };
                let text = p.fields.iter().map(|f| format!("{}\t{}", f.field, f.value)).collect::<Vec<_>>().join("\n");
                vec![Effect::Copy { text, show: true }]
            }
            Msg::Command(command) => {
                self.sections.go(command);
                Vec::new()
            }
            Msg::Reply { token, reply } => {
                let answer = match *reply {
                    Reply::Person(p) => Ok(*p),
                    Reply::Trouble(t) => Err(t),
                    _ => return Vec::new(),
                };
                let said = answer.as_ref().err().map(say);
                self.person.take(token, answer);
                self.lay();
                said.into_iter().collect()
            }
            Msg::Event(Event::RosterChanged { .. }) | Msg::Shown => vec![self.person.ask(Request::Person(self.number))],
            Msg::Resized(room) => {
                self.sections.set_height(room.height);
                self.other.set_height(room.height);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let Some(p) = self.person.here(frame.buffer_mut(), area, look) else { return };
        let selected = self.selected();
        let mut paint = Paint::new(frame.buffer_mut(), area, look);
        for line in self.lines().into_iter().skip(self.sections.first()).take(usize::from(area.height)) {
            self.draw(&mut paint, look, p, line, selected == Some(line));
            paint.next();
        }
    }

    fn is_loading(&self) -> bool {
        self.person.get().is_none()
    }

    fn offers(&self) -> Vec<Offer> {
        let none = self.person.get().is_none().then_some("the person is not here yet");
        let open = match self.selected() {
            Some(Line::History(_)) if self.origin_sync().is_none() => Some("it was changed by hand, not by a sync"),
            _ => none,
        };
        let label = match self.selected() {
            Some(Line::History(_)) => "its sync",
            Some(Line::Class(_)) => "class",
            Some(Line::Link(_)) => "person",
            _ => "why",
        };
        let edit = match self.selected() {
            Some(Line::Class(_)) => Offer::unless(Command::Edit, none).called("edit enrollment"),
            Some(Line::Link(_)) => Offer::unless(Command::Edit, none).called("edit link"),
            _ => Offer::unless(Command::Edit, none),
        };
        vec![
            Offer::unless(Command::Open, open).called(label),
            edit,
            Offer::unless(Command::NextPane, none).called(if self.on_timeline { "fields" } else { "time-line" }),
            Offer::unless(Command::PreviousPane, none).quiet(),
            Offer::unless(Command::Add, none),
            Offer::unless(Command::Copy, self.field().is_none().then_some("no field is selected")),
            Offer::unless(Command::CopyRow, none).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        StatusLine { position: self.sections.position(), ..StatusLine::default() }
    }

    fn sync(&self) -> Option<SyncNo> {
        self.origin_sync()
    }
}

impl PersonScreen {
    fn edit(&self) -> Vec<Effect> {
        let Some(p) = self.person.get() else { return Vec::new() };
        if let Some(tie) = self.tie() {
            return vec![Effect::Push(Box::new(EditForm::record(tied(tie))))];
        }
        let field = self.field().map(|f| f.field.clone());
        vec![Effect::Push(Box::new(EditForm::of_person(p, field.as_deref())))]
    }

    fn draw(&self, paint: &mut Paint, look: &Look, p: &PersonDetail, line: Line, selected: bool) {
        let role = if selected { Role::Selected } else { Role::Text };
        let marker = if selected { look.glyph(Glyph::Selected) } else { " " };
        match line {
            Line::Blank => {}
            Line::Head => {
                let id = if p.row.sourced_id.is_empty() {
                    piece("no ID: cannot be managed by files", Role::Warning)
                } else {
                    piece(look.personal(&p.row.sourced_id), Role::Text)
                };
                paint.at(1, &[piece(look.personal(&p.row.name), Role::Accent), piece("  ", Role::Text), id]);
            }
            Line::Feeds if p.feeds.is_empty() => paint.at(1, &[piece("Made by hand; no feed brings this person.", Role::Dim)]),
            Line::Feeds => paint.at(
                1,
                &[piece(format!("Brought by {}. What is changed here the next file may change back.", p.feeds.join(", ")), Role::Dim)],
            ),
            Line::Tabs => {
                let names = ["Fields, classes, guardians", "Time-line"];
                let here = usize::from(self.on_timeline);
                let tab = |n: usize| {
                    if n == here { piece(format!("[{}]", names[n]), Role::Accent) } else { piece(format!(" {} ", names[n]), Role::Dim) }
                };
                paint.at(1, &[tab(0), tab(1)]);
            }
            Line::Summary => paint.at(3, &[piece(timeline::summary(&p.history, look), Role::Dim)]),
            Line::Heading(text) => paint.at(1, &[piece(text, Role::Accent)]),
            Line::Quiet(text) => paint.at(3, &[piece(text, Role::Dim)]),
            Line::Field(i) => {
                let Some(f) = p.fields.get(i) else { return };
                let from = origin(f.sync, f.line, &f.by, &look.when(f.at));
                let width = paint.legible();
                let indent = width.saturating_sub(26).max(width / 2);
                let room = usize::from(indent.saturating_sub(22));
                let value = if f.value.is_empty() { look.glyph(Glyph::None).to_owned() } else { look.personal(&f.value).into_owned() };
                let value_role = if f.value.is_empty() { Role::Dim } else { Role::Text };
                paint.at(1, &[piece(marker, Role::Accent)]);
                paint.at(3, &[piece(look.cut(&f.field, 16).into_owned(), if selected { role } else { Role::Dim })]);
                paint.at(20, &[piece(look.cut(&value, room).into_owned(), value_role)]);
                if !f.value.is_empty() {
                    paint.at(indent, &[piece(from, Role::Dim)]);
                }
            }
            Line::Class(i) => {
                let Some(class) = p.classes.get(i) else { return };
                paint.at(1, &[piece(marker, Role::Accent)]);
                tie(paint, look, [class.other.as_str(), class.other_id.as_str()], class, selected);
            }
            Line::Link(i) => {
                let Some(link) = p.links.get(i) else { return };
                paint.at(1, &[piece(marker, Role::Accent)]);
                let other = if link.person == p.row.number { [&link.other, &link.other_id] } else { [&link.name, &link.sourced_id] };
                let other = other.map(|text| look.personal(text));
                tie(paint, look, [&other[0], &other[1]], link, selected);
            }
            Line::History(i) => {
                let Some(entry) = p.history.get(i) else { return };
                paint.at(1, &[piece(marker, Role::Accent)]);
                let mut pieces = timeline::entry(entry, look);
                if selected && let Some(first) = pieces.first_mut() {
                    first.1 = Role::Selected;
                }
                paint.at(3, &pieces);
            }
            Line::Change(i, c) => {
                let Some(entry) = p.history.get(i) else { return };
                paint.at(1, &[piece(marker, Role::Accent)]);
                if let Some(c) = entry.changes.get(c) {
                    paint.at(16, &timeline::changed(entry, c, look));
                }
            }
        }
    }
}
