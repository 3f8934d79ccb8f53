//! From the TOML of a profile to a checked [`Profile`]: names become indices, and what cannot be meant is refused.

use toml::Spanned;
use toml::de::DeTable;

use super::column::{self, Read, find};
use super::document::{Problems, Section};
use super::profile::{
    AtLeastOne, Blank, Column, HeaderCase, HeaderOrder, HeaderRules, Limits, Need, OnExtra, Profile, RowShape, Scope, Target, Writes,
};
use crate::ledger::{Mode, Severity};
use crate::roster::person::Text;
use crate::roster::{ClassField, CourseField, Family, Field, Kind, OrgField};

const ROWS: &[(&str, RowShape)] = &[
    ("org", RowShape::Org),
    ("person", RowShape::Person),
    ("guardian", RowShape::Guardian),
    ("class", RowShape::Class),
    ("course", RowShape::Course),
    ("enrollment", RowShape::Enrollment),
    ("assignment", RowShape::Assignment),
    ("session", RowShape::Session),
];
const MODES: &[(&str, Mode)] = &[("partial", Mode::Partial), ("full", Mode::Full), ("students", Mode::Students), ("staff", Mode::Staff)];
const FAMILIES: &[(&str, Family)] = &[("staff", Family::Staff), ("students", Family::Students), ("guardians", Family::Guardians)];
const PEOPLE: &[(&str, Kind)] = &[("students", Kind::Students), ("staff", Kind::Staff), ("guardians", Kind::Guardians)];

/// The profile of a text. `None` only where a problem was noted; with a problem noted the profile is not to be used.
pub(super) fn compile(text: &str, problems: &Problems<'_>) -> Option<Profile> {
    let root = match DeTable::parse(text) {
        Ok(root) => root,
        Err(e) => {
            problems.note(e.span().map_or(0, |s| s.start), format!("this is not TOML: {}", e.message()));
            return None;
        }
    };
    let mut top = Section::whole("the profile", root.get_ref(), problems);
    let name = top.needed_text("name");
    if let Some(name) = &name {
        judge_name(name, problems);
    }
    let rows = rows(&mut top);
    let title = top.text("title").map(Spanned::into_inner);
    let about = top.text("about").map(Spanned::into_inner).unwrap_or_default();
    let main_kind = main_kind(&mut top, rows);
    let headers = headers(&mut top);
    let writes = top.word("writes", &[("upsert", Writes::Upsert), ("create-only", Writes::CreateOnly)]);
    let blank = top.word("blank", &[("keep", Blank::Keep), ("erase", Blank::Erase)]);
    let modes = modes(&mut top, rows, problems);
    let unique_over = top.words("unique_over", FAMILIES);
    if let (Some(over), RowShape::Org) = (&unique_over, rows) {
        problems.note_on(over, "`unique_over` is for rows of people; organizations are always unique together");
    }
    let limits = limits(&mut top, problems);
    let scope = top.word("scope", &[("any", Scope::Any), ("school", Scope::School)]);
    let report_key = report_key(&mut top);
    let file_name = top.text("file_name").map(Spanned::into_inner);
    let line_breaks = top.word("line_breaks", &[("warn", Severity::Warning), ("refuse", Severity::Error)]);
    let most_guardians = top.number("most_guardians").map(|n| n.into_inner() as u32);
    let no_change = no_change(&mut top);
    let import_type = top.text("import_type").map(Spanned::into_inner);

    let mut sections = top.sections("column", "a column");
    if sections.is_empty() {
        let message = "the profile has no columns; add one with [[column]]";
        match root.get_ref().get("column") {
            None => top.missing_as("column", message),
            Some(column) if column.get_ref().as_array().is_some_and(|a| a.is_empty()) => problems.note_on(column, message),
            Some(_) => {}
        }
    }
    let names = column_names(&mut sections, headers.case, problems);
    let columns = column::read(sections, &names, rows, problems);
    let key = key(&mut top, &names, &columns, rows, problems);
    let columns: Vec<Column> = columns.into_iter().map(|c| c.column).collect();
    let at_least_one = at_least_one(&mut top, &names, &columns, problems);
    top.finish();

    let name = name?.into_inner();
    Some(Profile {
        title: title.unwrap_or_else(|| name.clone()),
        name,
        about,
        rows,
        main_kind,
        key,
        headers,
        writes: writes.map_or(Writes::Upsert, Spanned::into_inner),
        blank: blank.map_or(Blank::Keep, Spanned::into_inner),
        unique_over: unique_over.map(Spanned::into_inner).unwrap_or_default(),
        modes,
        limits,
        scope: scope.map_or(Scope::Any, Spanned::into_inner),
        report_key,
        columns,
        at_least_one,
        file_name,
        line_breaks: line_breaks.map_or(Severity::Warning, Spanned::into_inner),
        most_guardians,
        no_change,
        import_type,
        path: None,
        variant_of: None,
    })
}

