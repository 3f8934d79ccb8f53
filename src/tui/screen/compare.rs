//! Two syncs side by side: how many rows fail now, are fixed, changed, are gone or new; and by Tab the rows of each part.

use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};

use super::asked::{say, sentence};
use super::list::{Did, List};
use super::paint::{Paint, Piece, divide, empty, filter_foot, piece};
use super::person::change;
use super::row_form::RowForm;
use super::{Effect, Msg, Offer, Screen, StatusLine, words};
use crate::desk::{ComparePart, Compared, ComparedRow, Reply, Request, RowAt, Trouble};
use crate::ledger::SyncNo;
use crate::tui::command::{Command, Place};
use crate::tui::look::{Look, number};
use crate::tui::theme::Role;
use crate::tui::widget::split;
use crate::tui::widget::table::{Cell, Column, Row};

const LIST: u8 = 0;

/// Two syncs compared.
#[derive(Debug)]
pub struct CompareScreen {
    older: Option<SyncNo>,
    newer: SyncNo,
    /// The counts; the rows of the part that is shown are in the list.
    whole: Option<Compared>,
    trouble: Option<Trouble>,
    part: ComparePart,
    list: List<ComparedRow>,
    room: Size,
}

/// The parts in the order of the tabs, and what they are called.
const PARTS: [(ComparePart, &str); 5] = [
    (ComparePart::NewlyFailing, "Newly failing"),
    (ComparePart::NewlyFixed, "Newly fixed"),
    (ComparePart::Changed, "Changed"),
    (ComparePart::Gone, "Gone"),
    (ComparePart::New, "New"),
];

const WHY: &[Column] =
    &[Column::text("key", 9, 16, 0), Column::text("name", 14, 30, 1), Column::text("why", 24, 80, 0), Column::number("row", 8, 2)];

const CHANGES: &[Column] =
    &[Column::text("key", 9, 16, 0), Column::text("name", 14, 26, 1), Column::text("change", 30, 120, 0), Column::number("row", 8, 2)];

const ROWS: &[Column] =
    &[Column::text("key", 9, 18, 0), Column::text("name", 20, 50, 0), Column::number("row", 8, 0), Column::text("", 10, 60, 1)];

impl CompareScreen {
    /// The newer sync beside the older, or beside the one before it of the same feed.
    pub fn new(older: Option<SyncNo>, newer: SyncNo) -> Self {
        let part = ComparePart::default();
        Self { older, newer, whole: None, trouble: None, part, list: List::new(LIST), room: Size::default() }
    }

    /// Rows there is room for: above them three lines of counts, the tabs and the titles.
    fn fit(&mut self) {
        let around = 5 + u16::from(self.list.place() == Place::Filter);
        self.list.set_height(self.room.height.saturating_sub(around));
    }

    fn fetch(&mut self) -> Option<Effect> {
        let (older, newer, part) = (self.older, self.newer, self.part);
        self.list.fetch(|window, filter| Request::Compare { older, newer, part, filter, window })
    }

    fn turn(&mut self, forward: bool) {
        let at = PARTS.iter().position(|(p, _)| *p == self.part).unwrap_or(0);
        let step = if forward { 1 } else { PARTS.len() - 1 };
        self.part = PARTS[(at + step) % PARTS.len()].0;
        self.list.restart();
    }

    fn take(&mut self, token: super::Token, compared: Compared) {
        let Compared { page, .. } = &compared;
        if self.list.take(token, page.clone()) {
            self.older = Some(compared.older.number);
            // At first the part that has something to say.
            let first = self.whole.is_none() && compared.counts.of(self.part) == 0;
            let best = PARTS.iter().map(|p| p.0).find(|p| compared.counts.of(*p) > 0);
            self.whole = Some(compared);
            if let (true, Some(best)) = (first, best) {
                self.part = best;
                self.list.restart();
            }
        }
        self.trouble = None;
    }

    /// The row form of the selected row: in the newer file, or where it has gone from that in the older.
    fn target(&self) -> Option<Box<dyn Screen>> {
        let row = self.list.selected()?;
        let fixed = self.part == ComparePart::NewlyFixed;
        let (sync, place) = match (row.newer, row.older) {
            (Some(place), _) if !fixed => (self.newer, place),
            (_, Some(place)) => (self.older?, place),
            (Some(place), None) => (self.newer, place),
            (None, None) => return None,
        };
        Some(Box::new(RowForm::at(sync, RowAt::Record(place.record))))
    }

