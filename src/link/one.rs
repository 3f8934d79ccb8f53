//! A line for a command: one request after the other, each waited for.

use std::cell::Cell;
use std::sync::mpsc::{Receiver, channel};

use super::line::{Ending, Line, Setting, start};
use crate::desk::{Ask, Client, Delivery, Event, JobNo, Reply, Request, Trouble, TroubleSort};

/// Opens a line for one command after the other: each is asked and waited for. What is given back ends the line when dropped.
pub fn ask_one(setting: Setting) -> One {
    let (to, said) = channel();
    let (client, line) = start(setting, move |delivery| drop(to.send(delivery)));
    One { client: Some(client), line: Some(line), said, last: Cell::new(0) }
}

/// A line on which one request is asked at a time.
pub struct One {
    client: Option<Client>,
    line: Option<Line>,
    said: Receiver<Delivery>,
    last: Cell<u64>,
}

impl One {
    /// Asks and waits. Events go to `on_event`; when it returns `false` the work is cancelled.
    pub fn ask(&self, request: Request, on_event: &mut dyn FnMut(Event) -> bool) -> Reply {
        let ticket = self.last.get() + 1;
        self.last.set(ticket + 1);
        let gone = || Reply::Trouble(Trouble::new(TroubleSort::Internal, "The desk has gone.", "Please report this."));
        let Some(client) = &self.client else { return gone() };
        let job = JobNo(ticket);
        client.send(Ask { ticket, job, request });
        let mut cancelled = false;
        loop {
            match self.said.recv() {
                Ok(Delivery::Reply { ticket: of, reply }) if of == ticket => return *reply,
                Ok(Delivery::Reply { .. }) => {}
                Ok(Delivery::Event(event)) => {
                    // Of others' work nothing is shown.
                    let own = !matches!(&event, Event::Progress(p) if p.job.is_others());
                    if own && !on_event(event) && !cancelled {
                        cancelled = true;
                        client.send(Ask { ticket: ticket + 1, job, request: Request::Cancel(job) });
                    }
                }
                Err(_) => return gone(),
            }
        }
    }
}

impl Drop for One {
    fn drop(&mut self) {
        self.client = None;
        if let Some(line) = self.line.take() {
            line.end(Ending::Finish);
        }
    }
}
