//! The first sheet of an Excel workbook, cell by cell as text, within limits. For reports of other systems only: in a workbook an ID can be
//! a number that lost its zeros, so rosters are not read from one.
//!
//! A workbook is a ZIP that comes from anybody. What it unpacks to is counted before anything of it is read as XML; a sheet is read as
//! the cells that it has, never as the square that it says it fills.

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx, XlsxError};
use zip::ZipArchive;

/// Most bytes that a workbook may unpack to.
pub const UNPACKED_MAX: u64 = 256 << 20;
/// How many times its own size a workbook may unpack to; what stays under [`ALWAYS`] may in any case.
pub const MOST_TIMES: u64 = 200;
/// Bytes that may come out of any workbook: an empty sheet packs well.
pub const ALWAYS: u64 = 16 << 20;
/// Most members of the ZIP.
const MOST_MEMBERS: usize = 2_000;
/// Most rows of a sheet.
pub const MOST_ROWS: usize = 200_000;
/// Most columns of a sheet: no system's file has nearly as many.
pub const MOST_COLUMNS: usize = 500;

/// The days that a workbook can name, counted from 1900.
const DAYS: std::ops::Range<f64> = 0.0..2_958_466.0;

/// A cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    #[default]
    Blank,
    /// Text, as it stands.
    Text(String),
    /// A number, as short as it can be written: `7`, `0.5`. Zeros before it are lost.
    Number(String),
    /// A day: year, month, day.
    Day(u16, u8, u8),
}

/// The rows of the first sheet, the header first; blank ones at the end are left out. The error says what is wrong with it, in words that
/// follow the file's name and a colon.
pub fn first_sheet(bytes: &[u8]) -> Result<Vec<Vec<Value>>, String> {
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err("it is an old Excel file (XLS), or one with a password".into());
    }
    let rows = within_limits(bytes).and_then(|()| cells(bytes))?;
    if rows.is_empty() { Err("its first sheet is empty".into()) } else { Ok(rows) }
}

/// Unpacks everything once, to throw it away: what members say of their own size may be a lie.
fn within_limits(bytes: &[u8]) -> Result<(), String> {
    let damaged = |e: &dyn std::fmt::Display| format!("the workbook is damaged: {e}");
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    if zip.len() > MOST_MEMBERS {
        return Err(format!("it is packed of more than {MOST_MEMBERS} parts"));
    }
    let most = (bytes.len() as u64).saturating_mul(MOST_TIMES).clamp(ALWAYS, UNPACKED_MAX);
    let mut left = most;
    let mut is_workbook = false;
    for index in 0..zip.len() {
        let entry = zip.by_index(index).map_err(|e| damaged(&e))?;
        let name = entry.name().map_err(|e| damaged(&e))?.to_ascii_lowercase();
        is_workbook |= name.ends_with("xl/workbook.xml");
        if name.ends_with("vbaproject.bin") || name.contains("/macrosheets/") {
            return Err("it has macros; nothing of it was read".into());
        }
        let mut unpacked = Vec::new();
        entry.take(left + 1).read_to_end(&mut unpacked).map_err(|e| damaged(&e))?;
        left = left.checked_sub(unpacked.len() as u64).ok_or_else(|| format!("it unpacks to more than {} MB", most >> 20))?;
        if name.contains("worksheets/") && !places_are_sound(&unpacked) {
            return Err("the workbook is damaged: a cell is at a place that no sheet has".into());
        }
    }
    if is_workbook { Ok(()) } else { Err("it is a ZIP archive and no Excel workbook".into()) }
}

/// Whether every place that a sheet's XML names is one that a sheet can have: the reader works places out without looking.
fn places_are_sound(xml: &[u8]) -> bool {
    let mut rest = xml;
    while let Some(open) = memchr::memchr(b'<', rest) {
        let close = memchr::memchr(b'>', &rest[open..]).map_or(rest.len(), |c| open + c);
        let mut tag = &rest[open + 1..close.max(open + 1)];
        while let Some(at) = memchr::memchr(b'=', tag) {
            let name = tag[..at].trim_ascii_end().rsplit(u8::is_ascii_whitespace).next().unwrap_or_default();
            let after = tag[at + 1..].trim_ascii_start();
            let Some((quote, after)) = after.split_first().filter(|(q, _)| matches!(q, b'"' | b'\'')) else { break };
            let Some(end) = memchr::memchr(*quote, after) else { break };
            if (name == b"r" || name == b"ref") && !is_place(&after[..end]) {
                return false;
            }
            tag = &after[end + 1..];
        }
        rest = &rest[close..];
    }
    true
}

