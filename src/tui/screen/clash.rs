//! Rows that claim the same thing side by side, column by column, with whoever on the roster has it: what differs is marked, and one is
//! picked. Also where somebody known comes under a new ID: link, take as new, leave out.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::asked::{Asked, say};
use super::factory::{Subject, make};
use super::paint::{Paint, foot, piece};
use super::runs::{Run, Runs};
use super::{Effect, Msg, Offer, Screen, StatusLine, Token, Tone, words};
use crate::desk::{Clash, Event, HitWhat, Reply, Request, RosterSide, RowAt, RowChoice, RowView, Window};
use crate::ledger::{Code, Severity, SyncNo};
use crate::roster::fold::fold;
use crate::tui::command::Command;
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;

const LOAD: u8 = 0;
const DECIDE: u8 = 1;
const CHOOSE: u8 = 2;
const LIST: u8 = 3;
const RUNS: u8 = 4;

/// A side with fewer cells than this says nothing.
const LEAST: u16 = 24;
/// Rows of a cause that can be gone through with n and N.
const MOST: u64 = 500;
/// Lines at the foot.
const BELOW: u16 = 4;

/// What can be decided in the menu.
#[derive(Clone, Copy, Debug)]
enum Pick {
    Decide(u32, RowChoice),
    Person(usize),
}

/// Rows side by side.
#[derive(Debug)]
pub struct ClashScreen {
    sync: SyncNo,
    record: u32,
    cause: Option<u32>,
    /// The rows of the cause.
    records: Vec<u32>,
    clash: Asked<Clash>,
    /// The selected side, and the first line shown.
    side: usize,
    first: usize,
    menu: Vec<Pick>,
    runs: Runs,
    room: Size,
}

