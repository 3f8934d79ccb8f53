//! What stands around every screen: the path and what waits, tabs or a subtitle, a line, and the bottom line with position,
//! filter and the keys that work here.
//!
//! ```text
//!  Homeroom  Lincoln USD › Syncs › #48                       1 held  1 running 62%
//!  SIS nightly · users-2026-11-22.csv · 2,491 rows
//! ────────────────────────────────────────────────────────────────────────────────
//!  (the screen)
//!  12/37  filter: smith                 enter open  space mark  ? help  : palette
//! ```
//!
//! Below 60x15 the second line and the rule go, and the path gives way to the screen's own name.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::app::jobs::Jobs;
use super::command::{Command, Keymap, Place};
use super::look::{self, Glyph, Look};
use super::screen::{Offer, StatusLine, Tab, Tone};
use super::theme::Role;
use super::visible;
use crate::desk::Trouble;

/// Below that the console works, in fewer lines.
pub const LEAST: (u16, u16) = (60, 15);

/// What is drawn around the screen.
pub struct Chrome<'a> {
    /// The district.
    pub title: &'a str,
    /// The path, the root first.
    pub crumbs: Vec<String>,
    /// The root.
    pub tab: Tab,
    /// How many screens the path has.
    pub depth: usize,
    /// The line below the header, where the screen is no root.
    pub subtitle: Option<String>,
    /// Who works here.
    pub operator: &'a str,
    /// Nothing can be changed.
    pub readonly: bool,
    /// The school that everything keeps to.
    pub context: Option<&'a str>,
    /// The store is still being opened.
    pub opening: bool,
    /// How much is held.
    pub held: usize,
    /// What else waits.
    pub look_at: usize,
    /// What runs.
    pub jobs: &'a Jobs,
    /// The bottom line's left.
    pub status: StatusLine,
    /// Where keys fall.
    pub place: Place,
    /// What the screen offers.
    pub offers: &'a [Offer],
    /// The keys.
    pub keymap: &'a Keymap,
    /// What is said.
    pub toast: Option<&'a (Tone, String)>,
    /// The digits of a number before a movement, while it is typed.
    pub counting: Option<&'a str>,
}

/// Whether there is too little room for all of it.
fn small(area: Rect) -> bool {
    area.width < LEAST.0 || area.height < LEAST.1
}

/// The part of the terminal that the screen has.
pub fn body(area: Rect, second_line: bool) -> Rect {
    let above = match (small(area), second_line) {
        (true, _) => 1.min(area.height.saturating_sub(1)),
        (false, true) => 3,
        (false, false) => 2,
    };
    let below = u16::from(area.height > 2);
    Rect { y: area.y + above, height: area.height.saturating_sub(above + below), ..area }
}

