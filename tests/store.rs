//! The store through its public interface: what was put in comes back, after a close too, and nothing else does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a test program: so it fails, and tells

#[path = "store/backup.rs"]
mod backup;
#[path = "store/common.rs"]
mod common;
#[path = "store/damage.rs"]
mod damage;
#[path = "store/keeping.rs"]
mod keeping;
#[path = "store/lock.rs"]
mod lock;
#[path = "store/model.rs"]
mod model;
#[path = "store/speed.rs"]
mod speed;
