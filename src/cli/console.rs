//! No command: the console. The one place where the command line calls the console.

use super::config::{self, TimeShown};
use super::context::Context;
use super::exit::{Exit, Stop};
use crate::desk::Desk;
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
    let surroundings = cx.surroundings();
    let start = Start {
        connect: Box::new(move |deliver| Desk::start(surroundings, move |delivery| deliver.deliver(delivery))),
        factory: factory::make,
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
    match tui::run(start) {
        Ok(0) => Ok(Exit::Done),
        Ok(code) if code > 128 => Ok(Exit::Signal(code - 128)),
        Ok(5) => Ok(Exit::Store),
        Ok(_) => Ok(Exit::Internal),
        Err(why) => Err(Stop::usage(why, "Without a terminal that can be used there are the commands: homeroom --help.")),
    }
}

/// Refuses where there is no terminal to draw on or to type at.
pub(super) fn is_possible(cx: &Context<'_>) -> Result<(), Stop> {
    if cx.env.columns.is_none() || cx.env.read_hidden.is_none() {
        return Err(Stop::usage("The console needs a terminal", "Without one use the commands: homeroom --help."));
    }
    Ok(())
}
