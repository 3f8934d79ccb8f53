//! What the invented desk answers about two syncs, undos, shares and feeds over time; and the screens that show them.

use super::console;
use super::desk::{Fake, at, page, sync};
use crate::desk::*;
use crate::ledger::*;
use crate::roster::*;

/// The answer, where it is a request about these.
pub(super) fn answer(fake: &Fake, request: &Request) -> Option<Reply> {
    Some(match request {
        Request::Compare { older: Some(SyncNo(45)), .. } => Reply::Trouble(Trouble::new(
            TroubleSort::Usage,
            "#45 and #48 cannot be compared: the one is of profile schools, the other of echalk-users, and their rows have other columns.",
            "Name two syncs of one profile",
        )),
        Request::Compare { older, newer, part, filter, window } => compared(fake, *older, *newer, *part, filter, *window)?,
        Request::UndoBack { window, .. } => Reply::Plan(page(backs(), 3, *window)),
        Request::UndoLeft { window, .. } => Reply::Left(page(lefts(), 2, *window)),
        Request::Undo { sync: SyncNo(48), dry_run: true } => {
            let mut detail = fake.detail(SyncNo(48))?;
            detail.sync.number = SyncNo(0);
            detail.sync.kind = SyncKind::Undo { of: SyncNo(48) };
            detail.sync.status = SyncStatus::DryRun;
            detail.sync.counts = Counts::default();
            *detail.sync.counts.of_mut(Kind::Staff) = Tally { updated: 2, disabled: 1, ..Tally::default() };
            let left = |field: &str| Finding::of_file(Code::RUN_605).with("k", "10008421").with("field", field);
            Reply::Ran(Box::new(Ran { detail, left: vec![left("email"), left("the record: others refer to it")] }))
        }
        Request::Shares(number) => Reply::Shares(fake.detail(*number)?.by_school),
        Request::Find { query, .. } => Reply::Found(Found {
            total: 1,
            hits: vec![Hit {
                what: HitWhat::Person(PersonNo(0)),
                title: "Moreno, Ana".into(),
                about: "guardian of: García-López, María · guardian G1".into(),
                matched: Vec::new(),
                matched_about: if query.contains("garcia") { (13..19).collect() } else { Vec::new() },
            }],
            micros: 3000,
        }),
        Request::OverviewOf(_) => Reply::Overview(Overview { title: "Lincoln High".into(), ..Overview::default() }),
        Request::TriageOf(_) => Reply::Triage(Vec::new()),
        Request::Syncs { of: SyncsOf { feed: Some(_), .. }, window, .. } => Reply::Syncs(page(of_feed(), 22, *window)),
        _ => return None,
    })
}

/// Twenty-two syncs of a feed, newest first.
fn of_feed() -> Vec<Sync> {
    let one = |n: u32| {
        let status = if n.is_multiple_of(3) { SyncStatus::Completed } else { SyncStatus::CompletedWithErrors };
        let mut s = sync(48 - n, "SIS nightly", &format!("users-{}.csv", 48 - n), status, -i64::from(n));
        let errors = [38, 4, 0, 12, 412, 1_204, 9, 0, 1, 3][n as usize % 10];
        s.rows_with_errors = errors;
        s.counts = Counts::default();
        let (created, disabled) = (u64::from(n) * 31 % 200, u64::from(n % 4 == 1) * 90);
        *s.counts.of_mut(Kind::Students) = Tally { created, updated: 117, unchanged: 2_101, disabled, errors };
        s
    };
    (0..22).map(one).collect()
}

