//! The reports of other systems that are attached to a sync's upload: said above its causes, and taken away again.

use super::SyncScreen;
use crate::desk::{AttachedInfo, Request};
use crate::tui::look::{Look, number};
use crate::tui::screen::attach::AttachForm;
use crate::tui::screen::{Effect, Token, words};

/// Reports of which a line is said; of more only how many there are.
const SAID: usize = 2;

impl SyncScreen {
    fn attached(&self) -> &[AttachedInfo] {
        self.detail.get().map(|d| d.attached.as_slice()).unwrap_or_default()
    }

    /// Lines that are said of them.
    pub(super) fn attached_lines(&self) -> u16 {
        let all = self.attached().len();
        (all.min(SAID) + usize::from(all > SAID)) as u16
    }

    /// What is said of them, the newest first.
    pub(super) fn said_of_attached(&self, look: &Look) -> Vec<String> {
        let all = self.attached();
        let mut lines: Vec<String> = all.iter().rev().take(SAID).map(|a| line(a, look)).collect();
        if all.len() > SAID {
            lines.push(format!("and {} more reports", number((all.len() - SAID) as u64)));
        }
        lines
    }

    pub(super) fn attach(&self) -> Effect {
        Effect::Push(Box::new(AttachForm::of(self.number)))
    }

    /// Why a report cannot be attached.
    pub(super) fn attach_off(&self) -> Option<&'static str> {
        let d = self.detail.get()?;
        if matches!(d.sync.kind, crate::ledger::SyncKind::Undo { .. }) {
            return Some("an undo has no rows");
        }
        d.upload.as_ref().is_none_or(|u| !u.kept).then_some("its file is not kept")
    }

    /// Why there is none to take away.
    pub(super) fn detach_off(&self) -> Option<&'static str> {
        self.attached().is_empty().then_some("no report of another system is attached")
    }

    /// Asks which is to go, or whether the only one is.
    pub(super) fn detach(&mut self, choose: Token, confirm: Token) -> Option<Effect> {
        let all = self.attached();
        if all.len() > 1 {
            // The same letter for any that come after the ninth: they are reached with the arrows.
            let letter = |n: usize| char::from_digit(n as u32 + 1, 10).unwrap_or(' ');
            let choices = all.iter().enumerate().map(|(n, a)| (letter(n), format!("{} ({} {})", a.name, a.vendor, a.form))).collect();
            return Some(Effect::Choose { token: choose, title: String::from("Take away which report?"), choices });
        }
        self.detach_this(0, confirm)
    }

    /// Asks whether that one is to go.
    pub(super) fn detach_this(&mut self, at: usize, confirm: Token) -> Option<Effect> {
        let (number, question) = self.attached().get(at).map(|a| (a.number, format!("Take {} away?", a.name)))?;
        self.detaching = Some(number);
        let detail = vec![String::from("What it says is no cause here any more. Corrections stay.")];
        Some(Effect::Confirm { token: confirm, question, detail, number: None })
    }

    pub(super) fn detached(&mut self, token: Token) -> Option<Effect> {
        let number = self.detaching.take()?;
        Some(Effect::Ask { token, request: Request::Detach { sync: self.number, name: number.to_string() } })
    }
}

/// "Reported by Great Minds: sync-report.csv, Nov 20 14:00, 12 rows, 3 open".
fn line(a: &AttachedInfo, look: &Look) -> String {
    let rows = words::count(a.rows, "row", "rows");
    let open = if a.open == 0 { String::from("all answered") } else { format!("{} open", number(a.open)) };
    format!("Reported by {}: {}, {}, {rows}, {open}", a.vendor, a.name, look.when_exactly(a.at))
}
