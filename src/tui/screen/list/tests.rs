//! Lists: pages, marks, filters, and the record that stays selected.

use super::*;
use crate::tui::keys::Key;

impl Record for u64 {
    fn id(&self) -> Option<u64> {
        Some(*self)
    }
}

fn list(total: u64, height: u16) -> List<u64> {
    let mut list = List::new(0);
    list.set_height(height);
    answer(&mut list, total);
    list
}

/// Answers what the list asks, if it asks.
fn answer(list: &mut List<u64>, total: u64) -> Option<Window> {
    let mut asked = None;
    let effect = list.fetch(|window, _| {
        asked = Some(window);
        Request::Overview
    })?;
    let (Effect::Ask { token, .. }, Some(window)) = (effect, asked) else { return None };
    list.take(token, page(window, total));
    asked
}

fn page(window: Window, total: u64) -> Page<u64> {
    let end = (window.first + window.count).min(total);
    Page { first: window.first, total, unfiltered: total, rows: (window.first..end).collect() }
}

fn go(list: &mut List<u64>, command: Command) -> Did {
    list.update(&Msg::Command(command))
}

#[test]
fn a_step_within_the_page_asks_nothing() {
    let mut list = list(1000, 10);
    assert_eq!(go(&mut list, Command::Down), Did::Selected);
    assert_eq!(answer(&mut list, 1000), None);
    assert_eq!(list.selected(), Some(&1));
}

#[test]
fn the_last_of_a_million_is_one_question_away_and_the_old_page_stays_until_it_comes() {
    let mut list = list(1_000_000, 10);
    go(&mut list, Command::Last);
    assert_eq!(list.rows().next(), Some((0, &0)), "the old page is still there");
    assert_eq!(list.selected_row(), None);
    assert_eq!(answer(&mut list, 1_000_000), Some(Window { first: 999_980, count: 30 }));
    assert_eq!(list.rows().next(), Some((999_990, &999_990)));
    assert_eq!(list.selected_row(), Some(9));
}

#[test]
fn an_old_reply_is_dropped() {
    let mut list = list(1000, 10);
    list.refresh();
    let first = list.fetch(|_, _| Request::Overview);
    list.refresh();
    let second = list.fetch(|_, _| Request::Overview);
    let (Some(Effect::Ask { token: old, .. }), Some(Effect::Ask { token: new, .. })) = (first, second) else { panic!("both ask") };
    assert!(!list.take(old, page(Window::ALL, 5)));
    assert!(list.take(new, page(Window { first: 0, count: 30 }, 7)));
    assert_eq!(list.total(), 7);
}

#[test]
fn a_list_that_became_shorter_keeps_the_nearest_row() {
    let mut list = list(1000, 10);
    go(&mut list, Command::Last);
    answer(&mut list, 1000);
    list.refresh();
    answer(&mut list, 20);
    assert!(answer(&mut list, 20).is_some(), "where does 999 stand now? Nowhere any more");
    assert_eq!(answer(&mut list, 20), Some(Window { first: 0, count: 30 }), "what it asked for lies behind the new end");
    assert_eq!((list.index(), list.selected()), (19, Some(&19)));
}

#[test]
fn typing_filters_and_back_clears_the_filter_before_it_leaves() {
    let mut list = list(1000, 10);
    go(&mut list, Command::Filter);
    assert_eq!(list.place(), Place::Filter);
    assert_eq!(list.update(&Msg::Key(Key::char('s'))), Did::Changed);
    let mut text = String::new();
    list.fetch(|_, filter| {
        text = filter;
        Request::Overview
    });
    assert_eq!(text, "s");
    go(&mut list, Command::FilterKeep);
    assert_eq!((list.place(), list.status().filter.as_str()), (Place::List, "s"));
    assert_eq!(go(&mut list, Command::Back), Did::Changed);
    assert_eq!(go(&mut list, Command::Back), Did::Nothing);
}

#[test]
fn marks_one_a_range_and_all() {
    let mut list = list(20, 10);
    go(&mut list, Command::Mark);
    assert_eq!((list.index(), list.marks().len()), (1, 1));
    go(&mut list, Command::Down);
    go(&mut list, Command::MarkRange);
    assert_eq!(list.marks().len(), 3);
    go(&mut list, Command::MarkAll);
    assert_eq!(list.status().marked, 20);
    go(&mut list, Command::MarkAll);
    assert_eq!(list.status().marked, 0);
}
