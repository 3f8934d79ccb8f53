//! A backup: everything the store keeps in one file, as of one moment; and back from there into a new folder.
//!
//! The file is `HRBK`, a form byte, then records: a tag, a name (2 bytes of length, little end first), a value (8 bytes of
//! length). It ends with a record of the tag `END` and the BLAKE3 of all bytes before that. A shelf's pairs follow the
//! record that names its directory; an upload is a record of its own. What lies in it is sealed as in the store, so every
//! block is also checked on its own when it is read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::mark::Mark;
use super::shelf::{self, Shelf, Use, Write};
use super::tray::Place;
use super::{Opening, Settings, Store, StoreError, hold, keys};
use crate::ledger::SyncNo;

const MAGIC: &[u8; 4] = b"HRBK";
const FORM: u8 = 1;
/// A directory begins: the pairs after it are its own.
const SHELF: u8 = 1;
/// A key and its value, as the engine has them.
const PAIR: u8 = 2;
/// An upload: its file name and bytes.
const UPLOAD: u8 = 3;
const END: u8 = 0;

/// No pair is longer: the store cuts its blocks.
const LONGEST_PAIR: u64 = 1 << 20;
/// Bytes of pairs that are written back at once.
const POUR: usize = 4 << 20;

/// What a backup holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BackedUp {
    /// Bytes of the file.
    pub bytes: u64,
    /// Records of the engine.
    pub records: u64,
    /// Uploads with their content.
    pub uploads: u64,
    /// The journal's position.
    pub position: u64,
}

impl Store {
    /// Writes everything to a new file at `path`, readable for its owner only. Writing to the store waits meanwhile, reading does
    /// not. Where it fails no file is left. `progress` gets records written.
    pub fn back_up(&self, path: &Path, progress: &dyn Fn(u64)) -> Result<BackedUp, StoreError> {
        let fault = |e| StoreError::io("Cannot write", path, e);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(fault)?;
        let written = self.write_backup(file, path, progress);
        if written.is_err() {
            let _ = fs::remove_file(path);
        }
        written
    }

    fn write_backup(&self, file: File, path: &Path, progress: &dyn Fn(u64)) -> Result<BackedUp, StoreError> {
        let fault = |e| StoreError::io("Cannot write", path, e);
        let mut out = Out { file: BufWriter::with_capacity(1 << 20, file), sum: blake3::Hasher::new(), bytes: 0 };
        let mut done = BackedUp::default();
        out.raw(MAGIC).and_then(|()| out.raw(&[FORM])).map_err(fault)?;
        // Nothing is published, no upload kept and no checkpoint replaced while it is written.
        let _writer = self.write()?;
        let _keeping = hold(&self.keeping);
        done.position = self.position();
        let mut shelves: Vec<(String, Arc<Shelf>)> = vec![("control".to_owned(), Arc::clone(&self.control))];
        for place in self.places()? {
            shelves.push((place.name(), self.shelves.get(&self.dir, place)?));
        }
        for head in self.checkpoints()? {
            let dir = self.checkpoint_dir(head.position);
            let name = dir.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            shelves.push((name, Shelf::open(&dir, Use::Once, &mut Vec::new())?));
        }
        for (name, shelf) in shelves {
            out.record(SHELF, name.as_bytes(), &[]).map_err(fault)?;
            for pair in shelf.pairs() {
                let (key, value) = pair?;
                out.record(PAIR, &key, &value).map_err(fault)?;
                done.records += 1;
                if done.records.is_multiple_of(4096) {
                    progress(done.records);
                }
            }
        }
        for upload in self.upload_heads()?.into_iter().filter(|u| u.kept) {
            let body = fs::read(self.dir.join("uploads").join(&upload.hash.0));
            let body = body.map_err(|e| StoreError::io("Cannot read the body of an upload in", self.dir.join("uploads"), e))?;
            out.record(UPLOAD, upload.hash.0.as_bytes(), &body).map_err(fault)?;
            done.uploads += 1;
        }
        let sum = *out.sum.finalize().as_bytes();
        out.record(END, &[], &sum).map_err(fault)?;
        done.bytes = out.bytes;
        let file = out.file.into_inner().map_err(|e| fault(e.into_error()))?;
        file.sync_all().map_err(fault)?;
        path.parent().filter(|p| !p.as_os_str().is_empty()).map_or(Ok(()), shelf::sync_dir)?;
        Ok(done)
    }

