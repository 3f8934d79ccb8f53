//! The program killed at any moment while it takes a file: the file is found again, and what was applied of it is never applied twice.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::world::{SCHOOLS, names, students};

fn homeroom(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_homeroom"));
    command.env_clear().current_dir(home).env("HOME", home).env("USER", "ana").env("TZ", "UTC").env("HOMEROOM_DB", home.join("db"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn ready(people: u32) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path();
    std::fs::create_dir(home.join("drop")).unwrap();
    std::fs::write(home.join("schools.csv"), SCHOOLS).unwrap();
    assert!(homeroom(home, &["import", "schools.csv"]).status().unwrap().success());
    assert!(homeroom(home, &["feeds", "add", "daily", "--profile", "echalk-users", "--folder", "drop"]).status().unwrap().success());
    std::fs::write(home.join("drop/users.csv"), students(1, people)).unwrap();
    std::fs::write(home.join("drop/users.done"), "").unwrap();
    dir
}

fn history(home: &Path) -> Vec<(String, String)> {
    let out = homeroom(home, &["syncs", "--json", "--limit", "0"]).stdout(Stdio::piped()).output().unwrap().stdout;
    let lines = String::from_utf8(out).unwrap();
    let syncs = lines.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap());
    let word = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    syncs.filter(|s| s["file"] == "users.csv").map(|s| (word(&s["status"]), word(&s["note"]))).collect()
}

#[test]
fn a_file_is_applied_once_whenever_the_program_is_killed() {
    let whole = {
        let dir = ready(3_000);
        let began = Instant::now();
        assert!(homeroom(dir.path(), &["watch", "--once"]).status().unwrap().success());
        began.elapsed()
    };
    let kills: u32 = std::env::var("HOMEROOM_KILLS").ok().map_or(16, |n| n.parse().expect("HOMEROOM_KILLS is a number"));
    for n in 0..kills {
        let dir = ready(3_000);
        let home = dir.path();
        let moment = whole.mul_f64(f64::from(n + 1) / f64::from(kills + 1) * 1.1);
        let mut child = homeroom(home, &["watch", "--once"]).spawn().unwrap();
        let began = Instant::now();
        // The moment is what is tested here. Nobody unparks this thread; if it wakes early it waits for the rest.
        while let Some(left) = moment.checked_sub(began.elapsed()).filter(|l| *l > Duration::ZERO) {
            std::thread::park_timeout(left);
        }
        let _ = child.kill();
        child.wait().unwrap();
        let again = homeroom(home, &["watch", "--once"]).status().unwrap();
        assert!(again.success(), "kill {n}: {again}");
        let history = history(home);
        let applied = history.iter().filter(|(status, _)| status == "completed").count();
        let cut_off = history.iter().filter(|(status, note)| status == "failed" && note == "cut off").count();
        assert_eq!((applied, applied + cut_off), (1, history.len()), "kill {n} after {moment:?} of {whole:?}: {history:?}");
        assert_eq!(names(&home.join("drop")), ["done"], "kill {n}");
        let done = names(&home.join("drop/done"));
        assert_eq!(done.iter().filter(|n| n.strip_suffix(".done").is_none()).collect::<Vec<_>>(), ["users.csv"], "kill {n}");
        assert!(homeroom(home, &["verify"]).status().unwrap().success());
    }
}