fn compared(fake: &Fake, older: Option<SyncNo>, newer: SyncNo, part: ComparePart, filter: &str, window: Window) -> Option<Reply> {
    let place = |record: u32| Some(RowPlace { record, line: record + 1, row: record + 1 });
    let change = |field: &str, before: &str, after: &str| FieldChange { field: field.into(), before: before.into(), after: after.into() };
    let row = |key: &str, name: &str, places: (Option<u32>, Option<u32>), changes: Vec<FieldChange>, why: &str| ComparedRow {
        key: key.into(),
        name: name.into(),
        older: places.0.and_then(place),
        newer: places.1.and_then(place),
        changes,
        why: why.into(),
    };
    let all = match part {
        ComparePart::NewlyFailing => vec![
            row("10008421", "García, María", (Some(120), Some(120)), vec![change("last_name", "García", "")], "last_name is empty"),
            row("20031177", "García-López, María", (None, Some(121)), Vec::new(), "School 104512 does not exist"),
        ],
        ComparePart::NewlyFixed => {
            vec![row(
                "20019840",
                "Garcia, Mario",
                (Some(77), Some(79)),
                vec![change("grade", "Kinder", "KG")],
                "Grade \"Kinder\" is not supported",
            )]
        }
        ComparePart::Changed => vec![
            row("10008421", "García, María", (Some(120), Some(120)), vec![change("last_name", "García", "")], ""),
            row(
                "20019840",
                "Garcia, Mario",
                (Some(77), Some(79)),
                vec![change("grade", "Kinder", "KG"), change("email", "mario@lincoln.example", "mgarcia@lincoln.example")],
                "",
            ),
        ],
        ComparePart::Gone => vec![row("20019841", "Diaz, Ana", (Some(9), None), Vec::new(), "")],
        ComparePart::New => Vec::new(),
    };
    let unfiltered = all.len();
    let rows: Vec<ComparedRow> = all.into_iter().filter(|r| r.name.to_lowercase().contains(filter) || r.key.contains(filter)).collect();
    let counts = CompareCounts { newly_failing: 2, newly_fixed: 1, still_failing: 26, changed: 2, gone: 1, new: 0, same: 2_486 };
    Some(Reply::Compared(Box::new(Compared {
        older: fake.detail(older.unwrap_or(SyncNo(46)))?.sync,
        newer: fake.detail(newer)?.sync,
        counts,
        matched_by: vec!["custom_id".into()],
        fields: vec![("email".into(), 1), ("grade".into(), 1), ("last_name".into(), 1)],
        only_older: Vec::new(),
        only_newer: vec!["password".into()],
        page: page(rows, unfiltered, window),
    })))
}

fn backs() -> Vec<PlanLine> {
    let line = |action: &str, key: &str, name: &str, changes: Vec<FieldChange>| PlanLine {
        kind: Kind::Staff,
        action: action.into(),
        key: key.into(),
        name: name.into(),
        line: 1_204,
        changes,
    };
    let change = FieldChange { field: "email".into(), before: "mg@lincoln.example".into(), after: "maria@lincoln.example".into() };
    vec![
        line("updated", "10008421", "García, María", vec![change]),
        line(
            "updated",
            "10000377",
            "Garza, Marisol",
            vec![FieldChange { field: "position".into(), before: "Aide".into(), after: "Nurse".into() }],
        ),
        line("removed", "10009001", "New, Person", Vec::new()),
    ]
}

fn lefts() -> Vec<LeftLine> {
    let since = HistoryLine { by: "maria".into(), sync: None, at: at(-1, 9), ..Fake::history(48, "edited by hand", Vec::new()) };
    let line = |slot: u32, key: &str, name: &str, field: &str, why: &str, since: Option<HistoryLine>| LeftLine {
        entity: PersonNo(slot).into(),
        kind: Kind::Staff,
        key: key.into(),
        name: name.into(),
        field: field.into(),
        back: if field.is_empty() { String::new() } else { "dana@lincoln.example".into() },
        now: if field.is_empty() { String::new() } else { "dobrien@lincoln.example".into() },
        why: why.into(),
        since,
    };
    vec![
        line(2, "10000012", "O'Brien, Dana", "email", "it was changed since", Some(since)),
        line(3, "10007730", "Nguyen, Zoë", "", "others refer to it", None),
    ]
}

macro_rules! pictures {
    ($($name:ident: $keys:expr;)*) => {$(
        #[test]
        fn $name() {
            for (columns, rows) in [(60, 15), (80, 24), (120, 40)] {
                let mut at = console((columns, rows));
                at.press($keys);
                insta::assert_snapshot!(format!("{}_{columns}x{rows}", stringify!($name)), at.screen());
            }
        }
    )*};
}

pictures! {
    compare: "4 <Enter> =";
    compare_changed: "4 <Enter> = <Tab> <Tab>";
    undo_preview: "4 <Enter> U";
    undo_left: "4 <Enter> U <Tab>";
    feed_chart: "1 j j j <Enter>";
    time_line: "3 <Enter> <Tab>";
    why: "3 <Enter> j j <Enter>";
    plan_schools: "4 j j <Enter> P <Tab>";
    look_up: "3 f g a r c i a";
}

