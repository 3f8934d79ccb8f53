//! A folder or a ZIP file whose files belong together: its members' bytes, within limits, and what its manifest says of them.
//!
//! A ZIP comes from anybody. It is refused whole where it would expand beyond reason, name a place outside of itself, hold a link or
//! one name twice. Only its CSV files are unpacked; what else is in it (a ZIP in the ZIP too) is named and left alone.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use zip::ZipArchive;

use super::Source;
use super::hidden::trim_str;
use crate::ledger::{Code, Finding};

/// How many times its own size a ZIP may expand to.
pub const MOST_TIMES: u64 = 100;
/// Most files in a ZIP or a folder: the standards know some twenty.
pub const MOST_FILES: usize = 1000;
/// Most bytes of one member: far above the users of any state.
pub const MEMBER_MAX: u64 = 4 << 30;

/// Files that came together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// The folder's or the ZIP's own name.
    pub name: String,
    /// Bytes of the ZIP, or of all members of the folder.
    pub size: u64,
    /// The CSV files, by name.
    pub members: Vec<Source>,
    /// Names of what else there is, sorted.
    pub others: Vec<String>,
}

impl Bundle {
    /// The member of a name, compared exactly.
    pub fn member(&self, name: &str) -> Option<&Source> {
        self.members.iter().find(|m| m.name == name)
    }
}

/// Reads what is at `path`, if it is a folder or a ZIP file with CSV files in it; `None` where it is a file like any other. The error
/// is FIL-001 and says what is wrong with it.
pub fn read(path: &Path) -> Result<Option<Bundle>, Finding> {
    let refused = |why: String| Finding::of_file(Code::FIL_001).with("path", path.display()).with("error", why);
    let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
    let found = if path.is_dir() { folder(path) } else { packed(path) };
    let Some(mut bundle) = found.map_err(refused)? else { return Ok(None) };
    bundle.name = name;
    bundle.members.sort_by(|a, b| a.name.cmp(&b.name));
    bundle.others.sort();
    match twice(&bundle.members) {
        Some(name) => Err(refused(format!("it has two files named {name}"))),
        None => Ok(Some(bundle)),
    }
}

/// A name that two members have, capitals aside: on some systems they would be one file.
fn twice(members: &[Source]) -> Option<&str> {
    let mut names: Vec<(String, &str)> = members.iter().map(|m| (m.name.to_lowercase(), m.name.as_str())).collect();
    names.sort();
    names.windows(2).find(|w| w[0].0 == w[1].0).map(|w| w[1].1)
}

fn is_csv(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(stem, ext)| !stem.is_empty() && ext.eq_ignore_ascii_case("csv"))
}

/// The files of a folder; those of folders in it are no part of it, nor are links.
fn folder(path: &Path) -> Result<Option<Bundle>, String> {
    let mut bundle = Bundle::default();
    for (n, entry) in path.read_dir().map_err(|e| e.to_string())?.enumerate() {
        if n >= MOST_FILES {
            return Err(format!("it has more than {MOST_FILES} files"));
        }
        let entry = entry.map_err(|e| e.to_string())?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let regular = entry.file_type().is_ok_and(|t| t.is_file());
        if !regular || !is_csv(&name) {
            bundle.others.push(name);
            continue;
        }
        let mut bytes = Vec::new();
        File::open(entry.path()).and_then(|f| f.take(MEMBER_MAX + 1).read_to_end(&mut bytes)).map_err(|e| format!("{name}: {e}"))?;
        if bytes.len() as u64 > MEMBER_MAX {
            return Err(format!("{name} is larger than {MEMBER_MAX} bytes"));
        }
        bundle.size += bytes.len() as u64;
        bundle.members.push(Source { name, bytes });
    }
    // A folder without any is refused where files are read: "it is a folder".
    Ok((!bundle.members.is_empty()).then_some(bundle))
}

/// The files of a ZIP; `None` where it is none, or one without a CSV file: an office document is a ZIP too.
fn packed(path: &Path) -> Result<Option<Bundle>, String> {
    // What cannot be opened is refused where files are read, in the words used there.
    // Of a pipe nothing may be read ahead: it would be missing from the file.
    if !path.is_file() {
        return Ok(None);
    }
    let Ok(mut file) = File::open(path) else { return Ok(None) };
    let mut begin = [0; 4];
    if file.read_exact(&mut begin).is_err() || begin != *b"PK\x03\x04" || file.rewind().is_err() {
        return Ok(None);
    }
    let size = file.metadata().map_err(|e| e.to_string())?.len();
    unpack(file, size)
}

