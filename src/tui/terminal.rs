//! The terminal: entered and left whole, painted one write a frame.
//!
//! What is left behind on ANY way out (quit, signal, panic, hang-up) is the terminal as it was found: [`leave`] may be called from
//! any thread, at any time, more than once.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::clipboard::CopyToClipboard;
use crossterm::cursor::Show;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::style::ResetColor;
use crossterm::terminal::{EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{execute, queue, terminal};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Position, Rect, Size};

use rustix::event::{PollFd, PollFlags, poll};

use super::app::App;
use super::wire::Wire;

/// What begins a frame: `ESC[?2026h`. Unasked: whether a terminal knows it cannot be found out over ssh, and those that do not ignore it.
const BEGIN: &[u8] = b"\x1b[?2026h";
/// What ends a frame: `ESC[?2026l`.
const END: &[u8] = b"\x1b[?2026l";

/// Whether the terminal is ours at the moment.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// Collects a frame and writes it in one go, in as few bytes as it takes. ratatui flushes in the middle of a frame too; only the end of a synchronized update counts.
pub struct FrameWriter<W: Write> {
    out: W,
    frame: Vec<u8>,
    wire: Wire,
}

impl<W: Write> FrameWriter<W> {
    /// Writes to that.
    pub fn new(out: W) -> Self {
        Self { out, frame: Vec::new(), wire: Wire::default() }
    }

    /// What it writes to.
    pub fn out(&self) -> &W {
        &self.out
    }
}

impl<W: Write> Write for FrameWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Whatever comes first is of the frame already: clearing the screen, a text for the clipboard.
        if self.frame.is_empty() {
            self.frame.extend_from_slice(BEGIN);
        }
        self.frame.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.frame.ends_with(END) {
            return Ok(());
        }
        let shortened = self.wire.shortened(&self.frame);
        self.frame.clear();
        // A frame in which nothing has changed.
        if shortened.len() == BEGIN.len() + END.len() { Ok(()) } else { self.out.write_all(&shortened) }
    }
}

/// Draws one frame of the console.
pub fn paint<W: Write>(terminal: &mut Terminal<CrosstermBackend<FrameWriter<W>>>, app: &mut App) -> io::Result<()> {
    terminal.draw(|frame| app.render(frame))?;
    execute!(terminal.backend_mut(), EndSynchronizedUpdate)
}

/// The terminal while it is ours. Dropping it leaves.
pub struct Console {
    terminal: Terminal<CrosstermBackend<FrameWriter<Tty>>>,
}

/// The terminal as a file; after [`leave`] nothing more is written to it.
struct Tty(File);

impl Write for Tty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            if !ENTERED.load(Ordering::Acquire) {
                return Ok(bytes.len());
            }
            match self.0.write(bytes) {
                // Another program that shares the terminal may have made it so; we wait for it all the same.
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    poll(&mut [PollFd::new(&self.0, PollFlags::OUT)], None)?;
                }
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Console {
    /// Enters the terminal: raw, alternate screen, bracketed paste; no mouse, so that the terminal's own selection works.
    pub fn enter() -> io::Result<Self> {
        let out = Tty(tty()?);
        raw_on()?;
        let terminal = Terminal::new(CrosstermBackend::new(FrameWriter::new(out)))?;
        Ok(Self { terminal })
    }

    /// Its size.
    pub fn size(&self) -> io::Result<Size> {
        self.terminal.size()
    }

    /// Draws one frame: one write.
    pub fn paint(&mut self, app: &mut App) -> io::Result<()> {
        paint(&mut self.terminal, app)
    }

    /// Forgets what the terminal shows, so that the next frame draws all of it.
    pub fn forget(&mut self) -> io::Result<()> {
        // Not `clear`: that asks the terminal where its cursor is, and the answer would arrive as keys.
        let size = self.size()?;
        self.terminal.resize(Rect::from((Position::ORIGIN, size)))
    }

    /// Takes the terminal again after it was given back.
    pub fn reenter(&mut self) -> io::Result<()> {
        raw_on()?;
        self.forget()
    }

    /// Puts text on the terminal's clipboard (OSC 52, ended by ST). It travels with the next frame.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), CopyToClipboard::to_clipboard_from(text))
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        leave();
    }
}

fn tty() -> io::Result<File> {
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

fn raw_on() -> io::Result<()> {
    terminal::enable_raw_mode()?;
    ENTERED.store(true, Ordering::Release);
    let entered = in_one_write(|out| queue!(out, EnterAlternateScreen, EnableBracketedPaste));
    if entered.is_err() {
        leave();
    }
    entered
}

/// Gives the terminal back: cooked first, in case the rest cannot be written.
pub fn leave() {
    if ENTERED.swap(false, Ordering::AcqRel) {
        let _ = terminal::disable_raw_mode();
        let _ = in_one_write(|out| queue!(out, EndSynchronizedUpdate, DisableBracketedPaste, ResetColor, Show, LeaveAlternateScreen));
    }
}

fn in_one_write(fill: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<()> {
    let mut bytes = Vec::new();
    fill(&mut bytes)?;
    tty()?.write_all(&bytes)
}

/// Whether there is a terminal to work on; why not, and what works without one.
pub fn fit(term: Option<&str>) -> Result<(), String> {
    let why = if term == Some("dumb") {
        "this terminal (TERM=dumb) cannot be drawn on"
    } else if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        "there is no terminal here to draw on"
    } else {
        return Ok(());
    };
    Err(format!("{why}; every command works without one: see `homeroom --help`"))
}

/// On a panic in any thread: the terminal is given back, the message stands below, and the program ends with 101.
pub fn give_back_on_panic(log: Option<PathBuf>) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        leave();
        before(info);
        let mut say = io::stderr();
        let _ = writeln!(say, "homeroom broke; nothing that was applied is lost. Please report the lines above.");
        if let Some(log) = &log {
            let _ = writeln!(say, "The log is {}.", log.display());
        }
        std::process::exit(101);
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Writes(Vec<Vec<u8>>);

    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_frame_is_one_write_whatever_is_flushed_in_between() {
        let mut writer = FrameWriter::new(Writes::default());
        for part in [b"abc", b"def"] {
            writer.write_all(part).unwrap();
            writer.flush().unwrap();
        }
        assert!(writer.out().0.is_empty());
        writer.write_all(END).unwrap();
        writer.flush().unwrap();
        assert_eq!(writer.out().0, [b"\x1b[?2026habcdef\x1b[?2026l".to_vec()]);
    }
}
