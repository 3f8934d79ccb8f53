//! How a feed's drop folder is watched: when a file is expected, and how long one must lie still. Set up by operators; kept in the
//! database beside the feed, so that feeds kept by older builds open as they are.

use std::fmt;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::sync::Timestamp;

/// How a feed is watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedWatch {
    /// When a file is expected; none where nobody waits for one.
    pub expect: Option<Expect>,
    /// Minutes after that moment before a file that did not come is an alarm.
    pub grace: u16,
    /// Seconds that a file must lie still before it is taken, where neither a rename nor a marker says that it is whole.
    pub settle: u16,
    /// Since when a file is expected so: what was due before was never asked for.
    pub since: Timestamp,
}

impl Default for FeedWatch {
    fn default() -> Self {
        Self { expect: None, grace: 30, settle: 60, since: Timestamp(0) }
    }
}

/// When a file is expected: `daily 03:00`, `weekdays 03:00`, `weekly mon 03:00`, each with a zone behind it where that is not the
/// process's own: `daily 03:00 Europe/Vienna`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expect {
    /// On which days.
    pub days: Days,
    /// Minutes since midnight.
    pub minute: u16,
    /// The zone, by its IANA name; that of the process where none is named.
    pub zone: Option<String>,
}

/// On which days a file is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Days {
    /// Every day.
    Daily,
    /// Monday to Friday.
    Weekdays,
    /// Once a week; Monday is 0.
    Weekly(u8),
}

/// A moment for which a file was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The moment.
    pub at: Timestamp,
    /// From when on a file counts for it: half way since the moment before. So one that came late counts for the day it was late on.
    pub from: Timestamp,
}

const DAY_NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// What may be written, for messages.
const FORMS: &str = "write none, daily 03:00, weekdays 03:00 or weekly mon 03:00; a zone may follow: daily 03:00 America/New_York";

impl Expect {
    /// Reads what an operator wrote; `none` and nothing are `None`. The error says what may be written.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        let lower = text.trim().to_lowercase();
        let mut words = lower.split_whitespace();
        let days = match words.next() {
            None | Some("none") => return if words.next().is_none() { Ok(None) } else { Err(FORMS.into()) },
            Some("daily") => Days::Daily,
            Some("weekdays") => Days::Weekdays,
            Some("weekly") => {
                let day = words.next().and_then(|d| DAY_NAMES.iter().position(|n| d.starts_with(n)));
                Days::Weekly(day.ok_or(FORMS)? as u8)
            }
            Some(_) => return Err(FORMS.into()),
        };
        let minute = words.next().and_then(minute).ok_or(FORMS)?;
        // Names of zones have capitals.
        let zone = words.next().and_then(|z| text.split_whitespace().find(|w| w.to_lowercase() == z)).map(str::to_owned);
        if words.next().is_some() {
            return Err(FORMS.into());
        }
        Ok(Some(Self { days, minute, zone }))
    }

    /// The last two moments not after `now`, the later first. None where the calendar has no such days.
    pub fn due(&self, now: Timestamp, zone: &TimeZone) -> Option<[Due; 2]> {
        let mut past = self.moments(now, zone);
        past.retain(|m| *m <= now);
        let [.., c, b, a] = past[..] else { return None };
        let half = |from: Timestamp, to: Timestamp| Timestamp(from.0 + (to.0 - from.0) / 2);
        Some([Due { at: a, from: half(b, a) }, Due { at: b, from: half(c, b) }])
    }

    /// The next moment after `now`.
    pub fn next(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        self.moments(now, zone).into_iter().find(|m| *m > now)
    }

    /// The moments of some weeks around `now`, in order.
    fn moments(&self, now: Timestamp, zone: &TimeZone) -> Vec<Timestamp> {
        let Ok(here) = jiff::Timestamp::from_microsecond(now.0) else { return Vec::new() };
        let mut day = here.to_zoned(zone.clone()).date();
        for _ in 0..24 {
            day = day.yesterday().unwrap_or(day);
        }
        let mut all = Vec::new();
        for _ in 0..34 {
            if self.is_on(day)
                && let Ok(at) = day.at((self.minute / 60) as i8, (self.minute % 60) as i8, 0, 0).to_zoned(zone.clone())
            {
                all.push(Timestamp(at.timestamp().as_microsecond()));
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        all
    }

    fn is_on(&self, day: Date) -> bool {
        match self.days {
            Days::Daily => true,
            Days::Weekdays => !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday),
            Days::Weekly(n) => day.weekday().to_monday_zero_offset() == n as i8,
        }
    }
}