impl Chrome<'_> {
    /// Whether neither tabs nor a subtitle stand below the header.
    pub fn second_line_is_empty(&self) -> bool {
        self.depth > 1 && self.subtitle.is_none()
    }

    /// Draws it around the body.
    pub fn render(&self, frame: &mut Frame, look: &Look) {
        let area = frame.area();
        if area.height > 1 || self.toast.is_none() {
            self.header(frame, area, look);
        }
        if !small(area) {
            let rule = if self.second_line_is_empty() { 1 } else { 2 };
            if rule == 2 {
                self.second(frame, Rect { y: area.y + 1, height: 1, ..area }, look);
            }
            let across = look.glyph(Glyph::Across).repeat(usize::from(area.width));
            put(frame, Rect { y: area.y + rule, height: 1, ..area }, vec![Span::styled(across, look.style(Role::Border))]);
        }
        if let Some((tone, text)) = self.toast {
            toast(frame, area, *tone, text, look);
        } else if area.height > 2 {
            self.footer(frame, Rect { y: area.bottom() - 1, height: 1, ..area }, look);
        }
    }

    fn header(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let area = Rect { height: 1.min(area.height), ..area };
        let right = self.right(frame.area(), look);
        let right_width: usize = right.iter().map(Span::width).sum();
        let room = usize::from(area.width).saturating_sub(right_width + 1);
        let crumb = format!(" {} ", look.glyph(Glyph::Crumb));
        let mut left = vec![Span::raw(" "), Span::styled("Homeroom", look.style(Role::Accent)), Span::raw("  ")];
        // A root screen's name stands in the tabs, but not where those have no room.
        let names = self.crumbs.iter().skip(usize::from(self.depth == 1 && !small(frame.area()))).map(String::as_str);
        let path: Vec<String> =
            std::iter::once(self.title).chain(names).filter(|c| !c.is_empty()).map(|c| look.visible(c).into_owned()).collect();
        let used: usize = left.iter().map(Span::width).sum();
        if room < used + 12 {
            left = vec![Span::raw(" ")];
        }
        let used: usize = left.iter().map(Span::width).sum();
        let path = shortened(&path, &crumb, room.saturating_sub(used), look);
        left.push(Span::styled(path, look.style(Role::Text)));
        put(frame, area, left);
        let x = area.right().saturating_sub(right_width as u16);
        put(frame, Rect { x, width: area.right() - x, ..area }, right);
    }

    fn right(&self, area: Rect, look: &Look) -> Vec<Span<'static>> {
        let mut parts: Vec<(String, Role)> = Vec::new();
        if small(area) {
            parts.push((format!("small; {}x{} is better", LEAST.0, LEAST.1), Role::Dim));
        }
        if self.opening {
            parts.push(("opening".into(), Role::Dim));
        }
        if let Some(school) = self.context {
            parts.push((format!("only {}", look.cut(school, 24)), Role::Held));
        }
        if self.readonly {
            parts.push(("read-only".into(), Role::Held));
        }
        if look.masked {
            parts.push(("hidden".into(), Role::Held));
        }
        if self.held > 0 {
            parts.push((format!("{} held", self.held), Role::Held));
        }
        if self.look_at > 0 {
            parts.push((format!("{} to look at", self.look_at), Role::Text));
        }
        let running = self.jobs.iter().count();
        if let Some(job) = self.jobs.iter().next_back() {
            let how_far = job.percent().map(|p| format!(" {p}%")).unwrap_or_default();
            let step = job.progress.as_ref().map(|p| p.step.clone()).unwrap_or_default();
            let word = if job.cancelling { "cancelling".to_owned() } else { format!("{running} running") };
            let left = job.progress.as_ref().and_then(|p| p.left).map(|s| format!(" {} left", look::duration(s))).unwrap_or_default();
            let long = area.width >= super::widget::WIDE;
            let text = if long { format!("{word} {step}{how_far}{left}") } else { format!("{word}{how_far}") };
            parts.push((text, Role::Accent));
        }
        let mut spans = Vec::new();
        for (text, role) in parts {
            spans.push(Span::raw("  "));
            spans.push(Span::styled(look.visible(&text).into_owned(), look.style(role)));
        }
        if !spans.is_empty() {
            spans.push(Span::raw(" "));
        }
        spans
    }

    /// The tabs, or the screen's subtitle.
    fn second(&self, frame: &mut Frame, area: Rect, look: &Look) {
        if self.depth > 1 {
            let text = self.subtitle.as_deref().unwrap_or_default();
            let text = text.replace('·', look.glyph(Glyph::Dot));
            let text = look.cut(&text, usize::from(area.width.saturating_sub(1))).into_owned();
            return put(frame, area, vec![Span::raw(" "), Span::styled(text, look.style(Role::Text))]);
        }
        let mut spans = Vec::new();
        for (n, tab) in Tab::ALL.into_iter().enumerate() {
            let here = tab == self.tab;
            spans.push(if here { Span::styled(look.glyph(Glyph::Selected), look.style(Role::Accent)) } else { Span::raw(" ") });
            spans.push(Span::styled(format!("{} {} ", n + 1, tab.name()), look.style(if here { Role::Accent } else { Role::Text })));
        }
        let used: usize = spans.iter().map(Span::width).sum();
        put(frame, area, spans);
        let operator = look.visible(self.operator).into_owned();
        let width = visible::width(&operator);
        if used + width + 2 <= usize::from(area.width) {
            let x = area.right() - width as u16 - 1;
            put(frame, Rect { x, width: area.right() - x, ..area }, vec![Span::styled(operator, look.style(Role::Dim))]);
        }
    }

    fn footer(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let (dim, accent) = (look.style(Role::Dim), look.style(Role::Accent));
        let position = self.status.position.map(|(at, of)| format!(" {}/{} ", look::number(at), look::number(of)));
        let filter = look.personal(&self.status.filter);
        let filter = (!filter.is_empty()).then(|| format!(" filter: {} ", look.cut(&filter, 24)));
        let counting = self.counting.map(|digits| format!(" ;{digits}_ "));
        let marked = (self.status.marked > 0).then(|| format!(" {} marked ", look::number(self.status.marked)));
        let left: String = [position, filter, marked, counting].into_iter().flatten().collect();
        let room = usize::from(area.width).saturating_sub(visible::width(&left));
        put(frame, area, vec![Span::styled(left, look.style(Role::Text))]);
        let always = self.always();
        let width = |hints: &[(String, String)]| hints.iter().map(|(k, w)| visible::width(k) + visible::width(w) + 3).sum::<usize>();
        let mut hints: Vec<(String, String)> = Vec::new();
        for offer in self.offers.iter().filter(|o| o.footer && o.off.is_none() && !self.is_always(o.command)) {
            let Some(key) = self.keymap.key(self.place, offer.command) else { continue };
            hints.push((key.to_string(), offer.label.unwrap_or(offer.command.spec().short).to_owned()));
            if width(&hints) + width(&always) > room {
                hints.pop();
                break;
            }
        }
        for (command, word) in self.everywhere() {
            let Some(key) = self.keymap.key(self.place, command) else { continue };
            hints.push((key.to_string(), word.to_owned()));
            if width(&hints) + width(&always) > room {
                hints.pop();
                break;
            }
        }
        if width(&hints) + width(&always) <= room {
            hints.extend(always);
        }
        let mut spans = Vec::new();
        for (n, (key, word)) in hints.into_iter().enumerate() {
            spans.push(Span::raw(if n == 0 { " " } else { "  " }));
            spans.push(Span::styled(key, accent));
            spans.push(Span::styled(format!(" {word}"), dim));
        }
        let used: usize = spans.iter().map(Span::width).sum();
        let x = area.right().saturating_sub(used as u16 + 1).max(area.x);
        put(frame, Rect { x, width: area.right() - x, ..area }, spans);
    }

    /// What works on every list and is worth a hint where the screen's own keys leave room.
    fn everywhere(&self) -> impl Iterator<Item = (Command, &'static str)> {
        let import = self.depth == 1 && !self.readonly;
        let commands = [(Command::Import, "import", import), (Command::Find, "find", true)];
        let here = self.place == Place::List;
        commands.into_iter().filter(move |(.., wanted)| here && *wanted).map(|(command, word, _)| (command, word))
    }

    /// The commands that are named before all others, and their words.
    fn always_named(&self) -> &'static [(Command, &'static str)] {
        match self.place {
            Place::List => &[(Command::Help, "help"), (Command::Palette, "palette")],
            Place::Form => &[(Command::Back, "leave")],
            Place::Filter => &[(Command::FilterKeep, "keep"), (Command::Back, "clear")],
        }
    }

    fn is_always(&self, command: Command) -> bool {
        self.always_named().iter().any(|(c, _)| *c == command)
    }

    /// The keys that are named wherever there is room.
    fn always(&self) -> Vec<(String, String)> {
        let commands = self.always_named();
        commands.iter().filter_map(|(c, word)| Some((self.keymap.key(self.place, *c)?.to_string(), (*word).to_owned()))).collect()
    }
}

