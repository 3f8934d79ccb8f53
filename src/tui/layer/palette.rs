//! Every command by name, with key and doc; and straight to a thing: `48` a sync, `1204` a line of the sync shown,
//! `school 123`, `staff:1001`, `compare 46 48`.

use crossterm::event::KeyCode;
use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Span;

use super::{Outcome, boxed, first_row, line, line_cut, step};
use crate::ledger::SyncNo;
use crate::tui::command::{Command, Scope, TABLE};
use crate::tui::keys::Key;
use crate::tui::look::{Glyph, Look};
use crate::tui::theme::Role;
use crate::tui::visible;
use crate::tui::widget::line_edit::{Edited, LineEdit};

/// A command as it can be chosen here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The command.
    pub command: Command,
    /// Its key here.
    pub key: String,
    /// Why it is off; `None` where it is on.
    pub off: Option<String>,
}

/// The palette.
pub struct Palette {
    query: LineEdit,
    choices: Vec<Choice>,
    sync: Option<SyncNo>,
    /// Names of the commands chosen here last, newest first.
    recent: Vec<String>,
    /// How many rows the list below has.
    rows: u64,
    /// The number of the newest sync, where it is known.
    newest: Option<u32>,
    found: Vec<Entry>,
    selected: usize,
}

/// One line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    Command(usize),
    Sync(SyncNo),
    Line(SyncNo, u32),
    Row(u64),
    Compare(Option<SyncNo>, SyncNo),
    Open(String),
}

impl Palette {
    /// All that can be chosen, and the sync that is shown, if one is.
    pub fn new(choices: Vec<Choice>, sync: Option<SyncNo>) -> Self {
        let query = LineEdit::default();
        let mut palette = Self { query, choices, sync, recent: Vec::new(), rows: 0, newest: None, found: Vec::new(), selected: 0 };
        palette.search();
        palette
    }

    /// The same, knowing which commands were chosen last, how many rows the list below has, and which sync is the newest.
    #[must_use]
    pub fn knowing(self, recent: &[String], rows: u64, newest: Option<u32>) -> Self {
        let mut palette = Self { recent: recent.to_vec(), rows, newest, ..self };
        palette.search();
        palette
    }

