//! What leaves: reports on a sync and exports of current data, gathered here and written by [`report`](crate::report).

use std::io;

use super::history::Changed;
use super::office::Office;
use super::rows::named;
use super::{ExportWhat, Output, ReportFormat, Trouble, TroubleSort};
use crate::feed::{ColumnKind, Target};
use crate::intake::{self, Row};
use crate::ledger::{Action, Finding, Severity, Sync, SyncNo, Tally};
use crate::report::{self, Escape, Patch, SourceHead, SummaryLine};
use crate::roster::{Entity, Family, Field, Kind, OrgNo, PersonRef, Role, Roster, Text};

fn broken(error: &io::Error) -> Trouble {
    Trouble::new(TroubleSort::Internal, format!("The report could not be made: {error}"), "")
}

impl Office {
    /// A report on a sync.
    pub(super) fn report(&self, number: SyncNo, format: ReportFormat, _xlsx: bool, _original: Option<&str>) -> Result<Output, Trouble> {
        let sync = self.sync_of(number)?;
        let mut bytes = Vec::new();
        let mut note = String::new();
        let lines = match format {
            ReportFormat::SyncReport => self.sync_report(&sync, &mut bytes)?,
            ReportFormat::UsersErrors => self.source_rows(&sync, &mut bytes, true)?,
            ReportFormat::Results => self.source_rows(&sync, &mut bytes, false)?,
            ReportFormat::Summary => self.summary(&sync, &mut bytes)?,
            ReportFormat::Plan => self.plan_report(&sync, &mut bytes)?,
            ReportFormat::Corrected => {
                let (lines, text) = self.corrected(&sync, &mut bytes)?;
                note = text;
                lines
            }
        };
        if format == ReportFormat::SyncReport && lines == 0 {
            return Err(Trouble::new(TroubleSort::Usage, format!("{number} has no errors, so there is no sync report."), ""));
        }
        let file_name = match format {
            ReportFormat::Corrected => sync.file.clone(),
            _ => format!("sync-{}-{format}.csv", number.0),
        };
        Ok(Output { file_name, bytes, lines, note })
    }

    fn sync_report(&self, sync: &Sync, out: &mut Vec<u8>) -> Result<u64, Trouble> {
        let profile = self.profiles.get(&sync.profile);
        let key = match profile {
            Some(profile) => profile.report_key.clone(),
            None => Some("sourcedId".to_owned()),
        };
        let mut report = report::SyncReport::begin(out, key.as_deref(), Escape::No).map_err(|e| broken(&e))?;
        let mut failed = None;
        self.store.findings(sync.number, &mut |f| {
            failed = report.finding(&f).err();
            failed.is_none()
        })?;
        failed.map_or(Ok(()), |e| Err(broken(&e)))?;
        report.finish().map_err(|e| broken(&e))
    }

    /// The source rows: the refused with errors and resolutions, or all with what became of them.
    fn source_rows(&self, sync: &Sync, out: &mut Vec<u8>, errors_only: bool) -> Result<u64, Trouble> {
        let source = self.source(sync)?;
        let names = source.loaded.sheet.header();
        let mut secret = vec![false; names.len()];
        for (column, cell) in source.loaded.columns.at.iter().enumerate() {
            if let Some(slot) = cell.and_then(|c| secret.get_mut(c)) {
                *slot = source.profile.columns[column].kind == ColumnKind::Password;
            }
        }
        let head = SourceHead { names, secret: &secret };
        let mut by_record: Vec<(u32, Vec<Finding>)> = Vec::new();
        self.store.findings(sync.number, &mut |f| {
            if let Some(record) = f.record.filter(|_| f.severity >= Severity::Warning) {
                match by_record.last_mut().filter(|l| l.0 == record) {
                    Some(last) => last.1.push(f),
                    None => by_record.push((record, vec![f])),
                }
            }
            true
        })?;
        // The rows as they were checked: with the corrections that a re-run took up.
        let corrections = self.taken_up(sync)?;
        let overlay = crate::sync::overlay(&corrections);
        let laid = |row: &mut Row| {
            if let Some(cells) = overlay.get(&row.record) {
                let mut all: Vec<Vec<u8>> = row.cells.iter().map(<[u8]>::to_vec).collect();
                for (cell, value) in cells {
                    if let Some(slot) = all.get_mut(*cell as usize) {
                        *slot = value.clone().into_bytes();
                    }
                }
                row.cells = all.into();
            }
        };
        let io = |e: io::Error| broken(&e);
        if errors_only {
            let mut report = report::UsersErrors::begin(out, head, Escape::No).map_err(io)?;
            for (record, findings) in &by_record {
                let Some(mut row) = source.row(*record) else { continue };
                laid(&mut row);
                report.row(&row.cells, findings).map_err(io)?;
            }
            return report.finish().map_err(io);
        }
        let outcomes = self.store.outcomes(sync.number)?;
        let mut report = report::Results::begin(out, head, Escape::No).map_err(io)?;
        let mut findings = by_record.iter().peekable();
        let mut rows = source.loaded.sheet.rows();
        let mut row = Row::default();
        while let Ok(true) = rows.next(&mut row) {
            laid(&mut row);
            let of_row = findings.next_if(|f| f.0 == row.record).map(|f| f.1.as_slice()).unwrap_or_default();
            let Some(outcome) = outcomes.get(row.record as usize - 1) else { break };
            report.row(&row.cells, *outcome, of_row).map_err(io)?;
        }
        report.finish().map_err(io)
    }

