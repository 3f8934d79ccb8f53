//! No command: the console. The one place where the command line calls the console.

use super::context::Context;
use super::exit::{Exit, Stop};

/// Opens the console on the context's database.
pub(super) fn open(cx: &mut Context<'_>) -> Result<Exit, Stop> {
    if cx.env.columns.is_none() || cx.env.read_hidden.is_none() {
        return Err(Stop::usage("The console needs a terminal", "Without one use the commands: homeroom --help."));
    }
    cx.hand_over();
    // THE CALL SITE. `tui::run` takes the desk's surroundings and the settings and gives an exit code; until it is here:
    let _ = (cx.surroundings(), &cx.config, cx.readonly);
    Err(Stop::usage("The console is not in this build", "Use the commands: homeroom --help."))
}
