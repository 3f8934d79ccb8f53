//! A client's end: knocks at the holder's door and says who is there.

use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::peer::Peer;
use super::place;
use super::wire::{Broken, Hello, MOST_HELLO, PATIENCE, Spoken, Welcome, frames, read_preamble, receive, send_preamble};
use crate::desk::{Trouble, TroubleSort};

/// How long a holder may take to say what it speaks.
const ANSWERS: Duration = Duration::from_secs(5);

/// Why there is no line.
#[derive(Debug)]
pub(super) enum NoLine {
    /// Nobody listens, or it has just ended.
    Nobody,
    /// Somebody does, and it does not do.
    Refused(Trouble),
}

/// A line to the holder.
#[derive(Debug)]
pub(super) struct Dialled {
    pub(super) stream: UnixStream,
    pub(super) position: u64,
    pub(super) sends_files: bool,
}

/// Calls whoever holds the store in `db`.
pub(super) fn dial(db: &Path, hello: &Hello) -> Result<Dialled, NoLine> {
    let nobody = |_| NoLine::Nobody;
    if !place::is_there(db) {
        return Err(NoLine::Nobody);
    }
    let stream = place::connect(db).map_err(nobody)?;
    let peer = Peer::of(&stream).map_err(nobody)?;
    let owner = std::fs::metadata(db).map_err(nobody)?.uid();
    if ![rustix::process::getuid().as_raw(), owner, 0].contains(&peer.uid) {
        let what = format!("Who listens at {} is neither its owner nor you.", db.display());
        return Err(refused(what, "Look what process that is; nothing was told to it."));
    }
    stream.set_write_timeout(Some(PATIENCE)).map_err(nobody)?;
    send_preamble(&stream).map_err(nobody)?;
    let theirs = match read_preamble(&stream, ANSWERS) {
        Ok(theirs) => theirs,
        Err(Broken::Garbage) => {
            let what = format!("What listens at {} is not Homeroom.", db.display());
            return Err(refused(what, "Remove the file `socket` there, once you know whose it is."));
        }
        Err(Broken::Slow) => {
            let what = format!("The process that holds {} does not answer (pid {}).", db.display(), peer.pid);
            return Err(refused(what, "See whether it is stopped; end it and try again."));
        }
        Err(_) => return Err(NoLine::Nobody),
    };
    if !theirs.is_ours() {
        let what = format!(
            "The database is held by Homeroom {}, and this is Homeroom {} (pid {}).",
            theirs.words(),
            Spoken::ours().words(),
            peer.pid
        );
        return Err(refused(what, "Use the same version as that process, or end it first; --wait waits until it has ended."));
    }
    // Who has shut the door on us has said why before.
    let _ = (&stream).write_all(&frames(hello));
    match receive::<Welcome>(&stream, MOST_HELLO, Some(ANSWERS)) {
        Ok(Welcome::In { position, sends_files }) => Ok(Dialled { stream, position, sends_files }),
        Ok(Welcome::Out(trouble)) => Err(NoLine::Refused(trouble)),
        Err(Broken::Garbage | Broken::TooLong) => {
            let what = format!("The process that holds {} says what is not understood (pid {}).", db.display(), peer.pid);
            Err(refused(what, "Use the same version as that process, or end it first."))
        }
        Err(_) => Err(NoLine::Nobody),
    }
}

fn refused(what: impl Into<String>, next: &str) -> NoLine {
    NoLine::Refused(Trouble::new(TroubleSort::Store, what, next))
}
