//! The export of guardians: a line for each guardian and student.

use std::io::{self, Write};

use super::cells::{Form, Lines};
use crate::roster::{Link, PersonRef, Status, Text};

/// The columns of the profile `schoolstatus-guardians`.
pub const COLUMNS: [&str; 8] = ["student_code", "guardian_code", "first_name", "last_name", "email", "phone", "home_phone", "language"];

/// What else is known of a link. No file brings it, so an export for import leaves it out.
pub const MORE: [&str; 3] = ["student_name", "relation", "status"];

/// The export, being written.
pub struct Guardians<'w> {
    lines: Lines<'w>,
    whole: bool,
}

impl<'w> Guardians<'w> {
    /// Begins the export: [`COLUMNS`], and [`MORE`] where it is to be `whole`.
    pub fn begin(out: &'w mut dyn Write, whole: bool, form: impl Into<Form>) -> io::Result<Self> {
        let more: &[&str] = if whole { &MORE } else { &[] };
        Ok(Self { lines: Lines::begin(out, form, COLUMNS.iter().chain(more).copied())?, whole })
    }

    /// Adds a guardian with one of their students; without one the line is about the guardian alone.
    pub fn guardian(&mut self, guardian: PersonRef<'_>, student: Option<(&Link, PersonRef<'_>)>) -> io::Result<()> {
        self.lines.cell(student.map_or("", |s| s.1.text(Text::SourcedId)))?;
        for text in [Text::SourcedId, Text::GivenName, Text::FamilyName, Text::Email, Text::Phone, Text::HomePhone, Text::Language] {
            // For import as the source wrote it: what comes in again must be what is there.
            let as_written = guardian.raw(Text::PhoneRaw);
            let phone = text == Text::Phone && !self.whole && !as_written.is_empty();
            self.lines.cell(if phone { as_written } else { guardian.raw(text) })?;
        }
        if self.whole {
            self.lines.cell(student.map(|s| s.1.name()).unwrap_or_default().as_ref())?;
            self.lines.cell(student.map_or("", |s| s.0.relation.as_str()))?;
            let ended = guardian.status() == Status::Disabled || student.is_some_and(|s| s.0.status == Status::Disabled);
            self.lines.cell(if ended { Status::Disabled } else { Status::Active }.name())?;
        }
        self.lines.end()
    }

    /// Ends the export. The number of lines in it.
    pub fn finish(self) -> io::Result<u64> {
        self.lines.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Escape;
    use crate::roster::{FeedNo, Person, PersonNo, Role};

    #[test]
    fn every_column_in_its_place() {
        let person = |role, texts: &[(Text, &str)]| {
            let mut p = Person::new(role);
            for (text, value) in texts {
                p.set_text(*text, *value);
            }
            p.pack()
        };
        let student = person(Role::Student, &[(Text::SourcedId, "0012"), (Text::GivenName, "Iva"), (Text::FamilyName, "Low")]);
        let guardian = person(
            Role::Guardian,
            &[
                (Text::SourcedId, "G1"),
                (Text::GivenName, "Eve"),
                (Text::FamilyName, "Low"),
                (Text::Phone, "+15550100199"),
                (Text::Language, "es"),
            ],
        );
        let link = Link {
            guardian: PersonNo(1),
            student: PersonNo(0),
            relation: "parent".into(),
            status: Status::Disabled,
            feeds: vec![FeedNo::HAND],
        };
        for (whole, escape, expected) in [
            (
                false,
                Escape::No,
                "student_code,guardian_code,first_name,last_name,email,phone,home_phone,language\n\
                 0012,G1,Eve,Low,,+15550100199,,es\n,G1,Eve,Low,,+15550100199,,es\n",
            ),
            (
                true,
                Escape::Spreadsheet,
                "student_code,guardian_code,first_name,last_name,email,phone,home_phone,language,student_name,relation,status\n\
                 0012,G1,Eve,Low,,'+15550100199,,es,\"Low, Iva\",parent,disabled\n,G1,Eve,Low,,'+15550100199,,es,,,active\n",
            ),
        ] {
            let mut out = Vec::new();
            let mut export = Guardians::begin(&mut out, whole, escape).unwrap();
            export.guardian(PersonRef::new(&guardian), Some((&link, PersonRef::new(&student)))).unwrap();
            export.guardian(PersonRef::new(&guardian), None).unwrap();
            assert_eq!(export.finish().unwrap(), 2);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
