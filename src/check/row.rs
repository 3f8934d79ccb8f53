//! One row by itself, as it would stand: what the form checks while an operator types.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hasher};

use super::claims::{Claims, fold_id};
use super::draft::{Draft, PersonShape};
use super::people::check_row;
use super::rules::Rules;
use super::{Ask, lay, overlay_row};
use crate::feed::{RowShape, Target, Unique};
use crate::intake::{Row, Sheet};
use crate::ledger::{FieldChange, Finding, fields};
use crate::roster::fold::fold_email;
use crate::roster::{Entity, Family, Field, OrgNo, PersonNo, PersonRef, Table, Text};

/// Where the values that must be unique stand in a file: built once for a sync, asked for every keystroke.
#[derive(Debug, Default)]
pub struct Others {
    /// Hash of (column, folded value) and the row it stands in; sorted by hash, then in the order of the file.
    at: Vec<(u64, Place)>,
    /// The column of the IDs, in which twins (00123 and 123) are found together.
    key: Option<usize>,
    seed: foldhash::fast::RandomState,
}

/// Where a row is, enough to read it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Data record number.
    pub record: u32,
    /// Physical line.
    pub line: u32,
    /// Row as a spreadsheet shows it.
    pub row: u32,
    /// Byte offset in the sheet's text.
    pub offset: u64,
}

impl Place {
    /// Where that row is.
    pub fn of(row: &Row) -> Self {
        Self { record: row.record, line: row.line, row: row.row, offset: row.offset }
    }

    /// The row there.
    pub fn read(self, sheet: &Sheet) -> Option<Row> {
        sheet.row_at(self.offset, self.record, self.line, self.row)
    }
}

/// One row, checked by itself.
#[derive(Debug, Default)]
pub struct Judged {
    /// What was found.
    pub findings: Vec<Finding>,
    /// The record that its key names on the roster.
    pub on_roster: Option<Entity>,
    /// What applying it would change there.
    pub changes: Vec<FieldChange>,
    /// The organization that it names.
    pub org: Option<OrgNo>,
}

/// The columns of a profile whose values must be unique in a file: the key first.
fn unique_columns(ask: &Ask<'_>) -> Vec<usize> {
    let mut columns: Vec<usize> = ask.profile.key.iter().copied().take(1).collect();
    let unique = ask.profile.columns.iter().enumerate().filter(|(_, c)| c.unique != Unique::No).map(|(i, _)| i);
    columns.extend(unique.filter(|i| !ask.profile.key.contains(i)));
    columns
}

impl Others {
    /// Reads the whole file once.
    pub fn of(ask: &Ask<'_>) -> Self {
        let mut others = Self { key: ask.profile.key.first().copied(), ..Self::default() };
        let rules = Rules::new(ask.profile, ask.columns, ask.roster, ask.org);
        let columns = unique_columns(ask);
        let mut rows = ask.sheet.rows();
        let mut row = Row::default();
        while let Ok(true) = rows.next(&mut row) {
            if ask.skips(row.record) {
                continue;
            }
            overlay_row(ask, &mut row);
            for column in &columns {
                let value = said(ask, &rules, &row, *column);
                if !value.is_empty() {
                    others.at.push((others.hash(*column, value.as_bytes()), Place::of(&row)));
                }
            }
        }
        others.at.sort_unstable();
        others
    }

    /// Rows besides a row that say the same in a column that must be unique: the column's index, and where they are, in the order of the
    /// file. IDs that differ by zeros or capitals alone are not the same.
    pub fn sharing(&self, ask: &Ask<'_>, row: &Row) -> Vec<(usize, Vec<Place>)> {
        let rules = Rules::new(ask.profile, ask.columns, ask.roster, ask.org);
        let mut laid = row.clone();
        overlay_row(ask, &mut laid);
        let mut found = Vec::new();
        for column in unique_columns(ask) {
            let value = said(ask, &rules, &laid, column);
            if value.is_empty() {
                continue;
            }
            let is_key = ask.profile.key.first() == Some(&column);
            let same = |place: &Place| {
                let theirs = reread(ask, *place).map(|r| said(ask, &rules, &r, column)).unwrap_or_default();
                if is_key { theirs == value } else { fold_email(&theirs) == fold_email(&value) }
            };
            let mut places: Vec<Place> = self.with(column, value.as_bytes(), row.record).filter(same).take(MOST).collect();
            places.sort_unstable();
            if !places.is_empty() {
                found.push((column, places));
            }
        }
        found
    }

    /// Rows other than `record` that have the value in the column, in the order of the file.
    fn with(&self, column: usize, value: &[u8], record: u32) -> impl Iterator<Item = Place> + '_ {
        let hash = self.hash(column, value);
        let from = self.at.partition_point(|a| a.0 < hash);
        self.at[from..].iter().take_while(move |a| a.0 == hash).map(|a| a.1).filter(move |p| p.record != record)
    }

    fn hash(&self, column: usize, value: &[u8]) -> u64 {
        let mut hasher = self.seed.build_hasher();
        hasher.write_usize(column);
        if self.key == Some(column) {
            hasher.write(&fold_id(value));
        } else {
            hasher.write(fold_email(&String::from_utf8_lossy(value)).as_bytes());
        }
        hasher.finish()
    }
}

