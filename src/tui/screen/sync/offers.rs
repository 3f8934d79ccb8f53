//! What can be done on a sync, and why the rest cannot.

use super::{SyncScreen, View};
use crate::desk::SnoozeState;
use crate::ledger::{Severity, SyncKind, SyncStatus};
use crate::tui::command::Command;
use crate::tui::screen::Offer;
use crate::tui::screen::clash::is_about_identity;

impl SyncScreen {
    /// Every command that the screen knows, in the order of the footer.
    pub(super) fn all_offers(&self) -> Vec<Offer> {
        let Some(d) = self.detail.get() else { return Vec::new() };
        let busy = self.runs.busy().then_some("work on this sync is under way");
        let applied = d.sync.status.is_applied();
        let waits = matches!(d.sync.status, SyncStatus::DryRun | SyncStatus::Held);
        let nothing = match self.view {
            View::Causes => self.cause().is_none().then_some("it is about the whole file, not about rows"),
            View::Flat => self.findings.selected().is_none().then_some("there is no row"),
            View::Gone => self.gone().is_none().then_some("nothing was resolved"),
        };
        let rerun = match d.sync.status {
            SyncStatus::DryRun | SyncStatus::Held => Some("it is not applied yet: P applies it"),
            _ if d.upload.as_ref().is_none_or(|u| !u.kept) => Some("its file is not kept"),
            _ => busy,
        };
        let undo = if d.sync.undone_by.is_some() {
            Some("it is undone already")
        } else if applied {
            busy
        } else {
            Some("it changed nothing")
        };
        let not_waiting = (!waits).then_some("it does not wait for anyone");
        let (undoes, redoes) = self.edits.can();
        let no_column = self
            .cause()
            .is_none_or(|c| c.column.is_none() || c.severity < Severity::Error)
            .then_some("the rows of this cause are not wrong in one column");
        let about = self.about_selected();
        let no_cause = self.cause().is_none().then_some("no cause is selected");
        let sleeps = about.and_then(|a| a.snooze.as_ref()).is_some_and(|s| s.state == SnoozeState::Asleep);
        let no_near = (about.is_some_and(|a| a.near.is_empty()) && self.cause().is_some_and(|c| c.value.is_some()))
            .then_some("nothing near this value is known");
        let no_makes = about.is_none_or(|a| a.makes.is_none()).then_some("nothing that is missing could be made by hand here");
        let no_clash = self.cause().is_none_or(|c| !is_about_identity(c.code)).then_some("no rows claim the same here");
        let mut offers = vec![
            Offer::unless(Command::Open, nothing).called(if self.view == View::Flat { "mend" } else { "rows" }),
            Offer::on(Command::NextPane).called(match self.view {
                View::Causes => "error rows",
                View::Flat if self.gone.get().is_some_and(|g| !g.is_empty()) => "resolved",
                View::Flat | View::Gone => "causes",
            }),
        ];
        if waits {
            offers.extend([Offer::unless(Command::Apply, not_waiting).called("plan"), Offer::unless(Command::Abandon, not_waiting)]);
        }
        // What mends stands before what only shows more: the footer is cut at the right.
        offers.extend([
            Offer::unless(Command::MendAll, no_column.or(busy)),
            Offer::unless(Command::TakeNearest, no_column.or(no_near).or(busy)),
            Offer::unless(Command::Rerun, rerun),
            Offer::unless(Command::Undo, undo),
            Offer::on(Command::Output).called("report"),
            Offer::unless(Command::Compare, matches!(d.sync.kind, SyncKind::Undo { .. }).then_some("an undo has no rows of its own")),
        ]);
        if !waits {
            offers.extend([Offer::unless(Command::Apply, not_waiting).quiet(), Offer::unless(Command::Abandon, not_waiting).quiet()]);
        }
        offers.extend([
            Offer::unless(Command::Add, no_cause.or(no_makes)),
            Offer::unless(Command::Beside, no_cause.or(no_clash)),
            Offer::unless(Command::Snooze, no_cause).called(if sleeps { "wake" } else { "snooze" }),
            Offer::unless(Command::UndoEdit, (!undoes).then_some("nothing was mended here yet")).quiet(),
            Offer::unless(Command::RedoEdit, (!redoes).then_some("nothing was undone")).quiet(),
            Offer::unless(Command::Attach, self.attach_off()).quiet(),
            Offer::unless(Command::Remove, self.detach_off()).called("take report away").quiet(),
        ]);
        offers.push(if self.view == View::Flat { Offer::on(Command::Filter) } else { Offer::on(Command::Filter).called("search errors") });
        offers.push(Offer::on(Command::FilterKeep));
        let tree = (self.view != View::Flat).then_some("causes stand by what they clear; tab lists the rows with an error");
        let marks = [Command::Sort, Command::Reverse, Command::Columns, Command::Mark, Command::MarkRange, Command::MarkAll];
        offers.extend(marks.map(|command| Offer::unless(command, tree).quiet()));
        offers.extend([Offer::on(Command::PreviousPane).quiet(), Offer::on(Command::Copy).quiet(), Offer::on(Command::CopyRow).quiet()]);
        offers
    }
}
