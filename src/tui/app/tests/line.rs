//! What a frame costs on a bad line, and what it may hold.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::backend::CrosstermBackend;
use ratatui::{TerminalOptions, Viewport};

use proptest::prelude::*;

use super::*;
use crate::tui::naughty::{NAUGHTY, long};
use crate::tui::terminal::{FrameWriter, paint};

/// Keeps what a terminal is sent: each write.
#[derive(Clone, Default)]
struct Wire(Rc<RefCell<Vec<Vec<u8>>>>);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The console on a counted wire, in the default colours.
struct Counted {
    app: App,
    terminal: Terminal<CrosstermBackend<FrameWriter<Wire>>>,
    wire: Wire,
    desk: fn(&Ask) -> Reply,
}

impl Counted {
    fn new(size: (u16, u16)) -> Self {
        Self::with(size, desk)
    }

    fn with((width, height): (u16, u16), desk: fn(&Ask) -> Reply) -> Self {
        crossterm::style::force_color_output(true);
        let wire = Wire::default();
        let backend = CrosstermBackend::new(FrameWriter::new(wire.clone()));
        let viewport = Viewport::Fixed(Rect::new(0, 0, width, height));
        let terminal = Terminal::with_options(backend, TerminalOptions { viewport }).unwrap();
        let theme = Theme::named("ansi", Depth::Ansi, &|_| None).unwrap();
        let setup = Setup { look: Look { theme, ..Look::plain() }, depth: Depth::Ansi, ..setup(factory) };
        Self { app: App::new(setup, Size::new(width, height)), terminal, wire, desk }
    }

    /// Answers all, draws once; what was written. It must be one write, begun and ended as a frame.
    fn written(&mut self) -> Vec<u8> {
        loop {
            let out = self.app.take_out();
            if out.is_empty() {
                break;
            }
            for outward in out {
                if let Outward::Ask(ask) = outward {
                    self.app.deliver(Delivery::Reply { ticket: ask.ticket, reply: Box::new((self.desk)(&ask)) });
                }
            }
        }
        self.wire.0.borrow_mut().clear();
        if self.app.paint() == Paint::No {
            return Vec::new();
        }
        paint(&mut self.terminal, &mut self.app).unwrap();
        let mut writes = self.wire.0.borrow().clone();
        assert!(writes.len() <= 1, "one write a frame");
        if writes.is_empty() {
            return Vec::new();
        }
        let frame = writes.remove(0);
        assert!(frame.starts_with(b"\x1b[?2026h") && frame.ends_with(b"\x1b[?2026l"), "{:?}", String::from_utf8_lossy(&frame));
        frame
    }

    fn frame(&mut self) -> usize {
        self.written().len()
    }

    /// The bytes of the frame after each of these keys; the last one's.
    fn press(&mut self, keys: &str) -> usize {
        let mut bytes = 0;
        for key in keys.split(' ') {
            self.app.key(key.parse().unwrap());
            bytes = self.frame();
        }
        bytes
    }
}

/// Size, and the most bytes of: start, one row down, one row scrolled, one page, all of it.
const BUDGETS: [((u16, u16), [usize; 5]); 3] = [
    ((80, 24), [4_000, 120, 1_200, 1_500, 4_000]),
    ((120, 40), [7_000, 140, 2_000, 2_500, 7_000]),
    ((200, 60), [10_000, 160, 4_500, 5_500, 13_000]),
];

#[test]
fn frames_are_small_enough_for_a_slow_line() {
    for (size, most) in BUDGETS {
        let mut at = Counted::new(size);
        let start = at.frame();
        at.press("3");
        let down = at.press("j j");
        // To the last row that is seen, then one further.
        let rows = usize::from(size.1) - 6;
        at.press(vec!["j"; rows].join(" ").as_str());
        let scroll = at.press("j");
        let page = at.press("<PgDn>");
        // All of a screen that is full, on a terminal that was cleared.
        let mut anew = Counted { app: at.app, ..Counted::new(size) };
        anew.app.dirty();
        let full = anew.frame();
        let costs = [start, down, scroll, page, full];
        let names = ["start", "one row down", "one row scrolled", "one page", "all of it"];
        for ((cost, most), name) in costs.iter().zip(most).zip(names) {
            assert!(*cost > 0 && *cost <= most, "{name} at {size:?}: {cost}, at most {most}; {costs:?}");
        }
        assert_eq!(anew.frame(), 0, "nothing new at {size:?}");
        println!("{size:?}: {costs:?}");
    }
}

