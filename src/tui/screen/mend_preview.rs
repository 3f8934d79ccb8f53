//! What a repair would make of each row: before, after, or why it stays. `P` records it, as one step; Enter never does.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::asked::{say, sentence};
use super::edits::{Edits, Step};
use super::list::List;
use super::paint::{Paint, empty, piece};
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone, words};
use crate::desk::{MendOf, MendRow, Mended, Repair, Reply, Request, Trouble, Window};
use crate::ledger::SyncNo;
use crate::tui::command::Command;
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row};

const LIST: u8 = 0;
const APPLY: u8 = 1;

/// The preview of a repair.
#[derive(Debug)]
pub struct MendPreview {
    sync: SyncNo,
    cause: Option<u32>,
    of: MendOf,
    repair: Repair,
    list: List<MendRow>,
    /// What the last page said of the whole; its rows are the list's.
    whole: Option<Mended>,
    trouble: Option<Trouble>,
    save_rule: bool,
    applying: bool,
    edits: Edits,
    room: Size,
}

const COLUMNS: &[Column] =
    &[Column::number("row", 7, 1), Column::text("key", 9, 16, 2), Column::text("before", 10, 40, 0), Column::text("after", 12, 60, 0)];

impl MendPreview {
    /// The preview of a repair of the rows of a cause. What is recorded is written in that book.
    pub fn new(sync: SyncNo, cause: Option<u32>, of: MendOf, repair: Repair, edits: Edits) -> Self {
        Self {
            sync,
            cause,
            of,
            repair,
            list: List::new(LIST),
            whole: None,
            trouble: None,
            save_rule: false,
            applying: false,
            edits,
            room: Size::default(),
        }
    }

    fn request(&self, dry_run: bool, window: Window) -> Request {
        Request::Mend {
            sync: self.sync,
            cause: self.cause,
            of: self.of.clone(),
            repair: self.repair.clone(),
            save_rule: self.save_rule && !dry_run,
            dry_run,
            window,
        }
    }

    fn fetch(&mut self) -> Option<Effect> {
        let (sync, cause, of, repair) = (self.sync, self.cause, self.of.clone(), self.repair.clone());
        self.list.fetch(|window, _| Request::Mend { sync, cause, of, repair, save_rule: false, dry_run: true, window })
    }

    /// What is said above the rows.
    fn above(&self) -> Vec<(String, Role)> {
        let Some(m) = &self.whole else { return Vec::new() };
        let stays: u64 = m.stays.iter().map(|s| s.1).sum();
        let mut first = format!("{} mended", words::count(m.mended, "row", "rows"));
        if stays > 0 {
            let why: Vec<String> = m.stays.iter().map(|(why, n)| format!("{} {why}", number(*n))).collect();
            first = format!("{first}, {}: {}", words::count(stays, "stays", "stay"), why.join(", "));
        }
        let mut lines = vec![(first, Role::Text)];
        if let Some(still) = &m.still {
            lines.push((format!("The first of them would still be refused: {still}"), Role::Error));
        }
        match &m.no_rule {
            None if !m.rules.is_empty() => {
                let rules: Vec<String> = m.rules.iter().map(|(from, to)| format!("{from} -> {to}")).collect();
                let rules = rules.join(", ");
                lines.push(if self.save_rule {
                    (format!("[x] kept as a rule of the feed: {rules}"), Role::Accent)
                } else {
                    (format!("[ ] only this file; K also keeps it for later ones: {rules}"), Role::Dim)
                });
            }
            Some(why) if self.room.height >= 12 => lines.push((format!("No rule of the feed: {why}"), Role::Dim)),
            _ => {}
        }
        lines
    }

    fn fit(&mut self) {
        let above = self.above().len() as u16;
        self.list.set_height(self.room.height.saturating_sub(above + 1));
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match reply {
            Reply::Mended(mended) if token.slot == LIST => {
                let mut mended = *mended;
                let page = std::mem::replace(&mut mended.rows, crate::desk::Page { first: 0, total: 0, unfiltered: 0, rows: Vec::new() });
                // The first page alone judges a row.
                let still = mended.still.take().or_else(|| self.whole.take().and_then(|w| w.still));
                if self.list.take(token, page) {
                    self.whole = Some(Mended { still, ..mended });
                    self.trouble = None;
                }
                Vec::new()
            }
            Reply::Mended(mended) => self.recorded(&mended),
            Reply::Trouble(trouble) => {
                self.applying = false;
                let said = say(&trouble);
                if self.list.owns(token) {
                    self.trouble = Some(trouble);
                }
                vec![said]
            }
            _ => Vec::new(),
        }
    }

