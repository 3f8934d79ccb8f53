//! What goes over the line: a preamble that no version changes, then messages in frames.
//!
//! ```text
//! preamble   "homeroom", protocol (4 bytes, little-endian), length (1 byte) and text of the program's version
//! frame      length (4 bytes, little-endian; the highest bit: more of this message follows), so many bytes
//! message    the bytes of its frames together: postcard
//! ```
//!
//! A frame is at most [`FRAME`] bytes, so that nobody can make the other end reserve more than it has been sent; a message is as many
//! frames as it needs, up to a limit that each end sets.

use std::fmt;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::desk::{Ask, Event, Reply, Trouble};

/// Most bytes of a frame.
pub(super) const FRAME: usize = 1 << 20;

/// Most bytes of what a client says at once: a request, a piece of a file.
pub(super) const MOST_ASKED: usize = 4 << 20;

/// Most bytes of an answer. What is larger (an export of many millions) is written by the command that holds the store.
pub(super) const MOST_ANSWERED: usize = 1 << 30;

/// Most bytes of a hello and of the answer to it.
pub(super) const MOST_HELLO: usize = 64 << 10;

/// Bytes of a file that travel in one message.
pub(super) const PIECE: usize = 256 << 10;

/// How long the rest of a message may take once it has begun, and how long a peer may take nothing of what it is sent.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

const MORE: u32 = 1 << 31;
const MAGIC: &[u8; 8] = b"homeroom";

/// This program's version.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The sources that say what goes over the line.
const SPOKEN: [&str; 33] = [
    include_str!("wire.rs"),
    include_str!("../desk/protocol.rs"),
    include_str!("../desk/protocol/asked.rs"),
    include_str!("../desk/protocol/attached.rs"),
    include_str!("../desk/protocol/causes.rs"),
    include_str!("../desk/protocol/compare.rs"),
    include_str!("../desk/protocol/explain.rs"),
    include_str!("../desk/protocol/lists.rs"),
    include_str!("../desk/protocol/mending.rs"),
    include_str!("../desk/protocol/overview.rs"),
    include_str!("../desk/protocol/records.rs"),
    include_str!("../desk/protocol/shared.rs"),
    include_str!("../desk/protocol/sources.rs"),
    include_str!("../desk/protocol/syncs.rs"),
    include_str!("../desk/protocol/upkeep.rs"),
    include_str!("../desk/protocol/watch.rs"),
    include_str!("../ledger/attached.rs"),
    include_str!("../ledger/change.rs"),
    include_str!("../ledger/correction.rs"),
    include_str!("../ledger/decision.rs"),
    include_str!("../ledger/feed.rs"),
    include_str!("../ledger/finding.rs"),
    include_str!("../ledger/map.rs"),
    include_str!("../ledger/mending.rs"),
    include_str!("../ledger/refusal.rs"),
    include_str!("../ledger/rule.rs"),
    include_str!("../ledger/snooze.rs"),
    include_str!("../ledger/standing.rs"),
    include_str!("../ledger/sync.rs"),
    include_str!("../ledger/upload.rs"),
    include_str!("../ledger/watch.rs"),
    include_str!("../ledger/catalogue/table.rs"),
    include_str!("../roster/value.rs"),
];

/// What is spoken here: a number of those sources. Two builds of one version that would misunderstand each other do not begin.
pub(super) fn protocol() -> u32 {
    static PROTOCOL: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *PROTOCOL.get_or_init(|| {
        let mut hash = blake3::Hasher::new();
        for source in SPOKEN {
            hash.update(source.as_bytes());
        }
        u32::from_le_bytes(hash.finalize().as_bytes()[..4].try_into().unwrap_or_default())
    })
}

/// What a client says of itself. Whether it is so, the holder sees for itself where it matters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hello {
    /// The operator's name as this process has it.
    pub by: String,
    /// The organization to which the operator's own settings keep them.
    pub scope: Option<String>,
    /// The operator asked to be kept from changing anything.
    pub readonly: bool,
}

/// What the holder says to a hello.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Welcome {
    /// Come in.
    In {
        /// The journal's position.
        position: u64,
        /// Whether files must be sent: the holder cannot or will not open them by their path.
        sends_files: bool,
    },
    /// Stay out, and why.
    Out(Trouble),
}

/// What a client says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Up {
    /// Asks.
    Ask(Ask),
    /// A piece of a file that a request will name as `upload:NUMBER/NAME`; pieces come in order.
    Piece {
        /// The client's number for it.
        number: u32,
        /// Its name, or folder and name.
        name: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
}

/// What the holder says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Down {
    /// Answers.
    Reply {
        /// The ticket of the ask.
        ticket: u64,
        /// The answer.
        reply: Box<Reply>,
    },
    /// Something happened.
    Event(Event),
    /// This was not begun: the holder is about to end. To be asked again of the next.
    Later {
        /// The ticket of the ask.
        ticket: u64,
    },
}

