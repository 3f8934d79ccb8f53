//! A list drawn: its rows as a table, and the line that its filter is typed in.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{List, Record};
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::widget::table::{Column, Row, Table};

impl<T: Record> List<T> {
    /// Draws the rows as a table, with its titles.
    pub fn table<'a>(&'a self, buffer: &mut Buffer, area: Rect, look: &Look, columns: &[Column], row: impl Fn(&'a T) -> Row<'a>) {
        let head = self.arrangement.columns(columns);
        let rows = self.rows().map(|(_, item)| self.arrangement.row(columns, Row { marked: self.is_marked(item), ..row(item) }));
        let whole = self.shown.total <= self.shown.height;
        Table { columns: &head, rows, selected: self.selected_row(), titles: true, whole }.render(buffer, area, look);
    }

    /// Draws the filter line, " filter: smith", while it is typed into; where the cursor stands.
    pub fn filter_line(&self, buffer: &mut Buffer, area: Rect, look: &Look) -> Option<Position> {
        const LABEL: &str = " filter: ";
        if !self.filtering || area.is_empty() {
            return None;
        }
        let label = (LABEL.len() as u16).min(area.width.saturating_sub(1));
        buffer.set_stringn(area.x, area.y, LABEL, usize::from(label), look.style(Role::Accent));
        Some(self.filter.render(buffer, Rect { x: area.x + label, width: area.width - label, height: 1, ..area }, look, ""))
    }

    /// Where the cursor stands in the filter line, which is the last line of a list's area, while it is typed into.
    pub fn filter_cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        let foot = Rect { y: area.bottom().saturating_sub(1), height: area.height.min(1), ..area };
        self.filter_line(&mut Buffer::empty(foot), foot, look)
    }
}
