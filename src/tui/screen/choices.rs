//! What may stand in the fields of a form: listed below while the field is typed into, the nearest offered for ctrl-y, all that
//! fits in a list for ctrl-o.

use super::form::Form;
use super::paint::{Paint, piece};
use super::{Effect, Token, words};
use crate::tui::look::{Glyph, Look, number};
use crate::tui::theme::Role;
use crate::tui::visible;

/// One thing that may stand in a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is written into the field.
    pub value: String,
    /// What it means, in a few words.
    pub words: String,
}

impl Choice {
    /// A value and what it means.
    pub fn new(value: impl Into<String>, words: impl Into<String>) -> Self {
        Self { value: value.into(), words: words.into() }
    }
}

/// Yes and no, the way fields of this console say it.
pub fn yes_no(yes: &str, no: &str) -> Vec<Choice> {
    vec![Choice::new("yes", yes), Choice::new("no", no)]
}

/// The choices of each field, by its index, and what is said beside a field while it is blank.
#[derive(Clone, Debug)]
pub struct Choices {
    of: Vec<(String, Vec<Choice>)>,
    token: Token,
    /// What the list on the screen was made of: the field and the values.
    asked: (usize, Vec<String>),
}

/// The list has a letter for each line.
const LETTERS: usize = 52;

impl Choices {
    /// No field has choices yet; asks under tokens of that slot.
    pub fn new(slot: u8) -> Self {
        Self { of: Vec::new(), token: Token::of(slot), asked: (0, Vec::new()) }
    }

    /// Says what may stand in a field, and what is said beside it while it is blank.
    pub fn set(&mut self, field: usize, hint: impl Into<String>, choices: Vec<Choice>) {
        if self.of.len() <= field {
            self.of.resize(field + 1, (String::new(), Vec::new()));
        }
        self.of[field] = (hint.into(), choices);
    }

    /// Forgets all choices.
    pub fn clear(&mut self) {
        self.of.clear();
    }

    /// Whether a message under that token is for this.
    pub fn owns(&self, token: Token) -> bool {
        token.slot == self.token.slot
    }

    /// The choices of a field.
    pub fn of(&self, field: usize) -> &[Choice] {
        self.of.get(field).map_or(&[], |(_, choices)| choices)
    }

    /// What is said beside a field: what its value means, the hint where it is blank.
    pub fn beside(&self, field: usize, text: &str) -> String {
        let Some((hint, choices)) = self.of.get(field) else { return String::new() };
        match choices.iter().find(|c| c.value == text) {
            Some(choice) => choice.words.clone(),
            None if text.is_empty() || choices.is_empty() => hint.clone(),
            None => String::new(),
        }
    }

    /// Whether that text is one of the field's choices.
    pub fn has(&self, field: usize, text: &str) -> bool {
        self.of(field).iter().any(|c| c.value == text)
    }

    /// The choices that fit what is typed, what begins so first; all where nothing is typed or a choice stands there already.
    pub fn fitting(&self, field: usize, typed: &str) -> Vec<&Choice> {
        let choices = self.of(field);
        let typed = typed.trim();
        if typed.is_empty() || self.has(field, typed) {
            return choices.iter().collect();
        }
        let folded = typed.to_lowercase();
        let begins = |c: &Choice| [&c.value, &c.words].iter().any(|text| text.to_lowercase().starts_with(&folded));
        let contains = |c: &Choice| [&c.value, &c.words].iter().any(|text| text.to_lowercase().contains(&folded));
        let (mut first, mut rest): (Vec<&Choice>, Vec<&Choice>) = choices.iter().filter(|c| contains(c)).partition(|c| begins(c));
        first.append(&mut rest);
        first
    }

    /// Says beside each field what its value means, and offers the nearest choice for what is half typed.
    pub fn note(&self, form: &mut Form) {
        for (index, (_, choices)) in self.of.iter().enumerate() {
            let Some(field) = form.fields.get_mut(index) else { break };
            let text = field.line.text().trim();
            field.about = self.beside(index, text);
            if choices.is_empty() {
                continue;
            }
            let offered = if text.is_empty() || self.has(index, text) { None } else { self.fitting(index, text).first().copied() };
            field.suggestion = offered.map(|c| c.value.clone());
        }
    }

