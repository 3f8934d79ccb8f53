//! What people call the columns of a file.

use crate::feed::{Column, ColumnKind, Target};
use crate::roster::{ClassField, CourseField, EnrollmentField, Field, LinkField, OrgField, Text};

/// A header in words.
pub(super) struct Word {
    /// All of it, lower case, letters, digits and `#` only.
    pub(super) whole: String,
    /// Its words.
    pub(super) parts: Vec<String>,
}

/// A header in words: parted at blanks, signs, and where capitals begin (`firstName`).
pub(super) fn words_of(header: &str) -> Word {
    let mut parts: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut lower = false;
    for c in header.chars() {
        let begins = c.is_uppercase() && lower;
        if !c.is_alphanumeric() || begins {
            parts.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        lower = c.is_lowercase();
        if c == '#' {
            parts.push("#".into());
        } else if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
    }
    parts.extend((!word.is_empty()).then_some(word));
    Word { whole: parts.concat(), parts }
}

/// What a column that names an organization holds.
pub(super) fn is_org(column: &Column) -> bool {
    matches!(
        column.to,
        Target::Person(Field::Orgs) | Target::Class(ClassField::Org) | Target::Course(CourseField::Org) | Target::Org(OrgField::ExternalId)
    )
}

/// Words for what a column holds; a header that has all of one's is probably it.
pub(super) fn concept(column: &Column) -> &'static [&'static str] {
    if column.kind == ColumnKind::Password {
        return &["password", "passwd", "pwd", "passcode", "pin"];
    }
    if is_org(column) {
        return &[
            "school",
            "building",
            "bldg",
            "campus",
            "site",
            "location",
            "org",
            "organization",
            "school id",
            "building id",
            "district",
        ];
    }
    match column.to {
        Target::Person(Field::Text(text)) => of_person(text),
        Target::Person(Field::Role) | Target::Enrollment(EnrollmentField::Role) => {
            &["type", "role", "user type", "person type", "category"]
        }
        Target::Person(Field::Grade) | Target::Class(ClassField::Grade) => &["grade", "gr", "grade level", "level", "year group", "grd"],
        Target::Person(Field::Status)
        | Target::Org(OrgField::Status)
        | Target::Class(ClassField::Status)
        | Target::Course(CourseField::Status)
        | Target::Enrollment(EnrollmentField::Status)
        | Target::Link(LinkField::Status) => &["status", "active", "enabled", "state", "account status"],
        Target::Org(OrgField::Name) => &["name", "school name", "building name", "org name"],
        Target::Org(OrgField::Type) => &["type", "kind", "org type"],
        Target::Org(OrgField::Parent) => &["parent", "district", "district id"],
        Target::Org(OrgField::Address) => &["address", "street", "location"],
        Target::Class(ClassField::SourcedId) | Target::Enrollment(EnrollmentField::Class) => {
            &["class id", "section id", "section #", "section", "section code", "class code", "class #"]
        }
        Target::Class(ClassField::Title) => &["class", "class name", "section name", "section title", "title"],
        Target::Class(ClassField::Subject) => &["subject", "department", "dept"],
        Target::Class(ClassField::Course) | Target::Course(CourseField::SourcedId | CourseField::Code) => {
            &["course id", "course code", "course #", "course number", "course"]
        }
        Target::Course(CourseField::Title) => &["course name", "course title", "title"],
        Target::Teacher => &["teacher", "teacher email", "primary teacher"],
        Target::Enrollment(EnrollmentField::Person) => {
            &["student id", "person id", "user id", "student #", "stu id", "id", "staff id", "unique id"]
        }
        Target::Enrollment(EnrollmentField::Primary) => &["primary", "main", "lead"],
        Target::Link(LinkField::Student) => &["student id", "student #", "stu id", "student code", "child id", "student number"],
        Target::Link(LinkField::Guardian) => &["guardian id", "parent id", "contact id", "guardian code"],
        Target::Link(LinkField::Relation) => &["relation", "relationship", "relation type"],
        Target::Action => &["action", "operation", "change"],
        Target::Agents => &["agents", "guardians", "parents"],
        _ => &[],
    }
}

fn of_person(text: Text) -> &'static [&'static str] {
    match text {
        Text::GivenName => &["first", "first name", "given", "given name", "forename", "fname", "vorname"],
        Text::MiddleName => &["middle", "middle name", "mi", "middle initial", "mname"],
        Text::FamilyName => &["last", "last name", "family", "family name", "surname", "lname"],
        Text::Email => &["mail", "email", "e mail", "email address", "mail address"],
        Text::SourcedId => &[
            "id",
            "emp #",
            "employee #",
            "employee id",
            "employee number",
            "emp id",
            "emp no",
            "staff id",
            "staff #",
            "student id",
            "student #",
            "student number",
            "stu id",
            "sis id",
            "unique id",
            "person id",
            "user id",
            "local id",
            "badge",
            "payroll",
            "external id",
            "guardian id",
            "parent id",
            "contact id",
        ],
        Text::Phone => &["phone", "mobile", "cell", "sms", "tel", "telephone", "cell phone", "mobile phone"],
        Text::HomePhone => &["home phone", "landline", "home", "phone 2"],
        Text::Username => &["username", "user name", "login", "logon", "account"],
        Text::Position => &["position", "job", "title", "job title", "assignment"],
        Text::Language => &["language", "lang", "home language", "locale"],
        _ => &[],
    }
}
