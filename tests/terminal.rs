//! The console on a real terminal: how it enters, how it leaves on every way out, and that it is silent when nothing happens.
//!
//! The program under test is this test binary itself, run again in a pty with one ignored test, [`console`], that opens a
//! console of one made-up screen: so the terminal's duties are tested without a database. `terminal/line.rs` is about bad lines,
//! `terminal/whole.rs` about the program itself on the demo's database, `terminal/checklist.rs` says which duty is held by which test.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "terminal/checklist.rs"]
mod checklist;
#[path = "terminal/line.rs"]
mod line;
#[path = "terminal/pty.rs"]
mod pty;
#[path = "terminal/whole.rs"]
mod whole;

use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use homeroom::desk::{Client, Delivery, Overview, Page, PeopleQuery, PersonRow, Reply, Request};
use homeroom::ledger::Timestamp;
use homeroom::roster::{PersonNo, Role as PersonRole, Status};
use homeroom::tui::command::{Command, Keymap, Place};
use homeroom::tui::look::Look;
use homeroom::tui::screen::factory::Subject;
use homeroom::tui::screen::list::List;
use homeroom::tui::screen::{Effect, Msg, Offer, Screen, StatusLine, Token};
use homeroom::tui::widget::table::{Column, Row};
use homeroom::tui::{Deliver, Start, run};
use portable_pty::CommandBuilder;
use pty::{Line, Pty, is_only_frames, is_restored};
use ratatui::Frame;
use ratatui::layout::{Rect, Size};
use rustix::process::Signal;

/// A list of a thousand rows.
struct Rows {
    list: List<PersonRow>,
    breaks: bool,
}

impl Screen for Rows {
    fn crumb(&self) -> String {
        "Rows".into()
    }

    fn place(&self) -> Place {
        self.list.place()
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.update(Msg::Resized(room))
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match &msg {
            Msg::Resized(room) => self.list.set_height(room.height.saturating_sub(2)),
            Msg::Reply { token, reply } => {
                if let Reply::People(page) = reply.as_ref() {
                    self.list.take(*token, page.clone());
                }
            }
            Msg::Command(Command::Undo) => panic!("a panic on purpose"),
            Msg::Command(Command::MendAll) => self.breaks = true,
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
        self.list.update(&msg);
        self.list.fetch(|window, _| Request::People { query: PeopleQuery::default(), window }).into_iter().collect()
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        const COLUMNS: &[Column] = &[Column::text("name", 20, 40, 0)];
        assert!(!self.breaks, "a panic in a frame");
        self.list.table(frame.buffer_mut(), area, look, COLUMNS, |row| Row::new([row.name.as_str().into()]));
    }

    fn offers(&self) -> Vec<Offer> {
        [Command::Undo, Command::Rerun, Command::MendAll, Command::Abandon, Command::Copy].map(Offer::on).into()
    }

    fn status(&self) -> StatusLine {
        self.list.status()
    }
}

fn factory(_: Subject) -> Box<dyn Screen> {
    Box::new(Rows { list: List::new(0), breaks: false })
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
        theme_asked: false,
        color: None,
        env: |name| std::env::var(name).ok(),
        themes: None,
        ascii: None,
        keys: Keymap::default(),
        confirm: true,
        readonly: std::env::var_os("READONLY").is_some(),
        title: "test".into(),
        operator: "maria".into(),
        folder: PathBuf::from("."),
        zone: jiff::tz::TimeZone::UTC,
        now: || Timestamp(0),
        memory: None,
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

/// The console by itself, in this test binary.
fn command() -> CommandBuilder {
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "console", "--nocapture", "--test-threads=1"]);
    command
}

/// The console in a session of its own.
fn started(env: &[(&str, &str)]) -> Pty {
    Pty::start(command(), env, (80, 24), Line::Fast)
}

/// A shell's script, in which `CONSOLE` stands for the console.
fn shell(text: &str) -> CommandBuilder {
    let program = std::env::current_exe().unwrap();
    let console = format!("'{}' --ignored --exact console --nocapture --test-threads=1", program.display());
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", &text.replace("CONSOLE", &console)]);
    command
}

fn opened() -> Pty {
    let mut pty = started(&[]);
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
    is_only_frames(&written);
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
    for (key, message) in [("U", "a panic on purpose"), ("R", "a panic elsewhere"), ("F", "a panic in a frame")] {
        let (code, written) = opened().send(key).end();
        assert_eq!(code, 101);
        is_restored(&written);
        let after = &written[written.rfind("\x1b[?1049l").unwrap()..];
        assert!(after.contains(message), "{after:?}");
    }
}

#[test]
fn a_copy_is_sent_to_the_terminals_clipboard() {
    let mut pty = opened();
    pty.send("y").see("Sent 6 bytes");
    assert!(String::from_utf8_lossy(&pty.bytes).contains("\x1b]52;c;TWFyw61h\x1b\\"));
    pty.send("q").end();
}

#[test]
fn suspended_it_is_a_shells_job_and_comes_back_whole() {
    let mut pty = Pty::start(shell("set -m; CONSOLE; echo STOPPED; read line; fg; echo CODE $?"), &[], (80, 24), Line::Fast);
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
