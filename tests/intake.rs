//! Files as they really are: bytes in, lines, cells and findings out.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on says so by failing

use homeroom::feed::{
    Blank, Column, ColumnKind, HeaderCase, HeaderOrder, HeaderRules, Limits, Need, OnExtra, Profile, RowShape, Scope, Target, Unique,
    Writes,
};
use homeroom::intake::{Encoding, ReadAs, Row, Sheet, Source, judge};
use homeroom::ledger::{Finding, Mode, Severity};
use homeroom::roster::Kind;
use proptest::prelude::*;

/// A profile of columns that are all required but those with a `?`.
fn profile(name: &str, columns: &str) -> Profile {
    let column = |name: &str| Column {
        name: name.trim_end_matches('?').to_owned(),
        to: Target::Nowhere,
        need: if name.ends_with('?') { Need::Optional } else { Need::Required },
        only_for: None,
        optional_header: false,
        accept: Vec::new(),
        default: None,
        kind: ColumnKind::Text,
        unique: Unique::No,
        min: 0,
        max: 100,
        chars: None,
        blank_code: None,
        any_case: false,
        refuse: Vec::new(),
        separator: None,
        holds: Vec::new(),
        about: String::new(),
    };
    Profile {
        name: name.to_owned(),
        title: name.to_owned(),
        about: String::new(),
        rows: RowShape::Person,
        main_kind: Kind::Students,
        key: vec![0],
        headers: HeaderRules { case: HeaderCase::Exact, order: HeaderOrder::Any, all: false, extra: OnExtra::Warn },
        writes: Writes::Upsert,
        blank: Blank::Keep,
        unique_over: Vec::new(),
        modes: vec![Mode::Partial],
        limits: Limits::default(),
        scope: Scope::Any,
        report_key: None,
        columns: columns.split(',').map(column).collect(),
        at_least_one: Vec::new(),
        file_name: None,
        most_guardians: None,
        no_change: None,
        import_type: None,
        path: None,
        variant_of: None,
    }
}

fn source(name: &str, bytes: &[u8]) -> Source {
    Source { name: name.to_owned(), bytes: bytes.to_vec() }
}

fn open(bytes: &[u8]) -> Result<Sheet, Vec<Finding>> {
    Sheet::open(source("users.csv", bytes), &ReadAs::default(), &[&profile("users", "id,name,email?")])
}

/// Each finding as `code severity line args`.
fn said(findings: &[Finding]) -> Vec<String> {
    let one = |f: &Finding| {
        let args: Vec<String> = f.args.iter().map(|(name, text)| format!(" {name}={text}")).collect();
        let line = f.line.map_or("-".to_owned(), |l| l.to_string());
        format!("{} {} {line}{}", f.code, f.severity, args.concat())
    };
    findings.iter().map(one).collect()
}

/// The rows as `record line row lines [cells]`, and how many blank ones were passed over; a refusal ends them.
fn rows(sheet: &Sheet) -> (Vec<String>, u64) {
    let (mut rows, mut row, mut out) = (sheet.rows(), Row::default(), Vec::new());
    loop {
        match rows.next(&mut row) {
            Ok(true) => {
                let cells: Vec<_> = row.cells.iter().map(|c| String::from_utf8_lossy(c).into_owned()).collect();
                out.push(format!("{} {} {} {} {cells:?}", row.record, row.line, row.row, row.lines));
            }
            Ok(false) => return (out, rows.blank_rows()),
            Err(finding) => {
                out.extend(said(&[finding]));
                return (out, rows.blank_rows());
            }
        }
    }
}

/// A file is read as these rows, with this many blank ones.
fn check_rows(bytes: &[u8], expected: &[&str], blank: u64) {
    let sheet = open(bytes).unwrap_or_else(|refused| panic!("{bytes:?} was refused: {:?}", said(&refused)));
    assert_eq!(rows(&sheet), (expected.iter().map(|s| (*s).to_owned()).collect(), blank), "{:?}", String::from_utf8_lossy(bytes));
}

/// A file is refused with these findings.
fn check_refused(bytes: &[u8], expected: &[&str]) {
    let refused = open(bytes).err().unwrap_or_else(|| panic!("{:?} was not refused", String::from_utf8_lossy(bytes)));
    assert_eq!(said(&refused), expected, "{:?}", String::from_utf8_lossy(bytes));
    assert_eq!(refused.last().map(|f| f.severity), Some(Severity::Refused));
}

