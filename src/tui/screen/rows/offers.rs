//! What can be done on the rows of a cause, and why the rest cannot.

use super::Rows;
use crate::desk::RowView;
use crate::tui::command::Command;
use crate::tui::screen::Offer;
use crate::tui::screen::clash::is_about_identity;

impl Rows {
    /// Every command that the screen knows, in the order of the footer.
    pub(super) fn all_offers(&self) -> Vec<Offer> {
        let none = self.list.selected().is_none().then_some("there is no row");
        let busy = self.runs.busy().then_some("work on these rows is under way");
        let (undo, redo) = self.edits.can();
        let all = if self.list.marks().is_empty() { "mend all" } else { "mend marked" };
        let no_column = self.mend.column().is_none().then_some("the rows of this cause are not wrong in one column");
        let identity = |row: &RowView| row.decided.is_some() || row.findings.iter().any(|f| is_about_identity(f.code));
        let no_clash = (!self.list.selected().is_some_and(identity)).then_some("no rows claim the same here");
        let suggested = |row: &RowView| row.cells.iter().any(|c| c.suggestion.is_some() && self.mend.column() == Some(&c.column));
        let no_nearest = (!self.list.rows().any(|(_, row)| suggested(row))).then_some("nothing near these values is known");
        vec![
            Offer::unless(Command::Open, none).called("mend"),
            Offer::unless(Command::Rerun, none.or(busy)),
            Offer::unless(Command::MendAll, none.or(no_column).or(busy)).called(all),
            Offer::unless(Command::TakeNearest, none.or(no_column).or(no_nearest).or(busy)),
            Offer::unless(Command::Add, none.or(self.makes().is_none().then_some("nothing that is missing could be made by hand here"))),
            Offer::unless(Command::Beside, none.or(no_clash)),
            Offer::unless(Command::Person, none.or(self.on_roster().is_none().then_some("its key names nobody on the roster yet"))),
            Offer::on(Command::Filter),
            Offer::on(Command::FilterKeep),
            Offer::unless(Command::Next, none).called("next error").quiet(),
            Offer::unless(Command::Previous, none).called("previous error").quiet(),
            Offer::unless(Command::UndoEdit, (!undo).then_some("nothing was mended here yet")),
            Offer::unless(Command::RedoEdit, (!redo).then_some("nothing was undone")).quiet(),
            Offer::unless(Command::Edit, none).called("mend").quiet(),
            Offer::unless(Command::Mark, none).quiet(),
            Offer::unless(Command::MarkRange, none).quiet(),
            Offer::unless(Command::MarkAll, none).quiet(),
            Offer::unless(Command::Copy, none).quiet(),
            Offer::unless(Command::CopyRow, none).quiet(),
            Offer::unless(Command::Output, none).called("export").quiet(),
            Offer::unless(Command::Sort, none).quiet(),
            Offer::unless(Command::Reverse, none).quiet(),
            Offer::unless(Command::Columns, none).quiet(),
        ]
    }
}
