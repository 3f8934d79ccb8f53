//! Several processes on one store: whoever holds it answers the others over a Unix socket in the database's folder.
//!
//! ```text
//! console, command -> Line: holds the store  -> Desk <- Hall: a desk of its own for each client
//!                           calls who does  ------------^  (socket; the same requests, replies and events)
//! ```
//!
//! * [`mod@line`]: one process's way to the roster. When the holder ends, one of the others takes over.
//! * `hall`: the holder's end; `dial`: a client's. `wire` says what goes over the line and what is too much.
//! * [`peer`] and [`roles`]: who is at the other end, and what they may do where a service holds the store ([`mod@serve`]).
//!
//! # Limits
//!
//! | what | how much |
//! |---|---|
//! | clients at a time; of one user who is not the holder's own | 64; 16 |
//! | a frame; what a client says at once; an answer | 1 MiB; 4 MiB; 1 GiB |
//! | answers that wait for a client, before the next is put beside them | 64 MiB |
//! | requests of a client that are not answered | 256: no more is read from it before |
//! | files of a client at a time | 1,000, 4 GiB |
//! | saying who one is; the rest of a frame; taking what one is sent | 2 s; 10 s; 10 s |
//!
//! Only this module names Unix sockets.

mod dial;
mod files;
mod hall;
pub mod line;
mod lost;
pub mod one;
mod outbox;
pub mod peer;
mod place;
pub mod roles;
mod seat;
pub mod serve;
mod wire;

pub use line::{Ending, Line, Setting, start};
pub use one::{One, ask_one};
pub use serve::{Service, serve};