/// One side: a row of the file, or somebody on the roster.
#[derive(Clone, Copy)]
enum Side<'a> {
    Row(&'a RowView),
    Roster(&'a RosterSide),
}

impl ClashScreen {
    /// What claims the same as a row; n and N go through the rows of the cause.
    pub fn new(sync: SyncNo, record: u32, cause: Option<u32>) -> Self {
        let (clash, runs) = (Asked::new(LOAD), Runs::new(RUNS));
        Self { sync, record, cause, records: Vec::new(), clash, side: 0, first: 0, menu: Vec::new(), runs, room: Size::default() }
    }

    /// The same for the first row of a cause.
    pub fn of_cause(sync: SyncNo, cause: u32) -> Self {
        Self::new(sync, 0, Some(cause))
    }

    fn ask(&mut self) -> Vec<Effect> {
        if self.record == 0 {
            return Vec::new();
        }
        let (sync, at) = (self.sync, RowAt::Record(self.record));
        vec![self.clash.ask(Request::Clash { sync, at })]
    }

    fn sides(&self) -> Vec<Side<'_>> {
        let Some(clash) = self.clash.get() else { return Vec::new() };
        clash.rows.iter().map(Side::Row).chain(clash.on_roster.iter().map(Side::Roster)).collect()
    }

    /// The row that was asked for.
    fn row(&self) -> Option<&RowView> {
        let clash = self.clash.get()?;
        clash.rows.get(clash.at)
    }

    /// The first side shown: as few sideways steps as keep the selected one in sight.
    fn from(&self, width: u16) -> usize {
        (self.side + 1).saturating_sub(shown(width))
    }

    fn go(&mut self, step: i64) -> Vec<Effect> {
        let Some(here) = self.records.iter().position(|r| *r == self.record) else { return Vec::new() };
        let to = usize::try_from(here as i64 + step).ok().and_then(|to| self.records.get(to));
        let Some(record) = to else {
            return vec![Effect::Toast(Tone::Plain, String::from("No other row of this cause is there."))];
        };
        (self.record, self.side, self.first) = (*record, 0, 0);
        self.clash.forget();
        self.ask()
    }

    /// What can be decided about the selected side.
    fn choose(&mut self) -> Vec<Effect> {
        let mut choices: Vec<(char, String, Pick)> = Vec::new();
        let sides = self.sides();
        let Some(clash) = self.clash.get() else { return Vec::new() };
        match sides.get(self.side) {
            Some(Side::Row(row)) => {
                let (n, of) = (number(u64::from(row.row)), row.record);
                if row.decided.is_none() && (clash.rows.len() > 1 || !clash.on_roster.is_empty()) {
                    choices.push(('s', format!("row {n} stands; what claims the same gives way"), Pick::Decide(of, RowChoice::Stands)));
                }
                if row.decided.is_none() {
                    choices.push(('k', format!("row {n} is left out, and is no error"), Pick::Decide(of, RowChoice::Skip)));
                    choices.push(('n', format!("row {n} is a person of its own"), Pick::Decide(of, RowChoice::AsNew)));
                }
                if let Some(decided) = &row.decided {
                    choices.push(('t', format!("take back: row {n} {}", decided.about), Pick::Decide(of, RowChoice::TakeBack)));
                }
            }
            Some(Side::Roster(side)) => {
                let row = clash.rows.get(clash.at);
                if let (HitWhat::Person(person), Some(row)) = (&side.named.what, row.filter(|r| r.decided.is_none())) {
                    let n = number(u64::from(row.row));
                    choices.push((
                        'l',
                        format!("row {n} is this person, who gets its ID"),
                        Pick::Decide(row.record, RowChoice::SameAs(*person)),
                    ));
                    choices.push(('k', format!("row {n} is left out"), Pick::Decide(row.record, RowChoice::Skip)));
                }
                choices.push(('p', String::from("look at them"), Pick::Person(self.side - clash.rows.len())));
            }
            None => return Vec::new(),
        }
        self.menu = choices.iter().map(|c| c.2).collect();
        let title = String::from("Decide");
        vec![Effect::Choose { token: Token::of(CHOOSE), title, choices: choices.into_iter().map(|(c, text, _)| (c, text)).collect() }]
    }

    fn chosen(&self, index: usize) -> Vec<Effect> {
        match self.menu.get(index) {
            Some(Pick::Decide(record, choice)) => self.decide(*record, *choice),
            Some(Pick::Person(n)) => self.look_at(*n),
            None => Vec::new(),
        }
    }

    fn decide(&self, record: u32, choice: RowChoice) -> Vec<Effect> {
        let request = Request::Decide { sync: self.sync, at: RowAt::Record(record), choice };
        vec![Effect::Ask { token: Token::of(DECIDE), request }]
    }

    fn look_at(&self, n: usize) -> Vec<Effect> {
        let side = self.clash.get().and_then(|c| c.on_roster.get(n));
        side.map(|s| Effect::Push(make(Subject::from(&s.named.what)))).into_iter().collect()
    }

    /// The row that can be taken back: the selected one, else the one that was asked for.
    fn decided(&self) -> Option<&RowView> {
        let selected = match self.sides().get(self.side) {
            Some(Side::Row(row)) => Some(*row),
            _ => None,
        };
        selected.filter(|r| r.decided.is_some()).or(self.row().filter(|r| r.decided.is_some()))
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match (token.slot, reply) {
            (LOAD, Reply::Clash(clash)) => {
                let at = clash.at;
                let fresh = self.clash.get().is_none();
                if self.clash.take(token, Ok(*clash)) && fresh {
                    self.side = at;
                }
            }
            (LOAD, Reply::Trouble(trouble)) => {
                self.clash.take(token, Err(trouble));
            }
            (LIST, Reply::Rows(page)) => {
                self.records = page.rows.iter().map(|r| r.record).collect();
                if let (0, Some(first)) = (self.record, self.records.first()) {
                    self.record = *first;
                    return self.ask();
                }
            }
            (DECIDE, Reply::Row(row)) => {
                let text = match &row.decided {
                    Some(d) => format!("Recorded: row {} {}. R re-runs.", number(u64::from(row.row)), d.about),
                    None => format!("Taken back: row {}.", number(u64::from(row.row))),
                };
                let mut effects = vec![Effect::Toast(Tone::Good, text)];
                effects.extend(self.ask());
                return effects;
            }
            (_, Reply::Trouble(trouble)) => return vec![say(&trouble)],
            _ => {}
        }
        Vec::new()
    }

    fn lines(&self) -> usize {
        self.clash.get().and_then(|c| c.rows.first()).map_or(0, |r| r.cells.len())
    }

    fn scroll(&mut self, command: Command) {
        let room = usize::from(self.room.height.saturating_sub(3 + BELOW)).max(1);
        let last = self.lines().saturating_sub(room);
        self.first = match command {
            Command::Down => self.first + 1,
            Command::Up => self.first.saturating_sub(1),
            Command::PageDown | Command::HalfDown => self.first + room,
            Command::PageUp | Command::HalfUp => self.first.saturating_sub(room),
            Command::First => 0,
            Command::Last => last,
            _ => self.first,
        }
        .min(last);
    }

    fn heads(&self, paint: &mut Paint, sides: &[Side<'_>], from: usize, cells: u16, look: &Look) {
        let start = label(paint.rest().width);
        for (n, side) in sides.iter().enumerate().skip(from) {
            let x = start + (n - from) as u16 * cells;
            let marker = if n == self.side { look.glyph(Glyph::Selected) } else { " " };
            let name = match side {
                Side::Row(row) => format!("row {}", number(u64::from(row.row))),
                Side::Roster(_) => String::from("on the roster"),
            };
            let role = if n == self.side { Role::Accent } else { Role::Text };
            paint.at(x, &[piece(look.cut(&format!("{marker} {name}"), usize::from(cells - 1)).into_owned(), role)]);
        }
        paint.next();
        for (n, side) in sides.iter().enumerate().skip(from) {
            let x = start + (n - from) as u16 * cells;
            let (text, role) = match side {
                Side::Row(row) => match (&row.decided, row.findings.iter().any(|f| f.severity >= Severity::Error)) {
                    (Some(decided), _) => (format!("{} {}", look.glyph(Glyph::Ok), decided.about), Role::Ok),
                    (None, true) => (format!("{} refused", look.glyph(Glyph::Error)), Role::Error),
                    (None, false) => (String::from("stands"), Role::Dim),
                },
                Side::Roster(side) => (side.why.clone(), Role::Dim),
            };
            paint.at(x + 2, &[piece(look.cut(&text, usize::from(cells - 3)).into_owned(), role)]);
        }
        paint.next();
    }

    fn body(&self, paint: &mut Paint, sides: &[Side<'_>], from: usize, cells: u16, look: &Look) {
        let Some(first) = self.clash.get().and_then(|c| c.rows.first()) else { return };
        let width = paint.rest().width;
        let start = label(width);
        for n in self.first..first.cells.len() {
            if paint.left() == 0 {
                break;
            }
            let value = |side: &Side<'_>| match side {
                Side::Row(row) => row.cells.get(n).map(|c| if c.secret { "******".to_owned() } else { c.value.clone() }),
                Side::Roster(side) => side.cells.get(n).map(|c| c.1.clone()).filter(|v| !v.is_empty()),
            };
            let values: Vec<Option<String>> = sides.iter().map(value).collect();
            let said: Vec<&String> = values.iter().flatten().collect();
            let differs = said.windows(2).any(|w| fold(w[0].trim()) != fold(w[1].trim()));
            let column = &first.cells[n].column;
            let sign = if differs { look.glyph(Glyph::Warning) } else { " " };
            let label = look.cut(column, usize::from(start.saturating_sub(4))).into_owned();
            paint.at(
                1,
                &[piece(sign, Role::Warning), piece(" ", Role::Text), piece(label, if differs { Role::Warning } else { Role::Dim })],
            );
            for (at, value) in values.iter().enumerate().skip(from) {
                let x = start + (at - from) as u16 * cells;
                let text = match value.as_deref() {
                    None => look.glyph(Glyph::None).to_owned(),
                    Some("") => String::from("(empty)"),
                    Some(value) => look.personal(value).into_owned(),
                };
                let role = if differs { Role::Text } else { Role::Dim };
                paint.at(x + 2, &[piece(look.cut(&text, usize::from(cells.saturating_sub(3))).into_owned(), role)]);
            }
            paint.next();
        }
    }

    fn foot(&self, paint: &mut Paint, look: &Look) {
        let Some(row) = self.row() else { return };
        paint.rule("");
        let finding = row.findings.iter().max_by_key(|f| f.severity);
        match (finding, &row.decided) {
            (_, Some(decided)) => {
                let who = format!("row {} {}: {}, {}", number(u64::from(row.row)), decided.about, decided.by.0, look.when(decided.at));
                paint.line(&[piece(format!("{} {who}. u takes it back.", look.glyph(Glyph::Ok)), Role::Ok)]);
            }
            (Some(f), None) => {
                let (glyph, role) = look.severity(f.severity);
                paint.beside(1, piece(format!("{glyph} {}", f.message()), role), f.code.name());
                paint.next();
            }
            (None, None) => paint.line(&[piece("Nothing is wrong with it.", Role::Dim)]),
        }
        if let Some(Side::Roster(side)) = self.sides().get(self.side) {
            paint.wrapped(1, &format!("{}, {}.", look.personal(&side.named.title), side.why), Role::Text, 1);
        }
        paint.wrapped(1, "What is decided belongs to this upload and takes effect with a re-run.", Role::Dim, 1);
    }
}

/// How many sides there is room for.
fn shown(width: u16) -> usize {
    usize::from(width.saturating_sub(label(width)) / LEAST).clamp(1, 8)
}

/// Where the sides begin.
fn label(width: u16) -> u16 {
    (width / 4).clamp(12, 30)
}

impl Screen for ClashScreen {
    fn crumb(&self) -> String {
        String::from("side by side")
    }

    fn subtitle(&self) -> Option<String> {
        let clash = self.clash.get()?;
        let what = if clash.columns.is_empty() { String::from("who is who") } else { format!("the same {}", clash.columns.join(", ")) };
        let on_roster = match clash.on_roster.len() as u64 {
            0 => String::new(),
            n => format!(" · {n} on the roster"),
        };
        Some(format!("{what} · {}{on_roster}", words::count(clash.rows.len() as u64, "row", "rows")))
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        let mut effects = self.ask();
        if let Some(cause) = self.cause {
            let window = Window { first: 0, count: MOST };
            let request = Request::Rows { sync: self.sync, cause: Some(cause), filter: String::new(), window };
            effects.push(Effect::Ask { token: Token::of(LIST), request });
        }
        effects
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        if let Some(effects) = self.runs.update(&msg) {
            return effects;
        }
        match msg {
            Msg::Command(Command::Open) => self.choose(),
            Msg::Command(Command::ScrollRight | Command::NextPane) => {
                self.side = (self.side + 1).min(self.sides().len().saturating_sub(1));
                Vec::new()
            }
            Msg::Command(Command::ScrollLeft | Command::PreviousPane) => {
                self.side = self.side.saturating_sub(1);
                Vec::new()
            }
            Msg::Command(Command::Next) => self.go(1),
            Msg::Command(Command::Previous) => self.go(-1),
            Msg::Command(Command::UndoEdit) => {
                self.decided().map(|r| r.record).map(|r| self.decide(r, RowChoice::TakeBack)).unwrap_or_default()
            }
            Msg::Command(Command::Rerun) => vec![self.runs.preview(Run::Rerun(self.sync))],
            Msg::Command(Command::Person) => match self.sides().get(self.side) {
                Some(Side::Roster(_)) => self.look_at(self.side - self.clash.get().map_or(0, |c| c.rows.len())),
                _ => self.look_at(0),
            },
            Msg::Command(command) => {
                self.scroll(command);
                Vec::new()
            }
            Msg::Chosen { index, .. } => self.chosen(index),
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Event(Event::SyncChanged(_) | Event::RosterChanged { .. }) | Msg::Shown => self.ask(),
            Msg::Resized(room) => {
                self.room = room;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let buffer = frame.buffer_mut();
        if self.clash.here(buffer, area, look).is_none() {
            return;
        }
        let sides = self.sides();
        let in_view = shown(area.width).min(sides.len().max(1));
        let from = self.from(area.width);
        let cells = (area.width.saturating_sub(label(area.width)) / in_view as u16).max(8);
        let in_sight = &sides[..sides.len().min(from + in_view)];
        let (upper, lower) = foot(area, if area.height >= 12 { BELOW } else { 2 });
        let mut paint = Paint::new(buffer, upper, look);
        self.runs.draw(&mut paint, look);
        self.heads(&mut paint, in_sight, from, cells, look);
        if from > 0 {
            Paint::new(buffer, upper, look).at(label(area.width).saturating_sub(2), &[piece("<", Role::Accent)]);
        }
        if from + in_view < sides.len() {
            Paint::new(buffer, upper, look).right(0, ">", Role::Accent);
        }
        let rest = Rect { y: upper.y + 2, height: upper.height.saturating_sub(2), ..upper };
        self.body(&mut Paint::new(buffer, rest, look), in_sight, from, cells, look);
        self.foot(&mut Paint::new(buffer, lower, look), look);
    }

    fn is_loading(&self) -> bool {
        self.clash.get().is_none() && self.clash.trouble().is_none()
    }

    fn offers(&self) -> Vec<Offer> {
        let none = self.clash.get().is_none().then_some("the rows are not here yet");
        let sideways = (self.sides().len() < 2).then_some("there is only one side");
        let alone = (self.records.len() < 2).then_some("the cause has no other row");
        let on_roster = self.clash.get().is_none_or(|c| c.on_roster.is_empty()).then_some("nobody on the roster has the same");
        vec![
            Offer::unless(Command::Open, none).called("decide"),
            Offer::unless(Command::NextPane, none.or(sideways)).called("side"),
            Offer::unless(Command::PreviousPane, none.or(sideways)).quiet(),
            Offer::unless(Command::UndoEdit, self.decided().is_none().then_some("nothing was decided here yet")).called("take back"),
            Offer::unless(Command::Next, alone).called("next row"),
            Offer::unless(Command::Previous, alone).quiet(),
            Offer::unless(Command::Rerun, none),
            Offer::unless(Command::Person, on_roster).quiet(),
        ]
    }

    fn status(&self) -> StatusLine {
        let at = self.records.iter().position(|r| *r == self.record);
        StatusLine { position: at.map(|at| (at as u64 + 1, self.records.len() as u64)), ..StatusLine::default() }
    }

    fn explains(&self) -> Option<Code> {
        self.row()?.findings.iter().max_by_key(|f| f.severity).map(|f| f.code)
    }

    fn sync(&self) -> Option<SyncNo> {
        Some(self.sync)
    }
}

/// Whether a finding is about who a row is, or who else claims the same: what side by side can be decided.
pub fn is_about_identity(code: Code) -> bool {
    code.name().starts_with("DUP-") || code == Code::VAL_223
}