#[test]
fn lines_are_physical_whatever_ends_them() {
    let rows = ["1 2 2 1 [\"1\", \"Ana\"]", "2 3 3 1 [\"2\", \"Ben\"]"];
    check_rows(b"id,name\n1,Ana\n2,Ben\n", &rows, 0);
    check_rows(b"id,name\n1,Ana\n2,Ben", &rows, 0);
    check_rows(b"id,name\r\n1,Ana\r\n2,Ben\r\n", &rows, 0);
    check_rows(b"id,name\r\n1,Ana\r\n2,Ben", &rows, 0);
    check_rows(b"id,name\r1,Ana\r2,Ben\r", &rows, 0);
    check_rows(b"id,name\r1,Ana\r2,Ben", &rows, 0);
    check_rows(b"id,name\r\n1,Ana\n2,Ben\r", &rows, 0);
    check_rows(b"id,name\n1,Ana\r2,Ben\r\n", &rows, 0);
}

#[test]
fn blank_rows_count_as_rows_but_are_no_records() {
    check_rows(b"id,name\n\n1,Ana\n\n\n2,Ben\n\n", &["1 3 3 1 [\"1\", \"Ana\"]", "2 6 6 1 [\"2\", \"Ben\"]"], 4);
    check_rows(b"id,name\r\n\r\n1,Ana\r\n\r\n", &["1 3 3 1 [\"1\", \"Ana\"]"], 2);
    check_rows(b"id,name\r\r1,Ana\r\r\r2,Ben", &["1 3 3 1 [\"1\", \"Ana\"]", "2 6 6 1 [\"2\", \"Ben\"]"], 3);
    check_rows(b"id,name\n,\n1,Ana\n , \t\n\"\",\"\"\n2,Ben\n,,,\n", &["1 3 3 1 [\"1\", \"Ana\"]", "2 6 6 1 [\"2\", \"Ben\"]"], 4);
    check_rows("id,name\n\u{A0},\u{3000}\n1,Ana\n".as_bytes(), &["1 3 3 1 [\"1\", \"Ana\"]"], 1);
}

#[test]
fn a_quoted_line_break_moves_the_line_but_not_the_row() {
    check_rows(b"id,name\n1,\"Ana\nMaria\"\n2,Ben\n", &["1 2 2 2 [\"1\", \"Ana\\nMaria\"]", "2 4 3 1 [\"2\", \"Ben\"]"], 0);
    check_rows(b"id,name\r\n1,\"Ana\r\nMaria\"\r\n\r\n2,Ben\r\n", &["1 2 2 2 [\"1\", \"Ana\\r\\nMaria\"]", "2 5 4 1 [\"2\", \"Ben\"]"], 1);
    check_rows(b"id,name\r1,\"Ana\rMaria\"\r2,Ben\r", &["1 2 2 2 [\"1\", \"Ana\\rMaria\"]", "2 4 3 1 [\"2\", \"Ben\"]"], 0);
    check_rows(b"id,\"na\nme\",email\n1,Ana,\n", &["1 3 2 1 [\"1\", \"Ana\", \"\"]"], 0);
    check_rows(b"id,name\n1,\"\n\n\"\n2,Ben\n", &["1 2 2 3 [\"1\", \"\\n\\n\"]", "2 5 3 1 [\"2\", \"Ben\"]"], 0);
}

#[test]
fn quotes_are_doubled_inside_quotes_and_plain_elsewhere() {
    check_rows(
        b"id,name\n1,\"a \"\"b\"\" c\"\n2,6\" tall\n",
        &["1 2 2 1 [\"1\", \"a \\\"b\\\" c\"]", "2 3 3 1 [\"2\", \"6\\\" tall\"]"],
        0,
    );
    check_rows(b"id,name\n1,\"Diaz, Ana\"\n", &["1 2 2 1 [\"1\", \"Diaz, Ana\"]"], 0);
}

#[test]
fn ragged_rows_come_as_they_are() {
    check_rows(
        b"id,name,email\n1\n2,Ben,b@lincoln.example,x\n3,Cleo,\n",
        &["1 2 2 1 [\"1\"]", "2 3 3 1 [\"2\", \"Ben\", \"b@lincoln.example\", \"x\"]", "3 4 4 1 [\"3\", \"Cleo\", \"\"]"],
        0,
    );
}

