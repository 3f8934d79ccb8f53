//! Drop folders watched while nobody is there: when a file is whole, whose it is, what becomes of it, who is told. Moments are invented;
//! the folders are real.

#![allow(clippy::unwrap_used, clippy::expect_used)] // what these tests build on must hold, or they fail

#[path = "watch/bad.rs"]
mod bad;
#[path = "watch/files.rs"]
mod files;
#[path = "watch/killed.rs"]
mod killed;
#[path = "watch/night.rs"]
mod night;
#[path = "watch/status.rs"]
mod status;
#[path = "watch/world.rs"]
mod world;
