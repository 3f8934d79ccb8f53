//! A row, being mended: every cell beside its rule, what is wrong right under it, checked as it is typed.
//!
//! Enter saves and goes to the next row that still has an error; ctrl-s saves and stays. What is saved waits for a re-run.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::add_form::AddForm;
use super::asked::{Asked, say, sentence};
use super::clash::{ClashScreen, is_about_identity};
use super::edits::{Edit, Edits};
use super::factory::{Subject, make};
use super::form::{Field, Form, Problem, boss};
use super::paint::{Paint, foot, piece};
use super::person::change;
use super::snoozing::nearest;
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone};
use crate::desk::{CellView, HitWhat, OneChange, Reply, Request, RowAt, RowView, Seen, Trouble, Window};
use crate::ledger::{Cause, Code, Severity, SyncNo};
use crate::tui::command::{Command, Place};
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::line_edit::LineEdit;

const LOAD: u8 = 0;
const CHECK: u8 = 1;
const SAVE: u8 = 2;
const SEEK: u8 = 3;
const CHOOSE: u8 = 4;

/// Rows looked at in one question for the next one with an error.
const PAGE: u64 = 100;

/// The form of a row.
#[derive(Debug)]
pub struct RowForm {
    sync: SyncNo,
    cause: Option<Cause>,
    at: RowAt,
    /// Its place in the list it came from, where it came from one, and that list's filter.
    index: Option<u64>,
    filter: String,
    row: Asked<RowView>,
    form: Form,
    /// Live checks: one on its way at a time; what is typed meanwhile is checked after it.
    check: Asked<()>,
    check_again: bool,
    saving: Option<Saving>,
    refused: Option<Trouble>,
    seek: Seek,
    edits: Edits,
    /// The values that the list on the screen was made of.
    listed: Vec<String>,
    room: Size,
}

#[derive(Debug)]
struct Saving {
    stay: bool,
    edit: Edit,
}

/// The look for the next row with an error: from after the row to the end, then from the start up to it.
#[derive(Debug)]
struct Seek {
    token: Token,
    wrapped: bool,
}

impl RowForm {
    /// The form of one row, not as part of a list.
    pub fn at(sync: SyncNo, at: RowAt) -> Self {
        Self {
            sync,
            cause: None,
            at,
            index: None,
            filter: String::new(),
            row: Asked::new(LOAD),
            form: Form::default(),
            check: Asked::new(CHECK),
            check_again: false,
            saving: None,
            refused: None,
            seek: Seek { token: Token::of(SEEK), wrapped: false },
            edits: Edits::default(),
            listed: Vec::new(),
            room: Size::default(),
        }
    }

    /// The form of a row of a cause (or of all rows with errors) at its place in that list.
    pub fn in_list(sync: SyncNo, cause: Option<Cause>, (index, filter): (u64, &str), row: RowView, edits: Edits) -> Self {
        let filter = filter.to_owned();
        let mut form = Self { cause, index: Some(index), filter, edits, ..Self::at(sync, RowAt::Record(row.record)) };
        form.show(row);
        form
    }

    fn load(&mut self) -> Effect {
        let (sync, at) = (self.sync, self.at);
        self.row.ask(Request::Row { sync, at })
    }

    /// Shows a row as it stands, and goes to what is wrong with it.
    fn show(&mut self, row: RowView) {
        self.at = RowAt::Record(row.record);
        self.form = Form::new(row.cells.iter().map(|cell| Self::field(&row, cell)).collect());
        // Of several wrong cells the one that the cause is about comes first.
        let of_cause = self.cause.as_ref().and_then(|c| c.column.as_deref());
        if let Some(column) = of_cause
            && self.form.fields.iter().any(|f| f.name == column && f.is_wrong())
        {
            self.form.go_to_name(column);
        }
        self.row.set(row);
        self.refused = None;
        self.fit();
    }

