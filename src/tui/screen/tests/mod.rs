//! The screens at work: keys go in, the whole console is looked at.

mod desk;
mod district;
mod every_command;
mod lists;
mod offered;

use std::cell::RefCell;
use std::rc::Rc;

use desk::Fake;

use super::factory::{Subject, make};
use super::import::ImportScreen;
use super::listing::Entry;
use super::{Effect, Screen};
use crate::desk::Request;
use crate::ledger::SyncStatus;
use crate::tui::harness::{Harness, SIZES, setup};
use crate::tui::look::Look;

/// A console of that size on the invented district, as of the evening of the last sync.
fn console(size: (u16, u16)) -> Harness {
    with(size, Fake::default()).0
}

fn with(size: (u16, u16), fake: Fake) -> (Harness, Rc<RefCell<Fake>>) {
    let fake = Rc::new(RefCell::new(fake));
    let desk = Rc::clone(&fake);
    let mut setup = setup(factory);
    setup.look = Look { now: desk::at(0, 16), ..Look::plain() };
    // Nothing can be written there.
    setup.folder = "/nowhere/at/all".into();
    (Harness::with(setup, size, move |ask, event| desk.borrow_mut().answer(&ask.request, event, ask.job)), fake)
}

/// The same with our own lines and signs in ASCII.
fn ascii(size: (u16, u16), fake: Fake) -> Harness {
    let fake = RefCell::new(fake);
    let mut setup = setup(factory);
    setup.look = Look { now: desk::at(0, 16), ascii: true, ..Look::plain() };
    Harness::with(setup, size, move |ask, event| fake.borrow_mut().answer(&ask.request, event, ask.job))
}

/// The real screens; only the folder that paths are completed from is invented.
fn factory(subject: Subject) -> Box<dyn Screen> {
    match subject {
        Subject::Import => Box::new(ImportScreen::with(|dir| {
            let entry = |name: &str, folder| Entry { name: name.to_owned(), folder };
            if dir.is_empty() { vec![entry("drop", true), entry("odd.csv", false), entry("users.csv", false)] } else { Vec::new() }
        })),
        other => make(other),
    }
}

/// A screen in pictures: one file holds it in black and white at every size, one with what each part was drawn for (its colour, in
/// a terminal that has some). And in plain ASCII nothing but data is beyond it.
macro_rules! pictures {
    ($($name:ident: $keys:expr;)*) => {$(
        #[test]
        fn $name() {
            let draw = |size| {
                let mut at = crate::tui::screen::tests::console(size);
                at.press($keys);
                at
            };
            insta::assert_snapshot!(stringify!($name), crate::tui::screen::tests::at_every_size(draw));
            insta::assert_snapshot!(concat!(stringify!($name), "_roles"), draw((80, 24)).roles());
            crate::tui::screen::tests::in_ascii(draw);
        }
    )*};
}

/// The screen at every size, each under a line that says which.
fn at_every_size(draw: impl Fn((u16, u16)) -> Harness) -> String {
    let picture =
        |size: (u16, u16)| format!("{:-<1$}\n{2}", format!("-- {}x{} ", size.0, size.1), usize::from(size.0), draw(size).screen());
    SIZES.map(picture).concat()
}

/// Every sign of ours has a form in ASCII: what is left beyond it are the letters of names in the data.
#[track_caller]
fn in_ascii(draw: impl Fn((u16, u16)) -> Harness) {
    for size in SIZES {
        let mut at = draw(size);
        at.app().look_mut().ascii = true;
        at.app().dirty();
        at.settle();
        let screen = at.screen();
        let ours = screen.chars().find(|c| !c.is_ascii() && !"áéíóúñëüÁÉ".contains(*c));
        assert_eq!(ours, None, "at {size:?}\n{screen}");
    }
}

mod approvals;
mod beside;
mod by_hand;
mod chosen;
mod mending;
mod sources;

