//! A file beside a mapping: which header may be which column, by its name and by what its values look like.

use std::collections::HashMap;
use std::path::Path;

use super::super::{MapDraft, MapLine, MapValue, Trouble, TroubleSort};
use super::words::{Word, concept, words_of};
use crate::check::near::near;
use crate::check::values;
use crate::feed::{Column, ColumnKind, Profile};
use crate::intake::{self, Row, Sheet, Source};
use crate::ledger::{Code, Finding, Map, Severity};
use crate::roster::Roster;

/// Rows that are looked at.
const LOOKED_AT: u32 = 50_000;

/// Different values of a header that are shown, and that are compared with what a column takes.
const SHOWN: usize = 3;
const COMPARED: usize = 40;

/// Characters of a value that are shown.
const MOST_CHARS: usize = 60;

/// Suggestions for a header.
const SUGGESTED: usize = 3;

/// Different values of a column that are said not to be accepted.
const MOST_VALUES: usize = 200;

/// What a mapping makes of a file.
pub(super) fn draft(path: &Path, map: &Map, profile: &Profile, roster: &Roster) -> Result<MapDraft, Trouble> {
    let bytes = std::fs::read(path).map_err(|e| {
        Trouble::new(TroubleSort::Refused, format!("Cannot read {}: {e}", path.display()), "Check the path and the rights.")
    })?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let read_as = intake::ReadAs { skip_lines: map.skip_lines, ..intake::ReadAs::default() };
    let sheet = match Sheet::open(Source { name, bytes }, &read_as, &[&intake::renamed(profile, map)]) {
        Ok(sheet) => sheet,
        Err(findings) => {
            return Ok(MapDraft { headers: Vec::new(), missing: Vec::new(), values: Vec::new(), findings });
        }
    };
    let (columns, verdict) = intake::judge_mapped(sheet.header(), sheet.header_line(), profile, Some(map));
    // A header that is only nearly a column's goes nowhere yet: it is the first suggestion.
    let mut goes: Vec<Option<usize>> = (0..sheet.header().len()).map(|cell| columns.at.iter().position(|at| *at == Some(cell))).collect();
    let mut meant: Vec<Option<usize>> = vec![None; goes.len()];
    for finding in verdict.iter().filter(|f| f.severity == Severity::Refused && matches!(f.code, Code::HDR_103 | Code::HDR_104)) {
        let column = finding.column.as_deref().and_then(|c| profile.column(c));
        if let Some(cell) = goes.iter().position(|g| g.is_some() && *g == column) {
            meant[cell] = goes[cell].take();
        }
    }
    let seen = Seen::of(&sheet, &goes, profile);
    let fed = |number: usize| goes.contains(&Some(number)) || columns.mapped.get(number).is_some_and(|m| m.constant.is_some());
    let headers = sheet.header().iter().enumerate().filter(|(_, h)| !intake::clean(h).is_empty()).map(|(cell, header)| {
        let hidden =
            intake::is_secret(header) || goes[cell].or(meant[cell]).is_some_and(|c| profile.columns[c].kind == ColumnKind::Password);
        let samples: &[String] = if hidden { &[] } else { &seen.samples[cell] };
        MapLine {
            header: header.clone(),
            samples: samples.iter().take(SHOWN).map(|s| s.chars().take(MOST_CHARS).collect()).collect(),
            column: goes[cell].map(|c| profile.columns[c].name.clone()),
            suggested: suggested(header, samples, meant[cell], profile, &fed, roster),
        }
    });
    let missing = |f: &&Finding| matches!(f.code, Code::HDR_101 | Code::HDR_102 | Code::HDR_103 | Code::HDR_104 | Code::HDR_111);
    let needed = |name: &str| profile.column(name).is_some_and(|c| !fed(c));
    let mut lacks: Vec<&str> =
        verdict.iter().filter(missing).filter(|f| f.severity == Severity::Refused).filter_map(|f| f.column.as_deref()).collect();
    lacks.retain(|name| needed(name));
    lacks.dedup();
    Ok(MapDraft {
        headers: headers.collect(),
        missing: lacks.into_iter().map(str::to_owned).collect(),
        values: seen.not_accepted(map, profile),
        findings: verdict.into_iter().filter(|f| matches!(f.code, Code::HDR_106 | Code::HDR_111 | Code::HDR_112)).collect(),
    })
}

/// What the rows of a file hold.
struct Seen {
    /// By cell: the first different values that are not blank.
    samples: Vec<Vec<String>>,
    /// By column and value, where the column has a list: rows. In the order in which they were met.
    listed: Vec<(usize, String, u64)>,
}