    /// Lays the answer of a check (or a save) over what is typed: findings, meanings, suggestions, never the text.
    fn lay(&mut self, row: RowView, saved: bool) {
        for (n, cell) in row.cells.iter().enumerate() {
            let fresh = Self::field(&row, cell);
            let Some(field) = self.form.fields.get_mut(n).filter(|f| f.name == cell.column) else { continue };
            let (line, before) = (field.line.clone(), field.before.clone());
            *field = Field { line, before, ..fresh };
            if saved {
                field.before.clone_from(&cell.value);
            }
        }
        let place = self.row.get().map_or((0, 0), |r| r.place);
        self.row.set(RowView { place, ..row });
        self.fit();
    }

    fn field(row: &RowView, cell: &CellView) -> Field {
        let problems = row.findings.iter().filter(|f| f.column.as_deref() == Some(&cell.column));
        let problems = problems.map(|f| Problem {
            severity: f.severity,
            message: super::words::message(f),
            resolution: f.resolution(),
            code: f.code.name().to_owned(),
        });
        let mut rule = Vec::new();
        if !cell.rule.is_empty() {
            rule.push(cell.rule.clone());
        }
        if !cell.accept.is_empty() {
            rule.push(format!("Accepted: {}", cell.accept.join(", ")));
        }
        rule.push(format!("In the file: \"{}\"", if cell.secret { "(secret)" } else { &cell.original }));
        if cell.header != cell.column {
            rule.push(format!("Header in the file: {}", cell.header));
        }
        Field {
            name: cell.column.clone(),
            line: LineEdit::new(cell.value.clone()),
            before: cell.value.clone(),
            about: about(cell),
            problems: problems.collect(),
            suggestion: cell.suggestion.clone(),
            secret: cell.secret,
            ignored: cell.ignored || !cell.known,
            required: cell.required,
            corrected: cell.corrected,
            rule,
            ..Field::default()
        }
    }

    /// Lines below the fields: why it was not saved, what is on the roster, whose the data is.
    fn below(&self) -> u16 {
        if self.room.height >= 16 { 4 } else { 2 }
    }

    fn fit(&mut self) {
        let above = u16::from(self.row_problems().next().is_some());
        self.form.set_room(self.room.width, self.room.height.saturating_sub(1 + above + self.below()));
    }

    /// Findings about the row as a whole, or about columns it does not have.
    fn row_problems(&self) -> impl Iterator<Item = &crate::ledger::Finding> {
        let row = self.row.get();
        let findings = row.map(|r| r.findings.as_slice()).unwrap_or_default();
        findings.iter().filter(move |f| !row.is_some_and(|r| r.cells.iter().any(|c| f.column.as_deref() == Some(&c.column))))
    }

    fn check(&mut self) -> Option<Effect> {
        if self.check.waiting() {
            self.check_again = true;
            return None;
        }
        self.check_again = false;
        let record = self.row.get()?.record;
        Some(self.check.ask(Request::CheckRow { sync: self.sync, record, cells: self.form.typed() }))
    }

    fn save(&mut self, stay: bool) -> Vec<Effect> {
        if self.saving.is_some() {
            return Vec::new();
        }
        let Some(row) = self.row.get() else { return Vec::new() };
        let cells = self.form.typed();
        if cells.is_empty() {
            let nothing = Effect::Toast(Tone::Plain, String::from("Nothing was typed in this row."));
            return if stay { vec![nothing] } else { self.seek() };
        }
        let before = |name: &str| self.form.fields.iter().find(|f| f.name == name).map(|f| f.before.clone()).unwrap_or_default();
        let edit = Edit {
            sync: self.sync,
            record: row.record,
            row: row.row,
            cells: cells.iter().map(|(name, value)| (name.clone(), before(name), value.clone())).collect(),
        };
        let seen = Seen::Values(edit.cells.iter().map(|(name, before, _)| (name.clone(), before.clone())).collect());
        self.saving = Some(Saving { stay, edit });
        let change = OneChange::Fix { sync: self.sync, at: self.at, cells };
        vec![Effect::Ask { token: Token::of(SAVE), request: Request::Careful { change, seen } }]
    }