pictures! {
    overview: "";
    schools: "2";
    school_staff: "2 j <Enter>";
    school_uploads: "2 j <Enter> <Tab> <Tab> <Tab> <Tab>";
    school_history: "2 j <Enter> <S-Tab>";
    people: "3";
    people_filtered: "3 / g a r";
    person: "3 <Enter>";
    person_edit: "3 <Enter> e";
    syncs: "4";
    sync_causes: "4 <Enter>";
    sync_error_rows: "4 <Enter> <Tab>";
    sync_dry_run: "4 j <Enter>";
    rows: "4 <Enter> j j <Enter>";
    row_form: "4 <Enter> j j <Enter> <Enter>";
    triage: "5";
    plan: "4 j <Enter> P";
    plan_lines: "4 j <Enter> P <Tab>";
    import: "i";
    profiles: ": p r o f i l e s <Enter>";
    profile: ": p r o f i l e s <Enter> <Enter>";
}

#[test]
fn the_welcome_on_an_empty_database_says_what_to_do() {
    let (mut at, _) = with((80, 24), Fake { empty: true, ..Fake::default() });
    at.see("Welcome to Homeroom").see("homeroom demo").press("i").see("Import");
    at.press("<Esc> 4").see("Nothing was imported yet").press("2").see("No schools are on the roster yet");
    at.press("3").see("Nobody is on the roster here yet").press("5").see("Nothing is open");
}

#[test]
fn small_terminals_can_mend_a_row() {
    for (columns, rows) in [(60, 15), (60, 24), (40, 10)] {
        let mut at = console((columns, rows));
        at.press("4 <Enter> j j <Enter> <Enter>");
        insta::assert_snapshot!(format!("row_form_{columns}x{rows}"), at.screen());
        at.type_text("O'Brien").press("<C-s>").see("O'Brien");
    }
}

#[test]
fn the_main_job_by_keys() {
    let mut at = console((80, 24));
    at.press("4 <Enter>").see("last_name is empty").see("14");
    at.press("j j <Enter>").see("(empty)").see("maria.obrien");
    at.press("<Enter>").see("row 1 of 3").see("VAL-201");
    // Checked as it is typed: the finding goes with the first letter.
    at.type_text("O").miss("VAL-201").see("would go through");
    at.type_text("'Brien").press("<Enter>").see("row 2 of 3").see("Zoë⟨200B⟩");
    at.asked();
    at.press("<Right> <Enter>").see("row 3 of 3");
    let fixed: Vec<Request> = at.asked().into_iter().filter(|r| matches!(r, Request::Fix { .. })).collect();
    assert!(
        matches!(&fixed[..], [Request::Fix { cells, .. }] if cells[..] == [("last_name".to_owned(), "Nguyen".to_owned())]),
        "{fixed:?}"
    );
    at.press("<C-y> <Enter>").see("No row of this cause has an error left");
    at.press("R").see("Re-run #48?").see("14 created");
    at.press("y").see("#49").miss("last_name is empty").see("re-run");
}

#[test]
fn what_is_typed_is_not_lost_unasked_and_can_be_put_back() {
    let mut at = console((80, 24));
    at.press("4 <Enter> j j <Enter> <Enter>").type_text("Ob");
    at.press("<Esc>").see("Leave the row without saving").press("n").see("Ob");
    at.press("<C-u>").see("VAL-201").press("<Esc>").see("(empty)");
}

#[test]
fn a_value_that_cannot_be_saved_says_why_and_stays() {
    let mut at = console((80, 24));
    at.press("4 <Enter> j j <Enter> <Enter>").type_text("refuse me").press("<Enter>");
    at.see("Not saved: the value is not allowed. type another").see("refuse me").see("row 1 of 3");
}

#[test]
fn a_check_that_comes_late_does_not_touch_what_was_typed_since() {
    let mut at = console((80, 24));
    at.press("4 <Enter> j j <Enter> <Enter>").hold();
    at.type_text("O'Brien");
    assert_eq!(at.asked().iter().filter(|r| matches!(r, Request::CheckRow { .. })).count(), 1, "one check at a time");
    at.release().see("O'Brien").miss("VAL-201");
    let checks = at.asked();
    assert!(
        matches!(checks.last(), Some(Request::CheckRow { cells, .. }) if cells[0].1 == "O'Brien"),
        "the last state is checked: {checks:?}"
    );
}

