//! A form: labelled fields one below the other, each with what is wrong with it right under it. Rows and people are mended in it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::paint::{Paint, Piece, piece};
use super::{Effect, Msg};
use crate::ledger::Severity;
use crate::tui::command::Command;
use crate::tui::keys::Key;
use crate::tui::look::{Glyph, Look};
use crate::tui::theme::Role;
use crate::tui::visible;
use crate::tui::widget::line_edit::{Edited, LineEdit};

/// One field.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Its name: a column, or a field of a person.
    pub name: String,
    /// What is typed.
    pub line: LineEdit,
    /// What was there: ctrl-u puts it back.
    pub before: String,
    /// What is known about it, beside the value: the school's name, the accepted values, "ignored for staff".
    pub about: String,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// A value that would do.
    pub suggestion: Option<String>,
    /// Whether the value is never shown.
    pub secret: bool,
    /// Whether it counts for nothing here.
    pub ignored: bool,
    /// Whether it must be filled.
    pub required: bool,
    /// Whether a correction is recorded for it.
    pub corrected: bool,
    /// The rule in words, and the accepted values.
    pub rule: Vec<String>,
    /// Whether what is said beside it is data of people: the mask hides it.
    pub private: bool,
    /// The heading that stands above it, where it is the first of a group.
    pub group: &'static str,
}

/// Something wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub resolution: String,
    /// `VAL-210`; empty where there is none.
    pub code: String,
}

impl Field {
    /// Whether something else stands there than before.
    pub fn is_typed(&self) -> bool {
        self.line.text() != self.before
    }

    /// Whether the row cannot be applied because of it.
    pub fn is_wrong(&self) -> bool {
        self.problems.iter().any(|p| p.severity >= Severity::Error)
    }
}

/// The fields, and which is typed into.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// The fields, in the order of the file or the person.
    pub fields: Vec<Field>,
    at: usize,
    first: usize,
    height: u16,
    width: u16,
    /// Whether what is typed is about no person: then the mask leaves it as it is.
    of_things: bool,
}

/// Whose the data is. What is mended here only must be mended there too.
pub fn boss(width: u16) -> &'static str {
    if width < 80 {
        "The student system is the boss: tell its owner too."
    } else {
        "The student system is the boss: tell its owner, or this comes back tomorrow."
    }
}

/// Below that width the codes at the right give way.
const NARROW: u16 = 56;

/// Cells before the label: marker and its blanks.
const MARKER: u16 = 3;

impl Form {
    /// A form of those fields; the first wrong one is typed into.
    pub fn new(fields: Vec<Field>) -> Self {
        let at = fields.iter().position(Field::is_wrong).unwrap_or(0);
        Self { fields, at, ..Self::default() }
    }

    /// The same of things: a feed, a mapping, a file. The mask leaves what is typed as it is.
    #[must_use]
    pub fn of_things(self) -> Self {
        Self { of_things: true, ..self }
    }

    /// Says how much room there is.
    pub fn set_room(&mut self, width: u16, height: u16) {
        (self.width, self.height) = (width, height);
        self.follow();
    }

    /// The field that is typed into.
    pub fn field(&self) -> Option<&Field> {
        self.fields.get(self.at)
    }

    /// The field that is typed into.
    pub fn field_mut(&mut self) -> Option<&mut Field> {
        self.fields.get_mut(self.at)
    }

    /// Which field is typed into.
    pub fn index(&self) -> usize {
        self.at
    }

    /// Goes to a field.
    pub fn go_to(&mut self, index: usize) {
        self.at = index.min(self.fields.len().saturating_sub(1));
        self.follow();
    }

    /// Goes to the field of that name.
    pub fn go_to_name(&mut self, name: &str) {
        if let Some(at) = self.fields.iter().position(|f| f.name == name) {
            self.go_to(at);
        }
    }

    /// Goes to the first field that is wrong; `false` if none is.
    pub fn go_to_wrong(&mut self) -> bool {
        let wrong = self.fields.iter().position(Field::is_wrong);
        if let Some(at) = wrong {
            self.go_to(at);
        }
        wrong.is_some()
    }

    /// Whether something is typed that is not saved.
    pub fn is_typed(&self) -> bool {
        self.fields.iter().any(Field::is_typed)
    }

