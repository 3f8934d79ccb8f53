//! What lies above the screens, in pictures; and the questions that can be switched off.

use std::cell::RefCell;
use std::rc::Rc;

use super::desk::Fake;
use super::{console, factory};
use crate::desk::Request;
use crate::tui::harness::{Harness, setup};

pictures! {
    layer_help: "4 <Enter> j j <Enter> ?";
    layer_palette: ":";
    layer_palette_searched: ": s y n";
    layer_find: "f g a r";
    layer_confirm: "4 <Enter> j j <Enter> <Enter> X <C-s> <Esc> <Esc> R";
    layer_confirm_number: "4 <Enter> U";
    layer_choose: "3 o";
    layer_prompt: "3 o <Enter>";
    toast: "4 <Enter> x";
}

/// A console that asks nothing that can be undone.
fn unasked() -> Harness {
    let fake = Rc::new(RefCell::new(Fake::default()));
    let mut setup = setup(factory);
    setup.confirm = false;
    Harness::with(setup, (80, 24), move |ask, event| fake.borrow_mut().answer(&ask.request, event, ask.job))
}

#[test]
fn without_confirm_what_can_be_undone_is_not_asked() {
    let mended = "4 <Enter> j j <Enter> <Enter> X <C-s> <Esc> <Esc>";
    let mut asked = console((80, 24));
    asked.press(mended).press("R").see("Re-run #48?");
    let mut at = unasked();
    at.press(mended).press("R").miss("Re-run #48?").see("was re-run as");
    assert!(at.asked().iter().any(|r| matches!(r, Request::Rerun { dry_run: false, .. })));
    // The files that wait in a folder: an import can be undone.
    asked.press("<Esc> 6 p").see("Pick up");
    at.press("6 p").miss("Pick up");
    assert!(at.asked().iter().any(|r| matches!(r, Request::PickUp { dry_run: false, .. })), "{}", at.screen());
}

#[test]
fn without_confirm_what_cannot_be_undone_is_asked_all_the_same() {
    let mut at = unasked();
    at.press("4 <Enter> U").see("Nothing has been changed yet").press("<Esc>");
    at.press("4 g j <Enter> X").see("Abandon #47").press("<Esc>");
    at.press("6 D").see("Remove the feed").press("<Esc>");
    at.press("4 g <Enter> j j <Enter> <Enter> X <Esc>").see("Leave the row without saving").press("<Esc> <Esc> y");
    let changed = |r: &Request| matches!(r, Request::Undo { dry_run: false, .. } | Request::Abandon { .. } | Request::RemoveFeed(_));
    assert!(!at.asked().iter().any(changed));
}
