//! A block: one value of the store, compressed, with its version and checksum; and the varints inside.
//!
//! Sealed form: version (1 byte), codec (1), length of the raw bytes (4, little end first), checksum (8), payload. The
//! checksum is over payload, head and the key the block lies under, so that a block in the wrong place is damage too.

use lz4_flex::block::{compress_into, decompress_into, get_maximum_output_size};

/// The newest form of blocks this program reads, and the one it writes.
pub(super) const VERSION: u8 = 1;

/// Bytes of a sealed block at most under one key: sled keeps up to 16 values in a node, and a node over 128 KB goes
/// to a file of its own that is never made durable.
pub(super) const LIMIT: usize = 7_400;

const HEAD: usize = 14;
const PLAIN: u8 = 0;
const LZ4: u8 = 1;

/// Why a block could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The bytes are not those that were written.
    Damaged,
    /// Written in a form this program does not know.
    TooNew(u8),
}

/// `raw` as it is stored under `key`.
pub(super) fn seal(key: &[u8], raw: &[u8]) -> Vec<u8> {
    let mut out = vec![0; HEAD + if raw.len() < 64 { 0 } else { get_maximum_output_size(raw.len()) }];
    let packed = if raw.len() < 64 { None } else { compress_into(raw, &mut out[HEAD..]).ok().filter(|n| *n < raw.len()) };
    if let Some(n) = packed {
        out.truncate(HEAD + n);
    } else {
        out.truncate(HEAD);
        out.extend_from_slice(raw);
    }
    out[0] = VERSION;
    out[1] = if packed.is_some() { LZ4 } else { PLAIN };
    out[2..6].copy_from_slice(&(raw.len() as u32).to_le_bytes());
    let sum = checksum(key, &out);
    out[6..HEAD].copy_from_slice(&sum);
    out
}

/// The raw bytes of what was sealed under `key`.
pub(super) fn unseal(key: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Fault> {
    if sealed.len() < HEAD {
        return Err(Fault::Damaged);
    }
    if checksum(key, sealed) != sealed[6..HEAD] {
        return Err(if sealed[0] > VERSION { Fault::TooNew(sealed[0]) } else { Fault::Damaged });
    }
    if sealed[0] > VERSION {
        return Err(Fault::TooNew(sealed[0]));
    }
    let len = u32::from_le_bytes([sealed[2], sealed[3], sealed[4], sealed[5]]) as usize;
    let payload = &sealed[HEAD..];
    if sealed[1] == PLAIN {
        return if payload.len() == len { Ok(payload.to_vec()) } else { Err(Fault::Damaged) };
    }
    let mut raw = vec![0; len];
    match decompress_into(payload, &mut raw) {
        Ok(n) if n == len && sealed[1] == LZ4 => Ok(raw),
        _ => Err(Fault::Damaged),
    }
}

fn checksum(key: &[u8], sealed: &[u8]) -> [u8; 8] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&sealed[HEAD..]).update(&sealed[..6]).update(key);
    let mut sum = [0; 8];
    sum.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    sum
}

/// How many raw bytes make a block of about [`LIMIT`]: learnt from how well the ones before were compressed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goal(usize);

impl Default for Goal {
    fn default() -> Self {
        Self(LIMIT)
    }
}

impl Goal {
    /// Raw bytes after which a block is full.
    pub(super) fn raw(self) -> usize {
        self.0
    }

    /// Learns from a block that was sealed.
    pub(super) fn learn(&mut self, raw: usize, sealed: usize) {
        let fits = raw.saturating_mul(LIMIT * 9 / 10) / sealed.max(1);
        self.0 = ((self.0 * 3 + fits) / 4).clamp(LIMIT * 9 / 10, 48 * 1024);
    }
}

/// Appends a number, small ones short (LEB128).
pub(super) fn put(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

/// Appends a difference of either sign, small ones short (zigzag).
pub(super) fn put_step(out: &mut Vec<u8>, from: u32, to: u32) {
    let step = i64::from(to) - i64::from(from);
    put(out, ((step << 1) ^ (step >> 63)) as u64);
}

/// Appends bytes with their length before them.
pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Reads what `put` and its kin wrote. Every read is `None` where the bytes end too early.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut n = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            n |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(n);
            }
        }
        None
    }

    pub(super) fn small(&mut self) -> Option<u32> {
        self.number()?.try_into().ok()
    }

    pub(super) fn step(&mut self, from: u32) -> Option<u32> {
        let n = self.number()?;
        let step = (n >> 1) as i64 ^ -((n & 1) as i64);
        i64::from(from).checked_add(step)?.try_into().ok()
    }

    pub(super) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = self.number()? as usize;
        self.take(len)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_and_back_is_the_same() {
        for raw in [
            Vec::new(),
            b"short".to_vec(),
            vec![7; 20_000],
            (0..9_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect(),
        ] {
            let sealed = seal(b"key", &raw);
            assert_eq!(unseal(b"key", &sealed).unwrap(), raw);
            assert_eq!(unseal(b"kez", &sealed), Err(Fault::Damaged), "under another key it is damage");
        }
    }

    #[test]
    fn any_flipped_byte_is_noticed() {
        let sealed = seal(b"k", "María, Lincoln High, María, Lincoln High, María, Lincoln High, María".as_bytes());
        for at in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[at] ^= 0x10;
            assert!(unseal(b"k", &flipped).is_err(), "byte {at}");
            assert!(unseal(b"k", &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn numbers_and_steps_come_back() {
        let mut out = Vec::new();
        for n in [0, 1, 127, 128, u64::from(u32::MAX), u64::MAX] {
            put(&mut out, n);
        }
        put_step(&mut out, 9, 3);
        put_step(&mut out, 0, u32::MAX);
        put_bytes(&mut out, "é".as_bytes());
        let mut r = Reader(&out);
        for n in [0, 1, 127, 128, u64::from(u32::MAX), u64::MAX] {
            assert_eq!(r.number(), Some(n));
        }
        assert_eq!((r.step(9), r.step(0), r.text()), (Some(3), Some(u32::MAX), Some("é")));
        assert!(r.is_empty() && r.byte().is_none());
    }
}
