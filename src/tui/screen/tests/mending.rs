//! Mending at one stroke, corrections and value rules: the invented desk's answers, and what the keys do.

use super::desk::{Fake, at, page};
use super::{console, with};
use crate::desk::*;
use crate::ledger::*;

/// What was mended at one stroke.
#[derive(Default)]
pub(super) struct Steps {
    /// Of each step the records and values, and whether it was taken back.
    made: Vec<(Vec<(u32, String)>, bool)>,
    /// Value rules that were kept.
    pub(super) rules: Vec<(String, String)>,
    /// Whether the standing correction was ended.
    pub(super) ended: bool,
}

const NEAREST: [&str; 3] = ["O'Brien", "Nguyen", "Diaz"];

/// What a repair makes of the three rows without a last name.
fn mended(fake: &Fake, request: &Request) -> Mended {
    let Request::Mend { sync, cause, of, repair, window, .. } = request else { panic!("no mending") };
    let row = |n: u32| {
        let (record, before) = (n * 100 + 3, fake.fixed.get(&(n * 100 + 3, "last_name".to_owned())).cloned().unwrap_or_default());
        let (after, why) = match repair {
            Repair::Nearest { .. } => (Some(NEAREST[n as usize].to_owned()), String::new()),
            Repair::Set { value, .. } => (Some(value.clone()), String::new()),
            _ => (None, "it is empty".to_owned()),
        };
        MendRow { record, line: record + 2, row: record + 1, key: Some(format!("1000842{n}")), before, after, why }
    };
    let places = |n: &u32| if let MendOf::Records(records) = of { records.contains(&(n * 100 + 3)) } else { true };
    let rows: Vec<MendRow> = (0..3).filter(places).map(row).collect();
    let (total, done) = (rows.len() as u64, rows.iter().filter(|r| r.after.is_some()).count() as u64);
    let how = match repair {
        Repair::Set { value, .. } => format!("last_name becomes \"{value}\""),
        _ => "last_name becomes the nearest match of each row".to_owned(),
    };
    Mended {
        sync: *sync,
        cause: *cause,
        repair: repair.clone(),
        how,
        total,
        mended: done,
        stays: if done < total { vec![("it is empty".into(), total - done)] } else { Vec::new() },
        rows: page(rows, 3, *window),
        still: matches!(repair, Repair::Set { value, .. } if value == "?").then(|| "last_name contains ?".to_owned()),
        rules: if matches!(repair, Repair::Set { .. }) { vec![("Kinder".into(), "K".into())] } else { Vec::new() },
        no_rule: matches!(repair, Repair::Nearest { .. }).then(|| "the cells are empty, and a rule is for a value".to_owned()),
        step: None,
    }
}

pub(super) fn answer(fake: &mut Fake, request: &Request) -> Option<Reply> {
    let column = || "last_name".to_owned();
    Some(match request {
        Request::Repairs { cause: 4, .. } => Reply::Repairs(vec![RepairOffer {
            repair: Repair::Set { column: "grade".into(), value: String::new(), from: None },
            label: "one value in every row".into(),
            rows: 9,
        }]),
        Request::Repairs { of, .. } => {
            let rows = if let MendOf::Records(records) = of { records.len() as u64 } else { 3 };
            Reply::Repairs(vec![
                RepairOffer { repair: Repair::Nearest { column: column() }, label: "take the nearest match of each row".into(), rows },
                RepairOffer {
                    repair: Repair::Set { column: column(), value: String::new(), from: None },
                    label: "one value in every row".into(),
                    rows,
                },
            ])
        }
        Request::Mend { dry_run, save_rule, .. } => {
            let mut mended = mended(fake, request);
            if !dry_run {
                let all = Request::Mend {
                    sync: mended.sync,
                    cause: mended.cause,
                    of: of(request),
                    repair: mended.repair.clone(),
                    save_rule: false,
                    dry_run: true,
                    window: Window::ALL,
                };
                let rows = self::mended(fake, &all).rows.rows;
                let cells: Vec<(u32, String)> = rows.into_iter().filter_map(|r| Some((r.record, r.after?))).collect();
                fake.fixed.extend(cells.iter().map(|(record, value)| ((*record, column()), value.clone())));
                fake.steps.made.push((cells, false));
                mended.step = Some(fake.steps.made.len() as u32);
                if *save_rule {
                    fake.steps.rules.extend(mended.rules.clone());
                }
            }
            Reply::Mended(Box::new(mended))
        }
        Request::TurnMend { sync, step, again } => {
            let number = step.unwrap_or(1);
            let (cells, back) = &mut fake.steps.made[number as usize - 1];
            *back = !again;
            for (record, value) in cells.iter() {
                let key = (*record, column());
                if *again {
                    fake.fixed.insert(key, value.clone())
                } else {
                    fake.fixed.remove(&key)
                };
            }
            let rows = cells.len() as u64;
            Reply::Turned(Turned {
                sync: *sync,
                step: number,
                how: "last_name".into(),
                again: *again,
                cells: rows,
                rows,
                left: 0,
                rules: 0,
            })
        }
        Request::AllCorrections { filter, window } => {
            let all: Vec<CorrectionInfo> = corrections(fake).into_iter().filter(|c| c.column.contains(filter.as_str())).collect();
            Reply::AllCorrections(page(all, 2, *window))
        }
        Request::EndStanding(_) => {
            fake.steps.ended = true;
            Reply::Done
        }
        Request::Ticket { .. } => Reply::Output(Output {
            file_name: "corrections.txt".into(),
            bytes: b"Please correct these values at the source.\n".to_vec(),
            lines: 1,
            note: String::new(),
        }),
        Request::Rules => Reply::Rules(rules(fake)),
        Request::PutRule { column, from, to, .. } => {
            if column == "custom_id" {
                return Some(Reply::Trouble(Trouble::new(TroubleSort::Refused, "custom_id is the key.", "Correct the rows.")));
            }
            fake.steps.rules.push((from.clone(), to.clone()));
            Reply::Rules(rules(fake))
        }
        Request::RemoveRule { from, .. } => {
            fake.steps.rules.retain(|r| r.0 != *from);
            Reply::Rules(rules(fake))
        }
        _ => return None,
    })
}