    fn saved(&mut self, row: RowView) -> Vec<Effect> {
        let Some(saving) = self.saving.take() else { return Vec::new() };
        let words = saving.edit.words();
        if !saving.edit.cells.iter().any(|(name, ..)| row.cells.iter().any(|c| c.secret && c.column == *name)) {
            self.edits.done(saving.edit);
        }
        self.refused = None;
        // A check of what was typed before the save would say old things.
        self.check.forget();
        self.lay(row, true);
        let left = self.form.fields.iter().filter(|f| f.is_wrong()).count();
        if left > 0 {
            self.form.go_to_wrong();
            let name = self.form.field().map(|f| f.name.clone()).unwrap_or_default();
            return vec![Effect::Toast(Tone::Plain, format!("Saved: {words}. This row still has an error in {name}."))];
        }
        let toast = Effect::Toast(Tone::Good, format!("Saved: {words}."));
        if saving.stay {
            return vec![toast];
        }
        std::iter::once(toast).chain(self.seek()).collect()
    }

    /// Looks for the next row with an error.
    fn seek(&mut self) -> Vec<Effect> {
        self.seek.wrapped = false;
        // A row that no longer has what was filtered for leaves its place to the next.
        vec![self.seek_from(self.index.unwrap_or(0))]
    }

    fn seek_from(&mut self, first: u64) -> Effect {
        self.seek.token = self.seek.token.next();
        let cause = self.cause.as_ref().map(|c| c.number);
        let request = Request::Rows { sync: self.sync, cause, filter: self.filter.clone(), window: Window { first, count: PAGE } };
        Effect::Ask { token: self.seek.token, request }
    }

    fn found(&mut self, page: crate::desk::Page<RowView>) -> Vec<Effect> {
        let here = self.row.get().map_or(0, |r| r.record);
        let end = page.first + page.rows.len() as u64;
        let wrapped = self.seek.wrapped;
        let next = page.rows.iter().position(|row| {
            let open = row.findings.iter().any(|f| f.severity >= Severity::Error);
            // A form that did not come from a list goes by the order of the file.
            open && if wrapped { row.record < here } else { row.record > here }
        });
        if let Some(n) = next {
            let index = page.first + n as u64;
            self.index = Some(index);
            let row = page.rows.into_iter().nth(n);
            if let Some(mut row) = row {
                if row.place == (0, 0) {
                    row.place = (index + 1, page.total);
                }
                self.show(row);
            }
            return Vec::new();
        }
        if end < page.total && !page.rows.is_empty() {
            return vec![self.seek_from(end)];
        }
        if !wrapped {
            self.seek.wrapped = true;
            return vec![self.seek_from(0)];
        }
        if self.form.fields.iter().any(Field::is_wrong) {
            return vec![Effect::Toast(Tone::Plain, String::from("No other row has an error here."))];
        }
        let text =
            if self.cause.is_some() { "No row of this cause has an error left. R re-runs them." } else { "No other row has an error." };
        vec![Effect::Toast(Tone::Good, text.to_owned()), Effect::Pop]
    }

    fn loaded(&mut self, token: Token, row: RowView) {
        // What is typed meanwhile is not thrown away for an older state of the row.
        if !self.row.is_last(token) || self.form.is_typed() {
            return;
        }
        let place = self.row.get().map_or((0, 0), |r| r.place);
        self.row.take(token, Ok(row.clone()));
        let at = (!self.form.fields.is_empty()).then(|| self.form.index());
        self.show(RowView { place, ..row });
        if let Some(at) = at {
            self.form.go_to(at);
        }
    }

