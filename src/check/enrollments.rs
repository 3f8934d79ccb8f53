//! Rows that put a person into a class: one enrollment for a person and a class.

use std::collections::HashMap;

use super::book::{each_right_row, has_error};
use super::draft::{Draft, RoleSay};
use super::gather::{At, Gather};
use super::known::{Known, belongs, elsewhere, org_name, switched_off};
use super::rules::Rules;
use super::{Ask, Checked, Stopped};
use crate::feed::{Target, Writes};
use crate::intake::Row;
use crate::ledger::{Action, Code, Finding};
use crate::roster::{ClassNo, Enrollment, EnrollmentField, Family, Kind, PersonNo, Role, Status, Table, Text, pack};

/// Checks every row.
pub(super) fn check(ask: &Ask<'_>, progress: &mut dyn FnMut(u64, u64) -> bool) -> Result<Checked, Stopped> {
    let mut file = File::new(ask);
    let mut checked =
        each_right_row(ask, Kind::Enrollments, progress, &mut |rules, row, draft, findings| file.row(rules, row, draft, findings))?;
    checked.wanted = file.gather.into_wanted();
    Ok(checked)
}

/// What a row said of an enrollment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Said {
    row: u32,
    role: Option<Role>,
    primary: Option<bool>,
    status: Option<Status>,
}

/// The file so far.
struct File<'a> {
    ask: &'a Ask<'a>,
    gather: Gather<'a>,
    known: Known<'a>,
    /// Enrollments that stand.
    said: HashMap<(PersonNo, ClassNo), Said>,
    person: Option<usize>,
    class: Option<usize>,
    role: Option<usize>,
    primary: Option<usize>,
    /// Whether rows can say that an enrollment has ended. If not, what is listed is active.
    says_status: bool,
}

impl<'a> File<'a> {
    fn new(ask: &'a Ask<'a>) -> Self {
        let at = |field| ask.profile.column_to(Target::Enrollment(field));
        Self {
            ask,
            gather: Gather::new(ask.roster),
            known: Known::new(ask.roster),
            said: HashMap::new(),
            person: at(EnrollmentField::Person),
            class: at(EnrollmentField::Class),
            role: at(EnrollmentField::Role),
            primary: at(EnrollmentField::Primary),
            says_status: at(EnrollmentField::Status).is_some(),
        }
    }

    fn row(&mut self, rules: &Rules<'_>, row: &Row, draft: &Draft, findings: &mut Vec<Finding>) -> Action {
        let (ask, before) = (self.ask, findings.len());
        let said = |column: Option<usize>| {
            let column = column?;
            Some(String::from_utf8_lossy(draft.text(column, rules.cell(&row.cells, column))?).into_owned())
        };
        let class_id = said(self.class).unwrap_or_default();
        let class = self.class(&class_id, draft.status);
        let class = class.map_err(|f| findings.push(rules.place(row, f.in_column(self.name(self.class)))));
        let person_id = said(self.person).unwrap_or_default();
        let person = self.person(&person_id, draft);
        let person = person.map_err(|f| findings.push(rules.place(row, f)));
        let (Ok(class), Ok(person)) = (class, person) else { return Action::Refused };
        let school = ask.roster.class(class).and_then(|c| c.org);
        if let Some(school) = school.filter(|s| draft.status != Some(Status::Disabled) && !belongs(ask.roster, person, *s)) {
            let theirs = ask.roster.person(person).map(|p| p.orgs()).unwrap_or_default();
            if !theirs.is_empty() {
                let theirs: Vec<&str> = theirs.iter().map(|o| org_name(ask.roster, *o)).collect();
                let finding = Finding::of_file(Code::REF_306).in_column(self.name(self.class)).with_value(&class_id);
                findings.push(rules.place(row, finding.with("a", theirs.join(", ")).with("b", org_name(ask.roster, school))));
            }
        }
        let now = Said {
            row: row.row,
            role: draft.role.map(|r| r.at(school, ask.roster)),
            primary: said(self.primary).map(|p| p == "true"),
            status: draft.status,
        };
        let enrolled = ask.roster.relations().enrollment(person, class);
        if enrolled.is_some() && ask.profile.writes == Writes::CreateOnly {
            let finding = Finding::of_file(Code::DUP_406).in_column(self.name(self.person)).with_value(&person_id);
            findings.push(rules.place(row, finding.with("p", &ask.profile.name)));
        }
        if has_error(&findings[before..]) {
            return Action::Refused;
        }
        if let Some(first) = self.said.get(&(person, class)).copied() {
            let finding = again(first, now).in_column(self.name(self.person)).with_value(format!("{person_id} in {class_id}"));
            findings.push(rules.place(row, finding));
            return if has_error(&findings[before..]) { Action::Refused } else { Action::Skipped };
        }
        self.said.insert((person, class), now);
        let before = enrolled.and_then(|n| ask.roster.enrollment(n));
        let own_role = || ask.roster.person(person).map_or(Role::Student, |p| p.role());
        let mut enrollment = before.unwrap_or_else(|| Enrollment {
            person,
            class,
            role: own_role(),
            primary: false,
            status: Status::Active,
            feeds: Vec::new(),
        });
        enrollment.role = now.role.unwrap_or(enrollment.role);
        enrollment.primary = now.primary.unwrap_or(enrollment.primary);
        enrollment.status = now.status.unwrap_or(if self.says_status { enrollment.status } else { Status::Active });
        if let Err(at) = enrollment.feeds.binary_search(&ask.feed) {
            enrollment.feeds.insert(at, ask.feed);
        }
        self.gather.put(Table::Enrollments, enrolled.map(|n| n.0), At::from(row), &pack(&enrollment));
        Action::NoChange
    }

