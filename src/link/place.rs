//! Where the socket is: `socket` in the database's folder.

use std::fs;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use rustix::fs::{Mode, OFlags};

/// Its name.
const NAME: &str = "socket";

/// Bytes that the system takes for a socket's path, the last a NUL.
const MOST: usize = 108;

/// Who may knock: whether they are let in is decided by who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// Only the user whose the database is.
    Owner,
    /// Everybody on this machine: the folder can be entered, but not listed, and nothing else in it can be read.
    Everybody,
}

/// Does something with the socket's path. A path that is longer than the system takes goes by the folder, opened.
fn at<T>(dir: &Path, act: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    let path = dir.join(NAME);
    if path.as_os_str().len() < MOST {
        return act(&path);
    }
    let folder = rustix::fs::open(dir, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    act(Path::new(&format!("/proc/self/fd/{}/{NAME}", folder.as_raw_fd())))
}

/// Whether there is a socket; it may be one that nobody listens on any more.
pub(super) fn is_there(dir: &Path) -> bool {
    fs::symlink_metadata(dir.join(NAME)).is_ok_and(|m| m.file_type().is_socket())
}

/// Knocks.
pub(super) fn connect(dir: &Path) -> io::Result<UnixStream> {
    at(dir, |path| UnixStream::connect(path))
}

/// Listens. Only for who holds the store's lock: a socket that lies there is of somebody who has gone.
pub(super) fn bind(dir: &Path, door: Door) -> io::Result<UnixListener> {
    remove(dir)?;
    let listener = at(dir, |path| UnixListener::bind(path))?;
    let modes = |folder: u32, socket: u32| {
        fs::set_permissions(dir.join(NAME), fs::Permissions::from_mode(socket))?;
        fs::set_permissions(dir, fs::Permissions::from_mode(folder))
    };
    match door {
        Door::Owner => fs::set_permissions(dir.join(NAME), fs::Permissions::from_mode(0o600))?,
        Door::Everybody => modes(0o711, 0o666)?,
    }
    Ok(listener)
}

/// Shuts the door behind a holder that ends.
pub(super) fn unbind(dir: &Path, door: Door) {
    // What cannot be removed now is removed by the next holder.
    let _ = remove(dir);
    if door == Door::Everybody {
        let _ = fs::set_permissions(dir, fs::Permissions::from_mode(0o700));
    }
}

fn remove(dir: &Path) -> io::Result<()> {
    let path = dir.join(NAME);
    match fs::symlink_metadata(&path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(e),
        Ok(there) if there.file_type().is_socket() || there.file_type().is_symlink() => fs::remove_file(&path),
        Ok(_) => Err(io::Error::other(format!("{} is in the way: it is no socket", path.display()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_too_long_for_a_socket_is_no_hindrance() {
        let dir = tempfile::tempdir().unwrap();
        let deep = dir.path().join("a".repeat(120)).join("b".repeat(120));
        fs::create_dir_all(&deep).unwrap();
        assert!(!is_there(&deep));
        let listener = bind(&deep, Door::Owner).unwrap();
        assert!(is_there(&deep));
        let _knock = connect(&deep).unwrap();
        listener.accept().unwrap();
        assert_eq!(fs::metadata(deep.join(NAME)).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_socket_of_one_who_has_gone_is_replaced_and_a_file_is_not() {
        let dir = tempfile::tempdir().unwrap();
        drop(bind(dir.path(), Door::Owner).unwrap());
        assert!(is_there(dir.path()), "left behind");
        assert_eq!(connect(dir.path()).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        let again = bind(dir.path(), Door::Everybody).unwrap();
        assert_eq!(fs::metadata(dir.path()).unwrap().permissions().mode() & 0o777, 0o711);
        unbind(dir.path(), Door::Everybody);
        assert_eq!(fs::metadata(dir.path()).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(!is_there(dir.path()));
        drop(again);
        fs::write(dir.path().join(NAME), "not ours").unwrap();
        assert!(bind(dir.path(), Door::Owner).unwrap_err().to_string().contains("in the way"));
        assert_eq!(fs::read_to_string(dir.path().join(NAME)).unwrap(), "not ours");
    }
}
