//! Why records are as they are: their history with the files, lines and corrections that it came from.

use super::HistoryLine;
use super::office::Office;
use crate::feed::Target;
use crate::ledger::{Change, Entry, EntryKind, SyncKind, SyncNo, fields};
use crate::roster::Roster;
use crate::sync::is_active;

impl Office {
    /// A record's history as screens show it, newest first.
    pub(super) fn lines(&self, history: &[(Entry, Change)], roster: &Roster) -> Vec<HistoryLine> {
        let line = |(entry, change): &(Entry, Change)| {
            let (table, before, after) = (change.entity.table, change.before.as_deref(), change.after.as_deref());
            let action = match (entry.kind, before, after) {
                (EntryKind::Undo, ..) => "put back",
                (_, None, _) => "created",
                (_, _, None) => "removed",
                (EntryKind::Edit, ..) => "edited by hand",
                (EntryKind::Sync, Some(b), Some(a)) if change.record == 0 && is_active(table, b) && !is_active(table, a) => "disabled",
                _ => "updated",
            };
            let changes = if before.is_none() { Vec::new() } else { fields::differences(table, before, after, roster) };
            HistoryLine {
                position: entry.position,
                sync: entry.sync,
                feed: if entry.kind == EntryKind::Edit { String::new() } else { self.feed_name(entry.feed) },
                at: entry.at,
                by: entry.by.0.clone(),
                line: change.line,
                action: action.to_owned(),
                changes,
                file: entry.sync.map(|s| self.file_of(s)).unwrap_or_default(),
                corrected: entry.sync.map(|s| self.corrected_fields(s, change.record)).unwrap_or_default(),
            }
        };
        history.iter().rev().map(line).collect()
    }

    /// The file of a sync; empty where it is not known any more.
    pub(super) fn file_of(&self, sync: SyncNo) -> String {
        self.store.sync(sync).ok().flatten().map(|s| s.file).unwrap_or_default()
    }

    /// The fields of a record that a row brought with a correction laid over it. What cannot be read any more is nothing.
    fn corrected_fields(&self, sync: SyncNo, record: u32) -> Vec<String> {
        let Some(sync) = self.store.sync(sync).ok().flatten().filter(|s| record > 0 && !matches!(s.kind, SyncKind::Undo { .. })) else {
            return Vec::new();
        };
        let Some(profile) = self.profiles.get(&sync.profile) else { return Vec::new() };
        let taken_up = self.taken_up(&sync).unwrap_or_default();
        let of_row = taken_up.iter().filter(|c| c.record == record);
        let to = of_row.filter_map(|c| profile.column(&c.column)).map(|i| profile.columns[i].to);
        to.filter_map(field).map(str::to_owned).collect()
    }
}

/// The name of the field that a column goes to.
fn field(target: Target) -> Option<&'static str> {
    match target {
        Target::Person(f) => Some(f.name()),
        Target::Org(f) => Some(f.name()),
        Target::Course(f) => Some(f.name()),
        Target::Class(f) => Some(f.name()),
        Target::Enrollment(f) => Some(f.name()),
        Target::Link(f) => Some(f.name()),
        Target::Teacher | Target::Action | Target::Agents | Target::Nowhere => None,
    }
}