    /// What is typed and not saved: name and value.
    pub fn typed(&self) -> Vec<(String, String)> {
        self.fields.iter().filter(|f| f.is_typed()).map(|f| (f.name.clone(), f.line.text().to_owned())).collect()
    }

    /// What the field at hand takes, to be shown.
    pub fn rule(&self) -> Option<Effect> {
        let field = self.field()?;
        let lines = if field.rule.is_empty() { vec![String::from("Any text; empty clears it.")] } else { field.rule.clone() };
        Some(Effect::Show { title: field.name.clone(), lines })
    }

    /// What a command, a key or a paste that the screen has no other use for does to the form; whether the text changed.
    pub fn input(&mut self, msg: &Msg) -> bool {
        match msg {
            Msg::Command(command) => self.command(*command),
            Msg::Key(key) => self.key(*key),
            Msg::Paste(text) => self.paste(text),
            _ => false,
        }
    }

    /// Lets a command act; whether the text changed.
    pub fn command(&mut self, command: Command) -> bool {
        match command {
            Command::NextField => {
                self.at = if self.at + 1 < self.fields.len() { self.at + 1 } else { 0 };
                self.follow();
                false
            }
            Command::PreviousField => {
                self.at = self.at.checked_sub(1).unwrap_or(self.fields.len().saturating_sub(1));
                self.follow();
                false
            }
            Command::Take => self.take_suggestion(),
            Command::PutBack => {
                let Some(field) = self.field_mut() else { return false };
                let changed = field.is_typed();
                let before = field.before.clone();
                field.line.set(before);
                changed
            }
            _ => false,
        }
    }

    /// Types a key; whether the text changed.
    pub fn key(&mut self, key: Key) -> bool {
        let Some(field) = self.field_mut() else { return false };
        match field.line.key(key) {
            Edited::Changed => true,
            Edited::AtEnd => self.take_suggestion(),
            Edited::Moved | Edited::Ignored => false,
        }
    }

    /// Types text.
    pub fn paste(&mut self, text: &str) -> bool {
        let Some(field) = self.field_mut() else { return false };
        field.line.insert(text);
        !text.is_empty()
    }

    /// Puts a trouble under the field whose name its message begins with ("email: no @", "status cannot be ..."), and goes there. `false`
    /// where it begins with no field's name.
    pub fn blame(&mut self, message: &str, resolution: &str) -> bool {
        let name = message.split([':', ' ']).next().unwrap_or_default();
        let Some(at) = self.fields.iter().position(|f| f.name == name) else { return false };
        let message = message.strip_prefix(name).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(message);
        let problem =
            Problem { severity: Severity::Error, message: message.to_owned(), resolution: resolution.to_owned(), code: String::new() };
        self.forgive();
        self.fields[at].problems = vec![problem];
        self.go_to(at);
        true
    }

    /// Takes away what is wrong: something else is typed now.
    pub fn forgive(&mut self) {
        self.fields.iter_mut().for_each(|f| f.problems.clear());
    }

    fn take_suggestion(&mut self) -> bool {
        let Some(field) = self.field_mut() else { return false };
        let Some(suggestion) = field.suggestion.clone().filter(|s| s != field.line.text()) else { return false };
        field.line.set(suggestion);
        true
    }

    /// Where values start.
    fn column(&self) -> u16 {
        let longest = self.fields.iter().map(|f| visible::width(&f.name)).max().unwrap_or(0) as u16;
        let most = if self.width < 72 { 18 } else { 30 };
        MARKER + longest.min(most) + 2
    }

    /// What stands under a field: its problems; in full under the one that is typed into.
    fn under(&self, index: usize) -> Vec<Under> {
        let Some(field) = self.fields.get(index) else { return Vec::new() };
        let cells = usize::from(self.width.saturating_sub(self.column() + if self.width < NARROW { 3 } else { 12 })).max(10);
        let mut lines = Vec::new();
        for problem in &field.problems {
            let wrapped = visible::wrap(&visible::visible(&problem.message, false), cells);
            for (n, text) in wrapped.into_iter().enumerate() {
                let code = if n == 0 { problem.code.clone() } else { String::new() };
                lines.push(Under { text, problem: Some((problem.severity, n == 0)), code });
            }
            if index == self.at && !problem.resolution.is_empty() {
                let text = visible::visible(&problem.resolution, false).into_owned();
                lines.extend(visible::wrap(&text, cells).into_iter().map(|text| Under { text, problem: None, code: String::new() }));
            }
        }
        lines
    }

