//! Rows of an upload: findings, rows of a cause, the row form, corrections.

use super::near;
use super::office::Office;
use super::recording::Change;
use super::source::{Beside, Source};
use super::{CellView, FindingQuery, HitWhat, Named, Page, RowAt, RowView, Trouble, TroubleSort, Window};
use crate::check::Ask;
use crate::check::near::near as nearest;
use crate::check::row::judge_row;
use crate::check::values;
use crate::feed::{ColumnKind, Need, RowShape, describe};
use crate::intake::{self, Row};
use crate::ledger::{Decided, Finding, Severity, Sync, SyncNo, fields};
use crate::roster::fold::fold;
use crate::roster::{ClassNo, CourseNo, EnrollmentNo, Entity, LinkNo, OrgNo, PersonNo, Roster, Table, Text};

impl Office {
    /// The sync of a number.
    pub(super) fn sync_of(&self, number: SyncNo) -> Result<Sync, Trouble> {
        let missing = || Trouble::new(TroubleSort::Usage, format!("There is no sync {number}."), "See them with: homeroom syncs");
        self.store.sync(number)?.ok_or_else(missing)
    }

    /// A sync's findings, in the order of the file.
    pub(super) fn findings(&self, number: SyncNo, query: &FindingQuery, window: Window) -> Result<Page<Finding>, Trouble> {
        let sync = self.sync_of(number)?;
        let words = fold(&query.filter).into_owned();
        let mut page = Page { first: window.first, total: 0, unfiltered: 0, rows: Vec::new() };
        self.each_finding(&sync, &mut |finding| {
            let wanted = query.cause.is_none_or(|c| finding.cause == c)
                && query.severity.is_none_or(|s| finding.severity == s)
                && query.at_least.is_none_or(|s| finding.severity >= s)
                && query.column.as_deref().is_none_or(|c| finding.column.as_deref() == Some(c));
            if !wanted {
                return true;
            }
            page.unfiltered += 1;
            if words.is_empty() || holds(&finding, &words) {
                if page.total >= window.first && (page.rows.len() as u64) < window.count {
                    page.rows.push(finding);
                }
                page.total += 1;
            }
            true
        })?;
        Ok(page)
    }

    /// The records of a cause, or all with an error, in the order of the file, each with its findings.
    pub(super) fn records(&self, sync: &Sync, cause: Option<u32>) -> Result<Vec<(u32, Vec<Finding>)>, Trouble> {
        let mut records: Vec<(u32, Vec<Finding>, bool)> = Vec::new();
        self.each_finding(sync, &mut |finding| {
            let Some(record) = finding.record else { return true };
            let wanted = cause.map_or(finding.severity >= Severity::Error, |c| finding.cause == c);
            if let Some(last) = records.last_mut().filter(|r| r.0 == record) {
                last.2 |= wanted;
                last.1.push(finding);
                return true;
            }
            if records.last().is_some_and(|r| !r.2) {
                records.pop();
            }
            records.push((record, vec![finding], wanted));
            true
        })?;
        if records.last().is_some_and(|r| !r.2) {
            records.pop();
        }
        Ok(records.into_iter().map(|(record, findings, _)| (record, findings)).collect())
    }

    /// The rows of a cause in full.
    pub(super) fn rows(&self, number: SyncNo, cause: Option<u32>, filter: &str, window: Window) -> Result<Page<RowView>, Trouble> {
        let sync = self.sync_of(number)?;
        let records = self.records(&sync, cause)?;
        let source = self.source(&sync)?;
        let roster = self.roster_for(&sync)?;
        let beside = self.beside(&sync, &source, &roster)?;
        let words = fold(filter).into_owned();
        let mut page = Page { first: window.first, total: 0, unfiltered: records.len() as u64, rows: Vec::new() };
        let total = records.len() as u64;
        for (at, (record, findings)) in records.into_iter().enumerate() {
            let in_window = page.total >= window.first && (page.rows.len() as u64) < window.count;
            if words.is_empty() && !in_window {
                page.total += 1;
                continue;
            }
            let Some(row) = source.row(record) else { continue };
            if !words.is_empty() && !row.cells.iter().any(|c| fold(&String::from_utf8_lossy(c)).contains(&words)) {
                continue;
            }
            if in_window {
                let mut view = self.shown(&sync, &source, &roster, &beside, &row, findings)?;
                view.place = (at as u64 + 1, total);
                page.rows.push(view);
            }
            page.total += 1;
        }
        Ok(page)
    }

