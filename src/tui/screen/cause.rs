//! A cause as a row of a list, and in words below it.

use super::paint::Paint;
use super::words;
use crate::ledger::{Cause, Finding};
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row};

/// The columns of [`cause_row`].
pub(super) const CAUSES: &[Column] = &[
    Column::text("causes", 28, 100, 0),
    Column::text("code", 7, 7, 3),
    Column::number("rows affected", 13, 0),
    Column::number("clears", 6, 1),
    Column::text("since", 8, 9, 2),
];

/// A cause as a row: what follows from another is set in below it.
pub(super) fn cause_row<'a>(c: &'a Cause, look: &Look) -> Row<'a> {
    let (glyph, role) = look.severity(c.severity);
    let title = if c.parent.is_some() { format!("{} {}", look.glyph(Glyph::Follows), c.title) } else { format!("{glyph} {}", c.title) };
    let clears = if c.clears == 0 { look.glyph(Glyph::None).to_owned() } else { number(c.clears) };
    Row::new([
        Cell::new(title, if c.parent.is_some() { Role::Dim } else { role }),
        Cell::new(c.code.name(), Role::Dim),
        Cell::from(number(c.rows)),
        Cell::from(clears),
        Cell::new(words::since(c.since), Role::Dim),
    ])
}

/// What a cause means and what to do about it.
pub(super) fn explain_cause(paint: &mut Paint, cause: &Cause) {
    // The catalogue's templates want a finding: the cause has its column and value.
    let mut finding = Finding::of_file(cause.code);
    finding.column.clone_from(&cause.column);
    finding.value.clone_from(&cause.value);
    explain(paint, &cause.title, &finding);
}

/// What is wrong with the file as a whole, among the causes.
pub(super) fn finding_row<'a>(f: &Finding, look: &Look) -> Row<'a> {
    let (glyph, role) = look.severity(f.severity);
    Row::new([Cell::new(format!("{glyph} {}", f.message()), role), Cell::new(f.code.name(), Role::Dim), "file".into()])
}

/// A title, what to do, and what the code means.
pub(super) fn explain(paint: &mut Paint, title: &str, finding: &Finding) {
    paint.rule(title);
    paint.wrapped(1, &finding.resolution(), Role::Text, 2);
    paint.wrapped(1, finding.code.spec().meaning, Role::Dim, 3);
}