    /// The directories of large syncs that are visible.
    fn places(&self) -> Result<Vec<Place>, StoreError> {
        let mut places = Vec::new();
        for (key, _) in self.control.all(b"b")? {
            if let (Some(Ok(sync)), Some(Ok(attempt))) = (key.get(1..5).map(<[u8; 4]>::try_from), key.get(5..13).map(<[u8; 8]>::try_from)) {
                let place = Place { sync: SyncNo(u32::from_be_bytes(sync)), attempt: u64::from_be_bytes(attempt) };
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        Ok(places)
    }
}

/// Makes the store of a backup in `dir`, which must be new or empty. The whole file is checked before anything is made; a process
/// killed at it leaves `dir` as it was. `progress` gets bytes read and bytes in all, twice over.
pub fn restore(file: &Path, dir: &Path, opening: &Opening, progress: &dyn Fn(u64, u64)) -> Result<BackedUp, StoreError> {
    let taken = fs::read_dir(dir).map(|mut entries| entries.next().is_some());
    if taken.unwrap_or(false) || (dir.exists() && !dir.is_dir()) {
        let error = io::Error::other("there is something already; name a folder that is new or empty");
        return Err(StoreError::io("Cannot restore to", dir, error));
    }
    let size = fs::metadata(file).map_err(|e| StoreError::io("Cannot read", file, e))?.len();
    // First whether it is whole: nothing is made of half a backup.
    let whole = read(file, &mut |_, _, _| Ok(()), &|at| progress(at, 2 * size))?;
    let beside = beside(dir);
    shelf::remove(&beside)?;
    let parent = dir.parent().filter(|p| !p.as_os_str().is_empty());
    parent.map_or(Ok(()), |p| fs::create_dir_all(p).map_err(|e| StoreError::io("Cannot create", p, e)))?;
    let free = super::space::free(parent.unwrap_or(Path::new("."))).map_err(|e| StoreError::io("Cannot see the free space of", dir, e))?;
    let needed = super::space::RESERVE + size.saturating_mul(5) / 2;
    if free < needed {
        return Err(StoreError::Full { needed, free, path: dir.into() });
    }
    let made = make(file, &beside, opening, &|at| progress(size + at, 2 * size));
    let placed = made.and_then(|()| {
        if dir.is_dir() {
            fs::remove_dir(dir).map_err(|e| StoreError::io("Cannot replace", dir, e))?;
        }
        fs::rename(&beside, dir).map_err(|e| StoreError::io("Cannot make", dir, e))?;
        parent.map_or(Ok(()), shelf::sync_dir)
    });
    if placed.is_err() {
        let _ = shelf::remove(&beside);
    }
    placed.map(|()| whole)
}

fn beside(dir: &Path) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_owned();
    name.push(".restoring");
    dir.with_file_name(name)
}

/// Writes all of a backup into the folder `dir`, and opens it once.
fn make(file: &Path, dir: &Path, opening: &Opening, progress: &dyn Fn(u64)) -> Result<(), StoreError> {
    shelf::make_dir(dir)?;
    let uploads = dir.join("uploads");
    shelf::make_dir(&uploads)?;
    let mut open: Option<Arc<Shelf>> = None;
    let (mut some, mut bytes): (Vec<Write>, usize) = (Vec::new(), 0);
    let pour = |shelf: Option<&Arc<Shelf>>, some: &mut Vec<Write>| match shelf {
        Some(shelf) => shelf.apply_all(std::mem::take(some)),
        None => Err(not_ours(file, "its records are in no directory")),
    };
    read(
        file,
        &mut |tag, name, value| {
            if tag == PAIR {
                bytes += name.len() + value.len();
                some.push((name.to_vec(), Some(value.to_vec())));
                if bytes > POUR {
                    bytes = 0;
                    pour(open.as_ref(), &mut some)?;
                }
                return Ok(());
            }
            if !some.is_empty() {
                pour(open.as_ref(), &mut some)?;
            }
            if let Some(shelf) = open.take() {
                shelf.settle_fresh()?;
            }
            match tag {
                SHELF => open = Some(Shelf::fresh(&dir.join(directory(file, name)?))?),
                UPLOAD => {
                    let path = uploads.join(upload(file, name)?);
                    let fault = |e| StoreError::io("Cannot write", &path, e);
                    let mut made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(fault)?;
                    made.write_all(value).and_then(|()| made.sync_all()).map_err(fault)?;
                }
                _ => {}
            }
            Ok(())
        },
        progress,
    )?;
    shelf::sync_dir(&uploads)?;
    let control = Shelf::open(&dir.join("control"), Use::Changing, &mut Vec::new())?;
    let published = control.get(keys::PUBLISHED)?.and_then(|raw| <[u8; 8]>::try_from(raw).ok()).map_or(0, u64::from_be_bytes);
    drop(control);
    let (mark, _) = Mark::open(dir)?;
    mark.set(published).and_then(|()| mark.settle()).map_err(|e| StoreError::io("Cannot write", dir.join("published"), e))?;
    let (store, _) = super::open::open(dir, opening, Settings::default())?;
    store.load(&|_, _| {})?;
    Ok(())
}

/// Only the store's own directories: a name in a file leads nowhere else.
fn directory<'a>(file: &Path, name: &'a [u8]) -> Result<&'a str, StoreError> {
    let name = std::str::from_utf8(name).ok();
    let ours = |n: &&str| {
        let rest = n.strip_prefix("sync-").or_else(|| n.strip_prefix("checkpoint-"));
        *n == "control" || rest.is_some_and(|r| !r.is_empty() && r.bytes().all(|b| b.is_ascii_digit() || b == b'-'))
    };
    name.filter(ours).ok_or_else(|| not_ours(file, "it names a directory that no database has"))
}

