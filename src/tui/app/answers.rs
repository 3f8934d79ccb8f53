//! What comes from the desk: replies to those who asked, events to all.

use super::{App, Layer, Paint, Question, Waits};
use crate::desk::{Event, Named, Reply, Request, SchoolSort, TroubleSort, WaitingSort, Window};
use crate::tui::layer::Choose;
use crate::tui::layer::find::HITS;
use crate::tui::layer::schools::SCHOOLS;
use crate::tui::look;
use crate::tui::screen::factory::Subject;
use crate::tui::screen::{Msg, Tone};
use crate::tui::visible;

impl App {
    pub(super) fn reply(&mut self, ticket: u64, reply: Reply) {
        let job = self.jobs.end(ticket);
        // A ticket that nobody waits for: the screen has gone, or the answer to a cancel.
        let Some(waits) = self.waiting.remove(&ticket) else { return };
        if let Reply::Trouble(trouble) = &reply {
            let tone = if trouble.sort == TroubleSort::Cancelled { Tone::Plain } else { Tone::Bad };
            let next = if trouble.next.is_empty() { String::new() } else { format!(". {}", trouble.next) };
            let message = trouble.message.trim_end_matches('.');
            // What a form about somebody is told may name somebody else.
            let message = if self.stack.top().is_personal() { visible::veiled(message) } else { message.to_owned() };
            self.say(tone, format!("{message}{next}"));
        }
        self.dirty();
        match waits {
            Waits::Screen(number, token) => {
                if self.stack.get_mut(number).is_some() {
                    self.update(number, Msg::Reply { token, reply: Box::new(reply) });
                } else if let (Some(job), Reply::RanSet(set)) = (&job, &reply) {
                    let text = format!(
                        "{}: {} done; 4 shows them",
                        job.title,
                        crate::tui::screen::words::count(set.len() as u64, "file", "files")
                    );
                    self.say(Tone::Plain, text);
                } else if let (Some(job), Reply::Ran(ran)) = (job, &reply) {
                    let sync = &ran.detail.sync;
                    let t = sync.counts.total();
                    let text = format!(
                        "{}: {} {}; {} created, {} updated, {} refused",
                        job.title,
                        sync.number,
                        sync.status.words().to_lowercase(),
                        look::number(t.created),
                        look::number(t.updated),
                        look::number(sync.rows_with_errors),
                    );
                    self.say(Tone::Plain, text);
                }
            }
            Waits::Pulse => self.pulsed(reply),
            Waits::Find => self.found(reply),
            Waits::Schools => self.schools(reply),
            Waits::Reference => self.resolved(reply),
        }
    }

    pub(super) fn event(&mut self, event: &Event) {
        match event {
            Event::Progress(progress) => {
                if self.jobs.note(progress) {
                    self.paint = self.paint.max(Paint::Progress);
                }
                // Screens may show it too, but it alone is no reason to draw at once.
                let before = self.paint;
                self.update_all(|_| Msg::Event(event.clone()));
                if self.out.is_empty() {
                    self.paint = before;
                }
                return;
            }
            Event::RosterChanged { .. } => self.ask_pulse(),
            Event::SyncChanged(number) => {
                self.pulse.newest = self.pulse.newest.max(Some(number.0));
                self.ask_pulse();
            }
            Event::Broken(trouble) => self.broken = Some(trouble.clone()),
            Event::Notice(text) => self.say(Tone::Plain, text.clone()),
        }
        self.dirty();
        self.update_all(|_| Msg::Event(event.clone()));
    }

    /// Asks what the header tells. One question at a time; what changes meanwhile is asked when the answer comes.
    pub(super) fn ask_pulse(&mut self) {
        self.pulse.again = self.pulse.asked;
        if !self.pulse.asked {
            self.pulse.asked = true;
            self.send(Request::Overview, Some(Waits::Pulse));
        }
    }

    fn pulsed(&mut self, reply: Reply) {
        self.pulse.asked = false;
        if let Reply::Overview(overview) = reply {
            let held = overview.waiting.iter().filter(|w| w.sort == WaitingSort::Held).count();
            self.pulse.held = held;
            self.pulse.look_at = overview.waiting.len() - held;
            self.pulse.newest = overview.feeds.iter().map(|f| f.last.number.0).max().max(self.pulse.newest);
            self.pulse.title = Some(overview.title);
        }
        if std::mem::take(&mut self.pulse.again) {
            self.ask_pulse();
        }
    }

    /// Asks what the topmost layer wants to know.
    pub(super) fn ask_layer(&mut self) {
        match self.layers.last_mut() {
            Some((Layer::Find(find), _)) => {
                if let Some(query) = find.ask() {
                    self.send(Request::Find { query, org: None, limit: HITS }, Some(Waits::Find));
                }
            }
            Some((Layer::Schools(schools), _)) => {
                if let Some(filter) = schools.ask() {
                    let window = Window { first: 0, count: SCHOOLS };
                    self.send(Request::Schools { filter, sort: SchoolSort::Name, reverse: false, window }, Some(Waits::Schools));
                }
            }
            _ => {}
        }
    }

    /// The look-up or the list of schools was left: what is still on its way is for nobody.
    pub(super) fn forget_layer(&mut self) {
        self.waiting.retain(|_, w| !matches!(w, Waits::Find | Waits::Schools));
    }

    fn schools(&mut self, reply: Reply) {
        if let Some((Layer::Schools(schools), _)) = self.layers.last_mut() {
            match reply {
                Reply::Schools(page) => schools.take(page.rows, page.total),
                _ => schools.take(Vec::new(), 0),
            }
        }
        self.ask_layer();
    }

    fn found(&mut self, reply: Reply) {
        for (layer, _) in &mut self.layers {
            if let Layer::Find(find) = layer {
                match reply {
                    Reply::Found(found) => find.take(found),
                    _ => find.failed(),
                }
                break;
            }
        }
        self.ask_layer();
    }

    pub(super) fn ask_reference(&mut self, reference: String) {
        self.send(Request::Resolve(reference), Some(Waits::Reference));
    }

    fn resolved(&mut self, reply: Reply) {
        let Reply::Resolved(named) = reply else { return };
        match named.as_slice() {
            [] => self.say(Tone::Plain, "Nothing on the roster is called so; f finds it by part of its name"),
            [one] => self.open(Subject::from(&one.what)),
            several => {
                let choices = several.iter().zip('a'..='z').map(|(n, letter)| (letter, line(n))).collect();
                let subjects = several.iter().map(|n| Subject::from(&n.what)).collect();
                self.layer(Layer::Choose(Choose::new("Which?".into(), choices)), Question::Which(subjects));
            }
        }
    }
}

fn line(named: &Named) -> String {
    visible::veiled(&format!("{}  {}", named.title, named.reference))
}