#[test]
fn saving_and_staying_stays() {
    let mut at = console((80, 24));
    at.press("4 <Enter> j j <Enter> <Enter>").type_text("X").press("<C-s>").see("Saved").see("row 1 of 3");
    at.press("<Esc>").see("✓ X").press("u").see("Took back: last_name of row 4").see("(empty)");
    at.press("<C-r>").see("✓ X");
}

#[test]
fn going_on_stays_within_the_filtered_rows() {
    let mut at = console((80, 24));
    at.press("4 <Enter> j j <Enter> / a n a @ <Enter>").miss("zoe@").press("<Enter> <Enter>").see("No other row has an error here");
    at.press("<C-y> <Enter>").see("No row of this cause has an error left").see("✓ Diaz");
}

#[test]
fn n_goes_from_one_open_row_to_the_next() {
    let mut at = console((80, 24));
    at.press("4 <Enter> j j <Enter> j <Enter> <C-y> <C-s> <Esc> k").see("‣       4").press("n").see("‣     204");
    at.press("n").see("‣     204").press("N").see("‣       4");
}

#[test]
fn the_rule_of_a_cell_is_one_key_away() {
    let mut at = console((80, 24));
    at.press("4 <Enter> j j <Enter> <Enter> <F1>").see("at most 64 characters").see("VAL-201");
}

#[test]
fn a_cause_that_is_wrong_in_no_one_column_is_mended_row_by_row() {
    console((80, 24)).press("4 <Enter> j T").see("not wrong in one column").press("F").see("not wrong in one column");
}

#[test]
fn an_undo_is_previewed_and_wants_the_number_typed_where_it_is_large() {
    let mut at = console((80, 24));
    at.press("4 G <Enter> U").see("undo of #45").press("P").see("Undo #45?").see("172 records are put back");
    at.asked();
    at.press("y <Enter> <Esc>");
    assert!(at.asked().iter().all(|r| !matches!(r, Request::Undo { dry_run: false, .. })));
}

#[test]
fn only_p_applies_a_plan_never_enter() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("4 j <Enter> P").see("Nothing has been changed yet").see("Grant Elementary");
    at.asked();
    at.press("<Enter>");
    assert!(!at.asked().iter().any(|r| matches!(r, Request::Apply { .. })));
    at.press("<Esc> P").see("Applied as #47");
    assert_eq!(fake.borrow().waiting, Some(SyncStatus::Completed));
}

#[test]
fn abandoning_asks_first() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("4 j <Enter> P X").see("Abandon #47").press("<Enter>");
    assert_eq!(fake.borrow().waiting, None, "no is the default");
    at.press("X y").see("Why?");
    assert_eq!(fake.borrow().waiting, None, "the reason may still be left");
    at.press("<Enter>").see("was abandoned");
    assert_eq!(fake.borrow().waiting, Some(SyncStatus::Abandoned));
}

#[test]
fn a_file_is_looked_at_checked_and_planned() {
    let mut at = console((80, 24));
    at.press("i").see("3 entries").type_text("u").press("<Tab>").see("users.csv");
    at.press("<Enter>").see("as echalk-users").see("María").see("Zoë⟨200B⟩");
    at.press("<Enter>").see("Nothing has been changed yet");
    let imported = at.asked().into_iter().find_map(|r| if let Request::Import(i) = r { Some(i) } else { None }).unwrap();
    assert!(imported.dry_run && imported.profile.is_none());
    assert!(imported.path.starts_with('/') && imported.path.ends_with("/users.csv"), "{}", imported.path);
}

