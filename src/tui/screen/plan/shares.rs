//! What a plan does to each school and kind, the biggest share first: a table that scrolls, with a bar for what is lost of what there is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::list::Viewport;
use super::super::paint::{Paint, empty};
use super::super::{Msg, StatusLine};
use crate::desk::{KindShare, SchoolShare, biggest_first};
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::sparkline::bar;
use crate::tui::widget::table::{Cell, Column, Row, Table};

/// The shares of a plan.
#[derive(Debug, Default)]
pub struct Shares {
    schools: Vec<SchoolShare>,
    view: Viewport,
}

const COLUMNS: &[Column] = &[
    Column::text("school", 17, 34, 0),
    Column::text("kind", 8, 11, 0),
    Column::number("new", 6, 3),
    Column::number("changed", 7, 2),
    Column::number("lost", 6, 0),
    Column::number("of", 6, 1),
    Column::text("share", 15, 15, 0),
];

/// Cells of a bar.
const BAR: u16 = 8;

impl Shares {
    /// Those.
    pub fn of(schools: Vec<SchoolShare>) -> Self {
        let total = schools.iter().map(|s| s.kinds.len()).sum::<usize>() as u64;
        Self { schools, view: Viewport { total, ..Viewport::default() } }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.view.total == 0
    }

    /// Says how many lines there is room for, the titles among them.
    pub fn set_height(&mut self, rows: u16) {
        self.view.height = u64::from(rows.saturating_sub(1));
        self.view.select(self.view.selected);
    }

    /// Moves; `false` if that was no movement.
    pub fn update(&mut self, msg: &Msg) -> bool {
        matches!(msg, Msg::Command(command) if self.view.go(*command))
    }

    /// For the bottom line.
    pub fn status(&self) -> StatusLine {
        StatusLine { position: (self.view.total > 0).then_some((self.view.selected + 1, self.view.total)), ..StatusLine::default() }
    }

    /// Draws the part that is in sight.
    pub fn draw(&self, buffer: &mut Buffer, area: Rect, look: &Look) {
        if self.is_empty() {
            return empty(buffer, area, look, &["Nobody and no school would be changed."]);
        }
        let selected = Some((self.view.selected - self.view.first) as usize);
        table(buffer, area, look, &self.schools, self.view.first as usize, selected);
    }

    /// Draws the first lines, as many as there is room for, and says how many more there are.
    pub fn brief(&self, buffer: &mut Buffer, area: Rect, look: &Look) {
        let more = (self.view.total + 1).saturating_sub(u64::from(area.height));
        let lines = if more > 0 { area.height.saturating_sub(1) } else { area.height };
        table(buffer, Rect { height: lines, ..area }, look, &self.schools, 0, None);
        if more > 0 && area.height > 1 {
            let foot = Rect { y: area.y + lines, height: 1, ..area };
            let text = format!("and {} more: tab shows them all", number(more + 1));
            Paint::new(buffer, foot, look).at(3, &[(text.into(), Role::Dim)]);
        }
    }
}

fn table(buffer: &mut Buffer, area: Rect, look: &Look, schools: &[SchoolShare], first: usize, selected: Option<usize>) {
    let all = biggest_first(schools);
    let rows = all.iter().skip(first).map(|(school, k)| row(school, k, look));
    Table { columns: COLUMNS, rows, selected, titles: true, whole: false }.render(buffer, area, look);
}

fn row<'a>(school: &'a SchoolShare, k: &KindShare, look: &Look) -> Row<'a> {
    let signed = |sign: &str, n: u64| if n == 0 { String::new() } else { format!("{sign}{}", number(n)) };
    let role = if k.alarm { Role::Held } else { Role::Text };
    let share = match k.lost_share().filter(|_| k.lost > 0) {
        Some(share) => {
            let sign = if k.alarm { look.glyph(Glyph::Error) } else { " " };
            let text = if k.small { String::from("few") } else { bar(k.lost, k.has, BAR, look.ascii) };
            // Less than one in a hundred is not nobody.
            let share = if share == 0 { String::from("<1") } else { share.to_string() };
            format!("{share:>3} % {sign}{text}")
        }
        None if k.alarm => format!("      {}{}", look.glyph(Glyph::Error), "changes"),
        None => String::new(),
    };
    let name = if school.name.is_empty() { "without a school" } else { &school.name };
    Row::new([
        Cell::from(name),
        Cell::new(k.kind.name(), Role::Dim),
        Cell::from(signed("+", k.gained)),
        Cell::from(signed(look.glyph(Glyph::Warning), k.changed)),
        Cell::new(signed("-", k.lost), role),
        Cell::new(number(k.has), Role::Dim),
        Cell::new(share, role),
    ])
}