    fn copied(row: &ComparedRow) -> String {
        let changes = row.changes.iter().map(|c| format!("{}\t{}\t{}", c.field, c.before, c.after));
        std::iter::once(format!("{}\t{}", row.key, row.name)).chain(changes).collect::<Vec<_>>().join("\n")
    }

    fn counts(paint: &mut Paint, c: &Compared) {
        let t = c.counts;
        let some = |n: u64, role: Role| if n == 0 { Role::Dim } else { role };
        paint.labelled(
            "rows that fail",
            17,
            &[
                piece(format!("{} newly", number(t.newly_failing)), some(t.newly_failing, Role::Error)),
                piece(format!("  {} fixed", number(t.newly_fixed)), some(t.newly_fixed, Role::Ok)),
                piece(format!("  {} in both", number(t.still_failing)), Role::Dim),
            ],
        );
        let fields: Vec<String> = c.fields.iter().map(|(field, n)| format!("{field} {}", number(*n))).collect();
        let fields = if fields.is_empty() { String::new() } else { format!("  {}", fields.join(", ")) };
        let rows = words::count(t.changed, "row", "rows");
        paint.labelled("fields changed", 17, &[piece(rows, some(t.changed, Role::Text)), piece(fields, Role::Dim)]);
        paint.labelled(
            "in the file",
            17,
            &[
                piece(format!("{} gone", number(t.gone)), some(t.gone, Role::Warning)),
                piece(format!("  {} new", number(t.new)), some(t.new, Role::Text)),
                piece(format!("  {} the same", number(t.same)), Role::Dim),
            ],
        );
    }

    fn tabs(&self, paint: &mut Paint, c: &Compared) {
        let tab = |(part, name): &(ComparePart, &'static str)| {
            let text = format!("{name} {}", number(c.counts.of(*part)));
            if *part == self.part { piece(format!("[{text}]"), Role::Accent) } else { piece(format!(" {text} "), Role::Dim) }
        };
        paint.line(&PARTS.iter().map(tab).collect::<Vec<Piece<'_>>>());
    }

    fn nothing(&self) -> String {
        if !self.list.filter().is_empty() {
            return format!("No row of this part has \"{}\".", self.list.filter());
        }
        match self.part {
            ComparePart::NewlyFailing => "No row fails that did not fail before.",
            ComparePart::NewlyFixed => "No row that failed goes through now.",
            ComparePart::Changed => "No field of any row changed.",
            ComparePart::Gone => "Nobody is gone from the file.",
            ComparePart::New => "Nobody is new in the file.",
        }
        .to_owned()
    }

    fn row<'a>(&self, r: &'a ComparedRow, look: &Look) -> Row<'a> {
        let place = r.newer.filter(|_| self.part != ComparePart::NewlyFixed).or(r.older).or(r.newer);
        let row = Cell::new(place.map(|p| number(u64::from(p.row))).unwrap_or_default(), Role::Dim);
        let (key, name) = (look.personal(&r.key).into_owned(), look.personal(&r.name).into_owned());
        let (key, name) = (Cell::from(if key.is_empty() { "(no key)".into() } else { key }), Cell::from(name));
        match self.part {
            ComparePart::NewlyFailing => Row::new([key, name, Cell::new(r.why.as_str(), Role::Error), row]),
            ComparePart::NewlyFixed => Row::new([key, name, Cell::new(format!("was: {}", r.why), Role::Ok), row]),
            ComparePart::Changed => Row::new([key, name, Cell::from(changes(r, look)), row]),
            ComparePart::Gone | ComparePart::New => Row::new([key, name, row, Cell::new(r.why.as_str(), Role::Error)]),
        }
    }

    /// The selected row in full, beside the list.
    fn beside(&self, paint: &mut Paint, look: &Look) {
        let Some(row) = self.list.selected() else { return };
        paint.heading(&look.personal(if row.name.is_empty() { &row.key } else { &row.name }));
        let older = self.older.map(|n| n.to_string()).unwrap_or_default();
        for (label, place) in [(older, row.older), (self.newer.to_string(), row.newer)] {
            let text = place.map_or_else(|| String::from("not in the file"), |p| format!("row {}", number(u64::from(p.row))));
            paint.labelled(&label, 8, &[piece(text, Role::Text)]);
        }
        if !row.why.is_empty() {
            paint.next();
            let fixed = self.part == ComparePart::NewlyFixed;
            paint.wrapped(1, &row.why, if fixed { Role::Ok } else { Role::Error }, 3);
        }
        paint.next();
        for c in &row.changes {
            paint.line(&change(c, look));
        }
    }
}

