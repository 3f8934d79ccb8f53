//! Rows that are guardians, each with a link to a student.
//!
//! The file is read once, row by row; what each right row says of its guardian is kept packed. Then it is found out who is who: rows with
//! a code first, as a code is certain, then the others by their contacts ([`super::contacts`]). Of a guardian the first row stands;
//! others of equal data add links, others of different data are refused. What the roster would hold is put together in
//! [`super::kin`].

use std::collections::HashMap;

use super::causes::Causes;
use super::contacts::{Contacts, Match, Who};
use super::draft::{Draft, PersonShape, same_but_for_form};
use super::kin::{Kin, describe};
use super::near::slips;
use super::rules::Rules;
use super::{Ask, Checked, Stopped, overlay_row};
use crate::feed::Target;
use crate::intake::{self, Row};
use crate::ledger::{Action, Code, Finding, Outcome, Severity};
use crate::roster::fold::fold_email;
use crate::roster::{Family, Kind, LinkField, OrgKind, PersonNo, PersonRef, Role, Status, Text, pack_parts};

/// How often, in rows, progress is told and a cancel is noticed.
const STEP: u32 = 4096;

/// Different wrong student codes for which the nearest are looked for.
const MOST_NEAR: usize = 200;

/// A right row.
pub(super) struct GuardianRow {
    pub(super) record: u32,
    pub(super) line: u32,
    pub(super) row: u32,
    /// What it says of the guardian, packed, in [`Rows::said`].
    at: (u64, u32),
    /// What it says of the guardian's, or the link's, status.
    pub(super) status: Option<Status>,
    pub(super) student: PersonNo,
    /// The guardian that it turned out to be, by number in the file; none where it was refused after all.
    pub(super) guardian: Option<usize>,
}

/// All right rows of a file.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) all: Vec<GuardianRow>,
    said: Vec<u8>,
    /// What a row says of the relation, by the row's index.
    pub(super) relations: HashMap<usize, String>,
}

impl Rows {
    /// What a row says of its guardian.
    pub(super) fn said(&self, row: usize) -> PersonRef<'_> {
        let (start, len) = self.all[row].at;
        PersonRef::new(&self.said[start as usize..start as usize + len as usize])
    }
}

/// Checks every row.
pub(super) fn check(ask: &Ask<'_>, progress: &mut dyn FnMut(u64, u64) -> bool) -> Result<Checked, Stopped> {
    let mut checked = Checked::default();
    let mut causes = Causes::default();
    let rows = read(ask, &mut checked, &mut causes, progress)?;
    let mut found = Finder::new(ask, rows);
    found.find();
    let Finder { rows, kin, late, actions, .. } = found;
    let (wanted, more) = kin.into_wanted(ask, &rows);
    let mut late: Vec<(usize, Finding)> = late.into_iter().chain(more).collect();
    late.sort_by_key(|l| l.0);
    for (row, action) in actions {
        let record = rows.all[row].record;
        if action == Action::Refused {
            checked.rows_with_errors += 1;
            checked.refused[Kind::Guardians as usize] += 1;
        }
        if let Some(outcome) = checked.outcomes.get_mut(record as usize - 1) {
            outcome.action = action;
        }
    }
    let mut late = late.into_iter().peekable();
    while let Some((row, first)) = late.next() {
        let mut findings = vec![first];
        while let Some((_, more)) = late.next_if(|l| l.0 == row) {
            findings.push(more);
        }
        let at = &rows.all[row];
        let code = rows.said(row).text(Text::SourcedId);
        for finding in &mut findings {
            (finding.record, finding.line, finding.row) = (Some(at.record), Some(at.line), Some(at.row));
            finding.key = (!code.is_empty()).then(|| code.to_owned());
        }
        if let Some(outcome) = checked.outcomes.get_mut(at.record as usize - 1) {
            outcome.warned |= findings.iter().any(|f| f.severity == Severity::Warning);
        }
        checked.tally.count(&findings);
        causes.fold(&mut findings);
        for finding in findings {
            checked.spool.push_late(finding);
        }
    }
    (checked.causes, checked.renumber) = causes.finish(&HashMap::new());
    checked.wanted = wanted;
    Ok(checked)
}

