//! Finding people and schools as you type.
//!
//! [`Index`] is derived from one snapshot of the roster and lives in memory only. It knows the *distinct* name
//! values (some ten thousand among a million people) and, for each person, the codes of theirs. A query is cut
//! into words; each word is measured once against each distinct value, then one pass over the codes adds up the
//! best score of each word. All words are required, in any order. IDs, e-mails, usernames and phones are found
//! in the packed records themselves.
//!
//! Nothing here blocks, fails or panics: a query is bounded ([`query::LONGEST`], [`query::MOST_WORDS`]), and a long
//! pass asks now and then whether it is still wanted.

pub mod index;
pub mod lines;
pub mod query;
pub mod titles;

mod codes;
mod find;
mod known;
mod mark;
mod names;
mod pass;
mod word;

pub use find::{MOST_MATCHES, Match, Matches, shown_name};
pub use index::Index;
pub use known::{by_what, marks};
pub use lines::{LineMatch, OrgMatch, find_lines, find_orgs};
pub use pass::Slots;
pub use titles::{TitleMatch, Titled, Titles};

#[cfg(test)]
mod tests;
