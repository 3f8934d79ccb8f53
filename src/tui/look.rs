//! How things look: theme, glyphs, masks and the clock, handed to every `render`. All text from data passes through here.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::tz::TimeZone;
use ratatui::style::Style;
use ratatui::text::Span;

use super::command::{Command, Keymap};
use super::theme::{Role, Theme};
use super::visible;
use crate::ledger::{Severity, SyncStatus, Timestamp};
pub use crate::report::number;

/// How things look.
#[derive(Clone, Debug)]
pub struct Look {
    /// Styles by role.
    pub theme: Theme,
    /// Only ASCII for our own lines and glyphs.
    pub ascii: bool,
    /// Hide personal data.
    pub masked: bool,
    /// Times are shown in this zone.
    pub zone: TimeZone,
    /// The keys: what a sentence calls a command by, see [`Self::key`].
    pub keys: Arc<Keymap>,
    /// Now, as of the last thing that happened: for "02:15" and "Nov 20".
    pub now: Timestamp,
}

/// Our own signs, each with an ASCII form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// Before the selected row.
    Selected,
    /// Before a marked row.
    Marked,
    /// Between the steps of the path.
    Crumb,
    /// An error.
    Error,
    /// A warning.
    Warning,
    /// Something held.
    Held,
    /// Something that should be there and is not.
    Missing,
    /// A note.
    Note,
    /// Went well.
    Ok,
    /// What follows from the line above.
    Follows,
    /// What would be taken.
    Takes,
    /// Not known, none.
    None,
    /// A line across.
    Across,
    /// A line down.
    Down,
    /// Part of a bar that is full.
    Full,
    /// Part of a bar that is empty.
    Empty,
    /// More to the left or right.
    More,
    /// Between parts of a line.
    Dot,
    /// Sorted from the smallest.
    Rising,
    /// Sorted from the largest.
    Falling,
}

impl Look {
    /// No colour, all glyphs, UTC, at the epoch: what tests use.
    pub fn plain() -> Self {
        Self { theme: Theme::mono(), ascii: false, masked: false, zone: TimeZone::UTC, keys: Arc::default(), now: Timestamp(0) }
    }

    /// The key to name for a command in a sentence: "ctrl-c", or what the operator has put in its place.
    pub fn key(&self, command: Command) -> String {
        self.keys.hint(command)
    }

    /// The same with nothing masked: for what is no personal data, such as commands and paths.
    #[must_use]
    pub fn unmasked(&self) -> Self {
        Self { masked: false, ..self.clone() }
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// Text from data, with no character hidden. What is [veiled](visible::veiled) in it is masked where personal data are.
    pub fn visible<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match visible::unveiled(text, &|personal| self.personal(personal).into_owned()) {
            Cow::Borrowed(text) => visible::visible(text, self.ascii),
            Cow::Owned(text) => Cow::Owned(visible::visible(&text, self.ascii).into_owned()),
        }
    }