#[test]
fn a_byte_order_mark_in_the_middle_belongs_to_its_cell() {
    check_rows("id,name\n\u{FEFF}1,Ana\n".as_bytes(), &["1 2 2 1 [\"\\u{feff}1\", \"Ana\"]"], 0);
}

#[test]
fn a_quote_that_never_closes_is_refused_where_it_opened() {
    check_refused(b"id,name\n1,\"Ana\n", &["FIL-013 refused 2 a=2"]);
    check_refused(b"id,\"name\n1,Ana\n", &["FIL-013 refused 1 a=1"]);
    check_rows(b"id,name\n1,Ana\n2,\"Ben\n3,Cleo\n", &["1 2 2 1 [\"1\", \"Ana\"]", "FIL-013 refused 3 a=3"], 0);
    check_rows(b"id,name\r\n1,Ana\r\n2,\"B\r\nx\",\"Ben\r\n3,Cleo\r\n", &["1 2 2 1 [\"1\", \"Ana\"]", "FIL-013 refused 4 a=4"], 0);
    check_rows(b"id,name\n1,Ana\n2,\"Ben\"\"\n", &["1 2 2 1 [\"1\", \"Ana\"]", "FIL-013 refused 3 a=3"], 0);
}

#[test]
fn a_quote_that_swallows_many_lines_is_refused_though_another_closes_it() {
    let people = |n: usize| "7,Ana\n".repeat(n);
    let swallowed = |n: usize| format!("id,name\n1,Ana\n2,\"Ben\n{}3,\"Cleo\"\n", people(n));
    let sheet = open(swallowed(20).as_bytes()).unwrap();
    assert_eq!(rows(&sheet).0[1..], ["FIL-013 refused 3 a=3"]);
    let sheet = open(swallowed(5).as_bytes()).unwrap();
    assert_eq!(rows(&sheet).0[1..2].len(), 1, "a few lines may be meant");
    assert!(!rows(&sheet).0.iter().any(|r| r.starts_with("FIL-013")));
    let long = format!("id,name\n1,Ana\n2,\"{}\"\n", "x".repeat(70_000));
    assert_eq!(rows(&open(long.as_bytes()).unwrap()).0[1..], ["FIL-013 refused 3 a=3"]);
    let unquoted = format!("id,name\n1,Ana\n2,{}\n", "x".repeat(70_000));
    assert_eq!(rows(&open(unquoted.as_bytes()).unwrap()).0.len(), 2, "without a quote it is just a long cell");
}

#[test]
fn a_file_that_is_cut_off_is_refused() {
    check_rows(b"id,name,email\n1,Ana,\n2,Be", &["1 2 2 1 [\"1\", \"Ana\", \"\"]", "FIL-016 refused 3 k=2 m=3"], 0);
    check_rows(b"id,name,email\n1,Ana,\n2,Be\n", &["1 2 2 1 [\"1\", \"Ana\", \"\"]", "2 3 3 1 [\"2\", \"Be\"]"], 0);
    check_rows(b"id,name,\n1,Ana,\n2,Be", &["1 2 2 1 [\"1\", \"Ana\", \"\"]", "2 3 3 1 [\"2\", \"Be\"]"], 0);
    check_refused(b"id,name,email\n1,Ana", &["FIL-016 refused 2 k=2 m=3"]);
}

#[test]
fn empty_files_and_files_without_rows_or_header_are_refused() {
    check_refused(b"", &["FIL-002 refused -"]);
    check_refused(b"\n \r\n\n", &["FIL-002 refused -"]);
    check_refused(b"\xEF\xBB\xBF", &["FIL-010 info -", "FIL-002 refused -"]);
    check_refused(b"id,name\n", &["FIL-003 refused -"]);
    check_refused(b"id,name", &["FIL-003 refused -"]);
    check_refused(b"id,name\r\n\r\n,,\r\n", &["FIL-003 refused -"]);
    check_refused(b"1001,Ana\n1002,Ben\n", &["HDR-110 refused 1"]);
    check_refused(b"x,Ana,ana@lincoln.example\n", &["HDR-110 refused 1"]);
}

