//! Importing a file: its path, what it was recognised as, then the check. What comes of it is a plan; nothing is changed here.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::asked::{Asked, say, sentence};
use super::form::{Field, Form};
use super::listing::{Completion, Lister, absolute, complete, folder};
use super::paint::{Paint, foot, piece};
use super::plan::PlanScreen;
use super::runs::progress_line;
use super::sync::SyncScreen;
use super::{Effect, Msg, Offer, Screen, Token, Tone};
use crate::desk::{Event, Import, Progress, Ran, Recognised, Reply, Request, TroubleSort};
use crate::ledger::{Mode, Severity, SyncStatus};
use crate::tui::command::{Command, Place};
use crate::tui::look::{Look, number};
use crate::tui::theme::Role;
use crate::tui::visible;

const RECOGNISE: u8 = 0;
const CHECK: u8 = 1;

const PATH: usize = 0;
const PROFILE: usize = 1;
const MODE: usize = 2;
const ORG: usize = 3;

/// Lines of the form: its fields, and a suggestion.
const FIELDS: u16 = 6;

/// The import of a file.
#[derive(Debug)]
pub struct ImportScreen {
    form: Form,
    list: Lister,
    completion: Completion,
    recognised: Asked<Recognised>,
    /// The path that was recognised last.
    recognised_path: String,
    checking: bool,
    progress: Option<Progress>,
    room: Size,
}

impl Default for ImportScreen {
    fn default() -> Self {
        Self::with(folder)
    }
}

impl ImportScreen {
    /// A screen that completes paths from such a listing.
    pub fn with(list: Lister) -> Self {
        let field = |name: &str, about: &str, rule: &str| Field {
            name: name.to_owned(),
            about: about.to_owned(),
            rule: vec![rule.to_owned()],
            ..Field::default()
        };
        let modes = Mode::ALL.iter().map(|m| m.name()).collect::<Vec<_>>().join(" ");
        let fields = vec![
            field("file", "tab completes", "The path of a CSV or TSV file. tab completes it."),
            field("profile", "blank: as recognised", "What the columns mean. `:profiles` shows every profile."),
            field(
                "mode",
                &format!("blank: the profile's own; {modes}"),
                "How people are treated who are not in the file: partial leaves them alone, full disables them.",
            ),
            field("school", "blank: whole district", "External ID of the school that the file is for."),
        ];
        Self {
            form: Form::new(fields),
            list,
            completion: Completion::default(),
            recognised: Asked::new(RECOGNISE),
            recognised_path: String::new(),
            checking: false,
            progress: None,
            room: Size::default(),
        }
    }

    fn value(&self, field: usize) -> &str {
        self.form.fields.get(field).map_or("", |f| f.line.text().trim())
    }

    fn complete(&mut self) -> bool {
        if self.form.index() != PATH {
            return false;
        }
        let typed = self.form.fields[PATH].line.text().to_owned();
        self.completion = complete(&typed, self.list);
        if self.completion.text == typed {
            // Nothing to add: with one candidate or none Tab goes on to the next field.
            return self.completion.candidates.len() > 1;
        }
        self.form.fields[PATH].line.set(self.completion.text.clone());
        self.completion = complete(self.form.fields[PATH].line.text(), self.list);
        true
    }

    fn typed(&mut self, changed: bool) {
        if changed && self.form.index() == PATH {
            self.completion = complete(self.form.fields[PATH].line.text(), self.list);
            self.recognised.forget();
            self.recognised_path.clear();
        }
    }

    fn save(&mut self) -> Vec<Effect> {
        let typed = self.value(PATH).to_owned();
        if self.checking {
            return Vec::new();
        }
        if typed.is_empty() || typed.ends_with('/') {
            return vec![Effect::Toast(Tone::Plain, String::from("Give the path of a file; tab completes it."))];
        }
        let path = absolute(&typed);
        if self.recognised.get().is_none() || self.recognised_path != path {
            self.recognised.forget();
            self.recognised_path.clone_from(&path);
            return vec![self.recognised.ask(Request::Recognise { path })];
        }
        let chosen = self.value(PROFILE);
        let known = self.recognised.get().and_then(|r| r.profile.clone());
        if chosen.is_empty() && known.is_none() {
            self.form.go_to(PROFILE);
            return vec![Effect::Toast(Tone::Plain, String::from("No profile fits for sure: choose one. ctrl-y takes the nearest."))];
        }
        let named = self.value(MODE);
        let mode = Mode::from_name(named);
        if mode.is_none() && !named.is_empty() {
            let modes = Mode::ALL.iter().map(|m| m.name()).collect::<Vec<_>>().join(", ");
            let text = format!("There is no mode \"{named}\": it is one of {modes}, or blank.");
            self.form.go_to(MODE);
            return vec![Effect::Toast(Tone::Bad, text)];
        }
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let import = Import { path, profile: some(chosen), org: some(self.value(ORG)), mode, dry_run: true, ..Import::default() };
        self.checking = true;
        self.progress = None;
        let title = typed.rsplit('/').next().unwrap_or_default().to_owned();
        vec![Effect::Long { token: Token::of(CHECK), request: Request::Import(import), title }]
    }

