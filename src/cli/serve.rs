//! `serve`: holds the database as a service, with a wall of roles between those who work through it.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use log::{Level, LevelFilter, Log, Metadata, Record};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::context::Context;
use super::exit::{Exit, Stop};
use crate::desk::Request;
use crate::link::peer::Names;
use crate::link::serve::notify;
use crate::link::{Service, serve};
use crate::report::visible;
use crate::watch::{self, Line, Settings};

/// Hold the database as a service: everybody else works through it, as roles.toml lets them
#[derive(clap::Args)]
pub(super) struct Args {
    /// Who may do what [default: roles.toml beside the config file]; without one only the database's owner is let in
    #[arg(long, value_name = "FILE")]
    roles: Option<PathBuf>,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let setting = cx.setting(true);
        if !setting.share || cx.readonly {
            return Err(Stop::usage("serve is there for others to work through", "Leave --no-share and --readonly out."));
        }
        // Taken before anything is begun: a signal that comes while the database is being opened ends the service in order, too.
        let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP])?;
        log_to_stderr();
        let roles = self.roles.map(|f| cx.env.cwd.join(f)).or_else(|| cx.beside_config("roles.toml"));
        let service = serve(&setting, &roles.unwrap_or_default(), &Names::default())?;
        let watching = Watching::start(&service, cx.config.watch.clone());
        log::info!("{} is open", setting.surroundings.db.display());
        tell(cx, "READY=1");
        for signal in signals.forever() {
            // Roles are read whenever somebody knocks; there is nothing to read again.
            if signal != SIGHUP {
                break;
            }
        }
        tell(cx, "STOPPING=1");
        log::info!("ending");
        drop(watching);
        service.end();
        Ok(Exit::Done)
    }
}

/// What the service does by itself: takes files out of the feeds' drop folders, and tells whoever is to be told. Ends when dropped, once
/// what it was at is finished.
struct Watching {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watching {
    fn start(service: &Service, settings: Settings) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let thread = service.desk().map(|desk| {
            let index = Arc::clone(&desk);
            // The first look-up wants the index; nobody should wait for it then.
            std::thread::spawn(move || index.build_index());
            let stop = Arc::clone(&stop);
            std::thread::spawn(move || {
                let mut answers = |request: Request| desk.ask(request, &mut |_| !stop.load(Ordering::Relaxed));
                watch::attend(&settings, &stop, &mut answers, &mut |_, lines| lines.iter().for_each(logged));
            })
        });
        Self { stop, thread }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            log::error!("watching the drop folders broke; what was applied is not lost");
        }
    }
}

/// A line of the watch, in the service's log.
fn logged(line: &Line) {
    let level = match line.level {
        watch::Level::Error => Level::Error,
        watch::Level::Warning => Level::Warn,
        watch::Level::Notice | watch::Level::Info => Level::Info,
    };
    log::log!(target: "homeroom::watch", level, "{}", line.text);
}

/// Tells the service manager, where there is one.
fn tell(cx: &Context<'_>, state: &str) {
    if let Some(socket) = (cx.env.var)("NOTIFY_SOCKET")
        && let Err(error) = notify(&socket, state)
    {
        log::warn!("NOTIFY_SOCKET: {error}");
    }
}

/// The journal's lines: what is read from standard error by a service manager, with a priority before it.
struct Journal;

impl Log for Journal {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // What the engine says of itself is for its makers.
        metadata.target().starts_with("homeroom")
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            // If standard error is gone there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "<{}>{}", priority(record.level()), visible(&record.args().to_string()));
        }
    }

    fn flush(&self) {}
}

/// A level as the journal numbers it.
fn priority(level: Level) -> u8 {
    match level {
        Level::Error => 3,
        Level::Warn => 4,
        Level::Info => 6,
        Level::Debug | Level::Trace => 7,
    }
}

fn log_to_stderr() {
    if log::set_logger(&Journal).is_ok() {
        log::set_max_level(LevelFilter::Info);
    }
}