    fn recorded(&mut self, m: &Mended) -> Vec<Effect> {
        self.applying = false;
        let Some(step) = m.step else {
            return vec![Effect::Pop, Effect::Toast(Tone::Plain, String::from("Every row is so already; nothing was recorded."))];
        };
        self.edits.stepped(Step { sync: self.sync, number: step, how: m.how.clone(), rows: m.mended });
        let rule = if self.save_rule { " Kept as a rule of the feed." } else { "" };
        let text = format!("{} mended. R re-runs them; u takes it back.{rule}", words::count(m.mended, "row", "rows"));
        vec![Effect::Pop, Effect::Toast(Tone::Good, text)]
    }

    fn rules(&self) -> Option<&'static str> {
        match &self.whole {
            Some(m) if m.no_rule.is_none() && !m.rules.is_empty() => None,
            _ => Some("what it does cannot be kept as a value rule"),
        }
    }
}

impl Screen for MendPreview {
    fn crumb(&self) -> String {
        format!("mend {}", self.repair.column())
    }

    fn subtitle(&self) -> Option<String> {
        let how = self.whole.as_ref().map_or_else(|| String::from("looking at the rows"), |m| m.how.clone());
        Some(format!("nothing is recorded yet · {how}"))
    }

    fn is_personal(&self) -> bool {
        true
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        self.fetch().into_iter().collect()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        self.list.update(&msg);
        let mut effects = match msg {
            Msg::Command(Command::Apply) if !self.applying => {
                self.applying = true;
                vec![Effect::Ask { token: Token::of(APPLY), request: self.request(false, Window { first: 0, count: 0 }) }]
            }
            Msg::Command(Command::KeepRule) => {
                self.save_rule = !self.save_rule;
                Vec::new()
            }
            Msg::Command(Command::Copy) => {
                self.list.selected().map(|r| Effect::Copy { text: r.before.clone(), show: false }).into_iter().collect()
            }
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Resized(room) => {
                self.room = room;
                Vec::new()
            }
            _ => Vec::new(),
        };
        self.fit();
        effects.extend(self.fetch());
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let buffer = frame.buffer_mut();
        if let (None, Some(trouble)) = (&self.whole, &self.trouble) {
            return empty(buffer, area, look, &[&sentence(trouble), "esc goes back"]);
        }
        let mut paint = Paint::new(buffer, area, look);
        for (text, role) in self.above() {
            paint.line(&[piece(text, role)]);
        }
        let rest = paint.rest();
        self.list.table(buffer, rest, look, COLUMNS, |r| {
            let shown = |value: &str| if value.is_empty() { String::from("(empty)") } else { look.personal(value).into_owned() };
            let after = match &r.after {
                Some(after) => Cell::new(format!("{} {}", look.glyph(Glyph::Takes), shown(after)), Role::Ok),
                None => Cell::new(format!("stays: {}", r.why), Role::Dim),
            };
            Row::new([
                Cell::new(number(u64::from(r.row)), Role::Dim),
                Cell::new(r.key.as_deref().map(|k| look.personal(k)).unwrap_or_default(), Role::Dim),
                Cell::from(shown(&r.before)),
                after,
            ])
        });
    }

    fn is_loading(&self) -> bool {
        self.list.is_loading()
    }

    fn offers(&self) -> Vec<Offer> {
        let none = match &self.whole {
            None => Some("the rows are not here yet"),
            Some(m) if m.mended == 0 => Some("no row would be mended"),
            Some(_) => self.applying.then_some("it is being recorded"),
        };
        let keep = if self.save_rule { "only this file" } else { "keep as rule" };
        vec![
            Offer::unless(Command::Apply, none).called("record"),
            Offer::unless(Command::KeepRule, none.or(self.rules())).called(keep),
            Offer::unless(Command::Copy, self.list.selected().is_none().then_some("there is no row")).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        self.list.status()
    }

    fn sync(&self) -> Option<SyncNo> {
        Some(self.sync)
    }
}
