//! Standing corrections and value rules, laid over the files that come: the same wrong value for the same key and column is corrected
//! again; another value says that the source was mended.
//!
//! What a file said is kept with its sync and counts while that stands: so a dry run says nothing, and undoing a sync takes it back.

use std::collections::HashMap;

use super::Failed;
use super::read::Loaded;
use crate::feed::{ADMINISTRATOR, ColumnKind, Profile, Target};
use crate::intake::{self, Columns, Row};
use crate::ledger::{Code, Finding, Laid, LaidCell, Standing, Sync, SyncNo, Timestamp, ValueRule};
use crate::roster::{Field, Kind, Role};
use crate::store::{Store, StoreError};

/// How a standing correction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// It is laid over the next file that repeats the wrong value.
    Standing,
    /// A file of this sync brought another value.
    Resolved(SyncNo),
    /// An operator took it back.
    TakenBack,
}

/// A standing correction with what later files said to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stood {
    /// The correction.
    pub standing: Standing,
    /// How it stands.
    pub stands: Stands,
    /// How often a file repeated the wrong value.
    pub times: u64,
    /// The last sync that did, and when that started.
    pub last: Option<(SyncNo, Timestamp)>,
}

/// Every standing correction as it stands now, oldest first.
pub fn stood(store: &Store) -> Result<Vec<Stood>, StoreError> {
    let all = store.standing()?;
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let syncs: HashMap<SyncNo, Sync> = store.syncs()?.into_iter().map(|s| (s.number, s)).collect();
    let mut said: Vec<(u64, &Sync, Laid)> = Vec::new();
    for (root, laid) in store.all_laid()? {
        // What was not applied, or was undone, has said nothing.
        if let Some(sync) = syncs.get(&root).filter(|s| s.stands()) {
            said.push((sync.applied_at.unwrap_or(0), sync, laid));
        }
    }
    said.sort_by_key(|(position, sync, _)| (*position, sync.number));
    let stands = |s: &Standing| if s.back.is_some() { Stands::TakenBack } else { Stands::Standing };
    let mut stood: Vec<Stood> =
        all.into_iter().map(|standing| Stood { stands: stands(&standing), standing, times: 0, last: None }).collect();
    let at: HashMap<u32, usize> = stood.iter().enumerate().map(|(i, s)| (s.standing.number, i)).collect();
    for (_, sync, laid) in &said {
        let mut counted: Vec<u32> = laid.cells.iter().map(|c| c.standing).collect();
        counted.sort_unstable();
        counted.dedup();
        for i in counted.iter().filter_map(|n| at.get(n)) {
            let one = &mut stood[*i];
            one.times += 1;
            one.last = Some((sync.number, sync.started));
            if one.standing.back.is_none() {
                one.stands = Stands::Standing;
            }
        }
        for i in laid.gone.iter().filter_map(|n| at.get(n)) {
            if stood[*i].standing.back.is_none() {
                stood[*i].stands = Stands::Resolved(sync.number);
            }
        }
    }
    Ok(stood)
}

/// Under what a row counts, as its own words say: by its role, else as the rows of its profile do.
pub fn kind_of(profile: &Profile, columns: &Columns, row: &Row) -> Kind {
    let said = profile.column_to(Target::Person(Field::Role)).and_then(|column| {
        let cell = columns.at.get(column).copied().flatten();
        let raw = cell.and_then(|c| row.cells.get(c)).unwrap_or_default();
        let value = intake::trim(columns.taken(column, raw));
        profile.columns[column].accept.iter().find(|a| a.0.as_bytes() == value).map(|a| a.1.as_str())
    });
    match said {
        Some(ADMINISTRATOR) => Kind::Staff,
        Some(name) => Role::from_name(name).map_or(profile.main_kind, |r| r.family().kind()),
        None => profile.main_kind,
    }
}

