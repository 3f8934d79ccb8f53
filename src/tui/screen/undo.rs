//! Before a sync is undone: what would be put back, what must be left with the reason, and what that does to each school. P does it.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};

use super::asked::say;
use super::list::List;
use super::paint::{Paint, Piece, empty, piece};
use super::person::PersonScreen;
use super::plan::shares::Shares;
use super::runs::progress_line;
use super::sync::SyncScreen;
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone, words};
use crate::desk::{Event, LeftLine, PlanLine, Progress, Ran, Reply, Request, TroubleSort};
use crate::ledger::{SyncNo, Tally};
use crate::roster::{PersonNo, Table};
use crate::tui::command::Command;
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row};

const BACK: u8 = 0;
const LEFT: u8 = 1;
const UNDO: u8 = 2;

/// More records than this and the number must be typed.
const MANY: u64 = 100;

/// The undo of a sync, before it is done.
#[derive(Debug)]
pub struct UndoScreen {
    of: SyncNo,
    /// What trying it came to.
    ran: Ran,
    view: View,
    back: List<PlanLine>,
    left: List<LeftLine>,
    shares: Shares,
    running: bool,
    progress: Option<Progress>,
    room: Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    Back,
    Left,
    Schools,
}

const BACKS: &[Column] = &[
    Column::text("what", 8, 10, 0),
    Column::text("kind", 8, 11, 2),
    Column::text("ID", 9, 14, 1),
    Column::text("name", 14, 28, 1),
    Column::text("change", 30, 100, 0),
];

const LEFTS: &[Column] = &[
    Column::text("ID", 9, 14, 0),
    Column::text("name", 14, 24, 1),
    Column::text("field", 8, 16, 0),
    Column::text("why", 32, 80, 0),
    Column::text("stays", 10, 24, 2),
    Column::text("not put back", 12, 24, 3),
];

impl UndoScreen {
    /// The undo of a sync that was tried.
    pub fn new(of: SyncNo, ran: Ran) -> Self {
        let total = ran.detail.sync.counts.total();
        let view = if touched(&total) == 0 && !ran.left.is_empty() { View::Left } else { View::Back };
        let shares = Shares::of(ran.detail.by_school.clone());
        let (back, left) = (List::new(BACK), List::new(LEFT));
        Self { of, ran, view, back, left, shares, running: false, progress: None, room: Size::default() }
    }

    fn fit(&mut self) {
        let rows = self.room.height.saturating_sub(4 + u16::from(self.running));
        self.back.set_height(rows);
        self.left.set_height(rows);
        self.shares.set_height(rows + 1);
    }

    fn fetch(&mut self) -> Option<Effect> {
        let sync = self.of;
        match self.view {
            View::Back => self.back.fetch(|window, _| Request::UndoBack { sync, window }),
            View::Left => self.left.fetch(|window, _| Request::UndoLeft { sync, window }),
            View::Schools => None,
        }
    }

    fn confirm(&self) -> Effect {
        let n = touched(&self.ran.detail.sync.counts.total());
        let mut detail = vec![format!("{} put back as before {}.", words::count(n, "record is", "records are"), self.of)];
        if !self.ran.left.is_empty() {
            detail.push(format!(
                "{} left as they are: the list says why.",
                words::count(self.ran.left.len() as u64, "value is", "values are")
            ));
        }
        detail.push(String::from("An undo can be undone."));
        Effect::Confirm { token: Token::of(UNDO), question: format!("Undo {}?", self.of), detail, number: (n > MANY).then_some(n) }
    }

    fn done(&self, ran: Ran) -> Vec<Effect> {
        let back = touched(&ran.detail.sync.counts.total());
        let toast = Effect::Toast(Tone::Good, format!("{} was undone: {} put back.", self.of, words::count(back, "record", "records")));
        vec![toast, Effect::Replace(Box::new(SyncScreen::with(ran.detail)))]
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match reply {
            Reply::Plan(page) => drop(self.back.take(token, page)),
            Reply::Left(page) => drop(self.left.take(token, page)),
            Reply::Ran(ran) if token.slot == UNDO => return self.done(*ran),
            Reply::Trouble(trouble) => {
                self.running = false;
                if trouble.sort == TroubleSort::Cancelled {
                    return vec![Effect::Toast(Tone::Plain, String::from("Cancelled. Nothing was changed."))];
                }
                return vec![say(&trouble)];
            }
            _ => {}
        }
        Vec::new()
    }

