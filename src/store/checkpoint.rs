//! Checkpoints: the roster as of one journal position, in a directory of its own; and loading, which is the newest
//! checkpoint and the journal after it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use super::block::{Goal, Reader, put};
use super::shelf::{self, Shelf, Use, Write};
use super::{Store, StoreError, block, hold, keys, records};
use crate::roster::{Entity, PAGE, Page, Pages, Roster, Table};

/// A checkpoint in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// The journal position it is of.
    pub(super) position: u64,
    /// Pages of each table.
    pub(super) pages: [u32; Table::ALL.len()],
    /// Bytes of its blocks.
    pub(super) bytes: u64,
}

/// Checkpoints that stay, as bases to rebuild from.
const KEPT: usize = 2;

impl Store {
    /// The roster as the journal leaves it. `progress` gets pages read and pages in all; it must not call the store. Reads the
    /// disk the first time only; after that it is the newest snapshot.
    pub fn load(&self, progress: &dyn Fn(u64, u64)) -> Result<Roster, StoreError> {
        if let Some(roster) = hold(&self.current).clone() {
            return Ok(roster);
        }
        let _writer = hold(&self.writer);
        let roster = self.read_roster(progress)?;
        Ok(hold(&self.current).get_or_insert(roster).clone())
    }

    /// The newest snapshot.
    pub(super) fn now(&self) -> Result<Roster, StoreError> {
        self.load(&|_, _| {})
    }

    /// The roster from disk. The caller holds the right to write, so that no checkpoint goes meanwhile.
    pub(super) fn read_roster(&self, progress: &dyn Fn(u64, u64)) -> Result<Roster, StoreError> {
        let (from, mut tables) = match self.checkpoints()?.first() {
            Some(head) => (head.position, self.read_checkpoint(head, progress)?),
            None => (0, Default::default()),
        };
        let position = self.position();
        let changes = if position > from { self.replay(from)? } else { BTreeMap::default() };
        let mut changes = changes.iter().peekable();
        for table in Table::ALL {
            let mut of_table = Vec::new();
            while let Some((entity, record)) = changes.next_if(|(e, _)| e.table == table) {
                of_table.push((entity.slot, record.as_deref().unwrap_or_default()));
            }
            if !of_table.is_empty() {
                tables[table as usize] = tables[table as usize].with(of_table);
            }
        }
        Ok(Roster::from_tables(position, tables))
    }

    /// Writes a checkpoint of `roster` if the journal after the newest one has grown large. Meant for the background: it
    /// holds nobody up. Whether it wrote one.
    pub fn checkpoint_if_due(&self, roster: &Roster) -> Result<bool, StoreError> {
        let _one = hold(&self.checkpointing);
        let newest = self.checkpoints()?.into_iter().next();
        let (from, base) = newest.map_or((0, 0), |h| (h.position, h.bytes));
        if roster.position() <= from || roster.position() > self.position() {
            return Ok(false);
        }
        let tail: u64 = self.journal_heads()?.iter().filter(|h| h.entry.position > from).map(|h| h.bytes).sum();
        if tail <= self.settings.tail.max(base / self.settings.tail_share.max(1)) {
            return Ok(false);
        }
        let head = self.write_checkpoint(roster)?;
        let _writer = self.write()?;
        let (writes, unused) = self.with_checkpoint(head.clone())?;
        if unused.contains(&head) {
            shelf::remove(&self.checkpoint_dir(head.position))?;
            return Ok(false);
        }
        self.publish(writes)?;
        self.remove_checkpoints(&unused);
        Ok(true)
    }

    /// The checkpoints in use, newest first.
    pub(super) fn checkpoints(&self) -> Result<Vec<Head>, StoreError> {
        Ok(self.record(keys::CHECKPOINTS)?.unwrap_or_default())
    }

