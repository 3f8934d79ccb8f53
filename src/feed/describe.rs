//! A profile in words, as screens and `profiles show` tell it.

use super::document::list;
use super::profile::{
    Blank, CharClass, Column, ColumnKind, Condition, HeaderCase, HeaderOrder, Limits, Need, OnExtra, Profile, RowShape, Scope, Target,
    Unique, Writes,
};
use crate::ledger::Mode;
use crate::roster::{ClassField, EnrollmentField, LinkField};

/// A commented profile to start one's own from (`profiles --example`).
pub const EXAMPLE: &str = include_str!("example.toml");

/// When a column needs a value: `needed`, `needed if user_type is Student`, `needed for new records`, `optional`.
pub fn need(profile: &Profile, column: &Column) -> String {
    match &column.need {
        Need::Required => "needed".into(),
        Need::When(condition) => format!("needed if {}", when(profile, condition)),
        Need::Creating => "needed for new records".into(),
        Need::Optional => "optional".into(),
        Need::Empty => "must be left empty".into(),
    }
}

/// Which rows need a column that not all do: `rows where user_type is Student need it`.
pub fn needed_by(profile: &Profile, column: &Column) -> Option<String> {
    match (&column.need, column.to) {
        (Need::Required, _) => None,
        (Need::When(condition), _) if condition.values.is_empty() => {
            Some(format!("{} is there", profile.columns.get(condition.column).map_or("", |c| c.name.as_str())))
        }
        (Need::When(condition), _) => Some(format!("rows where {} need it", when(profile, condition))),
        (_, Target::Class(_)) if profile.rows == RowShape::Assignment => Some("rows that name a class need it".into()),
        _ => None,
    }
}

/// What a column takes, in one line: `one of Teacher, Staff, Student; only where user_type is Teacher`.
pub fn rule(profile: &Profile, column: &Column) -> String {
    let mut parts = Vec::new();
    if column.accept.is_empty() {
        parts.push(if column.kind == ColumnKind::Reference { reference(column.to) } else { kind(column.kind) }.to_owned());
    } else {
        parts.push(format!("one of {}", list(column.accept.iter().map(|(word, _)| word))));
    }
    match (column.min, column.max) {
        (_, _) if !column.accept.is_empty() => {}
        (0, super::column::DEFAULT_MAX) => {}
        (0, max) => parts.push(format!("at most {max} characters")),
        (min, max) => parts.push(format!("{min} to {max} characters")),
    }
    if let Some(chars) = &column.chars {
        parts.push(if chars.is_empty() { "letters a-z and digits only".into() } else { format!("letters a-z, digits and {chars} only") });
    }
    match column.unique {
        Unique::No => {}
        Unique::People => parts.push("unique over all people".into()),
        Unique::Orgs => parts.push("unique over all organizations".into()),
    }
    for class in &column.holds {
        parts.push(
            match class {
                CharClass::Lowercase => "with a lower-case letter",
                CharClass::Uppercase => "with an upper-case letter",
                CharClass::Digit => "with a digit",
            }
            .into(),
        );
    }
    if let Some(separator) = column.separator {
        parts.push(format!("several separated by {separator}"));
    }
    if let Some(default) = &column.default {
        parts.push(format!("blank means {default}"));
    }
    if let Some(condition) = &column.only_for {
        parts.push(format!("ignored unless {}", when(profile, condition)));
    }
    if column.optional_header && profile.headers.all {
        parts.push("the header may lack it".into());
    }
    parts.join("; ")
}

/// What holds for the file as a whole, a sentence each.
pub fn rules(profile: &Profile) -> Vec<String> {
    let mut rules = Vec::new();
    let name = |i: &usize| profile.columns.get(*i).map_or("", |c| c.name.as_str());
    let ids = list(profile.key.iter().map(name));
    rules.push(match profile.writes {
        Writes::Upsert => format!("{ids} finds the record: a new one is created, a known one updated."),
        Writes::CreateOnly => format!("{ids} finds the record: a new one is created, a known one is an error."),
    });
    if profile.unique_over.len() > 1 {
        let families: Vec<_> = profile.unique_over.iter().map(|f| f.name()).collect();
        rules.push(format!("{ids} is unique over {} together.", families.join(" and ")));
    }
    rules.push(header(profile));
    rules.push(match profile.blank {
        Blank::Keep => "A blank optional cell keeps what the roster has, unless the column has a default.".into(),
        Blank::Erase => "A blank optional cell clears what the roster has, unless the column has a default.".into(),
    });
    for group in &profile.at_least_one {
        rules.push(format!("At least one of {} is needed.", list(group.of.iter().map(name))));
    }
    if let Some(limits) = limits(profile.limits) {
        rules.push(limits);
    }
    if let Some(name) = &profile.file_name {
        rules.push(format!("The file must be named {name}."));
    }
    if profile.scope == Scope::School {
        rules.push("An upload is for one school, chosen with the file.".into());
    }
    for (i, each) in profile.modes.iter().enumerate() {
        let default = if i == 0 && profile.modes.len() > 1 { ", the default" } else { "" };
        rules.push(format!("Mode {}{default}: {}.", each.name(), mode(*each)));
    }
    rules
}

