//! Reports of other systems: attached to an upload, and what they say beside the findings and causes of its syncs.
//!
//! They are kept apart and laid beside when something is looked at. What is said of a row is open in a sync until a correction that the sync
//! took up answers it ([`Told::is_answered`]). It is the upload's newest sync that Triage shows: with the feed's next upload it is over,
//! unless that system complains again.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::office::Office;
use super::{AttachedInfo, AttachedNow, Trouble, TroubleSort, Unfitting};
use crate::check::laid_over::{Misfit, Upload, laid_over};
use crate::feed::report_form::report_forms;
use crate::intake;
use crate::intake::vendor_report::{self, REPORT_MAX};
use crate::ledger::{Attached, Cause, Correction, Finding, Severity, Since, Sync, SyncKind, SyncNo, Told};
use crate::report::number;
use crate::sync;

/// Lines that do not fit of which a preview tells.
const MISFITS: usize = 100;

/// What reports say of the rows of one sync and is still open there.
#[derive(Default)]
pub(super) struct Beside {
    /// In the order of the rows; their causes are numbered after the sync's own.
    pub(super) findings: Vec<Finding>,
    pub(super) causes: Vec<Cause>,
}

impl Office {
    /// Lays a report over an upload, and keeps it unless it is a dry run.
    pub(super) fn attach(&self, number_of: SyncNo, path: &str, dry_run: bool) -> Result<AttachedNow, Trouble> {
        let sync = self.sync_of(number_of)?;
        if matches!(sync.kind, SyncKind::Undo { .. }) {
            let next = "Attach the report to the sync that it is of.";
            return Err(Trouble::new(TroubleSort::Usage, format!("{number_of} is an undo: it has no rows."), next));
        }
        let path = Path::new(path);
        let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        let bytes = read(path)?;
        let root = sync.root();
        let last = self.last_check(root)?.unwrap_or_else(|| sync.clone());
        let before = self.store.attached(root)?;
        let refused = |(what, next): (String, String)| Trouble::new(TroubleSort::Refused, what, next);
        let report = vendor_report::read(intake::Source { name: name.clone(), bytes }, &report_forms()).map_err(refused)?;
        let source = self.source(&sync)?;
        let overlay = sync::overlay(&self.store.corrections(root)?);
        let upload = Upload { sheet: &source.loaded.sheet, columns: &source.loaded.columns, profile: &source.profile, overlay: &overlay };
        let matched = laid_over(&report, &upload);
        let (told, fine, misfits) = match matched {
            Ok((told, fine)) => (told, fine, Vec::new()),
            Err(misfits) if dry_run => (Vec::new(), 0, misfits),
            Err(misfits) => return Err(does_not_fit(&name, &sync, &misfits)),
        };
        let content = digest(&report.form.name, report.lines.len(), &told);
        if let Some(same) = before.iter().find(|a| misfits.is_empty() && a.content == content) {
            let shown = self.reported(&last)?;
            let report = info(same, &self.taken_up(&last)?);
            let causes = self.causes_among(&shown.causes, &shown.findings, same);
            let (sync, file) = (last.number, last.file);
            return Ok(AttachedNow { sync, file, report, causes, kept: false, again: true, misfits: Vec::new(), unfitting: 0 });
        }
        let attached = Attached {
            root,
            number: before.last().map_or(0, |a| a.number) + 1,
            name,
            vendor: report.form.vendor.clone(),
            form: report.form.title.clone(),
            content,
            at: (self.surroundings.now)(),
            by: self.surroundings.by.clone(),
            lines: report.lines.len() as u64,
            fine,
            told,
        };
        let kept = !dry_run;
        let attached = if kept { self.store.put_attached(attached)? } else { attached };
        let mut all = before;
        all.push(attached);
        let shown = self.beside_of(&last, &all)?;
        let attached = &all[all.len() - 1];
        Ok(AttachedNow {
            sync: last.number,
            file: last.file.clone(),
            report: info(attached, &self.taken_up(&last)?),
            causes: self.causes_among(&shown.causes, &shown.findings, attached),
            kept,
            again: false,
            unfitting: misfits.len() as u64,
            misfits: misfits.into_iter().take(MISFITS).map(|m| Unfitting { line: m.at, why: m.why }).collect(),
        })
    }