    /// Lets a key act.
    pub fn key(&mut self, key: Key) -> Outcome {
        match key.code {
            KeyCode::Esc => Outcome::Close,
            KeyCode::Enter => self.chosen(),
            KeyCode::Down | KeyCode::Tab => self.go(true),
            KeyCode::Up => self.go(false),
            KeyCode::PageDown => self.page(true),
            KeyCode::PageUp => self.page(false),
            _ if key.is_ctrl('n') => self.go(true),
            _ if key.is_ctrl('p') => self.go(false),
            _ => {
                if self.query.key(key) == Edited::Changed {
                    self.search();
                }
                Outcome::Stay
            }
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) -> Outcome {
        self.query.insert(text);
        self.search();
        Outcome::Stay
    }

    /// Draws it.
    pub fn render(&self, frame: &mut Frame, area: Rect, look: &Look) -> Option<Position> {
        let inner = boxed(frame, area, area.width.saturating_sub(8).min(76), 14.min(area.height), "Commands", look);
        if inner.is_empty() {
            return None;
        }
        let label = ": ";
        line(frame, inner, 0, vec![Span::styled(label, look.style(Role::Accent))]);
        let field = Rect { x: inner.x + 2.min(inner.width), width: inner.width.saturating_sub(2), height: 1, ..inner };
        let cursor = self.query.render(frame.buffer_mut(), field, &look.unmasked(), "");
        let rows = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
        if self.found.is_empty() {
            line(frame, rows, 0, vec![Span::styled("No command is called so. Esc leaves.", look.style(Role::Dim))]);
        }
        let first = first_row(self.selected, rows.height);
        for (row, (index, entry)) in self.found.iter().enumerate().skip(first).take(usize::from(rows.height)).enumerate() {
            line_cut(frame, rows, row as u16, self.spans(entry, index == self.selected, look), look);
        }
        Some(cursor)
    }

    fn chosen(&self) -> Outcome {
        match self.found.get(self.selected) {
            Some(Entry::Command(index)) => Outcome::Command(self.choices[*index].command),
            Some(Entry::Sync(number)) => Outcome::Sync(*number),
            Some(Entry::Line(sync, n)) => Outcome::Line(*sync, *n),
            Some(Entry::Row(n)) => Outcome::Row(*n),
            Some(Entry::Compare(older, newer)) => Outcome::Compare(*older, *newer),
            Some(Entry::Open(reference)) => Outcome::Open(reference.clone()),
            None => Outcome::Stay,
        }
    }

    fn go(&mut self, down: bool) -> Outcome {
        self.selected = step(self.selected, self.found.len(), down);
        Outcome::Stay
    }

    fn page(&mut self, down: bool) -> Outcome {
        (0..10).for_each(|_| self.selected = step(self.selected, self.found.len(), down));
        Outcome::Stay
    }

    fn search(&mut self) {
        self.selected = 0;
        let query = self.query.text().trim().trim_start_matches(':').to_owned();
        self.found = self.direct(&query);
        if query.is_empty() {
            // Those chosen last, then what is on, then what is off, each in the order of the table.
            let age = |i: &usize| self.recent.iter().position(|name| name == self.choices[*i].command.spec().name).unwrap_or(usize::MAX);
            let mut all: Vec<usize> = (0..self.choices.len()).collect();
            all.sort_by_key(|i| (self.choices[*i].off.is_some(), age(i), *i));
            self.found.extend(all.into_iter().map(Entry::Command));
            return;
        }
        let words: Vec<String> = query.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let matcher = SkimMatcherV2::default().ignore_case();
        let mut scored: Vec<(i64, usize)> = self
            .choices
            .iter()
            .enumerate()
            .filter_map(|(i, choice)| {
                let spec = choice.command.spec();
                // A match in the name is worth more than one in the doc.
                let name = matcher
                    .fuzzy_match(spec.name, &query)
                    .map(|s| s * 4 + i64::from(spec.name.starts_with(&query)) * 1000 + i64::from(spec.name == query) * 1000);
                // Of the doc every word, in any order.
                let text = format!("{} {}", spec.name, spec.doc.to_lowercase());
                let doc = words.iter().all(|w| text.contains(w)).then_some(20);
                let recent = self.recent.iter().position(|n| n == spec.name).map_or(0, |age| 5 - age.min(5) as i64);
                Some((name.max(doc)? - i64::from(choice.off.is_some()) * 10 + recent, i))
            })
            .collect();
        scored.sort_by_key(|(score, i)| (-score, *i));
        self.found.extend(scored.into_iter().map(|(_, i)| Entry::Command(i)));
    }

    /// Things that the query itself names.
    fn direct(&self, query: &str) -> Vec<Entry> {
        if let Ok(n) = query.trim_start_matches('#').parse::<u32>() {
            let bare = !query.starts_with('#');
            // A number that no sync has yet is a row.
            let line = self.sync.filter(|_| bare).map(|sync| Entry::Line(sync, n));
            let row = (bare && n > 0 && u64::from(n) <= self.rows).then_some(Entry::Row(u64::from(n)));
            let known = self.newest.is_none_or(|newest| n <= newest) || (line.is_none() && row.is_none());
            let sync = known.then_some(Entry::Sync(SyncNo(n)));
            return sync.into_iter().chain(line).chain(row).collect();
        }
        if let Some(numbers) = query.strip_prefix("compare ") {
            let numbers: Option<Vec<u32>> = numbers.split_whitespace().map(|n| n.trim_start_matches('#').parse().ok()).collect();
            return match numbers.as_deref() {
                Some([newer]) => vec![Entry::Compare(None, SyncNo(*newer))],
                Some([older, newer]) => vec![Entry::Compare(Some(SyncNo(*older)), SyncNo(*newer))],
                _ => Vec::new(),
            };
        }
        for family in ["school", "staff", "student", "guardian"] {
            let rest = query.strip_prefix(family).and_then(|r| r.strip_prefix([' ', ':'])).map(str::trim).filter(|r| !r.is_empty());
            if let Some(id) = rest {
                return vec![Entry::Open(format!("{family}:{id}"))];
            }
        }
        if query.starts_with('@') && query.len() > 1 { vec![Entry::Open(query.to_owned())] } else { Vec::new() }
    }

    fn spans<'a>(&'a self, entry: &'a Entry, selected: bool, look: &'a Look) -> Vec<Span<'a>> {
        let marker = if selected { look.glyph(Glyph::Selected) } else { " " };
        let role = if selected { Role::Selected } else { Role::Text };
        let mut spans = vec![Span::styled(format!("{marker} "), look.style(Role::Accent))];
        match entry {
            Entry::Command(index) => {
                let choice = &self.choices[*index];
                let spec = choice.command.spec();
                let pad = |text: &str, cells: usize| " ".repeat(cells.saturating_sub(visible::width(text)).max(1));
                let name_role = if choice.off.is_some() && !selected { Role::Dim } else { role };
                spans.push(Span::styled(spec.name, look.style(name_role)));
                spans.push(Span::raw(pad(spec.name, 15)));
                spans.push(Span::styled(choice.key.as_str(), look.style(Role::Accent)));
                spans.push(Span::raw(pad(&choice.key, 8)));
                match &choice.off {
                    Some(why) => spans.push(Span::styled(format!("off: {}", look.visible(why)), look.style(Role::Dim))),
                    None => spans.push(Span::styled(spec.doc.trim(), look.style(Role::Text))),
                }
            }
            Entry::Sync(number) => spans.push(Span::styled(format!("open sync {number}"), look.style(role))),
            Entry::Line(sync, n) => spans.push(Span::styled(format!("open line {n} of sync {sync}"), look.style(role))),
            Entry::Row(n) => spans.push(Span::styled(format!("go to row {n} of this list"), look.style(role))),
            Entry::Compare(older, newer) => {
                let older = older.map_or_else(|| String::from("the sync before it"), |o| o.to_string());
                spans.push(Span::styled(format!("compare {newer} with {older}"), look.style(role)));
            }
            Entry::Open(reference) => spans.push(Span::styled(format!("open {}", look.visible(reference)), look.style(role))),
        }
        spans
    }
}

