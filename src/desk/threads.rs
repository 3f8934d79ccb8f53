//! A desk at work in threads of its own: what the console talks to.
//!
//! Four threads: one reads, one searches, one changes single things, one does long work, so that none of these waits for
//! another. A look-up that a newer one has overtaken is answered with nothing.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use super::office::Office;
use super::{Ask, Client, Delivery, Desk, Event, Found, Reply, Request, Surroundings};

type Deliver = Arc<Mutex<Box<dyn Fn(Delivery) + Send>>>;

/// Starts a desk: returns at once, opens the store in there.
pub(super) fn start(surroundings: Surroundings, deliver: impl Fn(Delivery) + Send + 'static) -> Client {
    let (to, asks) = channel::<Ask>();
    let deliver: Deliver = Arc::new(Mutex::new(Box::new(deliver)));
    std::thread::spawn(move || match Office::open(surroundings) {
        Ok((office, notices)) => {
            for notice in notices {
                say(&deliver, Delivery::Event(Event::Notice(notice)));
            }
            let position = office.roster().position();
            say(&deliver, Delivery::Event(Event::RosterChanged { position }));
            let desk = Arc::new(Desk::of(office));
            // The first list of people and the first look-up want the index; nobody should wait for it then.
            let ahead = desk.clone();
            std::thread::spawn(move || ahead.office.index(&ahead.office.roster()));
            serve(&desk, &asks, &deliver);
        }
        Err(trouble) => {
            say(&deliver, Delivery::Event(Event::Broken(trouble.clone())));
            for ask in asks {
                answer(&deliver, ask.ticket, Reply::Trouble(trouble.clone()));
            }
        }
    });
    Client::new(to)
}

fn say(deliver: &Deliver, delivery: Delivery) {
    (super::office::lock(deliver))(delivery);
}

fn answer(deliver: &Deliver, ticket: u64, reply: Reply) {
    say(deliver, Delivery::Reply { ticket, reply: Box::new(reply) });
}

/// Hands each request to the thread that is for it, until the client has gone.
fn serve(desk: &Arc<Desk>, asks: &Receiver<Ask>, deliver: &Deliver) {
    let newest = Arc::new(AtomicU64::new(0));
    let reading = worker(desk, deliver, &newest);
    let searching = worker(desk, deliver, &newest);
    let changing = worker(desk, deliver, &newest);
    let working = worker(desk, deliver, &newest);
    for ask in asks {
        let to = match &ask.request {
            Request::Cancel(job) => {
                desk.office.cancel(*job);
                answer(deliver, ask.ticket, Reply::Done);
                continue;
            }
            Request::Find { .. } => {
                newest.store(ask.ticket, Ordering::Relaxed);
                &searching
            }
            Request::Fix { .. }
            | Request::Decide { .. }
            | Request::Snooze { .. }
            | Request::Wake(_)
            | Request::Attach { .. }
            | Request::Detach { .. }
            | Request::Mend { dry_run: false, .. }
            | Request::TurnMend { .. }
            | Request::PutRule { .. }
            | Request::RemoveRule { .. }
            | Request::EndStanding(_)
            | Request::Abandon { .. }
            | Request::Add { .. }
            | Request::Edit { .. }
            | Request::PutFeed { .. }
            | Request::PutWatch { .. }
            | Request::News
            | Request::RemoveFeed(_)
            | Request::PutMap(_)
            | Request::RemoveMap(_)
            | Request::EditPerson { .. }
            | Request::EditPeople { .. }
            | Request::UndoEdit { .. }
            | Request::EditOrg { .. } => &changing,
            request if request.is_long() => &working,
            _ => &reading,
        };
        let _ = to.send(ask);
    }
}

fn worker(desk: &Arc<Desk>, deliver: &Deliver, newest: &Arc<AtomicU64>) -> Sender<Ask> {
    let (to, asks) = channel::<Ask>();
    let (desk, deliver, newest) = (desk.clone(), deliver.clone(), newest.clone());
    std::thread::spawn(move || {
        for Ask { ticket, job, request } in asks {
            let reply = match request {
                Request::Find { query, org, limit } => {
                    let overtaken = || newest.load(Ordering::Relaxed) != ticket;
                    if overtaken() {
                        Reply::Found(Found::default())
                    } else {
                        desk.office.find(&query, org.as_deref(), limit, &overtaken).map_or_else(Reply::Trouble, Reply::Found)
                    }
                }
                request => {
                    let changes = request.is_long();
                    let reply = desk.answer(job, request, &mut |event| {
                        say(&deliver, Delivery::Event(event));
                        true
                    });
                    answer(&deliver, ticket, reply);
                    if changes {
                        desk.office.tidy();
                    }
                    continue;
                }
            };
            answer(&deliver, ticket, reply);
        }
    });
    to
}
