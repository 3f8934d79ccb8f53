//! Writing lines on a screen from the top down: sentences, headings, labelled values, a grid of counts.
//!
//! Everything written here is made visible and cut; a line below the area is not drawn.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ledger::{Counts, Tally};
use crate::tui::command::Place;
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;
use crate::tui::visible;

/// From the left border to here the eye follows a line: on a wider terminal nothing that belongs to it stands further right.
const LEGIBLE: u16 = 120;

/// Where the next line goes.
pub struct Paint<'a> {
    buffer: &'a mut Buffer,
    area: Rect,
    y: u16,
    look: &'a Look,
}

/// A piece of a line: text and how it is meant.
pub type Piece<'a> = (Cow<'a, str>, Role);

/// A piece of a line.
pub fn piece<'a>(text: impl Into<Cow<'a, str>>, role: Role) -> Piece<'a> {
    (text.into(), role)
}

impl<'a> Paint<'a> {
    /// Starts at the top of an area.
    pub fn new(buffer: &'a mut Buffer, area: Rect, look: &'a Look) -> Self {
        let area = area.intersection(buffer.area);
        Self { buffer, area, y: area.y, look }
    }

    /// What is left below.
    pub fn rest(&self) -> Rect {
        Rect { y: self.y, height: self.area.bottom().saturating_sub(self.y), ..self.area }
    }

    /// How many lines are left.
    pub fn left(&self) -> u16 {
        self.area.bottom().saturating_sub(self.y)
    }

