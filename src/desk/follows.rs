//! What follows from a row that another file had refused: a class whose teacher failed, an enrollment whose class was refused, a guardian
//! whose student was. The check of one file cannot know; here the latest checks of the others are looked at.

use std::collections::HashMap;
use std::sync::Arc;

use super::history::open_roots;
use super::office::{Office, lock};
use super::{Follows, Trouble};
use crate::feed::{Profile, RowShape, Target};
use crate::intake::{Row, trim};
use crate::ledger::{Cause, Code, Severity, Sync, SyncNo};
use crate::roster::fold::fold_email;
use crate::roster::{ClassField, CourseField, Field, LinkField, OrgField, Text};

/// Refused rows of one file that are looked at. A file in which more fail has another trouble.
const MOST: usize = 20_000;

/// What a row may be referred to by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum By {
    Org,
    Person,
    Email,
    Course,
    Class,
}

/// Rows refused in other files, by what they would be referred to by.
#[derive(Debug, Default)]
pub(super) struct Elsewhere {
    rows: HashMap<(By, String), Follows>,
}

impl Elsewhere {
    /// The cause in another file from which a cause only follows: what its value names was refused there.
    pub(super) fn follows(&self, to: Target, cause: &Cause) -> Option<Follows> {
        let value = cause.value.as_deref()?;
        let by = match (cause.code, to) {
            (Code::REF_301, _) => By::Org,
            (Code::REF_303, _) => By::Person,
            (Code::REF_304, Target::Class(ClassField::Course)) => By::Course,
            (Code::REF_304, _) => By::Class,
            (Code::REF_305, _) => By::Email,
            _ => return None,
        };
        let folded = if by == By::Email { fold_email(value).into_owned() } else { value.to_owned() };
        self.rows.get(&(by, folded)).cloned()
    }
}

impl Office {
    /// What was refused in the files that a sync came with; of one that came alone, in the latest upload of every other feed.
    pub(super) fn refused_elsewhere(&self, sync: &Sync, causes: &[Cause]) -> Result<Arc<Elsewhere>, Trouble> {
        let refers = |c: &Cause| matches!(c.code, Code::REF_301 | Code::REF_303 | Code::REF_304 | Code::REF_305);
        if !causes.iter().any(refers) {
            return Ok(Arc::default());
        }
        let syncs = self.store.syncs()?;
        let root = syncs.iter().find(|s| s.number == sync.root()).map_or(sync, |s| s);
        let with: Vec<&Sync> = syncs.iter().filter(|s| s.number == s.root() && s.set.is_some() && s.set == root.set).collect();
        let roots = if with.len() > 1 { with } else { open_roots(&syncs) };
        let mut checks = Vec::new();
        for other in roots.into_iter().filter(|s| s.number != root.number && s.feed != root.feed) {
            checks.extend(self.last_check(other.number)?.filter(|s| s.rows_with_errors > 0));
        }
        let of: Vec<SyncNo> = checks.iter().map(|s| s.number).collect();
        if let Some((_, known)) = lock(&self.views).elsewhere.iter().find(|e| e.0 == of) {
            return Ok(known.clone());
        }
        let mut elsewhere = Elsewhere::default();
        for check in &checks {
            // A file that cannot be read any more cannot be said to be the reason.
            let _ = self.gather(check, &mut elsewhere);
        }
        let elsewhere = Arc::new(elsewhere);
        let known = &mut lock(&self.views).elsewhere;
        known.truncate(7);
        known.insert(0, (of, elsewhere.clone()));
        Ok(elsewhere)
    }

    fn gather(&self, check: &Sync, elsewhere: &mut Elsewhere) -> Result<(), Trouble> {
        let Some(profile) = self.profiles.get(&check.profile) else { return Ok(()) };
        let columns = named_by(profile);
        if columns.is_empty() {
            return Ok(());
        }
        let titles: HashMap<u32, String> = self.store.causes(check.number)?.into_iter().map(|c| (c.number, c.title)).collect();
        let mut refused: Vec<(u32, u32, u32)> = Vec::new();
        self.store.findings(check.number, &mut |f| {
            if let (Some(record), true) = (f.record, f.severity >= Severity::Error)
                && refused.last().is_none_or(|r| r.0 != record)
            {
                refused.push((record, f.row.unwrap_or(0), f.cause));
            }
            refused.len() < MOST
        })?;
        let source = self.source(check)?;
        let corrected = crate::sync::overlay(&self.store.corrections(check.root())?);
        for (record, shown, cause) in refused {
            let Some(mut row): Option<Row> = source.row(record) else { continue };
            if let Some(cells) = corrected.get(&record) {
                crate::check::lay(cells, source.loaded.columns.width, &mut row);
            }
            for (column, by) in &columns {
                let Some(cell) = source.loaded.columns.at.get(*column).copied().flatten() else { continue };
                let raw = row.cells.get(cell).unwrap_or_default();
                let value = String::from_utf8_lossy(trim(source.loaded.columns.taken(*column, raw))).into_owned();
                let value = if *by == By::Email { fold_email(&value).into_owned() } else { value };
                if !value.is_empty() {
                    let title = titles.get(&cause).cloned().unwrap_or_default();
                    elsewhere.rows.entry((*by, value)).or_insert(Follows { sync: check.number, cause, title, row: shown });
                }
            }
        }
        Ok(())
    }
}

/// The columns of a profile by which its rows are referred to.
fn named_by(profile: &Profile) -> Vec<(usize, By)> {
    let of = |to: Target| match (profile.rows, to) {
        (RowShape::Org, Target::Org(OrgField::ExternalId)) => Some(By::Org),
        (RowShape::Person | RowShape::Assignment, Target::Person(Field::Text(Text::SourcedId)))
        | (RowShape::Guardian, Target::Link(LinkField::Guardian)) => Some(By::Person),
        (RowShape::Person | RowShape::Assignment, Target::Person(Field::Text(Text::Email))) => Some(By::Email),
        (RowShape::Course, Target::Course(CourseField::SourcedId)) => Some(By::Course),
        (RowShape::Class | RowShape::Assignment, Target::Class(ClassField::SourcedId)) => Some(By::Class),
        _ => None,
    };
    profile.columns.iter().enumerate().filter_map(|(i, c)| Some((i, of(c.to)?))).collect()
}
