//! The console: terminal, input, commands, screens, widgets, themes.
//!
//! ```text
//! key, paste, size ─┐                       ┌─> Outward: requests to the desk, clipboard, suspend
//! reply, event     ─┼─> App::update ────────┤
//! signal           ─┘   (a stack of screens │   
//!                        and layers)        └─> App::render, when something changed: one write a frame
//! ```
//!
//! [`app`] is the console as a value, with no terminal, desk or clock in it; this module runs it on a real terminal.
//! Only `tui` names ratatui and crossterm.

pub mod app;
pub mod chrome;
pub mod command;
pub mod context;
pub mod harness;
mod input;
pub mod keys;
pub mod layer;
pub mod look;
pub mod memory;
#[cfg(test)]
mod naughty;
mod pace;
pub mod rebind;
pub mod screen;
mod signals;
pub mod terminal;
pub mod theme;
pub mod visible;
pub mod widget;
pub mod wire;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Instant;

use jiff::tz::TimeZone;

use crate::desk::{Client, Delivery};
use crate::ledger::Timestamp;
use app::{App, Outward, Paint, Setup};
use command::{Command, Keymap};
use input::Input;
use look::Look;
use memory::Memory;
use pace::Pace;
use screen::Tone;
use screen::factory::Factory;
use signals::Signal;
use terminal::Console;
use theme::{Depth, Theme};

/// What the console needs to start.
pub struct Start {
    /// Opens the desk; called after the first frame was drawn, in the console's thread: it must return at once.
    pub connect: Box<dyn FnOnce(Deliver) -> Client>,
    /// Makes the screens.
    pub factory: Factory,
    /// The theme's name; none for the default.
    pub theme: Option<String>,
    /// The theme was named for this time: it counts before the one that was chosen last.
    pub theme_asked: bool,
    /// Colours: yes or no where the operator said so.
    pub color: Option<bool>,
    /// The environment: `TERM`, `COLORTERM`, `NO_COLOR` and the locale are looked at.
    pub env: fn(&str) -> Option<String>,
    /// The folder of the user's own themes.
    pub themes: Option<PathBuf>,
    /// Only ASCII for our own lines and glyphs; `None` where the terminal decides, see [`is_poor`].
    pub ascii: Option<bool>,
    /// The keys.
    pub keys: Keymap,
    /// Whether to ask before what can be undone; what cannot is always asked.
    pub confirm: bool,
    /// Nothing can be changed.
    pub readonly: bool,
    /// What stands in the header until the desk tells the district's name.
    pub title: String,
    /// Who works here.
    pub operator: String,
    /// Where reports are written unless another folder is named.
    pub folder: PathBuf,
    /// Times are shown in this zone.
    pub zone: TimeZone,
    /// The clock.
    pub now: fn() -> Timestamp,
    /// Where is kept what is remembered from one session to the next; none to remember nothing.
    pub memory: Option<PathBuf>,
    /// The log file, to name when the program breaks.
    pub log: Option<PathBuf>,
}

/// What the desk gives its deliveries to.
#[derive(Clone, Debug)]
pub struct Deliver {
    to: Sender<Happening>,
}

impl Deliver {
    /// Hands a delivery over; nothing happens if the console has gone.
    pub fn deliver(&self, delivery: Delivery) {
        let _ = self.to.send(Happening::Delivery(delivery));
    }
}

/// What can happen to a running console.
#[derive(Clone, Debug)]
enum Happening {
    Input(Input),
    InputEnded(Option<String>),
    Delivery(Delivery),
    Signal(Signal),
}

/// Runs the console until it is quit. The exit code: 0, 5 where the store could not be opened, 128 + n for a signal. The error
/// is one line on why it could not start.
pub fn run(start: Start) -> Result<u8, String> {
    terminal::fit((start.env)("TERM").as_deref())?;
    let (to, from) = channel();
    let remembered = start.memory.as_deref().map_or(Ok(Memory::default()), Memory::read);
    let setup = setup(&start, remembered.clone().unwrap_or_default())?;
    terminal::give_back_on_panic(start.log.clone());
    let running = signals::watch(to.clone()).map_err(|e| format!("cannot watch signals: {e}"))?;
    let broke = |e: io::Error| format!("the terminal cannot be used: {e}");
    let mut console = Console::enter().map_err(broke)?;
    let ended = shown(start, setup, &mut console, to, &from, remembered.err());
    drop(console);
    drop(running);
    match ended {
        // Which thread sees it first that the terminal has gone, and what a read or a write says then, is a matter of chance.
        Err(_) if signals::has_hung_up() => Ok(signals::HUNG_UP),
        ended => ended.map_err(broke),
    }
}

