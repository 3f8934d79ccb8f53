//! The profiles: what a file must look like. One of them: its columns, needs and accepted values.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::asked::{Asked, say, sentence};
use super::list::Viewport;
use super::paint::{Paint, empty, foot, piece};
use super::report::handed;
use super::{Effect, Msg, Offer, Screen, StatusLine, Token};
use crate::desk::{ProfileColumn, ProfileInfo, Reply, Request};
use crate::tui::command::Command;
use crate::tui::look::{Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row, Table};

/// Every profile, or one with its columns.
#[derive(Debug)]
pub struct Profiles {
    all: Asked<Vec<ProfileInfo>>,
    /// The one that is shown with its columns.
    one: Option<ProfileInfo>,
    view: Viewport,
    room: Size,
}

const ALL: &[Column] = &[
    Column::text("profile", 14, 26, 0),
    Column::text("title", 20, 44, 0),
    Column::number("columns", 7, 1),
    Column::text("modes", 10, 32, 2),
    Column::text("origin", 8, 40, 3),
];

const COLUMNS: &[Column] = &[
    Column::text("column", 14, 30, 0),
    Column::text("need", 10, 20, 0),
    Column::text("rule", 16, 60, 1),
    Column::text("accepted", 12, 60, 2),
    Column::text("where blank", 11, 16, 3),
];

const TEMPLATE: u8 = 1;

/// Lines at the foot for what is selected.
const BELOW: u16 = 6;

impl Default for Profiles {
    fn default() -> Self {
        Self { all: Asked::new(0), one: None, view: Viewport::default(), room: Size::default() }
    }
}

impl Profiles {
    /// One profile with its columns.
    pub fn of(profile: ProfileInfo) -> Self {
        Self { one: Some(profile), ..Self::default() }
    }

    fn selected(&self) -> Option<&ProfileInfo> {
        self.all.get()?.get(self.view.selected as usize)
    }

    fn column(&self) -> Option<&ProfileColumn> {
        self.one.as_ref()?.columns.get(self.view.selected as usize)
    }

    fn fit(&mut self) {
        self.view.height = u64::from(self.room.height.saturating_sub(1 + self.below()));
        let total = match &self.one {
            Some(one) => one.columns.len(),
            None => self.all.get().map_or(0, Vec::len),
        };
        self.view.total = total as u64;
        self.view.select(self.view.selected);
    }

    fn below(&self) -> u16 {
        if self.room.height >= 14 { BELOW } else { 3 }
    }

    fn lines(profile: &ProfileInfo) -> Vec<String> {
        let mut lines = vec![profile.about.clone(), String::new()];
        lines.extend(profile.rules.iter().cloned());
        lines
    }
}

impl Screen for Profiles {
    fn crumb(&self) -> String {
        self.one.as_ref().map_or_else(|| String::from("Profiles"), |p| p.name.clone())
    }

    fn subtitle(&self) -> Option<String> {
        Some(self.one.as_ref().map_or_else(|| String::from("what files must look like"), |p| format!("{} · {}", p.title, p.origin)))
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        if self.one.is_some() { Vec::new() } else { vec![self.all.ask(Request::Profiles)] }
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = match msg {
            Msg::Command(Command::Open) => match (&self.one, self.selected()) {
                (Some(one), _) => vec![Effect::Show { title: one.title.clone(), lines: Self::lines(one) }],
                (None, Some(profile)) => vec![Effect::Push(Box::new(Self::of(profile.clone())))],
                (None, None) => Vec::new(),
            },
            Msg::Command(Command::Copy | Command::CopyRow) => {
                let header = |p: &ProfileInfo| p.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(",");
                self.one.as_ref().or(self.selected()).map(|p| Effect::Copy { text: header(p), show: true }).into_iter().collect()
            }
            Msg::Command(Command::Output) => {
                let name = self.one.as_ref().or(self.selected()).map(|p| p.name.clone());
                let ask = |name| Effect::Ask { token: Token::of(TEMPLATE), request: Request::Template(name) };
                name.map(ask).into_iter().collect()
            }
            Msg::Command(command) => {
                self.view.go(command);
                Vec::new()
            }
            Msg::Reply { token, reply } if token.slot == TEMPLATE => handed(*reply).into_iter().collect(),
            Msg::Reply { token, reply } => {
                let answer = match *reply {
                    Reply::Profiles(all) => Ok(all),
                    Reply::Trouble(trouble) => Err(trouble),
                    _ => return Vec::new(),
                };
                let said = answer.as_ref().err().map(say);
                self.all.take(token, answer);
                said.into_iter().collect()
            }
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
        let (list, below) = foot(area, self.below());
        let first = self.view.first as usize;
        let selected = Some(self.view.selected as usize - first);
        if let Some(one) = &self.one {
            let rows = one.columns.iter().skip(first).map(|c| {
                Row::new([
                    Cell::from(c.name.as_str()),
                    Cell::new(c.need.as_str(), if c.need == "required" { Role::Accent } else { Role::Dim }),
                    Cell::from(c.rule.as_str()),
                    Cell::from(c.accept.join(" ")),
                    Cell::new(c.default.as_deref().unwrap_or_default(), Role::Dim),
                ])
            });
            Table { columns: COLUMNS, rows, selected, titles: true, whole: true }.render(buffer, list, look);
            if let Some(c) = self.column() {
                let mut paint = Paint::new(buffer, below, look);
                paint.rule(&c.name);
                paint.wrapped(1, &c.rule, Role::Text, 2);
                if !c.accept.is_empty() {
                    paint.wrapped(1, &format!("Accepted: {}", c.accept.join(", ")), Role::Text, 2);
                }
                paint.wrapped(1, &c.about, Role::Dim, 2);
            }
            return;
        }
        match (self.all.get(), self.all.trouble()) {
            (Some(all), _) if all.is_empty() => empty(buffer, area, look, &["There are no profiles."]),
            (Some(all), _) => {
                let rows = all.iter().skip(first).map(|p| {
                    let modes = p.modes.iter().map(|m| m.name()).collect::<Vec<_>>().join(" ");
                    Row::new([
                        Cell::from(p.name.as_str()),
                        Cell::from(p.title.as_str()),
                        Cell::from(number(p.columns.len() as u64)),
                        Cell::new(modes, Role::Dim),
                        Cell::new(p.origin.as_str(), Role::Dim),
                    ])
                });
                Table { columns: ALL, rows, selected, titles: true, whole: true }.render(buffer, list, look);
                if let Some(p) = self.selected() {
                    let mut paint = Paint::new(buffer, below, look);
                    paint.rule(&p.title);
                    paint.wrapped(1, &p.about, Role::Text, 2);
                    for rule in &p.rules {
                        paint.line(&[piece(rule.as_str(), Role::Dim)]);
                    }
                }
            }
            (None, Some(trouble)) => empty(buffer, area, look, &[&sentence(trouble), "esc goes back"]),
            (None, None) => {}
        }
    }

    fn offers(&self) -> Vec<Offer> {
        let none = (self.view.total == 0).then_some("nothing is selected");
        vec![
            Offer::unless(Command::Open, none).called(if self.one.is_some() { "all rules" } else { "columns" }),
            Offer::unless(Command::Output, none).called("empty file"),
            Offer::unless(Command::CopyRow, none).called("copy header"),
        ]
    }

    fn status(&self) -> StatusLine {
        StatusLine { position: (self.view.total > 0).then_some((self.view.selected + 1, self.view.total)), ..StatusLine::default() }
    }
}
