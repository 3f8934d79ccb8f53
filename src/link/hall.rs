//! The holder's end: lets clients in, answers them at desks of their own, and lets go of them in order.
//!
//! A thread waits at the door; each client has one that reads, one that writes, and the desk's workers as far as it needs them.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};

use super::files::{self, Spool};
use super::outbox::Outbox;
use super::peer::Peer;
use super::place::{self, Door};
use super::wire::{Broken, Down, Hello, MOST_ASKED, MOST_HELLO, Spoken, Up, Welcome, frames, read_preamble, receive, send_preamble};
use crate::desk::{Ask, Caller, Delivery, Desk, Reply, Request, Trouble, TroubleSort, Workers};

/// Clients at a time.
pub(super) const MOST_CLIENTS: usize = 64;

/// Clients of one user at a time, where the user is not the holder's own.
pub(super) const MOST_OF_A_STRANGER: usize = 16;

/// Requests of one client that are not answered yet; no more is read from it before.
const MOST_OPEN: usize = 256;

/// How long somebody at the door may take to say who it is.
const AT_THE_DOOR: Duration = Duration::from_secs(2);

/// Decides who somebody is and what they may do, or why they stay out.
pub(super) type Porter = Box<dyn Fn(&Peer, &Hello) -> Result<Caller, Trouble> + Send + Sync>;

/// How a holder lets clients in.
pub(super) struct House {
    /// The database's folder.
    pub(super) db: PathBuf,
    /// Who may knock.
    pub(super) door: Door,
    /// Who is let in.
    pub(super) porter: Porter,
    /// Whether this process stays: one that ends with its own command begins no long work for others.
    pub(super) lasting: bool,
    /// Whether clients of the same user send their files, too.
    pub(super) sends_files: bool,
}

/// The holder's end, until closed.
pub(super) struct Hall {
    shared: Arc<Shared>,
    waker: UnixStream,
    door: Option<JoinHandle<()>>,
}

struct Shared {
    house: House,
    desk: Arc<Desk>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Nothing more is begun.
    ending: bool,
    /// Requests that were taken and are not answered, over all clients.
    open: usize,
    clients: HashMap<u64, Client>,
    last: u64,
}

