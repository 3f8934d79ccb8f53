//! One `[[column]]` of a profile: where its values go and what they may be, and what holds between columns.

use toml::Spanned;
use toml::de::DeValue;

use super::document::{Problems, Section, list, not_one_of};
use super::near::nearest;
use super::profile::{ADMINISTRATOR, CharClass, Column, ColumnKind, Condition, Need, RowShape, Target, Unique};
use crate::ledger::{Code, Severity};
use crate::roster::org::OrgKind;
use crate::roster::person::Text;
use crate::roster::{ClassField, CourseField, EnrollmentField, Field, Grade, LinkField, OrgField, Role, Status};

/// Most characters of a cell where the profile says nothing: chosen, far above any name.
pub(super) const DEFAULT_MAX: usize = 1000;
const UNIQUE: &[(&str, Unique)] = &[("no", Unique::No), ("people", Unique::People), ("orgs", Unique::Orgs)];
const NEEDS: &[(&str, Need)] =
    &[("required", Need::Required), ("optional", Need::Optional), ("creating", Need::Creating), ("empty", Need::Empty)];

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
    ("reference", ColumnKind::Reference),
    ("choice", ColumnKind::Choice),
    ("flag", ColumnKind::Flag),
];
const NEEDS_OF_PASSWORDS: &[(&str, CharClass)] =
    &[("lowercase", CharClass::Lowercase), ("uppercase", CharClass::Uppercase), ("digit", CharClass::Digit)];

/// What `to` is called of a column that is only checked.
const NOWHERE: &str = "nowhere";

/// Places that are no single field.
const PLACES: &[(&str, Target)] =
    &[(NOWHERE, Target::Nowhere), ("class_teacher", Target::Teacher), ("action", Target::Action), ("agents", Target::Agents)];

/// The columns of a profile. `names` are their names, by index.
pub(super) fn read(sections: Vec<Section<'_, '_>>, names: &[String], rows: RowShape, problems: &Problems<'_>) -> Vec<Read> {
    let columns: Vec<Read> = sections
        .into_iter()
        .enumerate()
        .map(|(index, section)| Draft { index, names, rows, problems, met_by: Vec::new() }.column(section))
        .collect();
    judge_columns(&columns, problems);
    columns
}

