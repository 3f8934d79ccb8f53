//! Triage: every open cause over the latest upload of each feed, the one that clears most rows first. Tab shows what sleeps, and what was
//! resolved since the upload before.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::add_form::AddForm;
use super::asked::{Asked, say, sentence};
use super::clash::{ClashScreen, is_about_identity};
use super::edits::Edits;
use super::list::{Arrangement, Viewport};
use super::mend_all::MendAll;
use super::paint::{Paint, divide, empty, foot, piece};
use super::rows::{Rows, left};
use super::runs::{Run, Runs};
use super::snoozing::{self, Snoozing};
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, words};
use crate::desk::{Event, GoneCause, OpenCause, Reply, Request, SnoozeState, SnoozedCause};
use crate::ledger::{Code, SyncNo};
use crate::tui::command::Command;
use crate::tui::look::{Look, number};
use crate::tui::memory::Memory;
use crate::tui::theme::Role;
use crate::tui::widget::split;
use crate::tui::widget::table::{Cell, Column, Row, Table};

const OPEN: u8 = 0;
const RUNS: u8 = 1;
const SLEEPING: u8 = 2;
const GONE: u8 = 3;
const SNOOZE: u8 = 4;
const MEND: u8 = 5;
const UNDO: u8 = 6;
const ARRANGED: u8 = 7;

/// The open causes, what sleeps, and what went.
#[derive(Debug)]
pub struct Triage {
    causes: Asked<Vec<OpenCause>>,
    snoozed: Asked<Vec<SnoozedCause>>,
    gone: Asked<Vec<GoneCause>>,
    view: View,
    list: Viewport,
    arrangement: Arrangement,
    runs: Runs,
    snoozing: Snoozing,
    mend: MendAll,
    edits: Edits,
    room: Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    Open,
    Snoozed,
    Gone,
}

impl View {
    const ALL: [Self; 3] = [Self::Open, Self::Snoozed, Self::Gone];
}

const COLUMNS: &[Column] = &[
    Column::text("open errors by cause", 26, 100, 0),
    Column::text("feed", 12, 24, 1),
    Column::number("sync", 6, 5),
    Column::number("rows", 6, 2),
    Column::number("clears", 6, 0),
    Column::number("mended", 6, 4),
    Column::text("since", 8, 9, 3),
    Column::text("code", 7, 7, 6),
];

/// Lines at the foot that explain what is selected.
const EXPLAINED: u16 = 5;

impl Default for Triage {
    fn default() -> Self {
        Self {
            causes: Asked::new(OPEN),
            snoozed: Asked::new(SLEEPING),
            gone: Asked::new(GONE),
            view: View::Open,
            list: Viewport::default(),
            arrangement: Arrangement::new(ARRANGED, "triage", "clears"),
            runs: Runs::new(RUNS),
            snoozing: Snoozing::new(SNOOZE),
            mend: MendAll::new(MEND, SyncNo(0), None),
            edits: Edits::default(),
            room: Size::default(),
        }
    }
}

impl Triage {
    fn ask(&mut self) -> Vec<Effect> {
        vec![self.causes.ask(Request::Triage), self.snoozed.ask(Request::Snoozed), self.gone.ask(Request::Gone(None))]
    }

