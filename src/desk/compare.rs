//! Two syncs compared: which rows fail now and did not, which do not any more, what changed, who is gone, who is new.
//!
//! Each file is read once: of a row its key and its content are kept as two hashes, 24 bytes. Sorted, the two lists are gone through side by
//! side. What is shown is read again from the files, which stay open, row by row.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::quality::FixedState;

use super::office::{Office, lock};
use super::source::Source;
use super::{CompareCounts, ComparePart, Compared, ComparedRow, Page, RowPlace, Trouble, TroubleSort, Window};
use crate::check::{self, Overlay};
use crate::feed::{ColumnKind, Profile, Target};
use crate::intake::{self, Row};
use crate::ledger::{Action, FieldChange, Outcome, Severity, Sync, SyncKind, SyncNo, SyncStatus};
use crate::roster::fold::fold;
use crate::roster::{ClassField, CourseField, Field, OrgField, Text};
use crate::sync;

/// What was worked out last.
#[derive(Default)]
pub(super) struct Kept {
    worked: Option<Arc<Worked>>,
    filtered: Option<Filtered>,
}

/// The rows of a part that have a text, of the comparison of two syncs.
type Filtered = ((SyncNo, SyncNo), ComparePart, String, Arc<Vec<Pair>>);

/// A row in the one file and in the other, by data record; 0 where it is in one only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pair {
    older: u32,
    newer: u32,
}

/// Two syncs compared.
struct Worked {
    older: Side,
    newer: Side,
    /// The columns (of the profile) that are compared, those of the key among them.
    columns: Vec<usize>,
    only_older: Vec<String>,
    only_newer: Vec<String>,
    counts: CompareCounts,
    fields: Vec<(String, u64)>,
    lists: [Vec<Pair>; ComparePart::ALL.len()],
}

/// One of the two: its upload, open, and what the sync made of its rows.
struct Side {
    sync: Sync,
    source: Arc<Source>,
    overlay: Overlay,
    outcomes: Vec<Outcome>,
    /// The first error of each refused record: record and cause, sorted.
    causes: Vec<(u32, u32)>,
    titles: Vec<(u32, String)>,
}

/// One row as it is matched.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    key: u64,
    content: u64,
    record: u32,
}

impl Office {
    /// A window of one part of the comparison of two syncs; without an older one, with the sync before of the same feed.
    pub(super) fn compare(
        &self,
        older: Option<SyncNo>,
        newer: SyncNo,
        part: ComparePart,
        filter: &str,
        window: Window,
    ) -> Result<Compared, Trouble> {
        let newer = self.sync_of(newer)?;
        let older = match older {
            Some(number) => self.sync_of(number)?,
            None => self.sync_before(&newer)?,
        };
        let worked = self.compared(&older, &newer)?;
        let words = fold(filter.trim()).into_owned();
        let list = &worked.lists[part as usize];
        let filtered = if words.is_empty() { None } else { Some(self.compared_filtered(&worked, part, &words)) };
        let rows = filtered.as_ref().map_or(list.as_slice(), |f| f.as_slice());
        let (first, total) = (usize::try_from(window.first).unwrap_or(usize::MAX), rows.len() as u64);
        let shown = rows.iter().skip(first).take(usize::try_from(window.count).unwrap_or(usize::MAX));
        let page =
            Page { first: window.first, total, unfiltered: list.len() as u64, rows: shown.map(|pair| worked.row(*pair, part)).collect() };
        Ok(Compared {
            matched_by: worked.profile().key.iter().map(|k| worked.profile().columns[*k].name.clone()).collect(),
            older: worked.older.sync.clone(),
            newer: worked.newer.sync.clone(),
            counts: worked.counts,
            fields: worked.fields.clone(),
            only_older: worked.only_older.clone(),
            only_newer: worked.only_newer.clone(),
            page,
        })
    }

