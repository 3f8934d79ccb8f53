//! Uploads opened again: what rows and the row form are read from. The last two stay open.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::Trouble;
use super::office::{Office, lock};
use crate::check::row::{Others, Place};
use crate::check::{Ask, Lets, Overlay};
use crate::feed::Profile;
use crate::intake::Row;
use crate::ledger::{Correction, Outcome, Sync, SyncKind, SyncNo};
use crate::roster::{FeedNo, Roster};
use crate::sync::{self, Loaded};

/// Uploads that are open, the latest used last.
#[derive(Default)]
pub(super) struct Sources {
    open: Vec<Arc<Source>>,
}

/// How many stay open.
const OPEN: usize = 2;

/// One upload, open.
pub(super) struct Source {
    root: SyncNo,
    pub(super) loaded: Loaded,
    pub(super) profile: Profile,
    /// The main sources, as they were when it was opened.
    main: Vec<(FeedNo, String)>,
    /// By data record, from the first.
    places: OnceLock<Vec<Place>>,
}

impl Office {
    /// The upload of a sync, open.
    pub(super) fn source(&self, sync: &Sync) -> Result<Arc<Source>, Trouble> {
        let root = sync.root();
        let mut sources = lock(&self.sources);
        if let Some(at) = sources.open.iter().position(|s| s.root == root) {
            let source = sources.open.remove(at);
            sources.open.push(source.clone());
            return Ok(source);
        }
        let (loaded, profile) =
            sync::load(&self.store, &self.profiles, sync).map_err(|f| Trouble::new(super::TroubleSort::Usage, f.to_string(), ""))?;
        let source =
            Arc::new(Source { root, loaded, profile: profile.clone(), main: sync::main_feeds(&self.store)?, places: OnceLock::new() });
        sources.open.push(source.clone());
        if sources.open.len() > OPEN {
            sources.open.remove(0);
        }
        Ok(source)
    }

    /// The newest check of a chain's rows: its last applied sync, else its last dry run, else the first.
    pub(super) fn last_check(&self, root: SyncNo) -> Result<Option<Sync>, Trouble> {
        let chain: Vec<Sync> =
            self.store.syncs()?.into_iter().filter(|s| s.root() == root && !matches!(s.kind, SyncKind::Undo { .. })).collect();
        Ok(chain.iter().find(|s| s.status.is_applied()).or(chain.first()).cloned())
    }
}

impl Source {
    /// Where a data record is.
    pub(super) fn place(&self, record: u32) -> Option<Place> {
        self.places().get((record as usize).checked_sub(1)?).copied()
    }

    /// The data record whose first character is on a physical line, or that spans it.
    pub(super) fn record_at_line(&self, line: u32) -> Option<u32> {
        let places = self.places();
        let after = places.partition_point(|p| p.line <= line);
        places.get(after.checked_sub(1)?).filter(|p| p.line == line).map(|p| p.record)
    }

    /// The row of a data record, as the file has it.
    pub(super) fn row(&self, record: u32) -> Option<Row> {
        self.place(record)?.read(&self.loaded.sheet)
    }

    fn places(&self) -> &[Place] {
        self.places.get_or_init(|| {
            let mut places = Vec::new();
            let mut rows = self.loaded.sheet.rows();
            let mut row = Row::default();
            while let Ok(true) = rows.next(&mut row) {
                places.push(Place::of(&row));
            }
            places
        })
    }

    /// What checking a row of it asks.
    pub(super) fn ask<'a>(&'a self, sync: &Sync, roster: &'a Roster, overlay: &'a Overlay) -> Ask<'a> {
        Ask {
            sheet: &self.loaded.sheet,
            columns: &self.loaded.columns,
            profile: &self.profile,
            roster,
            feed: sync.feed,
            org: sync.org.as_deref().and_then(|o| roster.org_by_external_id(o)),
            overlay,
            lets: Lets::default(),
            map: None,
            main: &self.main,
        }
    }
}

/// What the form needs besides the row: worked out once for a state of the corrections.
pub(super) struct Beside {
    key: (SyncNo, u64, usize),
    pub(super) others: Others,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) corrections: Vec<Correction>,
    pub(super) overlay: Overlay,
}

impl Office {
    /// What the form needs besides the row.
    pub(super) fn beside(&self, sync: &Sync, source: &Source, roster: &Roster) -> Result<Arc<Beside>, Trouble> {
        let root = sync.root();
        let corrections = self.store.corrections(root)?;
        let newest = corrections.iter().map(|c| c.at.0).max().unwrap_or(0) as u64;
        let last = self.last_check(root)?.unwrap_or_else(|| sync.clone());
        let key = (last.number, newest, corrections.len());
        if let Some(beside) = lock(&self.views).beside.as_ref().filter(|b| b.key == key) {
            return Ok(beside.clone());
        }
        let overlay = sync::overlay(&corrections);
        let others = Others::of(&source.ask(sync, roster, &overlay));
        let outcomes = self.store.outcomes(last.number)?;
        let beside = Arc::new(Beside { key, others, outcomes, corrections, overlay });
        lock(&self.views).beside = Some(beside.clone());
        Ok(beside)
    }
}

/// Corrections by record.
pub(super) fn by_record(corrections: &[Correction]) -> HashMap<u32, Vec<&Correction>> {
    let mut by: HashMap<u32, Vec<&Correction>> = HashMap::new();
    for c in corrections {
        by.entry(c.record).or_default().push(c);
    }
    by
}