    /// Takes a report away: by its file name or its number, the newest where several have that name.
    pub(super) fn detach(&self, number_of: SyncNo, name: &str) -> Result<(), Trouble> {
        let root = self.sync_of(number_of)?.root();
        let all = self.store.attached(root)?;
        let named = all.iter().rev().find(|a| a.name == name);
        let Some(found) = named.or_else(|| all.iter().find(|a| name.parse() == Ok(a.number))) else {
            let names: Vec<&str> = all.iter().map(|a| a.name.as_str()).collect();
            let next = if names.is_empty() { "None is attached.".into() } else { format!("Attached are: {}.", names.join(", ")) };
            return Err(Trouble::new(TroubleSort::Usage, format!("No report \"{name}\" is attached to {number_of}."), next));
        };
        Ok(self.store.remove_attached(root, found.number)?)
    }

    /// The reports attached to the upload of a sync.
    pub(super) fn attached_to(&self, sync: &Sync) -> Result<Vec<AttachedInfo>, Trouble> {
        if matches!(sync.kind, SyncKind::Undo { .. }) {
            return Ok(Vec::new());
        }
        let all = self.store.attached(sync.root())?;
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let taken_up = self.taken_up(sync)?;
        Ok(all.iter().map(|a| info(a, &taken_up)).collect())
    }

    /// What reports say of the rows of a sync and is still open there.
    pub(super) fn reported(&self, sync: &Sync) -> Result<Beside, Trouble> {
        if matches!(sync.kind, SyncKind::Undo { .. }) {
            return Ok(Beside::default());
        }
        let all = self.store.attached(sync.root())?;
        if all.is_empty() { Ok(Beside::default()) } else { self.beside_of(sync, &all) }
    }

    fn beside_of(&self, sync: &Sync, all: &[Attached]) -> Result<Beside, Trouble> {
        let taken_up = by_record(self.taken_up(sync)?);
        let mut findings: Vec<Finding> = Vec::new();
        for attached in all {
            findings.extend(attached.told.iter().filter(|t| is_open(t, attached, &taken_up)).map(|t| t.finding(attached)));
        }
        // Stable: the reports stay in the order in which they came.
        findings.sort_by_key(|f| f.record);
        let own = self.store.causes(sync.number)?;
        let offset = own.iter().map(|c| c.number).max().unwrap_or(0);
        let theirs: HashSet<u32> = findings.iter().filter_map(|f| f.record).collect();
        let mut wrong = HashSet::new();
        self.store.findings(sync.number, &mut |f| {
            wrong.extend(f.record.filter(|r| f.severity >= Severity::Error && theirs.contains(r)));
            true
        })?;
        let mut causes = fold(&mut findings, &wrong, offset);
        for cause in &mut causes {
            cause.since = self.complained_since(sync, cause)?;
        }
        Ok(Beside { findings, causes })
    }

    /// For how many of the feed's uploads in a row that has been complained of.
    fn complained_since(&self, sync: &Sync, cause: &Cause) -> Result<Since, Trouble> {
        let mut times = 1;
        let same = |finding: &Finding| finding.column == cause.column && title(finding) == cause.title;
        for earlier in self.store.syncs()?.iter().filter(|s| s.kind == SyncKind::Import && s.feed == sync.feed && s.number < sync.root()) {
            let reports = self.store.attached(earlier.number)?;
            if !reports.iter().any(|a| a.told.iter().any(|t| same(&t.finding(a)))) {
                break;
            }
            times += 1;
        }
        Ok(if times == 1 { Since::New } else { Since::Syncs(times) })
    }

