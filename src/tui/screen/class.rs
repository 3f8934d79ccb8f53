//! One class: its fields, who is in it (teachers first), its history.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::asked::{Asked, say};
use super::edit_form::EditForm;
use super::fields::Adds;
use super::paint::{Paint, piece};
use super::person::PersonScreen;
use super::sections::Sections;
use super::sync::SyncScreen;
use super::timeline::{self, Why};
use super::{Effect, Msg, Offer, Screen, StatusLine, words};
use crate::desk::{ClassDetail, Event, Reply, Request, Tie, TieWhat};
use crate::ledger::SyncNo;
use crate::roster::{ClassField, ClassNo, CourseNo, Entity, Status};
use crate::tui::command::Command;
use crate::tui::look::{Glyph, Look};
use crate::tui::theme::Role;

const CLASS: u8 = 0;
const ADDS: u8 = 1;

/// One class.
#[derive(Debug)]
pub struct ClassScreen {
    number: ClassNo,
    class: Asked<ClassDetail>,
    adds: Adds,
    sections: Sections,
}

/// A line of the screen; items carry their index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Blank,
    Feeds,
    Field(usize),
    Members,
    Member(usize),
    Nobody,
    Heading(&'static str),
    History(usize),
    Change(usize, usize),
}

impl Line {
    fn is_item(self) -> bool {
        matches!(self, Self::Field(_) | Self::Member(_) | Self::History(_))
    }
}

impl ClassScreen {
    /// The screen of a class.
    pub fn new(number: ClassNo) -> Self {
        Self { number, class: Asked::new(CLASS), adds: Adds::new(ADDS), sections: Sections::default() }
    }

    fn lines(&self) -> Vec<Line> {
        let Some(c) = self.class.get() else { return Vec::new() };
        let mut lines = vec![Line::Feeds, Line::Blank];
        lines.extend((0..c.fields.len()).map(Line::Field));
        lines.extend([Line::Blank, Line::Members]);
        if c.members.is_empty() {
            lines.push(Line::Nobody);
        }
        lines.extend((0..c.members.len()).map(Line::Member));
        lines.extend([Line::Blank, Line::Heading("History")]);
        for (i, entry) in c.history.iter().enumerate() {
            lines.push(Line::History(i));
            lines.extend((0..entry.changes.len()).map(|c| Line::Change(i, c)));
        }
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

    fn member(&self) -> Option<&Tie> {
        match self.selected()? {
            Line::Member(i) => self.class.get()?.members.get(i),
            _ => None,
        }
    }

    /// The class's course, while that field is selected: a course has no screen but its form.
    fn course(&self) -> Option<CourseNo> {
        let class = self.class.get()?;
        match self.selected()? {
            Line::Field(i) if class.fields.get(i)?.0 == ClassField::Course.name() => class.course,
            _ => None,
        }
    }

    /// Why a field is as it is.
    fn why(&self, field: usize) -> Option<Why> {
        let class = self.class.get()?;
        let (name, value) = class.fields.get(field)?;
        Some(Why::new(&class.row.class.title, name, value, &class.history, false))
    }

    fn origin_sync(&self) -> Option<SyncNo> {
        match self.selected()? {
            Line::History(i) => self.class.get()?.history.get(i)?.sync,
            _ => None,
        }
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Open => match self.selected() {
                Some(Line::Member(_)) => self.member().map(|m| Effect::Push(Box::new(PersonScreen::new(m.person)))).into_iter().collect(),
                Some(Line::History(_)) => self.origin_sync().map(|s| Effect::Push(Box::new(SyncScreen::new(s)))).into_iter().collect(),
                Some(Line::Field(_)) if self.course().is_some() => {
                    self.course().map(|c| Effect::Push(Box::new(EditForm::record(c)))).into_iter().collect()
                }
                Some(Line::Field(i)) => self.why(i).map(|why| Effect::Push(Box::new(why))).into_iter().collect(),
                _ => vec![Effect::Push(Box::new(EditForm::record(self.number)))],
            },
            // On somebody it is the enrollment that is edited: the person has a screen of their own.
            Command::Edit => {
                let form = self.member().map_or_else(|| EditForm::record(self.number), |m| EditForm::record(tied(m)));
                vec![Effect::Push(Box::new(form))]
            }
            Command::Add => {
                let Some(c) = self.class.get() else { return Vec::new() };
                let class = &c.row.class;
                let reference = if class.sourced_id.is_empty() { class.title.clone() } else { format!("class:{}", class.sourced_id) };
                vec![self.adds.choose(vec![("enrollment_class", reference), ("class_course", c.row.course.clone())])]
            }
            Command::Copy => self.copied().map(|text| Effect::Copy { text, show: false }).into_iter().collect(),
            other => {
                self.sections.go(other);
                Vec::new()
            }
        }
    }

