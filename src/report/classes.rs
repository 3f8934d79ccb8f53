//! Exports of classes, and of who is in them.

use std::io::{self, Write};

use super::cells::{Form, Lines};
use crate::ledger::fields;
use crate::roster::{Class, ClassField, Enrollment, EnrollmentField, PersonRef, Roster, Text};

/// The export of classes, being written: the roster's own field names, then the primary teacher by ID and e-mail address.
pub struct Classes<'w> {
    lines: Lines<'w>,
}

impl<'w> Classes<'w> {
    /// Begins the export.
    pub fn begin(out: &'w mut dyn Write, form: impl Into<Form>) -> io::Result<Self> {
        let header = ClassField::ALL.iter().map(|f| f.name()).chain(["teacher_id", "teacher_email"]);
        Ok(Self { lines: Lines::begin(out, form, header)? })
    }

    /// Adds a class; `teacher` is its primary teacher, `roster` the one that it is of.
    pub fn class(&mut self, class: &Class, teacher: Option<PersonRef<'_>>, roster: &Roster) -> io::Result<()> {
        for field in ClassField::ALL {
            self.lines.cell(fields::class_field(class, *field, roster))?;
        }
        self.lines.cell(teacher.map_or("", |t| t.text(Text::SourcedId)))?;
        self.lines.cell(teacher.map_or("", |t| t.text(Text::Email)))?;
        self.lines.end()
    }

    /// Ends the export. The number of classes in it.
    pub fn finish(self) -> io::Result<u64> {
        self.lines.finish()
    }
}

/// The export of enrollments, being written: the roster's own field names, then what people know person and class by.
pub struct Enrollments<'w> {
    lines: Lines<'w>,
}

impl<'w> Enrollments<'w> {
    /// Begins the export.
    pub fn begin(out: &'w mut dyn Write, form: impl Into<Form>) -> io::Result<Self> {
        let more = [ClassField::Title, ClassField::Org].map(ClassField::name);
        let header = EnrollmentField::ALL.iter().map(|f| f.name()).chain(["name", "email"]).chain(more);
        Ok(Self { lines: Lines::begin(out, form, header)? })
    }

    /// Adds an enrollment of that person in that class; `roster` is the one that it is of.
    pub fn enrollment(&mut self, enrollment: &Enrollment, person: PersonRef<'_>, class: &Class, roster: &Roster) -> io::Result<()> {
        for field in EnrollmentField::ALL {
            self.lines.cell(fields::enrollment_field(enrollment, *field, roster))?;
        }
        self.lines.cell(person.name().as_ref())?;
        self.lines.cell(person.raw(Text::Email))?;
        self.lines.cell(&class.title)?;
        self.lines.cell(fields::class_field(class, ClassField::Org, roster))?;
        self.lines.end()
    }

    /// Ends the export. The number of enrollments in it.
    pub fn finish(self) -> io::Result<u64> {
        self.lines.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Escape;
    use crate::roster::{ClassNo, Course, CourseNo, FeedNo, Grade, Org, OrgNo, Person, PersonNo, Role, Status, pack};

    #[test]
    fn every_column_in_its_place() {
        let org = pack(&Org { external_id: "S1".into(), name: "Lincoln".into(), ..Org::default() });
        let mut teacher = Person::new(Role::Teacher);
        for (text, value) in
            [(Text::GivenName, "Ana"), (Text::FamilyName, "Ode"), (Text::SourcedId, "0012"), (Text::Email, "ana@x.example")]
        {
            teacher.set_text(text, value);
        }
        let teacher = teacher.pack();
        let course = pack(&Course { sourced_id: "ALG".into(), title: "Algebra".into(), ..Course::default() });
        let class = Class {
            sourced_id: "ALG-1".into(),
            title: "=Algebra, period 1".into(),
            grade: Some(Grade::G09),
            subject: "Mathematics".into(),
            course: Some(CourseNo(0)),
            org: Some(OrgNo(0)),
            ..Class::default()
        };
        let packed = pack(&class);
        let roster = Roster::default().with(
            1,
            [
                (OrgNo(0).into(), org.as_slice()),
                (PersonNo(0).into(), teacher.as_slice()),
                (CourseNo(0).into(), course.as_slice()),
                (ClassNo(0).into(), packed.as_slice()),
            ],
        );
        let mut out = Vec::new();
        let mut export = Classes::begin(&mut out, Escape::Spreadsheet).unwrap();
        export.class(&class, roster.person(PersonNo(0)), &roster).unwrap();
        assert_eq!(export.finish().unwrap(), 1);
        let expected = "class_id,class_title,class_grade,class_subject,class_course,class_org,class_status,teacher_id,teacher_email\n\
            ALG-1,\"'=Algebra, period 1\",09,Mathematics,ALG,S1,active,0012,ana@x.example\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);

        let enrollment = Enrollment {
            person: PersonNo(0),
            class: ClassNo(0),
            role: Role::Teacher,
            primary: true,
            status: Status::Disabled,
            feeds: vec![FeedNo::HAND],
        };
        let mut out = Vec::new();
        let mut export = Enrollments::begin(&mut out, Escape::No).unwrap();
        export.enrollment(&enrollment, roster.person(PersonNo(0)).unwrap(), &class, &roster).unwrap();
        assert_eq!(export.finish().unwrap(), 1);
        let expected = "enrollment_person,enrollment_class,enrollment_role,enrollment_primary,enrollment_status,name,email,class_title,class_org\n\
            0012,ALG-1,teacher,true,disabled,\"Ode, Ana\",ana@x.example,\"=Algebra, period 1\",S1\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