    /// The findings of a sync as they are looked at: its own, and what reports say of its rows, in the order of the file.
    pub(super) fn each_finding(&self, sync: &Sync, each: &mut dyn FnMut(Finding) -> bool) -> Result<(), Trouble> {
        let mut told = self.reported(sync)?.findings.into_iter().peekable();
        let mut goes_on = true;
        self.store.findings(sync.number, &mut |finding| {
            while goes_on && let Some(before) = told.next_if(|t| t.record < finding.record) {
                goes_on = each(before);
            }
            goes_on = goes_on && each(finding);
            goes_on
        })?;
        while goes_on && let Some(rest) = told.next() {
            goes_on = each(rest);
        }
        Ok(())
    }

    /// The causes of a sync as they are looked at: its own, then those of reports.
    pub(super) fn causes_of(&self, sync: &Sync) -> Result<Vec<Cause>, Trouble> {
        let mut causes = self.store.causes(sync.number)?;
        causes.extend(self.reported(sync)?.causes);
        Ok(causes)
    }

    /// What reports say of one row and its corrections do not answer; `typed` are cells as they are being typed.
    pub(super) fn told_of(
        &self,
        sync: &Sync,
        record: u32,
        corrections: &[Correction],
        typed: &[(usize, String)],
    ) -> Result<Vec<Finding>, Trouble> {
        let mut all = self.store.attached(sync.root())?;
        all.retain(|a| a.told.iter().any(|t| t.record == Some(record)));
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let mut corrections: Vec<Correction> = corrections.iter().filter(|c| c.record == record).cloned().collect();
        for (cell, value) in typed {
            // As it would be recorded.
            corrections.retain(|c| c.cell as usize != *cell);
            corrections.push(Correction {
                root: sync.root(),
                record,
                line: 0,
                cell: *cell as u32,
                column: String::new(),
                before: String::new(),
                after: value.clone(),
                key: None,
                by: self.surroundings.by.clone(),
                at: (self.surroundings.now)(),
            });
        }
        let mut findings = Vec::new();
        for attached in &all {
            let of_row = attached.told.iter().filter(|t| t.record == Some(record));
            findings.extend(of_row.filter(|t| !t.is_answered(attached.at, corrections.iter())).map(|t| t.finding(attached)));
        }
        Ok(findings)
    }

    /// The causes that have to do with one report.
    #[allow(clippy::unused_self)] // beside its like
    fn causes_among(&self, causes: &[Cause], findings: &[Finding], of: &Attached) -> Vec<Cause> {
        let theirs: HashSet<u32> = findings.iter().filter(|f| f.arg("report") == Some(&of.name)).map(|f| f.cause).collect();
        causes.iter().filter(|c| theirs.contains(&c.number)).cloned().collect()
    }
}

/// What a report is known by when it comes again: what it says of which rows. Not its bytes: a report may repeat a password, and a hash of
/// that would let it be tried out.
fn digest(form: &str, lines: usize, told: &[Told]) -> String {
    let said: Vec<_> = told.iter().map(|t| (t.record, t.cell, &t.code, &t.said, &t.resolution)).collect();
    blake3::hash(&serde_json::to_vec(&(form, lines, said)).unwrap_or_default()).to_hex().to_string()
}

/// Reads a report's bytes.
fn read(path: &Path) -> Result<Vec<u8>, Trouble> {
    let refused = |e: &dyn std::fmt::Display| {
        Trouble::new(TroubleSort::Refused, format!("Cannot read {}: {e}", path.display()), "Check the path and the rights.")
    };
    let meta = std::fs::metadata(path).map_err(|e| refused(&e))?;
    if meta.is_dir() {
        return Err(refused(&"it is a folder"));
    }
    if meta.len() > REPORT_MAX {
        return Err(refused(&format!("it has {} bytes, and a report has {} at most", number(meta.len()), number(REPORT_MAX))));
    }
    std::fs::read(path).map_err(|e| refused(&e))
}

