//! The corrections that stand, as a short text to paste into a ticket: grouped by what is wrong, the records named by their IDs alone.

use std::fmt::Write;

use super::number;

/// Values that are wrong in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketGroup {
    /// The feed, by name.
    pub feed: String,
    /// What is wrong, in words that hold nobody's own value.
    pub what: String,
    /// The records: kind and key.
    pub records: Vec<(String, String)>,
}

/// Characters of a line at most, where an ID is not longer than that itself.
const WIDTH: usize = 76;

/// The text; says so where nothing stands. Groups come by feed.
pub fn ticket(groups: &[TicketGroup]) -> String {
    let mut text = String::new();
    if groups.is_empty() {
        return "No correction stands: there is nothing to be mended at the source.\n".to_owned();
    }
    text.push_str("Please correct these values at the source. Each is corrected here whenever a file brings it,\nuntil a file brings another value.\n");
    let mut feed = None;
    for group in groups {
        if feed != Some(&group.feed) {
            let all: u64 = groups.iter().filter(|g| g.feed == group.feed).map(|g| g.records.len() as u64).sum();
            let _ = write!(text, "\nFrom {}: {} {}\n", group.feed, number(all), if all == 1 { "value" } else { "values" });
            feed = Some(&group.feed);
        }
        let _ = write!(text, "\n{} ({})\n", group.what, number(group.records.len() as u64));
        let mut kinds: Vec<&str> = group.records.iter().map(|r| r.0.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            let mut line = format!("  {kind}:");
            for (_, key) in group.records.iter().filter(|r| r.0 == kind) {
                if line.len() + key.len() + 2 > WIDTH && line.trim().contains(' ') {
                    text.push_str(line.trim_end());
                    text.push('\n');
                    line = String::from("   ");
                }
                let _ = write!(line, " {key},");
            }
            text.push_str(line.trim_end_matches(','));
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(what: &str, keys: &[&str]) -> TicketGroup {
        let records = keys.iter().map(|k| ("students".to_owned(), (*k).to_owned())).collect();
        TicketGroup { feed: "SIS nightly".into(), what: what.into(), records }
    }

    #[test]
    fn what_is_wrong_comes_once_with_all_records() {
        let text =
            ticket(&[group("grade is \"Kinder\", should be \"KG\"", &["1001", "1002"]), group("email: E-mail not valid", &["1003"])]);
        let expected = "Please correct these values at the source. Each is corrected here whenever a file brings it,\n\
            until a file brings another value.\n\nFrom SIS nightly: 3 values\n\n\
            grade is \"Kinder\", should be \"KG\" (2)\n  students: 1001, 1002\n\nemail: E-mail not valid (1)\n  students: 1003\n";
        assert_eq!(text, expected);
        assert!(ticket(&[]).starts_with("No correction stands"));
    }

    #[test]
    fn long_lists_are_wrapped_and_lose_nobody() {
        let keys: Vec<String> = (0..200).map(|n| format!("2003{n:04}")).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let text = ticket(&[group("status is wrong", &keys)]);
        assert!(text.lines().skip(2).all(|l| l.len() <= WIDTH + 1), "{text}");
        assert!(keys.iter().all(|k| text.contains(k)));
    }
}
