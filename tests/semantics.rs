//! What a sync means, sentence by sentence: files in, counts and findings out, through the one door.

#![allow(clippy::unwrap_used, clippy::expect_used)] // what these tests build on must hold, or they fail

#[path = "semantics/causes.rs"]
mod causes;
#[path = "semantics/codes.rs"]
mod codes;
#[path = "semantics/duplicates.rs"]
mod duplicates;
#[path = "semantics/feeds.rs"]
mod feeds;
#[path = "semantics/guardians.rs"]
mod guardians;
#[path = "semantics/life.rs"]
mod life;
#[path = "semantics/live.rs"]
mod live;
#[path = "semantics/people.rs"]
mod people;
#[path = "semantics/rows.rs"]
mod rows;
#[path = "semantics/schools.rs"]
mod schools;
#[path = "semantics/secrets.rs"]
mod secrets;
#[path = "semantics/world.rs"]
mod world;
