//! The console on a real terminal: how it enters, how it leaves on every way out, and that it is silent when nothing happens.
//!
//! The program under test is this test binary itself, run again in a pty with one ignored test, [`console`], that opens a
//! console of one made-up screen: so the terminal's duties are tested without a database. At the end the program itself, on the
//! demo's database.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use homeroom::desk::{Client, Delivery, Overview, Page, PeopleQuery, PersonRow, Reply, Request};
use homeroom::ledger::Timestamp;
use homeroom::roster::{PersonNo, Role as PersonRole, Status};
use homeroom::tui::command::{Command, Place};
use homeroom::tui::look::Look;
use homeroom::tui::screen::factory::Subject;
use homeroom::tui::screen::list::List;
use homeroom::tui::screen::{Effect, Msg, Offer, Screen, StatusLine, Token};
use homeroom::tui::widget::table::{Column, Row};
use homeroom::tui::{Deliver, Start, run};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use ratatui::Frame;
use ratatui::layout::{Rect, Size};
use rustix::process::Signal;

/// How long anything may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// A list of a thousand rows.
struct Rows(List<PersonRow>);

impl Screen for Rows {
    fn crumb(&self) -> String {
        "Rows".into()
    }

    fn place(&self) -> Place {
        self.0.place()
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.update(Msg::Resized(room))
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match &msg {
            Msg::Resized(room) => self.0.set_height(room.height.saturating_sub(2)),
            Msg::Reply { token, reply } => {
                if let Reply::People(page) = reply.as_ref() {
                    self.0.take(*token, page.clone());
                }
            }
            Msg::Command(Command::Undo) => panic!("a panic on purpose"),
            Msg::Command(Command::Rerun) => {
                // In a thread that is not the console's.
                std::thread::spawn(|| panic!("a panic elsewhere"));
            }
            Msg::Command(Command::Abandon) => {
                return vec![Effect::Confirm { token: Token::of(1), question: "Abandon?".into(), detail: Vec::new(), number: None }];
            }
            Msg::Command(Command::Copy) => return vec![Effect::Copy { text: "María".into(), show: false }],
            Msg::Confirmed(_) => return vec![Effect::Quit],
            _ => {}
        }
        self.0.update(&msg);
        self.0.fetch(|window, _| Request::People { query: PeopleQuery::default(), window }).into_iter().collect()
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        const COLUMNS: &[Column] = &[Column::text("name", 20, 40, 0)];
        self.0.table(frame.buffer_mut(), area, look, COLUMNS, |row| Row::new([row.name.as_str().into()]));
    }

    fn offers(&self) -> Vec<Offer> {
        [Command::Undo, Command::Rerun, Command::Abandon, Command::Copy].map(Offer::on).into()
    }

    fn status(&self) -> StatusLine {
        self.0.status()
    }
}

fn factory(_: Subject) -> Box<dyn Screen> {
    Box::new(Rows(List::new(0)))
}

fn connect(deliver: Deliver) -> Client {
    let (to, asks) = channel::<homeroom::desk::Ask>();
    std::thread::spawn(move || {
        for ask in asks {
            let reply = match ask.request {
                Request::People { window, .. } => {
                    let rows = (window.first..(window.first + window.count).min(1000)).map(person).collect();
                    Reply::People(Page { first: window.first, total: 1000, unfiltered: 1000, rows })
                }
                Request::Overview => Reply::Overview(Overview { title: "Lincoln USD".into(), ..Overview::default() }),
                _ => Reply::Done,
            };
            deliver.deliver(Delivery::Reply { ticket: ask.ticket, reply: Box::new(reply) });
        }
    });
    Client::new(to)
}

fn person(n: u64) -> PersonRow {
    PersonRow {
        number: PersonNo(n as u32),
        name: format!("row {n}"),
        role: PersonRole::Student,
        sourced_id: String::new(),
        email: String::new(),
        school: String::new(),
        grade: String::new(),
        status: Status::Active,
    }
}