    /// What to write so that a checkpoint is in use, and those that then are not.
    pub(super) fn with_checkpoint(&self, head: Head) -> Result<(Vec<Write>, Vec<Head>), StoreError> {
        let mut all = self.checkpoints()?;
        all.push(head);
        all.sort_by_key(|h| std::cmp::Reverse(h.position));
        let unused = all.split_off(KEPT.min(all.len()));
        Ok((self.control.replacing(keys::CHECKPOINTS, &records::pack(&all))?, unused))
    }

    /// Removes checkpoints that are no longer in use, once nobody reads them. What stays is swept at the next open.
    pub(super) fn remove_checkpoints(&self, unused: &[Head]) {
        if !unused.is_empty() {
            let _keeping = hold(&self.keeping);
            for head in unused {
                let _ = shelf::remove(&self.checkpoint_dir(head.position));
            }
        }
    }

    pub(super) fn checkpoint_dir(&self, position: u64) -> PathBuf {
        self.dir.join(format!("checkpoint-{position:06}"))
    }

    /// Writes a checkpoint, durably; nobody sees it yet.
    pub(super) fn write_checkpoint(&self, roster: &Roster) -> Result<Head, StoreError> {
        let size = |t: &Table| roster.table(*t).pages().iter().map(|p| p.parts().1.len() as u64).sum::<u64>();
        self.need(Table::ALL.iter().map(size).sum())?;
        let dir = self.checkpoint_dir(roster.position());
        let written = fill(roster, &dir);
        if written.is_err() {
            let _ = shelf::remove(&dir);
        }
        written
    }

    /// The tables of a checkpoint. Two threads read and unpack half each.
    pub(super) fn read_checkpoint(&self, head: &Head, progress: &dyn Fn(u64, u64)) -> Result<[Pages; Table::ALL.len()], StoreError> {
        let _keeping = hold(&self.keeping);
        let dir = self.checkpoint_dir(head.position);
        let shelf = Shelf::open(&dir, Use::Once, &mut Vec::new())?;
        let damaged = |what: &str| StoreError::Damaged { what: what.to_owned(), path: dir.clone() };
        let own: Option<Vec<u8>> = shelf.get(keys::CHECKPOINTS)?;
        if own.and_then(|raw| postcard::from_bytes::<Head>(&raw).ok()).is_none_or(|own| own.position != head.position) {
            return Err(damaged("the head of a checkpoint"));
        }
        let all: u64 = head.pages.iter().map(|n| u64::from(*n)).sum();
        let read = AtomicU64::new(0);
        let mut tables: [Pages; Table::ALL.len()] = Default::default();
        for table in Table::ALL {
            let pages = head.pages[table as usize];
            let middle = pages / 2;
            let half = |from: u32, to: u32, say: &dyn Fn()| read_pages(&shelf, table, from, to, &read, say);
            let (first, second) = std::thread::scope(|scope| {
                let second = scope.spawn(|| if pages > 64 { half(middle, pages, &|| {}) } else { Ok(Vec::new()) });
                let to = if pages > 64 { middle } else { pages };
                let first = half(0, to, &|| progress(read.load(Ordering::Relaxed), all));
                let second = second.join().unwrap_or_else(|_| Err(damaged("a block of the roster")));
                (first, second)
            });
            let mut whole = first?;
            whole.extend(second?);
            let complete = whole.len() == pages as usize;
            tables[table as usize] =
                Pages::from_pages(whole).filter(|_| complete).ok_or_else(|| damaged("a table of the roster is not complete"))?;
        }
        progress(all, all);
        Ok(tables)
    }
}

/// Fills the directory of a checkpoint. One thread packs, this one writes.
fn fill(roster: &Roster, dir: &Path) -> Result<Head, StoreError> {
    let shelf = Shelf::fresh(dir)?;
    let pages = Table::ALL.map(|t| roster.table(t).pages().len() as u32);
    let mut head = Head { position: roster.position(), pages, bytes: 0 };
    let (to, from) = std::sync::mpsc::sync_channel::<Vec<Write>>(8);
    std::thread::scope(|scope| {
        scope.spawn(move || pack_tables(roster, &to));
        for batch in from {
            head.bytes += batch.iter().map(|(_, v)| v.as_ref().map_or(0, Vec::len) as u64).sum::<u64>();
            shelf.apply(batch)?;
        }
        Ok::<(), StoreError>(())
    })?;
    shelf.apply(shelf.replacing(keys::CHECKPOINTS, &records::pack(&head))?)?;
    shelf.settle_fresh()?;
    Ok(head)
}

