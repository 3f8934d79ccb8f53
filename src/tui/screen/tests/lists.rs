//! What the made-up desk answers about lists, and what keys do on every list.

use super::desk::{Fake, person_row};
use super::{console, factory, with};
use crate::desk::*;
use crate::roster::PersonNo;
use crate::tui::app::Setup;
use crate::tui::harness::{Harness, setup};
use crate::tui::look::Look;
use crate::tui::memory::{Kept, Memory};

/// Answers what is asked of a list beyond a page, by the whole of it.
pub(super) fn answer(listed: &Listed, ask: &mut dyn FnMut(&Request) -> Reply) -> Reply {
    let window = listed.list.window().unwrap_or(Window::ALL);
    let whole = ask(&listed.list.clone().with_window(Window::ALL));
    let whole = match (whole, &listed.sort) {
        (Reply::People(mut page), Some(by)) => {
            page.rows.sort_by_cached_key(|p| match by.column.as_str() {
                "ID" => p.sourced_id.clone(),
                "status" => p.status.name().to_owned(),
                _ => p.name.clone(),
            });
            if by.reverse {
                page.rows.reverse();
            }
            Reply::People(page)
        }
        (Reply::Syncs(mut page), Some(by)) => {
            page.rows.sort_by_key(|s| s.number);
            if !by.reverse {
                page.rows.reverse();
            }
            Reply::Syncs(page)
        }
        (Reply::Schools(mut page), Some(by)) => {
            page.rows.sort_by_key(|s| std::cmp::Reverse(s.students));
            if by.reverse {
                page.rows.reverse();
            }
            Reply::Schools(page)
        }
        (whole, _) => whole,
    };
    match &listed.ask {
        ListAsk::Csv(ids) => {
            let all = whole.ids();
            let lines: Vec<String> = all.iter().filter(|id| ids.is_empty() || ids.contains(id)).map(u64::to_string).collect();
            let (count, lines) = (lines.len() as u64, lines.join("\n"));
            Reply::Output(Output { file_name: "list.csv".into(), bytes: lines.into_bytes(), lines: count, note: String::new() })
        }
        ask => whole.part(window, ask),
    }
}

pub(super) fn edited(fake: &mut Fake, people: &[PersonNo], fields: &[(String, String)], dry_run: bool) -> Reply {
    let (field, value) = &fields[0];
    let rows: Vec<PersonRow> = people.iter().map(|p| person_row(p.0 as usize)).collect();
    let (same, other): (Vec<PersonRow>, Vec<PersonRow>) = rows.into_iter().partition(|p| field == "status" && p.status.name() == value);
    let change = |p: &PersonRow| EditedPerson {
        person: p.number,
        name: p.name.clone(),
        changes: vec![crate::ledger::FieldChange { field: field.clone(), before: p.status.name().into(), after: value.clone() }],
    };
    let changed = other.iter().map(change).collect();
    let mut position = None;
    if !dry_run {
        fake.bulk.push((people.to_vec(), value.clone()));
        position = Some(100 + fake.bulk.len() as u64);
    }
    Reply::EditedPeople(EditedPeople { position, changed, same: same.len() as u64, refused: Vec::new() })
}

pub(super) fn put_back(fake: &mut Fake, position: u64) -> Reply {
    fake.bulk.push((Vec::new(), format!("put back {position}")));
    Reply::PutBack(PutBack { position: Some(100 + fake.bulk.len() as u64), back: 3, left: 0 })
}

/// Every list: the keys to it, and a letter that sorts it by a column.
const LISTS: &[(&str, &str)] = &[
    ("2", "u"),
    ("3", "i"),
    ("4", "f"),
    ("5", "r"),
    ("6", "p"),
    ("2 j <Enter>", "i"),
    ("2 j <Enter> <Tab> <Tab> <Tab>", "s"),
    ("2 j <Enter> <Tab> <Tab> <Tab> <Tab>", "r"),
    ("4 <Enter> <Tab>", "c"),
    ("4 <Enter> j j <Enter>", "e"),
];

