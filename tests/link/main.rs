//! Several processes on one store: through the socket as a user has it, and against what comes to a socket that should not.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a test program: so it fails, and tells

mod bad;
mod matrix;
mod measure;
mod soak;
mod together;
mod wall;
mod world;
