//! A report of another system laid over the upload that it is about: each of its lines is matched to a row by number, ID and the cells that
//! it repeats. One line that does not fit refuses the report: it is of another file.

use std::collections::{HashMap, HashSet};

use super::Overlay;
use crate::feed::report_form::{Counts, same_name};
use crate::feed::{ColumnKind, Profile};
use crate::intake::vendor_report::{Complaint, ReportLine};
use crate::intake::{self, Cell, Columns, Row, Sheet, VendorReport, trim_str};
use crate::ledger::Told;
use crate::ledger::attached::without_values;

/// A line that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The line of the report, as a spreadsheet shows it.
    pub at: u32,
    /// Both sides: what the report says and what the upload has.
    pub why: String,
}

/// Rows of one ID that are looked at for a line: nobody's file has as many, and a report comes from anybody.
const MOST: usize = 1000;

/// The upload.
#[derive(Clone, Copy)]
pub struct Upload<'a> {
    /// Its text.
    pub sheet: &'a Sheet,
    /// Where the profile's columns are in it.
    pub columns: &'a Columns,
    /// Its profile.
    pub profile: &'a Profile,
    /// The corrections of it: the system may have had the corrected file.
    pub overlay: &'a Overlay,
}

/// What was matched: everything that the report says is wrong, in the order of the upload's rows, what is said of the whole file first; and
/// the number of lines that say that a row was taken. The error is every line that does not fit, in the order of the report.
pub fn laid_over(report: &VendorReport, upload: &Upload<'_>) -> Result<(Vec<Told>, u64), Vec<Misfit>> {
    let base = Base::of(report, upload)?;
    // How rows are counted is only to be found out where each line says whose its row is.
    let sure = base.key.is_some() && report.lines.iter().all(|l| l.row.is_none() || !l.key.is_blank());
    let counts: &[Counts] = if sure { &report.form.counts } else { &report.form.counts[..report.form.counts.len().min(1)] };
    let mut first = None;
    for counts in counts.iter().map(Some).chain(counts.is_empty().then_some(None)) {
        match base.all(counts.copied()) {
            Ok(told) => return Ok(told),
            Err(misfits) => first = first.or(Some(misfits)),
        }
    }
    Err(first.unwrap_or_default())
}

/// One row of the upload.
struct Source {
    record: u32,
    line: u32,
    row: u32,
    cells: Vec<String>,
}

/// The upload, ready to be compared with.
struct Base<'a> {
    report: &'a VendorReport,
    upload: &'a Upload<'a>,
    rows: Vec<Source>,
    /// The cell of the rows' ID, and which of the report's repeated columns is that.
    key: Option<usize>,
    /// The report's repeated columns: index of each and its cell in the upload. Secret ones are not compared.
    same: Vec<(usize, usize)>,
    /// Those that are secret.
    secret: Vec<(usize, usize)>,
    by_key: HashMap<String, Vec<usize>>,
    by_cells: HashMap<String, Vec<usize>>,
}

/// A text as it may have come out of a workbook: without zeros before it.
fn plain(text: &str) -> String {
    let text = trim_str(text);
    let short = text.trim_start_matches('0');
    if short.is_empty() { text.to_owned() } else { short.to_owned() }
}

impl<'a> Base<'a> {
    fn of(report: &'a VendorReport, upload: &'a Upload<'a>) -> Result<Self, Vec<Misfit>> {
        let header = upload.sheet.header();
        let column_of = |cell: usize| upload.columns.at.iter().position(|c| *c == Some(cell)).map(|i| &upload.profile.columns[i]);
        let is_secret = |cell: usize| {
            column_of(cell).is_some_and(|c| c.kind == ColumnKind::Password) || header.get(cell).is_some_and(|h| intake::is_secret(h))
        };
        let mut same = Vec::new();
        let mut secret = Vec::new();
        for (i, name) in report.repeated.iter().enumerate() {
            let Some(cell) = header.iter().position(|h| trim_str(h) == trim_str(name)) else { continue };
            if is_secret(cell) { secret.push((i, cell)) } else { same.push((i, cell)) }
        }
        let key = upload.profile.key.first().and_then(|k| upload.columns.at.get(*k).copied().flatten());
        let of_form = || header.iter().position(|h| report.form.key.iter().any(|n| same_name(n, h)));
        let key = key.or_else(of_form);
        if report.form.row.is_empty() && report.form.key.is_empty() && same.is_empty() {
            let why = format!("its columns ({}) are none of the upload's ({})", report.repeated.join(", "), header.join(", "));
            return Err(vec![Misfit { at: 1, why }]);
        }
        let mut base = Self { report, upload, rows: Vec::new(), key, same, secret, by_key: HashMap::new(), by_cells: HashMap::new() };
        let (mut rows, mut row) = (upload.sheet.rows(), Row::default());
        while let Ok(true) = rows.next(&mut row) {
            let cells: Vec<String> = row.cells.iter().map(|c| String::from_utf8_lossy(c).into_owned()).collect();
            let source = Source { record: row.record, line: row.line, row: row.row, cells };
            base.know(source);
        }
        Ok(base)
    }