#[test]
fn titles_above_the_header_are_said_and_can_be_skipped() {
    let bytes = b"Staff of Lincoln High,,\n\nid,name,email\n1,Ana,\n";
    check_refused(bytes, &["HDR-110 refused 1 skip=2"]);
    let read_as = ReadAs { skip_lines: 2, ..ReadAs::default() };
    let sheet = Sheet::open(source("a.csv", bytes), &read_as, &[]).unwrap();
    assert_eq!((sheet.header(), sheet.header_line()), (&["id".to_owned(), "name".into(), "email".into()][..], 3));
    assert_eq!(rows(&sheet).0, ["1 4 4 1 [\"1\", \"Ana\", \"\"]"]);
}

#[test]
fn a_line_that_tells_the_delimiter_is_no_header() {
    let sheet = open(b"sep=;\r\nid;name\r\n1;a,b,c,d\r\n").unwrap();
    assert_eq!((sheet.delimiter(), sheet.header_line(), said(&sheet.findings)), (b';', 2, vec!["FIL-012 warning - d=a semicolon".into()]));
    assert_eq!(rows(&sheet).0, ["1 3 3 1 [\"1\", \"a,b,c,d\"]"]);
}

#[test]
fn the_end_mark_of_old_programs_is_no_row() {
    check_rows(b"id,name\r\n1,Ana\r\n\x1A", &["1 2 2 1 [\"1\", \"Ana\"]"], 1);
}

#[test]
fn a_first_line_without_end_is_no_header() {
    check_refused("x,".repeat(3_000_000).as_bytes(), &["HDR-110 refused 1"]);
    check_refused(format!("{}\n1,Ana\n", "x".repeat(70_000)).as_bytes(), &["HDR-110 refused 1"]);
}

#[test]
fn blank_lines_above_the_header_count() {
    check_rows(b"\n,,\nid,name\n1,Ana\n", &["1 4 4 1 [\"1\", \"Ana\"]"], 0);
}

#[test]
fn what_is_not_text_is_refused_by_name() {
    check_refused(b"PK\x03\x04....[Content_Types].xml.xl/workbook.xml", &["FIL-006 refused - what=an Excel workbook (XLSX)"]);
    check_refused(b"%PDF-1.7\n", &["FIL-006 refused - what=a PDF document"]);
    check_refused(b"<!DOCTYPE html>\n<html>", &["FIL-006 refused - what=an HTML page"]);
    check_refused(b"[\n {\"id\": 1}]", &["FIL-006 refused - what=a JSON file"]);
    check_refused(b"id,name\n1,Ana\n2,B\0n\n", &["FIL-014 refused 3"]);
}

#[test]
fn encodings_are_found_and_said() {
    for (bytes, findings, encoding, name) in [
        ("id,name\n1,José\n".as_bytes(), &[][..], Encoding::Utf8, "José"),
        (b"\xEF\xBB\xBFid,name\n1,Ana\n", &["FIL-010 info -"], Encoding::Utf8, "Ana"),
        (
            b"id,name\n1,Jos\xE9\n2,Ana\n3,\xC1\xE9\n",
            &["FIL-009 warning - n=2 sample=José preview=José\nÁé"],
            Encoding::Windows1252,
            "José",
        ),
        (b"\xFF\xFEi\0d\0,\0n\0\n\x001\0,\0\xE9\0\n\0", &["FIL-011 info - enc=UTF-16LE"], Encoding::Utf16Le, "é"),
        (b"\0i\0d\0,\0n\0\n\x001\0\0,\0\xE9\0\n", &["FIL-011 info - enc=UTF-16BE"], Encoding::Utf16Be, ""),
    ] {
        let sheet = match open(bytes) {
            Ok(sheet) => sheet,
            Err(refused) if name.is_empty() => {
                assert!(refused.iter().any(|f| f.severity == Severity::Refused));
                continue;
            }
            Err(refused) => panic!("{bytes:?}: {:?}", said(&refused)),
        };
        assert_eq!((said(&sheet.findings), sheet.encoding()), (findings.iter().map(|s| (*s).to_owned()).collect(), encoding));
        assert!(rows(&sheet).0[0].contains(name), "{bytes:?}");
        assert_eq!(sheet.rewritten([]).unwrap(), bytes);
    }
}

