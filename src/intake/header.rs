//! The verdict on a header: which cell is which column of the profile, and what is wrong, each fault told apart.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::feed::{Column, ColumnKind, HeaderCase, HeaderOrder, Need, OnExtra, Profile, describe};
use crate::ledger::{Code, Finding, Map, Severity};

pub use super::columns::{Columns, Mapped, Ragged};
use super::hidden::{hidden, trim_str};
use super::spelling::slips;

/// Holds a header against a profile. `line` is the header's physical line. Findings come in the order of the header's
/// cells, missing columns last; those with [`Severity::Refused`] refuse the file.
///
/// Each cell and each column is said once: a misspelled header is not also "missing" and "extra".
pub fn judge(header: &[String], line: u32, profile: &Profile) -> (Columns, Vec<Finding>) {
    judge_mapped(header, line, profile, None)
}

/// The same for a file with a mapping laid over it: a mapped header stands for its column, a constant for one that the file does
/// not have; all others go by their own names. HDR-111 for a header that the file does not have, HDR-112 where one column would
/// be fed twice. Headers that are mapped to nothing are passed over. The order does not count: it is not the system's own form.
pub fn judge_mapped(header: &[String], line: u32, profile: &Profile, map: Option<&Map>) -> (Columns, Vec<Finding>) {
    let names: Vec<Name> = header.iter().map(|raw| Name::of(raw)).collect();
    let width = names.iter().rposition(|n| !n.clean.is_empty()).map_or(0, |last| last + 1);
    let mut verdict = Verdict {
        profile,
        line,
        names: &names[..width],
        columns: Columns { at: vec![None; profile.columns.len()], extra: Vec::new(), width, cells: header.len(), mapped: Vec::new() },
        taken: vec![false; width],
        findings: Vec::new(),
    };
    if let Some(map) = map {
        verdict.mapped(map);
    }
    verdict.spelled_right();
    verdict.other_capitals();
    verdict.blank(header.len());
    verdict.misspelled();
    verdict.extra();
    if map.is_none_or(|m| m.headers.is_empty()) {
        verdict.in_order();
    }
    verdict.missing();
    verdict.touched();
    verdict.findings.sort_by_key(|(cell, _)| *cell);
    (verdict.columns, verdict.findings.into_iter().map(|(_, finding)| finding).collect())
}

/// A profile whose columns are called as a mapping's file calls them: to find the header of such a file.
pub fn renamed(profile: &Profile, map: &Map) -> Profile {
    let mut renamed = profile.clone();
    for (from, to) in &map.headers {
        if let Some(number) = profile.column(to) {
            renamed.columns[number].name = Name::of(from).clean;
        }
    }
    renamed
}

/// Whether a header must have a column.
pub(super) fn must_have(profile: &Profile, column: &Column) -> bool {
    column.need == Need::Required || profile.headers.all && !column.optional_header
}

/// A header cell, cleaned.
struct Name {
    /// Without hidden characters and outer blanks, NFC.
    clean: String,
    /// Hidden characters that were removed.
    hidden: Vec<String>,
    /// Whether ordinary outer blanks were.
    trimmed: bool,
}

impl Name {
    fn of(raw: &str) -> Self {
        let trimmed = raw.trim_matches([' ', '\t', '\n', '\r']);
        let (clean, hidden) = match hidden(trimmed) {
            // A no-break blank between two words stands for a blank.
            Some(h) => (joined(trimmed), h.names),
            None => (trim_str(trimmed).to_owned(), Vec::new()),
        };
        Self { clean: clean.nfc().collect(), hidden, trimmed: trimmed.len() < raw.len() }
    }
}

fn joined(text: &str) -> String {
    let blanks: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    hidden(&blanks).map_or_else(|| trim_str(&blanks).to_owned(), |h| h.clean)
}

