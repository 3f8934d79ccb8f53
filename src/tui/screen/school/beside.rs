//! What a school's lists can do besides being looked at: columns and sort, copies and exports, the detail beside them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{OUTPUT, REPORTS, SchoolScreen, Tab};
use crate::desk::{ClassDetail, PersonDetail, ReportFormat, Request};
use crate::tui::command::Command;
use crate::tui::look::Look;
use crate::tui::screen::class::in_brief;
use crate::tui::screen::paint::{Paint, divide};
use crate::tui::screen::person::summary;
use crate::tui::screen::{Effect, Token, people};
use crate::tui::widget::WIDE;

impl SchoolScreen {
    pub(super) fn output(&mut self) -> Option<Effect> {
        if self.tab() == Tab::Uploads {
            let number = self.uploads.selected()?.number;
            return self.reports.choose_or(number, self.uploads.exported());
        }
        let Some(upload) = self.reported() else { return self.export() };
        let choices = vec![
            ('o', format!("sync report on {}, {}", upload.number, upload.file)),
            ('r', format!("another report on {}", upload.number)),
            ('e', String::from("export current data of this school")),
        ];
        Some(Effect::Choose { token: Token::of(OUTPUT), title: String::from("Report or export"), choices })
    }

    pub(super) fn export(&mut self) -> Option<Effect> {
        let id = self.id()?;
        Some(match self.listed() {
            Some(listed) => self.exports.choose_or(Some(id), listed),
            None => self.exports.choose(Some(id)),
        })
    }

    pub(super) fn output_chosen(&mut self, index: usize) -> Option<Effect> {
        let sync = self.reported()?.number;
        match index {
            0 => {
                let request = Request::Report { sync, format: ReportFormat::SyncReport, xlsx: false, original: None };
                Some(Effect::Ask { token: Token::of(REPORTS), request })
            }
            1 => self.reports.choose(sync),
            _ => self.export(),
        }
    }

    /// Carries out `s`, `S` and `c` on the tab's list.
    pub(super) fn arrange(&mut self, command: Command) -> Option<Effect> {
        match self.tab() {
            Tab::People(_) => self.people.arrange(command, people::AT_SCHOOL),
            Tab::Classes => self.classes.arrange(command, super::tabs::CLASSES),
            Tab::Uploads => self.uploads.arrange(command, super::tabs::UPLOADS),
            Tab::History => None,
        }
    }

    /// Asks who is selected in full, where there is room beside the list.
    pub(super) fn ask_beside(&mut self) -> Option<Effect> {
        let wide = self.room.width >= WIDE;
        match self.tab() {
            Tab::People(_) if wide && !self.person.waiting() => {
                let selected = self.people.selected().map(|p| p.number);
                if selected == self.person_of {
                    return None;
                }
                self.person_of = selected;
                selected.map(|number| self.person.ask(Request::Person(number)))
            }
            Tab::Classes if wide && !self.class.waiting() => {
                let selected = self.classes.selected().map(|c| c.number);
                if selected == self.class_of {
                    return None;
                }
                self.class_of = selected;
                selected.map(|number| self.class.ask(Request::Class(number)))
            }
            _ => None,
        }
    }

    /// What the tab's list can export: "the 12 listed here".
    pub(super) fn listed(&self) -> Option<String> {
        match self.tab() {
            Tab::People(_) => Some(self.people.exported()),
            Tab::Classes => Some(self.classes.exported()),
            Tab::Uploads => Some(self.uploads.exported()),
            Tab::History => None,
        }
    }

    pub(super) fn export_listed(&mut self) {
        match self.tab() {
            Tab::People(_) => self.people.export(),
            Tab::Classes => self.classes.export(),
            Tab::Uploads => self.uploads.export(),
            Tab::History => {}
        }
    }

    pub(super) fn copy(&mut self, command: Command) {
        match self.tab() {
            Tab::People(_) => self.people.copy(command, |p| p.email.clone(), people::copied),
            Tab::Classes => self.classes.copy(
                command,
                |c| c.class.sourced_id.clone(),
                |c| {
                    let class = &c.class;
                    let grade = class.grade.map(|g| g.code().to_owned()).unwrap_or_default();
                    let words = [&class.title, &class.sourced_id, &grade, &class.subject, &c.teacher].map(String::clone);
                    words.into_iter().chain([c.students.to_string(), class.status.name().to_owned()]).collect()
                },
            ),
            Tab::Uploads => self.uploads.copy(
                command,
                |s| s.file.clone(),
                |s| {
                    let counts = [s.rows, s.rows_with_errors].map(|n| n.to_string());
                    [s.number.to_string(), s.file.clone(), s.status.words().to_owned()].into_iter().chain(counts).collect()
                },
            ),
            Tab::History => {}
        }
    }

    /// Who or what is selected, in full.
    pub(super) fn render_beside(&self, buffer: &mut Buffer, area: Rect, look: &Look) {
        divide(buffer, area, look);
        let mut paint = Paint::new(buffer, area, look);
        match self.tab() {
            Tab::People(_) => {
                let here = |d: &&PersonDetail| self.people.selected().is_some_and(|p| p.number == d.row.number);
                if let Some(person) = self.person.get().filter(here) {
                    summary(&mut paint, person, look);
                }
            }
            Tab::Classes => {
                let here = |d: &&ClassDetail| self.classes.selected().is_some_and(|c| c.number == d.row.number);
                if let Some(class) = self.class.get().filter(here) {
                    in_brief(&mut paint, class, look);
                }
            }
            Tab::Uploads | Tab::History => {}
        }
    }

    /// Whether the tab's records have more to say than the columns.
    pub(super) fn has_beside(&self) -> bool {
        matches!(self.tab(), Tab::People(_) | Tab::Classes)
    }
}
