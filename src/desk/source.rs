//! Uploads opened again: what rows and the row form are read from. The last two stay open.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::Trouble;
use super::office::{Office, lock};
use crate::check::row::{Others, Place};
use crate::check::{Ask, Decisions, Lets, Maker, Overlay};
use crate::feed::{Profile, Writes};
use crate::intake::{self, Row};
use crate::ledger::{Correction, Decision, Outcome, Sync, SyncKind, SyncNo};
use crate::roster::{Entity, FeedNo, Roster};
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
    /// What its feed lets a file do.
    lets: Lets,
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
        let feed = self.store.feed(&sync.feed_name)?;
        let lets = feed.map_or(Lets::default(), |f| Lets { names: f.update_names, passwords: f.update_passwords });
        let source = Arc::new(Source {
            root,
            loaded,
            profile: profile.clone(),
            main: sync::main_feeds(&self.store)?,
            lets,
            places: OnceLock::new(),
        });
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
        Ok(chain.iter().find(|s| s.stands()).or(chain.first()).cloned())
    }
}

impl Source {
    /// Whether what stands in a cell is secret and was blanked in the kept upload.
    pub(super) fn is_secret(&self, cell: usize) -> bool {
        sync::secret_cells(&self.loaded, &self.profile).get(cell).copied().unwrap_or(false)
    }

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
            main: &self.main,
            org: sync.org.as_deref().and_then(|o| roster.org_by_external_id(o)),
            overlay,
            decided: None,
            lets: self.lets,
            makers: None,
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
    pub(super) decisions: Vec<Decision>,
    /// The decisions, as checking asks for them.
    pub(super) decided: Decisions,
    /// By record and cell: the standing corrections that were laid over the upload when it came.
    pub(super) laid: HashMap<(u32, u32), Correction>,
    /// Of a profile that only creates: who made the people that the file names.
    pub(super) makers: HashMap<Entity, Maker>,
}

impl Office {
    /// What the form needs besides the row.
    pub(super) fn beside(&self, sync: &Sync, source: &Source, roster: &Roster) -> Result<Arc<Beside>, Trouble> {
        let root = sync.root();
        let corrections = self.store.corrections(root)?;
        let decisions = self.store.decisions(root)?;
        let newest = corrections.iter().map(|c| c.at.0).chain(decisions.iter().map(|d| d.at.0)).max().unwrap_or(0) as u64;
        let last = self.last_check(root)?.unwrap_or_else(|| sync.clone());
        let key = (last.number, newest, corrections.len() + decisions.len());
        if let Some(beside) = lock(&self.views).beside.as_ref().filter(|b| b.key == key) {
            return Ok(beside.clone());
        }
        let overlay = sync::overlay(&corrections);
        let decided = sync::decided(&decisions);
        let others = Others::of(&Ask { decided: Some(&decided), ..source.ask(sync, roster, &overlay) });
        let outcomes = self.store.outcomes(last.number)?;
        let makers = self.makers(root, source, roster);
        let mut laid: HashMap<(u32, u32), Correction> =
            self.store.laid_corrections(root)?.into_iter().map(|c| ((c.record, c.cell), c)).collect();
        for made in self.store.made_corrections(root)? {
            laid.remove(&(made.record, made.cell));
        }
        let beside = Arc::new(Beside { key, others, outcomes, corrections, overlay, decisions, decided, laid, makers });
        lock(&self.views).beside = Some(beside.clone());
        Ok(beside)
    }

    fn makers(&self, root: SyncNo, source: &Source, roster: &Roster) -> HashMap<Entity, Maker> {
        let mut makers = HashMap::new();
        let column = source.profile.key.first().and_then(|k| source.loaded.columns.at.get(*k).copied().flatten());
        let Some(column) = column.filter(|_| source.profile.writes == Writes::CreateOnly) else { return makers };
        let (mut rows, mut row) = (source.loaded.sheet.rows(), Row::default());
        while let Ok(true) = rows.next(&mut row) {
            let id = String::from_utf8_lossy(row.cells.get(column).unwrap_or_default());
            for entity in roster.people_by_id(intake::clean(&id).as_ref()).map(Entity::from) {
                makers.extend(sync::maker(&self.store, root, entity).map(|maker| (entity, maker)));
            }
        }
        makers
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
