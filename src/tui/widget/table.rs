//! A table of the rows that can be seen, never of all: it is given one page and draws it.
//!
//! Columns have priorities: where the terminal is narrow the least important go, the rest shrink. The selected row is told by
//! a marker and its first cell alone, so that moving the cursor costs few bytes on a slow line.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::tui::look::{Glyph, Look};
use crate::tui::theme::Role;
use crate::tui::visible;

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// Its title.
    pub title: &'a str,
    /// Fewer cells than this are no use.
    pub least: u16,
    /// More cells than this are no use.
    pub most: u16,
    /// 0 stays always; the highest goes first.
    pub priority: u8,
    /// Numbers stand at the right.
    pub right: bool,
    /// The rows are sorted by it: whether from the largest.
    pub sorted: Option<bool>,
}

impl<'a> Column<'a> {
    /// A column of text.
    pub const fn text(title: &'a str, least: u16, most: u16, priority: u8) -> Self {
        Self { title, least, most, priority, right: false, sorted: None }
    }

    /// A column of numbers, as wide as that.
    pub const fn number(title: &'a str, cells: u16, priority: u8) -> Self {
        Self { title, least: cells, most: cells, priority, right: true, sorted: None }
    }
}

/// One cell: text from data or ours; it is made visible here. With letters that matched, where there was a search.
#[derive(Clone, Debug)]
pub struct Cell<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// Its role.
    pub role: Role,
}

impl<'a> Cell<'a> {
    /// A cell of that role.
    pub fn new(text: impl Into<Cow<'a, str>>, role: Role) -> Self {
        Self { text: text.into(), role }
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::new(text, Role::Text)
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::new(text, Role::Text)
    }
}

/// One row.
#[derive(Clone, Debug, Default)]
pub struct Row<'a> {
    /// A cell for each column.
    pub cells: Vec<Cell<'a>>,
    /// Whether it is marked.
    pub marked: bool,
}

impl<'a> Row<'a> {
    /// A row of those cells.
    pub fn new(cells: impl IntoIterator<Item = Cell<'a>>) -> Self {
        Self { cells: cells.into_iter().collect(), marked: false }
    }
}

/// Cells before the first column: mark, marker, space.
pub const MARGIN: u16 = 3;
/// Cells between columns.
const GAP: u16 = 2;
/// Of a column that has no room left at least so many cells are drawn, or none.
const LEAST: u16 = 3;

/// What is drawn.
pub struct Table<'a, R> {
    /// The columns.
    pub columns: &'a [Column<'a>],
    /// The rows of this page, first to last.
    pub rows: R,
    /// Which of them is selected, counted from the page's first.
    pub selected: Option<usize>,
    /// Whether the titles stand above.
    pub titles: bool,
    /// Whether the page is all there is: then no column is wider than what stands in it. A list that scrolls keeps its widths.
    pub whole: bool,
}

impl<'a, R: Iterator<Item = Row<'a>>> Table<'a, R> {
    /// Draws it. Rows that do not fit are not drawn.
    pub fn render(self, buffer: &mut Buffer, area: Rect, look: &Look) {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return;
        }
        let rows: Vec<Row<'a>> = self.rows.take(usize::from(area.height)).collect();
        let cells = area.width.saturating_sub(MARGIN);
        let mut widths = widths(self.columns, cells);
        if self.whole {
            widths = fitted(self.columns, &widths, &rows, cells, look);
        }
        let mut y = area.y;
        if self.titles {
            let mut x = area.x.saturating_add(MARGIN);
            for (column, width) in self.columns.iter().zip(&widths) {
                let Some(width) = *width else { continue };
                put(buffer, (x, y), width, column.title, column.right, look.style(Role::Dim), look, area);
                sign_of_sort(buffer, (x, y), width, column, look, area);
                x = x.saturating_add(width + GAP);
            }
            y += 1;
        }
        for (n, row) in rows.iter().enumerate() {
            if y >= area.bottom() {
                break;
            }
            let selected = self.selected == Some(n);
            if row.marked {
                put(buffer, (area.x, y), 1, look.glyph(Glyph::Marked), false, look.style(Role::Marked), look, area);
            }
            if selected {
                put(buffer, (area.x + 1, y), 1, look.glyph(Glyph::Selected), false, look.style(Role::Accent), look, area);
            }
            let mut x = area.x.saturating_add(MARGIN);
            let mut first = true;
            for ((cell, column), width) in row.cells.iter().zip(self.columns).zip(&widths) {
                let Some(width) = *width else { continue };
                let mut style = look.style(cell.role);
                if row.marked && first {
                    style = style.patch(look.style(Role::Marked));
                }
                if selected && first {
                    style = style.patch(look.style(Role::Selected));
                }
                put(buffer, (x, y), width, &cell.text, column.right, style, look, area);
                first = false;
                x = x.saturating_add(width + GAP);
            }
            y += 1;
        }
    }
}

