//! Findings on their way: in memory, packed, until the file has been read to its end.
//!
//! Some findings on a row are only known after the last row (whose e-mail is it, once everybody has moved?), and causes get
//! their numbers at the end. A million findings take some 30 MB here.

use crate::ledger::Finding;

/// Findings in a packed piece.
const PIECE: usize = 1024;

/// Findings in the order of the file.
#[derive(Debug, Default)]
pub struct Spool {
    pieces: Vec<Vec<u8>>,
    open: Vec<Finding>,
    late: Vec<Finding>,
    len: u64,
}

impl Spool {
    /// Adds the next in order.
    pub(crate) fn push(&mut self, finding: Finding) {
        self.len += 1;
        self.open.push(finding);
        if self.open.len() == PIECE {
            let packed = postcard::to_stdvec(&self.open).unwrap_or_default();
            self.pieces.push(lz4_flex::compress_prepend_size(&packed));
            self.open.clear();
        }
    }

    /// Adds one that belongs to an earlier row.
    pub(crate) fn push_late(&mut self, finding: Finding) {
        self.len += 1;
        self.late.push(finding);
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Gives them out in the order of the file: those about the file first, then by record; of a row in the order found.
    pub fn drain<E>(mut self, mut each: impl FnMut(Finding) -> Result<(), E>) -> Result<(), E> {
        self.late.sort_by_key(|f| f.record);
        let mut late = std::mem::take(&mut self.late).into_iter().peekable();
        let pieces = std::mem::take(&mut self.pieces);
        let last = std::mem::take(&mut self.open);
        let unpacked = pieces.into_iter().map(|piece| {
            let bytes = lz4_flex::decompress_size_prepended(&piece).unwrap_or_default();
            postcard::from_bytes::<Vec<Finding>>(&bytes).unwrap_or_default()
        });
        for finding in unpacked.chain([last]).flatten() {
            while let Some(before) = late.next_if(|l| l.record < finding.record) {
                each(before)?;
            }
            each(finding)?;
        }
        late.try_for_each(each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Code;

    #[test]
    fn late_findings_come_after_their_row() {
        let at = |record: u32, value: &str| Finding { record: Some(record), ..Finding::of_file(Code::VAL_201) }.with_value(value);
        let mut spool = Spool::default();
        for i in 1..=3000 {
            spool.push(at(i, "first"));
        }
        spool.push_late(at(2000, "late"));
        spool.push_late(at(5, "late"));
        let mut seen = Vec::new();
        let kept = spool.drain(|f| {
            seen.push((f.record.unwrap(), f.value.unwrap()));
            Ok::<_, ()>(())
        });
        assert_eq!(kept, Ok(()));
        assert_eq!(seen.len(), 3002);
        assert_eq!(seen[5], (5, "late".into()));
        assert!(seen.windows(2).all(|w| w[0].0 <= w[1].0));
    }
}
