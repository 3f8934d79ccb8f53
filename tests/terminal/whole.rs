//! The program itself, on the demo's database.

use std::io::{Read, Write};
use std::sync::mpsc::channel;
use std::time::Duration;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use rustix::process::Signal;

use crate::pty::{Line, PATIENCE, Pty, is_only_frames, is_restored};

/// A folder with the demo's database, and everything that the program may look for.
fn demo() -> tempfile::TempDir {
    let folder = tempfile::TempDir::new().unwrap();
    let mut make = std::process::Command::new(env!("CARGO_BIN_EXE_homeroom"));
    make.args(["demo", "--into"]).arg(folder.path().join("demo")).env("HOME", folder.path()).env_remove("XDG_CONFIG_HOME");
    assert!(make.output().unwrap().status.success());
    folder
}

/// The program itself on that database, once its Overview is there and nothing more comes.
fn program(folder: &tempfile::TempDir, size: (u16, u16)) -> Pty {
    program_with(folder, &[], &[], size)
}

/// The same with arguments and environment of the test's own.
fn program_with(folder: &tempfile::TempDir, arguments: &[&str], env: &[(&str, &str)], size: (u16, u16)) -> Pty {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_homeroom"));
    command.arg("--db");
    command.arg(folder.path().join("demo/db"));
    command.env("HOME", folder.path());
    command.env_remove("XDG_CONFIG_HOME");
    // Each begins where a first one does, not where the last one was left.
    command.env("XDG_STATE_HOME", tempfile::TempDir::new_in(folder.path()).unwrap().keep());
    command.args(arguments);
    command.env("USER", "maria");
    let mut pty = Pty::start(command, env, size, Line::Fast);
    pty.see("Open errors by cause").see("Marigold Valley Unified");
    pty.rest();
    pty
}

#[test]
fn the_program_writes_little_and_nothing_when_idle() {
    let folder = demo();
    for (size, start, row) in [((80, 24), 4_000, 120), ((200, 60), 10_000, 160)] {
        let mut pty = program(&folder, size);
        assert!(pty.bytes.len() <= start, "start: {}", pty.bytes.len());
        let down = pty.cost("j", "2/25");
        assert!(down <= row, "one row down: {down} at {size:?}");
        assert!(!pty.more(Duration::from_secs(2)), "idle");
        if size == (80, 24) {
            pty.cost("3", "1/333");
            let down = pty.cost("j", "2/333");
            assert!(down <= row, "one row down: {down}");
            let page = pty.cost("<PgDn>", "20/333");
            assert!(page <= 1_500, "one page: {page}");
        }
        let (code, written) = pty.send("q").end();
        assert_eq!(code, 0);
        is_only_frames(&written);
    }
}

#[test]
fn the_settings_bind_keys_choose_the_theme_and_what_is_wrong_in_them_is_said() {
    let folder = demo();
    let settings = folder.path().join("config.toml");
    let with = ["--config", settings.to_str().unwrap()];
    std::fs::write(&settings, "[keys]\nquit = [\"ctrl-q\", \"Z\"]\nhelp = \"H\"\n").unwrap();
    let mut pty = program_with(&folder, &with, &[], (80, 24));
    pty.see("H help").press("q").see("q does nothing here; H shows what does");
    assert_eq!(pty.press("Z").end().0, 0);
    let refused = |text: &str, arguments: &[&str], said: &[&str]| {
        std::fs::write(&settings, text).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_homeroom"));
        command.args(["--db", "nowhere"]);
        command.args(arguments);
        command.env("HOME", folder.path());
        let (code, written) = Pty::start(command, &[], (200, 24), Line::Fast).end();
        assert_eq!(code, 2, "{written}");
        assert!(said.iter().all(|part| written.contains(part)) && !written.contains("\x1b[?1049h"), "{written}");
    };
    refused("\n[keys]\nquit = \"f\"\n", &with, &["config.toml:3:1: keys.quit: f is find's key in lists"]);
    let dark = ["--config", settings.to_str().unwrap(), "--theme", "drak"];
    refused("", &dark, &["no theme is called `drak`; did you mean `dark`?"]);
    std::fs::create_dir(folder.path().join("themes")).unwrap();
    std::fs::write(folder.path().join("themes/mine.toml"), "inherits = \"dark\"\n\neror = { bold = true }\n").unwrap();
    refused("theme = \"mine\"\n", &with, &["themes/mine.toml:3:1: eror: there is no role `eror`; did you mean `error`?"]);
}

#[test]
fn on_a_poor_terminal_the_program_writes_ascii_but_for_names() {
    let folder = demo();
    for (term, arguments) in [("linux", &[][..]), ("screen", &[]), ("xterm-256color", &["--ascii"])] {
        let mut pty = program_with(&folder, arguments, &[("TERM", term)], (80, 24));
        pty.press("2").see("students").press("4").see("newest first").press("?").see("On this screen").press("<Esc>").rest();
        let (code, written) = pty.press("q").end();
        assert_eq!(code, 0);
        let beyond = written.chars().find(|c| !c.is_ascii() && !c.is_alphabetic());
        assert_eq!(beyond, None, "{term}: {:?}", beyond.map(|c| &written[written.find(c).unwrap().saturating_sub(60)..][..90]));
    }
}

#[test]
fn read_only_shows_its_badge_and_refuses_what_changes() {
    let folder = demo();
    let mut pty = program_with(&folder, &["--readonly"], &[], (80, 24));
    pty.see("read-only").press("i").see("import: this console was opened read-only");
    pty.press("3").see("1/333").press("a").see("add: this console was opened read-only");
    assert_eq!(pty.press("q").end().0, 0);
}

