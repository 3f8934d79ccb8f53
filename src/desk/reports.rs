//! Reports on a sync, gathered from the store, the upload and the roster, and written by [`report`](crate::report).

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::history::Changed;
use super::office::Office;
use super::output::broken;
use super::source::Source;
use super::{Output, Trouble, TroubleSort};
use crate::check::{self, Wanted};
use crate::feed::{Profile, Target};
use crate::intake::{self, Row, Sheet};
use crate::ledger::{Action, Correction, Finding, Severity, Sync, SyncKind, SyncStatus, Tally, fields};
use crate::report::{self, Form, SourceHead, SummaryLine};
use crate::roster::{ClassField, CourseField, EnrollmentField, Family, Field, Kind, LinkField, OrgField, Role, Roster, Table};
use crate::sync::tally::{Tallied, beside, tally};
use crate::sync::{self, Loaded};

#[allow(clippy::needless_pass_by_value)] // what `map_err` hands over
fn io(error: io::Error) -> Trouble {
    broken(&error)
}

impl Office {
    /// `sync-report`: a line an error.
    pub(super) fn sync_report(&self, sync: &Sync, form: Form, out: &mut Vec<u8>) -> Result<u64, Trouble> {
        let key = match self.profiles.get(&sync.profile) {
            Some(profile) => profile.report_key.clone(),
            None => Some("sourcedId".to_owned()),
        };
        let mut report = report::SyncReport::begin(out, key.as_deref(), form).map_err(io)?;
        let mut failed = None;
        self.store.findings(sync.number, &mut |f| {
            failed = report.finding(&f).err();
            failed.is_none()
        })?;
        failed.map_or(Ok(()), |e| Err(io(e)))?;
        report.finish().map_err(io)
    }

    /// `users-errors`: the refused rows with errors and resolutions.
    pub(super) fn users_errors(&self, sync: &Sync, form: Form, out: &mut Vec<u8>) -> Result<u64, Trouble> {
        let checked = self.checked(sync)?;
        let mut report = report::UsersErrors::begin(out, checked.head(), form).map_err(io)?;
        for (record, findings) in &checked.findings {
            let Some(mut row) = checked.source.row(*record) else { continue };
            checked.lay(&mut row);
            report.row(&row.cells, findings).map_err(io)?;
        }
        report.finish().map_err(io)
    }

    /// The same of some rows alone, in that order.
    pub(super) fn rows_errors(&self, sync: &Sync, records: &[u32], out: &mut Vec<u8>) -> Result<u64, Trouble> {
        let checked = self.checked(sync)?;
        let mut report = report::UsersErrors::begin(out, checked.head(), report::Escape::No).map_err(io)?;
        for record in records {
            let Some(mut row) = checked.source.row(*record) else { continue };
            checked.lay(&mut row);
            let at = checked.findings.binary_search_by_key(record, |f| f.0);
            let findings = at.ok().map(|at| checked.findings[at].1.as_slice()).unwrap_or_default();
            report.any_row(&row.cells, findings, Severity::Warning).map_err(io)?;
        }
        report.finish().map_err(io)
    }

    /// `results`: every row with what became of it.
    pub(super) fn results(&self, sync: &Sync, form: Form, out: &mut Vec<u8>) -> Result<u64, Trouble> {
        let checked = self.checked(sync)?;
        let outcomes = self.store.outcomes(sync.number)?;
        let no_change = checked.source.profile.no_change.as_ref().map(|(action, message)| (action.as_str(), message.as_str()));
        let mut report = report::Results::begin(out, checked.head(), no_change, form).map_err(io)?;
        let mut findings = checked.findings.iter().peekable();
        let mut rows = checked.source.loaded.sheet.rows();
        let mut row = Row::default();
        while let Ok(true) = rows.next(&mut row) {
            checked.lay(&mut row);
            let of_row = findings.next_if(|f| f.0 == row.record).map(|f| f.1.as_slice()).unwrap_or_default();
            let Some(outcome) = outcomes.get(row.record as usize - 1) else { break };
            report.row(&row.cells, *outcome, of_row).map_err(io)?;
        }
        report.finish().map_err(io)
    }

    /// A sync's rows as they were checked, with what was found on them.
    fn checked(&self, sync: &Sync) -> Result<CheckedRows, Trouble> {
        let source = self.source(sync)?;
        let mut findings: Vec<(u32, Vec<Finding>)> = Vec::new();
        self.store.findings(sync.number, &mut |f| {
            if let Some(record) = f.record.filter(|_| f.severity >= Severity::Warning) {
                match findings.last_mut().filter(|l| l.0 == record) {
                    Some(last) => last.1.push(f),
                    None => findings.push((record, vec![f])),
                }
            }
            true
        })?;
        let secret = sync::secret_cells(&source.loaded, &source.profile);
        let overlay = sync::overlay(&self.taken_up(sync)?);
        Ok(CheckedRows { source, secret, overlay, findings })
    }

