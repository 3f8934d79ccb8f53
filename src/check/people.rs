//! Rows that are people: from the file's rows to what the roster would hold, and everything found on the way.

use std::collections::{HashMap, HashSet};

use super::causes::Causes;
use super::claims::{Claims, Verdict};
use super::draft::{Draft, PersonShape};
use super::owners::Owners;
use super::rules::Rules;
use super::{Ask, Checked, Stopped, Tally, overlay_row};
use crate::intake::Row;
use crate::ledger::{Action, Code, Finding, Outcome, Severity};
use crate::roster::{Family, Kind, PersonNo};

/// How often, in rows, progress is told and a cancel is noticed.
const STEP: u32 = 4096;

/// How often at most the file is gone through. Each time after the first takes rows out that fell; what a file made for the
/// purpose has left then is decided as it stands.
pub(super) const PASSES: usize = 32;

/// Checks every row. Runs again in the rare case that a refused row had kept others from standing: see [`Claims::settle`].
pub(super) fn check(ask: &Ask<'_>, progress: &mut dyn FnMut(u64, u64) -> bool) -> Result<Checked, Stopped> {
    let mut forced: HashMap<u32, Vec<Finding>> = HashMap::new();
    let mut owners = None;
    for n in 1.. {
        match pass(ask, &forced, owners.as_ref(), n == PASSES, progress)? {
            Pass::Done(checked) => return Ok(*checked),
            Pass::Again(more, known) => {
                for finding in more {
                    forced.entry(finding.record.unwrap_or(0)).or_default().push(finding);
                }
                owners = Some(known);
            }
        }
    }
    Err(Stopped::Cancelled)
}

enum Pass {
    Done(Box<Checked>),
    Again(Vec<Finding>, Owners),
}