/// The console from its first frame to its end.
fn shown(
    start: Start,
    setup: Setup,
    console: &mut Console,
    to: Sender<Happening>,
    from: &Receiver<Happening>,
    forgotten: Option<String>,
) -> io::Result<u8> {
    let mut app = App::new(setup, console.size()?);
    app.tick((start.now)());
    // What was remembered cannot be used: that is said once, and written anew.
    if let Some(why) = forgotten {
        app.say(Tone::Bad, why);
    }
    // The first frame stands before the store is opened: opening may take a while, and says how far it is.
    console.paint(&mut app)?;
    let client = (start.connect)(Deliver { to: to.clone() });
    input::start(to);
    live(&mut app, console, from, &client, (start.now, start.memory.as_deref()))
}

/// The loop: waits for something to happen, takes all that has, draws once.
fn live(
    app: &mut App,
    console: &mut Console,
    from: &Receiver<Happening>,
    client: &Client,
    (now, memory): (fn() -> Timestamp, Option<&Path>),
) -> io::Result<u8> {
    let started = Instant::now();
    let mut pace = Pace::default();
    let mut suspended = false;
    loop {
        for outward in app.take_out() {
            match outward {
                Outward::Ask(ask) => client.send(ask),
                Outward::Clipboard(text) => console.copy(&text)?,
                Outward::Redraw => {
                    console.forget()?;
                    app.dirty();
                }
                // Not to remember is no reason to stop.
                Outward::Remember(what) => drop(memory.map(|path| what.write(path))),
                Outward::Suspend => suspended = suspend(app),
            }
        }
        if let Some(code) = app.ended() {
            return Ok(code);
        }
        let paint = if suspended { Paint::No } else { app.paint() };
        let wait = pace.wait(paint, app.awaits(), started.elapsed());
        let first = match wait {
            Some(wait) if wait.is_zero() => {
                console.paint(app)?;
                pace.painted(started.elapsed());
                continue;
            }
            Some(wait) => from.recv_timeout(wait),
            None => from.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        let first = match first {
            Ok(happening) => happening,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return Ok(0),
        };
        app.tick(now());
        for happening in std::iter::once(first).chain(from.try_iter().take(10_000)) {
            match happening {
                Happening::Input(Input::Key(key)) => app.key(key),
                Happening::Input(Input::Paste(text)) => app.paste(&text),
                Happening::Input(Input::Resize(size)) => app.resize(size),
                Happening::InputEnded(why) => return why.map_or(Ok(0), |why| Err(io::Error::other(why))),
                Happening::Delivery(delivery) => app.deliver(delivery),
                Happening::Signal(Signal::End(code)) => return Ok(code),
                Happening::Signal(Signal::Stop) => suspended = suspend(app),
                Happening::Signal(Signal::Resized) => app.resize(console.size()?),
                Happening::Signal(Signal::GoOn) => {
                    suspended = false;
                    console.reenter()?;
                    app.resize(console.size()?);
                    app.dirty();
                }
            }
            if app.ended().is_some() {
                break;
            }
        }
    }
}

/// Stops until a shell says `fg`. What follows comes as [`Signal::GoOn`].
fn suspend(app: &mut App) -> bool {
    let stopped = signals::stop();
    if !stopped {
        app.say(Tone::Plain, format!("There is no shell to go back to; {} quits", app.key_of(Command::Quit)));
    }
    stopped
}

fn setup(start: &Start, memory: Memory) -> Result<Setup, String> {
    let depth = depth(start.color, start.env);
    let themes = start.themes.as_deref().map(own_themes).unwrap_or_default();
    let own = |wanted: &str| themes.iter().find(|(name, _)| name == wanted).map(|(_, text)| text.clone());
    let configured = start.theme.as_deref().unwrap_or(theme::DEFAULT);
    // One that was chosen in the console and is gone since does not count.
    let chosen = Some(memory.theme.as_str()).filter(|name| !name.is_empty()).and_then(|name| Theme::named(name, depth, &own).ok());
    let theme_name = if chosen.is_some() { memory.theme.clone() } else { configured.to_owned() };
    let theme = chosen.map_or_else(|| Theme::named(configured, depth, &own), Ok)?;
    let ascii = start.ascii.unwrap_or_else(|| is_poor(start.env));
    let keys = Arc::new(start.keys.clone());
    Ok(Setup {
        factory: start.factory,
        look: Look { theme, ascii, masked: memory.masked, zone: start.zone.clone(), keys, now: (start.now)() },
        depth,
        theme: theme_name,
        themes,
        confirm: start.confirm,
        title: start.title.clone(),
        operator: start.operator.clone(),
        readonly: start.readonly,
        folder: start.folder.clone(),
        memory,
    })
}

/// The user's own theme files: name and text. What cannot be read is not there.
fn own_themes(folder: &std::path::Path) -> Vec<(String, String)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut themes: Vec<(String, String)> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_stem()?.to_str()?.to_owned();
            // What is not UTF-8 is refused with its place, like everything else that is wrong in it.
            (path.extension()? == "toml").then(|| Some((name, String::from_utf8_lossy(&std::fs::read(&path).ok()?).into_owned())))?
        })
        .collect();
    themes.sort();
    themes
}