    /// The corrections that a sync laid over its rows.
    pub(super) fn taken_up(&self, sync: &Sync) -> Result<Vec<Correction>, Trouble> {
        if sync.number == sync.root() {
            return Ok(self.store.laid_corrections(sync.number)?);
        }
        let mut corrections = self.store.corrections(sync.root())?;
        corrections.retain(|c| c.at <= sync.started);
        Ok(corrections)
    }

    /// `summary`: a line for each school and kind.
    pub(super) fn summary(&self, sync: &Sync, form: Form, out: &mut Vec<u8>) -> Result<u64, Trouble> {
        let now = self.roster_for(sync)?;
        let outcomes = self.store.outcomes(sync.number)?;
        let changes = self.changes_of(sync, &now, true)?;
        let roster = beside(&now, &changes);
        let mut tallies: BTreeMap<(String, Kind), Tally> = BTreeMap::new();
        let id = |roster: &Roster, org| roster.org(org).map(|o| o.external_id.clone()).unwrap_or_default();
        let mut wanted = Wanted::default();
        // An undo has no rows of its own, and what was refused whole has none that were checked.
        if !matches!(sync.kind, SyncKind::Undo { .. }) && !outcomes.is_empty() {
            let checked = self.checked(sync)?;
            let ask = checked.source.ask(sync, &now, &checked.overlay);
            if let Ok(again) = check::check(&ask, &mut |_, _| true) {
                wanted = again.wanted;
            }
            let refused = Refused::new(&checked.source, sync);
            let mut rows = checked.source.loaded.sheet.rows();
            let mut row = Row::default();
            while let Ok(true) = rows.next(&mut row) {
                let outcome = outcomes.get(row.record as usize - 1);
                if outcome.is_some_and(|o| o.action == Action::Refused) {
                    checked.lay(&mut row);
                    tallies.entry(refused.place(&row, &roster)).or_default().errors += 1;
                }
            }
        }
        for ((org, kind), t) in tally(&changes, &wanted, &outcomes, sync.feed, &roster) {
            let line = tallies.entry((org.map(|o| id(&roster, o)).unwrap_or_default(), kind)).or_default();
            line.created += t.created;
            line.updated += t.updated;
            line.unchanged += t.unchanged;
            line.disabled += t.disabled;
        }
        let mut report = report::Summary::begin(out, form).map_err(io)?;
        for ((school, kind), tally) in &tallies {
            let name = roster.org_by_external_id(school).and_then(|o| roster.org(o)).map(|o| o.name.as_str()).unwrap_or_default();
            report.line(SummaryLine { school, name, kind: *kind, tally: *tally }).map_err(io)?;
        }
        report.finish(&sync.counts).map_err(io)
    }

    /// What a sync changed, or what it would change now where it waits: of one that is held after its rows were applied only what waits,
    /// or (`whole`) both. Sorted by entity, none twice.
    fn changes_of(&self, sync: &Sync, roster: &Roster, whole: bool) -> Result<Vec<Tallied>, Trouble> {
        let waits = matches!(sync.status, SyncStatus::DryRun | SyncStatus::Held);
        let mut changes = Vec::new();
        if whole || !waits {
            // What was approved in steps has an entry for each.
            for entry in self.store.entries()?.iter().filter(|e| e.sync == Some(sync.number)) {
                self.store.changes(entry.position, &mut |c| {
                    changes.push(Tallied { entity: c.entity, record: c.record, before: c.before, after: c.after });
                    true
                })?;
            }
        }
        if waits {
            let plan = self.previewed(sync, roster)?;
            changes.extend(plan.changes.iter().map(|change| Tallied {
                entity: change.entity,
                record: change.record,
                before: roster.record(change.entity).map(<[u8]>::to_vec),
                after: Some(plan.after(change).to_vec()).filter(|a| !a.is_empty()),
            }));
        }
        // Stable: of a record that changed twice the first and the last state count.
        changes.sort_by_key(|c| c.entity);
        changes.dedup_by(|later, first| {
            let same = later.entity == first.entity;
            if same {
                first.after = later.after.take();
            }
            same
        });
        Ok(changes)
    }

    fn previewed(&self, sync: &Sync, roster: &Roster) -> Result<crate::ledger::Plan, Trouble> {
        sync::preview(&self.store, &self.profiles, roster, sync).map_err(|f| Trouble::new(TroubleSort::Usage, f.to_string(), ""))
    }