    /// The sync with which one is compared where no other is named: the last before it of the same feed whose rows were checked.
    fn sync_before(&self, newer: &Sync) -> Result<Sync, Trouble> {
        let roster = self.roster();
        let fits = |s: &&Sync| {
            s.number < newer.number && s.feed == newer.feed && s.profile == newer.profile && is_checked(s) && self.sync_within(s, &roster)
        };
        self.store.syncs()?.iter().find(fits).cloned().ok_or_else(|| {
            let what = format!("There is no sync before {} of the same feed to compare it with.", newer.number);
            Trouble::new(TroubleSort::Usage, what, "Name two: homeroom compare N M. See them with: homeroom syncs")
        })
    }

    fn compared(&self, older: &Sync, newer: &Sync) -> Result<Arc<Worked>, Trouble> {
        if let Some(known) = &lock(&self.views).compared.worked
            && known.is_of(older, newer)
        {
            return Ok(known.clone());
        }
        comparable(older, newer)?;
        let (older, newer) = (self.side(older)?, self.side(newer)?);
        let worked = Arc::new(Worked::of(older, newer));
        lock(&self.views).compared = Kept { worked: Some(worked.clone()), filtered: None };
        Ok(worked)
    }

    fn side(&self, sync: &Sync) -> Result<Side, Trouble> {
        let source = self.source(sync)?;
        let outcomes = self.store.outcomes(sync.number)?;
        if outcomes.is_empty() && sync.rows > 0 {
            return Err(unchecked(sync));
        }
        let mut causes: Vec<(u32, u32)> = Vec::new();
        self.store.findings(sync.number, &mut |f| {
            if let Some(record) = f.record.filter(|r| f.severity >= Severity::Error && causes.last().map(|c| c.0) != Some(*r)) {
                causes.push((record, f.cause));
            }
            true
        })?;
        let titles = self.store.causes(sync.number)?.into_iter().map(|c| (c.number, c.title)).collect();
        let overlay = sync::overlay(&self.taken_up(sync)?);
        Ok(Side { sync: sync.clone(), source, overlay, outcomes, causes, titles })
    }

    /// The rows of a part that have those folded words somewhere. A list asks for one page after the other: worked out once.
    fn compared_filtered(&self, worked: &Worked, part: ComparePart, words: &str) -> Arc<Vec<Pair>> {
        let of = (worked.older.sync.number, worked.newer.sync.number);
        if let Some(known) = &lock(&self.views).compared.filtered
            && (known.0, known.1, known.2.as_str()) == (of, part, words)
        {
            return known.3.clone();
        }
        let has = |pair: &&Pair| {
            let row = worked.row(**pair, part);
            let text = |text: &str| fold(text).contains(words);
            let change = |c: &FieldChange| text(&c.field) || text(&c.before) || text(&c.after);
            text(&row.key) || text(&row.name) || text(&row.why) || row.changes.iter().any(change)
        };
        let found = Arc::new(worked.lists[part as usize].iter().filter(has).copied().collect::<Vec<_>>());
        lock(&self.views).compared.filtered = Some((of, part, words.to_owned(), found.clone()));
        found
    }
}

/// Whether a sync has rows of its own that were checked.
fn is_checked(sync: &Sync) -> bool {
    let ended = sync.status.is_done() && !matches!(sync.status, SyncStatus::Failed | SyncStatus::Cancelled);
    ended && sync.upload.is_some() && !matches!(sync.kind, SyncKind::Undo { .. })
}

fn unchecked(sync: &Sync) -> Trouble {
    let why = match (sync.kind, sync.status) {
        (SyncKind::Undo { of }, _) => format!("it is the undo of {of}, and has no rows of its own"),
        (_, status) => format!("it is {}, and its rows were not checked", status.words().to_lowercase()),
    };
    let next = "Name two syncs of files that were read: homeroom syncs";
    Trouble::new(TroubleSort::Usage, format!("{} cannot be compared: {why}.", sync.number), next)
}

