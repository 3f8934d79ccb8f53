//! The console without a terminal, for tests: press keys, see text. Replies are delivered until nothing is on its way; nothing
//! waits for time.
//!
//! ```no_run
//! # use homeroom::desk::*; use homeroom::tui::{harness::Harness, screen::{Screen, factory::Subject}};
//! # fn factory(_: Subject) -> Box<dyn Screen> { unimplemented!() }
//! let mut at = Harness::new(factory, (80, 24), |_, _| Reply::Done);
//! at.press("4 j <Enter>").see("#48");
//! ```

use std::path::PathBuf;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use ratatui::style::{Modifier, Style};

use super::app::{App, Outward, Paint, Setup};
use super::keys::Key;
use super::look::Look;
use super::screen::factory::Factory;
use super::theme::Depth;
use crate::desk::{Ask, Delivery, Event, Reply, Request};

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
            draws: 0,
        };
        harness.settle();
        harness
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

    /// Where the cursor stands, if it is shown.
    pub fn cursor(&self) -> Option<(u16, u16)> {
        let backend = self.terminal.backend();
        backend.cursor_visible().then(|| backend.cursor_position().into())
    }

    /// What was asked of the desk so far; forgets it. A change that was made carefully stands as the change alone.
    pub fn asked(&mut self) -> Vec<Request> {
        let plain = |request| match request {
            Request::Careful { change, .. } => change.into(),
            request => request,
        };
        std::mem::take(&mut self.asked).into_iter().map(plain).collect()
    }

    /// What was put on the clipboard last.
    pub fn clipboard(&self) -> Option<&str> {
        self.clipboard.last().map(String::as_str)
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
                    Outward::Suspend => {}
                }
            }
        }
        if self.app.paint() != Paint::No {
            self.draws += 1;
            let app = &mut self.app;
            let Ok(_) = self.terminal.draw(|frame| app.render(frame));
        }
    }

    fn answer(&mut self, ask: &Ask) {
        let app = &mut self.app;
        let reply = (self.desk)(ask, &mut |event| app.deliver(Delivery::Event(event)));
        self.app.deliver(Delivery::Reply { ticket: ask.ticket, reply: Box::new(reply) });
    }

    fn lines(&self, mut put: impl FnMut(Style, &str, &mut String)) -> String {
        use unicode_width::UnicodeWidthStr;
        let buffer = self.terminal.backend().buffer();
        let mut text = String::new();
        for y in 0..buffer.area.height {
            let mut line = String::new();
            let mut x = 0;
            while x < buffer.area.width {
                let cell = &buffer[(x, y)];
                put(plain(cell.style()), cell.symbol(), &mut line);
                x += cell.symbol().width().max(1) as u16;
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// A setup in black and white, in UTC, at the epoch.
pub fn setup(factory: Factory) -> Setup {
    Setup {
        factory,
        look: Look::plain(),
        depth: Depth::Mono,
        themes: Vec::new(),
        title: "homeroom.db".into(),
        operator: "maria".into(),
        readonly: false,
        // Random keys must not leave reports behind: nothing can be written there.
        folder: PathBuf::from("/nowhere/at/all"),
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