#[test]
fn every_list_is_sorted_by_a_letter_turned_round_and_says_so_in_its_head() {
    for (keys, letter) in LISTS {
        let mut at = console((120, 30));
        at.press(keys).press("s").see("Sort by").press(letter).miss("Sort by");
        let signs = |at: &Harness| at.screen().matches(['▴', '▾']).map(str::to_owned).collect::<Vec<String>>();
        let first = signs(&at);
        assert_eq!(first.len(), 1, "{keys}: one column is sorted\n{}", at.screen());
        at.press("S");
        assert_ne!(signs(&at), first, "{keys}: turned round\n{}", at.screen());
        let mut at = Harness::with(Setup { look: Look { ascii: true, ..Look::plain() }, ..setup(factory) }, (120, 30), {
            let mut fake = Fake::default();
            move |ask, event| fake.answer(&ask.request, event, ask.job)
        });
        at.press(keys);
        assert!(!at.screen().contains(['▴', '▾']), "{keys}:\n{}", at.screen());
    }
}

#[test]
fn the_selected_record_stays_through_sort_and_filter_and_comes_back_when_the_filter_goes() {
    let mut at = console((80, 24));
    at.press("3 j").see("‣ Garza, Marisol").press("s i").see("‣ Garza, Marisol").press("S").see("‣ Garza, Marisol");
    at.press("s n / n g u").see("‣ Nguyen").press("<Esc>").see("‣ Garza, Marisol");
    at.press("/ g a r <Enter> g").see("‣ García, María").press("j").see("‣ Garza").press("<Esc>").see("‣ Garza, Marisol");
    at.press("<Enter>").see("History").press("<Esc>").see("‣ Garza, Marisol").press("4 3").see("‣ Garza, Marisol");
}

#[test]
fn marks_are_of_records_not_of_places() {
    let mut at = console((80, 24));
    at.press("3 j <Space>").see("•  Garza").see("1 marked");
    at.press("S").see("•  Garza").press("/ n g u").see("1 marked").miss("Garza").press("<Esc>").see("•  Garza");
    at.press("A").see("5 marked").press("A").miss("marked");
    at.press("g v j j v").see("3 marked").press("<Tab>").miss("marked");
}

#[test]
fn what_is_marked_is_changed_at_once_after_a_preview_and_taken_back_in_one_step() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("3 A e").see("Change 5 people").press("d").see("status becomes \"disabled\" for 4").see("1 have it already");
    at.see("García, María").see("active").see("Nothing has been changed yet");
    at.press("<Enter>");
    assert!(fake.borrow().bulk.is_empty(), "enter applies nothing");
    at.press("X").see("Nobody was changed").press("e d P").see("Changed: status of 4 people");
    assert_eq!(fake.borrow().bulk.len(), 1);
    at.press("u").see("Took back: status of 4 people").press("u").see("nothing was changed from this list yet");
    at.press("<C-r>").see("Did again");
    assert_eq!(fake.borrow().bulk[1].1, "put back 101");
    // Another field: the value is asked for, and who is read-only is told so.
    at.press("e p").see("position; blank clears it").type_text("Librarian").press("<Enter>").see("position becomes \"Librarian\"");
}

#[test]
fn copying_takes_the_marked_rows_and_asks_while_masked() {
    let mut at = console((80, 24));
    at.press("3 y");
    assert_eq!(at.clipboard(), Some("maría@lincoln.example"));
    at.press("<Space> <Space> Y").see("here to copy by hand");
    let copied = at.clipboard().unwrap().to_owned();
    assert_eq!(copied.lines().count(), 2, "{copied}");
    assert!(copied.lines().all(|line| line.split('\t').count() == 7), "{copied}");
    at.press("<Esc> y");
    assert_eq!(at.clipboard().map(|c| c.lines().count()), Some(2), "the main cell of each");
    let before = at.clipboard().unwrap().to_owned();
    at.press("A A m Y").see("Copy personal data?").press("<Enter>");
    assert_eq!(at.clipboard(), Some(before.as_str()), "no is the default");
    at.press("Y y");
    assert_ne!(at.clipboard(), Some(before.as_str()));
}

