//! Where files come from: the import form, feeds and their drop folders, the mapper, the profiles.

use super::desk::Fake;
use super::{console, with};
use crate::desk::Request;
use crate::ledger::{FixPolicy, Mode};
use crate::tui::harness::Harness;

pictures! {
    feeds: "6";
    feed_form: "6 <Enter>";
    feed_form_new: "6 a";
    maps: ": m a p s <Enter>";
    map_form: "i o d d . c s v <Enter> <Tab> <Tab> <Tab> <C-o> b";
    import_choices: "i u s e r s . c s v <Enter> <Tab> <Tab>";
}

fn imported(at: &mut Harness) -> crate::desk::Import {
    at.asked().into_iter().find_map(|r| if let Request::Import(i) = r { Some(i) } else { None }).expect("an import was asked for")
}

#[test]
fn a_file_that_waits_is_chosen_and_brings_its_feed() {
    let mut at = console((80, 24));
    at.press("i").see("2 files wait in drop folders").press("<C-o>").see("users-2026-11-24.csv").press("b");
    at.see("/srv/drop/sis/users-2026-11-24.csv").see("SIS nightly").see("the feed's: full").see("as echalk-users").press("<Enter>");
    let import = imported(&mut at);
    assert_eq!((import.path.as_str(), import.feed.as_deref()), ("/srv/drop/sis/users-2026-11-24.csv", Some("SIS nightly")));
    assert!(import.dry_run && import.mode.is_none() && import.profile.is_none(), "the feed says the rest: {import:?}");
}

#[test]
fn all_that_an_import_can_be_told() {
    let mut at = console((120, 40));
    at.press("i").type_text("users.csv").press("<Enter> <Tab> <Tab>").type_text("echalk-users");
    at.press("<Tab>").type_text("staff-export").see("2 headers to echalk-users");
    at.press("<Tab>").type_text("adams").press("<Right>").see("104112").see("Adams Middle");
    at.press("<Tab> <C-o> b").see("who is not in the file is disabled");
    at.press("<Tab>").type_text("win").press("<C-y> <Tab>").type_text("semicolon").press("<Tab>").type_text("yes").press("<Enter>");
    let import = imported(&mut at);
    assert_eq!(
        (import.profile.as_deref(), import.map.as_deref(), import.org.as_deref(), import.mode, import.hold),
        (Some("echalk-users"), Some("staff-export"), Some("104112"), Some(Mode::Full), true)
    );
    assert_eq!((import.read_as.encoding.as_deref(), import.read_as.delimiter), (Some("windows-1252"), Some(';')));
}

#[test]
fn what_cannot_stand_in_a_field_is_said_before_anything_is_asked() {
    let mut at = console((80, 24));
    at.press("i").type_text("users.csv").press("<Enter> <Tab> <Tab> <Tab> <Tab> <Tab>").type_text("never").press("<Enter>");
    at.see("There is no mode \"never\"");
    assert!(at.asked().iter().all(|r| !matches!(r, Request::Import(_))));
}

#[test]
fn a_full_sync_without_a_kind_wants_their_number_typed() {
    let mut at = console((80, 24));
    at.press("i").type_text("staff-only.csv").press("<Enter> <Enter>").see("without any rows of students").see("1,480").asked();
    at.press("y <Enter>");
    assert!(at.asked().is_empty(), "it is their number that is wanted");
    at.press("<Esc> <Enter>").type_text("1,480").press("<Enter>").see("Nothing has been changed yet");
    let confirmed: Vec<Option<u64>> =
        at.asked().into_iter().filter_map(|r| if let Request::Import(i) = r { Some(i.confirm) } else { None }).collect();
    assert_eq!(confirmed, [None, Some(1480)]);
}