#[test]
fn bytes_that_no_encoding_has_are_refused_at_their_line() {
    check_refused(b"id,name\n1,Ana\n2,B\x81n\n", &["FIL-008 refused 3 hex=81 l=3 enc=Windows-1252"]);
    let damaged = [b"id,name\n1,".as_slice(), "José".as_bytes(), b"\n2,", "Zoë".as_bytes(), b"\n3,\xC3\n"].concat();
    check_refused(&damaged, &["FIL-008 refused 4 hex=C3 l=4 enc=UTF-8"]);
    let read_as = |encoding| ReadAs { encoding: Some(encoding), ..ReadAs::default() };
    let sheet = Sheet::open(source("a.csv", &damaged), &read_as(Encoding::Windows1252), &[]).unwrap();
    assert_eq!(said(&sheet.findings), [""; 0], "what was demanded is not remarked on");
    assert!(rows(&sheet).0[0].contains("JosÃ©"));
    let refused = Sheet::open(source("a.csv", b"id,name\n1,Jos\xE9\n"), &read_as(Encoding::Utf8), &[]).unwrap_err();
    assert_eq!(said(&refused), ["FIL-008 refused 2 hex=E9 l=2 enc=UTF-8"]);
}

#[test]
fn a_password_is_never_shown_as_a_sample() {
    let users = profile("users", "id,name,password?");
    let sheet = Sheet::open(source("a.csv", b"id,name,password\n1,Ana,p\xE4ss\n2,Zo\xEB,x\n"), &ReadAs::default(), &[&users]).unwrap();
    assert_eq!(said(&sheet.findings), ["FIL-009 warning - n=2 sample=Zoë preview=Zoë"]);
}

#[test]
fn the_delimiter_is_what_explains_the_columns() {
    for (name, bytes, delimiter, findings) in [
        ("a.csv", &b"id,name,email\n1,Ana,\n"[..], b',', &[][..]),
        ("a.csv", b"id;name;email\n1;Ana;\n", b';', &["FIL-012 warning - d=a semicolon"]),
        ("a.csv", b"id\tname\temail\n1\tAna\t\n", b'\t', &["FIL-012 warning - d=a TAB"]),
        ("a.tsv", b"id\tname\temail\n1\tAna\t\n", b'\t', &["FIL-012 info - d=a TAB"]),
        ("a.csv", b"id|name|email\n1|Ana|\n", b'|', &["FIL-012 warning - d=\"|\""]),
        ("a.csv", b"id;name;\"a,b,c,d,e\"\n1;Ana;\n", b';', &["FIL-012 warning - d=a semicolon"]),
        ("a.csv", b"id;name;a,b,c,d,e\n1;Ana;x\n", b';', &["FIL-012 warning - d=a semicolon"]),
    ] {
        let sheet = Sheet::open(source(name, bytes), &ReadAs::default(), &[&profile("users", "id,name,email?")]).unwrap();
        assert_eq!((sheet.delimiter(), said(&sheet.findings)), (delimiter, findings.iter().map(|s| (*s).to_owned()).collect()), "{name}");
    }
    let read_as = ReadAs { delimiter: Some(b';'), ..ReadAs::default() };
    let sheet = Sheet::open(source("a.csv", b"id,x;name\n1;Ana\n"), &read_as, &[]).unwrap();
    assert_eq!((sheet.header(), sheet.findings.len()), (&["id,x".to_owned(), "name".into()][..], 0));
}

#[test]
fn a_size_limit_holds_where_the_profile_is_known() {
    let mut users = profile("users", "id,name");
    let bytes = b"id,name\n1,Ana\n";
    users.limits.bytes = Some(13);
    let refused = Sheet::open(source("a.csv", bytes), &ReadAs::default(), &[&users]).unwrap_err();
    assert_eq!(said(&refused), ["FIL-004 refused - size=14 bytes limit=13 bytes p=users"]);
    users.limits.bytes = Some(14);
    assert!(Sheet::open(source("a.csv", bytes), &ReadAs::default(), &[&users]).is_ok());
    users.limits.bytes = Some(2_000_000);
    let large = [&bytes[..], &b"2,Benjamin\n".repeat(300_000)].concat();
    let refused = Sheet::open(source("a.csv", &large), &ReadAs::default(), &[&users]).unwrap_err();
    assert_eq!(said(&refused), ["FIL-004 refused - size=3.30 MB limit=2 MB p=users"]);
    assert!(Sheet::open(source("a.csv", bytes), &ReadAs::default(), &[&users, &profile("b", "id")]).is_ok());
}