/// The commands that a palette lists: movements have their keys and need no name.
pub fn listed() -> impl Iterator<Item = Command> {
    TABLE
        .iter()
        .filter(|spec| spec.scope != Scope::Movement && !matches!(spec.command, Command::Palette | Command::FilterKeep))
        .map(|spec| spec.command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn palette(sync: Option<SyncNo>) -> Palette {
        Palette::new(listed().map(|command| Choice { command, key: String::new(), off: None }).collect(), sync)
    }

    fn entered(palette: &mut Palette, text: &str) -> Outcome {
        palette.paste(text);
        palette.key("<Enter>".parse().unwrap())
    }

    #[test]
    fn a_command_is_found_by_part_of_its_name() {
        assert_eq!(entered(&mut palette(None), "tria"), Outcome::Command(Command::Triage));
        assert_eq!(entered(&mut palette(None), "rerun"), Outcome::Command(Command::Rerun));
        assert_eq!(entered(&mut palette(None), "clipboard"), Outcome::Command(Command::Copy));
        assert_eq!(entered(&mut palette(None), "zzzz"), Outcome::Stay);
    }

    #[test]
    fn every_command_is_reached_by_its_own_name() {
        for command in listed() {
            assert_eq!(entered(&mut palette(None), command.spec().name), Outcome::Command(command));
        }
    }

    #[test]
    fn numbers_and_references_go_straight_to_the_thing() {
        assert_eq!(entered(&mut palette(None), ":48"), Outcome::Sync(SyncNo(48)));
        assert_eq!(entered(&mut palette(None), ":compare 46 48"), Outcome::Compare(Some(SyncNo(46)), SyncNo(48)));
        assert_eq!(entered(&mut palette(None), "compare #48"), Outcome::Compare(None, SyncNo(48)));
        assert_eq!(entered(&mut palette(None), "school 104523"), Outcome::Open("school:104523".into()));
        let mut on_a_sync = palette(Some(SyncNo(48)));
        on_a_sync.paste("1204");
        on_a_sync.key("<Down>".parse().unwrap());
        assert_eq!(on_a_sync.key("<Enter>".parse().unwrap()), Outcome::Line(SyncNo(48), 1204));
    }
}
