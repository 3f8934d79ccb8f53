//! The program: arguments to the command line or the console; an exit code; nothing else.

use std::io::{self, BufWriter};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use homeroom::cli::{self, Env, Exit};

fn main() -> ExitCode {
    let run = || cli::main(std::env::args_os(), Env::of_process(), &mut BufWriter::new(io::stdout().lock()), &mut io::stderr());
    // The panic has said itself what it was; scripts get the code that the documentation promises.
    let exit = catch_unwind(AssertUnwindSafe(run)).unwrap_or(Exit::Internal);
    ExitCode::from(exit.code())
}
