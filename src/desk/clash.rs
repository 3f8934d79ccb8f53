//! Rows that claim the same thing, side by side, and whoever on the roster has it or looks the same.

use super::office::Office;
use super::rows::{find_row, named};
use super::source::{Beside, Source};
use super::{Clash, RosterSide, RowAt, RowView, Trouble};
use crate::check::Ask;
use crate::check::row::Others;
use crate::feed::{RowShape, Target, Unique};
use crate::intake::{Row, trim, trim_str};
use crate::ledger::{Code, Sync, SyncNo, fields};
use crate::roster::fold::{fold, fold_email};
use crate::roster::{Entity, Field, OrgField, PersonNo, Roster, Table, Text};

/// Rows that are laid side by side at most.
const MOST: usize = 50;
/// People who look the same that are shown at most.
const LIKE: usize = 5;

impl Office {
    /// The rows that claim the same as a row, decided about or not.
    pub(super) fn clash(&self, number: SyncNo, at: RowAt) -> Result<Clash, Trouble> {
        let sync = self.sync_of(number)?;
        let source = self.source(&sync)?;
        let row = find_row(&source, at, number)?;
        let roster = self.roster_for(&sync)?;
        let beside = self.beside(&sync, &source, &roster)?;
        let view = |row: &Row| self.judged(&sync, &source, &roster, &beside, row, &[]);
        let sharing = sharing(&sync, &source, &roster, &beside, &row);
        let mut records: Vec<u32> = sharing.iter().flat_map(|s| s.1.iter().copied()).chain([row.record]).collect();
        records.sort_unstable();
        records.dedup();
        // The row itself is always among them.
        while records.len() > MOST {
            let last = if records.last() == Some(&row.record) { records.len() - 2 } else { records.len() - 1 };
            records.remove(last);
        }
        let rows: Vec<RowView> = records.iter().filter_map(|r| Some(view(&source.row(*r)?))).collect();
        let at = rows.iter().position(|r| r.record == row.record).unwrap_or(0);
        let columns = sharing.iter().map(|s| source.profile.columns[s.0].name.clone()).collect();
        let on_roster = match rows.get(at) {
            Some(view) => beside_roster(&source, &roster, &row, view),
            None => Vec::new(),
        };
        Ok(Clash { rows, at, columns, on_roster })
    }
}

/// Who on the roster has what the row claims, or looks the same.
fn beside_roster(source: &Source, roster: &Roster, row: &Row, view: &RowView) -> Vec<RosterSide> {
    let mut found: Vec<(Entity, &'static str)> = Vec::new();
    let mut put = |entity: Entity, why: &'static str| {
        if found.iter().all(|f| f.0 != entity) {
            found.push((entity, why));
        }
    };
    let typed = |column: usize| value(source, row, view, column);
    if let Some(entity) = view.on_roster.as_ref().and_then(|n| n.what.entity()) {
        put(entity, "has this ID");
    }
    for (column, text) in unique_texts(source).into_iter().filter(|(_, t)| *t != Text::SourcedId) {
        let value = fold_email(&typed(column)).into_owned();
        let has = roster.people().filter(|(_, p)| !value.is_empty() && fold_email(p.text(text)) == value);
        has.take(LIKE).for_each(|(n, _)| put(n.into(), if text == Text::Email { "has this e-mail" } else { "has this username" }));
    }
    if let Some(column) = source.profile.column_to(Target::Org(OrgField::ExternalId)).filter(|_| source.profile.rows == RowShape::Org) {
        roster.org_by_external_id(&typed(column)).into_iter().for_each(|o| put(o.into(), "has this ID"));
    }
    // What a doubt speaks of: an ID that is nearly this one, somebody of the same name.
    for finding in view.findings.iter().filter(|f| matches!(f.code, Code::VAL_223 | Code::DUP_409)) {
        let ids = [finding.arg("k"), finding.arg("a")].into_iter().flatten();
        ids.flat_map(|id| roster.people_by_id(id)).for_each(|n| put(n.into(), "has nearly this ID"));
    }
    if source.profile.rows == RowShape::Person {
        for number in like(source, roster, &typed) {
            put(number.into(), "has the same name");
        }
    }
    let sides = found.into_iter().map(|(entity, why)| RosterSide {
        named: named(roster, entity),
        why: why.to_owned(),
        cells: cells(source, roster, entity, view),
    });
    sides.collect()
}

