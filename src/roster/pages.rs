//! A table of packed records in pages: what makes a snapshot of a million people cheap to change.
//!
//! Each record is a slot (its number, never reused) with bytes; an empty slot is a record that was removed.
//! Pages are shared between snapshots: changing one record copies one page of [`PAGE`] records and the list
//! of page pointers (about 0.1 ms at a million), whatever the size of the table.

use std::sync::Arc;

/// Records in a page. Chosen so that a page of people (about 7 KB) is one block of the store.
pub const PAGE: usize = 64;

/// One page: up to [`PAGE`] records, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many slots.
    len: usize,
    /// End of each record within `bytes`; in the page itself, as a look-up of one person is a chase after pointers.
    ends: [u32; PAGE],
    bytes: Vec<u8>,
}

impl Default for Page {
    fn default() -> Self {
        Self { len: 0, ends: [0; PAGE], bytes: Vec::new() }
    }
}

impl Page {
    /// A page from its records' end offsets and bytes; `None` where they do not fit each other.
    pub fn from_parts(ends: &[u32], bytes: Vec<u8>) -> Option<Self> {
        let ordered = ends.windows(2).all(|w| w[0] <= w[1]);
        let fits = ends.len() <= PAGE && ordered && ends.last().map_or(0, |e| *e as usize) == bytes.len();
        fits.then(|| {
            let mut page = Self { len: ends.len(), bytes, ..Self::default() };
            page.ends[..ends.len()].copy_from_slice(ends);
            page
        })
    }

    /// End offsets and bytes, for storing.
    pub fn parts(&self) -> (&[u32], &[u8]) {
        (&self.ends[..self.len], &self.bytes)
    }

    /// How many slots the page has.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the page has no slot.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The record at `index`; empty if it was removed.
    pub fn get(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.bytes[start..self.ends[index] as usize]
    }

    /// Appends a record.
    pub fn push(&mut self, record: &[u8]) {
        self.bytes.extend_from_slice(record);
        self.ends[self.len] = self.bytes.len() as u32;
        self.len += 1;
    }
}

/// A table of records, shared page by page with the snapshots before and after it.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    /// Shared as a list too, so that a snapshot costs nothing to hand out.
    pages: Arc<Vec<Arc<Page>>>,
    len: usize,
}

impl Pages {
    /// A table of pages as they were stored. All but the last must be full; `None` otherwise.
    pub fn from_pages(pages: Vec<Arc<Page>>) -> Option<Self> {
        let full = pages.iter().rev().skip(1).all(|p| p.len() == PAGE);
        let len = pages.iter().map(|p| p.len()).sum();
        full.then_some(Self { pages: Arc::new(pages), len })
    }

    /// The pages, for storing.
    pub fn pages(&self) -> &[Arc<Page>] {
        &self.pages
    }

    /// Number of slots, removed ones included: the number that the next record gets.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no slot at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The record of a slot; `None` where there is none or it was removed.
    pub fn get(&self, slot: u32) -> Option<&[u8]> {
        let slot = slot as usize;
        if slot >= self.len {
            return None;
        }
        let record = self.pages[slot / PAGE].get(slot % PAGE);
        (!record.is_empty()).then_some(record)
    }

    /// Every record there is, with its slot, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &[u8])> {
        self.pages.iter().enumerate().flat_map(|(p, page)| {
            (0..page.len()).filter_map(move |i| {
                let record = page.get(i);
                (!record.is_empty()).then_some(((p * PAGE + i) as u32, record))
            })
        })
    }

    /// The table after `changes`: pairs of slot and new record (empty = removed), sorted by slot, no slot twice.
    /// Slots beyond the end are appended; a gap becomes removed records.
    #[must_use]
    pub fn with<'a>(&self, changes: impl IntoIterator<Item = (u32, &'a [u8])>) -> Self {
        let mut pages = self.pages.to_vec();
        let mut changes = changes.into_iter().peekable();
        while let Some((slot, _)) = changes.peek() {
            let p = *slot as usize / PAGE;
            while pages.len() < p {
                fill_last(&mut pages);
                pages.push(Arc::default());
            }
            let old = pages.get(p).cloned().unwrap_or_default();
            let mut page = Page { bytes: Vec::with_capacity(old.bytes.len() + 256), ..Page::default() };
            let end = (p + 1) * PAGE;
            while let Some((slot, record)) = changes.next_if(|(s, _)| (*s as usize) < end) {
                let at = slot as usize % PAGE;
                while page.len() < at {
                    page.push(if page.len() < old.len() { old.get(page.len()) } else { &[] });
                }
                page.push(record);
            }
            while page.len() < old.len() {
                page.push(old.get(page.len()));
            }
            page.bytes.shrink_to_fit();
            if p < pages.len() {
                pages[p] = Arc::new(page);
            } else {
                fill_last(&mut pages);
                pages.push(Arc::new(page));
            }
        }
        let len = pages.len().saturating_sub(1) * PAGE + pages.last().map_or(0, |p| p.len());
        Self { pages: Arc::new(pages), len }
    }
}

/// Fills the last page with removed records, so that another may follow it.
fn fill_last(pages: &mut [Arc<Page>]) {
    if let Some(last) = pages.last_mut().filter(|p| p.len() < PAGE) {
        let mut full = Page::clone(last);
        while full.len() < PAGE {
            full.push(&[]);
        }
        *last = Arc::new(full);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(n: u32) -> Pages {
        let records: Vec<(u32, Vec<u8>)> = (0..n).map(|i| (i, format!("r{i}").into_bytes())).collect();
        Pages::default().with(records.iter().map(|(s, r)| (*s, r.as_slice())))
    }

    #[test]
    fn a_change_is_seen_in_the_new_table_only() {
        let before = table(200);
        let after = before.with([(70, b"new".as_slice()), (199, b"".as_slice()), (200, b"more".as_slice())]);
        assert_eq!(before.get(70), Some(b"r70".as_slice()));
        assert_eq!(after.get(70), Some(b"new".as_slice()));
        assert_eq!(after.get(69), Some(b"r69".as_slice()));
        assert_eq!(after.get(199), None);
        assert_eq!(after.get(200), Some(b"more".as_slice()));
        assert_eq!((before.len(), after.len()), (200, 201));
        assert!(Arc::ptr_eq(&before.pages()[0], &after.pages()[0]), "untouched pages are shared");
    }

    #[test]
    fn a_gap_becomes_removed_records() {
        let t = table(3).with([(200, b"far".as_slice())]);
        assert_eq!(t.len(), 201);
        assert_eq!(t.get(3), None);
        assert_eq!(t.get(64), None);
        assert_eq!(t.iter().count(), 4);
        assert!(Pages::from_pages(t.pages().to_vec()).is_some());
    }
}