#[test]
fn a_file_that_fits_no_profile_for_sure_wants_one_chosen() {
    let mut at = console((80, 24));
    at.press("i").type_text("odd.csv").press("<Enter>").see("7 of 10").press("<Enter>").see("choose one");
    at.asked();
    at.press("<C-y> <Enter>").see("7 of the 10 needed columns").press("c").see("Nothing has been changed yet");
    assert!(at.asked().iter().any(|r| matches!(r, Request::Import(i) if i.profile.as_deref() == Some("echalk-users"))));
    at.press("<Esc> i").type_text("nowhere.csv").press("<Enter>").see("no such file");
}

#[test]
fn progress_of_the_own_work_stands_on_the_screen() {
    let mut at = console((80, 24));
    at.press("i").type_text("users.csv").press("<Enter>").hold().press("<Enter>");
    at.event(crate::desk::Event::Progress(crate::desk::Progress {
        job: crate::desk::JobNo(1),
        sync: None,
        title: "users.csv".into(),
        step: "checking".into(),
        done: 1200,
        total: 2491,
        rate: 4000.0,
        left: Some(0.3),
    }));
    at.press("<C-l>").see("checking…").see("1,200 of 2,491").see("48 %");
}

#[test]
fn people_open_on_staff_and_tab_goes_on() {
    let mut at = console((80, 24));
    at.press("3").see("[Staff]").see("García, María").miss("Diaz");
    at.press("<Tab>").see("[Students]").see("Diaz, Ana").press("<Tab>").see("No guardians");
    at.press("<Tab>").see("[All]").press("S").see("reversed");
    at.press("s i").see("by ID");
    at.press("/").type_text("mar gar").see("Garcia, Mario").miss("Diaz");
    at.press("<Enter> j").see("filter: mar gar").miss("Diaz").press("<Esc>").see("Diaz");
}

#[test]
fn a_person_is_edited_in_place_and_says_what_cannot_be() {
    let mut at = console((80, 24));
    at.press("3 <Enter>").see("#48 line 1,204").see("by maria").see("History").see("tab shows them");
    at.press("G k").press("e").see("edit");
    at.press("<Esc> g e <Tab> <Tab> <Tab> <Tab> <C-w>").type_text("nonsense").press("<Enter>");
    at.see("! status cannot be \"nonsense\"").see("it is one of active, disabled").see("Not saved").see("nonsense");
    at.press("<C-u> <Tab> <Tab> <C-a> <C-k>").type_text("mg@x.example").press("<Enter>").see("was saved").see("mg@x.example");
}

#[test]
fn going_back_finds_the_list_as_it_was() {
    let mut at = console((80, 24));
    at.press("4 j j <Enter>").see("Held").press("<Esc>").see("#46");
}

