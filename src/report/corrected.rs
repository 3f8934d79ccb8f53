//! `corrected`: the upload's text byte for byte, save the corrected cells. Order, quoting, delimiter and line ends stay, so
//! that it diffs cleanly and can go back to the source.

use std::io::{self, Write};
use std::ops::Range;

/// A cell's new value and the bytes it replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// Where the cell stands in the text, its quotes included; an empty range for an empty cell.
    pub at: Range<usize>,
    /// The new value, not quoted.
    pub value: String,
}

/// Writes `text` with the patches, which may come in any order. A new value is quoted if it must be or the old one was.
/// The number of cells replaced.
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
        let was_quoted = old.first() == Some(&b'"');
        // A blank cell that is all of its record would read as a blank line.
        let would_vanish = patch.value.is_empty() && is_whole_record(text, &patch.at);
        if was_quoted || would_vanish || must_be_quoted(&patch.value, delimiter) {
            write!(out, "\"{}\"", patch.value.replace('"', "\"\""))?;
        } else {
            out.write_all(patch.value.as_bytes())?;
        }
        done = patch.at.end;
    }
    out.write_all(&text[done..])?;
    Ok(patches.len() as u64)
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
                Patch { at: start..start + old.len(), value: (*new).to_owned() }
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
        corrected(&mut out, b"a,,c\n", ',', &[Patch { at: 2..2, value: "b".into() }]).unwrap();
        assert_eq!(out, b"a,b,c\n");
    }

    #[test]
    fn patches_that_make_no_sense_are_refused() {
        for at in [&[(3, 9)][..], &[(0, 2), (1, 3)], &[(7, 7)]] {
            let patches: Vec<Patch> = at.iter().map(|(from, to)| Patch { at: *from..*to, value: String::new() }).collect();
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
            corrected(&mut out, &text, ',', &[Patch { at: cells[at].clone(), value: new.clone() }]).unwrap();
            let mut expected = rows.clone();
            expected[at / 3][at % 3] = new;
            let read: Vec<Vec<String>> = csv::ReaderBuilder::new().has_headers(false).from_reader(out.as_slice())
                .records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
            prop_assert_eq!(read, expected);
        }
    }
}
