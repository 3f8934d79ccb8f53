//! Aligned tables: numbers to the right, cut to the terminal's width, hidden characters shown.

use std::io::{self, Write};

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::paint::{Paint, Painter};
pub(super) use crate::report::number;
use crate::report::visible;

/// How a column stands and what gives way on a narrow terminal.
#[derive(Clone, Copy, Debug)]
pub(super) enum Column {
    /// Text, to the left; gives way where there is no room.
    Text(&'static str),
    /// Text that is told apart by its beginning: gives way before all other text does.
    Brief(&'static str),
    /// A number or code, to the right, never cut.
    Number(&'static str),
    /// A name or code, to the left, never cut.
    Whole(&'static str),
}

impl Column {
    fn head(self) -> &'static str {
        match self {
            Self::Text(h) | Self::Brief(h) | Self::Number(h) | Self::Whole(h) => h,
        }
    }
}

/// One cell.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    text: String,
    paint: Paint,
}

impl<T: ToString> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: visible(&text.to_string()).into_owned(), paint: Paint::Plain }
    }
}

impl Cell {
    /// A cell in a colour.
    pub(super) fn painted(text: &str, paint: Paint) -> Self {
        Self { paint, ..text.into() }
    }
}

/// A table that is written part by part; the first part decides the widths.
pub(super) struct Table<'c> {
    columns: &'c [Column],
    /// What there is room for; `None` for all.
    room: Option<usize>,
    widths: Vec<usize>,
}

/// Between two columns.
const GAP: usize = 2;
/// No column is made wider than this for the sake of one cell: each of its other cells would be filled up with blanks.
const MOST: usize = 250;
/// No text column is cut below this, a brief one not below its own.
const LEAST: usize = 8;
const LEAST_BRIEF: usize = 12;

impl<'c> Table<'c> {
    pub(super) fn new(columns: &'c [Column], room: Option<usize>) -> Self {
        Self { columns, room, widths: Vec::new() }
    }

    /// Writes rows; before the first, the header.
    pub(super) fn write(&mut self, out: &mut dyn Write, painter: Painter, rows: &[Vec<Cell>]) -> io::Result<()> {
        if self.widths.is_empty() {
            self.widths = self.fit(rows);
            let heads: Vec<Cell> = self.columns.iter().map(|c| Cell::painted(c.head(), Paint::Dim)).collect();
            self.line(out, painter, &heads)?;
        }
        rows.iter().try_for_each(|row| self.line(out, painter, row))
    }

    fn line(&self, out: &mut dyn Write, painter: Painter, cells: &[Cell]) -> io::Result<()> {
        let mut pending = 0;
        for ((cell, column), width) in cells.iter().zip(self.columns).zip(&self.widths) {
            let text = if self.room.is_some() { cut(&cell.text, *width) } else { cell.text.clone() };
            let blanks = width.saturating_sub(text.width());
            let (before, after) = if matches!(column, Column::Number(_)) { (blanks, 0) } else { (0, blanks) };
            // Blanks are written only before something: no line ends in them.
            if text.is_empty() {
                pending += before;
            } else {
                write!(out, "{:1$}", "", pending + before)?;
                painter.write(out, cell.paint, &text)?;
                pending = 0;
            }
            pending += after + GAP;
        }
        writeln!(out)
    }

    /// As wide as the widest cell; where that is too much, the widest text columns give way first.
    fn fit(&self, rows: &[Vec<Cell>]) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|c| c.head().width()).collect();
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.text.width().min(MOST));
            }
        }
        let Some(room) = self.room else { return widths };
        let gaps = GAP * self.columns.len().saturating_sub(1);
        while widths.iter().sum::<usize>() + gaps > room {
            let gives = |i: &usize| match self.columns[*i] {
                Column::Brief(_) => widths[*i] > LEAST_BRIEF,
                Column::Text(_) => widths[*i] > LEAST,
                Column::Number(_) | Column::Whole(_) => false,
            };
            let rank = |i: &usize| (matches!(self.columns[*i], Column::Brief(_)), widths[*i]);
            let Some(widest) = (0..widths.len()).filter(gives).max_by_key(rank) else { break };
            widths[widest] -= 1;
        }
        widths
    }
}

/// `text` in at most `width` columns of a terminal, with `…` where something is cut off. Never cuts inside a character as
/// people see it.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for g in text.graphemes(true) {
        used += g.width();
        if used + 1 > width {
            break;
        }
        out.push_str(g);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(columns: &[Column], room: Option<usize>, rows: &[&[&str]]) -> String {
        let rows: Vec<Vec<Cell>> = rows.iter().map(|r| r.iter().map(Cell::from).collect()).collect();
        let mut out = Vec::new();
        Table::new(columns, room).write(&mut out, Painter::PLAIN, &rows).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_stand_to_the_right_and_no_line_ends_in_blanks() {
        let table =
            shown(&[Column::Text("name"), Column::Number("rows"), Column::Text("")], None, &[&["a", "12", ""], &["bcdefg", "1,204", "x"]]);
        assert_eq!(table, "name     rows\na          12\nbcdefg  1,204  x\n");
    }

    #[test]
    fn a_narrow_terminal_cuts_the_widest_text() {
        let columns = [Column::Whole("id"), Column::Text("name"), Column::Text("why")];
        let table = shown(&columns, Some(30), &[&["10008421", "María", "a very long reason that does not fit"]]);
        assert_eq!(table, "id        name   why\n10008421  María  a very long…\n");
        assert!(table.lines().all(|l| l.width() <= 30));
    }

    #[test]
    fn what_is_told_apart_by_its_beginning_gives_way_first() {
        let columns = [Column::Brief("column"), Column::Text("message")];
        let table = shown(&columns, Some(40), &[&["school_district_external_id", "School S9 does not exist"]]);
        assert_eq!(table, "column          message\nschool_distri…  School S9 does not exist\n");
    }

    #[test]
    fn wide_characters_are_cut_whole() {
        assert_eq!(cut("王小明", 4), "王…");
        assert_eq!(cut("王小明", 6), "王小明");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
    }

    #[test]
    fn hidden_characters_are_shown() {
        assert_eq!(shown(&[Column::Text("v")], None, &[&["a\x1b[2Jb\u{202e}"]]), "v\na␛[2Jb⟨202E⟩\n");
    }
}