#[test]
fn a_row_is_found_again_and_a_cell_replaced_in_its_place() {
    for bytes in [
        &b"id,name\r\n1,\"Ana, B.\"\r\n2,Ben\r\n"[..],
        b"\xEF\xBB\xBFid;name\n1;\"Ana; B.\"\n2;Ben",
        b"id,name\n1,Jos\xE9\n2,Ben\n",
        b"\xFF\xFEi\0d\0,\0n\0a\0\n\x001\0,\0\xE9\0\n\x002\0,\0B\0e\0n\0\n\0",
    ] {
        let sheet = open(bytes).unwrap();
        let (mut rows, mut row) = (sheet.rows(), Row::default());
        while rows.next(&mut row).unwrap() {
            assert_eq!(sheet.row_at(row.offset, row.record, row.line, row.row).unwrap(), row);
        }
        assert_eq!(sheet.row_at(row.offset + 1, 1, 1, 1), None, "no row begins inside another");
        let spans = sheet.spans(row.offset).unwrap();
        assert_eq!(&sheet.text()[spans.cells[1].clone()], b"Ben");
        let replaced = sheet.rewritten([(spans.cells[1].clone(), "Zoë")]).unwrap();
        let again = open(&replaced).unwrap();
        assert_eq!(again.encoding(), sheet.encoding());
        assert_eq!(again.cells_at(row.offset).unwrap().get(1), Some("Zoë".as_bytes()));
        assert_eq!(sheet.rewritten([]).unwrap(), bytes);
    }
    let sheet = open(b"id,name\n1,Jos\xE9\n").unwrap();
    assert_eq!(sheet.rewritten([(0..0, "Ł")]), Err('Ł'), "Windows-1252 lacks it");
}

#[test]
fn the_header_is_judged_as_it_came() {
    let sheet = open("\u{FEFF}\u{FEFF}id,Name,e-mail\n1,Ana,\n".as_bytes()).unwrap();
    let (columns, findings) = judge(sheet.header(), sheet.header_line(), &profile("users", "id,name,email?"));
    assert_eq!(columns.at, [Some(0), Some(1), Some(2)]);
    assert_eq!(
        said(&findings),
        ["HDR-109 warning 1 names=byte-order mark (U+FEFF)", "HDR-104 refused 1 x=Name", "HDR-103 refused 1 x=e-mail"]
    );
}

#[test]
fn a_reader_tells_how_far_it_is() {
    let sheet = open(b"id,name\n1,Ana\n2,Ben\n").unwrap();
    let (mut rows, mut row) = (sheet.rows(), Row::default());
    let mut done = vec![rows.bytes_done()];
    while rows.next(&mut row).unwrap() {
        done.push(rows.bytes_done());
    }
    assert_eq!((done.as_slice(), sheet.text().len()), (&[8, 14, 20][..], 20));
}

/// Text in which quotes, delimiters and line ends of every kind are likely.
fn messy() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => "[a-z0-9 é]{0,6}",
        3 => Just(",".to_owned()),
        1 => Just("\"".to_owned()),
        1 => Just("\"\"".to_owned()),
        2 => Just("\n".to_owned()),
        1 => Just("\r\n".to_owned()),
        1 => Just("\r".to_owned()),
        1 => Just("\u{FEFF}".to_owned()),
        1 => Just("\"x\ny\"".to_owned()),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| ["id,name\n", &pieces.concat()].concat().into_bytes())
}