/// Why two syncs cannot be compared.
fn comparable(older: &Sync, newer: &Sync) -> Result<(), Trouble> {
    let usage = |what: String, next: &str| Err(Trouble::new(TroubleSort::Usage, what, next));
    if older.number == newer.number {
        return usage(format!("{} would be compared with itself.", older.number), "Name two different syncs: homeroom compare N M");
    }
    if let Some(sync) = [older, newer].into_iter().find(|s| !is_checked(s)) {
        return Err(unchecked(sync));
    }
    if older.profile != newer.profile {
        let what = format!(
            "{} and {} cannot be compared: the one is of profile {}, the other of {}, and their rows have other columns.",
            older.number, newer.number, older.profile, newer.profile
        );
        return usage(what, "Name two syncs of one profile: homeroom syncs --filter PROFILE");
    }
    Ok(())
}

impl Side {
    /// The entries of all rows, sorted. Rows without a key go by their content.
    fn entries(&self, columns: &[usize]) -> Vec<Entry> {
        let (hash, profile) = (FixedState::with_seed(7), &self.source.profile);
        let mut entries = Vec::with_capacity(self.sync.rows as usize);
        let (mut rows, mut row) = (self.source.loaded.sheet.rows(), Row::default());
        let mut text = Vec::new();
        while let Ok(true) = rows.next(&mut row) {
            self.lay(&mut row);
            text.clear();
            let mut any = false;
            for column in &profile.key {
                let value = self.value(&row, *column);
                any |= !value.is_empty();
                text.extend_from_slice(value);
                text.push(0);
            }
            let key = any.then(|| hash.hash_one(&text));
            text.clear();
            for column in columns {
                text.extend_from_slice(self.value(&row, *column));
                text.push(0);
            }
            let content = hash.hash_one(&text);
            entries.push(Entry { key: key.unwrap_or(content), content, record: row.record });
        }
        entries.sort_unstable();
        entries
    }

    fn lay(&self, row: &mut Row) {
        if let Some(cells) = self.overlay.get(&row.record) {
            check::lay(cells, self.source.loaded.columns.width, row);
        }
    }

    /// The row of a record, with its corrections.
    fn row(&self, record: u32) -> Option<Row> {
        let mut row = self.source.row(record)?;
        self.lay(&mut row);
        Some(row)
    }

    /// A column's value in a row, as checking takes it.
    fn value<'r>(&'r self, row: &'r Row, column: usize) -> &'r [u8] {
        let columns = &self.source.loaded.columns;
        let cell = columns.at.get(column).copied().flatten().and_then(|at| row.cells.get(at)).unwrap_or_default();
        intake::trim(columns.taken(column, cell))
    }

    fn said(&self, row: &Row, column: usize) -> String {
        String::from_utf8_lossy(self.value(row, column)).into_owned()
    }

    fn refused(&self, record: u32) -> bool {
        let outcome = (record as usize).checked_sub(1).and_then(|at| self.outcomes.get(at));
        outcome.is_some_and(|o| o.action == Action::Refused)
    }

    fn why(&self, record: u32) -> String {
        let cause = self.causes.binary_search_by_key(&record, |c| c.0).ok().map(|at| self.causes[at].1);
        let title = cause.and_then(|c| self.titles.iter().find(|t| t.0 == c)).map(|t| t.1.clone());
        title.filter(|_| self.refused(record)).unwrap_or_default()
    }

    fn place(&self, record: u32) -> Option<RowPlace> {
        self.source.place(record).map(|p| RowPlace { record: p.record, line: p.line, row: p.row })
    }
}

