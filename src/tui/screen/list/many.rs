//! Several records of a list at once: marks, and what is done with those that are marked: copied, exported, handed to a screen.

use super::{Did, List, Ready, Record, Wish};
use crate::desk::{ListAsk, Reply, Request, Window};
use crate::tui::command::Command;
use crate::tui::screen::{Effect, Token};

/// Generations of a list's tokens that are no pages; those of the arrangement are below them.
const IDS: u32 = u32::MAX - 2;
const COPY: u32 = u32::MAX - 3;
const CSV: u32 = u32::MAX - 4;

/// Rows that a number before `space` marks at most: beyond, `v` and `A` are for that.
const MOST_AT_ONCE: u64 = 1000;

/// How a record is copied: its main cell, and all its cells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Copying<T> {
    row: fn(&T) -> Vec<String>,
    cell: fn(&T) -> String,
    whole: bool,
}

impl<T: Record> List<T> {
    /// The marked records: what they are known by.
    pub fn marks(&self) -> Vec<u64> {
        self.marks.iter().copied().collect()
    }

    /// The marked records, or the selected one where none is marked.
    pub fn chosen(&self) -> Vec<u64> {
        if self.marks.is_empty() { self.selected().and_then(Record::id).into_iter().collect() } else { self.marks() }
    }

    /// Whether a record is marked.
    pub fn is_marked(&self, record: &T) -> bool {
        record.id().is_some_and(|id| self.marks.contains(&id))
    }

    /// Forgets the marks.
    pub fn unmark(&mut self) {
        self.marks.clear();
        self.last_mark = None;
    }

    /// Carries out `y` and `Y`: the main cell, or all cells with tabs between, of every marked record in the list's order, or of the
    /// selected one. `Y` shows the text too.
    pub fn copy(&mut self, command: Command, cell: fn(&T) -> String, row: fn(&T) -> Vec<String>) {
        let copying = Copying { row, cell, whole: command == Command::CopyRow };
        if !self.marks.is_empty() {
            self.copying = Some(copying);
            self.wishes.push(Wish::Copy);
        } else if let Some(record) = self.selected() {
            let ready = copying.of(std::slice::from_ref(record));
            self.ready.push(ready);
        }
    }

    /// Asks for a CSV file of the marked records, or of all that the filter leaves.
    pub fn export(&mut self) {
        self.wishes.push(Wish::Csv);
    }

    /// What the file would hold: "the 3 marked", "the 12 listed".
    pub fn exported(&self) -> String {
        use crate::tui::look::number;
        if self.marks.is_empty() {
            format!("the {} listed here, CSV", number(self.total()))
        } else {
            format!("the {} marked, CSV", number(self.marks.len() as u64))
        }
    }

    /// A movement with a number before it; marks as many as that from here on.
    pub(super) fn counted(&mut self, command: Command, count: u64) -> Did {
        match command {
            Command::Mark => {
                // Marks as many as there are from here on.
                for _ in 0..count.min(self.view.total - self.view.selected.min(self.view.total)).min(MOST_AT_ONCE) {
                    self.mark(Command::Mark);
                }
                Did::Selected
            }
            other => self.step(other, Some(count)),
        }
    }

    pub(super) fn mark(&mut self, command: Command) -> Did {
        let Some(id) = self.selected().and_then(Record::id) else { return Did::Handled };
        let at = self.view.selected;
        match command {
            Command::Mark => {
                if !self.marks.remove(&id) {
                    self.marks.insert(id);
                }
                self.last_mark = Some((id, at));
                return if self.step(Command::Down, None) == Did::Selected { Did::Selected } else { Did::Handled };
            }
            Command::MarkRange => {
                let from = self.last_mark.map_or(at, |(_, from)| from);
                self.marks.insert(id);
                self.last_mark = Some((id, at));
                let (first, last) = (from.min(at), from.max(at));
                match self.ids(first, last + 1 - first) {
                    Some(ids) => self.marks.extend(ids),
                    None => self.wishes.push(Wish::Ids(Window { first, count: last + 1 - first })),
                }
            }
            _ => match self.ids(0, self.view.total) {
                Some(ids) => self.mark_all(&ids),
                None => self.wishes.push(Wish::Ids(Window::ALL)),
            },
        }
        Did::Handled
    }

    /// Marks all of them; takes the marks off again where all of them are marked.
    fn mark_all(&mut self, ids: &[u64]) {
        if ids.iter().all(|id| self.marks.contains(id)) {
            for id in ids {
                self.marks.remove(id);
            }
        } else {
            self.marks.extend(ids);
        }
    }

    /// Who stands there, if all of it is here.
    fn ids(&self, first: u64, count: u64) -> Option<Vec<u64>> {
        (first..first + count).map(|at| self.row(at)?.id()).collect()
    }

    /// What is to be asked of many, and done with them.
    pub(super) fn many(&mut self, request: &impl Fn(Window, String) -> Request) -> Vec<Effect> {
        let mut effects: Vec<Effect> = Vec::new();
        for wish in std::mem::take(&mut self.wishes) {
            let (window, ask, generation) = match wish {
                Wish::Ids(window) => (window, ListAsk::Ids, IDS),
                Wish::Copy => (Window::ALL, ListAsk::Only(self.marks()), COPY),
                Wish::Csv => (Window::ALL, ListAsk::Csv(self.marks()), CSV),
            };
            // Marks are kept through the filter: what is done with them is done with all.
            let marked = !self.marks.is_empty() && generation != IDS;
            let filter = if marked { String::new() } else { self.filter.text().to_owned() };
            let request = self.worded(request(window, filter), ask);
            effects.push(Effect::Ask { token: Token { slot: self.token.slot, generation }, request });
        }
        for ready in self.ready.drain(..) {
            effects.push(match ready {
                Ready::Copy { text, show } => Effect::Copy { text, show },
                Ready::Save(output) => Effect::Save(output),
            });
        }
        effects
    }

    pub(super) fn many_replied(&mut self, token: Token, reply: &Reply) -> Did {
        match (token.generation, reply) {
            (IDS, Reply::Ids(ids)) => {
                // A range is marked; all of them may be unmarked.
                if ids.len() as u64 == self.view.total {
                    self.mark_all(ids);
                } else {
                    self.marks.extend(ids);
                }
                Did::Handled
            }
            (CSV, Reply::Output(output)) => {
                self.ready.push(Ready::Save(output.clone()));
                Did::Handled
            }
            (COPY, reply) => {
                if let (Some(page), Some(copying)) = (T::page(reply.clone()), self.copying.take()) {
                    self.ready.push(copying.of(&page.rows));
                }
                Did::Handled
            }
            _ => Did::Nothing,
        }
    }
}

impl<T> Copying<T> {
    fn of(&self, records: &[T]) -> Ready {
        // A tab or a line break in a cell would make two of it.
        let clean = |cell: String| cell.replace(['\t', '\n', '\r'], " ");
        let lines: Vec<String> = records
            .iter()
            .map(|r| if self.whole { (self.row)(r).into_iter().map(clean).collect::<Vec<_>>().join("\t") } else { (self.cell)(r) })
            .collect();
        Ready::Copy { text: lines.join("\n"), show: self.whole }
    }
}