    /// The corrections that a sync laid over its rows.
    fn taken_up(&self, sync: &Sync) -> Result<Vec<crate::ledger::Correction>, Trouble> {
        if sync.number == sync.root() {
            return Ok(Vec::new());
        }
        let mut corrections = self.store.corrections(sync.root())?;
        corrections.retain(|c| c.at <= sync.started);
        Ok(corrections)
    }

    fn summary(&self, sync: &Sync, out: &mut Vec<u8>) -> Result<u64, Trouble> {
        let source = self.source(sync)?;
        let outcomes = self.store.outcomes(sync.number)?;
        let roster = self.roster();
        let cell =
            |target: Target| source.profile.column_to(target).and_then(|c| Some((c, source.loaded.columns.at.get(c).copied().flatten()?)));
        let (org, role) = (cell(Target::Person(Field::Orgs)), cell(Target::Person(Field::Role)));
        let mut tallies: std::collections::BTreeMap<(String, Kind), Tally> = std::collections::BTreeMap::new();
        let mut rows = source.loaded.sheet.rows();
        let mut row = Row::default();
        while let Ok(true) = rows.next(&mut row) {
            let Some(outcome) = outcomes.get(row.record as usize - 1) else { break };
            let text = |at: Option<(usize, usize)>| {
                at.and_then(|(_, c)| row.cells.get(c)).map(|c| String::from_utf8_lossy(intake::trim(c)).into_owned()).unwrap_or_default()
            };
            let said = text(role);
            let known = role.and_then(|(c, _)| source.profile.columns[c].accept.iter().find(|a| a.0 == said).map(|a| a.1.as_str()));
            let kind = match known {
                Some("administrator") => Kind::Staff,
                Some(name) => Role::from_name(name).map_or(source.profile.main_kind, |r| r.family().kind()),
                None => source.profile.main_kind,
            };
            let tally = tallies.entry((text(org), kind)).or_default();
            match outcome.action {
                Action::Created => tally.created += 1,
                Action::Updated => tally.updated += 1,
                Action::NoChange => tally.unchanged += 1,
                Action::Disabled => tally.disabled += 1,
                Action::Refused => tally.errors += 1,
                Action::Skipped => {}
            }
        }
        let io = |e: io::Error| broken(&e);
        let mut report = report::Summary::begin(out, Escape::No).map_err(io)?;
        for ((school, kind), tally) in &tallies {
            let name = roster.org_by_external_id(school).and_then(|o| roster.org(o)).map(|o| o.name.as_str()).unwrap_or_default();
            report.line(SummaryLine { school, name, kind: *kind, tally: *tally }).map_err(io)?;
        }
        report.finish(&sync.counts).map_err(io)
    }

    fn plan_report(&self, sync: &Sync, out: &mut Vec<u8>) -> Result<u64, Trouble> {
        let roster = self.roster_for(sync)?;
        let mut report = report::Plan::begin(out, Escape::No).map_err(|e| broken(&e))?;
        let mut failed = None;
        self.each_change(sync.number, &mut |change| {
            let line = change.line(&roster);
            if failed.is_none() {
                failed = report.record(line.kind, &line.key, &line.action, &line.changes).err();
            }
        })?;
        failed.map_or(Ok(()), |e| Err(broken(&e)))?;
        report.finish().map_err(|e| broken(&e))
    }

