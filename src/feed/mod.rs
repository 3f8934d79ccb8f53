//! What a file must LOOK LIKE: profiles, mappings, limits, modes. Profiles are data: TOML, compiled in or the user's own.

pub mod load;
pub mod profile;

pub use load::{Problem, Profiles};
pub use profile::{
    AtLeastOne, Blank, Column, ColumnKind, Condition, HeaderCase, HeaderOrder, HeaderRules, Limits, Need, OnExtra, Profile, RowShape,
    Scope, Target, Unique, Writes,
};