/// The whole key of a row; none where a part of it is blank or the file does not have it: such a row cannot be found again.
pub fn key_of(profile: &Profile, columns: &Columns, row: &Row) -> Option<String> {
    let mut parts = Vec::new();
    for column in &profile.key {
        let cell = columns.at.get(*column).copied().flatten()?;
        let value = String::from_utf8_lossy(row.cells.get(cell)?);
        let value = intake::clean(&value);
        if value.is_empty() {
            return None;
        }
        parts.push(value.into_owned());
    }
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// The column of the profile that a cell is of, where a correction of it may stand for later files: not of a key, by which the row must
/// be found again, and not a secret.
pub fn may_stand(profile: &Profile, columns: &Columns, cell: usize) -> Option<usize> {
    let column = columns.at.iter().position(|c| *c == Some(cell))?;
    (!profile.key.contains(&column) && profile.columns[column].kind != ColumnKind::Password).then_some(column)
}

/// Why a column can have no value rule; `None` where it can.
pub fn no_rule_for(profile: &Profile, column: usize) -> Option<&'static str> {
    if profile.columns[column].kind == ColumnKind::Password {
        return Some("is secret");
    }
    profile.key.contains(&column).then_some("is the key, by which records are found")
}

/// The name under which the rules of a profile's columns go: a form of it that a bundle needs has those of the profile itself.
pub fn ruled_as(profile: &Profile) -> &str {
    profile.variant_of.as_deref().unwrap_or(&profile.name)
}

/// Lays value rules over the columns of a file.
pub(super) fn lay_rules(rules: &[ValueRule], profile: &Profile, columns: &mut Columns) {
    for rule in rules.iter().filter(|r| r.profile == ruled_as(profile)) {
        if let Some(column) = profile.column(&rule.column).filter(|c| no_rule_for(profile, *c).is_none()) {
            columns.rule(column, &rule.from, &rule.to);
        }
    }
}

/// What a file says to the standing corrections of its feed, and what is said of that.
pub(super) fn lay(store: &Store, loaded: &Loaded, profile: &Profile, sync: &Sync) -> Result<(Laid, Vec<Finding>), Failed> {
    let columns = &loaded.columns;
    // By the record that they are for: index of the cell, and the correction.
    let mut by_key: HashMap<(Kind, String), Vec<(usize, Standing)>> = HashMap::new();
    for one in stood(store)? {
        let s = one.standing;
        if s.feed != sync.feed || one.stands != Stands::Standing {
            continue;
        }
        let cell = profile.column(&s.column).and_then(|c| columns.at.get(c).copied().flatten());
        if let Some(cell) = cell.filter(|c| may_stand(profile, columns, *c).is_some()) {
            by_key.entry((s.kind, s.key.clone())).or_default().push((cell, s));
        }
    }
    let mut laid = Laid::default();
    if by_key.is_empty() {
        return Ok((laid, Vec::new()));
    }
    // Of each that a row is for: whether some row repeats the wrong value.
    let mut repeated: HashMap<u32, bool> = HashMap::new();
    let (mut rows, mut row) = (loaded.sheet.rows(), Row::default());
    // A file that breaks off is refused when it is checked.
    while let Ok(true) = rows.next(&mut row) {
        if columns.ragged(&row.cells).is_some() {
            continue;
        }
        let Some(key) = key_of(profile, columns, &row) else { continue };
        let Some(of) = by_key.get(&(kind_of(profile, columns, &row), key)) else { continue };
        for (cell, s) in of {
            let repeats = row.cells.get(*cell).is_some_and(|c| c == s.wrong.as_bytes());
            *repeated.entry(s.number).or_default() |= repeats;
            if repeats {
                laid.cells.push(LaidCell { standing: s.number, record: row.record, line: row.line, cell: *cell as u32 });
            }
        }
    }
    laid.gone = repeated.iter().filter(|(_, repeats)| !**repeats).map(|(number, _)| *number).collect();
    laid.gone.sort_unstable();
    let said = said(&laid);
    Ok((laid, said))
}

/// What is said of a file in view of the standing corrections.
pub(super) fn said(laid: &Laid) -> Vec<Finding> {
    let mut again: Vec<u32> = laid.cells.iter().map(|c| c.standing).collect();
    again.sort_unstable();
    again.dedup();
    let said = [(Code::RUN_608, again.len()), (Code::RUN_609, laid.gone.len())];
    said.into_iter().filter(|(_, n)| *n > 0).map(|(code, n)| Finding::of_file(code).with("n", n)).collect()
}
