//! Exports of people: `staff`, `admins`, `students`, `people` have the same columns; the caller chooses who.

use std::io::{self, Write};

use super::cells::{Form, Lines};
use crate::roster::{Field, PersonRef, Text};

/// The columns: the roster's own field names. `orgs` holds external IDs, `;` between.
pub const COLUMNS: [Field; 14] = [
    Field::Text(Text::GivenName),
    Field::Text(Text::MiddleName),
    Field::Text(Text::FamilyName),
    Field::Text(Text::SourcedId),
    Field::Role,
    Field::Status,
    Field::Orgs,
    Field::Text(Text::Email),
    Field::Text(Text::Username),
    Field::Grade,
    Field::Text(Text::Position),
    Field::Text(Text::Phone),
    Field::Text(Text::HomePhone),
    Field::Text(Text::Language),
];

/// The export, being written.
pub struct People<'w> {
    lines: Lines<'w>,
}

impl<'w> People<'w> {
    /// Begins the export.
    pub fn begin(out: &'w mut dyn Write, form: impl Into<Form>) -> io::Result<Self> {
        Ok(Self { lines: Lines::begin(out, form, COLUMNS.iter().map(|f| f.name()))? })
    }

    /// Adds a person; `orgs` are the external IDs of the person's organizations.
    pub fn person(&mut self, person: PersonRef<'_>, orgs: &[&str]) -> io::Result<()> {
        for field in COLUMNS {
            match field {
                Field::Text(text) => self.lines.cell(person.text(text))?,
                Field::Role => self.lines.cell(person.role().name())?,
                Field::Status => self.lines.cell(person.status().name())?,
                Field::Grade => self.lines.cell(person.grade().map_or("", |g| g.code()))?,
                Field::Orgs => self.lines.cell(orgs.join(";"))?,
            }
        }
        self.lines.end()
    }

    /// Ends the export. The number of people in it.
    pub fn finish(self) -> io::Result<u64> {
        self.lines.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Escape;
    use crate::roster::{Grade, Person, Role};

    #[test]
    fn every_column_in_its_place() {
        let mut p = Person::new(Role::Student);
        p.grade = Some(Grade::G09);
        for (text, value) in
            [(Text::GivenName, "María"), (Text::FamilyName, "O'Brien"), (Text::SourcedId, "0012"), (Text::Phone, "+15551234567")]
        {
            p.set_text(text, value);
        }
        let bytes = p.pack();
        for (escape, phone) in [(Escape::No, "+15551234567"), (Escape::Spreadsheet, "'+15551234567")] {
            let mut out = Vec::new();
            let mut export = People::begin(&mut out, escape).unwrap();
            export.person(PersonRef::new(&bytes), &["S1", "S2"]).unwrap();
            assert_eq!(export.finish().unwrap(), 1);
            let expected = format!(
                "first_name,middle_name,last_name,sourced_id,role,status,orgs,email,username,grade,position,phone,home_phone,language\n\
                 María,,O'Brien,0012,student,active,S1;S2,,,09,,{phone},,\n"
            );
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