#[test]
fn a_feed_is_set_up_and_what_is_wrong_is_said_at_its_field() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("6 a").see("new feed").press("<Enter>").see("A feed needs a name");
    at.type_text("Guardians").press("<Tab>").type_text("eCh").press("<Right> <Tab> <Tab>").type_text("104521").see("Lincoln High");
    at.press("<Tab> <C-o> b <Tab>").type_text("/nowhere").press("<Tab>").press("<C-w>").type_text("maybe").press("<Enter>");
    at.see("approval: \"maybe\" is not one of the choices");
    at.press("<C-w>").type_text("yes").press("<Tab> <C-w>").type_text("900").press("<Tab>").see("up to 100");
    at.press("<S-Tab> <C-w>").type_text("20").press("<Enter>").see("Not saved: /nowhere is no folder. make it, or give another");
    assert!(fake.borrow().offered.feed.is_none());
    at.press("<S-Tab> <S-Tab> <C-w>").type_text("/srv/in").press("<Enter>").see("The feed Guardians was saved").see("Feeds");
    let fake = fake.borrow();
    let feed = fake.offered.feed.as_ref().unwrap();
    assert_eq!((feed.profile.as_str(), feed.org.as_deref(), feed.mode), ("echalk-users", Some("104521"), Mode::Full));
    assert_eq!((feed.approval, feed.limits.disable, feed.fixes, feed.update_names), (true, 20, FixPolicy::File, true));
}

#[test]
fn a_feed_that_is_there_is_changed_under_its_old_name() {
    let mut at = console((80, 24));
    at.press("6 <Enter>").see("SIS nightly").press("<C-a> <C-k>").type_text("SIS").press("<Enter>").see("The feed SIS was saved");
    assert!(at.asked().iter().any(|r| matches!(r, Request::PutFeed { feed, replaces } if feed.name == "SIS" && feed.main && replaces.as_deref() == Some("SIS nightly"))));
    at.press("<Enter>").type_text("x").press("<Esc>").see("Leave without saving");
}

#[test]
fn a_folder_is_picked_up_after_a_look() {
    let mut at = console((80, 24));
    at.press("6 p").see("Pick up 3 files of SIS nightly?").see("orgs.csv").see("it would be held");
    at.asked();
    at.press("<Enter>");
    assert!(at.asked().iter().all(|r| !matches!(r, Request::PickUp { .. })), "no is the default");
    at.press("p y").see("3 files");
    assert!(at.asked().iter().any(|r| matches!(r, Request::PickUp { dry_run: false, feed } if feed == "SIS nightly")));
    at.press("<Esc> j p").see("it has no folder");
}

#[test]
fn run_now_runs_all_of_the_last_file_again() {
    let mut at = console((80, 24));
    at.press("6 R").see("Run the file of #48 now?").press("y").see("was run as");
    let all = |dry| move |r: &Request| matches!(r, Request::Rerun { all: true, dry_run, .. } if *dry_run == dry);
    let asked = at.asked();
    assert!(asked.iter().any(all(true)) && asked.iter().any(all(false)));
}

#[test]
fn a_feed_is_removed_after_a_question() {
    let mut at = console((80, 24));
    at.press("6 j D").see("Remove the feed Extra staff?").press("<Enter>").see("Extra staff");
    at.press("D y").see("was removed").press("k").miss("Extra staff").press("G D").see("nobody set it up");
}

#[test]
fn headers_are_mapped_from_the_import_form_and_the_mapping_is_taken() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("i").type_text("odd.csv").press("<Enter> <Enter> <C-y> <Enter>").see("7 of the 10 needed columns").press("m");
    at.see("Still missing: first_name, user_type").see("Staff First").see("María, Zoë⟨200B⟩, Ana");
    // The first header that goes nowhere is typed into; right takes the suggested column.
    at.press("<Right>").see("Still missing: user_type").press("<Tab> <Right>").miss("Still missing");
    at.see("2 values are not accepted")
        .press("<Tab> <Tab>")
        .see("user_type: TCHR")
        .press("<Right> <Tab> <Right>")
        .see("every value seen is accepted");
    at.press("<Enter>").see("The mapping odd was saved").see("Import");
    at.press("<Enter>").see("Nothing has been changed yet");
    assert_eq!(imported(&mut at).map.as_deref(), Some("odd"));
    let fake = fake.borrow();
    let map = fake.offered.map.as_ref().unwrap();
    assert_eq!(map.headers, [("Staff First".to_owned(), "first_name".to_owned()), ("Kind".to_owned(), "user_type".to_owned())]);
    assert_eq!(map.values["user_type"]["ADM"], "Administrator");
}

