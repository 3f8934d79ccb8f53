//! From the TOML of a profile to a checked [`Profile`]: names become indices, and what cannot be meant is refused.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::{Problems, Section, list, not_one_of};
use super::near::nearest;
use super::profile::{
    ADMINISTRATOR, AtLeastOne, Blank, Column, ColumnKind, Condition, HeaderCase, HeaderOrder, HeaderRules, Limits, Need, OnExtra, Profile,
    RowShape, Scope, Target, Unique, Writes,
};
use crate::ledger::{Code, Mode, Severity};
use crate::roster::org::OrgKind;
use crate::roster::person::Text;
use crate::roster::{Family, Field, Grade, Kind, OrgField, Role, Status};

/// Most characters of a cell where the profile says nothing: chosen, far above any name.
pub(super) const DEFAULT_MAX: usize = 1000;

const ROWS: &[(&str, RowShape)] = &[
    ("org", RowShape::Org),
    ("person", RowShape::Person),
    ("guardian", RowShape::Guardian),
    ("class", RowShape::Class),
    ("course", RowShape::Course),
    ("enrollment", RowShape::Enrollment),
];
const MODES: &[(&str, Mode)] = &[("partial", Mode::Partial), ("full", Mode::Full), ("students", Mode::Students), ("staff", Mode::Staff)];
const FAMILIES: &[(&str, Family)] = &[("staff", Family::Staff), ("students", Family::Students), ("guardians", Family::Guardians)];
const PEOPLE: &[(&str, Kind)] = &[("students", Kind::Students), ("staff", Kind::Staff), ("guardians", Kind::Guardians)];
const UNIQUE: &[(&str, Unique)] = &[("no", Unique::No), ("people", Unique::People), ("orgs", Unique::Orgs)];
const NEEDS: &[(&str, Need)] = &[("required", Need::Required), ("optional", Need::Optional), ("creating", Need::Creating)];

/// The kinds of columns by their names in a profile.
pub(super) const KINDS: &[(&str, ColumnKind)] = &[
    ("text", ColumnKind::Text),
    ("name", ColumnKind::Name),
    ("id", ColumnKind::Id),
    ("email", ColumnKind::Email),
    ("phone", ColumnKind::Phone),
    ("date", ColumnKind::Date),
    ("grade", ColumnKind::Grade),
    ("language", ColumnKind::Language),
    ("password", ColumnKind::Password),
    ("username", ColumnKind::Username),
    ("reference", ColumnKind::OrgRef),
    ("choice", ColumnKind::Choice),
];

/// What `to` is called of a column that is only checked.
const NOWHERE: &str = "nowhere";

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
    let rows = rows(&mut top, problems);
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
    let columns: Vec<Read> =
        sections.into_iter().enumerate().map(|(i, section)| Draft::new(i, &names, rows, problems).column(section)).collect();
    judge_columns(&columns, problems);
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
        path: None,
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

fn rows(top: &mut Section<'_, '_>, problems: &Problems<'_>) -> RowShape {
    if top.needed_text("rows").is_none() {
        return RowShape::Person;
    }
    let Some(rows) = top.word("rows", ROWS) else { return RowShape::Person };
    // Better refused than accepted and then not read.
    if !matches!(rows.get_ref(), RowShape::Org | RowShape::Person) {
        problems.note_on(&rows, "rows of this shape cannot be read yet; use \"org\" or \"person\"");
    }
    rows.into_inner()
}

