//! The fields of the mapper: made of the mapping and of what the desk says of the file, anew with every draft. What is typed
//! and where stays.

use super::super::choices::Choice;
use super::super::form::{Field, Form, Problem};
use super::super::words;
use super::{MapForm, NOTHING};
use crate::desk::{MapLine, ProfileColumn};
use crate::ledger::Severity;
use crate::tui::widget::line_edit::LineEdit;

/// What a field is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// The path of the file.
    File,
    /// The profile.
    Profile,
    /// The mapping's name.
    Name,
    /// Lines before the header.
    Skip,
    /// A header of the file.
    Header(String),
    /// A column that the file lacks.
    Constant(String),
    /// A column's value that is not accepted.
    Value(String, String),
}

/// A field about to be made: what it is, what stands in it at first, what is said beside it, what may stand in it.
struct New {
    of: Of,
    text: String,
    about: String,
    suggestion: Option<String>,
    choices: Vec<Choice>,
    rule: String,
    group: &'static str,
}

/// Whether a mapping may be called so: it names a file too.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
}

/// A value as it stands in its field.
fn or_nothing(value: &str) -> String {
    if value.is_empty() { NOTHING.to_owned() } else { value.to_owned() }
}

/// A name made of a file's name: "Users Export 2026" becomes `users-export-2026`.
pub(super) fn name_from(text: &str) -> String {
    let lower = text.to_lowercase();
    let parts: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|p| !p.is_empty()).collect();
    parts.join("-")
}

impl MapForm {
    /// Makes the fields anew. `path` is that of a form that is only being opened.
    pub(super) fn rebuild(&mut self, path: Option<&str>) {
        let old: Vec<(Of, Field)> = self.of.iter().cloned().zip(self.form.fields.iter().cloned()).collect();
        let here = self.of.get(self.form.index()).cloned();
        let at = self.form.index();
        let fields = self.fields(path.unwrap_or_default());
        self.choices.clear();
        let mut made = Vec::with_capacity(fields.len());
        self.of.clear();
        for (index, new) in fields.into_iter().enumerate() {
            let typed = old.iter().find(|(of, _)| *of == new.of).map(|(_, field)| field);
            let name = match &new.of {
                Of::File => String::from("file"),
                Of::Profile => String::from("profile"),
                Of::Name => String::from("name"),
                Of::Skip => String::from("lines before header"),
                Of::Header(header) => header.clone(),
                Of::Constant(column) => column.clone(),
                Of::Value(column, value) => format!("{column}: {value}"),
            };
            let private = matches!(new.of, Of::Header(_) | Of::Value(..));
            self.choices.set(index, new.about.clone(), new.choices);
            made.push(Field {
                name,
                line: typed.map_or_else(|| LineEdit::new(new.text.as_str()), |field| field.line.clone()),
                before: typed.map_or(new.text, |field| field.before.clone()),
                about: new.about,
                suggestion: new.suggestion,
                rule: vec![new.rule],
                group: new.group,
                private,
                ..Field::default()
            });
            self.of.push(new.of);
        }
        self.form = Form::new(made).of_things();
        let first = if path.is_some() { usize::from(path != Some("")) } else { at };
        let at = here.and_then(|here| self.of.iter().position(|of| *of == here)).unwrap_or(first);
        self.form.go_to(at);
        // A form opened on a file is there for the first header that goes nowhere yet.
        let open = |i: &usize| matches!(self.of[*i], Of::Header(_)) && self.form.fields[*i].line.is_empty();
        if !self.placed && self.draft.get().is_some() {
            self.placed = true;
            if let Some(at) = (0..self.of.len()).find(open).filter(|_| !old.is_empty()) {
                self.form.go_to(at);
            }
        }
        self.note();
        self.fit();
    }

    fn fields(&self, path: &str) -> Vec<New> {
        let plain = |of, text: &str, about: &str, rule: &str| New {
            of,
            text: text.to_owned(),
            about: about.to_owned(),
            suggestion: None,
            choices: Vec::new(),
            rule: rule.to_owned(),
            group: "",
        };
        let map = &self.saved;
        let mut fields = vec![
            plain(Of::File, path, "tab completes", "A file as the source brings them. Its first rows are looked at; nothing is imported."),
            New {
                choices: self.known.profile_choices(),
                ..plain(Of::Profile, &map.profile, "needed: ctrl-o lists them", "The profile whose columns the headers go to.")
            },
            plain(
                Of::Name,
                &map.name,
                "needed",
                "The mapping's name: small letters, digits, - _ and . make one. A mapping of that name is replaced.",
            ),
            plain(Of::Skip, &map.skip_lines.to_string(), "", "Lines above the header, such as a title."),
        ];
        let profile = self.known.profile(self.text_or(&Of::Profile, &map.profile)).map_or(&[][..], |p| p.columns.as_slice());
        fields.extend(self.headers(profile));
        fields.extend(self.constants(profile));
        fields.extend(self.values());
        fields
    }

    fn text_or<'a>(&'a self, of: &Of, or: &'a str) -> &'a str {
        if self.of.is_empty() { or } else { self.text(of) }
    }

