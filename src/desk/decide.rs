//! Decisions about rows: which of several stands, who is left out, who is new, who is somebody that is known.
//!
//! A decision belongs to the upload, as a correction does, and takes effect with a re-run. There is one mechanism: rows that are left out.
//! A row stands because the others that claim the same do not. What a decision changes on the roster at once (an ID, an e-mail that is given
//! up) is a local fix in the journal, and is put back when the decision is taken back.

use super::clash::{sharing, unique_texts, value};
use super::office::{Office, lock};
use super::rows::{find_row, key, named};
use super::source::{Beside, Source};
use super::{Event, JobNo, RowAt, RowChoice, RowView, Trouble, TroubleSort};
use crate::check::row::{Others, judge_row};
use crate::check::{Ask, Decisions};
use crate::feed::{RowShape, Target};
use crate::intake::Row;
use crate::ledger::{Code, Decided, Decision, Finding, Sync, SyncNo};
use crate::roster::fold::fold_email;
use crate::roster::{Field, PersonNo, Roster, Text};

/// A row to be decided about, and all that belongs to it.
struct Case<'a> {
    sync: &'a Sync,
    source: &'a Source,
    roster: &'a Roster,
    beside: &'a Beside,
    row: &'a Row,
}

impl Office {
    /// Decides about a row, and gives it as it stands then.
    pub(super) fn decide(
        &self,
        job: JobNo,
        number: SyncNo,
        at: RowAt,
        choice: RowChoice,
        on_event: &mut dyn FnMut(Event) -> bool,
    ) -> Result<RowView, Trouble> {
        let sync = self.sync_of(number)?;
        let source = self.source(&sync)?;
        let row = find_row(&source, at, number)?;
        let roster = self.roster();
        let beside = self.beside(&sync, &source, &roster)?;
        if choice != RowChoice::TakeBack
            && let Some(before) =
                beside.decisions.iter().find(|d| d.record == row.record && (!d.entries.is_empty() || d.decided == Decided::Stands))
        {
            let what = format!("It was decided already that row {} {}.", row.row, before.about);
            return Err(Trouble::new(TroubleSort::Refused, what, "Take that back first."));
        }
        let case = Case { sync: &sync, source: &source, roster: &roster, beside: &beside, row: &row };
        let decisions = match choice {
            RowChoice::Skip => vec![self.decision(&case, &row, Decided::Skip, "left out")],
            RowChoice::AsNew => vec![self.decision(&case, &row, Decided::AsNew, "a person of its own")],
            RowChoice::Stands => self.stands(job, &case, on_event)?,
            RowChoice::SameAs(person) => vec![self.same_as(job, &case, person, on_event)?],
            RowChoice::TakeBack => self.taken_back(job, &case, on_event)?,
        };
        self.store.put_decisions(&decisions)?;
        lock(&self.views).beside = None;
        self.row(number, RowAt::Record(row.record), &[])
    }

    fn decision(&self, case: &Case<'_>, row: &Row, decided: Decided, about: &str) -> Decision {
        Decision {
            root: case.sync.root(),
            record: row.record,
            line: row.line,
            key: key(case.source, row),
            decided,
            about: about.to_owned(),
            entries: Vec::new(),
            by: self.surroundings.by.clone(),
            at: (self.surroundings.now)(),
        }
    }

    /// The row stands: the others that claim the same are left out, and who on the roster keeps its e-mail or username gives that up.
    fn stands(&self, job: JobNo, case: &Case<'_>, on_event: &mut dyn FnMut(Event) -> bool) -> Result<Vec<Decision>, Trouble> {
        let Case { sync, source, roster, beside, row } = case;
        let mut others: Vec<u32> = sharing(sync, source, roster, beside, row).into_iter().flat_map(|s| s.1).collect();
        others.sort_unstable();
        others.dedup();
        let mut decided: Decisions = beside.decided.clone();
        decided.extend(others.iter().map(|r| (*r, Decided::Skip)));
        decided.insert(row.record, Decided::Stands);
        // As it would then be: only who keeps what the row needs has to give it up.
        let ask = Ask { decided: Some(&decided), ..source.ask(sync, roster, &beside.overlay) };
        let judged = judge_row(&ask, row, &[], &Others::of(&ask));
        let mut givers = Vec::new();
        for finding in judged.findings.iter().filter(|f| matches!(f.code, Code::DUP_403 | Code::DUP_404 | Code::DUP_405)) {
            givers.extend(who_gives(case, finding, judged.on_roster.map(|e| PersonNo(e.slot))));
        }
        if let Some(finding) = judged.findings.iter().find(|f| f.code == Code::DUP_406) {
            let next = "Leave the row out, or use a profile that updates.";
            return Err(Trouble::new(TroubleSort::Refused, format!("It cannot stand: {}.", finding.message()), next));
        }
        if others.is_empty() && givers.is_empty() {
            let next = "Nothing else claims what it claims. Mend what is wrong with it.";
            return Err(Trouble::new(TroubleSort::Refused, "There is nothing to decide about this row.", next));
        }
        let mut stands = self.decision(case, row, Decided::Stands, "stands");
        let mut about = Vec::new();
        for (person, field) in givers {
            about.push(format!("{} gives up {field}", named(roster, person.into()).title));
            let gives = self.run(job, on_event, |runner, roster| {
                let after = runner.edit_person(roster, person, &[(field.to_owned(), String::new())])?;
                Ok((after.position(), after))
            });
            match gives {
                Ok(position) => stands.entries.push(position),
                Err(trouble) => {
                    // All or nothing: what others gave up already they have again.
                    self.run(job, on_event, |runner, roster| Ok(((), runner.revert(roster, &stands.entries)?)))?;
                    return Err(trouble);
                }
            }
        }
        let mut decisions = Vec::new();
        for other in others.iter().filter_map(|r| source.row(*r)) {
            about.push(format!("row {} stays out", other.row));
            decisions.push(self.decision(case, &other, Decided::Skip, &format!("row {} stands instead", row.row)));
        }
        stands.about = about.join(", ");
        decisions.push(stands);
        Ok(decisions)
    }

