//! Rows that are courses, classes, or a class and the course that it is a section of.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::book::{each_right_row, has_error};
use super::draft::Draft;
use super::gather::{At, Gather};
use super::known::{Known, elsewhere, org_id};
use super::rules::Rules;
use super::{Ask, Checked, Stopped};
use crate::feed::{Target, Writes};
use crate::intake::{self, Row};
use crate::ledger::{Action, Code, Finding};
use crate::roster::fold::fold_email;
use crate::roster::{
    Class, ClassField, ClassNo, Course, CourseField, CourseNo, Enrollment, Entity, FeedNo, Grade, OrgNo, PersonNo, Role, Status, Table,
    Text, pack,
};

/// Checks every row.
pub(super) fn check(ask: &Ask<'_>, progress: &mut dyn FnMut(u64, u64) -> bool) -> Result<Checked, Stopped> {
    let mut file = File::new(ask);
    let kind = ask.profile.main_kind;
    let mut checked = each_right_row(ask, kind, progress, &mut |rules, row, draft, findings| file.row(rules, row, draft, findings))?;
    checked.wanted = file.gather.into_wanted();
    Ok(checked)
}

/// What a row says of a course.
#[derive(Clone, Debug, PartialEq, Eq)]
struct CourseSaid {
    title: Option<String>,
    code: Option<String>,
    org: Option<OrgNo>,
    status: Option<Status>,
}

/// What a row says of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ClassSaid {
    title: Option<String>,
    grade: Option<Grade>,
    subject: Option<String>,
    course: Option<String>,
    org: Option<OrgNo>,
    teacher: Option<String>,
    status: Option<Status>,
}

/// How what a row says stands in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Nothing is known of it yet.
    New,
    /// A row before says the same.
    Again,
    /// A run before this one of the same upload has made it.
    Done,
}

/// What stands, and in which row.
struct Stands<T> {
    said: T,
    at: At,
    slot: u32,
}

/// The file so far.
struct File<'a> {
    ask: &'a Ask<'a>,
    gather: Gather<'a>,
    known: Known<'a>,
    courses: HashMap<String, Stands<CourseSaid>>,
    /// By ID; by title and school where classes have no ID.
    classes: HashMap<(String, Option<OrgNo>), Stands<ClassSaid>>,
    /// Who has an e-mail address that the file names.
    teachers: HashMap<String, Vec<PersonNo>>,
    /// Classes go by title: their titles are keys.
    by_title: bool,
}

impl<'a> File<'a> {
    fn new(ask: &'a Ask<'a>) -> Self {
        Self {
            ask,
            gather: Gather::new(ask.roster),
            known: Known::new(ask.roster),
            courses: HashMap::new(),
            classes: HashMap::new(),
            teachers: teachers(ask),
            by_title: ask.profile.column_to(Target::Class(ClassField::SourcedId)).is_none(),
        }
    }

