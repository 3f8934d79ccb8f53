//! Mending at one stroke: one repair for every row of a cause, shown row by row, then recorded as one step.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::office::Office;
use super::recording::Change;
use super::repair::{Cell, Tool, has_zeros};
use super::rows::{cell_of, key, still_wrong};
use super::source::Source;
use super::{MendOf, MendRow, Mended, Page, Repair, RepairOffer, Trouble, TroubleSort, Window};
use crate::feed::{Column, ColumnKind, RowShape};
use crate::intake::{self, Row};
use crate::ledger::{Finding, Severity, Sync, SyncNo, ValueRule};
use crate::roster::Roster;
use crate::sync;

/// Value rules that one repair may make: with more different values they would be repairs of single cells, not what a value means.
const MOST_RULES: usize = 20;

/// The rows of a cause, ready for any repair of one column.
struct Bench {
    sync: Sync,
    source: Arc<Source>,
    roster: Roster,
    column: String,
    cell: usize,
    /// Each row with what was found on it and the cell as it stands.
    rows: Vec<Candidate>,
}

struct Candidate {
    row: Row,
    findings: Vec<Finding>,
    value: String,
    corrected: bool,
    ragged: bool,
}

/// What a repair comes to: by row, the new value or why it stays.
type Outcomes = Vec<Result<String, String>>;

fn refused(what: impl Into<String>, next: impl Into<String>) -> Trouble {
    Trouble::new(TroubleSort::Refused, what, next)
}

impl Office {
    /// Shows what a repair makes of the rows of a cause, or records it.
    #[allow(clippy::too_many_arguments)] // the request's own fields
    pub(super) fn mend(
        &self,
        number: SyncNo,
        cause: Option<u32>,
        of: &MendOf,
        repair: &Repair,
        save_rule: bool,
        dry_run: bool,
        window: Window,
    ) -> Result<Mended, Trouble> {
        if let Repair::Set { value, .. } = repair
            && value.contains('\0')
        {
            return Err(refused("A NUL character cannot stand in a cell.", ""));
        }
        let bench = self.bench(number, cause, of, repair.column())?;
        let outcomes = bench.outcomes(repair)?;
        let mut mended = bench.shown(repair, &outcomes, window);
        mended.cause = cause;
        let rules = bench.rules(repair, &outcomes);
        match rules {
            Ok(pairs) => mended.rules = pairs,
            Err(why) => mended.no_rule = Some(why),
        }
        if dry_run {
            mended.still = self.first_still(&bench, &outcomes)?;
            return Ok(mended);
        }
        let rules: Vec<ValueRule> = match (&mended.no_rule, save_rule) {
            (_, false) => Vec::new(),
            (Some(why), true) => {
                return Err(refused(format!("It cannot be kept as a value rule: {why}."), "Mend the rows without the rule."));
            }
            (None, true) => {
                let of = |(from, to): &(String, String)| self.new_rule(sync::ruled_as(&bench.source.profile), &bench.column, from, to);
                mended.rules.iter().map(of).collect()
            }
        };
        let changes: Vec<Change<'_>> = bench
            .rows
            .iter()
            .zip(&outcomes)
            .filter_map(|(c, outcome)| {
                let value = outcome.as_ref().ok()?.clone();
                let key = key(&bench.source, &c.row);
                Some(Change { row: &c.row, cell: bench.cell, column: bench.column.clone(), key, value })
            })
            .collect();
        mended.step = self.record_step(&bench.sync, &bench.source, &changes, &mended.how, &rules)?;
        Ok(mended)
    }

    /// The repairs that make sense for a cause.
    pub(super) fn repairs(&self, number: SyncNo, cause: u32, of: &MendOf) -> Result<Vec<RepairOffer>, Trouble> {
        let causes = self.causes_of(&self.sync_of(number)?)?;
        let missing = || no_cause(number, cause);
        let known = causes.iter().find(|c| c.number == cause).ok_or_else(missing)?;
        let Some(column) = known.column.clone() else {
            let what = format!("The rows of \"{}\" are not wrong in one column.", known.title);
            return Err(refused(what, "Mend them one by one, or name a column: homeroom fix N --cause C --set COLUMN=NEW"));
        };
        let bench = self.bench(number, Some(cause), of, &column)?;
        let offer = |repair: Repair, label: &str| -> Result<RepairOffer, Trouble> {
            let rows = bench.outcomes(&repair)?.iter().filter(|o| o.is_ok()).count() as u64;
            Ok(RepairOffer { repair, label: label.to_owned(), rows })
        };
        let mut offers = vec![offer(Repair::Nearest { column: column.clone() }, "take the nearest match of each row")?];
        if bench.column().is_some_and(has_zeros) {
            offers.push(offer(Repair::Zeros { column: column.clone() }, "restore zeros in front")?);
        }
        offers.push(offer(Repair::Strip { column: column.clone() }, "take out blanks and hidden characters")?);
        offers.retain(|o| o.rows > 0);
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for c in bench.rows.iter().filter(|c| !c.ragged) {
            *counts.entry(intake::trim_str(&c.value)).or_default() += 1;
        }
        let most = counts.iter().max_by_key(|(_, n)| **n).map(|(value, n)| ((*value).to_owned(), *n));
        if let Some((from, rows)) = most.filter(|(_, n)| *n > 1 && counts.len() > 1) {
            let label =
                if from.is_empty() { "one value where it is empty".to_owned() } else { format!("one value where it is \"{from}\"") };
            offers.push(RepairOffer {
                repair: Repair::Set { column: column.clone(), value: String::new(), from: Some(from) },
                label,
                rows,
            });
        }
        let rows = bench.rows.iter().filter(|c| !c.ragged).count() as u64;
        let label = "one value in every row".to_owned();
        offers.push(RepairOffer { repair: Repair::Set { column, value: String::new(), from: None }, label, rows });
        Ok(offers)
    }

