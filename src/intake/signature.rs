//! Files that are not CSV text, known by how they begin.

/// What the bytes are if they are not delimited text, in words that follow "looks like": `an Excel workbook (XLSX)`.
pub(super) fn looks_like(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(packed(&bytes[..bytes.len().min(64 * 1024)]));
    }
    let at_start = BINARY.iter().find(|(magic, _)| bytes.starts_with(magic));
    at_start.map(|(_, name)| *name).or_else(|| text_format(bytes))
}

/// How binary files begin, and what they are.
const BINARY: &[(&[u8], &str)] = &[
    (b"%PDF", "a PDF document"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Excel or Office file (XLS)"),
    (b"\x1F\x8B", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xFD7zXZ\0", "an xz archive"),
    (b"\x28\xB5\x2F\xFD", "a Zstandard archive"),
    (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive"),
    (b"Rar!\x1A\x07", "a RAR archive"),
    (b"\x89PNG\r\n\x1A\n", "a PNG image"),
    (b"\xFF\xD8\xFF", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\x7FELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"{\\rtf", "an RTF document"),
];

/// A ZIP tells what it packs by the names inside, which stand uncompressed.
fn packed(begin: &[u8]) -> &'static str {
    let names = |name: &[u8]| memchr::memmem::find(begin, name).is_some();
    if names(b"xl/") || names(b"[Content_Types].xml") && !names(b"word/") && !names(b"ppt/") {
        "an Excel workbook (XLSX)"
    } else if names(b"opendocument.spreadsheet") {
        "an OpenDocument spreadsheet (ODS)"
    } else if names(b"word/") || names(b"ppt/") || names(b"opendocument") {
        "an office document"
    } else {
        "a ZIP archive"
    }
}

/// Text that has a grammar of its own.
fn text_format(bytes: &[u8]) -> Option<&'static str> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let begins = |word: &str| text.get(..word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word.as_bytes()));
    if ["<!doctype html", "<html", "<head", "<body", "<table"].into_iter().any(begins) {
        return Some("an HTML page");
    }
    if begins("<?xml") {
        return Some("an XML file");
    }
    let (first, rest) = text.split_first()?;
    match (first, rest.trim_ascii_start().first()) {
        (b'{', Some(b'"' | b'}')) | (b'[', Some(b'{' | b'[' | b'"' | b']')) => Some("a JSON file"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_not_text_are_known_by_name() {
        for (bytes, name) in [
            (&b"PK\x03\x04....[Content_Types].xml...xl/workbook.xml"[..], "an Excel workbook (XLSX)"),
            (b"PK\x03\x04....[Content_Types].xml...word/document.xml", "an office document"),
            (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet (ODS)"),
            (b"PK\x03\x04....users.csv", "a ZIP archive"),
            (b"%PDF-1.7", "a PDF document"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Excel or Office file (XLS)"),
            (b"\n <!DOCTYPE HTML><html>", "an HTML page"),
            (b"\xEF\xBB\xBF<html>", "an HTML page"),
            (b"<?xml version='1.0'?>", "an XML file"),
            (b"{\n \"a\": 1}", "a JSON file"),
            (b"[{\"a\": 1}]", "a JSON file"),
            (b"\x1F\x8B\x08", "a gzip archive"),
            (b"\x89PNG\r\n\x1A\n", "a PNG image"),
            (b"{\\rtf1", "an RTF document"),
        ] {
            assert_eq!(looks_like(bytes), Some(name), "{bytes:?}");
        }
        for text in ["first_name,last_name\n", "[notes],id\n", "{id},name\n", "<id>,name\n", "", " ", "PKU,name\n", "{"] {
            assert_eq!(looks_like(text.as_bytes()), None, "{text:?}");
        }
    }
}
