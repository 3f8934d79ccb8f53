//! When to draw: at once, but never faster than a slow line can follow; progress alone four times a second; a moment later where
//! the reply that will be drawn anyway is on its way. Nothing to draw costs no wake-up.

use std::time::Duration;

use super::app::Paint;

/// Frames of a burst (a key held down) are this far apart: about 30 a second.
const BURST: Duration = Duration::from_millis(33);
/// Progress is drawn this seldom.
const PROGRESS: Duration = Duration::from_millis(250);
/// How long a frame waits for a reply, so that a page is drawn once and not twice.
const REPLY: Duration = Duration::from_millis(4);

/// When frames were drawn. Times are since any fixed moment.
#[derive(Debug, Default)]
pub(super) struct Pace {
    last: Option<Duration>,
    before: Option<Duration>,
    wanted: Option<Duration>,
}

impl Pace {
    /// How long to wait before drawing: zero is now, `None` is until something happens.
    pub(super) fn wait(&mut self, paint: Paint, awaits: bool, now: Duration) -> Option<Duration> {
        let due = match paint {
            Paint::No => {
                self.wanted = None;
                return None;
            }
            Paint::Progress => self.last.map_or(now, |last| last + PROGRESS),
            Paint::Now => {
                let wanted = *self.wanted.get_or_insert(now);
                // Two frames may follow each other at once, as a key and its reply do; a third waits.
                let after_burst = self.before.map_or(now, |before| before + BURST * 2);
                let after_reply = if awaits { wanted + REPLY } else { now };
                after_burst.max(after_reply)
            }
        };
        Some(due.saturating_sub(now))
    }

    /// A frame was drawn.
    pub(super) fn painted(&mut self, now: Duration) {
        self.before = self.last.replace(now);
        self.wanted = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn nothing_to_draw_waits_for_ever() {
        assert_eq!(Pace::default().wait(Paint::No, false, ms(5)), None);
    }

    #[test]
    fn a_key_is_drawn_at_once_and_a_held_key_thirty_times_a_second() {
        let mut pace = Pace::default();
        let mut frames = 0;
        for now in 0..1000 {
            if pace.wait(Paint::Now, false, ms(now)) == Some(Duration::ZERO) {
                assert!(now > 0 || frames == 0);
                frames += 1;
                pace.painted(ms(now));
            }
        }
        assert!((28..=32).contains(&frames), "{frames}");
    }

    #[test]
    fn a_reply_on_its_way_is_waited_for_but_not_for_long() {
        let mut pace = Pace::default();
        assert_eq!(pace.wait(Paint::Now, true, ms(10)), Some(ms(4)));
        assert_eq!(pace.wait(Paint::Now, true, ms(12)), Some(ms(2)));
        assert_eq!(pace.wait(Paint::Now, false, ms(13)), Some(ms(0)), "it came");
        assert_eq!(pace.wait(Paint::Now, true, ms(14)), Some(ms(0)), "it took too long");
    }

    #[test]
    fn progress_is_drawn_four_times_a_second() {
        let mut pace = Pace::default();
        pace.painted(ms(100));
        assert_eq!(pace.wait(Paint::Progress, false, ms(150)), Some(ms(200)));
        assert_eq!(pace.wait(Paint::Progress, false, ms(350)), Some(ms(0)));
    }
}
