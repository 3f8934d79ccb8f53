//! Folding for search and sorting: lower case, marks stripped, letters that carry none mapped.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// `text` as search and sorting compare it: `"Núñez"` -> `"nunez"`, `"Łukasz"` -> `"lukasz"`, `"Straße"` ->
/// `"strasse"`. Plain lower-case ASCII is borrowed.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return if text.bytes().any(|b| b.is_ascii_uppercase()) { text.to_ascii_lowercase().into() } else { text.into() };
    }
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ł' => out.push('l'),
            'ø' => out.push('o'),
            'đ' | 'ð' => out.push('d'),
            'ı' => out.push('i'),
            'ß' => out.push_str("ss"),
            'þ' => out.push_str("th"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            // A capital dotted I folds to i and a combining dot.
            c if is_combining_mark(c) => {}
            c => out.push(c),
        }
    }
    out.into()
}

/// Lower case for comparing e-mails: case folded, nothing else. Lower-case ASCII is borrowed.
pub fn fold_email(email: &str) -> Cow<'_, str> {
    if email.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii()) { email.to_lowercase().into() } else { email.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_case_fold_away() {
        for (given, folded) in [
            ("García-López", "garcia-lopez"),
            ("Łukasz", "lukasz"),
            ("Straße", "strasse"),
            ("İbrahim", "ibrahim"),
            ("Đặng", "dang"),
            ("Þóra", "thora"),
            ("Søren", "soren"),
            ("O'Brien", "o'brien"),
            ("王", "王"),
            ("plain", "plain"),
        ] {
            assert_eq!(fold(given), folded);
        }
    }
}
