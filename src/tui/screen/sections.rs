//! A screen of sections: lines of which some can be selected, under headings that cannot.

use super::list::Viewport;
use crate::tui::command::Command;

/// Which line is selected and which are on the screen. The screen says which lines there are; this knows only their places.
#[derive(Clone, Debug, Default)]
pub struct Sections {
    items: Viewport,
    lines: Viewport,
    at: Vec<u64>,
}

impl Sections {
    /// Says at which lines the items stand, of how many lines. The selection stays at its number.
    pub fn lay(&mut self, at: Vec<u64>, lines: u64) {
        self.items.total = at.len() as u64;
        self.lines.total = lines;
        self.at = at;
        self.select(self.items.selected);
    }

    /// Says how many lines there is room for.
    pub fn set_height(&mut self, rows: u16) {
        self.lines.height = u64::from(rows);
        self.items.height = u64::from(rows);
        self.select(self.items.selected);
    }

    /// Selects an item, or the nearest there is.
    pub fn select(&mut self, item: u64) {
        self.items.select(item);
        let line = self.at.get(self.items.selected as usize).copied().unwrap_or(0);
        // What stands above the first item can be seen only while that is selected.
        if self.items.selected == 0 && line < self.lines.height {
            self.lines.first = 0;
        }
        self.lines.select(line);
    }

    /// Does a movement; `false` if it is none.
    pub fn go(&mut self, command: Command) -> bool {
        let mut items = self.items;
        if !items.go(command) {
            return false;
        }
        self.select(items.selected);
        true
    }

    /// The selected item's number.
    pub fn selected(&self) -> usize {
        self.items.selected as usize
    }

    /// The first line on the screen.
    pub fn first(&self) -> usize {
        self.lines.first as usize
    }

    /// For the bottom line: selected, counted from 1, and how many.
    pub fn position(&self) -> Option<(u64, u64)> {
        (self.items.total > 0).then_some((self.items.selected + 1, self.items.total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heading_above_the_first_item_comes_back_into_sight() {
        let mut s = Sections::default();
        s.set_height(3);
        s.lay(vec![1, 2, 5, 6], 7);
        assert_eq!((s.selected(), s.first()), (0, 0));
        s.go(Command::Last);
        assert_eq!((s.selected(), s.first()), (3, 4));
        s.go(Command::First);
        assert_eq!((s.selected(), s.first()), (0, 0));
        assert!(!s.go(Command::Mark));
    }

    #[test]
    fn nothing_to_select_is_no_position() {
        let mut s = Sections::default();
        s.lay(Vec::new(), 3);
        assert_eq!((s.position(), s.selected()), (None, 0));
    }
}
