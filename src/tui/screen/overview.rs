//! The Overview: what waits for someone, every feed, what is wrong most. The welcome, where there is nothing yet.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::asked::{Asked, say, sentence};
use super::feed_chart::FeedChart;
use super::flips::Flips;
use super::paint::{Paint, empty, piece};
use super::plan::PlanScreen;
use super::rows::Rows;
use super::sections::Sections;
use super::sync::SyncScreen;
use super::{Effect, Msg, Offer, Screen, StatusLine, words};
use crate::desk::{Event, FeedRow, OpenCause, Overview, Reply, Request, Waiting, WaitingSort};
use crate::ledger::{Code, SyncNo, SyncStatus};
use crate::tui::command::Command;
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::WIDE;
use crate::tui::widget::sparkline::sparkline;
use crate::tui::widget::table::{Cell, Column, Row, Table};

/// The first screen.
#[derive(Debug)]
pub struct OverviewScreen {
    shown: Asked<Overview>,
    sections: Sections,
}

/// A line of the screen; items carry their index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Blank,
    Heading(&'static str),
    FeedTitles,
    CauseTitles,
    Quiet(&'static str),
    Waiting(usize),
    Feed(usize),
    Cause(usize),
}

impl Line {
    fn is_item(self) -> bool {
        matches!(self, Self::Waiting(_) | Self::Feed(_) | Self::Cause(_))
    }
}

const WAITING: &[Column] =
    &[Column::text("", 13, 13, 0), Column::text("", 12, 26, 0), Column::text("", 20, 90, 1), Column::text("", 6, 10, 2)];

/// On a narrow terminal what is said goes before whose it is.
const WAITING_NARROW: &[Column] =
    &[Column::text("", 13, 13, 0), Column::text("", 12, 14, 0), Column::text("", 20, 90, 1), Column::text("", 6, 10, 2)];

const FEEDS: &[Column] = &[
    Column::text("Feeds", 14, 30, 0),
    Column::text("last sync", 9, 9, 0),
    Column::text("", 6, 10, 2),
    Column::number("rows", 7, 3),
    Column::number("new", 5, 4),
    Column::number("upd", 5, 4),
    Column::number("same", 7, 6),
    Column::number("off", 4, 5),
    Column::number("err", 5, 1),
    Column::text("last ten", 10, 10, 2),
];

const CAUSES: &[Column] = &[
    Column::text("Open errors by cause", 24, 80, 0),
    Column::text("feed", 10, 24, 3),
    Column::number("rows", 7, 2),
    Column::number("clears", 7, 0),
    Column::text("since", 8, 9, 1),
];

impl Default for OverviewScreen {
    fn default() -> Self {
        Self { shown: Asked::new(0), sections: Sections::default() }
    }
}

impl OverviewScreen {
    fn lines(&self) -> Vec<Line> {
        let Some(o) = self.shown.get() else { return Vec::new() };
        let mut lines = vec![Line::Heading("Waiting for someone")];
        if o.waiting.is_empty() {
            lines.push(Line::Quiet("Nothing."));
        }
        lines.extend((0..o.waiting.len()).map(Line::Waiting));
        lines.extend([Line::Blank, Line::FeedTitles]);
        lines.extend((0..o.feeds.len()).map(Line::Feed));
        lines.extend([Line::Blank, Line::CauseTitles]);
        if o.causes.is_empty() {
            lines.push(Line::Quiet("None. Every row of the latest files is on the roster."));
        }
        lines.extend((0..o.causes.len()).map(Line::Cause));
        lines
    }

    fn selected(&self) -> Option<Line> {
        self.lines().into_iter().filter(|l| l.is_item()).nth(self.sections.selected())
    }

    fn lay(&mut self) {
        let lines = self.lines();
        let at = lines.iter().enumerate().filter(|(_, l)| l.is_item()).map(|(i, _)| i as u64).collect();
        self.sections.lay(at, lines.len() as u64);
    }

    fn is_empty(&self) -> bool {
        self.shown.get().is_some_and(|o| o.empty)
    }

    /// The selected plan or hold.
    fn waits(&self) -> Option<SyncNo> {
        let Some(Line::Waiting(i)) = self.selected() else { return None };
        let waiting = self.shown.get()?.waiting.get(i)?;
        waiting.sync.filter(|_| matches!(waiting.sort, WaitingSort::Held | WaitingSort::DryRun))
    }

    fn go(&self) -> Vec<Effect> {
        let (Some(o), Some(line)) = (self.shown.get(), self.selected()) else { return Vec::new() };
        let open = |screen: Box<dyn Screen>| vec![Effect::Push(screen)];
        match line {
            Line::Waiting(i) => match (o.waiting[i].sort, o.waiting[i].sync) {
                (WaitingSort::Flipping, _) => open(Box::<Flips>::default()),
                (WaitingSort::Held | WaitingSort::DryRun, Some(number)) => open(Box::new(PlanScreen::new(number))),
                (_, Some(number)) => open(Box::new(SyncScreen::new(number))),
                (_, None) => Vec::new(),
            },
            // What waits of the feed, else how its last syncs went.
            Line::Feed(i) => match o.feeds[i].last.status {
                SyncStatus::Held | SyncStatus::DryRun => open(Box::new(PlanScreen::new(o.feeds[i].last.number))),
                _ => open(Box::new(FeedChart::new(&o.feeds[i].name))),
            },
            Line::Cause(i) => vec![Effect::Push(Box::new(Rows::of_cause(o.causes[i].sync, &o.causes[i].cause)))],
            _ => Vec::new(),
        }
    }
}

impl Screen for OverviewScreen {
    fn crumb(&self) -> String {
        String::from("Overview")
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.sections.set_height(room.height);
        vec![self.shown.ask(Request::Overview)]
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Command(Command::Open) => self.go(),
            Msg::Command(Command::Apply) => self.waits().map(|n| Effect::Push(Box::new(PlanScreen::new(n)))).into_iter().collect(),
            Msg::Command(command) => {
                self.sections.go(command);
                Vec::new()
            }
            Msg::Reply { token, reply } => {
                let answer = match *reply {
                    Reply::Overview(o) => Ok(o),
                    Reply::Trouble(t) => Err(t),
                    _ => return Vec::new(),
                };
                let said = answer.as_ref().err().filter(|_| self.shown.get().is_some()).map(say);
                self.shown.take(token, answer);
                self.lay();
                said.into_iter().collect()
            }
            Msg::Event(Event::RosterChanged { .. } | Event::SyncChanged(_)) | Msg::Shown | Msg::Context => {
                vec![self.shown.ask(Request::Overview)]
            }
            Msg::Resized(room) => {
                self.sections.set_height(room.height);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let Some(o) = self.shown.get() else {
            if let Some(trouble) = self.shown.trouble() {
                empty(frame.buffer_mut(), area, look, &[&sentence(trouble)]);
            }
            return;
        };
        if o.empty {
            return welcome(frame, area, look);
        }
        let selected = self.selected();
        for (n, line) in self.lines().into_iter().skip(self.sections.first()).take(usize::from(area.height)).enumerate() {
            let at = Rect { y: area.y + n as u16, height: 1, ..area };
            draw(frame, at, look, o, line, Some(line) == selected);
        }
    }

    fn is_loading(&self) -> bool {
        self.shown.get().is_none()
    }

    fn offers(&self) -> Vec<Offer> {
        if self.is_empty() {
            return Vec::new();
        }
        vec![
            Offer::unless(Command::Open, self.selected().is_none().then_some("nothing is selected")),
            Offer::unless(Command::Apply, self.waits().is_none().then_some("no plan or hold is selected")).called("plan"),
            Offer::on(Command::Feeds),
        ]
    }

    fn status(&self) -> StatusLine {
        StatusLine { position: self.sections.position(), ..StatusLine::default() }
    }

    fn explains(&self) -> Option<Code> {
        match (self.selected()?, self.shown.get()?) {
            (Line::Cause(i), o) => Some(o.causes.get(i)?.cause.code),
            _ => None,
        }
    }
}

fn draw(frame: &mut Frame, area: Rect, look: &Look, o: &Overview, line: Line, selected: bool) {
    let buffer = frame.buffer_mut();
    let (columns, row) = match line {
        Line::Blank => return,
        Line::Heading(text) => return Paint::new(buffer, area, look).heading(text),
        Line::Quiet(text) => return Paint::new(buffer, area, look).at(3, &[piece(text, Role::Dim)]),
        Line::FeedTitles => (FEEDS, None),
        Line::CauseTitles => (CAUSES, None),
        Line::Waiting(i) => (if area.width < WIDE { WAITING_NARROW } else { WAITING }, Some(waiting(&o.waiting[i], look))),
        Line::Feed(i) => (FEEDS, Some(feed(&o.feeds[i], look))),
        Line::Cause(i) => (CAUSES, Some(cause(&o.causes[i], look))),
    };
    let titles = row.is_none();
    Table { columns, rows: row.into_iter(), selected: selected.then_some(0), titles, whole: false }.render(buffer, area, look);
}

fn waiting<'a>(w: &'a Waiting, look: &Look) -> Row<'a> {
    let (glyph, word, role) = match w.sort {
        WaitingSort::Held => (Glyph::Held, "held", Role::Held),
        WaitingSort::Failed => (Glyph::Error, "failed", Role::Error),
        WaitingSort::DryRun => (Glyph::Note, "dry run", Role::Accent),
        WaitingSort::Corrections => (Glyph::Note, "to re-run", Role::Accent),
        WaitingSort::Overwritten => (Glyph::Warning, "overwritten", Role::Warning),
        WaitingSort::Flipping => (Glyph::Warning, "flips", Role::Warning),
        WaitingSort::CutOff => (Glyph::Error, "cut off", Role::Error),
    };
    Row::new([
        Cell::new(format!("{} {word}", look.glyph(glyph)), role),
        Cell::from(w.name.as_str()),
        Cell::from(w.text.as_str()),
        Cell::new(look.when(w.at), Role::Dim),
    ])
}