    /// Asks to choose one for the field that is typed into; nothing where it has no choices.
    pub fn ask(&mut self, form: &Form) -> Option<Effect> {
        let (index, field) = (form.index(), form.field()?);
        let fitting: Vec<Choice> = self.fitting(index, field.line.text()).into_iter().take(LETTERS).cloned().collect();
        if fitting.is_empty() {
            return None;
        }
        let line = |c: &Choice| match (c.value.is_empty(), c.words.is_empty()) {
            (_, true) => c.value.clone(),
            (true, _) => c.words.clone(),
            _ => format!("{}  {}", c.value, c.words),
        };
        let choices = fitting.iter().zip(('a'..='z').chain('A'..='Z')).map(|(c, letter)| (letter, line(c))).collect();
        self.asked = (index, fitting.into_iter().map(|c| c.value).collect());
        Some(Effect::Choose { token: self.token, title: field.name.clone(), choices })
    }

    /// Writes what was chosen into its field; the field and the value.
    pub fn chosen(&self, form: &mut Form, at: usize) -> Option<(usize, String)> {
        let (index, values) = &self.asked;
        let value = values.get(at)?;
        form.fields.get_mut(*index)?.line.set(value.clone());
        Some((*index, value.clone()))
    }

    /// Lists what fits the field that is typed into. `false` where there is nothing to list.
    pub fn draw(&self, paint: &mut Paint, form: &Form, look: &Look) -> bool {
        let Some(field) = form.field() else { return false };
        if self.of(form.index()).is_empty() || paint.left() < 2 {
            return false;
        }
        let typed = field.line.text().trim();
        let fitting = self.fitting(form.index(), typed);
        if fitting.is_empty() {
            paint.line(&[piece(format!("Nothing that fits here contains \"{typed}\"."), Role::Warning)]);
            return true;
        }
        paint.heading(&format!("{} for {}", words::count(fitting.len() as u64, "choice", "choices"), field.name));
        let room = usize::from(paint.left());
        let shown = if fitting.len() > room { room.saturating_sub(1) } else { room };
        let widest = fitting.iter().take(shown).map(|c| visible::width(&look.visible(&c.value))).max().unwrap_or(0).min(28);
        for choice in fitting.iter().take(shown) {
            let here = choice.value == typed && !typed.is_empty();
            let sign = if here { look.glyph(Glyph::Ok) } else { " " };
            let value = if choice.value.is_empty() { look.glyph(Glyph::None) } else { &choice.value };
            paint.at(1, &[piece(sign, Role::Ok)]);
            paint.at(3, &[piece(look.cut(value, widest.max(1)).into_owned(), Role::Text)]);
            paint.at(5 + widest as u16, &[piece(choice.words.as_str(), Role::Dim)]);
            paint.next();
        }
        if fitting.len() > shown {
            let more = number((fitting.len() - shown) as u64);
            paint.line(&[piece(format!("and {more} more: type a part of it"), Role::Dim)]);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::form::Field;
    use super::*;
    use crate::tui::widget::line_edit::LineEdit;

    fn schools() -> (Form, Choices) {
        let mut choices = Choices::new(0);
        let all = [("104521", "Lincoln High"), ("104112", "Adams Middle"), ("210452", "Grant Elementary")];
        choices.set(0, "blank: whole district", all.iter().map(|(id, name)| Choice::new(*id, *name)).collect());
        (Form::new(vec![Field { name: "school".into(), ..Field::default() }]), choices)
    }

    fn typed(form: &mut Form, choices: &Choices, text: &str) -> (String, Option<String>) {
        form.fields[0].line = LineEdit::new(text);
        choices.note(form);
        (form.fields[0].about.clone(), form.fields[0].suggestion.clone())
    }

    #[test]
    fn what_begins_so_goes_before_what_contains_it() {
        let (mut form, choices) = schools();
        let ids = |text| choices.fitting(0, text).iter().map(|c| c.value.clone()).collect::<Vec<_>>();
        assert_eq!(ids("2104"), ["210452"]);
        assert_eq!(ids("045"), ["104521", "210452"]);
        assert_eq!(ids("adams"), ["104112"]);
        assert_eq!(ids("104521").len(), 3, "a choice stands there: all are listed");
        assert_eq!(typed(&mut form, &choices, ""), ("blank: whole district".into(), None));
        assert_eq!(typed(&mut form, &choices, "gra"), (String::new(), Some("210452".into())));
        assert_eq!(typed(&mut form, &choices, "104521"), ("Lincoln High".into(), None));
    }

    #[test]
    fn what_is_chosen_from_the_list_is_what_the_list_showed() {
        let (mut form, mut choices) = schools();
        form.fields[0].line.set("a");
        let Some(Effect::Choose { choices: shown, .. }) = choices.ask(&form) else { panic!("asks") };
        assert_eq!(shown[0], ('a', "104112  Adams Middle".into()));
        form.fields[0].line.set("");
        assert_eq!(choices.chosen(&mut form, 0), Some((0, "104112".into())));
        assert_eq!(form.fields[0].line.text(), "104112");
        assert_eq!(choices.chosen(&mut form, 99), None);
    }
}
