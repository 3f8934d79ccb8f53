//! From a path, or from a kept upload, to a sheet and its columns: everything that can refuse a file before its rows.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::Failed;
use crate::check::{Decisions, Overlay, values};
use crate::feed::{ColumnKind, Profile, Profiles};
use crate::intake::{self, Columns, Encoding, Ragged, Row, Sheet, Source};
use crate::ledger::{Code, Correction, Decided, Decision, Finding, Map, ReadAs, Severity, Sync};
use crate::roster::FeedNo;
use crate::store::{Store, StoreError};

/// A file read and its header judged.
#[derive(Debug)]
pub struct Loaded {
    /// The file.
    pub sheet: Sheet,
    /// Where the profile's columns are.
    pub columns: Columns,
    /// Notes and warnings on file and header.
    pub findings: Vec<Finding>,
}

/// Reads a file's bytes; refused with FIL-001 where it cannot be read, FIL-016 where it changed meanwhile. `tell` gets bytes
/// read and in all, and says whether to go on; `None` if it said no.
#[allow(clippy::result_large_err)] // once a file
pub(super) fn bytes(path: &Path, tell: &mut dyn FnMut(u64, u64) -> bool) -> Result<Option<Vec<u8>>, Finding> {
    let refuse = |e: std::io::Error| Finding::of_file(Code::FIL_001).with("path", path.display()).with("error", e);
    let mut file = File::open(path).map_err(refuse)?;
    let before = file.metadata().map_err(refuse)?;
    if before.is_dir() {
        return Err(refuse(std::io::Error::other("it is a folder")));
    }
    let total = before.len();
    let mut bytes = Vec::with_capacity(total as usize + 1);
    loop {
        let step = (&mut file).take(8 << 20).read_to_end(&mut bytes).map_err(refuse)?;
        if !tell(bytes.len() as u64, total.max(bytes.len() as u64)) {
            return Ok(None);
        }
        if step == 0 {
            break;
        }
    }
    let after = std::fs::metadata(path).map_err(refuse)?;
    let regular = before.is_file();
    if regular && (after.len() != bytes.len() as u64 || after.modified().ok() != before.modified().ok()) {
        return Err(Finding::of_file(Code::FIL_016));
    }
    Ok(Some(bytes))
}

/// What the operator demanded, in intake's terms. Refused if there is no such encoding.
pub(super) fn read_as(read_as: &ReadAs) -> Result<intake::ReadAs, Failed> {
    let encoding = match &read_as.encoding {
        None => None,
        Some(name) => Some(Encoding::from_name(name).ok_or_else(|| {
            Failed::Usage(format!("There is no encoding \"{name}\" here."), "Use utf-8, utf-16le, utf-16be or windows-1252.".into())
        })?),
    };
    let delimiter = match read_as.delimiter {
        None => None,
        Some(d) if d.is_ascii() => Some(d as u8),
        Some(d) => return Err(Failed::Usage(format!("\"{d}\" cannot be a delimiter."), "Use a comma, a semicolon or a TAB.".into())),
    };
    Ok(intake::ReadAs { encoding, delimiter, skip_lines: 0 })
}

/// A file that was refused: everything found, its header, its profile, as far as they are known.
pub(super) type Unopened<'p> = (Vec<Finding>, Vec<String>, Option<&'p Profile>);