    fn row(&mut self, rules: &Rules<'_>, row: &Row, draft: &Draft, findings: &mut Vec<Finding>) -> Action {
        let ask = self.ask;
        let place = |f: Finding, target: Target| rules.place(row, f.in_column(column(ask, target)));
        let said = |target: Target| {
            let column = ask.profile.column_to(target)?;
            Some(String::from_utf8_lossy(draft.text(column, rules.cell(&row.cells, column))?).into_owned())
        };
        let status = |target: Target| {
            let column = ask.profile.column_to(target)?;
            let value = intake::trim(rules.cell(&row.cells, column));
            let meant = ask.profile.columns[column].accept.iter().find(|a| a.0.as_bytes() == value).map(|a| a.1.as_str());
            meant.and_then(Status::from_name).or(draft.status.filter(|_| !value.is_empty()))
        };
        // A cell that names an organization has been looked up already; which of two it was is told by its column.
        let org = |target: Target| {
            let id = String::from_utf8_lossy(rules.cell(&row.cells, ask.profile.column_to(target)?)).into_owned();
            ask.roster.org_by_external_id(&intake::clean(&id))
        };
        let key = |target: Target| said(target).filter(|t| !t.is_empty());
        let course = key(Target::Course(CourseField::SourcedId)).map(|id| {
            let said = CourseSaid {
                title: said(Target::Course(CourseField::Title)),
                code: said(Target::Course(CourseField::Code)),
                org: org(Target::Course(CourseField::Org)),
                status: status(Target::Course(CourseField::Status)),
            };
            (id, said)
        });
        let key_of_class = if self.by_title { ClassField::Title } else { ClassField::SourcedId };
        let class = key(Target::Class(key_of_class)).map(|id| {
            let at = org(Target::Class(ClassField::Org)).or(draft.org);
            let said = ClassSaid {
                title: said(Target::Class(ClassField::Title)).map(|t| if self.by_title { t.nfc().collect() } else { t }),
                grade: draft.grade.or_else(|| said(Target::Class(ClassField::Grade)).and_then(|g| Grade::from_name(&g))),
                subject: said(Target::Class(ClassField::Subject)),
                course: course.as_ref().map(|c| c.0.clone()).or_else(|| key(Target::Class(ClassField::Course))),
                org: at,
                teacher: key(Target::Teacher),
                status: status(Target::Class(ClassField::Status)),
            };
            let id = if self.by_title { id.nfc().collect() } else { id };
            ((id, at.filter(|_| self.by_title)), said)
        });
        let before = findings.len();
        let mut standing = Vec::new();
        if let Some((id, said)) = &course {
            let target = Target::Course(CourseField::SourcedId);
            match self.course_stands(id, said, row) {
                Ok(how) => standing.push(how),
                Err(finding) => findings.push(place(*finding, target)),
            }
        }
        let mut teacher = None;
        if let Some((key, said)) = &class {
            match self.class_stands(key, said, row) {
                Ok(how) => standing.push(how),
                Err(finding) => findings.push(place(*finding, Target::Class(key_of_class))),
            }
            if let Some(finding) = said.course.as_deref().filter(|_| course.is_none()).and_then(|c| self.known.course(c).err()) {
                findings.push(place(*finding, Target::Class(ClassField::Course)));
            }
            // Of a class that is made already the teacher is not looked at again.
            let teacher_of = said.teacher.as_deref().filter(|_| standing.last() != Some(&Standing::Done));
            match teacher_of.map(|t| self.teacher(t, said.org)) {
                Some(Err(finding)) => findings.push(place(*finding, Target::Teacher)),
                Some(Ok(number)) => teacher = Some(number),
                None => {}
            }
        }
        if has_error(&findings[before..]) {
            return Action::Refused;
        }
        let done = standing.contains(&Standing::Done);
        if let (Some((key, said)), Some(Standing::Done)) = (&class, standing.last()) {
            // Later rows of the class still clash with this one.
            let slot = self.known_class(key).map_or(0, |n| n.0);
            self.classes.insert(key.clone(), Stands { said: said.clone(), at: At::from(row), slot });
        }
        if !standing.contains(&Standing::New) {
            let target = if class.is_some() { Target::Class(key_of_class) } else { Target::Course(CourseField::SourcedId) };
            let first = match (&class, &course) {
                (Some((key, _)), _) => self.classes.get(key).map(|c| (c.at.row, key.0.clone())),
                (None, Some((id, _))) => self.courses.get(id).map(|c| (c.at.row, id.clone())),
                (None, None) => None,
            };
            if let Some((first, id)) = first.filter(|_| !done) {
                let finding = Finding::of_file(Code::DUP_402).with_value(id).with("list", format!("{first} and {}", row.row));
                findings.push(place(finding, target));
            }
            return Action::Skipped;
        }
        let at = At::from(row);
        let course = course.map(|(id, said)| CourseNo(self.put_course(id, said, at)));
        if let Some((key, said)) = class {
            self.put_class(key, said, course, teacher, at);
        }
        Action::NoChange
    }

    /// How a row's course stands. DUP-401 where the file has it otherwise, DUP-406 where it may only be created.
    fn course_stands(&self, id: &str, said: &CourseSaid, row: &Row) -> Result<Standing, Box<Finding>> {
        if let Some(first) = self.courses.get(id) {
            let list = format!("{} and {}", first.at.row, row.row);
            let different = || Finding::of_file(Code::DUP_401).with_value(id).with("list", list).into();
            return if first.said == *said { Ok(Standing::Again) } else { Err(different()) };
        }
        let known = self.ask.roster.relations().course(id);
        if let Some(number) = known.filter(|_| self.ask.profile.writes == Writes::CreateOnly) {
            let stands = self.exists(number.into(), id)?;
            if !self.ask.overlay.contains_key(&row.record) {
                return Ok(stands);
            }
        }
        match known.and_then(|n| self.ask.roster.course(n)).and_then(|c| elsewhere(self.ask, c.org)) {
            Some(finding) => Err(finding.with_value(id).into()),
            None => Ok(Standing::New),
        }
    }

