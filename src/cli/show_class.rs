//! `show` of a class, a course, an enrollment or a guardian link; and what ties a person to others.

use serde::Serialize;

use super::context::Context;
use super::exit::Stop;
use super::list_classes::{CLASS_COLUMNS, Class, TieLine, class_cells, role};
use super::paint::Paint;
use super::show::{Happened, brought, history};
use super::table::{Cell, Column, number};
use crate::desk::{ClassDetail, PersonRow, RecordDetail, Tie};
use crate::roster::{Role, Status};

#[derive(Serialize)]
struct ClassLine<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    title: &'a str,
    fields: Vec<Field<'a>>,
    school: &'a str,
    course: &'a str,
    teacher: &'a str,
    teachers: u64,
    students: u64,
    status: &'static str,
    feeds: &'a [String],
    members: Vec<TieLine<'a>>,
    history: Vec<Happened<'a>>,
}

#[derive(Serialize)]
struct Field<'a> {
    field: &'a str,
    value: &'a str,
}

fn fields(all: &[(String, String)]) -> Vec<Field<'_>> {
    all.iter().map(|(field, value)| Field { field, value }).collect()
}

/// A class, for programs or for people.
pub(super) fn class(cx: &mut Context<'_>, reference: &str, detail: &ClassDetail) -> Result<(), Stop> {
    let row = &detail.row;
    if cx.json {
        return cx.print_json(&ClassLine {
            reference,
            title: &row.class.title,
            fields: fields(&detail.fields),
            school: &row.school,
            course: &row.course,
            teacher: &row.teacher,
            teachers: row.teachers,
            students: row.students,
            status: row.class.status.name(),
            feeds: &detail.feeds,
            members: detail.members.iter().map(Into::into).collect(),
            history: detail.history.iter().map(Into::into).collect(),
        });
    }
    let mut about = vec!["class".to_owned(), row.class.status.name().to_owned()];
    about.extend([&row.school, &row.course].into_iter().filter(|t| !t.is_empty()).cloned());
    let of = |n: u64, one: &str| format!("{} {one}{}", number(n), if n == 1 { "" } else { "s" });
    about.push(format!("{}, {}", of(row.teachers, "teacher"), of(row.students, "student")));
    head(cx, &row.class.title, reference, about, &detail.feeds)?;
    values(cx, &detail.fields)?;
    members(cx, &detail.members)?;
    history(cx, &detail.history)
}

#[derive(Serialize)]
struct RecordLine<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    title: &'a str,
    fields: Vec<Field<'a>>,
    feeds: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    classes: Vec<Class<'a>>,
    history: Vec<Happened<'a>>,
}

/// A course, an enrollment or a guardian link, for programs or for people.
pub(super) fn record(cx: &mut Context<'_>, detail: &RecordDetail) -> Result<(), Stop> {
    let named = &detail.named;
    if cx.json {
        return cx.print_json(&RecordLine {
            reference: &named.reference,
            title: &named.title,
            fields: fields(&detail.fields),
            feeds: &detail.feeds,
            classes: detail.classes.iter().map(Into::into).collect(),
            history: detail.history.iter().map(Into::into).collect(),
        });
    }
    head(cx, &named.title, &named.reference, Vec::new(), &detail.feeds)?;
    values(cx, &detail.fields)?;
    if !detail.classes.is_empty() {
        cx.gap()?;
        let rows: Vec<Vec<Cell>> = detail.classes.iter().map(class_cells).collect();
        cx.table(CLASS_COLUMNS, &rows)?;
    }
    history(cx, &detail.history)
}

fn head(cx: &mut Context<'_>, title: &str, reference: &str, mut about: Vec<String>, feeds: &[String]) -> Result<(), Stop> {
    cx.say_in(Paint::Bold, &format!("{title}  {reference}"))?;
    if !feeds.is_empty() {
        about.push(brought(feeds));
    }
    if about.is_empty() { Ok(()) } else { cx.say_in(Paint::Dim, &about.join(" · ")) }
}

fn values(cx: &mut Context<'_>, fields: &[(String, String)]) -> Result<(), Stop> {
    let there = fields.iter().filter(|(_, value)| !value.is_empty());
    let rows: Vec<Vec<Cell>> = there.map(|(name, value)| vec![Cell::from(name), Cell::from(value)]).collect();
    cx.table(&[Column::Whole("field"), Column::Text("value")], &rows)
}

/// Who is in a class.
fn members(cx: &mut Context<'_>, members: &[Tie]) -> Result<(), Stop> {
    if members.is_empty() {
        return Ok(());
    }
    cx.gap()?;
    let cells = |t: &Tie| -> Vec<Cell> { vec![t.name.as_str().into(), t.sourced_id.as_str().into(), role(t).into(), ended(t)] };
    let rows: Vec<Vec<Cell>> = members.iter().map(cells).collect();
    cx.table(&[Column::Text("person"), Column::Whole("ID"), Column::Whole("role"), Column::Whole("status")], &rows)
}

/// The classes of a person; of a student the guardians, of a guardian the students.
pub(super) fn ties(cx: &mut Context<'_>, person: &PersonRow, classes: &[Tie], links: &[Tie]) -> Result<(), Stop> {
    if !classes.is_empty() {
        cx.gap()?;
        let cells = |t: &Tie| -> Vec<Cell> { vec![t.other.as_str().into(), t.other_id.as_str().into(), role(t).into(), ended(t)] };
        let rows: Vec<Vec<Cell>> = classes.iter().map(cells).collect();
        cx.table(&[Column::Text("class"), Column::Whole("ID"), Column::Whole("role"), Column::Whole("status")], &rows)?;
    }
    if !links.is_empty() {
        cx.gap()?;
        let guardian = person.role == Role::Guardian;
        let cells = |t: &Tie| -> Vec<Cell> {
            let (name, id) = if guardian { (&t.other, &t.other_id) } else { (&t.name, &t.sourced_id) };
            vec![name.as_str().into(), id.as_str().into(), t.role.as_str().into(), ended(t)]
        };
        let rows: Vec<Vec<Cell>> = links.iter().map(cells).collect();
        let whose = if guardian { "student" } else { "guardian" };
        cx.table(&[Column::Text(whose), Column::Whole("ID"), Column::Whole("relation"), Column::Whole("status")], &rows)?;
    }
    Ok(())
}

fn ended(t: &Tie) -> Cell {
    Cell::painted(t.status.name(), if t.status == Status::Active { Paint::Plain } else { Paint::Dim })
}