impl Worked {
    fn of(older: Side, newer: Side) -> Self {
        let profile = &newer.source.profile;
        let (mut columns, mut only_older, mut only_newer) = (Vec::new(), Vec::new(), Vec::new());
        for (i, column) in profile.columns.iter().enumerate().filter(|(_, c)| c.kind != ColumnKind::Password) {
            match (older.source.loaded.columns.fed(i), newer.source.loaded.columns.fed(i)) {
                (true, true) => columns.push(i),
                (true, false) => only_older.push(column.name.clone()),
                (false, true) => only_newer.push(column.name.clone()),
                (false, false) => {}
            }
        }
        let (a, b) = (older.entries(&columns), newer.entries(&columns));
        let lists = std::array::from_fn(|_| Vec::new());
        let counts = CompareCounts::default();
        let mut worked = Self { older, newer, columns, only_older, only_newer, counts, fields: Vec::new(), lists };
        worked.match_rows(&a, &b);
        drop((a, b));
        // In the order of the newer file; who is gone in that of the older.
        for list in &mut worked.lists {
            list.sort_unstable_by_key(|p| if p.newer == 0 { (1, p.older) } else { (0, p.newer) });
        }
        worked.count_fields();
        worked
    }

    fn is_of(&self, older: &Sync, newer: &Sync) -> bool {
        self.older.sync.number == older.number && self.newer.sync.number == newer.number && self.newer.sync.profile == newer.profile
    }

    fn profile(&self) -> &Profile {
        &self.newer.source.profile
    }

    /// Goes through both lists side by side, key by key.
    fn match_rows(&mut self, a: &[Entry], b: &[Entry]) {
        let (mut a, mut b) = (a, b);
        while let Some(key) = a.first().into_iter().chain(b.first()).map(|e| e.key).min() {
            let of = |entries: &[Entry]| entries.iter().take_while(|e| e.key == key).count();
            let (mine, rest) = a.split_at(of(a));
            let (others, after) = b.split_at(of(b));
            (a, b) = (rest, after);
            self.match_group(mine, others);
        }
    }

    /// The rows of one key. A person in several schools has several: equal ones go together, the rest in order.
    fn match_group(&mut self, older: &[Entry], newer: &[Entry]) {
        if let ([one], [other]) = (older, newer) {
            return self.pair(one.record, other.record, one.content != other.content);
        }
        let (mut left_older, mut left_newer) = (Vec::new(), Vec::new());
        let (mut i, mut j) = (0, 0);
        while i < older.len() || j < newer.len() {
            match (older.get(i), newer.get(j)) {
                (Some(o), Some(n)) if o.content == n.content => {
                    self.pair(o.record, n.record, false);
                    (i, j) = (i + 1, j + 1);
                }
                (Some(o), n) if n.is_none_or(|n| o.content < n.content) => {
                    left_older.push(o.record);
                    i += 1;
                }
                (_, Some(n)) => {
                    left_newer.push(n.record);
                    j += 1;
                }
                (_, None) => break,
            }
        }
        left_older.sort_unstable();
        left_newer.sort_unstable();
        let both = left_older.len().min(left_newer.len());
        for (o, n) in left_older.iter().zip(&left_newer) {
            self.pair(*o, *n, true);
        }
        // Beyond that a row came or went whose person is in both files: a change, unless nobody of the key is there.
        for o in &left_older[both..] {
            self.alone(Pair { older: *o, newer: 0 }, newer.is_empty());
        }
        for n in &left_newer[both..] {
            self.alone(Pair { older: 0, newer: *n }, older.is_empty());
        }
    }

    fn list(&mut self, part: ComparePart, pair: Pair) {
        self.lists[part as usize].push(pair);
    }

    fn pair(&mut self, older: u32, newer: u32, changed: bool) {
        let pair = Pair { older, newer };
        if changed {
            self.counts.changed += 1;
            self.list(ComparePart::Changed, pair);
        } else {
            self.counts.same += 1;
        }
        match (self.older.refused(older), self.newer.refused(newer)) {
            (false, true) => {
                self.counts.newly_failing += 1;
                self.list(ComparePart::NewlyFailing, pair);
            }
            (true, false) => {
                self.counts.newly_fixed += 1;
                self.list(ComparePart::NewlyFixed, pair);
            }
            (true, true) => self.counts.still_failing += 1,
            (false, false) => {}
        }
    }

