//! Why a field has the value it has: its values over time, read off a record's history.

use super::HistoryLine;

/// One value that a field had.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldAt<'h> {
    /// The value; empty where it had none.
    pub value: &'h str,
    /// The entry that gave it.
    pub entry: &'h HistoryLine,
    /// What brought it.
    pub origin: Origin,
}

/// What brought a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A row of a file, as it stood there.
    File,
    /// A row of a file, with a correction laid over this field.
    Correction,
    /// Somebody, by hand: a local fix.
    LocalFix,
    /// An undo, which put back what was before.
    Undo,
    /// The absence from a file that lists everybody.
    Absence,
}

crate::roster::value::named!(Origin {
    File = "file", Correction = "correction", LocalFix = "local_fix", Undo = "undo", Absence = "absence",
});

impl Origin {
    /// In words, as screens say it.
    pub fn words(self) -> &'static str {
        match self {
            Self::File => "from the file",
            Self::Correction => "correction",
            Self::LocalFix => "local fix",
            Self::Undo => "put back by an undo",
            Self::Absence => "not in the file",
        }
    }
}

impl HistoryLine {
    /// What brought a field's value in this entry.
    pub fn origin(&self, field: &str) -> Origin {
        match self.action.as_str() {
            "put back" => Origin::Undo,
            "disabled" => Origin::Absence,
            _ if self.sync.is_none() => Origin::LocalFix,
            _ if self.corrected.iter().any(|c| c == field) => Origin::Correction,
            _ => Origin::File,
        }
    }

    /// Whether the whole record came with this entry: no field was there before it.
    pub fn is_creation(&self) -> bool {
        self.changes.is_empty() && (self.action == "created" || self.action == "put back")
    }
}

/// The values that a field had, newest first; `now` is the one that it has. Values that a creation left blank are not told.
pub fn field_over_time<'h>(history: &'h [HistoryLine], field: &str, now: &'h str) -> Vec<FieldAt<'h>> {
    let mut values = Vec::new();
    let mut value = now;
    for entry in history {
        let at = |value| FieldAt { value, entry, origin: entry.origin(field) };
        if let Some(change) = entry.changes.iter().find(|c| c.field == field) {
            values.push(at(change.after.as_str()));
            value = &change.before;
        } else if entry.is_creation() {
            if !value.is_empty() {
                values.push(at(value));
            }
            value = "";
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{FieldChange, SyncNo, Timestamp};

    fn entry(sync: Option<u32>, action: &str, changes: &[(&str, &str, &str)], corrected: &[&str]) -> HistoryLine {
        let change = |(f, b, a): &(&str, &str, &str)| FieldChange { field: (*f).into(), before: (*b).into(), after: (*a).into() };
        HistoryLine {
            position: 1,
            sync: sync.map(SyncNo),
            feed: String::new(),
            at: Timestamp(0),
            by: "ana".into(),
            line: 2,
            action: action.into(),
            changes: changes.iter().map(change).collect(),
            file: "users.csv".into(),
            corrected: corrected.iter().map(|c| (*c).to_owned()).collect(),
        }
    }

    #[test]
    fn a_field_is_told_from_its_last_value_to_its_first() {
        let history = [
            entry(None, "edited by hand", &[("email", "b@x.example", "c@x.example")], &[]),
            entry(Some(3), "updated", &[("grade", "03", "04")], &[]),
            entry(Some(2), "updated", &[("email", "a@x.example", "b@x.example")], &["email"]),
            entry(Some(1), "created", &[], &[]),
        ];
        let said = |field: &str, now: &str| -> Vec<String> {
            field_over_time(&history, field, now).iter().map(|v| format!("{} {:?}", v.value, v.origin)).collect()
        };
        assert_eq!(said("email", "c@x.example"), ["c@x.example LocalFix", "b@x.example Correction", "a@x.example File"]);
        assert_eq!(said("grade", "04"), ["04 File", "03 File"]);
        assert_eq!(said("given_name", "Ana"), ["Ana File"], "never changed since it was made");
        assert_eq!(said("phone", ""), [""; 0], "it never had a value");
    }
}
