//! One feed over time: a chart of the rows with errors in its last syncs, and below it each of them with what became of its rows.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::symbols::bar;
use ratatui::text::Line;
use ratatui::widgets::{Bar, BarChart, BarGroup, Widget};

use super::asked::{Asked, say, sentence};
use super::compare::CompareScreen;
use super::list::Viewport;
use super::paint::{Paint, empty, piece};
use super::plan::PlanScreen;
use super::sync::SyncScreen;
use super::{Effect, Msg, Offer, Screen, StatusLine, words};
use crate::desk::{Event, Page, Reply, Request, SyncsOf, Window};
use crate::ledger::{Sync, SyncKind, SyncNo, SyncStatus};
use crate::tui::command::Command;
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::sparkline;
use crate::tui::widget::stacked::{legend, stacked};

/// Syncs that are shown.
const SYNCS: u64 = 20;

/// Cells of a bar of the chart, and between two.
const BAR: u16 = 3;
const GAP: u16 = 1;

/// Lines of the chart with its labels; below this room there is none.
const CHART: u16 = 7;
const ROOM: u16 = 16;

/// A sign for each eighth of a cell, where there are only letters.
const ASCII: bar::Set<'_> = bar::Set {
    full: "#",
    seven_eighths: "#",
    three_quarters: "#",
    five_eighths: "=",
    half: "=",
    three_eighths: "-",
    one_quarter: "-",
    one_eighth: "_",
    empty: " ",
};

/// The last syncs of a feed.
#[derive(Debug)]
pub struct FeedChart {
    feed: String,
    syncs: Asked<Page<Sync>>,
    view: Viewport,
    room: Size,
}

impl FeedChart {
    /// The chart of a feed, by name.
    pub fn new(feed: impl Into<String>) -> Self {
        Self { feed: feed.into(), syncs: Asked::new(0), view: Viewport::default(), room: Size::default() }
    }

    fn ask(&mut self) -> Effect {
        let of = SyncsOf { feed: Some(self.feed.clone()), ..SyncsOf::default() };
        self.syncs.ask(Request::Syncs { window: Window { first: 0, count: SYNCS }, org: None, filter: String::new(), of })
    }

    /// Newest first.
    fn rows(&self) -> &[Sync] {
        self.syncs.get().map(|p| p.rows.as_slice()).unwrap_or_default()
    }

    fn selected(&self) -> Option<&Sync> {
        self.rows().get(usize::try_from(self.view.selected).ok()?)
    }

    fn chart_lines(&self) -> u16 {
        if self.room.height >= ROOM { CHART + 1 } else { 0 }
    }

    fn fit(&mut self) {
        self.view.height = u64::from(self.room.height.saturating_sub(self.chart_lines() + 2));
        self.view.total = self.rows().len() as u64;
        self.view.select(self.view.selected);
    }