/// Reads the file: each row by itself, and its student.
fn read(ask: &Ask<'_>, checked: &mut Checked, causes: &mut Causes, progress: &mut dyn FnMut(u64, u64) -> bool) -> Result<Rows, Stopped> {
    let rules = Rules::new(ask.profile, ask.columns, ask.roster, ask.org);
    let shape = PersonShape::new(ask.profile);
    let relation = ask.profile.column_to(Target::Link(LinkField::Relation));
    let mut students = Students::new(ask);
    let mut read = Rows::default();
    let mut draft = Draft::default();
    let mut findings: Vec<Finding> = Vec::new();
    let mut rows = ask.sheet.rows();
    let mut row = Row::default();
    while rows.next(&mut row).map_err(|f| Stopped::Refused(vec![f]))? {
        if row.record % STEP == 0 && !progress(u64::from(row.record), rows.bytes_done()) {
            return Err(Stopped::Cancelled);
        }
        overlay_row(ask, &mut row);
        if ask.skips(row.record) {
            checked.outcomes.push(Outcome { action: Action::Skipped, warned: false });
            continue;
        }
        let cell = |column: usize| rules.cell(&row.cells, column);
        rules.check(&row, &mut draft, &mut findings);
        let ragged = findings.iter().any(|f| matches!(f.code, Code::VAL_204 | Code::VAL_205));
        let student = if ragged { None } else { students.find(&rules, &row, &draft, &mut findings) };
        let right = findings.iter().all(|f| f.severity < Severity::Error);
        if let Some(student) = student.filter(|_| right) {
            let said = shape.said(&draft, cell).map(Option::unwrap_or_default);
            let start = read.said.len();
            pack_parts(&mut read.said, Role::Guardian, Status::Active, None, &said, &[]);
            if let Some(words) = relation.and_then(|c| draft.text(c, cell(c))).filter(|w| !w.is_empty()) {
                read.relations.insert(read.all.len(), String::from_utf8_lossy(words).into_owned());
            }
            read.all.push(GuardianRow {
                record: row.record,
                line: row.line,
                row: row.row,
                at: (start as u64, (read.said.len() - start) as u32),
                status: draft.status,
                student,
                guardian: None,
            });
        } else {
            checked.rows_with_errors += 1;
            checked.refused[Kind::Guardians as usize] += 1;
        }
        let action = if right { Action::NoChange } else { Action::Refused };
        checked.outcomes.push(Outcome { action, warned: findings.iter().any(|f| f.severity == Severity::Warning) });
        if !findings.is_empty() {
            checked.tally.count(&findings);
            causes.fold(&mut findings);
            findings.drain(..).for_each(|f| checked.spool.push(f));
        }
    }
    checked.rows = checked.outcomes.len() as u64;
    if let Some(limit) = ask.profile.limits.rows.filter(|l| checked.rows > *l) {
        let finding = Finding::of_file(Code::FIL_005).with("n", checked.rows).with("max", limit).with("p", &ask.profile.name);
        return Err(Stopped::Refused(vec![finding]));
    }
    if rows.blank_rows() > 0 {
        checked.file_findings.push(Finding::of_file(Code::VAL_206).with("n", rows.blank_rows()));
    }
    progress(checked.rows, rows.bytes_done());
    Ok(read)
}

/// The students that rows name.
struct Students<'a> {
    ask: &'a Ask<'a>,
    column: Option<usize>,
    /// The school that the upload is for, if it is for one.
    school: Option<crate::roster::OrgNo>,
    /// Near matches by wrong code: a student who is missing comes with every guardian.
    near: HashMap<String, (String, String)>,
}

impl<'a> Students<'a> {
    fn new(ask: &'a Ask<'a>) -> Self {
        let school = ask.org.filter(|o| ask.roster.org(*o).is_some_and(|o| o.kind == OrgKind::School));
        Self { ask, column: ask.profile.column_to(Target::Link(LinkField::Student)), school, near: HashMap::new() }
    }