#[test]
fn the_largest_terminal_is_drawn() {
    let mut at = Counted::new((500, 200));
    assert!(at.frame() > 0 && at.press("3") > 0 && at.press("?") > 0);
}

/// What the escape sequences of our own frames look like; anything else is somebody else's.
#[track_caller]
fn only_ours(frame: &[u8], of: &str) {
    let text = std::str::from_utf8(frame).unwrap();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            // A carriage return is ours: it goes to the first column.
            assert!((!c.is_control() || c == '\r') && !matches!(c as u32, 0x202a..=0x202e | 0x2066..=0x2069), "{c:?} of {of:?} in a frame");
            continue;
        }
        assert_eq!(chars.next(), Some('['), "of {of:?}");
        let sequence: String = chars.by_ref().take_while_inclusive(|c| !c.is_ascii_alphabetic()).collect();
        let (arguments, last) = sequence.split_at(sequence.len() - 1);
        let numbers = arguments.trim_start_matches('?').bytes().all(|b| b.is_ascii_digit() || b == b';');
        let private = ["?2026", "?25"].contains(&arguments);
        assert!(
            numbers && (matches!(last, "m" | "H" | "G" | "X" | "J") || (private && matches!(last, "h" | "l"))),
            "{sequence:?} of {of:?}"
        );
    }
}

/// `take_while` that keeps the one that ends it.
trait TakeWhileInclusive: Iterator<Item = char> + Sized {
    fn take_while_inclusive(self, go_on: impl Fn(&char) -> bool) -> impl Iterator<Item = char> {
        let mut over = false;
        self.map_while(move |c| {
            let this = (!over).then_some(c);
            over |= !go_on(&c);
            this
        })
    }
}

impl<I: Iterator<Item = char>> TakeWhileInclusive for I {}

thread_local! {
    /// What the desk says for every text.
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
}

fn says(ask: &Ask) -> Reply {
    let said = SAID.with_borrow(String::clone);
    match &ask.request {
        Request::Overview => Reply::Overview(Overview { title: said, ..Overview::default() }),
        Request::People { .. } => {
            let row =
                crate::desk::PersonRow { name: said.clone(), school: said.clone(), sourced_id: said.clone(), email: said, ..person(1) };
            Reply::People(Page { first: 0, total: 1, unfiltered: 1, rows: vec![row] })
        }
        Request::Find { .. } => {
            let hit =
                Hit { what: HitWhat::Person(PersonNo(1)), title: said.clone(), about: said, matched: vec![0], matched_about: Vec::new() };
            Reply::Found(Found { total: 1, hits: vec![hit], micros: 1 })
        }
        _ => Reply::Trouble(Trouble::new(TroubleSort::Refused, said.clone(), said)),
    }
}

/// Draws a text everywhere where text of data stands, and looks at every byte.
#[track_caller]
fn drawn_everywhere(text: &str) {
    SAID.set(text.to_owned());
    let mut at = Counted::with((80, 24), says);
    only_ours(&at.written(), text);
    for key in ["j", "f", "a", "<Esc>", "R", "?", "<Esc>", "<Enter>"] {
        at.app.key(key.parse().unwrap());
        only_ours(&at.written(), text);
    }
    at.app.paste(text);
    only_ours(&at.written(), text);
    at.app.deliver(Delivery::Event(Event::Notice(text.to_owned())));
    only_ours(&at.written(), text);
}

