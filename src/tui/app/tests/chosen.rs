//! What the operator chooses: theme, keys, plain ASCII.

use std::sync::Arc;

use super::*;
use crate::tui::rebind::{Binding, rebound};

fn coloured() -> Harness {
    Harness::with(Setup { depth: Depth::Ansi, ..setup(factory) }, (80, 24), |ask, _| desk(ask))
}

/// A console whose `[keys]` says that.
fn with_keys(keys: &[(&str, &[&str])]) -> Harness {
    let bindings: Vec<Binding> = keys
        .iter()
        .map(|(command, keys)| Binding { command: (*command).to_owned(), keys: keys.iter().map(|k| (*k).to_owned()).collect() })
        .collect();
    let keys = Arc::new(rebound(&bindings).unwrap());
    Harness::with(Setup { look: Look { keys, ..Look::plain() }, ..setup(factory) }, (80, 40), |ask, _| desk(ask))
}

#[test]
fn a_theme_is_seen_while_it_is_selected_and_esc_goes_back_to_the_one_before() {
    let mut at = coloured();
    assert!(!at.styled().contains("cyan"));
    at.press(":").type_text("theme").press("<Enter>").see("mono").see("high-contrast").press("j");
    assert!(at.styled().contains("cyan"), "{}", at.styled());
    at.press("j").press("<Esc>").miss("high-contrast");
    assert!(!at.styled().contains("cyan"), "as before");
    assert_eq!(at.app().theme_name(), "mono");
}

#[test]
fn a_theme_is_chosen_by_enter_or_by_its_letter() {
    let mut at = coloured();
    at.press(":").type_text("theme").press("<Enter> j <Enter>");
    assert!(at.styled().contains("cyan"));
    assert_eq!(at.app().theme_name(), "ansi");
    // It opens on the one that holds.
    at.press(":").type_text("theme").press("<Enter>").see("‣ b  ansi").press("a");
    assert!(!at.styled().contains("cyan"));
}

#[test]
fn without_colours_there_are_none_to_choose_and_it_says_why() {
    console((80, 24)).press(":").type_text("theme").press("<Enter>").see("no colours to choose").see("NO_COLOR");
}

#[test]
fn an_own_theme_that_is_wrong_says_where_and_leaves_the_one_before() {
    let themes = vec![("mine".to_owned(), "eror = { bold = true }".to_owned())];
    let mut at = Harness::with(Setup { depth: Depth::Rgb, themes, ..setup(factory) }, (120, 24), |ask, _| desk(ask));
    at.press(":")
        .type_text("theme")
        .press("<Enter>")
        .see("f  mine")
        .press("f")
        .see("themes/mine.toml:1:1: eror")
        .see("did you mean `error`?");
    assert_eq!(at.app().theme_name(), "mono");
}

#[test]
fn a_theme_with_its_own_background_lays_out_the_whole_screen() {
    let theme = Theme::named("high-contrast", Depth::Rgb, &|_| None).unwrap();
    let look = Look { theme, ..Look::plain() };
    let mut at = Harness::with(Setup { look, depth: Depth::Rgb, ..setup(factory) }, (60, 15), |ask, _| desk(ask));
    for keys in ["", "?", "<Esc> <Enter>"] {
        at.press(keys);
        assert!(at.backgrounds().iter().all(|bg| *bg != ratatui::style::Color::Reset), "{keys}\n{}", at.screen());
    }
}

#[test]
fn rebound_keys_act_and_the_old_ones_do_not() {
    let mut at = with_keys(&[("quit", &["ctrl-q", "Z"]), ("down", &["e", "down"]), ("edit", &[])]);
    at.press("e").see("2/1,000,000").press("j").see("j does nothing here").press("<Down>").see("3/1,000,000");
    at.press("q").see("q does nothing here");
    assert_eq!(at.ended(), None);
    at.press("<C-q>");
    assert_eq!(at.ended(), Some(0));
}

#[test]
fn footer_help_palette_and_sentences_show_the_operators_keys() {
    let mut at = with_keys(&[("help", &["H"]), ("palette", &["!", "ctrl-p"]), ("filter", &["ctrl-n"]), ("quit", &["Z"]), ("mask", &[])]);
    at.see("H help  ! palette").see("ctrl-n filter").miss("? help");
    at.press("<Esc>").see("This is the first screen; Z quits");
    at.press("x").see("H shows what does");
    at.press("H").type_text("filter").see("ctrl-n").press("<Esc>");
    at.press("H").see(" Z ").press("<Esc>");
    at.press("!").type_text("filter").see("ctrl-n").press("<Esc>");
    // Without a key it is still a command.
    at.press("!").type_text("mask").press("<Enter>").see("Personal data are hidden; :mask shows them");
}

#[test]
fn a_letter_bound_for_lists_is_typed_in_forms_layers_and_filters() {
    let mut at = with_keys(&[("redraw", &["B", "ctrl-l"]), ("cancel", &["x", "ctrl-c"]), ("suspend", &["Q"])]);
    at.press("/").type_text("BxQ").see("filter: BxQ").press("<Esc>");
    at.press("f").type_text("BxQ").see("Found BxQ").press("<Esc>");
    at.press("<Enter>").type_text("BxQ").see("BxQ");
    assert_eq!(at.ended(), None);
    at.press("<C-c> y <C-c>");
    assert_eq!(at.ended(), Some(0));
}

#[test]
fn nothing_but_data_is_beyond_ascii_where_that_is_wanted() {
    let look = Look { ascii: true, ..Look::plain() };
    let mut at = Harness::with(Setup { look, ..setup(factory) }, (80, 24), |ask, _| desk(ask));
    for keys in ["", "<Space> j", "/ g", "<Enter> f m", "<Esc> ?", "<Esc> :", "<Esc> s", "<Esc> U", "n R", "4 <Enter>", "<Esc> <Esc>", "o"]
    {
        at.press(keys);
        let screen = at.screen();
        let beyond = |c: &char| !c.is_ascii() && !matches!(c, 'í');
        assert_eq!(screen.chars().find(beyond), None, "{keys}\n{screen}");
    }
}