    /// The student of a row; what is wrong with the reference goes to the findings.
    fn find(&mut self, rules: &Rules<'_>, row: &Row, draft: &Draft, findings: &mut Vec<Finding>) -> Option<PersonNo> {
        let roster = self.ask.roster;
        let column = self.column?;
        let id = String::from_utf8_lossy(draft.text(column, rules.cell(&row.cells, column)).filter(|i| !i.is_empty())?).into_owned();
        let finding = |code: Code| Finding::of_file(code).in_column(&self.ask.profile.columns[column].name).with_value(&id);
        let Some(student) = roster.person_by_id(Family::Students, &id) else {
            let finding = finding(Code::REF_303);
            let (near, nearest) = self.near(&id);
            findings.push(rules.place(row, finding.with("near", near).with("nearest", nearest)));
            return None;
        };
        let person = roster.person(student)?;
        if let Some(school) = self.school.filter(|s| !person.in_org(*s)) {
            let name = |o| roster.org(o).map(|o| o.name.clone()).unwrap_or_default();
            let theirs: Vec<String> = person.orgs().into_iter().map(name).collect();
            let theirs = if theirs.is_empty() { "no school".to_owned() } else { theirs.join(", ") };
            findings.push(rules.place(row, finding(Code::REF_307).with("s", name(school)).with("t", theirs)));
            return None;
        }
        if person.status() == Status::Disabled {
            // The contact does no harm, and the student may come back.
            findings.push(rules.place(row, finding(Code::REF_302).as_bad_as(Severity::Warning).with("type", "Student").with("k", &id)));
        }
        Some(student)
    }

    /// Students whose ID is one slip away, in words; and the ID of the first.
    fn near(&mut self, id: &str) -> (String, String) {
        if let Some(known) = self.near.get(id) {
            return known.clone();
        }
        if self.near.len() >= MOST_NEAR {
            return Default::default();
        }
        let roster = self.ask.roster;
        let mut found: Vec<PersonNo> = Vec::new();
        for student in slips(intake::trim_str(id)).filter_map(|slip| roster.person_by_id(Family::Students, &slip)) {
            if found.len() < 3 && !found.contains(&student) {
                found.push(student);
            }
        }
        let near: Vec<PersonRef<'_>> = found.into_iter().filter_map(|n| roster.person(n)).collect();
        let words: Vec<String> = near.iter().map(|p| format!("{} {}", p.text(Text::SourcedId), p.name())).collect();
        let said = (words.join("; "), near.first().map(|p| p.text(Text::SourcedId).to_owned()).unwrap_or_default());
        self.near.insert(id.to_owned(), said.clone());
        said
    }
}

/// Finds out which rows are which guardian.
struct Finder<'a> {
    ask: &'a Ask<'a>,
    rows: Rows,
    kin: Kin<'a>,
    contacts: Contacts<'a>,
    by_code: HashMap<String, usize>,
    late: Vec<(usize, Finding)>,
    /// Rows that came to nothing after all.
    actions: Vec<(usize, Action)>,
}

impl<'a> Finder<'a> {
    fn new(ask: &'a Ask<'a>, rows: Rows) -> Self {
        let contacts = Contacts::of(ask.roster);
        Self { ask, rows, kin: Kin::new(ask), contacts, by_code: HashMap::new(), late: Vec::new(), actions: Vec::new() }
    }

    fn find(&mut self) {
        let coded = |rows: &Rows, i: &usize| !rows.said(*i).raw(Text::SourcedId).is_empty();
        let with: Vec<usize> = (0..self.rows.all.len()).filter(|i| coded(&self.rows, i)).collect();
        let without: Vec<usize> = (0..self.rows.all.len()).filter(|i| !coded(&self.rows, i)).collect();
        for row in with {
            self.coded(row);
        }
        for row in without {
            match self.contacts.lead(self.rows.said(row), &|who| self.kin.now(who)) {
                Match::Nobody => self.stands(row, None),
                Match::One(Who::Known(slot)) => self.stands(row, Some(slot)),
                Match::One(Who::InFile(guardian)) => self.again(row, guardian),
                led @ (Match::Each(..) | Match::Both(..)) => self.two(row, led),
            }
        }
        for guardian in 0..self.kin.len() {
            self.shared(guardian);
        }
    }