#[test]
fn nothing_naughty_reaches_the_terminal_as_a_command() {
    for text in NAUGHTY {
        drawn_everywhere(text);
    }
    for text in long() {
        drawn_everywhere(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn no_text_at_all_reaches_the_terminal_as_a_command(text in "(\\PC|\\pC|[\u{1b}\u{9b}\u{7}\\[\\]PX^_;?0-9hlmHJ\u{200b}\u{202e}\u{301}]){0,30}") {
        drawn_everywhere(&text);
    }
}

/// Where the school's column begins in the one row of the list, in cells.
fn column_of_school(name: &str) -> (usize, String) {
    let owned = name.to_owned();
    let at = Harness::new(factory, (120, 24), move |ask, _| match &ask.request {
        Request::People { .. } => {
            let row = crate::desk::PersonRow { name: owned.clone(), school: "Lincoln High".into(), ..person(1) };
            Reply::People(Page { first: 0, total: 1, unfiltered: 1, rows: vec![row] })
        }
        _ => desk(ask),
    });
    let screen = at.screen();
    let line = screen.lines().find(|line| line.contains("Lincoln High")).unwrap().to_owned();
    (visible::width(&line[..line.find("Lincoln High").unwrap()]), line)
}

#[test]
fn a_wide_or_combined_or_right_to_left_name_moves_no_column_and_stays_in_its_order() {
    let plain = column_of_school("Garc").0;
    for name in ["中文", "e\u{301}e\u{301}", "👨\u{200d}👩\u{200d}👧", "❤\u{fe0f}", "שלום עולם", "محمد علي", "한국", "👍🏽", "🇩🇪"]
    {
        // A list that is all there is fits its columns to what stands in them: the name is filled up to the same width.
        let filled = format!("{name}{}", ".".repeat(20 - visible::width(name)));
        let (at, line) = column_of_school(&filled);
        assert_eq!(at, column_of_school(&".".repeat(20)).0, "{line}");
        assert!(line.contains(name), "in the order of the data: {line}");
    }
    assert!(plain > 0);
}

#[test]
fn a_name_that_is_too_wide_is_cut_between_letters_as_people_see_them() {
    for (name, cut) in [("中".repeat(40), "中…"), ("👨\u{200d}👩\u{200d}👧".repeat(40), "👧…"), ("e\u{301}".repeat(80), "e\u{301}…")]
    {
        let (_, line) = column_of_school(&name);
        assert!(line.contains(cut), "{line}");
    }
}

#[test]
fn without_colour_state_is_told_by_signs_and_words() {
    let mut at = console((80, 24));
    at.press("<Space>");
    if !at.screen().contains(" ‣ García 1,") {
        at.press("j");
    }
    at.see("•").see("‣").see("1 marked");
    let lines: Vec<String> = at.screen().lines().filter(|l| l.contains("García")).take(2).map(str::to_owned).collect();
    assert!(lines[0].starts_with("•") && lines[1].starts_with(" ‣"), "{lines:?}");
}

#[test]
fn what_is_too_long_for_a_terminals_clipboard_is_not_sent() {
    let mut at = Harness::new(|_| Box::new(Copies), (80, 24), |ask, _| desk(ask));
    at.press("y").see("56,245 bytes are more than a terminal's clipboard takes");
    assert_eq!(at.clipboard(), None);
    at.press("Y").see("Sent 56,244 bytes").see("Copied; here to copy by hand");
    // What it becomes in base64 is the most that xterm and tmux take.
    assert_eq!(at.clipboard().map(|text| text.len().div_ceil(3) * 4), Some(74_992));
}

/// Copies a little more than a terminal takes, and just as much.
struct Copies;

impl Screen for Copies {
    fn crumb(&self) -> String {
        "copies".into()
    }

    fn open(&mut self, _: Size) -> Vec<Effect> {
        Vec::new()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Command(Command::Copy) => vec![Effect::Copy { text: "x".repeat(56_245), show: false }],
            Msg::Command(Command::CopyRow) => vec![Effect::Copy { text: "x".repeat(56_244), show: true }],
            _ => Vec::new(),
        }
    }

    fn render(&self, _: &mut Frame, _: Rect, _: &Look) {}

    fn offers(&self) -> Vec<Offer> {
        vec![Offer::on(Command::Copy), Offer::on(Command::CopyRow)]
    }
}
