//! Somebody else was first: the operator is told who and when, and asked, before anything is overwritten.

use super::stack::ScreenNo;
use super::{App, Question, Waits};
use crate::desk::{Conflict, OneChange, Reply, Trouble, TroubleSort};
use crate::tui::layer::{Confirm, Layer};
use crate::tui::screen::{Msg, Token, Tone};

/// A change that would overwrite somebody else's.
#[derive(Clone, Debug)]
pub(super) struct First {
    screen: ScreenNo,
    token: Token,
    change: OneChange,
    said: String,
}

impl App {
    /// Asks whether to overwrite it.
    pub(super) fn somebody_was_first(&mut self, screen: ScreenNo, token: Token, change: OneChange, conflicts: &[Conflict]) {
        let look = &self.setup.look;
        let lines: Vec<String> = conflicts
            .iter()
            .map(|c| {
                let when = if c.at.0 == 0 { String::new() } else { format!(" at {}", look.when_exactly(c.at)) };
                look.visible(&format!("{}{when}; yours is \"{}\".", c.words(), c.wanted)).into_owned()
            })
            .collect();
        let said = lines.first().cloned().unwrap_or_default();
        if self.stack.get_mut(screen).is_none() {
            return self.say(Tone::Bad, format!("Not saved: {said}"));
        }
        let layer = Confirm::new("Somebody else was first. Overwrite it?".to_owned(), lines, None);
        self.layer(Layer::Confirm(layer), Question::First(Box::new(First { screen, token, change, said })));
    }

    /// The operator's answer.
    pub(super) fn overwrites(&mut self, first: First, yes: bool) {
        let First { screen, token, change, said } = first;
        if yes {
            self.send(change.into(), Some(Waits::Screen(screen, token)));
            return;
        }
        let trouble = Trouble::new(TroubleSort::Refused, format!("Not saved: {said}"), "");
        self.update(screen, Msg::Reply { token, reply: Box::new(Reply::Trouble(trouble)) });
    }
}