    /// One row in full, checked as it stands with those cells typed over it.
    pub(super) fn row(&self, number: SyncNo, at: RowAt, typed: &[(String, String)]) -> Result<RowView, Trouble> {
        let sync = self.sync_of(number)?;
        let source = self.source(&sync)?;
        let row = find_row(&source, at, number)?;
        let roster = self.roster_for(&sync)?;
        let beside = self.beside(&sync, &source, &roster)?;
        let cells =
            typed.iter().map(|(column, value)| Ok((cell_of(&source, column)?, value.clone()))).collect::<Result<Vec<_>, Trouble>>()?;
        self.judged_and_told(&sync, &source, &roster, &beside, &row, &cells)
    }

    /// A row as a list shows it: with the findings of its sync; judged as it stands now where it was corrected or decided about.
    pub(super) fn shown(
        &self,
        sync: &Sync,
        source: &Source,
        roster: &Roster,
        beside: &Beside,
        row: &Row,
        findings: Vec<Finding>,
    ) -> Result<RowView, Trouble> {
        if beside.overlay.contains_key(&row.record) || beside.decisions.iter().any(|d| d.record == row.record) {
            return self.judged_and_told(sync, source, roster, beside, row, &[]);
        }
        Ok(self.view(sync, source, roster, beside, row, findings, &[]))
    }

    /// A row with what it would do now, and with what reports of other systems still say of it.
    fn judged_and_told(
        &self,
        sync: &Sync,
        source: &Source,
        roster: &Roster,
        beside: &Beside,
        row: &Row,
        typed: &[(usize, String)],
    ) -> Result<RowView, Trouble> {
        let mut view = self.judged(sync, source, roster, beside, row, typed);
        view.findings.extend(self.told_of(sync, row.record, &beside.corrections, typed)?);
        Ok(view)
    }

    /// Records corrections on a row.
    pub(super) fn fix(&self, number: SyncNo, at: RowAt, cells: &[(String, String)]) -> Result<RowView, Trouble> {
        let sync = self.sync_of(number)?;
        let source = self.source(&sync)?;
        let row = find_row(&source, at, number)?;
        let mut changes = Vec::new();
        for (column, value) in cells {
            let cell = cell_of(&source, column)?;
            let of_profile = source.loaded.columns.at.iter().position(|c| *c == Some(cell)).map(|i| &source.profile.columns[i]);
            // Of a secret only whether it is valid is kept, as of those in the file.
            let secret = of_profile.filter(|c| c.kind == ColumnKind::Password).map(|c| values::kept_secret(c, value.as_bytes()));
            let value = secret.unwrap_or(value);
            if value.contains('\0') {
                return Err(Trouble::new(TroubleSort::Refused, format!("{column}: a NUL character cannot stand in a cell."), ""));
            }
            changes.push(Change { row: &row, cell, column: column.clone(), key: key(&source, &row), value: value.to_owned() });
        }
        let columns: Vec<&str> = cells.iter().map(|(column, _)| column.as_str()).collect();
        self.record_step(&sync, &source, &changes, &format!("{} of row {}", columns.join(", "), row.row), &[])?;
        self.row(number, RowAt::Record(row.record), &[])
    }
}

impl Office {
    /// What would still be wrong with a row that had that value in a cell; none where it would go through.
    pub(super) fn still_wrong(
        &self,
        sync: &Sync,
        source: &Source,
        roster: &Roster,
        beside: &Beside,
        row: &Row,
        (cell, value): (usize, &str),
    ) -> Option<String> {
        let view = self.judged(sync, source, roster, beside, row, &[(cell, value.to_owned())]);
        super::mend::first_error(&view.findings)
    }

