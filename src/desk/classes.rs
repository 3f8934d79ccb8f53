//! Classes, enrollments and guardian links, as screens and the command line show them.

use std::collections::HashMap;
use std::sync::Arc;

use super::office::{Office, lock};
use super::rows::named;
use super::{ClassDetail, ClassRow, CourseRow, Page, RecordDetail, Tie, TieWhat, Trouble, TroubleSort, Window};
use crate::ledger::fields;
use crate::roster::fold::fold;
use crate::roster::{
    Class, ClassField, ClassNo, Course, CourseNo, Enrollment, EnrollmentNo, Entity, Family, Link, LinkNo, OrgNo, PersonNo, Role, Roster,
    Status, Table, Text, unpack,
};

/// One class of the sorted list, with what a filter looks at.
pub(super) struct Listed {
    number: ClassNo,
    org: Option<OrgNo>,
    /// Title, ID and subject, folded.
    text: String,
}

/// Classes by title, and of which state of the roster.
pub(super) type ClassList = (u64, Arc<Vec<Listed>>);

/// Enrollments or links at some organizations, by slot: of which state of the roster, and which.
pub(super) type TieList = (u64, Table, Vec<OrgNo>, Arc<Vec<u32>>);

impl Office {
    /// Classes by title.
    pub(super) fn classes(&self, org: Option<OrgNo>, filter: &str, window: Window) -> Result<Page<ClassRow>, Trouble> {
        let roster = self.roster();
        if let Some(org) = org.filter(|o| roster.org(*o).is_none()) {
            return Err(gone(&format!("organization @{}", org.0), "homeroom list schools"));
        }
        let all = self.class_list(&roster);
        let words: Vec<String> = fold(filter).split_whitespace().map(str::to_owned).collect();
        let mut page = Page { first: window.first, total: 0, unfiltered: 0, rows: Vec::new() };
        let within = self.scope_orgs(&roster);
        let here = |at: Option<OrgNo>| within.as_ref().is_none_or(|w| at.is_some_and(|o| w.contains(&o)));
        for listed in all.iter().filter(|l| (org.is_none() || l.org == org) && here(l.org)) {
            page.unfiltered += 1;
            if !words.iter().all(|w| listed.text.contains(w.as_str())) {
                continue;
            }
            if page.total >= window.first && (page.rows.len() as u64) < window.count {
                page.rows.extend(class_row(&roster, listed.number));
            }
            page.total += 1;
        }
        Ok(page)
    }

    fn class_list(&self, roster: &Roster) -> Arc<Vec<Listed>> {
        if let Some((_, list)) = lock(&self.views).classes.as_ref().filter(|c| c.0 == roster.position()) {
            return list.clone();
        }
        let mut list: Vec<(String, Listed)> = Vec::new();
        for (slot, bytes) in roster.table(Table::Classes).iter() {
            let Some(class) = unpack::<Class>(bytes) else { continue };
            let title = fold(&class.title).into_owned();
            let text = format!("{title} {} {}", fold(&class.sourced_id), fold(&class.subject));
            list.push((title, Listed { number: ClassNo(slot), org: class.org, text }));
        }
        // Equal titles by ID, which the text goes on with, then by number.
        list.sort_by(|a, b| (&a.0, &a.1.text, a.1.number).cmp(&(&b.0, &b.1.text, b.1.number)));
        let list = Arc::new(list.into_iter().map(|l| l.1).collect::<Vec<_>>());
        lock(&self.views).classes = Some((roster.position(), list.clone()));
        list
    }

