//! The console on a real desk and a real database: what a person at the keys does, from the file that comes in to the person
//! who is found. Keys go in, the screen is looked at; nothing waits for time, and the clock stands still.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;

use homeroom::desk::{Delivery, Desk, Import, Reply, Request, Surroundings};
use homeroom::ledger::{Actor, SyncStatus, Timestamp};
use homeroom::tui::harness::{Harness, setup};
use homeroom::tui::look::Look;
use homeroom::tui::screen::factory;
use tempfile::TempDir;

#[path = "console/triage.rs"]
mod triage;

const WIDTHS: [(u16, u16); 2] = [(80, 24), (120, 40)];

/// Microseconds since the epoch: a day and an hour of November 2026.
const fn november(day: i64, hour: i64) -> Timestamp {
    const FIRST: i64 = 1_793_491_200;
    Timestamp((FIRST + (day - 1) * 86_400 + hour * 3_600) * 1_000_000)
}

fn monday() -> Timestamp {
    november(16, 2)
}

fn friday() -> Timestamp {
    november(20, 2)
}

/// When the console is opened.
fn sunday() -> Timestamp {
    november(22, 12)
}

/// A database and a folder of files, both thrown away.
struct World {
    folder: TempDir,
}

impl World {
    /// Nothing on the roster.
    fn empty() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    /// The demo's schools and first file on the roster, and its last file after it.
    fn district() -> Self {
        let world = Self::empty();
        world.import(monday, "schools.csv", "schools");
        world.import(monday, "day-1/users.csv", "echalk-users");
        world.import(friday, "day-5/users.csv", "echalk-users");
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file of the test's own.
    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A file of the demo, copied here so that it has a short path.
    fn demo(&self, file: &str) -> String {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo-data").join(file);
        self.write(file.rsplit('/').next().unwrap(), std::fs::read(from).unwrap())
    }

    fn surroundings(&self, now: fn() -> Timestamp, by: &str) -> Surroundings {
        Surroundings {
            db: self.path("db"),
            profiles: None,
            by: Actor(by.to_owned()),
            host: "here".into(),
            scope: None,
            readonly: false,
            // The console before may still be letting go of the database.
            wait: std::time::Duration::from_mins(1),
            now,
        }
    }

    fn import(&self, now: fn() -> Timestamp, file: &str, profile: &str) {
        let desk = Desk::open(self.surroundings(now, "cron")).unwrap();
        let import = Import { path: self.demo(file), profile: Some(profile.to_owned()), ..Import::default() };
        let reply = desk.ask(Request::Import(import), &mut |_| true);
        assert!(matches!(reply, Reply::Ran(_)), "{reply:?}");
    }

    /// The console, on a desk that works in threads of its own. What the desk says comes in as it would in a terminal: events
    /// first, then the reply.
    fn console(&self, size: (u16, u16)) -> Harness {
        let (say, heard) = channel();
        let client = Desk::start(self.surroundings(sunday, "maria"), move |delivery| {
            // After the test nobody listens any more.
            let _ = say.send(delivery);
        });
        let mut setup = setup(factory::make);
        setup.look = Look { now: sunday(), ..Look::plain() };
        setup.folder = self.folder.path().into();
        Harness::with(setup, size, move |ask, event| {
            client.send(ask.clone());
            loop {
                match heard.recv().expect("the desk answers every request") {
                    Delivery::Reply { ticket, reply } if ticket == ask.ticket => return *reply,
                    Delivery::Reply { .. } => {}
                    Delivery::Event(e) => event(e),
                }
            }
        })
    }

    /// What the history says, once no console is open: file and status, newest first.
    fn history(&self) -> Vec<(String, SyncStatus)> {
        let desk = Desk::open(self.surroundings(sunday, "maria")).unwrap();
        let all = Request::Syncs {
            window: homeroom::desk::Window::ALL,
            org: None,
            filter: String::new(),
            of: homeroom::desk::SyncsOf::default(),
        };
        let Reply::Syncs(page) = desk.ask(all, &mut |_| true) else { panic!("the history") };
        page.rows.into_iter().map(|s| (s.file, s.status)).collect()
    }
}

/// A row of an echalk-users file.
fn row(first: &str, last: &str, email: &str, id: &str, school: &str, kind: &str) -> String {
    format!("{first},,{last},{email},{id},{school},{kind},,,Active\r\n")
}

const HEADER: &str = "first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade,status\r\n";

/// A picture of the screen.
fn snap(at: &Harness, name: &str, (columns, rows): (u16, u16)) {
    insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), at.screen());
}

