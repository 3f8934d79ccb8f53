//! What goes wrong with a row between the clerk and the file, and what a check says about it.

use super::district::{CUSTOM_ID, Cells, EMAIL, FIRST, GRADE, LAST, POSITION, SCHOOL, STATUS, USER_TYPE};

/// One thing wrong with one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// `maria at x.example`.
    At,
    /// `maria.x.example`.
    NoAt,
    /// No last name.
    BlankLast,
    /// No ID.
    BlankId,
    /// `#N/A` for a first name.
    NotAvailable,
    /// `student` for `Student`.
    LowerType,
    /// `Kinder` for `K`.
    Kinder,
    /// `01` for `1`.
    ZeroGrade,
    /// `Inactive` for `Disabled`.
    Inactive,
    /// The ID of that other person, whose row comes before.
    IdOf(usize),
    /// The e-mail of that other person, whose row comes before.
    EmailOf(usize),
    /// The zeros at the beginning of the ID are gone: somebody unknown, with the e-mail of somebody known.
    NoZeros,
    /// `2.03E+06`.
    Scientific,
    /// A zero-width blank within the ID; taken out, and said.
    Invisible,
    /// A grade on staff; ignored, and said.
    StaffGrade,
    /// A position on a student; ignored, and said.
    StudentPosition,
    /// A cell too few.
    MissingComma,
    /// A cell too many.
    ExtraComma,
}

impl Fault {
    /// Whether the fault can befall such a person.
    pub(crate) fn suits(self, cells: &Cells) -> bool {
        let student = cells[USER_TYPE] == "Student";
        match self {
            Self::Kinder => cells[GRADE] == "K",
            Self::ZeroGrade => matches!(cells[GRADE].as_str(), "1" | "2"),
            Self::StaffGrade => !student,
            Self::StudentPosition | Self::NoZeros | Self::Scientific | Self::IdOf(_) => student,
            _ => true,
        }
    }

    /// The cells as the file has them; `other` is the person whose ID or e-mail it takes.
    pub(crate) fn apply(self, cells: &mut Cells, other: Option<&Cells>) {
        match self {
            Self::At => cells[EMAIL] = cells[EMAIL].replace('@', " at "),
            Self::NoAt => cells[EMAIL] = cells[EMAIL].replace('@', "."),
            Self::BlankLast => cells[LAST].clear(),
            Self::BlankId => cells[CUSTOM_ID].clear(),
            Self::NotAvailable => cells[FIRST] = "#N/A".into(),
            Self::LowerType => cells[USER_TYPE] = cells[USER_TYPE].to_lowercase(),
            Self::Kinder => cells[GRADE] = "Kinder".into(),
            Self::ZeroGrade => cells[GRADE].insert(0, '0'),
            Self::Inactive => cells[STATUS] = "Inactive".into(),
            Self::IdOf(_) => cells[CUSTOM_ID] = other.map(|o| o[CUSTOM_ID].clone()).unwrap_or_default(),
            Self::EmailOf(_) => cells[EMAIL] = other.map(|o| o[EMAIL].clone()).unwrap_or_default(),
            Self::NoZeros => cells[CUSTOM_ID] = cells[CUSTOM_ID].trim_start_matches('0').into(),
            Self::Scientific => {
                let digits = cells[CUSTOM_ID].trim_start_matches('0').to_owned();
                cells[CUSTOM_ID] = format!("{}.{}E+{:02}", &digits[..1], &digits[1..3], digits.len() - 1);
            }
            Self::Invisible => cells[CUSTOM_ID].insert(3, '\u{200B}'),
            Self::StaffGrade => cells[GRADE] = "5".into(),
            Self::StudentPosition => cells[POSITION] = "Safety Patrol".into(),
            Self::MissingComma | Self::ExtraComma => {}
        }
    }

    /// The column and code for which a check refuses the row; `None` where it does not.
    pub(crate) fn refused(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::At | Self::NoAt => ("email", "VAL-210"),
            Self::BlankLast => ("last_name", "VAL-201"),
            Self::BlankId => ("custom_id", "VAL-229"),
            Self::NotAvailable => ("first_name", "VAL-228"),
            Self::LowerType => ("user_type", "VAL-209"),
            Self::Kinder | Self::ZeroGrade => ("grade", "VAL-214"),
            Self::Inactive => ("status", "VAL-209"),
            Self::IdOf(_) => ("custom_id", "DUP-401"),
            Self::EmailOf(_) => ("email", "DUP-403"),
            Self::NoZeros => ("email", "DUP-404"),
            Self::Scientific => ("custom_id", "VAL-222"),
            Self::MissingComma => ("", "VAL-204"),
            Self::ExtraComma => ("", "VAL-205"),
            Self::Invisible | Self::StaffGrade | Self::StudentPosition => return None,
        })
    }

    /// The person whose ID or e-mail is taken.
    pub(crate) fn other(self) -> Option<usize> {
        match self {
            Self::IdOf(other) | Self::EmailOf(other) => Some(other),
            _ => None,
        }
    }
}

/// Whether the school of a row is one that nobody has created.
pub(crate) fn unknown_school(cells: &Cells) -> Option<(&'static str, &'static str)> {
    (cells[SCHOOL] == super::NEW_SCHOOL).then_some(("school_district_external_id", "REF-301"))
}