    fn alone(&mut self, pair: Pair, whole: bool) {
        let part = match (whole, pair.newer) {
            (false, _) => ComparePart::Changed,
            (true, 0) => ComparePart::Gone,
            (true, _) => ComparePart::New,
        };
        match part {
            ComparePart::Changed => self.counts.changed += 1,
            ComparePart::Gone => self.counts.gone += 1,
            _ => self.counts.new += 1,
        }
        self.list(part, pair);
        if pair.newer > 0 && self.newer.refused(pair.newer) {
            self.counts.newly_failing += 1;
            self.list(ComparePart::NewlyFailing, pair);
        }
    }

    fn count_fields(&mut self) {
        let mut counts = vec![0u64; self.profile().columns.len()];
        for pair in &self.lists[ComparePart::Changed as usize] {
            let (Some(o), Some(n)) = (self.older.row(pair.older), self.newer.row(pair.newer)) else { continue };
            for column in &self.columns {
                counts[*column] += u64::from(self.older.value(&o, *column) != self.newer.value(&n, *column));
            }
        }
        let mut fields: Vec<(String, u64)> =
            counts.iter().zip(&self.profile().columns).filter(|(n, _)| **n > 0).map(|(n, c)| (c.name.clone(), *n)).collect();
        fields.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        self.fields = fields;
    }

    /// A row as it is shown.
    fn row(&self, pair: Pair, part: ComparePart) -> ComparedRow {
        let (o, n) = (self.older.row(pair.older), self.newer.row(pair.newer));
        let (side, shown) = match (&n, &o) {
            (Some(row), _) => (&self.newer, Some(row)),
            (None, row) => (&self.older, row.as_ref()),
        };
        let says = |column: usize| shown.map(|row| side.said(row, column)).unwrap_or_default();
        let key = self.profile().key.iter().map(|k| says(*k)).filter(|k| !k.is_empty()).collect::<Vec<_>>().join("/");
        let changes = match (&o, &n) {
            (Some(o), Some(n)) => {
                let differ = |c: &&usize| self.older.value(o, **c) != self.newer.value(n, **c);
                let change = |c: &usize| self.change(*c, self.older.said(o, *c), self.newer.said(n, *c));
                self.columns.iter().filter(differ).map(change).collect()
            }
            (Some(o), None) if part == ComparePart::Changed => {
                self.columns.iter().filter(|c| self.tells(**c)).map(|c| self.change(*c, self.older.said(o, *c), String::new())).collect()
            }
            (None, Some(n)) if part == ComparePart::Changed => {
                self.columns.iter().filter(|c| self.tells(**c)).map(|c| self.change(*c, String::new(), self.newer.said(n, *c))).collect()
            }
            _ => Vec::new(),
        };
        let why = if part == ComparePart::NewlyFixed { self.older.why(pair.older) } else { self.newer.why(pair.newer) };
        ComparedRow {
            key,
            name: name(self.profile(), &says),
            older: self.older.place(pair.older),
            newer: self.newer.place(pair.newer),
            changes,
            why,
        }
    }

    fn change(&self, column: usize, before: String, after: String) -> FieldChange {
        FieldChange { field: self.profile().columns[column].name.clone(), before, after }
    }

    /// Whether a column tells rows of one key apart: the organization that they name.
    fn tells(&self, column: usize) -> bool {
        let to = self.profile().columns[column].to;
        matches!(
            to,
            Target::Person(Field::Orgs) | Target::Class(ClassField::Org | ClassField::SourcedId) | Target::Link(_) | Target::Enrollment(_)
        )
    }
}

/// What a row calls whom or what it is about.
fn name(profile: &Profile, says: &dyn Fn(usize) -> String) -> String {
    let of = |target: Target| profile.column_to(target).map(says).filter(|v| !v.is_empty());
    let text = |text: Text| of(Target::Person(Field::Text(text)));
    match (text(Text::FamilyName), text(Text::GivenName)) {
        (Some(family), Some(given)) => format!("{family}, {given}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => {
            let titles = [Target::Class(ClassField::Title), Target::Course(CourseField::Title), Target::Org(OrgField::Name)];
            titles.into_iter().find_map(of).unwrap_or_default()
        }
    }
}
