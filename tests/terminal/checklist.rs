//! What a console must do on a bad line, and which test holds it: every row has one, and every test that is named here is there.

use std::path::Path;

/// Number, requirement, tests. Where a requirement speaks of a tool that cannot be assumed (tmux, tc), its nearest equal is tested.
const ROWS: [(u8, &str, &[&str]); 28] = [
    (
        1,
        "drawn only when something changed; nothing when idle",
        &["idle_is_silent", "nothing_new_is_not_drawn", "nothing_to_draw_waits_for_ever"],
    ),
    (
        2,
        "one write a frame, within a synchronized update",
        &["frames_are_small_enough_for_a_slow_line", "a_frame_is_one_write_whatever_is_flushed_in_between"],
    ),
    (3, "the update is begun unasked and ended on a panic too", &["a_panic_in_any_thread_gives_the_terminal_back_and_says_what_happened"]),
    (
        4,
        "bursts of keys are few frames",
        &["a_burst_of_keys_is_few_frames_and_the_right_row", "a_key_is_drawn_at_once_and_a_held_key_thirty_times_a_second"],
    ),
    (5, "byte budgets of a frame", &["frames_are_small_enough_for_a_slow_line", "the_program_writes_little_and_nothing_when_idle"]),
    (6, "25 KB/s: frames are dropped, not queued", &["on_a_slow_line_frames_are_dropped_and_not_queued"]),
    (
        7,
        "the terminal is asked nothing; answers to others are no keys",
        &["it_enters_without_mouse_and_asks_the_terminal_nothing", "an_answer_to_what_another_program_asked_presses_no_key"],
    ),
    (
        8,
        "a split Esc",
        &[
            "an_arrow_that_came_in_two_pieces_is_an_arrow",
            "brackets_mean_nothing_because_a_slow_line_splits_escape_sequences",
            "back_goes_one_level_and_never_quits",
        ],
    ),
    (
        9,
        "bracketed paste, at most 64 KB, confirms nothing",
        &[
            "a_paste_confirms_nothing_and_quits_nothing",
            "a_paste_that_is_too_large_is_refused_whole",
            "a_paste_whose_beginning_was_split_stays_a_paste",
        ],
    ),
    (
        10,
        "colours as the terminal has them; none under NO_COLOR",
        &[
            "no_color_means_no_colour_and_the_selected_row_is_still_reversed",
            "colours_are_what_the_terminal_has_and_the_operator_wants",
            "a_terminal_that_cannot_be_drawn_on_is_refused_with_a_hint",
            "without_a_terminal_the_program_says_what_works_without_one",
        ],
    ),
    (11, "state never by colour alone", &["without_colour_state_is_told_by_signs_and_words", "mono_has_modifiers_only"]),
    (
        12,
        "legible on a light and on a dark background",
        &["every_role_of_every_theme_can_be_read_on_what_it_is_for", "the_default_sets_no_background_and_no_colour_that_vanishes"],
    ),
    (
        13,
        "copying by OSC 52, within its limit",
        &["a_copy_is_sent_to_the_terminals_clipboard", "what_is_too_long_for_a_terminals_clipboard_is_not_sent"],
    ),
    (14, "no mouse", &["it_enters_without_mouse_and_asks_the_terminal_nothing"]),
    (
        15,
        "any size, and storms of them",
        &[
            "a_storm_of_sizes_ends_in_the_last_one",
            "any_size_and_any_keys_are_survived",
            "no_screen_breaks_at_any_size",
            "small_terminals_keep_working",
        ],
    ),
    (16, "narrow layout", &["narrow_terminals_lose_the_least_important_columns", "small_terminals_can_mend_a_row"]),
    (
        17,
        "suspended as a shell's job",
        &["suspended_it_is_a_shells_job_and_comes_back_whole", "without_a_shell_to_go_back_to_it_does_not_stop"],
    ),
    (
        18,
        "signals give terminal and database back",
        &[
            "signals_give_the_terminal_back_and_end_with_128_and_their_number",
            "the_program_gives_the_terminal_back_and_the_database_on_signals",
        ],
    ),
    (
        19,
        "hung up, with and without SIGHUP: no orphan, no spinning",
        &[
            "a_terminal_that_goes_away_ends_it",
            "a_terminal_that_goes_away_without_a_word_ends_it_and_it_does_not_spin",
            "hung_up_below_a_shell_that_ignores_it_nothing_is_left_behind",
        ],
    ),
    (20, "a panic in any thread restores the terminal", &["a_panic_in_any_thread_gives_the_terminal_back_and_says_what_happened"]),
    (
        21,
        "nothing else writes while the console is up",
        &["quitting_gives_the_terminal_back", "the_program_writes_little_and_nothing_when_idle"],
    ),
    (
        22,
        "text of data never commands the terminal",
        &[
            "nothing_naughty_reaches_the_terminal_as_a_command",
            "no_text_at_all_reaches_the_terminal_as_a_command",
            "nothing_is_left_that_a_terminal_would_obey",
        ],
    ),
    (
        23,
        "hidden characters are shown",
        &["what_hides_is_shown", "nothing_naughty_is_obeyed_hidden_or_wider_than_it_was_measured", "hidden_characters_are_shown_in_cells"],
    ),
    (
        24,
        "wide and combining characters",
        &[
            "a_wide_or_combined_or_right_to_left_name_moves_no_column_and_stays_in_its_order",
            "a_name_that_is_too_wide_is_cut_between_letters_as_people_see_them",
            "cutting_keeps_graphemes_whole",
        ],
    ),
    (25, "right-to-left in the order of the data", &["a_wide_or_combined_or_right_to_left_name_moves_no_column_and_stays_in_its_order"]),
    (26, "very large terminals", &["the_largest_terminal_is_drawn", "any_size_and_any_keys_are_survived"]),
    (
        27,
        "old terminals get ASCII",
        &[
            "what_is_drawn_on_an_old_terminal_is_ascii",
            "on_a_poor_terminal_the_program_writes_ascii_but_for_names",
            "old_terminals_get_ascii_unless_the_locale_says_utf_8",
            "nothing_but_data_is_beyond_ascii_where_that_is_wanted",
        ],
    ),
    (
        28,
        "read-only, with a badge",
        &["read_only_shows_its_badge_and_refuses_what_changes", "read_only_says_so_and_turns_off_what_changes"],
    ),
];

/// The text of every Rust file below a folder.
fn sources(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|e| e == "rs") {
            *text += &std::fs::read_to_string(&path).unwrap();
        }
    }
}

#[test]
fn every_row_of_the_checklist_has_its_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    sources(&root.join("src/tui"), &mut text);
    sources(&root.join("tests"), &mut text);
    for (n, (number, what, tests)) in ROWS.iter().enumerate() {
        assert_eq!(usize::from(*number), n + 1);
        assert!(!tests.is_empty(), "{number} {what}");
        for test in *tests {
            assert!(text.contains(&format!("fn {test}(")), "{number} {what}: there is no test {test}");
        }
    }
}