    /// Gathers the rows.
    fn bench(&self, number: SyncNo, cause: Option<u32>, of: &MendOf, column: &str) -> Result<Bench, Trouble> {
        let sync = self.sync_of(number)?;
        if let Some(cause) = cause
            && !self.causes_of(&sync)?.iter().any(|c| c.number == cause)
        {
            return Err(no_cause(number, cause));
        }
        let source = self.source(&sync)?;
        let cell = cell_of(&source, column)?;
        let of_profile = source.loaded.columns.at.iter().position(|c| *c == Some(cell)).map(|i| &source.profile.columns[i]);
        let secret = of_profile.map_or_else(|| source.is_secret(cell), |c| c.kind == ColumnKind::Password);
        if secret {
            let next = format!("Mend its rows one by one: homeroom fix {} LINE {column}, which asks for the value.", number.0);
            return Err(refused(format!("{column} is secret, so it is not mended in many rows at once."), next));
        }
        let column = of_profile.map_or_else(|| column.to_owned(), |c| c.name.clone());
        let corrections = self.store.corrections(sync.root())?;
        let corrected: HashMap<u32, &str> =
            corrections.iter().filter(|c| c.cell as usize == cell).map(|c| (c.record, c.after.as_str())).collect();
        let records = self.records(&sync, cause)?;
        let wanted = Wanted::of(of);
        let mut rows = Vec::new();
        for (record, findings) in records {
            let Some(row) = source.row(record) else { continue };
            if !wanted.takes(record) {
                continue;
            }
            let raw = row.cells.get(cell).map(|c| String::from_utf8_lossy(c).into_owned()).unwrap_or_default();
            let correction = corrected.get(&record);
            rows.push(Candidate {
                ragged: source.loaded.columns.ragged(&row.cells).is_some(),
                value: correction.map_or(raw, |c| (*c).to_owned()),
                corrected: correction.is_some(),
                findings,
                row,
            });
        }
        let roster = self.roster_for(&sync)?;
        Ok(Bench { sync, source, roster, column, cell, rows })
    }

    /// What would still be wrong with the first row that is mended, where one row can be judged without the whole file.
    fn first_still(&self, bench: &Bench, outcomes: &Outcomes) -> Result<Option<String>, Trouble> {
        let first = bench.rows.iter().zip(outcomes).find_map(|(c, o)| Some((&c.row, o.as_ref().ok()?)));
        let Some((row, value)) = first.filter(|_| bench.source.profile.rows == RowShape::Person) else { return Ok(None) };
        let beside = self.beside(&bench.sync, &bench.source, &bench.roster)?;
        Ok(still_wrong(&bench.sync, &bench.source, &bench.roster, &beside, row, (bench.cell, value)))
    }
}

fn no_cause(number: SyncNo, cause: u32) -> Trouble {
    Trouble::new(TroubleSort::Usage, format!("{number} has no cause {cause}."), format!("See them with: homeroom sync {}", number.0))
}

/// Which rows are meant.
enum Wanted {
    All,
    Records(HashSet<u32>),
}

impl Wanted {
    fn of(of: &MendOf) -> Self {
        match of {
            MendOf::All => Self::All,
            MendOf::Records(records) => Self::Records(records.iter().copied().collect()),
        }
    }

    /// Whether a row is one of them.
    fn takes(&self, record: u32) -> bool {
        match self {
            Self::All => true,
            Self::Records(records) => records.contains(&record),
        }
    }
}

impl Bench {
    /// The column in the profile, where it has it.
    fn column(&self) -> Option<&Column> {
        self.source.profile.column(&self.column).map(|i| &self.source.profile.columns[i])
    }