    fn turn(&mut self, forward: bool) {
        let views = [View::Back, View::Left, View::Schools];
        let at = views.iter().position(|v| *v == self.view).unwrap_or(0);
        self.view = views[(at + if forward { 1 } else { 2 }) % 3];
    }

    /// The person whom the selected line is about.
    fn person(&self) -> Option<PersonNo> {
        let left = self.left.selected().filter(|_| self.view == View::Left)?;
        (left.entity.table == Table::People).then_some(PersonNo(left.entity.slot))
    }

    fn head(&self, paint: &mut Paint, look: &Look) {
        let t = self.ran.detail.sync.counts.total();
        if self.running {
            progress_line(paint, &format!("undoing {}", self.of), self.progress.as_ref(), look);
        }
        let made = words::count(t.disabled, "record that it made is", "records that it made are");
        let removed = if t.disabled > 0 { format!("; {made} removed") } else { String::new() };
        let back = format!("{} put back as before {}{removed}.", words::count(t.created + t.updated, "record is", "records are"), self.of);
        paint.line(&[piece(back, Role::Text)]);
        let n = self.ran.left.len() as u64;
        let left = match n {
            0 => piece("Nothing stands against it.", Role::Ok),
            n => piece(format!("{} {} left: changed since, or others refer to it.", look.glyph(Glyph::Error), number(n)), Role::Warning),
        };
        paint.line(&[left, piece("  Nothing has been changed yet.", Role::Accent)]);
        let tab = |view, text: String| -> Piece<'static> {
            if view == self.view { piece(format!("[{text}]"), Role::Accent) } else { piece(format!(" {text} "), Role::Dim) }
        };
        paint.line(&[
            tab(View::Back, format!("Put back {}", number(touched(&t)))),
            tab(View::Left, format!("Left {}", number(n))),
            tab(View::Schools, String::from("By school")),
        ]);
    }

    fn backs(&self, buffer: &mut Buffer, area: Rect, look: &Look) {
        if self.back.arrived() && self.back.total() == 0 {
            return empty(buffer, area, look, &["Nothing would be put back.", "tab shows what must be left, and why"]);
        }
        self.back.table(buffer, area, look, BACKS, |line| {
            let (what, change) = match line.action.as_str() {
                "removed" => ("removed", String::from("it was made by the sync")),
                "created" => ("made again", String::new()),
                _ => ("put back", changes(line, look)),
            };
            Row::new([
                Cell::from(what),
                Cell::new(line.kind.name(), Role::Dim),
                Cell::from(look.personal(&line.key).into_owned()),
                Cell::from(look.personal(&line.name).into_owned()),
                Cell::from(change),
            ])
        });
    }

    fn lefts(&self, buffer: &mut Buffer, area: Rect, look: &Look) {
        if self.left.arrived() && self.left.total() == 0 {
            return empty(buffer, area, look, &["Nothing must be left.", "tab goes on"]);
        }
        self.left.table(buffer, area, look, LEFTS, |line| {
            let value = |text: &str| if text.is_empty() { look.glyph(Glyph::None).to_owned() } else { look.personal(text).into_owned() };
            let whole = line.field.is_empty();
            Row::new([
                Cell::from(look.personal(&line.key).into_owned()),
                Cell::from(look.personal(&line.name).into_owned()),
                Cell::new(if whole { "the record" } else { &line.field }, Role::Text),
                Cell::new(why(line, look), Role::Warning),
                Cell::from(if whole { String::new() } else { value(&line.now) }),
                Cell::new(if whole { String::new() } else { value(&line.back) }, Role::Dim),
            ])
        });
    }
}

