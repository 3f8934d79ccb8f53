//! What programs read: one object, or a line each. Keys are public and only grow; each object begins with `"schema":1`.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::times;
use crate::desk::{Near, RowView};
use crate::ledger::{Counts, FieldChange, Finding, HoldNote, Sync, SyncKind, SyncNo, Timestamp};
use crate::report::is_hidden;

/// The version of all objects.
const SCHEMA: u8 = 1;

/// Writes one object on a line of its own.
pub(super) fn line(out: &mut dyn Write, body: &impl Serialize) -> io::Result<()> {
    #[derive(Serialize)]
    struct Versioned<'a, T> {
        schema: u8,
        #[serde(flatten)]
        body: &'a T,
    }
    let mut json = serde_json::Serializer::with_formatter(&mut *out, Visible);
    Versioned { schema: SCHEMA, body }.serialize(&mut json).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// Compact JSON in which hidden characters are escaped, so that it can be looked at on a terminal. The values are the same.
struct Visible;

impl serde_json::ser::Formatter for Visible {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((i, c)) = rest.char_indices().find(|(_, c)| is_hidden(*c)) {
            out.write_all(&rest.as_bytes()[..i])?;
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &rest[i + c.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }
}

/// A sync as `import --json` prints it.
#[derive(Serialize)]
pub(super) struct Ran<'a> {
    sync: u32,
    status: &'static str,
    dry_run: bool,
    file: &'a str,
    profile: Option<&'a str>,
    rows: u64,
    rows_with_errors: u64,
    #[serde(serialize_with = "counts")]
    counts: &'a Counts,
    findings: FindingCounts,
    hold: Option<Hold<'a>>,
    seconds: Option<f64>,
}

#[derive(Serialize)]
struct FindingCounts {
    errors: u64,
    warnings: u64,
    info: u64,
}

#[derive(Serialize)]
struct Hold<'a> {
    codes: &'a [String],
    removals_only: bool,
    removals: u64,
    without_removals: bool,
    reason: Option<&'a str>,
    by: Option<&'a str>,
}

impl<'a> From<&'a Sync> for Ran<'a> {
    fn from(s: &'a Sync) -> Self {
        Self {
            sync: s.number.0,
            status: s.status.name(),
            dry_run: s.dry_run,
            file: &s.file,
            profile: (!s.profile.is_empty()).then_some(s.profile.as_str()),
            rows: s.rows,
            rows_with_errors: s.rows_with_errors,
            counts: &s.counts,
            findings: FindingCounts { errors: s.errors, warnings: s.warnings, info: s.infos },
            hold: s.hold.as_ref().map(|h: &HoldNote| Hold {
                codes: &h.codes,
                removals_only: h.removals_only,
                removals: h.removals,
                without_removals: h.without_removals,
                reason: h.reason.as_deref(),
                by: h.by.as_ref().map(|a| a.0.as_str()),
            }),
            seconds: s.seconds(),
        }
    }
}

/// Every kind, with all five numbers.
#[allow(clippy::trivially_copy_pass_by_ref)] // serde calls it so
fn counts<S: Serializer>(counts: &&Counts, s: S) -> Result<S::Ok, S::Error> {
    let mut map = s.serialize_map(None)?;
    for (kind, tally) in counts.iter() {
        map.serialize_entry(kind.name(), &tally)?;
    }
    map.end()
}

/// A sync with its place in the history, as `syncs` and `sync` print it.
#[derive(Serialize)]
pub(super) struct InHistory<'a> {
    #[serde(flatten)]
    ran: Ran<'a>,
    kind: &'static str,
    of: Option<u32>,
    feed: &'a str,
    mode: &'static str,
    org: Option<&'a str>,
    started: String,
    ended: Option<String>,
    by: &'a str,
    undone_by: Option<u32>,
    note: Option<&'a str>,
}

impl<'a> From<&'a Sync> for InHistory<'a> {
    fn from(s: &'a Sync) -> Self {
        let (kind, of) = match s.kind {
            SyncKind::Import => ("import", None),
            SyncKind::Rerun { of, .. } => ("rerun", Some(of.0)),
            SyncKind::Undo { of } => ("undo", Some(of.0)),
        };
        Self {
            ran: s.into(),
            kind,
            of,
            feed: &s.feed_name,
            mode: s.mode.name(),
            org: s.org.as_deref(),
            started: times::utc(s.started),
            ended: s.ended.map(times::utc),
            by: &s.by.0,
            undone_by: s.undone_by.map(|n| n.0),
            note: s.note.as_deref(),
        }
    }
}