/// The program under test; never run by `cargo test` itself.
#[test]
#[ignore = "run by the other tests, in a pty"]
fn console() {
    let start = Start {
        connect: Box::new(connect),
        factory,
        theme: None,
        color: None,
        env: |name| std::env::var(name).ok(),
        themes: None,
        ascii: false,
        readonly: false,
        title: "test".into(),
        operator: "maria".into(),
        folder: PathBuf::from("."),
        zone: jiff::tz::TimeZone::UTC,
        now: || Timestamp(0),
        log: None,
    };
    match run(start) {
        Ok(code) => std::process::exit(i32::from(code)),
        Err(why) => {
            eprintln!("{why}");
            std::process::exit(2);
        }
    }
}

/// A program in a pty, and what its terminal shows.
struct Pty {
    child: Box<dyn Child + Send + Sync>,
    master: Option<Box<dyn MasterPty + Send>>,
    keys: Option<Box<dyn Write + Send>>,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    bytes: Vec<u8>,
}

impl Pty {
    /// The console by itself: a session of its own.
    fn console(env: &[(&str, &str)]) -> Self {
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "console", "--nocapture", "--test-threads=1"]);
        Self::start(command, env)
    }

    /// A shell's script, in which `CONSOLE` stands for the console.
    fn script(text: &str) -> Self {
        let program = std::env::current_exe().unwrap();
        let console = format!("'{}' --ignored --exact console --nocapture --test-threads=1", program.display());
        let mut command = CommandBuilder::new("sh");
        command.args(["-c", &text.replace("CONSOLE", &console)]);
        Self::start(command, &[])
    }

    fn start(command: CommandBuilder, env: &[(&str, &str)]) -> Self {
        Self::sized(command, env, (80, 24))
    }

    fn sized(mut command: CommandBuilder, env: &[(&str, &str)], (cols, rows): (u16, u16)) -> Self {
        command.env("TERM", "xterm-256color");
        command.env_remove("NO_COLOR");
        command.env_remove("COLORTERM");
        for (name, value) in env {
            command.env(name, value);
        }
        let pty = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().unwrap();
        let keys = pty.master.take_writer().unwrap();
        let (to, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(n) = reader.read(&mut buffer) {
                if n == 0 || to.send(buffer[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        let screen = vt100::Parser::new(NonZero::new(rows).unwrap(), NonZero::new(cols).unwrap(), 0);
        Self { child, master: Some(pty.master), keys: Some(keys), output, screen, bytes: Vec::new() }
    }

    fn send(&mut self, bytes: &str) -> &mut Self {
        let keys = self.keys.as_mut().unwrap();
        keys.write_all(bytes.as_bytes()).unwrap();
        keys.flush().unwrap();
        self
    }

    fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Takes what comes; `false` when the time is over or nothing can come any more.
    fn more(&mut self, within: Duration) -> bool {
        let Ok(bytes) = self.output.recv_timeout(within) else { return false };
        self.screen.process(&bytes);
        self.bytes.extend(bytes);
        true
    }

    #[track_caller]
    fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) -> &mut Self {
        let started = Instant::now();
        while !holds(self) {
            let left = PATIENCE.saturating_sub(started.elapsed());
            assert!(self.more(left), "never: {what}\n{}\n{:?}", self.text(), String::from_utf8_lossy(&self.bytes));
        }
        self
    }

    #[track_caller]
    fn see(&mut self, text: &str) -> &mut Self {
        self.until(text, |pty| pty.text().contains(text))
    }

    fn signal(&mut self, signal: Signal) -> &mut Self {
        let pid = self.child.process_id().and_then(|id| rustix::process::Pid::from_raw(id as i32)).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
        self
    }

    /// Waits for the end: the exit code, and all that was written.
    fn end(&mut self) -> (u32, String) {
        while self.more(PATIENCE) {}
        let code = self.child.wait().unwrap().exit_code();
        (code, String::from_utf8_lossy(&self.bytes).into_owned())
    }

    /// Whether the terminal is cooked, as a shell wants it.
    fn is_cooked(&self) -> bool {
        let termios = self.master.as_ref().unwrap().get_termios().unwrap();
        let flags = format!("{:?}", termios.local_flags);
        flags.contains("ICANON") && flags.contains("ECHO")
    }
}

/// The terminal was given back, in this order, and nothing was drawn afterwards.
#[track_caller]
fn is_restored(written: &str) {
    let mut rest = &written[written.rfind("\x1b[?2004l").expect("bracketed paste was turned off")..];
    for sequence in ["\x1b[0m", "\x1b[?25h", "\x1b[?1049l"] {
        let at = rest.find(sequence).unwrap_or_else(|| panic!("{sequence:?} is missing: {rest:?}"));
        rest = &rest[at..];
    }
    assert!(!rest.contains("\x1b[?2026h"), "{rest:?}");
}

fn opened() -> Pty {
    let mut pty = Pty::console(&[]);
    pty.see("row 0").see("Lincoln USD").see("1/1,000");
    assert!(!pty.is_cooked());
    pty
}

#[test]
fn quitting_gives_the_terminal_back() {
    let mut pty = opened();
    pty.send("q").until("left", |pty| !pty.screen.screen().alternate_screen());
    assert!(pty.is_cooked());
    let (code, written) = pty.end();
    assert_eq!(code, 0);
    is_restored(&written);
}

#[test]
fn it_enters_without_mouse_and_asks_the_terminal_nothing() {
    let (_, written) = opened().send("q").end();
    for never in ["?1000h", "?1002h", "?1003h", "?1006h", "\x1b[6n", "\x1b[c", "\x1b]11", "\x1b]10", "\x1b[?u", "\x1b[>"] {
        assert!(!written.contains(never), "{never:?}");
    }
    assert!(written.contains("\x1b[?2004h"), "bracketed paste is on");
}

#[test]
fn signals_give_the_terminal_back_and_end_with_128_and_their_number() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)] {
        let mut pty = opened();
        let started = Instant::now();
        let (ended, written) = pty.signal(signal).end();
        assert_eq!(ended, code);
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        is_restored(&written);
    }
}

