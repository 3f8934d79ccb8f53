//! What "works" means for each of the five systems, for the standards around them, for feeds, holds and work by hand: one test for
//! each item, driven as their users would: through the desk, the program, or the keys of the console. `systems.md` has the list.

#![allow(clippy::unwrap_used, clippy::expect_used)] // all of it is tests, the helpers too

#[path = "works/amplify.rs"]
mod amplify;
#[path = "works/by_hand.rs"]
mod by_hand;
#[path = "works/echalk.rs"]
mod echalk;
#[path = "works/great_minds.rs"]
mod great_minds;
#[path = "works/list.rs"]
mod list;
#[path = "works/safety.rs"]
mod safety;
#[path = "works/schoology.rs"]
mod schoology;
#[path = "works/schoolstatus.rs"]
mod schoolstatus;
#[path = "works/screen.rs"]
mod screen;
#[path = "works/standards.rs"]
mod standards;
#[allow(dead_code, unused_macros, unused_imports)] // other tests use more of it
#[path = "cli/world.rs"]
mod typed;
#[allow(dead_code)] // other tests use more of it
#[path = "semantics/world.rs"]
mod world;