fn upload<'a>(file: &Path, name: &'a [u8]) -> Result<&'a str, StoreError> {
    let name = std::str::from_utf8(name).ok();
    let ours = |n: &&str| n.len() == 64 && n.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    name.filter(ours).ok_or_else(|| not_ours(file, "it names an upload that no database has"))
}

fn not_ours(file: &Path, why: &str) -> StoreError {
    StoreError::Damaged { what: format!("the backup ({why})"), path: file.into() }
}

/// What is done with a record: its tag, its name, its value.
type Take<'t> = dyn FnMut(u8, &[u8], &[u8]) -> Result<(), StoreError> + 't;

/// Goes through a backup, and at its end looks whether it is what was written. `progress` gets bytes read.
fn read(file: &Path, take: &mut Take<'_>, progress: &dyn Fn(u64)) -> Result<BackedUp, StoreError> {
    let fault = |e: io::Error| match e.kind() {
        io::ErrorKind::UnexpectedEof => not_ours(file, "it ends too early"),
        _ => StoreError::io("Cannot read", file, e),
    };
    let opened = File::open(file).map_err(|e| StoreError::io("Cannot read", file, e))?;
    let size = opened.metadata().map_err(fault)?.len();
    let mut from = In { file: BufReader::with_capacity(1 << 20, opened), sum: blake3::Hasher::new(), bytes: 0 };
    let mut head = [0; 5];
    from.exact(&mut head).map_err(fault)?;
    if head[..4] != MAGIC[..] {
        return Err(not_ours(file, "it is not one of Homeroom's"));
    }
    if head[4] != FORM {
        return Err(StoreError::TooNew { found: head[4].into(), known: FORM.into() });
    }
    let mut done = BackedUp::default();
    let (mut name, mut value) = (Vec::new(), Vec::new());
    loop {
        let sum = *from.sum.finalize().as_bytes();
        let mut start = [0; 11];
        from.exact(&mut start).map_err(fault)?;
        let [tag, n0, n1, long @ ..] = start;
        let long = u64::from_le_bytes(long);
        if tag > UPLOAD || (tag != UPLOAD && long > LONGEST_PAIR) || long > size {
            return Err(not_ours(file, "a record has a length that none has"));
        }
        name.resize(usize::from(u16::from_le_bytes([n0, n1])), 0);
        value.resize(long as usize, 0);
        from.exact(&mut name).and_then(|()| from.exact(&mut value)).map_err(fault)?;
        match tag {
            END => {
                if value != sum {
                    return Err(not_ours(file, "its checksum does not fit"));
                }
                let mut more = [0; 1];
                if from.file.read(&mut more).map_err(fault)? > 0 {
                    return Err(not_ours(file, "something follows its end"));
                }
                take(END, &[], &[])?;
                done.bytes = from.bytes;
                return Ok(done);
            }
            PAIR => {
                done.records += 1;
                if done.records.is_multiple_of(4096) {
                    progress(from.bytes);
                }
            }
            UPLOAD => done.uploads += 1,
            _ => {}
        }
        take(tag, &name, &value)?;
    }
}

struct Out {
    file: BufWriter<File>,
    sum: blake3::Hasher,
    bytes: u64,
}

impl Out {
    fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.bytes += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    fn record(&mut self, tag: u8, name: &[u8], value: &[u8]) -> io::Result<()> {
        let long = u16::try_from(name.len()).map_err(io::Error::other)?;
        self.raw(&[tag])?;
        self.raw(&long.to_le_bytes())?;
        self.raw(&(value.len() as u64).to_le_bytes())?;
        self.raw(name)?;
        self.raw(value)
    }
}

struct In {
    file: BufReader<File>,
    sum: blake3::Hasher,
    bytes: u64,
}

impl In {
    fn exact(&mut self, into: &mut [u8]) -> io::Result<()> {
        self.file.read_exact(into)?;
        self.sum.update(into);
        self.bytes += into.len() as u64;
        Ok(())
    }
}