    fn at<'a, T>(&self, all: Option<&'a Vec<T>>) -> Option<&'a T> {
        all?.get(usize::try_from(self.list.selected).ok()?)
    }

    /// The cause that is selected, as far as it is open: one that sleeps, too.
    fn selected(&self) -> Option<&OpenCause> {
        match self.view {
            View::Open => self.at(self.causes.get()),
            View::Snoozed => self.at(self.snoozed.get())?.open.as_ref(),
            View::Gone => None,
        }
    }

    fn chosen(&self) -> Option<(SyncNo, u32)> {
        self.selected().map(|c| (c.sync, c.cause.number))
    }

    fn sleeping(&self) -> Option<&SnoozedCause> {
        if self.view == View::Snoozed { self.at(self.snoozed.get()) } else { None }
    }

    fn went(&self) -> Option<&GoneCause> {
        if self.view == View::Gone { self.at(self.gone.get()) } else { None }
    }

    fn count(&self, view: View) -> usize {
        match view {
            View::Open => self.causes.get().map_or(0, Vec::len),
            View::Snoozed => self.snoozed.get().map_or(0, Vec::len),
            View::Gone => self.gone.get().map_or(0, Vec::len),
        }
    }

    /// Whether something sleeps or went: then a line says so.
    fn has_views(&self) -> bool {
        self.view != View::Open || self.count(View::Snoozed) > 0 || self.count(View::Gone) > 0
    }

    /// Puts the open causes in the order that is wanted; the one that is selected stays so.
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
                // As the desk has them: what follows from another right below it.
                _ => {}
            }
            if by.reverse {
                causes.reverse();
            }
        }
        let at = self.causes.get().and_then(|all| all.iter().position(|c| Some((c.sync, c.cause.number)) == selected));
        if let (Some(at), View::Open) = (at, self.view) {
            self.list.selected = at as u64;
        }
    }

    fn explained(size: Size) -> u16 {
        if size.width < crate::tui::widget::WIDE && size.height >= 16 { EXPLAINED } else { 0 }
    }

    fn fit(&mut self) {
        let busy = u16::from(self.runs.busy()) + u16::from(self.has_views());
        self.list.height = u64::from(self.room.height.saturating_sub(1 + Self::explained(self.room) + busy));
        self.list.total = self.count(self.view) as u64;
        self.list.select(self.list.selected);
    }

    fn turn(&mut self, by: usize) {
        let at = View::ALL.iter().position(|v| *v == self.view).unwrap_or(0);
        self.view = View::ALL[(at + by) % View::ALL.len()];
        self.list = Viewport::default();
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Open => {
                if let Some(g) = self.went() {
                    return vec![Effect::Push(Box::new(Rows::of_cause(g.before, &g.cause)))];
                }
                let open = |c: &OpenCause| Effect::Push(Box::new(Rows::of_cause(c.sync, &c.cause).writing_in(self.edits.clone())));
                self.selected().map(open).into_iter().collect()
            }
            Command::NextPane | Command::PreviousPane => {
                self.turn(if command == Command::NextPane { 1 } else { 2 });
                Vec::new()
            }
            Command::Rerun => match self.selected().map(|c| c.sync) {
                Some(sync) => vec![self.runs.preview(Run::Rerun(sync))],
                None => Vec::new(),
            },
            Command::Snooze => match (self.sleeping().map(|s| (s.note.id.clone(), s.title.clone())), self.selected().cloned()) {
                (Some((id, title)), _) => vec![self.snoozing.wake(&id, title)],
                (None, Some(c)) => vec![self.snoozing.turn(c.sync, &c.cause, Some(&c.about))],
                (None, None) => Vec::new(),
            },
            Command::MendAll | Command::TakeNearest => {
                let Some((sync, cause)) = self.selected().map(|c| (c.sync, c.cause.clone())) else { return Vec::new() };
                self.mend = MendAll::new(MEND, sync, Some(&cause));
                let nearest = self.selected().and_then(|c| c.about.near.first()).map(|n| n.value.clone()).unwrap_or_default();
                if command == Command::MendAll { self.mend.offer(nearest) } else { self.mend.take_nearest(&self.edits) }
            }
            Command::UndoEdit | Command::RedoEdit => self.edits.turn(command == Command::UndoEdit, Token::of(UNDO)),
            Command::Add => {
                let makes = self.selected().and_then(|c| c.about.makes.as_ref());
                makes.map(|m| Effect::Push(Box::new(AddForm::lacking(m)))).into_iter().collect()
            }
            Command::Beside => {
                let open = |c: &OpenCause| Effect::Push(Box::new(ClashScreen::of_cause(c.sync, c.cause.number)));
                self.selected().map(open).into_iter().collect()
            }
            Command::Copy | Command::CopyRow => {
                let title = self.selected().map(|c| &c.cause.title).or(self.went().map(|g| &g.cause.title));
                title.map(|t| Effect::Copy { text: t.clone(), show: true }).into_iter().collect()
            }
            other => {
                self.list.go(other);
                Vec::new()
            }
        }
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match reply {
            Reply::Triage(all) => {
                let selected = self.chosen();
                self.causes.take(token, Ok(all));
                self.arrange(selected);
            }
            Reply::Snoozed(all) => {
                // Where the last one woke there is nothing left to look at.
                if self.view == View::Snoozed && all.is_empty() && self.count(View::Snoozed) > 0 {
                    self.view = View::Open;
                }
                self.snoozed.take(token, Ok(all));
            }
            Reply::Gone(all) => drop(self.gone.take(token, Ok(all))),
            Reply::Row(_) => return self.ask(),
            Reply::Turned(turned) => return self.ask().into_iter().chain(left(&turned)).collect(),
            Reply::Trouble(trouble) => {
                let said = say(&trouble);
                if self.causes.owns(token) {
                    self.causes.take(token, Err(trouble));
                }
                return vec![said];
            }
            _ => {}
        }
        Vec::new()
    }

    /// What there is besides, in one line: nothing is hidden silently.
    fn views(&self, paint: &mut Paint) {
        let asleep = self.snoozed.get().into_iter().flatten().filter(|s| s.note.state == SnoozeState::Asleep).count();
        let part = |view, text: String| {
            piece(
                if self.view == view { format!("[{text}]") } else { format!(" {text} ") },
                if self.view == view { Role::Accent } else { Role::Dim },
            )
        };
        paint.line(&[
            part(View::Open, format!("{} open", number(self.count(View::Open) as u64))),
            part(View::Snoozed, format!("{} snoozed", number(asleep as u64))),
            part(View::Gone, format!("{} resolved", number(self.count(View::Gone) as u64))),
            piece("  tab shows them", Role::Dim),
        ]);
    }

    fn nothing(&self) -> [&'static str; 2] {
        match self.view {
            View::Open if self.count(View::Snoozed) > 0 => ["Nothing is open but what was snoozed.", "tab shows it"],
            View::Open => ["Nothing is open: every row of the latest files is on the roster.", "i imports a file, 4 shows the log"],
            View::Snoozed => ["Nothing is snoozed.", "z on a cause puts it to sleep until a day, with the reason"],
            View::Gone => ["Nothing was resolved since the upload before.", "tab goes back to what is open"],
        }
    }

    fn explain(&self, paint: &mut Paint, look: &Look) {
        if let Some(g) = self.went() {
            return snoozing::explain_gone(paint, g);
        }
        if let Some(s) = self.sleeping() {
            return snoozing::explain_snoozed(paint, s, look);
        }
        if let Some(open) = self.selected() {
            snoozing::explain(paint, &open.cause, Some(&open.about), look);
        }
    }
}

