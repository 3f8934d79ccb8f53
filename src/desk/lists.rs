//! Lists asked for in another way than by page: sorted by any column, from where a record stands, only some of it, as a CSV file.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::office::Office;
use super::output::{broken, primary_teacher};
use super::source::by_record;
use super::{
    ClassRow, FindingQuery, ListAsk, Listed, Output, Page, PeopleQuery, PeopleSort, Reply, Request, SchoolRow, SortBy, Trouble,
    TroubleSort, Window, around, cut, finding_id,
};
use crate::check::near::near;
use crate::ledger::{Finding, Sync, SyncNo};
use crate::report::{self, Escape};
use crate::roster::fold::fold;
use crate::roster::{Grade, PersonNo};

const PEOPLE: &[(&str, PeopleSort)] = &[
    ("name", PeopleSort::Name),
    ("role", PeopleSort::Role),
    ("ID", PeopleSort::Id),
    ("school", PeopleSort::School),
    ("e-mail", PeopleSort::Email),
    ("grade", PeopleSort::Grade),
    ("status", PeopleSort::Status),
];
const SCHOOLS: &[&str] = &["school", "ID", "staff", "students", "classes", "errors", "last upload", "status"];
const CLASSES: &[&str] = &["class", "ID", "grade", "subject", "teacher", "students", "status"];
const SYNCS: &[&str] = &[
    "no.",
    "type of import",
    "when",
    "status",
    "err",
    "feed",
    "file",
    "new",
    "upd",
    "same",
    "off",
    "took",
    "by",
    // File Upload Status calls them so.
    "uploaded file",
    "sync status",
    "completion date",
    "sync report",
    "sync",
    "rows",
];
const FINDINGS: &[&str] = &["row", "key", "column", "value", "what is wrong", "code"];

/// What a row is sorted by: numbers from the largest, words from A to Z, blank ones last.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(Reverse<i64>),
    Words(bool, String),
}

fn words(text: &str) -> Key {
    Key::Words(text.is_empty(), fold(text).into_owned())
}

fn count(n: u64) -> Key {
    Key::Number(Reverse(i64::try_from(n).unwrap_or(i64::MAX)))
}

impl Office {
    /// Answers what is asked of a list.
    pub(super) fn listed(&self, listed: Listed) -> Result<Reply, Trouble> {
        let Listed { list, sort, ask } = listed;
        let sort = sort.as_ref();
        match list {
            Request::People { query, window } => self.listed_people(query, window, sort, &ask),
            Request::Schools { filter, sort: own, reverse, window } => {
                let Page { mut rows, unfiltered, .. } = self.schools(&filter, own, reverse, Window::ALL)?;
                sort_by(&mut rows, sort, SCHOOLS, school_key)?;
                let part = Part::of(rows, window, &ask, |s| u64::from(s.number.0));
                part.reply(|part| Ok(Reply::Schools(part.page(unfiltered))), |rows| self.schools_file(&rows))
            }
            Request::Classes { org, filter, window } => {
                let Page { mut rows, unfiltered, .. } = self.classes(org, &filter, Window::ALL)?;
                sort_by(&mut rows, sort, CLASSES, class_key)?;
                let part = Part::of(rows, window, &ask, |c| u64::from(c.number.0));
                part.reply(|part| Ok(Reply::Classes(part.page(unfiltered))), |rows| self.classes_file(&rows))
            }
            Request::Syncs { window, org, filter, of } => {
                let Page { mut rows, unfiltered, .. } = self.syncs(Window::ALL, org.as_deref(), &filter, &of)?;
                sort_by(&mut rows, sort, SYNCS, |sync, column| self.sync_key(sync, column))?;
                let part = Part::of(rows, window, &ask, |s| u64::from(s.number.0));
                part.reply(|part| Ok(Reply::Syncs(part.page(unfiltered))), |rows| self.syncs_file(&rows))
            }
            Request::Findings { sync, query, window } => self.listed_findings(sync, &query, window, sort, &ask),
            Request::Rows { sync, cause, filter, window } => self.listed_rows(sync, cause, &filter, window, sort, &ask),
            _ => Err(Trouble::new(TroubleSort::Usage, "Only lists can be sorted, searched and exported so.", "")),
        }
    }