/// The path in so many cells. Its end is where we are and stays; whole steps go from the front, then letters.
fn shortened(path: &[String], crumb: &str, cells: usize, look: &Look) -> String {
    let more = look.glyph(Glyph::More);
    let whole = path.join(crumb);
    let without = (1..path.len()).map(|from| format!("{more}{crumb}{}", path[from..].join(crumb)));
    let fits = std::iter::once(whole).chain(without).find(|text| visible::width(text) <= cells);
    fits.unwrap_or_else(|| visible::cut(path.last().map_or("", String::as_str), cells, look.ascii).into_owned())
}

/// Says one thing over the bottom lines.
fn toast(frame: &mut Frame, area: Rect, tone: Tone, text: &str, look: &Look) {
    let (glyph, role) = match tone {
        Tone::Good => (look.glyph(Glyph::Ok), Role::Ok),
        Tone::Plain => (look.glyph(Glyph::Dot), Role::Text),
        Tone::Bad => (look.glyph(Glyph::Error), Role::Error),
    };
    let cells = usize::from(area.width.saturating_sub(4)).max(1);
    let lines = visible::wrap(&look.visible(text), cells);
    let rows = lines.len().min(3).min(usize::from(area.height)) as u16;
    for (n, line) in lines.into_iter().take(usize::from(rows)).enumerate() {
        let row = Rect { y: area.bottom() - rows + n as u16, height: 1, ..area };
        let sign = if n == 0 { glyph } else { " " };
        let padding = " ".repeat(cells.saturating_sub(visible::width(&line)) + 1);
        put(
            frame,
            row,
            vec![Span::styled(format!(" {sign} "), look.style(role)), Span::styled(line, look.style(role)), Span::raw(padding)],
        );
    }
}

