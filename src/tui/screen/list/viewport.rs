//! Which part of a list is on the screen, and what is selected.

use crate::tui::command::Command;

/// A part of a list, and the selected row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Viewport {
    /// Index of the first row shown.
    pub first: u64,
    /// How many rows there is room for.
    pub height: u64,
    /// Index of the selected row.
    pub selected: u64,
    /// How many rows there are.
    pub total: u64,
}

impl Viewport {
    /// Selects a row, or the nearest there is, and scrolls as little as shows it.
    pub fn select(&mut self, index: u64) {
        self.selected = index.min(self.total.saturating_sub(1));
        let height = self.height.max(1);
        if self.selected < self.first {
            self.first = self.selected;
        } else if self.selected >= self.first + height {
            self.first = self.selected + 1 - height;
        }
        self.first = self.first.min(self.total.saturating_sub(height));
    }

    /// Selects a row, so many lines below the first that is shown where that can be.
    pub fn select_at_line(&mut self, index: u64, line: u64) {
        self.first = index.saturating_sub(line);
        self.select(index);
    }

    /// Does a movement; `false` if it is none.
    pub fn go(&mut self, command: Command) -> bool {
        self.go_times(command, None)
    }

    /// Does a movement so many times; before "to the first" and "to the last" it is the row to go to, counted from 1. `false` if it is no
    /// movement.
    pub fn go_times(&mut self, command: Command, times: Option<u64>) -> bool {
        let (page, at, n) = (self.height.max(1), self.selected, times.unwrap_or(1));
        let to = match command {
            Command::Down | Command::FilterDown => at.saturating_add(n),
            Command::Up | Command::FilterUp => at.saturating_sub(n),
            Command::HalfDown => at.saturating_add(page.div_ceil(2).saturating_mul(n)),
            Command::HalfUp => at.saturating_sub(page.div_ceil(2).saturating_mul(n)),
            Command::PageDown => at.saturating_add(page.saturating_mul(n)),
            Command::PageUp => at.saturating_sub(page.saturating_mul(n)),
            Command::First | Command::Last if times.is_some() => n.saturating_sub(1),
            Command::First => 0,
            Command::Last => u64::MAX,
            _ => return false,
        };
        // A page moves what is shown by a page, not only as little as needed.
        match command {
            Command::PageDown | Command::HalfDown => self.first = self.first.saturating_add(to - at).min(self.total.saturating_sub(page)),
            Command::PageUp | Command::HalfUp => self.first = self.first.saturating_sub(at - to),
            _ => {}
        }
        self.select(to);
        true
    }
}
