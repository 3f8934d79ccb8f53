//! Uploads: files as they were received, under the hash of their bytes.
//!
//! A file `uploads/<hash>` is `HRUP`, a form byte, then sealed blocks of up to 1 MB, each with its length (4 bytes, little
//! end first) before it, then a zero length. A block's key is its number, so that none can be lost or moved unnoticed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::block::{self, Fault, seal, unseal};
use super::records::pack;
use super::{Store, StoreError, keys, shelf};
use crate::ledger::{Upload, UploadHash};

const MAGIC: &[u8; 4] = b"HRUP";
const CHUNK: usize = 1 << 20;

static COUNT: AtomicU64 = AtomicU64::new(0);

impl Store {
    /// The address of a file's bytes: BLAKE3 in lower-case hex.
    pub fn hash(bytes: &[u8]) -> UploadHash {
        UploadHash(blake3::hash(bytes).to_hex().to_string())
    }

    /// Remembers an upload, and keeps its body where there is one. The body may differ from what was hashed: secret cells
    /// are blanked in it. `kept` is set by the store; a body that is kept already stays when the same file comes again
    /// without one.
    pub fn keep_upload(&self, meta: &Upload, body: Option<&[u8]>) -> Result<(), StoreError> {
        if let Some(body) = body {
            return self.prepare_upload(meta, body)?.keep();
        }
        let path = self.upload_path(&meta.hash)?;
        let meta = Upload { kept: path.exists(), ..meta.clone() };
        let _writer = self.write()?;
        self.need(0)?;
        let writes = self.control.replacing(&keys::upload(&meta.hash), &pack(&meta))?;
        self.publish(writes)
    }

    /// Does the long part of keeping a body, while it is not yet known whether the file will be taken.
    pub fn prepare_upload(&self, meta: &Upload, body: &[u8]) -> Result<Prepared<'_>, StoreError> {
        let path = self.upload_path(&meta.hash)?;
        let mut prepared = Prepared { store: self, meta: meta.clone(), written: None };
        if !read(&path).is_ok_and(|kept| kept.is_some_and(|kept| kept == body)) {
            self.need(body.len() as u64)?;
            prepared.written = Some(self.write_upload(&path, body)?);
        }
        Ok(prepared)
    }

    /// What is remembered of an upload.
    pub fn upload(&self, hash: &UploadHash) -> Result<Option<Upload>, StoreError> {
        self.record(&keys::upload(hash))
    }

    /// The body of an upload, where it is kept.
    pub fn upload_body(&self, hash: &UploadHash) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.upload_path(hash)?;
        let body = read(&path)?;
        if body.is_none() && self.upload(hash)?.is_some_and(|u| u.kept) {
            return Err(StoreError::Damaged { what: "the body of an upload is missing".into(), path });
        }
        Ok(body)
    }

    /// A hash becomes a file name, so it must be one.
    fn upload_path(&self, hash: &UploadHash) -> Result<PathBuf, StoreError> {
        let dir = self.dir.join("uploads");
        if hash.0.len() == 64 && hash.0.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Ok(dir.join(&hash.0));
        }
        let error = io::Error::new(io::ErrorKind::InvalidInput, format!("not the hash of an upload: {:?}", hash.0));
        Err(StoreError::io("Cannot look in", dir, error))
    }

    /// Writes a body beside where it will be: the path of the new file.
    fn write_upload(&self, path: &Path, body: &[u8]) -> Result<PathBuf, StoreError> {
        // Two that keep the same file at once must not write into one another.
        let new = path.with_extension(format!("{}.new", COUNT.fetch_add(1, Ordering::Relaxed)));
        let written = (|| {
            let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
            let mut out = BufWriter::new(file);
            out.write_all(MAGIC)?;
            out.write_all(&[block::VERSION])?;
            for (n, chunk) in (0u32..).zip(body.chunks(CHUNK)) {
                let sealed = seal(&n.to_le_bytes(), chunk);
                out.write_all(&(sealed.len() as u32).to_le_bytes())?;
                out.write_all(&sealed)?;
            }
            out.write_all(&0u32.to_le_bytes())?;
            out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_data()
        })();
        match written {
            Ok(()) => Ok(new),
            Err(e) => {
                let _ = fs::remove_file(&new);
                if e.kind() == io::ErrorKind::StorageFull {
                    return Err(StoreError::Full { needed: body.len() as u64, free: self.free_space().unwrap_or(0), path: path.into() });
                }
                Err(StoreError::io("Cannot write", path, e))
            }
        }
    }
}

/// A body that is written and not yet kept. Dropped, nothing of it stays.
#[derive(Debug)]
pub struct Prepared<'s> {
    store: &'s Store,
    meta: Upload,
    /// The file as it was written, where it had to be.
    written: Option<PathBuf>,
}

impl Prepared<'_> {
    /// Keeps it.
    pub fn keep(mut self) -> Result<(), StoreError> {
        if let Some(new) = self.written.take() {
            let path = self.store.upload_path(&self.meta.hash)?;
            fs::rename(&new, &path).map_err(|e| StoreError::io("Cannot write", &path, e))?;
            shelf::sync_dir(&self.store.dir.join("uploads"))?;
        }
        self.store.keep_upload(&self.meta, None)
    }
}

impl Drop for Prepared<'_> {
    fn drop(&mut self) {
        if let Some(new) = &self.written {
            let _ = fs::remove_file(new);
        }
    }
}

/// The body in an upload's file; `None` where there is no file.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    let fault = |e| StoreError::io("Cannot read", path, e);
    let damaged = || StoreError::Damaged { what: "the body of an upload".into(), path: path.into() };
    let mut bytes = Vec::new();
    match File::open(path) {
        Ok(mut file) => file.read_to_end(&mut bytes).map_err(fault)?,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(fault(e)),
    };
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(damaged)?;
    let (version, mut rest) = rest.split_first().ok_or_else(damaged)?;
    if *version != block::VERSION {
        return Err(if *version > block::VERSION { too_new(*version) } else { damaged() });
    }
    let mut body = Vec::new();
    for n in 0u32.. {
        let (len, tail) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        let len = u32::from_le_bytes(*len) as usize;
        if len == 0 {
            return if tail.is_empty() { Ok(Some(body)) } else { Err(damaged()) };
        }
        let (sealed, tail) = tail.split_at_checked(len).ok_or_else(damaged)?;
        rest = tail;
        match unseal(&n.to_le_bytes(), sealed) {
            Ok(chunk) => body.extend_from_slice(&chunk),
            Err(Fault::Damaged) => return Err(damaged()),
            Err(Fault::TooNew(v)) => return Err(too_new(v)),
        }
    }
    Err(damaged())
}

fn too_new(found: u8) -> StoreError {
    StoreError::TooNew { found: found.into(), known: block::VERSION.into() }
}

/// Removes what a process that was killed while writing left behind.
pub(super) fn sweep(dir: &Path) -> Result<(), StoreError> {
    let dir = dir.join("uploads");
    let listed = match fs::read_dir(&dir) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return shelf::make_dir(&dir),
        listed => listed.map_err(|e| StoreError::io("Cannot list", &dir, e))?,
    };
    for entry in listed {
        let path = entry.map_err(|e| StoreError::io("Cannot list", &dir, e))?.path();
        if path.extension().is_some_and(|e| e == "new") {
            fs::remove_file(&path).map_err(|e| StoreError::io("Cannot remove", &path, e))?;
        }
    }
    Ok(())
}
