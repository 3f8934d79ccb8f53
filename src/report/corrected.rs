//! `corrected`: the upload's text byte for byte, save the corrected cells. Order, quoting, delimiter and line ends stay, so
//! that it diffs cleanly and can go back to the source.

use std::io::{self, Write};
use std::ops::Range;

/// What comes in the place of which bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// Where it stands in the text: a cell with its quotes, an empty range for an empty cell.
    pub at: Range<usize>,
    /// What comes there.
    pub put: Put,
}

/// What comes in the place of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put {
    /// A cell's new value, not quoted.
    Cell(String),
    /// Nothing: what stood there goes with the delimiter before it.
    Nothing,
    /// Cells that the row lacked, from the first that it did not have, not quoted: each with the delimiter before it.
    More(Vec<String>),
}

/// The patches of one row: its corrected cells (index and value, the last of each counts) laid over those it has at `cells`, where the
/// header has `width`. As in checking, a cell beyond the header that is emptied goes, and what a short row lacks is added.
pub fn patches(cells: &[Range<usize>], width: usize, corrected: &[(usize, String)]) -> Vec<Patch> {
    let value = |at: usize| corrected.iter().rev().find(|c| c.0 == at).map(|c| c.1.clone());
    let Some(end) = cells.last().map(|c| c.end) else { return Vec::new() };
    let mut kept = corrected.iter().map(|c| c.0 + 1).max().unwrap_or(0).max(cells.len());
    while kept > width && value(kept - 1).is_some_and(|v| v.is_empty()) {
        kept -= 1;
    }
    let changed = cells.iter().enumerate().take(kept);
    let mut all: Vec<Patch> = changed.filter_map(|(i, at)| Some(Patch { at: at.clone(), put: Put::Cell(value(i)?) })).collect();
    if kept < cells.len() && kept > 0 {
        all.push(Patch { at: cells[kept - 1].end..end, put: Put::Nothing });
    } else if kept > cells.len() {
        all.push(Patch { at: end..end, put: Put::More((cells.len()..kept).map(|i| value(i).unwrap_or_default()).collect()) });
    }
    all
}

/// Writes `text` with the patches, which may come in any order. A new value is quoted if it must be or the old one was.
/// The number of patches.
///
/// Fails with [`io::ErrorKind::InvalidInput`] if a patch lies outside the text or two of them overlap: that would write a
/// file that nobody asked for.
pub fn corrected(out: &mut dyn Write, text: &[u8], delimiter: char, patches: &[Patch]) -> io::Result<u64> {
    let mut patches: Vec<&Patch> = patches.iter().collect();
    patches.sort_by_key(|p| (p.at.start, p.at.end));
    let mut done = 0;
    for patch in &patches {
        let (Some(before), Some(old)) = (text.get(done..patch.at.start), text.get(patch.at.clone())) else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("no cell at bytes {:?}", patch.at)));
        };
        out.write_all(before)?;
        match &patch.put {
            Put::Nothing => {}
            Put::Cell(value) => {
                let was_quoted = old.first() == Some(&b'"');
                // A blank cell that is all of its record would read as a blank line.
                let would_vanish = value.is_empty() && is_whole_record(text, &patch.at);
                cell(out, value, was_quoted || would_vanish || must_be_quoted(value, delimiter))?;
            }
            Put::More(values) => {
                for value in values {
                    write!(out, "{delimiter}")?;
                    cell(out, value, must_be_quoted(value, delimiter))?;
                }
            }
        }
        done = patch.at.end;
    }
    out.write_all(&text[done..])?;
    Ok(patches.len() as u64)
}

fn cell(out: &mut dyn Write, value: &str, quoted: bool) -> io::Result<()> {
    if quoted { write!(out, "\"{}\"", value.replace('"', "\"\"")) } else { out.write_all(value.as_bytes()) }
}

fn must_be_quoted(value: &str, delimiter: char) -> bool {
    value.contains([delimiter, '"', '\r', '\n'])
}

