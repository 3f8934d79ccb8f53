//! Signals and the terminal's end, watched on threads that need nothing of the others: the program ends within a second even if
//! every other thread hangs.

use std::io;
use std::os::fd::AsFd;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;

use super::{Happening, terminal};

/// How long the console may take to end by itself.
const BY_ITSELF: Duration = Duration::from_millis(600);
/// How long giving the terminal back may take: a line that has stopped takes nothing.
const GIVING_BACK: Duration = Duration::from_millis(200);

/// The exit code where the terminal has gone: that of SIGHUP.
pub(super) const HUNG_UP: u8 = 128 + SIGHUP as u8;

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// End, with that exit code.
    End(u8),
    /// Stop, as ctrl-z does.
    Stop,
    /// Go on after a stop: the terminal may have been used by others.
    GoOn,
    /// The terminal has another size. Watched here too: the input thread sees it only once it reads.
    Resized,
}

/// Held by the console while it runs; dropping it says that it has ended by itself.
pub(super) struct Running(#[expect(dead_code, reason = "its closing is the message")] Sender<()>);

/// Watches signals and the terminal. Drop what it gives when the console has ended.
pub(super) fn watch(to: Sender<Happening>) -> io::Result<Running> {
    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT, SIGWINCH])?;
    let (running, ended) = channel();
    let (end, ends) = channel();
    std::thread::spawn(move || end_in_time(&ends, &ended));
    let (ended_by_signal, to_loop) = (end.clone(), to.clone());
    std::thread::spawn(move || {
        for number in signals.forever() {
            let signal = match number {
                SIGTSTP => Signal::Stop,
                SIGCONT => Signal::GoOn,
                SIGWINCH => Signal::Resized,
                n => Signal::End(128 + n as u8),
            };
            let _ = to_loop.send(Happening::Signal(signal));
            if let Signal::End(code) = signal {
                let _ = ended_by_signal.send(code);
            }
        }
    });
    std::thread::spawn(move || {
        wait_for_hang_up();
        let _ = to.send(Happening::Signal(Signal::End(HUNG_UP)));
        let _ = end.send(HUNG_UP);
    });
    Ok(Running(running))
}

/// Waits, costing nothing, until the terminal has gone. SIGHUP may be ignored (`nohup`), and crossterm spins on a terminal that
/// has gone: this is the only one who is sure to see it.
fn wait_for_hang_up() {
    let stdin = io::stdin();
    while !gone(&stdin, None) {}
}

/// Whether the terminal has gone.
pub(super) fn has_hung_up() -> bool {
    gone(&io::stdin(), Some(&rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 }))
}

/// Whether the terminal has gone, or goes within that time.
fn gone(terminal: &impl AsFd, within: Option<&rustix::event::Timespec>) -> bool {
    let mut fds = [PollFd::new(terminal, PollFlags::empty())];
    match poll(&mut fds, within) {
        Ok(_) => fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL),
        Err(e) => e != rustix::io::Errno::INTR,
    }
}

/// Once the end was asked for: if the console does not end by itself in time, the program ends here.
fn end_in_time(ends: &Receiver<u8>, ended: &Receiver<()>) {
    let Ok(code) = ends.recv() else { return };
    if ended.recv_timeout(BY_ITSELF) == Err(RecvTimeoutError::Disconnected) {
        return;
    }
    let (done, gave_back) = channel();
    std::thread::spawn(move || {
        terminal::leave();
        let _ = done.send(());
    });
    let _ = gave_back.recv_timeout(GIVING_BACK);
    std::process::exit(i32::from(code));
}

/// Stops the whole job, as a shell expects; `false` where there is no shell to come back to.
pub(super) fn stop() -> bool {
    let own = rustix::process::getpid();
    if rustix::process::getsid(None).is_ok_and(|leader| leader == own) {
        return false;
    }
    terminal::leave();
    rustix::process::kill_current_process_group(rustix::process::Signal::STOP).is_ok()
}