fn of(request: &Request) -> MendOf {
    if let Request::Mend { of, .. } = request { of.clone() } else { MendOf::All }
}

fn rules(fake: &Fake) -> Vec<RuleInfo> {
    let rule = |(from, to): &(String, String)| RuleInfo {
        feed: "SIS nightly".into(),
        rule: ValueRule {
            profile: "echalk-users".into(),
            column: "grade".into(),
            from: from.clone(),
            to: to.clone(),
            by: Actor("maria".into()),
            at: at(-2, 9),
        },
    };
    fake.steps.rules.iter().map(rule).collect()
}

fn corrections(fake: &Fake) -> Vec<CorrectionInfo> {
    let email = CorrectionInfo {
        state: if fake.steps.ended { CorrectionState::TakenBack } else { CorrectionState::Standing },
        number: Some(7),
        feed: "SIS nightly".into(),
        sync: SyncNo(48),
        file: "users-2026-11-20.csv".into(),
        record: 103,
        line: 105,
        key: Some("10008421".into()),
        column: "email".into(),
        before: "maria at lincoln.example".into(),
        after: "maria@lincoln.example".into(),
        by: Actor("maria".into()),
        at: at(-2, 9),
        times: 3,
        last: Some(SyncNo(48)),
        last_at: Some(at(0, 2)),
        resolved_by: None,
    };
    let grade = CorrectionInfo {
        state: CorrectionState::Resolved,
        number: Some(6),
        key: Some("20031177".into()),
        column: "grade".into(),
        before: "Kinder".into(),
        after: "K".into(),
        times: 1,
        resolved_by: Some(SyncNo(48)),
        ..email.clone()
    };
    vec![email, grade]
}

#[test]
fn a_repair_is_chosen_looked_at_and_recorded_with_p_alone() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("4 <Enter> j j F").see("Mend last_name in 14 rows").see("take the nearest match of each row (3 rows)");
    at.press("n")
        .see("mend last_name")
        .see("nothing is recorded yet · last_name becomes the nearest match of each row")
        .see("3 rows mended")
        .see("O'Brien");
    at.press("<Enter>").see("open: not on this screen").press("<Esc>").see("#48");
    assert!(fake.borrow().fixed.is_empty(), "looking records nothing");
    at.press("F n P").see("3 rows mended. R re-runs them; u takes it back.").see("3 cells in 3 rows mended");
    assert_eq!(fake.borrow().fixed.len(), 3);
}

#[test]
fn undo_takes_the_whole_step_back_and_redo_makes_it_again() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("4 <Enter> j j u").see("nothing was mended here yet").press("T P").see("3 rows mended");
    at.press("u").see("Took back: last_name becomes the nearest match of each row in 3 rows");
    assert!(fake.borrow().fixed.is_empty());
    at.press("<C-r>").see("Mended again: last_name becomes the nearest match of each row in 3 rows");
    assert_eq!(fake.borrow().fixed.len(), 3);
    // The rows opened from the sync write in the same book.
    at.press("<Enter>").see("✓ Diaz").press("u").see("Took back").miss("✓ Diaz");
}

#[test]
fn one_value_is_typed_and_what_would_still_be_wrong_is_said_before() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("4 <Enter> j j <Enter> F v").see("last_name in 14 rows");
    at.press("<C-a> <C-k>").type_text("?").press("<Enter>").see("The first of them would still be refused: last_name contains ?");
    at.press("<Esc> F v <C-a> <C-k>").type_text("Unknown").press("<Enter>").miss("still be refused").see("→ Unknown");
    at.press("P").see("✓ Unknown");
    assert_eq!(fake.borrow().fixed[&(203, "last_name".to_owned())], "Unknown");
}

