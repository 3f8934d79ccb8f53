//! What was mended in a list of rows, so that `u` takes it back and ctrl-r brings it again. The list and the forms opened
//! from it write in the same book.

use std::cell::RefCell;
use std::rc::Rc;

use super::{Effect, Token, Tone};
use crate::desk::{Request, RowAt};
use crate::ledger::SyncNo;

/// One save of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The sync.
    pub sync: SyncNo,
    /// Data record number.
    pub record: u32,
    /// Row as people count it.
    pub row: u32,
    /// Column, value before, value after.
    pub cells: Vec<(String, String, String)>,
}

impl Edit {
    /// The request that brings the values after (or before) it.
    pub fn request(&self, back: bool) -> Request {
        let cells = self.cells.iter().map(|(column, before, after)| (column.clone(), if back { before } else { after }.clone())).collect();
        Request::Fix { sync: self.sync, at: RowAt::Record(self.record), cells }
    }

    /// "email of row 1,204".
    pub fn words(&self) -> String {
        let columns: Vec<&str> = self.cells.iter().map(|(column, _, _)| column.as_str()).collect();
        format!("{} of row {}", columns.join(", "), crate::tui::look::number(u64::from(self.row)))
    }
}

/// One repair of many rows, recorded as a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The sync.
    pub sync: SyncNo,
    /// The step's number.
    pub number: u32,
    /// What it did, in words.
    pub how: String,
    /// Rows that it mended.
    pub rows: u64,
}

/// What can be taken back at one stroke.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Done {
    Row(Edit),
    Step(Step),
}

impl Done {
    /// The request that takes it back, or makes it again.
    fn request(&self, back: bool) -> Request {
        match self {
            Self::Row(edit) => edit.request(back),
            Self::Step(step) => Request::TurnMend { sync: step.sync, step: Some(step.number), again: !back },
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Row(edit) => edit.words(),
            Self::Step(step) => format!("{} in {}", step.how, super::words::count(step.rows, "row", "rows")),
        }
    }
}

/// The book; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Edits(Rc<RefCell<Log>>);

#[derive(Debug, Default)]
struct Log {
    done: Vec<Done>,
    undone: Vec<Done>,
}

impl Edits {
    /// Writes down a save of one row.
    pub fn done(&self, edit: Edit) {
        self.write(Done::Row(edit));
    }

    /// Writes down a repair of many rows.
    pub fn stepped(&self, step: Step) {
        self.write(Done::Step(step));
    }

    fn write(&self, done: Done) {
        let mut log = self.0.borrow_mut();
        log.undone.clear();
        log.done.push(done);
    }

    /// Takes the last one out, to be taken back.
    fn undo(&self) -> Option<Done> {
        let mut log = self.0.borrow_mut();
        let done = log.done.pop()?;
        log.undone.push(done.clone());
        Some(done)
    }

    /// Takes the one undone last, to be done again.
    fn redo(&self) -> Option<Done> {
        let mut log = self.0.borrow_mut();
        let done = log.undone.pop()?;
        log.done.push(done.clone());
        Some(done)
    }

    /// Takes the last save back (or does the one undone last again), and says which.
    pub fn turn(&self, back: bool, token: Token) -> Vec<Effect> {
        let done = if back { self.undo() } else { self.redo() };
        let Some(done) = done else { return Vec::new() };
        let words = if back { "Took back" } else { "Mended again" };
        let said = Effect::Toast(Tone::Good, format!("{words}: {}.", done.words()));
        vec![Effect::Ask { token, request: done.request(back) }, said]
    }

    /// Whether there is something to undo, and to redo.
    pub fn can(&self) -> (bool, bool) {
        let log = self.0.borrow();
        (!log.done.is_empty(), !log.undone.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_undone_can_be_done_again_until_something_new_is_saved() {
        let edit = |row| Edit { sync: SyncNo(48), record: row - 1, row, cells: vec![("email".into(), "a".into(), "b".into())] };
        let edits = Edits::default();
        let of_form = edits.clone();
        of_form.done(edit(2));
        assert_eq!(edits.can(), (true, false));
        let undone = edits.undo().unwrap();
        assert_eq!(undone.words(), "email of row 2");
        assert!(matches!(undone.request(true), Request::Fix { cells, .. } if cells == [("email".to_owned(), "a".to_owned())]));
        assert!(edits.redo().is_some());
        edits.undo();
        edits.done(edit(3));
        assert_eq!(edits.can(), (true, false));
    }

    #[test]
    fn a_step_is_taken_back_and_made_again_whole() {
        let edits = Edits::default();
        edits.stepped(Step { sync: SyncNo(48), number: 3, how: "grade becomes \"KG\"".into(), rows: 9 });
        let turned = |back: bool| match &edits.turn(back, Token::of(1))[..] {
            [Effect::Ask { request: Request::TurnMend { sync: SyncNo(48), step: Some(3), again }, .. }, Effect::Toast(_, said)] => {
                (*again, said.clone())
            }
            other => panic!("{} effects", other.len()),
        };
        assert_eq!(turned(true), (false, "Took back: grade becomes \"KG\" in 9 rows.".to_owned()));
        assert_eq!(turned(false), (true, "Mended again: grade becomes \"KG\" in 9 rows.".to_owned()));
    }
}
