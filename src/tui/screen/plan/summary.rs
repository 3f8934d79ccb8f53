//! A plan at a glance: whether it waits and why, the counts, who would go, what is refused, and each school's share.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::paint::{Paint, piece};
use super::super::words;
use super::shares::Shares;
use crate::desk::SyncDetail;
use crate::ledger::{Code, Finding, HoldNote, Severity, SyncStatus};
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;

/// A line of the summary that Enter opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// Who would be disabled.
    Removals,
    /// The refused rows.
    Refused,
}

/// What can be opened from the summary.
pub(super) fn items(d: &SyncDetail) -> Vec<Item> {
    let removals = (removals(d) > 0).then_some(Item::Removals);
    let refused = (d.sync.rows_with_errors > 0).then_some(Item::Refused);
    removals.into_iter().chain(refused).collect()
}

/// How many records would be disabled: of a hold what waits, else what is counted.
pub(super) fn removals(d: &SyncDetail) -> u64 {
    d.sync.hold.as_ref().map(|h| h.removals).filter(|n| *n > 0).unwrap_or_else(|| d.sync.counts.total().disabled)
}

/// Why it is held, in words and codes: the limits that were passed, or that somebody asked for approval.
pub(super) fn reasons(d: &SyncDetail) -> Vec<(String, &'static str)> {
    let found = d.file_findings.iter().filter(|f| f.severity == Severity::Hold);
    let mut reasons: Vec<(String, &'static str)> = found.map(|f| (words::message(f), f.code.name())).collect();
    let Some(hold) = &d.sync.hold else { return reasons };
    for code in hold.codes.iter().filter_map(|name| Code::from_name(name)) {
        if !reasons.iter().any(|(_, name)| *name == code.name()) {
            reasons.push((Finding::of_file(code).message(), code.name()));
        }
    }
    if reasons.is_empty() {
        reasons.push((String::from("Approval was asked for, by the feed or with the import"), ""));
    }
    reasons
}

/// The plan of a sync that waits, or has waited.
pub(super) struct Summary<'a> {
    /// The sync.
    pub(super) detail: &'a SyncDetail,
    /// Why it is shown again.
    pub(super) notice: Option<&'a str>,
    /// Which of the [`items`] is selected.
    pub(super) selected: usize,
    /// What it does to each school and kind; `None` while that is worked out.
    pub(super) shares: Option<&'a Shares>,
}

impl Summary<'_> {
    pub(super) fn draw(&self, buffer: &mut Buffer, area: Rect, look: &Look) {
        let d = self.detail;
        let mut paint = Paint::new(buffer, area, look);
        if let Some(notice) = self.notice {
            paint.wrapped(1, &format!("{} {notice}", look.glyph(Glyph::Error)), Role::Error, 3);
        }
        let (text, role) = state(d);
        let who = d.upload.as_ref().map(|u| format!("{}, {}", u.by.0, look.when_exactly(u.at))).unwrap_or_default();
        if usize::from(area.width) > text.len() + who.len() + 3 {
            paint.right(1, &who, Role::Dim);
        }
        paint.line(&[piece(text, role)]);
        let waits = matches!(d.sync.status, SyncStatus::DryRun | SyncStatus::Held);
        for (text, code) in reasons(d).into_iter().filter(|_| waits) {
            paint.wrapped(1, &format!("{} {text}  {code}", look.glyph(Glyph::Held)), Role::Held, 2);
        }
        paint.next();
        paint.grid(&d.sync.counts, ["create", "update", "unchanged", "disable", "refuse"]);
        paint.next();
        self.items(&mut paint, look);
        paint.next();
        let Some(shares) = self.shares else {
            return paint.line(&[piece("Working out what it does to each school.", Role::Dim)]);
        };
        if shares.is_empty() {
            return paint.line(&[piece("Nobody and no school would be changed.", Role::Dim)]);
        }
        paint.heading("By school and kind, the biggest share first");
        let rest = paint.rest();
        shares.brief(buffer, rest, look);
    }

    fn items(&self, paint: &mut Paint, look: &Look) {
        let d = self.detail;
        for (n, item) in items(d).into_iter().enumerate() {
            if n == self.selected {
                paint.at(1, &[piece(look.glyph(Glyph::Selected), Role::Accent)]);
            }
            match item {
                Item::Removals => {
                    let who = words::count(removals(d), "record would be disabled", "records would be disabled");
                    paint.at(3, &[piece(who, Role::Held), piece(": the list, who loses most first", Role::Dim)]);
                    paint.next();
                }
                Item::Refused => refused(paint, d),
            }
        }
        if d.sync.rows_with_errors == 0 {
            paint.at(3, &[piece("No row is refused.", Role::Ok)]);
            paint.next();
        }
    }
}

/// Whether anything was changed, and what waits.
fn state(d: &SyncDetail) -> (String, Role) {
    match (d.sync.status, &d.sync.hold) {
        (SyncStatus::DryRun, _) => (String::from("Nothing has been changed yet."), Role::Accent),
        (SyncStatus::Held, Some(HoldNote { removals_only: true, removals, .. })) => {
            (format!("Held: {} wait. The rest is applied.", words::count(*removals, "removal", "removals")), Role::Held)
        }
        (SyncStatus::Held, _) => (String::from("Held: the whole file waits. Nothing of it is applied."), Role::Held),
        _ => (String::from("This does not wait any more."), Role::Accent),
    }
}

/// "21 rows are refused: 18 student code not found, 3 neither e-mail nor phone".
fn refused(paint: &mut Paint, d: &SyncDetail) {
    let causes: Vec<String> = d
        .causes
        .iter()
        .filter(|c| c.severity >= Severity::Error && c.parent.is_none())
        .map(|c| format!("{} {}", number(c.rows), c.title))
        .collect();
    let rows = words::count(d.sync.rows_with_errors, "row is refused", "rows are refused");
    let text = if causes.is_empty() { rows } else { format!("{rows}: {}", causes.join(", ")) };
    paint.wrapped(3, &text, Role::Error, 3);
}