/// `7`, `A1`, `A1:XFD9`: of a range the end is not before the beginning.
fn is_place(text: &[u8]) -> bool {
    let corner = |text: &[u8]| -> Option<(u32, u32)> {
        let letters = text.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let (letters, digits) = text.split_at(letters);
        if letters.len() > 3 || digits.is_empty() || digits.len() > 7 || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let row = digits.iter().fold(0, |n, d| n * 10 + u32::from(d - b'0'));
        Some((row, letters.iter().fold(0, |n, l| n * 26 + u32::from(l.to_ascii_uppercase() - b'A') + 1))).filter(|c| c.0 > 0)
    };
    let mut corners = text.split(|b| *b == b':').map(corner);
    let (Some(Some(first)), second) = (corners.next(), corners.next()) else { return false };
    corners.next().is_none() && second.is_none_or(|second| second.is_some_and(|s| s.0 >= first.0 && s.1 >= first.1))
}

fn cells(bytes: &[u8]) -> Result<Vec<Vec<Value>>, String> {
    let damaged = |e: XlsxError| match e {
        XlsxError::Password => "it has a password".to_owned(),
        other => format!("the workbook is damaged: {other}"),
    };
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let Some(name) = book.sheet_names().into_iter().next() else { return Err("it has no sheet".into()) };
    let mut reader = book.worksheet_cells_reader(&name).map_err(damaged)?;
    let mut rows: Vec<Vec<Value>> = Vec::new();
    while let Some(cell) = reader.next_cell().map_err(damaged)? {
        let (row, column) = cell.get_position();
        let value = value(cell.get_value());
        if value == Value::Blank {
            continue;
        }
        let (row, column) = (row as usize, column as usize);
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            return Err(format!("a sheet of more than {MOST_ROWS} rows or {MOST_COLUMNS} columns is no report"));
        }
        if rows.len() <= row {
            rows.resize(row + 1, Vec::new());
        }
        let cells = &mut rows[row];
        if cells.len() <= column {
            cells.resize(column + 1, Value::Blank);
        }
        cells[column] = value;
    }
    Ok(rows)
}

