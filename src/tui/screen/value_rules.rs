//! The value rules of the feeds: what their files mean by a value.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::asked::{Asked, say};
use super::list::Viewport;
use super::paint::{Paint, empty, foot, piece};
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone};
use crate::desk::{Reply, Request, RuleInfo};
use crate::tui::command::Command;
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row, Table};

const LIST: u8 = 0;
const REMOVE: u8 = 1;
const FEEDS: u8 = 2;
const ADD: u8 = 3;

/// Lines at the foot that say where rules hold.
const BELOW: u16 = 2;

const COLUMNS: &[Column] = &[
    Column::text("feed", 10, 30, 0),
    Column::text("column", 8, 30, 0),
    Column::text("in the file", 10, 30, 0),
    Column::text("taken as", 8, 30, 0),
    Column::text("kept", 7, 12, 1),
    Column::text("by", 5, 12, 2),
];

/// All value rules.
#[derive(Debug)]
pub struct ValueRules {
    all: Asked<Vec<RuleInfo>>,
    view: Viewport,
    /// The feeds that a new rule may be for.
    feeds: Vec<String>,
    feed: String,
    room: Size,
}

impl Default for ValueRules {
    fn default() -> Self {
        Self { all: Asked::new(LIST), view: Viewport::default(), feeds: Vec::new(), feed: String::new(), room: Size::default() }
    }
}

impl ValueRules {
    fn selected(&self) -> Option<&RuleInfo> {
        self.all.get()?.get(usize::try_from(self.view.selected).ok()?)
    }

    fn fit(&mut self) {
        self.view.height = u64::from(self.room.height.saturating_sub(1 + BELOW));
        self.view.total = self.all.get().map_or(0, |all| all.len() as u64);
        self.view.select(self.view.selected);
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        match (command, self.selected()) {
            (Command::Add, _) => vec![Effect::Ask { token: Token::of(FEEDS), request: Request::Feeds }],
            (Command::Remove, Some(r)) => vec![Effect::Confirm {
                token: Token::of(REMOVE),
                question: format!("Take the rule {} -> {} away?", r.rule.from, r.rule.to),
                detail: vec![format!("Later files of {} mean {} as they say it.", r.feed, r.rule.column)],
                number: None,
            }],
            (Command::Copy, Some(r)) => vec![Effect::Copy { text: r.rule.from.clone(), show: false }],
            _ => {
                self.view.go(command);
                Vec::new()
            }
        }
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match reply {
            Reply::Rules(all) if token.slot == LIST => {
                self.all.take(token, Ok(all));
                Vec::new()
            }
            Reply::Rules(all) => {
                self.all.set(all);
                let text = if token.slot == ADD { "The rule is kept: it holds for later files." } else { "The rule is taken away." };
                vec![Effect::Toast(Tone::Good, text.to_owned())]
            }
            Reply::Feeds(feeds) => {
                self.feeds = feeds.into_iter().filter(|f| f.last.is_some()).map(|f| f.feed.name).collect();
                if self.feeds.is_empty() {
                    return vec![Effect::Toast(Tone::Plain, String::from("No feed has brought a file yet: i imports one."))];
                }
                let choices = self.feeds.iter().zip(('a'..='z').chain('0'..='9')).map(|(feed, letter)| (letter, feed.clone())).collect();
                vec![Effect::Choose { token: Token::of(FEEDS), title: String::from("A rule for which feed?"), choices }]
            }
            Reply::Trouble(trouble) => {
                let said = say(&trouble);
                if self.all.owns(token) {
                    self.all.take(token, Err(trouble));
                }
                vec![said]
            }
            _ => Vec::new(),
        }
    }

    /// Keeps what was typed: `COLUMN:FROM=TO`.
    fn typed(&self, text: &str) -> Vec<Effect> {
        let parts = text.split_once(':').and_then(|(column, rest)| Some((column, rest.split_once('=')?)));
        let Some((column, (from, to))) = parts else {
            return vec![Effect::Toast(Tone::Bad, String::from("Write COLUMN:FROM=TO, as in grade:Kinder=KG."))];
        };
        let request = Request::PutRule { feed: self.feed.clone(), column: column.into(), from: from.into(), to: to.into() };
        vec![Effect::Ask { token: Token::of(ADD), request }]
    }
}

impl Screen for ValueRules {
    fn crumb(&self) -> String {
        String::from("rules")
    }

    fn subtitle(&self) -> Option<String> {
        Some(String::from("what the feeds' files mean by a value; reports keep the files' own words"))
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        vec![self.all.ask(Request::Rules)]
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = match msg {
            Msg::Command(command) => self.command(command),
            Msg::Chosen { token, index } if token.slot == FEEDS => {
                self.feed = self.feeds.get(index).cloned().unwrap_or_default();
                let title = format!("{}: COLUMN:FROM=TO", self.feed);
                vec![Effect::Prompt { token: Token::of(ADD), title, initial: String::new() }]
            }
            Msg::Prompted { token, text } if token.slot == ADD => self.typed(&text),
            Msg::Confirmed(token) if token.slot == REMOVE => {
                let request = self.selected().map(|r| Request::RemoveRule {
                    feed: r.feed.clone(),
                    column: format!("{}/{}", r.rule.profile, r.rule.column),
                    from: r.rule.from.clone(),
                });
                request.map(|request| Effect::Ask { token, request }).into_iter().collect()
            }
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Shown => vec![self.all.ask(Request::Rules)],
            Msg::Resized(room) => {
                self.room = room;
                Vec::new()
            }
            _ => Vec::new(),
        };
        self.fit();
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let buffer = frame.buffer_mut();
        let Some(all) = self.all.here(buffer, area, look) else { return };
        if all.is_empty() {
            let lines = ["No feed has a value rule.", "a keeps one; so does K in the preview of F, which mends all rows of a cause"];
            return empty(buffer, area, look, &lines);
        }
        let (list, below) = foot(area, BELOW);
        let first = self.view.first as usize;
        let rows = all.iter().skip(first).map(|r| {
            Row::new([
                Cell::from(r.feed.as_str()),
                Cell::from(r.rule.column.as_str()),
                Cell::from(r.rule.from.as_str()),
                Cell::new(if r.rule.to.is_empty() { "(empty)" } else { &r.rule.to }, Role::Accent),
                Cell::new(look.when(r.rule.at), Role::Dim),
                Cell::new(r.rule.by.0.as_str(), Role::Dim),
            ])
        });
        let selected = Some(self.view.selected as usize - first);
        let whole = self.view.total <= self.view.height;
        Table { columns: COLUMNS, rows, selected, titles: true, whole }.render(buffer, list, look);
        let mut paint = Paint::new(buffer, below, look);
        paint.rule("");
        paint.line(&[piece("They hold for later files; a sync keeps those that it was run with.", Role::Dim)]);
    }

    fn is_loading(&self) -> bool {
        self.all.get().is_none() && self.all.waiting()
    }

    fn offers(&self) -> Vec<Offer> {
        let none = self.selected().is_none().then_some("there is no rule");
        vec![
            Offer::on(Command::Add).called("add"),
            Offer::unless(Command::Remove, none).called("take away"),
            Offer::unless(Command::Copy, none).called("copy value").quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        StatusLine { position: (self.view.total > 0).then_some((self.view.selected + 1, self.view.total)), ..StatusLine::default() }
    }
}
