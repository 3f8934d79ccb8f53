//! The rows of a cause in full: all their columns, the bad cell marked, what is wrong below.

mod offers;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::add_form::AddForm;
use super::asked::say;
use super::clash::ClashScreen;
use super::edits::Edits;
use super::factory::{Subject, make};
use super::list::{Did, List};
use super::mend_all::MendAll;
use super::paint::{Paint, divide, empty, filter_foot, foot, piece};
use super::row_form::RowForm;
use super::runs::{Run, Runs};
use super::snoozing::nearest;
use super::{Effect, Msg, Offer, Screen, StatusLine, Token};
use crate::desk::{CellView, Event, HitWhat, Makes, MendOf, Reply, Request, RowView};
use crate::ledger::{Cause, Code, Finding, Severity, SyncNo};
use crate::tui::command::{Command, Place};
use crate::tui::look::{Glyph, Look, number};
use crate::tui::memory::Memory;
use crate::tui::theme::Role;
use crate::tui::visible;
use crate::tui::widget::table::{Cell, Column, MARGIN, Row, Table};
use crate::tui::widget::{WIDE, split};

const LIST: u8 = 0;
const RUNS: u8 = 1;
const UNDO: u8 = 2;
const MEND: u8 = 3;

/// Lines at the foot for what is wrong with the selected row.
const BELOW: u16 = 4;
/// The row's number stands before the file's columns.
const ROW: Column<'static> = Column::number("row", 7, 0);
/// A column is no wider than this: one long cell must not push the others away.
const WIDEST: usize = 28;

/// The rows of a cause, or every row with an error.
#[derive(Debug)]
pub struct Rows {
    sync: SyncNo,
    cause: Option<Cause>,
    list: List<RowView>,
    /// Columns scrolled away to the left.
    scrolled: usize,
    /// Whether the bad cell was scrolled into sight once.
    placed: bool,
    edits: Edits,
    runs: Runs,
    mend: MendAll,
    room: Size,
}

impl Rows {
    /// The rows of a cause.
    pub fn of_cause(sync: SyncNo, cause: &Cause) -> Self {
        Self::new(sync, Some(cause.clone()))
    }

    /// The same, with what was mended written in a book that another screen has too.
    #[must_use]
    pub fn writing_in(self, edits: Edits) -> Self {
        Self { edits, ..self }
    }

    /// Every row with an error.
    pub fn of_sync(sync: SyncNo) -> Self {
        Self::new(sync, None)
    }

    fn new(sync: SyncNo, cause: Option<Cause>) -> Self {
        let mend = MendAll::new(MEND, sync, cause.as_ref());
        Self {
            sync,
            cause,
            list: List::new(LIST).named("rows", "row").sorted_for_this_time(),
            scrolled: 0,
            placed: false,
            edits: Edits::default(),
            runs: Runs::new(RUNS),
            mend,
            room: Size::default(),
        }
    }

    fn fetch(&mut self) -> Vec<Effect> {
        let (sync, cause) = (self.sync, self.cause.as_ref().map(|c| c.number));
        self.list.ask(|window, filter| Request::Rows { sync, cause, filter, window })
    }

    /// Lines at the foot; beside the list there is more room.
    fn below(&self) -> u16 {
        if self.room.width >= WIDE {
            0
        } else if self.room.height >= 12 {
            BELOW
        } else {
            2
        }
    }

    fn fit(&mut self) {
        let busy = u16::from(self.runs.busy());
        let rows = self.room.height.saturating_sub(1 + self.below() + busy + u16::from(self.place() == Place::Filter));
        self.list.set_height(rows);
        if let (false, Some(bad)) = (self.placed, self.bad_column()) {
            self.placed = true;
            while self.scrolled < bad && self.ends_at(bad) > self.width() {
                self.scrolled += 1;
            }
        }
    }

