//! `list`: everybody, or every school; classes, courses, enrollments and guardian links are in [`super::list_classes`].

use std::collections::HashMap;

use clap::ValueEnum;
use serde::Serialize;

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::list_classes;
use super::show::the_one;
use super::table::{Cell, Column, Table, number};
use crate::desk::{HitWhat, Named, PeopleQuery, PersonRow, Request, SchoolRow, SchoolSort, Window};
use crate::roster::{Family, OrgNo, Table as Kept};

/// All schools, people, classes, courses, enrollments or guardian links on the roster
#[derive(clap::Args)]
pub(super) struct Args {
    /// What to list
    what: What,
    /// Only those at this school or district, by external ID
    #[arg(long, value_name = "ID")]
    org: Option<String>,
    /// Only those whose name, ID or e-mail contain these words; of classes and courses title, ID or subject
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    filter: String,
    /// Only people without an ID, who cannot be managed in bulk; `edit @HANDLE sourced_id=ID` gives one
    #[arg(long)]
    without_id: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Schools,
    People,
    Staff,
    Students,
    Guardians,
    Classes,
    Courses,
    Enrollments,
    Links,
}

impl What {
    fn family(self) -> Option<Family> {
        match self {
            Self::Staff => Some(Family::Staff),
            Self::Students => Some(Family::Students),
            Self::Guardians => Some(Family::Guardians),
            _ => None,
        }
    }
}

/// Records that are asked for at a time.
pub(super) const PAGE: u64 = 2_000;

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let org = match &self.org {
            Some(id) => Some(organization(cx, id)?),
            None => None,
        };
        let query = PeopleQuery {
            filter: self.filter.clone(),
            family: self.what.family(),
            org,
            without_id: self.without_id,
            ..PeopleQuery::default()
        };
        if self.without_id && !matches!(self.what, What::People | What::Staff | What::Students | What::Guardians) {
            return Err(Stop::usage("Only people can lack an ID", "--without-id goes with people, staff, students or guardians."));
        }
        match self.what {
            What::Schools => schools(cx, org, self.filter),
            What::People | What::Staff | What::Students | What::Guardians => people(cx, &query),
            What::Classes => list_classes::classes(cx, org, &self.filter),
            What::Courses => list_classes::courses(cx, org, &self.filter),
            What::Enrollments | What::Links if !self.filter.is_empty() => {
                Err(Stop::usage("enrollments and links have no name to filter by", "Use --org, or show a person or class."))
            }
            What::Enrollments => list_classes::ties(cx, Kept::Enrollments, org),
            What::Links => list_classes::ties(cx, Kept::Links, org),
        }
    }
}

fn organization(cx: &mut Context<'_>, id: &str) -> Result<OrgNo, Stop> {
    match the_one(cx, &format!("school:{}", id.strip_prefix("school:").unwrap_or(id)))? {
        Named { what: HitWhat::Org(number), .. } => Ok(number),
        Named { title, .. } => Err(Stop::usage(format!("{title} is no school or district"), "homeroom list schools shows them all.")),
    }
}

#[derive(Serialize)]
struct Person<'a> {
    #[serde(rename = "ref")]
    reference: String,
    sourced_id: Option<&'a str>,
    name: &'a str,
    role: &'static str,
    status: &'static str,
    grade: Option<&'a str>,
    email: Option<&'a str>,
    school: &'a str,
}

impl<'a> From<&'a PersonRow> for Person<'a> {
    fn from(p: &'a PersonRow) -> Self {
        let there = |text: &'a str| (!text.is_empty()).then_some(text);
        Self {
            reference: format!("@{}", p.number.0),
            sourced_id: there(&p.sourced_id),
            name: &p.name,
            role: p.role.name(),
            status: p.status.name(),
            grade: there(&p.grade),
            email: there(&p.email),
            school: &p.school,
        }
    }
}

