//! Times: UTC and RFC 3339 for programs, local for people; and durations as they are typed.

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::ledger::Timestamp;

/// RFC 3339 in UTC.
pub(super) fn utc(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.0).map(|t| t.to_string()).unwrap_or_default()
}

/// In the operator's zone, to the minute.
pub(super) fn local(at: Timestamp, zone: &TimeZone, format: &str) -> String {
    let Ok(at) = jiff::Timestamp::from_microsecond(at.0) else { return String::new() };
    let at = at.to_zoned(zone.clone());
    jiff::fmt::strtime::format(format, &at).unwrap_or_else(|_| at.datetime().to_string())
}

/// `0.021 s`, `4 min 10 s`.
pub(super) fn seconds(seconds: f64) -> String {
    if seconds < 60.0 { format!("{seconds:.3} s") } else { format!("{} min {} s", seconds as u64 / 60, seconds as u64 % 60) }
}

/// Reads `30s`, `5m`, `2h`, `250ms`, or a number of seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = &text[..text.len() - unit.len()];
    let factor = match unit {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err("write a number and a unit: 30s, 5m, 1h".into()),
    };
    let number: u64 = number.parse().map_err(|_| String::from("write a number and a unit: 30s, 5m, 1h"))?;
    number.checked_mul(factor).map(Duration::from_millis).ok_or_else(|| "too long".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_as_they_are_typed() {
        for (text, millis) in [("30s", 30_000), ("5m", 300_000), ("1h", 3_600_000), ("250ms", 250), ("7", 7_000)] {
            assert_eq!(duration(text).unwrap(), Duration::from_millis(millis));
        }
        for text in ["", "s", "-5s", "5 days", "1.5m", "99999999999999999999s", "18446744073709551615h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn utc_for_programs_and_local_for_people() {
        let at = Timestamp(1_795_313_700_000_000);
        assert_eq!(utc(at), "2026-11-22T02:15:00Z");
        let zone = TimeZone::fixed(jiff::tz::offset(-5));
        assert_eq!(local(at, &zone, "%Y-%m-%d %H:%M"), "2026-11-21 21:15");
    }
}