/// Unpacks a ZIP of `size` bytes.
fn unpack<R: Read + Seek>(file: R, size: u64) -> Result<Option<Bundle>, String> {
    let broken = |e: zip::result::ZipError| format!("the ZIP file is damaged: {e}");
    // What only begins like one is refused where files are read: "it looks like a ZIP archive".
    let Ok(mut zip) = ZipArchive::new(file) else { return Ok(None) };
    if zip.len() > MOST_FILES {
        return Err(format!("it has more than {MOST_FILES} files"));
    }
    let mut bundle = Bundle { size, ..Bundle::default() };
    let mut csv = Vec::new();
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index).map_err(broken)?;
        let (raw, enclosed) = (String::from_utf8_lossy(entry.name_raw()).into_owned(), entry.enclosed_name());
        let named = raw.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        // What a Mac packs beside each file has the file's own name and is none.
        let beside = raw.starts_with("__MACOSX/") || named.starts_with("._");
        let leaves = enclosed.is_none() || raw.starts_with(['/', '\\']) || raw.contains(':') || raw.split(['/', '\\']).any(|p| p == "..");
        if leaves {
            return Err(format!("its member {raw} names a place outside of it"));
        }
        if entry.is_symlink() {
            return Err(format!("its member {raw} is a link"));
        }
        if entry.is_dir() || beside {
            continue;
        }
        if !is_csv(&named) {
            bundle.others.push(raw);
        } else if entry.encrypted() {
            return Err(format!("its member {raw} is encrypted; pack it without a password"));
        } else {
            csv.push((index, named));
        }
    }
    if csv.is_empty() {
        return Ok(None);
    }
    if zip.has_duplicate_names() {
        return Err("it has two files of one name".into());
    }
    let mut left = size.saturating_mul(MOST_TIMES);
    for (index, name) in csv {
        let entry = zip.by_index(index).map_err(broken)?;
        let most = left.min(MEMBER_MAX);
        // What it says of its size may be a lie: what counts is what comes out.
        let mut bytes = Vec::with_capacity(entry.size().min(most).min(1 << 30) as usize);
        entry.take(most + 1).read_to_end(&mut bytes).map_err(|e: io::Error| format!("its member {name} cannot be unpacked: {e}"))?;
        if bytes.len() as u64 > most {
            return Err(format!("its member {name} makes it expand more than {MOST_TIMES} times, or is larger than {MEMBER_MAX} bytes"));
        }
        left -= bytes.len() as u64;
        bundle.members.push(Source { name, bytes });
    }
    Ok(Some(bundle))
}

/// What a manifest says: `propertyName,value` lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Each property with its value.
    pub properties: BTreeMap<String, String>,
}

/// How a manifest says that a file comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comes {
    /// Whole: what is not in it is not there any more.
    Bulk,
    /// What changed since the last.
    Delta,
    /// Not at all.
    Absent,
}