    /// One class with who is in it.
    pub(super) fn class(&self, number: ClassNo) -> Result<ClassDetail, Trouble> {
        let roster = self.roster();
        let missing = || gone("class", "homeroom list classes");
        let class = roster.class(number).ok_or_else(missing)?;
        let row = class_row(&roster, number).ok_or_else(missing)?;
        let mut members: Vec<Tie> =
            roster.relations().of_class(number).iter().filter_map(|(e, _)| enrollment(&roster, *e, &roster.enrollment(*e)?)).collect();
        let rank = |t: &Tie| (t.status, !t.primary, t.role == Role::Student.name());
        members.sort_by_cached_key(|t| (rank(t), fold(&t.name).into_owned(), t.sourced_id.clone()));
        let fields = ClassField::ALL.iter().map(|f| (f.name().to_owned(), fields::class_field(&class, *f, &roster)));
        let history = self.store.history(Entity::from(number))?;
        Ok(ClassDetail {
            row,
            course: class.course,
            fields: fields.collect(),
            members,
            feeds: class.feeds.iter().map(|f| self.feed_name(*f)).collect(),
            history: self.lines(&history, &roster),
        })
    }

    /// Courses by title.
    pub(super) fn courses(&self, org: Option<OrgNo>, filter: &str, window: Window) -> Page<CourseRow> {
        let roster = self.roster();
        let words: Vec<String> = fold(filter).split_whitespace().map(str::to_owned).collect();
        let mut found: Vec<(String, String, CourseNo)> = Vec::new();
        let mut unfiltered = 0;
        let within = self.scope_orgs(&roster);
        let here = |at: Option<OrgNo>| within.as_ref().is_none_or(|w| at.is_some_and(|o| w.contains(&o)));
        for (slot, bytes) in roster.table(Table::Courses).iter() {
            let Some(course) = unpack::<Course>(bytes).filter(|c| (org.is_none() || c.org == org) && here(c.org)) else { continue };
            unfiltered += 1;
            let title = fold(&course.title).into_owned();
            let text = format!("{title} {}", fold(&course.sourced_id));
            if words.iter().all(|w| text.contains(w.as_str())) {
                found.push((title, text, CourseNo(slot)));
            }
        }
        found.sort();
        let total = found.len() as u64;
        let (skip, take) = (window.first.min(total) as usize, window.count.min(total) as usize);
        let wanted: Vec<CourseNo> = found.iter().skip(skip).take(take).map(|f| f.2).collect();
        let mut sections: HashMap<CourseNo, u64> = wanted.iter().map(|n| (*n, 0)).collect();
        for (_, bytes) in roster.table(Table::Classes).iter() {
            if let Some(count) = unpack::<Class>(bytes).and_then(|c| sections.get_mut(&c.course?)) {
                *count += 1;
            }
        }
        let row = |number: &CourseNo| {
            let course = roster.course(*number)?;
            let school = course.org.and_then(|o| roster.org(o)).map(|o| o.name.clone()).unwrap_or_default();
            Some(CourseRow { number: *number, course, school, classes: sections.get(number).copied().unwrap_or(0) })
        };
        Page { first: window.first, total, unfiltered, rows: wanted.iter().filter_map(row).collect() }
    }

    /// A course, an enrollment or a guardian link in full.
    pub(super) fn record(&self, entity: Entity) -> Result<RecordDetail, Trouble> {
        let roster = self.roster();
        let bytes = roster.record(entity).ok_or_else(|| gone("record", "homeroom list courses, enrollments or links"))?;
        let feeds = match entity.table {
            Table::Courses => unpack::<Course>(bytes).map(|c| c.feeds),
            Table::Enrollments => unpack::<Enrollment>(bytes).map(|e| e.feeds),
            Table::Links => unpack::<Link>(bytes).map(|l| l.feeds),
            Table::Orgs | Table::People | Table::Classes => {
                return Err(Trouble::new(TroubleSort::Usage, "Schools, people and classes have answers of their own.", ""));
            }
        };
        let mut classes: Vec<ClassRow> = Vec::new();
        if entity.table == Table::Courses {
            let is = |c: &Class| c.course == Some(CourseNo(entity.slot));
            let all = roster.table(Table::Classes).iter().filter(|(_, b)| unpack::<Class>(b).is_some_and(|c| is(&c)));
            classes.extend(all.filter_map(|(slot, _)| class_row(&roster, ClassNo(slot))));
            classes.sort_by_cached_key(|c| (fold(&c.class.title).into_owned(), c.class.sourced_id.clone()));
        }
        let history = self.store.history(entity)?;
        let fields = fields::fields(entity.table, bytes, &roster);
        Ok(RecordDetail {
            named: named(&roster, entity),
            fields: fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            classes,
            feeds: feeds.unwrap_or_default().iter().map(|f| self.feed_name(*f)).collect(),
            history: self.lines(&history, &roster),
        })
    }