    /// A row with a code.
    fn coded(&mut self, row: usize) {
        let said = self.rows.said(row);
        let code = said.text(Text::SourcedId);
        if let Some(guardian) = self.by_code.get(code) {
            return self.again(row, *guardian);
        }
        let mut slot = self.ask.roster.person_by_id(Family::Guardians, code);
        if slot.is_none() {
            // Somebody of the roster without a code, by contact: from now on they have one.
            let free = |who| match who {
                Who::Known(_) => self.kin.now(who).filter(|(w, p)| *w == who && p.raw(Text::SourcedId).is_empty()),
                Who::InFile(_) => None,
            };
            if let Match::One(Who::Known(n)) = self.contacts.lead(said, &free) {
                slot = Some(n);
            }
        }
        // Who is known with these very contacts has them: what others have besides is no news.
        let known = slot.and_then(|n| self.ask.roster.person(n));
        let has = |text: Text| known.is_some_and(|k| said.raw(text).is_empty() || k.raw(text) == said.raw(text));
        if !(has(Text::Email) && has(Text::Phone)) {
            let others = |who| self.kin.now(who).filter(|(w, _)| slot.is_none_or(|n| *w != Who::Known(n)));
            let (by_email, by_phone) = self.contacts.who_has(said, &others);
            if let (Some(a), Some(b)) = (by_email.first(), by_phone.first())
                && by_email.iter().all(|w| !by_phone.contains(w))
            {
                return self.two(row, Match::Each(*a, *b));
            }
        }
        let code = code.to_owned();
        self.by_code.insert(code, self.kin.len());
        self.stands(row, slot);
    }

    /// The first row of a guardian.
    fn stands(&mut self, row: usize, slot: Option<PersonNo>) {
        let guardian = self.kin.add(&self.rows, row, slot);
        let email = self.rows.said(row).text(Text::Email).to_owned();
        if !email.is_empty()
            && let Some(after) = self.kin.person(guardian)
        {
            let (others, _) = self.contacts.who_has(after, &|who| self.kin.now(who));
            let earlier = others.into_iter().find_map(|who| match who {
                Who::InFile(other) if other != guardian => Some(self.kin.first(other)),
                _ => None,
            });
            if let (Some(earlier), Some(column)) = (earlier, self.column(Text::Email)) {
                // Families share addresses: taken, and said.
                let (a, b) = (self.rows.all[earlier].row, self.rows.all[row].row);
                let finding = Finding::of_file(Code::DUP_403).as_bad_as(Severity::Warning).in_column(column).with_value(email);
                self.late.push((row, finding.with("list", format!("{} and {}", a.min(b), a.max(b)))));
            }
        }
        if let Some(after) = self.kin.person(guardian) {
            self.contacts.add(Who::InFile(guardian), after);
        }
        self.rows.all[row].guardian = Some(guardian);
    }

