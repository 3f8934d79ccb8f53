//! Organizations: the list with what is at each, one in full.

use std::sync::Arc;

use super::history::open_roots;
use super::office::{Office, lock};
use super::{Page, SchoolDetail, SchoolRow, SchoolSort, Trouble, TroubleSort, Window};
use crate::feed::Target;
use crate::ledger::{Severity, Sync, SyncKind, SyncNo};
use crate::roster::fold::fold;
use crate::roster::{ClassField, Entity, Field, OrgNo, Roster, Table};

/// Refused rows that are read to see which school they are for. Beyond, the count is of those alone.
const MOST: usize = 50_000;

impl Office {
    /// A part of the list of organizations.
    pub(super) fn schools(&self, filter: &str, sort: SchoolSort, reverse: bool, window: Window) -> Result<Page<SchoolRow>, Trouble> {
        let roster = self.roster();
        let words = fold(filter).into_owned();
        let syncs = self.store.syncs()?;
        let errors = self.open_errors(&roster, &syncs)?;
        let mut rows: Vec<SchoolRow> = Vec::new();
        let mut unfiltered = 0;
        let within = self.scope_orgs(&roster);
        for (number, org) in roster.orgs().filter(|(n, _)| within.as_ref().is_none_or(|w| w.contains(n))) {
            unfiltered += 1;
            if words.is_empty() || fold(&org.name).contains(&words) || fold(&org.external_id).contains(&words) {
                rows.push(self.school_row(&roster, number, &syncs, &errors));
            }
        }
        rows.sort_by_cached_key(|r| (fold(&r.org.name).into_owned(), r.org.external_id.clone()));
        match sort {
            SchoolSort::Name => {}
            SchoolSort::Id => rows.sort_by(|a, b| a.org.external_id.cmp(&b.org.external_id)),
            SchoolSort::Staff => rows.sort_by_key(|r| std::cmp::Reverse(r.staff)),
            SchoolSort::Students => rows.sort_by_key(|r| std::cmp::Reverse(r.students)),
            SchoolSort::Errors => rows.sort_by_key(|r| std::cmp::Reverse(r.open_errors)),
        }
        if reverse {
            rows.reverse();
        }
        let total = rows.len() as u64;
        let rows = rows.into_iter().skip(window.first as usize).take(window.count.min(total) as usize).collect();
        Ok(Page { first: window.first, total, unfiltered, rows })
    }

    /// One organization in full.
    pub(super) fn school(&self, number: OrgNo) -> Result<SchoolDetail, Trouble> {
        let roster = self.roster();
        let Some(org) = roster.org(number) else {
            return Err(Trouble::new(
                TroubleSort::Usage,
                "There is no such organization any more.",
                "See them with: homeroom list schools",
            ));
        };
        let syncs = self.store.syncs()?;
        let errors = self.open_errors(&roster, &syncs)?;
        let history = self.store.history(Entity::from(number))?;
        Ok(SchoolDetail {
            row: self.school_row(&roster, number, &syncs, &errors),
            parent: org.parent.and_then(|p| roster.org(p)).map(|p| p.name.clone()),
            parent_id: org.parent.and_then(|p| roster.org(p)).map(|p| p.external_id.clone()),
            history: self.lines(&history, &roster),
        })
    }

    fn school_row(&self, roster: &Roster, number: OrgNo, syncs: &[Sync], errors: &[u64]) -> SchoolRow {
        let counts = self.org_counts(roster);
        let at = counts.get(number.0 as usize).cloned().unwrap_or_default();
        let org = roster.org(number).cloned().unwrap_or_default();
        let classes = roster.relations().classes_at(number).len();
        // The last upload that was for this school, else the last of a feed that brings people to it.
        let is_import = |s: &&Sync| s.kind == SyncKind::Import && !s.dry_run;
        let own = syncs.iter().filter(is_import).find(|s| s.org.as_deref() == Some(&org.external_id));
        let last = own.or_else(|| syncs.iter().filter(is_import).find(|s| s.org.is_none() && at.feeds.contains(&s.feed)));
        SchoolRow {
            number,
            staff: at.staff,
            students: at.students,
            classes: classes as u64,
            open_errors: errors.get(number.0 as usize).copied().unwrap_or(0),
            last: last.cloned(),
            org,
        }
    }

    /// Refused rows of the latest uploads, by the organization that they name.
    fn open_errors(&self, roster: &Roster, syncs: &[Sync]) -> Result<Arc<Vec<u64>>, Trouble> {
        let mut latest: Vec<Sync> = Vec::new();
        for root in open_roots(syncs) {
            latest.extend(self.last_check(root.number)?);
        }
        let of: Vec<SyncNo> = latest.iter().map(|s| s.number).collect();
        if let Some((_, errors)) = lock(&self.views).open_errors.as_ref().filter(|e| e.0 == of) {
            return Ok(errors.clone());
        }
        let mut errors = vec![0; roster.table(Table::Orgs).len()];
        for sync in latest.iter().filter(|s| s.rows_with_errors > 0) {
            let Ok(source) = self.source(sync) else { continue };
            let named = [Target::Person(Field::Orgs), Target::Class(ClassField::Org)];
            let column = named.into_iter().find_map(|t| source.profile.column_to(t));
            let Some(column) = column else {
                // Rows that name no school are for the one that the upload is for.
                let only = sync.org.as_deref().and_then(|o| roster.org_by_external_id(o));
                if let Some(count) = only.and_then(|o| errors.get_mut(o.0 as usize)) {
                    *count += sync.rows_with_errors;
                }
                continue;
            };
            let Some(cell) = source.loaded.columns.at.get(column).copied().flatten() else { continue };
            let mut records: Vec<u32> = Vec::new();
            self.store.findings(sync.number, &mut |f| {
                if let Some(record) = f.record.filter(|r| f.severity >= Severity::Error && records.last() != Some(r)) {
                    records.push(record);
                }
                records.len() < MOST
            })?;
            for record in records {
                let Some(row) = source.row(record) else { continue };
                let id = String::from_utf8_lossy(crate::intake::trim(
                    source.loaded.columns.taken(column, row.cells.get(cell).unwrap_or_default()),
                ))
                .into_owned();
                if let Some(count) = roster.org_by_external_id(&id).and_then(|o| errors.get_mut(o.0 as usize)) {
                    *count += 1;
                }
            }
        }
        let errors = Arc::new(errors);
        lock(&self.views).open_errors = Some((of, errors.clone()));
        Ok(errors)
    }
}