    /// A row with what it would do now.
    pub(super) fn judged(
        &self,
        sync: &Sync,
        source: &Source,
        roster: &Roster,
        beside: &Beside,
        row: &Row,
        typed: &[(usize, String)],
    ) -> RowView {
        let cells: Vec<(u32, String)> = typed.iter().map(|(cell, value)| (*cell as u32, value.clone())).collect();
        let made_by = |entity: Entity| beside.makers.get(&entity).copied();
        let ask = Ask { makers: Some(&made_by), decided: Some(&beside.decided), ..source.ask(sync, roster, &beside.overlay) };
        let judged = judge_row(&ask, row, &cells, &beside.others);
        let mut view = self.view(sync, source, roster, beside, row, judged.findings, typed);
        view.on_roster = judged.on_roster.map(|e| named(roster, e));
        view.changes = judged.changes;
        if let Some(org) = judged.org.and_then(|o| roster.org(o)) {
            let at = source.profile.columns.iter().position(|c| c.to == crate::feed::Target::Person(crate::roster::Field::Orgs));
            let column = at.map(|i| source.profile.columns[i].name.clone());
            for cell in view.cells.iter_mut().filter(|c| Some(&c.column) == column.as_ref()) {
                cell.meaning = Some(org.name.clone());
            }
        }
        view
    }

    #[allow(clippy::too_many_arguments)] // one row and all that is shown of it
    fn view(
        &self,
        sync: &Sync,
        source: &Source,
        roster: &Roster,
        beside: &Beside,
        row: &Row,
        findings: Vec<Finding>,
        typed: &[(usize, String)],
    ) -> RowView {
        let header = source.loaded.sheet.header();
        let corrections = beside.overlay.get(&row.record).map(Vec::as_slice).unwrap_or_default();
        let mut cells = Vec::with_capacity(header.len());
        let mut extra = Vec::new();
        let width = header.len().max(row.cells.len());
        for at in 0..width {
            let column = source.loaded.columns.at.iter().position(|c| *c == Some(at));
            let original = row.cells.get(at).map(|c| String::from_utf8_lossy(c).into_owned()).unwrap_or_default();
            let correction = corrections.iter().rev().find(|c| c.0 as usize == at);
            let value = typed.iter().rev().find(|t| t.0 == at).map(|t| t.1.clone()).or_else(|| correction.map(|c| c.1.clone()));
            let name = header.get(at).cloned().unwrap_or_else(|| format!("(cell {})", at + 1));
            let mut cell = CellView {
                column: name.clone(),
                header: name,
                value: value.unwrap_or_else(|| original.clone()),
                original,
                corrected: correction.is_some(),
                known: column.is_some(),
                required: false,
                ignored: false,
                accept: Vec::new(),
                rule: String::new(),
                meaning: None,
                suggestion: None,
                near: Vec::new(),
                makes: None,
                secret: false,
                note: None,
            };
            let Some(i) = column else {
                extra.push(cell);
                continue;
            };
            let column = &source.profile.columns[i];
            cell.column.clone_from(&column.name);
            cell.required = matches!(column.need, Need::Required);
            cell.accept = column.accept.iter().map(|a| a.0.clone()).collect();
            cell.rule = describe::rule(&source.profile, column);
            cell.secret = column.kind == ColumnKind::Password;
            if cell.secret {
                cell.original = String::new();
                cell.value = String::new();
            }
            if let Some(only) = &column.only_for {
                let looked_at = source.loaded.columns.at.get(only.column).copied().flatten();
                let now = |c: usize| {
                    let laid = typed.iter().rev().find(|t| t.0 == c).map(|t| t.1.clone());
                    let corrected = || corrections.iter().rev().find(|x| x.0 as usize == c).map(|x| x.1.clone());
                    laid.or_else(corrected).unwrap_or_else(|| String::from_utf8_lossy(row.cells.get(c).unwrap_or_default()).into_owned())
                };
                let value = looked_at.map(now).unwrap_or_default();
                let value = String::from_utf8_lossy(source.loaded.columns.taken(only.column, value.as_bytes())).into_owned();
                let value = intake::trim_str(&value);
                let known = source.profile.columns[only.column].accept.iter().any(|a| a.0 == value);
                cell.ignored = known && !only.values.iter().any(|v| v == value);
            }
            let taken = source.loaded.columns.taken(i, cell.value.as_bytes());
            if taken != cell.value.as_bytes() {
                cell.meaning = Some(String::from_utf8_lossy(taken).into_owned());
            }
            cell.note = note(source, beside, row.record, (at, i), &cell);
            if let Some(finding) = findings.iter().find(|f| f.column.as_deref() == Some(&column.name)) {
                cell.near = self.near(roster, &source.profile, Some(i), finding);
                let found = (finding.code, finding.value.as_deref());
                cell.makes = super::triage::makes(roster, &source.profile, i, found, sync.org.as_deref());
                cell.suggestion = cell.near.first().map(|n| n.value.clone());
                if cell.near.is_empty() && finding.severity >= Severity::Error {
                    cell.near = near::all_of_short_list(&source.profile, i);
                }
            }
            cells.push(cell);
        }
        cells.extend(extra);
        let outcome = beside.outcomes.get(row.record as usize - 1).copied();
        let key = key(source, row);
        let on_roster = key.as_deref().and_then(|k| roster_entity(roster, source, k)).map(|e| named(roster, e));
        RowView {
            sync: sync.number,
            record: row.record,
            line: row.line,
            row: row.row,
            key,
            cells,
            findings,
            outcome,
            on_roster,
            changes: Vec::new(),
            decided: beside.decisions.iter().find(|d| d.record == row.record && d.decided != Decided::Open).cloned(),
            place: (0, 0),
        }
    }
}

