//! From the district on some day to the bytes of a file, as this or that export writes it.

use super::district::{COLUMNS, Cells, District, FIRST, LAST, MIDDLE, order};
use super::faults::{Fault, unknown_school};

/// How a file is written.
#[derive(Clone, Copy)]
pub(crate) struct Form {
    /// Byte-order mark first.
    pub(crate) bom: bool,
    /// Lines end in CR LF.
    pub(crate) crlf: bool,
    /// Windows-1252; what it lacks becomes `?`.
    pub(crate) windows: bool,
    /// Semicolons for commas.
    pub(crate) semicolon: bool,
    /// A header cell spelled otherwise.
    pub(crate) header: Option<(&'static str, &'static str)>,
}

impl Form {
    /// UTF-8, commas, LF.
    pub(crate) const PLAIN: Self = Self { bom: false, crlf: false, windows: false, semicolon: false, header: None };
}

/// A file and what a check must refuse in it.
pub(crate) struct Written {
    pub(crate) bytes: Vec<u8>,
    /// Physical line (header = 1), column (empty for the row as a whole), code. Empty for a file refused whole.
    pub(crate) refused: Vec<(usize, &'static str, &'static str)>,
}

impl District {
    /// The day's upload.
    pub(crate) fn write(&self, form: Form) -> Written {
        let mut rows: Vec<usize> = (0..self.people.len()).collect();
        rows.sort_by_key(|i| order(&self.people[*i]));
        let separator = if form.semicolon { ';' } else { ',' };
        let end = if form.crlf { "\r\n" } else { "\n" };
        let mut header = COLUMNS.join(&separator.to_string());
        if let Some((right, wrong)) = form.header {
            header = header.replace(right, wrong);
        }
        let mut text = if form.bom { String::from('\u{FEFF}') } else { String::new() };
        text.push_str(&header);
        text.push_str(end);
        let mut refused = Vec::new();
        for (row, at) in rows.into_iter().enumerate() {
            let mut cells = self.people[at].clone();
            let fault = self.faults.iter().find(|f| f.0 == at).map(|f| f.1);
            if let Some(fault) = fault {
                fault.apply(&mut cells, fault.other().map(|o| &self.people[o]));
            }
            if let Some((column, code)) = fault.and_then(Fault::refused).or_else(|| unknown_school(&cells)) {
                refused.push((row + 2, column, code));
            }
            text.push_str(&line(&cells, separator, fault));
            text.push_str(end);
        }
        if form.header.is_some() {
            refused.clear();
        }
        let bytes = if form.windows { text.chars().map(windows_1252).collect() } else { text.into_bytes() };
        Written { bytes, refused }
    }
}

fn line(cells: &Cells, separator: char, fault: Option<Fault>) -> String {
    let mut cells: Vec<String> = cells.iter().map(|cell| quoted(cell, separator)).collect();
    match fault {
        // The separator between two cells that are both there is lost.
        Some(Fault::MissingComma) => {
            let middle = cells.remove(MIDDLE);
            cells[FIRST] = format!("{} {middle}", cells[FIRST]).trim_end().into();
        }
        // One that belongs to the name, without the quotes it needs.
        Some(Fault::ExtraComma) => cells[LAST].extend([separator.to_string().as_str(), " Jr."]),
        _ => {}
    }
    cells.join(&separator.to_string())
}

fn quoted(cell: &str, separator: char) -> String {
    if cell.contains([separator, '"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

fn windows_1252(c: char) -> u8 {
    match c {
        '\u{0}'..='\u{7F}' | '\u{A0}'..='\u{FF}' => c as u8,
        '’' => 0x92,
        'Š' => 0x8A,
        'š' => 0x9A,
        'Ž' => 0x8E,
        'ž' => 0x9E,
        'Œ' => 0x8C,
        'œ' => 0x9C,
        _ => b'?',
    }
}