    /// Writes pieces one after the other, from a column of the area on.
    pub fn at(&mut self, indent: u16, pieces: &[Piece<'_>]) {
        if self.left() == 0 {
            return;
        }
        let mut x = self.area.x.saturating_add(indent);
        for (text, role) in pieces {
            let room = usize::from(self.area.right().saturating_sub(x));
            if room == 0 {
                break;
            }
            let text = self.look.cut(text, room);
            self.buffer.set_stringn(x, self.y, &text, room, self.look.style(*role));
            x = x.saturating_add(visible::width(&text) as u16);
        }
    }

    /// Writes text that ends so many cells before the right border, on the current line; where something else stands there already
    /// it is left out, as it says the lesser thing.
    pub fn right(&mut self, margin: u16, text: &str, role: Role) {
        let room = usize::from(self.legible().saturating_sub(margin));
        let text = self.look.cut(text, room).into_owned();
        let indent = room.saturating_sub(visible::width(&text)) as u16;
        if self.is_blank(indent.saturating_sub(1)..room as u16) {
            self.at(indent, &[piece(text, role)]);
        }
    }

    /// Writes a sign at the right border, whatever stands there.
    pub fn edge(&mut self, sign: &str, role: Role) {
        let cells = visible::width(&self.look.visible(sign)) as u16;
        self.at(self.area.width.saturating_sub(cells), &[piece(sign, role)]);
    }

    /// How far to the right something is looked for that belongs to what stands on the left.
    pub fn legible(&self) -> u16 {
        self.area.width.min(LEGIBLE)
    }

    /// Whether nothing is written in those cells of the current line.
    fn is_blank(&self, cells: std::ops::Range<u16>) -> bool {
        let seen = self.area.intersection(self.buffer.area);
        let mut cells = cells.map(|x| self.area.x.saturating_add(x)).filter(|x| *x < seen.right());
        self.y >= seen.bottom() || cells.all(|x| self.buffer[(x, self.y)].symbol() == " ")
    }

    /// Draws what became of records as a line of so many cells, from a column of the area on.
    pub fn stacked(&mut self, indent: u16, cells: u16, tally: &Tally) {
        if self.left() > 0 {
            let cells = cells.min(self.area.width.saturating_sub(indent));
            crate::tui::widget::stacked::stacked(self.buffer, (self.area.x + indent, self.y), cells, tally, self.look);
        }
    }

    /// Writes a piece and, ending one cell before the right border, a short text: the piece is cut where the text needs its room.
    pub fn beside(&mut self, indent: u16, (text, role): Piece<'_>, right: &str) {
        let taken = 2 + visible::width(&self.look.visible(right));
        let room = usize::from(self.legible().saturating_sub(indent)).saturating_sub(taken);
        let text = self.look.cut(&text, room).into_owned();
        self.at(indent, &[piece(text, role)]);
        self.right(1, right, Role::Dim);
    }

    /// Goes to the next line.
    pub fn next(&mut self) {
        self.y = self.y.saturating_add(1);
    }

    /// Writes a line, one cell in, and goes to the next.
    pub fn line(&mut self, pieces: &[Piece<'_>]) {
        self.at(1, pieces);
        self.next();
    }

    /// Writes a heading.
    pub fn heading(&mut self, text: &str) {
        self.line(&[piece(text, Role::Accent)]);
    }

    /// A line across, with a title in it.
    pub fn rule(&mut self, title: &str) {
        let across = self.look.glyph(Glyph::Across);
        if self.left() > 0 {
            let width = usize::from(self.area.width);
            self.buffer.set_stringn(self.area.x, self.y, across.repeat(width), width, self.look.style(Role::Border));
            if !title.is_empty() {
                let title = format!(" {} ", self.look.cut(title, width.saturating_sub(5)));
                self.at(2, &[piece(title, Role::Accent)]);
            }
        }
        self.next();
    }

    /// Writes a label and, from a column on, a value.
    pub fn labelled(&mut self, label: &str, from: u16, value: &[Piece<'_>]) {
        let room = usize::from(from.saturating_sub(2));
        let label = self.look.cut(label, room).into_owned();
        self.at(1, &[piece(label, Role::Dim)]);
        self.at(from, value);
        self.next();
    }

    /// The same for words that may need several lines.
    pub fn labelled_in_full(&mut self, label: &str, from: u16, text: &str) {
        let room = usize::from(from.saturating_sub(2));
        let label = self.look.cut(label, room).into_owned();
        self.at(1, &[piece(label, Role::Dim)]);
        self.wrapped(from, text, Role::Text, 3);
    }

    /// Writes text over as many lines as it needs, but not more than `most`.
    pub fn wrapped(&mut self, indent: u16, text: &str, role: Role, most: u16) {
        let cells = usize::from(self.area.width.saturating_sub(indent + 1));
        let text = self.look.visible(text).into_owned();
        let lines = visible::wrap(&text, cells);
        let shown = usize::from(most.min(self.left()));
        for (n, line) in lines.iter().take(shown).enumerate() {
            // Where lines are left out the last one says so.
            if n + 1 == shown && lines.len() > shown {
                let all = lines[n..].join(" ");
                self.at(indent, &[piece(visible::cut(&all, cells, self.look.ascii), role)]);
            } else {
                self.at(indent, &[piece(line.as_str(), role)]);
            }
            self.next();
        }
    }

    /// The grid of counts, kinds by outcomes. Kinds of which there is nothing stay out.
    pub fn grid(&mut self, counts: &Counts, titles: [&str; 5]) {
        let kinds: Vec<_> = counts.iter().filter(|(_, t)| *t != Tally::default()).collect();
        let first = 14;
        let cells = (self.area.width.saturating_sub(first) / 5).clamp(7, 11);
        for (n, title) in titles.into_iter().enumerate() {
            let title = if title == "unchanged" && cells < 10 { "same" } else { title };
            self.number_at(first + cells * n as u16, cells, title, Role::Dim);
        }
        self.next();
        if kinds.is_empty() {
            self.line(&[piece("nothing counted", Role::Dim)]);
        }
        for (kind, tally) in kinds {
            self.at(1, &[piece(kind.name(), Role::Text)]);
            let row = [tally.created, tally.updated, tally.unchanged, tally.disabled, tally.errors];
            for (n, value) in row.into_iter().enumerate() {
                let role = match (n, value) {
                    (_, 0) => Role::Dim,
                    (4, _) => Role::Error,
                    _ => Role::Text,
                };
                self.number_at(first + cells * n as u16, cells, &number(value), role);
            }
            self.next();
        }
    }

    fn number_at(&mut self, x: u16, cells: u16, text: &str, role: Role) {
        let text = self.look.cut(text, usize::from(cells.saturating_sub(1))).into_owned();
        let indent = usize::from(cells).saturating_sub(visible::width(&text)) as u16;
        self.at(x + indent, &[piece(text, role)]);
    }
}

/// How many lines [`Paint::grid`] takes.
pub fn grid_height(counts: &Counts) -> u16 {
    1 + (counts.iter().filter(|(_, t)| *t != Tally::default()).count() as u16).max(1)
}

/// The upper part of an area without so many lines at its foot, and those.
pub fn foot(area: Rect, lines: u16) -> (Rect, Rect) {
    let lines = lines.min(area.height);
    let height = area.height - lines;
    (Rect { height, ..area }, Rect { y: area.y + height, height: lines, ..area })
}

/// A list's part of an area and the line of its filter, while that is typed.
pub fn filter_foot(area: Rect, place: Place) -> (Rect, Rect) {
    foot(area, u16::from(place == Place::Filter))
}

/// The line down between a list and its detail.
pub fn divide(buffer: &mut Buffer, detail: Rect, look: &Look) {
    let detail = detail.intersection(buffer.area);
    let Some(x) = detail.x.checked_sub(1) else { return };
    for y in detail.top()..detail.bottom() {
        buffer.set_string(x, y, look.glyph(Glyph::Down), look.style(Role::Border));
    }
}

/// Says why there is nothing, and what to do next.
pub fn empty(buffer: &mut Buffer, area: Rect, look: &Look, lines: &[&str]) {
    let mut paint = Paint::new(buffer, area, look);
    if area.height > 3 {
        paint.next();
    }
    for (n, line) in lines.iter().enumerate() {
        paint.wrapped(3, line, if n == 0 { Role::Text } else { Role::Dim }, 3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::Kind;

    fn drawn(width: u16, height: u16, draw: impl FnOnce(&mut Paint)) -> String {
        let area = Rect::new(0, 0, width, height);
        let (mut buffer, look) = (Buffer::empty(area), Look::plain());
        draw(&mut Paint::new(&mut buffer, area, &look));
        let line = |y| (0..width).map(|x| buffer[(x, y)].symbol().to_owned()).collect::<String>().trim_end().to_owned();
        (0..height).map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_grid_leaves_out_kinds_of_which_there_is_nothing() {
        let mut counts = Counts::default();
        *counts.of_mut(Kind::Staff) = Tally { created: 3, updated: 11, unchanged: 1182, disabled: 0, errors: 4 };
        assert_eq!(
            drawn(80, 3, |p| p.grid(&counts, ["created", "updated", "unchanged", "disabled", "errors"])),
            "                  created    updated  unchanged   disabled     errors\n staff                  3         11      1,182          0          4\n"
        );
    }

    #[test]
    fn what_is_too_long_is_cut_and_says_so() {
        assert_eq!(drawn(12, 2, |p| p.wrapped(1, "one two three four", Role::Text, 1)), " one two t…\n");
        assert_eq!(drawn(8, 1, |p| p.line(&[piece("Lincoln High", Role::Text)])), " Lincol…");
        assert_eq!(drawn(8, 1, |p| p.right(1, "12", Role::Text)), "     12");
        let beside = |p: &mut Paint<'_>, left: &'static str| {
            p.at(0, &[piece(left, Role::Text)]);
            p.right(0, "12", Role::Text);
        };
        assert_eq!(drawn(8, 1, |p| beside(p, "Lincol")), "Lincol");
        assert_eq!(drawn(8, 1, |p| beside(p, "Linco")), "Linco 12");
        assert_eq!(drawn(200, 1, |p| beside(p, "")).len(), usize::from(LEGIBLE));
        assert_eq!(drawn(16, 1, |p| p.beside(1, piece("Lincoln High", Role::Text), "VAL")), " Lincoln H… VAL");
        assert_eq!(drawn(18, 1, |p| p.beside(1, piece("Lincoln High", Role::Text), "VAL")), " Lincoln High VAL");
    }

    #[test]
    fn below_the_area_nothing_is_drawn() {
        assert_eq!(drawn(4, 1, |p| (0..9).for_each(|_| p.line(&[piece("x", Role::Text)]))), " x");
    }
}