    /// Enrollments or guardian links.
    pub(super) fn ties(&self, table: Table, org: Option<OrgNo>, window: Window) -> Result<Page<Tie>, Trouble> {
        if !matches!(table, Table::Enrollments | Table::Links) {
            return Err(Trouble::new(TroubleSort::Usage, "Only enrollments and guardian links tie records.", ""));
        }
        let roster = self.roster();
        let within = self.scope_orgs(&roster);
        let orgs: Option<Vec<OrgNo>> = match (org, &within) {
            (Some(org), _) => Some(vec![org]),
            (None, Some(within)) => {
                let mut all: Vec<OrgNo> = within.iter().copied().collect();
                all.sort_unstable();
                Some(all)
            }
            (None, None) => None,
        };
        let mut at = orgs.map(|orgs| self.ties_at(&roster, table, &orgs));
        if let (Some(slots), Some(within)) = (&mut at, &within) {
            let here = |slot: &u32| Self::entity_within(&roster, within, Entity { table, slot: *slot });
            *slots = Arc::new(slots.iter().copied().filter(here).collect());
        }
        let all = roster.table(table);
        let total = at.as_ref().map_or_else(|| all.iter().count(), |at| at.len()) as u64;
        let tie = |slot: u32| match table {
            Table::Links => link(&roster, LinkNo(slot), roster.link(LinkNo(slot))?),
            _ => enrollment(&roster, EnrollmentNo(slot), &roster.enrollment(EnrollmentNo(slot))?),
        };
        let (skip, take) = (window.first.min(total) as usize, window.count.min(total) as usize);
        let rows = match &at {
            Some(at) => at.iter().skip(skip).take(take).filter_map(|slot| tie(*slot)).collect(),
            None => all.iter().skip(skip).take(take).filter_map(|(slot, _)| tie(slot)).collect(),
        };
        Ok(Page { first: window.first, total, unfiltered: total, rows })
    }

    /// The slots of what ties people or classes of some organizations.
    fn ties_at(&self, roster: &Roster, table: Table, orgs: &[OrgNo]) -> Arc<Vec<u32>> {
        let is = |t: &&TieList| t.0 == roster.position() && t.1 == table && t.2 == orgs;
        if let Some((.., slots)) = lock(&self.views).ties.as_ref().filter(is) {
            return slots.clone();
        }
        let here = |person: PersonNo| roster.person(person).is_some_and(|p| orgs.iter().any(|o| p.in_org(*o)));
        let taught_here = |class: ClassNo| orgs.iter().any(|o| roster.relations().classes_at(*o).binary_search(&class).is_ok());
        let wanted = |bytes: &[u8]| match table {
            Table::Links => unpack::<Link>(bytes).is_some_and(|l| here(l.student) || here(l.guardian)),
            _ => unpack::<Enrollment>(bytes).is_some_and(|e| taught_here(e.class) || here(e.person)),
        };
        let slots: Arc<Vec<u32>> = Arc::new(roster.table(table).iter().filter(|(_, b)| wanted(b)).map(|(slot, _)| slot).collect());
        lock(&self.views).ties = Some((roster.position(), table, orgs.to_vec(), slots.clone()));
        slots
    }
}

