//! A text file for Prometheus' node exporter (its textfile collector): numbers of each feed, in the text format, written whole.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::desk::{FeedState, FeedStatus, FeedsStatus};
use crate::ledger::Timestamp;

/// A number of a feed; none where there is nothing to say.
type Number = fn(&FeedStatus) -> Option<f64>;

fn seconds(at: Timestamp) -> f64 {
    (at.0 as f64 / 1e6 * 1e3).round() / 1e3
}

fn last(of: fn(&crate::ledger::Sync) -> u64, feed: &FeedStatus) -> Option<f64> {
    feed.last.as_ref().map(|s| of(s) as f64)
}

/// Name, help, and what it is of a feed. Names are public: they only grow.
const METRICS: [(&str, &str, Number); 13] = [
    ("homeroom_feed_state", "How the feed is: 0 fine, 1 errors, 2 held, 3 missing, 4 failed.", |f| Some(f64::from(f.state as u8))),
    ("homeroom_feed_last_sync", "Number of the feed's last sync.", |f| f.last.as_ref().map(|s| f64::from(s.number.0))),
    ("homeroom_feed_last_sync_timestamp_seconds", "When the feed's last sync began.", |f| f.last.as_ref().map(|s| seconds(s.started))),
    ("homeroom_feed_last_success_timestamp_seconds", "When a sync of the feed was last applied.", |f| f.success.map(seconds)),
    ("homeroom_feed_rows", "Rows read by the feed's last sync.", |f| last(|s| s.rows, f)),
    ("homeroom_feed_rows_refused", "Rows of the feed's latest file that are refused as it stands now.", |f| Some(f.errors as f64)),
    ("homeroom_feed_created", "Records created by the feed's last sync.", |f| last(|s| s.counts.total().created, f)),
    ("homeroom_feed_updated", "Records updated by the feed's last sync.", |f| last(|s| s.counts.total().updated, f)),
    ("homeroom_feed_disabled", "Records disabled by the feed's last sync.", |f| last(|s| s.counts.total().disabled, f)),
    ("homeroom_feed_held", "Syncs of the feed that are held.", |f| Some(f.held as f64)),
    ("homeroom_feed_files_waiting", "Files that wait in the feed's folder.", |f| Some(f.waiting as f64)),
    ("homeroom_feed_missing", "Whether a file was expected that did not come.", |f| Some(f64::from(u8::from(f.missing.is_some())))),
    ("homeroom_feed_failed", "Whether the feed's latest file was refused whole, or its folder cannot be used.", |f| {
        Some(f64::from(u8::from(f.state == FeedState::Failed)))
    }),
];

/// The text.
pub fn text(status: &FeedsStatus) -> String {
    let mut out = String::new();
    for (name, help, number) in METRICS {
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge");
        for feed in &status.feeds {
            if let Some(number) = number(feed) {
                let _ = writeln!(out, "{name}{{feed=\"{}\"}} {number}", label(&feed.name));
            }
        }
    }
    let name = "homeroom_status_timestamp_seconds";
    let _ = writeln!(out, "# HELP {name} When this was written.\n# TYPE {name} gauge\n{name} {}", seconds(status.at));
    out
}

/// A label's value: backslash, quote and line end are escaped, as the format wants it.
fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Writes the file under another name and renames it: whoever reads it finds all of it. It names nobody, and everybody may read it: the
/// exporter is another user.
pub fn write(path: &Path, status: &FeedsStatus) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy().into_owned();
    // The collector reads `*.prom` alone; a half one must not end so.
    let aside = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let _ = fs::remove_file(&aside);
    let written = fs::OpenOptions::new().write(true).create_new(true).mode(0o644).open(&aside).and_then(|mut file: File| {
        file.write_all(text(status).as_bytes())?;
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
        file.sync_all()?;
        fs::rename(&aside, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&aside);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status() -> FeedsStatus {
        let feed = FeedStatus {
            name: "odd \"name\"\\\nx".into(),
            state: FeedState::Held,
            text: String::new(),
            last: None,
            success: Some(Timestamp(1_795_313_700_250_000)),
            errors: 7,
            held: 1,
            waiting: 2,
            quarantined: 0,
            expect: "none".into(),
            missing: None,
            next: None,
        };
        FeedsStatus { at: Timestamp(1_795_313_701_000_000), feeds: vec![feed] }
    }

    #[test]
    fn every_line_is_of_the_format() {
        let text = text(&status());
        assert!(text.contains("homeroom_feed_rows_refused{feed=\"odd \\\"name\\\"\\\\\\nx\"} 7\n"), "{text}");
        assert!(text.contains("homeroom_feed_last_success_timestamp_seconds{feed=\"odd \\\"name\\\"\\\\\\nx\"} 1795313700.25\n"), "{text}");
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(value.parse::<f64>().is_ok() && name.starts_with("homeroom_"), "{line}");
        }
        assert!(text.ends_with('\n'));
    }

    #[test]
    fn the_file_is_whole_or_as_it_was_and_all_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("homeroom.prom");
        write(&path, &FeedsStatus::default()).unwrap();
        write(&path, &status()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), text(&status()));
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert!(write(&dir.path().join("none/x.prom"), &status()).is_err());
    }
}
