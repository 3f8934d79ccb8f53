//! `list classes`, `courses`, `enrollments` and `links`.

use serde::Serialize;

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::list::PAGE;
use super::table::{Cell, Column, Table as Printed, number};
use crate::desk::{ClassRow, CourseRow, Request, Tie, TieWhat, Window};
use crate::roster::{Grade, OrgNo, Table};

/// A class as programs read it.
#[derive(Serialize)]
pub(super) struct Class<'a> {
    #[serde(rename = "ref")]
    reference: String,
    sourced_id: Option<&'a str>,
    title: &'a str,
    grade: Option<&'static str>,
    subject: &'a str,
    course: &'a str,
    school: &'a str,
    teacher: &'a str,
    teachers: u64,
    students: u64,
    status: &'static str,
}

impl<'a> From<&'a ClassRow> for Class<'a> {
    fn from(c: &'a ClassRow) -> Self {
        let id = c.class.sourced_id.as_str();
        Self {
            reference: if id.is_empty() { format!("class:@{}", c.number.0) } else { format!("class:{id}") },
            sourced_id: (!id.is_empty()).then_some(id),
            title: &c.class.title,
            grade: c.class.grade.map(Grade::code),
            subject: &c.class.subject,
            course: &c.course,
            school: &c.school,
            teacher: &c.teacher,
            teachers: c.teachers,
            students: c.students,
            status: c.class.status.name(),
        }
    }
}

pub(super) const CLASS_COLUMNS: &[Column] = &[
    Column::Text("title"),
    Column::Whole("ID"),
    Column::Text("school"),
    Column::Whole("grade"),
    Column::Text("subject"),
    Column::Text("teacher"),
    Column::Number("students"),
    Column::Whole("status"),
];

/// A class as people read it.
pub(super) fn class_cells(c: &ClassRow) -> Vec<Cell> {
    vec![
        c.class.title.as_str().into(),
        c.class.sourced_id.as_str().into(),
        c.school.as_str().into(),
        c.class.grade.map(Grade::code).unwrap_or_default().into(),
        c.class.subject.as_str().into(),
        c.teacher.as_str().into(),
        number(c.students).into(),
        c.class.status.into(),
    ]
}

pub(super) fn classes(cx: &mut Context<'_>, org: Option<OrgNo>, filter: &str) -> Result<Exit, Stop> {
    let mut table = Printed::new(CLASS_COLUMNS, cx.env.columns);
    let mut first = 0;
    loop {
        let page = ask!(cx, Request::Classes { org, filter: filter.to_owned(), window: Window { first, count: PAGE } } => Classes);
        if cx.json {
            page.rows.iter().try_for_each(|c| cx.print_json(&Class::from(c)))?;
        } else if page.total > 0 {
            let rows: Vec<Vec<Cell>> = page.rows.iter().map(class_cells).collect();
            cx.rows(&mut table, &rows)?;
        }
        first += page.rows.len() as u64;
        if page.rows.is_empty() || first >= page.total {
            return Ok(end(cx, first, page.unfiltered));
        }
    }
}

#[derive(Serialize)]
struct Course<'a> {
    #[serde(rename = "ref")]
    reference: String,
    sourced_id: &'a str,
    title: &'a str,
    code: Option<&'a str>,
    school: &'a str,
    classes: u64,
    status: &'static str,
}

pub(super) fn courses(cx: &mut Context<'_>, org: Option<OrgNo>, filter: &str) -> Result<Exit, Stop> {
    const COLUMNS: &[Column] =
        &[Column::Text("title"), Column::Whole("ID"), Column::Text("school"), Column::Number("classes"), Column::Whole("status")];
    let page = ask!(cx, Request::Courses { org, filter: filter.to_owned(), window: Window::ALL } => Courses);
    if cx.json {
        for CourseRow { course, school, classes, .. } in &page.rows {
            cx.print_json(&Course {
                reference: format!("course:{}", course.sourced_id),
                sourced_id: &course.sourced_id,
                title: &course.title,
                code: (!course.code.is_empty()).then_some(course.code.as_str()),
                school,
                classes: *classes,
                status: course.status.name(),
            })?;
        }
    } else if !page.rows.is_empty() {
        let cells = |c: &CourseRow| -> Vec<Cell> {
            let id = c.course.sourced_id.as_str();
            vec![c.course.title.as_str().into(), id.into(), c.school.as_str().into(), number(c.classes).into(), c.course.status.into()]
        };
        let rows: Vec<Vec<Cell>> = page.rows.iter().map(cells).collect();
        cx.table(COLUMNS, &rows)?;
    }
    Ok(end(cx, page.total, page.unfiltered))
}