impl Seen {
    fn of(sheet: &Sheet, goes: &[Option<usize>], profile: &Profile) -> Self {
        let mut seen = Self { samples: vec![Vec::new(); goes.len()], listed: Vec::new() };
        let mut known: HashMap<(usize, String), usize> = HashMap::new();
        let mut of_column: HashMap<usize, usize> = HashMap::new();
        let secrets = sheet.header().iter().any(|h| intake::is_secret(h))
            || goes.iter().flatten().any(|c| profile.columns[*c].kind == ColumnKind::Password);
        let mut rows = sheet.rows();
        let mut row = Row::default();
        while row.record < LOOKED_AT && rows.next(&mut row).unwrap_or(false) {
            // In a row that does not fit the header a secret may stand anywhere.
            if secrets && row.cells.len() != goes.len() {
                continue;
            }
            for (cell, value) in row.cells.iter().enumerate().take(goes.len()) {
                let listed = goes[cell].filter(|c| !profile.columns[*c].accept.is_empty());
                if listed.is_none() && seen.samples[cell].len() >= COMPARED {
                    continue;
                }
                let value = String::from_utf8_lossy(intake::trim(value)).into_owned();
                if let Some(column) = listed {
                    match known.get(&(column, value.clone())) {
                        Some(at) => seen.listed[*at].2 += 1,
                        None if of_column.get(&column).is_some_and(|n| *n >= MOST_VALUES) => {}
                        None => {
                            *of_column.entry(column).or_default() += 1;
                            known.insert((column, value.clone()), seen.listed.len());
                            seen.listed.push((column, value.clone(), 1));
                        }
                    }
                }
                let samples = &mut seen.samples[cell];
                if !value.is_empty() && samples.len() < COMPARED && !samples.contains(&value) {
                    samples.push(value);
                }
            }
        }
        seen
    }

    /// The values that their columns do not take, the commonest first; blank ones only where the mapping says something of them.
    fn not_accepted(&self, map: &Map, profile: &Profile) -> Vec<MapValue> {
        let mut values: Vec<MapValue> = Vec::new();
        for (number, value, rows) in &self.listed {
            let column = &profile.columns[*number];
            let taken = map.values.get(&column.name).and_then(|v| v.get(value)).cloned();
            if taken.is_none() && (value.is_empty() || accepts(column, value)) {
                continue;
            }
            values.push(MapValue {
                column: column.name.clone(),
                suggested: meaning(column, value),
                value: value.clone(),
                rows: *rows,
                taken,
                accept: column.accept.iter().map(|a| a.0.clone()).collect(),
            });
        }
        values.sort_by(|a, b| a.column.cmp(&b.column).then(b.rows.cmp(&a.rows)));
        values
    }
}

fn accepts(column: &Column, value: &str) -> bool {
    column.accept.iter().any(|(a, _)| a == value || column.any_case && a.to_lowercase() == value.to_lowercase())
}

/// The accepted value that a value probably stands for: the nearest, the same number with other zeros, or the only one that it
/// shortens ("TCHR" is Teacher).
fn meaning(column: &Column, value: &str) -> Option<String> {
    let words = || column.accept.iter().map(|a| a.0.as_str());
    let folded = value.to_lowercase();
    let bare = folded.trim_start_matches('0');
    if let Some(same) = words().find(|w| {
        let w = w.to_lowercase();
        w == folded || !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit()) && w.trim_start_matches('0') == bare
    }) {
        return Some(same.to_owned());
    }
    let shortens = |word: &&str| {
        let word = word.to_lowercase();
        let mut letters = word.chars();
        word.chars().next() == folded.chars().next() && folded.chars().all(|c| letters.any(|l| l == c))
    };
    let mut all = words().filter(shortens);
    match (all.next(), all.next()) {
        (Some(only), None) if folded.chars().count() > 1 => Some(only.to_owned()),
        _ => near(value, words(), 1).first().map(|w| (*w).to_owned()),
    }
}