    /// The same of a class.
    fn class_stands(&self, key: &(String, Option<OrgNo>), said: &ClassSaid, row: &Row) -> Result<Standing, Box<Finding>> {
        let id = key.0.as_str();
        if let Some(first) = self.classes.get(key) {
            let list = format!("{} and {}", first.at.row, row.row);
            let different = || Finding::of_file(Code::DUP_401).with_value(id).with("list", list).into();
            return if first.said == *said { Ok(Standing::Again) } else { Err(different()) };
        }
        let known = self.known_class(key);
        if let Some(number) = known.filter(|_| self.ask.profile.writes == Writes::CreateOnly) {
            let stands = self.exists(number.into(), id)?;
            if !self.ask.overlay.contains_key(&row.record) {
                return Ok(stands);
            }
        }
        match known.and_then(|n| self.ask.roster.class(n)).and_then(|c| elsewhere(self.ask, c.org)) {
            Some(finding) => Err(finding.with_value(id).into()),
            None => Ok(Standing::New),
        }
    }

    /// What is said of a record that is there although the profile only creates: nothing, where the upload itself made it in a run
    /// before this one. (A row that was corrected since mends what it made itself.)
    fn exists(&self, entity: Entity, id: &str) -> Result<Standing, Box<Finding>> {
        let maker = self.ask.makers.and_then(|by| by(entity));
        if maker.is_some_and(|m| m.same_upload) {
            return Ok(Standing::Done);
        }
        let finding = Finding::of_file(Code::DUP_406).with_value(id).with("p", &self.ask.profile.name);
        Err(finding.with("n", maker.map(|m| m.sync.0.to_string()).unwrap_or_default()).into())
    }

    fn known_class(&self, key: &(String, Option<OrgNo>)) -> Option<ClassNo> {
        let relations = self.ask.roster.relations();
        if self.by_title { relations.class_titled(key.1, &key.0) } else { relations.class(&key.0) }
    }

    /// The teacher of an e-mail address, if that is one of the school; else REF-305.
    fn teacher(&self, email: &str, school: Option<OrgNo>) -> Result<PersonNo, Box<Finding>> {
        let roster = self.ask.roster;
        let refused = |why: String| Box::new(Finding::of_file(Code::REF_305).with_value(email).with("why", why));
        let with = self.teachers.get(fold_email(email).as_ref()).map(Vec::as_slice).unwrap_or_default();
        let person = |n: &PersonNo| roster.person(*n);
        if with.is_empty() {
            return Err(refused("unknown".into()));
        }
        // Where several share an address, the one that would do.
        let teachers: Vec<PersonNo> = with.iter().copied().filter(|n| person(n).is_some_and(|p| p.role() == Role::Teacher)).collect();
        if teachers.is_empty() {
            return Err(refused("not a teacher".into()));
        }
        let here: Vec<PersonNo> = teachers.into_iter().filter(|n| school.is_none_or(|s| person(n).is_some_and(|p| p.in_org(s)))).collect();
        match here.iter().find(|n| person(n).is_some_and(|p| p.status() == Status::Active)) {
            Some(number) => Ok(*number),
            None if here.is_empty() => Err(refused(format!("not in school {}", school.map_or("", |s| org_id(roster, s))))),
            None => Err(refused("disabled".into())),
        }
    }

    fn put_course(&mut self, id: String, said: CourseSaid, at: At) -> u32 {
        if let Some(first) = self.courses.get(&id) {
            if self.ask.roster.relations().course(&id).is_none() {
                self.gather.join(Table::Courses, first.at.record, at.record);
            }
            return first.slot;
        }
        let known = self.ask.roster.relations().course(&id);
        let mut course = known.and_then(|n| self.ask.roster.course(n)).unwrap_or_default();
        course.sourced_id.clone_from(&id);
        overlay(&mut course.title, said.title.as_ref());
        overlay(&mut course.code, said.code.as_ref());
        course.org = said.org.or(course.org);
        let says_status = self.ask.profile.column_to(Target::Course(CourseField::Status)).is_some();
        course.status = said.status.unwrap_or(if says_status { course.status } else { Status::Active });
        brought(&mut course.feeds, self.ask.feed);
        let packed = pack::<Course>(&course);
        let slot = self.gather.put(Table::Courses, known.map(|n| n.0), at, &packed);
        self.courses.insert(id, Stands { said, at, slot });
        slot
    }