    fn checked(&mut self, token: Token, answer: Result<RowView, Trouble>) -> Vec<Effect> {
        if !self.check.take(token, Ok(())) {
            return Vec::new();
        }
        match answer {
            Ok(row) => self.lay(row, false),
            Err(trouble) => self.refused = Some(trouble),
        }
        if self.check_again { self.check().into_iter().collect() } else { Vec::new() }
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match (token.slot, reply) {
            (LOAD, Reply::Row(row)) => self.loaded(token, *row),
            (LOAD, Reply::Trouble(trouble)) => {
                self.row.take(token, Err(trouble));
            }
            (CHECK, Reply::Row(row)) => return self.checked(token, Ok(*row)),
            (CHECK, Reply::Trouble(trouble)) => return self.checked(token, Err(trouble)),
            (SAVE, Reply::Row(row)) => return self.saved(*row),
            (SAVE, Reply::Trouble(trouble)) => {
                self.saving = None;
                let said = say(&trouble);
                self.refused = Some(trouble);
                return vec![said];
            }
            (SEEK, Reply::Rows(page)) if token == self.seek.token => return self.found(page),
            (SEEK, Reply::Trouble(trouble)) => return vec![say(&trouble)],
            _ => {}
        }
        Vec::new()
    }

    fn rule(&self) -> Vec<Effect> {
        let Some(field) = self.form.field() else { return Vec::new() };
        let mut lines = field.rule.clone();
        let column = Some(field.name.as_str());
        let found = self.row.get().into_iter().flat_map(|r| &r.findings).filter(|f| f.column.as_deref() == column);
        for finding in found {
            let spec = finding.code.spec();
            lines.extend([
                String::new(),
                format!("{} {}", spec.code, super::words::message(finding)),
                finding.resolution(),
                spec.meaning.to_owned(),
            ]);
        }
        vec![Effect::Show { title: field.name.clone(), lines }]
    }

    /// The cell of the field that is typed into.
    fn cell(&self) -> Option<&CellView> {
        let name = &self.form.field()?.name;
        self.row.get()?.cells.iter().find(|c| c.column == *name)
    }

    /// What may be meant in the field, then what it accepts besides: value, and what that is.
    fn listed(&self) -> Vec<(String, String)> {
        let Some(cell) = self.cell() else { return Vec::new() };
        let mut all: Vec<(String, String)> = cell.near.iter().map(|n| (n.value.clone(), n.words.clone())).collect();
        for value in &cell.accept {
            if all.iter().all(|(v, _)| v != value) {
                all.push((value.clone(), String::new()));
            }
        }
        all.truncate(52);
        all
    }

    fn list(&mut self) -> Vec<Effect> {
        let all = self.listed();
        let title = self.form.field().map(|f| f.name.clone()).unwrap_or_default();
        let letters = ('a'..='z').chain('A'..='Z');
        let choices = all.iter().zip(letters).map(|((value, words), letter)| (letter, format!("{value}  {words}").trim_end().to_owned()));
        let choices = choices.collect();
        self.listed = all.into_iter().map(|(value, _)| value).collect();
        vec![Effect::Choose { token: Token::of(CHOOSE), title, choices }]
    }

    fn chosen(&mut self, index: usize) -> Vec<Effect> {
        let Some(value) = self.listed.get(index).cloned() else { return Vec::new() };
        if let Some(field) = self.form.field_mut() {
            field.line.set(value);
        }
        self.typed(true)
    }

    fn typed(&mut self, changed: bool) -> Vec<Effect> {
        if !changed {
            return Vec::new();
        }
        self.refused = None;
        self.check().into_iter().collect()
    }

