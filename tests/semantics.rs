//! What a sync means, sentence by sentence: files in, counts and findings out, through the one door.

#[path = "semantics/duplicates.rs"]
mod duplicates;
#[path = "semantics/rows.rs"]
mod rows;
#[path = "semantics/schools.rs"]
mod schools;
#[path = "semantics/live.rs"]
mod live;
#[path = "semantics/world.rs"]
mod world;