/// Why nothing more can be read.
#[derive(Debug)]
pub(super) enum Broken {
    /// The other end has closed, between two messages.
    Closed,
    /// It closed in the middle of one.
    Cut,
    /// It took too long over one.
    Slow,
    /// More than is taken.
    TooLong,
    /// Not what is spoken here.
    Garbage,
    /// The system said no.
    Io(io::Error),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("closed"),
            Self::Cut => f.write_str("closed in the middle of a message"),
            Self::Slow => f.write_str("took too long over a message"),
            Self::TooLong => f.write_str("sent more than is taken at once"),
            Self::Garbage => f.write_str("sent what is not understood"),
            Self::Io(error) => write!(f, "{error}"),
        }
    }
}

/// The version at the other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spoken {
    pub(super) protocol: u32,
    pub(super) version: String,
}

impl Spoken {
    /// Whether it is what is spoken here.
    pub(super) fn is_ours(&self) -> bool {
        self.protocol == protocol() && self.version == VERSION
    }

    /// As people read it.
    pub(super) fn words(&self) -> String {
        format!("{} (build {:08x})", self.version, self.protocol)
    }

    /// What is spoken here.
    pub(super) fn ours() -> Self {
        Self { protocol: protocol(), version: VERSION.to_owned() }
    }
}

/// Says what is spoken here.
pub(super) fn send_preamble(mut to: &UnixStream) -> io::Result<()> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(protocol().to_le_bytes());
    bytes.push(VERSION.len() as u8);
    bytes.extend(VERSION.as_bytes());
    to.write_all(&bytes)
}

/// Reads what is spoken at the other end.
pub(super) fn read_preamble(from: &UnixStream, patience: Duration) -> Result<Spoken, Broken> {
    let until = Instant::now() + patience;
    let mut head = [0; 13];
    fill(from, &mut head, until)?;
    if head[..8] != MAGIC[..] {
        return Err(Broken::Garbage);
    }
    let protocol = u32::from_le_bytes([head[8], head[9], head[10], head[11]]);
    let mut version = vec![0; usize::from(head[12])];
    fill(from, &mut version, until)?;
    let version = String::from_utf8(version).map_err(|_| Broken::Garbage)?;
    Ok(Spoken { protocol, version: crate::report::visible(&version).into_owned() })
}

/// A message as it is sent: its frames.
pub(super) fn frames(message: &impl Serialize) -> Vec<u8> {
    // Plain data in memory always packs.
    let body = postcard::to_stdvec(message).unwrap_or_default();
    let mut out = Vec::with_capacity(body.len() + 4 * (body.len() / FRAME + 1));
    let mut rest = body.as_slice();
    loop {
        let (frame, after) = rest.split_at(rest.len().min(FRAME));
        let more = if after.is_empty() { 0 } else { MORE };
        out.extend((frame.len() as u32 | more).to_le_bytes());
        out.extend_from_slice(frame);
        rest = after;
        if rest.is_empty() {
            return out;
        }
    }
}

/// Reads a message. Waits for its beginning as long as it takes, or for `first`; then it must come.
pub(super) fn receive<T: DeserializeOwned>(from: &UnixStream, most: usize, first: Option<Duration>) -> Result<T, Broken> {
    let mut body = Vec::new();
    let mut begun = false;
    loop {
        let mut head = [0; 4];
        // Each frame has the patience of a whole message: a large one takes its time.
        let until = if begun {
            let until = Instant::now() + PATIENCE;
            fill(from, &mut head, until)?;
            until
        } else {
            begin(from, &mut head, first)?
        };
        begun = true;
        let length = u32::from_le_bytes(head);
        let (more, length) = (length & MORE != 0, (length & !MORE) as usize);
        if length > FRAME || body.len() + length > most {
            return Err(Broken::TooLong);
        }
        // Only the last frame is smaller: nobody makes a message last by sending it byte by byte.
        if more && length < FRAME {
            return Err(Broken::Garbage);
        }
        let at = body.len();
        body.resize(at + length, 0);
        fill(from, &mut body[at..], until)?;
        if !more {
            return postcard::from_bytes(&body).map_err(|_| Broken::Garbage);
        }
    }
}

/// The first bytes of a message: until when the rest must have come.
fn begin(mut from: &UnixStream, head: &mut [u8; 4], first: Option<Duration>) -> Result<Instant, Broken> {
    from.set_read_timeout(first).map_err(Broken::Io)?;
    let read = loop {
        match from.read(head) {
            Ok(0) => return Err(Broken::Closed),
            Ok(n) => break n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) if is_timeout(&e) => return Err(Broken::Slow),
            Err(e) => return Err(Broken::Io(e)),
        }
    };
    let until = Instant::now() + PATIENCE;
    fill(from, &mut head[read..], until)?;
    Ok(until)
}