    fn head(&self, paint: &mut Paint, row: &RowView, look: &Look) {
        let line = (row.line != row.row).then(|| format!(", line {}", number(u64::from(row.line))));
        let key = row.key.as_ref().map(|key| format!("  key {}", look.personal(key)));
        let since = self.cause.as_ref().map(|cause| format!("  {}", super::words::since(cause.since)));
        let row_no = format!("row {} of the file", number(u64::from(row.row)));
        let text: String = std::iter::once(row_no).chain(line).chain(key).chain(since).collect();
        paint.at(1, &[piece(text, Role::Dim)]);
        // The path says it too: where there is no room here it is left out.
        if let (place, of) = row.place
            && of > 0
        {
            paint.right(1, &format!("row {} of {}", number(place), number(of)), Role::Dim);
        }
        paint.next();
        for finding in self.row_problems().take(1) {
            let (glyph, role) = look.severity(finding.severity);
            paint.beside(1, piece(format!("{glyph} {}", super::words::message(finding)), role), finding.code.name());
            paint.next();
        }
    }

    /// Whom or what the key of the row names on the roster.
    fn on_roster(&self) -> Option<&HitWhat> {
        self.row.get()?.on_roster.as_ref().map(|named| &named.what)
    }

    fn foot(&self, paint: &mut Paint, row: &RowView, look: &Look) {
        let tall = self.below() > 2;
        if let Some(trouble) = &self.refused {
            paint.wrapped(1, &format!("Not saved: {}", sentence(trouble)), Role::Error, if tall { 2 } else { 1 });
        } else {
            match &row.on_roster {
                Some(named) => paint.line(&[piece("On the roster: ", Role::Dim), piece(look.personal(&named.title), Role::Text)]),
                None => paint.line(&[piece("Not on the roster yet.", Role::Dim)]),
            }
            if tall {
                match row.changes.as_slice() {
                    [] => paint.next(),
                    [first, rest @ ..] => {
                        let mut pieces = vec![piece("Would change: ", Role::Dim)];
                        pieces.extend(change(first, look));
                        if !rest.is_empty() {
                            pieces.push(piece(format!("  and {} more", number(rest.len() as u64)), Role::Dim));
                        }
                        paint.line(&pieces);
                    }
                }
            }
        }
        if tall {
            let wrong = self.form.fields.iter().any(Field::is_wrong) || self.row_problems().any(|f| f.severity >= Severity::Error);
            let (text, role) = match (wrong, self.form.is_typed()) {
                (false, true) => (format!("{} This row would go through.", look.glyph(Glyph::Ok)), Role::Ok),
                (false, false) if row.cells.iter().any(|c| c.corrected && c.note.is_none()) => {
                    (format!("{} Mended; R on the sync re-runs it.", look.glyph(Glyph::Ok)), Role::Ok)
                }
                _ => (self.cell().filter(|c| !c.secret).map(|c| nearest(&c.near, look)).unwrap_or_default(), Role::Accent),
            };
            let (text, role) = match &row.decided {
                Some(decided) => (format!("{} Decided: {}.", look.glyph(Glyph::Ok), decided.about), Role::Ok),
                None => (text, role),
            };
            paint.line(&[piece(text, role)]);
        }
        paint.line(&[piece(boss(paint.rest().width), Role::Dim)]);
    }

    fn areas(&self, area: Rect) -> (Rect, Rect, Rect) {
        let above = 1 + u16::from(self.row_problems().next().is_some());
        let head = Rect { height: above.min(area.height), ..area };
        let rest = Rect { y: area.y + head.height, height: area.height - head.height, ..area };
        let (fields, below) = foot(rest, self.below());
        (head, fields, below)
    }
}

/// What stands beside a value: what it means, that it does not count, or what would be accepted.
fn about(cell: &CellView) -> String {
    if !cell.known {
        return String::from("unknown column, ignored");
    }
    if let Some(note) = &cell.note {
        return note.clone();
    }
    if cell.ignored {
        return String::from("ignored for this row");
    }
    match &cell.meaning {
        Some(meaning) => meaning.clone(),
        None if !cell.accept.is_empty() => cell.accept.join(" "),
        None => String::new(),
    }
}

