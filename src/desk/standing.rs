//! The list of corrections: which stand for later files, which the source has resolved; for its owner as CSV and as a text for a ticket.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::office::{Office, lock};
use super::{CorrectionInfo, CorrectionState, Output, Page, Trouble, TroubleSort, Window};
use crate::feed::{ColumnKind, Profile};
use crate::ledger::catalogue::Fold;
use crate::ledger::{Code, Finding, Sync, SyncNo};
use crate::report::{self, Escape, TicketGroup};
use crate::roster::Kind;
use crate::roster::fold::fold;
use crate::sync::{self, Stands};

/// A correction by the upload and the cell on which it was made.
type Place = (SyncNo, u32, String);

fn kind_of(profile: &Profile, column: &str) -> Option<ColumnKind> {
    profile.column(column).map(|i| profile.columns[i].kind)
}

impl Office {
    /// Every correction, those that stand first.
    fn corrections_list(&self) -> Result<Vec<CorrectionInfo>, Trouble> {
        let syncs: HashMap<SyncNo, Sync> = self.store.syncs()?.into_iter().map(|s| (s.number, s)).collect();
        let names = self.store.feed_names()?;
        let roster = self.roster();
        let within = |root: SyncNo| syncs.get(&root).is_some_and(|s| self.sync_within(s, &roster));
        let feed = |s: &Sync| names.get(&s.feed).cloned().unwrap_or_else(|| s.feed_name.clone());
        let mut all = Vec::new();
        let mut stands: HashSet<(SyncNo, u32, u32)> = HashSet::new();
        for one in sync::stood(&self.store)? {
            let s = one.standing;
            let Some(of) = syncs.get(&s.root).filter(|_| within(s.root)) else { continue };
            if s.back.is_none() {
                stands.insert((s.root, s.record, s.cell));
            }
            let (state, resolved_by) = match one.stands {
                Stands::Standing => (CorrectionState::Standing, None),
                Stands::Resolved(by) => (CorrectionState::Resolved, Some(by)),
                Stands::TakenBack => (CorrectionState::TakenBack, None),
            };
            all.push(CorrectionInfo {
                state,
                number: Some(s.number),
                feed: feed(of),
                sync: s.root,
                file: of.file.clone(),
                record: s.record,
                line: s.line,
                key: Some(s.key),
                column: s.column,
                before: s.wrong,
                after: s.right,
                by: s.by,
                at: s.at,
                times: one.times,
                last: one.last.map(|l| l.0),
                last_at: one.last.map(|l| l.1),
                resolved_by,
            });
        }
        for c in self.store.all_corrections()? {
            let Some(of) = syncs.get(&c.root).filter(|_| within(c.root)) else { continue };
            if c.after == c.before || stands.contains(&(c.root, c.record, c.cell)) {
                continue;
            }
            let secret = self.profiles.get(&of.profile).and_then(|p| kind_of(p, &c.column)) == Some(ColumnKind::Password);
            let shown = |value: String| if secret { String::new() } else { value };
            all.push(CorrectionInfo {
                state: CorrectionState::ThisFile,
                number: None,
                feed: feed(of),
                sync: c.root,
                file: of.file.clone(),
                record: c.record,
                line: c.line,
                key: c.key,
                column: c.column,
                before: shown(c.before),
                after: shown(c.after),
                by: c.by,
                at: c.at,
                times: 0,
                last: None,
                last_at: None,
                resolved_by: None,
            });
        }
        all.sort_by(|a, b| (a.state, a.sync, a.record, &a.column, a.number).cmp(&(b.state, b.sync, b.record, &b.column, b.number)));
        Ok(all)
    }

    /// Part of the list.
    pub(super) fn all_corrections(&self, filter: &str, window: Window) -> Result<Page<CorrectionInfo>, Trouble> {
        let mut all = self.corrections_list()?;
        let unfiltered = all.len() as u64;
        let words = fold(filter).into_owned();
        if !words.is_empty() {
            let has = |text: &str| fold(text).contains(&words);
            all.retain(|c| {
                let texts = [&c.feed, &c.file, &c.column, &c.before, &c.after, &c.by.0, &c.sync.to_string()];
                texts.into_iter().any(|t| has(t)) || c.key.as_deref().is_some_and(has) || has(c.state.name())
            });
        }
        let total = all.len() as u64;
        let rows = all.into_iter().skip(window.first as usize).take(usize::try_from(window.count).unwrap_or(usize::MAX)).collect();
        Ok(Page { first: window.first, total, unfiltered, rows })
    }