    /// A further row of a guardian: another student, the same again, or different data.
    fn again(&mut self, row: usize, guardian: usize) {
        let first = self.kin.first(guardian);
        let (a, b) = (self.rows.said(first), self.rows.said(row));
        let agree = |text: &&Text| match text {
            // A row without the code is of the guardian all the same; how the number was written does not count.
            Text::SourcedId => a.raw(**text).is_empty() || b.raw(**text).is_empty() || a.raw(**text) == b.raw(**text),
            Text::PhoneRaw => true,
            Text::Email => fold_email(a.text(**text)) == fold_email(b.text(**text)),
            _ => same_but_for_form(a.raw(**text), b.raw(**text)),
        };
        let same = Text::ALL.iter().all(|text| agree(&text));
        let status = self.rows.all[first].status == self.rows.all[row].status;
        let (x, y) = (self.rows.all[first].row, self.rows.all[row].row);
        let known_by = [Text::SourcedId, Text::Email, Text::Phone].into_iter().find(|t| !b.raw(*t).is_empty());
        let value = known_by.map(|t| b.text(t).to_owned()).unwrap_or_default();
        let column = known_by.and_then(|t| self.column(t)).unwrap_or_default();
        let finding = |code: Code, first: u32, second: u32| {
            let list = format!("{} and {}", first.min(second), first.max(second));
            Finding::of_file(code).in_column(column).with_value(value).with("list", list)
        };
        if !same || !status {
            let code = if same { Code::DUP_410 } else { Code::DUP_401 };
            self.late.push((row, finding(code, x, y).with("a", x.min(y)).with("b", x.max(y))));
            self.actions.push((row, Action::Refused));
            return;
        }
        match self.kin.joins(&self.rows, row, guardian) {
            Ok(()) => self.rows.all[row].guardian = Some(guardian),
            Err(before) => {
                self.late.push((row, finding(Code::DUP_402, self.rows.all[before].row, y)));
                self.actions.push((row, Action::Skipped));
            }
        }
    }

    /// A row whose contacts lead to two guardians.
    fn two(&mut self, row: usize, led: Match) {
        let name = |who: Who| match who {
            Who::InFile(guardian) => {
                let at = self.rows.all[self.kin.first(guardian)].row;
                format!("{} (row {at})", self.kin.person(guardian).map(describe).unwrap_or_default())
            }
            Who::Known(_) => self.kin.now(who).map(|(_, p)| describe(p)).unwrap_or_default(),
        };
        let said = self.rows.said(row);
        let text = if said.raw(Text::Email).is_empty() { Text::Phone } else { Text::Email };
        let finding = Finding::of_file(Code::DUP_411).in_column(self.column(text).unwrap_or_default()).with_value(said.text(text));
        let finding = match led {
            Match::Each(a, b) => finding.with("a", format!("the e-mail to {}", name(a))).with("b", format!("the phone to {}", name(b))),
            Match::Both(a, b) => finding.with("a", name(a)).with("b", name(b)),
            Match::Nobody | Match::One(_) => finding,
        };
        self.late.push((row, finding));
        self.actions.push((row, Action::Refused));
    }

    /// What is to be said of a guardian's contacts once everybody is known: an address that somebody has who is not in the file, a member
    /// of staff who is the same person with other contacts.
    fn shared(&mut self, guardian: usize) {
        let row = self.kin.first(guardian);
        let Some(after) = self.kin.person(guardian) else { return };
        let mut found = Vec::new();
        if !self.rows.said(row).raw(Text::Email).is_empty() {
            let (others, _) = self.contacts.who_has(after, &|who| self.kin.now(who));
            let other = others.into_iter().find(|w| matches!(w, Who::Known(_))).and_then(|w| self.kin.now(w));
            if let (Some((_, other)), Some(column)) = (other, self.column(Text::Email)) {
                let finding = Finding::of_file(Code::DUP_404).as_bad_as(Severity::Warning).in_column(column);
                found.push(finding.with_value(after.text(Text::Email)).with("other", describe(other)));
            }
        }
        if let Some((staff, shared)) = self.contacts.differing_staff(after)
            && let (Some(staff), Some(column)) = (self.ask.roster.person(staff), self.column(shared))
        {
            let finding = Finding::of_file(Code::DUP_414).in_column(column).with_value(after.text(shared));
            found.push(finding.with("key", after.name()).with("other", describe(staff)));
        }
        self.late.extend(found.into_iter().map(|f| (row, f)));
    }

    /// The name of the column that goes to a text.
    fn column(&self, text: Text) -> Option<&'a str> {
        let column = self.ask.profile.column_to(Target::Person(crate::roster::Field::Text(text)))?;
        Some(self.ask.profile.columns[column].name.as_str())
    }
}
