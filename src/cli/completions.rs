//! `completions`: a script that lets a shell complete commands and options.

use clap_complete::Shell;

use super::context::Context;
use super::exit::{Exit, Stop};

/// Print a script that lets a shell complete commands and options
#[derive(clap::Args)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        // Made in memory first: the generator panics where it cannot write.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::command_line(), "homeroom", &mut script);
        cx.out.write_all(&script)?;
        Ok(Exit::Done)
    }
}