impl Manifest {
    /// Reads a manifest. The error refuses it: no such header, no UTF-8, a property twice.
    pub fn read(source: &Source) -> Result<Self, Finding> {
        let refused = |why: String| Finding::of_file(Code::FIL_001).with("path", &source.name).with("error", why);
        let bytes = source.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&source.bytes);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut manifest = Self::default();
        for (n, record) in reader.records().enumerate() {
            let record = record.map_err(|e| refused(format!("it is not CSV in UTF-8: {e}")))?;
            let cell = |at: usize| trim_str(record.get(at).unwrap_or_default());
            if n == 0 {
                if (cell(0), cell(1)) != ("propertyName", "value") {
                    return Err(refused("its header is not propertyName,value".into()));
                }
                continue;
            }
            if cell(0).is_empty() {
                continue;
            }
            if manifest.properties.insert(cell(0).to_owned(), cell(1).to_owned()).is_some() {
                return Err(refused(format!("it says {} twice", cell(0))));
            }
        }
        Ok(manifest)
    }

    /// How a file comes, by its name; `None` where the manifest does not say. The error is a word that means nothing.
    pub fn comes(&self, file: &str) -> Result<Option<Comes>, Finding> {
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let Some(word) = self.properties.get(&format!("file.{stem}")) else { return Ok(None) };
        match word.as_str() {
            "bulk" => Ok(Some(Comes::Bulk)),
            "delta" => Ok(Some(Comes::Delta)),
            "absent" => Ok(Some(Comes::Absent)),
            _ => {
                let finding = Finding::of_file(Code::VAL_209).in_column(format!("file.{stem}")).with_value(word);
                Err(finding.with("list", "bulk, delta, absent").as_bad_as(crate::ledger::Severity::Refused))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn unpacked(bytes: Vec<u8>) -> Result<Option<Bundle>, String> {
        let size = bytes.len() as u64;
        unpack(Cursor::new(bytes), size)
    }

    #[test]
    fn csv_files_come_out_and_others_are_named() {
        let bytes =
            zipped(&[("export/users.csv", b"a"), ("export/notes.txt", b"n"), ("export/old.zip", b"PK"), ("__MACOSX/._users.csv", b"x")]);
        let bundle = unpacked(bytes).unwrap().unwrap();
        assert_eq!(bundle.members, [Source { name: "users.csv".into(), bytes: b"a".to_vec() }]);
        assert_eq!(bundle.others, ["export/notes.txt", "export/old.zip"]);
        assert_eq!(unpacked(zipped(&[("xl/workbook.xml", b"x")])), Ok(None));
    }

    #[test]
    fn what_would_leave_or_expand_is_refused() {
        for (name, said) in
            [("../users.csv", "outside"), ("a/../../users.csv", "outside"), ("/etc/users.csv", "outside"), ("c:\\users.csv", "outside")]
        {
            let error = unpacked(zipped(&[(name, b"a")])).unwrap_err();
            assert!(error.contains(said), "{name}: {error}");
        }
        let bomb = unpacked(zipped(&[("users.csv", &vec![b'a'; 1 << 20])])).unwrap_err();
        assert!(bomb.contains("100 times"), "{bomb}");
        let fine: Vec<u8> = (0..20_000u32).flat_map(|n| n.to_string().into_bytes()).collect();
        assert_eq!(unpacked(zipped(&[("users.csv", &fine)])).unwrap().unwrap().members[0].bytes, fine);
    }

    #[test]
    fn links_are_refused() {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.add_symlink("users.csv", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        assert!(unpacked(zip.finish().unwrap().into_inner()).unwrap_err().contains("link"));
    }

    #[test]
    fn a_name_twice_is_refused() {
        // Two names of one length, the second then overwritten by the first: writers refuse to make such a file.
        let mut bytes = zipped(&[("users.csv", b"a"), ("usurs.csv", b"b")]);
        while let Some(at) = bytes.windows(9).position(|w| w == b"usurs.csv") {
            bytes[at..at + 9].copy_from_slice(b"users.csv");
        }
        assert!(unpacked(bytes).unwrap_err().contains("one name"));
        let members = ["users.csv", "Users.csv"].map(|n| Source { name: n.into(), bytes: Vec::new() });
        assert_eq!(twice(&members), Some("users.csv"));
    }

    #[test]
    fn damaged_archives_never_panic() {
        let whole = zipped(&[("users.csv", b"sourcedId\n1\n"), ("orgs.csv", b"sourcedId\n2\n")]);
        for cut in 0..whole.len() {
            let _ = unpacked(whole[..cut].to_vec());
            let mut flipped = whole.clone();
            flipped[cut] ^= 0x5a;
            let _ = unpacked(flipped);
        }
    }

    #[test]
    fn a_manifest_says_how_files_come() {
        let read = |text: &str| Manifest::read(&Source { name: "manifest.csv".into(), bytes: text.as_bytes().to_vec() });
        let manifest =
            read("\u{feff}propertyName,value\nfile.users,bulk\nfile.orgs,absent\nfile.classes,some\noneroster.version,1.1\n").unwrap();
        assert_eq!(manifest.comes("users.csv"), Ok(Some(Comes::Bulk)));
        assert_eq!(manifest.comes("orgs.csv"), Ok(Some(Comes::Absent)));
        assert_eq!(manifest.comes("courses.csv"), Ok(None));
        assert_eq!(manifest.comes("classes.csv").unwrap_err().code, Code::VAL_209);
        assert!(read("name,value\n").is_err());
        assert!(read("propertyName,value\nfile.users,bulk\nfile.users,delta\n").is_err());
    }
}