/// The classes that a person is in.
pub(super) fn classes_of(roster: &Roster, person: PersonNo) -> Vec<Tie> {
    let all = roster.relations().of_person(person).iter();
    let mut ties: Vec<Tie> = all.filter_map(|(e, _)| enrollment(roster, *e, &roster.enrollment(*e)?)).collect();
    ties.sort_by_cached_key(|t| (t.status, fold(&t.other).into_owned(), t.other_id.clone()));
    ties
}

/// Of a student the guardians, of a guardian the students.
pub(super) fn links_of(roster: &Roster, person: PersonNo) -> Vec<Tie> {
    let relations = roster.relations();
    let is_guardian = roster.person(person).is_some_and(|p| p.role().family() == Family::Guardians);
    let all = if is_guardian { relations.of_guardian(person) } else { relations.of_student(person) };
    let mut ties: Vec<Tie> = all.iter().filter_map(|(l, _)| link(roster, *l, roster.link(*l)?)).collect();
    ties.sort_by_cached_key(|t| (t.status, fold(if is_guardian { &t.other } else { &t.name }).into_owned()));
    ties
}

/// A class as lists show it.
fn class_row(roster: &Roster, number: ClassNo) -> Option<ClassRow> {
    let class = roster.class(number)?;
    let (mut teachers, mut students) = (0, 0);
    // The primary teacher, else the first.
    let mut teacher: Option<(bool, PersonNo)> = None;
    for (enrollment, person) in roster.relations().of_class(number) {
        let Some(e) = roster.enrollment(*enrollment).filter(|e| e.status == Status::Active) else { continue };
        match e.role {
            Role::Student => students += 1,
            Role::Guardian => {}
            _ => {
                teachers += 1;
                if teacher.is_none() || e.primary && teacher.is_some_and(|t| !t.0) {
                    teacher = Some((e.primary, *person));
                }
            }
        }
    }
    let name = |number: PersonNo| roster.person(number).map(|p| p.name().into_owned());
    Some(ClassRow {
        number,
        school: class.org.and_then(|o| roster.org(o)).map(|o| o.name.clone()).unwrap_or_default(),
        course: class.course.and_then(|c| roster.course(c)).map(|c| c.title).unwrap_or_default(),
        teacher: teacher.and_then(|t| name(t.1)).unwrap_or_default(),
        teachers,
        students,
        class,
    })
}

/// Name and ID of a person.
fn called(roster: &Roster, number: PersonNo) -> (String, String) {
    roster.person(number).map(|p| (p.name().into_owned(), p.text(Text::SourcedId).to_owned())).unwrap_or_default()
}

/// An enrollment as lists show it.
fn enrollment(roster: &Roster, number: EnrollmentNo, e: &Enrollment) -> Option<Tie> {
    let class = roster.class(e.class)?;
    let (name, sourced_id) = called(roster, e.person);
    Some(Tie {
        what: TieWhat::Enrollment(number),
        person: e.person,
        name,
        sourced_id,
        class: Some(e.class),
        student: None,
        other_id: if class.sourced_id.is_empty() { class.title.clone() } else { class.sourced_id },
        other: class.title,
        role: e.role.name().to_owned(),
        primary: e.primary,
        status: e.status,
    })
}

/// A guardian link as lists show it.
fn link(roster: &Roster, number: LinkNo, l: Link) -> Option<Tie> {
    roster.person(l.student)?;
    let (name, sourced_id) = called(roster, l.guardian);
    let (other, other_id) = called(roster, l.student);
    Some(Tie {
        what: TieWhat::Link(number),
        person: l.guardian,
        name,
        sourced_id,
        class: None,
        student: Some(l.student),
        other_id,
        other,
        role: l.relation,
        primary: false,
        status: l.status,
    })
}

fn gone(what: &str, see: &str) -> Trouble {
    Trouble::new(TroubleSort::Usage, format!("There is no such {what} any more."), format!("See them with: {see}"))
}