#[test]
fn export_is_of_what_is_listed_or_marked() {
    for (keys, seen) in [
        ("3 / g a r <Enter> o f", "Write 2 lines to"),
        ("3 <Space> <Space> <Space> o f", "Write 3 lines to"),
        ("2 / h i g h <Enter> o f", "Write 1 lines to"),
        ("4 <Space> o f", "Write 1 lines to"),
        ("4 <Enter> j j <Enter> o", "Write 3 lines to"),
        ("2 j <Enter> <Tab> <Tab> <Tab> / A l g <Enter> o f", "Write 1 lines to"),
    ] {
        let mut at = console((80, 24));
        at.press(keys);
        // A school whose last upload has errors asks first whether report or export is meant.
        assert!(at.screen().contains(seen), "{keys}: {seen}\n{}", at.screen());
    }
    console((80, 24)).press("3 m o f").see("Write a file with personal data?").press("<Enter>").miss("Write 5 lines");
}

#[test]
fn columns_are_chosen_and_remembered_and_so_is_where_one_was() {
    let mut at = console((80, 24));
    at.press("3").see("school  ").press("c j <Space> >").see("[ ] role").press("<Enter>").miss("role  ").see("name▴");
    at.press("s i m 4 / u s e r s <Enter>");
    let memory = at.remembered().unwrap().clone();
    assert_eq!((memory.screen.as_str(), memory.masked), ("syncs", true));
    assert_eq!(memory.lists["people"].off, ["role"]);
    assert_eq!(memory.lists["syncs"].filter, "users");
    let text = toml::to_string(&memory).unwrap();
    assert!(!text.contains("Garc"), "nothing personal: {text}");
    let mut fake = Fake::default();
    let look = Look { masked: memory.masked, ..Look::plain() };
    let mut at =
        Harness::with(Setup { look, memory, ..setup(factory) }, (80, 24), move |ask, event| fake.answer(&ask.request, event, ask.job));
    at.see("‣4 Syncs").see("filter: •••••").press("m j").see("filter: users").press("m").see("hidden");
    at.press("3").miss("role  ").see("by ID").press("c r").see("role  ");
}

#[test]
fn filters_of_people_are_forgotten() {
    let mut at = console((80, 24));
    at.press("3 / g a r <Enter> S");
    let text = toml::to_string(at.remembered().unwrap()).unwrap();
    assert!(!text.contains("gar"), "{text}");
}

#[test]
fn a_number_opens_a_sync_a_line_or_goes_to_a_row() {
    let mut at = console((80, 24));
    at.press("3 :").type_text("3").see("open sync #3").see("go to row 3 of this list").press("<Down> <Enter>").see(" 3/5 ");
    // No sync has that number yet: the row stands first.
    at.press("4 <Enter> j j <Enter> :")
        .type_text("204")
        .see("open line 204 of sync #48")
        .miss("open sync #204")
        .press("<Enter>")
        .see("row 204 of the file");
}

#[test]
fn commands_chosen_last_stand_first_and_those_that_are_off_say_why() {
    let mut at = console((80, 24));
    at.press(":").type_text("reverse").press("<Enter> 3 :").type_text("columns").press("<Enter> <Esc> :");
    let screen = at.screen();
    let first = screen.lines().find(|l| l.contains("│ ‣")).unwrap();
    assert!(first.contains("columns"), "{screen}");
    at.type_text("hold approve").see("apply").see("off: not on this screen");
}

#[test]
fn from_a_hundred_columns_on_the_detail_stands_beside() {
    for keys in ["2", "3", "4", "5", "6", "2 j <Enter>", "2 j <Enter> <Tab> <Tab> <Tab>", "4 <Enter>", "4 <Enter> j j <Enter>"] {
        let beside = |columns| {
            let mut at = console((columns, 30));
            at.press(keys);
            at.screen().contains('│')
        };
        assert!(beside(100), "{keys}");
        assert!(!beside(99), "{keys}");
    }
}

