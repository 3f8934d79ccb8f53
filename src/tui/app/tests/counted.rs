//! Numbers before movements, and the record that stays selected in a list of a million.

use std::cell::Cell;
use std::rc::Rc;

use super::*;

#[test]
fn a_number_goes_before_a_movement_and_the_digits_alone_stay_the_screens() {
    let mut at = console((80, 24));
    at.press("3 ; 1 0").see(";10_").press("j").see(" 11/1,000,000 ").miss(";10_");
    at.press("; 5 G").see(" 5/1,000,000 ").press("' 1 2 0 4 <Enter>").see(" 1,204/1,000,000 ");
    at.press("; 4 k").see(" 1,200/").press("; 9 9 9 9 9 9 9 9 9 9 9 j").see(" 1,000,000/1,000,000 ").press("; 1 g").see(" 1/");
    at.press("; 2 <BS> 3 <C-d>").see(" 28/");
    at.press("; 5 <Space>").see("5 marked").see(" 33/");
    at.press("; 4 <Esc>").miss(";4_").see("‣3 People").press("4").see("‣4 Syncs");
    at.press("; 7 i").see("import takes no number before it").press("; j").see("; begins a number");
}

#[test]
fn palette_and_number_go_to_a_row_of_a_list_that_is_not_here_yet() {
    let mut at = console((80, 24));
    at.press("3 :").type_text("999999").see("go to row 999999").press("<Down> <Enter>").see("García 999998").see(" 999,999/1,000,000 ");
}

#[test]
fn a_record_that_moved_is_found_where_it_stands_now() {
    let moved = Rc::new(Cell::new(0u64));
    let by = Rc::clone(&moved);
    let mut at = Harness::new(factory, (80, 24), move |ask, _| {
        // Somebody came before all others: everybody stands so many lower.
        let by = by.get();
        let shifted = |window: Window| {
            let rows = (window.first..window.first + window.count).map(|at| person((at + TOTAL - by) % TOTAL)).collect();
            Reply::People(Page { first: window.first, total: TOTAL, unfiltered: TOTAL, rows })
        };
        match &ask.request {
            Request::People { window, .. } => shifted(*window),
            Request::Listed(listed) => {
                let ListAsk::Around(id) = listed.ask else { return Reply::Done };
                let at = Some((id + by) % TOTAL);
                Reply::Around { at, page: Box::new(shifted(around(listed.list.window().unwrap(), at))) }
            }
            _ => desk(ask),
        }
    });
    at.press("3 ; 5 0 0 G").see("‣ García 499,").see(" 500/");
    let line = |at: &Harness| at.screen().lines().position(|l| l.contains("‣ García")).unwrap();
    let before = line(&at);
    moved.set(70_000);
    at.event(Event::RosterChanged { position: 9 }).see("‣ García 499,").see(" 70,500/1,000,000 ");
    assert_eq!(line(&at), before, "on the same line of the screen");
    moved.set(70_003);
    at.asked();
    at.event(Event::RosterChanged { position: 10 }).see("‣ García 499,").see(" 70,503/");
    assert!(!at.asked().iter().any(|r| matches!(r, Request::Listed(_))), "what is on the page is not asked for");
}