    fn suggest(&mut self) {
        let Some(r) = self.recognised.get() else { return };
        let best = r.profile.clone().or_else(|| r.profiles.first().map(|(name, ..)| name.clone()));
        let about = if r.profile.is_some() { "recognised" } else { "the nearest" };
        if let Some(field) = self.form.fields.get_mut(PROFILE) {
            field.about = best.as_ref().map_or_else(|| String::from("none fits"), |name| format!("{about}: {name}"));
            field.suggestion = best;
        }
    }

    fn checked(ran: Ran) -> Vec<Effect> {
        let screen: Box<dyn Screen> = match ran.detail.sync.status {
            SyncStatus::DryRun | SyncStatus::Held => Box::new(PlanScreen::with(ran.detail)),
            _ => Box::new(SyncScreen::with(ran.detail)),
        };
        vec![Effect::Replace(screen)]
    }

    fn reply(&mut self, token: Token, reply: Reply) -> Vec<Effect> {
        match (token.slot, reply) {
            (RECOGNISE, Reply::Recognised(r)) => {
                self.recognised.take(token, Ok(r));
                self.suggest();
            }
            (RECOGNISE, Reply::Trouble(trouble)) => {
                self.recognised.take(token, Err(trouble));
            }
            (CHECK, Reply::Ran(ran)) => {
                self.checking = false;
                return Self::checked(*ran);
            }
            (CHECK, Reply::Trouble(trouble)) => {
                self.checking = false;
                let cancelled = trouble.sort == TroubleSort::Cancelled;
                return vec![if cancelled {
                    Effect::Toast(Tone::Plain, String::from("Cancelled. Nothing was changed."))
                } else {
                    say(&trouble)
                }];
            }
            _ => {}
        }
        Vec::new()
    }

    fn fit(&mut self) {
        self.form.set_room(self.room.width, FIELDS);
    }

    fn below(&self, paint: &mut Paint, look: &Look) {
        if self.checking {
            progress_line(paint, "checking", self.progress.as_ref(), look);
            paint.line(&[piece("ctrl-c cancels. Nothing is changed before you have seen the plan.", Role::Dim)]);
            return;
        }
        if let Some(trouble) = self.recognised.trouble() {
            return paint.wrapped(1, &sentence(trouble), Role::Error, 3);
        }
        match self.recognised.get() {
            Some(r) => preview(paint, r, look),
            None if self.completion.candidates.is_empty() => {
                paint.line(&[piece("Type a path; tab completes it, enter looks at the file.", Role::Dim)]);
                paint.line(&[piece("Nothing is changed before you have seen the plan.", Role::Dim)]);
            }
            None => candidates(paint, &self.completion),
        }
    }
}

fn candidates(paint: &mut Paint, completion: &Completion) {
    paint.heading(&super::words::count(completion.candidates.len() as u64, "entry", "entries"));
    let room = usize::from(paint.left());
    let shown = if completion.candidates.len() > room { room.saturating_sub(1) } else { room };
    for entry in completion.candidates.iter().take(shown) {
        let (name, role) = if entry.folder { (format!("{}/", entry.name), Role::Accent) } else { (entry.name.clone(), Role::Text) };
        paint.at(3, &[piece(name, role)]);
        paint.next();
    }
    if completion.candidates.len() > shown {
        paint.line(&[piece(format!("and {} more", number((completion.candidates.len() - shown) as u64)), Role::Dim)]);
    }
}

