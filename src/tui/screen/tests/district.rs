//! The rest of the invented district: classes, guardians, the uploads for one school, what is made and edited by hand.

use super::desk::{Fake, profiles, sync};
use crate::desk::*;
use crate::ledger::*;
use crate::roster::*;

/// The classes of Lincoln High: title, ID, teacher, students.
const CLASSES: [(&str, &str, &str, u64); 2] = [("Algebra 1", "ALG-1", "García, María", 2), ("Reading", "", "", 0)];

fn class_row(n: u32) -> ClassRow {
    let (title, id, teacher, students) = CLASSES[n as usize];
    let grade = Grade::ALL.iter().copied().find(|g| g.code() == "07");
    let class =
        Class { title: title.into(), sourced_id: id.into(), grade, subject: "Mathematics".into(), org: Some(OrgNo(1)), ..Class::default() };
    ClassRow {
        number: ClassNo(n),
        class,
        school: "Lincoln High".into(),
        course: String::new(),
        teacher: teacher.into(),
        teachers: u64::from(!teacher.is_empty()),
        students,
    }
}

/// The classes at an organization.
pub(super) fn classes(org: Option<OrgNo>) -> Vec<ClassRow> {
    if org.is_none_or(|o| o == OrgNo(1)) { (0..2).map(class_row).collect() } else { Vec::new() }
}

fn enrollment(number: u32, person: (u32, &str, &str), role: &str, primary: bool, status: Status) -> Tie {
    Tie {
        what: TieWhat::Enrollment(EnrollmentNo(number)),
        person: PersonNo(person.0),
        name: person.1.into(),
        sourced_id: person.2.into(),
        class: Some(ClassNo(0)),
        student: None,
        other_id: "ALG-1".into(),
        other: "Algebra 1".into(),
        role: role.into(),
        primary,
        status,
    }
}

fn members() -> Vec<Tie> {
    vec![
        enrollment(0, (0, "García, María", "10008421"), "teacher", true, Status::Active),
        enrollment(1, (7, "Diaz, Ana", "20019841"), "student", false, Status::Active),
        enrollment(2, (6, "Garcia, Mario", "20019840"), "student", false, Status::Disabled),
    ]
}

/// One class.
pub(super) fn class(n: u32) -> ClassDetail {
    let row = class_row(n);
    let fields = [
        ("class_id", row.class.sourced_id.as_str()),
        ("class_title", row.class.title.as_str()),
        ("class_grade", "07"),
        ("class_subject", "Mathematics"),
        ("class_course", if n == 0 { "ALG" } else { "" }),
        ("class_org", "104521"),
        ("class_status", "active"),
    ];
    ClassDetail {
        fields: fields.map(|(f, v)| (f.to_owned(), v.to_owned())).to_vec(),
        course: (n == 0).then_some(CourseNo(3)),
        members: if n == 0 { members() } else { Vec::new() },
        feeds: if n == 0 { vec!["SIS nightly".into()] } else { Vec::new() },
        history: vec![Fake::history(48, "created", Vec::new())],
        row,
    }
}

/// The classes that a person is in.
pub(super) fn classes_of(person: u32) -> Vec<Tie> {
    members().into_iter().filter(|m| m.person == PersonNo(person)).collect()
}

/// Ana's guardian is Marisol, who works in the district too.
pub(super) fn links_of(person: u32) -> Vec<Tie> {
    let link = Tie {
        what: TieWhat::Link(LinkNo(4)),
        person: PersonNo(1),
        name: "Garza, Marisol".into(),
        sourced_id: "G77".into(),
        class: None,
        student: Some(PersonNo(7)),
        other_id: "20019841".into(),
        other: "Diaz, Ana".into(),
        role: "mother".into(),
        primary: false,
        status: Status::Active,
    };
    if matches!(person, 1 | 7) { vec![link] } else { Vec::new() }
}

