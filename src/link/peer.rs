//! Who is at the other end: the system says the user and group that the process had when it knocked; the names are those of
//! `/etc/passwd` and `/etc/group`. Users that only a directory service knows have no name here, and only rules for their number fit.

use std::fs;
use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use rustix::net::sockopt::socket_peercred;

/// A process that knocked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its user.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// Its number.
    pub pid: i32,
}

impl Peer {
    /// Who is at the other end of a connection.
    pub(super) fn of(stream: &UnixStream) -> io::Result<Self> {
        let cred = socket_peercred(stream)?;
        Ok(Self { uid: cred.uid.as_raw(), gid: cred.gid.as_raw(), pid: cred.pid.as_raw_nonzero().get() })
    }
}

/// Where users and groups are listed.
#[derive(Clone, Debug)]
pub struct Names {
    passwd: PathBuf,
    group: PathBuf,
}

impl Default for Names {
    fn default() -> Self {
        Self::at(Path::new("/etc"))
    }
}

/// A user as the lists have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Name; `uid 1017` where the lists have none.
    pub name: String,
    /// Names of the groups: the process's own and those that list the user.
    pub groups: Vec<String>,
}

impl Names {
    /// `passwd` and `group` in a folder.
    pub fn at(folder: &Path) -> Self {
        Self { passwd: folder.join("passwd"), group: folder.join("group") }
    }

    /// The user and the groups of a peer. Read each time: an administrator may have changed them since.
    pub fn of(&self, peer: &Peer) -> Known {
        let text = |path: &Path| fs::read(path).map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap_or_default();
        let passwd = text(&self.passwd);
        let number = |field: Option<&str>| field.and_then(|n| n.parse::<u32>().ok());
        let line = passwd.lines().map(|l| l.split(':').collect::<Vec<_>>()).find(|l| number(l.get(2).copied()) == Some(peer.uid));
        let name = line.as_ref().and_then(|l| l.first()).filter(|n| !n.is_empty()).map(|n| (*n).to_owned());
        let own = line.as_ref().and_then(|l| number(l.get(3).copied()));
        let mut groups = Vec::new();
        for line in text(&self.group).lines() {
            let fields: Vec<&str> = line.split(':').collect();
            let gid = number(fields.get(2).copied());
            let listed = name.as_deref().is_some_and(|name| fields.get(3).is_some_and(|m| m.split(',').any(|m| m.trim() == name)));
            if let Some(group) =
                fields.first().filter(|g| !g.is_empty() && (listed || gid == Some(peer.gid) || gid.is_some() && gid == own))
            {
                groups.push((*group).to_owned());
            }
        }
        Known { name: name.unwrap_or_else(|| format!("uid {}", peer.uid)), groups }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_groups_are_those_of_the_lists() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("passwd"), "root:x:0:0::/root:/bin/sh\nmaria:x:1017:100::/home/maria:/bin/sh\nbroken\n").unwrap();
        fs::write(dir.path().join("group"), "users:x:100:\noffice:x:200:bo,maria\nother:x:300:mariana\nhere:x:400:\n\n").unwrap();
        let names = Names::at(dir.path());
        let known = names.of(&Peer { uid: 1017, gid: 400, pid: 1 });
        assert_eq!((known.name.as_str(), known.groups.join(" ")), ("maria", "users office here".to_owned()));
        let stranger = names.of(&Peer { uid: 5, gid: 5, pid: 1 });
        assert_eq!(stranger, Known { name: "uid 5".into(), groups: Vec::new() });
        let nothing = Names::at(&dir.path().join("none")).of(&Peer { uid: 0, gid: 0, pid: 1 });
        assert_eq!(nothing.name, "uid 0");
    }

    #[test]
    fn the_system_says_who_knocks() {
        let (a, _b) = UnixStream::pair().unwrap();
        let peer = Peer::of(&a).unwrap();
        assert_eq!(peer.uid, rustix::process::getuid().as_raw());
        assert_eq!(peer.pid, rustix::process::getpid().as_raw_nonzero().get());
    }
}
