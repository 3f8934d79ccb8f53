//! Which characters the bytes are. Strict: a byte that does not fit is refused where it stands, never replaced.

use std::borrow::Cow;

use crate::ledger::{Code, Finding};

use super::record::line_ends;

/// How a file's characters are written as bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8, ASCII included.
    #[default]
    Utf8,
    /// UTF-16, the lower byte first.
    Utf16Le,
    /// UTF-16, the higher byte first.
    Utf16Be,
    /// Windows-1252: what Western Windows calls "ANSI"; Latin-1 is read as it too.
    Windows1252,
}

impl Encoding {
    /// Every encoding.
    pub const ALL: [Self; 4] = [Self::Utf8, Self::Utf16Le, Self::Utf16Be, Self::Windows1252];

    /// The name for machines: `utf-8`, `utf-16le`, `utf-16be`, `windows-1252`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1252 => "windows-1252",
        }
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Windows1252 => "Windows-1252",
        }
    }

    /// The encoding of a name or one of its usual other names, in any capitals, blanks and underscores as hyphens.
    /// Latin-1 means Windows-1252, as everywhere on the web.
    pub fn from_name(name: &str) -> Option<Self> {
        let name: String = name.trim().chars().map(|c| if matches!(c, ' ' | '_') { '-' } else { c.to_ascii_lowercase() }).collect();
        Some(match name.as_str() {
            "utf-8" | "utf8" | "utf-8-sig" | "ascii" | "us-ascii" => Self::Utf8,
            "utf-16le" | "utf16le" | "utf-16-le" | "utf-16" | "utf16" | "unicode" => Self::Utf16Le,
            "utf-16be" | "utf16be" | "utf-16-be" => Self::Utf16Be,
            "windows-1252" | "cp1252" | "cp-1252" | "1252" | "ansi" | "latin1" | "latin-1" | "iso-8859-1" | "iso8859-1" | "l1" => {
                Self::Windows1252
            }
            _ => return None,
        })
    }
}

/// The characters of a file, a byte-order mark still in front.
#[derive(Debug)]
pub(super) struct Decoded {
    /// The text; a byte-order mark is its first character.
    pub(super) text: String,
    /// How it was written.
    pub(super) encoding: Encoding,
}

/// The byte-order mark, as a character.
pub(super) const BOM: char = '\u{FEFF}';

/// Reads the bytes: as demanded, else as UTF-8, else UTF-16, else Windows-1252. The error is FIL-008 or FIL-014.
pub(super) fn decode(bytes: Vec<u8>, demanded: Option<Encoding>) -> Result<Decoded, Finding> {
    let encoding = match demanded.or_else(|| utf16(&bytes)) {
        Some(encoding) => encoding,
        None => match std::str::from_utf8(&bytes) {
            Ok(_) => Encoding::Utf8,
            Err(_) if is_damaged_utf8(&bytes) => Encoding::Utf8,
            Err(_) => Encoding::Windows1252,
        },
    };
    if matches!(encoding, Encoding::Utf8 | Encoding::Windows1252)
        && let Some(at) = memchr::memchr(0, &bytes)
    {
        return Err(Finding::at_line(Code::FIL_014, line_at(&bytes, at)));
    }
    let text = match encoding {
        Encoding::Utf8 => String::from_utf8(bytes).map_err(|e| bad_byte(e.as_bytes(), e.utf8_error().valid_up_to(), 1, encoding))?,
        Encoding::Windows1252 => windows_1252(&bytes)?,
        Encoding::Utf16Le | Encoding::Utf16Be => utf16_text(&bytes, encoding)?,
    };
    if let Some(at) = memchr::memchr(0, text.as_bytes()) {
        return Err(Finding::at_line(Code::FIL_014, line_at(text.as_bytes(), at)));
    }
    Ok(Decoded { text, encoding })
}

/// Text in an encoding; the error is the first character that the encoding does not have.
pub(super) fn encode(text: &str, encoding: Encoding) -> Result<Cow<'_, [u8]>, char> {
    match encoding {
        Encoding::Utf8 => Ok(Cow::Borrowed(text.as_bytes())),
        Encoding::Utf16Le => Ok(Cow::Owned(text.encode_utf16().flat_map(u16::to_le_bytes).collect())),
        Encoding::Utf16Be => Ok(Cow::Owned(text.encode_utf16().flat_map(u16::to_be_bytes).collect())),
        Encoding::Windows1252 => {
            let lacks = |c: &char| UNDEFINED.contains(&(*c as u32 as u8)) && (*c as u32) < 0x100;
            let (bytes, _, unmappable) = encoding_rs::WINDOWS_1252.encode(text);
            if !unmappable && !text.chars().any(|c| lacks(&c)) {
                return Ok(bytes);
            }
            let alone = |c: &char| encoding_rs::WINDOWS_1252.encode(c.encode_utf8(&mut [0; 4])).2;
            Err(text.chars().find(|c| lacks(c) || alone(c)).unwrap_or_default())
        }
    }
}

