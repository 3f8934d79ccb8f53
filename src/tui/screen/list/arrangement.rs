//! How a list's columns stand: which, in what order, sorted by which. What the operator arranged is remembered by the list's name.

use crate::desk::SortBy;
use crate::tui::command::Command;
use crate::tui::memory::{Kept, Memory};
use crate::tui::screen::{Effect, Msg, Token};
use crate::tui::widget::table::{Column, Row};

/// Generations of a list's tokens that are no pages.
pub(super) const SORT: u32 = u32::MAX;
pub(super) const COLUMNS: u32 = u32::MAX - 1;

/// Which columns, and sorted how.
#[derive(Clone, Debug)]
pub struct Arrangement {
    slot: u8,
    name: &'static str,
    /// How it is sorted where nobody wants it otherwise: the column, and whether from the other end.
    own: (&'static str, bool),
    sort: Option<SortBy>,
    kept: Kept,
    /// The titles that the last question named, in its order.
    offered: Vec<String>,
    changed: bool,
    /// Whether the sort is remembered too.
    keeps_sort: bool,
}

impl Arrangement {
    /// Of the list of that name, which is sorted by `own` of itself. Asks under tokens of that slot.
    pub fn new(slot: u8, name: &'static str, own: &'static str) -> Self {
        Self { slot, name, own: (own, false), sort: None, kept: Kept::default(), offered: Vec::new(), changed: false, keeps_sort: true }
    }

    /// The same for a list whose columns are another file's the next time: its sort is not remembered.
    #[must_use]
    pub fn for_this_time(self) -> Self {
        Self { keeps_sort: false, ..self }
    }

    /// Goes back to the list's own order; `false` where it stands in that already.
    pub fn unsort(&mut self) -> bool {
        self.changed |= self.sort.is_some();
        self.sort.take().is_some()
    }

    /// What it is sorted by, where that is not the list's own order.
    pub fn sort(&self) -> Option<&SortBy> {
        self.sort.as_ref()
    }

    /// Column and direction, also of the list's own order.
    pub fn sorted(&self) -> (&str, bool) {
        self.sort.as_ref().map_or(self.own, |by| (&by.column, by.reverse))
    }

    /// Carries out `s`, `S` and `c`; none of another command. `S` acts at once and gives [`Effect::Handled`].
    pub fn command(&mut self, command: Command, columns: &[Column]) -> Option<Effect> {
        let titled = || columns.iter().map(|c| c.title).filter(|t| !t.is_empty());
        match command {
            Command::Sort => {
                self.offered = titled().map(str::to_owned).collect();
                let choices = letters(&self.offered).into_iter().zip(self.offered.iter().cloned()).collect();
                Some(Effect::Choose { token: self.token(SORT), title: String::from("Sort by"), choices })
            }
            Command::Reverse => {
                let (column, reverse) = self.sorted();
                self.sort = Some(SortBy { column: column.to_owned(), reverse: !reverse });
                self.changed = true;
                Some(Effect::Handled)
            }
            Command::Columns => {
                let places = self.places(columns);
                let gone = (0..columns.len()).filter(|n| !places.contains(n));
                let all = places.iter().map(|n| (*n, true)).chain(gone.map(|n| (n, false)));
                let all = all.filter(|(n, _)| !columns[*n].title.is_empty()).map(|(n, on)| (columns[n].title.to_owned(), on)).collect();
                Some(Effect::Columns { token: self.token(COLUMNS), columns: all })
            }
            _ => None,
        }
    }

    /// Takes the answers to its questions. Whether the rows stand in another order now; none where the message is not for it.
    pub fn update(&mut self, msg: &Msg) -> Option<bool> {
        match msg {
            Msg::Chosen { token, index } if *token == self.token(SORT) => {
                let column = self.offered.get(*index)?.clone();
                // The same column once more: from the other end.
                let (was, reverse) = self.sorted();
                let reverse = was == column && !reverse;
                self.sort = Some(SortBy { column, reverse });
                self.changed = true;
                Some(true)
            }
            Msg::Columns { token, columns } if *token == self.token(COLUMNS) => {
                self.kept.columns = columns.iter().map(|(title, _)| title.clone()).collect();
                self.kept.off = columns.iter().filter(|(_, on)| !on).map(|(title, _)| title.clone()).collect();
                self.changed = true;
                Some(false)
            }
            _ => None,
        }
    }

