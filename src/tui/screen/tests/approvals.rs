//! What waits is decided: plans and holds, their removals, sets of files, accounts that flip.

use super::desk::Fake;
use super::offered::Offered;
use super::{console, with};
use crate::desk::Request;
use crate::ledger::{SyncNo, SyncStatus};

pictures! {
    hold: "1 <Enter>";
    removals: "1 <Enter> <Enter>";
    set: "6 p y";
}

fn flipping(size: (u16, u16)) -> crate::tui::harness::Harness {
    with(size, Fake { offered: Offered { flipping: true, ..Offered::default() }, ..Fake::default() }).0
}

#[test]
fn flips() {
    let draw = |size| {
        let mut at = flipping(size);
        at.press("1 j j <Enter>");
        at
    };
    insta::assert_snapshot!("flips", super::at_every_size(draw));
    insta::assert_snapshot!("flips_roles", draw((80, 24)).roles());
    super::in_ascii(draw);
}

#[test]
fn a_hold_says_why_and_who_would_go() {
    let mut at = console((80, 24));
    at.press("1 <Enter>").see("Held: 212 removals wait. The rest is applied.").see("14 %").see("SAF-501").see("43 % !");
    at.press("<Enter>").see("210 of 480 (43 %)").see("García-López").press("<Enter>").see("History").press("<Esc> <Esc>");
    at.press("j <Enter>").see("last_name");
}

#[test]
fn approving_asks_for_the_number_and_a_reason() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("1 <Enter> P").see("Approve #46").see("212 records will be disabled");
    at.press("<Enter>").press("P y <Esc>");
    assert_eq!(fake.borrow().offered.decided, None, "neither Enter nor y is the number");
    at.press("P 2 1 2 <Enter>").see("Why?").press("<Esc>");
    assert_eq!(fake.borrow().offered.decided, None, "left at the reason");
    at.press("P 2 1 2 <Enter>").type_text("the school closed").press("<Enter>").see("Applied as #46");
    let asked = at.asked();
    let reason =
        asked.iter().find_map(|r| if let Request::Apply { reason, without_removals: false, .. } = r { reason.clone() } else { None });
    assert_eq!(reason.as_deref(), Some("the school closed"));
}

#[test]
fn a_hold_is_abandoned_with_a_reason_that_may_be_empty() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("1 <Enter> X").see("Nobody is disabled").press("y <Enter>").see("#46 was abandoned. Nobody was disabled");
    assert_eq!(fake.borrow().offered.decided, Some(SyncStatus::Abandoned));
    assert!(at.asked().iter().any(|r| matches!(r, Request::Abandon { sync: SyncNo(46), reason: None })));
}

#[test]
fn removals_can_be_left_out_where_anything_else_waits() {
    let mut at = console((80, 24));
    at.press("1 <Enter> W").see("all else is applied already");
    at.press("<Esc> j <Enter>").see("plan of #47").press("W").see("nobody would be disabled");
}

#[test]
fn a_whole_file_that_is_held_is_applied_but_for_its_removals() {
    let (mut at, fake) = with((80, 24), Fake { offered: Offered { whole: true, ..Offered::default() }, ..Fake::default() });
    at.press("1 <Enter>").see("the whole file waits").press("W").see("without its removals?").see("the 212 records stay as they are");
    at.press("y <Enter>").see("Applied as #46");
    assert_eq!(fake.borrow().offered.decided, Some(SyncStatus::Completed));
    assert!(at.asked().iter().any(|r| matches!(r, Request::Apply { without_removals: true, reason: None, .. })));
}

#[test]
fn a_plan_that_moved_is_shown_again_with_the_reason() {
    let (mut at, _) = with((80, 24), Fake { offered: Offered { moved: true, ..Offered::default() }, ..Fake::default() });
    at.press("1 j <Enter> P").press("k").see("The roster or the file has changed since dry run #47").see("Nothing has been changed yet");
    at.press("P").see("Applied as #47");
}

#[test]
fn results_go_out_as_a_table_or_a_workbook() {
    let mut at = console((80, 24));
    at.press("1 <Enter> o").see("every row with its result, Excel").press("x");
    assert!(at.asked().iter().any(|r| matches!(r, Request::Report { xlsx: true, sync: SyncNo(46), .. })));
}

#[test]
fn flips_show_what_the_account_went_through() {
    let mut at = flipping((80, 24));
    at.press("1 j j <Enter>").see("Nguyen, Zoë").see("active → disabled").see("by maria").press("<Enter>").see("History");
    at.press("<Esc> m").miss("Nguyen").see("SIS nightly");
}

#[test]
fn a_bundle_shows_a_line_a_file_and_applies_what_passes_no_limit() {
    let mut at = console((80, 24));
    at.press("i").type_text("users.zip").press("<Enter>").see("as echalk-users").press("<Enter>");
    at.see("3 files").see("orgs.csv").see("classes.csv").see("dry run");
    at.press("j <Enter>").see("plan of #52").press("<Esc>").see("orgs.csv");
    at.asked();
    at.press("P").see("1 file waits for approval");
    let applied: Vec<SyncNo> =
        at.asked().into_iter().filter_map(|r| if let Request::Apply { sync, .. } = r { Some(sync) } else { None }).collect();
    assert_eq!(applied, [SyncNo(51), SyncNo(52)], "in the order they ran; what would be held is looked at first");
    at.press("P").see("what waits passes a limit").press("G <Enter>").see("SAF-501");
}

#[test]
fn dry_runs_of_a_set_are_abandoned_together() {
    let mut at = console((80, 24));
    at.press("i").type_text("users.zip").press("<Enter> <Enter>").asked();
    at.press("X").see("Abandon 3 dry runs?").press("<Enter>");
    assert!(at.asked().is_empty(), "no is the default");
    at.press("X y");
    assert_eq!(at.asked().iter().filter(|r| matches!(r, Request::Abandon { .. })).count(), 3);
}