    fn outcomes(&self, repair: &Repair) -> Result<Outcomes, Trouble> {
        let tool = Tool::new(repair, self.column(), &self.roster, &mut self.rows.iter().map(|c| c.value.as_str()))?;
        let columns = &self.source.loaded.columns;
        let mend = |c: &Candidate| {
            if c.ragged {
                return Err("its cells are shifted: it is mended by itself".to_owned());
            }
            let kind = sync::kind_of(&self.source.profile, columns, &c.row);
            tool.mend(&Cell { value: &c.value, corrected: c.corrected, findings: &c.findings, kind })
        };
        Ok(self.rows.iter().map(mend).collect())
    }

    /// What is shown of it: the rows that are mended, then those that stay.
    fn shown(&self, repair: &Repair, outcomes: &Outcomes, window: Window) -> Mended {
        let mut order: Vec<usize> = (0..outcomes.len()).collect();
        order.sort_by_key(|i| outcomes[*i].is_err());
        let mut stays: BTreeMap<&str, u64> = BTreeMap::new();
        for why in outcomes.iter().filter_map(|o| o.as_ref().err()) {
            *stays.entry(why).or_default() += 1;
        }
        let mut stays: Vec<(String, u64)> = stays.into_iter().map(|(why, n)| (why.to_owned(), n)).collect();
        stays.sort_by_key(|s| std::cmp::Reverse(s.1));
        let total = outcomes.len() as u64;
        let row = |i: usize| {
            let c = &self.rows[i];
            MendRow {
                record: c.row.record,
                line: c.row.line,
                row: c.row.row,
                key: key(&self.source, &c.row),
                before: c.value.clone(),
                after: outcomes[i].clone().ok(),
                why: outcomes[i].clone().err().unwrap_or_default(),
            }
        };
        let part = order.into_iter().skip(window.first as usize).take(usize::try_from(window.count).unwrap_or(usize::MAX));
        Mended {
            sync: self.sync.number,
            cause: None,
            how: self.how(repair),
            repair: repair.clone(),
            total,
            mended: outcomes.iter().filter(|o| o.is_ok()).count() as u64,
            stays,
            rows: Page { first: window.first, total, unfiltered: total, rows: part.map(row).collect() },
            still: None,
            rules: Vec::new(),
            no_rule: None,
            step: None,
        }
    }

    /// What a repair does, in words.
    fn how(&self, repair: &Repair) -> String {
        let column = &self.column;
        match repair {
            Repair::Set { value, from: None, .. } => format!("{column} becomes \"{value}\""),
            Repair::Set { value, from: Some(from), .. } => format!("{column} \"{from}\" becomes \"{value}\""),
            Repair::Nearest { .. } => format!("{column} becomes the nearest match of each row"),
            Repair::Strip { .. } => format!("{column} without blanks and hidden characters"),
            Repair::Zeros { .. } => format!("{column} with its zeros in front again"),
        }
    }

    /// The value rules that say the same for later files, or why there can be none.
    fn rules(&self, repair: &Repair, outcomes: &Outcomes) -> Result<Vec<(String, String)>, String> {
        if !matches!(repair, Repair::Set { .. } | Repair::Nearest { .. }) {
            return Err("what it does differs from row to row".to_owned());
        }
        let profile = &self.source.profile;
        let at = profile.column(&self.column).ok_or_else(|| format!("the profile does not know {}", self.column))?;
        if let Some(why) = sync::no_rule_for(profile, at) {
            return Err(format!("{} {why}", self.column));
        }
        let mut pairs: BTreeMap<String, String> = BTreeMap::new();
        for (c, after) in self.rows.iter().zip(outcomes).filter_map(|(c, o)| Some((c, o.as_ref().ok()?))) {
            // The rule is for the file's own word, also where that was mended otherwise before.
            let raw = String::from_utf8_lossy(c.row.cells.get(self.cell).map(intake::trim).unwrap_or_default()).into_owned();
            if !raw.is_empty() && raw != *after {
                pairs.insert(raw, after.clone());
            }
        }
        match pairs.len() {
            0 => Err("the cells are empty, and a rule is for a value".to_owned()),
            n if n > MOST_RULES => Err(format!("the rows have {n} different values, and a rule is for what a value means")),
            _ => {
                for to in pairs.values() {
                    super::rules::judge(profile, at, to).map_err(|t| t.message.trim_end_matches('.').to_owned())?;
                }
                Ok(pairs.into_iter().collect())
            }
        }
    }
}

/// The first error of a row, in words.
pub(super) fn first_error(findings: &[Finding]) -> Option<String> {
    findings.iter().find(|f| f.severity >= Severity::Error).map(Finding::message)
}