/// The records of other rows that say the same as a row in a column that must be unique, those that were left out among them.
pub(super) fn sharing(sync: &Sync, source: &Source, roster: &Roster, beside: &Beside, row: &Row) -> Vec<(usize, Vec<u32>)> {
    let ask = Ask { decided: None, ..source.ask(sync, roster, &beside.overlay) };
    let whole;
    let others = if beside.decided.is_empty() {
        &beside.others
    } else {
        whole = Others::of(&ask);
        &whole
    };
    others.sharing(&ask, row).into_iter().map(|(column, places)| (column, places.into_iter().map(|p| p.record).collect())).collect()
}

/// The columns of people's texts that must be unique.
pub(super) fn unique_texts(source: &Source) -> Vec<(usize, Text)> {
    let text = |(i, c): (usize, &crate::feed::Column)| match (c.unique, c.to) {
        (Unique::People, Target::Person(Field::Text(text))) => Some((i, text)),
        _ => None,
    };
    source.profile.columns.iter().enumerate().filter_map(text).collect()
}

/// What a row says in a column, with what was corrected, as the profile takes it.
pub(super) fn value(source: &Source, row: &Row, view: &RowView, column: usize) -> String {
    let Some(cell) = source.loaded.columns.at.get(column).copied().flatten() else { return String::new() };
    let name = &source.profile.columns[column].name;
    let said = view.cells.iter().find(|c| &c.column == name).map(|c| c.value.clone());
    let said = said.unwrap_or_else(|| String::from_utf8_lossy(trim(row.cells.get(cell).unwrap_or_default())).into_owned());
    let taken = String::from_utf8_lossy(source.loaded.columns.taken(column, said.as_bytes())).into_owned();
    trim_str(&taken).to_owned()
}

/// People of the row's school with the row's name, under another ID.
fn like(source: &Source, roster: &Roster, typed: &dyn Fn(usize) -> String) -> Vec<PersonNo> {
    let of = |field: Field| source.profile.column_to(Target::Person(field)).map(typed).unwrap_or_default();
    let (given, family) = (of(Field::Text(Text::GivenName)), of(Field::Text(Text::FamilyName)));
    let (id, org) = (of(Field::Text(Text::SourcedId)), roster.org_by_external_id(&of(Field::Orgs)));
    if given.is_empty() || family.is_empty() {
        return Vec::new();
    }
    let (given, family) = (fold(&given).into_owned(), fold(&family).into_owned());
    let same = roster.people().filter(|(_, p)| {
        p.text(Text::SourcedId) != id
            && fold(p.text(Text::FamilyName)) == family
            && fold(p.text(Text::GivenName)) == given
            && org.is_none_or(|o| p.in_org(o))
    });
    same.take(LIKE).map(|(n, _)| n).collect()
}

/// What the roster has, by the file's columns.
fn cells(source: &Source, roster: &Roster, entity: Entity, view: &RowView) -> Vec<(String, String)> {
    let all = roster.record(entity).map(|r| fields::fields(entity.table, r, roster)).unwrap_or_default();
    let person = (entity.table == Table::People).then(|| roster.person(PersonNo(entity.slot))).flatten();
    let has = |column: &str| {
        let to = source.profile.column(column).map(|i| source.profile.columns[i].to)?;
        let name = match to {
            Target::Person(field) => {
                return person.map(|p| fields::person_field(&p.to_person(), field, roster));
            }
            Target::Org(field) => field.name(),
            Target::Class(field) => field.name(),
            Target::Course(field) => field.name(),
            _ => return None,
        };
        all.iter().find(|(n, _)| *n == name).map(|(_, value)| value.clone())
    };
    view.cells.iter().map(|c| (c.column.clone(), if c.secret { String::new() } else { has(&c.column).unwrap_or_default() })).collect()
}