    fn listed_people(&self, query: PeopleQuery, window: Window, sort: Option<&SortBy>, ask: &ListAsk) -> Result<Reply, Trouble> {
        let query = match sort {
            None => query,
            Some(by) => {
                let known = PEOPLE.iter().find(|(name, _)| *name == by.column);
                let (_, sort) = known.ok_or_else(|| no_column(&by.column, PEOPLE.iter().map(|p| p.0)))?;
                PeopleQuery { sort: *sort, reverse: by.reverse, ..query }
            }
        };
        if *ask == ListAsk::Page {
            return Ok(Reply::People(self.people(&query, window)));
        }
        let all = self.people_list(&self.roster(), &query);
        let unfiltered = self.people(&query, Window::default()).unfiltered;
        let part = Part::of(all.to_vec(), window, ask, |slot| u64::from(*slot));
        let roster = self.roster();
        let row = |slot: u32| Some(super::people::person_row(&roster, PersonNo(slot), roster.person(PersonNo(slot))?));
        part.reply(
            |part| {
                let Part { first, total, rows, .. } = part;
                Ok(Reply::People(Page { first, total, unfiltered, rows: rows.into_iter().filter_map(row).collect() }))
            },
            |slots| {
                let mut bytes = Vec::new();
                let mut out = report::People::begin(&mut bytes, Escape::No).map_err(|e| broken(&e))?;
                for person in slots.iter().filter_map(|slot| roster.person(PersonNo(*slot))) {
                    let orgs = person.orgs();
                    let ids: Vec<&str> = orgs.iter().filter_map(|o| roster.org(*o)).map(|o| o.external_id.as_str()).collect();
                    out.person(person, &ids).map_err(|e| broken(&e))?;
                }
                let lines = out.finish().map_err(|e| broken(&e))?;
                Ok(file("people", lines, bytes))
            },
        )
    }

    fn listed_findings(
        &self,
        number: SyncNo,
        query: &FindingQuery,
        window: Window,
        sort: Option<&SortBy>,
        ask: &ListAsk,
    ) -> Result<Reply, Trouble> {
        let Page { mut rows, unfiltered, .. } = self.findings(number, query, Window::ALL)?;
        sort_by(&mut rows, sort, FINDINGS, finding_key)?;
        Part::of(rows, window, ask, finding_id).reply(
            |part| Ok(Reply::Findings(part.page(unfiltered))),
            |rows| {
                let mut bytes = Vec::new();
                let mut out = report::SyncReport::begin(&mut bytes, Some("sourcedId"), Escape::No).map_err(|e| broken(&e))?;
                rows.iter().try_for_each(|f| out.finding(f)).map_err(|e| broken(&e))?;
                let lines = out.finish().map_err(|e| broken(&e))?;
                Ok(file(&format!("sync-{}-errors", number.0), lines, bytes))
            },
        )
    }

    /// The rows of a cause. Sorted are the records alone: only those that are looked at are read and judged in full.
    fn listed_rows(
        &self,
        number: SyncNo,
        cause: Option<u32>,
        filter: &str,
        window: Window,
        sort: Option<&SortBy>,
        ask: &ListAsk,
    ) -> Result<Reply, Trouble> {
        let sync = self.sync_of(number)?;
        let source = self.source(&sync)?;
        let roster = self.roster_for(&sync)?;
        let beside = self.beside(&sync, &source, &roster)?;
        let corrected = by_record(&beside.corrections);
        let mut records = self.records(&sync, cause)?;
        let unfiltered = records.len() as u64;
        let of_all: HashSet<u32> = records.iter().map(|r| r.0).collect();
        let wanted = fold(filter).into_owned();
        if !wanted.is_empty() {
            let has = |cell: &[u8]| fold(&String::from_utf8_lossy(cell)).contains(&wanted);
            records.retain(|(record, _)| source.row(*record).is_some_and(|row| row.cells.iter().any(has)));
        }
        if let Some(by) = sort.filter(|by| by.column != "row") {
            let cell = super::rows::cell_of(&source, &by.column)?;
            records.sort_by_cached_key(|(record, _)| {
                let mended = corrected.get(record).and_then(|all| all.iter().rev().find(|c| c.cell as usize == cell));
                let of_file = || source.row(*record).and_then(|r| Some(String::from_utf8_lossy(r.cells.get(cell)?).into_owned()));
                words(&mended.map(|c| c.after.clone()).or_else(of_file).unwrap_or_default())
            });
        }
        if sort.is_some_and(|by| by.reverse) {
            records.reverse();
        }
        Part::of(records, window, ask, |(record, _)| u64::from(*record)).reply(
            |part| {
                let Part { first, total, rows, .. } = part;
                let views = rows.into_iter().enumerate().filter_map(|(at, (record, findings))| {
                    let row = source.row(record)?;
                    let view = self.shown(&sync, &source, &roster, &beside, &row, findings);
                    let Ok(mut view) = view else { return Some(view) };
                    view.place = (first + at as u64 + 1, of_all.len() as u64);
                    Some(Ok(view))
                });
                let rows = views.collect::<Result<Vec<_>, Trouble>>()?;
                Ok(Reply::Rows(Page { first, total, unfiltered, rows }))
            },
            |rows| {
                let records: Vec<u32> = rows.iter().map(|r| r.0).collect();
                let mut bytes = Vec::new();
                let lines = self.rows_errors(&sync, &records, &mut bytes)?;
                Ok(file(&format!("sync-{}-rows", number.0), lines, bytes))
            },
        )
    }

