//! What leaves: which report or export is asked for, under which name. Reports are gathered in [`reports`](super::reports), exports
//! here; both are written by [`report`](crate::report).

use std::collections::HashSet;
use std::io;
use std::path::Path;

use super::office::Office;
use super::rows::named;
use super::{ExportWhat, Output, ReportFormat, Trouble, TroubleSort};
use crate::ledger::SyncNo;
use crate::report::{self, Escape, Form};
use crate::roster::{Class, ClassNo, EnrollmentNo, Entity, Family, LinkNo, OrgNo, PersonNo, PersonRef, Role, Roster, Status, Table, Text};

pub(super) fn broken(error: &io::Error) -> Trouble {
    if error.kind() == io::ErrorKind::FileTooLarge {
        return Trouble::new(TroubleSort::Refused, format!("It does not fit: {error}."), "Take it as CSV: without --xlsx.");
    }
    Trouble::new(TroubleSort::Internal, format!("The report could not be made: {error}"), "")
}

impl Office {
    /// A report on a sync. `original` is the path of the operator's own file.
    pub(super) fn report(&self, number: SyncNo, format: ReportFormat, xlsx: bool, original: Option<&str>) -> Result<Output, Trouble> {
        let sync = self.sync_of(number)?;
        if format == ReportFormat::Corrected {
            if xlsx {
                let what = "The corrected file keeps the upload's own form, so it cannot be a workbook.";
                return Err(Trouble::new(TroubleSort::Usage, what, "Ask for it without --xlsx."));
            }
            return self.corrected(&sync, original.map(Path::new));
        }
        if original.is_some() {
            let what = format!("The report {format} has no use for the original file.");
            return Err(Trouble::new(TroubleSort::Usage, what, "Give --original with --format corrected."));
        }
        let form = if xlsx { Form::Xlsx } else { Form::Csv(Escape::No) };
        let mut bytes = Vec::new();
        let lines = match format {
            ReportFormat::SyncReport => self.sync_report(&sync, form, &mut bytes)?,
            ReportFormat::UsersErrors => self.users_errors(&sync, form, &mut bytes)?,
            ReportFormat::Results => self.results(&sync, form, &mut bytes)?,
            ReportFormat::Summary => self.summary(&sync, form, &mut bytes)?,
            ReportFormat::Plan | ReportFormat::Corrected => self.plan_report(&sync, form, &mut bytes)?,
        };
        if format == ReportFormat::SyncReport && lines == 0 {
            return Err(Trouble::new(TroubleSort::Usage, format!("{number} has no errors, so there is no sync report."), ""));
        }
        let file_name = format!("sync-{}-{format}.{}", number.0, if xlsx { "xlsx" } else { "csv" });
        Ok(Output { file_name, bytes, lines, note: String::new() })
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
        if what == ExportWhat::Corrections {
            return self.corrections_csv(escape);
        }
        let at = only.map(|o| below(&roster, o));
        let here = |o: OrgNo| at.as_ref().is_none_or(|at| at.contains(&o));
        let mut bytes = Vec::new();
        let mut note = String::new();
        let io = |e: io::Error| broken(&e);
        let lines = match what {
            ExportWhat::Schools => {
                let mut out = report::Schools::begin(&mut bytes, escape).map_err(io)?;
                let mut orgs: Vec<_> = roster.orgs().filter(|(n, _)| here(*n)).collect();
                orgs.sort_by(|a, b| a.1.external_id.cmp(&b.1.external_id));
                for (_, org) in orgs {
                    let parent = org.parent.and_then(|p| roster.org(p)).map(|p| p.external_id.as_str()).unwrap_or_default();
                    out.org(org, parent).map_err(io)?;
                }
                out.finish().map_err(io)?
            }
            ExportWhat::Guardians => {
                let (lines, left_out) = guardians(&roster, &here, at.is_some(), for_spreadsheet, &mut bytes).map_err(io)?;
                if left_out > 0 {
                    note =
                        format!("{left_out} guardians and links are left out: disabled, or without a student; --for spreadsheet has them");
                }
                lines
            }
            ExportWhat::Classes => classes(&roster, &here, at.is_some(), escape, &mut bytes).map_err(io)?,
            ExportWhat::Enrollments => enrollments(&roster, &here, at.is_some(), escape, &mut bytes).map_err(io)?,
            _ => {
                let wanted = |p: PersonRef<'_>| match what {
                    ExportWhat::Staff => p.role().family() == Family::Staff,
                    ExportWhat::Admins => p.role().is_admin(),
                    ExportWhat::Students => p.role() == Role::Student,
                    _ => true,
                };
                let mut people: Vec<PersonRef<'_>> =
                    roster.people().map(|(_, p)| p).filter(|p| wanted(*p) && (at.is_none() || p.orgs().into_iter().any(here))).collect();
                // The same people give the same bytes, in whatever order they came.
                people.sort_by(|a, b| in_order(*a).cmp(&in_order(*b)));
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
        Ok(Output { file_name: format!("{what}{of}.csv"), bytes, lines, note })
    }
}

/// In which order people are exported: by family and ID, and where there is none by all there is.
fn in_order(person: PersonRef<'_>) -> (Family, &[u8], &[u8]) {
    (person.role().family(), person.raw(Text::SourcedId), person.bytes())
}

/// An organization with those below it: a district includes its schools.
fn below(roster: &Roster, top: OrgNo) -> HashSet<OrgNo> {
    let mut all = HashSet::from([top]);
    // As often as there are levels; a circle of parents ends with the first round that adds nothing.
    loop {
        let more: Vec<OrgNo> =
            roster.orgs().filter(|(n, o)| !all.contains(n) && o.parent.is_some_and(|p| all.contains(&p))).map(|(n, _)| n).collect();
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

/// Guardians with their students: of the active ones what a file for import holds, or (`whole`) all that is known. Lines, and how many
/// guardians and links were left out for not being for import.
fn guardians(roster: &Roster, here: &dyn Fn(OrgNo) -> bool, narrowed: bool, whole: bool, out: &mut Vec<u8>) -> io::Result<(u64, u64)> {
    let escape = if whole { Escape::Spreadsheet } else { Escape::No };
    let mut export = report::Guardians::begin(out, whole, escape)?;
    let mut all: Vec<(PersonNo, PersonRef<'_>)> = roster.people().filter(|(_, p)| p.role() == Role::Guardian).collect();
    all.sort_by(|a, b| in_order(a.1).cmp(&in_order(b.1)));
    let mut left_out = 0;
    for (number, guardian) in all {
        let mut students: Vec<(LinkNo, PersonRef<'_>)> =
            roster.relations().of_guardian(number).iter().filter_map(|(l, s)| Some((*l, roster.person(*s)?))).collect();
        students.sort_by(|a, b| in_order(a.1).cmp(&in_order(b.1)));
        if students.is_empty() && (!narrowed || guardian.orgs().into_iter().any(here)) {
            if whole { export.guardian(guardian, None)? } else { left_out += 1 }
        }
        for (link, student) in students {
            if narrowed && !student.orgs().into_iter().any(here) {
                continue;
            }
            let Some(link) = roster.link(link) else { continue };
            if whole || (guardian.status() == Status::Active && link.status == Status::Active) {
                export.guardian(guardian, Some((&link, student)))?;
            } else {
                left_out += 1;
            }
        }
    }
    Ok((export.finish()?, left_out))
}

fn classes(roster: &Roster, here: &dyn Fn(OrgNo) -> bool, narrowed: bool, escape: Escape, out: &mut Vec<u8>) -> io::Result<u64> {
    let mut export = report::Classes::begin(out, escape)?;
    for (number, class) in sorted_classes(roster).into_iter().filter(|(_, c)| !narrowed || c.org.is_some_and(here)) {
        export.class(&class, primary_teacher(roster, number).and_then(|p| roster.person(p)), roster)?;
    }
    export.finish()
}

/// The primary teacher of a class, while the enrollment is active.
pub(super) fn primary_teacher(roster: &Roster, class: ClassNo) -> Option<PersonNo> {
    let members = roster.relations().of_class(class).iter().filter_map(|(e, p)| Some((roster.enrollment(*e)?, *p)));
    members.filter(|(e, _)| e.primary && e.status == Status::Active).map(|(_, p)| p).next()
}

fn enrollments(roster: &Roster, here: &dyn Fn(OrgNo) -> bool, narrowed: bool, escape: Escape, out: &mut Vec<u8>) -> io::Result<u64> {
    let mut export = report::Enrollments::begin(out, escape)?;
    for (number, class) in sorted_classes(roster).into_iter().filter(|(_, c)| !narrowed || c.org.is_some_and(here)) {
        let mut members: Vec<(EnrollmentNo, PersonRef<'_>)> =
            roster.relations().of_class(number).iter().filter_map(|(e, p)| Some((*e, roster.person(*p)?))).collect();
        members.sort_by(|a, b| in_order(a.1).cmp(&in_order(b.1)));
        for (enrollment, person) in members {
            if let Some(enrollment) = roster.enrollment(enrollment) {
                export.enrollment(&enrollment, person, &class, roster)?;
            }
        }
    }
    export.finish()
}

/// Classes by school, ID and title.
fn sorted_classes(roster: &Roster) -> Vec<(ClassNo, Class)> {
    let slots = roster.table(Table::Classes).iter().map(|(slot, _)| ClassNo(slot));
    let mut all: Vec<(ClassNo, Class)> = slots.filter_map(|n| Some((n, roster.class(n)?))).collect();
    let school = |c: &Class| c.org.and_then(|o| roster.org(o)).map(|o| o.external_id.clone());
    all.sort_by_cached_key(|(_, c)| (school(c), c.sourced_id.clone(), c.title.clone()));
    all
}

/// The roster as a OneRoster bundle.
fn oneroster(roster: &Roster, only: Option<OrgNo>) -> Result<Output, Trouble> {
    let report::Oneroster { bytes, lines, left } = report::Oneroster::of(roster, only).map_err(|e| broken(&e))?;
    let of = only.map(|o| format!("-{}", named(roster, Entity::from(o)).reference.replace(':', "-"))).unwrap_or_default();
    Ok(Output { file_name: format!("oneroster{of}.zip"), bytes, lines, note: left.join("; ") })
}