/// Bytes that Windows-1252 gives no meaning.
const UNDEFINED: [u8; 5] = [0x81, 0x8D, 0x8F, 0x90, 0x9D];

fn windows_1252(bytes: &[u8]) -> Result<String, Finding> {
    let one = memchr::memchr3(0x81, 0x8D, 0x8F, bytes);
    let other = memchr::memchr2(0x90, 0x9D, bytes);
    if let Some(at) = one.into_iter().chain(other).min() {
        return Err(bad_byte(bytes, at, 1, Encoding::Windows1252));
    }
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
    Ok(text.into_owned())
}

fn utf16_text(bytes: &[u8], encoding: Encoding) -> Result<String, Finding> {
    let unit = |pair: &[u8]| if encoding == Encoding::Utf16Le { [pair[0], pair[1]] } else { [pair[1], pair[0]] };
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut at = 0;
    for decoded in char::decode_utf16(bytes.chunks_exact(2).map(|pair| u16::from_le_bytes(unit(pair)))) {
        let Ok(c) = decoded else {
            return Err(bad_unit(bytes, at, 2, &text, encoding));
        };
        text.push(c);
        at += 2 * c.len_utf16();
    }
    if bytes.len() % 2 == 1 {
        return Err(bad_unit(bytes, bytes.len() - 1, 1, &text, encoding));
    }
    Ok(text)
}

/// UTF-16 by its byte-order mark, or by NUL in every other byte of the beginning.
fn utf16(bytes: &[u8]) -> Option<Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] => return Some(Encoding::Utf16Le),
        [0xFE, 0xFF, ..] => return Some(Encoding::Utf16Be),
        _ => {}
    }
    let begin = &bytes[..bytes.len().min(1024) & !1];
    let nul = |odd: usize| begin.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, pairs) = (nul(0), nul(1), begin.len() / 2);
    // A header is nearly all ASCII: three of four high bytes are NUL, and no low byte is.
    let enough = |count: usize| count > 0 && 4 * count >= 3 * pairs;
    match (even, odd) {
        (0, odd) if enough(odd) => Some(Encoding::Utf16Le),
        (even, 0) if enough(even) => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// Broken characters after which it is clear what a file is.
const ENOUGH: usize = 1000;

/// Whether bytes that are not UTF-8 were meant to be: more characters of several bytes are whole than broken. In
/// Windows-1252 text such sequences ("Ã³") hardly occur; reading a damaged UTF-8 file as Windows-1252 would spoil every
/// accent in it for the sake of one bad byte.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().bytes().filter(|b| *b >= 0xC0).count();
        broken += usize::from(!chunk.invalid().is_empty());
        if broken > ENOUGH {
            break;
        }
    }
    whole > broken
}

fn bad_byte(bytes: &[u8], at: usize, count: usize, encoding: Encoding) -> Finding {
    invalid(&bytes[at..(at + count).min(bytes.len())], line_at(bytes, at), encoding)
}

fn bad_unit(bytes: &[u8], at: usize, count: usize, before: &str, encoding: Encoding) -> Finding {
    invalid(&bytes[at..(at + count).min(bytes.len())], line_ends(before.as_bytes()) + 1, encoding)
}

/// FIL-008: `hex`, `l`, `enc`.
fn invalid(bad: &[u8], line: u32, encoding: Encoding) -> Finding {
    let hex: Vec<String> = bad.iter().map(|b| format!("{b:02X}")).collect();
    Finding::at_line(Code::FIL_008, line).with("hex", hex.join(" ")).with("l", line).with("enc", encoding.title())
}

