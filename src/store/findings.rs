//! Findings as blocks: a small dictionary for what repeats (codes, columns, names of arguments), then the findings, with
//! records and lines as steps from the finding before.

use std::collections::HashMap;

use super::block::{Reader, put, put_bytes, put_step};
use crate::ledger::catalogue::Code;
use crate::ledger::{Finding, Severity};

const SEVERITIES: &[Severity] = Severity::ALL;

/// Collects findings for one block.
#[derive(Debug, Default)]
pub(super) struct Writer {
    words: HashMap<String, u64>,
    dictionary: Vec<u8>,
    body: Vec<u8>,
    before: Before,
}

/// Where the finding before was.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    record: u32,
    line: u32,
    row: u32,
    cause: u32,
}

impl Writer {
    /// Raw bytes so far.
    pub(super) fn len(&self) -> usize {
        self.dictionary.len() + self.body.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    pub(super) fn push(&mut self, f: &Finding) {
        let code = self.word(f.code.name());
        let column = f.column.as_deref().map(|c| self.word(c));
        let names: Vec<u64> = f.args.iter().map(|(name, _)| self.word(name)).collect();
        let there = [f.record.is_some(), f.line.is_some(), f.row.is_some(), column.is_some(), f.value.is_some(), f.key.is_some()];
        let out = &mut self.body;
        out.push(there.iter().enumerate().fold(0, |bits, (i, is)| bits | u8::from(*is) << i));
        out.push(f.severity as u8);
        put(out, code);
        let was = &mut self.before;
        for (now, was) in [(f.record, &mut was.record), (f.line, &mut was.line), (f.row, &mut was.row)] {
            if let Some(now) = now {
                put_step(out, *was, now);
                *was = now;
            }
        }
        if let Some(column) = column {
            put(out, column);
        }
        for text in [&f.value, &f.key].into_iter().flatten() {
            put_bytes(out, text.as_bytes());
        }
        put(out, names.len() as u64);
        for (name, (_, text)) in names.into_iter().zip(&f.args) {
            put(out, name);
            put_bytes(out, text.as_bytes());
        }
        put_step(out, was.cause, f.cause);
        was.cause = f.cause;
    }

    /// The block, and an empty writer again.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let mut raw = Vec::with_capacity(self.len() + 4);
        put(&mut raw, self.words.len() as u64);
        raw.append(&mut self.dictionary);
        raw.append(&mut self.body);
        self.words.clear();
        self.before = Before::default();
        raw
    }

    fn word(&mut self, word: &str) -> u64 {
        if let Some(n) = self.words.get(word) {
            return *n;
        }
        let n = self.words.len() as u64;
        put_bytes(&mut self.dictionary, word.as_bytes());
        self.words.insert(word.to_owned(), n);
        n
    }
}

/// The findings of a block, one after the other; `None` in the middle where the bytes are not findings.
pub(super) struct Findings<'a> {
    words: Vec<&'a str>,
    codes: Vec<Option<Code>>,
    rest: Reader<'a>,
    before: Before,
}

impl<'a> Findings<'a> {
    pub(super) fn of(raw: &'a [u8]) -> Option<Self> {
        let mut rest = Reader(raw);
        let n = rest.number()? as usize;
        let mut words = Vec::with_capacity(n.min(1024));
        for _ in 0..n {
            words.push(rest.text()?);
        }
        let codes = words.iter().map(|w| Code::from_name(w)).collect();
        Some(Self { words, codes, rest, before: Before::default() })
    }

    fn read(&mut self) -> Option<Finding> {
        let r = &mut self.rest;
        let there = r.byte()?;
        let severity = *SEVERITIES.get(r.byte()? as usize)?;
        let code = (*self.codes.get(r.number()? as usize)?)?;
        let was = &mut self.before;
        let mut at = [None; 3];
        for (i, was) in [&mut was.record, &mut was.line, &mut was.row].into_iter().enumerate() {
            if there >> i & 1 == 1 {
                *was = r.step(*was)?;
                at[i] = Some(*was);
            }
        }
        let [record, line, row] = at;
        let column = if there >> 3 & 1 == 1 { Some((*self.words.get(r.number()? as usize)?).to_owned()) } else { None };
        let value = if there >> 4 & 1 == 1 { Some(r.text()?.to_owned()) } else { None };
        let key = if there >> 5 & 1 == 1 { Some(r.text()?.to_owned()) } else { None };
        let n = r.number()?;
        let mut args = Vec::with_capacity(n.min(16) as usize);
        for _ in 0..n {
            args.push(((*self.words.get(r.number()? as usize)?).to_owned(), r.text()?.to_owned()));
        }
        let cause = r.step(was.cause)?;
        was.cause = cause;
        Some(Finding { code, severity, record, line, row, column, value, key, args, cause })
    }
}

impl Iterator for Findings<'_> {
    type Item = Option<Finding>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() { None } else { Some(self.read()) }
    }
}
