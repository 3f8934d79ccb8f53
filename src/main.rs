//! The program: arguments to the command line or the console; an exit code; nothing else.

fn main() {}
