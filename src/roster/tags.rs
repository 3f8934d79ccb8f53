//! Tags: 32 bits that stand for a value in a hash table, so that growing the table need not look at the values again.
//!
//! A tag that fits proves nothing: whoever looks up compares the bytes. The hash is seeded per process, so that no file can be
//! made to collide.

use std::hash::{BuildHasher, Hasher};

/// The seed of one table's hashes.
pub(crate) type Seed = foldhash::fast::RandomState;

/// The hash of a value, made of its tag alone.
pub(crate) fn hash(seed: &Seed, value: &[u8]) -> u64 {
    let mut hasher = seed.build_hasher();
    hasher.write(value);
    spread(tag(hasher.finish()))
}

/// The tag of a hash.
pub(crate) fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// The hash of a tag: tables take the place of an entry from its low bits and part of the comparison from its high ones.
pub(crate) fn spread(tag: u32) -> u64 {
    u64::from(tag) << 32 | u64::from(tag.wrapping_mul(0x9E37_79B9))
}
