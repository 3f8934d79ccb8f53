//! What the command line takes from the world around it: everything comes in here, so that nothing below asks for it.

use std::cell::Cell;
use std::ffi::OsString;
use std::io::{self, BufRead, IsTerminal};
use std::path::PathBuf;

use jiff::tz::TimeZone;

use crate::desk::{Desk, Event, Reply, Request, Surroundings, Trouble};
use crate::ledger::Timestamp;

/// Reads a line without showing it.
pub type ReadHidden = fn() -> io::Result<String>;

/// What answers requests: a desk, or a test that stands for one.
pub type Answer = dyn Fn(Request, &mut dyn FnMut(Event) -> bool) -> Reply;

/// Opens what answers requests.
pub type OpenDesk = fn(Surroundings) -> Result<Box<Answer>, Trouble>;

/// Gives an environment variable.
pub type Var = dyn Fn(&str) -> Option<OsString>;

/// The surroundings of one command.
pub struct Env {
    /// An environment variable.
    pub var: Box<Var>,
    /// The folder that relative paths start from.
    pub cwd: PathBuf,
    /// The operator's name.
    pub user: String,
    /// Name of this machine.
    pub host: String,
    /// The clock.
    pub now: fn() -> Timestamp,
    /// In which times are shown.
    pub zone: TimeZone,
    /// Columns of the terminal that standard output is; `None` where it is not one.
    pub columns: Option<usize>,
    /// Whether standard error is a terminal.
    pub stderr_is_terminal: bool,
    /// Reads a secret from the terminal without showing it; `None` where standard input is not a terminal.
    pub read_hidden: Option<ReadHidden>,
    /// Standard input.
    pub stdin: Box<dyn BufRead>,
    /// Opens the desk.
    pub open_desk: OpenDesk,
}

impl Env {
    /// The surroundings of this process.
    pub fn of_process() -> Self {
        let var = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
        let named = |name: &str| var(name).map(|v| v.to_string_lossy().into_owned());
        Self {
            var: Box::new(var),
            cwd: std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/")),
            user: named("USER").or_else(|| named("LOGNAME")).unwrap_or_else(|| format!("uid {}", rustix::process::getuid().as_raw())),
            host: host().or_else(|| named("HOSTNAME")).unwrap_or_else(|| "localhost".into()),
            now: clock,
            zone: TimeZone::system(),
            columns: columns(),
            stderr_is_terminal: io::stderr().is_terminal(),
            read_hidden: io::stdin().is_terminal().then_some(read_hidden as ReadHidden),
            stdin: Box::new(io::BufReader::new(io::stdin())),
            open_desk,
        }
    }

    /// An environment variable as a path.
    pub(super) fn path(&self, name: &str) -> Option<PathBuf> {
        (self.var)(name).map(PathBuf::from)
    }
}

fn open_desk(surroundings: Surroundings) -> Result<Box<Answer>, Trouble> {
    let desk = Desk::open(surroundings)?;
    let said = Cell::new(false);
    Ok(Box::new(move |request, on_event| {
        // What opening has to say is said once, with the first answer.
        if !said.replace(true) {
            desk.notices().iter().for_each(|text| _ = on_event(Event::Notice(text.clone())));
        }
        desk.ask(request, on_event)
    }))
}

/// This program's own file, as units and crontabs name it.
pub(super) fn program() -> PathBuf {
    std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/usr/bin/homeroom"))
}

fn clock() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_microsecond())
}

fn host() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| std::fs::read_to_string("/etc/hostname")).ok()?;
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

fn columns() -> Option<usize> {
    let stdout = io::stdout();
    if !stdout.is_terminal() {
        return None;
    }
    // A terminal of no width (some serial lines) is taken for the usual one.
    let size = rustix::termios::tcgetwinsize(&stdout).ok()?;
    Some(if size.ws_col == 0 { 80 } else { size.ws_col as usize })
}

/// Reads a line with echo off, and puts the terminal back as it was, whatever happens.
fn read_hidden() -> io::Result<String> {
    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

    struct Restore(Termios);
    impl Drop for Restore {
        fn drop(&mut self) {
            let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
        }
    }

    let before = tcgetattr(io::stdin())?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    let _restore = Restore(before);
    tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