    /// Text from data, made visible and cut to so many cells.
    pub fn cut<'a>(&self, text: &'a str, cells: usize) -> Cow<'a, str> {
        match self.visible(text) {
            Cow::Borrowed(text) => visible::cut(text, cells, self.ascii),
            Cow::Owned(text) => Cow::Owned(visible::cut(&text, cells, self.ascii).into_owned()),
        }
    }

    /// A span of text from data, made visible.
    pub fn span<'a>(&self, text: &'a str, role: Role) -> Span<'a> {
        Span::styled(self.visible(text), self.style(role))
    }

    /// Personal data (names, IDs, e-mail, phones): as it is, or with its letters and digits hidden.
    pub fn personal<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if !self.masked {
            return Cow::Borrowed(text);
        }
        let dot = if self.ascii { 'x' } else { '•' };
        Cow::Owned(text.chars().map(|c| if c.is_alphanumeric() { dot } else { c }).collect())
    }

    /// One of our signs.
    pub fn glyph(&self, glyph: Glyph) -> &'static str {
        let (full, ascii) = match glyph {
            Glyph::Selected => ("‣", ">"),
            Glyph::Marked => ("•", "*"),
            Glyph::Crumb => ("›", ">"),
            Glyph::Error => ("!", "!"),
            Glyph::Warning => ("~", "~"),
            Glyph::Held => ("‖", "="),
            Glyph::Missing => ("?", "?"),
            Glyph::Note => ("i", "i"),
            Glyph::Ok => ("✓", "+"),
            Glyph::Follows => ("└", "`"),
            Glyph::Takes => ("→", "->"),
            Glyph::None => ("–", "-"),
            Glyph::Across => ("─", "-"),
            Glyph::Down => ("│", "|"),
            Glyph::Full => ("█", "#"),
            Glyph::Empty => ("░", "."),
            Glyph::More => ("…", "~"),
            Glyph::Dot => ("·", "-"),
            Glyph::Rising => ("▴", "^"),
            Glyph::Falling => ("▾", "v"),
        };
        if self.ascii { ascii } else { full }
    }

    /// Sign and role of a severity.
    pub fn severity(&self, severity: Severity) -> (&'static str, Role) {
        match severity {
            Severity::Refused | Severity::Error => (self.glyph(Glyph::Error), Role::Error),
            Severity::Hold => (self.glyph(Glyph::Held), Role::Held),
            Severity::Warning => (self.glyph(Glyph::Warning), Role::Warning),
            Severity::Info => (self.glyph(Glyph::Note), Role::Dim),
        }
    }

    /// The role of a status.
    pub fn status(&self, status: SyncStatus) -> Role {
        match status {
            SyncStatus::Completed => Role::Ok,
            SyncStatus::CompletedWithErrors | SyncStatus::Failed => Role::Error,
            SyncStatus::Held => Role::Held,
            SyncStatus::DryRun | SyncStatus::InProgress | SyncStatus::Checking => Role::Accent,
            SyncStatus::Staged | SyncStatus::Cancelled | SyncStatus::Abandoned | SyncStatus::Undone => Role::Dim,
        }
    }

    /// A moment in full: "2026-11-22 02:15".
    pub fn moment(&self, at: Timestamp) -> String {
        self.format(at, "%Y-%m-%d %H:%M")
    }

    /// A moment in a list: "02:15" today, "Nov 20" this year, else "2025-11-20".
    pub fn when(&self, at: Timestamp) -> String {
        let (day, today) = (self.format(at, "%Y-%m-%d"), self.format(self.now, "%Y-%m-%d"));
        if day == today {
            self.format(at, "%H:%M")
        } else if day.get(..4) == today.get(..4) {
            self.format(at, "%b %e").replace("  ", " ")
        } else {
            day
        }
    }

    /// The same with the hour: "02:15" today, "Nov 20 02:15" this year, else "2025-11-20 02:15".
    pub fn when_exactly(&self, at: Timestamp) -> String {
        let day = self.when(at);
        let hour = self.format(at, "%H:%M");
        if day == hour { hour } else { format!("{day} {hour}") }
    }

    fn format(&self, at: Timestamp, pattern: &str) -> String {
        jiff::Timestamp::from_microsecond(at.0)
            .map_or_else(|_| String::from("?"), |t| t.to_zoned(self.zone.clone()).strftime(pattern).to_string())
    }
}

/// How long something took, or will take: "under 0.1 s", "0.3 s", "12 s", "4 min".
pub fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 0.05 => String::from("under 0.1 s"),
        s if s < 10.0 => format!("{s:.1} s"),
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_as_short_as_they_can_be() {
        let at = |text: &str| Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_microsecond());
        let look = Look { now: at("2026-11-22T16:42:00Z"), ..Look::plain() };
        assert_eq!(look.when(at("2026-11-22T02:15:00Z")), "02:15");
        assert_eq!(look.when(at("2026-09-03T02:15:00Z")), "Sep 3");
        assert_eq!(look.when(at("2025-11-20T02:15:00Z")), "2025-11-20");
        assert_eq!(look.moment(at("2026-11-20T02:15:00Z")), "2026-11-20 02:15");
    }

    #[test]
    fn masked_data_keeps_its_shape_only() {
        let look = Look { masked: true, ..Look::plain() };
        assert_eq!(look.personal("maria@x.org"), "•••••@•.•••");
        assert_eq!(Look::plain().personal("maria@x.org"), "maria@x.org");
    }
}