    /// The column that is wrong: the cause's, or that of the first finding.
    fn bad_column(&self) -> Option<usize> {
        let row = self.list.selected()?;
        let name =
            self.cause.as_ref().and_then(|c| c.column.as_deref()).or_else(|| row.findings.iter().find_map(|f| f.column.as_deref()))?;
        self.columns().iter().position(|(_, c)| c.title == name)
    }

    /// Cells that the list has.
    fn width(&self) -> u16 {
        split(Rect::new(0, 0, self.room.width, self.room.height)).0.width
    }

    /// Where a column ends on the screen.
    fn ends_at(&self, column: usize) -> u16 {
        let columns = self.columns();
        MARGIN + 9 + columns.iter().take(column + 1).skip(self.scrolled).map(|(_, c)| c.least + 2).sum::<u16>()
    }

    /// The file's columns, each as wide as the rows that can be seen want it.
    fn all_columns(&self) -> Vec<Column<'_>> {
        let Some((_, first)) = self.list.rows().next() else { return Vec::new() };
        let width = |n: usize, cell: &CellView| {
            let widest = self.list.rows().filter_map(|(_, r)| r.cells.get(n)).map(|c| visible::width(&c.value) + 2).max().unwrap_or(0);
            widest.max(visible::width(&cell.column)).clamp(3, WIDEST) as u16
        };
        first.cells.iter().enumerate().map(|(n, c)| Column::text(&c.column, width(n, c), width(n, c), 0)).collect()
    }

    /// Those that are shown in their order, each with its place in the file.
    fn columns(&self) -> Vec<(usize, Column<'_>)> {
        let (all, arrangement) = (self.all_columns(), self.list.arrangement());
        arrangement.places(&all).into_iter().zip(arrangement.columns(&all)).collect()
    }

    /// Carries out `s`, `S` and `c`: rows are sorted by their number too, and that is always shown.
    fn arrange(&mut self, command: Command) -> Option<Effect> {
        if !matches!(command, Command::Sort | Command::Reverse | Command::Columns) {
            return None;
        }
        let titles: Vec<String> = self.all_columns().iter().map(|c| c.title.to_owned()).collect();
        let row = (command == Command::Sort).then_some(ROW);
        let columns: Vec<Column> = row.into_iter().chain(titles.iter().map(|t| Column::text(t, 3, 3, 0))).collect();
        self.list.arrange(command, &columns)
    }

    fn form(&self) -> Option<Effect> {
        let row = self.list.selected()?;
        let form =
            RowForm::in_list(self.sync, self.cause.clone(), (self.list.index(), self.list.filter()), row.clone(), self.edits.clone());
        Some(Effect::Push(Box::new(form)))
    }

    /// Whom or what the key of the selected row names on the roster.
    fn on_roster(&self) -> Option<&HitWhat> {
        self.list.selected()?.on_roster.as_ref().map(|named| &named.what)
    }

    /// What could be made by hand so that the selected row is right.
    fn makes(&self) -> Option<&Makes> {
        bad_cell(self.list.selected()?, self.mend.column())?.makes.as_ref()
    }

    /// Mending of the marked rows; of all where none is marked.
    fn mending(&self) -> MendAll {
        let all = MendAll::new(MEND, self.sync, self.cause.as_ref());
        if self.list.marks().is_empty() {
            return all;
        }
        let records = self.list.marks().into_iter().filter_map(|id| u32::try_from(id).ok()).collect();
        all.only(MendOf::Records(records))
    }

    fn undo(&mut self, back: bool) -> Vec<Effect> {
        self.edits.turn(back, Token::of(UNDO))
    }

    /// Selects the next row (or the one before) that is not mended yet; where the rows that are here end, the next one to come.
    fn go_to_open(&mut self, forward: bool) {
        let total = self.list.total();
        let step = |i: u64| if forward { Some(i + 1).filter(|i| *i < total) } else { i.checked_sub(1) };
        let mut at = self.list.index();
        while let Some(next) = step(at) {
            at = next;
            if self.list.row(at).is_none_or(|row| row.findings.iter().any(|f| f.severity >= Severity::Error)) {
                return self.list.select(at);
            }
        }
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        if let Some(effect) = self.arrange(command) {
            return vec![effect];
        }
        match command {
            Command::Next | Command::Previous => {
                self.go_to_open(command == Command::Next);
                Vec::new()
            }
            Command::Open | Command::Edit => self.form().into_iter().collect(),
            Command::Person => self.on_roster().map(|what| Effect::Push(make(Subject::from(what)))).into_iter().collect(),
            Command::Rerun => vec![self.runs.preview(Run::Rerun(self.sync))],
            Command::UndoEdit => self.undo(true),
            Command::RedoEdit => self.undo(false),
            Command::MendAll => {
                let suggestion = self.list.selected().and_then(|r| bad_cell(r, self.mend.column())).and_then(|c| c.suggestion.clone());
                self.mend = self.mending();
                self.mend.offer(suggestion.unwrap_or_default())
            }
            Command::TakeNearest => {
                self.mend = self.mending();
                self.mend.take_nearest(&self.edits)
            }
            Command::Add => self.makes().map(|m| Effect::Push(Box::new(AddForm::lacking(m)))).into_iter().collect(),
            Command::Beside => {
                let cause = self.cause.as_ref().map(|c| c.number);
                let screen = self.list.selected().map(|row| ClashScreen::new(self.sync, row.record, cause));
                screen.map(|s| Effect::Push(Box::new(s))).into_iter().collect()
            }
            Command::ScrollLeft => {
                self.scrolled = self.scrolled.saturating_sub(1);
                Vec::new()
            }
            Command::ScrollRight => {
                let last = self.list.rows().next().map_or(0, |(_, r)| r.cells.len().saturating_sub(1));
                self.scrolled = (self.scrolled + 1).min(last);
                Vec::new()
            }
            Command::Output => {
                self.list.export();
                Vec::new()
            }
            Command::Copy | Command::CopyRow => {
                let bad = |row: &RowView| bad_cell(row, None).filter(|c| !c.secret).map(|c| c.value.clone()).unwrap_or_default();
                self.list.copy(command, bad, |row| row.cells.iter().filter(|c| !c.secret).map(|c| c.value.clone()).collect());
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn table(&self, buffer: &mut Buffer, area: Rect, look: &Look) {
        let names = self.columns();
        let (sorted, reverse) = self.list.arrangement().sorted();
        let row = Column { sorted: (sorted == ROW.title).then_some(reverse), ..ROW };
        let columns: Vec<Column> = std::iter::once(row).chain(names.iter().skip(self.scrolled).map(|(_, column)| *column)).collect();
        let rows = self.list.rows().map(|(_, row)| {
            let cells = names.iter().skip(self.scrolled).filter_map(|(at, _)| Some(table_cell(row, row.cells.get(*at)?, look)));
            let number = Cell::new(number(u64::from(row.row)), Role::Dim);
            Row { cells: std::iter::once(number).chain(cells).collect(), marked: self.list.is_marked(row) }
        });
        Table { columns: &columns, rows, selected: self.list.selected_row(), titles: true, whole: false }.render(buffer, area, look);
        // Columns on either side say that they are there.
        if self.scrolled > 0 {
            Paint::new(buffer, area, look).at(0, &[piece("<", Role::Accent)]);
        }
        if names.len().checked_sub(1).is_some_and(|last| self.ends_at(last) > area.width) {
            Paint::new(buffer, area, look).edge(">", Role::Accent);
        }
    }

    /// The whole row beside the list: each column that has something, what is wrong under all of them.
    fn in_full(&self, paint: &mut Paint, look: &Look) {
        let Some(row) = self.list.selected() else { return };
        let most = usize::from(paint.left()).saturating_sub(row.findings.len() * 3 + 3);
        let filled = row.cells.iter().filter(|c| !c.value.is_empty() || c.corrected || wrong(row, c));
        for cell in filled.take(most) {
            let shown = table_cell(row, cell, look);
            paint.labelled(
                &cell.column,
                22,
                &[piece(look.cut(&shown.text, usize::from(paint.rest().width.saturating_sub(25))).into_owned(), shown.role)],
            );
        }
        self.explain(paint, look);
    }

    fn explain(&self, paint: &mut Paint, look: &Look) {
        let Some(row) = self.list.selected() else { return };
        let line = if row.line == row.row { String::new() } else { format!("line {}  ", number(u64::from(row.line))) };
        let key = row.key.as_deref().map(|k| format!("key {}", look.personal(k))).unwrap_or_default();
        paint.rule(format!("row {}  {line}{key}", number(u64::from(row.row))).trim_end());
        if let Some(decided) = &row.decided {
            let text = format!("{} {}, not yet on the roster: R re-runs", look.glyph(Glyph::Ok), decided.about);
            paint.line(&[piece(text, Role::Ok)]);
        } else if row.findings.iter().all(|f| f.severity < Severity::Error) {
            paint.line(&[piece(format!("{} mended, not yet on the roster: R re-runs", look.glyph(Glyph::Ok)), Role::Ok)]);
        }
        for finding in &row.findings {
            if paint.left() == 0 {
                break;
            }
            let (glyph, role) = look.severity(finding.severity);
            paint.beside(1, piece(format!("{glyph} {}", super::words::message(finding)), role), finding.code.name());
            paint.next();
            if row.findings.len() == 1 {
                let near = bad_cell(row, finding.column.as_deref()).map(|c| nearest(&c.near, look)).unwrap_or_default();
                if near.is_empty() {
                    paint.wrapped(3, &finding.resolution(), Role::Dim, 2);
                } else {
                    paint.wrapped(3, &near, Role::Accent, 2);
                }
            }
        }
    }

    fn finding(&self) -> Option<&Finding> {
        self.list.selected()?.findings.iter().max_by_key(|f| f.severity)
    }
}

/// Whether a finding is about the cell.
fn wrong(row: &RowView, cell: &CellView) -> bool {
    row.findings.iter().any(|f| f.column.as_deref() == Some(&cell.column))
}

/// The cell of the column, else the first with a finding that refuses the row.
pub fn bad_cell<'a>(row: &'a RowView, column: Option<&str>) -> Option<&'a CellView> {
    let column = column.or_else(|| row.findings.iter().filter(|f| f.severity >= Severity::Error).find_map(|f| f.column.as_deref()))?;
    row.cells.iter().find(|c| c.column == column)
}

