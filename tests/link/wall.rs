//! The wall as it is met over the socket: files are sent, not opened for others; who has no role stays outside. As root this is tried
//! with processes of other users; otherwise with the porter alone (`src/link/serve.rs`).

use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::world::{SCHOOLS, World, students};

/// A user that the lists do not name.
const STRANGER: u32 = 61_234;

/// The program as another user, at the same database.
fn as_stranger(world: &World, args: &[&str]) -> (i32, String, String) {
    let mut command: Command = world.command(args);
    let out = command.uid(STRANGER).gid(STRANGER).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap_or(-1), text(out.stdout), text(out.stderr))
}

fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

/// A served database, and who may do what there.
fn served(roles: &str) -> World {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    std::fs::set_permissions(world.dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::create_dir_all(world.dir.path().join(".config/homeroom")).unwrap();
    std::fs::write(world.dir.path().join(".config/homeroom/roles.toml"), roles).unwrap();
    world
}

#[test]
fn who_owns_the_database_works_through_the_service() {
    let world = served("[[role]]\nrole = \"viewer\"\ngroup = \"nobody-is-in-this\"\n");
    let mut serving = world.serves();
    world.write("schools.csv", SCHOOLS);
    world.write("users.csv", students("S1", 1001, 5));
    for file in ["schools.csv", "users.csv"] {
        let (code, _, err) = world.run(&["import", file]);
        assert_eq!(code, 0, "{err}");
    }
    // The name of the file is the one it had, though it was sent.
    let (_, out, _) = world.run(&["syncs", "--json"]);
    assert!(out.contains("\"file\":\"users.csv\""), "{out}");
    let (_, out, _) = world.run(&["doctor"]);
    assert!(out.contains("this database is served"), "{out}");
    // It ends in order when it is told to, and leaves nothing behind.
    rustix::process::kill_process(rustix::process::Pid::from_child(&serving.0), rustix::process::Signal::TERM).unwrap();
    assert!(serving.0.wait().unwrap().success());
    for left in ["socket", "incoming"] {
        assert!(!world.db().join(left).exists(), "{left}");
    }
    let (code, out, _) = world.run(&["doctor"]);
    assert!(code == 0 && out.contains("no wall"), "{out}");
}

#[test]
fn roles_that_are_wrong_are_said_before_anything_is_held() {
    let world = served("[[role]]\nrole = \"king\"\nuser = \"a\"\n");
    let (code, _, err) = world.run(&["serve"]);
    assert_eq!(code, 2);
    assert!(err.contains("roles.toml:2: there is no role \"king\""), "{err}");
    let (code, _, err) = world.run(&["serve", "--no-share"]);
    assert!(code == 2 && err.contains("for others to work through"), "{err}");
}

#[test]
fn a_stranger_stays_outside_and_one_with_a_role_sees_what_is_theirs() {
    if !is_root() {
        return;
    }
    let world = served(&format!("[[role]]\nrole = \"school\"\nuser = \"uid {STRANGER}\"\nschools = [\"S1\"]\n"));
    let serving = world.serves();
    world.write("schools.csv", SCHOOLS);
    world.write("users.csv", students("S1", 1001, 5));
    world.write("others.csv", students("S2", 9001, 4));
    for file in ["schools.csv", "users.csv", "others.csv"] {
        let (code, _, err) = world.run(&["import", file]);
        assert_eq!(code, 0, "{err}");
    }
    let (code, out, err) = as_stranger(&world, &["list", "students", "--json"]);
    assert_eq!((code, out.lines().count()), (0, 5), "{err}");
    assert!(!out.contains("9001"));
    let (code, _, err) = as_stranger(&world, &["show", "student:9001"]);
    assert!(code == 6 && err.contains("outside S1"), "{err}");
    // A file is the stranger's own: it is sent, and lies in the history under its name and theirs.
    world.write("more.csv", students("S1", 1001, 6));
    let (code, out, err) = as_stranger(&world, &["import", "more.csv", "--profile", "echalk-users", "--json"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("\"created\":1") && out.contains("more.csv"), "{out}");
    let (_, out, _) = world.run(&["syncs", "--json"]);
    assert!(out.lines().next().unwrap().contains(&format!("uid {STRANGER}")), "{out}");
    // What the stranger cannot read, the service does not read for them.
    let secret = world.write("secret.csv", students("S1", 1001, 7));
    std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let (code, _, err) = as_stranger(&world, &["import", "secret.csv", "--profile", "echalk-users"]);
    assert!(code == 2 && err.contains("Cannot read"), "{err}");
    // Nor does the folder of the database say anything by itself.
    let listed = Command::new("ls").arg(world.db()).uid(STRANGER).gid(STRANGER).output().unwrap();
    assert!(!listed.status.success());
    for file in ["lock", "published", "control/db", "control/conf"] {
        let read = Command::new("cat").arg(world.db().join(file)).uid(STRANGER).gid(STRANGER).output().unwrap();
        assert!(!read.status.success(), "{file} can be read");
    }
    // Without a role nothing is told, and it is in the audit.
    std::fs::write(world.dir.path().join(".config/homeroom/roles.toml"), "").unwrap();
    let (code, out, err) = as_stranger(&world, &["list", "students"]);
    assert!(code == 6 && out.is_empty() && err.contains("has no role at this database"), "{err}");
    let (_, out, _) = world.run(&["audit"]);
    assert!(out.contains("open the database") && out.contains(&format!("uid {STRANGER}")) && out.contains("outside S1"), "{out}");
    drop(serving);
    let (code, _, err) = as_stranger(&world, &["list", "students"]);
    assert!(code == 5, "{code} {err}");
}
