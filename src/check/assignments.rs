//! Rows that assign a member of staff to a school and, where they name one, to a class.
//!
//! A file lists what begins and what ends; what it does not mention stays. A row may depend on another: a class that is new comes
//! from the first right row that describes it, a person from the first right row of the ID. So the rows are gone through again
//! until no row falls any more; such files are small.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::assignment::{Line, column, first_errors, makers, read};
use super::book::{Book, each_row, has_error};
use super::claims::{Claims, Verdict};
use super::draft::PersonShape;
use super::enrollments::sentence;
use super::known::{Known, org_name, switched_off};
use super::owners::Owners;
use super::rules::Rules;
use super::{Ask, Checked, Stopped, assigned};
use crate::feed::Target;
use crate::ledger::{Action, Code, Finding, Severity};
use crate::roster::{ClassField, ClassNo, EnrollmentField, Family, Field, OrgNo, PersonNo, PersonRef, Text};

/// How often at most the file is gone through. What a file made for the purpose has left then falls with what it depends on.
const PASSES: usize = 32;

/// Checks every row.
pub(super) fn check(ask: &Ask<'_>, progress: &mut dyn FnMut(u64, u64) -> bool) -> Result<Checked, Stopped> {
    let rules = Rules::new(ask.profile, ask.columns, ask.roster, ask.org);
    let mut lines = Vec::new();
    let blank = each_row(ask, progress, &mut |row| {
        let line = read(ask, &rules, row);
        // What is left out is not right, so that nothing stands on it, and nothing is wrong with it.
        lines.push(if ask.skips(row.record) { Line { findings: Vec::new(), right: false, ..line } } else { line });
    })?;
    let shape = PersonShape::new(ask.profile);
    let mut owners = None;
    // Findings that came late: they stay in every later pass.
    let mut fallen: HashMap<usize, Vec<Finding>> = HashMap::new();
    let known = RefCell::new(Known::new(ask.roster));
    let mut makers = makers(ask, &lines, &|i| lines[i].right);
    let mut failed: HashMap<usize, &'static str> = first_errors(&lines);
    for n in 1.. {
        let mut pass = Pass::new(ask, &rules, &lines, &shape, owners.as_ref(), &makers, &failed, &known);
        for i in 0..lines.len() {
            pass.line(i, &fallen);
        }
        let late = pass.claims.settle();
        let next = self::makers(ask, &lines, &|i| pass.stands(i));
        let settled = late.is_empty() && next == makers;
        if settled || n == PASSES {
            for finding in late.into_iter().flat_map(|l| l.findings) {
                pass.fell(finding);
            }
            pass.sweep();
            return Ok(pass.finish(blank));
        }
        let (known_owners, failures) = (pass.claims.owners(), pass.failed());
        drop(pass);
        (owners, failed, makers) = (Some(known_owners), failures, next);
        for finding in late.into_iter().flat_map(|l| l.findings) {
            fallen.entry(index(finding.record)).or_default().push(finding);
        }
    }
    Err(Stopped::Cancelled)
}

/// The line of a data record.
fn index(record: Option<u32>) -> usize {
    record.unwrap_or(1).max(1) as usize - 1
}