    /// A field for each header of the file; without a file, for each that the mapping names.
    fn headers(&self, profile: &[ProfileColumn]) -> Vec<New> {
        let named = |header: &str| self.saved.headers.iter().find(|(h, _)| h == header).map(|(_, column)| column.clone());
        let of_map = |(header, column): &(String, String)| MapLine {
            header: header.clone(),
            samples: Vec::new(),
            column: Some(column.clone()),
            suggested: Vec::new(),
        };
        let lines: Vec<MapLine> =
            self.draft.get().map_or_else(|| self.saved.headers.iter().map(of_map).collect(), |draft| draft.headers.clone());
        let field = |(n, line): (usize, MapLine)| {
            let words =
                |name: &str| profile.iter().find(|c| c.name == name).map_or_else(String::new, |c| format!("{}; {}", c.need, c.rule));
            let rest = profile.iter().map(|c| &c.name).filter(|name| !line.suggested.contains(name));
            New {
                text: line.column.clone().or_else(|| named(&line.header)).map(|column| or_nothing(&column)).unwrap_or_default(),
                about: line.samples.join(", "),
                suggestion: line.suggested.first().cloned().filter(|_| line.column.is_none()),
                choices: line
                    .suggested
                    .iter()
                    .chain(rest)
                    .map(|name| Choice::new(name.as_str(), words(name)))
                    .chain([Choice::new(NOTHING, "passed over")])
                    .collect(),
                rule: String::from("The column that this header of the file goes to; - where it is passed over."),
                group: if n == 0 { "Headers of the file, and the column each goes to" } else { "" },
                of: Of::Header(line.header),
            }
        };
        lines.into_iter().enumerate().map(field).collect()
    }

    /// A field for each needed column that no header goes to, and for each that has a value for all rows already.
    fn constants(&self, profile: &[ProfileColumn]) -> Vec<New> {
        let missing = self.draft.get().map_or(&[][..], |d| d.missing.as_slice());
        let typed = self.of.iter().zip(&self.form.fields).filter_map(|(of, f)| match of {
            Of::Constant(column) if !f.line.is_empty() => Some(column.clone()),
            _ => None,
        });
        let mut columns: Vec<String> = missing.to_vec();
        for column in self.saved.constants.iter().map(|(c, _)| c.clone()).chain(typed) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        // They stand in the order of the profile, so that none moves when another is filled.
        columns.sort_by_key(|name| profile.iter().position(|c| c.name == *name));
        let field = |(n, column): (usize, String)| {
            let known = profile.iter().find(|c| c.name == column);
            let accept = known.map_or(&[][..], |c| c.accept.as_slice());
            New {
                text: self.saved.constants.iter().find(|(c, _)| *c == column).map(|(_, v)| or_nothing(v)).unwrap_or_default(),
                about: if accept.is_empty() { String::from("the same for every row; - leaves it blank") } else { accept.join(" ") },
                suggestion: known.and_then(|c| c.default.clone()),
                choices: accept.iter().map(|a| Choice::new(a.as_str(), "")).collect(),
                rule: known.map_or_else(String::new, |c| c.rule.clone()),
                group: if n == 0 { "Columns that the file lacks: a value for every row" } else { "" },
                of: Of::Constant(column),
            }
        };
        columns.into_iter().enumerate().map(field).collect()
    }

    /// A field for each value that a column does not accept.
    fn values(&self) -> Vec<New> {
        let seen = self.draft.get().map_or(&[][..], |d| d.values.as_slice());
        let mut fields: Vec<New> = seen
            .iter()
            .map(|v| New {
                of: Of::Value(v.column.clone(), v.value.clone()),
                text: v.taken.as_deref().map(or_nothing).unwrap_or_default(),
                about: words::count(v.rows, "row", "rows"),
                suggestion: v.suggested.clone(),
                choices: v.accept.iter().map(|a| Choice::new(a.as_str(), "")).collect(),
                rule: String::from(
                    "The accepted value that is taken instead; - for a blank cell; nothing where its rows are to be refused.",
                ),
                group: "",
            })
            .collect();
        for (column, pairs) in &self.saved.values {
            for (value, taken) in pairs {
                let of = Of::Value(column.clone(), value.clone());
                if fields.iter().all(|f| f.of != of) {
                    let rule = String::from("The accepted value that is taken instead.");
                    let about = String::from("not among the rows seen");
                    fields.push(New { of, text: or_nothing(taken), about, suggestion: None, choices: Vec::new(), rule, group: "" });
                }
            }
        }
        if let Some(first) = fields.first_mut() {
            first.group = "Values that are not accepted: what is taken instead";
        }
        fields
    }

    /// Says what is wrong with a field, once it is left.
    pub(super) fn note(&mut self) {
        let here = self.form.index();
        let wrong = self.wrong().filter(|(index, _)| *index != here);
        for (index, field) in self.form.fields.iter_mut().enumerate() {
            if matches!(self.of.get(index), Some(Of::File | Of::Profile | Of::Name)) {
                let text = field.line.text().trim();
                field.about =
                    if self.of[index] == Of::Profile || text.is_empty() { self.choices.beside(index, text) } else { String::new() };
            }
            let why = wrong.as_ref().filter(|(at, _)| *at == index).map(|(_, why)| why.clone());
            let problem = |message| Problem { severity: Severity::Error, message, resolution: String::new(), code: String::new() };
            field.problems = why.map(problem).into_iter().collect();
        }
        // What is half typed is offered whole.
        let Some(field) = self.form.field() else { return };
        let text = field.line.text().trim().to_owned();
        if !text.is_empty() && !self.choices.of(here).is_empty() {
            let first = self.choices.fitting(here, &text).first().map(|c| c.value.clone());
            let offered = if self.choices.has(here, &text) { None } else { first };
            if let Some(field) = self.form.field_mut() {
                field.suggestion = offered;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_gives_the_mapping_its_name() {
        for (file, name) in [("users", "users"), ("Users Export (2026)", "users-export-2026"), ("Ünïcode", "n-code"), ("__", "")] {
            assert_eq!(name_from(file), name);
        }
        assert!(is_name("schooltool-to-echalk") && !is_name("") && !is_name("A b"));
    }
}