    /// The class of an ID, if somebody may be enrolled in it.
    fn class(&mut self, id: &str, status: Option<Status>) -> Result<ClassNo, Finding> {
        let number = self.known.class(id)?;
        let Some(class) = self.ask.roster.class(number) else { return Ok(number) };
        if let Some(finding) = elsewhere(self.ask, class.org) {
            return Err(finding.with_value(id));
        }
        match switched_off(class.status, "Class", id).filter(|_| status != Some(Status::Disabled)) {
            Some(finding) => Err(finding),
            None => Ok(number),
        }
    }

    /// The person of an ID. Where several have it, the one whom the role fits.
    fn person(&mut self, id: &str, draft: &Draft) -> Result<PersonNo, Finding> {
        let roster = self.ask.roster;
        let all: Vec<PersonNo> = roster.people_by_id(id).collect();
        let family = draft.role.map(|r| match r {
            RoleSay::Is(role) => role.family(),
            RoleSay::Administrator => Family::Staff,
        });
        let fits = |n: &PersonNo| roster.person(*n).is_some_and(|p| Some(p.role().family()) == family);
        let found = match all.as_slice() {
            [] => {
                let called = family.map_or("person", |f| if f == Family::Staff { "teacher" } else { f.name().trim_end_matches('s') });
                return Err(self.known.nobody(id, family, called, "enrollment").in_column(self.name(self.person)));
            }
            [one] => *one,
            several => match several.iter().find(|n| fits(n)) {
                Some(one) => *one,
                None => {
                    let whose: Vec<&str> = several.iter().filter_map(|n| roster.person(*n)).map(|p| p.role().name()).collect();
                    let condition = format!("{id} is the ID of a {}", whose.join(" and of a "));
                    let column = self.role.or(self.person);
                    return Err(Finding::of_file(Code::VAL_202).in_column(self.name(column)).with("condition", condition));
                }
            },
        };
        let person = roster.person(found);
        let off = person.and_then(|p| switched_off(p.status(), sentence(p.role()), p.text(Text::SourcedId)));
        match off.filter(|_| draft.status != Some(Status::Disabled)) {
            Some(finding) => Err(finding.in_column(self.name(self.person))),
            None => Ok(found),
        }
    }

    fn name(&self, column: Option<usize>) -> &str {
        column.map_or("", |c| self.ask.profile.columns[c].name.as_str())
    }
}

/// A role at the beginning of a sentence.
pub(super) fn sentence(role: Role) -> &'static str {
    match role {
        Role::Student => "Student",
        Role::Teacher => "Teacher",
        Role::Staff => "Member of staff",
        Role::SchoolAdmin | Role::DistrictAdmin => "Administrator",
        Role::Guardian => "Guardian",
    }
}

/// What is said of a second row of an enrollment: identical, contradicting, or of other data.
fn again(first: Said, now: Said) -> Finding {
    let list = format!("{} and {}", first.row, now.row);
    if (first.role, first.primary, first.status) == (now.role, now.primary, now.status) {
        return Finding::of_file(Code::DUP_402).with("list", list);
    }
    if (first.role, first.primary) == (now.role, now.primary) {
        let words = |s: Option<Status>| s.map_or("no status", Status::name);
        let x = format!("{} and {}", words(first.status), words(now.status));
        return Finding::of_file(Code::DUP_410).with("a", first.row).with("b", now.row).with("x", x);
    }
    Finding::of_file(Code::DUP_401).with("list", list)
}
