//! The console as a whole, with screens and a desk made up for it: what keys do on every screen, and what it costs to draw.

mod chosen;
mod line;

use ratatui::layout::{Position, Rect, Size};
use ratatui::{Frame, Terminal};

use super::*;
use crate::desk::{
    Event, Found, Hit, HitWhat, JobNo, ListAsk, Listed, Overview, Page, Progress, Reply, Request, TroubleSort, Waiting, WaitingSort,
    Window, around,
};
use crate::ledger::SyncNo;
use crate::roster::PersonNo;
use crate::tui::harness::{Harness, setup};
use crate::tui::screen::Screen;
use crate::tui::screen::list::{Did, List};
use crate::tui::screen::{Effect, Offer, StatusLine};
use crate::tui::theme::Role;
use crate::tui::widget::line_edit::LineEdit;
use crate::tui::widget::table::{Cell, Column, Row};

mod counted;
mod survived;

/// A list of a million numbers.
struct Numbers {
    name: String,
    list: List<crate::desk::PersonRow>,
}

const COLUMNS: &[Column] =
    &[Column::text("name", 12, 30, 0), Column::text("id", 10, 12, 1), Column::text("school", 12, 30, 2), Column::text("e-mail", 12, 40, 3)];

impl Screen for Numbers {
    fn crumb(&self) -> String {
        self.name.clone()
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
            Msg::Event(Event::RosterChanged { .. }) => self.list.refresh(),
            Msg::Command(Command::Open) => return vec![Effect::Push(Box::new(Form::default()))],
            Msg::Command(Command::Copy) => return vec![Effect::Copy { text: "a\u{200b}b".into(), show: false }],
            Msg::Command(Command::Undo) => {
                let question = "Undo #48?".into();
                return vec![Effect::Confirm { token: Token::of(9), question, detail: vec!["41 people".into()], number: None }];
            }
            Msg::Command(Command::Rerun) => {
                let request = Request::Undo { sync: SyncNo(48), dry_run: false };
                return vec![Effect::Long { token: Token::of(8), request, title: "users.csv".into() }];
            }
            Msg::Command(Command::Output) => {
                let output = Output { file_name: "report.csv".into(), bytes: b"a,b\n".to_vec(), lines: 1, note: String::new() };
                return vec![Effect::Save(output)];
            }
            Msg::Command(Command::Sort) => {
                return vec![Effect::Choose {
                    token: Token::of(7),
                    title: "Sort by".into(),
                    choices: vec![('n', "name".into()), ('i', "ID".into())],
                }];
            }
            Msg::Chosen { index, .. } => return vec![Effect::Toast(Tone::Good, format!("sorted by {index}"))],
            Msg::Confirmed(_) => return vec![Effect::Toast(Tone::Good, "undone".into())],
            _ => {}
        }
        let did = self.list.update(&msg);
        let mut effects =
            self.list.ask(|window, filter| Request::People { query: crate::desk::PeopleQuery { filter, ..Default::default() }, window });
        if did != Did::Nothing && effects.is_empty() {
            effects.push(Effect::Handled);
        }
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        self.list.table(frame.buffer_mut(), area, look, COLUMNS, |person| {
            Row::new([
                Cell::from(person.name.as_str()),
                person.sourced_id.as_str().into(),
                person.school.as_str().into(),
                Cell::new(person.email.as_str(), Role::Dim),
            ])
        });
        if area.height > 0 {
            let last = Rect { y: area.bottom() - 1, height: 1, ..area };
            self.list.filter_line(frame.buffer_mut(), last, look);
        }
    }

    fn offers(&self) -> Vec<Offer> {
        vec![
            Offer::on(Command::Open),
            Offer::on(Command::Filter),
            Offer::on(Command::Mark),
            Offer::unless(Command::MendAll, Some("no cause is selected")),
            Offer::on(Command::Undo).quiet(),
            Offer::on(Command::Rerun).quiet(),
            Offer::on(Command::Copy).quiet(),
            Offer::on(Command::Output).quiet(),
            Offer::on(Command::Sort).quiet(),
        ]
    }

    fn counts(&self) -> bool {
        true
    }

    fn status(&self) -> StatusLine {
        self.list.status()
    }
}

/// One field.
#[derive(Default)]
struct Form {
    text: LineEdit,
}

impl Screen for Form {
    fn crumb(&self) -> String {
        "row\u{1b}[31m".into()
    }

    fn subtitle(&self) -> Option<String> {
        Some("line 1,204".into())
    }

