//! One feed in words: what is wrong with it, what waits, and how careful it is.

use super::super::known::mode_words;
use super::super::paint::{Paint, piece};
use super::super::words;
use crate::desk::FeedInfo;
use crate::ledger::{Feed, FixPolicy, HoldLimits};
use crate::tui::look::Look;
use crate::tui::theme::Role;

/// What becomes of local fixes, in words.
pub(in super::super) fn fixes_words(fixes: FixPolicy) -> &'static str {
    match fixes {
        FixPolicy::File => "the file wins over local fixes, and it is said",
        FixPolicy::Keep => "local fixes stay while the file repeats what they replaced",
        FixPolicy::Ask => "held where a local fix would be overwritten",
    }
}

/// "held above 10 % disabled, 75 % changed; from 50 % in error".
fn limits_words(l: &HoldLimits) -> String {
    format!("held above {} % disabled, {} % changed; from {} % of rows in error", l.disable, l.change, l.errors)
}

/// Which files of it, and what they may not change.
fn switches(f: &Feed) -> String {
    let parts = [
        (f.approval, "every plan waits for approval"),
        (!f.update_names, "names of known people stay"),
        (f.update_passwords, "passwords of known people are updated"),
        (f.main, "the main source"),
    ];
    let on: Vec<&str> = parts.into_iter().filter(|(on, _)| *on).map(|(_, text)| text).collect();
    on.join("; ")
}

/// The selected feed, line by line; what wants somebody first.
pub(super) fn about(paint: &mut Paint, f: &FeedInfo, look: &Look) {
    paint.rule(&f.feed.name);
    if let Some(problem) = &f.problem {
        paint.wrapped(1, problem, Role::Error, 2);
    }
    if !f.set_up {
        paint.wrapped(1, "Came to be by an import; nobody set it up. enter does.", Role::Warning, 2);
    }
    let from = 13;
    let folder = f.feed.folder.clone().unwrap_or_else(|| String::from("none: files are imported by hand"));
    paint.labelled_in_full("folder", from, &folder);
    if !f.files.is_empty() {
        let files = words::count(f.files.len() as u64, "file", "files");
        paint.labelled("waiting", from, &[piece(format!("{files}: {}", f.files.join(", ")), Role::Accent)]);
    }
    watched(paint, f, from, look);
    if let Some(last) = &f.last {
        let text = format!("{} {}, {}", last.number, last.status.words().to_lowercase(), look.moment(last.started));
        paint.labelled("last", from, &[piece(text, look.status(last.status))]);
    }
    let map = f.feed.map.as_ref().map(|m| format!(", mapping {m}")).unwrap_or_default();
    let org = f.feed.org.as_ref().map_or_else(|| String::from("whole district"), |org| format!("school {org}"));
    paint.labelled_in_full("profile", from, &format!("{}{map}, {org}", f.feed.profile));
    paint.labelled_in_full("mode", from, &format!("{}: {}", f.feed.mode, mode_words(f.feed.mode)));
    paint.labelled_in_full("limits", from, &limits_words(&f.feed.limits));
    paint.labelled_in_full("fixes", from, fixes_words(f.feed.fixes));
    let switches = switches(&f.feed);
    if !switches.is_empty() {
        paint.labelled_in_full("also", from, &switches);
    }
}

/// What is expected, what did not come, what was put away.
fn watched(paint: &mut Paint, f: &FeedInfo, from: u16, look: &Look) {
    let watch = &f.watch;
    if let Some(due) = watch.missing {
        let text = format!("none came for {}; expected {}", look.moment(due), watch.settings.expected());
        paint.labelled("no file", from, &[piece(text, Role::Error)]);
    } else if watch.settings.expect.is_some() {
        let next = watch.next.map(|at| format!(", next {}", look.moment(at))).unwrap_or_default();
        paint.labelled("expected", from, &[piece(format!("{}{next}", watch.settings.expected()), Role::Text)]);
    }
    let lists = [
        ("being taken", &watch.claimed, Role::Accent),
        ("in failed", &watch.quarantined, Role::Warning),
        ("left alone", &watch.left, Role::Dim),
    ];
    for (what, names, role) in lists {
        if !names.is_empty() {
            paint.labelled(what, from, &[piece(names.join(", "), role)]);
        }
    }
}