    fn copied(&self) -> Option<String> {
        match self.selected()? {
            Line::Field(i) => self.class.get()?.fields.get(i).map(|(_, value)| value.clone()),
            Line::Member(_) => self.member().map(|m| m.sourced_id.clone()),
            _ => None,
        }
    }

    fn draw(paint: &mut Paint, look: &Look, c: &ClassDetail, line: Line, selected: bool) {
        let marker = if selected { look.glyph(Glyph::Selected) } else { " " };
        if line.is_item() {
            paint.at(1, &[piece(marker, Role::Accent)]);
        }
        match line {
            Line::Blank => {}
            Line::Feeds if c.feeds.is_empty() => paint.at(1, &[piece("Made by hand; no feed brings this class.", Role::Dim)]),
            Line::Feeds => paint.at(1, &[piece(format!("Brought by {}.", c.feeds.join(", ")), Role::Dim)]),
            Line::Field(i) => {
                let Some((name, value)) = c.fields.get(i) else { return };
                let value = if value.is_empty() { piece(look.glyph(Glyph::None), Role::Dim) } else { piece(value.as_str(), Role::Text) };
                paint.at(3, &[piece(look.cut(name, 16).into_owned(), if selected { Role::Selected } else { Role::Dim })]);
                paint.at(20, &[value]);
            }
            Line::Members => {
                let many = format!(
                    "{}, {}",
                    words::count(c.row.teachers, "teacher", "teachers"),
                    words::count(c.row.students, "student", "students")
                );
                paint.at(1, &[piece("Members", Role::Accent), piece(format!("  {many}"), Role::Dim)]);
            }
            Line::Nobody => paint.at(3, &[piece("Nobody is in this class. a adds an enrollment.", Role::Dim)]),
            Line::Member(i) => {
                if let Some(m) = c.members.get(i) {
                    tie(paint, look, [&look.personal(&m.name), &look.personal(&m.sourced_id)], m, selected);
                }
            }
            Line::Heading(text) => paint.at(1, &[piece(text, Role::Accent)]),
            Line::History(i) => {
                let Some(entry) = c.history.get(i) else { return };
                let mut pieces = timeline::entry(entry, look);
                if selected && let Some(first) = pieces.first_mut() {
                    first.1 = Role::Selected;
                }
                paint.at(3, &pieces);
            }
            Line::Change(i, n) => {
                if let Some((entry, change)) = c.history.get(i).and_then(|e| Some((e, e.changes.get(n)?))) {
                    paint.at(16, &timeline::changed(entry, change, look));
                }
            }
        }
    }
}

/// A class beside a list: its fields that have something, who is in it.
pub fn in_brief(paint: &mut Paint, class: &ClassDetail, look: &Look) {
    paint.line(&[piece(class.row.class.title.as_str(), Role::Accent)]);
    paint.next();
    for (name, value) in class.fields.iter().filter(|(_, value)| !value.is_empty()) {
        paint.labelled(name, 18, &[piece(value.as_str(), Role::Text)]);
    }
    paint.next();
    paint.heading(&words::count(class.members.len() as u64, "member", "members"));
    let room = usize::from(paint.left());
    for member in class.members.iter().take(room) {
        let name = look.personal(&member.name).into_owned();
        let role = if member.primary { format!("{}, primary", member.role) } else { member.role.clone() };
        paint.labelled(&name, 28, &[piece(role, Role::Dim)]);
    }
}

/// The record of a tie.
pub fn tied(tie: &Tie) -> Entity {
    match tie.what {
        TieWhat::Enrollment(number) => number.into(),
        TieWhat::Link(number) => number.into(),
    }
}