fn is_whole_record(text: &[u8], at: &Range<usize>) -> bool {
    let is_line_end = |b: Option<&u8>| matches!(b, None | Some(b'\r' | b'\n'));
    is_line_end(at.start.checked_sub(1).and_then(|i| text.get(i))) && is_line_end(text.get(at.end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, delimiter: char, patches: &[(&str, &str)], expected: &str) {
        let patches: Vec<Patch> = patches
            .iter()
            .map(|(old, new)| {
                let start = text.find(old).unwrap();
                Patch { at: start..start + old.len(), put: Put::Cell((*new).to_owned()) }
            })
            .collect();
        let mut out = Vec::new();
        corrected(&mut out, text.as_bytes(), delimiter, &patches).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn only_the_cells_change() {
        check("a,b\r\n1,x\r\n2,y", ',', &[("x", "z")], "a,b\r\n1,z\r\n2,y");
        check("a;b\n1;x\r2;y\n", ';', &[("y", "w"), ("x", "v")], "a;b\n1;v\r2;w\n");
        check("a,b\n\"1\", x\n", ',', &[], "a,b\n\"1\", x\n");
    }

    #[test]
    fn quoting_stays_as_it_was() {
        check("\"a\",\"x\"\n", ',', &[("\"x\"", "y")], "\"a\",\"y\"\n");
        check("a,x\n", ',', &[("x", "y")], "a,y\n");
        check("a,\"x\"\"x\"\n", ',', &[("\"x\"\"x\"", "5\" z")], "a,\"5\"\" z\"\n");
    }

    #[test]
    fn a_new_value_is_quoted_where_it_must_be() {
        check("a,x\n", ',', &[("x", "y, z")], "a,\"y, z\"\n");
        check("a;x\n", ';', &[("x", "y, z")], "a;y, z\n");
        check("a\tx\n", '\t', &[("x", "y\tz")], "a\t\"y\tz\"\n");
        check("a,x\n", ',', &[("x", "say \"y\"")], "a,\"say \"\"y\"\"\"\n");
        check("a,x\n", ',', &[("x", "y\nz")], "a,\"y\nz\"\n");
        check("a,x\n", ',', &[("x", "")], "a,\n");
        check("id\nx\ny\n", ',', &[("x", "")], "id\n\"\"\ny\n");
    }

    #[test]
    fn an_empty_cell_is_filled() {
        let mut out = Vec::new();
        corrected(&mut out, b"a,,c\n", ',', &[Patch { at: 2..2, put: Put::Cell("b".into()) }]).unwrap();
        assert_eq!(out, b"a,b,c\n");
    }

    #[test]
    fn a_row_gets_the_cells_it_lacked_and_loses_those_too_many() {
        // The cells of the row, by their ends; the header has three.
        let mended = |row: &str, cells: &[(usize, &str)]| {
            let mut at = 0;
            let spans: Vec<Range<usize>> = row
                .split(',')
                .map(|cell| {
                    at += cell.len() + 1;
                    at - 1 - cell.len()..at - 1
                })
                .collect();
            let cells: Vec<(usize, String)> = cells.iter().map(|(i, v)| (*i, (*v).to_owned())).collect();
            let mut out = Vec::new();
            corrected(&mut out, format!("{row}\r\nnext").as_bytes(), ',', &patches(&spans, 3, &cells)).unwrap();
            String::from_utf8(out).unwrap()
        };
        for (row, cells, expected) in [
            ("1,a,b", &[(1, "c")][..], "1,c,b"),
            ("1,a,b,x", &[(3, "")], "1,a,b"),
            ("1,a,b,x,y", &[(3, ""), (4, "")], "1,a,b"),
            // Only what comes last can go: else the next cell would take its place.
            ("1,a,b,x,y", &[(3, "")], "1,a,b,,y"),
            ("1,a,b,x", &[(1, "a, b"), (2, "x"), (3, "")], "1,\"a, b\",x"),
            ("1", &[(2, "z")], "1,,z"),
            ("1,a", &[(2, "y,z")], "1,a,\"y,z\""),
            ("1,a,b", &[(2, "")], "1,a,"),
            ("1,a", &[(2, "")], "1,a,"),
            ("1,a,b", &[(1, "x"), (1, "y")], "1,y,b"),
        ] {
            assert_eq!(mended(row, cells), format!("{expected}\r\nnext"), "{row} {cells:?}");
        }
    }

    #[test]
    fn patches_that_make_no_sense_are_refused() {
        for at in [&[(3, 9)][..], &[(0, 2), (1, 3)], &[(7, 7)]] {
            let patches: Vec<Patch> = at.iter().map(|(from, to)| Patch { at: *from..*to, put: Put::Cell(String::new()) }).collect();
            let error = corrected(&mut Vec::new(), b"a,b\n", ',', &patches).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        }
    }

    proptest! {
        #[test]
        fn read_again_it_is_the_same_but_for_the_cells(
            rows in prop::collection::vec(prop::collection::vec("[a-z\",;\n é]{0,6}", 3), 1..8),
            new in "[a-z\",;\r\n é]{0,6}",
            pick in any::<prop::sample::Index>(),
            always in any::<bool>(),
        ) {
            let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
            let (mut text, mut cells) = (Vec::new(), Vec::new());
            for row in &rows {
                for (i, cell) in row.iter().enumerate() {
                    if i > 0 { text.push(b','); }
                    let start = text.len();
                    let mut one = csv::WriterBuilder::new().quote_style(style).from_writer(Vec::new());
                    one.write_field(cell).unwrap();
                    one.write_field("x").unwrap();
                    one.write_record(None::<&[u8]>).unwrap();
                    let written = one.into_inner().unwrap();
                    let end = if always { written.len() - 5 } else { written.len() - 3 };
                    text.extend_from_slice(&written[..end]);
                    cells.push(start..text.len());
                }
                text.extend_from_slice(b"\r\n");
            }
            let at = pick.index(cells.len());
            let mut out = Vec::new();
            corrected(&mut out, &text, ',', &[Patch { at: cells[at].clone(), put: Put::Cell(new.clone()) }]).unwrap();
            let mut expected = rows.clone();
            expected[at / 3][at % 3] = new;
            let read: Vec<Vec<String>> = csv::ReaderBuilder::new().has_headers(false).from_reader(out.as_slice())
                .records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
            prop_assert_eq!(read, expected);
        }
    }
}
