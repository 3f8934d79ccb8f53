//! What a command works with: the desk, the two outputs, the options that all commands share.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::Serialize;

use super::config::{self, Config, TimeShown};
use super::env::{Answer, Env};
use super::exit::Stop;
use super::paint::{Paint, Painter};
use super::progress::{Bar, Interrupt};
use super::table::{Cell, Column, Table};
use super::{Color, Globals, json, times};
use crate::desk::{Event, Reply, Request, Surroundings, Trouble, TroubleSort};
use crate::feed::Profiles;
use crate::ledger::{Actor, SyncNo, Timestamp};
use crate::report::visible;

/// Asks the desk and takes the one reply that fits.
macro_rules! ask {
    ($context:expr, $request:expr => $reply:ident) => {
        match $context.ask($request)? {
            $crate::desk::Reply::$reply(answer) => answer,
            other => return Err($crate::cli::context::unexpected(&other)),
        }
    };
}
pub(super) use ask;

/// What a command works with.
pub(super) struct Context<'a> {
    pub(super) out: &'a mut dyn Write,
    pub(super) err: &'a mut dyn Write,
    pub(super) env: Env,
    pub(super) config: Config,
    /// Print JSON.
    pub(super) json: bool,
    /// Refuse what changes something.
    pub(super) readonly: bool,
    pub(super) painter: Painter,
    /// The organization that everything is kept to: the settings' scope, or what one command names.
    scope: Option<String>,
    /// Colours in the console, where the operator said so.
    pub(super) color: Option<bool>,
    /// The console's theme, where the operator named one.
    pub(super) theme: Option<String>,
    /// Draw the console with plain ASCII.
    pub(super) ascii: bool,
    db: PathBuf,
    profiles: Option<PathBuf>,
    wait: Duration,
    desk: Option<Box<Answer>>,
    interrupt: Option<Interrupt>,
}

