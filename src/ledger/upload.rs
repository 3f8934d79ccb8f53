//! An upload: a file as it was received.

use serde::{Deserialize, Serialize};

use super::sync::{Actor, Timestamp};

/// The content's BLAKE3 hash in lower-case hex: the upload's address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UploadHash(pub String);

/// What is remembered of a file besides its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Hash of the bytes as received.
    pub hash: UploadHash,
    /// File name as received, without folders.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// When it was received.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// The header's names as the file has them; empty if none could be read.
    pub header: Vec<String>,
    /// Encoding as read: `utf-8`, `utf-16le`, `utf-16be`, `windows-1252`.
    pub encoding: String,
    /// Delimiter as read.
    pub delimiter: char,
    /// Whether the body is kept. Of a file that was refused or not recognised only this record is.
    pub kept: bool,
}