    fn sync_key(&self, sync: &Sync, column: &str) -> Key {
        let total = sync.counts.total();
        match column {
            "no." | "sync" => count(u64::from(sync.number.0)),
            "type of import" => words(&self.profiles.get(&sync.profile).map_or_else(|| sync.profile.clone(), super::upkeep::import_type)),
            "when" => Key::Number(Reverse(sync.started.0)),
            "completion date" => Key::Number(Reverse(sync.ended.map_or(0, |e| e.0))),
            "status" | "sync status" => words(sync.status.words()),
            "err" | "sync report" => count(sync.rows_with_errors),
            "feed" => words(&sync.feed_name),
            "new" => count(total.created),
            "upd" => count(total.updated),
            "same" => count(total.unchanged),
            "off" => count(total.disabled),
            "took" => Key::Number(Reverse(sync.ended.map_or(0, |e| e.0 - sync.started.0))),
            "rows" => count(sync.rows),
            "by" => words(&sync.by.0),
            _ => words(&sync.file),
        }
    }

    fn schools_file(&self, rows: &[SchoolRow]) -> Result<Output, Trouble> {
        let roster = self.roster();
        let mut bytes = Vec::new();
        let mut out = report::Schools::begin(&mut bytes, Escape::No).map_err(|e| broken(&e))?;
        for row in rows {
            let parent = row.org.parent.and_then(|p| roster.org(p)).map(|p| p.external_id.as_str()).unwrap_or_default();
            out.org(&row.org, parent).map_err(|e| broken(&e))?;
        }
        let lines = out.finish().map_err(|e| broken(&e))?;
        Ok(file("schools", lines, bytes))
    }

    fn classes_file(&self, rows: &[ClassRow]) -> Result<Output, Trouble> {
        let roster = self.roster();
        let mut bytes = Vec::new();
        let mut out = report::Classes::begin(&mut bytes, Escape::No).map_err(|e| broken(&e))?;
        for row in rows {
            let teacher = primary_teacher(&roster, row.number).and_then(|p| roster.person(p));
            out.class(&row.class, teacher, &roster).map_err(|e| broken(&e))?;
        }
        let lines = out.finish().map_err(|e| broken(&e))?;
        Ok(file("classes", lines, bytes))
    }

    fn syncs_file(&self, rows: &[Sync]) -> Result<Output, Trouble> {
        let mut bytes = Vec::new();
        let mut out = report::Syncs::begin(&mut bytes, Escape::No).map_err(|e| broken(&e))?;
        for sync in rows {
            let import_type = self.profiles.get(&sync.profile).map(super::upkeep::import_type).unwrap_or_default();
            out.sync(sync, &import_type).map_err(|e| broken(&e))?;
        }
        let lines = out.finish().map_err(|e| broken(&e))?;
        Ok(file("syncs", lines, bytes))
    }
}

/// Of a class nothing is shown but what its row has.
fn class_key(c: &ClassRow, column: &str) -> Key {
    match column {
        "ID" => words(&c.class.sourced_id),
        "grade" => Key::Words(c.class.grade.is_none(), c.class.grade.map(Grade::code).unwrap_or_default().to_owned()),
        "subject" => words(&c.class.subject),
        "teacher" => words(&c.teacher),
        "students" => count(c.students),
        "status" => words(c.class.status.name()),
        _ => words(&c.class.title),
    }
}

