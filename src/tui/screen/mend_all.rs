//! Mending every row of a cause the same way: which repairs make sense and what each would mend, then their preview.

use super::edits::Edits;
use super::mend_preview::MendPreview;
use super::{Effect, Msg, Token, words};
use crate::desk::{MendOf, Repair, RepairOffer, Reply, Request};
use crate::ledger::{Cause, SyncNo};

/// What is asked of the operator.
#[derive(Debug)]
enum Stage {
    Idle,
    Asking,
    Choosing(Vec<RepairOffer>),
    Prompting(Repair),
}

/// The choice of a repair for a cause. Screens that list causes or their rows have one.
#[derive(Debug)]
pub struct MendAll {
    token: Token,
    sync: SyncNo,
    cause: Option<u32>,
    column: Option<String>,
    rows: u64,
    of: MendOf,
    /// What stands in the prompt for a value at first.
    initial: String,
    stage: Stage,
}

impl MendAll {
    /// Nothing under way; works under tokens of that slot.
    pub fn new(slot: u8, sync: SyncNo, cause: Option<&Cause>) -> Self {
        Self {
            token: Token::of(slot),
            sync,
            cause: cause.map(|c| c.number),
            column: cause.and_then(|c| c.column.clone()),
            rows: cause.map_or(0, |c| c.rows),
            of: MendOf::All,
            initial: String::new(),
            stage: Stage::Idle,
        }
    }

    /// Only some of the rows.
    #[must_use]
    pub fn only(self, of: MendOf) -> Self {
        Self { of, ..self }
    }

    /// The column that all the rows are wrong in.
    pub fn column(&self) -> Option<&str> {
        self.column.as_deref()
    }

    /// Asks which repair; a value to be typed begins with that.
    pub fn offer(&mut self, initial: String) -> Vec<Effect> {
        let Some(cause) = self.cause else { return Vec::new() };
        self.initial = initial;
        self.stage = Stage::Asking;
        self.token = self.token.next();
        vec![Effect::Ask { token: self.token, request: Request::Repairs { sync: self.sync, cause, of: self.of.clone() } }]
    }

    /// Shows what taking the nearest match of each row would do.
    pub fn take_nearest(&mut self, edits: &Edits) -> Vec<Effect> {
        let column = self.column.clone().unwrap_or_default();
        vec![self.preview(Repair::Nearest { column }, edits)]
    }

    /// Takes what is for it; `None` if the message is not.
    pub fn update(&mut self, msg: &Msg, edits: &Edits) -> Option<Vec<Effect>> {
        match msg {
            Msg::Chosen { token, index } if *token == self.token => {
                let Stage::Choosing(offers) = std::mem::replace(&mut self.stage, Stage::Idle) else { return Some(Vec::new()) };
                Some(offers.into_iter().nth(*index).map(|o| self.chosen(o.repair, edits)).into_iter().collect())
            }
            Msg::Prompted { token, text } if *token == self.token => {
                let stage = std::mem::replace(&mut self.stage, Stage::Idle);
                let Stage::Prompting(Repair::Set { column, from, .. }) = stage else { return Some(Vec::new()) };
                Some(vec![self.preview(Repair::Set { column, from, value: text.clone() }, edits)])
            }
            Msg::Reply { token, reply } if token.slot == self.token.slot => {
                if *token != self.token {
                    return Some(Vec::new());
                }
                if let Reply::Repairs(offers) = &**reply {
                    return Some(vec![self.choose(offers.clone(), edits)]);
                }
                // Trouble is said by the console.
                self.stage = Stage::Idle;
                Some(Vec::new())
            }
            _ => None,
        }
    }

    fn choose(&mut self, mut offers: Vec<RepairOffer>, edits: &Edits) -> Effect {
        if offers.len() == 1 {
            // One repair is no choice.
            let only = offers.swap_remove(0);
            return self.chosen(only.repair, edits);
        }
        let choices =
            offers.iter().map(|o| (letter(&o.repair), format!("{} ({})", o.label, words::count(o.rows, "row", "rows")))).collect();
        let title = format!("Mend {} in {}", self.column.as_deref().unwrap_or_default(), self.rows_meant(&offers));
        self.stage = Stage::Choosing(offers);
        self.token = self.token.next();
        Effect::Choose { token: self.token, title, choices }
    }

    fn rows_meant(&self, offers: &[RepairOffer]) -> String {
        let marked = offers.iter().map(|o| o.rows).max().unwrap_or(0);
        match self.of {
            MendOf::All => words::count(self.rows, "row", "rows"),
            MendOf::Records(_) => words::count(marked, "marked row", "marked rows"),
        }
    }

    fn chosen(&mut self, repair: Repair, edits: &Edits) -> Effect {
        let Repair::Set { column, from, .. } = &repair else { return self.preview(repair, edits) };
        let title = match from {
            Some(from) => format!("{column} instead of \"{from}\""),
            None => format!("{column} in {}", self.rows_meant(&[])),
        };
        let title = if self.of == MendOf::All || from.is_some() { title } else { format!("{column} in the marked rows") };
        self.stage = Stage::Prompting(repair);
        self.token = self.token.next();
        Effect::Prompt { token: self.token, title, initial: self.initial.clone() }
    }

    fn preview(&mut self, repair: Repair, edits: &Edits) -> Effect {
        self.stage = Stage::Idle;
        Effect::Push(Box::new(MendPreview::new(self.sync, self.cause, self.of.clone(), repair, edits.clone())))
    }
}

fn letter(repair: &Repair) -> char {
    match repair {
        Repair::Nearest { .. } => 'n',
        Repair::Zeros { .. } => 'z',
        Repair::Strip { .. } => 's',
        Repair::Set { from: Some(_), .. } => 'w',
        Repair::Set { from: None, .. } => 'v',
    }
}