#[test]
fn a_panic_in_any_thread_gives_the_terminal_back_and_says_what_happened() {
    for (key, message) in [("U", "a panic on purpose"), ("R", "a panic elsewhere")] {
        let (code, written) = opened().send(key).end();
        assert_eq!(code, 101);
        is_restored(&written);
        let after = &written[written.rfind("\x1b[?1049l").unwrap()..];
        assert!(after.contains(message), "{after:?}");
    }
}

#[test]
fn idle_is_silent() {
    let mut pty = opened();
    while pty.more(Duration::from_millis(300)) {}
    let before = pty.bytes.len();
    assert!(!pty.more(Duration::from_secs(2)), "{:?}", String::from_utf8_lossy(&pty.bytes[before..]));
    pty.send("q").end();
}

#[test]
fn a_burst_of_keys_is_few_frames_and_the_right_row() {
    let mut pty = opened();
    let before = pty.bytes.len();
    pty.send(&"j".repeat(200)).see("201/1,000");
    let frames = String::from_utf8_lossy(&pty.bytes[before..]).matches("\x1b[?2026h").count();
    assert!(frames <= 10, "{frames} frames");
    assert_eq!(pty.send("q").end().0, 0);
}

#[test]
fn an_arrow_that_came_in_two_pieces_is_an_arrow() {
    let mut pty = opened();
    while pty.more(Duration::from_millis(300)) {}
    pty.send("\x1b");
    // On a slow line the rest comes later, but soon enough.
    assert!(!pty.more(Duration::from_millis(15)), "an Esc alone says nothing yet");
    pty.send("[B").see("2/1,000");
    assert_eq!(pty.send("q").end().0, 0);
}

#[test]
fn a_paste_confirms_nothing_and_quits_nothing() {
    let mut pty = opened();
    pty.send("X").see("Abandon?");
    pty.send("\x1b[200~y\rq\x1b[201~").see("what was pasted was not used");
    pty.send("\x1b").until("closed", |pty| !pty.text().contains("Abandon?"));
    pty.send("\x1b[200~q\r\x1b[201~").see("what was pasted was not used");
    assert_eq!(pty.send("q").end().0, 0);
}