    /// The newest at the right; the selected one is told by its label.
    fn chart(&self, buffer: &mut Buffer, area: Rect, look: &Look) {
        let fit = usize::from((area.width.saturating_sub(1) + GAP) / (BAR + GAP));
        let selected = self.selected().map(|s| s.number);
        let most = self.rows().iter().map(|s| s.rows_with_errors).max().unwrap_or(0).max(1);
        // One error must not look like none: it stands an eighth of a cell high at least.
        let least = most.div_ceil(8 * u64::from(area.height.saturating_sub(2).max(1)));
        let one = |s: &Sync| {
            let here = Some(s.number) == selected;
            let label = Line::styled(label(s.number), look.style(if here { Role::Selected } else { Role::Dim }));
            let style = look.style(if s.rows_with_errors > 0 { Role::Error } else { Role::Dim });
            let value = if s.rows_with_errors == 0 { 0 } else { s.rows_with_errors.max(least) };
            Bar::default().value(value).label(label).text_value("").style(style)
        };
        let bars: Vec<Bar<'_>> = self.rows().iter().take(fit).rev().map(one).collect();
        let chart = BarChart::default()
            .data(BarGroup::default().bars(&bars))
            .bar_width(BAR)
            .bar_gap(GAP)
            .max(most)
            .bar_set(if look.ascii { ASCII } else { bar::NINE_LEVELS });
        // The values stand above the bars, where they can be read without colour.
        let (values, chart_area) = (Rect { height: 1, ..area }, Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area });
        chart.render(Rect { x: chart_area.x + 1, width: chart_area.width.saturating_sub(1), ..chart_area }, buffer);
        for (n, s) in self.rows().iter().take(fit).rev().enumerate() {
            let text = format!("{:^3}", short(s.rows_with_errors));
            let x = values.x + 1 + n as u16 * (BAR + GAP);
            buffer.set_stringn(x, values.y, text, usize::from(BAR), look.style(Role::Text));
        }
    }

    fn line(buffer: &mut Buffer, area: Rect, look: &Look, sync: &Sync, here: bool, most: u64) {
        let mut paint = Paint::new(buffer, area, look);
        let wide = area.width >= 76;
        if here {
            paint.at(1, &[piece(look.glyph(Glyph::Selected), Role::Accent)]);
        }
        paint.at(3, &[piece(format!("{:<6}", sync.number), if here { Role::Selected } else { Role::Text })]);
        paint.at(9, &[piece(look.when_exactly(sync.started), Role::Dim)]);
        paint.at(22, &[piece(words::status(sync.status), look.status(sync.status))]);
        let (from, cells) = if wide { (32, area.width.saturating_sub(32 + 24)) } else { (32, area.width.saturating_sub(32 + 9)) };
        let errors = number(sync.rows_with_errors);
        let role = if sync.rows_with_errors > 0 { Role::Error } else { Role::Dim };
        if wide {
            paint.at(area.width - 23, &[piece(format!("{errors:>7} "), role)]);
            paint.at(area.width - 15, &[piece(sparkline::bar(sync.rows_with_errors, most, 14, look.ascii), role)]);
        } else {
            paint.at(area.width.saturating_sub(8), &[piece(format!("{errors:>7}"), role)]);
        }
        stacked(buffer, (area.x + from, area.y), cells, &sync.counts.total(), look);
    }
}

/// A number in three cells: 38, 412, 1k, 12k, 1M.
fn short(n: u64) -> String {
    match n {
        0..1_000 => n.to_string(),
        1_000..100_000 => format!("{}k", n / 1_000),
        100_000..1_000_000 => format!(".{}M", n / 100_000),
        _ => format!("{}M", (n / 1_000_000).min(99)),
    }
}

/// The last three digits of a sync's number: its neighbours say the rest.
fn label(number: SyncNo) -> String {
    if number.0 < 1_000 { number.0.to_string() } else { format!("{:03}", number.0 % 1_000) }
}

impl Screen for FeedChart {
    fn crumb(&self) -> String {
        self.feed.clone()
    }

