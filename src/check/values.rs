//! What single values look like: e-mail, phone, spreadsheet debris, scientific notation, wrong decoding.
//!
//! Bytes in, verdict out; all input is valid UTF-8 and trimmed. These run for every cell of a million rows, so the
//! common case (short, ASCII) is decided without an allocation.

use crate::feed::{CharClass, Column};

/// Whether `v` is an e-mail address as school systems take it: one `@`, something before it, a domain with a dot inside,
/// no blanks, quotes, brackets or control characters. Letters beyond ASCII are allowed.
pub fn is_email(v: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'@', v) else { return false };
    let (local, domain) = (&v[..at], &v[at + 1..]);
    let fine = |b: &u8| !matches!(b, 0..=b' ' | 0x7f | b'@' | b',' | b';' | b':' | b'"' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'\\');
    if local.is_empty() || !local.iter().all(fine) || !domain.iter().all(fine) {
        return false;
    }
    if local[0] == b'.' || local[local.len() - 1] == b'.' {
        return false;
    }
    if !v.is_ascii() && std::str::from_utf8(v).map_or(true, |s| s.chars().any(|c| c.is_whitespace() || c.is_control())) {
        return false;
    }
    let (mut labels, mut len) = (1, 0);
    for b in domain {
        if *b == b'.' {
            if len == 0 {
                return false;
            }
            (labels, len) = (labels + 1, 0);
        } else {
            len += 1;
        }
    }
    labels > 1 && len > 0
}

/// What stops `v` from being an e-mail address, in few words; empty if nothing is known to.
pub fn email_reason(v: &str) -> &'static str {
    match v.matches('@').count() {
        0 => "no @",
        1 if v.contains(char::is_whitespace) => "a blank inside",
        1 if !v.rsplit('@').next().unwrap_or_default().contains('.') => "no dot after the @",
        1 => "a character or dot where none may be",
        _ => "more than one @",
    }
}

/// The address that was probably meant: `" at "` and `"@@"` for `@`, blanks taken out. Only if that makes one.
pub fn email_repair(v: &str) -> Option<String> {
    let mut s = v.trim_matches(|c: char| c.is_whitespace() || "<>,;\"'".contains(c)).to_owned();
    for (wrong, right) in [(" at ", "@"), ("(at)", "@"), ("[at]", "@"), (" AT ", "@"), ("@@", "@"), (" dot ", "."), (",", ".")] {
        s = s.replace(wrong, right);
    }
    if !is_email(s.as_bytes())
        && let Some((name, host)) = s.split_once('@')
    {
        // Blanks within a name are slips; what follows a blank after the host is another word.
        let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
        s = format!("{name}@{}", host.trim());
    }
    (s != v && is_email(s.as_bytes())).then_some(s)
}

/// A cell that a spreadsheet's failed formula left behind: `#N/A`, `#REF!` and the like.
pub fn is_debris(v: &[u8]) -> bool {
    v.first() == Some(&b'#')
        && [&b"#N/A"[..], b"#REF!", b"#VALUE!", b"#DIV/0!", b"#NAME?", b"#NULL!", b"#NUM!", b"#SPILL!", b"#CALC!"]
            .iter()
            .any(|d| v.eq_ignore_ascii_case(d))
}

/// A word that a program wrote for "nothing". People are called Null, so in names it is only a warning.
pub fn is_null_word(v: &[u8]) -> bool {
    v.len() <= 5 && [&b"NULL"[..], b"N/A", b"None", b"nil", b"NaN", b"n.a.", b"undef"].iter().any(|d| v.eq_ignore_ascii_case(d))
}

/// An ID that a spreadsheet turned into scientific notation: `1.23E+11`. Its digits are lost.
pub fn is_scientific(v: &[u8]) -> bool {
    let Some(e) = memchr::memchr2(b'E', b'e', v) else { return false };
    let (mantissa, exponent) = (&v[..e], &v[e + 1..]);
    let digits = |s: &[u8]| !s.is_empty() && s.iter().all(u8::is_ascii_digit);
    let Some((sign, exponent)) = exponent.split_first() else { return false };
    let whole_or_fraction = match memchr::memchr2(b'.', b',', mantissa) {
        Some(dot) => digits(&mantissa[..dot]) && digits(&mantissa[dot + 1..]),
        None => digits(mantissa) && mantissa.len() == 1,
    };
    matches!(sign, b'+' | b'-') && digits(exponent) && whole_or_fraction
}

/// A phone number in a comparable form: digits with a leading `+` if there was one, or the ten digits of a North American
/// number as `+1…`; `None` if it is not a phone number. An extension is dropped.
pub fn phone(v: &str) -> Option<String> {
    let lower = v.to_lowercase();
    let main = lower.split(['x', '#']).next().unwrap_or_default();
    let main = main.split("ext").next().unwrap_or_default().trim();
    if main.chars().any(|c| !(c.is_ascii_digit() || " +-.()/\u{a0}".contains(c))) {
        return None;
    }
    let digits: String = main.chars().filter(char::is_ascii_digit).collect();
    match (main.starts_with('+'), digits.len()) {
        (true, 8..=15) => Some(format!("+{digits}")),
        (false, 10) => Some(format!("+1{digits}")),
        (false, 11) if digits.starts_with('1') => Some(format!("+{digits}")),
        (false, 7..=15) => Some(digits),
        _ => None,
    }
}

/// Whether text looks decoded in the wrong encoding (`JosÃ©`), and what it would be if decoded right.
pub fn redecoded(v: &str) -> Option<String> {
    if !v.contains(['Ã', 'Â', 'â', 'Å', 'Ä']) {
        return None;
    }
    let (bytes, _, lost) = encoding_rs::WINDOWS_1252.encode(v);
    if lost {
        return None;
    }
    let better = std::str::from_utf8(&bytes).ok()?;
    (better != v && better.chars().count() < v.chars().count()).then(|| better.to_owned())
}

