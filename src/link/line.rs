//! One process's way to the roster: it holds the store, or works through who does; and when that one ends, it holds it, or works
//! through who was quicker. Whoever asks does not see the difference.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::dial::Dialled;
use super::files;
use super::lost::{Lost, looked, lost, unknown};
use super::seat::{Holding, Seat, seat};
use super::wire::{Down, MOST_ANSWERED, Up, frames, receive};
use crate::desk::{Ask, Client, Delivery, Desk, Event, JobNo, Reply, Request, Surroundings, Trouble, Workers};
use crate::ledger::SyncNo;

/// Tickets from here on are the line's own.
const OWN: u64 = 1 << 63;

/// How a process comes to the roster.
#[derive(Clone, Debug)]
pub struct Setting {
    /// What the desk needs to know.
    pub surroundings: Surroundings,
    /// Work through another process, and let others work through this one. Otherwise alone, or not at all.
    pub share: bool,
    /// Whether this process stays: a console does, a command ends when it is done.
    pub lasting: bool,
}

/// How a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// What others began is finished, what this process began is given up.
    Quit,
    /// What anybody began is finished.
    Finish,
    /// Nothing is waited for: a sync that runs is cut off.
    AtOnce,
}

/// A line, until ended.
pub struct Line {
    to: Sender<Happening>,
    thread: Option<JoinHandle<()>>,
    desk: Held,
}

/// The desk, while this process holds the store.
type Held = Arc<Mutex<Option<Arc<Desk>>>>;

/// Takes what is said to this process.
type Deliver = Arc<Mutex<Box<dyn Fn(Delivery) + Send>>>;

/// What can happen to a line. What comes from a holder says from which: the number of the call.
enum Happening {
    Ask(Ask),
    Said(u64, Down),
    Lost(u64),
    End(Ending),
}

/// Opens a line and returns at once. Everything that is said goes to `deliver`.
pub fn start(setting: Setting, deliver: impl Fn(Delivery) + Send + 'static) -> (Client, Line) {
    let (to, from) = channel();
    let (asks_to, asks) = channel::<Ask>();
    let pump = to.clone();
    std::thread::spawn(move || {
        for ask in asks {
            let _ = pump.send(Happening::Ask(ask));
        }
    });
    let desk: Held = Arc::default();
    let deliver: Deliver = Arc::new(Mutex::new(Box::new(deliver)));
    let run = Run { setting, deliver, desk: desk.clone(), to: to.clone(), open: BTreeMap::new(), calls: 0 };
    let thread = std::thread::spawn(move || run.go(&from));
    (Client::new(asks_to), Line { to, thread: Some(thread), desk })
}

impl Line {
    /// Whether this process holds the store and a change is being made, by anybody.
    pub fn is_busy(&self) -> bool {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(|d| d.is_busy())
    }

    /// Ends it, in that way, and gives the store up if this process has it.
    pub fn end(mut self, how: Ending) {
        let _ = self.to.send(Happening::End(how));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let _ = self.to.send(Happening::End(Ending::AtOnce));
    }
}

/// A request that is not answered yet.
struct Asked {
    ask: Ask,
    /// The sync that it said it runs.
    sync: Option<SyncNo>,
}

struct Run {
    setting: Setting,
    deliver: Deliver,
    desk: Held,
    to: Sender<Happening>,
    open: BTreeMap<u64, Asked>,
    calls: u64,
}

impl Run {
    fn go(mut self, from: &Receiver<Happening>) {
        loop {
            match seat(&self.setting) {
                Err(trouble) => return self.broken(&trouble, from),
                Ok(Seat::Holds(holding)) => return self.hold(holding, from),
                Ok(Seat::Calls(dialled)) => {
                    if self.call(dialled, from) {
                        return;
                    }
                }
            }
        }
    }

    fn say(&self, delivery: Delivery) {
        (self.deliver.lock().unwrap_or_else(PoisonError::into_inner))(delivery);
    }

    fn answer(&self, ticket: u64, reply: Reply) {
        self.say(Delivery::Reply { ticket, reply: Box::new(reply) });
    }

