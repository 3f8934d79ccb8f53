//! Mending every row of a cause the same way: gathers the rows, shows what would stand there, asks, then saves row by row.

use std::collections::VecDeque;

use super::asked::sentence;
use super::edits::{Edit, Edits};
use super::paint::{Paint, piece};
use super::rows::bad_cell;
use super::{Effect, Msg, Token, Tone, words};
use crate::desk::{Reply, Request, RowView, Window};
use crate::ledger::{Cause, SyncNo};
use crate::tui::look::number;
use crate::tui::theme::Role;
use crate::tui::visible::veiled;

/// Rows asked for at once.
const PAGE: u64 = 200;
/// More rows than this and the number must be typed.
const MANY: u64 = 100;

/// What is put in.
#[derive(Clone, Debug, PartialEq, Eq)]
enum With {
    Nearest,
    Value(String),
}

#[derive(Debug)]
enum Stage {
    Idle,
    Prompting,
    Gathering { with: With, edits: Vec<Edit>, seen: u64 },
    Asking(Vec<Edit>),
    Saving { left: VecDeque<Edit>, total: u64, refused: u64, why: String },
}

/// The one mending of all rows that may be under way.
#[derive(Debug)]
pub struct MendAll {
    token: Token,
    sync: SyncNo,
    cause: Option<u32>,
    column: Option<String>,
    rows: u64,
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
            stage: Stage::Idle,
        }
    }

    /// The column that all the rows are wrong in.
    pub fn column(&self) -> Option<&str> {
        self.column.as_deref()
    }

    /// Whether rows are being gathered or saved.
    pub fn busy(&self) -> bool {
        matches!(self.stage, Stage::Gathering { .. } | Stage::Saving { .. })
    }

    /// Asks what is to stand in every row.
    pub fn prompt(&mut self, initial: String) -> Effect {
        self.token = self.token.next();
        self.stage = Stage::Prompting;
        let column = self.column.clone().unwrap_or_default();
        let title = format!("{column} in {}", words::count(self.rows, "row", "rows"));
        Effect::Prompt { token: self.token, title, initial }
    }

    /// Starts taking the nearest match of each row.
    pub fn take_nearest(&mut self) -> Effect {
        self.gather(With::Nearest)
    }

    /// Takes what is for it; `None` if the message is not.
    pub fn update(&mut self, msg: &Msg, book: &Edits) -> Option<Vec<Effect>> {
        match msg {
            Msg::Prompted { token, text } if *token == self.token => Some(vec![self.gather(With::Value(text.clone()))]),
            Msg::Confirmed(token) if *token == self.token => {
                let Stage::Asking(edits) = std::mem::replace(&mut self.stage, Stage::Idle) else { return Some(Vec::new()) };
                let total = edits.len() as u64;
                self.stage = Stage::Saving { left: edits.into(), total, refused: 0, why: String::new() };
                Some(self.save())
            }
            Msg::Reply { token, reply } if token.slot == self.token.slot => {
                if *token != self.token {
                    return Some(Vec::new());
                }
                Some(self.reply(reply, book))
            }
            _ => None,
        }
    }

    /// How far it is, in one line.
    pub fn draw(&self, paint: &mut Paint) {
        let text = match &self.stage {
            Stage::Gathering { seen, .. } => format!("looking at the rows: {} of {}", number(*seen), number(self.rows)),
            Stage::Saving { left, total, .. } => format!("mending: {} of {}", number(total - left.len() as u64), number(*total)),
            _ => return,
        };
        paint.line(&[piece(text, Role::Accent)]);
    }

    fn gather(&mut self, with: With) -> Effect {
        self.stage = Stage::Gathering { with, edits: Vec::new(), seen: 0 };
        self.page(0)
    }

    fn page(&mut self, first: u64) -> Effect {
        self.token = self.token.next();
        let window = Window { first, count: PAGE };
        Effect::Ask { token: self.token, request: Request::Rows { sync: self.sync, cause: self.cause, filter: String::new(), window } }
    }

    fn reply(&mut self, reply: &Reply, book: &Edits) -> Vec<Effect> {
        match (&mut self.stage, reply) {
            (Stage::Gathering { with, edits, seen }, Reply::Rows(page)) => {
                edits.extend(page.rows.iter().filter_map(|row| edit(row, self.column.as_deref(), with)));
                *seen = page.first + page.rows.len() as u64;
                let (next, whole) = (*seen, page.rows.is_empty() || *seen >= page.total);
                if whole { vec![self.ask(page.total)] } else { vec![self.page(next)] }
            }
            (Stage::Saving { left, refused, why, .. }, Reply::Row(_) | Reply::Trouble(_)) => {
                match (left.pop_front(), reply) {
                    (Some(edit), Reply::Row(_)) => book.done(edit),
                    (_, Reply::Trouble(trouble)) => {
                        *refused += 1;
                        *why = sentence(trouble);
                    }
                    _ => {}
                }
                self.save()
            }
            (_, Reply::Trouble(trouble)) => {
                self.stage = Stage::Idle;
                vec![super::asked::say(trouble)]
            }
            _ => Vec::new(),
        }
    }

    fn ask(&mut self, total: u64) -> Effect {
        let Stage::Gathering { with, edits, .. } = std::mem::replace(&mut self.stage, Stage::Idle) else { return Effect::Handled };
        if edits.is_empty() {
            let why = if with == With::Nearest {
                "No row has a near match. F puts one value in all of them."
            } else {
                "Every row has that value already."
            };
            return Effect::Toast(Tone::Plain, why.to_owned());
        }
        let count = edits.len() as u64;
        let mut detail: Vec<String> = edits.iter().take(4).flat_map(lines).collect();
        if count > 4 {
            detail.push(format!("and {} more", number(count - 4)));
        }
        if count < total {
            detail.push(format!("{} as they are.", words::count(total - count, "row stays", "rows stay")));
        }
        detail.push(String::from("It takes effect with a re-run; u takes a row back."));
        self.stage = Stage::Asking(edits);
        self.token = self.token.next();
        let question = format!("Mend {}?", words::count(count, "row", "rows"));
        Effect::Confirm { token: self.token, question, detail, number: (count > MANY).then_some(count) }
    }

    fn save(&mut self) -> Vec<Effect> {
        let Stage::Saving { left, total, refused, why } = &self.stage else { return Vec::new() };
        if let Some(edit) = left.front() {
            let request = edit.request(false);
            self.token = self.token.next();
            return vec![Effect::Ask { token: self.token, request }];
        }
        let (mended, tone) = (total - refused, if *refused == 0 { Tone::Good } else { Tone::Bad });
        let mut text = format!("{} mended. R re-runs them.", words::count(mended, "row", "rows"));
        if *refused > 0 {
            text = format!("{text} {} not saved: {why}", number(*refused));
        }
        self.stage = Stage::Idle;
        vec![Effect::Toast(tone, text)]
    }
}

/// What would be changed in a row; none where nothing would.
fn edit(row: &RowView, column: Option<&str>, with: &With) -> Option<Edit> {
    let cell = bad_cell(row, column)?;
    let after = match with {
        With::Nearest => cell.suggestion.clone()?,
        With::Value(value) => value.clone(),
    };
    let cells = vec![(cell.column.clone(), cell.value.clone(), after)];
    (cells[0].1 != cells[0].2).then_some(Edit { sync: row.sync, record: row.record, row: row.row, cells })
}

fn lines(edit: &Edit) -> Vec<String> {
    let row = number(u64::from(edit.row));
    edit.cells
        .iter()
        .map(|(column, before, after)| format!("row {row}  {column}: \"{}\" becomes \"{}\"", veiled(before), veiled(after)))
        .collect()
}
