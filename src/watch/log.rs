//! Lines of the log. Where standard error is the journal they carry its priorities, as sd-daemon(3) has them.

use std::ffi::OsStr;

use rustix::fs::fstat;

use crate::desk::{News, NewsSort};
use crate::report::visible;

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something somebody has to look at.
    Error,
    /// Something that may come to that.
    Warning,
    /// Worth knowing.
    Notice,
    /// What went as it should.
    Info,
}

impl Level {
    /// Its priority in the journal: syslog's numbers.
    pub fn priority(self) -> u8 {
        match self {
            Self::Error => 3,
            Self::Warning => 4,
            Self::Notice => 5,
            Self::Info => 6,
        }
    }

    /// How much news matter.
    pub fn of(news: &News) -> Self {
        match news.event {
            NewsSort::Failed | NewsSort::Missing => Self::Error,
            NewsSort::Held | NewsSort::Errors => Self::Warning,
            NewsSort::Recovered => Self::Notice,
        }
    }
}

/// A line. It has no line ends in it and names nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How much it matters.
    pub level: Level,
    /// What it says.
    pub text: String,
}

impl Line {
    /// A line of that text; what would break it is shown instead.
    pub fn new(level: Level, text: impl AsRef<str>) -> Self {
        Self { level, text: visible(text.as_ref().trim_end()).into_owned() }
    }

    /// A line that only says how it goes.
    pub fn info(text: impl AsRef<str>) -> Self {
        Self::new(Level::Info, text)
    }

    /// As it is written: with its priority in front for the journal.
    pub fn written(&self, for_journal: bool) -> String {
        if for_journal { format!("<{}>{}", self.level.priority(), self.text) } else { self.text.clone() }
    }
}

/// Whether standard error leads to the journal: `$JOURNAL_STREAM` names device and inode of what systemd gave us.
pub fn is_journal(journal_stream: Option<&OsStr>) -> bool {
    let Some((device, inode)) = journal_stream.and_then(OsStr::to_str).and_then(|s| s.split_once(':')) else { return false };
    let here = fstat(std::io::stderr()).ok().map(|s| (s.st_dev.to_string(), s.st_ino.to_string()));
    here.is_some_and(|(d, i)| d == device && i == inode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_are_for_the_journal_alone_and_a_line_stays_one() {
        let line = Line::new(Level::Warning, "daily: odd\nname.csv");
        assert!(!line.text.contains('\n'), "{line:?}");
        assert!(line.written(true).starts_with("<4>daily: odd"));
        assert_eq!(line.written(false), line.text);
        let stat = fstat(std::io::stderr()).unwrap();
        let ours = format!("{}:{}", stat.st_dev, stat.st_ino);
        assert!(is_journal(Some(OsStr::new(&ours))));
        for other in [None, Some(""), Some("1"), Some("0:0"), Some("x:y")] {
            assert!(!is_journal(other.map(OsStr::new)));
        }
    }
}
