//! The distinct name values of a roster, folded: few, so that each is measured once for a query, not once a person.

use std::collections::HashMap;
use std::sync::Arc;

use hashbrown::hash_map::{Entry, HashMap as FastMap};

use crate::roster::fold::fold;

use super::word::signature;

/// Values added since the index was built, after which it is built anew.
pub(crate) const MOST_ADDED: usize = 4096;

/// The values. Code 0 is the empty one; a code below [`Names::sorted`] is also the value's rank.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    sorted: Arc<Values>,
    added: Arc<Values>,
}

/// Texts one after the other.
#[derive(Clone, Debug, Default)]
struct Values {
    text: String,
    ends: Vec<usize>,
    signatures: Vec<u32>,
}

impl Values {
    fn push(&mut self, folded: &str) {
        self.text.push_str(folded);
        self.ends.push(self.text.len());
        self.signatures.push(signature(folded));
    }

    fn get(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start..self.ends[index]]
    }
}

impl Names {
    /// Number of codes.
    pub(crate) fn len(&self) -> usize {
        self.sorted.ends.len() + self.added.ends.len()
    }

    /// How many values were added since the index was built.
    pub(crate) fn added(&self) -> usize {
        self.added.ends.len()
    }

    /// The folded value of a code.
    pub(crate) fn get(&self, code: u32) -> &str {
        let sorted = self.sorted.ends.len();
        if (code as usize) < sorted { self.sorted.get(code as usize) } else { self.added.get(code as usize - sorted) }
    }

    /// Every value with its signature, in order of code.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        let of = |values: &'_ Arc<Values>| values.ends.len();
        let sorted = (0..of(&self.sorted)).map(|i| (self.sorted.get(i), self.sorted.signatures[i]));
        sorted.chain((0..of(&self.added)).map(|i| (self.added.get(i), self.added.signatures[i])))
    }

    /// Compares two codes by their values.
    pub(crate) fn compare(&self, a: u32, b: u32) -> std::cmp::Ordering {
        let sorted = self.sorted.ends.len() as u32;
        if a < sorted && b < sorted { a.cmp(&b) } else { self.get(a).cmp(self.get(b)) }
    }

    /// Memory held, bytes.
    pub(crate) fn memory(&self) -> usize {
        [&self.sorted, &self.added].iter().map(|v| v.text.capacity() + v.ends.capacity() * 8 + v.signatures.capacity() * 4).sum()
    }
}

/// Gives codes to raw values while an index is built; borrowed from the roster, copied nowhere.
pub(crate) struct Collector<'a> {
    codes: FastMap<&'a [u8], u32, foldhash::fast::RandomState>,
    raw: Vec<&'a [u8]>,
}

impl<'a> Collector<'a> {
    /// With the empty value, number 0.
    pub(crate) fn new() -> Self {
        Self { codes: FastMap::default(), raw: vec![b""] }
    }

    /// A number for a raw value, the same for the same bytes.
    pub(crate) fn number(&mut self, raw: &'a [u8]) -> u32 {
        if raw.is_empty() {
            return 0;
        }
        match self.codes.entry(raw) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let number = self.raw.len() as u32;
                self.raw.push(raw);
                *new.insert(number)
            }
        }
    }

    /// The sorted values, and the code of each number.
    pub(crate) fn finish(self) -> (Names, Vec<u32>) {
        drop(self.codes);
        let folded: Vec<_> = self.raw.iter().map(|raw| fold(std::str::from_utf8(raw).unwrap_or_default())).collect();
        // The first bytes decide nearly always: compared as one number, without going to the text.
        let start = |text: &str| text.bytes().chain(std::iter::repeat(0)).take(8).fold(0u64, |n, b| n << 8 | u64::from(b));
        let mut order: Vec<(u64, u32)> = folded.iter().enumerate().map(|(i, text)| (start(text), i as u32)).collect();
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| folded[a.1 as usize].cmp(&folded[b.1 as usize])));
        let mut values = Values::default();
        values.push("");
        let mut codes = vec![0; folded.len()];
        for (_, number) in order {
            let value = &folded[number as usize];
            if value.as_ref() != values.get(values.ends.len() - 1) {
                values.push(value);
            }
            codes[number as usize] = values.ends.len() as u32 - 1;
        }
        values.text.shrink_to_fit();
        values.ends.shrink_to_fit();
        values.signatures.shrink_to_fit();
        (Names { sorted: Arc::new(values), added: Arc::default() }, codes)
    }
}

/// Adds values to those of an existing index.
pub(crate) struct Adder<'n> {
    names: &'n mut Names,
    codes: HashMap<String, u32>,
}

impl<'n> Adder<'n> {
    pub(crate) fn new(names: &'n mut Names) -> Self {
        let sorted = names.sorted.ends.len();
        let codes = (0..names.added()).map(|i| (names.added.get(i).to_owned(), (sorted + i) as u32)).collect();
        Self { names, codes }
    }

    /// The code of a value as people write it.
    pub(crate) fn code(&mut self, value: &str) -> u32 {
        let folded = fold(value);
        let sorted = &self.names.sorted;
        let (mut low, mut high) = (0, sorted.ends.len());
        while low < high {
            let middle = low.midpoint(high);
            match sorted.get(middle).cmp(&folded) {
                std::cmp::Ordering::Equal => return middle as u32,
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        if let Some(code) = self.codes.get(folded.as_ref()) {
            return *code;
        }
        let code = self.names.len() as u32;
        Arc::make_mut(&mut self.names.added).push(&folded);
        self.codes.insert(folded.into_owned(), code);
        code
    }
}