fn main_kind(top: &mut Section<'_, '_>, rows: RowShape) -> Kind {
    if rows == RowShape::Org {
        return top.word("main_kind", &[("orgs", Kind::Orgs)]).map_or(Kind::Orgs, Spanned::into_inner);
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

/// A column with what later checks need to point at the text.
struct Read {
    column: Column,
    /// Where it goes, if that could be read.
    to: Option<Target>,
    to_at: usize,
    kind_at: usize,
    /// The values of its conditions, each with the column that has to have it.
    met_by: Vec<(usize, Spanned<String>)>,
}

/// What one column is made in view of.
struct Draft<'a, 'i> {
    index: usize,
    names: &'a [String],
    rows: RowShape,
    problems: &'a Problems<'i>,
    met_by: Vec<(usize, Spanned<String>)>,
}

impl<'a, 'i> Draft<'a, 'i> {
    fn new(index: usize, names: &'a [String], rows: RowShape, problems: &'a Problems<'i>) -> Self {
        Self { index, names, rows, problems, met_by: Vec::new() }
    }

    fn column(mut self, mut section: Section<'_, '_>) -> Read {
        let problems = self.problems;
        let start = section.start();
        let name = section.text("name").map(Spanned::into_inner).unwrap_or_default();
        let to = section.needed_text("to");
        let to_at = to.as_ref().map_or(start, |t| t.span().start);
        let read_to = to.and_then(|to| self.target(&to));
        let to = read_to.unwrap_or(Target::Nowhere);
        let kind = section.word("kind", KINDS);
        let kind_at = kind.as_ref().map_or(to_at, |k| k.span().start);
        let kind = kind.map_or_else(|| natural_kind(to), Spanned::into_inner);
        let need = self.need(&mut section);
        let only_for = section.section("only_for").and_then(|s| self.condition(&s));
        let accept = self.accept(&mut section, to);
        let default = section.text("default");
        if let Some(default) = &default {
            if need == Need::Required {
                problems.note_on(default, "a required column has no `default`; use need = \"optional\"");
            } else if !accept.is_empty() && !accept.iter().any(|(v, _)| v == default.get_ref()) {
                problems.note_on(default, not_one_of(default.get_ref(), "default", accept.iter().map(|(v, _)| v.as_str())));
            }
        }
        let unique = section.word("unique", UNIQUE);
        if let Some(unique) = &unique {
            self.judge_unique(unique, to);
        }
        let min = section.number("min");
        let max = section.number("max");
        let chars = section.text("chars");
        if let Some(zero) = max.as_ref().filter(|m| *m.get_ref() == 0) {
            problems.note_on(zero, "`max` must be 1 or more");
        }
        let (min_value, max_value) = (min.as_ref().map_or(0, |m| *m.get_ref()), max.as_ref().map_or(DEFAULT_MAX as u64, |m| *m.get_ref()));
        if let Some(at) = min.as_ref().filter(|_| min_value > max_value) {
            problems.note_on(at, format!("`min` is {min_value}, more than `max`, which is {max_value}"));
        }
        let blank_code = section.text("blank_code");
        if let Some(code) = &blank_code {
            self.judge_blank_code(code, &need);
        }
        let optional_header = section.flag("optional_header").unwrap_or(false);
        let about = section.text("about").map(Spanned::into_inner).unwrap_or_default();
        section.finish();
        let column = Column {
            name,
            to,
            need,
            only_for,
            optional_header,
            accept,
            default: default.map(Spanned::into_inner),
            kind,
            unique: unique.map_or(Unique::No, Spanned::into_inner),
            min: min_value as usize,
            max: max_value as usize,
            chars: chars.map(Spanned::into_inner),
            blank_code: blank_code.map(|c| c.into_inner().to_ascii_uppercase()),
            about,
        };
        Read { column, to: read_to, to_at, kind_at, met_by: self.met_by }
    }

    fn target(&self, to: &Spanned<String>) -> Option<Target> {
        let name = to.get_ref().as_str();
        if name == NOWHERE {
            return Some(Target::Nowhere);
        }
        let (found, mut names): (_, Vec<_>) = if self.rows == RowShape::Org {
            (OrgField::from_name(name).map(Target::Org), OrgField::ALL.iter().map(|f| f.name()).collect())
        } else {
            (Field::from_name(name).map(Target::Person), Field::ALL.iter().map(|f| f.name()).collect())
        };
        if found.is_none() {
            names.push(NOWHERE);
            self.problems.note_on(to, not_one_of(name, "to", names.into_iter()));
        }
        found
    }

    fn need(&mut self, section: &mut Section<'_, '_>) -> Need {
        match section.get("need").map(Spanned::get_ref) {
            Some(DeValue::Table(_)) => {
                let Some(mut need) = section.section("need") else { return Need::Optional };
                let when = need.section("when").and_then(|s| self.condition(&s));
                if !need.has("when") {
                    need.missing("when");
                }
                need.finish();
                when.map_or(Need::Optional, Need::When)
            }
            Some(_) => {
                let Some(text) = section.text("need") else { return Need::Optional };
                let found = NEEDS.iter().find(|(n, _)| n == text.get_ref()).map(|(_, need)| need.clone());
                if found.is_none() {
                    self.problems.note_on(&text, not_one_of(text.get_ref(), "need", NEEDS.iter().map(|(n, _)| *n)));
                }
                found.unwrap_or(Need::Optional)
            }
            None => Need::Optional,
        }
    }

    /// `{ user_type = ["Student"] }`: one other column and its values.
    fn condition(&mut self, section: &Section<'_, '_>) -> Option<Condition> {
        let entries = section.entries();
        let [(key, value)] = entries.as_slice() else {
            let at = entries.get(1).map_or(section.start(), |(key, _)| key.span().start);
            self.problems.note(at, "a condition names one column and its values: { user_type = [\"Student\"] }");
            return None;
        };
        let (name, key_at) = (*key.get_ref(), key.span().start);
        let values = section.as_texts(name, value)?;
        if values.get_ref().is_empty() {
            self.problems.note_on(&values, format!("the condition on `{name}` must name at least one value"));
        }
        let column = find(name, self.names, key_at, self.problems)?;
        if column == self.index {
            self.problems.note_on(key, "a column cannot depend on itself");
            return None;
        }
        self.met_by.extend(values.get_ref().iter().map(|v| (column, v.clone())));
        Some(Condition { column, values: values.into_inner().into_iter().map(Spanned::into_inner).collect() })
    }

    /// `{ "file value" = "meaning" }`, or `["a", "b"]` for values that mean themselves.
    fn accept(&self, section: &mut Section<'_, '_>, to: Target) -> Vec<(String, String)> {
        let Some(value) = section.get("accept") else { return Vec::new() };
        let pairs: Vec<(String, Spanned<String>)> = match value.get_ref() {
            DeValue::Table(_) => {
                let Some(table) = section.section("accept") else { return Vec::new() };
                let entries = table.entries();
                entries.into_iter().filter_map(|(k, v)| Some((k.into_inner().to_owned(), table.as_text("accept", v)?))).collect()
            }
            DeValue::Array(_) => {
                let Some(texts) = section.as_texts("accept", value) else { return Vec::new() };
                texts.into_inner().into_iter().map(|t| (t.get_ref().clone(), t)).collect()
            }
            _ => {
                section.wrong_type("accept", value, "a table of file values and meanings, { \"Teacher\" = \"teacher\" }, or a list");
                return Vec::new();
            }
        };
        if pairs.is_empty() {
            self.problems.note_on(value, "`accept` is empty; leave it out to accept anything");
        }
        let mut accept: Vec<(String, String)> = Vec::new();
        for (word, meaning) in pairs {
            if accept.iter().any(|(w, _)| *w == word) {
                self.problems.note_on(&meaning, format!("\"{word}\" is in `accept` twice"));
            } else if word.trim() != word || word.is_empty() {
                self.problems.note_on(&meaning, format!("\"{word}\" can never be met: blank cells and outer blanks are not compared"));
            }
            if let Some(known) = meanings(to)
                && !known.contains(&meaning.get_ref().as_str())
            {
                self.problems.note_on(&meaning, not_one_of(meaning.get_ref(), "accept", known.iter().copied()));
            }
            accept.push((word, meaning.into_inner()));
        }
        accept
    }

    fn judge_unique(&self, unique: &Spanned<Unique>, to: Target) {
        let person = matches!(to, Target::Person(Field::Text(Text::Email | Text::Username)));
        let org = to == Target::Org(OrgField::ExternalId);
        match unique.get_ref() {
            Unique::People if !person => self.problems.note_on(unique, "unique = \"people\" is for columns that go to email or username"),
            Unique::Orgs if !org => self.problems.note_on(unique, "unique = \"orgs\" is for the column that goes to external_id"),
            _ => {}
        }
    }

    fn judge_blank_code(&self, code: &Spanned<String>, need: &Need) {
        let name = code.get_ref();
        let usable = || Code::all().filter(|c| c.severity() == Severity::Error && c.name().starts_with("VAL-"));
        if !usable().any(|c| c.name().eq_ignore_ascii_case(name)) {
            let names: Vec<_> = usable().map(Code::name).collect();
            self.problems.note_on(
                code,
                match nearest(name, names.iter().copied()) {
                    Some(near) => format!("`blank_code` cannot be \"{name}\"; did you mean \"{near}\"?"),
                    None => format!("`blank_code` cannot be \"{name}\"; use a code of values that is an error, such as \"VAL-201\""),
                },
            );
        } else if *need == Need::Optional {
            self.problems.note_on(code, "`blank_code` is for columns that are needed; this one is optional");
        }
    }
}

/// The kind of a column that says none.
fn natural_kind(to: Target) -> ColumnKind {
    match to {
        Target::Person(Field::Text(text)) => match text {
            Text::SourcedId => ColumnKind::Id,
            Text::FamilyName | Text::GivenName | Text::MiddleName | Text::PreferredName => ColumnKind::Name,
            Text::Email => ColumnKind::Email,
            Text::Phone | Text::HomePhone | Text::PhoneRaw => ColumnKind::Phone,
            Text::Language => ColumnKind::Language,
            Text::Username | Text::Position => ColumnKind::Text,
        },
        Target::Person(Field::Grade) => ColumnKind::Grade,
        Target::Person(Field::Role | Field::Status) | Target::Org(OrgField::Type | OrgField::Status) => ColumnKind::Choice,
        Target::Person(Field::Orgs) | Target::Org(OrgField::Parent) => ColumnKind::OrgRef,
        Target::Org(OrgField::ExternalId) => ColumnKind::Id,
        Target::Org(OrgField::Name | OrgField::Address) | Target::Nowhere => ColumnKind::Text,
    }
}

/// What values going to a place may mean; `None` where that is any text.
fn meanings(to: Target) -> Option<Vec<&'static str>> {
    match to {
        Target::Person(Field::Role) => {
            let mut roles: Vec<_> = Role::ALL.iter().map(|r| r.name()).collect();
            roles.push(ADMINISTRATOR);
            Some(roles)
        }
        Target::Person(Field::Grade) => Some(Grade::ALL.iter().map(|g| g.name()).collect()),
        Target::Person(Field::Status) | Target::Org(OrgField::Status) => Some(Status::ALL.iter().map(|s| s.name()).collect()),
        Target::Org(OrgField::Type) => Some(OrgKind::ALL.iter().map(|k| k.name()).collect()),
        _ => None,
    }
}

/// What holds between columns, or between the parts of one.
fn judge_columns(columns: &[Read], problems: &Problems<'_>) {
    for (i, read) in columns.iter().enumerate() {
        let column = &read.column;
        let Some(to) = read.to else { continue };
        if to != Target::Nowhere
            && let Some(other) = columns[..i].iter().find(|c| c.to == read.to)
        {
            problems.note(read.to_at, format!("the column \"{}\" goes to the same place", other.column.name));
        }
        judge_kind(read, to, problems);
        for (other, value) in &read.met_by {
            // A value that the other column refuses can never be met: a slip that would switch the rule off unseen.
            let other = &columns[*other].column;
            if !other.accept.is_empty() && !other.accept.iter().any(|(w, _)| w == value.get_ref()) {
                problems.note_on(value, not_one_of(value.get_ref(), &other.name, other.accept.iter().map(|(w, _)| w.as_str())));
            }
        }
        if column.kind == ColumnKind::Choice && column.accept.is_empty() {
            problems.note(read.kind_at, format!("the column \"{}\" takes one of a list: add `accept`", column.name));
        }
    }
}

/// A place on the roster that is no text takes one kind of column only, and a secret goes nowhere.
fn judge_kind(read: &Read, to: Target, problems: &Problems<'_>) {
    let kind = read.column.kind;
    if to == Target::Nowhere {
        if kind == ColumnKind::OrgRef {
            problems.note(read.kind_at, "a column of kind \"reference\" cannot go to \"nowhere\"");
        }
        return;
    }
    if kind == ColumnKind::Password {
        problems.note(read.kind_at, "a password is never kept: a column of kind \"password\" goes to \"nowhere\"");
        return;
    }
    let natural = natural_kind(to);
    let bound = matches!(natural, ColumnKind::Grade | ColumnKind::Choice | ColumnKind::OrgRef);
    if kind != natural && (bound || matches!(kind, ColumnKind::Grade | ColumnKind::OrgRef)) {
        let word = KINDS.iter().find(|(_, k)| *k == natural).map_or("text", |(w, _)| *w);
        problems.note(read.kind_at, format!("a column that goes there is of kind \"{word}\""));
    }
}

/// The key: one required column that goes to the record's ID, as the roster finds records by that.
fn key(top: &mut Section<'_, '_>, names: &[String], columns: &[Read], rows: RowShape, problems: &Problems<'_>) -> Vec<usize> {
    let Some(key) = top.texts("key") else {
        if !top.has("key") {
            top.missing("key");
        }
        return Vec::new();
    };
    let [name] = key.get_ref().as_slice() else {
        problems.note_on(&key, "`key` must name one column: that with the record's ID");
        return Vec::new();
    };
    let Some(index) = find(name.get_ref(), names, name.span().start, problems) else { return Vec::new() };
    let (id, called) = match rows {
        RowShape::Org => (Target::Org(OrgField::ExternalId), OrgField::ExternalId.name()),
        _ => (Target::Person(Field::Text(Text::SourcedId)), Text::SourcedId.name()),
    };
    let Read { column, to, .. } = &columns[index];
    if to.is_some_and(|to| to != id) {
        problems.note_on(name, format!("the key column \"{}\" must go to {called}", column.name));
    } else if to.is_some() && column.need != Need::Required || column.only_for.is_some() {
        problems.note_on(name, format!("the key column \"{}\" must be required in every row", column.name));
    }
    vec![index]
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

/// The index of a column by its name; where there is none that is noted, unless a column's
/// own name could not be read or there are no columns, which is noted elsewhere.
fn find(name: &str, names: &[String], at: usize, problems: &Problems<'_>) -> Option<usize> {
    let found = names.iter().position(|n| n == name);
    if found.is_none() && !names.is_empty() && names.iter().all(|n| !n.is_empty()) {
        problems.note(
            at,
            match nearest(name, names.iter().map(String::as_str)) {
                Some(near) => format!("there is no column \"{name}\"; did you mean \"{near}\"?"),
                None => format!("there is no column \"{name}\"; the columns are {}", list(names.iter().map(|n| format!("\"{n}\"")))),
            },
        );
    }
    found
}
