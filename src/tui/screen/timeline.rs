//! The time-line of a record, newest first: every change with the sync, file, line and person that it came from. And why one field is as
//! it is: its values over time.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::list::Viewport;
use super::paint::{Paint, Piece, empty, piece};
use super::row_form::RowForm;
use super::sync::SyncScreen;
use super::{Effect, Msg, Offer, Screen, StatusLine};
use crate::desk::{FieldAt, HistoryLine, Origin, RowAt, field_over_time};
use crate::ledger::{FieldChange, SyncNo};
use crate::tui::command::Command;
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;

/// One entry of a history, as a line: when, what, by which sync, line and file, by whom.
pub fn entry<'a>(entry: &'a HistoryLine, look: &Look) -> Vec<Piece<'a>> {
    let mut pieces =
        vec![piece(format!("{:<13}", look.when_exactly(entry.at)), Role::Dim), piece(format!("{:<10}", entry.action), Role::Text)];
    match entry.sync {
        Some(sync) if entry.line > 0 => pieces.push(piece(format!("{sync} line {}", number(u64::from(entry.line))), Role::Text)),
        Some(sync) => pieces.push(piece(sync.to_string(), Role::Text)),
        None => {}
    }
    if !entry.file.is_empty() {
        pieces.push(piece(format!("  {}", entry.file), Role::Text));
    }
    if !entry.by.is_empty() {
        let by = if entry.sync.is_none() { format!("by {}", entry.by) } else { format!("  {}", entry.by) };
        pieces.push(piece(by, Role::Dim));
    }
    if !entry.feed.is_empty() {
        pieces.push(piece(format!("  {}", entry.feed), Role::Dim));
    }
    pieces
}

/// A change of an entry, as a line: the field, old and new, and whether a correction gave it.
pub fn changed<'a>(entry: &HistoryLine, change: &'a FieldChange, look: &Look) -> Vec<Piece<'a>> {
    let mut pieces = super::person::change(change, look);
    if entry.origin(&change.field) == Origin::Correction {
        pieces.push(piece("  correction", Role::Warning));
    }
    pieces
}

/// The last time that something happened, in one line under a heading.
pub fn summary(history: &[HistoryLine], look: &Look) -> String {
    match history.first() {
        None => String::from("Nothing is recorded."),
        Some(last) => {
            let changes = super::words::count(history.len() as u64, "entry", "entries");
            format!("{changes}, the last {}: tab shows them, with file, line and who.", look.when_exactly(last.at))
        }
    }
}

/// Why a field is as it is: its values over time.
#[derive(Debug)]
pub struct Why {
    /// Whose field it is.
    of: String,
    field: String,
    now: String,
    history: Vec<HistoryLine>,
    view: Viewport,
    /// Whether name and values tell who somebody is.
    personal: bool,
}

impl Why {
    /// The values of a field of a record that is called so, from its history, newest first.
    pub fn new(of: impl Into<String>, field: impl Into<String>, now: impl Into<String>, history: &[HistoryLine], personal: bool) -> Self {
        let (of, field, now) = (of.into(), field.into(), now.into());
        let mut why = Self { of, field, now, history: history.to_vec(), view: Viewport::default(), personal };
        why.view.total = why.values().len() as u64;
        why
    }

    fn values(&self) -> Vec<FieldAt<'_>> {
        field_over_time(&self.history, &self.field, &self.now)
    }

    fn selected(&self) -> Option<&HistoryLine> {
        self.values().get(usize::try_from(self.view.selected).ok()?).map(|v| v.entry)
    }

    /// The row that brought the selected value; the sync, where no row did.
    fn target(&self) -> Option<Box<dyn Screen>> {
        let entry = self.selected()?;
        let sync = entry.sync?;
        Some(match entry.line {
            0 => Box::new(SyncScreen::new(sync)),
            line => Box::new(RowForm::at(sync, RowAt::Line(line))),
        })
    }

    fn shown(&self, value: &str, look: &Look) -> String {
        match value {
            "" => look.glyph(Glyph::None).to_owned(),
            value if self.personal => look.personal(value).into_owned(),
            value => value.to_owned(),
        }
    }
}

impl Screen for Why {
    fn crumb(&self) -> String {
        format!("why {}", self.field)
    }

    fn subtitle(&self) -> Option<String> {
        Some(format!("{} and where each of its values came from, newest first", self.field))
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.update(Msg::Resized(room))
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Command(Command::Open) => self.target().map(Effect::Push).into_iter().collect(),
            Msg::Command(Command::Copy) => {
                let value = self.values().get(self.view.selected as usize).map(|v| v.value.to_owned());
                value.map(|text| Effect::Copy { text, show: false }).into_iter().collect()
            }
            Msg::Command(command) => {
                self.view.go(command);
                Vec::new()
            }
            Msg::Resized(room) => {
                // Two lines for each value, below two of what it is.
                self.view.height = u64::from(room.height.saturating_sub(3) / 2);
                self.view.select(self.view.selected);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let mut paint = Paint::new(frame.buffer_mut(), area, look);
        let of = if self.personal { look.personal(&self.of).into_owned() } else { self.of.clone() };
        paint.line(&[
            piece(of, Role::Dim),
            piece(format!("  {}  ", self.field), Role::Dim),
            piece(self.shown(&self.now, look), Role::Accent),
        ]);
        paint.next();
        let values = self.values();
        if values.is_empty() {
            let rest = paint.rest();
            return empty(frame.buffer_mut(), rest, look, &["It never had a value.", "esc goes back"]);
        }
        for (n, value) in values.iter().enumerate().skip(self.view.first as usize).take(self.view.height as usize) {
            let here = n as u64 == self.view.selected;
            if here {
                paint.at(1, &[piece(look.glyph(Glyph::Selected), Role::Accent)]);
            }
            let origin = match value.origin {
                Origin::File => piece(format!("  {}", value.origin.words()), Role::Dim),
                other => piece(format!("  {}", other.words()), Role::Warning),
            };
            paint.at(3, &[piece(self.shown(value.value, look), if here { Role::Selected } else { Role::Text }), origin]);
            paint.next();
            paint.at(5, &entry(value.entry, look));
            paint.next();
        }
    }

    fn offers(&self) -> Vec<Offer> {
        let by_hand = self.selected().is_none_or(|e| e.sync.is_none()).then_some("no file brought it");
        let label = if self.selected().is_some_and(|e| e.line > 0) { "the row" } else { "its sync" };
        vec![Offer::unless(Command::Open, by_hand).called(label), Offer::on(Command::Copy)]
    }

    fn status(&self) -> StatusLine {
        let position = (self.view.total > 0).then_some((self.view.selected + 1, self.view.total));
        StatusLine { position, ..StatusLine::default() }
    }

    fn sync(&self) -> Option<SyncNo> {
        self.selected().and_then(|e| e.sync)
    }
}