/// Checks one row as it would stand with those cells, against the roster as it is and the other rows of its file with their
/// corrections: what a check of the whole file would find on it. Only the rows that have to do with it are read.
pub fn judge_row(ask: &Ask<'_>, row: &Row, typed: &[(u32, String)], others: &Others) -> Judged {
    if ask.skips(row.record) {
        return Judged::default();
    }
    match ask.profile.rows {
        RowShape::Person => person(ask, row, typed, others),
        _ => whole(ask, row, typed),
    }
}

fn person(ask: &Ask<'_>, row: &Row, typed: &[(u32, String)], others: &Others) -> Judged {
    let mut row = row.clone();
    overlay_row(ask, &mut row);
    lay(typed, ask.columns.width, &mut row);
    let rules = Rules::new(ask.profile, ask.columns, ask.roster, ask.org);
    let mut draft = Draft::default();
    let mut judged = Judged::default();
    let right = check_row(ask, &rules, &row, &mut draft, &mut judged.findings);
    judged.org = draft.org;
    let shape = PersonShape::new(ask.profile);
    let cell = |column: usize| rules.cell(&row.cells, column);
    let id = rules.key(&row.cells).unwrap_or_default();
    let known = draft.role.filter(|_| !id.is_empty()).and_then(|role| {
        let (family, over) = (role.at(draft.org, ask.roster).family(), &ask.profile.unique_over);
        let theirs = |n: &PersonNo| ask.roster.person(*n).map(|p| p.role().family());
        let together = |f: Family| over.contains(&f) && over.contains(&family);
        let mut all = ask.roster.people_by_id(&id);
        all.find(|n| theirs(n) == Some(family)).or_else(|| ask.roster.people_by_id(&id).find(|n| theirs(n).is_some_and(together)))
    });
    judged.on_roster = known.map(Entity::from);
    if !right {
        // Only right rows claim anything: what stands in their way is said once they are right.
        return judged;
    }
    let Some(role) = draft.role.map(|r| r.at(draft.org, ask.roster)) else { return judged };
    let before = known.and_then(|n| ask.roster.person(n));
    let mut after = Vec::new();
    let says = if before.is_some() && !ask.lets.names { draft.without_names(&shape) } else { draft };
    shape.pack_over(&says, role, before, &cell, ask.feed, &mut after);
    judged.changes = fields::differences(Table::People, before.map(PersonRef::bytes), Some(&after), ask.roster);
    let record = row.record;
    let rows = around(ask, &rules, row, others);
    // Who has a row in this file is not absent from it. The row in hand stands for no other than its own person.
    let key = ask.profile.key.first().copied().unwrap_or_default();
    let absent = |number: PersonNo| {
        let theirs = ask.roster.person(number).map(|p| p.text(Text::SourcedId)).unwrap_or_default();
        let has = |place: Place| reread(ask, place).and_then(|r| rules.key(&r.cells)).is_some_and(|k| k == theirs);
        theirs != id && !others.with(key, theirs.as_bytes(), record).any(has)
    };
    judged.findings = found_among(ask, &rules, &shape, &rows, (record, &absent));
    judged
}

/// Rows that are read at most to judge one. Beyond, what is farther away is left out.
const MOST: usize = 500;

/// The rows that have to do with a row: of the same ID or a unique value of it, of whoever has that value on the roster, and so
/// on. In the order of the file.
fn around(ask: &Ask<'_>, rules: &Rules<'_>, row: Row, others: &Others) -> Vec<Row> {
    let columns = unique_columns(ask);
    let text_of = |column: usize| match ask.profile.columns[column].to {
        Target::Person(Field::Text(text)) => Some(text),
        _ => None,
    };
    let mut rows: BTreeMap<u32, Row> = BTreeMap::new();
    let first = row.record;
    let mut new = vec![row];
    while !new.is_empty() && rows.len() < MOST {
        let mut ask_for: Vec<(usize, String)> = Vec::new();
        let mut wanted: Vec<(usize, Text, String)> = Vec::new();
        for row in &new {
            let known: Vec<PersonRef<'_>> = rules
                .key(&row.cells)
                .map(|id| ask.roster.people_by_id(&id).filter_map(|n| ask.roster.person(n)).collect())
                .unwrap_or_default();
            for column in &columns {
                let value = said(ask, rules, row, *column);
                let Some(text) = text_of(*column).filter(|_| !value.is_empty()) else { continue };
                if *column != columns[0] {
                    let folded = fold_email(&value).into_owned();
                    if known.iter().all(|p| fold_email(p.text(text)) != folded) {
                        wanted.push((*column, text, folded));
                    }
                    ask_for.extend(known.iter().map(|p| (*column, p.text(text).to_owned())));
                }
                ask_for.push((*column, value));
            }
        }
        if !wanted.is_empty() {
            for (_, person) in ask.roster.people() {
                let has = |w: &(usize, Text, String)| !person.raw(w.1).is_empty() && fold_email(person.text(w.1)) == w.2;
                if wanted.iter().any(has) {
                    ask_for.push((columns[0], person.text(Text::SourcedId).to_owned()));
                }
            }
        }
        rows.extend(new.drain(..).map(|r| (r.record, r)));
        ask_for.sort_unstable();
        ask_for.dedup();
        for (column, value) in ask_for.iter().filter(|a| !a.1.is_empty()) {
            for place in others.with(*column, value.as_bytes(), first) {
                if rows.len() + new.len() < MOST && !rows.contains_key(&place.record) && new.iter().all(|r| r.record != place.record) {
                    new.extend(reread(ask, place));
                }
            }
        }
    }
    rows.extend(new.into_iter().map(|r| (r.record, r)));
    rows.into_values().collect()
}

