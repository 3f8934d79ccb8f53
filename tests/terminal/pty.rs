//! A program in a real terminal, in the words of `src/tui/harness.rs`: press, type, see. Here replies take their time, so `see` waits
//! until it is so; where it never is, the screen is printed.
//!
//! `send` is for bytes as a bad line delivers them: a sequence in two pieces, a paste, an answer that nobody asked for.

use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use homeroom::tui::harness::holds;
use homeroom::tui::keys::Key;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::Signal;

/// How long anything may take before a test fails: a machine may be busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// What begins a frame, and what ends it.
pub(crate) const BEGIN: &str = "\x1b[?2026h";
pub(crate) const END: &str = "\x1b[?2026l";

/// How fast a terminal takes what is written to it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// At once.
    Fast,
    /// So many bytes a second.
    BytesASecond(u32),
}

/// A program in a pty, and what its terminal shows.
pub(crate) struct Pty {
    pub(crate) child: Box<dyn Child + Send + Sync>,
    pub(crate) master: Option<Box<dyn MasterPty + Send>>,
    keys: Option<Box<dyn Write + Send>>,
    output: Receiver<Vec<u8>>,
    pub(crate) screen: vt100::Parser,
    pub(crate) bytes: Vec<u8>,
}

impl Pty {
    /// Starts a command on a terminal of that size, in a session of its own.
    pub(crate) fn start(mut command: CommandBuilder, env: &[(&str, &str)], (cols, rows): (u16, u16), line: Line) -> Self {
        command.env("TERM", "xterm-256color");
        for name in ["NO_COLOR", "COLORTERM", "LC_ALL", "LC_CTYPE", "LANG"] {
            command.env_remove(name);
        }
        for (name, value) in env {
            command.env(name, value);
        }
        let pty = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().unwrap();
        let keys = pty.master.take_writer().unwrap();
        let (to, output) = channel();
        std::thread::spawn(move || {
            // Nothing is ever sent here: waiting for it is how a slow line takes its time.
            let (_silent, never) = channel::<()>();
            let mut buffer = [0; 8192];
            let most = if line == Line::Fast { buffer.len() } else { 512 };
            while let Ok(n) = reader.read(&mut buffer[..most]) {
                if n == 0 || to.send(buffer[..n].to_vec()).is_err() {
                    break;
                }
                if let Line::BytesASecond(rate) = line {
                    let _ = never.recv_timeout(Duration::from_secs(1) * n as u32 / rate);
                }
            }
        });
        let screen = vt100::Parser::new(NonZero::new(rows).unwrap(), NonZero::new(cols).unwrap(), 0);
        Self { child, master: Some(pty.master), keys: Some(keys), output, screen, bytes: Vec::new() }
    }

    /// Presses keys, apart by spaces: `j j <Enter> <C-d>`.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        let bytes: String = keys.split_whitespace().map(|key| typed(key.parse().unwrap())).collect();
        self.send(&bytes)
    }

    /// Types text.
    pub(crate) fn type_text(&mut self, text: &str) -> &mut Self {
        self.send(text)
    }

    /// Pastes text, as a terminal does that was asked to bracket it.
    pub(crate) fn paste(&mut self, text: &str) -> &mut Self {
        self.send(&format!("\x1b[200~{text}\x1b[201~"))
    }

    /// Sends bytes.
    pub(crate) fn send(&mut self, bytes: &str) -> &mut Self {
        let keys = self.keys.as_mut().unwrap();
        keys.write_all(bytes.as_bytes()).unwrap();
        keys.flush().unwrap();
        self
    }

    /// Makes the terminal another size.
    pub(crate) fn resize(&mut self, cols: u16, rows: u16) -> &mut Self {
        self.screen.screen_mut().set_size(NonZero::new(rows).unwrap(), NonZero::new(cols).unwrap());
        self.master.as_ref().unwrap().resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        self
    }

    /// What the screen shows.
    pub(crate) fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Takes what comes; `false` when the time is over or nothing can come any more.
    pub(crate) fn more(&mut self, within: Duration) -> bool {
        let Ok(bytes) = self.output.recv_timeout(within) else { return false };
        self.screen.process(&bytes);
        self.bytes.extend(bytes);
        true
    }

    /// Takes what comes until nothing more does.
    pub(crate) fn rest(&mut self) -> &mut Self {
        while self.more(Duration::from_millis(300)) {}
        self
    }

    /// Takes what comes until that holds.
    #[track_caller]
    pub(crate) fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) -> &mut Self {
        let started = Instant::now();
        while !holds(self) {
            let left = PATIENCE.saturating_sub(started.elapsed());
            assert!(self.more(left), "never: {what}\n{}\n{:?}", self.text(), String::from_utf8_lossy(&self.bytes));
        }
        self
    }

    /// The screen comes to show that text.
    #[track_caller]
    pub(crate) fn see(&mut self, text: &str) -> &mut Self {
        self.until(text, |pty| pty.text().contains(text))
    }

    /// The screen comes to show that text no longer.
    #[track_caller]
    pub(crate) fn miss(&mut self, text: &str) -> &mut Self {
        self.until(&format!("without {text}"), |pty| !pty.text().contains(text))
    }

    /// A line of the screen comes to show all of that, in this order.
    #[track_caller]
    pub(crate) fn see_line(&mut self, parts: &[&str]) -> &mut Self {
        self.until(&format!("a line with {parts:?}"), |pty| pty.text().lines().any(|line| holds(line, parts)))
    }

    /// The screen comes to show that text once, not twice.
    #[track_caller]
    pub(crate) fn see_once(&mut self, text: &str) -> &mut Self {
        self.until(&format!("{text} once"), |pty| pty.text().matches(text).count() == 1)
    }

    /// What was written since then.
    pub(crate) fn since(&self, bytes: usize) -> String {
        String::from_utf8_lossy(&self.bytes[bytes..]).into_owned()
    }

    /// How many bytes keys cost, all frames of it together.
    #[track_caller]
    pub(crate) fn cost(&mut self, keys: &str, then: &str) -> usize {
        let before = self.bytes.len();
        self.press(keys).see(then).rest();
        self.bytes.len() - before
    }

    pub(crate) fn pid(&self) -> rustix::process::Pid {
        self.child.process_id().and_then(|id| rustix::process::Pid::from_raw(id as i32)).unwrap()
    }

    pub(crate) fn signal(&mut self, signal: Signal) -> &mut Self {
        rustix::process::kill_process(self.pid(), signal).unwrap();
        self
    }

    /// Waits for the end: the exit code, and all that was written.
    pub(crate) fn end(&mut self) -> (u32, String) {
        while self.more(PATIENCE) {}
        let code = self.child.wait().unwrap().exit_code();
        (code, String::from_utf8_lossy(&self.bytes).into_owned())
    }

    /// Whether the terminal is cooked, as a shell wants it.
    pub(crate) fn is_cooked(&self) -> bool {
        let termios = self.master.as_ref().unwrap().get_termios().unwrap();
        let flags = format!("{:?}", termios.local_flags);
        flags.contains("ICANON") && flags.contains("ECHO")
    }
}

