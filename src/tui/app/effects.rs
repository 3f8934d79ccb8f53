//! What screens want done, done.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::stack::ScreenNo;
use super::{App, Outward, Owner, Paint, Question, Waits, Way};
use crate::desk::{Ask, JobNo, Output, Request};
use crate::tui::layer::{Choose, Columns, Confirm, Help, Layer, Prompt, Show};
use crate::tui::look;
use crate::tui::screen::{Effect, Msg, Screen, Tone};
use crate::tui::visible;

/// Whether a file that is there already may be written over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SaveAs {
    New,
    Over,
}

/// The most that OSC 52 carries: what xterm and tmux take, in base64.
const CLIPBOARD: usize = 74_994 / 4 * 3;

impl App {
    /// Tells a screen what happened, and does what it wants.
    pub(super) fn update(&mut self, number: ScreenNo, msg: Msg) {
        if let Some(screen) = self.stack.get_mut(number) {
            let effects = screen.update(msg);
            self.carry_out(number, effects);
        }
    }

    pub(super) fn update_top(&mut self, msg: Msg) {
        if let Some(number) = self.stack.top_number() {
            self.update(number, msg);
        }
    }

    /// Tells every screen; a change of size comes with each screen's own room.
    pub(super) fn update_all(&mut self, msg: impl Fn(ScreenNo) -> Msg) {
        for number in self.stack.numbers() {
            let msg = match msg(number) {
                Msg::Resized(_) => Msg::Resized(self.room_of(number)),
                other => other,
            };
            self.update(number, msg);
        }
    }

    pub(super) fn push(&mut self, screen: Box<dyn Screen>) {
        let number = self.stack.push(screen);
        self.opened(number);
    }

    /// The topmost screen is seen again. What it shows below the header may have another height now.
    pub(super) fn shown(&mut self) {
        if let Some(number) = self.stack.top_number() {
            let room = self.room_of(number);
            self.update(number, Msg::Resized(room));
            self.update(number, Msg::Shown);
        }
    }

    fn opened(&mut self, number: ScreenNo) {
        let room = self.room_of(number);
        if let Some(screen) = self.stack.get_mut(number) {
            screen.keep_to(self.context.as_ref());
            screen.recall(&self.memory);
        }
        let effects = self.stack.get_mut(number).map(|screen| screen.open(room)).unwrap_or_default();
        self.carry_out(number, effects);
    }

    fn room_of(&mut self, number: ScreenNo) -> ratatui::layout::Size {
        let depth = self.stack.depth_of(number);
        let size = self.size;
        let area = ratatui::layout::Rect::new(0, 0, size.width, size.height);
        let second_line = depth == 1 || self.stack.get_mut(number).is_some_and(|screen| screen.subtitle().is_some());
        super::chrome::body(area, second_line).as_size()
    }

    pub(super) fn carry_out(&mut self, number: ScreenNo, effects: Vec<Effect>) {
        if !effects.is_empty() {
            self.paint = Paint::Now;
        }
        for effect in effects {
            self.effect(number, effect);
        }
    }

    fn effect(&mut self, number: ScreenNo, effect: Effect) {
        let owner = |token| Owner::Screen(number, token);
        match effect {
            Effect::Handled => {}
            Effect::Ask { token, request } => {
                self.send(request, Some(Waits::Screen(number, token)));
            }
            Effect::Long { token, request, title } => {
                let ticket = self.send(request, Some(Waits::Screen(number, token)));
                self.jobs.start(JobNo(ticket), ticket, title, (number, token));
            }
            Effect::Cancel(token) => {
                if let Some(job) = self.jobs.cancel_of(number, token) {
                    self.cancel_job(job);
                }
            }
            Effect::Push(screen) => self.push(screen),
            Effect::Replace(screen) => {
                // A root is never closed: what replaces it stands above it.
                self.stack.close(number);
                // The plan of a sync, opened from that sync, is replaced by it: one of the two is enough.
                let top = self.stack.top();
                if self.stack.depth() > 1 && top.sync().is_some() && top.sync() == screen.sync() && top.crumb() == screen.crumb() {
                    self.stack.pop();
                }
                self.push(screen);
            }
            Effect::Pop => {
                if self.stack.close(number) {
                    self.shown();
                }
            }
            Effect::PopTo(n) => {
                self.stack.pop_to(n);
                self.shown();
            }
            Effect::Root(tab) => self.go(Way::Root(tab)),
            Effect::Toast(tone, text) => self.say(tone, text),
            Effect::ConfirmUndoable { token, number: None, .. } if !self.setup.confirm => self.update(number, Msg::Confirmed(token)),
            Effect::Confirm { token, question, detail, number } | Effect::ConfirmUndoable { token, question, detail, number } => {
                self.layers.push((Layer::Confirm(Confirm::new(question, detail, number)), owner(token)));
            }
            Effect::Prompt { token, title, initial } => self.layers.push((Layer::Prompt(Prompt::new(title, initial)), owner(token))),
            Effect::Choose { token, title, choices } => self.layers.push((Layer::Choose(Choose::new(title, choices)), owner(token))),
            Effect::Show { title, lines } => self.layer(Layer::Show(Show::new(title, lines)), Question::None),
            Effect::Explain(code) => {
                let layer = Help::new(self.choices(), Some(code));
                self.layer(Layer::Help(layer), Question::None);
            }
            Effect::Copy { text, show } => self.copy(text, show),
            Effect::Save(output) if self.setup.look.masked => {
                let detail = vec![String::from("The file has them as they are, though they are hidden here.")];
                let layer = Layer::Confirm(Confirm::new(String::from("Write a file with personal data?"), detail, None));
                self.layer(layer, Question::SaveHidden(Box::new(output)));
            }
            Effect::Save(output) => self.save_to(output),
            Effect::Columns { token, columns } => self.layers.push((Layer::Columns(Columns::new(columns)), owner(token))),
            Effect::Remember { list, kept } => drop(self.memory.lists.insert(list.to_owned(), kept)),
            Effect::UsedFile(path) => self.memory.used_file(&path),
            Effect::Quit => self.go(Way::Quit),
        }
    }

