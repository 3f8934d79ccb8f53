//! Where a process works: it holds the store, or calls who does.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::dial::{Dialled, NoLine, dial};
use super::hall::{Hall, House};
use super::line::{Ending, Setting};
use super::peer::Peer;
use super::place::Door;
use super::wire::Hello;
use crate::desk::{Caller, Desk, NotOpened, Surroundings, Trouble};

/// How long a holder that lets others work through it may take to open a large roster and listen.
const OPENING: Duration = Duration::from_mins(1);

/// A store that this process holds, with its door open.
pub(super) struct Holding {
    pub(super) desk: Arc<Desk>,
    pub(super) hall: Option<Hall>,
}

impl Holding {
    /// Shuts the door and gives the store up.
    pub(super) fn end(mut self, how: Ending) {
        if how == Ending::Quit {
            self.desk.cancel_own();
        }
        if let Some(mut hall) = self.hall.take() {
            hall.close(how.at_most());
        }
        self.desk.wait_idle(how.at_most());
    }
}

/// Where a process works.
pub(super) enum Seat {
    Holds(Holding),
    Calls(Dialled),
}

impl Ending {
    fn at_most(self) -> Duration {
        match self {
            Self::Quit | Self::Finish => Duration::from_hours(24),
            Self::AtOnce => Duration::from_millis(200),
        }
    }
}

/// Finds a seat: calls who holds the store, or holds it.
pub(super) fn seat(setting: &Setting) -> Result<Seat, Trouble> {
    let began = Instant::now();
    let around = &setting.surroundings;
    let hello = Hello { by: around.by.0.clone(), scope: around.scope.clone(), readonly: around.readonly };
    loop {
        let mut refused = None;
        if setting.share {
            match dial(&around.db, &hello) {
                Ok(dialled) => return Ok(Seat::Calls(dialled)),
                Err(NoLine::Nobody) => {}
                Err(NoLine::Refused(trouble)) => refused = Some(trouble),
            }
        }
        let (trouble, patience) = match refused {
            // What refuses may end.
            Some(trouble) => (trouble, around.wait),
            None => match open(setting) {
                Ok(holding) => return Ok(Seat::Holds(holding)),
                Err(NotOpened::Trouble(trouble)) => return Err(trouble),
                Err(NotOpened::Shared(trouble)) if setting.share => (trouble, around.wait.max(OPENING)),
                Err(NotOpened::InUse(trouble) | NotOpened::Shared(trouble)) => (trouble, around.wait),
            },
        };
        if began.elapsed() >= patience {
            return Err(trouble);
        }
        std::thread::sleep(a_moment());
    }
}

/// Opens the store and, where it is shared, the door for those of the same user.
fn open(setting: &Setting) -> Result<Holding, NotOpened> {
    let porter =
        |_: &Peer, hello: &Hello| Ok(Caller { scope: hello.scope.clone(), readonly: hello.readonly, ..Caller::district(&hello.by) });
    let house = House {
        db: setting.surroundings.db.clone(),
        door: Door::Owner,
        porter: Box::new(porter),
        lasting: setting.lasting,
        sends_files: false,
    };
    hold(setting, house)
}

/// Opens the store, once, and the door of a house.
pub(super) fn hold(setting: &Setting, house: House) -> Result<Holding, NotOpened> {
    let once = Surroundings { wait: Duration::ZERO, ..setting.surroundings.clone() };
    if !setting.share {
        return Ok(Holding { desk: Arc::new(Desk::open_alone(once)?), hall: None });
    }
    let desk = Arc::new(Desk::open_shared(once)?);
    let hall = Hall::open(desk.clone(), house).map_err(NotOpened::Trouble)?;
    Ok(Holding { desk, hall: Some(hall) })
}

/// Some milliseconds, not the same for all who wait for the same.
pub(super) fn a_moment() -> Duration {
    Duration::from_millis(5 + RandomState::new().build_hasher().finish() % 20)
}