/// What there is to be said of a step that was taken back or made again: cells that it had to leave, value rules that went with it.
pub fn left(turned: &crate::desk::Turned) -> Option<Effect> {
    let left = super::words::count(turned.left, "cell was", "cells were");
    let text = match (turned.left, turned.rules, turned.again) {
        (0, 0, _) => return None,
        (0, _, false) => String::from("Taken back; its value rules went with it."),
        (0, _, true) => String::from("Mended again; its value rules are kept again."),
        _ => format!("{left} mended otherwise since: left as they are."),
    };
    Some(Effect::Toast(super::Tone::Plain, text))
}

/// A cell: the bad one has the sign of its finding before it, a mended one a tick. Never by colour alone.
fn table_cell<'a>(row: &'a RowView, cell: &'a CellView, look: &Look) -> Cell<'a> {
    let found = row.findings.iter().filter(|f| f.column.as_deref() == Some(&cell.column)).map(|f| f.severity).max();
    let value = if cell.secret { "******".into() } else { look.personal(&cell.value) };
    match found {
        Some(severity) => {
            let (glyph, role) = look.severity(severity);
            let value = if cell.value.is_empty() { "(empty)".into() } else { value };
            Cell::new(format!("{glyph} {value}"), role)
        }
        None if cell.corrected => Cell::new(format!("{} {value}", look.glyph(Glyph::Ok)), Role::Ok),
        None => Cell { text: value, role: if cell.ignored || !cell.known { Role::Dim } else { Role::Text } },
    }
}

