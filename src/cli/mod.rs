//! The command line: one file a command. Everything the console does has an equal here, for cron, pipes and screen readers.
//!
//! Data goes to standard output, messages go to standard error. Names, JSON keys and exit codes are public: they only grow.

mod abandon;
mod add;
mod approve;
mod attach;
mod backup;
mod compare;
mod completions;
pub mod config;
mod console;
mod context;
mod corrections;
mod demo;
mod doctor;
mod edit;
mod env;
mod errors;
mod exit;
mod explain;
mod export;
mod feeds;
mod find;
mod fix;
mod import;
mod json;
mod list;
mod list_classes;
mod maps;
mod mend;
mod nearest;
mod output;
mod paint;
mod profiles;
mod progress;
mod report;
mod rerun;
mod restore;
mod row;
mod shares;
mod show;
mod show_class;
mod show_field;
mod sync;
mod syncs;
mod table;
mod times;
mod undo;
mod verify;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

use context::Context;
use exit::Stop;

pub use config::Config;
pub use env::{Answer, Env, OpenDesk, ReadHidden, Var};
pub use exit::Exit;

/// Runs a command line, the program's name first. What the exit code says is in [`Exit`].
pub fn main(args: impl IntoIterator<Item = OsString>, env: Env, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(wrong) => {
            let (to, exit): (&mut dyn Write, _) = if wrong.use_stderr() { (err, Exit::Usage) } else { (out, Exit::Done) };
            // Clap repeats the argument as it was typed: it may hold anything.
            let shown = wrong.render().to_string().split('\n').map(crate::report::visible).collect::<Vec<_>>().join("\n");
            return match to.write_all(shown.as_bytes()).and_then(|()| to.flush()) {
                Ok(()) => exit,
                Err(e) => failed_output(&e, err),
            };
        }
    };
    let mut context = match Context::new(&cli.globals, env, out, err) {
        Ok(context) => context,
        Err((stop, err)) => return told(stop, err),
    };
    let result = match cli.command {
        Some(command) => command.run(&mut context),
        None => console::open(&mut context, "Homeroom", true),
    };
    let result = context.out.flush().map_err(Stop::from).and(result);
    match result {
        Ok(exit) => exit,
        Err(stop) => told(stop, context.err),
    }
}

/// Says why a command stopped.
fn told(stop: Stop, err: &mut dyn Write) -> Exit {
    match stop {
        Stop::Output(e) => failed_output(&e, err),
        Stop::Trouble(trouble) => {
            let shown = |text: &str| text.split('\n').map(crate::report::visible).collect::<Vec<_>>().join("\n");
            // If standard error is gone too there is nobody left to tell.
            let _ = writeln!(err, "homeroom: {}", shown(&trouble.message));
            if !trouble.next.is_empty() {
                let _ = writeln!(err, "  {}", shown(&trouble.next));
            }
            Exit::of_trouble(trouble.sort)
        }
    }
}

/// A reader that has seen enough (`| head`) is no error.
fn failed_output(error: &io::Error, err: &mut dyn Write) -> Exit {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Exit::Done;
    }
    let _ = writeln!(err, "homeroom: cannot write the output: {error}");
    Exit::Store
}

/// Keeps school rosters in sync. Without a command it opens the console.
#[derive(Parser)]
#[command(name = "homeroom", version, max_term_width = 100, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Options of every command.
#[derive(clap::Args)]
struct Globals {
    /// The database's folder [default: `$HOMEROOM_DB`, else homeroom/default in the user's data folder]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Global options")]
    db: Option<PathBuf>,
    /// The config file; own profiles are in `profiles` beside it [default: homeroom/config.toml in the user's config folder]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    config: Option<PathBuf>,
    /// Refuse everything that changes something
    #[arg(long, global = true, help_heading = "Global options")]
    readonly: bool,
    /// How long to wait for a database that another process holds: 30s, 5m
    #[arg(long, global = true, value_name = "DURATION", value_parser = times::duration, help_heading = "Global options")]
    wait: Option<Duration>,
    /// Colours; auto is on a terminal, unless `NO_COLOR` is set
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Global options")]
    color: Color,
    /// The console's theme: ansi, dark, light, high-contrast, mono, or one of your own
    #[arg(long, global = true, value_name = "NAME", help_heading = "Global options")]
    theme: Option<String>,
    /// Draw the console with plain ASCII
    #[arg(long, global = true, help_heading = "Global options")]
    ascii: bool,
    /// Print JSON: one object, or one a line
    #[arg(long, global = true, help_heading = "Global options")]
    json: bool,
}

/// When to colour.
#[derive(Clone, Copy, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

/// Declares the commands: name, file, and what runs it. The first line of each file's `Args` is its help.
macro_rules! commands {
    ($($name:ident $module:ident)+) => {
        #[derive(Subcommand)]
        enum Command {
            $($name($module::Args),)+
        }

        impl Command {
            fn run(self, context: &mut Context<'_>) -> Result<Exit, Stop> {
                match self {
                    $(Self::$name(args) => args.run(context),)+
                }
            }
        }
    };
}

commands! {
    Import import
    Approve approve
    Abandon abandon
    Rerun rerun
    Undo undo
    Fix fix
    Attach attach
    Corrections corrections
    Syncs syncs
    Sync sync
    Errors errors
    Row row
    Compare compare
    Find find
    Show show
    List list
    Add add
    Edit edit
    Explain explain
    Report report
    Export export
    Profiles profiles
    Feeds feeds
    Maps maps
    Doctor doctor
    Verify verify
    Backup backup
    Restore restore
    Completions completions
    Demo demo
}

/// The whole command line, for completions.
fn command_line() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_commands_is_sound() {
        Cli::command().debug_assert();
    }
}
