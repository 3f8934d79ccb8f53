//! A line of the log opened in place: the causes of that sync with the rows that each affects.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::{Request, SyncDetail, Trouble};
use crate::ledger::SyncNo;
use crate::tui::look::{Glyph, Look, number};
use crate::tui::screen::asked::{Asked, sentence};
use crate::tui::screen::paint::{Paint, piece};
use crate::tui::screen::rows::Rows;
use crate::tui::screen::{Effect, Screen, Token, words};
use crate::tui::theme::Role;

/// More causes than this scroll: the log around them stays in sight.
const MOST: u16 = 8;

/// The causes of one sync, below its line.
#[derive(Debug)]
pub(super) struct Opened {
    number: SyncNo,
    detail: Asked<SyncDetail>,
    /// Which cause is selected; none while the line itself is.
    at: Option<usize>,
    first: usize,
    height: u16,
}

impl Opened {
    /// The causes of a sync, asked for under tokens of that slot.
    pub(super) fn new(slot: u8, number: SyncNo) -> Self {
        Self { number, detail: Asked::new(slot), at: None, first: 0, height: 1 }
    }

    /// Of which sync they are.
    pub(super) fn number(&self) -> SyncNo {
        self.number
    }

    /// Asks for them, or anew.
    pub(super) fn ask(&mut self) -> Effect {
        self.detail.ask(Request::Sync(self.number))
    }

    /// Takes the answer.
    pub(super) fn take(&mut self, token: Token, answer: Result<SyncDetail, Trouble>) {
        self.detail.take(token, answer);
        self.at = self.at.filter(|at| *at < self.count());
    }

    /// Findings about the whole file, then causes.
    fn count(&self) -> usize {
        self.detail.get().map_or(0, |d| d.file_findings.len() + d.causes.len())
    }

    /// How many lines it takes of so many.
    pub(super) fn fit(&mut self, room: u16) -> u16 {
        let wanted = self.count().clamp(1, usize::from(MOST)) as u16;
        self.height = wanted.min(room / 2);
        self.follow();
        self.height
    }

    /// The lines that it takes.
    pub(super) fn height(&self) -> u16 {
        self.height
    }

    /// Whether a cause is selected, and not the line itself.
    pub(super) fn is_within(&self) -> bool {
        self.at.is_some()
    }

    /// Goes down to the next cause; `false` behind the last.
    pub(super) fn down(&mut self) -> bool {
        let next = self.at.map_or(0, |at| at + 1);
        let there = next < self.count();
        if there {
            self.at = Some(next);
            self.follow();
        }
        there
    }

    /// Goes up to the cause before, or to the line; `false` from the line.
    pub(super) fn up(&mut self) -> bool {
        let Some(at) = self.at else { return false };
        self.at = at.checked_sub(1);
        self.follow();
        true
    }

    /// The list has moved: to the last cause from below, else out of here.
    pub(super) fn entered(&mut self, from_below: bool) {
        self.at = if from_below { self.count().checked_sub(1) } else { None };
        self.follow();
    }

    fn follow(&mut self) {
        let (at, height) = (self.at.unwrap_or(0), usize::from(self.height.max(1)));
        self.first = self.first.clamp((at + 1).saturating_sub(height), at);
    }

    /// The rows of the selected cause.
    pub(super) fn target(&self) -> Option<Box<dyn Screen>> {
        let detail = self.detail.get()?;
        let cause = detail.causes.get(self.at?.checked_sub(detail.file_findings.len())?)?;
        Some(Box::new(Rows::of_cause(self.number, cause)))
    }

    /// Draws it: what is wrong, how many rows it affects.
    pub(super) fn render(&self, buffer: &mut Buffer, area: Rect, look: &Look) {
        let mut paint = Paint::new(buffer, area, look);
        let Some(d) = self.detail.get() else {
            let text = self.detail.trouble().map_or_else(|| look.glyph(Glyph::More).to_owned(), sentence);
            return paint.at(10, &[piece(text, Role::Dim)]);
        };
        if self.count() == 0 {
            return paint.at(10, &[piece("No row has an error, and nothing was found worth saying.", Role::Dim)]);
        }
        for index in (self.first..self.count()).take(usize::from(area.height)) {
            let selected = self.at == Some(index);
            let role = |role| if selected { Role::Selected } else { role };
            if selected {
                paint.at(8, &[piece(look.glyph(Glyph::Selected), Role::Accent)]);
            }
            // The title stands first and gives way to the number of rows, which Enter follows.
            let room = usize::from(area.width.saturating_sub(10 + 26));
            match index.checked_sub(d.file_findings.len()) {
                None => {
                    let (glyph, of) = look.severity(d.file_findings[index].severity);
                    let text = format!("{glyph} {}", words::message(&d.file_findings[index]));
                    paint.at(10, &[piece(look.cut(&text, room).into_owned(), role(of))]);
                    paint.right(1, "the whole file", Role::Dim);
                }
                Some(cause) => {
                    let cause = &d.causes[cause];
                    let (glyph, of) = look.severity(cause.severity);
                    let (glyph, of) = if cause.parent.is_some() { (look.glyph(Glyph::Follows), Role::Dim) } else { (glyph, of) };
                    let text = format!("{glyph} {}", words::cause(cause));
                    paint.at(10, &[piece(look.cut(&text, room).into_owned(), role(of))]);
                    let rows = format!("{} affected", words::count(cause.rows, "row", "rows"));
                    let width = area.width.saturating_sub(26);
                    let indent = 22usize.saturating_sub(rows.len()) as u16;
                    let (many, rest) = rows.split_at(number(cause.rows).len());
                    paint.at(width + indent, &[piece(many, Role::Text), piece(rest, Role::Dim)]);
                }
            }
            paint.next();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_causes_nothing_can_be_selected_and_one_line_says_so() {
        let mut opened = Opened::new(0, SyncNo(1));
        assert!(!opened.down() && !opened.up() && !opened.is_within());
        opened.entered(true);
        assert!(!opened.is_within());
        assert_eq!((opened.fit(20), opened.fit(1)), (1, 0));
    }
}
