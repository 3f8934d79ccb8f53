//! The console on a district of [`crate::world`], and what is asked of a desk in most of these tests.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use homeroom::desk::{Ask, Client, Delivery, Desk, Event, ExportWhat, Import, JobNo, Reply, ReportFormat, Request, Surroundings};
use homeroom::ledger::{SyncNo, Timestamp};
use homeroom::tui::harness::{Harness, setup};
use homeroom::tui::look::Look;
use homeroom::tui::screen::factory;
use tempfile::TempDir;

use crate::world::{Took, World, surroundings};

/// A console at work.
pub(crate) struct Screen {
    at: Harness,
    line: Rc<Line>,
    dir: TempDir,
}

/// The way to the desk and back.
struct Line {
    client: Client,
    heard: Receiver<Delivery>,
    /// Tickets of what is asked behind the console's back.
    ticket: Cell<u64>,
}

impl Line {
    fn ask(&self, ask: Ask, event: &mut dyn FnMut(Event)) -> Reply {
        let ticket = ask.ticket;
        self.client.send(ask);
        loop {
            match self.heard.recv().expect("the desk answers every request") {
                Delivery::Reply { ticket: of, reply } if of == ticket => return *reply,
                Delivery::Reply { .. } => {}
                Delivery::Event(e) => event(e),
            }
        }
    }
}

impl Screen {
    /// Opens the console on what a world holds.
    pub(crate) fn of(world: World, size: (u16, u16)) -> Self {
        let World { dir, desk } = world;
        drop(desk);
        let (say, heard) = channel();
        // The desk before may still be letting go of the database.
        let around = Surroundings { wait: Duration::from_mins(1), ..surroundings(&dir, false) };
        let now: Timestamp = (around.now)();
        let client = Desk::start(around, move |delivery| {
            // After the test nobody listens any more.
            let _ = say.send(delivery);
        });
        let line = Rc::new(Line { client, heard, ticket: Cell::new(1 << 40) });
        let mut setup = setup(factory::make);
        setup.look = Look { now, ..Look::plain() };
        setup.folder = dir.path().into();
        let to = line.clone();
        let at = Harness::with(setup, size, move |ask, event| to.ask(ask.clone(), event));
        Self { at, line, dir }
    }

    /// Something done elsewhere while the console is open; it hears of it as of everything.
    pub(crate) fn meanwhile(&mut self, request: Request) -> Reply {
        let ticket = self.line.ticket.get() + 1;
        self.line.ticket.set(ticket);
        let mut events = Vec::new();
        let reply = self.line.ask(Ask { ticket, job: JobNo(ticket), request }, &mut |e| events.push(e));
        for event in events {
            self.at.event(event);
        }
        reply
    }

    /// Writes a file beside the database; its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// What was saved from the console.
    pub(crate) fn saved(&self, name: &str) -> String {
        let path = self.dir.path().join(name);
        std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: {e}\n{}", self.at.screen()))
    }

    /// Presses keys.
    #[track_caller]
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        self.at.press(keys);
        self
    }

    /// Types a text.
    #[track_caller]
    pub(crate) fn type_text(&mut self, text: &str) -> &mut Self {
        self.at.type_text(text);
        self
    }

    /// That text is on the screen.
    #[track_caller]
    pub(crate) fn see(&mut self, text: &str) -> &mut Self {
        self.at.see(text);
        self
    }

    /// That text is not on the screen.
    #[track_caller]
    pub(crate) fn miss(&mut self, text: &str) -> &mut Self {
        self.at.miss(text);
        self
    }

    /// Presses a key until the selected row shows that text.
    #[track_caller]
    pub(crate) fn go_to(&mut self, text: &str) -> &mut Self {
        for _ in 0..100 {
            if self.at.screen().lines().any(|l| l.contains('‣') && l.contains(text)) {
                return self;
            }
            self.at.press("j");
        }
        panic!("no row with {text:?}:\n{}", self.at.screen());
    }

    /// Goes to a field of a form.
    #[track_caller]
    pub(crate) fn field(&mut self, name: &str) -> &mut Self {
        for _ in 0..60 {
            let screen = self.at.screen();
            let marked = screen.lines().find_map(|l| l.split_once('‣')).map(|(_, rest)| rest.trim_start());
            if marked.and_then(|m| m.strip_prefix(name)).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')) {
                return self;
            }
            self.at.press("<Tab>");
        }
        panic!("no field {name:?}:\n{}", self.at.screen());
    }

    /// Looks at a file and plans it, in the import form, with what is typed into its fields.
    #[track_caller]
    pub(crate) fn plan(&mut self, path: &str) -> &mut Self {
        self.at.press("i <C-u>").type_text(path).press("<Enter> <Enter>").see("Nothing has been changed yet");
        self
    }

    /// Closes the console; the database is opened again.
    pub(crate) fn closed(self) -> World {
        let Self { at, line, dir } = self;
        drop((at, line));
        let desk = Desk::open(Surroundings { wait: Duration::from_mins(1), ..surroundings(&dir, false) }).unwrap();
        World { dir, desk }
    }
}

impl Deref for Screen {
    type Target = Harness;
    fn deref(&self) -> &Harness {
        &self.at
    }
}

impl DerefMut for Screen {
    fn deref_mut(&mut self) -> &mut Harness {
        &mut self.at
    }
}

#[track_caller]
pub(crate) fn report(world: &World, took: &Took, format: ReportFormat) -> String {
    let request = Request::Report { sync: took.sync.number, format, xlsx: false, original: None };
    match world.ask(request) {
        Reply::Output(output) => String::from_utf8(output.bytes).unwrap(),
        other => panic!("{format}: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn export(world: &World, what: ExportWhat, org: Option<&str>) -> String {
    match world.ask(Request::Export { what, org: org.map(str::to_owned), for_spreadsheet: false }) {
        Reply::Output(output) => String::from_utf8(output.bytes).unwrap(),
        other => panic!("{what}: {other:?}"),
    }
}

/// Imports a file of that name for an organization.
#[track_caller]
pub(crate) fn import(world: &World, profile: &str, org: Option<&str>, name: &str, text: &str) -> Took {
    let import = Import { profile: Some(profile.into()), org: org.map(str::to_owned), ..world.write(name, text) };
    world.run(Request::Import(import))
}

/// What is offered for a sync that waits.
#[track_caller]
pub(crate) fn approve(world: &World, sync: SyncNo, without_removals: bool) -> Took {
    world.run(Request::Apply { sync, without_removals, reason: Some("looked at it".into()) })
}

/// A cell of a CSV file without quotes: line (the first after the header is 1), column.
pub(crate) fn cell<'a>(text: &'a str, line: usize, column: &str) -> &'a str {
    let at = text.lines().next().unwrap().split(',').position(|c| c == column).unwrap_or_else(|| panic!("no {column}:\n{text}"));
    text.lines().nth(line).unwrap().split(',').nth(at).unwrap()
}