    /// `plan`: what changed or would change, a line a field.
    pub(super) fn plan_report(&self, sync: &Sync, form: Form, out: &mut Vec<u8>) -> Result<u64, Trouble> {
        let now = self.roster_for(sync)?;
        let changes = self.changes_of(sync, &now, false)?;
        // A class that would be new has a name only beside the roster.
        let roster = beside(&now, &changes);
        let mut report = report::Plan::begin(out, form).map_err(io)?;
        for c in &changes {
            let (before, after) = (c.before.as_deref(), c.after.as_deref());
            let line = Changed { table: c.entity.table, line: 0, before, after }.line(&roster);
            let key = key(c.entity.table, after.or(before).unwrap_or_default(), &roster);
            report.record(line.kind, &key, &line.action, &line.changes).map_err(io)?;
        }
        report.finish().map_err(io)
    }

    /// What a dry run would change now, change by change.
    pub(super) fn replanned(&self, sync: &Sync, each: &mut dyn FnMut(Changed<'_>)) -> Result<(), Trouble> {
        let roster = self.roster_for(sync)?;
        let plan = self.previewed(sync, &roster)?;
        for change in &plan.changes {
            let (before, after) = (roster.record(change.entity), Some(plan.after(change)));
            each(Changed { table: change.entity.table, line: change.line, before, after });
        }
        Ok(())
    }

    /// `corrected`: the upload, or the operator's own file of it, with the corrected cells.
    pub(super) fn corrected(&self, sync: &Sync, original: Option<&Path>) -> Result<Output, Trouble> {
        let source = self.source(sync)?;
        let secret = sync::secret_cells(&source.loaded, &source.profile);
        let own = match original {
            None if secret.contains(&true) => {
                return Err(Trouble::new(
                    TroubleSort::Refused,
                    "This file had secret cells, which are not kept, so it cannot be given back whole.",
                    format!("Give your own file as well: homeroom report {} --format corrected --original FILE", sync.number.0),
                ));
            }
            None => None,
            Some(path) => {
                let read = sync::original(&self.store, &self.profiles, sync, path);
                Some(read.map_err(|f| Trouble::new(TroubleSort::Refused, f.to_string(), ""))?.0)
            }
        };
        let loaded: &Loaded = own.as_ref().unwrap_or(&source.loaded);
        let corrections = self.store.corrections(sync.root())?;
        let mut mended: BTreeMap<u32, Vec<(usize, String)>> = BTreeMap::new();
        let mut withheld = Vec::new();
        for c in &corrections {
            if secret.get(c.cell as usize).copied().unwrap_or(false) {
                withheld.push(c.line.to_string());
            } else {
                mended.entry(c.record).or_default().push((c.cell as usize, c.after.clone()));
            }
        }
        let (sheet, patches) = (&loaded.sheet, patches(loaded, &mended));
        let mut text = Vec::with_capacity(sheet.text().len() + 1024);
        report::corrected(&mut text, sheet.text(), sheet.delimiter() as char, &patches).map_err(io)?;
        let bytes = encoded(sheet, &String::from_utf8_lossy(&text))?;
        let note = if withheld.is_empty() {
            String::new()
        } else {
            format!("Corrected secrets are not kept: put them in yourself, line {}", withheld.join(", "))
        };
        // A system that goes by the name takes the file back only under its own.
        let file_name = match (&source.profile.file_name, sync.file.rsplit_once('.')) {
            (Some(_), _) => sync.file.clone(),
            (None, Some((_, end))) if end.len() <= 4 && end.chars().all(|c| c.is_ascii_alphanumeric()) => {
                format!("sync-{}-corrected.{end}", sync.number.0)
            }
            (None, _) => format!("sync-{}-corrected.csv", sync.number.0),
        };
        Ok(Output { file_name, bytes, lines: mended.values().map(|m| m.len() as u64).sum(), note })
    }
}

/// The patches of all corrected rows.
fn patches(loaded: &Loaded, mended: &BTreeMap<u32, Vec<(usize, String)>>) -> Vec<report::Patch> {
    let mut patches = Vec::new();
    let mut rows = loaded.sheet.rows();
    let mut row = Row::default();
    let mut left = mended.len();
    while left > 0
        && let Ok(true) = rows.next(&mut row)
    {
        if let (Some(cells), Some(spans)) = (mended.get(&row.record), loaded.sheet.spans(row.offset)) {
            patches.extend(report::patches(&spans.cells, loaded.columns.width, cells));
            left -= 1;
        }
    }
    patches
}

/// A text as the bytes of that file: its byte-order mark and encoding.
fn encoded(sheet: &Sheet, text: &str) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::with_capacity(text.len() + 4);
    if sheet.bom() {
        bytes.extend_from_slice(&sheet.encode("\u{feff}").unwrap_or_default());
    }
    let encoded = sheet.encode(text).map_err(|c| {
        let what = format!("\"{c}\" cannot be written in {}, the file's own encoding.", sheet.encoding().title());
        let next = "Correct the cell without that character, or send the source the list: homeroom export corrections";
        Trouble::new(TroubleSort::Refused, what, next)
    })?;
    bytes.extend_from_slice(&encoded);
    Ok(bytes)
}

