//! The operator's own file beside the upload that was kept of it with its secrets blanked.

use std::path::Path;

use super::Failed;
use super::read::{self, Loaded};
use crate::feed::{ColumnKind, Profile, Profiles};
use crate::intake::Source;
use crate::ledger::{Finding, ReadAs, Sync};
use crate::store::Store;

/// By cell of the header: whether what stands below it is secret and was blanked in the kept upload. By the profile, or by the
/// header's own name where the profile does not know the column.
pub fn secret_cells(loaded: &Loaded, profile: &Profile) -> Vec<bool> {
    let cells = loaded.sheet.header().len();
    let of_profile = |cell: usize| {
        let column = loaded.columns.at.iter().position(|c| *c == Some(cell));
        column.is_some_and(|i| profile.columns[i].kind == ColumnKind::Password)
    };
    (0..cells).map(|cell| of_profile(cell) || read::is_unknown_secret(loaded, cell)).collect()
}

/// Reads the operator's own file of a sync. Refused unless it is that file: with its secrets blanked it must have the hash of the
/// upload that was kept.
pub fn original<'p>(store: &Store, profiles: &'p Profiles, sync: &Sync, path: &Path) -> Result<(Loaded, &'p Profile), Failed> {
    let shown = path.display();
    let not_read = |finding: &Finding| Failed::Usage(finding.message(), finding.resolution());
    let unknown = || {
        let what = format!("{} has no upload that {shown} could be compared with.", sync.number);
        Failed::Usage(what, "Import the file again.".into())
    };
    let hash = sync.upload.as_ref().ok_or_else(unknown)?;
    let upload = store.upload(hash)?.ok_or_else(unknown)?;
    let profile = profiles.get(&sync.profile).ok_or_else(unknown)?;
    let another = || {
        let next = format!("Give {} as it was imported, nothing changed in it.", sync.file);
        Failed::Usage(format!("{shown} is not the file that was imported as {}: its content differs.", sync.number), next)
    };
    let bytes = match read::bytes(path, &mut |_, _| true) {
        Ok(bytes) => bytes.unwrap_or_default(),
        Err(finding) => return Err(not_read(&finding)),
    };
    let as_then = ReadAs { encoding: Some(upload.encoding.clone()), delimiter: Some(upload.delimiter) };
    let source = Source { name: sync.file.clone(), bytes };
    let map = sync.map.as_deref().map(|kept| store.map(kept)).transpose()?.flatten();
    let opened = read::open(source, read::read_as(&as_then)?, Some(profile), profiles, map.as_ref());
    let (loaded, profile) = opened.map_err(|_| another())?;
    let kept = read::without_secrets(&loaded, profile).map_err(|_| another())?;
    let its_hash = match &kept {
        Some(kept) => Store::hash(kept),
        None => Store::hash(&loaded.sheet.bytes()),
    };
    if its_hash == *hash { Ok((loaded, profile)) } else { Err(another()) }
}