#[test]
fn files_imported_last_and_folders_of_feeds_are_offered() {
    let mut at = console((80, 24));
    at.press("i").type_text("users.csv").press("<Enter> <Enter>").see("Nothing has been changed yet");
    at.press("<Esc> i").see("Imported last").press("<C-o>").see("imported before").see("folder of SIS nightly");
}

/// What tells who somebody is, of all people and rows that the made-up desk knows.
const KNOWN: &[&str] = &[
    "García",
    "Garcia",
    "Garza",
    "Marisol",
    "O'Brien",
    "Nguyen",
    "Diaz",
    "Tanaka",
    "Mario",
    "maria.obrien",
    "@lincoln.example",
    "10008421",
    "10000377",
    "20031177",
    "20019840",
];

#[test]
fn masked_nobody_is_named_on_any_screen_layer_or_line_that_is_said() {
    for keys in [
        "m 1",
        "m 2 j <Enter>",
        "m 2 j <Enter> <Tab> <Tab> <Tab>",
        "m 2 j <Enter> <Tab> <Tab> <Tab> <Enter>",
        "m 3",
        "m 3 / g",
        "m 3 <Enter>",
        "m 3 <Enter> e",
        "m 3 e <C-k> X <Enter>",
        "m 3 e <Tab> <Tab> <Tab> <Tab> <C-w> n o n s e n s e <Enter>",
        "m 3 A e d",
        "m 3 A e d P",
        "m 3 Y y",
        "m 4 <Enter>",
        "m 4 <Enter> <Tab>",
        "m 4 <Enter> <Tab> <Enter>",
        "m 4 <Enter> j j T",
        "m 4 <Enter> j j F",
        "m 4 <Enter> j j T y",
        "m 4 <Enter> j j <Enter>",
        "m 4 <Enter> j j <Enter> F",
        "m 4 <Enter> j j <Enter> <Enter>",
        "m 4 <Enter> j j <Enter> <Enter> <C-y>",
        "m 4 <Enter> j j <Enter> <Enter> <F1>",
        "m 4 <Enter> j j <Enter> <Enter> <C-y> <C-s> <Esc>",
        "m 4 <Enter> U",
        "m 4 j <Enter> P",
        "m 4 j <Enter> P <Tab>",
        "m 4 j j <Enter> P",
        "m 5",
        "m f g a r",
        "m 3 <Enter> G k <Enter>",
    ] {
        for size in [(80, 24), (120, 40)] {
            let mut at = console(size);
            at.press(keys);
            let screen = at.screen();
            for known in KNOWN {
                assert!(!screen.contains(known), "{keys}: {known} can be read\n{screen}");
            }
        }
    }
}

#[test]
fn what_a_list_shows_is_there_unmasked() {
    // The other half of the test above: the names it looks for are on those screens.
    console((120, 40)).press("3").see("García").see("Garza").see("10000377").see("@lincoln.example");
    console((120, 40)).press("4 <Enter> j j <Enter>").see("maria.obrien");
    console((120, 40)).press("4 <Enter> j j T").see("O'Brien");
}

#[test]
fn a_remembered_column_that_is_there_no_more_leaves_the_list_in_its_own_order() {
    let kept = Kept { sort: Some("shoe size".into()), ..Kept::default() };
    let memory = Memory { screen: "people".into(), lists: [("people".to_owned(), kept)].into(), ..Memory::default() };
    let mut fake = Fake::default();
    let mut at = Harness::with(Setup { memory, ..setup(factory) }, (80, 24), move |ask, event| match &ask.request {
        Request::Listed(listed) if listed.sort.is_some() => {
            Reply::Trouble(Trouble::new(TroubleSort::Usage, "This list has no column \"shoe size\" to sort by.", ""))
        }
        other => fake.answer(other, event, ask.job),
    });
    at.see("no column \"shoe size\"").see("García").see("name▴");
    assert!(at.remembered().unwrap().lists["people"].sort.is_none(), "and it is not asked for again");
}