fn people(cx: &mut Context<'_>, query: &PeopleQuery) -> Result<Exit, Stop> {
    const COLUMNS: &[Column] = &[
        Column::Text("name"),
        Column::Whole("role"),
        Column::Whole("ID"),
        Column::Text("school"),
        Column::Whole("grade"),
        Column::Whole("status"),
        Column::Text("e-mail"),
    ];
    let mut table = Table::new(COLUMNS, cx.env.columns);
    let mut first = 0;
    loop {
        let page = ask!(cx, Request::People { query: query.clone(), window: Window { first, count: PAGE } } => People);
        if cx.json {
            page.rows.iter().try_for_each(|p| cx.print_json(&Person::from(p)))?;
        } else if page.total > 0 {
            let rows: Vec<Vec<Cell>> = page.rows.iter().map(person_cells).collect();
            cx.rows(&mut table, &rows)?;
        }
        first += page.rows.len() as u64;
        if page.rows.is_empty() || first >= page.total {
            if !cx.json {
                cx.tell(&format!("{} of {}", number(first), number(page.unfiltered.max(page.total))));
            }
            return Ok(Exit::Done);
        }
    }
}

fn person_cells(p: &PersonRow) -> Vec<Cell> {
    vec![
        p.name.as_str().into(),
        p.role.into(),
        // Who has no ID is named by the handle.
        if p.sourced_id.is_empty() { format!("@{}", p.number.0).into() } else { p.sourced_id.as_str().into() },
        p.school.as_str().into(),
        p.grade.as_str().into(),
        p.status.into(),
        p.email.as_str().into(),
    ]
}

#[derive(Serialize)]
struct School<'a> {
    #[serde(rename = "ref")]
    reference: String,
    external_id: &'a str,
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    status: &'static str,
    parent: Option<&'a str>,
    address: &'a str,
    staff: u64,
    students: u64,
    classes: u64,
    open_errors: u64,
    last_sync: Option<u32>,
}

fn schools(cx: &mut Context<'_>, at: Option<OrgNo>, filter: String) -> Result<Exit, Stop> {
    const COLUMNS: &[Column] = &[
        Column::Text("name"),
        Column::Whole("type"),
        Column::Whole("ID"),
        Column::Number("staff"),
        Column::Number("students"),
        Column::Number("classes"),
        Column::Number("errors"),
        Column::Whole("status"),
    ];
    let all = Request::Schools { filter: String::new(), sort: SchoolSort::Name, reverse: false, window: Window::ALL };
    let ids: HashMap<OrgNo, String> = ask!(cx, all => Schools).rows.into_iter().map(|s| (s.number, s.org.external_id)).collect();
    let wanted = Request::Schools { filter, sort: SchoolSort::Name, reverse: false, window: Window::ALL };
    let mut rows = ask!(cx, wanted => Schools).rows;
    rows.retain(|s| at.is_none_or(|at| s.number == at || s.org.parent == Some(at)));
    if cx.json {
        for s in &rows {
            cx.print_json(&School {
                reference: format!("school:{}", s.org.external_id),
                external_id: &s.org.external_id,
                name: &s.org.name,
                kind: s.org.kind.name(),
                status: s.org.status.name(),
                parent: s.org.parent.and_then(|p| ids.get(&p)).map(String::as_str),
                address: &s.org.address,
                staff: s.staff,
                students: s.students,
                classes: s.classes,
                open_errors: s.open_errors,
                last_sync: s.last.as_ref().map(|l| l.number.0),
            })?;
        }
        return Ok(Exit::Done);
    }
    if rows.is_empty() {
        cx.tell("No schools. Next: homeroom import a file of the schools profile.");
        return Ok(Exit::Done);
    }
    let cells: Vec<Vec<Cell>> = rows.iter().map(school_cells).collect();
    cx.table(COLUMNS, &cells)?;
    Ok(Exit::Done)
}

fn school_cells(s: &SchoolRow) -> Vec<Cell> {
    vec![
        s.org.name.as_str().into(),
        s.org.kind.into(),
        s.org.external_id.as_str().into(),
        number(s.staff).into(),
        number(s.students).into(),
        number(s.classes).into(),
        number(s.open_errors).into(),
        s.org.status.into(),
    ]
}