/// Presses a key until the selected row shows that text.
#[track_caller]
fn go_to(at: &mut Harness, text: &str) {
    for _ in 0..100 {
        if at.screen().lines().any(|l| l.contains('‣') && l.contains(text)) {
            return;
        }
        at.press("j");
    }
    panic!("no row with {text:?}:\n{}", at.screen());
}

#[test]
fn the_main_job() {
    for size in WIDTHS {
        let world = World::district();
        let mut at = world.console(size);
        snap(&at, "overview", size);
        at.press("4").see("users.csv");
        snap(&at, "syncs", size);
        at.press("<Enter>").see("last_name is empty");
        snap(&at, "sync", size);
        go_to(&mut at, "last_name is empty");
        at.press("<Enter>").see("(2)");
        snap(&at, "rows", size);
        at.press("<Enter>").see("row 1 of 2").type_text("Quillfeather").see("This row would go through");
        snap(&at, "row_form", size);
        at.press("<Enter>").see("row 2 of 2").type_text("Marchbanks").press("<Enter>");
        at.see("No row of this cause has an error left");
        at.press("<Esc>").see("2 cells in 2 rows mended, not yet on the roster");
        at.press("R").see("Re-run #3?");
        snap(&at, "rerun_preview", size);
        at.press("y").see("#3 was re-run as #4").press("k").miss("last_name is empty");
        snap(&at, "rerun_result", size);
        // The preview of it left nothing behind.
        at.press("4").see("2/4").press("g").see("re-run #3").miss("#5").miss("dry run").see("1/4");
        at.press("3 <Tab> /").type_text("quillfeather").see("Quillfeather");
        snap(&at, "found", size);
        at.press("<Enter> <Enter>").see("Quillfeather").see("#4 line");
        snap(&at, "person", size);
        at.press("q q q q");
        assert_eq!(at.ended(), Some(0));
    }
}

/// Types a path into the import form and goes on to the plan.
fn plan_of(at: &mut Harness, path: &str) {
    at.press("i <C-u>").type_text(path).press("<Enter>").see("header and first rows").press("<Enter>").see("Nothing has been changed yet");
}

#[test]
fn a_file_is_imported_from_inside() {
    for size in WIDTHS {
        let world = World::empty();
        world.import(monday, "schools.csv", "schools");
        let path = world.demo("day-1/users.csv");
        let mut at = world.console(size);
        plan_of(&mut at, &path);
        snap(&at, "import_plan", size);
        // Enter shows rows; it applies nothing.
        at.press("<Enter> <Esc> <Esc>").press("3").see("Nobody is on the roster here yet");
        at.press("4").see("dry run").press("<Enter> P").see("plan of #2").press("<Enter> <Esc>").see("plan of #2");
        at.press("P").see("Applied as #2: 2,511 created, 4 refused").miss("#2 › #2");
        snap(&at, "import_applied", size);
        at.press("<Esc>").see("1/2").press("3").see("1/310");
        at.press("1").miss("dry run").miss("to look at");
    }
}

#[test]
fn a_dry_run_is_kept_and_applied_later_another_is_abandoned() {
    let world = World::empty();
    world.import(monday, "schools.csv", "schools");
    let one = row("Zoë", "Quill", "zoe.quill@marigoldvalley.example", "9001", "104531", "Teacher");
    let path = world.write("one.csv", format!("{HEADER}{one}"));
    let mut at = world.console((80, 24));
    plan_of(&mut at, &path);
    at.press("q").see("#2 is kept as a dry run").press("g").see("1 to look at").see("one.csv");
    go_to(&mut at, "one.csv");
    at.press("P").see("plan of #2").press("X").see("Abandon #2, one.csv?").press("<Enter>").see("plan of #2");
    at.press("P").see("1 created").press("3").see("Quill, Zoë");
    plan_of(&mut at, &path);
    at.press("X y <Enter>").see("was abandoned").press("4").see("abandoned").miss("dry run");
    at.press("q q q");
    assert_eq!(at.ended(), Some(0));
    drop(at);
    let statuses: Vec<SyncStatus> = world.history().into_iter().map(|(_, status)| status).collect();
    assert_eq!(statuses, [SyncStatus::Abandoned, SyncStatus::Completed, SyncStatus::Completed]);
}