#[test]
fn a_column_that_the_file_lacks_gets_one_value_and_its_field_stays() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press(":").type_text("maps").press("<Enter> a").see("Give a file and a profile");
    at.type_text("nowhere.csv").press("<Tab>").type_text("echalk-users").press("<Tab>").see("no such file");
    at.press("<S-Tab> <S-Tab> <C-a> <C-k>").type_text("staff.csv").press("<Tab> <Tab>").see("Still missing: first_name, user_type");
    at.type_text("staff").press("<S-Tab> <S-Tab> <S-Tab>").see("a value for every row").type_text("Teacher");
    at.see("Still missing: first_name")
        .see("Teacher")
        .press("<Enter>")
        .see("1 needed column is still missing: first_name")
        .press("<Enter>");
    assert!(fake.borrow().offered.map.is_none(), "no is the default");
    at.press("<Enter> y").see("The mapping staff was saved");
    assert_eq!(fake.borrow().offered.map.as_ref().unwrap().constants, [("user_type".to_owned(), "Teacher".to_owned())]);
}

#[test]
fn a_header_is_passed_over_and_another_mapping_is_not_replaced_unasked() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("m 6 <Enter> <Tab> <Tab> <C-o> b").see("Still missing").miss("María").see("Staff First");
    at.type_text("first_name").press("<Tab>").type_text("user_type").press("<Tab>").type_text("-").press("<Tab>").see("the end");
    at.press("<S-Tab> <S-Tab> <S-Tab> <S-Tab> <S-Tab> <C-a> <C-k>").type_text("staff-export").press("<Enter>");
    at.see("would be replaced").press("<Enter>");
    assert!(fake.borrow().offered.map.is_none(), "no is the default");
    at.press("<Enter> y").see("was saved");
    assert!(fake.borrow().offered.map.as_ref().unwrap().headers.contains(&("Room".to_owned(), String::new())));
}

#[test]
fn a_header_that_goes_to_no_column_is_said_and_not_saved() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press(":").type_text("maps").press("<Enter> <Enter>").see("Staff First");
    at.press("<Tab> <Tab> <Tab> <Tab> <C-w>").type_text("nonsense").press("<Enter>").see("no column of the profile");
    assert!(fake.borrow().offered.map.is_none());
    at.press("<Esc>").see("Leave without saving the mapping?");
}

#[test]
fn a_mapping_goes_out_as_a_file_and_is_removed_only_where_no_feed_uses_it() {
    let mut at = console((80, 24));
    at.press(":").type_text("maps").press("<Enter>").see("Staff First → first_name").press("D").see("a feed uses it");
    at.press("o").see("staff-export.toml");
}

#[test]
fn an_empty_file_of_a_profile_is_saved() {
    let mut at = console((80, 24));
    at.press(":").type_text("profiles").press("<Enter> o").see("echalk-users.csv");
    assert!(at.asked().iter().any(|r| matches!(r, Request::Template(name) if name == "echalk-users")));
    at.press("<Esc> <Enter> o").see("echalk-users.csv");
}

#[test]
fn a_feed_on_the_overview_leads_to_what_waits_or_to_its_syncs() {
    let mut at = console((80, 24));
    at.press("1 j j j <Enter>").see("Rows with errors").see("#48").press("<Enter>").see("causes");
    at.press("<Esc> <Esc> j <Enter>").see("plan of #47");
}

#[test]
fn without_a_feed_the_screen_says_how_one_is_made() {
    let (mut at, _) = with((80, 24), Fake { empty: true, ..Fake::default() });
    at.press("6").see("No feed is set up yet").press("p").see("nothing is selected").press("a").see("new feed");
}

#[test]
fn nothing_breaks_at_any_size() {
    for keys in [
        "6",
        "6 <Enter>",
        "6 a",
        ": m a p s <Enter>",
        ": m a p s <Enter> <Enter>",
        "1 <Enter>",
        "1 <Enter> <Enter>",
        "1 j j <Enter>",
        "6 p y",
        "i <Tab>",
    ] {
        let mut at = console((80, 24));
        at.press(keys);
        for (columns, rows) in [(1, 1), (2, 40), (500, 3), (13, 5), (60, 15), (100, 16), (500, 200)] {
            at.resize(columns, rows);
        }
    }
}