    /// There is no way to the roster.
    fn broken(mut self, trouble: &Trouble, from: &Receiver<Happening>) {
        self.say(Delivery::Event(Event::Broken(trouble.clone())));
        for ticket in std::mem::take(&mut self.open).into_keys().filter(|t| *t < OWN) {
            self.answer(ticket, Reply::Trouble(trouble.clone()));
        }
        for happening in from {
            match happening {
                Happening::Ask(ask) => self.answer(ask.ticket, Reply::Trouble(trouble.clone())),
                Happening::End(_) => return,
                Happening::Said(..) | Happening::Lost(_) => {}
            }
        }
    }

    /// Holds the store until the end.
    fn hold(mut self, holding: Holding, from: &Receiver<Happening>) {
        let desk = holding.desk.clone();
        *self.desk.lock().unwrap_or_else(PoisonError::into_inner) = Some(desk.clone());
        for notice in desk.notices() {
            self.say(Delivery::Event(Event::Notice(notice.clone())));
        }
        self.say(Delivery::Event(Event::RosterChanged { position: desk.position() }));
        let index = self.setting.lasting.then(|| {
            // The first list of people and the first look-up want the index; nobody should wait for it then.
            let ahead = desk.clone();
            std::thread::spawn(move || ahead.build_index())
        });
        let others = self.deliver.clone();
        let hearing = desk.hear(move |event| (others.lock().unwrap_or_else(PoisonError::into_inner))(Delivery::Event(event)));
        // What the line itself asks comes back to it.
        let (deliver, own) = (self.deliver.clone(), self.to.clone());
        let mut workers = Workers::new(desk.clone(), move |delivery| match delivery {
            Delivery::Reply { ticket, reply } if ticket >= OWN => drop(own.send(Happening::Said(0, Down::Reply { ticket, reply }))),
            delivery => (deliver.lock().unwrap_or_else(PoisonError::into_inner))(delivery),
        });
        for ask in self.asked_again() {
            workers.take(ask);
        }
        let mut how = Ending::Quit;
        for happening in from {
            match happening {
                Happening::Ask(ask) => workers.take(ask),
                Happening::Said(_, Down::Reply { ticket, reply }) => {
                    if let Some(ask) = self.looked(ticket, *reply) {
                        workers.take(ask);
                    }
                }
                Happening::Said(..) | Happening::Lost(_) => {}
                Happening::End(end) => {
                    how = end;
                    break;
                }
            }
        }
        drop((hearing, workers));
        holding.end(how);
        *self.desk.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if let Some(index) = index {
            let _ = index.join();
        }
    }

    /// Works through another process until that one ends, or this (`true`).
    fn call(&mut self, dialled: Dialled, from: &Receiver<Happening>) -> bool {
        self.calls += 1;
        let call = self.calls;
        let Dialled { stream, position, sends_files } = dialled;
        let Ok(reading) = stream.try_clone() else { return false };
        let to = self.to.clone();
        std::thread::spawn(move || {
            while let Ok(down) = receive::<Down>(&reading, MOST_ANSWERED, None) {
                if to.send(Happening::Said(call, down)).is_err() {
                    return;
                }
            }
            let _ = to.send(Happening::Lost(call));
        });
        let mut caller = Speaker { stream: &stream, sends_files, sent: 0 };
        self.say(Delivery::Event(Event::RosterChanged { position }));
        for ask in self.asked_again() {
            self.put(&mut caller, ask);
        }
        loop {
            let happening = match from.recv_timeout(Duration::from_hours(1)) {
                Ok(happening) => happening,
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return true,
            };
            match happening {
                Happening::Ask(ask) => self.put(&mut caller, ask),
                Happening::Said(of, down) if of == call => {
                    if let Some(ask) = self.said(down) {
                        self.put(&mut caller, ask);
                    }
                }
                Happening::Lost(of) if of == call => return false,
                Happening::Said(..) | Happening::Lost(_) => {}
                Happening::End(_) => {
                    let _ = stream.shutdown(std::net::Shutdown::Both);
                    return true;
                }
            }
        }
    }

