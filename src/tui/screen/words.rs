//! The words that screens use for what is known: statuses, kinds of sync, roles, numbers.

use crate::ledger::{Cause, Finding, Since, Sync, SyncKind, SyncStatus, Tally};
use crate::roster::Role;
use crate::tui::look::number;
use crate::tui::visible::veiled;

/// A status in one or two words, for a column.
pub fn status(status: SyncStatus) -> &'static str {
    match status {
        SyncStatus::Staged => "staged",
        SyncStatus::Checking => "checking",
        SyncStatus::DryRun => "dry run",
        SyncStatus::Held => "held",
        SyncStatus::InProgress => "running",
        SyncStatus::Completed => "done",
        SyncStatus::CompletedWithErrors => "errors",
        SyncStatus::Failed => "failed",
        SyncStatus::Cancelled => "cancelled",
        SyncStatus::Abandoned => "abandoned",
        SyncStatus::Undone => "undone",
    }
}

/// What started a sync: "import", "re-run of #48".
pub fn kind(sync: &Sync) -> String {
    match sync.kind {
        SyncKind::Import => String::from("import"),
        SyncKind::Rerun { of, all: false } => format!("re-run {of}"),
        SyncKind::Rerun { of, all: true } => format!("re-run {of}, all"),
        SyncKind::Undo { of } => format!("undo {of}"),
    }
}

/// A feed's name, or the profile's where no feed was made.
pub fn feed(sync: &Sync) -> &str {
    if sync.feed_name.is_empty() { &sync.profile } else { &sync.feed_name }
}

/// How long a cause has been with us: "new", "3rd sync".
pub fn since(since: Since) -> String {
    match since {
        Since::New | Since::Syncs(0 | 1) => String::from("new"),
        Since::Syncs(n) => format!("{} sync", ordinal(n)),
    }
}

/// "1st", "2nd", "3rd", "11th".
pub fn ordinal(n: u32) -> String {
    let end = match (n % 100, n % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{n}{end}")
}

/// A role as people say it.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Student => "student",
        Role::Teacher => "teacher",
        Role::Staff => "staff",
        Role::SchoolAdmin => "school admin",
        Role::DistrictAdmin => "district admin",
        Role::Guardian => "guardian",
    }
}

/// "1 row", "1,204 rows".
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// What a finding says, with what it says of somebody [veiled].
pub fn message(finding: &Finding) -> String {
    let of = [finding.value.as_deref(), finding.key.as_deref()].into_iter().flatten();
    veil(finding.message(), of.chain(finding.args.iter().map(|(_, value)| value.as_str())))
}

/// A cause's title; where it is about a column that tells who somebody is, with the value [veiled].
pub fn cause(cause: &Cause) -> String {
    const PERSONAL: [&str; 6] = ["name", "mail", "phone", "sourced_id", "student", "guardian"];
    let column = cause.column.as_deref().unwrap_or_default().to_lowercase();
    let personal = PERSONAL.iter().any(|word| column.contains(word));
    veil(cause.title.clone(), cause.value.as_deref().filter(|_| personal).into_iter())
}

/// The text with each of those values veiled; what is shorter than a name is none.
fn veil<'a>(text: String, values: impl Iterator<Item = &'a str>) -> String {
    const SHORTEST: usize = 3;
    let mut values: Vec<&str> = values.filter(|v| v.chars().count() >= SHORTEST).collect();
    values.sort_by_key(|v| std::cmp::Reverse(v.len()));
    values.dedup();
    let mut done: Vec<&str> = Vec::new();
    values.into_iter().fold(text, |text, value| {
        // A value within one that is veiled already is hidden with it.
        if done.iter().any(|d| d.contains(value)) || !text.contains(value) {
            return text;
        }
        done.push(value);
        text.replace(value, &veiled(value))
    })
}

/// What a tally says in a sentence: "3 created, 11 updated, 4 refused"; "nothing" where all is zero.
pub fn tally(tally: &Tally, verbs: [&str; 5]) -> String {
    let numbers = [tally.created, tally.updated, tally.unchanged, tally.disabled, tally.errors];
    let parts: Vec<String> = numbers
        .iter()
        .zip(verbs)
        .filter(|(n, verb)| **n > 0 && !verb.is_empty())
        .map(|(n, verb)| format!("{} {verb}", number(*n)))
        .collect();
    if parts.is_empty() { String::from("nothing") } else { parts.join(", ") }
}

/// What a sync did: the verbs of [`tally`].
pub const DONE: [&str; 5] = ["created", "updated", "unchanged", "disabled", "refused"];
/// What a plan would do.
pub const WOULD: [&str; 5] = ["to create", "to update", "unchanged", "to disable", "refused"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words() {
        for (n, text) in [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (21, "21st"), (113, "113th")] {
            assert_eq!(ordinal(n), text);
        }
        assert_eq!(since(Since::Syncs(3)), "3rd sync");
        assert_eq!(since(Since::Syncs(1)), "new");
        assert_eq!(count(1, "row", "rows"), "1 row");
        assert_eq!(count(1204, "row", "rows"), "1,204 rows");
        assert_eq!(tally(&Tally { created: 3, errors: 1204, ..Tally::default() }, DONE), "3 created, 1,204 refused");
        assert_eq!(tally(&Tally::default(), DONE), "nothing");
    }
}
