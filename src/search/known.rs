//! What of a found person matched beside the name: the ID, the e-mail, the username, the end of a phone number.

use crate::roster::{PersonRef, Text};

use super::codes::Code;
use super::find::shown_name;
use super::query;
use super::word::{Word, signature};
use crate::roster::fold::fold;

/// Digits from which the end of a phone number is marked.
const PHONE_FROM: usize = 4;

/// What a person is known by that words of the query match and the name does not: e-mail, username and phones, the values as they stand.
/// The ID is left out: who shows somebody shows it anyway.
pub fn by_what(query: &str, person: PersonRef<'_>) -> Vec<(Text, String)> {
    let words = query::words(query);
    let name = fold(&shown_name(person)).into_owned();
    let named = |word: &str| Word::new(word).score(&name, signature(&name)) > 0;
    let mut found: Vec<(Text, String)> = Vec::new();
    for word in words.iter().filter(|w| !named(w)) {
        let code = Code::new(word);
        if let Some(text) = code.known_by(person)
            && text != Text::SourcedId
            && !found.iter().any(|(t, _)| *t == text)
        {
            found.push((text, person.text(text).to_owned()));
        }
    }
    found
}

/// Which characters of a text, by index, the words of a query match as they stand, case ignored; of a phone number its end, whatever
/// stands between the digits.
pub fn marks(query: &str, text: &str) -> Vec<u32> {
    let chars: Vec<char> = text.chars().filter_map(|c| c.to_lowercase().next()).collect();
    let mut marks = Vec::new();
    for word in query::words(query) {
        let word: Vec<char> = word.chars().collect();
        let at = chars.windows(word.len().max(1)).position(|w| w == word);
        match at {
            Some(at) => marks.extend((at..at + word.len()).map(|i| i as u32)),
            None => marks.extend(phone_end(&word, &chars)),
        }
    }
    marks.sort_unstable();
    marks.dedup();
    marks
}

/// The characters of a number in the text whose digits the word ends in, or that end in the word's digits.
fn phone_end(word: &[char], text: &[char]) -> Vec<u32> {
    let digits: Vec<char> = word.iter().copied().filter(char::is_ascii_digit).collect();
    let phone_like = |c: &char| c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | '.' | '/' | ' ');
    if digits.len() < PHONE_FROM || !word.iter().all(phone_like) {
        return Vec::new();
    }
    let mut from = 0;
    for part in text.split(|c| !phone_like(c)) {
        let places: Vec<usize> = part.iter().enumerate().filter(|(_, c)| c.is_ascii_digit()).map(|(i, _)| from + i).collect();
        let same = places.iter().rev().zip(digits.iter().rev()).take_while(|(i, d)| text[**i] == **d).count();
        if same == digits.len() || (same == places.len() && same >= PHONE_FROM) {
            return places[places.len() - same..].iter().map(|i| *i as u32).collect();
        }
        from += part.len() + 1;
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::{Person, Role};

    #[test]
    fn what_matched_besides_the_name_is_told_and_marked() {
        let mut person = Person::new(Role::Guardian);
        person.set_text(Text::FamilyName, "Diaz");
        person.set_text(Text::SourcedId, "G-77");
        person.set_text(Text::Email, "ana.d@x.example");
        person.set_text(Text::Phone, "(510) 555-01-23");
        let packed = person.pack();
        let by = |query: &str| by_what(query, PersonRef::new(&packed)).into_iter().map(|(_, v)| v).collect::<Vec<_>>();
        assert_eq!(by("diaz"), [""; 0]);
        assert_eq!(by("dia"), [""; 0], "the name has it");
        assert_eq!(by("g-77"), [""; 0], "the ID is shown anyway");
        assert_eq!(by("diaz ana.d"), ["ana.d@x.example"]);
        assert_eq!(by("0123"), ["(510) 555-01-23"]);
        let marked = |query: &str, text: &str| -> String {
            let marks = marks(query, text);
            text.chars().enumerate().map(|(i, c)| if marks.contains(&(i as u32)) { c } else { '_' }).collect()
        };
        assert_eq!(marked("0123", "(510) 555-01-23"), "__________01_23");
        assert_eq!(marked("G-7", "student G-77"), "________G-7_");
        assert_eq!(marked("diaz ana.d", "ana.d@x.example"), "ana.d__________");
        assert_eq!(marked("zzz", "ana.d@x.example"), "_______________");
    }
}