impl Screen for Rows {
    fn crumb(&self) -> String {
        match &self.cause {
            Some(cause) => format!("{} ({})", super::words::cause(cause), number(cause.rows)),
            None => String::from("error rows"),
        }
    }

    fn subtitle(&self) -> Option<String> {
        let cause = self.cause.as_ref()?;
        Some(format!(
            "{} · {} affected · mending it clears {}",
            cause.code,
            super::words::count(cause.rows, "row", "rows"),
            number(cause.clears)
        ))
    }

    fn place(&self) -> Place {
        self.list.place()
    }

    fn recall(&mut self, memory: &Memory) {
        self.list.recall(memory);
    }

    fn counts(&self) -> bool {
        true
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        self.fetch()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        if let Some(effects) = self.runs.update(&msg).or_else(|| self.mend.update(&msg, &self.edits)) {
            self.list.refresh();
            self.fit();
            return effects.into_iter().chain(self.fetch()).collect();
        }
        let did = self.list.update(&msg);
        let mut effects = match msg {
            Msg::Command(Command::Back) if did != Did::Nothing => vec![Effect::Handled],
            Msg::Command(command) if did == Did::Nothing => self.command(command),
            Msg::Reply { token, reply } => match *reply {
                Reply::Rows(page) => {
                    self.list.take(token, page);
                    Vec::new()
                }
                Reply::Row(_) => {
                    self.list.refresh();
                    Vec::new()
                }
                Reply::Turned(turned) => {
                    self.list.refresh();
                    left(&turned).into_iter().collect()
                }
                Reply::Trouble(trouble) => vec![say(&trouble)],
                _ => Vec::new(),
            },
            Msg::Event(Event::SyncChanged(_) | Event::RosterChanged { .. }) | Msg::Shown => {
                self.list.refresh();
                Vec::new()
            }
            Msg::Resized(room) => {
                self.room = room;
                Vec::new()
            }
            _ => Vec::new(),
        };
        self.fit();
        effects.extend(self.fetch());
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let (area, beside) = split(area);
        let (area, filter) = filter_foot(area, self.place());
        let buffer = frame.buffer_mut();
        self.list.filter_line(buffer, filter, look);
        let mut paint = Paint::new(buffer, area, look);
        self.runs.draw(&mut paint, look);
        let rest = paint.rest();
        if self.list.arrived() && self.list.total() == 0 {
            let no = format!("No row here contains \"{}\".", self.list.filter());
            return if self.list.filter().is_empty() {
                empty(buffer, rest, look, &["No row has this error any more.", "esc goes back"]);
            } else {
                empty(buffer, rest, look, &[&no, "esc clears the filter"]);
            };
        }
        let (list, below) = foot(rest, self.below());
        self.table(buffer, list, look);
        match beside {
            Some(beside) => {
                divide(buffer, beside, look);
                self.in_full(&mut Paint::new(buffer, beside, look), look);
            }
            None => self.explain(&mut Paint::new(buffer, below, look), look),
        }
    }

    fn is_loading(&self) -> bool {
        self.list.is_loading()
    }

    fn offers(&self) -> Vec<Offer> {
        self.all_offers()
    }

    fn status(&self) -> StatusLine {
        self.list.status()
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        self.list.filter_cursor(split(area).0, look)
    }

    fn explains(&self) -> Option<Code> {
        self.finding().map(|f| f.code).or_else(|| self.cause.as_ref().map(|c| c.code))
    }

    fn sync(&self) -> Option<SyncNo> {
        Some(self.sync)
    }
}