    /// The row is about somebody on the roster, who gets its ID.
    fn same_as(&self, job: JobNo, case: &Case<'_>, person: PersonNo, on_event: &mut dyn FnMut(Event) -> bool) -> Result<Decision, Trouble> {
        let Case { sync, source, roster, row, .. } = case;
        let profile = &source.profile;
        let id_column = profile.column_to(Target::Person(Field::Text(Text::SourcedId))).filter(|_| profile.rows == RowShape::Person);
        let Some(column) = id_column else {
            let next = "Only a row that is about one person can be somebody who is known.";
            return Err(Trouble::new(TroubleSort::Refused, format!("A row of {} names no person by ID.", profile.name), next));
        };
        let view = self.row(sync.number, RowAt::Record(row.record), &[])?;
        let id = value(source, row, &view, column);
        let old = roster.person(person).map(|p| p.text(Text::SourcedId).to_owned()).unwrap_or_default();
        let title = named(roster, person.into()).title;
        let theirs = (1..).map_while(|record| source.row(record)).find(|r| !old.is_empty() && key(source, r).as_deref() == Some(&old));
        if let Some(theirs) = theirs.filter(|r| r.record != row.record) {
            let what = format!("{title} has a row of their own in this file, row {}.", theirs.row);
            return Err(Trouble::new(TroubleSort::Refused, what, "Two rows are two people, unless one of them is left out."));
        }
        let position = self.run(job, on_event, |runner, roster| {
            let after = runner.link(roster, person, &id, sync.root(), sync.feed)?;
            Ok((after.position(), after))
        })?;
        let mut decision = self.decision(case, row, Decided::Linked, &format!("is {title}"));
        decision.entries.push(position);
        Ok(decision)
    }

    /// What was decided about the row is taken back; of a row that stands, what was decided about the others too.
    fn taken_back(&self, job: JobNo, case: &Case<'_>, on_event: &mut dyn FnMut(Event) -> bool) -> Result<Vec<Decision>, Trouble> {
        let Case { sync, source, roster, beside, row } = case;
        let known = |record: u32| beside.decisions.iter().find(|d| d.record == record && d.decided != Decided::Open);
        let Some(decision) = known(row.record) else {
            let what = format!("Nothing was decided about row {} of {}.", row.row, sync.number);
            return Err(Trouble::new(TroubleSort::Usage, what, ""));
        };
        if !decision.entries.is_empty() {
            self.run(job, on_event, |runner, roster| Ok(((), runner.revert(roster, &decision.entries)?)))?;
        }
        let mut back = vec![decision.clone()];
        if decision.decided == Decided::Stands {
            let instead = format!("row {} stands instead", row.row);
            let others = sharing(sync, source, roster, beside, row).into_iter().flat_map(|s| s.1);
            back.extend(others.filter_map(known).filter(|d| d.about == instead).cloned());
            back.sort_by_key(|d| d.record);
            back.dedup_by_key(|d| d.record);
        }
        let now = (self.surroundings.now)();
        let by = &self.surroundings.by;
        let open = |d: Decision| Decision { decided: Decided::Open, entries: Vec::new(), at: now, by: by.clone(), ..d };
        Ok(back.into_iter().map(open).collect())
    }
}

/// Who on the roster has the value of a finding, besides the row's own person; and the field.
fn who_gives(case: &Case<'_>, finding: &Finding, own: Option<PersonNo>) -> Vec<(PersonNo, &'static str)> {
    let column = finding.column.as_deref().and_then(|c| case.source.profile.column(c));
    let text = unique_texts(case.source).into_iter().find(|(i, _)| Some(*i) == column).map(|(_, text)| text);
    let (Some(text), Some(value)) = (text, finding.value.as_deref()) else { return Vec::new() };
    let value = fold_email(value).into_owned();
    let has = case.roster.people().filter(|(n, p)| Some(*n) != own && fold_email(p.text(text)) == value);
    has.map(|(n, _)| (n, text.name())).collect()
}
