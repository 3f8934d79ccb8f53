//! The console without a terminal, for tests, in words that read like a person at the screen. Replies are delivered until nothing
//! is on its way; nothing waits for time. Where something is not as it should be, the screen is printed.
//!
//! | word | what it says |
//! |---|---|
//! | `open("feeds")` | by the palette, under the name of the command; `open("#48")`, `open("school 104521")` too |
//! | `press("4 j <Enter> <C-d>")` | keys, apart by spaces, each settled before the next |
//! | `type_text("maria")` | letters, one by one; `paste("…")` all at once |
//! | `see("12 refused")` | the screen shows it; `miss` that it does not |
//! | `see_line(&["users.csv", "failed"])` | one line shows all of these, in this order |
//! | `see_once("#48")` | the screen shows it, and not twice |
//! | `resize(60, 15)` | another size of the terminal; [`SIZES`] are those that every screen is looked at in |
//! | `event(…)`, `hold()`, `release()` | something happens at the desk; what stands there while it has not answered yet |
//! | `screen()`, `roles()`, `styled()` | the picture: its letters; with what each was drawn for; with how it was drawn |
//!
//! The same words drive the program itself in a terminal: `tests/terminal/pty.rs`.
//!
//! ```no_run
//! # use homeroom::desk::*; use homeroom::tui::{harness::Harness, screen::{Screen, factory::Subject}};
//! # fn factory(_: Subject) -> Box<dyn Screen> { unimplemented!() }
//! let mut at = Harness::new(factory, (80, 24), |_, _| Reply::Done);
//! at.press("4 j <Enter>").see("#48").see_line(&["last_name is empty", "14"]);
//! ```

use std::path::PathBuf;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use ratatui::style::{Modifier, Style};

use super::app::{App, Outward, Paint, Setup};
use super::keys::Key;
use super::look::Look;
use super::memory::Memory;
use super::screen::factory::Factory;
use super::theme::{Depth, Role, Theme};
use crate::desk::{Ask, Delivery, Event, Reply, Request};

/// The sizes that every screen is looked at in: the least that it is made for, the usual one, a large and a very large one.
pub const SIZES: [(u16, u16); 4] = [(60, 15), (80, 24), (120, 40), (200, 60)];

/// Answers a request; events go to the second argument.
type Desk = Box<dyn FnMut(&Ask, &mut dyn FnMut(Event)) -> Reply>;

/// A console, a desk and a screen of characters.
pub struct Harness {
    app: App,
    terminal: Terminal<TestBackend>,
    desk: Desk,
    asked: Vec<Request>,
    holding: bool,
    held: Vec<Ask>,
    clipboard: Vec<String>,
    remembered: Option<Memory>,
    draws: usize,
}

impl Harness {
    /// A console in black and white of that many columns and rows, with a desk that answers at once.
    pub fn new(factory: Factory, size: (u16, u16), desk: impl FnMut(&Ask, &mut dyn FnMut(Event)) -> Reply + 'static) -> Self {
        Self::with(setup(factory), size, desk)
    }

    /// The same with a setup of the test's own.
    pub fn with(setup: Setup, (width, height): (u16, u16), desk: impl FnMut(&Ask, &mut dyn FnMut(Event)) -> Reply + 'static) -> Self {
        let Ok(terminal) = Terminal::new(TestBackend::new(width, height));
        let mut harness = Self {
            app: App::new(setup, Size { width, height }),
            terminal,
            desk: Box::new(desk),
            asked: Vec::new(),
            holding: false,
            held: Vec::new(),
            clipboard: Vec::new(),
            remembered: None,
            draws: 0,
        };
        harness.settle();
        harness
    }

    /// Opens something by the palette: a command by its name, a sync, a school.
    #[track_caller]
    pub fn open(&mut self, name: &str) -> &mut Self {
        self.command(super::command::Command::Palette).see("Commands").type_text(name).press("<Enter>")
    }

    /// Gives a command, whichever key it has.
    pub fn command(&mut self, command: super::command::Command) -> &mut Self {
        self.app.command(command);
        self.settle();
        self
    }

