//! One column of a profile, compiled against a file's header: where its cell is, and what the accepted values mean.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::draft::{Draft, RoleSay, Say};
use crate::feed::{ADMINISTRATOR, Column, ColumnKind, Need, Target};
use crate::intake;
use crate::ledger::Code;
use crate::roster::{ClassField, CourseField, EnrollmentField, Field, Grade, LinkField, OrgField, Role, Status};

/// A column in a file.
pub(super) struct Compiled {
    /// Index of the cell in the file's rows; none where the file has no such column.
    pub(super) cell: Option<usize>,
    pub(super) need: Need,
    /// The column looked at, the values for which this column counts, and all values that one takes.
    pub(super) only_for: Option<(usize, Vec<Vec<u8>>)>,
    pub(super) accept: Vec<(Vec<u8>, Canon)>,
    /// Bytes that the value may have, where it is limited.
    pub(super) chars: Option<Box<[bool; 256]>>,
    pub(super) blank_code: Code,
    pub(super) kind: ColumnKind,
    /// It names the organization that the row's record belongs to.
    pub(super) is_org: bool,
}

/// What an accepted value means.
#[derive(Clone, Debug)]
pub(super) enum Canon {
    Role(RoleSay),
    Status(Status),
    Grade(Grade),
    Text(String),
}

/// Whether two words are the same, capitals aside where they do not count.
pub(super) fn same_word(a: &[u8], b: &[u8], any_case: bool) -> bool {
    a == b || any_case && String::from_utf8_lossy(a).to_lowercase() == String::from_utf8_lossy(b).to_lowercase()
}

/// An ID without characters that do not show, in NFC, and what they were. Borrowed where there was nothing to do.
pub(super) fn clean_id(value: &[u8]) -> (Cow<'_, str>, String) {
    let text = std::str::from_utf8(value).unwrap_or_default();
    match intake::hidden(text) {
        Some(hidden) => (hidden.clean.nfc().collect::<String>().into(), hidden.names.join(", ")),
        None if text.is_ascii() => (text.into(), String::new()),
        None => (text.nfc().collect::<String>().into(), String::new()),
    }
}

pub(super) fn say(canon: &Canon, i: usize, draft: &mut Draft) {
    match canon {
        Canon::Role(role) => draft.role = Some(*role),
        // Where two columns speak of it, who is disabled by either is.
        Canon::Status(status) => draft.status = draft.status.filter(|s| *s == Status::Disabled).or(Some(*status)),
        Canon::Grade(grade) => draft.grade = Some(*grade),
        Canon::Text(text) => draft.says[i] = Say::Own(text.clone()),
    }
}

pub(super) fn compile(column: &Column, cell: Option<usize>) -> Compiled {
    let canon = |name: &str| match column.to {
        Target::Person(Field::Role) | Target::Enrollment(EnrollmentField::Role) if name == ADMINISTRATOR => {
            Canon::Role(RoleSay::Administrator)
        }
        Target::Person(Field::Role) | Target::Enrollment(EnrollmentField::Role) => {
            Role::from_name(name).map_or(Canon::Text(name.into()), |r| Canon::Role(RoleSay::Is(r)))
        }
        Target::Person(Field::Status)
        | Target::Org(OrgField::Status)
        | Target::Course(CourseField::Status)
        | Target::Class(ClassField::Status)
        | Target::Enrollment(EnrollmentField::Status)
        | Target::Link(LinkField::Status) => Status::from_name(name).map_or(Canon::Text(name.into()), Canon::Status),
        // A class's grade is not its teacher's, who may stand in the same row: it stays a text.
        Target::Person(Field::Grade) => Grade::from_name(name).map_or(Canon::Text(name.into()), Canon::Grade),
        _ => Canon::Text(name.into()),
    };
    let chars = column.chars.as_ref().map(|more| {
        let mut allowed = Box::new([false; 256]);
        for b in 0..=u8::MAX {
            allowed[b as usize] = b.is_ascii_alphanumeric() || more.as_bytes().contains(&b);
        }
        allowed
    });
    Compiled {
        cell,
        need: column.need.clone(),
        only_for: column.only_for.as_ref().map(|c| (c.column, c.values.iter().map(|v| v.clone().into_bytes()).collect())),
        accept: column.accept.iter().map(|(given, name)| (given.clone().into_bytes(), canon(name))).collect(),
        chars,
        blank_code: column.blank_code.as_deref().and_then(Code::from_name).unwrap_or(Code::VAL_201),
        kind: column.kind,
        is_org: matches!(column.to, Target::Person(Field::Orgs) | Target::Class(ClassField::Org) | Target::Course(CourseField::Org)),
    }
}