    fn lines_of(&self, index: usize) -> u16 {
        let takes = self.fields.get(index).is_some_and(|f| index == self.at && takes(f));
        let heading = self.fields.get(index).is_some_and(|f| !f.group.is_empty());
        1 + self.under(index).len() as u16 + u16::from(takes) + u16::from(heading)
    }

    /// Scrolls as little as shows the field that is typed into, with what stands under it.
    fn follow(&mut self) {
        if self.at < self.first {
            self.first = self.at;
        }
        // What scrolled away comes back when there is room again.
        while self.first > 0 && (self.first - 1..=self.at).map(|i| self.lines_of(i)).sum::<u16>() <= self.height {
            self.first -= 1;
        }
        while self.first < self.at && (self.first..=self.at).map(|i| self.lines_of(i)).sum::<u16>() > self.height {
            self.first += 1;
        }
    }

    /// Draws it and says where the cursor stands.
    pub fn render(&self, buffer: &mut Buffer, area: Rect, look: &Look) -> Option<Position> {
        let column = self.column();
        let area = area.intersection(buffer.area);
        let open = if self.of_things { look.unmasked() } else { look.clone() };
        let mut cursor = None;
        let mut y = area.y;
        for (index, field) in self.fields.iter().enumerate().skip(self.first) {
            if y >= area.bottom() {
                break;
            }
            let here = index == self.at;
            if !field.group.is_empty() {
                Paint::new(buffer, Rect { y, height: 1, ..area }, look).heading(field.group);
                y += 1;
                if y >= area.bottom() {
                    break;
                }
            }
            let line = Rect { y, height: 1, ..area };
            let mut paint = Paint::new(buffer, line, look);
            let (sign, sign_role) = sign(field, here, look);
            paint.at(1, &[piece(sign, sign_role)]);
            let name_role = if here {
                Role::Selected
            } else if field.ignored {
                Role::Dim
            } else {
                Role::Text
            };
            let name = look.cut(&field.name, usize::from(column - MARKER - 2)).into_owned();
            paint.at(MARKER, &[piece(name, name_role)]);
            let value = Rect { x: area.x.saturating_add(column), width: area.width.saturating_sub(column + 1), ..line };
            if let Some(at) = draw_value(buffer, value, if field.private { look } else { &open }, field, here) {
                cursor = Some(at);
            }
            y += 1;
            for Under { text, problem, code } in self.under(index) {
                if y >= area.bottom() {
                    break;
                }
                let mut paint = Paint::new(buffer, Rect { y, height: 1, ..area }, look);
                if let Some((severity, first)) = problem {
                    let (glyph, role) = look.severity(severity);
                    let glyph = if first { glyph } else { " " };
                    paint.at(column, &[piece(format!("{glyph} {text}"), role)]);
                    if area.width >= NARROW {
                        paint.right(1, &code, Role::Dim);
                    }
                } else {
                    paint.at(column + 2, &[piece(text, Role::Dim)]);
                }
                y += 1;
            }
            if here && takes(field) && y < area.bottom() {
                let suggestion = look.personal(field.suggestion.as_deref().unwrap_or_default()).into_owned();
                let pieces: [Piece; 3] = [
                    piece(look.glyph(Glyph::Takes), Role::Accent),
                    piece(format!(" {} takes  ", look.key(Command::Take)), Role::Dim),
                    piece(suggestion, Role::Accent),
                ];
                Paint::new(buffer, Rect { y, height: 1, ..area }, look).at(column, &pieces);
                y += 1;
            }
        }
        cursor
    }
}

/// A line under a field: part of a problem (how bad, and whether its first line), or of what to do about it.
struct Under {
    text: String,
    problem: Option<(Severity, bool)>,
    code: String,
}

fn takes(field: &Field) -> bool {
    field.suggestion.as_ref().is_some_and(|s| s != field.line.text()) && !field.secret
}