/// Draws the sign of the column that is sorted: behind its title, of numbers before it, where the gap between columns has room.
fn sign_of_sort(buffer: &mut Buffer, (x, y): (u16, u16), width: u16, column: &Column, look: &Look, area: Rect) {
    let Some(largest_first) = column.sorted else { return };
    let title = (visible::width(column.title) as u16).min(width);
    let x = if column.right { (x + width).saturating_sub(title + 1) } else { x + title };
    let sign = look.glyph(if largest_first { Glyph::Falling } else { Glyph::Rising });
    if (area.x..area.right()).contains(&x) {
        buffer.set_stringn(x, y, sign, 1, look.style(Role::Accent));
    }
}

/// Draws text from data in a field of so many cells; what does not fit is cut.
#[expect(clippy::too_many_arguments, reason = "a field is where, how wide, what, how")]
fn put(buffer: &mut Buffer, (x, y): (u16, u16), width: u16, text: &str, right: bool, style: Style, look: &Look, area: Rect) {
    let room = area.right().saturating_sub(x);
    // Two cells of a column that has no room left say nothing.
    if room == 0 || y >= area.bottom() || (room < width && room < LEAST) {
        return;
    }
    let width = width.min(room);
    let text = look.cut(text, usize::from(width));
    let indent = if right { width.saturating_sub(visible::width(&text) as u16) } else { 0 };
    buffer.set_stringn(x + indent, y, text, usize::from(width), style);
}

/// The widths again, now that it is known what stands in the columns: what one does not need goes to the others. Columns that
/// had to go stay away.
fn fitted(columns: &[Column], kept: &[Option<u16>], rows: &[Row], cells: u16, look: &Look) -> Vec<Option<u16>> {
    let of = |n: usize, title: &str| {
        let cells = rows.iter().filter_map(|row| row.cells.get(n)).map(|cell| visible::width(&look.visible(&cell.text)));
        cells.chain([visible::width(title)]).max().unwrap_or(0) as u16
    };
    let places: Vec<usize> = (0..columns.len()).filter(|n| kept.get(*n).is_some_and(Option::is_some)).collect();
    let fit = |n: &usize| {
        let column = columns[*n];
        let needs = of(*n, column.title);
        Column { least: column.least.min(needs), most: column.most.min(needs), priority: 0, ..column }
    };
    let narrower: Vec<Column> = places.iter().map(fit).collect();
    let mut out = vec![None; columns.len()];
    for (place, width) in places.into_iter().zip(widths(&narrower, cells)) {
        out[place] = width;
    }
    out
}