#[test]
fn without_a_terminal_the_program_says_what_works_without_one() {
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_homeroom"))
        .args(["--db", "nowhere"])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_eq!(run.status.code(), Some(2), "{said}");
    assert!(said.contains("needs a terminal") && said.contains("homeroom --help") && run.stdout.is_empty(), "{said}");
}

#[test]
fn the_program_gives_the_terminal_back_and_the_database_on_signals() {
    let folder = demo();
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        // It opens again: nobody holds the database any more.
        let mut pty = program(&folder, (80, 24));
        let (ended, written) = pty.signal(signal).end();
        assert_eq!(ended, code);
        is_restored(&written);
    }
}

#[test]
fn the_main_job_by_a_quick_hand() {
    let folder = demo();
    let mut pty = program(&folder, (80, 24));
    // Faster than any answer: the keys wait for the rows they are meant for.
    pty.press("4 j j j j <Enter>").see("#16").see_line(&["last_name is empty", "VAL-201"]).press("j j j j j j j <Enter>");
    pty.see("last_name is empty (2)").press("<Enter>").see("row 1 of 2").type_text("Quillfeather").see("would go through");
    pty.press("<Enter>").see("row 2 of 2").type_text("Marchbanks").see("would go through").press("<Enter>").see("R re-runs them");
    pty.press("R").see("Re-run #16?").press("y").see("#21").see("re-run #16").miss("Re-run #16?");
    pty.press("3 <Tab> /").type_text("quillfeather").press("<Enter>").see_once("Quillfeather,").see("1/1");
    pty.press("<Enter>").see_line(&["last_name", "Quillfeather", "#21 line"]);
    pty.press("q").see("filter: quillfeather").press("q q");
    let (code, written) = pty.end();
    assert_eq!(code, 0);
    is_restored(&written);
}

/// Ticks of the processor that a process has had.
fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[test]
fn a_terminal_that_goes_away_in_the_middle_of_work_leaves_it_to_be_finished() {
    let folder = demo();
    let db = folder.path().join("demo/db");
    let pty = native_pty_system().openpty(PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 }).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_homeroom"));
    command.arg("--db");
    command.arg(&db);
    for (name, value) in [("TERM", "xterm-256color"), ("USER", "maria"), ("HOME", folder.path().to_str().unwrap())] {
        command.env(name, value);
    }
    command.env_remove("XDG_CONFIG_HOME");
    command.env_remove("XDG_STATE_HOME");
    let mut console = pty.slave.spawn_command(command).unwrap();
    drop(pty.slave);
    let mut reader = pty.master.try_clone_reader().unwrap();
    let (mut buffer, mut screen) = ([0; 4096], vt100::Parser::new(24.try_into().unwrap(), 80.try_into().unwrap(), 0));
    while !screen.screen().contents().contains("Marigold") {
        let n = reader.read(&mut buffer).unwrap();
        assert!(n > 0, "{}", screen.screen().contents());
        screen.process(&buffer[..n]);
    }
    // A file that comes slowly, imported through the console.
    let pipe = folder.path().join("users.csv");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let program = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_homeroom"));
        command.arg("--db").arg(&db).args(args).env("HOME", folder.path()).env("USER", "bo").env_remove("XDG_CONFIG_HOME");
        command
    };
    let mut import = program(&["import", "--profile", "echalk-users", "--json"]);
    let mut import = import.arg(&pipe).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    // Opens once somebody reads.
    let mut file = loop {
        use std::os::unix::fs::OpenOptionsExt;
        let nonblocking = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        if let Ok(file) = std::fs::File::options().write(true).custom_flags(nonblocking).open(&pipe) {
            rustix::fs::fcntl_setfl(&file, rustix::fs::OFlags::empty()).unwrap();
            break file;
        }
        assert!(import.try_wait().unwrap().is_none(), "it ended without reading: {:?}", import.wait_with_output());
        std::thread::yield_now();
    };
    let pid = console.process_id().unwrap();
    drop((reader, pty.master));
    let (to, ended) = channel();
    std::thread::spawn(move || to.send(console.wait().unwrap().exit_code()));
    let before = ticks(pid);
    assert!(ended.recv_timeout(Duration::from_millis(1500)).is_err(), "it finishes what was begun");
    assert!(ticks(pid) - before < 30, "and costs nothing while it waits: {} ticks", ticks(pid) - before);
    let day = include_bytes!("../../demo-data/day-5/users.csv");
    file.write_all(day).unwrap();
    drop(file);
    let out = import.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(said.contains("\"status\":\"completed"), "{said}");
    assert_eq!(ended.recv_timeout(PATIENCE), Ok(129));
    // Found done at the next login.
    let out = program(&["syncs", "--json"]).output().unwrap();
    let first = String::from_utf8_lossy(&out.stdout).lines().next().unwrap().to_owned();
    assert!(first.contains("\"by\":\"bo\"") && first.contains("completed"), "{first}");
}

/// What `demo-data/three-causes.keys` says, played: the script of the documentation works, and by few keys.
#[test]
fn three_causes_and_none_of_418_refused_rows_is_left() {
    let folder = demo();
    let mut pty = program(&folder, (80, 24));
    let script = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("demo-data/three-causes.keys")).unwrap();
    let mut pressed = 0;
    for line in script.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        match line.split_once(' ').unwrap() {
            ("wait", text) => drop(pty.see(text)),
            ("keys", keys) => {
                pressed += keys.split(' ').count();
                pty.press(keys);
            }
            ("type", text) => {
                pressed += text.chars().count();
                pty.send(text);
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(pressed < 40, "{pressed} keys");
    pty.press("4 g <Enter>").see("Evening school").see("440 rows").see("done").see("418");
    assert_eq!(pty.press("q q q").end().0, 0);
}