    /// Sends a request, and remembers it until it is answered.
    fn put(&mut self, caller: &mut Speaker<'_>, ask: Ask) {
        if matches!(ask.request, Request::Cancel(_)) {
            // Is answered at once, and means nothing to another holder.
            let _ = caller.ask(&ask);
            return;
        }
        let sent = caller.ask(&ask);
        let ticket = ask.ticket;
        if let Err(trouble) = sent {
            return self.answer(ticket, Reply::Trouble(trouble));
        }
        let sync = self.open.get(&ticket).and_then(|a| a.sync);
        self.open.insert(ticket, Asked { ask, sync });
    }

    /// Takes what the holder says; gives what is to be asked of it because of that.
    fn said(&mut self, down: Down) -> Option<Ask> {
        match down {
            Down::Reply { ticket, reply } if ticket >= OWN => return self.looked(ticket, *reply),
            Down::Reply { ticket, reply } => {
                self.open.remove(&ticket);
                self.say(Delivery::Reply { ticket, reply });
            }
            Down::Event(event) => {
                if let Event::Progress(progress) = &event
                    && let Some(sync) = progress.sync
                    && let Some(asked) = self.open.values_mut().find(|a| a.ask.job == progress.job && a.ask.request.is_long())
                {
                    asked.sync = Some(sync);
                }
                self.say(Delivery::Event(event));
            }
            // It stays open, and is asked of the next holder as if for the first time.
            Down::Later { ticket } => {
                if let Some(asked) = self.open.get_mut(&ticket) {
                    asked.sync = None;
                    let later = self.open.remove(&ticket);
                    self.open.extend(later.map(|a| (ticket, Asked { sync: Some(NOT_BEGUN), ..a })));
                }
            }
        }
        None
    }

    /// What is asked of a new holder, of all that the last one did not answer.
    fn asked_again(&mut self) -> Vec<Ask> {
        let mut again = Vec::new();
        let open = std::mem::take(&mut self.open);
        for (ticket, asked) in open {
            if ticket >= OWN {
                continue;
            }
            let what = if asked.sync == Some(NOT_BEGUN) { Lost::Again } else { lost(&asked.ask.request, asked.sync) };
            match what {
                Lost::Again => again.push(asked.ask),
                Lost::Look(sync) => {
                    again.push(Ask { ticket: ticket | OWN, job: JobNo(0), request: Request::Sync(sync) });
                    self.open.insert(ticket, asked);
                }
                Lost::Unknown => self.answer(ticket, Reply::Trouble(unknown(&asked.ask.request))),
            }
        }
        again
    }

    /// What is known of a sync that was running when the last holder ended; gives the request, where it is to be asked again.
    fn looked(&mut self, ticket: u64, reply: Reply) -> Option<Ask> {
        let ticket = ticket & !OWN;
        self.open.remove(&(ticket | OWN));
        let asked = self.open.remove(&ticket)?;
        match looked(&asked.ask.request, reply) {
            Some(reply) => {
                self.answer(ticket, reply);
                None
            }
            None => Some(asked.ask),
        }
    }
}

/// Stands for the sync of a request that the last holder did not begin.
const NOT_BEGUN: SyncNo = SyncNo(0);

/// Speaks to a holder.
struct Speaker<'s> {
    stream: &'s UnixStream,
    sends_files: bool,
    sent: u32,
}

impl Speaker<'_> {
    /// Sends a request, and first the files that it names, where the holder cannot open them. That the line is gone is seen by who reads.
    fn ask(&mut self, ask: &Ask) -> Result<(), Trouble> {
        let mut ask = ask.clone();
        if self.sends_files {
            for path in files::paths(&mut ask.request) {
                self.sent += 1;
                let number = self.sent;
                let mut gone = false;
                let sent = files::send(path, number, &mut |name, bytes| {
                    let sent = (&mut &*self.stream).write_all(&frames(&Up::Piece { number, name, bytes }));
                    gone |= sent.is_err();
                    sent
                });
                match sent {
                    Ok(named) => *path = named,
                    Err(_) if gone => return Ok(()),
                    Err(error) => return Err(files::unsent(path, &error)),
                }
            }
        }
        let _ = (&mut &*self.stream).write_all(&frames(&Up::Ask(ask)));
        Ok(())
    }
}
