//! What is on its way to one client. A client that does not take it is dropped before it costs more than a limit.

use std::collections::VecDeque;
use std::io::Write;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::wire::{Down, MOST_ANSWERED, PATIENCE, frames};
use crate::desk::{Event, Reply, Trouble, TroubleSort};

/// Bytes that may wait for a client before the next is put beside them.
const MOST_WAITING: usize = 64 << 20;

/// Messages beyond which how far work is needs no telling.
const MANY: usize = 64;

/// What is on its way to one client.
pub(super) struct Outbox {
    stream: UnixStream,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Vec<u8>>,
    bytes: usize,
    /// Nothing more is taken.
    closed: bool,
    /// A message is being written.
    writing: bool,
}

impl Outbox {
    /// The outbox of a client.
    pub(super) fn new(stream: UnixStream) -> std::io::Result<Self> {
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, state: Mutex::default(), changed: Condvar::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a message in. Drops the client where too much waits already.
    #[allow(clippy::needless_pass_by_value)] // what is sent is nobody's any more
    pub(super) fn put(&self, down: Down) {
        let progress = matches!(down, Down::Event(Event::Progress(_)));
        if progress && self.state().waiting.len() > MANY {
            return;
        }
        let mut bytes = frames(&down);
        if let Down::Reply { ticket, .. } = &down
            && bytes.len() > MOST_ANSWERED
        {
            let what = "The answer is larger than what goes to another process at once.";
            let trouble = Trouble::new(TroubleSort::Refused, what, "Ask for a part of it, or ask when nobody else holds the database.");
            bytes = frames(&Down::Reply { ticket: *ticket, reply: Box::new(Reply::Trouble(trouble)) });
        }
        let mut state = self.state();
        if state.closed {
            return;
        }
        if state.bytes > MOST_WAITING {
            drop(state);
            return self.drop_client();
        }
        state.bytes += bytes.len();
        state.waiting.push_back(bytes);
        drop(state);
        self.changed.notify_all();
    }

    /// Writes what is put in, until closed and empty, or the client has gone or takes nothing.
    pub(super) fn write(&self) {
        loop {
            let mut state = self.state();
            let message = loop {
                if let Some(message) = state.waiting.pop_front() {
                    state.bytes -= message.len();
                    state.writing = true;
                    break message;
                }
                if state.closed {
                    return;
                }
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            };
            drop(state);
            let written = (&self.stream).write_all(&message);
            self.state().writing = false;
            self.changed.notify_all();
            if written.is_err() {
                return self.drop_client();
            }
        }
    }

    /// Takes nothing more and breaks the line: the reader sees it, too.
    pub(super) fn drop_client(&self) {
        let mut state = self.state();
        state.closed = true;
        state.waiting.clear();
        state.bytes = 0;
        drop(state);
        self.changed.notify_all();
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    /// Waits until what was put in is written, or that time is over, and breaks the line.
    pub(super) fn finish(&self, at_most: Duration) {
        let unwritten = |state: &mut State| !state.closed && (state.writing || !state.waiting.is_empty());
        drop(self.changed.wait_timeout_while(self.state(), at_most, unwritten));
        self.drop_client();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{JobNo, Output, Progress};
    use crate::link::wire::receive;
    use std::sync::Arc;

    fn output(bytes: usize) -> Down {
        let output = Output { file_name: "a".into(), bytes: vec![0; bytes], lines: 0, note: String::new() };
        Down::Reply { ticket: 1, reply: Box::new(Reply::Output(output)) }
    }

    #[test]
    fn who_takes_nothing_is_dropped() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let outbox = Arc::new(Outbox::new(ours).unwrap());
        // Nobody reads; one message may always be put in, and what comes beside too much is too much.
        outbox.put(output(MOST_WAITING + 1));
        assert!(!outbox.state().closed);
        outbox.put(output(1));
        assert!(outbox.state().closed);
        assert_eq!(outbox.state().bytes, 0);
        assert!(receive::<Down>(&theirs, MOST_ANSWERED, None).is_err());
        outbox.write();
    }

    #[test]
    fn progress_does_not_pile_up() {
        let (ours, _theirs) = UnixStream::pair().unwrap();
        let outbox = Outbox::new(ours).unwrap();
        let progress =
            Progress { job: JobNo(1), sync: None, title: String::new(), step: String::new(), done: 0, total: 0, rate: 0.0, left: None };
        for _ in 0..1000 {
            outbox.put(Down::Event(Event::Progress(progress.clone())));
        }
        assert!(outbox.state().waiting.len() <= MANY + 1);
    }

    #[test]
    fn what_was_put_in_is_written_before_the_line_ends() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let outbox = Arc::new(Outbox::new(ours).unwrap());
        let writing = outbox.clone();
        let writer = std::thread::spawn(move || writing.write());
        let reader = std::thread::spawn(move || receive::<Down>(&theirs, MOST_ANSWERED, None).unwrap());
        outbox.put(output(3_000_000));
        outbox.finish(PATIENCE);
        assert_eq!(reader.join().unwrap(), output(3_000_000));
        writer.join().unwrap();
    }
}
