//! What an operator can ASK FOR: requests, replies, events. The one door for `cli` and `tui`.
//!
//! [`Desk`] answers one request at a time in the caller's thread: the command line. [`Client`] sends requests to a
//! desk that works in threads of its own and gets replies and events as [`Delivery`]: the console, which never waits.

pub mod protocol;

use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::time::Duration;

pub use protocol::*;

use crate::ledger::{Actor, Timestamp};

/// What a desk needs to know of its surroundings.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The database's folder.
    pub db: PathBuf,
    /// The folder of the user's own profiles, where there is one.
    pub profiles: Option<PathBuf>,
    /// Who works here.
    pub by: Actor,
    /// Name of this machine.
    pub host: String,
    /// Refuse everything that changes something.
    pub readonly: bool,
    /// How long to wait for a store that another process holds.
    pub wait: Duration,
    /// The clock.
    pub now: fn() -> Timestamp,
}

/// What a client sends: a request under a ticket of the client's own choosing.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Comes back with the reply.
    pub ticket: u64,
    /// The job's number, for a long request.
    pub job: JobNo,
    /// The request.
    pub request: Request,
}

/// What a client gets.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// The answer to the request of that ticket.
    Reply {
        /// The ticket.
        ticket: u64,
        /// The answer.
        reply: Box<Reply>,
    },
    /// Something that happened.
    Event(Event),
}

/// The console's end: sends requests, never waits.
#[derive(Clone, Debug)]
pub struct Client {
    to: Sender<Ask>,
}

impl Client {
    /// A client that sends to whoever holds the other end of that channel (a desk, or a test).
    pub fn new(to: Sender<Ask>) -> Self {
        Self { to }
    }

    /// Sends a request; the reply comes as a [`Delivery`] with the same ticket. Nothing happens if the desk has gone.
    pub fn send(&self, ask: Ask) {
        let _ = self.to.send(ask);
    }
}

/// A desk that answers in the caller's thread.
pub struct Desk;

impl Desk {
    /// Opens the store and loads the roster.
    pub fn open(_surroundings: Surroundings) -> Result<Self, Trouble> {
        Err(Trouble::new(TroubleSort::Internal, "not written yet", ""))
    }

    /// Answers a request. Events of long work go to `on_event`; when it returns `false` the work is cancelled.
    pub fn ask(&self, _request: Request, _on_event: &mut dyn FnMut(Event) -> bool) -> Reply {
        Reply::Trouble(Trouble::new(TroubleSort::Internal, "not written yet", ""))
    }

    /// Starts a desk in threads of its own and returns at once; the store is opened in there. Everything it has to say goes
    /// to `deliver`.
    pub fn start(_surroundings: Surroundings, _deliver: impl Fn(Delivery) + Send + Clone + 'static) -> Client {
        let (to, _) = std::sync::mpsc::channel();
        Client::new(to)
    }
}