/// A finding as `errors --json` prints it.
#[derive(Serialize)]
pub(super) struct FindingLine<'a> {
    sync: u32,
    line: Option<u32>,
    row: Option<u32>,
    key: Option<&'a str>,
    column: Option<&'a str>,
    /// What the file calls the column, where a mapping gives it another name.
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<&'a str>,
    code: &'static str,
    severity: &'static str,
    value: Option<&'a str>,
    message: String,
    resolution: String,
    cause: Option<u32>,
    /// The nearest that is known or accepted, where something is.
    #[serde(skip_serializing_if = "<[Near]>::is_empty")]
    near: &'a [Near],
}

impl<'a> FindingLine<'a> {
    /// The same, with what is near its value.
    pub(super) fn with_near(self, near: &'a [Near]) -> Self {
        Self { near, ..self }
    }

    pub(super) fn new(sync: SyncNo, f: &'a Finding) -> Self {
        Self {
            sync: sync.0,
            line: f.line,
            row: f.row,
            key: f.key.as_deref(),
            column: f.column.as_deref(),
            header: f.arg("header"),
            code: f.code.name(),
            severity: f.severity.name(),
            value: f.value.as_deref(),
            message: f.message(),
            resolution: f.resolution(),
            cause: (f.cause > 0).then_some(f.cause),
            near: &[],
        }
    }

    pub(super) fn all(sync: SyncNo, findings: &'a [Finding]) -> Vec<Self> {
        findings.iter().map(|f| Self::new(sync, f)).collect()
    }
}

/// A row as `row` and `fix` print it.
#[derive(Serialize)]
#[allow(clippy::struct_field_names)] // the fields are the public keys
pub(super) struct Row<'a> {
    sync: u32,
    record: u32,
    line: u32,
    row: u32,
    key: Option<&'a str>,
    action: Option<&'static str>,
    cells: Vec<CellOf<'a>>,
    findings: Vec<FindingLine<'a>>,
    on_roster: Option<&'a str>,
    changes: &'a [FieldChange],
    decided: Option<DecidedOf<'a>>,
}

/// What was decided about a row.
#[derive(Serialize)]
struct DecidedOf<'a> {
    decided: &'static str,
    about: &'a str,
    by: &'a str,
    #[serde(serialize_with = "at")]
    at: Timestamp,
}

#[derive(Serialize)]
struct CellOf<'a> {
    column: &'a str,
    header: &'a str,
    original: Option<&'a str>,
    value: Option<&'a str>,
    corrected: bool,
    known: bool,
    required: bool,
    ignored: bool,
    secret: bool,
    suggestion: Option<&'a str>,
    near: &'a [Near],
    note: Option<&'a str>,
}

impl<'a> From<&'a RowView> for Row<'a> {
    fn from(r: &'a RowView) -> Self {
        Self {
            sync: r.sync.0,
            record: r.record,
            line: r.line,
            row: r.row,
            key: r.key.as_deref(),
            action: r.outcome.map(|o| o.action.name()),
            cells: r
                .cells
                .iter()
                .map(|c| CellOf {
                    column: &c.column,
                    header: &c.header,
                    original: (!c.secret).then_some(c.original.as_str()),
                    value: (!c.secret).then_some(c.value.as_str()),
                    corrected: c.corrected,
                    known: c.known,
                    required: c.required,
                    ignored: c.ignored,
                    secret: c.secret,
                    suggestion: c.suggestion.as_deref().filter(|_| !c.secret),
                    near: if c.secret { &[] } else { &c.near },
                    note: c.note.as_deref(),
                })
                .collect(),
            findings: FindingLine::all(r.sync, &r.findings),
            on_roster: r.on_roster.as_ref().map(|n| n.reference.as_str()),
            changes: &r.changes,
            decided: r.decided.as_ref().map(|d| DecidedOf { decided: d.decided.name(), about: &d.about, by: &d.by.0, at: d.at }),
        }
    }
}

/// A time as objects hold it.
#[allow(clippy::trivially_copy_pass_by_ref)] // serde calls it so
pub(super) fn at<S: Serializer>(at: &Timestamp, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(&times::utc(*at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Tally;
    use serde::Deserialize;

    fn written(body: &impl Serialize) -> String {
        let mut out = Vec::new();
        line(&mut out, body).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct One {
        text: String,
    }

    #[test]
    fn hidden_characters_are_escaped_and_read_back_the_same() {
        let one = One { text: "a\x1b[2J\u{9b}b\u{202e}c\u{e0041}é\"\\".into() };
        let json = written(&one);
        assert_eq!(json, "{\"schema\":1,\"text\":\"a\\u001b[2J\\u009bb\\u202ec\\udb40\\udc41é\\\"\\\\\"}\n");
        assert_eq!(serde_json::from_str::<One>(&json).unwrap(), one);
    }

    #[test]
    fn a_tally_has_all_five_numbers() {
        assert_eq!(serde_json::to_string(&Tally::default()).unwrap(), r#"{"created":0,"updated":0,"unchanged":0,"disabled":0,"errors":0}"#);
    }
}