    /// The columns that are shown, in their order, the sorted one saying so.
    pub fn columns<'c>(&self, columns: &[Column<'c>]) -> Vec<Column<'c>> {
        let (sorted, reverse) = self.sorted();
        let mut shown: Vec<Column> = self.places(columns).into_iter().map(|n| columns[n]).collect();
        for column in &mut shown {
            if column.title == sorted {
                // Numbers go from the largest, but rows in the order of the file.
                let largest_first = column.right && column.title != "row";
                column.sorted = Some(largest_first != reverse);
                // What was asked for is seen, however narrow it is.
                if self.sort.is_some() {
                    column.priority = 0;
                }
            }
        }
        if let Some(first) = shown.first_mut() {
            first.priority = 0;
        }
        shown
    }

    /// A row of all columns, as it is shown.
    pub fn row<'r>(&self, columns: &[Column], row: Row<'r>) -> Row<'r> {
        if self.kept.columns.is_empty() {
            return row;
        }
        let cells = self.places(columns).into_iter().filter_map(|n| row.cells.get(n).cloned()).collect();
        Row { cells, marked: row.marked }
    }

    /// Takes up what was arranged in another session.
    pub fn recall(&mut self, memory: &Memory) {
        self.kept = memory.list(self.name);
        let own = |by: &SortBy| by.column == self.own.0 && !by.reverse;
        self.sort =
            self.kept.sort.as_ref().map(|column| SortBy { column: column.clone(), reverse: self.kept.reverse }).filter(|by| !own(by));
    }

    /// What was arranged since, to be remembered; with the filter where that is remembered too.
    pub fn remember(&mut self, filter: Option<&str>) -> Option<Effect> {
        let same = filter.is_none_or(|f| f == self.kept.filter);
        if same && !std::mem::replace(&mut self.changed, false) {
            return None;
        }
        self.changed = false;
        self.kept.sort = self.sort.as_ref().filter(|_| self.keeps_sort).map(|by| by.column.clone());
        self.kept.reverse = self.keeps_sort && self.sort.as_ref().is_some_and(|by| by.reverse);
        if let Some(filter) = filter {
            filter.clone_into(&mut self.kept.filter);
        }
        (!self.name.is_empty()).then(|| Effect::Remember { list: self.name, kept: self.kept.clone() })
    }

    /// The filter that was kept.
    pub(super) fn filter(&self) -> &str {
        &self.kept.filter
    }

    fn token(&self, generation: u32) -> Token {
        Token { slot: self.slot, generation }
    }

    /// Which columns are shown, in their order. One that was not there when they were chosen is shown, at the end.
    pub fn places(&self, columns: &[Column]) -> Vec<usize> {
        let rank = |n: &usize| self.kept.columns.iter().position(|t| t == columns[*n].title).unwrap_or(usize::MAX);
        let mut places: Vec<usize> =
            (0..columns.len()).filter(|n| columns[*n].title.is_empty() || !self.kept.off.iter().any(|t| t == columns[*n].title)).collect();
        if !self.kept.columns.is_empty() {
            places.sort_by_key(rank);
        }
        places
    }
}

/// A letter for each title: the first of its own letters that is free, else any.
fn letters(titles: &[String]) -> Vec<char> {
    let mut taken: Vec<char> = Vec::new();
    for title in titles {
        let own = title.chars().map(|c| c.to_ascii_lowercase()).filter(char::is_ascii_alphabetic);
        let free = own.chain('a'..='z').chain('A'..='Z').chain('0'..='9').find(|c| !taken.contains(c));
        taken.push(free.unwrap_or(' '));
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[Column] = &[Column::text("name", 4, 9, 0), Column::text("note", 4, 9, 1), Column::number("rows", 5, 2)];

    fn titles(arrangement: &Arrangement) -> Vec<(String, Option<bool>)> {
        arrangement.columns(ALL).iter().map(|c| (c.title.to_owned(), c.sorted)).collect()
    }

    #[test]
    fn every_column_has_a_letter_of_its_own() {
        let titles = ["name", "note", "no.", "type of import"].map(str::to_owned);
        assert_eq!(letters(&titles), ['n', 'o', 'a', 't']);
        let many: Vec<String> = (0..60).map(|n| format!("x{n}")).collect();
        let mut letters = letters(&many);
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), 60);
    }

    #[test]
    fn choosing_the_same_column_again_turns_it_round() {
        let mut at = Arrangement::new(3, "test", "name");
        assert_eq!(titles(&at)[0], ("name".to_owned(), Some(false)));
        at.command(Command::Sort, ALL);
        let chosen = |index| Msg::Chosen { token: Token { slot: 3, generation: SORT }, index };
        assert_eq!(at.update(&chosen(2)), Some(true));
        assert_eq!(titles(&at)[2], ("rows".to_owned(), Some(true)), "numbers from the largest");
        at.update(&chosen(2));
        assert_eq!(titles(&at)[2], ("rows".to_owned(), Some(false)));
    }

    #[test]
    fn columns_go_and_change_places_and_cells_with_them() {
        let mut at = Arrangement::new(3, "test", "name");
        let columns = vec![("rows".to_owned(), true), ("name".to_owned(), true), ("note".to_owned(), false)];
        assert_eq!(at.update(&Msg::Columns { token: Token { slot: 3, generation: COLUMNS }, columns }), Some(false));
        assert_eq!(titles(&at).iter().map(|t| t.0.as_str()).collect::<Vec<_>>(), ["rows", "name"]);
        let row = at.row(ALL, Row::new(["a".into(), "b".into(), "c".into()]));
        assert_eq!(row.cells.iter().map(|c| c.text.as_ref()).collect::<Vec<_>>(), ["c", "a"]);
        assert!(matches!(at.remember(None), Some(Effect::Remember { list: "test", kept }) if kept.off == ["note"]));
        assert!(at.remember(None).is_none(), "once is enough");
    }
}