/// The width of each column in so many cells; `None` for those that had to go.
pub fn widths(columns: &[Column], cells: u16) -> Vec<Option<u16>> {
    let mut kept: Vec<bool> = vec![true; columns.len()];
    let need = |kept: &[bool]| {
        let count = kept.iter().filter(|k| **k).count() as u32;
        let sum: u32 = columns.iter().zip(kept).filter(|(_, k)| **k).map(|(c, _)| u32::from(c.least)).sum();
        sum + count.saturating_sub(1) * u32::from(GAP)
    };
    while need(&kept) > u32::from(cells) {
        // The rightmost of the least important.
        let victim = (0..columns.len()).filter(|i| kept[*i] && columns[*i].priority > 0).max_by_key(|i| (columns[*i].priority, *i));
        match victim {
            Some(i) => kept[i] = false,
            None => break,
        }
    }
    let mut spare = u32::from(cells).saturating_sub(need(&kept)) as u16;
    let mut widths: Vec<Option<u16>> = columns.iter().zip(&kept).map(|(c, k)| k.then_some(c.least)).collect();
    // What is left over goes to each by what it could use, and what that leaves goes round.
    let wanted: u32 =
        columns.iter().zip(&widths).filter(|(_, w)| w.is_some()).map(|(c, _)| u32::from(c.most.saturating_sub(c.least))).sum();
    let given = u32::from(spare);
    for (column, width) in columns.iter().zip(&mut widths) {
        if let Some(width) = width {
            let wants = u32::from(column.most.saturating_sub(column.least));
            let share = (wants * given).checked_div(wanted).unwrap_or(0).min(wants) as u16;
            *width += share;
            spare -= share;
        }
    }
    while spare > 0 {
        let mut grew = false;
        for (column, width) in columns.iter().zip(&mut widths) {
            if let Some(width) = width
                && *width < column.most
                && spare > 0
            {
                *width += 1;
                spare -= 1;
                grew = true;
            }
        }
        if !grew {
            break;
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[Column::text("name", 8, 30, 0), Column::text("role", 7, 10, 1), Column::number("rows", 5, 2)];

    fn drawn(width: u16, selected: Option<usize>, rows: &[[&'static str; 3]]) -> Vec<String> {
        let area = Rect::new(0, 0, width, 4);
        let mut buffer = Buffer::empty(area);
        let rows = rows.iter().map(|r| Row::new(r.map(Cell::from)));
        Table { columns: COLUMNS, rows, selected, titles: true, whole: false }.render(&mut buffer, area, &Look::plain());
        (0..4).map(|y| (0..width).map(|x| buffer[(x, y)].symbol().to_owned()).collect::<String>().trim_end().to_owned()).collect()
    }

    #[test]
    fn numbers_stand_at_the_right_and_the_selected_row_has_its_marker() {
        assert_eq!(
            drawn(34, Some(1), &[["García", "staff", "7"], ["Adams", "student", "1,204"]]),
            ["   name             role      rows", "   García           staff        7", " ‣ Adams            student  1,204", ""]
        );
    }

    #[test]
    fn what_a_column_does_not_need_goes_to_the_others() {
        let area = Rect::new(0, 0, 24, 2);
        let mut buffer = Buffer::empty(area);
        let rows = std::iter::once(Row::new(["García, Marisol", "staff", "7"].map(Cell::from)));
        Table { columns: COLUMNS, rows, selected: None, titles: false, whole: true }.render(&mut buffer, area, &Look::plain());
        let line: String = (0..24).map(|x| buffer[(x, 0)].symbol()).collect();
        // The number went for want of room; it does not come back.
        assert_eq!(line.trim_end(), "   García, Maris…  staff");
    }

    #[test]
    fn narrow_terminals_lose_the_least_important_columns() {
        let counts = |cells| widths(COLUMNS, cells).iter().flatten().count();
        assert_eq!((counts(40), counts(20), counts(12), counts(1)), (3, 2, 1, 1));
    }

    #[test]
    fn hidden_characters_are_shown_in_cells() {
        assert_eq!(drawn(30, None, &[["a\u{200b}b", "\u{1b}[m", "1"]])[1].trim_start(), "a⟨200B⟩b     ␛[m          1");
    }

    #[test]
    fn wide_letters_are_cut_whole() {
        let line = &drawn(11, None, &[["中文中文中文", "", ""]])[1];
        assert_eq!(line.replace(' ', ""), "中文中…");
    }
}