    /// Remembers a row, by its ID and its cells, as the file has them and as they were corrected.
    fn know(&mut self, source: Source) {
        let at = self.rows.len();
        self.rows.push(source);
        for corrected in [false, true] {
            if corrected && !self.upload.overlay.contains_key(&self.rows[at].record) {
                continue;
            }
            // Rows come in order, so one that is there already is the last.
            let key = self.key.map(|key| plain(&self.cell(at, key, corrected))).filter(|k| !k.is_empty());
            if let Some(key) = key {
                let all = self.by_key.entry(key).or_default();
                if all.last() != Some(&at) {
                    all.push(at);
                }
            }
            let whole: Vec<String> = self.same.iter().map(|(_, cell)| plain(&self.cell(at, *cell, corrected))).collect();
            let all = self.by_cells.entry(whole.join("\u{1f}")).or_default();
            if all.last() != Some(&at) {
                all.push(at);
            }
        }
    }

    /// A cell of a row, as the file has it or as it was corrected.
    fn cell(&self, at: usize, cell: usize, corrected: bool) -> String {
        let row = &self.rows[at];
        let of_file = || row.cells.get(cell).cloned().unwrap_or_default();
        if !corrected {
            return of_file();
        }
        let laid = self.upload.overlay.get(&row.record).and_then(|cells| cells.iter().rev().find(|c| c.0 as usize == cell));
        laid.map_or_else(of_file, |c| c.1.clone())
    }

    /// Which of the two a cell of the report is: what the file has, or what it was corrected to; `None` where it is neither.
    fn stands(&self, at: usize, cell: usize, theirs: &Cell) -> Option<String> {
        [false, true].into_iter().map(|corrected| self.cell(at, cell, corrected)).find(|ours| theirs.fits(ours))
    }

    fn all(&self, counts: Option<Counts>) -> Result<(Vec<Told>, u64), Vec<Misfit>> {
        let by_number: HashMap<u32, usize> = match counts {
            None => HashMap::new(),
            Some(counts) => {
                let number = |s: &Source| match counts {
                    Counts::Row => s.row,
                    Counts::Line => s.line,
                    Counts::Record => s.record,
                };
                self.rows.iter().enumerate().map(|(i, s)| (number(s), i)).collect()
            }
        };
        let (mut told, mut fine, mut misfits, mut taken) = (Vec::new(), 0, Vec::new(), HashSet::new());
        for line in &self.report.lines {
            match self.row_of(line, &by_number, &mut taken) {
                Err(why) => misfits.push(Misfit { at: line.at, why }),
                Ok(at) => {
                    fine += u64::from(line.complaints.is_empty());
                    told.extend(line.complaints.iter().map(|c| self.told(at, line, c)));
                }
            }
        }
        if !misfits.is_empty() {
            return Err(misfits);
        }
        // Stable: of a row the errors stay in the order of the report.
        told.sort_by_key(|t: &Told| t.record);
        Ok((told, fine))
    }

    /// The row of a line; `None` where it is about the whole file.
    fn row_of(&self, line: &ReportLine, by_number: &HashMap<u32, usize>, taken: &mut HashSet<usize>) -> Result<Option<usize>, String> {
        if let Some(number) = line.row {
            let Some(at) = by_number.get(&number).copied() else {
                let last = by_number.keys().max().copied().unwrap_or(0);
                return Err(format!("it names row {number}, and the upload ends at row {last}"));
            };
            return self.fits(at, line).map(|()| Some(at));
        }
        let repeats = line.cells.iter().any(|c| !c.is_blank()) && !self.same.is_empty();
        if line.key.is_blank() && !repeats {
            return Ok(None);
        }
        let whole = repeats.then(|| self.same.iter().map(|(i, _)| plain(&line.cells[*i].text())).collect::<Vec<_>>().join("\u{1f}"));
        let theirs = self.key_of(line);
        let by_key = || theirs.and_then(|key| self.by_key.get(&plain(&key.text()))).into_iter().flatten();
        let by_cells = whole.as_ref().and_then(|whole| self.by_cells.get(whole)).into_iter().flatten();
        let mut nearest = None;
        for at in by_cells.chain(by_key().take(MOST)).copied() {
            match self.fits(at, line) {
                // Rows that are all the same are taken one after the other; a row that a line names by its ID may have several.
                Ok(()) if whole.is_none() || taken.insert(at) => return Ok(Some(at)),
                Ok(()) => {}
                Err(why) => nearest = nearest.or(Some(why)),
            }
        }
        Err(nearest.unwrap_or_else(|| match theirs.filter(|k| !k.is_blank()) {
            Some(key) if by_key().next().is_none() => format!("it names ID \"{}\", which is on no row of the upload", key.text()),
            Some(key) => format!("it names ID \"{}\" once more than the upload has it", key.text()),
            None if whole.is_some_and(|whole| self.by_cells.contains_key(&whole)) => {
                "no row of the upload has its cells once more".to_owned()
            }
            None => "no row of the upload has its cells".to_owned(),
        }))
    }

