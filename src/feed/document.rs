//! A TOML file that a person wrote, read key by key: every key, type and value that is not right is noted with its place.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::near::nearest;
use crate::ledger::catalogue::shown;

/// Most characters of a message: enough for a list of all fields.
const MESSAGE_MAX: usize = 500;

/// What is wrong with a text, by byte offset. Reading goes on after a problem; the first one in the text is told. What is
/// missing from the text as a whole stands nowhere, so it is told only where nothing else is wrong.
pub(super) struct Problems<'i> {
    text: &'i str,
    found: RefCell<Vec<(Option<usize>, String)>>,
}

impl<'i> Problems<'i> {
    pub(super) fn of(text: &'i str) -> Self {
        Self { text, found: RefCell::default() }
    }

    /// Notes a problem at a byte offset.
    pub(super) fn note(&self, at: usize, message: impl Into<String>) {
        self.found.borrow_mut().push((Some(at), message.into()));
    }

    /// Notes that the text as a whole lacks something.
    pub(super) fn note_absent(&self, message: impl Into<String>) {
        self.found.borrow_mut().push((None, message.into()));
    }

    /// Notes a problem at the value of something that was read.
    pub(super) fn note_on<T>(&self, on: &Spanned<T>, message: impl Into<String>) {
        self.note(on.span().start, message);
    }

    /// The problem that stands first in the text: line and column from 1, message.
    pub(super) fn first(self) -> Option<(usize, usize, String)> {
        let (at, message) = self.found.into_inner().into_iter().min_by_key(|(at, _)| at.unwrap_or(usize::MAX))?;
        let (line, column) = place(self.text, at.unwrap_or(0));
        // Keys and values are repeated in messages, and messages go to terminals.
        Some((line, column, shown(&message, MESSAGE_MAX).into_owned()))
    }
}

/// Line and column, from 1, of a byte offset; columns count characters.
pub(super) fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(at.min(text.len()))];
    let line = before.rfind('\n').map_or(0, |i| i + 1);
    (before.matches('\n').count() + 1, before[line..].chars().count() + 1)
}

/// One table of the file, with what has been asked of it.
pub(super) struct Section<'d, 'i> {
    /// How messages call it: `a column`, `headers`.
    name: &'static str,
    table: &'d DeTable<'i>,
    /// Where it stands; `None` for the text as a whole.
    span: Option<Range<usize>>,
    problems: &'d Problems<'i>,
    asked: Vec<&'static str>,
    /// Keys that had to be there, each with what to say.
    absent: Vec<(&'static str, String)>,
}

impl<'d, 'i> Section<'d, 'i> {
    /// The whole file, which messages call `name`.
    pub(super) fn whole(name: &'static str, table: &'d DeTable<'i>, problems: &'d Problems<'i>) -> Self {
        Self::new(name, table, None, problems)
    }

    fn new(name: &'static str, table: &'d DeTable<'i>, span: Option<Range<usize>>, problems: &'d Problems<'i>) -> Self {
        Self { name, table, span, problems, asked: Vec::new(), absent: Vec::new() }
    }

    /// The value of a key, which is known from now on.
    pub(super) fn get(&mut self, key: &'static str) -> Option<&'d Spanned<DeValue<'i>>> {
        self.asked.push(key);
        self.table.get(key)
    }

    /// Says that a key has to be there, unless it turns out at the end that it is there misspelled.
    pub(super) fn missing(&mut self, key: &'static str) {
        self.missing_as(key, format!("{} needs the key `{key}`", self.name));
    }

    /// The same in other words.
    pub(super) fn missing_as(&mut self, key: &'static str, message: impl Into<String>) {
        self.absent.push((key, message.into()));
    }

    /// Whether the key is there, whatever its value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A text; a wrong type is noted.
    pub(super) fn text(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let value = self.get(key)?;
        self.as_text(key, value)
    }

    /// A text that has to be there and not be blank.
    pub(super) fn needed_text(&mut self, key: &'static str) -> Option<Spanned<String>> {
        if !self.has(key) {
            self.asked.push(key);
            self.missing(key);
            return None;
        }
        let text = self.text(key)?;
        if text.get_ref().trim().is_empty() {
            self.problems.note_on(&text, format!("`{key}` must not be blank"));
            return None;
        }
        Some(text)
    }

    /// Texts in `[...]`.
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Spanned<Vec<Spanned<String>>>> {
        let value = self.get(key)?;
        self.as_texts(key, value)
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        let value = self.get(key)?;
        if value.get_ref().as_bool().is_none() {
            self.wrong_type(key, value, "true or false");
        }
        value.get_ref().as_bool()
    }

    /// A whole number, 0 or more.
    pub(super) fn number(&mut self, key: &'static str) -> Option<Spanned<u64>> {
        let value = self.get(key)?;
        let number = value.get_ref().as_integer().and_then(|n| u64::from_str_radix(n.as_str(), n.radix()).ok());
        if number.is_none() {
            self.wrong_type(key, value, "a whole number, 0 or more");
        }
        Some(Spanned::new(value.span(), number?))
    }