/// The files that were uploaded for one school alone: only Lincoln High has some.
pub(super) fn uploads(org: &str) -> Vec<Sync> {
    let upload = |number: u32, file: &str, kind: Kind, status: SyncStatus, day: i64, rows: u64, errors: u64| {
        let mut counts = Counts::default();
        *counts.of_mut(kind) = Tally { created: rows - errors, errors, ..Tally::default() };
        Sync { counts, rows, rows_with_errors: errors, org: Some(org.to_owned()), ..sync(number, "Great Minds", file, status, day) }
    };
    if org != "104521" {
        return Vec::new();
    }
    vec![
        Sync { ended: None, ..upload(44, "classes-fall.csv", Kind::Classes, SyncStatus::InProgress, 0, 12, 0) },
        upload(43, "staff-new.csv", Kind::Staff, SyncStatus::CompletedWithErrors, -1, 40, 3),
        Sync { note: Some("Column email is missing.".into()), ..upload(42, "staff-bad.csv", Kind::Staff, SyncStatus::Failed, -2, 0, 0) },
        upload(41, "great-minds-student-upload.csv", Kind::Students, SyncStatus::Completed, -5, 211, 0),
    ]
}

/// Whether a sync is what is asked for.
pub(super) fn is_of(sync: &Sync, of: &SyncsOf) -> bool {
    let profile = profiles().into_iter().find(|p| p.name == sync.profile);
    let counted = |kind: &Kind| *sync.counts.of(*kind) != Tally::default() || (*kind == Kind::Staff && sync.file.starts_with("staff"));
    of.import_type.as_ref().is_none_or(|t| profile.is_some_and(|p| p.import_type == *t)) && of.kind.as_ref().is_none_or(counted)
}

/// What is made by hand: an ID that is taken is refused.
pub(super) fn added(what: AddWhat, fields: &[(String, String)]) -> Reply {
    if fields.iter().any(|(_, v)| v == "10008421") {
        let next = "Nothing was added. Give another ID.";
        return Reply::Trouble(Trouble::new(TroubleSort::Refused, "sourced_id: María García has it already", next));
    }
    let title = fields.iter().map(|(_, v)| v.as_str()).collect::<Vec<_>>().join(" ");
    let what = match what {
        AddWhat::Person => HitWhat::Person(PersonNo(7)),
        AddWhat::School => HitWhat::Org(OrgNo(3)),
        AddWhat::Course => HitWhat::Course(CourseNo(0)),
        AddWhat::Class => HitWhat::Class(ClassNo(0)),
        AddWhat::Enrollment => HitWhat::Enrollment(EnrollmentNo(9)),
        AddWhat::Link => HitWhat::Link(LinkNo(9)),
    };
    Reply::Added(Named { what, reference: String::new(), title })
}

impl Fake {
    /// The fields of a record as they were edited.
    pub(super) fn record_fields(&self, entity: Entity) -> Vec<(String, String)> {
        let fields: &[(&str, &str)] = match entity.table {
            Table::Enrollments => &[
                ("enrollment_person", "10008421"),
                ("enrollment_class", "ALG-1"),
                ("enrollment_role", "teacher"),
                ("enrollment_primary", "true"),
                ("enrollment_status", "active"),
            ],
            Table::Links => {
                &[("link_guardian", "G77"), ("link_student", "20019841"), ("link_relation", "mother"), ("link_status", "active")]
            }
            Table::Courses => &[("course_id", "ALG"), ("course_title", "Algebra"), ("course_code", ""), ("course_status", "active")],
            _ => &[("class_id", "ALG-1"), ("class_title", "Algebra 1"), ("class_org", "104521"), ("class_status", "active")],
        };
        let now = |field: &str, value: &str| self.records.get(field).cloned().unwrap_or_else(|| value.to_owned());
        fields.iter().map(|(field, value)| ((*field).to_owned(), now(field, value))).collect()
    }

    /// Edits a record: a role of that name there is not.
    pub(super) fn edit_record(&mut self, fields: &[(String, String)]) -> Reply {
        if let Some((field, value)) = fields.iter().find(|(_, v)| v == "captain") {
            let next = "Nothing was changed. Give another value.";
            return Reply::Trouble(Trouble::new(TroubleSort::Refused, format!("{field}: there is no \"{value}\""), next));
        }
        self.records.extend(fields.iter().cloned());
        Reply::Done
    }
}