#[test]
fn a_sync_is_undone() {
    let world = World::district();
    let mut at = world.console((80, 24));
    at.press("4 <Enter> U").see("85 records are put back as before #3; 33 records that it made are removed").see("Left 0");
    snap(&at, "undo_preview", (80, 24));
    // So many want their number typed; enter alone is no.
    at.press("P").see("Undo #3?").press("<Enter>").see("what undoing #3 would do");
    at.press("P").type_text("118").press("<Enter>").see("#3 was undone: 118 records put back");
    at.press("4").see("undo #3").see("undone").press("3 <Tab>").see("/2,201").press("1").see("undone");
}

#[test]
fn a_refused_row_is_found_from_anywhere_and_mended_there() {
    let world = World::district();
    let mut at = world.console((80, 24));
    // Nobody on the roster has that e-mail: the row was refused for it.
    at.press("2 f").type_text("10008412").see("Coleman").see("#3");
    go_to(&mut at, "#3");
    at.press("<Enter>").see("janae.coleman at").see("VAL-210").see("On the roster");
    at.press("<C-y>").see("would go through").press("<C-s>").see("Saved: email");
    // Back to the look-up, as it was.
    at.press("<Esc>").see("Find anyone").see("10008412").press("<Esc>").see("2 Schools");
    at.press("1").see("1 mended row").see("to re-run");
}

#[test]
fn a_school_shows_who_is_there_and_its_last_upload() {
    let world = World::district();
    let mut at = world.console((80, 24));
    at.press("2 /").type_text("dos rios").see("1/1").press("<Enter> <Enter>").see("Escuela Dos Ríos  104511");
    at.see("Last upload ! Completed with errors  #3");
    snap(&at, "school", (80, 24));
    at.press("<Tab>").see("student").press("<Esc>").see("filter: dos rios").press("<Esc>").see("1/13");
}

#[test]
fn the_console_keeps_to_a_school_until_it_is_told_otherwise() {
    let world = World::district();
    let mut at = world.console((80, 24));
    at.press("w").type_text("dos rios").press("<Enter>").see("only Escuela Dos Ríos");
    at.press("3").see("1/20").press("<Tab>").see("/155").press("2").see("1/1").see("104511").press("4").see("Nothing was imported yet");
    // Juana is at the school, Ja'Nae is not.
    at.press("f").type_text("adeyemi juana").see("teacher 10008770").press("<Esc>");
    at.press("f").type_text("coleman janae").miss("Escuela Dos Ríos, ").see("Nobody and nothing found").press("<Esc>");
    at.press("w <Enter>").miss("only Escuela").press("2").see("1/13").press("4").see("users.csv");
}

#[test]
fn the_log_opens_in_place_and_runs_the_last_file_of_a_type() {
    let world = World::district();
    let mut at = world.console((80, 24));
    at.press("4 >").see("rows affected").press("j <Enter>").see("affected · mending it clears").press("<Esc> <").miss("rows affected");
    at.press("G R").see("Run the file of #1 now?").see("schools.csv").press("<Esc>");
    at.press("g t").see("Districts and schools").press("<Esc>");
}

#[test]
fn a_person_is_edited_in_place_and_the_history_says_so() {
    for size in WIDTHS {
        let world = World::district();
        let mut at = world.console(size);
        at.press("3 /").type_text("coleman janae").press("<Enter> <Enter>").see("Coleman, Ja'Nae");
        snap(&at, "person_before", size);
        go_to(&mut at, "position");
        at.press("e <End>").type_text(" (acting)").press("<Enter>").see("Director (acting)").see("by maria");
        at.press("G").see("maria");
        snap(&at, "person_edited", size);
    }
}