    /// The ID that a line names: in a column of its own, or among those that are repeated.
    fn key_of<'l>(&self, line: &'l ReportLine) -> Option<&'l Cell> {
        if !line.key.is_blank() {
            return Some(&line.key);
        }
        let key = self.key?;
        self.same.iter().find(|(_, cell)| *cell == key).and_then(|(i, _)| line.cells.get(*i))
    }

    /// Whether a line may be about that row.
    fn fits(&self, at: usize, line: &ReportLine) -> Result<(), String> {
        let row = self.rows[at].row;
        if let Some(key) = self.key.filter(|_| !line.key.is_blank())
            && self.stands(at, key, &line.key).is_none()
        {
            let ours = self.cell(at, key, false);
            return Err(format!("row {row} is ID \"{}\" in the report and \"{}\" in the upload", line.key.text(), trim_str(&ours)));
        }
        for (i, cell) in &self.same {
            let theirs = line.cells.get(*i).cloned().unwrap_or_default();
            if self.stands(at, *cell, &theirs).is_none() {
                let (name, ours) = (&self.report.repeated[*i], self.cell(at, *cell, false));
                return Err(format!("row {row}, {name}: \"{}\" in the report and \"{}\" in the upload", theirs.text(), trim_str(&ours)));
            }
        }
        Ok(())
    }

    fn told(&self, at: Option<usize>, line: &ReportLine, complaint: &Complaint) -> Told {
        let named = line.column.as_deref().map(|name| (name, self.cell_named(name)));
        let mut said = complaint.said.clone();
        let cell = match named {
            Some((name, None)) => {
                said = format!("{said} ({name})");
                None
            }
            Some((_, cell)) => cell,
            None => self.cell_in(&said),
        };
        // The report repeats a secret that nobody here keeps: it must not stay in the text.
        for (i, _) in &self.secret {
            let value = line.cells.get(*i).map(Cell::text).unwrap_or_default();
            if value.len() > 1 {
                said = said.replace(&value, "******");
            }
        }
        let header = self.upload.sheet.header();
        let column = cell.and_then(|cell| self.upload.columns.at.iter().position(|c| *c == Some(cell)));
        let column = column.map(|i| &self.upload.profile.columns[i]);
        let is_secret = column.is_some_and(|c| c.kind == ColumnKind::Password)
            || cell.and_then(|c| header.get(c)).is_some_and(|h| intake::is_secret(h));
        if is_secret {
            said = without_values(&said, &[]);
        }
        let seen = |at: usize, cell: usize| {
            let theirs = self.same.iter().find(|s| s.1 == cell).and_then(|(i, _)| line.cells.get(*i));
            theirs.and_then(|theirs| self.stands(at, cell, theirs)).unwrap_or_else(|| self.cell(at, cell, true))
        };
        let source = at.map(|at| &self.rows[at]);
        let key = at.zip(self.key).map(|(at, key)| trim_str(&self.cell(at, key, false)).to_owned()).filter(|k| !k.is_empty());
        Told {
            record: source.map(|s| s.record),
            line: source.map_or(0, |s| s.line),
            row: source.map_or(0, |s| s.row),
            key,
            cell: cell.map(|c| c as u32),
            column: column.map(|c| c.name.clone()).or_else(|| cell.and_then(|c| header.get(c).cloned())),
            seen: at.zip(cell).filter(|_| !is_secret).map(|(at, cell)| seen(at, cell)),
            code: complaint.code.clone(),
            said,
            resolution: complaint.resolution.clone(),
        }
    }

    /// The cell of a column that is named: by the file's own header, or by the profile's name.
    fn cell_named(&self, name: &str) -> Option<usize> {
        let header = self.upload.sheet.header();
        let exact = header.iter().position(|h| trim_str(h) == trim_str(name));
        let of_profile = || {
            let column = self.upload.profile.columns.iter().position(|c| same_name(&c.name, name))?;
            self.upload.columns.at.get(column).copied().flatten()
        };
        exact.or_else(|| header.iter().position(|h| same_name(h, name))).or_else(of_profile)
    }

    /// The cell of the one column whose name stands in a text as a whole word; `None` where none does, or several.
    fn cell_in(&self, text: &str) -> Option<usize> {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let words: HashSet<&str> = text.split(|c: char| !is_part(c)).filter(|w| !w.is_empty()).collect();
        let header = self.upload.sheet.header();
        let of = |name: &str| words.contains(name);
        let profile = |cell: usize| {
            self.upload.columns.at.iter().position(|c| *c == Some(cell)).map(|i| self.upload.profile.columns[i].name.as_str())
        };
        let mut named = (0..header.len()).filter(|cell| of(trim_str(&header[*cell])) || profile(*cell).is_some_and(of));
        named.next().filter(|_| named.next().is_none())
    }
}