/// Why a value is not the file's own, where nobody changed this very cell.
fn note(source: &Source, beside: &Beside, record: u32, (at, column): (usize, usize), cell: &CellView) -> Option<String> {
    let laid = beside.laid.get(&(record, at as u32)).filter(|c| cell.value == c.after);
    if let Some(c) = laid {
        let day = jiff::Timestamp::from_microsecond(c.at.0).map(|t| t.strftime("%b %-d").to_string()).unwrap_or_default();
        return Some(format!("corrected as on {day} by {}", c.by.0));
    }
    let ruled = source.loaded.columns.is_ruled(column, cell.value.as_bytes());
    ruled.then(|| format!("changed by a rule of the feed: {}", cell.meaning.as_deref().unwrap_or_default()))
}

fn holds(finding: &Finding, words: &str) -> bool {
    let has = |text: &str| fold(text).contains(words);
    finding.value.as_deref().is_some_and(has)
        || finding.key.as_deref().is_some_and(has)
        || finding.column.as_deref().is_some_and(has)
        || has(finding.code.name())
        || has(&finding.message())
}

pub(super) fn find_row(source: &Source, at: RowAt, number: SyncNo) -> Result<Row, Trouble> {
    let record = match at {
        RowAt::Record(record) => Some(record),
        RowAt::Line(line) => source.record_at_line(line),
    };
    let what = match at {
        RowAt::Record(record) => format!("record {record}"),
        RowAt::Line(line) => format!("row that begins on line {line}"),
    };
    let missing = || {
        Trouble::new(TroubleSort::Usage, format!("{number} has no {what}."), format!("Its rows with errors: homeroom errors {}", number.0))
    };
    record.and_then(|r| source.row(r)).ok_or_else(missing)
}

/// Cells of a row that can be named by number.
const MOST_CELLS: usize = 4096;

/// The cell of a column: by the profile's name, or by the file's own header.
pub(super) fn cell_of(source: &Source, name: &str) -> Result<usize, Trouble> {
    let of_profile = source.profile.column(name).and_then(|i| source.loaded.columns.at.get(i).copied().flatten());
    let header = source.loaded.sheet.header();
    // A cell that a row has beyond the header goes by its number.
    let number = || name.strip_prefix("(cell ")?.strip_suffix(')')?.parse::<usize>().ok()?.checked_sub(1).filter(|c| *c < MOST_CELLS);
    let found = of_profile.or_else(|| header.iter().position(|h| intake::trim_str(h) == name)).or_else(number);
    found.ok_or_else(|| {
        let all = source.profile.columns.iter().map(|c| c.name.as_str());
        let next = match nearest(name, all.clone(), 1).first() {
            Some(near) => format!("Did you mean {near}?"),
            None => format!("There are: {}.", all.collect::<Vec<_>>().join(", ")),
        };
        Trouble::new(TroubleSort::Usage, format!("There is no column \"{name}\" in {}.", source.loaded.sheet.name()), next)
    })
}

pub(super) fn key(source: &Source, row: &Row) -> Option<String> {
    let cell = source.loaded.columns.at.get(*source.profile.key.first()?).copied().flatten()?;
    let value = intake::trim(row.cells.get(cell)?);
    (!value.is_empty()).then(|| String::from_utf8_lossy(value).into_owned())
}