/// Physical lines, counted the slow way: how many line ends stand before an offset, plus one.
fn naive_line(text: &[u8], offset: usize) -> u32 {
    let mut line = 1;
    let mut at = 0;
    while at < offset {
        if text[at] == b'\r' && text.get(at + 1) == Some(&b'\n') {
            at += 1;
        }
        line += u32::from(matches!(text[at], b'\r' | b'\n'));
        at += 1;
    }
    line
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400), name in ".{0,8}") {
        match Sheet::open(source(&name, &bytes), &ReadAs::default(), &[]) {
            Ok(sheet) => {
                let _ = rows(&sheet);
                prop_assert_eq!(sheet.rewritten([]).unwrap(), bytes);
            }
            Err(refused) => prop_assert!(refused.iter().any(|f| f.severity == Severity::Refused)),
        }
    }

    #[test]
    fn any_demand_is_met_or_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        encoding in proptest::sample::select(&Encoding::ALL[..]),
        delimiter in proptest::sample::select(&b",;\t|x"[..]),
        skip_lines in 0..4_u32,
    ) {
        let read_as = ReadAs { encoding: Some(encoding), delimiter: Some(delimiter), skip_lines };
        if let Ok(sheet) = Sheet::open(source("a", &bytes), &read_as, &[]) {
            let _ = rows(&sheet);
            prop_assert_eq!(sheet.rewritten([]).unwrap(), bytes);
        }
    }

    #[test]
    fn what_was_encoded_comes_back(text in "[a-zé€,\n]{1,60}", encoding in proptest::sample::select(&Encoding::ALL[..]), bom in any::<bool>()) {
        let bom = bom && encoding != Encoding::Windows1252;
        let whole = format!("{}id,name\n1,x\n{text}x,y\n", if bom { "\u{FEFF}" } else { "" });
        let bytes: Vec<u8> = match encoding {
            Encoding::Utf8 => whole.into_bytes(),
            Encoding::Utf16Le => whole.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Utf16Be => whole.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Encoding::Windows1252 => whole.chars().map(|c| if c == '€' { 0x80 } else { c as u32 as u8 }).collect(),
        };
        let read_as = ReadAs { encoding: Some(encoding), ..ReadAs::default() };
        let sheet = Sheet::open(source("a.csv", &bytes), &read_as, &[]).unwrap();
        prop_assert_eq!(sheet.bom(), bom);
        prop_assert_eq!(sheet.text().to_vec(), format!("id,name\n1,x\n{text}x,y\n").into_bytes());
        prop_assert_eq!(sheet.rewritten([]).unwrap(), bytes);
    }

    #[test]
    fn places_and_cells_are_those_of_a_slow_reader(bytes in messy()) {
        let Ok(sheet) = open(&bytes) else { return Ok(()) };
        // A newline in front keeps the plain reader from taking a byte-order mark away.
        let input = [b"\n", sheet.text()].concat();
        let mut plain = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&input[..]);
        let is_blank = |r: &csv::ByteRecord| r.iter().all(homeroom::intake::is_blank_cell);
        let mut expected = plain.byte_records().map(Result::unwrap).skip_while(is_blank).skip(1).filter(|r| !is_blank(r));
        let (mut rows, mut row, mut record, mut before) = (sheet.rows(), Row::default(), 0, None::<Row>);
        while let Ok(more) = rows.next(&mut row) {
            if !more {
                prop_assert!(expected.next().is_none());
                break;
            }
            record += 1;
            prop_assert_eq!(Some(row.cells.clone()), expected.next());
            prop_assert_eq!(row.record, record);
            prop_assert_eq!(row.line, naive_line(sheet.text(), row.offset as usize));
            let spans = sheet.spans(row.offset).unwrap();
            prop_assert_eq!(row.lines, naive_line(sheet.text(), spans.record.end) - row.line + 1);
            prop_assert_eq!(sheet.row_at(row.offset, row.record, row.line, row.row), Some(row.clone()));
            if let Some(before) = before {
                prop_assert!(row.row > before.row && row.row - before.row <= row.line - before.line);
            }
            before = Some(row.clone());
        }
    }

    #[test]
    fn the_row_is_what_a_spreadsheet_counts(bytes in messy()) {
        let Ok(sheet) = open(&bytes) else { return Ok(()) };
        // The slow way: walk the text, one row per record and per empty line.
        let text = sheet.text();
        let (mut at, mut number, mut starts) = (0, 0, std::collections::HashMap::new());
        while at < text.len() {
            number += 1;
            starts.insert(at as u64, number);
            if let Some(spans) = sheet.spans(at as u64) {
                at = spans.record.end;
            }
            at += if text[at..].starts_with(b"\r\n") { 2 } else { 1 };
        }
        let (mut rows, mut row) = (sheet.rows(), Row::default());
        while let Ok(true) = rows.next(&mut row) {
            prop_assert_eq!(starts.get(&row.offset), Some(&row.row));
        }
    }
}