fn touched(t: &Tally) -> u64 {
    t.created + t.updated + t.disabled
}

/// "changed since by #52, maria, Nov 3".
fn why(line: &LeftLine, look: &Look) -> String {
    let short = line.why.trim_start_matches("it was ");
    let Some(since) = line.since.as_ref().filter(|_| short.starts_with("changed") || short.starts_with("removed")) else {
        return line.why.clone();
    };
    let by = since.sync.map_or_else(|| String::from("by hand"), |sync| format!("by {sync}"));
    let why = short.trim_end_matches(" since");
    format!("{why} {by}, {}, {}", since.by, look.when(since.at))
}

fn changes(line: &PlanLine, look: &Look) -> String {
    let one = |c| super::person::change(c, look).into_iter().map(|(text, _)| text.into_owned()).collect::<String>();
    line.changes.iter().map(one).collect::<Vec<_>>().join("; ")
}

impl Screen for UndoScreen {
    fn crumb(&self) -> String {
        format!("undo of {}", self.of)
    }

    fn subtitle(&self) -> Option<String> {
        let s = &self.ran.detail.sync;
        Some(format!("{} · what undoing {} would do to the roster as it is now", s.file, self.of))
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.update(Msg::Resized(room))
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match self.view {
            View::Back => drop(self.back.update(&msg)),
            View::Left => drop(self.left.update(&msg)),
            View::Schools => drop(self.shares.update(&msg)),
        }
        let mut effects = match msg {
            Msg::Command(Command::NextPane) => {
                self.turn(true);
                Vec::new()
            }
            Msg::Command(Command::PreviousPane) => {
                self.turn(false);
                Vec::new()
            }
            Msg::Command(Command::Apply | Command::Undo) if !self.running => vec![self.confirm()],
            Msg::Command(Command::Abandon) => vec![Effect::Pop],
            Msg::Command(Command::Open) => self.person().map(|n| Effect::Push(Box::new(PersonScreen::new(n)))).into_iter().collect(),
            Msg::Confirmed(token) if token.slot == UNDO => {
                self.running = true;
                let request = Request::Undo { sync: self.of, dry_run: false };
                vec![Effect::Long { token: Token::of(UNDO), request, title: format!("undo {}", self.of) }]
            }
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Event(Event::Progress(progress)) if self.running => {
                self.progress = Some(progress);
                Vec::new()
            }
            Msg::Event(Event::RosterChanged { .. }) if !self.running => {
                self.back.refresh();
                self.left.refresh();
                Vec::new()
            }
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
        let mut paint = Paint::new(buffer, area, look);
        self.head(&mut paint, look);
        let rest = paint.rest();
        match self.view {
            View::Back => self.backs(buffer, rest, look),
            View::Left => self.lefts(buffer, rest, look),
            View::Schools => self.shares.draw(buffer, rest, look),
        }
    }

    fn is_loading(&self) -> bool {
        match self.view {
            View::Back => self.back.is_loading(),
            View::Left => self.left.is_loading(),
            View::Schools => false,
        }
    }

    fn offers(&self) -> Vec<Offer> {
        let running = self.running.then_some("it is being undone: ctrl-c cancels");
        let nothing = (touched(&self.ran.detail.sync.counts.total()) == 0).then_some("nothing would be put back");
        let person = self.person().is_none().then_some("no person that stays is selected");
        vec![
            Offer::unless(Command::Apply, running.or(nothing)).called("undo now"),
            Offer::unless(Command::Abandon, running).called("leave it"),
            Offer::on(Command::NextPane).called("next"),
            Offer::unless(Command::Open, person).called("the person"),
            Offer::unless(Command::Undo, running.or(nothing)).quiet(),
            Offer::on(Command::PreviousPane).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        match self.view {
            View::Back => self.back.status(),
            View::Left => self.left.status(),
            View::Schools => self.shares.status(),
        }
    }

    fn sync(&self) -> Option<SyncNo> {
        Some(self.of)
    }
}
