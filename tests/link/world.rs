//! A database in a folder of its own, and those who come to it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use homeroom::desk::{Ask, Client, Delivery, Event, Import, JobNo, PeopleQuery, PersonRow, Reply, Request, Surroundings, Window};
use homeroom::ledger::{Actor, Timestamp};
use homeroom::link::{Ending, Line, Setting, start};
use tempfile::TempDir;

/// How long anything may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) const SCHOOLS: &str = "external_id,name,type,parent_external_id,address
D1,Lincoln Unified,district,,
S1,Lincoln High,school,D1,1 Main St
S2,Lincoln Middle,school,D1,2 Main St
";

const HEADER: &str = "first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade,status";

/// A clock that goes on by a second each time it is looked at.
pub(crate) fn clock() -> Timestamp {
    static NOW: AtomicI64 = AtomicI64::new(1_795_000_000_000_000);
    Timestamp(NOW.fetch_add(1_000_000, Ordering::Relaxed))
}

/// So many students of a school, from that number on.
pub(crate) fn students(school: &str, from: u32, many: u32) -> String {
    let row = |n: u32| format!("Maria,,Garcia {n},maria{n}@lincoln.example,{n},{school},Student,,5,Active\n");
    format!("{HEADER}\n{}", (from..from + many).map(row).collect::<String>())
}

pub(crate) struct World {
    pub(crate) dir: TempDir,
}

impl World {
    /// Nothing in it.
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn db(&self) -> PathBuf {
        self.dir.path().join("db")
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn setting(&self, by: &str, lasting: bool) -> Setting {
        setting_at(&self.db(), by, lasting)
    }

    /// Somebody who stays, as a console does.
    pub(crate) fn comes(&self, by: &str) -> Somebody {
        Somebody::of(self.setting(by, true))
    }

    /// Two schools with so many students each.
    pub(crate) fn fill(&self, who: &Somebody, many: u32) {
        who.import(&self.write("schools.csv", SCHOOLS));
        for (name, text) in [("users.csv", students("S1", 1001, many)), ("more.csv", students("S2", 500_001, many))] {
            let sync = who.import(&self.write(name, text));
            assert_eq!(sync.counts.total().created, u64::from(many), "{sync:?}");
        }
    }

    /// The program on this database.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_homeroom"));
        let home = self.dir.path();
        command.env_clear().current_dir(home).env("HOME", home).env("USER", "ana").env("TZ", "UTC").env("HOMEROOM_DB", self.db());
        command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the program: exit code, output, messages.
    pub(crate) fn run(&self, args: &[&str]) -> (i32, String, String) {
        let out = self.command(args).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (out.status.code().unwrap_or(-1), text(out.stdout), text(out.stderr))
    }

    /// The program as a service, once it is ready.
    pub(crate) fn serves(&self) -> Serving {
        let child = self.command(&["serve"]).spawn().unwrap();
        let serving = Serving(child);
        until("the service listens", || knock(&self.db()).is_some());
        serving
    }
}

/// How somebody comes to the database in a folder.
pub(crate) fn setting_at(db: &Path, by: &str, lasting: bool) -> Setting {
    let surroundings = Surroundings {
        db: db.to_owned(),
        profiles: None,
        by: Actor(by.into()),
        host: "host".into(),
        scope: None,
        readonly: false,
        wait: Duration::ZERO,
        now: clock,
    };
    Setting { surroundings, share: true, lasting }
}

/// A service; killed where it has not ended by itself.
pub(crate) struct Serving(pub(crate) Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A connection to whoever listens.
pub(crate) fn knock(db: &Path) -> Option<std::os::unix::net::UnixStream> {
    std::os::unix::net::UnixStream::connect(db.join("socket")).ok()
}

/// Waits for something that comes of itself.
#[track_caller]
pub(crate) fn until(what: &str, mut is: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < PATIENCE, "never: {what}");
        std::thread::yield_now();
    }
}

/// Somebody with a line.
pub(crate) struct Somebody {
    client: Client,
    line: Option<Line>,
    said: Receiver<Delivery>,
    tickets: AtomicU64,
    heard: std::cell::RefCell<Vec<Event>>,
}

impl Somebody {
    pub(crate) fn of(setting: Setting) -> Self {
        let (to, said) = channel();
        let (client, line) = start(setting, move |delivery| drop(to.send(delivery)));
        let who = Self { client, line: Some(line), said, tickets: AtomicU64::new(1), heard: std::cell::RefCell::default() };
        // Whoever comes first holds it.
        who.hear(|event| matches!(event, Event::RosterChanged { .. } | Event::Broken(_)));
        who
    }

    /// Sends, and does not wait.
    pub(crate) fn send(&self, request: Request) -> u64 {
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        self.client.send(Ask { ticket, job: JobNo(ticket), request });
        ticket
    }

    /// Waits for the answer to a ticket.
    #[track_caller]
    pub(crate) fn answer(&self, ticket: u64) -> Reply {
        loop {
            match self.said.recv_timeout(PATIENCE).expect("no answer") {
                Delivery::Reply { ticket: of, reply } if of == ticket => return *reply,
                Delivery::Reply { .. } => {}
                Delivery::Event(event) => self.heard.borrow_mut().push(event),
            }
        }
    }

    #[track_caller]
    pub(crate) fn ask(&self, request: Request) -> Reply {
        let ticket = self.send(request);
        self.answer(ticket)
    }

    /// Waits until something is heard; forgets all that was heard before it.
    #[track_caller]
    pub(crate) fn hear(&self, is: impl Fn(&Event) -> bool) -> Event {
        let mut heard: Vec<Event> = self.heard.borrow_mut().drain(..).collect();
        loop {
            if let Some(at) = heard.iter().position(&is) {
                self.heard.borrow_mut().extend(heard.drain(at + 1..));
                return heard.swap_remove(at);
            }
            match self.said.recv_timeout(PATIENCE).expect("never heard") {
                Delivery::Event(event) => heard.push(event),
                Delivery::Reply { .. } => {}
            }
        }
    }

    #[track_caller]
    pub(crate) fn import(&self, path: &Path) -> homeroom::ledger::Sync {
        match self.ask(import(path)) {
            Reply::Ran(ran) => ran.detail.sync,
            other => panic!("not imported: {other:?}"),
        }
    }

    /// The people whom a filter finds.
    #[track_caller]
    pub(crate) fn people(&self, filter: &str) -> Vec<PersonRow> {
        let query = PeopleQuery { filter: filter.into(), ..PeopleQuery::default() };
        match self.ask(Request::People { query, window: Window { first: 0, count: 100 } }) {
            Reply::People(page) => page.rows,
            other => panic!("no people: {other:?}"),
        }
    }

    pub(crate) fn leaves(mut self, how: Ending) {
        if let Some(line) = self.line.take() {
            line.end(how);
        }
    }
}

pub(crate) fn import(path: &Path) -> Request {
    Request::Import(Import { path: path.display().to_string(), ..Import::default() })
}