/// `03:00`.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str, most: u16| {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u16>().ok().filter(|n| digits && *n < most)
    };
    (minute.len() == 2).then_some(())?;
    Some(number(hour, 24)? * 60 + number(minute, 60)?)
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.days {
            Days::Daily => f.write_str("daily")?,
            Days::Weekdays => f.write_str("weekdays")?,
            Days::Weekly(n) => write!(f, "weekly {}", DAY_NAMES.get(n as usize).unwrap_or(&"?"))?,
        }
        write!(f, " {:02}:{:02}", self.minute / 60, self.minute % 60)?;
        self.zone.as_ref().map_or(Ok(()), |z| write!(f, " {z}"))
    }
}

impl FeedWatch {
    /// When a file is expected, as it is written.
    pub fn expected(&self) -> String {
        self.expect.as_ref().map_or_else(|| "none".to_owned(), Expect::to_string)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
    }

    fn expect(text: &str) -> Expect {
        Expect::parse(text).unwrap().unwrap()
    }

    #[test]
    fn what_is_written_is_read_and_written_again() {
        for (text, again) in [
            ("daily 03:00", "daily 03:00"),
            (" Daily  3:05 ", "daily 03:05"),
            ("weekdays 23:59 Europe/Vienna", "weekdays 23:59 Europe/Vienna"),
            ("weekly Monday 00:00", "weekly mon 00:00"),
            ("weekly sun 04:30 UTC", "weekly sun 04:30 UTC"),
        ] {
            assert_eq!(expect(text).to_string(), again);
            assert_eq!(expect(again).to_string(), again);
        }
        assert_eq!((Expect::parse("none"), Expect::parse(" ")), (Ok(None), Ok(None)));
        for wrong in
            ["daily", "daily 24:00", "daily 3", "daily 03:60", "daily 03:0", "weekly 03:00", "hourly", "daily 03:00 UTC now", "none 1"]
        {
            assert_eq!(Expect::parse(wrong), Err(FORMS.to_owned()), "{wrong}");
        }
    }

    #[test]
    fn a_file_counts_from_half_way_since_the_moment_before() {
        let [today, yesterday] = expect("daily 03:00").due(at("2026-11-24T06:00:00Z"), &TimeZone::UTC).unwrap();
        assert_eq!((today.at, today.from), (at("2026-11-24T03:00:00Z"), at("2026-11-23T15:00:00Z")));
        assert_eq!((yesterday.at, yesterday.from), (at("2026-11-23T03:00:00Z"), at("2026-11-22T15:00:00Z")));
        assert_eq!(expect("daily 03:00").next(at("2026-11-24T03:00:00Z"), &TimeZone::UTC), Some(at("2026-11-25T03:00:00Z")));
    }

    #[test]
    fn weekends_and_weeks() {
        // 2026-11-23 is a Monday.
        let [monday, friday] = expect("weekdays 03:00").due(at("2026-11-23T04:00:00Z"), &TimeZone::UTC).unwrap();
        assert_eq!((monday.at, friday.at), (at("2026-11-23T03:00:00Z"), at("2026-11-20T03:00:00Z")));
        assert_eq!(monday.from, at("2026-11-21T15:00:00Z"));
        let [this, last] = expect("weekly wed 12:00").due(at("2026-11-24T00:00:00Z"), &TimeZone::UTC).unwrap();
        assert_eq!((this.at, last.at), (at("2026-11-18T12:00:00Z"), at("2026-11-11T12:00:00Z")));
    }

    #[test]
    fn an_hour_that_the_clocks_leave_out_or_repeat_is_one_moment() {
        let vienna = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        // 2026-03-29: 02:00 to 03:00 is not there; 2026-10-25: it is there twice.
        let [spring, _] = expect("daily 02:30").due(at("2026-03-29T12:00:00Z"), &vienna).unwrap();
        assert_eq!(spring.at, at("2026-03-29T01:30:00Z"));
        let [autumn, before] = expect("daily 02:30").due(at("2026-10-25T12:00:00Z"), &vienna).unwrap();
        assert_eq!((autumn.at, before.at), (at("2026-10-25T00:30:00Z"), at("2026-10-24T00:30:00Z")));
    }
}
