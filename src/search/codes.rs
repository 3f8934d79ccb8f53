//! How well one word of a query fits what a person is known by beside names: ID, e-mail, username, phone.

use memchr::memmem::Finder;

use crate::roster::fold::fold;
use crate::roster::{PersonRef, Text};

/// An ID, e-mail or username as typed.
pub(crate) const EXACT: u16 = 120;

const PHONE: u16 = 110;
const EMAIL_LOCAL: u16 = 78;
const ID_PREFIX: u16 = 75;
const EMAIL_PREFIX: u16 = 55;
const PHONE_END: u16 = 50;
const CONTAINED: u16 = 40;

/// Letters from which a word is looked for within e-mails; shorter ones are in nearly all of them.
const CONTAINED_FROM: usize = 3;
/// Digits from which a word may be the end of a phone number.
const PHONE_FROM: usize = 4;
/// Of a number only the end is looked for in the records: a stored phone may lack the country or have separators.
const PHONE_NEEDLE: usize = 4;
/// Digits from which a stored phone may be the end of the number that was typed with its country.
const PHONE_WHOLE: usize = 7;

/// One word of a query, prepared to be looked for in packed records.
#[derive(Debug)]
pub(crate) struct Code {
    folded: String,
    /// The digits, where the word may be a phone number.
    digits: Option<String>,
    /// Whether the whole e-mail counts, not only what is before its `@`.
    whole_email: bool,
    finder: Finder<'static>,
    has_letters: bool,
}

impl Code {
    /// The word of that folded text.
    pub(crate) fn new(folded: &str) -> Self {
        let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
        let phone_like = folded.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | '.' | '/'));
        let digits = (phone_like && digits.len() >= PHONE_FROM).then_some(digits);
        let needle = match &digits {
            Some(digits) => {
                let run = folded.split(|c: char| !c.is_ascii_digit()).max_by_key(|r| r.len()).unwrap_or(digits);
                &run[run.len().saturating_sub(PHONE_NEEDLE)..]
            }
            None => folded,
        };
        Self {
            finder: Finder::new(needle.as_bytes()).into_owned(),
            has_letters: needle.bytes().any(|b| b.is_ascii_alphabetic()),
            whole_email: folded.contains(['@', '.']),
            digits,
            folded: folded.to_owned(),
        }
    }

    /// The folded word.
    pub(crate) fn text(&self) -> &str {
        &self.folded
    }

    /// Whether finding it within IDs and e-mails is worth a pass over the records.
    pub(crate) fn is_long(&self) -> bool {
        self.folded.len() >= CONTAINED_FROM
    }

    /// Whether it has a digit, so that it may be the beginning of an ID however short.
    pub(crate) fn has_digit(&self) -> bool {
        self.folded.bytes().any(|b| b.is_ascii_digit())
    }

    /// Whether a record of plain ASCII may hold it.
    pub(crate) fn is_ascii(&self) -> bool {
        self.folded.is_ascii()
    }

    /// Whether it must be looked for in lower case.
    pub(crate) fn has_letters(&self) -> bool {
        self.has_letters
    }

    /// Finds in bytes of lower case what every record that it fits must hold.
    pub(crate) fn finder(&self) -> &Finder<'static> {
        &self.finder
    }

    /// How well it fits a person; 0 = not at all.
    pub(crate) fn score(&self, person: PersonRef<'_>) -> u16 {
        let raws = person.raws();
        let raw = |text: Text| raws[text as usize];
        let long = self.is_long();
        let id = self.fit(raw(Text::SourcedId));
        let mut best = match id {
            Fit::Whole => return EXACT,
            Fit::Start if long || self.has_digit() => ID_PREFIX,
            Fit::Within if long => CONTAINED,
            _ => 0,
        };
        if !long {
            return best;
        }
        best = best.max(match self.fit(raw(Text::Username)) {
            Fit::Whole => return EXACT,
            Fit::Start => EMAIL_PREFIX,
            Fit::Within => CONTAINED,
            Fit::None => 0,
        });
        let email = raw(Text::Email);
        let local = &email[..memchr::memrchr(b'@', email).unwrap_or(email.len())];
        best = best.max(match self.fit(if self.whole_email { email } else { local }) {
            Fit::Whole if self.whole_email => return EXACT,
            Fit::Whole => EMAIL_LOCAL,
            Fit::Start => EMAIL_PREFIX,
            Fit::Within => CONTAINED,
            Fit::None => 0,
        });
        best.max(self.phone(raw(Text::Phone))).max(self.phone(raw(Text::HomePhone)))
    }

    /// By which of these it fits a person best; `None` where it does not.
    pub(crate) fn known_by(&self, person: PersonRef<'_>) -> Option<Text> {
        let raw = |text: Text| person.raws()[text as usize];
        if self.score(person) == 0 {
            return None;
        }
        let held = [Text::SourcedId, Text::Email, Text::Username].into_iter().find(|t| self.fit(raw(*t)) != Fit::None);
        held.or_else(|| [Text::Phone, Text::HomePhone].into_iter().find(|t| self.phone(raw(*t)) > 0))
    }

    /// Whether an ID, e-mail or username holds it anywhere, its domain included.
    pub(crate) fn is_in(&self, person: PersonRef<'_>) -> bool {
        let raws = person.raws();
        [Text::SourcedId, Text::Email, Text::Username].iter().any(|t| self.fit(raws[*t as usize]) != Fit::None)
    }

    fn phone(&self, phone: &[u8]) -> u16 {
        let Some(digits) = &self.digits else { return 0 };
        let phone: String = phone.iter().filter(|b| b.is_ascii_digit()).map(|b| char::from(*b)).collect();
        if phone.len() >= PHONE_WHOLE && digits.ends_with(&phone) || phone == *digits {
            PHONE
        } else if phone.ends_with(digits) {
            PHONE_END
        } else {
            0
        }
    }

    fn fit(&self, raw: &[u8]) -> Fit {
        let needle = self.folded.as_bytes();
        if raw.is_ascii() {
            return fit_ascii(raw, needle);
        }
        let folded = fold(std::str::from_utf8(raw).unwrap_or_default());
        match folded.find(&self.folded) {
            Some(0) if folded.len() == needle.len() => Fit::Whole,
            Some(0) => Fit::Start,
            Some(_) => Fit::Within,
            None => Fit::None,
        }
    }
}