/// The sign before a field: where the cursor is, what is wrong, what is mended. Never by colour alone.
fn sign(field: &Field, here: bool, look: &Look) -> (&'static str, Role) {
    if here {
        (look.glyph(Glyph::Selected), Role::Accent)
    } else if field.is_wrong() {
        (look.glyph(Glyph::Error), Role::Error)
    } else if !field.problems.is_empty() {
        (look.glyph(Glyph::Warning), Role::Warning)
    } else if field.corrected || field.is_typed() {
        (look.glyph(Glyph::Ok), Role::Ok)
    } else {
        (" ", Role::Text)
    }
}

/// Draws the value, with what is known about it behind, and says where the cursor stands.
fn draw_value(buffer: &mut Buffer, area: Rect, look: &Look, field: &Field, here: bool) -> Option<Position> {
    if area.is_empty() {
        return None;
    }
    let hidden = if field.secret { Some(LineEdit::new("*".repeat(field.line.text().chars().count()))) } else { None };
    let line = hidden.as_ref().unwrap_or(&field.line);
    let shown = look.visible(line.text());
    // What is known about it gets what the value leaves, but the value of the field that is typed into comes first.
    let width = visible::width(&shown) as u16;
    let half = area.width / 2;
    let value = if field.about.is_empty() || width + 3 > area.width { area.width } else { (width + 2).max(half.min(18)).min(area.width) };
    let about = Rect { x: area.x + value, width: area.width - value, ..area };
    let mut cursor = None;
    if here {
        cursor = Some(line.render(buffer, Rect { width: value, ..area }, look, ""));
    } else {
        let text = if field.secret { line.text().to_owned() } else { look.personal(line.text()).into_owned() };
        let text = look.cut(&text, usize::from(value)).into_owned();
        let role = if field.ignored { Role::Dim } else { Role::Text };
        if text.is_empty() && field.required {
            Paint::new(buffer, area, look).at(0, &[piece("(required)", Role::Dim)]);
        } else {
            Paint::new(buffer, Rect { width: value, ..area }, look).at(0, &[piece(text, role)]);
        }
    }
    if about.width > 3 {
        let text = if field.private { look.personal(&field.about) } else { field.about.as_str().into() };
        Paint::new(buffer, about, look).at(0, &[piece(text, Role::Dim)]);
    }
    cursor
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, value: &str) -> Field {
        Field { name: name.into(), line: LineEdit::new(value), before: value.into(), ..Field::default() }
    }

    fn form() -> Form {
        let wrong =
            Problem { severity: Severity::Error, message: "no @".into(), resolution: "Write an address.".into(), code: "VAL-210".into() };
        let email = Field { problems: vec![wrong], suggestion: Some("a@x.example".into()), ..field("email", "a at x") };
        let mut form = Form::new(vec![field("first_name", "Ana"), email, field("grade", "3")]);
        form.set_room(60, 8);
        form
    }

    #[test]
    fn the_first_wrong_field_is_typed_into() {
        assert_eq!(form().field().map(|f| f.name.as_str()), Some("email"));
    }

    #[test]
    fn right_at_the_end_takes_the_suggestion_and_put_back_brings_the_old_value() {
        let mut form = form();
        assert!(form.key("right".parse().unwrap()));
        assert_eq!(form.typed(), [("email".to_owned(), "a@x.example".to_owned())]);
        assert!(!form.key("right".parse().unwrap()), "nothing more to take");
        assert!(form.command(Command::PutBack));
        assert!(!form.is_typed());
    }

    #[test]
    fn tab_goes_round() {
        let mut form = form();
        form.command(Command::NextField);
        form.command(Command::NextField);
        assert_eq!(form.index(), 0);
        form.command(Command::PreviousField);
        assert_eq!(form.index(), 2);
    }

    #[test]
    fn a_secret_is_never_drawn() {
        let mut form =
            Form::new(vec![Field { secret: true, ..field("password", "hunter2") }, Field { secret: true, ..field("again", "hunter2") }]);
        form.set_room(60, 4);
        let area = Rect::new(0, 0, 60, 4);
        let mut buffer = Buffer::empty(area);
        form.render(&mut buffer, area, &Look::plain());
        let text: String = buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect();
        assert!(!text.contains("hunter2"), "{text}");
    }
}