fn pass(
    ask: &Ask<'_>,
    forced: &HashMap<u32, Vec<Finding>>,
    owners: Option<&Owners>,
    last: bool,
    progress: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<Pass, Stopped> {
    let rules = Rules::new(ask.profile, ask.columns, ask.roster, ask.org);
    let shape = PersonShape::new(ask.profile);
    let mut claims = Claims::new(ask, &shape, owners);
    let mut checked = Checked::default();
    let mut causes = Causes::default();
    let mut draft = Draft::default();
    let mut findings: Vec<Finding> = Vec::new();
    let mut present: HashSet<PersonNo> = HashSet::new();
    let mut rows = ask.sheet.rows();
    let mut row = Row::default();
    let limit = ask.profile.limits.rows.unwrap_or(u64::MAX);
    while rows.next(&mut row).map_err(|f| Stopped::Refused(vec![f]))? {
        if row.record % STEP == 0 && !progress(u64::from(row.record), rows.bytes_done()) {
            return Err(Stopped::Cancelled);
        }
        overlay_row(ask, &mut row);
        if ask.skips(row.record) {
            // Who has a row is there, even if the row is left out.
            present.extend(rules.key(&row.cells).iter().flat_map(|id| ask.roster.people_by_id(id)));
            checked.outcomes.push(Outcome { action: Action::Skipped, warned: false });
            continue;
        }
        let mut stands = check_row(ask, &rules, &row, &mut draft, &mut findings);
        if let Some(more) = forced.get(&row.record) {
            findings.extend(more.iter().cloned());
            stands = false;
        }
        let mut action = Action::Refused;
        if stands {
            match claims.claim(&rules, &row, &draft, &mut findings) {
                Verdict::Stands | Verdict::Joins => action = Action::NoChange,
                Verdict::Identical => action = Action::Skipped,
                Verdict::Refused => {}
            }
        }
        let warned = findings.iter().any(|f| f.severity == Severity::Warning);
        if action == Action::Refused {
            checked.rows_with_errors += 1;
            checked.refused[kind(ask, &draft) as usize] += 1;
            // Who has a row is there, even if the row is refused.
            present.extend(rules.key(&row.cells).iter().flat_map(|id| ask.roster.people_by_id(id)));
        }
        checked.outcomes.push(Outcome { action, warned });
        if !findings.is_empty() {
            checked.tally.count(&findings);
            causes.fold(&mut findings);
            findings.drain(..).for_each(|f| checked.spool.push(f));
        }
    }
    checked.rows = checked.outcomes.len() as u64;
    if checked.rows > limit {
        let finding = Finding::of_file(Code::FIL_005).with("n", checked.rows).with("max", limit).with("p", &ask.profile.name);
        return Err(Stopped::Refused(vec![finding]));
    }
    if rows.blank_rows() > 0 {
        checked.file_findings.push(Finding::of_file(Code::VAL_206).with("n", rows.blank_rows()));
    }
    let late = claims.settle();
    if claims.kept_others_out(&late) && !last {
        return Ok(Pass::Again(late.into_iter().flat_map(|l| l.findings).collect(), claims.owners()));
    }
    for mut l in late {
        checked.rows_with_errors += 1;
        checked.refused[l.kind as usize] += 1;
        if let Some(outcome) = checked.outcomes.get_mut(l.record as usize - 1) {
            outcome.action = Action::Refused;
        }
        checked.tally.count(&l.findings);
        causes.fold(&mut l.findings);
        l.findings.into_iter().for_each(|f| checked.spool.push_late(f));
    }
    for (record, finding) in claims.lookalikes(&|number| !present.contains(&number)) {
        if let Some(outcome) = checked.outcomes.get_mut(record as usize - 1) {
            outcome.warned = true;
        }
        let mut findings = [finding];
        checked.tally.count(&findings);
        causes.fold(&mut findings);
        let [finding] = findings;
        checked.spool.push_late(finding);
    }
    (checked.causes, checked.renumber) = causes.finish(&HashMap::new());
    checked.wanted = claims.into_wanted();
    progress(checked.rows, rows.bytes_done());
    Ok(Pass::Done(Box::new(checked)))
}

/// Checks a row by itself. Where passwords of known people are passed over, what is wrong with one is not said.
pub(super) fn check_row(ask: &Ask<'_>, rules: &Rules<'_>, row: &Row, draft: &mut Draft, findings: &mut Vec<Finding>) -> bool {
    let before = findings.len();
    let right = rules.check(row, draft, findings);
    if right || ask.lets.passwords {
        return right;
    }
    let Some(family) = draft.role.map(|r| r.at(draft.org, ask.roster).family()) else { return right };
    let id = rules.key(&row.cells).unwrap_or_default();
    let over = &ask.profile.unique_over;
    let theirs = |n: PersonNo| ask.roster.person(n).map(|p| p.role().family());
    let together = |f: Family| f == family || over.contains(&f) && over.contains(&family);
    if ask.roster.people_by_id(&id).any(|n| theirs(n).is_some_and(together)) {
        let mut at = 0;
        findings.retain(|f| {
            at += 1;
            at <= before || f.code != Code::VAL_220
        });
    }
    findings[before..].iter().all(|f| f.severity < Severity::Error)
}

/// Under what a refused row counts: its own kind where it tells one, else the profile's main kind.
fn kind(ask: &Ask<'_>, draft: &Draft) -> Kind {
    draft.role.map_or(ask.profile.main_kind, |r| r.at(draft.org, ask.roster).family().kind())
}

impl Tally {
    pub(super) fn count(&mut self, findings: &[Finding]) {
        for finding in findings {
            match finding.severity {
                Severity::Info => self.infos += 1,
                Severity::Warning => self.warnings += 1,
                _ => self.errors += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Lets, Overlay, check as check_file, row};
    use super::*;
    use crate::feed::Profiles;
    use crate::intake::{ReadAs, Sheet, Source, judge};
    use crate::roster::{FeedNo, Org, OrgNo, Person, PersonRef, Role, Roster, Text, pack};

    /// Ana Diaz, T1, is known; the file says Anna Moss of her, and a password that is too long. Ben is new, with the same password.
    fn checked(lets: Lets) -> (Vec<(u32, Code)>, Vec<String>) {
        let school = pack(&Org { external_id: "S1".into(), name: "Lincoln High".into(), ..Org::default() });
        let mut ana = Person::new(Role::Teacher);
        for (text, value) in [(Text::SourcedId, "T1"), (Text::GivenName, "Ana"), (Text::FamilyName, "Diaz"), (Text::Email, "a@l.example")] {
            ana.set_text(text, value);
        }
        ana.set_share(FeedNo(1), [OrgNo(0)]);
        let ana = ana.pack();
        let roster = Roster::default().with(1, [(OrgNo(0).into(), school.as_slice()), (PersonNo(0).into(), ana.as_slice())]);
        let profiles = Profiles::builtin();
        let profile = profiles.get("echalk-users").unwrap();
        let long = "x".repeat(251);
        let text = format!(
            "first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade,status,password\n\
             Anna,,Moss,a@l.example,T1,S1,Teacher,Coach,,Active,{long}\nBen,,Ito,b@l.example,T2,S1,Teacher,,,Active,{long}\n"
        );
        let source = Source { name: "users.csv".into(), bytes: text.into_bytes() };
        let sheet = Sheet::open(source, &ReadAs::default(), &[profile]).unwrap();
        let (columns, _) = judge(sheet.header(), sheet.header_line(), profile);
        let overlay = Overlay::new();
        let ask = Ask {
            sheet: &sheet,
            columns: &columns,
            profile,
            roster: &roster,
            feed: FeedNo(1),
            org: None,
            overlay: &overlay,
            decided: None,
            lets,
            main: &[],
            makers: None,
        };
        let checked = check_file(&ask, &mut |_, _| true).unwrap();
        let mut found = Vec::new();
        let kept = checked.spool.drain(|f| {
            found.push((f.record.unwrap_or(0), f.code));
            Ok::<_, ()>(())
        });
        assert_eq!(kept, Ok(()));
        let names = checked.wanted.sets[0].records.iter().map(|w| {
            let person = PersonRef::new(&checked.wanted.bytes[w.start as usize..w.start as usize + w.len as usize]);
            format!("{} {}", person.name(), person.text(Text::Position))
        });
        // The form says the same of each row.
        let others = row::Others::of(&ask);
        let (mut rows, mut at) = (sheet.rows(), Row::default());
        while rows.next(&mut at).unwrap() {
            let judged = row::judge_row(&ask, &at, &[], &others);
            let of_row: Vec<Code> = found.iter().filter(|f| f.0 == at.record).map(|f| f.1).collect();
            assert_eq!(judged.findings.iter().map(|f| f.code).collect::<Vec<_>>(), of_row);
            let renamed = judged.changes.iter().any(|c| c.field == "last_name");
            assert_eq!(renamed, of_row.is_empty() && lets.names, "{:?}", judged.changes);
        }
        (found, names.collect())
    }

    #[test]
    fn a_feed_may_leave_names_and_passwords_of_known_people_alone() {
        let (found, names) = checked(Lets { names: false, passwords: false });
        assert_eq!(found, [(2, Code::VAL_220)], "of a new person the password counts");
        assert_eq!(names, ["Diaz, Ana Coach"]);
    }

    #[test]
    fn unless_it_does_not() {
        let (found, names) = checked(Lets::default());
        assert_eq!(found, [(1, Code::VAL_220), (2, Code::VAL_220)]);
        assert_eq!(names, [""; 0]);
        let (found, names) = checked(Lets { names: true, passwords: false });
        assert_eq!(found, [(2, Code::VAL_220)]);
        assert_eq!(names, ["Moss, Anna Coach"]);
    }
}
