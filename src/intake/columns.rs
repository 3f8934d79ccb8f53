//! Which cell of a row is which column of the profile, and what a mapping makes of its value.

use std::collections::HashMap;

use csv::ByteRecord;

use super::hidden::{is_blank_cell, trim};

/// Which cell of a row is which column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// For each column of the profile, in its order, the index of its cell; `None` where the file does not have it.
    pub at: Vec<Option<usize>>,
    /// Cells that the profile does not know.
    pub extra: Vec<usize>,
    /// Cells that a row must have: those of the header without blank ones at its end.
    pub width: usize,
    /// Cells of the header, the blank ones at its end included. Those beyond `width` must be blank in every row.
    pub cells: usize,
    /// For each column of the profile what a mapping makes of its values; empty without a mapping.
    pub mapped: Vec<Mapped>,
}

/// What a mapping makes of the values of one column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapped {
    /// The file's header, where it has the column under another name.
    pub header: Option<String>,
    /// The value of every row, where the file does not have the column.
    pub constant: Option<Vec<u8>>,
    /// Values of the file, trimmed, and what is taken instead.
    pub values: HashMap<Vec<u8>, Vec<u8>>,
    /// The same by a rule of the feed: it goes before what a mapping makes of them.
    pub rules: HashMap<Vec<u8>, Vec<u8>>,
}

/// What is wrong with the number of cells in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ragged {
    /// VAL-204.
    TooFew,
    /// VAL-205; where a cell under a blank header has a value, too.
    TooMany,
}

impl Columns {
    /// The value that a column of the profile has where this one stands in its cell: the same, unless a mapping says otherwise.
    #[inline]
    pub fn taken<'v>(&'v self, column: usize, value: &'v [u8]) -> &'v [u8] {
        let Some(mapped) = self.mapped.get(column) else { return value };
        if let Some(constant) = &mapped.constant {
            return constant;
        }
        let value = if mapped.rules.is_empty() { value } else { mapped.rules.get(trim(value)).map_or(value, Vec::as_slice) };
        if mapped.values.is_empty() { value } else { mapped.values.get(trim(value)).map_or(value, Vec::as_slice) }
    }

    /// Lays a rule of the feed over a column of the profile: where that value stands in its cell, the other is taken instead.
    pub fn rule(&mut self, column: usize, from: &str, to: &str) {
        if self.mapped.is_empty() {
            self.mapped = vec![Mapped::default(); self.at.len()];
        }
        if let Some(mapped) = self.mapped.get_mut(column) {
            mapped.rules.insert(trim(from.as_bytes()).to_vec(), to.as_bytes().to_vec());
        }
    }

    /// Whether a rule of the feed changes a value of a column.
    pub fn is_ruled(&self, column: usize, value: &[u8]) -> bool {
        self.mapped.get(column).is_some_and(|m| m.rules.contains_key(trim(value)))
    }

    /// The file's header of a column of the profile, where a mapping gives it another name.
    pub fn header(&self, column: usize) -> Option<&str> {
        self.mapped.get(column)?.header.as_deref()
    }

    /// Whether the file, or a mapping's constant, gives a column of the profile values.
    pub fn fed(&self, column: usize) -> bool {
        self.at.get(column).is_some_and(Option::is_some) || self.mapped.get(column).is_some_and(|m| m.constant.is_some())
    }

    /// Whether a row has too few or too many cells for the header.
    #[inline]
    pub fn ragged(&self, cells: &ByteRecord) -> Option<Ragged> {
        match cells.len() {
            n if n == self.width => None,
            n if n < self.width => Some(Ragged::TooFew),
            n if n > self.cells || !cells.iter().skip(self.width).all(is_blank_cell) => Some(Ragged::TooMany),
            _ => None,
        }
    }
}