/// Where in a text a word is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Whole,
    Start,
    Within,
    None,
}

/// `needle` is in lower case, `text` in any.
fn fit_ascii(text: &[u8], needle: &[u8]) -> Fit {
    let Some(first) = needle.first() else { return Fit::None };
    if text.len() < needle.len() {
        return Fit::None;
    }
    for start in 0..=text.len() - needle.len() {
        if text[start].to_ascii_lowercase() == *first && text[start..start + needle.len()].eq_ignore_ascii_case(needle) {
            return match start {
                0 if text.len() == needle.len() => Fit::Whole,
                0 => Fit::Start,
                _ => Fit::Within,
            };
        }
    }
    Fit::None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::{Person, Role};

    fn score(word: &str, text: Text, value: &str) -> u16 {
        let mut person = Person::new(Role::Staff);
        person.set_text(text, value);
        Code::new(word).score(PersonRef::new(&person.pack()))
    }

    #[test]
    fn what_a_person_is_known_by_fits() {
        for (word, text, value, expected) in [
            ("s100", Text::SourcedId, "S100", EXACT),
            ("s10", Text::SourcedId, "S100", ID_PREFIX),
            ("1", Text::SourcedId, "100", ID_PREFIX),
            ("123", Text::SourcedId, "00123", CONTAINED),
            ("00", Text::SourcedId, "100", 0),
            ("ana.diaz@x.example", Text::Email, "Ana.Diaz@x.example", EXACT),
            ("ana.d", Text::Email, "Ana.Diaz@x.example", EMAIL_PREFIX),
            ("diaz", Text::Email, "Ana.Diaz@x.example", CONTAINED),
            ("example", Text::Email, "ana@x.example", 0),
            ("x.exam", Text::Email, "ana@x.example", CONTAINED),
            ("jose", Text::Email, "josé@x.example", EMAIL_LOCAL),
            ("adiaz", Text::Username, "ADiaz", EXACT),
            ("0123", Text::Phone, "5105550123", PHONE_END),
            ("555-0123", Text::Phone, "5105550123", PHONE_END),
            ("15105550123", Text::Phone, "5105550123", PHONE),
            ("0123", Text::Phone, "0123555510", 0),
        ] {
            assert_eq!(score(word, text, value), expected, "{word} in {value}");
        }
    }
}
