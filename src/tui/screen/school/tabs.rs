//! What a school shows, drawn: who it is, the banner of the last upload, the tabs, the list of the tab, File Upload Status.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{SchoolScreen, TABS, Tab};
use crate::desk::{ClassRow, SchoolDetail};
use crate::ledger::{Sync, SyncStatus};
use crate::roster::{Grade, Status};
use crate::tui::look::{Glyph, Look, number};
use crate::tui::screen::paint::{Paint, empty, filter_foot, piece};
use crate::tui::screen::timeline;
use crate::tui::screen::{Screen, people, words};
use crate::tui::theme::Role;
use crate::tui::widget::split;
use crate::tui::widget::table::{Cell, Column, MARGIN, Row};

/// File Upload Status, in the columns and the order of Great Minds' page of that name; then what we know besides.
pub(super) const UPLOADS: &[Column] = &[
    Column::text("uploaded file", 16, 44, 0),
    Column::text("sync status", 21, 21, 0),
    Column::text("completion date", 16, 16, 0),
    Column::text("sync report", 12, 16, 0),
    Column::number("sync", 5, 1),
    Column::number("rows", 7, 2),
    Column::text("by", 6, 12, 3),
];

pub(super) const CLASSES: &[Column] = &[
    Column::text("class", 18, 40, 0),
    Column::text("ID", 8, 16, 1),
    Column::text("grade", 5, 5, 3),
    Column::text("subject", 10, 24, 4),
    Column::text("teacher", 14, 28, 0),
    Column::number("students", 8, 2),
    Column::text("status", 8, 8, 5),
];

impl SchoolScreen {
    pub(super) fn head(&self, paint: &mut Paint, d: &SchoolDetail, look: &Look) {
        let org = &d.row.org;
        let mut pieces =
            vec![piece(org.name.as_str(), Role::Accent), piece(format!("  {}  {}  {}", org.external_id, org.kind, org.status), Role::Text)];
        if let Some(parent) = &d.parent {
            pieces.push(piece(format!("  in {parent}"), Role::Dim));
        }
        if !org.address.is_empty() {
            pieces.push(piece(format!("  {}", org.address), Role::Dim));
        }
        paint.line(&pieces);
        let counts =
            format!("{} staff and {} students active, {} classes, ", number(d.row.staff), number(d.row.students), number(d.row.classes));
        let errors = words::count(d.row.open_errors, "open error", "open errors");
        paint.line(&[piece(counts, Role::Text), piece(errors, if d.row.open_errors > 0 { Role::Error } else { Role::Dim })]);
        match (self.kind(), self.last_upload()) {
            (Some(_), Some(upload)) => banner(paint, upload, look),
            (Some(_), None) if !self.banner_is_here() => paint.next(),
            (None, _) if self.tab() == Tab::Uploads => {
                let file = " its report, or the file again (one with passwords needs your own copy: none are kept).";
                paint.line(&[piece("o", Role::Accent), piece(file, Role::Dim)]);
            }
            // Where no file came for this school alone, the last one of the whole district that named it.
            _ => match &d.row.last {
                Some(last) => paint.line(&[
                    piece("Last upload ", Role::Dim),
                    piece(format!("{} {}", sign(last.status, look), last.status.words()), look.status(last.status)),
                    piece(format!("  {}  {}  {}", last.number, look.when(last.started), last.file), Role::Text),
                ]),
                None => paint.line(&[piece("No upload has named this school yet.", Role::Dim)]),
            },
        }
    }

    pub(super) fn tabs(&self, paint: &mut Paint) {
        let mut pieces = Vec::new();
        for (n, (tab, name)) in TABS.iter().enumerate() {
            let here = n == self.tab;
            let name = match (*tab, self.uploads_kind) {
                (Tab::Uploads, Some(kind)) if here => format!("{name}: {kind}"),
                _ => (*name).to_owned(),
            };
            pieces.push(piece(if here { format!("[{name}]") } else { format!(" {name} ") }, if here { Role::Accent } else { Role::Dim }));
        }
        paint.line(&pieces);
    }

    pub(super) fn render_tab(&self, buffer: &mut Buffer, area: Rect, look: &Look, d: &SchoolDetail) {
        let (area, beside) = if self.has_beside() { split(area) } else { (area, None) };
        if let Some(beside) = beside {
            self.render_beside(buffer, beside, look);
        }
        let (list, foot) = filter_foot(area, self.place());
        match self.tab() {
            Tab::People(family) => {
                self.people.filter_line(buffer, foot, look);
                if self.people.arrived() && self.people.total() == 0 {
                    let none = if self.people.filter().is_empty() {
                        format!("No {family} at this school.")
                    } else {
                        format!("No {family} here matches \"{}\".", self.people.filter())
                    };
                    return empty(buffer, list, look, &[&none, "tab goes on, a adds one, i imports a file"]);
                }
                self.people.table(buffer, list, look, people::AT_SCHOOL, |p| people::row_at_school(p, look));
            }
            Tab::Classes => {
                self.classes.filter_line(buffer, foot, look);
                if self.classes.arrived() && self.classes.total() == 0 {
                    let none = if self.classes.filter().is_empty() {
                        String::from("No classes are on the roster for this school.")
                    } else {
                        format!("No class here matches \"{}\".", self.classes.filter())
                    };
                    return empty(buffer, list, look, &[&none, "tab goes on, a adds one, i imports a file"]);
                }
                self.classes.table(buffer, list, look, CLASSES, |c| class(c, look));
            }
            Tab::Uploads => {
                self.uploads.filter_line(buffer, foot, look);
                if self.uploads.arrived() && self.uploads.total() == 0 {
                    let kind = self.uploads_kind.map(|k| format!(" of {k}")).unwrap_or_default();
                    let none = format!("No file{kind} was uploaded for this school alone.");
                    return empty(buffer, list, look, &[&none, "4 shows every sync"]);
                }
                self.uploads.table(buffer, list, look, UPLOADS, |s| upload(s, look));
            }
            Tab::History => self.render_history(buffer, list, look, d),
        }
    }