/// Opens a file's bytes, finds the profile if none is named, and judges the header, with a mapping (of the profile that is named)
/// laid over it. The error is everything found, at least one of it `Refused`, and the header as far as it could be read.
pub(super) fn open<'p>(
    source: Source,
    mut as_told: intake::ReadAs,
    profile: Option<&'p Profile>,
    profiles: &'p Profiles,
    map: Option<&Map>,
) -> Result<(Loaded, &'p Profile), Unopened<'p>> {
    let renamed = map.zip(profile).map(|(map, profile)| intake::renamed(profile, map));
    as_told.skip_lines = map.map_or(0, |m| m.skip_lines);
    let wanted: Vec<&Profile> = match (&renamed, profile) {
        (Some(renamed), _) => vec![renamed],
        (None, Some(profile)) => vec![profile],
        (None, None) => profiles.all.iter().collect(),
    };
    let mut sheet = Sheet::open(source, &as_told, &wanted).map_err(|f| (f, Vec::new(), profile))?;
    let mut findings = std::mem::take(&mut sheet.findings);
    let profile = match profile {
        Some(profile) => profile,
        None => match intake::recognise(sheet.header(), &profiles.all) {
            Ok(name) => match profiles.get(&name) {
                Some(profile) => profile,
                None => return Err((vec![Finding::of_file(Code::FIL_017)], sheet.header().to_vec(), None)),
            },
            Err((_, finding)) => {
                findings.push(finding);
                return Err((findings, sheet.header().to_vec(), None));
            }
        },
    };
    if let Some(name) = profile.file_name.as_deref().filter(|n| *n != sheet.name()) {
        findings.push(Finding::of_file(Code::FIL_007).with("a", sheet.name()).with("b", name).with("p", &profile.name));
    }
    let (columns, verdict) = intake::judge_mapped(sheet.header(), sheet.header_line(), profile, map);
    findings.extend(verdict);
    if let Some(limit) = profile.limits.bytes.filter(|l| sheet.size() > *l) {
        findings.push(intake::sheet::too_large(sheet.size(), limit, &profile.name));
    }
    if findings.iter().any(|f| f.severity == Severity::Refused) {
        return Err((findings, sheet.header().to_vec(), Some(profile)));
    }
    Ok((Loaded { sheet, columns, findings }, profile))
}

/// What stands in a kept upload where a secret may have stood that no column of the profile is for.
const SECRET: &str = "(secret)";

/// The bytes to keep of a file: as received, but what secret cells held is replaced by whether it was valid. `None` where there
/// is no secret column in this file: then it is the file itself. The error refuses a file that breaks off: what comes after
/// the break cannot be cut into cells, so nothing of it may be kept.
#[allow(clippy::result_large_err)] // a refusal is a whole finding, and happens once a file
pub(super) fn without_secrets(loaded: &Loaded, profile: &Profile) -> Result<Option<Vec<u8>>, Finding> {
    let header = loaded.sheet.header();
    let of_profile =
        |cell: usize| loaded.columns.at.iter().position(|c| *c == Some(cell)).filter(|i| profile.columns[*i].kind == ColumnKind::Password);
    let secret: Vec<usize> = (0..header.len()).filter(|c| of_profile(*c).is_some() || is_unknown_secret(loaded, *c)).collect();
    let (Some(first), Some(last)) = (secret.first().copied(), secret.last().copied()) else { return Ok(None) };
    let mut changes = Vec::new();
    let mut rows = loaded.sheet.rows();
    let mut row = Row::default();
    while rows.next(&mut row)? {
        let Some(spans) = loaded.sheet.spans(row.offset) else { continue };
        // In a ragged row the secret may have moved: to the right where there are cells too many, to the left where some are
        // missing, by as many at most.
        let may = match loaded.columns.ragged(&row.cells) {
            None => 0..0,
            Some(Ragged::TooMany) => first..row.cells.len(),
            Some(Ragged::TooFew) => first.saturating_sub(loaded.columns.width - row.cells.len())..last + 1,
        };
        for (cell, value) in row.cells.iter().enumerate() {
            let value = intake::trim(value);
            let instead = match of_profile(cell).filter(|_| may.is_empty()) {
                Some(column) => values::kept_secret(&profile.columns[column], value),
                None if may.contains(&cell) || secret.contains(&cell) => SECRET,
                None => continue,
            };
            let span = spans.cells.get(cell).filter(|_| !value.is_empty());
            changes.extend(span.map(|span| (span.clone(), loaded.sheet.quoted(instead))));
        }
    }
    Ok(Some(loaded.sheet.rewritten(changes.iter().map(|(at, text)| (at.clone(), text.as_ref()))).unwrap_or_default()))
}

/// Whether a column that the profile does not know holds secrets, by its name.
pub(super) fn is_unknown_secret(loaded: &Loaded, cell: usize) -> bool {
    loaded.columns.at.iter().all(|c| *c != Some(cell)) && loaded.sheet.header().get(cell).is_some_and(|h| intake::is_secret(h))
}

/// Reads a sync's upload again.
pub fn load<'p>(store: &Store, profiles: &'p Profiles, sync: &Sync) -> Result<(Loaded, &'p Profile), Failed> {
    let gone = |what: &str| Failed::Usage(format!("{} has no file to read: {what}.", sync.number), "Import the file again.".into());
    let hash = sync.upload.as_ref().ok_or_else(|| gone("none was kept"))?;
    let upload = store.upload(hash)?.ok_or_else(|| gone("its upload is not known any more"))?;
    let bytes = store.upload_body(hash)?.ok_or_else(|| gone("it was refused, so its content was not kept"))?;
    let profile = profiles.get(&sync.profile).ok_or_else(|| gone(&format!("profile \"{}\" does not exist any more", sync.profile)))?;
    let as_then = ReadAs { encoding: Some(upload.encoding.clone()), delimiter: Some(upload.delimiter) };
    let source = Source { name: sync.file.clone(), bytes };
    let map = match &sync.map {
        None => None,
        Some(kept) => Some(store.map(kept)?.ok_or_else(|| gone(&format!("mapping {kept} is not known any more")))?),
    };
    match open(source, read_as(&as_then)?, Some(profile), profiles, map.as_ref()) {
        Ok((mut loaded, profile)) => {
            super::standing::lay_rules(&store.rules_run_with(sync.root())?, profile, &mut loaded.columns);
            Ok((loaded, profile))
        }
        Err((findings, ..)) => {
            let why = findings.last().map(Finding::message).unwrap_or_default();
            Err(gone(&format!("profile \"{}\" does not take it any more: {why}", sync.profile)))
        }
    }
}

/// The main sources, by number and name.
pub fn main_feeds(store: &Store) -> Result<Vec<(FeedNo, String)>, StoreError> {
    Ok(store.feeds()?.into_iter().filter(|(_, f)| f.main).map(|(no, f)| (no, f.name)).collect())
}

/// Keeps what a mapping is now under a name of its own (`NAME@HASH`), and gives that name: a sync must be read again as it was read
/// the first time, whatever becomes of the mapping. Equal ones are kept once. `@` is in no name that a person can give.
pub(super) fn keep_map(store: &Store, map: &Map) -> Result<String, Failed> {
    let form = serde_json::to_vec(map).unwrap_or_default();
    let name = format!("{}@{}", map.name, &blake3::hash(&form).to_hex()[..12]);
    if store.map(&name)?.is_none() {
        store.put_map(&Map { name: name.clone(), ..map.clone() })?;
    }
    Ok(name)
}

/// Decisions as checking asks for them.
pub fn decided(decisions: &[Decision]) -> Decisions {
    decisions.iter().filter(|d| d.decided != Decided::Open).map(|d| (d.record, d.decided)).collect()
}

/// Corrections as checking lays them over rows.
pub fn overlay(corrections: &[Correction]) -> Overlay {
    let mut overlay: Overlay = HashMap::new();
    for c in corrections {
        overlay.entry(c.record).or_default().push((c.cell, c.after.clone()));
    }
    overlay
}
