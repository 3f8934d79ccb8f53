//! What lies above the screens for a moment: palette, help, look-up, prompt, confirmation, choice, notice. The topmost gets
//! every key first.

pub mod choose;
pub mod columns;
pub mod confirm;
pub mod find;
pub mod help;
pub mod palette;
pub mod prompt;
pub mod schools;
pub mod show;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};

use super::command::Command;
use super::context::Context;
use super::keys::Key;
use super::look::Look;
use super::theme::Role;
use super::visible;
use crate::desk::Hit;
use crate::ledger::SyncNo;

pub use choose::Choose;
pub use columns::Columns;
pub use confirm::Confirm;
pub use find::Find;
pub use help::Help;
pub use palette::Palette;
pub use prompt::Prompt;
pub use schools::Schools;
pub use show::Show;

/// A layer.
pub enum Layer {
    /// Every command by name.
    Palette(Palette),
    /// What works here.
    Help(Help),
    /// Finds anyone.
    Find(Find),
    /// Asks for a line.
    Prompt(Prompt),
    /// Asks yes or no.
    Confirm(Confirm),
    /// Asks for one of several.
    Choose(Choose),
    /// Shows text.
    Show(Show),
    /// Chooses the context.
    Schools(Schools),
    /// Arranges a list's columns.
    Columns(Columns),
}

/// What a key on a layer comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The layer stays.
    Stay,
    /// The layer goes, and nothing happens.
    Close,
    /// The layer goes, and its question is answered with yes.
    Yes,
    /// The layer goes, and its question is answered with that text.
    Text(String),
    /// The layer goes, and its question is answered with the n-th choice.
    Choice(usize),
    /// The layer goes, and the command is carried out.
    Command(Command),
    /// The layer goes, and what a reference names is opened.
    Open(String),
    /// The layer goes, and a sync is opened.
    Sync(SyncNo),
    /// The layer goes, and a line of a sync is opened.
    Line(SyncNo, u32),
    /// The layer goes, and that row of the list is selected, counted from 1.
    Row(u64),
    /// The layer goes, and its question is answered with columns: titles in their order, shown or not; none for the list's own.
    Columns(Vec<(String, bool)>),
    /// The layer goes, and two syncs are compared; without an older one with the one before.
    Compare(Option<SyncNo>, SyncNo),
    /// The layer goes, and the hit is opened.
    Hit(Hit),
    /// The layer goes, and the console keeps to that school, or to none.
    Context(Option<Context>),
    /// The layer stays, and its query is asked.
    Ask,
    /// The layer stays, and the n-th choice is to be seen as if it were chosen.
    Preview(usize),
}

impl Layer {
    /// Lets a key act.
    pub fn key(&mut self, key: Key) -> Outcome {
        match self {
            Self::Palette(layer) => layer.key(key),
            Self::Help(layer) => layer.key(key),
            Self::Find(layer) => layer.key(key),
            Self::Prompt(layer) => layer.key(key),
            Self::Confirm(layer) => layer.key(key),
            Self::Choose(layer) => layer.key(key),
            Self::Show(layer) => layer.key(key),
            Self::Schools(layer) => layer.key(key),
            Self::Columns(layer) => layer.key(key),
        }
    }

    /// Takes pasted text where text is typed; elsewhere it is refused with `None`.
    pub fn paste(&mut self, text: &str) -> Option<Outcome> {
        match self {
            Self::Palette(layer) => Some(layer.paste(text)),
            Self::Help(layer) => Some(layer.paste(text)),
            Self::Find(layer) => Some(layer.paste(text)),
            Self::Prompt(layer) => Some(layer.paste(text)),
            Self::Schools(layer) => Some(layer.paste(text)),
            Self::Confirm(_) | Self::Choose(_) | Self::Show(_) | Self::Columns(_) => None,
        }
    }

    /// Draws above what is there, and says where the cursor stands.
    pub fn render(&self, frame: &mut Frame, area: Rect, look: &Look) -> Option<Position> {
        match self {
            Self::Palette(layer) => layer.render(frame, area, look),
            Self::Help(layer) => layer.render(frame, area, look),
            Self::Find(layer) => layer.render(frame, area, look),
            Self::Prompt(layer) => layer.render(frame, area, look),
            Self::Confirm(layer) => layer.render(frame, area, look),
            Self::Choose(layer) => layer.render(frame, area, look),
            Self::Show(layer) => layer.render(frame, area, look),
            Self::Schools(layer) => layer.render(frame, area, look),
            Self::Columns(layer) => layer.render(frame, area, look),
        }
    }
}

/// Clears a box in the middle of the area and frames it; what is inside. `rows` and `cells` are wishes.
fn boxed(frame: &mut Frame, area: Rect, cells: u16, rows: u16, title: &str, look: &Look) -> Rect {
    use ratatui::symbols::border;
    let (width, height) = (cells.saturating_add(4).min(area.width), rows.saturating_add(2).min(area.height));
    let outer = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 3, width, height };
    let set = if look.ascii {
        border::Set {
            top_left: "+",
            top_right: "+",
            bottom_left: "+",
            bottom_right: "+",
            vertical_left: "|",
            vertical_right: "|",
            horizontal_top: "-",
            horizontal_bottom: "-",
        }
    } else {
        border::PLAIN
    };
    let title = format!(" {} ", look.cut(title, usize::from(width.saturating_sub(6))));
    let block = Block::bordered()
        .border_set(set)
        .border_style(look.style(Role::Border))
        .title(Line::from(Span::styled(title, look.style(Role::Accent))));
    let inner = block.inner(outer);
    frame.render_widget(Clear, outer);
    frame.buffer_mut().set_style(outer, look.theme.paper());
    frame.render_widget(block, outer);
    Rect { x: inner.x + u16::from(inner.width > 2), width: inner.width.saturating_sub(2), ..inner }
}

/// Draws spans in the n-th row of an area, if there is such a row; the last one that fits in part is cut with the sign of it.
fn line_cut(frame: &mut Frame, area: Rect, row: u16, mut spans: Vec<Span>, look: &Look) {
    let mut room = usize::from(area.width);
    for n in 0..spans.len() {
        let width = spans[n].width();
        if width > room {
            spans[n].content = visible::cut(&spans[n].content, room, look.ascii).into_owned().into();
            spans.truncate(n + 1);
            break;
        }
        room -= width;
    }
    line(frame, area, row, spans);
}

/// Draws spans in the n-th row of an area, if there is such a row.
fn line(frame: &mut Frame, area: Rect, row: u16, spans: Vec<Span>) {
    if row < area.height {
        frame.buffer_mut().set_line(area.x, area.y + row, &Line::from(spans), area.width);
    }
}

/// A selection among so many: where it goes with up and down.
fn step(selected: usize, count: usize, down: bool) -> usize {
    if down { (selected + 1).min(count.saturating_sub(1)) } else { selected.saturating_sub(1) }
}

/// The first row to draw so that the selected one is seen.
fn first_row(selected: usize, rows: u16) -> usize {
    (selected + 1).saturating_sub(usize::from(rows.max(1)))
}
