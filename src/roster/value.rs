//! The closed sets of values a roster knows: role, family, status, grade, kind.
//!
//! Files spell these in their own ways (`Teacher`, `PreK`, `Active`); profiles translate. In here there
//! is one spelling each, the canonical one of [`Grade::code`] and the `name` functions.

use serde::{Deserialize, Serialize};

/// Gives an enum its canonical names, both ways, and a `Display` that prints them.
macro_rules! named {
    ($type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The canonical name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The value of a canonical name, compared exactly.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }
    };
}
pub(crate) use named;

/// What a person is to a school.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Learns.
    Student,
    /// Teaches classes.
    Teacher,
    /// Works for the school without teaching.
    Staff,
    /// Administers one school.
    SchoolAdmin,
    /// Administers the district.
    DistrictAdmin,
    /// A student's parent or other contact.
    Guardian,
}
named!(Role {
    Student = "student",
    Teacher = "teacher",
    Staff = "staff",
    SchoolAdmin = "school_admin",
    DistrictAdmin = "district_admin",
    Guardian = "guardian",
});

impl Role {
    /// The family in which a person of this role has a unique ID.
    pub fn family(self) -> Family {
        match self {
            Self::Student => Family::Students,
            Self::Guardian => Family::Guardians,
            _ => Family::Staff,
        }
    }

    /// Whether the role administers a school or the district ("all admins" of an export).
    pub fn is_admin(self) -> bool {
        matches!(self, Self::SchoolAdmin | Self::DistrictAdmin)
    }
}

/// People whose IDs are unique among each other: student 1001 and employee 1001 are two people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Teachers, other staff, administrators.
    Staff,
    /// Students.
    Students,
    /// Guardians.
    Guardians,
}
named!(Family { Staff = "staff", Students = "students", Guardians = "guardians" });

impl Family {
    /// The kind under which people of this family are counted.
    pub fn kind(self) -> Kind {
        match self {
            Self::Staff => Kind::Staff,
            Self::Students => Kind::Students,
            Self::Guardians => Kind::Guardians,
        }
    }
}

/// Whether an account works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In use.
    #[default]
    Active,
    /// Kept, but out of use. A sync never deletes; it disables.
    Disabled,
}
named!(Status { Active = "active", Disabled = "disabled" });

/// A grade level, in the codes of CEDS with `UN` for "unspecified".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs)] // the codes are the documentation
pub enum Grade {
    UN,
    IT,
    PR,
    PK,
    TK,
    KG,
    G01,
    G02,
    G03,
    G04,
    G05,
    G06,
    G07,
    G08,
    G09,
    G10,
    G11,
    G12,
    G13,
    PS,
    UG,
    OT,
}
named!(Grade {
    UN = "UN", IT = "IT", PR = "PR", PK = "PK", TK = "TK", KG = "KG",
    G01 = "01", G02 = "02", G03 = "03", G04 = "04", G05 = "05", G06 = "06", G07 = "07", G08 = "08", G09 = "09",
    G10 = "10", G11 = "11", G12 = "12", G13 = "13", PS = "PS", UG = "UG", OT = "OT",
});

impl Grade {
    /// The canonical code, `UN PK TK KG 01…13 PS UG OT IT PR`.
    pub fn code(self) -> &'static str {
        self.name()
    }
}

/// What is counted: the rows of every grid of counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Districts and schools.
    Orgs,
    /// Teachers, other staff, administrators.
    Staff,
    /// Students.
    Students,
    /// Guardians.
    Guardians,
    /// Sections of a course.
    Classes,
    /// Courses.
    Courses,
    /// People in classes.
    Enrollments,
    /// Guardians' relations to students.
    Links,
}
named!(Kind {
    Orgs = "orgs", Staff = "staff", Students = "students", Guardians = "guardians",
    Classes = "classes", Courses = "courses", Enrollments = "enrollments", Links = "links",
});