    /// The list as CSV.
    pub(super) fn corrections_csv(&self, escape: Escape) -> Result<Output, Trouble> {
        let io = |e: std::io::Error| super::output::broken(&e);
        let mut bytes = Vec::new();
        let mut out = report::Corrections::begin(&mut bytes, escape).map_err(io)?;
        for c in self.corrections_list()? {
            let last = c.last.map(|s| s.0.to_string()).unwrap_or_default();
            let resolved = c.resolved_by.map(|s| s.0.to_string()).unwrap_or_default();
            let line = report::CorrectionLine {
                sync: c.sync,
                file: &c.file,
                line: c.line,
                key: c.key.as_deref().unwrap_or_default(),
                column: &c.column,
                before: &c.before,
                after: &c.after,
                by: &c.by.0,
                at: c.at,
                state: c.state.name(),
                feed: &c.feed,
                times: c.times,
                last: &last,
                last_at: c.last_at,
                resolved_by: &resolved,
            };
            out.correction(&line).map_err(io)?;
        }
        let lines = out.finish().map_err(io)?;
        Ok(Output { file_name: "corrections.csv".into(), bytes, lines, note: String::new() })
    }

    /// What stands, as a text for the source's owner.
    pub(super) fn ticket(&self, feed: Option<&str>) -> Result<Output, Trouble> {
        if let Some(feed) = feed {
            self.feed_of(feed)?;
        }
        let mut all = self.corrections_list()?;
        all.retain(|c| c.state == CorrectionState::Standing && feed.is_none_or(|f| c.feed == f));
        let titles = self.titles(&all)?;
        let kinds: HashMap<u32, Kind> = self.store.standing()?.into_iter().map(|s| (s.number, s.kind)).collect();
        let mut groups: BTreeMap<(String, String), TicketGroup> = BTreeMap::new();
        for c in &all {
            let sync = self.sync_of(c.sync)?;
            let kind = self.profiles.get(&sync.profile).and_then(|p| kind_of(p, &c.column));
            // Values that many share say what is wrong; those that are somebody's own stay here.
            let shared = matches!(
                kind,
                Some(ColumnKind::Choice | ColumnKind::Grade | ColumnKind::Flag | ColumnKind::Language | ColumnKind::Reference)
            );
            let what = if shared {
                format!("{} is \"{}\", should be \"{}\"", c.column, c.before, c.after)
            } else {
                match titles.get(&(c.sync, c.record, c.column.clone())) {
                    Some(title) => format!("{}: {title}", c.column),
                    None => format!("{} is wrong", c.column),
                }
            };
            let group = groups.entry((c.feed.clone(), what.clone())).or_insert_with(|| TicketGroup {
                feed: c.feed.clone(),
                what,
                records: Vec::new(),
            });
            let kind = c.number.and_then(|n| kinds.get(&n)).map_or("", |k| k.name());
            group.records.push((kind.to_owned(), c.key.clone().unwrap_or_default()));
        }
        let groups: Vec<TicketGroup> = groups.into_values().collect();
        let text = report::ticket(&groups);
        Ok(Output {
            lines: text.lines().count() as u64,
            file_name: "corrections.txt".into(),
            bytes: text.into_bytes(),
            note: String::new(),
        })
    }

    /// What was found wrong where the corrections were made, where those words hold nobody's own value.
    fn titles(&self, all: &[CorrectionInfo]) -> Result<HashMap<Place, String>, Trouble> {
        let wanted: HashSet<(SyncNo, u32)> = all.iter().map(|c| (c.sync, c.record)).collect();
        let mut roots: Vec<SyncNo> = all.iter().map(|c| c.sync).collect();
        roots.sort_unstable();
        roots.dedup();
        let mut titles = HashMap::new();
        for root in roots {
            self.store.findings(root, &mut |f| {
                if let (Some(record), Some(column)) = (f.record, &f.column)
                    && wanted.contains(&(root, record))
                    && let Some(title) = title(f.code, column)
                {
                    titles.insert((root, record, column.clone()), title);
                }
                true
            })?;
        }
        Ok(titles)
    }

    /// Ends a standing correction.
    pub(super) fn end_standing(&self, number: u32) -> Result<(), Trouble> {
        let usage = |what: String| Trouble::new(TroubleSort::Usage, what, "See them with: homeroom export corrections");
        let known = sync::stood(&self.store)?.into_iter().find(|s| s.standing.number == number);
        let one = known.ok_or_else(|| usage(format!("There is no standing correction {number}.")))?;
        let sync = self.sync_of(one.standing.root)?;
        if !self.sync_within(&sync, &self.roster()) {
            return Err(usage(format!("There is no standing correction {number}.")));
        }
        match one.stands {
            Stands::Standing => {}
            Stands::Resolved(by) => return Err(usage(format!("It stands no more: the file of {by} brought another value."))),
            Stands::TakenBack => return Err(usage("It was taken back already.".into())),
        }
        let back = Some((self.surroundings.by.clone(), (self.surroundings.now)()));
        self.store.put_standing(&crate::ledger::Standing { back, ..one.standing })?;
        lock(&self.views).beside = None;
        Ok(())
    }
}

/// What a code says of a column, where that is the same for every value.
fn title(code: Code, column: &str) -> Option<String> {
    let spec = code.spec();
    (spec.fold == Fold::Column).then(|| spec.fill(spec.title, &Finding::of_file(code).in_column(column)))
}
