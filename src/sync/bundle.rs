//! From a bundle to the files that are run: which standard it is, which of its files count, in which order, what is laid beside what.

use std::collections::HashSet;

use crate::feed::Profiles;
use crate::feed::bundle::{BundleRules, Member};
use crate::intake::join::{column, join};
use crate::intake::{Bundle, Comes, Manifest, ReadAs, Row, Sheet, Source, clean, trim};
use crate::ledger::{Code, Finding, Severity};

/// One file of a set, ready to be run.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// Its file name.
    pub file: String,
    /// Its content; none where it is said to be there and is not.
    pub content: Option<Vec<u8>>,
    /// The profile.
    pub profile: String,
    /// Whether it holds changes only.
    pub changes_only: bool,
    /// What was found before it was read by itself. One that is `Refused` keeps it from being read.
    pub notes: Vec<Finding>,
    /// The parts before this one that it refers to.
    pub after: Vec<usize>,
}

/// The standard that a bundle is of: by its manifest and version, or by the files that it has. The error is FIL-001, with the
/// nearest, or a version that is not known.
#[allow(clippy::result_large_err)] // a refusal is a whole finding, and happens once a bundle
pub fn recognise<'p>(bundle: &Bundle, profiles: &'p Profiles) -> Result<&'p BundleRules, Finding> {
    for rules in &profiles.bundles {
        let Some(wanted) = &rules.manifest else { continue };
        let Some(source) = bundle.member(&wanted.file) else { continue };
        let manifest = Manifest::read(source)?;
        let Some(version) = manifest.properties.get(&wanted.property) else { continue };
        let same = |r: &&BundleRules| r.manifest.as_ref().is_some_and(|m| m.file == wanted.file && m.property == wanted.property);
        let known = profiles.bundles.iter().filter(same);
        let of_version = known.clone().find(|r| r.manifest.as_ref().is_some_and(|m| is_version(version, &m.version)));
        return of_version.ok_or_else(|| {
            let list: Vec<&str> = known.filter_map(|r| r.manifest.as_ref()).map(|m| m.version.as_str()).collect();
            let finding = Finding::of_file(Code::VAL_209).as_bad_as(Severity::Refused).in_column(&wanted.property);
            finding.with_value(version).with("list", list.join(", "))
        });
    }
    let complete = |r: &&BundleRules| r.manifest.is_none() && r.needed().all(|f| bundle.member(f).is_some());
    if let Some(rules) = profiles.bundles.iter().find(complete) {
        return Ok(rules);
    }
    Err(unrecognised(bundle, &fits(bundle, profiles)))
}

/// The bundles by how many of their files are there: name, those files, all of its files; the best first.
pub fn fits(bundle: &Bundle, profiles: &Profiles) -> Vec<(String, u32, u32)> {
    let mut fits: Vec<_> = profiles
        .bundles
        .iter()
        .map(|r| (r.name.clone(), r.files().iter().filter(|f| bundle.member(f).is_some()).count() as u32, r.files().len() as u32))
        .collect();
    fits.sort_by_key(|f| std::cmp::Reverse(f.1));
    fits
}

fn unrecognised(bundle: &Bundle, fits: &[(String, u32, u32)]) -> Finding {
    let best: Vec<&(String, u32, u32)> = fits.iter().filter(|f| f.1 > 0).take(2).collect();
    let Some(first) = best.first() else { return gone(&bundle.name, "it is no bundle that is known; name its files one by one") };
    let names: Vec<&str> = best.iter().map(|f| f.0.as_str()).collect();
    let nearest = format!("{} comes nearest with {} of {} files", names.join(", "), first.1, first.2);
    gone(&bundle.name, &format!("it is no bundle that is known; {nearest}: choose it with --profile"))
}

/// `1.1` is also written `1.1.0` and `v1.1`.
fn is_version(said: &str, wanted: &str) -> bool {
    let said = said.trim_start_matches(['v', 'V']);
    said == wanted || said.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('.'))
}

