//! One row by itself, as it would stand: what the form checks while an operator types.

use std::hash::{BuildHasher, Hasher};

use super::draft::{Draft, PersonShape};
use super::rules::Rules;
use super::{Ask, overlay_row};
use crate::feed::{RowShape, Target, Unique};
use crate::intake::{Row, Sheet};
use crate::ledger::{Action, Code, FieldChange, Finding, Outcome, Severity, fields};
use crate::roster::fold::fold_email;
use crate::roster::{Entity, Field, OrgField, OrgNo, PersonNo, PersonRef, Table, Text};

/// Where the values that must be unique stand in a file: built once for a sync, asked for every keystroke.
#[derive(Debug, Default)]
pub struct Others {
    /// Hash of (column, folded value) and the row it stands in; sorted by hash, then in the order of the file.
    at: Vec<(u64, Place)>,
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
        let mut others = Self::default();
        let rules = Rules::new(ask.profile, ask.columns, ask.roster, ask.org);
        let columns = unique_columns(ask);
        let mut rows = ask.sheet.rows();
        let mut row = Row::default();
        while let Ok(true) = rows.next(&mut row) {
            overlay_row(ask.overlay, &mut row);
            for column in &columns {
                let value = crate::intake::trim(rules.cell(&row.cells, *column));
                if !value.is_empty() {
                    others.at.push((others.hash(*column, value), Place::of(&row)));
                }
            }
        }
        others.at.sort_unstable();
        others
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
        hasher.write(fold_email(&String::from_utf8_lossy(value)).as_bytes());
        hasher.finish()
    }
}

/// Checks one row, with the corrections laid over, against the roster as it is and the other rows of its file. `outcomes` are
/// those of the last check: a row that was refused claims nothing.
pub fn judge_row(ask: &Ask<'_>, row: &Row, others: &Others, outcomes: &[Outcome]) -> Judged {
    let mut row = row.clone();
    overlay_row(ask.overlay, &mut row);
    let rules = Rules::new(ask.profile, ask.columns, ask.roster, ask.org);
    let mut judged = Judged::default();
    let mut draft = Draft::default();
    let right = rules.check(&row, &mut draft, &mut judged.findings);
    judged.org = draft.org;
    if ask.columns.ragged(&row.cells).is_some() {
        return judged;
    }
    let stands = |record: u32| outcomes.get(record as usize - 1).is_none_or(|o| o.action != Action::Refused);
    match ask.profile.rows {
        RowShape::Org => org(ask, &row, &rules, &draft, others, &stands, &mut judged),
        _ => person(ask, &row, &rules, &draft, others, &stands, &mut judged),
    }
    if !right {
        judged.changes.clear();
    }
    judged
}

fn person(ask: &Ask<'_>, row: &Row, rules: &Rules<'_>, draft: &Draft, others: &Others, stands: &dyn Fn(u32) -> bool, judged: &mut Judged) {
    let shape = PersonShape::new(ask.profile);
    let cell = |column: usize| rules.cell(&row.cells, column);
    let Some(&key) = ask.profile.key.first() else { return };
    let id = draft.text(key, cell(key)).unwrap_or_default().to_vec();
    let Some(role) = draft.role.map(|r| r.at(draft.org, ask.roster)) else { return };
    let over = &ask.profile.unique_over;
    let known = std::str::from_utf8(&id).ok().filter(|id| !id.is_empty()).and_then(|id| {
        ask.roster.people_by_id(id).find(|n| {
            let family = ask.roster.person(*n).map(|p| p.role().family());
            family == Some(role.family()) || (family.is_some_and(|f| over.contains(&f)) && over.contains(&role.family()))
        })
    });
    judged.on_roster = known.map(Entity::from);
    let before = known.and_then(|n| ask.roster.person(n));
    let mut after = shape.lay_over(draft, role, before, cell);
    if let Some(org) = draft.org {
        after.set_share(ask.feed, [org]);
    }
    judged.changes = fields::differences(Table::People, before.map(PersonRef::bytes), Some(&after.pack()), ask.roster);
    let name = |column: usize| ask.profile.columns[column].name.clone();
    let mut found = Vec::new();
    if !id.is_empty()
        && let Some(other) = others.with(key, &id, row.record).find(|p| stands(p.record)).and_then(|p| reread(ask, p))
    {
        let mut theirs = Draft::default();
        rules.check(&other, &mut theirs, &mut Vec::new());
        let their_cell = |column: usize| rules.cell(&other.cells, column);
        let mut same = shape.lay_over(&theirs, role, before, their_cell);
        same.shares.clone_from(&after.shares);
        if same != after {
            let list = format!("{} and {}", row.row.min(other.row), row.row.max(other.row));
            found.push(Finding::of_file(Code::DUP_401).in_column(name(key)).with_value(lossy(&id)).with("list", list));
        }
    }
    for (column, c) in ask.profile.columns.iter().enumerate().filter(|(i, c)| c.unique == Unique::People && *i != key) {
        let Target::Person(Field::Text(text)) = c.to else { continue };
        let Some(value) = draft.text(column, cell(column)).filter(|v| !v.is_empty()) else { continue };
        let other_id = |other: &Row| crate::intake::trim(rules.cell(&other.cells, key)) != id.as_slice();
        let in_file =
            others.with(column, value, row.record).filter(|p| stands(p.record)).find_map(|p| reread(ask, p).filter(|o| other_id(o)));
        let finding = |code: Code| Finding::of_file(code).in_column(name(column)).with_value(lossy(value));
        if let Some(other) = in_file {
            let list = format!("{} and {}", row.row.min(other.row), row.row.max(other.row));
            let code = if text == Text::Email { Code::DUP_403 } else { Code::DUP_405 };
            found.push(finding(code).with("list", list).with("other", format!("row {}", other.row)));
            continue;
        }
        if let Some((_, theirs)) = owner(ask, text, value).filter(|(n, _)| Some(*n) != known)
            && !gives_up(ask, rules, others, stands, key, column, theirs, value)
        {
            let code = if text == Text::Email { Code::DUP_404 } else { Code::DUP_405 };
            let other = format!("{} ({} {})", theirs.name(), theirs.role(), theirs.text(Text::SourcedId));
            found.push(finding(code).with("other", other));
        }
    }
    if known.is_none()
        && let Some(finding) = rules.missing_when_creating(&row.cells)
    {
        found.push(finding);
    }
    judged.findings.extend(found.into_iter().map(|f| rules.place(row, f)));
}