    fn place(&self) -> Place {
        Place::Form
    }

    fn open(&mut self, _: Size) -> Vec<Effect> {
        Vec::new()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Key(key) => {
                self.text.key(key);
            }
            Msg::Paste(text) => self.text.insert(&text),
            Msg::Command(Command::Save) => return vec![Effect::Pop, Effect::Toast(Tone::Good, "saved".into())],
            _ => {}
        }
        Vec::new()
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        self.text.render(frame.buffer_mut(), area, look, "");
    }

    fn offers(&self) -> Vec<Offer> {
        vec![Offer::on(Command::Save)]
    }

    fn cursor(&self, area: Rect, _: &Look) -> Option<Position> {
        Some(area.as_position())
    }

    fn unsaved(&self) -> Option<String> {
        (!self.text.is_empty()).then(|| "What was typed is lost. Leave?".into())
    }
}

fn factory(subject: Subject) -> Box<dyn Screen> {
    let name = match subject {
        Subject::Tab(tab) => tab.name().to_owned(),
        other => format!("{other:?}"),
    };
    Box::new(Numbers { name, list: List::new(0) })
}

const TOTAL: u64 = 1_000_000;

fn person(n: u64) -> crate::desk::PersonRow {
    use crate::roster::{Role, Status};
    crate::desk::PersonRow {
        number: PersonNo(n as u32),
        name: format!("García {n}, María"),
        role: Role::Student,
        sourced_id: format!("{}", 10_000_000 + n * 7),
        email: format!("maria.garcia{n}@lincoln.example"),
        school: format!("Lincoln High {}", n % 12),
        grade: String::new(),
        status: Status::Active,
    }
}

fn people(window: Window) -> Reply {
    let end = window.first.saturating_add(window.count).min(TOTAL);
    Reply::People(Page { first: window.first, total: TOTAL, unfiltered: TOTAL, rows: (window.first..end).map(person).collect() })
}

/// Everybody is known by the place in the list, whatever the sort.
fn listed_people(listed: &Listed) -> Reply {
    let window = listed.list.window().unwrap_or_default();
    match &listed.ask {
        ListAsk::Around(id) => Reply::Around { at: Some(*id), page: Box::new(people(around(window, Some(*id)))) },
        ListAsk::Ids => Reply::Ids((window.first..TOTAL).take(usize::try_from(window.count).unwrap_or(usize::MAX)).collect()),
        _ => people(window),
    }
}

fn desk(ask: &Ask) -> Reply {
    match &ask.request {
        Request::Overview => Reply::Overview(Overview {
            title: "Lincoln USD".into(),
            waiting: vec![Waiting { sort: WaitingSort::Held, name: "SIS".into(), text: String::new(), at: Timestamp(0), sync: None }],
            ..Overview::default()
        }),
        Request::People { window, .. } => people(*window),
        Request::Listed(listed) => listed_people(listed),
        Request::Find { query, .. } => Reply::Found(Found {
            total: 1,
            hits: vec![Hit {
                what: HitWhat::Person(PersonNo(7)),
                title: format!("Found {query}"),
                about: "student".into(),
                matched: vec![0],
                matched_about: vec![],
            }],
            micros: 3000,
        }),
        Request::Resolve(_) => Reply::Resolved(Vec::new()),
        Request::Cancel(_) => Reply::Done,
        _ => Reply::Trouble(Trouble::new(TroubleSort::Cancelled, "Cancelled", "")),
    }
}

fn console(size: (u16, u16)) -> Harness {
    Harness::new(factory, size, |ask, _| desk(ask))
}

#[test]
fn it_opens_on_the_overview_with_title_tabs_and_keys() {
    console((80, 24))
        .see("Homeroom  Lincoln USD")
        .see("1 held")
        .see("‣1 Overview")
        .see("García 0, María")
        .see("1/1,000,000")
        .see("enter open  / filter  space mark")
        .see("? help  : palette");
}

#[test]
fn the_first_frame_stands_before_the_desk_has_answered() {
    let mut app = App::new(setup(factory), Size::new(80, 24));
    let mut terminal = Terminal::new(ratatui::backend::TestBackend::new(80, 24)).unwrap();
    terminal.draw(|frame| app.render(frame)).unwrap();
    let text = terminal.backend().to_string();
    assert!(text.contains("homeroom.db") && text.contains("opening"), "{text}");
}

