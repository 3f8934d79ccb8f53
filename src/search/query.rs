//! From what was typed to the words that are looked for.

use crate::roster::fold::fold;

/// Characters of a query that count; the rest is not looked at.
pub const LONGEST: usize = 256;

/// Words of a query that count; the rest is not looked at. No name has so many.
pub const MOST_WORDS: usize = 12;

/// Digits that make several groups one telephone number: `(510) 555-0123`.
const PHONE_DIGITS: usize = 7;

/// The folded words of a query: cut at blanks, commas, semicolons and control characters, each once, none empty.
pub fn words(query: &str) -> Vec<String> {
    let short: String = query.chars().take(LONGEST).collect();
    if let Some(phone) = phone(&short) {
        return vec![phone];
    }
    let mut words: Vec<String> = Vec::new();
    for word in fold(&short).split(|c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';')) {
        if !word.is_empty() && words.len() < MOST_WORDS && !words.iter().any(|w| w == word) {
            words.push(word.to_owned());
        }
    }
    words
}

/// A telephone number typed in groups, as its digits; `None` for anything else.
fn phone(query: &str) -> Option<String> {
    let like = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '(' | ')' | '+' | '-' | '.' | '/');
    let query = query.trim();
    let digits: String = query.chars().filter(char::is_ascii_digit).collect();
    (query.contains(' ') && query.chars().all(like) && digits.len() >= PHONE_DIGITS).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_becomes_folded_words() {
        for (query, expected) in [
            ("García, María", &["garcia", "maria"] as &[_]),
            ("  maria\t maria\u{0} ANA ", &["maria", "ana"]),
            (" \t,;\u{7} ", &[]),
            ("(510) 555-0123", &["5105550123"]),
            ("10 20", &["10", "20"]),
            ("m.garcia@x.example", &["m.garcia@x.example"]),
        ] {
            assert_eq!(words(query), expected, "{query:?}");
        }
    }

    #[test]
    fn a_hostile_query_is_bounded() {
        assert!(words(&"x".repeat(10_000))[0].len() <= LONGEST);
        let many: Vec<String> = (0..200).map(|i| format!("w{i}")).collect();
        assert_eq!(words(&many.join(" ")).len(), MOST_WORDS);
    }
}
