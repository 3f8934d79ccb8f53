//! What a report comes to, laid over an upload: its causes and how many rows each affects, or every line that does not fit. P attaches.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::super::asked::say;
use super::super::list::Viewport;
use super::super::paint::{Paint, empty, piece};
use super::super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone, words};
use crate::desk::{AttachedNow, Reply, Request};
use crate::ledger::SyncNo;
use crate::tui::command::Command;
use crate::tui::look::{Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::table::{Cell, Column, Row, Table};

const ATTACH: u8 = 0;

/// Lines above the list.
const ABOVE: u16 = 4;

const CAUSES: &[Column] = &[
    Column::text("what it says", 30, 100, 0),
    Column::text("column", 10, 24, 1),
    Column::number("rows affected", 13, 0),
    Column::number("clears", 6, 2),
    Column::text("since", 8, 9, 3),
];

const MISFITS: &[Column] = &[Column::number("line", 7, 0), Column::text("why it does not fit", 40, 160, 0)];

/// The preview of a report.
#[derive(Debug)]
pub(super) struct AttachPreview {
    sync: SyncNo,
    path: String,
    now: AttachedNow,
    list: Viewport,
    attaching: bool,
}

impl AttachPreview {
    pub(super) fn new(sync: SyncNo, path: String, now: AttachedNow) -> Self {
        let total = (now.causes.len() + now.misfits.len()) as u64;
        Self { sync, path, now, list: Viewport { total, ..Viewport::default() }, attaching: false }
    }

    /// Why it cannot be attached.
    fn off(&self) -> Option<&'static str> {
        if self.now.unfitting > 0 {
            Some("it does not fit this upload")
        } else if self.now.again {
            Some("the same report is attached already")
        } else {
            self.attaching.then_some("it is being attached")
        }
    }

    fn reply(&mut self, reply: Reply) -> Vec<Effect> {
        self.attaching = false;
        match reply {
            Reply::Attached(now) => {
                let open = if now.sync == self.sync { String::new() } else { format!(" Its causes are open in {}.", now.sync) };
                let causes = words::count(now.causes.len() as u64, "cause", "causes");
                let said = format!("{} attached: {causes} on {}.{open}", now.report.name, words::count(now.report.rows, "row", "rows"));
                vec![Effect::Toast(Tone::Good, said), Effect::Pop]
            }
            Reply::Trouble(trouble) => vec![say(&trouble)],
            _ => Vec::new(),
        }
    }

    fn fit(&mut self, room: Size) {
        self.list.height = u64::from(room.height.saturating_sub(ABOVE + 1));
        self.list.select(self.list.selected);
    }

    fn about(&self, paint: &mut Paint) {
        let r = &self.now.report;
        paint.line(&[piece(format!("{} {}", r.vendor, r.form), Role::Accent), piece(format!("  {}", r.name), Role::Text)]);
        let (lines, over) = (words::count(r.lines, "line", "lines"), format!("{} {}", self.now.sync, self.now.file));
        if self.now.unfitting > 0 {
            let none = words::count(self.now.unfitting, "does not fit", "do not fit");
            paint.line(&[piece(format!("{lines}, of which {none} {over}. It is of another upload, or was changed."), Role::Error)]);
            paint.line(&[piece("It cannot be attached; nothing was kept.", Role::Dim)]);
            return;
        }
        let (rows, errors) = (words::count(r.rows, "row", "rows"), words::count(r.errors, "error", "errors"));
        let fine = if r.fine > 0 { format!(", {} fine", number(r.fine)) } else { String::new() };
        paint.line(&[piece(format!("{lines}{fine}; {errors} on {rows} of {over}. All of them fit."), Role::Text)]);
        let next = if self.now.again {
            "The same report is attached already: nothing is to do."
        } else {
            "P attaches it: what it says becomes causes of the sync, apart from our own."
        };
        paint.line(&[piece(next, Role::Dim)]);
    }
}

impl Screen for AttachPreview {
    fn crumb(&self) -> String {
        format!("Attach {}", self.now.report.name)
    }

    fn subtitle(&self) -> Option<String> {
        Some(String::from("P attaches; enter never does"))
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.fit(room);
        Vec::new()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Command(Command::Apply) => {
                self.attaching = true;
                let request = Request::Attach { sync: self.sync, path: self.path.clone(), dry_run: false };
                return vec![Effect::Ask { token: Token::of(ATTACH), request }];
            }
            Msg::Command(command) => {
                self.list.go(command);
            }
            Msg::Reply { reply, .. } => return self.reply(*reply),
            Msg::Resized(room) => self.fit(room),
            _ => {}
        }
        Vec::new()
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let buffer = frame.buffer_mut();
        let mut paint = Paint::new(buffer, area, look);
        self.about(&mut paint);
        paint.next();
        let rest = paint.rest();
        if self.list.total == 0 {
            return empty(buffer, rest, look, &["It says that nothing is wrong."]);
        }
        let shown = self.list.first as usize..(self.list.first + self.list.height).min(self.list.total) as usize;
        let selected = Some((self.list.selected - self.list.first) as usize);
        let whole = self.list.total <= self.list.height;
        if self.now.misfits.is_empty() {
            let rows = self.now.causes[shown].iter().map(|c| {
                let (glyph, role) = look.severity(c.severity);
                Row::new([
                    Cell::new(format!("{glyph} {}", c.title), role),
                    Cell::from(c.column.as_deref().unwrap_or_default()),
                    Cell::from(number(c.rows)),
                    Cell::from(number(c.clears)),
                    Cell::new(words::since(c.since), Role::Dim),
                ])
            });
            Table { columns: CAUSES, rows, selected, titles: true, whole }.render(buffer, rest, look);
        } else {
            let rows = self.now.misfits[shown]
                .iter()
                .map(|m| Row::new([Cell::from(number(u64::from(m.line))), Cell { text: look.personal(&m.why), role: Role::Error }]));
            Table { columns: MISFITS, rows, selected, titles: true, whole }.render(buffer, rest, look);
        }
    }

    fn offers(&self) -> Vec<Offer> {
        vec![Offer::unless(Command::Apply, self.off()).called("attach")]
    }

    fn status(&self) -> StatusLine {
        let position = (self.list.total > 0).then_some((self.list.selected + 1, self.list.total));
        StatusLine { position, ..StatusLine::default() }
    }

    fn sync(&self) -> Option<SyncNo> {
        Some(self.sync)
    }
}