#[test]
fn marked_rows_alone_are_mended() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("4 <Enter> j j <Enter> <Space> j <Space>").see("2 marked").see("F mend marked").press("F").see("2 marked rows");
    at.press("n").see("2 rows mended").press("P").see("2 rows mended. R re-runs them");
    let fixed: Vec<u32> = fake.borrow().fixed.keys().map(|k| k.0).collect();
    assert_eq!(fixed, [3, 203]);
    // A range, and all.
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("4 <Enter> j j <Enter> j <Space> v T P").see("2 rows mended");
    assert_eq!(fake.borrow().fixed.len(), 2);
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("4 <Enter> j j <Enter> A T P").see("3 rows mended");
    assert_eq!(fake.borrow().fixed.len(), 3);
}

#[test]
fn a_repair_is_kept_as_a_rule_when_wished() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("4 <Enter> j j j F").type_text("K").press("<Enter>").see("[ ] only this file; K also keeps it for later ones: Kinder -> K");
    at.press("K")
        .see("[x] kept as a rule of the feed: Kinder -> K")
        .press("K")
        .see("[ ] only")
        .press("K P")
        .see("Kept as a rule of the feed.");
    assert_eq!(fake.borrow().steps.rules, [("Kinder".to_owned(), "K".to_owned())]);
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("4 <Enter> j j T").see("No rule of the feed: the cells are empty").press("K").see("keep-rule: what it does cannot be kept");
    at.press("P").see("3 rows mended");
    assert!(fake.borrow().steps.rules.is_empty());
}

#[test]
fn triage_mends_and_takes_back_too() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press("5 j T").see("mend last_name").press("P").see("3 rows mended").press("u").see("Took back");
    assert!(fake.borrow().fixed.is_empty());
    at.press("F n P").see("3 rows mended");
    assert_eq!(fake.borrow().fixed.len(), 3);
}

#[test]
fn the_corrections_are_listed_ended_and_told() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press(": c o r r e c t i o n s <Enter>").see("standing").see("resolved").see("came back 3 times, last in #48");
    at.press("j").see("the file of #48 brought another value").press("D").see("it does not stand for later files");
    at.press("k D").see("End the correction of email of 10008421?").press("<Enter>");
    assert!(!fake.borrow().steps.ended, "no is the default");
    at.press("D y").see("It stands no more").see("taken back");
    at.press("o").see("as a text for the source's owner").press("y").see("Please correct these values at the source.");
    at.press("<Esc> / g r a d e <Enter>").miss("email").press("<Esc> k <Enter>").see("row 104");
}

#[test]
fn rules_are_listed_added_and_taken_away() {
    let (mut at, fake) = with((80, 24), Fake::default());
    at.press(": r u l e s <Enter>").see("No feed has a value rule");
    at.press("a").see("A rule for which feed?").press("<Enter>").type_text("Kinder").press("<Enter>").see("Write COLUMN:FROM=TO");
    at.press("a <Enter>").type_text("custom_id:1=2").press("<Enter>").see("custom_id is the key");
    at.press("a <Enter>").type_text("grade:Kinder=K").press("<Enter>").see("The rule is kept").see("Kinder");
    assert_eq!(fake.borrow().steps.rules.len(), 1);
    at.press("D").see("Take the rule Kinder -> K away?").press("y").see("The rule is taken away").see("No feed has a value rule");
}

#[test]
fn the_preview_and_the_list_fit_small_terminals() {
    for size in [(60, 15), (80, 24), (120, 40)] {
        let mut at = console(size);
        at.press("4 <Enter> j j T");
        insta::assert_snapshot!(format!("mend_preview_{}x{}", size.0, size.1), at.screen());
        let mut at = console(size);
        at.press(": c o r r e c t i o n s <Enter>");
        insta::assert_snapshot!(format!("corrections_{}x{}", size.0, size.1), at.screen());
    }
    let (mut at, _) =
        with((80, 24), Fake { steps: Steps { rules: vec![("Kinder".into(), "K".into())], ..Steps::default() }, ..Fake::default() });
    at.press(": r u l e s <Enter>");
    insta::assert_snapshot!("rules_80x24", at.screen());
    let mut at = console((60, 15));
    at.press("4 <Enter> j j F");
    insta::assert_snapshot!("mend_choice_60x15", at.screen());
}

#[test]
fn what_is_personal_is_hidden_in_the_preview_and_the_list() {
    console((80, 24)).press("4 <Enter> j j T m").miss("O'Brien").miss("10008420");
    console((80, 24)).press(": c o r r e c t i o n s <Enter> m").miss("maria@lincoln").miss("10008421");
}