#[test]
fn a_copy_is_sent_to_the_terminals_clipboard() {
    let mut pty = opened();
    pty.send("y").see("Sent 6 bytes");
    assert!(String::from_utf8_lossy(&pty.bytes).contains("\x1b]52;c;TWFyw61h\x1b\\"));
    pty.send("q").end();
}

#[test]
fn another_size_is_drawn_anew() {
    let mut pty = opened();
    pty.screen.screen_mut().set_size(NonZero::new(40).unwrap(), NonZero::new(120).unwrap());
    pty.master.as_ref().unwrap().resize(PtySize { rows: 40, cols: 120, pixel_width: 0, pixel_height: 0 }).unwrap();
    pty.see("row 30");
    pty.send("q").end();
}

#[test]
fn suspended_it_is_a_shells_job_and_comes_back_whole() {
    let mut pty = Pty::script("set -m; CONSOLE; echo STOPPED; read line; fg; echo CODE $?");
    pty.see("row 0").see("1/1,000").send("j").see("2/1,000");
    pty.send("\x1a").see("STOPPED");
    assert!(!pty.screen.screen().alternate_screen());
    assert!(pty.is_cooked());
    pty.send("\n").until("back", |pty| pty.screen.screen().alternate_screen() && pty.text().contains("2/1,000"));
    pty.see("row 0").send("j").see("3/1,000").send("q").see("CODE 0");
}

#[test]
fn without_a_shell_to_go_back_to_it_does_not_stop() {
    let mut pty = opened();
    pty.send("\x1a").see("There is no shell to go back to");
    assert_eq!(pty.send("q").end().0, 0);
}

#[test]
fn no_color_means_no_colour_and_the_selected_row_is_still_reversed() {
    let mut pty = Pty::console(&[("NO_COLOR", "1")]);
    pty.see("row 0").see("1/1,000").send("j").see("2/1,000").send("q");
    let (_, written) = pty.end();
    for sequence in written.split("\x1b[").skip(1) {
        let Some((numbers, _)) = sequence.split_once('m').filter(|(n, _)| n.chars().all(|c| c.is_ascii_digit() || c == ';')) else {
            continue;
        };
        for number in numbers.split(';').filter_map(|n| n.parse::<u8>().ok()) {
            assert!(!(30..=38).contains(&number) && !(40..=48).contains(&number), "colour in {numbers:?}");
        }
    }
    let reversed = written.rfind("\x1b[7m").expect("the selected row is reversed");
    assert!(written[reversed..].starts_with("\x1b[7mrow 1"), "{:?}", written[reversed..].get(..30));
}

#[test]
fn a_terminal_that_cannot_be_drawn_on_is_refused_with_a_hint() {
    let (code, written) = Pty::console(&[("TERM", "dumb")]).end();
    assert_eq!(code, 2);
    assert!(written.contains("every command works without one"), "{written}");
    assert!(!written.contains("\x1b[?1049h"));
}

