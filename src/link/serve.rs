//! A store held by a service: no console, and a wall between those who work through it.

use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::hall::House;
use super::line::{Ending, Setting};
use super::peer::{Names, Peer};
use super::place::Door;
use super::roles::Roles;
use super::seat::{Holding, a_moment, hold};
use super::wire::Hello;
use crate::desk::{Caller, CallerRole, Desk, NotOpened, Trouble, TroubleSort};

/// A served store, until ended.
pub struct Service {
    holding: Option<Holding>,
}

/// Holds the store and answers for it. Fails where another process holds it for longer than the surroundings' `wait`.
///
/// `roles` is read each time somebody knocks, so that a change counts from the next time on. While it cannot be read, nobody but the
/// owner is let in.
pub fn serve(setting: &Setting, roles: &Path, names: &Names) -> Result<Service, Trouble> {
    Roles::read(roles)?;
    let began = Instant::now();
    let owner = rustix::process::getuid().as_raw();
    loop {
        let (roles, names): (PathBuf, Names) = (roles.to_owned(), names.clone());
        let house = House {
            db: setting.surroundings.db.clone(),
            door: Door::Everybody,
            porter: Box::new(move |peer, hello| caller(peer, hello, owner, &roles, &names)),
            lasting: true,
            sends_files: true,
        };
        let trouble = match hold(setting, house) {
            Ok(holding) => {
                holding.desk.walled();
                return Ok(Service { holding: Some(holding) });
            }
            Err(NotOpened::Trouble(trouble)) => return Err(trouble),
            Err(NotOpened::Shared(trouble) | NotOpened::InUse(trouble)) => trouble,
        };
        if began.elapsed() >= setting.surroundings.wait {
            return Err(trouble);
        }
        std::thread::sleep(a_moment());
    }
}

/// Who knocks, and what they may do.
fn caller(peer: &Peer, hello: &Hello, owner: u32, roles: &Path, names: &Names) -> Result<Caller, Trouble> {
    let known = names.of(peer);
    let of = |role, schools| Caller {
        // The name is the system's, never the client's own word.
        by: crate::ledger::Actor(known.name.clone()),
        role,
        schools,
        scope: hello.scope.clone(),
        readonly: hello.readonly,
    };
    if peer.uid == owner {
        return Ok(of(CallerRole::District, Vec::new()));
    }
    let (role, schools) = match Roles::read(roles) {
        Ok(roles) => roles.of(&known),
        Err(trouble) => {
            log::error!("{}", trouble.message);
            (CallerRole::Nobody, Vec::new())
        }
    };
    if role == CallerRole::Nobody {
        let groups = if known.groups.is_empty() { "no group".to_owned() } else { known.groups.join(", ") };
        let what = format!("{} ({groups}) has no role at this database: district, school or viewer is needed.", known.name);
        return Err(Trouble::new(TroubleSort::NotPermitted, what, "Ask whoever keeps roles.toml of this database."));
    }
    Ok(of(role, schools))
}

impl Service {
    /// The desk, for what the service itself does (watching folders).
    pub fn desk(&self) -> Option<Arc<Desk>> {
        self.holding.as_ref().map(|h| h.desk.clone())
    }

    /// Ends: long work is stopped before it applies anything, what was begun otherwise is finished, and everybody is let go.
    pub fn end(mut self) {
        if let Some(holding) = self.holding.take() {
            holding.desk.cancel_all();
            holding.end(Ending::Finish);
        }
    }
}

/// Tells the service manager: `READY=1`, `STOPPING=1`. `socket` is what `NOTIFY_SOCKET` says: a path, or a name after `@`.
pub fn notify(socket: &std::ffi::OsStr, state: &str) -> io::Result<()> {
    let bytes = socket.as_bytes();
    let address = match bytes.first() {
        Some(b'@') => SocketAddr::from_abstract_name(&bytes[1..])?,
        Some(b'/') => SocketAddr::from_pathname(socket)?,
        _ => return Err(io::Error::other("NOTIFY_SOCKET is neither a path nor a name after @")),
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_manager_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notify");
        let heard = UnixDatagram::bind(&path).unwrap();
        notify(path.as_os_str(), "READY=1").unwrap();
        let mut text = [0; 32];
        let n = heard.recv(&mut text).unwrap();
        assert_eq!(&text[..n], b"READY=1");
        let name = format!("homeroom-test-{}", std::process::id());
        let heard = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(name.as_bytes()).unwrap()).unwrap();
        notify(format!("@{name}").as_ref(), "STOPPING=1").unwrap();
        let n = heard.recv(&mut text).unwrap();
        assert_eq!(&text[..n], b"STOPPING=1");
        assert!(notify("relative".as_ref(), "READY=1").is_err());
    }

    #[test]
    fn who_knocks_is_who_the_system_says() {
        let dir = tempfile::tempdir().unwrap();
        let roles = dir.path().join("roles.toml");
        std::fs::write(dir.path().join("passwd"), "maria:x:1017:100::/:/bin/sh\nbo:x:1018:100::/:/bin/sh\n").unwrap();
        std::fs::write(dir.path().join("group"), "office:x:200:maria\n").unwrap();
        std::fs::write(&roles, "[[role]]\nrole = \"school\"\ngroup = \"office\"\nschools = [\"S1\"]\n").unwrap();
        let names = Names::at(dir.path());
        let hello = Hello { by: "root".into(), scope: None, readonly: false };
        let of = |uid| caller(&Peer { uid, gid: 100, pid: 1 }, &hello, 990, &roles, &names);
        let maria = of(1017).unwrap();
        assert_eq!((maria.by.0.as_str(), maria.role, maria.schools), ("maria", CallerRole::School, vec!["S1".to_owned()]));
        assert!(of(1018).unwrap_err().message.starts_with("bo (no group) has no role"));
        assert_eq!(of(990).unwrap().role, CallerRole::District);
        // A file that is wrong lets nobody in but the owner.
        std::fs::write(&roles, "[[role]]\nrole = \"king\"\n").unwrap();
        assert!(of(1017).is_err());
        assert_eq!(of(990).unwrap().role, CallerRole::District);
    }
}
