//! From BYTES to ROWS: encoding, delimiter, records with their physical lines, header verdict.
//!
//! ```text
//! bytes -> signature (is it text?) -> encoding -> delimiter -> header -> rows
//!              FIL-006              FIL-008..011   FIL-012    HDR-1xx   FIL-013, FIL-016
//! ```
//!
//! [`Sheet::open`] takes a file or refuses it; [`Sheet::rows`] reads it row by row; [`judge`] holds its header against a
//! profile; [`recognise`] finds the profile when none was named. Positions: a *line* is physical (header = 1), a *row* is
//! what a spreadsheet shows (one per record, blank lines counted), an *offset* is a byte of [`Sheet::text`].

// A refusal is a whole finding, and happens once a file.
#![allow(clippy::result_large_err)]

pub mod bundle;
pub mod columns;
pub mod delimiter;
pub mod detect;
pub mod encoding;
mod guess;
pub mod header;
pub mod hidden;
pub mod join;
mod record;
pub mod rows;
pub mod sheet;
mod signature;
mod spelling;
pub mod vendor_report;
pub mod workbook;

pub use bundle::{Bundle, Comes, Manifest};
pub use columns::{Columns, Mapped, Ragged};
pub use detect::{Fit, needed, recognise};
pub use encoding::Encoding;
pub use guess::is_secret;
pub use header::{judge, judge_mapped, renamed};
pub use hidden::{Hidden, clean, hidden, is_blank_cell, trim, trim_str};
pub use record::{Spans, quoted};
pub use rows::{Row, Rows};
pub use sheet::{ReadAs, Sheet, Source, too_large};
pub use vendor_report::{Cell, VendorReport};