/// What checking those rows finds on one of them.
fn found_among(
    ask: &Ask<'_>,
    rules: &Rules<'_>,
    shape: &PersonShape,
    rows: &[Row],
    (record, absent): (u32, &dyn Fn(PersonNo) -> bool),
) -> Vec<Finding> {
    let mut forced: HashMap<u32, Vec<Finding>> = HashMap::new();
    let mut draft = Draft::default();
    let mut owners = None;
    for n in 1.. {
        let mut claims = Claims::new(ask, shape, owners.as_ref());
        let mut found = Vec::new();
        for row in rows {
            let mut findings = Vec::new();
            let right = check_row(ask, rules, row, &mut draft, &mut findings);
            match forced.get(&row.record) {
                Some(more) => findings.extend(more.iter().cloned()),
                None if right => {
                    claims.claim(rules, row, &draft, &mut findings);
                }
                None => {}
            }
            if row.record == record {
                found = findings;
            }
        }
        let late = claims.settle();
        if claims.kept_others_out(&late) && n < super::people::PASSES {
            late.into_iter().flat_map(|l| l.findings).for_each(|f| forced.entry(f.record.unwrap_or(0)).or_default().push(f));
            owners = Some(claims.owners());
            continue;
        }
        found.extend(late.into_iter().flat_map(|l| l.findings).filter(|f| f.record == Some(record)));
        found.extend(claims.lookalikes(absent).into_iter().filter(|l| l.0 == record).map(|l| l.1));
        return found;
    }
    Vec::new()
}

/// What a row has in a column, as it is compared.
fn said(ask: &Ask<'_>, rules: &Rules<'_>, row: &Row, column: usize) -> String {
    if ask.profile.key.first() == Some(&column) {
        return rules.key(&row.cells).unwrap_or_default();
    }
    lossy(crate::intake::trim(rules.cell(&row.cells, column)))
}

fn reread(ask: &Ask<'_>, place: Place) -> Option<Row> {
    let mut row = place.read(ask.sheet)?;
    overlay_row(ask, &mut row);
    Some(row)
}

/// In files of anything but people any row may depend on any other, and they are smaller: the whole file is checked.
fn whole(ask: &Ask<'_>, row: &Row, typed: &[(u32, String)]) -> Judged {
    let mut overlay = ask.overlay.clone();
    overlay.entry(row.record).or_default().extend(typed.iter().cloned());
    let ask = Ask { overlay: &overlay, ..*ask };
    let mut judged = Judged::default();
    let rules = Rules::new(ask.profile, ask.columns, ask.roster, ask.org);
    let mut laid = row.clone();
    overlay_row(&ask, &mut laid);
    if ask.profile.rows == RowShape::Org {
        judged.on_roster = rules.key(&laid.cells).and_then(|id| ask.roster.org_by_external_id(&id)).map(Entity::from);
    }
    let Ok(checked) = super::check(&ask, &mut |_, _| true) else {
        rules.check(&laid, &mut Draft::default(), &mut judged.findings);
        return judged;
    };
    for set in checked.wanted.sets.iter().filter(|s| s.table != Table::Orgs || ask.profile.rows == RowShape::Org) {
        let brings = |record: u32| record == row.record || set.joins.contains(&(record, row.record));
        for w in set.records.iter().filter(|w| brings(w.record)) {
            let known = w.slot.map(|slot| Entity { table: set.table, slot });
            judged.on_roster = judged.on_roster.or(known);
            let after = checked.wanted.bytes.get(w.start as usize..w.start as usize + w.len as usize).filter(|a| !a.is_empty());
            let before = known.and_then(|n| ask.roster.record(n));
            if let Some(after) = after {
                judged.changes.extend(fields::differences(set.table, before, Some(after), ask.roster));
            }
        }
    }
    let keep = |f: Finding| {
        if f.record == Some(row.record) {
            judged.findings.push(Finding { cause: 0, ..f });
        }
        Ok::<_, std::convert::Infallible>(())
    };
    let Ok(()) = checked.spool.drain(keep);
    judged
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