#[test]
fn hidden_characters_never_reach_the_terminal_from_any_screen() {
    for keys in ["4", "4 G <Enter>", "4 <Enter> j j <Enter> j", "4 <Enter> j j <Enter> j <Enter>", "1", "i"] {
        let mut at = console((80, 24));
        at.press(keys);
        let screen = at.screen();
        assert!(!screen.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{200b}'), "{keys}:\n{screen}");
    }
    console((80, 24)).press("4 G <Enter>").see("schoology⟨200B⟩␛[31m.csv");
}

#[test]
fn masks_hide_people_on_every_screen() {
    for keys in ["3", "3 <Enter>", "4 <Enter> <Tab>", "4 <Enter> j j <Enter>"] {
        let mut at = console((80, 24));
        at.press(keys).press("m").miss("10008421").miss("García").miss("maria.obrien");
    }
}

#[test]
fn no_screen_breaks_at_any_size() {
    for keys in [
        "1",
        "2",
        "2 j <Enter>",
        "3",
        "3 <Enter>",
        "3 e",
        "4",
        "4 <Enter>",
        "4 <Enter> <Tab>",
        "4 <Enter> <Enter>",
        "4 <Enter> <Enter> <Enter>",
        "4 j <Enter> P",
        "5",
        "i",
    ] {
        let mut at = console((80, 24));
        at.press(keys);
        for (columns, rows) in [(1, 1), (2, 40), (500, 3), (13, 5), (60, 15), (100, 16), (500, 200)] {
            at.resize(columns, rows);
        }
    }
}

#[test]
fn a_report_is_chosen_asked_for_and_saved() {
    let mut at = console((80, 24));
    at.press("4 <Enter> o").see("Report on #48").see("every row with its result");
    at.asked();
    at.press("u").see("sync-48.csv");
    assert!(at.asked().iter().any(|r| matches!(r, Request::Report { format: crate::desk::ReportFormat::UsersErrors, .. })));
}

#[test]
fn a_school_goes_through_its_tabs_and_opens_what_is_in_them() {
    let mut at = console((80, 24));
    at.press("2 j <Enter>").see("File processed with errors").see("[Staff]").press("<Enter>").see("History");
    at.press("<Esc> <Tab>").see("[Students]").see("No students at this school").press("<Tab> <Tab>").see("Algebra 1");
    at.press("<S-Tab> <S-Tab> <S-Tab> <S-Tab>").see("[History]").see("created").press("<Enter>").see("there is no #1");
}

#[test]
fn triage_runs_again_what_was_mended() {
    let mut at = console((80, 24));
    at.press("5 j R").see("no row of this cause is mended yet");
    at.press("<Enter> <Enter> <C-y> <C-s> <Esc> <Esc>").see("[Triage]".trim_matches(['[', ']']));
    at.press("R").see("Re-run #48?").press("y").see("#49");
}

#[test]
fn a_held_sync_says_what_to_do() {
    let mut at = console((80, 24));
    at.press("4 j j <Enter>").see("Held (SAF-501): P shows the plan and approves, X abandons");
    at.press("R").see("it is not applied yet: P applies it");
}

#[test]
fn lost_troubles_are_said() {
    let mut at = console((80, 24));
    at.press(":").type_text("99").press("<Enter>").see("there is no #99");
}

#[test]
fn effects_of_screens_hold_no_terminal() {
    // A screen is a value: it can be made and asked without a console around it.
    let mut screen = make(Subject::Tab(super::Tab::Syncs));
    let effects = screen.open(ratatui::layout::Size::new(80, 20));
    assert!(matches!(effects[..], [Effect::Ask { .. }, Effect::Ask { request: Request::Syncs { .. }, .. }]));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_sequence_of_keys_breaks_anything(
        keys in proptest::collection::vec(proptest::sample::select(KEYS), 1..60),
        size in proptest::sample::select(vec![(80, 24), (60, 15), (120, 40), (20, 4)]),
    ) {
        let mut at = console(size);
        for key in keys {
            if at.ended().is_none() {
                at.press(key);
            }
        }
    }
}

/// What a hand on the keyboard may do; nothing that ends the console at once.
const KEYS: &[&str] = &[
    "<Enter>", "<Enter>", "<Enter>", "<Esc>", "<Tab>", "<S-Tab>", "j", "j", "k", "g", "G", "<C-d>", "<C-u>", "1", "2", "3", "4", "4", "5",
    "/", "a", "z", "n", "N", "s", "S", "e", "u", "<C-r>", "y", "Y", "o", "i", "R", "F", "U", "T", "P", "X", "w", "m", "f", "?", ":",
    "<C-s>", "<C-y>", "t", "V", "r", "<C-t>", "<Right>", "<Left>", "<F1>", "<", ">", "<Up>", "<Down>", "<BS>", "h", "c", "A", "v",
];

#[test]
fn keys_wait_for_the_rows_they_are_meant_for() {
    let mut at = console((80, 24));
    at.hold().press("4 j <Enter> <Enter>").miss("nothing is selected");
    at.release().see("#47 › School 104512 does not exist");
    let mut at = console((80, 24));
    at.hold().press("5 j <Enter>").miss("nothing is open").release().see("last_name is empty");
    // The way out waits for nothing, and forgets what was pressed before it.
    let mut at = console((80, 24));
    at.hold().press("4 j <Enter> <Esc> 1").release().see("‣1 Overview");
    let mut at = console((80, 24));
    at.hold().press("4 / q u i t").release().see("filter: quit");
    assert_eq!(at.ended(), None);
}
