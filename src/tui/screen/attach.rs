//! Attaching a report from a vendor's portal to the upload of a sync: its path, then what it would come to. Nothing is kept before P.

mod preview;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::asked::{Asked, sentence};
use super::form::{Field, Form};
use super::import::candidates;
use super::listing::{Completion, Lister, absolute, complete, folder};
use super::paint::{Paint, foot, piece};
use super::{Effect, Msg, Offer, Screen, Token};
use crate::desk::{AttachedNow, Reply, Request};
use crate::ledger::SyncNo;
use crate::tui::command::{Command, Place};
use crate::tui::look::Look;
use crate::tui::theme::Role;
use preview::AttachPreview;

const PREVIEW: u8 = 0;

/// Lines of the form: its one field, and what may be said under it.
const FORM: u16 = 2;

/// The path of a report.
#[derive(Debug)]
pub struct AttachForm {
    sync: SyncNo,
    form: Form,
    list: Lister,
    completion: Completion,
    laid: Asked<AttachedNow>,
    room: Size,
}

impl AttachForm {
    /// For the upload of a sync.
    pub fn of(sync: SyncNo) -> Self {
        Self::with(sync, folder)
    }

    /// The same, completing paths from such a listing.
    pub fn with(sync: SyncNo, list: Lister) -> Self {
        let field = Field {
            name: String::from("report"),
            about: String::from("tab completes"),
            rule: vec![String::from(
                "The path of a report as it came from the portal, CSV or Excel: a sync report, users-errors, results. tab completes it.",
            )],
            ..Field::default()
        };
        let completion = Completion::default();
        Self { sync, form: Form::new(vec![field]), list, completion, laid: Asked::new(PREVIEW), room: Size::default() }
    }

    fn typed(&self) -> &str {
        self.form.fields[0].line.text()
    }

    /// Whether tab could add something.
    fn complete(&mut self) -> bool {
        let typed = self.typed().to_owned();
        let text = complete(&typed, self.list).text;
        if text != typed {
            self.form.fields[0].line.set(text);
            self.laid.forget();
        }
        self.completion = complete(self.typed(), self.list);
        true
    }

    fn look(&mut self) -> Vec<Effect> {
        let typed = self.typed().trim().to_owned();
        if typed.is_empty() || typed.ends_with('/') {
            return vec![Effect::Toast(super::Tone::Plain, String::from("Give the path of a report; tab completes it."))];
        }
        vec![self.laid.ask(Request::Attach { sync: self.sync, path: absolute(&typed), dry_run: true })]
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match reply {
            Reply::Attached(now) if self.laid.is_last(token) => {
                let path = absolute(self.typed().trim());
                vec![Effect::Replace(Box::new(AttachPreview::new(self.sync, path, *now)))]
            }
            Reply::Trouble(trouble) => {
                self.laid.take(token, Err(trouble));
                Vec::new()
            }
            _ => Vec::new(),
        }
    }
}

impl Screen for AttachForm {
    fn crumb(&self) -> String {
        String::from("Attach")
    }

    fn subtitle(&self) -> Option<String> {
        Some(format!("a report from the vendor's portal, laid over the upload of {}", self.sync))
    }

    fn place(&self) -> Place {
        Place::Form
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.completion = complete("", self.list);
        self.form.set_room(room.width, FORM);
        Vec::new()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Command(Command::Save | Command::SaveStay) => return self.look(),
            Msg::Command(Command::NextField) => {
                self.complete();
            }
            Msg::Command(Command::Rule) => return self.form.rule().into_iter().collect(),
            Msg::Command(_) | Msg::Key(_) | Msg::Paste(_) if self.form.input(&msg) => {
                self.laid.forget();
                self.completion = complete(self.typed(), self.list);
            }
            Msg::Reply { token, reply } => return self.reply(token, *reply),
            Msg::Resized(room) => {
                self.room = room;
                self.form.set_room(room.width, FORM);
            }
            _ => {}
        }
        Vec::new()
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let buffer = frame.buffer_mut();
        let (fields, below) = foot(area, area.height.saturating_sub(FORM));
        self.form.render(buffer, fields, look);
        let mut paint = Paint::new(buffer, below, look);
        if let Some(trouble) = self.laid.trouble() {
            return paint.wrapped(1, &sentence(trouble), Role::Error, 6);
        }
        if self.completion.candidates.is_empty() || self.laid.waiting() {
            paint.line(&[piece("Type a path; tab completes it, enter lays the report over the upload.", Role::Dim)]);
            paint.line(&[piece("Nothing is kept before you have seen what it comes to.", Role::Dim)]);
        } else {
            candidates(&mut paint, &self.completion);
        }
    }

    fn offers(&self) -> Vec<Offer> {
        let waiting = self.laid.waiting().then_some("the report is being read");
        vec![
            Offer::unless(Command::Save, waiting).called("lay it over"),
            Offer::on(Command::Rule).called("what is this"),
            Offer::on(Command::PutBack).called("clear").quiet(),
        ]
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        let (fields, _) = foot(area, area.height.saturating_sub(FORM));
        self.form.render(&mut Buffer::empty(area), fields, look)
    }

    fn sync(&self) -> Option<SyncNo> {
        Some(self.sync)
    }
}
