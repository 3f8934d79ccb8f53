//! The corrections: which stand for later files, which the source has resolved, how often each came back.

use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};

use super::asked::say;
use super::list::{Did, List};
use super::paint::{Paint, empty, filter_foot, foot, piece};
use super::row_form::RowForm;
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone};
use crate::desk::{CorrectionInfo, CorrectionState, Event, ExportWhat, Reply, Request, RowAt};
use crate::tui::command::{Command, Place};
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row};

const LIST: u8 = 0;
const END: u8 = 1;
const OUTPUT: u8 = 2;
const COPY: u8 = 3;

/// Lines at the foot that say all of the selected one.
const BELOW: u16 = 4;

const COLUMNS: &[Column] = &[
    Column::text("state", 10, 10, 0),
    Column::text("key", 9, 16, 0),
    Column::text("column", 8, 28, 1),
    Column::text("in the file", 10, 36, 2),
    Column::text("corrected", 10, 36, 0),
    Column::number("times", 5, 3),
    Column::text("feed", 10, 24, 4),
    Column::text("made", 7, 12, 5),
    Column::text("by", 5, 12, 6),
];

const OUTPUTS: &[(char, &str)] = &[
    ('c', "all of them, CSV"),
    ('t', "those that stand, as a text for the source's owner"),
    ('y', "that text to the terminal's clipboard"),
];

/// All corrections, those that stand first.
#[derive(Debug)]
pub struct Corrections {
    list: List<CorrectionInfo>,
    ending: Option<u32>,
    room: Size,
}

impl Default for Corrections {
    fn default() -> Self {
        Self { list: List::new(LIST), ending: None, room: Size::default() }
    }
}

impl Corrections {
    fn below(&self) -> u16 {
        if self.room.height >= 12 { BELOW } else { 2 }
    }

    fn fit(&mut self) {
        let filter = u16::from(self.place() == Place::Filter);
        self.list.set_height(self.room.height.saturating_sub(1 + self.below() + filter));
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        let Some(c) = self.list.selected() else {
            return if command == Command::Output { vec![choose()] } else { Vec::new() };
        };
        match command {
            Command::Open => vec![Effect::Push(Box::new(RowForm::at(c.sync, RowAt::Record(c.record))))],
            Command::Remove => {
                self.ending = c.number;
                let key = c.key.as_deref().unwrap_or_default();
                vec![Effect::Confirm {
                    token: Token::of(END),
                    question: format!("End the correction of {} of {key}?", c.column),
                    detail: vec![
                        String::from("Later files keep their own value; what is on the roster stays until one comes."),
                        String::from("To have it back, mend the row again."),
                    ],
                    number: None,
                }]
            }
            Command::Output => vec![choose()],
            Command::Copy => vec![Effect::Copy { text: c.key.clone().unwrap_or_default(), show: false }],
            Command::CopyRow => {
                let cells = [c.key.as_deref().unwrap_or_default(), &c.column, &c.before, &c.after];
                vec![Effect::Copy { text: cells.join("\t"), show: true }]
            }
            _ => Vec::new(),
        }
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match (token.slot, reply) {
            (LIST, Reply::AllCorrections(page)) => {
                self.list.take(token, page);
                Vec::new()
            }
            (END, Reply::Done) => {
                self.list.refresh();
                vec![Effect::Toast(Tone::Good, String::from("It stands no more: later files keep their own value."))]
            }
            (OUTPUT, Reply::Output(output)) => vec![Effect::Save(output)],
            (COPY, Reply::Output(output)) => {
                vec![Effect::Copy { text: String::from_utf8_lossy(&output.bytes).into_owned(), show: true }]
            }
            (_, Reply::Trouble(trouble)) => vec![say(&trouble)],
            _ => Vec::new(),
        }
    }

    fn explain(&self, paint: &mut Paint, look: &Look) {
        let Some(c) = self.list.selected() else { return };
        paint.rule(&format!("{} line {}, {}", c.sync, number(u64::from(c.line)), c.file));
        let shown = |value: &str| if value.is_empty() { String::from("(empty)") } else { look.personal(value).into_owned() };
        let takes = look.glyph(Glyph::Takes);
        paint.line(&[
            piece(format!("{}: ", c.column), Role::Dim),
            piece(shown(&c.before), Role::Text),
            piece(format!(" {takes} "), Role::Dim),
            piece(shown(&c.after), Role::Ok),
        ]);
        let made = format!("made {} by {}", look.when(c.at), c.by.0);
        let since = match (c.state, c.last, c.resolved_by) {
            (CorrectionState::Resolved, _, Some(by)) => format!("the file of {by} brought another value"),
            (CorrectionState::ThisFile, ..) => String::from("for this upload alone: on a key, a secret, or a row without its key"),
            (_, Some(last), _) => format!("came back {}, last in {last}", super::words::count(c.times, "time", "times")),
            _ => String::from("has not come back yet"),
        };
        paint.line(&[piece(format!("{made}; {since}"), Role::Dim)]);
        if c.state == CorrectionState::Standing {
            paint.line(&[piece("It stands until the source brings another value; o is for its owner.", Role::Dim)]);
        }
    }
}