#[test]
fn a_terminal_that_goes_away_ends_it() {
    let pty = native_pty_system().openpty(PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 }).unwrap();
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "console", "--nocapture", "--test-threads=1"]);
    command.env("TERM", "xterm-256color");
    let mut child = pty.slave.spawn_command(command).unwrap();
    drop(pty.slave);
    // Read here and not on a thread: the terminal goes away with the last who holds it.
    let mut reader = pty.master.try_clone_reader().unwrap();
    let (mut buffer, mut written) = ([0; 4096], Vec::new());
    while !String::from_utf8_lossy(&written).contains("Lincoln") {
        let n = reader.read(&mut buffer).unwrap();
        assert!(n > 0, "{}", String::from_utf8_lossy(&written));
        written.extend(&buffer[..n]);
    }
    drop((reader, pty.master));
    let (to, ended) = channel();
    std::thread::spawn(move || to.send(child.wait().unwrap().exit_code()));
    assert_eq!(ended.recv_timeout(Duration::from_secs(3)), Ok(129));
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
    let mut console = pty.slave.spawn_command(command).unwrap();
    drop(pty.slave);
    let mut reader = pty.master.try_clone_reader().unwrap();
    let (mut buffer, mut written) = ([0; 4096], Vec::new());
    while !String::from_utf8_lossy(&written).contains("Marigold") {
        let n = reader.read(&mut buffer).unwrap();
        assert!(n > 0, "{}", String::from_utf8_lossy(&written));
        written.extend(&buffer[..n]);
    }
    // A file that comes slowly, imported through the console.
    let pipe = folder.path().join("users.csv");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let program = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_homeroom"));
        command.arg("--db").arg(&db).args(args).env("HOME", folder.path()).env("USER", "bo").env_remove("XDG_CONFIG_HOME");
        command
    };
    let mut import = program(&["import", "--profile", "echalk-users", "--json", "--mode", "partial"]);
    let import = import.arg(&pipe).stdout(std::process::Stdio::piped()).spawn().unwrap();
    // Opens once somebody reads.
    let mut file = std::fs::File::options().write(true).open(&pipe).unwrap();
    let pid = console.process_id().unwrap();
    drop((reader, pty.master));
    let (to, ended) = channel();
    std::thread::spawn(move || to.send(console.wait().unwrap().exit_code()));
    let before = ticks(pid);
    assert!(ended.recv_timeout(Duration::from_millis(1500)).is_err(), "it finishes what was begun");
    assert!(ticks(pid) - before < 30, "and costs nothing while it waits: {} ticks", ticks(pid) - before);
    let day = include_bytes!("../demo-data/day-5/users.csv");
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
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_homeroom"));
    command.arg("--db");
    command.arg(folder.path().join("demo/db"));
    command.env("HOME", folder.path());
    command.env_remove("XDG_CONFIG_HOME");
    let mut pty = Pty::sized(command, &[("USER", "maria")], size);
    pty.see("Open errors by cause").see("Marigold Valley Unified");
    pty.rest();
    pty
}

impl Pty {
    /// Takes what comes until nothing more does.
    fn rest(&mut self) -> &mut Self {
        while self.more(Duration::from_millis(200)) {}
        self
    }

    /// How many bytes a key costs, all frames of it together.
    #[track_caller]
    fn cost(&mut self, key: &str, then: &str) -> usize {
        let before = self.bytes.len();
        self.send(key).see(then).rest();
        self.bytes.len() - before
    }
}

#[test]
fn the_program_writes_little_and_nothing_when_idle() {
    let folder = demo();
    for (size, start, row) in [((80, 24), 5_000, 300), ((200, 60), 14_000, 350)] {
        let mut pty = program(&folder, size);
        assert!(pty.bytes.len() <= start, "start: {}", pty.bytes.len());
        let down = pty.cost("j", "2/24");
        assert!(down <= row, "one row down: {down} at {size:?}");
        assert!(!pty.more(Duration::from_secs(2)), "idle");
        if size == (80, 24) {
            pty.cost("3", "1/333");
            let down = pty.cost("j", "2/333");
            assert!(down <= row, "one row down: {down}");
            let page = pty.cost("\x1b[6~", "20/333");
            assert!(page <= 2_000, "one page: {page}");
        }
        assert_eq!(pty.send("q").end().0, 0);
    }
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
    pty.send("4jjj\r").see("#16").see("last_name is empty").send("jjjjjjj\r").see("last_name is empty (2)");
    pty.send("\r").see("row 1 of 2").send("Quillfeather").see("would go through").send("\r").see("row 2 of 2");
    pty.send("Marchbanks").see("would go through").send("\r").see("R re-runs them").send("R").see("Re-run #16?");
    pty.send("y").see("#20").see("re-run #16").send("3\t/quillfeather\r").see("1/1").send("\r").see("Quillfeather").see("#20 line");
    pty.send("q").see("filter: quillfeather").send("qq");
    let (code, written) = pty.end();
    assert_eq!(code, 0);
    is_restored(&written);
}