/// An empty file of the profile: its header line, ended by a line feed. Columns that the header may lack are left out.
pub fn template(profile: &Profile) -> String {
    let columns = profile.columns.iter().filter(|c| !c.optional_header);
    let cells: Vec<_> = columns.map(|c| quoted(&c.name)).collect();
    cells.join(",") + "\n"
}

/// A cell as CSV has it (RFC 4180).
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

fn when(profile: &Profile, condition: &Condition) -> String {
    let name = profile.columns.get(condition.column).map_or("", |c| c.name.as_str());
    format!("{name} is {}", list(condition.values.iter()))
}

/// What a reference names.
fn reference(to: Target) -> &'static str {
    match to {
        Target::Link(LinkField::Student) => "the ID of a known student",
        Target::Link(LinkField::Guardian) | Target::Agents => "the code of a known guardian",
        Target::Enrollment(EnrollmentField::Person) => "the ID of a known person",
        Target::Enrollment(EnrollmentField::Class) => "the ID of a known class",
        Target::Class(ClassField::Course) => "the ID of a known course",
        _ => "the external ID of a school or district",
    }
}

fn kind(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "text",
        ColumnKind::Name => "a name",
        ColumnKind::Id => "an ID, kept as text",
        ColumnKind::Email => "an e-mail address",
        ColumnKind::Phone => "a phone number",
        ColumnKind::Date => "a date",
        ColumnKind::Grade => "a grade",
        ColumnKind::Language => "a language code (ISO 639-1)",
        ColumnKind::Password => "a password, never kept or shown",
        ColumnKind::Username => "a login name that is no e-mail address",
        ColumnKind::Reference => "the ID of a record that is known",
        ColumnKind::Flag => "true or false",
        ColumnKind::Choice => "one of a list",
    }
}

fn header(profile: &Profile) -> String {
    let rules = profile.headers;
    let missing = if rules.all { "Every column must be in the header" } else { "The needed columns must be in the header" };
    let optional: Vec<_> = profile.columns.iter().filter(|c| rules.all && c.optional_header).map(|c| c.name.as_str()).collect();
    let but = if optional.is_empty() { String::new() } else { format!(" ({} may be left out)", optional.join(" and ")) };
    let case = match rules.case {
        HeaderCase::Exact => "capitals count",
        HeaderCase::Ignore => "capitals do not matter",
    };
    let order = match rules.order {
        HeaderOrder::Any => "in any order",
        HeaderOrder::Fixed => "in this order",
    };
    let extra = match rules.extra {
        OnExtra::Warn => "extra columns are ignored with a warning",
        OnExtra::Refuse => "an extra column refuses the file",
        OnExtra::Ignore => "extra columns are ignored",
    };
    format!("{missing}{but}, {order}; {case}; {extra}.")
}

fn limits(limits: Limits) -> Option<String> {
    let size = limits.bytes.map(size);
    let rows = limits.rows.map(|r| format!("{r} rows"));
    let both: Vec<_> = size.into_iter().chain(rows).collect();
    (!both.is_empty()).then(|| format!("A file has at most {}.", both.join(" and ")))
}

/// Bytes in the largest unit that says them exactly.
fn size(bytes: u64) -> String {
    for (unit, name) in [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")] {
        if bytes >= unit && bytes.is_multiple_of(unit) {
            return format!("{} {name}", bytes / unit);
        }
    }
    format!("{bytes} bytes")
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Partial => "who is absent from the file stays as they are",
        Mode::Full => "who is absent from the file is disabled",
        Mode::Students => "students who are absent from the file are disabled",
        Mode::Staff => "teachers, staff and administrators who are absent from the file are disabled",
    }
}