fn value(data: &DataRef<'_>) -> Value {
    let text = |text: &str| if text.is_empty() { Value::Blank } else { Value::Text(text.to_owned()) };
    match data {
        DataRef::Empty => Value::Blank,
        DataRef::String(s) | DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => text(s),
        DataRef::SharedString(s) => text(s),
        DataRef::Int(n) => Value::Number(n.to_string()),
        DataRef::Float(n) => Value::Number(n.to_string()),
        DataRef::Bool(b) => text(if *b { "TRUE" } else { "FALSE" }),
        DataRef::DateTime(moment) if moment.is_datetime() && DAYS.contains(&moment.as_f64()) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            Value::Day(year, month, day)
        }
        DataRef::DateTime(span) => Value::Number(span.as_f64().to_string()),
        DataRef::Error(e) => text(&e.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    fn text(s: &str) -> Value {
        Value::Text(s.into())
    }

    #[test]
    fn cells_come_as_they_are() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let day = Format::new().set_num_format("yyyy-mm-dd");
        sheet.write_string(0, 0, "sourcedId").unwrap().write_string(0, 2, "start").unwrap();
        sheet.write_string(1, 0, "00123").unwrap().write_number(1, 1, 7.0).unwrap();
        sheet.write_datetime_with_format(1, 2, ExcelDateTime::from_ymd(2012, 5, 3).unwrap(), &day).unwrap();
        sheet.write_number(3, 1, 0.5).unwrap().write_boolean(3, 2, true).unwrap();
        book.add_worksheet().write_string(0, 0, "a second sheet").unwrap();
        let rows = first_sheet(&book.save_to_buffer().unwrap()).unwrap();
        assert_eq!(
            rows,
            [
                vec![text("sourcedId"), Value::Blank, text("start")],
                vec![text("00123"), Value::Number("7".into()), Value::Day(2012, 5, 3)],
                vec![],
                vec![Value::Blank, Value::Number("0.5".into()), text("TRUE")],
            ]
        );
    }

    fn refused(bytes: &[u8]) -> String {
        first_sheet(bytes).unwrap_err()
    }

    fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            zip.start_file(*name, SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated)).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn what_is_no_workbook_is_refused() {
        for (bytes, why) in [
            (&b"Row Number,Error\n"[..], "damaged"),
            (b"", "damaged"),
            (b"PK\x03\x04 and nothing more", "damaged"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "old Excel"),
            (&zipped(&[("users.csv", b"a,b\n")]), "no Excel workbook"),
            (&zipped(&[("xl/workbook.xml", b"<workbook><sheets/></workbook>")]), ""),
            (&Workbook::new().save_to_buffer().unwrap(), "empty"),
        ] {
            let said = refused(bytes);
            assert!(said.contains(why), "{said}");
        }
    }

    #[test]
    fn a_workbook_that_unpacks_beyond_reason_is_refused() {
        let much = vec![b' '; 40 << 20];
        let said = refused(&zipped(&[("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", &much)]));
        assert!(said.contains("unpacks to more than 16 MB"), "{said}");
    }

    #[test]
    fn macros_are_refused() {
        let said = refused(&zipped(&[("xl/workbook.xml", b"<workbook/>"), ("xl/vbaProject.bin", b"x")]));
        assert!(said.contains("macros"), "{said}");
    }

    #[test]
    fn a_sheet_far_too_wide_or_long_is_refused_without_filling_it() {
        for (row, column) in [(0, 1_000), (1_000_000, 0), (1_048_575, 16_383)] {
            let mut book = Workbook::new();
            book.add_worksheet().write_string(0, 0, "a").unwrap().write_string(row, column, "b").unwrap();
            let said = refused(&book.save_to_buffer().unwrap());
            assert!(said.contains("is no report"), "{said}");
        }
    }

    #[test]
    fn damaged_workbooks_never_panic() {
        let mut book = Workbook::new();
        book.add_worksheet().write_string(0, 0, "Row Number").unwrap().write_number(1, 0, 7.0).unwrap();
        let whole = book.save_to_buffer().unwrap();
        for cut in (0..whole.len()).step_by(7) {
            let _ = first_sheet(&whole[..cut]);
            let mut flipped = whole.clone();
            flipped[cut] ^= 0x5a;
            let _ = first_sheet(&flipped);
        }
    }

    #[test]
    fn places_are_looked_at_before_they_are_worked_out() {
        for place in ["A1", "7", "XFD1048576", "A1:B2", "b2"] {
            assert!(is_place(place.as_bytes()), "{place}");
        }
        for place in ["", "A", "AAAA1", "A12345678", "A1:", "B2:A1", "A2:B1", "A1:B2:C3", "A-1", "A0"] {
            assert!(!is_place(place.as_bytes()), "{place}");
        }
    }

    /// A day far away, and a time without one.
    #[test]
    fn days_that_are_none_are_numbers() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let day = Format::new().set_num_format("yyyy-mm-dd");
        for (row, number) in [1e300, -5.0, 2_958_466.0, 41_032.5].into_iter().enumerate() {
            sheet.write_number_with_format(row as u32, 0, number, &day).unwrap();
        }
        let rows = first_sheet(&book.save_to_buffer().unwrap()).unwrap();
        assert!(rows[..3].iter().all(|r| matches!(r[0], Value::Number(_))), "{rows:?}");
        assert_eq!(rows[3][0], Value::Day(2012, 5, 3));
    }

    /// What a sheet's own XML may say, in a workbook that is otherwise right.
    #[test]
    fn odd_sheets_never_panic() {
        let mut book = Workbook::new();
        book.add_worksheet().write_string(0, 0, "a").unwrap();
        let whole = book.save_to_buffer().unwrap();
        let mut zip = ZipArchive::new(Cursor::new(whole)).unwrap();
        let sheet = "xl/worksheets/sheet1.xml";
        for data in [
            r#"<row r="1"><c r="A1" t="s"><v>99</v></c></row>"#,
            r#"<row r="1"><c r="A1" t="s"><v>-1</v></c></row>"#,
            r#"<row r="0"><c r="A0"><v>1</v></c></row>"#,
            r#"<row r="4294967295"><c r="A4294967295"><v>1</v></c></row>"#,
            r#"<row r="1"><c r="ZZZZZZZZ1"><v>1</v></c></row>"#,
            r#"<row r="1"><c r="A1"><v>1e999</v></c><c r="B1"><v>nonsense</v></c></row>"#,
            r#"<row r="1"><c r="A1" s="99999"><v>1</v></c></row>"#,
            r#"<row r="1"><c r="A1" t="d"><v>not a day</v></c></row>"#,
            r#"<row r="1"><c><v>1</v></c><c><v>2</v></c></row>"#,
            r"<row r = '1'><c r = 'ZZZZZZZZ1'><v>1</v></c></row>",
            r#"<row r="1"><c r="A1" t="e"><v>#NEW!</v></c><c r="B1" t="inlineStr"><is><t>x</t></is></c></row>"#,
            r#"<row r="1"><c r="A1"><f t="shared" si="9"/><v></v></c></row>"#,
            r#"</sheetData></worksheet><row r="1">"#,
            r#"<row r="1"><c r="A1"><v>"#,
        ] {
            let xml = format!(
                r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData>{data}</sheetData></worksheet>"#
            );
            let mut members = Vec::new();
            for i in 0..zip.len() {
                let mut entry = zip.by_index(i).unwrap();
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).unwrap();
                let name = entry.name().unwrap().into_owned();
                members.push((name.clone(), if name == sheet { xml.clone().into_bytes() } else { bytes }));
            }
            let members: Vec<(&str, &[u8])> = members.iter().map(|(n, b)| (n.as_str(), b.as_slice())).collect();
            let _ = first_sheet(&zipped(&members));
        }
    }
}
