//! A snooze: a cause that somebody has seen and does not want to see again before a day, with the reason.
//!
//! It is kept by what the cause is, never by its number: the same cause comes again tomorrow under another.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::sync::{Actor, Timestamp};
use super::{Cause, Code, Finding, Severity, catalogue::Fold};
use crate::roster::FeedNo;

/// What a cause is, over all syncs of a feed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CauseKey {
    /// The feed.
    pub feed: FeedNo,
    /// What its findings are.
    pub code: Code,
    /// The column they are in.
    pub column: Option<String>,
    /// The value they have, where the code folds by value; of what only follows from another cause that other, in words.
    pub value: Option<String>,
}

impl CauseKey {
    /// What a cause of a sync is. `causes` are all of that sync, in which its parent is found: row numbers change from file to file.
    pub fn of(feed: FeedNo, cause: &Cause, causes: &[Cause]) -> Self {
        let parent = cause.parent.filter(|_| cause.code.spec().fold == Fold::Parent);
        let above = parent.and_then(|n| causes.iter().find(|c| c.number == n && c.number != cause.number));
        let value = above.map(|p| {
            let parts = [Some(p.code.name()), p.column.as_deref(), p.value.as_deref()];
            format!("under {}", parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
        });
        Self { feed, code: cause.code, column: cause.column.clone(), value: value.or_else(|| cause.value.clone()) }
    }
}

/// A cause that sleeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze {
    /// Which.
    pub cause: CauseKey,
    /// Its title when it was put to sleep.
    pub title: String,
    /// Its rows then.
    pub rows: u64,
    /// When it wakes.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

impl Snooze {
    /// Whether it sleeps at that time with so many rows: until its date, and while its rows have not grown by half.
    pub fn sleeps(&self, now: Timestamp, rows: u64) -> bool {
        !self.is_over(now) && !self.has_grown(rows)
    }

    /// Whether its date has come.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.until
    }

    /// Whether its rows have grown by half.
    pub fn has_grown(&self, rows: u64) -> bool {
        rows > self.rows && rows * 2 >= self.rows * 3
    }
}

/// How a time to wake is typed.
pub const HOW: &str = "3d, 1w or 2026-12-01";

/// Reads until when a cause is to sleep: `3d`, `1w`, a day as `2026-12-01` (it wakes as that day begins in UTC); a week where nothing is
/// typed.
pub fn until(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    const DAY: i64 = 86_400_000_000;
    let text = text.trim();
    if text.is_empty() {
        return Ok(Timestamp(now.0 + 7 * DAY));
    }
    let wrong = || format!("\"{text}\" is no day: write {HOW}");
    if let Some(days) = text.strip_suffix('d').map(|n| (n, 1)).or_else(|| text.strip_suffix('w').map(|n| (n, 7))) {
        let number: i64 = days.0.trim().parse().map_err(|_| wrong())?;
        let days = number.checked_mul(days.1).filter(|d| (1..=3650).contains(d)).ok_or_else(wrong)?;
        return Ok(Timestamp(now.0 + days * DAY));
    }
    let day: jiff::civil::Date = text.parse().map_err(|_| wrong())?;
    let begins = day.to_zoned(TimeZone::UTC).map_err(|_| wrong())?;
    Ok(Timestamp(begins.timestamp().as_microsecond()))
}

/// A finding that stands for a whole cause, for the catalogue's templates.
pub fn standing_for(cause: &Cause) -> Finding {
    let mut finding = Finding::of_file(cause.code).as_bad_as(cause.severity.max(Severity::Info));
    finding.column.clone_from(&cause.column);
    finding.value.clone_from(&cause.value);
    finding
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snooze(rows: u64) -> Snooze {
        let cause = CauseKey { feed: FeedNo(1), code: Code::VAL_210, column: Some("email".into()), value: None };
        let (title, reason) = ("E-mail not valid".into(), "told the registrar".into());
        Snooze { cause, title, rows, until: Timestamp(100), reason, by: Actor("ana".into()), at: Timestamp(1) }
    }

    #[test]
    fn days_as_they_are_typed() {
        let now = Timestamp(1_795_313_700_000_000);
        let read = |text: &str| until(text, now).map(|t| t.0 - now.0);
        let day = 86_400_000_000;
        assert_eq!([read("3d"), read("1w"), read(""), read(" 2 w")].map(Result::unwrap), [3 * day, 7 * day, 7 * day, 14 * day]);
        // From 2026-11-22 02:15 on.
        assert_eq!(read("2026-12-01").unwrap(), 9 * day - (2 * 3600 + 15 * 60) * 1_000_000);
        assert_eq!(until("1970-01-02", now), Ok(Timestamp(day)), "whether that is over is not asked here");
        for text in ["tomorrow", "0d", "-3d", "9999w", "d", "2026-13-01", "99999999999999999999d"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn it_wakes_by_its_date_or_when_its_rows_have_grown_by_half() {
        for (rows, now, of, sleeps) in [
            (14, 99, 14, true),
            (14, 100, 14, false),
            (14, 50, 20, true),
            (14, 50, 21, false),
            (1, 50, 2, false),
            (1, 50, 1, true),
            (0, 50, 0, true),
        ] {
            assert_eq!(snooze(rows).sleeps(Timestamp(now), of), sleeps, "{rows} rows, then {of} at {now}");
        }
    }
}