/// Packs the pages of every table into blocks and sends them in batches. Ends early when nobody listens.
fn pack_tables(roster: &Roster, to: &std::sync::mpsc::SyncSender<Vec<Write>>) {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    for table in Table::ALL {
        let mut goal = Goal::default();
        let mut raw = Vec::new();
        let mut first = 0u32;
        let pages = roster.table(table).pages();
        for (n, page) in (1u32..).zip(pages) {
            put_page(&mut raw, page);
            // A page more would go over the goal, as pages are about equal.
            if raw.len() + raw.len() / (n - first) as usize > goal.raw() || n as usize == pages.len() {
                let key = keys::pages(table, first);
                let sealed = block::seal(&key, &raw);
                goal.learn(raw.len(), sealed.len());
                bytes += sealed.len();
                batch.extend(shelf::parts(&key, sealed).map(|(k, v)| (k, Some(v))));
                raw.clear();
                first = n;
                if bytes + 4 * block::LIMIT > shelf::BATCH || batch.len() > 700 {
                    if to.send(std::mem::take(&mut batch)).is_err() {
                        return;
                    }
                    bytes = 0;
                }
            }
        }
    }
    let _ = to.send(batch);
}

fn put_page(out: &mut Vec<u8>, page: &Page) {
    let (ends, bytes) = page.parts();
    put(out, ends.len() as u64);
    let mut start = 0;
    for end in ends {
        put(out, u64::from(end - start));
        start = *end;
    }
    out.extend_from_slice(bytes);
}

fn take_page(r: &mut Reader<'_>) -> Option<Page> {
    let n = r.number()? as usize;
    if n > PAGE {
        return None;
    }
    let mut ends = Vec::with_capacity(n);
    let mut end = 0u32;
    for _ in 0..n {
        end = end.checked_add(r.small()?)?;
        ends.push(end);
    }
    Page::from_parts(&ends, r.take(end as usize)?.to_vec())
}

/// The pages `from..to` of a table, whatever blocks they are in.
fn read_pages(
    shelf: &Arc<Shelf>,
    table: Table,
    from: u32,
    to: u32,
    read: &AtomicU64,
    say: &dyn Fn(),
) -> Result<Vec<Arc<Page>>, StoreError> {
    if from >= to {
        return Ok(Vec::new());
    }
    let damaged = || StoreError::Damaged { what: "a block of the roster".into(), path: shelf.path().to_owned() };
    let prefix = keys::table(table);
    let start = shelf.last_at(&prefix, &keys::pages(table, from))?.ok_or_else(damaged)?;
    let mut pages = Vec::with_capacity((to - from) as usize);
    for block in shelf.scan_from(&prefix, &start) {
        let (key, raw) = block?;
        let mut n = key.get(2..6).and_then(|k| <[u8; 4]>::try_from(k).ok()).map(u32::from_be_bytes).ok_or_else(damaged)?;
        if n >= to {
            break;
        }
        let mut r = Reader(&raw);
        let before = pages.len();
        while !r.is_empty() {
            let page = take_page(&mut r).ok_or_else(damaged)?;
            if (from..to).contains(&n) {
                if n != from + pages.len() as u32 {
                    return Err(damaged());
                }
                pages.push(Arc::new(page));
            }
            n += 1;
        }
        read.fetch_add((pages.len() - before) as u64, Ordering::Relaxed);
        say();
    }
    Ok(pages)
}

/// Records of a roster, in order, whatever table: for comparing two.
pub(super) fn records_of(roster: &Roster) -> impl Iterator<Item = (Entity, &[u8])> {
    Table::ALL.into_iter().flat_map(|table| roster.table(table).iter().map(move |(slot, bytes)| (Entity { table, slot }, bytes)))
}
