//! `find`: people, schools, classes, courses and refused rows by anything.

use serde::Serialize;

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::table::{Cell, Column, number};
use crate::desk::{HitWhat, Request};

/// Find people, schools, classes and refused rows by name, title, ID, e-mail, phone, or `guardian of NAME`
#[derive(clap::Args)]
pub(super) struct Args {
    /// Words of a name or title in any order, an ID, part of an e-mail, the end of a phone number; `guardian of` and a student
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,
    /// Only those at this school or district, by external ID
    #[arg(long, value_name = "ID")]
    org: Option<String>,
    /// At most this many
    #[arg(long, value_name = "COUNT", default_value = "20")]
    limit: usize,
}

#[derive(Serialize)]
struct Line<'a> {
    what: &'static str,
    #[serde(rename = "ref")]
    reference: Option<String>,
    sync: Option<u32>,
    record: Option<u32>,
    title: &'a str,
    about: &'a str,
    /// Which characters of the title, and of what is said about it, matched: by index.
    matched: &'a [u32],
    matched_about: &'a [u32],
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        cx.keep_to(self.org)?;
        let query = self.query.join(" ");
        let found = ask!(cx, Request::Find { query: query.clone(), org: None, limit: self.limit } => Found);
        if cx.json {
            for hit in &found.hits {
                let (what, reference, sync, record) = match hit.what {
                    HitWhat::Person(n) => ("person", Some(format!("@{}", n.0)), None, None),
                    HitWhat::Org(n) => {
                        let school = ask!(cx, Request::School(n) => School);
                        ("org", Some(format!("school:{}", school.row.org.external_id)), None, None)
                    }
                    HitWhat::Class(n) => ("class", Some(format!("class:@{}", n.0)), None, None),
                    HitWhat::Course(n) => ("course", Some(format!("course:@{}", n.0)), None, None),
                    HitWhat::Enrollment(n) => ("enrollment", Some(format!("enrollment:@{}", n.0)), None, None),
                    HitWhat::Link(n) => ("link", Some(format!("link:@{}", n.0)), None, None),
                    HitWhat::Refused { sync, record } => ("refused", None, Some(sync.0), Some(record)),
                };
                let (title, about, matched, matched_about) = (&hit.title, &hit.about, &hit.matched, &hit.matched_about);
                cx.print_json(&Line { what, reference, sync, record, title, about, matched, matched_about })?;
            }
            return Ok(Exit::Done);
        }
        if found.hits.is_empty() {
            cx.tell(&format!("Nothing is found by \"{query}\". Fewer words or a part of one find more."));
            return Ok(Exit::Done);
        }
        let rows: Vec<Vec<Cell>> = found
            .hits
            .iter()
            .map(|h| {
                let reference = match h.what {
                    HitWhat::Person(n) => format!("@{}", n.0),
                    HitWhat::Org(_) => "school".into(),
                    HitWhat::Class(n) => format!("class:@{}", n.0),
                    HitWhat::Course(n) => format!("course:@{}", n.0),
                    HitWhat::Enrollment(n) => format!("enrollment:@{}", n.0),
                    HitWhat::Link(n) => format!("link:@{}", n.0),
                    HitWhat::Refused { sync, record } => format!("row {} --record {record}", sync.0),
                };
                vec![Cell::from(&h.title), Cell::from(&h.about), Cell::from(reference)]
            })
            .collect();
        cx.table(&[Column::Text("name"), Column::Text("about"), Column::Whole("ref")], &rows)?;
        if found.total > found.hits.len() as u64 {
            cx.tell(&format!("{} of {} shown; --limit for more.", number(found.hits.len() as u64), number(found.total)));
        }
        Ok(Exit::Done)
    }
}