impl Screen for RowForm {
    fn crumb(&self) -> String {
        match (self.row.get().map(|r| (r.place, r.row)), self.at) {
            (Some(((place, of), _)), _) if of > 0 => format!("row {} of {}", number(place), number(of)),
            (Some((_, row)), _) => format!("row {}", number(u64::from(row))),
            (None, RowAt::Record(n) | RowAt::Line(n)) => format!("row {}", number(u64::from(n))),
        }
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
            Msg::Command(Command::Rule) => self.rule(),
            Msg::Command(Command::Person) => self.on_roster().map(|what| Effect::Push(make(Subject::from(what)))).into_iter().collect(),
            Msg::Command(Command::Choose) => self.list(),
            Msg::Chosen { token, index } if token.slot == CHOOSE => self.chosen(index),
            Msg::Command(Command::Add) => {
                let makes = self.cell().and_then(|c| c.makes.as_ref());
                makes.map(|m| Effect::Push(Box::new(AddForm::lacking(m)))).into_iter().collect()
            }
            Msg::Command(Command::Beside) => {
                let record = self.row.get().map(|r| r.record);
                record.map(|r| Effect::Push(Box::new(ClashScreen::new(self.sync, r, None)))).into_iter().collect()
            }
            // What was made or decided meanwhile counts here too; what is typed stays.
            Msg::Shown if self.form.is_typed() => self.check().into_iter().collect(),
            Msg::Shown => vec![self.load()],
            Msg::Command(_) | Msg::Key(_) | Msg::Paste(_) => {
                let changed = self.form.input(&msg);
                self.typed(changed)
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
        let Some(row) = self.row.here(buffer, area, look) else { return };
        let (head, fields, below) = self.areas(area);
        self.head(&mut Paint::new(buffer, head, look), row, look);
        self.form.render(buffer, fields, look);
        self.foot(&mut Paint::new(buffer, below, look), row, look);
    }

    fn is_loading(&self) -> bool {
        self.row.get().is_none()
    }

    fn offers(&self) -> Vec<Offer> {
        let none = self.form.fields.is_empty().then_some("the row is not here yet");
        let field = self.form.field();
        let takes = field
            .is_none_or(|f| f.suggestion.as_ref().is_none_or(|s| s == f.line.text()))
            .then_some("there is no suggestion for this cell");
        let no_makes = self.cell().is_none_or(|c| c.makes.is_none()).then_some("nothing that is missing could be made by hand here");
        let identity = |row: &RowView| row.decided.is_some() || row.findings.iter().any(|f| is_about_identity(f.code));
        let no_clash = (!self.row.get().is_some_and(identity)).then_some("no rows claim the same here");
        let put_back = field.is_none_or(|f| !f.is_typed()).then_some("nothing was typed in this cell");
        vec![
            Offer::unless(Command::Save, none),
            Offer::unless(Command::SaveStay, none),
            Offer::unless(Command::Take, takes),
            Offer::unless(Command::Choose, self.listed().is_empty().then_some("nothing is known that fits this cell")),
            Offer::unless(Command::Add, no_makes),
            Offer::unless(Command::Beside, no_clash).quiet(),
            Offer::unless(Command::PutBack, put_back),
            Offer::unless(Command::Rule, none),
            Offer::unless(Command::Person, self.on_roster().is_none().then_some("its key names nobody on the roster yet")),
        ]
    }

    fn status(&self) -> StatusLine {
        StatusLine::default()
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        let (_, fields, _) = self.areas(area);
        self.form.render(&mut Buffer::empty(area), fields, look)
    }

    fn explains(&self) -> Option<Code> {
        let column = self.form.field().map(|f| f.name.as_str());
        let row = self.row.get()?;
        row.findings.iter().find(|f| f.column.as_deref() == column).or(row.findings.first()).map(|f| f.code)
    }

    fn sync(&self) -> Option<SyncNo> {
        Some(self.sync)
    }

    fn unsaved(&self) -> Option<String> {
        self.form.is_typed().then(|| String::from("Leave the row without saving what was typed?"))
    }
}
