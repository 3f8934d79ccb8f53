//! One thing that a screen shows whole: asked for, on its way, here, or refused. Lists of pages have [`List`](super::list::List).

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::empty;
use super::{Effect, Token, Tone};
use crate::desk::{Request, Trouble};
use crate::tui::look::Look;

/// Something asked for under tokens of one slot. While a newer answer is on its way the old one stays.
#[derive(Clone, Debug)]
pub struct Asked<T> {
    token: Token,
    value: Option<T>,
    trouble: Option<Trouble>,
    waiting: bool,
}

impl<T> Asked<T> {
    /// Nothing asked yet.
    pub fn new(slot: u8) -> Self {
        Self { token: Token::of(slot), value: None, trouble: None, waiting: false }
    }

    /// Asks anew; an answer to an older question is dropped from now on.
    pub fn ask(&mut self, request: Request) -> Effect {
        self.token = self.token.next();
        self.waiting = true;
        Effect::Ask { token: self.token, request }
    }

    /// Whether a reply under that token is for this (also if it is an old one).
    pub fn owns(&self, token: Token) -> bool {
        token.slot == self.token.slot
    }

    /// Whether that is the token of the last question.
    pub fn is_last(&self, token: Token) -> bool {
        token == self.token
    }

    /// Takes the answer; an old one is dropped and `false` given.
    pub fn take(&mut self, token: Token, answer: Result<T, Trouble>) -> bool {
        if token != self.token {
            return false;
        }
        self.waiting = false;
        match answer {
            Ok(value) => {
                self.value = Some(value);
                self.trouble = None;
            }
            Err(trouble) => self.trouble = Some(trouble),
        }
        true
    }

    /// What is here.
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// What is here, to be put in another order.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.as_mut()
    }

    /// Puts something here that came another way.
    pub fn set(&mut self, value: T) {
        self.value = Some(value);
        self.trouble = None;
    }

    /// Forgets what is here, as when it belongs to another row.
    pub fn forget(&mut self) {
        self.value = None;
        self.trouble = None;
        self.token = self.token.next();
        self.waiting = false;
    }

    /// What is here, to be drawn; where the answer was trouble, that is said instead.
    pub fn here(&self, buffer: &mut Buffer, area: Rect, look: &Look) -> Option<&T> {
        if let (None, Some(trouble)) = (&self.value, &self.trouble) {
            empty(buffer, area, look, &[&sentence(trouble), "esc goes back"]);
        }
        self.value.as_ref()
    }

    /// Why the last question was not answered.
    pub fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// Whether an answer is on its way.
    pub fn waiting(&self) -> bool {
        self.waiting
    }
}

/// A trouble as one line: what happened, and what to do next.
pub fn sentence(trouble: &Trouble) -> String {
    if trouble.next.is_empty() { trouble.message.clone() } else { format!("{}. {}", trouble.message.trim_end_matches('.'), trouble.next) }
}

/// Says a trouble in a toast.
pub fn say(trouble: &Trouble) -> Effect {
    Effect::Toast(Tone::Bad, sentence(trouble))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::TroubleSort;

    #[test]
    fn an_old_answer_is_dropped_and_trouble_keeps_what_was_here() {
        let mut asked = Asked::new(3);
        let (Effect::Ask { token: old, .. }, Effect::Ask { token: new, .. }) = (asked.ask(Request::Overview), asked.ask(Request::Overview))
        else {
            panic!("both ask")
        };
        assert!(!asked.take(old, Ok(1)));
        assert!(asked.waiting());
        assert!(asked.take(new, Ok(2)));
        let Effect::Ask { token, .. } = asked.ask(Request::Overview) else { panic!("asks") };
        asked.take(token, Err(Trouble::new(TroubleSort::Store, "the store broke.", "start again")));
        assert_eq!((asked.get(), asked.trouble().map(sentence)), (Some(&2), Some("the store broke. start again".to_owned())));
    }
}