struct Client {
    uid: u32,
    outbox: Option<Arc<Outbox>>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hall {
    /// Opens the door. The caller holds the store's lock.
    pub(super) fn open(desk: Arc<Desk>, house: House) -> Result<Self, Trouble> {
        let fault = |e: io::Error| {
            let what = format!("Cannot let others work through {}: {e}", house.db.join("socket").display());
            Trouble::new(TroubleSort::Store, what, "Make the folder writable, or work alone: --no-share.")
        };
        files::sweep(&house.db);
        let listener = place::bind(&house.db, house.door).map_err(fault)?;
        listener.set_nonblocking(true).map_err(fault)?;
        let (waker, woken) = UnixStream::pair().map_err(fault)?;
        let shared = Arc::new(Shared { house, desk, state: Mutex::default(), changed: Condvar::new() });
        let at_the_door = shared.clone();
        let door = std::thread::spawn(move || keep_door(&at_the_door, &listener, &woken));
        Ok(Self { shared, waker, door: Some(door) })
    }

    /// Shuts the door; what was begun is answered, as far as it is done in time; then lets go of everybody. What is asked meanwhile is
    /// to be asked of the next holder.
    pub(super) fn close(&mut self, at_most: Duration) {
        let Some(door) = self.door.take() else { return };
        self.shared.state().ending = true;
        place::unbind(&self.shared.house.db, self.shared.house.door);
        let _ = (&self.waker).write_all(b"x");
        let _ = door.join();
        let until = Instant::now() + at_most;
        let state = self.shared.state();
        drop(self.shared.changed.wait_timeout_while(state, at_most, |s| s.open > 0));
        self.shared.desk.wait_idle(until.saturating_duration_since(Instant::now()));
        let outboxes: Vec<Arc<Outbox>> = self.shared.state().clients.values().filter_map(|c| c.outbox.clone()).collect();
        for outbox in outboxes {
            outbox.finish(Duration::from_secs(1));
        }
        // Their threads hold the desk: the store is free once they have gone.
        let state = self.shared.state();
        drop(self.shared.changed.wait_timeout_while(state, Duration::from_secs(2), |s| !s.clients.is_empty()));
    }
}

impl Drop for Hall {
    fn drop(&mut self) {
        self.close(Duration::ZERO);
    }
}

/// Lets in who knocks, until woken.
fn keep_door(shared: &Arc<Shared>, listener: &UnixListener, woken: &UnixStream) {
    loop {
        let mut fds = [PollFd::from_borrowed_fd(listener.as_fd(), PollFlags::IN), PollFd::from_borrowed_fd(woken.as_fd(), PollFlags::IN)];
        match poll(&mut fds, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return log::error!("the door: {error}"),
        }
        if !fds[1].revents().is_empty() {
            return;
        }
        match listener.accept() {
            Ok((stream, _)) => knock(shared, stream),
            Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted | io::ErrorKind::ConnectionAborted) => {}
            Err(error) => {
                // No more files may be opened: those who are in go on, and it is looked again in a moment.
                log::warn!("the door: {error}");
                std::thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

/// Somebody knocks: in a thread of their own, so that nobody who dawdles keeps others waiting.
fn knock(shared: &Arc<Shared>, stream: UnixStream) {
    let Ok(peer) = Peer::of(&stream) else { return };
    let own = peer.uid == rustix::process::getuid().as_raw();
    let (number, full) = {
        let mut state = shared.state();
        let of_user = state.clients.values().filter(|c| c.uid == peer.uid).count();
        let full = state.clients.len() >= MOST_CLIENTS || !own && of_user >= MOST_OF_A_STRANGER;
        state.last += 1;
        let number = state.last;
        if !full {
            state.clients.insert(number, Client { uid: peer.uid, outbox: None });
        }
        (number, full)
    };
    if full {
        // Said as far as it goes without waiting.
        let _ = stream.set_nonblocking(true);
        let what = "Too many work through this database at the moment.";
        let out = Welcome::Out(Trouble::new(TroubleSort::Store, what, "Try again in a moment; close consoles that nobody needs."));
        let _ = send_preamble(&stream).and_then(|()| (&stream).write_all(&frames(&out)));
        // What lies unread when the line is closed would take the words with it.
        let _ = (&stream).read(&mut [0; 4096]);
        log::warn!("client of uid {}: refused, there are too many", peer.uid);
        return;
    }
    let inside = shared.clone();
    let begun = std::thread::Builder::new().name(format!("client {number}")).spawn(move || {
        let uid = peer.uid;
        match attend(&inside, number, &stream, &peer) {
            Ok(()) | Err(Broken::Closed) => {}
            Err(why) => log::warn!("client {number} of uid {uid}: {why}; dropped"),
        }
        inside.state().clients.remove(&number);
        inside.changed.notify_all();
    });
    if begun.is_err() {
        shared.state().clients.remove(&number);
    }
}

/// Who it is, and what is spoken; then all that is asked.
fn attend(shared: &Arc<Shared>, number: u64, stream: &UnixStream, peer: &Peer) -> Result<(), Broken> {
    stream.set_write_timeout(Some(AT_THE_DOOR)).map_err(Broken::Io)?;
    send_preamble(stream).map_err(Broken::Io)?;
    let theirs: Spoken = read_preamble(stream, AT_THE_DOOR)?;
    if !theirs.is_ours() {
        // They have been told what is spoken here, and say it to their operator.
        log::warn!("client {number} of uid {}: is Homeroom {}", peer.uid, theirs.words());
        return Ok(());
    }
    let hello: Hello = receive(stream, MOST_HELLO, Some(AT_THE_DOOR))?;
    let caller = match (shared.house.porter)(peer, &hello) {
        Ok(caller) => caller,
        Err(trouble) => {
            let who = Caller { by: crate::ledger::Actor(hello.by), ..Caller::default() };
            let who = if peer.uid == rustix::process::getuid().as_raw() { who } else { Caller::district(&format!("uid {}", peer.uid)) };
            shared.desk.called_by(who).note_refused("open the database", &trouble);
            return (&*stream).write_all(&frames(&Welcome::Out(trouble))).map_err(Broken::Io);
        }
    };
    let sends_files = shared.house.sends_files || peer.uid != rustix::process::getuid().as_raw();
    let welcome = Welcome::In { position: shared.desk.position(), sends_files };
    (&*stream).write_all(&frames(&welcome)).map_err(Broken::Io)?;
    let outbox = Arc::new(Outbox::new(stream.try_clone().map_err(Broken::Io)?).map_err(Broken::Io)?);
    if let Some(client) = shared.state().clients.get_mut(&number) {
        client.outbox = Some(outbox.clone());
    }
    let writing = outbox.clone();
    let writer = std::thread::spawn(move || writing.write());
    let read = serve(shared, number, stream, caller, &outbox, sends_files);
    outbox.drop_client();
    let _ = writer.join();
    read
}

/// Requests of one client that are not answered yet, by ticket, with the files that each uses.
type Open = Arc<(Mutex<Vec<(u64, Vec<u32>)>>, Condvar)>;

/// Takes what one client asks until it goes. Work that was begun goes on without it.
fn serve(
    shared: &Arc<Shared>,
    number: u64,
    stream: &UnixStream,
    caller: Caller,
    outbox: &Arc<Outbox>,
    sends_files: bool,
) -> Result<(), Broken> {
    let desk = Arc::new(shared.desk.called_by(caller));
    let hearing = outbox.clone();
    let _hearing = desk.hear(move |event| hearing.put(Down::Event(event)));
    let spool = Arc::new(Mutex::new(Spool::new(&shared.house.db, number)));
    let open: Open = Arc::default();
    let answered = answering(shared, outbox, &open, &spool);
    let mut workers = Workers::new(desk.clone(), answered);
    // Why a file could not be kept, by its number: said where it is asked for.
    let mut unkept: HashMap<u32, String> = HashMap::new();
    loop {
        match receive::<Up>(stream, MOST_ASKED, None)? {
            Up::Piece { number, name, bytes } => {
                if !unkept.contains_key(&number)
                    && let Err(error) = held(&spool).keep(number, &name, &bytes)
                {
                    unkept.insert(number, error.to_string());
                }
            }
            Up::Ask(mut ask) => {
                let ticket = ask.ticket;
                let refuse = |trouble: Trouble| outbox.put(Down::Reply { ticket, reply: Box::new(Reply::Trouble(trouble)) });
                let used = match localise(&mut ask, sends_files, &held(&spool), &unkept) {
                    Ok(used) => used,
                    Err(trouble) => {
                        desk.note_refused("open a file of the holder's machine", &trouble);
                        refuse(trouble);
                        continue;
                    }
                };
                if !begin(shared, &ask, used, &open) {
                    outbox.put(Down::Later { ticket });
                    continue;
                }
                workers.take(ask);
            }
        }
    }
}

/// Takes what the desk's threads have to say to one client.
fn answering(
    shared: &Arc<Shared>,
    outbox: &Arc<Outbox>,
    open: &Open,
    spool: &Arc<Mutex<Spool>>,
) -> impl Fn(Delivery) + Send + 'static + use<> {
    let (shared, outbox, open, spool) = (shared.clone(), outbox.clone(), open.clone(), spool.clone());
    move |delivery| match delivery {
        Delivery::Event(event) => outbox.put(Down::Event(event)),
        Delivery::Reply { ticket, reply } => {
            outbox.put(Down::Reply { ticket, reply });
            let mut of_client = held(&open.0);
            let at = of_client.iter().position(|(t, _)| *t == ticket);
            let used = at.map(|at| of_client.swap_remove(at).1).unwrap_or_default();
            drop(of_client);
            open.1.notify_all();
            for number in used {
                held(&spool).remove(number);
            }
            let mut state = shared.state();
            state.open = state.open.saturating_sub(1);
            drop(state);
            shared.changed.notify_all();
        }
    }
}

/// Counts a request as taken; `false` where it is for the next holder.
fn begin(shared: &Shared, ask: &Ask, used: Vec<u32>, open: &Open) -> bool {
    let mut of_client = held(&open.0);
    while of_client.len() >= MOST_OPEN {
        of_client = open.1.wait(of_client).unwrap_or_else(PoisonError::into_inner);
    }
    let mut state = shared.state();
    if state.ending || ask.request.is_long() && !shared.house.lasting {
        return false;
    }
    of_client.push((ask.ticket, used));
    state.open += 1;
    true
}

/// Puts the holder's own path where the request names a file that was sent. Who must send files names no other.
fn localise(ask: &mut Ask, sends_files: bool, spool: &Spool, unkept: &HashMap<u32, String>) -> Result<Vec<u32>, Trouble> {
    if let (true, Request::Backup { .. }) = (sends_files, &ask.request) {
        let what = "A served database is not backed up through another process: the file would be the service's.";
        return Err(Trouble::new(TroubleSort::NotPermitted, what, "End the service, back up with --no-share, and start it again."));
    }
    let mut used = Vec::new();
    for path in files::paths(&mut ask.request) {
        let number = files::number(path);
        if let Some(why) = number.and_then(|n| unkept.get(&n)) {
            let what = format!("The file could not be taken: {why}.");
            return Err(Trouble::new(TroubleSort::Refused, what, "Make room at the database, or send less at once."));
        }
        match (spool.find(path), number) {
            (Some(kept), Some(number)) => {
                *path = kept.display().to_string();
                used.push(number);
            }
            _ if sends_files => {
                let what = "Files are sent to this database; it opens none of its own machine for others.";
                return Err(Trouble::new(TroubleSort::NotPermitted, what, "Name the file by its own path: it is sent then."));
            }
            _ => {}
        }
    }
    Ok(used)
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