/// One time through the file.
struct Pass<'a, 'r> {
    ask: &'a Ask<'a>,
    rules: &'a Rules<'a>,
    lines: &'a [Line],
    known: &'a RefCell<Known<'r>>,
    /// New classes, and the rows that make them.
    makers: &'a HashMap<String, usize>,
    /// Rows that failed the last time, and by what.
    failed_before: &'a HashMap<usize, &'static str>,
    claims: Claims<'a>,
    /// The row of each person that stands first.
    first: HashMap<&'a str, usize>,
    /// The row that said a class's title and grade first.
    described: HashMap<&'a str, usize>,
    /// Who is assigned to what, and by which row: the class, or the school alone.
    assigned: HashMap<(&'a str, Where<'a>), usize>,
    /// Everybody's schools as rows that add say them.
    at_school: HashMap<(&'a str, OrgNo), usize>,
    /// Schools that people leave.
    left: HashMap<(&'a str, OrgNo), usize>,
    /// The row of each class's primary teacher.
    primary: HashMap<&'a str, usize>,
    /// Everybody whom a right row adds.
    added: HashSet<&'a str>,
    verdicts: Vec<(Action, Vec<Finding>)>,
}

/// What somebody is assigned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Where<'a> {
    School(OrgNo),
    Class(&'a str),
}

impl<'a, 'r> Pass<'a, 'r> {
    #[allow(clippy::too_many_arguments)] // a file and all that was learnt of it before
    fn new(
        ask: &'a Ask<'a>,
        rules: &'a Rules<'a>,
        lines: &'a [Line],
        shape: &'a PersonShape,
        owners: Option<&'a Owners>,
        makers: &'a HashMap<String, usize>,
        failed_before: &'a HashMap<usize, &'static str>,
        known: &'a RefCell<Known<'r>>,
    ) -> Self {
        Self {
            ask,
            rules,
            lines,
            known,
            makers,
            failed_before,
            claims: Claims::new(ask, shape, owners),
            first: HashMap::new(),
            described: HashMap::new(),
            assigned: HashMap::new(),
            at_school: HashMap::new(),
            left: HashMap::new(),
            primary: HashMap::new(),
            added: lines.iter().filter(|l| l.right && !l.said.remove).map(|l| l.said.id.as_str()).collect(),
            verdicts: Vec::with_capacity(lines.len()),
        }
    }

    fn line(&mut self, i: usize, fallen: &HashMap<usize, Vec<Finding>>) {
        let line = &self.lines[i];
        let mut findings = line.findings.clone();
        findings.extend(fallen.get(&i).into_iter().flatten().cloned());
        let action = match line.right && !fallen.contains_key(&i) {
            false => Action::Refused,
            true if line.said.remove => self.remove(i, &mut findings),
            true => self.add(i, &mut findings),
        };
        self.verdicts.push((action, findings));
    }

    fn place(&self, i: usize, finding: Finding, target: Target) -> Finding {
        self.rules.place(&self.lines[i].row, finding.in_column(column(self.ask, target)))
    }

    /// An assignment begins.
    fn add(&mut self, i: usize, findings: &mut Vec<Finding>) -> Action {
        let (ask, lines) = (self.ask, self.lines);
        let said = &lines[i].said;
        let before = findings.len();
        let person = ask.roster.person_by_id(Family::Staff, &said.id);
        if let Some(p) = person.and_then(|n| ask.roster.person(n))
            && let Some(finding) = switched_off(p.status(), sentence(p.role()), &said.id)
        {
            findings.push(self.place(i, finding, ID));
        }
        if let Some(class) = &said.class {
            self.class(i, class, findings);
        }
        if let Some(left) = self.left.get(&(said.id.as_str(), said.org)) {
            findings.push(self.contradict(i, *left, said.class.as_deref().map_or(Where::School(said.org), Where::Class)));
        }
        if has_error(&findings[before..]) {
            return Action::Refused;
        }
        let mut draft = lines[i].draft.clone();
        // The file lists what is added: where its feed brought the person before stays.
        draft.more_orgs = person.map(|n| share(ask, n)).unwrap_or_default();
        let verdict = self.claims.claim(self.rules, &lines[i].row, &draft, findings);
        if verdict == Verdict::Refused {
            return Action::Refused;
        }
        if verdict == Verdict::Identical {
            // Whether the row says nothing new is decided by what the person is assigned to.
            findings.retain(|f| f.code != Code::DUP_402);
        }
        let what = said.class.as_deref().map_or(Where::School(said.org), Where::Class);
        if let Some(&other) = self.assigned.get(&(said.id.as_str(), what)) {
            let first = &lines[other].said;
            if first.remove {
                findings.push(self.contradict(i, other, what));
                return Action::Refused;
            }
            if first.primary != said.primary {
                let words = |p: Option<bool>| p.map_or("no primary_teacher", |p| if p { "true" } else { "false" });
                findings.push(self.rows(
                    Code::DUP_410,
                    i,
                    other,
                    &format!("{} and {}", words(first.primary), words(said.primary)),
                    PRIMARY,
                ));
                return Action::Refused;
            }
            findings.push(self.rows(Code::DUP_402, i, other, "", ID));
            return Action::Skipped;
        }
        self.assigned.insert((&said.id, what), i);
        self.at_school.entry((&said.id, said.org)).or_insert(i);
        self.first.entry(&said.id).or_insert(i);
        if let Some(class) = said.class.as_deref() {
            if said.title.is_some() || said.grade.is_some() {
                self.described.entry(class).or_insert(i);
            }
            if said.primary == Some(true) {
                self.primary.entry(class).or_insert(i);
            }
        }
        if let Some(feed) = person.and_then(|n| main_feed(ask, n)) {
            let finding = Finding::of_file(Code::REF_310).with_value(&said.id).with("f", feed);
            findings.push(self.place(i, finding, ID));
        }
        Action::NoChange
    }

    /// The class that a row puts somebody into.
    fn class(&mut self, i: usize, id: &'a str, findings: &mut Vec<Finding>) {
        let (ask, lines) = (self.ask, self.lines);
        let said = &lines[i].said;
        let known = ask.roster.relations().class(id);
        let before = findings.len();
        if let Some(class) = known.and_then(|n| ask.roster.class(n)) {
            if let Some(finding) = switched_off(class.status, "Class", id) {
                findings.push(self.place(i, finding, CLASS));
            } else if let Some(school) = class.org.filter(|o| *o != said.org) {
                findings.push(self.other_school(i, school));
            }
        } else {
            match self.makers.get(id).copied() {
                Some(maker) if maker != i => {
                    let first = &lines[maker].said;
                    let title = said.title.is_some() && said.title != first.title;
                    let grade = said.grade.is_some() && said.grade != first.grade;
                    if first.org != said.org {
                        findings.push(self.other_school(i, first.org));
                    } else if title || grade {
                        findings.push(self.rows(Code::DUP_401, i, maker, "", CLASS));
                    }
                }
                Some(_) => {}
                None => findings.extend(self.unmade(i, id)),
            }
        }
        if findings.len() == before
            && known.is_some()
            && let Some(&first) = self.described.get(id)
        {
            let other = &lines[first].said;
            let title = said.title.is_some() && other.title.is_some() && said.title != other.title;
            let grade = said.grade.is_some() && other.grade.is_some() && said.grade != other.grade;
            if title || grade {
                findings.push(self.rows(Code::DUP_401, i, first, "", CLASS));
            }
        }
        if said.primary == Some(true)
            && let Some(&first) = self.primary.get(id).filter(|f| lines[**f].said.id != said.id)
        {
            findings.push(self.rows(Code::DUP_410, i, first, &format!("two primary teachers of class {id}"), PRIMARY));
        }
    }

    /// What is said of a class that neither the roster has nor a right row makes.
    fn unmade(&mut self, i: usize, id: &str) -> Vec<Finding> {
        let lines = self.lines;
        if lines[i].said.describes() {
            // It makes the class itself, if it stands: it did not the last time.
            return Vec::new();
        }
        let would = |l: &Line| l.said.meant && l.said.class.as_deref() == Some(id);
        if let Some(failed) = (0..lines.len()).find(|k| *k != i && would(&lines[*k])) {
            let waits = |l: &&Line| l.right && l.said.class.as_deref() == Some(id);
            let waiting = lines.iter().filter(waits).count() - usize::from(lines[failed].right);
            let code = self.failed_before.get(&failed).copied().unwrap_or_default();
            let finding = Finding::of_file(Code::REF_308).with_value(id).with("r", lines[failed].row.row);
            return vec![self.place(i, finding.with("code", code).with("n", waiting), CLASS)];
        }
        let near = self.known.borrow_mut().near_class(id);
        let mut condition = format!("class {id} is new");
        if !near.is_empty() {
            condition = format!("{condition} (known is {near})");
        }
        let said = &lines[i].said;
        let missing = [(said.title.is_none(), Target::Class(ClassField::Title)), (said.grade.is_none(), Target::Class(ClassField::Grade))];
        let missing = missing.into_iter().filter(|m| m.0);
        missing.map(|(_, t)| self.place(i, Finding::of_file(Code::VAL_202).with("condition", &condition), t)).collect()
    }

    /// An assignment ends.
    fn remove(&mut self, i: usize, findings: &mut Vec<Finding>) -> Action {
        let (ask, lines) = (self.ask, self.lines);
        let said = &lines[i].said;
        let before = findings.len();
        let person = ask.roster.person_by_id(Family::Staff, &said.id);
        if person.is_none() && !self.added.contains(said.id.as_str()) {
            let finding = self.known.borrow_mut().nobody(&said.id, Some(Family::Staff), "member of staff", "end of the assignment");
            findings.push(self.place(i, finding, ID));
        }
        if let Some(class) = said.class.as_deref() {
            match ask.roster.relations().class(class).and_then(|n| ask.roster.class(n)) {
                Some(class) => {
                    if let Some(school) = class.org.filter(|o| *o != said.org) {
                        findings.push(self.other_school(i, school));
                    }
                }
                None if self.makers.contains_key(class) => {}
                None => {
                    let finding = Finding::of_file(Code::REF_304).with_value(class).with("near", self.known.borrow_mut().near_class(class));
                    findings.push(self.place(i, finding, CLASS));
                }
            }
        }
        let what = said.class.as_deref().map_or(Where::School(said.org), Where::Class);
        let other = match what {
            // Leaving the school while a row assigns to it, or to a class there.
            Where::School(org) => self.at_school.get(&(said.id.as_str(), org)).or(self.left.get(&(said.id.as_str(), org))),
            Where::Class(_) => self.assigned.get(&(said.id.as_str(), what)),
        };
        if let Some(&other) = other {
            if !lines[other].said.remove {
                findings.push(self.contradict(i, other, what));
            } else if !has_error(&findings[before..]) {
                findings.push(self.rows(Code::DUP_402, i, other, "", ID));
                return Action::Skipped;
            }
        }
        if has_error(&findings[before..]) {
            return Action::Refused;
        }
        match what {
            Where::School(org) => {
                self.left.insert((&said.id, org), i);
            }
            Where::Class(_) => {
                self.assigned.insert((&said.id, what), i);
            }
        }
        if let Some(feed) = person.and_then(|n| main_feed(ask, n)) {
            let finding = Finding::of_file(Code::REF_310).with_value(&said.id).with("f", feed);
            findings.push(self.place(i, finding, ID));
        }
        Action::NoChange
    }

    fn other_school(&self, i: usize, of_class: OrgNo) -> Finding {
        let (roster, said) = (self.ask.roster, &self.lines[i].said);
        let finding = Finding::of_file(Code::REF_306).with_value(said.class.as_deref().unwrap_or_default());
        self.place(i, finding.with("a", org_name(roster, said.org)).with("b", org_name(roster, of_class)), CLASS)
    }

    /// A finding about a row and an earlier one.
    fn rows(&self, code: Code, i: usize, other: usize, what: &str, target: Target) -> Finding {
        let (a, b) = (self.lines[i].row.row.min(self.lines[other].row.row), self.lines[i].row.row.max(self.lines[other].row.row));
        let said = &self.lines[i].said;
        let value = if target == CLASS { said.class.clone().unwrap_or_default() } else { said.id.clone() };
        let mut finding = Finding::of_file(code).with_value(value).with("list", format!("{a} and {b}")).with("a", a).with("b", b);
        if !what.is_empty() {
            finding = finding.with("x", what);
        }
        self.place(i, finding, target)
    }

    /// DUP-410: one row begins what another ends.
    fn contradict(&self, i: usize, other: usize, what: Where<'_>) -> Finding {
        let what = match what {
            Where::School(org) => format!("school {}", super::known::org_id(self.ask.roster, org)),
            Where::Class(class) => format!("class {class}"),
        };
        self.rows(Code::DUP_410, i, other, &format!("add and remove, {what}"), Target::Action)
    }

    fn stands(&self, i: usize) -> bool {
        self.verdicts[i].0 != Action::Refused
    }

    /// Rows that failed, and by what.
    fn failed(&self) -> HashMap<usize, &'static str> {
        let error = |v: &(Action, Vec<Finding>)| v.1.iter().find(|f| f.severity >= Severity::Error).map(|f| f.code.name());
        self.verdicts.iter().enumerate().filter_map(|(i, v)| Some((i, error(v)?))).collect()
    }

    /// A row falls after all.
    fn fell(&mut self, finding: Finding) {
        let verdict = &mut self.verdicts[index(finding.record)];
        verdict.0 = Action::Refused;
        verdict.1.push(finding);
    }

    /// What depends on a row that does not stand falls with it. Only a file made for the purpose has such rows left.
    fn sweep(&mut self) {
        loop {
            let mut falls = Vec::new();
            for (i, line) in self.lines.iter().enumerate().filter(|(i, l)| self.stands(*i) && !l.said.remove) {
                let class = line.said.class.as_deref().filter(|c| self.ask.roster.relations().class(c).is_none());
                let maker = class.map(|c| self.makers.get(c).copied().unwrap_or(i));
                let first = self.first.get(line.said.id.as_str()).copied();
                let gone = [maker, first].into_iter().flatten().find(|on| !self.stands(*on));
                falls.extend(gone.map(|on| (i, on)));
            }
            if falls.is_empty() {
                return;
            }
            for (i, on) in falls {
                let code = self.failed().get(&on).copied().unwrap_or_default();
                let finding = Finding::of_file(Code::REF_308).with_value(&self.lines[i].said.id).with("r", self.lines[on].row.row);
                let finding = self.place(i, finding.with("code", code), ID);
                self.fell(finding);
            }
        }
    }

    fn finish(self, blank: u64) -> Checked {
        let Self { ask, lines, claims, mut verdicts, makers, .. } = self;
        let stands: Vec<bool> = verdicts.iter().map(|v| v.0 == Action::NoChange).collect();
        let wanted = assigned::wanted(ask, lines, &stands, makers, claims.into_wanted());
        let mut book = Book::default();
        for (line, (action, findings)) in lines.iter().zip(&mut verdicts) {
            let role = line.draft.role.map(|r| r.at(line.draft.org, ask.roster));
            let kind = role.map_or(ask.profile.main_kind, |r| r.family().kind());
            let action = if ask.skips(line.row.record) { Action::Skipped } else { *action };
            book.enter(findings, action, kind, line.row.row);
        }
        let mut checked = book.close(blank);
        checked.wanted = wanted;
        checked
    }
}

const ID: Target = Target::Person(Field::Text(Text::SourcedId));
const CLASS: Target = Target::Class(ClassField::SourcedId);
const PRIMARY: Target = Target::Enrollment(EnrollmentField::Primary);

/// Where the file's feed brings a person to.
pub(super) fn share(ask: &Ask<'_>, person: PersonNo) -> Vec<OrgNo> {
    let shares = ask.roster.person(person).map(PersonRef::shares).unwrap_or_default();
    shares.into_iter().find(|s| s.feed == ask.feed).map(|s| s.orgs).unwrap_or_default()
}

/// The main source that brings a person, where this file is none of its.
fn main_feed<'a>(ask: &Ask<'a>, person: PersonNo) -> Option<&'a str> {
    let shares = ask.roster.person(person)?.shares();
    let main = ask.main.iter().find(|(no, _)| *no != ask.feed && shares.iter().any(|s| s.feed == *no));
    main.map(|(_, name)| name.as_str())
}

/// The class of an ID, where the roster has it.
pub(super) fn on_roster(ask: &Ask<'_>, class: &str) -> Option<ClassNo> {
    ask.roster.relations().class(class)
}

#[cfg(test)]
mod tests;
