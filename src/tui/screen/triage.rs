//! Triage: every open cause over the latest sync of each feed, the one that clears most rows first.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::asked::{Asked, say, sentence};
use super::edits::Edits;
use super::list::{Arrangement, Viewport};
use super::mend_all::MendAll;
use super::paint::{Paint, divide, empty, foot};
use super::rows::{Rows, left};
use super::runs::{Run, Runs};
use super::sync::explain_cause;
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, words};
use crate::desk::{Event, OpenCause, Reply, Request};
use crate::ledger::{Code, SyncNo};
use crate::tui::command::Command;
use crate::tui::look::{Look, number};
use crate::tui::memory::Memory;
use crate::tui::theme::Role;
use crate::tui::widget::split;
use crate::tui::widget::table::{Cell, Column, Row, Table};

/// The open causes.
#[derive(Debug)]
pub struct Triage {
    causes: Asked<Vec<OpenCause>>,
    view: Viewport,
    arrangement: Arrangement,
    runs: Runs,
    mend: MendAll,
    edits: Edits,
    room: Size,
}

const MEND: u8 = 2;
const UNDO_EDIT: u8 = 3;

const COLUMNS: &[Column] = &[
    Column::text("open errors by cause", 26, 100, 0),
    Column::text("feed", 12, 24, 1),
    Column::number("sync", 6, 4),
    Column::number("rows", 6, 2),
    Column::number("clears", 6, 0),
    Column::number("mended", 6, 3),
    Column::text("since", 8, 9, 5),
    Column::text("code", 7, 7, 6),
];

const ARRANGED: u8 = 2;

/// Lines at the foot that explain what is selected.
const EXPLAINED: u16 = 5;

impl Default for Triage {
    fn default() -> Self {
        Self {
            causes: Asked::new(0),
            view: Viewport::default(),
            arrangement: Arrangement::new(ARRANGED, "triage", "clears"),
            runs: Runs::new(1),
            mend: MendAll::new(MEND, SyncNo(0), None),
            edits: Edits::default(),
            room: Size::default(),
        }
    }
}

impl Triage {
    fn selected(&self) -> Option<&OpenCause> {
        self.causes.get()?.get(usize::try_from(self.view.selected).ok()?)
    }

    /// Puts the causes in the order that is wanted; the one that is selected stays so.
    fn arrange(&mut self, selected: Option<(SyncNo, u32)>) {
        if let (Some(causes), Some(by)) = (self.causes.get_mut(), self.arrangement.sort()) {
            match by.column.as_str() {
                "open errors by cause" => causes.sort_by_cached_key(|c| c.cause.title.to_lowercase()),
                "feed" => causes.sort_by_cached_key(|c| c.feed.to_lowercase()),
                "sync" => causes.sort_by_key(|c| std::cmp::Reverse(c.sync)),
                "rows" => causes.sort_by_key(|c| std::cmp::Reverse(c.cause.rows)),
                "mended" => causes.sort_by_key(|c| std::cmp::Reverse(c.corrected)),
                "since" => causes.sort_by_cached_key(|c| words::since(c.cause.since)),
                "code" => causes.sort_by_key(|c| c.cause.code.name()),
                _ => causes.sort_by_key(|c| std::cmp::Reverse(c.cause.clears)),
            }
            if by.reverse {
                causes.reverse();
            }
        }
        let at = self.causes.get().and_then(|all| all.iter().position(|c| Some((c.sync, c.cause.number)) == selected));
        if let Some(at) = at {
            self.view.selected = at as u64;
        }
    }

    fn explained(size: Size) -> u16 {
        if size.width < crate::tui::widget::WIDE && size.height >= 16 { EXPLAINED } else { 0 }
    }

    fn fit(&mut self) {
        self.view.height = u64::from(self.room.height.saturating_sub(1 + Self::explained(self.room) + u16::from(self.runs.busy())));
        self.view.total = self.causes.get().map_or(0, |c| c.len() as u64);
        self.view.select(self.view.selected);
    }
}

impl Screen for Triage {
    fn crumb(&self) -> String {
        String::from("Triage")
    }

    fn recall(&mut self, memory: &Memory) {
        self.arrangement.recall(memory);
    }