struct Verdict<'a> {
    profile: &'a Profile,
    line: u32,
    names: &'a [Name],
    columns: Columns,
    /// Cells that have been said or found right.
    taken: Vec<bool>,
    /// With the cell that they are about; missing columns come after all cells.
    findings: Vec<(usize, Finding)>,
}

impl Verdict<'_> {
    fn about(&self, code: Code, column: &str) -> Finding {
        Finding::at_line(code, self.line).in_column(column)
    }

    fn say(&mut self, cell: usize, finding: Finding) {
        self.findings.push((cell, finding));
    }

    /// Cells that nobody has claimed yet, blank ones left out.
    fn left(&self) -> Vec<usize> {
        (0..self.names.len()).filter(|cell| !self.taken[*cell] && !self.names[*cell].clean.is_empty()).collect()
    }

    /// What a mapping names: HDR-111, HDR-112, HDR-106 where a header that it names occurs more than once.
    fn mapped(&mut self, map: &Map) {
        self.columns.mapped = vec![Mapped::default(); self.profile.columns.len()];
        for (from, to) in &map.headers {
            let wanted = Name::of(from).clean;
            let cells: Vec<usize> = (0..self.names.len()).filter(|c| self.names[*c].clean == wanted).collect();
            let Some(cell) = cells.first().copied() else {
                self.say(usize::MAX, self.about(Code::HDR_111, to).with("m", &map.name).with("x", from));
                continue;
            };
            for cell in &cells {
                self.taken[*cell] = true;
            }
            match self.profile.column(to) {
                // Mapped to nothing, or to a column that the profile does not have any more: passed over.
                None => self.columns.extra.extend(&cells),
                Some(number) if self.columns.at[number].is_some() => self.fed_twice(number, cell),
                Some(number) => {
                    self.columns.at[number] = Some(cell);
                    self.columns.mapped[number].header = (wanted != *to).then_some(wanted);
                    if cells.len() > 1 {
                        self.say(cells[1], self.about(Code::HDR_106, from).with("n", cells.len()));
                    }
                }
            }
        }
        for (name, value) in &map.constants {
            let Some(number) = self.profile.column(name) else { continue };
            if let Some(cell) = self.columns.at[number] {
                let (a, b) = (&self.names[cell].clean, format!("the constant {value}"));
                self.say(cell, self.about(Code::HDR_112, name).with("a", a).with("b", b));
            } else {
                self.columns.mapped[number].constant = Some(value.clone().into_bytes());
            }
        }
        for (name, values) in &map.values {
            if let Some(number) = self.profile.column(name) {
                let bytes = |(from, to): (&String, &String)| (from.clone().into_bytes(), to.clone().into_bytes());
                self.columns.mapped[number].values = values.iter().map(bytes).collect();
            }
        }
    }

    /// HDR-112: a cell would feed a column that the mapping feeds from another cell, or by a constant.
    fn fed_twice(&mut self, number: usize, cell: usize) {
        self.taken[cell] = true;
        let first = if let Some(first) = self.columns.at[number] {
            self.names[first].clean.clone()
        } else {
            let constant = self.columns.mapped.get(number).and_then(|m| m.constant.as_deref()).unwrap_or_default();
            format!("the constant {}", String::from_utf8_lossy(constant))
        };
        let second = &self.names[cell].clean;
        self.say(cell, self.about(Code::HDR_112, &self.profile.columns[number].name).with("a", first).with("b", second));
    }

    /// The name right to the letter; HDR-106 where it occurs more than once.
    fn spelled_right(&mut self) {
        let mut cells_of: HashMap<&str, Vec<usize>> = HashMap::new();
        for (cell, name) in self.names.iter().enumerate().filter(|(cell, _)| !self.taken[*cell]) {
            cells_of.entry(&name.clean).or_default().push(cell);
        }
        for (number, column) in self.profile.columns.iter().enumerate() {
            let Some(cells) = cells_of.get(column.name.as_str()) else { continue };
            if self.columns.fed(number) {
                self.fed_twice(number, cells[0]);
                continue;
            }
            self.columns.at[number] = Some(cells[0]);
            for cell in cells {
                self.taken[*cell] = true;
            }
            if cells.len() > 1 {
                self.say(cells[1], self.about(Code::HDR_106, &column.name).with("n", cells.len()));
            }
        }
    }

    /// Only the capitals differ: HDR-104. Where the column is there already: HDR-106, once.
    fn other_capitals(&mut self) {
        let severity = match self.profile.headers.case {
            HeaderCase::Exact => Severity::Refused,
            HeaderCase::Ignore => Severity::Warning,
        };
        for cell in self.left() {
            let name = self.names[cell].clean.as_str();
            let folded = name.to_lowercase();
            let Some(number) = self.profile.columns.iter().position(|c| c.name.to_lowercase() == folded) else { continue };
            let column = self.profile.columns[number].name.as_str();
            let by_map = !self.columns.mapped.is_empty()
                && self.columns.at[number].is_none_or(|first| self.names[first].clean.to_lowercase() != folded)
                && self.columns.fed(number);
            if by_map {
                self.fed_twice(number, cell);
                continue;
            }
            self.taken[cell] = true;
            if self.columns.at[number].is_none() {
                self.columns.at[number] = Some(cell);
                self.say(cell, self.about(Code::HDR_104, column).with("x", name).as_bad_as(severity));
            } else if !self.findings.iter().any(|(_, f)| f.code == Code::HDR_106 && f.column.as_deref() == Some(column)) {
                let count = self.names.iter().filter(|n| n.clean.to_lowercase() == folded).count();
                self.say(cell, self.about(Code::HDR_106, column).with("n", count));
            }
        }
    }

    /// HDR-107 for each blank cell among others; one note for those at the end, which spreadsheets leave behind.
    fn blank(&mut self, cells: usize) {
        let line = self.line;
        for cell in 0..self.names.len() {
            if self.names[cell].clean.is_empty() {
                self.taken[cell] = true;
                self.columns.extra.push(cell);
                self.say(cell, Finding::at_line(Code::HDR_107, line).with("n", cell + 1));
            }
        }
        let width = self.names.len();
        if cells > width {
            let which = if cells == width + 1 { cells.to_string() } else { format!("{}-{cells}", width + 1) };
            self.say(width, Finding::at_line(Code::HDR_107, line).with("n", which).as_bad_as(Severity::Info));
        }
    }

    /// HDR-103: what is left of the header against what is left of the profile, the nearest pairs first.
    fn misspelled(&mut self) {
        let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
        for cell in self.left() {
            for (number, column) in self.profile.columns.iter().enumerate() {
                let near = slips(&self.names[cell].clean, &column.name);
                // A column that may be missing is suspected on clearer evidence than one that may not. A password under
                // a wrong name would be kept in the clear.
                let most = if must_have(self.profile, column) || column.kind == ColumnKind::Password { usize::MAX } else { 1 };
                if let Some(slips) = near.filter(|slips| !self.columns.fed(number) && *slips <= most) {
                    pairs.push((slips, cell, number));
                }
            }
        }
        pairs.sort_unstable();
        for (_, cell, number) in pairs {
            if self.taken[cell] || self.columns.at[number].is_some() {
                continue;
            }
            let column = &self.profile.columns[number];
            // A file full of foreign columns that are ignored anyway is not refused for one that resembles an optional
            // one, unless that is the password.
            let harmless =
                self.profile.headers.extra == OnExtra::Ignore && !must_have(self.profile, column) && column.kind != ColumnKind::Password;
            let severity = if harmless { Severity::Warning } else { Severity::Refused };
            self.taken[cell] = true;
            if harmless {
                self.columns.extra.push(cell);
            } else {
                self.columns.at[number] = Some(cell);
            }
            let finding = self.about(Code::HDR_103, &column.name).with("x", &self.names[cell].clean).as_bad_as(severity);
            self.say(cell, finding);
        }
    }

    /// HDR-105 for what the profile does not know, HDR-106 where it is there twice.
    fn extra(&mut self) {
        let severity = match self.profile.headers.extra {
            OnExtra::Refuse => Some(Severity::Refused),
            OnExtra::Warn => Some(Severity::Warning),
            OnExtra::Ignore => None,
        };
        let left = self.left();
        self.columns.extra.extend(&left);
        self.columns.extra.sort_unstable();
        let Some(severity) = severity else { return };
        let mut cells_of: HashMap<&str, Vec<usize>> = HashMap::new();
        for cell in &left {
            cells_of.entry(&self.names[*cell].clean).or_default().push(*cell);
        }
        for cell in left {
            let name = self.names[cell].clean.as_str();
            let cells = &cells_of[name];
            if cells[0] == cell {
                self.say(cell, self.about(Code::HDR_105, name).with("x", name).as_bad_as(severity));
            } else if cells[1] == cell {
                self.say(cell, self.about(Code::HDR_106, name).with("n", cells.len()).as_bad_as(severity));
            }
        }
    }

    /// HDR-108 at the first column out of place, where the order counts.
    fn in_order(&mut self) {
        if self.profile.headers.order == HeaderOrder::Any {
            return;
        }
        let expected: Vec<(usize, usize)> =
            self.columns.at.iter().enumerate().filter_map(|(number, at)| at.map(|cell| (number, cell))).collect();
        let mut found = expected.clone();
        found.sort_unstable_by_key(|(_, cell)| *cell);
        let name = |number: usize| self.profile.columns[number].name.as_str();
        let Some((expected, found)) = expected.into_iter().zip(found).find(|(e, f)| e != f) else { return };
        let finding = self.about(Code::HDR_108, name(found.0)).with("a", name(found.0)).with("b", name(expected.0));
        self.say(found.1, finding);
    }

    /// HDR-101; HDR-102 where it is another column that needs it.
    fn missing(&mut self) {
        for (number, column) in self.profile.columns.iter().enumerate() {
            let blamed = |f: &Finding| f.code == Code::HDR_111 && f.column.as_deref() == Some(column.name.as_str());
            if self.columns.fed(number) || self.findings.iter().any(|(_, f)| blamed(f)) {
                continue;
            }
            let must = must_have(self.profile, column);
            // Where the file lacks the other column as well, that is no reason.
            let moot = matches!(&column.need, Need::When(when) if !self.columns.fed(when.column));
            match describe::needed_by(self.profile, column).filter(|_| !moot) {
                Some(condition) if must => self.say(usize::MAX, self.about(Code::HDR_102, &column.name).with("condition", condition)),
                None if must => self.say(usize::MAX, self.about(Code::HDR_101, &column.name)),
                _ => {}
            }
        }
        for group in &self.profile.at_least_one {
            let there = group.of.iter().any(|c| self.columns.fed(*c) || must_have(self.profile, &self.profile.columns[*c]));
            if let Some(first) = group.of.first().filter(|_| !there) {
                let names: Vec<&str> = group.of.iter().map(|c| self.profile.columns[*c].name.as_str()).collect();
                let condition = format!("at least one of {} must be filled", names.join(", "));
                self.say(usize::MAX, self.about(Code::HDR_102, &self.profile.columns[*first].name).with("condition", condition));
            }
        }
    }

    /// HDR-109 and VAL-224: what was removed from a name before it was compared.
    fn touched(&mut self) {
        for (cell, name) in self.names.iter().enumerate() {
            if !name.hidden.is_empty() {
                self.findings.push((cell, self.about(Code::HDR_109, &name.clean).with("names", name.hidden.join(", "))));
            }
            if name.trimmed && !name.clean.is_empty() {
                self.findings.push((cell, self.about(Code::VAL_224, &name.clean)));
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