/// The parts of a bundle, in reference order, and how many of its files are not used. What is to be said of the bundle as a whole is
/// said with its first part. The error refuses the bundle: its manifest cannot be read, or there is nothing in it to run.
pub fn parts(bundle: &Bundle, rules: &BundleRules) -> Result<Vec<Part>, Vec<Finding>> {
    let mut notes = Vec::new();
    let manifest = match rules.manifest.as_ref().map(|m| (m, bundle.member(&m.file))) {
        None => None,
        Some((_, Some(source))) => Some(Manifest::read(source).map_err(|f| vec![f])?),
        Some((wanted, None)) => {
            notes.push(gone(&wanted.file, "it is not there, so every file is taken as whole").as_bad_as(Severity::Warning));
            None
        }
    };
    let sessions = Looked::of(bundle, rules);
    let mut parts: Vec<Part> = Vec::new();
    for member in &rules.member {
        let comes = match &manifest {
            None => bundle.member(&member.file).map_or(Comes::Absent, |_| Comes::Bulk),
            Some(manifest) => {
                let Some(comes) = manifest.comes(&member.file).map_err(|f| vec![f])? else {
                    if bundle.member(&member.file).is_some() {
                        notes.push(left_out(&member.file, "the manifest does not say how it comes, so it was left out"));
                    }
                    continue;
                };
                comes
            }
        };
        let mut part = Part {
            file: member.file.clone(),
            profile: member.profile_for(comes == Comes::Delta),
            changes_only: comes == Comes::Delta,
            after: parts.iter().enumerate().filter(|(_, p)| member.after.contains(&p.file)).map(|(i, _)| i).collect(),
            ..Part::default()
        };
        match (comes, bundle.member(&member.file)) {
            (Comes::Absent, None) => continue,
            (Comes::Absent, Some(_)) => {
                notes.push(left_out(&member.file, "the manifest says that it is absent, so it was left out"));
                continue;
            }
            (_, None) => part.notes.push(gone(&member.file, "the manifest says that it is there, and it is not")),
            (_, Some(source)) => fill(&mut part, member, bundle, source, &sessions),
        }
        parts.push(part);
    }
    let known = rules.files();
    for member in bundle.members.iter().filter(|m| !known.contains(&m.name.as_str())) {
        let of_standard = rules.unused.contains(&member.name);
        notes.push(unknown(rules, &member.name, if of_standard { "not used here" } else { "not used" }));
    }
    notes.extend(bundle.others.iter().map(|name| unknown(rules, name, "not used")));
    if let Some(first) = parts.first_mut() {
        first.notes.extend(notes);
        return Ok(parts);
    }
    notes.push(gone(&bundle.name, "none of the files that it should have is in it"));
    Err(notes)
}

fn gone(file: &str, why: &str) -> Finding {
    Finding::of_file(Code::FIL_001).with("path", file).with("error", why)
}

fn left_out(file: &str, why: &str) -> Finding {
    gone(file, why).as_bad_as(Severity::Warning)
}

fn unknown(rules: &BundleRules, name: &str, then: &str) -> Finding {
    let files = rules.files().join(", ");
    Finding::of_file(Code::FIL_007).as_bad_as(Severity::Info).with("a", name).with("b", files).with("p", &rules.name).with("then", then)
}

/// Gives a part its content, with what is laid beside it, and what can be said of it only in view of the others.
fn fill(part: &mut Part, member: &Member, bundle: &Bundle, source: &Source, looked: &Looked) {
    let mut content = source.bytes.clone();
    if !member.join.is_empty() {
        match joined(member, bundle, source) {
            Ok((bytes, notes)) => {
                content = bytes;
                part.notes.extend(notes);
            }
            Err(notes) => {
                part.notes.extend(notes);
                return;
            }
        }
    }
    if let Ok(sheet) = open(source) {
        if !part.changes_only {
            part.notes.extend(member.delta.iter().filter_map(|name| filled(&sheet, name)));
        }
        for (name, file) in &member.looks_into {
            part.notes.extend(looked.unknown(&sheet, name, file));
        }
    }
    part.content = Some(content);
}

fn open(source: &Source) -> Result<Sheet, Vec<Finding>> {
    Sheet::open(source.clone(), &ReadAs::default(), &[])
}