fn does_not_fit(name: &str, sync: &Sync, misfits: &[Misfit]) -> Trouble {
    let more = match misfits.len() {
        0 | 1 => String::new(),
        n => format!(" So do {} more.", number(n as u64 - 1)),
    };
    let first = misfits.first().map(|m| format!("line {}: {}", m.at, m.why)).unwrap_or_default();
    let what = format!("{name} does not fit {} ({}): {first}.{more} Nothing was attached.", sync.number, sync.file);
    let next = format!(
        "Is it of another upload? The uploads: homeroom syncs. Every line that does not fit: homeroom attach {} FILE --dry-run",
        sync.number.0
    );
    Trouble::new(TroubleSort::Refused, what.replace("So do 1 more.", "So does 1 more."), next)
}

fn by_record(corrections: Vec<Correction>) -> HashMap<u32, Vec<Correction>> {
    let mut by: HashMap<u32, Vec<Correction>> = HashMap::new();
    for c in corrections {
        by.entry(c.record).or_default().push(c);
    }
    by
}

fn is_open(told: &Told, of: &Attached, taken_up: &HashMap<u32, Vec<Correction>>) -> bool {
    let of_row = told.record.and_then(|r| taken_up.get(&r)).map(Vec::as_slice).unwrap_or_default();
    !told.is_answered(of.at, of_row.iter())
}

fn info(of: &Attached, taken_up: &[Correction]) -> AttachedInfo {
    let taken_up = by_record(taken_up.to_vec());
    let open: HashSet<u32> = of.told.iter().filter(|t| is_open(t, of, &taken_up)).filter_map(|t| t.record).collect();
    AttachedInfo {
        number: of.number,
        name: of.name.clone(),
        vendor: of.vendor.clone(),
        form: of.form.clone(),
        at: of.at,
        by: of.by.clone(),
        lines: of.lines,
        fine: of.fine,
        errors: of.told.len() as u64,
        rows: of.rows(),
        open: open.len() as u64,
    }
}

fn title(finding: &Finding) -> String {
    finding.code.spec().fill(finding.code.spec().title, finding)
}

/// Folds what reports say, by system, column and what is said without its values: those that affect most rows first, numbered after
/// `offset`. A row of `wrong` has errors of our own besides, so nothing of this alone clears it.
fn fold(findings: &mut [Finding], wrong: &HashSet<u32>, offset: u32) -> Vec<Cause> {
    type Root = (String, Option<String>, String);
    let root = |f: &Finding| -> Root {
        let arg = |name| f.arg(name).unwrap_or_default().to_owned();
        (arg("vendor"), f.column.clone(), arg("kind"))
    };
    let mut at: HashMap<Root, usize> = HashMap::new();
    let mut causes: Vec<Cause> = Vec::new();
    let mut of_row: HashMap<u32, HashSet<usize>> = HashMap::new();
    for finding in findings.iter_mut() {
        let cause = *at.entry(root(finding)).or_insert_with(|| {
            causes.push(Cause {
                number: 0,
                code: finding.code,
                severity: finding.severity,
                column: finding.column.clone(),
                value: None,
                title: title(finding),
                rows: 0,
                clears: 0,
                parent: None,
                since: Since::New,
                first_line: finding.line,
            });
            causes.len() - 1
        });
        finding.cause = cause as u32;
        if let Some(record) = finding.record
            && of_row.entry(record).or_default().insert(cause)
        {
            causes[cause].rows += 1;
        }
    }
    for (record, of) in &of_row {
        if let (1, Some(cause), false) = (of.len(), of.iter().next(), wrong.contains(record)) {
            causes[*cause].clears += 1;
        }
    }
    let mut order: Vec<usize> = (0..causes.len()).collect();
    order.sort_by_key(|i| (std::cmp::Reverse(causes[*i].rows), causes[*i].first_line, *i));
    let mut numbers = vec![0; causes.len()];
    for (place, i) in order.iter().enumerate() {
        numbers[*i] = offset + place as u32 + 1;
    }
    for finding in findings {
        finding.cause = numbers[finding.cause as usize];
    }
    order.into_iter().map(|i| Cause { number: numbers[i], ..causes[i].clone() }).collect()
}