    /// What a dry run would change now, change by change.
    pub(super) fn replanned(&self, sync: &Sync, each: &mut dyn FnMut(Changed<'_>)) -> Result<(), Trouble> {
        let roster = self.roster_for(sync)?;
        let plan = crate::sync::preview(&self.store, &self.profiles, &roster, sync)
            .map_err(|f| Trouble::new(TroubleSort::Usage, f.to_string(), ""))?;
        for change in &plan.changes {
            let (before, after) = (roster.record(change.entity), Some(plan.after(change)));
            each(Changed { table: change.entity.table, line: change.line, before, after });
        }
        Ok(())
    }

    fn corrected(&self, sync: &Sync, out: &mut Vec<u8>) -> Result<(u64, String), Trouble> {
        let source = self.source(sync)?;
        if source.profile.columns.iter().enumerate().any(|(i, c)| c.kind == ColumnKind::Password && source.loaded.columns.at[i].is_some()) {
            return Err(Trouble::new(
                TroubleSort::Refused,
                "This file had secret cells, which are not kept, so it cannot be given back whole.",
                "Export the corrections and apply them to the original: homeroom export corrections",
            ));
        }
        let corrections = self.store.corrections(sync.root())?;
        let sheet = &source.loaded.sheet;
        let mut patches = Vec::new();
        let mut beyond = 0;
        for c in &corrections {
            let spans = source.place(c.record).and_then(|p| sheet.spans(p.offset));
            match spans.and_then(|s| s.cells.get(c.cell as usize).cloned()) {
                Some(at) => patches.push(Patch { at, value: c.after.clone() }),
                None => beyond += 1,
            }
        }
        let mut text = Vec::with_capacity(sheet.text().len() + 1024);
        let done = report::corrected(&mut text, sheet.text(), sheet.delimiter() as char, &patches).map_err(|e| broken(&e))?;
        let text = String::from_utf8_lossy(&text);
        if sheet.bom() {
            out.extend_from_slice(&sheet.encode("\u{feff}").unwrap_or_default());
        }
        let encoded = sheet.encode(&text).map_err(|c| {
            let what = format!("\"{c}\" cannot be written in {}, the file's own encoding.", sheet.encoding().title());
            Trouble::new(
                TroubleSort::Refused,
                what,
                "Correct the cell without that character, or send the source the list: homeroom export corrections",
            )
        })?;
        out.extend_from_slice(&encoded);
        let note = if beyond > 0 {
            format!("{beyond} corrections stand on cells that the rows do not have; they are left out")
        } else {
            String::new()
        };
        Ok((done, note))
    }

    /// Current data.
    pub(super) fn export(&self, what: ExportWhat, org: Option<&str>, for_spreadsheet: bool) -> Result<Output, Trouble> {
        let roster = self.roster();
        let escape = if for_spreadsheet { Escape::Spreadsheet } else { Escape::No };
        let only = match org {
            None => None,
            Some(id) => Some(roster.org_by_external_id(id).ok_or_else(|| {
                Trouble::new(TroubleSort::Usage, format!("There is no organization \"{id}\"."), "See them with: homeroom list schools")
            })?),
        };
        if what == ExportWhat::Oneroster {
            return oneroster(&roster, only);
        }
        let mut bytes = Vec::new();
        let io = |e: io::Error| broken(&e);
        let lines = match what {
            ExportWhat::Schools => {
                let mut out = report::Schools::begin(&mut bytes, escape).map_err(io)?;
                let mut orgs: Vec<_> = roster.orgs().filter(|(n, _)| only.is_none_or(|o| o == *n)).collect();
                orgs.sort_by(|a, b| a.1.external_id.cmp(&b.1.external_id));
                for (_, org) in orgs {
                    let parent = org.parent.and_then(|p| roster.org(p)).map(|p| p.external_id.as_str()).unwrap_or_default();
                    out.org(org, parent).map_err(io)?;
                }
                out.finish().map_err(io)?
            }
            ExportWhat::Corrections => {
                let mut out = report::Corrections::begin(&mut bytes, escape).map_err(io)?;
                for c in self.store.all_corrections()? {
                    let sync = self.sync_of(c.root)?;
                    let is_secret =
                        |p: &crate::feed::Profile| p.columns.iter().any(|x| x.name == c.column && x.kind == ColumnKind::Password);
                    let secret = self.profiles.get(&sync.profile).is_some_and(is_secret);
                    out.correction(&c, &sync.file, secret).map_err(io)?;
                }
                out.finish().map_err(io)?
            }
            _ => {
                let wanted = |p: PersonRef<'_>| match what {
                    ExportWhat::Staff => p.role().family() == Family::Staff,
                    ExportWhat::Admins => p.role().is_admin(),
                    ExportWhat::Students => p.role() == Role::Student,
                    _ => true,
                };
                let mut people: Vec<PersonRef<'_>> =
                    roster.people().map(|(_, p)| p).filter(|p| wanted(*p) && only.is_none_or(|o| p.in_org(o))).collect();
                // The same people give the same bytes, in whatever order they came.
                people.sort_by(|a, b| {
                    (a.role().family(), a.raw(Text::SourcedId), a.bytes()).cmp(&(b.role().family(), b.raw(Text::SourcedId), b.bytes()))
                });
                let mut out = report::People::begin(&mut bytes, escape).map_err(io)?;
                for person in people {
                    let orgs = person.orgs();
                    let ids: Vec<&str> = orgs.iter().filter_map(|o| roster.org(*o)).map(|o| o.external_id.as_str()).collect();
                    out.person(person, &ids).map_err(io)?;
                }
                out.finish().map_err(io)?
            }
        };
        let of = only.map(|o: OrgNo| format!("-{}", named(&roster, Entity::from(o)).reference.replace(':', "-"))).unwrap_or_default();
        Ok(Output { file_name: format!("{what}{of}.csv"), bytes, lines, note: String::new() })
    }
}

/// The roster as a OneRoster bundle.
fn oneroster(roster: &Roster, only: Option<OrgNo>) -> Result<Output, Trouble> {
    let report::Oneroster { bytes, lines, left } = report::Oneroster::of(roster, only).map_err(|e| broken(&e))?;
    let of = only.map(|o| format!("-{}", named(roster, Entity::from(o)).reference.replace(':', "-"))).unwrap_or_default();
    Ok(Output { file_name: format!("oneroster{of}.zip"), bytes, lines, note: left.join("; ") })
}
