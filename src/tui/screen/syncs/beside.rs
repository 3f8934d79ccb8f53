//! Two syncs of the log beside each other: the two that are marked, or the selected one and the one before it.

use super::super::compare::CompareScreen;
use super::super::{Effect, Token};
use super::{MARKED, Syncs};
use crate::desk::{Request, SyncsOf, Window};

impl Syncs {
    /// Compares the two that are marked; without marks the selected one with the one before it of its feed.
    pub(super) fn compare(&mut self) -> Vec<Effect> {
        let marks: Vec<u64> = self.list.marks().iter().copied().collect();
        if marks.len() != 2 {
            let one = self.list.selected().map(|s| Effect::Push(Box::new(CompareScreen::new(None, s.number))));
            return one.into_iter().collect();
        }
        self.marked.clear();
        let mut asks = Vec::new();
        for index in marks {
            match self.list.row(index) {
                Some(sync) => self.marked.push(sync.number),
                // It is marked on a page that is not here any more.
                None => asks.push(self.ask_at(index)),
            }
        }
        if asks.is_empty() { self.compare_marked() } else { asks }
    }

    fn ask_at(&self, index: u64) -> Effect {
        let of = SyncsOf { import_type: self.only.clone(), ..SyncsOf::default() };
        let (window, filter) = (Window { first: index, count: 1 }, self.list.filter().to_owned());
        Effect::Ask { token: Token::of(MARKED), request: Request::Syncs { window, org: None, filter, of } }
    }

    /// Once both are known.
    pub(super) fn compare_marked(&mut self) -> Vec<Effect> {
        self.marked.sort_unstable();
        match self.marked[..] {
            [older, newer] => vec![Effect::Push(Box::new(CompareScreen::new(Some(older), newer)))],
            _ => Vec::new(),
        }
    }
}