#[test]
fn what_a_file_holds_is_shown_and_never_acts() {
    let nasty = ["a\u{1b}]0;x\u{7}b", "x\u{1b}[2Jy", "\u{202e}evil", "z\u{200b}w\u{feff}q", "👩‍👩‍👧 ❤️", "山田太郎", "\u{9b}31m"];
    let mut text = HEADER.to_owned();
    for (n, name) in nasty.iter().enumerate() {
        // Every second one is refused, for its e-mail.
        let email = if n % 2 == 0 { format!("n{n}@marigoldvalley.example") } else { format!("{name} at") };
        text += &row(name, name, &email, &format!("77{n}"), "104531", "Teacher");
    }
    text += &row(&"長".repeat(2_500), &"n\u{303}".repeat(2_500), "broken", "7799", "104531", "Teacher");
    let world = World::empty();
    world.import(monday, "schools.csv", "schools");
    let path = world.write("nasty.csv", &text);
    for size in [(60, 15), (80, 24), (120, 40)] {
        let mut at = world.console(size);
        let tour = "4 <Enter> <Tab> <Enter> <F1> <Esc> <Esc> <Esc> <Enter> <Enter> <Esc> <Esc> R <Esc> 3 <Enter> e <Esc> <Esc> <Tab> <Tab> \
                    <Tab> j j j <Enter> e <Esc> <Esc> 2 <Enter> <Tab> <Esc> 5 <Enter> <Enter> <Esc> <Esc> 1 <Enter> <Esc>";
        at.press("i <C-u>").type_text(&path).press("<Enter>");
        shown_only(&at);
        at.press("<Enter> <Tab>");
        shown_only(&at);
        at.press("P");
        for key in tour.split_whitespace() {
            at.press(key);
            shown_only(&at);
        }
        at.press("f").type_text("evil").see("evil");
        shown_only(&at);
        at.press("<Esc> q q q q");
        assert_eq!(at.ended(), Some(0));
    }
}

/// No cell of the screen holds a character that a terminal would act on or hide.
#[track_caller]
fn shown_only(at: &Harness) {
    let screen = at.screen();
    let bad = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c) || matches!(c, '\u{200b}' | '\u{feff}');
    assert!(!screen.contains(bad), "{screen:?}");
}

#[test]
fn a_plan_of_an_earlier_console_does_not_say_that_nothing_changes() {
    let world = World::empty();
    world.import(monday, "schools.csv", "schools");
    let path = world.demo("day-1/users.csv");
    let mut at = world.console((80, 24));
    plan_of(&mut at, &path);
    at.press("q q q");
    drop(at);
    let mut at = world.console((80, 24));
    at.press("P").see("plan of #2").see("2,201").miss("No school would be changed").see("tab by school");
}

#[test]
fn who_would_overwrite_somebody_elses_work_is_told_and_asked() {
    let world = World::district();
    let surroundings = world.surroundings(sunday, "maria");
    let desk = std::rc::Rc::new(Desk::open(surroundings).unwrap());
    let bo = desk.called_by(homeroom::desk::Caller::district("bo"));
    let own = desk.clone();
    let mut setup = setup(factory::make);
    setup.look = Look { now: sunday(), ..Look::plain() };
    let mut at = Harness::with(setup, (80, 24), move |ask, event| {
        own.ask(ask.request.clone(), &mut |e| {
            event(e);
            true
        })
    });
    at.press("3 <Enter> e").see("first_name");
    let Reply::People(page) = desk.ask(
        Request::People {
            query: homeroom::desk::PeopleQuery { family: Some(homeroom::roster::Family::Staff), ..homeroom::desk::PeopleQuery::default() },
            window: homeroom::desk::Window::ALL,
        },
        &mut |_| true,
    ) else {
        panic!()
    };
    let person = page.rows[0].number;
    let edit = |name: &str| Request::EditPerson { person, fields: vec![("first_name".into(), name.into())] };
    assert!(matches!(bo.ask(edit("Robin"), &mut |_| true), Reply::Person(_)));
    let name = |desk: &Desk| match desk.ask(Request::Person(person), &mut |_| true) {
        Reply::Person(detail) => detail.person.text(homeroom::roster::Text::GivenName).to_owned(),
        other => panic!("{other:?}"),
    };
    at.type_text("x").press("<C-s>").see("Somebody else was first").see("set by bo").see("Robin");
    // No is no: nothing was overwritten, what was typed stays.
    at.press("n").see("Not saved").see("set by bo");
    assert_eq!(name(&desk), "Robin");
    at.press("<C-s>").see("Somebody else was first").press("y").see("was saved");
    assert!(name(&desk).ends_with('x'));
    // What was refused to somebody is seen by name.
    let viewer = homeroom::desk::Caller { role: homeroom::desk::CallerRole::Viewer, ..homeroom::desk::Caller::district("eve") };
    assert!(matches!(desk.called_by(viewer).ask(edit("Eve"), &mut |_| true), Reply::Trouble(_)));
    at.press("<Esc> <Esc> :").type_text("audit").press("<Enter>").see("eve").see("edit a person").see("needs a role that changes");
}