/// Columns that a header may be, the likeliest first. What has a header or constant already comes last.
fn suggested(
    header: &str,
    samples: &[String],
    meant: Option<usize>,
    profile: &Profile,
    fed: &dyn Fn(usize) -> bool,
    roster: &Roster,
) -> Vec<String> {
    let words = words_of(header);
    let mut scored: Vec<(bool, u32, usize)> = Vec::new();
    for (number, column) in profile.columns.iter().enumerate() {
        let of_name = if meant == Some(number) { 200 } else { by_name(&words, column) };
        // What the values look like helps a name, and may stand alone where it is telling.
        let of_values = by_values(samples, column, roster);
        let score = of_name + of_values;
        if of_name >= 40 || of_values >= 50 {
            scored.push((!fed(number), score, number));
        }
    }
    scored.sort_by_key(|(free, score, number)| (std::cmp::Reverse((*free, *score)), *number));
    scored.into_iter().take(SUGGESTED).map(|(.., number)| profile.columns[number].name.clone()).collect()
}

/// How much a header's words say for a column: 100 where they are its own name, less where they are words for what it holds.
fn by_name(words: &Word, column: &Column) -> u32 {
    let own = words_of(&column.name);
    if own.whole == words.whole {
        return 100;
    }
    let concept = concept(column);
    let of_whole = concept.iter().any(|said| words_of(said).whole == words.whole);
    let of_part = concept.iter().map(|said| words_of(said)).filter(|said| said.parts.iter().all(|p| words.parts.contains(p)));
    let most = of_part.map(|said| said.parts.len() as u32).max();
    match (of_whole, most) {
        (true, _) => 90,
        (false, Some(parts)) => 40 + 15 * parts.min(3),
        (false, None) if !near(&words.whole, std::iter::once(own.whole.as_str()), 1).is_empty() => 50,
        (false, None) => 0,
    }
}

/// How much values say for a column.
fn by_values(samples: &[String], column: &Column, roster: &Roster) -> u32 {
    if samples.is_empty() {
        return 0;
    }
    let all = |is: &dyn Fn(&str) -> bool| 10 * samples.iter().filter(|s| is(s)).count() >= 9 * samples.len();
    let fits = match column.kind {
        ColumnKind::Email => all(&|s| values::is_email(s.as_bytes())),
        ColumnKind::Phone => all(&|s| s.len() >= 7 && values::phone(s).is_some()),
        ColumnKind::Reference => all(&|s| roster.org_by_external_id(s).is_some()) && super::words::is_org(column),
        ColumnKind::Choice | ColumnKind::Grade => all(&|s| accepts(column, s) || s.len() > 1 && meaning(column, s).is_some()),
        _ => false,
    };
    if fits { 50 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::Profiles;

    #[test]
    fn headers_of_student_systems_are_understood() {
        let profiles = Profiles::builtin();
        let users = profiles.get("echalk-users").unwrap();
        let roster = Roster::default();
        for (header, samples, first) in [
            ("Staff First", &["Ana", "Ben"][..], "first_name"),
            ("Surname", &[], "last_name"),
            ("lastname", &[], "last_name"),
            ("Given Name", &[], "first_name"),
            ("MI", &[], "middle_name"),
            ("emp #", &["1001"], "custom_id"),
            ("staff id", &[], "custom_id"),
            ("SIS ID", &[], "custom_id"),
            ("E-Mail", &["a@b.example"], "email"),
            ("contact", &["a@b.example"], "email"),
            ("Building", &[], "school_district_external_id"),
            ("Type", &["Teacher", "Student"], "user_type"),
            ("kind", &["TCHR", "STU"], "user_type"),
            ("Gr", &["1", "K"], "grade"),
            ("Job Title", &[], "position"),
            ("Active?", &["Active"], "status"),
            ("Initial Password", &[], "password"),
        ] {
            let samples: Vec<String> = samples.iter().map(|s| (*s).to_owned()).collect();
            let all = suggested(header, &samples, None, users, &|_| false, &roster);
            assert_eq!(all.first().map(String::as_str), Some(first), "{header}: {all:?}");
        }
        assert_eq!(suggested("shoe size", &["44".into()], None, users, &|_| false, &roster), [""; 0]);
    }

    #[test]
    fn values_are_understood_where_they_can_only_mean_one_thing() {
        let profiles = Profiles::builtin();
        let users = profiles.get("echalk-users").unwrap();
        for (column, value, meant) in [
            ("user_type", "TCHR", Some("Teacher")),
            ("user_type", "teacher", Some("Teacher")),
            ("user_type", "S", None),
            ("user_type", "Admin", Some("Administrator")),
            ("grade", "01", Some("1")),
            ("grade", "KG", None),
            ("status", "disable", Some("Disabled")),
            ("status", "x", None),
        ] {
            let column = &users.columns[users.column(column).unwrap()];
            assert_eq!(meaning(column, value).as_deref(), meant, "{value}");
        }
    }
}