impl<'a> Context<'a> {
    /// Reads the settings and finds the database; opens nothing. On failure gives standard error back.
    pub(super) fn new(
        globals: &Globals,
        env: Env,
        out: &'a mut dyn Write,
        err: &'a mut dyn Write,
    ) -> Result<Self, (Stop, &'a mut dyn Write)> {
        let found = || -> Result<_, Stop> {
            let path = config::path(globals.config.as_deref(), &env);
            let config = path.as_deref().map(|p| config::read(p, globals.config.is_some())).transpose()?.unwrap_or_default();
            let profiles = path.and_then(|p| Some(p.parent()?.join("profiles")));
            Ok((config, profiles, config::database(globals.db.as_deref(), &env)?))
        };
        let (config, profiles, db) = match found() {
            Ok(found) => found,
            Err(stop) => return Err((stop, err)),
        };
        let colours = match globals.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => env.columns.is_some() && (env.var)("NO_COLOR").is_none() && (env.var)("TERM").is_none_or(|t| t != "dumb"),
        };
        Ok(Self {
            out,
            err,
            env,
            scope: config.scope.clone(),
            config,
            json: globals.json,
            readonly: globals.readonly,
            painter: Painter::new(colours),
            color: match globals.color {
                Color::Always => Some(true),
                Color::Never => Some(false),
                Color::Auto => None,
            },
            theme: globals.theme.clone(),
            ascii: globals.ascii,
            db,
            profiles,
            wait: globals.wait.unwrap_or_default(),
            desk: None,
            interrupt: None,
        })
    }

    /// The folder of the operator's own themes.
    pub(super) fn themes(&self) -> Option<PathBuf> {
        Some(self.profiles.as_ref()?.parent()?.join("themes"))
    }

    /// What the desk needs to know.
    pub(super) fn surroundings(&self) -> Surroundings {
        Surroundings {
            db: self.db.clone(),
            profiles: self.profiles.clone(),
            by: Actor(self.env.user.clone()),
            host: self.env.host.clone(),
            scope: self.scope.clone(),
            readonly: self.readonly,
            wait: self.wait,
            now: self.env.now,
        }
    }

    /// All profiles, the operator's own among them.
    pub(super) fn all_profiles(&self) -> Profiles {
        self.profiles.as_deref().map_or_else(Profiles::builtin, Profiles::load)
    }

    /// Keeps this one command to an organization, which must exist and be within the settings' scope.
    pub(super) fn keep_to(&mut self, org: Option<String>) -> Result<(), Stop> {
        let Some(org) = org else { return Ok(()) };
        super::show::the_one(self, &format!("school:{}", org.strip_prefix("school:").unwrap_or(&org)))?;
        self.desk = None;
        self.scope = Some(org);
        Ok(())
    }

    /// Works on another database from now on: the demo's. It has no scope.
    pub(super) fn use_database(&mut self, db: PathBuf) {
        (self.db, self.desk, self.scope) = (db, None, None);
    }

    /// Lets go of the desk and of the signals: the console has its own.
    pub(super) fn hand_over(&mut self) {
        (self.desk, self.interrupt) = (None, None);
    }

    /// Asks the desk, which is opened by the first question. Long work shows how far it is and can be stopped.
    pub(super) fn ask(&mut self, request: Request) -> Result<Reply, Stop> {
        let desk = match self.desk.take() {
            Some(desk) => desk,
            None => (self.env.open_desk)(self.surroundings())?,
        };
        let long = request.is_long();
        if long && self.interrupt.is_none() {
            self.interrupt = Some(Interrupt::catch()?);
        }
        let interrupt = self.interrupt.as_ref().filter(|_| long);
        if let Some(interrupt) = interrupt {
            interrupt.during_work(true);
        }
        let mut bar = Bar::new(self.env.stderr_is_terminal && long);
        let err = &mut *self.err;
        let reply = desk(request, &mut |event| {
            match event {
                Event::Progress(progress) => bar.show(&progress),
                // Work is not stopped by a message that cannot be shown.
                Event::Notice(text) => drop(bar.aside(|| writeln!(err, "note: {}", visible(&text)))),
                _ => {}
            }
            !interrupt.is_some_and(Interrupt::is_wished)
        });
        drop(bar);
        if let Some(interrupt) = interrupt {
            interrupt.during_work(false);
        }
        self.desk = Some(desk);
        match reply {
            Reply::Trouble(trouble) => Err(trouble.into()),
            reply => Ok(reply),
        }
    }

    /// Prints an object.
    pub(super) fn print_json(&mut self, body: &impl Serialize) -> Result<(), Stop> {
        Ok(json::line(self.out, body)?)
    }

    /// Prints a line, its hidden characters shown.
    pub(super) fn say(&mut self, text: &str) -> Result<(), Stop> {
        self.say_in(Paint::Plain, text)
    }

    /// Prints a line in a colour.
    pub(super) fn say_in(&mut self, paint: Paint, text: &str) -> Result<(), Stop> {
        self.painter.write(self.out, paint, &visible(text))?;
        Ok(self.out.write_all(b"\n")?)
    }

    /// Prints a blank line.
    pub(super) fn gap(&mut self) -> Result<(), Stop> {
        Ok(self.out.write_all(b"\n")?)
    }

    /// Prints rows of a table; the table remembers its widths from the first.
    pub(super) fn rows(&mut self, table: &mut Table<'_>, rows: &[Vec<Cell>]) -> Result<(), Stop> {
        Ok(table.write(self.out, self.painter, rows)?)
    }

    /// Prints a table.
    pub(super) fn table(&mut self, columns: &[Column], rows: &[Vec<Cell>]) -> Result<(), Stop> {
        self.rows(&mut Table::new(columns, self.env.columns), rows)
    }

    /// Tells the operator something that is not data. Nothing stops if it cannot be told.
    pub(super) fn tell(&mut self, text: &str) {
        // What was printed before it is read before it.
        let _ = self.out.flush();
        let _ = writeln!(self.err, "{}", visible(text));
    }

    /// A time as people read it.
    pub(super) fn time(&self, at: Timestamp) -> String {
        let format = format!("{} %H:%M", self.config.date.as_deref().unwrap_or("%Y-%m-%d"));
        match self.config.time {
            TimeShown::Local => times::local(at, &self.env.zone, &format),
            TimeShown::Utc => times::local(at, &TimeZone::UTC, &format),
        }
    }
}

/// The desk gave another kind of answer than the request has.
pub(super) fn unexpected(reply: &Reply) -> Stop {
    let kind = format!("{reply:?}");
    let kind = kind.split(['(', ' ']).next().unwrap_or_default();
    Trouble::new(TroubleSort::Internal, format!("unexpected answer: {kind}"), "Please report this.").into()
}

/// Reads a sync's number, `12` or `#12`.
pub(super) fn sync_no(text: &str) -> Result<SyncNo, String> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    digits.parse().map(SyncNo).map_err(|_| "write the number of a sync, as `homeroom syncs` shows it".into())
}

/// Reads `NAME=VALUE`.
pub(super) fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE; NAME= clears".into()),
    }
}