/// The physical line in which a byte stands.
fn line_at(bytes: &[u8], at: usize) -> u32 {
    // A CR before an LF that the cut would part is still one line end, and not yet a new line.
    let cut = if at > 0 && bytes[at - 1] == b'\r' && bytes.get(at) == Some(&b'\n') { at - 1 } else { at };
    line_ends(&bytes[..cut]) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<(String, Encoding), String> {
        match decode(bytes.to_vec(), None) {
            Ok(d) => Ok((d.text, d.encoding)),
            Err(f) => Err(format!("{} {} {:?} {:?}", f.code, f.line.unwrap_or_default(), f.arg("hex"), f.arg("enc"))),
        }
    }

    fn check(bytes: &[u8], text: &str, encoding: Encoding) {
        assert_eq!(read(bytes), Ok((text.to_owned(), encoding)), "{bytes:?}");
    }

    #[test]
    fn the_encoding_is_found_from_the_bytes() {
        check(b"a,b\n", "a,b\n", Encoding::Utf8);
        check("José".as_bytes(), "José", Encoding::Utf8);
        check(b"\xEF\xBB\xBFa", "\u{FEFF}a", Encoding::Utf8);
        check(b"Jos\xE9", "José", Encoding::Windows1252);
        check(b"\x80 \x93x\x94", "€ “x”", Encoding::Windows1252);
        check(b"\xFF\xFEa\0,\0\xE9\0", "\u{FEFF}a,é", Encoding::Utf16Le);
        check(b"\xFE\xFF\0a\0,\0\xE9", "\u{FEFF}a,é", Encoding::Utf16Be);
        check(b"a\0,\0b\0\n\0", "a,b\n", Encoding::Utf16Le);
        check(b"\0a\0,\0b\0\n", "a,b\n", Encoding::Utf16Be);
    }

    #[test]
    fn bytes_that_fit_nothing_are_refused_at_their_line() {
        for (bytes, refused) in [
            (&b"a\nb\x81"[..], "FIL-008 2 Some(\"81\") Some(\"Windows-1252\")"),
            (b"a\r\r\n\x9D", "FIL-008 3 Some(\"9D\") Some(\"Windows-1252\")"),
            ("é\né\r\né\n".as_bytes(), ""),
            (b"\xC3\xA9\n\xC3\xA9\n\xE9\n", "FIL-008 3 Some(\"E9\") Some(\"UTF-8\")"),
            (b"a\nb\nc\0", "FIL-014 3 None None"),
            (b"\xFF\xFEa\0\n\0\x00\xD8b\0", "FIL-008 2 Some(\"00 D8\") Some(\"UTF-16LE\")"),
            (b"\xFF\xFEa\0\n\0b", "FIL-008 2 Some(\"62\") Some(\"UTF-16LE\")"),
            (b"\xFF\xFEa\0\n\0\0\0", "FIL-014 2 None None"),
        ] {
            assert_eq!(read(bytes).err().unwrap_or_default(), refused, "{bytes:?}");
        }
    }

    #[test]
    fn a_demanded_encoding_stands() {
        let bytes = "José".as_bytes().to_vec();
        assert_eq!(decode(bytes, Some(Encoding::Windows1252)).unwrap().text, "JosÃ©");
        assert_eq!(decode(b"Jos\xE9".to_vec(), Some(Encoding::Utf8)).unwrap_err().code, Code::FIL_008);
        assert_eq!(decode(b"ab".to_vec(), Some(Encoding::Utf16Be)).unwrap().text, "\u{6162}");
    }

    #[test]
    fn every_byte_of_windows_1252_comes_back() {
        let all: Vec<u8> = (1..=255).filter(|b| !UNDEFINED.contains(b)).collect();
        let text = decode(all.clone(), Some(Encoding::Windows1252)).unwrap().text;
        assert_eq!(encode(&text, Encoding::Windows1252).unwrap(), all);
        assert_eq!(encode("Łukasz", Encoding::Windows1252), Err('Ł'));
        assert_eq!(encode("a\u{81}", Encoding::Windows1252), Err('\u{81}'));
        assert_eq!(encode("é", Encoding::Utf16Be).unwrap(), &b"\0\xE9"[..]);
    }

    #[test]
    fn encodings_are_known_by_their_usual_names() {
        for encoding in Encoding::ALL {
            assert_eq!(Encoding::from_name(encoding.name()), Some(encoding));
            assert_eq!(Encoding::from_name(encoding.title()), Some(encoding));
        }
        assert_eq!(Encoding::from_name("Latin_1"), Some(Encoding::Windows1252));
        assert_eq!(Encoding::from_name("UTF8"), Some(Encoding::Utf8));
        assert_eq!(Encoding::from_name("ebcdic"), None);
    }
}
