//! The mappings that were saved: to which profile, who uses them, where they are kept. They are made and changed in the mapper.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::asked::{Asked, say};
use super::list::Viewport;
use super::map_form::{Made, MapForm};
use super::paint::{Paint, empty, foot, piece};
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone};
use crate::desk::{MapInfo, Output, Reply, Request};
use crate::tui::command::Command;
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row, Table};

const MAPS: u8 = 0;
const REMOVE: u8 = 1;

/// Every mapping.
#[derive(Debug)]
pub struct MapsScreen {
    maps: Asked<Vec<MapInfo>>,
    view: Viewport,
    room: Size,
}

const COLUMNS: &[Column] = &[
    Column::text("mapping", 14, 30, 0),
    Column::text("to", 12, 24, 0),
    Column::number("headers", 7, 1),
    Column::number("values", 6, 3),
    Column::text("feeds", 10, 40, 2),
    Column::text("kept in", 8, 40, 4),
];

/// Lines at the foot for the selected mapping.
const BELOW: u16 = 7;

impl Default for MapsScreen {
    fn default() -> Self {
        Self { maps: Asked::new(MAPS), view: Viewport::default(), room: Size::default() }
    }
}

impl MapsScreen {
    fn selected(&self) -> Option<&MapInfo> {
        self.maps.get()?.get(self.view.selected as usize)
    }

    fn below(&self) -> u16 {
        BELOW.min(self.room.height / 3)
    }

    fn fit(&mut self) {
        self.view.height = u64::from(self.room.height.saturating_sub(1 + self.below()));
        self.view.total = self.maps.get().map_or(0, |all| all.len() as u64);
        self.view.select(self.view.selected);
    }

    /// The mapping as a file that may be kept beside the config file, or given to another district.
    fn export(info: &MapInfo) -> Effect {
        match toml::to_string(&info.map) {
            Ok(text) => Effect::Save(Output {
                file_name: format!("{}.toml", info.map.name),
                lines: text.lines().count() as u64,
                bytes: text.into_bytes(),
                note: String::from("in the maps folder beside the config file it is there for every database"),
            }),
            Err(e) => Effect::Toast(Tone::Bad, format!("{} cannot be written as a file: {e}", info.map.name)),
        }
    }

    fn ask_remove(&self) -> Option<Effect> {
        let info = self.selected()?;
        let question = format!("Remove the mapping {}?", info.map.name);
        let detail = vec![String::from("What was imported with it stays as it is.")];
        Some(Effect::Confirm { token: Token::of(REMOVE), question, detail, number: None })
    }
}

impl Screen for MapsScreen {
    fn crumb(&self) -> String {
        String::from("Mappings")
    }

    fn subtitle(&self) -> Option<String> {
        Some(String::from("which header of a file is which column, where a source has its own names"))
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        vec![self.maps.ask(Request::Maps)]
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = match msg {
            Msg::Command(Command::Open | Command::Edit) => {
                let form = |m: &MapInfo| Effect::Push(Box::new(MapForm::of_map(m.map.clone(), "")));
                self.selected().map(form).into_iter().collect()
            }
            Msg::Command(Command::Add) => vec![Effect::Push(Box::new(MapForm::of_file("", String::new(), Made::default())))],
            Msg::Command(Command::Remove) => self.ask_remove().into_iter().collect(),
            Msg::Command(Command::Output) => self.selected().map(Self::export).into_iter().collect(),
            Msg::Command(command) => {
                self.view.go(command);
                Vec::new()
            }
            Msg::Confirmed(token) if token.slot == REMOVE => {
                let name = self.selected().map(|m| m.map.name.clone());
                let ask = |name| Effect::Ask { token: Token::of(REMOVE), request: Request::RemoveMap(name) };
                name.map(ask).into_iter().collect()
            }
            Msg::Reply { token, reply } => match *reply {
                Reply::Maps(all) if token.slot == REMOVE => {
                    self.maps.set(all);
                    vec![Effect::Toast(Tone::Good, String::from("The mapping was removed."))]
                }
                Reply::Maps(all) => {
                    self.maps.take(token, Ok(all));
                    Vec::new()
                }
                Reply::Trouble(trouble) => {
                    let said = say(&trouble);
                    if token.slot == MAPS {
                        self.maps.take(token, Err(trouble));
                    }
                    vec![said]
                }
                _ => Vec::new(),
            },
            Msg::Shown => vec![self.maps.ask(Request::Maps)],
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
        let Some(maps) = self.maps.here(buffer, area, look) else { return };
        if maps.is_empty() {
            let next = "a makes one for a file. It is needed where a source cannot export a profile's own names.";
            return empty(buffer, area, look, &["No mapping was made yet.", next]);
        }
        let (list, below) = foot(area, self.below());
        let first = self.view.first as usize;
        let rows = maps.iter().skip(first).map(|m| {
            let values: usize = m.map.values.values().map(std::collections::BTreeMap::len).sum();
            Row::new([
                Cell::from(m.map.name.as_str()),
                Cell::from(m.map.profile.as_str()),
                Cell::from(number(m.map.headers.len() as u64)),
                Cell::from(number(values as u64)),
                Cell::new(m.feeds.join(", "), Role::Dim),
                Cell::new(m.path.as_deref().unwrap_or("the database"), Role::Dim),
            ])
        });
        let selected = Some(self.view.selected as usize - first);
        Table { columns: COLUMNS, rows, selected, titles: true, whole: true }.render(buffer, list, look);
        let Some(m) = self.selected() else { return };
        let mut paint = Paint::new(buffer, below, look);
        paint.rule(&m.map.name);
        let takes = look.glyph(Glyph::Takes);
        let pair = |(a, b): &(String, String)| format!("{a} {takes} {b}");
        paint.wrapped(1, &m.map.headers.iter().map(pair).collect::<Vec<_>>().join(", "), Role::Text, 3);
        for (column, value) in &m.map.constants {
            paint.line(&[piece(format!("{column} is {value} in every row"), Role::Text)]);
        }
        for (column, values) in &m.map.values {
            let pairs: Vec<String> = values.iter().map(|(a, b)| format!("{a} {takes} {b}")).collect();
            paint.line(&[piece(format!("{column}: "), Role::Dim), piece(pairs.join(", "), Role::Text)]);
        }
    }

    fn is_loading(&self) -> bool {
        self.maps.get().is_none() && self.maps.waiting()
    }

    fn offers(&self) -> Vec<Offer> {
        let none = self.selected().is_none().then_some("nothing is selected");
        let used = self.selected().is_some_and(|m| !m.feeds.is_empty()).then_some("a feed uses it");
        let file = self.selected().is_some_and(|m| m.path.is_some()).then_some("it is a file of the config folder: remove it there");
        vec![
            Offer::unless(Command::Open, none).called("edit"),
            Offer::on(Command::Add),
            Offer::unless(Command::Output, none).called("as a file"),
            Offer::unless(Command::Remove, none.or(used).or(file)),
            Offer::unless(Command::Edit, none).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        StatusLine { position: (self.view.total > 0).then_some((self.view.selected + 1, self.view.total)), ..StatusLine::default() }
    }
}