/// "email a@x → b@x; grade 3 → 4".
fn changes(row: &ComparedRow, look: &Look) -> String {
    let one = |c| change(c, look).into_iter().map(|(text, _)| text.into_owned()).collect::<String>();
    row.changes.iter().map(one).collect::<Vec<_>>().join("; ")
}

impl Screen for CompareScreen {
    fn crumb(&self) -> String {
        match self.older {
            Some(older) => format!("{} and {}", older, self.newer),
            None => format!("{} and before", self.newer),
        }
    }

    fn subtitle(&self) -> Option<String> {
        // A line from the start on, so that the room below it stays what it is.
        let Some(c) = &self.whole else { return Some(String::from("row by row")) };
        let by = if c.matched_by.is_empty() { String::from("by whole lines") } else { format!("by {}", c.matched_by.join(" and ")) };
        let not = [&c.only_older, &c.only_newer].into_iter().flatten().cloned().collect::<Vec<_>>();
        let not = if not.is_empty() { String::new() } else { format!(" · not compared: {}", not.join(", ")) };
        Some(format!("{} beside {} · {by}{not}", c.newer.file, c.older.file))
    }

    fn place(&self) -> Place {
        self.list.place()
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.fit();
        self.fetch().into_iter().collect()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let did = self.list.update(&msg);
        let mut effects = match msg {
            Msg::Command(Command::Back) if did != Did::Nothing => vec![Effect::Handled],
            Msg::Command(Command::Open) => self.target().map(Effect::Push).into_iter().collect(),
            Msg::Command(Command::NextPane) => {
                self.turn(true);
                Vec::new()
            }
            Msg::Command(Command::PreviousPane) => {
                self.turn(false);
                Vec::new()
            }
            Msg::Command(Command::Copy) => {
                self.list.selected().map(|r| Effect::Copy { text: r.key.clone(), show: false }).into_iter().collect()
            }
            Msg::Command(Command::CopyRow) => {
                self.list.selected().map(|r| Effect::Copy { text: Self::copied(r), show: true }).into_iter().collect()
            }
            Msg::Reply { token, reply } => match *reply {
                Reply::Compared(compared) => {
                    self.take(token, *compared);
                    Vec::new()
                }
                Reply::Trouble(trouble) => {
                    let said = say(&trouble);
                    self.trouble = Some(trouble);
                    vec![said]
                }
                _ => Vec::new(),
            },
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
        let Some(c) = &self.whole else {
            let text = self.trouble.as_ref().map_or_else(|| String::from("Reading both files."), sentence);
            return empty(buffer, area, look, &[&text]);
        };
        let (area, detail) = split(area);
        let (area, foot) = filter_foot(area, self.place());
        self.list.filter_line(buffer, foot, look);
        let mut paint = Paint::new(buffer, area, look);
        Self::counts(&mut paint, c);
        self.tabs(&mut paint, c);
        let rest = paint.rest();
        if self.list.arrived() && self.list.total() == 0 {
            return empty(buffer, rest, look, &[&self.nothing(), "tab goes on to the next part"]);
        }
        let columns = match self.part {
            ComparePart::NewlyFailing | ComparePart::NewlyFixed => WHY,
            ComparePart::Changed => CHANGES,
            ComparePart::Gone | ComparePart::New => ROWS,
        };
        self.list.table(buffer, rest, look, columns, |r| self.row(r, look));
        if let Some(detail) = detail {
            divide(buffer, detail, look);
            self.beside(&mut Paint::new(buffer, detail, look), look);
        }
    }

    fn is_loading(&self) -> bool {
        self.trouble.is_none() && (self.whole.is_none() || self.list.is_loading())
    }

    fn offers(&self) -> Vec<Offer> {
        let none = self.list.selected().is_none().then_some("nothing is selected");
        vec![
            Offer::unless(Command::Open, none).called("the row"),
            Offer::on(Command::NextPane).called("next part"),
            Offer::on(Command::Filter),
            Offer::unless(Command::Copy, none).called("copy key"),
            Offer::unless(Command::CopyRow, none).quiet(),
            Offer::on(Command::PreviousPane).quiet(),
            Offer::on(Command::FilterKeep),
        ]
    }

    fn status(&self) -> StatusLine {
        self.list.status()
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        self.list.filter_cursor(split(area).0, look)
    }

    fn sync(&self) -> Option<SyncNo> {
        Some(self.newer)
    }
}
