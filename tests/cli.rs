//! The command line, as it is typed: what it prints, where, and how it exits.

#![allow(clippy::unwrap_used)] // all of it is tests, the helpers too

#[path = "cli/alone.rs"]
mod alone;
#[path = "cli/beside.rs"]
mod beside;
#[path = "cli/fake.rs"]
mod fake;
#[path = "cli/mended.rs"]
mod mended;
#[path = "cli/printed.rs"]
mod printed;
#[path = "cli/whole.rs"]
mod whole;
#[path = "cli/world.rs"]
mod world;