#[test]
fn two_marked_syncs_are_compared_wherever_they_are_marked() {
    let mut at = console((80, 24));
    at.press("4 j <Space> <Space> =").see("#46 and #47").see("Newly failing 2");
    at.press("<Esc> <Space> =").see("mark two syncs with space, or none");
    let mut at = console((80, 24));
    at.press("4 =").see("#46 and #48");
    let asked = at.asked();
    assert!(asked.iter().any(|r| matches!(r, Request::Compare { older: None, newer: SyncNo(48), .. })), "{asked:?}");
}

#[test]
fn the_palette_compares_by_number() {
    let mut at = console((80, 24));
    at.press(":").type_text("compare 46 48").see("compare #48 with #46").press("<Enter>").see("#46 and #48").see("custom_id");
    at.press(":").type_text("compare 45 48").press("<Enter>").see("cannot be compared").see("their rows have other columns");
}

#[test]
fn a_comparison_is_walked_part_by_part_and_opens_the_row() {
    let mut at = console((80, 24));
    at.press("4 <Enter> =").see("[Newly failing 2]").see("last_name is empty").see("grade 1");
    at.press("<Tab>")
        .see("was: Grade")
        .press("<Tab>")
        .see("grade  Kinder → KG")
        .press("<Tab>")
        .see("Diaz, Ana")
        .press("<Tab>")
        .see("Nobody is new");
    at.press("<S-Tab> <S-Tab> /").type_text("mario").see("20019840").miss("10008421").press("<Enter>");
    at.asked();
    at.press("<Enter>");
    assert!(at.asked().iter().any(|r| matches!(r, Request::Row { sync: SyncNo(48), at: RowAt::Record(79) })));
    at.press("<Esc> m").miss("Mario");
}

#[test]
fn an_undo_is_read_before_it_is_done() {
    let mut at = console((80, 24));
    at.press("4 <Enter> U")
        .see("2 records are put back as before #48; 1 record that it made is removed")
        .see("Nothing has been changed yet");
    at.see("position  Aide → Nurse").see("removed");
    at.press("<Tab>").see("O'Brien, Dana").see("changed by hand, maria").see("others refer to it").see("[Left 2]");
    at.press("<Tab>").see("Grant Elementary").asked();
    at.press("P").see("Undo #48?").see("An undo can be undone").press("<Esc>");
    assert!(!at.asked().iter().any(|r| matches!(r, Request::Undo { dry_run: false, .. })), "no is the default");
    at.press("P y").see("#48 was undone");
    let mut at = console((80, 24));
    at.press("4 <Enter> U X").see("causes").miss("undo of");
}

#[test]
fn a_feed_shows_its_last_syncs_without_colour_and_in_ascii() {
    let mut at = console((80, 24));
    at.press("1 j j j <Enter>").see("Rows with errors").see("412").see("====").see("1,204").see("20 of 22 syncs");
    at.press("j j <Enter>").see("#46");
    at.press("<Esc> =").see("#46 and #46");
    let mut ascii = super::ascii((80, 24), Fake::default());
    ascii.press("1 j j j <Enter>").see("####");
    assert!(ascii.screen().is_ascii(), "{}", ascii.screen());
    ascii.press("<Esc> 4 j j <Enter> P <Tab>").see("##");
    assert!(ascii.screen().is_ascii(), "{}", ascii.screen());
}

#[test]
fn a_field_says_why_it_is_so() {
    let mut at = console((80, 24));
    at.press("3 <Enter> <Tab>").see("[Time-line]").see("line 1,204").see("users-2026-11-22.csv").see("cron");
    at.press("<Tab>").see("[Fields, classes, guardians]").press("<Enter>").see("where each of its values came from");
}

#[test]
fn a_look_up_comes_back_with_its_query() {
    let mut at = console((80, 24));
    at.press("3 f").type_text("guardian of garcia").see("guardian of: García").press("<Enter>").see("García, María");
    at.press("<Esc>").see("guardian of garcia").see("Find anyone").press("<Esc>").miss("Find anyone").see("People");
}

#[test]
fn the_overview_and_triage_keep_to_the_school() {
    let mut at = console((80, 24));
    at.press("w").type_text("high").press("<Enter>").see("Only Lincoln High");
    let asked = at.asked();
    assert!(asked.iter().any(|r| matches!(r, Request::OverviewOf(org) if org == "104521")), "{asked:?}");
    at.press("5");
    assert!(at.asked().iter().any(|r| matches!(r, Request::TriageOf(org) if org == "104521")));
}
