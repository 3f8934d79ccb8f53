//! By hand: records of every kind made and edited, by the rules that files have; and everything that is refused.

use homeroom::desk::{AddWhat, ExportWhat, HitWhat, Named, PeopleQuery, Reply, Request, TroubleSort, Window};

use crate::world::World;

type Fields<'a> = &'a [(&'a str, &'a str)];

fn owned(fields: Fields<'_>) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// What was made, or why nothing was.
fn add(world: &World, what: AddWhat, fields: Fields<'_>) -> Result<Named, String> {
    match world.ask(Request::Add { what, fields: owned(fields) }) {
        Reply::Added(named) => Ok(named),
        Reply::Trouble(trouble) => {
            assert_eq!(trouble.sort, TroubleSort::Usage, "{trouble:?}");
            assert!(!trouble.next.is_empty(), "what to do next: {trouble:?}");
            Err(trouble.message)
        }
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn made(world: &World, what: AddWhat, fields: Fields<'_>) -> Named {
    add(world, what, fields).unwrap_or_else(|why| panic!("{what} {fields:?}: {why}"))
}

fn edit(world: &World, what: &HitWhat, fields: Fields<'_>) -> Result<(), String> {
    let fields = owned(fields);
    let request = match *what {
        HitWhat::Person(person) => Request::EditPerson { person, fields },
        HitWhat::Org(org) => Request::EditOrg { org, fields },
        _ => Request::Edit { entity: what.entity().unwrap(), fields },
    };
    match world.ask(request) {
        Reply::Trouble(trouble) => Err(trouble.message),
        _ => Ok(()),
    }
}

fn export(world: &World, what: ExportWhat) -> String {
    match world.ask(Request::Export { what, org: None, for_spreadsheet: true }) {
        Reply::Output(output) => String::from_utf8(output.bytes).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// Everything there is, to see that nothing was changed.
fn all(world: &World) -> String {
    [ExportWhat::People, ExportWhat::Schools, ExportWhat::Classes, ExportWhat::Enrollments, ExportWhat::Guardians]
        .map(|what| export(world, what))
        .concat()
}

/// A teacher, a student and a guardian, a course, and a class at S1 that the teacher and the student are in.
struct District {
    world: World,
    teacher: HitWhat,
    student: HitWhat,
    course: HitWhat,
    class: HitWhat,
    enrollment: HitWhat,
    link: HitWhat,
}

fn district() -> District {
    let world = World::new();
    let person = |fields: Fields<'_>| made(&world, AddWhat::Person, fields);
    let teacher = person(&[
        ("role", "teacher"),
        ("first_name", "Ana"),
        ("last_name", "Ode"),
        ("sourced_id", "1001"),
        ("email", "ana@l.example"),
        ("orgs", "S1"),
        ("phone", "(555) 010-0199"),
    ]);
    assert_eq!((teacher.reference.as_str(), teacher.title.as_str()), ("staff:1001", "Ode, Ana (teacher 1001)"));
    let student = person(&[("role", "student"), ("last_name", "Low"), ("sourced_id", "1001"), ("orgs", "S1"), ("grade", "09")]);
    assert_eq!(student.reference, "student:1001", "an ID is unique in its family only");
    let guardian = person(&[("role", "guardian"), ("last_name", "Low"), ("sourced_id", "G1"), ("email", "low@l.example")]);
    let course = made(&world, AddWhat::Course, &[("id", "ALG"), ("title", "Algebra"), ("org", "D1")]);
    let class = made(
        &world,
        AddWhat::Class,
        &[("class_id", "ALG-1"), ("title", "Algebra, period 1"), ("course", "ALG"), ("org", "S1"), ("grade", "09"), ("subject", "Math")],
    );
    let enrollment = made(&world, AddWhat::Enrollment, &[("person", "staff:1001"), ("class", "ALG-1"), ("primary", "true")]);
    made(&world, AddWhat::Enrollment, &[("person", "student:1001"), ("enrollment_class", "class:ALG-1")]);
    let link = made(&world, AddWhat::Link, &[("guardian", "G1"), ("student", "student:1001"), ("relation", "parent")]);
    for (named, reference) in [
        (&guardian, "guardian:G1"),
        (&course, "course:ALG"),
        (&class, "class:ALG-1"),
        (&enrollment, "enrollment:staff:1001/ALG-1"),
        (&link, "link:guardian:G1/student:1001"),
    ] {
        assert_eq!(named.reference, reference);
    }
    District {
        teacher: teacher.what,
        student: student.what,
        course: course.what,
        class: class.what,
        enrollment: enrollment.what,
        link: link.what,
        world,
    }
}

#[test]
fn records_of_every_kind_are_made() {
    let d = district();
    assert_eq!(
        export(&d.world, ExportWhat::Classes).lines().nth(1),
        Some("ALG-1,\"Algebra, period 1\",09,Math,ALG,S1,active,1001,ana@l.example")
    );
    assert_eq!(
        export(&d.world, ExportWhat::Enrollments).lines().skip(1).collect::<Vec<_>>(),
        [
            "1001,ALG-1,teacher,true,active,\"Ode, Ana\",ana@l.example,\"Algebra, period 1\",S1",
            "1001,ALG-1,student,,active,Low,,\"Algebra, period 1\",S1",
        ]
    );
    assert_eq!(export(&d.world, ExportWhat::Guardians).lines().nth(1), Some("1001,G1,,Low,low@l.example,,,,Low,parent,active"));
    assert_eq!(d.world.value("staff:1001", "phone"), "+15550100199");
    assert_eq!(d.world.value("staff:1001", "phone_raw"), "(555) 010-0199");
    let history = d.world.person("staff:1001").history;
    assert_eq!((history.len(), history[0].action.as_str(), history[0].sync, history[0].by.as_str()), (1, "created", None, "ana"));
    let before = all(&d.world);
    let again = d.world.reopened(false);
    assert_eq!(all(&again), before, "it lasts");
    assert!(matches!(again.ask(Request::Verify { deep: true }), Reply::Verified(v) if v.damage.is_empty()));
}

/// What is to be made, of what, and what is said instead.
type Wrong = (AddWhat, Vec<(&'static str, &'static str)>, &'static str);

#[test]
fn what_cannot_be_made_is_refused_with_its_reason_and_nothing_is_made() {
    use AddWhat::{Class, Course, Enrollment, Link, Person, School};
    let d = district();
    for fields in [
        &[("role", "guardian"), ("last_name", "Ray"), ("sourced_id", "G2")][..],
        &[("role", "teacher"), ("last_name", "Far"), ("sourced_id", "1002"), ("orgs", "S2")],
        &[("role", "student"), ("last_name", "Off"), ("sourced_id", "1003"), ("orgs", "S1"), ("status", "disabled")],
    ] {
        made(&d.world, AddWhat::Person, fields);
    }
    made(&d.world, AddWhat::Class, &[("title", "Chess"), ("org", "S1")]);
    let before = all(&d.world);
    let person = |more: &[(&'static str, &'static str)]| {
        let mut fields = vec![("role", "staff"), ("last_name", "New")];
        fields.retain(|f| more.iter().all(|m| m.0 != f.0));
        fields.extend(more);
        fields
    };
    let long = "x".repeat(255);
    let long: &'static str = long.leak();
    let cases: Vec<Wrong> = vec![
        (Person, vec![("last_name", "New")], "A person needs role."),
        (Person, person(&[("role", "wizard")]), "role: \"wizard\" is not one of student, teacher,"),
        (Person, vec![("role", "staff")], "last_name: a person needs a name"),
        (Person, person(&[("sourced_id", "1001")]), "sourced_id: belongs to Ode, Ana (teacher 1001) already"),
        (Person, person(&[("email", "ANA@l.example")]), "email: belongs to Ode, Ana (teacher 1001) already"),
        (Person, person(&[("email", "ana at l.example")]), "email: not an e-mail address: no @"),
        (Person, person(&[("phone", "call me")]), "phone: not a phone number"),
        (Person, person(&[("language", "english")]), "language: not a language code"),
        (Person, person(&[("sourced_id", "1.2E+10")]), "sourced_id: \"1.2E+10\" is in scientific notation"),
        (Person, person(&[("sourced_id", "10\u{200b}01")]), "sourced_id: holds characters that do not show"),
        (Person, person(&[("username", "#N/A")]), "username: \"#N/A\" is what a spreadsheet's failed formula leaves"),
        (Person, person(&[("position", "a\u{7}b")]), "position: holds a control character"),
        (Person, person(&[("position", long)]), "position: 255 characters; at most 254"),
        (Person, person(&[("orgs", "S1;S9")]), "orgs: there is no organization \"S9\""),
        (Person, person(&[("grade", "09")]), "grade: is for students, not for a staff"),
        (Person, person(&[("role", "student"), ("position", "Coach")]), "position: is for staff, not for a student"),
        (Person, person(&[("role", "student"), ("grade", "9")]), "grade: \"9\" is not one of"),
        (Person, person(&[("mail", "a@l.example")]), "There is no field \"mail\"."),
        (Person, person(&[("status", "active"), ("status", "disabled")]), "status: is given twice"),
        (School, vec![("name", "New")], "A school needs external_id."),
        (School, vec![("external_id", "S7")], "A school needs name."),
        (School, vec![("external_id", "S1"), ("name", "New")], "external_id: belongs to Lincoln High already"),
        (
            School,
            vec![("external_id", "S7"), ("name", "New"), ("parent_external_id", "D9")],
            "parent_external_id: there is no organization",
        ),
        (School, vec![("external_id", "S7"), ("name", "New"), ("type", "shop")], "type: \"shop\" is not one of district, school"),
        (Course, vec![("title", "New")], "course_id: a course needs an ID"),
        (Course, vec![("id", "NEW")], "course_title: a course needs a title"),
        (Course, vec![("id", "ALG"), ("title", "New")], "course_id: belongs to \"Algebra\" already"),
        (Class, vec![("org", "S1")], "class_title: a class needs a title"),
        (Class, vec![("title", "New")], "class_org: a class needs a school"),
        (Class, vec![("title", "New"), ("org", "S1"), ("id", "ALG-1")], "class_id: belongs to \"Algebra, period 1\" already"),
        (Class, vec![("title", "Chess"), ("org", "S1")], "class_title: is a class of the school already"),
        (Class, vec![("title", "New"), ("org", "S1"), ("course", "ALGE")], "course: there is no course \"ALGE\" (nearest: ALG)"),
        (Class, vec![("title", "New"), ("class_title", "Newer"), ("org", "S1")], "class_title: is given twice"),
        (Enrollment, vec![("class", "ALG-1")], "An enrollment needs enrollment_person."),
        (Enrollment, vec![("person", "staff:1001")], "An enrollment needs enrollment_class."),
        (Enrollment, vec![("person", "1001"), ("class", "ALG-1")], "person: \"1001\" names several: "),
        (Enrollment, vec![("person", "staff:7"), ("class", "ALG-1")], "person: Nothing is called \"staff:7\"."),
        (Enrollment, vec![("person", "school:S1"), ("class", "ALG-1")], "person: \"school:S1\" is no person"),
        (Enrollment, vec![("person", "staff:1001"), ("class", "staff:1001")], "class: \"staff:1001\" is no class"),
        (Enrollment, vec![("person", "staff:1001"), ("class", "ALG-1")], "enrollment_person: is in that class already"),
        (Enrollment, vec![("person", "guardian:G1"), ("class", "ALG-1")], "enrollment_role: a guardian cannot be in a class as guardian"),
        (
            Enrollment,
            vec![("person", "staff:1002"), ("class", "ALG-1")],
            "enrollment_person: REF-306 The person belongs to school S2, the class to S1",
        ),
        (Enrollment, vec![("person", "student:1003"), ("class", "ALG-1")], "enrollment_person: the person is disabled"),
        (Link, vec![("student", "student:1001")], "A guardian link needs link_guardian."),
        (Link, vec![("guardian", "guardian:G1")], "A guardian link needs link_student."),
        (Link, vec![("guardian", "staff:1001"), ("student", "student:1001")], "link_guardian: Ode, Ana is a teacher, not a guardian"),
        (Link, vec![("guardian", "guardian:G2"), ("student", "staff:1001")], "link_student: Ode, Ana is a teacher, not a student"),
        (Link, vec![("guardian", "guardian:G1"), ("student", "student:1001")], "link_student: is linked to that guardian already"),
    ];
    for (what, fields, why) in &cases {
        let said = add(&d.world, *what, fields).expect_err(&format!("{what} {fields:?}"));
        assert!(said.starts_with(why), "{what} {fields:?}: {said}");
    }
    assert_eq!(all(&d.world), before, "nothing was made");
}

#[test]
fn a_second_first_teacher_and_a_role_that_does_not_fit_are_refused() {
    let d = district();
    made(&d.world, AddWhat::Person, &[("role", "teacher"), ("last_name", "Two"), ("sourced_id", "1002"), ("orgs", "S1")]);
    let in_class = |role: &str, primary: &str| {
        add(&d.world, AddWhat::Enrollment, &[("person", "staff:1002"), ("class", "ALG-1"), ("role", role), ("primary", primary)])
    };
    assert_eq!(in_class("student", "").unwrap_err(), "enrollment_role: a teacher cannot be in a class as student");
    assert_eq!(
        in_class("teacher", "true").unwrap_err(),
        "enrollment_primary: Ode, Ana (teacher 1001) is the class's first teacher already"
    );
    assert_eq!(in_class("teacher", "perhaps").unwrap_err(), "primary: \"perhaps\" is not one of true, false");
    let second = in_class("teacher", "").unwrap();
    // Once the first teacher's assignment has ended the second may come first.
    edit(&d.world, &d.enrollment, &[("status", "disabled")]).unwrap();
    edit(&d.world, &second.what, &[("primary", "true")]).unwrap();
    assert_eq!(
        edit(&d.world, &d.enrollment, &[("status", "active")]).unwrap_err(),
        "enrollment_primary: Two (teacher 1002) is the class's first teacher already"
    );
    edit(&d.world, &d.enrollment, &[("status", "active"), ("primary", "false")]).unwrap();
}

#[test]
fn records_of_every_kind_are_edited() {
    let d = district();
    edit(&d.world, &d.course, &[("title", "Algebra I"), ("code", "A1")]).unwrap();
    edit(&d.world, &d.class, &[("class_title", "Algebra"), ("grade", ""), ("subject", "")]).unwrap();
    edit(&d.world, &d.enrollment, &[("status", "disabled")]).unwrap();
    edit(&d.world, &d.link, &[("relation", "aunt")]).unwrap();
    assert_eq!(export(&d.world, ExportWhat::Classes).lines().nth(1), Some("ALG-1,Algebra,,,ALG,S1,active,,"), "no teacher is left");
    assert!(export(&d.world, ExportWhat::Enrollments).contains("\n1001,ALG-1,teacher,true,disabled,"));
    assert!(export(&d.world, ExportWhat::Guardians).contains(",aunt,active"));
    let before = all(&d.world);
    for (what, fields, why) in [
        (&d.course, &[("id", "")][..], "course_id: a course needs an ID"),
        (&d.course, &[("title", " ")], "course_title: a course needs a title"),
        (&d.course, &[("title", "X"), ("org", "S9")], "org: there is no organization \"S9\""),
        (&d.class, &[("org", "")], "class_org: a class needs a school"),
        (&d.class, &[("org", "S2")], "class_org: 1 people of the class do not belong to that school"),
        (&d.class, &[("teacher", "1001")], "There is no field \"teacher\"."),
        (&d.enrollment, &[("person", "staff:1001")], "person: stays as it is"),
        (&d.enrollment, &[("class", "ALG-1")], "class: stays as it is"),
        (&d.enrollment, &[("role", "student")], "enrollment_role: a teacher cannot be in a class as student"),
        (&d.link, &[("guardian", "G1")], "guardian: stays as it is"),
        (&d.link, &[("status", "gone")], "status: \"gone\" is not one of active, disabled"),
        (&d.student, &[("role", "teacher"), ("sourced_id", "1099")], "role: has 1 enrollments and 1 guardian links in the role until now"),
        (&d.student, &[("first_name", "Iva"), ("email", "ana@l.example")], "email: belongs to Ode, Ana (teacher 1001) already"),
    ] {
        let said = edit(&d.world, what, fields).expect_err(&format!("{fields:?}"));
        assert!(said.starts_with(why), "{fields:?}: {said}");
        assert_eq!(all(&d.world), before, "all fields or none: {fields:?}");
    }
    edit(&d.world, &d.teacher, &[("role", "school_admin")]).unwrap();
    assert!(matches!(d.world.ask(Request::Verify { deep: true }), Reply::Verified(v) if v.damage.is_empty()));
}

#[test]
fn who_cannot_be_managed_in_bulk_gets_an_id() {
    let d = district();
    let named = made(&d.world, AddWhat::Person, &[("role", "staff"), ("first_name", "No"), ("last_name", "Id"), ("orgs", "S1")]);
    assert!(named.reference.starts_with('@'), "{named:?}");
    let without =
        || match d.world.ask(Request::People { query: PeopleQuery { without_id: true, ..PeopleQuery::default() }, window: Window::ALL }) {
            Reply::People(page) => page.rows.into_iter().map(|p| p.name).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
    assert_eq!(without(), ["Id, No"]);
    assert!(edit(&d.world, &named.what, &[("sourced_id", "1001")]).unwrap_err().contains("belongs to Ode, Ana"));
    edit(&d.world, &named.what, &[("sourced_id", "1009")]).unwrap();
    assert_eq!(without(), [""; 0]);
    // From now on a file finds them.
    d.world.import("users.csv", crate::world::file(&["No,,Id,no@l.example,1009,S1,Staff,,,Active"])).is("staff ~1", &[]);
}

#[test]
fn a_file_that_brings_what_was_made_by_hand_finds_it() {
    let d = district();
    let users = crate::world::file(&["Ana,,Ode,ana@l.example,1001,S1,Teacher,,,Active"]);
    d.world.import("users.csv", users).is("staff =1", &[]);
    assert_eq!(d.world.person("staff:1001").feeds.len(), 2, "by hand and by the file");
}

#[test]
fn read_only_nothing_is_made() {
    let world = district().world.reopened(true);
    let before = all(&world);
    let request = Request::Add { what: AddWhat::Course, fields: owned(&[("id", "GEO"), ("title", "Geometry")]) };
    assert_eq!(world.trouble(request).sort, TroubleSort::NotPermitted);
    assert_eq!(all(&world), before);
}