pub(super) fn roster_entity(roster: &Roster, source: &Source, key: &str) -> Option<Entity> {
    let relations = || roster.relations();
    match source.profile.rows {
        RowShape::Org => roster.org_by_external_id(key).map(Entity::from),
        RowShape::Session => None,
        RowShape::Course | RowShape::Class => relations().class(key).map(Entity::from).or(relations().course(key).map(Entity::from)),
        // The key names a person; the enrollment itself is told by the check of the row.
        RowShape::Person | RowShape::Guardian | RowShape::Enrollment | RowShape::Assignment => {
            roster.people_by_id(key).next().map(Entity::from)
        }
    }
}

/// A record by number and name.
pub(super) fn named(roster: &Roster, entity: Entity) -> Named {
    let record = roster.record(entity).unwrap_or_default();
    let (key, name) = fields::key_and_name(entity.table, record);
    let slot = entity.slot;
    match entity.table {
        Table::People => {
            let number = PersonNo(slot);
            let role = roster.person(number).map(|p| p.role().name()).unwrap_or_default();
            Named { what: HitWhat::Person(number), reference: person_reference(roster, number), title: format!("{name} ({role} {key})") }
        }
        Table::Orgs => Named { what: HitWhat::Org(OrgNo(slot)), reference: format!("school:{key}"), title: name },
        Table::Courses => Named { what: HitWhat::Course(CourseNo(slot)), reference: format!("course:{key}"), title: name },
        Table::Classes => {
            let school = roster.class(ClassNo(slot)).and_then(|c| c.org).and_then(|o| roster.org(o)).map(|o| format!(" ({})", o.name));
            let title = format!("{name}{}", school.unwrap_or_default());
            Named { what: HitWhat::Class(ClassNo(slot)), reference: class_reference(roster, ClassNo(slot)), title }
        }
        Table::Enrollments => {
            let number = EnrollmentNo(slot);
            let Some(e) = roster.enrollment(number) else {
                return Named { what: HitWhat::Enrollment(number), reference: format!("enrollment:@{slot}"), title: String::new() };
            };
            let (person, class) = (person_reference(roster, e.person), class_reference(roster, e.class));
            let who = roster.person(e.person).map(|p| p.name().into_owned()).unwrap_or_default();
            let title = format!("{who} in {} ({})", roster.class(e.class).map(|c| c.title).unwrap_or_default(), e.role);
            let class = class.strip_prefix("class:").unwrap_or(&class);
            Named { what: HitWhat::Enrollment(number), reference: format!("enrollment:{person}/{class}"), title }
        }
        Table::Links => {
            let number = LinkNo(slot);
            let Some(l) = roster.link(number) else {
                return Named { what: HitWhat::Link(number), reference: format!("link:@{slot}"), title: String::new() };
            };
            let name = |n: PersonNo| roster.person(n).map(|p| p.name().into_owned()).unwrap_or_default();
            let reference = format!("link:{}/{}", person_reference(roster, l.guardian), person_reference(roster, l.student));
            let title = format!("{}, guardian of {}", name(l.guardian), name(l.student));
            Named { what: HitWhat::Link(number), reference, title }
        }
    }
}

/// How a person is referred to: `staff:1001`; `@17` where there is no ID.
fn person_reference(roster: &Roster, number: PersonNo) -> String {
    let Some(person) = roster.person(number) else { return format!("@{}", number.0) };
    match person.text(Text::SourcedId) {
        "" => format!("@{}", number.0),
        id => format!("{}:{id}", person.role().family().name().trim_end_matches('s')),
    }
}

/// How a class is referred to: `class:ALG-1`; `class:S1/Algebra 1` where classes go by title and school.
fn class_reference(roster: &Roster, number: ClassNo) -> String {
    let Some(class) = roster.class(number) else { return format!("class:@{}", number.0) };
    if !class.sourced_id.is_empty() {
        return format!("class:{}", class.sourced_id);
    }
    match class.org.and_then(|o| roster.org(o)) {
        Some(org) => format!("class:{}/{}", org.external_id, class.title),
        None => format!("class:{}", class.title),
    }
}