/// Who has that value on the roster.
fn owner<'a>(ask: &Ask<'a>, text: Text, value: &[u8]) -> Option<(PersonNo, PersonRef<'a>)> {
    let value = String::from_utf8_lossy(value);
    let folded = fold_email(&value);
    ask.roster.people().find(|(_, p)| !p.raw(text).is_empty() && fold_email(p.text(text)) == folded)
}

/// Whether a row of this file that stands takes the value from its owner.
#[allow(clippy::too_many_arguments)] // one question, and all that answers it
fn gives_up(
    ask: &Ask<'_>,
    rules: &Rules<'_>,
    others: &Others,
    stands: &dyn Fn(u32) -> bool,
    key: usize,
    column: usize,
    owner: PersonRef<'_>,
    value: &[u8],
) -> bool {
    let rows = others.with(key, owner.raw(Text::SourcedId), 0).filter(|p| stands(p.record));
    let mut theirs = rows.filter_map(|p| reread(ask, p));
    theirs.any(|row| {
        let says = crate::intake::trim(rules.cell(&row.cells, column));
        !says.is_empty() && fold_email(&lossy(says)) != fold_email(&lossy(value))
    })
}

fn reread(ask: &Ask<'_>, place: Place) -> Option<Row> {
    let mut row = place.read(ask.sheet)?;
    overlay_row(ask.overlay, &mut row);
    Some(row)
}

fn org(ask: &Ask<'_>, row: &Row, rules: &Rules<'_>, draft: &Draft, others: &Others, stands: &dyn Fn(u32) -> bool, judged: &mut Judged) {
    let said = |field: OrgField| {
        let column = ask.profile.column_to(Target::Org(field))?;
        Some(lossy(draft.text(column, rules.cell(&row.cells, column))?))
    };
    let Some(&key) = ask.profile.key.first() else { return };
    let id = said(OrgField::ExternalId).unwrap_or_default();
    let known = ask.roster.org_by_external_id(&id);
    judged.on_roster = known.map(Entity::from);
    let mut found = Vec::new();
    if let Some(other) = others.with(key, id.as_bytes(), row.record).find(|p| stands(p.record)).and_then(|p| reread(ask, p))
        && other.cells != row.cells
    {
        let name = |r: &Row| format!("row {}", r.row);
        let finding = Finding::of_file(Code::DUP_413).in_column(&ask.profile.columns[key].name).with_value(&id);
        found.push(finding.with("a", name(&other)).with("b", name(row)));
    }
    if let (Some(parent), Some(column)) = (said(OrgField::Parent), ask.profile.column_to(Target::Org(OrgField::Parent)))
        && ask.roster.org_by_external_id(&parent).is_none()
        && !others.with(key, parent.as_bytes(), row.record).any(|p| stands(p.record))
    {
        let near = super::near::near(&parent, ask.roster.orgs().map(|(_, o)| o.external_id.as_str()), 3).join(", ");
        found.push(Finding::of_file(Code::REF_301).in_column(&ask.profile.columns[column].name).with_value(parent).with("near", near));
    }
    for (field, value) in [(OrgField::Name, said(OrgField::Name)), (OrgField::Address, said(OrgField::Address))] {
        let before = known.and_then(|n| ask.roster.org(n)).map(|o| fields::org_field(o, field, ask.roster)).unwrap_or_default();
        if let Some(after) = value.filter(|v| *v != before) {
            judged.changes.push(FieldChange { field: field.name().to_owned(), before, after });
        }
    }
    judged.findings.extend(found.into_iter().map(|f| rules.place(row, f)).filter(|f| f.severity >= Severity::Info));
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