/// Three people who were taken, and the console on their sync.
fn taken(world: &World, size: (u16, u16)) -> Harness {
    world.import(monday, "schools.csv", "schools");
    let people = [("Zoë", "Quill", "1"), ("Ben", "Ode", "2"), ("Ana", "Diaz", "3")];
    let rows: String =
        people.map(|(first, last, id)| row(first, last, &format!("p{id}@marigoldvalley.example"), id, "104531", "Teacher")).concat();
    let path = world.write("staff.csv", format!("{HEADER}{rows}"));
    let mut at = world.console(size);
    plan_of(&mut at, &path);
    at.press("P").see("3 created");
    at
}

/// Types a path into the form of a report.
fn lay_over(at: &mut Harness, path: &str) {
    at.press(":").type_text("attach").press("<Enter>").see("laid over the upload of #2").type_text(path).press("<Enter>");
}

#[test]
fn a_report_from_the_portal_is_attached_and_mended_and_the_file_goes_back() {
    let report = "line,custom_id,result,message\n2,1,ERROR,email p1@marigoldvalley.example is used in another district\n\
        3,2,OK,\n4,3,ERROR,email p3@marigoldvalley.example is used in another district\n";
    for size in WIDTHS {
        let world = World::empty();
        let mut at = taken(&world, size);
        let path = world.write("line-results.csv", report);
        let folder = world.folder.path().to_str().unwrap().to_owned();
        // tab completes the path as far as it is clear.
        lay_over(&mut at, &format!("{folder}/line"));
        at.see("Cannot read").press("<Tab>").see("line-results.csv").press("<Enter>");
        at.see("eChalk line results").see("3 lines, 1 fine; 2 errors on 2 rows of #2 staff.csv. All of them fit.");
        snap(&at, "attach_preview", size);
        for (columns, rows) in [(1, 1), (20, 5), (60, 15), size] {
            at.resize(columns, rows);
        }
        // Enter attaches nothing.
        at.press("<Enter>").see("All of them fit").press("P").see("line-results.csv attached: 1 cause on 2 rows.");
        at.see("Reported by eChalk: line-results.csv").see("2 rows, 2 open").see("eChalk: email … is used in another district");
        snap(&at, "attached", size);
        at.press("?").see("VEN-701").press("<Esc>");
        at.press("5").see("is used in another district").press("<Enter>").see("(2)").see("Reported by eChalk");
        at.press("<Enter>").see("row 1 of 2").see("Reported by eChalk").press("<C-u>").type_text("x").see("This row would go through");
        at.press("<Enter>").see("row 2 of 2").type_text("y").press("<Enter>").see("No row of this cause has an error left");
        at.press("4 <Enter>").see("2 cells in 2 rows mended").press("R").see("2 updated").press("y").see("#2 was re-run as #3");
        at.see("all answered").miss("is used in another district").press("5").miss("is used in another district");
        at.press("4 g <Enter> o c").see("sync-3-corrected.csv").press("<Enter>");
        let back = std::fs::read_to_string(world.path("sync-3-corrected.csv")).unwrap();
        let was = std::fs::read_to_string(world.path("staff.csv")).unwrap();
        assert_eq!(
            back,
            was.replace("p1@marigoldvalley.example", "p1@marigoldvalley.examplex")
                .replace("p3@marigoldvalley.example", "p3@marigoldvalley.exampley")
        );
        // The same report again is no work, and it can be taken away.
        at.press("<Esc> 4 j <Enter>").see("Reported by eChalk");
        lay_over(&mut at, &path);
        at.see("attached already").press("P").miss("attached: 1 cause").press("<Esc>");
        at.press("D").see("Take line-results.csv away?").press("y").see("was taken away").miss("Reported by eChalk");
    }
}