    fn render_history(&self, buffer: &mut Buffer, area: Rect, look: &Look, d: &SchoolDetail) {
        if d.history.is_empty() {
            return empty(buffer, area, look, &["Nothing is recorded of this school."]);
        }
        let mut paint = Paint::new(buffer, area, look);
        for (n, (entry, of)) in self.history_lines().enumerate().skip(self.history.first as usize).take(usize::from(area.height)) {
            if n as u64 == self.history.selected {
                paint.at(1, &[piece(look.glyph(Glyph::Selected), Role::Accent)]);
            }
            let Some(entry) = d.history.get(entry) else { break };
            match of {
                None => paint.at(MARGIN, &timeline::entry(entry, look)),
                Some(of) => {
                    if let Some(c) = entry.changes.get(of) {
                        paint.at(16, &timeline::changed(entry, c, look));
                    }
                }
            }
            paint.next();
        }
    }
}

/// How the last upload for this school and kind went. It always stands there: a banner that goes away is looked for.
fn banner(paint: &mut Paint, s: &Sync, look: &Look) {
    let refused = format!("{} of {} refused.", number(s.rows_with_errors), words::count(s.rows, "row", "rows"));
    let why = s.note.as_deref().unwrap_or("Nothing was applied.");
    let (text, more) = match s.status {
        SyncStatus::Completed => ("File processed.", words::count(s.rows, "row", "rows")),
        SyncStatus::CompletedWithErrors => ("File processed with errors.", refused),
        SyncStatus::Failed => ("File not processed.", why.to_owned()),
        SyncStatus::Held => ("File waits for approval.", String::new()),
        SyncStatus::DryRun => ("File checked, nothing was changed.", if s.rows_with_errors > 0 { refused } else { String::new() }),
        SyncStatus::InProgress => ("File is being processed.", String::new()),
        SyncStatus::Staged | SyncStatus::Checking => ("File is being checked.", String::new()),
        SyncStatus::Cancelled => ("Processing the file was cancelled.", why.to_owned()),
        SyncStatus::Abandoned => ("File abandoned.", String::new()),
        SyncStatus::Undone => ("File processed, and undone.", String::new()),
    };
    let mut pieces = vec![piece(format!("{} {text}", sign(s.status, look)), look.status(s.status))];
    if !more.is_empty() {
        pieces.push(piece(format!(" {more}"), Role::Text));
    }
    if s.rows_with_errors > 0 {
        pieces.extend([piece("  o", Role::Accent), piece(" sync report", Role::Text)]);
    }
    pieces.push(piece(format!("  {}  {}  {}", s.number, look.when(s.started), s.file), Role::Dim));
    paint.line(&pieces);
}

fn sign(status: SyncStatus, look: &Look) -> &'static str {
    look.glyph(match status {
        SyncStatus::Completed => Glyph::Ok,
        SyncStatus::Held => Glyph::Held,
        SyncStatus::CompletedWithErrors | SyncStatus::Failed => Glyph::Error,
        _ => Glyph::Note,
    })
}

fn upload<'a>(s: &'a Sync, look: &Look) -> Row<'a> {
    let ended = s.ended.filter(|_| s.status.is_done()).map_or_else(|| look.glyph(Glyph::None).to_owned(), |e| look.moment(e));
    // A report is there only where something is to be said in it.
    let report = if s.rows_with_errors > 0 { format!("o  {} refused", number(s.rows_with_errors)) } else { String::new() };
    Row::new([
        Cell::from(s.file.as_str()),
        Cell::new(s.status.words(), look.status(s.status)),
        Cell::from(ended),
        Cell::new(report, Role::Error),
        Cell::new(s.number.to_string(), Role::Dim),
        Cell::new(number(s.rows), Role::Dim),
        Cell::new(s.by.0.as_str(), Role::Dim),
    ])
}

fn class<'a>(c: &'a ClassRow, look: &Look) -> Row<'a> {
    let off = if c.class.status == Status::Disabled { Role::Warning } else { Role::Dim };
    let teacher = if c.teacher.is_empty() { Cell::new("none", Role::Warning) } else { Cell::from(look.personal(&c.teacher).into_owned()) };
    Row::new([
        Cell::from(c.class.title.as_str()),
        Cell::from(c.class.sourced_id.as_str()),
        Cell::new(c.class.grade.map(Grade::code).unwrap_or_default(), Role::Dim),
        Cell::new(c.class.subject.as_str(), Role::Dim),
        teacher,
        Cell::new(number(c.students), if c.students == 0 { Role::Dim } else { Role::Text }),
        Cell::new(c.class.status.name(), off),
    ])
}