/// Names go on command lines and into file names.
fn judge_name(name: &Spanned<String>, problems: &Problems<'_>) {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '_');
    let text = name.get_ref();
    if !text.chars().all(allowed) || text.starts_with(['-', '.']) {
        problems.note_on(name, format!("`name` cannot be \"{text}\"; use a-z, 0-9, - _ and . as in \"our-students\""));
    }
}

fn rows(top: &mut Section<'_, '_>) -> RowShape {
    if top.needed_text("rows").is_none() {
        return RowShape::Person;
    }
    top.word("rows", ROWS).map_or(RowShape::Person, Spanned::into_inner)
}

fn main_kind(top: &mut Section<'_, '_>, rows: RowShape) -> Kind {
    // What a row of the other shapes counts as follows from the shape.
    let own = match rows {
        RowShape::Org => Some(("orgs", Kind::Orgs)),
        RowShape::Guardian => Some(("guardians", Kind::Guardians)),
        RowShape::Course => Some(("courses", Kind::Courses)),
        // Nothing is kept of a session, so nothing is counted but what is refused: what its rows are for are classes.
        RowShape::Class | RowShape::Session => Some(("classes", Kind::Classes)),
        RowShape::Enrollment => Some(("enrollments", Kind::Enrollments)),
        RowShape::Assignment => Some(("staff", Kind::Staff)),
        RowShape::Person => None,
    };
    if let Some((name, kind)) = own {
        return top.word("main_kind", &[(name, kind)]).map_or(kind, Spanned::into_inner);
    }
    if !top.has("main_kind") {
        top.missing_as("main_kind", "a profile of people needs the key `main_kind`: \"students\", \"staff\" or \"guardians\"");
    }
    top.word("main_kind", PEOPLE).map_or(Kind::Students, Spanned::into_inner)
}

fn headers(top: &mut Section<'_, '_>) -> HeaderRules {
    let mut rules = HeaderRules { case: HeaderCase::Exact, order: HeaderOrder::Any, all: true, extra: OnExtra::Warn };
    if let Some(mut section) = top.section("headers") {
        let case = section.word("case", &[("exact", HeaderCase::Exact), ("ignore", HeaderCase::Ignore)]);
        let order = section.word("order", &[("any", HeaderOrder::Any), ("fixed", HeaderOrder::Fixed)]);
        let all = section.word("missing", &[("refuse", true), ("allow", false)]);
        let extra = section.word("extra", &[("warn", OnExtra::Warn), ("refuse", OnExtra::Refuse), ("ignore", OnExtra::Ignore)]);
        section.finish();
        rules = HeaderRules {
            case: case.map_or(rules.case, Spanned::into_inner),
            order: order.map_or(rules.order, Spanned::into_inner),
            all: all.map_or(rules.all, Spanned::into_inner),
            extra: extra.map_or(rules.extra, Spanned::into_inner),
        };
    }
    rules
}

fn modes(top: &mut Section<'_, '_>, rows: RowShape, problems: &Problems<'_>) -> Vec<Mode> {
    let Some(modes) = top.words("modes", MODES) else { return vec![Mode::Partial] };
    if modes.get_ref().is_empty() {
        problems.note_on(&modes, "`modes` must name at least one mode, such as \"partial\"");
    }
    if rows == RowShape::Org && modes.get_ref().iter().any(|m| matches!(m, Mode::Students | Mode::Staff)) {
        problems.note_on(&modes, "the modes \"students\" and \"staff\" are for rows of people");
    }
    modes.into_inner()
}

fn limits(top: &mut Section<'_, '_>, problems: &Problems<'_>) -> Limits {
    let mut limits = Limits::default();
    let Some(mut section) = top.section("limits") else { return limits };
    match section.get("bytes") {
        Some(value) if value.get_ref().is_str() => {
            let text = value.get_ref().as_str().unwrap_or_default();
            limits.bytes = bytes(text);
            if limits.bytes.is_none() {
                problems
                    .note_on(value, format!("`bytes` cannot be \"{text}\"; write a number of bytes, or \"2 MB\", \"500 KB\", \"1 GB\""));
            }
        }
        Some(_) => limits.bytes = section.number("bytes").map(Spanned::into_inner),
        None => {}
    }
    let rows = section.number("rows");
    if let Some(zero) = rows.as_ref().filter(|r| *r.get_ref() == 0) {
        problems.note_on(zero, "`rows` must be 1 or more; leave it out for no limit");
    }
    limits.rows = rows.map(Spanned::into_inner);
    section.finish();
    limits
}

/// `2 MB` in bytes. A KB is 1024 bytes: the generous reading of the systems' pages, which do not say.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let factor: u64 = match unit.trim().to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "KB" => 1 << 10,
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor).filter(|b| *b > 0)
}