/// How many colours there are: what the operator said, then `NO_COLOR`, `COLORTERM`, `TERM`.
fn depth(color: Option<bool>, env: impl Fn(&str) -> Option<String>) -> Depth {
    let term = env("TERM").unwrap_or_default();
    let refused = env("NO_COLOR").is_some_and(|v| !v.is_empty());
    match color {
        Some(false) => Depth::Mono,
        None if refused || term.is_empty() || term.starts_with("vt1") => Depth::Mono,
        _ if matches!(env("COLORTERM").as_deref(), Some("truecolor" | "24bit")) => Depth::Rgb,
        _ if term.contains("256color") => Depth::Indexed,
        _ => Depth::Ansi,
    }
}

/// Whether a terminal lacks the signs beyond ASCII: the kernel's own (`linux`), `screen` and those older than both, unless the locale
/// says that they take UTF-8.
pub fn is_poor(env: impl Fn(&str) -> Option<String>) -> bool {
    let term = env("TERM").unwrap_or_default();
    let family = term.split(['-', '.']).next().unwrap_or_default();
    let old = matches!(family, "linux" | "screen" | "cons25" | "ansi") || family.starts_with("vt");
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| env(name).filter(|v| !v.is_empty())).unwrap_or_default();
    let locale = locale.to_ascii_lowercase();
    old && !(locale.contains("utf-8") || locale.contains("utf8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_terminals_get_ascii_unless_the_locale_says_utf_8() {
        let poor = |vars: &[(&str, &str)]| is_poor(|name: &str| vars.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()));
        for term in ["linux", "screen", "screen-256color", "screen.xterm-256color", "vt100", "vt220", "ansi"] {
            assert!(poor(&[("TERM", term)]), "{term}");
            assert!(poor(&[("TERM", term), ("LANG", "C")]), "{term}");
            assert!(!poor(&[("TERM", term), ("LANG", "en_US.UTF-8")]), "{term}");
        }
        assert!(poor(&[("TERM", "linux"), ("LC_ALL", "C"), ("LANG", "de_DE.utf8")]), "LC_ALL goes first");
        assert!(!poor(&[("TERM", "linux"), ("LC_ALL", ""), ("LC_CTYPE", "C.utf8")]));
        for term in ["xterm", "xterm-256color", "tmux-256color", "foot", ""] {
            assert!(!poor(&[("TERM", term), ("LANG", "C")]), "{term}");
        }
    }

    #[test]
    fn colours_are_what_the_terminal_has_and_the_operator_wants() {
        let depth = |color, vars: &[(&str, &str)]| {
            depth(color, |name: &str| vars.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(depth(None, &[("TERM", "xterm")]), Depth::Ansi);
        assert_eq!(depth(None, &[("TERM", "xterm-256color")]), Depth::Indexed);
        assert_eq!(depth(None, &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]), Depth::Rgb);
        assert_eq!(depth(None, &[("TERM", "xterm-256color"), ("NO_COLOR", "1")]), Depth::Mono);
        assert_eq!(depth(None, &[("TERM", "xterm"), ("NO_COLOR", "")]), Depth::Ansi);
        assert_eq!(depth(Some(true), &[("TERM", "xterm"), ("NO_COLOR", "1")]), Depth::Ansi);
        assert_eq!(depth(Some(false), &[("TERM", "xterm")]), Depth::Mono);
    }
}