#[test]
fn numbers_open_the_roots_and_each_is_found_as_it_was_left() {
    let mut at = console((80, 24));
    at.press("3 j j j 4").see("‣4 Syncs").see("1/1,000,000");
    at.press("3").see("‣3 People").see("4/1,000,000");
}

#[test]
fn back_goes_one_level_and_never_quits() {
    let mut at = console((80, 24));
    at.press("3 j <Enter>").see("› row␛[31m").see("line 1,204");
    at.press("<Esc>").see("‣3 People").see("2/1,000,000");
    at.press("<Esc> <Esc> h").see("This is the first screen");
    assert_eq!(at.ended(), None);
    at.press("q");
    assert_eq!(at.ended(), Some(0));
}

#[test]
fn esc_clears_the_filter_before_it_leaves() {
    let mut at = console((80, 24));
    at.press("/").type_text("smi").see("filter: smi").press("<Enter>").see("filter: smi");
    at.press("q").press("4");
    let mut at = console((80, 24));
    at.press("/").type_text("smi").press("<Enter> <Esc>").miss("filter: smi");
    assert_eq!(at.ended(), None);
}

#[test]
fn letters_type_in_forms_and_what_was_typed_is_asked_about_once() {
    let mut at = console((80, 24));
    at.press("<Enter>").type_text("q5?").see("q5?").press("<Esc>").see("What was typed is lost. Leave?");
    at.press("<Enter>").see("q5?").press("<Esc> y").see("‣1 Overview");
}

#[test]
fn saving_closes_the_form_and_says_so_until_the_next_key() {
    let mut at = console((80, 24));
    at.press("<Enter> <Enter>").see("saved").press("j").miss("saved");
}

#[test]
fn a_paste_confirms_nothing_and_quits_nothing() {
    let mut at = console((80, 24));
    at.paste("\rq").see("what was pasted was not used");
    at.press("U").see("Undo #48?").paste("y\r").see("Undo #48?");
    assert_eq!(at.ended(), None);
    at.press("<Enter>").miss("undone").press("U y").see("undone");
    at.press("<Enter>").paste("two\r\nlines").see("two lines");
    at.paste(&"x".repeat(70_000)).see("More than 64 KB");
}

#[test]
fn a_command_that_is_off_says_why() {
    let mut at = console((80, 24));
    at.press("F").see("mend-all: no cause is selected");
    at.press("P").see("apply: not on this screen");
    at.press("x").see("x does nothing here");
}

#[test]
fn read_only_says_so_and_turns_off_what_changes() {
    let mut at = Harness::with(Setup { readonly: true, ..setup(factory) }, (80, 24), |ask, _| desk(ask));
    at.see("read-only").press("U").see("undo: this console was opened read-only");
    at.press("i").see("import: this console was opened read-only");
}

#[test]
fn the_look_up_opens_what_it_found_from_anywhere() {
    let mut at = console((80, 24));
    at.press("4 f").type_text("mar").see("Found mar").see("1 of 1 · 3 ms").press("<Enter>").see("Person(PersonNo(7))");
    assert!(at.asked().iter().any(|r| matches!(r, Request::Find { query, .. } if query == "mar")));
}

#[test]
fn the_look_up_never_queues_questions() {
    let mut at = console((80, 24));
    at.press("f");
    at.asked();
    at.hold().type_text("garcia");
    assert_eq!(at.asked().len(), 1);
    at.release().see("Found garcia");
    assert_eq!(at.asked().len(), 1, "what was typed meanwhile is one more question");
}

#[test]
fn the_palette_runs_commands_and_opens_syncs() {
    let mut at = console((80, 24));
    at.press(":").type_text("triage").press("<Enter>").see("‣5 Triage");
    at.press("<C-p>").type_text("48").press("<Enter>").see("Sync(SyncNo(48))");
    at.press(":").type_text("school 99").press("<Enter>").see("Nothing on the roster is called so");
}

#[test]
fn help_names_what_works_and_why_the_rest_does_not() {
    let mut at = console((80, 40));
    at.press("?").see("On this screen").see("Mark or unmark").type_text("mend-all").see("no cause is selected");
    at.press("<Esc>").miss("On this screen");
}

#[test]
fn a_choice_is_made_by_its_letter() {
    console((80, 24)).press("s").see("Sort by").press("i").see("sorted by 1");
}

