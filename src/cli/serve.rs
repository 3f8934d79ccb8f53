//! `serve`: holds the database as a service, with a wall of roles between those who work through it.

use std::io::Write;
use std::path::PathBuf;

use log::{Level, LevelFilter, Log, Metadata, Record};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::context::Context;
use super::exit::{Exit, Stop};
use crate::link::peer::Names;
use crate::link::serve::notify;
use crate::link::{Service, serve};
use crate::report::visible;

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
        let own = own_work(&service);
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
        drop(own);
        service.end();
        Ok(Exit::Done)
    }
}

/// What the service does by itself. Each is a thread that asks `service.desk()`, as a client does, and ends when it is dropped.
fn own_work(service: &Service) -> Vec<Box<dyn Send>> {
    if let Some(desk) = service.desk() {
        // The first look-up wants the index; nobody should wait for it then.
        std::thread::spawn(move || desk.build_index());
    }
    Vec::new()
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