fn feed<'a>(f: &'a FeedRow, look: &Look) -> Row<'a> {
    let (last, total) = (&f.last, f.last.counts.total());
    let errors = if last.rows_with_errors > 0 { Role::Error } else { Role::Dim };
    let count = |n: u64| Cell::new(number(n), if n == 0 { Role::Dim } else { Role::Text });
    Row::new([
        Cell::from(f.name.as_str()),
        Cell::new(words::status(last.status), look.status(last.status)),
        Cell::new(look.when(last.started), Role::Dim),
        Cell::from(number(last.rows)),
        count(total.created),
        count(total.updated),
        count(total.unchanged),
        count(total.disabled),
        Cell::new(number(last.rows_with_errors), errors),
        Cell::new(sparkline(&f.errors, look.ascii), Role::Dim),
    ])
}

fn cause<'a>(c: &'a OpenCause, look: &Look) -> Row<'a> {
    let (glyph, role) = look.severity(c.cause.severity);
    Row::new([
        Cell::new(format!("{glyph} {}", words::cause(&c.cause)), role),
        Cell::new(c.feed.as_str(), Role::Dim),
        Cell::from(number(c.cause.rows)),
        Cell::from(number(c.cause.clears)),
        Cell::new(words::since(c.cause.since), Role::Dim),
    ])
}

fn welcome(frame: &mut Frame, area: Rect, look: &Look) {
    let mut paint = Paint::new(frame.buffer_mut(), area, look);
    if area.height > 14 {
        paint.next();
    }
    paint.heading("Welcome to Homeroom");
    paint.next();
    paint.wrapped(1, "This database is empty. Homeroom reads the files that your student system exports, says for every row what is wrong with it, and keeps the roster.", Role::Text, 4);
    paint.next();
    paint.labelled("i", 5, &[piece("import a file: schools first, then people", Role::Text)]);
    paint.labelled(":", 5, &[piece("type `profiles` to see which files are understood", Role::Text)]);
    paint.labelled("?", 5, &[piece("every key that works here", Role::Text)]);
    paint.next();
    paint.wrapped(1, "Nothing is changed before you have seen what would change.", Role::Text, 2);
    paint.wrapped(
        1,
        "To look around first, leave with q and start `homeroom demo`: an invented district with a week of files and their errors.",
        Role::Dim,
        4,
    );
}