/// The rows of a sync as they were checked: with the corrections that it took up.
struct CheckedRows {
    source: std::sync::Arc<Source>,
    secret: Vec<bool>,
    overlay: check::Overlay,
    /// Warnings and errors by record, in the order of the file.
    findings: Vec<(u32, Vec<Finding>)>,
}

impl CheckedRows {
    fn head(&self) -> SourceHead<'_> {
        SourceHead { names: self.source.loaded.sheet.header(), secret: &self.secret }
    }

    fn lay(&self, row: &mut Row) {
        if let Some(cells) = self.overlay.get(&row.record) {
            check::lay(cells, self.source.loaded.columns.width, row);
        }
    }
}

/// Under which school and kind refused rows count.
struct Refused<'a> {
    profile: &'a Profile,
    /// Cells that tell the school, the surest first, and what they name.
    school: Vec<(usize, Names)>,
    role: Option<(usize, usize)>,
    /// The external ID of the organization that the upload is for.
    org: &'a str,
}

/// What a cell names that tells the school.
#[derive(Clone, Copy)]
enum Names {
    School,
    Class,
    Student,
}

impl<'a> Refused<'a> {
    fn new(source: &'a Source, sync: &'a Sync) -> Self {
        let profile = &source.profile;
        let cell = |target| {
            let column = profile.column_to(target)?;
            Some((column, source.loaded.columns.at.get(column).copied().flatten()?))
        };
        let places = [
            (Target::Person(Field::Orgs), Names::School),
            (Target::Class(ClassField::Org), Names::School),
            (Target::Course(CourseField::Org), Names::School),
            (Target::Org(OrgField::ExternalId), Names::School),
            (Target::Enrollment(EnrollmentField::Class), Names::Class),
            (Target::Class(ClassField::SourcedId), Names::Class),
            (Target::Link(LinkField::Student), Names::Student),
        ];
        Self {
            school: places.into_iter().filter_map(|(target, names)| Some((cell(target)?.1, names))).collect(),
            role: cell(Target::Person(Field::Role)),
            org: sync.org.as_deref().unwrap_or_default(),
            profile,
        }
    }

    /// External ID and kind: a school that is not there goes by what the row says.
    fn place(&self, row: &Row, roster: &Roster) -> (String, Kind) {
        let text = |cell: usize| String::from_utf8_lossy(row.cells.get(cell).map(intake::trim).unwrap_or_default()).into_owned();
        let id = |org| roster.org(org).map(|o| o.external_id.clone());
        let school = self.school.iter().find_map(|(cell, names)| {
            let value = text(*cell);
            match names {
                _ if value.is_empty() => None,
                Names::School => Some(value),
                Names::Class => id(roster.class(roster.relations().class(&value)?)?.org?),
                Names::Student => id(roster.person(roster.person_by_id(Family::Students, &value)?)?.first_org()?),
            }
        });
        let known = self.role.and_then(|(column, cell)| {
            let said = text(cell);
            self.profile.columns[column].accept.iter().find(|a| a.0 == said).map(|a| a.1.as_str())
        });
        let kind = match known {
            Some(crate::feed::ADMINISTRATOR) => Kind::Staff,
            Some(name) => Role::from_name(name).map_or(self.profile.main_kind, |r| r.family().kind()),
            None => self.profile.main_kind,
        };
        (school.unwrap_or_else(|| self.org.to_owned()), kind)
    }
}

/// What a plan calls a record: its ID, its name where it has none, and of what ties two records both.
fn key(table: Table, record: &[u8], roster: &Roster) -> String {
    let (key, name) = fields::key_and_name(table, record);
    if !key.is_empty() {
        return key;
    }
    let ends = match table {
        Table::Enrollments => [EnrollmentField::Person.name(), EnrollmentField::Class.name()],
        Table::Links => [LinkField::Guardian.name(), LinkField::Student.name()],
        _ => return name,
    };
    let all = fields::fields(table, record, roster);
    let value = |name| all.iter().find(|f| f.0 == name).map(|f| f.1.as_str()).unwrap_or_default();
    ends.map(value).join("/")
}