    fn put_class(&mut self, key: (String, Option<OrgNo>), said: ClassSaid, course: Option<CourseNo>, teacher: Option<PersonNo>, at: At) {
        if self.classes.contains_key(&key) {
            return;
        }
        let roster = self.ask.roster;
        let known = self.known_class(&key);
        let mut class = known.and_then(|n| roster.class(n)).unwrap_or_default();
        if !self.by_title {
            class.sourced_id.clone_from(&key.0);
        }
        overlay(&mut class.title, said.title.as_ref());
        overlay(&mut class.subject, said.subject.as_ref());
        class.grade = said.grade.or(class.grade);
        class.org = said.org.or(class.org);
        class.course = course.or_else(|| roster.relations().course(said.course.as_deref()?)).or(class.course);
        let says_status = self.ask.profile.column_to(Target::Class(ClassField::Status)).is_some();
        class.status = said.status.unwrap_or(if says_status { class.status } else { Status::Active });
        brought(&mut class.feeds, self.ask.feed);
        let packed = pack::<Class>(&class);
        let slot = self.gather.put(Table::Classes, known.map(|n| n.0), at, &packed);
        self.classes.insert(key, Stands { said, at, slot });
        if let Some(person) = teacher {
            self.put_teacher(person, ClassNo(slot), at);
        }
    }

    /// The primary teacher of a class; whoever else was it is a teacher of it still.
    fn put_teacher(&mut self, person: PersonNo, class: ClassNo, at: At) {
        let (roster, relations) = (self.ask.roster, self.ask.roster.relations());
        let known = relations.enrollment(person, class);
        let before = known.and_then(|n| roster.enrollment(n));
        let mut enrollment =
            before.unwrap_or(Enrollment { person, class, role: Role::Teacher, primary: true, status: Status::Active, feeds: Vec::new() });
        (enrollment.role, enrollment.primary, enrollment.status) = (Role::Teacher, true, Status::Active);
        brought(&mut enrollment.feeds, self.ask.feed);
        self.gather.put(Table::Enrollments, known.map(|n| n.0), at, &pack(&enrollment));
        for (number, _) in relations.of_class(class).iter().filter(|(_, p)| *p != person) {
            if let Some(other) = roster.enrollment(*number).filter(|e| e.primary) {
                self.gather.put(Table::Enrollments, Some(number.0), at, &pack(&Enrollment { primary: false, ..other }));
            }
        }
    }
}

/// The name of the column that goes there.
fn column<'p>(ask: &'p Ask<'_>, target: Target) -> &'p str {
    ask.profile.column_to(target).map_or("", |c| ask.profile.columns[c].name.as_str())
}

fn overlay(now: &mut String, said: Option<&String>) {
    if let Some(said) = said {
        now.clone_from(said);
    }
}

/// Notes that a feed brings a record.
pub(super) fn brought(feeds: &mut Vec<FeedNo>, feed: FeedNo) {
    if let Err(at) = feeds.binary_search(&feed) {
        feeds.insert(at, feed);
    }
}

/// Who has one of the addresses that the file names as teachers. One pass over the file, one over everybody.
fn teachers(ask: &Ask<'_>) -> HashMap<String, Vec<PersonNo>> {
    let mut wanted: HashMap<String, Vec<PersonNo>> = HashMap::new();
    let Some(column) = ask.profile.column_to(Target::Teacher) else { return wanted };
    let rules = Rules::new(ask.profile, ask.columns, ask.roster, ask.org);
    let mut rows = ask.sheet.rows();
    let mut row = Row::default();
    while let Ok(true) = rows.next(&mut row) {
        super::overlay_row(ask, &mut row);
        let email = String::from_utf8_lossy(intake::trim(rules.cell(&row.cells, column))).into_owned();
        wanted.entry(fold_email(&email).into_owned()).or_default();
    }
    for (number, person) in ask.roster.people().filter(|(_, p)| !p.raw(Text::Email).is_empty()) {
        if let Some(with) = wanted.get_mut(fold_email(person.text(Text::Email)).as_ref()) {
            with.push(number);
        }
    }
    wanted
}
