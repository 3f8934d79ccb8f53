//! How a feed is watched, as `feeds` takes it and shows it.

use super::context::Context;
use crate::desk::FeedInfo;
use crate::ledger::{Expect, FeedWatch};

/// What `--expect` said; clap would take an `Option` for an argument that may be missing.
#[derive(Clone)]
pub(super) struct Expected(pub(super) Option<Expect>);

/// Reads `--expect`.
pub(super) fn expect(text: &str) -> Result<Expected, String> {
    let expect = Expect::parse(text)?;
    match expect.as_ref().and_then(|e| e.zone.as_deref()) {
        Some(zone) if jiff::tz::TimeZone::get(zone).is_err() => {
            Err(format!("there is no time zone {zone}; write one as in America/New_York"))
        }
        _ => Ok(Expected(expect)),
    }
}

/// What watching has to say: only what is set, or there.
pub(super) fn watch_fields(cx: &Context<'_>, info: &FeedInfo) -> Vec<(&'static str, String)> {
    let (watch, usual) = (&info.watch, FeedWatch::default());
    let settings = &watch.settings;
    let mut fields = Vec::new();
    if settings.expect.is_some() {
        fields.push(("expect", settings.expected()));
        fields.push(("grace", format!("{} min", settings.grace)));
        fields.push(("next", watch.next.map(|at| cx.time(at)).unwrap_or_default()));
    }
    if let Some(due) = watch.missing {
        fields.push(("no file", format!("none came for {}", cx.time(due))));
    }
    if settings.settle != usual.settle {
        fields.push(("settle", format!("{} s", settings.settle)));
    }
    let lists = [("claimed", &watch.claimed), ("put into failed", &watch.quarantined), ("left alone", &watch.left)];
    fields.extend(lists.into_iter().filter(|(_, names)| !names.is_empty()).map(|(what, names)| (what, names.join(", "))));
    fields
}