/// A tie as a line, from one of its ends: name and ID of the other end, role or relation, whether it still holds.
pub fn tie(paint: &mut Paint, look: &Look, [name, id]: [&str; 2], tie: &Tie, selected: bool) {
    let width = paint.rest().width;
    // Name, ID, role: the name takes what the others leave.
    let (id_at, role_at) = (width.saturating_sub(44).clamp(24, 44), width.saturating_sub(28).clamp(36, 60));
    let off = tie.status == Status::Disabled;
    let role = match (selected, off) {
        (true, _) => Role::Selected,
        (_, true) => Role::Dim,
        _ => Role::Text,
    };
    paint.at(3, &[piece(look.cut(name, usize::from(id_at - 5)).into_owned(), role)]);
    paint.at(id_at, &[piece(look.cut(id, usize::from(role_at - id_at - 2)).into_owned(), Role::Text)]);
    let mut last = vec![piece(tie.role.as_str(), Role::Dim)];
    if tie.primary {
        last.push(piece("  primary", Role::Text));
    }
    if off {
        last.push(piece("  disabled", Role::Warning));
    }
    paint.at(role_at, &last);
}

impl Screen for ClassScreen {
    fn crumb(&self) -> String {
        self.class.get().map_or_else(|| String::from("class"), |c| c.row.class.title.clone())
    }

    fn subtitle(&self) -> Option<String> {
        let c = &self.class.get()?.row;
        let grade = c.class.grade.map(|g| format!("grade {}", g.name())).unwrap_or_default();
        let off = if c.class.status == Status::Disabled { "disabled" } else { "" };
        let parts = [&c.class.sourced_id, &c.school, &c.course, &c.class.subject, grade.as_str(), off];
        Some(parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · "))
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.sections.set_height(room.height);
        vec![self.class.ask(Request::Class(self.number))]
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Command(Command::Back) => Vec::new(),
            Msg::Command(command) => self.command(command),
            Msg::Chosen { index, .. } => self.adds.chosen(index).into_iter().collect(),
            Msg::Reply { token, reply } => {
                let answer = match *reply {
                    Reply::Class(c) => Ok(*c),
                    Reply::Trouble(t) => Err(t),
                    _ => return Vec::new(),
                };
                let said = answer.as_ref().err().map(say);
                self.class.take(token, answer);
                self.lay();
                said.into_iter().collect()
            }
            Msg::Event(Event::RosterChanged { .. }) | Msg::Shown => vec![self.class.ask(Request::Class(self.number))],
            Msg::Resized(room) => {
                self.sections.set_height(room.height);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let Some(c) = self.class.here(frame.buffer_mut(), area, look) else { return };
        let selected = self.selected();
        let mut paint = Paint::new(frame.buffer_mut(), area, look);
        for line in self.lines().into_iter().skip(self.sections.first()).take(usize::from(area.height)) {
            Self::draw(&mut paint, look, c, line, selected == Some(line));
            paint.next();
        }
    }

    fn is_loading(&self) -> bool {
        self.class.get().is_none()
    }

    fn offers(&self) -> Vec<Offer> {
        let none = self.class.get().is_none().then_some("the class is not here yet");
        let (open, label) = match self.selected() {
            Some(Line::Member(_)) => (none, "person"),
            Some(Line::History(_)) if self.origin_sync().is_none() => (Some("it was changed by hand, not by a sync"), "its sync"),
            Some(Line::History(_)) => (none, "its sync"),
            _ if self.course().is_some() => (none, "edit course"),
            Some(Line::Field(_)) => (none, "why"),
            _ => (none, "edit"),
        };
        let edit = if self.member().is_some() { "edit enrollment" } else { "edit class" };
        vec![
            Offer::unless(Command::Open, open).called(label),
            Offer::unless(Command::Edit, none).called(edit),
            Offer::unless(Command::Add, none),
            Offer::unless(Command::Copy, self.copied().is_none().then_some("nothing to copy is selected")).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        StatusLine { position: self.sections.position(), ..StatusLine::default() }
    }

    fn sync(&self) -> Option<SyncNo> {
        self.origin_sync()
    }
}