/// What the file looks like: what it was recognised as, what would refuse it, its header and first rows.
fn preview(paint: &mut Paint, r: &Recognised, look: &Look) {
    let cells = if r.delimiter.is_empty() { String::new() } else { format!("{} between cells", r.delimiter) };
    let known = [r.file.clone(), format!("{} bytes", number(r.size)), r.encoding.clone(), cells];
    let known: Vec<String> = known.into_iter().filter(|part| !part.is_empty()).collect();
    let mut pieces = vec![piece(format!("{}  ", known.join("  ")), Role::Text)];
    // A file that is no text at all has no columns to compare.
    let unread = r.header.is_empty() && r.findings.iter().any(|f| f.severity == Severity::Refused);
    let (text, role) = match (&r.profile, r.profiles.first()) {
        (Some(profile), _) => (format!("as {profile}"), Role::Ok),
        _ if unread => (String::from("cannot be read"), Role::Error),
        (None, Some(_)) => (String::from("no profile for sure"), Role::Warning),
        (None, None) => (String::from("no profile fits"), Role::Warning),
    };
    pieces.push(piece(text, role));
    paint.line(&pieces);
    for finding in r.findings.iter().take(4) {
        let (glyph, role) = look.severity(finding.severity);
        let line = finding.line.map(|l| format!("line {}: ", number(u64::from(l)))).unwrap_or_default();
        paint.wrapped(1, &format!("{glyph} {line}{}  {}", finding.message(), finding.code), role, 2);
        paint.wrapped(3, &finding.resolution(), Role::Dim, 2);
    }
    if unread {
        return;
    }
    if r.profile.is_none() {
        for (name, has, of) in r.profiles.iter().take(3) {
            paint.line(&[piece(format!("  {name}: {has} of {of} needed columns"), Role::Dim)]);
        }
    }
    paint.rule("header and first rows");
    let columns = r.header.len();
    let width = usize::from(paint.rest().width);
    for row in std::iter::once(&r.header).chain(&r.sample).take(usize::from(paint.left())) {
        let head = std::ptr::eq(row, &raw const r.header);
        let mut x = 1;
        for n in 0..columns {
            let widest =
                std::iter::once(&r.header).chain(&r.sample).filter_map(|row| row.get(n)).map(|c| visible::width(&look.visible(c))).max();
            let cells = widest.unwrap_or(0).clamp(2, 20);
            if x + cells > width {
                break;
            }
            let text = row.get(n).map_or("", String::as_str);
            let text = if head { text.into() } else { look.personal(text) };
            let text = look.cut(&text, cells).into_owned();
            paint.at(x as u16, &[piece(text, if head { Role::Accent } else { Role::Text })]);
            x += cells + 2;
        }
        paint.next();
    }
}

impl Screen for ImportScreen {
    fn crumb(&self) -> String {
        String::from("Import")
    }

    fn subtitle(&self) -> Option<String> {
        Some(String::from("a file is looked at, checked, and planned; you apply it"))
    }

    fn place(&self) -> Place {
        Place::Form
    }

    fn open(&mut self, room: Size) -> Vec<Effect> {
        self.room = room;
        self.completion = complete("", self.list);
        self.fit();
        Vec::new()
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = match msg {
            Msg::Command(Command::Save | Command::SaveStay) => self.save(),
            Msg::Command(Command::NextField) if self.complete() => Vec::new(),
            Msg::Command(Command::Rule) => {
                self.form.field().map(|f| Effect::Show { title: f.name.clone(), lines: f.rule.clone() }).into_iter().collect()
            }
            Msg::Command(command) => {
                let changed = self.form.command(command);
                self.typed(changed);
                Vec::new()
            }
            Msg::Key(key) => {
                let changed = self.form.key(key);
                self.typed(changed);
                Vec::new()
            }
            Msg::Paste(text) => {
                let changed = self.form.paste(&text);
                self.typed(changed);
                Vec::new()
            }
            Msg::Reply { token, reply } => self.reply(token, *reply),
            Msg::Event(Event::Progress(progress)) if self.checking => {
                self.progress = Some(progress);
                Vec::new()
            }
            Msg::Resized(room) => {
                self.room = room;
                Vec::new()
            }
            _ => Vec::new(),
        };
        self.fit();
        effects
    }

    fn render(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let buffer = frame.buffer_mut();
        let (fields, below) = foot(area, area.height.saturating_sub(FIELDS));
        self.form.render(buffer, fields, look);
        self.below(&mut Paint::new(buffer, below, look), look);
    }

    fn offers(&self) -> Vec<Offer> {
        let busy = self.checking.then_some("the file is being checked");
        let looked = self.recognised.get().is_some();
        let suggestion = self.form.field().is_none_or(|f| f.suggestion.is_none()).then_some("there is no suggestion");
        vec![
            Offer::unless(Command::Save, busy).called(if looked { "check" } else { "look at it" }),
            Offer::unless(Command::Take, suggestion),
            Offer::on(Command::Rule).called("what is this"),
            Offer::on(Command::PutBack).called("clear").quiet(),
        ]
    }

    fn cursor(&self, area: Rect, look: &Look) -> Option<Position> {
        let (fields, _) = foot(area, area.height.saturating_sub(FIELDS));
        self.form.render(&mut Buffer::empty(area), fields, look)
    }
}