    fn counts(&self) -> bool {
        true
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        vec![self.causes.ask(Request::Triage)]
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        if let Some(effects) = self.runs.update(&msg) {
            self.fit();
            return effects;
        }
        if let Some(effects) = self.mend.update(&msg, &self.edits) {
            return effects;
        }
        let selected = self.selected().map(|c| (c.sync, c.cause.number));
        if self.arrangement.update(&msg).is_some() {
            self.arrange(selected);
        }
        let mut effects = match msg {
            Msg::Counted { command, count } => {
                self.view.go_times(command, Some(count));
                Vec::new()
            }
            Msg::Command(command @ (Command::Sort | Command::Reverse | Command::Columns)) => {
                let effect = self.arrangement.command(command, COLUMNS);
                self.arrange(selected);
                effect.into_iter().collect()
            }
            Msg::Command(command @ (Command::MendAll | Command::TakeNearest)) => {
                let Some(c) = self.selected() else { return Vec::new() };
                self.mend = MendAll::new(MEND, c.sync, Some(&c.cause));
                if command == Command::MendAll { self.mend.offer(String::new()) } else { self.mend.take_nearest(&self.edits) }
            }
            Msg::Command(command @ (Command::UndoEdit | Command::RedoEdit)) => {
                self.edits.turn(command == Command::UndoEdit, Token::of(UNDO_EDIT))
            }
            Msg::Command(Command::Open) => {
                let edits = self.edits.clone();
                let open = |c: &OpenCause| Effect::Push(Box::new(Rows::of_cause(c.sync, &c.cause).writing_in(edits)));
                self.selected().map(open).into_iter().collect()
            }
            Msg::Command(Command::Rerun) => match self.selected().map(|c| c.sync) {
                Some(sync) => vec![self.runs.preview(Run::Rerun(sync))],
                None => Vec::new(),
            },
            Msg::Command(Command::Copy | Command::CopyRow) => {
                self.selected().map(|c| Effect::Copy { text: c.cause.title.clone(), show: true }).into_iter().collect()
            }
            Msg::Command(command) => {
                self.view.go(command);
                Vec::new()
            }
            Msg::Reply { token, reply } => {
                let answer = match *reply {
                    Reply::Triage(causes) => Ok(causes),
                    Reply::Row(_) => return vec![self.causes.ask(Request::Triage)],
                    Reply::Turned(turned) => return std::iter::once(self.causes.ask(Request::Triage)).chain(left(&turned)).collect(),
                    Reply::Trouble(trouble) if !self.causes.owns(token) => return vec![say(&trouble)],
                    Reply::Trouble(trouble) => Err(trouble),
                    _ => return Vec::new(),
                };
                let said = answer.as_ref().err().map(say);
                self.causes.take(token, answer);
                self.arrange(selected);
                said.into_iter().collect()
            }
            Msg::Event(Event::SyncChanged(_) | Event::RosterChanged { .. }) | Msg::Shown | Msg::Context => {
                vec![self.causes.ask(Request::Triage)]
            }
            Msg::Resized(room) => {
                self.room = room;
                Vec::new()
            }
            _ => Vec::new(),
        };
        self.fit();
        effects.extend(self.arrangement.remember(None));
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let buffer = frame.buffer_mut();
        let Some(causes) = self.causes.get() else {
            if let Some(trouble) = self.causes.trouble() {
                empty(buffer, area, look, &[&sentence(trouble)]);
            }
            return;
        };
        if causes.is_empty() {
            return empty(
                buffer,
                area,
                look,
                &["Nothing is open: every row of the latest files is on the roster.", "i imports a file, 4 shows the log"],
            );
        }
        let explained = Self::explained(area.as_size());
        let (area, beside) = split(area);
        let mut paint = Paint::new(buffer, area, look);
        self.runs.draw(&mut paint, look);
        let (list, below) = foot(paint.rest(), explained);
        let from = self.view.first as usize;
        let rows = causes.iter().skip(from).map(|c| {
            let (glyph, role) = look.severity(c.cause.severity);
            let row = Row::new([
                Cell::new(format!("{glyph} {}", words::cause(&c.cause)), role),
                Cell::new(c.feed.as_str(), Role::Dim),
                Cell::new(c.sync.to_string(), Role::Dim),
                Cell::from(number(c.cause.rows)),
                Cell::from(number(c.cause.clears)),
                Cell::new(number(c.corrected), if c.corrected > 0 { Role::Accent } else { Role::Dim }),
                Cell::new(words::since(c.cause.since), Role::Dim),
                Cell::new(c.cause.code.name(), Role::Dim),
            ]);
            self.arrangement.row(COLUMNS, row)
        });
        let head = self.arrangement.columns(COLUMNS);
        let selected = Some(self.view.selected as usize - from);
        let whole = self.view.total <= self.view.height;
        Table { columns: &head, rows, selected, titles: true, whole }.render(buffer, list, look);
        if let Some(beside) = beside {
            divide(buffer, beside, look);
        }
        if let Some(cause) = self.selected() {
            explain_cause(&mut Paint::new(buffer, beside.unwrap_or(below), look), &cause.cause);
        }
    }

    fn offers(&self) -> Vec<Offer> {
        let none = self.selected().is_none().then_some("nothing is open");
        let unmended = self.selected().is_some_and(|c| c.corrected == 0).then_some("no row of this cause is mended yet");
        let no_column =
            self.selected().is_some_and(|c| c.cause.column.is_none()).then_some("the rows of this cause are not wrong in one column");
        let (undo, redo) = self.edits.can();
        vec![
            Offer::unless(Command::Open, none).called("rows"),
            Offer::unless(Command::Rerun, none.or(unmended)),
            Offer::unless(Command::MendAll, none.or(no_column)),
            Offer::unless(Command::TakeNearest, none.or(no_column)),
            Offer::unless(Command::UndoEdit, (!undo).then_some("nothing was mended here yet")).quiet(),
            Offer::unless(Command::RedoEdit, (!redo).then_some("nothing was undone")).quiet(),
            Offer::unless(Command::Sort, none).quiet(),
            Offer::unless(Command::Reverse, none).quiet(),
            Offer::unless(Command::Columns, none).quiet(),
            Offer::unless(Command::Copy, none).quiet(),
            Offer::unless(Command::CopyRow, none).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        StatusLine { position: (self.view.total > 0).then_some((self.view.selected + 1, self.view.total)), ..StatusLine::default() }
    }

    fn explains(&self) -> Option<Code> {
        self.selected().map(|c| c.cause.code)
    }

    fn sync(&self) -> Option<SyncNo> {
        self.selected().map(|c| c.sync)
    }
}
