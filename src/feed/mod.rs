//! What a file must LOOK LIKE: profiles, mappings, limits, modes. Profiles are data: TOML, compiled in or the user's own.

pub mod bundle;
mod column;
mod compile;
pub mod describe;
mod document;
pub mod load;
pub mod map;
pub mod near;
pub mod profile;
pub mod report_form;

pub use bundle::BundleRules;
pub use load::{Problem, Profiles};
pub use profile::{
    ADMINISTRATOR, AtLeastOne, Blank, CharClass, Column, ColumnKind, Condition, HeaderCase, HeaderOrder, HeaderRules, Limits, Need,
    OnExtra, Profile, RowShape, Scope, Target, Unique, Writes,
};