/// An open cause as a row.
fn open_row<'a>(c: &'a OpenCause, look: &Look) -> Row<'a> {
    let (title, role) = snoozing::title(&c.cause, Some(&c.about), look);
    Row::new([
        Cell::new(title, role),
        Cell::new(c.feed.as_str(), Role::Dim),
        Cell::new(c.sync.to_string(), Role::Dim),
        Cell::from(number(c.cause.rows)),
        Cell::from(number(c.cause.clears)),
        Cell::new(number(c.corrected), if c.corrected > 0 { Role::Accent } else { Role::Dim }),
        Cell::new(words::since(c.cause.since), Role::Dim),
        Cell::new(c.cause.code.name(), Role::Dim),
    ])
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
        self.ask()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        if let Some(effects) = self.runs.update(&msg) {
            self.fit();
            return effects;
        }
        if let Some(effects) = self.mend.update(&msg, &self.edits) {
            return effects;
        }
        if let Some(mut effects) = self.snoozing.update(&msg) {
            if matches!(msg, Msg::Reply { .. }) {
                effects.extend(self.ask());
            }
            return effects;
        }
        let chosen = self.chosen();
        if self.arrangement.update(&msg).is_some() {
            self.arrange(chosen);
        }
        let mut effects = match msg {
            Msg::Counted { command, count } => {
                self.list.go_times(command, Some(count));
                Vec::new()
            }
            Msg::Command(command @ (Command::Sort | Command::Reverse | Command::Columns)) => {
                let effect = self.arrangement.command(command, COLUMNS);
                // Another order begins with the desk's own.
                self.arrange(chosen);
                effect.into_iter().chain(self.ask()).collect()
            }
            Msg::Command(command) => self.command(command),
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Event(Event::SyncChanged(_) | Event::RosterChanged { .. }) | Msg::Shown | Msg::Context => self.ask(),
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
        if self.causes.get().is_none() {
            if let Some(trouble) = self.causes.trouble() {
                empty(buffer, area, look, &[&sentence(trouble)]);
            }
            return;
        }
        let explained = Self::explained(area.as_size());
        let (area, beside) = if self.count(self.view) == 0 { (area, None) } else { split(area) };
        let mut paint = Paint::new(buffer, area, look);
        if self.has_views() {
            self.views(&mut paint);
        }
        self.runs.draw(&mut paint, look);
        let rest = paint.rest();
        if self.count(self.view) == 0 {
            return empty(buffer, rest, look, &self.nothing());
        }
        let (list, below) = foot(rest, explained);
        let from = self.list.first as usize;
        let head = self.arrangement.columns(COLUMNS);
        let (columns, rows): (&[Column<'_>], Vec<Row<'_>>) = match self.view {
            View::Open => {
                let row = |c| self.arrangement.row(COLUMNS, open_row(c, look));
                (head.as_ref(), self.causes.get().into_iter().flatten().skip(from).map(row).collect())
            }
            View::Snoozed => {
                (snoozing::SNOOZED, self.snoozed.get().into_iter().flatten().skip(from).map(|s| snoozing::snoozed_row(s, look)).collect())
            }
            View::Gone => (snoozing::GONE, self.gone.get().into_iter().flatten().skip(from).map(|g| snoozing::gone_row(g, look)).collect()),
        };
        let selected = Some(self.list.selected as usize - from);
        let whole = self.list.total <= self.list.height;
        let rows = rows.into_iter().take(usize::from(list.height));
        Table { columns, rows, selected, titles: true, whole }.render(buffer, list, look);
        if let Some(beside) = beside {
            divide(buffer, beside, look);
        }
        self.explain(&mut Paint::new(buffer, beside.unwrap_or(below), look), look);
    }

    fn is_loading(&self) -> bool {
        self.causes.get().is_none()
    }

    fn offers(&self) -> Vec<Offer> {
        let selected = self.selected();
        let none = selected.is_none().then_some(if self.view == View::Gone { "it is resolved" } else { "nothing is open" });
        let busy = self.runs.busy().then_some("work on these rows is under way");
        let no_column = selected.is_none_or(|c| c.cause.column.is_none()).then_some("the rows of this cause are not wrong in one column");
        let no_near =
            selected.is_some_and(|c| c.about.near.is_empty() && c.cause.value.is_some()).then_some("nothing near this value is known");
        let no_makes = selected.is_none_or(|c| c.about.makes.is_none()).then_some("nothing that is missing could be made by hand here");
        let no_clash = selected.is_none_or(|c| !is_about_identity(c.cause.code)).then_some("no rows claim the same here");
        // What a row lacks may have been made meanwhile; of what is wrong in the file itself something must be mended first.
        let waits = |c: &OpenCause| c.corrected == 0 && !["REF-", "DUP-"].iter().any(|g| c.cause.code.name().starts_with(g));
        // While the list is on its way anew it may be mended: whoever presses R right after P means it.
        let unmended = (!self.causes.waiting() && selected.is_some_and(waits)).then_some("no row of this cause is mended yet");
        let (undo, redo) = self.edits.can();
        let sleeps = self.sleeping().is_some();
        let unsorted = (self.view != View::Open).then_some("only what is open can be sorted");
        let open = if self.went().is_some() { None } else { none };
        vec![
            Offer::unless(Command::Open, open).called("rows"),
            Offer::unless(Command::TakeNearest, none.or(no_column).or(no_near).or(busy)),
            Offer::unless(Command::Add, none.or(no_makes)),
            Offer::unless(Command::Beside, none.or(no_clash)),
            Offer::unless(Command::Snooze, if sleeps { None } else { none }).called(if sleeps { "wake" } else { "snooze" }),
            Offer::unless(Command::MendAll, none.or(no_column).or(busy)),
            Offer::unless(Command::Rerun, none.or(unmended).or(busy)),
            Offer::on(Command::NextPane).called("snoozed, resolved"),
            Offer::on(Command::PreviousPane).quiet(),
            Offer::unless(Command::UndoEdit, (!undo).then_some("nothing was mended here yet")).quiet(),
            Offer::unless(Command::RedoEdit, (!redo).then_some("nothing was undone")).quiet(),
            Offer::unless(Command::Sort, unsorted).quiet(),
            Offer::unless(Command::Reverse, unsorted).quiet(),
            Offer::unless(Command::Columns, unsorted).quiet(),
            Offer::unless(Command::Copy, open).quiet(),
            Offer::unless(Command::CopyRow, open).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        StatusLine { position: (self.list.total > 0).then_some((self.list.selected + 1, self.list.total)), ..StatusLine::default() }
    }

    fn explains(&self) -> Option<Code> {
        self.selected().map(|c| c.cause.code).or(self.went().map(|g| g.cause.code))
    }

    fn sync(&self) -> Option<SyncNo> {
        self.selected().map(|c| c.sync)
    }
}
