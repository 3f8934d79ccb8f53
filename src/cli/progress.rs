//! How far long work is: a bar on standard error, and a way to stop the work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::low_level::unregister;
use signal_hook::{SigId, flag};

use super::table::{cut, number};
use crate::desk::Progress;
use crate::report::visible;

/// Work that takes no longer shows no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// The bar. It draws nothing until the work has taken a while, and clears itself away.
pub(super) struct Bar {
    since: Instant,
    drawn: Option<ProgressBar>,
    wanted: bool,
}

impl Bar {
    pub(super) fn new(wanted: bool) -> Self {
        Self { since: Instant::now(), drawn: None, wanted }
    }

    pub(super) fn show(&mut self, p: &Progress) {
        if !self.wanted || self.drawn.is_none() && self.since.elapsed() < PATIENCE {
            return;
        }
        let bar = self.drawn.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            if let Ok(style) = ProgressStyle::with_template("{prefix} [{bar:10}] {wide_msg}") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        });
        bar.set_prefix(format!("{} {}", cut(&visible(&p.title), 16), p.step));
        bar.set_message(words(p));
        bar.set_length(p.total.max(1));
        bar.set_position(p.done.min(p.total));
    }

    /// Says something without the bar running into it.
    pub(super) fn aside(&self, say: impl FnOnce() -> std::io::Result<()>) -> std::io::Result<()> {
        match &self.drawn {
            Some(bar) => bar.suspend(say),
            None => say(),
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.drawn {
            bar.finish_and_clear();
        }
    }
}

/// `412,000 of 1,000,000, 510,000/s, 1 s left`.
fn words(p: &Progress) -> String {
    let mut out = number(p.done);
    if p.total > 0 {
        out = format!("{out} of {}", number(p.total));
    }
    if p.rate >= 1.0 {
        out = format!("{out}, {}/s", number(p.rate as u64));
    }
    match p.left {
        Some(left) if left.is_finite() => format!("{out}, {} s left", number(left.max(0.0).ceil() as u64)),
        _ => out,
    }
}

/// Turns Ctrl-C and the polite signals into a wish to stop, while work runs. A second one ends the process at once; the store
/// survives that. Outside work a signal does what it always does.
pub(super) struct Interrupt {
    wished: Arc<AtomicBool>,
    by_default: Arc<AtomicBool>,
    registered: Vec<SigId>,
}

impl Interrupt {
    pub(super) fn catch() -> std::io::Result<Self> {
        let mut this = Self { wished: Arc::default(), by_default: Arc::new(AtomicBool::new(true)), registered: Vec::new() };
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // In this order: during work the first signal finds `by_default` unset, and sets it for the second.
            this.registered.push(flag::register_conditional_default(signal, Arc::clone(&this.by_default))?);
            this.registered.push(flag::register(signal, Arc::clone(&this.by_default))?);
            this.registered.push(flag::register(signal, Arc::clone(&this.wished))?);
        }
        Ok(this)
    }

    /// Says whether work runs.
    pub(super) fn during_work(&self, work: bool) {
        self.by_default.store(!work || self.is_wished(), Ordering::Relaxed);
    }

    pub(super) fn is_wished(&self) -> bool {
        self.wished.load(Ordering::Relaxed)
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        for id in self.registered.drain(..) {
            unregister(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::JobNo;

    #[test]
    fn progress_in_words() {
        let mut p = Progress {
            job: JobNo(1),
            sync: None,
            title: "users.csv".into(),
            step: "checking".into(),
            done: 412_000,
            total: 1_000_000,
            rate: 510_000.4,
            left: Some(1.15),
        };
        assert_eq!(words(&p), "412,000 of 1,000,000, 510,000/s, 2 s left");
        (p.total, p.rate, p.left) = (0, 0.0, None);
        assert_eq!(words(&p), "412,000");
    }
}