/// A column with what later checks need to point at the text.
pub(super) struct Read {
    pub(super) column: Column,
    /// Where it goes, if that could be read.
    pub(super) to: Option<Target>,
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

impl Draft<'_, '_> {
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
        let any_case = section.flag("any_case").unwrap_or(false);
        let refuse = self.refuse(&mut section);
        let separator = self.separator(&mut section);
        let holds = section.words("holds", NEEDS_OF_PASSWORDS);
        if let Some(holds) = holds.as_ref().filter(|_| kind != ColumnKind::Password) {
            problems.note_on(holds, "`holds` is for columns of kind \"password\"");
        }
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
            any_case,
            refuse,
            separator,
            holds: holds.map(Spanned::into_inner).unwrap_or_default(),
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
        if let Some((_, place)) = PLACES.iter().find(|(n, t)| *n == name && (*t == Target::Nowhere || self.rows != RowShape::Org)) {
            return Some(*place);
        }
        let names = places(self.rows);
        let found = names.iter().find(|(n, _)| *n == name).map(|(_, t)| *t);
        if found.is_none() {
            self.problems.note_on(to, not_one_of(name, "to", names.iter().map(|(n, _)| *n).chain([NOWHERE])));
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

    /// `{ "student" = "VAL-217" }`: values with a code of their own.
    fn refuse(&self, section: &mut Section<'_, '_>) -> Vec<(String, Code)> {
        let Some(table) = section.section("refuse") else { return Vec::new() };
        let mut refuse = Vec::new();
        for (value, code) in table.entries() {
            let Some(name) = table.as_text("refuse", code) else { continue };
            match Code::from_name(name.get_ref()).filter(|c| c.severity() == Severity::Error) {
                Some(code) => refuse.push(((*value.get_ref()).to_owned(), code)),
                None => self.problems.note_on(&name, format!("`refuse` cannot be \"{}\"; use a code that is an error", name.get_ref())),
            }
        }
        refuse
    }

    fn separator(&self, section: &mut Section<'_, '_>) -> Option<char> {
        let text = section.text("separator")?;
        let mut chars = text.get_ref().chars();
        let (first, more) = (chars.next(), chars.next());
        if first.is_none() || more.is_some() {
            self.problems.note_on(&text, "`separator` must be one character");
        }
        first
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

/// The fields to which a row of that shape may say something, by name.
fn places(rows: RowShape) -> Vec<(&'static str, Target)> {
    let people = || Field::ALL.iter().map(|f| (f.name(), Target::Person(*f)));
    let courses = || CourseField::ALL.iter().map(|f| (f.name(), Target::Course(*f)));
    let classes = || ClassField::ALL.iter().map(|f| (f.name(), Target::Class(*f)));
    let enrollments = || EnrollmentField::ALL.iter().map(|f| (f.name(), Target::Enrollment(*f)));
    let links = || LinkField::ALL.iter().map(|f| (f.name(), Target::Link(*f)));
    match rows {
        RowShape::Org => OrgField::ALL.iter().map(|f| (f.name(), Target::Org(*f))).collect(),
        // A list of guardians may have what they are to the person beside it.
        RowShape::Person => people().chain([(LinkField::Relation.name(), Target::Link(LinkField::Relation))]).collect(),
        RowShape::Guardian => people().chain(links()).collect(),
        RowShape::Course => courses().chain(classes()).collect(),
        RowShape::Class => classes().chain(courses()).collect(),
        RowShape::Enrollment => enrollments().collect(),
        RowShape::Assignment => people().chain(classes()).chain(enrollments()).collect(),
        RowShape::Session => Vec::new(),
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
        Target::Person(Field::Grade) | Target::Class(ClassField::Grade) => ColumnKind::Grade,
        Target::Person(Field::Role | Field::Status)
        | Target::Org(OrgField::Type | OrgField::Status)
        | Target::Course(CourseField::Status)
        | Target::Class(ClassField::Status)
        | Target::Enrollment(EnrollmentField::Role | EnrollmentField::Status)
        | Target::Link(LinkField::Status)
        | Target::Action => ColumnKind::Choice,
        Target::Person(Field::Orgs)
        | Target::Org(OrgField::Parent)
        | Target::Course(CourseField::Org)
        | Target::Class(ClassField::Org | ClassField::Course)
        | Target::Enrollment(EnrollmentField::Person | EnrollmentField::Class)
        | Target::Link(LinkField::Student | LinkField::Guardian)
        | Target::Agents => ColumnKind::Reference,
        Target::Org(OrgField::ExternalId) | Target::Course(CourseField::SourcedId) | Target::Class(ClassField::SourcedId) => ColumnKind::Id,
        Target::Teacher => ColumnKind::Email,
        Target::Enrollment(EnrollmentField::Primary) => ColumnKind::Flag,
        Target::Org(OrgField::Name | OrgField::Address)
        | Target::Course(CourseField::Title | CourseField::Code)
        | Target::Class(ClassField::Title | ClassField::Subject)
        | Target::Link(LinkField::Relation)
        | Target::Nowhere => ColumnKind::Text,
    }
}

/// What values going to a place may mean; `None` where that is any text.
fn meanings(to: Target) -> Option<Vec<&'static str>> {
    match to {
        Target::Person(Field::Role) | Target::Enrollment(EnrollmentField::Role) => {
            let mut roles: Vec<_> = Role::ALL.iter().map(|r| r.name()).collect();
            roles.push(ADMINISTRATOR);
            Some(roles)
        }
        Target::Person(Field::Grade) | Target::Class(ClassField::Grade) => Some(Grade::ALL.iter().map(|g| g.name()).collect()),
        Target::Action => Some(vec!["add", "remove"]),
        Target::Person(Field::Status)
        | Target::Org(OrgField::Status)
        | Target::Course(CourseField::Status)
        | Target::Class(ClassField::Status)
        | Target::Enrollment(EnrollmentField::Status)
        | Target::Link(LinkField::Status) => Some(Status::ALL.iter().map(|s| s.name()).collect()),
        Target::Org(OrgField::Type) => Some(OrgKind::ALL.iter().map(|k| k.name()).collect()),
        _ => None,
    }
}

/// What holds between columns, or between the parts of one.
fn judge_columns(columns: &[Read], problems: &Problems<'_>) {
    for (i, read) in columns.iter().enumerate() {
        let column = &read.column;
        let Some(to) = read.to else { continue };
        // A person's organizations may be spread over columns: the first and further ones. Two columns may speak of the status
        // (OneRoster's `status` and `enabledUser`): who is disabled by either is.
        if !matches!(to, Target::Nowhere | Target::Person(Field::Orgs))
            && !is_status(to)
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

fn is_status(to: Target) -> bool {
    matches!(
        to,
        Target::Person(Field::Status)
            | Target::Org(OrgField::Status)
            | Target::Course(CourseField::Status)
            | Target::Class(ClassField::Status)
            | Target::Enrollment(EnrollmentField::Status)
            | Target::Link(LinkField::Status)
    )
}

/// A place on the roster that is no text takes one kind of column only, and a secret goes nowhere.
fn judge_kind(read: &Read, to: Target, problems: &Problems<'_>) {
    let kind = read.column.kind;
    if to == Target::Nowhere {
        if kind == ColumnKind::Reference {
            problems.note(read.kind_at, "a column of kind \"reference\" cannot go to \"nowhere\"");
        }
        return;
    }
    if kind == ColumnKind::Password {
        problems.note(read.kind_at, "a password is never kept: a column of kind \"password\" goes to \"nowhere\"");
        return;
    }
    let natural = natural_kind(to);
    let bound = matches!(natural, ColumnKind::Grade | ColumnKind::Choice | ColumnKind::Reference);
    if kind != natural && (bound || matches!(kind, ColumnKind::Grade | ColumnKind::Reference)) {
        let word = KINDS.iter().find(|(_, k)| *k == natural).map_or("text", |(w, _)| *w);
        problems.note(read.kind_at, format!("a column that goes there is of kind \"{word}\""));
    }
}
/// The index of a column by its name; where there is none that is noted, unless a column's
/// own name could not be read or there are no columns, which is noted elsewhere.
pub(super) fn find(name: &str, names: &[String], at: usize, problems: &Problems<'_>) -> Option<usize> {
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