/// An enrollment or a link as programs read it.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum TieLine<'a> {
    Enrollment {
        #[serde(rename = "ref")]
        reference: String,
        person: Option<&'a str>,
        person_ref: String,
        name: &'a str,
        class: &'a str,
        title: &'a str,
        role: &'a str,
        primary: bool,
        status: &'static str,
    },
    Link {
        #[serde(rename = "ref")]
        reference: String,
        guardian: Option<&'a str>,
        guardian_ref: String,
        guardian_name: &'a str,
        student: Option<&'a str>,
        student_ref: String,
        student_name: &'a str,
        relation: &'a str,
        status: &'static str,
    },
}

impl<'a> From<&'a Tie> for TieLine<'a> {
    fn from(t: &'a Tie) -> Self {
        let there = |text: &'a str| (!text.is_empty()).then_some(text);
        match t.what {
            TieWhat::Enrollment(number) => Self::Enrollment {
                reference: format!("enrollment:@{}", number.0),
                person: there(&t.sourced_id),
                person_ref: format!("@{}", t.person.0),
                name: &t.name,
                class: &t.other_id,
                title: &t.other,
                role: &t.role,
                primary: t.primary,
                status: t.status.name(),
            },
            TieWhat::Link(number) => Self::Link {
                reference: format!("link:@{}", number.0),
                guardian: there(&t.sourced_id),
                guardian_ref: format!("@{}", t.person.0),
                guardian_name: &t.name,
                student: there(&t.other_id),
                student_ref: t.student.map(|s| format!("@{}", s.0)).unwrap_or_default(),
                student_name: &t.other,
                relation: &t.role,
                status: t.status.name(),
            },
        }
    }
}

/// What a person is in a class: `teacher, primary`.
pub(super) fn role(t: &Tie) -> String {
    if t.primary { format!("{}, primary", t.role) } else { t.role.clone() }
}

pub(super) fn ties(cx: &mut Context<'_>, of: Table, org: Option<OrgNo>) -> Result<Exit, Stop> {
    const ENROLLMENTS: &[Column] = &[
        Column::Text("person"),
        Column::Whole("ID"),
        Column::Text("class"),
        Column::Whole("class ID"),
        Column::Whole("role"),
        Column::Whole("status"),
    ];
    const LINKS: &[Column] = &[
        Column::Text("guardian"),
        Column::Whole("ID"),
        Column::Text("student"),
        Column::Whole("student ID"),
        Column::Whole("relation"),
        Column::Whole("status"),
    ];
    let mut table = Printed::new(if of == Table::Links { LINKS } else { ENROLLMENTS }, cx.env.columns);
    let mut first = 0;
    loop {
        let page = ask!(cx, Request::Ties { table: of, org, window: Window { first, count: PAGE } } => Ties);
        if cx.json {
            page.rows.iter().try_for_each(|t| cx.print_json(&TieLine::from(t)))?;
        } else if page.total > 0 {
            let cells = |t: &Tie| -> Vec<Cell> {
                let (name, other) = (t.name.as_str(), t.other.as_str());
                vec![name.into(), t.sourced_id.as_str().into(), other.into(), t.other_id.as_str().into(), role(t).into(), t.status.into()]
            };
            let rows: Vec<Vec<Cell>> = page.rows.iter().map(cells).collect();
            cx.rows(&mut table, &rows)?;
        }
        first += PAGE.min(page.total - first.min(page.total));
        if page.rows.is_empty() || first >= page.total {
            return Ok(end(cx, first.min(page.total), page.unfiltered));
        }
    }
}

fn end(cx: &mut Context<'_>, shown: u64, all: u64) -> Exit {
    if !cx.json {
        cx.tell(&format!("{} of {}", number(shown), number(all)));
    }
    Exit::Done
}
