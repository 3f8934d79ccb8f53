//! A desk at work in threads of its own: what the console talks to, and what whoever works through another process does.
//!
//! Four threads for each client, begun when there is work for them: one reads, one searches, one changes single things, one does long
//! work, so that none of these waits for another. A look-up that a newer one has overtaken is answered with nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use super::office::Office;
use super::{Ask, Client, Delivery, Desk, Event, Found, Reply, Request, Surroundings, Trouble, TroubleSort, trouble};

type Deliver = Arc<Mutex<Box<dyn Fn(Delivery) + Send>>>;

/// Starts a desk: returns at once, opens the store in there.
pub(super) fn start(surroundings: Surroundings, deliver: impl Fn(Delivery) + Send + 'static) -> Client {
    let (to, asks) = channel::<Ask>();
    std::thread::spawn(move || match Office::open(surroundings, false) {
        Ok((office, notices)) => {
            for notice in notices {
                deliver(Delivery::Event(Event::Notice(notice)));
            }
            deliver(Delivery::Event(Event::RosterChanged { position: office.roster().position() }));
            let desk = Arc::new(Desk { office, notices: Vec::new() });
            // The first list of people and the first look-up want the index; nobody should wait for it then.
            let ahead = desk.clone();
            std::thread::spawn(move || ahead.build_index());
            let mut workers = Workers::new(desk, deliver);
            for ask in asks {
                workers.take(ask);
            }
        }
        Err(error) => {
            let trouble = trouble(error);
            deliver(Delivery::Event(Event::Broken(trouble.clone())));
            for ask in asks {
                deliver(Delivery::Reply { ticket: ask.ticket, reply: Box::new(Reply::Trouble(trouble.clone())) });
            }
        }
    });
    Client::new(to)
}

/// The threads that work for one client. They end once this is dropped and what was asked for is answered.
pub struct Workers {
    desk: Arc<Desk>,
    deliver: Deliver,
    newest: Arc<AtomicU64>,
    /// Reading, searching, changing, long work.
    to: [Option<Sender<Ask>>; 4],
}

impl Workers {
    /// Threads that answer on that desk, each reply and event handed to `deliver`.
    pub fn new(desk: Arc<Desk>, deliver: impl Fn(Delivery) + Send + 'static) -> Self {
        Self { desk, deliver: Arc::new(Mutex::new(Box::new(deliver))), newest: Arc::default(), to: [None, None, None, None] }
    }

    /// Hands a request to the thread that is for it.
    pub fn take(&mut self, ask: Ask) {
        let at = match &ask.request {
            Request::Cancel(job) => {
                self.desk.office.cancel(*job);
                return answer(&self.deliver, ask.ticket, Reply::Done);
            }
            Request::Find { .. } => {
                self.newest.store(ask.ticket, Ordering::Relaxed);
                1
            }
            request if request.is_long() => 3,
            request if request.is_change() => 2,
            _ => 0,
        };
        let to = self.to[at].get_or_insert_with(|| worker(&self.desk, &self.deliver, &self.newest));
        let _ = to.send(ask);
    }
}

fn say(deliver: &Deliver, delivery: Delivery) {
    (super::office::lock(deliver))(delivery);
}

fn answer(deliver: &Deliver, ticket: u64, reply: Reply) {
    say(deliver, Delivery::Reply { ticket, reply: Box::new(reply) });
}

fn worker(desk: &Arc<Desk>, deliver: &Deliver, newest: &Arc<AtomicU64>) -> Sender<Ask> {
    let (to, asks) = channel::<Ask>();
    let (desk, deliver, newest) = (desk.clone(), deliver.clone(), newest.clone());
    std::thread::spawn(move || {
        for ask in asks {
            let ticket = ask.ticket;
            // One request that breaks must not take the others' desk away, nor leave its asker waiting.
            if catch_unwind(AssertUnwindSafe(|| work(&desk, &deliver, &newest, ask))).is_err() {
                let what = "This request broke something in the program; nothing that was applied is lost.";
                answer(&deliver, ticket, Reply::Trouble(Trouble::new(TroubleSort::Internal, what, "Please report it.")));
            }
        }
    });
    to
}

fn work(desk: &Desk, deliver: &Deliver, newest: &AtomicU64, Ask { ticket, job, request }: Ask) {
    if let Request::Find { .. } = &request {
        let overtaken = || newest.load(Ordering::Relaxed) != ticket;
        let reply = if overtaken() { Reply::Found(Found::default()) } else { desk.found(request, &overtaken) };
        return answer(deliver, ticket, reply);
    }
    let tidies = request.is_long();
    // Whoever waits until nobody is busy waits for the tidying, too.
    let _making = tidies.then(|| desk.office.busy.make(desk.office.number));
    let reply = desk.answer(job, request, &mut |event| {
        say(deliver, Delivery::Event(event));
        true
    });
    answer(deliver, ticket, reply);
    if tidies {
        desk.office.tidy();
    }
}