/// Draws why there is no desk, on the whole terminal.
pub fn broken(frame: &mut Frame, trouble: &Trouble, look: &Look) {
    let area = frame.area();
    let cells = usize::from(area.width.saturating_sub(4)).max(1);
    let mut lines = vec![(String::new(), Role::Text)];
    let mut say = |text: &str, role| lines.extend(visible::wrap(&look.visible(text), cells).into_iter().map(|l| (l, role)));
    say(&trouble.message, Role::Error);
    if !trouble.next.is_empty() {
        say("", Role::Text);
        say(&trouble.next, Role::Text);
    }
    say("", Role::Text);
    say(&format!("{} quits", look.key(Command::Quit)), Role::Dim);
    for (n, (text, role)) in lines.into_iter().enumerate().take(usize::from(area.height)) {
        put(frame, Rect { y: area.y + n as u16, height: 1, ..area }, vec![Span::raw("  "), Span::styled(text, look.style(role))]);
    }
}

fn put(frame: &mut Frame, area: Rect, spans: Vec<Span>) {
    if !area.intersection(frame.area()).is_empty() {
        frame.buffer_mut().set_line(area.x, area.y, &Line::from(spans), area.width);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_loses_its_first_steps() {
        let path = ["Lincoln USD", "Syncs", "#48", "E-mail not valid (37)"].map(String::from);
        let shortened = |cells| shortened(&path, " › ", cells, &Look::plain());
        assert_eq!(shortened(50), "Lincoln USD › Syncs › #48 › E-mail not valid (37)");
        assert_eq!(shortened(40), "… › Syncs › #48 › E-mail not valid (37)");
        assert_eq!(shortened(30), "… › E-mail not valid (37)");
        assert_eq!(shortened(10), "E-mail no…");
    }

    #[test]
    fn the_body_is_all_that_is_left() {
        assert_eq!(body(Rect::new(0, 0, 80, 24), true), Rect::new(0, 3, 80, 20));
        assert_eq!(body(Rect::new(0, 0, 80, 24), false), Rect::new(0, 2, 80, 21));
        assert_eq!(body(Rect::new(0, 0, 60, 14), true), Rect::new(0, 1, 60, 12));
        assert_eq!(body(Rect::new(0, 0, 1, 1), true), Rect::new(0, 0, 1, 1));
        assert_eq!(body(Rect::new(0, 0, 9, 2), true), Rect::new(0, 1, 9, 1));
    }
}