#[test]
fn a_report_that_does_not_fit_names_every_line_and_keeps_nothing() {
    let world = World::empty();
    let mut at = taken(&world, (80, 24));
    let path = world.write("other.csv", "line,custom_id,result,message\n2,1,OK,\n3,77,ERROR,email is used\n9,3,ERROR,email is used\n");
    lay_over(&mut at, &path);
    at.see("3 lines, of which 2 do not fit #2 staff.csv")
        .see("row 3 is ID \"77\" in the report and \"2\" in the upload")
        .see("it names row 9");
    snap(&at, "attach_misfits", (80, 24));
    at.press("P").see("does not fit this upload").press("<Esc>").miss("Reported by");
    let path = world.write("notes.csv", "note\nnothing\n");
    lay_over(&mut at, &path);
    at.see("of no form of report that is known").see("notes.csv").press("<Esc>").miss("Reported by");
    // Two reports: it is asked which is to go.
    for (name, id) in [("a.csv", 1), ("b.csv", 2)] {
        let path = world.write(name, format!("line,custom_id,result,message\n{},{id},ERROR,email is used\n", id + 1));
        lay_over(&mut at, &path);
        at.press("P").see(&format!("{name} attached"));
    }
    at.press("D").see("Take away which report?").press("1").see("Take a.csv away?").press("y").see("b.csv").miss("a.csv,");
}

#[test]
fn a_cause_is_mended_at_one_stroke_kept_as_a_rule_and_comes_back_by_itself() {
    for size in [(60, 15), (80, 24)] {
        let world = World::district();
        let kinder = |id: &str| {
            row("Ife", "Okafor", &format!("{id}@lincoln.example"), id, "104511", "Student").replace(",,Active", ",Kinder,Active")
        };
        let users = |emails: [&str; 2]| {
            let wrong = |id: &str, email: &str| row("Bo", "Lind", email, id, "104511", "Teacher");
            format!("{HEADER}{}{}{}{}", kinder("9001"), kinder("9002"), wrong("9003", emails[0]), wrong("9004", emails[1]))
        };
        let late = world.write("late.csv", users(["bo at lincoln.example", "lind@@lincoln.example"]));
        let mut at = world.console(size);
        at.press("i").type_text(&late).press("<Enter>").see("echalk-users").press("<Enter>").see("Nothing has been changed yet").press("P");
        at.see("#4").press("5");
        // Two grades by one value, kept for later files.
        go_to(&mut at, "Kinder");
        at.press("F").see("grade in 2 rows").type_text("K").press("<Enter>").see("2 rows mended").press("K").see("[x] kept");
        at.press("P").see("2 rows mended. R re-runs them");
        at.press("u").see("its value rules went with it").press("<C-r>").see("its value rules are kept again");
        // Two addresses, each by its own repair.
        at.press("g");
        go_to(&mut at, "mail");
        at.press("T").see("bo@lincoln.example").press("P").see("2 rows mended. R re-runs them");
        at.press("R").see("Re-run #4?").press("y").see("#5");
        // The next file repeats one of the addresses, and brings another for the other.
        let later = world.write("later.csv", users(["bo at lincoln.example", "lind@lincoln.example"]));
        at.press("i")
            .type_text(&later)
            .press("<Enter>")
            .see("echalk-users")
            .press("<Enter>")
            .see("Nothing has been changed yet")
            .press("P");
        at.see("#6").press(":").type_text("6").press("<Enter>").see("Corrected as before: 1").see("Resolved at the source: 1");
        at.press(":").type_text("corrections").press("<Enter>").see("standing").see("resolved").see("9003");
        at.press("D").see("End the correction of email of 9003?").press("y").see("It stands no more").see("taken back");
        at.press(":").type_text("rules").press("<Enter>").see("Kinder").see("echalk-users").press("D y").see("No feed has a value rule");
    }
}
