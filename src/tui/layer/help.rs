//! Help, made from the table of commands: what works here, why the rest does not; and the meaning of a finding.

use crossterm::event::KeyCode;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Span;

use super::palette::Choice;
use super::{Outcome, boxed, line, line_cut};
use crate::ledger::Code;
use crate::tui::command::{Command, Scope, TABLE};
use crate::tui::keys::Key;
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::visible;
use crate::tui::widget::line_edit::{Edited, LineEdit};

/// Help.
pub struct Help {
    search: LineEdit,
    choices: Vec<Choice>,
    code: Option<Code>,
    first: usize,
}

impl Help {
    /// What can be done here, and the finding that is selected, if one is.
    pub fn new(choices: Vec<Choice>, code: Option<Code>) -> Self {
        Self { search: LineEdit::default(), choices, code, first: 0 }
    }

    /// Lets a key act: letters search, arrows scroll.
    pub fn key(&mut self, key: Key) -> Outcome {
        match key.code {
            KeyCode::Esc | KeyCode::Enter | KeyCode::F(1) => return Outcome::Close,
            KeyCode::Char('?' | 'q') if self.search.is_empty() => return Outcome::Close,
            KeyCode::Down => self.first += 1,
            KeyCode::Up => self.first = self.first.saturating_sub(1),
            KeyCode::PageDown => self.first += 10,
            KeyCode::PageUp => self.first = self.first.saturating_sub(10),
            _ => {
                if self.search.key(key) == Edited::Changed {
                    self.first = 0;
                }
            }
        }
        self.first = self.first.min(TABLE.len() * 4);
        Outcome::Stay
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) -> Outcome {
        self.search.insert(text);
        self.first = 0;
        Outcome::Stay
    }

    /// Draws it.
    pub fn render(&self, frame: &mut Frame, area: Rect, look: &Look) -> Option<Position> {
        let cells = area.width.saturating_sub(4).min(76);
        let inner = boxed(frame, area, cells, area.height.saturating_sub(2), "Help: type to search, arrows scroll, esc leaves", look);
        if inner.is_empty() {
            return None;
        }
        line(frame, inner, 0, vec![Span::styled("/ ", look.style(Role::Accent))]);
        let field = Rect { x: inner.x + 2.min(inner.width), width: inner.width.saturating_sub(2), height: 1, ..inner };
        let cursor = self.search.render(frame.buffer_mut(), field, &look.unmasked(), "");
        let rows = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
        let lines = self.lines(usize::from(rows.width), look);
        let first = self.first.min(lines.len().saturating_sub(usize::from(rows.height)));
        for (row, spans) in lines.into_iter().skip(first).take(usize::from(rows.height)).enumerate() {
            line_cut(frame, rows, row as u16, spans, look);
        }
        Some(cursor)
    }

    fn lines<'a>(&'a self, cells: usize, look: &Look) -> Vec<Vec<Span<'a>>> {
        let wanted = self.search.text().trim().to_lowercase();
        let (accent, dim, text) = (look.style(Role::Accent), look.style(Role::Dim), look.style(Role::Text));
        let mut lines = Vec::new();
        if let Some(code) = self.code.filter(|_| wanted.is_empty()) {
            let spec = code.spec();
            lines.push(vec![Span::styled(format!("{} {}", code.name(), spec.severity.name()), accent)]);
            let example = if spec.example.is_empty() { String::new() } else { format!("For example: {}", spec.example) };
            for part in [spec.meaning, &example] {
                if !part.is_empty() {
                    lines.extend(visible::wrap(&look.visible(part), cells).into_iter().map(|l| vec![Span::styled(l, text)]));
                }
            }
            lines.push(Vec::new());
        }
        let mut section = |title: &'static str, entries: Vec<(String, &'static str, String)>| {
            let entries: Vec<_> = entries
                .into_iter()
                .filter(|(k, n, d)| [k.as_str(), n, d.as_str()].iter().any(|t| t.to_lowercase().contains(&wanted)))
                .collect();
            if entries.is_empty() {
                return;
            }
            lines.push(vec![Span::styled(title, accent)]);
            for (keys, name, doc) in entries {
                lines.push(vec![
                    Span::styled(format!(" {keys:<18} "), accent),
                    Span::styled(format!("{name:<15} "), text),
                    Span::styled(look.visible(&doc).into_owned(), dim),
                ]);
            }
            lines.push(Vec::new());
        };
        let keys = |command: Command| look.keys.keys(command).join(" ");
        let entry = |c: &Choice, doc: String| (keys(c.command), c.command.spec().name, doc);
        let of = |scope: Scope, on: bool| {
            self.choices.iter().filter(move |c| c.command.spec().scope == scope && c.off.is_none() == on).collect::<Vec<_>>()
        };
        section("On this screen", of(Scope::Screen, true).into_iter().map(|c| entry(c, c.command.spec().doc.trim().to_owned())).collect());
        section("Everywhere", of(Scope::Console, true).into_iter().map(|c| entry(c, c.command.spec().doc.trim().to_owned())).collect());
        let moves = TABLE.iter().filter(|s| s.scope == Scope::Movement);
        section("Moving", moves.map(|s| (keys(s.command), s.name, s.doc.trim().to_owned())).collect());
        let off = of(Scope::Screen, false).into_iter().chain(of(Scope::Console, false));
        section("Not now", off.map(|c| entry(c, c.off.clone().unwrap_or_default())).collect());
        if lines.is_empty() {
            lines.push(vec![Span::styled("Nothing here is called so.", dim)]);
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::layer::palette::listed;

    fn text(help: &Help) -> String {
        let lines = help.lines(70, &Look::plain());
        lines.iter().map(|spans| spans.iter().map(|s| s.content.as_ref()).collect::<String>() + "\n").collect()
    }

    #[test]
    fn it_names_every_command_and_searches() {
        let choices = listed().map(|command| Choice { command, key: String::new(), off: None }).collect();
        let mut help = Help::new(choices, None);
        let all = text(&help);
        for command in listed() {
            assert!(all.contains(command.spec().name), "{}", command.spec().name);
        }
        help.paste("copy");
        assert!(text(&help).contains("copy-row") && !text(&help).contains("triage"));
    }

    #[test]
    fn what_is_off_says_why_and_a_finding_is_explained() {
        let code = Code::all().next().unwrap();
        let choices =
            vec![Choice { command: crate::tui::command::Command::Rerun, key: "R".into(), off: Some("nothing was corrected".into()) }];
        let all = text(&Help::new(choices, Some(code)));
        assert!(all.contains("nothing was corrected"));
        assert!(all.contains(code.name()));
    }
}