/// The content of a member with other files laid beside it. What is wrong with the main file itself is left to its own run.
fn joined(member: &Member, bundle: &Bundle, source: &Source) -> Result<(Vec<u8>, Vec<Finding>), Vec<Finding>> {
    let Ok(main) = open(source) else { return Ok((source.bytes.clone(), Vec::new())) };
    let mut sheets = Vec::new();
    for join in &member.join {
        sheets.push(match bundle.member(&join.file) {
            Some(source) => match open(source) {
                Ok(sheet) => Some(sheet),
                // A file of a header alone says nothing of anybody.
                Err(findings) if findings.iter().any(|f| f.code == Code::FIL_003) => None,
                Err(findings) => {
                    let why = findings.last().map(Finding::message).unwrap_or_default();
                    return Err(vec![gone(&join.file, &why)]);
                }
            },
            None if join.needed => return Err(vec![gone(&join.file, "it is not there")]),
            None => None,
        });
    }
    let pairs: Vec<_> = member.join.iter().zip(&sheets).map(|(j, s)| (j, s.as_ref())).collect();
    join(&main, &pairs).map_err(|f| vec![f])
}

/// That a column which only files of changes fill has a value in a file that is whole.
fn filled(sheet: &Sheet, name: &str) -> Option<Finding> {
    let cell = column(sheet, name)?;
    let (mut rows, mut row) = (sheet.rows(), Row::default());
    while rows.next(&mut row).unwrap_or(false) {
        if !trim(row.cells.get(cell).unwrap_or_default()).is_empty() {
            let mut finding = Finding::of_file(Code::VAL_218).as_bad_as(Severity::Warning).in_column(name);
            finding.line = Some(row.line);
            return Some(finding.with("type", "files that are whole (bulk); what it says was taken"));
        }
    }
    None
}

/// The IDs of a file that others look into, and that is not kept.
struct Looked {
    file: String,
    ids: Option<HashSet<String>>,
}

impl Looked {
    /// Reads the IDs: those of the first file that any member looks into. None where it is not whole: then an ID may be known from before.
    fn of(bundle: &Bundle, rules: &BundleRules) -> Self {
        let file = rules.member.iter().flat_map(|m| &m.looks_into).map(|l| l.1.clone()).next().unwrap_or_default();
        let manifest = rules.manifest.as_ref().and_then(|m| bundle.member(&m.file)).and_then(|s| Manifest::read(s).ok());
        let whole = manifest.is_none_or(|m| m.comes(&file) == Ok(Some(Comes::Bulk)));
        let sheet = bundle.member(&file).filter(|_| whole).and_then(|s| open(s).ok());
        let ids = sheet.map(|sheet| {
            let (mut rows, mut row, mut ids) = (sheet.rows(), Row::default(), HashSet::new());
            while rows.next(&mut row).unwrap_or(false) {
                ids.insert(clean(&String::from_utf8_lossy(row.cells.get(0).unwrap_or_default())).into_owned());
            }
            ids
        });
        Self { file, ids }
    }

    /// The values of a column that name nothing in the file, each once, with the first line that has it.
    fn unknown(&self, sheet: &Sheet, name: &str, file: &str) -> Vec<Finding> {
        let (Some(ids), Some(cell), true) = (&self.ids, column(sheet, name), file == self.file) else { return Vec::new() };
        let (mut rows, mut row) = (sheet.rows(), Row::default());
        let mut said: HashSet<String> = HashSet::new();
        let mut findings = Vec::new();
        while rows.next(&mut row).unwrap_or(false) && findings.len() < MOST_SAID {
            let text = String::from_utf8_lossy(row.cells.get(cell).unwrap_or_default()).into_owned();
            for id in text.split(',').map(|id| clean(id).into_owned()).filter(|id| !id.is_empty() && !ids.contains(id)) {
                if said.insert(id.clone()) {
                    let finding = Finding::of_file(Code::REF_308).as_bad_as(Severity::Warning).in_column(name).with_value(&id);
                    let mut finding = finding.with("what", format!("session \"{id}\"")).with("why", format!("{file} does not have it"));
                    finding.line = Some(row.line);
                    findings.push(finding);
                }
            }
        }
        findings
    }
}

/// Unknown values that are said of a column.
const MOST_SAID: usize = 20;