/// A state in one or two words, for a column.
fn state(state: CorrectionState) -> &'static str {
    match state {
        CorrectionState::Standing => "standing",
        CorrectionState::Resolved => "resolved",
        CorrectionState::TakenBack => "taken back",
        CorrectionState::ThisFile => "this file",
    }
}

fn choose() -> Effect {
    let choices = OUTPUTS.iter().map(|(letter, words)| (*letter, (*words).to_owned())).collect();
    Effect::Choose { token: Token::of(OUTPUT), title: String::from("Corrections for the source's owner"), choices }
}

impl Screen for Corrections {
    fn crumb(&self) -> String {
        String::from("corrections")
    }

    fn subtitle(&self) -> Option<String> {
        Some(String::from("what was corrected here and is still wrong at the source comes first"))
    }

    fn place(&self) -> Place {
        self.list.place()
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.update(Msg::Resized(room))
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let did = self.list.update(&msg);
        let mut effects = match msg {
            Msg::Command(Command::Back) if did != Did::Nothing => vec![Effect::Handled],
            Msg::Command(command) if did == Did::Nothing => self.command(command),
            Msg::Chosen { token, index } if token.slot == OUTPUT => {
                let (slot, request) = match index {
                    0 => (OUTPUT, Request::Export { what: ExportWhat::Corrections, org: None, for_spreadsheet: true }),
                    1 => (OUTPUT, Request::Ticket { feed: None }),
                    _ => (COPY, Request::Ticket { feed: None }),
                };
                vec![Effect::Ask { token: Token::of(slot), request }]
            }
            Msg::Confirmed(token) if token.slot == END => {
                let request = self.ending.take().map(Request::EndStanding);
                request.map(|request| Effect::Ask { token: Token::of(END), request }).into_iter().collect()
            }
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Event(Event::SyncChanged(_)) | Msg::Shown => {
                self.list.refresh();
                Vec::new()
            }
            Msg::Resized(room) => {
                self.room = room;
                Vec::new()
            }
            _ => Vec::new(),
        };
        self.fit();
        effects.extend(self.list.fetch(|window, filter| Request::AllCorrections { filter, window }));
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let (area, filter) = filter_foot(area, self.place());
        let buffer = frame.buffer_mut();
        self.list.filter_line(buffer, filter, look);
        if self.list.arrived() && self.list.total() == 0 {
            let no = format!("No correction contains \"{}\".", self.list.filter());
            let lines = match self.list.filter() {
                "" => ["Nothing was corrected yet.", "5 shows what is wrong; F on a cause mends all its rows"],
                _ => [no.as_str(), "esc clears the filter"],
            };
            return empty(buffer, area, look, &lines);
        }
        let (list, below) = foot(area, self.below());
        self.list.table(buffer, list, look, COLUMNS, |c| {
            let stands = c.state == CorrectionState::Standing;
            Row::new([
                Cell::new(state(c.state), if stands { Role::Accent } else { Role::Dim }),
                Cell { text: look.personal(c.key.as_deref().unwrap_or_default()), role: Role::Text },
                Cell::new(c.column.as_str(), Role::Dim),
                Cell { text: look.personal(&c.before), role: Role::Dim },
                Cell { text: look.personal(&c.after), role: Role::Text },
                Cell::from(number(c.times)),
                Cell::new(c.feed.as_str(), Role::Dim),
                Cell::new(look.when(c.at), Role::Dim),
                Cell::new(c.by.0.as_str(), Role::Dim),
            ])
        });
        self.explain(&mut Paint::new(buffer, below, look), look);
    }

    fn is_loading(&self) -> bool {
        self.list.is_loading()
    }

    fn offers(&self) -> Vec<Offer> {
        let selected = self.list.selected();
        let none = selected.is_none().then_some("nothing is selected");
        let ended = selected.is_some_and(|c| c.state != CorrectionState::Standing).then_some("it does not stand for later files");
        vec![
            Offer::unless(Command::Open, none).called("the row"),
            Offer::unless(Command::Remove, none.or(ended)).called("take back"),
            Offer::on(Command::Output).called("CSV, ticket"),
            Offer::on(Command::Filter),
            Offer::on(Command::FilterKeep),
            Offer::unless(Command::Copy, none).called("copy key").quiet(),
            Offer::unless(Command::CopyRow, none).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        self.list.status()
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        self.list.filter_cursor(area, look)
    }
}
