//! A sync beside the log: what is known of it besides its row.

use crate::ledger::Sync;
use crate::tui::look::{Look, duration, number};
use crate::tui::screen::paint::{Paint, piece};
use crate::tui::screen::words;
use crate::tui::theme::Role;

/// What is known of a sync besides its row, line by line.
pub fn about(paint: &mut Paint, sync: &Sync, look: &Look) {
    let plain = |text: String| [piece(text, Role::Text)];
    paint.line(&[piece(format!("{} {}", sync.number, words::feed(sync)), Role::Accent)]);
    paint.line(&[piece(sync.status.words(), look.status(sync.status))]);
    if let Some(note) = &sync.note {
        paint.wrapped(1, note, Role::Text, 3);
    }
    paint.next();
    for (label, value) in [
        ("file", sync.file.clone()),
        ("profile", sync.profile.clone()),
        ("type", words::kind(sync)),
        ("mode", sync.mode.to_string()),
        ("school", sync.org.clone().unwrap_or_else(|| String::from("whole district"))),
        ("when", look.moment(sync.started)),
        ("took", sync.seconds().map_or_else(|| String::from("not ended"), duration)),
        ("by", sync.by.0.clone()),
        ("rows", number(sync.rows)),
        ("with errors", number(sync.rows_with_errors)),
        ("warnings", number(sync.warnings)),
    ] {
        paint.labelled(label, 14, &plain(value));
    }
    if let Some(set) = sync.set {
        paint.labelled("set", 14, &plain(format!("the files that began with {set}")));
    }
    if let Some(hold) = &sync.hold {
        paint.labelled("held for", 14, &[piece(hold.codes.join(", "), Role::Held)]);
    }
    if let Some(by) = sync.undone_by {
        paint.labelled("undone by", 14, &plain(by.to_string()));
    }
    paint.next();
    paint.wrapped(1, &words::tally(&sync.counts.total(), words::DONE), Role::Text, 3);
}

/// The sign before the number of a sync that came with others.
pub(super) fn bracket(above: bool, below: bool, ascii: bool) -> &'static str {
    match (above, below, ascii) {
        (false, false, _) => "",
        (false, true, false) => "┌",
        (true, true, false) => "├",
        (true, false, false) => "└",
        (false, true, true) => ",",
        (true, true, true) => "|",
        (true, false, true) => "`",
    }
}