    fn subtitle(&self) -> Option<String> {
        // A line from the start on, so that the room below it stays what it is.
        let Some(last) = self.rows().first() else { return Some(String::from("its last syncs")) };
        let of = self.syncs.get().map_or(0, |p| p.total);
        Some(format!("{} · {} · the last {} of {}", last.profile, last.mode, self.rows().len(), words::count(of, "sync", "syncs")))
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        vec![self.ask()]
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = match msg {
            Msg::Command(Command::Open) => match self.selected() {
                Some(s) if matches!(s.status, SyncStatus::Held | SyncStatus::DryRun) => {
                    vec![Effect::Push(Box::new(PlanScreen::new(s.number)))]
                }
                Some(s) => vec![Effect::Push(Box::new(SyncScreen::new(s.number)))],
                None => Vec::new(),
            },
            Msg::Command(Command::Compare) => {
                let compare = |s: &Sync| Effect::Push(Box::new(CompareScreen::new(None, s.number)));
                self.selected().map(compare).into_iter().collect()
            }
            Msg::Command(command) => {
                self.view.go(command);
                Vec::new()
            }
            Msg::Reply { token, reply } => {
                let answer = match *reply {
                    Reply::Syncs(page) => Ok(page),
                    Reply::Trouble(trouble) => Err(trouble),
                    _ => return Vec::new(),
                };
                let said = answer.as_ref().err().map(say);
                self.syncs.take(token, answer);
                said.into_iter().collect()
            }
            Msg::Event(Event::SyncChanged(_)) | Msg::Shown | Msg::Context => vec![self.ask()],
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
        if self.rows().is_empty() {
            let text = match (self.syncs.trouble(), self.syncs.get()) {
                (Some(trouble), _) => sentence(trouble),
                (None, Some(_)) => String::from("No file came through this feed yet."),
                (None, None) => return,
            };
            return empty(buffer, area, look, &[&text, "esc goes back"]);
        }
        let mut rest = area;
        if self.chart_lines() > 0 {
            let mut paint = Paint::new(buffer, area, look);
            paint.heading("Rows with errors, the newest sync at the right");
            let chart = Rect { height: CHART.min(paint.left()), ..paint.rest() };
            rest = Rect { y: chart.bottom(), height: area.bottom().saturating_sub(chart.bottom()), ..area };
            self.chart(buffer, chart, look);
        }
        let mut paint = Paint::new(buffer, rest, look);
        paint.at(3, &[piece("sync", Role::Dim)]);
        paint.at(9, &[piece("when", Role::Dim)]);
        paint.at(22, &[piece("status", Role::Dim)]);
        paint.at(32, &[piece(if area.width >= 76 { "what became of records" } else { "outcome" }, Role::Dim)]);
        paint.right(if area.width >= 76 { 16 } else { 1 }, "errors", Role::Dim);
        paint.next();
        let lines = paint.rest();
        let most = self.rows().iter().map(|s| s.rows_with_errors).max().unwrap_or(0);
        let shown = self.rows().iter().enumerate().skip(self.view.first as usize).take(self.view.height as usize);
        for (y, (n, sync)) in shown.enumerate() {
            let at = Rect { y: lines.y + y as u16, height: 1, ..lines };
            Self::line(buffer, at.intersection(area), look, sync, n as u64 == self.view.selected, most);
        }
        if let Some(sync) = self.selected() {
            let foot = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area };
            let kind = if sync.kind == SyncKind::Import { String::new() } else { format!("{}, ", words::kind(sync)) };
            let text = format!("{kind}{}: {}", sync.file, legend(&sync.counts.total()));
            Paint::new(buffer, foot, look).at(3, &[piece(text, Role::Dim)]);
        }
    }

    fn is_loading(&self) -> bool {
        self.syncs.get().is_none() && self.syncs.trouble().is_none()
    }

    fn offers(&self) -> Vec<Offer> {
        let none = self.selected().is_none().then_some("nothing is selected");
        let alone = (self.view.selected + 1 >= self.view.total).then_some("there is no sync before it here");
        vec![Offer::unless(Command::Open, none), Offer::unless(Command::Compare, none.or(alone)).called("with the one before")]
    }

    fn status(&self) -> StatusLine {
        let position = (self.view.total > 0).then_some((self.view.selected + 1, self.view.total));
        StatusLine { position, ..StatusLine::default() }
    }

    fn sync(&self) -> Option<SyncNo> {
        self.selected().map(|s| s.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_fit_over_their_bars() {
        for (n, text) in [(0, "0"), (999, "999"), (1_204, "1k"), (99_999, "99k"), (123_456, ".1M"), (5_000_000, "5M")] {
            assert_eq!(short(n), text);
            assert!(text.len() <= usize::from(BAR));
        }
        assert_eq!((label(SyncNo(48)), label(SyncNo(1_048))), ("48".to_owned(), "048".to_owned()));
    }
}
