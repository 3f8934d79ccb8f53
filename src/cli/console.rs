//! No command: the console. The one place where the command line calls the console.

use super::context::Context;
use super::exit::{Exit, Stop};

/// Opens the console on the context's database.
pub(super) fn open(cx: &mut Context<'_>) -> Result<Exit, Stop> {
    is_possible(cx)?;
    // The console watches signals and opens the desk itself.
    cx.hand_over();
    // THE CALL SITE: `tui::run(tui::Start { .. })` with `cx.surroundings()`, `cx.config` and `cx.readonly`, once there is a
    // `Factory` that makes the screens. Until then:
    let _ = (cx.surroundings(), &cx.config, cx.readonly);
    Err(Stop::usage("The console is not in this build", "Use the commands: homeroom --help."))
}

/// Refuses where there is no terminal to draw on or to type at.
pub(super) fn is_possible(cx: &Context<'_>) -> Result<(), Stop> {
    if cx.env.columns.is_none() || cx.env.read_hidden.is_none() {
        return Err(Stop::usage("The console needs a terminal", "Without one use the commands: homeroom --help."));
    }
    Ok(())
}