/// What a terminal sends for a key.
fn typed(key: Key) -> String {
    use crossterm::event::{KeyCode, KeyModifiers};
    let named = match key.code {
        KeyCode::Enter => "\r",
        KeyCode::Esc => "\x1b",
        KeyCode::Tab if key.modifiers == KeyModifiers::SHIFT => "\x1b[Z",
        KeyCode::Tab => "\t",
        KeyCode::Backspace => "\x7f",
        KeyCode::Up => "\x1b[A",
        KeyCode::Down => "\x1b[B",
        KeyCode::Right => "\x1b[C",
        KeyCode::Left => "\x1b[D",
        KeyCode::Home => "\x1b[H",
        KeyCode::End => "\x1b[F",
        KeyCode::PageUp => "\x1b[5~",
        KeyCode::PageDown => "\x1b[6~",
        KeyCode::F(1) => "\x1bOP",
        KeyCode::Char(c) if key.modifiers == KeyModifiers::CONTROL => return char::from(c as u8 & 0x1f).to_string(),
        KeyCode::Char(c) if key.modifiers == KeyModifiers::ALT => return format!("\x1b{c}"),
        KeyCode::Char(c) => return c.to_string(),
        _ => panic!("no bytes for {key}"),
    };
    named.to_owned()
}

/// The terminal was given back, in this order, and nothing was drawn afterwards.
#[track_caller]
pub(crate) fn is_restored(written: &str) {
    let at = written.rfind("\x1b[?2004l").expect("bracketed paste was turned off");
    assert!(written[..at].ends_with(END), "a frame that was begun is ended first");
    let mut rest = &written[at..];
    for sequence in ["\x1b[0m", "\x1b[?25h", "\x1b[?1049l"] {
        let at = rest.find(sequence).unwrap_or_else(|| panic!("{sequence:?} is missing: {rest:?}"));
        rest = &rest[at..];
    }
    assert!(!rest.contains(BEGIN), "{rest:?}");
}

/// Everything between entering and leaving was written as frames: begun, ended, nothing in between.
#[track_caller]
pub(crate) fn is_only_frames(written: &str) {
    let entered = written.find("\x1b[?2004h").expect("it entered") + "\x1b[?2004h".len();
    let mut rest = &written[entered..written.rfind("\x1b[?2004l").expect("it left") - END.len()];
    while !rest.is_empty() {
        let frame = rest.strip_prefix(BEGIN).unwrap_or_else(|| panic!("outside of a frame: {rest:?}"));
        let end = frame.find(END).unwrap_or_else(|| panic!("no end of a frame: {frame:?}"));
        assert!(!frame[..end].contains(BEGIN), "a frame in a frame: {frame:?}");
        rest = &frame[end + END.len()..];
    }
}