#[test]
fn work_shows_in_the_header_and_ctrl_c_cancels_it() {
    let mut at = console((80, 24));
    at.hold().press("R").see("1 running");
    let job = at.app().jobs.iter().next().map(|job| job.number).unwrap();
    let progress =
        Progress { job, sync: None, title: "users.csv".into(), step: "checking".into(), done: 62, total: 100, rate: 0.0, left: None };
    at.event(Event::Progress(progress)).see("1 running 62%");
    at.press("q").see("Work is still running. Quit?").press("<Enter>");
    assert_eq!(at.ended(), None);
    at.press("<C-c>").see("Cancelling users.csv").see("cancelling");
    assert!(at.asked().contains(&Request::Cancel(job)));
    at.release().see("Cancelled").miss("running");
}

#[test]
fn ctrl_c_without_work_quits_and_so_it_does_out_of_a_layer_first() {
    let mut at = console((80, 24));
    at.press(": <C-c>");
    assert_eq!(at.ended(), None);
    at.press("<C-c>");
    assert_eq!(at.ended(), Some(0));
}

#[test]
fn a_report_is_written_and_never_over_another_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let mut at = Harness::with(Setup { folder: folder.path().into(), ..setup(factory) }, (80, 24), |ask, _| desk(ask));
    at.press("o").see("Write 1 lines to").press("<Enter>").see("Wrote 1 lines");
    let path = folder.path().join("report.csv");
    assert_eq!(std::fs::read(&path).unwrap(), b"a,b\n");
    std::fs::write(&path, "mine").unwrap();
    at.press("o <Enter>").see("is there already").press("<Enter>");
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    at.press("o <Enter> y").see("Wrote 1 lines");
    assert_eq!(std::fs::read(&path).unwrap(), b"a,b\n");
}

#[test]
fn what_is_copied_is_the_data_not_its_picture() {
    let mut at = console((80, 24));
    at.press("y").see("Sent 5 bytes");
    assert_eq!(at.clipboard(), Some("a\u{200b}b"));
}

#[test]
fn a_store_that_cannot_be_opened_says_who_holds_it_and_ends_with_5() {
    let mut at = console((80, 24));
    at.event(Event::Broken(Trouble::new(TroubleSort::Store, "In use by maria since 02:15", "Wait, or ask her")));
    at.see("In use by maria since 02:15").see("Wait, or ask her").press("j").press("q");
    assert_eq!(at.ended(), Some(5));
}

#[test]
fn a_change_of_the_roster_asks_again_and_keeps_the_place() {
    let mut at = console((80, 24));
    at.press("<C-d> j");
    let before = at.screen();
    at.asked();
    at.event(Event::RosterChanged { position: 9 });
    assert!(at.asked().iter().any(|r| matches!(r, Request::People { .. })));
    assert_eq!(at.screen(), before);
}

#[test]
fn small_terminals_keep_working() {
    let mut at = console((60, 15));
    at.see("‣1 Overview").see("García 0").see("? help");
    at.resize(40, 8).see("García 0").see("small").press("3 j").see("2/1,000,000");
}

#[test]
fn personal_data_can_be_hidden() {
    console((80, 24)).press("m").see("hidden").press("m").miss("hidden");
}

#[test]
fn nothing_new_is_not_drawn() {
    let mut at = console((80, 24));
    let before = at.draws();
    at.settle();
    at.resize(80, 24);
    assert_eq!(at.draws(), before);
}

#[test]
fn text_from_data_never_reaches_the_terminal_as_a_command() {
    let evil = "a\u{1b}]0;pwn\u{7}\u{202e}\u{9b}31m";
    let mut at = Harness::new(factory, (80, 24), move |ask, _| match &ask.request {
        Request::Overview => Reply::Overview(Overview { title: evil.into(), ..Overview::default() }),
        Request::People { .. } => {
            let mut row = person(1);
            row.name = evil.into();
            row.school = evil.into();
            Reply::People(Page { first: 0, total: 1, unfiltered: 1, rows: vec![row] })
        }
        _ => Reply::Found(Found {
            total: 1,
            hits: vec![Hit {
                what: HitWhat::Person(PersonNo(1)),
                title: evil.into(),
                about: evil.into(),
                matched: vec![1],
                matched_about: vec![],
            }],
            micros: 1,
        }),
    });
    at.press("f").type_text("a");
    at.event(Event::Notice(evil.into())).see("⟨202E⟩");
    assert!(!at.screen().chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'));
}

#[test]
fn every_job_has_its_own_number() {
    let mut at = console((80, 24));
    at.hold().press("R R").see("2 running");
    let numbers: Vec<JobNo> = at.app().jobs.iter().map(|job| job.number).collect();
    assert_ne!(numbers[0], numbers[1]);
}