fn school_key(s: &SchoolRow, column: &str) -> Key {
    match column {
        "ID" => words(&s.org.external_id),
        "staff" => count(s.staff),
        "students" => count(s.students),
        "classes" => count(s.classes),
        "errors" => count(s.open_errors),
        "last upload" => Key::Number(Reverse(s.last.as_ref().map_or(0, |l| l.started.0))),
        "status" => words(s.org.status.name()),
        _ => words(&s.org.name),
    }
}

fn finding_key(f: &Finding, column: &str) -> Key {
    match column {
        "row" => count(u64::from(f.row.or(f.line).unwrap_or(0))),
        "key" => words(f.key.as_deref().unwrap_or_default()),
        "column" => words(f.column.as_deref().unwrap_or_default()),
        "value" => words(f.value.as_deref().unwrap_or_default()),
        "code" => words(f.code.name()),
        _ => words(&f.message()),
    }
}

fn sort_by<T>(rows: &mut [T], by: Option<&SortBy>, columns: &[&str], key: impl Fn(&T, &str) -> Key) -> Result<(), Trouble> {
    let Some(by) = by else { return Ok(()) };
    if !columns.contains(&by.column.as_str()) {
        return Err(no_column(&by.column, columns.iter().copied()));
    }
    // Stable: equal ones stay in the list's own order.
    rows.sort_by_cached_key(|row| key(row, &by.column));
    if by.reverse {
        rows.reverse();
    }
    Ok(())
}

fn no_column<'a>(wanted: &str, all: impl Iterator<Item = &'a str> + Clone) -> Trouble {
    let next = match near(wanted, all.clone(), 1).first() {
        Some(near) => format!("Did you mean {near}?"),
        None => format!("There are: {}.", all.collect::<Vec<_>>().join(", ")),
    };
    Trouble::new(TroubleSort::Usage, format!("This list has no column \"{wanted}\" to sort by."), next)
}

fn file(name: &str, lines: u64, bytes: Vec<u8>) -> Output {
    Output { file_name: format!("{name}.csv"), bytes, lines, note: String::new() }
}

/// The part of a list that was asked for.
struct Part<T> {
    first: u64,
    total: u64,
    rows: Vec<T>,
    sort: PartSort,
}

enum PartSort {
    Page,
    Around(Option<u64>),
    Ids(Vec<u64>),
    File,
}

impl<T> Part<T> {
    fn of(all: Vec<T>, window: Window, ask: &ListAsk, id: impl Fn(&T) -> u64) -> Self {
        let total = all.len() as u64;
        let page = |window: Window, sort, all: Vec<T>| Self { first: window.first.min(total), total, rows: cut(all, window), sort };
        match ask {
            ListAsk::Page => page(window, PartSort::Page, all),
            ListAsk::Around(wanted) => {
                let at = all.iter().position(|row| id(row) == *wanted).map(|at| at as u64);
                page(around(window, at), PartSort::Around(at), all)
            }
            ListAsk::Ids => {
                let ids = cut(all.iter().map(id).collect(), window);
                Self { first: 0, total, rows: Vec::new(), sort: PartSort::Ids(ids) }
            }
            ListAsk::Only(wanted) | ListAsk::Csv(wanted) => {
                let is_file = matches!(ask, ListAsk::Csv(_));
                let whole = is_file && wanted.is_empty();
                let wanted: HashSet<u64> = wanted.iter().copied().collect();
                let rows: Vec<T> = all.into_iter().filter(|row| whole || wanted.contains(&id(row))).collect();
                Self { first: 0, total: rows.len() as u64, rows, sort: if is_file { PartSort::File } else { PartSort::Page } }
            }
        }
    }

    fn page(self, unfiltered: u64) -> Page<T> {
        Page { first: self.first, total: self.total, unfiltered, rows: self.rows }
    }

    fn reply(
        mut self,
        page: impl FnOnce(Self) -> Result<Reply, Trouble>,
        file: impl FnOnce(Vec<T>) -> Result<Output, Trouble>,
    ) -> Result<Reply, Trouble> {
        match std::mem::replace(&mut self.sort, PartSort::Page) {
            PartSort::Page => page(self),
            PartSort::Around(at) => Ok(Reply::Around { at, page: Box::new(page(self)?) }),
            PartSort::Ids(ids) => Ok(Reply::Ids(ids)),
            PartSort::File => Ok(Reply::Output(file(self.rows)?)),
        }
    }
}
