//! The two lists of a sync, drawn: its causes, and its findings one by one; and what explains the one that is selected.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Item, SyncScreen, View};
use crate::desk::{CauseAbout, SnoozeState};
use crate::ledger::{Cause, Finding};
use crate::tui::look::{Glyph, Look, number};
use crate::tui::screen::paint::{Paint, empty, filter_foot};
use crate::tui::screen::{Screen, snoozing, words};
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row, Table};

const CAUSES: &[Column] = &[
    Column::text("causes", 28, 100, 0),
    Column::text("code", 7, 7, 3),
    Column::number("rows affected", 13, 0),
    Column::number("clears", 6, 1),
    Column::text("since", 8, 9, 2),
];

pub(super) const FLAT: &[Column] = &[
    Column::number("row", 9, 0),
    Column::text("key", 9, 16, 2),
    Column::text("column", 10, 28, 1),
    Column::text("value", 10, 28, 3),
    Column::text("what is wrong", 20, 120, 0),
    Column::text("code", 7, 7, 4),
];

impl SyncScreen {
    pub(super) fn copied(&self) -> Option<String> {
        match (self.view, self.selected()) {
            (View::Flat, _) => self.findings.selected().map(Finding::message),
            (View::Gone, _) => self.gone().map(|g| g.cause.title.clone()),
            (View::Causes, Some(Item::Cause(cause))) => Some(cause.title.clone()),
            (View::Causes, Some(Item::OfFile(finding))) => Some(finding.message()),
            (View::Causes, None) => None,
        }
    }

    pub(super) fn render_causes(&self, buffer: &mut Buffer, area: Rect, look: &Look) {
        if self.causes.total == 0 {
            return empty(buffer, area, look, &["No row has an error, and nothing was found worth saying."]);
        }
        let from = self.causes.first;
        let rows = (from..self.causes.total).filter_map(|i| self.item(i)).map(|item| match item {
            Item::OfFile(f) => {
                let (glyph, role) = look.severity(f.severity);
                Row::new([Cell::new(format!("{glyph} {}", words::message(f)), role), Cell::new(f.code.name(), Role::Dim), "file".into()])
            }
            Item::Cause(c) => cause_row(c, self.about_cause(c), look),
        });
        let selected = Some((self.causes.selected - from) as usize);
        let whole = self.causes.total <= self.causes.height;
        Table { columns: CAUSES, rows, selected, titles: true, whole }.render(buffer, area, look);
    }

    pub(super) fn render_flat(&self, buffer: &mut Buffer, area: Rect, look: &Look) {
        let (area, filter) = filter_foot(area, self.place());
        self.findings.filter_line(buffer, filter, look);
        if self.findings.arrived() && self.findings.total() == 0 {
            return empty(buffer, area, look, &["No row with an error.", "tab goes back to the causes"]);
        }
        self.findings.table(buffer, area, look, FLAT, |f| {
            Row::new([
                Cell::from(f.row.or(f.line).map(|n| number(u64::from(n))).unwrap_or_default()),
                Cell::from(look.personal(f.key.as_deref().unwrap_or_default()).into_owned()),
                Cell::from(f.column.as_deref().unwrap_or_default()),
                Cell::from(look.personal(f.value.as_deref().unwrap_or_default()).into_owned()),
                Cell::new(format!("{} {}", look.severity(f.severity).0, words::message(f)), look.severity(f.severity).1),
                Cell::new(f.code.name(), Role::Dim),
            ])
        });
    }

    pub(super) fn render_gone(&self, buffer: &mut Buffer, area: Rect, look: &Look) {
        let gone = self.gone.get().map_or(&[][..], Vec::as_slice);
        let from = self.went.first as usize;
        let rows = gone.iter().skip(from).map(|g| snoozing::gone_row(g, look));
        let selected = Some((self.went.selected - self.went.first) as usize);
        let whole = self.went.total <= self.went.height;
        Table { columns: snoozing::GONE, rows, selected, titles: true, whole }.render(buffer, area, look);
    }

    pub(super) fn explain(&self, paint: &mut Paint, look: &Look) {
        if let Some(g) = self.gone() {
            return snoozing::explain_gone(paint, g);
        }
        match self.selected() {
            Some(Item::Cause(cause)) => snoozing::explain(paint, cause, self.about_cause(cause), look),
            Some(Item::OfFile(finding)) => {
                paint.rule(&words::message(finding));
                paint.wrapped(1, &finding.resolution(), Role::Text, 2);
                paint.wrapped(1, finding.code.spec().meaning, Role::Dim, 3);
            }
            None => {}
        }
    }
}

/// A cause as a row: what follows from another is set in below it.
fn cause_row<'a>(c: &'a Cause, about: Option<&CauseAbout>, look: &Look) -> Row<'a> {
    let (title, role) = snoozing::title(c, about, look);
    let asleep = about.and_then(|a| a.snooze.as_ref()).is_some_and(|s| s.state == SnoozeState::Asleep);
    let since = if asleep { String::from("snoozed") } else { words::since(c.since) };
    let clears = if c.clears == 0 { look.glyph(Glyph::None).to_owned() } else { number(c.clears) };
    Row::new([
        Cell::new(title, if asleep { Role::Dim } else { role }),
        Cell::new(c.code.name(), Role::Dim),
        Cell::from(number(c.rows)),
        Cell::from(clears),
        Cell::new(since, Role::Dim),
    ])
}
