//! What a sync means, sentence by sentence: files in, counts and findings out, through the one door.

#![allow(clippy::unwrap_used, clippy::expect_used)] // what these tests build on must hold, or they fail

#[path = "semantics/attach.rs"]
mod attach;
#[path = "semantics/causes.rs"]
mod causes;
#[path = "semantics/codes.rs"]
mod codes;
#[path = "semantics/compare.rs"]
mod compare;
#[path = "semantics/corrections.rs"]
mod corrections;
#[path = "semantics/direct.rs"]
mod direct;
#[path = "semantics/duplicates.rs"]
mod duplicates;
#[path = "semantics/feeds.rs"]
mod feeds;
#[path = "semantics/feeds_set.rs"]
mod feeds_set;
#[path = "semantics/guardians.rs"]
mod guardians;
#[path = "semantics/hand.rs"]
mod hand;
#[path = "semantics/holds.rs"]
mod holds;
#[path = "semantics/life.rs"]
mod life;
#[path = "semantics/lists.rs"]
mod lists;
#[path = "semantics/live.rs"]
mod live;
#[path = "semantics/maps.rs"]
mod maps;
#[path = "semantics/mending.rs"]
mod mending;
#[path = "semantics/modes.rs"]
mod modes;
#[path = "semantics/people.rs"]
mod people;
#[path = "support/random.rs"]
#[allow(dead_code)] // the files of other tests need more of it
mod random;
#[path = "semantics/reports.rs"]
mod reports;
#[path = "semantics/rows.rs"]
mod rows;
#[path = "semantics/schools.rs"]
mod schools;
#[path = "semantics/secrets.rs"]
mod secrets;
#[path = "semantics/value_rules.rs"]
mod value_rules;
#[path = "semantics/world.rs"]
mod world;