    /// One word of a list.
    pub(super) fn word<T: Copy>(&mut self, key: &'static str, words: &[(&str, T)]) -> Option<Spanned<T>> {
        let text = self.text(key)?;
        self.as_word(key, &text, words).map(|w| Spanned::new(text.span(), w))
    }

    /// Words of a list, in `[...]`, none twice.
    pub(super) fn words<T: Copy + PartialEq>(&mut self, key: &'static str, words: &[(&str, T)]) -> Option<Spanned<Vec<T>>> {
        let texts = self.texts(key)?;
        let mut found = Vec::new();
        for text in texts.get_ref() {
            if let Some(word) = self.as_word(key, text, words) {
                if found.contains(&word) {
                    self.problems.note_on(text, format!("\"{}\" is in `{key}` twice", text.get_ref()));
                }
                found.push(word);
            }
        }
        Some(Spanned::new(texts.span(), found))
    }

    /// A table within this one: `{ ... }` or `[name]`.
    pub(super) fn section(&mut self, key: &'static str) -> Option<Self> {
        let value = self.get(key)?;
        if !value.get_ref().is_table() {
            self.wrong_type(key, value, "a table, { ... }");
        }
        Some(Self::new(key, value.get_ref().as_table()?, Some(value.span()), self.problems))
    }

    /// The tables of `[[key]]`.
    pub(super) fn sections(&mut self, key: &'static str, name: &'static str) -> Vec<Self> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(key, value, &format!("written as [[{key}]]"));
            return Vec::new();
        };
        let mut sections = Vec::new();
        for each in array {
            match each.get_ref().as_table() {
                Some(table) => sections.push(Self::new(name, table, Some(each.span()), self.problems)),
                None => self.wrong_type(key, each, &format!("written as [[{key}]]")),
            }
        }
        sections
    }

    /// Keys and values in the order in which they are written.
    pub(super) fn entries(&self) -> Vec<(Spanned<&'d str>, &'d Spanned<DeValue<'i>>)> {
        let mut entries: Vec<_> = self.table.iter().map(|(k, v)| (Spanned::new(k.span(), k.get_ref().as_ref()), v)).collect();
        entries.sort_by_key(|(k, _)| k.span().start);
        entries
    }

    /// Where the table begins.
    pub(super) fn start(&self) -> usize {
        self.span.as_ref().map_or(0, |s| s.start)
    }

    /// Notes every key that nobody asked for, and those that are missing.
    pub(super) fn finish(mut self) {
        self.asked.sort_unstable();
        self.asked.dedup();
        for (key, _) in self.entries() {
            let name = *key.get_ref();
            if self.asked.contains(&name) {
                continue;
            }
            // What is there already was hardly meant.
            let hint = match nearest(name, self.asked.iter().copied().filter(|k| !self.has(k))) {
                Some(near) => {
                    self.absent.retain(|(k, _)| *k != near);
                    format!("did you mean `{near}`?")
                }
                None => format!("the keys are {}", list(self.asked.iter().map(|k| format!("`{k}`")))),
            };
            self.problems.note_on(&key, format!("unknown key `{name}` in {}; {hint}", self.name));
        }
        for (_, message) in self.absent {
            match &self.span {
                Some(span) => self.problems.note(span.start, message),
                None => self.problems.note_absent(message),
            }
        }
    }

    /// A value as a text.
    pub(super) fn as_text(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Spanned<String>> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(key, value, "a text in quotes");
            return None;
        };
        Some(Spanned::new(value.span(), text.to_owned()))
    }

    /// A value as texts in `[...]`.
    pub(super) fn as_texts(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Spanned<Vec<Spanned<String>>>> {
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(key, value, "a list of texts, [\"...\"]");
            return None;
        };
        Some(Spanned::new(value.span(), array.iter().filter_map(|v| self.as_text(key, v)).collect()))
    }

    fn as_word<T: Copy>(&self, key: &str, text: &Spanned<String>, words: &[(&str, T)]) -> Option<T> {
        let word = text.get_ref().as_str();
        let found = words.iter().find(|(w, _)| *w == word).map(|(_, t)| *t);
        if found.is_none() {
            self.problems.note_on(text, not_one_of(word, key, words.iter().map(|(w, _)| *w)));
        }
        found
    }

    pub(super) fn wrong_type(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let is = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.problems.note_on(value, format!("`{key}` must be {wanted}, but is {is}"));
    }
}

/// That a key cannot be that word: with the nearest of the words it can be, or with all of them where none is near.
pub(super) fn not_one_of<'a>(word: &str, key: &str, words: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(word, words.clone()) {
        Some(near) => format!("`{key}` cannot be \"{word}\"; did you mean \"{near}\"?"),
        None => format!("`{key}` cannot be \"{word}\"; use {}", list(words.map(|w| format!("\"{w}\"")))),
    }
}

/// `a, b or c`.
pub(super) fn list<S: AsRef<str>>(items: impl Iterator<Item = S>) -> String {
    let items: Vec<S> = items.collect();
    let mut out = String::new();
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push_str(if i + 1 == items.len() { " or " } else { ", " });
        }
        out.push_str(item.as_ref());
    }
    out
}