/// What is kept of a password that was valid: the cell of the kept upload, so that a re-run knows.
pub const SECRET_VALID: &str = "(secret, valid)";

/// What is kept of a password that was not.
pub const SECRET_WRONG: &str = "(secret, not valid)";

/// What a password lacks, in words; empty if nothing.
pub fn password_lacks(column: &Column, value: &[u8]) -> String {
    if value == SECRET_VALID.as_bytes() {
        return String::new();
    }
    if value == SECRET_WRONG.as_bytes() {
        return "what the profile asks for".to_owned();
    }
    let mut lacks = Vec::new();
    let chars = String::from_utf8_lossy(value).chars().count();
    if chars < column.min {
        lacks.push(format!("at least {} characters", column.min));
    }
    if chars > column.max {
        lacks.push(format!("at most {} characters", column.max));
    }
    for class in &column.holds {
        let (has, what): (fn(&u8) -> bool, _) = match class {
            CharClass::Lowercase => (u8::is_ascii_lowercase, "a lower-case letter"),
            CharClass::Uppercase => (u8::is_ascii_uppercase, "an upper-case letter"),
            CharClass::Digit => (u8::is_ascii_digit, "a digit"),
        };
        if !value.iter().any(has) {
            lacks.push(what.to_owned());
        }
    }
    lacks.join(", ")
}

/// What is kept of a secret cell.
pub fn kept_secret(column: &Column, value: &[u8]) -> &'static str {
    if password_lacks(column, value).is_empty() { SECRET_VALID } else { SECRET_WRONG }
}

/// The languages of ISO 639-1, sorted: all two-letter codes, with `bh`, which is withdrawn but still met. An unknown one falls back to
/// `en`.
pub const LANGUAGES: &[&str] = &[
    "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg", "bh", "bi", "bm", "bn", "bo", "br", "bs",
    "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv", "cy", "da", "de", "dv", "dz", "ee", "el", "en", "eo", "es", "et", "eu", "fa", "ff",
    "fi", "fj", "fo", "fr", "fy", "ga", "gd", "gl", "gn", "gu", "gv", "ha", "he", "hi", "ho", "hr", "ht", "hu", "hy", "hz", "ia", "id",
    "ie", "ig", "ii", "ik", "io", "is", "it", "iu", "ja", "jv", "ka", "kg", "ki", "kj", "kk", "kl", "km", "kn", "ko", "kr", "ks", "ku",
    "kv", "kw", "ky", "la", "lb", "lg", "li", "ln", "lo", "lt", "lu", "lv", "mg", "mh", "mi", "mk", "ml", "mn", "mr", "ms", "mt", "my",
    "na", "nb", "nd", "ne", "ng", "nl", "nn", "no", "nr", "nv", "ny", "oc", "oj", "om", "or", "os", "pa", "pi", "pl", "ps", "pt", "qu",
    "rm", "rn", "ro", "ru", "rw", "sa", "sc", "sd", "se", "sg", "si", "sk", "sl", "sm", "sn", "so", "sq", "sr", "ss", "st", "su", "sv",
    "sw", "ta", "te", "tg", "th", "ti", "tk", "tl", "tn", "to", "tr", "ts", "tt", "tw", "ty", "ug", "uk", "ur", "uz", "ve", "vi", "vo",
    "wa", "wo", "xh", "yi", "yo", "za", "zh", "zu",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails() {
        for good in ["a@b.c", "maria.obrien@lincoln.k12.ca.us", "o'brien+x@a-b.example", "josé@escuela.example", "x_y%z@d.e"] {
            assert!(is_email(good.as_bytes()), "{good}");
        }
        for bad in [
            "",
            "@",
            "a@",
            "@b.c",
            "a@b",
            "a b@c.d",
            "a@b.c x",
            "a@@b.c",
            "n/a",
            "a@b..c",
            "a@.b",
            "a@b.",
            "a.@b.c",
            "a@b.c\u{a0}",
            "a,b@c.d",
        ] {
            assert!(!is_email(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn repairs_only_what_becomes_an_address() {
        for (wrong, right) in [
            ("maria at k12.example", Some("maria@k12.example")),
            ("a@@b.example", Some("a@b.example")),
            ("a@b.example x", None),
            ("n/a", None),
            ("<a@b.example>", Some("a@b.example")),
            ("a b@c.example", Some("ab@c.example")),
        ] {
            assert_eq!(email_repair(wrong).as_deref(), right, "{wrong}");
        }
    }

    #[test]
    fn scientific_notation_is_told_from_ids() {
        for yes in ["1.23E+11", "1E+05", "4,5e-3"] {
            assert!(is_scientific(yes.as_bytes()), "{yes}");
        }
        for no in ["1001", "E1", "12E5", "1E5", "A1E+5", "1.E+5", "12E+5", ""] {
            assert!(!is_scientific(no.as_bytes()), "{no}");
        }
    }

    #[test]
    fn phones() {
        for (given, wanted) in [
            ("(555) 010-0199", Some("+15550100199")),
            ("+44 20 7946 0000", Some("+442079460000")),
            ("1-555-010-0199 x12", Some("+15550100199")),
            ("call me", None),
            ("123", None),
        ] {
            assert_eq!(phone(given).as_deref(), wanted, "{given}");
        }
    }

    #[test]
    fn wrong_decoding_is_seen() {
        assert_eq!(redecoded("JosÃ©").as_deref(), Some("José"));
        assert_eq!(redecoded("José"), None);
        assert_eq!(redecoded("Åsa"), None);
    }
}