fn fill(mut from: &UnixStream, mut into: &mut [u8], until: Instant) -> Result<(), Broken> {
    while !into.is_empty() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Broken::Slow);
        }
        from.set_read_timeout(Some(left)).map_err(Broken::Io)?;
        match from.read(into) {
            Ok(0) => return Err(Broken::Cut),
            Ok(n) => into = &mut into[n..],
            Err(e) if e.kind() == io::ErrorKind::Interrupted || is_timeout(&e) => {}
            Err(e) => return Err(Broken::Io(e)),
        }
    }
    Ok(())
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{JobNo, Output, Request};

    fn pair() -> (UnixStream, UnixStream) {
        UnixStream::pair().unwrap()
    }

    #[test]
    fn every_file_of_the_protocol_counts_for_whether_two_builds_understand_each_other() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/desk/protocol");
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(SPOKEN.contains(&text.as_str()), "{} is not among what is spoken", path.display());
        }
    }

    #[test]
    fn a_message_larger_than_a_frame_comes_whole() {
        let (a, b) = pair();
        let bytes: Vec<u8> = (0..3 * FRAME as u32 + 7).map(|i| (i % 251) as u8).collect();
        let output = Output { file_name: "people.csv".into(), bytes, lines: 1, note: String::new() };
        let down = Down::Reply { ticket: 9, reply: Box::new(Reply::Output(output)) };
        let sent = down.clone();
        let sending = std::thread::spawn(move || (&a).write_all(&frames(&sent)).unwrap());
        assert_eq!(receive::<Down>(&b, MOST_ANSWERED, None).unwrap(), down);
        sending.join().unwrap();
    }

    #[test]
    fn what_is_too_long_garbage_or_cut_is_refused() {
        let ask = Up::Ask(Ask { ticket: 1, job: JobNo(1), request: Request::Overview });
        let send = |bytes: &[u8], most| {
            let (a, b) = pair();
            (&a).write_all(bytes).unwrap();
            drop(a);
            receive::<Up>(&b, most, None)
        };
        assert_eq!(send(&frames(&ask), MOST_ASKED).unwrap(), ask);
        assert!(matches!(send(&[], MOST_ASKED), Err(Broken::Closed)));
        assert!(matches!(send(&[3, 0], MOST_ASKED), Err(Broken::Cut)));
        assert!(matches!(send(&[3, 0, 0, 0, 1], MOST_ASKED), Err(Broken::Cut)));
        assert!(matches!(send(&[1, 0, 0, 0, 77], MOST_ASKED), Err(Broken::Garbage)));
        assert!(matches!(send(&[255, 255, 255, 127], MOST_ASKED), Err(Broken::TooLong)));
        assert!(matches!(send(b"GET / HTTP/1.1\r\n\r\n", MOST_ASKED), Err(Broken::TooLong)));
        // Frames of one message count together, and none but the last is small.
        let full = [&(FRAME as u32 | MORE).to_le_bytes()[..], &vec![0; FRAME]].concat();
        let (a, b) = pair();
        let sending = std::thread::spawn(move || (&a).write_all(&full.repeat(3)));
        assert!(matches!(receive::<Up>(&b, 2 * FRAME, None), Err(Broken::TooLong)));
        drop(b);
        let _ = sending.join().unwrap();
        assert!(matches!(send(&[4, 0, 0, 128, 0, 0, 0, 0], MOST_ASKED), Err(Broken::Garbage)));
    }

    #[test]
    fn the_preamble_says_who_speaks() {
        let (a, b) = pair();
        send_preamble(&a).unwrap();
        assert!(read_preamble(&b, PATIENCE).unwrap().is_ours());
        (&a).write_all(b"homeroom\x01\x00\x00\x00\x059.9.9").unwrap();
        let theirs = read_preamble(&b, PATIENCE).unwrap();
        assert!(!theirs.is_ours());
        assert_eq!(theirs.words(), "9.9.9 (build 00000001)");
        (&a).write_all(b"SSH-2.0-OpenSSH_9.9\r\n").unwrap();
        assert!(matches!(read_preamble(&b, PATIENCE), Err(Broken::Garbage)));
    }

    #[test]
    fn who_says_nothing_is_not_waited_for_for_ever() {
        let (_a, b) = pair();
        assert!(matches!(read_preamble(&b, Duration::from_millis(20)), Err(Broken::Slow)));
        assert!(matches!(receive::<Up>(&b, MOST_ASKED, Some(Duration::from_millis(20))), Err(Broken::Slow)));
    }
}