/// `{ action = "UPDATED", message = "already has an account" }`.
fn no_change(top: &mut Section<'_, '_>) -> Option<(String, String)> {
    let mut section = top.section("no_change")?;
    let action = section.needed_text("action").map(Spanned::into_inner);
    let message = section.needed_text("message").map(Spanned::into_inner);
    section.finish();
    action.zip(message)
}

fn report_key(top: &mut Section<'_, '_>) -> Option<String> {
    let mut section = top.section("report")?;
    let key = section.needed_text("key_column").map(Spanned::into_inner);
    section.finish();
    key
}

/// The names of the columns, by index; an empty one where the name is missing.
fn column_names(sections: &mut [Section<'_, '_>], case: HeaderCase, problems: &Problems<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for section in sections {
        let Some(name) = section.needed_text("name") else {
            names.push(String::new());
            continue;
        };
        let text = name.get_ref();
        let same = |other: &String| match case {
            HeaderCase::Exact => other == text,
            HeaderCase::Ignore => other.to_lowercase() == text.to_lowercase(),
        };
        if names.iter().any(same) {
            problems.note_on(&name, format!("there is a column \"{text}\" already"));
        } else if text.trim() != text {
            problems.note_on(&name, format!("the name \"{text}\" begins or ends with a blank; headers are read without"));
        }
        names.push(name.into_inner());
    }
    names
}

/// The key: the columns by which a record is found on the roster. People, organizations, courses and classes have one, that with
/// the ID, which is required but for guardians (who may have none). What a row of the other shapes is follows from what it refers
/// to, so that any columns may be its key, for people to know it by; classes may also go by title.
fn key(top: &mut Section<'_, '_>, names: &[String], columns: &[Read], rows: RowShape, problems: &Problems<'_>) -> Vec<usize> {
    let Some(key) = top.texts("key") else {
        if !top.has("key") {
            top.missing("key");
        }
        return Vec::new();
    };
    let many = matches!(rows, RowShape::Enrollment | RowShape::Guardian | RowShape::Session);
    if key.get_ref().is_empty() || key.get_ref().len() > 1 && !many {
        problems.note_on(&key, "`key` must name one column: that with the record's ID");
        return Vec::new();
    }
    let ids: &[Target] = match rows {
        RowShape::Org => &[Target::Org(OrgField::ExternalId)],
        RowShape::Person | RowShape::Assignment => &[Target::Person(Field::Text(Text::SourcedId))],
        RowShape::Course => &[Target::Course(CourseField::SourcedId), Target::Class(ClassField::SourcedId)],
        RowShape::Class => &[Target::Class(ClassField::SourcedId), Target::Class(ClassField::Title)],
        RowShape::Enrollment | RowShape::Guardian | RowShape::Session => &[],
    };
    let mut found = Vec::new();
    for name in key.get_ref() {
        let Some(index) = find(name.get_ref(), names, name.span().start, problems) else { continue };
        let Read { column, to, .. } = &columns[index];
        if to.is_some_and(|to| !ids.is_empty() && !ids.contains(&to)) {
            let called = match rows {
                RowShape::Org => OrgField::ExternalId.name(),
                RowShape::Course => CourseField::SourcedId.name(),
                RowShape::Class => ClassField::SourcedId.name(),
                _ => Text::SourcedId.name(),
            };
            problems.note_on(name, format!("the key column \"{}\" must go to {called}", column.name));
        } else if !many && (to.is_some() && column.need != Need::Required || column.only_for.is_some()) {
            problems.note_on(name, format!("the key column \"{}\" must be required in every row", column.name));
        }
        found.push(index);
    }
    found
}

fn at_least_one(top: &mut Section<'_, '_>, names: &[String], columns: &[Column], problems: &Problems<'_>) -> Vec<AtLeastOne> {
    let mut groups = Vec::new();
    for mut section in top.sections("at_least_one", "at_least_one") {
        if let Some(of) = section.texts("of") {
            let mut group = AtLeastOne { of: Vec::new() };
            for name in of.get_ref() {
                match find(name.get_ref(), names, name.span().start, problems) {
                    None => {}
                    Some(i) if group.of.contains(&i) => problems.note_on(name, format!("\"{}\" is in `of` twice", name.get_ref())),
                    Some(i) if columns[i].need == Need::Required => {
                        problems.note_on(name, format!("\"{}\" is required, so the group is always met", name.get_ref()));
                    }
                    Some(i) => group.of.push(i),
                }
            }
            if of.get_ref().len() < 2 {
                problems.note_on(&of, "`of` must name at least two columns");
            }
            groups.push(group);
        } else if !section.has("of") {
            section.missing("of");
        }
        section.finish();
    }
    groups
}