    /// Sends a request under a new ticket, which it gives.
    pub(super) fn send(&mut self, request: Request, waits: Option<Waits>) -> u64 {
        let request = match &self.context {
            // The header tells of the whole district.
            Some(context) if !matches!(waits, Some(Waits::Pulse)) => context.keep(request),
            _ => request,
        };
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        if let Some(waits) = waits {
            self.waiting.insert(ticket, waits);
        }
        self.out.push(Outward::Ask(Ask { ticket, job: JobNo(ticket), request }));
        ticket
    }

    pub(super) fn save_to(&mut self, output: Output) {
        let initial = self.setup.folder.join(&output.file_name).display().to_string();
        let title = format!("Write {} lines to", look::number(output.lines));
        self.layer(Layer::Prompt(Prompt::new(title, initial).open()), Question::SaveTo(Box::new(output)));
    }

    fn copy(&mut self, text: String, show: bool) {
        if self.setup.look.masked {
            let detail = vec![String::from("It is copied as it is, though it is hidden here.")];
            let layer = Layer::Confirm(Confirm::new(String::from("Copy personal data?"), detail, None));
            return self.layer(layer, Question::CopyHidden(text));
        }
        self.copied(text, show);
    }

    pub(super) fn copied(&mut self, text: String, show: bool) {
        if text.len() > CLIPBOARD {
            return self.say(Tone::Bad, format!("{} bytes are more than a terminal's clipboard takes", look::number(text.len() as u64)));
        }
        if show {
            let lines = text.split('\n').map(str::to_owned).collect();
            self.layer(Layer::Show(Show::new("Copied; here to copy by hand".into(), lines)), Question::None);
        }
        self.say(Tone::Good, format!("Sent {} bytes to the terminal's clipboard", look::number(text.len() as u64)));
        self.out.push(Outward::Clipboard(text));
    }

    /// Writes a report. A file that is there already is asked about first.
    pub(super) fn save(&mut self, path: &Path, output: Output, how: SaveAs) {
        let path = self.setup.folder.join(path);
        let shown = path.display().to_string();
        let mut options = OpenOptions::new();
        options.write(true);
        match how {
            SaveAs::New => options.create_new(true),
            SaveAs::Over => options.create(true).truncate(true),
        };
        let written = options.open(&path).and_then(|mut file| file.write_all(&output.bytes).and_then(|()| file.sync_all()));
        match written {
            Ok(()) => {
                let note = if output.note.is_empty() { String::new() } else { format!("; {}", output.note) };
                self.say(Tone::Good, format!("Wrote {} lines to {shown}{note}", look::number(output.lines)));
            }
            Err(e) if e.kind() == ErrorKind::AlreadyExists && how == SaveAs::New => {
                let question = format!("{} is there already. Write over it?", visible::visible(&shown, false));
                let layer = Layer::Confirm(Confirm::new(question, Vec::new(), None));
                self.layer(layer, Question::Overwrite(path, Box::new(output)));
            }
            Err(e) => self.say(Tone::Bad, format!("{shown} was not written: {e}")),
        }
    }
}
