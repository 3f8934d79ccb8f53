//! No command: the console. The one place where the command line calls the console.

use std::sync::{Arc, Mutex, PoisonError};

use super::config::{self, TimeShown};
use super::context::Context;
use super::exit::{Exit, Stop};
use crate::link::{self, Ending, Line};
use crate::tui::screen::factory;
use crate::tui::{self, Start};

/// Opens the console on the context's database. `title` stands in the header until the district's name is known.
///
/// What it remembers from one session to the next is kept in the state folder; the demo, which is thrown away, remembers nothing.
pub(super) fn open(cx: &mut Context<'_>, title: &str, remembers: bool) -> Result<Exit, Stop> {
    is_possible(cx)?;
    let keys = cx.config.keymap()?;
    let memory = if remembers { config::state(&cx.env) } else { None };
    // The console watches signals and opens the desk itself.
    cx.hand_over();
    let setting = cx.setting(true);
    let line: Arc<Mutex<Option<Line>>> = Arc::default();
    let opened = line.clone();
    let start = Start {
        connect: Box::new(move |deliver| {
            let (client, line) = link::start(setting, move |delivery| deliver.deliver(delivery));
            *opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(line);
            client
        }),
        factory: factory::make,
        theme_asked: cx.theme.is_some(),
        theme: cx.theme.take().or_else(|| cx.config.theme.clone()),
        color: cx.color,
        env: |name| std::env::var(name).ok(),
        themes: cx.themes(),
        ascii: cx.ascii.then_some(true).or(cx.config.ascii),
        keys,
        confirm: cx.config.confirm.unwrap_or(true),
        readonly: cx.readonly,
        title: title.to_owned(),
        operator: cx.env.user.clone(),
        folder: cx.env.cwd.clone(),
        zone: match cx.config.time {
            TimeShown::Local => cx.env.zone.clone(),
            TimeShown::Utc => jiff::tz::TimeZone::UTC,
        },
        now: cx.env.now,
        memory,
        log: None,
    };
    let ended = tui::run(start);
    if let Some(line) = line.lock().unwrap_or_else(PoisonError::into_inner).take() {
        // A terminal that cannot be used any more has gone.
        line.end(how(ended.as_ref().copied().unwrap_or(HUNG_UP)));
    }
    match ended {
        Ok(0) => Ok(Exit::Done),
        Ok(code) if code > 128 => Ok(Exit::Signal(code - 128)),
        Ok(5) => Ok(Exit::Store),
        Ok(_) => Ok(Exit::Internal),
        Err(why) => Err(Stop::usage(why, "Without a terminal that can be used there are the commands: homeroom --help.")),
    }
}

/// The console's exit code where the terminal has gone.
const HUNG_UP: u8 = 129;

/// What of the work that runs is finished, by the console's exit code.
fn how(code: u8) -> Ending {
    match code {
        // Who quits has said what becomes of their own work; others may be working through this process.
        0 => Ending::Quit,
        // The line to the operator broke: what was begun is found done at the next login.
        HUNG_UP => Ending::Finish,
        _ => Ending::AtOnce,
    }
}

/// Refuses where there is no terminal to draw on or to type at.
pub(super) fn is_possible(cx: &Context<'_>) -> Result<(), Stop> {
    if cx.env.columns.is_none() || cx.env.read_hidden.is_none() {
        return Err(Stop::usage("The console needs a terminal", "Without one use the commands: homeroom --help."));
    }
    Ok(())
}