    /// Presses keys: `j j <Enter> <C-d>`, apart by spaces.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            match key.parse::<Key>() {
                Ok(key) => self.app.key(key),
                Err(why) => panic!("{why}"),
            }
            self.settle();
        }
        self
    }

    /// Types text letter by letter.
    pub fn type_text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.app.key(Key::char(c));
            self.settle();
        }
        self
    }

    /// Pastes text.
    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.app.paste(text);
        self.settle();
        self
    }

    /// Something happens at the desk.
    pub fn event(&mut self, event: Event) -> &mut Self {
        self.app.deliver(Delivery::Event(event));
        self.settle();
        self
    }

    /// Makes the terminal another size.
    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.terminal.backend_mut().resize(width, height);
        self.app.resize(Size { width, height });
        self.settle();
        self
    }

    /// From now on replies are kept back: to look at what stands on the screen meanwhile.
    pub fn hold(&mut self) -> &mut Self {
        self.holding = true;
        self
    }

    /// Gives what was kept back, and answers at once again.
    pub fn release(&mut self) -> &mut Self {
        self.holding = false;
        for ask in std::mem::take(&mut self.held) {
            self.answer(&ask);
        }
        self.settle();
        self
    }

    /// The screen shows that text.
    #[track_caller]
    pub fn see(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        assert!(screen.contains(text), "{text:?} is not on the screen:\n{screen}");
        self
    }

    /// The screen does not show that text.
    #[track_caller]
    pub fn miss(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        assert!(!screen.contains(text), "{text:?} is on the screen:\n{screen}");
        self
    }

    /// One line of the screen shows all of that, in this order.
    #[track_caller]
    pub fn see_line(&mut self, parts: &[&str]) -> &mut Self {
        let screen = self.screen();
        assert!(screen.lines().any(|line| holds(line, parts)), "no line with {parts:?} is on the screen:\n{screen}");
        self
    }

    /// The screen shows that text once, not twice.
    #[track_caller]
    pub fn see_once(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        let times = screen.matches(text).count();
        assert!(times == 1, "{text:?} is {times} times on the screen:\n{screen}");
        self
    }

    /// What the screen shows, without the spaces at the ends of its lines.
    pub fn screen(&self) -> String {
        self.lines(|_, symbol, out| out.push_str(symbol))
    }

    /// The same with the styles: `{bold,reversed:García}`.
    pub fn styled(&self) -> String {
        let mut open = Style::new();
        let mut text = self.lines(|style, symbol, out| {
            if style != open {
                if open != Style::new() {
                    out.push('}');
                }
                if style != Style::new() {
                    out.extend(["{", &name(style), ":"]);
                }
                open = style;
            }
            out.push_str(symbol);
        });
        if open != Style::new() {
            text.push('}');
        }
        text
    }

    /// The picture with what each part was drawn for: `{selected}García{/} {error}!{/}`; plain text has no mark.
    pub fn roles(&mut self) -> String {
        let theme = std::mem::replace(&mut self.app.look_mut().theme, Theme::of_roles());
        self.draw();
        let mut text = String::new();
        for line in self.cells() {
            let mut open = Role::Text;
            let mut drawn = String::new();
            // Blanks at the end of a line show nothing, whatever they were drawn for.
            let seen = line.iter().rposition(|(_, symbol)| symbol != " ").map_or(0, |last| last + 1);
            for (style, symbol) in line.into_iter().take(seen) {
                let role = Theme::role_of(style).unwrap_or(Role::Text);
                if role != open && open != Role::Text {
                    drawn.push_str("{/}");
                }
                if role != open && role != Role::Text {
                    drawn.extend(["{", role.name(), "}"]);
                }
                open = role;
                drawn.push_str(&symbol);
            }
            if open != Role::Text {
                drawn.push_str("{/}");
            }
            text.push_str(&drawn);
            text.push('\n');
        }
        self.app.look_mut().theme = theme;
        self.draw();
        text
    }

    /// The background of every cell.
    pub fn backgrounds(&self) -> Vec<ratatui::style::Color> {
        self.terminal.backend().buffer().content.iter().map(|cell| cell.bg).collect()
    }

    /// Where the cursor stands, if it is shown.
    pub fn cursor(&self) -> Option<(u16, u16)> {
        let backend = self.terminal.backend();
        backend.cursor_visible().then(|| backend.cursor_position().into())
    }

    /// What was asked of the desk so far; forgets it.
    pub fn asked(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.asked)
    }

    /// What was put on the clipboard last.
    pub fn clipboard(&self) -> Option<&str> {
        self.clipboard.last().map(String::as_str)
    }

    /// What was to be kept for the next session last.
    pub fn remembered(&self) -> Option<&Memory> {
        self.remembered.as_ref()
    }

    /// The exit code, once the console has ended.
    pub fn ended(&self) -> Option<u8> {
        self.app.ended()
    }

    /// How many frames were drawn so far.
    pub fn draws(&self) -> usize {
        self.draws
    }

    /// The console itself.
    pub fn app(&mut self) -> &mut App {
        &mut self.app
    }

    /// Carries out what the console wants until it wants nothing more, then draws if something has changed.
    pub fn settle(&mut self) {
        loop {
            let out = self.app.take_out();
            if out.is_empty() {
                break;
            }
            for outward in out {
                match outward {
                    Outward::Ask(ask) if self.holding => {
                        self.asked.push(ask.request.clone());
                        self.held.push(ask);
                    }
                    Outward::Ask(ask) => {
                        self.asked.push(ask.request.clone());
                        self.answer(&ask);
                    }
                    Outward::Clipboard(text) => self.clipboard.push(text),
                    Outward::Redraw => self.app.dirty(),
                    Outward::Remember(memory) => self.remembered = Some(*memory),
                    Outward::Suspend => {}
                }
            }
        }
        if self.app.paint() != Paint::No {
            self.draws += 1;
            self.draw();
        }
    }

    fn draw(&mut self) {
        let app = &mut self.app;
        let Ok(_) = self.terminal.draw(|frame| app.render(frame));
    }

    fn answer(&mut self, ask: &Ask) {
        let app = &mut self.app;
        let reply = (self.desk)(ask, &mut |event| app.deliver(Delivery::Event(event)));
        self.app.deliver(Delivery::Reply { ticket: ask.ticket, reply: Box::new(reply) });
    }

    fn lines(&self, mut put: impl FnMut(Style, &str, &mut String)) -> String {
        let mut text = String::new();
        for cells in self.cells() {
            let mut line = String::new();
            for (style, symbol) in &cells {
                put(*style, symbol, &mut line);
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// What is drawn, line by line: a style and a symbol each, of wide ones only the first cell.
    fn cells(&self) -> Vec<Vec<(Style, String)>> {
        use unicode_width::UnicodeWidthStr;
        let buffer = self.terminal.backend().buffer();
        let line = |y| {
            let mut line = Vec::new();
            let mut x = 0;
            while x < buffer.area.width {
                let cell = &buffer[(x, y)];
                line.push((plain(cell.style()), cell.symbol().to_owned()));
                x += cell.symbol().width().max(1) as u16;
            }
            line
        };
        (0..buffer.area.height).map(line).collect()
    }
}

/// Whether a line shows all of that, in this order.
pub fn holds(line: &str, parts: &[&str]) -> bool {
    let mut rest = line;
    parts.iter().all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

/// A setup in black and white, in UTC, at the epoch.
pub fn setup(factory: Factory) -> Setup {
    Setup {
        factory,
        look: Look::plain(),
        depth: Depth::Mono,
        theme: "mono".into(),
        themes: Vec::new(),
        confirm: true,
        title: "homeroom.db".into(),
        operator: "maria".into(),
        readonly: false,
        // Random keys must not leave reports behind: nothing can be written there.
        folder: PathBuf::from("/nowhere/at/all"),
        memory: Memory::default(),
    }
}

/// A style without what says "the terminal's own".
fn plain(style: Style) -> Style {
    let own = |color: Option<ratatui::style::Color>| color.filter(|c| *c != ratatui::style::Color::Reset);
    Style { fg: own(style.fg), bg: own(style.bg), add_modifier: style.add_modifier, ..Style::new() }
}

fn name(style: Style) -> String {
    let modifiers = [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::ITALIC, "italic"),
        (Modifier::UNDERLINED, "underline"),
        (Modifier::REVERSED, "reversed"),
    ];
    let mut names: Vec<String> =
        modifiers.iter().filter(|(m, _)| style.add_modifier.contains(*m)).map(|(_, name)| (*name).to_owned()).collect();
    names.extend(style.fg.map(|c| c.to_string().to_lowercase()));
    names.extend(style.bg.map(|c| format!("on {}", c.to_string().to_lowercase())));
    names.join(",")
}
